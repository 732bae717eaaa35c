//! The marks of a cluster out of pastes: what could not be known, and is assumed.

use super::CALLMANAGER;
use crate::release::ListSigner;
use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use trustlist::facts::ListKind;
use trustlist::phone::JudgedFile;

/// Something that could not be known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mark {
    /// Pastes or options say two things about this fact; each value has the place that says it. The
    /// last of them is assumed.
    Disputed(Disputed, Vec<String>),
    /// No service list of this node: CallManager is taken as activated or not, as said.
    CallManagerAssumed(String, bool),
    /// Mixed mode, and `show ctl` finds no CTL; with its place. A CTL is assumed.
    CtlMissing(String),
    /// Not in mixed mode, and `show ctl` shows a CTL; with its place. That no phone holds a CTL is
    /// assumed (P-ITL-5).
    CtlLeftOver(String),
    /// In mixed mode, with an ITL that is said: the inventory does not say which CTL this number of
    /// phones holds: the current one is assumed.
    CtlAssumed(usize),
    /// `ITL File Status` or `CTL File Status` of this number of phones is Mismatch, which does not
    /// say what they hold: a list that this cluster cannot replace is assumed.
    FileMismatch(JudgedFile, usize),
    /// A CallManager group with more members than CUCM allows ([`GROUP_MEMBERS`]). Of the phones
    /// without a group the name is empty.
    GroupTooLarge {
        /// The name of the group, or its members.
        group: String,
        /// How many members it has.
        members: usize,
        /// The members are a guess; else an input names them.
        is_guess: bool,
    },
    /// No group query for this phone's group: it is taken to have every CallManager node.
    GroupUnknown(String),
    /// In mixed mode: the inventory does not say if this number of phones has an LSC: none is
    /// assumed. How they talk to CallManager is said.
    LscAssumed(usize),
    /// `show itl` finds no ITL; with its place. One is assumed.
    ItlMissing(String),
    /// The server could not verify its list, or does not say that it did; with its place. A list
    /// that phones can verify is assumed.
    ListNotVerified(ListKind, String),
    /// Another certificate signed a list than this version uses; with its place. The usual signer is
    /// assumed.
    ListSigner {
        /// The list.
        kind: ListKind,
        /// The signer.
        signer: ListSigner,
        /// The signer that is assumed.
        usual: ListSigner,
        /// The place.
        place: String,
    },
    /// No phone inventory.
    NoPhones,
    /// Neither `show ctl` nor the security mode: non-secure is assumed.
    ModeAssumed,
    /// The pastes do not show if there are nodes of IM and Presence.
    PresenceUnknown,
    /// No list and no option names the publisher: the first node is assumed.
    PublisherAssumed(String),
    /// A node does not replicate, or its output does not say that every node does; with its place.
    /// Replication that works is assumed.
    ReplicationBad {
        /// The nodes that do not replicate; none if the output could not be read.
        nodes: Vec<String>,
        /// The place.
        place: String,
    },
    /// The rollback parameter was not pasted: off is assumed.
    RollbackAssumed,
    /// Before 12.5, with several TFTP nodes: the lists do not show if one ITLRecovery certificate
    /// serves all of them; one of each node is assumed (P-ITL-7).
    RecoveryScopeAssumed,
    /// In mixed mode: neither a security mode nor the name of a profile says how this number of
    /// phones talks to CallManager: not encrypted is assumed.
    SecurityAssumed(usize),
    /// Two sources say two things about a service of a node; each has its place. The service list
    /// counts, and of two lists the last.
    ServiceDisputed {
        /// The node.
        node: String,
        /// The service.
        service: &'static str,
        /// It is taken as activated.
        activated: bool,
        /// What each source says.
        values: Vec<String>,
    },
    /// A service of a node is activated and does not run; with its place. That it runs is assumed.
    ServiceStopped {
        /// The node.
        node: String,
        /// The service, as the list names it.
        service: String,
        /// The place.
        place: String,
    },
    /// The inventory does not say if phones are online.
    StatusUnknown(usize),
    /// The lists on the phones are not in the inventory: current lists are assumed.
    ListsAssumed(usize),
    /// The TFTP servers of this number of phones are not in the inventory: all TFTP nodes are
    /// assumed.
    TftpAssumed(usize),
    /// A node without a `show itl` of its own: whether it runs TFTP is not known, it is taken not
    /// to.
    TftpUnknown(String),
    /// The minimum TLS version is not known, and it decides if these phones, counted by model, can
    /// ask TVS (P-TVS-11): that they can is assumed.
    TlsAssumed(Vec<(String, usize)>),
    /// A service list of a node of this name, which no list names.
    NodeUnknown(String),
    /// The content of this file could not be used.
    Unused(String),
}

