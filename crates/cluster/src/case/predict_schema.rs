//! `trustlist.predict/1`.
#![allow(dead_code, clippy::type_complexity, reason = "these types are only described")]

use super::field::{DateText, Name};
use super::input_schema::{Any, Closed, Document, NotNull, OrNull, or_null, tls_words};
use super::{expect, label, list, predict};
use crate::report::schema::RoleWord;
use crate::report::shape::Word;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use std::collections::BTreeMap;
use trustlist::phone::{Kept, Lean, Outcome, Via};

/// A phone, what it is offered and what is known of TVS, with labels for certificates (spec/CONTRACT.md section 3).
#[derive(JsonSchema)]
#[schemars(transform = Document(predict::FIELDS))]
pub(super) struct Predict {
    /// The name and version of this form.
    #[schemars(extend("const" = predict::PREDICT_SCHEMA))]
    schema: String,
    /// The case's name.
    id: Option<String>,
    /// A sentence about the case.
    title: Option<String>,
    /// Where it comes from.
    source: Option<String>,
    /// How sure its author is.
    confidence: Option<String>,
    /// Certificates by label. A label with no entry is a certificate of its own: subject and issuer CN=LABEL, a serial
    /// number made from the label, 2048 bits, no dates. Two labels with the same issuer and serial are one certificate.
    certificates: Option<BTreeMap<String, AnyCertificate>>,
    /// The phone.
    phone: Phone,
    /// The offered files.
    offer: Offer,
    /// The TVS servers; left out, nothing is known of them, and an empty list says that none answers.
    tvs: Option<Vec<TvsServer>>,
    /// The minimum TLS version of the cluster, which TVS follows (P-TVS-11); left out, it is not known.
    #[schemars(extend("enum" = tls_words()))]
    tls_minimum: Option<String>,
    /// The date of the judgement; left out, dates do not appear.
    at: Option<DateText>,
    /// The expectations.
    expect: Option<Expect>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum AnyCertificate {
    Certificate(Certificate),
    Forgery(Forgery),
}

/// A certificate.
#[derive(JsonSchema)]
#[schemars(transform = Closed(label::ENTRY_FIELDS))]
struct Certificate {
    /// Its subject.
    subject: Option<String>,
    /// Its issuer; left out, its subject.
    issuer: Option<String>,
    /// Its serial number in hexadecimal digits.
    serial: Option<String>,
    /// The kind of key; RSA if left out.
    #[schemars(extend("enum" = or_null(label::KEY_WORDS)))]
    key: Option<String>,
    /// The length of its key (P-ALG-4, P-ALG-5); left out, 2048.
    key_bits: Option<u32>,
    /// Start of its validity.
    not_before: Option<DateText>,
    /// End of its validity.
    not_after: Option<DateText>,
}

/// A certificate with the issuer and serial number of another one, but a key of its own (P-SIG-2).
#[derive(JsonSchema)]
#[schemars(transform = Closed(label::FORGERY_FIELDS))]
struct Forgery {
    /// The label of the genuine one.
    forges: Name<'static>,
}

/// A phone.
#[derive(JsonSchema)]
#[schemars(transform = Closed(predict::PHONE_FIELDS))]
struct Phone {
    /// Its model (spec/PHONE-RULES.md, model table).
    model: Option<String>,
    /// Whether it has Security By Default; left out, as the model says.
    security_by_default: Option<bool>,
    /// The digests that it can check (P-ALG-2); left out, as the model says.
    digests: Option<Vec<Digest>>,
    /// Whether it runs in FIPS mode (P-ALG-5).
    fips: Option<bool>,
    /// The longest key that it can use (P-ALG-4).
    max_key_bits: Option<u32>,
    /// Its CallManager group, in order: the servers that it asks for TVS. Left out, all of `tvs`.
    cm_group: Option<Vec<Name<'static>>>,
    /// The CTL that it holds; `null` for none.
    ctl: Option<List>,
    /// The ITL that it holds; `null` for none. With both keys left out, the lists are not known.
    itl: Option<List>,
    /// Earlier answers of TVS in the phone's cache (P-TVS-6).
    tvs_cache: Option<Vec<AnyCached>>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum AnyCached {
    Label(Name<'static>),
    Cached(Cached),
}

/// An answer of TVS that a phone remembers (P-TVS-6).
#[derive(JsonSchema)]
#[schemars(transform = Closed(predict::CACHED_FIELDS))]
struct Cached {
    /// The certificate that TVS vouched for.
    certificate: Name<'static>,
    /// How old the answer is.
    age_hours: Option<u32>,
    /// The roles that TVS gave.
    roles: Option<Vec<RoleWord>>,
}

/// The offered files.
#[derive(JsonSchema)]
#[schemars(transform = Closed(predict::OFFER_FIELDS))]
struct Offer {
    /// The CTL; `null`: the server has none.
    ctl: Option<OfferedList>,
    /// The ITL; `null`: the server has none.
    itl: Option<OfferedList>,
    /// The signed configuration; `null`: none is served; left out: none is judged.
    config: Option<OfferedConfig>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum OfferedList {
    Word(OfferedWord),
    List(List),
}

/// `same`: the bytes already installed; `empty`: a file of zero bytes.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum OfferedWord {
    Empty,
    Same,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
enum OfferedConfig {
    Word(EmptyFile),
    Config(Config),
}

/// A file of zero bytes.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum EmptyFile {
    Empty,
}

/// A trust list.
#[derive(JsonSchema)]
#[schemars(transform = Closed(list::LIST_FIELDS))]
struct List {
    /// The label of the certificate that signed it; `null` where a print does not say.
    signer: OrNull<Name<'static>>,
    /// The digest of its signature; left out, sha1.
    digest: Option<Digest>,
    /// The state of its signature; valid if left out. `not-checked`: the file is a paste.
    #[schemars(extend("enum" = or_null(list::SIGNATURES)))]
    signature: Option<String>,
    /// The name inside the file (P-SIG-7).
    file_name: Option<String>,
    /// When it was made (P-TIME-2).
    timestamp: Option<DateText>,
    /// Its size in bytes (P-ALG-7).
    size: Option<u64>,
    /// Its records.
    records: Vec<Record>,
    /// The subject in the header, if it is not the certificate's.
    signer_subject: Option<String>,
    /// Whether all of it is known; a print may be cut.
    complete: Option<bool>,
}

/// A record of a trust list.
#[derive(JsonSchema)]
#[schemars(transform = Closed(list::RECORD_FIELDS))]
#[schemars(extend(
    "if" = { "properties": { "form": { "const": "empty" } }, "required": ["form"] },
    "then" = { "properties": { "certificate": { "type": "null" } } },
    "else" = { "properties": { "certificate": { "type": "string" } }, "required": ["certificate"] }
))]
struct Record {
    /// The role of the certificate.
    role: RoleWord,
    /// The label of the certificate; not in a record of form `empty`.
    certificate: Option<Name<'static>>,
    /// The host name.
    server: Option<String>,
    /// The IP address.
    address: Option<String>,
    /// The part of the certificate that is in the record: itself, its hash, only names, serial number and key, or nothing.
    #[schemars(extend("enum" = or_null(list::FORMS)))]
    form: Option<String>,
}

