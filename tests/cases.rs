//! Every case under its own name: `cargo test --features serde --test cases predict::C07`.
//!
//! Cases are data: `testdata/cases/FAMILY/*.json`. Each family is a module that turns files into
//! trials.

#[path = "cases/coverage.rs"]
mod coverage;
#[path = "cases/golden.rs"]
mod golden;
#[path = "cases/predict.rs"]
mod predict;
#[path = "cases/report.rs"]
mod report;
#[path = "cases/support.rs"]
mod support;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let mut trials = Vec::new();
    trials.extend(coverage::trials());
    trials.extend(golden::trials());
    trials.extend(predict::trials());
    trials.extend(report::trials());
    libtest_mimic::run(&arguments, trials).exit();
}
