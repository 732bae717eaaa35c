//! The servers of the command line, and files over HTTP (P-BOOT-2), bounded in time and size: every
//! server is asked at the same time.

use super::tls::{self, Presented};
use crate::limits::{MAX_SERVED, MAX_TARGETS};
use std::io::{self, Read};
use std::net::Ipv6Addr;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, SystemTime};
use trustlist::report::Plain;
use ureq::Agent;

/// The servers, and the files to ask for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) tftp: Vec<Target>,
    pub(super) names: Vec<String>,
    pub(super) tvs: Vec<Target>,
    pub(super) timeout: Duration,
}

/// An answer of a server.
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

/// Starts to ask. The end of the events is that of the last server. No thread outlives the process,
/// which may end before they do.
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
        // The receiver ends when writing has failed.
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

/// Asks TFTP nodes.
#[derive(Clone, Debug)]
pub(super) struct Client {
    agent: Agent,
    timeout: Duration,
}

/// Why no file came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server has no such file.
    NotFound,
    /// Nothing accepts connections: asking for further files is in vain.
    Unreachable(String),
    /// Anything else, in one line.
    Other(String),
}

impl Client {
    /// Makes a client that follows no redirect and takes no proxy from the environment.
    pub(super) fn new(timeout: Duration, proxy: Option<&str>) -> Result<Self, String> {
        let proxy = match proxy {
            Some(proxy) => {
                Some(ureq::Proxy::new(proxy).map_err(|error| format!("--proxy {proxy}: {error}"))?)
            }
            None => None,
        };
        let config = Agent::config_builder()
            .proxy(proxy)
            // A redirect is reported, never followed: only servers of the command line are
            // contacted.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(timeout))
            .max_response_header_size(MAX_HEADERS)
            .max_idle_connections(0)
            .user_agent("trustlist");
        Ok(Self { agent: config.build().into(), timeout })
    }

    /// Fetches one file, whole.
    pub(super) fn fetch(&self, target: &Target, name: &str) -> Result<Vec<u8>, Fault> {
        let url = format!("http://{}/{name}", target.address());
        let mut answer = self.agent.get(&url).call().map_err(|error| self.fault(&error))?;
        match answer.status().as_u16() {
            200 => {}
            404 => return Err(Fault::NotFound),
            status @ 300..=399 => {
                let to = answer
                    .headers()
                    .get("location")
                    .map(|to| String::from_utf8_lossy(to.as_bytes()).into_owned());
                let to = to.map(|to| format!(" to {to}")).unwrap_or_default();
                return Err(Fault::Other(format!(
                    "a redirect{to} (HTTP {status}), which is not followed"
                )));
            }
            status => return Err(Fault::Other(format!("HTTP status {status}"))),
        }
        let said = answer.body().content_length();
        if let Some(length) = said.filter(|&length| length > MAX_SERVED) {
            return Err(Fault::Other(format!("the server announces {length} bytes, {TOO_LONG}")));
        }
        let mut bytes = Vec::new();
        let mut body = answer.body_mut().as_reader().take(MAX_SERVED + 1);
        let read = body.read_to_end(&mut bytes);
        let came = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if came > MAX_SERVED {
            return Err(Fault::Other(format!("the transfer does not end, {TOO_LONG}")));
        }
        match (read, said) {
            (Ok(_), Some(said)) if came != said => Err(cut(came, Some(said))),
            (Ok(_), _) => Ok(bytes),
            (Err(error), said) => Err(match error.downcast::<ureq::Error>() {
                Ok(error @ ureq::Error::Timeout(_)) => self.fault(&error),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => Fault::Other(self.slow()),
                _ => cut(came, said),
            }),
        }
    }

    fn fault(&self, error: &ureq::Error) -> Fault {
        match error {
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
                Fault::Unreachable(self.slow())
            }
            ureq::Error::Timeout(_) => Fault::Other(self.slow()),
            ureq::Error::HostNotFound => Fault::Unreachable("the name is not known".to_owned()),
            ureq::Error::Io(error) if is_about_connecting(error) => {
                Fault::Unreachable(plain(error))
            }
            ureq::Error::ConnectionFailed => Fault::Unreachable("the connection failed".to_owned()),
            ureq::Error::Io(error) => Fault::Other(plain(error)),
            other => Fault::Other(format!("no answer in HTTP: {other}")),
        }
    }

    fn slow(&self) -> String {
        format!("no whole answer within {} s (--timeout)", self.timeout.as_secs())
    }
}

fn cut(came: u64, said: Option<u64>) -> Fault {
    Fault::Other(match said {
        Some(said) => format!("the transfer ended after {came} of {said} bytes"),
        None => format!("the transfer broke off after {came} bytes"),
    })
}

/// Checks if the connection itself failed.
fn is_about_connecting(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable};
    matches!(
        error.kind(),
        AddrNotAvailable | ConnectionRefused | HostUnreachable | NetworkUnreachable
    ) || is_unknown(error)
}

/// Checks if a name has no address. The standard library has no error kind for it.
fn is_unknown(error: &io::Error) -> bool {
    error.to_string().starts_with("failed to lookup address")
}

/// The error without the number of the system.
pub(super) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The longest header of an answer.
const MAX_HEADERS: usize = 16 << 10;
const TOO_LONG: &str = "expected at most 2 MiB (cli::limits::MAX_SERVED)";

