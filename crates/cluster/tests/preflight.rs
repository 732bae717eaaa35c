//! `preflight` over several files: every numbered check answered, nothing passed that was not
//! pasted.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "../../../tests/common/mod.rs"]
mod common;

use std::collections::BTreeSet;
use trustlist::console::{Line, Print, PrintedRecord, SignatureWord};
use trustlist::facts::RecordIndex;
use trustlist::wire::{Role, TrustList};
use trustlist_cluster::case::PreflightCase;
use trustlist_cluster::cluster::Mode;
use trustlist_cluster::code::PreflightCode;
use trustlist_cluster::preflight::{
    Check, Context, Fact, Item, Preflight, Source, Verdict, preflight,
};
use trustlist_cluster::report::preflight::{Table, sentence};

fn judge(files: &[(&str, &str)], context: &Context) -> Preflight {
    let sources: Vec<Source<'_>> =
        files.iter().map(|&(name, text)| Source { name, text, node: None }).collect();
    preflight(&sources, context)
}

fn check(answer: &Preflight, code: PreflightCode) -> &Check {
    answer.checks.iter().find(|check| check.code == code).unwrap_or_else(|| panic!("no {code}"))
}

const ROLLBACK: &str = "admin:run sql select paramname,paramvalue from processconfig where paramname='RollBackToPreGrayback'\nparamname paramvalue\n===================== ==========\nRollBackToPreGrayback F\n";
const MODE: &str =
    "paramname           paramvalue\n=================== ==========\nClusterSecurityMode 1\n";
const NO_CTL: &str = "Length of CTL file: 0\nCTL File not found.\nError parsing the CTL File.\n";

#[test]
fn without_any_paste_everything_is_unknown() {
    let answer = judge(&[], &Context::default());
    assert!(
        answer
            .checks
            .iter()
            .all(|check| check.verdict == Verdict::Unknown && check.evidence.is_none())
    );
    let ids: Vec<&str> = answer.checks.iter().map(|check| check.item.as_str()).collect();
    assert_eq!(
        ids,
        [
            "F-1", "F-2", "F-3", "F-4", "F-5", "F-6", "F-7", "F-8", "F-9", "F-10", "F-11", "F-13",
            "F-14", "F-15"
        ]
    );
    assert_eq!(answer.to_run.len(), 8);
    for code in [PreflightCode::NotPasted, PreflightCode::NoKnownFormat] {
        assert!(answer.checks.iter().any(|check| check.code == code));
    }
}

#[test]
fn files_come_in_any_order() {
    let files = [("a.txt", ROLLBACK), ("b.txt", NO_CTL), ("c.txt", MODE)];
    let forward = judge(&files, &Context::default());
    let backward = judge(&[files[2], files[1], files[0]], &Context::default());
    assert_eq!(forward, backward);
    // The mode comes from another file than the CTL.
    assert_eq!(check(&forward, PreflightCode::CtlMissing).verdict, Verdict::Block);
    assert!(!forward.to_run.contains(&"show ctl") && forward.to_run.contains(&"show itl"));
}

#[test]
fn several_commands_stand_in_one_file() {
    let all = [ROLLBACK, "admin:run sql x\n", MODE, "admin:show ctl\n", NO_CTL, "admin:"].concat();
    let answer = judge(&[("all.txt", &all)], &Context::default());
    assert_eq!(check(&answer, PreflightCode::RollbackOff).evidence.as_ref().unwrap().line, Line(4));
    assert_eq!(check(&answer, PreflightCode::ModeMixed).evidence.as_ref().unwrap().line, Line(8));
    let ctl = check(&answer, PreflightCode::CtlMissing).evidence.as_ref().unwrap();
    assert_eq!((ctl.line, &*ctl.file), (Line(11), "all.txt"));
}

/// Of pastes that disagree none is believed, in whatever order, and the context does not decide.
#[test]
fn a_disputed_parameter_is_unknown() {
    let off = MODE.replace("Mode 1", "Mode 0");
    let context = Context { mode: Some(Mode::Mixed), ..Context::default() };
    for (one, other) in [(MODE, off.as_str()), (&off, MODE)] {
        let together = [one, other].concat();
        for files in [
            vec![("a", one), ("b", other), ("c", NO_CTL)],
            vec![("a", together.as_str()), ("c", NO_CTL)],
        ] {
            let answer = judge(&files, &context);
            let disputed = check(&answer, PreflightCode::FactDisputed);
            assert_eq!((disputed.item, disputed.verdict), (Item::Mode, Verdict::Unknown));
            let Some((_, Fact::List(values))) = disputed.facts.first() else { panic!() };
            assert!(values.len() == 2 && values.iter().all(|value| value.contains(" line ")));
            check(&answer, PreflightCode::CtlModeUnknown);
        }
    }
    let on = ROLLBACK.replace("Grayback F", "Grayback T");
    let answer = judge(&[("a", ROLLBACK), ("b", &on)], &Context::default());
    assert_eq!(check(&answer, PreflightCode::FactDisputed).item, Item::Rollback);
    assert_eq!(check(&answer, PreflightCode::RollbackOn).verdict, Verdict::Block);
    let version = "admin:utils dbreplication runtimestate\nDB Version: ccm10_5_2_10000_5\n\
                   Cluster Replication State: x\nCluster Detailed View from ccm1 (1 Servers):\n\
                   ccm1 192.0.2.11 0.016 Y/Y/Y 0 (g_2) (2) Setup Completed\n";
    let said =
        |version: &str| Context { version: Some(version.parse().unwrap()), ..Context::default() };
    let answer = judge(&[("a", version)], &said("15"));
    let disputed = check(&answer, PreflightCode::FactDisputed);
    assert_eq!(
        disputed.facts,
        [("values", Fact::List(vec!["15.0 (given)".into(), "10.5 (a line 2)".into()]))]
    );
    let answer = judge(&[("a", version)], &said("10.5(2)SU3"));
    assert!(answer.checks.iter().all(|check| check.code != PreflightCode::FactDisputed));
}

