//! The identity of a file: its content.

use alloc::sync::Arc;
use core::fmt;
use sha2::Digest;

/// The identity of a file: two files have the same id exactly when they have the same bytes
/// (P-SAME-1), whatever set, process or machine made the facts.
///
/// The id of bytes is their SHA-256. A console print whose bytes are not known and a file that is a
/// symbol (of a case, of a simulated cluster) have ids in domains of their own: they equal no id of
/// bytes.
///
/// ```
/// use trustlist::facts::FileId;
/// assert_eq!(FileId::of_bytes(b"one"), FileId::of_bytes(b"one"));
/// assert_ne!(FileId::of_bytes(b"one"), FileId::of_bytes(b"other"));
/// assert_ne!(FileId::symbol(1), FileId::symbol(2));
/// ```
#[derive(Clone)]
pub struct FileId(Kind);

#[derive(Clone)]
enum Kind {
    /// A hash, in a domain that says of what, or a symbol.
    Hash([u8; 32]),
    /// The bytes themselves, which are hashed when a hash is asked for.
    #[cfg(feature = "std")]
    Bytes(Arc<Content>),
}

/// Bytes and their SHA-256, once it was asked for.
#[cfg(feature = "std")]
struct Content {
    bytes: Arc<[u8]>,
    sha256: std::sync::OnceLock<[u8; 32]>,
}

impl FileId {
    /// Returns the id of a file with these bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Kind::Hash(sha2::Sha256::digest(bytes).into()))
    }

    /// Returns the same id as [`FileId::of_bytes`]. It keeps the bytes and compares them, and
    /// hashes them only when it meets an id without bytes, or is sorted or hashed.
    #[cfg(feature = "std")]
    pub(super) fn of_shared(bytes: &Arc<[u8]>) -> Self {
        let content = Content { bytes: bytes.clone(), sha256: std::sync::OnceLock::new() };
        Self(Kind::Bytes(Arc::new(content)))
    }

    /// Returns the same id as [`FileId::of_bytes`].
    #[cfg(not(feature = "std"))]
    pub(super) fn of_shared(bytes: &Arc<[u8]>) -> Self {
        Self::of_bytes(bytes)
    }

    /// Returns the bytes, if the id keeps them.
    pub(super) fn bytes(&self) -> Option<&Arc<[u8]>> {
        match &self.0 {
            #[cfg(feature = "std")]
            Kind::Bytes(content) => Some(&content.bytes),
            Kind::Hash(_) => None,
        }
    }

    pub(crate) fn hash_of_it(&self) -> &[u8; 32] {
        match &self.0 {
            #[cfg(feature = "std")]
            Kind::Bytes(content) => {
                content.sha256.get_or_init(|| sha2::Sha256::digest(&content.bytes).into())
            }
            Kind::Hash(hash) => hash,
        }
    }

    /// Returns the id of a symbol. Symbols differ in their numbers alone, so only those of one
    /// maker may meet.
    pub const fn symbol(number: u32) -> Self {
        let [a, b, c, d] = number.to_be_bytes();
        let mut id = *b"trustlist: symbol, not a hash \0\0";
        let [.., w, x, y, z] = &mut id;
        (*w, *x, *y, *z) = (a, b, c, d);
        Self(Kind::Hash(id))
    }

    /// Returns the number of a symbol; `None` for any other file.
    pub fn symbol_number(&self) -> Option<u32> {
        match &self.0 {
            #[cfg(feature = "std")]
            Kind::Bytes(_) => None,
            Kind::Hash(id) => {
                let (_, number) = id.split_last_chunk()?;
                let number = u32::from_be_bytes(*number);
                (Self::symbol(number) == *self).then_some(number)
            }
        }
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
        Some(Self(Kind::Hash(hash.finalize().into())))
    }

    /// Returns the id of a print without checksums: the `number`th of its set, with this text.
    pub(super) fn of_text(text: &str, number: u64) -> Self {
        let mut hash = sha2::Sha256::new_with_prefix(b"trustlist: text of a print");
        hash.update(number.to_be_bytes());
        hash.update(text);
        Self(Kind::Hash(hash.finalize().into()))
    }

    /// Returns eight of its bytes, for tables.
    #[cfg(feature = "std")]
    pub(crate) fn prefix(&self) -> u64 {
        // A symbol differs at its end, a hash everywhere.
        self.hash_of_it().last_chunk().map_or(0, |last| u64::from_be_bytes(*last))
    }
}

impl PartialEq for FileId {
    fn eq(&self, other: &Self) -> bool {
        match (self.bytes(), other.bytes()) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other) || one == other,
            _ => self.hash_of_it() == other.hash_of_it(),
        }
    }
}
impl Eq for FileId {}
impl PartialOrd for FileId {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for FileId {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.hash_of_it().cmp(other.hash_of_it())
    }
}
impl core::hash::Hash for FileId {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.hash_of_it().hash(state);
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.symbol_number() {
            Some(number) => write!(f, "FileId(symbol {number})"),
            None => {
                f.write_str("FileId(")?;
                self.hash_of_it().iter().take(8).try_for_each(|byte| write!(f, "{byte:02x}"))?;
                f.write_str("..)")
            }
        }
    }
}
