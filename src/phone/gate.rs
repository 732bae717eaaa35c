//! Checks that every file must pass, whatever its signer: presence, size, digest, key size, name in
//! the header, signature.

use super::draft::{Branches, Draft};
use super::held::{BootContext, Lists, Slot, nameless};
use super::{
    Compared, ConditionKind, FindingKind, ItlSize, Judgement, Lean, ListOffer, Offer, Outcome, Rule,
};
use crate::facts::{
    CertificateFacts, ConfigFacts, FileId, Identity, KeyFacts, ListFacts, Name, NotChecked,
    RecordFacts, SignatureAnswer,
};
use crate::wire::{DigestAlgorithm, Role};
use alloc::sync::Arc;

/// The file that is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JudgedFile {
    /// The signed configuration.
    Config,
    /// The CTL.
    Ctl,
    /// The ITL.
    Itl,
}

/// An offered list, or its judgement if there is nothing to verify.
pub(super) enum Received<'a> {
    /// A list that has to be judged.
    New(&'a Arc<ListFacts>),
    /// The installed bytes (P-SAME-1).
    Same(&'a Arc<ListFacts>),
    /// No list: not found (P-EMPTY-1), or empty (P-EMPTY-4).
    Settled(Judgement),
}

/// Returns what the server sends for the slot `installed`: P-EMPTY-1, P-EMPTY-4, P-SAME-1.
pub(super) fn receive<'a>(
    context: &BootContext<'a>,
    offer: &'a ListOffer,
    lists: &Lists<'a>,
    installed: Slot<'a>,
) -> Received<'a> {
    match offer {
        ListOffer::NotFound => Received::Settled(not_found(installed)),
        ListOffer::Empty if lists.none() => Received::Settled(as_if_missing()),
        ListOffer::Empty => Received::Settled(empty(Outcome::NotOffered)),
        ListOffer::List(list) => match installed.list {
            Some(held) if context.signatures.same_file(&held.file, &list.file) => {
                Received::Same(held)
            }
            _ => Received::New(list),
        },
    }
}

/// Judges "file not found": it is normal and deletes nothing (P-EMPTY-1, P-EMPTY-2).
fn not_found(installed: Slot<'_>) -> Judgement {
    let mut draft = Draft::default();
    let rule = if installed.list.is_some() { Rule::Empty2 } else { Rule::Empty1 };
    draft.inform(FindingKind::FileNotFound, rule);
    draft.finish()
}

/// Judges a file of zero bytes on a phone without lists: reports agree that the boot continues
/// (P-EMPTY-4).
fn as_if_missing() -> Judgement {
    let mut draft = Draft::default();
    draft.inform(FindingKind::ZeroBytes, Rule::Empty4);
    draft.finish()
}

/// Judges a file of zero bytes on a phone with a list: like a missing file or like a bad one
/// (P-EMPTY-4).
pub(super) fn empty(as_if_missing: Outcome) -> Judgement {
    let mut draft = Draft::default();
    let sides = Branches::outcomes(as_if_missing, Outcome::Reject);
    draft.open_between(ConditionKind::EmptyFile, Rule::Empty4, None, sides);
    draft.finish()
}

/// Checks size, digest and name of a list, which need no key (P-ALG-2, P-ALG-7, P-SIG-7), and adds
/// information about SAST count and age.
pub(super) fn admit_list(
    context: &BootContext<'_>,
    file: JudgedFile,
    offered: &ListFacts,
    installed: Slot<'_>,
    draft: &mut Draft,
) {
    if file == JudgedFile::Itl {
        size(offered, draft);
    }
    digest(context, offered.digest, draft);
    file_name(file, offered, draft);
    sast_count(offered, draft);
    age(context, offered, installed, draft);
}

