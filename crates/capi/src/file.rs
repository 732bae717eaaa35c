//! A trust list or signed file.

use super::error::TrustlistError;
use super::ffi::{
    BytesPtr, CallError, MAX_INPUT, MAX_LIST, Neutral, TrustlistStatus, free, need, write_out,
};
use super::header::HeaderTexts;
use super::record::RecordTexts;
use super::text::TrustlistBytes;
use std::mem::MaybeUninit;
use trustlist::wire::{self, File, ListName};

/// A trust list or a signed file, with a copy of its bytes. It does not change once it is there.
#[derive(Debug)]
pub struct TrustlistFile {
    bytes: Box<[u8]>,
    kind: TrustlistKind,
    pub(super) header: HeaderTexts,
    records: Vec<RecordTexts>,
}

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum TrustlistKind {
    /// No answer.
    None = 0,
    /// An ITL, by the name inside the file.
    Itl = 1,
    /// A CTL, by the name inside the file.
    Ctl = 2,
    /// A trust list whose name says neither.
    List = 3,
    /// A signed file: a configuration (`.sgn`), a `.sha512`, firmware.
    SignedFile = 4,
}

impl Neutral for TrustlistKind {
    const NEUTRAL: Self = Self::None;
}

impl TrustlistFile {
    fn parse(bytes: &[u8]) -> Result<Self, CallError> {
        let broken = |error| CallError::parse("file", &error);
        let file = wire::parse(bytes).map_err(broken)?;
        let mut records = Vec::new();
        let kind = match &file {
            File::Signed(_) => TrustlistKind::SignedFile,
            File::List(_) if bytes.len() > MAX_LIST => {
                let text = format!(
                    "file: a trust list of {} bytes, expected at most {MAX_LIST}",
                    bytes.len()
                );
                return Err(CallError::new(TrustlistStatus::TooLarge, text));
            }
            File::List(list) => {
                for record in list.records() {
                    records.push(RecordTexts::of(&record.map_err(broken)?));
                }
                match list.name() {
                    ListName::Ctl => TrustlistKind::Ctl,
                    ListName::Itl => TrustlistKind::Itl,
                    ListName::Other => TrustlistKind::List,
                }
            }
        };
        Ok(Self { bytes: Box::from(bytes), kind, header: HeaderTexts::of(file.header()), records })
    }

    /// The file once more as a view.
    pub(super) fn view(&self) -> Result<File<'_>, CallError> {
        wire::parse(&self.bytes).map_err(|error| CallError::parse("file", &error))
    }

    /// The record of this number, from 1.
    pub(super) fn record(&self, number: u32) -> Result<&RecordTexts, CallError> {
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        index.and_then(|index| self.records.get(index)).ok_or_else(|| {
            let text = format!("record {number}: expected 1 to {}", self.records.len());
            CallError::new(TrustlistStatus::Range, text)
        })
    }

    /// The bytes of this range.
    pub(super) fn range(&self, (offset, length): (usize, usize)) -> TrustlistBytes {
        let behind = self.bytes.get(offset..).unwrap_or_default();
        TrustlistBytes::of(behind.get(..length).unwrap_or_default())
    }
}

/// Reads a trust list or a signed file, every record included, and copies its bytes. Free the file with
/// `trustlist_file_free`.
///
/// Errors: `TRUSTLIST_STATUS_PARSE` with the byte offset if it is another format, or broken;
/// `TRUSTLIST_STATUS_TOO_LARGE` above 64 MiB, for a trust list above 4 MiB. A wrong signature is not an error here: ask
/// `trustlist_verify_list`.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_file_parse(
    data: BytesPtr<'_>,
    length: usize,
    file: Option<&mut MaybeUninit<Option<Box<TrustlistFile>>>>,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    write_out(file, error, || {
        Ok(Some(Box::new(TrustlistFile::parse(data.bytes(length, MAX_INPUT, "data")?)?)))
    })
}

/// Frees a file, and with it every text and byte that it gave. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_file_free(file: Option<Box<TrustlistFile>>) {
    free(file);
}

/// Gives the kind: an ITL, a CTL, another trust list or a signed file.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_file_kind(
    file: Option<&TrustlistFile>,
    kind: Option<&mut MaybeUninit<TrustlistKind>>,
) -> TrustlistStatus {
    write_out(kind, None, || Ok(need(file, "file")?.kind))
}

/// The whole file. Offsets count from its first byte.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_file_bytes(
    file: Option<&TrustlistFile>,
    bytes: Option<&mut MaybeUninit<TrustlistBytes>>,
) -> TrustlistStatus {
    write_out(bytes, None, || Ok(TrustlistBytes::of(&need(file, "file")?.bytes)))
}

/// Gives the content of a signed file: the bytes after the header. `TRUSTLIST_STATUS_ABSENT` for a list.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_file_payload(
    file: Option<&TrustlistFile>,
    bytes: Option<&mut MaybeUninit<TrustlistBytes>>,
) -> TrustlistStatus {
    write_out(bytes, None, || match need(file, "file")?.view()? {
        File::Signed(signed) => Ok(TrustlistBytes::of(signed.payload())),
        File::List(_) => Err(CallError::absent("payload in a trust list")),
    })
}

/// Gives the number of records of a list; 0 for a signed file.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_file_record_count(
    file: Option<&TrustlistFile>,
    count: Option<&mut MaybeUninit<u32>>,
) -> TrustlistStatus {
    write_out(count, None, || {
        Ok(u32::try_from(need(file, "file")?.records.len()).unwrap_or(u32::MAX))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a list of this many bytes: a real one, then records with a role and a long tag without names.
    fn list(size: usize) -> Vec<u8> {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/cluster/before/ITLFile.tlv");
        let mut bytes = std::fs::read(path).unwrap();
        while bytes.len() < size {
            let left = size - bytes.len();
            // Never less than a record is left for the last one.
            let length = if left > 60_000 { 50_000 } else { left };
            bytes.extend([1, 0, 2]);
            bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
            bytes.extend([4, 0, 2, 0, 9, 99]);
            bytes.extend(u16::try_from(length - 13).unwrap().to_be_bytes());
            bytes.resize(bytes.len() + length - 13, 0);
        }
        bytes
    }

    #[test]
    fn lists_are_limited_at_the_last_byte() {
        assert_eq!(
            TrustlistFile::parse(&list(MAX_LIST)).map(|file| file.kind).ok(),
            Some(TrustlistKind::Itl)
        );
        let fault = TrustlistFile::parse(&list(MAX_LIST + 1)).err().unwrap();
        assert_eq!(fault.status, TrustlistStatus::TooLarge);
    }
}