impl Mark {
    /// Returns one mark of each kind, for tests of everything that prints marks.
    #[doc(hidden)]
    pub fn examples() -> Vec<Self> {
        let node = || "n1".to_owned();
        alloc::vec![
            Self::CallManagerAssumed(node(), true),
            Self::CallManagerAssumed(node(), false),
            Self::CtlAssumed(4),
            Self::CtlLeftOver("a.txt line 3".to_owned()),
            Self::CtlMissing("a.txt line 3".to_owned()),
            Self::Disputed(
                Disputed::Rollback,
                alloc::vec!["on (a.txt line 3)".to_owned(), "off (b)".to_owned()]
            ),
            Self::FileMismatch(JudgedFile::Itl, 5),
            Self::GroupTooLarge { group: String::new(), members: 5, is_guess: true },
            Self::GroupTooLarge { group: "CMG_North".to_owned(), members: 4, is_guess: false },
            Self::GroupUnknown(String::new()),
            Self::GroupUnknown("CMG_North".to_owned()),
            Self::ItlMissing("a.txt line 3".to_owned()),
            Self::ListNotVerified(ListKind::Itl, "a.txt line 3".to_owned()),
            Self::ListSigner {
                kind: ListKind::Ctl,
                signer: ListSigner::CallManager,
                usual: ListSigner::ItlRecovery,
                place: "a.txt line 3".to_owned(),
            },
            Self::ListsAssumed(1),
            Self::LscAssumed(2),
            Self::ModeAssumed,
            Self::NoPhones,
            Self::NodeUnknown(node()),
            Self::PresenceUnknown,
            Self::PublisherAssumed(node()),
            Self::RecoveryScopeAssumed,
            Self::ReplicationBad { nodes: alloc::vec![node()], place: "a.txt line 3".to_owned() },
            Self::ReplicationBad { nodes: Vec::new(), place: "a.txt line 3".to_owned() },
            Self::RollbackAssumed,
            Self::SecurityAssumed(3),
            Self::ServiceDisputed {
                node: node(),
                service: CALLMANAGER,
                activated: false,
                values: alloc::vec![
                    "activated (CCM+TFTP in the ITL, a.txt line 3)".to_owned(),
                    "not activated (a.txt line 70)".to_owned(),
                ],
            },
            Self::ServiceStopped {
                node: node(),
                service: "Cisco Trust Verification Service".to_owned(),
                place: "a.txt line 3".to_owned(),
            },
            Self::StatusUnknown(7),
            Self::TftpAssumed(12),
            Self::TftpUnknown(node()),
            Self::TlsAssumed(alloc::vec![("Cisco 7962".to_owned(), 2), ("8945".to_owned(), 1)]),
            Self::Unused("notes.txt".to_owned()),
        ]
    }
}

/// A fact that pastes may disagree about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Disputed {
    /// The security mode.
    Mode,
    /// The publisher: an option names another node than a service list shows as the primary one.
    Publisher,
    /// The rollback parameter.
    Rollback,
    /// The minimum TLS version, which may be of each node before 15SU2.
    TlsMinimum,
    /// The version.
    Version,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples hold every kind: a new one does not compile here until it has its number.
    #[test]
    fn each_kind_of_mark_has_an_example() {
        let kind = |mark: &Mark| match mark {
            Mark::CallManagerAssumed(..) => 0,
            Mark::CtlAssumed(_) => 1,
            Mark::CtlLeftOver(_) => 2,
            Mark::CtlMissing(_) => 3,
            Mark::Disputed(..) => 4,
            Mark::FileMismatch(..) => 5,
            Mark::GroupTooLarge { .. } => 6,
            Mark::GroupUnknown(_) => 7,
            Mark::ItlMissing(_) => 8,
            Mark::ListNotVerified(..) => 9,
            Mark::ListSigner { .. } => 10,
            Mark::ListsAssumed(_) => 11,
            Mark::LscAssumed(_) => 12,
            Mark::ModeAssumed => 13,
            Mark::NoPhones => 14,
            Mark::NodeUnknown(_) => 15,
            Mark::PresenceUnknown => 16,
            Mark::PublisherAssumed(_) => 17,
            Mark::RecoveryScopeAssumed => 18,
            Mark::ReplicationBad { .. } => 19,
            Mark::RollbackAssumed => 20,
            Mark::SecurityAssumed(_) => 21,
            Mark::ServiceDisputed { .. } => 22,
            Mark::ServiceStopped { .. } => 23,
            Mark::StatusUnknown(_) => 24,
            Mark::TftpAssumed(_) => 25,
            Mark::TftpUnknown(_) => 26,
            Mark::TlsAssumed(_) => 27,
            Mark::Unused(_) => 28,
        };
        let mut kinds: Vec<u32> = Mark::examples().iter().map(kind).collect();
        kinds.dedup();
        assert_eq!(kinds, (0..29).collect::<Vec<_>>());
    }
}
