//! Lines of logs: no panic, what is written again reads as the same, and a scan in pieces sees what
//! a whole one sees.

use std::io::Read;
use trustlist_cluster::deletion::logs::{LogSummary, Sighting, join, parse_line, scan};
use trustlist_cluster::deletion::{
    Audit, ClusterVerdict, DeletionScope, Inventory, InventoryNode, NodeTime, TargetCertificate,
};
use trustlist_cluster::platform_event::{EventLine, PlatformEvent};

pub fn logs(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for line in text.lines() {
        if let Some(event) = PlatformEvent::parse(line) {
            let written = event.to_string();
            let again =
                PlatformEvent::parse(&written).expect("an event that was read can be read again");
            assert_eq!(again.to_string(), written);
            assert_eq!(again.is_deletion(), event.is_deletion());
        }
        if let Some(line) = EventLine::parse(line) {
            let written = line.to_string();
            assert_eq!(
                EventLine::parse(&written)
                    .expect("a line that was read can be read again")
                    .to_string(),
                written
            );
        }
    }
    for entry in join(&text) {
        let _ = parse_line(&entry);
    }
    let (summary, whole) = seen(data);
    assert_eq!(summary.bytes, data.len() as u64);
    assert_eq!((summary, whole), seen(InPieces(data, 7)));
    audited(data);
}

/// The report of a scan.
fn seen(source: impl Read) -> (LogSummary, Vec<String>) {
    let mut seen = Vec::new();
    let (summary, read) = scan(source, collected(), &mut |place, sighting| match sighting {
        Sighting::Block(block) => seen.push(format!("{place:?} {block:?}")),
        other => seen.push(format!("{place:?} {other:?}")),
    });
    read.expect("bytes in memory do not break off");
    (summary, seen)
}

/// A node without logs keeps the cluster from being called clean, whatever the other one wrote.
fn audited(data: &[u8]) {
    let node = |name: &str| InventoryNode {
        name: name.to_owned(),
        product: trustlist_cluster::release::Product::Cucm,
    };
    let nodes = vec![node("larch01"), node("larch02")];
    let inventory = Inventory {
        nodes,
        spread: DeletionScope::Event,
        collected_until: collected(),
        clock_skew_seconds: 60,
    };
    let mut audit = Audit::new(
        inventory,
        TargetCertificate::new("tomcat-trust", "oldpartner.pem").expect("a store and a name"),
    );
    let _ = audit.read_log(0, "log", data);
    assert_ne!(audit.answer().cluster, ClusterVerdict::Deleted);
}

fn collected() -> NodeTime {
    NodeTime::parse("2026-07-06T04:30:00").expect("a moment")
}

/// A reader that returns at most this number of bytes at once.
struct InPieces<'a>(&'a [u8], usize);

impl Read for InPieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(self.1);
        self.0.read(&mut buffer[..length])
    }
}
