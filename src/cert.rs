//! The few fields of a certificate that this domain looks at, borrowed from its DER.
//!
//! A certificate is split with `der` in a fraction of a microsecond; x509-cert reads the whole of
//! it where names for people or extensions are wanted.

use crate::text::Bytes;
use crate::text::Timestamp;
use alloc::{format, string::String, vec::Vec};
use core::fmt;
use core::time::Duration;
use der::asn1::{ObjectIdentifier, UintRef};
use der::{Decode, Encode, Reader as _, SliceReader, Tag, Tagged};
use sha1::Digest as _;
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::ext::pkix::{SubjectAltName, name::GeneralName};

/// A certificate: a view that borrows its DER. Keep the bytes alive as long as you hold it.
#[derive(Clone, Copy)]
pub struct Certificate<'a> {
    der: &'a [u8],
    serial: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
    validity: Validity,
    public_key: PublicKey<'a>,
    signature: &'a [u8],
}

/// The time in which a certificate is valid, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Validity {
    /// First second.
    pub not_before: Timestamp,
    /// Last second.
    pub not_after: Timestamp,
}

impl fmt::Debug for Certificate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Certificate").field(&Bytes(self.der)).finish()
    }
}

impl fmt::Debug for PublicKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ec { curve, point } => {
                f.debug_struct("Ec").field("curve", curve).field("point", &Bytes(point)).finish()
            }
            Self::Other => f.write_str("Other"),
            Self::Rsa(der) => f.debug_tuple("Rsa").field(&Bytes(der)).finish(),
        }
    }
}

/// The public key of a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey<'a> {
    /// Elliptic curve: the curve's parameters in DER, and the point.
    Ec {
        /// The named curve, if it is one.
        curve: Option<Curve>,
        /// The point, as tag 7 of a record holds it.
        point: &'a [u8],
    },
    /// Another algorithm.
    Other,
    /// RSA: PKCS#1 `RSAPublicKey` DER, as tag 7 of a record holds it.
    Rsa(&'a [u8]),
}

/// The elliptic curves of CUCM certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Curve {
    /// 256 bits.
    P256,
    /// 384 bits.
    P384,
    /// 521 bits.
    P521,
}

/// Why bytes are not a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[error("certificate, {field} at byte 0x{offset:04x}: {reason}")]
pub struct CertificateError {
    field: &'static str,
    offset: u32,
    reason: &'static str,
}

impl CertificateError {
    #[cold]
    #[inline(never)]
    fn new(field: &'static str, offset: u32, error: der::Error) -> Self {
        Self { field, offset, reason: reason(error.kind()) }
    }

    /// Byte offset inside the certificate where reading stopped.
    pub fn offset(&self) -> u32 {
        self.offset
    }
}

