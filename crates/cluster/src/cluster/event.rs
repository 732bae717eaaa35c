//! The events of a step, as values: the trace of a simulation.

use super::cert::Cert;
use super::describe::Mode;
use super::node::{NodeId, NodeSet};
use super::operation::{PhoneId, Rollback};
use super::status::Judged;
use crate::platform_event::{PlatformEvent, Verb};
use crate::release::{Service, TrustUnit, Unit};
use alloc::sync::Arc;
use trustlist::phone::Prediction;

/// An event and its minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedEvent {
    /// Minutes since the start of the plan.
    pub minute: u64,
    /// The event.
    pub event: Event,
}

/// The event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A CTL was made and copied to every node (C-64).
    CtlBuilt {
        /// Its signer.
        signer: Cert,
        /// How it was made.
        kind: CtlKind,
    },
    /// A file left a trust store.
    FileDeleted {
        /// Where.
        node: NodeId,
        /// The store.
        unit: TrustUnit,
        /// The certificate.
        cert: Cert,
        /// Why.
        trigger: FileTrigger,
    },
    /// A file came into a trust store from the database.
    FileImported {
        /// Where.
        nodes: NodeSet,
        /// The store.
        unit: TrustUnit,
        /// The certificate.
        cert: Cert,
        /// Why.
        trigger: ImportTrigger,
    },
    /// TFTP made an ITL with other content than before.
    ItlBuilt {
        /// Where.
        node: NodeId,
        /// Its signer.
        signer: Cert,
        /// The key that signs configurations from now on (C-62).
        config_signer: Cert,
    },
    /// A TFTP node got the publisher's ITL with another signature.
    ItlResigned {
        /// Where.
        node: NodeId,
        /// Its signer.
        signer: Cert,
    },
    /// Somebody erased lists on phones.
    ListsErased {
        /// How many phones.
        phones: usize,
    },
    /// Phones got a new certificate of their own.
    LscIssued {
        /// Issued by.
        issuer: Cert,
        /// How many phones.
        phones: usize,
    },
    /// The security mode changed.
    ModeSet(Mode),
    /// A node went down.
    NodeDown(NodeId),
    /// A node came up.
    NodeUp(NodeId),
    /// Phones that hold the same lists judged what they were served, all alike.
    PhonesJudged {
        /// How many.
        phones: usize,
        /// The first of them.
        first: PhoneId,
        /// Their judgement.
        judged: Arc<Judged>,
        /// The findings of the first, if they refuse something; those of the others may name other
        /// TVS servers.
        prediction: Option<Arc<Prediction>>,
    },
    /// Phones went offline.
    PhonesOffline {
        /// How many.
        phones: usize,
    },
    /// Phones came back.
    PhonesOnline {
        /// How many.
        phones: usize,
    },
    /// Phones were reset.
    PhonesReset {
        /// How many online phones.
        phones: usize,
        /// By what.
        cause: ResetCause,
    },
    /// A node sent or got a platform event, with the fields of the real message.
    PlatformEvent {
        /// Which node writes the line.
        node: NodeId,
        /// The act.
        verb: Verb,
        /// The message.
        event: PlatformEvent,
    },
    /// A platform event met a node that is down (C-49).
    PlatformEventLost {
        /// Which.
        node: NodeId,
    },
    /// A step, or a part of it, could not be done.
    Refused {
        /// Where; empty if it is about the cluster.
        node: Option<NodeId>,
        /// Why.
        reason: Refusal,
    },
    /// A certificate took the place of the one before.
    Regenerated {
        /// The new one.
        cert: Cert,
    },
    /// Database replication of a node broke.
    ReplicationBroken(NodeId),
    /// Database replication of a node works again.
    ReplicationFixed(NodeId),
    /// The rollback parameter was set.
    RollbackSet(Rollback),
    /// The periodic sync found a file without rows and gave the database its rows back (C-43).
    RowsRestored {
        /// Where.
        node: NodeId,
        /// The store.
        unit: TrustUnit,
        /// The certificate.
        cert: Cert,
    },
    /// A running service loaded a new certificate without being asked to (table 3.1).
    ServiceReloaded {
        /// Where.
        node: NodeId,
        /// Which.
        service: Service,
        /// The certificate that it presents now.
        presents: Cert,
    },
    /// A service started.
    ServiceStarted {
        /// Where.
        node: NodeId,
        /// Which.
        service: Service,
        /// The certificate that it presents now, if it presents one.
        presents: Option<Cert>,
    },
    /// A service stopped.
    ServiceStopped {
        /// Where.
        node: NodeId,
        /// Which.
        service: Service,
    },
    /// A regenerated certificate was copied into a trust store of its node (C-23).
    TrustCopied {
        /// Where.
        node: NodeId,
        /// The store.
        unit: TrustUnit,
        /// The certificate.
        cert: Cert,
    },
}

