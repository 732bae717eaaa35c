//! Who is judged: every phone of an inventory, or one phone of each family, at each node and in
//! each CallManager group.

use super::CheckArguments;
use crate::fleet::{Held, Inventory, Lists, PoolCounts, Pools, Row, first_node};
use crate::input::{self, Input};
use crate::limits::{MAX_ERRORS, MAX_ROW_VALUES, MAX_SERVERS};
use crate::predict::Reader;
use crate::report::check::some;
use crate::values::servers;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::BuildHasher;
use std::path::Path;
use std::sync::{Arc, RwLock};
use trustlist::facts::{FileId, ListFacts, ListKind};
use trustlist::phone::{Device, DigestSet, Family, SecurityByDefault};
use trustlist::report::counted;

/// Phones that are judged as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Unit {
    /// The TFTP node, if it is given.
    pub(super) tftp: Option<Arc<str>>,
    pub(super) cm_group: Option<Vec<Arc<str>>>,
    pub(super) kind: Kind,
    /// The phone that has files of its own.
    pub(super) device: Option<Arc<str>>,
    /// The ITL and the CTL on the phones by the inventory.
    pub(super) holds: (Said, Said),
}

/// The words of a row about one list on its phone.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Said {
    /// Nothing.
    #[default]
    Nothing,
    /// The phone has no such list.
    None,
    /// This list, by its place in [`Units::lists`].
    List(usize),
    /// A list that is on no phone, for this reason.
    Unknown(Arc<str>),
    /// Nothing, and the phone is not registered: it may hold the list of an earlier round (P-11, B-8).
    Away,
}

impl Unit {
    /// Checks if any list on the phones is what their node offered before.
    pub(super) fn needs_before(&self) -> bool {
        self.holds.0 == Said::Nothing || self.holds.1 == Said::Nothing
    }

    /// Bytes of the values of its row.
    fn size(&self) -> usize {
        let texts = [&self.tftp, &self.device].into_iter().flatten();
        let group = self.cm_group.iter().flatten();
        let model = match &self.kind {
            Kind::Model(Some(model)) => model.len(),
            Kind::Model(None) | Kind::Family(_) => 0,
        };
        texts.chain(group).map(|text| text.len()).sum::<usize>().saturating_add(model)
    }
}

/// The kind of phone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// By the name of the model.
    Model(Option<Arc<str>>),
    /// Any phone of a family, by its place in the table.
    Family(usize),
}

/// Everyone that is judged.
#[derive(Debug, Default)]
pub(super) struct Units {
    /// The kinds, with the number of phones; the number is not known without an inventory.
    pub(super) units: Vec<(Unit, Option<u64>)>,
    /// The lists that rows name.
    pub(super) lists: Vec<Arc<ListFacts>>,
    /// Their places, by file.
    places: HashMap<FileId, usize>,
    /// Columns of the inventory that are not read, one sentence each.
    pub(super) ignored: Vec<String>,
    /// The phones of each device pool, if pools decide about groups.
    pub(super) pools: PoolCounts,
    pub(super) unreadable: u64,
    pub(super) errors: Vec<(u64, String)>,
    /// Rows whose device is in an earlier row; looked for among the first devices.
    pub(super) duplicates: u64,
}

impl Kind {
    /// Returns the device; the options win over the table of models.
    pub(super) fn device(&self, arguments: &CheckArguments) -> Device {
        match self {
            Self::Model(model) => arguments.device.device_of(model.as_deref()),
            Self::Family(place) => {
                let said = arguments.device.device_of(None);
                let Some(family) = Family::ALL.get(*place) else { return said };
                let mut device = said;
                device.model = Some(Arc::from(family.name));
                device.security_by_default = family.security_by_default;
                device.digests = device.digests.or(family.digests.map(DigestSet::of));
                device.max_key_bits = device.max_key_bits.or(family.max_key_bits);
                device.flushes_tvs_cache = family.flushes_tvs_cache;
                device.sha512_leans = family.sha512_leans;
                device.tvs_client = family.tvs_client;
                device.loads_lists = family.loads_lists;
                device
            }
        }
    }

    /// Its name for a report.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Self::Model(model) => model.as_deref().map(str::to_owned),
            Self::Family(place) => Family::ALL.get(*place).map(|family| family.name.to_owned()),
        }
    }
}

/// The families that ask for an ITL: the others are judged where an inventory or an option names
/// one.
pub(super) fn families() -> Vec<usize> {
    let with = |family: &Family| {
        family.loads_lists && family.security_by_default == SecurityByDefault::Yes
    };
    Family::ALL
        .iter()
        .enumerate()
        .filter(|(_, family)| with(family))
        .map(|(place, _)| place)
        .collect()
}

