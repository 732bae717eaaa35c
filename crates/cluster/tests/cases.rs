//! Every case under its own name: `cargo test -p trustlist-cluster --test cases simulate::T01`.
//!
//! Cases are data: `testdata/cases/FAMILY/*.json`. Each family is a module that turns files into trials.

#[path = "cases/deletion.rs"]
mod deletion;
#[path = "cases/lint.rs"]
mod lint;
#[path = "cases/logs.rs"]
mod logs;
#[path = "cases/preflight.rs"]
mod preflight;
#[path = "cases/simulate.rs"]
mod simulate;
#[path = "../../../tests/cases/support.rs"]
mod support;

fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    let mut trials = Vec::new();
    trials.extend(deletion::trials());
    trials.extend(lint::trials());
    trials.extend(logs::trials());
    trials.extend(preflight::trials());
    trials.extend(simulate::trials());
    libtest_mimic::run(&arguments, trials).exit();
}
