//! `trustlist check`.

mod agreement;
mod change;
mod loaded;
mod servers;
mod units;

use super::arguments::date;
use super::fleet::Pools;
use super::input::{self, Input};
use super::mixups;
use super::output::{Output, Status, settled};
use super::predict::{DeviceArguments, Known, Reader, TvsArguments};
use super::values;
use crate::Verifier;
use crate::report::check::{
    AgreementCheck, AgreementKind, AgreementVerdict, CheckReport, Topic, agreement_json,
    agreement_text, check_html, check_json, check_text,
};
use change::Change;
use loaded::Pairs;
pub(super) use loaded::{Loaded, NamedFile, Served, host_of};
use servers::Servers;
use std::cell::RefCell;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use trustlist::Verdict;
use trustlist::facts::{Files, Timestamp};
use trustlist::report::{Assumption, Taken, counted};
use units::Units;

/// Predict which phones accept the lists of a second snapshot
///
/// Phones are expected to have the lists of the first snapshot. With one snapshot alone: check if
/// its lists and servers agree with each other.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArguments {
    /// The snapshot of the lists on the phones: a folder that `trustlist collect` made
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The snapshot of the lists that they are offered
    #[arg(value_name = "AFTER")]
    after: Option<PathBuf>,
    /// The phones: CSV with the column device, and any of model, cm_group, tftp_server, itl, ctl
    #[arg(long, value_name = "INVENTORY.csv", requires = "after")]
    inventory: Option<PathBuf>,
    /// A CallManager group of phones that name none, in order; once for each group [default: all TVS
    /// servers as one group]
    #[arg(long, value_name = "SERVER,…", requires = "after")]
    cm_group: Vec<String>,
    /// The CallManager group of a device pool (POOL=ccm1,ccm2), or a file with both in two columns
    ///
    /// For an inventory with a column device_pool and without a column cm_group.
    #[arg(long, value_name = "POOL=SERVER,…|FILE", requires = "inventory")]
    pool_group: Vec<String>,
    #[command(flatten)]
    device: DeviceArguments,
    #[command(flatten)]
    tvs: TvsArguments,
    /// The snapshots are in the right order, although times or lists say otherwise; or no list was
    /// expected to change
    #[arg(long, requires = "after", hide_short_help = true)]
    as_given: bool,
    /// Date at which certificates are valid or not (2026-01-31) [default with one snapshot: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    at: Option<Timestamp>,
    /// Print JSON (trustlist.check/1; with one snapshot trustlist.agreement/1)
    #[arg(long, conflicts_with = "html")]
    json: bool,
    /// Print the answer as a page
    #[arg(long, requires = "after")]
    html: bool,
}

