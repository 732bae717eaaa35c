//! Checks of the file: signature, header, name in the header.

use super::{Level, LintCode, LintFinding, LintValue, finding, number, text};
use crate::facts::{ListFacts, ListKind};
use crate::verify::{Invalid, NotVerifiable, OwnSignature, OwnVerification};
use crate::wire::{DigestAlgorithm, TrustList, UnknownTag, Version};
use alloc::{string::ToString as _, vec::Vec};

/// Checks the signature under the key of the signer's own record. A signer that is not SAST has its
/// own finding.
pub(super) fn signature(verification: &OwnVerification, found: &mut Vec<LintFinding>) {
    let record = verification.signer.map(crate::facts::RecordIndex);
    match verification.outcome {
        OwnSignature::Consistent => {}
        OwnSignature::Invalid(why) => {
            let lengths = match why {
                Invalid::Length { signature, modulus } => Vec::from([
                    ("signature_bytes", number(signature)),
                    ("modulus_bytes", number(modulus)),
                ]),
                _ => Vec::new(),
            };
            found.push(finding(LintCode::SignatureWrong, Level::Error, record, lengths));
        }
        OwnSignature::NotVerifiable(
            NotVerifiable::SignerNotSast | NotVerifiable::SignerUnknown,
        ) => {}
        OwnSignature::NotVerifiable(why) => {
            found.push(finding(
                LintCode::SignatureUnverifiable,
                Level::Warning,
                record,
                [("reason", text(&why.to_string()))],
            ));
        }
    }
}

/// Checks version, digest, name, containers, padding and unknown tags of the header.
pub(super) fn header(list: &TrustList<'_>, facts: &ListFacts, found: &mut Vec<LintFinding>) {
    let header = list.header();
    if header.version() != USUAL_VERSION {
        found.push(finding(
            LintCode::VersionUnusual,
            Level::Note,
            None,
            [("version", text(&header.version().to_string()))],
        ));
    }
    if header.digest() == DigestAlgorithm::Sha1 {
        found.push(finding(LintCode::DigestSha1, Level::Note, None, []));
    }
    name_inside(facts, found);
    for container in header.wrong_containers() {
        let values = [
            ("tag", LintValue::Number(container.tag.into())),
            ("length", LintValue::Number(container.length.into())),
            ("expected", LintValue::Number(container.expected.into())),
            ("offset", number(container.offset)),
        ];
        found.push(finding(LintCode::ContainerLength, Level::Warning, None, values));
    }
    let padding = header.padding();
    if padding.len() > 3
        || padding.iter().any(|&byte| byte != PADDING)
        || !header.length().is_multiple_of(4)
    {
        let values = [
            ("padding", number(padding.len())),
            ("header_length", LintValue::Number(header.length().into())),
        ];
        found.push(finding(LintCode::PaddingUnusual, Level::Note, None, values));
    }
    for tag in header.unknown().take(MOST_TAGS) {
        found.push(unknown_tag(&tag, None));
    }
}

/// Checks for `CTLFile.tlv` or `ITLFile.tlv`, which are also the names in files for one phone. The
/// effect of another name is not known (P-SIG-7).
fn name_inside(facts: &ListFacts, found: &mut Vec<LintFinding>) {
    let usual = match facts.kind {
        ListKind::Ctl => Some("CTLFile.tlv"),
        ListKind::Itl => Some("ITLFile.tlv"),
        ListKind::List => None,
    };
    match (&facts.file_name, usual) {
        (Some(name), Some(usual)) if &**name == usual => {}
        (Some(name), _) => found.push(finding(
            LintCode::FileNameUnusual,
            Level::Warning,
            None,
            [("name", text(name))],
        )),
        (None, _) => found.push(finding(LintCode::FileNameUnusual, Level::Warning, None, [])),
    }
}

/// Reports a tag without a name, with its offset.
pub(super) fn unknown_tag(
    tag: &UnknownTag<'_>,
    record: Option<crate::facts::RecordIndex>,
) -> LintFinding {
    let values = [
        ("tag", LintValue::Number(tag.tag.into())),
        ("length", number(tag.value.len())),
        ("offset", number(tag.offset)),
    ];
    finding(LintCode::UnknownTag, Level::Note, record, values)
}

/// The largest number of unknown tags that are reported; a hostile file may contain thousands.
pub(super) const MOST_TAGS: usize = 8;
/// The version of lists in `spec/FORMAT.md` section 1.2.
const USUAL_VERSION: Version = Version { major: 1, minor: 2 };
const PADDING: u8 = 0x0d;
