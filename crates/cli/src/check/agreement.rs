//! The check if the lists and servers of one snapshot agree with each other.

mod across;

use super::loaded::{Loaded, Missing, device_of};
use crate::Verifier;
use crate::collect::same_host;
use crate::report::check::{Agreement, AgreementCheck, AgreementKind, AgreementVerdict, Topic};
use crate::report::snapshot::{FileOutcome, TvsOutcome};
use crate::words;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use trustlist::facts::{
    CertificateFacts, Files, ListFacts, ListKind, RecordFacts, SameCertificate, SignatureAnswer,
    Signatures, Timestamp,
};
use trustlist::question;
use trustlist::report::certificate_name;
use trustlist::verify::{OwnSignature, check_own_signature};
use trustlist::wire::{Role, TrustList};

/// A list with the node that served it.
struct Listed {
    /// The place of the node in the snapshot, and its name.
    place: usize,
    node: String,
    kind: ListKind,
    /// The phone that loads it, if it is not the one for all (P-BOOT-2).
    device: Option<String>,
    list: Arc<ListFacts>,
    bytes: Arc<[u8]>,
}

impl Listed {
    /// The name of the list in a sentence.
    fn name(&self) -> String {
        let list = words::list(self.kind);
        self.device.as_ref().map_or_else(|| list.to_owned(), |device| format!("{list} of {device}"))
    }

    /// Checks if it is the list of this kind for all phones.
    fn is_for_all(&self, kind: ListKind) -> bool {
        self.kind == kind && self.device.is_none()
    }
}

/// The lists of a snapshot.
#[derive(Default)]
struct Lists {
    all: Vec<Listed>,
    /// Their places, by node, kind and phone: a snapshot may have the lists of thousands of phones.
    places: HashMap<(usize, ListKind, Option<String>), usize>,
}

impl Lists {
    fn add(&mut self, listed: Listed) {
        let device = listed.device.as_deref().map(str::to_ascii_lowercase);
        self.places.insert((listed.place, listed.kind, device), self.all.len());
        self.all.push(listed);
    }

    /// Returns the list of a node for this phone, or for all.
    fn of(&self, node: usize, kind: ListKind, device: Option<&str>) -> Option<&Listed> {
        let key = (node, kind, device.map(str::to_ascii_lowercase));
        self.all.get(*self.places.get(&key)?)
    }

    /// Returns the list that a phone loads: its own one, or that for all.
    fn for_phone(&self, node: usize, kind: ListKind, device: Option<&str>) -> Option<&Listed> {
        let own = device.and_then(|device| self.of(node, kind, Some(device)));
        own.or_else(|| self.of(node, kind, None))
    }

    /// Returns the lists of this kind for all phones.
    fn for_all(&self, kind: ListKind) -> impl Iterator<Item = &Listed> {
        self.all.iter().filter(move |listed| listed.is_for_all(kind))
    }
}

/// Looks at everything; at the ends of certificates if there is a date.
pub(super) fn agreement(
    loaded: &Loaded,
    at: Option<Timestamp>,
    files: &mut Files<Verifier>,
) -> Result<Agreement, String> {
    let mut unread = Vec::new();
    let lists = lists(loaded, files, &mut unread)?;
    let mut agreement = Agreement { snapshot: loaded.name.clone(), checks: Vec::new() };
    let checks = &mut agreement.checks;
    collected(loaded, unread, checks);
    across::twice(&loaded.snapshot, checks);
    lists.all.iter().for_each(|listed| signature(listed, checks));
    lists.all.iter().for_each(|listed| signer_in_list(listed, checks));
    signer_in_ctl(&lists, files, checks);
    own_lists(&lists, files, checks);
    certificates_in_ctl(&lists, checks);
    across::reduced(&lists, checks);
    of_nodes(&lists, checks);
    across::ctl_of_all(loaded, &lists, checks);
    across::owners(loaded, &lists, checks);
    across::signers(&lists, checks);
    across::generations(&lists, checks);
    across::configurations(loaded, &lists, checks)?;
    let presented = tvs(loaded, &lists, files, checks)?;
    across::unseen(&loaded.snapshot, &lists, &presented, checks);
    if let Some(at) = at {
        expiry(&lists, &presented, at, checks);
    }
    Ok(agreement)
}

