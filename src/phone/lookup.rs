//! Evidence of look-ups: the record that was found, or the nearest other records.

use super::draft::Draft;
use super::held::{Lists, SIGNS_CONFIGS};
use super::{Evidence, ListRef, Rule};
use crate::code::FindingCode;
use crate::facts::{CertificateFacts, Identity, Name, RecordFacts};
use crate::wire::Role;
use alloc::sync::Arc;

/// Returns the evidence of a record that was found.
pub(super) fn found(list: ListRef, record: &RecordFacts) -> Evidence {
    Evidence {
        list: Some(list),
        record: Some(record.index),
        role: Some(record.role),
        certificate: record.certificate.clone(),
        ..Evidence::default()
    }
}

/// Returns the evidence of a signer that was not found: its certificate in the offered list, which
/// gives its name.
pub(super) fn unknown(offered: &[RecordFacts], signer: &Identity) -> Evidence {
    let own = offered
        .iter()
        .filter_map(|record| record.certificate.as_ref())
        .find(|certificate| certificate.identity == *signer);
    Evidence { certificate: own.cloned(), ..Evidence::default() }
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
            return draft.inform(FindingCode::SameNameNewSerial, Rule::Sig1, found(list, record));
        }
        let issued = signer.is_some_and(|signer| {
            signer.issuer == certificate.identity.issuer && signer.issuer != *subject
        });
        if issued && same_ca.is_none() {
            same_ca = Some((list, record));
        }
    }
    if let Some((list, record)) = same_ca {
        draft.inform(FindingCode::SameCa, Rule::Sig4, found(list, record));
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
