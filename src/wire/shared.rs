//! Bytes that many owners share, and values that are made when they are first asked for.

use alloc::sync::Arc;
use core::fmt;
use core::ops::Range;

/// A part of a file, kept by sharing the whole file.
#[derive(Clone)]
pub(crate) struct Part {
    file: Arc<[u8]>,
    start: u32,
    end: u32,
}

impl Part {
    /// Returns the part of `file` at `range`, which is empty if it is not in the file. A file of 4
    /// GiB or more is not shared: the part is copied.
    pub(crate) fn of(file: &Arc<[u8]>, range: Range<usize>) -> Self {
        match (u32::try_from(range.start), u32::try_from(range.end)) {
            (Ok(start), Ok(end)) => Self { file: file.clone(), start, end },
            _ => Self::copy(file.get(range).unwrap_or_default()),
        }
    }

    /// Returns a copy of `bytes`.
    pub(crate) fn copy(bytes: &[u8]) -> Self {
        let end = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        Self { file: Arc::from(bytes), start: 0, end }
    }

    /// Returns its bytes.
    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        // The casts widen: an address has 32 bits or more wherever there is an allocator to share
        // bytes with.
        self.file.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        let same_place = Arc::ptr_eq(&self.file, &other.file)
            && (self.start, self.end) == (other.start, other.end);
        same_place || self.as_bytes() == other.as_bytes()
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&crate::text::Bytes(self.as_bytes()), f)
    }
}

/// A value that is made when it is first asked for, once for all who share its owner. Without
/// `std`, which has the lock for it, the value is made together with its owner.
#[derive(Clone, Debug)]
pub(crate) struct Lazy<T> {
    #[cfg(feature = "std")]
    made: std::sync::OnceLock<Arc<T>>,
    #[cfg(not(feature = "std"))]
    made: Arc<T>,
}

#[cfg(feature = "std")]
impl<T> Lazy<T> {
    /// Returns a value that [`Lazy::get`] makes. Here nothing is made yet; `make` has to make what
    /// `get` is handed.
    #[inline]
    pub(crate) fn later(_make: impl FnOnce() -> T) -> Self {
        Self { made: std::sync::OnceLock::new() }
    }

    /// Returns a value that is made already.
    pub(crate) fn ready(value: T) -> Self {
        Self { made: std::sync::OnceLock::from(Arc::new(value)) }
    }

    /// Returns the value, made by `make` if this is the first time.
    #[inline]
    pub(crate) fn get(&self, make: impl FnOnce() -> T) -> &T {
        self.made.get_or_init(|| Arc::new(make()))
    }
}

#[cfg(not(feature = "std"))]
impl<T> Lazy<T> {
    /// Returns the value that `make` makes.
    pub(crate) fn later(make: impl FnOnce() -> T) -> Self {
        Self::ready(make())
    }

    /// Returns a value that is made already.
    pub(crate) fn ready(value: T) -> Self {
        Self { made: Arc::new(value) }
    }

    /// Returns the value.
    pub(crate) fn get(&self, _make: impl FnOnce() -> T) -> &T {
        &self.made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_its_bytes() {
        let file: Arc<[u8]> = Arc::from(*b"abcabc");
        let [one, two] = [0..3, 3..6].map(|range| Part::of(&file, range));
        assert_eq!(one, two);
        assert_eq!((one, Part::copy(b"abc")), (two, Part::of(&file, 0..3)));
        assert_ne!(Part::of(&file, 1..3), Part::of(&file, 1..4));
        assert_eq!(Part::of(&file, 4..9).as_bytes(), b"");
        assert_eq!(Part::of(&file, 0..usize::MAX).as_bytes(), b"");
    }

    #[test]
    #[cfg(feature = "std")]
    fn a_lazy_value_is_made_once() {
        let made = core::cell::Cell::new(0);
        let make = || {
            made.set(made.get() + 1);
            made.get()
        };
        let lazy = Lazy::later(make);
        assert_eq!(made.get(), 0);
        assert_eq!((*lazy.get(make), *lazy.get(make), made.get()), (1, 1, 1));
        assert_eq!(*lazy.clone().get(make), 1);
    }
}
