//! The fact that is missing, for each condition: a clause that begins with `whether`, its yes first.

use super::finding::About;
use super::words::{list, record_of};
use crate::code::ConditionCode;
use crate::facts::NotChecked;
use crate::phone::{Condition, Evidence, JudgedFile, Rule};
use crate::report::Plain;

/// What a `depends` depends on.
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
            format!("whether {server} presents a certificate that the phone's ITL names, and knows the signer as {role}")
        }
        ConditionCode::TvsCached => "whether the phone still uses the answer of TVS that it remembers".to_owned(),
        ConditionCode::TvsRecordUnproven => {
            format!("whether the phone believes {server}, whose TVS record holds neither certificate nor hash")
        }
        ConditionCode::TvsRoleMissing => {
            format!("whether it is enough that {server} knows the signer, though not as {role}")
        }
        ConditionCode::TvsRolesUnknown => format!("whether {server}, which knows the signer, knows it as {role}"),
        ConditionCode::TvsServersDisagree => {
            format!("whether the phone believes {server}, which vouches for the signer, while another server does not know it")
        }
        ConditionCode::TvsSkipsChangedServer => {
            format!(
                "whether the phone goes on to the next TVS server after {}, whose certificate it does not know",
                server.trim_start_matches("TVS server ")
            )
        }
        ConditionCode::TvsTlsOpen => "whether this phone's TVS client speaks a TLS version that the cluster allows".to_owned(),
        _ => "whether a TVS server that the phone trusts vouches for the signer (nothing is known about TVS)".to_owned(),
    }
}

fn of_file(condition: &Condition, about: About<'_>) -> String {
    let Evidence { value, limit, digest, role, name, .. } = &condition.evidence;
    let number = |number: &Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let name = name.as_deref().unwrap_or_default();
    match condition.code {
        ConditionCode::AnchorsReplacedTvsOpen => {
            "whether TVS vouches for this CTL, which keeps no SAST of the installed one, while the phone still has its ITL"
                .to_owned()
        }
        ConditionCode::BlankListUnproven => {
            "whether the ITL on the phone is the blank one of the rollback parameter: it names no host, like a list of certutils"
                .to_owned()
        }
        ConditionCode::ConfigSignerSastOnly => {
            "whether a SAST record is enough for the signer of a configuration (sources disagree)".to_owned()
        }
        ConditionCode::CtlDecidesItl => {
            "whether the phone looks past its CTL, which does not know the signer of this ITL (sources disagree)".to_owned()
        }
        ConditionCode::CtlOverReducedCtl => {
            "whether a CTL left over from mixed mode, beside a blank or missing ITL, lets a foreign CTL in".to_owned()
        }
        ConditionCode::CtlUndecided => "whether the phone takes the CTL".to_owned(),
        ConditionCode::DigestSupportUnknown => {
            let digest = digest.map(|digest| digest.to_string()).unwrap_or_default();
            format!("whether this device checks signatures with {digest}")
        }
        ConditionCode::EmptyFile => "whether the phone treats a file of zero bytes like a missing one".to_owned(),
        ConditionCode::FipsKeySize => {
            format!("whether a phone in FIPS mode takes a signer's key of {} bits, below {}", number(value), number(limit))
        }
        ConditionCode::FirstCtlOverItl => "whether a phone that has an ITL takes its first CTL on faith".to_owned(),
        ConditionCode::FirstItlNotInCtl => {
            "whether the first ITL is still taken on faith beside a first CTL that does not know its signer".to_owned()
        }
        ConditionCode::InstalledListsNotGiven => {
            "whether the phone is factory-fresh: nobody said which lists it holds".to_owned()
        }
        ConditionCode::ItlTakenThenDropped => {
            "whether the phone keeps the ITL that it takes, though its CTL does not know the signer".to_owned()
        }
        ConditionCode::ItlUndecided => "whether the phone takes the ITL".to_owned(),
        ConditionCode::KeyLimitUnknown => {
            format!("whether this device takes a signer's key of {} bits, above {}", number(value), number(limit))
        }
        ConditionCode::KeySizeUnknown => "whether the signer's key, of unknown size, is one that this device takes".to_owned(),
        ConditionCode::ListIncomplete => incomplete(condition),
        ConditionCode::ReducedCtlLeft => "whether a CTL left over from mixed mode lets this ITL in".to_owned(),
        ConditionCode::SecurityByDefaultUnknown => "whether this device has Security By Default and asks TVS".to_owned(),
        ConditionCode::SignatureBrokenOnFaith => "whether a list is taken on faith although its signature is wrong".to_owned(),
        ConditionCode::SignatureNotChecked => format!("whether the signature is right ({})", not_checked(condition.evidence.why)),
        ConditionCode::SignerNotStated => "whether the phone knows the signer: the print does not say who signed".to_owned(),
        ConditionCode::SignerTftpRoleOnly => {
            let record = role.map(record_of).unwrap_or_default();
            format!("whether {record} is enough for the signer of a CTL")
        }
        ConditionCode::TftpAddressNotInCtl => {
            format!("whether the phone uses TFTP server {}, which no TFTP record of its CTL names", Plain(name))
        }
        ConditionCode::UnchangedItlNotInCtl => {
            "whether the unchanged ITL stays, though the CTL does not know its signer".to_owned()
        }
        ConditionCode::UnusualFileName => {
            format!("whether the phone takes {} that calls itself {} inside", article(about.file), Plain(name))
        }
        other => format!("whether {other}"),
    }
}

fn incomplete(condition: &Condition) -> String {
    let list = condition.evidence.list.map_or("the list", list);
    if condition.rule == Rule::Boot4 {
        return format!("whether the records of {list} that nobody saw include no TFTP record");
    }
    format!("whether a record of {list} that nobody saw answers the question")
}

fn not_checked(why: Option<NotChecked>) -> &'static str {
    match why {
        Some(NotChecked::NoKey) => "the phone's record holds no key that reads as one",
        Some(NotChecked::KeyRefused) => "the key is one that this program does not admit",
        Some(NotChecked::UnsupportedDigest) => "the digest is unknown to this program",
        Some(NotChecked::UnknownFile) => "the set of files that was asked does not hold this file",
        Some(NotChecked::Unreadable) => "the bytes do not parse",
        Some(NotChecked::TextOnly) | None => "only a print of the file is at hand",
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
            let text = missing(&condition, About { file: JudgedFile::Itl, signer: "somebody" });
            assert!(
                text.starts_with("whether ") && !text.contains(code.as_str()),
                "{code}: {text}"
            );
            asked.insert(text);
        }
        assert_eq!(asked.len(), ConditionCode::ALL.len());
    }
}
