//! What the servers offer.

use crate::predict::Reader;
use std::path::Path;
use std::sync::Arc;
use trustlist::facts::ListKind;
use trustlist::phone::ListOffer;

/// The ITLs: each TFTP server may have its own (P-ITL-7).
pub(super) struct Itls {
    option: &'static str,
    of_one: Vec<(String, ListOffer)>,
    of_all: Option<ListOffer>,
}

impl Itls {
    /// Reads the values of `--offered-itl`, or of `--installed-itl`.
    pub(super) fn read(
        option: &'static str,
        values: &[String],
        reader: &mut Reader,
    ) -> Result<Self, String> {
        let mut itls = Self { option, of_one: Vec::new(), of_all: None };
        for value in values {
            // A path may hold a `=` too: what exists as it is written is a path.
            match value
                .split_once('=')
                .filter(|(name, _)| !name.is_empty() && !Path::new(value).exists())
            {
                Some((name, _)) if itls.named(name).is_some() => {
                    return Err(format!("{option} is given twice for {name}"));
                }
                Some((name, path)) => {
                    let itl = list(Some(Path::new(path)), ListKind::Itl, reader)?;
                    itls.of_one.push((name.to_owned(), itl));
                }
                None if itls.of_all.is_some() => {
                    return Err(format!("{option} is given twice, expected SERVER=FILE"));
                }
                None => itls.of_all = Some(list(Some(Path::new(value)), ListKind::Itl, reader)?),
            }
        }
        Ok(itls)
    }

    /// What servers offer that no option names; nothing, where there is only what single servers offer.
    pub(super) fn of_all(&self) -> &ListOffer {
        self.of_all.as_ref().unwrap_or(&ListOffer::NotFound)
    }

    /// What this server offers.
    pub(super) fn of(&self, server: &str) -> Result<&ListOffer, Arc<str>> {
        match (self.named(server), &self.of_all) {
            (Some(itl), _) | (None, Some(itl)) => Ok(itl),
            (None, None) if self.of_one.is_empty() => Ok(&ListOffer::NotFound),
            (None, None) => Err(format!("no {} for TFTP server {server}", self.option).into()),
        }
    }

    /// Whether it may be left open which server a phone asks.
    pub(super) fn suits_every_server(&self) -> bool {
        self.of_all.is_some() || self.of_one.is_empty()
    }

    fn named(&self, server: &str) -> Option<&ListOffer> {
        self.of_one.iter().find(|(name, _)| name.eq_ignore_ascii_case(server)).map(|(_, itl)| itl)
    }
}

/// An offered list; phones that already hold it name it by its checksum.
pub(super) fn list(
    path: Option<&Path>,
    kind: ListKind,
    reader: &mut Reader,
) -> Result<ListOffer, String> {
    let path = path.map(Path::to_path_buf);
    let offer = reader.offered(path.as_ref(), kind)?;
    if let (ListOffer::List(list), Some(path)) = (&offer, path) {
        let bytes = reader.files.bytes(&list.file).cloned();
        let known = reader.known.get_or_insert_default();
        bytes.into_iter().for_each(|bytes| known.add(path.clone(), bytes));
    }
    Ok(offer)
}
