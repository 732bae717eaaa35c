//! The JSON of `trustlist build`: which records a list shall hold, by the certificates they are made from.

use super::{CaseError, Limits, Node, Object, parse_within};
use crate::cert::{Certificate, PublicKey};
use crate::facts::{Form, Timestamp};
use crate::wire::write::{Layout, ListBuilder, RecordBuilder, Signer, SignerInfo, WriteError};
use crate::wire::{DigestAlgorithm, Role};
use core::fmt;
use std::collections::BTreeMap;

/// A list to be built and signed.
///
/// ```json
/// { "schema": "trustlist.build/1", "layout": "cucm", "file_name": "ITLFile.tlv", "version": "1.2", "digest": "sha1",
///   "timestamp": "2026-11-02T07:30:00Z", "signer": "ccm1.pem",
///   "records": [ { "role": "SAST", "certificate": "ccm1.pem", "server": "ccm1" },
///                { "role": "TVS", "certificate": "tvs1.pem", "server": "ccm1", "address": "192.0.2.11", "form": "hash" } ] }
/// ```
///
/// Only `schema`, `file_name` and `records` are required. `layout` is `cucm` or `certutils`; `form` is that of the
/// contract: `certificate`, `hash`, `none` or `empty`, the last without `certificate`. Without `signer` the certificate
/// of the first SAST record signs.
#[derive(Clone, Debug)]
pub struct Build {
    list: ListBuilder,
    signer_key: Vec<u8>,
    timed: bool,
}

