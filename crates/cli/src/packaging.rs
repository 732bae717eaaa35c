//! `trustlist completions` and `trustlist man`: what is installed beside the binary.

use super::output::{Output, Status, settled};
use super::replace::replace;
use clap::{Command, CommandFactory as _};
use clap_mangen::Man;
use std::io;
use std::path::{Path, PathBuf};

/// Print completions for a shell: `source <(trustlist completions bash)`
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
    let mut text = Vec::new();
    Man::new(command).title(name.to_uppercase()).render(&mut text)?;
    Ok(text)
}

/// The name of the binary.
const NAME: &str = "trustlist";
