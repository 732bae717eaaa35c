//! A trust list: header and records.

use super::error::{Field, ParseError, ParseErrorKind};
use super::message::Message;
use super::record::Record;
use super::tlv::Cursor;
use super::{File, Header, ListName, file};

/// A trust list: a view that borrows the file. Keep the file alive as long as you hold it or a
/// record of it.
///
/// ```
/// use trustlist::wire::TrustList;
///
/// let error = TrustList::parse(b"-----BEGIN CERTIFICATE-----").unwrap_err();
/// assert_eq!(error.to_string(), "byte 0x0000: expected a trust list or signed file (01 00 02 …), found a PEM file");
/// ```
#[derive(Clone, Copy)]
pub struct TrustList<'a> {
    file: &'a [u8],
    header: Header<'a>,
}

impl core::fmt::Debug for TrustList<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("TrustList").field(&crate::text::Bytes(self.file)).finish()
    }
}

impl<'a> TrustList<'a> {
    /// Reads a trust list. The header is checked at once, records as they are walked.
    ///
    /// ```
    /// use trustlist::wire::{ListName, ParseErrorKind, TrustList};
    /// let bytes = std::fs::read("testdata/cluster/before/ITLFile.tlv").unwrap();
    /// assert_eq!(TrustList::parse(&bytes).unwrap().name(), ListName::Itl);
    ///
    /// let signed = std::fs::read("testdata/cluster/before/SEP001122334455.cnf.xml.sgn").unwrap();
    /// assert_eq!(TrustList::parse(&signed).unwrap_err().kind(), ParseErrorKind::SignedFile);
    /// ```
    ///
    /// # Errors
    /// [`ParseErrorKind::NotThisFormat`] for another format, [`ParseErrorKind::SignedFile`] for a
    /// signed file, the other kinds for a broken header.
    #[inline]
    pub fn parse(file: &'a [u8]) -> Result<Self, ParseError> {
        match super::parse(file)? {
            File::List(list) => Ok(list),
            File::Signed(_) => Err(ParseError::new(0, Field::File, ParseErrorKind::SignedFile)),
        }
    }

    #[inline]
    pub(super) fn new(file: &'a [u8], header: Header<'a>) -> Self {
        Self { file, header }
    }

    /// Returns the header.
    pub fn header(&self) -> &Header<'a> {
        &self.header
    }

    /// Whether the name in the header is that of an ITL, of a CTL, or neither (`spec/FORMAT.md`
    /// section 1.5).
    pub fn name(&self) -> ListName {
        ListName::of(self.header.file_name())
    }

    /// The records in file order. After an error there are no more.
    ///
    /// ```
    /// # fn walk(file: &[u8]) -> Result<(), trustlist::wire::ParseError> {
    /// for record in trustlist::wire::TrustList::parse(file)?.records() {
    ///     let record = record?;
    ///     println!("{} {} {:?}", record.index(), record.role(), record.range());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[inline]
    pub fn records(&self) -> Records<'a> {
        self.records_within(MAX_RECORDS)
    }

    /// Returns the records as [`TrustList::records`], but at most `limit` instead of
    /// [`MAX_RECORDS`].
    #[inline]
    pub fn records_within(&self, limit: u32) -> Records<'a> {
        let start = usize::from(self.header.length());
        Records {
            cursor: Cursor::new(self.file.get(start..).unwrap_or_default(), start),
            count: 0,
            limit,
        }
    }

    /// Returns the bytes that are signed: the file without the signature's tag (`spec/FORMAT.md`
    /// section 4).
    pub fn signed_message(&self) -> Message<'a> {
        file::signed_message(self.file, &self.header)
    }

    /// The whole file.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.file
    }
}

/// Walks the records, as [`TrustList::records`].
impl<'a> IntoIterator for &TrustList<'a> {
    type Item = Result<Record<'a>, ParseError>;
    type IntoIter = Records<'a>;

    #[inline]
    fn into_iter(self) -> Records<'a> {
        self.records()
    }
}

