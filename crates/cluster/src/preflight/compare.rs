//! Checks that compare pastes with each other: one fact with two values (F-1, F-2, the version), and
//! the certificates that an ITL names against the nodes and their own certificates (F-6).

use super::lists::{class, lost_records};
use super::nodes::{Nodes, same_node};
use super::read::Section;
use super::{Check, Context, Evidence, Fact, Found, Item, Read, Source, Verdict};
use crate::code::PreflightCode;
use crate::release::{ListSigner, Release};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use alloc::{format, vec};
use trustlist::console::{Line, Presence, Print, PrintedRecord};
use trustlist::facts::{ListKind, Serial};
use trustlist::wire::Role;

/// A certificate of a node, as `show cert own UNIT` prints it.
pub(super) struct Own {
    unit: String,
    serial: Serial,
    /// The number that is meant if these digits are decimal ones, as CUCM before 10.0 prints them.
    decimal: Option<Serial>,
    line: Line,
}

impl Own {
    /// Checks if it is another certificate than that of a list, however its number is read.
    fn is_other(&self, listed: &Serial) -> bool {
        self.readings().all(|serial| is_other(listed, serial))
    }

    /// Returns the numbers that its digits may mean.
    fn readings(&self) -> impl Iterator<Item = &Serial> {
        [Some(&self.serial), self.decimal.as_ref()].into_iter().flatten()
    }
}

/// A place in the pastes.
#[derive(Clone, Copy)]
struct Place<'a> {
    file: &'a str,
    line: Line,
}

/// An ITL in the pastes.
struct Itl<'a> {
    print: &'a Print,
    file: &'a str,
    node: Option<Arc<str>>,
}

