//! A cluster put together out of what was pasted: which nodes there are and what each of them runs,
//! and what is only assumed.
#[path = "../../../tests/common/mod.rs"]
mod common;

use common::show_itl;
use trustlist_cluster::cluster::{ItlStart, Mode};
use trustlist_cluster::plan::{Disputed, Init, InitError, Known, Mark, Pasted, PhoneRow, init};
use trustlist_cluster::release::Product;

/// Which services of a node are activated, as `utils service list` says it.
fn services(not_activated: &[&str]) -> String {
    let services =
        ["Cisco CallManager", "Cisco Tftp", "Cisco Trust Verification Service"].map(|service| {
            let state = if not_activated.contains(&service) {
                "[STOPPED]  Service Not Activated"
            } else {
                "[STARTED]"
            };
            format!("{service}{state}\n")
        });
    format!(
        "admin:utils service list\nRequesting service status, please wait...\n{}Primary Node =true\n",
        services.concat()
    )
}

fn made(
    pastes: &[(&str, &str)],
    known: &Known,
    phones: Option<&[PhoneRow]>,
) -> Result<Init, InitError> {
    let pastes: Vec<Pasted<'_>> =
        pastes.iter().map(|&(name, text)| Pasted { node: None, name, text }).collect();
    init(&pastes, phones, known)
}

fn known() -> Known {
    Known { version: Some("12.5".parse().unwrap()), ..Known::default() }
}

/// Name, publisher, TFTP, CallManager.
fn nodes(made: &Init) -> Vec<(&str, bool, bool, bool)> {
    made.cluster
        .nodes()
        .map(|(_, spec)| (&*spec.name, spec.publisher, spec.tftp, spec.callmanager))
        .collect()
}

const TWO: &[(&str, &str)] = &[
    ("hq", "System Administrator Security Token"),
    ("hq", "CCM+TFTP"),
    ("hq", "CAPF"),
    ("br", "TVS"),
    ("hq", "TVS"),
];

fn parameter(name: &str, value: &str) -> String {
    format!("paramname paramvalue\n==================== ==========\n{name} {value}\n")
}

fn disputes(made: &Init) -> Vec<(Disputed, Vec<&str>)> {
    let of = |mark: &'_ Mark| matches!(mark, Mark::Disputed(..));
    let told = made.marks.iter().filter(|mark| of(mark)).map(|mark| match mark {
        Mark::Disputed(fact, values) => (*fact, values.iter().map(String::as_str).collect()),
        _ => panic!("{mark:?}"),
    });
    told.collect()
}

/// Two pastes that disagree are a guess, whatever their order.
#[test]
fn a_disputed_fact_is_a_mark_with_both_places() {
    let itl = show_itl(TWO);
    let (off, on) = (parameter("ClusterSecurityMode", "0"), parameter("ClusterSecurityMode", "1"));
    let (low, high) =
        (parameter("RollBackToPreGrayback", "F"), parameter("RollBackToPreGrayback", "T"));
    let made_of = |one: &str, other: &str, known: &Known| {
        made(&[("hq.txt", &itl), ("one.txt", one), ("two.txt", other)], known, None).unwrap()
    };
    let answer = made_of(&off, &on, &known());
    let told = vec!["non-secure (one.txt line 3)", "mixed (two.txt line 3)"];
    assert_eq!(disputes(&answer), [(Disputed::Mode, told)]);
    assert_eq!(answer.cluster.mode(), Mode::Mixed);
    let answer = made_of(&on, &off, &known());
    let told = vec!["mixed (one.txt line 3)", "non-secure (two.txt line 3)"];
    assert_eq!(disputes(&answer), [(Disputed::Mode, told)]);
    assert_eq!(answer.cluster.mode(), Mode::NonSecure);
    let answer = made_of(&low, &high, &known());
    let told = vec!["off (one.txt line 3)", "on (two.txt line 3)"];
    assert_eq!(disputes(&answer), [(Disputed::Rollback, told)]);
    // An option decides between pastes, and does not overrule all of them silently.
    let mixed = Known { mode: Some(Mode::Mixed), ..known() };
    assert_eq!(disputes(&made_of(&off, &on, &mixed)), []);
    let told = vec!["non-secure (one.txt line 3)", "mixed (option)"];
    assert_eq!(disputes(&made_of(&off, &off, &mixed)), [(Disputed::Mode, told)]);
    let database = "DB Version: ccm10_5_2_10000_5\n";
    let told = vec!["10.5 (one.txt)", "12.5 (option)"];
    assert_eq!(disputes(&made_of(database, "", &known())), [(Disputed::Version, told)]);
    let exact = Known { version: Some("10.5(2)SU3".parse().unwrap()), ..known() };
    assert_eq!(disputes(&made_of(database, "", &exact)), []);
}

