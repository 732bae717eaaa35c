//! What phones hold of which the inventory says nothing: `--installed-itl`, `--installed-ctl` and `--before`.

use crate::check::{Loaded, Served};
use crate::collect::same_host;
use crate::given;
use crate::input;
use crate::predict::{Reader, held};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trustlist::facts::{ListFacts, ListKind};

/// What phones hold of which nothing is said, by their TFTP node.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    nodes: Vec<(String, Lists)>,
    /// For phones of every other node.
    of_all: Option<Lists>,
}

/// The lists of such a phone; `None` where it holds no list of the kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists {
    pub(super) itl: Option<Arc<ListFacts>>,
    pub(super) ctl: Option<Arc<ListFacts>>,
}

impl Defaults {
    /// Reads the options.
    pub(super) fn read(
        itls: &[String],
        ctl: Option<&Path>,
        before: Option<&PathBuf>,
        reader: &mut Reader,
    ) -> Result<Self, String> {
        let mut defaults = Self::default();
        if let Some(before) = before {
            let before = Loaded::read(before)?;
            for node in &before.snapshot.tftp {
                let mut list = |kind| match before.list(node, kind, None, reader)? {
                    Served::Found(list) => Ok(Some(list)),
                    Served::NotFound | Served::Empty => Ok(None),
                    Served::Unknown(why) => {
                        Err(format!("{}: TFTP node {}: {why}", before.name, node.node))
                    }
                };
                let lists = Lists { itl: list(ListKind::Itl)?, ctl: list(ListKind::Ctl)? };
                defaults.nodes.push((node.node.clone(), lists));
            }
            // With one node every phone loads from it.
            if let [(_, only)] = &defaults.nodes[..] {
                defaults.of_all = Some(only.clone());
            }
            return Ok(defaults);
        }
        let ctl = ctl.map(|path| read(path, ListKind::Ctl, reader)).transpose()?.flatten();
        for value in itls {
            // A path may hold a `=` too: what exists as it is written is a path.
            let (node, path) = match value
                .split_once('=')
                .filter(|(node, _)| !node.is_empty() && !Path::new(value).exists())
            {
                Some((node, path)) => (Some(node), path),
                None => (None, value.as_str()),
            };
            let lists =
                Lists { itl: read(Path::new(path), ListKind::Itl, reader)?, ctl: ctl.clone() };
            let twice = || format!("--installed-itl {value}: expected each node once");
            match node {
                Some(node)
                    if defaults.nodes.iter().any(|(known, _)| known.eq_ignore_ascii_case(node)) =>
                {
                    return Err(twice());
                }
                Some(node) => defaults.nodes.push((node.to_owned(), lists)),
                None if defaults.of_all.is_some() => return Err(twice()),
                None => defaults.of_all = Some(lists),
            }
        }
        if itls.is_empty() && ctl.is_some() {
            defaults.of_all = Some(Lists { itl: None, ctl });
        }
        Ok(defaults)
    }

    /// What a phone of this node holds; `None` where that is not said.
    pub(super) fn of(&self, tftp: Option<&str>) -> Option<&Lists> {
        let exact = || {
            self.nodes
                .iter()
                .find(|(node, _)| tftp.is_some_and(|tftp| node.eq_ignore_ascii_case(tftp)))
        };
        let named = exact().or_else(|| {
            self.nodes.iter().find(|(node, _)| tftp.is_some_and(|tftp| same_host(node, tftp)))
        });
        named.map(|(_, lists)| lists).or(self.of_all.as_ref())
    }
}

/// A list, which phones may name by its checksum too.
fn read(
    path: &Path,
    kind: ListKind,
    reader: &mut Reader,
) -> Result<Option<Arc<ListFacts>>, String> {
    let bytes: Arc<[u8]> = held(path)?.into();
    let list = given::whole_list(&mut reader.files, &input::name(path), bytes.clone(), Some(kind))?;
    reader.known.get_or_insert_default().add(path.to_owned(), bytes);
    Ok(list)
}
