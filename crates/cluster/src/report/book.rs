//! Safe plans as a run book (Markdown with check boxes) and as the plain text of a change ticket.

use super::Plain;
use super::gates::way_out_of_tls;
use super::instruction::{Instruction, instruction, short_check};
use super::plan::{NO_PHONES, advice, meaning};
use super::recover::command;
use crate::cluster::{Cluster, Mode, NodeId, Nodes, Operation, PhoneId};
use crate::plan::{
    Document, NoPlan, OldTrust, Order, PlanNote, PlanRemedy, PlannedStep, Purpose, Round,
    RoundKind, SafePlan, Unneeded,
};
use crate::release::{ListSigner, RecoveryScope, Release, ReleaseRules as _, Service, Unit};
use sha2::Digest;
use std::collections::BTreeSet;
use std::fmt::Write;
use trustlist::code::Level;
use trustlist::phone::JudgedFile;
use trustlist::report::counted;

/// The run book.
pub fn run_book(plan: &SafePlan) -> String {
    let mut text = format!("# {}\n\n", title(plan));
    markdown_guesses(plan, &mut text);
    for line in preface(plan) {
        let _ = writeln!(text, "- {line}");
    }
    let _ = writeln!(text, "\n## For the change board\n");
    for (what, told) in first_page(plan) {
        let _ = writeln!(text, "- **{what}:** {told}");
    }
    let _ = writeln!(text, "\n| round | steps | minutes |\n|---|---|---|");
    let mut number = 1_usize;
    for round in &plan.rounds {
        let last = number.saturating_add(round.steps.len()).saturating_sub(1);
        let steps = if last == number { number.to_string() } else { format!("{number} to {last}") };
        let _ = writeln!(text, "| {} | {steps} | {} |", heading(round), round.minutes());
        number = last.saturating_add(1);
    }
    let _ = writeln!(text, "\n{RULE}");
    let mut recoveries = Vec::new();
    let mut number = 1_usize;
    for (window, index) in plan.windows().into_iter().zip(1..) {
        if plan.request.window.is_some() {
            let _ = writeln!(
                text,
                "\n## Window {index}, about {} minutes{}",
                window.minutes,
                too_long(plan, window.minutes)
            );
        }
        if index > 1 {
            let told = short_check(plan);
            let heading = format!("Before window {index}. {}", told.title);
            markdown_instruction(&heading, &told, None, "", &mut recoveries, &mut text);
        }
        for round in plan.rounds.get(window.rounds).unwrap_or_default() {
            let _ = writeln!(text, "\n## {} (about {} minutes)\n", heading(round), round.minutes());
            let _ = writeln!(text, "{}{}", purpose(round), turns(round));
            for step in &round.steps {
                markdown_step(plan, number, step, &mut recoveries, &mut text);
                number = number.saturating_add(1);
            }
        }
    }
    for (recovery, place) in recoveries.iter().zip(0..) {
        let _ = writeln!(text, "\n## Recovery {}: phones that do not come back\n", letter(place));
        for (sentence, number) in recovery.iter().zip(1..) {
            let _ = writeln!(text, "{number}. {sentence}");
        }
    }
    text
}

/// Writes the guesses of the plan, before everything else.
fn markdown_guesses(plan: &SafePlan, text: &mut String) {
    if plan.request.guesses.is_empty() {
        return;
    }
    let _ = writeln!(text, "**{}**\n", guesses_line(plan));
    for (guess, number) in plan.request.guesses.iter().zip(1..) {
        let _ = writeln!(text, "{number}. {}", Plain(guess));
    }
    text.push('\n');
}

/// `This plan rests on 7 guesses`, and what that means.
fn guesses_line(plan: &SafePlan) -> String {
    let count = match plan.request.guesses.len() {
        1 => "1 guess".to_owned(),
        count => format!("{count} guesses"),
    };
    format!(
        "This plan rests on {count}. It is proved only for a cluster in which each guess is right. Each guess is a gate before the first change."
    )
}

/// How to use the book; it is before the first step.
const RULE: &str = "How to use this book: make a folder for this change on your own computer, and run every `trustlist` command in it. Tick \
every box in order. A line that begins with #, and what is in brackets after a command, is for you and no part of the command. NAME, NODE and the \
like stand for a value of your own. A GATE step decides: if it does not show what it must, do what is written under \"If not\" and do not go \
on. Between two rounds you may stop for as long as you like.";