/// A node that only has a TVS record is one too; its services come from its paste, or are an
/// assumption.
#[test]
fn every_node_with_a_tvs_record_is_there() {
    let itl = show_itl(TWO);
    let without = made(&[("hq.txt", &itl)], &known(), None).unwrap();
    assert_eq!(nodes(&without), [("br", false, false, true), ("hq", true, true, true)]);
    for mark in [
        Mark::TftpUnknown("br".into()),
        Mark::CallManagerAssumed("br".into(), true),
        Mark::ModeAssumed,
        Mark::NoPhones,
    ] {
        assert!(without.marks.contains(&mark), "{mark:?}: {:?}", without.marks);
    }
    let listed =
        made(&[("hq.txt", &itl), ("br.txt", &services(&["Cisco CallManager"]))], &known(), None)
            .unwrap();
    assert_eq!(nodes(&listed), [("br", false, true, false), ("hq", true, true, true)]);
    let of_br = |mark: &Mark| matches!(mark, Mark::TftpUnknown(name) | Mark::CallManagerAssumed(name, _) if name == "br");
    assert!(!listed.marks.iter().any(of_br), "{:?}", listed.marks);
}

/// A service list without a name that a list knows is useless, and the answer says so.
#[test]
fn a_service_list_of_no_node_is_named() {
    let itl = show_itl(TWO);
    let made = made(
        &[("hq.txt", &itl), ("services.txt", &services(&[])), ("br.txt", &services(&[]))],
        &known(),
        None,
    )
    .unwrap();
    let stray: Vec<_> =
        made.marks.iter().filter(|mark| matches!(mark, Mark::NodeUnknown(_))).collect();
    assert_eq!(stray, [&Mark::NodeUnknown("services".into())]);
}

/// A server of a list without a TVS record, with and without CallManager (`CCM+TFTP`, `TFTP`).
#[test]
fn every_server_of_a_list_is_there() {
    let itl =
        show_itl(&[("hq", "TVS"), ("files", "TFTP"), ("more", "CCM+TFTP"), ("strange", "CAPF")]);
    let made = made(&[("hq.txt", &itl)], &known(), None).unwrap();
    assert_eq!(
        nodes(&made),
        [("hq", true, false, true), ("files", false, true, false), ("more", false, true, true)]
    );
    assert!(made.marks.contains(&Mark::PublisherAssumed("hq".into())), "{:?}", made.marks);
}

#[test]
fn a_host_with_and_without_its_domain_is_one_node() {
    let itl = show_itl(&[
        ("hq.voice.example", "CCM+TFTP"),
        ("HQ", "TVS"),
        ("10.1.1.1", "TVS"),
        ("10.1.1.2", "TVS"),
    ]);
    let named = Known { publisher: Some("10.1.1.2".into()), ..known() };
    let made = made(&[("hq.txt", &itl)], &named, None).unwrap();
    assert_eq!(
        nodes(&made),
        [
            ("HQ", false, true, true),
            ("10.1.1.1", false, false, true),
            ("10.1.1.2", true, false, true)
        ]
    );
}

#[test]
fn phones_name_groups_and_nodes() {
    let itl = show_itl(TWO);
    let groups = "groupname server priority\n========= ====== ========\nHQ        hq     1\nHQ        br     0\n";
    let row = |name: &str, group: &[&str]| PhoneRow {
        name: name.into(),
        cm_group: group.iter().map(|name| (*name).into()).collect(),
        ..PhoneRow::default()
    };
    let pastes = [("hq.txt", &*itl), ("groups.txt", groups)];
    let phones =
        [row("SEP1", &["HQ"]), row("SEP2", &["hq"]), row("SEP3", &["Lobby"]), row("SEP4", &[])];
    let made = |phones: &[PhoneRow]| made(&pastes, &known(), Some(phones));
    let found = made(&phones).unwrap();
    let names = |ids: &[trustlist_cluster::cluster::NodeId]| -> Vec<&str> {
        ids.iter().map(|&node| &*found.cluster.node_spec(node).name).collect()
    };
    let groups: Vec<_> =
        found.cluster.phones().iter().map(|phone| names(&phone.cm_group)).collect();
    assert_eq!(groups, [["br", "hq"].as_slice(), &["hq"], &["br", "hq"], &["br", "hq"]]);
    assert!(
        found
            .cluster
            .phones()
            .iter()
            .all(|phone| names(&phone.tftp_servers) == ["hq"] && phone.online)
    );
    let said = [
        Mark::GroupUnknown(String::new()),
        Mark::GroupUnknown("Lobby".into()),
        Mark::TftpAssumed(4),
        Mark::StatusUnknown(4),
        Mark::ListsAssumed(4),
    ];
    assert!(found.marks.ends_with(&said), "{:?}", found.marks);

    let whole = PhoneRow {
        tftp_servers: vec!["hq".into()],
        itl: Some(ItlStart::Current),
        online: Some(false),
        ..row("SEP5", &["HQ"])
    };
    let found = made(std::slice::from_ref(&whole)).unwrap();
    assert!(!found.cluster.phones()[0].online);
    let assumed = |mark: &Mark| {
        matches!(
            mark,
            Mark::TftpAssumed(_)
                | Mark::StatusUnknown(_)
                | Mark::ListsAssumed(_)
                | Mark::GroupUnknown(_)
        )
    };
    assert!(!found.marks.iter().any(assumed), "{:?}", found.marks);

    let lost = PhoneRow { tftp_servers: vec!["elsewhere".into()], ..whole };
    let error = made(&[lost]).unwrap_err();
    assert_eq!(error, InitError::UnknownNode { phone: "SEP5".into(), node: "elsewhere".into() });
    assert!(error.to_string().contains("found \"elsewhere\""), "{error}");
}

