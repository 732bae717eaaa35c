//! The front door says what the command line says, byte for byte, over every case that files can
//! express.

#[path = "../../../tests/support/materialise.rs"]
mod materialise;
#[path = "../../../tests/support/mod.rs"]
mod support;

use materialise::{Made, materialise};
use std::path::{Path, PathBuf};
use std::process::Command;
use trustlist::cert::Certificate;
use trustlist::facts::{CertificateFacts, FileId, Timestamp};
use trustlist::phone::{
    ConfigOffer, InstalledLists, JudgedFile, ListOffer, SecurityByDefault, Tvs,
};
use trustlist::question::GivenError;
use trustlist::wire::DigestAlgorithm;
use trustlist::wire::write::Layout;
use trustlist::{Outcome, Question, Verdict};
use trustlist_cluster::case::PredictCase;

#[test]
fn cases_are_answered_as_the_command_line_answers_them() {
    let folder = scratch("cases");
    let (mut asked, mut verdicts) = (0, [0; 3]);
    for (name, case) in cases() {
        let Ok(made) = materialise(&case, Layout::Cucm) else { continue };
        let Some(mut both) = Both::of(&made, &folder) else { continue };
        // The command line asks for an offered file; a program may ask without one.
        if !both.arguments.iter().any(|argument| argument.starts_with("--offered")) {
            continue;
        }
        let answer = both.question.predict();
        assert_eq!(answer.to_json(), both.command_line(), "{name}");
        assert_eq!(
            serde_json::to_value(&answer).unwrap(),
            serde_json::from_str::<serde_json::Value>(&answer.to_json()).unwrap()
        );
        let text = answer.to_string();
        assert!(!text.contains("--"), "{name}: an option of the command line in\n{text}");
        assert!(!answer.explained().contains("--"), "{name}");
        for assumption in answer.assumptions() {
            let first = assumption.sentence(trustlist::report::Wording::Plain);
            let first = first.split(' ').next().unwrap();
            assert!(
                text.contains(&format!("Assumed: {first}")),
                "{name}: {assumption} is not told in\n{text}"
            );
        }
        asked += 1;
        verdicts[answer.verdict() as usize] += 1;
    }
    assert!(asked > 60 && verdicts.iter().all(|&count| count > 5), "{asked} cases, {verdicts:?}");
}

/// One question, put to the library and as arguments.
struct Both {
    question: Question,
    arguments: Vec<String>,
    folder: PathBuf,
    files: usize,
}

impl Both {
    /// `None` for a case that says what no option says.
    fn of(made: &Made, folder: &Path) -> Option<Self> {
        let mut both = Self {
            question: Question::new(),
            arguments: Vec::new(),
            folder: folder.to_owned(),
            files: 0,
        };
        let Made { phone, offer, .. } = made;
        both.device(made);
        if phone.installed == InstalledLists::NONE {
            both.question.factory_fresh();
            both.arguments.push("--factory-fresh".into());
        }
        for (option, list) in [("--installed-itl", phone.itl()), ("--installed-ctl", phone.ctl())] {
            let Some(list) = list else { continue };
            let bytes = bytes(made, &list.file);
            both.file(option, "", &bytes);
            // A list with a broken signature is named.
            let name = both.arguments.last().cloned().unwrap_or_default();
            both.question.called(&name);
            if option == "--installed-itl" {
                both.question.installed_itl(&bytes)
            } else {
                both.question.installed_ctl(&bytes)
            }
            .unwrap();
        }
        for (option, list) in [("--offered-itl", &offer.itl), ("--offered-ctl", &offer.ctl)] {
            let bytes = match list {
                ListOffer::List(list) => bytes(made, &list.file),
                ListOffer::Empty => Vec::new(),
                _ => continue,
            };
            both.file(option, "", &bytes);
            if option == "--offered-itl" {
                both.question.offered_itl(&bytes)
            } else {
                both.question.offered_ctl(&bytes)
            }
            .unwrap();
        }
        match &offer.config {
            ConfigOffer::Config(config) => both.config(&bytes(made, &config.file)),
            ConfigOffer::Empty => both.config(&[]),
            ConfigOffer::NotServed => {
                both.question.no_config();
                both.arguments.push("--no-config".into());
            }
            _ => {}
        }
        if let Some(group) = &phone.cm_group {
            both.question.cm_group(group);
            both.option("--cm-group", group.join(","));
        }
        if let Some(server) = &offer.tftp_server {
            both.question.tftp_server(server);
            both.option("--tftp-server", server.to_string());
        }
        if let Some(version) = offer.tls_minimum {
            both.question.tls_minimum(version);
            both.option("--tls-minimum", version.to_string());
        }
        if let Some(at) = offer.at {
            both.question.at(at);
            both.option("--at", at.to_string());
        }
        for cached in &phone.tvs_cache {
            if cached.age_hours.is_some() || cached.roles.is_some() {
                return None;
            }
            let der = der(made, &cached.certificate)?;
            both.file("--tvs-cached", "", &der);
            both.question.tvs_cached(&der).unwrap();
        }
        both.tvs(made)?;
        Some(both)
    }

