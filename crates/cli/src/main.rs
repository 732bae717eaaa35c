//! The command line: see `trustlist help`.

fn main() -> std::process::ExitCode {
    trustlist::cli::main()
}
