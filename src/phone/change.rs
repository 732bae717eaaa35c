//! The smallest sets of facts that would change a `reject` or a `depends`. They are found by trying
//! a fixed list of facts, first singly and then in pairs.

use super::held::{ANCHOR, SIGNS_CONFIGS};
use super::what_if::{WhatIf, teach, tvs_record, tvs_records};
use super::{
    JudgedFile, Judgement, ListRef, Offer, Outcome, Phone, Prediction, SecurityByDefault, Tvs,
};
use crate::facts::{
    CertificateFacts, Completeness, Form, ListFacts, RecordFacts, RecordIndex, Signatures,
};
use crate::wire::{DigestAlgorithm, Role};
use alloc::{sync::Arc, vec::Vec};

/// A set of facts that would change the judgement of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct WouldChange {
    /// The file whose judgement changes.
    pub file: JudgedFile,
    /// The facts that would have to be different; no smaller set is enough.
    pub facts: Vec<ChangedFact>,
    /// The outcome of the file with these facts.
    pub outcome: Outcome,
}

/// One hypothetical fact.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum ChangedFact {
    /// The CTL on the phone already named this certificate as SAST.
    CtlNames {
        /// The certificate that the CTL would name.
        certificate: Arc<CertificateFacts>,
    },
    /// The device can check signatures with this digest.
    DeviceChecks {
        /// The digest.
        digest: DigestAlgorithm,
    },
    /// The device has Security By Default, so it uses TVS.
    DeviceHasSecurityByDefault,
    /// The file is signed with this digest.
    Digest {
        /// The file that would be signed with it.
        file: JudgedFile,
        /// The digest of its signature.
        digest: DigestAlgorithm,
    },
    /// The ITL is small enough to load.
    ItlFits,
    /// The signer's key has 2048 bits.
    KeyOf2048 {
        /// The file that the signer signed.
        file: JudgedFile,
    },
    /// The phone has no list: it is new, or its lists were deleted.
    ListsDeleted,
    /// Both lists stay, and this one is complete: nothing is missing from the paste.
    ListWhole {
        /// The list that is complete.
        list: ListRef,
    },
    /// Only the CTL is deleted on the phone.
    CtlDeleted,
    /// The name in the list's header is the usual one.
    UsualFileName {
        /// The file with this header.
        file: JudgedFile,
    },
    /// The file is signed by this certificate, which the phone knows.
    SignedBy {
        /// The file that it would sign.
        file: JudgedFile,
        /// The certificate that would sign.
        certificate: Arc<CertificateFacts>,
    },
    /// The signature of the file is valid.
    SignatureValid {
        /// The file with the signature.
        file: JudgedFile,
    },
    /// The phone fetches its files from a TFTP server that its CTL names.
    TftpServerInCtl,
    /// TVS knows the signer with this role, on every server.
    TvsKnows {
        /// The signer's certificate.
        certificate: Arc<CertificateFacts>,
        /// The role that TVS has for it.
        role: Role,
    },
    /// The server answers and presents the certificate of the ITL's TVS record.
    TvsPresents {
        /// The server; `None` for all servers, each with the certificate of its own record.
        server: Option<Arc<str>>,
        /// The certificate of its record; of the first record if the fact is about all servers.
        certificate: Arc<CertificateFacts>,
    },
    /// No TVS server answers.
    TvsSilent,
}

/// Returns the smallest sets of facts that would change each file that is refused or undecided:
/// single facts, and pairs if no single fact is specific to the file. It runs `predict` a bounded
/// number of times and is not for the hot path.
pub fn would_change(
    phone: &Phone,
    offer: &Offer,
    tvs: &Tvs,
    signatures: &dyn Signatures,
) -> Vec<WouldChange> {
    let what_if = WhatIf::new(phone, offer, tvs, signatures);
    let now = what_if.predict();
    let open: Vec<JudgedFile> = FILES.iter().copied().filter(|&file| turns(&now, file)).collect();
    if open.is_empty() {
        return Vec::new();
    }
    let facts = candidates(&what_if);
    let mut found = Vec::new();
    for fact in &facts {
        record(&what_if, &now, &open, core::slice::from_ref(fact), &mut found);
    }
    let still: Vec<JudgedFile> =
        open.into_iter().filter(|&file| !found.iter().any(|change| tells(change, file))).collect();
    if !still.is_empty() {
        for (index, first) in facts.iter().enumerate() {
            for second in
                facts.iter().skip(index + 1).filter(|second| belong_together(first, second))
            {
                record(&what_if, &now, &still, &[first.clone(), second.clone()], &mut found);
            }
        }
    }
    found.sort_by_key(|change| (change.file != JudgedFile::Ctl, change.file == JudgedFile::Config));
    found
}

