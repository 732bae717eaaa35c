//! A question to `phone::predict` out of bytes: every byte string is one, and the empty one is the
//! simplest.

use std::sync::Arc;
use trustlist::facts::{
    CertificateFacts, Completeness, ConfigFacts, FileId, Fingerprint, Form, Identity, KeyFacts,
    ListFacts, ListKind, Name, NotChecked, RecordFacts, RecordIndex, Serial, SignatureAnswer,
    Signatures, Timestamp,
};
use trustlist::phone::{
    CachedSigner, ConfigOffer, Device, DigestSet, InstalledLists, KnownCertificate, Lean,
    ListOffer, Offer, Phone, RoleSet, SecurityByDefault, TlsVersion, Tvs, TvsClient, TvsServer,
};
use trustlist::wire::{DigestAlgorithm, Role};

/// Everything that `predict` is asked about.
#[derive(Clone, Debug)]
pub struct Question {
    pub phone: Phone,
    pub offer: Offer,
    pub tvs: Tvs,
    pub answers: Answers,
}

/// The answer for each file's signature, for any key; forged certificates never fit.
#[derive(Clone, Debug)]
pub struct Answers(pub [SignatureAnswer; 8]);

impl Signatures for Answers {
    fn signed_by(&self, file: &FileId, certificate: &CertificateFacts) -> SignatureAnswer {
        let file = file.symbol_number().unwrap_or_default();
        match certificate.fingerprint().sha1 {
            Some(FORGED) => SignatureAnswer::Broken,
            _ => self.0[file as usize % self.0.len()],
        }
    }
}

impl Question {
    pub fn read(data: &[u8]) -> Self {
        let mut bytes = Bytes(data);
        let (ctl, itl) = (bytes.maybe(|bytes| bytes.list(1)), bytes.maybe(|bytes| bytes.list(2)));
        let offer = bytes.offer(ctl.as_ref(), itl.as_ref());
        let tvs = match bytes.below(5) {
            0 => Tvs::Unknown,
            _ => Tvs::Known((0..bytes.below(4)).map(|server| bytes.server(server)).collect()),
        };
        let phone = bytes.phone(ctl, itl);
        let answers = Answers([(); 8].map(|()| bytes.answer()));
        Self { phone, offer, tvs, answers }
    }
}

