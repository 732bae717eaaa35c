//! The missing fact of each condition, as a question; its yes comes first.

use super::finding::About;
use super::words::{list, record_of};
use crate::code::ConditionCode;
use crate::facts::NotChecked;
use crate::phone::{Condition, Evidence, JudgedFile, Rule};
use crate::report::Plain;

/// Returns the missing fact as a question, with a remark if there is one.
pub(super) fn missing(condition: &Condition, about: About<'_>) -> String {
    match condition.code {
        code if code.as_str().starts_with("tvs-") => tvs(condition, about),
        _ => of_file(condition, about),
    }
}

fn tvs(condition: &Condition, about: About<'_>) -> String {
    let server = match &condition.evidence.server {
        Some(server) => format!("TVS server {}", Plain(server)),
        None => "a TVS server".to_owned(),
    };
    let role = if about.file == JudgedFile::Config { "TFTP or CCM+TFTP" } else { "SAST" };
    match condition.code {
        ConditionCode::TvsAnswerUnknown => {
            format!("does {server} present a certificate that is in the phone's ITL, and know the signer as {role}?")
        }
        ConditionCode::TvsCached => "does the phone still use the TVS answer in its cache?".to_owned(),
        ConditionCode::TvsRecordUnproven => {
            format!("does the phone trust {server}, although its TVS record has no certificate and no hash?")
        }
        ConditionCode::TvsRoleMissing => {
            format!("is it enough that {server} knows the signer, but not as {role}?")
        }
        ConditionCode::TvsRolesUnknown => format!("does {server}, which knows the signer, know it as {role}?"),
        ConditionCode::TvsServersDisagree => {
            format!("does the phone trust {server}, which confirms the signer, although another server does not know it?")
        }
        ConditionCode::TvsSkipsChangedServer => {
            format!(
                "does the phone ask the next TVS server after {}, whose certificate it does not know?",
                server.trim_start_matches("TVS server ")
            )
        }
        ConditionCode::TvsTlsOpen => {
            "does the TVS client of this phone support a TLS version that the cluster allows?".to_owned()
        }
        _ => "does a TVS server that the phone trusts confirm the signer? Nothing is known about TVS.".to_owned(),
    }
}

