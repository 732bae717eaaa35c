//! The bytes that a signature is of.

use alloc::vec::Vec;
use core::fmt;

/// The bytes that a signature is of: a file without its signature, in two parts. It borrows the
/// file.
///
/// ```
/// use trustlist::{verify::Message, wire::TrustList};
/// let file = std::fs::read("testdata/cluster/before/ITLFile.tlv").unwrap();
/// let list = TrustList::parse(&file).unwrap();
/// let [before, after] = list.signed_message().parts();
/// assert_eq!(before, &file[..before.len()]);
/// assert!(file.ends_with(after) && before.len() + after.len() < file.len());
/// // A provider that needs one slice copies the parts together.
/// assert_eq!(list.signed_message().to_vec(), [before, after].concat());
/// assert_eq!(Message::from([before, after]), list.signed_message());
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Message<'a>([&'a [u8]; 2]);

impl<'a> Message<'a> {
    /// Returns the parts, to be hashed one after the other.
    pub fn parts(&self) -> [&'a [u8]; 2] {
        self.0
    }

    /// Returns a copy of both parts as one.
    pub fn to_vec(&self) -> Vec<u8> {
        self.0.concat()
    }
}

impl<'a> From<[&'a [u8]; 2]> for Message<'a> {
    fn from(parts: [&'a [u8]; 2]) -> Self {
        Self(parts)
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [before, after] = self.0.map(<[u8]>::len);
        write!(f, "Message({before} and {after} bytes)")
    }
}