words! {
    /// How a CTL was made.
    pub enum CtlKind ["CtlKind": "How a CTL was made: whole, by `reset localkey`, or emptied at leaving mixed mode (P-BLANK-3)."] {
        /// With every node's certificate, by the normal signer.
        Full = "full",
        /// The same, signed by the publisher's CallManager (P-REC-3).
        LocalKey = "local-key",
        /// Emptied at leaving mixed mode (P-BLANK-3).
        Reduced = "reduced",
    }
}

words! {
    /// Why a file left a trust store.
    pub enum FileTrigger ["FileTrigger": "Why a file left a trust store (spec/CLUSTER-RULES.md C-24, C-48)."] {
        /// By hand.
        Operator = "operator",
        /// By platform event (C-48).
        PlatformEvent = "platform-event",
        /// Its successor came (C-24).
        Replaced = "replaced",
    }
}

words! {
    /// Why a file came into a trust store.
    pub enum ImportTrigger ["ImportTrigger": "Why a file came into a trust store (spec/CLUSTER-RULES.md C-32, C-33, C-46)."] {
        /// The database changed (C-32).
        ChangeNotification = "change-notification",
        /// The notification service started (C-46).
        ServiceStart = "service-start",
        /// The periodic sync found rows without a file (C-33).
        Sync = "sync",
    }
}

words! {
    /// The cause of a reset.
    pub enum ResetCause ["ResetCause": "The cause of a reset (P-13, P-14, spec/CLUSTER-RULES.md C-66)."] {
        /// They booted.
        Boot = "boot",
        /// By themselves after a certificate was regenerated (P-14, policy A).
        CertificateUpdate = "certificate-update",
        /// By themselves after a trust certificate was deleted (P-13, policy A).
        Deletion = "deletion",
        /// By the plan.
        Plan = "plan",
        /// By themselves after the rollback parameter was set (C-66, policy A).
        Rollback = "rollback",
    }
}

/// Why a step, or a part of it, could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The requested state is already in effect.
    AlreadySo,
    /// CAPF does not run on the publisher.
    CapfNotRunning,
    /// The node does not hold this certificate in this store.
    CertificateNotHeld(TrustUnit, Cert),
    /// The release has no such command.
    NoSuchCommand,
    /// The node is down.
    NodeDown,
    /// There is no CTL in a non-secure cluster.
    NotMixed,
    /// A node's own certificate cannot be deleted.
    OwnCertificate(Unit),
    /// No node is concerned.
    NothingToDo,
    /// Phones that are offline, or not registered.
    PhonesNotReached(usize),
    /// The publisher has no ITL of its own to sign again.
    PublisherHasNoItl,
    /// Database replication of the node is broken.
    ReplicationBroken,
    /// The service is not activated there (C-51).
    ServiceNotActivated(Service),
    /// The node has no certificate of this unit.
    UnitNotThere(Unit),
}

words_of! {
    Refusal ["Refusal": "Why a step, or a part of it, could not be done (spec/CONTRACT.md section 4)."] {
        AlreadySo => "already-so",
        CapfNotRunning => "capf-not-running",
        CertificateNotHeld(..) => "certificate-not-held",
        NoSuchCommand => "no-such-command",
        NodeDown => "node-is-down",
        NotMixed => "not-mixed-mode",
        NothingToDo => "nothing-to-do",
        OwnCertificate(_) => "own-certificate",
        PhonesNotReached(_) => "phones-not-reached",
        PublisherHasNoItl => "publisher-has-no-itl",
        ReplicationBroken => "replication-is-broken",
        ServiceNotActivated(_) => "service-not-on-node",
        UnitNotThere(_) => "unit-not-on-node",
    }
}
