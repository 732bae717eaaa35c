//! What holds for every input. The fuzz targets look for inputs that break it; `crates/cluster/tests/props.rs` tries the files at hand.
//!
//! Each property takes bytes and panics where it does not hold.
#![allow(dead_code, unreachable_pub, missing_docs)]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "props/asked.rs"]
mod asked;
#[path = "props/console.rs"]
mod console;
#[path = "props/differential.rs"]
mod differential;
#[path = "props/inventory.rs"]
mod inventory;
#[path = "props/json.rs"]
mod json;
#[path = "props/logs.rs"]
mod logs;
#[path = "props/naive.rs"]
mod naive;
#[path = "props/parse.rs"]
mod parse;
#[path = "props/plan.rs"]
mod plan;
#[path = "props/predict.rs"]
mod predict;
#[path = "props/question.rs"]
mod question;
#[path = "props/rebuild.rs"]
mod rebuild;
#[path = "props/scenario.rs"]
mod scenario;
#[path = "props/simulate.rs"]
mod simulate;
#[path = "props/verify.rs"]
mod verify;

// tests/attack_question.rs runs these two, crates/cluster/tests/props.rs the others.
#[allow(unused_imports)]
pub use asked::{question, snapshot};
pub use console::console;
pub use differential::differential;
pub use inventory::inventory;
pub use json::json;
pub use logs::logs;
pub use parse::parse;
pub use plan::plan;
pub use predict::predict;
pub use simulate::simulate;
pub use verify::verify;

/// A message for a person stands on one line and does nothing to a terminal.
fn is_one_line(text: &str) {
    assert!(!text.is_empty() && !text.chars().any(char::is_control), "{text:?}");
}
