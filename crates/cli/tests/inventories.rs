//! Inventories of different origin give the same phones in every command that reads one.

#[path = "../../../tests/common/mod.rs"]
mod common;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use trustlist_cli::limits::{MAX_WORKBOOK, MAX_WORKBOOK_HELD, MAX_WORKBOOK_TABLES};

const PHONES: [&str; 3] = ["SEP001122334455", "SEP001122334466", "SEP001122334477"];

fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("inventories").join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn path(name: &str) -> String {
    common::testdata(name).display().to_string()
}

/// Status, data, messages.
fn told(folder: &Path, line: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
    let output = command
        .current_dir(folder)
        .args(line.split_whitespace())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn json(folder: &Path, line: &str) -> Value {
    let (status, data, messages) = told(folder, line);
    serde_json::from_str(&data)
        .unwrap_or_else(|error| panic!("{line}: {status} {error}\n{data}\n{messages}"))
}

fn names(phones: &Value, key: &str) -> Vec<String> {
    phones.as_array().unwrap().iter().map(|phone| phone[key].as_str().unwrap().to_owned()).collect()
}

/// UTF-16 with a mark.
fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(order).collect()
}

/// The same phones as the tools of different people write them.
fn inventories() -> Vec<(&'static str, Vec<u8>)> {
    let [one, two, three] = PHONES;
    let plain = format!("device,model\n{one},8851\n{two},7841\n{three},8831\n");
    let bat = format!(
        "Device Name,Description,Device Pool,Device Type,Device Protocol,Common Device Configuration\n\
         {one},\"Desk, front\",DP-Utrecht,Cisco 8851,SIP,\n{two},Lab,DP-Utrecht,Cisco 7841,SIP,\n{three},Conf,DP-Delft,Cisco 8831,SIP,\n"
    );
    let list = format!(
        "Device Name(Line),Description,Device Pool,Device Protocol,Status,IPv4 Address\n{one},Front desk,DP-Utrecht,SIP,Registered with \
         ccm1,192.0.2.5\n{two},Lab,DP-Utrecht,SIP,Unregistered,192.0.2.6\n{three},,,SIP,None,None\n"
    );
    let ris = format!(
        "Name,DirNumber,Model,Product,Status\n{one},1001,684,684,Registered\n{two},1002,622,622,Registered\n{three},,659,659,X\n"
    );
    let axl = format!(
        "name\tdescription\tproduct\tmodel\tdevicePoolName\n{one}\ta\tCisco 8851\tCisco 8851\tDP\n{two}\t\tCisco 7841\tCisco 7841\tDP\n\
         {three}\t\tCisco 8831\tCisco 8831\tDP\n"
    );
    let excel = format!(
        "\u{feff}device;model;note\r\n{one};Cisco 8851;\"a;b\"\r\n{two};Cisco 7841;\r\n{three};Cisco 8831;\r\n"
    );
    let unicode = format!(
        "Phone Name\tPhone Model\r\n{one}\tCisco 8851\r\n{two}\tCisco 7841\r\n{three}\tCisco 8831\r\n"
    );
    let said =
        format!("sep=;\r\nDevice Name;Model\r\n{one};8851\r\n{two};7841\r\n{three};8831\r\n");
    let lines = format!(
        "\n\ndevice,description\n{one},\"two\nlines, and a \"\"word\"\"\"\n\n{two},\n{three},x\n"
    );
    let mut western = format!("device,site\n{one},M").into_bytes();
    western.extend(b"\xfcnchen\n");
    western.extend(format!("{two},Delft\n{three},\n").into_bytes());
    let rows = [
        ["Device Name", "Description", "Device Type"],
        [one, "a\nb", "Cisco 8851"],
        [two, "", "Cisco 7841"],
        [three, "x", ""],
    ];
    vec![
        ("contract", plain.into_bytes()),
        ("bat", bat.into_bytes()),
        ("find-and-list", list.into_bytes()),
        ("ris", ris.into_bytes()),
        ("axl", axl.into_bytes()),
        ("excel", excel.into_bytes()),
        ("utf-16-le", utf16(&unicode, u16::to_le_bytes)),
        ("utf-16-be", utf16(&unicode, u16::to_be_bytes)),
        ("sep", said.into_bytes()),
        ("lines", lines.into_bytes()),
        ("windows-1252", western),
        ("xlsx", workbook(&rows.map(|row| row.map(str::to_owned)), Vec::new())),
    ]
}

