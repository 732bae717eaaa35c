//! The lists and configurations of a fleet: on the phones and on the servers, each file and each
//! content read once.

use super::phones::Listed;
use super::source::beside;
use crate::check::{Loaded, Served, host_of};
use crate::collect::{BROKEN, same_host};
use crate::input::{self, Input};
use crate::mixups;
use crate::predict::{Known, KnownFile, Reader};
use sha1::Digest;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use trustlist::facts::{FileId, ListFacts, ListKind};
use trustlist::fleet::{Answer, Judge, LooseConfig, Member, OwnConfig};
use trustlist::phone::{ConfigOffer, Device, InstalledLists, ListOffer, Offer, Phone, Tvs};
use trustlist::report::list::parse_error;
use trustlist::report::of_other_kind;

/// The content of a cell about a list on a phone.
#[derive(Clone, Debug)]
pub(crate) enum Held {
    /// Nothing is written there.
    Empty,
    /// A print says that there is no such list.
    Nothing,
    /// This list.
    List(Arc<ListFacts>),
    /// A list that is known by this checksum only.
    Unknown(Arc<str>),
    /// A list that is on no phone, and why: phones refuse it.
    Broken(Arc<str>),
}

/// The lists read so far.
pub(crate) struct Lists<'a> {
    input: Input,
    reader: &'a RwLock<Reader>,
    inventory: PathBuf,
    /// The meaning of each cell, by kind of list: one paste may contain both lists.
    cells: [HashMap<String, Result<Held, Arc<str>>>; 2],
    contents: [HashMap<[u8; 32], Held>; 2],
    /// Bytes of the cells that are kept, with what is wrong with them.
    kept: usize,
}

impl<'a> Lists<'a> {
    pub(crate) fn new(input: &Input, reader: &'a RwLock<Reader>, inventory: &Path) -> Self {
        Self {
            input: input.clone(),
            reader,
            inventory: inventory.to_owned(),
            cells: Default::default(),
            contents: Default::default(),
            kept: 0,
        }
    }

    /// Returns the meaning of a cell. A file that cannot be read is not tried again.
    pub(crate) fn of_cell(&mut self, cell: &str, kind: ListKind) -> Result<Held, Arc<str>> {
        if cell.is_empty() {
            return Ok(Held::Empty);
        }
        if let Some(held) = of_status(cell).filter(|_| kind == ListKind::Itl) {
            return Ok(held);
        }
        if let Some(held) = of_word(cell, kind) {
            // A file of this name is the list.
            if !beside(&self.inventory, cell).exists() {
                return Ok(held);
            }
        }
        let (cells, contents) = match (&mut self.cells, &mut self.contents, kind) {
            ([_, cells], [_, contents], ListKind::Ctl) => (cells, contents),
            ([cells, _], [contents, _], _) => (cells, contents),
        };
        if let Some(held) = cells.get(cell) {
            return held.clone();
        }
        let held = match source(&self.input, cell, &self.inventory, self.reader) {
            Ok(Source::Bytes(name, bytes)) => list(&name, bytes, kind, self.reader, contents),
            Ok(Source::Unknown(checksum)) => Ok(Held::Unknown(checksum)),
            Err(error) => Err(error),
        };
        let held = held.map_err(Arc::from);
        let wrong = held.as_ref().err().map_or(0, |error: &Arc<str>| error.len());
        self.kept = self.kept.saturating_add(cell.len()).saturating_add(wrong);
        if cells.len() >= MAX_CELLS || self.kept > MAX_CELL_BYTES {
            cells.clear();
            self.kept = cell.len().saturating_add(wrong);
        }
        cells.insert(cell.to_owned(), held.clone());
        held
    }
}

/// Reads the column *ITL File Status* (C-68). A phone with `Mismatch` has another list than the one that
/// its node offers; nothing says which.
fn of_status(cell: &str) -> Option<Held> {
    let is = |word: &str| cell.eq_ignore_ascii_case(word);
    match cell {
        _ if is("Match") || is("Unknown") => Some(Held::Empty),
        _ if is("Mismatch") => Some(Held::Broken(MISMATCH.into())),
        _ if is("Not Installed") => Some(Held::Nothing),
        _ => None,
    }
}

