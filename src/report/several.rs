//! Documents of the command line around those of the library: several answers, no answer, no plan.

use crate::json::Value;
use serde::Serialize;

/// The schema of several answers.
pub(crate) const FILES_SCHEMA: &str = "trustlist.files/1";
/// The schema of what could not be answered.
pub(crate) const ERROR_SCHEMA: &str = "trustlist.error/1";
/// The schema of a plan that there is not.
pub(crate) const NO_PLAN_SCHEMA: &str = "trustlist.no-plan/1";

/// Several answers, one for each file, or for each print in a file (spec/CONTRACT.md section 1).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Files"))]
pub(crate) struct FilesAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = FILES_SCHEMA)))]
    schema: &'static str,
    /// The answers, in the order of the files.
    #[cfg_attr(test, schemars(with = "Vec<super::schema::AnyFile>"))]
    files: &'a [Value],
}

/// A file that could not be answered (spec/CONTRACT.md section 1); exit status 2.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Error", transform = super::schema::with_file))]
pub(crate) struct ErrorAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = ERROR_SCHEMA)))]
    schema: &'static str,
    /// Why, in one line: the file, the byte or line, and what was expected.
    error: &'a str,
}

/// Why `plan generate` wrote no plan; exit status 1.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "NoPlan"))]
pub(crate) struct NoPlanAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = NO_PLAN_SCHEMA)))]
    schema: &'static str,
    /// Why, in one line.
    reason: &'a str,
}

/// The answers about several files as one document.
pub fn files_json(files: &[Value]) -> Value {
    Value::of(&FilesAnswer { schema: FILES_SCHEMA, files })
}

/// Returns the document of a question without an answer.
pub fn error_json(error: &str) -> Value {
    Value::of(&ErrorAnswer { schema: ERROR_SCHEMA, error })
}

/// Why there is no plan.
pub fn no_plan_json(reason: &str) -> Value {
    Value::of(&NoPlanAnswer { schema: NO_PLAN_SCHEMA, reason })
}
