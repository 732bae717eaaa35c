//! The fields read from a certificate: compared with x509-cert for real ones, checked byte by byte
//! for made ones.

mod common;

use der::Encode;
use der::asn1::ObjectIdentifier;
use trustlist::cert::{Certificate, Curve, PublicKey};
use trustlist::facts::Timestamp;
use x509_cert::certificate::{CertificateInner, Raw};

/// An element of DER.
fn tlv(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = match u8::try_from(body.len()) {
        Ok(short @ 0..128) => vec![short],
        Ok(long) => vec![0x81, long],
        Err(_) => [&[0x82][..], &u16::try_from(body.len()).unwrap().to_be_bytes()].concat(),
    };
    [&[tag][..], &length, body].concat()
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn oid(text: &str) -> Vec<u8> {
    ObjectIdentifier::new_unwrap(text).to_der().unwrap()
}

/// A name: each part its type, the tag of its value, the value.
fn name(parts: &[(&str, u8, &[u8])]) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = parts
        .iter()
        .map(|(of, tag, value)| tlv(0x31, &sequence(&[&oid(of), &tlv(*tag, value)])))
        .collect();
    tlv(0x30, &parts.concat())
}

/// The parts of a made certificate that vary; the rest is always the same.
struct Made {
    subject: Vec<u8>,
    key: Vec<u8>,
    extensions: Vec<u8>,
}

const UTF8: u8 = 0x0c;
const ISSUER: [(&str, u8, &[u8]); 1] = [("2.5.4.3", UTF8, b"issuer")];

impl Made {
    fn new() -> Self {
        Self {
            subject: name(&[("2.5.4.3", UTF8, b"subject")]),
            key: elliptic("1.2.840.10045.3.1.7"),
            extensions: Vec::new(),
        }
    }

    fn der(&self) -> Vec<u8> {
        let algorithm = sequence(&[&oid("1.2.840.10045.4.3.2")]);
        let validity = sequence(&[&tlv(0x17, b"200101000000Z"), &tlv(0x17, b"300101000000Z")]);
        let to_be_signed = sequence(&[
            &tlv(0xa0, &tlv(2, &[2])),
            &tlv(2, &[0x00, 0x80, 7]),
            &algorithm,
            &name(&ISSUER),
            &validity,
            &self.subject,
            &self.key,
            &self.extensions,
        ]);
        sequence(&[&to_be_signed, &algorithm, &tlv(3, &[0, 9, 8, 7])])
    }
}

fn elliptic(curve: &str) -> Vec<u8> {
    sequence(&[&sequence(&[&oid("1.2.840.10045.2.1"), &oid(curve)]), &tlv(3, &[0, 4, 1, 2])])
}

#[test]
fn the_fields_are_those_that_x509_cert_reads() {
    let mut seen = 0;
    for entry in std::fs::read_dir(common::testdata("certs")).unwrap() {
        let path = entry.unwrap().path();
        let (_, der) = der::pem::decode_vec(&std::fs::read(&path).unwrap()).unwrap();
        let ours = Certificate::parse(&der).unwrap();
        let theirs: CertificateInner<Raw> = der::Decode::from_der(&der).unwrap();
        let signed = theirs.tbs_certificate();
        assert_eq!(ours.as_bytes(), der, "{path:?}");
        assert_eq!(ours.serial(), signed.serial_number().as_bytes(), "{path:?}");
        assert_eq!(ours.issuer(), signed.issuer().to_der().unwrap(), "{path:?}");
        assert_eq!(ours.subject(), signed.subject().to_der().unwrap(), "{path:?}");
        assert_eq!(ours.signature(), theirs.signature().raw_bytes(), "{path:?}");
        let key = signed.subject_public_key_info().subject_public_key.raw_bytes();
        assert!(
            matches!(ours.public_key(), PublicKey::Rsa(bytes) | PublicKey::Ec { point: bytes, .. } if bytes == key),
            "{path:?}"
        );
        let seconds =
            |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap();
        let validity = signed.validity();
        assert_eq!(
            (ours.validity().not_before, ours.validity().not_after),
            (Timestamp(seconds(validity.not_before)), Timestamp(seconds(validity.not_after))),
            "{path:?}"
        );
        use sha1::Digest;
        assert_eq!(ours.sha1()[..], sha1::Sha1::digest(&der)[..], "{path:?}");
        assert_eq!(ours.sha256()[..], sha2::Sha256::digest(&der)[..], "{path:?}");
        seen += 1;
    }
    assert!(seen > 5, "{seen} certificates");
}