/// Reads the words of `plan init --phones` for the lists on a phone: one inventory serves all commands.
/// `current` is the list that its node offers now.
fn of_word(cell: &str, kind: ListKind) -> Option<Held> {
    let is = |word: &str| cell.eq_ignore_ascii_case(word);
    let (column, other) = match kind {
        ListKind::Ctl => ("ctl", "stale"),
        _ => ("itl", "foreign"),
    };
    match cell {
        _ if is("current") => Some(Held::Empty),
        _ if is("none") => Some(Held::Nothing),
        _ if is(other) => Some(Held::Broken(format!("the column {column} says {other}").into())),
        _ => None,
    }
}

/// Why the lists on a phone are not known.
const MISMATCH: &str = "ITL File Status is Mismatch";

/// Where the list of a cell comes from.
enum Source {
    Bytes(String, Arc<[u8]>),
    Unknown(Arc<str>),
}

fn source(
    input: &Input,
    cell: &str,
    inventory: &Path,
    reader: &RwLock<Reader>,
) -> Result<Source, String> {
    let digits: String = cell.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
    let checksum = Known::checksum_of(&digits);
    if let Some(checksum) = &checksum {
        let reader = reader.read().unwrap_or_else(PoisonError::into_inner);
        let found = reader.known.as_ref().map(|known| known.find(checksum)).transpose();
        if let Some(KnownFile { name, bytes }) =
            found.map_err(|error| format!("{digits}: {error}"))?.flatten()
        {
            return Ok(Source::Bytes(name, bytes));
        }
    }
    let path = beside(inventory, cell);
    if checksum.is_some() && !path.exists() {
        return Ok(Source::Unknown(digits.to_ascii_lowercase().into()));
    }
    // As an argument this is standard input; in inventories it means "none" or "not known".
    if cell == "-" {
        return Err("-: expected a list, its checksum or an empty value".into());
    }
    if let Some(error) = Known::near_checksum(&path) {
        return Err(error);
    }
    let bytes = input.held_named(&path)?;
    Known::fits_its_name(Path::new(cell), &bytes)?;
    Ok(Source::Bytes(input::name(&path), bytes.into()))
}

/// The list of these bytes, read once whatever it is called.
fn list(
    name: &str,
    bytes: Arc<[u8]>,
    kind: ListKind,
    reader: &RwLock<Reader>,
    contents: &mut HashMap<[u8; 32], Held>,
) -> Result<Held, String> {
    let sha256: [u8; 32] = sha2::Sha256::digest(&bytes).into();
    if let Some(held) = contents.get(&sha256) {
        return Ok(held.clone());
    }
    let mut reader = reader.write().unwrap_or_else(PoisonError::into_inner);
    let list = reader.list(name, bytes, kind)?;
    if let Some(other) = list.as_ref().and_then(|list| of_other_kind(list.kind, kind)) {
        return Err(format!("{name}: {other}"));
    }
    let held = match list {
        None => Held::Nothing,
        Some(list) => match broken(name, &list, &reader) {
            Some(why) => Held::Broken(why),
            None => Held::List(list),
        },
    };
    contents.insert(sha256, held.clone());
    Ok(held)
}

/// Says that a list cannot be on a phone: its signature is broken, and phones refuse it (P-SIG-2).
fn broken(name: &str, list: &ListFacts, reader: &Reader) -> Option<Arc<str>> {
    reader
        .files
        .is_signature_broken(&list.file)
        .then(|| format!("{name}: {BROKEN}: it is damaged or forged").into())
}

/// Cells whose meaning is kept.
const MAX_CELLS: usize = 1 << 14;
/// Bytes of them.
const MAX_CELL_BYTES: usize = 1 << 21;

/// The ITLs: each TFTP server may have its own (P-ITL-7).
pub(super) struct Itls {
    option: &'static str,
    of_one: Vec<(String, ListOffer)>,
    of_all: Option<ListOffer>,
}

