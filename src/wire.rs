//! The file format: borrowed views over trust lists and signed files (`spec/FORMAT.md`).
//!
//! Parsing and walking every record allocates nothing. The header is checked when a file is parsed
//! (framing, sizes, duplicates, mandatory tags), a record when it is walked, names and certificates
//! when they are asked for.

mod error;
mod file;
mod header;
mod list;
pub(crate) mod message;
pub(crate) mod name;
mod neighbour;
mod record;
mod rules;
mod shared;
mod tlv;
mod value;
pub mod write;

pub use crate::text::text;
pub use error::{Field, ParseError, ParseErrorKind};
pub use file::{File, ListName, SignedFile, parse};
pub use header::{Container, Header, UnknownTag, Version};
pub use list::{MAX_RECORDS, Records, TrustList};
pub(crate) use name::{Identity, Name, Serial};
pub use neighbour::Neighbour;
pub use record::Record;
pub(crate) use record::{CERTIFICATE, DNS_NAME, Fields, HASH, ISSUER, PUBLIC_KEY, SERIAL, SUBJECT};
pub(crate) use shared::{Lazy, Part};
pub use value::{DigestAlgorithm, Role};
