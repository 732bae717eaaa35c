//! The deletion audit: a case for every code, and every oddity that logs have.
use std::collections::BTreeSet;
use trustlist_cluster::code::DeletionCode as Code;
use trustlist_cluster::deletion::logs::{LogKind, MAX_LINE, Sighting, scan};
use trustlist_cluster::deletion::{
    Answer, Audit, ClusterVerdict, DeletionScope, EvidenceKind, Inventory, InventoryNode, LogError,
    MAX_SEEN, NodeTime, TargetCertificate, Verdict,
};
use trustlist_cluster::release::Product;

const NAME: &str = "old.pem";
const UNTIL: &str = "2026-07-06T04:30:00";

/// A day of logs of a cluster, written line by line.
#[derive(Clone)]
struct Site {
    inventory: Inventory,
    wanted: TargetCertificate,
    logs: Vec<(usize, String)>,
}

fn site(nodes: &[&str]) -> Site {
    let product = |name: &str| if name.starts_with("imp") { Product::Imp } else { Product::Cucm };
    let node = |name: &&str| InventoryNode { name: (*name).to_owned(), product: product(name) };
    let inventory = Inventory {
        nodes: nodes.iter().map(node).collect(),
        spread: DeletionScope::Event,
        collected_until: NodeTime::parse(UNTIL).unwrap(),
        clock_skew_seconds: 60,
    };
    Site {
        inventory,
        wanted: TargetCertificate::new("tomcat-trust", NAME).unwrap(),
        logs: Vec::new(),
    }
}

impl Site {
    fn log(mut self, node: usize, text: impl Into<String>) -> Self {
        self.logs.push((node, text.into()));
        self
    }

    /// The quiet background of a node: all three logs, from 03:00 on.
    fn background(self, node: usize) -> Self {
        self.log(node, "Jul  6 03:00:00 n cron 6 CROND[2211]: (root) CMD (/usr/local/bin/ntp_check)\n")
            .log(node, "2026-07-06 03:00:01,001 INFO [main] - started\n")
            .log(node, "2026-07-06 03:00:02,120 DEBUG [Thread-5] - periodic synchronisation finished, nothing to do\n\
                2026-07-06 04:29:02,120 DEBUG [Thread-5] - periodic synchronisation finished, nothing to do\n")
    }

    fn backgrounds(self) -> Self {
        (0..self.inventory.nodes.len()).fold(self, Self::background)
    }

    fn emitted(self, node: usize, time: &str) -> Self {
        let host = self.inventory.nodes[node].name.clone();
        self.log(node, event("emitted", time, &host, "(", ")"))
    }

    fn received(self, node: usize, time: &str, from: usize) -> Self {
        let host = self.inventory.nodes[from].name.clone();
        self.log(node, event("Received request for", time, &host, " (", ")."))
    }

    fn deleted(self, node: usize, time: &str) -> Self {
        self.log(node, block("delete", time, "SUCCESS"))
    }

    fn imported(self, node: usize, time: &str) -> Self {
        self.log(node, format!("2026-07-06 {time},911 INFO [InsertThread --- 12] - importTrustCert tomcat-trust {NAME}\n"))
    }

    /// Deleted on every node at ten past three, from the first.
    fn all_deleted(self) -> Self {
        let first = self.backgrounds().deleted(0, "03:10:00,100").emitted(0, "03:10:00");
        let others = 1..first.inventory.nodes.len();
        others.fold(first, |site, node| {
            site.received(node, "03:10:01", 0).deleted(node, "03:10:01,500")
        })
    }

    fn audit(&self) -> Audit {
        let mut audit = Audit::new(self.inventory.clone(), self.wanted.clone());
        for (node, text) in &self.logs {
            audit.read_log(*node, "log", text.as_bytes()).unwrap();
        }
        audit
    }

    fn answer(&self) -> Answer {
        self.audit().answer()
    }

    fn verdicts(&self) -> Vec<Verdict> {
        self.answer().nodes.iter().map(|node| node.verdict).collect()
    }

    fn node(&self, node: usize) -> (Verdict, Code) {
        let answer = self.answer();
        (answer.nodes[node].verdict, answer.nodes[node].code)
    }
}

fn event(verb: &str, time: &str, host: &str, open: &str, close: &str) -> String {
    format!(
        "Jul  6 {time} n user 6 ilog_impl: {verb} platform-event{open}--no-wait platform-event-clusterwide-certificate-delete \
         HOSTNAME={host} UNIT=tomcat-trust Type=certs-trust NAME={NAME}{close}\n"
    )
}

fn header(op: &str) -> String {
    format!(
        "decode: true\nop: {op}\nunit: tomcat-trust\ncertDir: /usr/local/cm/.security/tomcat/trust-certs/{NAME}\n"
    )
}

fn block(op: &str, time: &str, result: &str) -> String {
    let line = |text: &str| format!("2026-07-06 {time} INFO [main] - {text}\n");
    let call = line("IN -- CertDBAction.java - deleteCertificateInDB(certInfo) -");
    [header(op), call, line(&format!("CertMgmt Operation Result : {result}"))].concat()
}

