//! `preflight`: a table for a person, and JSON (`trustlist.preflight/1`).

use super::Plain;
use super::shape::{Keyed, Word};
use crate::code::PreflightCode;
use crate::preflight::{Check, Fact, Item, Place, Preflight, ToRun, Verdict};
use serde::Serialize;
use std::fmt::{self, Display, Formatter};
use trustlist::json::{Map, Value};
use trustlist::report::{Wording, counted};

/// The fact of a check that was allowed: the word of its verdict before, `block` or `warn`.
pub const ALLOWED: &str = "allowed";

/// The schema of the answer.
pub const PREFLIGHT_SCHEMA: &str = "trustlist.preflight/1";

/// The answer as JSON.
pub fn json(preflight: &Preflight) -> Value {
    let checks = preflight.checks.iter().map(CheckAnswer::of).collect();
    let to_run_on = preflight.to_run_on.iter().map(ToRunAnswer::of).collect();
    Value::of(&PreflightAnswer {
        schema: PREFLIGHT_SCHEMA,
        checks,
        to_run: &preflight.to_run,
        to_run_on,
    })
}

/// Which checks of the preflight list pass (spec/CONTRACT.md section 5).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PreflightAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = PREFLIGHT_SCHEMA)))]
    schema: &'static str,
    /// The checks, and the results of commands that were pasted.
    checks: Vec<CheckAnswer<'a>>,
    /// The commands whose output is still missing.
    to_run: &'a [&'static str],
    /// The same, with the place and the nodes.
    to_run_on: Vec<ToRunAnswer<'a>>,
}

/// A command whose output is still missing.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ToRun"))]
struct ToRunAnswer<'a> {
    /// The command.
    command: &'static str,
    /// Where it is to be run.
    place: Word<Place>,
    /// The nodes, as far as they are known.
    nodes: Vec<&'a str>,
}

impl<'a> ToRunAnswer<'a> {
    fn of(run: &'a ToRun) -> Self {
        Self {
            command: run.command,
            place: Word(run.place),
            nodes: run.nodes.iter().map(|node| &**node).collect(),
        }
    }
}

/// One check.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Check"))]
struct CheckAnswer<'a> {
    /// Which one.
    check: Word<Item>,
    /// Its subject.
    name: &'static str,
    /// Its verdict.
    verdict: Word<Verdict>,
    /// Why.
    code: Word<PreflightCode>,
    /// The node, where the check is one of each node and the node is known.
    node: Option<&'a str>,
    /// The values that were read, by name.
    facts: Keyed<FactAnswer<'a>>,
    /// Where they were read; `null` when nothing was pasted.
    evidence: Option<EvidenceAnswer<'a>>,
}

/// A value that a check read: yes or no, names, a number for each name (`null` where the output has
/// none), a number, a word or name.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Fact"))]
#[serde(untagged)]
enum FactAnswer<'a> {
    Flag(bool),
    List(&'a [String]),
    Map(Keyed<Option<u64>>),
    Number(u64),
    Text(&'a str),
}

/// Where something was read.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Evidence"))]
struct EvidenceAnswer<'a> {
    /// The file.
    file: &'a str,
    /// The line in it, from 1.
    line: u32,
}

impl<'a> CheckAnswer<'a> {
    fn of(check: &'a Check) -> Self {
        Self {
            check: Word(check.item),
            name: check.item.name(),
            verdict: Word(check.verdict),
            code: Word(check.code),
            node: check.node.as_deref(),
            facts: Keyed(
                check
                    .facts
                    .iter()
                    .map(|(name, fact)| ((*name).to_owned(), FactAnswer::of(fact)))
                    .collect(),
            ),
            evidence: check
                .evidence
                .as_ref()
                .map(|evidence| EvidenceAnswer { file: &evidence.file, line: evidence.line.0 }),
        }
    }
}

impl<'a> FactAnswer<'a> {
    fn of(fact: &'a Fact) -> Self {
        match fact {
            Fact::Flag(flag) => Self::Flag(*flag),
            Fact::List(names) => Self::List(names),
            Fact::Map(entries) => Self::Map(Keyed(entries.clone())),
            Fact::Number(number) => Self::Number(*number),
            Fact::Text(text) => Self::Text(text),
        }
    }
}

/// The facts of a check as an object.
pub fn facts(check: &Check) -> Map {
    check
        .facts
        .iter()
        .map(|(name, fact)| ((*name).to_owned(), Value::of(&FactAnswer::of(fact))))
        .collect()
}

/// The answer for a person: the verdict in one line, the checks with what stops the change first,
/// and the commands still to run.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a>(pub &'a Preflight);

/// The width of a table when none is given.
const WIDTH: usize = 100;