/// P-ALG-7: checks the size, or the number of different certificates if the size is not known.
fn size(offered: &ListFacts, draft: &mut Draft) {
    let size = match offered.size {
        Some(size) if size > MAX_ITL_BYTES => ItlSize::Bytes(Compared::new(size, MAX_ITL_BYTES)),
        None if more_certificates_than_fit(&offered.records) => {
            let limit = MAX_ITL_CERTIFICATES as u64;
            ItlSize::Certificates(Compared::new(limit + 1, limit))
        }
        _ => return,
    };
    draft.refuse(FindingKind::ItlOversize(size), Rule::Alg7);
}

fn more_certificates_than_fit(records: &[RecordFacts]) -> bool {
    if records.len() <= MAX_ITL_CERTIFICATES {
        return false;
    }
    let mut seen: [Option<&Identity>; MAX_ITL_CERTIFICATES] = [None; MAX_ITL_CERTIFICATES];
    for certificate in records.iter().filter_map(|record| record.certificate.as_ref()) {
        match seen.iter_mut().find(|slot| slot.is_none_or(|known| *known == certificate.identity)) {
            Some(slot) => *slot = Some(&certificate.identity),
            None => return true,
        }
    }
    false
}

/// P-ALG-1 to P-ALG-3: checks if the device supports the digest of the file. Every device supports
/// SHA-1.
pub(super) fn digest(context: &BootContext<'_>, digest: DigestAlgorithm, draft: &mut Draft) {
    let device = &context.phone.device;
    match device.digests {
        Some(known) if known.contains(digest) => {}
        Some(_) => draft.refuse(FindingKind::DigestUnsupported(digest), Rule::Alg2),
        None if digest == DigestAlgorithm::Sha1 => {}
        None => {
            let leans = if digest == DigestAlgorithm::Sha512 { device.sha512_leans } else { None };
            draft.open(ConditionKind::DigestSupportUnknown(digest), Rule::Alg2, leans);
        }
    }
}

/// P-SIG-7: checks for the generic name in the header, which files for one phone have too. Another
/// name is an open question.
fn file_name(file: JudgedFile, offered: &ListFacts, draft: &mut Draft) {
    let expected = if file == JudgedFile::Ctl { "CTLFile.tlv" } else { "ITLFile.tlv" };
    let Some(name) = offered.file_name.as_ref().filter(|name| &***name != expected) else { return };
    draft.open(ConditionKind::UnusualFileName(name.clone()), Rule::Sig7, None);
}

/// P-SIG-6: reports more than two SAST records, which phones are not known to refuse: eToken CTLs
/// of 12.0 have four.
fn sast_count(offered: &ListFacts, draft: &mut Draft) {
    let count = offered.records.iter().filter(|record| record.role == Role::Sast).count();
    if count > USUAL_SAST_RECORDS {
        let count = Compared::new(count as u64, USUAL_SAST_RECORDS as u64);
        draft.inform(FindingKind::MoreThanTwoSast(count), Rule::Sig6);
    }
}

/// P-TIME-2: reports an older list, which phones accept like any other. Its date is evidence only
/// if the caller gives a date.
fn age(context: &BootContext<'_>, offered: &ListFacts, installed: Slot<'_>, draft: &mut Draft) {
    let held = installed.list.and_then(|list| list.timestamp);
    if offered.timestamp.zip(held).is_some_and(|(offered, held)| offered < held) {
        let date = context.offer.at.and(offered.timestamp);
        draft.inform(FindingKind::OlderList(date), Rule::Time2);
    }
}

/// A file whose signature is checked.
pub(super) struct Signed<'a> {
    file: &'a FileId,
    signer: Option<&'a Identity>,
    subject: &'a Name,
    key_bits: Option<u32>,
    /// The records of the file itself. The phone does not use their keys to check it.
    own: &'a [RecordFacts],
    /// Records of the other offered lists: a forger may have put the key there.
    beside: [&'a [RecordFacts]; 2],
    /// True if no known signer is required: a first list, or any list over a blank ITL (P-FIRST-5).
    on_faith: bool,
}

