//! `trustlist check`.

mod agreement;
mod change;
mod loaded;
mod servers;
mod units;

use super::arguments::date;
use super::fleet::Pools;
use super::input::{self, Input};
use super::output::{Output, Status, settled};
use super::predict::{DeviceArguments, Known, Reader, TvsArguments};
use crate::report::check::{
    AgreementVerdict, CheckReport, agreement_json, agreement_text, check_html, check_json,
    check_text,
};
use change::Change;
pub(super) use loaded::{Loaded, Served};
use servers::Servers;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use trustlist::Verdict;
use trustlist::facts::Timestamp;
use trustlist::report::{Assumption, Taken};
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
    /// A CallManager group, in order; once for each group [default: all TVS servers as one group]
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
    /// Do not refuse a second snapshot whose lists are older than those of the first
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
        let mut reader = Reader::new(input, None)?;
        reader.known = Some(known(&[&before, &after])?);
        self.order(&before, &after, &mut reader, output)?;
        let servers = Servers::read(&after, &self.tvs, &mut reader)?;
        let reader = RwLock::new(reader);
        let groups = self.groups(&servers);
        let nodes: Vec<Arc<str>> =
            after.snapshot.tftp.iter().map(|node| Arc::from(node.node.as_str())).collect();
        let devices = after.devices();
        let mut units = match &self.inventory {
            Some(path) => {
                let pools = Pools::read(input, &self.pool_group)?;
                Units::of_inventory(input, path, &devices, &pools, &reader)?
            }
            None => {
                let mut units = Units::of_kinds(&nodes, &groups, self);
                units.add_devices(&devices, &nodes, &groups);
                units
            }
        };
        let mut ignored = std::mem::take(&mut units.ignored);
        let change = Change {
            before: &before,
            after: &after,
            servers: &servers,
            arguments: self,
            reader: &reader,
            groups,
        };
        let mut report = change.judge(units)?;
        report.assumed.extend(after.unchanged_since(&before));
        report.assumed.append(&mut self.assumed(&servers, &devices));
        report.assumed.append(&mut ignored);
        report.assumed.extend(before.not_given().into_iter().chain(after.not_given()));
        if report.verdict().is_none() && report.unreadable == 0 {
            return Err(format!(
                "{}: no TFTP node and no phone, expected the lists of at least one node",
                after.name
            ));
        }
        self.write(&report, output);
        Ok(status(&report))
    }

    /// Refuses snapshots in the wrong order. The lists say it; the times of collecting alone decide
    /// nothing, as a restored backup is older too.
    fn order(
        &self,
        before: &Loaded,
        after: &Loaded,
        reader: &mut Reader,
        output: &Output,
    ) -> Result<(), String> {
        let older = change::older(before, after, reader)?;
        let collected = before.snapshot.begun > after.snapshot.begun;
        let (first, second) = (&before.name, &after.name);
        match (older, collected) {
            (Some(older), true) if !self.as_given => Err(format!(
                "{first}, {second}: expected the older snapshot first: {older}, and {second} was collected before {first}. \
                 Run `trustlist check {second} {first}`, or insist with --as-given"
            )),
            (Some(older), _) => {
                output.warning(format_args!(
                    "{older}: was a backup restored, or are the snapshots in the wrong order?"
                ));
                Ok(())
            }
            (None, true) => {
                output.warning(format_args!(
                    "{second} was collected before {first}: are the snapshots in the wrong order?"
                ));
                Ok(())
            }
            (None, false) => Ok(()),
        }
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
        let at = self.at.or_else(super::arguments::now).unwrap_or(Timestamp(0));
        let agreement = agreement::agreement(&loaded, at)?;
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
        let names = |text: &String| {
            text.split([',', ';', ' ']).filter(|name| !name.is_empty()).map(Arc::from).collect()
        };
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
    fn assumed(&self, servers: &Servers, devices: &[String]) -> Vec<String> {
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
        if devices.is_empty() {
            assumed.push("no configuration is checked: --phones of collect not given".to_owned());
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
