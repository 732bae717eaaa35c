//! A case as JSON again, for the property that what is read is what is written. No command writes cases.
#![allow(dead_code, unreachable_pub)]

use std::ops::Deref;
use std::sync::Arc;
use trustlist::facts::{
    CertificateFacts, Completeness, ConfigFacts, FileId, Form, Identity, KeyFacts, ListFacts,
    RecordFacts, SignatureAnswer, Timestamp,
};
use trustlist::json::{Map, Value};
use trustlist::phone::{
    CachedSigner, ConfigOffer, ListOffer, Phone, RoleSet, SecurityByDefault, Tvs, TvsServer,
};
use trustlist::wire::DigestAlgorithm;
use trustlist_cluster::case::{Labels, PREDICT_SCHEMA, PredictCase};

/// Returns the case as a JSON document, `expect` left out: reading it gives the same phone, offer and TVS.
pub fn written(case: &PredictCase) -> Value {
    Writer(case).case()
}

struct Writer<'a>(&'a PredictCase);

impl Deref for Writer<'_> {
    type Target = PredictCase;

    fn deref(&self) -> &PredictCase {
        self.0
    }
}

impl Writer<'_> {
    fn case(&self) -> Value {
        let mut case = fields([
            ("schema", Some(PREDICT_SCHEMA.into())),
            ("id", self.id.as_deref().map(Value::from)),
            ("title", self.title.as_deref().map(Value::from)),
            ("source", self.source.as_deref().map(Value::from)),
            ("confidence", self.confidence.as_deref().map(Value::from)),
            ("certificates", Some(certificates(&self.certificates))),
            ("phone", Some(self.phone_json())),
            ("offer", Some(self.offer_json())),
            ("tls_minimum", self.offer.tls_minimum.map(|version| version.as_str().into())),
            ("at", self.offer.at.map(date)),
        ]);
        if let Tvs::Known(servers) = &self.tvs {
            case.insert(
                "tvs".to_owned(),
                servers.iter().map(|server| self.server(server)).collect(),
            );
        }
        Value::Object(case)
    }

    fn phone_json(&self) -> Value {
        let Phone { device, cm_group, tvs_cache, .. } = &self.phone;
        let known = match device.security_by_default {
            SecurityByDefault::No => Some(false),
            SecurityByDefault::Unknown => None,
            SecurityByDefault::Yes => Some(true),
        };
        let all = [DigestAlgorithm::Sha1, DigestAlgorithm::Sha256, DigestAlgorithm::Sha512];
        let digests = device
            .digests
            .map(|set| all.into_iter().filter(|digest| set.contains(*digest)).map(word).collect());
        let group =
            cm_group.as_ref().map(|group| group.iter().map(|name| Value::from(&**name)).collect());
        let list = |list: Option<&Arc<ListFacts>>| list.map_or(Value::Null, |list| self.list(list));
        let said = |field: &str, value: Value| (!self.left_out.contains(&field)).then_some(value);
        Value::Object(fields([
            ("model", device.model.as_deref().map(Value::from)),
            (
                "security_by_default",
                known
                    .map(Value::from)
                    .filter(|_| !self.left_out.contains(&"phone.security_by_default")),
            ),
            ("digests", digests),
            ("fips", Some(device.fips.into())),
            ("max_key_bits", device.max_key_bits.map(Value::from)),
            ("cm_group", group),
            ("ctl", said("phone.ctl", list(self.phone.ctl()))),
            ("itl", said("phone.itl", list(self.phone.itl()))),
            ("tvs_cache", Some(tvs_cache.iter().map(|cached| self.cached(cached)).collect())),
        ]))
    }

    fn offer_json(&self) -> Value {
        let said = |field: &str, value: Value| (!self.left_out.contains(&field)).then_some(value);
        Value::Object(fields([
            ("ctl", said("offer.ctl", self.list_offer(&self.offer.ctl, self.phone.ctl()))),
            ("itl", said("offer.itl", self.list_offer(&self.offer.itl, self.phone.itl()))),
            ("config", self.config_offer()),
        ]))
    }

    fn list_offer(&self, offer: &ListOffer, installed: Option<&Arc<ListFacts>>) -> Value {
        match offer {
            ListOffer::Empty => "empty".into(),
            ListOffer::List(list) if installed.is_some_and(|held| held.file == list.file) => {
                "same".into()
            }
            ListOffer::List(list) => self.list(list),
            _ => Value::Null,
        }
    }

    fn config_offer(&self) -> Option<Value> {
        match &self.offer.config {
            ConfigOffer::NotServed => Some(Value::Null),
            ConfigOffer::Empty => Some("empty".into()),
            ConfigOffer::Config(config) => Some(self.config(config)),
            _ => None,
        }
    }

    fn config(&self, config: &ConfigFacts) -> Value {
        Value::Object(fields([
            ("signer", self.signer(&config.file, &config.signer)),
            ("digest", Some(word(config.digest))),
            ("signature", Some(self.signature(&config.file))),
            ("tftp_server", self.offer.tftp_server.as_deref().map(Value::from)),
            ("encrypted", Some(config.encrypted.into())),
        ]))
    }

    fn list(&self, list: &ListFacts) -> Value {
        let signer = list.signer.as_ref().and_then(|signer| self.signer(&list.file, signer));
        Value::Object(fields([
            ("signer", Some(signer.unwrap_or(Value::Null))),
            ("signer_subject", Some(list.signer_subject.as_str().into())),
            ("digest", Some(word(list.digest))),
            ("signature", Some(self.signature(&list.file))),
            ("file_name", list.file_name.as_deref().map(Value::from)),
            ("timestamp", list.timestamp.map(date)),
            ("size", list.size.map(Value::from)),
            ("complete", Some((list.completeness == Completeness::Whole).into())),
            ("records", Some(list.records.iter().map(|record| self.record(record)).collect())),
        ]))
    }

    fn record(&self, record: &RecordFacts) -> Value {
        let form = match record.form {
            Form::Certificate => "certificate",
            Form::Hash => "hash",
            Form::None => "none",
            _ => "empty",
        };
        Value::Object(fields([
            ("role", Some(record.role.to_string().into())),
            (
                "certificate",
                record.certificate.as_deref().and_then(|certificate| self.label(certificate)),
            ),
            ("server", Some((&*record.server).into())),
            ("address", record.address.map(|address| address.to_string().into())),
            ("form", Some(form.into())),
        ]))
    }

    fn cached(&self, cached: &CachedSigner) -> Value {
        Value::Object(fields([
            ("certificate", self.label(&cached.certificate)),
            ("age_hours", cached.age_hours.map(Value::from)),
            ("roles", cached.roles.as_ref().map(roles)),
        ]))
    }

    fn server(&self, server: &TvsServer) -> Value {
        let knows = server.knows.as_deref().map(|known| {
            let entries = known.iter().filter_map(|known| {
                let label = self.label(&known.certificate)?;
                Some((label.as_str()?.to_owned(), known.roles.as_ref().map_or(Value::Null, roles)))
            });
            Value::Object(entries.collect())
        });
        Value::Object(fields([
            ("server", Some((&*server.server).into())),
            ("reachable", Some(server.reachable.into())),
            (
                "presents",
                server.presents.as_deref().and_then(|certificate| self.label(certificate)),
            ),
            ("knows", knows),
        ]))
    }

    /// The label of this very certificate, distinct from forgeries.
    fn label(&self, certificate: &CertificateFacts) -> Option<Value> {
        let mut labels = self.certificates.all().iter();
        labels.find(|(_, held)| ***held == *certificate).map(|(label, _)| label.as_str().into())
    }

    /// The label of a file's signer: the one whose key signed.
    fn signer(&self, file: &FileId, signer: &Identity) -> Option<Value> {
        let key = self.signatures.key(file)?;
        let mut labels = self.certificates.all().iter();
        labels
            .find(|(_, held)| held.identity == *signer && held.key() == key)
            .map(|(label, _)| label.as_str().into())
    }

    fn signature(&self, file: &FileId) -> Value {
        match self.signatures.answer(file) {
            SignatureAnswer::Valid => "valid",
            SignatureAnswer::Broken => "broken",
            _ => "not-checked",
        }
        .into()
    }
}

