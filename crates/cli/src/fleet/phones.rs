//! From the values of a row to a phone: made once for all rows that say the same.

use super::inventory::Columns;
use super::lists::{Defaults, Held, Itls, Lists};
use crate::input::{self, Input};
use crate::limits::{MAX_ROW_VALUES, MAX_SERVERS};
use crate::mixups;
use crate::near;
use crate::predict::DeviceArguments;
use crate::values::{self, servers};
use csv::ByteRecord;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher, Hasher};
use std::path::Path;
use std::sync::Arc;
use trustlist::facts::{ListFacts, ListKind};
use trustlist::fleet::{Answer, Labels, Member};
use trustlist::phone::{InstalledLists, Offer, Phone, Tvs};
use trustlist::question::{TvsAnswers, UnnamedServer};
use trustlist::report::Plain;
use trustlist::report::counted;

/// The options for every phone.
pub(super) struct Site<'a> {
    pub(super) device: &'a DeviceArguments,
    pub(super) cm_group: Option<Vec<Arc<str>>>,
    pub(super) tftp_server: Option<Arc<str>>,
    pub(super) factory_fresh: bool,
    pub(super) offer: &'a Offer,
    pub(super) itls: &'a Itls,
    pub(super) tvs: &'a TvsAnswers,
    /// The lists on phones whose row has none.
    pub(super) defaults: &'a Defaults,
    pub(super) pools: &'a Pools,
    /// The facts about TVS for a phone of `cm_group`.
    pub(super) of_fleet: &'a Tvs,
}

/// Rows that say the same about their phones.
pub(super) struct Kind {
    /// The phone, or why there is none.
    pub(super) phone: Result<Listed, Arc<str>>,
    /// Its answers, and how many phones got each: one, where phones have no configuration of their
    /// own.
    pub(super) answers: Vec<(Answer, u64)>,
    /// A list that is known by this checksum only.
    pub(super) unknown: Vec<Arc<str>>,
    pub(super) model: Option<Arc<str>>,
    pub(super) group: Option<Arc<str>>,
    /// The device pool, if that decides about the group.
    pub(super) pool: Option<Arc<str>>,
    /// True if the TFTP node is not known, and the lists on the phones are those of their node.
    pub(super) lacks_node: bool,
    /// True if the row names several TFTP nodes.
    pub(super) names_several: bool,
    /// True if the group is not known, and another one may have a worse answer.
    pub(super) open_group: bool,
    /// Probable mix-ups of files, one line each.
    pub(super) notes: Vec<String>,
    /// Why the lists on the phone are not known, although they were given.
    pub(super) doubt: Option<Arc<str>>,
    /// True if the row names one of the two lists only.
    pub(super) names_one: bool,
    /// An option that says something else than the table of models.
    pub(super) contradiction: Option<String>,
    /// True if the phone is away, and is taken to have the lists that an option says.
    pub(super) is_away: bool,
    /// The line of the first of these rows.
    pub(super) line: u64,
}

impl Kind {
    pub(super) fn labels(&self) -> Labels<'_> {
        Labels { model: self.model.as_deref(), group: self.group.as_deref() }
    }

    /// Counts an answer.
    pub(super) fn count(&mut self, answer: Answer) {
        match self.answers.iter_mut().find(|(known, _)| *known == answer) {
            Some((_, phones)) => *phones += 1,
            None => self.answers.push((answer, 1)),
        }
    }
}

/// A phone of the inventory.
#[derive(Clone)]
pub(super) struct Listed {
    pub(super) phone: Phone,
    pub(super) offer: Option<Arc<Offer>>,
    pub(super) tvs: Option<Arc<Tvs>>,
}

impl Listed {
    /// Returns the same phone in a CallManager group.
    pub(super) fn of_group(&self, group: &[Arc<str>]) -> Self {
        let mut listed = self.clone();
        listed.phone.cm_group = Some(group.to_vec());
        listed
    }
}

impl Member for Listed {
    fn phone(&self) -> &Phone {
        &self.phone
    }

    fn offer(&self) -> Option<&Arc<Offer>> {
        self.offer.as_ref()
    }

