//! `trustlist preflight`.

use super::gate::Gate;
use super::input::{self, Input};
use super::output::{Output, Status, settled};
use std::path::PathBuf;
use std::sync::Arc;
use trustlist::code::Level;
use trustlist::facts::Timestamp;
use trustlist_cluster::case::preflight_context;
use trustlist_cluster::cluster::Mode;
use trustlist_cluster::code::PreflightCode;
use trustlist_cluster::preflight::{
    Check, Context, Fact, Item, Preflight, Source, Verdict, preflight_within,
};
use trustlist_cluster::release::Release;
use trustlist_cluster::report::preflight as report;

/// Check if a cluster is ready for a change, from pasted output of its commands
#[derive(Debug, clap::Args)]
pub(super) struct PreflightCommand {
    /// Pasted output; NODE=FILE names the node of the output [default: standard input]
    #[arg(value_name = "[NODE=]PASTE")]
    pastes: Vec<String>,
    /// The security mode, if its query is not pasted
    #[arg(long, value_parser = ["mixed", "non-secure"])]
    mode: Option<String>,
    /// The nodes that run TFTP
    #[arg(long, value_name = "NODE", value_delimiter = ',')]
    tftp_nodes: Option<Vec<String>>,
    /// The version, such as 12.5(1)SU6
    #[arg(long)]
    version: Option<Release>,
    /// Date at which a backup is old or not (2026-01-31) [default: a date in the pastes, else
    /// today]
    #[arg(long, value_name = "DATE", value_parser = super::arguments::date)]
    at: Option<Timestamp>,
    /// Checks that you looked at by hand and found good: F-3,F-4
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = by_hand)]
    confirm: Vec<Item>,
    /// These values from a file (JSON: mode, tftp_nodes, version, at); an option replaces its value
    #[arg(long, value_name = "CONTEXT.json")]
    context: Option<PathBuf>,
    /// Print JSON (trustlist.preflight/1)
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    gate: Gate,
}

/// A check that may be confirmed: one that no output answers.
fn by_hand(id: &str) -> Result<Item, String> {
    let item = Item::from_id(id).ok_or("expected checks such as F-3")?;
    match item.command() {
        Some(command) => {
            Err(format!("{} is answered by `{command}`: paste its output", item.as_str()))
        }
        None if item.look_at().is_some() => Ok(item),
        None => Err(format!("{} is no check of the list", item.as_str())),
    }
}

impl PreflightCommand {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let answered = self.judge(input, output);
        settled(answered, self.json, output)
    }

    fn judge(&self, input: &Input, output: &mut Output) -> Result<Status, String> {
        let words: Vec<&str> = PreflightCode::ALL.iter().map(|code| code.as_str()).collect();
        self.gate.check("preflight", &words)?;
        let context = self.context(input)?;
        let (mut texts, mut together, mut unreadable) = (Vec::new(), 0_usize, None);
        let pastes = input::or_text_piped(&self.pastes)?;
        for paste in &pastes {
            let (node, path) = input::of_node(paste);
            match input.read(path).and_then(|bytes| text(input, path, &bytes)) {
                Ok(text) => {
                    together = together.saturating_add(text.len());
                    texts.push((node, input::name(path), text));
                }
                // The last is said with the others' answer, or in the place of one.
                Err(error) => {
                    if let Some(before) = unreadable.replace(error) {
                        output.error(before);
                    }
                }
            }
        }
        input.limits.paste_together(together)?;
        let unreadable = match unreadable {
            Some(error) if texts.is_empty() => return Err(error),
            Some(error) => {
                output.error(error);
                true
            }
            None => false,
        };
        let sources: Vec<Source<'_>> =
            texts.iter().map(|(node, name, text)| Source { name, text, node: *node }).collect();
        let mut answer = preflight_within(&sources, &context, &input.limits.paste());
        self.weigh(&mut answer);
        if self.json {
            output.json(&report::json(&answer));
        } else {
            output.text(report::Table(&answer).within(output.screen.columns).to_string());
        }
        Ok(if unreadable { Status::Unusable } else { self.status(&answer) })
    }

    /// Makes checks of --deny block, and blocks and warnings of --allow information, which says what it
    /// was.
    fn weigh(&self, answer: &mut Preflight) {
        for check in &mut answer.checks {
            let code = check.code.as_str();
            if self.gate.denies(code) {
                check.verdict = Verdict::Block;
            } else if self.gate.allows(code)
                && matches!(check.verdict, Verdict::Block | Verdict::Warn)
            {
                let was = check.verdict.as_str().to_owned();
                check.facts.push((report::ALLOWED, Fact::Text(was)));
                check.verdict = Verdict::Info;
            }
        }
    }

    /// 1 for a block, or for what --fail-on names; 3 if a check that applies is not answered
    /// (spec/CONTRACT.md section 1).
    fn status(&self, answer: &Preflight) -> Status {
        let fails = |check: &Check| {
            level(check.verdict).is_some_and(|level| self.gate.fails(check.code.as_str(), level))
        };
        if answer.checks.iter().any(fails) {
            Status::Negative
        } else if answer.count(Verdict::Unknown) > 0 {
            Status::Undecided
        } else {
            Status::Fine
        }
    }

    fn context(&self, input: &Input) -> Result<Context, String> {
        let mut context = match &self.context {
            None => Context::default(),
            Some(path) => {
                let name = input::name(path);
                let value = input.limits.document(&name, &input.text(path)?)?;
                preflight_context(&value).map_err(|error| input.limits.case_error(&name, &error))?
            }
        };
        context.mode = self.mode.as_deref().and_then(Mode::from_word).or(context.mode);
        if let Some(nodes) = &self.tftp_nodes {
            context.tftp_nodes = Some(nodes.iter().map(|node| Arc::from(node.trim())).collect());
        }
        context.version = self.version.or(context.version);
        context.at = self.at.or(context.at);
        context.today = super::arguments::now();
        context.confirmed.clone_from(&self.confirm);
        Ok(context)
    }
}

fn text(input: &Input, path: &std::path::Path, bytes: &[u8]) -> Result<String, String> {
    match input.decoded(&input::name(path), bytes)? {
        Some(text) if text.trim().is_empty() => Err(format!(
            "{}: line 1: nothing in it, expected the output of a CUCM command",
            input::name(path)
        )),
        Some(text) => Ok(text),
        None => Err(format!(
            "{}: line 1: binary data, expected the output of a CUCM command as text",
            input::name(path)
        )),
    }
}

/// How much a verdict weighs for --fail-on; an unknown one is a question and no finding.
fn level(verdict: Verdict) -> Option<Level> {
    match verdict {
        Verdict::Block => Some(Level::Error),
        Verdict::Warn => Some(Level::Warning),
        Verdict::Info => Some(Level::Note),
        Verdict::Pass | Verdict::Unknown => None,
    }
}
