//! Certificates as labels: what `certificates` says of them, and the meaning of a label without an entry.

use super::CaseError;
use super::field::{DateText, Entries, OneOf, Words, value_words};
use super::json::{Place, shown, string, text};
use serde::{Deserialize, Deserializer};
use sha1::{Digest as _, Sha1};
use std::collections::BTreeMap;
use std::sync::Arc;
use trustlist::facts::{
    CertificateFacts, Fingerprint, Identity, KeyFacts, Name, Serial, Timestamp,
};

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
pub(super) enum AnyCertificate<'a> {
    #[serde(rename = "an object with forges", borrow)]
    Forgery(Forgery<'a>),
    #[serde(rename = "an object")]
    Certificate(Certificate),
}

/// A certificate.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Certificate {
    /// Its subject.
    subject: Option<String>,
    /// Its issuer; left out, its subject.
    issuer: Option<String>,
    /// Its serial number in hexadecimal digits.
    serial: Option<SerialText>,
    /// The kind of key; RSA if left out.
    key: Option<OneOf<KeyWord>>,
    /// The length of its key (P-ALG-4, P-ALG-5); left out, 2048.
    key_bits: Option<u32>,
    /// Start of its validity.
    not_before: Option<DateText>,
    /// End of its validity.
    not_after: Option<DateText>,
}

/// A certificate with the issuer and serial number of another one, but a key of its own (P-SIG-2).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Forgery<'a> {
    /// The label of the genuine one.
    #[serde(borrow)]
    forges: OtherLabel<'a>,
}

/// The label of the genuine certificate.
pub(super) struct OtherLabel<'a>(&'a str);

const OTHER: &str = "the label of another certificate";

impl<'de: 'a, 'a> Deserialize<'de> for OtherLabel<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, OTHER, |text| (!text.is_empty()).then_some(Self(text)))
    }
}

/// A serial number.
pub(super) struct SerialText(Serial);

impl<'de> Deserialize<'de> for SerialText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        string(deserializer, "a serial number in hex digits", Serial::from_hex).map(Self)
    }
}

/// Bits of a label's key where the case does not say (spec/CONTRACT.md section 3).
pub(crate) const DEFAULT_KEY_BITS: u32 = 2048;

/// The certificates of a case by label.
///
/// Two labels with the same issuer and serial number are one certificate. A label with no entry is a certificate of
/// its own: subject and issuer `CN=LABEL`, a serial number made from the label, 2048 bits, no dates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    by_label: BTreeMap<String, Arc<CertificateFacts>>,
    by_identity: BTreeMap<Identity, Arc<CertificateFacts>>,
}

impl Labels {
    /// Returns the certificates of the field `certificates`.
    ///
    /// Beyond the contract an entry may be `{ "forges": "LABEL" }`: a certificate with that label's issuer and serial
    /// number, but a key of its own (P-SIG-2); and `key` may be `elliptic-curve` or `unknown`.
    pub(super) fn of_entries(
        entries: Entries<'_, AnyCertificate<'_>>,
        place: &Place<'_>,
    ) -> Result<Self, CaseError> {
        let mut drafts: BTreeMap<Identity, Draft<'_>> = BTreeMap::new();
        let (mut labels, mut forgeries) = (Vec::new(), Vec::new());
        for (label, entry) in entries.0 {
            let place = place.key(label);
            let entry = match entry {
                AnyCertificate::Certificate(entry) => entry,
                AnyCertificate::Forgery(Forgery { forges: OtherLabel(genuine) }) => {
                    if genuine == label {
                        return Err(place.key("forges").error(OTHER, genuine));
                    }
                    forgeries.push((label, genuine));
                    continue;
                }
            };
            let (identity, draft) = Draft::of(label, entry);
            match drafts.get_mut(&identity) {
                Some(other) => other.merge(draft, &place)?,
                None => drop(drafts.insert(identity.clone(), draft)),
            }
            labels.push((label, identity));
        }
        let by_identity: BTreeMap<_, _> =
            drafts.into_iter().map(|(identity, draft)| draft.finish(identity)).collect();
        let found = labels.into_iter().filter_map(|(label, identity)| {
            Some((label.to_owned(), by_identity.get(&identity)?.clone()))
        });
        let mut known = Self { by_label: found.collect(), by_identity };
        forgeries.into_iter().for_each(|(label, genuine)| known.forge(label, genuine));
        Ok(known)
    }

    /// From here on the certificate of `genuine` and that of `label` have different keys and bytes.
    fn forge(&mut self, label: &str, genuine: &str) {
        let genuine = self.of(genuine);
        let identity = genuine.identity.clone();
        let sound = Arc::new(with_key_named(&genuine, &format!("the key of {identity:?}")));
        for held in self.by_label.values_mut().chain(self.by_identity.values_mut()) {
            if *held == genuine {
                *held = sound.clone();
            }
        }
        self.by_label.insert(
            label.to_owned(),
            Arc::new(with_key_named(&genuine, &format!("forged by {label}"))),
        );
    }

