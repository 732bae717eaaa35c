//! The command line: see `trustlist help`.

fn main() -> std::process::ExitCode {
    trustlist_cli::main()
}
