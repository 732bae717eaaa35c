//! A prediction in symbols: `trustlist.predict/1` (spec/CONTRACT.md section 3).

use super::CaseError;
use super::expect::Expect;
use super::field::{
    DateText, DigestText, Entries, Label, Name, OneOf, RoleText, TlsText, forms, given,
};
use super::json::{self, Comments, Limits, Place, read, text};
use super::label::{AnyCertificate, Labels};
use super::list::{Config, Files, List, SymbolSignatures};
use serde::{Deserialize, Deserializer};
use std::sync::Arc;
use trustlist::facts::{ListFacts, ListKind};
use trustlist::phone::{
    CachedSigner, ConfigOffer, Device, DigestSet, InstalledLists, KnownCertificate, ListOffer,
    Offer, Phone, RoleSet, SecurityByDefault, Tvs, TvsServer,
};
use trustlist::report::{Assumption, PredictionReport};

/// The schema of a case.
pub const PREDICT_SCHEMA: &str = "trustlist.predict/1";

/// A phone, what it is offered and what is known of TVS, with labels for certificates.
///
/// ```
/// use trustlist_cluster::case::PredictCase;
/// let case = PredictCase::parse(r#"{
///     "schema": "trustlist.predict/1", "id": "demo",
///     "phone": { "model": "7975", "ctl": null, "itl": null },
///     "offer": { "ctl": null, "itl": { "signer": "ccm1", "records": [ { "role": "SAST", "certificate": "ccm1" } ] } }
/// }"#)?;
/// assert_eq!(case.phone.ctl(), None);
/// let misspelt = PredictCase::parse(r#"{ "schema": "trustlist.predict/1", "phone": { "itls": null }, "offer": {} }"#);
/// assert!(misspelt.unwrap_err().to_string().starts_with("phone.itls: expected "));
/// # Ok::<(), trustlist_cluster::case::CaseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PredictCase {
    /// The case's name.
    pub id: Option<String>,
    /// A sentence about the case.
    pub title: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// How sure its author is.
    pub confidence: Option<String>,
    /// Every certificate that the case names, by label.
    pub certificates: Labels,
    /// The phone.
    pub phone: Phone,
    /// The offered files.
    pub offer: Offer,
    /// Knowledge of TVS.
    pub tvs: Tvs,
    /// Facts about signatures.
    pub signatures: SymbolSignatures,
    /// The expectations.
    pub expect: Option<Expect>,
    /// Fields that were left out and have a meaning: `phone.ctl`, `tvs`, …
    pub left_out: Vec<&'static str>,
}

impl PredictCase {
    /// Reads a case from its JSON text.
    ///
    /// ```
    /// use trustlist::phone::{Outcome, predict};
    /// use trustlist_cluster::case::PredictCase;
    /// let text = r#"{ "schema": "trustlist.predict/1",
    ///     "phone": { "model": "8851", "itl": { "signer": "old", "records": [
    ///         { "role": "SAST", "certificate": "old" }, { "role": "CCM+TFTP", "certificate": "old" } ] } },
    ///     "offer": { "itl": { "signer": "new", "records": [ { "role": "SAST", "certificate": "new" } ] } },
    ///     "tvs": [] }"#;
    /// let case = PredictCase::parse(text).unwrap();
    /// assert_eq!(predict(&case.phone, &case.offer, &case.tvs, &case.signatures).itl.outcome(), Outcome::Reject);
    ///
    /// // A word that is misspelt is never taken as left out.
    /// let error = PredictCase::parse(&text.replace("\"itl\": { \"signer\": \"old\"", "\"itls\": { \"signer\": \"old\"")).unwrap_err();
    /// assert_eq!(error.path(), "phone.itls");
    /// ```
    ///
    /// # Errors
    /// If the text is not JSON, or a field is unknown, missing or unreadable: one line that begins with the JSON path.
    pub fn parse(text: &str) -> Result<Self, CaseError> {
        Self::parse_within(text, &Limits::new())
    }

    /// As [`PredictCase::parse`], with limits of the caller.
    ///
    /// # Errors
    /// As [`PredictCase::parse`].
    pub fn parse_within(text: &str, limits: &Limits) -> Result<Self, CaseError> {
        let value = json::parse_within(text, limits)?;
        Self::of_document(read(&value, Comments::AtTheTop)?)
    }

