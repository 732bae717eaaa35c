//! The timeline as one self-contained page: a picture for each policy, a filter by phone group, every refusal explained.
//! Well-formed XML, no script, nothing loaded from elsewhere.

use super::groups::{Group, Look, UPPER_CASE, groups, moments, name};
use super::summary;
use super::svg::{self, label, not_shown, picture, shown};
use super::text::{folded, refusals};
use crate::cluster::{PolicyResult, Simulation};
use std::fmt::Write;
use trustlist::report::Xml;

/// The simulation as a page.
pub fn simulation_html(simulation: &Simulation, title: Option<&str>) -> String {
    let mut page = String::new();
    let heading = title.unwrap_or("Simulation of a certificate plan");
    let _ = write!(
        page,
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
    );
    let _ = write!(
        page,
        "<meta charset=\"utf-8\"/>\n<title>{}</title>\n<style>\n{STYLE}{}",
        Xml(heading),
        svg::STYLE
    );
    let results = folded(simulation);
    for ((result, _), number) in results.iter().zip(0..) {
        filter_style(number, shown(&groups(result)).len(), &mut page);
    }
    let _ = write!(page, "</style>\n</head>\n<body>\n<h1>{}</h1>\n", Xml(heading));
    let _ = writeln!(page, "<p class=\"verdict\">{}</p>", Xml(summary::verdict(simulation)));
    if let Some(sentence) = summary::best_and_worst(simulation) {
        let _ = writeln!(page, "<p>{}</p>", Xml(sentence));
    }
    legend(&mut page);
    for ((result, same), number) in results.into_iter().zip(0..) {
        match same {
            Some(same) => {
                let (letter, what) = (result.policy.as_str(), summary::policy(result.policy));
                let _ = write!(page, "<section>\n<h2>Policy {letter}: {}</h2>\n", Xml(what));
                let _ = writeln!(
                    page,
                    "<p>As under policy {}, step for step.</p>\n</section>",
                    same.as_str()
                );
            }
            None => policy(simulation, result, number, &mut page),
        }
    }
    page.push_str("</body>\n</html>\n");
    page
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
        let _ = writeln!(
            page,
            "<li><span class=\"key {class}\">{letter}</span> {}</li>",
            Xml(look.meaning())
        );
    }
    let _ = writeln!(page, "<li><span class=\"key unregistered\">C</span> {UPPER_CASE}</li>");
    page.push_str("</ul>\n");
}

fn policy(simulation: &Simulation, result: &PolicyResult, number: usize, page: &mut String) {
    let letter = result.policy.as_str();
    let _ = write!(
        page,
        "<section>\n<h2>Policy {letter}: {}</h2>\n",
        Xml(summary::policy(result.policy))
    );
    for sentence in summary::sentences(simulation, result) {
        let _ = writeln!(page, "<p>{}</p>", Xml(sentence));
    }
    let all = groups(result);
    let groups = shown(&all);
    filters(simulation, groups, number, page);
    let _ = writeln!(page, "<figure>{}</figure>", picture(simulation, result, groups));
    if let Some(left) = not_shown(&all) {
        let _ = writeln!(page, "<p>{left}</p>");
    }
    explanations(simulation, result, groups, page);
    assumptions(result, page);
    page.push_str("</section>\n");
}

/// The inputs stand before what they filter: style sheets only look forward.
fn filters(simulation: &Simulation, groups: &[Group], number: usize, page: &mut String) {
    let _ = write!(
        page,
        "<input type=\"radio\" name=\"p{number}\" id=\"p{number}-all\" checked=\"checked\"/>"
    );
    let _ = writeln!(page, "<label for=\"p{number}-all\">all phones</label>");
    for (group, index) in groups.iter().zip(0..) {
        let _ =
            write!(page, "<input type=\"radio\" name=\"p{number}\" id=\"p{number}-g{index}\"/>");
        let label = Xml(label(simulation, group, index));
        let _ = writeln!(page, "<label for=\"p{number}-g{index}\">{label}</label>");
    }
}

fn explanations(
    simulation: &Simulation,
    result: &PolicyResult,
    groups: &[Group],
    page: &mut String,
) {
    let mut items = String::new();
    for (row, moment) in moments(result).enumerate() {
        for (reason, names) in refusals(simulation, result, groups, row, moment) {
            let indexes = (0..groups.len())
                .filter(|&index| names.split(',').any(|known| known == name(index)));
            let classes: Vec<String> = indexes.map(|index| format!("g{index}")).collect();
            let _ = writeln!(
                items,
                "<li class=\"{}\">Step {}, {names}: {}</li>",
                classes.join(" "),
                moment.step,
                Xml(reason)
            );
        }
    }
    if !items.is_empty() {
        let _ =
            write!(page, "<div class=\"why\">\n<h3>Refusals</h3>\n<ul>\n{items}</ul>\n</div>\n");
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
input + label { margin: 0 1em 0 0.2em }
.legend { list-style: none; padding: 0 }
.key { display: inline-block; width: 1.6em; text-align: center; font-family: ui-monospace, monospace; border-radius: 3px }
.key.current { background: #cdebd0 }
.key.updatable { background: #d6e6fb }
.key.unregistered { outline: 1px dashed #1b1b1b }
.key.offline { background: #e4e4e4 }
.key.locked { background: #ffd59a }
.key.dead { background: #e58a84 }
.key.away { background: #c9a6d8 }
.key { color: #1b1b1b }
.verdict { font-size: 1.25em; font-weight: bold }
@media (prefers-color-scheme: dark) {
body { color: #e6e6e6; background: #1c1c1c }
.timeline text { fill: #e6e6e6 }
.timeline .mark text { fill: #1b1b1b }
.timeline .number { fill: #a8a8a8 }
}
@media print {
body { margin: 0; max-width: none; color: #000; background: #fff }
.timeline text { fill: #000 }
input, label { display: none }
section { break-inside: avoid-page }
}
";
