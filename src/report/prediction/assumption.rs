//! Assumptions in place of facts that were not given.

use crate::phone::{
    ConfigOffer, Family, InstalledLists, ListOffer, Offer, Phone, SecurityByDefault, Tvs,
};
use crate::report::Plain;
use core::fmt;
use std::borrow::Cow;

/// A fact that was assumed because it was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Assumption {
    /// The assumed fact.
    pub taken: Taken,
    /// The part that was not given: an option (`--installed-ctl`) or a field of a case (`phone.ctl`); for
    /// [`Taken::ExtensionListAsItl`], [`Taken::InstalledListBroken`], [`Taken::LostInPaste`] and [`Taken::OfferedListKnownToTvs`]
    /// the file, for [`Taken::TvsServerUnknown`] the server.
    pub left_out: Cow<'static, str>,
}

impl Assumption {
    /// An assumption by what was left out.
    pub fn new(taken: Taken, left_out: impl Into<Cow<'static, str>>) -> Self {
        Self { taken, left_out: left_out.into() }
    }
}

/// A fact that is assumed if it is not given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Taken {
    /// No configuration is judged.
    ConfigNotJudged,
    /// Of the device nothing is known beyond what was said.
    DeviceUnknown,
    /// A list for the port of newer loads is judged as the ordinary one: how phones judge it is not known (P-BOOT-1).
    ExtensionListAsItl,
    /// Nothing is known about the lists on the phone: the one that was given as installed is not signed by the signer that it
    /// names, with the key that it carries (P-SIG-2).
    InstalledListBroken,
    /// Nothing at all: neither list of the phone was given, and the phone was not said to be factory-fresh.
    InstalledListsUnknown,
    /// The lost part of a paste is missing; `left_out` has the file, the line and the lost part.
    LostInPaste,
    /// The phone may ask every TVS server that was named: its CallManager group is not known. If it may ask one of them
    /// only, a file may be refused.
    GroupDecides,
    /// Of this model it is not known whether it has Security By Default.
    ModelUnknown(String),
    /// The phone has no CTL.
    NoCtlOnPhone,
    /// The phone has no ITL.
    NoItlOnPhone,
    /// The server has no CTL.
    NoCtlOnServer,
    /// The server has no ITL.
    NoItlOnServer,
    /// No file of the server was given, not even as missing: there is nothing that the phone could accept.
    NothingOffered,
    /// The phone asks the one TVS server that was named: its CallManager group is not known.
    OneTvsServer(String),
    /// The certificates that TVS knows were given as the offered list itself: then TVS knows its signer in any case.
    OfferedListKnownToTvs,
    /// The CTL names the TFTP server.
    TftpServerUnknown,
    /// The TVS servers are those that were named, in that order.
    TvsOrder,
    /// Nothing is known about one TVS server of the phone's CallManager group.
    TvsServerUnknown {
        /// The name of another given server, which may be the same.
        nearest: Option<String>,
    },
    /// Nothing is known about TVS.
    TvsUnknown,
}

/// The name of a TVS server that was not named: it is only said that one answers.
pub(crate) const SOME_SERVER: &str = "a TVS server";

/// A caller's statement about a factory-fresh phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum FactoryFresh {
    /// It said so: an installed list that was not given is none.
    Said,
    /// It did not.
    Unsaid,
}

/// How sentences name what was left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Wording {
    /// By the option of the command line, or the field of a case, that would have said it.
    #[default]
    Options,
    /// Without naming it, for programs that have neither.
    Plain,
}

impl Assumption {
    /// Returns the assumptions for a command line that gives only part of a question, each with the missing option.
    pub fn of_options(phone: &Phone, offer: &Offer, tvs: &Tvs, fresh: FactoryFresh) -> Vec<Self> {
        let said = |gap: &Gap| {
            fresh == FactoryFresh::Said
                && matches!(gap.taken, Taken::NoCtlOnPhone | Taken::NoItlOnPhone)
        };
        gaps(phone, offer, tvs)
            .into_iter()
            .filter(|gap| !said(gap))
            .map(|gap| Self::new(gap.taken, gap.option))
            .collect()
    }

