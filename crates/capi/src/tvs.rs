//! The question: the known facts about TVS. If one is missing, an answer that needs it is `TRUSTLIST_OUTCOME_DEPENDS`.

use super::error::TrustlistError;
use super::ffi::{BytesPtr, CallError, MAX_INPUT, TextPtr, TrustlistStatus};
use super::question::{MAX_WORDS, TrustlistQuestion, add, given, set};
use trustlist::question::Question;

impl TrustlistQuestion {
    /// Gives a fact about a server that was not named before.
    fn new_server<'a>(
        &mut self,
        what: &str,
        name: &'a str,
        say: impl FnOnce(&mut Question, &'a str) -> Result<(), CallError>,
    ) -> Result<(), CallError> {
        self.apart_from(what, &[TVS_NONE])?;
        let key = name.to_ascii_lowercase();
        if self.servers.contains(&key) {
            return Err(CallError::argument(format!(
                "{what}: {name} was said before, expected each server once"
            )));
        }
        say(&mut self.question, name)?;
        self.servers.insert(key);
        Ok(())
    }
}

/// The name of a TVS server.
fn name<'a>(server: TextPtr<'a>, length: usize, what: &str) -> Result<&'a str, CallError> {
    match server.text(length, MAX_WORDS, what)? {
        "" => Err(CallError::argument(format!(
            "{what}: expected the name of a server, found an empty one"
        ))),
        name => Ok(name),
    }
}

/// No TVS server answers. Nothing else can then be said about TVS.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_set_tvs_none(
    question: Option<&mut TrustlistQuestion>,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    set(question, error, TVS_NONE, |question| {
        question.apart_from(TVS_NONE, &[TVS, TVS_KNOWS])?;
        question.question.no_tvs();
        Ok(())
    })
}

/// A TVS server that answers, and the certificate in PEM or DER that it presents on port 2445. Each server once. As soon as
/// one is named, a server of the CallManager group that is not does not answer.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_add_tvs_server(
    question: Option<&mut TrustlistQuestion>,
    server: TextPtr<'_>,
    server_length: usize,
    certificate: BytesPtr<'_>,
    certificate_length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    add(question, error, TVS, |question| {
        question.new_server(TVS, name(server, server_length, TVS)?, |question, server| {
            let certificate = certificate.bytes(certificate_length, MAX_INPUT, TVS)?;
            question.tvs_presents(server, certificate).map_err(|error| given(TVS, &error))?;
            Ok(())
        })
    })
}

/// A TVS server that does not answer. Each server once.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_add_tvs_down(
    question: Option<&mut TrustlistQuestion>,
    server: TextPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    add(question, error, TVS, |question| {
        question.new_server(TVS, name(server, length, TVS)?, |question, server| {
            question.tvs_down(server);
            Ok(())
        })
    })
}

/// Gives what one TVS server knows: a list (the file or its paste), with roles; or certificates in DER or PEM, with unknown
/// roles. Several calls add up.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_add_tvs_knows(
    question: Option<&mut TrustlistQuestion>,
    server: TextPtr<'_>,
    server_length: usize,
    data: BytesPtr<'_>,
    data_length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    add(question, error, TVS_KNOWS, |question| {
        question.apart_from(TVS_KNOWS, &[TVS_NONE])?;
        let server = name(server, server_length, TVS_KNOWS)?;
        let known = data.bytes(data_length, MAX_INPUT, TVS_KNOWS)?;
        question
            .question
            .tvs_server_knows(server, known)
            .map_err(|error| given(TVS_KNOWS, &error))?;
        Ok(())
    })
}

/// Gives what every TVS server knows, as `trustlist_question_add_tvs_knows`.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_add_all_tvs_know(
    question: Option<&mut TrustlistQuestion>,
    data: BytesPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    add(question, error, TVS_KNOWS, |question| {
        question.apart_from(TVS_KNOWS, &[TVS_NONE])?;
        let known = data.bytes(length, MAX_INPUT, TVS_KNOWS)?;
        question.question.tvs_knows(known).map_err(|error| given(TVS_KNOWS, &error))?;
        Ok(())
    })
}

/// A certificate in PEM or DER that TVS vouched for during the last 24 hours: the phone remembers. Several calls add up.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_add_tvs_cached(
    question: Option<&mut TrustlistQuestion>,
    certificate: BytesPtr<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    add(question, error, TVS_CACHED, |question| {
        let certificate = certificate.bytes(length, MAX_INPUT, TVS_CACHED)?;
        question.question.tvs_cached(certificate).map_err(|error| given(TVS_CACHED, &error))?;
        Ok(())
    })
}

const TVS: &str = "tvs";
const TVS_CACHED: &str = "tvs-cached";
const TVS_KNOWS: &str = "tvs-knows";
const TVS_NONE: &str = "tvs none";