fn of_file(condition: &Condition, about: About<'_>) -> String {
    let Evidence { value, limit, digest, role, name, .. } = &condition.evidence;
    let number = |number: &Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let name = name.as_deref().unwrap_or_default();
    match condition.code {
        ConditionCode::AnchorsReplacedTvsOpen => {
            "does TVS confirm this CTL, which has no SAST of the CTL on the phone, while the phone still has its ITL?"
                .to_owned()
        }
        ConditionCode::BlankListUnproven => {
            "is the ITL on the phone the blank one of the rollback parameter? It names no host, like a list of certutils."
                .to_owned()
        }
        ConditionCode::ConfigSignerSastOnly => {
            "is a SAST record enough for the signer of a configuration? Sources disagree.".to_owned()
        }
        ConditionCode::CtlDecidesItl => {
            "does the phone ignore that its CTL does not know the signer of this ITL? Sources disagree.".to_owned()
        }
        ConditionCode::CtlOverReducedCtl => {
            "does a CTL left over from mixed mode, with a blank or missing ITL, make the phone accept a foreign CTL?"
                .to_owned()
        }
        ConditionCode::CtlUndecided => "does the phone accept the CTL?".to_owned(),
        ConditionCode::DigestSupportUnknown => {
            let digest = digest.map(|digest| digest.to_string()).unwrap_or_default();
            format!("can this device check signatures with {digest}?")
        }
        ConditionCode::EmptyFile => "does the phone treat a file of zero bytes like a missing one?".to_owned(),
        ConditionCode::FipsKeySize => {
            format!("does a phone in FIPS mode accept a signer's key of {} bits, below {}?", number(value), number(limit))
        }
        ConditionCode::FirstCtlOverItl => {
            "does a phone that has an ITL accept its first CTL without a check?".to_owned()
        }
        ConditionCode::FirstItlNotInCtl => {
            "does the phone accept the first ITL without a check, although its first CTL does not know the signer?".to_owned()
        }
        ConditionCode::InstalledListsNotGiven => {
            "is the phone factory-fresh? The lists on the phone were not given.".to_owned()
        }
        ConditionCode::ItlTakenThenDropped => {
            "does the phone keep the ITL that it accepts, although its CTL does not know the signer?".to_owned()
        }
        ConditionCode::ItlUndecided => "does the phone accept the ITL?".to_owned(),
        ConditionCode::KeyLimitUnknown => {
            format!("does this device accept a signer's key of {} bits, above {}?", number(value), number(limit))
        }
        ConditionCode::KeySizeUnknown => {
            "does this device accept the signer's key? Its size is not known.".to_owned()
        }
        ConditionCode::ListIncomplete => incomplete(condition),
        ConditionCode::ReducedCtlLeft => {
            "does a CTL left over from mixed mode make the phone accept this ITL?".to_owned()
        }
        ConditionCode::SecurityByDefaultUnknown => {
            "does this device have Security By Default, and so ask TVS?".to_owned()
        }
        ConditionCode::SignatureBrokenOnFaith => {
            "does a phone without lists accept a list whose signature is wrong?".to_owned()
        }
        ConditionCode::SignatureNotChecked => {
            format!("is the signature right? It was not checked: {}.", not_checked(condition.evidence.why))
        }
        ConditionCode::SignerNotStated => {
            "does the phone know the signer? The paste does not show it.".to_owned()
        }
        ConditionCode::SignerTftpRoleOnly => {
            let record = role.map(record_of).unwrap_or_default();
            format!("is {record} enough for the signer of a CTL?")
        }
        ConditionCode::TftpAddressNotInCtl => {
            format!("does the phone use TFTP server {}? No TFTP record of its CTL names it.", Plain(name))
        }
        ConditionCode::UnchangedItlNotInCtl => {
            "does the phone keep the unchanged ITL, although its CTL does not know the signer?".to_owned()
        }
        ConditionCode::UnusualFileName => {
            format!("does the phone accept {} with the name {} inside?", article(about.file), Plain(name))
        }
        other => format!("{other}?"),
    }
}

fn incomplete(condition: &Condition) -> String {
    let list = condition.evidence.list.map_or("the list", list);
    if condition.rule == Rule::Boot4 {
        return format!("does the missing part of {list} have a TFTP record? Give the whole list.");
    }
    format!("does the missing part of {list} have the record that decides? Give the whole list.")
}

fn not_checked(why: Option<NotChecked>) -> &'static str {
    match why {
        Some(NotChecked::NoKey) => "the record of the phone has no readable key",
        Some(NotChecked::KeyRefused) => "this program does not accept such a key",
        Some(NotChecked::UnsupportedDigest) => "this program does not know the digest",
        Some(NotChecked::UnknownFile) => "the file is not in the set of files that was asked",
        Some(NotChecked::Unreadable) => "the bytes do not parse",
        Some(NotChecked::TextOnly) | None => "a paste has no signature",
    }
}

const fn article(file: JudgedFile) -> &'static str {
    match file {
        JudgedFile::Config => "a configuration",
        JudgedFile::Ctl => "a CTL",
        JudgedFile::Itl => "an ITL",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::{ConditionalOutcome, Outcome};

    #[test]
    fn every_code_asks_a_question_of_its_own() {
        let mut asked = std::collections::BTreeSet::new();
        for &code in ConditionCode::ALL {
            let (if_yes, if_no) = (
                ConditionalOutcome::Outcome(Outcome::Accept),
                ConditionalOutcome::Outcome(Outcome::Reject),
            );
            let condition = Condition {
                code,
                rule: Rule::Itl4,
                if_yes,
                if_no,
                leans: None,
                evidence: Evidence::default(),
            };
            let text = missing(&condition, About { file: JudgedFile::Itl, signer: "the signer" });
            assert!(text.contains('?') && !text.contains(code.as_str()), "{code}: {text}");
            asked.insert(text);
        }
        assert_eq!(asked.len(), ConditionCode::ALL.len());
    }
}
