//! The checks across the nodes of a snapshot: each node may agree with itself and still have the lists
//! of another time, of another node or of another state of the cluster.

use super::super::loaded::{CTL, Loaded, Oddity, device_of, host_of};
use super::{Listed, Lists, add, add_stale, name, older};
use crate::collect::{other_name, same_host};
use crate::mixups;
use crate::report::check::{AgreementCheck, AgreementKind, AgreementVerdict, Topic, some};
use crate::report::snapshot::{FileOutcome, Snapshot};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;
use trustlist::facts::{
    CertificateFacts, ConfigFacts, Identity, ListFacts, ListKind, Name, SameCertificate,
};
use trustlist::report::Plain;
use trustlist::wire::{Role, SignedFile};

/// One node under its short name and its full one is one node: nothing says which of its lists phones
/// meet.
pub(super) fn twice(snapshot: &Snapshot, checks: &mut Vec<AgreementCheck>) {
    let nodes = snapshot.tftp.iter().map(|node| node.node.as_str()).collect::<Vec<_>>();
    let servers = snapshot.tvs.iter().map(|server| server.server.as_str()).collect::<Vec<_>>();
    for (what, names) in [("TFTP nodes", nodes), ("TVS servers", servers)] {
        for (short, long) in of_one_host(&names) {
            let told = format!(
                "the {what} {} and {} are one host by their names: name it once, as in --tftp {}=HOST",
                Plain(short),
                Plain(long),
                Plain(short)
            );
            add(checks, AgreementKind::Collected, AgreementVerdict::Unknown, None, told);
        }
    }
}

/// Returns the pairs of a short name and a longer one that goes on after a dot.
fn of_one_host<'n>(names: &[&'n str]) -> Vec<(&'n str, &'n str)> {
    let by_name: HashMap<String, &str> =
        names.iter().map(|name| (name.to_ascii_lowercase(), *name)).collect();
    let mut pairs = Vec::new();
    for long in names.iter().filter(|name| name.parse::<IpAddr>().is_err()) {
        let lower = long.to_ascii_lowercase();
        let dots = lower.match_indices('.').map(|(at, _)| at).take_while(|at| *at <= MAX_NAME);
        let short = dots.filter_map(|at| by_name.get(lower.get(..at)?).copied());
        pairs.extend(short.map(|short| (short, *long)));
    }
    pairs
}

/// The CTL is on every node or on none (C-64).
pub(super) fn ctl_of_all(loaded: &Loaded, lists: &Lists, checks: &mut Vec<AgreementCheck>) {
    let Some(has) = lists.for_all(ListKind::Ctl).next() else { return };
    for (place, node) in loaded.snapshot.tftp.iter().enumerate() {
        if lists.of(place, ListKind::Ctl, None).is_some() {
            continue;
        }
        let served = loaded.file(node, CTL);
        let (verdict, told) = match served.map(|served| served.outcome) {
            Some(FileOutcome::NotFound) => (
                AgreementVerdict::Differs,
                format!(
                    "{0} has no CTL, although {1} has one: restart Cisco Tftp on {0}",
                    node.node, has.node
                ),
            ),
            None if node.address.is_none() => (
                AgreementVerdict::Unknown,
                format!("no CTL of {} was given, although {} has one", node.node, has.node),
            ),
            // Its absence is a line already.
            _ => continue,
        };
        add(checks, AgreementKind::CtlOfNodes, verdict, Some(&node.node), told);
    }
}

/// An ITL names its own node (C-60). After `utils itl reset localkey` each node has that of the
/// publisher for a while, so that this alone proves nothing.
pub(super) fn owners(loaded: &Loaded, lists: &Lists, checks: &mut Vec<AgreementCheck>) {
    for itl in lists.for_all(ListKind::Itl) {
        let Some(node) = loaded.snapshot.tftp.get(itl.place) else { continue };
        let told_already = loaded.file(node, super::super::loaded::ITL).and_then(Oddity::of);
        let asked = [node.node.as_str(), host_of(node).unwrap_or(&node.node)];
        let Some(owner) = other_name(&itl.list, asked).filter(|_| told_already.is_none()) else {
            continue;
        };
        let told = format!(
            "the ITL of {} is that of TFTP node {}, by the name inside it: were two files mixed up? After \
             `utils itl reset localkey` it is so until Cisco Tftp is restarted",
            node.node,
            Plain(&owner)
        );
        add(checks, AgreementKind::ItlOfNodes, AgreementVerdict::Unknown, Some(&node.node), told);
    }
}

