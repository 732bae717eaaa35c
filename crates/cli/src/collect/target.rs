//! Servers as the command line names them: `[NAME=]HOST[:PORT]`.

use crate::limits::MAX_TARGETS;
use std::net::Ipv6Addr;
use trustlist::report::Plain;

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

/// What a host name or an address is made of; a name may also have an underscore.
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