const FILES: &[JudgedFile] = &[JudgedFile::Ctl, JudgedFile::Itl, JudgedFile::Config];

/// The largest number of facts that are tried. Pairs of them need about 300 predictions.
const MAX_FACTS: usize = 28;

/// The largest number of sets that are reported for one file.
const MAX_CHANGES: usize = 8;

fn judgement(prediction: &Prediction, file: JudgedFile) -> Option<&Judgement> {
    match file {
        JudgedFile::Config => prediction.config.as_ref(),
        JudgedFile::Ctl => Some(&prediction.ctl),
        JudgedFile::Itl => Some(&prediction.itl),
    }
}

fn turns(now: &Prediction, file: JudgedFile) -> bool {
    judgement(now, file)
        .is_some_and(|judgement| matches!(judgement.outcome(), Outcome::Reject | Outcome::Depends))
}

fn taken(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Accept | Outcome::InstallFirst | Outcome::Unchanged)
}

/// Checks if a change says something specific about this file.
fn tells(change: &WouldChange, file: JudgedFile) -> bool {
    change.file == file && taken(change.outcome) && !change.facts.iter().all(nearly_always_helps)
}

/// Checks if a fact helps in nearly every case: another known signer, a CTL that names this signer,
/// a phone without lists.
fn nearly_always_helps(fact: &ChangedFact) -> bool {
    matches!(
        fact,
        ChangedFact::SignedBy { .. } | ChangedFact::CtlNames { .. } | ChangedFact::ListsDeleted
    )
}

/// Checks if a pair is worth a trial. Two facts that help nearly always give no new information,
/// and TVS servers that do not answer never help.
fn belong_together(first: &ChangedFact, second: &ChangedFact) -> bool {
    let silent = *first == ChangedFact::TvsSilent || *second == ChangedFact::TvsSilent;
    let nothing_new = nearly_always_helps(first) && nearly_always_helps(second);
    !silent && !nothing_new
}

/// Tries these facts together and records the files whose outcome they change.
fn record(
    what_if: &WhatIf<'_>,
    now: &Prediction,
    files: &[JudgedFile],
    facts: &[ChangedFact],
    found: &mut Vec<WouldChange>,
) {
    let mut changed = what_if.clone();
    facts.iter().for_each(|fact| apply(fact, &mut changed));
    let then = changed.predict();
    for &file in files {
        let (Some(was), Some(is)) = (judgement(now, file), judgement(&then, file)) else {
            continue;
        };
        let (was, outcome) = (was.outcome(), is.outcome());
        let decided = taken(outcome)
            || (was == Outcome::Depends && outcome == Outcome::Reject && facts.len() == 1);
        let told = found.iter().filter(|change| change.file == file).count();
        // A pair that contains a sufficient single fact is not a smallest set.
        let smaller = found.iter().any(|change| {
            change.file == file
                && change.outcome == outcome
                && change.facts.iter().all(|fact| facts.contains(fact))
        });
        if decided && !smaller && told < MAX_CHANGES {
            found.push(WouldChange { file, facts: facts.to_vec(), outcome });
        }
    }
}

/// Returns the facts to try, the most useful first.
fn candidates(what_if: &WhatIf<'_>) -> Vec<ChangedFact> {
    let mut facts = Vec::new();
    tvs_facts(what_if, &mut facts);
    signer_facts(what_if, &mut facts);
    file_facts(what_if, &mut facts);
    phone_facts(what_if, &mut facts);
    facts.truncate(MAX_FACTS);
    facts
}

