//! All phones of an inventory in CSV, as `trustlist fleet` judges them.

use crate::answer::{Answer, Status};
use crate::desk::{Desk, utf16};
use crate::predict::{DeviceQuestion, Reader, TvsQuestion, date, said, tls_minimum};
use csv::ByteRecord;
use serde::Deserialize;
use sha1::Digest;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use trustlist::Verdict;
use trustlist::facts::{ListFacts, ListKind};
use trustlist::fleet::{Answer as Judged, First, Fleet, Hands, Labels};
use trustlist::phone::{
    ConfigOffer, InstalledLists, ListOffer, Offer, Phone, SecurityByDefault, Tvs,
};
use trustlist::question::{TvsAnswers, UnnamedServer};
use trustlist::report::fleet::given::{
    FleetGiven, NAMED, UnknownLists, unknown_model, unnamed_servers,
};
use trustlist::report::fleet::rows::{ANSWER_COLUMNS, inventory_cell, text_cell, unanswered};
use trustlist::report::fleet::{
    FirstPhone, FleetReport, FleetRow, RowError, fleet_html, fleet_json, fleet_line, fleet_text_in,
};
use trustlist::report::{Plain, Wording, of_other_kind};

/// A question about all phones. Files are numbers of the desk.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Question {
    inventory: u32,
    /// Lists that rows name by file name or checksum.
    known: Vec<u32>,
    offered_itl: Option<u32>,
    offered_ctl: Option<u32>,
    offered_config: Option<u32>,
    no_config: bool,
    factory_fresh: bool,
    #[serde(flatten)]
    device: DeviceQuestion,
    cm_group: String,
    tftp_server: String,
    #[serde(flatten)]
    tvs: TvsQuestion,
    at: String,
}

/// Judges every phone. The document is that of the summary; the inventory with the answers is a form.
pub(crate) fn judged(desk: &Desk, question: &Question) -> Result<Answer, String> {
    let given = desk.file(question.inventory)?;
    let name = given.shown();
    let text = text(&given.bytes).map_err(|error| format!("{name}: line 1: {error}"))?;
    let text = &*text;
    let mut reader = Reader::new(desk);
    let answers = reader.tvs(&question.tvs)?;
    let mut offer = Offer::new();
    offer.ctl = reader.offered(question.offered_ctl, ListKind::Ctl)?;
    offer.itl = reader.offered(question.offered_itl, ListKind::Itl)?;
    offer.config = match question.offered_config {
        Some(file) => reader.config(file)?,
        None if question.no_config => ConfigOffer::NotServed,
        None => ConfigOffer::NotJudged,
    };
    offer.tls_minimum = tls_minimum(&question.tvs.tls_minimum)?;
    offer.at = date(&question.at)?;
    if matches!(
        (&offer.ctl, &offer.itl, &offer.config),
        (ListOffer::NotFound, ListOffer::NotFound, ConfigOffer::NotJudged)
    ) {
        return Err(
            "nothing is offered: put the ITL, the CTL or the configuration of the server at \"On the TFTP server\""
                .to_owned(),
        );
    }
    let swapped: Vec<String> = [(&offer.itl, ListKind::Itl), (&offer.ctl, ListKind::Ctl)]
        .into_iter()
        .filter_map(|(offer, kind)| match offer {
            ListOffer::List(list) => of_other_kind(list.kind, kind),
            _ => None,
        })
        .collect();
    if !swapped.is_empty() {
        return Err(format!("On the TFTP server: {}", swapped.join("; ")));
    }
    let mut csv = csv::ReaderBuilder::new();
    let mut csv =
        csv.has_headers(false).flexible(true).delimiter(delimiter(text)).from_reader(text);
    let mut header = ByteRecord::new();
    csv.read_byte_record(&mut header).map_err(|error| format!("{name}: {error}"))?;
    let columns = Columns::of(&header).map_err(|error| format!("{name}: line 1: {error}"))?;
    let known = Known::new(&mut reader, question);
    if let Some(lost) = reader.lost.first() {
        return Err(format!("{lost}: expected the file itself, or a whole paste"));
    }
    let group = said(&question.cm_group).map(|names| {
        names
            .split(SEPARATORS)
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(Arc::from)
            .collect::<Vec<Arc<str>>>()
    });
    let of_fleet = answers.of_group(group.as_deref());
    let site = Site {
        device: &question.device,
        group,
        tftp_server: said(&question.tftp_server).map(Arc::from),
        factory_fresh: question.factory_fresh,
        offer: &offer,
        answers: &answers,
        of_fleet: &of_fleet,
        known,
    };
    let fleet = Fleet::new(&offer, &of_fleet, &reader.files);
    let mut run = Run::new(site, columns);
    let out = run.rows(text, &mut csv, &header, &fleet)?;
    let mut report = run.finish();
    report.assumed = assumed(question, &run, &offer, Wording::Options);
    let document = fleet_json(&report);
    let worst = match report.summary.worst() {
        None => Status::Unusable,
        Some(Verdict::Accept) => Status::Fine,
        Some(Verdict::Depends) => Status::Undecided,
        Some(Verdict::Reject) => Status::Negative,
    };
    let status = if report.unreadable > 0 { Status::Unusable } else { worst };
    // The document is that of the command line; the page has no options to name.
    let plain = assumed(question, &run, &offer, Wording::Plain);
    let report = FleetReport { assumed: plain, ..report };
    Ok(Answer::new(&document, fleet_text_in(Wording::Plain, &report), status)
        .form("verdict", fleet_line(&report))
        .form("csv", out)
        .form("html", fleet_html(&report)))
}

