//! `trustlist fleet`.

mod inventory;
mod lists;
mod phones;
mod rows;
mod run;
mod source;

use super::arguments::date;
use super::gate::Gate;
use super::input::{self, Input};
use super::limits::MAX_MESSAGES;
use super::mixups;
use super::output::{Output, Status, settled};
use super::predict::{DeviceArguments, Reader, TvsArguments, tvs_answers};
use super::signals::Interrupt;
use super::terminal::Screen;
use super::values::servers;
use inventory::{Columns, Feed, Next};
pub(super) use inventory::{Inventory, Row, is_device};
use lists::{Configs, Defaults, Itls};
pub(super) use lists::{Held, Lists};
use phones::{Phones, Site};
pub(super) use phones::{PoolCounts, Pools, first_node};
use rows::Rows;
use run::{Progress, Run};
pub(super) use source::utf16;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use trustlist::code::{ConditionCode, FindingCode};
use trustlist::facts::{FileId, ListKind, Timestamp};
use trustlist::fleet::Fleet;
use trustlist::phone::{ConfigOffer, Device, ListOffer, Offer, Phone};
use trustlist::question::TvsAnswers;
use trustlist::report::Plain;
use trustlist::report::fleet::{FleetReport, fleet_html, fleet_json, fleet_line, fleet_text};

/// Predict for every phone of an inventory if it accepts the offered files
#[derive(Debug, clap::Args)]
#[command(override_usage = "trustlist fleet [OPTIONS] [INVENTORY.csv]")]
#[command(group = clap::ArgGroup::new("offered").required(true).multiple(true)
    .args(["offered_itl", "offered_ctl", "offered_config"]))]
pub(super) struct FleetArguments {
    /// The phones: CSV or .xlsx, as CUCM exports it [default: standard input]
    ///
    /// With the column device, and any of model, itl, ctl, cm_group, tftp_server, in any order and
    /// under the names of CUCM (Device Name, Device Type, …). itl and ctl are files, or checksums
    /// of lists under --known.
    #[arg(value_name = "INVENTORY.csv")]
    inventory: Option<PathBuf>,
    /// The ITL that the TFTP servers offer; SERVER=FILE for one of them
    #[arg(long, value_name = "FILE")]
    offered_itl: Vec<String>,
    /// The CTL that the TFTP servers offer
    #[arg(long, value_name = "FILE")]
    offered_ctl: Option<PathBuf>,
    /// The signed configurations: a folder with DEVICE.cnf.xml.sgn for each phone, or one file
    #[arg(long, value_name = "DIR", conflicts_with = "no_config")]
    offered_config: Option<PathBuf>,
    /// The servers have no signed configurations
    #[arg(long)]
    no_config: bool,
    /// Folder of lists that the inventory may name by MD5, SHA-1 or SHA-256
    #[arg(long, value_name = "DIR")]
    known: Option<PathBuf>,
    /// Phones with neither itl nor ctl have no list [default: their lists are a missing fact]
    #[arg(long, conflicts_with_all = ["installed_itl", "installed_ctl", "before"], hide_short_help = true)]
    factory_fresh: bool,
    /// The ITL on phones with neither itl nor ctl; NODE=FILE for phones of one TFTP node
    #[arg(long, value_name = "FILE")]
    installed_itl: Vec<String>,
    /// The CTL on phones with neither itl nor ctl
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    installed_ctl: Option<PathBuf>,
    /// A snapshot: a phone has the list that its node offered in it if its row names none of that kind
    #[arg(long, value_name = "SNAPSHOT", conflicts_with_all = ["installed_itl", "installed_ctl"])]
    before: Option<PathBuf>,
    #[command(flatten)]
    device: DeviceArguments,
    /// The CallManager group of phones without a cm_group, in order
    #[arg(long, value_name = "SERVER", value_delimiter = ',')]
    cm_group: Option<Vec<String>>,
    /// The CallManager group of a device pool (POOL=ccm1,ccm2), or a file with both in two columns
    ///
    /// For an inventory with a column device_pool and without a column cm_group.
    #[arg(long, value_name = "POOL=SERVER,…|FILE", hide_short_help = true)]
    pool_group: Vec<String>,
    /// Name or address of the TFTP server of phones without a tftp_server
    #[arg(long, value_name = "ADDRESS", hide_short_help = true)]
    tftp_server: Option<String>,
    #[command(flatten)]
    tvs: TvsArguments,
    /// Date at which certificates are valid or not (2026-01-31)
    #[arg(long, value_name = "DATE", value_parser = date, hide_short_help = true)]
    at: Option<Timestamp>,
    /// Stop at the first row that cannot be used
    #[arg(long, hide_short_help = true)]
    strict: bool,
    /// Print a row for each phone before the summary
    #[arg(long, conflicts_with_all = ["csv", "html"])]
    rows: bool,
    /// Count the phones by this column of the inventory too: "Device Pool"
    #[arg(long, value_name = "COLUMN")]
    by: Option<String>,
    /// Name at most this many of the phones that need work in the summary
    #[arg(long, value_name = "N", hide_short_help = true, default_value_t = FIRST, value_parser = clap::value_parser!(u16))]
    first: u16,
    /// Print JSON (trustlist.fleet/1)
    #[arg(long, conflicts_with_all = ["csv", "html"])]
    json: bool,
    /// Print the inventory as CSV, with the answers as further columns
    #[arg(long, conflicts_with = "html")]
    csv: bool,
    /// Print the summary as a page (HTML)
    #[arg(long)]
    html: bool,
    #[command(flatten)]
    gate: Gate,
    /// For `plan recover`: refusals that a command helps are no negative answer.
    #[arg(skip)]
    recovery: bool,
}

