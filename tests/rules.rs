//! The rules of the library are those of `spec/PHONE-RULES.md`.

use std::collections::BTreeSet;
use std::path::Path;
use trustlist::explain::{self, Grade};
use trustlist::phone::{Confidence, Rule};

#[path = "support/files.rs"]
mod files;

#[test]
fn ids_are_in_order_and_used_once() {
    let ids: Vec<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
    let distinct: BTreeSet<_> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    let key = |id: &str| {
        let (family, number) = id.rsplit_once('-').unwrap();
        (family.to_owned(), number.parse::<u32>().unwrap())
    };
    assert!(ids.windows(2).all(|pair| key(pair[0]) < key(pair[1])), "{ids:?}");
}

#[test]
fn statements_are_one_line_and_name_their_source() {
    for rule in Rule::ALL {
        assert!(
            !rule.statement().is_empty()
                && !rule.statement().contains('\n')
                && !rule.statement().ends_with('.'),
            "{rule}"
        );
        assert!(!rule.source().is_empty(), "{rule}");
    }
}

#[test]
fn the_design_counts_them_right() {
    let count =
        |confidence| Rule::ALL.iter().filter(|rule| rule.confidence() == confidence).count();
    let (documented, observed) = (count(Confidence::Documented), count(Confidence::Observed));
    let (all, inferred) = (Rule::ALL.len(), count(Confidence::Inferred));
    let told = format!(
        "names {all} of them: {documented} documented, {observed} observed, {inferred} inferred"
    );
    let design = include_str!("../DESIGN.md").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(design.contains(&told), "{told}");
}

