//! The code words of plans, preflight and deletions; `trustlist explain CODE` prints their pages.

use trustlist::codes;

codes! {
    /// The finding of a preflight check (`spec/CLUSTER-RULES.md` section 4).
    PreflightCode {
        /// The newest backup failed.
        BackupFailed = "backup-failed",
        /// The newest backup succeeded.
        BackupGood = "backup-good",
        /// Every backup in the output covers other features than CUCM.
        BackupLacksCucm = "backup-lacks-cucm",
        /// The newest backup succeeded long before the date of the judgement.
        BackupOld = "backup-old",
        /// A certificate is signed by a CA: a plain regeneration would overwrite it.
        CaSignedCertificate = "ca-signed-certificate",
        /// The node's own certificates were read, none is signed by a CA.
        CertificatesRead = "certificates-read",
        /// No output format is known; an operator looked at it and says that it is fine.
        ConfirmedByHand = "confirmed-by-hand",
        /// Mixed mode, and no CTL.
        CtlMissing = "ctl-missing",
        /// The security mode is missing: only in mixed mode a CTL should be there.
        CtlModeUnknown = "ctl-mode-unknown",
        /// The server could not verify its CTL.
        CtlNotVerified = "ctl-not-verified",
        /// `utils ctl update CTLFile` went through.
        CtlUpdated = "ctl-updated",
        /// Mixed mode, and the CTL was verified.
        CtlVerified = "ctl-verified",
        /// The check is none of this cluster's: the licence outside mixed mode.
        DoesNotApply = "does-not-apply",
        /// Pastes or options say two things about one fact.
        FactDisputed = "fact-disputed",
        /// An ITL has no record of the TVS server of a node.
        ItlLacksTvs = "itl-lacks-tvs",
        /// The server has no ITL.
        ItlMissing = "itl-missing",
        /// The server could not verify its ITL.
        ItlNotVerified = "itl-not-verified",
        /// An ITL names another serial number than the node's own certificate has.
        ItlSerialDiffers = "itl-serial-differs",
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
        /// A list names a server that the whole replication table does not.
        NodeNotInCluster = "node-not-in-cluster",
        /// Nothing was pasted for this check.
        NotPasted = "not-pasted",
        /// Something was pasted that could not be read.
        OutputUnread = "output-unread",
        /// A phone refused a list, or lost its lists.
        PhoneListUpdateFailed = "phone-list-update-failed",
        /// A phone refused its configuration.
        PhoneConfigRefused = "phone-config-refused",
        /// A phone did not find a file on the server.
        PhoneFileNotFound = "phone-file-not-found",
        /// A phone holds no CTL, or its lists were erased.
        PhoneHoldsNoList = "phone-holds-no-list",
        /// A phone does not find its TFTP server in its CTL.
        PhoneTftpNotAuthorized = "phone-tftp-not-authorized",
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
        /// Certificate Change Notification or TVS does not run.
        ServiceStopped = "service-stopped",
        /// The services were read.
        ServicesRead = "services-read",
        /// The ITL or CTL was signed by another certificate than this version uses.
        SignerClassUnexpected = "signer-class-unexpected",
        /// No mixed mode, and a CTL all the same.
        StaleCtl = "stale-ctl",
        /// The words that the column "ITL File Status" may hold, no phone's own.
        StatusLegend = "status-legend",
        /// The minimum TLS version was read.
        TlsMinimumRead = "tls-minimum-read",
        /// The units of certificates were read.
        UnitsRead = "units-read",
    }
}