/// All ITLs are signed by certificates of one kind: of CallManager, each by that of its node, or of
/// ITLRecovery (C-61).
pub(super) fn signers(lists: &Lists, checks: &mut Vec<AgreementCheck>) {
    let mut first: Option<(&Listed, bool)> = None;
    for itl in lists.for_all(ListKind::Itl) {
        let Some(by_callmanager) = is_signed_by_callmanager(&itl.list) else { continue };
        let Some((one, of_one)) = first else {
            first = Some((itl, by_callmanager));
            continue;
        };
        if of_one == by_callmanager {
            continue;
        }
        let kind = |by_callmanager| {
            if by_callmanager { "its CallManager certificate" } else { "ITLRecovery" }
        };
        let told = format!(
            "the ITL of {} is signed by {}, that of {} by {}: they are of different releases or times. Restart \
             Cisco Tftp on both",
            one.node,
            kind(of_one),
            itl.node,
            kind(by_callmanager)
        );
        let differs = AgreementVerdict::Differs;
        add(checks, AgreementKind::ItlOfNodes, differs, Some(&itl.node), told);
    }
}

/// Checks if the signer of an ITL is its CallManager certificate; `None` if the ITL names none.
fn is_signed_by_callmanager(itl: &ListFacts) -> Option<bool> {
    let signer = itl.signer.as_ref()?;
    let mut services = itl.records.iter().filter(|record| is_of_callmanager(record.role));
    let identities: Vec<&Identity> = services
        .by_ref()
        .filter_map(|record| Some(&record.certificate.as_ref()?.identity))
        .collect();
    (!identities.is_empty()).then(|| identities.contains(&signer))
}

const fn is_of_callmanager(role: Role) -> bool {
    matches!(role, Role::Ccm | Role::CcmTftp | Role::Tftp)
}

/// The first list that names certificates of a subject, and these.
type Named<'a> = (&'a Listed, Vec<&'a Arc<CertificateFacts>>);

/// A certificate of CallManager, CAPF or ITLRecovery that several ITLs name is the same in all of them.
/// Those of TVS are compared on their own. Every ITL names the CAPF of the publisher (C-60), whose
/// subject is another one after each regeneration: `CAPF-5ec0ffee`.
pub(super) fn generations(lists: &Lists, checks: &mut Vec<AgreementCheck>) {
    let mut first: HashMap<Option<&Name>, Named<'_>> = HashMap::new();
    for itl in lists.for_all(ListKind::Itl) {
        let mut own: BTreeMap<Option<&Name>, Vec<&Arc<CertificateFacts>>> = BTreeMap::new();
        for record in itl.list.records.iter().filter(|record| record.role != Role::Tvs) {
            if let Some(known) = &record.certificate {
                let subject = Some(&known.subject).filter(|_| record.role != Role::Capf);
                own.entry(subject).or_default().push(known);
            }
        }
        for (key, known) in own {
            let Some((one, others)) = first.get(&key) else {
                first.insert(key, (itl, known));
                continue;
            };
            let same = known.iter().any(|known| {
                others.iter().any(|other| {
                    matches!(known.same_as(other), SameCertificate::Yes | SameCertificate::Unproven)
                })
            });
            let ([known, ..], [other, ..]) = (&known[..], &others[..]) else { continue };
            if same {
                continue;
            }
            let dates = known.not_before().zip(other.not_before());
            let old = match dates.filter(|(one, other)| one != other) {
                Some((begins, other)) => Some(if begins < other { itl } else { *one }),
                None => older(one, itl),
            };
            let told = format!(
                "the ITL of {} names {}, that of {} names {}: restart Cisco Tftp on {}",
                one.node,
                name(other),
                itl.node,
                name(known),
                old.map_or("both", |old| old.node.as_str())
            );
            let old = old.map(|old| old.node.clone());
            add_stale(checks, AgreementKind::ItlOfNodes, &itl.node, told, Topic::Other, old);
        }
    }
}

/// The CTL of a cluster that left mixed mode names no CallManager any more; the snapshot does not say if
/// the cluster did.
pub(super) fn reduced(lists: &Lists, checks: &mut Vec<AgreementCheck>) {
    // Its records of CallManager are there, without certificates (P-BLANK-3).
    let names = |list: &ListFacts| {
        let mut records = list.records.iter();
        records.any(|record| is_of_callmanager(record.role) && record.certificate.is_some())
    };
    for ctl in lists.for_all(ListKind::Ctl) {
        let itl = lists.of(ctl.place, ListKind::Itl, None);
        if names(&ctl.list) || !itl.is_some_and(|itl| names(&itl.list)) {
            continue;
        }
        let told = "the CTL names no CallManager and no TFTP server, as after leaving mixed mode: if this \
                    cluster is in mixed mode, run `utils ctl update CTLFile` on the publisher"
            .to_owned();
        let unknown = AgreementVerdict::Unknown;
        add(checks, AgreementKind::CertificatesInCtl, unknown, Some(&ctl.node), told);
    }
}

