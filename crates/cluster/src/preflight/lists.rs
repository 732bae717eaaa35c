//! F-5, F-6, F-12, F-14: what `show ctl` and `show itl` mean for the cluster.

use super::{Context, Fact, Found, Item, SecurityMode, Verdict};
use crate::code::PreflightCode;
use alloc::{string::ToString as _, vec, vec::Vec};
use trustlist::console::{Line, Presence, Print, Verified};
use trustlist::facts::{ListKind, Name};
use trustlist::release::{ListSigner, Release};

/// The checks that rest on one print.
pub(super) fn judge(print: &Print, context: &Context) -> Vec<Found> {
    match print.kind {
        ListKind::Ctl => ctl(print, context),
        _ => itl(print, context),
    }
}

fn ctl(print: &Print, context: &Context) -> Vec<Found> {
    let found = |verdict, code, facts, line| Found { item: Item::Ctl, verdict, code, facts, line };
    if let Presence::NotFound(line) = print.presence {
        let (verdict, code) = match context.mode {
            Some(SecurityMode::NonSecure) => (Verdict::Pass, PreflightCode::NoCtlExpected),
            Some(SecurityMode::Mixed) => (Verdict::Block, PreflightCode::CtlMissing),
            None => (Verdict::Unknown, PreflightCode::CtlModeUnknown),
        };
        return vec![found(verdict, code, vec![("ctl", Fact::Flag(false))], line)];
    }
    let (verified, line) = verified(print);
    let mut facts = vec![("ctl", Fact::Flag(true))];
    facts.extend(print.size.map(|size| ("size", Fact::Number(size))));
    facts.extend(verified.map(|verified| ("verified", Fact::Flag(verified))));
    facts.extend(
        print.signer_serial().map(|serial| ("signer_serial", Fact::Text(serial.to_string()))),
    );
    facts.extend(class(print).map(|class| ("signer_class", Fact::Text(class.as_str().into()))));
    let (verdict, code) = match (context.mode, verified) {
        (Some(SecurityMode::NonSecure), _) => (Verdict::Warn, PreflightCode::StaleCtl),
        (_, Some(false)) => (Verdict::Block, PreflightCode::CtlNotVerified),
        (_, None) => (Verdict::Unknown, PreflightCode::OutputUnread),
        (Some(SecurityMode::Mixed), Some(true)) => (Verdict::Pass, PreflightCode::CtlVerified),
        (None, Some(true)) => (Verdict::Unknown, PreflightCode::CtlModeUnknown),
    };
    let mut all = vec![found(verdict, code, facts.clone(), line)];
    if code == PreflightCode::CtlVerified && unexpected(print, context) {
        all.push(found(Verdict::Warn, PreflightCode::SignerClassUnexpected, facts, line));
    }
    all
}

fn itl(print: &Print, context: &Context) -> Vec<Found> {
    let found = |verdict, code, facts, line| Found { item: Item::Itl, verdict, code, facts, line };
    if let Presence::NotFound(line) = print.presence {
        return vec![found(
            Verdict::Block,
            PreflightCode::ItlMissing,
            vec![("itl", Fact::Flag(false))],
            line,
        )];
    }
    let (verified, line) = verified(print);
    let mut facts = Vec::new();
    facts.extend(verified.map(|verified| ("verified", Fact::Flag(verified))));
    facts.extend(print.signer_subject().map(|signer| ("signer", Fact::Text(signer.into()))));
    facts.extend(class(print).map(|class| ("signer_class", Fact::Text(class.as_str().into()))));
    facts.extend(print.size.map(|size| ("size", Fact::Number(size))));
    facts.push(("records", Fact::Number(u64::try_from(print.records.len()).unwrap_or(u64::MAX))));
    let (verdict, code) = match verified {
        None => (Verdict::Unknown, PreflightCode::OutputUnread),
        Some(false) => (Verdict::Block, PreflightCode::ItlNotVerified),
        Some(true) if unexpected(print, context) => {
            (Verdict::Warn, PreflightCode::SignerClassUnexpected)
        }
        Some(true) => (Verdict::Pass, PreflightCode::ItlVerified),
    };
    let mut all = vec![found(verdict, code, facts, line)];
    all.extend(too_large(print));
    all
}

/// F-14: more than 39 different certificates, or more than 64 KiB (P-ALG-7); unknown where that many records may be as many.
fn too_large(print: &Print) -> Option<Found> {
    let mut certificates: Vec<_> =
        print.records.iter().filter_map(|record| record.identity()).collect();
    // A record that does not say whose certificate it holds may hold one of the others, or one more.
    let nameless = print.records.len().saturating_sub(certificates.len());
    certificates.sort_unstable();
    certificates.dedup();
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let (count, most) =
        (number(certificates.len()), number(certificates.len().saturating_add(nameless)));
    let large = print.size.is_some_and(|size| size > LARGEST_ITL) || count > MOST_CERTIFICATES;
    let (verdict, code) = match () {
        () if large => (Verdict::Block, PreflightCode::ItlTooLarge),
        () if most > MOST_CERTIFICATES => (Verdict::Unknown, PreflightCode::OutputUnread),
        () => return None,
    };
    let mut facts = vec![("certificates", Fact::Number(count))];
    facts.extend((nameless > 0).then(|| ("nameless", Fact::Number(number(nameless)))));
    facts.extend(print.size.map(|size| ("size", Fact::Number(size))));
    Some(Found { item: Item::ItlSize, verdict, code, facts, line: print.line })
}

/// P-ALG-7.
const LARGEST_ITL: u64 = 65_536;
/// P-ALG-7.
const MOST_CERTIFICATES: u64 = 39;

fn verified(print: &Print) -> (Option<bool>, Line) {
    match print.verified {
        Verified::Yes(line) => (Some(true), line),
        Verified::No(line) => (Some(false), line),
        Verified::NotSaid => (None, print.line),
    }
}

/// Which of the cluster's certificates signed, by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    CallManager,
    ItlRecovery,
    Token,
}

impl Class {
    const fn as_str(self) -> &'static str {
        match self {
            Self::CallManager => "CallManager",
            Self::ItlRecovery => "ITLRecovery",
            Self::Token => "eToken",
        }
    }
}

/// The recovery certificate is called `ITLRECOVERY_host`, a token `SAST-ADN…`; any other signer is a CallManager.
fn class(print: &Print) -> Option<Class> {
    let name = Name::new(print.signer_subject()?);
    let name = name.common_name()?.to_ascii_uppercase();
    Some(match () {
        () if name.starts_with("ITLRECOVERY") => Class::ItlRecovery,
        () if name.starts_with("SAST-") => Class::Token,
        () => Class::CallManager,
    })
}

/// Who signs by version (P-VER); a token may sign a CTL up to 12.x (P-CTL-5, P-CTL-6).
fn unexpected(print: &Print, context: &Context) -> bool {
    let (Some(release), Some(class)) = (context.version, class(print)) else { return false };
    let is_ctl = print.kind == ListKind::Ctl;
    let expected = match if is_ctl { release.ctl_signer() } else { release.itl_signer() } {
        ListSigner::CallManager => Class::CallManager,
        ListSigner::ItlRecovery => Class::ItlRecovery,
        ListSigner::Token => Class::Token,
    };
    class != expected && !(class == Class::Token && is_ctl && release < Release::first(14, 0))
}