impl FleetArguments {
    /// Returns the question of `plan recover` about every phone of an inventory.
    pub(super) fn of_recovery(
        [inventory, known, offered_ctl]: [Option<PathBuf>; 3],
        offered_itl: String,
        device: DeviceArguments,
        tvs: TvsArguments,
        csv: bool,
        json: bool,
    ) -> Self {
        Self {
            inventory,
            offered_itl: vec![offered_itl],
            offered_ctl,
            offered_config: None,
            no_config: false,
            known,
            factory_fresh: false,
            installed_itl: Vec::new(),
            installed_ctl: None,
            before: None,
            device,
            cm_group: None,
            pool_group: Vec::new(),
            tftp_server: None,
            tvs,
            at: None,
            strict: false,
            rows: false,
            by: None,
            first: FIRST,
            json,
            csv,
            html: false,
            gate: Gate::default(),
            recovery: true,
        }
    }

    /// Adds the CallManager groups of the phones.
    pub(super) fn with_groups(
        mut self,
        cm_group: Option<Vec<String>>,
        pool_group: Vec<String>,
    ) -> Self {
        (self.cm_group, self.pool_group) = (cm_group, pool_group);
        self
    }

    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let answer = self.answer(input, output);
        // Rows are written at once: a document after them would be a second one.
        settled(answer, self.json && !self.rows, output)
    }

    fn answer(&self, input: &Input, output: &mut Output) -> Result<Status, String> {
        let path = input::or_piped(self.inventory.as_ref())?;
        let words = FindingCode::ALL.iter().map(|code| code.as_str());
        let words: Vec<&str> =
            words.chain(ConditionCode::ALL.iter().map(|code| code.as_str())).collect();
        self.gate.check("fleet", &words)?;
        let mut reader = Reader::new(input, self.known.as_deref())?;
        let itls = Itls::read("--offered-itl", &self.offered_itl, &mut reader)?;
        let (offer, configs) = self.offer(&itls, &mut reader)?;
        // After the offered lists: a paste of one of them is known to be that list.
        let tvs = tvs_answers(&self.tvs, &mut reader)?;
        let mut begged = tvs.assumed(|file| itls.offers(file) || is_list(&offer.ctl, file));
        begged.extend(one_for_all(&offer, &reader));
        let tvs = tvs.answers;
        reader.notes.drain(..).for_each(|note| output.warning(note));
        let group = self.cm_group.as_ref();
        let group = group.map(|group| {
            group.iter().flat_map(|names| servers(names)).map(Arc::from).collect::<Vec<Arc<str>>>()
        });
        let of_fleet = tvs.of_group(group.as_deref());
        let defaults = Defaults::read(
            &self.installed_itl,
            self.installed_ctl.as_deref(),
            self.before.as_ref(),
            &mut reader,
        )?;
        for phone in defaults.phones() {
            mixups::kinds(&phone, &offer, "")?;
        }
        for itl in itls.every() {
            let offer = offer.clone().with_itl(itl.clone());
            mixups::kinds(&Phone::new(Device::unknown()), &offer, "")?;
        }
        let pools = Pools::read(input, &self.pool_group)?;
        let site = Site {
            device: &self.device,
            cm_group: group,
            tftp_server: self.tftp_server.as_deref().map(Arc::from),
            factory_fresh: self.factory_fresh,
            offer: &offer,
            itls: &itls,
            tvs: &tvs,
            defaults: &defaults,
            pools: &pools,
            of_fleet: &of_fleet,
        };
        let reader = RwLock::new(reader);
        let mut inventory = Inventory::open(input, &path)?;
        let by = self.by.as_ref().map(|name| match inventory.columns.named(name) {
            Some(place) => Ok((name.clone(), place)),
            None => Err(format!("--by {}: no such column in the inventory", Plain(name))),
        });
        let by = by.transpose()?;
        if !pools.is_empty() {
            inventory.columns.group_by_pool();
        }
        let fleet = Fleet::new(&offer, &of_fleet, &reader);
        let phones =
            Phones::new(site, Lists::new(input, &reader, &path), inventory.columns.clone());
        let alone = match &tvs {
            TvsAnswers::Known { servers, .. } => {
                let servers: Vec<_> = servers.iter().map(|server| server.server.clone()).collect();
                mixups::lone_groups(&servers)
            }
            TvsAnswers::Unknown => Vec::new(),
        };
        let configs = configs.map(|folder| Configs::new(input, folder, &reader, &offer));
        let judge = fleet.judge_with_memory();
        let run = Run::new(
            phones,
            judge,
            configs,
            inventory.columns.clone(),
            self.first.into(),
            self.strict,
        )
        .by(by)
        .alone(alone);
        self.judge(&input::name(&path), inventory, run, (&pools, begged), output)
    }

    /// Reads the inventory to its end, or until something stops it, and writes what came of it.
    fn judge(
        &self,
        name: &str,
        inventory: Inventory,
        mut run: Run<'_>,
        (pools, begged): (&Pools, Vec<String>),
        output: &mut Output,
    ) -> Result<Status, String> {
        let columns = inventory.columns.clone();
        let mut rows = match self.writer(&columns, output.screen) {
            Ok(rows) => rows,
            Err(error) => return ended(&error, Status::Fine, output),
        };
        let progress = Progress::new(inventory.size, rows.is_some());
        let feed =
            Feed::start(inventory).map_err(|error| format!("cannot start to read: {error}"))?;
        let read = rows_of(name, &feed, &mut run, rows.as_mut(), progress, output);
        let mut tally = run.finish();
        tally.report.assumed = run::assumed(self, &columns, &tally);
        tally.report.assumed.extend(begged);
        tally.report.assumed.extend(tally.pools.without_group(pools, "every TVS server"));
        let wrong_pool = tally.pools.unused(pools, name).filter(|_| tally.report.stopped.is_none());
        if let (Some(error), None) = (&wrong_pool, &rows) {
            return Err(error.clone());
        }
        if self.csv {
            tally.notes.sentences().for_each(|note| output.warning(note));
        }
        let report = &tally.report;
        let status = match self.recovery {
            true => run::recovery_status(report),
            false => run::status(report, &self.gate),
        };
        if let Err(error) = read {
            return ended(&error, status, output);
        }
        // The rows are written already: the error comes after them.
        let status = wrong_pool.as_ref().map_or(status, |error| {
            output.error(error);
            Status::Unusable
        });
        if let Some(stopped) = &report.stopped {
            output.error(format_args!("{name}: {}: the result is partial", Plain(stopped)));
        } else if report.summary.worst().is_none() && report.unreadable == 0 {
            output
                .error(format_args!("{name}: no phone in the inventory, expected a row for each"));
        }
        self.write(rows, report, status, output)
    }

    /// Where rows are asked for, what writes them.
    fn writer(&self, columns: &Columns, screen: Screen) -> io::Result<Option<Rows<Target>>> {
        let target = || io::BufWriter::with_capacity(BUFFER, io::stdout());
        let columns = || columns.clone();
        Ok(match (self.csv, self.rows, self.json) {
            (true, ..) => Some(Rows::csv(target(), columns(), screen)?),
            (_, true, true) => Some(Rows::json(target(), columns(), screen)?),
            (_, true, false) => Some(Rows::text(target(), columns(), screen)),
            (_, false, _) => None,
        })
    }

    fn write(
        &self,
        rows: Option<Rows<Target>>,
        report: &FleetReport,
        status: Status,
        output: &mut Output,
    ) -> Result<Status, String> {
        if let Some(rows) = rows {
            if self.csv {
                let line = self.led(report, fleet_line(report).to_string());
                output.warning(line.trim_end().replace('\n', " "));
            }
            return match rows.finish(report) {
                Ok(()) => Ok(status),
                Err(error) => ended(&error, status, output),
            };
        }
        if self.json {
            output.json(&fleet_json(report));
        } else if self.html {
            output.print(fleet_html(report));
        } else {
            output.text(self.led(report, fleet_text(report).to_string()));
        }
        Ok(status)
    }

    /// Begins the answer of a recovery with its own line: that phones refuse files is known before.
    fn led(&self, report: &FleetReport, text: String) -> String {
        let line = if self.recovery { run::recovery_line(report) } else { None };
        let Some(line) = line else { return text };
        let counted = ["YES: ", "NO: ", "UNDECIDED: "].iter().find_map(|word| {
            let rest = text.strip_prefix(word)?;
            let mut letters = rest.chars();
            let first = letters.next()?.to_uppercase();
            Some(format!("{first}{}", letters.as_str()))
        });
        format!("{line}\n{}", counted.unwrap_or(text))
    }

    /// The offer for all phones; and where each has a configuration of its own, their folder.
    fn offer(&self, itls: &Itls, reader: &mut Reader) -> Result<(Offer, Option<PathBuf>), String> {
        let ctl = lists::offered_list(self.offered_ctl.as_deref(), ListKind::Ctl, reader)?;
        let itl = itls.of_all().clone();
        let (config, folder) = match &self.offered_config {
            Some(path) if path.is_dir() => (ConfigOffer::NotServed, Some(path.clone())),
            Some(path) => (reader.config(path)?, None),
            None if self.no_config => (ConfigOffer::NotServed, None),
            None => (ConfigOffer::NotJudged, None),
        };
        Ok((
            Offer::new()
                .with_ctl(ctl)
                .with_itl(itl)
                .with_config(config)
                .with_tls_minimum(self.tvs.tls_minimum)
                .with_at(self.at),
            folder,
        ))
    }
}

