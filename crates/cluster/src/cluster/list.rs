//! The content of a list: its signer and records.

use super::cert::{Cert, LabelId};
use super::node::NodeId;
use alloc::{vec, vec::Vec};
use trustlist::wire::Role;

/// Which list it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    Ctl,
    Itl,
}

/// The number of a list of the model: the same list has the same number (P-17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ListId(pub(super) u32);

/// The content of a list: two lists of equal content are the same bytes (P-17).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ListKey {
    pub(super) purpose: Purpose,
    pub(super) signer: Cert,
    pub(super) records: Vec<RecordKey>,
}

/// A record; one without certificate was emptied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RecordKey {
    pub(super) role: Role,
    pub(super) server: Option<NodeId>,
    pub(super) cert: Option<Cert>,
}

impl RecordKey {
    pub(super) fn new(role: Role, cert: Cert) -> Self {
        let server = match cert {
            Cert::Own { node, .. } => Some(node),
            Cert::Label(_) => None,
        };
        Self { role, server, cert: Some(cert) }
    }
}

impl ListKey {
    /// The same list with certificates that are no longer known.
    pub(super) fn stale(&self) -> Self {
        let records = self
            .records
            .iter()
            .map(|record| RecordKey { cert: record.cert.map(Cert::stale), ..*record });
        Self { purpose: self.purpose, signer: self.signer.stale(), records: records.collect() }
    }

    /// A list of another cluster, with nothing in common.
    pub(super) fn foreign() -> Self {
        let signer = Cert::Label(LabelId::FOREIGN_SIGNER);
        let tvs = Cert::Label(LabelId::FOREIGN_TVS);
        let records = vec![
            RecordKey::new(Role::Sast, signer),
            RecordKey::new(Role::CcmTftp, signer),
            RecordKey::new(Role::Tvs, tvs),
        ];
        Self { purpose: Purpose::Itl, signer, records }
    }

    /// The CTL that is left when mixed mode is left: same signer, SAST and CAPF kept, the rest
    /// emptied (C-64).
    pub(super) fn reduced(&self) -> Self {
        let empty = |record: &RecordKey| match record.role {
            Role::CcmTftp | Role::Ccm | Role::Tftp => RecordKey { cert: None, ..*record },
            _ => *record,
        };
        Self { records: self.records.iter().map(empty).collect(), ..*self }
    }
}