impl Build {
    /// Reads a specification. `certificate` is asked for the DER of each certificate by the path in the specification,
    /// once for each path; its error is a text without the path.
    ///
    /// # Errors
    /// [`CaseError`] with the JSON path: what is not JSON of this form, and certificates that cannot be read.
    pub fn read(
        text: &str,
        certificate: impl FnMut(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Self, CaseError> {
        Self::read_within(text, &Limits::new(), certificate)
    }

    /// As [`Build::read`], with limits of the caller.
    ///
    /// # Errors
    /// As [`Build::read`].
    pub fn read_within(
        text: &str,
        limits: &Limits,
        certificate: impl FnMut(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Self, CaseError> {
        let document = parse_within(text, limits)?;
        let spec = Node::root(&document).document(FIELDS)?;
        spec.schema(SCHEMA)?;
        let layout = layout(&spec)?;
        let mut certificates = Certificates { load: certificate, loaded: BTreeMap::new() };
        let records = spec.required("records")?.list()?;
        let built: Result<Vec<RecordBuilder>, CaseError> =
            records.iter().map(|record| read_record(record, layout, &mut certificates)).collect();
        let built = built?;
        let der = match spec.optional("signer") {
            Some(signer) => certificates.get(&signer)?,
            None => certificates.first_sast(&records)?,
        };
        let signer = split(&der, || not_rsa(&spec))?;
        let PublicKey::Rsa(key) = signer.public_key() else { return Err(not_rsa(&spec)) };
        let list = ListBuilder::new(layout, signer_info(&signer, layout)).records(built);
        Ok(Self {
            list: header(list, &spec)?,
            signer_key: key.to_vec(),
            timed: spec.optional("timestamp").is_some(),
        })
    }

    /// The time of the list, in seconds since 1970 UTC, where the specification gives none.
    #[must_use]
    pub fn default_timestamp(self, seconds: u32) -> Self {
        if self.timed {
            return self;
        }
        Self { list: self.list.timestamp(seconds), timed: true, ..self }
    }

    /// The public key of the signer's certificate, PKCS#1 DER.
    pub fn signer_key(&self) -> &[u8] {
        &self.signer_key
    }

    /// The signed list. `public_key` is that of `signer`, PKCS#1 DER: a list signed with a key that is not its signer's
    /// would be refused by every phone.
    ///
    /// # Errors
    /// [`BuildError`].
    pub fn sign(&self, signer: &dyn Signer, public_key: &[u8]) -> Result<Vec<u8>, BuildError> {
        if public_key != self.signer_key {
            return Err(BuildError::WrongKey);
        }
        Ok(self.list.sign(signer)?)
    }
}

/// Why a list was not built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuildError {
    /// The key given is not that of the signer's certificate.
    WrongKey,
    /// The list cannot be written.
    Write(WriteError),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongKey => f.write_str("the key is not that of the signer's certificate"),
            Self::Write(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::WrongKey => None,
            Self::Write(error) => error.source(),
        }
    }
}

impl From<WriteError> for BuildError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

/// Returns the header's facts about this signer.
pub fn signer_info(certificate: &Certificate<'_>, layout: Layout) -> SignerInfo {
    SignerInfo::new(subject(certificate, layout), issuer(certificate, layout), certificate.serial())
}

/// The fields of a record that come from its certificate, in this form.
pub(crate) fn record_of(
    certificate: &Certificate<'_>,
    role: Role,
    form: Form,
    layout: Layout,
) -> RecordBuilder {
    let record = RecordBuilder::new(role);
    if form == Form::Empty {
        return record;
    }
    let record = record
        .subject(subject(certificate, layout))
        .issuer(issuer(certificate, layout))
        .serial(certificate.serial())
        .certificate_signature(certificate.signature());
    let record = match certificate.public_key() {
        PublicKey::Rsa(key) => record.public_key(key),
        PublicKey::Ec { point, .. } => record.public_key(point),
        PublicKey::Other => record,
    };
    match form {
        Form::Certificate => record.certificate(certificate.as_bytes()),
        Form::Hash => record.certificate_hash(DigestAlgorithm::Sha1, certificate.sha1()),
        Form::Empty | Form::None => record,
    }
}

fn subject(certificate: &Certificate<'_>, layout: Layout) -> String {
    written(certificate.subject_text(), layout)
}

fn issuer(certificate: &Certificate<'_>, layout: Layout) -> String {
    written(certificate.issuer_text(), layout)
}

/// CUCM puts `;` between the parts of a name, certutils `,` (`spec/FORMAT.md` section 3, tag 3). The order is CUCM's in
/// both: names are compared as sets of parts (P-SIG-1).
fn written(name: String, layout: Layout) -> String {
    match layout {
        Layout::Certutils => name.replace(';', ","),
        Layout::Cucm => name,
    }
}

/// The certificates of a specification, each loaded once.
struct Certificates<F> {
    load: F,
    loaded: BTreeMap<String, Vec<u8>>,
}

impl<F: FnMut(&str) -> Result<Vec<u8>, String>> Certificates<F> {
    fn get(&mut self, node: &Node<'_>) -> Result<Vec<u8>, CaseError> {
        let path = node.name()?;
        if let Some(der) = self.loaded.get(path) {
            return Ok(der.clone());
        }
        let unreadable = |why: String| {
            CaseError::new(node.path(), "the path of a certificate", format!("{path:?}: {why}"))
        };
        let der = (self.load)(path).map_err(unreadable)?;
        Certificate::parse(&der).map_err(|error| unreadable(error.to_string()))?;
        self.loaded.insert(path.to_owned(), der.clone());
        Ok(der)
    }

    fn first_sast(&mut self, records: &[Node<'_>]) -> Result<Vec<u8>, CaseError> {
        for record in records {
            let record = record.object(RECORD_FIELDS)?;
            if let (Role::Sast, Some(certificate)) =
                (role(&record)?, record.optional("certificate"))
            {
                return self.get(&certificate);
            }
        }
        Err(CaseError::new("signer", "the path of a certificate, as no record is SAST", "nothing"))
    }
}

/// Nothing but RSA signs lists (P-SIG-5).
fn not_rsa(spec: &Object<'_>) -> CaseError {
    let path = if spec.optional("signer").is_some() { "signer" } else { "records" };
    CaseError::new(path, "a signer with an RSA key", "a key of another kind")
}

fn split<'a>(
    der: &'a [u8],
    error: impl FnOnce() -> CaseError,
) -> Result<Certificate<'a>, CaseError> {
    Certificate::parse(der).map_err(|_| error())
}

fn read_record<F: FnMut(&str) -> Result<Vec<u8>, String>>(
    node: &Node<'_>,
    layout: Layout,
    certificates: &mut Certificates<F>,
) -> Result<RecordBuilder, CaseError> {
    let record = node.object(RECORD_FIELDS)?;
    let role = role(&record)?;
    let form = record.optional("form").map_or(Ok(Form::Certificate), |form| form.one_of(FORMS))?;
    let mut built = match (form, record.field("certificate")) {
        (Form::Empty, None) => RecordBuilder::new(role),
        (Form::Empty, Some(certificate)) => {
            return Err(certificate.error("no certificate in a record of form empty"));
        }
        _ => {
            let certificate = record.required("certificate")?;
            let der = certificates.get(&certificate)?;
            record_of(&split(&der, || certificate.error("a certificate"))?, role, form, layout)
        }
    };
    if let Some(server) = record.optional("server") {
        built = built.server(server.str()?);
    }
    if let Some(address) = record.optional("address") {
        built = built.address(address.str()?.parse().map_err(|_| address.error("an IP address"))?);
    }
    Ok(built)
}

fn role(record: &Object<'_>) -> Result<Role, CaseError> {
    let role = record.required("role")?;
    Role::from_word(role.str()?).ok_or_else(|| {
        role.error("a role: SAST, CCM, CCM+TFTP, TFTP, CAPF, SRST, APP-SERVER, TVS or role-N")
    })
}

fn layout(spec: &Object<'_>) -> Result<Layout, CaseError> {
    spec.optional("layout").map_or(Ok(Layout::Cucm), |layout| layout.one_of(LAYOUTS))
}

/// The fields of the header that the specification gives.
fn header(list: ListBuilder, spec: &Object<'_>) -> Result<ListBuilder, CaseError> {
    let mut list = list.file_name(spec.required("file_name")?.name()?);
    if let Some(digest) = spec.optional("digest") {
        list = list.digest(digest.one_of(DIGESTS)?);
    }
    if let Some(version) = spec.optional("version") {
        let (major, minor) =
            pair(version.str()?).ok_or_else(|| version.error("a version like 1.2"))?;
        list = list.version(major, minor);
    }
    if let Some(timestamp) = spec.optional("timestamp") {
        let seconds =
            Timestamp::parse(timestamp.str()?).and_then(|time| u32::try_from(time.0).ok());
        list = list
            .timestamp(seconds.ok_or_else(|| {
                timestamp.error("a date like 2026-11-02T07:30:00Z, 1970 to 2106")
            })?);
    }
    Ok(list)
}

fn pair(version: &str) -> Option<(u8, u8)> {
    let (major, minor) = version.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

pub(super) const SCHEMA: &str = "trustlist.build/1";
pub(super) const FIELDS: &[&str] =
    &["schema", "layout", "file_name", "version", "digest", "timestamp", "signer", "records"];
pub(super) const RECORD_FIELDS: &[&str] = &["role", "certificate", "server", "address", "form"];
pub(super) const LAYOUTS: &[(&str, Layout)] =
    &[("certutils", Layout::Certutils), ("cucm", Layout::Cucm)];
pub(super) const DIGESTS: &[(&str, DigestAlgorithm)] = &[
    ("sha1", DigestAlgorithm::Sha1),
    ("sha256", DigestAlgorithm::Sha256),
    ("sha512", DigestAlgorithm::Sha512),
];
pub(super) const FORMS: &[(&str, Form)] = &[
    ("certificate", Form::Certificate),
    ("hash", Form::Hash),
    ("none", Form::None),
    ("empty", Form::Empty),
];
