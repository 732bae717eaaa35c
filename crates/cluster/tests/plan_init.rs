//! A cluster put together out of what was pasted: which nodes there are and what each of them runs,
//! and what is only assumed.
#[path = "../../../tests/common/mod.rs"]
mod common;

use common::show_itl;
use std::sync::Arc;
use trustlist_cluster::case::plan_json;
use trustlist_cluster::cluster::{CtlStart, ItlStart, LscStart, Mode, PhoneSecurity};
use trustlist_cluster::plan::{
    self, Disputed, Init, InitError, Known, Mark, Pasted, PhoneRow, Request, init, inventory,
};
use trustlist_cluster::release::{Product, Unit};
use trustlist_cluster::report::plan::{mark_text, plain_mark};
use trustlist_cluster::report::{change_ticket, run_book};

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

/// The end of a service list says which node is the publisher.
#[test]
fn a_publisher_that_a_paste_contradicts_is_a_mark() {
    let itl = show_itl(TWO);
    let (primary, other) =
        (services(&[]), services(&[]).replace("Primary Node =true", "Primary Node =false"));
    let told = |hq: &str, br: &str, option: &str| {
        let known = Known { publisher: Some(option.to_owned()), ..known() };
        let made = made(&[("hq.txt", &(itl.clone() + hq)), ("br.txt", br)], &known, None).unwrap();
        let told = disputes(&made).into_iter().map(|(fact, values)| {
            assert_eq!(fact, Disputed::Publisher);
            values.join(", ")
        });
        (told.collect::<String>(), nodes(&made).iter().find(|node| node.1).unwrap().0.to_owned())
    };
    assert_eq!(told(&primary, &other, "hq"), (String::new(), "hq".to_owned()));
    assert_eq!(told("", "", "br"), (String::new(), "br".to_owned()));
    let (of_both, publisher) = told(&primary, &other, "br");
    assert_eq!(publisher, "br");
    assert!(of_both.starts_with("hq (Primary Node, hq.txt line "), "{of_both}");
    assert!(of_both.contains(", not br (Primary Node, br.txt line "), "{of_both}");
    assert!(of_both.ends_with(", br (option)"), "{of_both}");
    assert!(told(&primary, "", "br").0.starts_with("hq (Primary Node, hq.txt line "));
    assert!(told("", &other, "br").0.starts_with("not br (Primary Node, br.txt line "));
}

