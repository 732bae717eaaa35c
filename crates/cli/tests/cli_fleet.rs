//! `trustlist fleet` through the real binary: inventories as people have them.

#[path = "../../../tests/common/mod.rs"]
mod common;

use serde_json::{Value, json};
use sha1::Digest as _;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

const BEFORE: &str = "cluster/before/ITLFile.tlv";
const AFTER: &str = "cluster/after-callmanager/ITLFile.tlv";

fn path(name: &str) -> String {
    common::testdata(name).display().to_string()
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(common::testdata(name)).unwrap()
}

/// A folder of its own for each test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fleet").join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
    command
        .arg("fleet")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs with this inventory on standard input; phones are of a model that loads ITLs by default.
fn fleet(inventory: &[u8], arguments: &[&str]) -> Output {
    let model: &[&str] = if arguments.contains(&"--model") { &[] } else { &["--model", "8851"] };
    let mut child = command(&[&["-"], model, arguments].concat()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let inventory = inventory.to_vec();
    // A command that refuses its arguments reads nothing.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&inventory)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("no signal ends the process")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// The status and the JSON for an inventory, the list after a regeneration offered.
fn judged(inventory: &str, arguments: &[&str]) -> (i32, Value) {
    let (offered, known) = (path(AFTER), path("cluster/before"));
    let offer = ["--offered-itl", offered.as_str(), "--known", known.as_str(), "--json", "--rows"];
    let output = fleet(inventory.as_bytes(), &[&offer, arguments].concat());
    let json =
        serde_json::from_str(stdout(&output)).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (status(&output), json)
}

/// The answers of the rows: verdict and code, or the error.
fn answers(json: &Value) -> Vec<String> {
    let rows = json["rows"].as_array().unwrap().iter();
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    rows.map(|row| match row["answer"].is_null() {
        true => word(&row["error"]),
        false => format!(
            "{} {} {}",
            word(&row["answer"]["answer"]),
            word(&row["answer"]["file"]),
            word(&row["answer"]["code"])
        ),
    })
    .collect()
}

const REFUSED: &str = "reject itl signer-unknown";
const NOT_GIVEN: &str = "depends ctl installed-lists-not-given";

fn refused(inventory: &[u8], words: &[&str]) {
    let offered = path(AFTER);
    let output = fleet(inventory, &["--offered-itl", &offered]);
    assert_eq!((status(&output), stdout(&output)), (2, ""), "{}", stderr(&output));
    assert_eq!(stderr(&output).lines().count(), 1, "{}", stderr(&output));
    words
        .iter()
        .for_each(|word| assert!(stderr(&output).contains(word), "{word}: {}", stderr(&output)));
}

#[test]
fn columns_stand_in_any_order_and_further_ones_are_kept() {
    let itl = path(BEFORE);
    let one = format!(
        "device,model,itl,ctl,cm_group,tftp_server,site\nSEP1,8851,{itl},,ccm1,192.0.2.11,Delft\n"
    );
    let other = format!(
        "site, TFTP Server,ctl,CM-Group,Model,ITL,Device\nDelft,192.0.2.11,,ccm1,8851,{itl},SEP1\n"
    );
    for inventory in [one, other] {
        let (status, json) = judged(&inventory, &["--tvs", "none"]);
        assert_eq!((status, answers(&json)), (1, vec![REFUSED.to_owned()]));
        let row = &json["rows"][0];
        for (key, value) in [
            ("device", "SEP1"),
            ("model", "8851"),
            ("cm_group", "ccm1"),
            ("site", "Delft"),
            ("itl", &itl),
        ] {
            assert_eq!(row[key], value, "{key}");
        }
        assert_eq!(row["line"], 2);
    }
}

#[test]
fn a_byte_order_mark_crlf_quotes_and_semicolons_are_read() {
    let itl = path(BEFORE);
    let plain = format!(
        "device,model,itl,ctl,cm_group\nSEP1,8851,{itl},,ccm1\nSEP2,8851,{itl},,\"ccm1, ccm2\"\n"
    );
    let expected = judged(&plain, &["--tvs", "none"]);
    assert_eq!(answers(&expected.1), [REFUSED; 2]);
    let crlf = plain.replace('\n', "\r\n");
    let marked = format!("\u{feff}{crlf}");
    let semicolons = plain.replace(',', ";").replace("ccm1; ccm2", "ccm1, ccm2");
    let tabs = plain.replace(',', "\t").replace("ccm1\t ccm2", "ccm1;ccm2");
    let quoted = plain.replace("SEP1,8851", "\"SEP1\",\"8851\"");
    for inventory in [crlf, marked, semicolons, tabs, quoted, plain.trim_end().to_owned()] {
        let (status, json) = judged(&inventory, &["--tvs", "none"]);
        assert_eq!(status, 1);
        assert_eq!(answers(&json), [REFUSED; 2], "{inventory}");
        assert_eq!(
            (&json["rows"][0]["line"], &json["rows"][1]["line"]),
            (&json!(2), &json!(3)),
            "{inventory}"
        );
        assert_eq!(json["cm_groups"], expected.1["cm_groups"]);
    }
}

#[test]
fn groups_are_separated_as_people_do() {
    let itl = path(BEFORE);
    let groups = [
        "ccm1;ccm2",
        "ccm1 ccm2",
        "\"ccm1,ccm2\"",
        "\" ccm1 ; ccm2 \"",
        "\"ccm1\nccm2\"",
        "ccm1|ccm2",
    ];
    let rows = groups.map(|group| format!("SEP1,{itl},{group}\n")).concat();
    let (_, json) = judged(&format!("device,itl,cm_group\n{rows}"), &[]);
    assert_eq!(
        json["cm_groups"],
        json!([{ "cm_group": "ccm1, ccm2", "phones": 6, "accept": 0, "depends": 6, "reject": 0 }])
    );
}

#[test]
fn a_value_of_several_lines_counts_lines_and_keeps_its_row() {
    let itl = path(BEFORE);
    let inventory = format!(
        "device,note,itl\nSEP1,\"two\nlines, and a comma\",{itl}\n\n,,\nSEP2,,{itl}\nSEP3,x\n"
    );
    for inventory in [inventory.clone(), inventory.replace('\n', "\r\n")] {
        let (status, json) = judged(&inventory, &["--tvs", "none"]);
        assert_eq!(status, 2);
        assert_eq!(answers(&json), [REFUSED, REFUSED, "2 values, expected 3 as in the header"]);
        let lines: Vec<_> = json["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["line"].as_u64().unwrap())
            .collect();
        assert_eq!(lines, [2, 6, 7], "{inventory:?}");
    }
    let blank = format!("device,itl\r\n\r\n\r\nSEP1,{itl}\n\n\nSEP2,{itl}\r\nSEP3,{itl}");
    let (_, json) = judged(&blank, &["--tvs", "none"]);
    let lines: Vec<_> =
        json["rows"].as_array().unwrap().iter().map(|row| row["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [4, 7, 8]);
}

#[test]
fn lines_are_right_wherever_the_reader_takes_breath() {
    let itl = path(BEFORE);
    // The buffer ends at every place of a row sooner or later.
    let rows: String =
        (0..6_000).map(|row| format!("SEP{row},{itl},{}\r\n", "x".repeat(row % 61))).collect();
    let (status, json) = judged(&format!("device,itl,note\r\n{rows}"), &["--tvs", "none"]);
    assert_eq!(status, 1);
    for (number, row) in json["rows"].as_array().unwrap().iter().enumerate() {
        assert_eq!(
            (&row["device"], &row["line"]),
            (&json!(format!("SEP{number}")), &json!(number + 2))
        );
    }
}

#[test]
fn checksums_name_known_and_offered_lists() {
    let (before, after) = (bytes(BEFORE), bytes(AFTER));
    let md5 = |bytes: &[u8]| hex(&md5::Md5::digest(bytes));
    let sha1 = |bytes: &[u8]| hex(&sha1::Sha1::digest(bytes));
    let sha256 = |bytes: &[u8]| hex(&sha2::Sha256::digest(bytes));
    let spaced: String = md5(&before)
        .to_uppercase()
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair) + ":")
        .collect();
    let cells = [
        md5(&before),
        sha1(&before),
        sha256(&before),
        sha1(&before).to_uppercase(),
        spaced.trim_end_matches(':').into(),
    ];
    let rows: String =
        cells.iter().chain([&md5(&after)]).map(|cell| format!("SEP1,{cell}\n")).collect();
    let (status, json) = judged(&format!("device,itl\n{rows}"), &["--tvs", "none"]);
    assert_eq!(status, 1);
    let mut expected = [REFUSED; 6].map(str::to_owned).to_vec();
    // Not under --known, but offered: phones that took it already name it so.
    expected[5] = "accept itl same-file".to_owned();
    assert_eq!(answers(&json), expected);
    assert_eq!(json["unknown_lists"], json!([]));
}

#[test]
fn an_unknown_checksum_leaves_the_phone_undecided_and_is_told() {
    let (itl, unknown) = (path(BEFORE), "00112233445566778899aabbccddeeff");
    let other = "ab".repeat(32);
    let inventory = format!(
        "device,itl,ctl\nSEP1,{itl},\nSEP2,{unknown},\nSEP3,{},\nSEP4,{itl},{other}\n",
        unknown.to_uppercase()
    );
    let (status, json) = judged(&inventory, &["--tvs", "none", "--factory-fresh"]);
    assert_eq!(status, 1);
    assert_eq!(answers(&json), [REFUSED, NOT_GIVEN, NOT_GIVEN, NOT_GIVEN]);
    let unknown = json!({ "checksum": unknown, "phones": 2, "line": 3 });
    assert_eq!(
        json["unknown_lists"],
        json!([unknown, { "checksum": other, "phones": 1, "line": 5 }])
    );
    let (status, json) = judged(&format!("device,itl\nSEP1,{other}\n"), &[]);
    assert_eq!((status, answers(&json)), (3, vec![NOT_GIVEN.to_owned()]));
}

#[test]
fn a_forgotten_value_never_reads_as_factory_fresh() {
    let (itl, ctl) = (path(BEFORE), path("mixed/before/CTLFile.tlv"));
    let inventory = format!("device,itl,ctl\nSEP1,,\nSEP2,{itl},\nSEP3,,{ctl}\n");
    let (status, json) = judged(&inventory, &["--tvs", "none"]);
    assert_eq!(status, 1);
    let told = answers(&json);
    assert_eq!(told[..2], [NOT_GIVEN, REFUSED]);
    assert_ne!(told[2], NOT_GIVEN, "a phone with a CTL has no ITL");
    let assumed = json["assumed"].to_string();
    assert!(
        assumed.contains("lists on 1 phone with neither itl nor ctl: --factory-fresh not given"),
        "{assumed}"
    );
    let (_, json) = judged(&inventory, &["--tvs", "none", "--factory-fresh"]);
    assert_eq!(answers(&json)[0], "accept itl first-use");
    // Whole columns may be missing.
    let (status, json) = judged("device\nSEP1\n", &[]);
    assert_eq!((status, answers(&json)), (3, vec![NOT_GIVEN.to_owned()]));
    let assumed = json["assumed"].to_string();
    assert!(assumed.contains("columns itl and ctl, and --factory-fresh, not given"), "{assumed}");
    let (_, json) = judged(&format!("device,itl\nSEP1,{itl}\n"), &[]);
    assert!(
        json["assumed"].to_string().contains("no CTL on the phone: column ctl not given"),
        "{}",
        json["assumed"]
    );
}

#[test]
fn rows_that_cannot_be_used_are_named_and_do_not_stop_the_others() {
    let itl = path(BEFORE);
    let empty = folder("bad-rows").join("empty.tlv");
    std::fs::write(&empty, b"").unwrap();
    let inventory = format!(
        "device,itl\nSEP1,{itl}\nSEP2,missing.tlv\n,{itl}\nSEP3,{itl},more\nSEP4,-\nSEP5,{}\nSEP6,missing.tlv\nSEP7,{itl}\n",
        empty.display()
    );
    let offered = path(AFTER);
    let output = fleet(
        inventory.as_bytes(),
        &["--offered-itl", &offered, "--json", "--rows", "--tvs", "none"],
    );
    assert_eq!(status(&output), 2);
    let json: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(
        (&json["reject"], &json["unreadable"], &json["partial"]),
        (&json!(2), &json!(6), &json!(false))
    );
    let expected = [
        (3, "missing.tlv: "),
        (4, "no value for device"),
        (5, "3 values, expected 2"),
        (6, "expected a list, its checksum or an empty value"),
        (7, "an empty file"),
        (8, "missing.tlv: "),
    ];
    let errors = json["errors"].as_array().unwrap();
    for ((line, words), (error, said)) in
        expected.iter().zip(errors.iter().zip(stderr(&output).lines()))
    {
        assert_eq!(error["line"], *line);
        assert!(error["error"].as_str().unwrap().contains(words), "{error}");
        assert!(
            said.contains(&format!("standard input: line {line}: ")) && said.contains(words),
            "{said}"
        );
    }
    assert_eq!((errors.len(), stderr(&output).lines().count()), (6, 6));

    let strict = fleet(
        inventory.as_bytes(),
        &["--offered-itl", &offered, "--json", "--strict", "--tvs", "none"],
    );
    assert_eq!(status(&strict), 2);
    let json: Value = serde_json::from_str(stdout(&strict)).unwrap();
    assert_eq!(
        (&json["phones"], &json["unreadable"], &json["partial"]),
        (&json!(1), &json!(1), &json!(true))
    );
    assert_eq!(stderr(&strict).lines().count(), 1);
    assert!(stderr(&strict).contains("line 3: missing.tlv: "), "{}", stderr(&strict));
}

#[test]
fn a_flood_of_bad_rows_says_little() {
    let offered = path(AFTER);
    let rows = "SEP1,missing.tlv\n".repeat(5_000);
    let output =
        fleet(format!("device,itl\n{rows}").as_bytes(), &["--offered-itl", &offered, "--json"]);
    let json: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(
        (status(&output), &json["unreadable"], stderr(&output).lines().count()),
        (2, &json!(5_000), 20)
    );
    assert_eq!(json["errors"].as_array().unwrap().len(), 1_000);
    assert!(stderr(&output).ends_with("more such rows are only counted\n"));
}

#[test]
fn inventories_that_are_none_are_refused_by_name() {
    refused(b"", &["standard input: line 1: an empty file", "column device"]);
    refused(b"label,model\nSEP1,8851\n", &["line 1: no column device", "found label, model"]);
    refused(b"device,itl,ITL\nSEP1,,\n", &["line 1: column itl is there twice"]);
    refused(b"\xff\xfel\0a\0b\0e\0l\0", &["line 1: no column device", "found label"]);
    refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", &["old Excel workbook"]);
    refused(b"PK\x03\x04rest of a workbook", &["Excel workbook"]);
    refused(b"de\0vice\n", &["binary data"]);
    let offered = path(AFTER);
    for (inventory, word) in
        [("missing.csv", "missing.csv: "), (env!("CARGO_TARGET_TMPDIR"), "a directory")]
    {
        let output = command(&[inventory, "--offered-itl", &offered]).output().unwrap();
        assert_eq!((status(&output), stdout(&output)), (2, ""));
        assert!(stderr(&output).contains(word), "{}", stderr(&output));
    }
    let output = fleet(b"device,itl\n", &["--offered-itl", &offered]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("no phone in the inventory"), "{}", stderr(&output));
    assert!(stdout(&output).contains("No phone in the inventory."));
    let nothing = fleet(b"device\nSEP1\n", &[]);
    assert_eq!(status(&nothing), 2, "nothing is offered");
}

#[test]
fn an_open_quotation_mark_is_found() {
    let itl = path(BEFORE);
    let rows = format!("SEP,{itl},\n").repeat(300);
    let last_column = format!("device,itl,note\nSEP1,{itl},\"open\n{rows}");
    let (status, json) = judged(&last_column, &["--tvs", "none"]);
    assert_eq!(status, 2);
    assert_eq!(json["errors"][0]["line"], 2);
    assert!(
        json["errors"][0]["error"].as_str().unwrap().contains("is a quotation mark left open?"),
        "{}",
        json["errors"]
    );
    // Few lines, but the file ends before the mark is closed.
    let at_the_end = format!("device,itl,note\nSEP0,{itl},x\nSEP1,{itl},\"open\nSEP2,{itl},y\n");
    let (status, json) = judged(&at_the_end, &["--tvs", "none"]);
    assert_eq!((status, &json["reject"], &json["errors"][0]["line"]), (2, &json!(1), &json!(3)));
    let closed = format!("device,itl,note\nSEP1,{itl},\"closed\n at the end\"\n");
    assert_eq!(answers(&judged(&closed, &["--tvs", "none"]).1), [REFUSED]);
    // Megabytes after an open mark are not even read.
    let endless =
        format!("device,itl,note\nSEP0,{itl},x\nSEP1,{itl},\"open{}", "x".repeat(3 << 20));
    let (status, json) = judged(&endless, &["--tvs", "none"]);
    assert_eq!((status, &json["reject"], &json["partial"]), (2, &json!(1), &json!(true)));
    assert!(
        json["stopped"].as_str().unwrap().contains("line 3: a row of more than 256 KiB"),
        "{}",
        json["stopped"]
    );
}

/// A description may come from a phone's user: a spreadsheet that opens the answer runs nothing.
#[test]
fn no_cell_of_csv_is_a_formula() {
    let inventory = "device,=header,description\nSEP1,@x,\"=HYPERLINK(\"\"http://192.0.2.1\"\",1)\"\n+SEP2,-1+2,plain\nSEP3,=1\n";
    let output =
        fleet(inventory.as_bytes(), &["--offered-itl", &path(AFTER), "--factory-fresh", "--csv"]);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(output.stdout.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 4);
    let formula = |cell: &&str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    assert_eq!(rows.iter().flatten().filter(formula).collect::<Vec<_>>(), [""; 0]);
    assert_eq!(
        (&rows[0][1], &rows[1][2], &rows[2][0]),
        ("'=header", "'=HYPERLINK(\"http://192.0.2.1\",1)", "'+SEP2")
    );
}

#[test]
fn csv_gives_the_inventory_back_with_answers() {
    let itl = path(BEFORE);
    let inventory = format!(
        "Site,device,itl\n\"Delft, \"\"east\"\"\",SEP1,{itl}\n=1+1,SEP2,missing.tlv\nx,SEP3\n"
    );
    let offered = path(AFTER);
    let output =
        fleet(inventory.as_bytes(), &["--offered-itl", &offered, "--tvs", "none", "--csv"]);
    assert_eq!(status(&output), 2);
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let header: Vec<_> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let answer = [
        "answer",
        "answer_ctl",
        "answer_itl",
        "answer_config",
        "answer_leans",
        "answer_file",
        "answer_code",
    ];
    assert_eq!(
        header,
        [
            &["Site", "device", "itl"],
            &answer[..],
            &["answer_hands", "answer_error", "answer_to_do"]
        ]
        .concat()
    );
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    let first: Vec<&str> = rows[0].iter().collect();
    assert_eq!(first[..3], ["Delft, \"east\"", "SEP1", &itl]);
    assert_eq!(
        first[3..12],
        ["reject", "not-offered", "reject", "", "", "itl", "signer-unknown", "from-server", ""]
    );
    assert!(
        first[12].starts_with(
            "check whose certificate it knows: if it is the publisher's, run `utils itl"
        ),
        "{first:?}"
    );
    assert_eq!((&rows[1][0], &rows[1][3]), ("'=1+1", "unreadable"));
    assert!(rows[1][11].starts_with("missing.tlv: "), "{:?}", rows[1]);
    assert_eq!(
        (&rows[2][2], &rows[2][3], &rows[2][11]),
        ("", "unreadable", "2 values, expected 3 as in the header")
    );
    assert!(
        stderr(&output).contains("NO: 1 of 1 phone refuses files. 2 of 3 rows are unreadable."),
        "{}",
        stderr(&output)
    );
    // And the output is an inventory again.
    let again = fleet(&output.stdout, &["--offered-itl", &offered, "--tvs", "none", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(stdout(&again)).unwrap()["reject"], 1);
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let offered = path(AFTER);
    let inventory = "device,model,itl,no\u{1b}te\nSEP\u{1b}[2J1,78\u{7}51\u{202e},\u{1b}]0;x.tlv,\u{9b}31mé\nSEP2,<b>&\"\"\u{1b},,x\n";
    for form in [&["--csv"][..], &["--rows"], &["--json", "--rows"], &["--html"], &[]] {
        let output =
            fleet(inventory.as_bytes(), &[&["--offered-itl", offered.as_str()], form].concat());
        for text in [stdout(&output), stderr(&output)] {
            // JSON escapes those below 0x20; the others are letters to it.
            let json = form.contains(&"--json");
            assert!(
                !text.chars().any(|c| c.is_control() && c != '\n' && !(json && c > '\u{7f}')),
                "{form:?}: {text:?}"
            );
        }
        assert!(!stderr(&output).contains('\u{202e}'));
    }
    let csv = fleet(inventory.as_bytes(), &["--offered-itl", &offered, "--csv"]);
    assert!(stdout(&csv).contains("\\u{9b}31mé"), "{}", stdout(&csv));
    // Windows-1252 is no UTF-8: it is read, and comes out as that.
    let latin =
        fleet(b"device,note\nSEP1,M\xfcller\x9b1m\n", &["--offered-itl", &offered, "--csv"]);
    assert!(stdout(&latin).contains("\nSEP1,M\u{fc}ller\u{203a}1m,"), "{}", stdout(&latin));
    let html = fleet(inventory.as_bytes(), &["--offered-itl", &offered, "--html"]);
    assert!(stdout(&html).contains("&lt;b&gt;&amp;") && !stdout(&html).contains("<b>"));
}

#[test]
fn the_page_is_well_formed_and_needs_nothing_else() {
    let itl = path(BEFORE);
    let inventory = format!(
        "device,model,itl\nSEP1,8851,{itl}\nSEP2,7975,\nSEP3,x,missing.tlv\nSEP4,x,{}\n",
        "a".repeat(32)
    );
    let offered = path(AFTER);
    let output =
        fleet(inventory.as_bytes(), &["--offered-itl", &offered, "--tvs", "none", "--html"]);
    assert_eq!(status(&output), 2);
    let page = stdout(&output);
    for word in
        ["NO: 1 of 3 phones refuses files", "SEP1", "signer-unknown", "missing.tlv", "Assumed"]
    {
        assert!(page.contains(word), "{word}");
    }
    assert!(!page.contains("<script") && !page.contains("src="));
    let mut open = Vec::new();
    for tag in page
        .split('<')
        .skip(2)
        .filter_map(|part| part.split('>').next())
        .filter(|tag| !tag.ends_with('/'))
    {
        let name = tag.split(' ').next().unwrap();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None => open.push(name),
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

/// Without a signed configuration on the server, the deletion of lists does not help: the advice and
/// the work agree.
#[test]
fn work_and_advice_of_a_phone_agree() {
    let inventory = format!("device,itl\nSEP1,{}\n", path(BEFORE));
    for more in [&[][..], &["--no-config"]] {
        let (status, json) = judged(&inventory, &[&["--tvs", "none"], more].concat());
        assert_eq!((status, answers(&json)), (1, vec![REFUSED.to_owned()]));
        assert_eq!(json["hands"]["by-hand"], 0, "{json}");
        assert_eq!(json["hands"]["from-server"], 1, "{json}");
        assert_eq!(json["to_do"][0]["advice"], "itl-reset-localkey-if-publisher", "{json}");
    }
}

#[test]
fn the_exit_status_is_that_of_the_worst_row() {
    let (itl, after, offered) = (path(BEFORE), path(AFTER), path(AFTER));
    let run = |rows: &str, arguments: &[&str]| {
        let output = fleet(
            format!("device,itl\n{rows}").as_bytes(),
            &[&["--offered-itl", offered.as_str()], arguments].concat(),
        );
        status(&output)
    };
    let (taken, refused, open) = (format!("SEP1,{after}\n"), format!("SEP2,{itl}\n"), "SEP3,\n");
    assert_eq!(run(&taken, &[]), 0);
    assert_eq!(run(&format!("{taken}{refused}{taken}"), &["--tvs", "none"]), 1);
    assert_eq!(run(&format!("{taken}{open}"), &["--tvs", "none"]), 3);
    assert_eq!(run(&format!("{open}{refused}"), &["--tvs", "none"]), 1);
    assert_eq!(run(&format!("{refused}SEP4,missing.tlv\n{open}"), &["--tvs", "none"]), 2);
}

#[test]
fn options_speak_for_phones_whose_row_says_nothing() {
    let itl = path(BEFORE);
    let inventory = format!("device,model,itl,cm_group\nSEP1,,{itl},\nSEP2,8851,{itl},ccm3\n");
    let tvs = ["--tvs", &format!("ccm1={}", path("certs/ccm1-tvs-1.pem")), "--tvs", "ccm3=down"]
        .map(str::to_owned);
    let knows = ["--tvs-knows".to_owned(), path(AFTER)];
    let options: Vec<&str> = tvs
        .iter()
        .chain(&knows)
        .map(String::as_str)
        .chain(["--model", "8851", "--cm-group", "ccm1"])
        .collect();
    let (status, json) = judged(&inventory, &options);
    assert_eq!(status, 1);
    assert_eq!(answers(&json), ["accept itl tvs-vouches", REFUSED]);
    assert_eq!(json["hands"]["from-server"], 1);
    // A server of a group that no option names is not known, and that is said.
    let (_, json) = judged(&inventory.replace("ccm3", "ccm9"), &options);
    assert_eq!(answers(&json)[1], "depends itl tvs-answer-unknown");
    let unknown = "nothing is known about TVS server ccm9: no --tvs is for ccm9";
    assert!(json["assumed"].to_string().contains(unknown), "{}", json["assumed"]);
    // Certificates of all servers are known to those of every group.
    let all = judged(&inventory, &["--tvs-knows", &path(AFTER)]).1;
    assert_eq!(answers(&all), ["depends itl tvs-answer-unknown"; 2]);
}

#[test]
fn an_option_that_contradicts_the_table_of_models_is_told() {
    let told = |option: &str, rows: &str| {
        let inventory = format!("device,model\n{rows}");
        let itl = path(AFTER);
        let words = ["--model", "8851", "--offered-itl", &itl, "--security-by-default", option];
        let answer = fleet(inventory.as_bytes(), &[&words[..], &["--json"]].concat());
        let document: Value = serde_json::from_str(stdout(&answer)).unwrap();
        let lines = document["assumed"].as_array().unwrap().iter();
        let lines = lines.filter_map(Value::as_str).map(str::to_owned);
        lines.filter(|line| line.contains("table of models")).collect::<Vec<_>>()
    };
    let rows = "SEP1,7940\nSEP2,8851\nSEP3,7940\nSEP4,\nSEP5,no such model\n";
    assert_eq!(
        told("yes", rows),
        [
            "--security-by-default yes counts for the model 7940, of which the table of models says no (2 phones)"
        ]
    );
    // One of the two has no model of its own: --model is that of it.
    assert_eq!(
        told("no", rows),
        [
            "--security-by-default no counts for the model 8851, of which the table of models says yes (2 phones)"
        ]
    );
    assert_eq!(told("yes", "SEP2,8851\n"), [""; 0]);
}

#[test]
fn each_phone_has_its_configuration_in_the_folder() {
    let folder = folder("configs");
    let sound = bytes("cluster/before/SEP001122334455.cnf.xml.sgn");
    let mut flipped = sound.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for (name, bytes) in
        [("SEP1", &sound), ("SEP2", &flipped), ("SEP4", &Vec::new()), ("SEP5", &b"<html>".to_vec())]
    {
        std::fs::write(folder.join(format!("{name}.cnf.xml.sgn")), bytes).unwrap();
    }
    std::fs::write(folder.join("SEP6.cnf.xml.enc.sgn"), &sound).unwrap();
    let itl = path(BEFORE);
    let devices =
        ["SEP1", "sep1", "SEP2", "SEP3", "SEP4", "SEP5", "SEP6", "../configs/SEP1", "SEP1"];
    let rows: String = devices.iter().map(|device| format!("{device},{itl},ccm1\n")).collect();
    let inventory = format!("device,itl,tftp_server\n{rows}");
    let offered = [
        "--offered-itl",
        &itl,
        "--offered-config",
        folder.to_str().unwrap(),
        "--json",
        "--rows",
        "--tvs",
        "none",
    ];
    let output = fleet(inventory.as_bytes(), &offered);
    let json: Value = serde_json::from_str(stdout(&output)).unwrap();
    let config = |row: &Value| row["answer"]["config"].as_str().map(str::to_owned);
    let configs: Vec<_> = json["rows"].as_array().unwrap().iter().map(config).collect();
    let some = |word: &str| Some(word.to_owned());
    let (accept, reject) = (some("accept"), some("reject"));
    let expected = [
        accept.clone(),
        accept.clone(),
        reject.clone(),
        reject,
        some("depends"),
        None,
        accept.clone(),
        None,
        accept,
    ];
    assert_eq!(configs, expected);
    assert_eq!(status(&output), 2);
    assert!(
        json["errors"][0]["error"].as_str().unwrap().contains("HTML page"),
        "{}",
        json["errors"]
    );
    assert!(
        json["errors"][1]["error"]
            .as_str()
            .unwrap()
            .contains("a device name that no file can have"),
        "{}",
        json["errors"]
    );
    assert!(
        json["assumed"].to_string().contains("no signed configuration for 1 phone"),
        "{}",
        json["assumed"]
    );
    assert_eq!(json["files"]["config"], json!({ "accept": 4, "depends": 1, "reject": 2 }));
    // One file for all.
    let one = path("cluster/before/SEP001122334455.cnf.xml.sgn");
    let (_, json) = judged(&inventory, &["--offered-config", &one]);
    assert!(json["rows"].as_array().unwrap().iter().all(|row| row["answer"]["config"].is_string()));
}

#[test]
fn pasted_prints_stand_for_lists() {
    let folder = folder("prints");
    let none = folder.join("no-ctl.txt");
    std::fs::write(&none, "admin:show ctl\n\nCTL File not found. Please run CTLClient plugin or run the CLI - utils ctl.. to generate the CTL file.\n").unwrap();
    let itl = path(BEFORE);
    let shown = Command::new(env!("CARGO_BIN_EXE_trustlist"))
        .args(["show", "--cucm", &itl])
        .output()
        .unwrap();
    let inventory = format!("device,itl,ctl\nSEP1,,{0}\nSEP2,{itl},{0}\n", none.display());
    let (status, json) = judged(&inventory, &["--tvs", "none"]);
    // A print that says that there is no CTL is about a server: alone it says nothing of the phone.
    assert_eq!(
        (status, answers(&json)),
        (1, vec!["depends ctl installed-lists-not-given".to_owned(), REFUSED.to_owned()])
    );
    assert!(shown.status.success(), "{}", stderr(&shown));
    let print = folder.join("itl.txt");
    std::fs::write(&print, &shown.stdout).unwrap();
    let inventory = format!("device,itl\nSEP1,{}\nSEP2,{itl}\n", print.display());
    let (status, json) = judged(&inventory, &["--tvs", "none"]);
    assert_eq!((status, answers(&json)), (1, vec![REFUSED.to_owned(); 2]));
}

#[test]
fn each_tftp_server_may_offer_an_itl_of_its_own() {
    let (before, after) = (path(BEFORE), path(AFTER));
    let rows =
        format!("SEP1,{before},ccm1\nSEP2,{before},CCM2\nSEP3,{before},ccm3\nSEP4,{before},\n");
    let inventory = format!("device,itl,tftp_server\n{rows}");
    let run = |arguments: &[&str]| {
        let all = [&["--json", "--rows", "--tvs", "none"], arguments].concat();
        let output = fleet(inventory.as_bytes(), &all);
        let json: Value = serde_json::from_str(stdout(&output))
            .unwrap_or_else(|error| panic!("{error}: {output:?}"));
        (status(&output), json)
    };
    let (of_ccm1, of_ccm2) = (format!("ccm1={after}"), format!("ccm2={before}"));
    let (status, json) =
        run(&["--offered-itl", &of_ccm1, "--offered-itl", &of_ccm2, "--offered-itl", &after]);
    assert_eq!(
        (status, answers(&json)),
        (1, [REFUSED, "accept itl same-file", REFUSED, REFUSED].map(str::to_owned).to_vec())
    );
    let others = "TFTP server ccm3 offers the ITL that --offered-itl gives without a server";
    assert!(json["assumed"].to_string().contains(others), "{}", json["assumed"]);
    // Without one for the others nothing is known of what they are offered.
    let (status, json) = run(&["--offered-itl", &of_ccm1, "--offered-itl", &of_ccm2]);
    let unsaid = "no --offered-itl for TFTP server";
    assert_eq!(
        (status, &answers(&json)[..2]),
        (2, &[REFUSED, "accept itl same-file"].map(str::to_owned)[..])
    );
    assert_eq!(
        answers(&json)[2..],
        [
            format!("{unsaid} ccm3"),
            "no TFTP node: give a column tftp_server, or --tftp-server for phones without one"
                .to_owned()
        ]
    );
    // One for all of several servers is an assumption (P-ITL-7).
    let (_, json) = run(&["--offered-itl", &after]);
    assert!(
        json["assumed"].to_string().contains("every TFTP server offers the same ITL"),
        "{}",
        json["assumed"]
    );
    let twice =
        fleet(inventory.as_bytes(), &["--offered-itl", &of_ccm1, "--offered-itl", &of_ccm1]);
    assert!(stderr(&twice).contains("--offered-itl is given twice for ccm1"), "{}", stderr(&twice));
}

#[test]
fn paths_are_found_beside_the_inventory() {
    let folder = folder("beside");
    std::fs::create_dir(folder.join("lists")).unwrap();
    std::fs::copy(common::testdata(BEFORE), folder.join("lists/one.tlv")).unwrap();
    let inventory = folder.join("inventory.csv");
    std::fs::write(&inventory, "device,itl\nSEP1,lists/one.tlv\n").unwrap();
    let offered = path(AFTER);
    let output = command(&[
        inventory.to_str().unwrap(),
        "--offered-itl",
        &offered,
        "--tvs",
        "none",
        "--model",
        "8851",
    ])
    .output()
    .unwrap();
    assert_eq!(status(&output), 1, "{output:?}");
    assert!(stdout(&output).contains("NO: 1 of 1 phone refuses files."), "{}", stdout(&output));
}

#[test]
fn the_summary_tells_what_matters() {
    let (itl, recovery) = (path(BEFORE), path("recovery/before/ITLFile.tlv"));
    let inventory = format!(
        "device,model,itl,cm_group\nSEP1,8851,{itl},ccm1\nSEP2,7975,{recovery},ccm2\nSEP3,7975,,ccm2\n"
    );
    let offered = path(AFTER);
    let output = fleet(inventory.as_bytes(), &["--offered-itl", &offered, "--tvs", "none"]);
    let text = stdout(&output);
    for line in [
        "Assumed: no CTL on the server: --offered-ctl not given",
        "NO: 2 of 3 phones refuse files; facts are missing for 1 more.",
        "        2  REFUSED    ITL     signer-unknown: The phone does not know the certificate that signed",
        "        1  UNDECIDED  CTL     installed-lists-not-given: Which lists are on the phone?",
        "  SEP1             8851          REFUSED    ITL signer-unknown  (line 2)",
        "  7975                                   1         1         0",
        "  ccm1                                   1         0         0",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let few =
        fleet(inventory.as_bytes(), &["--offered-itl", &offered, "--tvs", "none", "--first", "1"]);
    assert!(stdout(&few).contains("and 2 more: --rows or --csv lists all"));
}

fn generated(rows: usize, lists: &[String], target: &mut impl Write) -> std::io::Result<()> {
    target.write_all(b"device,model,itl,ctl,cm_group,tftp_server,description\n")?;
    let models = ["8851", "7975", "CP-7841", "8861"];
    for row in 0..rows {
        let (list, model) = (&lists[row * 7919 % lists.len()], models[row % models.len()]);
        writeln!(
            target,
            "SEP{row:012X},{model},{list},,\"ccm{},ccm2\",192.0.2.11,\"Room {row}, east\"",
            row % 3 + 1
        )?;
    }
    Ok(())
}

/// Lists that differ in bytes that are not looked at: the signer of a list on the phone, which none of
/// its records is. (A list whose own signature is broken is on no phone.)
fn many_lists(folder: &Path, count: usize) -> Vec<String> {
    let bytes = bytes(BEFORE);
    let file = trustlist::wire::TrustList::parse(&bytes).unwrap();
    let serial = file.header().serial();
    let at = bytes.windows(serial.len()).position(|window| window == serial).unwrap();
    let list = |number: usize| {
        let mut bytes = bytes.clone();
        bytes[at..at + 4].copy_from_slice(&u32::try_from(number).unwrap().to_be_bytes());
        std::fs::write(folder.join(format!("{number}.tlv")), &bytes).unwrap();
        hex(&md5::Md5::digest(&bytes))
    };
    (0..count).map(list).collect()
}

/// A million phones within the memory that is promised: the process may not even reserve more.
#[cfg(target_os = "linux")]
#[test]
fn a_million_phones_fit_into_300_megabytes() {
    let folder = folder("million");
    let lists = many_lists(&folder, 1_000);
    let script = "ulimit -v 292968 && exec \"$@\"";
    let arguments = [
        "--offered-itl",
        &path(AFTER),
        "--known",
        folder.to_str().unwrap(),
        "--tvs",
        "none",
        "--json",
    ];
    let mut child = Command::new("sh")
        .args(["-c", script, "sh", env!("CARGO_BIN_EXE_trustlist"), "fleet", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = std::io::BufWriter::with_capacity(1 << 16, child.stdin.take().unwrap());
    generated(1_000_000, &lists, &mut stdin).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(status(&output), 1, "{}", stderr(&output));
    let json: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(
        (&json["phones"], &json["reject"], &json["unreadable"]),
        (&json!(1_000_000), &json!(1_000_000), &json!(0))
    );
    assert_eq!(json["models"].as_array().unwrap().len(), 4);
    assert_eq!(json["first"].as_array().unwrap().len(), 20);
}

/// Feeds rows until the process goes away.
fn feed(child: &mut Child, row: &str) -> bool {
    let stdin = child.stdin.as_mut().unwrap();
    (0..20_000_000 / row.len()).any(|_| stdin.write_all(row.as_bytes()).is_err())
}

#[cfg(unix)]
#[test]
fn an_interrupt_marks_what_is_there_as_partial() {
    let itl = path(BEFORE);
    let row = format!("SEP1,{itl},{}\n", "x".repeat(400)).repeat(100);
    for form in ["--csv", "--json", "--rows"] {
        let offered = path(AFTER);
        let rows =
            if form == "--json" { &["--json", "--rows"][..] } else { std::slice::from_ref(&form) };
        let mut child =
            command(&[&["-", "--offered-itl", &offered, "--tvs", "none"], rows].concat())
                .spawn()
                .unwrap();
        child.stdin.as_mut().unwrap().write_all(b"device,itl,note\n").unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let (listens, started) = std::sync::mpsc::channel();
        let reader = std::thread::spawn(move || {
            let mut data = vec![0];
            stdout.read_exact(&mut data).unwrap();
            listens.send(()).unwrap();
            stdout.read_to_end(&mut data).unwrap();
            String::from_utf8(data).unwrap()
        });
        // The first output says that it listens by now.
        while started.try_recv().is_err() {
            child.stdin.as_mut().unwrap().write_all(row.as_bytes()).unwrap();
        }
        let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        assert!(feed(&mut child, &row), "the process stops reading");
        let output = child.wait_with_output().unwrap();
        let data = reader.join().unwrap();
        assert_eq!(status(&output), 2, "{}", stderr(&output));
        assert!(
            stderr(&output).contains("interrupted after ")
                && stderr(&output).contains("the result is partial")
        );
        match form {
            "--csv" => {
                let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(data.as_bytes())
                    .records()
                    .map(Result::unwrap)
                    .collect();
                let last = rows.last().unwrap();
                assert_eq!((&last[0], &last[3]), ("", "partial"));
                assert!(last[11].starts_with("interrupted after "), "{last:?}");
            }
            "--json" => {
                let json: Value = serde_json::from_str(&data).unwrap();
                assert_eq!(json["partial"], true);
                assert_eq!(
                    json["rows"].as_array().unwrap().len() as u64,
                    json["phones"].as_u64().unwrap()
                );
            }
            _ => assert!(
                data.contains("\nPARTIAL, interrupted after "),
                "{}",
                &data[data.len().saturating_sub(2_000)..]
            ),
        }
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_is_heard_while_nothing_comes() {
    let (itl, offered) = (path(BEFORE), path(AFTER));
    let mut child =
        command(&["-", "--offered-itl", &offered, "--tvs", "none", "--rows"]).spawn().unwrap();
    child
        .stdin
        .as_mut()
        .unwrap()
        .write_all(format!("device,itl\nSEP1,{itl}\nSEP2,{itl}\nSEP").as_bytes())
        .unwrap();
    // Two rows are handed on, the third is not there yet.
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut lines = [String::new(), String::new()];
    for line in &mut lines {
        assert_ne!(std::io::BufRead::read_line(&mut stdout, line).unwrap(), 0);
    }
    assert!(lines[0].starts_with("SEP1 ") && lines[1].starts_with("SEP2 "), "{lines:?}");
    assert!(
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success()
    );
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("PARTIAL, interrupted after 2 rows: "), "{rest}");
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[cfg(unix)]
#[test]
fn the_second_interrupt_ends_at_once() {
    let offered = path(AFTER);
    let mut child = command(&["-", "--offered-itl", &offered, "--rows"]).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let rows = format!("SEP1,{}\n", "00".repeat(16)).repeat(5_000);
    let writer =
        std::thread::spawn(move || drop(stdin.write_all(format!("device,itl\n{rows}").as_bytes())));
    // Nobody reads the answers any further, so that the first interrupt cannot be followed.
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    let mut code = None;
    for _ in 0..2_000 {
        assert!(
            Command::new("kill")
                .args(["-INT", &child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        code = child.try_wait().unwrap().and_then(|status| status.code());
        if code.is_some() {
            break;
        }
    }
    drop(child.stdout.take());
    writer.join().unwrap();
    assert_eq!(code, Some(130));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_a_reader_that_leaves_is_not() {
    let (itl, offered) = (path(BEFORE), path(AFTER));
    let inventory = folder("full").join("inventory.csv");
    std::fs::write(&inventory, format!("device,itl\n{}", format!("SEP1,{itl}\n").repeat(5_000)))
        .unwrap();
    for form in [&["--csv"][..], &["--rows"], &["--json", "--rows"], &["--json"], &["--html"], &[]]
    {
        let phones = [
            inventory.to_str().unwrap(),
            "--offered-itl",
            &offered,
            "--tvs",
            "none",
            "--model",
            "8851",
        ];
        let arguments = [&phones, form].concat();
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = command(&arguments).stdout(full).output().unwrap();
        assert_eq!(status(&output), 2, "{form:?}");
        assert!(
            stderr(&output).contains("cannot write to standard output"),
            "{form:?}: {}",
            stderr(&output)
        );
        let mut child = command(&arguments).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(status(&output), 1, "{form:?}: {}", stderr(&output));
        assert!(!stderr(&output).contains("cannot write"), "{form:?}: {}", stderr(&output));
    }
}