/// Adds TVS servers with their old certificates, TVS servers that know the signers, and no TVS.
fn tvs_facts(what_if: &WhatIf<'_>, facts: &mut Vec<ChangedFact>) {
    let itl = what_if.phone.itl().map(Arc::as_ref);
    let Some(first) = tvs_records(itl).find_map(|record| record.certificate.as_ref()) else {
        return;
    };
    let mut probe = what_if.clone();
    let mut servers = Vec::new();
    probe.edit_servers(|server| servers.push(server.clone()));
    for server in servers.iter().take(MAX_SERVERS) {
        let Some(certificate) = tvs_record(itl, &server.server) else { continue };
        if !server.reachable || server.presents.as_ref() != Some(certificate) {
            facts.push(ChangedFact::TvsPresents {
                server: Some(server.server.clone()),
                certificate: certificate.clone(),
            });
        }
    }
    if facts.len() != 1 {
        facts.push(ChangedFact::TvsPresents { server: None, certificate: first.clone() });
    }
    for (file, role) in [
        (JudgedFile::Itl, Role::Sast),
        (JudgedFile::Ctl, Role::Sast),
        (JudgedFile::Config, Role::CcmTftp),
    ] {
        let Some(certificate) = signer(what_if, file) else { continue };
        let fact = ChangedFact::TvsKnows { certificate, role };
        if !facts.contains(&fact) {
            facts.push(fact);
        }
    }
    facts.push(ChangedFact::TvsSilent);
}

/// P-TVS-1: a CallManager group has up to three servers.
const MAX_SERVERS: usize = 3;

/// Returns the certificate of a file's signer, if a list contains it.
fn signer(what_if: &WhatIf<'_>, file: JudgedFile) -> Option<Arc<CertificateFacts>> {
    what_if.certificate_of(what_if.signer(file)?.0)
}

/// Adds files signed by a certificate that the phone knows.
fn signer_facts(what_if: &WhatIf<'_>, facts: &mut Vec<ChangedFact>) {
    let (ctl, itl) = (what_if.phone.ctl().map(Arc::as_ref), what_if.phone.itl().map(Arc::as_ref));
    for (file, lists, roles) in [
        (JudgedFile::Itl, [ctl, itl], ANCHOR),
        (JudgedFile::Ctl, [ctl, itl], ANCHOR),
        (JudgedFile::Config, [ctl, itl], SIGNS_CONFIGS),
    ] {
        if file == JudgedFile::Config && what_if.config().is_none()
            || file != JudgedFile::Config && what_if.list(file).is_none()
        {
            continue;
        }
        for list in lists.into_iter().flatten() {
            for certificate in known_signers(list, roles).take(MAX_SIGNERS) {
                let fact = ChangedFact::SignedBy { file, certificate: certificate.clone() };
                if !facts.contains(&fact) {
                    facts.push(fact);
                }
            }
        }
    }
    if let (Some(certificate), true) = (signer(what_if, JudgedFile::Itl), ctl.is_some()) {
        facts.push(ChangedFact::CtlNames { certificate });
    }
}

/// The number of signers that are tried of each list.
const MAX_SIGNERS: usize = 2;

fn known_signers<'a>(
    list: &'a ListFacts,
    roles: &'a [Role],
) -> impl Iterator<Item = &'a Arc<CertificateFacts>> {
    list.records
        .iter()
        .filter(|record| roles.contains(&record.role))
        .filter_map(|record| record.certificate.as_ref())
}

/// Adds files with the usual digest, a valid signature, a usual key, name and size.
fn file_facts(what_if: &WhatIf<'_>, facts: &mut Vec<ChangedFact>) {
    for &file in FILES {
        let Some((digest, key_bits)) = digest_and_key(what_if, file) else { continue };
        if digest != DigestAlgorithm::Sha1 {
            facts.push(ChangedFact::Digest { file, digest: DigestAlgorithm::Sha1 });
        }
        let checks = ChangedFact::DeviceChecks { digest };
        if digest != DigestAlgorithm::Sha1
            && what_if.phone.device.digests.is_none()
            && !facts.contains(&checks)
        {
            facts.push(checks);
        }
        if key_bits != Some(2048)
            && (what_if.phone.device.fips || what_if.phone.device.max_key_bits.is_some())
        {
            facts.push(ChangedFact::KeyOf2048 { file });
        }
        facts.push(ChangedFact::SignatureValid { file });
        if what_if.list(file).is_some_and(|list| list.file_name.is_some()) {
            facts.push(ChangedFact::UsualFileName { file });
        }
    }
    facts.push(ChangedFact::ItlFits);
    facts.push(ChangedFact::TftpServerInCtl);
}

