//! `trustlist expiry`: every certificate once, with its end.

#[path = "../../../tests/common/mod.rs"]
mod common;

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const ITL: &str = "cluster/before/ITLFile.tlv";

fn path(name: &str) -> String {
    common::testdata(name).display().to_string()
}

fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("expiry").join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[track_caller]
fn told(line: &str, status: i32) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
    let output =
        command.arg("expiry").args(line.split_whitespace()).stdin(Stdio::null()).output().unwrap();
    let text =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{line}\n{text}");
    text
}

#[track_caller]
fn json(line: &str, status: i32) -> Value {
    let document: Value = serde_json::from_str(&told(&format!("{line} --json"), status)).unwrap();
    let schema =
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("schema/expiry-1.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert_eq!(
        validator.iter_errors(&document).map(|error| error.to_string()).collect::<Vec<_>>(),
        [""; 0]
    );
    document
}

/// The earlier of two ends counts, whichever input comes first.
#[test]
fn a_disputed_end_is_the_earlier_one() {
    let folder = folder("disputed");
    let pem = path("certs/capf-1.pem");
    let honest = json(&format!("{pem} --at 2029-02-01"), 0);
    let honest = &honest["certificates"][0];
    let paste = format!(
        "admin:show cert own CAPF\n[\n  Version: V3\n  Serial Number: {}\n  Issuer Name: {issuer}\n  \
         Validity From: Tue Mar 05 09:12:40 UTC 2024\n             To: Sun Mar 04 09:12:39 UTC 2049\n  Subject Name: {issuer}\n]\n",
        honest["serial"].as_str().unwrap(),
        issuer = honest["issuer"].as_str().unwrap(),
    );
    let file = folder.join("capf.txt");
    std::fs::write(&file, paste).unwrap();
    for inputs in [format!("{} {pem}", file.display()), format!("{pem} {}", file.display())] {
        let document = json(&format!("{inputs} --at 2029-02-01 --within 90d"), 1);
        let certificates = document["certificates"].as_array().unwrap();
        assert_eq!(certificates.len(), 1, "{document}");
        assert_eq!(certificates[0]["not_after"], honest["not_after"]);
        assert!(certificates[0]["uses"].to_string().contains("which says that it ends"));
    }
}

/// A paste that lost the serial number of a second certificate does not give its dates to the first.
#[test]
fn a_lost_serial_number_moves_no_date() {
    let folder = folder("lost-serial");
    let block = |serial: &str, name: &str, year: u32| {
        format!(
            "[\n  Version: V3\n{serial}  Issuer Name: CN={name}\n  Validity From: Tue Mar 05 09:12:40 UTC 2024\n             \
             To: Sun Mar 04 09:12:39 UTC {year}\n  Subject Name: CN={name}\n]\n"
        )
    };
    let serial = "  Serial Number: 559D3060A4F1A17142D7DE5B0590516A\n";
    let whole = block(serial, "ccm1", 2029) + &block("", "ITLRECOVERY_ccm1", 2044);
    let unbracketed = whole.replace("[\n", "").replace("]\n", "");
    for text in [whole, unbracketed] {
        let file = folder.join("lost.txt");
        std::fs::write(&file, format!("admin:show cert own CallManager\n{text}")).unwrap();
        let document = json(&format!("{} --at 2029-02-01 --within 90d", file.display()), 1);
        let told: Vec<(&str, &str)> = document["certificates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|ending| {
                (ending["subject"].as_str().unwrap(), &ending["not_after"].as_str().unwrap()[..4])
            })
            .collect();
        assert_eq!(told, [("CN=ccm1", "2029"), ("CN=ITLRECOVERY_ccm1", "2044")]);
    }
}

