//! The reports of a simulation: the page is well-formed and complete, the same scenario gives the
//! same bytes, and no phone is called lost while a rescue is left.

use std::collections::BTreeSet;
use std::path::Path;
use trustlist_cluster::case::Scenario;
use trustlist_cluster::cluster::{Assume, Policy, Simulation, simulate};
use trustlist_cluster::report::{SimulationJson, simulation_html, simulation_svg, simulation_text};

/// Runs every simulation case under its policies.
fn simulations() -> Vec<(String, Simulation)> {
    let folder =
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("testdata/cases/simulate");
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| run(&std::fs::read_to_string(file).unwrap())).collect()
}

fn run(text: &str) -> (String, Simulation) {
    let scenario = Scenario::parse(text).unwrap();
    let simulation =
        simulate(&scenario.cluster, &scenario.plan, &scenario.policies, Assume::Lean).unwrap();
    (scenario.title.unwrap_or_default(), simulation)
}

fn json(simulation: &Simulation) -> String {
    serde_json::to_string(&SimulationJson(simulation)).unwrap()
}

/// A scenario whose names are hostile: markup, controls, long texts.
fn hostile() -> (String, Simulation) {
    let name = "SEP<b>&\"'\u{1b}]]>\u{202e}";
    let what = "x".repeat(300) + "<script>alert(1)</script>";
    let scenario = serde_json::json!({
        "schema": "trustlist.simulate/1", "title": "</title><script>",
        "cluster": { "version": "10.5", "mode": "non-secure",
            "nodes": [ { "name": "a<b>&", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true } ],
            "phones": [ { "name": name, "tftp_servers": ["a<b>&"], "cm_group": ["a<b>&"], "itl": "foreign" } ] },
        "plan": [ { "op": "check", "what": what }, { "op": "reset_phones", "scope": "all" } ],
    });
    run(&scenario.to_string())
}

#[test]
fn the_same_scenario_gives_the_same_bytes() {
    for ((title, one), (_, two)) in simulations().iter().zip(&simulations()) {
        assert_eq!(json(one), json(two), "{title}");
        assert_eq!(simulation_html(one, Some(title)), simulation_html(two, Some(title)));
        assert_eq!(simulation_text(one, Some(title)), simulation_text(two, Some(title)));
    }
}

#[test]
fn the_answer_has_the_fields_of_the_contract() {
    for (title, simulation) in simulations() {
        let answer: serde_json::Value = serde_json::from_str(&json(&simulation)).unwrap();
        assert_eq!(answer["schema"], "trustlist.simulation/1");
        for policy in answer["policies"].as_array().unwrap() {
            let phones = simulation.cluster.phones().len();
            assert_eq!(policy["final"].as_object().unwrap().len(), phones, "{title}");
            for state in policy["final"].as_object().unwrap().values() {
                let fields: Vec<&str> =
                    state.as_object().unwrap().keys().map(String::as_str).collect();
                assert_eq!(fields, ["trust", "registered", "itl", "recoverable", "rescue"]);
                assert!(state["recoverable"] == false || state["rescue"] == serde_json::json!([]));
            }
            for (step, number) in policy["trace"].as_array().unwrap().iter().zip(1..) {
                assert_eq!(step["step"], number);
                assert_eq!(step["phones"].as_object().unwrap().len(), phones);
            }
            assert!(
                policy["files"].as_object().unwrap().len() == simulation.cluster.nodes().count()
            );
            assert!(policy.get("point_of_no_return").is_some() && policy["locked"].is_array());
        }
    }
}