/// Checks if an offer is this list.
fn is_list(offer: &ListOffer, file: &FileId) -> bool {
    matches!(offer, ListOffer::List(list) if list.file == *file)
}

/// Judges the rows as they come. The error is that of writing.
fn rows_of(
    name: &str,
    feed: &Feed,
    run: &mut Run<'_>,
    mut rows: Option<&mut Rows<Target>>,
    mut progress: Progress,
    output: &Output,
) -> io::Result<()> {
    let interrupt = Interrupt::listen();
    while !run.is_stopped() {
        if interrupt.is_pressed() {
            run.stop(format!("interrupted after {} rows", run.rows()));
            break;
        }
        let batch = match feed.next() {
            Next::Rows(batch) => batch,
            Next::Wait => {
                // A reader at the other end of a pipe gets the rows that are ready.
                rows.as_deref_mut().map_or(Ok(()), Rows::flush)?;
                continue;
            }
            Next::Gone => break,
        };
        for row in batch.rows() {
            let came = run.judge(row);
            if let Err(fault) = &came {
                progress.end();
                // A fault that stops everything is printed at the end.
                if !run.is_stopped() {
                    unusable(name, run.unreadable(), row.line, fault, output);
                }
            }
            if let Some(rows) = rows.as_deref_mut() {
                rows.write(row.line, &row.record, &came)?;
            }
            if run.is_stopped() {
                break;
            }
            progress.row(run.rows(), row.bytes);
        }
        match &batch.end {
            None => feed.used(batch),
            Some(Ok(())) => break,
            Some(Err(error)) => run.stop(error.clone()),
        }
    }
    progress.end();
    Ok(())
}

