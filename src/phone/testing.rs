//! Phones, lists and TVS servers in symbols, for tests: certificates are labels, records are
//! written `ROLE:LABEL`.

use super::kind::{
    Compared, FoundRecord, IncompleteList, ItlSize, TvsVoucher, UnlistedTftpServer,
    VoucherBesideCtl,
};
use super::{
    Boot, ConfigOffer, Device, InstalledLists, Judgement, KnownCertificate, ListOffer, ListRef,
    Offer, Phone, PhoneLists, Prediction, RoleSet, SecurityByDefault, Tvs, TvsServer, boot,
    predict,
};
use crate::facts::{
    CertificateFacts, Completeness, ConfigFacts, FileId, Fingerprint, Form, Identity, KeyFacts,
    ListFacts, ListKind, Name, NotChecked, RecordFacts, RecordIndex, Serial, SignatureAnswer,
    Signatures, Timestamp,
};
use crate::wire::{DigestAlgorithm, Role};
use alloc::{format, sync::Arc, vec::Vec};

/// Returns a certificate for a label: `ccm1.2` has the subject `CN=ccm1` and a serial number made
/// of the whole label.
pub(crate) fn certificate(label: &str) -> Arc<CertificateFacts> {
    let name = Name::new(&format!("CN={}", label.split('.').next().unwrap_or_default()));
    let serial = Serial::from_bytes(label.as_bytes());
    let identity = Identity { serial, issuer: name.clone() };
    Arc::new(CertificateFacts::new(identity, name, KeyFacts::Symbol { bits: Some(2048) }))
}

/// Returns a certificate with issuer and serial number of `label` and a key of its own, like a
/// certificate from a file.
pub(crate) fn keyed(label: &str, key: u8) -> Arc<CertificateFacts> {
    let fingerprint = Fingerprint { sha1: Some([key; 20]), sha256: None };
    let facts = (*certificate(label)).clone().with_key(KeyFacts::Rsa(Arc::from([key])));
    Arc::new(facts.with_fingerprint(fingerprint))
}

/// Returns a list with its signer and records.
pub(crate) fn list(file: u32, signer: &str, records: &[&str]) -> ListFacts {
    let signer = certificate(signer);
    ListFacts {
        file: FileId::symbol(file),
        kind: ListKind::List,
        signer: Some(signer.identity.clone()),
        signer_subject: signer.subject.clone(),
        digest: DigestAlgorithm::Sha1,
        key_bits: Some(2048),
        file_name: None,
        timestamp: None,
        size: None,
        records: records.iter().zip(1..).map(|(text, index)| record(index, text)).collect(),
        completeness: Completeness::Whole,
    }
}

/// Returns the record `ROLE:LABEL@SERVER`; without a label an emptied record.
pub(crate) fn record(index: u32, text: &str) -> RecordFacts {
    let (text, server) = text.split_once('@').unwrap_or((text, "ccm1"));
    let (role, label) =
        text.split_once(':').map_or((text, None), |(role, label)| (role, Some(label)));
    RecordFacts {
        index: RecordIndex(index),
        role: Role::from_word(role).unwrap(),
        server: Arc::from(server),
        address: None,
        form: if label.is_some() { Form::Certificate } else { Form::Empty },
        certificate: label.map(certificate),
    }
}

/// The inputs of a prediction under construction. Signatures are valid unless set otherwise.
#[derive(Clone)]
pub(crate) struct Lab {
    pub(crate) phone: Phone,
    pub(crate) offer: Offer,
    pub(crate) tvs: Tvs,
    /// The answers about the signatures of files, for every key; others are valid.
    pub(crate) answers: Vec<(FileId, SignatureAnswer)>,
    /// Files that are signed with this key and no other.
    pub(crate) keys: Vec<(FileId, KeyFacts)>,
}

pub(crate) const INSTALLED_CTL: u32 = 1;
pub(crate) const INSTALLED_ITL: u32 = 2;
pub(crate) const OFFERED_CTL: u32 = 3;
pub(crate) const OFFERED_ITL: u32 = 4;
pub(crate) const CONFIG: u32 = 5;