impl Itls {
    /// Reads the values of `--offered-itl`, or of `--installed-itl`.
    pub(super) fn read(
        option: &'static str,
        values: &[String],
        reader: &mut Reader,
    ) -> Result<Self, String> {
        let mut itls = Self { option, of_one: Vec::new(), of_all: None };
        for value in values {
            let (name, path) = input::of_node(value);
            match name {
                Some(name) if itls.named(name).is_some() => {
                    return Err(format!("{option} is given twice for {name}"));
                }
                None if itls.of_all.is_some() => {
                    return Err(format!("{option} is given twice, expected SERVER=FILE"));
                }
                _ => {}
            }
            let itl = offered_list(Some(path), ListKind::Itl, reader)?;
            match name {
                Some(name) => itls.of_one.push((name.to_owned(), itl)),
                None => itls.of_all = Some(itl),
            }
        }
        Ok(itls)
    }

    /// Returns the ITL of servers that no option names; none if the options name every server.
    pub(super) fn of_all(&self) -> &ListOffer {
        self.of_all.as_ref().unwrap_or(&ListOffer::NotFound)
    }

    /// Returns the ITL of this server.
    pub(super) fn of(&self, server: &str) -> Result<&ListOffer, Arc<str>> {
        match (self.named(server), &self.of_all) {
            (Some(itl), _) | (None, Some(itl)) => Ok(itl),
            (None, None) if self.of_one.is_empty() => Ok(&ListOffer::NotFound),
            (None, None) => Err(format!("no {} for TFTP server {server}", self.option).into()),
        }
    }

    /// Returns the ITLs of every server that is named, and of the others.
    pub(super) fn every(&self) -> impl Iterator<Item = &ListOffer> {
        self.of_one.iter().map(|(_, itl)| itl).chain(&self.of_all)
    }

    /// Checks if the answer is the same for every server.
    pub(super) fn suits_every_server(&self) -> bool {
        self.of_all.is_some() || self.of_one.is_empty()
    }

    /// Checks if a server offers this list.
    pub(super) fn offers(&self, file: &FileId) -> bool {
        let mut offers = self.of_one.iter().map(|(_, itl)| itl).chain(&self.of_all);
        offers.any(|itl| super::is_list(itl, file))
    }

    /// The ITL of the server of this name, or else of the only one of this host (`ccm2` and
    /// `ccm2.voice.example`).
    fn named(&self, server: &str) -> Option<&ListOffer> {
        if let Some((_, itl)) =
            self.of_one.iter().find(|(name, _)| name.eq_ignore_ascii_case(server))
        {
            return Some(itl);
        }
        let server = server.strip_suffix('.').unwrap_or(server);
        let mut of_host = self.of_one.iter().filter(|(name, _)| same_host(name, server));
        of_host.next().filter(|_| of_host.next().is_none()).map(|(_, itl)| itl)
    }

    /// Checks if a server takes the ITL of those that no option names, while an option names others.
    pub(super) fn is_other(&self, server: &str) -> bool {
        !self.of_one.is_empty() && self.of_all.is_some() && self.named(server).is_none()
    }
}

/// An offered list; phones that already hold it name it by its checksum.
pub(super) fn offered_list(
    path: Option<&Path>,
    kind: ListKind,
    reader: &mut Reader,
) -> Result<ListOffer, String> {
    let path = path.map(Path::to_path_buf);
    let offer = reader.offered(path.as_ref(), kind)?;
    if let (ListOffer::List(list), Some(path)) = (&offer, path) {
        let bytes = reader.files.bytes(&list.file).cloned();
        let known = reader.known.get_or_insert_default();
        bytes.into_iter().for_each(|bytes| known.add(path.clone(), bytes));
    }
    Ok(offer)
}

/// The lists on phones whose row has none, by their TFTP node.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    nodes: Vec<(String, HeldLists)>,
    /// The hosts at which these nodes were asked, by their places.
    hosts: Vec<(String, usize)>,
    /// For phones of every other node.
    of_all: Option<HeldLists>,
    /// True if a phone that does not name its node loads from the only one.
    of_only_node: bool,
    /// True if these lists are those that nodes offered, not those that an option says phones have.
    pub(super) are_offered: bool,
}

/// The lists of such a phone; `None` if it has no list of the kind.
#[derive(Clone, Debug, Default)]
pub(super) struct HeldLists {
    pub(super) itl: Option<Arc<ListFacts>>,
    pub(super) ctl: Option<Arc<ListFacts>>,
    /// Why they are not known.
    pub(super) unknown: Option<Arc<str>>,
}