impl<'a> Certificate<'a> {
    /// Splits a certificate. Nothing may follow it.
    ///
    /// ```
    /// let error = trustlist::cert::Certificate::parse(b"\x30\x03\x02\x01\x00").unwrap_err();
    /// assert!(error.to_string().starts_with("certificate, "));
    /// ```
    ///
    /// # Errors
    /// [`CertificateError`] with the field and the byte offset, where the DER is not that of an
    /// X.509 certificate.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CertificateError> {
        let mut file = Reader::new(bytes, 0, "certificate")?;
        let mut outer = file.enter("certificate", Tag::Sequence)?;
        file.finish("certificate")?;
        let mut tbs = outer.enter("to-be-signed part", Tag::Sequence)?;
        outer.value("signature algorithm", Tag::Sequence)?;
        let signature = outer.bits("signature")?;
        outer.finish("signature")?;
        if tbs.der.peek_byte() == Some(EXPLICIT_VERSION) {
            tbs.span("version")?;
        }
        let serial = tbs.value("serial number", Tag::Integer)?;
        tbs.value("signature algorithm", Tag::Sequence)?;
        let issuer = tbs.span("issuer")?;
        let validity = validity(tbs.enter("validity", Tag::Sequence)?)?;
        let subject = tbs.span("subject")?;
        let public_key = public_key(tbs.enter("public key", Tag::Sequence)?)?;
        Ok(Self { der: bytes, serial, issuer, subject, validity, public_key, signature })
    }

    /// The whole certificate.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.der
    }

    /// The serial number as the certificate holds it: a leading zero byte may come before a high
    /// bit.
    pub fn serial(&self) -> &'a [u8] {
        self.serial
    }

    /// The issuer's name in DER.
    pub fn issuer(&self) -> &'a [u8] {
        self.issuer
    }

    /// The subject's name in DER.
    pub fn subject(&self) -> &'a [u8] {
        self.subject
    }

    /// Returns the time in which it is valid. A certificate without dates is not read.
    ///
    /// ```
    /// use trustlist::{cert::Certificate, facts::Timestamp, wire::TrustList};
    /// let file = std::fs::read("testdata/cluster/before/ITLFile.tlv").unwrap();
    /// let record = TrustList::parse(&file).unwrap().records().next().unwrap().unwrap();
    /// let validity = Certificate::parse(record.certificate().unwrap()).unwrap().validity();
    /// assert!(validity.not_before < validity.not_after);
    /// assert!(validity.not_after > Timestamp::parse("2026-11-30").unwrap());
    /// ```
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The public key.
    pub fn public_key(&self) -> PublicKey<'a> {
        self.public_key
    }

    /// The certificate's signature, as tag 8 of a record holds it.
    pub fn signature(&self) -> &'a [u8] {
        self.signature
    }

    /// SHA-1 of the whole certificate.
    pub fn sha1(&self) -> [u8; 20] {
        sha1::Sha1::digest(self.der).into()
    }

    /// SHA-256 of the whole certificate.
    pub fn sha256(&self) -> [u8; 32] {
        sha2::Sha256::digest(self.der).into()
    }

    /// The issuer as text, in the order and spelling that CUCM writes into lists.
    pub fn issuer_text(&self) -> String {
        name_text(self.issuer)
    }

    /// The subject as text, in the order and spelling that CUCM writes into lists.
    pub fn subject_text(&self) -> String {
        name_text(self.subject)
    }

    /// The DNS names of the certificate's subject alternative names, read by x509-cert. Slow: keep
    /// it off hot paths.
    ///
    /// # Errors
    /// [`CertificateError`] where x509-cert does not take the DER.
    pub fn dns_names(&self) -> Result<Vec<String>, CertificateError> {
        let at = |field, error: der::Error| {
            CertificateError::new(field, error.position().map_or(0, u32::from), error)
        };
        let whole: CertificateInner<Raw> =
            CertificateInner::from_der(self.der).map_err(|error| at("certificate", error))?;
        let names = whole.tbs_certificate().get_extension::<SubjectAltName>();
        let names = names
            .map_err(|error| at("subject alternative name", error))?
            .map(|(_, names)| names.0)
            .unwrap_or_default();
        Ok(names
            .into_iter()
            .filter_map(|name| {
                if let GeneralName::DnsName(dns) = name { Some(dns.as_str().into()) } else { None }
            })
            .collect())
    }
}

impl PublicKey<'_> {
    /// Bits of the modulus or of the curve; `None` if they are not known.
    pub fn bits(&self) -> Option<u32> {
        match *self {
            Self::Ec { curve, .. } => curve.map(Curve::bits),
            Self::Other => None,
            Self::Rsa(der) => modulus_bits(der),
        }
    }
}

impl Curve {
    /// Bits of the curve.
    pub const fn bits(self) -> u32 {
        match self {
            Self::P256 => 256,
            Self::P384 => 384,
            Self::P521 => 521,
        }
    }
}

impl core::fmt::Display for PublicKey<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match (self, self.bits()) {
            (Self::Rsa(_), Some(bits)) => write!(f, "RSA {bits}"),
            (Self::Rsa(_), None) => f.write_str("RSA, unreadable"),
            (Self::Ec { .. }, Some(bits)) => write!(f, "EC P-{bits}"),
            (Self::Ec { .. }, None) => f.write_str("EC, unknown curve"),
            (Self::Other, _) => f.write_str("unknown algorithm"),
        }
    }
}

