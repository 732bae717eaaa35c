//! A sentence for each finding, and the missing fact of each condition as a question; its yes comes first.

use super::words::{self, list, record_of};
use crate::code::{ConditionCode, FindingCode};
use crate::facts::{NotChecked, Timestamp};
use crate::phone::{Condition, Evidence, Finding, JudgedFile, Rule};
use crate::report::Plain;
use crate::text::capital;

/// The file that a finding or a condition is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    pub(super) file: JudgedFile,
    /// The signer as the file names it, ready to print; empty without a signer.
    pub(super) signer: &'a str,
}

fn vouching_record(evidence: &Evidence) -> String {
    let known = evidence.certificate.as_deref().map(words::certificate).unwrap_or_default();
    format!("The signer, {known}, is in {}.", record(evidence))
}

/// Returns `record 3 (SAST) of the ITL on the phone`.
fn record(evidence: &Evidence) -> String {
    let index = evidence.record.map(|index| format!(" {}", index.0)).unwrap_or_default();
    let role = evidence.role.map(|role| format!(" ({role})")).unwrap_or_default();
    format!("record{index}{role} of {}", evidence.list.map_or("a list", list))
}

fn unknown(finding: &Finding, about: About<'_>) -> String {
    let signer = about.signer;
    match (finding.rule, about.file) {
        (Rule::Ctl4, _) => format!(
            "The phone does not know the signer, {signer}: its CTL has no SAST record of it, and this device does not ask TVS."
        ),
        (_, JudgedFile::Config) => {
            format!(
                "The phone does not know the signer, {signer}: no TFTP or CCM+TFTP record names it, and no TVS server that the phone trusts confirms it."
            )
        }
        (Rule::Itl1 | Rule::First3, _) => {
            format!(
                "The phone does not know the signer, {signer}: neither its CTL, which decides, nor its ITL names it, and no TVS server that the phone trusts confirms it."
            )
        }
        _ => format!(
            "The phone does not know the signer, {signer}: no list on the phone names it, and no TVS server that the phone trusts confirms it."
        ),
    }
}

fn stranger(finding: &Finding) -> String {
    let place = capital(&record(&finding.evidence));
    let certificate = finding.evidence.certificate.as_deref();
    if finding.code == FindingCode::SameCa {
        return format!(
            "{place} was issued by the same authority as the signer. That does not help: phones do not check chains."
        );
    }
    let serial =
        certificate.map(|certificate| certificate.identity.serial.to_string()).unwrap_or_default();
    format!(
        "{place} has the signer's name, but serial {serial}: the certificate was regenerated, and the phone does not know the new one."
    )
}