impl HeldLists {
    /// Returns the lists, or why they are not known.
    fn of(
        itl: Result<Option<Arc<ListFacts>>, Arc<str>>,
        ctl: Result<Option<Arc<ListFacts>>, Arc<str>>,
    ) -> Self {
        match (itl, ctl) {
            (Ok(itl), Ok(ctl)) => Self { itl, ctl, unknown: None },
            (Err(why), _) | (_, Err(why)) => Self { itl: None, ctl: None, unknown: Some(why) },
        }
    }
}

impl Defaults {
    /// Reads the options.
    pub(super) fn read(
        itls: &[String],
        ctl: Option<&Path>,
        before: Option<&PathBuf>,
        reader: &mut Reader,
    ) -> Result<Self, String> {
        let mut defaults = Self::default();
        if let Some(before) = before {
            let before = Loaded::read(&reader.input, before)?;
            for node in &before.snapshot.tftp {
                let unknown = |why: &str| -> Arc<str> {
                    format!("TFTP node {} in {}: {why}", node.node, before.name).into()
                };
                let mut list = |kind| -> Result<Result<Option<Arc<ListFacts>>, Arc<str>>, String> {
                    Ok(match before.held(node, kind, None, reader)? {
                        Served::Found(list) => Ok(Some(list)),
                        Served::NotFound => Ok(None),
                        Served::Empty => Err(unknown("a list of zero bytes")),
                        Served::Unknown(why) => Err(unknown(&why)),
                    })
                };
                let lists = HeldLists::of(list(ListKind::Itl)?, list(ListKind::Ctl)?);
                let host = host_of(node).filter(|host| !host.eq_ignore_ascii_case(&node.node));
                defaults.hosts.extend(host.map(|host| (host.to_owned(), defaults.nodes.len())));
                defaults.nodes.push((node.node.clone(), lists));
            }
            (defaults.of_only_node, defaults.are_offered) = (true, true);
            return Ok(defaults);
        }
        let ctl = match ctl {
            Some(path) => default_list(path, ListKind::Ctl, reader)?,
            None => Ok(None),
        };
        for value in itls {
            let (node, path) = input::of_node(value);
            let lists = HeldLists::of(default_list(path, ListKind::Itl, reader)?, ctl.clone());
            let twice = || format!("--installed-itl {value}: expected each node once");
            match node {
                Some(node)
                    if defaults.nodes.iter().any(|(known, _)| known.eq_ignore_ascii_case(node)) =>
                {
                    return Err(twice());
                }
                Some(node) => defaults.nodes.push((node.to_owned(), lists)),
                None if defaults.of_all.is_some() => return Err(twice()),
                None => defaults.of_all = Some(lists),
            }
        }
        if itls.is_empty() && ctl != Ok(None) {
            defaults.of_all = Some(HeldLists::of(Ok(None), ctl));
        }
        Ok(defaults)
    }

    /// Returns a phone for each set of lists.
    pub(super) fn phones(&self) -> impl Iterator<Item = Phone> + '_ {
        let lists = self.nodes.iter().map(|(_, lists)| lists).chain(&self.of_all);
        lists.map(|lists| {
            let installed = InstalledLists::of(lists.ctl.clone(), lists.itl.clone());
            Phone::new(Device::unknown()).with_installed(installed)
        })
    }

    /// Returns the nodes that have lists of their own.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().map(|(node, _)| node.as_str())
    }

    /// Returns the lists on a phone of this node; `None` if no option gives them.
    pub(super) fn of(&self, tftp: Option<&str>) -> Option<&HeldLists> {
        let exact = || {
            self.nodes
                .iter()
                .find(|(node, _)| tftp.is_some_and(|tftp| node.eq_ignore_ascii_case(tftp)))
        };
        // One of several nodes of that host may be another one.
        let of_host = || {
            let tftp = tftp?;
            let names = self.nodes.iter().map(|(node, _)| node).zip(0..);
            let hosts = self.hosts.iter().map(|(host, place)| (host, *place));
            let mut places: Vec<usize> = names
                .chain(hosts)
                .filter(|(name, _)| same_host(name, tftp))
                .map(|(_, place)| place)
                .collect();
            places.dedup();
            match &places[..] {
                [place] => self.nodes.get(*place),
                _ => None,
            }
        };
        // With one node every phone that names none loads from it.
        let only = || match &self.nodes[..] {
            [only] if self.of_only_node && tftp.is_none() => Some(only),
            _ => None,
        };
        let named = exact().or_else(of_host).or_else(only);
        named.map(|(_, lists)| lists).or(self.of_all.as_ref())
    }
}

