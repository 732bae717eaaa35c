//! Phones: what each is served, what it makes of it by
//! [`phone::predict`](trustlist::phone::predict), and its state.

use super::cert::Cert;
use super::describe::{Cluster, CtlStart, ItlStart, LscStart, PhoneSecurity, PhoneSpec};
use super::list::{ListId, ListKey};
use super::node::{NodeId, NodeSet};
use super::profile::{Kind, Profile};
use super::shared::Shared;
use super::state::ClusterState;
use super::status::{Held, RegistrationObstacle};
use crate::release::{Service, TrustUnit, Unit};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use trustlist::phone::SecurityByDefault;
use trustlist::wire::Role;

/// A phone at the start.
#[derive(Clone, Debug)]
pub(super) struct PhoneStart {
    pub(super) profile: Arc<Profile>,
    /// The number of its profile.
    pub(super) number: u32,
    pub(super) held: Held,
    pub(super) online: bool,
    pub(super) lsc: Option<Cert>,
}

impl PhoneStart {
    pub(super) fn new(spec: &PhoneSpec, state: &ClusterState, shared: &mut Shared) -> Self {
        let (profile, number) = shared.profiles.intern(Profile {
            tftp_servers: spec.tftp_servers.clone(),
            cm_group: spec.cm_group.clone(),
            security: spec.security,
            kind: Kind::of(spec),
            mic: spec.mic,
            group: spec.cm_group.iter().copied().collect(),
            tftp: shared.tftp_lists.intern(spec.tftp_servers.clone()).1,
        });
        let ctl = match spec.ctl {
            CtlStart::Current => state.ctl,
            CtlStart::None => None,
            CtlStart::Stale => Some(shared.file(state.first_ctl().stale())),
        };
        let itl = match spec.itl {
            _ if spec.security_by_default == SecurityByDefault::No => None,
            ItlStart::Current => served_itl(spec, state),
            ItlStart::Foreign => Some(shared.file(ListKey::foreign())),
            ItlStart::None => None,
        };
        let publisher = state.cluster.publisher();
        let lsc =
            (spec.lsc == LscStart::Current).then(|| state.own(publisher, Unit::Capf, publisher));
        Self { profile, number, held: Held { ctl, itl }, online: spec.online, lsc }
    }
}

/// The ITL of the phone's first TFTP server that serves one.
fn served_itl(spec: &PhoneSpec, state: &ClusterState) -> Option<ListId> {
    let serving = spec.tftp_servers.iter().find(|&&node| state.runs(node, Service::Tftp))?;
    state.nodes.at(*serving).itl.map(|itl| itl.served)
}

/// The TVS servers of a profile by name.
pub(super) fn group_names(cluster: &Cluster, profile: &Profile) -> Vec<Arc<str>> {
    profile.cm_group.iter().map(|&node| cluster.node_spec(node).name.clone()).collect()
}

// Registration (P-6, P-7).

/// Where phones can register at one moment.
#[derive(Debug)]
pub(super) struct Registrar<'a> {
    state: &'a ClusterState,
    /// Where CallManager runs.
    running: NodeSet,
    /// Where a phone with this CTL and this LSC issuer can register over TLS.
    secure: BTreeMap<(Option<ListId>, Own), NodeSet>,
}

impl<'a> Registrar<'a> {
    pub(super) fn new(state: &'a ClusterState) -> Self {
        let running = state
            .cluster
            .node_table()
            .ids()
            .filter(|&node| state.runs(node, Service::CallManager))
            .collect();
        Self { state, running, secure: BTreeMap::new() }
    }

    /// Checks if a phone registers somewhere in its group.
    pub(super) fn registers(
        &mut self,
        shared: &Shared,
        profile: &Profile,
        ctl: Option<ListId>,
        lsc: Option<Cert>,
    ) -> bool {
        let own = Own::of(profile, lsc);
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

    /// Returns what keeps a phone that registers nowhere from registering.
    pub(super) fn obstacle(
        &self,
        shared: &Shared,
        profile: &Profile,
        ctl: Option<ListId>,
        lsc: Option<Cert>,
    ) -> RegistrationObstacle {
        let running = || self.running.iter().filter(|&node| profile.group.contains(node));
        let in_ctl = |node| presents_a_record(self.state, shared, node, ctl);
        if running().next().is_none() {
            RegistrationObstacle::NoCallManager
        } else if !running().any(in_ctl) {
            RegistrationObstacle::NotInCtl
        } else if Own::of(profile, lsc) == Own::None {
            RegistrationObstacle::NoCertificate
        } else {
            RegistrationObstacle::IssuerUnknown
        }
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

impl Own {
    fn of(profile: &Profile, lsc: Option<Cert>) -> Self {
        match lsc {
            Some(issuer) => Self::Lsc(issuer),
            None if profile.mic == Some(false) => Self::None,
            None => Self::Mic,
        }
    }
}

/// CallManager presents a certificate of the phone's CTL, and trusts the issuer of the phone's own
/// (P-7).
fn takes(
    state: &ClusterState,
    shared: &Shared,
    node: NodeId,
    ctl: Option<ListId>,
    own: Own,
) -> bool {
    presents_a_record(state, shared, node, ctl)
        && match own {
            Own::Lsc(issuer) => state.files.holds(node, TrustUnit::CallManager, issuer),
            Own::Mic => true,
            Own::None => false,
        }
}

/// Checks if CallManager of a node presents a certificate of this CTL.
fn presents_a_record(
    state: &ClusterState,
    shared: &Shared,
    node: NodeId,
    ctl: Option<ListId>,
) -> bool {
    let presented = state.presented(Service::CallManager, node);
    ctl.and_then(|ctl| shared.list(ctl)).is_some_and(|list| {
        list.key.records.iter().any(|record| {
            matches!(record.role, Role::Ccm | Role::CcmTftp) && record.cert == presented
        })
    })
}