/// Reads the lists; `unread` receives a line for each that cannot be read.
fn lists(
    loaded: &Loaded,
    files: &mut Files<Verifier>,
    unread: &mut Vec<String>,
) -> Result<Lists, String> {
    let mut lists = Lists::default();
    for (place, node) in loaded.snapshot.tftp.iter().enumerate() {
        for served in &node.files {
            let name = served.name.to_ascii_uppercase();
            let kind = match name.get(..3) {
                Some("CTL") if name.ends_with(".TLV") => ListKind::Ctl,
                Some("ITL") if name.ends_with(".TLV") => ListKind::Itl,
                _ => continue,
            };
            let device = device_of(served).map(str::to_owned);
            let Some(kept) = served.file.as_ref().filter(|_| served.outcome == FileOutcome::Found)
            else {
                continue;
            };
            let bytes = loaded.bytes(kept)?;
            match loaded.input.list(files, &kept.path, bytes.clone(), Some(kind)) {
                Ok(Some(list)) => {
                    let node = node.node.clone();
                    lists.add(Listed { place, node, kind, device, list, bytes });
                }
                Ok(None) => {}
                Err(why) => unread.push(why),
            }
        }
    }
    Ok(lists)
}

fn add(
    checks: &mut Vec<AgreementCheck>,
    check: AgreementKind,
    verdict: AgreementVerdict,
    node: Option<&str>,
    told: String,
) {
    let node = node.map(str::to_owned);
    checks.push(AgreementCheck { check, verdict, node, told, topic: Topic::Other, stale: None });
}

/// Adds a difference between the lists of two nodes; one of them is old.
fn add_stale(
    checks: &mut Vec<AgreementCheck>,
    check: AgreementKind,
    node: &str,
    told: String,
    topic: Topic,
    stale: Option<String>,
) {
    let (verdict, node) = (AgreementVerdict::Differs, Some(node.to_owned()));
    checks.push(AgreementCheck { check, verdict, node, told, topic, stale });
}

/// A list that was not collected is not known, whether the snapshot names it as an error or not.
fn collected(loaded: &Loaded, unread: Vec<String>, checks: &mut Vec<AgreementCheck>) {
    let snapshot = &loaded.snapshot;
    let mut missing = snapshot.errors.clone();
    missing.extend(unread);
    if snapshot.tftp.is_empty() {
        missing.push("no TFTP node: no list was collected".to_owned());
    }
    for node in &snapshot.tftp {
        for Missing { file, why } in loaded.missing_lists(node) {
            let start = format!("{}: {file}", node.node);
            if !missing.iter().any(|known| known.starts_with(&start)) {
                missing.push(format!("{}: {why}", node.node));
            }
        }
    }
    for error in &missing {
        add(checks, AgreementKind::Collected, AgreementVerdict::Unknown, None, error.clone());
    }
    if missing.is_empty() {
        let told = format!("everything was collected, {} to {}", snapshot.begun, snapshot.ended);
        add(checks, AgreementKind::Collected, AgreementVerdict::Agrees, None, told);
    }
}

fn signature(listed: &Listed, checks: &mut Vec<AgreementCheck>) {
    let name = listed.name();
    // A print holds no keys.
    let checked = TrustList::parse(&listed.bytes)
        .ok()
        .and_then(|list| check_own_signature(&list, &Verifier).ok());
    let (verdict, told) = match checked.map(|checked| checked.outcome) {
        Some(OwnSignature::Consistent) => {
            (AgreementVerdict::Agrees, format!("the {name} is signed by its signer"))
        }
        Some(OwnSignature::Invalid(_)) => (
            AgreementVerdict::Differs,
            format!("the signature of the {name} is not made by its signer"),
        ),
        _ => (AgreementVerdict::Unknown, format!("the signature of the {name} cannot be checked")),
    };
    add(checks, AgreementKind::Signature, verdict, Some(&listed.node), told);
}

fn signer_in_list(listed: &Listed, checks: &mut Vec<AgreementCheck>) {
    let name = listed.name();
    let Some(signer) = &listed.list.signer else {
        let told = format!("the signer of the {name} is not known");
        return add(
            checks,
            AgreementKind::SignerInList,
            AgreementVerdict::Unknown,
            Some(&listed.node),
            told,
        );
    };
    let (verdict, told) = match listed.list.find(signer, &[Role::Sast]) {
        Some(_) => {
            (AgreementVerdict::Agrees, format!("the {name} names its signer in a SAST record"))
        }
        None => (
            AgreementVerdict::Differs,
            format!("the {name} does not name its signer in a SAST record"),
        ),
    };
    add(checks, AgreementKind::SignerInList, verdict, Some(&listed.node), told);
}