    fn tvs(&self) -> Option<&Arc<Tvs>> {
        self.tvs.as_ref()
    }
}

/// Makes phones of rows.
pub(super) struct Phones<'a> {
    site: Site<'a>,
    lists: Lists<'a>,
    columns: Columns,
    groups: HashMap<Vec<Arc<str>>, Option<Arc<Tvs>>>,
    offers: HashMap<Arc<str>, Arc<Offer>>,
    /// Servers of groups that no option names.
    pub(super) unnamed: BTreeSet<UnnamedServer>,
    /// TFTP servers that rows name.
    pub(super) servers: BTreeSet<String>,
}

impl<'a> Phones<'a> {
    pub(super) fn new(site: Site<'a>, lists: Lists<'a>, columns: Columns) -> Self {
        let (groups, offers) = (HashMap::new(), HashMap::new());
        Self {
            site,
            lists,
            columns,
            groups,
            offers,
            unnamed: BTreeSet::new(),
            servers: BTreeSet::new(),
        }
    }

    /// Returns the nodes that have lists of their own.
    pub(super) fn nodes(&self) -> Vec<String> {
        self.site.defaults.nodes().map(str::to_owned).collect()
    }

    /// Returns the TFTP servers of rows that take the ITL of those that no option names, while
    /// options name others.
    pub(super) fn other_servers(&self) -> Vec<String> {
        let others = self.servers.iter().filter(|server| self.site.itls.is_other(server));
        others.cloned().collect()
    }

    /// The phone of a row.
    pub(super) fn kind(&mut self, record: &ByteRecord, line: u64) -> Kind {
        let value = |column: Option<usize>| {
            let bytes = column.and_then(|column| record.get(column)).unwrap_or_default();
            String::from_utf8_lossy(bytes.trim_ascii()).into_owned()
        };
        let columns = &self.columns;
        let (model, group) = (value(columns.model), value(columns.cm_group));
        let (itl, ctl, tftp) = (value(columns.itl), value(columns.ctl), value(columns.tftp_server));
        let (tftp, names_several) = first_node(&tftp);
        let pool = self.by_pool() || self.site.pools.of(&group).is_some();
        let pool = pool.then(|| Arc::from(group.as_str()));
        let group = self.group(&group);
        let many = group.as_ref().is_some_and(|group| group.len() > MAX_SERVERS);
        let group = group.filter(|_| !many);
        let held = self.lists.of_cell(&itl, ListKind::Itl);
        let held = held.and_then(|itl| Ok((itl, self.lists.of_cell(&ctl, ListKind::Ctl)?)));
        let model = Some(model).filter(|model| !model.is_empty());
        let label = group.as_ref().map(|group| group.join(", ").into());
        let mut unknown = Vec::new();
        let held = if many { Err(too_many()) } else { held };
        let (mut lacks_node, mut names_one, mut doubt) = (false, false, None);
        let (is_marked, mut is_away) = (columns.is_away(record), false);
        let phone = held.and_then(|held| {
            // A print that says "file not found" is about a server, not about the phone.
            let is_list = |held: &Held| !matches!(held, Held::Empty | Held::Nothing);
            let unsaid = !is_list(&held.0) && !is_list(&held.1);
            let node =
                Some(tftp).filter(|tftp| !tftp.is_empty()).or(self.site.tftp_server.as_deref());
            let open = matches!(held, (Held::Empty, _) | (_, Held::Empty));
            let default = self.site.defaults.of(node).filter(|_| open);
            lacks_node = open && default.is_none() && self.site.defaults.nodes().next().is_some();
            let given = self.site.factory_fresh || !unsaid || default.is_some();
            names_one = open && !unsaid && default.is_none() && !lacks_node;
            doubt = [&held.0, &held.1].into_iter().find_map(|held| match held {
                Held::Broken(why) => Some(why.clone()),
                _ => None,
            });
            doubt = doubt.take().or_else(|| default.and_then(|default| default.unknown.clone()));
            // It may have missed what its node offered before (P-11, B-8).
            is_away = default.is_some() && is_marked;
            if is_away && self.site.defaults.are_offered {
                doubt = doubt.take().or_else(|| Some(AWAY.into()));
            }
            // Each list for itself: a row may name one only.
            let of_node =
                default.map_or((None, None), |default| (default.itl.clone(), default.ctl.clone()));
            let itl = known(held.0, of_node.0, &mut unknown);
            let ctl = known(held.1, of_node.1, &mut unknown);
            let given = given && (self.site.factory_fresh || !lacks_node);
            let given = given && unknown.is_empty() && doubt.is_none();
            Ok(Listed {
                offer: self.offer(tftp)?,
                tvs: self.tvs(group.as_deref()),
                phone: Phone::new(self.site.device.device_of(model.as_deref()))
                    .with_cm_group(group)
                    .with_installed(if given {
                        InstalledLists::of(ctl, itl)
                    } else {
                        InstalledLists::Unknown
                    }),
            })
        });
        let notes = phone.as_ref().map_or_else(
            |_| Vec::new(),
            |listed| {
                mixups::notes(&listed.phone, listed.offer.as_deref().unwrap_or(self.site.offer))
            },
        );
        Kind {
            phone,
            answers: Vec::new(),
            unknown,
            contradiction: self.site.device.contradiction(model.as_deref()),
            model: model.map(Arc::from),
            group: label,
            pool,
            lacks_node,
            names_several,
            open_group: false,
            notes,
            doubt,
            names_one,
            is_away,
            line,
        }
    }