/// A signed configuration.
#[derive(JsonSchema)]
#[schemars(transform = Closed(predict::CONFIG_FIELDS))]
struct Config {
    /// The label of the certificate that signed it.
    signer: Name<'static>,
    /// The digest of its signature; left out, sha1.
    digest: Option<Digest>,
    /// The state of its signature; valid if left out.
    #[schemars(extend("enum" = or_null(list::SIGNATURES)))]
    signature: Option<String>,
    /// The name or address of the TFTP server that it comes from (P-BOOT-5).
    tftp_server: Option<Name<'static>>,
    /// Whether it is encrypted (P-CFG-4).
    encrypted: Option<bool>,
}

/// A TVS server.
#[derive(JsonSchema)]
#[schemars(transform = Closed(predict::SERVER_FIELDS))]
struct TvsServer {
    /// Its name, each once.
    server: Name<'static>,
    /// Whether it answers; left out, it does.
    reachable: Option<bool>,
    /// The label of the certificate that it presents; `null`: not known.
    presents: Option<Name<'static>>,
    /// The certificates that it knows: label and roles, `null` for unknown roles. `null` in place of all: not known.
    knows: Option<BTreeMap<String, Option<Vec<RoleWord>>>>,
}

/// Expectations of a case; a field that is left out is not compared.
#[derive(JsonSchema)]
#[schemars(transform = Closed(expect::FIELDS))]
struct Expect {
    /// The offered CTL.
    ctl: Option<ExpectFile>,
    /// The offered ITL.
    itl: Option<ExpectFile>,
    /// The offered configuration.
    config: Option<ExpectFile>,
    /// The lists on the phone afterwards.
    after: Option<ExpectAfter>,
    /// The same for the second boot.
    again: Option<Box<Expect>>,
}

/// Expectations about one file.
#[derive(JsonSchema)]
#[schemars(transform = Closed(expect::FILE_FIELDS), transform = NotNull(expect::FILE_FIELDS))]
struct ExpectFile {
    /// Any of these.
    outcome: Any<Word<Outcome>>,
    /// Any of these; `null` for no lean.
    leans: Any<OrNull<Word<Lean>>>,
    /// Any of these; `null` for nothing.
    via: Any<OrNull<Word<Via>>>,
    /// The decisive code: any of these.
    decisive: Any<Word<trustlist::phone::Decisive>>,
    /// Conditions that must all be there.
    conditions: Any<Word<trustlist::phone::Decisive>>,
    /// Findings that must all be there.
    findings: Any<Word<trustlist::phone::Decisive>>,
    /// Codes that must be absent.
    absent: Any<Word<trustlist::phone::Decisive>>,
}

/// Expectations about the lists on the phone afterwards.
#[derive(JsonSchema)]
#[schemars(transform = Closed(expect::AFTER_FIELDS), transform = NotNull(expect::AFTER_FIELDS))]
struct ExpectAfter {
    /// The CTL: any of these.
    ctl: Any<Word<Kept>>,
    /// The ITL: any of these.
    itl: Any<Word<Kept>>,
}

/// The digest of a signature (spec/FORMAT.md section 2, tag 8).
struct Digest;

impl JsonSchema for Digest {
    fn schema_name() -> Cow<'static, str> {
        "Digest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let about = "The digest of a signature (spec/FORMAT.md section 2, tag 8).";
        json_schema!({ "description": about, "type": "string", "enum": crate::report::schema::digests() })
    }
}
