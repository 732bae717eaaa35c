//! The command line: arguments in, exit status out. Everything it knows is in the library.

mod arguments;
mod cells;
mod certificates;
mod check;
mod collect;
mod deletion;
mod diff;
mod expiry;
mod explain;
mod fleet;
mod given;
mod input;
pub mod limits;
mod lint;
mod make;
mod output;
mod packaging;
mod plan;
mod predict;
mod preflight;
mod replace;
mod report;
mod show;
mod signals;
mod simulate;
mod verify;

use clap::{Parser, Subcommand};
use output::Output;
use std::process::ExitCode;

/// After this certificate change, will the phones still trust the cluster?
///
/// Exit status: 0 fine, 1 a negative answer, 3 undecided, 2 wrong usage or unreadable input.
#[derive(Debug, Parser)]
#[command(name = "trustlist", version, max_term_width = 110)]
struct Cli {
    /// Memory that inputs may take, in MiB; limits on their sizes grow with it
    #[arg(long, global = true, value_name = "MIB", default_value_t = limits::MEMORY_MIB,
        value_parser = clap::value_parser!(u64).range(limits::MEMORY_MIB..=1 << 20))]
    memory: u64,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Decode a trust list, a signed file or a pasted show itl / show ctl
    Show(show::Show),
    /// Check the signature of a list or a signed file
    Verify(verify::Verify),
    /// Findings about one list, each with a stable code
    Lint(lint::Lint),
    Diff(diff::Diff),
    /// Will this phone take these files?
    Predict(Box<predict::Predict>),
    /// Judge, make, begin and repair plans of certificate operations
    Plan(plan::Plan),
    /// The same for every phone of an inventory
    Fleet(Box<fleet::FleetArguments>),
    Collect(collect::Collect),
    Check(Box<check::CheckArguments>),
    Expiry(expiry::Expiry),
    Simulate(simulate::Simulate),
    Preflight(preflight::PreflightCommand),
    /// Was a trust certificate deleted on every node, and will it come back?
    #[command(subcommand)]
    Deletion(deletion::Deletion),
    /// Print the page of a code: what it means, an example, what to do next
    Explain(explain::Explain),
    Build(make::BuildList),
    Sign(make::Sign),
    Strip(make::Strip),
    Completions(packaging::Completions),
    Man(packaging::Pages),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    signals::file_size_is_an_error();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error),
    };
    limits::set_memory(cli.memory);
    let mut output = Output::new();
    let status = match cli.command {
        Command::Show(command) => command.run(&mut output),
        Command::Verify(command) => command.run(&mut output),
        Command::Predict(command) => command.run(&mut output),
        Command::Plan(command) => command.run(&mut output),
        Command::Fleet(command) => command.run(&mut output),
        Command::Collect(command) => command.run(&mut output),
        Command::Check(command) => command.run(&mut output),
        Command::Expiry(command) => command.run(&mut output),
        Command::Lint(command) => command.run(&mut output),
        Command::Diff(command) => command.run(&mut output),
        Command::Simulate(command) => command.run(&mut output),
        Command::Preflight(command) => command.run(&mut output),
        Command::Deletion(command) => command.run(&mut output),
        Command::Explain(command) => command.run(&mut output),
        Command::Build(command) => command.run(&mut output),
        Command::Sign(command) => command.run(&mut output),
        Command::Strip(command) => command.run(&mut output),
        Command::Completions(command) => command.run(&mut output),
        Command::Man(command) => command.run(&mut output),
    };
    output.finish(status)
}

/// The provider that the command line verifies with.
use trustlist::question::Verifier;
