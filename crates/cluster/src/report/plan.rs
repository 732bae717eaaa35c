//! Plans in words and as JSON. Nothing is decided here.

use super::Plain;
pub use super::book::{change_ticket, no_plan_text, plan_notes, run_book};
pub use super::instruction::{Instruction, instruction};
#[cfg(test)]
pub(super) use super::recover::RecoveryAnswer;
pub use super::recover::{
    PLAN_RECOVERY_SCHEMA, plan_recovery_csv, plan_recovery_json, plan_recovery_text,
};
use super::shape::{Word, words};
use crate::case::{CLUSTER_SCHEMA, cluster_json, plan_json};
use crate::cluster::{Cluster, NodeId, PhoneId, Policy};
use crate::code::{PlanLintCode, PlanLintCode as Code};
use crate::plan::{
    Disputed, Fact, GROUP_MEMBERS, GROUP_QUERY, Init, Mark, PlanFinding, PlanLint, Reordering,
};
use crate::preflight::Item;
use crate::release::{Release, Service};
use serde::Serialize;
use std::fmt::Write;
use trustlist::code::Level;
use trustlist::facts::ListKind;
use trustlist::json::{Map, Value};
use trustlist::phone::JudgedFile;
use trustlist::report::counted;

// A cluster that was put together from pastes: its JSON, and a line for everything that could not
// be known.

/// The cluster as `trustlist.cluster/1`; the marks are under `note`.
pub fn init_json(init: &Init) -> Value {
    let marks: Vec<String> = init.marks.iter().map(mark_text).collect();
    [
        ("schema", CLUSTER_SCHEMA.into()),
        ("note", marks.into_iter().collect()),
        ("cluster", cluster_json(&init.cluster)),
    ]
    .into()
}