impl<'a> Table<'a> {
    /// Returns the table with lines that are at most `width` columns wide, when their words allow
    /// it. Commands are never wrapped.
    pub fn within(self, width: usize) -> impl Display + 'a {
        Within { preflight: self.0, width, wording: Wording::Options }
    }

    /// Returns the table without the names of options, for programs that have none.
    #[doc(hidden)]
    pub fn plain(self) -> impl Display + 'a {
        Within { preflight: self.0, width: WIDTH, wording: Wording::Plain }
    }
}

impl Display for Table<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.within(WIDTH).fmt(f)
    }
}

struct Within<'a> {
    preflight: &'a Preflight,
    width: usize,
    wording: Wording,
}

impl Display for Within<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", headline(self.preflight))?;
        let mut checks: Vec<&Check> = self.preflight.checks.iter().collect();
        checks.sort_by_key(|check| urgency(shown_verdict(check)));
        for check in checks {
            let first = format!("{:<7}  {:<5}  ", word(shown_verdict(check)), check.item.as_str());
            let sentence = sentence_in(self.wording, check);
            wrapped(f, &first, &format!("{sentence} [{}]", check.code), self.width)?;
            if let Some(evidence) = &check.evidence {
                let place = format!("{} line {}", Plain(&evidence.file), evidence.line.0);
                wrapped(f, &" ".repeat(INDENT), &place, self.width)?;
            }
        }
        to_run(f, &self.preflight.to_run_on)
    }
}

/// Columns before the sentence of a check.
const INDENT: usize = 16;

/// A paragraph of lines that are at most `width` columns wide, when its words allow it.
fn wrapped(f: &mut Formatter<'_>, first: &str, text: &str, width: usize) -> fmt::Result {
    let indent = " ".repeat(INDENT);
    f.write_str(&trustlist::report::wrapped(first, &indent, text.split(' '), width))
}

/// `NOT READY: 2 block, 1 warning, 6 not answered`.
pub fn headline(preflight: &Preflight) -> String {
    let (block, open) = (preflight.count(Verdict::Block), preflight.count(Verdict::Unknown));
    let warnings = counted(preflight.count(Verdict::Warn), "warning");
    let of_allowed = |wanted: Verdict| {
        preflight.checks.iter().filter(|check| allowed(check) == Some(wanted)).count()
    };
    let (blocks, warned) = (of_allowed(Verdict::Block), of_allowed(Verdict::Warn));
    let counts = [
        (block, format!("{block} block")),
        (preflight.count(Verdict::Warn), warnings),
        (open, format!("{open} not answered")),
        (blocks, format!("{blocks} block allowed")),
        (warned, format!("{} allowed", counted(warned, "warning"))),
    ];
    let told: Vec<String> =
        counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
    match (block + open, told.as_slice()) {
        (0, []) => "READY: every check is answered.".to_owned(),
        (0, told) => format!("READY: every check is answered; {}", told.join(", ")),
        (_, told) => format!("NOT READY: {}", told.join(", ")),
    }
}

/// Returns the verdict of a check that was allowed, as it was before.
fn allowed(check: &Check) -> Option<Verdict> {
    check.facts.iter().find_map(|(name, fact)| match fact {
        Fact::Text(word) if *name == ALLOWED => Verdict::from_word(word),
        _ => None,
    })
}

/// Returns the verdict that a table shows: one that was allowed stays to be seen.
fn shown_verdict(check: &Check) -> Verdict {
    allowed(check).unwrap_or(check.verdict)
}

/// Orders checks: those that stop the change first, those that pass last.
fn urgency(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Block => 0,
        Verdict::Warn => 1,
        Verdict::Unknown => 2,
        Verdict::Info | Verdict::Pass => 3,
    }
}

/// The commands still to run, for each place once.
fn to_run(f: &mut Formatter<'_>, commands: &[ToRun]) -> fmt::Result {
    let mut rest: Vec<&ToRun> = commands.iter().collect();
    rest.sort_by_key(|run| run.place);
    for (number, same) in rest
        .chunk_by(|one, other| (one.place, &one.nodes) == (other.place, &other.nodes))
        .enumerate()
    {
        let Some(first) = same.first() else { continue };
        let nodes =
            first.nodes.iter().map(|node| Plain(node).to_string()).collect::<Vec<_>>().join(", ");
        let place = match (first.place, nodes.as_str()) {
            (Place::Publisher, _) => "the publisher".to_owned(),
            (Place::TftpNodes, "") => "every TFTP node".to_owned(),
            (Place::EveryNode, "") => "every node".to_owned(),
            (_, nodes) => nodes.to_owned(),
        };
        writeln!(f, "{}Still to run on {place}:", if number == 0 { "\n" } else { "" })?;
        same.iter().try_for_each(|run| writeln!(f, "{}", run.command))?;
    }
    Ok(())
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Block => "BLOCK",
        Verdict::Warn => "WARN",
        other => other.as_str(),
    }
}