impl Units {
    /// One phone of each kind, at each of these nodes.
    pub(super) fn of_kinds(
        nodes: &[Arc<str>],
        groups: &[Option<Vec<Arc<str>>>],
        arguments: &CheckArguments,
    ) -> Self {
        let kinds: Vec<Kind> =
            match (arguments.device.names_model(), arguments.device.says_security()) {
                (true, _) | (_, true) => vec![Kind::Model(None)],
                (false, false) => families().into_iter().map(Kind::Family).collect(),
            };
        let mut units = Vec::new();
        for tftp in nodes {
            for cm_group in groups {
                for kind in &kinds {
                    let (tftp, cm_group, kind) =
                        (Some(tftp.clone()), cm_group.clone(), kind.clone());
                    let holds = Default::default();
                    units.push((Unit { tftp, cm_group, kind, device: None, holds }, None));
                }
            }
        }
        Self { units, ..Self::default() }
    }

    /// The phones whose own files were collected.
    pub(super) fn add_devices(
        &mut self,
        devices: &[String],
        nodes: &[Arc<str>],
        groups: &[Option<Vec<Arc<str>>>],
    ) {
        for device in devices {
            for tftp in nodes {
                for cm_group in groups {
                    let (tftp, cm_group, device) =
                        (Some(tftp.clone()), cm_group.clone(), Some(Arc::from(device.as_str())));
                    let (kind, holds) = (Kind::Model(None), Default::default());
                    self.units.push((Unit { tftp, cm_group, kind, device, holds }, None));
                }
            }
        }
    }

    /// Adds the phones whose own files were collected and that are in no row: each once, at its worst
    /// node. Returns a sentence about them.
    pub(super) fn add_unlisted(&mut self, devices: &[String]) -> Option<String> {
        let listed: HashSet<Arc<str>> =
            self.units.iter().filter_map(|(unit, _)| unit.device.clone()).collect();
        let unlisted: Vec<String> =
            devices.iter().filter(|device| !listed.contains(device.as_str())).cloned().collect();
        for device in &unlisted {
            let device = Some(Arc::from(device.as_str()));
            let (kind, holds) = (Kind::Model(None), Default::default());
            let unit = Unit { tftp: None, cm_group: None, kind, device, holds };
            self.units.push((unit, Some(1)));
        }
        let (verb, own) = if unlisted.len() == 1 {
            ("is", "its own files were")
        } else {
            ("are", "their own files were")
        };
        (!unlisted.is_empty()).then(|| {
            format!(
                "{} not in the inventory {verb} judged too, as {own} collected: {}",
                counted(unlisted.len(), "phone"),
                some(&unlisted)
            )
        })
    }

    /// Every phone of an inventory; those that say the same are one.
    pub(super) fn of_inventory(
        input: &Input,
        path: &Path,
        devices: &[String],
        pools: &Pools,
        reader: &RwLock<Reader>,
    ) -> Result<Self, String> {
        let mut inventory = Inventory::open(input, path)?;
        if !pools.is_empty() {
            inventory.columns.group_by_pool();
        }
        let mut lists = Lists::new(input, reader, path);
        let mut counted: BTreeMap<Unit, u64> = BTreeMap::new();
        let (mut units, mut row) = (Self::default(), Row::default());
        units.ignored = inventory.columns.ignored.clone();
        let devices: HashMap<String, Arc<str>> = devices
            .iter()
            .map(|device| (device.to_ascii_lowercase(), Arc::from(device.as_str())))
            .collect();
        let (mut seen, seed) = (HashSet::new(), RandomState::default());
        let mut bytes = 0_usize;
        let by_pool = inventory.columns.cm_group.is_some()
            && inventory.columns.cm_group == inventory.columns.device_pool;
        let mut several: u64 = 0;
        while inventory.next(&mut row)? {
            if seen.len() < MAX_DEVICES
                && !seen.insert(seed.hash_one(inventory.columns.device_of(&row.record)))
            {
                units.duplicates += 1;
            }
            let unit = match &row.fault {
                Some(fault) => Err(fault.clone()),
                None => units.unit(&row, &inventory, &devices, pools, &mut lists),
            };
            match unit {
                Ok(unit) => {
                    let size = unit.size();
                    let count = counted.entry(unit).or_insert(0);
                    bytes = bytes.saturating_add(if *count == 0 { size } else { 0 });
                    *count += 1;
                    let text = |column: Option<usize>| {
                        let bytes = column.and_then(|column| row.record.get(column));
                        String::from_utf8_lossy(bytes.unwrap_or_default().trim_ascii())
                    };
                    let pool = text(inventory.columns.cm_group);
                    if by_pool || pools.of(&pool).is_some() {
                        units.pools.add(&Arc::from(&*pool), 1);
                    }
                    several += u64::from(first_node(&text(inventory.columns.tftp_server)).1);
                }
                Err(error) => {
                    units.unreadable += 1;
                    if units.errors.len() < MAX_ERRORS {
                        units.errors.push((row.line, error));
                    }
                }
            }
            if counted.len() > MAX_UNITS {
                return Err(format!(
                    "{}: more than {MAX_UNITS} kinds of phones",
                    input::name(path)
                ));
            }
            if bytes > MAX_UNIT_BYTES {
                return Err(format!(
                    "{}: more than {} MiB of models, groups and TFTP servers that differ",
                    input::name(path),
                    MAX_UNIT_BYTES >> 20
                ));
            }
        }
        if several > 0 {
            let load = if several == 1 { "loads" } else { "load" };
            let phones = trustlist::report::counted(several, "phone");
            units
                .ignored
                .push(format!("{phones} {load} from the first of the TFTP servers in the row"));
        }
        units.units = counted.into_iter().map(|(unit, phones)| (unit, Some(phones))).collect();
        Ok(units)
    }