    /// Returns the assumption about a server of the CallManager group that was not given; `nearest` is another server
    /// that was named, and that may be the same.
    pub(crate) fn of_unnamed_server(server: &str, nearest: Option<&str>) -> Self {
        Self::new(
            Taken::TvsServerUnknown { nearest: nearest.map(str::to_owned) },
            server.to_owned(),
        )
    }

    /// Returns the sentence in a wording.
    pub fn sentence(&self, wording: Wording) -> String {
        let plain = self.plain();
        match (wording, &self.taken) {
            (Wording::Plain, _)
            | (_, Taken::ExtensionListAsItl | Taken::InstalledListBroken | Taken::LostInPaste) => {
                plain
            }
            (Wording::Options, Taken::OfferedListKnownToTvs) => format!(
                "TVS knows the new signer: --tvs-knows {} is the offered list itself, so this is not checked. \
                 Run `show cert list trust` on each TVS server to see if the certificate is there",
                Plain(&self.left_out)
            ),
            (Wording::Options, Taken::ModelUnknown(model)) if Family::nearest(model).is_some() => {
                format!("{plain} ({} not given)", self.left_out)
            }
            (Wording::Options, Taken::TvsServerUnknown { nearest }) => {
                let server = Plain(&self.left_out);
                let near = nearest.as_ref().map_or(String::new(), |near| {
                    let near = Plain(near);
                    format!(", but one is for {near}. If this is the same server, write {near} in --cm-group")
                });
                format!(
                    "nothing is known about TVS server {server}: no --tvs is for {server}{near}"
                )
            }
            (Wording::Options, _) => format!("{plain}: {} not given", self.left_out),
        }
    }

    /// The sentence without what was left out.
    fn plain(&self) -> String {
        match &self.taken {
            Taken::ConfigNotJudged => "no configuration is checked".to_owned(),
            Taken::DeviceUnknown => "nothing is known about the device".to_owned(),
            Taken::ExtensionListAsItl => {
                format!("{} is handled like an ITL: it is not known how phones handle such a list", Plain(&self.left_out))
            }
            Taken::GroupDecides => {
                "the phone may ask every TVS server that was named, and refuses a file if it may ask one of them only".to_owned()
            }
            Taken::InstalledListBroken => format!(
                "nothing is known about the lists on the phone: the signature of {} is broken, so it is damaged or forged. \
                 Get the file again",
                Plain(&self.left_out)
            ),
            Taken::InstalledListsUnknown => "nothing is known about the lists on the phone".to_owned(),
            Taken::LostInPaste => format!("the paste is not the list as it was signed: {}", Plain(&self.left_out)),
            Taken::ModelUnknown(model) => match Family::nearest(model) {
                Some(nearest) => format!("the model {} is not known: did you mean {nearest}?", Plain(model)),
                None => format!(
                    "the device table does not have {}, so it is not known if it has Security By Default",
                    Plain(model)
                ),
            },
            Taken::NoCtlOnPhone => "no CTL on the phone".to_owned(),
            Taken::NoCtlOnServer => "no CTL on the server".to_owned(),
            Taken::NoItlOnPhone => "no ITL on the phone".to_owned(),
            Taken::NoItlOnServer => "no ITL on the server".to_owned(),
            Taken::NothingOffered => "no file of the server is checked".to_owned(),
            Taken::OfferedListKnownToTvs => {
                "TVS knows the new signer: the certificates that TVS knows are those of the offered list itself, so this is not checked".to_owned()
            }
            Taken::OneTvsServer(server) => format!("the phone asks TVS server {}", Plain(server)),
            Taken::TftpServerUnknown => "the CTL names the TFTP server".to_owned(),
            Taken::TvsOrder => "TVS servers are asked in the order in which they were named".to_owned(),
            Taken::TvsServerUnknown { nearest } => {
                let near = nearest.as_ref().map_or(String::new(), |near| format!(": did you mean {}?", Plain(near)));
                format!("nothing is known about TVS server {}{near}", Plain(&self.left_out))
            }
            Taken::TvsUnknown => "nothing is known about TVS".to_owned(),
        }
    }