/// A phone drops an ITL whose signer its CTL does not know, or refuses it (P-ITL-5, P-ITL-6). It checks
/// the signature with the key of the CTL's record (P-SIG-2), which is one of a SAST or of a TFTP server
/// (P-ITL-3).
fn signer_in_ctl(lists: &Lists, files: &Files<Verifier>, checks: &mut Vec<AgreementCheck>) {
    for itl in lists.all.iter().filter(|listed| listed.kind == ListKind::Itl) {
        let ctl = lists.for_phone(itl.place, ListKind::Ctl, itl.device.as_deref());
        let Some(ctl) = ctl else { continue };
        let Some(signer) = &itl.list.signer else { continue };
        let record = ctl.list.find(signer, &[Role::Sast]);
        let record = record.or_else(|| ctl.list.find(signer, &[Role::CcmTftp, Role::Tftp]));
        let (ctl, itl_name) = (ctl.name(), itl.name());
        let known = record.and_then(|record| record.certificate.as_ref());
        let (verdict, told) = match known {
            None => (
                AgreementVerdict::Differs,
                format!(
                    "the {ctl} does not know the signer of the {itl_name}: run `utils ctl update CTLFile`, restart TFTP, reset phones"
                ),
            ),
            Some(known) => match signed_with(itl, known, files) {
                Some(true) => (
                    AgreementVerdict::Agrees,
                    format!("the {ctl} knows the signer of the {itl_name}"),
                ),
                Some(false) => (
                    AgreementVerdict::Differs,
                    format!(
                        "the {itl_name} names the signer {} that the {ctl} names, but is not signed with its key: \
                         phones refuse it. Is it from this cluster?",
                        name(known)
                    ),
                ),
                None => (
                    AgreementVerdict::Unknown,
                    format!(
                        "the {ctl} names the signer of the {itl_name}; its key cannot be compared"
                    ),
                ),
            },
        };
        add(checks, AgreementKind::SignerInCtl, verdict, Some(&itl.node), told);
    }
}

/// Checks if a list is signed with the key of this certificate of its signer. `None` if that cannot be
/// checked.
fn signed_with(
    listed: &Listed,
    known: &Arc<CertificateFacts>,
    files: &Files<Verifier>,
) -> Option<bool> {
    match files.signed_by(&listed.list.file, known) {
        SignatureAnswer::Valid => return Some(true),
        SignatureAnswer::Broken => return Some(false),
        _ => {}
    }
    let signer = listed.list.find(&known.identity, &[Role::Sast])?.certificate.as_ref()?;
    match signer.same_as(known) {
        SameCertificate::Yes => Some(true),
        SameCertificate::No | SameCertificate::Impersonated => Some(false),
        // Unproven, and any later word.
        _ => None,
    }
}

/// The list of one phone is signed by the signer of the list for all, with the same key: else it is not
/// from this cluster, or was made before a regeneration.
fn own_lists(lists: &Lists, files: &Files<Verifier>, checks: &mut Vec<AgreementCheck>) {
    for own in lists.all.iter().filter(|listed| listed.device.is_some()) {
        let for_all = lists.of(own.place, own.kind, None);
        let (Some(for_all), Some(signer)) = (for_all, &own.list.signer) else { continue };
        let record = for_all.list.find(signer, &[Role::Sast]);
        let (own_name, all) = (own.name(), for_all.name());
        let known = record.and_then(|record| record.certificate.as_ref());
        let signed = known.map(|known| (name(known), signed_with(own, known, files)));
        let (verdict, told) = match signed {
            Some((_, Some(true))) => continue,
            None => (
                AgreementVerdict::Differs,
                format!("the {own_name} has a signer that the {all} for all phones does not name"),
            ),
            Some((signer, Some(false))) => (
                AgreementVerdict::Differs,
                format!(
                    "the {own_name} names the signer {signer} of the {all} for all phones, but is not signed with its \
                     key: is it from this cluster?"
                ),
            ),
            Some((signer, None)) => (
                AgreementVerdict::Unknown,
                format!(
                    "the {own_name} names the signer {signer} of the {all} for all phones; its key cannot be compared"
                ),
            ),
        };
        add(checks, AgreementKind::SignerInList, verdict, Some(&own.node), told);
    }
}