impl Signatures for Lab {
    fn signed_by(&self, file: &FileId, certificate: &CertificateFacts) -> SignatureAnswer {
        if let Some((_, answer)) = self.answers.iter().find(|(known, _)| known == file) {
            return *answer;
        }
        match self.keys.iter().find(|(known, _)| known == file) {
            Some((_, key)) if key != certificate.key() => SignatureAnswer::Broken,
            _ => SignatureAnswer::Valid,
        }
    }
}

impl Lab {
    /// Returns a phone with Security By Default and without lists, a server that offers nothing,
    /// and unknown TVS.
    pub(crate) fn new() -> Self {
        let device = Device { security_by_default: SecurityByDefault::Yes, ..Device::unknown() };
        let phone = Phone {
            device,
            cm_group: None,
            installed: InstalledLists::NONE,
            tvs_cache: Vec::new(),
        };
        let (ctl, itl) = (ListOffer::NotFound, ListOffer::NotFound);
        let offer = Offer {
            ctl,
            itl,
            config: ConfigOffer::NotJudged,
            tftp_server: None,
            tls_minimum: None,
            at: None,
        };
        Self { phone, offer, tvs: Tvs::Unknown, answers: Vec::new(), keys: Vec::new() }
    }

    /// Returns the lists on the phone.
    pub(crate) fn held(&mut self) -> &mut PhoneLists {
        self.phone.installed.known_mut().unwrap()
    }

    pub(crate) fn ctl(mut self, signer: &str, records: &[&str]) -> Self {
        self.held().ctl = Some(Arc::new(list(INSTALLED_CTL, signer, records)));
        self
    }

    pub(crate) fn itl(mut self, signer: &str, records: &[&str]) -> Self {
        self.held().itl = Some(Arc::new(list(INSTALLED_ITL, signer, records)));
        self
    }

    pub(crate) fn offer_ctl(mut self, signer: &str, records: &[&str]) -> Self {
        self.offer.ctl = ListOffer::List(Arc::new(list(OFFERED_CTL, signer, records)));
        self
    }

    pub(crate) fn offer_itl(mut self, signer: &str, records: &[&str]) -> Self {
        self.offer.itl = ListOffer::List(Arc::new(list(OFFERED_ITL, signer, records)));
        self
    }

    pub(crate) fn same_ctl(mut self) -> Self {
        self.offer.ctl = ListOffer::List(self.phone.ctl().cloned().unwrap());
        self
    }

    pub(crate) fn same_itl(mut self) -> Self {
        self.offer.itl = ListOffer::List(self.phone.itl().cloned().unwrap());
        self
    }

    pub(crate) fn config(mut self, signer: &str) -> Self {
        let signer = certificate(signer);
        self.offer.config = ConfigOffer::Config(Arc::new(ConfigFacts {
            file: FileId::symbol(CONFIG),
            signer: signer.identity.clone(),
            signer_subject: signer.subject.clone(),
            digest: DigestAlgorithm::Sha1,
            key_bits: Some(2048),
            encrypted: false,
        }));
        self
    }

    pub(crate) fn device(mut self, edit: impl FnOnce(&mut Device)) -> Self {
        edit(&mut self.phone.device);
        self
    }

    /// Sets that no TVS server answers.
    pub(crate) fn no_tvs(mut self) -> Self {
        self.tvs = Tvs::Known(Vec::new());
        self
    }

    /// Adds a TVS server: the certificate that it presents and those that it knows,
    /// `LABEL:ROLE,ROLE` or `LABEL` with unknown roles.
    pub(crate) fn server(mut self, name: &str, presents: &str, knows: &[&str]) -> Self {
        let knows = knows.iter().map(|text| known(text)).collect();
        let server = TvsServer {
            server: Arc::from(name),
            reachable: true,
            presents: Some(certificate(presents)),
            knows: Some(knows),
        };
        match &mut self.tvs {
            Tvs::Known(servers) => servers.push(server),
            Tvs::Unknown => self.tvs = Tvs::Known(Vec::from([server])),
        }
        self
    }

    /// Changes the servers added so far.
    pub(crate) fn servers(mut self, edit: impl FnOnce(&mut Vec<TvsServer>)) -> Self {
        if let Tvs::Known(servers) = &mut self.tvs {
            edit(servers);
        }
        self
    }

    /// Changes an offered list.
    pub(crate) fn edit_itl(mut self, edit: impl FnOnce(&mut ListFacts)) -> Self {
        if let ListOffer::List(list) = &mut self.offer.itl {
            edit(Arc::make_mut(list));
        }
        self
    }