    /// Returns whether this is said in the short answer too: not what is normal if nothing was given (a cluster without
    /// CTL, a configuration that was not asked about).
    pub(super) fn is_no_norm(&self, all: &[Self]) -> bool {
        let has = |taken: &Taken| all.iter().any(|assumption| assumption.taken == *taken);
        match self.taken {
            Taken::ConfigNotJudged => false,
            Taken::NoCtlOnPhone | Taken::NoCtlOnServer => {
                !(has(&Taken::NoCtlOnPhone) && has(&Taken::NoCtlOnServer))
            }
            _ => true,
        }
    }

    /// Returns the assumptions for the fields of a case that it leaves out (`phone.ctl`, `tvs`). `null` is no gap: it
    /// means "none".
    pub fn of_fields(phone: &Phone, offer: &Offer, tvs: &Tvs, left_out: &[&str]) -> Vec<Self> {
        let gaps = gaps(phone, offer, tvs).into_iter();
        let left_out = gaps.filter(|gap| left_out.contains(&gap.field));
        left_out.map(|gap| Self::new(gap.taken, gap.field)).collect()
    }
}

/// Something that a question does not say, and what would say it.
struct Gap {
    taken: Taken,
    option: &'static str,
    field: &'static str,
}

/// Everything that the question leaves open or empty, in the order of the boot.
fn gaps(phone: &Phone, offer: &Offer, tvs: &Tvs) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut add = |missing: bool, taken: Taken, option, field| {
        gaps.extend(missing.then_some(Gap { taken, option, field }))
    };
    let given = phone.installed != InstalledLists::Unknown;
    add(
        !given,
        Taken::InstalledListsUnknown,
        "--installed-itl, --installed-ctl or --factory-fresh",
        "phone.itl",
    );
    add(given && phone.ctl().is_none(), Taken::NoCtlOnPhone, "--installed-ctl", "phone.ctl");
    add(given && phone.itl().is_none(), Taken::NoItlOnPhone, "--installed-itl", "phone.itl");
    add(offer.ctl == ListOffer::NotFound, Taken::NoCtlOnServer, "--offered-ctl", "offer.ctl");
    add(offer.itl == ListOffer::NotFound, Taken::NoItlOnServer, "--offered-itl", "offer.itl");
    add(
        offer.config == ConfigOffer::NotJudged,
        Taken::ConfigNotJudged,
        "--offered-config",
        "offer.config",
    );
    let unknown = phone.device.security_by_default == SecurityByDefault::Unknown;
    match &phone.device.model {
        None => add(unknown, Taken::DeviceUnknown, "--model", "phone.model"),
        Some(model) => {
            add(
                unknown,
                Taken::ModelUnknown(model.to_string()),
                "--security-by-default",
                "phone.security_by_default",
            );
        }
    }
    let asks = matches!(offer.config, ConfigOffer::Config(_))
        && (phone.ctl().is_some() || offer.ctl != ListOffer::NotFound);
    add(
        asks && offer.tftp_server.is_none(),
        Taken::TftpServerUnknown,
        "--tftp-server",
        "offer.config.tftp_server",
    );
    add(*tvs == Tvs::Unknown, Taken::TvsUnknown, "--tvs", "tvs");
    let several = matches!(tvs, Tvs::Known(servers) if servers.len() > 1);
    add(several && phone.cm_group.is_none(), Taken::TvsOrder, "--cm-group", "phone.cm_group");
    if let (Tvs::Known(servers), None) = (tvs, &phone.cm_group) {
        if let [server] = servers.as_slice() {
            let taken = Taken::OneTvsServer(server.server.to_string());
            add(&*server.server != SOME_SERVER, taken, "--cm-group", "phone.cm_group");
        }
    }
    gaps
}

/// The sentence as the command line prints it.
impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.sentence(Wording::Options))
    }
}