impl<'a> Signed<'a> {
    pub(super) fn list(list: &'a ListFacts, on_faith: bool) -> Self {
        let ListFacts { file, signer, signer_subject: subject, key_bits, records, .. } = list;
        Self {
            file,
            signer: signer.as_ref(),
            subject,
            key_bits: *key_bits,
            own: records,
            beside: [&[]; 2],
            on_faith,
        }
    }

    pub(super) fn config(config: &'a ConfigFacts, offer: &'a Offer) -> Self {
        let ConfigFacts { file, signer, signer_subject: subject, key_bits, .. } = config;
        let beside = [offered_records(&offer.ctl), offered_records(&offer.itl)];
        Self {
            file,
            signer: Some(signer),
            subject,
            key_bits: *key_bits,
            own: &[],
            beside,
            on_faith: false,
        }
    }

    /// Returns the certificates with the signer's identity among these records.
    fn namesakes(&self, records: &'a [RecordFacts]) -> impl Iterator<Item = &'a CertificateFacts> {
        let signer = self.signer;
        let certificates = records.iter().filter_map(|record| record.certificate.as_deref());
        certificates.filter(move |certificate| signer == Some(&certificate.identity))
    }
}

fn offered_records(offer: &ListOffer) -> &[RecordFacts] {
    match offer {
        ListOffer::List(list) => &list.records,
        ListOffer::Empty | ListOffer::NotFound => &[],
    }
}

/// Runs the checks that need the signer's key: `key` from the look-up of the signer, or else the
/// key in the file.
pub(super) fn check_key<'a>(
    context: &BootContext<'_>,
    file: &Signed<'a>,
    key: Option<&'a CertificateFacts>,
    draft: &mut Draft,
) {
    let believed = key.or_else(|| file.namesakes(file.own).next());
    signature(context, file, key, believed, draft);
    key_size(context, file, believed, draft);
    if let Some(certificate) = believed {
        validity(context, certificate, draft);
        subject(file, certificate, draft);
    }
}

/// P-SIG-2, P-FIRST-5: the signature must verify under the key that the phone has for the signer.
/// If it has none, the signature must verify under the key in the file.
fn signature(
    context: &BootContext<'_>,
    file: &Signed<'_>,
    key: Option<&CertificateFacts>,
    believed: Option<&CertificateFacts>,
    draft: &mut Draft,
) {
    let answer = match (believed, file.signer) {
        (Some(certificate), _) => context.signatures.signed_by(file.file, certificate),
        (None, Some(signer)) => {
            context.signatures.signed_by(file.file, &nameless(signer, file.subject))
        }
        (None, None) => SignatureAnswer::NotChecked(NotChecked::TextOnly),
    };
    match answer {
        SignatureAnswer::Valid => {}
        SignatureAnswer::Broken if key.is_some_and(|key| impersonated(context, file, key)) => {
            draft.refuse_above_all(FindingKind::SignerImpersonated, Rule::Sig2);
        }
        SignatureAnswer::Broken if file.on_faith => {
            draft.open(ConditionKind::SignatureBrokenOnFaith, Rule::First5, None);
        }
        SignatureAnswer::Broken => draft.refuse_above_all(FindingKind::SignatureBroken, Rule::Sig2),
        SignatureAnswer::NotChecked(why) => not_checked(why, believed, draft),
    }
}

/// Checks if an offered list contains another key for the signer's issuer and serial number, and
/// the file is signed with it.
fn impersonated(context: &BootContext<'_>, file: &Signed<'_>, held: &CertificateFacts) -> bool {
    let others = file.beside.iter().flat_map(|records| file.namesakes(records));
    file.namesakes(file.own)
        .chain(others)
        .filter(|certificate| certificate.key() != held.key())
        .take(MAX_FORGED_KEYS)
        .any(|certificate| {
            context.signatures.signed_by(file.file, certificate) == SignatureAnswer::Valid
        })
}