/// Returns the paste of a list of the test data, changed and added up again.
fn paste(file: &str, change: impl FnOnce(&mut Print)) -> String {
    let bytes = std::fs::read(common::testdata(file)).unwrap();
    let list = TrustList::parse(&bytes).unwrap();
    let mut print = Print::from_list(&list, SignatureWord::Good).unwrap();
    change(&mut print);
    print.size = print.file_added();
    print.to_string()
}

/// F-6: every TVS server of the cluster is in every ITL, and the serial numbers are those of the
/// nodes' own certificates.
#[test]
fn an_itl_names_every_tvs_server_with_its_own_certificate() {
    let [one, two] = ["ccm1", "ccm2"].map(|node| format!("trial/saved/before/{node}/ITLFile.tlv"));
    let first = paste(&one, |_| ());
    let lacks = |second: &str| {
        let answer = judge(&[("ccm1.txt", &first), ("ccm2.txt", second)], &Context::default());
        let check =
            answer.checks.into_iter().find(|check| check.code == PreflightCode::ItlLacksTvs);
        check.map(|check| (check.verdict, check.node.unwrap().to_string(), check.facts))
    };
    let is_first =
        |record: &PrintedRecord| record.role() == Some(Role::Tvs) && record.server() == "ccm1";
    assert_eq!(lacks(&paste(&two, |_| ())), None);
    let short = paste(&two, |print| {
        print.records.retain(|record| !is_first(record));
        (1..).zip(&mut print.records).for_each(|(at, record)| record.index = RecordIndex(at));
    });
    let missing = vec![("missing", Fact::List(vec!["ccm1".into()]))];
    assert_eq!(lacks(&short), Some((Verdict::Block, "ccm2".into(), missing)));
    // The record may be in what a paste lost.
    let cut = short.replacen("4\tFUNCTION", "4\tFUNC", 1);
    assert_eq!(lacks(&cut).map(|(verdict, ..)| verdict), Some(Verdict::Unknown));
    let own = |unit: &str, serial: &str| {
        let text = format!(
            "{first}\nadmin:show cert own {unit}\n[\n  Version: V3\n  Serial Number: {serial}\n]\nadmin:\n"
        );
        let answer = judge(&[("ccm1.txt", &text)], &Context::default());
        let checks = answer.checks.iter();
        let differ = checks.filter(|check| check.code == PreflightCode::ItlSerialDiffers);
        differ.map(|check| check.verdict).collect::<Vec<_>>()
    };
    for (unit, serial) in [
        ("CallManager", "559D3060A4F1A17142D7DE5B0590516A"),
        ("TVS", "41085E9EBDB7B3AFAD5E596D9C60EB3B"),
    ] {
        assert_eq!(own(unit, serial), []);
        // A terminal wrapped it.
        assert_eq!(own(unit, &serial[..20]), []);
        assert_eq!(own(unit, "77:77:77:7A"), [Verdict::Block], "{unit}");
    }
    assert_eq!(own("tomcat", "7777777A"), []);
    // Digits of ten alone may be decimal or hexadecimal, and 0x says which they are.
    assert_eq!(own("TVS", "112233445566"), [Verdict::Block]);
    assert_eq!(own("TVS", "142377485823041 (0x6b1d11223344)"), [Verdict::Block]);
    for same in [
        "86443277224154979696057756147723070267",
        "0x41085E9EBDB7B3AFAD5E596D9C60EB3B",
        "86443277224154979696057756147723070267 (0x41085e9ebdb7b3afad5e596d9c60eb3b)",
    ] {
        assert_eq!(own("TVS", same), [], "{same}");
    }
}

