//! The bytes of a ClientHello (RFC 2246, RFC 5246, RFC 8446). Nothing in it is secret, and the handshake is never finished.

use trustlist::phone::TlsVersion;

/// What kind of certificate a hello asks for: phones of all ages take RSA, so that is asked for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keys {
    Rsa,
    EllipticCurve,
}

/// Returns one record with a ClientHello that offers this version and no other.
pub(super) fn client_hello(version: TlsVersion, keys: Keys) -> Vec<u8> {
    let legacy = match version {
        TlsVersion::V1_0 => 0x0301_u16,
        TlsVersion::V1_1 => 0x0302,
        // TLS 1.3 names itself in an extension (RFC 8446 section 4.1.2).
        _ => 0x0303,
    };
    let suites: &[u16] = match (version, keys) {
        (TlsVersion::V1_3, _) => &SUITES_1_3,
        (TlsVersion::V1_2, Keys::Rsa) => &SUITES_RSA,
        (TlsVersion::V1_2, Keys::EllipticCurve) => &SUITES_EC,
        // Suites with SHA-256 came with TLS 1.2.
        (_, Keys::Rsa) => SUITES_RSA.split_at(OF_TLS_1_2).1,
        (_, Keys::EllipticCurve) => SUITES_EC.split_at(OF_TLS_1_2).1,
    };
    let mut body = legacy.to_be_bytes().to_vec();
    body.extend_from_slice(RANDOM);
    // No session is resumed.
    body.push(0);
    with_length(&mut body, 2, |suites_of| {
        suites.iter().for_each(|suite| suites_of.extend(suite.to_be_bytes()))
    });
    // No compression.
    body.extend([1, 0]);
    with_length(&mut body, 2, |extensions| extend(extensions, version, keys));
    let mut record = vec![HANDSHAKE];
    // Old servers refuse records of a version that they do not know, whatever is in them (RFC 5246 appendix E.1).
    record.extend(0x0301_u16.to_be_bytes());
    with_length(&mut record, 2, |record| {
        record.push(CLIENT_HELLO);
        with_length(record, 3, |message| message.extend(body));
    });
    record
}

fn extend(extensions: &mut Vec<u8>, version: TlsVersion, keys: Keys) {
    // supported_groups: x25519 (for TLS 1.3), secp256r1, secp384r1, secp521r1.
    let groups: &[u16] = if version == TlsVersion::V1_3 {
        &[0x001d, 0x0017, 0x0018]
    } else {
        &[0x0017, 0x0018, 0x0019]
    };
    extension(extensions, 10, |data| {
        with_length(data, 2, |data| {
            groups.iter().for_each(|group| data.extend(group.to_be_bytes()))
        })
    });
    // ec_point_formats: uncompressed.
    extension(extensions, 11, |data| data.extend([1, 0]));
    if version >= TlsVersion::V1_2 {
        let schemes: &[u16] = match (version, keys) {
            (TlsVersion::V1_3, _) => {
                &[0x0804, 0x0805, 0x0806, 0x0403, 0x0503, 0x0603, 0x0401, 0x0501, 0x0601]
            }
            (_, Keys::Rsa) => &[0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806, 0x0201],
            (_, Keys::EllipticCurve) => &[0x0403, 0x0503, 0x0603, 0x0203],
        };
        extension(extensions, 13, |data| {
            with_length(data, 2, |data| {
                schemes.iter().for_each(|scheme| data.extend(scheme.to_be_bytes()))
            });
        });
    }
    if version == TlsVersion::V1_3 {
        // supported_versions: 1.3 alone.
        extension(extensions, 43, |data| data.extend([2, 3, 4]));
        // psk_key_exchange_modes: psk_dhe_ke.
        extension(extensions, 45, |data| data.extend([1, 1]));
        // key_share: the base point of x25519. It is the public value of a private one that everybody knows, and is not used.
        extension(extensions, 51, |data| {
            with_length(data, 2, |shares| {
                shares.extend(0x001d_u16.to_be_bytes());
                with_length(shares, 2, |share| {
                    share.push(9);
                    share.extend([0; 31]);
                });
            });
        });
    }
}

fn extension(extensions: &mut Vec<u8>, kind: u16, fill: impl FnOnce(&mut Vec<u8>)) {
    extensions.extend(kind.to_be_bytes());
    with_length(extensions, 2, fill);
}

/// Appends what `fill` writes, behind its length in so many bytes.
fn with_length(out: &mut Vec<u8>, bytes: usize, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut inner = Vec::new();
    fill(&mut inner);
    let length = u32::try_from(inner.len()).unwrap_or(u32::MAX).to_be_bytes();
    out.extend(length.iter().skip(length.len().saturating_sub(bytes)));
    out.extend(inner);
}

/// The content type of a handshake, and its first message.
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
/// As no key is made of it, it need not be random.
const RANDOM: &[u8; 32] = b"trustlist reads the certificate.";
/// How many of the suites below need TLS 1.2.
const OF_TLS_1_2: usize = 6;
/// Suites with a certificate of RSA: those of 1.2, then ECDHE, DHE and RSA with AES, then what the oldest servers have.
const SUITES_RSA: [u16; 15] = [
    0xc02f, 0xc030, 0x009c, 0x009d, 0x003c, 0x003d, 0xc013, 0xc014, 0x0033, 0x0039, 0x002f, 0x0035,
    0x000a, 0x0005, 0x0004,
];
/// Suites with a certificate of an elliptic curve.
const SUITES_EC: [u16; 9] =
    [0xc02b, 0xc02c, 0xc023, 0xc024, 0xcca9, 0xc0ac, 0xc009, 0xc00a, 0xc008];
/// Those of TLS 1.3.
const SUITES_1_3: [u16; 3] = [0x1301, 0x1302, 0x1303];

#[cfg(test)]
mod tests {
    use super::*;
    use tls_parser::{TlsMessage, TlsMessageHandshake, TlsVersion as Wire, parse_tls_plaintext};

    /// A reader of another origin finds what was meant.
    #[test]
    fn every_hello_reads() {
        let versions = [
            (TlsVersion::V1_0, Wire::Tls10, 9),
            (TlsVersion::V1_1, Wire::Tls11, 9),
            (TlsVersion::V1_2, Wire::Tls12, 15),
            (TlsVersion::V1_3, Wire::Tls12, 3),
        ];
        for (version, wire, suites) in versions {
            let bytes = client_hello(version, Keys::Rsa);
            let (rest, record) = parse_tls_plaintext(&bytes).unwrap();
            let [TlsMessage::Handshake(TlsMessageHandshake::ClientHello(hello))] = &record.msg[..]
            else {
                panic!()
            };
            assert!(rest.is_empty() && record.hdr.version == Wire::Tls10);
            assert_eq!(
                (hello.version, hello.ciphers.len(), hello.session_id),
                (wire, suites, None)
            );
            let (rest, extensions) =
                tls_parser::parse_tls_client_hello_extensions(hello.ext.unwrap()).unwrap();
            assert!(rest.is_empty());
            let of_1_3 = format!("{extensions:?}").contains("SupportedVersions");
            assert_eq!(of_1_3, version == TlsVersion::V1_3, "{extensions:?}");
        }
        let ec = client_hello(TlsVersion::V1_0, Keys::EllipticCurve);
        assert_ne!(ec, client_hello(TlsVersion::V1_0, Keys::Rsa));
    }
}