/// Returns the checks of all pastes together. `given` is what the caller says.
pub(super) fn compare(
    sources: &[Source<'_>],
    read: &[Read],
    named: &Nodes,
    given: &Context,
) -> Vec<Check> {
    let pastes: Vec<(&Source<'_>, &Read)> = sources.iter().zip(read).collect();
    let itls: Vec<Itl<'_>> = pastes
        .iter()
        .flat_map(|&(source, read)| {
            let printed = read
                .prints
                .iter()
                .filter(|print| print.kind == ListKind::Itl && print.presence == Presence::Printed);
            printed.map(|print| Itl {
                print,
                file: source.name,
                node: named.of_print(print).or_else(|| named.of_source(source, read)),
            })
        })
        .collect();
    let mut checks: Vec<Check> = Vec::new();
    checks.extend(disputed(Item::Rollback, values(&pastes, Item::Rollback, "value")));
    checks.extend(disputed(Item::Mode, modes(&pastes, given)));
    checks.extend(disputed(Item::Replication, versions(&pastes, given.version)));
    let running = tvs_nodes(&pastes, &itls, named);
    for itl in &itls {
        checks.extend(lacks_tvs(itl, &running));
        checks.extend(uncounted(itl));
    }
    for shown in owned(&pastes, named).iter() {
        match shown.disputed() {
            Some(check) => checks.push(check),
            None => checks.extend(itls.iter().filter_map(|itl| shown.differs(itl))),
        }
    }
    checks
}

/// One certificate of a node, with each file that shows it.
struct Shown<'a> {
    node: Arc<str>,
    places: Vec<(Place<'a>, &'a Own)>,
}

/// Returns the certificates of `show cert own` that lists name, one for each node and unit. Of
/// several outputs in one file the last counts: the certificate was regenerated in between.
fn owned<'a>(pastes: &[(&Source<'a>, &'a Read)], named: &Nodes) -> Vec<Shown<'a>> {
    let mut all: BTreeMap<(Arc<str>, &'static str), Shown<'a>> = BTreeMap::new();
    for &(source, read) in pastes {
        let Some(node) = named.of_source(source, read) else { continue };
        for own in &read.own {
            let Some((unit, _)) =
                UNITS.iter().find(|(unit, _)| own.unit.eq_ignore_ascii_case(unit))
            else {
                continue;
            };
            let place = Place { file: source.name, line: own.line };
            let shown = all
                .entry((node.clone(), unit))
                .or_insert_with(|| Shown { node: node.clone(), places: Vec::new() });
            shown.places.retain(|(other, _)| other.file != source.name);
            shown.places.push((place, own));
        }
    }
    all.into_values().collect()
}

/// The units whose certificates an ITL names, with the roles of their records; it is signed with the
/// last one, too.
const UNITS: [(&str, &[Role]); 4] = [
    ("CallManager", &[Role::CcmTftp, Role::Tftp]),
    ("TVS", &[Role::Tvs]),
    ("CAPF", &[Role::Capf]),
    ("ITLRecovery", &[]),
];

impl Shown<'_> {
    /// Returns the check of a certificate that two files show with two serial numbers: which of them
    /// is the newer output is not known.
    fn disputed(&self) -> Option<Check> {
        let (first, rest) = self.places.split_first()?;
        let differs =
            |(_, own): &&(Place<'_>, &Own)| own.readings().all(|serial| first.1.is_other(serial));
        let (last, _) = rest.iter().rfind(differs)?;
        let told = self.places.iter().take(MOST_TOLD);
        let values = told
            .map(|(place, own)| format!("{} ({} line {})", own.serial, place.file, place.line.0));
        Some(Check {
            item: Item::Itl,
            verdict: Verdict::Unknown,
            code: PreflightCode::FactDisputed,
            facts: vec![
                ("unit", Fact::Text(first.1.unit.clone())),
                ("values", Fact::List(values.collect())),
            ],
            evidence: Some(last.evidence()),
            node: Some(self.node.clone()),
        })
    }

    /// Returns the check of an ITL that names another certificate.
    fn differs(&self, itl: &Itl<'_>) -> Option<Check> {
        let (place, own) = self.places.last()?;
        differs(itl, own, &self.node, *place)
    }
}

/// How many places of one certificate are named.
const MOST_TOLD: usize = 10;

/// Returns the values of a parameter, each with its first place.
fn values<'a>(
    pastes: &[(&Source<'a>, &'a Read)],
    item: Item,
    fact: &str,
) -> Vec<(String, Option<Place<'a>>)> {
    let mut values: Vec<(String, Option<Place<'a>>)> = Vec::new();
    for (source, read) in pastes {
        for found in read.found.iter().filter(|found| found.item == item) {
            let value = found.facts.iter().find(|(name, _)| *name == fact);
            if let (Some((_, Fact::Text(value))), true) = (value, is_read(found.code)) {
                let place = Place { file: source.name, line: found.line };
                add(&mut values, value.clone(), Some(place));
            }
        }
    }
    values
}

/// Returns the modes: what the caller says, if a paste says another one, and what the pastes say.
fn modes<'a>(
    pastes: &[(&Source<'a>, &'a Read)],
    given: &Context,
) -> Vec<(String, Option<Place<'a>>)> {
    let mut values = values(pastes, Item::Mode, "mode");
    let given = given.mode.map(|mode| mode.as_str()).filter(|_| !values.is_empty());
    if let Some(given) = given.filter(|given| values.iter().all(|(value, _)| value != given)) {
        values.insert(0, (given.into(), None));
    }
    values
}

fn is_read(code: PreflightCode) -> bool {
    code != PreflightCode::OutputUnread
}

/// Returns the versions: what the caller says, and what the database shows. A version with an SU is
/// one of its release.
fn versions<'a>(
    pastes: &[(&Source<'a>, &'a Read)],
    said: Option<Release>,
) -> Vec<(String, Option<Place<'a>>)> {
    let mut values: Vec<(String, Option<Place<'a>>)> = Vec::new();
    let mut shown: Vec<Release> = Vec::new();
    for (source, read) in pastes {
        for &(version, line) in &read.versions {
            shown.push(version);
            let place = Place { file: source.name, line };
            add(&mut values, version.to_string(), Some(place));
        }
    }
    if let Some(said) = said.filter(|said| shown.iter().any(|shown| !said.is_of(*shown))) {
        values.insert(0, (said.to_string(), None));
    }
    values
}

fn add<'a>(values: &mut Vec<(String, Option<Place<'a>>)>, value: String, place: Option<Place<'a>>) {
    if !values.iter().any(|(known, _)| *known == value) {
        values.push((value, place));
    }
}

/// Returns the check of a fact that has more than one value: which one is true is not known.
fn disputed(item: Item, values: Vec<(String, Option<Place<'_>>)>) -> Option<Check> {
    if values.len() < 2 {
        return None;
    }
    let evidence = values.iter().rev().find_map(|(_, place)| *place).map(Place::evidence);
    let told = values.into_iter().map(|(value, place)| match place {
        Some(Place { file, line }) => format!("{value} ({file} line {})", line.0),
        None => format!("{value} (given)"),
    });
    Some(Check {
        item,
        verdict: Verdict::Unknown,
        code: PreflightCode::FactDisputed,
        facts: vec![("values", Fact::List(told.collect()))],
        evidence,
        node: None,
    })
}

impl Place<'_> {
    fn evidence(self) -> Evidence {
        Evidence { file: Arc::from(self.file), line: self.line }
    }
}

