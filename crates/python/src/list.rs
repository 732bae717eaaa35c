//! Lists and signed files.

use crate::{error, json};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use trustlist::cert::Certificate;
use trustlist::console::{self, PasteLimits};
use trustlist::facts::{FileId, Files, ListFacts, ListKind, Timestamp};
use trustlist::lint::LintOptions;
use trustlist::question::{self, GivenError, Verifier};
use trustlist::report::list::ListReport;
use trustlist::report::{diff as diff_report, lint as lint_report};
use trustlist::verify as check;
use trustlist::wire::{self, File, ListName};

/// A record of a list.
#[pyclass(frozen, get_all, module = "trustlist")]
pub(crate) struct Record {
    index: u32,
    role: String,
    start: usize,
    end: usize,
    server: Option<String>,
    address: Option<String>,
    subject: Option<String>,
    issuer: Option<String>,
    serial: Option<String>,
    certificate: Option<Vec<u8>>,
    not_before: Option<SystemTime>,
    not_after: Option<SystemTime>,
}

/// A trust list or signed file.
#[pyclass(frozen, module = "trustlist")]
pub(crate) struct TrustList {
    bytes: Vec<u8>,
    #[pyo3(get)]
    kind: &'static str,
    #[pyo3(get)]
    signer: Option<String>,
    #[pyo3(get)]
    digest: String,
    #[pyo3(get)]
    file_name: Option<String>,
    #[pyo3(get)]
    made: Option<SystemTime>,
    #[pyo3(get)]
    records: Vec<Py<Record>>,
}

#[pymethods]
impl TrustList {
    fn json(&self, py: Python<'_>) -> PyResult<String> {
        let file = wire::parse(&self.bytes).map_err(|fault| error::parse(py, DATA, &fault))?;
        let mut report = report(py, DATA, &file, None, None)?;
        if let File::List(list) = &file {
            let found = trustlist::lint::lint(list, &Verifier, &LintOptions::default());
            let found = found.map_err(|fault| error::parse(py, DATA, &fault))?;
            report.set_findings(found.iter().map(lint_report::json).collect());
        }
        Ok(json(&report))
    }

    fn text(&self, py: Python<'_>) -> PyResult<String> {
        let file = wire::parse(&self.bytes).map_err(|fault| error::parse(py, DATA, &fault))?;
        Ok(report(py, DATA, &file, None, None)?.to_string())
    }
}

fn time(seconds: i64) -> Option<SystemTime> {
    u64::try_from(seconds)
        .ok()
        .and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)))
}

fn text(bytes: &[u8]) -> String {
    trustlist::facts::Name::from_bytes(bytes).as_str().trim().to_owned()
}

fn record(record: &wire::Record<'_>) -> Record {
    let der = record.certificate();
    let certificate = der.and_then(|der| Certificate::parse(der).ok());
    let validity = certificate.map(|certificate| certificate.validity());
    Record {
        index: record.index(),
        role: record.role().to_string(),
        start: record.range().start,
        end: record.range().end,
        server: record.dns_name().map(text).filter(|server| !server.is_empty()),
        address: record.address().map(|address| address.to_string()),
        subject: record.subject().map(text),
        issuer: record.issuer().map(text),
        serial: record.serial().map(trustlist::report::hex),
        certificate: der.map(<[u8]>::to_vec),
        not_before: validity.and_then(|validity| time(validity.not_before.0)),
        not_after: validity.and_then(|validity| time(validity.not_after.0)),
    }
}

/// Reads a trust list or a signed file.
#[pyfunction]
pub(crate) fn parse(py: Python<'_>, data: &[u8]) -> PyResult<TrustList> {
    let fail = |fault| error::parse(py, DATA, &fault);
    let file = wire::parse(data).map_err(fail)?;
    let (mut records, mut kind) = (Vec::new(), "signed-file");
    if let File::List(list) = &file {
        kind = match list.name() {
            ListName::Ctl => "ctl",
            ListName::Itl => "itl",
            _ => "list",
        };
        for found in list {
            records.push(Py::new(py, record(&found.map_err(fail)?))?);
        }
    }
    let header = file.header();
    Ok(TrustList {
        bytes: data.to_vec(),
        kind,
        signer: header.signer_name().map(text),
        digest: header.digest().to_string(),
        file_name: header.file_name().map(text),
        made: header.timestamp().and_then(|seconds| time(seconds.into())),
        records,
    })
}

/// The values that `show` and `verify` give for a file.
fn report(
    py: Python<'_>,
    input: &str,
    file: &File<'_>,
    with_list: Option<&[u8]>,
    signer: Option<&[u8]>,
) -> PyResult<ListReport> {
    let fail = |fault| error::parse(py, input, &fault);
    match file {
        File::List(list) => {
            let own = check::check_own_signature(list, &Verifier).map_err(fail)?;
            let given = check_given(
                py,
                with_list,
                signer,
                |certificate| check::verify_list_with_certificate(list, certificate, &Verifier),
                |with| check::verify_list_with_list(list, with, &Verifier),
            )?;
            match given {
                Some(given) => ListReport::of_list_with(list, own, given).map_err(fail),
                None => ListReport::of_list(list, own).map_err(fail),
            }
        }
        File::Signed(signed) => {
            let given = check_given(
                py,
                with_list,
                signer,
                |certificate| check::verify_file_with_certificate(signed, certificate, &Verifier),
                |with| check::verify_file_with_list(signed, with, &Verifier),
            )?;
            Ok(ListReport::of_signed_file(signed, given))
        }
    }
}

