//! Tables that all branches of a run share: lists, certificates and phones' answers, each made
//! once.
//!
//! Nothing here is state of the model: it only keeps equal things equal. A list of the same content
//! is the same file (P-17), and phones in equal state are judged once.

use super::cert::Cert;
use super::describe::Cluster;
use super::list::{ListId, ListKey, Purpose, RecordKey};
use super::node::NodeId;
use super::profile::{Context, KnownKey, KnowsId, Profile, TvsClass, Verdict};
use alloc::{boxed::Box, collections::BTreeMap, sync::Arc, vec::Vec};
use std::collections::HashMap;
use trustlist::facts::{
    self, CertificateFacts, ConfigFacts, Form, Identity, KeyFacts, ListFacts, ListKind, Name,
    RecordFacts, RecordIndex, Serial,
};
use trustlist::phone::{KnownCertificate, RoleSet};
use trustlist::wire::{DigestAlgorithm, Role};

/// Bits of every key of the model.
const KEY_BITS: u32 = 2048;
/// Configurations are numbered apart from lists.
const FIRST_CONFIG: u32 = 1 << 31;
/// Bytes of a record: its key, its facts.
const RECORD: usize = size_of::<RecordKey>() + size_of::<RecordFacts>();
/// Bytes of a certificate that TVS knows: its key with a list of roles, its facts.
const KNOWN: usize = size_of::<KnownKey>() + 16 + size_of::<KnownCertificate>();
/// Bytes of a certificate's facts with its names.
const CERTIFICATE: usize = 2 * size_of::<CertificateFacts>();
/// Bytes of a verdict, about.
const VERDICT: usize = 1 << 10;

/// A list of the model in both forms.
#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) key: Arc<ListKey>,
    pub(super) facts: Arc<ListFacts>,
    /// The TVS certificates that it names, in order.
    tvs: Vec<Cert>,
}

#[derive(Debug)]
pub(super) struct Shared {
    cluster: Arc<Cluster>,
    certs: BTreeMap<Cert, Arc<CertificateFacts>>,
    list_ids: BTreeMap<Arc<ListKey>, ListId>,
    lists: Vec<List>,
    configs: BTreeMap<Cert, Arc<ConfigFacts>>,
    /// Long keys that begin alike: hashing them is faster than comparing.
    knows_ids: HashMap<Vec<KnownKey>, KnowsId>,
    knows: Vec<Arc<[KnownCertificate]>>,
    pub(super) profiles: Pool<Profile>,
    pub(super) tftp_lists: Pool<Arc<[NodeId]>>,
    pub(super) contexts: Pool<Context>,
    pub(super) classes: Pool<TvsClass>,
    pub(super) class_rows: Pool<Vec<TvsClass>>,
    /// By context, then by the classes of the group's TVS servers.
    verdicts: Vec<BTreeMap<Box<[u32]>, Arc<Verdict>>>,
    /// Bytes that all of it takes, as an estimate.
    kept: usize,
}

/// Values by number; equal values get the same number.
#[derive(Debug)]
pub(super) struct Pool<T> {
    ids: BTreeMap<Arc<T>, u32>,
}

impl<T: Ord> Pool<T> {
    fn new() -> Self {
        Self { ids: BTreeMap::new() }
    }

    /// The value, shared, and its number.
    pub(super) fn intern(&mut self, value: T) -> (Arc<T>, u32) {
        if let Some((value, &id)) = self.ids.get_key_value(&value) {
            return (value.clone(), id);
        }
        let id = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let value = Arc::new(value);
        self.ids.insert(value.clone(), id);
        (value, id)
    }
}

impl Shared {
    pub(super) fn new(cluster: Arc<Cluster>) -> Self {
        Self {
            cluster,
            certs: BTreeMap::new(),
            list_ids: BTreeMap::new(),
            lists: Vec::new(),
            configs: BTreeMap::new(),
            knows_ids: HashMap::new(),
            knows: Vec::new(),
            profiles: Pool::new(),
            tftp_lists: Pool::new(),
            contexts: Pool::new(),
            classes: Pool::new(),
            class_rows: Pool::new(),
            verdicts: Vec::new(),
            kept: 0,
        }
    }

    /// Bytes that all of it takes, as an estimate.
    pub(super) fn kept(&self) -> usize {
        self.kept
    }

    /// Counts bytes that are kept.
    pub(super) fn keep(&mut self, bytes: usize) {
        self.kept = self.kept.saturating_add(bytes);
    }

    pub(super) fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The verdict of a context whose TVS servers are of these classes.
    pub(super) fn verdict(&self, context: u32, classes: &[u32]) -> Option<Arc<Verdict>> {
        self.verdicts.get(usize::try_from(context).ok()?)?.get(classes).cloned()
    }

    pub(super) fn keep_verdict(&mut self, context: u32, classes: &[u32], verdict: Arc<Verdict>) {
        self.keep(VERDICT.saturating_add(size_of_val(classes)));
        let Ok(context) = usize::try_from(context) else { return };
        while self.verdicts.len() <= context {
            self.verdicts.push(BTreeMap::new());
        }
        if let Some(verdicts) = self.verdicts.get_mut(context) {
            verdicts.insert(Box::from(classes), verdict);
        }
    }

