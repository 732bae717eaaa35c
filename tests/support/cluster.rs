//! The clusters whose lists lie in `testdata`: invented, three nodes, one company.

use super::certificate::spki;
use super::{Certificate, Key, Request, key};
use sha1::{Digest as _, Sha1};
use std::net::IpAddr;
use trustlist::wire::write::{Layout, ListBuilder, RecordBuilder, SignedFileBuilder};
use trustlist::wire::{DigestAlgorithm, Role};

/// A certificate of the cluster with the key that belongs to it.
#[derive(Clone)]
pub(crate) struct Holder {
    pub(crate) certificate: Certificate,
    pub(crate) key: &'static Key,
}

/// First and last second of the validity of the first and of the second generation: five years, as
/// CUCM makes them.
const GENERATIONS: [(u64, u64); 2] =
    [(1_709_629_960, 1_867_309_959), (1_794_255_300, 1_951_935_299)];
/// ITLRecovery is valid for twenty years (P-REC-7).
const RECOVERY: [(u64, u64); 2] = [(1_709_629_960, 2_340_263_559), (1_794_255_300, 2_424_975_299)];
/// 2026-11-02 07:30:00: lists before the change.
pub(crate) const BEFORE: u32 = 1_793_604_600;
/// 2026-11-10 06:00:00: lists after it.
pub(crate) const AFTER: u32 = 1_794_290_400;

/// The nodes, the publisher first.
pub(crate) const NODES: [&str; 3] = ["ccm1", "ccm2", "ccm3"];

/// The CallManager certificate of a node, generation 1 or 2.
pub(crate) fn call_manager(node: &str, generation: usize) -> Holder {
    let keys = match node {
        "ccm1" => ["rsa2048-01", "rsa2048-02"],
        "ccm2" => ["rsa2048-03", "rsa2048-04"],
        _ => ["rsa2048-05", "rsa2048-06"],
    };
    holder(
        &format!("{node}.voice.example"),
        "CallManager",
        generation,
        GENERATIONS[generation - 1],
        keys[generation - 1],
    )
}

/// The TVS certificate of a node: the same subject as its CallManager, another key and serial
/// number.
pub(crate) fn tvs(node: &str, generation: usize) -> Holder {
    let keys = match node {
        "ccm1" => ["rsa2048-07", "rsa2048-08"],
        "ccm2" => ["rsa2048-09", "rsa2048-10"],
        _ => ["rsa2048-11", "rsa2048-12"],
    };
    holder(
        &format!("{node}.voice.example"),
        "TVS",
        generation,
        GENERATIONS[generation - 1],
        keys[generation - 1],
    )
}

/// The publisher's CAPF certificate.
pub(crate) fn capf() -> Holder {
    holder("CAPF-3c9a51f0", "CAPF", 1, GENERATIONS[0], "rsa2048-13")
}

/// The cluster's ITLRecovery certificate.
pub(crate) fn recovery(generation: usize) -> Holder {
    let keys = ["rsa2048-14", "rsa2048-15"];
    holder(
        "ITLRECOVERY_ccm1.voice.example",
        "ITLRecovery",
        generation,
        RECOVERY[generation - 1],
        keys[generation - 1],
    )
}

/// An eToken as lists print them: odd quotes, a short serial number, a certificate of a
/// manufacturing CA.
pub(crate) fn token() -> Holder {
    let key = key("rsa1024-01");
    let request = Request {
        subject: "cn=\"SAST-TOKEN0001        \";ou=Voice;o=\"Example",
        issuer: "cn=Example Manufacturing CA;o=Example",
        serial: &serial("token")[..10],
        validity: GENERATIONS[0],
        public_key: spki(key),
    };
    Holder { certificate: request.sign(super::key("rsa2048-24")), key }
}

/// A self-signed certificate of a common name in the company.
pub(crate) fn holder(
    common_name: &str,
    unit: &str,
    generation: usize,
    validity: (u64, u64),
    key_name: &str,
) -> Holder {
    let subject = format!("CN={common_name};OU=Voice;O=Example;L=Utrecht;ST=Utrecht;C=NL");
    let serial = serial(&format!("{unit} {common_name} {generation}"));
    let key = key(key_name);
    Holder { certificate: Request::own(&subject, &serial, validity, key).sign(key), key }
}