/// Between servers.
const SEPARATORS: [char; 8] = [';', ',', ' ', '\t', '\n', '\r', '|', '/'];

/// The fields of the page that hold for every phone.
struct Site<'a> {
    device: &'a DeviceQuestion,
    group: Option<Vec<Arc<str>>>,
    tftp_server: Option<Arc<str>>,
    factory_fresh: bool,
    offer: &'a Offer,
    answers: &'a TvsAnswers,
    of_fleet: &'a Tvs,
    known: Known,
}

/// The inventory that is being judged.
struct Run<'a> {
    site: Site<'a>,
    columns: Columns,
    report: FleetReport,
    first: First<FirstPhone>,
    groups: HashMap<String, Group>,
    offers: HashMap<String, Arc<Offer>>,
    models: BTreeSet<Arc<str>>,
    unnamed: BTreeSet<UnnamedServer>,
    /// The devices of the rows before.
    devices: HashSet<String>,
    unknown: UnknownLists,
    not_given: u64,
}

/// The servers of a cell, and what is known of TVS for them if that is not what is known for the fleet.
#[derive(Clone)]
struct Group {
    names: Option<Vec<Arc<str>>>,
    tvs: Option<Arc<Tvs>>,
}

/// A phone of a row, with what is offered and known for it alone.
struct Listed {
    phone: Phone,
    offer: Option<Arc<Offer>>,
    tvs: Option<Arc<Tvs>>,
    unknown: Vec<Arc<str>>,
    label: Option<String>,
    model: Option<String>,
}

impl Listed {
    /// The same phone in a group.
    fn of(&self, group: Group) -> Self {
        Self {
            phone: self.phone.clone().with_cm_group(group.names),
            offer: self.offer.clone(),
            tvs: group.tvs,
            unknown: Vec::new(),
            label: None,
            model: None,
        }
    }
}

impl trustlist::fleet::Member for Listed {
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

impl<'a> Run<'a> {
    fn new(site: Site<'a>, columns: Columns) -> Self {
        Self {
            site,
            columns,
            report: FleetReport::default(),
            first: First::new(FIRST),
            groups: HashMap::new(),
            offers: HashMap::new(),
            models: BTreeSet::new(),
            unnamed: BTreeSet::new(),
            devices: HashSet::new(),
            unknown: UnknownLists::default(),
            not_given: 0,
        }
    }