/// The records of a list.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    cursor: Cursor<'a>,
    count: u32,
    limit: u32,
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, ParseError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.cursor.is_empty() {
            return None;
        }
        self.count = self.count.saturating_add(1);
        // Errors are made from plain numbers, and a good record goes straight through: the cursor
        // stays in registers (measured: with its address taken, a record of a list that is in the
        // cache took a third longer).
        match self.take() {
            Ok(record) => Some(Ok(record)),
            Err(error) => {
                self.cursor = Cursor::new(&[], self.cursor.offset());
                Some(Err(error))
            }
        }
    }
}

impl core::iter::FusedIterator for Records<'_> {}

impl<'a> Records<'a> {
    #[inline(always)]
    fn take(&mut self) -> Result<Record<'a>, ParseError> {
        if self.count > self.limit {
            return Err(too_many(self.cursor.offset(), self.count, self.limit));
        }
        Record::take(&mut self.cursor, self.count)
    }
}

#[cold]
fn too_many(offset: usize, index: u32, limit: u32) -> ParseError {
    ParseError::new(offset, Field::Body, ParseErrorKind::TooManyRecords { limit }).in_record(index)
}

/// Most records that are read from one list, unless its reader asks for more
/// ([`TrustList::records_within`]). Phones take about 39 certificates (`spec/FORMAT.md` section 5);
/// the limit only bounds the work that a hostile file can ask for.
pub const MAX_RECORDS: u32 = 4_000;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString as _, vec::Vec};

    /// A header without a file name: the body decides that this is a list.
    const HEADER: &[u8] =
        &[1, 0, 2, 1, 2, 2, 0, 2, 0, 26, 5, 0, 1, 7, 6, 0, 1, 0, 8, 0, 1, 1, 12, 0, 0, 13];
    /// The smallest record: its length and its role.
    const RECORD: &[u8] = &[1, 0, 2, 0, 10, 4, 0, 2, 0, 0];

    fn of_records(count: u32) -> Vec<u8> {
        (0..count).fold(HEADER.to_vec(), |file, _| [file, RECORD.to_vec()].concat())
    }

    #[test]
    fn the_limit_of_records_is_exact() {
        let most = [HEADER, &RECORD.repeat(MAX_RECORDS as usize)].concat();
        assert_eq!(
            TrustList::parse(&most).unwrap().records().filter(Result::is_ok).count(),
            MAX_RECORDS as usize
        );
        let more = [&most, RECORD].concat();
        let error = TrustList::parse(&more).unwrap().records().find_map(Result::err).unwrap();
        assert_eq!((error.offset(), error.field()), (most.len(), Field::Body));
        assert_eq!(error.kind(), ParseErrorKind::TooManyRecords { limit: MAX_RECORDS });
        assert!(error.to_string().contains("(wire::MAX_RECORDS)"), "{error}");
        let walked = TrustList::parse(&more).unwrap().records_within(MAX_RECORDS + 1);
        assert_eq!(walked.filter(Result::is_ok).count(), MAX_RECORDS as usize + 1);
    }

    #[test]
    fn after_an_error_there_are_no_more_records() {
        let mut file = of_records(3);
        file[26 + 10] = 9;
        let records: Vec<_> =
            TrustList::parse(&file).unwrap().records().map(|record| record.is_ok()).collect();
        assert_eq!(records, [true, false]);
    }

    #[test]
    fn the_signature_is_cut_out_of_what_is_signed() {
        let file = of_records(1);
        assert_eq!(
            TrustList::parse(&file).unwrap().signed_message().parts(),
            [&file[..22], &file[25..]]
        );
    }

    #[test]
    fn a_signed_file_is_no_list_and_the_other_way_round() {
        let signed = [HEADER, b"<xml/>"].concat();
        assert_eq!(TrustList::parse(&signed).unwrap_err().kind(), ParseErrorKind::SignedFile);
        assert_eq!(crate::wire::SignedFile::parse(&signed).unwrap().payload(), b"<xml/>");
        assert_eq!(
            crate::wire::SignedFile::parse(&of_records(1)).unwrap_err().kind(),
            ParseErrorKind::TrustList
        );
    }
}