impl CheckArguments {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let answer = match &self.after {
            Some(after) => self.change(input, after, output),
            None => self.agreement(input, output),
        };
        settled(answer, self.json, output)
    }

    fn change(
        &self,
        input: &Input,
        after: &std::path::Path,
        output: &mut Output,
    ) -> Result<Status, String> {
        let (before, after) = (Loaded::read(input, &self.before)?, Loaded::read(input, after)?);
        if before.is(&after) {
            return Err(format!(
                "{}, {}: the same snapshot twice, expected the one from before the change and the one \
                 from after it. `trustlist check {}` says if its lists and servers agree with each other",
                before.name, after.name, before.name
            ));
        }
        let mut reader = Reader::new(input, None)?;
        reader.known = Some(known(&[&before, &after])?);
        let pairs = Pairs::of(&before, &after);
        let mut doubts = self.doubts(&before, &after, &pairs, &mut reader)?;
        let differs = differences(&after, &mut reader)?;
        let stale = change::stale(&before, &after, &pairs, &differs, &mut reader)?;
        doubts.extend(stale.doubts);
        let servers = Servers::read(&after, &self.tvs, &mut reader)?;
        if servers.contradictions.iter().any(|told| told.helps) {
            doubts.push(format!(
                "an option contradicts {} and could make phones accept (see Assumed): --as-given says that \
                 the option is right",
                after.name
            ));
        }
        reader.notes.drain(..).for_each(|note| output.warning(note));
        let reader = RwLock::new(reader);
        let groups = self.groups(&servers);
        let nodes: Vec<Arc<str>> =
            after.snapshot.tftp.iter().map(|node| Arc::from(node.node.as_str())).collect();
        let mut devices = after.devices();
        // A phone that had a list of its own may be offered the one for all now.
        let known: HashSet<String> =
            devices.iter().map(|device| device.to_ascii_lowercase()).collect();
        let own = before.devices().into_iter();
        devices.extend(own.filter(|device| !known.contains(&device.to_ascii_lowercase())));
        let mut units = match &self.inventory {
            Some(path) => {
                let pools = Pools::read(input, &self.pool_group)?;
                let mut units = Units::of_inventory(input, path, &devices, &pools, &reader)?;
                let name = input::name(path);
                if let Some(error) = units.pools.unused(&pools, &name) {
                    return Err(error);
                }
                if units.units.is_empty() && units.unreadable == 0 {
                    return Err(format!(
                        "{name}: no phone in the inventory, expected a row for each"
                    ));
                }
                let group = groups.iter().flatten().next().map(|group| group.join(", "));
                let group = group.unwrap_or_else(|| "every TVS server".to_owned());
                units.ignored.extend(units.pools.without_group(&pools, &group));
                units
            }
            None => {
                let mut units = Units::of_kinds(&nodes, &groups, self);
                units.add_devices(&devices, &nodes, &groups);
                units
            }
        };
        let mut ignored = stale.assumed;
        ignored.append(&mut units.ignored);
        ignored.extend(self.unsaid(&units, &groups, &nodes));
        if self.inventory.is_some() {
            ignored.extend(units.add_unlisted(&devices));
        }
        let configured = after.configured();
        ignored.extend(self.unconfigured(&units, &configured));
        let change = Change {
            before: &before,
            after: &after,
            pairs: &pairs,
            servers: &servers,
            arguments: self,
            reader: &reader,
            groups,
            memory: RefCell::default(),
            assumed: RefCell::default(),
            lone: if self.cm_group.is_empty() {
                mixups::lone_groups(&servers.names())
            } else {
                Vec::new()
            },
        };
        let duplicates = units.duplicates;
        let mut report = change.judge(units)?;
        if self.as_given {
            report.assumed.extend(doubts);
        } else {
            report.open.splice(0..0, doubts);
        }
        let contradictions = servers.contradictions.iter().map(|told| told.line.clone());
        report.assumed.splice(0..0, contradictions);
        report.differs = differs.into_iter().map(difference).collect();
        report.assumed.append(&mut self.assumed(&servers));
        report.assumed.extend(change.assumed.take());
        if duplicates > 0 {
            let rows = if duplicates == 1 { "row repeats" } else { "rows repeat" };
            report.assumed.push(format!(
                "each row of the inventory is a phone, although {duplicates} {rows} a device of an earlier row"
            ));
        }
        report.assumed.append(&mut ignored);
        report.assumed.extend(before.not_given().into_iter().chain(after.not_given()));
        report.assumed.extend(before.odd_files().chain(after.odd_files()));
        report.assumed.extend(servers.silent.iter().map(|server| {
            format!(
                "TVS server {server} does not answer phones: it did not answer when {} was collected",
                after.name
            )
        }));
        report.assumed.extend(servers.begged.iter().cloned());
        if report.verdict().is_none() && report.unreadable == 0 {
            return Err(format!(
                "{}: no TFTP node and no phone, expected the lists of at least one node",
                after.name
            ));
        }
        self.write(&report, output);
        Ok(status(&report))
    }

    /// Returns what makes these two snapshots doubtful as a change: the answer is then never a firm yes.
    ///
    /// # Errors
    /// If times and lists both say that the order is wrong. A time alone decides nothing: clocks differ;
    /// nor do lists alone: a restored backup is older too.
    fn doubts(
        &self,
        before: &Loaded,
        after: &Loaded,
        pairs: &Pairs<'_>,
        reader: &mut Reader,
    ) -> Result<Vec<String>, String> {
        let older = change::older(before, after, pairs, reader)?;
        let collected = before.snapshot.begun > after.snapshot.begun;
        let (first, second) = (&before.name, &after.name);
        let times = || {
            format!(
                "{second} was collected before {first} ({}, {})",
                after.snapshot.begun, before.snapshot.begun
            )
        };
        let insist = "--as-given says that the order is right";
        let mut doubts = Vec::new();
        match (older, collected) {
            (Some(older), true) if !self.as_given => {
                return Err(format!(
                    "{first}, {second}: expected the older snapshot first: {older}, and {}. \
                     Run `trustlist check {second} {first}`, or insist with --as-given",
                    times()
                ));
            }
            (Some(older), true) => doubts.push(format!("{older}, and {}", times())),
            (Some(older), false) => doubts.push(format!(
                "{older}: was a backup restored, or are the snapshots in the wrong order? {insist}"
            )),
            (None, true) => {
                doubts.push(format!("{}: are the snapshots in the wrong order? {insist}", times()))
            }
            (None, false) => {}
        }
        doubts.extend(after.unchanged_since(pairs));
        doubts.extend(change::strangers(before, after));
        doubts.extend(after.lost_ctl(before));
        Ok(doubts)
    }

    /// Returns what is assumed for rows of an inventory that do not name their CallManager group or TFTP
    /// server.
    fn unsaid(
        &self,
        units: &Units,
        groups: &[Option<Vec<Arc<str>>>],
        nodes: &[Arc<str>],
    ) -> Vec<String> {
        if self.inventory.is_none() {
            return Vec::new();
        }
        let count = |lacks: fn(&units::Unit) -> bool| -> u64 {
            let lacking = units.units.iter().filter(|(unit, _)| lacks(unit));
            lacking.filter_map(|(_, phones)| *phones).sum()
        };
        let who = |count: u64| match count {
            1 => "1 phone of the inventory names".to_owned(),
            count => format!("{count} phones of the inventory name"),
        };
        let mut unsaid = Vec::new();
        let groupless = count(|unit| unit.cm_group.is_none());
        let name = |group: &Option<Vec<Arc<str>>>| {
            group.as_deref().map(|group| group.join(", ")).unwrap_or_default()
        };
        match groups {
            _ if groupless == 0 && self.cm_group.is_empty() => {}
            _ if groupless == 0 => unsaid.push(
                "--cm-group is not used: every phone of the inventory names its CallManager group"
                    .to_owned(),
            ),
            [one] if !name(one).is_empty() => unsaid.push(format!(
                "{} no CallManager group: {} is assumed",
                who(groupless),
                name(one)
            )),
            [_] | [] => unsaid.push(format!("{} no CallManager group", who(groupless))),
            _ => unsaid.push(format!(
                "{} no CallManager group: each is checked in every group of --cm-group, and counted \
                 in the one with the worst answer",
                who(groupless)
            )),
        }
        let nodeless = count(|unit| unit.tftp.is_none());
        if nodeless > 0 && nodes.len() > 1 {
            unsaid.push(format!(
                "{} no TFTP server: each is checked at every TFTP node, and counted at the one with \
                 the worst answer",
                who(nodeless)
            ));
        }
        unsaid
    }

    /// Returns what is assumed for phones whose own configuration was not collected.
    fn unconfigured(&self, units: &Units, configured: &HashSet<String>) -> Option<String> {
        if configured.is_empty() {
            return Some("no configuration is checked: --phones of collect not given".to_owned());
        }
        let has_one = |unit: &units::Unit| {
            let device = unit.device.as_ref().map(|device| device.to_ascii_lowercase());
            device.is_some_and(|device| configured.contains(&device))
        };
        let without = || units.units.iter().filter(|(unit, _)| !has_one(unit));
        without().next()?;
        let of = match without().map(|(_, phones)| *phones).sum::<Option<u64>>() {
            Some(phones) => counted(phones, "phone"),
            None => "other phones".to_owned(),
        };
        Some(format!(
            "no configuration is checked for {of}: only {} in --phones of collect",
            counted(configured.len(), "phone")
        ))
    }

    fn write(&self, report: &CheckReport, output: &mut Output) {
        if self.json {
            output.json(&check_json(report));
        } else if self.html {
            output.print(check_html(report));
        } else {
            output.text(check_text(report));
        }
    }

    fn agreement(&self, input: &Input, output: &mut Output) -> Result<Status, String> {
        let loaded = Loaded::read(input, &self.before)?;
        let at = self.at.or_else(super::arguments::now);
        let agreement = agreement::agreement(&loaded, at, &mut Files::new(Verifier))?;
        if self.json {
            output.json(&agreement_json(&agreement));
        } else {
            output.text(agreement_text(&agreement));
        }
        Ok(match agreement.verdict() {
            AgreementVerdict::Agrees | AgreementVerdict::Note => Status::Fine,
            AgreementVerdict::Unknown => Status::Undecided,
            AgreementVerdict::Differs => Status::Negative,
        })
    }

    /// The CallManager groups of phones that name none.
    fn groups(&self, servers: &Servers) -> Vec<Option<Vec<Arc<str>>>> {
        let names = |text: &String| values::servers(text).map(Arc::from).collect();
        let groups: Vec<Option<Vec<Arc<str>>>> =
            self.cm_group.iter().map(|text| Some(names(text))).collect();
        let all = servers.names();
        match (groups.is_empty(), all.is_empty()) {
            (false, _) => groups,
            (true, true) => vec![None],
            (true, false) => vec![Some(all)],
        }
    }

    /// Returns the assumptions: facts that were not given, and their replacements.
    fn assumed(&self, servers: &Servers) -> Vec<String> {
        let mut assumed = vec![format!(
            "every phone has the lists that its node offered in {}",
            input::name(&self.before)
        )];
        if self.inventory.is_none() && !self.device.names_model() && !self.device.says_security() {
            assumed.push(
                "one phone of every model family with Security By Default: neither --inventory nor --model given".to_owned(),
            );
        }
        if servers.is_unknown() {
            assumed.push(Assumption::new(Taken::TvsUnknown, "--tvs of collect").to_string());
        }
        if self.cm_group.is_empty() && self.inventory.is_none() && servers.names().len() > 1 {
            assumed.push(
                "every phone may ask all TVS servers: neither --inventory nor --cm-group given"
                    .to_owned(),
            );
        }
        let mut unnamed: Vec<_> = self
            .groups(servers)
            .iter()
            .flatten()
            .flat_map(|group| servers.unnamed(&servers.group(group)))
            .collect();
        unnamed.sort();
        unnamed.dedup();
        assumed.extend(unnamed.iter().map(|server| server.assumption().to_string()));
        assumed
    }
}