fn certificates(labels: &Labels) -> Value {
    Value::Object(
        labels
            .all()
            .iter()
            .map(|(label, held)| (label.clone(), certificate(labels, held)))
            .collect(),
    )
}

fn certificate(labels: &Labels, held: &CertificateFacts) -> Value {
    if labels.is_forged(held) {
        return [("forges", labels.genuine_label(&held.identity).into())].into();
    }
    let (key, bits) = match *held.key() {
        KeyFacts::Symbol { bits } => ("rsa", bits),
        KeyFacts::Rsa(_) => ("rsa", None),
        KeyFacts::Other => ("elliptic-curve", None),
        _ => ("unknown", None),
    };
    Value::Object(fields([
        ("subject", Some(held.subject.as_str().into())),
        ("issuer", Some(held.identity.issuer.as_str().into())),
        ("serial", Some(held.identity.serial.to_string().into())),
        ("key", Some(key.into())),
        ("key_bits", bits.map(Value::from)),
        ("not_before", held.not_before().map(date)),
        ("not_after", held.not_after().map(date)),
    ]))
}

/// An object of the fields that are there.
fn fields<const N: usize>(fields: [(&str, Option<Value>); N]) -> Map {
    fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

fn roles(roles: &RoleSet) -> Value {
    roles.as_slice().iter().map(|role| Value::from(role.to_string())).collect()
}

fn date(date: Timestamp) -> Value {
    date.to_string().into()
}

fn word(digest: DigestAlgorithm) -> Value {
    digest.to_string().into()
}