/// Events on the second of two nodes, in enough ways to show every code.
fn every_way() -> Vec<(Site, Verdict, Code)> {
    let start =
        || site(&["n1", "n2"]).backgrounds().deleted(0, "03:10:00,100").emitted(0, "03:10:00");
    let received = || start().received(1, "03:10:01", 0);
    let mut early = site(&["n1", "n2"]).all_deleted();
    early.inventory.collected_until = NodeTime::parse("2026-07-06T03:40:01").unwrap();
    let mut local = site(&["n1", "n2"]).backgrounds().deleted(0, "03:10:00,100");
    local.inventory.spread = DeletionScope::Local;
    let mut late =
        site(&["n1", "n2"]).background(0).deleted(0, "03:10:00,100").emitted(0, "03:10:00");
    for text in [
        "Jul  6 03:11:01 n2 cron 6 x\n",
        "2026-07-06 03:00:00,000 INFO [main] - x\n",
        "2026-07-06 03:00:00,000 INFO [T] - x\n",
    ] {
        late = late.log(1, text);
    }
    let unnamed = "2026-07-06 03:41:28,986 INFO [InsertThread --- 12] - tomcat-trust Certificate successfully updated in \
        trust-store by Change Notification..\n";
    vec![
        (site(&["n1", "n2"]).all_deleted(), Verdict::Deleted, Code::DeletionProven),
        (early, Verdict::Unknown, Code::CollectedTooEarly),
        (
            received().log(1, block("delete", "03:10:01,500", "FAILURE")),
            Verdict::NoDeleteAfterEvent,
            Code::DeleteFailed,
        ),
        (local, Verdict::EventMissing, Code::DeleteNotSeen),
        (received().log(1, header("delete")), Verdict::Unknown, Code::DeleteUndated),
        (
            received().log(1, block("delete", "03:10:01,500", "NOT SUCCESSFUL")),
            Verdict::Unknown,
            Code::DeleteUnclear,
        ),
        (start().deleted(1, "03:10:02,000"), Verdict::EventMissing, Code::EventNotEmitted),
        (start(), Verdict::EventMissing, Code::EventNotReceived),
        (start().received(1, "03:02:10", 0), Verdict::EventMissing, Code::EventDisagrees),
        (received(), Verdict::NoDeleteAfterEvent, Code::EventWithoutDelete),
        (site(&["n1", "n2"]).all_deleted().log(1, unnamed), Verdict::Unknown, Code::ImportUnclear),
        (
            site(&["n1", "n2"]).all_deleted().imported(1, "03:41:28"),
            Verdict::Resurrected,
            Code::ImportedAgain,
        ),
        (
            site(&["n1", "n2"]).all_deleted().log(1, "2026-07-06 ".repeat(MAX_LINE)),
            Verdict::Unknown,
            Code::LogIncomplete,
        ),
        (
            site(&["n1", "n2"]).background(0).deleted(0, "03:10:00,100").emitted(0, "03:10:00"),
            Verdict::Unknown,
            Code::LogMissing,
        ),
        (late, Verdict::Unknown, Code::LogStartsLate),
    ]
}

#[test]
fn every_code_has_a_case() {
    let mut met = BTreeSet::new();
    for (site, verdict, code) in every_way() {
        let mut audit = Audit::new(site.inventory.clone(), site.wanted.clone());
        for (node, text) in &site.logs {
            // One of them is a line without end that is no log at all.
            let _ = audit.read_log(*node, "log", text.as_bytes());
        }
        let answer = audit.answer();
        assert_eq!(
            (answer.nodes[1].verdict, answer.nodes[1].code),
            (verdict, code),
            "{code}: {:#?}",
            answer.nodes[1]
        );
        let cluster = match verdict {
            Verdict::Deleted => ClusterVerdict::Deleted,
            Verdict::Unknown => ClusterVerdict::Unknown,
            _ => ClusterVerdict::NotDeleted,
        };
        let alone = answer.nodes[0].verdict == Verdict::Deleted;
        assert!(!alone || answer.cluster == cluster, "{code}: {:?}", answer.cluster);
        met.insert(code);
    }
    assert_eq!(met, Code::ALL.iter().copied().collect::<BTreeSet<_>>());
}

#[test]
fn the_order_of_logs_does_not_matter() {
    for (mut site, verdict, code) in
        every_way().into_iter().filter(|(.., code)| *code != Code::LogIncomplete)
    {
        let before = site.answer();
        site.logs.reverse();
        assert_eq!(site.node(1), (verdict, code));
        assert_eq!(site.answer().cluster, before.cluster);
    }
}