/// The place of a recovery among those that the book has at its end.
fn recovery_place(recovery: &[String], recoveries: &mut Vec<Vec<String>>) -> usize {
    recoveries.iter().position(|known| known == recovery).unwrap_or_else(|| {
        recoveries.push(recovery.to_vec());
        recoveries.len().saturating_sub(1)
    })
}

/// A, B, C.
fn letter(place: usize) -> char {
    u8::try_from(place).ok().and_then(|place| b'A'.checked_add(place)).map_or('?', char::from)
}

/// Returns what to do when the step fails, with the recovery that it refers to.
fn if_not(told: &Instruction, recoveries: &mut Vec<Vec<String>>) -> String {
    if told.recovery.is_empty() {
        return told.if_not.clone();
    }
    let place = recovery_place(&told.recovery, recoveries);
    format!("{} Do Recovery {}, at the end of this book.", told.if_not, letter(place))
}

fn markdown_step(
    plan: &SafePlan,
    number: usize,
    step: &PlannedStep,
    recoveries: &mut Vec<Vec<String>>,
    text: &mut String,
) {
    let told = instruction(plan, step);
    // A look by hand has its own box: each is answered for itself.
    let mark = if step.purpose == Purpose::Plain && told.title.starts_with("GATE: preflight") {
        "[ ] "
    } else {
        ""
    };
    let heading = format!("{number}. {}", told.title);
    markdown_instruction(&heading, &told, step.unnecessary, mark, recoveries, text);
}

fn markdown_instruction(
    heading: &str,
    told: &Instruction,
    unnecessary: Option<Document>,
    mark: &str,
    recoveries: &mut Vec<Vec<String>>,
    text: &mut String,
) {
    let _ = writeln!(text, "\n### {heading}\n");
    if let Some(document) = unnecessary {
        let _ = writeln!(
            text,
            "Unnecessary according to {}. Do it all the same: other documents ask for it.\n",
            document_name(document)
        );
    }
    let _ = writeln!(text, "- [ ] Run on: {}\n\n  ```text", told.place);
    for command in &told.commands {
        let _ = writeln!(text, "  {command}");
    }
    text.push_str("  ```\n\n");
    let note =
        if told.note.is_empty() { String::new() } else { format!("   {}: ________", told.note) };
    for node in &told.nodes {
        let _ = writeln!(text, "  - [ ] {node}   time: ____{note}");
    }
    if !told.nodes.is_empty() {
        text.push('\n');
    }
    text.push_str("- [ ] It must show:\n");
    for line in &told.prints {
        let _ = writeln!(text, "  - {mark}{line}");
    }
    match sentences(&if_not(told, recoveries)).as_slice() {
        [one] => {
            let _ = writeln!(text, "- If not: {one}");
        }
        several => {
            let _ = writeln!(text, "- If not:");
            for (sentence, number) in several.iter().zip(1..) {
                let _ = writeln!(text, "  {number}. {sentence}");
            }
        }
    }
}

/// One sentence a line: a paragraph is hard to read at night.
fn sentences(text: &str) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for part in text.split_inclusive(". ") {
        let begins = part.chars().next().is_some_and(|first| first.is_uppercase() || first == '`');
        match sentences.last_mut() {
            Some(last) if !begins => last.push_str(part),
            _ => sentences.push(part.to_owned()),
        }
    }
    sentences.iter().map(|sentence| sentence.trim().to_owned()).collect()
}