#[test]
fn platform_events_carry_the_fields_of_the_real_message() {
    let Some((_, simulation)) =
        simulations().into_iter().find(|(title, _)| title.starts_with("Feature: tomcat-trust"))
    else {
        return;
    };
    let answer: serde_json::Value = serde_json::from_str(&json(&simulation)).unwrap();
    let events = answer["policies"][0]["trace"][0]["events"].as_array().unwrap();
    let received = events.iter().find(|event| event["verb"] == "Received request for").unwrap();
    assert_eq!(
        received["line"],
        "ilog_impl: Received request for platform-event (--no-wait platform-event-clusterwide-certificate-delete HOSTNAME=ccm1 \
         UNIT=tomcat-trust Type=certs-trust NAME=testcert.pem)."
    );
    assert_eq!(
        (&received["HOSTNAME"], &received["NAME"]),
        (&"ccm1".into(), &"testcert.pem".into())
    );
}

#[test]
fn the_page_is_well_formed_with_one_mark_per_step_and_group() {
    for (title, simulation) in simulations().into_iter().chain([hostile()]) {
        let page = simulation_html(&simulation, Some(&title));
        let tags = well_formed(&page).unwrap_or_else(|error| panic!("{title}: {error}"));
        assert!(tags.iter().all(|tag| tag.name != "script"));
        let marks: Vec<&Tag> = tags.iter().filter(|tag| tag.is("mark")).collect();
        let heads = tags.iter().filter(|tag| tag.is("head")).count();
        let steps = simulation.steps.len() + 1;
        assert_eq!(marks.len(), heads * steps, "{title}");
        // Policies with the same results are drawn once.
        let drawn = tags.iter().filter(|tag| tag.name == "figure").count();
        assert!((1..=simulation.policies.len()).contains(&drawn), "{title}");
        assert_eq!(tags.iter().filter(|tag| tag.name == "input").count(), heads + drawn);
    }
}

/// Faults of a picture: texts and marks that overlap or are cut, two marks in one place, a step's
/// text that reaches into the first column.
#[test]
fn nothing_overlaps_and_nothing_is_cut() {
    for (title, simulation) in simulations().into_iter().chain([hostile()]) {
        let page = simulation_html(&simulation, Some(&title));
        let tags = well_formed(&page).unwrap();
        let (mut width, mut height, mut places) = (0, 0, BTreeSet::new());
        for tag in &tags {
            match tag.name.as_str() {
                "svg" => {
                    (width, height) = (tag.number("width"), tag.number("height"));
                    places.clear();
                }
                "rect" => {
                    let (x, y) = (tag.number("x"), tag.number("y"));
                    assert!(places.insert((x, y)), "{title}: two marks at {x}, {y}");
                    assert!(x + tag.number("width") <= width && y + tag.number("height") <= height);
                    let beside = (x - 55..x).any(|near| places.contains(&(near, y)));
                    let above = (y - 17..y).any(|near| places.contains(&(x, near)));
                    assert!(!beside && !above, "{title}: marks overlap at {x}, {y}");
                }
                "text" if tag.is("op") => {
                    let letters = i64::try_from(tag.text.chars().count()).unwrap();
                    assert!(
                        tag.number("x") + letters * 8 <= 48 + 56 * 8,
                        "{title}: {} is too long",
                        tag.text
                    );
                    assert!(tag.number("y") <= height);
                }
                "text" => assert!(
                    tag.text.chars().count() <= 7 && tag.number("y") <= height,
                    "{title}: {}",
                    tag.text
                ),
                _ => {}
            }
        }
    }
}

