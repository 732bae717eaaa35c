//! Errors of what was given.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use trustlist::question::QuestionError;
use trustlist::wire;
use trustlist_cluster::case::CaseError;

pyo3::create_exception!(trustlist, ParseError, PyValueError, "An input that cannot be read.");

/// An error with its place, as far as it has one.
fn error(
    py: Python<'_>,
    text: String,
    place: (Option<usize>, Option<u32>, Option<String>),
    input: Option<&str>,
) -> PyErr {
    let error = ParseError::new_err(text);
    let value = error.value(py);
    let (offset, record, field) = place;
    let set = value
        .setattr("offset", offset)
        .and_then(|()| value.setattr("record", record))
        .and_then(|()| value.setattr("field", field))
        .and_then(|()| value.setattr("input", input));
    match set {
        Ok(()) => error,
        Err(other) => other,
    }
}

/// Bytes that are no list or signed file.
pub(crate) fn parse(py: Python<'_>, input: &str, fault: &wire::ParseError) -> PyErr {
    let place = (Some(fault.offset()), fault.record(), Some(fault.field().to_string()));
    error(py, trustlist::report::list::parse_error(input, fault), place, Some(input))
}

/// Something that a question cannot read.
pub(crate) fn given(py: Python<'_>, fault: &QuestionError) -> PyErr {
    named(py, fault.input(), fault)
}

/// Something that a question cannot read, by its name in Python.
pub(crate) fn named(py: Python<'_>, input: &str, fault: &QuestionError) -> PyErr {
    match fault.parse_error() {
        Some(inner) => parse(py, input, inner),
        None => plain(py, input, fault.kind()),
    }
}

/// A document that is not what was expected; the field is its JSON path.
pub(crate) fn document(py: Python<'_>, input: &str, fault: &CaseError) -> PyErr {
    error(py, format!("{input}: {fault}"), (None, None, Some(fault.path().to_owned())), Some(input))
}

/// Anything else.
pub(crate) fn plain(py: Python<'_>, input: &str, fault: impl std::fmt::Display) -> PyErr {
    error(py, format!("{input}: {fault}"), (None, None, None), Some(input))
}
