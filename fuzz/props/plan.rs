//! Plans: no panic, the same findings twice, orders that are better, generated plans that the lint
//! and the simulator let pass.

use super::is_one_line;
use super::scenario::small_scenario;
use std::sync::Arc;
use trustlist::code::Level;
use trustlist_cluster::case::Scenario;
use trustlist_cluster::cluster::{Assume, Cluster, Policy, Trust, simulate};
use trustlist_cluster::code::PlanLintCode;
use trustlist_cluster::plan::{self, NoPlan, OldTrust, Order, PlanLint, Request};
use trustlist_cluster::release::Unit;
use trustlist_cluster::report;

/// The last byte chooses what is asked, the others are a scenario in JSON, or become one.
pub fn plan(data: &[u8]) {
    let Some(scenario) = small_scenario(data) else { return };
    match data.last().unwrap_or(&0) % 4 {
        0 => generated(&scenario.cluster, data),
        1 => recovered(&scenario),
        _ => judged(&scenario),
    }
}

fn judged(scenario: &Scenario) {
    let lint = || plan::lint(&scenario.cluster, &scenario.plan);
    match (lint(), lint()) {
        (Ok(one), Ok(two)) => {
            assert_eq!((&one.findings, &one.no_return), (&two.findings, &two.no_return));
            // Each order is simulated under every policy: of long plans that takes seconds.
            let short = scenario.plan.len() <= MOST_REORDERED;
            let order =
                short.then(|| plan::reorder(&scenario.cluster, &scenario.plan, &one)).flatten();
            if let Some(order) = &order {
                let mut steps = order.order.clone();
                steps.sort_unstable();
                assert!(steps.into_iter().eq((1..).take(scenario.plan.len())), "{:?}", order.order);
                assert!(one.has_errors_of_order() && !order.lint.has_errors_of_order());
                assert!(
                    warned(&order.lint).iter().all(|code| warned(&one).contains(code)),
                    "{:?}",
                    order.lint.findings
                );
            }
            has_clean_lines(&report::plan_lint_text(&one, order.as_ref()));
            let _ = report::plan_lint_json(&one, order.as_ref()).to_string();
        }
        (Err((step, error)), Err(again)) => {
            assert_eq!((step, error.to_string()), (again.0, again.1.to_string()));
            is_one_line(&error.to_string());
        }
        _ => panic!("once an answer, once an error"),
    }
}

fn warned(lint: &PlanLint) -> Vec<PlanLintCode> {
    let warnings = lint.findings.iter().filter(|finding| finding.level() == Level::Warning);
    warnings.map(|finding| finding.code).collect()
}

fn recovered(scenario: &Scenario) {
    match plan::recover(&scenario.cluster, &scenario.plan, &scenario.policies) {
        Ok(recovery) => {
            has_clean_lines(&report::plan_recovery_text(&recovery));
            let _ = report::plan_recovery_json(&recovery).to_string();
        }
        Err((_, error)) => is_one_line(&error.to_string()),
    }
}

fn generated(cluster: &Arc<Cluster>, data: &[u8]) {
    let byte = |from_end: usize| data.iter().rev().nth(from_end).copied().unwrap_or_default();
    let wanted = u16::from_be_bytes([byte(1), byte(2)]);
    let request = Request {
        renew: (0..)
            .zip(Unit::ALL)
            .filter(|(bit, _)| wanted & 1_u16.checked_shl(*bit).unwrap_or(0) != 0)
            .map(|(_, unit)| *unit)
            .collect(),
        old_trust: if byte(3) & 1 == 0 { OldTrust::Keep } else { OldTrust::Delete },
        order: if byte(3) & 2 == 0 { Order::Procedure } else { Order::Guide },
        batch: (byte(3) & 4 != 0).then(|| 1 + usize::from(byte(3) >> 6)),
        window: (byte(3) & 8 != 0).then(|| u64::from(byte(4))),
        ..Request::of(&[])
    };
    match plan::generate(cluster, &request) {
        Ok(plan) => {
            let steps = plan.operations();
            let simulation = simulate(cluster, &steps, Policy::ALL, Assume::Lean)
                .expect("steps of a generated plan");
            let locked: usize =
                simulation.policies.iter().map(|policy| policy.count(Trust::Locked)).sum();
            assert_eq!(locked, 0);
            has_clean_lines(&report::run_book(&plan));
            has_clean_lines(&report::change_ticket(&plan));
        }
        Err(reason) => {
            if let NoPlan::PhonesLocked { phones, .. } | NoPlan::PhonesBrokenBefore(phones) =
                &reason
            {
                assert!(!phones.is_empty());
            }
            has_clean_lines(&report::no_plan_text(cluster, &reason));
        }
    }
}

const MOST_REORDERED: usize = 6;

fn has_clean_lines(text: &str) {
    assert!(!text.chars().any(|letter| letter.is_control() && letter != '\n'), "{text:?}");
}
