//! A guide to plans. Its code is compiled and run with the tests.

#[doc = include_str!("guide/plan.md")]
#[cfg_attr(not(doctest), doc = include_str!("../../../src/guide/lock-out.svg"))]
pub mod plan {}