    /// Checks if the device pool decides about the group of a phone.
    fn by_pool(&self) -> bool {
        self.columns.cm_group.is_some() && self.columns.cm_group == self.columns.device_pool
    }

    /// The servers of a cell: separated by semicolons, commas or blanks. An empty one is that of
    /// `--cm-group`.
    fn group(&self, cell: &str) -> Option<Vec<Arc<str>>> {
        if let Some(group) = self.site.pools.of(cell) {
            return Some(group.to_vec());
        }
        // The name of a device pool is no server.
        let cell = if self.by_pool() { "" } else { cell };
        let group: Vec<Arc<str>> = servers(cell).map(Arc::from).collect();
        if group.is_empty() { self.site.cm_group.clone() } else { Some(group) }
    }

    /// Returns the facts about TVS for this group, if they differ from those for phones without a
    /// group.
    fn tvs(&mut self, group: Option<&[Arc<str>]>) -> Option<Arc<Tvs>> {
        let group = group?;
        if let Some(tvs) = self.groups.get(group) {
            return tvs.clone();
        }
        if self.unnamed.len() < MAX_SILENT {
            self.unnamed.extend(self.site.tvs.unnamed(group));
        }
        let of_group = Some(self.site.tvs.of_group(Some(group)));
        let tvs = of_group.filter(|tvs| tvs != self.site.of_fleet).map(Arc::new);
        if self.groups.len() >= MAX_GROUPS {
            self.groups.clear();
        }
        self.groups.insert(group.to_vec(), tvs.clone());
        tvs
    }

    /// The offer from this TFTP server, where a row or an option names one.
    fn offer(&mut self, tftp: &str) -> Result<Option<Arc<Offer>>, Arc<str>> {
        let named = (!tftp.is_empty()).then(|| Arc::from(tftp));
        let Some(server) = named.or_else(|| self.site.tftp_server.clone()) else {
            let open =
                "no TFTP node: give a column tftp_server, or --tftp-server for phones without one";
            return if self.site.itls.suits_every_server() {
                Ok(None)
            } else {
                Err(Arc::from(open))
            };
        };
        if let Some(offer) = self.offers.get(&server) {
            return Ok(Some(offer.clone()));
        }
        let itl = self.site.itls.of(&server)?.clone();
        if self.offers.len() >= MAX_GROUPS {
            self.offers.clear();
        }
        if self.servers.len() < MAX_SILENT {
            self.servers.insert(server.to_ascii_lowercase());
        }
        let offer =
            Arc::new(self.site.offer.clone().with_itl(itl).with_tftp_server(Some(server.clone())));
        self.offers.insert(server, offer.clone());
        Ok(Some(offer))
    }
}

fn too_many() -> Arc<str> {
    format!("a cm_group of more than {MAX_SERVERS} servers (cli::limits::MAX_SERVERS)").into()
}

