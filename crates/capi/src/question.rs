//! The question: what the phone holds, and what the server offers. What is not said stays unknown.

use super::error::TrustlistError;
use super::ffi::{
    BytesPtr, CallError, MAX_INPUT, MAX_LIST, TextPtr, TrustlistStatus, free, guarded,
};
use std::collections::BTreeSet;
use trustlist::facts::Timestamp;
use trustlist::phone::TlsVersion;
use trustlist::question::{GivenError, Question, QuestionError};

/// A question that is put together call by call, then answered by `trustlist_predict`, as often as one likes.
///
/// Each call says what the option of the same name of `trustlist predict` says, and what is not said stays unknown: an answer
/// that needs it is `TRUSTLIST_OUTCOME_DEPENDS`. A call that fails says nothing. What can be said once is refused when it is
/// said again.
#[derive(Debug)]
pub struct TrustlistQuestion {
    pub(super) question: Question,
    said: BTreeSet<&'static str>,
    /// The TVS servers whose certificate was given, or that are down.
    pub(super) servers: BTreeSet<String>,
}

impl TrustlistQuestion {
    /// A fact that was given before and contradicts this one.
    pub(super) fn apart_from(&self, what: &str, others: &[&'static str]) -> Result<(), CallError> {
        match others.iter().find(|other| self.said.contains(*other)) {
            Some(other) => Err(CallError::argument(format!(
                "{what}: contradicts {other}, which was said before"
            ))),
            None => Ok(()),
        }
    }
}

/// The fault of something that was given.
pub(super) fn given(what: &str, error: &QuestionError) -> CallError {
    match error.kind() {
        GivenError::Certificate(_)
        | GivenError::Pem(_)
        | GivenError::PemLabel(_)
        | GivenError::TooManyCertificates => {
            CallError::new(TrustlistStatus::Certificate, format!("{what}: {error}"))
        }
        GivenError::Parse(error) => CallError::parse(what, error),
        GivenError::Paste(error) => {
            CallError::new(TrustlistStatus::Paste, format!("{what}: {error}"))
        }
        error => CallError::argument(format!("{what}: {error}")),
    }
}

/// Says something that may be said several times.
pub(super) fn add(
    question: Option<&mut TrustlistQuestion>,
    error: Option<&mut TrustlistError>,
    what: &'static str,
    say: impl FnOnce(&mut TrustlistQuestion) -> Result<(), CallError>,
) -> TrustlistStatus {
    guarded(error, || {
        let question = question.ok_or_else(|| CallError::null("question"))?;
        say(question)?;
        question.said.insert(what);
        Ok(())
    })
}

/// Says something that may be said once.
pub(super) fn set(
    question: Option<&mut TrustlistQuestion>,
    error: Option<&mut TrustlistError>,
    what: &'static str,
    say: impl FnOnce(&mut TrustlistQuestion) -> Result<(), CallError>,
) -> TrustlistStatus {
    add(question, error, what, |question| {
        if question.said.contains(what) {
            return Err(CallError::argument(format!("{what}: said before, expected once")));
        }
        say(question)
    })
}

/// Makes a question without any fact; free it with `trustlist_question_free`. NULL only after a bug in this
/// library.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_new() -> Option<Box<TrustlistQuestion>> {
    let mut question = None;
    guarded(None, || {
        let (said, servers) = (BTreeSet::new(), BTreeSet::new());
        question = Some(Box::new(TrustlistQuestion { question: Question::new(), said, servers }));
        Ok(())
    });
    question
}

/// Frees a question. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_free(question: Option<Box<TrustlistQuestion>>) {
    free(question);
}

/// The ITL on the phone: the file, or the output of `show itl`. If only one installed list is given, the phone does not have
/// the other one.
///
/// Errors of this and of the other calls that take a list: `TRUSTLIST_STATUS_PARSE`, `TRUSTLIST_STATUS_PASTE`,
/// `TRUSTLIST_STATUS_TOO_LARGE` above 4 MiB, `TRUSTLIST_STATUS_ARGUMENT` if it was given before or contradicts.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_installed_itl(
    question: Option<&mut TrustlistQuestion>,
    data: BytesPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, INSTALLED_ITL, |question| {
        let list = data.bytes(length, MAX_LIST, INSTALLED_ITL)?;
        question.apart_from(INSTALLED_ITL, &[FACTORY_FRESH])?;
        question.question.installed_itl(list).map_err(|error| given(INSTALLED_ITL, &error))?;
        Ok(())
    })
}

/// The CTL on the phone: the file, or the output of `show ctl`.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_installed_ctl(
    question: Option<&mut TrustlistQuestion>,
    data: BytesPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, INSTALLED_CTL, |question| {
        let list = data.bytes(length, MAX_LIST, INSTALLED_CTL)?;
        question.apart_from(INSTALLED_CTL, &[FACTORY_FRESH])?;
        question.question.installed_ctl(list).map_err(|error| given(INSTALLED_CTL, &error))?;
        Ok(())
    })
}

