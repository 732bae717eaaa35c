//! The question: what the device can do. Each wins over what is known of the model.

use super::error::TrustlistError;
use super::ffi::{CallError, TextPtr, TrustlistStatus};
use super::question::{MAX_WORDS, TrustlistQuestion, set};
use trustlist::phone::SecurityByDefault;
use trustlist::wire::DigestAlgorithm;

/// The phone's model: `7975`, `CP-7975G`, `Cisco 7975`.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_model(
    question: Option<&mut TrustlistQuestion>,
    model: TextPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, MODEL, |question| {
        question.question.model(model.text(length, MAX_WORDS, MODEL)?);
        Ok(())
    })
}

/// Whether the device has Security By Default: 1 yes, 0 no; any other number is an error.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_security_by_default(
    question: Option<&mut TrustlistQuestion>,
    yes: i32,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, SECURITY_BY_DEFAULT, |question| {
        question.question.security_by_default(match yes {
            0 => SecurityByDefault::No,
            1 => SecurityByDefault::Yes,
            other => {
                return Err(CallError::argument(format!(
                    "{SECURITY_BY_DEFAULT}: {other}, expected 0 or 1"
                )));
            }
        });
        Ok(())
    })
}

/// The signature digests that the device can check: `sha1`, `sha256`, `sha512`, with commas between them.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_digests(
    question: Option<&mut TrustlistQuestion>,
    digests: TextPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, DIGESTS, |question| {
        let digests =
            digests.text(length, MAX_WORDS, DIGESTS)?.split(',').map(DigestAlgorithm::from_word);
        let digests: Option<Vec<_>> = digests.collect();
        let expected = "digests: expected sha1, sha256 or sha512, with commas between them";
        question.question.digests(&digests.ok_or_else(|| CallError::argument(expected))?);
        Ok(())
    })
}

/// Longest key of a signer that the device takes, in bits.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_max_key_bits(
    question: Option<&mut TrustlistQuestion>,
    bits: u32,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, MAX_KEY_BITS, |question| {
        question.question.max_key_bits(bits);
        Ok(())
    })
}

/// The phone runs in FIPS mode.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_fips(
    question: Option<&mut TrustlistQuestion>,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, FIPS, |question| {
        question.question.fips();
        Ok(())
    })
}

/// The phone's CallManager group in order, with commas between the servers: `ccm1,ccm2`. These are its TVS servers too.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_cm_group(
    question: Option<&mut TrustlistQuestion>,
    servers: TextPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, CM_GROUP, |question| {
        question.question.cm_group(servers.text(length, MAX_WORDS, CM_GROUP)?.split(','));
        Ok(())
    })
}

const CM_GROUP: &str = "cm-group";
const DIGESTS: &str = "digests";
const FIPS: &str = "fips";
const MAX_KEY_BITS: &str = "max-key-bits";
const MODEL: &str = "model";
const SECURITY_BY_DEFAULT: &str = "security-by-default";
