//! A sentence for each finding.

use super::words::{self, list, record_of};
use crate::code::FindingCode;
use crate::facts::Timestamp;
use crate::phone::{Evidence, Finding, JudgedFile, Rule};
use crate::report::Plain;

/// The file that a finding or a condition is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    pub(super) file: JudgedFile,
    /// The signer as the file names it, ready to print; empty where nobody signed.
    pub(super) signer: &'a str,
}

/// What the phone finds, as a sentence.
pub(super) fn sentence(finding: &Finding, about: About<'_>) -> String {
    let Finding { evidence, code, .. } = finding;
    match code {
        FindingCode::SignerInCtl | FindingCode::SignerInItl => vouching_record(evidence),
        FindingCode::SignerUnknown => unknown(finding, about),
        FindingCode::SameCa | FindingCode::SameNameNewSerial => stranger(finding),
        code if code.as_str().starts_with("tvs-") => tvs(finding),
        _ => of_file(finding, about),
    }
}

fn vouching_record(evidence: &Evidence) -> String {
    let known = evidence.certificate.as_deref().map(words::certificate).unwrap_or_default();
    format!("{} is the signer, {known}.", capital(&record(evidence)))
}

/// `record 3 (SAST) of the installed ITL`.
fn record(evidence: &Evidence) -> String {
    let index = evidence.record.map(|index| format!(" {}", index.0)).unwrap_or_default();
    let role = evidence.role.map(|role| format!(" ({role})")).unwrap_or_default();
    format!("record{index}{role} of {}", evidence.list.map_or("a list", list))
}

fn unknown(finding: &Finding, about: About<'_>) -> String {
    let signer = about.signer;
    match (finding.rule, about.file) {
        (Rule::Ctl4, _) => format!(
            "The signer, {signer}, is no SAST of the installed CTL, and this device asks nobody else."
        ),
        (_, JudgedFile::Config) => {
            format!(
                "The signer, {signer}, is in no TFTP or CCM+TFTP record of the phone, and no TVS server that it trusts vouches for it."
            )
        }
        (Rule::Itl1 | Rule::First3, _) => {
            format!(
                "The CTL decides, and does not know the signer, {signer}; neither does the ITL, or a TVS server that the phone trusts."
            )
        }
        _ => format!(
            "The signer, {signer}, is in no list of the phone, and no TVS server that it trusts vouches for it."
        ),
    }
}

fn stranger(finding: &Finding) -> String {
    let place = capital(&record(&finding.evidence));
    let certificate = finding.evidence.certificate.as_deref();
    if finding.code == FindingCode::SameCa {
        return format!(
            "{place} was issued by the same authority as the signer. That does not help: phones follow no chains."
        );
    }
    let serial =
        certificate.map(|certificate| certificate.identity.serial.to_string()).unwrap_or_default();
    format!(
        "{place} has the signer's name, but serial {serial}: a renewed certificate is another certificate."
    )
}

fn tvs(finding: &Finding) -> String {
    let server = match &finding.evidence.server {
        Some(server) => format!("TVS server {}", Plain(server)),
        None => "A TVS server".to_owned(),
    };
    match finding.code {
        FindingCode::TvsCertificateChanged => {
            format!("{server} presents a certificate that no TVS record of the phone's ITL names: the phone does not believe it.")
        }
        FindingCode::TvsDoesNotKnow => format!("{server} does not know the signer."),
        FindingCode::TvsImpersonated => format!(
            "{server} presents a certificate with the issuer and serial number of a TVS record, but other bytes: the phone \
             does not believe it."
        ),
        FindingCode::TvsNeedsTls10 => {
            "This phone cannot use TVS: its TLS versions are below the cluster's minimum, which TVS follows.".to_owned()
        }
        FindingCode::TvsNoRecord if finding.evidence.list.is_some() => {
            "The phone's ITL holds no TVS record: it cannot use TVS.".to_owned()
        }
        FindingCode::TvsNoRecord => "The phone holds no ITL: it cannot use TVS.".to_owned(),
        FindingCode::TvsNotOnDevice => "This device has no TVS.".to_owned(),
        FindingCode::TvsUnreachable => format!("{server} does not answer."),
        _ => format!("{server} vouches for the signer."),
    }
}

