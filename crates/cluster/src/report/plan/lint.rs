//! `trustlist.plan-lint/1` (spec/CONTRACT.md section 5), and the same as text.

use super::advice::{advice, meaning};
use crate::case::plan_json;
use crate::cluster::{Cluster, NodeId, PhoneId, Policy};
use crate::code::PlanLintCode;
use crate::plan::{Fact, PlanFinding, PlanLint, Reordering};
use crate::report::Plain;
use crate::report::shape::{self, Vocabulary, Word, words};
use serde::Serialize;
use std::fmt::Write;
use trustlist::code::Level;
use trustlist::json::{Map, Value};
#[cfg(test)]
use trustlist::phone::JudgedFile;
use trustlist::release::Service;

/// The schema of the answer.
pub const PLAN_LINT_SCHEMA: &str = "trustlist.plan-lint/1";

/// How many phones a line of text names.
const NAMES: usize = 4;

/// The answer as JSON.
pub fn plan_lint_json(lint: &PlanLint, reordering: Option<&Reordering>) -> Value {
    shape::value(&PlanLintAnswer {
        schema: PLAN_LINT_SCHEMA,
        findings: lint.findings.iter().map(|finding| FindingAnswer::of(lint, finding)).collect(),
        point_of_no_return: lint.no_return.as_ref().map(|point| PointAnswer {
            step: point.step,
            phones: phones(lint, &point.phones),
            policies: words(&point.policies),
        }),
        reordering: reordering.map(ReorderingAnswer::of),
    })
}

/// Findings about a plan, with its point of no return (spec/CONTRACT.md section 5).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PlanLint"))]
pub(in crate::report) struct PlanLintAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = PLAN_LINT_SCHEMA)))]
    schema: &'static str,
    /// The findings, in the order of the steps.
    findings: Vec<FindingAnswer<'a>>,
    /// The step behind which no command helps phones that are locked (P-16); `null` where there is none.
    point_of_no_return: Option<PointAnswer<'a>>,
    /// The same steps in a safe order; `null` where none is needed or found.
    reordering: Option<ReorderingAnswer>,
}

/// One finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PlanFinding"))]
struct FindingAnswer<'a> {
    /// What is found.
    code: Word<PlanLintCode>,
    /// The number of the rule in spec/LINTS.md.
    rule: &'static str,
    /// How much it weighs.
    level: Word<Level>,
    /// The step that it is about, from 1; 0 is before the first, `null` is the plan as a whole or its end.
    step: Option<u32>,
    /// The phones concerned, in inventory order.
    phones: Vec<&'a str>,
    /// The policies under which the model shows it; empty where the model is not asked.
    policies: Vec<Word<Policy>>,
    /// Why.
    #[cfg_attr(test, schemars(with = "PlanEvidence"))]
    evidence: Map,
    /// What to do about it.
    todo: &'static str,
}

/// The values behind a finding; what does not apply is left out. They stand in the order in which they were found.
#[cfg(test)]
#[derive(schemars::JsonSchema)]
#[allow(dead_code, reason = "describes the object that `insert` fills")]
struct PlanEvidence {
    /// The operation of the step.
    #[schemars(skip_serializing_if = "Option::is_none")]
    op: Option<String>,
    /// A certificate by its label.
    #[schemars(skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    /// How many certificates there are.
    #[schemars(skip_serializing_if = "Option::is_none")]
    certificates: Option<u64>,
    /// How many there may be.
    #[schemars(skip_serializing_if = "Option::is_none")]
    limit: Option<u64>,
    /// What is missing: the word of a check or of an operation.
    #[schemars(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
    /// Nodes concerned.
    #[schemars(skip_serializing_if = "Option::is_none")]
    nodes: Option<Vec<String>>,
    /// The file that phones refuse.
    #[schemars(skip_serializing_if = "Option::is_none")]
    refuses: Option<Word<JudgedFile>>,
    /// Services, each with its node.
    #[schemars(skip_serializing_if = "Option::is_none")]
    services: Option<Vec<ServiceAt<'static>>>,
    /// The earlier step that it goes back to.
    #[schemars(skip_serializing_if = "Option::is_none")]
    since_step: Option<u32>,
    /// A trust store.
    #[schemars(skip_serializing_if = "Option::is_none")]
    store: Option<Word<trustlist::release::TrustUnit>>,
    /// Certificate units.
    #[schemars(skip_serializing_if = "Option::is_none")]
    units: Option<Vec<Word<trustlist::release::Unit>>>,
}