/// Returns a guess in one line.
pub fn mark_text(mark: &Mark) -> String {
    let name = |text: &str| Plain(text).to_string();
    match mark {
        Mark::CallManagerAssumed(node, on) => {
            let word = if *on { "activated" } else { "not activated" };
            format!("{}: ASSUMED: CallManager is {word}. To check it, paste `utils service list` of this node", name(node))
        }
        Mark::CtlAssumed(count) => {
            format!(
                "{}: ASSUMED: the current CTL is on the phone. Nothing in the inventory says it. To check it, compare the checksum on the \
                 screen of one phone of each model and site with that of `show ctl`, and add a column ctl with the word current, none or stale",
                counted(*count, "phone")
            )
        }
        Mark::CtlLeftOver(place) => format!(
            "{}: `show ctl` shows a CTL, but the cluster is not in mixed mode. ASSUMED: no phone holds a CTL. A phone that holds one accepts only \
             an ITL whose signer is in it. To check it, look at the trust list on the screen of one phone of each model and site; if none has a \
             CTL, delete the file with `file delete tftp CTLFile.tlv`, and restart TFTP",
            name(place)
        ),
        Mark::CtlMissing(place) => format!(
            "{}: `show ctl` finds no CTL, but the cluster is in mixed mode. ASSUMED: TFTP serves the CTL of this cluster. To check it, paste \
             `show ctl` of each TFTP node again; if it has no CTL, run `utils ctl update CTLFile`, or the CTL client before 10.0",
            name(place)
        ),
        Mark::ItlMissing(place) => format!(
            "{}: `show itl` finds no ITL. ASSUMED: TFTP serves one. To check it, restart Cisco Tftp on this node, and paste `show itl` again",
            name(place)
        ),
        Mark::ListNotVerified(kind, place) => {
            let (list, command) = list_words(*kind);
            format!(
                "{}: {list}: the server does not say that it was verified successfully. ASSUMED: phones can verify it. To check it, paste \
                 `{command}` of this node again, to its last line; if the list is not verified, repair it before any plan",
                name(place)
            )
        }
        Mark::ListSigner { kind, signer, usual, place } => {
            let (list, command) = list_words(*kind);
            format!(
                "{}: {list}: signed by {signer}, which is not the usual signer of this version. ASSUMED: signed by {usual}. To check it, paste \
                 `{command}` of this node again, and give the version of the cluster with its number (SU)",
                name(place)
            )
        }
        Mark::Disputed(Disputed::TlsMinimum, values) => {
            format!(
                "minimum TLS version: the inputs disagree: {}. ASSUMED: the last of these, on every node. Before 15SU2 each node has its own. \
                 To check it, paste `show tls min-version` of each node that runs TVS, and give only the new output",
                values.iter().map(|value| name(value)).collect::<Vec<_>>().join(", ")
            )
        }
        Mark::Disputed(fact, values) => {
            let subject = match fact {
                Disputed::Mode => "security mode",
                Disputed::Publisher => "publisher",
                Disputed::Rollback => "rollback parameter",
                Disputed::TlsMinimum => "minimum TLS version",
                Disputed::Version => "version",
            };
            format!(
                "{subject}: the inputs disagree: {}. ASSUMED: the last of these. Run the command again, and give only the new output",
                values.iter().map(|value| name(value)).collect::<Vec<_>>().join(", ")
            )
        }
        Mark::FileMismatch(file, count) => {
            let (list, column, foreign) = match file {
                JudgedFile::Ctl => ("CTL", "ctl", "stale"),
                _ => ("ITL", "itl", "foreign"),
            };
            format!(
                "{}: {list} File Status is Mismatch. ASSUMED: a list that this cluster cannot replace ({foreign}). A phone that was not reset \
                 since the last change has Mismatch too. To check it, reset one phone of each model and site and export the column again, or \
                 compare the checksum on its screen with that of `show {column}`, then write current or {foreign} into the column {column}",
                counted(*count, "phone")
            )
        }
        Mark::GroupTooLarge { group, members, is_guess } => {
            let group = match group.as_str() {
                "" => "the group of phones without a CallManager group".to_owned(),
                group => format!("CallManager group {}", name(group)),
            };
            let what = if *is_guess {
                "This guess cannot be true: name the group in the inventory, or give --pool-group"
            } else {
                "ASSUMED: each of them is a member. Correct the inventory or --pool-group"
            };
            format!("{group}: {members} members, but CUCM allows {GROUP_MEMBERS}. {what}")
        }
        Mark::GroupUnknown(group) if group.is_empty() => {
            "ASSUMED: phones without a CallManager group use every CallManager node. To check it, name the group in the inventory, or give --pool-group".to_owned()
        }
        Mark::GroupUnknown(group) => {
            format!(
                "CallManager group {}: ASSUMED: every CallManager node is a member. To check it, paste the output of: {GROUP_QUERY}",
                name(group)
            )
        }
        Mark::ListsAssumed(count) => {
            format!(
                "{}: ASSUMED: the current lists are on the phone. To check it, export the column ITL File Status (from 14); before 14, compare \
                 the checksum on the screen of one phone of each model and site with that of `show itl`, and add a column itl with the word \
                 current",
                counted(*count, "phone")
            )
        }
        Mark::LscAssumed(count) => {
            format!(
                "{}: ASSUMED: no LSC. How they talk to CallManager is known. To check it, export the column LSC Status, or add the column lsc \
                 (none or current)",
                counted(*count, "phone")
            )
        }
        Mark::ModeAssumed => {
            format!("security mode: ASSUMED: non-secure. To check it, paste `show ctl` or the output of: {}", query(Item::Mode))
        }
        Mark::NoPhones => format!("no phones{GIVE_PHONES}"),
        Mark::PresenceUnknown => "IM and Presence nodes: ASSUMED: none. To check it, paste `utils dbreplication runtimestate`".to_owned(),
        Mark::PublisherAssumed(node) => format!("publisher: ASSUMED: {}{GIVE_PUBLISHER}", name(node)),
        Mark::RecoveryScopeAssumed => {
            "ITLRecovery: ASSUMED: each TFTP node has its own certificate. To check it, paste `show itl` of every TFTP node: if all of them name \
             one ITLRECOVERY certificate, `utils itl reset localkey` helps more phones"
                .to_owned()
        }
        Mark::ReplicationBad { nodes, place } => {
            let told = match nodes.as_slice() {
                [] => "it is not said that every node replicates".to_owned(),
                nodes => {
                    let names: Vec<String> = nodes.iter().map(|node| name(node)).collect();
                    format!("{} does not replicate", names.join(", "))
                }
            };
            format!(
                "{}: replication: {told}. ASSUMED: it works on every node. To check it, repair it (`utils dbreplication repair all`), and paste \
                 `utils dbreplication runtimestate` again",
                name(place)
            )
        }
        Mark::RollbackAssumed => {
            format!("rollback parameter: ASSUMED: off. To check it, paste the output of: {}", query(Item::Rollback))
        }
        Mark::SecurityAssumed(count) => {
            format!(
                "{}: ASSUMED: not encrypted, and no LSC unless the inventory says it. To check it, export the columns Device Security Profile \
                 and LSC Status, or add the columns security (encrypted, authenticated or non-secure) and lsc (none or current)",
                counted(*count, "phone")
            )
        }
        Mark::ServiceDisputed { node, service, activated, values } => {
            format!(
                "{}: {service}: the inputs disagree: {}. ASSUMED: {}. To check it, paste `utils service list` and `show itl` of this node again",
                name(node),
                values.iter().map(|value| name(value)).collect::<Vec<_>>().join(", "),
                if *activated { "activated" } else { "not activated" }
            )
        }
        Mark::ServiceStopped { node, service, place } => format!(
            "{}: {}: activated, but it does not run ({}). ASSUMED: it runs. To check it, start it, and paste `utils service list` of this node \
             again",
            name(node),
            name(service),
            name(place)
        ),
        Mark::StatusUnknown(count) => format!("{}: ASSUMED: online. To check it, add a column status to the inventory", counted(*count, "phone")),
        Mark::TftpAssumed(count) => {
            format!("{}: ASSUMED: every TFTP node serves them. To check it, give --tftp NODE,NODE for all of them, or add a column tftp_servers to the inventory", counted(*count, "phone"))
        }
        Mark::TftpUnknown(node) => {
            format!("{}: ASSUMED: TFTP does not run. To check it, paste `show itl` or `utils service list` of this node", name(node))
        }
        Mark::TlsAssumed(models) => {
            let phones: usize = models.iter().map(|(_, count)| count).sum();
            let told = |(model, count): &(String, usize)| format!("{count} of {}", name(model));
            let mut told: Vec<String> = models.iter().take(MODELS).map(told).collect();
            let more = models.len().saturating_sub(MODELS);
            told.extend((more > 0).then(|| format!("and {more} more models")));
            format!(
                "minimum TLS version: ASSUMED: low enough for {} to ask TVS ({}). From 1.2 on they cannot. To check it, paste \
                 `show tls min-version` of each node that runs TVS, or give --tls-minimum",
                counted(phones, "phone"),
                told.join(", ")
            )
        }
        Mark::NodeUnknown(node) => {
            format!("service list of {}: no list names this node{GIVE_NODE}", name(node))
        }
        Mark::Unused(file) => format!("{}: nothing in it could be used", name(file)),
    }
}