/// 16 bytes made from a label, positive and without leading zeros as CUCM's are.
pub(crate) fn serial(label: &str) -> [u8; 16] {
    let mut serial: [u8; 16] = Sha1::digest(label)[..16].try_into().unwrap();
    serial[0] = serial[0] & 0x3f | 0x40;
    serial
}

/// A record as CUCM writes it into an ITL: the certificate for SAST, its hash for everybody else;
/// no address.
pub(crate) fn itl_record(role: Role, server: &str, holder: &Holder) -> RecordBuilder {
    match role {
        Role::Sast => holder.certificate.record(role, Layout::Cucm).server(server),
        _ => holder.certificate.hash_record(role, Layout::Cucm).server(server),
    }
}

/// A record as CUCM writes it into a CTL: certificate and address.
pub(crate) fn ctl_record(role: Role, server: &str, holder: &Holder) -> RecordBuilder {
    holder.certificate.record(role, Layout::Cucm).server(server).address(address(server))
}

/// The address of a node.
pub(crate) fn address(node: &str) -> IpAddr {
    let last = match node {
        "ccm1" => 11,
        "ccm2" => 12,
        _ => 13,
    };
    IpAddr::from([192, 0, 2, last])
}

/// A list of this signer without records yet, SHA-1.
pub(crate) fn list(signer: &Holder, file_name: &str, timestamp: u32) -> ListBuilder {
    ListBuilder::new(Layout::Cucm, signer.certificate.signer_info(Layout::Cucm))
        .file_name(file_name)
        .timestamp(timestamp)
}

/// The ITL that a TFTP node serves: its CallManager and ITLRecovery as SAST, its TFTP record, TVS
/// of all nodes, CAPF.
pub(crate) fn itl(
    signer: &Holder,
    node: &str,
    manager: &Holder,
    recovery: &Holder,
    tvs: &[Holder],
    timestamp: u32,
) -> ListBuilder {
    list(signer, "ITLFile.tlv", timestamp)
        .record(itl_record(Role::Sast, node, manager))
        .record(itl_record(Role::Sast, "ccm1", recovery))
        .record(itl_record(Role::CcmTftp, node, manager))
        .records(NODES.iter().zip(tvs).map(|(node, tvs)| itl_record(Role::Tvs, node, tvs)))
        .record(itl_record(Role::Capf, "ccm1", &capf()))
}

/// The tokenless CTL of the cluster: SAST of the publisher and ITLRecovery, a CCM+TFTP record for
/// every node, CAPF.
pub(crate) fn ctl(
    signer: &Holder,
    manager: &Holder,
    recovery: &Holder,
    timestamp: u32,
) -> ListBuilder {
    list(signer, "CTLFile.tlv", timestamp)
        .record(ctl_record(Role::Sast, "ccm1", manager))
        .record(ctl_record(Role::CcmTftp, "ccm1", manager))
        .record(ctl_record(Role::CcmTftp, "ccm2", &call_manager("ccm2", 1)))
        .record(ctl_record(Role::CcmTftp, "ccm3", &call_manager("ccm3", 1)))
        .record(ctl_record(Role::Capf, "ccm1", &capf()))
        .record(ctl_record(Role::Sast, "ccm1", recovery))
}

/// The TVS certificates of all nodes, in order.
pub(crate) fn all_tvs(generation: usize) -> Vec<Holder> {
    NODES.iter().map(|node| tvs(node, generation)).collect()
}

/// The phone's configuration, signed by the TFTP node's CallManager (P-CFG-1).
pub(crate) fn config(signer: &Holder, digest: DigestAlgorithm, timestamp: u32) -> Vec<u8> {
    SignedFileBuilder::new(Layout::Cucm, signer.certificate.signer_info(Layout::Cucm))
        .digest(digest)
        .file_name(CONFIG_NAME)
        .timestamp(timestamp)
        .sign(CONFIG.as_bytes(), &signer.key.signer)
        .unwrap()
}

/// The name of the phone's signed configuration.
pub(crate) const CONFIG_NAME: &str = "SEP001122334455.cnf.xml.sgn";

/// The content of the configuration file of the phone in `testdata`.
pub(crate) const CONFIG: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<device>
 <devicePool>
  <callManagerGroup>
   <members>
    <member priority=\"0\"><callManager><name>ccm1</name></callManager></member>
    <member priority=\"1\"><callManager><name>ccm2</name></callManager></member>
   </members>
  </callManagerGroup>
 </devicePool>
 <deviceSecurityMode>1</deviceSecurityMode>
</device>
";