/// The phones of a second table would be left out, and those that an open quotation mark swallows.
#[test]
fn phones_that_would_be_lost_are_told() {
    let folder = folder("lost");
    let after = path("cluster/after-both/ITLFile.tlv");
    let rows = [["device", "model"], ["SEP001122334455", "8851"]].map(|row| row.map(str::to_owned));
    let both = |second: &[[&str; 2]]| {
        let second: Vec<_> = second.iter().map(|row| row.map(str::to_owned)).collect();
        let other = parts_of(&second);
        let mut all = parts_of(&rows);
        for (name, bytes) in &mut all {
            let text = String::from_utf8(std::mem::take(bytes)).unwrap();
            *bytes = match *name {
                "xl/workbook.xml" => text.replace(
                    "</sheets>",
                    "<sheet name=\"More\" sheetId=\"2\" r:id=\"r9\"/></sheets>",
                ),
                "xl/_rels/workbook.xml.rels" => {
                    let sheet = text.split("<Relationship ").nth(1).unwrap();
                    let sheet = sheet.split_inclusive("/>").next().unwrap();
                    let more = sheet.replace("r1", "r9").replace("sheet1", "sheet2");
                    text.replace(
                        "</Relationships>",
                        &format!("<Relationship {more}</Relationships>"),
                    )
                }
                // Both tables write their texts in place.
                _ => text,
            }
            .into_bytes();
        }
        let inline = |parts: &[(&'static str, Vec<u8>)], rows: &[[String; 2]]| {
            let sheet = parts.iter().find(|(name, _)| name.ends_with("sheet1.xml")).unwrap();
            let mut text = String::from_utf8(sheet.1.clone()).unwrap();
            let texts = rows.iter().flatten().filter(|text| !text.is_empty());
            for (number, value) in texts.enumerate() {
                text = text.replace(
                    &format!("t=\"s\"><v>{number}</v>"),
                    &format!("t=\"inlineStr\"><is><t>{value}</t></is>"),
                );
            }
            text.into_bytes()
        };
        let (first, second) = (inline(&all, &rows), inline(&other, &second));
        let place = all.iter().position(|(name, _)| name.ends_with("sheet1.xml")).unwrap();
        all[place].1 = first;
        all.push(("xl/worksheets/sheet2.xml", second));
        archive(&all)
    };
    std::fs::write(folder.join("two.xlsx"), both(&[["Device Name", "x"], ["SEP1", "y"]])).unwrap();
    std::fs::write(folder.join("notes.xlsx"), both(&[["Legend", "x"], ["red", "y"]])).unwrap();
    let (status, _, text) = told(&folder, &format!("fleet two.xlsx --offered-itl {after}"));
    assert_eq!(status, 2, "{text}");
    assert!(text.contains("two tables (Phones and More)"), "{text}");
    let (status, _, text) = told(&folder, &format!("fleet notes.xlsx --offered-itl {after}"));
    assert_ne!(status, 2, "{text}");
    let rows = |second: &str| {
        format!(
            "device,description,model\nSEP1,\"front desk\n{second}\nSEP3,y\",8851\nSEP4,x,8851\n"
        )
    };
    for (second, faults) in
        [("SEP2,x,8851", 1), ("near SEP001122334455", 1), ("second floor, left", 0)]
    {
        std::fs::write(folder.join("open.csv"), rows(second)).unwrap();
        let answer = json(&folder, &format!("fleet open.csv --offered-itl {after} --json"));
        assert_eq!(answer["unreadable"], faults, "{second}: {answer}");
    }
}

#[test]
fn every_inventory_gives_the_same_phones_in_every_command() {
    let folder = folder("same");
    let (before, after) =
        (path("cluster/before/ITLFile.tlv"), path("cluster/after-both/ITLFile.tlv"));
    std::fs::create_dir(folder.join("saved")).unwrap();
    std::fs::copy(&before, folder.join("saved/ccm1-ITL.tlv")).unwrap();
    for out in ["before", "after"] {
        assert_eq!(told(&folder, &format!("collect --from-folder saved --out {out}")).0, 0);
    }
    std::fs::write(
        folder.join("itl.txt"),
        common::show_itl(&[("ccm1", "CCM+TFTP"), ("ccm1", "TVS")]),
    )
    .unwrap();
    for (name, bytes) in inventories() {
        std::fs::write(folder.join(name), bytes).unwrap();
        let fleet = json(
            &folder,
            &format!("fleet {name} --offered-itl {after} --installed-itl {before} --rows --json"),
        );
        assert_eq!(names(&fleet["rows"], "device"), PHONES, "{name}");
        assert_eq!(
            (fleet["unreadable"].as_u64(), fleet["phones"].as_u64()),
            (Some(0), Some(3)),
            "{name}"
        );
        let check = json(&folder, &format!("check before after --inventory {name} --json"));
        let groups = check["groups"].as_array().unwrap();
        assert_eq!(
            groups.iter().filter_map(|group| group["phones"].as_u64()).sum::<u64>(),
            3,
            "{name}"
        );
        let init = json(&folder, &format!("plan init itl.txt --phones {name} --version 12.5"));
        assert_eq!(names(&init["cluster"]["phones"], "name"), PHONES, "{name}");
    }
}

#[test]
fn text_of_other_encodings_comes_out_as_utf_8() {
    let folder = folder("encodings");
    let after = path("cluster/after-both/ITLFile.tlv");
    for (name, bytes) in
        inventories().into_iter().filter(|(name, _)| ["windows-1252", "lines"].contains(name))
    {
        std::fs::write(folder.join(name), bytes).unwrap();
        let (_, csv, _) = told(&folder, &format!("fleet {name} --offered-itl {after} --csv"));
        let wanted = if name == "lines" { "two\nlines, and a \"\"word\"\"" } else { "München" };
        assert!(csv.contains(wanted), "{csv}");
    }
    // Lines are counted as an editor counts them.
    std::fs::write(folder.join("faulty"), "sep=;\n\ndevice;model\nSEP1;8851;more\n").unwrap();
    let (status, _, messages) = told(&folder, &format!("fleet faulty --offered-itl {after}"));
    assert!(status == 2 && messages.contains("faulty: line 4: 3 values, expected 2"), "{messages}");
}

#[test]
fn what_looks_like_a_column_and_is_none_is_told() {
    let folder = folder("ignored");
    let after = path("cluster/after-both/ITLFile.tlv");
    std::fs::write(folder.join("phones.csv"), "device,modell,site\nSEP1,8851,Delft\n").unwrap();
    let (_, text, _) = told(&folder, &format!("fleet phones.csv --offered-itl {after}"));
    assert!(text.contains("Assumed: column modell is not read: it looks like model"), "{text}");
    assert!(!text.contains("site"), "{text}");
}

#[test]
fn a_device_pool_gives_the_group() {
    let folder = folder("pools");
    let (before, after) =
        (path("cluster/before/ITLFile.tlv"), path("cluster/after-callmanager/ITLFile.tlv"));
    std::fs::write(
        folder.join("phones.csv"),
        "Device Name,Device Type,Device Pool\nSEP1,8851,Utrecht\nSEP2,8851,Delft\n",
    )
    .unwrap();
    std::fs::write(folder.join("pools.csv"), "Device Pool;Group\nutrecht;ccm1\nDelft;ccm9\n")
        .unwrap();
    let asked = format!(
        "fleet phones.csv --offered-itl {after} --installed-itl {before} --tvs ccm1={} --tvs ccm9=down --tvs-knows {after} --json",
        path("certs/ccm1-tvs-1.pem")
    );
    for pools in ["--pool-group pools.csv", "--pool-group Utrecht=ccm1 --pool-group delft=ccm9"] {
        let answer = json(&folder, &format!("{asked} {pools}"));
        let groups: Vec<&str> = answer["cm_groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|group| group["cm_group"].as_str().unwrap())
            .collect();
        assert_eq!(groups, ["ccm9", "ccm1"]);
        assert_eq!(
            (answer["accept"].as_u64(), answer["reject"].as_u64()),
            (Some(1), Some(1)),
            "{answer}"
        );
    }
    let (_, text, _) = told(&folder, &asked.replace(" --json", ""));
    assert!(text.contains("device_pool is not read without --pool-group"), "{text}");
}

#[test]
fn phones_hold_what_their_node_served() {
    let folder = folder("held");
    let (before, after) =
        (path("cluster/before/ITLFile.tlv"), path("cluster/after-both/ITLFile.tlv"));
    std::fs::create_dir(folder.join("saved")).unwrap();
    std::fs::copy(&before, folder.join("saved/ccm1-ITL.tlv")).unwrap();
    std::fs::copy(path("cluster/from-ccm2/ITLFile.tlv"), folder.join("saved/ccm2-ITL.tlv"))
        .unwrap();
    assert_eq!(told(&folder, "collect --from-folder saved --out before").0, 0);
    let own = after.clone();
    std::fs::write(
        folder.join("phones.csv"),
        format!(
            "device,model,tftp_server,itl\nSEP1,8851,ccm1,\nSEP2,8851,CCM2.voice.example,\nSEP3,8851,ccm1,{own}\nSEP4,8851,,\n"
        ),
    )
    .unwrap();
    let outcomes = |answer: &Value| -> Vec<String> {
        answer["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["answer"]["itl"].as_str().unwrap().to_owned())
            .collect()
    };
    let offer = format!("fleet phones.csv --offered-itl {before} --tvs none --rows --json");
    // The row wins; a phone without a node is unknown if there are two nodes.
    let of_snapshot = json(&folder, &format!("{offer} --before before"));
    assert_eq!(outcomes(&of_snapshot), ["unchanged", "reject", "reject", "depends"]);
    let by_node = format!(
        "--installed-itl ccm1={before} --installed-itl ccm2={}",
        path("cluster/from-ccm2/ITLFile.tlv")
    );
    assert_eq!(outcomes(&json(&folder, &format!("{offer} {by_node}"))), outcomes(&of_snapshot));
    let of_all = json(&folder, &format!("{offer} --installed-itl {before}"));
    assert_eq!(outcomes(&of_all), ["unchanged", "unchanged", "reject", "unchanged"]);
    assert_eq!(outcomes(&json(&folder, &format!("{offer} --installed-itl {after}")))[0], "reject");
    let twice =
        told(&folder, &format!("{offer} --installed-itl {before} --installed-itl {before}"));
    assert!(twice.0 == 2 && twice.2.contains("expected each node once"), "{twice:?}");
}

/// MAX_WORKBOOK bytes packed, MAX_WORKBOOK_HELD of texts, MAX_WORKBOOK_TABLES of tables: the last
/// is read, one more is not.
#[test]
fn a_workbook_is_limited_at_its_last_byte() {
    let folder = folder("workbook-bytes");
    let after = path("cluster/after-both/ITLFile.tlv");
    let rows = [["device".to_owned()], ["SEP1".to_owned()]];
    let whole = |text: &str, bytes: u64| {
        // Blanks between the elements are no content.
        let room = usize::try_from(bytes).unwrap() - text.len();
        [text.as_bytes(), &vec![b' '; room]].concat()
    };
    let plain = parts_of(&rows);
    let part = |name: &str| {
        String::from_utf8(plain.iter().find(|(known, _)| *known == name).unwrap().1.clone())
            .unwrap()
    };
    let (sheet, texts) = (part("xl/worksheets/sheet1.xml"), part("xl/sharedStrings.xml"));
    let others: usize = plain
        .iter()
        .filter(|(name, _)| !name.starts_with("xl/worksheets/"))
        .map(|(_, bytes)| bytes.len())
        .sum();
    let held = MAX_WORKBOOK_HELD - u64::try_from(others - texts.len()).unwrap();
    let with_texts = |bytes| archive(&parts(sheet.clone().into_bytes(), whole(&texts, bytes)));
    let with_table = |bytes| archive(&parts(whole(&sheet, bytes), texts.clone().into_bytes()));
    // Bytes before the first part belong to no part.
    let packed = |bytes: u64| {
        let small = archive(&plain);
        let mut large = archive_behind(&plain, usize::try_from(bytes).unwrap() - small.len());
        large[..4].copy_from_slice(b"PK\x03\x04");
        large
    };
    for (name, last, more) in [
        ("held", with_texts(held), with_texts(held + 1)),
        ("tables", with_table(MAX_WORKBOOK_TABLES), with_table(MAX_WORKBOOK_TABLES + 1)),
        ("packed", packed(MAX_WORKBOOK), packed(MAX_WORKBOOK + 1)),
    ] {
        std::fs::write(folder.join("last.xlsx"), last).unwrap();
        std::fs::write(folder.join("more.xlsx"), more).unwrap();
        let answer = json(&folder, &format!("fleet last.xlsx --offered-itl {after} --json"));
        assert_eq!(answer["phones"], 1, "{name}");
        let (status, _, messages) =
            told(&folder, &format!("fleet more.xlsx --offered-itl {after}"));
        assert!(
            status == 2 && messages.contains("cli::limits::MAX_WORKBOOK"),
            "{name}: {messages}"
        );
    }
}

/// A few kilobytes that unpack to more than the memory that is allowed.
#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused() {
    let folder = folder("bombs");
    let after = path("cluster/after-both/ITLFile.tlv");
    let rows = [["device".to_owned()], ["SEP1".to_owned()]];
    let bomb = workbook(&rows, vec![b' '; 9 << 20]);
    assert!(bomb.len() < 1 << 17);
    let far = br#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>device</t></is></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>"#;
    let cut = workbook(&rows, Vec::new());
    let cut = cut[..cut.len() / 2].to_vec();
    for (name, bytes, why) in [
        ("bomb.xlsx", bomb, "unpacks to more than is read"),
        ("cut.xlsx", cut, "broken or of an unknown form"),
        ("far.xlsx", archive(&parts(far.to_vec(), b"<sst/>".to_vec())), "1 values, expected 16384"),
    ] {
        std::fs::write(folder.join(name), bytes).unwrap();
        let (status, data, messages) =
            told(&folder, &format!("fleet {name} --offered-itl {after}"));
        assert!(status == 2 && !messages.contains("panic"), "{name}: {status}\n{data}\n{messages}");
        assert!(name == "far.xlsx" || messages.contains(why), "{name}: {messages}");
    }
}

/// A workbook with one table, as Excel writes it: texts are shared; an empty cell is left out.
fn workbook(rows: &[impl AsRef<[String]>], padding: Vec<u8>) -> Vec<u8> {
    archive(&padded_parts(rows, &padding))
}

fn parts_of(rows: &[impl AsRef<[String]>]) -> Vec<(&'static str, Vec<u8>)> {
    padded_parts(rows, &[])
}

fn padded_parts(rows: &[impl AsRef<[String]>], padding: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let (mut sheet, mut texts, mut count) = (String::new(), String::new(), 0);
    for (number, row) in (1..).zip(rows) {
        sheet += &format!("<row r=\"{number}\">");
        for (column, text) in ('A'..).zip(row.as_ref()).filter(|(_, text)| !text.is_empty()) {
            sheet += &format!("<c r=\"{column}{number}\" t=\"s\"><v>{count}</v></c>");
            texts += &format!("<si><t>{text}</t></si>");
            count += 1;
        }
        sheet += "</row>";
    }
    let space = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let sheet =
        format!("<worksheet {space}><sheetData>{sheet}</sheetData></worksheet>").into_bytes();
    let texts = [format!("<sst {space}>").as_bytes(), padding, format!("{texts}</sst>").as_bytes()]
        .concat();
    parts(sheet, texts)
}

fn parts(sheet: Vec<u8>, texts: Vec<u8>) -> Vec<(&'static str, Vec<u8>)> {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let types = "http://schemas.openxmlformats.org/package/2006/content-types";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    vec![
        ("[Content_Types].xml", format!("<Types xmlns=\"{types}\"/>").into_bytes()),
        (
            "_rels/.rels",
            format!("<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>").into_bytes(),
        ),
        (
            "xl/workbook.xml",
            format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Phones\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>").into_bytes(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
                 <Relationship Id=\"r2\" Type=\"{office}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
            )
            .into_bytes(),
        ),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", texts),
    ]
}

