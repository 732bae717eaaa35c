//! The long answer: in order what the phone asks, what it compares and finds, which rule says so and how sure that is,
//! what its screen shows, what it holds in the end, and what can be done.

use super::answer::{PredictionReport, deciding_rule, decisive_code, files};
use super::finding::{About, sentence};
use super::remedy::{by_facts, by_remedy};
use super::text::{holds, label, missing_fact, opening, verdict};
use super::words::{self, asked_name};
use crate::code::FindingCode;
use crate::facts::{Completeness, ListFacts};
use crate::phone::{
    Confidence, ConfigOffer, Device, Finding, InstalledLists, JudgedFile, Judgement, ListOffer,
    Message, Outcome, Prediction, Rule, SecurityByDefault, Tvs, TvsServer, Weight, phone_shows,
};
use crate::report::Page;
use crate::report::Plain;
use crate::text::counted;
use crate::wire::DigestAlgorithm;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The long answer as text.
pub fn prediction_explained(report: &PredictionReport<'_>) -> String {
    let mut page = Page::default();
    opening(report, report.assumed.iter(), &mut page);
    describe(report, &mut page);
    for ((which, judgement), number) in files(&report.boot.first).zip(1..) {
        page.heading(&format!("{number}. {}", step(which)));
        asks(report, which, judgement, &mut page);
        finds(report, which, judgement, &mut page);
        concludes(judgement, &mut page);
        shows(report, which, judgement, &mut page);
    }
    page.heading("After the boot");
    page.put(INDENT, &format!("The phone has {}", holds(report, &report.boot.first)));
    page.heading("At the next boot, offered the same files");
    for (which, judgement) in files(&report.boot.again) {
        page.put(&format!("{INDENT}{}", label(which)), &verdict(judgement));
    }
    page.put(INDENT, &format!("Then the phone has {}", holds(report, &report.boot.again)));
    now(report, &mut page);
    would_change(report, &mut page);
    rules(&report.boot.first, &mut page);
    page.finish()
}

const fn step(which: JudgedFile) -> &'static str {
    match which {
        JudgedFile::Config => "The configuration",
        JudgedFile::Ctl => "The CTL",
        JudgedFile::Itl => "The ITL",
    }
}

/// Tells which file the phone asks for, and what it gets. A phone without a TFTP record asks for the unsigned configuration.
fn asks(report: &PredictionReport<'_>, which: JudgedFile, judgement: &Judgement, page: &mut Page) {
    if judgement.outcome() == Outcome::NotApplicable {
        return;
    }
    let unsigned =
        judgement.findings().iter().find(|finding| finding.code() == FindingCode::UnsignedAsked);
    match unsigned.map(|finding| finding.weight) {
        Some(Weight::Grants) => return page.put(INDENT, &format!("Asks for {UNSIGNED_CONFIG}.")),
        Some(_) => page.put(INDENT, &format!("May ask for {UNSIGNED_CONFIG}.")),
        None => {}
    }
    let got = match which {
        JudgedFile::Ctl => list_got(report, which, &report.offer.ctl),
        JudgedFile::Itl => list_got(report, which, &report.offer.itl),
        JudgedFile::Config => config_got(report),
    };
    let asks = match (which, &report.offer.itl) {
        (JudgedFile::Itl, ListOffer::NotFound) => {
            format!("{}, then for {BASE_ITL},", asked_name(which))
        }
        (JudgedFile::Itl, _) => {
            format!("{}, or if that is missing for {BASE_ITL},", asked_name(which))
        }
        _ => asked_name(which).to_owned(),
    };
    page.put(INDENT, &format!("Asks for {asks} and gets {got}."));
}

fn list_got(report: &PredictionReport<'_>, which: JudgedFile, offer: &ListOffer) -> String {
    match offer {
        ListOffer::Empty => "a file of zero bytes".to_owned(),
        ListOffer::NotFound => "\"file not found\"".to_owned(),
        ListOffer::List(list) => {
            format!("a list signed by {}, {}", report.signer(which), shape(list))
        }
    }
}

fn shape(list: &ListFacts) -> String {
    let records = counted(list.records.len(), "record");
    let bits = list.key_bits.map(|bits| format!(" with {bits} bits")).unwrap_or_default();
    let size = list.size.map(|size| format!(", {size} bytes")).unwrap_or_default();
    format!("{}{bits}, {records}{size}", list.digest)
}

