//! Inputs that do not fit each other: every command that predicts says so, and none says a firm yes.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder of its own for each test, with the snapshots `before` and `after`.
struct Site(PathBuf);

/// The files of a snapshot: where each is in `testdata`, and its name in the folder.
type Saved<'a> = &'a [(&'a str, &'a str)];

const BEFORE: Saved<'_> = &[
    ("cluster/before/ITLFile.tlv", "ccm1/ITLFile.tlv"),
    ("certs/ccm1-tvs-1.pem", "ccm1-TVS.pem"),
    ("certs/ccm2-tvs-1.pem", "ccm2-TVS.pem"),
];

/// CallManager of ccm1 was regenerated; TVS confirms it.
const AFTER: Saved<'_> = &[
    ("cluster/after-callmanager/ITLFile.tlv", "ccm1/ITLFile.tlv"),
    ("certs/ccm1-tvs-1.pem", "ccm1-TVS.pem"),
    ("certs/ccm2-tvs-1.pem", "ccm2-TVS.pem"),
];

fn testdata(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata")).join(name)
}

impl Site {
    fn new(test: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("inputs").join(test);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    fn snapshot(&self, name: &str, saved: Saved<'_>) {
        for (from, to) in saved {
            let to = self.0.join(format!("saved-{name}")).join(to);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(testdata(from), to).unwrap();
        }
        let said = self.run(&format!("collect --from-folder saved-{name} --out {name}"));
        assert_eq!(said.0, 0, "{}", said.1);
    }

    /// Runs the binary in the folder; `@NAME` is a file of `testdata`. Line breaks are blanks.
    fn run(&self, line: &str) -> (i32, String) {
        let arguments = line.split_whitespace().map(|word| match word.split_once('@') {
            Some((before, name)) => format!("{before}{}", testdata(name).display()),
            None => word.to_owned(),
        });
        let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
        let output =
            command.current_dir(&self.0).args(arguments).stdin(Stdio::null()).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8(text).unwrap();
        let words: Vec<&str> = text.split_whitespace().collect();
        (output.status.code().unwrap(), words.join(" "))
    }

    #[track_caller]
    fn says(&self, line: &str, status: i32, words: &[&str]) -> String {
        let (found, text) = self.run(line);
        assert_eq!(found, status, "{line}\n{text}");
        for words in words {
            assert!(text.contains(words), "no {words:?} in: {text}");
        }
        text
    }
}

const KNOWS: &str = "--tvs-knows @cluster/after-callmanager/ITLFile.tlv";

#[test]
fn a_pool_that_no_phone_is_in_is_an_error() {
    let site = Site::new("pools");
    site.snapshot("before", BEFORE);
    site.snapshot("after", AFTER);
    let rows = "device,model,device_pool\nSEP1,8851,DP-Utrecht\nSEP2,8851,DP-Köln\n";
    site.file("phones.csv", rows);
    let check = format!("check before after --inventory phones.csv {KNOWS}");
    let fleet = format!(
        "fleet phones.csv --before before --offered-itl @cluster/after-callmanager/ITLFile.tlv {KNOWS} \
         --tvs ccm1=@certs/ccm1-tvs-1.pem --tvs ccm2=@certs/ccm2-tvs-1.pem"
    );
    for line in [&check, &fleet] {
        let wrong = format!("{line} --pool-group Utrecht=ccm2");
        let expected = "no phone of it is in this device pool. Pools: DP-Köln (1), DP-Utrecht (1). \
                        Did you mean DP-Utrecht?";
        site.says(&wrong, 2, &["--pool-group Utrecht: phones.csv: ", expected]);
        // The other pools are assumed to be in a group, and that is said.
        let right = format!("{line} --pool-group DP-Utrecht=ccm2");
        site.says(&right, 0, &["1 phone of the device pools DP-Köln may ask"]);
        let both = format!("{line} --pool-group DP-Utrecht=ccm2 --pool-group DP-Köln=ccm1/ccm2");
        assert!(!site.says(&both, 0, &[]).contains("no --pool-group for them"));
    }
    // A file may be of the whole cluster.
    site.file("pools.csv", "pool,servers\nDP-Utrecht,ccm2\nDP-Köln,ccm1\nDP-Delft,ccm1\n");
    site.says(&format!("{check} --pool-group pools.csv"), 0, &[]);
    site.file("other.csv", "DP-Breda,ccm2\nDP-Delft,ccm1\n");
    let other = format!("{check} --pool-group other.csv");
    site.says(&other, 2, &["in one of these device pools"]);
    site.file("plain.csv", "device,model\nSEP1,8851\n");
    let plain = check.replace("phones.csv", "plain.csv") + " --pool-group A=ccm1";
    site.says(&plain, 2, &["it has no column device_pool"]);
}

/// TVS of ccm2 was regenerated: a phone that asks ccm1 accepts, one that may ask ccm2 only refuses.
#[test]
fn a_group_that_is_not_known_and_decides_is_a_missing_fact() {
    let site = Site::new("groups");
    site.snapshot("before", BEFORE);
    let mixed = [AFTER[0], AFTER[1], ("certs/ccm2-tvs-2.pem", "ccm2-TVS.pem")];
    site.snapshot("after", &mixed);
    site.file("phones.csv", "device,model\nSEP1,8851\n");
    for line in ["", " --inventory phones.csv"] {
        let check = format!("check before after {KNOWS}{line}");
        site.says(
            &check,
            3,
            &[
                "UNDECIDED",
                "The CallManager group is not known",
                "TVS server ccm2 only refuses files",
            ],
        );
        site.says(&format!("{check} --cm-group ccm2"), 1, &["NO: "]);
    }
    let fleet = format!(
        "fleet phones.csv --before before --offered-itl @cluster/after-callmanager/ITLFile.tlv {KNOWS} \
         --tvs ccm1=@certs/ccm1-tvs-1.pem --tvs ccm2=@certs/ccm2-tvs-2.pem"
    );
    site.says(
        &fleet,
        3,
        &["UNDECIDED", "the CallManager group of 1 phone is not known, and decides"],
    );
    site.says(&format!("{fleet} --cm-group ccm1"), 0, &["YES"]);
    site.says(&format!("{fleet} --cm-group ccm2"), 1, &["NO"]);
}

#[test]
fn a_fleet_and_a_recovery_check_their_lists_like_a_prediction() {
    let site = Site::new("lists");
    site.snapshot("before", BEFORE);
    site.snapshot("after", AFTER);
    site.file("phones.csv", "device,model,cm_group\nSEP1,8851,ccm1\n");
    let fleet = |files: &str| format!("fleet phones.csv {files} --tvs none");
    let older = "before the one on the phone";
    let swapped = fleet("--before after --offered-itl @cluster/before/ITLFile.tlv");
    let text = site.run(&swapped).1;
    assert!(text.contains(older) && text.contains("the right ones for 1 phone"), "{text}");
    let node = fleet("--before before --offered-itl @cluster/from-ccm2/ITLFile.tlv");
    assert!(site.run(&node).1.contains("does the phone load from that node?"));
    let kind = fleet("--before before --offered-itl @mixed/before/CTLFile.tlv");
    site.says(&kind, 2, &["--offered-itl: the name inside this file says that it is a CTL"]);
    let kind = fleet(
        "--installed-itl @mixed/before/CTLFile.tlv --offered-itl @cluster/before/ITLFile.tlv",
    );
    site.says(&kind, 2, &["--installed-itl: the name inside this file says that it is a CTL"]);
    let same = fleet("--before before --offered-itl @cluster/before/ITLFile.tlv");
    site.says(&same, 0, &["YES: 1 phone already has what the servers offer"]);
    let row = format!("device,itl\nSEP1,{}\n", testdata("mixed/before/CTLFile.tlv").display());
    site.file("rows.csv", &row);
    let row = "fleet rows.csv --offered-itl @cluster/before/ITLFile.tlv --tvs none";
    site.says(row, 2, &["it is a CTL, expected an ITL"]);
    let recover = |phone: &str, offered: &str| {
        format!("plan recover --phone @{phone} --offered-itl @{offered} --tvs none --model 8851")
    };
    let swapped = recover("cluster/after-callmanager/ITLFile.tlv", "cluster/before/ITLFile.tlv");
    assert!(site.run(&swapped).1.contains(older));
    let kind = recover("cluster/before/ITLFile.tlv", "mixed/before/CTLFile.tlv");
    assert!(!site.says(&kind, 2, &["it is a CTL"]).contains("--as-given"));
}

#[test]
fn the_certificate_of_another_server_is_a_warning() {
    let site = Site::new("tvs");
    let predict = |tvs: &str| {
        format!(
            "predict --installed-itl @cluster/before/ITLFile.tlv --model 8851 --cm-group ccm1 \
             --offered-itl @cluster/after-callmanager/ITLFile.tlv {KNOWS} --tvs {tvs}"
        )
    };
    let warning = "this is the certificate of ccm2.voice.example";
    site.says(&predict("ccm1=@certs/ccm2-tvs-1.pem"), 0, &[warning]);
    for right in ["ccm1=@certs/ccm1-tvs-1.pem", "192.0.2.7=@certs/ccm2-tvs-1.pem"] {
        assert!(!site.run(&predict(right)).1.contains("this is the certificate"), "{right}");
    }
    site.file("phones.csv", "device,model,cm_group\nSEP1,8851,ccm1\n");
    site.says(
        &format!(
            "fleet phones.csv --installed-itl @cluster/before/ITLFile.tlv {KNOWS} \
             --offered-itl @cluster/after-callmanager/ITLFile.tlv --tvs ccm1=@certs/ccm2-tvs-1.pem"
        ),
        0,
        &[warning],
    );
    site.snapshot("before", BEFORE);
    site.snapshot("after", AFTER);
    let check = format!("check before after {KNOWS} --tvs ccm1=@certs/ccm2-tvs-1.pem");
    assert!(site.run(&check).1.contains(warning));
}

/// In mixed mode the CTL was forgotten, or not collected.
#[test]
fn a_ctl_of_before_the_change_is_no_yes() {
    let site = Site::new("ctl");
    let (old, new) = ("mixed/before/CTLFile.tlv", "mixed/after-callmanager/CTLFile.tlv");
    let with =
        |ctl: &'static str, saved: Saved<'static>| [saved, &[(ctl, "ccm1/CTLFile.tlv")]].concat();
    site.snapshot("before", &with(old, BEFORE));
    site.snapshot("forgotten", &with(old, AFTER));
    site.snapshot("updated", &with(new, AFTER));
    site.snapshot("lost", AFTER);
    let named = "the CTL still names ccm1.voice.example";
    site.says("check forgotten", 1, &["certificates-in-ctl", named, "utils ctl update CTLFile"]);
    // The TVS of ccm3 was not collected.
    let text = site.says("check updated", 3, &["the same CallManager certificates"]);
    assert!(!text.contains(named), "{text}");
    let (status, text) = site.run(&format!("check before forgotten {KNOWS}"));
    assert!(status != 0 && text.contains(named), "{text}");
    let lost = format!("check before lost {KNOWS}");
    site.says(&lost, 3, &["before has a CTL on ccm1, lost has none"]);
}

/// TFTP of ccm2 was not restarted: its phones do not get the new TVS certificates.
#[test]
fn lists_of_nodes_that_do_not_agree_are_no_yes() {
    let site = Site::new("stale");
    let nodes = |first: &'static str, generation: [&'static str; 2]| {
        [
            (first, "ccm1/ITLFile.tlv"),
            ("cluster/from-ccm2/ITLFile.tlv", "ccm2/ITLFile.tlv"),
            (generation[0], "ccm1-TVS.pem"),
            (generation[1], "ccm2-TVS.pem"),
        ]
    };
    let (first, second) = (
        ["certs/ccm1-tvs-1.pem", "certs/ccm2-tvs-1.pem"],
        ["certs/ccm1-tvs-2.pem", "certs/ccm2-tvs-2.pem"],
    );
    site.snapshot("before", &nodes("cluster/before/ITLFile.tlv", first));
    site.snapshot("after", &nodes("cluster/after-both/ITLFile.tlv", second));
    let told = "the ITL of ccm2 still names the old TVS certificates of ccm1.voice.example";
    let text = site.says("check after", 1, &[told, "restart Cisco Tftp on ccm2"]);
    assert!(!text.contains("on both"), "{text}");
    let (status, text) = site.run("check before after");
    assert!(status != 0 && text.contains(told), "{text}");
}

