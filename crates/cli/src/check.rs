//! `trustlist check`.

mod agreement;
mod change;
mod loaded;
mod servers;
mod units;

use super::arguments::date;
use super::fleet::Pools;
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
use trustlist::facts::Timestamp;
use trustlist::fleet::Verdict;
use trustlist::report::{Assumption, Taken};
use units::Units;

/// Will phones that hold the lists of one snapshot take those of another?
///
/// With one snapshot: do its lists and servers agree with each other?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  trustlist check before after --inventory phones.csv
      what every phone makes of the new lists, by TFTP node, CallManager group and model
  trustlist check before
      whether the lists that are served now agree with each other and with what TVS presents")]
pub(super) struct CheckArguments {
    /// The snapshot of what phones hold: a folder that `trustlist collect` made
    #[arg(value_name = "BEFORE")]
    before: PathBuf,
    /// The snapshot of what they are offered
    #[arg(value_name = "AFTER")]
    after: Option<PathBuf>,
    /// The phones: CSV with the column device, and any of model, cm_group, tftp_server, itl, ctl
    #[arg(long, value_name = "INVENTORY.csv", requires = "after")]
    inventory: Option<PathBuf>,
    /// A CallManager group, in order; once for each group. Without it and an inventory, all TVS servers are one
    #[arg(long, value_name = "SERVER,…", requires = "after")]
    cm_group: Vec<String>,
    /// The CallManager group of a device pool, for an inventory with device_pool and without cm_group: POOL=ccm1,ccm2, or a file
    /// with both in two columns
    #[arg(long, value_name = "POOL=SERVER,…|FILE", requires = "inventory")]
    pool_group: Vec<String>,
    #[command(flatten)]
    device: DeviceArguments,
    #[command(flatten)]
    tvs: TvsArguments,
    /// Date of the judgement (2026-01-31, or 2026-01-31T02:00:00Z); with one snapshot the clock of this machine
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
    pub(super) fn run(self, output: &mut Output) -> Status {
        let answer = match &self.after {
            Some(after) => self.change(after, output),
            None => self.agreement(output),
        };
        settled(answer, self.json, output)
    }

    fn change(&self, after: &std::path::Path, output: &mut Output) -> Result<Status, String> {
        let (before, after) = (Loaded::read(&self.before)?, Loaded::read(after)?);
        let mut reader = Reader::new(None)?;
        reader.known = Some(known(&[&before, &after])?);
        let servers = Servers::read(&after, &self.tvs, &mut reader)?;
        let reader = RwLock::new(reader);
        let groups = self.groups(&servers);
        let nodes: Vec<Arc<str>> =
            after.snapshot.tftp.iter().map(|node| Arc::from(node.node.as_str())).collect();
        let devices = after.devices();
        let mut units = match &self.inventory {
            Some(path) => {
                Units::of_inventory(path, &devices, &Pools::read(&self.pool_group)?, &reader)?
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
        report.assumed = self.assumed(&servers, &devices);
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

    fn write(&self, report: &CheckReport, output: &mut Output) {
        if self.json {
            output.json(&check_json(report));
        } else if self.html {
            output.print(check_html(report));
        } else {
            output.print(check_text(report));
        }
    }

    fn agreement(&self, output: &mut Output) -> Result<Status, String> {
        let loaded = Loaded::read(&self.before)?;
        let at = self.at.or_else(super::arguments::now).unwrap_or(Timestamp(0));
        let agreement = agreement::agreement(&loaded, at)?;
        if self.json {
            output.json(&agreement_json(&agreement));
        } else {
            output.print(agreement_text(&agreement));
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

    /// What was not given, and what is taken instead.
    fn assumed(&self, servers: &Servers, devices: &[String]) -> Vec<String> {
        let mut assumed = vec![format!(
            "every phone holds the lists that its node served in {}",
            super::input::name(&self.before)
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
            assumed.push("no configuration is judged: --phones of collect not given".to_owned());
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
