//! What was collected from the wrong place or at the wrong time, and options that say something else:
//! each contradiction is told, and no answer is a YES because of it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod process;

use process::{command, testdata};
use serde_json::Value;
use std::path::PathBuf;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(testdata(name)).unwrap()
}

/// The folder of one test; commands run there.
struct Site(PathBuf);

impl Site {
    fn new(test: &str) -> Self {
        Self(process::folder("attack_collect", test))
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
    fn says(&self, line: &str, status: i32, wanted: &str) -> String {
        let text = self.ends(line, status);
        assert!(text.contains(wanted), "{line}: {wanted}\n{text}");
        text
    }

    /// Makes a snapshot of files of `testdata/`, by the paths from which `collect` takes them.
    #[track_caller]
    fn collect(&self, name: &str, files: &[(&str, &str)], status: i32) -> String {
        let folder = self.0.join(format!("{name}-files"));
        for (path, from) in files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, file(from)).unwrap();
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

const BEFORE: &str = "cluster/before/ITLFile.tlv";
const AFTER: &str = "cluster/after-callmanager/ITLFile.tlv";
const CCM2: &str = "cluster/from-ccm2/ITLFile.tlv";
const PHONE: &str = "SEP001122334455.cnf.xml.sgn";

/// The TVS certificates that the lists name.
const TVS: [(&str, &str); 3] = [
    ("ccm1-TVS.pem", "certs/ccm1-tvs-1.pem"),
    ("ccm2-TVS.pem", "certs/ccm2-tvs-1.pem"),
    ("ccm3-TVS.pem", "certs/ccm3-tvs-1.pem"),
];

fn with_tvs<'f>(files: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    [files, &TVS].concat()
}

#[test]
fn the_last_output_of_a_paste_counts() {
    let site = Site::new("tls");
    let print = |version: &str| {
        format!("admin:show tls min-version\nConfigured TLS minimum version: {version}\n")
    };
    site.write("itl.txt", &site.shown(BEFORE));
    let set = "admin:set tls min-version 1.2\nThe minimum TLS version was set.\n";
    site.write("tls.txt", &(print("1.0") + set + &print("1.2")));
    let text = site.says(
        "collect --paste ccm1=itl.txt --paste ccm1=tls.txt --out one",
        0,
        "several outputs of `show tls min-version` (1.0, 1.2): the last one counts, 1.2",
    );
    assert!(text.contains("minimum TLS version 1.2"), "{text}");
    // Nothing says which of two pastes is later.
    site.write("old.txt", &print("1.0"));
    site.says(
        "collect --paste ccm1=itl.txt --paste ccm1=tls.txt --paste ccm2=old.txt --out two",
        3,
        "`show tls min-version`: 1.2 in one paste and 1.0 in another, 1.0 is taken",
    );
}

impl Site {
    /// A list as CUCM prints it.
    fn shown(&self, list: &str) -> String {
        let output = command(&["show", "--cucm", &process::path(list)]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

#[test]
fn files_of_another_node_are_noticed() {
    let site = Site::new("mixed-up");
    let swapped = "by the name inside it: were two files mixed up?";
    let text =
        site.collect("swapped", &[("ccm1/ITLFile.tlv", CCM2), ("ccm2/ITLFile.tlv", BEFORE)], 3);
    for wrong in [
        "ccm1: ITLFile.tlv: the list of TFTP node ccm2",
        "ccm2: ITLFile.tlv: the list of TFTP node ccm1",
    ] {
        assert!(text.contains(&format!("{wrong}, {swapped}")), "{text}");
    }
    site.write("ccm2.txt", &site.shown(CCM2));
    site.says(
        "collect --paste ccm1=ccm2.txt --out paste",
        3,
        "the list of TFTP node ccm2, by the name",
    );
    site.ends("collect --paste ccm2.txt --out right", 0);
    let itl = ("ccm1/ITLFile.tlv", BEFORE);
    let text = site.collect("tvs", &[itl, ("ccm1-TVS.pem", "certs/ccm2-tvs-1.pem")], 3);
    assert!(text.contains("ccm1: TVS: the certificate of ccm2.voice.example"), "{text}");
    let text = site.collect("role", &[itl, ("ccm1-TVS.pem", "certs/ccm1-callmanager-1.pem")], 3);
    assert!(text.contains("in the role CCM+TFTP, and not as that of TVS"), "{text}");
    site.collect("good", &with_tvs(&[itl, ("ccm2/ITLFile.tlv", CCM2)]), 0);
}

#[test]
fn what_cannot_be_read_as_a_file_says_what_can() {
    let site = Site::new("hints");
    site.collect("before", &[("ccm1/ITLFile.tlv", BEFORE)], 0);
    for command in ["show", "verify", "lint"] {
        site.says(
            &format!("{command} before"),
            2,
            "its lists are files, such as before/ccm1/ITLFile.tlv",
        );
    }
    site.says("diff before before/ccm1/ITLFile.tlv", 2, "such as before/ccm1/ITLFile.tlv");
    site.write("none.txt", &String::from_utf8(file("prints/20-ctl-no-file.txt")).unwrap());
    site.says(
        "collect --paste ccm2=none.txt --out nothing",
        2,
        "nothing was collected, nothing is written: ccm2 has no CTLFile.tlv",
    );
}

/// A phone whose configuration is refused is not lost because an inventory lacks it.
#[test]
fn phones_whose_files_were_collected_are_judged_beside_an_inventory() {
    let site = Site::new("configurations");
    let of = |folder: &'static str| format!("cluster/{folder}/{PHONE}");
    let own = format!("ccm1/{PHONE}");
    for (name, folder) in [("before", "before"), ("after", "after-callmanager")] {
        site.collect(name, &with_tvs(&[("ccm1/ITLFile.tlv", BEFORE), (&own, &of(folder))]), 0);
    }
    site.ends("check before after --as-given --model 8851 --tvs none", 1);
    site.write("other.csv", "device,model,tftp_server,cm_group\nSEP999999999999,8851,ccm1,ccm1\n");
    let line = "check before after --as-given --tvs none --inventory other.csv";
    let text = site.says(line, 3, "1 phone not in the inventory is judged too");
    assert!(text.contains("Assumed: no configuration is checked for 1 phone"), "{text}");
    // With its model it is refused.
    site.says(&format!("{line} --model 8851"), 1, "SEP001122334455: CONFIG signer-unknown");
    // No list names who signed it.
    site.says(
        "check after --at 2026-11-03",
        1,
        "the signer of the configuration of SEP001122334455",
    );
    site.ends("check before --at 2026-11-03", 0);
}

/// The column *ITL File Status* of CUCM 14.
#[test]
fn the_status_of_the_itl_is_read() {
    let site = Site::new("status");
    site.collect("before", &with_tvs(&[("ccm1/ITLFile.tlv", BEFORE)]), 0);
    site.collect("after", &with_tvs(&[("ccm1/ITLFile.tlv", AFTER)]), 0);
    let rows = |status: &str| {
        let row = |device: &str| format!("{device},8851,ccm1,ccm1,{status}\n");
        site.write(
            "phones.csv",
            &("Device Name,Device Type,tftp_server,cm_group,ITL File Status\n".to_owned()
                + &row("SEP000000000001")
                + &row("SEP000000000002")),
        );
    };
    let known = process::path(AFTER);
    let check = format!("check before after --inventory phones.csv --tvs-knows {known}");
    let fleet = format!(
        "fleet phones.csv --before before --offered-itl {known} --tvs ccm1={} --tvs-knows {known}",
        process::path("certs/ccm1-tvs-1.pem")
    );
    for status in ["Match", "Unknown", ""] {
        rows(status);
        site.ends(&check, 0);
        site.ends(&fleet, 0);
    }
    rows("Mismatch");
    site.says(
        &check,
        3,
        "ITL File Status is Mismatch: the lists on its phones are a missing fact (2 phones)",
    );
    site.says(&fleet, 3, "nothing is known of the lists on 2 phones: ITL File Status is Mismatch");
    // Without a list a phone takes any.
    rows("Not Installed");
    site.ends("check before after --inventory phones.csv --tvs none", 0);
    site.ends(&fleet, 0);
}

/// The words that `plan init --phones` asks for: one inventory serves all commands.
#[test]
fn the_words_of_plan_init_about_lists_are_read() {
    let site = Site::new("words");
    site.collect("before", &with_tvs(&[("ccm1/ITLFile.tlv", BEFORE)]), 0);
    site.collect("after", &with_tvs(&[("ccm1/ITLFile.tlv", AFTER)]), 0);
    let rows = |itl: &str, ctl: &str| {
        let row = format!("SEP000000000001,8851,ccm1,ccm1,{itl},{ctl}\n");
        site.write(
            "phones.csv",
            &("device,model,tftp_server,cm_group,itl,ctl\n".to_owned() + &row),
        );
    };
    let known = process::path(AFTER);
    let check = format!("check before after --inventory phones.csv --tvs-knows {known}");
    let fleet = format!(
        "fleet phones.csv --before before --offered-itl {known} --tvs ccm1={} --tvs-knows {known}",
        process::path("certs/ccm1-tvs-1.pem")
    );
    for (itl, ctl) in [("current", "current"), ("Current", "none"), ("current", "")] {
        rows(itl, ctl);
        site.ends(&check, 0);
        site.ends(&fleet, 0);
    }
    for (itl, ctl, why) in
        [("foreign", "", "the column itl says foreign"), ("", "stale", "the column ctl says stale")]
    {
        rows(itl, ctl);
        site.says(&check, 3, why);
        site.says(&fleet, 3, &format!("nothing is known of the lists on 1 phone: {why}"));
    }
    // Without a list a phone takes any; with neither list nothing is known of it, as everywhere in `fleet`.
    rows("none", "none");
    site.ends("check before after --inventory phones.csv --tvs none", 0);
    site.says(&fleet, 3, "--factory-fresh not given");
    rows("none", "");
    site.ends(&fleet, 0);
    // A word of the other column, and a file of this name, are no words.
    rows("stale", "");
    site.says(&fleet, 2, "stale");
    std::fs::write(site.0.join("foreign"), file(BEFORE)).unwrap();
    rows("foreign", "");
    site.ends(&check, 0);
}

#[test]
fn an_option_that_contradicts_the_snapshot_is_told() {
    let site = Site::new("options");
    site.collect("before", &with_tvs(&[("ccm1/ITLFile.tlv", BEFORE)]), 0);
    site.collect("after", &with_tvs(&[("ccm1/ITLFile.tlv", AFTER)]), 0);
    site.edit("after", |document| document["tls_minimum"] = "1.3".into());
    let known = process::path(AFTER);
    let line = format!("check before after --model 7975 --tvs-knows {known}");
    let told = "Assumed: --tls-minimum 1.0 counts; after says 1.3";
    let text = site.says(&format!("{line} --tls-minimum 1.0"), 3, told);
    assert!(text.starts_with("UNDECIDED: an option contradicts after"), "{text}");
    site.says(&format!("{line} --tls-minimum 1.0 --as-given"), 0, told);
    assert!(!site.ends(&format!("{line} --tls-minimum 1.3"), 1).contains("counts;"));
    // A server that did not answer, and one with another certificate.
    site.edit("after", |document| {
        document["tls_minimum"] = Value::Null;
        for server in document["tvs"].as_array_mut().unwrap() {
            server["outcome"] = "down".into();
            server["certificate"] = Value::Null;
        }
    });
    let one = format!("--cm-group ccm1 --tvs ccm1={}", process::path("certs/ccm1-tvs-1.pem"));
    site.says(
        &format!("{line} --tls-minimum 1.0 {one}"),
        3,
        "counts; it did not answer when after was collected",
    );
    site.ends(&format!("{line} --tls-minimum 1.0 {one} --as-given"), 0);
    site.collect(
        "other",
        &[("ccm1/ITLFile.tlv", AFTER), ("ccm1-TVS.pem", "certs/ccm1-tvs-2.pem")],
        0,
    );
    let line = format!("check before other --model 8851 --tvs-knows {known} {one}");
    site.says(
        &line,
        3,
        "counts; it presented ccm1.voice.example (serial 41f242b9c0f6076b5a6fb8761a2d29cc)",
    );
    // What makes phones refuse more is told alone.
    let line = "check before before-again --as-given --model 8851 --tvs none";
    site.collect("before-again", &with_tvs(&[("ccm1/ITLFile.tlv", BEFORE)]), 0);
    site.says(line, 0, "Assumed: --tvs none counts; TVS servers answered");
    site.edit("before", |document| document["tls_minimum"] = "9.9".into());
    site.says("check before after", 2, "expected a TLS version 1.0, 1.1, 1.2 or 1.3, found 9.9");
}

/// CallManager was regenerated on both nodes, and TFTP of one was not restarted.
#[test]
fn a_node_that_serves_the_old_list_is_told() {
    let site = Site::new("stale");
    let files = |one| with_tvs(&[("ccm1/ITLFile.tlv", one), ("ccm2/ITLFile.tlv", CCM2)]);
    site.collect("before", &files(BEFORE), 0);
    site.collect("after", &files(AFTER), 0);
    let line = format!("check before after --model 8851 --tvs-knows {}", process::path(AFTER));
    let stale = "Assumed: no certificate in the list of TFTP node ccm2 was regenerated: it still serves the list of \
        before, while that of ccm1 changed. If one was, restart Cisco Tftp there and collect again";
    site.says(&line, 0, &stale.split_whitespace().collect::<Vec<_>>().join(" "));
    // A paste of the same list is the same list.
    site.write("ccm2.txt", &site.shown(CCM2));
    site.write("ccm1.txt", &site.shown(AFTER));
    site.ends("collect --paste ccm2.txt --paste ccm1.txt --out pasted", 0);
    site.says(
        &line.replace(" after", " pasted"),
        3,
        "no certificate in the list of TFTP node ccm2",
    );
}

#[test]
fn an_unreadable_row_is_no_yes() {
    let site = Site::new("rows");
    site.collect("before", &with_tvs(&[("ccm1/ITLFile.tlv", BEFORE)]), 0);
    site.collect("after", &with_tvs(&[("ccm1/ITLFile.tlv", BEFORE)]), 0);
    site.write("phones.csv", "device,model,tftp_server,cm_group\nSEP1,8851,ccm1,ccm1\nSEP2,8851\n");
    let line = "check before after --as-given --inventory phones.csv";
    let text = site.says(line, 2, "1 row is unreadable");
    assert!(text.starts_with("UNDECIDED: "), "{text}");
    let text = site.ends(&format!("{line} --json"), 2);
    assert!(text.contains("\"answer\": \"depends\""), "{text}");
}

/// A name, the collected files, the exit status, and words of the answer.
type Case = (&'static str, Vec<(&'static str, &'static str)>, i32, &'static str);

/// Nodes that agree each with itself, and not with each other.
#[test]
fn the_nodes_of_a_snapshot_are_compared() {
    let site = Site::new("agreement");
    let (one, two) = (("ccm1/ITLFile.tlv", BEFORE), ("ccm2/ITLFile.tlv", CCM2));
    let ctl = "recovery/before/CTLFile.tlv";
    let cases: [Case; 7] = [
        ("good", with_tvs(&[one, two]), 0, "YES"),
        ("no-tvs", vec![one, two], 3, "TVS of ccm1, ccm2, ccm3 was not collected"),
        ("one-tvs", [&[one, two], &TVS[..2]].concat(), 3, "TVS of ccm3 was not collected"),
        (
            "one-ctl",
            with_tvs(&[one, two, ("ccm1/CTLFile.tlv", "mixed/before/CTLFile.tlv")]),
            3,
            "no CTL of ccm2 was given, although ccm1 has one",
        ),
        (
            "signers",
            with_tvs(&[("ccm1/ITLFile.tlv", "recovery/before/ITLFile.tlv"), two]),
            1,
            "signed by ITLRecovery, that of ccm2 by its CallManager certificate",
        ),
        (
            "reduced",
            with_tvs(&[one, ("ccm1/CTLFile.tlv", "mixed/left/CTLFile.tlv")]),
            3,
            "the CTL names no CallManager and no TFTP server",
        ),
        (
            "recovery",
            with_tvs(&[
                ("ccm1/ITLFile.tlv", "recovery/before/ITLFile.tlv"),
                ("ccm1/CTLFile.tlv", ctl),
            ]),
            0,
            "YES",
        ),
    ];
    for (name, files, status, told) in cases {
        site.collect(name, &files, 0);
        site.says(&format!("check {name} --at 2026-11-03"), status, told);
    }
    // Two nodes with the list of one, and of two times.
    for (name, other, status, told) in [
        ("same", BEFORE, 3, "is that of TFTP node ccm1, by the name inside it"),
        ("times", AFTER, 1, "restart Cisco Tftp on ccm1"),
    ] {
        site.collect(name, &with_tvs(&[one, ("ccm2/ITLFile.tlv", other)]), 3);
        site.edit(name, |document| {
            document["errors"] = serde_json::json!([]);
            document["tftp"][1]["files"][0]["error"] = Value::Null;
        });
        site.says(&format!("check {name} --at 2026-11-03"), status, told);
    }
    site.edit("good", |document| {
        document["tvs"][0]["server"] = "ccm2".into();
        document["tvs"][1]["server"] = "ccm1".into();
    });
    site.says(
        "check good --at 2026-11-03",
        1,
        "ccm1: it presents the certificate of ccm2.voice.example",
    );
    site.edit("good", |document| {
        document["tvs"][0]["server"] = "ccm1".into();
        document["tvs"][1]["server"] = "ccm2".into();
        document["tftp"][1]["node"] = "ccm1.voice.example".into();
        document["tftp"][1]["files"] = document["tftp"][0]["files"].clone();
    });
    site.says(
        "check good --at 2026-11-03",
        3,
        "the TFTP nodes ccm1 and ccm1.voice.example are one host by their names",
    );
    site.edit("one-ctl", |document| {
        let at = document["tftp"][1]["files"][0]["at"].clone();
        let missing =
            serde_json::json!({ "name": "CTLFile.tlv", "outcome": "not-found", "at": at });
        document["tftp"][1]["files"].as_array_mut().unwrap().push(missing);
    });
    site.says("check one-ctl --at 2026-11-03", 1, "ccm2 has no CTL, although ccm1 has one");
}

/// Names with a separator in them are not those of other files.
#[test]
fn a_file_of_one_node_is_not_that_of_another() {
    let site = Site::new("keys");
    site.collect("odd", &[("ccm1/ITLFile.tlv", BEFORE)], 0);
    site.edit("odd", |document| {
        let mut other = document["tftp"][0].clone();
        other["node"] = "x".into();
        let mut file = other["files"][0].clone();
        file["name"] = "y/ITLFile.tlv".into();
        other["files"].as_array_mut().unwrap().push(file);
        document["tftp"][0]["node"] = "x/y".into();
        document["tftp"].as_array_mut().unwrap().push(other);
    });
    let text = site.ends("check odd --at 2026-11-03", 3);
    assert!(!text.contains("ITLFile.tlv was not collected"), "{text}");
}

impl Site {
    /// Makes a list of ITLRecovery with `build`, by the roles, servers and certificates of its records.
    #[track_caller]
    fn build(&self, out: &str, records: &[(&str, &str, &str)]) {
        let certificate = |name: &str| process::path(&format!("certs/{name}.pem"));
        let is_ctl = out.ends_with("CTLFile.tlv");
        let records = records.iter().map(|(role, server, name)| {
            let form = if is_ctl || *role == "SAST" { "certificate" } else { "hash" };
            serde_json::json!({
                "role": role, "server": server, "certificate": certificate(name), "form": form,
            })
        });
        let spec = serde_json::json!({
            "schema": "trustlist.build/1",
            "signer": certificate("itlrecovery-1"),
            "file_name": if is_ctl { "CTLFile.tlv" } else { "ITLFile.tlv" },
            "timestamp": "2026-11-02T07:30:00Z",
            "records": records.collect::<Vec<_>>(),
        });
        self.write("spec.json", &spec.to_string());
        let out = self.0.join(out);
        std::fs::create_dir_all(out.parent().unwrap()).unwrap();
        let key = process::path("keys/rsa2048-14.pem");
        self.ends(&format!("build spec.json --key {key} -o {}", out.display()), 0);
    }

    /// Makes a snapshot of ccm1 and ccm2, as 12.5 has them, with these certificates of CAPF.
    #[track_caller]
    fn of_capf(&self, name: &str, capf: [&str; 2], ctl: Option<&[(&str, &str, &str)]>) {
        for (node, capf) in ["ccm1", "ccm2"].into_iter().zip(capf) {
            let manager = format!("{node}-callmanager-1");
            let records = [
                ("SAST", node, &*manager),
                ("SAST", "ccm1", "itlrecovery-1"),
                ("CCM+TFTP", node, &manager),
                ("TVS", "ccm1", "ccm1-tvs-1"),
                ("TVS", "ccm2", "ccm2-tvs-1"),
                ("CAPF", "ccm1", capf),
            ];
            self.build(&format!("{name}-files/{node}/ITLFile.tlv"), &records);
            if let Some(ctl) = ctl {
                let ctl = [&[("SAST", "ccm1", "itlrecovery-1")], ctl].concat();
                self.build(&format!("{name}-files/{node}/CTLFile.tlv"), &ctl);
            }
        }
        self.collect(name, &TVS[..2], 0);
    }
}

/// A certificate of CAPF has another subject after each regeneration (here it is one of another role).
const OTHER_CAPF: &str = "ccm3-tvs-2";

/// C-60, P-CAPF-1, P-BOOT-5: ITLs that name two certificates of CAPF, and a CTL that names an old one, or
/// lacks a TFTP node.
#[test]
fn lists_that_name_another_capf_or_lack_a_node_do_not_agree() {
    let site = Site::new("capf");
    let managers = [
        ("CCM+TFTP", "ccm1", "ccm1-callmanager-1"),
        ("CCM+TFTP", "ccm2", "ccm2-callmanager-1"),
        ("CAPF", "ccm1", "capf-1"),
    ];
    let check =
        |name: &str, status: i32| site.ends(&format!("check {name} --at 2026-11-03"), status);
    site.of_capf("good", ["capf-1"; 2], None);
    site.of_capf("good-ctl", ["capf-1"; 2], Some(&managers));
    let text = check("good-ctl", 0);
    assert!(text.contains("the CTL and the ITL name the same CallManager certificates"), "{text}");
    check("good", 0);
    site.of_capf("two", [OTHER_CAPF, "capf-1"], None);
    let text = check("two", 1);
    assert!(text.contains("restart Cisco Tftp on"), "{text}");
    site.of_capf("old-ctl", [OTHER_CAPF; 2], Some(&managers));
    let text = check("old-ctl", 1);
    assert!(
        text.contains("the CTL still names ") && !text.contains("the same CallManager"),
        "{text}"
    );
    site.of_capf("lacks", ["capf-1"; 2], Some(&[managers[0], managers[2]]));
    let text = check("lacks", 1);
    assert!(text.contains("phones of ccm2 say \"TFTP authorization failure\""), "{text}");
    assert_eq!(text.matches("the same CallManager certificates").count(), 1, "{text}");
    // A node whose certificate has another subject since a CA signs it is named, with an old certificate.
    let of_ca = ("CCM+TFTP", "ccm2.voice.example", "ccm3-tvs-1");
    site.of_capf("of-ca", ["capf-1"; 2], Some(&[managers[0], of_ca, managers[2]]));
    let text = check("of-ca", 1);
    assert!(
        text.contains("ccm2: the CTL still names ") && !text.contains("authorization"),
        "{text}"
    );

    // The gate: ccm2 serves the list of before, which names a certificate that ccm1 names no more.
    let gate = "--model 8851 --cm-group ccm1,ccm2";
    let text = site.ends(&format!("check good two {gate}"), 3);
    assert!(text.starts_with("UNDECIDED: "), "{text}");
    assert!(text.contains("TFTP node ccm2 still serves the list of good, which names "), "{text}");
    assert!(!text.contains("Assumed: no certificate in the list of TFTP node ccm2"), "{text}");
    let text = site.ends(&format!("check good old-ctl {gate}"), 3);
    assert!(!text.contains("still serves the list of good"), "{text}");
}

/// A phone that the inventory calls unregistered may hold the lists of an earlier round (P-11, B-8).
#[test]
fn a_phone_that_is_away_is_no_yes() {
    let site = Site::new("away");
    site.collect("before", &with_tvs(&[("ccm1/ITLFile.tlv", BEFORE)]), 0);
    site.collect("after", &with_tvs(&[("ccm1/ITLFile.tlv", AFTER)]), 0);
    let (known, held) = (process::path(AFTER), process::path(BEFORE));
    let inventory = |status: &str, itl: &str| {
        format!(
            "Device Name,Device Type,Status,ctl,itl,tftp_server\nSEP1,Cisco 8851,Registered with ccm1,,,ccm1\n\
             SEP2,Cisco 8851,{status},{itl},ccm1\n"
        )
    };
    let check = format!("check before after --inventory phones.csv --tvs-knows {known}");
    let fleet = format!("fleet phones.csv --offered-itl {held} --tvs-knows {known}");
    let before = format!("{fleet} --before before");
    for status in ["Registered", "registered with ccm2", "", "Unknown"] {
        site.write("phones.csv", &inventory(status, ","));
        site.ends(&check, 0);
        site.ends(&before, 0);
    }
    for status in ["Unregistered", "UnRegistered", "None", "Rejected"] {
        site.write("phones.csv", &inventory(status, ","));
        site.says(&check, 3, "1 phone not registered, by the inventory: older lists");
        site.says(&before, 3, "nothing is known of the lists on 1 phone: not registered");
        // An option that says what phones have is told.
        site.says(
            &format!("{fleet} --installed-itl {held}"),
            0,
            "Assumed: 1 phone not registered, by the inventory, has the list of --installed-itl",
        );
    }
    // Its row names its list.
    let ctl = site.0.join("no-ctl.txt");
    site.write("no-ctl.txt", "Length of CTL file: 0\nCTL File not found.\n");
    site.write("phones.csv", &inventory("Unregistered", &format!("{},{held}", ctl.display())));
    site.ends(&check, 0);
    site.ends(&before, 0);
}