    /// Judges the case, and gathers what its reports say: under its title, with what it leaves out.
    ///
    /// ```
    /// use trustlist::report::prediction_text;
    /// use trustlist_cluster::case::PredictCase;
    /// let text = include_str!("../../../../testdata/cases/predict/tvs-all-changed.json");
    /// let case = PredictCase::parse(text).unwrap();
    /// let report = case.report();
    /// assert!(prediction_text(&report).contains("NO: the phone refuses the ITL."));
    /// assert!(!report.remedies.of(trustlist::phone::JudgedFile::Itl).is_empty() && !report.would_change.is_empty());
    /// ```
    pub fn report(&self) -> PredictionReport<'_> {
        let Self { phone, offer, tvs, .. } = self;
        PredictionReport::new(phone, offer, tvs, &self.signatures)
            .with_title(self.title.as_deref())
            .with_assumptions(Assumption::of_fields(phone, offer, tvs, &self.left_out))
    }

    fn of_document(case: Case<'_>) -> Result<Self, CaseError> {
        let left_out = left_out(&case);
        let root = Place::ROOT;
        let certificates = case.certificates.unwrap_or_default();
        let mut reader = Reader {
            labels: Labels::of_entries(certificates, &root.key("certificates"))?,
            files: Files::default(),
        };
        let phone = reader.phone(case.phone)?;
        let offer = reader
            .offer(case.offer, &phone)?
            .with_tls_minimum(case.tls_minimum.map(|version| version.0))
            .with_at(case.at.map(|date| date.0));
        let tvs = case.tvs.map_or(Ok(Tvs::Unknown), |servers| reader.tvs(servers))?;
        Ok(Self {
            id: case.id,
            title: case.title,
            source: case.source,
            confidence: case.confidence,
            left_out,
            expect: case.expect,
            certificates: reader.labels,
            signatures: reader.files.into_signatures(),
            phone,
            offer,
            tvs,
        })
    }
}

/// A phone, what it is offered and what is known of TVS, with labels for certificates (spec/CONTRACT.md section 3).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Predict", transform = super::input_schema::for_readers))]
pub(super) struct Case<'a> {
    /// The name and version of this form.
    #[expect(dead_code, reason = "checked when it is read")]
    schema: OneOf<PredictForm>,
    /// The case's name.
    id: Option<String>,
    /// A sentence about the case.
    title: Option<String>,
    /// Where it comes from.
    source: Option<String>,
    /// How sure its author is.
    confidence: Option<String>,
    /// Certificates by label. A label with no entry is a certificate of its own: subject and issuer CN=LABEL, a serial
    /// number made from the label, 2048 bits, no dates. Two labels with the same issuer and serial are one certificate.
    #[serde(borrow)]
    certificates: Option<Entries<'a, AnyCertificate<'a>>>,
    /// The phone.
    phone: PhoneFields<'a>,
    /// The offered files.
    offer: OfferFields<'a>,
    /// The TVS servers; left out, nothing is known of them, and an empty list says that none answers.
    tvs: Option<Vec<ServerFields<'a>>>,
    /// The minimum TLS version of the cluster, which TVS follows (P-TVS-11); left out, it is not known.
    tls_minimum: Option<TlsText>,
    /// The date of the judgement; left out, dates do not appear.
    at: Option<DateText>,
    /// The expectations.
    expect: Option<Expect>,
}

forms! {
    PredictForm = PREDICT_SCHEMA;
}

/// A phone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Phone"))]
struct PhoneFields<'a> {
    /// Its model (spec/PHONE-RULES.md, model table).
    model: Option<String>,
    /// Whether it has Security By Default; left out, as the model says.
    security_by_default: Option<bool>,
    /// The digests that it can check (P-ALG-2); left out, as the model says.
    digests: Option<Vec<DigestText>>,
    /// Whether it runs in FIPS mode (P-ALG-5).
    fips: Option<bool>,
    /// The longest key that it can use (P-ALG-4).
    max_key_bits: Option<u32>,
    /// Its CallManager group, in order: the servers that it asks for TVS. Left out, all of `tvs`.
    #[serde(borrow)]
    cm_group: Option<Vec<Name<'a>>>,
    /// The CTL that it holds; `null` for none.
    #[serde(borrow, default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "Option<List<'_>>"))]
    ctl: Option<Option<List<'a>>>,
    /// The ITL that it holds; `null` for none. With both keys left out, the lists are not known.
    #[serde(borrow, default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "Option<List<'_>>"))]
    itl: Option<Option<List<'a>>>,
    /// Earlier answers of TVS in the phone's cache (P-TVS-6).
    tvs_cache: Option<Vec<AnyCached<'a>>>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
