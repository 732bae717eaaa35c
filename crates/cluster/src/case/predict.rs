//! A prediction in symbols: `trustlist.predict/1` (spec/CONTRACT.md section 3).

use super::expect::Expect;
use super::json::{self, CaseError, Limits, Node, Object};
use super::label::{Labels, date};
use super::list::{Files, SymbolSignatures, digest_word, role};
use std::sync::Arc;
use trustlist::facts::{CertificateFacts, ListFacts, ListKind};
use trustlist::phone::{
    CachedSigner, ConfigOffer, Device, DigestSet, Installed, KnownCertificate, ListOffer, Offer,
    Phone, RoleSet, SecurityByDefault, TlsVersion, Tvs, TvsServer,
};
use trustlist::report::{Assumption, PredictionReport};
use trustlist::wire::Role;

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
/// assert_eq!(case.phone.ctl, None);
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
        Self::read(&Node::root(&json::parse_within(text, limits)?))
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

    /// Reads a case from a JSON value.
    ///
    /// # Errors
    /// As [`PredictCase::parse`].
    pub fn read(node: &Node<'_>) -> Result<Self, CaseError> {
        let fields = node.document(FIELDS)?;
        fields.schema(PREDICT_SCHEMA)?;
        let mut reader = Reader {
            labels: Labels::read(fields.optional("certificates").as_ref())?,
            files: Files::default(),
        };
        let phone = reader.phone(&fields.required("phone")?)?;
        let offer = reader.offer(&fields, &phone)?;
        let tvs = fields.optional("tvs").map_or(Ok(Tvs::Unknown), |node| reader.tvs(&node))?;
        Ok(Self {
            id: text(&fields, "id")?,
            title: text(&fields, "title")?,
            source: text(&fields, "source")?,
            confidence: text(&fields, "confidence")?,
            left_out: left_out(&fields)?,
            expect: fields.optional("expect").map(|node| Expect::read(&node)).transpose()?,
            certificates: reader.labels,
            signatures: reader.files.into_signatures(),
            phone,
            offer,
            tvs,
        })
    }
}

pub(super) const FIELDS: &[&str] = &[
    "schema",
    "id",
    "title",
    "source",
    "confidence",
    "certificates",
    "phone",
    "offer",
    "tvs",
    "tls_minimum",
    "at",
    "expect",
];

pub(super) const PHONE_FIELDS: &[&str] = &[
    "model",
    "security_by_default",
    "digests",
    "fips",
    "max_key_bits",
    "cm_group",
    "ctl",
    "itl",
    "tvs_cache",
];
pub(super) const CACHED_FIELDS: &[&str] = &["certificate", "age_hours", "roles"];
pub(super) const OFFER_FIELDS: &[&str] = &["ctl", "itl", "config"];
pub(super) const CONFIG_FIELDS: &[&str] =
    &["signer", "digest", "signature", "tftp_server", "encrypted"];
pub(super) const SERVER_FIELDS: &[&str] = &["server", "reachable", "presents", "knows"];

/// Data that all lists of a case share.
struct Reader {
    labels: Labels,
    files: Files,
}

impl Reader {
    fn phone(&mut self, node: &Node<'_>) -> Result<Phone, CaseError> {
        let fields = node.object(PHONE_FIELDS)?;
        // Keys left out on both sides say nothing; `null` says that the phone has no such list.
        let given = fields.field("ctl").is_some() || fields.field("itl").is_some();
        Ok(Phone::new(device(&fields)?)
            .with_cm_group(fields.optional("cm_group").map(|node| names(&node)).transpose()?)
            .with_installed(if given { Installed::Given } else { Installed::NotGiven })
            .with_ctl(self.installed(&fields, "ctl", ListKind::Ctl)?)
            .with_itl(self.installed(&fields, "itl", ListKind::Itl)?)
            .with_tvs_cache(self.tvs_cache(&fields)?))
    }

    fn installed(
        &mut self,
        fields: &Object<'_>,
        key: &str,
        kind: ListKind,
    ) -> Result<Option<Arc<ListFacts>>, CaseError> {
        fields.optional(key).map(|node| self.files.list(&node, kind, &mut self.labels)).transpose()
    }

    fn tvs_cache(&mut self, fields: &Object<'_>) -> Result<Vec<CachedSigner>, CaseError> {
        let Some(cache) = fields.optional("tvs_cache") else { return Ok(Vec::new()) };
        cache.list()?.iter().map(|node| self.cached(node)).collect()
    }