/// Returns the name of a list, and the command that shows it.
fn list_words(kind: ListKind) -> (&'static str, &'static str) {
    match kind {
        ListKind::Ctl => ("CTL", "show ctl"),
        _ => ("ITL", "show itl"),
    }
}

/// How many models a guess names.
const MODELS: usize = 8;

/// Returns a guess without the options that would give the fact, for programs that have no options.
#[doc(hidden)]
pub fn plain_mark(mark: &str) -> String {
    let advice =
        [GIVE_PHONES, GIVE_PUBLISHER, GIVE_NODE, GIVE_POOLS, OR_POOLS, GIVE_TFTP, GIVE_TLS];
    advice.iter().fold(mark.to_owned(), |mark, advice| mark.replace(advice, ""))
}

const GIVE_NODE: &str = "; give NODE=FILE";
const GIVE_POOLS: &str = ", or give --pool-group";
const OR_POOLS: &str = " or --pool-group";
const GIVE_TFTP: &str = "give --tftp NODE,NODE for all of them, or ";
const GIVE_TLS: &str = ", or give --tls-minimum";
const GIVE_PHONES: &str = ": give --phones INVENTORY.csv";
const GIVE_PUBLISHER: &str = ". To change it, give --publisher";

fn query(item: Item) -> &'static str {
    item.command().unwrap_or_default()
}