/// Returns the nodes that run TVS: those with a TVS record in any ITL, and those whose service list
/// shows it.
fn tvs_nodes(pastes: &[(&Source<'_>, &Read)], itls: &[Itl<'_>], named: &Nodes) -> Vec<Arc<str>> {
    let of_lists = itls.iter().flat_map(|itl| &itl.print.records).filter(|record| is_tvs(record));
    let mut nodes: Vec<Arc<str>> =
        of_lists.filter_map(|record| named.find(record.server())).collect();
    let listed = pastes.iter().filter(|(_, read)| read.runs_tvs);
    nodes.extend(listed.filter_map(|(source, read)| named.of_source(source, read)));
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

fn is_tvs(record: &PrintedRecord) -> bool {
    record.role() == Some(Role::Tvs)
}

/// F-6: an ITL names the TVS server of every node. A paste that lost something may have lost the
/// record, and so may one that names no hosts.
fn lacks_tvs(itl: &Itl<'_>, running: &[Arc<str>]) -> Option<Check> {
    let records = || itl.print.records.iter().filter(|record| is_tvs(record));
    let missing: Vec<String> = running
        .iter()
        .filter(|node| !records().any(|record| same_node(record.server(), node)))
        .map(|node| String::from(&**node))
        .collect();
    if missing.is_empty() {
        return None;
    }
    let is_sure =
        itl.print.losses().is_empty() && records().all(|record| !record.server().is_empty());
    Some(Check {
        item: Item::Itl,
        verdict: if is_sure { Verdict::Block } else { Verdict::Unknown },
        code: PreflightCode::ItlLacksTvs,
        facts: vec![("missing", Fact::List(missing))],
        evidence: Some(Place { file: itl.file, line: itl.print.line }.evidence()),
        node: itl.node.clone(),
    })
}

/// F-14: the certificates of a paste that lost records cannot be counted.
fn uncounted(itl: &Itl<'_>) -> Option<Check> {
    lost_records(itl.print).then(|| Check {
        item: Item::ItlSize,
        verdict: Verdict::Unknown,
        code: PreflightCode::OutputUnread,
        facts: Vec::new(),
        evidence: None,
        node: itl.node.clone(),
    })
}

/// F-6: the serial numbers of an ITL are those of `show cert own`, where that is pasted.
fn differs(itl: &Itl<'_>, own: &Own, node: &str, place: Place<'_>) -> Option<Check> {
    let unit = own.unit.to_ascii_lowercase();
    let roles = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&unit));
    let roles = roles.map(|(_, roles)| *roles).unwrap_or_default();
    let records = itl.print.records.iter().filter(|record| {
        record.role().is_some_and(|role| roles.contains(&role)) && same_node(record.server(), node)
    });
    let of_records = records.filter_map(|record| Some(record.identity()?.serial));
    // Each TFTP node signs the ITL that it serves (C-60).
    let signs = match class(itl.print) {
        Some(ListSigner::CallManager) => unit == "callmanager",
        Some(ListSigner::ItlRecovery) => unit == "itlrecovery",
        Some(ListSigner::Token) | None => false,
    } && itl.node.as_deref().is_some_and(|of_itl| same_node(of_itl, node));
    let signer = itl.print.signer_serial().filter(|_| signs);
    let listed = signer.into_iter().chain(of_records).find(|listed| own.is_other(listed))?;
    let serials = vec![
        format!("{listed} ({} line {})", itl.file, itl.print.line.0),
        format!("{} ({} line {})", own.serial, place.file, place.line.0),
    ];
    Some(Check {
        item: Item::Itl,
        verdict: Verdict::Block,
        code: PreflightCode::ItlSerialDiffers,
        facts: vec![("unit", Fact::Text(own.unit.clone())), ("serials", Fact::List(serials))],
        evidence: Some(place.evidence()),
        node: itl.node.clone(),
    })
}

/// Checks if two serial numbers are of two certificates. A line break of a terminal may have cut one
/// of them.
fn is_other(one: &Serial, other: &Serial) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    !one.starts_with(other) && !other.starts_with(one)
}

