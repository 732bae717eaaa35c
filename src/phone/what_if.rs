//! Hypothetical inputs of a prediction, which `would_change` and `remedies` try. Every trial is a
//! run of `predict`; nothing here decides.

use super::{
    ConfigOffer, InstalledLists, JudgedFile, KnownCertificate, ListOffer, ListRef, Offer, Phone,
    Prediction, RoleSet, Tvs, TvsServer, predict,
};
use crate::facts::{
    CertificateFacts, ConfigFacts, FileId, Identity, ListFacts, Name, RecordFacts, SignatureAnswer,
    Signatures,
};
use crate::wire::Role;
use alloc::{sync::Arc, vec::Vec};

/// A changed copy of the inputs of a prediction.
#[derive(Clone)]
pub(super) struct WhatIf<'a> {
    pub(super) phone: Phone,
    pub(super) offer: Offer,
    pub(super) tvs: Tvs,
    /// Files whose signatures are assumed to be valid.
    sound: Vec<FileId>,
    signatures: &'a dyn Signatures,
}

impl Signatures for WhatIf<'_> {
    fn signed_by(&self, file: &FileId, certificate: &CertificateFacts) -> SignatureAnswer {
        if self.sound.contains(file) {
            SignatureAnswer::Valid
        } else {
            self.signatures.signed_by(file, certificate)
        }
    }

    fn same_file(&self, one: &FileId, other: &FileId) -> bool {
        self.signatures.same_file(one, other)
    }
}

impl<'a> WhatIf<'a> {
    pub(super) fn new(
        phone: &Phone,
        offer: &Offer,
        tvs: &Tvs,
        signatures: &'a dyn Signatures,
    ) -> Self {
        Self {
            phone: phone.clone(),
            offer: offer.clone(),
            tvs: tvs.clone(),
            sound: Vec::new(),
            signatures,
        }
    }

    pub(super) fn predict(&self) -> Prediction {
        predict(&self.phone, &self.offer, &self.tvs, self)
    }

    pub(super) fn list(&self, file: JudgedFile) -> Option<&Arc<ListFacts>> {
        match (file, &self.offer.ctl, &self.offer.itl) {
            (JudgedFile::Ctl, ListOffer::List(list), _)
            | (JudgedFile::Itl, _, ListOffer::List(list)) => Some(list),
            _ => None,
        }
    }

    pub(super) fn config(&self) -> Option<&Arc<ConfigFacts>> {
        if let ConfigOffer::Config(config) = &self.offer.config { Some(config) } else { None }
    }

    /// Returns the signer of a file.
    pub(super) fn signer(&self, file: JudgedFile) -> Option<(&Identity, &Name)> {
        match file {
            JudgedFile::Config => {
                self.config().map(|config| (&config.signer, &config.signer_subject))
            }
            JudgedFile::Ctl | JudgedFile::Itl => {
                let list = self.list(file)?;
                Some((list.signer.as_ref()?, &list.signer_subject))
            }
        }
    }

    /// Returns the certificate with this identity, if a list contains it.
    pub(super) fn certificate_of(&self, identity: &Identity) -> Option<Arc<CertificateFacts>> {
        let offered = [self.list(JudgedFile::Itl), self.list(JudgedFile::Ctl)];
        let lists = offered.into_iter().chain([self.phone.itl(), self.phone.ctl()]).flatten();
        let mut certificates =
            lists.flat_map(|list| &list.records).filter_map(|record| record.certificate.as_ref());
        certificates.find(|certificate| certificate.identity == *identity).cloned()
    }

    /// Changes the offered list, if one is offered.
    pub(super) fn edit_list(&mut self, file: JudgedFile, edit: impl FnOnce(&mut ListFacts)) {
        let offer = if file == JudgedFile::Ctl { &mut self.offer.ctl } else { &mut self.offer.itl };
        if let ListOffer::List(list) = offer {
            edit(Arc::make_mut(list));
        }
    }

    /// Changes the offered configuration, if one is offered.
    pub(super) fn edit_config(&mut self, edit: impl FnOnce(&mut ConfigFacts)) {
        if let ConfigOffer::Config(config) = &mut self.offer.config {
            edit(Arc::make_mut(config));
        }
    }