#[test]
fn a_node_that_is_not_known_is_named_with_its_phones() {
    let site = Site::new("nodes");
    site.snapshot("before", BEFORE);
    site.snapshot("after", AFTER);
    site.file("ip.csv", "device,model,tftp_server\nSEP1,8851,10.1.1.1\nSEP2,8851,10.1.1.1\n");
    let check = format!("check before after --inventory ip.csv {KNOWS}");
    let expected = "2 phones at TFTP node 10.1.1.1: no lists of it in after, so they are not judged. after \
                    has ccm1";
    site.says(&check, 3, &[&format!("UNDECIDED: {expected}"), "collect --tftp 10.1.1.1"]);
    site.file("many.csv", "device,model,TFTP Servers\nSEP1,8851,\"ccm1,ccm2\"\n");
    let many = check.replace("ip.csv", "many.csv");
    site.says(&many, 0, &["1 phone loads from the first of the TFTP servers in the row"]);
    let fleet = |more: &str| {
        format!(
            "fleet ip.csv --before two --offered-itl @cluster/after-callmanager/ITLFile.tlv {KNOWS} {more}"
        )
    };
    let second = ("cluster/from-ccm2/ITLFile.tlv", "ccm2/ITLFile.tlv");
    site.snapshot("two", &[BEFORE[0], second]);
    let unknown = "nothing is known of the lists on 2 phones: two has no TFTP node of that name";
    site.says(&fleet(""), 3, &[unknown, "(two has ccm1, ccm2)"]);
    site.file("none.csv", "device,model\n");
    site.says(&check.replace("ip.csv", "none.csv"), 2, &["none.csv: no phone in the inventory"]);
}

