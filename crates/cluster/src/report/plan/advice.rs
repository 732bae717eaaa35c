//! A sentence and an advice for every code of the plan lint; the long form is its page.

use crate::code::PlanLintCode as Code;
use trustlist::release::Release;

/// What a code means.
pub(super) const fn meaning(code: Code) -> &'static str {
    match code {
        Code::BothCtlAnchorsInOneWindow => {
            "both anchors of the CTL change before the phones hold a CTL with one of the new ones"
        }
        Code::CapfStillInUse => {
            "encrypted phones still hold an LSC of the CAPF certificate that is deleted"
        }
        Code::CtlAfterCallmanager => {
            "phones meet the new CallManager certificate before they have it in their CTL"
        }
        Code::CtlUpdateUnchecked => {
            "the CTL is rewritten on every node without a look at replication"
        }
        Code::CtlUpdateWithoutCtl => "there is no CTL to update in a non-secure cluster",
        Code::DeletionComesBack => {
            "the deleted certificate comes back within an hour after the plan"
        }
        Code::DeletionLocalOnly => {
            "the deletion works on the named node only, other nodes keep the certificate"
        }
        Code::ItlTooLarge => "the ITL holds more certificates than phones load",
        Code::LegacyPhonesAndTls => {
            "legacy phones cannot ask TVS about the new signer: the minimum TLS version is too high, or not known"
        }
        Code::MissingRestart => "services still work with the old certificate",
        Code::NoBackup => {
            "no backup follows the last regeneration; restoring an older one locks phones"
        }
        Code::NoGateBetweenRounds => {
            "nobody looks whether the phones took the last list before the next certificate changes"
        }
        Code::NoPreflight => "certificates change without a look at the cluster first",
        Code::PhoneBrokenBefore => "phones are locked before the first step",
        Code::PhoneOfflineDuringChange => {
            "off-line phones miss one change of signer or TVS and then the next"
        }
        Code::PhonesLocked => "on-line phones are locked at the end",
        Code::RecoveryWithoutAnchor => "the signer changes and only TVS carries the phones over",
        Code::ResetBeforeTvsRestart => {
            "phones are reset before TVS was restarted; where it reads its store only then, they refuse"
        }
        Code::RollbackLeftOn => {
            "the plan ends with the rollback parameter on: blank lists, phones that trust anything"
        }
        Code::ServiceNotActivated => "the service is not activated on the node named",
        Code::SingleCallmanagerGroup => {
            "phones have a single server that could vouch for a new list"
        }
        Code::TvsAndSignerInOneRound => {
            "TVS presents new certificates before the phones took the ITL of the new signer"
        }
        Code::TvsRestartTooEarly => "this restart of TVS takes the last voucher away",
        Code::WholeGroupDown => "no server of the phones' group runs CallManager",
        Code::WrongNode => "the node named has no such certificate in this version",
    }
}

/// What the operator does.
pub(super) fn advice(code: Code, release: Release) -> &'static str {
    match code {
        Code::BothCtlAnchorsInOneWindow => {
            "renew one, update the CTL, reset the phones, then the other"
        }
        Code::CapfStillInUse => "renew the LSCs first (lsc_update)",
        // From 14 on CallManager presents the new certificate at once (C-50): the usual order is what drops the phones.
        Code::CtlAfterCallmanager if release >= Release::first(14, 0) => {
            "regenerate one node at a time, with `utils ctl update CTLFile` and a reset of the phones between"
        }
        Code::CtlAfterCallmanager => {
            "update the CTL directly after the regeneration and reset the phones, then restart CallManager"
        }
        Code::CtlUpdateUnchecked => "check replication first, from 12.0 on the licence too",
        Code::CtlUpdateWithoutCtl => "remove the step, or set mixed mode",
        Code::DeletionComesBack => {
            "stop change notification everywhere and delete on every holder, or delete with all nodes up"
        }
        Code::DeletionLocalOnly => "delete on every node",
        Code::ItlTooLarge => "shorten the list (14 and later: reuse the tomcat certificate)",
        Code::LegacyPhonesAndTls => {
            "set the rollback parameter and let these phones take the blank list first, or set the minimum to TLS 1.0 for the time \
             of the change; to import the signer into a store does not help them"
        }
        Code::MissingRestart => "restart the services named before the reset",
        Code::NoBackup => "take a backup at the end",
        Code::NoGateBetweenRounds => {
            "check registration and ITL status of all phones between the rounds"
        }
        Code::NoPreflight => "run the preflight checks F-1 to F-15 first",
        Code::PhoneBrokenBefore => "repair them first (trustlist plan recover says how)",
        Code::PhoneOfflineDuringChange => {
            "bring them on-line before the second change, or plan to delete their lists"
        }
        Code::PhonesLocked => {
            "change the plan until no policy ends so (trustlist simulate shows the step)"
        }
        Code::RecoveryWithoutAnchor => "use the two-step procedure of the Security Guide",
        Code::ResetBeforeTvsRestart => "restart TVS before the reset",
        Code::RollbackLeftOn => "set it back and let the phones take the full list",
        Code::ServiceNotActivated => "remove the node from the step",
        Code::SingleCallmanagerGroup => {
            "add a second server to the group, or use the rollback parameter"
        }
        Code::TvsAndSignerInOneRound => {
            "put a completed phone update (restarts, reset, check) between the two regenerations"
        }
        Code::TvsRestartTooEarly => "restart TFTP and reset the phones first",
        Code::WholeGroupDown => "one node after the other",
        Code::WrongNode => "run the step on a node that owns the certificate (the publisher)",
    }
}
