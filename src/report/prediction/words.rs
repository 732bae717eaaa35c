//! How reports name things: files, lists, certificates, outcomes.

use crate::facts::{CertificateFacts, Identity, Name};
use crate::phone::{ConditionalOutcome, Confidence, JudgedFile, Kept, Lean, ListRef, Outcome};
use crate::report::Plain;
use crate::wire::Role;

/// `CTL`, `ITL`, `configuration`.
pub(super) const fn file(file: JudgedFile) -> &'static str {
    match file {
        JudgedFile::Config => "configuration",
        JudgedFile::Ctl => "CTL",
        JudgedFile::Itl => "ITL",
    }
}

/// The name under which the phone asks for a file (P-BOOT-1).
pub(super) const fn asked_name(file: JudgedFile) -> &'static str {
    match file {
        JudgedFile::Config => "SEP<mac>.cnf.xml.sgn",
        JudgedFile::Ctl => "CTLSEP<mac>.tlv",
        JudgedFile::Itl => "ITLSEP<mac>.tlv",
    }
}

/// A list, as seen from the boot.
pub(super) const fn list(list: ListRef) -> &'static str {
    match list {
        ListRef::InstalledCtl => "the installed CTL",
        ListRef::InstalledItl => "the installed ITL",
        ListRef::OfferedCtl => "the CTL just taken",
        ListRef::OfferedItl => "the ITL just taken",
    }
}

/// What becomes of a file. What a person must not overlook is in capitals.
pub(super) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accept => "accepted",
        Outcome::Depends => "DEPENDS",
        Outcome::InstallFirst => "accepted on faith",
        Outcome::NotApplicable => "never asked for",
        Outcome::NotOffered => "not offered",
        Outcome::Reject => "REFUSED",
        Outcome::Unchanged => "unchanged",
    }
}

/// One side of a condition, in the middle of a sentence.
pub(super) const fn if_so(side: ConditionalOutcome) -> &'static str {
    match side {
        ConditionalOutcome::Dropped => "taken, then dropped again",
        ConditionalOutcome::Outcome(Outcome::Accept) => "accepted",
        ConditionalOutcome::Outcome(Outcome::Depends) => "still open",
        ConditionalOutcome::Outcome(Outcome::InstallFirst) => "accepted on faith",
        ConditionalOutcome::Outcome(Outcome::NotApplicable) => "never asked for",
        ConditionalOutcome::Outcome(Outcome::NotOffered) => "as if there were none",
        ConditionalOutcome::Outcome(Outcome::Reject) => "refused",
        ConditionalOutcome::Outcome(Outcome::Unchanged) => "stays as it is",
    }
}

/// Where a `depends` leans.
pub(super) const fn leans(lean: Option<Lean>) -> &'static str {
    match lean {
        Some(Lean::Accept) => "probably accepted",
        Some(Lean::Reject) => "probably refused",
        None => "the evidence leans neither way",
    }
}

/// What a phone holds in the end.
pub(super) const fn kept(kept: Kept) -> &'static str {
    match kept {
        Kept::Dropped => "none: the one it had is gone",
        Kept::Installed => "the one it had",
        Kept::None => "none",
        Kept::Offered => "the new one",
    }
}

/// How sure a rule is, for a reader who never heard of the words.
pub(super) const fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Documented => "documented by the vendor or a project",
        Confidence::Inferred => "inferred from documents and observations, not seen",
        Confidence::Observed => "observed in logs or reports, not documented",
    }
}

/// A certificate by its common name and serial number.
#[cfg_attr(not(feature = "serde"), allow(unreachable_pub, reason = "exported with reports"))]
pub fn certificate(certificate: &CertificateFacts) -> String {
    signer(&certificate.identity, &certificate.subject)
}

/// A signer by the name and number in the file.
pub(super) fn signer(identity: &Identity, subject: &Name) -> String {
    let name = if subject.as_str().is_empty() { &identity.issuer } else { subject };
    let short = name.common_name().filter(|name| !name.is_empty()).unwrap_or(name.as_str());
    format!("{} (serial {})", Plain(short), identity.serial)
}

/// `a CCM+TFTP record`; `a SAST record`; `an APP-SERVER record`.
pub(super) fn record_of(role: Role) -> String {
    let article = if matches!(role, Role::AppServer | Role::Srst) { "an" } else { "a" };
    format!("{article} {role} record")
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn and_list(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}
