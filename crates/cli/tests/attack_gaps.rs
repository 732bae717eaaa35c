//! Questions with a gap or a contradiction get no firm yes: pastes that say two things, missing files
//! that are the server's, a group that is not known, models of two rows, names of one host.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod process;

use process::command;
use serde_json::Value;
use std::path::PathBuf;

const OLD: &str = "--installed-itl @cluster/before/ITLFile.tlv";
const NEW: &str = "--offered-itl @cluster/after-callmanager/ITLFile.tlv";
const FORGED: &str = "--offered-itl @bad/forged-signer.tlv";

fn testdata(name: &str) -> String {
    process::testdata(name).display().to_string()
}

/// The folder of one test; commands run there, and `@` begins the name of a test file.
struct Site(PathBuf);

impl Site {
    fn new(test: &str) -> Self {
        Self(process::folder("attack_gaps", test))
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.0.join(name), text).unwrap();
        self
    }

    /// Runs a command line and returns what it says, on one line.
    #[track_caller]
    fn ends(&self, line: &str, status: i32) -> String {
        let words: Vec<String> = line
            .split_whitespace()
            .map(|word| match word.split_once('@') {
                Some((before, name)) => format!("{before}{}", testdata(name)),
                None => word.to_owned(),
            })
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = command(&words).current_dir(&self.0).output().unwrap();
        let text =
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{line}\n{text}");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn says(&self, line: &str, status: i32, words: &str) {
        let text = self.ends(line, status);
        assert!(text.contains(words), "{line}: no {words:?} in {text}");
    }
}

fn paste(name: &str) -> String {
    std::fs::read_to_string(testdata(name)).unwrap()
}

