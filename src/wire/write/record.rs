//! One record (`spec/FORMAT.md` section 3).

use super::super::{DigestAlgorithm, Role};
use super::Layout;
use super::error::{Place, WriteError};
use super::tlv::{self, Out, record as tag};
use alloc::{borrow::Cow, vec::Vec};
use core::net::IpAddr;

/// The fields of one record; what is not set is not written.
///
/// The forms of real lists:
///
/// * the full one: subject, issuer, serial, public key, certificate signature and certificate;
/// * hash only, as CUCM writes TVS and other records that sign nothing: [`certificate_hash`](Self::certificate_hash)
///   instead of the certificate;
/// * names only: neither of the two;
/// * empty, as a cluster that left mixed mode keeps its CCM+TFTP records: role, server and address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordBuilder {
    role: Role,
    server: Option<Vec<u8>>,
    subject: Option<Vec<u8>>,
    issuer: Option<Vec<u8>>,
    serial: Option<Vec<u8>>,
    public_key: Option<Vec<u8>>,
    certificate_signature: Option<Vec<u8>>,
    certificate: Option<Vec<u8>>,
    address: Option<IpAddr>,
    hash: Option<(DigestAlgorithm, Vec<u8>)>,
    extra: Vec<(u8, Vec<u8>)>,
}

impl RecordBuilder {
    /// A record that holds only its role.
    pub const fn new(role: Role) -> Self {
        Self {
            role,
            server: None,
            subject: None,
            issuer: None,
            serial: None,
            public_key: None,
            certificate_signature: None,
            certificate: None,
            address: None,
            hash: None,
            extra: Vec::new(),
        }
    }

    /// The host name (tag 2): a short name or an address as text. CUCM writes one blank in its
    /// ITLs, eToken records hold an empty name, certutils writes no such tag.
    pub fn server(mut self, name: impl Into<Vec<u8>>) -> Self {
        self.server = Some(name.into());
        self
    }

    /// The subject (tag 3), written as it is given.
    pub fn subject(mut self, name: impl Into<Vec<u8>>) -> Self {
        self.subject = Some(name.into());
        self
    }

    /// The issuer (tag 5), written as it is given.
    pub fn issuer(mut self, name: impl Into<Vec<u8>>) -> Self {
        self.issuer = Some(name.into());
        self
    }

    /// The serial number (tag 6), big-endian.
    pub fn serial(mut self, serial: impl Into<Vec<u8>>) -> Self {
        self.serial = Some(serial.into());
        self
    }

    /// The public key (tag 7): PKCS#1 `RSAPublicKey` DER, or the uncompressed point of an elliptic
    /// curve key.
    pub fn public_key(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.public_key = Some(key.into());
        self
    }

    /// The signature of the certificate (tag 8).
    pub fn certificate_signature(mut self, signature: impl Into<Vec<u8>>) -> Self {
        self.certificate_signature = Some(signature.into());
        self
    }

