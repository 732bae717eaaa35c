//! Certificates as `show cert own`, `show cert trust`, `show cert list own` and `show cert list
//! trust` print them, and those that are pasted as PEM.

use trustlist::facts::{Identity, Name, Serial, Timestamp};
use trustlist::question;

/// A certificate that a text describes; fields that the text does not give are missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Described {
    /// `CallManager`, `CallManager-trust`, …
    pub(super) unit: Option<String>,
    /// `CallManager.pem`, …
    pub(super) file: Option<String>,
    pub(super) subject: Option<Name>,
    pub(super) issuer: Option<Name>,
    pub(super) serial: Option<Serial>,
    pub(super) not_before: Option<Timestamp>,
    pub(super) not_after: Option<Timestamp>,
    /// The certificate itself, where the text holds it.
    pub(super) der: Option<Vec<u8>>,
}

impl Described {
    /// Checks if nothing but its place was read.
    fn is_empty(&self) -> bool {
        Self { unit: None, file: None, ..self.clone() } == Self::default()
    }

    fn has(&self, key: Key) -> bool {
        match key {
            Key::Issuer => self.issuer.is_some(),
            Key::NotAfter => self.not_after.is_some(),
            Key::NotBefore => self.not_before.is_some(),
            Key::Serial => self.serial.is_some(),
            Key::Subject => self.subject.is_some(),
        }
    }

    /// Issuer and serial number, where both are known.
    pub(super) fn identity(&self) -> Option<Identity> {
        Some(Identity { issuer: self.issuer.clone()?, serial: self.serial.clone()? })
    }

    /// Checks if only its place is known.
    pub(super) fn is_only_named(&self) -> bool {
        self.serial.is_none() && self.der.is_none() && self.not_after.is_none()
    }
}

/// Reads every certificate that a text describes.
pub(super) fn of_text(text: &str) -> Vec<Described> {
    let mut reading = Reading::default();
    for line in text.lines() {
        reading.line(line);
    }
    reading.end();
    let mut found = reading.found;
    if text.contains("-----BEGIN CERTIFICATE-----") {
        let ders = question::certificates(text.as_bytes()).unwrap_or_default();
        found.extend(
            ders.into_iter().map(|der| Described { der: Some(der), ..Described::default() }),
        );
    }
    found.truncate(question::MAX_CERTIFICATES);
    found
}

#[derive(Default)]
struct Reading {
    found: Vec<Described>,
    /// Where the certificate is that is being read.
    place: (Option<String>, Option<String>),
    current: Option<Described>,
    /// A key whose value is in the next line.
    waiting: Option<Key>,
}

#[derive(Clone, Copy)]
enum Key {
    Issuer,
    NotAfter,
    NotBefore,
    Serial,
    Subject,
}

impl Reading {
    fn line(&mut self, line: &str) {
        let text = line.trim();
        // CUCM prints each certificate in brackets of its own.
        if text == "[" || text == "]" {
            self.end();
            self.current = (text == "[").then(|| self.placed());
            return;
        }
        if let Some((_, command)) = text.split_once("show cert ") {
            self.end();
            let mut words = command.split_whitespace();
            let shown = words
                .next()
                .filter(|word| matches!(*word, "own" | "trust"))
                .and_then(|_| words.next());
            self.place = shown.map_or((None, None), place);
            return;
        }
        if let Some((unit, file)) = row(text) {
            self.end();
            self.found.push(Described {
                unit: Some(unit),
                file: Some(file),
                ..Described::default()
            });
            return;
        }
        if let Some(key) = self.waiting.take().filter(|_| !text.is_empty()) {
            return self.value(key, text);
        }
        let Some((key, value)) =
            KEYS.iter().find_map(|(name, key)| Some((*key, value_of(text, name)?)))
        else {
            return;
        };
        match value {
            "" => self.waiting = Some(key),
            value => self.value(key, value),
        }
    }

