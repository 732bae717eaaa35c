//! Evidence of look-ups: the record that was found, or the nearest other records.

use super::draft::Draft;
use super::held::{Lists, SIGNS_CONFIGS};
use super::{FindingKind, FoundRecord, ListRef, Rule};
use crate::facts::{CertificateFacts, Identity, Name, RecordFacts};
use crate::wire::Role;
use alloc::sync::Arc;

/// Returns a record that was found, with its certificate.
pub(super) fn found(
    list: ListRef,
    record: &RecordFacts,
    certificate: &Arc<CertificateFacts>,
) -> FoundRecord {
    let RecordFacts { index, role, .. } = *record;
    FoundRecord { list, record: index, role, certificate: certificate.clone() }
}

/// Returns the certificate of a signer in the offered list, which gives its name.
pub(super) fn own_certificate(
    offered: &[RecordFacts],
    signer: &Identity,
) -> Option<Arc<CertificateFacts>> {
    offered
        .iter()
        .filter_map(|record| record.certificate.as_ref())
        .find(|certificate| certificate.identity == *signer)
        .cloned()
}

/// Reports a certificate that is easily mistaken for the signer's: with the same subject and
/// another serial number (P-SIG-1), else from the same certificate authority (P-SIG-4).
pub(super) fn report_near_misses(
    held: &Lists<'_>,
    signer: Option<&Identity>,
    subject: &Name,
    draft: &mut Draft,
) {
    let mut same_ca = None;
    for (list, record, certificate) in candidates(held) {
        if signer == Some(&certificate.identity) {
            continue;
        }
        if certificate.subject == *subject {
            let found = found(list, record, certificate);
            return draft.inform(FindingKind::SameNameNewSerial(found), Rule::Sig1);
        }
        let issued = signer.is_some_and(|signer| {
            signer.issuer == certificate.identity.issuer && signer.issuer != *subject
        });
        if issued && same_ca.is_none() {
            same_ca = Some((list, record, certificate));
        }
    }
    if let Some((list, record, certificate)) = same_ca {
        draft.inform(FindingKind::SameCa(found(list, record, certificate)), Rule::Sig4);
    }
}

/// Returns the signing records of both lists.
fn candidates<'a>(
    held: &Lists<'a>,
) -> impl Iterator<Item = (ListRef, &'a RecordFacts, &'a Arc<CertificateFacts>)> {
    [held.ctl, held.itl].into_iter().flat_map(|slot| {
        let records = slot.list.into_iter().flat_map(|list| &list.records);
        let signing = records
            .filter(|record| record.role == Role::Sast || SIGNS_CONFIGS.contains(&record.role));
        let list = slot.list_ref();
        signing.filter_map(move |record| Some((list, record, record.certificate.as_ref()?)))
    })
}
