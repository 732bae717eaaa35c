//! Every case under its own name: `cargo test --features serde --test cases predict::C07`.
//!
//! Cases are data: `../shared/cases/FAMILY/*.json`, where that folder is at hand, and `testdata/cases/*.json`. Each
//! family is a module that turns files into trials.

#[path = "cases/coverage.rs"]
mod coverage;
#[path = "cases/golden.rs"]
mod golden;
#[path = "cases/predict.rs"]
mod predict;
#[path = "cases/report.rs"]
mod report;
#[path = "cases/simulate.rs"]
mod simulate;
#[path = "cases/support.rs"]
mod support;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let trials = [predict::trials(), coverage::trials(), golden::trials(), report::trials(), simulate::trials()]
        .into_iter()
        .flatten()
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}