/// The picture that is a file of its own: every mark of the page is in it, and nothing is cut.
#[test]
fn the_picture_alone_is_well_formed_and_whole() {
    for (title, simulation) in simulations().into_iter().chain([hostile()]) {
        let picture = simulation_svg(&simulation, Some(&title));
        assert_eq!(picture, simulation_svg(&simulation, Some(&title)), "{title}");
        // A blank line would end it inside Markdown; nothing is loaded from elsewhere.
        assert!(
            !picture.contains("\n\n")
                && !picture.contains("href")
                && picture.matches("http").count() == 1,
            "{title}"
        );
        let tags = well_formed(&format!("<!DOCTYPE html>{picture}"))
            .unwrap_or_else(|error| panic!("{title}: {error}"));
        let page = simulation_html(&simulation, Some(&title));
        let marks = |tags: &[Tag]| tags.iter().filter(|tag| tag.is("g") && tag.is("mark")).count();
        assert_eq!(marks(&tags), marks(&well_formed(&page).unwrap()), "{title}");
        let (width, height) = (tags[0].number("width"), tags[0].number("height"));
        for text in
            tags.iter().filter(|tag| tag.name == "text" && (tag.is("line") || tag.is("title")))
        {
            let letters = i64::try_from(text.text.chars().count()).unwrap();
            assert!(
                text.number("x") + letters * 8 <= width && text.number("y") <= height,
                "{title}: {}",
                text.text
            );
        }
    }
}

/// The picture of README and guide is the one that is drawn today; `UPDATE_GOLDEN=1` writes it anew.
#[test]
fn the_picture_of_the_readme_is_current() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let case = root.join("testdata/cases/simulate/callmanager-and-tvs.json");
    let scenario = Scenario::parse(&std::fs::read_to_string(case).unwrap()).unwrap();
    let simulation =
        simulate(&scenario.cluster, &scenario.plan, &[Policy::B], Assume::Lean).unwrap();
    let picture = simulation_svg(&simulation, scenario.title.as_deref());
    let file = root.join("src/guide/lock-out.svg");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &picture).unwrap();
    }
    assert!(std::fs::read_to_string(&file).unwrap() == picture, "{} is old", file.display());
}

/// Colours add nothing: every mark has the word of the text, and the legend explains it.
#[test]
fn pictures_use_the_words_of_the_text() {
    for (title, simulation) in simulations() {
        let text = simulation_text(&simulation, Some(&title));
        let page = simulation_html(&simulation, Some(&title));
        let tags = well_formed(&page).unwrap();
        let keys: BTreeSet<&str> =
            tags.iter().filter(|tag| tag.is("key")).map(|tag| tag.text.as_str()).collect();
        for key in &keys {
            assert!(text.lines().any(|line| line.starts_with(&format!("{key} "))), "{key}");
        }
        let marks = tags.iter().zip(tags.iter().skip(3));
        let words: Vec<&str> =
            marks.filter(|(tag, _)| tag.is("mark")).map(|(_, text)| text.text.as_str()).collect();
        assert!(!words.is_empty() || simulation.cluster.phones().is_empty(), "{title}");
        for word in words {
            assert!(keys.contains(word.trim_end_matches('*')), "{title}: {word}");
        }
    }
}

#[test]
fn every_refusal_is_explained() {
    for (title, simulation) in simulations() {
        let (page, text) = (
            simulation_html(&simulation, Some(&title)),
            simulation_text(&simulation, Some(&title)),
        );
        let locked = simulation.policies.iter().any(|result| result.locked().next().is_some());
        assert_eq!(page.contains("<h3>Refusals</h3>"), locked, "{title}");
        // The legend says "it refuses the lists"; a refusal names the file.
        let refused = ["ITL", "CTL", "configuration"]
            .iter()
            .any(|file| text.contains(&format!("refuses the {file} of")));
        assert_eq!(refused, locked, "{title}");
    }
}

#[test]
fn nobody_is_lost_while_a_rescue_is_left() {
    for (title, simulation) in simulations() {
        let saved = simulation.policies.iter().all(|result| result.no_return.is_none());
        let text = simulation_text(&simulation, Some(&title));
        let body = text.split("Policy ").skip(1).collect::<String>();
        assert_eq!(body.contains("only deleting"), !saved, "{title}");
        assert!(
            !text.to_lowercase().contains("lost") || text.contains("platform event lost"),
            "{title}"
        );
    }
}

#[test]
fn hostile_names_reach_no_terminal() {
    let (title, simulation) = hostile();
    let text = simulation_text(&simulation, Some(&title));
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
}