/// A signature that could not be checked is treated as valid, but always leaves a condition.
fn not_checked(why: NotChecked, believed: Option<&CertificateFacts>, draft: &mut Draft) {
    if believed.is_some_and(|certificate| *certificate.key() == KeyFacts::Other) {
        draft.inform(FindingKind::SignerKeyNotRsa, Rule::Sig5);
    }
    let leans = (why == NotChecked::TextOnly).then_some(Lean::Accept);
    draft.open(ConditionKind::SignatureNotChecked(why), Rule::Sig2, leans);
}

/// P-ALG-4 and P-ALG-5: compares the signer's key with the longest that the device accepts and the
/// shortest that FIPS allows. If the longest is not known, 2048 bits are accepted and more is an
/// open question.
fn key_size(
    context: &BootContext<'_>,
    file: &Signed<'_>,
    believed: Option<&CertificateFacts>,
    draft: &mut Draft,
) {
    let device = &context.phone.device;
    let rule = if device.fips { Rule::Alg5 } else { Rule::Alg4 };
    let Some(bits) = file.key_bits.or_else(|| believed.and_then(symbol_bits)) else {
        if device.fips || device.max_key_bits.is_some() {
            draft.open(ConditionKind::KeySizeUnknown, rule, None);
        }
        return;
    };
    let compared = |limit: u32| Compared::new(bits, limit);
    match device.max_key_bits {
        Some(limit) if bits > limit => {
            draft.refuse_above_all(FindingKind::KeyTooLong(compared(limit)), Rule::Alg4)
        }
        None if bits > SAFE_KEY_BITS => {
            let bits = compared(SAFE_KEY_BITS);
            draft.open(ConditionKind::KeyLimitUnknown(bits), Rule::Alg4, None);
        }
        _ => {}
    }
    if device.fips && bits < MIN_FIPS_BITS {
        let bits = compared(MIN_FIPS_BITS);
        draft.open(ConditionKind::FipsKeySize(bits), Rule::Alg5, Some(Lean::Reject));
    }
}

fn symbol_bits(certificate: &CertificateFacts) -> Option<u32> {
    match *certificate.key() {
        KeyFacts::Symbol { bits } => bits,
        _ => None,
    }
}

/// P-TIME-1: reports the validity, only if the caller gives a date. It never decides.
fn validity(context: &BootContext<'_>, certificate: &CertificateFacts, draft: &mut Draft) {
    let Some(at) = context.offer.at else { return };
    if let Some(end) = certificate.not_after().filter(|&end| end < at) {
        draft.inform(FindingKind::SignerExpired(end), Rule::Time1);
    }
    if let Some(start) = certificate.not_before().filter(|&start| start > at) {
        draft.inform(FindingKind::SignerNotYetValid(start), Rule::Time1);
    }
}

/// P-SIG-1: compares the subject, which is a cross-check and never decides.
fn subject(file: &Signed<'_>, certificate: &CertificateFacts, draft: &mut Draft) {
    let stated = !file.subject.as_str().is_empty() && !certificate.subject.as_str().is_empty();
    if stated && *file.subject != certificate.subject {
        draft.inform(FindingKind::SignerSubjectDiffers, Rule::Sig1);
    }
}

/// P-ALG-7: the largest ITL (Security Guide: "64 kB").
const MAX_ITL_BYTES: u64 = 65_536;

/// P-ALG-7: the largest number of certificates, used if the size is not known.
const MAX_ITL_CERTIFICATES: usize = 39;

/// P-SIG-6: the number of SAST records that tools of usecallmanager allow.
const USUAL_SAST_RECORDS: usize = 2;

/// P-ALG-4: the longest key that every device accepts.
const SAFE_KEY_BITS: u32 = 2048;

/// P-ALG-5: the shortest key in FIPS mode.
const MIN_FIPS_BITS: u32 = 2048;

/// The number of keys in an offered list that are tried for a forgery. It bounds the cost of a
/// hostile list; one match is enough.
const MAX_FORGED_KEYS: usize = 4;