/// A ZIP archive (APPNOTE 4.3), each part packed.
fn archive(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    archive_behind(parts, 0)
}

/// The same after bytes that belong to no part.
fn archive_behind(parts: &[(&str, Vec<u8>)], before: usize) -> Vec<u8> {
    let (mut out, mut directory) = (vec![0; before], Vec::new());
    for (name, content) in parts {
        let mut crc = Crc::new();
        crc.update(content);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let long = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
        let short = |value: usize| u16::try_from(value).unwrap().to_le_bytes();
        // Version, flags, method, time, date; checksum, both sizes, both lengths.
        let common = [
            &[20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0][..],
            &crc.sum().to_le_bytes(),
            &long(packed.len()),
            &long(content.len()),
            &short(name.len()),
            &[0, 0],
        ]
        .concat();
        directory.extend(
            [b"PK\x01\x02\x14\x00", &common[..], &[0; 10], &long(out.len()), name.as_bytes()]
                .concat(),
        );
        out.extend([b"PK\x03\x04", &common[..], name.as_bytes(), &packed].concat());
    }
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    let start = u32::try_from(out.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &start, &[0, 0]].concat();
    [out, directory, end].concat()
}

/// The lines at which rows begin.
fn lines_of(text: &str) -> Vec<u64> {
    let path = folder("lines").join("phones.csv");
    std::fs::write(&path, text).unwrap();
    let rows = trustlist_cli::fuzzing::inventory(&path).unwrap_or_default();
    rows.iter().map(|(line, _)| *line).collect()
}

/// Found by the fuzz target `rows`: the file ends inside a value, with a quotation mark of the value.
#[test]
fn a_value_that_is_left_open_begins_where_the_row_before_it_ended() {
    assert_eq!(lines_of("device;model\n1\r\"\n\n\"\"\n"), [2, 2]);
    assert_eq!(lines_of("device;model\n1;2\n\"\n\n\"\"\n"), [2, 3]);
}

proptest::proptest! {
    /// Quotation marks, carriage returns and line feeds anywhere: each row begins where the one before
    /// it ended, or later.
    #[test]
    fn the_lines_of_rows_never_go_back(text in "([1;\"\r\n]|\r\n|\"\"\n){0,12}") {
        let lines = lines_of(&format!("device;model\r\n{text}"));
        proptest::prop_assert!(lines.is_sorted(), "{lines:?}");
    }
}