fn digest_and_key(
    what_if: &WhatIf<'_>,
    file: JudgedFile,
) -> Option<(DigestAlgorithm, Option<u32>)> {
    match file {
        JudgedFile::Config => what_if.config().map(|config| (config.digest, config.key_bits)),
        JudgedFile::Ctl | JudgedFile::Itl => {
            what_if.list(file).map(|list| (list.digest, list.key_bits))
        }
    }
}

/// Adds other lists on the phone.
fn phone_facts(what_if: &WhatIf<'_>, facts: &mut Vec<ChangedFact>) {
    let phone = &what_if.phone;
    facts.push(ChangedFact::ListsDeleted);
    if phone.ctl().is_some() && phone.itl().is_some() {
        facts.push(ChangedFact::CtlDeleted);
    }
    for (list, name) in [(phone.ctl(), ListRef::InstalledCtl), (phone.itl(), ListRef::InstalledItl)]
    {
        if list.is_some_and(|list| list.completeness == Completeness::Partial) {
            facts.push(ChangedFact::ListWhole { list: name });
        }
    }
    if phone.device.security_by_default == SecurityByDefault::Unknown {
        facts.push(ChangedFact::DeviceHasSecurityByDefault);
    }
}

/// Applies the hypothetical fact to `what_if`.
fn apply(fact: &ChangedFact, what_if: &mut WhatIf<'_>) {
    match fact {
        ChangedFact::CtlNames { certificate } => name_in_ctl(what_if, certificate),
        ChangedFact::DeviceChecks { digest } => {
            what_if.phone.device.digests =
                Some(super::DigestSet::of(&[DigestAlgorithm::Sha1, *digest]));
        }
        ChangedFact::DeviceHasSecurityByDefault => {
            what_if.phone.device.security_by_default = SecurityByDefault::Yes
        }
        ChangedFact::Digest { file: JudgedFile::Config, digest } => {
            what_if.edit_config(|config| config.digest = *digest)
        }
        ChangedFact::Digest { file, digest } => {
            what_if.edit_list(*file, |list| list.digest = *digest)
        }
        ChangedFact::ItlFits => what_if.edit_list(JudgedFile::Itl, |list| list.size = Some(0)),
        ChangedFact::KeyOf2048 { file: JudgedFile::Config } => {
            what_if.edit_config(|config| config.key_bits = Some(2048))
        }
        ChangedFact::KeyOf2048 { file } => {
            what_if.edit_list(*file, |list| list.key_bits = Some(2048))
        }
        ChangedFact::ListsDeleted => what_if.delete_lists(),
        ChangedFact::ListWhole { list } => complete(what_if, *list),
        ChangedFact::CtlDeleted => what_if.delete_ctl(),
        ChangedFact::UsualFileName { file } => {
            what_if.edit_list(*file, |list| list.file_name = None)
        }
        ChangedFact::SignedBy { file, certificate } => what_if.sign(*file, certificate),
        ChangedFact::SignatureValid { file } => what_if.take_as_sound(*file),
        ChangedFact::TftpServerInCtl => what_if.offer.tftp_server = None,
        ChangedFact::TvsKnows { certificate, role } => {
            what_if.edit_servers(|server| teach(server, certificate, &[*role]))
        }
        ChangedFact::TvsPresents { server, certificate } => {
            present(what_if, server.as_deref(), certificate)
        }
        ChangedFact::TvsSilent => what_if.tvs = Tvs::Known(Vec::new()),
    }
}

fn name_in_ctl(what_if: &mut WhatIf<'_>, certificate: &Arc<CertificateFacts>) {
    let Some(ctl) = what_if.installed_mut(ListRef::InstalledCtl) else { return };
    let index = RecordIndex(u32::try_from(ctl.records.len()).unwrap_or(u32::MAX).saturating_add(1));
    ctl.records.push(RecordFacts {
        index,
        role: Role::Sast,
        server: Arc::from(""),
        address: None,
        form: Form::Certificate,
        certificate: Some(certificate.clone()),
    });
}

