//! Every stable code word of this crate, one enum a family.
//!
//! A word never changes its meaning and is never used twice, in whatever family: `trustlist explain CODE` prints its
//! page. `tests/codes.rs` holds codes, pages and cases together.

/// Declares a family of code words: the enum, `ALL`, `as_str` and `Display`.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            /// Every code of the family.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

codes! {
    /// What a phone finds while it judges a file.
    FindingCode {
        /// The signer is in no list of the phone, and no TVS server that it trusts vouches for it.
        SignerUnknown = "signer-unknown",
    }
}

codes! {
    /// A question on which a prediction depends.
    ConditionCode {
        /// Nothing is known about TVS.
        TvsUnknown = "tvs-unknown",
    }
}

codes! {
    /// What a preflight check says (`spec/CLUSTER-RULES.md` section 4).
    PreflightCode {
        /// The newest backup failed.
        BackupFailed = "backup-failed",
        /// The newest backup succeeded.
        BackupGood = "backup-good",
        /// The newest backup succeeded long before the date of the judgement.
        BackupOld = "backup-old",
        /// A certificate is signed by a CA: a plain regeneration would overwrite it.
        CaSignedCertificate = "ca-signed-certificate",
        /// The node's own certificates were read, none is signed by a CA.
        CertificatesRead = "certificates-read",
        /// Mixed mode, and no CTL.
        CtlMissing = "ctl-missing",
        /// Whether this CTL should be there depends on the security mode, which is not known.
        CtlModeUnknown = "ctl-mode-unknown",
        /// The server could not verify its CTL.
        CtlNotVerified = "ctl-not-verified",
        /// `utils ctl update CTLFile` went through.
        CtlUpdated = "ctl-updated",
        /// Mixed mode, and the CTL was verified.
        CtlVerified = "ctl-verified",
        /// The server has no ITL.
        ItlMissing = "itl-missing",
        /// The server could not verify its ITL.
        ItlNotVerified = "itl-not-verified",
        /// More certificates or bytes than a phone takes.
        ItlTooLarge = "itl-too-large",
        /// The ITL was verified.
        ItlVerified = "itl-verified",
        /// The cluster is in mixed mode.
        ModeMixed = "mode-mixed",
        /// The cluster is not in mixed mode.
        ModeNonSecure = "mode-non-secure",
        /// `utils ctl set-cluster` went through.
        ModeSet = "mode-set",
        /// No mixed mode, and no CTL: as it should be.
        NoCtlExpected = "no-ctl-expected",
        /// No output format is known: look at it by hand.
        NoKnownFormat = "no-known-format",
        /// Nothing was pasted for this check.
        NotPasted = "not-pasted",
        /// Something was pasted that could not be read.
        OutputUnread = "output-unread",
        /// A phone refused a list, or lost its lists.
        PhoneListUpdateFailed = "phone-list-update-failed",
        /// A phone says that it took a list.
        PhoneListUpdated = "phone-list-updated",
        /// `set cert regen` went through.
        Regenerated = "regenerated",
        /// A node does not replicate.
        ReplicationBad = "replication-bad",
        /// Every node replicates.
        ReplicationGood = "replication-good",
        /// The reset ITL did not reach every TFTP node.
        ResetItlNotTransferred = "reset-itl-not-transferred",
        /// The reset ITL reached every TFTP node.
        ResetItlTransferred = "reset-itl-transferred",
        /// The rollback parameter is off.
        RollbackOff = "rollback-off",
        /// The rollback parameter is on: phones get blank ITLs.
        RollbackOn = "rollback-on",
        /// CCN or TVS does not run.
        ServiceStopped = "service-stopped",
        /// The services were read.
        ServicesRead = "services-read",
        /// The ITL or CTL was signed by another certificate than this version uses.
        SignerClassUnexpected = "signer-class-unexpected",
        /// No mixed mode, and a CTL all the same.
        StaleCtl = "stale-ctl",
        /// The words that the column "ITL File Status" may hold, no phone's own.
        StatusLegend = "status-legend",
        /// The units of certificates were read.
        UnitsRead = "units-read",
    }
}
