//! How reports name things: files, lists, certificates, outcomes.

use crate::facts::{CertificateFacts, Identity, Name};
use crate::phone::{ConditionalOutcome, Confidence, JudgedFile, Kept, Lean, ListRef, Outcome};
use crate::report::Plain;
use crate::wire::Role;

/// Returns `CTL`, `ITL` or `configuration`.
pub const fn file(file: JudgedFile) -> &'static str {
    match file {
        JudgedFile::Config => "configuration",
        JudgedFile::Ctl => "CTL",
        JudgedFile::Itl => "ITL",
    }
}

/// Returns the file name of the phone's request (P-BOOT-1).
pub(super) const fn asked_name(file: JudgedFile) -> &'static str {
    match file {
        JudgedFile::Config => "SEP<mac>.cnf.xml.sgn",
        JudgedFile::Ctl => "CTLSEP<mac>.tlv",
        JudgedFile::Itl => "ITLSEP<mac>.tlv",
    }
}

/// Returns the name of a list at the boot.
pub(super) const fn list(list: ListRef) -> &'static str {
    match list {
        ListRef::InstalledCtl => "the CTL on the phone",
        ListRef::InstalledItl => "the ITL on the phone",
        ListRef::OfferedCtl => "the new CTL",
        ListRef::OfferedItl => "the new ITL",
    }
}

/// Returns the outcome of a file. Capitals mark an outcome that needs attention.
pub(super) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accept => "accepted",
        Outcome::Depends => "UNDECIDED",
        Outcome::InstallFirst => "accepted without a check",
        Outcome::NotApplicable => "never asked for",
        Outcome::NotOffered => "not offered",
        Outcome::Reject => "REFUSED",
        Outcome::Unchanged => "unchanged",
    }
}

/// Returns one side of a condition, for the middle of a sentence.
pub(super) const fn if_so(side: ConditionalOutcome) -> &'static str {
    match side {
        ConditionalOutcome::Dropped => "accepted, then deleted again",
        ConditionalOutcome::Outcome(Outcome::Accept) => "accepted",
        ConditionalOutcome::Outcome(Outcome::Depends) => "still undecided",
        ConditionalOutcome::Outcome(Outcome::InstallFirst) => "accepted without a check",
        ConditionalOutcome::Outcome(Outcome::NotApplicable) => "the phone does not ask for it",
        ConditionalOutcome::Outcome(Outcome::NotOffered) => "as if it were not offered",
        ConditionalOutcome::Outcome(Outcome::Reject) => "refused",
        ConditionalOutcome::Outcome(Outcome::Unchanged) => "unchanged",
    }
}

/// Returns the probable outcome of an undecided file.
pub(super) const fn leans(lean: Option<Lean>) -> &'static str {
    match lean {
        Some(Lean::Accept) => "probably accepted",
        Some(Lean::Reject) => "probably refused",
        None => "nothing is known either way",
    }
}

/// Returns a list of the phone after the boot, with the name of its kind.
pub(super) fn kept(kind: &str, kept: Kept) -> String {
    match kept {
        Kept::Dropped => format!("no {kind} (the old one is deleted)"),
        Kept::Installed => format!("the old {kind}"),
        Kept::None => format!("no {kind}"),
        Kept::Offered => format!("the new {kind}"),
    }
}

/// Returns the confidence of a rule in words.
pub(super) const fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Documented => "documented by the vendor or a project",
        Confidence::Inferred => "inferred from documents and observations, not seen",
        Confidence::Observed => "observed in logs or reports, not documented",
    }
}

/// Returns the common name and serial number of a certificate.
#[cfg_attr(not(feature = "serde"), allow(unreachable_pub, reason = "exported with reports"))]
pub fn certificate(certificate: &CertificateFacts) -> String {
    signer(&certificate.identity, &certificate.subject)
}

/// Returns the name and serial number of a signer as in the file.
pub(super) fn signer(identity: &Identity, subject: &Name) -> String {
    let name = if subject.as_str().is_empty() { &identity.issuer } else { subject };
    let short = name.common_name().filter(|name| !name.is_empty()).unwrap_or(name.as_str());
    format!("{} (serial {})", Plain(short), identity.serial)
}

/// Returns `a CCM+TFTP record`, `a SAST record` or `an APP-SERVER record`.
pub(super) fn record_of(role: Role) -> String {
    let article = if matches!(role, Role::AppServer | Role::Srst) { "an" } else { "a" };
    format!("{article} {role} record")
}

/// Joins words as in `a, b and c`.
pub(super) fn and_list(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}