/// Returns the list on the phone, that of its node if the row names none; a list without a file is
/// noted.
fn known(
    held: Held,
    of_node: Option<Arc<ListFacts>>,
    unknown: &mut Vec<Arc<str>>,
) -> Option<Arc<ListFacts>> {
    match held {
        Held::Empty => of_node,
        Held::Broken(_) | Held::Nothing => None,
        Held::List(list) => Some(list),
        Held::Unknown(checksum) => {
            unknown.push(checksum);
            None
        }
    }
}

/// Why the lists on a phone are not known.
const AWAY: &str = "not registered, by the row, so that older lists than their nodes offered before are possible \
                    (P-11). Name the lists in columns itl and ctl, or leave such phones out";
/// Groups and TFTP servers kept at once.
const MAX_GROUPS: usize = 1 << 10;
/// Servers that are remembered by name.
const MAX_SILENT: usize = 1 << 10;

/// Kinds of rows, found by their values without allocating.
pub(super) struct Kinds {
    /// Places by hash, counted from 1; an empty slot ends the search. As small as can be: every row
    /// comes by here.
    slots: Vec<u32>,
    /// The values that every row of a kind touches, close together.
    hot: Vec<Hot>,
    kinds: Vec<Kind>,
    /// The values of all kinds, one after the other.
    arena: Vec<u8>,
    /// Room for those of one row.
    room: Vec<u8>,
    seed: RandomState,
}

struct Hot {
    hash: u64,
    ends: u64,
    /// The values in the arena.
    start: usize,
    end: usize,
    /// The answer, where every phone of this kind gets the same, and how many did.
    answer: Option<Answer>,
    phones: u64,
}

/// The result of looking for the kind of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The kind is known; its index.
    At(usize),
    /// The kind is new.
    New,
    /// Values that are longer than any real ones.
    TooLong,
}

impl Kinds {
    pub(super) fn new() -> Self {
        let seed = RandomState::default();
        let (hot, kinds, arena, room) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { slots: vec![0; MIN_SLOTS], hot, kinds, arena, room, seed }
    }

    /// The place of the kind of a row.
    pub(super) fn find(&mut self, record: &ByteRecord, columns: &Columns) -> Found {
        let Some(values) = Values::of(record, columns, &mut self.room) else {
            return Found::TooLong;
        };
        let hash = values.hash(&self.seed);
        let mut slot = hash;
        loop {
            let Some(place) = place_in(&self.slots, slot) else { return Found::New };
            let Some(hot) = self.hot.get(place) else { return Found::New };
            let same =
                || self.arena.get(hot.start..hot.end).is_some_and(|kept| kept == values.bytes);
            if hot.hash == hash && hot.ends == values.ends && same() {
                return Found::At(place);
            }
            slot = slot.wrapping_add(1);
        }
    }

    /// Counts one more phone of a kind whose answer is known.
    pub(super) fn again(&mut self, place: usize) -> Option<Answer> {
        let hot = self.hot.get_mut(place)?;
        let answer = hot.answer?;
        hot.phones += 1;
        Some(answer)
    }

    /// Keeps the kind of a row, which is new, and gives its place.
    pub(super) fn insert(&mut self, kind: Kind, record: &ByteRecord, columns: &Columns) -> usize {
        let (place, start) = (self.kinds.len(), self.arena.len());
        let values = Values::of(record, columns, &mut self.room).unwrap_or_default();
        self.arena.extend_from_slice(values.bytes);
        let (hash, ends, end) = (values.hash(&self.seed), values.ends, self.arena.len());
        self.hot.push(Hot { hash, ends, start, end, answer: None, phones: 0 });
        self.kinds.push(kind);
        if self.hot.len().saturating_mul(2) > self.slots.len() {
            self.slots = vec![0; self.slots.len().saturating_mul(4)];
            self.hot
                .iter()
                .enumerate()
                .for_each(|(place, hot)| take_slot(&mut self.slots, hot.hash, place));
        } else {
            take_slot(&mut self.slots, hash, place);
        }
        place
    }

    /// The answer that every phone of this kind gets.
    pub(super) fn settle(&mut self, place: usize, answer: Answer) {
        if let Some(hot) = self.hot.get_mut(place) {
            hot.answer = Some(answer);
        }
    }

