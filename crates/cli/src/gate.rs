//! `--deny`, `--allow` and `--fail-on`: which findings make the exit status 1, in the same way for
//! every command.

use super::values;
use trustlist::code::Level;
use trustlist::report::Plain;

/// The options that decide which findings make the exit status 1.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Options for the exit status")]
pub(super) struct Gate {
    /// Make this code an error: exit status 1 when it is found
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = values::codes(), hide_possible_values = true)]
    pub(super) deny: Vec<String>,
    /// Leave this code out of the exit status
    #[arg(long, value_name = "CODE", value_delimiter = ',', value_parser = values::codes(), hide_possible_values = true)]
    pub(super) allow: Vec<String>,
    /// The lowest level that makes the exit status 1
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    pub(super) fail_on: FailOn,
}

/// The level of `--fail-on`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum FailOn {
    #[default]
    Error,
    Warning,
    Note,
}

impl Gate {
    /// Checks that a command can find every code that the options name.
    ///
    /// # Errors
    /// One line that names the code.
    pub(super) fn check(&self, command: &str, known: &[&str]) -> Result<(), String> {
        for (option, codes) in [("--deny", &self.deny), ("--allow", &self.allow)] {
            if let Some(other) = codes.iter().find(|code| !known.contains(&code.as_str())) {
                return Err(format!(
                    "{option} {}: expected a code of `{command}`; `trustlist explain` lists them",
                    Plain(other)
                ));
            }
        }
        Ok(())
    }

    /// Checks if a code is one of `--allow`.
    pub(super) fn allows(&self, code: &str) -> bool {
        self.allow.iter().any(|known| known == code) && !self.denies(code)
    }

    /// Checks if a code is one of `--deny`.
    pub(super) fn denies(&self, code: &str) -> bool {
        self.deny.iter().any(|known| known == code)
    }

    /// Checks if a finding makes the exit status 1.
    pub(super) fn fails(&self, code: &str, level: Level) -> bool {
        self.denies(code) || (level >= self.fail_on.level() && !self.allows(code))
    }
}

impl FailOn {
    pub(super) fn level(self) -> Level {
        match self {
            Self::Error => Level::Error,
            Self::Warning => Level::Warning,
            Self::Note => Level::Note,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails() {
        let gate = |deny: &[&str], allow: &[&str], fail_on| Gate {
            deny: deny.iter().map(|&code| code.to_owned()).collect(),
            allow: allow.iter().map(|&code| code.to_owned()).collect(),
            fail_on,
        };
        let usual = gate(&[], &[], FailOn::Error);
        assert!(usual.fails("a", Level::Error) && !usual.fails("a", Level::Warning));
        let strict = gate(&[], &["a"], FailOn::Warning);
        assert!(strict.fails("b", Level::Warning) && !strict.fails("b", Level::Note));
        assert!(!strict.fails("a", Level::Error));
        // Who denies and allows a code wants to hear of it.
        let both = gate(&["a"], &["a"], FailOn::Error);
        assert!(both.fails("a", Level::Note));
        assert!(both.check("lint", &["a"]).is_ok());
        assert!(both.check("lint", &["b"]).unwrap_err().starts_with("--deny a: expected a code"));
    }
}
