//! The identity of a file: its content.

use core::fmt;
use sha2::Digest;

/// The identity of a file: two files have the same id exactly when they have the same bytes (P-SAME-1), whatever set, process or
/// machine made the facts.
///
/// The id of bytes is their SHA-256. A console print of which the bytes are not known and a file that is a symbol (of a case, of a
/// simulated cluster) have ids in domains of their own: they equal no id of bytes.
///
/// ```
/// use trustlist::facts::FileId;
/// assert_eq!(FileId::of_bytes(b"one"), FileId::of_bytes(b"one"));
/// assert_ne!(FileId::of_bytes(b"one"), FileId::of_bytes(b"other"));
/// assert_ne!(FileId::symbol(1), FileId::symbol(2));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId([u8; 32]);

impl FileId {
    /// Returns the id of a file with these bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// Returns the id of a symbol. Symbols are told apart by their numbers alone, so only those of one maker may meet.
    pub const fn symbol(number: u32) -> Self {
        let [a, b, c, d] = number.to_be_bytes();
        let mut id = *b"trustlist: symbol, not a hash \0\0";
        let [.., w, x, y, z] = &mut id;
        (*w, *x, *y, *z) = (a, b, c, d);
        Self(id)
    }

    /// Returns the number of a symbol; `None` for any other file.
    pub fn symbol_number(self) -> Option<u32> {
        let (_, number) = self.0.split_last_chunk()?;
        let number = u32::from_be_bytes(*number);
        (Self::symbol(number) == self).then_some(number)
    }

    /// Returns the id of a print by the checksums that it shows; `None` when it shows none.
    pub(super) fn of_checksums(md5: Option<[u8; 16]>, sha1: Option<[u8; 20]>) -> Option<Self> {
        md5.is_some().then_some(()).or(sha1.is_some().then_some(()))?;
        let mut hash = sha2::Sha256::new_with_prefix(b"trustlist: checksums of a print");
        for part in
            [md5.as_ref().map(<[u8; 16]>::as_slice), sha1.as_ref().map(<[u8; 20]>::as_slice)]
        {
            hash.update([u8::from(part.is_some())]);
            hash.update(part.unwrap_or_default());
        }
        Some(Self(hash.finalize().into()))
    }

    /// Returns the id of a print without checksums: the `number`th of its set, with this text.
    pub(super) fn of_text(text: &str, number: u64) -> Self {
        let mut hash = sha2::Sha256::new_with_prefix(b"trustlist: text of a print");
        hash.update(number.to_be_bytes());
        hash.update(text);
        Self(hash.finalize().into())
    }

    /// Returns eight of its bytes, for tables.
    #[cfg(feature = "std")]
    pub(crate) fn prefix(self) -> u64 {
        // A symbol differs at its end, a hash everywhere.
        self.0.last_chunk().map_or(0, |last| u64::from_be_bytes(*last))
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.symbol_number() {
            Some(number) => write!(f, "FileId(symbol {number})"),
            None => {
                f.write_str("FileId(")?;
                self.0.iter().take(8).try_for_each(|byte| write!(f, "{byte:02x}"))?;
                f.write_str("..)")
            }
        }
    }
}
