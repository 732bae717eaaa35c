//! `preflight`: a table for a person, and JSON (`trustlist.preflight/1`).

use super::Plain;
use crate::code::PreflightCode;
use crate::console::preflight::{Check, Fact, Preflight, Verdict};
use serde_json::{Map, Value, json};
use std::fmt::{self, Display, Formatter};

/// The answer as JSON.
pub fn json(preflight: &Preflight) -> Value {
    json!({
        "schema": "trustlist.preflight/1",
        "checks": preflight.checks.iter().map(check).collect::<Vec<_>>(),
        "to_run": preflight.to_run,
    })
}

fn check(check: &Check) -> Value {
    let evidence = check.evidence.as_ref().map(|evidence| json!({ "file": &*evidence.file, "line": evidence.line.0 }));
    json!({
        "check": check.item.id(),
        "name": check.item.name(),
        "verdict": check.verdict.as_str(),
        "code": check.code.as_str(),
        "facts": facts(check),
        "evidence": evidence,
    })
}

/// The facts of a check as an object.
pub fn facts(check: &Check) -> Map<String, Value> {
    check.facts.iter().map(|(name, fact)| ((*name).to_owned(), value(fact))).collect()
}

fn value(fact: &Fact) -> Value {
    match fact {
        Fact::Flag(flag) => json!(flag),
        Fact::List(names) => json!(names),
        Fact::Map(entries) => Value::Object(entries.iter().map(|(name, number)| (name.clone(), json!(number))).collect()),
        Fact::Number(number) => json!(number),
        Fact::Text(text) => json!(text),
    }
}

/// The answer as a table, followed by the commands still to run.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a>(pub &'a Preflight);

impl Display for Table<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for check in &self.0.checks {
            writeln!(f, "{:<7}  {:<5}  {}", word(check.verdict), check.item.id(), sentence(check))?;
            if let Some(evidence) = &check.evidence {
                writeln!(f, "                {} line {}", Plain(&evidence.file), evidence.line.0)?;
            }
        }
        if self.0.to_run.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "\nStill to run, on the publisher (show ctl, show itl: on every TFTP node; utils service list: on every node):"
        )?;
        self.0.to_run.iter().try_for_each(|command| writeln!(f, "{command}"))
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Block => "BLOCK",
        Verdict::Warn => "WARN",
        other => other.as_str(),
    }
}

/// What a check found, in a sentence with its values.
pub fn sentence(check: &Check) -> String {
    let what = match check.code {
        PreflightCode::NotPasted => format!("{}: not pasted", check.item.name()),
        PreflightCode::NoKnownFormat => check.item.name().to_owned(),
        code => meaning(code).to_owned(),
    };
    let facts: Vec<String> =
        check.facts.iter().filter_map(|(name, fact)| Some(format!("{} {}", name.replace('_', " "), shown(fact)?))).collect();
    if facts.is_empty() { what } else { format!("{what} ({})", facts.join(", ")) }
}

/// A fact in words; empty lists say nothing.
fn shown(fact: &Fact) -> Option<String> {
    Some(match fact {
        Fact::Flag(flag) => (if *flag { "yes" } else { "no" }).to_owned(),
        Fact::List(names) if names.is_empty() => return None,
        Fact::List(names) => names.iter().map(|name| Plain(name).to_string()).collect::<Vec<_>>().join(" "),
        Fact::Map(entries) => {
            let entry = |(name, number): &(String, Option<u64>)| {
                format!("{}={}", Plain(name), number.map_or("?".into(), |number| number.to_string()))
            };
            entries.iter().map(entry).collect::<Vec<_>>().join(" ")
        }
        Fact::Number(number) => number.to_string(),
        Fact::Text(text) => Plain(text).to_string(),
    })
}

fn meaning(code: PreflightCode) -> &'static str {
    match code {
        PreflightCode::BackupFailed => "the newest backup failed",
        PreflightCode::BackupGood => "the newest backup succeeded",
        PreflightCode::BackupOld => "the newest backup is more than a week old",
        PreflightCode::CaSignedCertificate => "CA-signed: set cert regen would overwrite it, renew it with a CSR",
        PreflightCode::CertificatesRead => "no own certificate is signed by a CA",
        PreflightCode::CtlMissing => "mixed mode, but there is no CTL",
        PreflightCode::CtlModeUnknown => {
            "read, but whether a CTL belongs there depends on the security mode: paste F-2 or give it"
        }
        PreflightCode::CtlNotVerified => "the server could not verify its CTL",
        PreflightCode::CtlUpdated => "the CTL was updated",
        PreflightCode::CtlVerified => "the CTL was verified",
        PreflightCode::ItlMissing => "there is no ITL",
        PreflightCode::ItlNotVerified => "the server could not verify its ITL",
        PreflightCode::ItlTooLarge => "the ITL is larger than phones load",
        PreflightCode::ItlVerified => "the ITL was verified",
        PreflightCode::ModeMixed => "mixed mode: the plan must update the CTL",
        PreflightCode::ModeNonSecure => "not in mixed mode: no CTL work",
        PreflightCode::ModeSet => "the security mode was set",
        PreflightCode::NoCtlExpected => "no CTL, as it should be outside mixed mode",
        PreflightCode::NoKnownFormat => "look at it by hand",
        PreflightCode::NotPasted => "not pasted",
        PreflightCode::OutputUnread => "pasted, but cut or in no known form",
        PreflightCode::PhoneListUpdateFailed => "a phone refused a list or lost its own",
        PreflightCode::PhoneListUpdated => "a phone took a list",
        PreflightCode::Regenerated => "the certificate was regenerated",
        PreflightCode::ReplicationBad => "a node does not replicate",
        PreflightCode::ReplicationGood => "every node replicates",
        PreflightCode::ResetItlNotTransferred => "the reset ITL did not reach every TFTP node",
        PreflightCode::ResetItlTransferred => "the reset ITL reached every TFTP node",
        PreflightCode::RollbackOff => "the rollback parameter is off",
        PreflightCode::RollbackOn => "the rollback parameter is on: phones get blank lists",
        PreflightCode::ServiceStopped => "CCN or TVS does not run",
        PreflightCode::ServicesRead => "CCN and TVS are not stopped",
        PreflightCode::SignerClassUnexpected => "signed by another kind of certificate than this version uses",
        PreflightCode::StaleCtl => "not in mixed mode, but a CTL is left over: phones that hold one keep it",
        PreflightCode::StatusLegend => "only the words of the column, no phone",
        PreflightCode::UnitsRead => "the certificate units were read",
    }
}
