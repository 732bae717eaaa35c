//! Remedies as instructions, and the facts that would change a verdict as clauses after `if`.

use super::answer::{PredictionReport, files};
use super::words::{self, file, list};
use crate::code::FindingCode;
use crate::facts::CertificateFacts;
use crate::phone::{ChangedFact, JudgedFile, Outcome, Remedy, WouldChange};
use crate::report::Plain;
use crate::wire::Role;

/// Returns what can be done about a file, the first thing first. Where its signer is impersonated, that is to find out who
/// made it; lists are not deleted on phones to get such a file accepted.
pub(super) fn instructions(report: &PredictionReport<'_>, which: JudgedFile) -> Vec<String> {
    let remedies = report.remedies.of(which).iter();
    if !is_impersonated(report, which) {
        return remedies.map(instruction).collect();
    }
    let stop = format!(
        "Stop: this {} is not signed with the key of the signer that it names. First find out which server sent it, and \
         who made it.",
        file(which)
    );
    let others = remedies.filter(|remedy| **remedy != Remedy::DeleteListsOnPhone).map(instruction);
    [stop].into_iter().chain(others.map(|other| format!("After that: {other}"))).collect()
}

fn is_impersonated(report: &PredictionReport<'_>, which: JudgedFile) -> bool {
    let judgement = files(&report.boot.first).find(|(file, _)| *file == which);
    judgement.is_some_and(|(_, found)| {
        found.findings().iter().any(|finding| finding.code() == FindingCode::SignerImpersonated)
    })
}

/// One remedy as an instruction.
fn instruction(remedy: &Remedy) -> String {
    let known = |signer| format!("{}, which the phone knows", words::certificate(signer));
    match remedy {
        Remedy::CtlResetLocalkey { signer } => {
            format!(
                "Run `utils ctl reset localkey` on the publisher, then reset the phone. The CTL is then signed by {}.",
                known(signer)
            )
        }
        Remedy::CtlUpdate { signer } => format!(
            "Before the phone boots again, make a new CTL that names the certificates in use (`utils ctl update CTLFile`; with \
             eTokens: the CTL client). It must be signed by {}.",
            words::certificate(signer)
        ),
        Remedy::DeleteListsOnPhone => {
            "Check that the file is from your cluster. If it is, delete CTL and ITL on the phone: it then accepts the first lists \
             without a check."
                .to_owned()
        }
        Remedy::ImportSigner { certificate, role } => {
            let store = trust_store(*role);
            format!(
                "First check that this file is from your cluster: {} on its server must show serial {}. If it does not, stop: \
                 another server made the file. If it does, import {} into {store} on the cluster whose TVS the phone asks, so that \
                 TVS knows it as {role}; then reset the phone.",
                show_own(certificate),
                certificate.identity.serial,
                words::certificate(certificate)
            )
        }
        Remedy::ItlResetLocalkey { signer } => {
            format!(
                "Run `utils itl reset localkey` on the publisher, then reset the phone. The ITL is then signed by {}.",
                known(signer)
            )
        }
        Remedy::ItlResetLocalkeyIfPublisher { signer } => format!(
            "Only if {} on the publisher shows serial {}, run `utils itl reset localkey` there, then reset the phone: the lists do \
             not say whose certificate this is.",
            show_own(signer),
            signer.identity.serial
        ),
        Remedy::LowerTlsMinimum => {
            "Set the minimum TLS version to 1.0 for the time of the change (`set tls min-version 1.0` on every \
                                    node), then reset the phone. With the rollback parameter the next change does not need this."
                .to_owned()
        }
        Remedy::ResetAgain => "Reset the phone once more: it accepts the file at the second boot.".to_owned(),
        Remedy::ResetAfterTftpRestart { signer } => {
            format!("Restart TFTP, so that the ITL is signed by {}; then reset the phone.", known(signer))
        }
        Remedy::RestoreTvsCertificate { server, certificate } => format!(
            "As the last way back: a DRS restore of a backup from before the change brings the TVS certificate {} of {} back, and \
             the whole component with it; phones that accepted new lists then refuse the old ones. Then reset the phone.",
            words::certificate(certificate),
            Plain(server)
        ),
        Remedy::ShrinkItl => {
            "Remove certificates from the trust stores until the ITL is small enough, restart TFTP, then reset the phone."
                .to_owned()
        }
        Remedy::UseSha1 => "Set the TFTP File Signature Algorithm back to SHA-1, restart TFTP, then reset the phone.".to_owned(),
        Remedy::Together { first, second } => {
            let first = instruction(first);
            let resets = [", then reset the phone.", "; then reset the phone.", ". Then reset the phone."];
            let first = resets.iter().find_map(|end| first.strip_suffix(end)).unwrap_or(&first);
            let known = match &**second {
                Remedy::ImportSigner { certificate, role } => format!(
                    "make sure that this TVS knows {} as {role} (import a certificate of another cluster into {}, but only if {} on \
                     its server shows this serial number)",
                    words::certificate(certificate),
                    trust_store(*role),
                    show_own(certificate)
                ),
                other => instruction(other),
            };
            format!("{first}, and {known}; then reset the phone.")
        }
        Remedy::StartTvs { server } => {
            format!("Make TVS on {} answer again (service, port 2445), then reset the phone.", Plain(server))
        }
    }
}

