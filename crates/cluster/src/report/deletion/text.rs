//! The answer of an audit in sentences: the verdict first, then each node with what it rests on.

use crate::code::DeletionCode as Code;
use crate::deletion::{
    Answer, ClusterVerdict, Evidence, EvidenceKind, NodeAnswer, QUIET_MINUTES, Spread, Verdict,
};
use crate::report::Plain;
use std::fmt::Write;

/// How many entries a node gets.
const SHOWN: usize = 12;
/// How much of an entry is shown, in characters.
const WIDTH: usize = 150;

/// The answer as text.
pub fn audit_text(answer: &Answer) -> String {
    let mut text = format!("{}: {}\n", Plain(&answer.wanted), cluster(answer));
    for node in &answer.nodes {
        let _ = writeln!(
            text,
            "\n{}: {}. {}",
            Plain(&node.name),
            node.verdict.as_str(),
            because(answer.spread, node)
        );
        for evidence in node.evidence.iter().take(SHOWN) {
            let _ = writeln!(text, "  {}", line(evidence));
        }
        if let Some(more) = node.evidence.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let _ = writeln!(text, "  and {more} more");
        }
    }
    if !answer.left_out.is_empty() {
        let names = Plain(answer.left_out.join(", "));
        let _ =
            writeln!(text, "\nLeft out, as {} does not apply there: {names}", answer.wanted.unit);
    }
    text
}

fn cluster(answer: &Answer) -> String {
    let count = answer.nodes.len();
    let these = |which: &dyn Fn(Verdict) -> bool| {
        let names = answer
            .nodes
            .iter()
            .filter(|node| which(node.verdict))
            .map(|node| Plain(&node.name).to_string());
        names.collect::<Vec<_>>().join(", ")
    };
    match answer.cluster {
        ClusterVerdict::Deleted => format!("deleted on every node ({count} of {count})"),
        ClusterVerdict::NotDeleted => {
            let still = these(&|verdict| !matches!(verdict, Verdict::Deleted | Verdict::Unknown));
            format!("NOT deleted on every node: {still}")
        }
        ClusterVerdict::Unknown if count == 0 => {
            "unknown: its store applies to no node of the inventory".to_owned()
        }
        ClusterVerdict::Unknown => {
            format!("unknown; not proven: {}", these(&|verdict| verdict == Verdict::Unknown))
        }
    }
}

/// The reason in a sentence; `explain CODE` has the rest.
fn because(spread: Spread, node: &NodeAnswer) -> String {
    let at = node.at.map(|at| format!(" at {at}")).unwrap_or_default();
    let by = match node.by.as_slice() {
        [] => "; by which node is not in the logs".to_owned(),
        [one] => format!("; {} had not deleted it by then, as far as its logs say", Plain(one)),
        several => format!(
            "; one of these brought it back, as none had deleted it by then, as far as their logs say: {}",
            Plain(several.join(", "))
        ),
    };
    let sentence = match node.code {
        Code::CollectedTooEarly => {
            format!(
                "the logs end too early: wait more than {QUIET_MINUTES} minutes after the deletion, collect again"
            )
        }
        Code::DeleteFailed => "The deletion was tried and failed".to_owned(),
        Code::DeleteNotSeen => match spread {
            Spread::Event => "No deletion is in its logs".to_owned(),
            Spread::Local => {
                "No deletion is in its logs, and no other node deletes for it: delete it here too"
                    .to_owned()
            }
        },
        Code::DeleteUndated => "A deletion is in its logs, but not when it ran".to_owned(),
        Code::DeletionProven => {
            format!("Deleted{at}, and not imported for more than {QUIET_MINUTES} minutes")
        }
        Code::EventDisagrees => {
            "An event came that no node sent then: its origin or its time disagrees".to_owned()
        }
        Code::EventNotEmitted => {
            "It deleted the certificate, but neither sent nor got an event".to_owned()
        }
        Code::EventNotReceived => "No event about this certificate is in its system log".to_owned(),
        Code::EventWithoutDelete => "The event came, no deletion followed".to_owned(),
        Code::ImportUnclear => {
            "A certificate of this store may have been imported later; the log does not say which"
                .to_owned()
        }
        Code::ImportedAgain => format!("Imported again{at}{by}"),
        Code::LogIncomplete => "Its logs could not be read whole".to_owned(),
        Code::LogMissing => "Not all of its logs are there".to_owned(),
        Code::LogStartsLate => "A log begins after the moment that matters".to_owned(),
    };
    let mut chars = sentence.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{} [{}]", chars.as_str(), node.code)
}

fn line(evidence: &Evidence) -> String {
    let place = match (&evidence.file, evidence.line) {
        (Some(file), Some(line)) => format!("{}:{line}: ", Plain(file)),
        (Some(file), None) => format!("{}: ", Plain(file)),
        _ => String::new(),
    };
    let at = evidence.at.map(|at| at.to_string()).unwrap_or_else(|| "no date".to_owned());
    let text = Plain(&evidence.text).to_string();
    let text: String = if text.chars().count() > WIDTH {
        text.chars().take(WIDTH).chain(['…']).collect()
    } else {
        text
    };
    match evidence.kind {
        EvidenceKind::Collected => format!("collected {at}"),
        EvidenceKind::LogMissing => format!("missing: {text}"),
        EvidenceKind::LogStarts => format!("{text} begins {at}"),
        EvidenceKind::LogCut => format!("{place}too long to be read to their ends: {text}"),
        EvidenceKind::LogUnreadable | EvidenceKind::LogOverfull => format!("{place}{text}"),
        kind => format!("{at:<23}  {:<14}  {place}{text}", kind.as_str()),
    }
}
