//! What every file must pass, whoever signed it: presence, size, digest, key size, name in the header, signature.

use super::draft::{Draft, Sides};
use super::held::{Lists, Scene, Slot, nameless};
use super::{Evidence, Judgement, Lean, ListOffer, Offer, Outcome, Rule};
use crate::code::{ConditionCode, FindingCode};
use crate::facts::{
    CertificateFacts, ConfigFacts, FileId, Identity, KeyFacts, ListFacts, Name, NotChecked,
    RecordFacts, SignatureAnswer, Timestamp,
};
use crate::wire::{DigestAlgorithm, Role};
use alloc::sync::Arc;

/// Which file is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JudgedFile {
    /// The signed configuration.
    Config,
    /// The CTL.
    Ctl,
    /// The ITL.
    Itl,
}

/// An offered list, or its judgement where there is nothing to verify.
pub(super) enum Received<'a> {
    /// A list that has to be judged.
    New(&'a Arc<ListFacts>),
    /// The bytes already installed (P-SAME-1).
    Same(&'a Arc<ListFacts>),
    /// No list: not found (P-EMPTY-1), or empty (P-EMPTY-4).
    Settled(Judgement),
}

/// What the server hands over for the slot `installed` of a phone with these lists: P-EMPTY-1, P-EMPTY-4, P-SAME-1.
pub(super) fn receive<'a>(
    scene: &Scene<'a>,
    offer: &'a ListOffer,
    lists: &Lists<'a>,
    installed: Slot<'a>,
) -> Received<'a> {
    match offer {
        ListOffer::NotFound => Received::Settled(not_found(installed)),
        ListOffer::Empty if lists.none() => Received::Settled(as_if_missing()),
        ListOffer::Empty => Received::Settled(empty(Outcome::NotOffered)),
        ListOffer::List(list) => match installed.list {
            Some(held) if scene.signatures.same_file(&held.file, &list.file) => {
                Received::Same(held)
            }
            _ => Received::New(list),
        },
    }
}

/// "File not found" is normal and erases nothing (P-EMPTY-1, P-EMPTY-2).
fn not_found(installed: Slot<'_>) -> Judgement {
    let mut draft = Draft::default();
    let rule = if installed.list.is_some() { Rule::Empty2 } else { Rule::Empty1 };
    draft.inform(FindingCode::FileNotFound, rule, Evidence::default());
    draft.finish()
}

/// A file of zero bytes on a phone without lists: reports agree that it boots on (P-EMPTY-4).
fn as_if_missing() -> Judgement {
    let mut draft = Draft::default();
    draft.inform(FindingCode::ZeroBytes, Rule::Empty4, Evidence::default());
    draft.finish()
}

/// A file of zero bytes on a phone that holds a list (P-EMPTY-4): like a missing one, or a bad one.
pub(super) fn empty(as_if_missing: Outcome) -> Judgement {
    let mut draft = Draft::default();
    let sides = Sides::outcomes(as_if_missing, Outcome::Reject);
    draft.open_between(ConditionCode::EmptyFile, Rule::Empty4, None, sides, Evidence::default());
    draft.finish()
}

/// The checks of a list that need no key: size, digest, name (P-ALG-2, P-ALG-7, P-SIG-7); what it tells by the way.
pub(super) fn admit_list(
    scene: &Scene<'_>,
    file: JudgedFile,
    offered: &ListFacts,
    installed: Slot<'_>,
    draft: &mut Draft<'_>,
) {
    if file == JudgedFile::Itl {
        size(offered, draft);
    }
    digest(scene, offered.digest, draft);
    file_name(file, offered, draft);
    sast_count(offered, draft);
    age(scene, offered, installed, draft);
}