enum AnyCached<'a> {
    #[serde(rename = "an object", borrow)]
    Cached(Cached<'a>),
    #[serde(rename = "a string")]
    Label(Label<'a>),
}

/// An answer of TVS that a phone remembers (P-TVS-6).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Cached<'a> {
    /// The certificate that TVS vouched for.
    #[serde(borrow)]
    certificate: Label<'a>,
    /// How old the answer is.
    age_hours: Option<u32>,
    /// The roles that TVS gave.
    roles: Option<Vec<RoleText>>,
}

/// The offered files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Offer"))]
struct OfferFields<'a> {
    /// The CTL; `null`: the server has none.
    #[serde(borrow, default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "Option<OfferedList<'_>>"))]
    ctl: Option<Option<OfferedList<'a>>>,
    /// The ITL; `null`: the server has none.
    #[serde(borrow, default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "Option<OfferedList<'_>>"))]
    itl: Option<Option<OfferedList<'a>>>,
    /// The signed configuration; `null`: none is served; left out: none is judged.
    #[serde(borrow, default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "Option<OfferedConfig<'_>>"))]
    config: Option<Option<OfferedConfig<'a>>>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
enum OfferedList<'a> {
    #[serde(rename = "a string")]
    Word(OfferedWord),
    #[serde(rename = "an object", borrow)]
    List(Box<List<'a>>),
}

/// `same`: the bytes already installed; `empty`: a file of zero bytes.
#[derive(Clone, Copy)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename_all = "kebab-case"))]
enum OfferedWord {
    Empty,
    Same,
}

impl<'de> Deserialize<'de> for OfferedWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "a list, \"same\", \"empty\" or null", |word| match word {
            "empty" => Some(Self::Empty),
            "same" => Some(Self::Same),
            _ => None,
        })
    }
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(untagged))]
enum OfferedConfig<'a> {
    #[serde(rename = "a string")]
    Word(EmptyFile),
    #[serde(rename = "an object", borrow)]
    Config(Config<'a>),
}

/// A file of zero bytes.
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename_all = "kebab-case"))]
enum EmptyFile {
    Empty,
}

impl<'de> Deserialize<'de> for EmptyFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "a configuration, \"empty\" or null";
        text(deserializer, expected, |word| (word == "empty").then_some(Self::Empty))
    }
}

/// A TVS server.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TvsServer"))]
struct ServerFields<'a> {
    /// Its name, each once.
    #[serde(borrow)]
    server: Name<'a>,
    /// Whether it answers; left out, it does.
    reachable: Option<bool>,
    /// The label of the certificate that it presents; `null`: not known.
    presents: Option<Label<'a>>,
    /// The certificates that it knows: label and roles, `null` for unknown roles. `null` in place of all: not known.
    knows: Option<Entries<'a, Option<Vec<RoleText>>>>,
}

/// Data that all lists of a case share.
struct Reader {
    labels: Labels,
    files: Files,
}

