//! Certificates as CUCM makes them, and the record fields that lists take from them.

use super::Key;
use rsa::pkcs1v15::SigningKey;
use rsa::pkcs8::EncodePublicKey as _;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use trustlist::wire::write::{Layout, RecordBuilder, SignerInfo};
use trustlist::wire::{DigestAlgorithm, Role};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder as _, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::der::asn1::{Any, GeneralizedTime, ObjectIdentifier};
use x509_cert::der::{DateTime, Decode as _, Encode as _, Tag};
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectKeyIdentifier};
use x509_cert::ext::{Extension, ToExtension as _};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

/// The fields of a certificate to make. Names are written as CUCM writes them: `CN=…;OU=…`.
pub(crate) struct Request<'a> {
    pub(crate) subject: &'a str,
    pub(crate) issuer: &'a str,
    /// Big-endian, at most 20 bytes.
    pub(crate) serial: &'a [u8],
    /// First and last second of the validity, since 1970.
    pub(crate) validity: (u64, u64),
    /// `SubjectPublicKeyInfo` DER.
    pub(crate) public_key: Vec<u8>,
}

impl<'a> Request<'a> {
    /// A self-signed one for this key.
    pub(crate) fn own(subject: &'a str, serial: &'a [u8], validity: (u64, u64), key: &Key) -> Self {
        Self { subject, issuer: subject, serial, validity, public_key: spki(key) }
    }

    /// Builds it and signs it with SHA-256 and this key.
    pub(crate) fn sign(&self, signer: &Key) -> Certificate {
        let profile = Cucm { subject: name(self.subject), issuer: name(self.issuer) };
        let serial = SerialNumber::new(self.serial).unwrap();
        let (not_before, not_after) = self.validity;
        let key = SubjectPublicKeyInfoOwned::from_der(&self.public_key).unwrap();
        let builder = CertificateBuilder::new(
            profile,
            serial,
            Validity::new(time(not_before), time(not_after)),
            key,
        )
        .unwrap();
        let signed = builder.build(&SigningKey::<Sha256>::new(signer.private.clone())).unwrap();
        let key = SubjectPublicKeyInfoRef::from_der(&self.public_key).unwrap();
        Certificate {
            subject: self.subject.to_owned(),
            issuer: self.issuer.to_owned(),
            serial: self.serial.to_vec(),
            public_key: key.subject_public_key.raw_bytes().to_vec(),
            signature: signed.signature().raw_bytes().to_vec(),
            der: signed.to_der().unwrap(),
        }
    }
}

/// The `SubjectPublicKeyInfo` of a key of the pool.
pub(crate) fn spki(key: &Key) -> Vec<u8> {
    key.private.to_public_key().to_public_key_der().unwrap().as_bytes().to_vec()
}

/// A certificate and what records say of it.
#[derive(Clone)]
pub(crate) struct Certificate {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) serial: Vec<u8>,
    /// As in tag 7: PKCS#1 for RSA, the point for elliptic curves.
    pub(crate) public_key: Vec<u8>,
    /// As in tag 8.
    pub(crate) signature: Vec<u8>,
    /// As in tag 9.
    pub(crate) der: Vec<u8>,
}

impl Certificate {
    /// The fields of a header that name this signer.
    pub(crate) fn signer_info(&self, layout: Layout) -> SignerInfo {
        SignerInfo::new(
            written(&self.subject, layout),
            written(&self.issuer, layout),
            self.serial.clone(),
        )
    }

    /// A record with names, serial number and key: neither certificate nor hash.
    pub(crate) fn names_record(&self, role: Role, layout: Layout) -> RecordBuilder {
        RecordBuilder::new(role)
            .subject(written(&self.subject, layout))
            .issuer(written(&self.issuer, layout))
            .serial(self.serial.clone())
            .public_key(self.public_key.clone())
            .certificate_signature(self.signature.clone())
    }

    /// A record with the certificate.
    pub(crate) fn record(&self, role: Role, layout: Layout) -> RecordBuilder {
        self.names_record(role, layout).certificate(self.der.clone())
    }

    /// A record with the certificate's SHA-1 instead of itself.
    pub(crate) fn hash_record(&self, role: Role, layout: Layout) -> RecordBuilder {
        self.names_record(role, layout)
            .certificate_hash(DigestAlgorithm::Sha1, Sha1::digest(&self.der).to_vec())
    }

    /// The certificate as PEM.
    pub(crate) fn pem(&self) -> String {
        use rsa::pkcs8::der::pem::{LineEnding, encode_string};
        encode_string("CERTIFICATE", LineEnding::LF, &self.der).unwrap()
    }
}

/// A name as the layout writes it (`spec/FORMAT.md` section 3, tag 3).
fn written(name: &str, layout: Layout) -> String {
    match layout {
        Layout::Certutils => name.replace(';', ","),
        Layout::Cucm => name.to_owned(),
    }
}

/// The extensions of a CUCM certificate.
struct Cucm {
    subject: Name,
    issuer: Name,
}

impl BuilderProfile for Cucm {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        _issuer_key: SubjectPublicKeyInfoRef<'_>,
        _tbs: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        use KeyUsages::{DataEncipherment, DigitalSignature, KeyCertSign, KeyEncipherment};
        let usage = KeyUsage(DigitalSignature | KeyEncipherment | DataEncipherment | KeyCertSign);
        let extended = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.5"]
            .map(ObjectIdentifier::new_unwrap);
        let id = Sha1::digest(key.subject_public_key.raw_bytes());
        let id = SubjectKeyIdentifier(x509_cert::der::asn1::OctetString::new(id.to_vec())?);
        Ok(vec![
            Extension { critical: false, ..usage.to_extension(&self.subject, &[])? },
            ExtendedKeyUsage(extended.to_vec()).to_extension(&self.subject, &[])?,
            id.to_extension(&self.subject, &[])?,
        ])
    }
}

/// A name from text, its parts in the order written; a part of no known type is put into a common
/// name.
fn name(text: &str) -> Name {
    let mut sequence = RdnSequence::default();
    for part in text.split(';').filter(|part| !part.is_empty()) {
        let (kind, value) = part.split_once('=').unwrap_or(("CN", part));
        let (oid, value) = match kind.trim().to_ascii_uppercase().as_str() {
            "CN" => ("2.5.4.3", value),
            "OU" => ("2.5.4.11", value),
            "O" => ("2.5.4.10", value),
            "L" => ("2.5.4.7", value),
            "ST" => ("2.5.4.8", value),
            "C" => ("2.5.4.6", value),
            _ => ("2.5.4.3", part),
        };
        let value = Any::new(Tag::Utf8String, value.as_bytes()).unwrap();
        let mut one = RelativeDistinguishedName::default();
        one.insert(AttributeTypeAndValue { oid: ObjectIdentifier::new_unwrap(oid), value })
            .unwrap();
        sequence.push(one);
    }
    Name::from_der(&sequence.to_der().unwrap()).unwrap()
}

fn time(seconds: u64) -> Time {
    let time = DateTime::from_unix_duration(core::time::Duration::from_secs(seconds)).unwrap();
    Time::GeneralTime(GeneralizedTime::from_date_time(time))
}