/// Says of a TVS server if its certificate is that of another server of this snapshot.
pub(super) fn other_server(
    snapshot: &Snapshot,
    lists: &Lists,
    server: &str,
    presented: &CertificateFacts,
) -> Option<String> {
    let host = mixups::other_host(server, &presented.subject)?;
    let of_tvs = lists.for_all(ListKind::Itl).flat_map(|itl| &itl.list.records);
    let of_tvs = of_tvs.filter(|record| record.role == Role::Tvs);
    let mut names = snapshot.tvs.iter().map(|known| known.server.as_str());
    let is_known = names.any(|name| same_host(name, host))
        || of_tvs.into_iter().any(|record| same_host(&record.server, host));
    is_known.then(|| {
        format!(
            "it presents the certificate of {}, by the name inside it: were two files mixed up?",
            Plain(host)
        )
    })
}

/// The certificates of TVS that ITLs name, and that no server was seen to present.
pub(super) fn unseen(
    snapshot: &Snapshot,
    lists: &Lists,
    presented: &[Arc<CertificateFacts>],
    checks: &mut Vec<AgreementCheck>,
) {
    let seen: HashSet<&Identity> = presented.iter().map(|known| &known.identity).collect();
    let servers: HashSet<String> =
        snapshot.tvs.iter().map(|server| label(&server.server)).collect();
    let mut missing: BTreeSet<&str> = BTreeSet::new();
    for record in lists.for_all(ListKind::Itl).flat_map(|itl| &itl.list.records) {
        let Some(known) = record.certificate.as_ref().filter(|_| record.role == Role::Tvs) else {
            continue;
        };
        let host = known.subject.common_name().unwrap_or_default();
        // The certificate of such a server is compared already.
        let is_collected =
            servers.contains(&label(&record.server)) || servers.contains(&label(host));
        if !seen.contains(&known.identity) && !is_collected {
            missing.insert(if record.server.trim().is_empty() { host } else { &record.server });
        }
    }
    if missing.is_empty() {
        return;
    }
    let names: Vec<String> = missing.iter().map(|name| Plain(name).to_string()).collect();
    let told = format!(
        "TVS of {} was not collected, although the ITL names it: name it in --tvs of collect",
        some(&names).replace("; ", ", ")
    );
    add(checks, AgreementKind::TvsRecords, AgreementVerdict::Unknown, None, told);
}

/// The first label of a name, or the whole address.
fn label(name: &str) -> String {
    let is_address = name.parse::<IpAddr>().is_ok();
    let label = if is_address { name } else { name.split('.').next().unwrap_or_default() };
    label.to_ascii_lowercase()
}

/// A configuration is signed with a certificate that the lists of its node name (P-CFG-1, C-50).
pub(super) fn configurations(
    loaded: &Loaded,
    lists: &Lists,
    checks: &mut Vec<AgreementCheck>,
) -> Result<(), String> {
    for (place, node) in loaded.snapshot.tftp.iter().enumerate() {
        let mut strange: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for served in node.files.iter().filter(|served| served.name.ends_with(".sgn")) {
            let Some(device) = device_of(served) else { continue };
            let Some(kept) = served.file.as_ref().filter(|_| served.outcome == FileOutcome::Found)
            else {
                continue;
            };
            let kinds = [ListKind::Ctl, ListKind::Itl];
            let mut loads =
                kinds.into_iter().filter_map(|kind| lists.for_phone(place, kind, Some(device)));
            if lists.for_phone(place, ListKind::Itl, Some(device)).is_none() {
                continue;
            }
            let bytes = loaded.once(kept)?;
            let Ok(signed) = SignedFile::parse(&bytes) else { continue };
            let signer = ConfigFacts::from_file(&signed, trustlist::facts::FileId::symbol(0));
            let roles = [Role::CcmTftp, Role::Tftp, Role::Ccm, Role::Sast];
            if !loads.any(|listed| listed.list.find(&signer.signer, &roles).is_some()) {
                let subject = &signer.signer_subject;
                let signer = format!(
                    "{} (serial {})",
                    subject.common_name().unwrap_or(subject.as_str()),
                    signer.signer.serial
                );
                strange.entry(signer).or_default().push(device.to_owned());
            }
        }
        for (signer, devices) in strange {
            let told = format!(
                "no list of {} names {}, the signer of the configuration of {}",
                node.node,
                Plain(signer),
                some(&devices)
            );
            let differs = AgreementVerdict::Differs;
            add(checks, AgreementKind::SignerInList, differs, Some(&node.node), told);
        }
    }
    Ok(())
}

/// Letters of the longest host name of DNS.
const MAX_NAME: usize = 253;