#[test]
fn clocks_may_differ_as_much_as_the_inventory_says() {
    let received_at = |time: &str| {
        let site =
            site(&["n1", "n2"]).backgrounds().deleted(0, "03:10:00,100").emitted(0, "03:10:00");
        site.received(1, time, 0).deleted(1, &format!("{time},900")).node(1)
    };
    assert_eq!(received_at("03:09:00"), (Verdict::Deleted, Code::DeletionProven));
    // Before it was sent: another event, of an earlier deletion.
    assert_eq!(received_at("03:08:59"), (Verdict::EventMissing, Code::EventDisagrees));
}

#[test]
fn an_older_deletion_does_not_count_for_a_newer_event() {
    let site = site(&["n1", "n2"]).backgrounds().deleted(0, "03:10:00,100").emitted(0, "03:10:00");
    let site = site.deleted(1, "03:05:00,000").received(1, "03:10:01", 0);
    assert_eq!(site.node(1), (Verdict::NoDeleteAfterEvent, Code::EventWithoutDelete));
}

#[test]
fn a_deletion_that_failed_first_and_then_worked() {
    let site = site(&["n1", "n2"])
        .backgrounds()
        .deleted(0, "03:10:00,100")
        .emitted(0, "03:10:00")
        .received(1, "03:10:01", 0);
    let site = site.log(1, block("delete", "03:10:01,500", "FAILURE")).deleted(1, "03:15:00,000");
    assert_eq!(site.node(1), (Verdict::Deleted, Code::DeletionProven));
}

/// Only a plain success proves a deletion.
#[test]
fn a_deletion_that_does_not_say_that_it_worked() {
    let start = || {
        site(&["n1", "n2"])
            .backgrounds()
            .deleted(0, "03:10:00,100")
            .emitted(0, "03:10:00")
            .received(1, "03:10:01", 0)
    };
    let unclear = (Verdict::Unknown, Code::DeleteUnclear);
    for result in ["NOT SUCCESSFUL", "SUCCESS with errors: file could not be removed", ""] {
        let site = start().log(1, block("delete", "03:10:01,500", result));
        assert_eq!(site.node(1), unclear, "{result}");
        // Another one that worked proves it.
        assert_eq!(site.deleted(1, "03:11:00,000").node(1).0, Verdict::Deleted, "{result}");
    }
    let whole = block("delete", "03:10:01,500", "SUCCESS");
    let (no_result, _) = whole.rsplit_once("2026-").unwrap();
    assert_eq!(start().log(1, no_result).node(1), unclear);
    // Deleted again, and that failed: was it there again?
    let again =
        |result| start().log(1, whole.clone()).log(1, block("delete", "03:20:00,000", result));
    for result in ["FAILURE", "NOT SUCCESSFUL"] {
        assert_eq!(again(result).node(1), unclear, "{result}");
    }
    assert_eq!(start().log(1, whole.clone()).log(1, header("delete")).node(1), unclear);
    let mut local = again("FAILURE");
    local.inventory.spread = DeletionScope::Local;
    assert_eq!(local.node(1), unclear);
    let evidence = &again("x").answer().nodes[1].evidence;
    assert!(evidence.iter().any(|it| it.kind == EvidenceKind::DeletionUnclear), "{evidence:?}");
}

/// The store in every place of the header must be the same: the file of this name in another store
/// is another certificate.
#[test]
fn a_deletion_that_names_two_stores() {
    let answered =
        |block: String| site(&["n1"]).backgrounds().emitted(0, "03:10:00").log(0, block).node(0);
    let whole = block("delete", "03:10:00,100", "SUCCESS");
    let unclear = (Verdict::Unknown, Code::DeleteUnclear);
    for (from, to) in [
        ("/tomcat/", "/CallManager/"),
        ("unit: tomcat-trust\n", "unit: tomcat-trust\nkeystoreUnit:CallManager-trust\n"),
        ("unit: tomcat", "unit: CallManager"),
        ("certDir:", "srcCert: /tmp/old.pem\ncertDir: /x/other.pem\nlogFile:"),
    ] {
        assert_eq!(answered(whole.replace(from, to)), unclear, "{to}");
    }
    let plain = whole.replace("unit: tomcat", "keystoreUnit:TOMCAT\nunit: tomcat");
    assert_eq!(answered(plain).0, Verdict::Deleted);
}

/// D13 and D14: a node was down, the certificate came back, and a second deletion met all nodes.
#[test]
fn deleted_again_after_it_came_back() {
    let first =
        site(&["n1", "n2", "n3"]).backgrounds().deleted(0, "03:10:00,100").emitted(0, "03:10:00");
    let first = first
        .received(1, "03:10:01", 0)
        .deleted(1, "03:10:01,500")
        .imported(0, "03:30:00")
        .imported(1, "03:30:01");
    assert_eq!(
        first.verdicts(),
        [Verdict::Resurrected, Verdict::Resurrected, Verdict::EventMissing]
    );
    let answer = first.answer();
    assert_eq!(
        (answer.nodes[0].by.as_slice(), answer.nodes[1].by.as_slice()),
        (&["n3".to_owned()][..], &["n3".to_owned()][..])
    );
    let mut second = first.deleted(0, "03:50:00,100").emitted(0, "03:50:00");
    second = second
        .received(1, "03:50:01", 0)
        .deleted(1, "03:50:01,000")
        .received(2, "03:50:01", 0)
        .deleted(2, "03:50:02,000");
    assert_eq!(second.verdicts(), [Verdict::Deleted; 3]);
    assert_eq!(
        second.imported(2, "03:55:00").verdicts(),
        [Verdict::Deleted, Verdict::Deleted, Verdict::Resurrected]
    );
}