/// Phones meet the CallManager of the ITL in its CTL too: one in encrypted mode does not register if the
/// CTL names the certificate from before a regeneration (L-04), of CallManager or of CAPF (P-CAPF-1), and
/// none loads files from a TFTP server that a CTL with others does not name (P-BOOT-5).
fn certificates_in_ctl(lists: &Lists, checks: &mut Vec<AgreementCheck>) {
    for itl in lists.for_all(ListKind::Itl) {
        let Some(ctl) = lists.of(itl.place, ListKind::Ctl, None) else { continue };
        let mut old: BTreeSet<(String, String)> = BTreeSet::new();
        let (mut forged, mut unproven) = (BTreeSet::new(), BTreeSet::new());
        let (mut same, mut missing) = (false, BTreeSet::new());
        for (record, new) in of_services(&itl.list) {
            let known = || {
                let of_ctl = of_services(&ctl.list);
                let of_ctl = of_ctl.filter(|(other, known)| is_of_one(record, new, other, known));
                of_ctl.map(|(_, known)| known)
            };
            let is = |same: SameCertificate| known().any(|known| known.same_as(new) == same);
            if is(SameCertificate::Yes) {
                same |= record.role != Role::Capf;
            } else if is(SameCertificate::Impersonated) {
                forged.insert(name(new));
            } else if is(SameCertificate::Unproven) {
                unproven.insert(name(new));
            } else if let Some(known) = known().next() {
                old.insert((name(known), name(new)));
            } else if record.role != Role::Capf && lacks_server(&ctl.list, record) {
                missing.insert(name(new));
            }
        }
        let mut say = |verdict, told| {
            add(checks, AgreementKind::CertificatesInCtl, verdict, Some(&itl.node), told);
        };
        for new in &forged {
            let told = format!(
                "the CTL and the ITL name {new} with the same serial number, but with different certificates: are both \
                 lists from this cluster?"
            );
            say(AgreementVerdict::Differs, told);
        }
        for new in &unproven {
            let told = format!(
                "the CTL and the ITL name {new}; if it is the same certificate cannot be compared"
            );
            say(AgreementVerdict::Unknown, told);
        }
        for (known, new) in &old {
            let told = format!(
                "the CTL still names {known}, the ITL {new}: run `utils ctl update CTLFile` on the publisher, restart \
                 Cisco Tftp on every TFTP node and reset the phones; restart CallManager only after the phones \
                 accepted the new CTL"
            );
            say(AgreementVerdict::Differs, told);
        }
        for new in &missing {
            let told = format!(
                "the CTL names TFTP servers, but not {new} of the ITL: phones of {} say \"TFTP authorization failure\". \
                 Run `utils ctl update CTLFile` on the publisher, restart Cisco Tftp on every TFTP node and reset \
                 the phones",
                itl.node
            );
            say(AgreementVerdict::Differs, told);
        }
        let agrees = [old.is_empty(), forged.is_empty(), unproven.is_empty(), missing.is_empty()];
        if same && agrees.into_iter().all(|agrees| agrees) {
            let told = "the CTL and the ITL name the same CallManager certificates".to_owned();
            say(AgreementVerdict::Agrees, told);
        }
    }
}

/// Checks if two records are of one certificate, of whatever time. The subject of CAPF is another one
/// after each regeneration, and that of a node where a CA signs; a host has one certificate of
/// CallManager.
fn is_of_one(
    one: &RecordFacts,
    its: &CertificateFacts,
    other: &RecordFacts,
    others: &CertificateFacts,
) -> bool {
    match (one.role == Role::Capf, other.role == Role::Capf) {
        (true, true) => true,
        (false, false) => {
            let is_named = !one.server.trim().is_empty() && same_host(&one.server, &other.server);
            is_named || others.subject == its.subject
        }
        _ => false,
    }
}

/// Checks if a CTL names TFTP servers, but not this one: phones with one without such records do not ask,
/// nor do those with one in which such a record names neither host nor address (P-BOOT-5).
fn lacks_server(ctl: &ListFacts, wanted: &RecordFacts) -> bool {
    let is_server = |record: &&RecordFacts| matches!(record.role, Role::CcmTftp | Role::Tftp);
    let servers = || ctl.records.iter().filter(is_server);
    let is_named = |record: &RecordFacts| same_host(&record.server, &wanted.server);
    servers().next().is_some()
        && servers().all(|record| !record.server.trim().is_empty() || record.address.is_some())
        && !servers().any(is_named)
}

