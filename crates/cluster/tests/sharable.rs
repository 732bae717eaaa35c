//! Every public type goes to another thread and is shared there. The list is compared with what the modules export, so a new
//! type is not forgotten.

#[path = "../../../tests/support/public.rs"]
#[allow(dead_code)]
mod public;

use public::exported;
use std::collections::BTreeSet;
use std::path::Path;
use trustlist_cluster::*;

fn sharable<T: Send + Sync>() {}

/// Asserts it of each type, and gives their names.
macro_rules! sharable {
    ($($type:ty,)+) => {{
        $(sharable::<$type>();)+
        [$(stringify!($type)),+]
    }};
}

#[test]
fn every_public_type_goes_to_another_thread_and_is_shared() {
    let asserted = sharable![
        case::Build,
        case::BuildError,
        case::CaseError,
        case::CaseLog,
        case::DeletionCase,
        deletion::DeletionAssumption,
        case::Expect,
        case::ExpectAfter,
        case::ExpectFile,
        case::Labels,
        case::Limits,
        case::PredictCase,
        case::PreflightCase,
        case::Scenario,
        case::SymbolSignatures,
        cluster::Assume,
        cluster::Assumption,
        cluster::Cert,
        cluster::Cluster,
        cluster::ClusterError,
        cluster::CohortId,
        cluster::CtlKind,
        cluster::CtlStart,
        cluster::ErasedLists,
        cluster::Event,
        cluster::FileJudged,
        cluster::FileTrigger,
        cluster::FinalState<'_>,
        cluster::ImportTrigger,
        cluster::ItlStart,
        cluster::Judged,
        cluster::LabelId,
        cluster::Limits,
        cluster::ListView,
        cluster::LscStart,
        cluster::Mode,
        cluster::NoReturn,
        cluster::NodeId,
        cluster::NodeSet,
        cluster::NodeSpec,
        cluster::Nodes,
        cluster::Operation,
        cluster::Recoverability,
        cluster::PhoneId,
        cluster::PhoneSecurity,
        cluster::PhoneSpec,
        cluster::Phones,
        cluster::Policy,
        cluster::PolicyResult,
        cluster::Refusal,
        cluster::RegistrationObstacle,
        cluster::RecoveryCommand,
        cluster::RecoveryCommands,
        cluster::ResetCause,
        cluster::Rollback,
        cluster::Run,
        cluster::Simulation,
        cluster::PhoneStatus,
        cluster::StepError,
        cluster::StepReport,
        cluster::StoreUnit,
        cluster::AssumedAnswer,
        cluster::TimedEvent,
        cluster::Trust,
        release::ListSigner,
        release::Place,
        release::Product,
        release::RecoveryScope,
        release::Release,
        release::ReleaseError,
        release::Service,
        release::TrustUnit,
        release::Unit,
        preflight::Check,
        preflight::Context,
        preflight::Evidence,
        preflight::Fact,
        preflight::Place,
        preflight::ToRun,
        preflight::Preflight,
        preflight::Source<'_>,
        preflight::Verdict,
        deletion::Answer,
        deletion::Audit,
        deletion::ClusterVerdict,
        deletion::Deletions,
        deletion::Evidence,
        deletion::EvidenceKind,
        deletion::Forecast,
        deletion::Holder,
        deletion::Inventory,
        deletion::InventoryNode,
        deletion::LogError,
        deletion::NodeTime,
        deletion::NodeAnswer,
        deletion::Outcome,
        deletion::Refused,
        deletion::Return,
        deletion::ReturnCause,
        deletion::DeletionScope,
        deletion::Verdict,
        deletion::Blocker,
        deletion::TargetCertificate,
        deletion::TargetError,
        deletion::logs::Alarm<'_>,
        deletion::logs::Block,
        deletion::logs::Direction,
        deletion::logs::Entry<'_>,
        deletion::logs::Field<'_>,
        deletion::logs::LogKind,
        deletion::logs::LogSummary,
        deletion::logs::Message<'_>,
        deletion::logs::Operation<'_>,
        deletion::logs::Place,
        deletion::logs::RowChange<'_>,
        deletion::logs::Sighting<'_>,
        deletion::logs::Unclear<'_>,
        plan::Anchor,
        plan::Check,
        plan::Disputed,
        plan::Document,
        plan::Fact,
        plan::Init,
        plan::InitError,
        plan::InventoryError,
        plan::Known,
        plan::Lean,
        plan::LockedPhones,
        plan::Mark,
        plan::NoPlan,
        plan::OldTrust,
        plan::Order,
        plan::Pasted<'_>,
        plan::PhoneRow,
        plan::PlanFinding,
        plan::PlanLint,
        plan::PlanNoReturn,
        plan::Fallback,
        plan::FoundRemedy,
        plan::RemedyStep,
        plan::PlanNote,
        plan::Unneeded,
        plan::PlannedStep,
        plan::Purpose,
        plan::Recovery,
        plan::PlanRemedy,
        plan::Reordering,
        plan::Request,
        plan::Round,
        plan::RoundKind,
        plan::SafePlan,
        plan::Window,
        platform_event::EventLine<'_>,
        platform_event::PlatformEvent,
        platform_event::Verb,
        report::SimulationJson<'_>,
    ];
    let asserted: BTreeSet<String> = asserted
        .iter()
        .map(|name| {
            name.split('<').next().unwrap().chars().filter(|c| !c.is_whitespace()).collect()
        })
        .collect();
    let exported: BTreeSet<String> = MODULES.iter().flat_map(|module| exported(module)).collect();
    assert!(exported.len() > 80, "only {} types found", exported.len());
    let forgotten: Vec<&String> = exported.difference(&asserted).collect();
    assert!(forgotten.is_empty(), "not asserted to be Send and Sync: {forgotten:?}");
}

/// Every module with types of its own.
const MODULES: &[&str] = &[
    "case",
    "cluster",
    "code",
    "deletion",
    "deletion/logs",
    "explain",
    "plan",
    "platform_event",
    "preflight",
    "release",
    "report",
];

#[test]
fn every_module_is_looked_at() {
    let lib =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let public = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "))
        .map(|name| name.trim_end_matches(';'));
    // Guides have no types.
    let forgotten: Vec<&str> =
        public.filter(|name| !MODULES.contains(name) && !["guide"].contains(name)).collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
}