/// `show cert own` may be pasted as PEM; what cannot be read is told, and only of certificates that
/// lists name.
#[test]
fn a_certificate_in_pem_is_compared_or_told() {
    let itl = paste("cluster/before/ITLFile.tlv", |_| ());
    let codes = |unit: &str, output: &str| {
        let text = format!("{itl}\nadmin:show cert own {unit}\n{output}\nadmin:\n");
        let answer = judge(&[("ccm1.txt", &text)], &Context::default());
        let mut codes: Vec<_> =
            answer.checks.iter().map(|check| (check.item, check.code)).collect();
        codes.retain(|(item, code)| {
            *item == Item::Itl
                && matches!(code, PreflightCode::ItlSerialDiffers | PreflightCode::OutputUnread)
        });
        codes.into_iter().map(|(_, code)| code).collect::<Vec<_>>()
    };
    let pem = |name: &str| std::fs::read_to_string(common::testdata(name)).unwrap();
    assert_eq!(codes("TVS/TVS.pem", &pem("certs/ccm1-tvs-1.pem")), []);
    let other = pem("certs/ccm1-tvs-2.pem");
    assert_eq!(codes("TVS/TVS.pem", &other), [PreflightCode::ItlSerialDiffers]);
    for unread in [
        &other[..200],
        "  Serial Number: none",
        "-----BEGIN CERTIFICATE-----\n%%\n-----END CERTIFICATE-----",
    ] {
        assert_eq!(codes("TVS/TVS.pem", unread), [PreflightCode::OutputUnread], "{unread}");
        assert_eq!(codes("tomcat", unread), []);
    }
}

/// A backup that is newer than "Server Time", and one that is no whole success.
#[test]
fn a_backup_of_the_future_or_in_part_is_not_good() {
    let code = |row: &str, time: &str| {
        let text = format!(
            "{time}admin:utils disaster_recovery history backup\nTar Filename: Backup Device: Completed On: Result: \
             Backup Type: Features Backed Up:\n{row}\nadmin:\n"
        );
        let answer = judge(&[("a", &text)], &Context::default());
        let check = answer.checks.iter().find(|check| check.item == Item::Backup).unwrap();
        (check.verdict, check.code)
    };
    let row = "2026-11-28-02-00-03.tar NETWORK Sat Nov 28 02:10:22 CET 2026 SUCCESS SCHEDULED UCM";
    let time = "Server Time: Sun Nov 29 01:10:52 CET 2026\n";
    let good = (Verdict::Pass, PreflightCode::BackupGood);
    assert_eq!((code(row, time), code(row, "")), (good, good));
    // The day before, in another time zone.
    assert_eq!(code(row, &time.replace("29", "27")), good);
    let of_future = (Verdict::Unknown, PreflightCode::FactDisputed);
    assert_eq!(code(row, &time.replace("29", "26")), of_future);
    assert_eq!(code(&row.replace("2026", "2027"), time), of_future);
    for result in ["PARTIAL SUCCESS", "NOT SUCCESS", "UNSUCCESSFUL"] {
        let row = row.replace("SUCCESS", result);
        assert_eq!(code(&row, time), (Verdict::Unknown, PreflightCode::OutputUnread), "{row}");
    }
}

/// A paste that lost records, the signer or a row does not say what they would say.
#[test]
fn a_lossy_paste_leaves_its_checks_open() {
    let whole = paste("cluster/before/ITLFile.tlv", |_| ());
    let open = |text: &str, item: Item| {
        let context = Context { version: "10.5".parse().ok(), ..Context::default() };
        let answer = judge(&[("ccm1.txt", text)], &context);
        let mut checks = answer.checks.iter().filter(|check| check.item == item);
        checks.any(|check| check.code == PreflightCode::OutputUnread)
    };
    assert!(!open(&whole, Item::Itl) && !open(&whole, Item::ItlSize));
    let start = whole.find("ITL Record #:3").unwrap();
    let end = whole.find("The ITL file was verified").unwrap();
    let short = [&whole[..start], &whole[end..]].concat();
    assert!(open(&short, Item::ItlSize));
    let nameless = paste("cluster/before/ITLFile.tlv", |print| {
        print.header.retain(|row| row.tag != 4);
        print.records.iter_mut().for_each(|record| record.signed_this_file = None);
    });
    assert!(open(&nameless, Item::Itl), "{nameless}");
    let certificates = "admin:show cert list own\ntomcat/tomcat.pem: Self-signed certificate generated by system\n";
    assert!(open(certificates, Item::OwnCertificates));
    let row = "CallManager/CallManager.pem: Self-signed certificate generated by system\n";
    assert!(!open(&[certificates, row].concat(), Item::OwnCertificates));
}

