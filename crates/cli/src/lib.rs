//! The command line: arguments in, exit status out. The decisions are made in the library.

mod arguments;
mod certificates;
mod check;
mod collect;
mod deletion;
mod diff;
mod expiry;
mod explain;
mod fleet;
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod given;
mod input;
mod layout;
pub mod limits;
mod lint;
mod make;
mod manual;
mod mixups;
mod near;
mod output;
mod packaging;
mod plan;
mod predict;
mod preflight;
mod replace;
mod report;
mod sarif;
mod show;
mod signals;
mod simulate;
mod steps;
mod terminal;
mod values;
mod verify;
mod words;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use input::Input;
use limits::Limits;
use output::Output;
use std::process::ExitCode;
use terminal::{Colour, Screen};

/// Predict if Cisco IP phones still trust their CUCM cluster after a certificate change
///
/// Exit status: 0 yes, 1 no, 3 undecided, 2 wrong usage or unreadable input. Output is as wide as
/// the terminal, 60 to 120 columns (100 in a pipe); COLUMNS sets another width, NO_COLOR switches
/// colours off.
#[derive(Debug, Parser)]
#[command(name = "trustlist", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to colour the answer
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = GLOBAL)]
    color: Colour,
    /// Print errors and documents (--json, --csv, …) only: no text, no warnings
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    quiet: bool,
    /// Memory that inputs may take, in MiB; limits on their sizes grow with it
    #[arg(long, global = true, value_name = "MIB", default_value_t = limits::MEMORY_MIB,
        value_parser = clap::value_parser!(u64).range(limits::MEMORY_MIB..=1 << 20), help_heading = GLOBAL)]
    memory: u64,
}

/// The heading of options that every command takes; they come last.
const GLOBAL: &str = "Global options";

#[derive(Debug, Subcommand)]
enum Command {
    Collect(collect::Collect),
    Check(Box<check::CheckArguments>),
    Predict(Box<predict::Predict>),
    Fleet(Box<fleet::FleetArguments>),
    Preflight(preflight::PreflightCommand),
    Plan(plan::Plan),
    Simulate(simulate::Simulate),
    Show(show::Show),
    Verify(verify::Verify),
    Lint(lint::Lint),
    Diff(diff::Diff),
    Expiry(expiry::Expiry),
    /// Prove that a trust certificate is deleted on every node, or predict if it comes back
    #[command(subcommand)]
    Deletion(deletion::Deletion),
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
    // Errors of usage and help are coloured and wrapped too: both are needed before clap has read
    // anything.
    let (colour, quiet, json) = colour_quiet_and_json();
    let screen = Screen::look(colour, quiet);
    let command = manual::extend(Cli::command(), screen.columns)
        .term_width(screen.columns)
        .color(colour.for_clap());
    let parsed = command.try_get_matches().and_then(|found| Cli::from_arg_matches(&found));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error, json, screen),
    };
    let input = &Input::new(Limits::of_memory(cli.memory));
    let mut output = Output::new(screen);
    let status = match cli.command {
        Command::Show(command) => command.run(input, &mut output),
        Command::Verify(command) => command.run(input, &mut output),
        Command::Predict(command) => command.run(input, &mut output),
        Command::Plan(command) => command.run(input, &mut output),
        Command::Fleet(command) => command.run(input, &mut output),
        Command::Collect(command) => command.run(input, &mut output),
        Command::Check(command) => command.run(input, &mut output),
        Command::Expiry(command) => command.run(input, &mut output),
        Command::Lint(command) => command.run(input, &mut output),
        Command::Diff(command) => command.run(input, &mut output),
        Command::Simulate(command) => command.run(input, &mut output),
        Command::Preflight(command) => command.run(input, &mut output),
        Command::Deletion(command) => command.run(input, &mut output),
        Command::Explain(command) => command.run(&mut output),
        Command::Build(command) => command.run(input, &mut output),
        Command::Sign(command) => command.run(input, &mut output),
        Command::Strip(command) => command.run(input, &mut output),
        Command::Completions(command) => command.run(&mut output),
        Command::Man(command) => command.run(&mut output),
    };
    output.finish(status)
}

/// Looks for `--color`, `--quiet` and `--json` among the arguments; clap reads them again and refuses
/// what is wrong.
fn colour_quiet_and_json() -> (Colour, bool, bool) {
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .take_while(|argument| argument != "--")
        .collect();
    let mut colour = Colour::Auto;
    for (place, argument) in arguments.iter().enumerate() {
        let value = match argument.strip_prefix("--color") {
            Some("") => arguments.get(place + 1).map(String::as_str),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        let read = value.and_then(|value| <Colour as clap::ValueEnum>::from_str(value, false).ok());
        colour = read.unwrap_or(colour);
    }
    let quiet = arguments.iter().any(|argument| argument == "--quiet" || argument == "-q");
    let json = arguments.iter().any(|argument| argument == "--json");
    (colour, quiet, json)
}

/// The provider that the command line verifies with.
use trustlist::question::Verifier;
