//! Tests of TVS: each row of its table, and the certificates that the phone believes.

use super::super::testing::{Lab, certificate, keyed, known, list};
use super::super::{
    CachedSigner, FindingKind, Lean, Outcome, RoleSet, SecurityByDefault, TlsVersion, Tvs,
    TvsClient, TvsServer, Via,
};
use super::*;
use crate::facts::Form;
use crate::wire::Role;
use alloc::{sync::Arc, vec};

const YES: &[&str] = &["x.1:SAST"];
const NO: &[&str] = &[];

/// A phone that must ask TVS about the signer `x.1`.
fn asking() -> Lab {
    Lab::new().itl("itlr.1", ITL).offer_itl("x.1", NEW)
}

fn unreachable(servers: &mut [TvsServer], name: &str) {
    for server in servers.iter_mut().filter(|server| *server.server == *name) {
        server.reachable = false;
    }
}

#[test]
fn nobody_usable_is_no() {
    by(&asking().no_tvs().judge_itl(), Outcome::Reject, Found::SignerUnknown);
    let down =
        asking().server("ccm1", "tvs1.1", YES).servers(|servers| unreachable(servers, "ccm1"));
    by(&down.judge_itl(), Outcome::Reject, Found::SignerUnknown);
    assert!(tells(&down.judge_itl(), Found::TvsUnreachable));
    let changed = asking().server("ccm1", "tvs1.2", YES);
    by(&changed.judge_itl(), Outcome::Reject, Found::SignerUnknown);
    assert!(tells(&changed.judge_itl(), Found::TvsCertificateChanged));
}

#[test]
fn all_no_is_no_and_all_yes_is_yes() {
    let no = asking().server("ccm1", "tvs1.1", NO).server("ccm2", "tvs2.1", NO);
    by(&no.judge_itl(), Outcome::Reject, Found::SignerUnknown);
    assert!(tells(&no.judge_itl(), Found::TvsDoesNotKnow));
    let yes = asking().server("ccm1", "tvs1.1", YES).server("ccm2", "tvs2.1", YES);
    by(&yes.judge_itl(), Outcome::Accept, Found::TvsVouches);
    let judgement = yes.judge_itl();
    let Some(FindingKind::TvsVouches(voucher)) =
        judgement.findings().last().map(|finding| &finding.kind)
    else {
        panic!("{judgement:?}")
    };
    assert_eq!(&*voucher.server, "ccm1");
}

#[test]
fn a_changed_server_before_the_yes_is_open_after_it_is_not() {
    let before = asking().server("ccm1", "tvs1.2", YES).server("ccm2", "tvs2.1", YES);
    open(&before.judge_itl(), Open::TvsSkipsChangedServer, ACCEPT);
    let after = asking().server("ccm2", "tvs2.1", YES).server("ccm1", "tvs1.2", YES);
    by(&after.judge_itl(), Outcome::Accept, Found::TvsVouches);
    let down = before.servers(|servers| unreachable(servers, "ccm1"));
    by(&down.judge_itl(), Outcome::Accept, Found::TvsVouches);
}

#[test]
fn servers_that_disagree_lean_like_the_first() {
    let first_yes = asking().server("ccm1", "tvs1.1", YES).server("ccm2", "tvs2.1", NO);
    open(&first_yes.judge_itl(), Open::TvsServersDisagree, ACCEPT);
    let first_no = asking().server("ccm1", "tvs1.1", NO).server("ccm2", "tvs2.1", YES);
    open(&first_no.judge_itl(), Open::TvsServersDisagree, None);
    // The order is the order of the group, not of the list of servers.
    let mut turned = first_no;
    turned.phone.cm_group = Some(vec![Arc::from("CCM2"), Arc::from("ccm1")]);
    open(&turned.judge_itl(), Open::TvsServersDisagree, ACCEPT);
}

