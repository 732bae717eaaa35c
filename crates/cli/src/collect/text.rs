//! A snapshot for a person.

use crate::report::snapshot::{FileOutcome, Snapshot, TvsOutcome};
use std::fmt::Write;
use trustlist::facts::Name;
use trustlist::report::Plain;
use trustlist::report::counted;

/// Returns a line for each file and server, then the errors.
pub(super) fn text(place: &str, snapshot: &Snapshot) -> String {
    let mut page = String::new();
    let files = snapshot.kept().count();
    let _ = writeln!(
        page,
        "{}: {}, {}, {}",
        place,
        counted(snapshot.tftp.len(), "TFTP node"),
        counted(snapshot.tvs.len(), "TVS server"),
        counted(files, "file")
    );
    for node in &snapshot.tftp {
        // Of thousands of phones each has its files.
        let (shown, more) = node.files.split_at_checked(MAX_LINES).unwrap_or((&node.files, &[]));
        for served in shown {
            let what = match (served.outcome, &served.file) {
                (FileOutcome::Found, Some(file)) => {
                    format!(
                        "{:>7} bytes, sha256 {}",
                        file.size,
                        file.sha256.get(..16).unwrap_or_default()
                    )
                }
                (FileOutcome::NotFound, _) if served.name == super::gather::CTL => {
                    "not found: no CTL, as in non-secure mode".to_owned()
                }
                (FileOutcome::NotFound, _) => "not found".to_owned(),
                (FileOutcome::Empty, _) => "ZERO BYTES".to_owned(),
                (FileOutcome::Found | FileOutcome::Failed, _) => "FAILED".to_owned(),
            };
            let _ =
                writeln!(page, "  {:<20}  {:<32}  {what}", Plain(&node.node), Plain(&served.name));
        }
        if !more.is_empty() {
            let _ = writeln!(
                page,
                "  {:<20}  and {} more: snapshot.json lists them all",
                Plain(&node.node),
                more.len()
            );
        }
    }
    for server in &snapshot.tvs {
        let what = match (server.outcome, &server.subject) {
            (TvsOutcome::Presents, Some(subject)) => {
                let serial = server.serial.as_deref().unwrap_or_default();
                format!(
                    "{} (serial {serial})",
                    Plain(Name::new(subject).common_name().unwrap_or(subject))
                )
            }
            (TvsOutcome::Tls13Only, _) => "TLS 1.3 ONLY, no certificate".to_owned(),
            (TvsOutcome::Down, _) => "DOWN".to_owned(),
            (TvsOutcome::Failed | TvsOutcome::Presents, _) => "FAILED".to_owned(),
        };
        let versions: Vec<&str> = server
            .tls
            .iter()
            .filter(|tried| tried.accepted == Some(true))
            .map(|tried| tried.version.as_str())
            .collect();
        let versions = if versions.is_empty() {
            String::new()
        } else {
            format!("; TLS {}", versions.join(", "))
        };
        let _ = writeln!(page, "  {:<20}  {:<32}  {what}{versions}", Plain(&server.server), "TVS");
    }
    for paste in &snapshot.pastes {
        let _ = writeln!(
            page,
            "  {:<20}  {:<32}  {:>7} bytes",
            "paste",
            Plain(&paste.path),
            paste.size
        );
    }
    if let Some(minimum) = &snapshot.tls_minimum {
        let _ = writeln!(page, "  minimum TLS version   {minimum}");
    }
    if !snapshot.errors.is_empty() {
        let _ = writeln!(
            page,
            "\n{} not collected, or to look at:",
            counted(snapshot.errors.len(), "thing")
        );
        for error in snapshot.errors.iter().take(MAX_LINES) {
            let _ = writeln!(page, "  {error}");
        }
        if let Some(more) = snapshot.errors.len().checked_sub(MAX_LINES).filter(|&more| more > 0) {
            let _ = writeln!(page, "  and {more} more: snapshot.json lists them all");
        }
    }
    page
}

/// Most lines about one node.
const MAX_LINES: usize = 40;