    /// The certificate (tag 9), DER.
    pub fn certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.certificate = Some(der.into());
        self
    }

    /// The server's address (tag 10): 4 bytes, 16 for IPv6.
    pub const fn address(mut self, address: IpAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// The hash of the certificate and its algorithm (tags 11 and 12).
    pub fn certificate_hash(
        mut self,
        algorithm: DigestAlgorithm,
        hash: impl Into<Vec<u8>>,
    ) -> Self {
        self.hash = Some((algorithm, hash.into()));
        self
    }

    /// A tag without a method of its own, written last, in the order given: 0 and every number
    /// above 12.
    pub fn extra(mut self, tag: u8, value: impl Into<Vec<u8>>) -> Self {
        self.extra.push((tag, value.into()));
        self
    }

    /// The record's bytes.
    pub(super) fn encode(&self, layout: Layout, index: u32) -> Result<Vec<u8>, WriteError> {
        let mut out = Out::new(Some(index));
        self.check_hash(out.place(tag::CERTIFICATE_HASH))?;
        for &tag in order(layout) {
            if let Some(value) = self.value(tag, layout) {
                if is_name(tag) { out.name(tag, &value)? } else { out.value(tag, &value)? }
            }
        }
        for (tag, value) in &self.extra {
            if (tag::RECORD_LENGTH..=tag::HASH_ALGORITHM).contains(tag) {
                return Err(WriteError::ReservedTag { place: out.place(*tag) });
            }
            out.value(*tag, value)?;
        }
        framed(&out.into_bytes(), index)
    }

    /// A reader takes the hash's length from its algorithm; one without a name may have any.
    fn check_hash(&self, place: Place) -> Result<(), WriteError> {
        let Some((algorithm, hash)) = &self.hash else { return Ok(()) };
        let expected = match algorithm {
            DigestAlgorithm::Sha1 => 20,
            DigestAlgorithm::Sha256 => 32,
            DigestAlgorithm::Sha512 => 64,
            DigestAlgorithm::Other(_) => return Ok(()),
        };
        if hash.len() == expected {
            return Ok(());
        }
        Err(WriteError::HashLength { place, algorithm: *algorithm, expected, got: hash.len() })
    }

    /// Returns the value of the tag in this record.
    fn value(&self, tag: u8, layout: Layout) -> Option<Cow<'_, [u8]>> {
        let bytes = match tag {
            tag::DNS_NAME => self.server.as_deref(),
            tag::SUBJECT => self.subject.as_deref(),
            tag::ROLE => return Some(Cow::Owned(self.role.code().to_be_bytes().to_vec())),
            tag::ISSUER => self.issuer.as_deref(),
            tag::SERIAL => self.serial.as_deref().map(|serial| layout.serial(serial)),
            tag::PUBLIC_KEY => self.public_key.as_deref(),
            tag::CERTIFICATE_SIGNATURE => self.certificate_signature.as_deref(),
            tag::CERTIFICATE => self.certificate.as_deref(),
            tag::ADDRESS => return self.address.map(|address| Cow::Owned(address_bytes(address))),
            tag::CERTIFICATE_HASH => self.hash.as_ref().map(|(_, hash)| hash.as_slice()),
            tag::HASH_ALGORITHM => {
                return self
                    .hash
                    .as_ref()
                    .map(|(algorithm, _)| Cow::Owned([algorithm.code()].to_vec()));
            }
            _ => None,
        };
        bytes.map(Cow::Borrowed)
    }
}

/// Record tags in the order of each layout (`spec/FORMAT.md` section 3.2). certutils writes none of
/// 2, 10, 11 and 12; given all the same, 2 is first as with CUCM, the others last.
const fn order(layout: Layout) -> &'static [u8] {
    match layout {
        Layout::Certutils => &[2, 3, 5, 6, 4, 7, 8, 9, 10, 11, 12],
        Layout::Cucm => &[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    }
}

const fn is_name(tag: u8) -> bool {
    matches!(tag, tag::DNS_NAME | tag::SUBJECT | tag::ISSUER)
}

