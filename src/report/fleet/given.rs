//! The facts that a question about a fleet gives, and the assumptions in place of the others.

use super::UnknownList;
use crate::report::{Assumption, Taken, Wording};
use crate::text::counted;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The facts that the options and the columns of a question about a fleet give.
#[derive(Clone, Copy, Debug, Default)]
pub struct FleetGiven {
    /// The inventory has the column itl.
    pub column_itl: bool,
    /// The inventory has the column ctl.
    pub column_ctl: bool,
    /// A column or an option names the models.
    pub model: bool,
    /// A column or an option names the TFTP servers.
    pub tftp_server: bool,
    /// A column or an option names the CallManager groups.
    pub cm_group: bool,
    /// Phones with neither list are factory-fresh.
    pub factory_fresh: bool,
    /// The ITL of phones that name none is given.
    pub installed_itl: bool,
    /// The CTL of phones that name none is given.
    pub installed_ctl: bool,
    /// A list that a phone does not name is the one that its node offered before.
    pub before: bool,
    /// The server offers an ITL.
    pub offered_itl: bool,
    /// The server offers a CTL.
    pub offered_ctl: bool,
    /// The server offers configurations.
    pub offered_config: bool,
    /// The server has no configurations.
    pub no_config: bool,
    /// Something is known about TVS.
    pub tvs: bool,
    /// Something is known about more than one TVS server.
    pub several_tvs: bool,
}

impl FleetGiven {
    /// Returns the assumptions in place of what is not given, one sentence each, with the missing option or column; the plain wording
    /// names columns alone.
    pub fn assumptions(&self, wording: Wording) -> Vec<String> {
        let (itl, ctl) = (self.column_itl, self.column_ctl);
        let defaults = self.installed_itl || self.installed_ctl || self.before;
        let without_lists = !itl && !ctl && !self.factory_fresh && !defaults;
        let signed_lists = self.offered_config && (ctl || self.offered_ctl);
        let missing = [
            (
                without_lists,
                Taken::InstalledListsUnknown,
                "columns itl and ctl, and --factory-fresh,",
            ),
            (itl && !ctl && !defaults, Taken::NoCtlOnPhone, "column ctl"),
            (ctl && !itl && !defaults, Taken::NoItlOnPhone, "column itl"),
            (self.installed_ctl && !self.installed_itl, Taken::NoItlOnPhone, "--installed-itl"),
            (self.installed_itl && !self.installed_ctl, Taken::NoCtlOnPhone, "--installed-ctl"),
            (!self.offered_ctl, Taken::NoCtlOnServer, "--offered-ctl"),
            (!self.offered_itl, Taken::NoItlOnServer, "--offered-itl"),
            (!self.offered_config && !self.no_config, Taken::ConfigNotJudged, "--offered-config"),
            (!self.model, Taken::DeviceUnknown, "column model"),
            (signed_lists && !self.tftp_server, Taken::TftpServerUnknown, "column tftp_server"),
            (!self.tvs, Taken::TvsUnknown, "--tvs"),
            (self.several_tvs && !self.cm_group, Taken::TvsOrder, "column cm_group"),
        ];
        let missing = missing.into_iter().filter(|(missing, ..)| *missing);
        missing.map(|(_, taken, left_out)| sentence(taken, left_out, wording)).collect()
    }

    /// Returns the assumption about phones with neither list, if a column gives those of other phones.
    pub fn lists_not_given(&self, phones: u64, wording: Wording) -> Option<String> {
        let is_told = phones > 0 && (self.column_itl || self.column_ctl);
        is_told.then(|| {
            let phones = counted(phones, "phone");
            let left_out = match wording {
                Wording::Options => ": --factory-fresh not given",
                Wording::Plain => "",
            };
            format!("nothing is known of the lists on {phones} with neither itl nor ctl{left_out}")
        })
    }
}

fn sentence(taken: Taken, left_out: &'static str, wording: Wording) -> String {
    let assumption = Assumption::new(taken, left_out);
    let columns =
        left_out.split(", and --").next().filter(|left_out| left_out.starts_with("column"));
    match (wording, columns) {
        (Wording::Plain, Some(columns)) => {
            format!("{}: {columns} not given", assumption.sentence(wording))
        }
        _ => assumption.sentence(wording),
    }
}

/// Returns the assumption about a model that is not known.
pub fn unknown_model(model: &str, wording: Wording) -> String {
    Assumption::new(Taken::ModelUnknown(model.to_owned()), "--security-by-default")
        .sentence(wording)
}

/// Returns the assumptions about TVS servers about which nothing was said: the first ones, and the number of the others.
pub fn unnamed_servers(
    servers: impl ExactSizeIterator<Item = Assumption>,
    wording: Wording,
) -> Vec<String> {
    let more = servers.len().saturating_sub(NAMED);
    let mut assumed: Vec<String> = servers.take(NAMED).map(|one| one.sentence(wording)).collect();
    if more > 0 {
        let left_out = match wording {
            Wording::Options => " that no --tvs is for",
            Wording::Plain => "",
        };
        assumed.push(format!("nothing is known about {more} more TVS servers{left_out}"));
    }
    assumed
}

/// The lists that are known by a checksum only, counted phone by phone.
#[derive(Clone, Debug, Default)]
pub struct UnknownLists(BTreeMap<Arc<str>, (u64, u64)>);

impl UnknownLists {
    /// Counts phones that hold this list; of `most` lists at most. The line is that of the first of the phones.
    pub fn note(&mut self, checksum: &Arc<str>, phones: u64, line: u64, most: usize) {
        let Self(lists) = self;
        if lists.len() < most || lists.contains_key(checksum) {
            let (count, first) = lists.entry(checksum.clone()).or_insert((0, line));
            *count = count.saturating_add(phones);
            *first = (*first).min(line);
        }
    }

    /// Returns them, the one on most phones first.
    pub fn lists(&self) -> Vec<UnknownList> {
        let lists = self.0.iter();
        let mut lists: Vec<_> = lists
            .map(|(checksum, &(phones, line))| UnknownList {
                checksum: checksum.to_string(),
                phones,
                line,
            })
            .collect();
        lists.sort_by_key(|list| (std::cmp::Reverse(list.phones), list.line));
        lists
    }
}

/// Models and servers that assumptions name.
pub const NAMED: usize = 10;