/// The best of the TVS records counts: a certificate that imitates one record does not affect
/// another.
#[test]
fn an_impostor_does_not_spoil_a_record_that_may_be_right() {
    let judged = |turned: bool| {
        let mut lab = asking().server("ccm1", "tvs1.1", YES);
        let itl = Arc::make_mut(lab.held().itl.as_mut().unwrap());
        itl.records[4].certificate = Some(keyed("tvs1.1", 2));
        if turned {
            itl.records.swap(3, 4);
        }
        lab.servers(|servers| servers[0].presents = Some(keyed("tvs1.1", 1))).judge_itl()
    };
    open(&judged(false), Open::TvsRecordUnproven, ACCEPT);
    open(&judged(true), Open::TvsRecordUnproven, ACCEPT);
}

/// A described server is unreachable by P-TVS-3, a server that only the group names by P-TVS-1.
#[test]
fn silence_has_its_rule() {
    let rule = |lab: &Lab| {
        let judgement = lab.judge_itl();
        let silent =
            judgement.findings().iter().find(|finding| finding.code() == Found::TvsUnreachable);
        silent.map(|finding| finding.rule.id())
    };
    let down =
        asking().server("ccm1", "tvs1.1", YES).servers(|servers| unreachable(servers, "ccm1"));
    assert_eq!(rule(&down), Some("P-TVS-3"));
    let mut unnamed = asking().no_tvs();
    unnamed.phone.cm_group = Some(vec![Arc::from("ccm1")]);
    assert_eq!(rule(&unnamed), Some("P-TVS-1"));
}

/// A certificate with two entries in a store: a known entry does not answer for an entry with
/// unknown roles.
#[test]
fn roles_that_are_not_known_stay_open_beside_others() {
    for knows in [&["x.1", "x.1:CCM+TFTP"], &["x.1:CCM+TFTP", "x.1"]] {
        open(&asking().server("ccm1", "tvs1.1", knows).judge_itl(), Open::TvsRolesUnknown, ACCEPT);
    }
}

#[test]
fn a_server_of_the_group_that_was_not_named_does_not_answer() {
    let mut lab = asking().server("ccm3", "tvs1.1", YES);
    lab.phone.cm_group = Some(vec![Arc::from("ccm1")]);
    by(&lab.judge_itl(), Outcome::Reject, Found::SignerUnknown);
    assert!(tells(&lab.judge_itl(), Found::TvsUnreachable));
}

#[test]
fn unknown_answers_are_open() {
    open(&asking().judge_itl(), Open::TvsUnknown, None);
    let presents =
        asking().server("ccm1", "tvs1.1", YES).servers(|servers| servers[0].presents = None);
    open(&presents.judge_itl(), Open::TvsAnswerUnknown, None);
    let knows = asking().server("ccm1", "tvs1.1", YES).servers(|servers| servers[0].knows = None);
    open(&knows.judge_itl(), Open::TvsAnswerUnknown, None);
    let with_yes = knows.server("ccm2", "tvs2.1", YES);
    open(&with_yes.judge_itl(), Open::TvsAnswerUnknown, None);
}

#[test]
fn roles_of_the_answer() {
    open(&asking().server("ccm1", "tvs1.1", &["x.1"]).judge_itl(), Open::TvsRolesUnknown, ACCEPT);
    open(
        &asking().server("ccm1", "tvs1.1", &["x.1:CCM+TFTP"]).judge_itl(),
        Open::TvsRoleMissing,
        None,
    );
    let twice = asking().server("ccm1", "tvs1.1", &["x.1:CCM+TFTP", "x.1:SAST"]);
    by(&twice.judge_itl(), Outcome::Accept, Found::TvsVouches);
    let config = Lab::new().itl("itlr.1", ITL).config("x.1");
    open(
        &config.clone().server("ccm1", "tvs1.1", &["x.1:SAST"]).judge_config(),
        Open::TvsRoleMissing,
        None,
    );
    by(
        &config.server("ccm1", "tvs1.1", &["x.1:CCM+TFTP"]).judge_config(),
        Outcome::Accept,
        Found::TvsVouches,
    );
}