/// The change ticket.
pub fn change_ticket(plan: &SafePlan) -> String {
    let mut text = format!("{}\n\n", title(plan));
    if !plan.request.guesses.is_empty() {
        wrapped("  ", "    ", &guesses_line(plan), &mut text);
        for (guess, number) in plan.request.guesses.iter().zip(1..) {
            wrapped(&format!("  {number}. "), "     ", &Plain(guess).to_string(), &mut text);
        }
        text.push('\n');
    }
    preface(plan).iter().for_each(|line| wrapped("  ", "    ", line, &mut text));
    text.push_str("\nFOR THE CHANGE BOARD\n");
    first_page(plan)
        .iter()
        .for_each(|(what, told)| wrapped("  ", "    ", &format!("{what}: {told}"), &mut text));
    let mut recoveries = Vec::new();
    let mut number = 1_usize;
    for (window, index) in plan.windows().into_iter().zip(1..) {
        if plan.request.window.is_some() {
            let _ = writeln!(
                text,
                "\nWINDOW {index}, about {} minutes{}",
                window.minutes,
                too_long(plan, window.minutes)
            );
        }
        if index > 1 {
            let told = short_check(plan);
            ticket_instruction(
                &format!("Before window {index}. "),
                &told,
                None,
                &mut recoveries,
                &mut text,
            );
        }
        for round in plan.rounds.get(window.rounds).unwrap_or_default() {
            let _ = writeln!(
                text,
                "\n{} (about {} minutes)",
                heading(round).to_uppercase(),
                round.minutes()
            );
            for step in &round.steps {
                ticket_step(plan, number, step, &mut recoveries, &mut text);
                number = number.saturating_add(1);
            }
        }
    }
    for (recovery, place) in recoveries.iter().zip(0..) {
        let _ = writeln!(text, "\nRECOVERY {}: PHONES THAT DO NOT COME BACK", letter(place));
        for (sentence, number) in recovery.iter().zip(1..) {
            wrapped(&format!("{number:>4}. "), "      ", sentence, &mut text);
        }
    }
    text
}

fn ticket_step(
    plan: &SafePlan,
    number: usize,
    step: &PlannedStep,
    recoveries: &mut Vec<Vec<String>>,
    text: &mut String,
) {
    let told = instruction(plan, step);
    ticket_instruction(&format!("{number:>4}. "), &told, step.unnecessary, recoveries, text);
}

fn ticket_instruction(
    first: &str,
    told: &Instruction,
    unnecessary: Option<Document>,
    recoveries: &mut Vec<Vec<String>>,
    text: &mut String,
) {
    wrapped(first, "      ", &told.title, text);
    if let Some(document) = unnecessary {
        wrapped(
            "      ",
            "      ",
            &format!("(unnecessary according to {})", document_name(document)),
            text,
        );
    }
    wrapped("      on:      ", "               ", &told.place, text);
    for (command, index) in told.commands.iter().zip(0..) {
        let _ =
            writeln!(text, "      {}{command}", if index == 0 { "run:     " } else { "         " });
    }
    for (line, index) in told.prints.iter().zip(0..) {
        wrapped(
            if index == 0 { "      shows:   " } else { "               " },
            "               ",
            line,
            text,
        );
    }
    wrapped("      if not:  ", "               ", &if_not(told, recoveries), text);
}

fn wrapped(first: &str, indent: &str, line: &str, text: &mut String) {
    text.push_str(&trustlist::report::wrapped(first, indent, line.split(' '), WIDTH));
}

/// Columns of a change ticket.
const WIDTH: usize = 96;

/// A round is never split: phones would wait between two certificates.
fn too_long(plan: &SafePlan, minutes: u64) -> String {
    match plan.request.window {
        Some(limit) if minutes > limit => {
            format!(" (longer than the {limit} asked for: a round cannot be split)")
        }
        _ => String::new(),
    }
}

fn title(plan: &SafePlan) -> String {
    let units: Vec<&str> = renewed(plan).map(Unit::as_str).collect();
    format!(
        "Regenerate {} on CUCM {}, {}",
        units.join(", "),
        plan.cluster.release(),
        mode(&plan.cluster)
    )
}

fn renewed(plan: &SafePlan) -> impl Iterator<Item = Unit> {
    let rounds = plan.rounds.iter().flat_map(|round| match &round.kind {
        RoundKind::Renew { units, part: (1, _) } => units.as_slice(),
        _ => &[],
    });
    rounds.copied()
}

fn mode(cluster: &Cluster) -> &'static str {
    if cluster.mode() == Mode::Mixed { "mixed mode" } else { "non-secure" }
}