#[test]
fn an_import_on_a_node_that_never_deleted() {
    let start =
        || site(&["n1", "n2"]).backgrounds().deleted(0, "03:10:00,100").emitted(0, "03:10:00");
    assert_eq!(
        start().imported(1, "03:30:00").node(1),
        (Verdict::Resurrected, Code::ImportedAgain)
    );
    assert_eq!(
        start().imported(1, "03:05:00").node(1),
        (Verdict::EventMissing, Code::EventNotReceived)
    );
}

/// It is back, whatever else is missing.
#[test]
fn an_import_counts_in_incomplete_logs() {
    let start = site(&["n1", "n2"]).background(0).deleted(0, "03:10:00,100").emitted(0, "03:10:00");
    assert_eq!(start.imported(1, "03:30:00").node(1), (Verdict::Resurrected, Code::ImportedAgain));
}

#[test]
fn an_upload_brings_it_back_too() {
    let site = site(&["n1", "n2"]).all_deleted().log(1, block("import", "03:30:00,000", "SUCCESS"));
    assert_eq!(site.node(1), (Verdict::Resurrected, Code::ImportedAgain));
}

/// A line after the deletion that may speak of an import of the certificate, in a form that is not
/// known: it was not quiet.
#[test]
fn what_may_be_an_import_is_unclear() {
    let with = |line: &str| site(&["n1", "n2"]).all_deleted().log(1, line.to_owned()).node(1);
    let line =
        |text: &str| format!("2026-07-06 03:20:28,911 INFO [InsertThread --- 12] - {text}\n");
    let plain = line("importTrustCert tomcat-trust old.pem");
    // The colours of a terminal, zero bytes, tabs and quotation marks do not hide it.
    for line in [
        plain.clone(),
        plain.replace(".pem", ".pem\0"),
        plain.replace(".pem", ".pem\u{1b}[0m"),
        plain.replace("trust old", "trust\told"),
        plain.replace("old.pem", "\"old.pem\""),
        plain.replace("old.pem", "'/x/trust-certs/old.pem'"),
        format!("{}{plain}", "\0".repeat(50)),
    ] {
        assert_eq!(with(&line), (Verdict::Resurrected, Code::ImportedAgain), "{line:?}");
    }
    let unclear = (Verdict::Unknown, Code::ImportUnclear);
    for line in [
        line("importCert tomcat-trust old.pem"),
        line("importTrustCert tomcat-trust CN=old"),
        line("insertCertificateInDB old.pem"),
        line("importTrustCert tomcat-trust old.der"),
        // A date that does not exist, another form of date, none.
        plain.replace("07-06", "06-31"),
        plain.replace("03:20", "25:20"),
        format!(
            "2026-07-06 03:00:00,000 INFO [T] - x\n{}",
            plain.replace("2026-07-06", "2026/07/06")
        ),
        format!(
            "2026-07-06 03:00:00,000 INFO [T] - x\n{}",
            plain.replace("2026-07-06 03:20:28,911 ", "")
        ),
        // Cut off at the end of the file.
        plain.trim_end().trim_end_matches("partner.pem").trim_end_matches(".pem").to_owned(),
        line("impo").trim_end().to_owned(),
        block("cert-import", "03:20:00,000", "SUCCESS WITH ERRORS"),
        block("regenerate", "03:20:00,000", "SUCCESS"),
        event("emitted", "03:20:00", "n2", "(", ")")
            .replace("certificate-delete", "certificate-import"),
    ] {
        assert_eq!(with(&line), unclear, "{line:?}");
    }
    for op in ["cert-import", "add", "upload", "import"] {
        let back = (Verdict::Resurrected, Code::ImportedAgain);
        assert_eq!(with(&block(op, "03:20:00,000", "SUCCESS")), back, "{op}");
    }
    // Before the deletion, of another file, and of another store.
    let proven = (Verdict::Deleted, Code::DeletionProven);
    for line in [
        line("importCert tomcat-trust old.pem").replace("03:20", "03:02"),
        line("importCert tomcat-trust other.pem"),
        line("importCert CallManager-trust old.pem"),
        block("cert-import", "03:20:00,000", "SUCCESS").replace("old.pem", "other.pem"),
        block("list", "03:20:00,000", "SUCCESS"),
        block("import", "03:20:00,000", "FAILURE"),
    ] {
        assert_eq!(with(&line), proven, "{line:?}");
    }
}