/// The phone holds neither list. Without this and without an installed list nothing is known of what it holds, and every
/// outcome is `TRUSTLIST_OUTCOME_DEPENDS`.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_factory_fresh(
    question: Option<&mut TrustlistQuestion>,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, FACTORY_FRESH, |question| {
        question.apart_from(FACTORY_FRESH, &[INSTALLED_ITL, INSTALLED_CTL])?;
        question.question.factory_fresh();
        Ok(())
    })
}

/// The ITL that the TFTP server offers: the file, or the output of `show itl`. Zero bytes are an empty file on the server;
/// without this call the server has no such file.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_offered_itl(
    question: Option<&mut TrustlistQuestion>,
    data: BytesPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, OFFERED_ITL, |question| {
        let list = data.bytes(length, MAX_LIST, OFFERED_ITL)?;
        question.question.offered_itl(list).map_err(|error| given(OFFERED_ITL, &error))?;
        Ok(())
    })
}

/// The CTL that the TFTP server offers, as `trustlist_question_set_offered_itl`.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_offered_ctl(
    question: Option<&mut TrustlistQuestion>,
    data: BytesPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, OFFERED_CTL, |question| {
        let list = data.bytes(length, MAX_LIST, OFFERED_CTL)?;
        question.question.offered_ctl(list).map_err(|error| given(OFFERED_CTL, &error))?;
        Ok(())
    })
}

/// The signed configuration (`.sgn`) that the TFTP server offers. Zero bytes are an empty file on the server; without this
/// call no configuration is judged.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_offered_config(
    question: Option<&mut TrustlistQuestion>,
    data: BytesPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, OFFERED_CONFIG, |question| {
        let file = data.bytes(length, MAX_INPUT, OFFERED_CONFIG)?;
        question.apart_from(OFFERED_CONFIG, &[NO_CONFIG])?;
        question.question.offered_config(file).map_err(|error| given(OFFERED_CONFIG, &error))?;
        Ok(())
    })
}

/// The TFTP server has no signed configuration.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_no_config(
    question: Option<&mut TrustlistQuestion>,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, NO_CONFIG, |question| {
        question.apart_from(NO_CONFIG, &[OFFERED_CONFIG])?;
        question.question.no_config();
        Ok(())
    })
}

/// Name or address of the phone's TFTP server, which the records of a CTL are compared with.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_tftp_server(
    question: Option<&mut TrustlistQuestion>,
    server: TextPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, TFTP_SERVER, |question| {
        question.question.tftp_server(server.text(length, MAX_WORDS, TFTP_SERVER)?);
        Ok(())
    })
}

/// The minimum TLS version of the cluster (`show tls min-version`), which its TVS servers follow: `1.0`, `1.1`, `1.2` or `1.3`.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_tls_minimum(
    question: Option<&mut TrustlistQuestion>,
    version: TextPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, TLS_MINIMUM, |question| {
        let word = version.text(length, MAX_WORDS, TLS_MINIMUM)?;
        let version = TlsVersion::from_word(word).ok_or_else(|| {
            CallError::argument(format!("{TLS_MINIMUM}: expected 1.0, 1.1, 1.2 or 1.3"))
        })?;
        question.question.tls_minimum(version);
        Ok(())
    })
}

/// The date of the judgement, in UTC: `2026-01-31` or `2026-01-31T02:00:00Z`. With it expired certificates are reported;
/// they are never decisive.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_at(
    question: Option<&mut TrustlistQuestion>,
    date: TextPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, AT, |question| {
        let date = Timestamp::parse(date.text(length, MAX_WORDS, AT)?);
        let expected = "at: expected a date in UTC such as 2026-01-31 or 2026-01-31T02:00:00Z";
        question.question.at(date.ok_or_else(|| CallError::argument(expected))?);
        Ok(())
    })
}

/// Longest text that is read where a name is expected, in bytes. One text may hold the names of a CallManager group.
pub(super) const MAX_WORDS: usize = 4096;

const AT: &str = "at";
const FACTORY_FRESH: &str = "factory-fresh";
const INSTALLED_CTL: &str = "installed-ctl";
const INSTALLED_ITL: &str = "installed-itl";
const NO_CONFIG: &str = "no-config";
const OFFERED_CONFIG: &str = "offered-config";
const OFFERED_CTL: &str = "offered-ctl";
const OFFERED_ITL: &str = "offered-itl";
const TFTP_SERVER: &str = "tftp-server";
const TLS_MINIMUM: &str = "tls-minimum";