/// Returns what an operator has to know before the first step.
fn preface(plan: &SafePlan) -> Vec<String> {
    let cluster = &*plan.cluster;
    let nodes: Vec<String> =
        cluster.nodes().map(|(_, spec)| Plain(&spec.name).to_string()).collect();
    let publisher = Plain(&cluster.node_spec(cluster.publisher()).name).to_string();
    let mut lines = vec![
        format!("Nodes: {}. Publisher: {publisher}. Phones: {}.", nodes.join(", "), cluster.phones().len()),
        "Simulated under every policy (lists rebuilt on change or only at a restart of TFTP, phones reset by themselves or not, TVS \
         reading its store at once or at its start), with every missing fact counted against the phone: no online phone is locked \
         at the end."
            .to_owned(),
    ];
    if cluster.phones().is_empty() {
        lines.pop();
        lines
            .push(format!("{NO_PHONES}. Do not run it before the phones are in the cluster file."));
    }
    if !plan.leans.is_empty() {
        lines.pop();
        let codes: Vec<String> = plan
            .leans
            .iter()
            .map(|lean| format!("{} ({})", lean.assumption.code(), lean.assumption.rule()))
            .collect();
        lines.push(format!(
            "Simulated under every policy: no online phone is locked at the end, if these missing facts are as the evidence \
             suggests: {}. Each has a gate.",
            codes.join(", ")
        ));
    }
    for window in plan
        .windows()
        .iter()
        .filter(|window| plan.request.window.is_some_and(|limit| window.minutes > limit))
    {
        let rounds = plan.rounds.get(window.rounds.clone()).unwrap_or_default();
        let names: Vec<String> = rounds.iter().map(heading).collect();
        lines.push(format!(
            "{}: about {} minutes{}.",
            names.join(", "),
            window.minutes,
            too_long(plan, window.minutes)
        ));
    }
    if plan.request.order == Order::Guide {
        lines.push("Order of the Security Guide: TVS first, CallManager last.".to_owned());
    }
    lines.extend(plan_notes(plan));
    let parts = plan.rounds.iter().filter_map(|round| match round.kind {
        RoundKind::Renew { part: (_, of), .. } if of > 1 => Some(of),
        _ => None,
    });
    if let Some(turns) = parts.max() {
        lines.push(format!("CallManager is regenerated in {turns} turns. {WHY_TURNS}"));
    }
    let told = plan.lint.findings.iter().filter(|finding| finding.level() != Level::Note);
    let mut codes: Vec<_> = told.map(|finding| finding.code).collect();
    codes.dedup();
    for code in codes {
        lines.push(format!(
            "`trustlist plan lint` still reports {}: {}. What to do: {}.",
            code.as_str(),
            meaning(code),
            advice(code, cluster.release())
        ));
    }
    lines
}

