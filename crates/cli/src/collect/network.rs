//! Every server asked at the same time, each by a thread of its own; what they say comes to the one that writes.

use super::http::{Client, Fault};
use super::target::Target;
use super::tls::{self, Presented};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, SystemTime};

/// What is asked of whom.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) tftp: Vec<Target>,
    pub(super) names: Vec<String>,
    pub(super) tvs: Vec<Target>,
    pub(super) timeout: Duration,
}

/// What a server said.
#[derive(Debug)]
pub(super) enum Event {
    /// A file of a TFTP node, by the place of both.
    File {
        node: usize,
        name: usize,
        at: SystemTime,
        came: Result<Vec<u8>, Fault>,
    },
    Tvs {
        server: usize,
        at: SystemTime,
        came: Presented,
    },
}

/// Starts to ask. The end of the events is that of the last server. No thread outlives the process, which may end before
/// they do.
pub(super) fn start(asked: Asked, client: &Client) -> Result<Receiver<Event>, String> {
    let (events, received) = sync_channel(EVENTS);
    let names: std::sync::Arc<[String]> = asked.names.into();
    for (node, target) in asked.tftp.into_iter().enumerate() {
        let (events, client, names) = (events.clone(), client.clone(), names.clone());
        spawn(move || files(node, &target, &names, &client, &events))?;
    }
    for (server, target) in asked.tvs.into_iter().enumerate() {
        let (events, timeout) = (events.clone(), asked.timeout);
        spawn(move || {
            let came = tls::present(&target, timeout);
            let _ = events.send(Event::Tvs { server, at: SystemTime::now(), came });
        })?;
    }
    Ok(received)
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<(), String> {
    thread::Builder::new()
        .spawn(work)
        .map(drop)
        .map_err(|error| format!("cannot start a thread: {error}"))
}

/// Asks a node for one file after the other; of one that does not answer, no more than a few.
fn files(
    node: usize,
    target: &Target,
    names: &[String],
    client: &Client,
    events: &SyncSender<Event>,
) {
    let mut failed = 0;
    for (name, wanted) in names.iter().enumerate() {
        let came = client.fetch(target, wanted);
        let given_up = matches!(came, Err(Fault::Unreachable(_)));
        failed = if matches!(came, Err(Fault::Other(_))) { failed + 1 } else { 0 };
        // Gone where nothing is written any more.
        let gone = events.send(Event::File { node, name, at: SystemTime::now(), came }).is_err();
        if gone || given_up || failed >= MAX_FAILED {
            return;
        }
    }
}

/// Events that wait: a file each.
const EVENTS: usize = 4;
/// Files in a row that fail before a node is asked for no more.
const MAX_FAILED: usize = 4;
