//! `show itl` and `show ctl` as people paste them, against the lists they were printed from.
#![cfg(all(feature = "serde", feature = "rsa"))]

use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use trustlist::code::ConsoleCode;
use trustlist::console::{self, Presence, Print, PrintedRecord, SignatureWord, Value, Verified};
use trustlist::facts::{Completeness, FileId, ListFacts, ListKind, RecordFacts, Serial};
use trustlist::wire::TrustList;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read(path: &Path) -> String {
    String::from_utf8(std::fs::read(path).unwrap()).unwrap()
}

fn bytes_of(row: Option<&console::Row>) -> Option<String> {
    match &row?.value {
        Value::Bytes(bytes) => Some(hex(bytes)),
        _ => None,
    }
}

fn same_record(record: &PrintedRecord, expected: &Json, at: &str) {
    assert_eq!(record.length().map(u64::from), expected["length"].as_u64(), "{at}: length");
    assert_eq!(record.server(), expected["dns"].as_str().unwrap_or_default().trim(), "{at}: dns");
    assert_eq!(
        record.subject().unwrap_or_default(),
        expected["subject"].as_str().unwrap_or_default(),
        "{at}: subject"
    );
    assert_eq!(
        record.role().map(|role| role.to_string()).as_deref(),
        expected["role"].as_str(),
        "{at}: role"
    );
    let identity = record.identity();
    assert_eq!(
        identity.as_ref().map(|id| id.issuer.as_str().to_string()).unwrap_or_default(),
        expected["issuer"].as_str().unwrap_or_default(),
        "{at}: issuer"
    );
    let serial = expected["serial"]
        .as_str()
        .filter(|serial| !serial.is_empty())
        .map(|serial| Serial::from_hex(serial).unwrap());
    assert_eq!(identity.map(|id| id.serial), serial, "{at}: serial");
    for (tag, size) in expected["sizes"].as_object().unwrap() {
        let row = record.row(tag.parse().unwrap()).unwrap_or_else(|| panic!("{at}: no row {tag}"));
        assert_eq!(u64::from(row.length), size.as_u64().unwrap(), "{at}: size of {tag}");
    }
    assert_eq!(record.rows.len(), expected["sizes"].as_object().unwrap().len() + 1, "{at}: rows");
    assert_eq!(
        record.fingerprint().sha1.map(|sha1| hex(&sha1)).as_deref(),
        expected["certificate_sha1"].as_str(),
        "{at}: sha1"
    );
    assert_eq!(record.signed_this_file, expected["signed_the_list"].as_bool(), "{at}: signed");
    assert_eq!(record.added(), record.length().map(u64::from), "{at}: lengths");
}

fn same_list(print: &Print, expected: &Json, at: &str) {
    let kind = if expected["list"] == "itl" { ListKind::Itl } else { ListKind::Ctl };
    assert_eq!(print.kind, kind, "{at}");
    assert_eq!(print.md5.map(|md5| hex(&md5)).as_deref(), expected["md5"].as_str(), "{at}: md5");
    assert_eq!(
        print.sha1.map(|sha1| hex(&sha1)).as_deref(),
        expected["sha1"].as_str(),
        "{at}: sha1"
    );
    assert_eq!(print.size, expected["length"].as_u64(), "{at}: size");
    assert_eq!(
        print.header_length.map(u64::from),
        expected["header_length"].as_u64(),
        "{at}: header length"
    );
    assert_eq!(
        print.version.map(|(major, minor)| format!("{major}.{minor}")).as_deref(),
        expected["version"].as_str(),
        "{at}"
    );
    let signer = &expected["signer"];
    assert_eq!(print.signer_subject(), signer["name"].as_str(), "{at}: signer");
    let identity = print.signer().unwrap();
    assert_eq!(Some(identity.issuer.as_str()), signer["issuer"].as_str(), "{at}: issuer");
    assert_eq!(
        identity.serial,
        Serial::from_hex(signer["serial"].as_str().unwrap()).unwrap(),
        "{at}: serial"
    );
    assert_eq!(
        bytes_of(print.row(12)).as_deref(),
        expected["signature"].as_str(),
        "{at}: signature"
    );
    assert_eq!(print.records.len(), expected["records"].as_array().unwrap().len(), "{at}: records");
    for (record, expected) in print.records.iter().zip(expected["records"].as_array().unwrap()) {
        same_record(record, expected, &format!("{at}, record {}", record.index.0));
    }
    if expected["complete"] == true {
        assert_eq!(
            matches!(print.verified, Verified::Yes(_)),
            expected["verified"].as_bool().unwrap(),
            "{at}: verified"
        );
        assert_ne!(print.verified, Verified::NotSaid, "{at}");
        assert_eq!(print.completeness(), Completeness::Whole, "{at}");
        assert_eq!(print.cut, None, "{at}");
    } else {
        assert_eq!(print.completeness(), Completeness::Partial, "{at}");
    }
}

