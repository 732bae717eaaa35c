//! Certificates as labels: what `certificates` says of them, and the meaning of a label without an entry.

use super::json::{CaseError, Node, Object, found};
use sha1::{Digest as _, Sha1};
use std::collections::BTreeMap;
use std::sync::Arc;
use trustlist::facts::{
    CertificateFacts, Fingerprint, Identity, KeyFacts, Name, Serial, Timestamp,
};

pub(super) const ENTRY_FIELDS: &[&str] =
    &["subject", "issuer", "serial", "key", "key_bits", "not_before", "not_after"];

pub(super) const FORGERY_FIELDS: &[&str] = &["forges"];

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
    /// Reads the field `certificates`.
    ///
    /// Beyond the contract an entry may be `{ "forges": "LABEL" }`: a certificate with that label's issuer and serial
    /// number, but a key of its own (P-SIG-2); and `key` may be `elliptic-curve` or `unknown`.
    ///
    /// # Errors
    /// A field that is unknown or does not read; two entries of one certificate that say different things.
    pub fn read(node: Option<&Node<'_>>) -> Result<Self, CaseError> {
        let mut drafts: BTreeMap<Identity, Draft<'_>> = BTreeMap::new();
        let (mut labels, mut forgeries) = (Vec::new(), Vec::new());
        for (label, entry) in node.map(Node::entries).transpose()?.unwrap_or_default() {
            if entry.value().get("forges").is_some() {
                forgeries.push((label, forged_label(label, &entry)?));
                continue;
            }
            let (identity, draft) = Draft::read(label, &entry)?;
            match drafts.get_mut(&identity) {
                Some(other) => other.merge(draft)?,
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

    /// Returns the certificate of the label at `node`.
    ///
    /// # Errors
    /// Anything but a string with at least one character.
    pub fn at(&mut self, node: &Node<'_>) -> Result<Arc<CertificateFacts>, CaseError> {
        let label = node
            .str()
            .ok()
            .filter(|label| !label.is_empty())
            .ok_or_else(|| node.error("the label of a certificate"))?;
        Ok(self.of(label))
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
    pub(crate) fn is_forged(&self, certificate: &CertificateFacts) -> bool {
        self.by_identity.get(&certificate.identity).is_some_and(|genuine| **genuine != *certificate)
    }

    /// The first label, by the alphabet, of the certificate that owns this issuer and serial number.
    pub(crate) fn genuine_label(&self, identity: &Identity) -> Option<&str> {
        let genuine = self.by_identity.get(identity)?;
        self.by_label.iter().find(|(_, held)| *held == genuine).map(|(label, _)| label.as_str())
    }
}

/// One entry of `certificates`, as far as it says something.
struct Draft<'a> {
    label: &'a str,
    node: Node<'a>,
    subject: Option<Name>,
    key: Option<KeyWord>,
    key_bits: Option<u32>,
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
}

/// Returns the kind of key of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyWord {
    EllipticCurve,
    Rsa,
    Unknown,
}

pub(super) const KEY_WORDS: &[(&str, KeyWord)] = &[
    ("rsa", KeyWord::Rsa),
    ("elliptic-curve", KeyWord::EllipticCurve),
    ("unknown", KeyWord::Unknown),
];

impl<'a> Draft<'a> {
    fn read(label: &'a str, node: &Node<'a>) -> Result<(Identity, Self), CaseError> {
        let fields = node.object(ENTRY_FIELDS)?;
        let subject = fields.optional("subject").map(|node| node.str()).transpose()?.map(Name::new);
        let issuer = fields.optional("issuer").map(|node| node.str()).transpose()?.map(Name::new);
        // Self-signed if no issuer is given, as CUCM's own certificates are.
        let issuer = issuer.or_else(|| subject.clone()).unwrap_or_else(|| own_name(label));
        let serial = fields
            .optional("serial")
            .map(|node| serial(&node))
            .transpose()?
            .unwrap_or_else(|| own_serial(label));
        let draft = Self {
            label,
            node: node.clone(),
            subject,
            key: fields.optional("key").map(|node| node.one_of(KEY_WORDS)).transpose()?,
            key_bits: fields.optional("key_bits").map(|node| node.u32()).transpose()?,
            not_before: date(&fields, "not_before")?,
            not_after: date(&fields, "not_after")?,
        };
        Ok((Identity { serial, issuer }, draft))
    }

    /// Takes over what the other entry of the same certificate says.
    fn merge(&mut self, other: Self) -> Result<(), CaseError> {
        let clash = |field: &str, said: String| {
            let path = format!("{}.{field}", other.node.path());
            let expected = format!("what the same certificate, {}, has there, {said}", self.label);
            CaseError::new(path, expected, other.written(field))
        };
        agree(&self.subject, &other.subject).map_err(|said| clash("subject", said))?;
        agree(&self.key_word(), &other.key_word()).map_err(|said| clash("key", said))?;
        agree(&self.key_bits, &other.key_bits).map_err(|said| clash("key_bits", said))?;
        agree(&self.not_before, &other.not_before).map_err(|said| clash("not_before", said))?;
        agree(&self.not_after, &other.not_after).map_err(|said| clash("not_after", said))?;
        self.subject = self.subject.take().or(other.subject);
        self.key = self.key.or(other.key);
        self.key_bits = self.key_bits.or(other.key_bits);
        self.not_before = self.not_before.or(other.not_before);
        self.not_after = self.not_after.or(other.not_after);
        Ok(())
    }

    fn written(&self, field: &str) -> String {
        self.node.value().get(field).map(found).unwrap_or_default()
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

    fn key_word(&self) -> Option<&'static str> {
        KEY_WORDS.iter().find(|(_, key)| Some(*key) == self.key).map(|(word, _)| *word)
    }
}

/// Returns the first value if both are given and differ.
fn agree<T: PartialEq + ToString>(first: &Option<T>, second: &Option<T>) -> Result<(), String> {
    match (first, second) {
        (Some(first), Some(second)) if first != second => Err(first.to_string()),
        _ => Ok(()),
    }
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

fn forged_label<'a>(label: &str, node: &Node<'a>) -> Result<&'a str, CaseError> {
    let genuine = node.object(FORGERY_FIELDS)?.required("forges")?;
    let other = genuine.name().ok().filter(|name| *name != label);
    other.ok_or_else(|| genuine.error("the label of another certificate"))
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

fn serial(node: &Node<'_>) -> Result<Serial, CaseError> {
    Serial::from_hex(node.str()?).ok_or_else(|| node.error("a serial number in hex digits"))
}

/// A date, where the field is there.
pub(super) fn date(fields: &Object<'_>, key: &str) -> Result<Option<Timestamp>, CaseError> {
    let Some(node) = fields.optional(key) else { return Ok(None) };
    let read = node.value().as_str().and_then(Timestamp::parse);
    read.map(Some).ok_or_else(|| node.error("a UTC date such as 2015-03-06T00:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::super::json::parse;
    use super::*;

    fn labels(text: &str) -> Result<Labels, CaseError> {
        Labels::read(Some(&Node::root(&parse(text).unwrap())))
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
