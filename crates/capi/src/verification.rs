//! Is the signature right?

use super::error::TrustlistError;
use super::ffi::{BytesPtr, CallError, MAX_INPUT, Neutral, TrustlistStatus, free, need, write_out};
use super::file::TrustlistFile;
use super::text::{Kept, TrustlistText};
use std::mem::MaybeUninit;
use trustlist::cert::Certificate;
use trustlist::question::{self, Verifier};
use trustlist::verify::{self, OwnSignature, OwnVerification, SignatureOutcome, Verification};
use trustlist::wire::{File, SignedFile, TrustList};

/// The result of the check of a signature. It does not need the file any more, and does not change.
#[derive(Debug)]
pub struct TrustlistVerification {
    outcome: TrustlistSignature,
    reason: Option<Kept>,
    signer: Option<u32>,
}

/// The result in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum TrustlistSignature {
    /// No answer. Never reads as valid.
    None = 0,
    /// It is.
    Valid = 1,
    /// It is not.
    Invalid = 2,
    /// It cannot be checked; the reason says why. Never counts as valid.
    NotVerifiable = 3,
}

impl Neutral for TrustlistSignature {
    const NEUTRAL: Self = Self::None;
}

impl TrustlistVerification {
    fn of_own(found: OwnVerification) -> Option<Box<Self>> {
        let outcome = match found.outcome {
            OwnSignature::Consistent => SignatureOutcome::Valid,
            OwnSignature::Invalid(why) => SignatureOutcome::Invalid(why),
            OwnSignature::NotVerifiable(why) => SignatureOutcome::NotVerifiable(why),
        };
        Self::with(outcome, found.signer)
    }

    fn of(found: Verification) -> Option<Box<Self>> {
        Self::with(found.outcome, found.signer)
    }

    fn with(outcome: SignatureOutcome, signer: Option<u32>) -> Option<Box<Self>> {
        let (outcome, reason) = match outcome {
            SignatureOutcome::Valid => (TrustlistSignature::Valid, None),
            SignatureOutcome::Invalid(why) => (TrustlistSignature::Invalid, Some(Kept::plain(why))),
            SignatureOutcome::NotVerifiable(why) => {
                (TrustlistSignature::NotVerifiable, Some(Kept::plain(why)))
            }
            _ => (TrustlistSignature::NotVerifiable, None),
        };
        Some(Box::new(Self { outcome, reason, signer }))
    }
}

fn list<'a>(file: Option<&'a TrustlistFile>, what: &str) -> Result<TrustList<'a>, CallError> {
    match need(file, what)?.view()? {
        File::List(list) => Ok(list),
        File::Signed(_) => {
            Err(CallError::argument(format!("{what}: a signed file, expected a trust list")))
        }
    }
}

fn signed(file: Option<&TrustlistFile>) -> Result<SignedFile<'_>, CallError> {
    match need(file, "file")?.view()? {
        File::Signed(signed) => Ok(signed),
        File::List(_) => Err(CallError::argument("file: a trust list, expected a signed file")),
    }
}

/// Checks a list against its own signer record: whether it is whole, and signed by the one that it names. Whether a phone
/// trusts that one is another question: see `trustlist_predict`. Free the verification with `trustlist_verification_free`.
///
/// Errors: `TRUSTLIST_STATUS_ARGUMENT` for a signed file, which does not carry its signer's key.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_verify_list(
    file: Option<&TrustlistFile>,
    verification: Option<&mut MaybeUninit<Option<Box<TrustlistVerification>>>>,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    write_out(verification, error, || {
        let found = verify::check_own_signature(&list(file, "file")?, &Verifier)
            .map_err(|error| CallError::parse("file", &error))?;
        Ok(TrustlistVerification::of_own(found))
    })
}

/// Checks a signed file against the records of a list.
///
/// Errors: `TRUSTLIST_STATUS_ARGUMENT` where `file` is no signed file, or `list` no trust list.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_verify_with_list(
    file: Option<&TrustlistFile>,
    with: Option<&TrustlistFile>,
    verification: Option<&mut MaybeUninit<Option<Box<TrustlistVerification>>>>,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    write_out(verification, error, || {
        let found = verify::verify_file_with_list(&signed(file)?, &list(with, "with")?, &Verifier);
        Ok(TrustlistVerification::of(found.map_err(|error| CallError::parse("with", &error))?))
    })
}

/// Checks a signed file against a certificate in PEM or DER, the first one of a bundle.
///
/// Errors: `TRUSTLIST_STATUS_ARGUMENT` if `file` is not a signed file; `TRUSTLIST_STATUS_CERTIFICATE` if there is no
/// certificate.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_verify_with_certificate(
    file: Option<&TrustlistFile>,
    certificate: BytesPtr<'_>,
    length: usize,
    verification: Option<&mut MaybeUninit<Option<Box<TrustlistVerification>>>>,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    write_out(verification, error, || {
        let file = signed(file)?;
        let no_certificate =
            |error: &dyn std::fmt::Display| CallError::new(TrustlistStatus::Certificate, error);
        let ders = question::certificates(certificate.bytes(length, MAX_INPUT, "certificate")?);
        let ders = ders.map_err(|error| no_certificate(&error))?;
        let first = Certificate::parse(ders.first().map_or(&[][..], Vec::as_slice))
            .map_err(|error| no_certificate(&error))?;
        Ok(TrustlistVerification::of(verify::verify_file_with_certificate(
            &file, &first, &Verifier,
        )))
    })
}

/// Frees a verification. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_verification_free(verification: Option<Box<TrustlistVerification>>) {
    free(verification);
}

/// Gives the result in one word.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_verification_outcome(
    verification: Option<&TrustlistVerification>,
    outcome: Option<&mut MaybeUninit<TrustlistSignature>>,
) -> TrustlistStatus {
    write_out(outcome, None, || Ok(need(verification, "verification")?.outcome))
}

/// Why a signature is wrong or cannot be checked. `TRUSTLIST_STATUS_ABSENT` for one that is valid.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_verification_reason(
    verification: Option<&TrustlistVerification>,
    text: Option<&mut MaybeUninit<TrustlistText>>,
) -> TrustlistStatus {
    write_out(text, None, || {
        let reason = need(verification, "verification")?.reason.as_ref();
        reason.map(Kept::text).ok_or_else(|| CallError::absent("reason: the signature is valid"))
    })
}

/// The record of the list whose key was used, from 1. `TRUSTLIST_STATUS_ABSENT` where no record was.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_verification_signer(
    verification: Option<&TrustlistVerification>,
    record: Option<&mut MaybeUninit<u32>>,
) -> TrustlistStatus {
    write_out(record, None, || {
        need(verification, "verification")?.signer.ok_or_else(|| CallError::absent("signer record"))
    })
}
