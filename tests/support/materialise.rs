//! A case in symbols made into certificates, signed lists and a signed configuration, and read back
//! as facts.

use super::support::certificate::spki;
use super::support::key::public_key;
use super::support::{Certificate, Key, Request, key};
use std::sync::Arc;
use trustlist::cert;
use trustlist::facts::{
    CertificateFacts, Completeness, ConfigFacts, FileId, Files, Form, Identity, KeyFacts,
    ListFacts, ListKind, NotChecked, RecordFacts, SignatureAnswer, Signatures as _, Timestamp,
};
use trustlist::phone::{
    ConfigOffer, InstalledLists, KnownCertificate, ListOffer, Offer, Phone, Tvs, TvsServer,
};
use trustlist::verify::RustCrypto;
use trustlist::wire;
use trustlist::wire::write::{Layout, ListBuilder, RecordBuilder, SignedFileBuilder, SignerInfo};
use trustlist_cluster::case::PredictCase;

/// The case as the decision procedure takes it, from files.
pub(crate) struct Made {
    pub(crate) phone: Phone,
    pub(crate) offer: Offer,
    pub(crate) tvs: Tvs,
    pub(crate) files: Files<RustCrypto>,
    /// Every certificate of the case, in DER.
    #[allow(dead_code, reason = "not every test looks at them")]
    pub(crate) certificates: Vec<Vec<u8>>,
}

/// Makes the files of a case in this layout; a case that is about text without files is refused
/// with the reason.
pub(crate) fn materialise(case: &PredictCase, layout: Layout) -> Result<Made, &'static str> {
    let mut maker = Maker { case, layout, pool: pool(case), files: Files::new(RustCrypto) };
    let (phone, offer) = (&case.phone, &case.offer);
    let itl = phone.itl().map(|list| maker.list(list)).transpose()?;
    let ctl = phone.ctl().map(|list| maker.list(list)).transpose()?;
    let tvs_cache = phone.tvs_cache.iter();
    let tvs_cache =
        tvs_cache.map(|cached| cached.clone().with_certificate(maker.facts(&cached.certificate)));
    let installed = match phone.installed {
        InstalledLists::Known(_) => InstalledLists::of(ctl, itl),
        InstalledLists::Unknown => InstalledLists::Unknown,
    };
    let phone = phone.clone().with_tvs_cache(tvs_cache.collect()).with_installed(installed);
    let (ctl, itl) = (maker.list_offer(&offer.ctl)?, maker.list_offer(&offer.itl)?);
    let offer =
        offer.clone().with_ctl(ctl).with_itl(itl).with_config(maker.config_offer(&offer.config)?);
    let tvs = maker.tvs(&case.tvs);
    let certificates =
        maker.pool.iter().flatten().map(|held| held.certificate.der.clone()).collect();
    Ok(Made { phone, offer, tvs, files: maker.files, certificates })
}

/// A certificate of the case, by its facts in symbols.
struct Held {
    symbol: Arc<CertificateFacts>,
    certificate: Certificate,
    /// `None` for a key that signs nothing.
    key: Option<&'static Key>,
}

struct Maker<'a> {
    case: &'a PredictCase,
    layout: Layout,
    pool: Result<Vec<Held>, &'static str>,
    files: Files<RustCrypto>,
}

