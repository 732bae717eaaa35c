//! The timeline as one self-contained page: a picture for each policy, a filter by phone group, every refusal explained.
//! Well-formed XML, no script, nothing loaded from elsewhere.

use super::groups::{Group, Look, UPPER_CASE, groups, moments, name};
use super::text::{reasons, refusals};
use super::{events, summary};
use crate::cluster::{PolicyResult, Simulation};
use crate::report::plain::{Plain, Xml};
use std::fmt::Write;

/// Groups across; the others are counted below the picture.
const GROUPS: usize = 64;
/// Longest text of a step in the picture, in characters; the whole stands in its tooltip.
const STEP_CHARS: usize = 56;
/// Width of a character of the picture, in pixels: a fixed-width font of 12 pixels, generously.
const CHAR: usize = 8;
/// Height of a row.
const ROW: usize = 22;
/// Width of a column.
const COLUMN: usize = 30;
/// Where the columns begin: after the step's number and text.
const LEFT: usize = 48 + STEP_CHARS * CHAR;

/// The simulation as a page.
pub fn simulation_html(simulation: &Simulation, title: Option<&str>) -> String {
    let mut page = String::new();
    let heading = title.unwrap_or("Simulation of a certificate plan");
    let _ = write!(page, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n");
    let _ = write!(page, "<meta charset=\"utf-8\"/>\n<title>{}</title>\n<style>\n{STYLE}", Xml(heading));
    for (result, number) in simulation.policies.iter().zip(0..) {
        filter_style(number, shown(&groups(result)).len(), &mut page);
    }
    let _ = write!(page, "</style>\n</head>\n<body>\n<h1>{}</h1>\n", Xml(heading));
    if let Some(sentence) = summary::best_and_worst(simulation) {
        let _ = writeln!(page, "<p>{}</p>", Xml(sentence));
    }
    legend(&mut page);
    for (result, number) in simulation.policies.iter().zip(0..) {
        policy(simulation, result, number, &mut page);
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn shown(groups: &[Group]) -> &[Group] {
    groups.get(..GROUPS.min(groups.len())).unwrap_or_default()
}

/// Choosing a group dims the others and hides their explanations.
fn filter_style(policy: usize, groups: usize, page: &mut String) {
    for group in 0..groups {
        let chosen = format!("#p{policy}-g{group}:checked");
        let _ = writeln!(page, "{chosen} ~ figure .g:not(.g{group}) {{ opacity: 0.12 }}");
        let _ = writeln!(page, "{chosen} ~ .why li:not(.g{group}) {{ display: none }}");
    }
}

fn legend(page: &mut String) {
    page.push_str("<ul class=\"legend\">\n");
    for look in Look::ALL {
        let (class, letter) = (look.class(), look.letter());
        let _ = writeln!(page, "<li><span class=\"key {class}\">{letter}</span> {}</li>", Xml(look.meaning()));
    }
    let _ = writeln!(page, "<li><span class=\"key unregistered\">C</span> {UPPER_CASE}</li>");
    page.push_str("</ul>\n");
}

fn policy(simulation: &Simulation, result: &PolicyResult, number: usize, page: &mut String) {
    let letter = result.policy.as_str();
    let _ = write!(page, "<section>\n<h2>Policy {letter}: {}</h2>\n", Xml(summary::policy(result.policy)));
    for sentence in summary::sentences(simulation, result) {
        let _ = writeln!(page, "<p>{}</p>", Xml(sentence));
    }
    let all = groups(result);
    let groups = shown(&all);
    filters(simulation, groups, number, page);
    picture(simulation, result, groups, page);
    if all.len() > groups.len() {
        let left: usize = all.iter().skip(groups.len()).map(|group| group.phones).sum();
        let _ = writeln!(page, "<p>{} groups more, with {left} phones, are not in the picture.</p>", all.len() - groups.len());
    }
    explanations(simulation, result, groups, page);
    assumptions(result, page);
    page.push_str("</section>\n");
}

/// The inputs stand before what they filter: style sheets only look forward.
fn filters(simulation: &Simulation, groups: &[Group], number: usize, page: &mut String) {
    let _ = write!(page, "<input type=\"radio\" name=\"p{number}\" id=\"p{number}-all\" checked=\"checked\"/>");
    let _ = writeln!(page, "<label for=\"p{number}-all\">all phones</label>");
    for (group, index) in groups.iter().zip(0..) {
        let first = Xml(simulation.cluster.phone_name(group.first));
        let more = if group.phones > 1 { format!(" and {} more", group.phones - 1) } else { String::new() };
        let _ = write!(page, "<input type=\"radio\" name=\"p{number}\" id=\"p{number}-g{index}\"/>");
        let _ = writeln!(page, "<label for=\"p{number}-g{index}\">{}: {first}{more}</label>", name(index));
    }
}

fn picture(simulation: &Simulation, result: &PolicyResult, groups: &[Group], page: &mut String) {
    let (width, height) = (LEFT + COLUMN * groups.len() + 8, ROW * (result.trace.len() + 2));
    let _ = writeln!(
        page,
        "<figure><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">"
    );
    for index in 0..groups.len() {
        let x = LEFT + COLUMN * index + COLUMN / 2;
        let _ = writeln!(page, "<text class=\"g g{index} head\" x=\"{x}\" y=\"{}\">{}</text>", ROW - 7, name(index));
    }
    for (row, moment) in moments(result).enumerate() {
        let what = row.checked_sub(1).and_then(|step| simulation.steps.get(step)).map_or("start", String::as_str);
        let y = ROW * (row + 1);
        let _ = writeln!(page, "<text class=\"number\" x=\"38\" y=\"{}\">{}</text>", y + 15, moment.step);
        let tooltip = std::iter::once(Plain(what).to_string()).chain(events::lines(&simulation.cluster, &moment.events));
        let tooltip: Vec<String> = tooltip.collect();
        let _ = writeln!(
            page,
            "<text class=\"op\" x=\"48\" y=\"{}\"><title>{}</title>{}</text>",
            y + 15,
            lines(&tooltip),
            Xml(short(what))
        );
        for (group, index) in groups.iter().zip(0..) {
            mark(group, index, row, reasons(simulation, result, group, row, moment), page);
        }
    }
    page.push_str("</svg></figure>\n");
}

/// One mark: a coloured field, its letter, and in the tooltip what it means and why.
fn mark(group: &Group, index: usize, row: usize, why: Vec<String>, page: &mut String) {
    let Some(mark) = group.marks.get(row) else { return };
    let (x, y) = (LEFT + COLUMN * index, ROW * (row + 1));
    let unregistered = if mark.registered { "" } else { " unregistered" };
    let tooltip: Vec<String> = std::iter::once(mark.look.meaning().to_owned()).chain(why).collect();
    let _ = writeln!(
        page,
        "<g class=\"g g{index} mark {}{unregistered}\"><title>{}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/><text x=\"{}\" y=\"{}\">{}</text></g>",
        mark.look.class(),
        lines(&tooltip),
        x + 2,
        y + 2,
        COLUMN - 4,
        ROW - 4,
        x + COLUMN / 2,
        y + 15,
        mark.letter()
    );
}

fn lines(lines: &[String]) -> String {
    lines.iter().map(|line| Xml(line).to_string()).collect::<Vec<_>>().join("&#10;")
}

fn short(text: &str) -> String {
    let text = Plain(text).to_string();
    if text.chars().count() <= STEP_CHARS {
        return text;
    }
    text.chars().take(STEP_CHARS - 1).chain(['…']).collect()
}

fn explanations(simulation: &Simulation, result: &PolicyResult, groups: &[Group], page: &mut String) {
    let mut items = String::new();
    for (row, moment) in moments(result).enumerate() {
        for (reason, names) in refusals(simulation, result, groups, row, moment) {
            let indexes = (0..groups.len()).filter(|&index| names.split(',').any(|known| known == name(index)));
            let classes: Vec<String> = indexes.map(|index| format!("g{index}")).collect();
            let _ = writeln!(items, "<li class=\"{}\">Step {}, {names}: {}</li>", classes.join(" "), moment.step, Xml(reason));
        }
    }
    if !items.is_empty() {
        let _ = write!(page, "<div class=\"why\">\n<h3>Refusals</h3>\n<ul>\n{items}</ul>\n</div>\n");
    }
}

fn assumptions(result: &PolicyResult, page: &mut String) {
    let assumptions = summary::assumptions(result);
    if assumptions.is_empty() {
        return;
    }
    page.push_str("<h3>Open questions, and how they were taken</h3>\n<ul>\n");
    for assumption in assumptions {
        let _ = writeln!(page, "<li>{}</li>", Xml(assumption));
    }
    page.push_str("</ul>\n");
}

const STYLE: &str = "\
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 72em; padding: 0 1em; color: #1b1b1b; background: #fff }
figure { margin: 1em 0; overflow-x: auto }
svg text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #1b1b1b }
svg .head, svg .mark text { text-anchor: middle }
svg .number { text-anchor: end; fill: #666 }
input + label { margin: 0 1em 0 0.2em }
.legend { list-style: none; padding: 0 }
.key { display: inline-block; width: 1.6em; text-align: center; font-family: ui-monospace, monospace; border-radius: 3px }
.current rect { fill: #cdebd0 } .key.current { background: #cdebd0 }
.updatable rect { fill: #d6e6fb } .key.updatable { background: #d6e6fb }
.unregistered rect { stroke: #1b1b1b; stroke-dasharray: 3 2 } .key.unregistered { outline: 1px dashed #1b1b1b }
.offline rect { fill: #e4e4e4 } .key.offline { background: #e4e4e4 }
.locked rect { fill: #ffd59a } .key.locked { background: #ffd59a }
.dead rect { fill: #e58a84 } .key.dead { background: #e58a84 }
";