/// P-ALG-7: a known size decides, else the number of different certificates.
fn size(offered: &ListFacts, draft: &mut Draft<'_>) {
    let evidence =
        |value, limit| Evidence { value: Some(value), limit: Some(limit), ..Evidence::default() };
    match offered.size {
        Some(size) if size > MAX_ITL_BYTES => {
            draft.refuse(FindingCode::ItlOversize, Rule::Alg7, evidence(size, MAX_ITL_BYTES))
        }
        None if more_certificates_than_fit(&offered.records) => {
            let limit = MAX_ITL_CERTIFICATES as u64;
            draft.refuse(FindingCode::ItlOversize, Rule::Alg7, evidence(limit + 1, limit));
        }
        _ => {}
    }
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

/// P-ALG-1 to P-ALG-3: the digest of the file itself against what the device can check; SHA-1 always works.
pub(super) fn digest(scene: &Scene<'_>, digest: DigestAlgorithm, draft: &mut Draft<'_>) {
    let device = &scene.phone.device;
    let evidence = Evidence { digest: Some(digest), ..Evidence::default() };
    match device.digests {
        Some(known) if known.contains(digest) => {}
        Some(_) => draft.refuse(FindingCode::DigestUnsupported, Rule::Alg2, evidence),
        None if digest == DigestAlgorithm::Sha1 => {}
        None => {
            let leans = if digest == DigestAlgorithm::Sha512 { device.sha512_leans } else { None };
            draft.open(ConditionCode::DigestSupportUnknown, Rule::Alg2, leans, evidence);
        }
    }
}

/// P-SIG-7: the name in the header is the generic one, even in files named after a phone; another one is an open question.
fn file_name(file: JudgedFile, offered: &ListFacts, draft: &mut Draft<'_>) {
    let expected = if file == JudgedFile::Ctl { "CTLFile.tlv" } else { "ITLFile.tlv" };
    let Some(name) = offered.file_name.as_ref().filter(|name| &***name != expected) else { return };
    let evidence = Evidence { name: Some(name.clone()), ..Evidence::default() };
    draft.open(ConditionCode::UnusualFileName, Rule::Sig7, None, evidence);
}

/// P-SIG-6: reported, not enforced; eToken CTLs of 12.0 hold four.
fn sast_count(offered: &ListFacts, draft: &mut Draft<'_>) {
    let count = offered.records.iter().filter(|record| record.role == Role::Sast).count();
    if count > USUAL_SAST_RECORDS {
        let evidence = Evidence {
            value: Some(count as u64),
            limit: Some(USUAL_SAST_RECORDS as u64),
            ..Evidence::default()
        };
        draft.inform(FindingCode::MoreThanTwoSast, Rule::Sig6, evidence);
    }
}

/// P-TIME-2: an older list is taken like any other. Its date is told only where the caller asks for dates.
fn age(scene: &Scene<'_>, offered: &ListFacts, installed: Slot<'_>, draft: &mut Draft<'_>) {
    let held = installed.list.and_then(|list| list.timestamp);
    if offered.timestamp.zip(held).is_some_and(|(offered, held)| offered < held) {
        let date = scene.offer.at.and(offered.timestamp);
        draft.inform(FindingCode::OlderList, Rule::Time2, Evidence { date, ..Evidence::default() });
    }
}

/// A file whose signature is to be checked.
pub(super) struct Signed<'a> {
    file: &'a FileId,
    signer: Option<&'a Identity>,
    subject: &'a Name,
    key_bits: Option<u32>,
    /// The records of the file itself: a key that only they carry vouches for nothing.
    own: &'a [RecordFacts],
    /// Records of other offered lists, where a forger may have left the key.
    beside: [&'a [RecordFacts]; 2],
    /// Whether it would be taken on faith or over a blank ITL (P-FIRST-5).
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

    /// The certificates of the signer's name among these records.
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

/// The checks that need the signer's key, once the phone has looked the signer up.
pub(super) fn check_key<'a>(scene: &Scene<'_>, file: &Signed<'a>, draft: &mut Draft<'a>) {
    let believed = draft.key.or_else(|| file.namesakes(file.own).next());
    signature(scene, file, believed, draft);
    key_size(scene, file, believed, draft);
    if let Some(certificate) = believed {
        validity(scene, certificate, draft);
        subject(file, certificate, draft);
    }
}

/// P-SIG-2, P-FIRST-5: the hash must verify under the key that the phone holds for the signer; where it holds none,
/// the file must at least be whole under the key that it brings along.
fn signature(
    scene: &Scene<'_>,
    file: &Signed<'_>,
    believed: Option<&CertificateFacts>,
    draft: &mut Draft<'_>,
) {
    let answer = match (believed, file.signer) {
        (Some(certificate), _) => scene.signatures.signed_by(file.file, certificate),
        (None, Some(signer)) => {
            scene.signatures.signed_by(file.file, &nameless(signer, file.subject))
        }
        (None, None) => SignatureAnswer::NotChecked(NotChecked::TextOnly),
    };
    match answer {
        SignatureAnswer::Valid => {}
        SignatureAnswer::Broken
            if draft.key.is_some_and(|held| impersonated(scene, file, held)) =>
        {
            draft.refuse_above_all(
                FindingCode::SignerImpersonated,
                Rule::Sig2,
                Evidence::default(),
            );
        }
        SignatureAnswer::Broken if file.on_faith => {
            draft.open(
                ConditionCode::SignatureBrokenOnFaith,
                Rule::First5,
                None,
                Evidence::default(),
            );
        }
        SignatureAnswer::Broken => {
            draft.refuse_above_all(FindingCode::SignatureBroken, Rule::Sig2, Evidence::default())
        }
        SignatureAnswer::NotChecked(why) => not_checked(why, believed, draft),
    }
}

/// Does an offered list bring another key for the same issuer and serial number, and is the file signed with it?
fn impersonated(scene: &Scene<'_>, file: &Signed<'_>, held: &CertificateFacts) -> bool {
    let others = file.beside.iter().flat_map(|records| file.namesakes(records));
    file.namesakes(file.own)
        .chain(others)
        .filter(|certificate| certificate.key() != held.key())
        .take(MAX_FORGED_KEYS)
        .any(|certificate| {
            scene.signatures.signed_by(file.file, certificate) == SignatureAnswer::Valid
        })
}

/// A signature that nobody could check goes on as if valid, but never reads as such.
fn not_checked(why: NotChecked, believed: Option<&CertificateFacts>, draft: &mut Draft<'_>) {
    if believed.is_some_and(|certificate| *certificate.key() == KeyFacts::Other) {
        draft.inform(FindingCode::SignerKeyNotRsa, Rule::Sig5, Evidence::default());
    }
    let leans = (why == NotChecked::TextOnly).then_some(Lean::Accept);
    draft.open(
        ConditionCode::SignatureNotChecked,
        Rule::Sig2,
        leans,
        Evidence { why: Some(why), ..Evidence::default() },
    );
}

/// P-ALG-4 and P-ALG-5: the signer's key against the longest that the device takes and the shortest that FIPS allows.
/// Where the longest is not known, every device takes 2048 bits, and more is an open question.
fn key_size(
    scene: &Scene<'_>,
    file: &Signed<'_>,
    believed: Option<&CertificateFacts>,
    draft: &mut Draft<'_>,
) {
    let device = &scene.phone.device;
    let rule = if device.fips { Rule::Alg5 } else { Rule::Alg4 };
    let Some(bits) = file.key_bits.or_else(|| believed.and_then(symbol_bits)) else {
        if device.fips || device.max_key_bits.is_some() {
            draft.open(ConditionCode::KeySizeUnknown, rule, None, Evidence::default());
        }
        return;
    };
    let evidence = |limit: u32| Evidence {
        value: Some(bits.into()),
        limit: Some(limit.into()),
        ..Evidence::default()
    };
    match device.max_key_bits {
        Some(limit) if bits > limit => {
            draft.refuse_above_all(FindingCode::KeyTooLong, Rule::Alg4, evidence(limit))
        }
        None if bits > SAFE_KEY_BITS => {
            draft.open(ConditionCode::KeyLimitUnknown, Rule::Alg4, None, evidence(SAFE_KEY_BITS));
        }
        _ => {}
    }
    if device.fips && bits < MIN_FIPS_BITS {
        draft.open(
            ConditionCode::FipsKeySize,
            Rule::Alg5,
            Some(Lean::Reject),
            evidence(MIN_FIPS_BITS),
        );
    }
}

fn symbol_bits(certificate: &CertificateFacts) -> Option<u32> {
    match *certificate.key() {
        KeyFacts::Symbol { bits } => bits,
        _ => None,
    }
}

/// P-TIME-1: reported, never decisive, and only where the caller gives a date.
fn validity(scene: &Scene<'_>, certificate: &CertificateFacts, draft: &mut Draft<'_>) {
    let Some(at) = scene.offer.at else { return };
    let evidence = |date: Timestamp| Evidence { date: Some(date), ..Evidence::default() };
    if let Some(end) = certificate.not_after().filter(|&end| end < at) {
        draft.inform(FindingCode::SignerExpired, Rule::Time1, evidence(end));
    }
    if let Some(start) = certificate.not_before().filter(|&start| start > at) {
        draft.inform(FindingCode::SignerNotYetValid, Rule::Time1, evidence(start));
    }
}

/// P-SIG-1: the subject is a cross-check only.
fn subject(file: &Signed<'_>, certificate: &CertificateFacts, draft: &mut Draft<'_>) {
    let stated = !file.subject.as_str().is_empty() && !certificate.subject.as_str().is_empty();
    if stated && *file.subject != certificate.subject {
        draft.inform(FindingCode::SignerSubjectDiffers, Rule::Sig1, Evidence::default());
    }
}

/// P-ALG-7 (Security Guide: "64 kB").
const MAX_ITL_BYTES: u64 = 65_536;

/// P-ALG-7, where the size is not known.
const MAX_ITL_CERTIFICATES: usize = 39;

/// P-SIG-6.
const USUAL_SAST_RECORDS: usize = 2;

/// P-ALG-4: the safe maximum, which every device takes.
const SAFE_KEY_BITS: u32 = 2048;

/// P-ALG-5.
const MIN_FIPS_BITS: u32 = 2048;

/// How many keys of an offered list are tried for a forgery: one is enough to tell, more cost a hostile file nothing.
const MAX_FORGED_KEYS: usize = 4;
