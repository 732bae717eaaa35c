//! One question and its answer.

use crate::error;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use trustlist::facts::Timestamp;
use trustlist::phone::{Decisive, JudgedFile, Judgement, SecurityByDefault, TlsVersion};
use trustlist::question::{Predicted, QuestionError};
use trustlist::report::{Plain, Wording};
use trustlist::wire::DigestAlgorithm;

/// A question that is put together call by call.
#[pyclass(module = "trustlist")]
pub(crate) struct Question {
    pub(crate) inner: trustlist::Question,
}

fn said(py: Python<'_>, said: Result<&mut trustlist::Question, QuestionError>) -> PyResult<()> {
    said.map(|_| ()).map_err(|fault| error::given(py, &fault))
}

#[pymethods]
impl Question {
    #[new]
    fn new() -> Self {
        Self { inner: trustlist::Question::new() }
    }

    fn known_list(&mut self, data: &[u8]) {
        self.inner.known_list(data);
    }

    fn installed_itl(&mut self, py: Python<'_>, data: &[u8]) -> PyResult<()> {
        said(py, self.inner.installed_itl(data))
    }

    fn installed_ctl(&mut self, py: Python<'_>, data: &[u8]) -> PyResult<()> {
        said(py, self.inner.installed_ctl(data))
    }

    fn factory_fresh(&mut self) {
        self.inner.factory_fresh();
    }

    fn offered_itl(&mut self, py: Python<'_>, data: &[u8]) -> PyResult<()> {
        said(py, self.inner.offered_itl(data))
    }

    fn offered_ctl(&mut self, py: Python<'_>, data: &[u8]) -> PyResult<()> {
        said(py, self.inner.offered_ctl(data))
    }

    fn offered_config(&mut self, py: Python<'_>, data: &[u8]) -> PyResult<()> {
        said(py, self.inner.offered_config(data))
    }

    fn no_config(&mut self) {
        self.inner.no_config();
    }

    fn model(&mut self, model: &str) {
        self.inner.model(model);
    }

    fn security_by_default(&mut self, yes: bool) {
        self.inner.security_by_default(if yes {
            SecurityByDefault::Yes
        } else {
            SecurityByDefault::No
        });
    }

    fn digests(&mut self, words: Vec<String>) -> PyResult<()> {
        let digests: Result<Vec<DigestAlgorithm>, _> =
            words.iter().map(|word| word.parse()).collect();
        self.inner
            .digests(&digests.map_err(|fault| PyValueError::new_err(format!("digests: {fault}")))?);
        Ok(())
    }

    fn max_key_bits(&mut self, bits: u32) {
        self.inner.max_key_bits(bits);
    }

    fn fips(&mut self) {
        self.inner.fips();
    }

    fn cm_group(&mut self, servers: Vec<String>) {
        self.inner.cm_group(servers);
    }

    fn tftp_server(&mut self, server: &str) {
        self.inner.tftp_server(server);
    }

    fn tls_minimum(&mut self, word: &str) -> PyResult<()> {
        let version: TlsVersion =
            word.parse().map_err(|fault| PyValueError::new_err(format!("tls_minimum: {fault}")))?;
        self.inner.tls_minimum(version);
        Ok(())
    }

    fn at(&mut self, seconds: i64) {
        self.inner.at(Timestamp(seconds));
    }

    fn no_tvs(&mut self) {
        self.inner.no_tvs();
    }

    fn tvs_down(&mut self, server: &str) {
        self.inner.tvs_down(server);
    }

    fn tvs_presents(&mut self, py: Python<'_>, server: &str, certificate: &[u8]) -> PyResult<()> {
        let said = self.inner.tvs_presents(server, certificate);
        said.map(|_| ())
            .map_err(|fault| error::named(py, &format!("tvs['{}']", Plain(server)), &fault))
    }

    #[pyo3(signature = (server, data))]
    fn tvs_knows(&mut self, py: Python<'_>, server: Option<&str>, data: &[u8]) -> PyResult<()> {
        match server {
            None => said(py, self.inner.tvs_knows(data)),
            Some(server) => said(py, self.inner.tvs_server_knows(server, data)),
        }
    }

    fn tvs_cached(&mut self, py: Python<'_>, certificate: &[u8]) -> PyResult<()> {
        said(py, self.inner.tvs_cached(certificate))
    }

    fn predict(&self) -> Prediction {
        Prediction { inner: self.inner.predict() }
    }
}

/// The answer.
#[pyclass(frozen, module = "trustlist")]
pub(crate) struct Prediction {
    inner: Predicted,
}

impl Prediction {
    fn judgement(&self, file: &str) -> PyResult<Option<&Judgement>> {
        let file = match file {
            "config" => JudgedFile::Config,
            "ctl" => JudgedFile::Ctl,
            "itl" => JudgedFile::Itl,
            other => {
                return Err(PyValueError::new_err(format!(
                    "file: {other}, expected ctl, itl or config"
                )));
            }
        };
        Ok(self.inner.judgement(file))
    }
}

#[pymethods]
impl Prediction {
    fn verdict(&self) -> &'static str {
        self.inner.verdict().as_str()
    }

    fn outcome(&self, file: &str) -> PyResult<Option<&'static str>> {
        Ok(self.judgement(file)?.map(|judgement| judgement.outcome().as_str()))
    }

    fn decisive(&self, file: &str) -> PyResult<Option<&'static str>> {
        Ok(self.judgement(file)?.and_then(|judgement| match judgement.decisive()? {
            Decisive::Condition(code) => Some(code.as_str()),
            Decisive::Finding(code) => Some(code.as_str()),
            _ => None,
        }))
    }

    fn via(&self, file: &str) -> PyResult<Option<&'static str>> {
        Ok(self.judgement(file)?.and_then(|judgement| judgement.via().map(|via| via.as_str())))
    }

    fn leans(&self, file: &str) -> PyResult<Option<&'static str>> {
        Ok(self.judgement(file)?.and_then(|judgement| judgement.leans().map(|lean| lean.as_str())))
    }

    fn assumptions(&self) -> Vec<String> {
        self.inner
            .assumptions()
            .iter()
            .map(|assumption| assumption.sentence(Wording::Plain))
            .collect()
    }

    fn notes(&self) -> Vec<String> {
        self.inner.notes().collect()
    }

    fn text(&self) -> String {
        self.inner.to_string()
    }

    fn explained(&self) -> String {
        self.inner.explained()
    }

    fn json(&self) -> String {
        self.inner.to_json()
    }
}
