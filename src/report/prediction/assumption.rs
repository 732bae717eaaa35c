//! What the caller left out, and what was taken instead: said first in every answer.

use crate::report::Plain;
use core::fmt;
use std::borrow::Cow;

/// Something that was taken because nobody said otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// What was taken.
    pub taken: Taken,
    /// What was left out: an option (`--installed-ctl`) or a field of a case (`phone.ctl`).
    pub left_out: Cow<'static, str>,
}

impl Assumption {
    /// An assumption by what was left out.
    pub fn new(taken: Taken, left_out: impl Into<Cow<'static, str>>) -> Self {
        Self { taken, left_out: left_out.into() }
    }
}

/// What is taken where nothing was said.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Taken {
    /// No configuration is judged.
    ConfigNotJudged,
    /// Of the device nothing is known beyond what was said.
    DeviceUnknown,
    /// Nothing at all: neither list of the phone was given, and nobody said that it is factory-fresh.
    InstalledListsUnknown,
    /// This model is in no table.
    ModelUnknown(String),
    /// The phone has no CTL.
    NoCtlOnPhone,
    /// The phone has no ITL.
    NoItlOnPhone,
    /// The server has no CTL.
    NoCtlOnServer,
    /// The server has no ITL.
    NoItlOnServer,
    /// Whether the CTL names the TFTP server was not looked at.
    TftpServerUnknown,
    /// The TVS servers are those that were named, in that order.
    TvsOrder,
    /// Nothing is known about TVS.
    TvsUnknown,
}

/// What a case left out. Where it says `null`, it says that there is none.
pub(super) fn of_case(case: &crate::case::PredictCase) -> Vec<Assumption> {
    let taken = case.left_out.iter().filter_map(|&field| Some(Assumption::new(taken_for(field, case)?, field)));
    taken.collect()
}

/// What is taken where a case leaves out this field.
fn taken_for(field: &str, case: &crate::case::PredictCase) -> Option<Taken> {
    let given = case.phone.installed == crate::phone::Installed::Given;
    Some(match field {
        "phone.ctl" if given => Taken::NoCtlOnPhone,
        "phone.itl" if given => Taken::NoItlOnPhone,
        "phone.ctl" => Taken::InstalledListsUnknown,
        "offer.ctl" => Taken::NoCtlOnServer,
        "offer.itl" => Taken::NoItlOnServer,
        "phone.model" => Taken::DeviceUnknown,
        "tvs" => Taken::TvsUnknown,
        _ => return None,
    })
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left_out = &self.left_out;
        let taken = match &self.taken {
            Taken::ConfigNotJudged => "no configuration is judged",
            Taken::DeviceUnknown => "nothing is known about the device",
            Taken::InstalledListsUnknown => "nothing is known of the lists on the phone",
            Taken::ModelUnknown(model) => {
                return write!(f, "nothing is known about the device: {} is no model of the table", Plain(model));
            }
            Taken::NoCtlOnPhone => "no CTL on the phone",
            Taken::NoCtlOnServer => "no CTL on the server",
            Taken::NoItlOnPhone => "no ITL on the phone",
            Taken::NoItlOnServer => "no ITL on the server",
            Taken::TftpServerUnknown => "not looked at whether the CTL names the TFTP server",
            Taken::TvsOrder => "TVS servers are asked in the order in which they were named",
            Taken::TvsUnknown => "nothing is known about TVS",
        };
        write!(f, "{taken}: {left_out} not given")
    }
}