    pub(super) fn get(&mut self, place: usize) -> Option<&mut Kind> {
        self.kinds.get_mut(place)
    }

    pub(super) fn is_full(&self) -> bool {
        self.kinds.len() >= MAX_KINDS || self.arena.len() >= MAX_VALUES
    }

    /// Takes out all kinds with their counts, in the order of the rows.
    pub(super) fn drain(&mut self) -> Vec<Kind> {
        self.slots.fill(0);
        self.arena.clear();
        for (kind, hot) in self.kinds.iter_mut().zip(self.hot.drain(..)) {
            kind.answers.extend(hot.answer.map(|answer| (answer, hot.phones)));
        }
        std::mem::take(&mut self.kinds)
    }
}

/// The place that a slot names; slots go round.
fn place_in(slots: &[u32], slot: u64) -> Option<usize> {
    let index = usize::try_from(slot).unwrap_or(0) & slots.len().wrapping_sub(1);
    usize::try_from(*slots.get(index)?).ok()?.checked_sub(1)
}

/// Puts a place into the first free slot. Half of the slots are free.
fn take_slot(slots: &mut [u32], hash: u64, place: usize) {
    let mut slot = hash;
    while place_in(slots, slot).is_some() {
        slot = slot.wrapping_add(1);
    }
    let index = usize::try_from(slot).unwrap_or(0) & slots.len().wrapping_sub(1);
    if let Some(free) = slots.get_mut(index) {
        *free = u32::try_from(place + 1).unwrap_or(0);
    }
}

/// The values of a row, joined, and the end of each but the last: "a" and "bc" are not "ab" and
/// "c".
#[derive(Clone, Copy, Default)]
struct Values<'v> {
    ends: u64,
    bytes: &'v [u8],
}

impl<'v> Values<'v> {
    /// Uses values that are side by side in place, and copies others together; `None` if they are
    /// too long.
    fn of(record: &'v ByteRecord, columns: &Columns, room: &'v mut Vec<u8>) -> Option<Self> {
        let mut ends = 0;
        // Four ends of 14 bits, each at most MAX_ROW_VALUES, and if the phone is away.
        let mut end = |at: usize| {
            let at = u64::try_from(at).ok().filter(|_| at <= MAX_ROW_VALUES)?;
            ends = ends << END_BITS | at;
            Some(())
        };
        let bytes = match columns.side_by_side {
            Some((first, last)) => {
                let start = record.range(first)?.start;
                for column in first..last {
                    end(record.range(column)?.end - start)?;
                }
                record.as_slice().get(start..record.range(last)?.end)?
            }
            None => {
                room.clear();
                for (number, column) in columns.of_phone().into_iter().enumerate() {
                    room.extend_from_slice(
                        column.and_then(|column| record.get(column)).unwrap_or_default(),
                    );
                    if number + 1 < columns.of_phone().len() {
                        end(room.len())?;
                    }
                }
                room.as_slice()
            }
        };
        let ends = ends << 1 | u64::from(columns.is_away(record));
        (bytes.len() <= MAX_ROW_VALUES).then_some(Self { ends, bytes })
    }

    fn hash(&self, seed: &RandomState) -> u64 {
        let mut hasher = seed.build_hasher();
        hasher.write_u64(self.ends);
        hasher.write(self.bytes);
        hasher.finish()
    }
}

const END_BITS: u32 = 14;
const _: () = assert!(MAX_ROW_VALUES < 1 << END_BITS);
/// Slots at first: a power of two, as ever.
const MIN_SLOTS: usize = 1 << 10;
/// Kinds of rows kept at once.
const MAX_KINDS: usize = 1 << 14;
/// Bytes of their values.
const MAX_VALUES: usize = 1 << 22;

/// Returns the first of the TFTP nodes of a cell, and if there are more. A phone asks its second server
/// only if the first does not answer.
pub(crate) fn first_node(cell: &str) -> (&str, bool) {
    let mut nodes = servers(cell);
    (nodes.next().unwrap_or_default(), nodes.next().is_some())
}

