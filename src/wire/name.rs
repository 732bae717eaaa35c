//! Names, serial numbers and the identity made of them (P-SIG-1).

use super::shared::{Lazy, Part};
use alloc::{string::String, sync::Arc, vec::Vec};
use core::fmt;

/// A distinguished name as a list writes it, compared as phones are taken to compare it.
///
/// Lists write names in several ways: `CN=…;OU=…` by CUCM, `,` between the parts by certutils,
/// lower-case types and unbalanced quotes by eTokens (`spec/FORMAT.md` section 3). Two names are
/// equal when their parts are: split at `,` or `;` outside quotes, types in upper case, runs of
/// blanks as one, in any order (P-SIG-1). `O="A, Inc"` and `O=A\, Inc` are one name, as a
/// certificate has it.
#[derive(Clone)]
pub struct Name {
    /// As the file has it, without the final NUL.
    bytes: Part,
    texts: Lazy<Texts>,
}

/// The texts of a name that its bytes are not by themselves.
#[derive(Clone, Debug)]
struct Texts {
    /// The name with bytes that are not UTF-8 written `\xNN`, if it has any.
    written: Option<String>,
    /// The form that is compared, if it is another than the name as it was written.
    canonical: Option<String>,
}

impl Texts {
    fn of(bytes: &[u8]) -> Self {
        let written = core::str::from_utf8(bytes).is_err().then(|| crate::text::whole_text(bytes));
        let as_written = written.as_deref().or(core::str::from_utf8(bytes).ok());
        let as_written = as_written.unwrap_or_default();
        let canonical = Some(canonical(as_written)).filter(|canonical| canonical != as_written);
        Self { written, canonical }
    }
}

impl Name {
    /// A name from text.
    pub fn new(written: &str) -> Self {
        Self::of(Part::copy(written.as_bytes()))
    }

    /// A name from the bytes of a tag: the final NUL is dropped, bytes that are not UTF-8 are
    /// written `\xNN`.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::of(Part::copy(bytes.strip_suffix(&[0]).unwrap_or(bytes)))
    }

    /// Returns the name that these bytes of a tag are, as [`Name::from_bytes`] does, without a copy
    /// of them.
    pub(crate) fn shared(file: &Arc<[u8]>, value: &[u8], start: usize) -> Self {
        let length = value.strip_suffix(&[0]).unwrap_or(value).len();
        Self::of(Part::of(file, start..start.saturating_add(length)))
    }

    fn of(bytes: Part) -> Self {
        let texts = Lazy::later(|| Texts::of(bytes.as_bytes()));
        Self { bytes, texts }
    }

    /// Checks if two names are equal, both as they are in a file.
    pub fn eq_bytes(a: &[u8], b: &[u8]) -> bool {
        a == b || Self::from_bytes(a) == Self::from_bytes(b)
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.as_bytes()) {
            Ok(written) => written,
            Err(_) => self.texts().written.as_deref().unwrap_or_default(),
        }
    }

    /// The form that is compared.
    pub fn canonical(&self) -> &str {
        self.texts().canonical.as_deref().unwrap_or_else(|| self.as_str())
    }

    fn texts(&self) -> &Texts {
        self.texts.get(|| Texts::of(self.bytes.as_bytes()))
    }

    /// The value of the first `CN`, if the name has one: what people call the certificate.
    pub fn common_name(&self) -> Option<&str> {
        parts(self.as_str()).find_map(|part| {
            let (kind, value) = part.split_once('=')?;
            kind.trim().eq_ignore_ascii_case("CN").then(|| value.trim().trim_matches('"').trim())
        })
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes || self.canonical() == other.canonical()
    }
}
impl Eq for Name {}
impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Name {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.canonical().cmp(other.canonical())
    }
}
impl core::hash::Hash for Name {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.canonical().hash(state);
    }
}
impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A serial number: big-endian, without leading zero bytes (`spec/FORMAT.md` section 3, tag 6).
#[derive(Clone)]
pub struct Serial(Digits);

/// The bytes of a serial number. Those of certificates have 20 at most (RFC 5280), and need no
/// memory of their own.
#[derive(Clone)]
enum Digits {
    Few { length: u8, bytes: [u8; FEW] },
    Many(Arc<[u8]>),
}

