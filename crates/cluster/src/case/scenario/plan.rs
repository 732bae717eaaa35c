//! The plan of a scenario: one operation a step.

use super::inventory::{names, node_of, store_words};
use crate::case::{CaseError, Node, Object};
use crate::cluster::{
    Cert, Cluster, ErasedLists, MAX_WAIT_MINUTES, Mode, Nodes, Operation, Phones, Rollback,
    StoreUnit,
};
use std::sync::Arc;
use trustlist::release::{Service, Unit};

/// The longest note of a `check` step, in bytes: reports repeat it for each policy.
pub const MAX_WHAT: usize = 1_024;

/// Every operation and the fields that it takes besides `op`.
pub(in crate::case) const OPERATIONS: &[(&str, &[&str])] = &[
    ("regen", &["cert", "node"]),
    ("restart", &["service", "node"]),
    ("start", &["service", "node"]),
    ("stop", &["service", "node"]),
    ("reset_phones", &["scope"]),
    ("ctl_update", &[]),
    ("ctl_reset_localkey", &[]),
    ("itl_reset_localkey", &[]),
    ("set_mode", &["mode"]),
    ("set_rollback", &["value"]),
    ("delete_trust", &["unit", "cert", "node"]),
    ("wait", &["minutes"]),
    ("lsc_update", &["scope"]),
    ("node_down", &["node"]),
    ("node_up", &["node"]),
    ("repl_break", &["node"]),
    ("repl_fix", &["node"]),
    ("phone_offline", &["scope"]),
    ("phone_online", &["scope"]),
    ("delete_phone_lists", &["scope", "ctl"]),
    ("check", &["what"]),
];

/// Reads the `plan` list of a scenario.
pub(super) fn plan(node: &Node<'_>, cluster: &Cluster) -> Result<Vec<Operation>, CaseError> {
    let steps = node.list()?.into_iter().zip(1_usize..);
    steps
        .map(|(step, number)| operation(&step, cluster).map_err(|error| in_step(&error, number)))
        .collect()
}

/// The same error with the step's number, counted from 1 as the trace does.
fn in_step(error: &CaseError, number: usize) -> CaseError {
    error.expecting(format!("in step {number} {}", error.expected()))
}

fn operation(node: &Node<'_>, cluster: &Cluster) -> Result<Operation, CaseError> {
    let word = node.value().get("op").and_then(|op| op.as_str());
    let Some((op, fields)) = OPERATIONS.iter().find(|(known, _)| Some(*known) == word) else {
        return Err(unknown_operation(node));
    };
    let allowed: Vec<&str> = ["op"].into_iter().chain(fields.iter().copied()).collect();
    let step = Step { fields: node.document(&allowed)?, cluster };
    Ok(match *op {
        "regen" => Operation::Regen { unit: step.unit()?, nodes: step.nodes()? },
        "restart" => Operation::Restart { service: step.service()?, nodes: step.nodes()? },
        "start" => Operation::Start { service: step.service()?, nodes: step.nodes()? },
        "stop" => Operation::Stop { service: step.service()?, nodes: step.nodes()? },
        "reset_phones" => Operation::ResetPhones { phones: step.phones()? },
        "ctl_update" => Operation::CtlUpdate,
        "ctl_reset_localkey" => Operation::CtlResetLocalkey,
        "itl_reset_localkey" => Operation::ItlResetLocalkey,
        "set_mode" => Operation::SetMode(step.mode()?),
        "set_rollback" => Operation::SetRollback(step.rollback()?),
        "delete_trust" => {
            Operation::DeleteTrust { unit: step.store()?, cert: step.cert()?, nodes: step.nodes()? }
        }
        "wait" => Operation::Wait { minutes: step.minutes()? },
        "lsc_update" => Operation::LscUpdate { phones: step.phones()? },
        "node_down" => Operation::NodeDown { nodes: step.nodes()? },
        "node_up" => Operation::NodeUp { nodes: step.nodes()? },
        "repl_break" => Operation::ReplBreak { nodes: step.nodes()? },
        "repl_fix" => Operation::ReplFix { nodes: step.nodes()? },
        "phone_offline" => Operation::PhoneOffline { phones: step.phones()? },
        "phone_online" => Operation::PhoneOnline { phones: step.phones()? },
        "delete_phone_lists" => {
            Operation::DeletePhoneLists { phones: step.phones()?, lists: step.lists()? }
        }
        "check" => Operation::Check { what: step.what()? },
        _ => return Err(unknown_operation(node)),
    })
}