/// The servers of each device pool, by its name in lower case.
#[derive(Debug, Default)]
pub(crate) struct Pools {
    groups: HashMap<String, Vec<Arc<str>>>,
    /// Where the pools come from, each with their names: an option names one, a file many.
    from: Vec<(String, Vec<String>)>,
}

/// The phones of each device pool, by its name.
#[derive(Debug, Default)]
pub(crate) struct PoolCounts(BTreeMap<Arc<str>, u64>);

impl PoolCounts {
    /// Counts phones of a pool.
    pub(crate) fn add(&mut self, pool: &Arc<str>, phones: u64) {
        let Self(counts) = self;
        if counts.len() < MAX_POOLS || counts.contains_key(pool) {
            let count = counts.entry(pool.clone()).or_insert(0);
            *count = count.saturating_add(phones);
        }
    }

    /// Returns the error for a pool of an option that no phone is in, or a file with no pool of any
    /// phone: its name is probably mistyped. A file may be of the whole cluster.
    pub(crate) fn unused(&self, pools: &Pools, inventory: &str) -> Option<String> {
        let Self(counts) = self;
        let known = self.keys();
        let is_used = |pool: &String| known.contains(pool);
        let (from, names) = pools.from.iter().find(|(_, names)| !names.iter().any(is_used))?;
        let what = match &names[..] {
            [_] => "no phone of it is in this device pool",
            _ => "no phone of it is in one of these device pools",
        };
        if counts.is_empty() || counts.len() >= MAX_POOLS {
            let empty = counts.is_empty();
            let why = "it has no column device_pool, or a column cm_group that counts before it";
            return empty.then(|| format!("{from}: not used for {inventory}: {why}"));
        }
        let mut told: Vec<String> = counts
            .iter()
            .take(MAX_TOLD)
            .map(|(pool, phones)| format!("{} ({phones})", pool_name(pool)))
            .collect();
        if counts.len() > MAX_TOLD {
            told.push(format!("and {} more", counts.len() - MAX_TOLD));
        }
        let near = near::nearest(names.first()?, counts.keys().map(AsRef::as_ref));
        let near = near.into_iter().next().or_else(|| {
            let part = |pool: &&Arc<str>| names.iter().any(|name| Pools::key(pool).contains(name));
            counts.keys().find(part).map(AsRef::as_ref)
        });
        let near = near.map(|near| format!(". Did you mean {}?", Plain(near))).unwrap_or_default();
        Some(format!("{from}: {inventory}: {what}. Pools: {}{near}", told.join(", ")))
    }

    /// Returns the pools of the files of `--pool-group` that no phone is in, if some are used.
    pub(crate) fn idle(&self, pools: &Pools) -> Vec<String> {
        let known = self.keys();
        let files = pools.from.iter().filter(|(_, names)| names.len() > 1);
        let idle = files.flat_map(|(_, names)| names).filter(|name| !known.contains(*name));
        idle.cloned().collect()
    }

    fn keys(&self) -> std::collections::BTreeSet<String> {
        let Self(counts) = self;
        counts.keys().map(|known| Pools::key(known)).collect()
    }

    /// Returns what is assumed for the phones of pools without a group.
    pub(crate) fn without_group(&self, pools: &Pools, servers: &str) -> Option<String> {
        let Self(counts) = self;
        let lacking = || counts.iter().filter(|(pool, _)| pools.of(pool).is_none());
        let phones: u64 = lacking().map(|(_, phones)| phones).sum();
        let names: Vec<String> =
            lacking().take(MAX_TOLD).map(|(pool, _)| pool_name(pool)).collect();
        let more = lacking().count().saturating_sub(MAX_TOLD);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (phones > 0).then(|| {
            format!(
                "{} of the device pools {}{more} may ask {servers}: no --pool-group for them",
                counted(phones, "phone"),
                names.join(", ")
            )
        })
    }
}

fn pool_name(pool: &str) -> String {
    if pool.trim().is_empty() { "(none)".to_owned() } else { Plain(pool).to_string() }
}

/// Device pools that are counted apart.
const MAX_POOLS: usize = 1 << 12;
/// Device pools that a message names.
const MAX_TOLD: usize = 8;

