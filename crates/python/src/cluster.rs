//! Clusters: preflight, simulation, plans.

use crate::{error, json};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::sync::Arc;
use trustlist_cluster::case::{
    Limits, Scenario, cluster_document, cluster_guesses, parse, preflight_context,
};
use trustlist_cluster::cluster::{Assume, Policy};
use trustlist_cluster::plan::{self, OldTrust, Order, Request, Unneeded};
use trustlist_cluster::preflight::{Context, Source, Verdict};
use trustlist_cluster::release::Unit;
use trustlist_cluster::report::plan::plan_notes;
use trustlist_cluster::report::preflight as preflight_report;
use trustlist_cluster::report::{
    SimulationJson, change_ticket, no_plan_text, run_book, simulation_html, simulation_svg,
    simulation_text,
};

/// Judges pasted output: verdict, document and text.
#[pyfunction]
#[pyo3(signature = (sources, context))]
pub(crate) fn preflight(
    py: Python<'_>,
    sources: Vec<(String, String)>,
    context: Option<&str>,
) -> PyResult<(&'static str, String, String)> {
    let context = match context {
        None => Context::default(),
        Some(text) => {
            let value = parse(text).map_err(|fault| error::document(py, "context", &fault))?;
            preflight_context(&value).map_err(|fault| error::document(py, "context", &fault))?
        }
    };
    let sources: Vec<Source<'_>> =
        sources.iter().map(|(name, text)| Source { name, text, node: None }).collect();
    let answer = py.detach(|| trustlist_cluster::preflight::preflight(&sources, &context));
    let verdict = match (answer.blocks(), answer.count(Verdict::Unknown) > 0) {
        (true, _) => "reject",
        (false, true) => "depends",
        (false, false) => "accept",
    };
    Ok((
        verdict,
        json(&preflight_report::json(&answer)),
        preflight_report::Table(&answer).to_string(),
    ))
}

/// The result of a plan.
#[pyclass(frozen, module = "trustlist")]
pub(crate) struct Simulation {
    inner: trustlist_cluster::cluster::Simulation,
    title: Option<String>,
}

#[pymethods]
impl Simulation {
    fn ends_locked(&self) -> bool {
        self.inner.ends_locked()
    }

    fn ends_unregistered(&self) -> bool {
        self.inner.ends_unregistered()
    }

    fn json(&self) -> String {
        json(&SimulationJson(&self.inner))
    }

    fn text(&self) -> String {
        simulation_text(&self.inner, self.title.as_deref())
    }

    fn html(&self) -> String {
        simulation_html(&self.inner, self.title.as_deref())
    }

    fn svg(&self) -> String {
        simulation_svg(&self.inner, self.title.as_deref())
    }
}

/// Runs a plan under policies.
#[pyfunction]
#[pyo3(signature = (scenario, policies, assume))]
pub(crate) fn simulate(
    py: Python<'_>,
    scenario: &str,
    policies: Option<Vec<String>>,
    assume: &str,
) -> PyResult<Simulation> {
    let read =
        Scenario::parse(scenario).map_err(|fault| error::document(py, "scenario", &fault))?;
    let assume = match assume {
        "lean" => Assume::Lean,
        "optimistic" => Assume::Optimistic,
        "pessimistic" => Assume::Pessimistic,
        other => {
            return Err(PyValueError::new_err(format!(
                "assume: {other}, expected lean, optimistic or pessimistic"
            )));
        }
    };
    let policies = match policies {
        None => read.policies.clone(),
        Some(words) => {
            let policy = |word: &String| {
                Policy::from_word(word).ok_or_else(|| {
                    PyValueError::new_err(format!("policies: {word}, expected A, B, C or D"))
                })
            };
            words.iter().map(policy).collect::<PyResult<_>>()?
        }
    };
    let inner = py
        .detach(|| {
            trustlist_cluster::cluster::simulate(&read.cluster, &read.plan, &policies, assume)
        })
        .map_err(|(step, fault)| {
            error::plain(py, "scenario", format!("step {step}: expected {fault}"))
        })?;
    Ok(Simulation { inner, title: read.title })
}

/// A safe plan, or why there is none.
#[pyclass(frozen, get_all, module = "trustlist")]
pub(crate) struct Plan {
    reason: Option<String>,
    json: Option<String>,
    run_book: Option<String>,
    ticket: Option<String>,
    notes: Vec<String>,
}

/// Looks for a plan that locks no phone out.
#[pyfunction]
#[pyo3(signature = (cluster, renew, delete_old_trust, order, batch, window, accept_guesses))]
pub(crate) fn plan_generate(
    py: Python<'_>,
    cluster: &str,
    renew: Vec<String>,
    delete_old_trust: bool,
    order: &str,
    batch: Option<usize>,
    window: Option<u64>,
    accept_guesses: bool,
) -> PyResult<Plan> {
    let guesses = cluster_guesses(cluster, &Limits::new())
        .map_err(|fault| error::document(py, "cluster", &fault))?;
    if !(accept_guesses || guesses.is_empty()) {
        let reason = format!(
            "a plan would rest on guesses: {}. Answer them, or say accept_guesses=True",
            guesses.join("; ")
        );
        return Ok(Plan {
            reason: Some(reason),
            json: None,
            run_book: None,
            ticket: None,
            notes: Vec::new(),
        });
    }
    let cluster = Arc::new(
        cluster_document(cluster).map_err(|fault| error::document(py, "cluster", &fault))?,
    );
    let renew: Result<Vec<Unit>, _> = renew.iter().map(|word| word.parse()).collect();
    let order = match order {
        "guide" => Order::Guide,
        "procedure" => Order::Procedure,
        other => {
            return Err(PyValueError::new_err(format!(
                "order: {other}, expected procedure or guide"
            )));
        }
    };
    let request = Request {
        renew: renew.map_err(|fault| PyValueError::new_err(format!("renew: {fault}")))?,
        old_trust: if delete_old_trust { OldTrust::Delete } else { OldTrust::Keep },
        order,
        batch,
        window,
        unneeded: Unneeded::default(),
        guesses,
    };
    let plan = match py.detach(|| plan::generate(&cluster, &request)) {
        Ok(plan) => plan,
        Err(reason) => {
            let reason = Some(no_plan_text(&cluster, &reason));
            return Ok(Plan {
                reason,
                json: None,
                run_book: None,
                ticket: None,
                notes: Vec::new(),
            });
        }
    };
    Ok(Plan {
        reason: None,
        json: Some(json(&Scenario::of_plan(&plan).to_json())),
        run_book: Some(run_book(&plan)),
        ticket: Some(change_ticket(&plan)),
        notes: plan_notes(&plan).collect(),
    })
}