/// Text as Windows saves it.
#[test]
fn utf16_is_read() {
    let plain = site(&["n1"]).all_deleted().imported(0, "03:30:00");
    let mut audit = Audit::new(plain.inventory.clone(), plain.wanted.clone());
    for (node, text) in &plain.logs {
        let units = core::iter::once(0xfeff).chain(text.encode_utf16());
        let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
        audit.read_log(*node, "log", bytes.as_slice()).unwrap();
    }
    assert_eq!(audit.answer(), plain.answer());
    assert_eq!(audit.answer().nodes[0].verdict, Verdict::Resurrected);
}

/// Several certificates in one pass: the answers are those of an audit of each alone.
#[test]
fn several_certificates_are_read_for_in_one_pass() {
    let site = site(&["n1", "n2"]).all_deleted().imported(1, "03:41:28");
    let names = [NAME, "other.pem", "old.der"];
    let wanted = |name: &str| TargetCertificate::new("tomcat-trust", name).unwrap();
    let audit = |name: &&str| Audit::new(site.inventory.clone(), wanted(name));
    let mut together: Vec<Audit> = names.iter().map(audit).collect();
    let mut alone = together.clone();
    for (node, text) in &site.logs {
        Audit::read_log_of_all(&mut together, *node, "log", text.as_bytes()).unwrap();
        for audit in &mut alone {
            audit.read_log(*node, "log", text.as_bytes()).unwrap();
        }
    }
    for (together, alone) in together.iter().zip(&alone) {
        assert_eq!(together.answer(), alone.answer());
    }
    assert_eq!(together[0].answer().nodes[1].verdict, Verdict::Resurrected);
    assert!(matches!(
        Audit::read_log_of_all(&mut [], 0, "log", "x".as_bytes()),
        Err(LogError::NoLog)
    ));
}

#[test]
fn the_origin_without_its_event_or_its_deletion() {
    let no_event = site(&["n1"]).backgrounds().deleted(0, "03:10:00,100");
    assert_eq!(no_event.node(0), (Verdict::EventMissing, Code::EventNotEmitted));
    let announced = no_event.log(0, event("emitting", "03:10:00", "n1", " (", ")"));
    assert_eq!(announced.node(0), (Verdict::EventMissing, Code::EventNotEmitted));
    let no_deletion = site(&["n1"]).backgrounds().emitted(0, "03:10:00");
    assert_eq!(no_deletion.node(0), (Verdict::NoDeleteAfterEvent, Code::EventWithoutDelete));
}

#[test]
fn quiet_for_longer_than_thirty_minutes() {
    let collected = |until: &str| {
        let mut site =
            site(&["n1"]).backgrounds().deleted(0, "03:10:00,100").emitted(0, "03:10:00");
        site.inventory.collected_until = NodeTime::parse(until).unwrap();
        site.node(0)
    };
    // The clock of the collector may be a minute ahead.
    assert_eq!(collected("2026-07-06T03:41:00,100"), (Verdict::Unknown, Code::CollectedTooEarly));
    assert_eq!(collected("2026-07-06T03:41:00,101"), (Verdict::Deleted, Code::DeletionProven));
}

/// Clocks of nodes that differ by an hour: the node's own two logs were written on one clock.
#[test]
fn a_large_skew_does_not_shorten_the_quiet_time() {
    let answered = |skew: u64, until: &str, last: &str| {
        let log =
            format!("2026-07-06 03:00:00,000 INFO [T] - x\n2026-07-06 {last},000 INFO [T] - x\n");
        let mut site = site(&["n1"])
            .log(0, "Jul  6 03:00:00 n cron 6 x\n")
            .log(0, log)
            .deleted(0, "03:10:00,100")
            .emitted(0, "03:10:00");
        site.inventory.clock_skew_seconds = skew;
        site.inventory.collected_until = NodeTime::parse(until).unwrap();
        site.node(0)
    };
    let early = (Verdict::Unknown, Code::CollectedTooEarly);
    let proven = (Verdict::Deleted, Code::DeletionProven);
    assert_eq!(answered(3600, "2026-07-06T05:00:00", "03:10:04"), early);
    assert_eq!(answered(3600, "2026-07-06T05:00:00", "03:38:59"), early);
    assert_eq!(answered(3600, "2026-07-06T05:00:00", "03:39:01"), proven);
    assert_eq!(answered(3600, "2026-07-06T04:39:00", "03:41:00"), early);
    assert_eq!(answered(0, "2026-07-06T05:00:00", "03:39:01"), early);
    assert_eq!(answered(0, "2026-07-06T03:40:01", "03:40:01"), proven);
}