codes! {
    /// The findings of `plan lint` (`spec/LINTS.md`).
    PlanLintCode {
        /// ITLRecovery and the publisher's CallManager change with no CTL update and reset between
        /// (L-09).
        BothCtlAnchorsInOneWindow = "both-ctl-anchors-in-one-window" ("L-09", Error),
        /// A CAPF certificate is deleted that the LSC of an encrypted phone needs (L-15).
        CapfStillInUse = "capf-still-in-use" ("L-15", Error),
        /// Mixed mode: the new CallManager certificate is used before the phones have it in their
        /// CTL (L-04).
        CtlAfterCallmanager = "ctl-after-callmanager" ("L-04", Error),
        /// The CTL is rewritten without a look at replication (L-10).
        CtlUpdateUnchecked = "ctl-update-unchecked" ("L-10", Warning),
        /// The CTL is updated in a cluster that has none (L-10a).
        CtlUpdateWithoutCtl = "ctl-update-without-ctl" ("L-10a", Error),
        /// A deleted trust certificate is back in the model (L-13).
        DeletionComesBack = "deletion-comes-back" ("L-13", Error),
        /// A deletion leaves copies on other nodes (L-13a).
        DeletionLocalOnly = "deletion-local-only" ("L-13a", Warning),
        /// A deletion lasts only by an assumption (L-13b).
        DeletionUnsure = "deletion-unsure" ("L-13b", Warning),
        /// An ITL of the cluster holds more than 39 different certificates (L-21).
        ItlTooLarge = "itl-too-large" ("L-21", Error),
        /// The signer changes while legacy phones may be unable to ask TVS (L-27).
        LegacyPhonesAndTls = "legacy-phones-and-tls" ("L-27", Warning),
        /// Phones are reset, or the plan ends, while a service still works with the old certificate
        /// (L-05).
        MissingRestart = "missing-restart" ("L-05", Warning),
        /// No backup follows the last regeneration (L-16).
        NoBackup = "no-backup" ("L-16", Note),
        /// The next regeneration comes without a check of the phones (L-07).
        NoGateBetweenRounds = "no-gate-between-rounds" ("L-07", Warning),
        /// A certificate is regenerated without a preflight (L-01).
        NoPreflight = "no-preflight" ("L-01", Warning),
        /// A phone is locked before the first step (L-20a).
        PhoneBrokenBefore = "phone-broken-before" ("L-20a", Error),
        /// A phone misses one change and the next (L-20b).
        PhoneOfflineDuringChange = "phone-offline-during-change" ("L-20b", Warning),
        /// An online phone is locked at the end (L-26).
        PhonesLocked = "phones-locked" ("L-26", Error),
        /// ITLRecovery changes and nothing else carries the phones over (L-08).
        RecoveryWithoutAnchor = "recovery-without-anchor" ("L-08", Warning),
        /// Phones that need TVS are reset before TVS was restarted (L-24).
        ResetBeforeTvsRestart = "reset-before-tvs-restart" ("L-24", Warning),
        /// The plan leaves the rollback parameter on (L-19).
        RollbackLeftOn = "rollback-left-on" ("L-19", Error),
        /// A step names a node without the service (L-17).
        ServiceNotActivated = "service-not-activated" ("L-17", Error),
        /// A phone has one server to vouch for a new list (L-02).
        SingleCallmanagerGroup = "single-callmanager-group" ("L-02", Warning),
        /// Signer and TVS change before a phone took the new ITL (L-03).
        TvsAndSignerInOneRound = "tvs-and-signer-in-one-round" ("L-03", Error),
        /// TVS presents new certificates before the phones have the list (L-06).
        TvsRestartTooEarly = "tvs-restart-too-early" ("L-06", Error),
        /// No server of a phone's group runs CallManager (L-18).
        WholeGroupDown = "whole-group-down" ("L-18", Error),
        /// The node does not own this certificate (L-12).
        WrongNode = "wrong-node" ("L-12", Error),
    }
}

codes! {
    /// Why the deletion audit gives its verdict about a node (spec/CLUSTER-RULES.md D4).
    DeletionCode {
        /// The logs were collected before a sync could have brought the certificate back, or the
        /// deletion been seen.
        CollectedTooEarly = "collected-too-early",
        /// The deletion was tried and ended in failure.
        DeleteFailed = "delete-failed",
        /// Nothing spreads this deletion, and the node's logs hold none.
        DeleteNotSeen = "delete-not-seen",
        /// A deletion that does not say that it worked, or that names two stores.
        DeleteUnclear = "delete-unclear",
        /// A deletion without a date: it is unknown whether it followed the event.
        DeleteUndated = "delete-undated",
        /// The node deleted it, the others got the event, and nothing brought it back for longer
        /// than a sync takes.
        DeletionProven = "deletion-proven",
        /// An event came that no node sent at that time: its origin or its time does not match.
        EventDisagrees = "event-disagrees",
        /// The node deleted it and neither sent nor got an event.
        EventNotEmitted = "event-not-emitted",
        /// No event came to the node.
        EventNotReceived = "event-not-received",
        /// The event came and no deletion followed.
        EventWithoutDelete = "event-without-delete",
        /// A certificate of the store was imported after the deletion; the log does not say which.
        ImportUnclear = "import-unclear",
        /// The certificate was imported after its deletion.
        ImportedAgain = "imported-again",
        /// A log could not be read to its end, or not all of it.
        LogIncomplete = "log-incomplete",
        /// One of the three logs was not given, or is empty.
        LogMissing = "log-missing",
        /// A log begins too late.
        LogStartsLate = "log-starts-late",
    }
}