    /// Lets this certificate sign the file, with a valid signature.
    pub(super) fn sign(&mut self, file: JudgedFile, by: &CertificateFacts) {
        let (identity, subject) = (by.identity.clone(), by.subject.clone());
        match file {
            JudgedFile::Config => self.edit_config(|config| {
                config.signer = identity;
                config.signer_subject = subject;
            }),
            JudgedFile::Ctl | JudgedFile::Itl => self.edit_list(file, |list| {
                list.signer = Some(identity);
                list.signer_subject = subject;
            }),
        }
        self.take_as_sound(file);
    }

    /// Assumes that the file's signature is valid.
    pub(super) fn take_as_sound(&mut self, file: JudgedFile) {
        let id = if file == JudgedFile::Config {
            self.config().map(|config| config.file.clone())
        } else {
            self.list(file).map(|list| list.file.clone())
        };
        self.sound.extend(id);
    }

    /// Deletes the lists on the phone.
    pub(super) fn delete_lists(&mut self) {
        self.phone.installed = InstalledLists::NONE;
        self.phone.tvs_cache.clear();
    }

    /// Deletes the CTL on the phone.
    pub(super) fn delete_ctl(&mut self) {
        if let Some(lists) = self.phone.installed.known_mut() {
            lists.ctl = None;
        }
    }

    /// Returns a list on the phone to change it, if it has one.
    pub(super) fn installed_mut(&mut self, list: ListRef) -> Option<&mut ListFacts> {
        let lists = self.phone.installed.known_mut()?;
        let slot = if list == ListRef::InstalledCtl { &mut lists.ctl } else { &mut lists.itl };
        slot.as_mut().map(Arc::make_mut)
    }

    /// Changes the servers that the phone asks, each with an entry of its own. If TVS was unknown,
    /// the new entries have no facts. If the group is not known, the servers are those of the ITL's
    /// TVS records.
    pub(super) fn edit_servers(&mut self, mut edit: impl FnMut(&mut TvsServer)) {
        let unsaid = self.tvs == Tvs::Unknown;
        let mut servers = match core::mem::replace(&mut self.tvs, Tvs::Unknown) {
            Tvs::Known(servers) => servers,
            Tvs::Unknown => Vec::new(),
        };
        let recorded =
            || tvs_records(self.phone.itl().map(Arc::as_ref)).map(|record| &record.server);
        let names: Vec<_> = match &self.phone.cm_group {
            Some(group) => group.iter().collect(),
            None if unsaid => recorded().collect(),
            None => Vec::new(),
        };
        for name in names {
            if !servers.iter().any(|server| server.server.eq_ignore_ascii_case(name)) {
                servers.push(TvsServer {
                    server: name.clone(),
                    reachable: unsaid,
                    presents: None,
                    knows: None,
                });
            }
        }
        servers.iter_mut().for_each(&mut edit);
        self.tvs = Tvs::Known(servers);
    }
}

/// Returns the TVS records of a list.
pub(super) fn tvs_records(itl: Option<&ListFacts>) -> impl Iterator<Item = &RecordFacts> {
    itl.into_iter().flat_map(|itl| &itl.records).filter(|record| record.role == Role::Tvs)
}

/// Returns the certificate of the TVS record for this server.
pub(super) fn tvs_record<'a>(
    itl: Option<&'a ListFacts>,
    server: &str,
) -> Option<&'a Arc<CertificateFacts>> {
    tvs_records(itl).find(|record| record.server.eq_ignore_ascii_case(server))?.certificate.as_ref()
}

/// Adds a certificate with these roles to the store of a server.
pub(super) fn teach(server: &mut TvsServer, certificate: &Arc<CertificateFacts>, roles: &[Role]) {
    let known = server.knows.iter().flat_map(|knows| knows.iter().cloned());
    let new =
        KnownCertificate { certificate: certificate.clone(), roles: Some(RoleSet::of(roles)) };
    server.knows = Some(known.chain([new]).collect());
}