fn of_file(finding: &Finding, about: About<'_>) -> String {
    let Evidence { value, limit, date, digest, role, name: _, .. } = &finding.evidence;
    let signer = about.signer;
    let number = |number: &Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let day = |date: &Option<Timestamp>| date.map(|date| date.to_string()).unwrap_or_default();
    match finding.code {
        FindingCode::AnchorsReplaced => "The new CTL keeps no SAST of the installed one. A phone that loses its ITL before it \
             takes this CTL has nothing left to check it with: update the CTL before any phone boots."
            .to_owned(),
        FindingCode::BlankList => "The ITL on the phone is blank (SAST and CAPF records only): it lets any ITL in.".to_owned(),
        FindingCode::ConfigEncrypted => {
            "The configuration is encrypted: the phone also needs its own private key (LSC or MIC) to read it.".to_owned()
        }
        FindingCode::CtlReduced => format!(
            "{} is left over from mixed mode: it names SAST and CAPF certificates only, so its silence refuses no ITL.",
            capital(finding.evidence.list.map_or("the CTL", list))
        ),
        FindingCode::DigestUnsupported => {
            let digest = digest.map(|digest| digest.to_string()).unwrap_or_default();
            format!("The file is signed with {digest}, which this device cannot check.")
        }
        FindingCode::ZeroBytes => {
            "The file has zero bytes; a phone without lists goes on as if the server had no such file.".to_owned()
        }
        FindingCode::FileNotFound => "The server has no such file; the phone goes on with what it holds.".to_owned(),
        FindingCode::FirstUse if about.file == JudgedFile::Itl && finding.rule == Rule::Blank3 => {
            "The phone holds no ITL, and its CTL is left over from mixed mode: the first ITL is taken on faith.".to_owned()
        }
        FindingCode::FirstUse => "The phone holds no list: the first one is taken on faith, once.".to_owned(),
        FindingCode::HoldsNoLists => "This device holds no trust lists and asks for none.".to_owned(),
        FindingCode::ItlNeverAsked => "This device has no Security By Default: it never asks for an ITL.".to_owned(),
        FindingCode::ItlOversize if *limit < Some(1000) => {
            format!("The ITL names more than {} different certificates: it is too large to load.", number(limit))
        }
        FindingCode::ItlOversize => format!("The ITL has {} bytes; phones load at most {}.", number(value), number(limit)),
        FindingCode::KeyTooLong => {
            format!("The signer's key has {} bits; this device takes at most {}.", number(value), number(limit))
        }
        FindingCode::MatchedByTftpRole => {
            let record = role.map(record_of).unwrap_or_default();
            format!("The signer was found in {record}, not in a SAST record. One source says that only SAST may sign an ITL.")
        }
        FindingCode::MoreThanTwoSast => {
            format!(
                "The list holds {} SAST records; one source allows {}, but eToken CTLs hold more.",
                number(value),
                number(limit)
            )
        }
        FindingCode::OlderList => "The new list was made before the installed one. Phones do not look at that.".to_owned(),
        FindingCode::SameFile => "These are the bytes that the phone already holds.".to_owned(),
        FindingCode::SignatureBroken => {
            format!("The signature is not that of {signer}: the file was changed after it was signed, or another key signed it.")
        }
        FindingCode::SignedConfigMissing => {
            "A list of the phone holds a TFTP record, so it asks for a signed configuration, and none is served.".to_owned()
        }
        FindingCode::SignerExpired => {
            format!("The signer's certificate expired at {}. Reported only: no phone was seen to check it.", day(date))
        }
        FindingCode::SignerImpersonated => format!(
            "The file names {signer}, whom the phone knows, but is signed with another key, which it brings along. The phone \
             believes only the key it holds."
        ),
        FindingCode::SignerKeyNotRsa => "The phone's record of the signer holds no RSA key; other keys sign no files.".to_owned(),
        FindingCode::SignerNotYetValid => {
            format!("The signer's certificate is valid from {} only. Reported only: no phone was seen to check it.", day(date))
        }
        FindingCode::SignerSubjectDiffers => {
            "Issuer and serial number of the signer are known, with another subject than the file gives.".to_owned()
        }
        FindingCode::UnsignedAsked => {
            "No list of the phone holds a TFTP record: it asks for the unsigned configuration and takes it.".to_owned()
        }
        other => format!("{other}."),
    }
}

/// The sentence with a capital at its start.
pub(super) fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::Weight;

    #[test]
    fn every_code_has_a_sentence_of_its_own() {
        let mut told = std::collections::BTreeSet::new();
        for &code in FindingCode::ALL {
            for rule in [Rule::Itl4, Rule::Ctl4, Rule::Itl1, Rule::Blank3] {
                let finding =
                    Finding { code, rule, weight: Weight::Informs, evidence: Evidence::default() };
                let text = sentence(&finding, About { file: JudgedFile::Itl, signer: "somebody" });
                assert!(text.ends_with('.') && !text.contains(code.as_str()), "{code}: {text}");
                assert!(text.starts_with(|c: char| c.is_uppercase()), "{code}: {text}");
                told.insert((code, text));
            }
        }
        let texts: std::collections::BTreeSet<&String> =
            told.iter().map(|(_, text)| text).collect();
        // The record that vouches is told alike for both lists: the evidence names the list.
        assert_eq!(texts.len() + 1, told.len());
    }
}