/// The time of collecting alone is no proof: the log of change notification must show the half hour
/// after the deletion (D4 step 4).
#[test]
fn a_log_without_the_quiet_time_proves_nothing() {
    let answered = |lines: &[&str]| {
        let log: String = lines
            .iter()
            .map(|time| format!("2026-07-06 {time},000 DEBUG [Thread-5] - nothing to do\n"))
            .collect();
        site(&["n1"])
            .log(0, "Jul  6 03:00:00 n cron 6 x\n")
            .log(0, log)
            .deleted(0, "03:10:00,100")
            .emitted(0, "03:10:00")
            .node(0)
    };
    let early = (Verdict::Unknown, Code::CollectedTooEarly);
    let late = (Verdict::Unknown, Code::LogStartsLate);
    let proven = (Verdict::Deleted, Code::DeletionProven);
    assert_eq!(answered(&["03:11:55"]), early);
    assert_eq!(answered(&["03:00:00", "03:38:59"]), early);
    // The clocks may differ by a minute.
    assert_eq!(answered(&["03:00:00", "03:39:01"]), proven);
    assert_eq!(answered(&["03:41:00"]), proven);
    assert_eq!(answered(&["03:41:02"]), late);
    assert_eq!(answered(&["04:29:55"]), late);
}

/// Logs that lie in the folder of another node.
#[test]
fn the_log_of_another_node_proves_nothing() {
    let swapped = |host: &str| {
        let event = event("Received request for", "03:10:01", "n1", " (", ").");
        let event = event.replace(" n user", &format!(" {host} user"));
        let site = site(&["n1", "n2", "n3"]).all_deleted();
        site.log(1, event).node(1)
    };
    assert_eq!(swapped("n3"), (Verdict::Unknown, Code::LogIncomplete));
    assert_eq!(swapped("n2"), (Verdict::Deleted, Code::DeletionProven));
    // A node may have another name in the inventory than in its log.
    assert_eq!(swapped("hq"), (Verdict::Deleted, Code::DeletionProven));
}

#[test]
fn the_year_turns_between_deletion_and_collection() {
    let mut site = site(&["n1", "n2"]);
    site.inventory.collected_until = NodeTime::parse("2027-01-01T00:45:00").unwrap();
    for node in 0..2 {
        for text in [
            "Dec 31 23:00:00 n cron 6 x\n",
            "2026-12-31 23:00:00,000 INFO [main] - x\n",
            "2026-12-31 23:00:00,000 INFO [T] - x\n2027-01-01 00:44:00,000 INFO [T] - x\n",
        ] {
            site = site.log(node, text);
        }
        let verb = if node == 0 { "emitted" } else { "Received request for" };
        let line = event(verb, "23:59:50", "n1", "(", ")").replace("Jul  6", "Dec 31");
        let done = block("delete", "23:59:51,000", "SUCCESS").replace("2026-07-06", "2026-12-31");
        site = site.log(node, line + &done);
    }
    assert_eq!(site.verdicts(), [Verdict::Deleted; 2]);
    let after = "Jan  1 00:00:01 n2 cron 6 x\n2027-01-01 00:20:00,000 INFO [InsertThread --- 1] - importTrustCert tomcat-trust old.pem\n";
    assert_eq!(site.log(1, after).verdicts(), [Verdict::Deleted, Verdict::Resurrected]);
}

/// Older releases: encoded header lines, other paths, the store named by the path alone.
#[test]
fn headers_in_every_form() {
    let forms = [
        "op: delete\nunit: Tomcat-Trust\ncertDir: /usr/local/platform/.security/tomcat/trust-certs/old.pem\n",
        "op:delete unit:tomcat%2Dtrust cert-dir:%2Fusr%2Flocal%2Fplatform%2F.security%2Ftomcat%2Ftrust-certs%2Fold.pem\n",
        "op: delete\nsrc-cert:%2Fusr%2Flocal%2Fold.pem\nkeystore-unit:tomcat-trust\n",
        "op: delete\ncertDir: /usr/local/cm/.security/tomcat/trust-certs/old.pem\n",
        "2026-07-06 03:10:00,100 INFO [main] - op: delete\n2026-07-06 03:10:00,100 INFO [main] - unit: tomcat-trust\n\
         2026-07-06 03:10:00,100 INFO [main] - certDir: /usr/local/cm/.security/tomcat/trust-certs/old.pem\n",
        "  op: delete\r\n  unit: tomcat-trust\r\n  certDir: /x/trust-certs/old.pem\r\n",
    ];
    for form in forms {
        let log = format!(
            "{form}2026-07-06 03:10:00,200 INFO [main] - CertMgmt Operation Result : SUCCESS\n"
        );
        let site = site(&["n1"]).backgrounds().emitted(0, "03:10:00").log(0, log);
        assert_eq!(site.node(0), (Verdict::Deleted, Code::DeletionProven), "{form}");
    }
}