    /// Judges the rows, and returns the inventory with the answers as further columns.
    fn rows(
        &mut self,
        text: &[u8],
        csv: &mut csv::Reader<&[u8]>,
        header: &ByteRecord,
        fleet: &Fleet<'_>,
    ) -> Result<String, String> {
        let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let told = |error: csv::Error| error.to_string();
        let names = header.iter().map(inventory_cell);
        let answers = ANSWER_COLUMNS.iter().map(|name| name.as_bytes().into());
        out.write_record(names.chain(answers)).map_err(told)?;
        let mut judge = fleet.judge_with_memory();
        let mut record = ByteRecord::new();
        let mut lines = Lines { text, at: 0, line: 1 };
        while csv.read_byte_record(&mut record).map_err(told)? {
            lines.go_to(record.position().map_or(0, csv::Position::byte));
            let line = lines.line;
            let device = self.columns.text(&record, Some(self.columns.device));
            if device.is_empty() && record.as_slice().trim_ascii().is_empty() {
                continue;
            }
            for index in 0..header.len() {
                let cell = inventory_cell(record.get(index).unwrap_or_default());
                out.write_field(&*cell).map_err(told)?;
            }
            let (found, expected) = (record.len(), header.len());
            let listed = if found != expected {
                Err(format!("{found} values, expected {expected} as in the header"))
            } else if device.is_empty() {
                Err("no value for device".to_owned())
            } else {
                self.listed(&record)
            };
            let answer = listed.map(|listed| {
                let mut answer = judge.judge(&listed);
                if listed.phone.cm_group.is_none() && answer.verdict == Verdict::Accept {
                    // It may be in a group of one TVS server.
                    let alone: Vec<Judged> =
                        self.alone().map(|group| judge.judge(&listed.of(group))).collect();
                    answer = answer.of_any_group(alone.into_iter());
                }
                self.count(&listed, &answer, line, device);
                answer
            });
            let fields = match &answer {
                Ok(answer) => FleetRow::of(answer).columns(),
                Err(error) => unanswered("unreadable", error),
            };
            for field in fields {
                out.write_field(&*text_cell(field.as_bytes().into())).map_err(told)?;
            }
            if let Err(error) = answer {
                self.report.unreadable += 1;
                if self.report.errors.len() < MAX_ERRORS {
                    self.report.errors.push(RowError { line, error });
                }
            }
            out.write_record(None::<&[u8]>).map_err(told)?;
        }
        let bytes = out.into_inner().map_err(|error| error.to_string())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn listed(&mut self, record: &ByteRecord) -> Result<Listed, String> {
        let columns = &self.columns;
        let (model, group) =
            (columns.text(record, columns.model), columns.text(record, columns.cm_group));
        let (itl, ctl) = (columns.text(record, columns.itl), columns.text(record, columns.ctl));
        let tftp = columns.text(record, columns.tftp_server);
        let Group { names: cm_group, tvs } = self.group(&group)?;
        let (itl, ctl) = (
            self.site.known.held(&itl, ListKind::Itl)?,
            self.site.known.held(&ctl, ListKind::Ctl)?,
        );
        // A print that says "file not found" is about a server, not about the phone.
        let is_list = |held: &Held| !matches!(held, Held::Empty | Held::Nothing);
        let said = self.site.factory_fresh || is_list(&itl) || is_list(&ctl);
        let mut unknown = Vec::new();
        let (itl, ctl) = (itl.list(&mut unknown), ctl.list(&mut unknown));
        let given = said && unknown.is_empty();
        let model = Some(model).filter(|model| !model.is_empty());
        Ok(Listed {
            offer: self.offer(tftp),
            tvs,
            label: cm_group.as_ref().map(|group| group.join(", ")),
            phone: Phone::new(self.site.device.device(model.as_deref())?)
                .with_cm_group(cm_group)
                .with_installed(if given {
                    InstalledLists::of(ctl, itl)
                } else {
                    InstalledLists::Unknown
                }),
            unknown,
            model,
        })
    }

    /// The groups of one TVS server that a phone without a group may be in.
    fn alone(&self) -> impl Iterator<Item = Group> + use<'_> {
        let servers = match self.site.of_fleet {
            Tvs::Known(servers) if servers.len() > 1 && self.site.group.is_none() => {
                servers.as_slice()
            }
            _ => &[],
        };
        servers.iter().map(|server| {
            let names = vec![server.server.clone()];
            let tvs = Some(Arc::new(self.site.answers.of_group(Some(&names))));
            Group { names: Some(names), tvs }
        })
    }

    /// The servers of a cell, separated by semicolons, commas or blanks; and what is known of TVS for them.
    fn group(&mut self, cell: &str) -> Result<Group, String> {
        if let Some(known) = self.groups.get(cell) {
            return Ok(known.clone());
        }
        let names = cell.split(SEPARATORS).filter(|name| !name.is_empty());
        let names: Vec<Arc<str>> = names.map(Arc::from).collect();
        if names.len() > MAX_SERVERS {
            return Err(format!("a cm_group of more than {MAX_SERVERS} servers"));
        }
        let group = if names.is_empty() { self.site.group.clone() } else { Some(names) };
        let tvs = group.as_deref().map(|group| {
            if self.unnamed.len() < MAX_NAMES {
                self.unnamed.extend(self.site.answers.unnamed(group));
            }
            self.site.answers.of_group(Some(group))
        });
        let tvs = tvs.filter(|tvs| tvs != self.site.of_fleet).map(Arc::new);
        if self.groups.len() >= MAX_NAMES {
            self.groups.clear();
        }
        let group = Group { names: group, tvs };
        self.groups.insert(cell.to_owned(), group.clone());
        Ok(group)
    }