/// A node that only has a TVS record is one too; its services come from its paste, or are an
/// assumption.
#[test]
fn every_node_with_a_tvs_record_is_there() {
    let itl = show_itl(TWO);
    let without = made(&[("hq.txt", &*itl)], &known(), None).unwrap();
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
    let made = made(&[("hq.txt", &*itl)], &known(), None).unwrap();
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

/// In mixed mode the profile of a phone counts, and a phone of which nothing is said is an
/// assumption: encrypted phones need another order of steps.
#[test]
fn security_by_profile_counts_in_mixed_mode() {
    let itl = show_itl(TWO);
    let rows = inventory(
        "device,Device Security Profile,security,lsc\nSEP1,Cisco - Standard SIP Encrypted,,current\n\
         SEP2,Cisco - Standard SIP Non-Secure,,none\nSEP3,Model-independent,,none\n\
         SEP4,Cisco - Standard SIP Encrypted,non-secure,none\n",
    )
    .unwrap();
    let made = |mode| {
        let known = Known { mode: Some(mode), ..known() };
        let made = made(&[("hq.txt", &*itl)], &known, Some(&rows)).unwrap();
        let marked = made.marks.contains(&Mark::SecurityAssumed(1));
        let phones = made.cluster.phones().iter();
        (phones.map(|phone| phone.security).collect::<Vec<_>>(), marked)
    };
    let (encrypted, open) = (PhoneSecurity::Encrypted, PhoneSecurity::NonSecure);
    assert_eq!(made(Mode::Mixed), (vec![encrypted, open, open, open], true));
    assert_eq!(made(Mode::NonSecure), (vec![open; 4], false));
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

/// What a paste or a column says.
#[derive(Clone)]
struct Given {
    itl: String,
    services: Vec<(&'static str, String)>,
    replication: String,
    rollback: String,
    groups: String,
    known: Known,
    phone: Option<PhoneRow>,
}

impl Given {
    /// Everything that a cluster document holds is said.
    fn whole() -> Self {
        let replication = "admin:utils dbreplication runtimestate\n\nServer Time: Mon Nov  2 08:00:00 CET 2026\n\
            DB Version: ccm12_5_1_10000_22\n\nCluster Detailed View from hq (2 Servers):\n\n\
                                           PING      DB/RPC/   REPL.    Replication    REPLICATION SETUP\n\
SERVER-NAME              IP ADDRESS        (msec)    DbMon?    QUEUE    Group ID       (RTMT) & Details\n\
-----------              ----------        ------    -------   -----    -----------    ------------------\n\
hq                       192.0.2.11        0.016     Y/Y/Y     0        (g_2)          (2) Setup Completed\n\
br                       192.0.2.12        0.163     Y/Y/Y     0        (g_3)          (2) Setup Completed\n";
        let rollback = "paramname             paramvalue\n===================== ==========\nRollBackToPreGrayback F\n";
        let groups = "groupname server priority\n========= ====== ========\nMain      hq     1\nMain      br     0\n";
        Self {
            itl: show_itl(TWO),
            services: vec![("br.txt", services(&[]))],
            replication: replication.to_owned(),
            rollback: rollback.to_owned(),
            groups: groups.to_owned(),
            known: Known { mode: Some(Mode::Mixed), ..Known::default() },
            phone: Some(PhoneRow {
                name: "SEP001122334455".into(),
                tftp_servers: vec!["hq".into()],
                cm_group: vec!["Main".into()],
                security: Some(PhoneSecurity::NonSecure),
                profile: None,
                model: Some("8851".into()),
                security_by_default: Some(true),
                lsc: Some(LscStart::None),
                itl: Some(ItlStart::Current),
                ctl: Some(CtlStart::Current),
                mismatch: Vec::new(),
                online: Some(true),
            }),
        }
    }

    fn made(&self) -> Result<Init, InitError> {
        let texts = [
            ("hq.txt", &self.itl),
            ("state.txt", &self.replication),
            ("rollback.txt", &self.rollback),
            ("groups.txt", &self.groups),
        ];
        let texts = texts.into_iter().chain(self.services.iter().map(|(name, text)| (*name, text)));
        let pastes: Vec<(&str, &str)> = texts
            .filter(|(_, text)| !text.is_empty())
            .map(|(name, text)| (name, text.as_str()))
            .collect();
        made(&pastes, &self.known, self.phone.as_ref().map(std::slice::from_ref))
    }
}

/// Leaves one fact out.
type Omission = fn(&mut Given);

/// Each fact of the cluster document that is left out is a guess, and each guess is in every form of a
/// plan: the run book, the ticket, and the steps of the scenario.
#[test]
fn each_fact_that_is_left_out_is_in_every_form_of_a_plan() {
    let whole = Given::whole();
    assert_eq!(whole.made().unwrap().marks, []);
    let tls = [Mark::TlsAssumed(vec![("7962".to_owned(), 1)])];
    let omissions: [(Omission, &[Mark]); 15] = [
        (|given| given.known.mode = None, &[Mark::ModeAssumed]),
        (|given| given.rollback.clear(), &[Mark::RollbackAssumed]),
        (
            |given| given.itl = show_itl(&[("hq", "CCM+TFTP"), ("br", "TVS"), ("hq", "TVS")]),
            &[Mark::PublisherAssumed(String::new())],
        ),
        (
            |given| given.services.clear(),
            &[Mark::TftpUnknown("br".to_owned()), Mark::CallManagerAssumed("br".to_owned(), true)],
        ),
        (
            |given| {
                given.known.version = Some("12.5".parse().unwrap());
                given.replication.clear();
            },
            &[Mark::PresenceUnknown],
        ),
        (|given| given.groups.clear(), &[Mark::GroupUnknown("Main".to_owned())]),
        (|given| given.phone = None, &[Mark::NoPhones]),
        (
            |given| given.phone.as_mut().unwrap().cm_group.clear(),
            &[Mark::GroupUnknown(String::new())],
        ),
        (|given| given.phone.as_mut().unwrap().tftp_servers.clear(), &[Mark::TftpAssumed(1)]),
        (|given| given.phone.as_mut().unwrap().online = None, &[Mark::StatusUnknown(1)]),
        (|given| given.phone.as_mut().unwrap().itl = None, &[Mark::ListsAssumed(1)]),
        (|given| given.phone.as_mut().unwrap().ctl = None, &[Mark::CtlAssumed(1)]),
        (|given| given.phone.as_mut().unwrap().security = None, &[Mark::SecurityAssumed(1)]),
        (|given| given.phone.as_mut().unwrap().lsc = None, &[Mark::LscAssumed(1)]),
        (|given| given.phone.as_mut().unwrap().model = Some("7962".into()), &tls),
    ];
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (leave_out, expected) in omissions {
        let mut given = whole.clone();
        leave_out(&mut given);
        let found = given.made().unwrap();
        let same = |one: &Mark, other: &Mark| match (one, other) {
            // Which node it is does not matter here.
            (Mark::PublisherAssumed(_), Mark::PublisherAssumed(_)) => true,
            (one, other) => one == other,
        };
        assert!(
            found.marks.len() == expected.len()
                && found.marks.iter().zip(expected).all(|(one, other)| same(one, other)),
            "{:?} for {expected:?}",
            found.marks
        );
        let guesses: Vec<String> = found.marks.iter().map(mark_text).collect();
        let request = Request {
            guesses: guesses.iter().map(|guess| guess.as_str().into()).collect(),
            ..Request::of(&[Unit::Tvs])
        };
        let plan = plan::generate(&Arc::new(found.cluster), &request).unwrap();
        let steps = plan_json(&plan.cluster, &plan.operations()).to_string();
        for (guess, number) in guesses.iter().zip(1..) {
            for text in [run_book(&plan), change_ticket(&plan)] {
                assert_eq!(one_line(&text).matches(&one_line(guess)).count(), 2, "{guess}\n{text}");
            }
            let gate = format!("guess {number} of {} is answered", guesses.len());
            assert!(steps.contains(&gate), "{steps}");
        }
    }
    // Without a version nothing is guessed.
    let mut given = whole;
    given.replication.clear();
    assert_eq!(given.made().unwrap_err(), InitError::NoVersion);
}

#[test]
fn a_plain_guess_names_no_option() {
    for mark in Mark::examples() {
        let guess = mark_text(&mark);
        let plain = plain_mark(&guess);
        assert!(!plain.is_empty() && !plain.contains("--"), "{plain}");
        assert!(!plain.contains("NODE=FILE"), "{plain}");
    }
    assert_eq!(plain_mark(&mark_text(&Mark::NoPhones)), "no phones");
}

/// The output of `show ctl` of a CTL with this signer, and this last line.
fn show_ctl(signer: &str, end: &str) -> String {
    format!(
        "admin:show ctl\nLength of CTL file: 5000\n\n\tParse CTL File\n\t----------------\n\n\
         4\tSIGNERNAME\t{}\t{signer}\n\n\tCTL Record #:1\n2\tDNSNAME\t3\thq\n4\tFUNCTION\t2\tCCM+TFTP\n\n{end}\n",
        signer.len()
    )
}

const VERIFIED: &str = "The CTL file was verified successfully.";
const NOT_VERIFIED: &str = "The CTL file was NOT verified.";
const TOKEN: &str = "cn=\"SAST-ADN0001        \";ou=Voice;o=\"Example";

/// The marks of a cluster of this version and mode with one more paste.
fn state(version: &str, mode: Mode, paste: &str) -> Init {
    let known =
        Known { version: Some(version.parse().unwrap()), mode: Some(mode), ..Known::default() };
    made(&[("hq.txt", &show_itl(TWO)), ("more.txt", paste)], &known, None).unwrap()
}

/// The signer of the CTL is a fact of the cluster: phones that know tokens only refuse another one.
#[test]
fn an_etoken_that_signs_the_ctl_is_taken() {
    let paste = show_ctl(TOKEN, VERIFIED);
    let is_signer = |mark: &Mark| matches!(mark, Mark::ListSigner { .. });
    for (version, token) in [("9.1", true), ("10.5", true), ("12.0", true), ("14SU2", true)] {
        let init = state(version, Mode::Mixed, &paste);
        assert_eq!(init.cluster.token().is_some(), token, "{version}");
        assert!(!init.marks.iter().any(is_signer), "{version}: {:?}", init.marks);
    }
    // This version has no tokens: the facts contradict each other.
    let init = state("14SU3", Mode::Mixed, &paste);
    assert!(init.cluster.token().is_none() && init.marks.iter().any(is_signer), "{:?}", init.marks);
    let tokenless = show_ctl("CN=hq.voice.example;O=Example", VERIFIED);
    let init = state("10.5", Mode::Mixed, &tokenless);
    assert!(init.cluster.token().is_none() && !init.marks.iter().any(is_signer));
    // `utils ctl reset localkey` was run, or the CTL is from before an upgrade.
    assert!(state("12.5", Mode::Mixed, &tokenless).marks.iter().any(is_signer));
}

/// A cluster document describes a cluster that works: what a paste shows else is a guess.
#[test]
fn a_cluster_that_does_not_work_is_a_guess() {
    let place = |line: usize| format!("more.txt line {line}");
    let has = |version, mode, paste: &str, wanted: &dyn Fn(&Mark) -> bool| {
        let marks = state(version, mode, paste).marks;
        assert!(marks.iter().any(wanted), "{paste}: {marks:?}");
    };
    let hasnt = |version, mode, paste: &str, wanted: &dyn Fn(&Mark) -> bool| {
        let marks = state(version, mode, paste).marks;
        assert!(!marks.iter().any(wanted), "{paste}: {marks:?}");
    };
    let (mixed, open) = (Mode::Mixed, Mode::NonSecure);
    let good = show_ctl("CN=ITLRECOVERY_hq;O=Example", VERIFIED);
    let none = "admin:show ctl\nLength of CTL file: 0\nCTL File not found. Please run CTLClient plugin or run the CLI - utils ctl.. to \
                generate the CTL file.\nError parsing the CTL File.\n";
    let left = |mark: &Mark| matches!(mark, Mark::CtlLeftOver(_));
    has("12.5", open, &good, &left);
    hasnt("12.5", mixed, &good, &left);
    hasnt("12.5", open, none, &left);
    let missing = |mark: &Mark| matches!(mark, Mark::CtlMissing(_));
    has("12.5", mixed, none, &missing);
    hasnt("12.5", open, none, &missing);
    hasnt("12.5", mixed, &good, &missing);
    let not_verified = |mark: &Mark| matches!(mark, Mark::ListNotVerified(..));
    has("12.5", mixed, &show_ctl("CN=ITLRECOVERY_hq;O=Example", NOT_VERIFIED), &not_verified);
    hasnt("12.5", mixed, &good, &not_verified);
    let bad_itl = show_itl(TWO).replace("verified successfully", "NOT verified");
    has("12.5", open, &bad_itl, &not_verified);
    let list = services(&[]);
    let stopped = list.replace("Verification Service[STARTED]", "Verification Service[STOPPED]");
    let off = |mark: &Mark| matches!(mark, Mark::ServiceStopped { service, .. } if service == "Cisco Trust Verification Service");
    has("12.5", open, &stopped, &off);
    hasnt("12.5", open, &list, &off);
    let table = Given::whole().replication;
    let bad = table.replacen("(2) Setup Completed", "(4) Setup Failed", 1);
    let replicates = |mark: &Mark| matches!(mark, Mark::ReplicationBad { .. });
    has("12.5", open, &bad, &replicates);
    hasnt("12.5", open, &table, &replicates);
    // Each names where it was read.
    let marks = state("12.5", mixed, none).marks;
    assert!(
        marks.iter().any(|mark| matches!(mark, Mark::CtlMissing(at) if *at == place(3))),
        "{marks:?}"
    );
}

/// A filter that matched nothing is no inventory.
#[test]
fn an_inventory_without_phones_is_an_error() {
    let made = made(&[("hq.txt", &show_itl(TWO))], &known(), Some(&[]));
    assert_eq!(made.unwrap_err(), InitError::NoPhones);
}
