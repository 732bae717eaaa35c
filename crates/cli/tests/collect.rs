//! `trustlist collect` against servers on loopback: files that it keeps, errors, and things that it
//! never does.

#[path = "collect/servers.rs"]
#[allow(dead_code)]
mod servers;

#[path = "../../../tests/common/mod.rs"]
mod common;

use serde_json::Value;
use servers::{Reply, Server, files, nobody, silent, tvs};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use trustlist_cli::limits::{MAX_HANDSHAKE, MAX_SERVED};

const BEFORE: &str = "cluster/before/ITLFile.tlv";
const CTL: &str = "mixed/before/CTLFile.tlv";

/// An empty folder of its own for each test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("collect").join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn command(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
    command.current_dir(folder).args(line.split_whitespace());
    // A proxy of the environment would have every request fail.
    command
        .env("http_proxy", "http://127.0.0.1:1")
        .env("HTTP_PROXY", "http://127.0.0.1:1")
        .env("ALL_PROXY", "http://127.0.0.1:1");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[track_caller]
fn told(folder: &Path, line: &str, status: i32) -> String {
    let output: Output = command(folder, line).output().unwrap();
    let text =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{line}\n{text}");
    text
}

fn testdata(name: &str) -> Vec<u8> {
    std::fs::read(common::testdata(name)).unwrap()
}

fn handshake(version: &str) -> Vec<u8> {
    let name = format!("tests/collect/handshakes/tls-{version}.bin");
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn snapshot(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("snapshot.json")).unwrap()).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn errors(snapshot: &Value) -> Vec<&str> {
    snapshot["errors"].as_array().unwrap().iter().map(|error| error.as_str().unwrap()).collect()
}

