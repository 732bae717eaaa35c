//! The question: what the phone holds, and what the server offers. What is not said stays unknown.

use super::border::{Data, Fault, Letters, MAX_INPUT, MAX_LIST, TrustlistStatus, free, guarded};
use super::error::TrustlistError;
use std::collections::BTreeSet;
use std::sync::Arc;
use trustlist::console::PasteLimits;
use trustlist::facts::{Files, ListFacts, ListKind, Timestamp};
use trustlist::phone::{ConfigOffer, ListOffer};
use trustlist::question::{self, Asked, GivenError, Held, TvsSaid, Verifier};

/// A question that is put together call by call, then answered by `trustlist_predict`, as often as one likes.
///
/// Each call says what the option of the same name of `trustlist predict` says, and what is not said stays unknown: an answer
/// that needs it is `TRUSTLIST_OUTCOME_DEPENDS`. A call that fails says nothing. What can be said once is refused when it is
/// said again.
#[derive(Debug)]
pub struct TrustlistQuestion {
    pub(super) files: Files<Verifier>,
    pub(super) asked: Asked,
    pub(super) tvs: TvsSaid,
    said: BTreeSet<&'static str>,
}

impl TrustlistQuestion {
    /// What was said before and does not go together with it.
    pub(super) fn apart_from(&self, what: &str, others: &[&'static str]) -> Result<(), Fault> {
        match others.iter().find(|other| self.said.contains(*other)) {
            Some(other) => Err(Fault::argument(format!("{what}: contradicts {other}, which was said before"))),
            None => Ok(()),
        }
    }

    /// A list from its file or from a print.
    fn list(&mut self, what: &str, bytes: &[u8], kind: ListKind) -> Result<Option<Arc<ListFacts>>, Fault> {
        question::list(&mut self.files, bytes, Some(kind), &PasteLimits::new()).map_err(|error| given(what, &error))
    }

    fn installed(&mut self, what: &str, bytes: &[u8], kind: ListKind) -> Result<Held, Fault> {
        self.apart_from(what, &[FACTORY_FRESH])?;
        self.list(what, bytes, kind).map(Held::of)
    }

    /// A list that the server offers; no bytes at all are a file of zero bytes.
    fn offered(&mut self, what: &str, bytes: &[u8], kind: ListKind) -> Result<ListOffer, Fault> {
        if bytes.is_empty() {
            return Ok(ListOffer::Empty);
        }
        Ok(self.list(what, bytes, kind)?.map_or(ListOffer::NotFound, ListOffer::List))
    }

    fn config(&mut self, what: &str, bytes: &[u8]) -> Result<ConfigOffer, Fault> {
        self.apart_from(what, &[NO_CONFIG])?;
        if bytes.is_empty() {
            return Ok(ConfigOffer::Empty);
        }
        self.files.config(bytes).map(ConfigOffer::Config).map_err(|error| Fault::parse(what, &error))
    }
}

/// The fault of something that was given.
pub(super) fn given(what: &str, error: &GivenError) -> Fault {
    match error {
        GivenError::Parse(error) => Fault::parse(what, error),
        GivenError::Paste(error) => Fault::new(TrustlistStatus::Paste, format!("{what}: {error}")),
        GivenError::Certificate(error) => Fault::new(TrustlistStatus::Certificate, format!("{what}: {error}")),
    }
}

/// Says something that may be said several times.
pub(super) fn add(
    question: Option<&mut TrustlistQuestion>,
    error: Option<&mut TrustlistError>,
    what: &'static str,
    say: impl FnOnce(&mut TrustlistQuestion) -> Result<(), Fault>,
) -> TrustlistStatus {
    guarded(error, || {
        let question = question.ok_or_else(|| Fault::null("question"))?;
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
    say: impl FnOnce(&mut TrustlistQuestion) -> Result<(), Fault>,
) -> TrustlistStatus {
    add(question, error, what, |question| {
        if question.said.contains(what) {
            return Err(Fault::argument(format!("{what}: said before, expected once")));
        }
        say(question)
    })
}

/// A question in which nothing is said yet; free it with `trustlist_question_free`. NULL only where this library is
/// broken.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_new() -> Option<Box<TrustlistQuestion>> {
    let mut question = None;
    guarded(None, || {
        let (asked, tvs, said) = (Asked::default(), TvsSaid::default(), BTreeSet::new());
        question = Some(Box::new(TrustlistQuestion { files: Files::new(Verifier), asked, tvs, said }));
        Ok(())
    });
    question
}

/// Frees a question. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_free(question: Option<Box<TrustlistQuestion>>) {
    free(question);
}

/// The ITL on the phone: the file, or the output of `show itl`. Once one installed list was said, the phone does not hold the
/// other one unless that is said too.
///
/// Errors of this and of the other calls that take a list: `TRUSTLIST_STATUS_PARSE`, `TRUSTLIST_STATUS_PASTE`,
/// `TRUSTLIST_STATUS_TOO_LARGE` above 4 MiB, `TRUSTLIST_STATUS_ARGUMENT` where it was said before or contradicts.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_installed_itl(
    question: Option<&mut TrustlistQuestion>,
    data: Data<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, INSTALLED_ITL, |question| {
        let list = data.bytes(length, MAX_LIST, INSTALLED_ITL)?;
        question.asked.installed_itl = question.installed(INSTALLED_ITL, list, ListKind::Itl)?;
        Ok(())
    })
}

