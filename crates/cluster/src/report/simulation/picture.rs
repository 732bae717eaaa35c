//! The timeline as a picture: steps down, phone groups across, a coloured field with its word for
//! each state. Drawn into the page of [`simulation_html`](super::simulation_html), and as a file of
//! its own.
//!
//! The words are those of the text, so that the colours add nothing; the background is opaque, so
//! that a dark page may show it.

use super::summary::{Group, Look, NOT_REGISTERED, STAR, groups, moments, name};
use super::text::{folded, reasons, refusals};
use super::{summary, text as events};
use crate::cluster::{PolicyResult, Simulation};
use std::fmt::Write;
use trustlist::report::{Plain, Xml};

/// Groups across; the others are counted below the picture.
const GROUPS: usize = 64;
/// Longest text of a step in the picture, in characters; its tooltip has all of it.
const STEP_CHARS: usize = 56;
/// Room for the text of a step, however short it is.
const LEAST_CHARS: usize = 24;
/// Width of a character of the picture, in pixels: a fixed-width font of 12 pixels, generously.
const CHAR: usize = 8;
/// Height of a row.
const ROW: usize = 22;
/// Width of a column: the longest word with its star, and a gap.
const COLUMN: usize = 7 * CHAR + 4;
/// Where the text of a step begins, after its number.
const TEXT: usize = 48;
/// Blank around a picture that is a file of its own.
const MARGIN: usize = 16;
/// Height of a line of text.
const LINE: usize = 18;
/// Narrowest such picture: the legend fits.
const MIN_WIDTH: usize = 760;

/// The simulation as one picture: SVG, with nothing loaded from elsewhere and no script.
pub fn simulation_svg(simulation: &Simulation, title: Option<&str>) -> String {
    let heading = title.unwrap_or("Simulation of a certificate plan");
    let widest = simulation
        .policies
        .iter()
        .map(|result| size(simulation, result, shown(&groups(result))).0)
        .max()
        .unwrap_or(0);
    let mut sheet =
        Sheet { width: MIN_WIDTH.max(widest + 2 * MARGIN), y: MARGIN, out: String::new() };
    sheet.paragraph("title", 0, heading);
    sheet.paragraph("title", 0, &summary::verdict(simulation));
    if let Some(sentence) = summary::best_and_worst(simulation) {
        sheet.paragraph("line", 0, &sentence);
    }
    sheet.legend();
    for (result, same) in folded(simulation) {
        match same {
            Some(same) => {
                sheet.y += LINE / 2;
                let (letter, what) = (result.policy.as_str(), summary::policy(result.policy));
                sheet.paragraph(
                    "line",
                    0,
                    &format!(
                        "Policy {letter}: {what}. As under policy {}, step for step.",
                        same.as_str()
                    ),
                );
            }
            None => sheet.policy(simulation, result),
        }
    }
    let (width, height) = (sheet.width, sheet.y + MARGIN);
    let mut svg = open(width, height);
    let _ = writeln!(svg, "<title>{}</title>\n<style>\n{STYLE}{SHEET_STYLE}</style>", Xml(heading));
    let _ = writeln!(
        svg,
        "<rect class=\"sheet\" x=\"0\" y=\"0\" width=\"{width}\" height=\"{height}\"/>"
    );
    svg + &sheet.out + "</svg>\n"
}

/// The picture of one result, to be put into a page.
pub(super) fn picture(simulation: &Simulation, result: &PolicyResult, groups: &[Group]) -> String {
    let (width, height) = size(simulation, result, groups);
    let mut svg = open(width, height);
    rows(simulation, result, groups, &mut svg);
    svg + "</svg>"
}

/// The groups that are drawn.
pub(super) fn shown(groups: &[Group]) -> &[Group] {
    groups.get(..GROUPS.min(groups.len())).unwrap_or_default()
}

/// Returns the sentence about the groups that are not drawn.
pub(super) fn not_shown(groups: &[Group]) -> Option<String> {
    let left = groups.get(GROUPS..).filter(|left| !left.is_empty())?;
    let phones: usize = left.iter().map(|group| group.phones).sum();
    Some(format!("{} groups more, with {phones} phones, are not in the picture.", left.len()))
}

/// Returns the name of a group, and its phones.
pub(super) fn label(simulation: &Simulation, group: &Group, index: usize) -> String {
    let more = if group.phones > 1 {
        format!(" and {} more: {} phones", group.phones - 1, group.phones)
    } else {
        String::new()
    };
    format!("{}: {}{more}", name(index), Plain(simulation.cluster.phone_name(group.first)))
}