/// Returns the certificates of `show cert own` in a section, by unit and serial number: as text or as
/// PEM. A check says of which certificates of lists the number cannot be read.
pub(super) fn own(section: &Section<'_>) -> (Vec<Own>, Vec<Found>) {
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    let mut unit: Option<String> = None;
    let mut block: Option<(Line, String)> = None;
    for (line, text) in &section.lines {
        let text = text.trim();
        if let Some((begin, mut pem)) = block.take() {
            pem.push_str(text);
            pem.push('\n');
            if after(text, PEM_END).is_none() {
                block = Some((begin, pem));
                continue;
            }
            let Some(unit) = unit.take() else { continue };
            match of_pem(&pem) {
                Some(serial) => found.push(Own { unit, serial, decimal: None, line: begin }),
                None => unread.extend(not_compared(unit, begin)),
            }
        } else if let Some(rest) = after(text, "show cert own ") {
            unit = rest.trim().split(['/', ' ']).next().map(String::from);
        } else if after(text, PEM_BEGIN).is_some() && unit.is_some() {
            block = Some((*line, format!("{text}\n")));
        } else if let Some(rest) = after(text, "serial number:") {
            let Some(unit) = unit.take() else { continue };
            match serials(rest) {
                Some((serial, decimal)) => {
                    found.push(Own { unit, serial, decimal, line: *line });
                }
                None => unread.extend(not_compared(unit, *line)),
            }
        }
    }
    // A certificate in PEM that is cut.
    if let (Some((begin, _)), Some(unit)) = (block, unit) {
        unread.extend(not_compared(unit, begin));
    }
    (found, unread)
}

const PEM_BEGIN: &str = "-----BEGIN CERTIFICATE";
const PEM_END: &str = "-----END CERTIFICATE";

/// Says that a certificate that lists name is not compared with them.
fn not_compared(unit: String, line: Line) -> Option<Found> {
    let is_listed = UNITS.iter().any(|(name, _)| name.eq_ignore_ascii_case(&unit));
    is_listed.then(|| Found {
        item: Item::Itl,
        verdict: Verdict::Unknown,
        code: PreflightCode::OutputUnread,
        facts: vec![("unit", Fact::Text(format!("show cert own {unit}")))],
        line,
    })
}

/// Returns the serial number of a certificate in PEM.
fn of_pem(pem: &str) -> Option<Serial> {
    let ders = trustlist::question::certificates(pem.as_bytes()).ok()?;
    let certificate = trustlist::cert::Certificate::parse(ders.first()?).ok()?;
    Some(Serial::from_bytes(certificate.serial()))
}

/// Returns the text after a beginning, whatever its case.
fn after<'a>(text: &'a str, beginning: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(beginning.len())?;
    head.eq_ignore_ascii_case(beginning).then_some(rest)
}

/// Returns the number in hexadecimal digits, which may be in pairs with colons; of `1423 (0x58f)`, that
/// behind `0x`. Digits of ten alone may be a decimal number too, as CUCM before 10.0 prints it: that is
/// the second one.
fn serials(text: &str) -> Option<(Serial, Option<Serial>)> {
    let parts = || text.split([' ', '\t', '(', ')']).filter(|part| !part.is_empty());
    let digits = |part: &str| -> Option<Vec<u32>> {
        let digits = part.chars().filter(|c| *c != ':').map(|c| c.to_digit(16));
        digits.collect::<Option<Vec<u32>>>().filter(|digits| !digits.is_empty())
    };
    let prefixed = parts().find_map(|part| part.strip_prefix("0x").or(part.strip_prefix("0X")));
    if let Some(hexadecimal) = prefixed {
        return Some((of_digits(&digits(hexadecimal)?, 16), None));
    }
    let (first, rest) = (parts().next()?, parts().skip(1));
    // Pairs may be apart; a second number of another form is not understood.
    let all: String = core::iter::once(first).chain(rest).collect();
    let all = digits(&all)?;
    let is_decimal = all.iter().all(|digit| *digit < 10) && !text.contains(':');
    let decimal = is_decimal.then(|| of_digits(&all, 10));
    Some((of_digits(&all, 16), decimal))
}

/// Returns a number from its digits.
fn of_digits(digits: &[u32], base: u32) -> Serial {
    // The last byte first.
    let mut bytes: Vec<u8> = Vec::new();
    for digit in digits.iter().take(MOST_DIGITS) {
        let mut carry = *digit;
        for byte in &mut bytes {
            let value = u32::from(*byte).saturating_mul(base).saturating_add(carry);
            *byte = u8::try_from(value & 0xff).unwrap_or(0);
            carry = value >> 8;
        }
        if carry > 0 {
            bytes.push(u8::try_from(carry).unwrap_or(0));
        }
    }
    bytes.reverse();
    Serial::from_bytes(&bytes)
}

/// A serial number has 20 bytes at most.
const MOST_DIGITS: usize = 80;
