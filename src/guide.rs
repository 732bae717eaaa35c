//! Guides, one for each thing that a program may want. Their code is compiled and run with the tests.
//!
//! | you want to | read |
//! |---|---|
//! | look into a trust list or a signed file | [`parse_a_list`] |
//! | know whether one phone takes what it is offered | [`one_phone`] |
//! | know it for all phones of a site | [`fleet`] |
//! | judge, or write, a plan of certificate operations | the crate `trustlist-cluster` |
//! | check signatures with a library or a module of your own | [`own_verifier`] |
//! | say what TVS presents and knows | [`own_tvs_knowledge`] |
//!
//! The files in the examples are in `testdata/` of the repository, whose README tells what they are. Where the files of a
//! real cluster come from is in `docs/administrators.md`.

// The code of a guide needs these features; where they are off, it is shown and not run.
#[cfg_attr(any(not(doctest), feature = "rsa"), doc = include_str!("guide/parse_a_list.md"))]
pub mod parse_a_list {}

#[cfg_attr(any(not(doctest), feature = "rsa"), doc = include_str!("guide/one_phone.md"))]
pub mod one_phone {}

#[cfg_attr(all(feature = "std", any(not(doctest), feature = "rsa")), doc = include_str!("guide/fleet.md"))]
#[cfg_attr(not(feature = "std"), doc = "Needs the feature `std`.")]
pub mod fleet {}

#[cfg_attr(any(not(doctest), feature = "rsa"), doc = include_str!("guide/own_verifier.md"))]
pub mod own_verifier {}

#[cfg_attr(any(not(doctest), feature = "rsa"), doc = include_str!("guide/own_tvs_knowledge.md"))]
pub mod own_tvs_knowledge {}