fn config_got(report: &PredictionReport<'_>) -> String {
    match &report.offer.config {
        ConfigOffer::Empty => "a file of zero bytes".to_owned(),
        ConfigOffer::NotJudged | ConfigOffer::NotServed => "no signed file".to_owned(),
        ConfigOffer::Config(config) => {
            let encrypted = if config.encrypted { ", encrypted" } else { "" };
            let server = report
                .offer
                .tftp_server
                .as_ref()
                .map(|server| format!(", from {}", Plain(server)))
                .unwrap_or_default();
            format!(
                "one signed by {}, {}{encrypted}{server}",
                report.signer(JudgedFile::Config),
                config.digest
            )
        }
    }
}

/// Adds the findings and missing facts of one file.
fn finds(report: &PredictionReport<'_>, which: JudgedFile, judgement: &Judgement, page: &mut Page) {
    let signer = report.signer(which);
    let about = About { file: which, signer: &signer };
    for finding in judgement.findings() {
        page.put(
            &format!("{INDENT}{} ", mark(finding)),
            &format!("{} [{}]", sentence(finding, about), finding.rule.id()),
        );
    }
    for condition in judgement.conditions() {
        page.put(
            &format!("{INDENT}? "),
            &format!("{} [{}]", missing_fact(condition, about), condition.rule.id()),
        );
    }
}

const fn mark(finding: &Finding) -> char {
    match finding.weight {
        Weight::Grants => '+',
        Weight::Informs => '-',
        Weight::Refuses => '!',
    }
}

/// The verdict with its code.
fn concludes(judgement: &Judgement, page: &mut Page) {
    let code = decisive_code(judgement).map(|code| format!(" ({code})")).unwrap_or_default();
    let sure = match (judgement.outcome(), deciding_rule(judgement)) {
        (Outcome::NotApplicable | Outcome::NotOffered, _) | (_, None) => String::new(),
        (_, Some(rule)) => format!(", by {}, {}", rule.id(), rule.confidence()),
    };
    page.put(&format!("{INDENT}=> "), &format!("{}{code}{sure}", verdict(judgement)));
}

/// Adds the message on the screen of the phone.
fn shows(report: &PredictionReport<'_>, which: JudgedFile, judgement: &Judgement, page: &mut Page) {
    match (phone_shows(which, report.phone, &report.boot.first), judgement.outcome()) {
        (Some(Message::TrustListUpdateFailed), _) => page.put(
            INDENT,
            &format!(
                "The screen shows \"{}\", as it does when the network fails.",
                Message::TrustListUpdateFailed
            ),
        ),
        (Some(message), _) => page.put(INDENT, &format!("The screen shows \"{message}\".")),
        (None, Outcome::Unchanged) => page.put(INDENT, "The screen shows nothing."),
        (None, _) => {}
    }
}

/// Adds the remedies that work with the lists on this phone.
fn now(report: &PredictionReport<'_>, page: &mut Page) {
    let remedies = by_remedy(report);
    let troubled = files(&report.boot.first)
        .any(|(_, judgement)| matches!(judgement.outcome(), Outcome::Depends | Outcome::Reject));
    if !troubled {
        return;
    }
    page.heading("What to do");
    for (remedy, files) in &remedies {
        let helps = files.as_ref().map_or(String::new(), |files| format!(" (helps with: {files})"));
        page.put(&format!("{INDENT}- "), &format!("{remedy}{helps}"));
    }
    if remedies.is_empty() {
        page.put(INDENT, "Nothing that was tried makes the phone take these files.");
    }
}

/// The smallest facts that would turn a refusal or an open answer.
fn would_change(report: &PredictionReport<'_>, page: &mut Page) {
    if report.would_change.is_empty() {
        return;
    }
    page.heading("What would change the answer");
    for (facts, effects) in by_facts(&report.would_change) {
        page.put(&format!("{INDENT}- "), &format!("If {facts}: {effects}"));
    }
}

/// Every rule that was used, with its source.
fn rules(prediction: &Prediction, page: &mut Page) {
    let used: BTreeSet<Rule> = files(prediction)
        .flat_map(|(_, judgement)| {
            let findings = judgement.findings().iter().map(|finding| finding.rule);
            findings.chain(judgement.conditions().iter().map(|condition| condition.rule))
        })
        .collect();
    page.heading(&format!("How sure this is: {}", words::confidence(prediction.confidence)));
    for rule in used {
        let weak = if rule.confidence() == Confidence::Documented { "" } else { " only" };
        let id = format!("{INDENT}{:<10}", rule.id());
        page.put(
            &id,
            &format!("{}. ({}{weak}: {})", rule.statement(), rule.confidence(), rule.source()),
        );
    }
}