#[test]
fn a_checksum_with_a_missing_digit_and_a_folder_too_high() {
    let site = Site::new("typed");
    let line =
        "predict --offered-itl @cluster/before/ITLFile.tlv --installed-itl bd8fc354b95f6142a343";
    site.says(line, 2, &["20 hexadecimal digits and no file: an MD5 has 32"]);
    site.snapshot("one", BEFORE);
    std::fs::create_dir_all(site.0.join("saved")).unwrap();
    std::fs::rename(site.0.join("saved-one"), site.0.join("saved/before")).unwrap();
    let high = "collect --from-folder saved --out two";
    site.says(high, 2, &["Did you mean --from-folder saved/before?"]);
    assert!(!site.0.join("two").exists());
}

/// A device that is not in the table refuses nothing, whether it loads an ITL or not.
#[test]
fn a_fact_that_does_not_matter_is_said_to_refuse_nothing() {
    let site = Site::new("harmless");
    let tvs = "--cm-group ccm1 --tvs ccm1=@certs/ccm1-tvs-1.pem";
    let predict = format!(
        "predict --installed-itl @cluster/before/ITLFile.tlv --tls-minimum 1.0 \
         --offered-itl @cluster/after-callmanager/ITLFile.tlv --model 7937 {KNOWS} {tvs}"
    );
    let text = site.says(&predict, 3, &["Either way the phone refuses nothing."]);
    assert!(!text.contains("If the phone refuses it"), "{text}");
    assert!(text.contains("the device table does not have 7937"), "{text}");
    let refused = predict.replace("ccm1-tvs-1", "ccm1-tvs-2");
    assert!(!site.run(&refused).1.contains("refuses nothing"));
    site.snapshot("before", BEFORE);
    site.snapshot("after", AFTER);
    site.file("phones.csv", "device,model,cm_group\nSEP1,7937,ccm1\nSEP2,8851,ccm1\n");
    let check = format!("check before after --inventory phones.csv --tls-minimum 1.0 {KNOWS}");
    let expected =
        "UNDECIDED: facts are missing for 1 of 2 phones, but either way they refuse nothing.";
    site.says(&check, 3, &[expected]);
    let fleet = format!(
        "fleet phones.csv --before before --offered-itl @cluster/after-callmanager/ITLFile.tlv {KNOWS} \
         --tls-minimum 1.0 --tvs ccm1=@certs/ccm1-tvs-1.pem"
    );
    site.says(&fleet, 3, &["but either way they refuse nothing"]);
}

#[test]
fn every_missing_fact_is_named_and_a_forged_list_first() {
    let site = Site::new("facts");
    let legacy = "predict --installed-itl @cluster/before/ITLFile.tlv --model 7965 --cm-group ccm1 \
                  --offered-itl @cluster/after-callmanager/ITLFile.tlv";
    let text = site.says(legacy, 3, &["2 facts are missing"]);
    assert_eq!(text.matches("Missing: ").count(), 2, "{text}");
    let forged =
        "predict --installed-itl @cluster/before/ITLFile.tlv --offered-itl @bad/forged-signer.tlv";
    site.says(forged, 3, &["UNDECIDED, but stop: ", "The file is forged or damaged."]);
}