impl Maker<'_> {
    fn held(&self, symbol: &CertificateFacts) -> Result<&Held, &'static str> {
        let pool = self.pool.as_ref().map_err(|why| *why)?;
        Ok(pool.iter().find(|held| *held.symbol == *symbol).expect("every certificate has a label"))
    }

    /// The certificate whose key signs this file, as the case has it, and whether the signature
    /// shall be broken.
    fn signer(&self, file: &FileId, identity: &Identity) -> Result<(&Held, bool), &'static str> {
        let named: Vec<&Held> = self
            .pool
            .as_ref()
            .map_err(|why| *why)?
            .iter()
            .filter(|held| held.symbol.identity == *identity)
            .collect();
        let answer = |held: &Held| self.case.signatures.signed_by(file, &held.symbol);
        if named
            .iter()
            .any(|held| answer(held) == SignatureAnswer::NotChecked(NotChecked::TextOnly))
        {
            return Err("only the text of a file is at hand");
        }
        match named.iter().find(|held| answer(held) != SignatureAnswer::Broken) {
            Some(signer) => Ok((signer, false)),
            None => Ok((named.first().expect("every signer has a label"), true)),
        }
    }

    fn list(&mut self, list: &ListFacts) -> Result<Arc<ListFacts>, &'static str> {
        if list.completeness == Completeness::Partial {
            return Err("a print that was cut, or that shows no serial numbers");
        }
        let identity = list.signer.as_ref().ok_or("a print that does not name the signer")?;
        let (signer, broken) = self.signer(&list.file, identity)?;
        let info = self.signer_info(list.signer_subject.as_str(), identity);
        let mut builder = ListBuilder::new(self.layout, info).digest(list.digest);
        if let Some(name) = &list.file_name {
            builder = builder.file_name(name.as_bytes());
        }
        if let Some(Timestamp(seconds)) = list.timestamp {
            builder = builder.timestamp(u32::try_from(seconds).unwrap());
        }
        let records: Result<Vec<_>, _> =
            list.records.iter().map(|record| self.record(record)).collect();
        let key = signer.key.unwrap_or_else(|| key("rsa2048-24"));
        let bytes = sized(&builder, records?, list, key);
        let made =
            self.files.list(if broken { with_broken_signature(bytes) } else { bytes }).unwrap();
        assert_eq!(same_words(&made), same_words(list));
        Ok(made)
    }

    fn signer_info(&self, subject: &str, identity: &Identity) -> SignerInfo {
        let separated = |name: &str| written(name, self.layout);
        SignerInfo::new(
            separated(subject),
            separated(identity.issuer.as_str()),
            identity.serial.as_bytes(),
        )
    }

    fn record(&self, record: &RecordFacts) -> Result<RecordBuilder, &'static str> {
        let mut builder = match &record.certificate {
            None => RecordBuilder::new(record.role),
            Some(symbol) => {
                let certificate = &self.held(symbol)?.certificate;
                match record.form {
                    Form::Certificate => certificate.record(record.role, self.layout),
                    Form::Hash => certificate.hash_record(record.role, self.layout),
                    Form::None => certificate.names_record(record.role, self.layout),
                    _ => RecordBuilder::new(record.role),
                }
            }
        };
        if !record.server.is_empty() {
            builder = builder.server(record.server.as_bytes());
        }
        Ok(record.address.into_iter().fold(builder, RecordBuilder::address))
    }

    fn list_offer(&mut self, offer: &ListOffer) -> Result<ListOffer, &'static str> {
        match offer {
            ListOffer::List(list) => Ok(ListOffer::List(self.list(list)?)),
            _ => Ok(offer.clone()),
        }
    }

    fn config_offer(&mut self, offer: &ConfigOffer) -> Result<ConfigOffer, &'static str> {
        match offer {
            ConfigOffer::Config(config) => Ok(ConfigOffer::Config(self.config(config)?)),
            _ => Ok(offer.clone()),
        }
    }

    fn config(&mut self, config: &ConfigFacts) -> Result<Arc<ConfigFacts>, &'static str> {
        let (signer, broken) = self.signer(&config.file, &config.signer)?;
        let info = self.signer_info(config.signer_subject.as_str(), &config.signer);
        let mut builder = SignedFileBuilder::new(self.layout, info)
            .digest(config.digest)
            .file_name("SEP001122334455.cnf.xml.sgn");
        if config.encrypted {
            builder = builder
                .version(2, 0)
                .extra(16, [])
                .extra(19, [1; 16])
                .extra(20, [5])
                .extra(24, [1]);
        }
        let key = signer.key.unwrap_or_else(|| key("rsa2048-24"));
        let bytes = builder.sign(b"<device/>", &key.signer).unwrap();
        Ok(self.files.config(if broken { with_broken_signature(bytes) } else { bytes }).unwrap())
    }

    fn tvs(&self, tvs: &Tvs) -> Tvs {
        let Tvs::Known(servers) = tvs else { return Tvs::Unknown };
        let known = |known: &KnownCertificate| {
            known.clone().with_certificate(self.facts(&known.certificate))
        };
        let server = |server: &TvsServer| {
            server
                .clone()
                .with_presents(server.presents.as_ref().map(|certificate| self.facts(certificate)))
                .with_knows(server.knows.as_ref().map(|all| all.iter().map(known).collect()))
        };
        Tvs::Known(servers.iter().map(server).collect())
    }

    /// The certificate that TVS presents or returns: facts of the certificate alone.
    fn facts(&self, symbol: &CertificateFacts) -> Arc<CertificateFacts> {
        let der = &self.held(symbol).expect("checked by the lists").certificate.der;
        let facts = CertificateFacts::from_certificate(&cert::Certificate::parse(der).unwrap());
        assert_eq!((&facts.identity, &facts.subject), (&symbol.identity, &symbol.subject));
        Arc::new(facts)
    }
}

/// The facts that a list must state alike in symbols and as a file.
fn same_words(list: &ListFacts) -> impl PartialEq + std::fmt::Debug + use<> {
    let records: Vec<_> = list
        .records
        .iter()
        .map(|record| {
            let certificate = record
                .certificate
                .as_ref()
                .map(|held| (held.identity.clone(), held.subject.clone()));
            (
                record.index,
                record.role,
                record.server.clone(),
                record.address,
                record.form,
                certificate,
            )
        })
        .collect();
    let (file_name, timestamp) = (list.file_name.clone(), list.timestamp);
    (
        list.kind,
        list.signer.clone(),
        list.signer_subject.clone(),
        list.digest,
        file_name,
        timestamp,
        records,
    )
}

