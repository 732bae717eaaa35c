//! Every case under its own name: `cargo test -p trustlist-cluster --test cases simulate::T01`.
//!
//! Cases are data: `testdata/cases/FAMILY/*.json`. Each family is a module that turns files into trials.

#[path = "cases/coverage.rs"]
mod coverage;
#[path = "cases/deletion.rs"]
mod deletion;
#[path = "cases/golden.rs"]
mod golden;
#[path = "cases/lint.rs"]
mod lint;
#[path = "cases/logs.rs"]
mod logs;
#[path = "cases/predict.rs"]
mod predict;
#[path = "cases/preflight.rs"]
mod preflight;
#[path = "cases/report.rs"]
mod report;
#[path = "cases/simulate.rs"]
mod simulate;
#[path = "cases/support.rs"]
mod support;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let mut trials = Vec::new();
    trials.extend(coverage::trials());
    trials.extend(deletion::trials());
    trials.extend(golden::trials());
    trials.extend(lint::trials());
    trials.extend(logs::trials());
    trials.extend(predict::trials());
    trials.extend(preflight::trials());
    trials.extend(report::trials());
    trials.extend(simulate::trials());
    libtest_mimic::run(&arguments, trials).exit();
}