/// Returns the finding of a check as a sentence with its values.
pub fn sentence(check: &Check) -> String {
    sentence_in(Wording::Options, check)
}

fn sentence_in(wording: Wording, check: &Check) -> String {
    let what = match check.code {
        PreflightCode::NotPasted => format!("{}: not pasted", check.item.name()),
        PreflightCode::NoKnownFormat => check.item.name().to_owned(),
        PreflightCode::ConfirmedByHand | PreflightCode::DoesNotApply => {
            format!("{}: {}", check.item.name(), meaning_in(wording, check.code))
        }
        PreflightCode::FactDisputed => {
            let subject = match check.item {
                Item::Itl => "`show cert own`",
                Item::Replication => "version",
                item => item.name(),
            };
            // What the caller said is wrong, or the paste is of another time.
            let is_given = check.facts.iter().any(|(_, fact)| {
                matches!(fact, Fact::List(values) if values.iter().any(|value| value.ends_with(" (given)")))
            });
            let meaning = match is_given && check.item == Item::Mode {
                true => {
                    "the pastes disagree with the mode that was given. Give the mode of the cluster, or paste new output"
                }
                false => meaning(check.code),
            };
            format!("{subject}: {meaning}")
        }
        code => meaning_in(wording, code).to_owned(),
    };
    let facts: Vec<String> =
        check.facts.iter().filter_map(|(name, fact)| worded(check.code, name, fact)).collect();
    let what = check.node.as_ref().map_or(what.clone(), |node| format!("{}: {what}", Plain(node)));
    if facts.is_empty() { what } else { format!("{what} ({})", facts.join(", ")) }
}

/// A fact in words. Empty lists say nothing, nor does a fact that the sentence says.
fn worded(code: PreflightCode, name: &str, fact: &Fact) -> Option<String> {
    let is_said = matches!(name, "ctl" | "itl" | "verified")
        || matches!(code, PreflightCode::ModeMixed | PreflightCode::ModeNonSecure)
        || *fact == Fact::Flag(false);
    let value = shown(fact).filter(|_| !is_said)?;
    Some(match name {
        ALLOWED => "allowed with --allow".to_owned(),
        "above_table" => format!("not known to be good: {value}"),
        "bad" => format!("not replicating: {value}"),
        "ca_signed" => format!("signed by a CA: {value}"),
        "last" => format!("newest: {value}"),
        "lost" => format!("lost in the paste: {value}"),
        "message" => format!("\"{value}\""),
        "missing" => match code {
            PreflightCode::ItlLacksTvs => format!("no record of {value}"),
            PreflightCode::ResetItlNotTransferred => format!("missing on {value}"),
            // What an output lacks: a service, or a row.
            _ => format!("not in the output: {value}"),
        },
        "nodes" => value,
        "not_activated" => format!("not activated: {value}"),
        "older" => format!("before it: {value}"),
        "overwrites_ca_signed" => "it replaced one that a CA signed".to_owned(),
        "records" => format!("{value} records"),
        "reset_phones" => "reset the phones".to_owned(),
        "signer_class" => format!("certificate {value}"),
        "signer_serial" => format!("serial {value}"),
        "size" => format!("{value} bytes"),
        "units" if code == PreflightCode::CaSignedCertificate => format!("of {value}"),
        "files_of_no_node" => format!("of no known node: {value}; give NODE=FILE"),
        "superseded" => {
            format!("an older output of the same command in this file does not count: {value}")
        }
        "unit" | "units" | "value" => value,
        name => format!("{} {value}", name.replace('_', " ")),
    })
}

fn shown(fact: &Fact) -> Option<String> {
    Some(match fact {
        Fact::Flag(flag) => (if *flag { "yes" } else { "no" }).to_owned(),
        Fact::List(names) if names.is_empty() => return None,
        // What a paste lost are sentences.
        Fact::List(names) => {
            let between = if names.iter().any(|name| name.contains(": ")) { "; " } else { ", " };
            names.iter().map(|name| Plain(name).to_string()).collect::<Vec<_>>().join(between)
        }
        Fact::Map(entries) => {
            let entry = |(name, number): &(String, Option<u64>)| {
                format!(
                    "{}: {}",
                    Plain(name),
                    number.map_or("?".into(), |number| number.to_string())
                )
            };
            entries.iter().map(entry).collect::<Vec<_>>().join(", ")
        }
        Fact::Number(number) => number.to_string(),
        Fact::Text(text) => Plain(text).to_string(),
    })
}

