//! The lists on a phone at one moment of its boot, and look-ups in them.

use super::{Kept, ListRef, Offer, Phone, SecurityByDefault, Tvs, Via};
use crate::facts::{
    CertificateFacts, Completeness, Fingerprint, Form, Identity, KeyFacts, ListFacts, Name,
    RecordFacts, Signatures,
};
use crate::wire::Role;
use alloc::sync::Arc;

/// Roles whose certificates sign configurations (P-CFG-1). For an ITL they are accepted with a
/// caveat (P-ITL-3).
pub(super) const SIGNS_CONFIGS: &[Role] = &[Role::Tftp, Role::CcmTftp];

/// The role that signs lists.
pub(super) const ANCHOR: &[Role] = &[Role::Sast];

/// The inputs of one prediction.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) phone: &'a Phone,
    /// Security By Default of the device; if it is not known, one of the two values that are tried.
    pub(super) security_by_default: SecurityByDefault,
    pub(super) offer: &'a Offer,
    pub(super) tvs: &'a Tvs,
    pub(super) signatures: &'a dyn Signatures,
}

impl<'a> Scene<'a> {
    /// Returns the lists on the phone before the boot. A device that never asks for an ITL ignores
    /// an installed one.
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

/// One list on a phone, and its origin.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    pub(super) list: Option<&'a Arc<ListFacts>>,
    pub(super) kept: Kept,
}

impl<'a> Slot<'a> {
    /// Returns a slot with `list` and its origin, or an empty slot.
    pub(super) fn new(list: Option<&'a Arc<ListFacts>>, kept: Kept) -> Self {
        Self { list, kept: if list.is_some() { kept } else { Kept::None } }
    }

    /// The slot after its list was dropped (P-ITL-6).
    pub(super) const DROPPED: Self = Self { list: None, kept: Kept::Dropped };

    pub(super) fn find(&self, signer: &Identity, roles: &[Role]) -> Option<&'a RecordFacts> {
        self.list?.find(signer, roles)
    }

    /// Returns the record that lets this signer sign an ITL: SAST first, then CCM+TFTP and TFTP
    /// (P-ITL-3).
    pub(super) fn find_list_signer(&self, signer: &Identity) -> Option<&'a RecordFacts> {
        self.find(signer, ANCHOR).or_else(|| self.find(signer, SIGNS_CONFIGS))
    }

    /// Checks if a record names a certificate in one of these roles; emptied records name none.
    pub(super) fn has(&self, roles: &[Role]) -> bool {
        self.list.is_some_and(|list| {
            list.records
                .iter()
                .any(|record| names_certificate(record) && roles.contains(&record.role))
        })
    }

    /// Checks if a CTL can refuse an ITL: it has records other than SAST and CAPF (P-BLANK-3).
    pub(super) fn has_anchors(&self) -> bool {
        self.list.is_some_and(|list| !list.holds_only_sast_and_capf())
    }

    /// Checks if a CTL remains from mixed mode (P-BLANK-3).
    pub(super) fn is_reduced(&self) -> bool {
        self.list.is_some_and(|list| list.holds_only_sast_and_capf())
    }

    /// Checks if an ITL is blank (P-BLANK-1).
    pub(super) fn is_blank(&self) -> bool {
        self.list.is_some_and(|list| list.holds_only_sast_and_capf())
    }

    /// Checks if an ITL is blank but may also be a list of certutils (P-BLANK-2).
    pub(super) fn may_be_of_certutils(&self) -> bool {
        let of_certutils =
            |list: &ListFacts| list.records.iter().any(names_certificate) && list.names_no_host();
        self.is_blank() && self.list.is_some_and(|list| of_certutils(list))
    }

    /// Checks if records may be missing, so that a failed look-up proves nothing.
    pub(super) fn is_partial(&self) -> bool {
        self.list.is_some_and(|list| list.completeness == Completeness::Partial)
    }
}

/// Checks if a record names a certificate. One that a paste shows without a serial number does.
fn names_certificate(record: &RecordFacts) -> bool {
    record.form != Form::Empty
}

/// Returns the facts of a signer whose certificate is not known, only its name.
pub(super) fn nameless(signer: &Identity, subject: &Name) -> CertificateFacts {
    CertificateFacts {
        identity: signer.clone(),
        subject: subject.clone(),
        key: KeyFacts::Unknown,
        fingerprint: Fingerprint::default(),
        not_before: None,
        not_after: None,
    }
}