/// Prints that a row cannot be used; only the first ones of many.
fn unusable(name: &str, number: u64, line: u64, fault: &str, output: &Output) {
    let more = match number.cmp(&MAX_MESSAGES) {
        std::cmp::Ordering::Less => "",
        std::cmp::Ordering::Equal => "; more such rows are only counted",
        std::cmp::Ordering::Greater => return,
    };
    output.error(format_args!("{name}: line {line}: {}{more}", Plain(fault)));
}

/// A closed pipe is no failure; a full disk is.
fn ended(error: &io::Error, status: Status, output: &Output) -> Result<Status, String> {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Ok(status);
    }
    output.error(format_args!("cannot write to standard output: {error}"));
    Ok(Status::Unusable)
}

/// Phones that the summary names.
const FIRST: u16 = 20;
/// The target of rows.
type Target = io::BufWriter<io::Stdout>;

/// Bytes written at once.
const BUFFER: usize = 1 << 16;

/// Returns the assumption that one configuration stands for those of all phones, if it is that of one.
fn one_for_all(offer: &Offer, reader: &Reader) -> Option<String> {
    let ConfigOffer::Config(config) = &offer.config else { return None };
    let device = mixups::device_of_config(reader.files.bytes(&config.file)?)?;
    Some(format!(
        "the configuration of every phone is signed as that of {}, the file of --offered-config",
        trustlist::report::Plain(device)
    ))
}
