//! A plan in words, one step a line, as `simulate` and `plan lint` print steps: `regen CallManager
//! all`.

use super::input::{self, Input};
use std::path::Path;
use trustlist::json::{Map, Value};
use trustlist::report::Plain;
use trustlist_cluster::case::Scenario;
use trustlist_cluster::release::Service;

/// Reads a scenario, or a cluster with the plan of a file in words. A cluster alone is an error.
pub(super) fn scenario(
    input: &Input,
    path: &Path,
    plan: Option<&Path>,
) -> Result<Scenario, String> {
    let scenario = input.scenario(path)?;
    let Some(plan) = plan else {
        // Nothing can be said for a plan that is not there.
        if scenario.plan.is_empty() {
            return Err(format!(
                "{}: no plan in it, expected --plan PLAN.txt, or the output of `trustlist plan generate --format json`",
                input::name(path)
            ));
        }
        return Ok(scenario);
    };
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

/// Returns the line without a bullet, and without `3.`, `3)` or `3` before the step.
fn without_number(line: &str) -> &str {
    let line = ["- [ ] ", "- [x] ", "- ", "* "]
        .iter()
        .find_map(|bullet| line.strip_prefix(bullet))
        .unwrap_or(line)
        .trim_start();
    let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
    let digits = first.trim_end_matches(['.', ')', ':']);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { rest.trim_start() } else { line }
}

/// Reads one step. The error says what is expected.
fn step(line: &str) -> Result<Value, String> {
    let (op, rest) = operation(line);
    let (op, rest) = (op.as_str(), rest.as_str());
    let mut words = rest.split_whitespace();
    let mut next =
        |what: &str| words.next().map(str::to_owned).ok_or_else(|| format!("`{op} {what}`"));
    let mut fields: Vec<(&str, Value)> = vec![("op", Value::from(op))];
    match op {
        "regen" => {
            let what = "CERTIFICATE NODE`, or all in place of NODE: `regen CERTIFICATE all";
            fields.push(("cert", next(what)?.into()));
            fields.push(("node", nodes(&mut next, what)?));
        }
        "restart" | "start" | "stop" => {
            let (service, rest) = service(rest);
            let what = format!("SERVICE NODE`, or all in place of NODE: `{op} SERVICE all");
            words = rest.split_whitespace();
            let mut next = |what: &str| {
                words.next().map(str::to_owned).ok_or_else(|| format!("`{op} {what}`"))
            };
            fields.push(("service", service.into()));
            fields.push(("node", nodes(&mut next, &what)?));
        }
        "node_down" | "node_up" | "repl_break" | "repl_fix" => {
            fields.push(("node", next("NODE")?.into()));
        }
        "phone_offline" | "phone_online" | "reset_phones" | "lsc_update" | "delete_phone_lists" => {
            // All is a word; one phone is a list of one.
            let scope = match op {
                "reset_phones" => next("all").unwrap_or_else(|_| "all".to_owned()),
                _ => next("all, or names of phones")?,
            };
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
        _ => return Err(format!("a step ({})", STEPS.join(", "))),
    }
    match words.next() {
        None => Ok(object(fields)),
        Some(more) => Err(format!("the end of the step before {}", Plain(more))),
    }
}

/// Returns the operation of a line, in the word of the simulator, and the rest of the line. The
/// words may be written apart, and commands of CUCM as they are given.
fn operation(line: &str) -> (String, String) {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let after = |words: &str| {
        let (head, rest) = line.split_at_checked(words.len())?;
        let whole = rest.is_empty() || rest.starts_with(' ');
        (whole && head.replace('-', " ").eq_ignore_ascii_case(words)).then(|| rest.trim_start())
    };
    for (words, op) in COMMANDS {
        if let Some(rest) = after(words) {
            return ((*op).to_owned(), rest.to_owned());
        }
    }
    for op in STEPS {
        if let Some(rest) = after(&op.replace('_', " ")) {
            return ((*op).to_owned(), rest.to_owned());
        }
    }
    let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
    (word.to_ascii_lowercase().replace('-', "_"), rest.to_owned())
}

/// Returns the service that a text begins with, in the word of the simulator if it is known, and
/// the rest. Names of services hold blanks.
fn service(text: &str) -> (String, &str) {
    let named = |name: &str| {
        let (head, rest) = text.split_at_checked(name.len())?;
        let whole = rest.is_empty() || rest.starts_with(' ');
        (whole && head.eq_ignore_ascii_case(name)).then(|| rest.trim_start())
    };
    let words = || Service::ALL.iter().copied();
    let names = words().map(|service| (service.long_name(), service));
    let mut known: Vec<(&str, Service)> =
        names.chain(words().map(|service| (service.as_str(), service))).collect();
    known.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let found = known.into_iter().find_map(|(name, service)| Some((service, named(name)?)));
    match found {
        Some((service, rest)) => (service.as_str().to_owned(), rest),
        None => {
            let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
            (word.to_owned(), rest)
        }
    }
}

/// The nodes of a step, after the word `on` or without it.
fn nodes(
    next: &mut impl FnMut(&str) -> Result<String, String>,
    what: &str,
) -> Result<Value, String> {
    let word = next(what)?;
    let word = if word.eq_ignore_ascii_case("on") { next(what)? } else { word };
    Ok(names(&word))
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
const STEPS: &[&str] = &[
    "regen",
    "restart",
    "start",
    "stop",
    "reset_phones",
    "check",
    "ctl_update",
    "ctl_reset_localkey",
    "itl_reset_localkey",
    "delete_trust",
    "delete_phone_lists",
    "lsc_update",
    "node_down",
    "node_up",
    "phone_offline",
    "phone_online",
    "repl_break",
    "repl_fix",
    "set_mode",
    "set_rollback",
    "wait",
];

/// Other words for steps: commands of CUCM, and what people write.
const COMMANDS: &[(&str, &str)] = &[
    ("regenerate", "regen"),
    ("reset all phones", "reset_phones"),
    ("set cert regen", "regen"),
    ("utils ctl reset localkey", "ctl_reset_localkey"),
    ("utils ctl update ctlfile", "ctl_update"),
    ("utils itl reset localkey", "itl_reset_localkey"),
    ("utils service restart", "restart"),
    ("utils service start", "start"),
    ("utils service stop", "stop"),
];

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
            ("reset phones all", r#"{"op":"reset_phones","scope":"all"}"#),
            ("Reset phones", r#"{"op":"reset_phones","scope":"all"}"#),
            ("reset all phones", r#"{"op":"reset_phones","scope":"all"}"#),
            ("reset phones SEP1", r#"{"op":"reset_phones","scope":["SEP1"]}"#),
            ("set cert regen TVS on ccm1", r#"{"op":"regen","cert":"TVS","node":"ccm1"}"#),
            (
                "utils service restart Cisco Tftp on all",
                r#"{"op":"restart","service":"TFTP","node":"all"}"#,
            ),
            (
                "restart Cisco Trust Verification Service ccm2",
                r#"{"op":"restart","service":"TVS","node":"ccm2"}"#,
            ),
            ("restart drf master hq", r#"{"op":"restart","service":"DRF Master","node":"hq"}"#),
            ("utils ctl update CTLFile", r#"{"op":"ctl_update"}"#),
            ("itl reset localkey", r#"{"op":"itl_reset_localkey"}"#),
        ] {
            assert_eq!(json(line), expected, "{line}");
        }
    }

    #[test]
    fn lines_around_steps_are_left_out() {
        let text = "# a plan\n\n 1. regen TVS all   # all nodes\n2) restart TVS all\n- wait 5\n";
        assert_eq!(steps("x", text).unwrap().len(), 3);
        assert!(steps("x", "# nothing\n").unwrap_err().contains("no step in it"));
    }

    #[test]
    fn what_is_no_step_is_refused_with_its_line() {
        for (text, words) in [
            (
                "\nregen CallManager\n",
                "x: line 2: expected `regen CERTIFICATE NODE`, or all in place of NODE: `regen CERTIFICATE all`; found regen CallManager",
            ),
            ("restart TFTP", "expected `restart SERVICE NODE`, or all"),
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