#[test]
fn the_device_must_ask_tvs() {
    let unknown = asking()
        .server("ccm1", "tvs1.1", YES)
        .device(|device| device.security_by_default = SecurityByDefault::Unknown);
    open(&unknown.judge_itl(), Open::SecurityByDefaultUnknown, ACCEPT);
    let refused = unknown.no_tvs().judge_itl();
    open(&refused, Open::SecurityByDefaultUnknown, REJECT);
    assert!(tells(&refused, Found::SignerUnknown), "what the device with it finds is told");
}

/// P-TVS-11: the TVS client's versions against the minimum of the cluster, for a TVS server that
/// vouches, and for unknown TVS.
#[test]
fn the_tls_versions_of_phone_and_cluster_must_meet() {
    use TlsVersion::{V1_0, V1_1, V1_2, V1_3};
    let lab = |client, minimum| {
        let mut lab =
            asking().server("ccm1", "tvs1.1", YES).device(|device| device.tvs_client = client);
        lab.offer.tls_minimum = minimum;
        lab
    };
    for (client, minimum) in [
        (TvsClient::Legacy, Some(V1_0)),
        (TvsClient::Usual, None),
        (TvsClient::Usual, Some(V1_2)),
        (TvsClient::Modern, Some(V1_3)),
        (TvsClient::Modern, None),
    ] {
        by(&lab(client, minimum).judge_itl(), Outcome::Accept, Found::TvsVouches);
    }
    for minimum in [V1_2, V1_3] {
        let refused = lab(TvsClient::Legacy, Some(minimum));
        by(&refused.judge_itl(), Outcome::Reject, Found::SignerUnknown);
        assert!(tells(&refused.judge_itl(), Found::TvsNeedsTls10));
        // This does not need any facts about TVS.
        let unknown = Lab { tvs: Tvs::Unknown, ..refused };
        by(&unknown.judge_itl(), Outcome::Reject, Found::SignerUnknown);
    }
    for (client, minimum, leans) in [
        (TvsClient::Legacy, None, ACCEPT),
        (TvsClient::Legacy, Some(V1_1), Some(Lean::Reject)),
        (TvsClient::Usual, Some(V1_3), None),
    ] {
        open(&lab(client, minimum).judge_itl(), Open::TvsTlsOpen, leans);
        // A server that does not know the signer answers no in any version of TLS.
        by(&lab(client, minimum).no_tvs().judge_itl(), Outcome::Reject, Found::SignerUnknown);
    }
}

#[test]
fn without_a_tvs_record_there_is_no_tvs() {
    let lab = Lab::new().itl("itlr.1", &["SAST:itlr.1", "CCM+TFTP:ccm1.1"]).offer_itl("x.1", NEW);
    by(&lab.judge_itl(), Outcome::Reject, Found::SignerUnknown);
    assert!(tells(&lab.judge_itl(), Found::TvsNoRecord));
    // A cached answer does not help: the phone does not use TVS.
    let mut cached = lab;
    cached.phone.tvs_cache =
        vec![CachedSigner { certificate: certificate("x.1"), age_hours: None, roles: None }];
    by(&cached.judge_itl(), Outcome::Reject, Found::SignerUnknown);
}

#[test]
fn a_record_without_certificate_and_hash_proves_little() {
    let weak = |records: &[usize]| {
        let mut lab = asking().server("ccm1", "tvs1.1", YES).server("ccm2", "tvs2.1", YES);
        let itl = Arc::make_mut(lab.held().itl.as_mut().unwrap());
        records.iter().for_each(|&index| itl.records[index].form = Form::None);
        lab.judge_itl()
    };
    open(&weak(&[3, 4]), Open::TvsRecordUnproven, ACCEPT);
    by(&weak(&[3]), Outcome::Accept, Found::TvsVouches);
    by(&weak(&[]), Outcome::Accept, Found::TvsVouches);
}

