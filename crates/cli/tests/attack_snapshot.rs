//! Snapshots from elsewhere, and snapshots in which something is missing, twice or broken: they name
//! no files outside of their folder, and what they do not say is never answered with YES.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod process;

use process::{command, testdata};
use serde_json::Value;
use std::path::PathBuf;
use trustlist::wire::TrustList;

#[test]
fn a_snapshot_stays_in_its_folder() {
    let inside = |path: &str| {
        let file = serde_json::json!({
            "name": "ITLFile.tlv", "outcome": "found", "at": "2026-11-30T00:00:00Z",
            "file": { "path": path, "size": 1, "sha256": "00" },
        });
        let document = serde_json::json!({
            "schema": "trustlist.snapshot/1", "made_by": "", "begun": "", "ended": "",
            "tls_minimum": null, "tftp": [{ "node": "a", "address": null, "files": [file] }],
            "tvs": [], "pastes": [], "errors": [],
        });
        let read = trustlist_cli::fuzzing::snapshot(document.to_string().as_bytes());
        if let Some((paths, written)) = &read {
            assert_eq!(paths, &[path]);
            assert_eq!(trustlist_cli::fuzzing::snapshot(written), read);
        }
        read.is_some()
    };
    assert!(inside("a/b") && inside("ITLFile.tlv"));
    for path in ["../a", "/a", "a/../../b", "", "a\0b", ".", "a/./b", "C:\\a", "a\\..\\b", "a//b"] {
        assert!(!inside(path), "{path:?}");
    }
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(testdata(name)).unwrap()
}

fn honest() -> Vec<u8> {
    file("cluster/before/ITLFile.tlv")
}

/// The folder of one test; commands run there.
struct Site(PathBuf);

impl Site {
    fn new(test: &str) -> Self {
        Self(process::folder("attack_snapshot", test))
    }

    /// Runs a command line and returns what it says, on one line.
    #[track_caller]
    fn ends(&self, line: &str, status: i32) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let output = command(&words).current_dir(&self.0).output().unwrap();
        let text =
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{line}\n{text}");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn says(&self, line: &str, status: i32, wanted: &str) {
        let text = self.ends(line, status);
        assert!(text.contains(wanted), "{line}: {wanted}\n{text}");
    }

    /// Makes a snapshot of files, by the paths from which `collect` takes them.
    #[track_caller]
    fn collect(&self, name: &str, files: &[(&str, &[u8])], status: i32) -> String {
        let folder = self.0.join(format!("{name}-files"));
        for (path, bytes) in files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        self.ends(&format!("collect --from-folder {name}-files --out {name}"), status)
    }

    /// Changes the document of a snapshot.
    fn edit(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let path = self.0.join(name).join("snapshot.json");
        let mut document = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        change(&mut document);
        std::fs::write(path, document.to_string()).unwrap();
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }
}

/// The first records of a list under its old signature: nothing inside says that the rest is lost.
fn cut(bytes: &[u8], records: usize) -> Vec<u8> {
    let list = TrustList::parse(bytes).unwrap();
    let last = list.records().nth(records - 1).unwrap().unwrap();
    bytes[..last.range().end].to_vec()
}

const ONE: &str = "device,model,tftp_server,cm_group\nSEP001122334455,8851,ccm1,ccm1\n";

#[test]
fn a_list_whose_signature_is_broken_is_on_no_phone() {
    let site = Site::new("broken");
    let honest = honest();
    let forged = file("bad/forged-signer.tlv");
    for (name, bytes) in [
        ("flipped", file("bad/flipped-record.tlv")),
        ("two", cut(&honest, 2)),
        ("three", cut(&honest, 3)),
    ] {
        std::fs::write(site.0.join(format!("{name}.tlv")), &bytes).unwrap();
        for offered in ["cluster/before/ITLFile.tlv", "bad/forged-signer.tlv"] {
            let offered = process::path(offered);
            let line =
                format!("predict --installed-itl {name}.tlv --offered-itl {offered} --model 8851");
            site.says(&line, 3, &format!("the signature of {name}.tlv is broken"));
            let document: Value =
                serde_json::from_str(&site.ends(&format!("{line} --json"), 3)).unwrap();
            assert_eq!(document["itl"]["outcome"], "depends", "{name}");
            let fleet = format!("fleet one.csv --offered-itl {offered}");
            site.write("one.csv", ONE);
            site.says(&format!("{fleet} --installed-itl {name}.tlv"), 3, "it is damaged or forged");
            site.write("itl.csv", &format!("device,model,itl\nSEP1,8851,{name}.tlv\n"));
            site.says(
                &format!("fleet itl.csv --offered-itl {offered}"),
                3,
                "nothing is known of the lists on 1 phone: ",
            );
        }
        let told = site.collect(name, &[("ccm1/ITLFile.tlv", &bytes)], 3);
        assert!(
            told.contains("ccm1: ITLFile.tlv: the signature is not made by its signer"),
            "{told}"
        );
        let after = format!("{name}-after");
        site.collect(&after, &[("ccm1/ITLFile.tlv", &forged)], 0);
        site.says(&format!("check {name} {after} --model 8851"), 3, "it is damaged or forged");
        site.write("itl.csv", &format!("device,model,itl,ctl\nSEP1,8851,{name}.tlv,\n"));
        site.says(
            &format!("check {name} {after} --inventory itl.csv"),
            3,
            "it is damaged or forged",
        );
        site.says(
            &format!(
                "fleet one.csv --before {name} --offered-itl {name}-after-files/ccm1/ITLFile.tlv"
            ),
            3,
            "it is damaged or forged",
        );
        site.says(&format!("check {name}"), 1, "DIFFERS signature");
    }
}

