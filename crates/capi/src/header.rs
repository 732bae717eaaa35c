//! The header of a file.

use super::ffi::{CallError, TrustlistStatus, need, write_out};
use super::file::TrustlistFile;
use super::text::{Kept, TrustlistText};
use std::mem::MaybeUninit;
use trustlist::report::hex;
use trustlist::wire::{Header, text};

/// The values of a header as text.
#[derive(Debug)]
pub(super) struct HeaderTexts {
    version: Kept,
    length: u16,
    signer: Option<Kept>,
    issuer: Kept,
    serial: Kept,
    digest: Kept,
    file_name: Option<Kept>,
    timestamp: Option<u32>,
}

impl HeaderTexts {
    pub(super) fn of(header: &Header<'_>) -> Self {
        Self {
            version: Kept::plain(header.version()),
            length: header.length(),
            signer: header.signer_name().map(|name| Kept::plain(text(name))),
            issuer: Kept::plain(text(header.issuer())),
            serial: Kept::plain(hex(header.serial())),
            digest: Kept::plain(header.digest()),
            file_name: header.file_name().map(|name| Kept::plain(text(name))),
            timestamp: header.timestamp(),
        }
    }
}

/// Gives a text of the header, which may be missing.
fn give_text(
    file: Option<&TrustlistFile>,
    out: Option<&mut MaybeUninit<TrustlistText>>,
    what: &str,
    text: impl FnOnce(&HeaderTexts) -> Option<&Kept>,
) -> TrustlistStatus {
    write_out(out, None, || match text(&need(file, "file")?.header) {
        Some(text) => Ok(text.text()),
        None => Err(CallError::absent(what)),
    })
}

/// The version of the format: `1.2`.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_header_version(
    file: Option<&TrustlistFile>,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    give_text(file, text, "version", |header| Some(&header.version))
}

/// Bytes of the header: where the first record or the payload starts.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_header_length(
    file: Option<&TrustlistFile>,
    length: Option<&mut MaybeUninit<usize>>,
) -> TrustlistStatus {
    write_out(length, None, || Ok(usize::from(need(file, "file")?.header.length)))
}

/// The subject of who claims to have signed the file. `TRUSTLIST_STATUS_ABSENT` where the header has none.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_header_signer(
    file: Option<&TrustlistFile>,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    give_text(file, text, "signer name", |header| header.signer.as_ref())
}

/// The issuer of the signer's certificate. Issuer and serial number are what phones look the signer up by.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_header_issuer(
    file: Option<&TrustlistFile>,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    give_text(file, text, "issuer", |header| Some(&header.issuer))
}

/// The serial number of the signer's certificate, as written in the file: lower-case hex.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_header_serial(
    file: Option<&TrustlistFile>,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    give_text(file, text, "serial number", |header| Some(&header.serial))
}

/// The digest of the signature: `sha1`, `sha256`, `sha512`, or `digest-N` for a number without a name.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_header_digest(
    file: Option<&TrustlistFile>,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    give_text(file, text, "digest", |header| Some(&header.digest))
}

/// The file name inside the header. Never a path to write to. `TRUSTLIST_STATUS_ABSENT` if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_header_file_name(
    file: Option<&TrustlistFile>,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    give_text(file, text, "file name", |header| header.file_name.as_ref())
}

/// When the file was made, in seconds since 1970 UTC. `TRUSTLIST_STATUS_ABSENT` where the header does not say.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_header_timestamp(
    file: Option<&TrustlistFile>,
    seconds: Option<&mut MaybeUninit<i64>>,
) -> TrustlistStatus {
    write_out(seconds, None, || {
        need(file, "file")?
            .header
            .timestamp
            .map(i64::from)
            .ok_or_else(|| CallError::absent("timestamp"))
    })
}