/// The records of CallManager, TFTP and CAPF in a list, with their certificates.
fn of_services(list: &ListFacts) -> impl Iterator<Item = (&RecordFacts, &Arc<CertificateFacts>)> {
    let of_one = list.records.iter().filter(|record| {
        matches!(record.role, Role::Capf | Role::Ccm | Role::CcmTftp | Role::Tftp)
    });
    of_one.filter_map(|record| Some((record, record.certificate.as_ref()?)))
}

/// The CTL is the same on all nodes; each ITL is of its own node, but all name the same TVS servers
/// (C-60).
fn of_nodes(lists: &Lists, checks: &mut Vec<AgreementCheck>) {
    let of = |kind: ListKind| lists.for_all(kind);
    if let Some(first) = of(ListKind::Ctl).next() {
        for other in of(ListKind::Ctl).skip(1) {
            let (verdict, told) = if other.bytes == first.bytes {
                (AgreementVerdict::Agrees, format!("the CTL is the same as on {}", first.node))
            } else {
                (
                    AgreementVerdict::Differs,
                    format!(
                        "the CTL differs from the CTL of {}: restart Cisco Tftp on {}",
                        first.node,
                        older(first, other).map_or("both", |old| old.node.as_str())
                    ),
                )
            };
            add(checks, AgreementKind::CtlOfNodes, verdict, Some(&other.node), told);
        }
    }
    let anchors =
        |listed: &Listed| -> BTreeSet<String> { tvs_of(listed).map(|known| name(known)).collect() };
    if let Some(first) = of(ListKind::Itl).next() {
        for other in of(ListKind::Itl).skip(1) {
            let (one, two) = (anchors(first), anchors(other));
            let differing: Vec<&str> = one.symmetric_difference(&two).map(String::as_str).collect();
            if differing.is_empty() {
                let told = format!("the ITL names the same TVS servers as that of {}", first.node);
                let agrees = AgreementVerdict::Agrees;
                add(checks, AgreementKind::ItlOfNodes, agrees, Some(&other.node), told);
                continue;
            }
            let (told, old) = other_anchors(first, other, &differing);
            let old = old.map(|old| old.node.clone());
            add_stale(checks, AgreementKind::ItlOfNodes, &other.node, told, Topic::TvsOfNodes, old);
        }
    }
}

fn tvs_of(listed: &Listed) -> impl Iterator<Item = &Arc<CertificateFacts>> {
    let of_tvs = listed.list.records.iter().filter(|record| record.role == Role::Tvs);
    of_tvs.filter_map(|record| record.certificate.as_ref())
}

/// Says which of two ITLs names the TVS certificates from before a regeneration: by the dates of the
/// certificates, else by those of the lists (an ITL may hold hashes only).
fn other_anchors<'l>(
    first: &'l Listed,
    other: &'l Listed,
    differing: &[&str],
) -> (String, Option<&'l Listed>) {
    let names_older = |old: &Listed, new: &Listed| {
        tvs_of(old).any(|one| {
            tvs_of(new).any(|two| {
                let dates = one.not_before().zip(two.not_before());
                two.subject == one.subject && dates.is_some_and(|(one, two)| one < two)
            })
        })
    };
    let old = match (names_older(first, other), names_older(other, first)) {
        (true, false) => Some(first),
        (false, true) => Some(other),
        _ => older(first, other),
    };
    let hosts = |old: &Listed| -> Vec<String> {
        let replaced = tvs_of(old).filter(|known| differing.contains(&name(known).as_str()));
        let host = |known: &Arc<CertificateFacts>| {
            known.subject.common_name().unwrap_or(known.subject.as_str()).to_owned()
        };
        replaced.map(host).collect::<BTreeSet<String>>().into_iter().collect()
    };
    let told = match old.map(|old| (old, hosts(old))) {
        Some((old, hosts)) if !hosts.is_empty() => format!(
            "the ITL of {0} still names the old TVS {1} of {2}: restart Cisco Tftp on {0}",
            old.node,
            words::plural(hosts.len(), "certificate"),
            hosts.join(", ")
        ),
        _ => format!(
            "only one of the ITLs of {} and {} names TVS {}: restart Cisco Tftp on {}",
            first.node,
            other.node,
            differing.join(", "),
            old.map_or("both", |old| old.node.as_str())
        ),
    };
    (told, old)
}