/// A start tag, with its attributes and the text directly in it.
#[derive(Debug, Default)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Tag {
    fn get(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    fn is(&self, class: &str) -> bool {
        self.get("class").is_some_and(|classes| classes.split(' ').any(|known| known == class))
    }

    fn number(&self, key: &str) -> i64 {
        self.get(key).unwrap().parse().unwrap()
    }
}

/// The tags of a well-formed document, in the order of their opening. Knows the parts of a page:
/// tags, attributes in double quotes, the five entities and character references; no comments, no
/// sections.
fn well_formed(page: &str) -> Result<Vec<Tag>, String> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>").ok_or("no document type")?.trim_start();
    let (mut tags, mut open): (Vec<Tag>, Vec<usize>) = (Vec::new(), Vec::new());
    while !rest.is_empty() {
        let Some(after) = rest.strip_prefix('<') else {
            let end = rest.find('<').unwrap_or(rest.len());
            let text = unescape(&rest[..end])?;
            match open.last() {
                Some(&tag) => tags[tag].text += &text,
                None if text.trim().is_empty() => {}
                None => return Err(format!("text outside the document: {text}")),
            }
            rest = &rest[end..];
            continue;
        };
        let end = after.find('>').ok_or("a tag without end")?;
        let (inside, tail) = (&after[..end], &after[end + 1..]);
        rest = tail;
        if let Some(name) = inside.strip_prefix('/') {
            let tag = open.pop().ok_or(format!("{name} closes nothing"))?;
            if tags[tag].name != name {
                return Err(format!("{name} closes {}", tags[tag].name));
            }
            continue;
        }
        let (inside, empty) =
            inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
        if open.is_empty() && !tags.is_empty() {
            return Err("two roots".to_owned());
        }
        tags.push(tag(inside)?);
        if !empty {
            open.push(tags.len() - 1);
        }
    }
    if open.is_empty() { Ok(tags) } else { Err(format!("{} tags stay open", open.len())) }
}

fn tag(inside: &str) -> Result<Tag, String> {
    let (name, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(format!("a tag named {name:?}"));
    }
    let mut tag = Tag { name: name.to_owned(), ..Tag::default() };
    while !rest.trim_start().is_empty() {
        let (key, after) = rest
            .trim_start()
            .split_once("=\"")
            .ok_or(format!("attribute without value in {inside}"))?;
        let (value, tail) =
            after.split_once('"').ok_or(format!("a value without end in {inside}"))?;
        if key.contains(|c: char| c.is_whitespace() || c == '"')
            || tag.get(key).is_some()
            || value.contains('<')
        {
            return Err(format!("attribute {key:?} in {inside}"));
        }
        tag.attributes.push((key.to_owned(), unescape(value)?));
        rest = tail;
    }
    Ok(tag)
}

fn unescape(text: &str) -> Result<String, String> {
    if let Some(bad) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(format!("the character {bad:?}"));
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (entity, tail) = after.split_once(';').ok_or("an & without ;")?;
        out += before;
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#10" => '\n',
            other => return Err(format!("entity {other}")),
        });
        rest = tail;
    }
    if rest.contains('>') { Err("a bare >".to_owned()) } else { Ok(out + rest) }
}

#[test]
fn the_checker_finds_what_is_wrong() {
    for bad in [
        "<p>",
        "</p>",
        "<p></q>",
        "<p a=b></p>",
        "<p a=\"1\" a=\"2\"></p>",
        "<p>&x;</p>",
        "<p>a & b</p>",
        "<p/><p/>",
    ] {
        assert!(well_formed(&format!("<!DOCTYPE html>{bad}")).is_err(), "{bad}");
    }
    assert_eq!(well_formed("<!DOCTYPE html>\n<p a=\"1\">x<b/>&lt;</p>\n").unwrap().len(), 2);
}