#[test]
fn other_names_and_stores_are_not_meant() {
    for (from, to) in [
        ("old.pem", "Old.pem"),
        ("UNIT=tomcat", "UNIT=CallManager"),
        ("certs-trust", "own-cert"),
        ("certificate-delete", "x"),
    ] {
        let line = event("emitted", "03:10:00", "n1", "(", ")").replace(from, to);
        let site = site(&["n1"]).backgrounds().deleted(0, "03:10:00,100").log(0, line);
        assert_eq!(site.node(0), (Verdict::EventMissing, Code::EventNotEmitted), "{to}");
    }
    for (from, to) in
        [("old.pem", "Old.pem"), ("tomcat", "CallManager"), ("op: delete", "op: list")]
    {
        let site = site(&["n1"]).backgrounds().emitted(0, "03:10:00");
        let site = site.log(0, block("delete", "03:10:00,100", "SUCCESS").replace(from, to));
        assert_eq!(site.node(0), (Verdict::NoDeleteAfterEvent, Code::EventWithoutDelete), "{to}");
    }
}

#[test]
fn an_event_from_a_node_that_did_not_send_it() {
    let site =
        site(&["n1", "n2", "n3"]).backgrounds().deleted(0, "03:10:00,100").emitted(0, "03:10:00");
    let site = site.received(1, "03:10:01", 2).deleted(1, "03:10:02,000");
    assert_eq!(site.node(1), (Verdict::EventMissing, Code::EventDisagrees));
}

/// D4 step 3: with the same HOSTNAME. A host that is no node of this cluster sent something else.
#[test]
fn an_event_from_a_host_outside_the_inventory() {
    let alien = event("Received request for", "03:10:01", "elsewhere", " (", ")");
    let site = site(&["n1", "n2"])
        .backgrounds()
        .deleted(0, "03:10:00,100")
        .emitted(0, "03:10:00")
        .log(1, alien);
    assert_eq!(site.deleted(1, "03:10:01,500").node(1).0, Verdict::EventMissing);
}

/// Marks that an editor writes before the first line, and text that is pasted after an event.
#[test]
fn marks_and_prompts_around_entries_change_nothing() {
    let plain = site(&["n1", "n2"]).all_deleted();
    let mut marked = plain.clone();
    for (_, text) in &mut marked.logs {
        *text = format!("\u{feff}{text}admin:\n");
    }
    assert_eq!(marked.verdicts(), [Verdict::Deleted, Verdict::Deleted]);
    assert_eq!(plain.verdicts(), marked.verdicts());
}

#[test]
fn an_event_from_a_node_whose_logs_are_missing() {
    let site =
        site(&["n1", "n2"]).background(1).received(1, "03:10:01", 0).deleted(1, "03:10:02,000");
    assert_eq!(site.verdicts(), [Verdict::Unknown, Verdict::Deleted]);
    assert_eq!(site.answer().cluster, ClusterVerdict::Unknown);
}

#[test]
fn without_the_feature_each_node_deletes_for_itself() {
    let mut site =
        site(&["n1", "n2"]).backgrounds().deleted(0, "03:10:00,100").deleted(1, "03:12:00,000");
    site.inventory.spread = DeletionScope::Local;
    assert_eq!(site.verdicts(), [Verdict::Deleted; 2]);
    let site = site.log(1, block("delete", "03:20:00,000", "FAILURE")).imported(1, "03:25:00");
    assert_eq!(site.verdicts(), [Verdict::Deleted, Verdict::Resurrected]);
}

#[test]
fn a_store_outside_the_matrix_is_deleted_node_by_node() {
    let capf = |site: Site| {
        let wanted = TargetCertificate::new("CAPF-trust", NAME).unwrap();
        let logs = site
            .logs
            .into_iter()
            .map(|(node, text)| (node, text.replace("tomcat", "CAPF")))
            .collect();
        Site { wanted, logs, ..site }
    };
    let one = capf(site(&["n1", "n2", "imp1"]).backgrounds().deleted(0, "03:10:00,100"));
    let answer = one.answer();
    assert_eq!(
        (answer.spread, answer.left_out.as_slice()),
        (DeletionScope::Local, &["imp1".to_owned()][..])
    );
    // Nobody knows whether the other node ever held it.
    assert_eq!(one.node(1), (Verdict::Unknown, Code::DeleteNotSeen));
    assert_eq!(answer.cluster, ClusterVerdict::Unknown);
    let both = capf(
        site(&["n1", "n2"]).backgrounds().deleted(0, "03:10:00,100").deleted(1, "03:11:00,000"),
    );
    assert_eq!(both.answer().cluster, ClusterVerdict::Deleted);
}

#[test]
fn a_store_that_no_node_has_is_unknown() {
    let mut site = site(&["n1"]).backgrounds();
    site.wanted = TargetCertificate::new("cup-xmpp-trust", NAME).unwrap();
    let answer = site.answer();
    assert_eq!((answer.nodes.len(), answer.cluster), (0, ClusterVerdict::Unknown));
}