fn open(width: usize, height: usize) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"timeline\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n"
    )
}

fn size(simulation: &Simulation, result: &PolicyResult, groups: &[Group]) -> (usize, usize) {
    (left(simulation) + COLUMN * groups.len() + 8, ROW * (result.trace.len() + 2))
}

/// Where the columns begin: after the longest text of a step.
fn left(simulation: &Simulation) -> usize {
    let longest =
        simulation.steps.iter().map(|step| short(step).chars().count()).max().unwrap_or(0);
    TEXT + longest.max(LEAST_CHARS) * CHAR + COLUMN / 2
}

/// The names of the groups, then a row for the start and for each step.
fn rows(simulation: &Simulation, result: &PolicyResult, groups: &[Group], svg: &mut String) {
    let left = left(simulation);
    for index in 0..groups.len() {
        let x = left + COLUMN * index + COLUMN / 2;
        let _ = writeln!(
            svg,
            "<text class=\"g g{index} head\" x=\"{x}\" y=\"{}\">{}</text>",
            ROW - 7,
            name(index)
        );
    }
    for (row, moment) in moments(result).enumerate() {
        let what = row
            .checked_sub(1)
            .and_then(|step| simulation.steps.get(step))
            .map_or("start", String::as_str);
        let y = ROW * (row + 1);
        if result
            .no_return
            .as_ref()
            .is_some_and(|point| point.step == moment.step && point.step > 0)
        {
            let right = left + COLUMN * groups.len();
            let _ = writeln!(
                svg,
                "<line class=\"no-return\" x1=\"{TEXT}\" y1=\"{y}\" x2=\"{right}\" y2=\"{y}\"><title>point of no return: after this step only \
                 deleting lists on phones helps</title></line>"
            );
        }
        let _ = writeln!(
            svg,
            "<text class=\"number\" x=\"38\" y=\"{}\">{}</text>",
            y + 15,
            moment.step
        );
        let tooltip = std::iter::once(Plain(what).to_string())
            .chain(events::lines(&simulation.cluster, &moment.events));
        let tooltip: Vec<String> = tooltip.collect();
        let _ = writeln!(
            svg,
            "<text class=\"op\" x=\"{TEXT}\" y=\"{}\"><title>{}</title>{}</text>",
            y + 15,
            lines(&tooltip),
            Xml(short(what))
        );
        for (group, index) in groups.iter().zip(0..) {
            let place = (left + COLUMN * index, y);
            mark(group, (index, row), place, reasons(simulation, result, group, row, moment), svg);
        }
    }
}

/// Draws one mark: a coloured field with its word, and a tooltip with the meaning and the reason.
fn mark(
    group: &Group,
    (index, row): (usize, usize),
    (x, y): (usize, usize),
    why: Vec<String>,
    svg: &mut String,
) {
    let Some(mark) = group.marks.get(row) else { return };
    let unregistered = if mark.has_star() { " unregistered" } else { "" };
    let tooltip: Vec<String> = std::iter::once(mark.look.meaning().to_owned()).chain(why).collect();
    let classes = format!("g g{index} mark {}{unregistered}", mark.look.class());
    let _ = writeln!(
        svg,
        "<g class=\"{classes}\"><title>{}</title>{}</g>",
        lines(&tooltip),
        field(x, y, &mark.word())
    );
}