#[test]
fn a_list_that_was_not_found_or_empty_does_not_make_a_new_phone() {
    let site = Site::new("not-found");
    let (honest, forged) = (honest(), file("bad/forged-signer.tlv"));
    site.collect("after", &[("ccm1/ITLFile.tlv", &forged)], 0);
    site.write("one.csv", ONE);
    for outcome in ["not-found", "empty", "failed"] {
        site.collect(outcome, &[("ccm1/ITLFile.tlv", &honest)], 0);
        site.edit(outcome, |document| {
            let file = &mut document["tftp"][0]["files"][0];
            file["outcome"] = outcome.into();
            file["file"] = Value::Null;
        });
        site.says(&format!("check {outcome} after --model 8851"), 3, "a missing fact");
        site.says(
            &format!("fleet one.csv --before {outcome} --offered-itl after-files/ccm1/ITLFile.tlv"),
            3,
            "nothing is known of the lists on 1 phone: TFTP node ccm1",
        );
        // The agreement of one snapshot is not known either.
        site.says(&format!("check {outcome}"), 3, "UNKNOWN collected ccm1: ITLFile.tlv");
    }
}

#[test]
fn what_after_could_not_read_is_not_missing_on_the_server() {
    let site = Site::new("errors");
    let honest = honest();
    let ctl = file("mixed/before/CTLFile.tlv");
    let before: [(&str, &[u8]); 2] = [("ccm1/ITLFile.tlv", &honest), ("ccm1/CTLFile.tlv", &ctl)];
    site.collect("before", &before, 0);
    let broken = file("bad/third-record-length.tlv");
    site.collect("after", &[("ccm1/ITLFile.tlv", &broken), ("ccm1/CTLFile.tlv", &ctl)], 3);
    site.says("check before after --model 8851", 3, "ITLFile.tlv was not given");
    // The list of an ATA is that of one device, and does not take the place of the list for all.
    let forged = file("bad/forged-signer.tlv");
    let both: [(&str, &[u8]); 3] = [
        ("ccm1/ITLATA001122334455.tlv", &honest),
        ("ccm1/ITLFile.tlv", &forged),
        ("ccm1/CTLFile.tlv", &ctl),
    ];
    site.collect("ata", &both, 0);
    site.says("check before ata --model 8851", 1, "impersonated");
    // Errors alone leave the answer undecided, and are named.
    site.collect("told", &before, 0);
    site.edit("told", |document| document["errors"] = serde_json::json!(["x: not used: odd"]));
    site.says("check before told --model 8851", 3, "x: not used: odd");
}

#[test]
fn the_list_of_one_phone_counts_before_that_of_all() {
    let site = Site::new("own");
    let (honest, forged) = (honest(), file("bad/forged-signer.tlv"));
    site.collect("before", &[("ccm1/ITLFile.tlv", &honest)], 0);
    let own: [(&str, &[u8]); 2] =
        [("ccm1/ITLFile.tlv", &honest), ("ccm1/ITLSEP001122334455.tlv", &forged)];
    site.collect("after", &own, 0);
    site.write("one.csv", ONE);
    site.says("check before after --inventory one.csv", 1, "impersonated");
    site.says("check after", 1, "is it from this cluster?");
}