/// A certificate of a folder that cannot be read may be the one that ends.
#[test]
fn a_broken_certificate_in_a_folder_leaves_the_answer_open() {
    let folder = folder("broken");
    std::fs::copy(path("certs/itlrecovery-1.pem"), folder.join("one.pem")).unwrap();
    std::fs::write(folder.join("notes.txt"), "nothing here\n").unwrap();
    let line = format!("{} --at 2026-11-03 --within 90d", folder.display());
    told(&line, 0);
    assert!(told(&line, 0).starts_with("YES: none of 1 certificate ends within 90 days.\n"));
    std::fs::write(folder.join("broken.pem"), "-----BEGIN CERTIFICATE-----\nAA\n").unwrap();
    let text = told(&line, 3);
    let first =
        "UNDECIDED: no certificate is known to end within 90 days, but 1 file cannot be read.";
    assert!(text.starts_with(first) && text.contains("\nNot read\n"), "{text}");
    assert_eq!(json(&format!("{line} --quiet"), 3)["unreadable"].as_array().unwrap().len(), 1);
    let soon = line.replace("2026-11-03", "2043-12-31");
    let first = "NO: 1 of 1 certificate has ended, or will end within 90 days. Also, 1 file cannot";
    assert!(told(&soon, 1).starts_with(first));
    // A table judges nothing, unless it has no date at all.
    told(&format!("{} --at 2026-11-03", folder.display()), 0);
    let print = "admin:show cert list own\nCallManager/CallManager.pem: a\n";
    std::fs::write(folder.join("names.txt"), print).unwrap();
    let names = format!("{} --at 2026-11-03", folder.join("names.txt").display());
    assert!(told(&names, 3).starts_with("UNDECIDED: no end is known of 1 certificate.\n"));
}

/// A certificate that is not read may be the one that ends.
#[test]
fn what_cannot_be_read_is_no_yes() {
    let whole = std::fs::read_to_string(path("certs/capf-1.pem")).unwrap();
    let made = |test: &str| {
        let folder = folder(test);
        std::fs::write(folder.join("capf.pem"), &whole).unwrap();
        let line = format!("{} --at 2029-02-01 --within 1d", folder.display());
        told(&line, 0);
        (folder, line)
    };
    let open = |line: &str, why: &str| {
        assert!(told(line, 3).contains(why), "{}", told(line, 3));
        let document = json(&format!("{line} --quiet"), 3);
        assert!(document["unreadable"][0].as_str().unwrap().contains(why));
    };
    let (bundle, line) = made("bundle");
    std::fs::write(bundle.join("two.pem"), format!("{whole}{}", &whole[..whole.len() / 2]))
        .unwrap();
    open(&line, "a block has no END line");
    std::fs::write(bundle.join("two.pem"), format!("{whole}{}", &whole[40..])).unwrap();
    open(&line, "a block has no BEGIN line");
    let (store, line) = made("store");
    std::fs::write(store.join("all.p7b"), "x").unwrap();
    open(&line, "all.p7b");
    // A folder inside is told, and is no certificate that cannot be read.
    let (inside, line) = made("inside");
    std::fs::create_dir(inside.join("old")).unwrap();
    assert!(told(&line, 0).contains("old: a folder inside, which is not looked into"));
    #[cfg(unix)]
    {
        let (linked, line) = made("linked");
        std::os::unix::fs::symlink("nowhere", linked.join("soon.pem")).unwrap();
        open(&line, "soon.pem: ");
        let (piped, line) = made("piped");
        assert!(Command::new("mkfifo").arg(piped.join("soon.pem")).status().unwrap().success());
        open(&line, "a pipe or a device");
    }
}

#[test]
fn every_certificate_is_told_once() {
    let certificates =
        json(&format!("{} {} --at 2026-11-03", path(ITL), path("certs/ccm1-callmanager-1.pem")), 0);
    let certificates = certificates["certificates"].as_array().unwrap();
    let signer: Vec<&Value> = certificates
        .iter()
        .filter(|ending| ending["serial"] == "559d3060a4f1a17142d7de5b0590516a")
        .collect();
    let [signer] = signer[..] else { panic!("{certificates:#?}") };
    // Two records of the list, and the file.
    assert_eq!(signer["uses"].as_array().unwrap().len(), 3);
    assert_eq!(
        (signer["days_left"].as_i64(), signer["not_after"].as_str()),
        (Some(852), Some("2029-03-04T09:12:39Z"))
    );
    // Certificates that end first come first; those that are a hash only have no end, and come
    // last.
    let ends: Vec<Option<&str>> =
        certificates.iter().map(|ending| ending["not_after"].as_str()).collect();
    let known: Vec<&str> = ends.iter().map_while(|end| *end).collect();
    assert!(known.is_sorted() && known.len() == 2 && ends.len() == 6, "{ends:?}");
}

