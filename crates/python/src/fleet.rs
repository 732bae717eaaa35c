//! Many phones, each distinct state judged once. Values come in tables, rows as numbers into them.

use crate::{error, json};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use std::sync::Arc;
use trustlist::Verdict;
use trustlist::facts::{ListFacts, ListKind};
use trustlist::fleet::{Answer, First, Fleet, Labels, Member, Summary};
use trustlist::phone::{Device, InstalledLists, ListOffer, Phone, Tvs};
use trustlist::report::fleet::{FirstPhone, FleetReport, FleetRow, fleet_json, fleet_text};
use trustlist::report::{counted, of_other_kind};

/// A phone with what its own TVS servers are known to say.
struct Row {
    phone: Phone,
    tvs: Option<Arc<Tvs>>,
    model: Option<Arc<str>>,
    group: Option<Arc<str>>,
}

impl Row {
    /// The same phone in a group.
    fn of(&self, group: &Group) -> Self {
        Self {
            phone: self.phone.clone().with_cm_group(Some(group.servers.clone())),
            tvs: Some(group.tvs.clone()),
            model: None,
            group: None,
        }
    }
}

impl Member for Row {
    fn phone(&self) -> &Phone {
        &self.phone
    }

    fn tvs(&self) -> Option<&Arc<Tvs>> {
        self.tvs.as_ref()
    }
}

/// One row: numbers of model, CallManager group, ITL, CTL; the number of its phones.
type Numbers = (Option<usize>, Option<usize>, Option<usize>, Option<usize>, u64);
/// The words of an answer: answer, ctl, itl, config, leans, file, code, hands.
type Words = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// Judges phones: the words for each row, the document and the text of the summary. An error about a list names it by its place.
#[pyfunction]
#[pyo3(signature = (question, lists, places, models, groups, rows, names, factory_fresh, first))]
#[expect(clippy::too_many_arguments, reason = "called from one place in Python, by name")]
pub(crate) fn fleet(
    py: Python<'_>,
    question: &mut super::question::Question,
    lists: Vec<Vec<u8>>,
    places: Vec<String>,
    models: Vec<String>,
    groups: Vec<Vec<String>>,
    rows: Vec<Numbers>,
    names: Vec<String>,
    factory_fresh: bool,
    first: usize,
) -> PyResult<(Vec<Words>, String, String)> {
    let mut read = Vec::with_capacity(lists.len());
    for (bytes, place) in lists.iter().zip(&places) {
        let list = question.inner.read_list(bytes);
        read.push(list.map_err(|fault| error::named(py, place, &fault))?);
    }
    let site = &question.inner;
    if let Some(lost) = site.losses().next() {
        return Err(PyValueError::new_err(format!(
            "{lost}: expected the file itself, or a whole paste, for many phones"
        )));
    }
    let (offer, tvs) = (site.offer(), site.tvs_of_group(None));
    let base = site.phone().device;
    let devices: Vec<Device> =
        models.iter().map(|model| over(Device::of_model(model), &base)).collect();
    let groups: Vec<Group> = groups.iter().map(|names| Group::of(names, site)).collect();
    let is_broken = |list: &Option<Arc<ListFacts>>| {
        list.as_ref().is_some_and(|list| site.files().is_signature_broken(&list.file))
    };
    let broken: Vec<bool> = read.iter().map(is_broken).collect();
    for (offer, name, kind) in
        [(&offer.itl, "offered_itl", ListKind::Itl), (&offer.ctl, "offered_ctl", ListKind::Ctl)]
    {
        if let ListOffer::List(list) = offer {
            of_kind(list, name, kind)?;
        }
    }
    let tables = Tables { devices, groups, lists: read, broken, base, factory_fresh };
    for &(_, _, itl, ctl, _) in &rows {
        for (number, kind) in [(itl, ListKind::Itl), (ctl, ListKind::Ctl)] {
            let Some(number) = number else { continue };
            if let Some(list) = at(&tables.lists, number)? {
                of_kind(list, at(&places, number)?, kind)?;
            }
        }
    }
    let phones: Vec<Row> =
        rows.iter().map(|numbers| tables.row(numbers)).collect::<PyResult<_>>()?;
    let names_broken =
        |&(_, _, itl, ctl, _): &Numbers| tables.is_broken(itl) || tables.is_broken(ctl);
    let doubtful = rows.iter().filter(|row| names_broken(row)).map(|row| row.4);
    let doubtful = doubtful.fold(0, u64::saturating_add);
    let mut assumed = Vec::new();
    if doubtful > 0 {
        assumed.push(format!(
            "nothing is known of the lists on {}: the signature of a list that their row names is not \
             made by its signer: it is damaged or forged",
            counted(doubtful, "phone")
        ));
    }
    let fleet = Fleet::new(&offer, &tvs, site.files());
    let alone: Vec<Group> = match &tvs {
        Tvs::Known(servers) if servers.len() > 1 => {
            servers.iter().map(|one| Group::of(&[one.server.to_string()], site)).collect()
        }
        _ => Vec::new(),
    };
    py.detach(|| {
        let mut judge = fleet.judge_with_memory();
        let (mut summary, mut urgent) = (Summary::default(), First::new(first));
        let mut words = Vec::with_capacity(phones.len());
        for (index, (row, numbers)) in phones.iter().zip(&rows).enumerate() {
            let mut answer = judge.judge(row);
            if row.phone.cm_group.is_none() && answer.verdict == Verdict::Accept {
                // It may be in a group of one TVS server.
                let in_groups: Vec<Answer> =
                    alone.iter().map(|group| judge.judge(&row.of(group))).collect();
                answer = answer.of_any_group(in_groups.into_iter());
            }
            summary.add(
                Labels { model: row.model.as_deref(), group: row.group.as_deref() },
                &answer,
                numbers.4,
            );
            urgent.note(answer.hands, || FirstPhone {
                device: names.get(index).cloned().unwrap_or_default(),
                model: row.model.as_deref().map(str::to_owned),
                line: u64::try_from(index).unwrap_or(u64::MAX).saturating_add(1),
                answer,
            });
            words.push(said(&answer));
        }
        let report = FleetReport {
            summary,
            first: urgent.into_most_urgent(),
            assumed,
            ..FleetReport::default()
        };
        Ok((words, json(&fleet_json(&report)), fleet_text(&report)))
    })
}