/// Returns the questions of a change board with the answers.
fn first_page(plan: &SafePlan) -> Vec<(&'static str, String)> {
    let cluster = &*plan.cluster;
    let steps = || plan.rounds.iter().flat_map(|round| &round.steps);
    let count = |wanted: &dyn Fn(&PlannedStep) -> bool| steps().filter(|step| wanted(step)).count();
    let resets = count(&|step| {
        let first = matches!(step.purpose, Purpose::Plain | Purpose::Batch(1, _));
        first && matches!(step.operation, Operation::ResetPhones { .. })
    });
    // Turns of one round restart different nodes: what counts is the node that is restarted most.
    let restarts = |service: Service| {
        let runs = |node: &NodeId| cluster.runs_service(*node, service);
        let of_node = |node: NodeId| {
            count(&|step| match &step.operation {
                Operation::Restart { service: known, nodes } if *known == service => match nodes {
                    Nodes::All => true,
                    Nodes::These(nodes) => nodes.contains(&node),
                },
                _ => false,
            })
        };
        cluster.nodes().map(|(node, _)| node).filter(runs).map(of_node).max().unwrap_or(0)
    };
    let mut users = if resets == 0 {
        let deletes = plan.request.old_trust == OldTrust::Delete
            && plan.rounds.iter().any(|round| round.kind == RoundKind::DeleteOldTrust);
        let own = if deletes && cluster.release() < Release::first(12, 0) {
            ", but a deletion of trust certificates may reset phones before 12.0 (CSCut58407)"
        } else {
            ""
        };
        vec![format!("the lists on the phones stay as they are, and no phone is reset{own}")]
    } else {
        vec![format!(
            "every phone is reset {}; a call on the phone at that moment ends",
            times_at_most(plan, resets)
        )]
    };
    let callmanager = restarts(Service::CallManager);
    if callmanager > 0 {
        users.push(format!(
            "CallManager restarts {} on each node: its phones register with another node",
            times(callmanager)
        ));
    }
    let cti = restarts(Service::CtiManager);
    if cti > 0 {
        users.push(format!(
            "CTIManager restarts {} on each node: attendant consoles and other CTI applications connect again",
            times(cti)
        ));
    }
    if restarts(Service::Tomcat) > 0 {
        users.push(
            "administration, self-care and directory pages do not answer for 15 minutes on each node"
                .to_owned(),
        );
    }
    let no_return = match &plan.lint.no_return {
        None => "none: after every step, commands on the servers can bring back phones that fail."
            .to_owned(),
        Some(point) => format!(
            "after step {} no command on the server can bring back {}: delete the lists on these phones.",
            point.step,
            some(cluster, &point.phones)
        ),
    };
    let units: Vec<String> =
        renewed(plan).map(|unit| format!("{unit} ({})", nodes_of(plan, unit))).collect();
    let others: Vec<String> = renewed(plan)
        .filter_map(|unit| Some(format!("{}: {}", unit.as_str(), also_used_by(unit)?)))
        .collect();
    let mut page = vec![
        ("What is regenerated", format!("{}.", units.join(", "))),
        ("What users notice", format!("{}.", users.join("; "))),
        (
            "Duration",
            format!(
                "about {} minutes with {resets} phone update{}; times are estimates.",
                plan.minutes(),
                if resets == 1 { "" } else { "s" }
            ),
        ),
        ("Point of no return", no_return),
        (
            "Way back",
            format!(
                "a certificate cannot be put back alone. You may stop at the end of every round. {RESTORE}"
            ),
        ),
    ];
    page.extend(tokens_end(plan).map(|told| ("eTokens", told)));
    page.extend(new_lscs(plan).map(|told| ("New LSCs", told)));
    if !others.is_empty() {
        page.push((
            "Also used by",
            format!("{}. Inform their owners before the change.", others.join("; ")),
        ));
    }
    let fingerprint = trustlist::report::hex(&sha2::Sha256::digest(
        crate::case::cluster_json(cluster).to_string(),
    ));
    let fingerprint = fingerprint.get(..16).unwrap_or_default();
    page.push((
        "Made by",
        format!(
            "trustlist {}, for the cluster with the fingerprint {fingerprint}.",
            env!("CARGO_PKG_VERSION")
        ),
    ));
    page
}

