//! The kind of a file that a server offered, or that was given instead.

use super::network::Target;
use crate::Verifier;
use crate::words;
use std::net::IpAddr;
use std::sync::Arc;
use trustlist::facts::{Files, ListFacts, ListKind};
use trustlist::report::Plain;
use trustlist::report::list::parse_error;
use trustlist::wire::{self, ParseError, Role};

/// Says that a list is not signed with the key of its own signer.
pub(crate) const BROKEN: &str = "the signature is not made by its signer";

/// Returns [`BROKEN`] if that is so: such a list was damaged, or made by a forger.
pub(super) fn broken(bytes: &[u8]) -> Option<&'static str> {
    let mut files = Files::new(Verifier);
    let list = files.list(bytes).ok()?;
    files.is_signature_broken(&list.file).then_some(BROKEN)
}

/// Reads the bytes as a list of this kind.
pub(super) fn list(bytes: &[u8], kind: ListKind) -> Result<Arc<ListFacts>, String> {
    let list = Files::new(Verifier).list(bytes).map_err(|error| told(&error))?;
    let other = matches!(
        (kind, list.kind),
        (ListKind::Itl, ListKind::Ctl) | (ListKind::Ctl, ListKind::Itl)
    );
    if other {
        let found = words::a_list(list.kind);
        return Err(format!("the name inside it is that of {found}"));
    }
    Ok(list)
}

/// Why these bytes are no signed configuration.
pub(super) fn config(bytes: &[u8]) -> Result<(), String> {
    match wire::parse(bytes).map_err(|error| told(&error))? {
        wire::File::Signed(_) => Ok(()),
        wire::File::List(_) => Err("a list, expected a signed configuration".to_owned()),
    }
}

fn told(error: &ParseError) -> String {
    parse_error("", error).trim_start_matches(": ").to_owned()
}

/// The one TFTP node that an ITL names: each ITL names its own node as TFTP server, and no other
/// (C-60, P-ITL-7).
pub(super) fn node_of(list: &ListFacts) -> Option<(Arc<str>, Option<IpAddr>)> {
    let of_tftp =
        list.records.iter().filter(|record| matches!(record.role, Role::CcmTftp | Role::Tftp));
    let mut nodes: Vec<(Arc<str>, Option<IpAddr>)> = Vec::new();
    for record in of_tftp {
        if !nodes.iter().any(|(name, _)| same_host(name, &record.server)) {
            nodes.push((record.server.clone(), record.address));
        }
    }
    match &nodes[..] {
        [(name, address)] if !name.is_empty() && list.kind != ListKind::Ctl => {
            Some((name.clone(), *address))
        }
        _ => None,
    }
}

/// Returns a line if an ITL is of another node than the one that was asked, by the names in it.
pub(super) fn other_node(list: &ListFacts, target: &Target) -> Option<String> {
    other_name(list, [target.name.as_str(), target.host.as_str()]).map(|name| {
        format!(
            "the list of TFTP node {}, by the name inside it; {}=HOST says that this is the node's name",
            Plain(&name),
            Plain(&name)
        )
    })
}

/// Returns the node that an ITL names, if it is surely none of these names and addresses.
pub(crate) fn other_name(list: &ListFacts, asked: [&str; 2]) -> Option<Arc<str>> {
    let (name, address) = node_of(list)?;
    let names: Vec<&str> =
        asked.into_iter().filter(|name| name.parse::<IpAddr>().is_err()).collect();
    let addresses: Vec<IpAddr> = asked.into_iter().filter_map(|name| name.parse().ok()).collect();
    let found: Option<IpAddr> = name.parse().ok().or(address);
    let same = names.iter().any(|asked| same_host(asked, &name))
        || found.is_some_and(|found| addresses.contains(&found));
    // A name says nothing about an address, and the other way round.
    let comparable = if name.parse::<IpAddr>().is_ok() {
        !addresses.is_empty()
    } else {
        !names.is_empty() || found.is_some()
    };
    (!same && comparable).then_some(name)
}

/// Checks if two names are of one host: `ccm1` and `ccm1.voice.example`.
pub(crate) fn same_host(one: &str, other: &str) -> bool {
    if one.eq_ignore_ascii_case(other) {
        return true;
    }
    if one.parse::<IpAddr>().is_ok() || other.parse::<IpAddr>().is_ok() {
        return false;
    }
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    !short.is_empty()
        && long.get(..short.len()).is_some_and(|start| start.eq_ignore_ascii_case(short))
        && long.as_bytes().get(short.len()) == Some(&b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_host() {
        for (one, other) in [
            ("ccm1", "CCM1.voice.example"),
            ("ccm1.voice", "ccm1"),
            ("a", "A"),
            ("192.0.2.1", "192.0.2.1"),
        ] {
            assert!(same_host(one, other) && same_host(other, one), "{one} {other}");
        }
        for (one, other) in [
            ("ccm1", "ccm10"),
            ("ccm1", "ccm1x.y"),
            ("", "a"),
            ("192.0.2.1", "192.0.2.1.x"),
            ("192", "192.0.2.1"),
        ] {
            assert!(!same_host(one, other) && !same_host(other, one), "{one} {other}");
        }
    }
}
