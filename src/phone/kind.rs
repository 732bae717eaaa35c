//! Findings and conditions with their evidence: each code has the payload that it needs, and none
//! can be made without it.

use super::ListRef;
use crate::code::{ConditionCode, FindingCode};
use crate::facts::{CertificateFacts, NotChecked, RecordIndex, Timestamp};
use crate::wire::{DigestAlgorithm, Role};
use alloc::sync::Arc;

/// A record that names the certificate of the signer, or one like it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundRecord {
    /// The list that was searched.
    pub list: ListRef,
    /// The record in it.
    pub record: RecordIndex,
    /// The role of the record.
    pub role: Role,
    /// The certificate of the record.
    pub certificate: Arc<CertificateFacts>,
}

/// A number and the limit that it was compared with, in the same unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Compared {
    /// The number.
    pub value: u64,
    /// The limit.
    pub limit: u64,
}

impl Compared {
    pub(super) fn new(value: impl Into<u64>, limit: impl Into<u64>) -> Self {
        Self { value: value.into(), limit: limit.into() }
    }
}

/// The size of an ITL that is too large to load (P-ALG-7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItlSize {
    /// The bytes of the file.
    Bytes(Compared),
    /// The different certificates of a list whose size in bytes is not known. They are counted up
    /// to one above the limit.
    Certificates(Compared),
}

/// A TVS server that confirms a signer (P-TVS-4).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TvsVoucher {
    /// The server.
    pub server: Arc<str>,
    /// The signer's certificate that the server knows.
    pub certificate: Arc<CertificateFacts>,
}

/// A list whose missing part may have the record that decides.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IncompleteList {
    /// The list; `None` for the ITL if its TVS records may be in the missing part (P-TVS-2).
    pub list: Option<ListRef>,
    /// The signer's certificate in the offered list; `None` if it has none, and for other records
    /// than that of the signer.
    pub signer: Option<Arc<CertificateFacts>>,
}

/// The voucher for a signer of an ITL that the CTL on the phone does not name (P-ITL-5).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VoucherBesideCtl {
    /// A record of the ITL on the phone.
    Record(FoundRecord),
    /// TVS, which confirms the signer or may do so.
    Tvs {
        /// The CTL that does not name the signer.
        ctl: ListRef,
        /// The server that knows the signer; `None` if none is known to do so.
        server: Option<Arc<str>>,
        /// The signer's certificate in the offered ITL; `None` if it has none.
        signer: Option<Arc<CertificateFacts>>,
    },
}

/// A TFTP server that the CTL on the phone does not name (P-BOOT-5).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnlistedTftpServer {
    /// The CTL.
    pub ctl: ListRef,
    /// The name or address of the server.
    pub server: Arc<str>,
}