impl Pools {
    /// Reads the values of the option: POOL=ccm1,ccm2, or a file with both in two columns.
    pub(crate) fn read(input: &Input, values: &[String]) -> Result<Self, String> {
        let mut pools = Self::default();
        for value in values {
            match value.split_once('=').filter(|_| !Path::new(value).exists()) {
                Some((pool, servers)) => {
                    pools.from.push((format!("--pool-group {}", Plain(pool)), Vec::new()));
                    pools.add("--pool-group", pool, servers)?;
                }
                None => {
                    let name = input::name(Path::new(value));
                    pools.from.push((format!("--pool-group {name}"), Vec::new()));
                    pools.file(input, Path::new(value))?;
                }
            }
        }
        Ok(pools)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The servers of a pool.
    pub(crate) fn of(&self, pool: &str) -> Option<&[Arc<str>]> {
        if self.groups.is_empty() {
            return None;
        }
        self.groups.get(&Self::key(pool)).map(Vec::as_slice)
    }

    fn key(pool: &str) -> String {
        pool.trim().to_lowercase()
    }

    fn add(&mut self, from: &str, pool: &str, servers: &str) -> Result<(), String> {
        let group: Vec<Arc<str>> = values::servers(servers).map(Arc::from).collect();
        if pool.trim().is_empty() || group.is_empty() || group.len() > MAX_SERVERS {
            return Err(format!(
                "{from}: {}: expected POOL=ccm1,ccm2 with at most {MAX_SERVERS} servers",
                Plain(pool)
            ));
        }
        if let Some((_, names)) = self.from.last_mut() {
            names.push(Self::key(pool));
        }
        match self.groups.insert(Self::key(pool), group) {
            Some(_) => Err(format!("{from}: {}: expected each device pool once", Plain(pool))),
            None => Ok(()),
        }
    }

    /// A table of pools and servers; further columns are servers too. A first row without a server
    /// is a header.
    fn file(&mut self, input: &Input, path: &Path) -> Result<(), String> {
        let (name, text) = (input::name(path), input.text(path)?);
        let head = text.lines().next().unwrap_or_default();
        let delimiter = [b';', b'\t']
            .into_iter()
            .find(|&byte| head.bytes().any(|found| found == byte))
            .unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new();
        let mut reader = reader
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        for (row, record) in reader.records().enumerate() {
            let record = record.map_err(|error| format!("{name}: {error}"))?;
            let cells: Vec<&str> = record.iter().map(str::trim).collect();
            let Some((pool, servers)) = cells.split_first() else { continue };
            let header = row == 0
                && matches!(
                    pool.to_lowercase().replace([' ', '-'], "_").as_str(),
                    "device_pool" | "pool" | "name"
                );
            if header || pool.is_empty() {
                continue;
            }
            self.add(&format!("{name}: line {}", row + 1), pool, &servers.join(","))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: [&str; 6] = ["device", "model", "itl", "ctl", "cm_group", "tftp_server"];

    fn kind(line: usize) -> Kind {
        let (line, phone) = (line as u64, Err("".into()));
        Kind {
            phone,
            answers: Vec::new(),
            unknown: Vec::new(),
            model: None,
            group: None,
            pool: None,
            lacks_node: false,
            names_several: false,
            open_group: false,
            notes: Vec::new(),
            doubt: None,
            names_one: false,
            contradiction: None,
            is_away: false,
            line,
        }
    }

    #[test]
    fn rows_are_told_apart_by_every_value_and_by_nothing_else() {
        let long = "x".repeat(MAX_ROW_VALUES);
        let rows = [
            ["a", "bc", "", "", ""],
            ["ab", "c", "", "", ""],
            ["ab", "", "c", "", ""],
            ["ab", "", "", "c", ""],
            ["ab", "", "", "", "c"],
            [&long, "", "", "", ""],
            ["", &long, "", "", ""],
            ["", "", "", "", ""],
        ];
        // Side by side, in another order, and torn apart by a column between them.
        for order in [&[0, 1, 2, 3, 4, 5][..], &[5, 3, 1, 2, 4, 0], &[1, 0, 2, 3, 4, 5]] {
            let columns = Columns::of(ByteRecord::from(
                order.iter().map(|&at| HEADER[at]).collect::<Vec<_>>(),
            ))
            .unwrap();
            assert_eq!(columns.side_by_side.is_some(), order[1] != 0);
            let row = |device: &str, values: [&str; 5]| {
                let [model, itl, ctl, group, tftp] = values;
                let all = [device, model, itl, ctl, group, tftp];
                ByteRecord::from(order.iter().map(|&at| all[at]).collect::<Vec<_>>())
            };
            let mut kinds = Kinds::new();
            for (place, values) in rows.iter().enumerate() {
                let row = row("SEP1", *values);
                assert_eq!(kinds.find(&row, &columns), Found::New);
                assert_eq!(kinds.insert(kind(place), &row, &columns), place);
            }
            for (place, values) in rows.iter().enumerate() {
                assert_eq!(kinds.find(&row("another device", *values), &columns), Found::At(place));
            }
            let lines: Vec<u64> = kinds.drain().iter().map(|kind| kind.line).collect();
            assert_eq!(lines, [0, 1, 2, 3, 4, 5, 6, 7]);
            assert_eq!(kinds.find(&row("SEP1", rows[0]), &columns), Found::New);
            let more = format!("{long}x");
            assert_eq!(kinds.find(&row("SEP1", [&more, "", "", "", ""]), &columns), Found::TooLong);
            assert_eq!(
                kinds.find(&row("SEP1", ["", "", "", "x", &long]), &columns),
                Found::TooLong
            );
        }
    }

    #[test]
    fn columns_may_be_missing() {
        let columns = Columns::of(ByteRecord::from(vec!["note", "device"])).unwrap();
        let mut kinds = Kinds::new();
        let row = ByteRecord::from(vec!["x", "SEP1"]);
        assert_eq!(
            (kinds.find(&row, &columns), kinds.insert(kind(0), &row, &columns)),
            (Found::New, 0)
        );
        assert_eq!(kinds.find(&ByteRecord::from(vec!["y", "SEP2"]), &columns), Found::At(0));
    }

    #[test]
    fn thousands_of_kinds_are_found_again() {
        let columns = Columns::of(ByteRecord::from(HEADER.to_vec())).unwrap();
        let row =
            |number: usize| ByteRecord::from(vec!["d", "m", &number.to_string(), "", "ccm1", ""]);
        let mut kinds = Kinds::new();
        for number in 0..MAX_KINDS {
            assert_eq!(kinds.find(&row(number), &columns), Found::New);
            assert!(!kinds.is_full());
            kinds.insert(kind(number), &row(number), &columns);
        }
        assert!(kinds.is_full());
        assert!(
            (0..MAX_KINDS).all(|number| kinds.find(&row(number), &columns) == Found::At(number))
        );
        assert_eq!(kinds.find(&row(MAX_KINDS), &columns), Found::New);
        assert_eq!(kinds.drain().len(), MAX_KINDS);
        assert_eq!(kinds.find(&row(0), &columns), Found::New);
    }

    #[test]
    fn the_first_of_several_nodes_counts() {
        for (cell, expected) in [
            ("", ("", false)),
            ("ccm1", ("ccm1", false)),
            ("ccm2, ccm1", ("ccm2", true)),
            ("ccm2;ccm1", ("ccm2", true)),
        ] {
            assert_eq!(first_node(cell), expected, "{cell}");
        }
    }

    #[test]
    fn pools_are_given_one_by_one() {
        let pools = Pools::read(
            &Input::default(),
            &["DP Utrecht=ccm1,ccm2".to_owned(), "DP-Delft=ccm3".to_owned()],
        )
        .unwrap();
        assert_eq!(pools.of(" dp utrecht"), Some(&["ccm1".into(), "ccm2".into()][..]));
        assert!(pools.of("x").is_none());
        for wrong in ["=ccm1", "DP=", "no-such-file"] {
            assert!(Pools::read(&Input::default(), &[wrong.to_owned()]).is_err(), "{wrong}");
        }
        assert!(
            Pools::read(&Input::default(), &["A=x".to_owned(), "a=y".to_owned()])
                .unwrap_err()
                .contains("each device pool once")
        );
    }
}