/// The context gives what the output does not say; what it does say is not talked away
/// (spec/CONTRACT.md section 5): a context that says something else is disputed, and no check rests on
/// it.
#[test]
fn a_context_that_disagrees_with_the_paste_is_disputed() {
    let context = Context { mode: Some(Mode::NonSecure), ..Context::default() };
    let answer = judge(&[("a", NO_CTL), ("b", MODE)], &context);
    let disputed = check(&answer, PreflightCode::FactDisputed);
    assert_eq!((disputed.item, disputed.verdict), (Item::Mode, Verdict::Unknown));
    let values = ["non-secure (given)".to_owned(), "mixed (b line 3)".to_owned()];
    assert_eq!(disputed.facts, [("values", Fact::List(values.to_vec()))]);
    let rests = [PreflightCode::CtlMissing, PreflightCode::NoCtlExpected];
    assert!(!answer.checks.iter().any(|check| rests.contains(&check.code)), "{answer:?}");
    let answer = judge(&[("a", NO_CTL)], &context);
    assert_eq!(check(&answer, PreflightCode::NoCtlExpected).verdict, Verdict::Pass);
}

/// 8.x: the number of the CDR server is in parentheses too, before the state.
#[test]
fn the_state_of_replication_is_the_last_number_of_a_row() {
    let state = |server: u8, state: u8| {
        format!(
            "Cluster Detailed View from PUB (2 Servers):\n\n\
             PING CDR Server REPL. DBver& REPL. REPLICATION SETUP\n\
             SERVER-NAME IP ADDRESS (msec) RPC? (ID) & STATUS QUEUE TABLES LOOP? (RTMT) & details\n\
             ccm1 192.0.2.11 0.041 Yes (2) Connected 0 match Yes (2) PUB Setup Completed\n\
             ccm2 192.0.2.12 0.3 Yes ({server}) Connected 0 match Yes ({state}) Setup Completed\n"
        )
    };
    for (server, rtmt, code) in
        [(2, 4, PreflightCode::ReplicationBad), (3, 2, PreflightCode::ReplicationGood)]
    {
        let answer = judge(&[("a", &state(server, rtmt))], &Context::default());
        let Some((_, Fact::Map(nodes))) = check(&answer, code).facts.first() else {
            panic!("{answer:?}")
        };
        assert_eq!(nodes[1], ("ccm2".to_owned(), Some(rtmt.into())));
    }
}

/// A server that was removed from the cluster may be in the ITL for years: nothing can be pasted
/// from it. Only a whole table says that it is gone, and an address may be that of any node.
#[test]
fn a_server_that_only_lists_name_is_a_warning() {
    let state = |servers: u8| {
        format!(
            "admin:utils dbreplication runtimestate\nDB Version: ccm12_5_1_11900_146\n\
             Cluster Detailed View from ccm1 ({servers} Servers):\n\n\
             PING DB/RPC/ REPL. Replication REPLICATION SETUP\n\
             SERVER-NAME IP ADDRESS (msec) DbMon? QUEUE Group ID (RTMT) & Details\n\
             ccm1 192.0.2.11 0.041 Y/Y/Y 0 (g_2) (2) Setup Completed\n\
             ccm2 192.0.2.12 0.3 Y/Y/Y 0 (g_3) (2) Setup Completed\n"
        )
    };
    let records = |third: &str| {
        common::show_itl(&[
            ("ccm1", "CCM+TFTP"),
            ("ccm1", "TVS"),
            ("ccm2.voice.example", "TVS"),
            (third, "TVS"),
        ])
    };
    let asked = |servers: u8, third: &str| {
        let answer = judge(&[("a", &state(servers)), ("b", &records(third))], &Context::default());
        let gone =
            answer.checks.iter().filter(|check| check.code == PreflightCode::NodeNotInCluster);
        let gone: Vec<String> = gone
            .map(|check| {
                assert_eq!((check.item, check.verdict), (Item::Services, Verdict::Warn));
                check.node.as_deref().unwrap().to_owned()
            })
            .collect();
        let services = answer.to_run_on.iter().find(|run| run.command == "utils service list");
        let nodes = services.unwrap().nodes.iter().map(|node| node.to_string());
        (gone, nodes.collect::<Vec<String>>())
    };
    let nodes = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(asked(2, "ccm3"), (nodes(&["ccm3"]), nodes(&["ccm1", "ccm2"])));
    assert_eq!(asked(3, "ccm3"), (nodes(&[]), nodes(&["ccm1", "ccm2", "ccm3"])));
    assert_eq!(asked(2, "192.0.2.12"), (nodes(&[]), nodes(&["ccm1", "ccm2", "192.0.2.12"])));
    assert_eq!(asked(2, "ccm2"), (nodes(&[]), nodes(&["ccm1", "ccm2"])));
}