    /// The certificate of a label; a label seen for the first time gets one of its own.
    pub fn of(&mut self, label: &str) -> Arc<CertificateFacts> {
        if let Some(known) = self.by_label.get(label) {
            return known.clone();
        }
        let subject = own_name(label);
        let identity = Identity { serial: own_serial(label), issuer: subject.clone() };
        let (key, fingerprint) =
            (KeyFacts::Symbol { bits: Some(DEFAULT_KEY_BITS) }, Fingerprint::default());
        let own =
            CertificateFacts::new(identity.clone(), subject, key).with_fingerprint(fingerprint);
        let fresh = || Arc::new(own);
        let certificate = self.by_identity.entry(identity).or_insert_with(fresh).clone();
        self.by_label.insert(label.to_owned(), certificate.clone());
        certificate
    }

    /// Every label that was defined or used, in order.
    pub fn all(&self) -> &BTreeMap<String, Arc<CertificateFacts>> {
        &self.by_label
    }

    /// Checks if this certificate only claims its issuer and serial number.
    pub fn is_forged(&self, certificate: &CertificateFacts) -> bool {
        self.by_identity.get(&certificate.identity).is_some_and(|genuine| **genuine != *certificate)
    }

    /// The first label, by the alphabet, of the certificate that owns this issuer and serial number.
    pub fn genuine_label(&self, identity: &Identity) -> Option<&str> {
        let genuine = self.by_identity.get(identity)?;
        self.by_label.iter().find(|(_, held)| *held == genuine).map(|(label, _)| label.as_str())
    }
}

/// One entry of `certificates`, as far as it says something.
struct Draft<'a> {
    label: &'a str,
    subject: Option<Name>,
    key: Option<KeyWord>,
    key_bits: Option<u32>,
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
}

/// The kind of key of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyWord {
    EllipticCurve,
    Rsa,
    Unknown,
}

value_words! {
    KeyWord {
        "rsa" => Self::Rsa, "elliptic-curve" => Self::EllipticCurve, "unknown" => Self::Unknown,
    }
}

impl<'a> Draft<'a> {
    fn of(label: &'a str, entry: Certificate) -> (Identity, Self) {
        let subject = entry.subject.as_deref().map(Name::new);
        let issuer = entry.issuer.as_deref().map(Name::new);
        // Self-signed if no issuer is given, as CUCM's own certificates are.
        let issuer = issuer.or_else(|| subject.clone()).unwrap_or_else(|| own_name(label));
        let serial = entry.serial.map_or_else(|| own_serial(label), |serial| serial.0);
        let draft = Self {
            label,
            subject,
            key: entry.key.map(|key| key.0),
            key_bits: entry.key_bits,
            not_before: entry.not_before.map(|date| date.0),
            not_after: entry.not_after.map(|date| date.0),
        };
        (Identity { serial, issuer }, draft)
    }

    /// Takes over what the other entry of the same certificate says.
    fn merge(&mut self, other: Self, place: &Place<'_>) -> Result<(), CaseError> {
        let clash = |field: &str, said: String, found: String| {
            let expected = format!("what the same certificate, {}, has there, {said}", self.label);
            CaseError::new(place.key(field).path(), expected, found)
        };
        let texts = [
            ("subject", differ(&self.subject, &other.subject)),
            ("key", differ(&key_word(self.key), &key_word(other.key))),
            ("not_before", differ(&self.not_before, &other.not_before)),
            ("not_after", differ(&self.not_after, &other.not_after)),
        ];
        for (field, differing) in texts {
            if let Some((said, found)) = differing {
                return Err(clash(field, said, shown(&found)));
            }
        }
        if let Some((said, found)) = differ(&self.key_bits, &other.key_bits) {
            return Err(clash("key_bits", said, found));
        }
        self.subject = self.subject.take().or(other.subject);
        self.key = self.key.or(other.key);
        self.key_bits = self.key_bits.or(other.key_bits);
        self.not_before = self.not_before.or(other.not_before);
        self.not_after = self.not_after.or(other.not_after);
        Ok(())
    }

    fn finish(self, identity: Identity) -> (Identity, Arc<CertificateFacts>) {
        let subject = self.subject.unwrap_or_else(|| own_name(self.label));
        let key = match self.key.unwrap_or(KeyWord::Rsa) {
            KeyWord::EllipticCurve => KeyFacts::Other,
            KeyWord::Rsa => {
                KeyFacts::Symbol { bits: Some(self.key_bits.unwrap_or(DEFAULT_KEY_BITS)) }
            }
            KeyWord::Unknown => KeyFacts::Unknown,
        };
        let (not_before, not_after, fingerprint) =
            (self.not_before, self.not_after, Fingerprint::default());
        let certificate = CertificateFacts::new(identity.clone(), subject, key)
            .with_fingerprint(fingerprint)
            .with_not_before(not_before)
            .with_not_after(not_after);
        (identity, Arc::new(certificate))
    }
}

fn key_word(key: Option<KeyWord>) -> Option<&'static str> {
    KeyWord::words().into_iter().find(|(_, known)| Some(*known) == key).map(|(word, _)| word)
}

