//! The header of an operation in `certMgmt`: `op: delete`, `unit: tomcat-trust`, `certDir: …`, one or several to a line.

use super::url_decoded;
use crate::deletion::Moment;
use std::borrow::Cow;

/// The most fields that are read of one header; real ones have fifteen at most.
pub const MAX_FIELDS: usize = 64;

/// Their names (D5), without case and hyphens: the header lines of older releases write `src-cert`.
const NAMES: [&str; 15] = [
    "bundle",
    "certdir",
    "decode",
    "description",
    "dname",
    "isdbinsert",
    "keydir",
    "keystoreunit",
    "logfile",
    "op",
    "resultfile",
    "rootcacert",
    "srccert",
    "trustdir",
    "type",
];
/// `unit` is a word of its own elsewhere too: in alarms, with a capital letter.
const UNIT: &str = "unit";

/// One field of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name as written.
    pub name: &'a str,
    /// Its value, URL-decoded.
    pub value: Cow<'a, str>,
}

/// The fields of header lines; empty where the first line is none.
pub(super) fn fields(text: &str) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    for line in text.lines() {
        let Some((name, value, blank)) = field(line.trim()) else { break };
        if blank {
            fields.push(Field { name, value: url_decoded(value) });
        } else {
            compact(name, value, &mut fields);
        }
        if fields.len() >= MAX_FIELDS {
            break;
        }
    }
    fields.truncate(MAX_FIELDS);
    fields
}

/// Whether a line begins like a header line.
pub(super) fn begins(line: &str) -> bool {
    field(line.trim_start()).is_some()
}

/// Name, value, and whether a blank stands between.
fn field(line: &str) -> Option<(&str, &str, bool)> {
    let (name, value) = line.split_once(':')?;
    is_name(name).then(|| (name, value.trim(), value.is_empty() || value.starts_with([' ', '\t'])))
}

fn is_name(name: &str) -> bool {
    // The longest is "keystore-unit".
    name.len() <= 16 && (name == UNIT || NAMES.contains(&&*plain(name)))
}

/// `op:delete unit:tomcat-trust cert-dir:%2Fusr…`: several fields in a line, without blanks in them.
fn compact<'a>(mut name: &'a str, mut value: &'a str, fields: &mut Vec<Field<'a>>) {
    while fields.len() < MAX_FIELDS {
        let next = value.match_indices(' ').find_map(|(at, _)| {
            let (head, tail) = value.split_at_checked(at)?;
            let (name, value, _) = field(tail.trim_start())?;
            Some((head, name, value))
        });
        let Some((head, next_name, next_value)) = next else { break };
        fields.push(Field { name, value: url_decoded(head.trim_end()) });
        (name, value) = (next_name, next_value);
    }
    fields.push(Field { name, value: url_decoded(value) });
}

/// A name without case and hyphens.
fn plain(name: &str) -> String {
    name.bytes()
        .filter(|byte| !matches!(byte, b'-' | b'_'))
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect()
}

/// An operation of `certMgmt`: its header and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    fields: Vec<(String, String)>,
    /// When it ran: the first line with a date after the header.
    pub at: Option<Moment>,
    /// What `CertMgmt Operation Result` says, where it is there.
    pub result: Option<String>,
}

impl Block {
    /// A field by its name; case and hyphens do not count.
    pub fn field(&self, name: &str) -> Option<&str> {
        let name = plain(name);
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Whether it deletes.
    pub fn is_deletion(&self) -> bool {
        self.field("op").is_some_and(|op| op.eq_ignore_ascii_case("delete"))
    }

    /// Whether it brings a certificate in: `op: import` and its relatives.
    pub fn is_import(&self) -> bool {
        let op = self.field("op").unwrap_or_default().to_ascii_lowercase();
        op.starts_with("import") || op.starts_with("upload")
    }

    /// Whether it ended in failure.
    pub fn failed(&self) -> bool {
        self.result.as_deref().is_some_and(|result| {
            result.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("FAIL"))
        })
    }

    /// Whether a header field belongs to the next operation: this one has run, or has such a field already.
    pub(super) fn is_full_for(&self, name: &str) -> bool {
        let name = plain(name);
        self.at.is_some()
            || self.result.is_some()
            || self.fields.iter().any(|(known, _)| *known == name)
    }

    pub(super) fn add(&mut self, field: &Field<'_>) {
        if self.fields.len() < MAX_FIELDS {
            self.fields.push((plain(field.name), field.value.clone().into_owned()));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(&str, String)> {
        fields(text).into_iter().map(|field| (field.name, field.value.into_owned())).collect()
    }

    #[test]
    fn fields_with_and_without_blank() {
        assert_eq!(read("op: delete"), [("op", "delete".to_owned())]);
        assert_eq!(
            read("keystoreUnit:tomcat-trust"),
            [("keystoreUnit", "tomcat-trust".to_owned())]
        );
        assert_eq!(read("description: a: b op: c"), [("description", "a: b op: c".to_owned())]);
        assert_eq!(read("rootCACert:"), [("rootCACert", String::new())]);
        for text in ["", "other: x", "opening: x", "Unit:tomcat Type:own-cert", "op", ": x"] {
            assert_eq!(read(text), [], "{text}");
        }
    }

    #[test]
    fn several_encoded_fields_in_a_line() {
        let read = read(
            "op:delete unit:tomcat%2Dtrust src-cert:%2Fusr%2Flocal%2FA%20B.pem type:trust-certs",
        );
        let expected = [
            ("op", "delete"),
            ("unit", "tomcat-trust"),
            ("src-cert", "/usr/local/A B.pem"),
            ("type", "trust-certs"),
        ];
        assert_eq!(read, expected.map(|(name, value)| (name, value.to_owned())));
    }

    #[test]
    fn the_number_of_fields_is_limited() {
        assert_eq!(fields(&"op:x ".repeat(MAX_FIELDS)).len(), MAX_FIELDS);
        assert_eq!(fields(&"op:x ".repeat(MAX_FIELDS + 1)).len(), MAX_FIELDS);
        assert_eq!(fields(&"op: x\n".repeat(MAX_FIELDS + 1)).len(), MAX_FIELDS);
    }

    #[test]
    fn a_block_knows_its_kind_and_end() {
        let block = |op: &str, result: Option<&str>| {
            let mut block = Block { result: result.map(str::to_owned), ..Block::default() };
            fields(op).iter().for_each(|field| block.add(field));
            block
        };
        assert!(block("op: delete", None).is_deletion() && block("op: import", None).is_import());
        assert!(block("op: upload-trust", None).is_import() && !block("unit: x", None).is_import());
        assert!(
            !block("op: delete", Some("SUCCESS")).failed()
                && block("op: delete", Some("failure")).failed()
        );
        assert!(
            block("op: delete", None).is_full_for("op")
                && !block("op: delete", None).is_full_for("unit")
        );
        assert_eq!(block("src-cert: /x", None).field("srcCert"), Some("/x"));
    }
}