    fn value(&mut self, key: Key, value: &str) {
        // A serial number begins a certificate; issuer and dates belong to the one that was begun,
        // and a second one to another, whose serial number the text lost.
        if matches!(key, Key::Serial) {
            let is_begun = self.current.as_ref().is_some_and(|current| current.is_empty());
            if !is_begun {
                self.end();
                self.current = Some(self.placed());
            }
        } else if self.current.as_ref().is_some_and(|current| current.has(key)) {
            self.end();
            self.current = Some(Described::default());
        }
        let Some(current) = &mut self.current else { return };
        match key {
            Key::Issuer => current.issuer = Some(Name::new(value)),
            Key::NotAfter => current.not_after = date(value),
            Key::NotBefore => current.not_before = date(value),
            Key::Serial => current.serial = serial(value),
            Key::Subject => current.subject = Some(Name::new(value)),
        }
    }

    /// Returns a certificate at the place of the command; the next one without a command is not
    /// there.
    fn placed(&mut self) -> Described {
        let (unit, file) = std::mem::take(&mut self.place);
        Described { unit, file, ..Described::default() }
    }

    fn end(&mut self) {
        let told = |current: &Described| current.serial.is_some() || current.not_after.is_some();
        self.found.extend(self.current.take().filter(told));
        self.waiting = None;
    }
}

/// Keys of CUCM's own print, and of OpenSSL's.
const KEYS: [(&str, Key); 10] = [
    ("Serial Number:", Key::Serial),
    ("SerialNumber:", Key::Serial),
    ("Issuer Name:", Key::Issuer),
    ("Issuer:", Key::Issuer),
    ("Subject Name:", Key::Subject),
    ("Subject:", Key::Subject),
    ("Validity From:", Key::NotBefore),
    ("Not Before:", Key::NotBefore),
    ("Not After :", Key::NotAfter),
    ("To:", Key::NotAfter),
];

/// The value of a key, whatever the letters' case and a sign before it.
fn value_of<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let text = text.trim_start_matches(['[', ' ', '\t']);
    let head = text.get(..key.len())?;
    head.eq_ignore_ascii_case(key).then(|| text.get(key.len()..).unwrap_or_default().trim())
}

/// `CallManager-trust/ccm1.pem`, or a unit alone, whose own certificate it is.
fn place(word: &str) -> (Option<String>, Option<String>) {
    match word.split_once('/') {
        Some((unit, file)) => (Some(unit.to_owned()), Some(file.to_owned())),
        None => (Some(word.to_owned()), Some(format!("{word}.pem"))),
    }
}

/// `tomcat/tomcat.pem: Self-signed certificate generated by system`.
fn row(text: &str) -> Option<(String, String)> {
    let (name, _) = text.split_once(':')?;
    let (unit, file) = name.split_once('/')?;
    let plain = |word: &str| !word.is_empty() && !word.contains(char::is_whitespace);
    let is_file = file.ends_with(".pem") || file.ends_with(".der");
    (is_file && plain(unit) && plain(file)).then(|| (unit.to_owned(), file.to_owned()))
}

/// A serial number: CUCM prints hexadecimal digits, before 10.0 decimal ones.
fn serial(text: &str) -> Option<Serial> {
    // OpenSSL writes short ones both ways: `4660 (0x1234)`.
    let text = text.split_whitespace().next()?;
    let hex = text.contains([':', 'x']) || text.bytes().any(|byte| byte.is_ascii_alphabetic());
    if hex { Serial::from_hex(text) } else { decimal(text) }
}

fn decimal(text: &str) -> Option<Serial> {
    let mut bytes: Vec<u8> = Vec::new();
    // As long as certificates may have them, and some more.
    if text.is_empty() || text.len() > MAX_DIGITS {
        return None;
    }
    for digit in text.chars() {
        let mut carry = digit.to_digit(10)?;
        for byte in bytes.iter_mut().rev() {
            let value = u32::from(*byte) * 10 + carry;
            *byte = u8::try_from(value & 0xff).ok()?;
            carry = value >> 8;
        }
        if carry > 0 {
            bytes.insert(0, u8::try_from(carry).ok()?);
        }
    }
    Some(Serial::from_bytes(&bytes))
}