    /// Checks if a list has a TVS record with this certificate.
    pub(super) fn names_tvs(&self, list: ListId, cert: Option<Cert>) -> bool {
        cert.zip(self.list(list)).is_some_and(|(cert, list)| list.tvs.binary_search(&cert).is_ok())
    }

    /// The file of this content: the same one whenever the content is the same (P-17).
    pub(super) fn file(&mut self, key: ListKey) -> ListId {
        if let Some(&file) = self.list_ids.get(&key) {
            return file;
        }
        let file = ListId(u32::try_from(self.lists.len()).unwrap_or(u32::MAX));
        self.keep(key.records.len().saturating_mul(RECORD).saturating_add(size_of::<ListFacts>()));
        let facts = Arc::new(self.facts(file, &key));
        let mut tvs: Vec<Cert> = key
            .records
            .iter()
            .filter(|record| record.role == Role::Tvs)
            .filter_map(|record| record.cert)
            .collect();
        tvs.sort_unstable();
        let key = Arc::new(key);
        self.lists.push(List { key: key.clone(), facts, tvs });
        self.list_ids.insert(key, file);
        file
    }

    pub(super) fn list(&self, file: ListId) -> Option<&List> {
        self.lists.get(usize::try_from(file.0).ok()?)
    }

    /// The certificate as facts: a regenerated one has the same subject and another serial number.
    pub(super) fn cert(&mut self, cert: Cert) -> Arc<CertificateFacts> {
        if let Some(facts) = self.certs.get(&cert) {
            return facts.clone();
        }
        self.keep(CERTIFICATE);
        let label = self.cluster.label(cert);
        // The serial number is the generation, so that a report shows the label's own number.
        let (name, serial) = match cert {
            Cert::Own { generation, .. } => {
                (label.rsplit_once('#').map_or(label.as_str(), |(name, _)| name), generation)
            }
            Cert::Label(_) => (label.as_str(), 1),
        };
        let serial = Serial::from_bytes(&serial.to_be_bytes());
        let subject = Name::new(&alloc::format!("CN=\"{name}\""));
        let facts = Arc::new(CertificateFacts::new(
            Identity { serial, issuer: subject.clone() },
            subject,
            KeyFacts::Symbol { bits: Some(KEY_BITS) },
        ));
        self.certs.insert(cert, facts.clone());
        facts
    }

    /// The configuration that this key signs.
    pub(super) fn config(&mut self, signer: Cert) -> Arc<ConfigFacts> {
        if let Some(config) = self.configs.get(&signer) {
            return config.clone();
        }
        let facts = self.cert(signer);
        let number = u32::try_from(self.configs.len()).unwrap_or(u32::MAX);
        let config = Arc::new(
            ConfigFacts::new(
                facts::FileId::symbol(FIRST_CONFIG.saturating_add(number)),
                facts.identity.clone(),
                facts.subject.clone(),
                DigestAlgorithm::Sha1,
            )
            .with_key_bits(Some(KEY_BITS)),
        );
        self.configs.insert(signer, config.clone());
        config
    }

    pub(super) fn knows_id(&mut self, known: Vec<KnownKey>) -> KnowsId {
        if let Some(&id) = self.knows_ids.get(&known) {
            return id;
        }
        let id = KnowsId(u32::try_from(self.knows.len()).unwrap_or(u32::MAX));
        self.keep(known.len().saturating_mul(KNOWN));
        let entry = |shared: &mut Self, (cert, roles): &KnownKey| {
            KnownCertificate::new(shared.cert(*cert)).with_roles(roles.as_deref().map(RoleSet::of))
        };
        let facts = known.iter().map(|key| entry(self, key)).collect::<Vec<_>>();
        self.knows.push(Arc::from(facts));
        self.knows_ids.insert(known, id);
        id
    }

    pub(super) fn knows(&self, KnowsId(id): KnowsId) -> Option<Arc<[KnownCertificate]>> {
        self.knows.get(usize::try_from(id).ok()?).cloned()
    }

    fn facts(&mut self, file: ListId, key: &ListKey) -> ListFacts {
        let signer = self.cert(key.signer);
        let (kind, name) = match key.purpose {
            Purpose::Ctl => (ListKind::Ctl, "CTLFile.tlv"),
            Purpose::Itl => (ListKind::Itl, "ITLFile.tlv"),
        };
        let records =
            key.records.iter().zip(1..).map(|(record, index)| self.record(record, index)).collect();
        ListFacts::new(facts::FileId::symbol(file.0), kind, DigestAlgorithm::Sha1)
            .with_signer(Some(signer.identity.clone()))
            .with_signer_subject(signer.subject.clone())
            .with_key_bits(Some(KEY_BITS))
            .with_file_name(Some(Arc::from(name)))
            .with_records(records)
    }

    fn record(&mut self, record: &RecordKey, index: u32) -> RecordFacts {
        let server = record
            .server
            .map_or_else(|| Arc::from(""), |node| self.cluster.node_spec(node).name.clone());
        RecordFacts::new(RecordIndex(index), record.role)
            .with_server(server)
            .with_form(if record.cert.is_some() { Form::Certificate } else { Form::Empty })
            .with_certificate(record.cert.map(|cert| self.cert(cert)))
    }
}