#[test]
fn each_part_of_a_made_certificate() {
    let der = Made::new().der();
    let certificate = Certificate::parse(&der).unwrap();
    assert_eq!(certificate.serial(), [0x00, 0x80, 7]);
    assert_eq!(certificate.issuer(), name(&ISSUER));
    assert_eq!(
        (certificate.issuer_text().as_str(), certificate.subject_text().as_str()),
        ("CN=issuer", "CN=subject")
    );
    assert_eq!(certificate.signature(), [9, 8, 7]);
    let curve = |curve: &str| {
        let der = Made { key: elliptic(curve), ..Made::new() }.der();
        let PublicKey::Ec { curve, point } = Certificate::parse(&der).unwrap().public_key() else {
            panic!("no point")
        };
        assert_eq!(point, [4, 1, 2]);
        curve.map(|curve| (curve, curve.bits()))
    };
    assert_eq!(curve("1.2.840.10045.3.1.7"), Some((Curve::P256, 256)));
    assert_eq!(curve("1.3.132.0.34"), Some((Curve::P384, 384)));
    assert_eq!(curve("1.3.132.0.35"), Some((Curve::P521, 521)));
    assert_eq!(curve("1.3.132.0.10"), None);
}

/// The last byte of a bit string may leave bits unused, but there must be one then.
#[test]
fn bit_strings_with_unused_bits() {
    let algorithm = sequence(&[&oid("1.2.840.10045.2.1"), &oid("1.3.132.0.34")]);
    let point = |bits: &[u8]| {
        let der = Made { key: sequence(&[&algorithm, &tlv(3, bits)]), ..Made::new() }.der();
        match Certificate::parse(&der).map(|certificate| certificate.public_key()) {
            Ok(PublicKey::Ec { point, .. }) => Ok(point.to_vec()),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.to_string()),
        }
    };
    assert_eq!(point(&[0]), Ok(vec![]));
    assert_eq!(point(&[1, 0xfe]), Ok(vec![0xfe]));
    assert_eq!(point(&[7, 0x80]), Ok(vec![0x80]));
    for wrong in [&[][..], &[1], &[8, 0x80], &[255, 1]] {
        let error = point(wrong).unwrap_err();
        assert!(error.contains("public key") && error.ends_with("not valid DER"), "{error}");
    }
}

/// In CUCM's order whatever the order of the certificate; types that CUCM has no word for as
/// numbers; every kind of string.
#[test]
fn names_as_cucm_writes_them() {
    let text = |parts: &[(&str, u8, &[u8])]| {
        let der = Made { subject: name(parts), ..Made::new() }.der();
        Certificate::parse(&der).unwrap().subject_text()
    };
    let all: [(&str, u8, &[u8]); 10] = [
        ("1.2.840.113549.1.9.1", 0x16, b"a@b"),
        ("0.9.2342.19200300.100.1.25", 0x16, b"example"),
        ("2.5.4.5", 0x13, b"42"),
        ("2.5.4.6", 0x13, b"NZ"),
        ("2.5.4.8", UTF8, b"Otago"),
        ("2.5.4.7", UTF8, b"Dunedin"),
        ("2.5.4.10", UTF8, "Caf\u{e9}".as_bytes()),
        ("2.5.4.11", 0x14, &[b'T', 0xe9]),
        ("2.5.4.99", UTF8, b"x"),
        ("2.5.4.3", 0x1e, &[0x00, b'c', 0x20, 0xac]),
    ];
    let expected = "CN=c\u{20ac};OU=T\u{e9};O=Caf\u{e9};L=Dunedin;ST=Otago;C=NZ;serialNumber=42;DC=example;emailAddress=a@b;2.5.4.99=x";
    assert_eq!(text(&all), expected);
    assert_eq!(text(&[("2.5.4.3", 0x1e, &[0xd8, 0x00])]), "CN=\u{fffd}");
    assert_eq!(text(&[("2.5.4.3", 2, &[5])]), "CN=#020105");
    assert_eq!(text(&[]), "");
    let unreadable = Made { subject: sequence(&[&[5, 0]]), ..Made::new() }.der();
    assert_eq!(Certificate::parse(&unreadable).unwrap().subject_text(), "(unreadable name)");
}