#[test]
fn what_a_snapshot_has_twice_is_undecided() {
    let site = Site::new("twice");
    let (honest, forged) = (honest(), file("bad/forged-signer.tlv"));
    site.collect("before", &[("ccm1/ITLFile.tlv", &honest)], 0);
    let both: [(&str, &[u8]); 2] = [("ccm1/ITLFile.tlv", &honest), ("ccm9/ITLFile.tlv", &forged)];
    site.collect("node", &both, 3);
    site.edit("node", |document| document["tftp"][1]["node"] = "CCM1".into());
    site.says("check before node --model 8851", 3, "the node ccm1 is in snapshot.json twice");
    site.collect("file", &both, 3);
    site.edit("file", |document| {
        let second = document["tftp"][1]["files"][0].take();
        document["tftp"][0]["files"].as_array_mut().unwrap().push(second);
        document["tftp"].as_array_mut().unwrap().pop();
    });
    site.says("check before file --model 8851", 3, "it is in snapshot.json twice for ccm1");
    site.says("check file", 3, "twice");
}

#[test]
fn nodes_of_before_that_share_a_host_name_are_not_judged_silently() {
    let site = Site::new("hosts");
    let (honest, forged) = (honest(), file("bad/forged-signer.tlv"));
    let three: [(&str, &[u8]); 3] = [
        ("ccm1.a.example/ITLFile.tlv", &honest),
        ("ccm1.b.example/ITLFile.tlv", &honest),
        ("ccm2/ITLFile.tlv", &honest),
    ];
    site.collect("before", &three, 3);
    site.edit("before", |document| document["tftp"][2]["node"] = "ccm1".into());
    site.collect("after", &[("ccm1/ITLFile.tlv", &forged)], 0);
    let text = site.ends("check before after --model 8851", 1);
    assert!(text.contains("ccm1.a.example") && text.contains("ccm1.b.example"), "{text}");
    // Two nodes that one name may be of are not judged with its lists.
    site.collect("one", &[("ccm1/ITLFile.tlv", &honest)], 0);
    site.collect("two", &three[..2], 3);
    site.says("check one two --model 8851", 3, "TFTP node ccm1.a.example");
}

#[test]
fn a_ctl_has_to_name_the_node() {
    let site = Site::new("named");
    let (itl, ctl) = (honest(), file("mixed/before/CTLFile.tlv"));
    let config = file("cluster/before/SEP001122334455.cnf.xml.sgn");
    let of = |node: &str| -> Vec<(String, Vec<u8>)> {
        [("ITLFile.tlv", &itl), ("CTLFile.tlv", &ctl), ("SEP001122334455.cnf.xml.sgn", &config)]
            .map(|(name, bytes)| (format!("{node}/{name}"), bytes.clone()))
            .into()
    };
    for (node, status) in [("ccm1", 0), ("ccm9", 3)] {
        for name in ["before", "after"] {
            let name = format!("{node}-{name}");
            let files = of(node);
            let files: Vec<(&str, &[u8])> =
                files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
            site.collect(&name, &files, status);
        }
        site.write("one.csv", &ONE.replace(",ccm1,", &format!(",{node},")));
        let line = format!("check {node}-before {node}-after --as-given --inventory one.csv");
        let text = site.ends(&line, status);
        assert_eq!(text.contains("tftp-address-not-in-ctl"), status == 3, "{text}");
    }
}

#[test]
fn an_inventory_with_the_itl_alone_leaves_the_ctl_of_before() {
    let site = Site::new("each");
    let ctl = file("mixed/before/CTLFile.tlv");
    let before: [(&str, &[u8]); 2] = [("ccm1/ITLFile.tlv", &honest()), ("ccm1/CTLFile.tlv", &ctl)];
    site.collect("before", &before, 0);
    let new = file("cluster/after-callmanager/ITLFile.tlv");
    site.collect("after", &[("ccm1/ITLFile.tlv", &new), ("ccm1/CTLFile.tlv", &ctl)], 0);
    let same = process::path("cluster/before/ITLFile.tlv");
    site.write("none.csv", "device,model,tftp_server\nSEP1,8851,ccm1\n");
    site.write("itl.csv", &format!("device,model,tftp_server,itl\nSEP1,8851,ccm1,{same}\n"));
    let code = |inventory: &str| {
        let line = format!("check before after --inventory {inventory} --json");
        let words: Vec<&str> = line.split_whitespace().collect();
        let output = command(&words).current_dir(&site.0).output().unwrap();
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), document["groups"][0]["code"].clone(), document["answer"].clone())
    };
    assert_eq!(code("none.csv"), code("itl.csv"));
}

