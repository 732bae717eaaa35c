//! The phones whose own files are collected: a list of names, or a file with one in each row.

use crate::input::{self, Input};
use crate::limits::MAX_COLLECTED_PHONES;
use std::path::Path;
use trustlist::report::Plain;

/// Reads `--phones`: names separated by commas, a file with a name in each line, or an inventory
/// with the column device.
pub(super) fn phones(input: &Input, value: &str) -> Result<Vec<String>, String> {
    let path = Path::new(value);
    let (from, names) = if path.is_file() {
        (input::name(path), of_text(&input::name(path), &input.text(path)?)?)
    } else {
        (
            "--phones".to_owned(),
            value
                .split(',')
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .collect(),
        )
    };
    let mut phones: Vec<String> = Vec::with_capacity(names.len());
    let mut seen = std::collections::HashSet::new();
    for name in names {
        let fit = (1..=MAX_NAME).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if !fit {
            return Err(format!(
                "{from}: {}: expected the name of a device such as SEP001122334455, or a file",
                Plain(&name)
            ));
        }
        if seen.insert(name.to_ascii_uppercase()) {
            phones.push(name);
        }
        if phones.len() > MAX_COLLECTED_PHONES {
            return Err(format!(
                "{from}: more than {MAX_COLLECTED_PHONES} phones (cli::limits::MAX_COLLECTED_PHONES): collect some of them, most phones load the same lists"
            ));
        }
    }
    if phones.is_empty() {
        return Err(format!(
            "{from}: no phone, expected the name of a device such as SEP001122334455"
        ));
    }
    Ok(phones)
}

/// The names of a file: of its column device, or of its lines.
fn of_text(name: &str, text: &str) -> Result<Vec<String>, String> {
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().next().unwrap_or_default();
    let delimiter = [b';', b'\t']
        .into_iter()
        .find(|&byte| header.bytes().any(|found| found == byte))
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut names = Vec::new();
    let mut column = None;
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| format!("{name}: {error}"))?;
        if row == 0 {
            let is_device = |cell: &str| {
                matches!(
                    cell.trim().to_ascii_lowercase().as_str(),
                    "device" | "device name" | "device name(line)"
                )
            };
            column = record.iter().position(is_device);
            if column.is_some() {
                continue;
            }
            if record.len() > 1 {
                return Err(format!(
                    "{name}: line 1: no column device, expected a header with it, or one name in each line"
                ));
            }
        }
        let cell = record.get(column.unwrap_or(0)).unwrap_or_default().trim();
        if !cell.is_empty() {
            names.push(cell.to_owned());
        }
    }
    Ok(names)
}

/// The names of the files of a phone, in the order in which it asks for them (P-BOOT-1).
pub(super) fn files_of(phone: &str) -> [String; 3] {
    [format!("CTL{phone}.tlv"), format!("ITL{phone}.tlv"), format!("{phone}.cnf.xml.sgn")]
}

/// The longest name of a device of CUCM.
const MAX_NAME: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    fn phones(value: &str) -> Result<Vec<String>, String> {
        super::phones(&Input::default(), value)
    }

    #[test]
    fn names_stand_in_a_column_or_in_lines() {
        assert_eq!(of_text("x", "SEP1\r\nSEP2\n\n").unwrap(), ["SEP1", "SEP2"]);
        assert_eq!(
            of_text("x", "\u{feff}model;Device Name\n8851;SEP1\n7841;SEP2\n").unwrap(),
            ["SEP1", "SEP2"]
        );
        assert!(of_text("x", "a,b\n1,2\n").unwrap_err().contains("no column device"));
    }

    #[test]
    fn phones_are_limited_at_the_last() {
        let names = |count: usize| {
            (0..count).map(|number| format!("SEP{number}")).collect::<Vec<_>>().join(",")
        };
        assert_eq!(phones(&names(MAX_COLLECTED_PHONES)).unwrap().len(), MAX_COLLECTED_PHONES);
        assert!(
            phones(&names(MAX_COLLECTED_PHONES + 1))
                .unwrap_err()
                .contains("cli::limits::MAX_COLLECTED_PHONES")
        );
    }

    #[test]
    fn names_are_those_of_devices() {
        assert_eq!(phones("SEP1, sep1,SEP2").unwrap(), ["SEP1", "SEP2"]);
        for wrong in ["../x", "a/b", "", ",", "SEP 1"] {
            assert!(phones(wrong).is_err(), "{wrong}");
        }
    }
}
