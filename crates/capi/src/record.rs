//! The records of a list, by their number: from 1, as `show itl` and every message count them.

use super::ffi::{CallError, TrustlistStatus, need, write_both, write_out};
use super::file::TrustlistFile;
use super::text::{Kept, TrustlistBytes, TrustlistText};
use std::mem::MaybeUninit;
use trustlist::cert::{Certificate, Validity};
use trustlist::report::hex;
use trustlist::wire::{Record, text};

/// The values of a record as text, and the places of its tags.
#[derive(Debug)]
pub(super) struct RecordTexts {
    role: u16,
    role_word: Kept,
    server: Option<Kept>,
    address: Option<Kept>,
    subject: Option<Kept>,
    issuer: Option<Kept>,
    serial: Option<Kept>,
    validity: Option<Validity>,
    /// Offset and length of the record.
    range: (usize, usize),
    /// Offset and length of the value of each tag with a name.
    tags: [Option<(usize, usize)>; TAGS],
}

impl RecordTexts {
    pub(super) fn of(record: &Record<'_>) -> Self {
        let name = |bytes| text(bytes).trim().to_owned();
        let validity = record
            .certificate()
            .and_then(|der| Certificate::parse(der).ok())
            .map(|found| found.validity());
        let value = |tag: usize| {
            let whole = record.tag_range(u8::try_from(tag).ok()?)?;
            Some((whole.start.checked_add(TAG_HEAD)?, whole.len().checked_sub(TAG_HEAD)?))
        };
        Self {
            role: record.role().code(),
            role_word: Kept::plain(record.role()),
            server: record.dns_name().map(name).filter(|name| !name.is_empty()).map(Kept::plain),
            address: record.address().map(Kept::plain),
            subject: record.subject().map(|name| Kept::plain(text(name))),
            issuer: record.issuer().map(|name| Kept::plain(text(name))),
            serial: record.serial().map(|serial| Kept::plain(hex(serial))),
            validity,
            range: (record.range().start, record.range().len()),
            tags: std::array::from_fn(value),
        }
    }
}

/// Gives a text of a record, which may be missing.
fn give_text(
    file: Option<&TrustlistFile>,
    record: u32,
    out: Option<&mut MaybeUninit<TrustlistText>>,
    what: &str,
    text: impl FnOnce(&RecordTexts) -> Option<&Kept>,
) -> TrustlistStatus {
    write_out(out, None, || match text(need(file, "file")?.record(record)?) {
        Some(text) => Ok(text.text()),
        None => Err(CallError::absent(what)),
    })
}

/// Gives the value of a tag, which may be missing.
fn give_tag(
    file: Option<&TrustlistFile>,
    record: u32,
    tag: u8,
    out: Option<&mut MaybeUninit<TrustlistBytes>>,
) -> TrustlistStatus {
    write_out(out, None, || {
        let file = need(file, "file")?;
        let found = file.record(record)?.tags.get(usize::from(tag)).copied().flatten();
        found.map(|range| file.range(range)).ok_or_else(|| CallError::absent("such tag"))
    })
}

/// The number of the role: 0 SAST, 1 CCM, 2 CCM+TFTP, 3 TFTP, 4 CAPF, 5 SRST, 7 APP-SERVER, 21 TVS, or another.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_record_role(
    file: Option<&TrustlistFile>,
    record: u32,
    role: Option<&mut MaybeUninit<u16>>,
) -> TrustlistStatus {
    write_out(role, None, || Ok(need(file, "file")?.record(record)?.role))
}

/// The word of the role: `SAST`, `CCM+TFTP`, …, or `role-N` for a number without a name.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_record_role_word(
    file: Option<&TrustlistFile>,
    record: u32,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    give_text(file, record, text, "role", |record| Some(&record.role_word))
}

/// The host name in the record. `TRUSTLIST_STATUS_ABSENT` if there is none, or an empty one.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_record_server(
    file: Option<&TrustlistFile>,
    record: u32,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    give_text(file, record, text, "server name", |record| record.server.as_ref())
}

/// The IPv4 or IPv6 address in the record. `TRUSTLIST_STATUS_ABSENT` if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_record_address(
    file: Option<&TrustlistFile>,
    record: u32,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    give_text(file, record, text, "address", |record| record.address.as_ref())
}

/// The subject of the certificate, as the record writes it. `TRUSTLIST_STATUS_ABSENT` if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_record_subject(
    file: Option<&TrustlistFile>,
    record: u32,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    give_text(file, record, text, "subject", |record| record.subject.as_ref())
}

/// The issuer of the certificate, as the record writes it. `TRUSTLIST_STATUS_ABSENT` if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_record_issuer(
    file: Option<&TrustlistFile>,
    record: u32,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    give_text(file, record, text, "issuer", |record| record.issuer.as_ref())
}

/// The serial number of the certificate, as written in the record: lower-case hex. `TRUSTLIST_STATUS_ABSENT` if there
/// is none.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_record_serial(
    file: Option<&TrustlistFile>,
    record: u32,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    give_text(file, record, text, "serial number", |record| record.serial.as_ref())
}

/// The certificate in DER, as written in the record: it may be damaged. `TRUSTLIST_STATUS_ABSENT` if the record has only a
/// hash of it, or nothing.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_record_certificate(
    file: Option<&TrustlistFile>,
    record: u32,
    bytes: Option<&mut MaybeUninit<TrustlistBytes>>,
) -> TrustlistStatus {
    give_tag(file, record, CERTIFICATE, bytes)
}

/// First and last second of the certificate's validity, since 1970 UTC. `TRUSTLIST_STATUS_ABSENT` if there is no
/// certificate, or a damaged one.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_record_validity(
    file: Option<&TrustlistFile>,
    record: u32,
    not_before: Option<&mut MaybeUninit<i64>>,
    not_after: Option<&mut MaybeUninit<i64>>,
) -> TrustlistStatus {
    write_both(not_before, not_after, || {
        let validity = need(file, "file")?
            .record(record)?
            .validity
            .ok_or_else(|| CallError::absent("validity"))?;
        Ok((validity.not_before.0, validity.not_after.0))
    })
}

/// Gives the place of the record in the file: its first byte, and the number of bytes.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_record_range(
    file: Option<&TrustlistFile>,
    record: u32,
    offset: Option<&mut MaybeUninit<usize>>,
    length: Option<&mut MaybeUninit<usize>>,
) -> TrustlistStatus {
    write_both(offset, length, || Ok(need(file, "file")?.record(record)?.range))
}

/// The value of a tag of the record, as written in the file: 2 DNS name, 3 subject, 4 role, 5 issuer, 6 serial number,
/// 7 public key, 8 signature of the certificate, 9 certificate, 10 address, 11 hash of the certificate, 12 its algorithm.
/// `TRUSTLIST_STATUS_ABSENT` if there is none, and for tags without a name.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_record_tag(
    file: Option<&TrustlistFile>,
    record: u32,
    tag: u8,
    bytes: Option<&mut MaybeUninit<TrustlistBytes>>,
) -> TrustlistStatus {
    give_tag(file, record, tag, bytes)
}

/// Tags 1 to 12 have names (`spec/FORMAT.md` section 3).
const TAGS: usize = 13;
const CERTIFICATE: u8 = 9;
/// A tag and its length.
const TAG_HEAD: usize = 3;
