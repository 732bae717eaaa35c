//! An event as JSON: its word and its fields.

use crate::cluster::{
    Cert, Cluster, CtlKind, Event, FileJudged, FileTrigger, ImportTrigger, Judged, Mode, NodeId, Refusal, ResetCause, Rollback,
    TimedEvent,
};
use crate::platform_event::{PlatformEvent, Verb};
use serde_json::{Map, Value, json};

pub(super) fn json(cluster: &Cluster, timed: &TimedEvent) -> Value {
    let mut map = Map::new();
    map.insert("event".to_owned(), timed.event.word().into());
    map.insert("minute".to_owned(), timed.minute.into());
    let writer = Writer { cluster };
    if let Value::Object(fields) = writer.fields(&timed.event) {
        map.extend(fields);
    }
    Value::Object(map)
}

struct Writer<'a> {
    cluster: &'a Cluster,
}

impl Writer<'_> {
    fn node(&self, node: NodeId) -> &str {
        &self.cluster.node_spec(node).name
    }

    fn cert(&self, cert: Cert) -> String {
        self.cluster.label(cert)
    }

    fn fields(&self, event: &Event) -> Value {
        match event {
            Event::CtlBuilt { signer, kind } => json!({ "signer": self.cert(*signer), "kind": ctl_kind(*kind) }),
            Event::FileDeleted { node, unit, cert, trigger } => {
                json!({ "node": self.node(*node), "unit": unit.as_str(), "cert": self.cert(*cert), "by": file_trigger(*trigger) })
            }
            Event::FileImported { nodes, unit, cert, trigger } => {
                let nodes: Vec<&str> = nodes.iter().map(|node| self.node(node)).collect();
                json!({ "nodes": nodes, "unit": unit.as_str(), "cert": self.cert(*cert), "by": import_trigger(*trigger) })
            }
            Event::ItlBuilt { node, signer, config_signer } => {
                let (signer, config) = (self.cert(*signer), self.cert(*config_signer));
                json!({ "node": self.node(*node), "signer": signer, "config_signer": config })
            }
            Event::ItlResigned { node, signer } => json!({ "node": self.node(*node), "signer": self.cert(*signer) }),
            Event::LscIssued { issuer, phones } => json!({ "issuer": self.cert(*issuer), "phones": phones }),
            Event::ModeSet(mode) => json!({ "mode": if *mode == Mode::Mixed { "mixed" } else { "non-secure" } }),
            Event::NodeDown(node) | Event::NodeUp(node) | Event::ReplicationBroken(node) | Event::ReplicationFixed(node) => {
                json!({ "node": self.node(*node) })
            }
            Event::PhonesJudged { phones, first, judged, .. } => self.judged(*phones, self.cluster.phone_name(*first), judged),
            Event::ListsErased { phones } | Event::PhonesOffline { phones } | Event::PhonesOnline { phones } => {
                json!({ "phones": phones })
            }
            Event::PhonesReset { phones, cause } => json!({ "phones": phones, "cause": reset_cause(*cause) }),
            Event::PlatformEvent { node, verb, event } => platform_event(self.node(*node), *verb, event),
            Event::PlatformEventLost { node } => json!({ "node": self.node(*node) }),
            Event::Refused { node, reason } => self.refused(node.map(|node| self.node(node)), *reason),
            Event::Regenerated { cert } => json!({ "cert": self.cert(*cert) }),
            Event::RollbackSet(rollback) => json!({ "value": *rollback == Rollback::On }),
            Event::RowsRestored { node, unit, cert } | Event::TrustCopied { node, unit, cert } => {
                json!({ "node": self.node(*node), "unit": unit.as_str(), "cert": self.cert(*cert) })
            }
            Event::ServiceReloaded { node, service, presents } => {
                json!({ "node": self.node(*node), "service": service.as_str(), "presents": self.cert(*presents) })
            }
            Event::ServiceStarted { node, service, presents } => {
                let presents = presents.map(|cert| self.cert(cert));
                json!({ "node": self.node(*node), "service": service.as_str(), "presents": presents })
            }
            Event::ServiceStopped { node, service } => json!({ "node": self.node(*node), "service": service.as_str() }),
        }
    }

    fn refused(&self, node: Option<&str>, reason: Refusal) -> Value {
        let mut fields = json!({ "node": node, "reason": reason.word() });
        let detail = match reason {
            Refusal::CertificateNotHeld(unit, cert) => json!({ "unit": unit.as_str(), "cert": self.cert(cert) }),
            Refusal::OwnCertificate(unit) | Refusal::UnitNotThere(unit) => json!({ "unit": unit.as_str() }),
            Refusal::PhonesNotReached(phones) => json!({ "phones": phones }),
            Refusal::ServiceNotActivated(service) => json!({ "service": service.as_str() }),
            _ => Value::Null,
        };
        if let (Some(fields), Value::Object(detail)) = (fields.as_object_mut(), detail) {
            fields.extend(detail);
        }
        fields
    }

    fn judged(&self, phones: usize, first: &str, judged: &Judged) -> Value {
        let file = |file: &FileJudged| {
            json!({
                "outcome": file.outcome.as_str(),
                "signer": file.signer.map(|cert| self.cert(cert)),
                "decisive": file.decisive.map(super::decisive),
                "rule": file.rule.map(crate::phone::Rule::id),
                "via": file.via.map(crate::phone::Via::as_str),
                "leans": file.leans.map(crate::phone::Lean::as_str),
            })
        };
        json!({
            "phones": phones,
            "first": first,
            "server": self.node(judged.server),
            "ctl": file(&judged.ctl),
            "itl": file(&judged.itl),
            "config": file(&judged.config),
            "after": { "ctl": judged.after.ctl.as_str(), "itl": judged.after.itl.as_str() },
        })
    }
}

/// The fields of the real message, and the message itself as the log writes it.
fn platform_event(node: &str, verb: Verb, event: &PlatformEvent) -> Value {
    let mut fields = Map::new();
    fields.insert("node".to_owned(), node.into());
    fields.insert("verb".to_owned(), verb.as_str().into());
    fields.insert("name".to_owned(), event.name.as_str().into());
    fields.insert("no_wait".to_owned(), event.no_wait.into());
    fields.extend(event.fields.iter().map(|(key, value)| (key.clone(), value.as_str().into())));
    let stop = if verb == Verb::Received { "." } else { "" };
    fields.insert("line".to_owned(), format!("ilog_impl: {verb} platform-event ({event}){stop}").into());
    Value::Object(fields)
}

const fn ctl_kind(kind: CtlKind) -> &'static str {
    match kind {
        CtlKind::Full => "full",
        CtlKind::LocalKey => "local-key",
        CtlKind::Reduced => "reduced",
    }
}

const fn file_trigger(trigger: FileTrigger) -> &'static str {
    match trigger {
        FileTrigger::Operator => "operator",
        FileTrigger::PlatformEvent => "platform-event",
        FileTrigger::Replaced => "replaced",
    }
}

const fn import_trigger(trigger: ImportTrigger) -> &'static str {
    match trigger {
        ImportTrigger::ChangeNotification => "change-notification",
        ImportTrigger::ServiceStart => "service-start",
        ImportTrigger::Sync => "sync",
    }
}

const fn reset_cause(cause: ResetCause) -> &'static str {
    match cause {
        ResetCause::Boot => "boot",
        ResetCause::CertificateUpdate => "certificate-update",
        ResetCause::Deletion => "deletion",
        ResetCause::Plan => "plan",
        ResetCause::Rollback => "rollback",
    }
}