/// The CTL on the phone: the file, or the output of `show ctl`.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_installed_ctl(
    question: Option<&mut TrustlistQuestion>,
    data: Data<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, INSTALLED_CTL, |question| {
        let list = data.bytes(length, MAX_LIST, INSTALLED_CTL)?;
        question.asked.installed_ctl = question.installed(INSTALLED_CTL, list, ListKind::Ctl)?;
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
        question.asked.factory_fresh = true;
        Ok(())
    })
}

/// The ITL that the TFTP server offers: the file, or the output of `show itl`. Zero bytes are an empty file on the server;
/// where nothing is said the server has no such file.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_offered_itl(
    question: Option<&mut TrustlistQuestion>,
    data: Data<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, OFFERED_ITL, |question| {
        let list = data.bytes(length, MAX_LIST, OFFERED_ITL)?;
        question.asked.offered_itl = question.offered(OFFERED_ITL, list, ListKind::Itl)?;
        Ok(())
    })
}

/// The CTL that the TFTP server offers, as `trustlist_question_set_offered_itl`.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_offered_ctl(
    question: Option<&mut TrustlistQuestion>,
    data: Data<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, OFFERED_CTL, |question| {
        let list = data.bytes(length, MAX_LIST, OFFERED_CTL)?;
        question.asked.offered_ctl = question.offered(OFFERED_CTL, list, ListKind::Ctl)?;
        Ok(())
    })
}

/// The signed configuration (`.sgn`) that the TFTP server offers. Zero bytes are an empty file on the server; where nothing
/// is said, no configuration is judged.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_offered_config(
    question: Option<&mut TrustlistQuestion>,
    data: Data<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, OFFERED_CONFIG, |question| {
        let file = data.bytes(length, MAX_INPUT, OFFERED_CONFIG)?;
        question.asked.config = question.config(OFFERED_CONFIG, file)?;
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
        question.asked.config = ConfigOffer::NotServed;
        Ok(())
    })
}

/// Name or address of the phone's TFTP server, which the records of a CTL are compared with.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_tftp_server(
    question: Option<&mut TrustlistQuestion>,
    server: Letters<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, TFTP_SERVER, |question| {
        question.asked.tftp_server = Some(Arc::from(server.text(length, MAX_WORDS, TFTP_SERVER)?));
        Ok(())
    })
}

/// The date of the judgement, in UTC: `2026-01-31` or `2026-01-31T02:00:00Z`. With it expired certificates are reported;
/// they are never decisive.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_at(
    question: Option<&mut TrustlistQuestion>,
    date: Letters<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, AT, |question| {
        let date = Timestamp::parse(date.text(length, MAX_WORDS, AT)?);
        let expected = "at: expected a date in UTC such as 2026-01-31 or 2026-01-31T02:00:00Z";
        question.asked.at = Some(date.ok_or_else(|| Fault::argument(expected))?);
        Ok(())
    })
}

/// Longest text that is read where a name is expected, in bytes. The names of a CallManager group may stand in one.
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
