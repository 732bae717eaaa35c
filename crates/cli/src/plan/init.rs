//! `trustlist plan init`.

use crate::fleet::{Inventory, PoolCounts, Pools, Row};
use crate::input::{self, Input};
use crate::limits::MAX_FILE_SIZE;
use crate::output::{Output, Status, settled};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trustlist::phone::TlsVersion;
use trustlist_cluster::cluster::Mode;
use trustlist_cluster::plan::{self, Known, Pasted, PhoneRow};
use trustlist_cluster::release::Release;
use trustlist_cluster::report::plan::{init_json, mark_text};

#[derive(Debug, clap::Args)]
pub(super) struct Init {
    /// Pasted output; NODE=FILE names the node of the output [default: standard input]
    ///
    /// show itl of each TFTP node, show ctl, utils service list, utils dbreplication runtimestate,
    /// show tls min-version, and the queries that `trustlist preflight` names.
    #[arg(value_name = "[NODE=]PASTE")]
    pastes: Vec<String>,
    /// The phones: CSV or .xlsx, as CUCM exports it
    ///
    /// With the column device, and any of model, tftp_servers, cm_group, security (or Device
    /// Security Profile), lsc, itl, ctl, status.
    #[arg(long, value_name = "INVENTORY.csv")]
    phones: Option<PathBuf>,
    /// The CallManager group of a device pool (POOL=ccm1,ccm2), or a file with both in two columns
    ///
    /// For an inventory with a column device_pool and without a column cm_group.
    #[arg(long, value_name = "POOL=SERVER,…", requires = "phones")]
    pool_group: Vec<String>,
    /// The version, such as 12.5(1)SU6
    #[arg(long)]
    version: Option<String>,
    /// The security mode
    #[arg(long, value_parser = ["mixed", "non-secure"])]
    mode: Option<String>,
    /// The publisher
    #[arg(long, value_name = "NODE")]
    publisher: Option<String>,
    /// The TFTP servers, in order, of the phones whose row in the inventory names none
    #[arg(long, value_name = "NODE,…", value_delimiter = ',', requires = "phones")]
    tftp: Vec<String>,
    /// The minimum TLS version of the cluster (`show tls min-version`): 1.0, 1.1, 1.2 or 1.3
    #[arg(long, value_name = "VERSION", value_parser = ["1.0", "1.1", "1.2", "1.3"])]
    tls_minimum: Option<String>,
}

impl Init {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let answer = self.answer(input, output);
        settled(answer, false, output)
    }

    fn answer(&self, input: &Input, output: &mut Output) -> Result<Status, String> {
        let pastes = input::or_text_piped(&self.pastes)?;
        let files: Vec<(Option<&str>, String, String)> =
            pastes.iter().map(|paste| read(input, paste)).collect::<Result<_, _>>()?;
        input.limits.paste_together(files.iter().map(|(_, _, text)| text.len()).sum())?;
        let pastes: Vec<Pasted<'_>> = files
            .iter()
            .map(|(node, name, text)| Pasted {
                node: *node,
                name: name.as_str(),
                text: text.as_str(),
            })
            .collect();
        let pools = Pools::read(input, &self.pool_group)?;
        let phones = self.phones.as_deref().map(|path| phones(input, output, path, &pools));
        let mut phones = phones.transpose()?;
        for row in phones.iter_mut().flatten().filter(|row| row.tftp_servers.is_empty()) {
            row.tftp_servers.clone_from(&self.tftp);
        }
        let init = plan::init(&pastes, phones.as_deref(), &self.known()?)
            .map_err(|error| error.to_string())?;
        for mark in &init.marks {
            output.warning(mark_text(mark));
        }
        output.json(&init_json(&init));
        Ok(Status::Fine)
    }

    fn known(&self) -> Result<Known, String> {
        let release = |text: &String| -> Result<Release, String> {
            text.parse().map_err(|error| {
                format!("--version {}: expected {error}", trustlist::report::Plain(text))
            })
        };
        Ok(Known {
            version: self.version.as_ref().map(release).transpose()?,
            mode: self
                .mode
                .as_deref()
                .map(|word| if word == "mixed" { Mode::Mixed } else { Mode::NonSecure }),
            publisher: self.publisher.clone(),
            tls_minimum: self.tls_minimum.as_deref().and_then(TlsVersion::from_word),
        })
    }
}