impl Reader {
    fn phone(&mut self, fields: PhoneFields<'_>) -> Result<Phone, CaseError> {
        let place = Place::ROOT.key("phone");
        let device = device(&fields);
        let group = |names: Vec<Name<'_>>| names.iter().map(|name| Arc::from(name.0)).collect();
        // Keys left out on both sides say nothing; `null` says that the phone has no such list.
        let given = fields.ctl.is_some() || fields.itl.is_some();
        let mut installed = |list: Option<Option<List<'_>>>, key, kind| {
            let list = list.flatten();
            list.map(|list| self.files.list(list, &place.key(key), kind, &mut self.labels))
                .transpose()
        };
        let ctl = installed(fields.ctl, "ctl", ListKind::Ctl)?;
        let itl = installed(fields.itl, "itl", ListKind::Itl)?;
        let cache = fields.tvs_cache.unwrap_or_default();
        Ok(Phone::new(device)
            .with_cm_group(fields.cm_group.map(group))
            .with_installed(if given {
                InstalledLists::of(ctl, itl)
            } else {
                InstalledLists::Unknown
            })
            .with_tvs_cache(cache.into_iter().map(|cached| self.cached(cached)).collect()))
    }

    fn cached(&mut self, cached: AnyCached<'_>) -> CachedSigner {
        match cached {
            AnyCached::Label(Label(label)) => CachedSigner::new(self.labels.of(label)),
            AnyCached::Cached(cached) => CachedSigner::new(self.labels.of(cached.certificate.0))
                .with_age_hours(cached.age_hours)
                .with_roles(cached.roles.map(|words| roles(&words))),
        }
    }

    fn offer(&mut self, fields: OfferFields<'_>, phone: &Phone) -> Result<Offer, CaseError> {
        let (config, tftp_server) = self.config(fields.config);
        let place = Place::ROOT.key("offer");
        let ctl = self.list_offer(fields.ctl, &place, ListKind::Ctl, phone.ctl())?;
        let itl = self.list_offer(fields.itl, &place, ListKind::Itl, phone.itl())?;
        Ok(Offer::new()
            .with_ctl(ctl)
            .with_itl(itl)
            .with_config(config)
            .with_tftp_server(tftp_server))
    }

    fn list_offer(
        &mut self,
        field: Option<Option<OfferedList<'_>>>,
        place: &Place<'_>,
        kind: ListKind,
        installed: Option<&Arc<ListFacts>>,
    ) -> Result<ListOffer, CaseError> {
        let key = if kind == ListKind::Ctl { "ctl" } else { "itl" };
        let place = place.key(key);
        match (field.flatten(), installed) {
            (None, _) => Ok(ListOffer::NotFound),
            (Some(OfferedList::Word(OfferedWord::Empty)), _) => Ok(ListOffer::Empty),
            (Some(OfferedList::Word(OfferedWord::Same)), Some(list)) => {
                Ok(ListOffer::List(list.clone()))
            }
            (Some(OfferedList::Word(OfferedWord::Same)), None) => {
                Err(place.error(format!("something else, as phone.{key} is no list"), "same"))
            }
            (Some(OfferedList::List(list)), _) => {
                self.files.list(*list, &place, kind, &mut self.labels).map(ListOffer::List)
            }
        }
    }

    fn config(
        &mut self,
        field: Option<Option<OfferedConfig<'_>>>,
    ) -> (ConfigOffer, Option<Arc<str>>) {
        match field {
            None => (ConfigOffer::NotJudged, None),
            Some(None) => (ConfigOffer::NotServed, None),
            Some(Some(OfferedConfig::Word(EmptyFile::Empty))) => (ConfigOffer::Empty, None),
            Some(Some(OfferedConfig::Config(config))) => (
                ConfigOffer::Config(self.files.config(&config, &mut self.labels)),
                config.tftp_server.map(|name| Arc::from(name.0)),
            ),
        }
    }

    fn tvs(&mut self, fields: Vec<ServerFields<'_>>) -> Result<Tvs, CaseError> {
        let place = Place::ROOT.key("tvs");
        let mut servers: Vec<TvsServer> = Vec::new();
        for (index, fields) in fields.into_iter().enumerate() {
            let place = place.index(index);
            let Name(name) = fields.server;
            let knows = fields.knows.map(|knows| self.knows(knows, &place.key("knows")));
            if servers.iter().any(|known| *known.server == *name) {
                return Err(place.key("server").error("each server once", name));
            }
            let server = TvsServer::new(Arc::from(name))
                .with_reachable(fields.reachable.unwrap_or(true))
                .with_presents(fields.presents.map(|Label(label)| self.labels.of(label)))
                .with_knows(knows.transpose()?);
            servers.push(server);
        }
        Ok(Tvs::Known(servers))
    }

    /// Returns the certificates that a server knows. Two labels of one certificate must have the same roles.
    fn knows(
        &mut self,
        entries: Entries<'_, Option<Vec<RoleText>>>,
        place: &Place<'_>,
    ) -> Result<Arc<[KnownCertificate]>, CaseError> {
        let mut known: Vec<KnownCertificate> = Vec::new();
        for (label, words) in entries.0 {
            let wrong = |expected: &str, found: &str| {
                CaseError::new(place.key(label).path(), expected, found)
            };
            if label.is_empty() {
                return Err(wrong("the label of a certificate", "\"\""));
            }
            let certificate = self.labels.of(label);
            let roles = words.map(|words| roles(&words));
            match known.iter().find(|known| known.certificate.identity == certificate.identity) {
                Some(other) if other.roles != roles => {
                    let expected = "the roles that another label of the same certificate has";
                    return Err(wrong(expected, roles.map_or("null", |_| "a list")));
                }
                Some(_) => {}
                None => known.push(KnownCertificate::new(certificate).with_roles(roles)),
            }
        }
        Ok(Arc::from(known))
    }
}