/// F-10: CCN and TVS are said to run, or it is not known that they do. TVS is a service of Unified
/// CM only.
#[test]
fn a_service_that_is_not_listed_is_not_taken_to_run() {
    let (ccn, tvs) = (
        "Cisco Certificate Change Notification[STARTED]\n",
        "Cisco Trust Verification Service[STARTED]\n",
    );
    let code = |lines: &[&str]| {
        let text = [
            "admin:utils service list\nCisco Tftp[STARTED]\n",
            &lines.concat(),
            "Primary Node =true\n",
        ]
        .concat();
        let answer = judge(&[("a", &text)], &Context::default());
        answer.checks.iter().find(|check| check.item == Item::Services).unwrap().code
    };
    assert_eq!(code(&[ccn, tvs]), PreflightCode::ServicesRead);
    assert_eq!(
        (code(&[ccn]), code(&[tvs])),
        (PreflightCode::OutputUnread, PreflightCode::OutputUnread)
    );
    assert_eq!(code(&[ccn, "Cisco Presence Engine[STARTED]\n"]), PreflightCode::ServicesRead);
    let stopped = "cisco certificate change notification[STOPPED]\n";
    assert_eq!(code(&[stopped, tvs]), PreflightCode::ServiceStopped);
}

/// F-14: records that do not say whose certificate they hold are not nothing.
#[test]
fn so_many_records_may_be_too_many() {
    let itl = |records: usize| {
        let records: String = (1..=records)
            .map(|number| format!("\tITL Record #:{number}\n4\tFUNCTION\t2\tTVS\n"))
            .collect();
        format!(
            "Length of ITL file: 5000\nParse ITL File\n{records}The ITL file was verified successfully.\n"
        )
    };
    let size = |records: usize| {
        let answer = judge(&[("a", &itl(records))], &Context::default());
        answer
            .checks
            .iter()
            .find(|check| check.item == Item::ItlSize)
            .map(|check| (check.verdict, check.code))
    };
    assert_eq!((size(39), size(40)), (None, Some((Verdict::Unknown, PreflightCode::OutputUnread))));
}

/// Results without the prompts between them: each keeps what is its own.
#[test]
fn several_results_in_one_paste_stay_apart() {
    let old = "Successfully regenerated certificate for ipsec.\nPlease restart services related to ipsec.\n";
    let new = "WARNING: This operation will overwrite any CA signed certificate previously imported for  tomcat\n\
               Proceed with regeneration (yes|no)? yes\nSuccessfully Regenerated Certificate for tomcat.\n";
    let answer = judge(&[("a", &[old, new].concat())], &Context::default());
    let results: Vec<_> =
        answer.checks.iter().filter(|check| check.code == PreflightCode::Regenerated).collect();
    let facts: Vec<_> =
        results.iter().map(|check| (&check.facts[0].1, &check.facts[1].1)).collect();
    let (ipsec, tomcat) = (Fact::Text("ipsec".into()), Fact::Text("tomcat".into()));
    assert_eq!(facts, [(&ipsec, &Fact::Flag(false)), (&tomcat, &Fact::Flag(true))]);

    let updated = "CTL file Updated\nPlease Restart the TFTP and Cisco CallManager services\n";
    let set =
        "Cluster set to Mixed Mode\nYou must restart Cisco CTIManager services on all the nodes\n";
    for text in [[updated, set].concat(), [set, updated].concat()] {
        let answer = judge(&[("a", &text)], &Context::default());
        let restart = |code| {
            check(&answer, code)
                .facts
                .iter()
                .find(|(name, _)| *name == "restart")
                .unwrap()
                .1
                .clone()
        };
        assert_eq!(
            restart(PreflightCode::CtlUpdated),
            Fact::List(vec!["TFTP".into(), "CallManager".into()])
        );
        assert_eq!(restart(PreflightCode::ModeSet), Fact::List(vec!["CTIManager".into()]));
    }

    let units = "enum name                usestruststore\n==== =================== ==============\n4    CallManager-trust   t\n";
    let answer = judge(&[("a", &[MODE, units].concat())], &Context::default());
    assert_eq!(
        check(&answer, PreflightCode::UnitsRead).facts[0].1,
        Fact::Map(vec![("CallManager-trust".into(), Some(4))])
    );
}

/// Each TFTP node has its own ITL: every print gives a check of its own.
#[test]
fn each_node_gives_a_check() {
    let itl = "Length of ITL file: 5302\n[...]\nThe ITL file was verified successfully.\n";
    let bad = "Length of ITL file: 5302\nVerification of the ITL File failed.\n";
    let answer = judge(&[("ccm1.txt", itl), ("ccm2.txt", bad)], &Context::default());
    let codes: Vec<_> = answer
        .checks
        .iter()
        .filter(|check| check.item == Item::Itl)
        .map(|check| check.code)
        .collect();
    assert_eq!(codes, [PreflightCode::ItlVerified, PreflightCode::ItlNotVerified]);
}

#[test]
fn what_cannot_be_read_is_said_with_its_line() {
    let answer = judge(
        &[("x.txt", "\n\nhello\n"), ("y.txt", "admin:utils service list\nsomething new\nadmin:")],
        &Context::default(),
    );
    let unread: Vec<_> =
        answer.checks.iter().filter(|check| check.code == PreflightCode::OutputUnread).collect();
    let shown: Vec<_> = unread
        .iter()
        .map(|check| {
            (
                check.item,
                &*check.evidence.as_ref().unwrap().file,
                check.evidence.as_ref().unwrap().line,
            )
        })
        .collect();
    assert_eq!(shown, [(Item::Services, "y.txt", Line(2)), (Item::Other, "x.txt", Line(3))]);
    assert!(answer.to_run.contains(&"utils service list"));
    assert!(answer.count(Verdict::Unknown) > 0 && !answer.blocks());
}

