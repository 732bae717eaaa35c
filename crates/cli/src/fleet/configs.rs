//! The configurations of single phones: each read, judged and forgotten.

use super::phones::Listed;
use crate::input;
use crate::predict::Reader;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use trustlist::fleet::{Answer, Judge, LooseConfig, Member, OwnConfig};
use trustlist::phone::{ConfigOffer, Offer, Phone, Tvs};
use trustlist::report::list::parse_error;

/// A folder of configurations.
pub(super) struct Configs<'a> {
    folder: PathBuf,
    reader: &'a RwLock<Reader>,
    /// The offer to phones that do not name their TFTP server.
    offer: &'a Offer,
    /// Phones without a file in the folder.
    pub(super) missing: u64,
}

impl<'a> Configs<'a> {
    pub(super) fn new(folder: PathBuf, reader: &'a RwLock<Reader>, offer: &'a Offer) -> Self {
        Self { folder, reader, offer, missing: 0 }
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
        let bytes = input::read_named(&path)?;
        if bytes.is_empty() {
            let offer = listed
                .offer
                .as_deref()
                .unwrap_or(self.offer)
                .clone()
                .with_config(ConfigOffer::Empty);
            return Ok(judge.judge(&Listed { offer: Some(Arc::new(offer)), ..listed.clone() }));
        }
        let config = LooseConfig::parse(&bytes, self.reader)
            .map_err(|error| parse_error(&input::name(&path), &error))?;
        Ok(judge.judge(&WithConfig { listed, config }))
    }

    /// The file of a device; `None` where there is none.
    fn path(&self, device: &[u8]) -> Result<Option<PathBuf>, String> {
        let name = std::str::from_utf8(device).map(str::trim).unwrap_or_default();
        // What leads out of the folder is no device.
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

/// Anything of this name, whether or not it can be read: what cannot be read is told.
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

/// Names under which phones ask for signed configurations (P-BOOT-4, P-CFG-4).
const SUFFIXES: [&str; 2] = [".cnf.xml.sgn", ".cnf.xml.enc.sgn"];
