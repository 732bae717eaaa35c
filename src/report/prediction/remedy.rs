//! Remedies as instructions.

use super::answer::{PredictionReport, files};
use super::words::{self, file};
use crate::code::FindingCode;
use crate::phone::{JudgedFile, Remedy};
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
        found.findings().iter().any(|finding| finding.code == FindingCode::SignerImpersonated)
    })
}

/// One remedy as an instruction.
fn instruction(remedy: &Remedy) -> String {
    let known = |signer| format!("{}, which the phone knows", words::certificate(signer));
    match remedy {
        Remedy::CtlResetLocalkey { signer } => {
            format!(
                "Run `utils ctl reset localkey` on the publisher, then reset the phone: the CTL is signed by {}.",
                known(signer)
            )
        }
        Remedy::CtlUpdate { signer } => format!(
            "Make a new CTL before the phone boots again (`utils ctl update CTLFile`; with eTokens, the CTL client), signed by \
             {}, that names the certificates in use.",
            words::certificate(signer)
        ),
        Remedy::DeleteListsOnPhone => {
            "Delete CTL and ITL on the phone: it then accepts the first lists without a check.".to_owned()
        }
        Remedy::ImportSigner { certificate, role } => {
            let store = trust_store(*role);
            format!(
                "Import {} into {store} on the cluster whose TVS the phone asks, so that TVS knows it as {role}; then reset \
                 the phone.",
                words::certificate(certificate)
            )
        }
        Remedy::ItlResetLocalkey { signer } => {
            format!(
                "Run `utils itl reset localkey` on the publisher, then reset the phone: the ITL is signed by {}.",
                known(signer)
            )
        }
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
            "Restore the TVS certificate {} of {} from a backup, then reset the phone.",
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
            let first = first.strip_suffix(", then reset the phone.").unwrap_or(&first);
            let known = match &**second {
                Remedy::ImportSigner { certificate, role } => format!(
                    "make sure that this TVS knows {} as {role} (import a certificate of another cluster into {})",
                    words::certificate(certificate),
                    trust_store(*role)
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