#[test]
fn a_server_with_the_right_name_and_another_certificate_is_not_believed() {
    let presents = |key, fingerprint: bool| {
        let mut lab = asking().server("ccm1", "tvs1.1", YES);
        let itl = Arc::make_mut(lab.held().itl.as_mut().unwrap());
        itl.records[3].certificate = Some(keyed("tvs1.1", 1));
        let mut shown = (*keyed("tvs1.1", key)).clone();
        if !fingerprint {
            shown = shown.with_fingerprint(crate::facts::Fingerprint::default());
        }
        lab.servers(|servers| servers[0].presents = Some(Arc::new(shown))).judge_itl()
    };
    by(&presents(1, true), Outcome::Accept, Found::TvsVouches);
    by(&presents(2, true), Outcome::Reject, Found::SignerUnknown);
    assert!(
        tells(&presents(2, true), Found::TvsImpersonated)
            && !tells(&presents(2, true), Found::TvsCertificateChanged)
    );
    open(&presents(1, false), Open::TvsRecordUnproven, ACCEPT);
}

fn remembering(age_hours: Option<u32>, roles: Option<&[Role]>) -> Lab {
    let mut lab = asking().no_tvs();
    let roles = roles.map(RoleSet::of);
    lab.phone.tvs_cache = vec![CachedSigner { certificate: certificate("x.1"), age_hours, roles }];
    lab
}

#[test]
fn answers_are_remembered_for_a_day() {
    for age in [None, Some(0), Some(24)] {
        open(&remembering(age, None).judge_itl(), Open::TvsCached, ACCEPT);
    }
    by(&remembering(Some(25), None).judge_itl(), Outcome::Reject, Found::SignerUnknown);
    assert_eq!(remembering(None, None).judge_itl().via(), Some(Via::TvsCache));
    open(&remembering(None, Some(&[Role::Sast])).judge_itl(), Open::TvsCached, ACCEPT);
    open(&remembering(None, Some(&[Role::CcmTftp])).judge_itl(), Open::TvsCached, None);
    let flushed = remembering(None, None).device(|device| device.flushes_tvs_cache = true);
    open(&flushed.judge_itl(), Open::TvsCached, None);
}

/// If a cached answer is not enough, the answer leans as the servers do.
#[test]
fn a_memory_without_the_role_leans_like_the_servers() {
    let memory = remembering(None, Some(&[Role::CcmTftp])).phone;
    let first_yes = asking().server("ccm1", "tvs1.1", YES).server("ccm2", "tvs2.1", NO);
    open(&Lab { phone: memory.clone(), ..first_yes }.judge_itl(), Open::TvsCached, ACCEPT);
    let first_no = asking().server("ccm1", "tvs1.1", NO).server("ccm2", "tvs2.1", YES);
    open(&Lab { phone: memory, ..first_no }.judge_itl(), Open::TvsCached, None);
}

#[test]
fn a_memory_does_not_spoil_a_live_yes() {
    let mut lab = remembering(None, None);
    lab.tvs = Tvs::Unknown;
    open(&lab.judge_itl(), Open::TvsCached, ACCEPT);
    let live = lab.server("ccm1", "tvs1.1", YES);
    by(&live.judge_itl(), Outcome::Accept, Found::TvsVouches);
    assert_eq!(live.judge_itl().via(), Some(Via::Tvs));
}

#[test]
fn the_test_notation_says_what_it_seems_to() {
    assert_eq!(known("x.1:SAST,TFTP").roles, Some(RoleSet::of(&[Role::Tftp, Role::Sast])));
    assert_eq!(known("x.1").roles, None);
    assert_eq!(list(1, "a.1", ITL).records.len(), ITL.len());
    assert_eq!(certificate("a.1").subject, certificate("a.2").subject);
    assert_ne!(certificate("a.1").identity, certificate("a.2").identity);
}