    fn device(&mut self, made: &Made) {
        let device = &made.phone.device;
        if let Some(model) = &device.model {
            self.question.model(model);
            self.option("--model", model.to_string());
        }
        if device.security_by_default != SecurityByDefault::Unknown {
            let word =
                if device.security_by_default == SecurityByDefault::Yes { "yes" } else { "no" };
            self.question.security_by_default(device.security_by_default);
            self.option("--security-by-default", word.into());
        }
        if let Some(digests) = device.digests {
            let named = [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha512];
            let digests: Vec<_> =
                named.into_iter().filter(|digest| digests.contains(*digest)).collect();
            let words: Vec<_> = digests
                .iter()
                .map(ToString::to_string)
                .map(|word| word.replace("RSA ", ""))
                .collect();
            self.question.digests(&digests);
            self.option("--digests", words.join(",").to_lowercase().replace('-', ""));
        }
        if let Some(bits) = device.max_key_bits {
            self.question.max_key_bits(bits);
            self.option("--max-key-bits", bits.to_string());
        }
        if device.fips {
            self.question.fips();
            self.arguments.push("--fips".into());
        }
    }

    fn tvs(&mut self, made: &Made) -> Option<()> {
        let Tvs::Known(servers) = &made.tvs else { return Some(()) };
        if servers.is_empty() {
            self.question.no_tvs();
            self.option("--tvs", "none".into());
        }
        for server in servers {
            let name = &server.server;
            match &server.presents {
                Some(certificate) => {
                    let der = der(made, certificate)?;
                    self.question.tvs_presents(name, &der).unwrap();
                    self.file("--tvs", &format!("{name}="), &der);
                }
                None if server.reachable => return None,
                None => {
                    self.question.tvs_down(name);
                    self.option("--tvs", format!("{name}=down"));
                }
            }
        }
        for server in servers {
            for known in server.knows.iter().flat_map(|known| known.iter()) {
                if known.roles.is_some() {
                    return None;
                }
                let der = der(made, &known.certificate)?;
                self.question.tvs_server_knows(&server.server, &der).unwrap();
                self.file("--tvs-knows", &format!("{}=", server.server), &der);
            }
        }
        Some(())
    }

    fn config(&mut self, bytes: &[u8]) {
        self.question.offered_config(bytes).unwrap();
        self.file("--offered-config", "", bytes);
    }

    fn option(&mut self, option: &str, value: String) {
        self.arguments.extend([option.to_owned(), value]);
    }

    fn file(&mut self, option: &str, before: &str, bytes: &[u8]) {
        let path = self.folder.join(format!("{}.bin", self.files));
        self.files += 1;
        std::fs::write(&path, bytes).unwrap();
        self.option(option, format!("{before}{}", path.display()));
    }

    fn command_line(&mut self) -> String {
        command_line(&self.arguments)
    }
}

fn command_line(arguments: &[String]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
    let output =
        command.args(["predict", "--json", "--as-given"]).args(arguments).output().unwrap();
    assert_ne!(
        output.status.code(),
        Some(2),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn bytes(made: &Made, file: &FileId) -> Vec<u8> {
    made.files.bytes(file).unwrap().to_vec()
}

fn der(made: &Made, facts: &CertificateFacts) -> Option<Vec<u8>> {
    let is_of = |der: &&Vec<u8>| {
        CertificateFacts::from_certificate(&Certificate::parse(der).unwrap()) == *facts
    };
    made.certificates.iter().find(is_of).cloned()
}

fn cases() -> Vec<(String, PredictCase)> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(at("cases/predict")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let case = PredictCase::parse(&std::fs::read_to_string(&path).unwrap());
            cases.extend(
                case.map(|case| (path.file_stem().unwrap().to_str().unwrap().to_owned(), case)),
            );
        }
    }
    cases.sort_by(|(one, _), (other, _)| one.cmp(other));
    assert!(cases.len() > 150);
    cases
}

fn at(path: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("testdata").join(path)
}