/// A server that is asked. No other address is contacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The name in the snapshot.
    pub(super) name: String,
    pub(super) host: String,
    pub(super) port: u16,
}

impl Target {
    /// Reads `[NAME=]HOST[:PORT]`. An IPv6 address with a port is in brackets.
    pub(super) fn parse(text: &str, port: u16) -> Result<Self, String> {
        let wrong = || format!("{}: expected [NAME=]HOST[:PORT]", Plain(text));
        let (name, place) = match text.trim().split_once('=') {
            Some((name, place)) => (Some(name.trim()), place.trim()),
            None => (None, text.trim()),
        };
        let (host, port) = place_of(place, port).ok_or_else(wrong)?;
        let name = name.unwrap_or(host);
        let fit =
            |text: &str| !text.is_empty() && text.len() <= MAX_NAME && text.chars().all(is_of_host);
        if !fit(host) || !fit(name) || !name.chars().any(char::is_alphanumeric) {
            return Err(wrong());
        }
        Ok(Self { name: name.to_owned(), host: host.to_owned(), port })
    }

    /// Returns the host and the port as a URL and `snapshot.json` write them.
    pub(super) fn address(&self) -> String {
        match self.host.parse::<Ipv6Addr>() {
            Ok(host) => format!("[{host}]:{}", self.port),
            Err(_) => format!("{}:{}", self.host, self.port),
        }
    }
}

/// Reads the targets of an option, each name once.
pub(super) fn targets(option: &str, values: &[String], port: u16) -> Result<Vec<Target>, String> {
    let mut targets: Vec<Target> = Vec::new();
    for value in values {
        let target = Target::parse(value, port).map_err(|error| format!("{option} {error}"))?;
        if targets.iter().any(|known| folder_name(&known.name) == folder_name(&target.name)) {
            return Err(format!("{option} {}: expected each server once", Plain(value)));
        }
        targets.push(target);
    }
    if targets.len() > MAX_TARGETS {
        return Err(format!(
            "{option}: {} servers, expected at most {MAX_TARGETS} (cli::limits::MAX_TARGETS)",
            targets.len()
        ));
    }
    Ok(targets)
}

/// Returns the folder of a node: its name, as every file system takes it.
pub(super) fn folder_name(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name: String = name.chars().map(plain).collect();
    let trimmed = name.trim_matches('.');
    if trimmed.is_empty() { "node".to_owned() } else { trimmed.to_owned() }
}

fn place_of(place: &str, port: u16) -> Option<(&str, u16)> {
    if let Some(rest) = place.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        let port = if rest.is_empty() { port } else { port_of(rest.strip_prefix(':')?)? };
        return host.parse::<Ipv6Addr>().is_ok().then_some((host, port));
    }
    if place.parse::<Ipv6Addr>().is_ok() {
        return Some((place, port));
    }
    match place.split_once(':') {
        Some((host, given)) => Some((host, port_of(given)?)),
        None => Some((place, port)),
    }
}

fn port_of(text: &str) -> Option<u16> {
    text.parse().ok().filter(|&port| port != 0)
}

/// Checks if a letter may be in a host name or an address; names may have an underscore.
fn is_of_host(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':')
}

/// Letters of the longest host name of DNS.
const MAX_NAME: usize = 253;

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<(String, String)> {
        Target::parse(text, 6970).ok().map(|target| (target.name.clone(), target.address()))
    }

    fn some(name: &str, address: &str) -> Option<(String, String)> {
        Some((name.to_owned(), address.to_owned()))
    }

    #[test]
    fn names_hosts_and_ports() {
        assert_eq!(parsed("ccm1"), some("ccm1", "ccm1:6970"));
        assert_eq!(
            parsed(" ccm1.voice.example:80 "),
            some("ccm1.voice.example", "ccm1.voice.example:80")
        );
        assert_eq!(parsed("ccm1=192.0.2.1:8080"), some("ccm1", "192.0.2.1:8080"));
        assert_eq!(parsed("2001:db8::1"), some("2001:db8::1", "[2001:db8::1]:6970"));
        assert_eq!(parsed("ccm1=[2001:db8::1]:80"), some("ccm1", "[2001:db8::1]:80"));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in [
            "",
            "=",
            "a=",
            "=a",
            "ccm1:0",
            "ccm1:x",
            "http://ccm1",
            "ccm1/x",
            "a b",
            "[x]",
            "[::1]x",
            "..",
            "a@b",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn a_folder_is_never_outside() {
        assert_eq!(folder_name("../CCM1"), "-ccm1");
        assert_eq!(folder_name("2001:db8::1"), "2001-db8--1");
        assert_eq!(folder_name(".."), "node");
    }

    #[test]
    fn servers_are_limited_at_the_last() {
        let names =
            |count: usize| (0..count).map(|number| format!("ccm{number}")).collect::<Vec<_>>();
        assert_eq!(targets("--tftp", &names(MAX_TARGETS), 6970).unwrap().len(), MAX_TARGETS);
        assert!(
            targets("--tftp", &names(MAX_TARGETS + 1), 6970)
                .unwrap_err()
                .contains("cli::limits::MAX_TARGETS")
        );
    }

    #[test]
    fn each_server_is_named_once() {
        let twice = ["ccm1".to_owned(), "CCM1:80".to_owned()];
        assert_eq!(
            targets("--tftp", &twice, 6970).unwrap_err(),
            "--tftp CCM1:80: expected each server once"
        );
    }
}