/// A node that serves these files and no other.
fn node(served: &[(&'static str, &str)]) -> Server {
    let served: Vec<(&str, Vec<u8>)> =
        served.iter().map(|(path, name)| (*path, testdata(name))).collect();
    files(move |path| match served.iter().find(|(served, _)| *served == path) {
        Some((_, bytes)) => Reply::File(bytes.clone()),
        None => Reply::Status("404 Not Found"),
    })
}

/// A node that serves the ITL of before, and no CTL.
fn plain_node() -> Server {
    node(&[("/ITLFile.tlv", BEFORE)])
}

/// Checks that a snapshot is valid.
fn valid(snapshot: &Value) {
    let path =
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("schema/snapshot-1.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> =
        validator.iter_errors(snapshot).map(|error| error.to_string()).collect();
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn what_a_node_serves_is_kept() {
    let folder = folder("served");
    let server = node(&[("/ITLFile.tlv", BEFORE), ("/CTLFile.tlv", CTL)]);
    let text = told(&folder, &format!("collect --tftp ccm1={} --out before", server.address), 0);
    assert!(text.contains("1 TFTP node") && text.contains("ITLFile.tlv"), "{text}");
    let document = snapshot(&folder.join("before"));
    valid(&document);
    let kept = &document["tftp"][0]["files"];
    assert_eq!(
        (kept[0]["name"].as_str(), kept[0]["outcome"].as_str()),
        (Some("CTLFile.tlv"), Some("found"))
    );
    assert_eq!(kept[1]["file"]["size"], testdata(BEFORE).len());
    assert_eq!(kept[1]["file"]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(std::fs::read(folder.join("before/ccm1/ITLFile.tlv")).unwrap(), testdata(BEFORE));
    assert_eq!(std::fs::read(folder.join("before/ccm1/CTLFile.tlv")).unwrap(), testdata(CTL));
    assert_eq!(names(&folder), ["before"], "nothing else is left");
    // Two requests, with no more headers than a browser sends.
    let seen: Vec<String> =
        server.seen().into_iter().map(|request| String::from_utf8(request).unwrap()).collect();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(
        seen.iter()
            .all(|request| request.starts_with("GET /")
                && !request.to_lowercase().contains("cookie")),
        "{seen:?}"
    );
}

#[test]
fn no_ctl_is_no_error_and_no_itl_is_one() {
    let folder = folder("not-found");
    told(&folder, &format!("collect --tftp ccm1={} --out a", plain_node().address), 0);
    let only_ctl = node(&[("/CTLFile.tlv", CTL)]);
    let text = told(&folder, &format!("collect --tftp ccm1={} --out b", only_ctl.address), 3);
    assert!(text.contains("ccm1: ITLFile.tlv: not found"), "{text}");
}

/// Every node but the first does something odd; the rest is still collected, and each has its line.
#[test]
fn each_fault_is_a_line_and_the_rest_is_collected() {
    let folder = folder("faults");
    let itl = || testdata(BEFORE);
    let other = plain_node();
    let location = format!("302 Found\r\nLocation: http://{}/ITLFile.tlv", other.address);
    let location: &'static str = Box::leak(location.into_boxed_str());
    let of_itl =
        |reply: Reply| {
            files(move |path| {
                if path == "/ITLFile.tlv" { reply.clone() } else { Reply::Status("404 Not Found") }
            })
        };
    let odd = [
        ("html", Reply::File(testdata("bad/error-page.tlv")), "HTML"),
        ("status", Reply::Status("503 Service Unavailable"), "HTTP status 503"),
        ("forbidden", Reply::Status("403 Forbidden"), "HTTP status 403"),
        ("redirect", Reply::Status(location), "a redirect to http://127.0.0.1"),
        (
            "cut",
            Reply::Length(itl()[..1000].to_vec(), itl().len()),
            "the transfer ended after 1000 of 7544 bytes",
        ),
        ("short", Reply::Length(itl(), 1000), "left"),
        ("unsaid", Reply::Unsaid(itl()[..1000].to_vec()), "left"),
        ("huge", Reply::Length(itl(), 1 << 40), "the server announces 1099511627776 bytes"),
        ("endless", Reply::Endless, "the transfer does not end"),
        ("slow", Reply::Hang, "no whole answer within 1 s"),
        ("garbage", Reply::Garbage, "no answer in HTTP"),
        ("empty", Reply::File(Vec::new()), "zero bytes"),
        ("ctl", Reply::File(testdata(CTL)), "the name inside it is that of a CTL"),
        (
            "ccm3",
            Reply::File(testdata("cluster/from-ccm2/ITLFile.tlv")),
            "the list of TFTP node ccm2",
        ),
    ];
    let good = plain_node();
    let mut servers =
        vec![(String::from("ccm1"), good.address.clone()), ("down".to_owned(), nobody())];
    let mut running = Vec::new();
    for (name, reply, _) in &odd {
        let server = of_itl(reply.clone());
        servers.push(((*name).to_owned(), server.address.clone()));
        running.push(server);
    }
    let named: Vec<String> =
        servers.iter().map(|(name, address)| format!("{name}={address}")).collect();
    told(&folder, &format!("collect --timeout 1 --tftp {} --out before", named.join(",")), 3);
    let document = snapshot(&folder.join("before"));
    valid(&document);
    let errors = errors(&document);
    for (name, _, why) in &odd {
        let line = errors.iter().find(|error| error.starts_with(&format!("{name}: ITLFile.tlv: ")));
        assert!(line.is_some_and(|line| line.contains(why)), "{name}: {why}\n{errors:#?}");
    }
    assert!(errors.contains(&"down: CTLFile.tlv: connection refused"), "{errors:#?}");
    // Only what is a list is kept, that of another node too: it is one.
    assert_eq!(names(&folder.join("before")), ["ccm1", "ccm3", "snapshot.json"]);
    assert_eq!(other.seen().len(), 0, "a redirect is not followed");
}

/// MAX_SERVED bytes are read (and are no list), one more is too much, whether the server says so or
/// not.
#[test]
fn a_served_file_is_limited_at_its_last_byte() {
    let folder = folder("served-bytes");
    let most = usize::try_from(MAX_SERVED).unwrap();
    let serve =
        |reply: Reply| {
            files(move |path| {
                if path == "/ITLFile.tlv" { reply.clone() } else { Reply::Status("404 Not Found") }
            })
        };
    let (last, said, unsaid) = (vec![0; most], vec![0; most + 1], vec![0; most + 1]);
    let servers = [
        serve(Reply::Unsaid(last)),
        serve(Reply::File(said)),
        serve(Reply::Unsaid(unsaid)),
        plain_node(),
    ];
    let [last, said, unsaid, good] = servers.each_ref().map(|server| &server.address);
    told(
        &folder,
        &format!("collect --tftp last={last},said={said},unsaid={unsaid},ccm1={good} --out before"),
        3,
    );
    let document = snapshot(&folder.join("before"));
    let errors = errors(&document);
    let of = |name: &str| errors.iter().find(|error| error.starts_with(name)).unwrap();
    assert!(
        !of("last").contains("MAX_SERVED") && of("last").contains("expected a trust list"),
        "{errors:#?}"
    );
    assert!(
        of("said").contains("cli::limits::MAX_SERVED")
            && of("unsaid").contains("cli::limits::MAX_SERVED"),
        "{errors:#?}"
    );
}

/// The same for the start of a handshake, MAX_HANDSHAKE bytes of it.
#[test]
fn a_handshake_is_limited_at_its_last_byte() {
    let folder = folder("handshake-bytes");
    // A message that never ends, in records; the server hangs up after the last one.
    let server = |bytes: usize| {
        tvs(move |_| {
            let message = [&[2, 255, 255, 255][..], &vec![0; bytes - 4]].concat();
            let record = |piece: &[u8]| {
                [&[22, 3, 3][..], &u16::try_from(piece.len()).unwrap().to_be_bytes(), piece]
                    .concat()
            };
            Some(
                [
                    message.chunks(1 << 14).map(record).collect::<Vec<_>>().concat(),
                    vec![21, 3, 3, 0, 2, 2, 70],
                ]
                .concat(),
            )
        })
    };
    let (last, more, good) =
        (server(MAX_HANDSHAKE), server(MAX_HANDSHAKE + 1), tvs(|_| Some(handshake("1.2"))));
    told(
        &folder,
        &format!(
            "collect --tvs last={},more={},good={} --out before",
            last.address, more.address, good.address
        ),
        3,
    );
    let document = snapshot(&folder.join("before"));
    let errors = errors(&document);
    assert!(
        errors[0].contains("alert 70") && errors[1].contains("cli::limits::MAX_HANDSHAKE"),
        "{errors:#?}"
    );
}

#[test]
fn a_proxy_is_taken_from_the_command_line_alone() {
    let folder = folder("proxy");
    let server = plain_node();
    told(
        &folder,
        &format!("collect --tftp ccm1={} --out a --proxy http://{}", server.address, nobody()),
        2,
    );
    assert_eq!(server.seen().len(), 0);
    assert_eq!(names(&folder), [""; 0]);
}

/// Recorded handshakes of each version, with the certificate that they present.
#[test]
fn each_tls_version_is_read() {
    let folder = folder("tls");
    let only = |wanted: u16, version: &'static str| {
        tvs(move |offered| (offered == wanted).then(|| handshake(version)))
    };
    let servers =
        [only(0x0301, "1.0"), only(0x0302, "1.1"), only(0x0303, "1.2"), only(0x0304, "1.3")];
    let all =
        tvs(|offered| Some(handshake(["1.0", "1.1", "1.2", "1.3"][usize::from(offered - 0x0301)])));
    let [one, two, three, four] = servers.each_ref().map(|server| &server.address);
    let line =
        format!("collect --tvs a={one},b={two},c={three},d={four},e={} --out before", all.address);
    let text = told(&folder, &line, 3);
    assert!(text.contains("TLS 1.3 ONLY"), "{text}");
    let document = snapshot(&folder.join("before"));
    valid(&document);
    let accepted = |server: usize| -> Vec<String> {
        let tries = document["tvs"][server]["tls"].as_array().unwrap();
        assert_eq!(tries.len(), 4);
        tries
            .iter()
            .filter(|tried| tried["accepted"] == true)
            .map(|tried| tried["version"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        [0, 1, 2, 3].map(accepted),
        ["1.0", "1.1", "1.2", "1.3"].map(|version| vec![version.to_owned()])
    );
    assert_eq!(accepted(4), ["1.0", "1.1", "1.2", "1.3"]);
    assert_eq!(document["tls_minimum"], "1.0");
    assert_eq!(document["tvs"][3]["outcome"], "tls13-only");
    assert_eq!(document["tvs"][3]["certificate"], Value::Null);
    assert_eq!(errors(&document).len(), 1);
    let certificate = std::fs::read_to_string(common::testdata("certs/ccm1-tvs-1.pem")).unwrap();
    for server in ["a", "b", "c", "e"] {
        let kept =
            std::fs::read_to_string(folder.join("before").join(server).join("TVS.pem")).unwrap();
        assert_eq!(
            kept.replace(char::is_whitespace, ""),
            certificate.replace(char::is_whitespace, ""),
            "{server}"
        );
    }
    // One record with a ClientHello and nothing after it: no key, no name, no secret.
    for server in servers.iter().chain([&all]) {
        let seen = server.seen();
        assert_eq!(seen.len(), 4);
        for hello in seen {
            let length = usize::from(u16::from_be_bytes([hello[3], hello[4]]));
            assert_eq!((hello[0], hello[5], hello.len()), (22, 1, length + 5));
        }
    }
}

/// A message may be cut into several records, and follow others in one.
#[test]
fn a_certificate_in_many_records_is_read() {
    let folder = folder("fragments");
    let server = tvs(|offered| {
        let whole = (offered == 0x0301).then(|| handshake("1.0"))?;
        let mut messages = Vec::new();
        let mut rest = &whole[..];
        while let [22, _, _, high, low, behind @ ..] = rest {
            let (content, next) = behind.split_at(usize::from(u16::from_be_bytes([*high, *low])));
            messages.extend_from_slice(content);
            rest = next;
        }
        let pieces = messages
            .chunks(7)
            .map(|piece| [&[22, 3, 1, 0, u8::try_from(piece.len()).unwrap()], piece].concat());
        Some(pieces.collect::<Vec<_>>().concat())
    });
    told(&folder, &format!("collect --tvs ccm1={} --out before", server.address), 0);
    assert!(
        snapshot(&folder.join("before"))["tvs"][0]["subject"]
            .as_str()
            .unwrap()
            .contains("CN=ccm1.voice.example")
    );
}

#[test]
fn a_server_that_is_no_tvs_is_told() {
    let folder = folder("no-tvs");
    let certificate =
        |bytes: Vec<u8>| tvs(move |offered| (offered == 0x0303).then(|| bytes.clone()));
    let whole = handshake("1.2");
    let mut broken = whole.clone();
    // The tag of the certificate, after the hello's record and three lengths.
    let at = whole.windows(2).position(|bytes| bytes == [0x30, 0x82]).unwrap();
    broken[at] = 0x31;
    let garbage = tvs(|_| Some(b"SSH-2.0-something else entirely\r\n".to_vec()));
    let endless = tvs(|_| {
        Some([&[22, 3, 3, 64, 0][..], &[2, 255, 255, 255], &[0; 16380]].concat().repeat(20))
    });
    let refusing = tvs(|_| None);
    let cut = certificate(whole[..whole.len() / 2].to_vec());
    let (silent, broken, good) = (silent(), certificate(broken), certificate(whole));
    let servers = [
        ("silent", &silent.address, "answers nothing"),
        ("garbage", &garbage.address, "no TLS version is accepted: what it answers is no TLS"),
        (
            "endless",
            &endless.address,
            "no TLS version is accepted: a handshake of more than 128 KiB",
        ),
        ("refusing", &refusing.address, "no TLS version is accepted: alert 70 (protocol version)"),
        ("cut", &cut.address, "presents no certificate"),
        ("broken", &broken.address, "certificate cannot be read"),
        ("down", &nobody(), "connection refused"),
    ];
    let named: Vec<String> =
        servers.iter().map(|(name, address, _)| format!("{name}={address}")).collect();
    told(
        &folder,
        &format!(
            "collect --timeout 1 --tvs good={},{} --out before",
            good.address,
            named.join(",")
        ),
        3,
    );
    let document = snapshot(&folder.join("before"));
    valid(&document);
    let errors = errors(&document);
    for (name, _, why) in servers {
        let line = errors.iter().find(|error| error.starts_with(&format!("{name}: TVS: ")));
        assert!(line.is_some_and(|line| line.contains(why)), "{name}: {why}\n{errors:#?}");
    }
    assert_eq!(errors.len(), 7, "{errors:#?}");
    assert_eq!(names(&folder.join("before")), ["good", "snapshot.json"]);
}

/// The server has no certificate of RSA: asked for an elliptic curve, it presents one.
#[test]
fn a_certificate_of_an_elliptic_curve_is_asked_for_second() {
    let folder = folder("curve");
    let server = servers::tvs_with(|hello| {
        let of_curves = hello.windows(2).any(|suite| suite == [0xc0, 0x2b]);
        let alert = vec![21, 3, 3, 0, 2, 2, 40];
        Some(if of_curves { handshake("1.2") } else { alert })
    });
    told(&folder, &format!("collect --tvs ccm1={} --out before", server.address), 0);
    assert_eq!(snapshot(&folder.join("before"))["tvs"][0]["outcome"], "presents");
}

#[test]
fn the_files_of_phones_are_fetched_too() {
    let folder = folder("phones");
    let server = node(&[
        ("/ITLFile.tlv", BEFORE),
        ("/ITLSEP001122334455.tlv", BEFORE),
        ("/SEP001122334455.cnf.xml.sgn", "cluster/before/SEP001122334455.cnf.xml.sgn"),
    ]);
    std::fs::write(folder.join("phones.csv"), "model;device\n8851;SEP001122334455\n8851;SEP2\n")
        .unwrap();
    told(
        &folder,
        &format!("collect --tftp ccm1={} --phones phones.csv --out before", server.address),
        0,
    );
    assert_eq!(
        names(&folder.join("before/ccm1")),
        ["ITLFile.tlv", "ITLSEP001122334455.tlv", "SEP001122334455.cnf.xml.sgn"]
    );
    assert_eq!(snapshot(&folder.join("before"))["tftp"][0]["files"].as_array().unwrap().len(), 8);
    let text =
        told(&folder, &format!("collect --tftp ccm1={} --phones ../x --out b", server.address), 2);
    assert!(text.contains("expected the name of a device"), "{text}");
}

#[test]
fn a_node_that_always_fails_is_not_asked_for_every_phone() {
    let folder = folder("gives-up");
    let server = files(|_| Reply::Status("500 Internal Server Error"));
    let phones: Vec<String> = (0..100).map(|number| format!("SEP{number:012}")).collect();
    let good = plain_node();
    let line = format!(
        "collect --tftp ccm2={},ccm1={} --phones {} --out before",
        server.address,
        good.address,
        phones.join(",")
    );
    let text = told(&folder, &line, 3);
    assert!(text.contains("ccm2: 298 more files not asked for"), "{text}");
    assert_eq!(server.seen().len(), 4);
    assert_eq!(good.seen().len(), 302);
}

#[test]
fn a_snapshot_is_never_overwritten() {
    let folder = folder("second");
    let server = plain_node();
    let line = format!("collect --tftp ccm1={} --out before", server.address);
    told(&folder, &line, 0);
    let first = std::fs::read(folder.join("before/snapshot.json")).unwrap();
    let text = told(&folder, &line, 2);
    assert!(text.contains("before: exists already"), "{text}");
    assert_eq!(std::fs::read(folder.join("before/snapshot.json")).unwrap(), first);
    assert_eq!(names(&folder), ["before"]);
    assert_eq!(server.seen().len(), 2, "nothing is asked the second time");
}

#[test]
fn where_nothing_comes_nothing_is_written() {
    let folder = folder("nothing");
    let text = told(
        &folder,
        &format!("collect --tftp ccm1={} --tvs ccm1={} --out before", nobody(), nobody()),
        2,
    );
    assert!(text.contains("nothing was collected"), "{text}");
    assert_eq!(names(&folder), [""; 0]);
    let text = told(&folder, "collect --out before", 2);
    assert!(text.contains("--tftp"), "{text}");
    told(&folder, &format!("collect --tftp ccm1={} --out no/such/folder", nobody()), 2);
    assert_eq!(names(&folder), [""; 0]);
}

#[cfg(unix)]
#[test]
fn an_interrupted_collection_leaves_nothing() {
    let folder = folder("interrupt");
    for signal in ["-INT", "-TERM"] {
        let (server, good) = (silent(), plain_node());
        let line = format!(
            "collect --timeout 300 --tftp ccm1={} --tvs ccm1={} --out before",
            good.address, server.address
        );
        let child = command(&folder, &line).spawn().unwrap();
        // The folder is there, under another name, as soon as something came.
        while good.seen().len() < 2 {
            std::thread::yield_now();
        }
        assert!(
            names(&folder).iter().all(|name| name.starts_with(".before.")),
            "{:?}",
            names(&folder)
        );
        assert!(
            Command::new("kill")
                .args([signal, &child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(
            String::from_utf8(output.stderr).unwrap().contains("interrupted, nothing is written")
        );
        assert_eq!(names(&folder), [""; 0]);
    }
}

/// A limit on the size of files replaces a full disk: writing fails in the middle.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_nothing() {
    let folder = folder("full");
    let server = plain_node();
    let line = format!(
        "ulimit -f 4; exec {} collect --tftp ccm1={} --out before",
        env!("CARGO_BIN_EXE_trustlist"),
        server.address
    );
    let output = Command::new("sh").current_dir(&folder).args(["-c", &line]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("ccm1/ITLFile.tlv"));
    assert_eq!(names(&folder), [""; 0]);
}

#[test]
fn a_snapshot_is_made_of_files() {
    let folder = folder("from-folder");
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.join("saved").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    put("ccm1-ITL.tlv", &testdata(BEFORE));
    put("CTL.tlv", &testdata(CTL));
    put("ccm2/whatever.bin", &testdata("cluster/from-ccm2/ITLFile.tlv"));
    put(
        "ccm2/SEP001122334455.cnf.xml.sgn",
        &testdata("cluster/from-ccm2/SEP001122334455.cnf.xml.sgn"),
    );
    put("ccm1-tvs.pem", &testdata("certs/ccm1-tvs-1.pem"));
    put("notes.txt", b"milk\n");
    let text = told(&folder, "collect --from-folder saved --out before", 3);
    assert!(text.contains("notes.txt: not used"), "{text}");
    let document = snapshot(&folder.join("before"));
    valid(&document);
    assert_eq!(names(&folder.join("before")), ["ccm1", "ccm2", "snapshot.json"]);
    assert_eq!(names(&folder.join("before/ccm1")), ["CTLFile.tlv", "ITLFile.tlv", "TVS.pem"]);
    assert_eq!(
        names(&folder.join("before/ccm2")),
        ["CTLFile.tlv", "ITLFile.tlv", "SEP001122334455.cnf.xml.sgn"]
    );
    assert_eq!(
        (document["tvs"][0]["server"].as_str(), document["tls_minimum"].as_str()),
        (Some("ccm1"), None)
    );
    assert!(
        told(&folder, "collect --from-folder before --out again", 2)
            .contains("is a snapshot already")
    );
}

#[test]
fn a_snapshot_is_made_of_pastes() {
    let folder = folder("paste");
    let itl = Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(["show", "--cucm"])
        .arg(common::testdata(BEFORE))
        .output()
        .unwrap();
    std::fs::write(folder.join("itl.txt"), [b"admin:show itl\n", &itl.stdout[..]].concat())
        .unwrap();
    std::fs::write(
        folder.join("tls.txt"),
        "admin:show tls min-version\nConfigured TLS minimum version: 1.2\n",
    )
    .unwrap();
    std::fs::write(folder.join("milk.txt"), "milk\n").unwrap();
    told(&folder, "collect --paste itl.txt --paste ccm1=tls.txt --out before", 0);
    let document = snapshot(&folder.join("before"));
    valid(&document);
    assert_eq!(
        (document["tftp"][0]["node"].as_str(), document["tls_minimum"].as_str()),
        (Some("ccm1"), Some("1.2"))
    );
    assert_eq!(document["tftp"][0]["files"][0]["outcome"], "found");
    assert!(
        told(&folder, "collect --paste milk.txt --out b", 2)
            .contains("milk.txt: expected pasted output")
    );
}

#[test]
fn a_target_is_a_host_and_nothing_else() {
    let folder = folder("targets");
    for target in ["http://ccm1", "ccm1/x", "ccm1:0", "a@b"] {
        assert!(
            told(&folder, &format!("collect --tftp {target} --out b"), 2)
                .contains("expected [NAME=]HOST[:PORT]"),
            "{target}"
        );
    }
    assert!(
        told(&folder, "collect --tftp ccm1,CCM1:80 --out b", 2)
            .contains("expected each server once")
    );
}
