//! The parts of help and manual pages that are not options: examples, exit status, see also.

use super::layout;
use clap::Command;

/// The manual of one command.
pub(super) struct Manual {
    /// The command without the name of the binary; empty for the binary itself.
    command: &'static str,
    /// Commands as they are typed, with a line about each.
    pub(super) examples: &'static [(&'static str, &'static str)],
    /// The exit statuses 0, 1 and 3; 2 is the same everywhere. An empty one does not occur.
    exit: [&'static str; 3],
    /// Commands that a reader wants to know next.
    see: &'static [&'static str],
}

/// Adds the manual of every command to its help, wrapped at this width.
pub(super) fn extend(command: Command, columns: usize) -> Command {
    of_command(command, "", columns)
}

fn of_command(mut command: Command, path: &str, columns: usize) -> Command {
    let names: Vec<String> =
        command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    for name in names {
        let below = format!("{path} {name}").trim_start().to_owned();
        command = command.mut_subcommand(name, |found| of_command(found, &below, columns));
    }
    match of(path) {
        Some(manual) => {
            let text = layout::fit(&manual.text(), columns);
            command
                .after_help("`--help` has more options, examples and the exit status.")
                .after_long_help(text)
        }
        None => command,
    }
}

/// Returns the manual of a command: `plan lint`.
pub(super) fn of(command: &str) -> Option<&'static Manual> {
    MANUALS.iter().find(|manual| manual.command == command)
}

impl Manual {
    /// The sections in the help of the command.
    fn text(&self) -> String {
        let mut text = String::from("Examples:\n");
        for (line, meaning) in self.examples {
            text.push_str(&format!("  {line}\n      {meaning}\n"));
        }
        text.push_str("\nExit status:\n");
        for (status, meaning) in self.exit() {
            text.push_str(&format!("  {status}  {meaning}\n"));
        }
        text.push_str(&format!("\nSee also: {}", self.see_also().join(", ")));
        text
    }

    /// The exit statuses that occur.
    pub(super) fn exit(&self) -> Vec<(u8, &'static str)> {
        let [fine, negative, undecided] = self.exit;
        let all = [(0, fine), (1, negative), (2, UNUSABLE), (3, undecided)];
        all.into_iter().filter(|(_, meaning)| !meaning.is_empty()).collect()
    }

    /// The names of manual pages: `trustlist-check(1)`.
    pub(super) fn see_also(&self) -> Vec<String> {
        let page = |command: &&str| match command.is_empty() {
            true => "trustlist(1)".to_owned(),
            false => format!("trustlist-{}(1)", command.replace(' ', "-")),
        };
        self.see.iter().map(page).collect()
    }
}

/// Exit status 2, the same for every command.
const UNUSABLE: &str = "wrong usage, or input that cannot be read";

