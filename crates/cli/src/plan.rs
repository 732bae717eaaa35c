//! `trustlist plan`.

mod generate;
mod init;
mod lint;
mod phones;
mod recover;

use super::output::{Output, Status};

#[derive(Debug, clap::Args)]
pub(super) struct Plan {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Judge a plan: findings with their step, and the point of no return
    Lint(lint::Lint),
    /// Write a safe plan and its run book, proved by the simulator under every policy
    Generate(generate::Generate),
    /// Make a cluster file from pasted command output and a phone inventory
    Init(init::Init),
    /// Say which command can still work for which locked phone, and which phones need their lists deleted
    Recover(recover::Recover),
}

impl Plan {
    pub(super) fn run(self, output: &mut Output) -> Status {
        match self.command {
            Command::Lint(command) => command.run(output),
            Command::Generate(command) => command.run(output),
            Command::Init(command) => command.run(output),
            Command::Recover(command) => command.run(output),
        }
    }
}