impl Serial {
    /// A serial number from the bytes of a tag or of a certificate.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let digits = without_leading_zeros(bytes);
        let mut few = [0; FEW];
        match (few.get_mut(..digits.len()), u8::try_from(digits.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(digits);
                Self(Digits::Few { length, bytes: few })
            }
            _ => Self(Digits::Many(Arc::from(digits))),
        }
    }

    /// Checks if two serial numbers are equal, both as they are in a file.
    pub fn eq_bytes(a: &[u8], b: &[u8]) -> bool {
        without_leading_zeros(a) == without_leading_zeros(b)
    }

    /// A serial number from hex digits; blanks, `:`, `-` and a leading `0x` are skipped.
    ///
    /// Returns `None` for another character, or no digit at all.
    ///
    /// ```
    /// use trustlist::facts::Serial;
    /// assert_eq!(Serial::from_hex("70:CA:F6"), Serial::from_hex("0070caf6"));
    /// assert_eq!(Serial::from_hex("70:CG"), None);
    /// ```
    pub fn from_hex(text: &str) -> Option<Self> {
        let text = text.strip_prefix("0x").unwrap_or(text);
        let mut digits = Vec::new();
        for c in text.chars().filter(|c| !matches!(c, ':' | '-') && !c.is_whitespace()) {
            digits.push(u8::try_from(c.to_digit(16)?).ok()?);
        }
        if digits.is_empty() {
            return None;
        }
        if digits.len() % 2 == 1 {
            digits.insert(0, 0);
        }
        let bytes: Vec<u8> = digits
            .chunks_exact(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect();
        Some(Self::from_bytes(&bytes))
    }

    /// The bytes, without leading zeros; empty for the number 0.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Digits::Few { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Digits::Many(bytes) => bytes,
        }
    }
}

impl PartialEq for Serial {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}
impl Eq for Serial {}
impl PartialOrd for Serial {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Serial {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}
impl core::hash::Hash for Serial {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.as_bytes().is_empty() {
            return f.write_str("00");
        }
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Issuer and serial number, by which a phone looks a certificate up (P-SIG-1).
///
/// Equal identities name the same certificate, they do not prove it: the key that counts is that of
/// the record which the phone holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Identity {
    /// The serial number. First, because certificates differ in it soonest.
    pub serial: Serial,
    /// The issuer's name.
    pub issuer: Name,
}

fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    let first = bytes.iter().position(|&byte| byte != 0).unwrap_or(bytes.len());
    bytes.get(first..).unwrap_or_default()
}

fn canonical(written: &str) -> String {
    // One look at the bytes of all parts: hardly any name has either.
    let plain = !written.as_bytes().iter().any(|byte| matches!(byte, b'"' | b'\\'));
    let mut found: Vec<String> = parts(written)
        .map(|part| part_canonical(part, plain))
        .filter(|part| !part.is_empty())
        .collect();
    found.sort_unstable();
    found.join(";")
}

fn part_canonical(part: &str, plain: bool) -> String {
    let (kind, value) = part.split_once('=').map_or(("", part), |(kind, value)| (kind, value));
    let mut out = String::with_capacity(part.len());
    out.extend(kind.trim().chars().flat_map(char::to_uppercase));
    if !kind.is_empty() {
        out.push('=');
    }
    if plain {
        push_words(value, &mut out);
    } else {
        push_words(&value_canonical(value.trim()), &mut out);
    }
    out
}

fn push_words(value: &str, out: &mut String) {
    for (index, word) in value.split_whitespace().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
}

