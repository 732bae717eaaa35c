//! The JSON of `trustlist build`: which records a list shall hold, by the certificates they are made from.

use super::field::{AddressText, Name, OneOf, forms, given, texts, value_words};
use super::json::{Comments, Place, string};
use super::{CaseError, Limits, parse_within, read};
use serde::Deserialize;
use std::collections::BTreeMap;
use trustlist::cert::{Certificate, PublicKey};
use trustlist::facts::{Form, Timestamp};
use trustlist::wire::write::{Layout, ListBuilder, RecordBuilder, Signer, SignerInfo, WriteError};
use trustlist::wire::{DigestAlgorithm, Role};

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
        let value = parse_within(text, limits)?;
        let spec: Specification<'_> = read(&value, Comments::AtTheTop)?;
        let layout = spec.layout.map_or(Layout::Cucm, |layout| layout.0);
        let mut certificates = Certificates { load: certificate, loaded: BTreeMap::new() };
        let place = Place::ROOT.key("records");
        let built: Result<Vec<RecordBuilder>, CaseError> = spec
            .records
            .iter()
            .enumerate()
            .map(|(index, record)| record.built(&place.index(index), layout, &mut certificates))
            .collect();
        let built = built?;
        let der = match spec.signer {
            Some(signer) => certificates.get(signer, &Place::ROOT.key("signer"))?,
            None => certificates.first_sast(&spec.records)?,
        };
        let signer = split(&der, || spec.not_rsa())?;
        let PublicKey::Rsa(key) = signer.public_key() else { return Err(spec.not_rsa()) };
        let list = ListBuilder::new(layout, signer_info(&signer, layout)).records(built);
        Ok(Self {
            list: spec.header(list),
            signer_key: key.to_vec(),
            timed: spec.timestamp.is_some(),
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The key given is not that of the signer's certificate.
    #[error("the key is not that of the signer's certificate")]
    WrongKey,
    /// The list cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
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
        _ => record,
    };
    match form {
        Form::Certificate => record.certificate(certificate.as_bytes()),
        Form::Hash => record.certificate_hash(DigestAlgorithm::Sha1, certificate.sha1()),
        _ => record,
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
    fn get(&mut self, Name(path): Name<'_>, place: &Place<'_>) -> Result<Vec<u8>, CaseError> {
        if let Some(der) = self.loaded.get(path) {
            return Ok(der.clone());
        }
        let unreadable = |why: String| {
            CaseError::new(place.path(), "the path of a certificate", format!("{path:?}: {why}"))
        };
        let der = (self.load)(path).map_err(unreadable)?;
        Certificate::parse(&der).map_err(|error| unreadable(error.to_string()))?;
        self.loaded.insert(path.to_owned(), der.clone());
        Ok(der)
    }

    fn first_sast(&mut self, records: &[Record<'_>]) -> Result<Vec<u8>, CaseError> {
        let place = Place::ROOT.key("records");
        for (index, record) in records.iter().enumerate() {
            if let (Role::Sast, Some(Some(certificate))) = (record.role.0, record.certificate) {
                return self.get(certificate, &place.index(index).key("certificate"));
            }
        }
        Err(CaseError::new("signer", "the path of a certificate, as no record is SAST", "nothing"))
    }
}

fn split<'a>(
    der: &'a [u8],
    error: impl FnOnce() -> CaseError,
) -> Result<Certificate<'a>, CaseError> {
    Certificate::parse(der).map_err(|_| error())
}

/// Which records a list shall hold, by the certificates that they are made from (`trustlist build`).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Build", transform = super::input_schema::for_readers))]
pub(super) struct Specification<'a> {
    /// The name and version of this form.
    #[expect(dead_code, reason = "checked when it is read")]
    schema: OneOf<BuildForm>,
    /// Whose habits of writing it follows; left out, cucm.
    layout: Option<OneOf<Layout>>,
    /// The name inside the file (P-SIG-7).
    #[serde(borrow)]
    file_name: Name<'a>,
    /// The version of the header; left out, 1.2.
    version: Option<VersionPair>,
    /// The digest of the signature; left out, sha1.
    digest: Option<OneOf<DigestAlgorithm>>,
    /// When the list was made; left out, now.
    timestamp: Option<Seconds>,
    /// The path of the signer's certificate; left out, that of the first SAST record.
    signer: Option<Name<'a>>,
    /// The records.
    records: Vec<Record<'a>>,
}