/// Checks that a list is not surely of the other kind (P-SIG-7).
fn of_kind(list: &ListFacts, place: &str, wanted: ListKind) -> PyResult<()> {
    match of_other_kind(list.kind, wanted) {
        Some(other) => Err(PyValueError::new_err(format!("{place}: {other}"))),
        None => Ok(()),
    }
}

/// The facts about every device; they replace those of its model.
fn over(mut device: Device, said: &Device) -> Device {
    if said.digests.is_some() {
        device.digests = said.digests;
    }
    device.max_key_bits = said.max_key_bits.or(device.max_key_bits);
    device.fips |= said.fips;
    if said.security_by_default != trustlist::phone::SecurityByDefault::Unknown {
        device.security_by_default = said.security_by_default;
    }
    device
}

fn said(answer: &Answer) -> Words {
    let row = FleetRow::of(answer);
    (row.answer, row.ctl, row.itl, row.config, row.leans, row.file, row.code, row.hands)
}

struct Group {
    servers: Vec<Arc<str>>,
    label: Arc<str>,
    tvs: Arc<Tvs>,
}

impl Group {
    fn of(names: &[String], site: &trustlist::Question) -> Self {
        let servers: Vec<Arc<str>> = names.iter().map(|name| Arc::from(name.trim())).collect();
        Self {
            label: Arc::from(servers.join(", ")),
            tvs: Arc::new(site.tvs_of_group(Some(&servers))),
            servers,
        }
    }
}

struct Tables {
    devices: Vec<Device>,
    groups: Vec<Group>,
    lists: Vec<Option<Arc<ListFacts>>>,
    /// True for a list whose signature is broken: it is on no phone (P-SIG-2).
    broken: Vec<bool>,
    base: Device,
    factory_fresh: bool,
}

impl Tables {
    fn is_broken(&self, list: Option<usize>) -> bool {
        list.and_then(|list| self.broken.get(list)).is_some_and(|broken| *broken)
    }

    fn row(&self, &(model, group, itl, ctl, _): &Numbers) -> PyResult<Row> {
        let device = match model {
            None => self.base.clone(),
            Some(model) => at(&self.devices, model)?.clone(),
        };
        let group = group.map(|group| at(&self.groups, group)).transpose()?;
        let list = |number: Option<usize>| {
            number.map(|number| at(&self.lists, number).cloned()).transpose()
        };
        let broken = self.is_broken(itl) || self.is_broken(ctl);
        let model = device.model.clone();
        let (itl, ctl) = (list(itl)?.flatten(), list(ctl)?.flatten());
        // A print that says "file not found" is about a server, not about the phone.
        let given = (itl.is_some() || ctl.is_some() || self.factory_fresh) && !broken;
        let phone = Phone::new(device)
            .with_installed(if given {
                InstalledLists::of(ctl, itl)
            } else {
                InstalledLists::Unknown
            })
            .with_cm_group(group.map(|group| group.servers.clone()));
        Ok(Row {
            phone,
            tvs: group.map(|group| group.tvs.clone()),
            model,
            group: group.map(|group| group.label.clone()),
        })
    }
}

fn at<T>(table: &[T], number: usize) -> PyResult<&T> {
    table.get(number).ok_or_else(|| PyIndexError::new_err(format!("{number} of {}", table.len())))
}
