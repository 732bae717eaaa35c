//! What a phone holds at one moment of its boot, and what it can look up there.

use super::{Kept, ListRef, Offer, Phone, SecurityByDefault, Tvs, Via};
use crate::facts::{
    CertificateFacts, Completeness, Form, Identity, KeyFacts, ListFacts, Name, RecordFacts,
    Signatures,
};
use crate::wire::Role;
use alloc::sync::Arc;

/// Roles whose certificate may sign a list besides SAST (P-ITL-3), and those that sign a configuration (P-CFG-1).
pub(super) const SIGNS_CONFIGS: &[Role] = &[Role::Tftp, Role::CcmTftp];

/// The role that signs lists.
pub(super) const ANCHOR: &[Role] = &[Role::Sast];

/// Everything that one prediction is asked about.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) phone: &'a Phone,
    /// That of the device; where it is not known, one of the two sides that are judged.
    pub(super) security_by_default: SecurityByDefault,
    pub(super) offer: &'a Offer,
    pub(super) tvs: &'a Tvs,
    pub(super) signatures: &'a dyn Signatures,
}

impl<'a> Scene<'a> {
    /// The lists on the phone before the boot. A device that never asks for an ITL ignores an installed one.
    pub(super) fn installed(&self) -> Lists<'a> {
        let itl = if self.security_by_default == SecurityByDefault::No {
            None
        } else {
            self.phone.itl.as_ref()
        };
        Lists {
            ctl: Slot::new(self.phone.ctl.as_ref(), Kept::Installed),
            itl: Slot::new(itl, Kept::Installed),
        }
    }
}

/// The two lists of a phone at one moment.
#[derive(Clone, Copy)]
pub(super) struct Lists<'a> {
    pub(super) ctl: Slot<'a>,
    pub(super) itl: Slot<'a>,
}

impl Lists<'_> {
    pub(super) fn none(&self) -> bool {
        self.ctl.list.is_none() && self.itl.list.is_none()
    }

    pub(super) fn ctl_ref(&self) -> ListRef {
        if self.ctl.kept == Kept::Offered { ListRef::OfferedCtl } else { ListRef::InstalledCtl }
    }

    pub(super) fn itl_ref(&self) -> ListRef {
        if self.itl.kept == Kept::Offered { ListRef::OfferedItl } else { ListRef::InstalledItl }
    }

    pub(super) fn via_ctl(&self) -> Via {
        if self.ctl.kept == Kept::Offered { Via::OfferedCtl } else { Via::InstalledCtl }
    }

    pub(super) fn via_itl(&self) -> Via {
        if self.itl.kept == Kept::Offered { Via::OfferedItl } else { Via::InstalledItl }
    }
}

/// One list of a phone, and how it came there.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    pub(super) list: Option<&'a Arc<ListFacts>>,
    pub(super) kept: Kept,
}

impl<'a> Slot<'a> {
    /// A slot that holds `list`, kept as `kept` says, or none.
    pub(super) fn new(list: Option<&'a Arc<ListFacts>>, kept: Kept) -> Self {
        Self { list, kept: if list.is_some() { kept } else { Kept::None } }
    }

    /// The slot after its list was dropped (P-ITL-6).
    pub(super) const DROPPED: Self = Self { list: None, kept: Kept::Dropped };

    pub(super) fn find(&self, signer: &Identity, roles: &[Role]) -> Option<&'a RecordFacts> {
        self.list?.find(signer, roles)
    }

    /// The record that lets this signer sign an ITL: SAST before CCM+TFTP and TFTP (P-ITL-3).
    pub(super) fn find_list_signer(&self, signer: &Identity) -> Option<&'a RecordFacts> {
        self.find(signer, ANCHOR).or_else(|| self.find(signer, SIGNS_CONFIGS))
    }

    /// Whether it names a certificate in one of these roles; emptied records name none.
    pub(super) fn has(&self, roles: &[Role]) -> bool {
        self.list.is_some_and(|list| {
            list.records
                .iter()
                .any(|record| names_certificate(record) && roles.contains(&record.role))
        })
    }

    /// Returns whether it is a CTL that can refuse an ITL (P-BLANK-3).
    pub(super) fn has_anchors(&self) -> bool {
        self.list.is_some_and(|list| !list.holds_only_sast_and_capf())
    }

    /// Returns whether it is a CTL left over from mixed mode (P-BLANK-3).
    pub(super) fn is_reduced(&self) -> bool {
        self.list.is_some_and(|list| list.holds_only_sast_and_capf())
    }

    /// Returns whether it is a blank ITL (P-BLANK-1).
    pub(super) fn is_blank(&self) -> bool {
        self.list.is_some_and(|list| list.holds_only_sast_and_capf())
    }

    /// Returns whether it is blank and may as well be a list of certutils (P-BLANK-2).
    pub(super) fn may_be_of_certutils(&self) -> bool {
        let of_certutils =
            |list: &ListFacts| list.records.iter().any(names_certificate) && list.names_no_host();
        self.is_blank() && self.list.is_some_and(|list| of_certutils(list))
    }

    /// Whether records may be missing, so that silence is no answer.
    pub(super) fn is_partial(&self) -> bool {
        self.list.is_some_and(|list| list.completeness == Completeness::Partial)
    }
}

/// A record that a print shows without its serial number still names a certificate.
fn names_certificate(record: &RecordFacts) -> bool {
    record.form != Form::Empty
}

/// A signer of which only the name is known.
pub(super) fn nameless(signer: &Identity, subject: &Name) -> CertificateFacts {
    CertificateFacts::new(signer.clone(), subject.clone(), KeyFacts::Unknown)
}
