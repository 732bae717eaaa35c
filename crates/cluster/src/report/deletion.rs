//! The deletion audit, log entries and forecasts as text and JSON.

mod entry;
mod forecast;
mod text;

pub use entry::entry_json;
#[cfg(test)]
pub(super) use forecast::ForecastAnswer;
pub use forecast::{FORECAST_SCHEMA, forecast_json, forecast_text};
pub use text::audit_text;

use crate::code::DeletionCode;
use crate::deletion::{Answer, ClusterVerdict, Evidence, EvidenceKind, NodeAnswer, Verdict};
use crate::report::shape::{self, Keyed, Word};
use serde::Serialize;
use trustlist::json::Value;
use trustlist::release::TrustUnit;

/// The schema of an answer.
pub const AUDIT_SCHEMA: &str = "trustlist.deletion-audit/1";
/// The schema of several answers.
pub const AUDITS_SCHEMA: &str = "trustlist.deletion-audits/1";

/// The answer of an audit (spec/CONTRACT.md section 5).
pub fn audit_json(answer: &Answer) -> Value {
    shape::value(&AuditAnswer {
        schema: AUDIT_SCHEMA,
        certificate: WantedAnswer { unit: Word(answer.wanted.unit), name: &answer.wanted.name },
        nodes: Keyed(
            answer.nodes.iter().map(|node| (node.name.clone(), NodeOutcome::of(node))).collect(),
        ),
        cluster: Word(answer.cluster),
        left_out: &answer.left_out,
    })
}

/// The answers about several certificates as one document; each is that of [`audit_json`].
pub fn audits_json(audits: &[Value]) -> Value {
    shape::value(&AuditsAnswer { schema: AUDITS_SCHEMA, audits })
}

/// Whether a trust certificate is gone on every node, by the logs of the nodes (spec/CONTRACT.md section 5).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Audit"))]
pub(in crate::report) struct AuditAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = AUDIT_SCHEMA)))]
    schema: &'static str,
    /// The certificate that should be gone.
    certificate: WantedAnswer<'a>,
    /// What is known of each node to which its store applies, by name.
    nodes: Keyed<NodeOutcome<'a>>,
    /// What is known of the cluster.
    cluster: Word<ClusterVerdict>,
    /// The nodes to which its store does not apply.
    left_out: &'a [String],
}

/// Audits of several certificates: of every one that the logs say was deleted, where none was named.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::report) struct AuditsAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = AUDITS_SCHEMA)))]
    schema: &'static str,
    /// The answers; none where the logs hold no deletion.
    #[cfg_attr(test, schemars(with = "Vec<AuditAnswer<'_>>"))]
    audits: &'a [Value],
}

/// A trust certificate.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Wanted"))]
struct WantedAnswer<'a> {
    /// Its store.
    unit: Word<TrustUnit>,
    /// Its file name, as in the logs.
    name: &'a str,
}

/// What is known of one node (D4).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Node"))]
struct NodeOutcome<'a> {
    /// The verdict.
    verdict: Word<Verdict>,
    /// Why.
    code: Word<DeletionCode>,
    /// When it was deleted or came back, on the clock of the node; left out where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// For `resurrected` only: the nodes that may have brought it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a [String]>,
    /// What the verdict rests on, in the order of time.
    evidence: Vec<EvidenceAnswer<'a>>,
}

/// Something that a verdict rests on.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Evidence"))]
struct EvidenceAnswer<'a> {
    /// What it is.
    kind: Word<EvidenceKind>,
    /// When, on the clock of the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    /// In which log.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    /// In which line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    /// The entry, or what is to be said of the log.
    text: &'a str,
}

impl<'a> NodeOutcome<'a> {
    fn of(node: &'a NodeAnswer) -> Self {
        Self {
            verdict: Word(node.verdict),
            code: Word(node.code),
            at: node.at.map(|at| at.to_string()),
            by: (node.verdict == Verdict::Resurrected).then_some(&node.by),
            evidence: node.evidence.iter().map(EvidenceAnswer::of).collect(),
        }
    }
}

impl<'a> EvidenceAnswer<'a> {
    fn of(evidence: &'a Evidence) -> Self {
        Self {
            kind: Word(evidence.kind),
            at: evidence.at.map(|at| at.to_string()),
            file: evidence.file.as_deref(),
            line: evidence.line,
            text: &evidence.text,
        }
    }
}