/// A file, or `NODE=FILE` where no file has that whole name.
fn read<'a>(input: &Input, paste: &'a str) -> Result<(Option<&'a str>, String, String), String> {
    let (node, path) = input::of_node(paste);
    let bytes = input.read(path)?;
    match input.decoded(&input::name(path), &bytes)? {
        Some(text) => Ok((node, input::name(path), text)),
        None => Err(format!("{}: expected pasted text, found bytes of a file", input::name(path))),
    }
}

/// Reads the phones of an inventory. The error names its line.
fn phones(
    input: &Input,
    output: &Output,
    path: &Path,
    pools: &Pools,
) -> Result<Vec<PhoneRow>, String> {
    let name = input::name(path);
    let mut inventory = Inventory::open(input, path)?;
    let mut seen = PoolCounts::default();
    let pool = if pools.is_empty() {
        None
    } else if inventory.columns.cm_group.is_some() {
        return Err(format!("--pool-group: {name} has a column cm_group, which says the group"));
    } else {
        let none = || format!("--pool-group: {name} has no column device_pool");
        let place = inventory.columns.device_pool.ok_or_else(none)?;
        // The servers take the place of the pool.
        if let Some(key) = inventory.columns.keys.get_mut(place) {
            "cm_group".clone_into(key);
        }
        Some(place)
    };
    // The same in the form that the library reads, each row in its own line.
    let mut text = line(
        inventory
            .columns
            .keys
            .iter()
            .map(|key| if is_other(key, &inventory.columns.keys) { "" } else { key }),
    );
    let (mut lines, mut row) = (1, Row::default());
    while inventory.next(&mut row)? {
        if let Some(fault) = &row.fault {
            return Err(format!("{name}: line {}: {fault}", row.line));
        }
        while lines + 1 < row.line {
            text.push('\n');
            lines += 1;
        }
        let mut cells: Vec<_> = row.record.iter().map(String::from_utf8_lossy).collect();
        if let Some(cell) = pool.and_then(|place| cells.get_mut(place)) {
            let servers = pools.of(cell).map(|servers| servers.join(";")).unwrap_or_default();
            seen.add(&Arc::from(std::mem::replace(cell, servers.into()).trim()), 1);
        }
        text.push_str(&line(cells.iter().map(AsRef::as_ref)));
        lines += 1;
        if text.len() as u64 > input.limits.scaled(MAX_FILE_SIZE) {
            return Err(format!(
                "{name}: line {}: more text than is read; {}",
                row.line,
                input.limits.advice()
            ));
        }
    }
    if pool.is_some() {
        if let Some(error) = seen.unused(pools, &name) {
            return Err(error);
        }
        // A file may be of the whole cluster.
        let idle = seen.idle(pools);
        if let Some(first) = idle.first() {
            let more = match idle.len() {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            output.warning(format_args!(
                "--pool-group: no phone of {name} is in the device pool {}{more} of the file",
                trustlist::report::Plain(first)
            ));
        }
    }
    plan::inventory_within(&text, input.limits.phones())
        .map_err(|error| input.limits.inventory_error(&name, &error))
}

/// Checks if a column has the same meaning as another one that is read instead.
fn is_other(key: &str, keys: &[String]) -> bool {
    let others =
        NAMES.iter().filter(|(read, _)| key != *read && keys.iter().any(|known| known == read));
    others.flat_map(|(_, names)| names.iter()).any(|name| key.eq_ignore_ascii_case(name))
}

/// The names that the library reads too, by the column that counts before them.
const NAMES: [(&str, &[&str]); 4] = [
    ("device", &["name", "device name", "phone"]),
    ("model", &["phone model", "device type", "type"]),
    ("cm_group", &["callmanager group", "group"]),
    ("tftp_server", &["tftp_servers", "tftp"]),
];

/// A line of cells in quotation marks; a line break in a cell is a blank.
fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells
        .map(|cell| format!("\"{}\"", cell.replace(['\r', '\n'], " ").replace('"', "\"\"")))
        .collect();
    cells.join(",") + "\n"
}