    /// The offer from this TFTP server, if a row or a field names one.
    fn offer(&mut self, tftp: String) -> Option<Arc<Offer>> {
        // Several servers mean the first.
        let tftp =
            tftp.split(SEPARATORS).find(|name| !name.is_empty()).unwrap_or_default().to_owned();
        let server =
            if tftp.is_empty() { self.site.tftp_server.as_deref()?.to_owned() } else { tftp };
        if self.offers.len() >= MAX_NAMES && !self.offers.contains_key(&server) {
            self.offers.clear();
        }
        let offer = || {
            let mut offer = self.site.offer.clone();
            offer.tftp_server = Some(Arc::from(server.as_str()));
            Arc::new(offer)
        };
        if let Some(known) = self.offers.get(&server) {
            return Some(known.clone());
        }
        let offer = offer();
        self.offers.insert(server, offer.clone());
        Some(offer)
    }

    fn count(
        &mut self,
        listed: &Listed,
        answer: &trustlist::fleet::Answer,
        line: u64,
        device: String,
    ) {
        self.report.summary.add(
            Labels { model: listed.model.as_deref(), group: listed.label.as_deref() },
            answer,
            1,
        );
        if listed.phone.installed == InstalledLists::Unknown && listed.unknown.is_empty() {
            self.not_given += 1;
        }
        let unknown = listed.phone.device.security_by_default == SecurityByDefault::Unknown;
        if unknown && self.models.len() < NAMED {
            self.models.extend(listed.model.as_deref().map(Arc::from));
        }
        for checksum in &listed.unknown {
            self.unknown.note(checksum, 1, line, MAX_ERRORS);
        }
        self.report.duplicates += u64::from(!self.devices.insert(device.clone()));
        if answer.hands != Hands::None {
            let phone =
                || FirstPhone { device, model: listed.model.clone(), line, answer: *answer };
            self.first.note(answer.hands, phone);
        }
    }

    fn finish(&mut self) -> FleetReport {
        let mut report = std::mem::take(&mut self.report);
        report.unknown_lists = self.unknown.lists();
        report.first = std::mem::replace(&mut self.first, First::new(0)).into_most_urgent();
        report
    }
}

/// The facts that were left out, as on the command line.
fn assumed(question: &Question, run: &Run<'_>, offer: &Offer, wording: Wording) -> Vec<String> {
    let (columns, site) = (&run.columns, &run.site);
    let several = matches!(site.answers, TvsAnswers::Known { servers, .. } if servers.len() > 1);
    let given = FleetGiven {
        column_itl: columns.itl.is_some(),
        column_ctl: columns.ctl.is_some(),
        model: columns.model.is_some() || !site.device.model.is_empty(),
        tftp_server: columns.tftp_server.is_some() || site.tftp_server.is_some(),
        cm_group: columns.cm_group.is_some() || site.group.is_some(),
        factory_fresh: question.factory_fresh,
        offered_itl: question.offered_itl.is_some(),
        offered_ctl: question.offered_ctl.is_some(),
        offered_config: question.offered_config.is_some(),
        no_config: offer.config != ConfigOffer::NotJudged,
        tvs: !matches!(site.answers, TvsAnswers::Unknown),
        several_tvs: several,
        ..FleetGiven::default()
    };
    let mut assumed = given.assumptions(wording);
    assumed.extend(run.models.iter().map(|model| unknown_model(model, wording)));
    assumed.extend(given.lists_not_given(run.not_given, wording));
    assumed.extend(unnamed_servers(run.unnamed.iter().map(UnnamedServer::assumption), wording));
    assumed
}

/// The line of a row. The reader's own count of it may be that of the line feed before the row.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// Counts up to the first byte of a row: what is located before it are the ends of the rows before.
    fn go_to(&mut self, byte: u64) {
        let start = usize::try_from(byte).unwrap_or(usize::MAX);
        let rest = self.text.get(start..).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = start.saturating_add(ends).min(self.text.len());
        let passed = self.text.get(self.at..start).unwrap_or_default();
        self.line += passed.iter().map(|&byte| u64::from(byte == b'\n')).sum::<u64>();
        self.at = start;
    }
}