/// Returns the command that shows the own certificate of a server with this name.
fn show_own(certificate: &CertificateFacts) -> &'static str {
    let name = certificate.subject.common_name().unwrap_or_default().to_ascii_uppercase();
    if name.starts_with("ITLRECOVERY") {
        "`show cert own ITLRecovery`"
    } else {
        "`show cert own CallManager`"
    }
}

fn trust_store(role: Role) -> &'static str {
    if role == Role::Sast { "Phone-SAST-trust" } else { "CallManager-trust" }
}

/// Every instruction once, with the files that the phone takes then.
pub(super) fn by_remedy(report: &PredictionReport<'_>) -> Vec<(String, Option<String>)> {
    let mut told: Vec<(String, Vec<&'static str>)> = Vec::new();
    let mut stops = Vec::new();
    for which in [JudgedFile::Ctl, JudgedFile::Itl, JudgedFile::Config] {
        let stopped = is_impersonated(report, which);
        for (number, instruction) in instructions(report, which).into_iter().enumerate() {
            if stopped && number == 0 {
                stops.push((instruction, None));
                continue;
            }
            match told.iter_mut().find(|(known, _)| *known == instruction) {
                Some((_, files)) => files.push(file(which)),
                None => told.push((instruction, vec![file(which)])),
            }
        }
    }
    stops
        .into_iter()
        .chain(told.into_iter().map(|(told, files)| (told, Some(files.join(", ")))))
        .collect()
}

/// `accepted if TVS server ccm2 presents … and …`.
pub(super) fn change_sentence(change: &WouldChange) -> String {
    let facts: Vec<String> = change.facts.iter().map(clause).collect();
    format!("{} if {}", words::outcome(change.outcome).to_lowercase(), facts.join(" and "))
}

/// Returns equal facts once, with their effect on each file.
pub(super) fn by_facts(changes: &[WouldChange]) -> Vec<(String, String)> {
    let mut told: Vec<(String, Vec<String>)> = Vec::new();
    for change in changes {
        let facts = change.facts.iter().map(clause).collect::<Vec<_>>().join(" and ");
        let effect =
            format!("{} {}", file(change.file), words::outcome(change.outcome).to_lowercase());
        match told.iter_mut().find(|(known, _)| *known == facts) {
            Some((_, effects)) => effects.push(effect),
            None => told.push((facts, vec![effect])),
        }
    }
    told.into_iter().map(|(facts, effects)| (facts, effects.join(", "))).collect()
}

/// Checks if the phone has the file after this change.
pub(super) const fn helps(change: &WouldChange) -> bool {
    matches!(change.outcome, Outcome::Accept | Outcome::InstallFirst | Outcome::Unchanged)
}

/// One fact, as it would have to be.
pub(super) fn clause(fact: &ChangedFact) -> String {
    match fact {
        ChangedFact::CtlDeleted => "the CTL alone is deleted on the phone".to_owned(),
        ChangedFact::CtlNames { certificate } => {
            format!("the phone's CTL already names {} as SAST", words::certificate(certificate))
        }
        ChangedFact::DeviceChecks { digest } => {
            format!("this device can check signatures with {digest}")
        }
        ChangedFact::DeviceHasSecurityByDefault => "this device has Security By Default".to_owned(),
        ChangedFact::Digest { file: of, digest } => {
            format!("the {} is signed with {digest}", file(*of))
        }
        ChangedFact::ItlFits => "the ITL is small enough to load".to_owned(),
        ChangedFact::KeyOf2048 { file: of } => {
            format!("the key that signs the {} has 2048 bits", file(*of))
        }
        ChangedFact::ListWhole { list: which } => format!("the whole of {} is given", list(*which)),
        ChangedFact::ListsDeleted => "the phone has no list (new, or its lists deleted)".to_owned(),
        ChangedFact::SignatureValid { file: of } => {
            format!("the signature of the {} is right", file(*of))
        }
        ChangedFact::SignedBy { file: of, certificate } => {
            signed_by(*of, &words::certificate(certificate))
        }
        ChangedFact::TftpServerInCtl => {
            "the phone's TFTP server is one that its CTL names".to_owned()
        }
        ChangedFact::TvsKnows { certificate, role } => {
            format!("every TVS server knows {} as {role}", words::certificate(certificate))
        }
        ChangedFact::TvsPresents { server: Some(server), certificate } => {
            format!(
                "TVS server {} still presents {}",
                Plain(server),
                words::certificate(certificate)
            )
        }
        ChangedFact::TvsPresents { server: None, .. } => {
            "every TVS server still presents the certificate that the phone's ITL names".to_owned()
        }
        ChangedFact::TvsSilent => "no TVS server answers".to_owned(),
        ChangedFact::UsualFileName { file: of } => {
            format!("the {} has its usual name inside", file(*of))
        }
    }
}

fn signed_by(of: JudgedFile, certificate: &str) -> String {
    format!("the {} is signed by {certificate}, which the phone knows", file(of))
}