#[test]
fn the_agreement_uses_the_key_of_the_ctl() {
    let site = Site::new("keys");
    let ctl = file("mixed/before/CTLFile.tlv");
    for (name, itl, status) in
        [("honest", honest(), 0), ("forged", file("bad/forged-signer.tlv"), 1)]
    {
        let tvs = [1, 2, 3].map(|node| file(&format!("certs/ccm{node}-tvs-1.pem")));
        let files: [(&str, &[u8]); 5] = [
            ("ccm1/ITLFile.tlv", &itl),
            ("ccm1/CTLFile.tlv", &ctl),
            ("ccm1-TVS.pem", &tvs[0]),
            ("ccm2-TVS.pem", &tvs[1]),
            ("ccm3-TVS.pem", &tvs[2]),
        ];
        site.collect(name, &files, 0);
        let text = site.ends(&format!("check {name} --at 2026-11-01"), status);
        assert_eq!(text.contains("is not signed with its key"), status == 1, "{text}");
    }
}

#[test]
fn an_agreement_about_nothing_is_not_known() {
    let site = Site::new("nothing");
    site.collect("nothing", &[("ccm1/ITLFile.tlv", &honest())], 0);
    site.edit("nothing", |document| document["tftp"] = serde_json::json!([]));
    site.says("check nothing", 3, "no TFTP node");
    // The name of a list is the same in other letters.
    site.collect("lower", &[("ccm1/ITLFile.tlv", &file("bad/flipped-record.tlv"))], 3);
    site.edit("lower", |document| {
        document["tftp"][0]["files"][0]["name"] = "itlfile.tlv".into();
    });
    site.says("check lower", 1, "DIFFERS signature");
}

#[test]
fn lists_of_one_node_are_not_those_of_another() {
    let site = Site::new("other-node");
    site.collect("before", &[("ccm1/ITLFile.tlv", &honest())], 0);
    let offered = process::path("cluster/before/ITLFile.tlv");
    site.write("one.csv", ONE);
    site.ends(&format!("fleet one.csv --before before --offered-itl {offered}"), 0);
    site.write("other.csv", &ONE.replace(",ccm1,", ",ccm2,"));
    site.says(
        &format!("fleet other.csv --before before --offered-itl {offered}"),
        3,
        "nothing is known of the lists on 1 phone: before has no TFTP node of that name",
    );
    // A phone that names no node loads from the only one.
    site.write("none.csv", "device,model\nSEP001122334455,8851\n");
    site.ends(&format!("fleet none.csv --before before --offered-itl {offered}"), 0);
}

#[test]
fn a_paste_that_lost_something_is_told_when_it_is_collected() {
    let site = Site::new("paste");
    let shown = site.0.join("show.txt");
    let list = process::path("cluster/before/ITLFile.tlv");
    let output = command(&["show", "--cucm", &list]).output().unwrap();
    let whole = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{whole}");
    std::fs::write(&shown, &whole).unwrap();
    site.ends("collect --paste ccm1=show.txt --out whole", 0);
    // A line of a record is lost.
    let lost: Vec<&str> = whole.lines().collect();
    let at = lost.iter().rposition(|line| line.contains("SUBJECTNAME")).unwrap();
    let lost: Vec<&str> = lost[..at].iter().chain(&lost[at + 1..]).copied().collect();
    std::fs::write(&shown, lost.join("\n")).unwrap();
    site.says("collect --paste ccm1=show.txt --out lost", 3, "ccm1: ITLFile.tlv: ");
    // No server has the list any more.
    let new = file("cluster/after-callmanager/ITLFile.tlv");
    site.collect("after", &[("ccm1/ITLFile.tlv", &new)], 0);
    site.says("check lost after --model 8851", 3, "the lists on its phones are a missing fact");
}

#[test]
fn dates_of_tvs_certificates_and_repeated_devices_are_told() {
    let site = Site::new("dates");
    let tvs = file("certs/ccm1-tvs-1.pem");
    site.collect("before", &[("ccm1/ITLFile.tlv", &honest()), ("ccm1/TVS.pem", &tvs)], 0);
    site.collect("after", &[("ccm1/ITLFile.tlv", &honest()), ("ccm1/TVS.pem", &tvs)], 0);
    site.write("twice.csv", &format!("{ONE}SEP001122334455,8851,ccm1,ccm1\n"));
    site.says(
        "check before after --as-given --inventory twice.csv",
        0,
        "1 row repeats a device of an earlier row",
    );
}