/// Bits of the modulus of an `RSAPublicKey`; `None` if it does not read as one.
pub fn modulus_bits(pkcs1: &[u8]) -> Option<u32> {
    let (modulus, _) = rsa_parts(pkcs1)?;
    let first = modulus.first()?;
    u32::try_from(modulus.len()).ok()?.checked_mul(8)?.checked_sub(first.leading_zeros())
}

/// Modulus and exponent of an `RSAPublicKey` in strict DER with nothing after it, without leading
/// zeros.
pub(crate) fn rsa_parts(pkcs1: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut reader = SliceReader::new(only(pkcs1, Tag::Sequence).ok()?).ok()?;
    let modulus = UintRef::decode(&mut reader).ok()?;
    let exponent = UintRef::decode(&mut reader).ok()?;
    reader.finish().ok()?;
    Some((modulus.as_bytes(), exponent.as_bytes()))
}

fn public_key(mut reader: Reader<'_>) -> Result<PublicKey<'_>, CertificateError> {
    const FIELD: &str = "public key";
    let mut algorithm = reader.enter(FIELD, Tag::Sequence)?;
    let key = reader.bits(FIELD)?;
    reader.finish(FIELD)?;
    let oid = algorithm.value(FIELD, Tag::ObjectIdentifier)?;
    Ok(if oid == RSA.as_bytes() {
        PublicKey::Rsa(key)
    } else if oid == EC.as_bytes() {
        PublicKey::Ec {
            curve: algorithm.value(FIELD, Tag::ObjectIdentifier).ok().and_then(curve),
            point: key,
        }
    } else {
        PublicKey::Other
    })
}

/// Object identifiers are compared as they are encoded: there is one way to encode each.
fn curve(oid: &[u8]) -> Option<Curve> {
    let known = [(P256, Curve::P256), (P384, Curve::P384), (P521, Curve::P521)];
    known.into_iter().find(|(known, _)| known.as_bytes() == oid).map(|(_, curve)| curve)
}

fn validity(mut reader: Reader<'_>) -> Result<Validity, CertificateError> {
    const FIELD: &str = "validity";
    let not_before = reader.read(FIELD, time)?;
    let not_after = reader.read(FIELD, time)?;
    reader.finish(FIELD)?;
    Ok(Validity { not_before: Timestamp(not_before), not_after: Timestamp(not_after) })
}

fn time(reader: &mut SliceReader<'_>) -> der::Result<i64> {
    if reader.peek_byte() == Some(UTC_TIME) {
        return utc_time(element(reader, Tag::UtcTime)?)
            .ok_or_else(|| Tag::UtcTime.value_error().into());
    }
    Ok(seconds(x509_cert::time::Time::decode(reader)?.to_unix_duration()))
}

/// `YYMMDDHHMMSSZ`, the form of all dates before 2050 (RFC 5280 section 4.1.2.5.1). `der` works the
/// calendar out three times on the way to a number.
fn utc_time(value: &[u8]) -> Option<i64> {
    let &[y1, y2, m1, m2, d1, d2, h1, h2, i1, i2, s1, s2, b'Z'] = value else { return None };
    let year = u16::from(two_digits(y1, y2)?);
    let year = year.saturating_add(if year < 50 { 2000 } else { 1900 });
    let date = der::DateTime::new(
        year,
        two_digits(m1, m2)?,
        two_digits(d1, d2)?,
        two_digits(h1, h2)?,
        two_digits(i1, i2)?,
        two_digits(s1, s2)?,
    );
    Some(seconds(date.ok()?.unix_duration()))
}

fn two_digits(tens: u8, ones: u8) -> Option<u8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| tens.saturating_mul(10).saturating_add(ones))
}

fn seconds(since_1970: Duration) -> i64 {
    i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX)
}

/// Reads the elements of one part of a certificate, and knows where in the certificate that part
/// is.
struct Reader<'a> {
    der: SliceReader<'a>,
    bytes: &'a [u8],
    /// Offset of the part in the certificate.
    base: u32,
}