#[test]
fn a_large_itl_blocks_by_size_and_by_number() {
    let size = |size: u64| {
        judge(
            &[(
                "i",
                &format!(
                    "Length of ITL file: {size}\n[...]\nThe ITL file was verified successfully.\n"
                ),
            )],
            &Context::default(),
        )
    };
    let large = |answer: &Preflight| {
        answer.checks.iter().any(|check| check.code == PreflightCode::ItlTooLarge)
    };
    assert!(!large(&size(65_536)));
    assert!(large(&size(65_537)));
    let many = |count: u32| {
        let records: String = (1..=count)
            .map(|number| {
                format!(
                    "\tITL Record #:{number}\n4\tFUNCTION\t2\tCCM\n5\tISSUERNAME\t5\tCN=x\n6\tSERIALNUMBER\t1\t{number:02X}\n"
                )
            })
            .collect();
        judge(
            &[(
                "i",
                &format!("Parse ITL File\n{records}The ITL file was verified successfully.\n"),
            )],
            &Context::default(),
        )
    };
    assert!(!large(&many(39)));
    assert!(large(&many(40)));
}

#[test]
fn the_answer_is_a_table_and_json() {
    let answer = judge(&[("a.txt", ROLLBACK)], &Context::default());
    let text = trustlist_cluster::report::preflight::Table(&answer).to_string();
    assert!(text.starts_with("NOT READY: 13 not answered\n\nunknown  F-2 "), "{text}");
    assert!(
        text.contains("\npass     F-1    the rollback parameter is off (F) [rollback-off]\n"),
        "{text}"
    );
    assert!(
        text.contains("a.txt line 4")
            && text.ends_with("Still to run on every node:\nutils service list\n"),
        "{text}"
    );
    let json = trustlist_cluster::report::preflight::json(&answer);
    assert_eq!(json["schema"], "trustlist.preflight/1");
    let first = &json["checks"][0];
    assert_eq!(
        (&first["check"], &first["verdict"], &first["code"]),
        (&"F-1".into(), &"pass".into(), &"rollback-off".into())
    );
    assert_eq!((&first["facts"]["value"], &first["evidence"]["line"]), (&"F".into(), &4.into()));
    assert!(json["to_run"].as_array().unwrap().contains(&"show ctl".into()));
}

/// An operator's word counts for checks without an output, and for no other.
#[test]
fn what_was_confirmed_by_hand_passes() {
    let confirmed = Context { confirmed: vec![Item::Groups, Item::Backup], ..Context::default() };
    let answer = judge(&[], &confirmed);
    assert_eq!(check(&answer, PreflightCode::ConfirmedByHand).item, Item::Groups);
    assert_eq!(answer.count(Verdict::Pass), 1);
}

/// The licence for a CTL update is no matter of a cluster without CTL, nor of one before 12.0.
#[test]
fn the_licence_is_asked_for_in_mixed_mode_from_12_on() {
    let licence = |context: Context| {
        let checks = judge(&[], &context).checks;
        checks.into_iter().find(|check| check.item == Item::Licence).unwrap().code
    };
    let said = |mode, version: &str| Context {
        mode: Some(mode),
        version: version.parse().ok(),
        ..Context::default()
    };
    assert_eq!(licence(Context::default()), PreflightCode::NoKnownFormat);
    assert_eq!(licence(said(Mode::Mixed, "12.0")), PreflightCode::NoKnownFormat);
    assert_eq!(licence(said(Mode::Mixed, "11.5")), PreflightCode::DoesNotApply);
    assert_eq!(licence(said(Mode::NonSecure, "14")), PreflightCode::DoesNotApply);
}

/// `testdata/cases/preflight` shows every code; some have a test above instead.
#[test]
fn every_code_has_a_case_or_a_test() {
    use PreflightCode::{
        ConfirmedByHand, DoesNotApply, FactDisputed, ItlLacksTvs, ItlSerialDiffers, ItlTooLarge,
        NoKnownFormat, NodeNotInCluster, NotPasted,
    };
    let tested = [
        ConfirmedByHand,
        DoesNotApply,
        FactDisputed,
        ItlLacksTvs,
        ItlSerialDiffers,
        ItlTooLarge,
        NoKnownFormat,
        NodeNotInCluster,
        NotPasted,
    ];
    let mut met: BTreeSet<&str> = tested.iter().map(|code| code.as_str()).collect();
    let codes: Vec<String> = std::fs::read_dir(common::testdata("cases/preflight"))
        .unwrap()
        .map(|entry| {
            PreflightCase::parse(&std::fs::read_to_string(entry.unwrap().path()).unwrap())
                .unwrap()
                .code
        })
        .collect();
    met.extend(codes.iter().map(String::as_str));
    let missing: Vec<_> =
        PreflightCode::ALL.iter().filter(|code| !met.contains(code.as_str())).collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
}