/// Checks against a list or a certificate from outside, if one is given.
fn check_given(
    py: Python<'_>,
    with_list: Option<&[u8]>,
    signer: Option<&[u8]>,
    by_certificate: impl FnOnce(&Certificate<'_>) -> check::Verification,
    by_list: impl FnOnce(&wire::TrustList<'_>) -> Result<check::Verification, wire::ParseError>,
) -> PyResult<Option<check::Verification>> {
    if let Some(bytes) = signer {
        let ders =
            question::certificates(bytes).map_err(|fault| error::plain(py, "signer", fault))?;
        let der = ders.first().map_or(&[][..], Vec::as_slice);
        let certificate =
            Certificate::parse(der).map_err(|fault| error::plain(py, "signer", fault))?;
        return Ok(Some(by_certificate(&certificate)));
    }
    let Some(bytes) = with_list else { return Ok(None) };
    let fail = |fault| error::parse(py, "with_list", &fault);
    by_list(&wire::TrustList::parse(bytes).map_err(fail)?).map(Some).map_err(fail)
}

/// Checks a signature: outcome, sentence, document.
#[pyfunction]
#[pyo3(signature = (data, with_list, signer))]
pub(crate) fn verify(
    py: Python<'_>,
    data: &[u8],
    with_list: Option<&[u8]>,
    signer: Option<&[u8]>,
) -> PyResult<(String, String, String)> {
    let file = wire::parse(data).map_err(|fault| error::parse(py, DATA, &fault))?;
    let report = report(py, DATA, &file, with_list, signer)?;
    Ok((report.signature_outcome().to_owned(), report.signature_sentence(), json(&report)))
}

/// Looks for mistakes in a list: level, code, line and document of each finding, and the document of all.
#[pyfunction]
#[pyo3(signature = (data, at, within_days, cucm, deny, allow))]
#[expect(clippy::type_complexity, reason = "unpacked by the Python side at once")]
pub(crate) fn lint(
    py: Python<'_>,
    data: &[u8],
    at: Option<i64>,
    within_days: Option<u32>,
    cucm: Option<&str>,
    deny: Vec<String>,
    allow: Vec<String>,
) -> PyResult<(Vec<(&'static str, &'static str, String, String)>, String)> {
    let codes = |what: &str, words: Vec<String>| -> PyResult<Vec<trustlist::code::LintCode>> {
        words
            .iter()
            .map(|word| {
                word.parse().map_err(|fault| PyValueError::new_err(format!("{what}: {fault}")))
            })
            .collect()
    };
    let options = LintOptions {
        at: at.map(Timestamp),
        within_days,
        cucm: cucm
            .map(|word| {
                word.parse().map_err(|fault| PyValueError::new_err(format!("cucm: {fault}")))
            })
            .transpose()?,
        certificates: Vec::new(),
        deny: codes("deny", deny)?,
        allow: codes("allow", allow)?,
    };
    let limits = PasteLimits::new();
    let paste = question::text(data, &limits).map_err(|fault| error::plain(py, DATA, fault))?;
    let mut found = Vec::new();
    let mut documents = Vec::new();
    match paste {
        None => {
            let fail = |fault| error::parse(py, DATA, &fault);
            let list = wire::TrustList::parse(data).map_err(fail)?;
            for finding in trustlist::lint::lint(&list, &Verifier, &options).map_err(fail)? {
                let document = lint_report::json(&finding);
                found.push((
                    finding.level.as_str(),
                    finding.code.as_str(),
                    lint_report::line(&finding),
                    json(&document),
                ));
                documents.push(document);
            }
        }
        Some(text) => {
            let print = console::list_within(&text, None, &limits)
                .map_err(|fault| error::plain(py, DATA, fault))?;
            for finding in trustlist::lint::lint_facts(&print.facts(FileId::symbol(0)), &options) {
                let document = lint_report::json(&finding);
                found.push((
                    finding.level.as_str(),
                    finding.code.as_str(),
                    lint_report::line(&finding),
                    json(&document),
                ));
                documents.push(document);
            }
            for finding in print.findings() {
                let document = lint_report::print_json(&finding);
                found.push((
                    finding.level.as_str(),
                    finding.code.as_str(),
                    lint_report::print_line(&finding),
                    json(&document),
                ));
                documents.push(document);
            }
        }
    }
    Ok((found, json(&lint_report::document(documents))))
}

/// Compares two lists: document, text, sentence and notes.
#[pyfunction]
pub(crate) fn diff(
    py: Python<'_>,
    old: &[u8],
    new: &[u8],
) -> PyResult<(String, String, String, Vec<String>)> {
    let mut files = Files::new(Verifier);
    let (old, new) = (facts(py, &mut files, "old", old)?, facts(py, &mut files, "new", new)?);
    let kind = if new.kind == ListKind::Ctl || old.kind == ListKind::Ctl {
        ListKind::Ctl
    } else {
        ListKind::Itl
    };
    let difference = trustlist::diff::diff(&old, &new, &files);
    let notes = diff_report::notes(&old, &new).collect();
    let document = json(&diff_report::json(&difference, kind));
    Ok((
        document,
        diff_report::text(&difference, kind),
        diff_report::sentence(&difference, kind),
        notes,
    ))
}

fn facts(
    py: Python<'_>,
    files: &mut Files<Verifier>,
    input: &str,
    bytes: &[u8],
) -> PyResult<std::sync::Arc<ListFacts>> {
    match question::list(files, bytes, None, &PasteLimits::new()) {
        Ok(Some(list)) => Ok(list),
        Ok(None) => Err(error::plain(
            py,
            input,
            "the print says that there is no such file, expected a list",
        )),
        Err(GivenError::Parse(fault)) => Err(error::parse(py, input, &fault)),
        Err(fault) => Err(error::plain(py, input, fault)),
    }
}

const DATA: &str = "data";
