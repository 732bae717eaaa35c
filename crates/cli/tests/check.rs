//! The three commands: `collect` before, `collect` after, `check`; end to end on a made cluster,
//! and from files alone.

#[path = "collect/servers.rs"]
#[allow(dead_code)]
mod servers;

#[path = "../../../tests/common/mod.rs"]
mod common;

use serde_json::Value;
use servers::{Reply, Server, files, nobody, presenting};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// An empty folder of its own for each test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("check").join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[track_caller]
fn told(folder: &Path, line: &str, status: i32) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
    let output = command
        .current_dir(folder)
        .args(line.split_whitespace())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{line}\n{text}");
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An answer in JSON, which is valid.
#[track_caller]
fn json(folder: &Path, line: &str, status: i32) -> Value {
    let document: Value =
        serde_json::from_str(&told(folder, &format!("{line} --json"), status)).unwrap();
    let name =
        document["schema"].as_str().unwrap().trim_start_matches("trustlist.").replace('/', "-");
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .join(format!("schema/{name}.json"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!(wrong, [""; 0]);
    document
}

fn testdata(name: &str) -> Vec<u8> {
    std::fs::read(common::testdata(name)).unwrap()
}

/// A certificate of testdata in DER.
fn der(name: &str) -> Vec<u8> {
    der::pem::decode_vec(&testdata(&format!("certs/{name}.pem"))).unwrap().1
}

/// A node that serves an ITL, and the configuration of one phone, and no CTL.
fn node(folder: &'static str) -> Server {
    files(move |path| match path.trim_start_matches('/') {
        "ITLFile.tlv" => Reply::File(testdata(&format!("cluster/{folder}/ITLFile.tlv"))),
        name @ "SEP001122334455.cnf.xml.sgn" => {
            Reply::File(testdata(&format!("cluster/{folder}/{name}")))
        }
        _ => Reply::Status("404 Not Found"),
    })
}

/// The cluster of testdata at one moment: two TFTP nodes and two TVS servers.
struct Cluster {
    servers: [Server; 4],
}

impl Cluster {
    fn new(first: &'static str, generation: u8) -> Self {
        let tvs = |name: &str| {
            presenting(&[0x0301, 0x0302, 0x0303], der(&format!("{name}-tvs-{generation}")))
        };
        Self { servers: [node(first), node("from-ccm2"), tvs("ccm1"), tvs("ccm2")] }
    }

    fn collect(&self, folder: &Path, out: &str, more: &str) -> String {
        let [one, two, tvs_one, tvs_two] = self.servers.each_ref().map(|server| &server.address);
        let line = format!(
            "collect --tftp ccm1={one},ccm2={two} --tvs ccm1={tvs_one},ccm2={tvs_two} --out {out} {more}"
        );
        told(folder, &line, 0)
    }
}

#[test]
fn three_commands_answer() {
    let folder = folder("end-to-end");
    Cluster::new("before", 1).collect(&folder, "before", "");
    // CallManager of ccm1 and TVS of both nodes were regenerated.
    Cluster::new("after-both", 2).collect(&folder, "after", "");
    let text = told(&folder, "check before after", 1);
    assert!(text.contains("NO: phones in 1 of 2 groups refuse files."), "{text}");
    assert!(
        text.contains("What to do: Only if `show cert own ITLRecovery` on the publisher shows"),
        "{text}"
    );
    let document = json(&folder, "check before after", 1);
    assert_eq!(document["answer"], "reject");
    let groups = document["groups"].as_array().unwrap();
    assert_eq!(
        (groups[0]["tftp"].as_str(), groups[0]["code"].as_str()),
        (Some("ccm1"), Some("signer-unknown"))
    );
    assert_eq!(
        (groups[1]["tftp"].as_str(), groups[1]["itl"].as_str()),
        (Some("ccm2"), Some("unchanged"))
    );
    let page = told(&folder, "check before after --html", 1);
    assert!(page.contains("NO: phones in 1 of 2 groups") && page.ends_with("</html>\n"), "{page}");
}

/// A collection that comes too early answers about the old lists: it is no firm YES, and says so in
/// every form.
#[test]
fn lists_that_have_not_changed_are_named() {
    let folder = folder("unchanged");
    let cluster = Cluster::new("before", 1);
    cluster.collect(&folder, "before", "");
    cluster.collect(&folder, "after", "");
    let early = "no list has changed from before to after";
    let text = told(&folder, "check before after", 3);
    assert!(text.starts_with("UNDECIDED: ") && one_line(&text).contains(early), "{text}");
    let document = json(&folder, "check before after", 3);
    assert!(document["open"].to_string().contains(early), "{document}");
    assert!(told(&folder, "check before after --html", 3).contains(early));
    // No list was meant to change.
    let text = told(&folder, "check before after --as-given", 0);
    assert!(one_line(&text).contains(&format!("Assumed: {early}")), "{text}");
    Cluster::new("after-callmanager", 1).collect(&folder, "changed", "");
    let text = told(&folder, "check before changed", 3);
    assert!(!text.contains("has changed from"), "{text}");
}

/// One snapshot is no change, whatever its folder is called.
#[test]
fn a_snapshot_is_not_compared_with_itself() {
    let folder = folder("twice");
    Cluster::new("before", 1).collect(&folder, "before", "");
    for line in ["check before before", "check before ./before/snapshot.json --as-given"] {
        let text = told(&folder, line, 2);
        assert!(text.contains("the same snapshot twice"), "{text}");
    }
    // A copy of it has the same lists.
    let copy = folder.join("copy/ccm1");
    std::fs::create_dir_all(&copy).unwrap();
    for name in ["snapshot.json", "ccm1/ITLFile.tlv", "ccm1/TVS.pem"] {
        std::fs::copy(folder.join("before").join(name), folder.join("copy").join(name)).unwrap();
    }
    std::fs::create_dir(folder.join("copy/ccm2")).unwrap();
    for name in ["ccm2/ITLFile.tlv", "ccm2/TVS.pem"] {
        std::fs::copy(folder.join("before").join(name), folder.join("copy").join(name)).unwrap();
    }
    let text = told(&folder, "check before copy", 3);
    assert!(one_line(&text).contains("no list has changed from before to copy"), "{text}");
}

/// Sets when a snapshot was collected.
fn collected(folder: &Path, name: &str, at: &str) {
    let path = folder.join(name).join("snapshot.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    std::fs::write(&path, text.replace(document["begun"].as_str().unwrap(), at)).unwrap();
}

/// The wrong order is told by the times alone too, and is no firm YES.
#[test]
fn snapshots_whose_times_are_the_wrong_way_round_are_no_yes() {
    let folder = folder("order");
    let knows = common::testdata("cluster/after-callmanager/ITLFile.tlv");
    Cluster::new("before", 1).collect(&folder, "before", "");
    Cluster::new("after-callmanager", 1).collect(&folder, "after", "");
    let line = format!("check before after --model 8851 --tvs-knows {}", knows.display());
    collected(&folder, "before", "2026-11-02T08:00:00Z");
    collected(&folder, "after", "2026-11-02T09:00:00Z");
    let text = one_line(&told(&folder, &line, 0));
    assert!(text.contains("still serves the list") && !text.contains("wrong order"), "{text}");
    collected(&folder, "after", "2026-11-02T07:00:00Z");
    let text = told(&folder, &line, 3);
    let doubt = "after was collected before before (2026-11-02T07:00:00Z, 2026-11-02T08:00:00Z): are the snapshots in the wrong order?";
    assert!(text.starts_with("UNDECIDED: ") && one_line(&text).contains(doubt), "{text}");
    let text = told(&folder, &format!("{line} --as-given"), 0);
    assert!(one_line(&text).contains("Assumed: after was collected before before"), "{text}");
    // Lists and times agree that it is wrong.
    collected(&folder, "after", "2026-11-02T09:00:00Z");
    let text = told(&folder, "check after before", 2);
    assert!(text.contains("expected the older snapshot first"), "{text}");
    // A restored backup is older too: the servers offer it, so the phones are asked about it.
    collected(&folder, "before", "2026-11-02T10:00:00Z");
    let text = told(&folder, "check after before", 3);
    assert!(one_line(&text).contains("was a backup restored, or are the snapshots"), "{text}");
}

/// Two clusters have no TFTP node in common: no phone of one is a phone of the other.
#[test]
fn snapshots_of_two_clusters_are_told_apart() {
    let folder = folder("clusters");
    Cluster::new("before", 1).collect(&folder, "before", "");
    let other = node("before");
    let line = format!("collect --tftp hq1={} --out other", other.address);
    told(&folder, &line, 3);
    let strangers = "no TFTP node is in both before (ccm1; ccm2) and other (hq1): these are snapshots of different clusters";
    let itl = common::testdata("cluster/before/ITLFile.tlv");
    let rows = format!("device,model,itl,tftp_server\nSEP1,8851,{},hq1\n", itl.display());
    std::fs::write(folder.join("own.csv"), rows).unwrap();
    // Not even where the inventory knows what the phones hold.
    for line in ["check before other", "check before other --inventory own.csv"] {
        let text = told(&folder, line, 3);
        assert!(text.starts_with("UNDECIDED: ") && one_line(&text).contains(strangers), "{text}");
    }
}

/// Phones that name no CallManager group are judged in every group that is given.
#[test]
fn every_group_that_is_given_has_its_line() {
    let folder = folder("groups");
    Cluster::new("before", 1).collect(&folder, "before", "");
    Cluster::new("after-callmanager", 1).collect(&folder, "after", "");
    let groups = format!(
        "check before after --model 8851 --tvs ccm2={} --tvs-knows {} --cm-group ccm1 --cm-group ccm2",
        common::testdata("certs/ccm2-tvs-2.pem").display(),
        common::testdata("cluster/after-callmanager/ITLFile.tlv").display()
    );
    let told_of = |document: &Value, key: &str| -> Vec<(String, String, String, Option<u64>)> {
        let groups = document[key].as_array().unwrap().iter();
        let text = |group: &Value, key: &str| group[key].as_str().unwrap().to_owned();
        groups
            .map(|group| {
                let phones = group["phones"].as_u64();
                (text(group, "tftp"), text(group, "cm_group"), text(group, "answer"), phones)
            })
            .collect()
    };
    let line = |tftp: &str, group: &str, answer: &str, phones| {
        (tftp.to_owned(), group.to_owned(), answer.to_owned(), phones)
    };
    // Without an inventory every node and group has its line.
    let document = json(&folder, &groups, 1);
    let expected = [
        line("ccm1", "ccm2", "reject", None),
        line("ccm1", "ccm1", "accept", None),
        line("ccm2", "ccm1", "accept", None),
        line("ccm2", "ccm2", "accept", None),
    ];
    assert_eq!(told_of(&document, "groups"), expected);
    let rows = "device,tftp_server,cm_group\nSEP1,ccm1,\nSEP2,ccm1,\nSEP3,ccm1,ccm1\n";
    std::fs::write(folder.join("some.csv"), rows).unwrap();
    let some = format!("{groups} --inventory some.csv");
    let document = json(&folder, &some, 1);
    let expected =
        [line("ccm1", "ccm2", "reject", Some(2)), line("ccm1", "ccm1", "accept", Some(1))];
    assert_eq!(told_of(&document, "groups"), expected);
    let expected = [line("ccm1", "ccm1", "accept", Some(2))];
    assert_eq!(told_of(&document, "other_groups"), expected);
    let text = one_line(&told(&folder, &some, 1));
    for said in [
        "NO: 2 of 3 phones refuse files.",
        "Assumed: 2 phones of the inventory name no CallManager group: each is checked in every group of --cm-group, and counted in the one with the worst answer",
        "The same phones in the other CallManager groups of --cm-group 2 accepted TFTP ccm1, group ccm1",
    ] {
        assert!(text.contains(said), "no {said:?} in {text}");
    }
    let page = told(&folder, &format!("{some} --html"), 1);
    assert!(page.contains("The same phones in the other CallManager groups"), "{page}");
    // Where rows name no node either, that is told too; where all name a group, the option is not used.
    std::fs::write(folder.join("none.csv"), "device\nSEP1\n").unwrap();
    let text = one_line(&told(&folder, &format!("{groups} --inventory none.csv"), 1));
    assert!(text.contains("1 phone of the inventory names no TFTP server"), "{text}");
    std::fs::write(folder.join("all.csv"), "device,tftp_server,cm_group\nSEP3,ccm1,ccm1\n")
        .unwrap();
    let text = one_line(&told(&folder, &format!("{groups} --inventory all.csv --as-given"), 0));
    assert!(text.contains("--cm-group is not used"), "{text}");
}

/// A snapshot says what TVS knows: its lists, and the certificates of its TVS servers.
#[test]
fn a_snapshot_is_what_tvs_knows() {
    let folder = folder("snapshot-known");
    Cluster::new("before", 1).collect(&folder, "before", "");
    Cluster::new("after-callmanager", 1).collect(&folder, "after", "");
    let question = "predict --installed-itl before/ccm1/ITLFile.tlv --offered-itl after/ccm1/ITLFile.tlv \
        --model 8851 --cm-group ccm1 --tvs ccm1=before/ccm1/TVS.pem";
    let begged = "Assumed: TVS knows the new signer: --tvs-knows after/ccm1/ITLFile.tlv is the offered list itself";
    for knows in ["after", "after/snapshot.json", "ccm1=after"] {
        let text = told(&folder, &format!("{question} --tvs-knows {knows}"), 0);
        assert!(one_line(&text).contains(begged), "{text}");
    }
    // The lists of before do not name the new signer.
    let text = told(&folder, &format!("{question} --tvs-knows before"), 1);
    assert!(!text.contains("the offered list itself"), "{text}");
    // Many phones are told the same.
    let line = "check before after --as-given --model 8851 --cm-group ccm1 --tvs-knows after";
    let text = told(&folder, line, 0);
    assert!(one_line(&text).contains(begged), "{text}");
    std::fs::write(folder.join("phones.csv"), "device,model,cm_group\nSEP1,8851,ccm1\n").unwrap();
    let line = "fleet phones.csv --installed-itl before/ccm1/ITLFile.tlv --offered-itl after/ccm1/ITLFile.tlv \
        --tvs ccm1=before/ccm1/TVS.pem --tvs-knows after";
    let text = told(&folder, line, 0);
    assert!(one_line(&text).contains(begged), "{text}");
    // A folder of certificates; one with something else in it, and one with nothing.
    let certificates = folder.join("certificates");
    std::fs::create_dir(&certificates).unwrap();
    let text = told(&folder, &format!("{question} --tvs-knows certificates"), 2);
    assert!(text.contains("--tvs-knows certificates: no file in it, expected a folder"), "{text}");
    std::fs::write(certificates.join("a.pem"), testdata("certs/ccm1-callmanager-2.pem")).unwrap();
    let text = told(&folder, &format!("{question} --tvs-knows certificates"), 3);
    assert!(!text.contains("the offered list itself"), "{text}");
    std::fs::write(certificates.join("notes.txt"), "hello").unwrap();
    let text = told(&folder, &format!("{question} --tvs-knows certificates"), 2);
    assert!(
        text.contains("certificates/notes.txt: ") && text.contains("expected a folder of lists"),
        "{text}"
    );
    // A snapshot whose files are others than were collected.
    std::fs::write(folder.join("after/ccm1/ITLFile.tlv"), testdata("cluster/before/ITLFile.tlv"))
        .unwrap();
    let text = told(&folder, &format!("{question} --tvs-knows after"), 2);
    assert!(text.contains("other bytes than were collected"), "{text}");
}

/// TVS kept its certificate. If it knows the new signer decides; a pasted store or --tvs-knows says
/// so.
#[test]
fn what_tvs_knows_is_open_until_it_is_said() {
    let folder = folder("tvs-knows");
    Cluster::new("before", 1).collect(&folder, "before", "");
    Cluster::new("after-callmanager", 1).collect(&folder, "after", "");
    let open = json(&folder, "check before after --model 8851", 3);
    assert_eq!(open["groups"][0]["code"], "tvs-answer-unknown");
    let knows = common::testdata("certs/ccm1-callmanager-2.pem");
    let line = format!(
        "check before after --as-given --model 8851 --tvs-knows {}",
        common::testdata("cluster/after-callmanager/ITLFile.tlv").display()
    );
    assert_eq!(json(&folder, &line, 0)["groups"][0]["itl"], "accept");
    let line = format!("check before after --model 8851 --tvs-knows {}", knows.display());
    assert_eq!(json(&folder, &line, 3)["groups"][0]["leans"], "accept", "roles are not known");
    // A paste of one certificate says that it is known, and nothing of others.
    let issuer = "L=Utrecht, ST=Utrecht, CN=ccm1.voice.example, OU=Voice, O=Example, C=NL";
    let paste = |serial: &str| {
        format!(
            "admin:show cert own CallManager\n[\n Serial Number: {serial}\n Issuer Name: {issuer}\n Subject Name: {issuer}\n]\n"
        )
    };
    std::fs::write(folder.join("new.txt"), paste("4B03259056086859932A661668266E3B")).unwrap();
    std::fs::write(folder.join("old.txt"), paste("559D3060A4F1A17142D7DE5B0590516A")).unwrap();
    Cluster::new("after-callmanager", 1).collect(&folder, "stored", "--paste ccm1=new.txt");
    Cluster::new("after-callmanager", 1).collect(&folder, "other", "--paste ccm1=old.txt");
    // A print holds no key that the signature could be checked with.
    assert_eq!(
        json(&folder, "check before stored --model 8851", 3)["groups"][0]["code"],
        "signature-not-checked"
    );
    assert_eq!(
        json(&folder, "check before other --model 8851", 3)["groups"][0]["code"],
        "tvs-answer-unknown"
    );
    // TVS that takes TLS 1.2 alone is of no use to old phones.
    let tvs = presenting(&[0x0303], der("ccm1-tvs-1"));
    told(
        &folder,
        &format!(
            "collect --tftp ccm1={} --tvs ccm1={} --out new-tls",
            node("after-callmanager").address,
            tvs.address
        ),
        0,
    );
    let document = json(&folder, "check before new-tls --model 7975 --cm-group ccm1", 1);
    assert!(document["groups"][0]["why"].to_string().contains("cannot ask TVS"), "{document}");
}

/// Before 15SU2 each node has its own minimum of TLS (P-TVS-11): a server that takes TLS 1.0 does not
/// help the phones of another group.
#[test]
fn each_tvs_server_has_its_own_tls_minimum() {
    let folder = folder("tls-minimum");
    let tvs = [
        presenting(&[0x0301, 0x0302, 0x0303], der("ccm1-tvs-1")),
        presenting(&[0x0303], der("ccm2-tvs-1")),
    ];
    for (list, out) in [("before", "before"), ("after-callmanager", "after")] {
        let [one, two] = tvs.each_ref().map(|server| &server.address);
        let line = format!(
            "collect --tftp ccm1={} --tvs ccm1={one},ccm2={two} --out {out}",
            node(list).address
        );
        told(&folder, &line, 0);
    }
    let knows = common::testdata("cluster/after-callmanager/ITLFile.tlv");
    let ask = |model: &str, group: &str, status: i32| {
        let line = format!(
            "check before after --model {model} --cm-group {group} --tvs-knows {}",
            knows.display()
        );
        json(&folder, &line, status)["groups"][0].clone()
    };
    let refused = ask("7945", "ccm2", 1);
    assert!(refused["why"].to_string().contains("cannot ask TVS"), "{refused}");
    assert_eq!(ask("7945", "ccm1", 0)["answer"], "accept");
    assert_eq!(ask("7945", "ccm1,ccm2", 0)["answer"], "accept");
    assert_eq!(ask("8851", "ccm2", 0)["answer"], "accept");
    let line =
        "check before after --model 7945 --cm-group ccm2 --tls-minimum 1.0 --as-given --tvs-knows";
    told(&folder, &format!("{line} {}", knows.display()), 0);
}

/// One name for two servers: which of them a phone meets is not known.
#[test]
fn two_certificates_of_one_tvs_name_are_no_fact() {
    let folder = folder("two-tvs");
    Cluster::new("before", 1).collect(&folder, "before", "");
    let server = servers::presenting_two(der("ccm1-tvs-1"), der("ccm2-tvs-1"));
    let line = format!(
        "collect --tftp ccm1={} --tvs ccm1={} --out two",
        node("after-callmanager").address,
        server.address
    );
    let text = told(&folder, &line, 3);
    assert!(text.contains("presents two certificates"), "{text}");
    let knows = common::testdata("cluster/after-callmanager/ITLFile.tlv");
    let line = format!("check before two --model 8851 --tvs-knows {}", knows.display());
    assert_ne!(json(&folder, &line, 3)["answer"], "accept");
}

#[test]
fn phones_of_an_inventory_are_counted() {
    let folder = folder("inventory");
    Cluster::new("before", 1).collect(&folder, "before", "");
    Cluster::new("after-both", 2).collect(&folder, "after", "");
    let inventory = "device,model,cm_group,tftp_server\n\
        SEP1,8851,\"ccm1,ccm2\",ccm1\nSEP2,8851,\"ccm1,ccm2\",CCM1.voice.example\nSEP3,7841,ccm2,ccm1\nSEP4,8851,ccm2,ccm2\n\
        SEP5,Jabber,ccm2,ccm1\n";
    std::fs::write(folder.join("phones.csv"), inventory).unwrap();
    let text = told(&folder, "check before after --inventory phones.csv", 1);
    assert!(text.contains("NO: 3 of 5 phones refuse files."), "{text}");
    let document = json(&folder, "check before after --inventory phones.csv", 1);
    let counts: Vec<(u64, &str)> = document["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (group["phones"].as_u64().unwrap(), group["answer"].as_str().unwrap()))
        .collect();
    assert_eq!(counts.iter().map(|(phones, _)| phones).sum::<u64>(), 5);
    assert_eq!(
        counts
            .iter()
            .filter(|(_, answer)| *answer == "reject")
            .map(|(phones, _)| phones)
            .sum::<u64>(),
        3
    );
    // A phone whose node is not said is judged at the worst of them.
    std::fs::write(folder.join("open.csv"), "device,model\nSEP1,8851\n").unwrap();
    assert!(
        told(&folder, "check before after --inventory open.csv", 1)
            .contains("NO: 1 of 1 phones refuse files.")
    );
    // A list of its own wins over the one of the node; a row that cannot be used is reported.
    let itl = common::testdata("cluster/after-both/ITLFile.tlv");
    std::fs::write(
        folder.join("own.csv"),
        format!("device,model,itl,tftp_server\nSEP1,8851,{},ccm1\n", itl.display()),
    )
    .unwrap();
    // The ITL of ccm2 is still the old one: that is no yes, although no phone of the inventory meets it.
    let own = json(&folder, "check before after --inventory own.csv", 3);
    assert_eq!(own["groups"][0]["itl"], "unchanged");
    assert!(own["differs"][0].to_string().contains("restart Cisco Tftp on ccm2"), "{own}");
    std::fs::write(
        folder.join("bad.csv"),
        "device,model,itl\nSEP1,8851,deadbeefdeadbeefdeadbeefdeadbeef\nSEP2,8851,\n",
    )
    .unwrap();
    assert!(
        told(&folder, "check before after --inventory bad.csv", 2).contains("1 row is unreadable.")
    );
    // A phone of a node that was not collected is reported as not judged.
    std::fs::write(folder.join("other.csv"), "device,model,tftp_server\nSEP1,8851,ccm9\n").unwrap();
    assert!(
        told(&folder, "check before after --inventory other.csv", 3)
            .contains("TFTP node ccm9: no lists of it")
    );
}

#[test]
fn the_files_of_a_phone_count_before_those_of_all() {
    let folder = folder("own-files");
    let phones = "--phones SEP001122334455";
    Cluster::new("before", 1).collect(&folder, "before", phones);
    Cluster::new("after-both", 2).collect(&folder, "after", phones);
    let document = json(&folder, "check before after --model 8851", 1);
    let groups = document["groups"].as_array().unwrap();
    let own = groups
        .iter()
        .find(|group| group["devices"][0] == "SEP001122334455" && group["tftp"] == "ccm1")
        .unwrap();
    assert_eq!((own["itl"].as_str(), own["config"].as_str()), (Some("reject"), Some("reject")));
}

#[test]
fn what_was_not_collected_is_not_judged() {
    let folder = folder("partial");
    Cluster::new("before", 1).collect(&folder, "before", "");
    let good = node("before");
    told(
        &folder,
        &format!("collect --tftp ccm1={},ccm2={} --out after", good.address, nobody()),
        3,
    );
    let text = told(&folder, "check before after --model 8851", 3);
    assert!(
        text.contains("TFTP node ccm2: CTLFile.tlv was not collected: connection refused"),
        "{text}"
    );
    assert!(text.contains("UNDECIDED: facts are missing (see Not judged)."), "{text}");
    // The other way round: nothing is known of what the phones hold.
    let text = told(&folder, "check after before --model 8851", 3);
    assert!(one_line(&text).contains("the lists on its phones are a missing fact"), "{text}");
    assert!(one_line(&text).contains("TFTP node ccm2 in after: CTLFile.tlv was not"), "{text}");
    told(&folder, &format!("collect --tftp ccm1={} --out one", good.address), 0);
    let text = told(&folder, "check before one --model 8851", 3);
    assert!(text.contains("TFTP node ccm2: it is in before only"), "{text}");
    // That no phone of the inventory names the node that failed makes no firm YES.
    std::fs::write(folder.join("phones.csv"), "device,model,tftp_server\nSEP1,8851,ccm1\n")
        .unwrap();
    for line in ["check before after --as-given", "check after before --as-given"] {
        let text = told(&folder, &format!("{line} --inventory phones.csv"), 3);
        assert!(text.contains("TFTP node ccm2"), "{text}");
    }
}

/// Every TFTP node of CUCM 8.0 or later has an ITL: a node without one, or with zero bytes, does not
/// say that its phones have none, which would make them accept anything.
#[test]
fn a_node_without_an_itl_says_nothing_about_its_phones() {
    let folder = folder("no-itl");
    let after = node("after-both");
    told(&folder, &format!("collect --tftp ccm1={} --out after", after.address), 0);
    for (name, reply) in
        [("missing", Reply::Status("404 Not Found")), ("empty", Reply::File(Vec::new()))]
    {
        let node = files(move |path| match path.trim_start_matches('/') {
            "ITLFile.tlv" => reply.clone(),
            _ => Reply::File(testdata("mixed/before/CTLFile.tlv")),
        });
        told(&folder, &format!("collect --tftp ccm1={} --out {name}", node.address), 3);
        let text = told(&folder, &format!("check {name} after --model 8851"), 3);
        assert!(one_line(&text).contains("the lists on its phones are a missing fact"), "{text}");
        std::fs::write(folder.join("phones.csv"), "device,model\nSEP1,8851\n").unwrap();
        let offered = common::testdata("cluster/after-both/ITLFile.tlv");
        let line = format!("fleet phones.csv --before {name} --offered-itl {}", offered.display());
        assert!(told(&folder, &line, 3).contains("TFTP node ccm1"));
    }
    let saved = folder.join("saved");
    std::fs::create_dir(&saved).unwrap();
    std::fs::write(saved.join("ccm1-CTL.tlv"), testdata("mixed/before/CTLFile.tlv")).unwrap();
    std::fs::write(saved.join("ccm1-ITL.tlv"), &testdata("cluster/before/ITLFile.tlv")[..900])
        .unwrap();
    told(&folder, "collect --from-folder saved --out cut", 3);
    let text = one_line(&told(&folder, "check cut after --model 8851", 3));
    assert!(text.contains("TFTP node ccm1 in cut: ITLFile.tlv was not given"), "{text}");
    assert!(text.contains("cut: saved/ccm1-ITL.tlv: "), "{text}");
}

/// One snapshot: do its lists and servers agree?
#[test]
fn a_snapshot_that_agrees_and_one_that_does_not() {
    let folder = folder("agreement");
    let cluster = Cluster::new("before", 1);
    // The lists name three TVS servers.
    cluster.collect(&folder, "two", "");
    let text = one_line(&told(&folder, "check two --at 2026-11-03", 3));
    assert!(text.contains("TVS of ccm3 was not collected"), "{text}");
    let third = presenting(&[0x0301, 0x0302, 0x0303], der("ccm3-tvs-1"));
    cluster.collect(&folder, "before", &format!("--tvs ccm3={}", third.address));
    let document = json(&folder, "check before --at 2026-11-03", 0);
    assert_eq!(document["answer"], "agrees");
    let checks = document["checks"].as_array().unwrap();
    let answers = |wanted: &str| -> Vec<&str> {
        checks
            .iter()
            .filter(|check| check["check"] == wanted)
            .map(|check| check["answer"].as_str().unwrap())
            .collect()
    };
    assert_eq!(
        (answers("signature").len(), answers("tvs-records").len(), answers("itl-of-nodes").len()),
        (2, 6, 1)
    );
    // TVS was regenerated, and TFTP was not restarted.
    Cluster::new("before", 2).collect(&folder, "stale", "");
    let text = told(&folder, "check stale --at 2026-11-03", 1);
    assert!(text.contains("DIFFERS   tvs-records"), "{text}");
    // ccm2 has a list of before, ccm1 one of after.
    Cluster::new("after-both", 2).collect(&folder, "half", "");
    assert!(told(&folder, "check half --at 2026-11-03", 1).contains("DIFFERS   itl-of-nodes"));
    // A certificate that has ended is a note: phones take no notice.
    let text = told(&folder, "check before --at 2040-01-01", 0);
    assert!(text.contains("note      expiry") && text.contains("ended"), "{text}");
    // Half of it is missing.
    let node = node("before");
    told(
        &folder,
        &format!("collect --tftp ccm1={} --tvs ccm1={} --out part", node.address, nobody()),
        3,
    );
    assert!(told(&folder, "check part --at 2026-11-03", 3).contains("UNKNOWN   tvs-records"));
}

/// A CTL that does not know the signer of the ITL.
#[test]
fn a_ctl_and_an_itl_of_two_generations_do_not_agree() {
    let folder = folder("ctl");
    std::fs::create_dir(folder.join("saved")).unwrap();
    std::fs::write(folder.join("saved/CTLFile.tlv"), testdata("mixed/before/CTLFile.tlv")).unwrap();
    std::fs::write(
        folder.join("saved/ccm1-ITL.tlv"),
        testdata("cluster/after-callmanager/ITLFile.tlv"),
    )
    .unwrap();
    told(&folder, "collect --from-folder saved --out snapshot", 0);
    let text = told(&folder, "check snapshot --at 2026-11-03", 1);
    assert!(text.contains("DIFFERS   signer-in-ctl"), "{text}");
}

#[test]
fn a_snapshot_from_elsewhere_is_held_to_what_it_says() {
    let folder = folder("foreign");
    Cluster::new("before", 1).collect(&folder, "before", "");
    let path = folder.join("before/snapshot.json");
    let good = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, good.replace("ccm1/ITLFile.tlv", "../x.tlv")).unwrap();
    assert!(told(&folder, "check before", 2).contains("a path that leads out of the folder"));
    std::fs::write(&path, good.replace("trustlist.snapshot/1", "trustlist.snapshot/9")).unwrap();
    assert!(told(&folder, "check before", 2).contains("expected the schema trustlist.snapshot/1"));
    std::fs::write(&path, "{}").unwrap();
    assert!(told(&folder, "check before", 2).contains("missing field"));
    std::fs::write(&path, &good).unwrap();
    std::fs::write(
        folder.join("before/ccm1/ITLFile.tlv"),
        testdata("cluster/after-both/ITLFile.tlv"),
    )
    .unwrap();
    assert!(told(&folder, "check before", 2).contains("other bytes than were collected"));
    assert!(told(&folder, "check .", 2).contains("no snapshot.json in it"));
}
