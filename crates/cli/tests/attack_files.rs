//! Files and processes as an attacker would choose them, through the real binary: colliding
//! checksums, pipes and devices in the place of files, rights of outputs, one file under two names,
//! signals at any moment.

#![cfg(unix)]

mod process;

use process::{command, path};
use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

const BEFORE: &str = "cluster/before/ITLFile.tlv";
const AFTER: &str = "cluster/after-callmanager/ITLFile.tlv";
const KEY: &str = "keys/rsa2048-01.pem";

/// Makes an empty folder for one test.
fn folder(test: &str) -> PathBuf {
    process::folder("attack", test)
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("no signal ends the process")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits
        .chunks_exact(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Two blocks with one MD5 (X. Wang and others, 2004), and the offset of each difference.
const MD5_BLOCKS: &str = "
    d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f8955ad340609f4b30283e488832571415a
    085125e8f7cdc99fd91dbdf280373c5bd8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0
    e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70";
const MD5_DIFFERENCE: [usize; 6] = [19, 45, 59, 83, 109, 123];
const MD5_OF_BOTH: &str = "79054025255fb1a26e4bc422aef54eb4";

/// The start of two files with one SHA-1 (M. Stevens and others, 2017): what both begin with, and
/// how each goes on.
const SHA1_PREFIX: &str = "
    255044462d312e330a25e2e3cfd30a0a0a312030206f626a0a3c3c2f57696474682032203020522f4865696768742033
    203020522f547970652034203020522f537562747970652035203020522f46696c7465722036203020522f436f6c6f72
    53706163652037203020522f4c656e6774682038203020522f42697473506572436f6d706f6e656e7420383e3e0a7374
    7265616d0affd8fffe00245348412d3120697320646561642121212121852fec092339759c39b1a1c63c4c97e1fffe01";
const SHA1_BLOCKS: [&str; 2] = [
    "7f46dc93a6b67e013b029aaa1db2560b45ca67d688c7f84b8c4c791fe02b3df614f86db1690901c56b45c1530afedfb7
     6038e972722fe7ad728f0e4904e046c230570fe9d41398abe12ef5bc942be33542a4802d98b5d70f2a332ec37fac3514
     e74ddc0f2cc1a874cd0c78305a21566461309789606bd0bf3f98cda8044629a1",
    "7346dc9166b67e118f029ab621b2560ff9ca67cca8c7f85ba84c79030c2b3de218f86db3a90901d5df45c14f26fedfb3
     dc38e96ac22fe7bd728f0e45bce046d23c570feb141398bb552ef5a0a82be331fea48037b8b5d71f0e332edf93ac3500
     eb4ddc0decc1a864790c782c76215660dd309791d06bd0af3f98cda4bc4629b1",
];
const SHA1_OF_BOTH: &str = "f92d74e3874587aaf443d1db961d4e26dde13e9c";

fn md5_pair() -> [Vec<u8>; 2] {
    let one = bytes_of(MD5_BLOCKS);
    let mut other = one.clone();
    MD5_DIFFERENCE.iter().for_each(|&at| other[at] ^= 0x80);
    [one, other]
}

fn sha1_pair() -> [Vec<u8>; 2] {
    SHA1_BLOCKS.map(|block| [bytes_of(SHA1_PREFIX), bytes_of(block)].concat())
}

/// A folder of known lists: an honest one, and two files.
fn known(folder: &Path, pair: &[Vec<u8>; 2]) -> String {
    let known = folder.join("known");
    std::fs::create_dir_all(&known).unwrap();
    std::fs::copy(path(BEFORE), known.join("ITLFile.tlv")).unwrap();
    std::fs::write(known.join("one"), &pair[0]).unwrap();
    std::fs::write(known.join("other"), &pair[1]).unwrap();
    known.display().to_string()
}

/// Two files with one MD5 or SHA-1: the first that is found is not silently the one that the phone
/// has.
#[test]
fn colliding_checksums_are_told() {
    for (name, pair, checksum) in
        [("md5", md5_pair(), MD5_OF_BOTH), ("sha1", sha1_pair(), SHA1_OF_BOTH)]
    {
        let folder = folder(name);
        assert_ne!(pair[0], pair[1]);
        let known_folder = known(&folder, &pair);
        let ask = |checksum: &str| {
            run(&[
                "predict",
                "--installed-itl",
                checksum,
                "--known",
                &known_folder,
                "--offered-itl",
                &path(AFTER),
                "--model",
                "8851",
                "--tvs",
                "none",
            ])
        };
        let output = ask(checksum);
        assert_eq!(status(&output), 2, "{}", told(&output));
        let said = told(&output);
        assert!(said.contains("this checksum and different bytes"), "{said}");
        assert!(said.contains("known/one and ") && said.contains("known/other"), "{said}");

        let inventory = folder.join("phones.csv");
        std::fs::write(&inventory, format!("device,model,itl\nSEP1,8851,{checksum}\n")).unwrap();
        let inventory = inventory.display().to_string();
        let fleet = ["fleet", &inventory, "--known", &known_folder, "--offered-itl", &path(AFTER)];
        let output = run(&[&fleet[..], &["--tvs", "none"]].concat());
        assert_eq!(status(&output), 2, "{}", told(&output));
        assert!(told(&output).contains("different bytes"), "{}", told(&output));

        // One of them alone is found, as no list: the checksums are right.
        std::fs::remove_file(folder.join("known/other")).unwrap();
        let said = told(&ask(checksum));
        assert!(said.contains("expected a trust list"), "{said}");
        // The same bytes under two names are no collision.
        let twice = folder.join("known/twice.tlv");
        std::fs::copy(path(BEFORE), &twice).unwrap();
        symlink("twice.tlv", folder.join("known/linked.tlv")).unwrap();
        let output = ask("c1fc551921d7b98ba4aae4295ecf69e7");
        assert_eq!(status(&output), 1, "{}", told(&output));
    }
}

#[test]
fn a_program_is_told_of_colliding_checksums_too() {
    for (pair, checksum) in [(md5_pair(), MD5_OF_BOTH), (sha1_pair(), SHA1_OF_BOTH)] {
        let mut question = trustlist::Question::new();
        question.known_list(pair[0].clone()).known_list(pair[0].clone());
        let error = question.installed_itl(checksum).unwrap_err();
        assert!(matches!(error.kind(), trustlist::question::GivenError::Parse(_)), "{error}");
        question.known_list(pair[1].clone());
        let error = question.installed_itl(checksum).unwrap_err();
        assert_eq!(error.kind(), &trustlist::question::GivenError::AmbiguousChecksum);
    }
}

/// A file that is called like the checksum of the list on the phone is not that list.
#[test]
fn a_file_with_the_name_of_a_checksum_is_not_taken_for_the_list() {
    let folder = folder("name");
    let md5 = "c1fc551921d7b98ba4aae4295ecf69e7";
    let ask = |installed: &str| {
        let mut predict = command(&["predict", "--installed-itl", installed, "--offered-itl"]);
        let predict = predict.args([&path(AFTER), "--model", "8851", "--tvs", "none"]);
        predict.current_dir(&folder).output().unwrap()
    };
    let inventory = folder.join("phones.csv");
    std::fs::write(&inventory, format!("device,model,itl\nSEP1,8851,{md5}\n")).unwrap();
    let fleet = || {
        let inventory = inventory.display().to_string();
        run(&["fleet", &inventory, "--offered-itl", &path(AFTER), "--tvs", "none"])
    };
    std::fs::copy(path(AFTER), folder.join(md5)).unwrap();
    for output in [ask(md5), fleet()] {
        assert_eq!(status(&output), 2, "{}", told(&output));
        assert!(told(&output).contains("has another checksum"), "{}", told(&output));
    }
    // As the name of a file it is said with its folder; and the list itself may have its checksum
    // for a name.
    assert_eq!(status(&ask(&format!("./{md5}"))), 0);
    std::fs::copy(path(BEFORE), folder.join(md5)).unwrap();
    for output in [ask(md5), fleet()] {
        assert_eq!(status(&output), 1, "{}", told(&output));
    }
}

/// A paste that shows the checksum of one list and the content of another is nothing to judge by.
#[test]
fn a_paste_with_the_checksum_of_another_list_is_refused() {
    let folder = folder("paste");
    let (before, after) = (path(BEFORE), path("cluster/after-both/ITLFile.tlv"));
    let print = |list: &str| told(&run(&["show", "--cucm", list]));
    let checksums = |print: &str| -> Vec<String> {
        let lines =
            print.lines().filter(|line| line.ends_with("(MD5)") || line.ends_with("(SHA1)"));
        lines.map(str::to_owned).collect()
    };
    let (honest, other) = (print(&before), print(&after));
    let mut forged = other.clone();
    for (old, new) in checksums(&other).iter().zip(checksums(&honest)) {
        forged = forged.replace(old, &new);
    }
    assert_ne!(forged, other);
    let file = folder.join("paste.txt");
    let ask = |paste: &str| {
        std::fs::write(&file, paste).unwrap();
        run(&[
            "predict",
            "--installed-itl",
            &before,
            "--offered-itl",
            file.to_str().unwrap(),
            "--model",
            "8851",
            "--tvs",
            "none",
        ])
    };
    let output = ask(&honest);
    assert_eq!(status(&output), 0, "{}", told(&output));
    let output = ask(&forged);
    assert_eq!(status(&output), 2, "{}", told(&output));
    assert!(told(&output).contains("checksum of another list"), "{}", told(&output));
}

/// The checksum lines of one list over the content of another: the text between was lost. Two
/// pastes with one checksum are the same list only if their contents agree too (P-SAME-1).
#[test]
fn pastes_with_one_checksum_and_two_contents_are_no_same_list() {
    let folder = folder("mixed-pastes");
    let print = |list: &str| String::from_utf8(run(&["show", "--cucm", list]).stdout).unwrap();
    let checksums = |print: &str| -> Vec<String> {
        let lines =
            print.lines().filter(|line| line.ends_with("(MD5)") || line.ends_with("(SHA1)"));
        lines.map(str::to_owned).collect()
    };
    let (before, after) = (path(BEFORE), path(AFTER));
    let (old, new) = (print(&before), print(&after));
    let mixed = checksums(&new)
        .iter()
        .zip(checksums(&old))
        .fold(new.clone(), |text, (new, old)| text.replace(new, &old));
    let file = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    // One record of another certificate, with the signer and the size of the list.
    let (serial, of_tvs) = ("41:08:5E:9E", "41:08:5E:9F");
    assert!(old.contains(serial));
    let record = old.replace(serial, of_tvs);
    let (old, mixed, record) =
        (file("old.txt", &old), file("mixed.txt", &mixed), file("record.txt", &record));
    let ask = |held: &str, offered: &str| {
        let tvs = ["--model", "8851", "--tvs", "none"];
        run(&[&["predict", "--installed-itl", held, "--offered-itl", offered], &tvs[..]].concat())
    };
    for (held, offered) in [
        (&old, &mixed),
        (&mixed, &old),
        (&mixed, &before),
        (&old, &record),
        (&before, &record),
        (&record, &before),
    ] {
        let output = ask(held, offered);
        assert_eq!(status(&output), 2, "{held} {offered}: {}", told(&output));
        assert!(told(&output).contains("whose checksum and content are of one list"));
    }
    for (held, offered) in [(&old, &old), (&old, &before), (&before, &old)] {
        assert_eq!(status(&ask(held, offered)), 0, "{held} {offered}");
    }
    let output = run(&["diff", &old, &mixed]);
    assert_eq!(status(&output), 2, "{}", told(&output));
}

/// Runs a command that must end by itself, with a pipe without a writer among its files.
fn ends(arguments: &[&str]) -> Output {
    let mut timed = Command::new("timeout");
    timed.args(["-s", "KILL", "60", env!("CARGO_BIN_EXE_trustlist")]).args(arguments);
    let output = timed.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.code().is_some_and(|code| code <= 3), "{arguments:?}: {}", told(&output));
    output
}

/// A pipe or a device that an inventory, a folder or a snapshot names would keep the process
/// waiting without end.
#[test]
fn pipes_and_devices_that_were_not_typed_are_not_opened() {
    let folder = folder("pipes");
    let name = |name: &str| folder.join(name).display().to_string();
    pipe(&folder.join("pipe"));
    symlink("pipe", folder.join("link")).unwrap();
    symlink("/dev/zero", folder.join("zero")).unwrap();
    let rows = "SEP1,8851,pipe\nSEP2,8851,link\nSEP3,8851,zero\nSEP4,8851,/dev/tty\n";
    std::fs::write(name("phones.csv"), format!("device,model,itl\n{rows}")).unwrap();
    let output = ends(&["fleet", &name("phones.csv"), "--offered-itl", &path(AFTER)]);
    assert_eq!(status(&output), 2);
    for row in ["line 2: ", "line 3: ", "line 4: ", "line 5: "] {
        let told = told(&output);
        let line = told.lines().find(|line| line.contains(row)).unwrap_or_default();
        assert!(line.ends_with(": a pipe or a device, expected a file"), "{told}");
    }

    // Folders whose files are read.
    let given = folder.join("given");
    std::fs::create_dir_all(given.join("ccm1")).unwrap();
    std::fs::copy(path(BEFORE), given.join("ccm1/ITLFile.tlv")).unwrap();
    pipe(&given.join("ccm1/CTLFile.tlv"));
    symlink("/dev/zero", given.join("ccm1/SEP001122334455.cnf.xml.sgn")).unwrap();
    let snapshot = name("snapshot");
    let output = ends(&["collect", "--from-folder", given.to_str().unwrap(), "--out", &snapshot]);
    assert!(told(&output).contains("CTLFile.tlv: a pipe or a device"), "{}", told(&output));
    ends(&["expiry", given.join("ccm1").to_str().unwrap()]);
    let md5 = "c1fc551921d7b98ba4aae4295ecf69e7";
    let known = given.display().to_string();
    ends(&["predict", "--installed-itl", md5, "--known", &known, "--offered-itl", &path(AFTER)]);

    // A snapshot one of whose files was replaced.
    let list = folder.join("snapshot/ccm1/ITLFile.tlv");
    assert!(list.is_file(), "{}", told(&output));
    std::fs::remove_file(&list).unwrap();
    pipe(&list);
    for arguments in [vec!["check", &snapshot], vec!["expiry", &snapshot]] {
        let output = ends(&arguments);
        assert!(told(&output).contains("a pipe or a device"), "{}", told(&output));
    }

    // Logs, and configurations of phones.
    let logs = folder.join("logs");
    std::fs::create_dir_all(&logs).unwrap();
    pipe(&logs.join("syslog"));
    std::fs::write(logs.join("other"), "Jul  6 03:12:05 n cron 6 CROND[1]: (root) CMD (x)\n")
        .unwrap();
    let nodes = r#"{"nodes":[{"name":"n"}],"clusterwide_delete":true,"collected_until":"2026-07-06T04:30:00"}"#;
    std::fs::write(name("nodes.json"), nodes).unwrap();
    let logs = format!("n={}", logs.display());
    let nodes = name("nodes.json");
    let audit =
        ["deletion", "audit", &nodes, "--unit", "tomcat-trust", "--name", "a.pem", "--logs"];
    ends(&[&audit[..], &[&logs]].concat());
}

/// Commands that write a file, without its name, which comes last.
fn writers(folder: &Path) -> Vec<Vec<String>> {
    let payload = folder.join("payload.xml");
    std::fs::write(&payload, "<device/>".repeat(2_000)).unwrap();
    let payload = payload.display().to_string();
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let certificate = path("certs/ccm1-callmanager-1.pem");
    vec![
        words(&[
            "sign",
            &payload,
            "--key",
            &path(KEY),
            "--certificate",
            &certificate,
            "--timestamp",
            "1",
            "-o",
        ]),
        words(&["build", &path("build/itl.json"), "--key", &path(KEY), "-o"]),
        words(&["simulate", &path("cases/simulate/callmanager-and-tvs.json"), "--html"]),
    ]
}

fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

/// A command under this umask.
fn masked(umask: &str, arguments: &[&str]) -> Output {
    let mut shell = Command::new("sh");
    shell.args(["-c", "umask \"$0\" && exec \"$@\"", umask, env!("CARGO_BIN_EXE_trustlist")]);
    shell.args(arguments).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn outputs_follow_the_umask_and_never_widen_what_they_replace() {
    let folder = folder("modes");
    for words in writers(&folder) {
        for (umask, expected) in [("022", 0o644), ("077", 0o600), ("027", 0o640)] {
            let target = folder.join("target");
            let words = [&borrowed(&words)[..], &[target.to_str().unwrap()]].concat();
            assert!(status(&masked(umask, &words)) <= 1, "{words:?}");
            let mode = || std::fs::metadata(&target).unwrap().permissions().mode() & 0o7777;
            assert_eq!(mode(), expected, "{words:?}");
            for old in [0o600, 0o640, 0o400, 0o666] {
                std::fs::set_permissions(&target, Permissions::from_mode(old)).unwrap();
                assert!(status(&masked("000", &words)) <= 1, "{words:?}");
                assert_eq!(mode(), old, "{words:?}");
            }
            // A set-user-ID program must not keep its rights with other bytes.
            std::fs::set_permissions(&target, Permissions::from_mode(0o4755)).unwrap();
            assert!(status(&masked("000", &words)) <= 1, "{words:?}");
            assert_eq!(mode(), 0o755, "{words:?}");
            // Only root can give a file away; the group and owner then stay those of the old file.
            if std::os::unix::fs::chown(&target, Some(1), Some(1)).is_ok() {
                assert!(status(&masked("000", &words)) <= 1, "{words:?}");
                let found = std::fs::metadata(&target).unwrap();
                assert_eq!((found.uid(), found.gid(), mode()), (1, 1, 0o755), "{words:?}");
            }
            std::fs::remove_file(&target).unwrap();
        }
    }
}

/// An input under another name is still an input: by a link, a hard link, a way round.
#[test]
fn an_output_that_is_an_input_under_another_name_is_refused() {
    let folder = folder("same");
    for mut words in writers(&folder) {
        // `build` writes its certificates beside the list.
        if words[0] == "build" {
            continue;
        }
        let input = folder.join("input");
        std::fs::copy(&words[1], &input).unwrap();
        words[1] = input.display().to_string();
        let was = std::fs::read(&input).unwrap();
        let (link, hard) = (folder.join("link"), folder.join("hard"));
        symlink("input", &link).unwrap();
        std::fs::hard_link(&input, &hard).unwrap();
        let round = folder.join("..").join("same").join("input");
        for name in [&input, &link, &hard, &round] {
            let output = run(&[&borrowed(&words)[..], &[name.to_str().unwrap()]].concat());
            assert_eq!(status(&output), 2, "{words:?} {}", name.display());
            assert!(told(&output).contains("is an input"), "{}", told(&output));
            assert_eq!(std::fs::read(&input).unwrap(), was);
        }
        for name in [link, hard, input] {
            std::fs::remove_file(name).unwrap();
        }
    }
}

/// Standard input comes from a file too.
#[test]
fn an_output_that_is_the_file_of_standard_input_is_refused() {
    let folder = folder("piped");
    let scenario = folder.join("s.json");
    std::fs::copy(path("cases/simulate/callmanager-and-tvs.json"), &scenario).unwrap();
    let name = scenario.to_str().unwrap();
    let certificate = path("certs/ccm1-callmanager-1.pem");
    for words in [
        &["simulate", "-", "--html", name][..],
        &[
            "sign",
            "-",
            "--key",
            &path(KEY),
            "--certificate",
            &certificate,
            "--name",
            "x",
            "-o",
            name,
        ],
    ] {
        let was = std::fs::read(&scenario).unwrap();
        let piped = std::fs::File::open(&scenario).unwrap();
        let output = command(words).stdin(piped).output().unwrap();
        assert_eq!(status(&output), 2, "{words:?}: {}", told(&output));
        assert!(told(&output).contains("is an input"), "{}", told(&output));
        assert_eq!(std::fs::read(&scenario).unwrap(), was);
        // Another file is written.
        let other = folder.join("other");
        let mut words = words.to_vec();
        *words.last_mut().unwrap() = other.to_str().unwrap();
        let piped = std::fs::File::open(&scenario).unwrap();
        let output = command(&words).stdin(piped).output().unwrap();
        assert!(status(&output) != 2 && other.exists(), "{}", told(&output));
        std::fs::remove_file(other).unwrap();
    }
}

/// A link to a file that does not exist yet is that file.
#[test]
fn an_output_behind_a_link_is_no_second_output() {
    let folder = folder("behind");
    let (html, svg) = (folder.join("a.html"), folder.join("b.svg"));
    symlink("link", &svg).unwrap();
    symlink("a.html", folder.join("link")).unwrap();
    let scenario = path("cases/simulate/callmanager-and-tvs.json");
    let (page, picture) = (html.to_str().unwrap(), svg.to_str().unwrap());
    let output = run(&["simulate", &scenario, "--html", page, "--svg", picture]);
    assert_eq!(status(&output), 2, "{}", told(&output));
    assert!(!html.exists(), "nothing is written");
}

/// A specification names certificates, which are inputs too; and two outputs are two files.
#[test]
fn an_output_takes_no_place_of_a_named_certificate_or_another_output() {
    let folder = folder("named-inputs");
    for entry in std::fs::read_dir(path("build")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
    }
    let text = std::fs::read_to_string(folder.join("itl.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let named = document["records"][0]["certificate"].as_str().unwrap().to_owned();
    let certificate = folder.join("one.pem");
    std::fs::copy(Path::new(&path("build")).join(&named), &certificate).unwrap();
    let text = text.replace(&format!("\"{named}\""), "\"one.pem\"");
    let absolute = path("certs");
    let text = text.replace("\"../certs", &format!("\"{absolute}"));
    std::fs::write(folder.join("itl.json"), text).unwrap();
    let before = std::fs::read(&certificate).unwrap();
    let specification = folder.join("itl.json");
    let output = run(&[
        "build",
        specification.to_str().unwrap(),
        "--key",
        &path(KEY),
        "-o",
        certificate.to_str().unwrap(),
    ]);
    assert_eq!(status(&output), 2, "{}", told(&output));
    assert!(told(&output).contains("is an input"), "{}", told(&output));
    assert_eq!(std::fs::read(&certificate).unwrap(), before);
    let scenario = path("cases/simulate/callmanager-and-tvs.json");
    let (one, other) = (folder.join("o"), folder.join("./o"));
    let output = run(&[
        "simulate",
        &scenario,
        "--svg",
        one.to_str().unwrap(),
        "--html",
        other.to_str().unwrap(),
    ]);
    assert_eq!(status(&output), 2, "{}", told(&output));
    assert!(!one.exists());
}

/// A hard link that is no input: the other name keeps what it had.
#[test]
fn a_replaced_file_with_two_names_changes_under_one() {
    let folder = folder("hard");
    for words in writers(&folder) {
        let (target, other) = (folder.join("target"), folder.join("other"));
        std::fs::write(&target, "old").unwrap();
        std::fs::hard_link(&target, &other).unwrap();
        let output = run(&[&borrowed(&words)[..], &[target.to_str().unwrap()]].concat());
        assert!(status(&output) <= 1, "{}", told(&output));
        assert_eq!(std::fs::read_to_string(&other).unwrap(), "old");
        assert_eq!(std::fs::metadata(&other).unwrap().nlink(), 1);
        std::fs::remove_file(target).unwrap();
        std::fs::remove_file(other).unwrap();
    }
}

/// Starts a command and ends it with this signal after this number of turns of the process.
fn ended(mut child: Child, signal: &str, turns: u32) -> Output {
    for _ in 0..turns {
        std::thread::yield_now();
        if child.try_wait().unwrap().is_some() {
            break;
        }
    }
    let id = child.id().to_string();
    let _ = Command::new("kill").args(["-s", signal, &id]).stderr(Stdio::null()).status().unwrap();
    child.wait_with_output().unwrap()
}

/// Signals at a hundred moments each: the old file stays as it was or the new one is whole, and
/// nothing lies beside it.
#[test]
fn a_signal_at_any_moment_leaves_nothing_half_written() {
    let folder = folder("signals");
    let (inputs, outputs) = (folder.join("in"), folder.join("out"));
    std::fs::create_dir_all(&inputs).unwrap();
    std::fs::create_dir_all(&outputs).unwrap();
    // The longest: what it writes is always the same.
    let words = writers(&inputs).remove(0);
    let target = outputs.join("target");
    let words = [&borrowed(&words)[..], &[target.to_str().unwrap()]].concat();
    assert_eq!(status(&run(&words)), 0);
    let whole = std::fs::read(&target).unwrap();
    for signal in ["INT", "TERM", "PIPE", "HUP"] {
        let mut kept = [0_u32; 2];
        for moment in 0..100_u32 {
            std::fs::write(&target, "old").unwrap();
            ended(command(&words).spawn().unwrap(), signal, moment * moment * 4);
            let found = std::fs::read(&target).unwrap();
            assert!(found == whole || found == b"old", "{signal}: {} bytes", found.len());
            kept[usize::from(found == whole)] += 1;
            let beside: Vec<_> = std::fs::read_dir(&outputs).unwrap().collect();
            assert_eq!(beside.len(), 1, "{signal}, moment {moment}: {beside:?}");
        }
        println!("{signal}: the old file stayed {} times, the new one came {}", kept[0], kept[1]);
    }
}

/// Standard input that is named twice is empty the second time: that is no empty file on the
/// server.
#[test]
fn standard_input_is_read_once() {
    let list = || std::fs::File::open(path(BEFORE)).unwrap();
    for arguments in [
        &["predict", "--installed-itl", "-", "--offered-itl", "-", "--model", "8851"][..],
        &["predict", "--offered-itl", "-", "--offered-config", "-", "--factory-fresh"],
        &["diff", "-", "-"],
    ] {
        let output = command(arguments).stdin(list()).output().unwrap();
        assert_eq!(status(&output), 2, "{arguments:?}: {}", told(&output));
        assert!(told(&output).contains("can be read once"), "{arguments:?}: {}", told(&output));
    }
}
