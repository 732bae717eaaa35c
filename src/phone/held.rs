//! The lists on a phone at one moment of its boot, and look-ups in them.

use super::lookup::found;
use super::{FoundRecord, Kept, ListRef, Offer, Outcome, Phone, SecurityByDefault, Tvs, Via};
use crate::facts::{
    CertificateFacts, Completeness, Form, Identity, KeyFacts, ListFacts, Name, RecordFacts,
    Signatures,
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
pub(super) struct BootContext<'a> {
    pub(super) phone: &'a Phone,
    /// Security By Default of the device; if it is not known, one of the two values that are tried.
    pub(super) security_by_default: SecurityByDefault,
    pub(super) offer: &'a Offer,
    pub(super) tvs: &'a Tvs,
    pub(super) signatures: &'a dyn Signatures,
}

impl<'a> BootContext<'a> {
    /// Returns the lists on the phone before the boot. A device that never asks for an ITL ignores
    /// an installed one.
    pub(super) fn installed(&self) -> Lists<'a> {
        let itl =
            if self.security_by_default == SecurityByDefault::No { None } else { self.phone.itl() };
        Lists {
            ctl: Slot::new(Kind::Ctl, self.phone.ctl(), Kept::Installed),
            itl: Slot::new(Kind::Itl, itl, Kept::Installed),
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

    /// Returns the outcome for a signer that neither the lists nor TVS know: undecided if a list is
    /// incomplete, because the signer may be in its missing part.
    pub(super) fn without_voucher(&self) -> Outcome {
        if self.incomplete().is_some() { Outcome::Depends } else { Outcome::Reject }
    }

    /// Returns an incomplete list: a signer that was found in neither may be in its missing part.
    pub(super) fn incomplete(&self) -> Option<ListRef> {
        [self.ctl, self.itl].iter().find(|slot| slot.is_partial()).map(Slot::list_ref)
    }
}

/// The kind of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Ctl,
    Itl,
}

/// One list on a phone, and its origin.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    kind: Kind,
    pub(super) list: Option<&'a Arc<ListFacts>>,
    pub(super) kept: Kept,
}

/// A record that vouches for a signer.
pub(super) struct Voucher<'a> {
    /// The certificate whose key must have signed the file.
    pub(super) key: &'a CertificateFacts,
    pub(super) via: Via,
    pub(super) record: FoundRecord,
}

impl<'a> Slot<'a> {
    /// Returns a slot with `list` and its origin, or an empty slot.
    pub(super) fn new(kind: Kind, list: Option<&'a Arc<ListFacts>>, kept: Kept) -> Self {
        Self { kind, list, kept: if list.is_some() { kept } else { Kept::None } }
    }

    /// The slot of the ITL after the list was dropped (P-ITL-6).
    pub(super) const DROPPED_ITL: Self = Self { kind: Kind::Itl, list: None, kept: Kept::Dropped };

    pub(super) fn list_ref(&self) -> ListRef {
        match (self.kind, self.kept == Kept::Offered) {
            (Kind::Ctl, true) => ListRef::OfferedCtl,
            (Kind::Ctl, false) => ListRef::InstalledCtl,
            (Kind::Itl, true) => ListRef::OfferedItl,
            (Kind::Itl, false) => ListRef::InstalledItl,
        }
    }

    /// Looks for a record in one of these roles that vouches for the signer.
    pub(super) fn look_up(&self, signer: &Identity, roles: &[Role]) -> Option<Voucher<'a>> {
        let record = self.list?.find(signer, roles)?;
        let key = record.certificate.as_ref()?;
        let via = match (self.kind, self.kept == Kept::Offered) {
            (Kind::Ctl, true) => Via::OfferedCtl,
            (Kind::Ctl, false) => Via::InstalledCtl,
            (Kind::Itl, true) => Via::OfferedItl,
            (Kind::Itl, false) => Via::InstalledItl,
        };
        Some(Voucher { key, via, record: found(self.list_ref(), record, key) })
    }

    /// Looks for a record that lets this signer sign an ITL: SAST first, then CCM+TFTP and TFTP
    /// (P-ITL-3).
    pub(super) fn look_up_list_signer(&self, signer: &Identity) -> Option<Voucher<'a>> {
        self.look_up(signer, ANCHOR).or_else(|| self.look_up(signer, SIGNS_CONFIGS))
    }

    /// Checks if a record lets this signer sign an ITL.
    pub(super) fn knows_list_signer(&self, signer: &Identity) -> bool {
        let find = |roles| self.list.and_then(|list| list.find(signer, roles));
        find(ANCHOR).or_else(|| find(SIGNS_CONFIGS)).is_some()
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
    pub(super) fn can_refuse_itl(&self) -> bool {
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
    CertificateFacts::new(signer.clone(), subject.clone(), KeyFacts::Unknown)
}