/// The version, the mode and the parameter are read from their pastes; a useless paste is named.
#[test]
fn what_is_pasted_is_not_assumed() {
    let itl = show_itl(TWO);
    let state = "admin:utils dbreplication runtimestate\n\nServer Time: Mon Nov  2 08:00:00 CET 2026\nDB Version: ccm15_0_0_98100_154\n";
    let rollback = "paramname             paramvalue\n===================== ==========\nRollBackToPreGrayback T\n";
    let pastes = [
        ("hq.txt", &*itl),
        ("state.txt", state),
        ("rollback.txt", rollback),
        ("shopping.txt", "milk and bread\n"),
    ];
    let found = made(&pastes, &Known::default(), None).unwrap();
    assert_eq!(
        (found.cluster.release(), found.cluster.mode()),
        ("15.0".parse().unwrap(), Mode::NonSecure)
    );
    assert!(found.cluster.rollback);
    assert!(
        found.marks.contains(&Mark::Unused("shopping.txt".into()))
            && !found.marks.contains(&Mark::RollbackAssumed)
    );
    let unused: Vec<_> =
        found.marks.iter().filter(|mark| matches!(mark, Mark::Unused(_))).collect();
    assert_eq!(unused.len(), 1, "{unused:?}");
    let mixed = Known { mode: Some(Mode::Mixed), ..Known::default() };
    let found = made(&pastes, &mixed, None).unwrap();
    assert!(found.cluster.mode() == Mode::Mixed && !found.marks.contains(&Mark::ModeAssumed));
    assert!(found.cluster.nodes().all(|(_, spec)| spec.product == Product::Cucm));
    assert_eq!(made(&pastes[..1], &Known::default(), None).unwrap_err(), InitError::NoVersion);
    assert_eq!(made(&pastes[1..], &Known::default(), None).unwrap_err(), InitError::NoNodes);
}

/// One certificate of several nodes, by the serial numbers of their records (C-26); a version that
/// has none has none.
#[test]
fn a_certificate_of_several_nodes_is_multi_server() {
    let record = |number: usize, server: &str, role: &str, serial: &str| {
        format!(
            "\tITL Record #:{number}\n2       DNSNAME         4       {server}\n4       FUNCTION        2       {role}\n\
             5       ISSUERNAME      6       CN=tvs\n6       SERIALNUMBER    2       {serial}\n\n"
        )
    };
    let itl = |serials: [&str; 2]| {
        let head =
            "admin:show itl\nLength of ITL file: 3000\n\n\tParse ITL File\n\t----------------\n\n";
        let end = "The ITL file was verified successfully.\n";
        [head, &record(1, "hq", "TVS", serials[0]), &record(2, "br", "TVS", serials[1]), end]
            .concat()
    };
    let units = |version: &str, serials| {
        let known = Known { version: Some(version.parse().unwrap()), ..Known::default() };
        made(&[("hq.txt", &itl(serials))], &known, None).unwrap().cluster.multi_server().to_vec()
    };
    assert_eq!(units("15", ["1A:2B", "1A:2B"]), [trustlist_cluster::release::Unit::Tvs]);
    assert_eq!(units("15", ["1A:2B", "1A:2C"]), []);
    assert_eq!(units("12.5", ["1A:2B", "1A:2B"]), []);
}