    /// Sets the answer about a file's signature for every key.
    pub(crate) fn answer(mut self, file: u32, answer: SignatureAnswer) -> Self {
        self.answers.push((FileId::symbol(file), answer));
        self
    }

    pub(crate) fn broken(self, file: u32) -> Self {
        self.answer(file, SignatureAnswer::Broken)
    }

    pub(crate) fn predict(&self) -> Prediction {
        predict(&self.phone, &self.offer, &self.tvs, self)
    }

    pub(crate) fn boot(&self) -> Boot {
        boot(&self.phone, &self.offer, &self.tvs, self)
    }

    pub(crate) fn judge_ctl(&self) -> Judgement {
        self.predict().ctl
    }

    pub(crate) fn judge_itl(&self) -> Judgement {
        self.predict().itl
    }

    pub(crate) fn judge_config(&self) -> Judgement {
        self.predict().config.unwrap()
    }
}

pub(crate) fn known(text: &str) -> KnownCertificate {
    let (label, roles) =
        text.split_once(':').map_or((text, None), |(label, roles)| (label, Some(roles)));
    let roles = roles.map(|roles| {
        roles.split(',').map(|role| Role::from_word(role).unwrap()).collect::<Vec<_>>()
    });
    KnownCertificate {
        certificate: certificate(label),
        roles: roles.map(|roles| RoleSet::of(&roles)),
    }
}

/// Values of a type for tests, at least one of every form.
#[cfg_attr(not(feature = "std"), allow(dead_code, reason = "`report` is tried with them"))]
pub(crate) trait Samples: Sized {
    fn samples() -> Vec<Self>;
}

/// Adds a variant without evidence, or one for each sample of its evidence.
macro_rules! add_samples {
    ($samples:ident, $variant:path) => {
        $samples.push($variant)
    };
    ($samples:ident, $variant:path, $evidence:ty) => {
        $samples.extend(
            <$evidence as $crate::phone::testing::Samples>::samples().into_iter().map($variant),
        )
    };
}
pub(crate) use add_samples;

macro_rules! samples {
    ($($type:ty: [$($sample:expr),+],)+) => {$(
        impl Samples for $type {
            fn samples() -> Vec<Self> {
                [$($sample),+].into()
            }
        }
    )+};
}

samples! {
    Arc<CertificateFacts>: [certificate("ccm1.2")],
    Arc<str>: [Arc::from("ccm1")],
    Compared: [Compared { value: 4096, limit: 2048 }],
    DigestAlgorithm: [DigestAlgorithm::Sha512],
    FoundRecord: [FoundRecord {
        list: ListRef::InstalledItl,
        record: RecordIndex(3),
        role: Role::Sast,
        certificate: certificate("ccm1.2")
    }],
    IncompleteList: [
        IncompleteList { list: Some(ListRef::InstalledCtl), signer: Some(certificate("ccm1.2")) },
        IncompleteList { list: None, signer: None }
    ],
    ItlSize: [
        ItlSize::Bytes(Compared { value: 70_000, limit: 65_536 }),
        ItlSize::Certificates(Compared { value: 40, limit: 39 })
    ],
    ListRef: [ListRef::InstalledItl],
    NotChecked: [NotChecked::NoKey],
    Role: [Role::CcmTftp],
    Timestamp: [Timestamp(0)],
    TvsVoucher: [TvsVoucher { server: Arc::from("ccm1"), certificate: certificate("ccm1.2") }],
    UnlistedTftpServer: [UnlistedTftpServer {
        ctl: ListRef::InstalledCtl,
        server: Arc::from("10.0.0.1")
    }],
    VoucherBesideCtl: [
        VoucherBesideCtl::Record(FoundRecord {
            list: ListRef::InstalledItl,
            record: RecordIndex(3),
            role: Role::Sast,
            certificate: certificate("ccm1.2")
        }),
        VoucherBesideCtl::Tvs { ctl: ListRef::OfferedCtl, server: None, signer: None }
    ],
}

impl<T: Samples> Samples for Option<T> {
    fn samples() -> Vec<Self> {
        T::samples().into_iter().map(Some).chain([None]).collect()
    }
}