impl<'a> Reader<'a> {
    #[inline]
    fn new(bytes: &'a [u8], base: u32, field: &'static str) -> Result<Self, CertificateError> {
        let der =
            SliceReader::new(bytes).map_err(|error| CertificateError::new(field, base, error))?;
        Ok(Self { der, bytes, base })
    }

    /// Reads something; an error is located where `der` stopped, or else where the reading began.
    #[inline]
    fn read<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut SliceReader<'a>) -> der::Result<T>,
    ) -> Result<T, CertificateError> {
        let start = self.der.position();
        read(&mut self.der).map_err(|error| {
            let inside = u32::from(error.position().unwrap_or(start));
            CertificateError::new(field, self.base.saturating_add(inside), error)
        })
    }

    /// Returns the value of the next element, which must have this tag.
    #[inline]
    fn value(&mut self, field: &'static str, tag: Tag) -> Result<&'a [u8], CertificateError> {
        self.read(field, |reader| element(reader, tag))
    }

    /// Returns a reader of the next element's value.
    #[inline]
    fn enter(&mut self, field: &'static str, tag: Tag) -> Result<Self, CertificateError> {
        let value = self.value(field, tag)?;
        let end = self.base.saturating_add(u32::from(self.der.position()));
        Self::new(value, end.saturating_sub(u32::try_from(value.len()).unwrap_or(u32::MAX)), field)
    }

    /// Returns the next element with its header.
    #[inline]
    fn span(&mut self, field: &'static str) -> Result<&'a [u8], CertificateError> {
        let bytes = self.bytes;
        self.read(field, |reader| {
            let start = usize::try_from(reader.position())?;
            let header = der::Header::decode(reader)?;
            reader.read_slice(header.length())?;
            bytes
                .get(start..usize::try_from(reader.position())?)
                .ok_or_else(|| der::ErrorKind::Failed.into())
        })
    }

    /// Returns the bytes of a bit string; the bits that the last one leaves unused are not looked
    /// at.
    #[inline]
    fn bits(&mut self, field: &'static str) -> Result<&'a [u8], CertificateError> {
        self.read(field, |reader| match element(reader, Tag::BitString)?.split_first() {
            Some((0, bytes)) => Ok(bytes),
            Some((1..8, bytes)) if !bytes.is_empty() => Ok(bytes),
            _ => Err(Tag::BitString.value_error().into()),
        })
    }

    /// Nothing may follow.
    #[inline]
    fn finish(&mut self, field: &'static str) -> Result<(), CertificateError> {
        self.read(field, |reader| {
            let (decoded, remaining) = (reader.position(), reader.remaining_len());
            if reader.is_finished() {
                Ok(())
            } else {
                Err(der::ErrorKind::TrailingData { decoded, remaining }.at(decoded))
            }
        })
    }
}

/// The value of the next element, which has this tag.
fn element<'a>(reader: &mut SliceReader<'a>, tag: Tag) -> der::Result<&'a [u8]> {
    let header = der::Header::decode(reader)?;
    header.tag().assert_eq(tag)?;
    reader.read_slice(header.length())
}

/// The value of the one element that these bytes are.
fn only(bytes: &[u8], tag: Tag) -> der::Result<&[u8]> {
    let mut reader = SliceReader::new(bytes)?;
    let value = element(&mut reader, tag)?;
    reader.finish()?;
    Ok(value)
}

fn reason(kind: der::ErrorKind) -> &'static str {
    match kind {
        der::ErrorKind::Incomplete { .. } => "cut off",
        der::ErrorKind::IndefiniteLength => "indefinite length, which DER does not have",
        der::ErrorKind::Length { .. } | der::ErrorKind::Overlength | der::ErrorKind::Overflow => {
            "wrong length"
        }
        der::ErrorKind::TagUnexpected { .. } | der::ErrorKind::TagUnknown { .. } => {
            "unexpected tag"
        }
        der::ErrorKind::TrailingData { .. } => "more bytes than it says",
        _ => "not valid DER",
    }
}

