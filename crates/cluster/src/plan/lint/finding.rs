//! A finding about a plan, with its evidence as values.

use crate::cluster::{Cert, NodeId, PhoneId, Policy};
use crate::code::PlanLintCode;
use alloc::{vec, vec::Vec};
use trustlist::code::Level;
use trustlist::phone::JudgedFile;
use trustlist::release::{Service, TrustUnit, Unit};

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFinding {
    /// What is found.
    pub code: PlanLintCode,
    /// The step that it is about; 0 is before the first, empty is the plan as a whole or its end.
    pub step: Option<u32>,
    /// The phones concerned, in inventory order.
    pub phones: Vec<PhoneId>,
    /// The policies under which the model shows it; empty where the model is not asked.
    pub policies: Vec<Policy>,
    /// Why.
    pub evidence: Vec<Fact>,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fact {
    /// A certificate.
    Certificate(Cert),
    /// How many certificates there are, and how many there may be.
    Certificates {
        /// There are.
        found: usize,
        /// There may be.
        limit: usize,
    },
    /// What is missing: the word of a check or of an operation.
    Missing(&'static str),
    /// Nodes concerned.
    Nodes(Vec<NodeId>),
    /// The file that phones refuse.
    Refuses(JudgedFile),
    /// Services, each with its node.
    Services(Vec<(Service, NodeId)>),
    /// The earlier step that it goes back to.
    Since(u32),
    /// A trust store.
    Store(TrustUnit),
    /// The certificate unit.
    Unit(Unit),
}

impl PlanFinding {
    /// How much it weighs.
    pub fn level(&self) -> Level {
        self.code.level()
    }

    pub(super) fn new(code: PlanLintCode, step: u32) -> Self {
        Self {
            code,
            step: Some(step),
            phones: Vec::new(),
            policies: Vec::new(),
            evidence: Vec::new(),
        }
    }

    pub(super) fn of_plan(code: PlanLintCode) -> Self {
        Self { step: None, ..Self::new(code, 0) }
    }

    pub(super) fn phones(self, phones: Vec<PhoneId>) -> Self {
        Self { phones, ..self }
    }

    pub(super) fn policy(self, policy: Policy) -> Self {
        Self { policies: vec![policy], ..self }
    }

    pub(super) fn fact(mut self, fact: Fact) -> Self {
        self.evidence.push(fact);
        self
    }
}

/// Adds a finding; one that was made under another policy for the same reason takes it in.
pub(super) fn add(findings: &mut Vec<PlanFinding>, finding: PlanFinding) {
    let same = |known: &&mut PlanFinding| {
        (known.code, known.step, &known.evidence) == (finding.code, finding.step, &finding.evidence)
    };
    let Some(known) = findings.iter_mut().find(same) else { return findings.push(finding) };
    known.phones.extend(finding.phones);
    known.phones.sort_unstable();
    known.phones.dedup();
    known.policies.extend(finding.policies);
    known.policies.sort_unstable();
    known.policies.dedup();
}