// `trustlist.plan-lint/1` (spec/CONTRACT.md section 5), and the same as text.

/// The schema of the answer.
pub const PLAN_LINT_SCHEMA: &str = "trustlist.plan-lint/1";

/// The answer if there is no phone: a plan is proved for phones.
pub const NO_PHONES: &str = "UNDECIDED: no phone is in the file: nothing is proved of any phone";

/// How many phones a line of text names.
const NAMES: usize = 4;

/// The answer as JSON.
pub fn plan_lint_json(lint: &PlanLint, reordering: Option<&Reordering>) -> Value {
    Value::of(&PlanLintAnswer {
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
pub(super) struct PlanLintAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = PLAN_LINT_SCHEMA)))]
    schema: &'static str,
    /// The findings, in the order of the steps.
    findings: Vec<FindingAnswer<'a>>,
    /// The step after which no command helps phones that are locked (P-16); `null` if there is
    /// none.
    point_of_no_return: Option<PointAnswer<'a>>,
    /// The same steps in a safe order; `null` if none is needed or found.
    reordering: Option<ReorderingAnswer>,
}

/// One finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PlanFinding"))]
struct FindingAnswer<'a> {
    /// The finding.
    code: Word<PlanLintCode>,
    /// The number of the rule in spec/LINTS.md.
    rule: &'static str,
    /// How much it weighs.
    level: Word<Level>,
    /// The step that it is about, from 1; 0 is before the first, `null` is the plan as a whole or
    /// its end.
    step: Option<u32>,
    /// The phones concerned, in inventory order.
    phones: Vec<&'a str>,
    /// The policies whose simulation shows it; empty if no simulation is needed.
    policies: Vec<Word<Policy>>,
    /// Why.
    #[cfg_attr(test, schemars(with = "PlanEvidence"))]
    evidence: Map,
    /// The advice.
    todo: &'static str,
}

/// The values of a finding; values that do not apply are left out. They are in the order of the
/// search.
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
    /// The missing part: the word of a check or of an operation.
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
    store: Option<Word<crate::release::TrustUnit>>,
    /// Certificate units.
    #[schemars(skip_serializing_if = "Option::is_none")]
    units: Option<Vec<Word<crate::release::Unit>>>,
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

/// A step after which only deleting lists on the phones helps.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PointOfNoReturn"))]
struct PointAnswer<'a> {
    /// The step, from 1; 0 is before the first.
    step: u32,
    /// The phones that are beyond every command from then on.
    phones: Vec<&'a str>,
    /// The policies that have this result.
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
    #[cfg_attr(test, schemars(with = "Vec<crate::case::schema::Step<'_>>"))]
    plan: Value,
    /// The findings that remain.
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
        Fact::Refuses(file) => ("refuses", file.as_str().into()),
        Fact::Services(services) => {
            let one = |&(service, node): &(Service, NodeId)| ServiceAt {
                service: Word(service),
                node: node_name(cluster, node),
            };
            ("services", services.iter().map(|at| Value::of(&one(at))).collect())
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

/// Returns the answer as text: the sums, the findings, the point of no return, a safe order.
pub fn plan_lint_text(lint: &PlanLint, reordering: Option<&Reordering>) -> String {
    let mut text = sums(lint);
    if lint.cluster.phones().is_empty() && !lint.has_errors() {
        let _ = writeln!(text, "{NO_PHONES}");
    }
    if !lint.findings.is_empty() {
        text.push('\n');
    }
    for finding in &lint.findings {
        let place = match finding.step {
            None => "plan".to_owned(),
            Some(0) => "before step 1".to_owned(),
            Some(step) => format!("step {step}"),
        };
        let op = operation(lint, finding.step)
            .map_or_else(String::new, |op| format!(" ({})", Plain(op)));
        let first = format!("{:<7}  {}  ", finding.level().as_str(), finding.code.rule());
        let _ = writeln!(
            text,
            "{first}{place}{op}: {}{} [{}]",
            meaning(finding.code),
            details(lint, finding),
            finding.code
        );
        let indent = " ".repeat(first.len());
        let advice = advice(finding.code, lint.cluster.release());
        let _ = writeln!(text, "{indent}What to do: {advice}");
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
            "\nPoint of no return: {at}: from here on only deleting the lists on the phone helps {who} (policy {under})"
        );
    }
    if let Some(reordering) = reordering {
        text.push('\n');
        diff(lint, reordering, &mut text);
    }
    text
}

