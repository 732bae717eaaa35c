//! Trust files: what an ITL and a CTL hold, who signs them, and when they are made anew (C-60 to
//! C-66).

use super::cert::Cert;
use super::describe::Mode;
use super::event::{CtlKind, Event, Refusal};
use super::list::{ListId, ListKey, Purpose, RecordKey};
use super::node::NodeId;
use super::operation::Rollback;
use super::shared::Shared;
use super::state::{ClusterState, ServedItl};
use super::status::Policy;
use crate::release::{
    ListSigner, Product, RecoveryScope, ReleaseRules as _, Service, TrustUnit, Unit,
};
use alloc::{vec, vec::Vec};
use trustlist::wire::Role;

impl ClusterState {
    /// The ITL that a TFTP node would make now (C-60, C-61, C-66).
    pub(super) fn itl_key(&self, tftp: NodeId) -> ListKey {
        let callmanager = self.own(tftp, Unit::CallManager, tftp);
        let recovery = self.recovery(tftp);
        let signer = match self.cluster.release().itl_signer() {
            ListSigner::ItlRecovery => recovery.unwrap_or(callmanager),
            ListSigner::CallManager | ListSigner::Token => callmanager,
        };
        let mut records = vec![RecordKey::new(Role::Sast, callmanager)];
        records.extend(recovery.map(|cert| RecordKey::new(Role::Sast, cert)));
        if self.rollback == Rollback::Off {
            let role =
                if self.cluster.node_spec(tftp).callmanager { Role::CcmTftp } else { Role::Tftp };
            records.push(RecordKey::new(role, callmanager));
            records.extend(self.capf(tftp).map(|cert| RecordKey::new(Role::Capf, cert)));
            let servers = self.cucm_nodes().map(|node| RecordKey {
                server: Some(node),
                ..RecordKey::new(Role::Tvs, self.own(tftp, Unit::Tvs, node))
            });
            records.extend(servers);
        }
        ListKey { purpose: Purpose::Itl, signer, records }
    }

    /// The CTL that a command would make now (C-64, C-65, P-CTL-6, P-CTL-7).
    fn ctl_key(&self, signed_by: ListSigner) -> ListKey {
        let publisher = self.cluster.publisher();
        let callmanager = self.own(publisher, Unit::CallManager, publisher);
        let recovery = self.recovery(publisher);
        let release = self.cluster.release();
        let software = [Some(callmanager), recovery];
        let (signer, sast) = match (signed_by, self.token) {
            (ListSigner::Token, Some(token)) if release.token_ctl_holds_software_keys() => {
                (token, vec![Some(token), Some(callmanager), recovery])
            }
            (ListSigner::Token, Some(token)) => (token, vec![Some(token)]),
            (ListSigner::ItlRecovery, _) => (recovery.unwrap_or(callmanager), software.to_vec()),
            _ if release.callmanager_ctl_holds_recovery() => (callmanager, software.to_vec()),
            _ => (callmanager, vec![Some(callmanager)]),
        };
        let mut records: Vec<RecordKey> =
            sast.into_iter().flatten().map(|cert| RecordKey::new(Role::Sast, cert)).collect();
        records.extend(self.foreign_sast(signer).map(|cert| RecordKey::new(Role::Sast, cert)));
        let ccm =
            |node| RecordKey::new(Role::CcmTftp, self.own(publisher, Unit::CallManager, node));
        // A multi-server certificate is in one record, that of the publisher (P-CTL-9).
        let multi = self.cluster.is_multi_server(Unit::CallManager);
        records.extend(self.cucm_nodes().filter(|&node| !multi || node == publisher).map(ccm));
        records.push(RecordKey::new(Role::Capf, self.own(publisher, Unit::Capf, publisher)));
        ListKey { purpose: Purpose::Ctl, signer, records }
    }

    /// Certificates of others in the publisher's Phone-SAST-trust: they enter the CTL as SAST
    /// (P-CTL-7). The cluster's own are there too, but only the publisher's CallManager is a SAST
    /// of the CTL (P-CTL-6).
    fn foreign_sast(&self, signer: Cert) -> impl Iterator<Item = Cert> {
        let publisher = self.cluster.publisher();
        self.files.iter().filter_map(move |(unit, cert, nodes)| {
            let foreign = matches!(cert, Cert::Label(_)) && cert != signer;
            (unit == TrustUnit::PhoneSast && foreign && nodes.contains(publisher)).then_some(cert)
        })
    }

    pub(super) fn cucm_nodes(&self) -> impl Iterator<Item = NodeId> {
        self.cluster.nodes().filter(|(_, spec)| spec.product == Product::Cucm).map(|(node, _)| node)
    }

    /// The recovery certificate that a node works with, as its replica knows it.
    fn recovery(&self, node: NodeId) -> Option<Cert> {
        let owner = match self.cluster.recovery_scope {
            RecoveryScope::Cluster => self.cluster.publisher(),
            RecoveryScope::Node => node,
        };
        self.cluster
            .has_unit(owner, Unit::ItlRecovery)
            .then(|| self.own(node, Unit::ItlRecovery, owner))
    }

    /// The CAPF certificate of the publisher, unless its service was stopped (C-60). A publisher
    /// that is down keeps it: the list names what is activated, not what answers at the moment.
    fn capf(&self, seen_from: NodeId) -> Option<Cert> {
        let publisher = self.cluster.publisher();
        let runs = self.nodes.at(publisher).services.get(Service::Capf).is_running();
        runs.then(|| self.own(seen_from, Unit::Capf, publisher))
    }