/// Signs the list, filled up with a tag that phones skip, so that its size is on the side of
/// P-ALG-7 on which the case has it: of the size that the case says, or above 64 KiB where the
/// certificates are too many.
fn sized(
    builder: &ListBuilder,
    mut records: Vec<RecordBuilder>,
    list: &ListFacts,
    key: &Key,
) -> Vec<u8> {
    let sign = |records: &[RecordBuilder]| {
        builder.clone().records(records.iter().cloned()).sign(&key.signer).unwrap()
    };
    let bytes = sign(&records);
    let least = match list.size {
        Some(size) => usize::try_from(size).unwrap(),
        None if list.kind == ListKind::Itl && certificates(list) > 39 => LARGEST + 1,
        None => 0,
    };
    let mut missing = least.saturating_sub(bytes.len());
    if missing == 0 {
        assert!(bytes.len() <= LARGEST || least > LARGEST, "{} bytes", bytes.len());
        return bytes;
    }
    for record in &mut records {
        let part = missing.min(50_000);
        if part > 3 {
            *record = record.clone().extra(FILLING, vec![0; part - 3]);
            missing -= part;
        }
    }
    let bytes = sign(&records);
    assert_eq!(bytes.len(), least);
    bytes
}

fn certificates(list: &ListFacts) -> usize {
    let mut all: Vec<_> = list
        .records
        .iter()
        .filter_map(|record| Some(&record.certificate.as_ref()?.identity))
        .collect();
    all.sort();
    all.dedup();
    all.len()
}

const LARGEST: usize = 65_536;
/// A tag that has no name.
const FILLING: u8 = 200;

fn with_broken_signature(mut bytes: Vec<u8>) -> Vec<u8> {
    let signature = wire::parse(&bytes).unwrap().header().tag_range(12).unwrap();
    bytes[signature.end - 1] ^= 1;
    bytes
}

fn written(name: &str, layout: Layout) -> String {
    if layout == Layout::Certutils { name.replace(';', ",") } else { name.to_owned() }
}

/// Makes the certificates of a case. Signers get keys of their own; the others share what is left
/// of the pool.
fn pool(case: &PredictCase) -> Result<Vec<Held>, &'static str> {
    let mut symbols: Vec<Arc<CertificateFacts>> = Vec::new();
    for symbol in case.certificates.all().values() {
        if !symbols.contains(symbol) {
            symbols.push(symbol.clone());
        }
    }
    symbols.sort_by_key(|symbol| !signs(case, symbol));
    let mut used = [0; 4];
    symbols.into_iter().map(|symbol| make(symbol, &mut used)).collect()
}

fn signs(case: &PredictCase, symbol: &CertificateFacts) -> bool {
    let offered = |offer: &ListOffer| {
        if let ListOffer::List(list) = offer { list.signer.clone() } else { None }
    };
    let installed =
        [case.phone.ctl(), case.phone.itl()].map(|list| list.and_then(|list| list.signer.clone()));
    let config = if let ConfigOffer::Config(config) = &case.offer.config {
        Some(config.signer.clone())
    } else {
        None
    };
    let [ctl, itl] = installed;
    let signers = [ctl, itl, offered(&case.offer.ctl), offered(&case.offer.itl), config];
    signers.iter().flatten().any(|signer| *signer == symbol.identity)
}

fn make(symbol: Arc<CertificateFacts>, used: &mut [usize; 4]) -> Result<Held, &'static str> {
    let bits = match *symbol.key() {
        KeyFacts::Symbol { bits } => bits.unwrap_or(2048),
        KeyFacts::Rsa(_) => 2048,
        KeyFacts::Other => 0,
        _ => return Err("a certificate whose key nobody knows"),
    };
    let sizes = [(1024, 3), (2048, 23), (3072, 1), (4096, 1)];
    let key = sizes.iter().position(|(size, _)| *size == bits).map(|size| {
        let number = used[size] % sizes[size].1 + 1;
        used[size] += 1;
        key(&format!("rsa{bits}-{number:02}"))
    });
    assert!(key.is_some() || bits == 0, "no test key of {bits} bits");
    let seconds = |time: Option<Timestamp>, default| {
        time.map_or(default, |time| u64::try_from(time.0).unwrap())
    };
    let request = Request {
        subject: symbol.subject.as_str(),
        issuer: symbol.identity.issuer.as_str(),
        serial: symbol.identity.serial.as_bytes(),
        validity: (seconds(symbol.not_before(), 0), seconds(symbol.not_after(), FAR)),
        public_key: key.map_or_else(|| public_key("p256"), spki),
    };
    // Nobody checks who signed a certificate; the short key is quick.
    let certificate = request.sign(super::support::key("rsa1024-03"));
    Ok(Held { symbol, certificate, key })
}

/// 2099-12-31, for a certificate without dates in the case.
const FAR: u64 = 4_102_358_400;
