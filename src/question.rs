//! From what somebody gives (files, pasted text, options) to the question that is put to [`crate::phone::predict`]. What was
//! not said stays unknown. The command line and the C interface both ask through this, so that one answer has one meaning.

mod given;
mod tvs;

pub use given::{GivenError, certificate, certificates, list, text};
pub use given::{MAX_CERTIFICATES, decoded};
pub use tvs::{TvsAnswers, TvsSaid, UnnamedServer, known_certificates};

/// The provider that signatures are checked with: the fastest that was built in.
#[cfg(feature = "aws-lc-rs")]
pub use crate::verify::AwsLc as Verifier;
#[cfg(not(feature = "aws-lc-rs"))]
pub use crate::verify::RustCrypto as Verifier;

use crate::facts::{ListFacts, Timestamp};
use crate::phone::{
    CachedSigner, ConfigOffer, Device, DigestSet, Installed, ListOffer, Offer, Outcome, Phone, Prediction, SecurityByDefault,
    TlsVersion, Tvs,
};
use crate::wire::DigestAlgorithm;
use std::sync::Arc;

/// What was said about a phone, the offer and TVS.
#[derive(Debug)]
pub struct Asked {
    pub device: DeviceSaid,
    /// The phone holds neither list.
    pub factory_fresh: bool,
    pub installed_itl: Held,
    pub installed_ctl: Held,
    pub offered_itl: ListOffer,
    pub offered_ctl: ListOffer,
    pub config: ConfigOffer,
    pub cm_group: Option<Vec<Arc<str>>>,
    pub tftp_server: Option<Arc<str>>,
    pub tvs_cache: Vec<CachedSigner>,
    pub tls_minimum: Option<TlsVersion>,
    pub at: Option<Timestamp>,
}

/// What was said about a device; each wins over what is known of the model.
#[derive(Clone, Debug, Default)]
pub struct DeviceSaid {
    pub model: Option<Arc<str>>,
    pub security_by_default: Option<bool>,
    pub digests: Option<Vec<DigestAlgorithm>>,
    pub max_key_bits: Option<u32>,
    pub fips: bool,
}

/// What was said about a list on the phone.
#[derive(Clone, Debug)]
pub enum Held {
    List(Arc<ListFacts>),
    /// A print that says "file not found".
    None,
    Unsaid,
}

/// The worst of the judged files, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Fine,
    Undecided,
    Refused,
}

/// Nothing was said: no lists, no device, a server that has no lists, and no configuration to judge.
impl Default for Asked {
    fn default() -> Self {
        Self {
            device: DeviceSaid::default(),
            factory_fresh: false,
            installed_itl: Held::Unsaid,
            installed_ctl: Held::Unsaid,
            offered_itl: ListOffer::NotFound,
            offered_ctl: ListOffer::NotFound,
            config: ConfigOffer::NotJudged,
            cm_group: None,
            tftp_server: None,
            tvs_cache: Vec::new(),
            tls_minimum: None,
            at: None,
        }
    }
}

impl Asked {
    /// The phone. One installed list that was given says that the other one is not there.
    pub fn phone(&self) -> Phone {
        let unsaid = matches!((&self.installed_itl, &self.installed_ctl), (Held::Unsaid, Held::Unsaid));
        Phone {
            device: self.device.device(),
            cm_group: self.cm_group.clone(),
            installed: if unsaid && !self.factory_fresh { Installed::NotGiven } else { Installed::Given },
            ctl: self.installed_ctl.list(),
            itl: self.installed_itl.list(),
            tvs_cache: self.tvs_cache.clone(),
        }
    }

    /// What it is offered.
    pub fn offer(&self) -> Offer {
        Offer {
            ctl: self.offered_ctl.clone(),
            itl: self.offered_itl.clone(),
            config: self.config.clone(),
            tftp_server: self.tftp_server.clone(),
            tls_minimum: self.tls_minimum,
            at: self.at,
        }
    }

    /// What is known of TVS for this phone.
    pub fn tvs(&self, answers: &TvsAnswers) -> Tvs {
        answers.of_group(self.cm_group.as_deref())
    }

    /// Returns the servers of the phone's group of which nothing is known although others are.
    pub fn unnamed_servers(&self, answers: &TvsAnswers) -> Vec<UnnamedServer> {
        self.cm_group.as_deref().map(|group| answers.unnamed(group)).unwrap_or_default()
    }
}

impl DeviceSaid {
    /// What the table knows of the model, overridden by what was said.
    pub fn device(&self) -> Device {
        let mut device = self.model.as_deref().map_or_else(Device::unknown, Device::of_model);
        match self.security_by_default {
            Some(true) => device.security_by_default = SecurityByDefault::Yes,
            Some(false) => device.security_by_default = SecurityByDefault::No,
            None => {}
        }
        if let Some(digests) = &self.digests {
            device.digests = Some(DigestSet::of(digests));
        }
        device.max_key_bits = self.max_key_bits.or(device.max_key_bits);
        device.fips |= self.fips;
        device
    }
}

impl Held {
    /// What a file or print was.
    pub fn of(list: Option<Arc<ListFacts>>) -> Self {
        list.map_or(Self::None, Self::List)
    }

    fn list(&self) -> Option<Arc<ListFacts>> {
        match self {
            Self::List(list) => Some(list.clone()),
            Self::None | Self::Unsaid => None,
        }
    }
}

/// The CallManager group of a text such as `ccm1,ccm2`.
pub fn group<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Arc<str>> {
    names.map(|name| Arc::from(name.trim())).collect()
}

/// The worst of the judged files.
pub fn verdict(prediction: &Prediction) -> Verdict {
    let of = |outcome| match outcome {
        Outcome::Reject => Verdict::Refused,
        Outcome::Depends => Verdict::Undecided,
        Outcome::Accept | Outcome::InstallFirst | Outcome::NotApplicable | Outcome::NotOffered | Outcome::Unchanged => {
            Verdict::Fine
        }
    };
    let config = prediction.config.iter().map(|config| config.outcome());
    [prediction.ctl.outcome(), prediction.itl.outcome()].into_iter().chain(config).map(of).max().unwrap_or(Verdict::Undecided)
}