    fn unit(
        &mut self,
        row: &Row,
        inventory: &Inventory,
        devices: &HashMap<String, Arc<str>>,
        pools: &Pools,
        lists: &mut Lists<'_>,
    ) -> Result<Unit, String> {
        let columns = &inventory.columns;
        let facts =
            [columns.model, columns.itl, columns.ctl, columns.cm_group, columns.tftp_server];
        let facts = facts.into_iter().flatten().filter_map(|column| row.record.get(column));
        if facts.map(<[u8]>::len).sum::<usize>() > MAX_ROW_VALUES {
            return Err(format!(
                "values of more than {MAX_ROW_VALUES} bytes for a phone (cli::limits::MAX_ROW_VALUES)"
            ));
        }
        let value = |column: Option<usize>| {
            let bytes = column.and_then(|column| row.record.get(column)).unwrap_or_default();
            String::from_utf8_lossy(bytes.trim_ascii()).into_owned()
        };
        let some = |text: String| Some(Arc::<str>::from(text)).filter(|text| !text.is_empty());
        let group = value(columns.cm_group);
        let by_pool = columns.cm_group.is_some() && columns.cm_group == columns.device_pool;
        let named = pools.of(&group).map(<[Arc<str>]>::to_vec);
        // The name of a device pool is no server.
        let group = if by_pool { String::new() } else { group };
        let group: Vec<Arc<str>> = servers(&group).map(Arc::from).collect();
        let group = named.unwrap_or(group);
        if group.len() > MAX_SERVERS {
            return Err(format!(
                "a cm_group of more than {MAX_SERVERS} servers (cli::limits::MAX_SERVERS)"
            ));
        }
        let itl =
            lists.of_cell(&value(columns.itl), ListKind::Itl).map_err(|error| error.to_string())?;
        let ctl =
            lists.of_cell(&value(columns.ctl), ListKind::Ctl).map_err(|error| error.to_string())?;
        let mut holds = (self.place(itl)?, self.place(ctl)?);
        if columns.is_away(&row.record) {
            for said in [&mut holds.0, &mut holds.1] {
                if *said == Said::Nothing {
                    *said = Said::Away;
                }
            }
        }
        let name = String::from_utf8_lossy(columns.device_of(&row.record)).to_ascii_lowercase();
        let device = devices.get(&name).cloned();
        Ok(Unit {
            tftp: some(first_node(&value(columns.tftp_server)).0.to_owned()),
            cm_group: (!group.is_empty()).then_some(group),
            kind: Kind::Model(some(value(columns.model))),
            device,
            holds,
        })
    }

    fn place(&mut self, held: Held) -> Result<Said, String> {
        match held {
            Held::Empty => Ok(Said::Nothing),
            Held::Nothing => Ok(Said::None),
            Held::Broken(why) => Ok(Said::Unknown(why)),
            Held::Unknown(checksum) => {
                Err(format!("no list with the checksum {checksum} is in either snapshot"))
            }
            Held::List(list) => {
                let place = *self.places.entry(list.file.clone()).or_insert(self.lists.len());
                if place == self.lists.len() {
                    self.lists.push(list);
                }
                Ok(Said::List(place))
            }
        }
    }
}

/// Kinds of phones that are counted apart.
const MAX_UNITS: usize = 20_000;
/// Bytes of what distinguishes them.
const MAX_UNIT_BYTES: usize = 4 << 20;
/// Duplicates are looked for among this many devices.
const MAX_DEVICES: usize = 1 << 17;