/// A name as CUCM writes it: `CN=…;OU=…;O=…;L=…;ST=…;C=…`, unknown types as dotted numbers.
fn name_text(der: &[u8]) -> String {
    let Ok(name) = x509_cert::name::Name::from_der(der) else {
        return String::from("(unreadable name)");
    };
    let mut parts: Vec<(usize, String)> = name
        .iter()
        .map(|part| {
            (position(part.oid), format!("{}={}", type_text(part.oid), value_text(&part.value)))
        })
        .collect();
    parts.sort_by_key(|&(position, _)| position);
    parts.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(";")
}

fn position(oid: ObjectIdentifier) -> usize {
    NAME_TYPES.iter().position(|&(known, _)| known == oid).unwrap_or(NAME_TYPES.len())
}

fn type_text(oid: ObjectIdentifier) -> String {
    let known = NAME_TYPES.iter().find(|&&(known, _)| known == oid);
    known.map_or_else(|| format!("{oid}"), |&(_, text)| String::from(text))
}

/// A value as names in lists have it: `,` `;` `"` and a backslash after a backslash.
fn value_text(value: &der::Any) -> String {
    let text = plain_text(value);
    let special = |byte: &u8| matches!(byte, b',' | b';' | b'"' | b'\\');
    if !text.as_bytes().iter().any(special) {
        return text;
    }
    text.chars().fold(String::with_capacity(text.len() + 1), |mut escaped, c| {
        if matches!(c, ',' | ';' | '"' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
        escaped
    })
}

fn plain_text(value: &der::Any) -> String {
    match value.tag() {
        Tag::TeletexString => value.value().iter().map(|&byte| char::from(byte)).collect(),
        Tag::BmpString => {
            let units = value
                .value()
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0, |unit, &byte| unit << 8 | u16::from(byte)));
            char::decode_utf16(units)
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => crate::text::text(value.value()),
        _ => format!("#{}", crate::text::hex(&value.to_der().unwrap_or_default())),
    }
}

const EXPLICIT_VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
/// The types of CUCM's names, in CUCM's order (`spec/FORMAT.md` section 3, tag 3).
const NAME_TYPES: [(ObjectIdentifier, &str); 9] = [
    (ObjectIdentifier::new_unwrap("2.5.4.3"), "CN"),
    (ObjectIdentifier::new_unwrap("2.5.4.11"), "OU"),
    (ObjectIdentifier::new_unwrap("2.5.4.10"), "O"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    (ObjectIdentifier::new_unwrap("2.5.4.5"), "serialNumber"),
    (ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25"), "DC"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1"), "emailAddress"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The same dates as `x509-cert` reads, and the same refusals.
    #[test]
    fn dates_are_those_of_x509_cert() {
        let same = |value: &str| {
            let der = [&[UTC_TIME, value.len() as u8], value.as_bytes()].concat();
            let known = x509_cert::time::Time::from_der(&der)
                .ok()
                .map(|time| seconds(time.to_unix_duration()));
            let ours = SliceReader::new(&der).and_then(|mut reader| time(&mut reader)).ok();
            assert_eq!(ours, known, "{value}");
            known.is_some()
        };
        for year in 0..100 {
            let taken = same(&format!("{year:02}0228235959Z"));
            assert_eq!(taken, !(50..70).contains(&year));
            same(&format!("{year:02}0229000000Z"));
            same(&format!("{year:02}1231235959Z"));
        }
        for month in 0..14 {
            for day in 0..33 {
                same(&format!("24{month:02}{day:02}120000Z"));
                same(&format!("25{month:02}{day:02}120000Z"));
            }
        }
        for wrong in [
            "250101240000Z",
            "250101006000Z",
            "250101000060Z",
            "250101000000+",
            "2501010000Z",
            "25010100000:Z",
            "25/101000000Z",
        ] {
            assert!(!same(wrong), "{wrong}");
        }
    }

    #[test]
    fn dates_of_four_digit_years_are_read() {
        let der = [&[0x18, 15], b"20500101000000Z".as_slice()].concat();
        assert_eq!(
            SliceReader::new(&der).and_then(|mut reader| time(&mut reader)),
            Ok(2_524_608_000)
        );
    }
}