/// Returns the line about phones whose LSC the old CAPF certificate issued.
fn new_lscs(plan: &SafePlan) -> Option<String> {
    let (online, offline) = plan.notes.iter().find_map(|note| match note {
        PlanNote::LscRenewed { online, offline } => Some((online, offline)),
        _ => None,
    })?;
    let mut steps = plan.rounds.iter().flat_map(|round| &round.steps);
    let step = steps.position(|step| matches!(step.operation, Operation::LscUpdate { .. }));
    let given = step.map(|place| {
        format!(
            "{} with an LSC of the old CAPF certificate get a new LSC in step {}, and are reset once more for it. Servers that check \
             LSCs (802.1X, VPN) must trust the new CAPF certificate before that step.",
            counted(online.len(), "phone"),
            place.saturating_add(1)
        )
    });
    let kept = (!offline.is_empty()).then(|| {
        format!(
            "{} offline with an LSC get none: give each a new LSC when it comes back, and do not delete the old CAPF certificate \
             before.",
            counted(offline.len(), "phone")
        )
    });
    Some([given, kept].into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// The number of nodes on which the plan regenerates a certificate.
fn nodes_of(plan: &SafePlan, unit: Unit) -> String {
    let mut regenerated = BTreeSet::new();
    for step in plan.rounds.iter().flat_map(|round| &round.steps) {
        match &step.operation {
            Operation::Regen { unit: known, nodes: Nodes::These(nodes) } if *known == unit => {
                regenerated.extend(nodes.iter().copied());
            }
            Operation::Regen { unit: known, nodes: Nodes::All } if *known == unit => {
                let nodes = plan.cluster.nodes().map(|(node, _)| node);
                regenerated.extend(nodes.filter(|node| plan.cluster.has_unit(*node, unit)));
            }
            _ => {}
        }
    }
    counted(regenerated.len(), "node")
}

/// How often phones are reset: by the plan, and before 14 perhaps by themselves after each
/// regeneration (P-14).
fn times_at_most(plan: &SafePlan, resets: usize) -> String {
    let steps = plan.rounds.iter().flat_map(|round| &round.steps);
    let own = steps
        .filter(
            |step| matches!(&step.operation, Operation::Regen { unit, .. } if unit.resets_phones()),
        )
        .count();
    if own == 0 || plan.cluster.release() >= Release::first(14, 0) {
        return times(resets);
    }
    format!(
        "{} by this plan, and up to {} in all if the cluster resets phones after each regeneration",
        times(resets),
        times(resets.saturating_add(own))
    )
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

/// Returns the systems besides phones that trust a certificate and need the new one.
const fn also_used_by(unit: Unit) -> Option<&'static str> {
    match unit {
        Unit::Authz => Some("Jabber and other OAuth clients, which sign in again"),
        Unit::CallManager | Unit::CallManagerEcdsa => Some(
            "TLS trunks, gateways and CUBE, Expressway, Unity Connection, SRST, Emergency Responder, recording servers",
        ),
        Unit::Capf => Some("802.1X and VPN servers that check LSCs"),
        Unit::Cup | Unit::CupEcdsa => Some("SIP federation partners"),
        Unit::CupXmpp | Unit::CupXmppEcdsa | Unit::CupXmppS2s | Unit::CupXmppS2sEcdsa => {
            Some("XMPP federation partners")
        }
        Unit::ItlRecovery => {
            Some("the identity provider, where the SAML agreement uses the system certificate")
        }
        Unit::Ipsec => Some("backups (DRS), and IPsec peers"),
        Unit::Tomcat | Unit::TomcatEcdsa => Some(
            "browsers, the identity provider, Expressway, Jabber, contact center and management servers",
        ),
        _ => None,
    }
}

/// Returns the notes about a plan, a sentence each, as in the run book.
pub fn plan_notes(plan: &SafePlan) -> impl Iterator<Item = String> {
    plan.notes.iter().map(|note| note_text(&plan.cluster, note))
}

/// The notes about phones that are offline.
pub(super) fn offline_notes(plan: &SafePlan) -> impl Iterator<Item = String> {
    let notes = plan
        .notes
        .iter()
        .filter(|note| matches!(note, PlanNote::Offline(_) | PlanNote::OfflineReturns(..)));
    notes.map(|note| note_text(&plan.cluster, note))
}

/// A note in a sentence.
fn note_text(cluster: &Cluster, note: &PlanNote) -> String {
    match note {
        PlanNote::CapfKept(phones) => {
            format!(
                "The old CAPF certificates stay, because offline phones still have an LSC from them ({}).",
                some(cluster, phones)
            )
        }
        PlanNote::EncryptedDrop(phones) => format!(
            "Encrypted phones lose their registration for a part of the CallManager round, because their CallManager group has no second \
             server: {}.",
            some(cluster, phones)
        ),
        PlanNote::LscRenewed { online, offline } => {
            let more = match offline.len() {
                0 => String::new(),
                _ => {
                    format!(" These are offline and keep the old one: {}.", some(cluster, offline))
                }
            };
            if online.is_empty() {
                return format!("Phones with an LSC of the old CAPF certificate:{more}");
            }
            format!(
                "Phones with an LSC of the old CAPF certificate get a new one: {}.{more}",
                some(cluster, online)
            )
        }
        PlanNote::NoSuchUnit(unit) => {
            format!(
                "Not regenerated: {unit}. In this version no node of the cluster has this certificate."
            )
        }
        PlanNote::Offline(phones) => format!(
            "Offline, so this plan does not reach them: {}. When they come back, their lists may have to be deleted.",
            some(cluster, phones)
        ),
        PlanNote::OfflineReturns(phones, None) => format!(
            "Offline, so this plan does not reach them: {}. When they come back after the last step, a reset is enough, or restarts of \
             TVS and TFTP on all nodes and a reset (simulated).",
            some(cluster, phones)
        ),
        PlanNote::OfflineReturns(phones, Some(rescue)) => format!(
            "Offline, so this plan does not reach them: {}. When they come back after the last step and refuse the lists, run {} on the \
             publisher and reset them; then restart TVS and TFTP on all nodes and reset them again (simulated).",
            some(cluster, phones),
            command(cluster.release(), PlanRemedy::Command(*rescue))
        ),
        PlanNote::TokensEnd => format!(
            "An eToken signs the CTL now. The first step that writes the CTL ends that: {} signs it from then on, the cluster is tokenless, and \
             the CTL client and the eTokens are no longer used. Phones without Security By Default refuse a CTL whose signer is not in theirs.",
            ctl_signer(cluster)
        ),
        PlanNote::SingleGroup(phones) => format!(
            "CallManager group with one server: {}. If TVS on that server does not answer, no server confirms the new list. Add a second \
             server to the group first if you can.",
            some(cluster, phones)
        ),
    }
}

/// The certificate that signs a tokenless CTL (P-CTL-5).
fn ctl_signer(cluster: &Cluster) -> String {
    match cluster.release().ctl_signer() {
        ListSigner::ItlRecovery => "ITLRecovery".to_owned(),
        _ => {
            let publisher = &cluster.node_spec(cluster.publisher()).name;
            format!("the CallManager certificate of {}", Plain(publisher))
        }
    }
}

/// The line of the first page about a cluster that leaves its eTokens.
fn tokens_end(plan: &SafePlan) -> Option<String> {
    plan.notes.iter().find(|note| **note == PlanNote::TokensEnd)?;
    let mut steps = plan.rounds.iter().flat_map(|round| &round.steps);
    let writes = |step: &PlannedStep| {
        matches!(step.operation, Operation::CtlUpdate | Operation::CtlResetLocalkey)
    };
    let number = steps.position(writes)?.saturating_add(1);
    Some(format!(
        "step {number} changes the cluster from eTokens to tokenless: {} signs the CTL from then on. The way back to eTokens is another \
         change: delete the CTL file, import the certificates of the tokens into Phone-SAST-trust, run the CTL client, restart and reset.",
        ctl_signer(&plan.cluster)
    ))
}

fn some(cluster: &Cluster, phones: &[PhoneId]) -> String {
    let shown: Vec<String> =
        phones.iter().take(6).map(|&phone| Plain(cluster.phone_name(phone)).to_string()).collect();
    match phones.len().saturating_sub(6) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn heading(round: &Round) -> String {
    match &round.kind {
        RoundKind::DeleteOldTrust => "Delete the old trust certificates".to_owned(),
        RoundKind::Finish => "Finish".to_owned(),
        RoundKind::Prepare => "Before anything changes".to_owned(),
        RoundKind::Renew { units, part } => {
            let units = units.iter().map(|unit| unit.as_str()).collect::<Vec<_>>().join(" and ");
            match part {
                (_, 1) => format!("Round: {units}"),
                (turn, of) => format!("Round: {units}, turn {turn} of {of}"),
            }
        }
    }
}

/// Why the nodes are renewed in turns (L-04), before the first turn.
const WHY_TURNS: &str = "Do not merge the turns: between them an encrypted phone always finds a server of its group whose certificate is in \
the CTL on it (`trustlist explain L-04`).";

/// The sentence about turns, for the first of several.
fn turns(round: &Round) -> String {
    match round.kind {
        RoundKind::Renew { part: (1, of), .. } if of > 1 => format!(" {WHY_TURNS}"),
        _ => String::new(),
    }
}

/// The restore of a backup, as the last way back (C-20, B-15, P4).
pub(super) const RESTORE: &str = "Only a DRS restore of a backup from before the change brings the old keys back (from 10.0 on), and it \
brings the whole component back, with everything that was changed since. Phones that accepted new lists would then refuse the old ones: \
restore only while no phone has accepted a new list, or if nothing else helps.";

fn purpose(round: &Round) -> &'static str {
    match &round.kind {
        RoundKind::DeleteOldTrust => {
            "This round changes nothing that phones need. You may do it on another day."
        }
        RoundKind::Finish => "Do not leave this out.",
        RoundKind::Prepare => "Nothing is changed in this part. You may stop at any point.",
        RoundKind::Renew { units, .. } => match units.first() {
            Some(Unit::CallManager | Unit::Tvs | Unit::Capf | Unit::ItlRecovery) => {
                "After the first certificate is regenerated, go on to the gate at the end of this round without a break."
            }
            _ => "Phones do not notice this round.",
        },
    }
}

const fn document_name(document: Document) -> &'static str {
    match document {
        Document::ReleaseNotes14 => {
            "the Release Notes and Security Guide of 14 (the service loads the new certificate by itself)"
        }
        Document::SecurityGuide125 => "the Security Guide of 12.5 (TVS restarts itself)",
    }
}

/// Why there is no plan, in a sentence or two.
pub fn no_plan_text(cluster: &Cluster, reason: &NoPlan) -> String {
    match reason {
        NoPlan::LintErrors { codes, unneeded } => {
            let told: Vec<String> =
                codes.iter().map(|code| format!("{} ({})", meaning(*code), code.as_str())).collect();
            let hint = match unneeded {
                Unneeded::Keep => "",
                Unneeded::Skip => "; a plan with the steps that a document calls unnecessary may be safe",
            };
            format!(
                "no safe plan: `trustlist plan lint` reports an error in the steps that were tried: {}{hint}",
                told.join("; ")
            )
        }
        NoPlan::NodeName(node) => format!(
            "the node name {:?} is none that a host can have, and would be part of commands: expected letters, digits, \".\", \"-\", \"_\"",
            Plain(&cluster.node_spec(*node).name).to_string()
        ),
        NoPlan::NothingToRenew => format!("nothing to regenerate: CUCM {} has none of these certificates", cluster.release()),
        NoPlan::PhonesBrokenBefore(phones) => format!(
            "phones are locked before anything changes: {}; repair them first (trustlist plan recover), or take them out of the \
             inventory",
            some(cluster, phones)
        ),
        NoPlan::PhonesLocked { policy, phones, operation, refuses } => {
            let file = refused(*refuses);
            let hint = if per_node_recovery(cluster) {
                "; ASSUMED: in this version each node has its own ITLRecovery certificate, which is not in the CTL. If \
                 `show itl` names one signer on all nodes, write \"itlrecovery_scope\": \"cluster\""
            } else {
                ""
            };
            format!(
                "no safe plan: under policy {} these phones would refuse {file} from the step \"{}\" to the end: {}{hint}",
                policy.as_str(),
                Plain(operation),
                some(cluster, phones)
            )
        }
        NoPlan::RollbackOn => {
            "the rollback parameter is on: set it to False and reset the phones, so that they accept the full list before any certificate is regenerated"
                .to_owned()
        }
        NoPlan::TlsMinimum { minimum, policy, phones, operation, refuses } => format!(
            "no safe plan: the minimum TLS version is {}, so these phones cannot ask TVS about the new signer. Under policy {} they would \
             refuse {} from the step \"{}\" to the end: {}. With TLS 1.0 the same steps are safe. {}",
            minimum.as_str(),
            policy.as_str(),
            refused(*refuses),
            Plain(operation),
            some(cluster, phones),
            way_out_of_tls(cluster).trim_end_matches('.')
        ),
        NoPlan::Step(step) => format!("step {step} of the plan does not fit this cluster"),
    }
}

/// The file that phones refuse.
fn refused(file: Option<JudgedFile>) -> &'static str {
    file.map_or("what they are served", |file| match file {
        JudgedFile::Config => "the configuration",
        JudgedFile::Ctl => "the CTL",
        JudgedFile::Itl => "the ITL",
    })
}

/// 12.0 in mixed mode: whether ITLRecovery is one for the cluster is an open question (P-ITL-7).
fn per_node_recovery(cluster: &Cluster) -> bool {
    let from_12 = cluster.release() >= Release::first(12, 0);
    from_12 && cluster.mode() == Mode::Mixed && cluster.recovery_scope == RecoveryScope::Node
}