fn complete(what_if: &mut WhatIf<'_>, list: ListRef) {
    if let Some(list) = what_if.installed_mut(list) {
        list.completeness = Completeness::Whole;
    }
}

/// Lets one server, or each of them, present the certificate of its TVS record.
fn present(what_if: &mut WhatIf<'_>, name: Option<&str>, first: &Arc<CertificateFacts>) {
    let itl = what_if.phone.itl().cloned();
    what_if.edit_servers(|server| {
        if name.is_none_or(|name| server.server.eq_ignore_ascii_case(name)) {
            server.reachable = true;
            server.presents =
                Some(tvs_record(itl.as_deref(), &server.server).unwrap_or(first).clone());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Lab, certificate};
    use super::*;

    fn what_if(lab: &Lab) -> WhatIf<'_> {
        WhatIf::new(&lab.phone, &lab.offer, &lab.tvs, lab)
    }

    #[test]
    fn pairs_that_are_worth_a_try() {
        let signed = |label| ChangedFact::SignedBy {
            file: JudgedFile::Itl,
            certificate: certificate(label),
        };
        assert!(
            belong_together(&signed("a.1"), &ChangedFact::ItlFits)
                && belong_together(&ChangedFact::ItlFits, &signed("a.1"))
        );
        assert!(!belong_together(&signed("a.1"), &ChangedFact::ListsDeleted));
        assert!(!belong_together(&ChangedFact::TvsSilent, &ChangedFact::ItlFits));
        assert!(!belong_together(&ChangedFact::ItlFits, &ChangedFact::TvsSilent));
    }

    /// Only an offered file can have another signer.
    #[test]
    fn signers_are_those_of_the_files_offered() {
        let lab = Lab::new()
            .itl("itlr.1", &["SAST:itlr.1", "CCM+TFTP:ccm1.1"])
            .offer_itl("x.1", &["SAST:x.1"]);
        let facts = |lab: &Lab| {
            let mut facts = Vec::new();
            signer_facts(&what_if(lab), &mut facts);
            facts
        };
        let of = |file, label| ChangedFact::SignedBy { file, certificate: certificate(label) };
        assert_eq!(facts(&lab), [of(JudgedFile::Itl, "itlr.1")]);
        let both = [of(JudgedFile::Itl, "itlr.1"), of(JudgedFile::Config, "ccm1.1")];
        assert_eq!(facts(&lab.config("x.1")), both);
    }

    /// Another digest is tried if the digest is not SHA-1 and the device's digests were not given.
    #[test]
    fn digests_are_asked_for_where_they_are_open() {
        let checks = |digest, digests| {
            let lab =
                Lab::new().offer_itl("x.1", &["SAST:x.1"]).edit_itl(|list| list.digest = digest);
            let lab = lab.device(|device| device.digests = digests);
            let mut facts = Vec::new();
            file_facts(&what_if(&lab), &mut facts);
            facts.contains(&ChangedFact::DeviceChecks { digest })
        };
        assert!(checks(DigestAlgorithm::Sha512, None));
        assert!(!checks(DigestAlgorithm::Sha1, None));
        assert!(!checks(
            DigestAlgorithm::Sha512,
            Some(super::super::DigestSet::of(&[DigestAlgorithm::Sha1]))
        ));
    }

    /// Another key size is tried if the phone checks it and it is not 2048 bits.
    #[test]
    fn key_sizes_are_asked_for_where_phones_look_at_them() {
        let asked = |bits, fips| {
            let lab = Lab::new()
                .offer_itl("x.1", &["SAST:x.1"])
                .edit_itl(|list| list.key_bits = Some(bits));
            let lab = lab.device(|device| device.fips = fips);
            let mut facts = Vec::new();
            file_facts(&what_if(&lab), &mut facts);
            facts.contains(&ChangedFact::KeyOf2048 { file: JudgedFile::Itl })
        };
        assert!(asked(1024, true) && !asked(1024, false) && !asked(2048, true));
    }
}