/// The verdict of a document.
#[track_caller]
fn verdict(site: &Site, line: &str, status: i32) -> String {
    let document: Value =
        serde_json::from_str(&site.ends(&format!("{line} --json"), status)).unwrap();
    document["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn a_paste_that_shows_a_list_and_says_that_there_is_none_is_no_missing_list() {
    let site = Site::new("two_things");
    let clean = paste("trial/paste/clean.txt");
    let length = clean.lines().find(|line| line.contains("Length of ITL file")).unwrap();
    site.write("zero.txt", clean.replace(length, "Length of ITL file: 0"));
    site.write("gone.txt", format!("{clean}\nITL File not found\n"));
    for name in ["zero.txt", "gone.txt"] {
        let line = format!("predict --installed-itl {name} {FORGED} --model 8851 --tvs none");
        assert_ne!(verdict(&site, &line, 3), "accept", "{name}");
        let old = "--installed-itl @recovery/before/ITLFile.tlv";
        let line = format!("predict {old} --offered-itl {name} --model 8851 --tvs none");
        site.ends(&line, 3);
    }
}

#[test]
fn a_missing_file_of_a_server_is_no_phone_without_lists() {
    let site = Site::new("missing");
    let ctl = "--installed-ctl @prints/20-ctl-no-file.txt";
    site.says(
        &format!("predict {ctl} {FORGED} --model 8851"),
        3,
        "nothing is known about the lists on the phone",
    );
    site.write("ctl.txt", "admin:show ctl\nLength of CTL file: 0\nCTL File not found\n");
    site.write("phones.csv", "device,model,ctl\nSEP001122334455,8851,ctl.txt\n");
    let line = "fleet phones.csv --offered-itl @bad/forged-signer.tlv --tvs none";
    site.says(line, 3, "UNDECIDED");
    // With the ITL the CTL is not there.
    site.ends(&format!("predict {OLD} {ctl} {NEW} --model 8851 --tvs none"), 1);
}

#[test]
fn a_list_that_the_server_could_not_verify_gives_no_firm_yes() {
    let site = Site::new("not_verified");
    let print = site.ends("show --cucm @recovery/before/ITLFile.tlv", 0);
    assert!(print.contains("verified successfully"), "{print}");
    let words = [command(&["show", "--cucm", &testdata("recovery/before/ITLFile.tlv")])];
    let [mut show] = words;
    let text = String::from_utf8(show.output().unwrap().stdout).unwrap();
    let unverified = text.replace("was verified successfully", "was not verified");
    assert_ne!(text, unverified);
    site.write("good.txt", &text).write("bad.txt", unverified);
    let asked = |name: &str| {
        format!(
            "predict --installed-itl {name} --offered-itl @recovery/after-callmanager/ITLFile.tlv --model 8851 --tvs none"
        )
    };
    site.ends(&asked("good.txt"), 0);
    site.says(&asked("bad.txt"), 3, "UNDECIDED: the paste of a list is not whole or not verified");
    assert_eq!(verdict(&site, &asked("bad.txt"), 3), "depends");
}

#[test]
fn a_group_that_is_not_known_and_decides_gives_no_firm_yes() {
    let site = Site::new("group");
    let asked = format!(
        "predict {OLD} {NEW} --model 8851 --tvs ccm1=@certs/ccm1-tvs-1.pem --tvs ccm2=down --tvs-knows @cluster/after-callmanager/ITLFile.tlv"
    );
    site.says(
        &asked,
        3,
        "UNDECIDED: the CallManager group of the phone is not known, and decides.",
    );
    assert_eq!(verdict(&site, &asked, 3), "depends");
    site.ends(&format!("{asked} --cm-group ccm1,ccm2"), 0);
    let one = format!(
        "predict {OLD} {NEW} --model 8851 --tvs ccm1=@certs/ccm1-tvs-1.pem --tvs-knows @cluster/after-callmanager/ITLFile.tlv"
    );
    site.says(&one, 0, "Assumed: the phone asks TVS server ccm1: --cm-group not given");
}

#[test]
fn a_name_of_two_models_is_the_name_of_neither() {
    let site = Site::new("models");
    let asked = |model: &str| {
        site.write(
            "phones.csv",
            format!("device,model,itl\nSEP1,{model},{}\n", testdata("cluster/before/ITLFile.tlv")),
        );
        site.ends(
            "fleet phones.csv --offered-itl @cluster/after-both/ITLFile.tlv --tvs none",
            if model == "8851" { 1 } else { 3 },
        )
    };
    assert!(asked("8851").starts_with("NO: "));
    for model in [
        "7960/8851",
        "Cisco 7940 replaced by 8851",
        "Cisco 7960 (8851 planned)",
        "Cisco 8851 CTI Port",
    ] {
        let text = asked(model);
        assert!(
            text.starts_with("UNDECIDED") && text.contains("the device table does not have"),
            "{model}: {text}"
        );
    }
}

#[test]
fn a_file_of_two_certificates_is_not_the_certificate_of_a_server() {
    let site = Site::new("certificates");
    let both = paste("certs/ccm1-tvs-1.pem") + &paste("certs/ccm1-tvs-2.pem");
    site.write("both.pem", both);
    site.says(
        &format!("predict {OLD} {NEW} --tvs ccm1=both.pem"),
        2,
        "both.pem: 2 certificates, expected one",
    );
}

#[test]
fn a_list_with_a_broken_signature_is_no_knowledge_of_tvs() {
    let site = Site::new("tvs");
    let asked = |knows: &str| {
        format!(
            "predict {OLD} {NEW} --model 8851 --cm-group ccm1 --tvs ccm1=@certs/ccm1-tvs-1.pem --tvs-knows {knows}"
        )
    };
    site.ends(&asked("@cluster/after-callmanager/ITLFile.tlv"), 0);
    let mut list = std::fs::read(testdata("cluster/after-callmanager/ITLFile.tlv")).unwrap();
    let end = list.len() - 1;
    list[end] ^= 1;
    site.write("broken.tlv", list);
    site.says(
        &asked("broken.tlv"),
        2,
        "a list whose signature is broken, so it is damaged or forged",
    );
}

#[test]
fn the_itl_of_a_server_is_found_by_its_host() {
    let site = Site::new("hosts");
    site.write(
        "phones.csv",
        format!(
            "device,model,itl,tftp_server\nSEP1,8851,{},ccm2.voice.example\n",
            testdata("recovery/before/ITLFile.tlv")
        ),
    );
    let (bad, good) =
        ("@recovery/after-recovery/ITLFile.tlv", "@recovery/after-callmanager/ITLFile.tlv");
    let asked = |one: &str| {
        format!("fleet phones.csv --offered-itl {one}={bad} --offered-itl {good} --tvs none")
    };
    site.ends(&asked("ccm2"), 1);
    site.says(
        &asked("ccm3"),
        0,
        "TFTP server ccm2.voice.example offers the ITL that --offered-itl gives without a server",
    );
}

#[test]
fn the_configuration_of_another_phone_is_none() {
    let site = Site::new("config");
    std::fs::create_dir_all(site.0.join("configs")).unwrap();
    let config = std::fs::read(testdata("cluster/before/SEP001122334455.cnf.xml.sgn")).unwrap();
    site.write("configs/SEP00AABBCCDDEE.cnf.xml.sgn", &config)
        .write("configs/SEP001122334455.cnf.xml.sgn", &config);
    let row = |device: &str| {
        format!("device,model,itl\n{device},8851,{}\n", testdata("cluster/before/ITLFile.tlv"))
    };
    let line = "fleet phones.csv --offered-itl @cluster/before/ITLFile.tlv --offered-config";
    site.write("phones.csv", row("SEP001122334455"));
    site.ends(&format!("{line} configs"), 0);
    site.write("phones.csv", row("SEP00AABBCCDDEE"));
    site.says(
        &format!("{line} configs"),
        2,
        "by the name inside it is the configuration of SEP001122334455, expected that of SEP00AABBCCDDEE",
    );
    site.says(
        &format!("{line} configs/SEP00AABBCCDDEE.cnf.xml.sgn"),
        0,
        "the configuration of every phone is signed as that of SEP001122334455",
    );
}

#[test]
fn a_row_that_names_one_list_has_the_other_of_its_node() {
    let site = Site::new("one_list");
    site.write(
        "phones.csv",
        format!("device,model,itl\nSEP1,8851,{}\n", testdata("cluster/before/ITLFile.tlv")),
    );
    let line = "fleet phones.csv --installed-ctl @mixed/before/CTLFile.tlv --offered-itl @cluster/before/ITLFile.tlv";
    let text = site.ends(&format!("{line} --offered-ctl @mixed/before/CTLFile.tlv"), 0);
    assert!(text.starts_with("YES: 1 phone already has what the servers offer"), "{text}");
}

#[test]
fn an_inventory_with_an_unreadable_row_gets_no_yes() {
    let site = Site::new("unreadable");
    site.write(
        "phones.csv",
        format!(
            "device,model,itl\nSEP1,8851,{}\nSEP2,8851\n",
            testdata("recovery/before/ITLFile.tlv")
        ),
    );
    let line = "fleet phones.csv --offered-itl @recovery/after-callmanager/ITLFile.tlv --tvs none";
    let text = site.ends(line, 2);
    assert!(
        text.starts_with("UNDECIDED: not every row can be read; 1 phone accepts the files."),
        "{text}"
    );
}