/// A record.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend(
    "if" = { "properties": { "form": { "const": "empty" } }, "required": ["form"] },
    "then" = { "not": { "required": ["certificate"] } },
    "else" = { "properties": { "certificate": { "type": "string" } }, "required": ["certificate"] }
)))]
struct Record<'a> {
    /// The role of the certificate.
    role: RoleWord,
    /// The path of the certificate; not in a record of form `empty`.
    #[serde(borrow, default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "Option<Name<'_>>"))]
    certificate: Option<Option<Name<'a>>>,
    /// The host name.
    server: Option<String>,
    /// The IP address.
    address: Option<AddressText>,
    /// The part of the certificate that is in the record.
    form: Option<OneOf<Form>>,
}

texts! {
    /// The role of a record.
    RoleWord(Role), string, "a role: SAST, CCM, CCM+TFTP, TFTP, CAPF, SRST, APP-SERVER, TVS or role-N", Role::from_word;
    /// The time of a list.
    Seconds(u32), string, "a date like 2026-11-02T07:30:00Z, 1970 to 2106",
        |text| Timestamp::parse(text).and_then(|time| u32::try_from(time.0).ok());
    /// The version of a header.
    VersionPair((u8, u8)), string, "a version like 1.2", |text| {
        let (major, minor) = text.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
}

forms! {
    BuildForm = SCHEMA;
}

value_words! {
    DigestAlgorithm {
        "sha1" => Self::Sha1, "sha256" => Self::Sha256, "sha512" => Self::Sha512,
    }
    Layout { "certutils" => Self::Certutils, "cucm" => Self::Cucm }
}

impl Specification<'_> {
    /// Nothing but RSA signs lists (P-SIG-5).
    fn not_rsa(&self) -> CaseError {
        let path = if self.signer.is_some() { "signer" } else { "records" };
        CaseError::new(path, "a signer with an RSA key", "a key of another kind")
    }

    /// The fields of the header that the specification gives.
    fn header(&self, list: ListBuilder) -> ListBuilder {
        let mut list = list.file_name(self.file_name.0);
        if let Some(OneOf(digest)) = self.digest {
            list = list.digest(digest);
        }
        if let Some(VersionPair((major, minor))) = self.version {
            list = list.version(major, minor);
        }
        if let Some(Seconds(seconds)) = self.timestamp {
            list = list.timestamp(seconds);
        }
        list
    }
}

impl Record<'_> {
    fn built<F: FnMut(&str) -> Result<Vec<u8>, String>>(
        &self,
        place: &Place<'_>,
        layout: Layout,
        certificates: &mut Certificates<F>,
    ) -> Result<RecordBuilder, CaseError> {
        let place = place.key("certificate");
        let form = self.form.map_or(Form::Certificate, |form| form.0);
        let wrong = |expected: &str| CaseError::new(place.path(), expected, "null");
        let mut built = match (form, self.certificate) {
            (Form::Empty, None) => RecordBuilder::new(self.role.0),
            (Form::Empty, Some(certificate)) => {
                let expected = "no certificate in a record of form empty";
                return Err(certificate
                    .map_or_else(|| wrong(expected), |path| place.error(expected, path.0)));
            }
            (_, None) => return Err(place.missing()),
            (_, Some(None)) => return Err(wrong("a name")),
            (_, Some(Some(path))) => {
                let der = certificates.get(path, &place)?;
                let certificate = split(&der, || place.error("a certificate", path.0))?;
                record_of(&certificate, self.role.0, form, layout)
            }
        };
        if let Some(server) = &self.server {
            built = built.server(server.as_str());
        }
        if let Some(AddressText(address)) = self.address {
            built = built.address(address);
        }
        Ok(built)
    }
}

pub(super) const SCHEMA: &str = "trustlist.build/1";
