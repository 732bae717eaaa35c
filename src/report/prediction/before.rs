//! The phone before the boot: device, lists, and what is known of TVS.

use super::answer::PredictionReport;
use super::words;
use crate::facts::{Completeness, ListFacts};
use crate::phone::{Device, Installed, SecurityByDefault, Tvs, TvsServer};
use crate::report::Page;
use crate::report::Plain;
use crate::wire::DigestAlgorithm;
use std::sync::Arc;

/// Adds the state of the phone before the boot.
pub(super) fn describe(report: &PredictionReport<'_>, page: &mut Page) {
    let phone = report.phone;
    page.heading("Before the boot");
    page.put("   Device  ", &device(&phone.device));
    if phone.installed == Installed::NotGiven {
        page.put("   Lists   ", "not known");
    } else {
        page.put("   CTL     ", &installed(phone.ctl.as_deref()));
        page.put("   ITL     ", &installed(phone.itl.as_deref()));
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
            format!("knows {} certificate{}", known.len(), if known.len() == 1 { "" } else { "s" })
        }
        None => "its certificates are not known".to_owned(),
    };
    format!("{name} presents {presents}, {knows}")
}
