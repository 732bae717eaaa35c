//! What a tool may ask of a run: lists as phones hold them and nodes serve them, and what can be asked of one phone.

use super::super::cert::Cert;
use super::super::lists::ListKey;
use super::super::node::NodeId;
use super::super::operation::PhoneId;
use super::super::simulate::{NoReturn, no_return};
use super::{Run, lock};
use crate::cluster::shared::FileId;
use alloc::{sync::Arc, vec::Vec};
use trustlist::wire::Role;

/// A list of the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListView(Arc<ListKey>);

impl ListView {
    /// Who signed it.
    pub fn signer(&self) -> Cert {
        self.0.signer
    }

    /// Its records that hold a certificate, in order.
    pub fn records(&self) -> impl Iterator<Item = (Role, Cert)> {
        self.0.records.iter().filter_map(|record| Some((record.role, record.cert?)))
    }

    /// Whether a record of any role holds this certificate.
    pub fn holds(&self, cert: Cert) -> bool {
        self.records().any(|(_, held)| held == cert)
    }

    /// How many different certificates it holds.
    pub fn certificates(&self) -> usize {
        self.records().map(|(_, cert)| cert).collect::<alloc::collections::BTreeSet<_>>().len()
    }
}

impl Run {
    /// The ITL that a phone holds.
    pub fn installed_itl(&self, phone: PhoneId) -> Option<ListView> {
        let cohort = self.cohorts.get(self.cohorts.of(phone)?)?;
        self.list(cohort.held.itl)
    }

    /// The CTL that a phone holds.
    pub fn installed_ctl(&self, phone: PhoneId) -> Option<ListView> {
        let cohort = self.cohorts.get(self.cohorts.of(phone)?)?;
        self.list(cohort.held.ctl)
    }

    /// The ITL that a TFTP node has made or was given last.
    pub fn served_itl(&self, node: NodeId) -> Option<ListView> {
        self.list(self.state.nodes.at(node).itl.map(|itl| itl.served))
    }

    /// The CTL that every node serves.
    pub fn served_ctl(&self) -> Option<ListView> {
        self.list(self.state.ctl)
    }

    /// Who issued the phone's own certificate; `None` where it has none.
    pub fn lsc_issuer(&self, phone: PhoneId) -> Option<Cert> {
        self.cohorts.get(self.cohorts.of(phone)?)?.lsc
    }

    /// Whether a phone is on-line.
    pub fn is_online(&self, phone: PhoneId) -> bool {
        let cohort = self.cohorts.of(phone).and_then(|cohort| self.cohorts.get(cohort));
        cohort.is_some_and(|cohort| cohort.online)
    }

    /// Phones that went through everything alike so far, each group in inventory order: to ask one is to ask all of them.
    pub fn groups(&self) -> Vec<Vec<PhoneId>> {
        let mut groups: Vec<Vec<PhoneId>> =
            self.cohorts.iter().map(|cohort| Vec::with_capacity(cohort.size)).collect();
        for (phone, cohort) in (0..).map(PhoneId).zip(self.cohorts.all_phones().iter()) {
            if let Some(group) = groups.get_mut(cohort.index()) {
                group.push(phone);
            }
        }
        groups.retain(|group| !group.is_empty());
        groups
    }

    /// The point of no return of the steps so far (P-16).
    pub fn no_return(&self) -> Option<NoReturn> {
        no_return(self)
    }

    fn list(&self, file: Option<FileId>) -> Option<ListView> {
        let key =
            file.and_then(|file| lock(&self.shared).list(file).map(|list| list.key.clone()))?;
        Some(ListView(key))
    }
}
