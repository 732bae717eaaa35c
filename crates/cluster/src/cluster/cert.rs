//! Certificates as labels: `UNIT@NODE#N` for a node's own, any other word for the rest.

use super::node::NodeId;
use crate::release::Unit;

/// A certificate of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cert {
    /// A node's own: `CallManager@ccm1#2`. Every one starts at generation 1; 0 represents any older
    /// one.
    Own {
        /// Its purpose.
        unit: Unit,
        /// Whose it is.
        node: NodeId,
        /// Counted up at each regeneration.
        generation: u32,
    },
    /// Another one, by its label: a token, a foreign certificate, whatever lies in a trust store.
    Label(LabelId),
}

/// The label of a certificate that no node made; [`Cluster::label`](super::Cluster::label) writes
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LabelId(pub(super) u32);

impl Cert {
    /// A certificate that no store and no TVS knows: older than all of the cluster's.
    pub(super) fn stale(self) -> Self {
        match self {
            Self::Own { unit, node, .. } => Self::Own { unit, node, generation: 0 },
            Self::Label(_) => Self::Label(LabelId::STALE_TOKEN),
        }
    }
}

impl LabelId {
    /// The signer of a foreign list.
    pub(super) const FOREIGN_SIGNER: Self = Self(0);
    /// The TVS of a foreign cluster.
    pub(super) const FOREIGN_TVS: Self = Self(1);
    /// A token that is no longer known.
    pub(super) const STALE_TOKEN: Self = Self(2);
    /// The labels of the above.
    pub(super) const RESERVED: [&'static str; 3] =
        ["(foreign CallManager)", "(foreign TVS)", "(old eToken)"];
}

/// `UNIT@NODE#N` taken apart; `None` where the text has another form.
pub(super) fn parts(label: &str) -> Option<(Unit, &str, u32)> {
    let (rest, generation) = label.rsplit_once('#')?;
    let (unit, node) = rest.split_once('@')?;
    let digits = !generation.is_empty() && generation.bytes().all(|byte| byte.is_ascii_digit());
    Some((Unit::from_word(unit)?, node, digits.then(|| generation.parse().ok())??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_come_apart() {
        assert_eq!(parts("CallManager@ccm1#2"), Some((Unit::CallManager, "ccm1", 2)));
        assert_eq!(parts("cup-xmpp-s2s@a@b#0"), Some((Unit::CupXmppS2s, "a@b", 0)));
        for other in [
            "testcert",
            "CallManager@ccm1",
            "CallManager#1",
            "x@ccm1#1",
            "CAPF@a#",
            "CAPF@a#+1",
            "CAPF@a#99999999999",
        ] {
            assert_eq!(parts(other), None, "{other}");
        }
    }
}
