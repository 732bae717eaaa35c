//! `trustlist completions` and `trustlist man`: what is installed beside the binary.

use super::manual;
use super::output::{Output, Status, settled};
use super::replace::replace;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::io;
use std::path::{Path, PathBuf};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub(super) struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

/// Print the manual page, or write a page for every command
#[derive(Debug, clap::Args)]
pub(super) struct Pages {
    /// Write trustlist.1 and a page for every command into this folder, and print their names
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Completions {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut super::Cli::command(), NAME, &mut text);
        output.bytes(&text);
        Status::Fine
    }
}

impl Pages {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let answer = self.write(output);
        settled(answer, false, output)
    }

    fn write(&self, output: &mut Output) -> Result<Status, String> {
        let mut root = super::Cli::command();
        // Gives every command its whole name: trustlist-plan-lint.
        root.build();
        let Some(folder) = &self.out else {
            output.bytes(&page(root, NAME).map_err(|error| error.to_string())?);
            return Ok(Status::Fine);
        };
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{}: {error}", super::input::name(folder)))?;
        for command in commands(root) {
            let path = write_page(folder, command)?;
            output.print(format_args!("{}\n", super::input::name(&path)));
        }
        Ok(Status::Fine)
    }
}

fn write_page(folder: &Path, command: Command) -> Result<PathBuf, String> {
    let name = command.get_display_name().unwrap_or(NAME).to_owned();
    let path = folder.join(format!("{name}.1"));
    let text =
        page(command, &name).map_err(|error| format!("{}: {error}", super::input::name(&path)))?;
    replace(&path, &text, &[])?;
    Ok(path)
}

/// A command and every command below it. The help of each command is in its page.
fn commands(root: Command) -> Vec<Command> {
    let (mut found, mut open) = (Vec::new(), vec![root]);
    while let Some(command) = open.pop() {
        let below = command
            .get_subcommands()
            .filter(|below| below.get_name() != "help" && !below.is_hide_set());
        open.extend(below.cloned());
        found.push(command);
    }
    found.sort_by(|one, other| one.get_display_name().cmp(&other.get_display_name()));
    found
}

fn page(command: Command, name: &str) -> io::Result<Vec<u8>> {
    let path = name.trim_start_matches(NAME).trim_start_matches('-').replace('-', " ");
    let mut text = Vec::new();
    // The sections of the help become sections of the page.
    let man = Man::new(command.after_help(None::<&str>).after_long_help(None::<&str>));
    let man = man.title(name.to_uppercase());
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    man.render_subcommands_section(&mut text)?;
    if let Some(manual) = manual::of(&path) {
        sections(manual, &mut text)?;
    }
    Ok(text)
}

/// Writes EXAMPLES, EXIT STATUS, ENVIRONMENT and SEE ALSO.
fn sections(manual: &manual::Manual, page: &mut Vec<u8>) -> io::Result<()> {
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    for (line, meaning) in manual.examples {
        roff.control("TP", []);
        roff.text([bold(*line)]);
        roff.text([roman(*meaning)]);
    }
    roff.control("SH", ["EXIT STATUS"]);
    for (status, meaning) in manual.exit() {
        roff.control("TP", []);
        roff.text([bold(status.to_string())]);
        roff.text([roman(meaning)]);
    }
    roff.control("SH", ["ENVIRONMENT"]);
    for (name, meaning) in ENVIRONMENT {
        roff.control("TP", []);
        roff.text([bold(name)]);
        roff.text([roman(meaning)]);
    }
    roff.control("SH", ["SEE ALSO"]);
    roff.text([roman(manual.see_also().join(", "))]);
    roff.to_writer(page)
}

const ENVIRONMENT: [(&str, &str); 2] = [
    (
        "COLUMNS",
        "The width of texts, 60 to 120; without it that of the terminal, and 100 in a pipe.",
    ),
    ("NO_COLOR", "If it is set and not empty, --color auto uses no colour."),
];

/// The name of the binary.
const NAME: &str = "trustlist";
