//! Step 3 of a boot: the configuration, with the lists that are on the phone after step 2
//! (P-BOOT-4, P-BOOT-5, P-CFG).

use super::draft::{Branches, Draft};
use super::gate::{self, Signed};
use super::held::{ANCHOR, BootContext, Lists, SIGNS_CONFIGS};
use super::lookup::report_near_misses;
use super::tvs::{self, Verdict};
use super::{
    ConditionKind, ConfigOffer, FindingKind, IncompleteList, Judgement, Lean, Outcome, Rule,
    UnlistedTftpServer, Via,
};
use crate::facts::{CertificateFacts, ConfigFacts, Form, RecordFacts};

/// Judges the offered configuration; `None` if the caller does not ask about it.
pub(super) fn judge(context: &BootContext<'_>, lists: &Lists<'_>) -> Option<Judgement> {
    if context.offer.config == ConfigOffer::NotJudged {
        return None;
    }
    let mut draft = Draft::default();
    if !lists.ctl.has(SIGNS_CONFIGS) && !lists.itl.has(SIGNS_CONFIGS) {
        unsigned(lists, &mut draft);
        return Some(draft.finish());
    }
    match &context.offer.config {
        ConfigOffer::NotJudged => return None,
        ConfigOffer::Empty => return Some(gate::empty(Outcome::Reject)),
        ConfigOffer::NotServed => draft.refuse(FindingKind::SignedConfigMissing, Rule::Boot4),
        ConfigOffer::Config(config) => signed(context, lists, config, &mut draft),
    }
    Some(draft.finish())
}

/// P-BOOT-4: judges a missing configuration. It is accepted unsigned if no list asks for a signed
/// one. An incomplete list may contain the record that does.
fn unsigned(lists: &Lists<'_>, draft: &mut Draft) {
    if let Some(list) = lists.incomplete() {
        let list = IncompleteList { list: Some(list), signer: None };
        draft.open(ConditionKind::ListIncomplete(list), Rule::Boot4, None);
    }
    draft.grant(FindingKind::UnsignedAsked, Rule::Boot4, Some(Via::Unsigned));
}

/// Judges a signed configuration.
fn signed<'a>(
    context: &BootContext<'a>,
    lists: &Lists<'a>,
    config: &'a ConfigFacts,
    draft: &mut Draft,
) {
    gate::digest(context, config.digest, draft);
    if draft.refused() {
        return;
    }
    tftp_address(context, lists, draft);
    let key = signer(context, lists, config, draft);
    gate::check_key(context, &Signed::config(config, context.offer), key, draft);
    if config.encrypted {
        draft.inform(FindingKind::ConfigEncrypted, Rule::Cfg4);
    }
}

/// P-BOOT-5: a CTL with TFTP records must name the TFTP server, by name or address, unless one of
/// the records names no host.
fn tftp_address(context: &BootContext<'_>, lists: &Lists<'_>, draft: &mut Draft) {
    let (Some(server), Some(ctl)) = (&context.offer.tftp_server, lists.ctl.list) else { return };
    if !lists.ctl.has(SIGNS_CONFIGS) {
        return;
    }
    let address: Option<core::net::IpAddr> = server.parse().ok();
    let is_it = |record: &RecordFacts| {
        record.server.eq_ignore_ascii_case(server)
            || address.is_some_and(|address| record.address == Some(address))
    };
    let tftp = || {
        ctl.records
            .iter()
            .filter(|record| record.form != Form::Empty && SIGNS_CONFIGS.contains(&record.role))
    };
    // certutils writes no host into its records, so there is nothing to compare.
    if tftp().any(names_no_host) || tftp().any(is_it) {
        return;
    }
    let server = UnlistedTftpServer { ctl: lists.ctl.list_ref(), server: server.clone() };
    draft.open(ConditionKind::TftpAddressNotInCtl(server), Rule::Boot5, Some(Lean::Reject));
}

fn names_no_host(record: &RecordFacts) -> bool {
    record.server.trim().is_empty() && record.address.is_none()
}

/// Looks for a record or server that vouches for the signer: a TFTP record of either list
/// (P-CFG-1), TVS (P-CFG-3), a SAST record (open, P-CFG-6). Returns the key that must have signed.
fn signer<'a>(
    context: &BootContext<'a>,
    lists: &Lists<'a>,
    config: &'a ConfigFacts,
    draft: &mut Draft,
) -> Option<&'a CertificateFacts> {
    let signer = &config.signer;
    if let Some(voucher) = lists.ctl.look_up(signer, SIGNS_CONFIGS) {
        return draft.grant_by(FindingKind::SignerInCtl, Rule::Cfg1, voucher);
    }
    if let Some(voucher) = lists.itl.look_up(signer, SIGNS_CONFIGS) {
        return draft.grant_by(FindingKind::SignerInItl, Rule::Cfg1, voucher);
    }
    report_near_misses(lists, Some(signer), &config.signer_subject, draft);
    let answer = tvs::ask(context, lists, signer, SIGNS_CONFIGS, draft);
    if let Verdict::Yes(yes) = answer.verdict {
        return yes.grant_in(Rule::Cfg3, draft);
    }
    let as_sast = lists.ctl.look_up(signer, ANCHOR).or_else(|| lists.itl.look_up(signer, ANCHOR));
    if let Some(voucher) = as_sast {
        let kind = ConditionKind::ConfigSignerSastOnly;
        return draft.open_by(kind, Rule::Cfg6, Branches::AcceptedOrRefused, voucher);
    }
    if matches!(answer.verdict, Verdict::Open) {
        let key = answer.note(draft);
        answer.open_in(Branches::outcomes(Outcome::Accept, lists.without_voucher()), draft);
        return key;
    }
    draft.signer_not_found(lists, Rule::Cfg2, None);
    None
}