/// Returns what does not agree inside a snapshot. Its phones may accept the lists all the same: the old
/// list of a node that was not restarted, a CTL without the new certificates.
fn differences(after: &Loaded, reader: &mut Reader) -> Result<Vec<AgreementCheck>, String> {
    let mut checks = agreement::agreement(after, None, &mut reader.files)?.checks;
    checks.retain(|check| check.verdict == AgreementVerdict::Differs);
    // An ITL with the old certificates does not name those of TVS either.
    if checks.iter().any(|check| check.topic == Topic::TvsOfNodes) {
        checks.retain(|check| check.check != AgreementKind::TvsRecords);
    }
    Ok(checks)
}

/// Returns a difference as a sentence.
fn difference(check: AgreementCheck) -> String {
    check.node.map(|node| format!("{node}: ")).unwrap_or_default() + &check.told
}

/// The lists of both snapshots, by their checksums: an inventory may name them so.
fn known(snapshots: &[&Loaded]) -> Result<Known, String> {
    let mut known = Known::default();
    for loaded in snapshots {
        for served in loaded.snapshot.tftp.iter().flat_map(|node| &node.files) {
            if let Some(kept) = served.file.as_ref().filter(|kept| kept.path.ends_with(".tlv")) {
                known.add(PathBuf::from(&kept.path), loaded.bytes(kept)?);
            }
        }
    }
    Ok(known)
}

/// That of the worst group; as with `fleet`, rows that cannot be used are unusable input.
fn status(report: &CheckReport) -> Status {
    match report.verdict() {
        _ if report.unreadable > 0 => Status::Unusable,
        None => Status::Unusable,
        Some(Verdict::Accept) => Status::Fine,
        Some(Verdict::Depends) => Status::Undecided,
        Some(Verdict::Reject) => Status::Negative,
    }
}