/// Returns a finding as a sentence.
pub(super) fn sentence(finding: &Finding, about: About<'_>) -> String {
    let Evidence { value, limit, date, digest, role, name: _, .. } = &finding.evidence;
    let signer = about.signer;
    let number = |number: &Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let day = |date: &Option<Timestamp>| date.map(|date| date.to_string()).unwrap_or_default();
    let server = tvs_server("A TVS server", &finding.evidence);
    match finding.code {
        FindingCode::SignerInCtl | FindingCode::SignerInItl => vouching_record(&finding.evidence),
        FindingCode::SignerUnknown => unknown(finding, about),
        FindingCode::SameCa | FindingCode::SameNameNewSerial => stranger(finding),
        FindingCode::AnchorsReplaced => "The new CTL has none of the SAST certificates of the CTL on the phone, so only TVS can confirm it. A phone that loses \
             its ITL first cannot ask TVS and refuses this CTL. Update the CTL before any phone boots."
            .to_owned(),
        FindingCode::BlankList => "The ITL on the phone is blank (SAST and CAPF records only): the phone accepts any ITL.".to_owned(),
        FindingCode::ConfigEncrypted => {
            "The configuration is encrypted: the phone also needs its own private key (LSC or MIC) to read it.".to_owned()
        }
        FindingCode::CtlReduced => format!(
            "{} remains from mixed mode and names only SAST and CAPF certificates: the phone refuses no ITL because of it.",
            capital(finding.evidence.list.map_or("the CTL", list))
        ),
        FindingCode::DigestUnsupported => {
            let digest = digest.map(|digest| digest.to_string()).unwrap_or_default();
            format!("The file is signed with {digest}, which this device cannot check.")
        }
        FindingCode::ZeroBytes => {
            "The file has zero bytes. A phone without lists continues as if the server had no such file.".to_owned()
        }
        FindingCode::FileNotFound => format!("The server has no {}. The phone keeps what it has.", words::file(about.file)),
        FindingCode::FirstUse if about.file == JudgedFile::Itl && finding.rule == Rule::Blank3 => {
            "The phone has no ITL, and its CTL remains from mixed mode: the phone accepts the first ITL without a check.".to_owned()
        }
        FindingCode::FirstUse => "The phone has no list: it accepts the first one without a check.".to_owned(),
        FindingCode::HoldsNoLists => "This device has no trust lists and asks for none.".to_owned(),
        FindingCode::ItlNeverAsked => "This device has no Security By Default: it never asks for an ITL.".to_owned(),
        FindingCode::ItlOversize if *limit < Some(1000) => {
            format!("The ITL names more than {} different certificates: it is too large to load.", number(limit))
        }
        FindingCode::ItlOversize => format!("The ITL has {} bytes; phones load at most {}.", number(value), number(limit)),
        FindingCode::KeyTooLong => {
            format!("The signer's key has {} bits; this device accepts at most {}.", number(value), number(limit))
        }
        FindingCode::MatchedByTftpRole => {
            let record = role.map(record_of).unwrap_or_default();
            format!("The signer is in {record}, not in a SAST record. One source says that only SAST may sign an ITL.")
        }
        FindingCode::MoreThanTwoSast => {
            format!(
                "The list has {} SAST records; one source allows {}, but eToken CTLs have more.",
                number(value),
                number(limit)
            )
        }
        FindingCode::OlderList => "The new list was made before the list on the phone. Phones do not check that.".to_owned(),
        FindingCode::SameFile => "The server offers the file that the phone already has.".to_owned(),
        FindingCode::SignatureBroken => {
            format!("The signature is not that of {signer}: the file was changed after signing, or another key signed it.")
        }
        FindingCode::SignedConfigMissing => {
            "A list on the phone has a TFTP record, so the phone asks for a signed configuration. The server has none.".to_owned()
        }
        FindingCode::SignerExpired => {
            format!("The signer's certificate expired at {}. For information only: no phone is known to check this date.", day(date))
        }
        FindingCode::SignerImpersonated => format!(
            "The file names {signer}, which the phone knows, but another key signed it, and that key is in the file. The phone uses \
             only the key in its own list."
        ),
        FindingCode::SignerKeyNotRsa => "The record of the signer on the phone has no RSA key. Only RSA keys sign these files.".to_owned(),
        FindingCode::SignerNotYetValid => {
            format!("The signer's certificate is not valid before {}. For information only: no phone is known to check this date.", day(date))
        }
        FindingCode::SignerSubjectDiffers => {
            "A list on the phone names the signer by issuer and serial number, but with another subject than the file.".to_owned()
        }
        FindingCode::UnsignedAsked => {
            "No list on the phone has a TFTP record: the phone asks for the unsigned configuration and accepts it.".to_owned()
        }
        FindingCode::TvsCertificateChanged => {
            format!(
                "{server} presents a certificate that is not in the phone's ITL, so the phone ignores its answer."
            )
        }
        FindingCode::TvsDoesNotKnow => format!("{server} does not know the signer."),
        FindingCode::TvsImpersonated => format!(
            "{server} presents another certificate with the issuer and serial number of a TVS record, so the phone ignores its \
             answer."
        ),
        FindingCode::TvsNeedsTls10 => {
            "This phone cannot ask TVS: its TLS versions are below the minimum of the cluster."
                .to_owned()
        }
        FindingCode::TvsNoRecord if finding.evidence.list.is_some() => {
            "The ITL on the phone has no TVS record, so the phone cannot ask TVS.".to_owned()
        }
        FindingCode::TvsNoRecord => "The phone has no ITL, so it cannot ask TVS.".to_owned(),
        FindingCode::TvsNotOnDevice => "This device does not ask TVS.".to_owned(),
        FindingCode::TvsUnreachable => format!("{server} does not answer."),
        FindingCode::TvsVouches => format!("{server} confirms the signer."),
    }
}

/// Returns the server that a finding or a condition names, else `a TVS server` in its words.
fn tvs_server(unnamed: &str, evidence: &Evidence) -> String {
    match &evidence.server {
        Some(server) => format!("TVS server {}", Plain(server)),
        None => unnamed.to_owned(),
    }
}

