//! The question: what is known of TVS. Where nothing is said, an answer that needs it is `TRUSTLIST_OUTCOME_DEPENDS`.

use super::border::{Data, Fault, Letters, MAX_INPUT, TrustlistStatus};
use super::error::TrustlistError;
use super::question::{MAX_WORDS, TrustlistQuestion, add, given, set};
use std::sync::Arc;
use trustlist::facts::CertificateFacts;
use trustlist::phone::{CachedSigner, KnownCertificate, TvsServer};
use trustlist::question;

impl TrustlistQuestion {
    /// A certificate in PEM or DER, the first one of a bundle.
    fn certificate(&mut self, what: &str, bytes: &[u8]) -> Result<Arc<CertificateFacts>, Fault> {
        let first = question::certificates(bytes).map(|ders| ders.into_iter().next().unwrap_or_default());
        let facts = first.and_then(|der| question::certificate(&mut self.files, &der));
        facts.map_err(|error| given(what, &error.into()))
    }

    fn known(&mut self, what: &str, bytes: &[u8]) -> Result<Vec<KnownCertificate>, Fault> {
        question::known_certificates(&mut self.files, bytes, &trustlist::console::PasteLimits::new())
            .map_err(|error| given(what, &error))
    }

    /// The name of a server, of which nothing was said yet.
    fn new_server(&self, what: &str, name: &str) -> Result<Arc<str>, Fault> {
        self.apart_from(what, &[TVS_NONE])?;
        match self.tvs.servers.iter().any(|server| *server.server == *name) {
            true => Err(Fault::argument(format!("{what}: {name} was said before, expected each server once"))),
            false => Ok(Arc::from(name)),
        }
    }
}

/// The name of a TVS server.
fn name<'a>(server: Letters<'a>, length: usize, what: &str) -> Result<&'a str, Fault> {
    match server.text(length, MAX_WORDS, what)? {
        "" => Err(Fault::argument(format!("{what}: expected the name of a server, found an empty one"))),
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
        question.tvs.none = true;
        Ok(())
    })
}

/// A TVS server that answers, and the certificate in PEM or DER that it presents on port 2445. Each server once. As soon as
/// one is named, a server of the CallManager group that is not does not answer.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_add_tvs_server(
    question: Option<&mut TrustlistQuestion>,
    server: Letters<'_>,
    server_length: usize,
    certificate: Data<'_>,
    certificate_length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    add(question, error, TVS, |question| {
        let server = question.new_server(TVS, name(server, server_length, TVS)?)?;
        let certificate = question.certificate(TVS, certificate.bytes(certificate_length, MAX_INPUT, TVS)?)?;
        question.tvs.servers.push(TvsServer { server, reachable: true, presents: Some(certificate), knows: None });
        Ok(())
    })
}

/// A TVS server that does not answer. Each server once.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_add_tvs_down(
    question: Option<&mut TrustlistQuestion>,
    server: Letters<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    add(question, error, TVS, |question| {
        let server = question.new_server(TVS, name(server, length, TVS)?)?;
        question.tvs.servers.push(TvsServer { server, reachable: false, presents: None, knows: None });
        Ok(())
    })
}

/// What one TVS server knows: a list (the file, or its print), whose records are known with their roles; or certificates in
/// DER or PEM, known with roles unknown. Several calls add up.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_add_tvs_knows(
    question: Option<&mut TrustlistQuestion>,
    server: Letters<'_>,
    server_length: usize,
    data: Data<'_>,
    data_length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    add(question, error, TVS_KNOWS, |question| {
        question.apart_from(TVS_KNOWS, &[TVS_NONE])?;
        let server = Arc::from(name(server, server_length, TVS_KNOWS)?);
        let known = question.known(TVS_KNOWS, data.bytes(data_length, MAX_INPUT, TVS_KNOWS)?)?;
        question.tvs.knows.push((Some(server), known));
        Ok(())
    })
}

/// What every TVS server knows, as `trustlist_question_add_tvs_knows`.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_add_all_tvs_know(
    question: Option<&mut TrustlistQuestion>,
    data: Data<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    add(question, error, TVS_KNOWS, |question| {
        question.apart_from(TVS_KNOWS, &[TVS_NONE])?;
        let known = question.known(TVS_KNOWS, data.bytes(length, MAX_INPUT, TVS_KNOWS)?)?;
        question.tvs.knows.push((None, known));
        Ok(())
    })
}

/// A certificate in PEM or DER that TVS vouched for during the last 24 hours: the phone remembers. Several calls add up.
#[unsafe(no_mangle)]
pub extern "C" fn trustlist_question_add_tvs_cached(
    question: Option<&mut TrustlistQuestion>,
    certificate: Data<'_>,
    length: usize,
    error: Option<&mut TrustlistError>,
) -> TrustlistStatus {
    add(question, error, TVS_CACHED, |question| {
        let certificate = question.certificate(TVS_CACHED, certificate.bytes(length, MAX_INPUT, TVS_CACHED)?)?;
        question.asked.tvs_cache.push(CachedSigner { certificate, age_hours: None, roles: None });
        Ok(())
    })
}

const TVS: &str = "tvs";
const TVS_CACHED: &str = "tvs-cached";
const TVS_KNOWS: &str = "tvs-knows";
const TVS_NONE: &str = "tvs none";