/// Returns the fields with a meaning that were left out. `null` for what a device can do, for its CallManager
/// group and for TVS is left out too.
fn left_out(case: &Case<'_>) -> Vec<&'static str> {
    let (phone, offer) = (&case.phone, &case.offer);
    let named = match &offer.config {
        Some(Some(OfferedConfig::Config(config))) => config.tftp_server.is_some(),
        Some(_) => false,
        None => true,
    };
    let fields = [
        ("phone.model", phone.model.is_none()),
        ("phone.security_by_default", phone.security_by_default.is_none()),
        ("phone.cm_group", phone.cm_group.is_none()),
        ("phone.ctl", phone.ctl.is_none()),
        ("phone.itl", phone.itl.is_none()),
        ("offer.ctl", offer.ctl.is_none()),
        ("offer.itl", offer.itl.is_none()),
        ("offer.config", offer.config.is_none()),
        ("offer.config.tftp_server", !named),
        ("tvs", case.tvs.is_none()),
    ];
    fields.into_iter().filter_map(|(field, missing)| missing.then_some(field)).collect()
}

/// The device fields of a case override the table of models.
fn device(fields: &PhoneFields<'_>) -> Device {
    let mut device = fields.model.as_deref().map_or_else(Device::unknown, Device::of_model);
    match fields.security_by_default {
        Some(true) => device.security_by_default = SecurityByDefault::Yes,
        Some(false) => device.security_by_default = SecurityByDefault::No,
        None => {}
    }
    if let Some(digests) = &fields.digests {
        let digests: Vec<_> = digests.iter().map(|digest| digest.0).collect();
        device.digests = Some(DigestSet::of(&digests));
    }
    if let Some(fips) = fields.fips {
        device.fips = fips;
    }
    if let Some(bits) = fields.max_key_bits {
        device.max_key_bits = Some(bits);
    }
    device
}

fn roles(words: &[RoleText]) -> RoleSet {
    RoleSet::of(&words.iter().map(|role| role.0).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use trustlist::report::FactoryFresh;

    fn case(text: &str) -> PredictCase {
        PredictCase::parse(text).unwrap()
    }

    fn told(assumed: &[Assumption]) -> Vec<String> {
        assumed.iter().map(ToString::to_string).collect()
    }

    const LIST: &str =
        r#"{ "signer": "a", "records": [ { "role": "SAST", "certificate": "a" } ] }"#;

    #[test]
    fn a_forgotten_list_is_named_by_its_option() {
        let text = format!(
            r#"{{ "schema": "trustlist.predict/1", "phone": {{ "model": "7975", "ctl": null, "itl": {LIST} }}, "offer": {{ "itl": "same" }} }}"#
        );
        let case = case(&text);
        let assumed =
            Assumption::of_options(&case.phone, &case.offer, &case.tvs, FactoryFresh::Unsaid);
        let expected = [
            "no CTL on the phone: --installed-ctl not given",
            "no CTL on the server: --offered-ctl not given",
            "no configuration is checked: --offered-config not given",
            "nothing is known about TVS: --tvs not given",
        ];
        assert_eq!(told(&assumed), expected);
        let fresh = Assumption::of_options(&case.phone, &case.offer, &case.tvs, FactoryFresh::Said);
        assert_eq!(told(&fresh), expected.get(1..).unwrap());
    }

    #[test]
    fn a_typing_mistake_in_a_model_is_told() {
        let text = r#"{ "schema": "trustlist.predict/1", "phone": { "model": "8581", "ctl": null, "itl": null },
                        "offer": { "ctl": null, "itl": null, "config": null }, "tvs": [] }"#;
        let expected = [
            "the model 8581 is not known: did you mean 8851? (phone.security_by_default not given)",
        ];
        assert_eq!(told(&case(text).report().assumed), expected);
    }

    #[test]
    fn a_case_that_says_null_assumes_nothing() {
        let text = r#"{ "schema": "trustlist.predict/1", "phone": { "model": "ATA 191", "ctl": null, "itl": null },
                        "offer": { "ctl": null, "itl": null, "config": null }, "tvs": [] }"#;
        let expected = [
            "the device table does not have ATA 191, so it is not known if it has Security By Default: phone.security_by_default not given",
        ];
        assert_eq!(told(&case(text).report().assumed), expected);
        let text = r#"{ "schema": "trustlist.predict/1", "phone": {}, "offer": {} }"#;
        let expected = [
            "nothing is known about the lists on the phone: phone.itl not given",
            "no CTL on the server: offer.ctl not given",
            "no ITL on the server: offer.itl not given",
            "no configuration is checked: offer.config not given",
            "nothing is known about the device: phone.model not given",
            "nothing is known about TVS: tvs not given",
        ];
        assert_eq!(told(&case(text).report().assumed), expected);
    }
}
