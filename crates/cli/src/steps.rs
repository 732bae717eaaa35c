//! A plan in words, one step a line, as `simulate` and `plan lint` print steps: `regen CallManager
//! all`.

use super::input::{self, Input};
use std::path::Path;
use trustlist::json::{Map, Value};
use trustlist::report::Plain;
use trustlist_cluster::case::Scenario;

/// Reads a scenario or a cluster, with the plan of a file in words if one is given.
pub(super) fn scenario(
    input: &Input,
    path: &Path,
    plan: Option<&Path>,
) -> Result<Scenario, String> {
    let scenario = input.scenario(path)?;
    let Some(plan) = plan else { return Ok(scenario) };
    let name = input::name(plan);
    let steps = steps(&name, &input.text(plan)?)?;
    let mut document = scenario.to_json();
    if let Some(fields) = document.as_object_mut() {
        fields.insert("plan".to_owned(), steps.into_iter().collect());
    }
    let text = serde_json::to_string(&document).map_err(|error| format!("{name}: {error}"))?;
    let read = Scenario::parse_within(&text, &input.limits.json());
    let read = read.map_err(|error| input.limits.case_error(&name, &error))?;
    Ok(input.limited(read))
}

/// Reads the steps of a text. Empty lines and lines after `#` are left out, numbers before a step
/// too.
fn steps(name: &str, text: &str) -> Result<Vec<Value>, String> {
    let mut steps = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split('#').next().unwrap_or_default().trim();
        let line = without_number(line);
        if !line.is_empty() {
            steps.push(step(line).map_err(|expected| {
                format!("{name}: line {number}: expected {expected}; found {}", Plain(line))
            })?);
        }
    }
    if steps.is_empty() {
        return Err(format!(
            "{name}: no step in it, expected lines such as `regen CallManager all`"
        ));
    }
    Ok(steps)
}

/// Returns the line without `3.`, `3)` or `3` before the step.
fn without_number(line: &str) -> &str {
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    let digits = first.trim_end_matches(['.', ')', ':']);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { rest.trim_start() } else { line }
}

/// Reads one step. The error says what is expected.
fn step(line: &str) -> Result<Value, String> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    let op = match word.to_ascii_lowercase().replace('-', "_").as_str() {
        "regenerate" => "regen".to_owned(),
        other => other.to_owned(),
    };
    let mut words = rest.split_whitespace();
    let mut next =
        |what: &str| words.next().map(str::to_owned).ok_or_else(|| format!("`{op} {what}`"));
    let mut fields: Vec<(&str, Value)> = vec![("op", Value::from(op.as_str()))];
    match op.as_str() {
        "regen" => {
            let what = "CERTIFICATE NODE";
            fields.push(("cert", next(what)?.into()));
            fields.push(("node", names(&next(what)?)));
        }
        "restart" | "start" | "stop" => {
            let what = "SERVICE NODE";
            fields.push(("service", next(what)?.into()));
            fields.push(("node", names(&next(what)?)));
        }
        "node_down" | "node_up" | "repl_break" | "repl_fix" => {
            fields.push(("node", next("NODE")?.into()));
        }
        "phone_offline" | "phone_online" | "reset_phones" | "lsc_update" | "delete_phone_lists" => {
            // All is a word; one phone is a list of one.
            let scope = next("all, or names of phones")?;
            let all = scope.eq_ignore_ascii_case("all");
            fields.push(("scope", if all { "all".into() } else { list(rest) }));
            return Ok(object(fields));
        }
        "check" => {
            next("WHAT")?;
            fields.push(("what", rest.into()));
            return Ok(object(fields));
        }
        "set_mode" => fields.push(("mode", next("mixed, or non-secure")?.into())),
        "set_rollback" => {
            let value = match next("on, or off")?.to_ascii_lowercase().as_str() {
                "on" | "true" | "t" => true,
                "off" | "false" | "f" => false,
                _ => return Err("`set_rollback on` or `set_rollback off`".to_owned()),
            };
            fields.push(("value", value.into()));
        }
        "wait" => {
            let minutes = next("MINUTES")?;
            let digits = minutes.trim_end_matches("min").trim_end_matches('m');
            let minutes: u64 = digits.parse().map_err(|_| "`wait MINUTES`".to_owned())?;
            fields.push(("minutes", minutes.into()));
        }
        "delete_trust" => {
            let what = "STORE CERTIFICATE NODE";
            fields.push(("unit", next(what)?.into()));
            fields.push(("cert", next(what)?.into()));
            fields.push(("node", next(what)?.into()));
        }
        "ctl_update" | "ctl_reset_localkey" | "itl_reset_localkey" => {}
        _ => return Err(format!("a step ({STEPS})")),
    }
    match words.next() {
        None => Ok(object(fields)),
        Some(more) => Err(format!("the end of the step before {}", Plain(more))),
    }
}

/// One name, or a list of names.
fn names(text: &str) -> Value {
    if text.contains(',') { list(text) } else { text.into() }
}

fn list(text: &str) -> Value {
    let names = text.split([',', ' ', '\t']).filter(|name| !name.is_empty());
    names.map(Value::from).collect()
}

fn object(fields: Vec<(&str, Value)>) -> Value {
    Value::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map>())
}

/// The steps that are read.
const STEPS: &str = "regen, restart, start, stop, reset_phones, check, ctl_update, ctl_reset_localkey, \
    itl_reset_localkey, delete_trust, delete_phone_lists, lsc_update, node_down, node_up, phone_offline, \
    phone_online, repl_break, repl_fix, set_mode, set_rollback, wait";

#[cfg(test)]
mod tests {
    use super::*;

    fn json(line: &str) -> String {
        step(line).map(|step| step.to_string()).unwrap()
    }

    #[test]
    fn steps_in_words() {
        for (line, expected) in [
            ("regen CallManager all", r#"{"op":"regen","cert":"CallManager","node":"all"}"#),
            ("Regenerate TVS a,b", r#"{"op":"regen","cert":"TVS","node":["a","b"]}"#),
            ("restart TFTP hq", r#"{"op":"restart","service":"TFTP","node":"hq"}"#),
            ("reset-phones all", r#"{"op":"reset_phones","scope":"all"}"#),
            ("phone_offline SEP1, SEP2", r#"{"op":"phone_offline","scope":["SEP1","SEP2"]}"#),
            ("check all phones registered", r#"{"op":"check","what":"all phones registered"}"#),
            ("itl_reset_localkey", r#"{"op":"itl_reset_localkey"}"#),
            ("wait 30m", r#"{"op":"wait","minutes":30}"#),
            ("set_rollback on", r#"{"op":"set_rollback","value":true}"#),
        ] {
            assert_eq!(json(line), expected, "{line}");
        }
    }

    #[test]
    fn lines_around_steps_are_left_out() {
        let text = "# a plan\n\n 1. regen TVS all   # all nodes\n2) restart TVS all\n";
        assert_eq!(steps("x", text).unwrap().len(), 2);
        assert!(steps("x", "# nothing\n").unwrap_err().contains("no step in it"));
    }

    #[test]
    fn what_is_no_step_is_refused_with_its_line() {
        for (text, words) in [
            (
                "\nregen CallManager\n",
                "x: line 2: expected `regen CERTIFICATE NODE`; found regen CallManager",
            ),
            ("restart TFTP hq now", "the end of the step before now"),
            ("reboot hq", "expected a step (regen, "),
            ("wait long", "`wait MINUTES`"),
            ("set_rollback maybe", "`set_rollback on` or"),
        ] {
            let error = steps("x", text).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