#[test]
fn dns_names_are_those_of_the_subject_alternative_name() {
    let names =
        sequence(&[&tlv(0x82, b"ccm1.example"), &tlv(0x81, b"a@b"), &tlv(0x82, b"ccm2.example")]);
    let extension = sequence(&[&oid("2.5.29.17"), &tlv(4, &names)]);
    let made = Made { extensions: tlv(0xa3, &sequence(&[&extension])), ..Made::new() };
    let der = made.der();
    assert_eq!(
        Certificate::parse(&der).unwrap().dns_names().unwrap(),
        ["ccm1.example", "ccm2.example"]
    );
    let der = Made::new().der();
    assert!(Certificate::parse(&der).unwrap().dns_names().unwrap().is_empty());
    let extension = sequence(&[&oid("2.5.29.17"), &tlv(4, &[5, 0])]);
    let der = Made { extensions: tlv(0xa3, &sequence(&[&extension])), ..Made::new() }.der();
    let error = Certificate::parse(&der).unwrap().dns_names().unwrap_err();
    assert!(error.to_string().contains("subject alternative name"), "{error}");
}

#[test]
fn errors_say_what_where_and_why() {
    let der = Made::new().der();
    let error = |bytes: &[u8]| {
        let error = Certificate::parse(bytes).unwrap_err();
        assert!(usize::try_from(error.offset()).unwrap() <= bytes.len());
        (error.offset(), error.to_string())
    };
    // Offsets count from the first byte of the certificate, however deep the fault is.
    let validity = der.windows(2).position(|pair| pair == [0x30, 0x1e]).unwrap();
    for (at, bad, field) in [
        (validity, 0x31, "validity"),
        (validity + 2, 0x16, "validity"),
        (validity + 17, 0x02, "validity"),
    ] {
        let mut der = der.clone();
        der[at] = bad;
        assert_eq!(
            error(&der).1,
            format!("certificate, {field} at byte 0x{at:04x}: unexpected tag")
        );
    }
    // The body of a certificate that was cut begins after its header.
    let cut = &der[..der.len() - 1];
    assert_eq!(error(cut), (3, "certificate, certificate at byte 0x0003: cut off".into()));
    let whole = der.len();
    let behind = [&der[..], &[0]].concat();
    assert_eq!(
        error(&behind).1,
        format!("certificate, certificate at byte 0x{whole:04x}: more bytes than it says")
    );
    assert!(error(b"\x30\x80\x00\x00").1.ends_with("indefinite length, which DER does not have"));
    assert!(error(b"\x31\x00").1.ends_with("unexpected tag"));
    assert!(
        error(b"\x30\x85\x01\x01\x01\x01\x01").1.ends_with("wrong length"),
        "{:?}",
        error(b"\x30\x85\x01\x01\x01\x01\x01")
    );
    // The same certificate with one field of another kind.
    let with = |from: &[u8], to: &[u8]| {
        let at = der.windows(from.len()).position(|window| window == from).unwrap();
        [&der[..at], to, &der[at + from.len()..]].concat()
    };
    for (from, to, field) in [
        (&[2, 3, 0x00, 0x80, 7][..], &[4, 3, 0x00, 0x80, 7][..], "serial number"),
        (b"200101000000Z", b"201301000000Z", "validity"),
        (&[3, 4, 0, 9, 8, 7], &[4, 4, 0, 9, 8, 7], "signature"),
        (&[3, 4, 0, 4, 1, 2], &[3, 4, 9, 4, 1, 2], "public key"),
    ] {
        let told = error(&with(from, to)).1;
        assert!(told.starts_with(&format!("certificate, {field} at byte ")), "{told}");
    }
}