/// A service on a node.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ServiceAt<'a> {
    /// The service.
    service: Word<Service>,
    /// The node.
    node: &'a str,
}

/// A step behind which only deleting lists on the phones helps.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PointOfNoReturn"))]
struct PointAnswer<'a> {
    /// The step, from 1; 0 is before the first.
    step: u32,
    /// The phones that are beyond every command from then on.
    phones: Vec<&'a str>,
    /// The policies under which that is so.
    policies: Vec<Word<Policy>>,
}

/// The same steps in a safe order, found by trying.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Reordering"))]
struct ReorderingAnswer {
    /// The numbers of the steps in their new order.
    order: Vec<u32>,
    /// The numbers of the steps that moved.
    moved: Vec<u32>,
    /// The plan in its new order, as a scenario holds it.
    #[cfg_attr(test, schemars(with = "Vec<crate::case::schema::Step>"))]
    plan: Value,
    /// What is still found then.
    findings_left: Vec<Word<PlanLintCode>>,
}

impl<'a> FindingAnswer<'a> {
    fn of(lint: &'a PlanLint, finding: &PlanFinding) -> Self {
        let mut evidence = Map::new();
        if let Some(operation) = operation(lint, finding.step) {
            evidence.insert("op".to_owned(), operation.into());
        }
        for fact in &finding.evidence {
            insert(&mut evidence, &lint.cluster, fact);
        }
        Self {
            code: Word(finding.code),
            rule: finding.code.rule(),
            level: Word(finding.level()),
            step: finding.step,
            phones: phones(lint, &finding.phones),
            policies: words(&finding.policies),
            evidence,
            todo: advice(finding.code, lint.cluster.release()),
        }
    }
}

impl ReorderingAnswer {
    fn of(reordering: &Reordering) -> Self {
        Self {
            order: reordering.order.clone(),
            moved: reordering.moved.clone(),
            plan: plan_json(&reordering.lint.cluster, &reordering.plan),
            findings_left: reordering
                .lint
                .findings
                .iter()
                .map(|finding| Word(finding.code))
                .collect(),
        }
    }
}

fn operation(lint: &PlanLint, step: Option<u32>) -> Option<&str> {
    let index = usize::try_from(step?.checked_sub(1)?).ok()?;
    lint.steps.get(index).map(String::as_str)
}

fn insert(evidence: &mut Map, cluster: &Cluster, fact: &Fact) {
    let (key, value) = match fact {
        Fact::Certificate(cert) => ("certificate", cluster.label(*cert).into()),
        Fact::Certificates { found, limit } => {
            evidence.insert("limit".to_owned(), (*limit).into());
            ("certificates", (*found).into())
        }
        Fact::Missing(word) => ("missing", (*word).into()),
        Fact::Nodes(nodes) => {
            ("nodes", nodes.iter().map(|&node| node_name(cluster, node)).collect())
        }
        Fact::Refuses(file) => ("refuses", file.word().into()),
        Fact::Services(services) => {
            let one = |&(service, node): &(Service, NodeId)| ServiceAt {
                service: Word(service),
                node: node_name(cluster, node),
            };
            ("services", services.iter().map(|at| shape::value(&one(at))).collect())
        }
        Fact::Since(step) => ("since_step", (*step).into()),
        Fact::Store(unit) => ("store", unit.as_str().into()),
        Fact::Unit(unit) => {
            // Several units are a list.
            let units =
                evidence.entry("units".to_owned()).or_insert_with(|| Value::Array(Vec::new()));
            if let Some(units) = units.as_array_mut() {
                units.push(unit.as_str().into());
            }
            return;
        }
    };
    evidence.insert(key.to_owned(), value);
}

fn phones<'a>(lint: &'a PlanLint, phones: &[PhoneId]) -> Vec<&'a str> {
    phones.iter().map(|&phone| lint.cluster.phone_name(phone)).collect()
}

fn policies(policies: &[Policy]) -> Vec<&'static str> {
    policies.iter().map(|policy| policy.as_str()).collect()
}

fn node_name(cluster: &Cluster, node: NodeId) -> &str {
    &cluster.node_spec(node).name
}