const MANUALS: &[Manual] = &[
    Manual {
        command: "",
        examples: &[
            (
                "trustlist collect --tftp ccm1,ccm2 --tvs ccm1,ccm2 --out before",
                "save what the servers offer now, before a change",
            ),
            (
                "trustlist check before after",
                "predict which phones accept the new lists, before any phone is reset",
            ),
            (
                "trustlist explain glossary",
                "the words of the answers: ITL, CTL, TVS, SAST, signer, locked phone",
            ),
        ],
        exit: [
            "yes: accepted, valid, clean",
            "no: refused, invalid, an error was found, phones are locked",
            "undecided: a fact is missing",
        ],
        see: &["collect", "check", "predict", "fleet", "plan", "preflight", "explain"],
    },
    Manual {
        command: "show",
        examples: &[
            ("trustlist show ITLFile.tlv", "every record of a list"),
            ("trustlist show --json show-itl.txt", "a paste of show itl, as JSON"),
            ("trustlist show tvs.pem", "a certificate"),
            ("trustlist show --cucm CTLFile.tlv", "a list in the layout of CUCM's show ctl"),
        ],
        exit: [
            "the file was decoded, whatever its signature",
            "",
            "the paste lost a part of the list",
        ],
        see: &["verify", "lint", "diff"],
    },
    Manual {
        command: "verify",
        examples: &[
            (
                "trustlist verify --signer callmanager.pem ITLFile.tlv",
                "check that a list is signed by a certificate that is known to be yours",
            ),
            (
                "trustlist verify --with ITLFile.tlv SEP001122334455.cnf.xml.sgn",
                "check a signed configuration by the records of a list",
            ),
        ],
        exit: [
            "the signature is valid or consistent",
            "the signature is invalid",
            "the signature cannot be verified",
        ],
        see: &["show", "predict", "explain"],
    },
    Manual {
        command: "lint",
        examples: &[
            (
                "trustlist lint --within 90d --certs certs ITLFile.tlv",
                "findings about a list; certs/ has the certificates of records with a hash only",
            ),
            (
                "trustlist lint --fail-on warning --format sarif ITLFile.tlv",
                "a report for code scanning; warnings make the exit status 1",
            ),
        ],
        exit: ["no finding of the level of --fail-on", "such a finding, or a code of --deny", ""],
        see: &["expiry", "show", "explain"],
    },
    Manual {
        command: "diff",
        examples: &[
            (
                "trustlist diff before/ITLFile.tlv after/ITLFile.tlv",
                "what changed, and if phones accept it",
            ),
            ("trustlist diff show-itl-old.txt ITLFile.tlv", "the same, the old list as a paste"),
        ],
        exit: [
            "phones that have the old list accept the new one, or see no difference",
            "phones that have the old list refuse the new one",
            "a fact is missing",
        ],
        see: &["predict", "check", "show"],
    },
    Manual {
        command: "predict",
        examples: &[
            (
                "trustlist predict --installed-itl old.tlv --offered-itl new.tlv --model 8851 --cm-group ccm1 --tvs ccm1=tvs.pem --tvs-knows new.tlv",
                "does a phone with the old ITL accept the new one, if TVS knows its signer?",
            ),
            (
                "trustlist predict --known before --installed-itl c1fc551921d7b98ba4aae4295ecf69e7 --offered-itl new.tlv --explain",
                "a phone by the checksum on its screen, with every step and all that can be done",
            ),
        ],
        exit: ["accepted", "refused", "undecided: a fact is missing"],
        see: &["fleet", "check", "explain"],
    },
    Manual {
        command: "plan",
        examples: &[
            (
                "trustlist plan init pastes/*.txt --phones phones.csv > cluster.json",
                "a cluster file from pastes",
            ),
            (
                "trustlist plan generate --renew CallManager cluster.json > runbook.txt",
                "a safe plan with its run book",
            ),
        ],
        exit: ["no error", "an error was found, or there is no safe plan", ""],
        see: &["plan init", "plan generate", "plan lint", "plan recover", "simulate"],
    },
    Manual {
        command: "plan lint",
        examples: &[
            (
                "trustlist plan lint plan.json",
                "the errors and warnings of a plan, and its point of no return",
            ),
            (
                "trustlist plan lint --fail-on warning --allow no-backup plan.json",
                "exit status 1 for warnings too, except for a missing backup",
            ),
        ],
        exit: ["no finding of the level of --fail-on", "such a finding, or a code of --deny", ""],
        see: &["plan generate", "simulate", "explain"],
    },
    Manual {
        command: "plan generate",
        examples: &[
            (
                "trustlist plan generate --renew CallManager,TVS cluster.json > runbook.txt",
                "the run book of a safe plan",
            ),
            (
                "trustlist plan generate --renew tomcat --window 2h --format text cluster.json",
                "the same in maintenance windows of two hours, for a change ticket",
            ),
        ],
        exit: [
            "a safe plan was written",
            "there is no safe plan, or the cluster file rests on guesses",
            "",
        ],
        see: &["plan init", "plan lint", "preflight", "simulate"],
    },
    Manual {
        command: "plan init",
        examples: &[
            (
                "trustlist plan init ccm1=show-itl.txt services.txt --version 12.5 > cluster.json",
                "a cluster file; NODE=FILE says on which node the output was made",
            ),
            (
                "trustlist plan init session.log --phones phones.csv --mode mixed > cluster.json",
                "the same from the log of a session, with the phones of an inventory",
            ),
        ],
        exit: ["the cluster file was written; what is not known is marked in it", "", ""],
        see: &["plan generate", "preflight"],
    },
    Manual {
        command: "plan recover",
        examples: &[
            ("trustlist plan recover plan.json", "which command still helps which locked phone"),
            (
                "trustlist plan recover --phone c1fc551921d7b98ba4aae4295ecf69e7 --known before --offered-itl ITLFile.tlv",
                "what helps one phone, by the checksum on its screen",
            ),
            (
                "trustlist plan recover --inventory phones.csv --known before --offered-itl ITLFile.tlv --csv > visits.csv",
                "what helps each phone of an inventory, as CSV",
            ),
        ],
        exit: [
            "commands help every phone",
            "phones are left that need their lists deleted",
            "a fact is missing",
        ],
        see: &["predict", "fleet", "simulate"],
    },
    Manual {
        command: "fleet",
        examples: &[
            (
                "trustlist fleet phones.csv --before before --offered-itl after/ccm1/ITLFile.tlv --tvs ccm1=tvs.pem",
                "which phones refuse the new ITL, if they have what their node offered before",
            ),
            (
                "trustlist fleet phones.csv --known before --offered-itl ITLFile.tlv --by 'Device Pool' --csv > answers.csv",
                "the inventory with an answer for each phone; the itl column may hold checksums",
            ),
        ],
        exit: [
            "every phone accepts",
            "a phone refuses, or a code of --deny was found",
            "no phone refuses, but a fact is missing",
        ],
        see: &["predict", "check", "collect"],
    },
    Manual {
        command: "collect",
        examples: &[
            (
                "trustlist collect --tftp ccm1,ccm2 --tvs ccm1,ccm2 --out before",
                "before a change; again with --out after as soon as TFTP offers the new lists",
            ),
            (
                "trustlist collect --from-folder saved --paste ccm1=show-itl.txt --out before",
                "the same from files and pastes, without a connection to the cluster",
            ),
        ],
        exit: ["everything was collected", "", "something is missing from the snapshot"],
        see: &["check", "fleet", "expiry"],
    },
    Manual {
        command: "check",
        examples: &[
            (
                "trustlist check before after --inventory phones.csv",
                "which phones accept the new lists, by TFTP node, CallManager group and model",
            ),
            (
                "trustlist check before",
                "do the lists that are offered now agree with each other and with TVS?",
            ),
        ],
        exit: [
            "every phone accepts; the snapshot agrees with itself",
            "a phone refuses; the snapshot does not agree with itself",
            "a fact is missing",
        ],
        see: &["collect", "fleet", "predict"],
    },
    Manual {
        command: "expiry",
        examples: &[
            (
                "trustlist expiry before --within 90d",
                "every certificate of a snapshot, for monitoring",
            ),
            (
                "trustlist expiry ITLFile.tlv show-cert-own.txt certs --ics > certificates.ics",
                "a list, a paste and a folder of certificates, as a calendar",
            ),
        ],
        exit: [
            "no certificate ends within the days of --within",
            "a certificate ends within these days",
            "the end of a certificate is not known",
        ],
        see: &["lint", "collect"],
    },
    Manual {
        command: "simulate",
        examples: &[
            ("trustlist simulate plan.json", "every step of a plan, and the phones after it"),
            (
                "trustlist simulate cluster.json --plan my-plan.txt",
                "a plan in words (regenerate CallManager all) on the cluster of `plan init`",
            ),
            (
                "trustlist simulate --policy B --html report.html plan.json",
                "the same as a page with a picture, for one behaviour of the cluster",
            ),
        ],
        exit: ["no online phone is locked at the end", "a phone is locked at the end", ""],
        see: &["plan lint", "plan generate"],
    },
    Manual {
        command: "preflight",
        examples: &[
            (
                "trustlist preflight ccm1=session1.log ccm2=session2.log",
                "is the cluster ready for a change, and which commands are still to run?",
            ),
            (
                "trustlist preflight --version 12.5 --confirm F-3,F-4 session.log",
                "the same; two checks were looked at by hand",
            ),
        ],
        exit: [
            "every check is answered and nothing blocks",
            "a check blocks the change",
            "a check is not answered",
        ],
        see: &["plan init", "plan generate", "explain"],
    },
    Manual {
        command: "deletion",
        examples: &[
            (
                "trustlist deletion audit nodes.json --logs ccm1=logs1 ccm2=logs2",
                "is every deleted certificate gone on every node?",
            ),
            (
                "trustlist deletion predict plan.json",
                "which node brings a deleted certificate back?",
            ),
        ],
        exit: ["deleted on every node", "not deleted, or it comes back", "not proven"],
        see: &["deletion audit", "deletion predict"],
    },
    Manual {
        command: "deletion audit",
        examples: &[
            (
                "trustlist deletion audit nodes.json --unit tomcat-trust --name old.pem --logs ccm1=logs1 ccm2=logs2",
                "is this certificate gone on every node?",
            ),
            (
                "trustlist deletion audit --collected-until 2026-07-06T04:30:00 --logs ccm1=logs1 ccm2=logs2",
                "every deletion that the logs name, without an inventory",
            ),
        ],
        exit: ["deleted on every node", "a node still has it", "the logs do not prove it"],
        see: &["deletion predict"],
    },
    Manual {
        command: "deletion predict",
        examples: &[
            (
                "trustlist deletion predict plan.json",
                "which node brings a deleted certificate back, and when?",
            ),
            (
                "trustlist deletion predict --json - < plan.json",
                "the same as JSON, from standard input",
            ),
        ],
        exit: [
            "no certificate comes back",
            "a certificate comes back",
            "other nodes keep it, or a deletion is refused",
        ],
        see: &["deletion audit", "simulate"],
    },
    Manual {
        command: "explain",
        examples: &[
            ("trustlist explain signer-unknown", "the page of a code"),
            ("trustlist explain P-TVS-2", "a rule, with its source"),
            ("trustlist explain SAST", "a term; `explain glossary` prints all"),
        ],
        exit: ["the page was printed", "", ""],
        see: &["predict", "lint", "preflight"],
    },
    Manual {
        command: "build",
        examples: &[
            ("trustlist build --key key.pem list.json -o ITLFile.tlv", "a list, written to a file"),
            ("trustlist build --key key.pem list.json | trustlist show", "a list, shown at once"),
        ],
        exit: ["the list was written", "", ""],
        see: &["sign", "show", "verify"],
    },
    Manual {
        command: "sign",
        examples: &[
            (
                "trustlist sign SEP001122334455.cnf.xml --key key.pem --certificate cert.pem -o SEP001122334455.cnf.xml.sgn",
                "sign a configuration",
            ),
            (
                "trustlist sign ring.xml --key key.pem --certificate cert.pem --digest sha512 -o ring.xml.sgn",
                "the same with SHA-512",
            ),
        ],
        exit: ["the file was written", "", ""],
        see: &["strip", "build", "verify"],
    },
    Manual {
        command: "strip",
        examples: &[
            (
                "trustlist strip SEP001122334455.cnf.xml.sgn -o SEP001122334455.cnf.xml",
                "the configuration itself",
            ),
            ("trustlist strip dialplan.xml.sgn | less", "to look at it"),
        ],
        exit: ["the content was written", "", ""],
        see: &["sign", "show"],
    },
    Manual {
        command: "completions",
        examples: &[
            ("source <(trustlist completions bash)", "for this shell"),
            ("trustlist completions zsh > _trustlist", "for a folder of zsh's fpath"),
        ],
        exit: ["the completions were printed", "", ""],
        see: &["man"],
    },
    Manual {
        command: "man",
        examples: &[
            ("trustlist man | man -l -", "read the manual page"),
            ("trustlist man --out ~/.local/share/man/man1", "install a page for every command"),
        ],
        exit: ["the pages were written", "", ""],
        see: &["completions"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{CommandFactory as _, Parser as _};

    fn commands() -> Vec<String> {
        let (mut found, mut open) = (Vec::new(), vec![(String::new(), crate::Cli::command())]);
        while let Some((path, command)) = open.pop() {
            for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
                open.push((
                    format!("{path} {}", below.get_name()).trim_start().to_owned(),
                    below.clone(),
                ));
            }
            found.push(path);
        }
        found
    }

    #[test]
    fn every_command_has_a_manual_with_two_examples() {
        let commands = commands();
        assert_eq!(commands.len(), MANUALS.len());
        for command in &commands {
            let manual = of(command).unwrap_or_else(|| panic!("no manual of `{command}`"));
            assert!(manual.examples.len() >= 2 && manual.exit().len() >= 2, "{command}");
            for other in manual.see {
                assert!(of(other).is_some() && other != command, "{command}: {other}");
            }
            assert!(!manual.see.is_empty(), "{command}");
        }
    }

    /// An example that the command line would refuse helps no reader.
    #[test]
    fn every_example_is_taken_by_the_command_line() {
        for manual in MANUALS {
            for (line, _) in manual.examples {
                let parts = line.split(" | ").filter(|part| part.starts_with("trustlist "));
                let lines: Vec<&str> = match line.strip_prefix("source <(") {
                    Some(inner) => vec![inner.trim_end_matches(')')],
                    None => parts.collect(),
                };
                assert!(!lines.is_empty(), "{line}");
                for line in lines {
                    let line = line.split(" > ").next().unwrap().split(" < ").next().unwrap();
                    let line = line.replace("'Device Pool'", "Device_Pool");
                    if let Err(error) = crate::Cli::try_parse_from(line.split_whitespace()) {
                        panic!("{line}: {error}");
                    }
                }
            }
        }
    }
}