/// Every print of `testdata/prints` says what its list holds.
#[test]
fn made_prints_agree_with_their_lists() {
    let folder = testdata("prints");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let expected: Json = serde_json::from_str(&read(&path)).unwrap();
        let prints = console::parse(&read(&path.with_extension("txt")));
        assert_eq!(prints.len(), 1, "{}", path.display());
        same_list(&prints[0], &expected, &path.display().to_string());
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn two_lists_in_one_paste_are_two() {
    let folder = testdata("prints");
    let prints = console::parse(&read(&folder.join("19-itl-and-ctl-in-one-paste.txt")));
    assert_eq!(
        prints.iter().map(|print| (print.kind, print.records.len())).collect::<Vec<_>>(),
        [(ListKind::Itl, 3), (ListKind::Ctl, 3)]
    );
    assert!(prints.iter().all(|print| print.completeness() == Completeness::Whole));
}

#[test]
fn a_missing_ctl_is_no_error() {
    let prints = console::parse(&read(&testdata("prints/20-ctl-no-file.txt")));
    assert_eq!(prints.len(), 1);
    assert!(matches!(prints[0].presence, Presence::NotFound(_)));
    assert_eq!(prints[0].verified, Verified::NotSaid);
}

/// Reading, writing and reading again gives the same paste.
fn again(print: &Print) -> Print {
    let prints = console::parse(&print.to_string());
    assert_eq!(prints.len(), 1);
    prints.into_iter().next().unwrap()
}

/// Line numbers are of the paste, not of the list.
fn without_lines(print: &Print) -> String {
    let text = format!("{print:?}");
    let mut out = String::new();
    for (index, part) in text.split("Line(").enumerate() {
        out.push_str(if index == 0 { part } else { part.split_once(')').unwrap().1 });
    }
    out
}

#[test]
fn prints_of_prints_say_the_same() {
    let mut seen = 0;
    for entry in std::fs::read_dir(testdata("prints")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        for print in console::parse(&read(&path)) {
            assert_eq!(without_lines(&again(&print)), without_lines(&print), "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 8);
}

fn wrapped(text: &str, width: usize, end: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let chars: Vec<char> = line.chars().collect();
        for (index, part) in chars.chunks(width).enumerate() {
            out.push_str(if index == 0 { "" } else { end });
            out.extend(part);
        }
        out.push_str(end);
    }
    out
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn made_prints_survive_wrapping_and_collapsing() {
    let folder = testdata("prints");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let text = read(&path);
        let before: Vec<_> =
            console::parse(&text).iter().map(|print| print.facts(FileId::symbol(0))).collect();
        for width in 1..133 {
            for end in if width % 40 == 0 { vec!["\n", "\r\n"] } else { vec!["\n"] } {
                let after: Vec<_> = console::parse(&wrapped(&text, width, end))
                    .iter()
                    .map(|print| print.facts(FileId::symbol(0)))
                    .collect();
                assert_eq!(after, before, "{} at {width}", path.display());
            }
        }
        for changed in [
            collapsed(&text),
            text.replace('\t', "\u{a0}\u{a0}"),
            text.replace("\r\n", "\n").replace('\n', " "),
        ] {
            let after: Vec<_> = console::parse(&changed)
                .iter()
                .map(|print| print.facts(FileId::symbol(0)))
                .collect();
            assert_eq!(after, before, "{}", path.display());
        }
    }
}

/// The facts as a print carries them; that is what a reader of the print may know.
fn carried(facts: &ListFacts) -> ListFacts {
    console::carried(facts)
}

fn lists() -> Vec<(PathBuf, Vec<u8>)> {
    let folders = ["corpus/valid", "corpus/hostile"].into_iter().map(testdata);
    let files = folders
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path());
    let mut lists: Vec<_> =
        files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    lists.sort();
    lists
}

/// Every list of the corpus, printed, comes back as what a print carries of it, however it was
/// wrapped.
#[test]
fn lists_printed_and_read_are_the_same() {
    let mut seen = 0;
    for (path, bytes) in lists() {
        let Ok(list) = TrustList::parse(&bytes) else { continue };
        let Ok(facts) = ListFacts::from_list(&list, FileId::symbol(0)) else { continue };
        let text = Print::from_list(&list, SignatureWord::Good).unwrap().to_string();
        let expected = carried(&facts);
        let mut pastes = vec![text.clone(), text.replace('\n', "\r\n"), collapsed(&text)];
        pastes.extend([1, 2, 7, 40, 79, 80, 132].map(|width| wrapped(&text, width, "\n")));
        for (number, paste) in pastes.iter().enumerate() {
            let prints = console::parse(paste);
            assert_eq!(prints.len(), 1, "{}, paste {number}", path.display());
            let found = carried(&prints[0].facts(FileId::symbol(0)));
            assert!(
                found == expected,
                "{}, paste {number}\nfound    {found:#?}\nexpected {expected:#?}",
                path.display()
            );
        }
        seen += 1;
    }
    println!("{seen} lists");
}

/// `show` of a paste has the form of `show` of a file; what it cannot know is null, and the
/// signature is not checked.
#[test]
fn a_paste_is_shown_like_a_file() {
    let text = std::fs::read(testdata("cluster/before/ITLFile.tlv")).unwrap();
    let list = TrustList::parse(&text).unwrap();
    let print =
        console::list(&Print::from_list(&list, SignatureWord::Good).unwrap().to_string(), None)
            .unwrap();
    let theirs = trustlist::report::console::list_report(&print);
    let ours = trustlist::report::list::ListReport::of(
        &trustlist::wire::parse(&text).unwrap(),
        &trustlist::verify::RustCrypto,
    )
    .unwrap();
    let json = |report| -> Json { serde_json::to_value(report).unwrap() };
    let (theirs, ours) = (json(&theirs), json(&ours));
    for key in ["schema", "kind", "size", "md5", "sha1"] {
        assert_eq!(theirs[key], ours[key], "{key}");
    }
    for key in ["signer", "issuer", "serial"] {
        assert_eq!(theirs["header"][key], ours["header"][key], "{key}");
    }
    assert_eq!((&theirs["source"], &ours["source"]), (&"text".into(), &"binary".into()));
    assert_eq!(theirs["signature"]["outcome"], "not-checked");
    assert!(theirs["header"]["digest"].is_null());
}

/// The odd things about a print, each by its code and record.
#[test]
fn odd_prints_say_what_is_odd() {
    let bytes = std::fs::read(testdata("cluster/before/ITLFile.tlv")).unwrap();
    let text = Print::from_list(&TrustList::parse(&bytes).unwrap(), SignatureWord::Good)
        .unwrap()
        .to_string();
    let found = |text: &str| {
        let print = console::list(text, None).unwrap();
        print
            .findings()
            .iter()
            .map(|finding| (finding.code, finding.record.map(|record| record.0)))
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&text), []);
    let without = |tag: &str, nth: usize| {
        let mut seen = 0;
        let keep = |line: &&str| {
            seen += usize::from(line.contains(tag));
            !(line.contains(tag) && seen == nth)
        };
        text.lines().filter(keep).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(found(&without("ISSUERNAME", 3)), [(ConsoleCode::RecordLengthsDisagree, Some(3))]);
    assert_eq!(found(&without("PUBLICKEY", 2)), [(ConsoleCode::RecordLengthsDisagree, Some(2))]);
    assert_eq!(found(&without("RECORDLENGTH", 2)), [(ConsoleCode::PrintLacksValues, Some(2))]);
    assert_eq!(found(&without("CANAME", 1)), [(ConsoleCode::HeaderLengthsDisagree, None)]);
    let cut = text.find("ITL Record #:5").unwrap();
    let cut = found(&text[..cut + 200]);
    assert!(cut.contains(&(ConsoleCode::PrintCut, Some(5))), "{cut:?}");
    assert!(
        found(&text.replace("was verified successfully", ""))
            .contains(&(ConsoleCode::PrintNotVerified, None))
    );
    let longer = text.replacen("Length of ITL file: ", "Length of ITL file: 1", 1);
    assert!(found(&longer).contains(&(ConsoleCode::FileLengthDisagrees, None)));
    // Without the length nothing else says that the records are those of one list.
    let unsized_print: String = text
        .lines()
        .filter(|line| !line.starts_with("Length of ITL file"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(found(&unsized_print), [(ConsoleCode::FileLengthDisagrees, None)]);
    let disordered = text.replacen("ITL Record #:3", "ITL Record #:1", 1);
    assert_eq!(found(&disordered), [(ConsoleCode::FileLengthDisagrees, Some(1))]);
    // Three blanks although the length leaves room for one: it is unknown which one belongs to the
    // name.
    let name = "CN=CAPF-3c9a51f0;OU=Voice;O=Example;L=Utrecht;ST=Utrecht;C=NL";
    let broken = name.replace("O=Example", "O=Exa mple C o");
    let (row, wrong) =
        (format!("\t{}\t{name}", name.len() + 1), format!("\t{}\t{broken}", broken.len() - 1));
    assert!(text.contains(&row));
    let unsure = found(&text.replace(&row, &wrong));
    assert_eq!(
        unsure.iter().filter(|(code, _)| *code == ConsoleCode::PrintNameUnsure).count(),
        2,
        "{unsure:?}"
    );
    assert_eq!(
        found("Length of CTL file: 0\nCTL File not found\n"),
        [(ConsoleCode::PrintNoList, None)]
    );
}

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}

/// Wrapped by a terminal, then collapsed by a web form: breaks inside words are blanks now. What is
/// read as whole is right; if that is unknown, the list is partial.
#[test]
fn wrapped_then_collapsed_is_right_or_partial() {
    let folder = testdata("prints");
    let (mut whole, mut all) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = std::fs::read(path.with_extension("tlv")) else { continue };
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let expected = carried(
            &ListFacts::from_list(&TrustList::parse(&bytes).unwrap(), FileId::symbol(0)).unwrap(),
        );
        for width in 20..133 {
            let paste = collapsed(&wrapped(&read(&path), width, "\n"));
            for print in console::parse(&paste) {
                let found = carried(&print.facts(FileId::symbol(0)));
                all += 1;
                if found.completeness == Completeness::Whole {
                    whole += 1;
                    // Subjects are a cross-check only; a token's has runs of blanks that collapse
                    // hides.
                    let known = |facts: &ListFacts| {
                        let record = |record: &RecordFacts| {
                            let held = record
                                .certificate
                                .as_ref()
                                .map(|held| (held.identity.clone(), held.fingerprint()));
                            (record.index, record.role, record.server.clone(), record.form, held)
                        };
                        facts.records.iter().map(record).collect::<Vec<_>>()
                    };
                    let same = found.signer == expected.signer && known(&found) == known(&expected);
                    assert!(same, "{} at {width}\n{found:?}\n{expected:?}", path.display());
                }
            }
        }
    }
    println!("{whole} of {all} read whole");
    assert!(whole * 2 > all);
}

/// Serial numbers with blanks instead of colons, and cut at every tenth character: never a wrong
/// whole list.
#[test]
fn blank_separated_serials_and_cuts_are_read() {
    let folder = testdata("prints");
    let text = read(&folder.join("01-itl-cucm8-document-crlf.txt"));
    let before = console::parse(&text)[0].facts(FileId::symbol(0));
    let blanks: String =
        text.split_inclusive('\n')
            .map(|line| {
                if line.contains("SERIALNUMBER") { line.replace(':', " ") } else { line.to_owned() }
            })
            .collect();
    for paste in [blanks.clone(), collapsed(&blanks)] {
        assert_eq!(console::parse(&paste)[0].facts(FileId::symbol(0)), before);
    }
    let end = text.rfind("HASH ALGORITHM").unwrap();
    for at in (0..end).step_by(10) {
        for print in console::parse(&text[..at]) {
            assert_eq!(print.completeness(), Completeness::Partial, "cut at {at}");
        }
    }
}

/// A row with no text after its name has no length: the number of the next row is not one, and the
/// rows after it are not its value. Found by fuzzing.
#[test]
fn a_row_without_a_length_takes_nothing_of_the_rows_behind_it() {
    for name in ["4\tFUNCTION", "2\tDNSNAME", "3\tSUBJECTNAME", "6\tSERIALNUMBER", "9\tCERTIFICATE"]
    {
        let text = format!(
            "Length of ITL file: 5000\nParse ITL File\nITL Record #:1\n1\tRECORDLENGTH\t2\t1118\n{name}\n7\tPUBLICKEY\t140\n\
             ITL Record #:2\n1\tRECORDLENGTH\t2\t1114\n"
        );
        let prints = console::parse(&text);
        assert_eq!(prints.len(), 1, "{name}");
        let rows: Vec<Vec<u8>> = prints[0]
            .records
            .iter()
            .map(|record| record.rows.iter().map(|row| row.tag).collect())
            .collect();
        assert_eq!(rows, [vec![1, 7], vec![1]], "{name}");
        assert_eq!(console::parse(&prints[0].to_string()).len(), 1, "{name}");
        assert_eq!(prints[0].completeness(), Completeness::Partial);
    }
}

/// A role is a few words; output of other commands after a paste that was cut is not a role.
#[test]
fn other_output_is_no_role() {
    let text = format!(
        "ITL Record #:1\n4 FUNCTION 2 something else {}",
        "output of another command ".repeat(9)
    );
    let print = &console::parse(&text)[0];
    assert_eq!(print.records[0].rows[0].value, Value::Absent);
}

/// A name may hold words that begin a row, a heading or a prompt: its length gives its end.
#[test]
fn a_name_may_hold_the_words_of_a_print() {
    for name in [
        "CN=hq 4 FUNCTION 2 TVS;O=Example",
        "CN=a 2 DNSNAME 3 hq 7 PUBLICKEY 140 b",
        "CN=admin:;O=Version: 2",
    ] {
        let text = format!(
            "Length of ITL file: 5000\nParse ITL File\nITL Record #:1\n1\tRECORDLENGTH\t2\t1118\n2\tDNSNAME\t4\thq\n\
             3\tSUBJECTNAME\t{}\t{name}\n4\tFUNCTION\t2\tTVS\n",
            name.len() + 1
        );
        let print = &console::parse(&text)[0];
        assert_eq!(print.records.len(), 1, "{name}");
        let record = &print.records[0];
        assert_eq!((record.subject(), record.server()), (Some(name), "hq"), "{name}");
        assert_eq!(
            record.rows.iter().map(|row| row.tag).collect::<Vec<_>>(),
            [1, 2, 3, 4],
            "{name}"
        );
        assert_eq!(record.role(), Some(trustlist::wire::Role::Tvs));
    }
}

/// If the server's statement on the signature comes at the end, the paste is complete, even if
/// lengths do not add up: lost blanks make them.
#[test]
fn a_paste_with_the_servers_word_is_not_cut() {
    let text = "Length of ITL file: 5000\nParse ITL File\nITL Record #:1\n1\tRECORDLENGTH\t2\t1118\n2\tDNSNAME\t4\thq\n";
    assert!(console::parse(text)[0].cut.is_some());
    for word in ["The ITL file was verified successfully.", "Verification of the ITL File failed."]
    {
        let print = &console::parse(&format!("{text}\n{word}\n"))[0];
        assert_eq!((print.cut, print.completeness()), (None, Completeness::Partial), "{word}");
    }
}

/// A prompt that is glued to the words of the date is no date: printed again it would begin another
/// print. Found by fuzzing.
#[test]
fn a_prompt_glued_to_the_date_is_no_date() {
    let text = "Length of CTL file: 2317\nThe CTL File was last modified onadmin:show ctl\n\n\tParse CTL File\n";
    let prints = console::parse(text);
    assert_eq!((prints.len(), prints[0].modified.as_deref()), (1, None));
    assert_eq!(console::parse(&prints[0].to_string()).len(), 1);
    let dated =
        console::parse(&text.replace("onadmin:show ctl", "on Mon Mar 02 10:00:00 CET 2015"));
    assert_eq!(dated[0].modified.as_deref(), Some("Mon Mar 02 10:00:00 CET 2015"));
}