/// Returns a field of the size of a mark, with a word in it.
fn field(x: usize, y: usize, word: &str) -> String {
    let (width, height) = (COLUMN - 4, ROW - 4);
    let rect =
        format!("<rect x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height}\"/>", x + 2, y + 2);
    format!("{rect}<text x=\"{}\" y=\"{}\">{word}</text>", x + COLUMN / 2, y + 15)
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

/// A picture that grows downwards.
struct Sheet {
    width: usize,
    y: usize,
    out: String,
}

impl Sheet {
    fn policy(&mut self, simulation: &Simulation, result: &PolicyResult) {
        self.y += LINE / 2;
        self.paragraph(
            "line",
            0,
            &format!("Policy {}: {}", result.policy.as_str(), summary::policy(result.policy)),
        );
        for sentence in summary::sentences(simulation, result) {
            self.paragraph("line", 2, &sentence);
        }
        let all = groups(result);
        let groups = shown(&all);
        let names: Vec<String> =
            groups.iter().zip(0..).map(|(group, index)| label(simulation, group, index)).collect();
        self.paragraph("line", 2, &names.join("; "));
        if let Some(left) = not_shown(&all) {
            self.paragraph("line", 2, &left);
        }
        let _ = writeln!(self.out, "<g transform=\"translate({MARGIN} {})\">", self.y);
        rows(simulation, result, groups, &mut self.out);
        self.out.push_str("</g>\n");
        self.y += size(simulation, result, groups).1;
    }

    fn legend(&mut self) {
        self.y += LINE / 2;
        let looks = Look::ALL.iter().map(|look| (look.class(), look.word(), look.meaning()));
        for (class, word, meaning) in looks.chain([("unregistered", STAR, NOT_REGISTERED)]) {
            let _ =
                writeln!(self.out, "<g class=\"mark {class}\">{}</g>", field(MARGIN, self.y, word));
            self.y += 3;
            self.paragraph("line", (COLUMN + 8) / CHAR + 1, meaning);
            self.y += 1;
        }
    }

    /// Lines no wider than the picture, with this indent.
    fn paragraph(&mut self, class: &str, indent: usize, text: &str) {
        let x = MARGIN + indent * CHAR;
        for line in wrapped(text, (self.width - MARGIN).saturating_sub(x) / CHAR) {
            self.y += LINE;
            let _ = writeln!(
                self.out,
                "<text class=\"{class}\" x=\"{x}\" y=\"{}\">{}</text>",
                self.y - 5,
                Xml(line)
            );
        }
    }
}

/// Lines of at most this length; a word that is longer is broken.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let (mut lines, mut line, mut length) = (Vec::new(), String::new(), 0);
    for word in Plain(text).to_string().split(' ') {
        let letters = word.chars().count();
        if length > 0 && length + 1 + letters <= most {
            line.push(' ');
            length += 1;
        } else if length > 0 {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        for letter in word.chars() {
            if length == most {
                lines.push(std::mem::take(&mut line));
                length = 0;
            }
            line.push(letter);
            length += 1;
        }
    }
    lines.push(line);
    lines
}

/// The look of rows and marks.
const STYLE: &str = "\
.timeline text { font: 12px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1b1b1b }
.timeline .head, .timeline .mark text { text-anchor: middle }
.timeline .number { text-anchor: end; fill: #666 }
.timeline .current rect { fill: #cdebd0 }
.timeline .updatable rect { fill: #d6e6fb }
.timeline .unregistered rect { stroke: #1b1b1b; stroke-dasharray: 3 2 }
.timeline .offline rect { fill: #e4e4e4 }
.timeline .locked rect { fill: #ffd59a }
.timeline .dead rect { fill: #e58a84 }
.timeline .away rect { fill: #c9a6d8 }
.timeline .no-return { stroke: #b00020; stroke-width: 3 }
";

/// The style that a file of its own needs besides.
const SHEET_STYLE: &str = "\
.timeline .sheet { fill: #fff; stroke: #d0d0d0 }
.timeline .title { font-weight: bold; font-size: 13px }
.timeline .unregistered:not(.g) rect { fill: #fff }
";

// The timeline as one self-contained page: a picture for each policy, a filter by phone group,
// every refusal explained. Well-formed XML, no script, nothing loaded from elsewhere.

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
        "<meta charset=\"utf-8\"/>\n<title>{}</title>\n<style>\n{PAGE_STYLE}{}",
        Xml(heading),
        STYLE
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
        let (class, word) = (look.class(), look.word());
        let _ = writeln!(
            page,
            "<li><span class=\"key {class}\">{word}</span> {}</li>",
            Xml(look.meaning())
        );
    }
    let _ =
        writeln!(page, "<li><span class=\"key unregistered\">{STAR}</span> {NOT_REGISTERED}</li>");
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

/// The inputs come before what they filter: style sheets only look forward.
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
    page.push_str("<h3>Missing facts, and how they were assumed</h3>\n<ul>\n");
    for assumption in assumptions {
        let _ = writeln!(page, "<li>{}</li>", Xml(assumption));
    }
    page.push_str("</ul>\n");
}

const PAGE_STYLE: &str = "\
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 72em; padding: 0 1em; color: #1b1b1b; background: #fff }
figure { margin: 1em 0; overflow-x: auto }
input + label { margin: 0 1em 0 0.2em }
.legend { list-style: none; padding: 0 }
.key { display: inline-block; width: 5em; text-align: center; font-family: ui-monospace, monospace; border-radius: 3px }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_longer_than_they_may_be() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("x abcdefghij y", 4), ["x", "abcd", "efgh", "ij y"]);
        assert_eq!(wrapped("", 4), [""]);
    }
}