/// Returns the number of findings of each level in one line.
fn sums(lint: &PlanLint) -> String {
    let levels = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Note, "note")];
    let levels = levels.map(|(level, word)| counted(lint.count(level), word));
    format!("{} in {}\n", levels.join(", "), counted(lint.steps.len(), "step"))
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
    let left = if left.is_empty() { "none".to_owned() } else { left };
    let _ = writeln!(
        text,
        "The same steps in a safe order, found by trying (findings that remain: {left}):"
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
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join("; ")) }
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
        Fact::Refuses(file) => format!("they refuse the {}", file.as_str().to_uppercase()),
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
fn named(lint: &PlanLint, phones: &[PhoneId]) -> String {
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

// A sentence and an advice for every code of the plan lint; the long form is its page.

/// Returns the meaning of a code.
pub(super) const fn meaning(code: Code) -> &'static str {
    match code {
        Code::BothCtlAnchorsInOneWindow => {
            "ITLRecovery and CallManager both change before the phones have a CTL with one of the new certificates"
        }
        Code::CapfStillInUse => {
            "encrypted phones still have an LSC that the deleted CAPF certificate issued"
        }
        Code::CtlAfterCallmanager => {
            "phones see the new CallManager certificate before the CTL on them names it"
        }
        Code::CtlUpdateUnchecked => {
            "the CTL is written on every node, and replication was not checked before"
        }
        Code::CtlUpdateWithoutCtl => "there is no CTL to update in a non-secure cluster",
        Code::DeletionComesBack => {
            "the deleted certificate comes back within an hour after the plan"
        }
        Code::DeletionLocalOnly => {
            "the certificate is deleted only on the named node; the other nodes keep it"
        }
        Code::DeletionUnsure => {
            "the deletion lasts only if no node syncs in between, or if this version deletes on every node, which is not known"
        }
        Code::ItlTooLarge => "the ITL has more certificates than phones can load",
        Code::LegacyPhonesAndTls => {
            "legacy phones cannot ask TVS about the new signer: the minimum TLS version is too high or unknown"
        }
        Code::MissingRestart => "services still use the old certificate",
        Code::NoBackup => {
            "no backup follows the last regeneration; a restore of an older backup locks phones"
        }
        Code::NoGateBetweenRounds => {
            "the plan does not check that the phones accepted the last list before the next certificate changes"
        }
        Code::NoPreflight => "the plan changes certificates without a preflight check",
        Code::PhoneBrokenBefore => "phones are locked before the first step",
        Code::PhoneOfflineDuringChange => {
            "phones are offline during a change of the signer or of TVS, and still offline at the next one"
        }
        Code::PhonesLocked => "online phones are locked at the end",
        Code::RecoveryWithoutAnchor => {
            "the signer changes, and only TVS can confirm the new signer to the phones"
        }
        Code::ResetBeforeTvsRestart => {
            "phones are reset before TVS is restarted: if TVS reads its store only when it starts, the phones refuse the list"
        }
        Code::RollbackLeftOn => {
            "the plan ends with the rollback parameter on: lists are blank, and phones accept any list"
        }
        Code::ServiceNotActivated => "the service is not activated on the named node",
        Code::SingleCallmanagerGroup => {
            "only one TVS server can confirm a new list to these phones"
        }
        Code::TvsAndSignerInOneRound => {
            "TVS presents new certificates before the phones accepted the ITL of the new signer"
        }
        Code::TvsRestartTooEarly => {
            "after this restart of TVS no server can confirm the new list to the phones"
        }
        Code::WholeGroupDown => "CallManager runs on no server of the phones' group",
        Code::WrongNode => "the named node has no such certificate in this version",
    }
}

