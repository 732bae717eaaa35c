//! The facts that a caller gives about a phone, the offer and TVS.

use super::tvs::TvsSaid;
use crate::facts::{FileId, Identity, ListFacts, Timestamp};
use crate::phone::{
    CachedSigner, ConfigOffer, Device, DigestSet, InstalledLists, ListOffer, Offer, Phone,
    SecurityByDefault, TlsVersion,
};
use crate::wire::DigestAlgorithm;
use std::sync::Arc;

/// The facts that a caller gives about a phone, the offer and TVS.
#[derive(Debug)]
pub(super) struct PredictRequest {
    pub(super) device: DeviceOptions,
    /// The phone holds neither list.
    pub(super) factory_fresh: bool,
    pub(super) installed_itl: Held,
    pub(super) installed_ctl: Held,
    /// A file of the server was given, or said to be missing.
    pub(super) offers: bool,
    pub(super) offered_itl: ListOffer,
    pub(super) offered_ctl: ListOffer,
    pub(super) config: ConfigOffer,
    pub(super) cm_group: Option<Vec<Arc<str>>>,
    pub(super) tftp_server: Option<Arc<str>>,
    pub(super) tvs: TvsSaid,
    pub(super) tvs_cache: Vec<CachedSigner>,
    pub(super) tls_minimum: Option<TlsVersion>,
    pub(super) at: Option<Timestamp>,
    /// Checks if the phone may use a list that is neither installed nor offered.
    pub(super) keeps_files: bool,
}

/// Given facts about a device; each overrides the table of models.
#[derive(Clone, Debug, Default)]
pub(super) struct DeviceOptions {
    /// The table's facts about the model.
    pub(super) known: Option<Device>,
    pub(super) security_by_default: Option<SecurityByDefault>,
    pub(super) digests: Option<Vec<DigestAlgorithm>>,
    pub(super) max_key_bits: Option<u32>,
    pub(super) fips: bool,
}

/// Given facts about a list on the phone.
#[derive(Clone, Debug)]
pub(super) enum Held {
    List(Arc<ListFacts>),
    /// A print that says "file not found".
    None,
    Unspecified,
}

/// Nothing was said: no lists, no device, a server that has no lists, and no configuration to judge.
impl Default for PredictRequest {
    fn default() -> Self {
        Self {
            device: DeviceOptions::default(),
            factory_fresh: false,
            installed_itl: Held::Unspecified,
            installed_ctl: Held::Unspecified,
            offers: false,
            offered_itl: ListOffer::NotFound,
            offered_ctl: ListOffer::NotFound,
            config: ConfigOffer::NotJudged,
            cm_group: None,
            tftp_server: None,
            tvs: TvsSaid::default(),
            tvs_cache: Vec::new(),
            tls_minimum: None,
            at: None,
            keeps_files: false,
        }
    }
}

impl PredictRequest {
    /// The phone. One installed list that was given says that the other one is not there. A print
    /// that says "file not found" is about a server: alone it does not say that the phone has no list.
    pub(super) fn phone(&self) -> Phone {
        let (ctl, itl) = (self.installed_ctl.list().cloned(), self.installed_itl.list().cloned());
        let unsaid = itl.is_none() && ctl.is_none();
        Phone {
            device: self.device.device(),
            cm_group: self.cm_group.clone(),
            installed: if unsaid && !self.factory_fresh {
                InstalledLists::Unknown
            } else {
                InstalledLists::of(ctl, itl)
            },
            tvs_cache: self.tvs_cache.clone(),
        }
    }

    /// The offered files.
    pub(super) fn offer(&self) -> Offer {
        Offer {
            ctl: self.offered_ctl.clone(),
            itl: self.offered_itl.clone(),
            config: self.config.clone(),
            tftp_server: self.tftp_server.clone(),
            tls_minimum: self.tls_minimum,
            at: self.at,
        }
    }

    /// The signers of the offered files.
    pub(super) fn signers(&self) -> Vec<Identity> {
        let list = |offer: &ListOffer| match offer {
            ListOffer::List(list) => list.signer.clone(),
            _ => None,
        };
        let config = match &self.config {
            ConfigOffer::Config(config) => Some(config.signer.clone()),
            _ => None,
        };
        [list(&self.offered_ctl), list(&self.offered_itl), config].into_iter().flatten().collect()
    }

    /// Checks if the question may need this file.
    pub(super) fn names(&self, file: &FileId) -> bool {
        let installed = [self.installed_itl.list(), self.installed_ctl.list()]
            .into_iter()
            .flatten()
            .map(|list| list.file.clone());
        let offered =
            [offered(&self.offered_itl), offered(&self.offered_ctl), config(&self.config)];
        self.keeps_files
            || installed.chain(offered.into_iter().flatten()).any(|named| named == *file)
    }
}

/// The file that is offered, if it is a list.
pub(super) fn offered(offer: &ListOffer) -> Option<FileId> {
    match offer {
        ListOffer::List(list) => Some(list.file.clone()),
        ListOffer::Empty | ListOffer::NotFound => None,
    }
}

/// The configuration that is offered, if there is one.
pub(super) fn config(offer: &ConfigOffer) -> Option<FileId> {
    match offer {
        ConfigOffer::Config(config) => Some(config.file.clone()),
        ConfigOffer::Empty | ConfigOffer::NotJudged | ConfigOffer::NotServed => None,
    }
}

impl DeviceOptions {
    /// Returns the facts about the model, overridden by the given ones.
    pub(super) fn device(&self) -> Device {
        let mut device = self.known.clone().unwrap_or(const { Device::unknown() });
        device.security_by_default = self.security_by_default.unwrap_or(device.security_by_default);
        if let Some(digests) = &self.digests {
            device.digests = Some(DigestSet::of(digests));
        }
        device.max_key_bits = self.max_key_bits.or(device.max_key_bits);
        device.fips |= self.fips;
        device
    }
}

impl Held {
    /// The kind of a file or paste.
    pub(super) fn of(list: Option<Arc<ListFacts>>) -> Self {
        list.map_or(Self::None, Self::List)
    }

    pub(super) fn list(&self) -> Option<&Arc<ListFacts>> {
        match self {
            Self::List(list) => Some(list),
            Self::None | Self::Unspecified => None,
        }
    }
}
