//! The cursor: the one place that slices, and the one that knows where in the file it is.

use super::error::{Field, ParseError, ParseErrorKind};

/// The bytes that are left to read, and their offset in the file.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl core::fmt::Debug for Cursor<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Cursor")
            .field("offset", &self.offset)
            .field("rest", &crate::text::Bytes(self.rest))
            .finish_non_exhaustive()
    }
}

/// One tag, length and value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tlv<'a> {
    pub(crate) tag: u8,
    pub(crate) value: &'a [u8],
    /// Offset of the tag in the file.
    pub(crate) offset: usize,
}

/// Bytes of a tag and a length.
pub(crate) const TLV_HEAD: usize = 3;

impl<'a> Cursor<'a> {
    #[inline]
    pub(crate) fn new(rest: &'a [u8], offset: usize) -> Self {
        Self { rest, offset }
    }

    #[inline]
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next tag, length and value; `None` where the rest is too short for it, and nothing is
    /// taken.
    #[inline(always)]
    pub(crate) fn tlv(&mut self) -> Option<Tlv<'a>> {
        self.tlv_of(|_, length| length)
    }

    /// Like [`Cursor::tlv`], with a value that is as long as `length` makes of the tag and of what
    /// the file says.
    #[inline(always)]
    pub(crate) fn tlv_of(&mut self, length: impl Fn(u8, usize) -> usize) -> Option<Tlv<'a>> {
        let (&[tag, high, low], after) = self.rest.split_first_chunk::<TLV_HEAD>()?;
        let length = length(tag, usize::from(u16::from_be_bytes([high, low])));
        let (value, rest) = after.split_at_checked(length)?;
        let offset = self.offset;
        self.rest = rest;
        self.offset = offset + TLV_HEAD + length;
        Some(Tlv { tag, value, offset })
    }

    /// Like [`Cursor::take`], but leaves the tag: a record starts with its own length, these five
    /// bytes included.
    #[inline(always)]
    pub(crate) fn take(&mut self, length: usize) -> Option<Self> {
        let (head, rest) = self.rest.split_at_checked(length)?;
        let taken = Self::new(head, self.offset);
        self.rest = rest;
        self.offset += length;
        Some(taken)
    }

    /// The first byte of the rest.
    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Why [`Cursor::tlv`] had nothing to give here; `field` names the tag.
    #[cold]
    pub(crate) fn truncated(&self, field: impl FnOnce(u8) -> Field) -> ParseError {
        let needed = match self.rest.first_chunk::<TLV_HEAD>() {
            Some(&[_, high, low]) => TLV_HEAD + usize::from(u16::from_be_bytes([high, low])),
            None => TLV_HEAD,
        };
        let field = self.peek().map_or(Field::Body, field);
        ParseError::new(
            self.offset,
            field,
            ParseErrorKind::Truncated { needed, available: self.rest.len() },
        )
    }
}

impl Tlv<'_> {
    #[inline]
    pub(crate) fn u16(&self) -> Option<u16> {
        self.value.try_into().ok().map(u16::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_those_of_the_file() {
        let mut cursor = Cursor::new(&[4, 0, 2, 7, 8, 5, 0, 0, 6], 100);
        assert_eq!(cursor.tlv(), Some(Tlv { tag: 4, value: &[7, 8], offset: 100 }));
        assert_eq!(cursor.tlv(), Some(Tlv { tag: 5, value: &[], offset: 105 }));
        assert_eq!(cursor.tlv(), None);
        let error = cursor.truncated(Field::Record);
        assert_eq!((error.offset(), error.field()), (108, Field::Record(6)));
        assert_eq!(error.kind(), ParseErrorKind::Truncated { needed: 3, available: 1 });
    }

    #[test]
    fn a_length_past_the_end_says_how_much_is_missing() {
        let mut cursor = Cursor::new(&[9, 1, 4, 0], 0x1f4);
        assert_eq!(cursor.tlv(), None);
        assert_eq!(
            cursor.truncated(Field::Record).kind(),
            ParseErrorKind::Truncated { needed: 263, available: 4 }
        );
    }
}
