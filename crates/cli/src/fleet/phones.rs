//! From the values of a row to a phone: made once for all rows that say the same.

use super::columns::Columns;
use super::defaults::Defaults;
use super::lists::{Held, Lists};
use super::offered::Itls;
use super::pools::Pools;
use crate::limits::MAX_SERVERS;
use crate::predict::DeviceArguments;
use csv::ByteRecord;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use trustlist::facts::{ListFacts, ListKind};
use trustlist::fleet::{Answer, Labels, Member};
use trustlist::phone::{Installed, Offer, Phone, Tvs};
use trustlist::question::{TvsAnswers, UnnamedServer};

/// What the options say for every phone.
pub(super) struct Site<'a> {
    pub(super) device: &'a DeviceArguments,
    pub(super) cm_group: Option<Vec<Arc<str>>>,
    pub(super) tftp_server: Option<Arc<str>>,
    pub(super) factory_fresh: bool,
    pub(super) offer: &'a Offer,
    pub(super) itls: &'a Itls,
    pub(super) tvs: &'a TvsAnswers,
    /// What phones hold of which the inventory says nothing.
    pub(super) defaults: &'a Defaults,
    pub(super) pools: &'a Pools,
    /// What that means for a phone of `cm_group`.
    pub(super) of_fleet: &'a Tvs,
}

/// Rows that say the same about their phones.
pub(super) struct Kind {
    /// The phone, or why there is none.
    pub(super) phone: Result<Listed, Arc<str>>,
    /// Its answers, and how many phones got each: one, where phones have no configuration of their own.
    pub(super) answers: Vec<(Answer, u64)>,
    /// A list of which only this checksum is known.
    pub(super) unknown: Vec<Arc<str>>,
    pub(super) model: Option<Arc<str>>,
    pub(super) group: Option<Arc<str>>,
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

    /// The phone of a row.
    pub(super) fn kind(&mut self, record: &ByteRecord, line: u64) -> Kind {
        let value = |column: Option<usize>| {
            let bytes = column.and_then(|column| record.get(column)).unwrap_or_default();
            String::from_utf8_lossy(bytes.trim_ascii()).into_owned()
        };
        let columns = &self.columns;
        let (model, group) = (value(columns.model), value(columns.cm_group));
        let (itl, ctl, tftp) = (value(columns.itl), value(columns.ctl), value(columns.tftp_server));
        let group = self.group(&group);
        let many = group.as_ref().is_some_and(|group| group.len() > MAX_SERVERS);
        let group = group.filter(|_| !many);
        let held = self.lists.of_cell(&itl, ListKind::Itl);
        let held = held.and_then(|itl| Ok((itl, self.lists.of_cell(&ctl, ListKind::Ctl)?)));
        let model = Some(model).filter(|model| !model.is_empty());
        let label = group.as_ref().map(|group| group.join(", ").into());
        let mut unknown = Vec::new();
        let held = if many { Err(too_many()) } else { held };
        let phone = held.and_then(|held| {
            let unsaid = matches!(held, (Held::Empty, Held::Empty));
            let node = Some(tftp.as_str())
                .filter(|tftp| !tftp.is_empty())
                .or(self.site.tftp_server.as_deref());
            let default = self.site.defaults.of(node).filter(|_| unsaid);
            let given = self.site.factory_fresh || !unsaid || default.is_some();
            let (itl, ctl) = (known(held.0, &mut unknown), known(held.1, &mut unknown));
            let (itl, ctl) =
                default.map_or((itl, ctl), |default| (default.itl.clone(), default.ctl.clone()));
            let given = given && unknown.is_empty();
            let (itl, ctl) = if given { (itl, ctl) } else { (None, None) };
            Ok(Listed {
                offer: self.offer(&tftp)?,
                tvs: self.tvs(group.as_deref()),
                phone: Phone::new(self.site.device.device_of(model.as_deref()))
                    .with_cm_group(group)
                    .with_installed(if given { Installed::Given } else { Installed::NotGiven })
                    .with_ctl(ctl)
                    .with_itl(itl),
            })
        });
        Kind {
            phone,
            answers: Vec::new(),
            unknown,
            model: model.map(Arc::from),
            group: label,
            line,
        }
    }

    /// The servers of a cell: separated by semicolons, commas or blanks. An empty one is that of `--cm-group`.
    fn group(&self, cell: &str) -> Option<Vec<Arc<str>>> {
        if let Some(group) = self.site.pools.of(cell) {
            return Some(group.to_vec());
        }
        // The name of a device pool is no server.
        let by_pool =
            self.columns.cm_group.is_some() && self.columns.cm_group == self.columns.device_pool;
        let cell = if by_pool { "" } else { cell };
        let names =
            cell.split([';', ',', ' ', '\t', '\n', '\r', '|']).filter(|name| !name.is_empty());
        let group: Vec<Arc<str>> = names.map(Arc::from).collect();
        if group.is_empty() { self.site.cm_group.clone() } else { Some(group) }
    }

    /// What is known of TVS for this group, where it is not what is known for a phone without one.
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
            let open = "no tftp_server, and no --offered-itl for all of them";
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

/// The list on the phone, where there is one; one that nobody has is noted.
fn known(held: Held, unknown: &mut Vec<Arc<str>>) -> Option<Arc<ListFacts>> {
    match held {
        Held::Empty | Held::Nothing => None,
        Held::List(list) => Some(list),
        Held::Unknown(checksum) => {
            unknown.push(checksum);
            None
        }
    }
}

/// Groups and TFTP servers kept at once.
const MAX_GROUPS: usize = 1 << 10;
/// Servers that are remembered by name.
const MAX_SILENT: usize = 1 << 10;