/// `Mon Jul 10 13:36:35 EDT 2017`, `Mar  4 00:00:00 2020 GMT`. Other zones than UTC are some hours
/// off, which days do not show.
fn date(text: &str) -> Option<Timestamp> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let month = words
        .iter()
        .position(|word| MONTHS.iter().any(|month| word.eq_ignore_ascii_case(month)))?;
    let number = MONTHS
        .iter()
        .position(|name| words.get(month).is_some_and(|word| word.eq_ignore_ascii_case(name)))?
        + 1;
    let day: u8 = words.get(month + 1)?.trim_end_matches(',').parse().ok()?;
    let time = words.iter().find(|word| word.split(':').count() == 3)?;
    let year = words
        .iter()
        .skip(month + 1)
        .find(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()))?;
    let mut parts = time.split(':').map(|part| part.parse::<u8>());
    let (hour, minute, second) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    Timestamp::parse(&format!("{year}-{number:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Digits of a serial number of 20 bytes, and some more.
const MAX_DIGITS: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "admin:show cert own CallManager\n[\n  Version: V3\n  Serial Number: 113386559478497\n  SignatureAlgorithm: \
        SHA1withRSA (1.2.840.113549.1.1.5)\n  Issuer Name: L=Utrecht, CN=ccm1, O=Example\n  Validity From: Mon Nov 02 09:12:40 UTC \
        2015\n           To:   Sat Oct 31 09:12:39 UTC 2020\n  Subject Name: L=Utrecht, CN=ccm1, O=Example\n  Key: RSA\n]\n\
        admin:show cert trust CallManager-trust/ccm2.pem\n[\n  Serial Number: 70CAF6\n  Issuer Name: CN=ccm2\n]\n";

    #[test]
    fn what_show_cert_prints() {
        let found = of_text(OWN);
        let [own, trust] = &found[..] else { panic!("{found:?}") };
        assert_eq!(
            (own.unit.as_deref(), own.file.as_deref()),
            (Some("CallManager"), Some("CallManager.pem"))
        );
        assert_eq!(own.serial, Serial::from_hex("671fdd999ae1"));
        assert_eq!(own.issuer, Some(Name::new("CN=ccm1;O=Example;L=Utrecht")));
        assert_eq!(own.not_before, Timestamp::parse("2015-11-02T09:12:40Z"));
        assert_eq!(own.not_after, Timestamp::parse("2020-10-31T09:12:39Z"));
        assert_eq!(
            (trust.unit.as_deref(), &trust.serial),
            (Some("CallManager-trust"), &Serial::from_hex("70caf6"))
        );
        assert!(trust.not_after.is_none() && trust.identity().is_some());
    }

    #[test]
    fn what_show_cert_list_prints() {
        let found = of_text(
            "admin:show cert list own\n\ntomcat/tomcat.pem: Self-signed certificate generated by system\nx: y\n",
        );
        assert_eq!(found.len(), 1);
        assert!(found[0].is_only_named() && found[0].file.as_deref() == Some("tomcat.pem"));
    }

    #[test]
    fn what_openssl_prints() {
        let text = "Serial Number:\n    01:02:ff\nIssuer: CN=a\nNot Before: Mar  4 00:00:00 2020 GMT\nNot After : Mar  5 01:02:03 2021 GMT\n";
        let found = of_text(text);
        assert_eq!(found[0].serial, Serial::from_hex("0102ff"));
        assert_eq!(found[0].not_after, Timestamp::parse("2021-03-05T01:02:03Z"));
    }

    #[test]
    fn numbers_in_decimal_digits() {
        assert_eq!(decimal("256"), Serial::from_hex("0100"));
        assert_eq!(decimal("0").unwrap().as_bytes(), [0; 0]);
        assert_eq!(decimal("12a"), None);
    }

    #[test]
    fn other_text_holds_none() {
        assert!(of_text("admin:show itl\nLength of ITL file: 3000\n").is_empty());
    }
}