/// Returns the list that was made earlier.
fn older<'l>(one: &'l Listed, other: &'l Listed) -> Option<&'l Listed> {
    let (first, second) = (one.list.timestamp?, other.list.timestamp?);
    match first.cmp(&second) {
        Ordering::Less => Some(one),
        Ordering::Equal => None,
        Ordering::Greater => Some(other),
    }
}

/// A phone believes a TVS server only by a TVS record of its ITL (P-TVS-2).
fn tvs(
    loaded: &Loaded,
    lists: &Lists,
    files: &mut Files<Verifier>,
    checks: &mut Vec<AgreementCheck>,
) -> Result<Vec<Arc<CertificateFacts>>, String> {
    let mut all = Vec::new();
    for server in &loaded.snapshot.tvs {
        let Some(kept) = &server.certificate else {
            let told = match server.outcome {
                TvsOutcome::Down => "TVS does not answer",
                TvsOutcome::Tls13Only => "TVS speaks TLS 1.3 only: its certificate was not seen",
                TvsOutcome::Failed | TvsOutcome::Presents => "the certificate of TVS was not seen",
            };
            add(
                checks,
                AgreementKind::TvsRecords,
                AgreementVerdict::Unknown,
                Some(&server.server),
                told.to_owned(),
            );
            continue;
        };
        let ders = question::certificates(&loaded.bytes(kept)?)
            .map_err(|error| format!("{}: {error}", kept.path))?;
        let Some(der) = ders.first() else { continue };
        let presented =
            question::certificate(files, der).map_err(|error| format!("{}: {error}", kept.path))?;
        all.push(presented.clone());
        let other = across::other_server(&loaded.snapshot, lists, &server.server, &presented);
        if let Some(told) = other {
            let differs = AgreementVerdict::Differs;
            add(checks, AgreementKind::TvsRecords, differs, Some(&server.server), told);
        }
        for itl in lists.all.iter().filter(|listed| listed.kind == ListKind::Itl) {
            let mut records = itl.list.records.iter().filter(|record| record.role == Role::Tvs);
            let same = |known: &Arc<CertificateFacts>| {
                matches!(
                    known.same_as(&presented),
                    SameCertificate::Yes | SameCertificate::Unproven
                )
            };
            let found = records.any(|record| record.certificate.as_ref().is_some_and(same));
            let (verdict, told) = if found {
                (
                    AgreementVerdict::Agrees,
                    format!("the {} names the certificate of TVS", of_node(itl)),
                )
            } else {
                let told = format!(
                    "the {} does not name {}, the certificate of this TVS: its phones do not trust it",
                    of_node(itl),
                    name(&presented)
                );
                (AgreementVerdict::Differs, told)
            };
            add(checks, AgreementKind::TvsRecords, verdict, Some(&server.server), told);
        }
    }
    Ok(all)
}

/// Phones take no notice of dates (P-TIME-1), other services do.
fn expiry(
    lists: &Lists,
    presented: &[Arc<CertificateFacts>],
    at: Timestamp,
    checks: &mut Vec<AgreementCheck>,
) {
    let mut told: BTreeSet<String> = BTreeSet::new();
    let soon = Timestamp(at.0.saturating_add(SOON_DAYS * DAY));
    for certificate in lists
        .all
        .iter()
        .flat_map(|listed| &listed.list.records)
        .filter_map(|record| record.certificate.as_ref())
        .chain(presented)
    {
        let Some(end) = certificate.not_after().filter(|&end| end < soon) else { continue };
        let verb = if end < at { "ended" } else { "ends" };
        told.insert(format!("{} {verb} {end}", name(certificate)));
    }
    if told.is_empty() {
        let told = format!(
            "no certificate of the lists ends within {SOON_DAYS} days; certificates that are a hash only have no date"
        );
        return add(checks, AgreementKind::Expiry, AgreementVerdict::Agrees, None, told);
    }
    for line in told {
        add(checks, AgreementKind::Expiry, AgreementVerdict::Note, None, line);
    }
}

/// The name of a list, with its node.
fn of_node(listed: &Listed) -> String {
    match listed.device {
        None => format!("{} of {}", listed.name(), listed.node),
        Some(_) => format!("{} on {}", listed.name(), listed.node),
    }
}

fn name(certificate: &CertificateFacts) -> String {
    certificate_name(certificate)
}

/// A certificate is reported from this many days before its end.
const SOON_DAYS: i64 = 90;
const DAY: i64 = 86_400;
