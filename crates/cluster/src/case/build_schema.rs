//! `trustlist.build/1`.
#![allow(dead_code, clippy::type_complexity, reason = "these types are only described")]

use super::build;
use super::field::{DateText, Name};
use super::input_schema::{Closed, Document, or_null};
use crate::report::schema::RoleWord;
use schemars::JsonSchema;

/// Which records a list shall hold, by the certificates that they are made from (`trustlist build`).
#[derive(JsonSchema)]
#[schemars(transform = Document(build::FIELDS))]
pub(super) struct Build {
    /// The name and version of this form.
    #[schemars(extend("const" = build::SCHEMA))]
    schema: String,
    /// Whose habits of writing it follows; left out, cucm.
    #[schemars(extend("enum" = or_null(build::LAYOUTS)))]
    layout: Option<String>,
    /// The name inside the file (P-SIG-7).
    file_name: Name<'static>,
    /// The version of the header; left out, 1.2.
    #[schemars(regex(pattern = r"^\+?[0-9]+\.\+?[0-9]+$"))]
    version: Option<String>,
    /// The digest of the signature; left out, sha1.
    #[schemars(extend("enum" = or_null(build::DIGESTS)))]
    digest: Option<String>,
    /// When the list was made; left out, now.
    timestamp: Option<DateText>,
    /// The path of the signer's certificate; left out, that of the first SAST record.
    signer: Option<Name<'static>>,
    /// The records.
    records: Vec<BuildRecord>,
}

/// A record.
#[derive(JsonSchema)]
#[schemars(rename = "Record", transform = Closed(build::RECORD_FIELDS))]
#[schemars(extend(
    "if" = { "properties": { "form": { "const": "empty" } }, "required": ["form"] },
    "then" = { "not": { "required": ["certificate"] } },
    "else" = { "properties": { "certificate": { "type": "string" } }, "required": ["certificate"] }
))]
struct BuildRecord {
    /// The role of the certificate.
    role: RoleWord,
    /// The path of the certificate; not in a record of form `empty`.
    certificate: Option<Name<'static>>,
    /// The host name.
    server: Option<String>,
    /// The IP address.
    address: Option<String>,
    /// The part of the certificate that is in the record.
    #[schemars(extend("enum" = or_null(build::FORMS)))]
    form: Option<String>,
}
