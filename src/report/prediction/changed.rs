//! The facts that would turn a verdict, each a clause that follows `if`.

use super::words::{self, file, list};
use crate::phone::{ChangedFact, JudgedFile, Outcome, WouldChange};
use crate::report::Plain;

/// `accepted if TVS server ccm2 presents … and …`.
pub(super) fn sentence(change: &WouldChange) -> String {
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