/// A value written in quotes or with backslashes (RFC 4514), in one way of the two: quotes around
/// it away, and a backslash before `,` `;` `"` and itself. A lone quote, as tokens have it, is a
/// letter like others.
fn value_canonical(value: &str) -> String {
    let inner = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|inner| !ends_escaped(inner));
    let mut out = String::with_capacity(value.len());
    let mut chars = inner.unwrap_or(value).chars().peekable();
    while let Some(c) = chars.next() {
        // Before anything else a backslash is a letter: it begins a byte that is no UTF-8.
        let c =
            if c == '\\' { chars.next_if(|next| ESCAPED.contains(next)).unwrap_or(c) } else { c };
        if SPECIAL.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Bytes of a serial number that are kept in place.
const FEW: usize = 22;
const SPECIAL: [char; 4] = [',', ';', '"', '\\'];
/// The characters that a backslash may escape (RFC 4514).
const ESCAPED: [char; 10] = [',', ';', '"', '\\', ' ', '#', '+', '<', '=', '>'];

/// Whether the next character would be taken by a backslash.
fn ends_escaped(text: &str) -> bool {
    text.bytes().rev().take_while(|&byte| byte == b'\\').count() % 2 == 1
}

/// The parts of a name, cut at `,` and `;` outside quotes; a backslash takes the next character
/// with it (RFC 4514).
fn parts(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(name);
    core::iter::from_fn(move || {
        let text = rest?;
        let (mut quoted, mut escaped) = (false, false);
        let cut = text.char_indices().find(|&(_, c)| {
            let separator = matches!(c, ',' | ';') && !quoted && !escaped;
            quoted ^= c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            separator
        });
        let Some((at, _)) = cut else {
            rest = None;
            return Some(text);
        };
        let (part, after) = text.split_at_checked(at)?;
        rest = after.get(1..);
        Some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn names_of_cucm_and_certutils_are_equal() {
        assert_eq!(Name::new("CN=ccm1;OU=Voice;O=A  B"), Name::new("O=A B, cn=ccm1 ,ou=Voice"));
        assert_ne!(Name::new("CN=ccm1;OU=Voice"), Name::new("CN=ccm1;OU=voice"));
        assert_ne!(Name::new("CN=ccm1"), Name::new("CN=ccm1;OU=x"));
    }

    #[test]
    fn separators_in_quotes_and_escapes_stay() {
        assert_ne!(Name::new("O=\"A, B\";CN=x"), Name::new("O=\"A;B\";CN=x"));
        assert_eq!(Name::new("O=A\\, B,CN=x").canonical(), "CN=x;O=A\\, B");
        assert_eq!(
            Name::new("cn=\"SAST        \";o=\"Cisco Systems").canonical(),
            "CN=SAST;O=\\\"Cisco Systems"
        );
    }

    #[test]
    fn quotes_and_backslashes_write_the_same_value() {
        for (one, other) in [
            ("O=\"A, Inc\"", "O=A\\, Inc"),
            ("O=\"A\"", "O=A"),
            ("O=\"A \\\"B\\\"\"", "O=A \\\"B\\\""),
            ("O=A\\\\", "O=\"A\\\\\""),
        ] {
            assert_eq!(Name::new(one), Name::new(other), "{one}");
        }
        for (one, other) in
            [("O=A\\, Inc", "O=A, Inc"), ("O=\"A", "O=A"), ("O=A\\\\", "O=A"), ("O=\"A\\\"", "O=A")]
        {
            assert_ne!(Name::new(one), Name::new(other), "{one}");
        }
    }

    #[test]
    fn common_name_is_found_in_any_spelling() {
        assert_eq!(Name::new("ou=x; cn=\"SAST-1   \"").common_name(), Some("SAST-1"));
        assert_eq!(Name::new("O=x").common_name(), None);
    }

    #[test]
    fn bytes_that_are_not_utf8_are_kept_apart() {
        assert_eq!(Name::from_bytes(b"CN=M\xfcller\0").as_str(), "CN=M\\xfcller");
        assert_ne!(Name::from_bytes(b"CN=\xfc"), Name::from_bytes(b"CN=\xfd"));
    }

    #[test]
    fn serials_are_numbers() {
        assert_eq!(Serial::from_bytes(&[0, 0, 1]), Serial::from_bytes(&[1]));
        assert_eq!(Serial::from_bytes(&[0]), Serial::from_bytes(&[]));
        assert_eq!(Serial::from_hex("3C F9 2").unwrap().to_string(), "03cf92");
        assert_eq!(Serial::from_hex(" : "), None);
        assert_eq!(Serial::from_bytes(&[0]).to_string(), "00");
    }
}