/// The certificate itself gives the date of a hash in a list.
#[test]
fn a_certificate_fills_in_what_a_hash_leaves_open() {
    let alone = json(&format!("{} --at 2026-11-03", path(ITL)), 0);
    let with = json(&format!("{} {} --at 2026-11-03", path(ITL), path("certs")), 0);
    let open = |document: &Value| {
        let certificates = document["certificates"].as_array().unwrap();
        certificates.iter().filter(|ending| ending["not_after"].is_null()).count()
    };
    assert_eq!((open(&alone), open(&with)), (4, 0));
    // A forged one with the same issuer and serial number is another certificate.
    let serials: Vec<&Value> =
        with["certificates"].as_array().unwrap().iter().map(|ending| &ending["serial"]).collect();
    assert_eq!(
        serials.iter().filter(|serial| ***serial == "41085e9ebdb7b3afad5e596d9c60eb3b").count(),
        2
    );
}

#[test]
fn the_exit_status_is_for_monitoring() {
    let certificate = path("certs/ccm1-callmanager-1.pem");
    told(&format!("{certificate} --at 2040-01-01"), 0);
    told(&format!("{certificate} --at 2026-11-03 --within 90d"), 0);
    // The last day that is soon, and the first that is not.
    told(&format!("{certificate} --at 2028-12-04T09:12:39Z --within 90d"), 0);
    told(&format!("{certificate} --at 2028-12-04T09:12:40Z --within 90d"), 1);
    assert!(told(&format!("{certificate} --at 2040-01-01 --within 0d"), 1).contains("ENDED"));
    told(&format!("{} --at 2026-11-03 --within 90d", path(ITL)), 3);
    told(&format!("{certificate} no-such-file --at 2026-11-03"), 2);
    told(&path("bad/error-page.tlv"), 2);
}

#[test]
fn pastes_and_stores_are_read() {
    let folder = folder("pastes");
    let issuer = "L=Utrecht, ST=Utrecht, CN=ccm1.voice.example, OU=Voice, O=Example, C=NL";
    let own = format!(
        "admin:show cert own CallManager\n[\n  Version: V3\n  Serial Number: 559D3060A4F1A17142D7DE5B0590516A\n  Issuer Name: {issuer}\n  \
         Validity From: Tue Mar 05 09:12:40 UTC 2024\n           To:   Sun Mar 04 09:12:39 UTC 2029\n  Subject Name: {issuer}\n]\n\
         admin:show cert list own\n\ntomcat/tomcat.pem: Self-signed certificate generated by system\n"
    );
    std::fs::write(folder.join("own.txt"), own).unwrap();
    let paste = folder.join("own.txt").display().to_string();
    let document = json(&format!("{paste} {} --at 2026-11-03", path(ITL)), 0);
    let certificates = document["certificates"].as_array().unwrap();
    let uses = certificates[0]["uses"].to_string();
    assert!(
        uses.contains("CallManager/CallManager.pem") && uses.contains("record 1 (SAST)"),
        "{uses}"
    );
    let named = certificates.iter().find(|ending| ending["subject"].is_null()).unwrap();
    assert!(named["uses"][0].as_str().unwrap().starts_with("tomcat/tomcat.pem"), "{named}");
    let print = Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(["show", "--cucm"])
        .arg(common::testdata(ITL))
        .output()
        .unwrap();
    std::fs::write(folder.join("itl.txt"), print.stdout).unwrap();
    let document = json(&folder.join("itl.txt").display().to_string(), 3);
    assert_eq!(document["certificates"].as_array().unwrap().len(), 6);
}

#[test]
fn a_calendar_and_a_table_for_spreadsheets() {
    let line = format!("{} --at 2026-11-03", path(ITL));
    let all = told(&format!("{line} --ics"), 0);
    // A hash has no date: what is not in the calendar is told beside it.
    let (calendar, warning) = all.split_once("END:VCALENDAR\r\n").unwrap();
    assert!(warning.starts_with("warning: 4 certificates have no date and are not in"), "{all}");
    assert!(warning.contains("CAPF-3c9a51f0"), "{warning}");
    assert_eq!(calendar.matches("TRIGGER:-P90D\r\n").count(), 2);
    let soon = told(&format!("{line} --ics --within 30d"), 3);
    assert_eq!(soon.matches("TRIGGER:-P30D\r\n").count(), 2);
    assert_eq!(
        (calendar.matches("BEGIN:VEVENT").count(), calendar.matches("END:VEVENT").count()),
        (2, 2)
    );
    assert!(
        calendar.contains("DTSTART;VALUE=DATE:20290304\r\n")
            && calendar.starts_with("BEGIN:VCALENDAR\r\n"),
        "{calendar}"
    );
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
    let csv = told(&format!("{line} --csv"), 0);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!((rows.len(), &rows[0][0], &rows[5][0]), (6, "852", "unknown"));
}
