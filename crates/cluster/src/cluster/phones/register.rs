//! Registration (P-6, P-7).

use super::Profile;
use crate::cluster::cert::Cert;
use crate::cluster::describe::PhoneSecurity;
use crate::cluster::node::{NodeId, NodeSet};
use crate::cluster::shared::FileId;
use crate::cluster::shared::Shared;
use crate::cluster::state::ClusterState;
use alloc::collections::BTreeMap;
use trustlist::release::{Service, TrustUnit};
use trustlist::wire::Role;

/// Where phones can register at one moment.
#[derive(Debug)]
pub(in crate::cluster) struct Registrar<'a> {
    state: &'a ClusterState,
    /// Where CallManager runs.
    running: NodeSet,
    /// Where a phone with this CTL and this LSC issuer can register over TLS.
    secure: BTreeMap<(Option<FileId>, Own), NodeSet>,
}

impl<'a> Registrar<'a> {
    pub(in crate::cluster) fn new(state: &'a ClusterState) -> Self {
        let running = state
            .cluster
            .node_table()
            .ids()
            .filter(|&node| state.runs(node, Service::CallManager))
            .collect();
        Self { state, running, secure: BTreeMap::new() }
    }

    /// Whether a phone registers somewhere in its group.
    pub(in crate::cluster) fn registers(
        &mut self,
        shared: &Shared,
        profile: &Profile,
        ctl: Option<FileId>,
        lsc: Option<Cert>,
    ) -> bool {
        let own = match lsc {
            Some(issuer) => Own::Lsc(issuer),
            None if profile.mic == Some(false) => Own::None,
            None => Own::Mic,
        };
        let nodes = match profile.security {
            PhoneSecurity::NonSecure => self.running,
            PhoneSecurity::Encrypted => *self.secure.entry((ctl, own)).or_insert_with(|| {
                self.running
                    .iter()
                    .filter(|&node| takes(self.state, shared, node, ctl, own))
                    .collect()
            }),
        };
        nodes.meets(profile.group)
    }
}

/// The certificate that a phone shows CallManager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Own {
    /// One of the cluster, by its issuer.
    Lsc(Cert),
    /// The one that it was made with, whose issuer every CallManager trusts.
    Mic,
    /// It has none.
    None,
}

/// CallManager presents a certificate of the phone's CTL, and trusts the issuer of the phone's own (P-7).
fn takes(
    state: &ClusterState,
    shared: &Shared,
    node: NodeId,
    ctl: Option<FileId>,
    own: Own,
) -> bool {
    let presented = state.presented(Service::CallManager, node);
    let known = ctl.and_then(|ctl| shared.list(ctl)).is_some_and(|list| {
        list.key.records.iter().any(|record| {
            matches!(record.role, Role::Ccm | Role::CcmTftp) && record.cert == presented
        })
    });
    known
        && match own {
            Own::Lsc(issuer) => state.files.holds(node, TrustUnit::CallManager, issuer),
            Own::Mic => true,
            Own::None => false,
        }
}
