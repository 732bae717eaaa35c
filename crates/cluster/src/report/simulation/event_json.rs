//! An event as JSON: its word and its fields.

use crate::cluster::{
    Cert, Cluster, CtlKind, Event, FileJudged, FileTrigger, ImportTrigger, Judged, Mode, NodeId,
    Refusal, ResetCause, Rollback, TimedEvent,
};
use crate::platform_event::{PlatformEvent, Verb};
use crate::release::{Service, TrustUnit};
use crate::report::shape::{Keyed, Word};
use serde::Serialize;
use trustlist::json::Value;
use trustlist::phone::{Decisive, Kept, Lean, Outcome, Rule, Via};

/// An event as a value: what a platform event carries may take the place of our fields, and each
/// key appears once.
pub(super) fn json(cluster: &Cluster, timed: &TimedEvent) -> Value {
    Value::of(&Writer { cluster, minute: timed.minute }.event(&timed.event))
}

/// An event (spec/CONTRACT.md section 4). Certificates are labels: UNIT@NODE#N, or that of the
/// scenario. Minutes are counted from the start of the plan.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Event", transform = described))]
#[serde(tag = "event", rename_all = "kebab-case")]
pub(super) enum EventAnswer<'a> {
    /// A CTL was made and copied to every node (C-64).
    CtlBuilt { minute: u64, signer: String, kind: Word<CtlKind> },
    /// A file left a trust store.
    FileDeleted {
        minute: u64,
        node: &'a str,
        unit: Word<TrustUnit>,
        cert: String,
        by: Word<FileTrigger>,
    },
    /// A file came into a trust store from the database.
    FileImported {
        minute: u64,
        nodes: Vec<&'a str>,
        unit: Word<TrustUnit>,
        cert: String,
        by: Word<ImportTrigger>,
    },
    /// TFTP made an ITL with other content than before; from now on configurations are signed by
    /// `config_signer` (C-62).
    ItlBuilt { minute: u64, node: &'a str, signer: String, config_signer: String },
    /// A TFTP node got the publisher's ITL with another signature.
    ItlResigned { minute: u64, node: &'a str, signer: String },
    /// Lists were erased by hand on this number of phones.
    ListsErased { minute: u64, phones: usize },
    /// So many phones got a new certificate of their own.
    LscIssued { minute: u64, issuer: String, phones: usize },
    /// The security mode changed.
    ModeSet { minute: u64, mode: Word<Mode> },
    /// A node went down.
    NodeDown { minute: u64, node: &'a str },
    /// A node came up.
    NodeUp { minute: u64, node: &'a str },
    /// Phones that hold the same lists judged what they were served, all alike.
    PhonesJudged {
        minute: u64,
        /// How many.
        phones: usize,
        /// The first of them.
        first: &'a str,
        /// Their TFTP server.
        server: &'a str,
        ctl: FileAnswer,
        itl: FileAnswer,
        config: FileAnswer,
        /// The lists on the phones after a reset.
        after: AfterAnswer,
    },
    /// So many phones went offline.
    PhonesOffline { minute: u64, phones: usize },
    /// So many phones came back.
    PhonesOnline { minute: u64, phones: usize },
    /// So many online phones were reset.
    PhonesReset { minute: u64, phones: usize, cause: Word<ResetCause> },
    /// A node sent or got a platform event; the fields of the real message keep their own names.
    PlatformEvent {
        minute: u64,
        /// Which node writes the line.
        node: &'a str,
        /// The act.
        verb: Word<Verb>,
        /// The name of the message.
        name: &'a str,
        /// Whether no node acknowledges it (C-49).
        no_wait: bool,
        #[serde(flatten)]
        #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, String>"))]
        fields: Keyed<&'a str>,
        /// The line as the log has it.
        line: String,
    },
    /// A platform event met a node that is down (C-49).
    PlatformEventLost { minute: u64, node: &'a str },
    /// A step, or a part of it, could not be done.
    Refused {
        minute: u64,
        /// Where; `null` if it is about the cluster.
        node: Option<&'a str>,
        /// Why.
        reason: Word<Refusal>,
        /// The store or unit that it is about.
        #[serde(skip_serializing_if = "Option::is_none")]
        unit: Option<&'static str>,
        /// The certificate that it is about.
        #[serde(skip_serializing_if = "Option::is_none")]
        cert: Option<String>,
        /// How many phones were not reached.
        #[serde(skip_serializing_if = "Option::is_none")]
        phones: Option<usize>,
        /// The service that is not activated.
        #[serde(skip_serializing_if = "Option::is_none")]
        service: Option<Word<Service>>,
    },
    /// A certificate took the place of the one before.
    Regenerated { minute: u64, cert: String },
    /// Database replication of a node broke.
    ReplicationBroken { minute: u64, node: &'a str },
    /// Database replication of a node works again.
    ReplicationFixed { minute: u64, node: &'a str },
    /// The rollback parameter was set: whether it is on.
    RollbackSet { minute: u64, value: bool },
    /// The periodic sync found a file without rows and gave the database its rows back (C-43).
    RowsRestored { minute: u64, node: &'a str, unit: Word<TrustUnit>, cert: String },
    /// A running service loaded a new certificate without being asked to (table 3.1).
    ServiceReloaded { minute: u64, node: &'a str, service: Word<Service>, presents: String },
    /// A service started; it presents this certificate from now on, if it presents one.
    ServiceStarted { minute: u64, node: &'a str, service: Word<Service>, presents: Option<String> },
    /// A service stopped.
    ServiceStopped { minute: u64, node: &'a str, service: Word<Service> },
    /// A regenerated certificate was copied into a trust store of its node (C-23).
    TrustCopied { minute: u64, node: &'a str, unit: Word<TrustUnit>, cert: String },
}

/// Describes the fields that many events have.
#[cfg(test)]
fn described(schema: &mut schemars::Schema) {
    let meanings = [
        ("minute", "When, in minutes since the start of the plan."),
        ("cert", "The certificate."),
        ("config_signer", "The certificate that signs configurations from now on."),
        ("config", "The configuration."),
        ("ctl", "The CTL."),
        ("issuer", "The certificate that issued it."),
        ("itl", "The ITL."),
        ("node", "Where."),
        ("nodes", "Where."),
        ("phones", "How many phones."),
        (
            "presents",
            "The certificate that it presents from now on; `null` where it presents none.",
        ),
        ("signer", "The certificate that signed it."),
        ("value", "Whether it is on."),
    ];
    for event in
        schema.get_mut("oneOf").and_then(serde_json::Value::as_array_mut).into_iter().flatten()
    {
        for (name, field) in event
            .get_mut("properties")
            .and_then(serde_json::Value::as_object_mut)
            .into_iter()
            .flatten()
        {
            let meaning = meanings.iter().find(|(known, _)| known == name);
            if let (Some(fields), Some((_, meaning))) = (field.as_object_mut(), meaning) {
                fields.entry("description").or_insert((*meaning).into());
            }
        }
    }
}

/// The judgement of one file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "FileJudged"))]
pub(super) struct FileAnswer {
    /// The outcome.
    outcome: Word<Outcome>,
    /// Its signer, if it is served.
    signer: Option<String>,
    /// The finding or condition that decides.
    decisive: Option<Word<Decisive>>,
    /// The rule that decides.
    rule: Option<Word<Rule>>,
    /// The voucher for the signer.
    via: Option<Word<Via>>,
    /// Where a `depends` leans.
    leans: Option<Word<Lean>>,
}

/// The lists on the phones afterwards.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "After"))]
pub(super) struct AfterAnswer {
    /// The CTL.
    ctl: Word<Kept>,
    /// The ITL.
    itl: Word<Kept>,
}

#[derive(Clone, Copy)]
struct Writer<'a> {
    cluster: &'a Cluster,
    minute: u64,
}

impl<'a> Writer<'a> {
    fn node(self, node: NodeId) -> &'a str {
        &self.cluster.node_spec(node).name
    }

    fn cert(self, cert: Cert) -> String {
        self.cluster.label(cert)
    }

    fn event(self, event: &'a Event) -> EventAnswer<'a> {
        use EventAnswer as Answer;
        let minute = self.minute;
        match event {
            Event::CtlBuilt { signer, kind } => {
                Answer::CtlBuilt { minute, signer: self.cert(*signer), kind: Word(*kind) }
            }
            Event::FileDeleted { node, unit, cert, trigger } => {
                let (node, cert) = (self.node(*node), self.cert(*cert));
                Answer::FileDeleted { minute, node, unit: Word(*unit), cert, by: Word(*trigger) }
            }
            Event::FileImported { nodes, unit, cert, trigger } => {
                let nodes = nodes.iter().map(|node| self.node(node)).collect();
                Answer::FileImported {
                    minute,
                    nodes,
                    unit: Word(*unit),
                    cert: self.cert(*cert),
                    by: Word(*trigger),
                }
            }
            Event::ItlBuilt { node, signer, config_signer } => {
                let (signer, config_signer) = (self.cert(*signer), self.cert(*config_signer));
                Answer::ItlBuilt { minute, node: self.node(*node), signer, config_signer }
            }
            Event::ItlResigned { node, signer } => {
                Answer::ItlResigned { minute, node: self.node(*node), signer: self.cert(*signer) }
            }
            Event::ListsErased { phones } => Answer::ListsErased { minute, phones: *phones },
            Event::LscIssued { issuer, phones } => {
                Answer::LscIssued { minute, issuer: self.cert(*issuer), phones: *phones }
            }
            Event::ModeSet(mode) => Answer::ModeSet { minute, mode: Word(*mode) },
            Event::NodeDown(node) => Answer::NodeDown { minute, node: self.node(*node) },
            Event::NodeUp(node) => Answer::NodeUp { minute, node: self.node(*node) },
            Event::PhonesJudged { phones, first, judged, .. } => {
                self.judged(*phones, self.cluster.phone_name(*first), judged)
            }
            Event::PhonesOffline { phones } => Answer::PhonesOffline { minute, phones: *phones },
            Event::PhonesOnline { phones } => Answer::PhonesOnline { minute, phones: *phones },
            Event::PhonesReset { phones, cause } => {
                Answer::PhonesReset { minute, phones: *phones, cause: Word(*cause) }
            }
            Event::PlatformEvent { node, verb, event } => {
                self.platform_event(self.node(*node), *verb, event)
            }
            Event::PlatformEventLost { node } => {
                Answer::PlatformEventLost { minute, node: self.node(*node) }
            }
            Event::Refused { node, reason } => {
                self.refused(node.map(|node| self.node(node)), *reason)
            }
            Event::Regenerated { cert } => Answer::Regenerated { minute, cert: self.cert(*cert) },
            Event::ReplicationBroken(node) => {
                Answer::ReplicationBroken { minute, node: self.node(*node) }
            }
            Event::ReplicationFixed(node) => {
                Answer::ReplicationFixed { minute, node: self.node(*node) }
            }
            Event::RollbackSet(rollback) => {
                Answer::RollbackSet { minute, value: *rollback == Rollback::On }
            }
            Event::RowsRestored { node, unit, cert } => Answer::RowsRestored {
                minute,
                node: self.node(*node),
                unit: Word(*unit),
                cert: self.cert(*cert),
            },
            Event::ServiceReloaded { node, service, presents } => {
                let presents = self.cert(*presents);
                Answer::ServiceReloaded {
                    minute,
                    node: self.node(*node),
                    service: Word(*service),
                    presents,
                }
            }
            Event::ServiceStarted { node, service, presents } => {
                let presents = presents.map(|cert| self.cert(cert));
                Answer::ServiceStarted {
                    minute,
                    node: self.node(*node),
                    service: Word(*service),
                    presents,
                }
            }
            Event::ServiceStopped { node, service } => {
                Answer::ServiceStopped { minute, node: self.node(*node), service: Word(*service) }
            }
            Event::TrustCopied { node, unit, cert } => Answer::TrustCopied {
                minute,
                node: self.node(*node),
                unit: Word(*unit),
                cert: self.cert(*cert),
            },
        }
    }

    fn refused(self, node: Option<&'a str>, reason: Refusal) -> EventAnswer<'a> {
        let (mut unit, mut cert, mut phones, mut service) = (None, None, None, None);
        match reason {
            Refusal::CertificateNotHeld(store, held) => {
                (unit, cert) = (Some(store.as_str()), Some(self.cert(held)))
            }
            Refusal::OwnCertificate(own) | Refusal::UnitNotThere(own) => unit = Some(own.as_str()),
            Refusal::PhonesNotReached(count) => phones = Some(count),
            Refusal::ServiceNotActivated(missing) => service = Some(Word(missing)),
            _ => {}
        }
        EventAnswer::Refused {
            minute: self.minute,
            node,
            reason: Word(reason),
            unit,
            cert,
            phones,
            service,
        }
    }

    fn judged(self, phones: usize, first: &'a str, judged: &Judged) -> EventAnswer<'a> {
        let file = |file: &FileJudged| FileAnswer {
            outcome: Word(file.outcome),
            signer: file.signer.map(|cert| self.cert(cert)),
            decisive: file.decisive.map(Word),
            rule: file.rule.map(Word),
            via: file.via.map(Word),
            leans: file.leans.map(Word),
        };
        EventAnswer::PhonesJudged {
            minute: self.minute,
            phones,
            first,
            server: self.node(judged.server),
            ctl: file(&judged.ctl),
            itl: file(&judged.itl),
            config: file(&judged.config),
            after: AfterAnswer { ctl: Word(judged.after.ctl), itl: Word(judged.after.itl) },
        }
    }

    /// The fields of the real message, and the message itself as the log writes it.
    fn platform_event(
        self,
        node: &'a str,
        verb: Verb,
        event: &'a PlatformEvent,
    ) -> EventAnswer<'a> {
        let stop = if verb == Verb::Received { "." } else { "" };
        EventAnswer::PlatformEvent {
            minute: self.minute,
            node,
            verb: Word(verb),
            name: &event.name,
            no_wait: event.no_wait,
            fields: Keyed(
                event.fields.iter().map(|(key, value)| (key.clone(), value.as_str())).collect(),
            ),
            line: format!("ilog_impl: {verb} platform-event ({event}){stop}"),
        }
    }
}