/// A list, which phones may name by its checksum too; or why it is on no phone.
fn default_list(
    path: &Path,
    kind: ListKind,
    reader: &mut Reader,
) -> Result<Result<Option<Arc<ListFacts>>, Arc<str>>, String> {
    let bytes: Arc<[u8]> = reader.input.held(path)?.into();
    let name = input::name(path);
    let list = reader.list(&name, bytes.clone(), kind)?;
    reader.known.get_or_insert_default().add(path.to_owned(), bytes);
    Ok(match list.as_ref().and_then(|list| broken(&name, list, reader)) {
        Some(why) => Err(why),
        None => Ok(list),
    })
}

/// A folder of configurations.
pub(super) struct Configs<'a> {
    input: Input,
    folder: PathBuf,
    reader: &'a RwLock<Reader>,
    /// The offer to phones that do not name their TFTP server.
    offer: &'a Offer,
    /// Phones without a file in the folder.
    pub(super) missing: u64,
}

impl<'a> Configs<'a> {
    pub(super) fn new(
        input: &Input,
        folder: PathBuf,
        reader: &'a RwLock<Reader>,
        offer: &'a Offer,
    ) -> Self {
        Self { input: input.clone(), folder, reader, offer, missing: 0 }
    }

    /// Judges a phone with its own configuration.
    pub(super) fn judge(
        &mut self,
        judge: &mut Judge<'_>,
        listed: &Listed,
        device: &[u8],
    ) -> Result<Answer, String> {
        let Some(path) = self.path(device)? else {
            self.missing += 1;
            return Ok(judge.judge(listed));
        };
        let bytes = self.input.read_named(&path)?;
        if bytes.is_empty() {
            let offer = listed
                .offer
                .as_deref()
                .unwrap_or(self.offer)
                .clone()
                .with_config(ConfigOffer::Empty);
            return Ok(judge.judge(&Listed { offer: Some(Arc::new(offer)), ..listed.clone() }));
        }
        let name = String::from_utf8_lossy(device);
        if let Some(other) = mixups::other_device(&bytes, name.trim()) {
            return Err(format!("{}: {other}", input::name(&path)));
        }
        let config = LooseConfig::parse(&bytes, self.reader)
            .map_err(|error| parse_error(&input::name(&path), &error))?;
        Ok(judge.judge(&WithConfig { listed, config }))
    }

    /// Returns the file of a device, if it exists.
    fn path(&self, device: &[u8]) -> Result<Option<PathBuf>, String> {
        let name = std::str::from_utf8(device).map(str::trim).unwrap_or_default();
        // A name that leads out of the folder is not a device.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | ' ');
        if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
            return Err(
                "a device name that no file can have, expected letters, digits, - and _".to_owned()
            );
        }
        let names = [name.to_owned(), name.to_ascii_uppercase()];
        let files = names
            .iter()
            .flat_map(|name| SUFFIXES.iter().map(move |suffix| format!("{name}{suffix}")));
        Ok(files.map(|file| self.folder.join(file)).find(|path| exists(path)))
    }
}

/// Checks if the name exists, even if it cannot be read: that is an error of its own.
fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// A phone with its own configuration.
struct WithConfig<'a> {
    listed: &'a Listed,
    config: LooseConfig<'a, RwLock<Reader>>,
}

impl Member for WithConfig<'_> {
    fn phone(&self) -> &Phone {
        &self.listed.phone
    }

    fn offer(&self) -> Option<&Arc<Offer>> {
        self.listed.offer.as_ref()
    }

    fn tvs(&self) -> Option<&Arc<Tvs>> {
        self.listed.tvs.as_ref()
    }

    fn config(&self) -> Option<&dyn OwnConfig> {
        Some(&self.config)
    }
}

/// Names of the signed configurations that phones ask for (P-BOOT-4, P-CFG-4).
const SUFFIXES: [&str; 2] = [".cnf.xml.sgn", ".cnf.xml.enc.sgn"];