/// Returns the advice for a code.
pub(super) fn advice(code: Code, release: Release) -> &'static str {
    match code {
        Code::BothCtlAnchorsInOneWindow => {
            "regenerate one, update the CTL, reset the phones; then regenerate the other"
        }
        Code::CapfStillInUse => "give the phones new LSCs first (step lsc_update)",
        // From 14 on CallManager presents the new certificate at once (C-50): the usual order is
        // what drops the phones.
        Code::CtlAfterCallmanager if release >= Release::first(14, 0) => {
            "regenerate one node at a time, with `utils ctl update CTLFile` and a reset of the phones between"
        }
        Code::CtlAfterCallmanager => {
            "update the CTL directly after the regeneration and reset the phones, then restart CallManager"
        }
        Code::CtlUpdateUnchecked => {
            "check replication before it; from 12.0 on check the licence too"
        }
        Code::CtlUpdateWithoutCtl => "remove the step, or set mixed mode",
        Code::DeletionComesBack => {
            "stop change notification on every node and delete the certificate on every node that has it, or delete it while all nodes are up"
        }
        Code::DeletionLocalOnly => "delete it on every node that has it",
        Code::DeletionUnsure => {
            "stop change notification on every node, delete the certificate on every node that has it, then start it again"
        }
        Code::ItlTooLarge => {
            "delete unused certificates from the trust stores (from 14 on: use the tomcat certificate for CallManager too)"
        }
        Code::LegacyPhonesAndTls => {
            "set the rollback parameter and reset these phones before the change, so that they have the blank list; or set the minimum \
             to TLS 1.0 for the time of the change. An import of the signer into a trust store does not help these phones"
        }
        Code::MissingRestart => "restart these services before the reset",
        Code::NoBackup => "take a backup at the end",
        Code::NoGateBetweenRounds => {
            "check registration and ITL status of all phones between the rounds"
        }
        Code::NoPreflight => "run `trustlist preflight` first",
        Code::PhoneBrokenBefore => {
            "repair these phones first (`trustlist plan recover` shows the commands)"
        }
        Code::PhoneOfflineDuringChange => {
            "bring them online before the second change, or plan to delete their lists"
        }
        Code::PhonesLocked => {
            "change the plan until no policy locks a phone (`trustlist simulate` shows the step)"
        }
        Code::RecoveryWithoutAnchor => {
            "use the two steps of the Security Guide: reset localkey and reset the phones, then restore the usual signer and reset them again"
        }
        Code::ResetBeforeTvsRestart => "restart TVS before the reset",
        Code::RollbackLeftOn => {
            "set the parameter to False and reset the phones, so that they get the full list"
        }
        Code::ServiceNotActivated => "remove the node from the step",
        Code::SingleCallmanagerGroup => {
            "add a second server to the group, or use the rollback parameter"
        }
        Code::TvsAndSignerInOneRound => {
            "complete a phone update (restarts, reset, check) between the two regenerations"
        }
        Code::TvsRestartTooEarly => "restart TFTP and reset the phones first",
        Code::WholeGroupDown => {
            "restart one node at a time, and wait until its phones are registered"
        }
        Code::WrongNode => "run the step on the node that has the certificate (the publisher)",
    }
}