const INDENT: &str = "   ";

/// P-BOOT-4: what is asked for where no list holds a TFTP record.
const UNSIGNED_CONFIG: &str = "SEP<mac>.cnf.xml";

/// P-BOOT-2: the base name, asked for where the server has no list of the phone's own name.
const BASE_ITL: &str = "ITLFile.tlv";

/// Adds the state of the phone before the boot.
fn describe(report: &PredictionReport<'_>, page: &mut Page) {
    let phone = report.phone;
    page.heading("Before the boot");
    page.put("   Device  ", &device(&phone.device));
    if phone.installed == InstalledLists::Unknown {
        page.put("   Lists   ", "not known");
    } else {
        page.put("   CTL     ", &installed(phone.ctl().map(Arc::as_ref)));
        page.put("   ITL     ", &installed(phone.itl().map(Arc::as_ref)));
    }
    page.put("   TVS     ", &asked(report));
}

fn device(device: &Device) -> String {
    let model = device
        .model
        .as_ref()
        .map_or("model not given".to_owned(), |model| Plain(model).to_string());
    let sbd = match device.security_by_default {
        SecurityByDefault::No => "no Security By Default",
        SecurityByDefault::Unknown => "Security By Default not known",
        SecurityByDefault::Yes => "Security By Default",
    };
    let digests = match device.digests {
        Some(known) => {
            let all = [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha512];
            let words: Vec<String> = all
                .into_iter()
                .filter(|digest| known.contains(*digest))
                .map(|d| d.to_string())
                .collect();
            format!("checks {}", words::and_list(&words))
        }
        None => "checks sha1, others not known".to_owned(),
    };
    let keys =
        device.max_key_bits.map(|bits| format!(", keys up to {bits} bits")).unwrap_or_default();
    let fips = if device.fips { ", FIPS mode" } else { "" };
    format!("{model}: {sbd}, {digests}{keys}{fips}")
}

fn installed(list: Option<&ListFacts>) -> String {
    let Some(list) = list else { return "none".to_owned() };
    let roles = |wanted: &str| {
        list.records.iter().filter(|record| record.role.to_string() == wanted).count()
    };
    let kinds: Vec<String> = ["SAST", "CCM+TFTP", "TFTP", "TVS", "CAPF"]
        .into_iter()
        .filter_map(|role| Some((role, roles(role))).filter(|(_, count)| *count > 0))
        .map(|(role, count)| format!("{count} {role}"))
        .collect();
    let signer = list.signer.as_ref().map_or_else(
        || "by an unknown signer".to_owned(),
        |signer| format!("by {}", words::signer(signer, &list.signer_subject)),
    );
    let holds = if kinds.is_empty() { "no record".to_owned() } else { words::and_list(&kinds) };
    let partial =
        if list.completeness == Completeness::Partial { "; part of it is missing" } else { "" };
    format!("signed {signer}, with {holds}{partial}")
}

/// Returns the servers in the order of the phone's requests (P-TVS-1).
fn asked(report: &PredictionReport<'_>) -> String {
    let Tvs::Known(servers) = report.tvs else { return "nothing is known about TVS".to_owned() };
    let told: Vec<String> = match &report.phone.cm_group {
        None => servers.iter().map(|server| told(&server.server, Some(server))).collect(),
        Some(group) => {
            let named = |name: &Arc<str>| {
                servers.iter().find(|server| server.server.eq_ignore_ascii_case(name))
            };
            group.iter().map(|name| told(name, named(name))).collect()
        }
    };
    if told.is_empty() { "no server to ask".to_owned() } else { told.join("; ") }
}

fn told(name: &str, server: Option<&TvsServer>) -> String {
    let name = Plain(name);
    let Some(server) = server.filter(|server| server.reachable) else {
        return format!("{name} does not answer");
    };
    let presents =
        server.presents.as_deref().map_or("an unknown certificate".to_owned(), words::certificate);
    let knows = match server.knows.as_deref() {
        Some(known) => {
            format!("knows {}", counted(known.len(), "certificate"))
        }
        None => "its certificates are not known".to_owned(),
    };
    format!("{name} presents {presents}, {knows}")
}