    /// TFTP makes and signs its ITL; from then on configurations are signed with the key of this
    /// build (C-62).
    pub(super) fn build_itl(&mut self, shared: &mut Shared, tftp: NodeId) {
        let key = self.itl_key(tftp);
        let signer = key.signer;
        let file = shared.file(key);
        let itl = ServedItl {
            served: file,
            built: file,
            config_signer: self.own(tftp, Unit::CallManager, tftp),
        };
        if self.nodes.at(tftp).itl != Some(itl) {
            self.nodes.at_mut(tftp).itl = Some(itl);
            self.push(Event::ItlBuilt { node: tftp, signer, config_signer: itl.config_signer });
        }
    }

    /// Policies A and B: every running TFTP whose content changed makes its list anew (C-62).
    pub(super) fn rebuild_changed(&mut self, shared: &mut Shared) {
        if matches!(self.policy, Policy::C | Policy::D) {
            return;
        }
        for node in self.cluster.node_table().ids() {
            if !self.runs(node, Service::Tftp) {
                continue;
            }
            let file = shared.file(self.itl_key(node));
            if self.nodes.at(node).itl.is_none_or(|itl| itl.built != file) {
                self.build_itl(shared, node);
            }
        }
    }

    /// `utils itl reset localkey`: the publisher's ITL with another signature, on every active
    /// TFTP.
    pub(super) fn itl_reset_localkey(&mut self, shared: &mut Shared) {
        let publisher = self.cluster.publisher();
        if !self.cluster.release().has_itl_reset_localkey() {
            return self.refuse(None, Refusal::NoSuchCommand);
        }
        if !self.nodes.at(publisher).up {
            return self.refuse(Some(publisher), Refusal::NodeDown);
        }
        let Some(list) = self.nodes.at(publisher).itl.and_then(|itl| shared.list(itl.served))
        else {
            return self.refuse(Some(publisher), Refusal::PublisherHasNoItl);
        };
        let callmanager = self.own(publisher, Unit::CallManager, publisher);
        let signer = match self.cluster.release().itl_reset_signer() {
            ListSigner::ItlRecovery => self.recovery(publisher).unwrap_or(callmanager),
            ListSigner::CallManager | ListSigner::Token => callmanager,
        };
        let file = shared.file(ListKey { signer, ..(*list.key).clone() });
        for node in self.cluster.node_table().ids() {
            let active = self.runs(node, Service::Tftp);
            if let (true, Some(itl)) = (active, self.nodes.at(node).itl) {
                self.nodes.at_mut(node).itl = Some(ServedItl { served: file, ..itl });
                self.push(Event::ItlResigned { node, signer });
            }
        }
    }

    /// `utils ctl update CTLFile`: current certificates, the normal signer (C-65). A token CTL
    /// becomes tokenless.
    pub(super) fn ctl_update(&mut self, shared: &mut Shared) {
        if self.mode != Mode::Mixed {
            return self.refuse(None, Refusal::NotMixed);
        }
        if self.ctl_command_refused() {
            return;
        }
        self.ctl_full(shared);
    }

    /// `utils ctl reset localkey`: the same content, signed by the publisher's CallManager
    /// (P-REC-3).
    pub(super) fn ctl_reset_localkey(&mut self, shared: &mut Shared) {
        if !self.cluster.release().has_ctl_reset_localkey() {
            return self.refuse(None, Refusal::NoSuchCommand);
        }
        if self.mode != Mode::Mixed {
            return self.refuse(None, Refusal::NotMixed);
        }
        if self.ctl_command_refused() {
            return;
        }
        let key = self.ctl_key(ListSigner::CallManager);
        self.set_ctl(shared, key, CtlKind::LocalKey);
    }

    /// The first CTL, or a new one by the normal signer.
    fn ctl_full(&mut self, shared: &mut Shared) {
        let signer = self.cluster.release().ctl_signer();
        if signer != ListSigner::Token {
            self.token = None;
        }
        let key = self.ctl_key(signer);
        self.set_ctl(shared, key, CtlKind::Full);
    }

    /// The CTL at the start: signed by the token that was named, else by the normal signer.
    pub(super) fn first_ctl(&self) -> ListKey {
        let signer = if self.token.is_some() {
            ListSigner::Token
        } else {
            self.cluster.release().ctl_signer()
        };
        self.ctl_key(signer)
    }

    /// `utils ctl set-cluster …-mode`.
    pub(super) fn set_mode(&mut self, shared: &mut Shared, mode: Mode) {
        if self.mode == mode {
            return self.refuse(None, Refusal::AlreadySo);
        }
        if self.ctl_command_refused() {
            return;
        }
        self.mode = mode;
        self.push(Event::ModeSet(mode));
        match mode {
            Mode::Mixed => self.ctl_full(shared),
            Mode::NonSecure => {
                if let Some(key) =
                    self.ctl.and_then(|ctl| shared.list(ctl)).map(|list| list.key.reduced())
                {
                    self.set_ctl(shared, key, CtlKind::Reduced);
                }
            }
        }
    }

    /// Commands that write the CTL reach every node by SFTP and need replication (table 3).
    fn ctl_command_refused(&mut self) -> bool {
        for node in self.cluster.node_table().ids() {
            if self.cluster.node_spec(node).product == Product::Imp {
                continue;
            }
            let state = self.nodes.at(node);
            let reason = match (state.up, state.replicates) {
                (false, _) => Refusal::NodeDown,
                (true, false) => Refusal::ReplicationBroken,
                (true, true) => continue,
            };
            self.refuse(Some(node), reason);
            return true;
        }
        false
    }

    fn set_ctl(&mut self, shared: &mut Shared, key: ListKey, kind: CtlKind) {
        let signer = key.signer;
        let file: ListId = shared.file(key);
        self.ctl = Some(file);
        self.push(Event::CtlBuilt { signer, kind });
    }
}
