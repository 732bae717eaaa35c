//! Phones before one snapshot: those that cannot tell their situations apart are judged once.
//!
//! What a phone decides depends on its lists, on what its TFTP server serves, and of each TVS server of its group only on
//! whether it answers, whether the phone's lists name what it presents, and what it knows. Phones of different groups
//! that agree in all this get one verdict; only the findings name other servers.

use super::settle::{predict_as, verdict};
use super::view::{NodeFace, Snapshot};
use super::{Assume, Held, Kind, Profile, Verdict};
use crate::cluster::cert::Cert;
use crate::cluster::node::{NodeId, NodeTable};
use crate::cluster::shared::FileId;
use crate::cluster::shared::{KnowsId, Shared};
use alloc::{collections::BTreeMap, sync::Arc, vec::Vec};
use trustlist::phone::Prediction;

/// Phones with these lists, before this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cluster) struct Context {
    pub(super) held: Held,
    pub(super) kind: Kind,
    pub(super) server: NodeId,
    pub(super) ctl: Option<FileId>,
    pub(super) itl: FileId,
    pub(super) config: Cert,
}

/// A snapshot with what was already asked of it.
#[derive(Debug)]
pub(in crate::cluster) struct Scene {
    pub(in crate::cluster) snapshot: Arc<Snapshot>,
    assume: Assume,
    known: BTreeMap<(Held, Kind, NodeId), Known>,
    /// The classes of a group's servers; kept to save its memory.
    classes: Vec<u32>,
}

#[derive(Debug)]
struct Known {
    number: u32,
    /// The class of each node's TVS: servers of one class make no difference to these phones.
    classes: NodeTable<u32>,
}

impl Scene {
    pub(in crate::cluster) fn new(snapshot: Arc<Snapshot>, assume: Assume) -> Self {
        Self { snapshot, assume, known: BTreeMap::new(), classes: Vec::new() }
    }

    /// What a phone makes of what it is served; `None` while none of its TFTP servers runs (P-15).
    pub(in crate::cluster) fn judge(
        &mut self,
        shared: &mut Shared,
        profile: &Profile,
        held: Held,
    ) -> Option<Arc<Verdict>> {
        let context = self.context(profile, held)?;
        let key = (held, profile.kind, context.server);
        let snapshot = &self.snapshot;
        let known = self.known.entry(key).or_insert_with(|| Known::new(shared, snapshot, context));
        self.classes.clear();
        self.classes.extend(profile.cm_group.iter().map(|&node| *known.classes.at(node)));
        if let Some(verdict) = shared.verdict(known.number, &self.classes) {
            return Some(verdict);
        }
        let verdict = Arc::new(verdict(shared, snapshot, profile, &context, self.assume));
        shared.keep_verdict(known.number, &self.classes, verdict.clone());
        Some(verdict)
    }

    /// The judgement of this very phone, with its findings.
    pub(in crate::cluster) fn predict(
        &self,
        shared: &mut Shared,
        profile: &Profile,
        held: Held,
    ) -> Option<Prediction> {
        let context = self.context(profile, held)?;
        Some(predict_as(shared, &self.snapshot, profile, &context, self.assume))
    }

    fn context(&self, profile: &Profile, held: Held) -> Option<Context> {
        let (server, itl, config) = self.snapshot.serving(&profile.tftp_servers)?;
        Some(Context { held, kind: profile.kind, server, ctl: self.snapshot.ctl, itl, config })
    }
}

impl Known {
    fn new(shared: &mut Shared, snapshot: &Snapshot, context: Context) -> Self {
        let lists = [context.held.itl, Some(context.itl)];
        let classes = snapshot.nodes.map(|_, face| {
            let class = TvsClass::new(shared, face, &lists);
            shared.classes.intern(class).1
        });
        Self { number: shared.contexts.intern(context).1, classes }
    }
}

/// What a phone can tell of a TVS server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cluster) struct TvsClass {
    /// What it knows; empty where it does not answer.
    knows: Option<KnowsId>,
    /// Which of the lists in play name the certificate that it presents, a bit each.
    named: u64,
}

impl TvsClass {
    /// How a server looks to a phone that holds, or may come to hold, these ITLs.
    pub(in crate::cluster) fn new(
        shared: &Shared,
        face: &NodeFace,
        lists: &[Option<FileId>],
    ) -> Self {
        if !face.tvs.reachable {
            return Self::default();
        }
        let names = |list: &Option<FileId>| {
            list.is_some_and(|list| shared.names_tvs(list, face.tvs.presents))
        };
        let bits = lists.iter().take(64).map(names);
        let named = bits.fold(0, |bits, named| bits << 1 | u64::from(named));
        Self { knows: Some(face.tvs.knows), named }
    }
}
