//! A sentence for each finding, and the missing fact of each condition as a question; its yes comes first.

use super::words::{self, list, record_of};
use crate::facts::NotChecked;
use crate::phone::{
    Compared, Condition, ConditionKind, Finding, FindingKind, FoundRecord, ItlSize, JudgedFile,
    Rule, UnlistedTftpServer,
};
use crate::report::Plain;
use crate::text::capital;

/// The file that a finding or a condition is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    pub(super) file: JudgedFile,
    /// The signer as the file names it, ready to print; empty without a signer.
    pub(super) signer: &'a str,
}

/// Returns `record 3 (SAST) of the ITL on the phone`.
fn record(found: &FoundRecord) -> String {
    format!("record {} ({}) of {}", found.record.0, found.role, list(found.list))
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

/// Returns a finding as a sentence.
pub(super) fn sentence(finding: &Finding, about: About<'_>) -> String {
    let signer = about.signer;
    match &finding.kind {
        FindingKind::SignerInCtl(found) | FindingKind::SignerInItl(found) => {
            format!("The signer, {}, is in {}.", words::certificate(&found.certificate), record(found))
        }
        FindingKind::SignerUnknown(_) => unknown(finding, about),
        FindingKind::SameCa(found) => format!(
            "{} was issued by the same authority as the signer. That does not help: phones do not check chains.",
            capital(&record(found))
        ),
        FindingKind::SameNameNewSerial(found) => format!(
            "{} has the signer's name, but serial {}: the certificate was regenerated, and the phone does not know the new one.",
            capital(&record(found)),
            found.certificate.identity.serial
        ),
        FindingKind::AnchorsReplaced => "The new CTL has none of the SAST certificates of the CTL on the phone, so only TVS can confirm it. A phone that loses \
             its ITL first cannot ask TVS and refuses this CTL. Update the CTL before any phone boots."
            .to_owned(),
        FindingKind::BlankList(_) => "The ITL on the phone is blank (SAST and CAPF records only): the phone accepts any ITL.".to_owned(),
        FindingKind::ConfigEncrypted => {
            "The configuration is encrypted: the phone also needs its own private key (LSC or MIC) to read it.".to_owned()
        }
        FindingKind::CtlReduced(ctl) => format!(
            "{} remains from mixed mode and names only SAST and CAPF certificates: the phone refuses no ITL because of it.",
            capital(list(*ctl))
        ),
        FindingKind::DigestUnsupported(digest) => {
            format!("The file is signed with {digest}, which this device cannot check.")
        }
        FindingKind::ZeroBytes => {
            "The file has zero bytes. A phone without lists continues as if the server had no such file.".to_owned()
        }
        FindingKind::FileNotFound => format!("The server has no {}. The phone keeps what it has.", words::file(about.file)),
        FindingKind::FirstUse if about.file == JudgedFile::Itl && finding.rule == Rule::Blank3 => {
            "The phone has no ITL, and its CTL remains from mixed mode: the phone accepts the first ITL without a check.".to_owned()
        }
        FindingKind::FirstUse => "The phone has no list: it accepts the first one without a check.".to_owned(),
        FindingKind::HoldsNoLists => "This device has no trust lists and asks for none.".to_owned(),
        FindingKind::ItlNeverAsked => "This device has no Security By Default: it never asks for an ITL.".to_owned(),
        FindingKind::ItlOversize(ItlSize::Certificates(Compared { limit, .. })) => {
            format!("The ITL names more than {limit} different certificates: it is too large to load.")
        }
        FindingKind::ItlOversize(ItlSize::Bytes(Compared { value, limit })) => {
            format!("The ITL has {value} bytes; phones load at most {limit}.")
        }
        FindingKind::KeyTooLong(Compared { value, limit }) => {
            format!("The signer's key has {value} bits; this device accepts at most {limit}.")
        }
        FindingKind::MatchedByTftpRole(role) => {
            let record = record_of(*role);
            format!("The signer is in {record}, not in a SAST record. One source says that only SAST may sign an ITL.")
        }
        FindingKind::MoreThanTwoSast(Compared { value, limit }) => {
            format!("The list has {value} SAST records; one source allows {limit}, but eToken CTLs have more.")
        }
        FindingKind::OlderList(_) => "The new list was made before the list on the phone. Phones do not check that.".to_owned(),
        FindingKind::SameFile => "The server offers the file that the phone already has.".to_owned(),
        FindingKind::SignatureBroken => {
            format!("The signature is not that of {signer}: the file was changed after signing, or another key signed it.")
        }
        FindingKind::SignedConfigMissing => {
            "A list on the phone has a TFTP record, so the phone asks for a signed configuration. The server has none.".to_owned()
        }
        FindingKind::SignerExpired(end) => {
            format!("The signer's certificate expired at {end}. For information only: no phone is known to check this date.")
        }
        FindingKind::SignerImpersonated => format!(
            "The file names {signer}, which the phone knows, but another key signed it, and that key is in the file. The phone uses \
             only the key in its own list."
        ),
        FindingKind::SignerKeyNotRsa => "The record of the signer on the phone has no RSA key. Only RSA keys sign these files.".to_owned(),
        FindingKind::SignerNotYetValid(start) => {
            format!("The signer's certificate is not valid before {start}. For information only: no phone is known to check this date.")
        }
        FindingKind::SignerSubjectDiffers => {
            "A list on the phone names the signer by issuer and serial number, but with another subject than the file.".to_owned()
        }
        FindingKind::UnsignedAsked => {
            "No list on the phone has a TFTP record: the phone asks for the unsigned configuration and accepts it.".to_owned()
        }
        FindingKind::TvsCertificateChanged(server) => format!(
            "TVS server {} presents a certificate that is not in the phone's ITL, so the phone ignores its answer.",
            Plain(server)
        ),
        FindingKind::TvsDoesNotKnow(server) => format!("TVS server {} does not know the signer.", Plain(server)),
        FindingKind::TvsImpersonated(server) => format!(
            "TVS server {} presents another certificate with the issuer and serial number of a TVS record, so the phone ignores its \
             answer.",
            Plain(server)
        ),
        FindingKind::TvsNeedsTls10 => {
            "This phone cannot ask TVS: its TLS versions are below the minimum of the cluster."
                .to_owned()
        }
        FindingKind::TvsNoRecord(Some(_)) => {
            "The ITL on the phone has no TVS record, so the phone cannot ask TVS.".to_owned()
        }
        FindingKind::TvsNoRecord(None) => "The phone has no ITL, so it cannot ask TVS.".to_owned(),
        FindingKind::TvsNotOnDevice => "This device does not ask TVS.".to_owned(),
        FindingKind::TvsUnreachable(server) => format!("TVS server {} does not answer.", Plain(server)),
        FindingKind::TvsVouches(voucher) => format!("TVS server {} confirms the signer.", Plain(&voucher.server)),
    }
}

/// Returns the missing fact as a question, with a remark if there is one.
pub(super) fn missing(condition: &Condition, about: About<'_>) -> String {
    let tvs_role = if about.file == JudgedFile::Config { "TFTP or CCM+TFTP" } else { "SAST" };
    match &condition.kind {
        ConditionKind::AnchorsReplacedTvsOpen => {
            "does the phone still have its ITL, and does TVS confirm the signer of this CTL? The CTL has none of the SAST certificates of the CTL on the phone."
                .to_owned()
        }
        ConditionKind::BlankListUnproven(_) => {
            "is the ITL on the phone the blank one of the rollback parameter? Its records have no host names; CUCM writes host names."
                .to_owned()
        }
        ConditionKind::ConfigSignerSastOnly(_) => {
            "is a SAST record enough for the signer of a configuration? Sources disagree.".to_owned()
        }
        ConditionKind::CtlDecidesItl(_) => {
            "does the phone accept this ITL, although its CTL does not name the signer? Sources disagree.".to_owned()
        }
        ConditionKind::CtlOverReducedCtl(_) => {
            "does the phone accept the CTL of another cluster without a check? Its own CTL remains from mixed mode, and its ITL is blank or missing."
                .to_owned()
        }
        ConditionKind::CtlUndecided => "does the phone accept the CTL?".to_owned(),
        ConditionKind::DigestSupportUnknown(digest) => {
            format!("can this device check signatures with {digest}?")
        }
        ConditionKind::EmptyFile => "does the phone treat a file of zero bytes like a missing one?".to_owned(),
        ConditionKind::FipsKeySize(Compared { value, limit }) => {
            format!("does a phone in FIPS mode accept a signer's key of {value} bits, below {limit}?")
        }
        ConditionKind::FirstCtlOverItl(_) => {
            "does a phone that has an ITL accept its first CTL without a check?".to_owned()
        }
        ConditionKind::FirstItlNotInCtl(_) => {
            "does the phone accept the first ITL without a check, although its first CTL does not name the signer?".to_owned()
        }
        ConditionKind::InstalledListsNotGiven => {
            "is the phone factory-fresh? The lists on the phone were not given.".to_owned()
        }
        ConditionKind::ItlTakenThenDropped => {
            "does the phone keep the ITL that it accepts, although its CTL does not name the signer?".to_owned()
        }
        ConditionKind::ItlUndecided => "does the phone accept the ITL?".to_owned(),
        ConditionKind::KeyLimitUnknown(Compared { value, limit }) => {
            format!("does this device accept a signer's key of {value} bits, above {limit}?")
        }
        ConditionKind::KeySizeUnknown => {
            "does this device accept the signer's key? Its size is not known.".to_owned()
        }
        ConditionKind::ListIncomplete(incomplete) => {
            let record = if condition.rule == Rule::Boot4 { "a TFTP record" } else { "the record that decides" };
            let list = incomplete.list.map_or("the list", list);
            format!("does the missing part of {list} have {record}? Give the whole list.")
        }
        ConditionKind::ReducedCtlLeft(_) => {
            "does the phone accept this ITL, although its CTL remains from mixed mode?".to_owned()
        }
        ConditionKind::SecurityByDefaultUnknown => {
            "does this device have Security By Default, and so ask TVS?".to_owned()
        }
        ConditionKind::SignatureBrokenOnFaith => {
            "does a phone without lists accept a list whose signature is wrong?".to_owned()
        }
        ConditionKind::SignatureNotChecked(why) => {
            format!("is the signature right? It was not checked: {}.", not_checked(*why))
        }
        ConditionKind::SignerNotStated => {
            "does the phone know the signer? The paste does not show it.".to_owned()
        }
        ConditionKind::SignerTftpRoleOnly(found) => {
            format!("is {} enough for the signer of a CTL?", record_of(found.role))
        }
        ConditionKind::TftpAddressNotInCtl(UnlistedTftpServer { server, .. }) => {
            format!("does the phone use TFTP server {}? No TFTP record of its CTL names it.", Plain(server))
        }
        ConditionKind::UnchangedItlNotInCtl(_) => {
            "does the phone keep the unchanged ITL, although its CTL does not name the signer?".to_owned()
        }
        ConditionKind::UnusualFileName(name) => {
            format!("does the phone accept {} with the name {} inside?", article(about.file), Plain(name))
        }
        ConditionKind::TvsAnswerUnknown(server) => format!(
            "does TVS server {} present a certificate that is in the phone's ITL, and know the signer as {tvs_role}?",
            Plain(server)
        ),
        ConditionKind::TvsCached(_) => "does the phone still use the TVS answer in its cache?".to_owned(),
        ConditionKind::TvsRecordUnproven(server) => format!(
            "does the phone trust TVS server {}, although its TVS record has no certificate and no hash?",
            Plain(server)
        ),
        ConditionKind::TvsRoleMissing(server) => {
            format!("is it enough that TVS server {} knows the signer, but not as {tvs_role}?", Plain(server))
        }
        ConditionKind::TvsRolesUnknown(server) => format!(
            "does TVS server {} know the signer as {tvs_role}? It knows the certificate; its roles were not given.",
            Plain(server)
        ),
        ConditionKind::TvsServersDisagree(server) => format!(
            "does the phone use the answer of TVS server {}? It confirms the signer; another server does not know the signer.",
            Plain(server)
        ),
        ConditionKind::TvsSkipsChangedServer(server) => format!(
            "does the phone ask the next TVS server after {}? It does not know the certificate of this one.",
            Plain(server)
        ),
        ConditionKind::TvsTlsOpen => {
            "can this phone ask TVS with a TLS version that the cluster allows? `show tls min-version` shows the minimum of the cluster; before \
             11.5 it is 1.0."
                .to_owned()
        }
        ConditionKind::TvsUnknown => "does a TVS server that the phone trusts confirm the signer? Nothing is known about TVS.".to_owned(),
    }
}

const fn not_checked(why: NotChecked) -> &'static str {
    match why {
        NotChecked::NoKey => "the record of the signer on the phone has no readable key",
        NotChecked::KeyRefused => "this program does not accept such a key",
        NotChecked::UnsupportedDigest => "this program does not know the digest",
        NotChecked::UnknownFile => "the file was not given",
        NotChecked::Unreadable => "the file is not a list",
        NotChecked::TextOnly => "a paste has no signature",
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
    use crate::phone::testing::Samples;
    use crate::phone::{ConditionalOutcome, Outcome, Weight};
    use std::collections::BTreeSet;

    #[test]
    fn every_finding_has_a_sentence_of_its_own() {
        let mut told = BTreeSet::new();
        let mut texts = BTreeSet::new();
        for kind in FindingKind::samples() {
            for rule in [Rule::Itl4, Rule::Ctl4, Rule::Itl1, Rule::Blank3] {
                let finding = Finding { kind: kind.clone(), rule, weight: Weight::Informs };
                let code = finding.code();
                let text =
                    sentence(&finding, About { file: JudgedFile::Itl, signer: "the signer" });
                assert!(text.ends_with('.') && !text.contains(code.as_str()), "{code}: {text}");
                assert!(text.starts_with(|c: char| c.is_uppercase()), "{code}: {text}");
                texts.insert(text.clone());
                told.insert((code, text));
            }
        }
        // The record of the signer has one sentence for both lists: the evidence names the list.
        assert_eq!(texts.len() + 1, told.len());
    }

    #[test]
    fn every_condition_asks_a_question_of_its_own() {
        let mut asked = BTreeSet::new();
        let mut texts = BTreeSet::new();
        for kind in ConditionKind::samples() {
            let (if_yes, if_no) = (
                ConditionalOutcome::Outcome(Outcome::Accept),
                ConditionalOutcome::Outcome(Outcome::Reject),
            );
            let condition = Condition { kind, rule: Rule::Itl4, if_yes, if_no, leans: None };
            let code = condition.code();
            let text = missing(&condition, About { file: JudgedFile::Itl, signer: "the signer" });
            assert!(text.contains('?') && !text.contains(code.as_str()), "{code}: {text}");
            texts.insert(text.clone());
            asked.insert((code, text));
        }
        assert_eq!(texts.len(), asked.len());
    }
}