fn read(path: &str) -> Vec<u8> {
    std::fs::read(at(path)).unwrap()
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("question").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn prints_checksums_and_pem_are_read_as_the_command_line_reads_them() {
    let list = at("recovery/before/ITLFile.tlv");
    let paste = at("prints/07-itl-13-records-terminal.txt");
    let known = scratch("known");
    std::fs::copy(&list, known.join("list.tlv")).unwrap();
    let md5 = md5_of("recovery/before/ITLFile.tlv");
    let (pem, offered) = (at("certs/ccm1-tvs-1.pem"), at("recovery/after-callmanager/ITLFile.tlv"));
    let text = |path: &Path| path.display().to_string();
    for installed in [text(&paste), md5.clone()] {
        let mut question = Question::new();
        question.known_list(std::fs::read(&list).unwrap());
        let given = if installed == md5 {
            md5.clone().into_bytes()
        } else {
            std::fs::read(&paste).unwrap()
        };
        question
            .installed_itl(given)
            .unwrap()
            .offered_itl(std::fs::read(&offered).unwrap())
            .unwrap();
        question.model("7975").cm_group(["ccm1", "ccm2"]);
        question.tvs_presents("ccm1", std::fs::read(&pem).unwrap()).unwrap();
        question.tvs_knows(std::fs::read(&list).unwrap()).unwrap();
        let server = format!("ccm1={}", text(&pem));
        let (offered, list, known) = (text(&offered), text(&list), text(&known));
        let arguments = [
            "--installed-itl",
            &installed,
            "--offered-itl",
            &offered,
            "--model",
            "7975",
            "--cm-group",
            "ccm1,ccm2",
            "--tvs",
            &server,
            "--tvs-knows",
            &list,
            "--known",
            &known,
        ];
        let arguments = arguments.map(str::to_owned);
        let answer = question.predict();
        assert_eq!(answer.to_json(), command_line(&arguments));
        assert!(
            answer.to_string().contains("Assumed: nothing is known about TVS server ccm2"),
            "{answer}"
        );
    }
}

/// As a phone's screen shows it.
fn md5_of(path: &str) -> String {
    let show = Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(["show", "--json"])
        .arg(at(path))
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&show.stdout).unwrap();
    let md5 = report["md5"].as_str().unwrap().to_uppercase();
    md5.as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).unwrap())
        .collect::<Vec<_>>()
        .join(":")
}

#[test]
fn a_call_that_fails_says_nothing_and_the_later_of_two_counts() {
    let (list, other) = (read("cluster/before/ITLFile.tlv"), read("recovery/localkey/ITLFile.tlv"));
    let mut question = Question::new();
    question.model("8851").installed_itl(&list).unwrap().offered_itl(&list).unwrap();
    let before = question.predict().to_json();
    assert_eq!(question.predict().outcome(JudgedFile::Itl), Some(Outcome::Unchanged));

    let packed = question.offered_itl(b"\x1f\x8b\x08\x00").unwrap_err();
    assert_eq!(
        (packed.input(), packed.parse_error().map(|error| error.offset())),
        ("offered_itl", Some(0))
    );
    let empty = question.installed_itl(b"").unwrap_err();
    assert!(empty.to_string().starts_with("installed_itl: "), "{empty}");
    let broken = question.installed_ctl(read("bad/third-record-length.tlv")).unwrap_err();
    assert_eq!(broken.parse_error().and_then(|error| error.record()), Some(3));
    let unknown = question.installed_itl("9e107d9d372bb6826bd81d3542a419d6").unwrap_err();
    assert_eq!(unknown.kind(), &GivenError::UnknownChecksum);
    let paste = question.installed_itl("admin:show version active\n").unwrap_err();
    assert!(matches!(paste.kind(), GivenError::Paste(_)), "{paste}");
    let certificate = question.tvs_presents("ccm1", &list).unwrap_err();
    assert!(
        matches!(
            certificate.kind(),
            GivenError::Certificate(_) | GivenError::Pem(_) | GivenError::PemLabel(_)
        ),
        "{certificate}"
    );
    assert_eq!(question.predict().to_json(), before);

    question.offered_itl(&other).unwrap();
    assert_ne!(question.predict().to_json(), before);
    // Old files are not kept: a monitor asks one question for months.
    for _ in 0..3 {
        question.offered_itl(&list).unwrap().offered_itl(&other).unwrap();
        assert_eq!(question.files().len(), 2);
    }
    question.factory_fresh();
    let fresh = question.predict();
    assert!(!fresh.to_string().contains("on the phone"), "{fresh}");
}

#[test]
fn lists_that_are_mixed_up_are_noted_without_options() {
    let itl = read("cluster/before/ITLFile.tlv");
    let mut question = Question::new();
    question.installed_ctl(&itl).unwrap().at(Timestamp::parse("2026-01-31").unwrap());
    let notes: Vec<String> = question.predict().notes().collect();
    assert_eq!(
        notes,
        [
            "installed CTL: the name inside this file is that of an ITL; did you mean the other kind?"
        ]
    );
    // The command line refuses such a question; here it is never a firm yes.
    assert_eq!(question.predict().verdict(), Verdict::Depends);
}

#[test]
fn any_verifier_goes_in() {
    use std::sync::Arc;
    use trustlist::verify::{Message, RsaKey, SignatureVerifier};

    struct Never;
    impl SignatureVerifier for Never {
        fn supports(&self, _: DigestAlgorithm) -> bool {
            true
        }
        fn verify(&self, _: &RsaKey<'_>, _: DigestAlgorithm, _: Message<'_>, _: &[u8]) -> bool {
            false
        }
    }
    let (old, new) = (read("cluster/before/ITLFile.tlv"), read("recovery/before/ITLFile.tlv"));
    let mut question = Question::with_verifier(Arc::new(Never));
    question.installed_itl(&old).unwrap().offered_itl(&new).unwrap().model("8851");
    // It finds the installed list broken too, so that nothing is known of the phone's lists.
    assert_eq!(question.predict().verdict(), Verdict::Depends);
    // A set of files with a provider that is chosen at run time.
    let boxed: Box<dyn SignatureVerifier> = Box::new(Never);
    let mut files = trustlist::facts::Files::new(boxed);
    assert!(files.list(old).is_ok());
}