/// The signer depends on the version, which another paste shows; the caller's word comes first.
#[test]
fn the_version_comes_from_another_paste() {
    let itl = "Length of ITL file: 4947\nParse ITL File\n3\tSIGNERID\t2\t71\n4\tSIGNERNAME\t32\tCN=ccm1.voice.example;O=Example\n\
               5\tSERIALNUMBER\t3\t61:00:2D\n6\tCANAME\t\t32\tCN=ccm1.voice.example;O=Example\n\
               The ITL file was verified successfully.\n";
    let state = |version: &str| {
        format!(
            "admin:utils dbreplication runtimestate\n\nDB and Replication Services: ALL RUNNING\n\nDB Version: {version}\n\n\
             Cluster Detailed View from ccm1 (1 Servers):\n\nccm1 192.0.2.11 0.016 Y/Y/Y 0 (g_2) (2) Setup Completed\n"
        )
    };
    let code = |version: &str, context: &Context| {
        let answer = judge(&[("itl.txt", itl), ("state.txt", &state(version))], context);
        answer.checks.iter().find(|check| check.item.as_str() == "F-6").unwrap().code
    };
    let unsaid = Context::default();
    assert_eq!(code("ccm11_5_1_21900_40", &unsaid), PreflightCode::ItlVerified);
    assert_eq!(code("ccm12_5_1_11900_146", &unsaid), PreflightCode::SignerClassUnexpected);
    let said = Context { version: Some("11.5".parse().unwrap()), ..Context::default() };
    // A caller cannot overrule the output.
    assert_eq!(code("ccm12_5_1_11900_146", &said), PreflightCode::SignerClassUnexpected);
    assert_eq!(code("unreadable", &said), PreflightCode::ItlVerified);
}

/// The rule line says where the columns are: a row may have an empty cell.
#[test]
fn a_cell_of_a_query_may_be_empty() {
    let table = "admin:run sql select paramname,paramvalue from processconfig\nparamname             paramvalue\n\
                 ===================== ==========\nAnother                         \nRollBackToPreGrayback F\n";
    let answer = judge(&[("sql.txt", table)], &Context::default());
    assert_eq!(check(&answer, PreflightCode::RollbackOff).verdict, Verdict::Pass);
}

#[test]
fn the_plain_table_names_no_option() {
    let answer = judge(&[("ctl.txt", NO_CTL)], &Context::default());
    check(&answer, PreflightCode::CtlModeUnknown);
    let words = |table: String| table.split_whitespace().collect::<Vec<_>>().join(" ");
    let (options, plain) =
        (words(Table(&answer).to_string()), words(Table(&answer).plain().to_string()));
    let missing = "the security mode is missing: paste the output of F-2, or give";
    assert!(options.contains(&format!("{missing} --mode [ctl-mode-unknown]")), "{options}");
    assert!(plain.contains(&format!("{missing} the mode [ctl-mode-unknown]")), "{plain}");
    let item = check(&answer, PreflightCode::NoKnownFormat).item;
    let confirmed = Context { confirmed: vec![item], ..Context::default() };
    let answer = judge(&[], &confirmed);
    assert!(words(Table(&answer).to_string()).contains("checked by hand (--confirm)"));
    let plain = words(Table(&answer).plain().to_string());
    assert!(plain.contains(": checked by hand (look at ") && !plain.contains("--"), "{plain}");
}

/// The rows of the replication table are good, and the lines above it say that tables differ.
#[test]
fn replication_whose_last_sync_failed_is_not_good() {
    let state = |sync: &str| {
        format!(
            "admin:utils dbreplication runtimestate\nDB and Replication Services: ALL RUNNING\n{sync}\n\
             Cluster Detailed View from ccm1 (1 Servers):\n\n\
             ccm1 192.0.2.11 0.041 Y/Y/Y 0 (g_2) (2) Setup Completed\n"
        )
    };
    let verdict = |sync: &str| {
        let answer = judge(&[("a", &state(sync))], &Context::default());
        answer.checks.iter().find(|check| check.item == Item::Replication).unwrap().verdict
    };
    assert_eq!(verdict("Sync Status: All Tables are in sync"), Verdict::Pass);
    for sync in [
        "Sync Result: SYNC FAILED on 753 tables out of 753",
        "Sync Status: Tables are suspect",
        "Sync Status: 3 tables out of sync",
    ] {
        assert_eq!(verdict(sync), Verdict::Unknown, "{sync}");
    }
}