fn address_bytes(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// The tags after tag 1, which counts itself (`spec/FORMAT.md` section 3.1).
fn framed(tags: &[u8], index: u32) -> Result<Vec<u8>, WriteError> {
    let len = tags.len().saturating_add(tlv::PREFIX + 2);
    let length = tlv::length(len, Place { record: Some(index), tag: None })?;
    let mut out = Out::new(Some(index));
    out.value(tag::RECORD_LENGTH, &length.to_be_bytes())?;
    out.raw(tags);
    Ok(out.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record with a one-byte value in every tag, so that the order can be read off.
    fn full() -> RecordBuilder {
        RecordBuilder::new(Role::Tvs)
            .server("n")
            .subject("s")
            .issuer("i")
            .serial([0, 7])
            .public_key([7])
            .certificate_signature([8])
            .certificate([9])
            .address(IpAddr::from([192, 0, 2, 1]))
            .certificate_hash(DigestAlgorithm::Other(9), [11])
            .extra(99, [0x63])
    }

    #[test]
    fn cucm_writes_tags_ascending() {
        let expected = [
            &[1, 0, 2, 0, 61][..],     // record length, itself included
            &[2, 0, 2, b'n', 0],       // DNS name with NUL
            &[3, 0, 2, b's', 0],       // subject
            &[4, 0, 2, 0, 21],         // role TVS
            &[5, 0, 2, b'i', 0],       // issuer
            &[6, 0, 2, 0, 7],          // serial as given
            &[7, 0, 1, 7],             // public key
            &[8, 0, 1, 8],             // certificate signature
            &[9, 0, 1, 9],             // certificate
            &[10, 0, 4, 192, 0, 2, 1], // address
            &[11, 0, 1, 11],           // hash
            &[12, 0, 1, 9],            // hash algorithm
            &[99, 0, 1, 0x63],         // unknown
        ];
        assert_eq!(full().encode(Layout::Cucm, 1).unwrap(), expected.concat());
    }

    #[test]
    fn certutils_writes_its_own_order_and_short_serials() {
        let bytes = full().encode(Layout::Certutils, 1).unwrap();
        let tags = [
            &[1, 0, 2, 0, 60][..],
            &[2, 0, 2, b'n', 0],
            &[3, 0, 2, b's', 0],
            &[5, 0, 2, b'i', 0],
            &[6, 0, 1, 7],
        ];
        assert!(bytes.starts_with(&tags.concat()));
        assert!(bytes.ends_with(&[11, 0, 1, 11, 12, 0, 1, 9, 99, 0, 1, 0x63]));
    }

    #[test]
    fn an_empty_record_with_an_address_for_a_name_has_33_bytes() {
        let record = RecordBuilder::new(Role::CcmTftp)
            .server("192.168.10.10")
            .address(IpAddr::from([192, 168, 10, 10]));
        assert_eq!(record.encode(Layout::Cucm, 1).unwrap().len(), 34);
        let record = RecordBuilder::new(Role::CcmTftp)
            .server("192.168.10.1")
            .address(IpAddr::from([192, 168, 10, 1]));
        assert_eq!(record.encode(Layout::Cucm, 1).unwrap().len(), 33);
    }

    #[test]
    fn errors_name_record_and_tag() {
        let place = |tag| Place { record: Some(3), tag };
        let record = RecordBuilder::new(Role::Sast);
        assert_eq!(
            record.clone().subject("CN=a\0b").encode(Layout::Cucm, 3),
            Err(WriteError::InnerNul { place: place(Some(3)), at: 4 })
        );
        assert_eq!(
            record.clone().certificate([0; 65_536]).encode(Layout::Cucm, 3),
            Err(WriteError::TooLong { place: place(Some(9)), len: 65_536 })
        );
        assert_eq!(
            record.clone().certificate([0; 65_523]).encode(Layout::Cucm, 3),
            Err(WriteError::TooLong { place: place(None), len: 65_536 })
        );
        assert_eq!(
            record.clone().certificate([0; 65_522]).encode(Layout::Cucm, 3).unwrap().len(),
            65_535
        );
        assert_eq!(
            record
                .clone()
                .certificate_hash(DigestAlgorithm::Sha256, [0; 20])
                .encode(Layout::Cucm, 3),
            Err(WriteError::HashLength {
                place: place(Some(11)),
                algorithm: DigestAlgorithm::Sha256,
                expected: 32,
                got: 20
            })
        );
        for tag in 1..=12 {
            let extra = record.clone().extra(tag, []).encode(Layout::Cucm, 3);
            assert_eq!(extra, Err(WriteError::ReservedTag { place: place(Some(tag)) }));
        }
    }
}