    fn cached(&mut self, node: &Node<'_>) -> Result<CachedSigner, CaseError> {
        if !node.is_object() {
            let certificate = self.labels.at(node)?;
            return Ok(CachedSigner::new(certificate));
        }
        let fields = node.object(CACHED_FIELDS)?;
        Ok(CachedSigner::new(self.labels.at(&fields.required("certificate")?)?)
            .with_age_hours(fields.optional("age_hours").map(|node| node.u32()).transpose()?)
            .with_roles(fields.optional("roles").map(|node| roles(&node)).transpose()?))
    }

    fn offer(&mut self, case: &Object<'_>, phone: &Phone) -> Result<Offer, CaseError> {
        let fields = case.required("offer")?.object(OFFER_FIELDS)?;
        let (config, tftp_server) = self.config(fields.field("config"))?;
        Ok(Offer::new()
            .with_ctl(self.list_offer(&fields, "ctl", ListKind::Ctl, phone.ctl.as_ref())?)
            .with_itl(self.list_offer(&fields, "itl", ListKind::Itl, phone.itl.as_ref())?)
            .with_config(config)
            .with_tftp_server(tftp_server)
            .with_tls_minimum(
                case.optional("tls_minimum").map(|node| tls_version(&node)).transpose()?,
            )
            .with_at(date(case, "at")?))
    }

    fn list_offer(
        &mut self,
        fields: &Object<'_>,
        key: &str,
        kind: ListKind,
        installed: Option<&Arc<ListFacts>>,
    ) -> Result<ListOffer, CaseError> {
        let Some(node) = fields.optional(key) else { return Ok(ListOffer::NotFound) };
        match (node.value().as_str(), installed) {
            (Some("empty"), _) => Ok(ListOffer::Empty),
            (Some("same"), Some(list)) => Ok(ListOffer::List(list.clone())),
            (Some("same"), None) => {
                Err(node.error(format!("something else, as phone.{key} is no list")))
            }
            (Some(_), _) => Err(node.error("a list, \"same\", \"empty\" or null")),
            (None, _) => Ok(ListOffer::List(self.files.list(&node, kind, &mut self.labels)?)),
        }
    }

    fn config(
        &mut self,
        field: Option<Node<'_>>,
    ) -> Result<(ConfigOffer, Option<Arc<str>>), CaseError> {
        let Some(node) = field else { return Ok((ConfigOffer::NotJudged, None)) };
        if node.is_null() {
            return Ok((ConfigOffer::NotServed, None));
        }
        match node.value().as_str() {
            Some("empty") => return Ok((ConfigOffer::Empty, None)),
            Some(_) => return Err(node.error("a configuration, \"empty\" or null")),
            None => {}
        }
        let fields = node.object(CONFIG_FIELDS)?;
        let tftp_server =
            fields.optional("tftp_server").map(|node| node.name()).transpose()?.map(Arc::from);
        Ok((ConfigOffer::Config(self.files.config(&fields, &mut self.labels)?), tftp_server))
    }

    fn tvs(&mut self, node: &Node<'_>) -> Result<Tvs, CaseError> {
        let mut servers: Vec<TvsServer> = Vec::new();
        for node in node.list()? {
            let fields = node.object(SERVER_FIELDS)?;
            let name = fields.required("server")?;
            let server = self.tvs_server(&fields, name.name()?)?;
            if servers.iter().any(|known| known.server == server.server) {
                return Err(name.error("each server once"));
            }
            servers.push(server);
        }
        Ok(Tvs::Known(servers))
    }

    fn tvs_server(&mut self, fields: &Object<'_>, name: &str) -> Result<TvsServer, CaseError> {
        Ok(TvsServer::new(Arc::from(name))
            .with_reachable(
                fields.optional("reachable").map(|node| node.bool()).transpose()?.unwrap_or(true),
            )
            .with_presents(
                fields.optional("presents").map(|node| self.labels.at(&node)).transpose()?,
            )
            .with_knows(fields.optional("knows").map(|node| self.knows(&node)).transpose()?))
    }

