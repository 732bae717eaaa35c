//! The parts of service lists that are read: activated services, and the primary node.

use super::{CISCO_CALLMANAGER, TFTP, squeezed};
use crate::preflight::Check;
use alloc::string::String;
use alloc::vec::Vec;

/// `utils service list` of a node.
pub(super) struct ServiceList {
    pub(super) node: String,
    pub(super) place: String,
    /// The services that are not activated.
    pub(super) off: Vec<String>,
    /// The services that the paste names: a list that was cut does not name every one.
    pub(super) shown: [Option<&'static str>; 2],
    /// True if its last line says that this is the publisher; `None` without that line.
    pub(super) primary: Option<bool>,
}

impl ServiceList {
    pub(super) fn activated(&self, service: &str) -> Option<bool> {
        let is_off = self.off.iter().any(|name| name.trim().eq_ignore_ascii_case(service));
        if is_off { Some(false) } else { self.shown.contains(&Some(service)).then_some(true) }
    }
}

/// The text of a paste, which may hold thousands of service lists, for what is read of each.
pub(super) struct Services<'a> {
    lines: Vec<&'a str>,
    pub(super) shown: [Option<&'static str>; 2],
}

impl<'a> Services<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let letters = squeezed(text);
        let is_shown = |service: &&str| letters.contains(&[&squeezed(service), "["].concat());
        let shown = [CISCO_CALLMANAGER, TFTP].map(|service| Some(service).filter(is_shown));
        Self { lines: text.split_inclusive('\n').collect(), shown }
    }

    /// Returns what `Primary Node =true`, the end of a service list, says of its node.
    pub(super) fn primary(&self, check: &Check) -> Option<bool> {
        let line = usize::try_from(check.evidence.as_ref()?.line.0).ok()?;
        let lines = self.lines.get(line.saturating_sub(1)..)?.iter().enumerate();
        // A prompt ends the output, which may be one line.
        let output = lines.take_while(|(at, line)| *at == 0 || !line.contains("admin:"));
        let letters = output.flat_map(|(_, line)| line.chars()).take(LONGEST_SERVICES);
        let output = squeezed(&letters.collect::<String>());
        let (_, said) = output.split_once("primarynode=")?;
        match (said.starts_with("true"), said.starts_with("false")) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }
}

/// Letters of a service list in which its end is looked for; it has some 60 rows.
const LONGEST_SERVICES: usize = 1 << 14;