#[test]
fn the_open_questions_of_the_design_name_codes_and_rules_that_are_there() {
    let (_, questions) = include_str!("../DESIGN.md").split_once("### Open questions").unwrap();
    let (questions, _) = questions.split_once("\n## ").unwrap();
    let is_code = |word: &&str| {
        word.contains('-')
            && word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    let codes: Vec<&str> =
        questions.split('`').filter(is_code).filter(|word| !word.starts_with("--")).collect();
    assert!(codes.len() >= 20, "{codes:?}");
    let of_cluster = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/cluster/src/explain");
    for code in codes {
        let has_page = trustlist::explain::page(code).is_some()
            || of_cluster.join(code).with_extension("md").is_file();
        assert!(has_page, "{code}");
    }
    let told = |rule: &&Rule| {
        questions.contains(&format!("{})", rule.id()))
            || questions.contains(&format!("{},", rule.id()))
    };
    assert!(Rule::ALL.iter().filter(told).count() > 15);
}

/// P-ALG-5 is documented for servers and inferred for signers, which is what it is used for.
#[test]
fn confidence_is_that_of_the_document() {
    for rule in Rule::ALL.iter().filter(|rule| **rule != Rule::Alg5) {
        let stated =
            explain::rule(rule.id()).unwrap_or_else(|| panic!("{rule} is not in the document"));
        let expected = match rule.confidence() {
            Confidence::Documented => Grade::Documented,
            Confidence::Inferred => Grade::Inferred,
            Confidence::Observed => Grade::Observed,
            other => panic!("{other}"),
        };
        assert_eq!(stated.grades().first(), Some(&expected), "{stated}");
    }
}

#[test]
fn every_id_that_is_cited_is_defined() {
    let (mut cited, mut wrong) = (BTreeSet::new(), Vec::new());
    // These two name ids that are none.
    for file in files::texts()
        .into_iter()
        .filter(|file| !["tests/links.rs", "tests/rules.rs"].contains(&file.name.as_str()))
    {
        for id in ids(&file.text).filter(|id| !NO_RULES.contains(id)) {
            // As it is written, not as it may be asked for.
            if explain::rule(id).is_none_or(|rule| rule.id() != id) {
                wrong.push(format!("{}: {id}", file.name));
            }
            cited.insert(id.to_owned());
        }
    }
    assert!(wrong.is_empty(), "ids that no document defines:\n{}", wrong.join("\n"));
    for family in ["P-TVS-2", "P-16", "C-33", "F-5", "L-03", "B-1", "I-2", "X-8"] {
        assert!(cited.contains(family), "{family} was not found: what does this test read?");
    }
}

/// The other way round: each item or row of a table that begins with an id has its anchor, and
/// `explain` finds it.
#[test]
fn every_id_of_a_document_has_an_anchor_of_its_own() {
    let mut anchors = BTreeSet::new();
    let mut defined = Vec::new();
    for document in DOCUMENTS {
        for line in document.lines() {
            let start = line.trim_start_matches(['-', '*', '>', '|', '#', ' ']);
            let (anchor, rest) =
                match start.strip_prefix("<a id=\"").and_then(|rest| rest.split_once("\"></a>")) {
                    Some((anchor, rest)) => (Some(anchor), rest),
                    None => (None, start),
                };
            let is_item = line.starts_with(['|', '#']) || rest.starts_with("**");
            let rest = rest.trim_start_matches('*');
            let Some(id) = ids(rest).next().filter(|id| is_item && rest.starts_with(id)) else {
                assert_eq!(anchor, None, "an anchor without an id: {line}");
                continue;
            };
            assert_eq!(anchor, Some(id.to_lowercase().as_str()), "{line}");
            assert!(anchors.insert(id), "{id} is defined twice");
            defined.push(id);
        }
    }
    assert_eq!(explain::rule_ids(), defined);
    assert!(defined.len() > 200, "{}", defined.len());
}

#[test]
fn a_page_has_statement_confidence_and_source_as_plain_text() {
    for id in explain::rule_ids() {
        let page = explain::rule(id).unwrap().to_string();
        assert!(page.starts_with(&format!("# {id}\n\n")) && page.ends_with('\n'), "{page}");
        let confidence = page.find("\n## Confidence\n\n").unwrap_or_else(|| panic!("{page}"));
        let source = page.find("\n## Source\n\n- ").unwrap_or_else(|| panic!("{page}"));
        assert!(confidence < source && page.contains("- spec/"), "{page}");
        // An asterisk may be a sign, as in k*30 and P-TVS-*.
        let marks =
            ["**", "*(", " *", "* ", "<a id", "</a>", "(D ", "(O ", "(I ", "(M ", "amended"];
        assert_eq!(marks.iter().find(|mark| page.contains(**mark)), None, "{page}");
        assert!(page.lines().all(|line| line.chars().count() <= 100), "{page}");
    }
}

#[test]
fn a_page_tells_confidence_and_sources_in_words() {
    let page = |id: &str| explain::rule(id).unwrap().to_string();
    let source = "- S23: Third-party notes on firmware strings\n";
    assert!(page("P-TVS-2").contains(source), "{}", page("P-TVS-2"));
    assert!(
        page("P-TVS-2").contains("documented: S2, S3; observed: S2 role 21"),
        "{}",
        page("P-TVS-2")
    );
    assert!(page("P-TVS-2").contains("tvs-no-record"), "{}", page("P-TVS-2"));
    assert!(
        page("C-33")
            .contains("documented for the timer and precedence; the two-step order inferred"),
        "{}",
        page("C-33")
    );
    assert!(page("C-43").contains(
        "- deletion technote: the certificate deletion technote (11.x, log dates July 2016)"
    ));
    assert!(page("F-7").contains("Command: `utils dbreplication runtimestate`"), "{}", page("F-7"));
    assert!(
        page("P-9").contains("- rules: P-ITL-5 (documented), P-ITL-6 (observed)"),
        "{}",
        page("P-9")
    );
    assert!(page("P-VER").contains("ITLRecovery (per node)"), "{}", page("P-VER"));
    assert_eq!(explain::rule("B-3").unwrap().grades(), [Grade::Inferred]);
    assert_eq!(explain::rule("X-9").unwrap().grades(), [Grade::Inferred]);
    assert_eq!(explain::rule("P-2").unwrap().grades(), []);
}

#[test]
fn ids_are_found_in_every_spelling_and_the_nearest_are_offered() {
    for (asked, id) in [
        ("p-tvs-2", "P-TVS-2"),
        ("L-4", "L-04"),
        ("l-020a", "L-20a"),
        ("P-7", "P-7"),
        ("i-1", "I-1"),
        (" C-33 ", "C-33"),
    ] {
        assert_eq!(explain::rule(asked).map(|rule| rule.id()), Some(id), "{asked}");
    }
    for asked in
        ["", "-", "P-", "P", "signer-unknown", "P-TVS-2a", "P-TVS-\u{e4}", "C-99999999999999999999"]
    {
        assert!(explain::rule(asked).is_none(), "{asked}");
    }
    assert_eq!(explain::rule_ids_near("P-TVS-99")[..2], ["P-TVS-12", "P-TVS-11"]);
    assert_eq!(explain::rule_ids_near("C-35")[..2], ["C-34", "C-33"]);
    assert_eq!(explain::rule_ids_near("P-ITX")[0], "P-ITL");
    assert_eq!(explain::rule_ids_near("signer-unknwn"), [""; 0]);
}

const DOCUMENTS: [&str; 3] = [
    include_str!("../spec/PHONE-RULES.md"),
    include_str!("../spec/CLUSTER-RULES.md"),
    include_str!("../spec/LINTS.md"),
];

/// Words in the form of an id that are none: names of curves, and ids that tests ask for because
/// there is no such rule.
const NO_RULES: [&str; 4] = ["P-256", "P-384", "P-ITL-99", "P-TVS-99"];

/// The ids in a text: a capital letter of a family, then a number, or a name in capitals with or
/// without a number.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let is_part = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
    };
    let count =
        |at: usize, is: fn(&u8) -> bool| bytes[at..].iter().take_while(|byte| is(byte)).count();
    (0..bytes.len()).filter_map(move |at| {
        if !b"PCDFMIBLX".contains(&bytes[at])
            || bytes.get(at + 1) != Some(&b'-')
            || (at > 0 && is_part(bytes.get(at - 1)))
        {
            return None;
        }
        let mut end = at + 2;
        let letters = count(end, u8::is_ascii_uppercase);
        if letters > 1 && bytes[at] == b'P' {
            end += letters;
            if bytes.get(end) == Some(&b'-') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
                end += 1;
            }
        }
        end += count(end, u8::is_ascii_digit);
        // One letter may follow a number: L-20a.
        if bytes[end - 1].is_ascii_digit() && count(end, u8::is_ascii_lowercase) == 1 {
            end += 1;
        }
        let is_family = letters > 1
            && bytes[end - 1].is_ascii_uppercase()
            && end - at > 4
            && bytes.get(end) != Some(&b'-');
        let is_numbered =
            bytes[end - 1].is_ascii_alphanumeric() && bytes[at..end].iter().any(u8::is_ascii_digit);
        let is_whole =
            !bytes.get(end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        ((is_family || is_numbered) && is_whole).then(|| &text[at..end])
    })
}