    /// Reads the certificates that a server knows. Two labels of one certificate must have the same roles.
    fn knows(&mut self, node: &Node<'_>) -> Result<Arc<[KnownCertificate]>, CaseError> {
        let mut known: Vec<KnownCertificate> = Vec::new();
        for (label, node) in node.entries()? {
            let certificate = self.label(label, &node)?;
            let roles = if node.is_null() { None } else { Some(roles(&node)?) };
            match known.iter().find(|known| known.certificate.identity == certificate.identity) {
                Some(other) if other.roles != roles => {
                    return Err(
                        node.error("the roles that another label of the same certificate has")
                    );
                }
                Some(_) => {}
                None => known.push(KnownCertificate::new(certificate).with_roles(roles)),
            }
        }
        Ok(Arc::from(known))
    }

    fn label(&mut self, label: &str, node: &Node<'_>) -> Result<Arc<CertificateFacts>, CaseError> {
        if label.is_empty() {
            return Err(CaseError::new(node.path(), "the label of a certificate", "\"\""));
        }
        Ok(self.labels.of(label))
    }
}

/// Returns the fields with a meaning that were left out. `null` for what a device can do, for its CallManager
/// group and for TVS is left out too.
fn left_out(case: &Object<'_>) -> Result<Vec<&'static str>, CaseError> {
    let (phone, offer) = (case.required("phone")?, case.required("offer")?);
    let absent = |node: &Node<'_>, key: &str| node.value().get(key).is_none();
    let unsaid =
        |node: &Node<'_>, key: &str| node.value().get(key).is_none_or(|value| value.is_null());
    let config = offer.value().get("config");
    let fields = [
        ("phone.model", unsaid(&phone, "model")),
        ("phone.security_by_default", unsaid(&phone, "security_by_default")),
        ("phone.cm_group", unsaid(&phone, "cm_group")),
        ("phone.ctl", absent(&phone, "ctl")),
        ("phone.itl", absent(&phone, "itl")),
        ("offer.ctl", absent(&offer, "ctl")),
        ("offer.itl", absent(&offer, "itl")),
        ("offer.config", config.is_none()),
        (
            "offer.config.tftp_server",
            config.is_some_and(|config| {
                config.get("tftp_server").is_none_or(|server| server.is_null())
            }),
        ),
        ("tvs", case.optional("tvs").is_none()),
    ];
    Ok(fields.into_iter().filter_map(|(field, missing)| missing.then_some(field)).collect())
}

/// The device fields of a case override the table of models.
fn device(fields: &Object<'_>) -> Result<Device, CaseError> {
    let model = fields.optional("model").map(|node| node.str()).transpose()?;
    let mut device = model.map_or_else(Device::unknown, Device::of_model);
    if let Some(node) = fields.optional("security_by_default") {
        device.security_by_default =
            if node.bool()? { SecurityByDefault::Yes } else { SecurityByDefault::No };
    }
    if let Some(node) = fields.optional("digests") {
        let words: Vec<_> = node.list()?.iter().map(digest_word).collect::<Result<_, _>>()?;
        device.digests = Some(DigestSet::of(&words));
    }
    if let Some(node) = fields.optional("fips") {
        device.fips = node.bool()?;
    }
    if let Some(node) = fields.optional("max_key_bits") {
        device.max_key_bits = Some(node.u32()?);
    }
    Ok(device)
}

/// Reads a version such as `"1.2"`.
pub fn tls_version(node: &Node<'_>) -> Result<TlsVersion, CaseError> {
    TlsVersion::from_word(node.str()?)
        .ok_or_else(|| node.error("\"1.0\", \"1.1\", \"1.2\" or \"1.3\""))
}

fn text(fields: &Object<'_>, key: &str) -> Result<Option<String>, CaseError> {
    Ok(fields.optional(key).map(|node| node.str()).transpose()?.map(str::to_owned))
}

fn names(node: &Node<'_>) -> Result<Vec<Arc<str>>, CaseError> {
    node.list()?.iter().map(|node| node.name().map(Arc::from)).collect()
}

fn roles(node: &Node<'_>) -> Result<RoleSet, CaseError> {
    let roles: Vec<Role> = node.list()?.iter().map(role).collect::<Result<_, _>>()?;
    Ok(RoleSet::of(&roles))
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
        let expected = ["no model 8581 is known: 8851? (phone.security_by_default not given)"];
        assert_eq!(told(&case(text).report().assumed), expected);
    }

    #[test]
    fn a_case_that_says_null_assumes_nothing() {
        let text = r#"{ "schema": "trustlist.predict/1", "phone": { "model": "ATA 191", "ctl": null, "itl": null },
                        "offer": { "ctl": null, "itl": null, "config": null }, "tvs": [] }"#;
        let expected = [
            "it is not known if ATA 191 has Security By Default: phone.security_by_default not given",
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