/// Returns the missing fact as a question, with a remark if there is one.
pub(super) fn missing(condition: &Condition, about: About<'_>) -> String {
    let Evidence { value, limit, digest, role, name, .. } = &condition.evidence;
    let number = |number: &Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let name = name.as_deref().unwrap_or_default();
    let server = tvs_server("a TVS server", &condition.evidence);
    let tvs_role = if about.file == JudgedFile::Config { "TFTP or CCM+TFTP" } else { "SAST" };
    match condition.code {
        ConditionCode::AnchorsReplacedTvsOpen => {
            "does the phone still have its ITL, and does TVS confirm the signer of this CTL? The CTL has none of the SAST certificates of the CTL on the phone."
                .to_owned()
        }
        ConditionCode::BlankListUnproven => {
            "is the ITL on the phone the blank one of the rollback parameter? Its records have no host names; CUCM writes host names."
                .to_owned()
        }
        ConditionCode::ConfigSignerSastOnly => {
            "is a SAST record enough for the signer of a configuration? Sources disagree.".to_owned()
        }
        ConditionCode::CtlDecidesItl => {
            "does the phone accept this ITL, although its CTL does not name the signer? Sources disagree.".to_owned()
        }
        ConditionCode::CtlOverReducedCtl => {
            "does the phone accept the CTL of another cluster without a check? Its own CTL remains from mixed mode, and its ITL is blank or missing."
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
            "does the phone accept the first ITL without a check, although its first CTL does not name the signer?".to_owned()
        }
        ConditionCode::InstalledListsNotGiven => {
            "is the phone factory-fresh? The lists on the phone were not given.".to_owned()
        }
        ConditionCode::ItlTakenThenDropped => {
            "does the phone keep the ITL that it accepts, although its CTL does not name the signer?".to_owned()
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
            "does the phone accept this ITL, although its CTL remains from mixed mode?".to_owned()
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
            "does the phone keep the unchanged ITL, although its CTL does not name the signer?".to_owned()
        }
        ConditionCode::UnusualFileName => {
            format!("does the phone accept {} with the name {} inside?", article(about.file), Plain(name))
        }
        ConditionCode::TvsAnswerUnknown => {
            format!("does {server} present a certificate that is in the phone's ITL, and know the signer as {tvs_role}?")
        }
        ConditionCode::TvsCached => "does the phone still use the TVS answer in its cache?".to_owned(),
        ConditionCode::TvsRecordUnproven => {
            format!("does the phone trust {server}, although its TVS record has no certificate and no hash?")
        }
        ConditionCode::TvsRoleMissing => {
            format!("is it enough that {server} knows the signer, but not as {tvs_role}?")
        }
        ConditionCode::TvsRolesUnknown => format!("does {server} know the signer as {tvs_role}? It knows the certificate; its roles were not given."),
        ConditionCode::TvsServersDisagree => {
            format!("does the phone use the answer of {server}? It confirms the signer; another server does not know the signer.")
        }
        ConditionCode::TvsSkipsChangedServer => {
            format!(
                "does the phone ask the next TVS server after {}? It does not know the certificate of this one.",
                server.trim_start_matches("TVS server ")
            )
        }
        ConditionCode::TvsTlsOpen => {
            "can this phone ask TVS with a TLS version that the cluster allows? `show tls min-version` shows the minimum of the cluster; before \
             11.5 it is 1.0."
                .to_owned()
        }
        ConditionCode::TvsUnknown => "does a TVS server that the phone trusts confirm the signer? Nothing is known about TVS.".to_owned(),
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
        Some(NotChecked::NoKey) => "the record of the signer on the phone has no readable key",
        Some(NotChecked::KeyRefused) => "this program does not accept such a key",
        Some(NotChecked::UnsupportedDigest) => "this program does not know the digest",
        Some(NotChecked::UnknownFile) => "the file was not given",
        Some(NotChecked::Unreadable) => "the file is not a list",
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
    use crate::phone::{ConditionalOutcome, Outcome, Weight};

    #[test]
    fn every_code_has_a_sentence_of_its_own() {
        let mut told = std::collections::BTreeSet::new();
        for &code in FindingCode::ALL {
            for rule in [Rule::Itl4, Rule::Ctl4, Rule::Itl1, Rule::Blank3] {
                let finding =
                    Finding { code, rule, weight: Weight::Informs, evidence: Evidence::default() };
                let text =
                    sentence(&finding, About { file: JudgedFile::Itl, signer: "the signer" });
                assert!(text.ends_with('.') && !text.contains(code.as_str()), "{code}: {text}");
                assert!(text.starts_with(|c: char| c.is_uppercase()), "{code}: {text}");
                told.insert((code, text));
            }
        }
        let texts: std::collections::BTreeSet<&String> =
            told.iter().map(|(_, text)| text).collect();
        // The record of the signer has one sentence for both lists: the evidence names the list.
        assert_eq!(texts.len() + 1, told.len());
    }

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
