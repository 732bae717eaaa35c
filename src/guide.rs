//! Guides for programs, one for each purpose. The tests compile and run their code.
//!
//! | you want to | read |
//! |---|---|
//! | look into a trust list or a signed file | [`parse_a_list`] |
//! | predict if one phone accepts what it is offered | [`one_phone`] |
//! | know it for all phones of a site | [`fleet`] |
//! | check or generate a plan of certificate operations | the crate `trustlist-cluster` |
//! | check signatures with a library or a module of your own | [`own_verifier`] |
//! | describe what TVS presents and knows | [`own_tvs_knowledge`] |
//!
//! The example files are in `testdata/` of the repository; its README describes them. The files of a
//! real cluster are described in `docs/administrators.md`.

// The code of a guide needs these features. Without them it is shown but not run.
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