/// The lines above the table that are good, from several versions; and the same with one line that
/// is trouble, unknown, cut or not over yet.
#[test]
fn replication_is_good_only_where_every_line_above_the_table_is() {
    const STATUS: &str = "Cluster Replication State: Replication status command started at: 2026-11-29-00-55\n     \
        Replication status command COMPLETED 753 tables checked out of 753\n     \
        Last Completed Table: devicenumplanmapremdestmap\n     No Errors or Mismatches found.\n     \
        Use 'file view activelog cm/trace/dbl/sdi/ReplicationStatus.2026_11_29_00_55_00.out' to see the details\n";
    const SYNC: &str = "Cluster Replication State: BROADCAST SYNC ended at: 2026-07-17-16-47\n     \
        Sync Result: SYNC COMPLETED on 753 tables out of 753\n     Sync Status: All Tables are in sync\n";
    let output = |state: &str| {
        format!(
            "Server Time: Sun Nov 29 01:10:52 CET 2026\n\nDB and Replication Services: ALL RUNNING\n\n\
             DB CLI Status: No other dbreplication CLI is running...\n\n{state}\nDB Version: ccm12_5_1_14900_63\n\n\
             Repltimeout set to: 300s\nPROCESS option set to: 1\n\nCluster Detailed View from ccm1 (1 Servers):\n\n\
             ccm1 192.0.2.11 0.041 Y/Y/Y 0 (g_2) (2) Setup Completed\n"
        )
    };
    let verdict = |paste: &str| {
        let answer = judge(&[("a", paste)], &Context::default());
        let found: Vec<&Check> =
            answer.checks.iter().filter(|check| check.item == Item::Replication).collect();
        (found[0].verdict, sentence(found[0]))
    };
    // With its command, without it, and collapsed into one line.
    let forms = |state: &str| {
        let output = output(state);
        let one_line = output.split_whitespace().collect::<Vec<_>>().join(" ");
        [format!("admin:utils dbreplication runtimestate\n\n{output}"), output, one_line]
    };
    let checked = STATUS.replace(
        "COMPLETED 753 tables checked out of 753",
        "COMPLETED. Checked 753 tables out of 753",
    );
    let only_pub = "Cluster Replication State: Only available on the PUB\n";
    for state in [STATUS, SYNC, &checked, only_pub, "Number of replicated tables: 257\n", ""] {
        for form in forms(state) {
            assert_eq!(verdict(&form).0, Verdict::Pass, "{form}: {}", verdict(&form).1);
        }
    }
    let of_status = |from: &str, to: &str| (STATUS.replace(from, to), to.to_owned());
    let of_sync = |from: &str, to: &str| (SYNC.replace(from, to), to.to_owned());
    let bad = [
        of_status("No Errors or Mismatches found.", "Errors or Mismatches Were Found!!!"),
        of_status("No Errors or Mismatches found.", "No Errors or Mismatches found on 2 servers"),
        of_status("No Errors or Mismatches found.", ""),
        of_status("COMPLETED 753 tables checked", "COMPLETED 12 tables checked"),
        of_status("command COMPLETED", "command FAILED"),
        of_status("Replication status command COMPLETED 753 tables checked out of 753\n", ""),
        of_status("COMPLETED 753 tables checked out of 753", "IN PROGRESS: 12 of 753"),
        of_sync("COMPLETED on 753 tables out", "COMPLETED on 12 tables out"),
        of_sync("COMPLETED on 753 tables out of 753", "COMPLETED on 0 tables out of 0"),
        of_sync("Sync Result: SYNC COMPLETED on 753 tables out of 753\n", ""),
        of_sync("Sync Status: All Tables are in sync", "Sync Status: FAILED"),
        of_sync("Sync Status: All Tables are in sync", "Sync Status: Not All Tables are in sync"),
        of_sync("Sync Status: All Tables are in sync", "Sync Errors: ERRORS FOUND"),
        of_sync("Sync Status: All Tables are in sync", "Sync Errors: 2 ERRORS"),
        of_sync("Sync Status: All Tables are in sync", "A Cisco DB Replicator service is DOWN"),
        of_sync("BROADCAST SYNC ended", "BROADCAST SYNC is running"),
        ("DB and Replication Services: NOT ALL RUNNING\n".to_owned(), "NOT ALL RUNNING".to_owned()),
        (
            "DB CLI Status: Another dbreplication CLI is running...\n".to_owned(),
            "Another".to_owned(),
        ),
        ("Replication setup failed\n".to_owned(), "Replication setup failed".to_owned()),
    ];
    for (state, told) in bad {
        for form in forms(&state) {
            let (verdict, sentence) = verdict(&form);
            assert_eq!(verdict, Verdict::Unknown, "{form}");
            assert!(sentence.contains(told.trim_end()), "{told}: {sentence}");
        }
    }
    let before =
        format!("admin:utils dbreplication runtimestate\nA service is DOWN\n{}", output(SYNC));
    assert_eq!(verdict(&before).0, Verdict::Unknown);
}