/// The meaning of a cell about a list on a phone.
#[derive(Clone)]
enum Held {
    Empty,
    /// A print says that there is no such list.
    Nothing,
    List(Arc<ListFacts>),
    /// A list known by this checksum only.
    Unknown(Arc<str>),
}

impl Held {
    /// Returns the list; a list known by its checksum only is noted.
    fn list(self, unknown: &mut Vec<Arc<str>>) -> Option<Arc<ListFacts>> {
        match self {
            Self::Empty | Self::Nothing => None,
            Self::List(list) => Some(list),
            Self::Unknown(checksum) => {
                unknown.push(checksum);
                None
            }
        }
    }
}

/// Lists by their file names and checksums, read for both columns.
struct Known(HashMap<(String, ListKind), Result<Held, String>>);

impl Known {
    /// Reads every list that a row may name.
    fn new(reader: &mut Reader<'_>, question: &Question) -> Self {
        let mut known = HashMap::new();
        let offered = [question.offered_itl, question.offered_ctl].into_iter().flatten();
        for file in question.known.iter().copied().chain(offered) {
            let Ok(given) = reader.desk.file(file) else { continue };
            let names = [
                given.name.to_ascii_lowercase(),
                trustlist::report::hex(&md5::Md5::digest(&given.bytes)),
                trustlist::report::hex(&sha1::Sha1::digest(&given.bytes)),
                trustlist::report::hex(&sha2::Sha256::digest(&given.bytes)),
            ];
            for kind in [ListKind::Itl, ListKind::Ctl] {
                let held = match reader.given(given, kind) {
                    Ok(None) => Ok(Held::Nothing),
                    Ok(Some(list)) if of_other_kind(list.kind, kind).is_some() => {
                        let why = of_other_kind(list.kind, kind).unwrap_or_default();
                        Err(format!("{}: {why}", given.shown()))
                    }
                    // Phones refuse such a list: it is not the one on a phone (P-SIG-2).
                    Ok(Some(list)) if reader.files.is_signature_broken(&list.file) => {
                        Ok(Held::Unknown(format!("{}, broken signature", given.shown()).into()))
                    }
                    Ok(Some(list)) => Ok(Held::List(list)),
                    Err(error) => Err(error),
                };
                for name in &names {
                    known.entry((name.clone(), kind)).or_insert_with(|| held.clone());
                }
            }
        }
        Self(known)
    }

    /// Returns the meaning of a cell: a path names the file of its last part.
    fn held(&self, cell: &str, kind: ListKind) -> Result<Held, String> {
        if cell.is_empty() {
            return Ok(Held::Empty);
        }
        let name = cell.rsplit(['/', '\\']).next().unwrap_or(cell).to_ascii_lowercase();
        if let Some(held) = self.0.get(&(name, kind)) {
            return held.clone();
        }
        let digits: String = cell
            .chars()
            .filter(|c| !matches!(c, ':' | ' '))
            .collect::<String>()
            .to_ascii_lowercase();
        let checksum = matches!(digits.len(), 32 | 40 | 64)
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !checksum {
            return Err(format!("{}: no list of this name was given", Plain(cell)));
        }
        let known = self.0.get(&(digits.clone(), kind)).cloned();
        known.unwrap_or(Ok(Held::Unknown(digits.into())))
    }
}

/// Where the values of a row are located.
struct Columns {
    device: usize,
    model: Option<usize>,
    itl: Option<usize>,
    ctl: Option<usize>,
    cm_group: Option<usize>,
    tftp_server: Option<usize>,
}

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self, String> {
        let names: Vec<String> = header.iter().map(plain).collect();
        let place = |wanted: &str| {
            let mut found = names
                .iter()
                .enumerate()
                .filter(|(_, name)| *name == wanted)
                .map(|(index, _)| index);
            match (found.next(), found.next()) {
                (_, Some(_)) => Err(()),
                (first, None) => Ok(first),
            }
        };
        let find = |known: &[&str]| {
            let mut places = known.iter().map(|name| place(name));
            let first = places.find(|found| *found != Ok(None)).unwrap_or(Ok(None));
            let name = known.first().copied().unwrap_or_default();
            first.map_err(|()| format!("column {name} is there twice"))
        };
        let missing = || {
            let written = header.iter().take(MAX_NAMES_TOLD).map(String::from_utf8_lossy);
            let written = written.collect::<Vec<_>>().join(", ");
            format!(
                "no column device, expected a header with device, model, itl, ctl, cm_group, tftp_server; found {}",
                Plain(&written)
            )
        };
        Ok(Self {
            device: find(&DEVICE)?.ok_or_else(missing)?,
            model: find(&MODEL)?,
            itl: find(&["itl"])?,
            ctl: find(&["ctl"])?,
            cm_group: find(&CM_GROUP)?,
            tftp_server: find(&TFTP_SERVER)?,
        })
    }

    fn text(&self, record: &ByteRecord, column: Option<usize>) -> String {
        let bytes = column.and_then(|column| record.get(column)).unwrap_or_default();
        String::from_utf8_lossy(bytes.trim_ascii()).into_owned()
    }
}