#[test]
fn one_missing_log_of_three_is_enough_to_know_nothing() {
    for missing in 0..3 {
        let mut site = site(&["n1", "n2"]).all_deleted();
        let kind = LogKind::ALL[missing];
        site.logs.retain(|(node, text)| {
            let (summary, _) =
                scan(text.as_bytes(), NodeTime::parse(UNTIL).unwrap(), &mut |_, _| ());
            *node == 0 || !summary.holds(kind)
        });
        assert_eq!(site.node(1), (Verdict::Unknown, Code::LogMissing), "{}", kind.as_str());
        let evidence = &site.answer().nodes[1].evidence;
        assert!(
            evidence.iter().any(|evidence| evidence.kind == EvidenceKind::LogMissing
                && evidence.text == kind.as_str())
        );
    }
}

#[test]
fn a_log_that_breaks_off_is_evidence_and_no_proof() {
    struct Broken<'a>(&'a [u8]);
    impl std::io::Read for Broken<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0.is_empty() {
                Err(std::io::Error::other("cut off"))
            } else {
                self.0.read(buffer)
            }
        }
    }
    let site = site(&["n1"]).all_deleted();
    let mut audit = site.audit();
    let error = audit.read_log(0, "part", Broken(b"Jul  6 03:00:00 n cron 6 x\n")).unwrap_err();
    assert_eq!(error.to_string(), "cut off");
    assert_eq!(
        (audit.answer().nodes[0].verdict, audit.answer().nodes[0].code),
        (Verdict::Unknown, Code::LogIncomplete)
    );
    let back = site.imported(0, "03:30:00").logs.pop().unwrap().1;
    audit.read_log(0, "part", Broken(back.as_bytes())).unwrap_err();
    assert_eq!(audit.answer().nodes[0].verdict, Verdict::Resurrected);
}

#[test]
fn files_that_are_no_logs() {
    let mut audit = site(&["n1"]).audit();
    for text in ["", "\n\n", "{\"a\": 1}\n", "\u{0}\u{1}"] {
        assert!(
            matches!(audit.read_log(0, "x", text.as_bytes()), Err(LogError::NoLog)),
            "{text:?}"
        );
    }
    assert!(matches!(
        audit.read_log(7, "x", "Jul  6 03:00:00 n cron 6 x".as_bytes()),
        Err(LogError::NoLog)
    ));
}

/// A line of the longest length is read to its end, one byte more is cut there.
#[test]
fn the_length_of_a_line_is_limited() {
    let line = |length: usize| {
        let event = event("emitted", "03:10:00", "n1", "(", ")").trim_end().to_owned();
        let (head, tail) = event.split_once("HOSTNAME").unwrap();
        let filler = "x".repeat(length - event.len() - 4);
        format!("{head}PAD={filler}HOSTNAME{tail}\n").replacen("xHOSTNAME", " HOSTNAME", 1)
    };
    assert_eq!(line(MAX_LINE).len(), MAX_LINE + 1);
    for (length, cut, expected) in
        [(MAX_LINE, 0, Verdict::Deleted), (MAX_LINE + 1, 1, Verdict::Unknown)]
    {
        for ending in ["", "\n", "\nJul  6 03:11:00 n cron 6 x\n"] {
            let text = line(length).trim_end().to_owned() + ending;
            let (summary, _) =
                scan(text.as_bytes(), NodeTime::parse(UNTIL).unwrap(), &mut |_, _| ());
            assert_eq!((summary.cut, summary.lines), (cut, 1 + u64::from(ending.len() > 1)));
            let site = site(&["n1"]).backgrounds().deleted(0, "03:10:00,100").log(0, text);
            assert_eq!(site.node(0).0, expected);
        }
    }
}

#[test]
fn the_number_of_entries_is_limited() {
    let imports = |count: usize| {
        format!("2026-07-06 03:00:00,000 INFO [T] - importTrustCert tomcat-trust {NAME}\n")
            .repeat(count)
    };
    for (count, code) in [(MAX_SEEN, Code::DeletionProven), (MAX_SEEN + 1, Code::LogIncomplete)] {
        assert_eq!(site(&["n1"]).all_deleted().log(0, imports(count)).node(0).1, code);
    }
}

/// The answer does not depend on the pieces in which a source returns its bytes.
#[test]
fn reads_of_one_byte_see_the_same() {
    struct Drip<'a>(&'a [u8]);
    impl std::io::Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = buffer.len().min(1).min(self.0.len());
            std::io::Read::read(&mut self.0, &mut buffer[..length])
        }
    }
    let site = site(&["n1", "n2"]).all_deleted();
    let text: String =
        site.logs.iter().filter(|(node, _)| *node == 1).map(|(_, text)| text.as_str()).collect();
    let seen = |source: &mut dyn std::io::Read| {
        let mut seen = Vec::new();
        let collected = NodeTime::parse(UNTIL).unwrap();
        let (summary, read) = scan(source, collected, &mut |place, sighting| match sighting {
            Sighting::Block(block) => seen.push((place, format!("{block:?}"))),
            other => seen.push((place, format!("{other:?}"))),
        });
        read.unwrap();
        (summary, seen)
    };
    let whole = seen(&mut text.as_bytes());
    assert_eq!(whole.1.len(), 2);
    assert_eq!(seen(&mut Drip(text.as_bytes())), whole);
}
