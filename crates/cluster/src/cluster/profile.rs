//! The keys of equal situations: phones that agree in them are judged once.

use super::cert::Cert;
use super::describe::{PhoneSecurity, PhoneSpec};
use super::list::ListId;
use super::node::{NodeId, NodeSet};
use super::status::{Assumption, Held, Judged, Trust};
use alloc::{sync::Arc, vec::Vec};
use trustlist::phone::{Device, SecurityByDefault, TvsClient};
use trustlist::wire::Role;

/// The unchanging properties of a phone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Profile {
    pub(super) tftp_servers: Arc<[NodeId]>,
    pub(super) cm_group: Arc<[NodeId]>,
    pub(super) security: PhoneSecurity,
    pub(super) kind: Kind,
    /// Whether it holds a certificate that it was made with; `None` if it is not known.
    pub(super) mic: Option<bool>,
    /// The members of the group, as a set.
    pub(super) group: NodeSet,
    /// The number of its list of TFTP servers: equal lists have equal numbers.
    pub(super) tftp: u32,
}

/// The properties of a device that a phone's decision needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kind {
    pub(super) security_by_default: SecurityByDefault,
    pub(super) tvs_client: TvsClient,
    pub(super) loads_lists: bool,
}

impl Kind {
    pub(super) fn of(spec: &PhoneSpec) -> Self {
        let device = spec.model.as_deref().map_or_else(Device::unknown, Device::of_model);
        Self {
            security_by_default: spec.security_by_default,
            tvs_client: device.tvs_client,
            loads_lists: device.loads_lists,
        }
    }

    pub(super) fn device(self) -> Device {
        let Self { security_by_default, tvs_client, loads_lists } = self;
        Device::unknown()
            .with_security_by_default(security_by_default)
            .with_tvs_client(tvs_client)
            .with_loads_lists(loads_lists)
    }
}

/// Phones with these lists, before this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Context {
    pub(super) held: Held,
    pub(super) kind: Kind,
    pub(super) server: NodeId,
    pub(super) ctl: Option<ListId>,
    pub(super) itl: ListId,
    pub(super) config: Cert,
}

/// A certificate that TVS knows, and the roles it gives.
pub(super) type KnownKey = (Cert, Option<Vec<Role>>);

/// The certificates that TVS knows, by number: equal numbers know the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KnowsId(pub(super) u32);

/// The differences between TVS servers that a phone can notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TvsClass {
    /// The certificates that it knows; empty if it does not answer.
    pub(super) knows: Option<KnowsId>,
    /// Which of the lists in play name the certificate that it presents, a bit each.
    pub(super) named: u64,
}

/// The judgement of phones of one kind about the served files: made once.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) trust: Trust,
    pub(super) after: Held,
    pub(super) assumed: Vec<Assumption>,
    pub(super) judged: Arc<Judged>,
}