fn unknown_operation(node: &Node<'_>) -> CaseError {
    let words = OPERATIONS.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
    let expected = format!("an operation ({words})");
    match node.entries() {
        Ok(fields) => match fields.into_iter().find(|(key, _)| *key == "op") {
            Some((_, op)) => op.error(expected),
            None => CaseError::new(format!("{}.op", node.path()), expected, "nothing"),
        },
        Err(error) => error,
    }
}

struct Step<'a> {
    fields: Object<'a>,
    cluster: &'a Cluster,
}

impl Step<'_> {
    fn unit(&self) -> Result<Unit, CaseError> {
        let node = self.fields.required("cert")?;
        Unit::from_word(node.str()?).ok_or_else(|| {
            node.error(format!(
                "a certificate ({})",
                Unit::ALL.iter().map(|unit| unit.as_str()).collect::<Vec<_>>().join(", ")
            ))
        })
    }

    fn service(&self) -> Result<Service, CaseError> {
        let node = self.fields.required("service")?;
        Service::from_name(node.str()?).ok_or_else(|| {
            node.error(format!(
                "a service ({})",
                Service::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", ")
            ))
        })
    }

    fn nodes(&self) -> Result<Nodes, CaseError> {
        let node = self.fields.required("node")?;
        match node.value().as_str() {
            Some("all") => Ok(Nodes::All),
            Some(_) => Ok(Nodes::These(vec![node_of(&node, self.cluster)?])),
            None if node.is_list() => node
                .list()?
                .iter()
                .map(|item| node_of(item, self.cluster))
                .collect::<Result<_, _>>()
                .map(Nodes::These),
            None => {
                Err(node
                    .error(format!("a node ({}), a list of nodes or \"all\"", names(self.cluster))))
            }
        }
    }

    fn phones(&self) -> Result<Phones, CaseError> {
        let node = self.fields.required("scope")?;
        if node.value().as_str() == Some("all") {
            return Ok(Phones::All);
        }
        if !node.is_list() {
            return Err(node.error("a list of phones or \"all\""));
        }
        let phone = |item: &Node<'_>| {
            let name = item.name()?;
            self.cluster.phone(name).ok_or_else(|| item.error("a phone of the cluster"))
        };
        let phones: Result<Vec<_>, CaseError> = node.list()?.iter().map(phone).collect();
        phones.map(|phones| Phones::These(Arc::from(phones)))
    }

    fn mode(&self) -> Result<Mode, CaseError> {
        self.fields
            .required("mode")?
            .one_of(&[("mixed", Mode::Mixed), ("non-secure", Mode::NonSecure)])
    }

    fn rollback(&self) -> Result<Rollback, CaseError> {
        Ok(if self.fields.required("value")?.bool()? { Rollback::On } else { Rollback::Off })
    }

    fn store(&self) -> Result<StoreUnit, CaseError> {
        let node = self.fields.required("unit")?;
        StoreUnit::from_word(node.str()?)
            .ok_or_else(|| node.error(format!("a trust store ({})", store_words())))
    }

    fn cert(&self) -> Result<Cert, CaseError> {
        let node = self.fields.required("cert")?;
        let expected = "a certificate that some store of the cluster holds, or UNIT@NODE#N";
        self.cluster.cert(node.name()?).ok_or_else(|| node.error(expected))
    }

    fn minutes(&self) -> Result<u64, CaseError> {
        let node = self.fields.required("minutes")?;
        let limit = || {
            node.error(format!("a whole number of minutes from 0 to {MAX_WAIT_MINUTES} (366 days)"))
        };
        node.u64().ok().filter(|&minutes| minutes <= MAX_WAIT_MINUTES).ok_or_else(limit)
    }

    fn lists(&self) -> Result<ErasedLists, CaseError> {
        let both = self.fields.optional("ctl").map_or(Ok(false), |node| node.bool())?;
        Ok(if both { ErasedLists::Both } else { ErasedLists::Itl })
    }

    fn what(&self) -> Result<Arc<str>, CaseError> {
        let Some(node) = self.fields.optional("what") else { return Ok(Arc::from("")) };
        let what = node.str()?;
        if what.len() > MAX_WHAT {
            return Err(node.too_long(MAX_WHAT, "case::MAX_WHAT"));
        }
        Ok(Arc::from(what))
    }
}