/// The answer as text.
pub fn plan_lint_text(lint: &PlanLint, reordering: Option<&Reordering>) -> String {
    let mut text = String::new();
    for finding in &lint.findings {
        let place = match finding.step {
            None => "plan".to_owned(),
            Some(0) => "before step 1".to_owned(),
            Some(step) => format!("step {step}"),
        };
        let op = operation(lint, finding.step)
            .map_or_else(String::new, |op| format!(" ({})", Plain(op)));
        let _ = writeln!(text, "{}: {place}{op}: {}", finding.level(), meaning(finding.code));
        let _ = writeln!(
            text,
            "    {} {}{}",
            finding.code.rule(),
            finding.code,
            details(lint, finding)
        );
        let _ = writeln!(text, "    to do: {}", advice(finding.code, lint.cluster.release()));
    }
    if let Some(point) = &lint.no_return {
        let at = match point.step {
            0 => "before the first step".to_owned(),
            step => {
                format!("step {step} ({})", Plain(operation(lint, Some(step)).unwrap_or_default()))
            }
        };
        let who = named(lint, &point.phones);
        let under = policies(&point.policies).join(", ");
        let _ = writeln!(
            text,
            "point of no return: {at}: from here on only deleting the lists on the phone helps {who} (policy {under})"
        );
    }
    if let Some(reordering) = reordering {
        diff(lint, reordering, &mut text);
    }
    let count = |level| lint.count(level);
    let (errors, warnings, notes) =
        (count(Level::Error), count(Level::Warning), count(Level::Note));
    let plural =
        |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let sums =
        [plural(errors, "error"), plural(warnings, "warning"), plural(notes, "note")].join(", ");
    let _ = writeln!(text, "{sums} in {}", plural(lint.steps.len(), "step"));
    text
}

/// The plan as it is and as it would be safe: a step that moves is taken out (-) and put in (+).
fn diff(lint: &PlanLint, reordering: &Reordering, text: &mut String) {
    let left = reordering
        .lint
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    let left = if left.is_empty() { "nothing".to_owned() } else { left };
    let _ = writeln!(
        text,
        "the same steps in a safe order, found by trying ({left} left to be said about it):"
    );
    let numbers: Vec<u32> = (1..).take(lint.steps.len()).collect();
    let stays = |step: &u32| !reordering.moved.contains(step);
    let mut old = numbers.iter().peekable();
    for step in &reordering.order {
        if stays(step) {
            while let Some(gone) = old.next_if(|number| !stays(number)) {
                diff_line(lint, '-', *gone, text);
            }
            old.next();
        }
        diff_line(lint, if stays(step) { ' ' } else { '+' }, *step, text);
    }
    old.for_each(|gone| diff_line(lint, '-', *gone, text));
}

fn diff_line(lint: &PlanLint, sign: char, step: u32, text: &mut String) {
    let _ = writeln!(
        text,
        "  {sign} {step:>3} {}",
        Plain(operation(lint, Some(step)).unwrap_or_default())
    );
}

/// Evidence, phones and policies of a finding in one line.
fn details(lint: &PlanLint, finding: &PlanFinding) -> String {
    let cluster = &*lint.cluster;
    let mut parts: Vec<String> =
        finding.evidence.iter().map(|fact| fact_text(cluster, fact)).collect();
    if !finding.phones.is_empty() {
        parts.push(named(lint, &finding.phones));
    }
    if !finding.policies.is_empty() {
        parts.push(format!("under policy {}", policies(&finding.policies).join(", ")));
    }
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join("; ")) }
}

fn fact_text(cluster: &Cluster, fact: &Fact) -> String {
    let node = |node: NodeId| Plain(&cluster.node_spec(node).name).to_string();
    match fact {
        Fact::Certificate(cert) => Plain(cluster.label(*cert)).to_string(),
        Fact::Certificates { found, limit } => format!("{found} certificates, at most {limit}"),
        Fact::Missing(word) => format!("missing: {word}"),
        Fact::Nodes(nodes) => {
            format!("on {}", nodes.iter().map(|&id| node(id)).collect::<Vec<_>>().join(", "))
        }
        Fact::Refuses(file) => format!("refuse the {}", file.word()),
        Fact::Services(services) => services
            .iter()
            .map(|&(service, id)| format!("{service} on {}", node(id)))
            .collect::<Vec<_>>()
            .join(", "),
        Fact::Since(step) => format!("since step {step}"),
        Fact::Store(unit) => unit.as_str().to_owned(),
        Fact::Unit(unit) => unit.as_str().to_owned(),
    }
}

/// `SEP001, SEP002 and 40 more`.
pub(super) fn named(lint: &PlanLint, phones: &[PhoneId]) -> String {
    let shown: Vec<String> = phones
        .iter()
        .take(NAMES)
        .map(|&phone| Plain(lint.cluster.phone_name(phone)).to_string())
        .collect();
    match phones.len().saturating_sub(NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