/// Returns the meaning of a code; the plain wording names no option.
fn meaning_in(wording: Wording, code: PreflightCode) -> &'static str {
    match (wording, code) {
        (Wording::Plain, PreflightCode::ConfirmedByHand) => "checked by hand",
        (Wording::Plain, PreflightCode::CtlModeUnknown) => {
            "the output was read, but the security mode is missing: paste the output of F-2, or give the mode"
        }
        (Wording::Plain, PreflightCode::NoKnownFormat) => "check it by hand",
        _ => meaning(code),
    }
}

fn meaning(code: PreflightCode) -> &'static str {
    match code {
        PreflightCode::BackupFailed => "the newest backup failed",
        PreflightCode::BackupGood => "the newest backup succeeded",
        PreflightCode::BackupLacksCucm => {
            "no backup covers CUCM: its certificates and keys are in none"
        }
        PreflightCode::BackupOld => "the newest backup is more than a week old",
        PreflightCode::CaSignedCertificate => {
            "a CA signed a certificate, and `set cert regen` overwrites it: replace it with a signing request (CSR)"
        }
        PreflightCode::CertificatesRead => "no own certificate is signed by a CA",
        PreflightCode::ConfirmedByHand => "checked by hand (--confirm)",
        PreflightCode::CtlMissing => "mixed mode, but there is no CTL",
        PreflightCode::CtlModeUnknown => {
            "the output was read, but the security mode is missing: paste the output of F-2, or give --mode"
        }
        PreflightCode::CtlNotVerified => "the server could not verify its CTL",
        PreflightCode::CtlUpdated => "the CTL was updated",
        PreflightCode::CtlVerified => "the CTL was verified",
        PreflightCode::DoesNotApply => "does not apply to this cluster",
        PreflightCode::FactDisputed => {
            "the pastes disagree. Run the command again, and paste only the new output"
        }
        PreflightCode::ItlLacksTvs => "the ITL has no record of the TVS server of a node",
        PreflightCode::ItlMissing => "there is no ITL",
        PreflightCode::ItlNotVerified => "the server could not verify its ITL",
        PreflightCode::ItlSerialDiffers => {
            "the ITL names another certificate than `show cert own`: the node serves an old ITL"
        }
        PreflightCode::ItlTooLarge => "the ITL is larger than the phones can load",
        PreflightCode::ItlVerified => "the ITL was verified",
        PreflightCode::ModeMixed => "mixed mode: the plan must update the CTL",
        PreflightCode::ModeNonSecure => "not in mixed mode: no CTL is needed",
        PreflightCode::ModeSet => "the security mode was set",
        PreflightCode::NoCtlExpected => "no CTL file: correct for a non-secure cluster",
        PreflightCode::NoKnownFormat => "check it by hand, then give --confirm",
        PreflightCode::NotPasted => "not pasted",
        PreflightCode::OutputUnread => "pasted, but incomplete or in an unknown format",
        PreflightCode::PhoneListUpdateFailed => "a phone refused a list or lost its lists",
        PreflightCode::NodeNotInCluster => {
            "a list names this server, but the replication table does not. If it was removed from the cluster, delete its certificates from \
             the trust stores. If it is a node, paste its output"
        }
        PreflightCode::PhoneConfigRefused => "a phone refused its configuration",
        PreflightCode::PhoneFileNotFound => "a phone did not find a file on the server",
        PreflightCode::PhoneHoldsNoList => "a phone does not have this list",
        PreflightCode::PhoneListUpdated => "a phone accepted a list",
        PreflightCode::PhoneTftpNotAuthorized => "the CTL on a phone does not name its TFTP server",
        PreflightCode::Regenerated => "the certificate was regenerated",
        PreflightCode::ReplicationBad => "a node does not replicate",
        PreflightCode::ReplicationGood => "every node replicates",
        PreflightCode::ResetItlNotTransferred => "the reset ITL did not reach every TFTP node",
        PreflightCode::ResetItlTransferred => "the reset ITL reached every TFTP node",
        PreflightCode::RollbackOff => "the rollback parameter is off",
        PreflightCode::RollbackOn => "the rollback parameter is on: phones get blank lists",
        PreflightCode::ServiceStopped => "Certificate Change Notification or TVS does not run",
        PreflightCode::ServicesRead => {
            "Certificate Change Notification and TVS run, or are not activated"
        }
        PreflightCode::SignerClassUnexpected => {
            "this version normally signs the ITL with another certificate: is `utils itl reset localkey` still in effect?"
        }
        PreflightCode::StaleCtl => {
            "not in mixed mode, but the server still has a CTL: phones that have this CTL keep it"
        }
        PreflightCode::StatusLegend => "the paste has only the words of the column, and no phone",
        PreflightCode::TlsMinimumRead => {
            "the minimum TLS version was read: legacy phones (79xx, 69xx, 39xx, 894x, 8961, 99xx) cannot ask TVS from 1.2 on"
        }
        PreflightCode::UnitsRead => "the certificate units were read",
    }
}