/// Returns both values as text if both are given and differ.
fn differ<T: PartialEq + ToString>(
    first: &Option<T>,
    second: &Option<T>,
) -> Option<(String, String)> {
    let (first, second) = (first.as_ref()?, second.as_ref()?);
    (first != second).then(|| (first.to_string(), second.to_string()))
}

/// The same certificate by name, with a key and bytes that only this text has.
fn with_key_named(certificate: &CertificateFacts, text: &str) -> CertificateFacts {
    let fingerprint =
        Fingerprint { sha1: Some(Sha1::digest(text.as_bytes()).into()), sha256: None };
    certificate
        .clone()
        .with_key(KeyFacts::Rsa(Arc::from(text.as_bytes())))
        .with_fingerprint(fingerprint)
}

fn own_name(label: &str) -> Name {
    Name::new(&format!("CN={label}"))
}

/// A serial number for a label: the first 16 bytes of its SHA-1, made to look like CUCM's (never 0, first digit 4 to 7).
fn own_serial(label: &str) -> Serial {
    let mut bytes: [u8; 20] = Sha1::digest(label.as_bytes()).into();
    let [first, ..] = &mut bytes;
    *first = *first & 0x3f | 0x40;
    Serial::from_bytes(bytes.get(..16).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::json::{Comments, parse, read};
    use super::*;

    fn labels(text: &str) -> Result<Labels, CaseError> {
        let value = parse(text).unwrap();
        Labels::of_entries(read(&value, Comments::Nowhere)?, &Place::ROOT)
    }

    #[test]
    fn a_label_without_entry_is_a_certificate_of_its_own() {
        let mut labels = Labels::default();
        let (a, again, b) = (labels.of("ccm1.1"), labels.of("ccm1.1"), labels.of("ccm1.2"));
        assert_eq!(a, again);
        assert_ne!(a.identity, b.identity);
        assert_eq!(a.subject.as_str(), "CN=ccm1.1");
        assert_eq!(a.identity.issuer, a.subject);
        assert_eq!(*a.key(), KeyFacts::Symbol { bits: Some(2048) });
        assert_eq!(a.identity.serial.as_bytes().len(), 16);
    }

    #[test]
    fn equal_issuer_and_serial_are_one_certificate() {
        let text = r#"{"a": {"issuer": "CN=ca;O=x", "serial": "00:01", "not_after": "2020-01-01T00:00:00Z"},
                       "b": {"issuer": "o=x, cn=ca", "serial": "1", "key_bits": 1024}}"#;
        let mut labels = labels(text).unwrap();
        assert_eq!(labels.of("a"), labels.of("b"));
        assert_eq!(*labels.of("a").key(), KeyFacts::Symbol { bits: Some(1024) });
        assert!(labels.of("b").not_after().is_some());
    }

    #[test]
    fn entries_of_one_certificate_must_agree() {
        let text = r#"{"a": {"issuer": "CN=ca", "serial": "01", "key_bits": 2048},
                       "b.2": {"issuer": "CN=ca", "serial": "01", "key_bits": 1024}}"#;
        let error = labels(text).unwrap_err().to_string();
        assert_eq!(
            error,
            "[\"b.2\"].key_bits: expected what the same certificate, a, has there, 2048; found 1024"
        );
        let text = r#"{"a": {"subject": "CN=a", "issuer": "CN=ca", "serial": "01"},
                       "b": {"subject": "CN=b", "issuer": "CN=ca", "serial": "01"}}"#;
        let error = labels(text).unwrap_err().to_string();
        assert_eq!(
            error,
            "b.subject: expected what the same certificate, a, has there, CN=a; found \"CN=b\""
        );
    }

    #[test]
    fn a_forgery_has_the_name_but_not_the_key() {
        let mut labels =
            labels(r#"{"a": {"serial": "1"}, "a.too": {"serial": "1", "issuer": "CN=a"}, "x": {"forges": "a"}}"#).unwrap();
        let (a, too, x) = (labels.of("a"), labels.of("a.too"), labels.of("x"));
        assert_eq!(a, too);
        assert_eq!((&a.identity, &a.subject), (&x.identity, &x.subject));
        assert_eq!(a.same_as(&x), trustlist::facts::SameCertificate::Impersonated);
        assert_ne!(a.key(), x.key());
    }

    #[test]
    fn fields_that_do_not_read_are_named() {
        let error = |text: &str| labels(text).unwrap_err().to_string();
        assert_eq!(
            error(r#"{"a": {"serial": "7G"}}"#),
            "a.serial: expected a serial number in hex digits; found \"7G\""
        );
        let expected =
            "a.not_after: expected a UTC date such as 2015-03-06T00:00:00Z; found \"2020-02-30\"";
        assert_eq!(error(r#"{"a": {"not_after": "2020-02-30"}}"#), expected);
        assert!(error(r#"{"a": {"bits": 1}}"#).starts_with("a.bits: expected subject, issuer, "));
        assert_eq!(error(r#"["a"]"#), "the document: expected an object; found a list");
    }
}