/// The bytes left to read; at the end there are zeros.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn below(&mut self, limit: u8) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first % limit
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[usize::from(self.below(u8::try_from(from.len()).unwrap()))].clone()
    }

    fn maybe<T>(&mut self, some: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(4) > 0).then(|| some(self))
    }

    fn many<T>(&mut self, limit: u8, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(limit)).map(|_| one(self)).collect()
    }

    fn phone(&mut self, ctl: Option<Arc<ListFacts>>, itl: Option<Arc<ListFacts>>) -> Phone {
        let installed = if self.below(16) == 1 {
            InstalledLists::Unknown
        } else {
            InstalledLists::of(ctl, itl)
        };
        Phone::new(self.device())
            .with_cm_group(self.maybe(|bytes| bytes.many(4, |bytes| bytes.pick(&SERVERS).into())))
            .with_installed(installed)
            .with_tvs_cache(self.many(3, |bytes| {
                CachedSigner::new(bytes.certificate())
                    .with_age_hours(bytes.maybe(|bytes| bytes.pick(&[0, 5, 24, 25, u32::MAX])))
                    .with_roles(bytes.maybe(Self::roles))
            }))
    }

    fn device(&mut self) -> Device {
        if self.below(3) == 0 {
            return Device::of_model(self.pick(&[
                "8851",
                "7975",
                "7940",
                "7821",
                "9971",
                "ATA190",
                "",
                "no such model",
            ]));
        }
        Device::unknown()
            .with_model(None)
            .with_security_by_default(self.pick(&[
                SecurityByDefault::Yes,
                SecurityByDefault::No,
                SecurityByDefault::Unknown,
            ]))
            .with_digests(self.maybe(|bytes| DigestSet::of(&bytes.many(4, Self::digest))))
            .with_max_key_bits(self.maybe(|bytes| bytes.pick(&[0, 1024, 2048, u32::MAX])))
            .with_fips(self.below(4) == 1)
            .with_flushes_tvs_cache(self.below(2) == 1)
            .with_sha512_leans(self.pick(&[None, Some(Lean::Accept), Some(Lean::Reject)]))
            .with_tvs_client(self.pick(&[TvsClient::Legacy, TvsClient::Modern, TvsClient::Usual]))
            .with_loads_lists(self.below(16) != 1)
    }

    fn offer(&mut self, ctl: Option<&Arc<ListFacts>>, itl: Option<&Arc<ListFacts>>) -> Offer {
        Offer::new()
            .with_ctl(self.list_offer(3, ctl))
            .with_itl(self.list_offer(4, itl))
            .with_config(match self.below(6) {
                0 => ConfigOffer::NotJudged,
                1 => ConfigOffer::NotServed,
                2 => ConfigOffer::Empty,
                _ => ConfigOffer::Config(self.config()),
            })
            .with_tftp_server(self.maybe(|bytes| bytes.pick(&SERVERS).into()))
            .with_tls_minimum(self.maybe(|bytes| bytes.pick(TlsVersion::ALL)))
            .with_at(self.maybe(Self::time))
    }

    fn list_offer(&mut self, file: u32, installed: Option<&Arc<ListFacts>>) -> ListOffer {
        match (self.below(6), installed) {
            (0, _) => ListOffer::NotFound,
            (1, _) => ListOffer::Empty,
            (2, Some(list)) => ListOffer::List(list.clone()),
            _ => ListOffer::List(self.list(file)),
        }
    }

    fn list(&mut self, file: u32) -> Arc<ListFacts> {
        let signer = self.certificate();
        let subject =
            if self.below(8) == 1 { Name::new("CN=somebody else") } else { signer.subject.clone() };
        Arc::new(
            ListFacts::new(
                FileId::symbol(file),
                self.pick(&[ListKind::Itl, ListKind::Ctl, ListKind::List]),
                self.digest(),
            )
            .with_signer((self.below(16) != 1).then(|| signer.identity.clone()))
            .with_signer_subject(subject)
            .with_key_bits(self.maybe(|bytes| bytes.pick(&[1024, 2048, 4096, 512])))
            .with_file_name(
                self.maybe(|bytes| bytes.pick(&["ITLFile.tlv", "CTLFile.tlv", "", "x"]).into()),
            )
            .with_timestamp(self.maybe(Self::time))
            .with_size(
                self.maybe(|bytes| bytes.pick(&[5_000, 0, 65_535, 65_536, 70_000, u64::MAX])),
            )
            .with_records((1..=self.below(7).into()).map(|index| self.record(index)).collect())
            .with_completeness(if self.below(8) == 1 {
                Completeness::Partial
            } else {
                Completeness::Whole
            }),
        )
    }

    fn record(&mut self, index: u32) -> RecordFacts {
        let form = self.pick(&[Form::Certificate, Form::Hash, Form::None, Form::Empty]);
        RecordFacts::new(RecordIndex(index), self.role())
            .with_server(self.pick(&SERVERS).into())
            .with_address(self.maybe(|bytes| [192, 0, 2, bytes.below(3)].into()))
            .with_form(form)
            .with_certificate((form != Form::Empty).then(|| self.certificate()))
    }

    fn config(&mut self) -> Arc<ConfigFacts> {
        let signer = self.certificate();
        Arc::new(
            ConfigFacts::new(
                FileId::symbol(5),
                signer.identity.clone(),
                signer.subject.clone(),
                self.digest(),
            )
            .with_key_bits(self.maybe(|bytes| bytes.pick(&[2048, 1024, 4096])))
            .with_encrypted(self.below(4) == 1),
        )
    }

    fn server(&mut self, index: u8) -> TvsServer {
        TvsServer::new(SERVERS[usize::from(index)].into())
            .with_reachable(self.below(4) != 1)
            .with_presents(self.maybe(Self::certificate))
            .with_knows(self.maybe(|bytes| {
                bytes
                    .many(5, |bytes| {
                        KnownCertificate::new(bytes.certificate())
                            .with_roles(bytes.maybe(Self::roles))
                    })
                    .into()
            }))
    }

    /// One of a few certificates, so that lists meet: 0 and 1 have one subject, 2 and 3 one issuer,
    /// 4 is forged after 0, 5 is of an elliptic curve, 6 has no known key.
    fn certificate(&mut self) -> Arc<CertificateFacts> {
        let number = self.below(8);
        let name = |text: &str| Name::new(text);
        let own = format!("CN=c{number}");
        let (subject, issuer, serial) = match number {
            0 | 4 => (name("CN=c"), name("CN=c"), 10),
            1 => (name("CN=c"), name("CN=c"), 11),
            2 | 3 => (name(&own), name("CN=ca"), number),
            _ => (name(&own), name(&own), number),
        };
        Arc::new(
            CertificateFacts::new(
                Identity { serial: Serial::from_bytes(&[serial]), issuer },
                subject,
                match number {
                    5 => KeyFacts::Other,
                    6 => KeyFacts::Unknown,
                    _ => KeyFacts::Rsa(Arc::from([number])),
                },
            )
            .with_fingerprint(Fingerprint {
                sha1: Some(if number == 4 { FORGED } else { [number; 20] }),
                sha256: None,
            })
            .with_not_before(self.maybe(Self::time))
            .with_not_after(self.maybe(Self::time)),
        )
    }

    fn time(&mut self) -> Timestamp {
        Timestamp(self.pick(&[1_700_000_000, 0, 1_800_000_000, i64::MAX, i64::MIN]))
    }

    fn digest(&mut self) -> DigestAlgorithm {
        let sha1 = DigestAlgorithm::Sha1;
        self.pick(&[
            sha1,
            sha1,
            DigestAlgorithm::Sha256,
            DigestAlgorithm::Sha512,
            DigestAlgorithm::Other(9),
        ])
    }

    fn role(&mut self) -> Role {
        self.pick(&[
            Role::Sast,
            Role::CcmTftp,
            Role::Tftp,
            Role::Tvs,
            Role::Capf,
            Role::Ccm,
            Role::from_code(99),
        ])
    }

    fn roles(&mut self) -> RoleSet {
        RoleSet::of(&self.many(3, Self::role))
    }

    fn answer(&mut self) -> SignatureAnswer {
        let not_checked = [
            NotChecked::TextOnly,
            NotChecked::NoKey,
            NotChecked::KeyRefused,
            NotChecked::UnsupportedDigest,
        ];
        match self.below(8) {
            1 => SignatureAnswer::Broken,
            2 => SignatureAnswer::NotChecked(self.pick(&not_checked)),
            _ => SignatureAnswer::Valid,
        }
    }
}

const SERVERS: [&str; 4] = ["ccm1", "ccm2", "192.0.2.1", ""];
const FORGED: [u8; 20] = [0xf0; 20];