/// Declares the kinds of a family of codes: one for each code, under its name. A code without a
/// kind does not compile.
macro_rules! kinds {
    ($(#[$meta:meta])* $name:ident of $code:ident {
        $($(#[$evidence_meta:meta])* $variant:ident $(($evidence:ty))?,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("[`", stringify!($code), "::", stringify!($variant), "`].")]
                #[doc = ""]
                $(#[$evidence_meta])*
                $variant $(($evidence))?,
            )+
        }

        impl $name {
            /// Returns the code, which has the same name.
            pub const fn code(&self) -> $code {
                match self { $(Self::$variant { .. } => $code::$variant),+ }
            }
        }

        const _: fn($code) = |code| match code { $($code::$variant => ()),+ };

        #[cfg(test)]
        impl super::testing::Samples for $name {
            fn samples() -> alloc::vec::Vec<Self> {
                let mut samples = alloc::vec::Vec::new();
                $(super::testing::add_samples!(samples, Self::$variant $(, $evidence)?);)+
                samples
            }
        }
    };
}

kinds! {
    /// A finding of a phone with its evidence: values, never sentences.
    FindingKind of FindingCode {
        AnchorsReplaced,
        /// With the blank list.
        BlankList(ListRef),
        ConfigEncrypted,
        /// With the CTL.
        CtlReduced(ListRef),
        /// With the digest of the file.
        DigestUnsupported(DigestAlgorithm),
        FileNotFound,
        FirstUse,
        HoldsNoLists,
        ItlNeverAsked,
        /// With its size.
        ItlOversize(ItlSize),
        /// With the bits of the key and the most that the device accepts.
        KeyTooLong(Compared),
        /// With the role of the record that names the signer.
        MatchedByTftpRole(Role),
        /// With the number of SAST records and the usual one.
        MoreThanTwoSast(Compared),
        /// With the date of the offered list; `None` if the prediction has no date.
        OlderList(Option<Timestamp>),
        /// With the record of the known certificate.
        SameCa(FoundRecord),
        SameFile,
        /// With the record of the known certificate.
        SameNameNewSerial(FoundRecord),
        SignatureBroken,
        SignedConfigMissing,
        /// With the end of its validity.
        SignerExpired(Timestamp),
        SignerImpersonated,
        /// With the record that names the signer.
        SignerInCtl(FoundRecord),
        /// With the record that names the signer.
        SignerInItl(FoundRecord),
        SignerKeyNotRsa,
        /// With the start of its validity.
        SignerNotYetValid(Timestamp),
        SignerSubjectDiffers,
        /// With the signer's certificate in the offered list; `None` if it has none, and for a
        /// configuration.
        SignerUnknown(Option<Arc<CertificateFacts>>),
        /// With the server.
        TvsCertificateChanged(Arc<str>),
        /// With the server.
        TvsDoesNotKnow(Arc<str>),
        /// With the server.
        TvsImpersonated(Arc<str>),
        TvsNeedsTls10,
        /// With the ITL on the phone; `None` if it has none.
        TvsNoRecord(Option<ListRef>),
        TvsNotOnDevice,
        /// With the server.
        TvsUnreachable(Arc<str>),
        /// With the server and the certificate that it knows.
        TvsVouches(TvsVoucher),
        UnsignedAsked,
        ZeroBytes,
    }
}

kinds! {
    /// A missing fact with its evidence: values, never sentences.
    ConditionKind of ConditionCode {
        AnchorsReplacedTvsOpen,
        /// With the list.
        BlankListUnproven(ListRef),
        /// With the SAST record of the signer.
        ConfigSignerSastOnly(FoundRecord),
        /// With the voucher for the signer.
        CtlDecidesItl(VoucherBesideCtl),
        /// With the signer's certificate in the offered CTL; `None` if it has none.
        CtlOverReducedCtl(Option<Arc<CertificateFacts>>),
        CtlUndecided,
        /// With the digest of the file.
        DigestSupportUnknown(DigestAlgorithm),
        EmptyFile,
        /// With the bits of the key and the fewest that FIPS allows.
        FipsKeySize(Compared),
        /// With the signer's certificate in the offered CTL; `None` if it has none.
        FirstCtlOverItl(Option<Arc<CertificateFacts>>),
        /// With the signer's certificate in the offered ITL; `None` if it has none.
        FirstItlNotInCtl(Option<Arc<CertificateFacts>>),
        InstalledListsNotGiven,
        ItlTakenThenDropped,
        ItlUndecided,
        /// With the bits of the key and the most that every device accepts.
        KeyLimitUnknown(Compared),
        KeySizeUnknown,
        /// With the incomplete list.
        ListIncomplete(IncompleteList),
        /// With the CTL.
        ReducedCtlLeft(ListRef),
        SecurityByDefaultUnknown,
        SignatureBrokenOnFaith,
        /// With the reason why it was not checked.
        SignatureNotChecked(NotChecked),
        SignerNotStated,
        /// With the TFTP record of the signer.
        SignerTftpRoleOnly(FoundRecord),
        /// With the server and the CTL.
        TftpAddressNotInCtl(UnlistedTftpServer),
        /// With the server.
        TvsAnswerUnknown(Arc<str>),
        /// With the server that knows the signer now, but with a doubt; `None` if there is none.
        TvsCached(Option<Arc<str>>),
        /// With the server.
        TvsRecordUnproven(Arc<str>),
        /// With the server.
        TvsRoleMissing(Arc<str>),
        /// With the server.
        TvsRolesUnknown(Arc<str>),
        /// With the server that knows the signer.
        TvsServersDisagree(Arc<str>),
        /// With the server whose certificate is not known.
        TvsSkipsChangedServer(Arc<str>),
        TvsTlsOpen,
        TvsUnknown,
        /// With the CTL.
        UnchangedItlNotInCtl(ListRef),
        /// With the name in the header.
        UnusualFileName(Arc<str>),
    }
}