/// Returns why a file is no inventory: the first line is read, and nothing after it.
pub(crate) fn fault(bytes: &[u8]) -> Option<String> {
    header(bytes).and_then(|header| Columns::of(&header)).err()
}

/// Returns whether the header names devices as an inventory alone does: other files have a column `name` too.
pub(crate) fn is_table(bytes: &[u8]) -> bool {
    let is_device = |name: &[u8]| plain(name).starts_with("device");
    header(bytes).is_ok_and(|header| header.iter().any(is_device) && Columns::of(&header).is_ok())
}

fn header(bytes: &[u8]) -> Result<ByteRecord, String> {
    let start = bytes.get(..MAX_HEADER).unwrap_or(bytes);
    let text = text(start)?;
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let mut csv = csv::ReaderBuilder::new();
    let mut csv = csv.has_headers(false).delimiter(delimiter(line)).from_reader(line);
    let mut header = ByteRecord::new();
    csv.read_byte_record(&mut header).map_err(|error| error.to_string())?;
    Ok(header)
}

/// `CM Group` is `cm_group`.
fn plain(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name).trim().to_lowercase();
    let words = name.split([' ', '-', '_', '\u{a0}']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}

/// The text without its byte order mark, in UTF-8. A workbook is refused by name.
fn text(bytes: &[u8]) -> Result<Cow<'_, [u8]>, &'static str> {
    if let Some(text) = utf16(bytes) {
        return Ok(Cow::Owned(text.into_bytes()));
    }
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(Cow::Borrowed(rest)),
        [b'P', b'K', 3, 4, ..] => {
            Err("an Excel workbook or a ZIP archive, expected CSV: save the table as CSV UTF-8")
        }
        [] => Err("an empty file, expected a header with the column device"),
        bytes => Ok(Cow::Borrowed(bytes)),
    }
}

/// Spreadsheets of some countries write semicolons.
fn delimiter(text: &[u8]) -> u8 {
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| line.iter().filter(|&&byte| byte == wanted).count();
    [b';', b'\t']
        .into_iter()
        .fold(b',', |best, other| if count(other) > count(best) { other } else { best })
}

/// The names of columns, as on the command line: of two columns the one with the earlier name is read.
const CM_GROUP: [&str; 8] = [
    "cm_group",
    "callmanager_group",
    "call_manager_group",
    "cisco_unified_callmanager_group",
    "cisco_unified_cm_group",
    "cisco_unified_communications_manager_group",
    "callmanagergroupname",
    "cmgroup",
];
const DEVICE: [&str; 8] = [
    "device",
    "device_name",
    "device_name(line)",
    "device_name_(line)",
    "devicename",
    "phone_name",
    "phone",
    "name",
];
const MODEL: [&str; 11] = [
    "model",
    "phone_model",
    "device_type",
    "phone_type",
    "device_model",
    "devicetype",
    "phonemodel",
    "model_name",
    "product",
    "product_type",
    "type",
];
const TFTP_SERVER: [&str; 6] =
    ["tftp_server", "tftp_servers", "tftp", "tftp_server_1", "tftpserver", "tftp_server1"];

/// The header must end within this number of bytes.
const MAX_HEADER: usize = 1 << 16;
/// Names of a header in a message.
const MAX_NAMES_TOLD: usize = 12;
/// The most servers of one CallManager group.
const MAX_SERVERS: usize = 16;
/// Largest number of bad rows and unknown lists in the report; all are counted.
const MAX_ERRORS: usize = 1_000;
/// Groups, TFTP servers and servers without a name that are kept.
const MAX_NAMES: usize = 1 << 10;
/// Largest number of phones to repair in the summary.
const FIRST: usize = 20;
