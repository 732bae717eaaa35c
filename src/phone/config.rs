//! Step 3 of a boot: the configuration, with the lists that are on the phone after step 2
//! (P-BOOT-4, P-BOOT-5, P-CFG).

use super::draft::{Draft, Sides};
use super::gate::{self, Signed};
use super::held::{ANCHOR, Lists, SIGNS_CONFIGS, Scene};
use super::lookup::{found, strangers};
use super::tvs::{self, Verdict};
use super::{ConfigOffer, Evidence, Judgement, Lean, Outcome, Rule, Via};
use crate::code::{ConditionCode, FindingCode};
use crate::facts::{ConfigFacts, Form, RecordFacts};

/// Judges the offered configuration; `None` if the caller does not ask about it.
pub(super) fn judge(scene: &Scene<'_>, lists: &Lists<'_>) -> Option<Judgement> {
    if scene.offer.config == ConfigOffer::NotJudged {
        return None;
    }
    let mut draft = Draft::default();
    if !lists.ctl.has(SIGNS_CONFIGS) && !lists.itl.has(SIGNS_CONFIGS) {
        unsigned(lists, &mut draft);
        return Some(draft.finish());
    }
    match &scene.offer.config {
        ConfigOffer::NotJudged => return None,
        ConfigOffer::Empty => return Some(gate::empty(Outcome::Reject)),
        ConfigOffer::NotServed => {
            draft.refuse(FindingCode::SignedConfigMissing, Rule::Boot4, Evidence::default())
        }
        ConfigOffer::Config(config) => signed(scene, lists, config, &mut draft),
    }
    Some(draft.finish())
}

/// P-BOOT-4: judges a missing configuration. It is accepted unsigned if no list asks for a signed
/// one. An incomplete list may contain the record that does.
fn unsigned(lists: &Lists<'_>, draft: &mut Draft<'_>) {
    let partial = [(lists.ctl, lists.ctl_ref()), (lists.itl, lists.itl_ref())]
        .into_iter()
        .find(|(slot, _)| slot.is_partial());
    if let Some((_, list)) = partial {
        draft.open(
            ConditionCode::ListIncomplete,
            Rule::Boot4,
            None,
            Evidence { list: Some(list), ..Evidence::default() },
        );
    }
    draft.grant(FindingCode::UnsignedAsked, Rule::Boot4, Some(Via::Unsigned), Evidence::default());
}

/// Judges a signed configuration.
fn signed<'a>(
    scene: &Scene<'a>,
    lists: &Lists<'a>,
    config: &'a ConfigFacts,
    draft: &mut Draft<'a>,
) {
    gate::digest(scene, config.digest, draft);
    if draft.refused() {
        return;
    }
    tftp_address(scene, lists, draft);
    signer(scene, lists, config, draft);
    gate::check_key(scene, &Signed::config(config, scene.offer), draft);
    if config.encrypted {
        draft.inform(FindingCode::ConfigEncrypted, Rule::Cfg4, Evidence::default());
    }
}

/// P-BOOT-5: a CTL with TFTP records must name the TFTP server, by name or address, unless one of
/// the records names no host.
fn tftp_address(scene: &Scene<'_>, lists: &Lists<'_>, draft: &mut Draft<'_>) {
    let (Some(server), Some(ctl)) = (&scene.offer.tftp_server, lists.ctl.list) else { return };
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
    let evidence =
        Evidence { list: Some(lists.ctl_ref()), name: Some(server.clone()), ..Evidence::default() };
    draft.open(ConditionCode::TftpAddressNotInCtl, Rule::Boot5, Some(Lean::Reject), evidence);
}

fn names_no_host(record: &RecordFacts) -> bool {
    record.server.trim().is_empty() && record.address.is_none()
}

/// Looks for a record or server that vouches for the signer: a TFTP record of either list
/// (P-CFG-1), TVS (P-CFG-3), a SAST record (open, P-CFG-6).
fn signer<'a>(
    scene: &Scene<'a>,
    lists: &Lists<'a>,
    config: &'a ConfigFacts,
    draft: &mut Draft<'a>,
) {
    let signer = &config.signer;
    if let Some(record) = lists.ctl.find(signer, SIGNS_CONFIGS) {
        draft.key = record.certificate.as_deref();
        return draft.grant(
            FindingCode::SignerInCtl,
            Rule::Cfg1,
            Some(lists.via_ctl()),
            found(lists.ctl_ref(), record),
        );
    }
    if let Some(record) = lists.itl.find(signer, SIGNS_CONFIGS) {
        draft.key = record.certificate.as_deref();
        return draft.grant(
            FindingCode::SignerInItl,
            Rule::Cfg1,
            Some(lists.via_itl()),
            found(lists.itl_ref(), record),
        );
    }
    strangers(lists, Some(signer), &config.signer_subject, draft);
    let partial = |slot: super::held::Slot<'_>, list| slot.is_partial().then_some(list);
    draft.silent =
        partial(lists.ctl, lists.ctl_ref()).or_else(|| partial(lists.itl, lists.itl_ref()));
    let answer = tvs::ask(scene, lists, signer, SIGNS_CONFIGS, draft);
    if answer.verdict == Verdict::Yes {
        return answer.grant_in(Rule::Cfg3, draft);
    }
    let in_ctl =
        lists.ctl.find(signer, ANCHOR).map(|record| (lists.ctl_ref(), lists.via_ctl(), record));
    let as_sast = in_ctl.or_else(|| {
        lists.itl.find(signer, ANCHOR).map(|record| (lists.itl_ref(), lists.via_itl(), record))
    });
    if let Some((list, via, record)) = as_sast {
        draft.key = record.certificate.as_deref();
        draft.vouched_by(via);
        draft.open(
            ConditionCode::ConfigSignerSastOnly,
            Rule::Cfg6,
            Some(Lean::Reject),
            found(list, record),
        );
    } else if answer.verdict == Verdict::Open {
        answer.note(draft);
        answer.open_in(Sides::TakenOrRefused, draft);
    } else {
        draft.refuse_unknown(Rule::Cfg2, Evidence::default());
    }
}
