//! What an administrator does for a step: where, with which command, what it must print, and what to do if it does not.

use crate::cluster::{Cluster, Mode, NodeId, Nodes, Operation, PhoneId, Phones};
use crate::plan::{Check, Fallback, PlannedStep, Purpose, SafePlan};
use crate::preflight::Item;
use crate::report::Plain;
use trustlist::release::{ListSigner, Release, Service, Unit};

/// A step for human hands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instruction {
    /// What is done.
    pub title: String,
    /// Where the commands are given.
    pub place: String,
    /// The commands, one a line; a menu path where there is no command.
    pub commands: Vec<String>,
    /// What must be seen.
    pub prints: Vec<String>,
    /// What to do where it is not.
    pub if_not: String,
    /// The nodes on which it is done one after the other; empty where there is one place.
    pub nodes: Vec<String>,
    /// What to write down for each node besides the time.
    pub note: &'static str,
    /// What brings back phones that fail here, a sentence each; the same at many gates. Empty where phones cannot fail.
    pub recovery: Vec<String>,
}

/// The instruction for a step of a plan.
pub fn instruction(plan: &SafePlan, step: &PlannedStep) -> Instruction {
    Writer { plan, cluster: &plan.cluster, fallbacks: &step.fallbacks }
        .write(&step.operation, step.purpose)
}

struct Writer<'a> {
    plan: &'a SafePlan,
    cluster: &'a Cluster,
    /// What the simulator finds harmless where the step fails.
    fallbacks: &'a [Fallback],
}

const PUBLISHER_CLI: &str = "CLI of the publisher";

impl Writer<'_> {
    fn write(&self, operation: &Operation, purpose: Purpose) -> Instruction {
        match operation {
            Operation::Check { what } => self.check(what, purpose),
            Operation::Regen { unit, nodes } => self.regen(*unit, nodes),
            Operation::Restart { service, nodes } => {
                self.service("restart", *service, nodes, "STARTED")
            }
            Operation::Start { service, nodes } => {
                self.service("start", *service, nodes, "STARTED")
            }
            Operation::Stop { service, nodes } => self.stop(*service, nodes, purpose),
            Operation::ResetPhones { phones } => self.reset(phones, purpose),
            Operation::CtlUpdate => self.ctl_update(),
            Operation::CtlResetLocalkey => self.ctl_reset(),
            Operation::ItlResetLocalkey => self.itl_reset(),
            Operation::DeleteTrust { unit, cert, nodes } => {
                self.delete(unit.as_str(), &self.cluster.label(*cert), nodes)
            }
            Operation::LscUpdate { phones } => self.lsc(phones),
            Operation::Wait { minutes } => self.wait(*minutes),
            other => Instruction { title: other.describe(self.cluster), ..Instruction::default() },
        }
    }

    fn name(&self, node: NodeId) -> String {
        Plain(&self.cluster.node_spec(node).name).to_string()
    }

    fn publisher(&self) -> String {
        self.name(self.cluster.publisher())
    }

    fn names(&self, nodes: impl IntoIterator<Item = NodeId>) -> String {
        nodes.into_iter().map(|node| self.name(node)).collect::<Vec<_>>().join(", ")
    }

    fn tftp_nodes(&self) -> String {
        let serves = |node: &NodeId| self.cluster.runs_service(*node, Service::Tftp);
        self.names(self.cluster.nodes().map(|(node, _)| node).filter(serves))
    }

    /// The nodes of a step on which this holds.
    fn nodes(&self, nodes: &Nodes, has: impl Fn(NodeId) -> bool) -> Vec<NodeId> {
        match nodes {
            Nodes::All => {
                self.cluster.nodes().map(|(node, _)| node).filter(|&node| has(node)).collect()
            }
            Nodes::These(nodes) => nodes.iter().copied().filter(|&node| has(node)).collect(),
        }
    }

    fn is_mixed(&self) -> bool {
        self.cluster.mode() == Mode::Mixed
    }

    fn regen(&self, unit: Unit, nodes: &Nodes) -> Instruction {
        let nodes = self.nodes(nodes, |node| self.cluster.has_unit(node, unit));
        let (place, nodes) = self.places(nodes, ", one after the other");
        if unit == Unit::Authz {
            return Instruction {
                title: "Renew the OAuth signing key (authz)".to_owned(),
                place: PUBLISHER_CLI.to_owned(),
                commands: vec!["set key regen authz signing".to_owned(), "show key authz signing".to_owned()],
                prints: vec!["another checksum than before".to_owned()],
                if_not:
                    "Nothing has changed. Repeat once, then stop and open a case. Jabber users have to sign in again after it."
                        .to_owned(),
                ..Instruction::default()
            };
        }
        let if_not = match unit {
            Unit::CallManager | Unit::Capf | Unit::ItlRecovery | Unit::Tvs => {
                "A node that refuses keeps its old certificate; that is no danger. Finish this round with the nodes that did, and \
                 repeat the whole round for the others later. At the question about a CA-signed certificate answer no and stop: \
                 it needs a signing request instead."
            }
            _ => {
                "A node that refuses keeps its old certificate. Repeat once. At the question about a CA-signed certificate answer \
                 no and stop: it needs a signing request instead."
            }
        };
        Instruction {
            title: format!("Renew the {unit} certificate"),
            place,
            commands: vec![
                format!("set cert regen {unit}"),
                format!("show cert own {unit}/{unit}.pem"),
            ],
            prints: vec![
                format!("Successfully Regenerated Certificate for {unit}."),
                "a serial number other than the one written down before".to_owned(),
            ],
            if_not: if_not.to_owned(),
            nodes,
            note: "new serial number",
            ..Instruction::default()
        }
    }

    /// The place of a step that is done on these nodes, and the nodes where they are several.
    fn places(&self, nodes: Vec<NodeId>, turn: &str) -> (String, Vec<String>) {
        let names: Vec<String> = nodes.into_iter().map(|node| self.name(node)).collect();
        let several = names.len() > 1;
        let place = format!("CLI of {}{}", names.join(", "), if several { turn } else { "" });
        (place, if several { names } else { Vec::new() })
    }

    fn service(&self, verb: &str, service: Service, nodes: &Nodes, state: &str) -> Instruction {
        let runs = |node: NodeId| self.cluster.runs_service(node, service);
        let nodes = self.nodes(nodes, runs);
        let turn = match service {
            Service::CallManager | Service::CtiManager => {
                ", one after the other: wait for the phones before the next"
            }
            _ => ", one after the other",
        };
        let (place, nodes) = self.places(nodes, turn);
        let long = long_name(service);
        let if_not = match service {
            Service::Tvs => {
                "Do not reset any phone: without TVS no server confirms the new list. Start it again. If it stays down, stop here and \
                 open a case. Phones that are not reset stay as they are."
            }
            Service::Tftp => {
                "Start it again. Do not reset phones while a TFTP node serves an old list: the check of the ITL comes next."
            }
            Service::CallManager => {
                "Do not start with the next node until all phones of this node have registered with another node. Start it again."
            }
            Service::Tomcat => {
                "Wait 15 minutes and look again: Tomcat takes 10 to 15. Then restart it once more."
            }
            Service::Ccn => {
                "Start it again: without it certificates are no longer spread between the nodes."
            }
            _ => "Start it again, and look at `utils service list` after two minutes.",
        };
        Instruction {
            title: format!("{} {service}", capital(verb)),
            place,
            commands: vec![format!("utils service {verb} {long}")],
            prints: vec![format!("{long}[{state}]")],
            if_not: if_not.to_owned(),
            nodes,
            ..Instruction::default()
        }
    }

    fn stop(&self, service: Service, nodes: &Nodes, purpose: Purpose) -> Instruction {
        let mut stop = self.service("stop", service, nodes, "STOPPED");
        stop.place = stop.place.replace(", one after the other", "");
        if purpose == Purpose::SilentTftp {
            stop.title =
                "Stop TFTP, so that no phone meets the new certificate before the CTL holds it"
                    .to_owned();
            stop.if_not =
                "Do not go on: while one TFTP node serves, a phone that resets by itself can lose its ITL. Phones keep \
                           working without TFTP, they only cannot boot. To go back, start TFTP again."
                    .to_owned();
        } else {
            stop.if_not =
                "Do not delete anything while it runs on any node: the certificates would come back. Stop it again.".to_owned();
        }
        stop
    }

    fn reset(&self, phones: &Phones, purpose: Purpose) -> Instruction {
        let (title, commands) = match (phones, purpose) {
            (Phones::These(phones), Purpose::Batch(number, of)) => {
                let mut commands = vec![
                    "Bulk Administration > Phones > Reset/Restart Phones > Query or Custom File:"
                        .to_owned(),
                ];
                commands.extend(self.phone_lines(phones));
                (format!("Reset batch {number} of {of}: {} phones", phones.len()), commands)
            }
            (Phones::These(phones), _) => ("Reset phones".to_owned(), self.phone_lines(phones)),
            (Phones::All, _) => {
                let count = self.cluster.phones().iter().filter(|phone| phone.online).count();
                let menu =
                    "System > Enterprise Parameters > Reset > Reset (or each Device Pool > Reset)"
                        .to_owned();
                (format!("Reset all phones ({count} on-line in the inventory)"), vec![menu])
            }
        };
        Instruction {
            title,
            place: "Cisco Unified CM Administration".to_owned(),
            commands,
            prints: vec!["phones unregister and come back (RTMT > Device > Device Summary)".to_owned()],
            if_not: "Phones that do not reset are looked at with the gate below; do not renew anything meanwhile.".to_owned(),
            ..Instruction::default()
        }
    }

    fn phone_lines(&self, phones: &[PhoneId]) -> Vec<String> {
        let names: Vec<String> =
            phones.iter().map(|&phone| Plain(self.cluster.phone_name(phone)).to_string()).collect();
        names.chunks(6).map(|line| line.join(" ")).collect()
    }

    fn ctl_update(&self) -> Instruction {
        let token = self.cluster.release().ctl_signer() == ListSigner::Token;
        let (place, command) = if token {
            (
                "PC with the CTL client and an eToken that signed the CTL".to_owned(),
                "CTL client > Update CTL File > Finish".to_owned(),
            )
        } else {
            (PUBLISHER_CLI.to_owned(), "utils ctl update CTLFile".to_owned())
        };
        Instruction {
            title: "Update the CTL".to_owned(),
            place,
            commands: vec![command],
            prints: vec!["CTL file Updated".to_owned()],
            if_not: "Restart no CallManager, reset no phone and start no TFTP that was stopped. Look at replication (`utils \
                     dbreplication runtimestate`) and, from 12.0 on, at the licence (registered, export-controlled), then repeat \
                     the command."
                .to_owned(),
            ..Instruction::default()
        }
    }

    fn ctl_reset(&self) -> Instruction {
        Instruction {
            title: "Sign the CTL with the publisher's CallManager key for the time of the change".to_owned(),
            place: PUBLISHER_CLI.to_owned(),
            commands: vec!["utils ctl reset localkey".to_owned()],
            prints: vec!["CTL file Updated (other versions word it otherwise: the gate that follows decides)".to_owned()],
            if_not:
                "Reset no phone. Look at replication (`utils dbreplication runtimestate`) and repeat the command: without it \
                     the phones do not know the new signer."
                    .to_owned(),
            ..Instruction::default()
        }
    }

    fn itl_reset(&self) -> Instruction {
        let serves = |node: &NodeId| self.cluster.runs_service(*node, Service::Tftp);
        let tftp = self.cluster.nodes().map(|(node, _)| node).filter(serves);
        Instruction {
            title: "Sign the ITL with the publisher's CallManager key for the time of the change".to_owned(),
            place: PUBLISHER_CLI.to_owned(),
            commands: vec!["utils itl reset localkey".to_owned()],
            prints: tftp.map(|node| format!("Successfully transferred reset ITL to node {}", self.name(node))).collect(),
            if_not: "If a node is missing from that list, do not reset the phones that load from it. Make sure that TFTP runs there, and \
                     repeat the command. Do not restart TFTP afterwards: that signs the ITL with the usual key again."
                .to_owned(),
..Instruction::default()
}
    }

    fn delete(&self, unit: &str, label: &str, nodes: &Nodes) -> Instruction {
        let nodes = self.nodes(nodes, |_| true);
        let certificate = Plain(label.split('#').next().unwrap_or(label)).to_string();
        Instruction {
            title: format!("Delete the old {certificate} from {unit}"),
            place: format!("CLI of {}", self.names(nodes)),
            commands: vec![
                format!("show cert list trust   (find {certificate} in {unit} with the serial number written down before)"),
                format!("set cert delete {unit} NAME.pem"),
            ],
            prints: vec!["the certificate with the old serial number is no longer listed; the new one still is".to_owned()],
            if_not:
                "Compare serial numbers again, nothing else: the new certificate has the same subject. A copy that stays does \
                     no harm tonight."
                    .to_owned(),
            ..Instruction::default()
        }
    }

    fn lsc(&self, phones: &Phones) -> Instruction {
        let count = match phones {
            Phones::All => self.cluster.phones().len(),
            Phones::These(phones) => phones.len(),
        };
        Instruction {
            title: format!("Renew the LSC of {count} phones"),
            place: "Cisco Unified CM Administration".to_owned(),
            commands: vec![
                "Bulk Administration > Phones > Update Phones > Certificate Operation: Install/Upgrade, then reset".to_owned(),
            ],
            prints: vec!["Device > Phone, find by LSC Status: Upgrade Success for each".to_owned()],
            if_not:
                "Do not delete the old CAPF certificate: phones with an old LSC would lose their registration. Leave out every \
                     step that deletes a CAPF certificate."
                    .to_owned(),
            ..Instruction::default()
        }
    }

    fn wait(&self, minutes: u64) -> Instruction {
        let (title, command, prints, if_not) = if minutes >= 30 {
            (
                format!("Wait {minutes} minutes: the half-hourly certificate sync must have had its turn"),
                "utils service list page".to_owned(),
                "the same state of Cisco Certificate Change Notification on every node as after the last step".to_owned(),
                "Wait on. What changed by itself in this time has to be understood first.",
            )
        } else {
            (
                format!("Wait {minutes} minutes for the phones"),
                "show risdb query phone".to_owned(),
                "the number of registered phones no longer rises".to_owned(),
                "Wait another 10 minutes. The gate comes next.",
            )
        };
        Instruction {
            title,
            place: PUBLISHER_CLI.to_owned(),
            commands: vec![command],
            prints: vec![prints],
            if_not: if_not.to_owned(),
            ..Instruction::default()
        }
    }

    fn check(&self, what: &str, purpose: Purpose) -> Instruction {
        match purpose {
            Purpose::AskFirst(number) => self.ask_first(number),
            Purpose::Backup => backup(),
            Purpose::Guess(place) => self.guess(place),
            Purpose::SaveLists => self.save_lists(),
            Purpose::PhoneInteractionManual => {
                interaction("Manual", "Set", "write the old value down")
            }
            Purpose::PhoneInteractionRestored => {
                interaction("the old value", "Restore", "as written down before")
            }
            Purpose::LscGate => lsc_gate(),
            Purpose::StoresGate => trust_stores(),
            Purpose::Offline => offline(),
            Purpose::Lean(place) => self.lean(place),
            Purpose::EncryptedLater => {
                let mut gate = self.phones_gate();
                gate.title =
                    "GATE: every phone took the new CTL and ITL; encrypted ones with a single server may not be registered yet"
                        .to_owned();
                gate.prints = vec![
                    "all phones are registered but encrypted ones whose group has one server: they come back with the restart of \
                     CallManager that follows"
                        .to_owned(),
                    "no phone with `Trust List Update Failed` among its status messages (look at one of each model and site)".to_owned(),
                ];
                gate
            }
            Purpose::FirstBatch => {
                let mut gate = self.phones_gate();
                gate.title = "GATE: the phones of the first batch took the list".to_owned();
                gate
            }
            _ => match Check::of(what) {
                Some(Check::Preflight) => self.preflight(),
                Some(Check::Phones) => self.phones_gate(),
                Some(Check::ShowCtl) => self.show_ctl(purpose),
                Some(Check::ShowItl) => self.show_itl(purpose),
                _ => pages(),
            },
        }
    }

    fn preflight(&self) -> Instruction {
        let mut commands: Vec<String> =
            Item::ALL.iter().filter_map(|item| item.command()).map(str::to_owned).collect();
        let mut seen = std::collections::BTreeSet::new();
        commands.retain(|command| seen.insert(command.clone()));
        commands.push("show cert list trust".to_owned());
        // The licence is a matter of mixed mode from 12.0 on.
        let licence = self.is_mixed() && self.cluster.release() >= Release::first(12, 0);
        let asked = || Item::ALL.iter().filter(|item| licence || **item != Item::Licence);
        let by_hand = || asked().filter_map(|item| Some((item.id(), item.look_at()?)));
        let ids: Vec<&str> = by_hand().map(|(id, _)| id).collect();
        let files: Vec<String> = self
            .cluster
            .nodes()
            .map(|(node, _)| self.name(node))
            .map(|name| format!("{name}={name}.txt"))
            .collect();
        let mode = if self.is_mixed() { "mixed" } else { "non-secure" };
        commands.push(
            "On your own computer, with what each node printed in a file of its name:".to_owned(),
        );
        commands.push(format!("trustlist preflight --mode {mode} {}", files.join(" ")));
        commands.push(format!(
            "trustlist preflight --mode {mode} --confirm {} {}",
            ids.join(","),
            files.join(" ")
        ));
        let mut prints = vec![
            "first run: no row with BLOCK, and `unknown` only for what has no command".to_owned(),
            "each row with WARN is understood and written down".to_owned(),
        ];
        prints.extend(by_hand().map(|(id, look_at)| format!("{id}, by hand: {look_at}")));
        prints.push(
            "second run, when all of these are seen: the first line begins with READY".to_owned(),
        );
        Instruction {
            title:
                "GATE: preflight. Paste every output into files. Write down the serial number of every certificate that will be \
                 renewed, and the number of registered phones"
                    .to_owned(),
            place: format!(
                "CLI of the publisher ({}); show itl and show ctl on every TFTP node ({}); utils service list on every node",
                self.publisher(),
                self.tftp_nodes()
            ),
            commands,
            prints,
            if_not: "Stop, and mend that first. Nothing has been changed.".to_owned(),
            ..Instruction::default()
        }
    }

    fn guess(&self, place: usize) -> Instruction {
        let guesses = &self.plan.request.guesses;
        let guess = guesses.get(place).map_or(String::new(), |guess| Plain(guess).to_string());
        Instruction {
            title: format!("GATE: guess {} of {}: {guess}", place.saturating_add(1), guesses.len()),
            place: "before the first step, on your own computer".to_owned(),
            commands: vec![
                "Find out whether this is so.".to_owned(),
                "trustlist plan init PASTES…   (with what answers it, then trustlist plan generate again)".to_owned(),
            ],
            prints: vec!["the fact itself, written down here by whoever looked: ____".to_owned()],
            if_not: "Stop. This plan is made and proved for a cluster that may be another one. Make it again without the guess."
                .to_owned(),
            ..Instruction::default()
        }
    }

    /// The commands that fetch what TFTP serves now, into a folder.
    fn fetch(&self, folder: &str) -> Vec<String> {
        let mut commands = vec![format!("mkdir {folder}")];
        let serves = |node: &NodeId| self.cluster.runs_service(*node, Service::Tftp);
        for node in self.cluster.nodes().map(|(node, _)| node).filter(serves) {
            let name = self.name(node);
            commands
                .push(format!("curl -f -o {folder}/{name}-ITL.tlv http://{name}:6970/ITLFile.tlv"));
            if self.is_mixed() {
                commands.push(format!(
                    "curl -f -o {folder}/{name}-CTL.tlv http://{name}:6970/CTLFile.tlv"
                ));
            }
        }
        commands
    }

    fn save_lists(&self) -> Instruction {
        let mut commands = self.fetch("before");
        commands.push("trustlist show before/*".to_owned());
        Instruction {
            title: "Save the lists of every TFTP node: afterwards no server has them any more".to_owned(),
            place: "your own computer".to_owned(),
            commands,
            prints: vec!["a file for each node, with the MD5 that `show itl` and `show ctl` print on that node".to_owned()],
            if_not:
                "Stop. Without these files nobody can say later what a phone holds. Where port 6970 is closed, paste `show itl` \
                     and `show ctl` of each node into before/NODE.txt."
                    .to_owned(),
            ..Instruction::default()
        }
    }

    fn ask_first(&self, number: usize) -> Instruction {
        let serves = |node: &NodeId| self.cluster.runs_service(*node, Service::Tftp);
        let first = self
            .cluster
            .nodes()
            .map(|(node, _)| node)
            .find(serves)
            .map_or(String::new(), |node| self.name(node));
        let now = format!("round-{number}");
        let before = if number > 1 {
            format!("round-{}", number.saturating_sub(1))
        } else {
            "before".to_owned()
        };
        let ctl = |folder: &str, option: &str| match self.is_mixed() {
            true => format!(" --{option}-ctl {folder}/{first}-CTL.tlv"),
            false => String::new(),
        };
        let mut commands = self.fetch(&now);
        // What TVS presents, and the servers that a phone asks.
        let servers = self
            .cluster
            .nodes()
            .filter(|(_, spec)| spec.callmanager)
            .map(|(node, _)| self.name(node));
        let servers: Vec<String> = servers.collect();
        for server in &servers {
            let certificate = format!("{now}/{server}-tvs.pem");
            commands.push(format!(
                "openssl s_client -connect {server}:2445 -showcerts </dev/null > {certificate}"
            ));
        }
        let tvs: Vec<String> =
            servers.iter().map(|server| format!("--tvs {server}={now}/{server}-tvs.pem")).collect();
        let tvs = format!(
            "--cm-group {} {} --tvs-knows {now}/{first}-ITL.tlv",
            servers.join(","),
            tvs.join(" ")
        );
        commands.push(format!(
            "trustlist predict --installed-itl {before}/{first}-ITL.tlv{} --offered-itl {now}/{first}-ITL.tlv{} {tvs} --model MODEL",
            ctl(&before, "installed"),
            ctl(&now, "offered"),
        ));
        commands.push(format!(
            "trustlist fleet phones.csv --installed-itl {before}/{first}-ITL.tlv{} --offered-itl {now}/{first}-ITL.tlv{} {tvs}",
            ctl(&before, "installed"),
            ctl(&now, "offered")
        ));
        Instruction {
            title:
                "GATE: ask whether the phones will take what TFTP serves now. This is the last moment at which nothing is lost"
                    .to_owned(),
            place: "your own computer".to_owned(),
            commands,
            prints: vec![
                "the first word is YES, for the lists of each TFTP node (give its files in place of these) and for each model"
                    .to_owned(),
                "`show cert list trust` on every node lists the new signer: what --tvs-knows takes for granted".to_owned(),
                "phones.csv is an export of Bulk Administration or of Device > Phone".to_owned(),
            ],
            if_not: "Reset no phone. With UNDECIDED, give the facts that it names. With NO, do what it says under NOW and ask \
                     again. A phone that is not reset keeps working."
                .to_owned(),
            ..Instruction::default()
        }
    }

    fn phones_gate(&self) -> Instruction {
        let mut prints = vec![
            "the number of registered phones written down at the beginning".to_owned(),
            "no phone with `Trust List Update Failed` among its status messages (look at one of each model and site)".to_owned(),
        ];
        let mut commands =
            vec!["show risdb query phone".to_owned(), "RTMT > Device > Device Summary".to_owned()];
        if self.cluster.release().services_reload_themselves() {
            commands.push("Device > Phone > Find, column ITL File Status".to_owned());
            prints.push("ITL File Status: Match, none Mismatch".to_owned());
        }
        Instruction {
            title: "GATE: every phone is registered and took the new list".to_owned(),
            place: "CLI of the publisher, RTMT".to_owned(),
            commands,
            prints,
            if_not: "Renew nothing more, and reset no other phone.".to_owned(),
            recovery: self.recovery(),
            ..Instruction::default()
        }
    }

    /// What brings back phones that fail at a gate: what the simulator finds harmless at this moment.
    fn recovery(&self) -> Vec<String> {
        let mut told = vec![
            "Read the checksum of the ITL on the screen of one phone that fails (78xx, 88xx: Settings > Admin settings > Security \
             setup > Trust list; 79xx: Settings > Security Configuration > Trust List)."
                .to_owned(),
            "Ask for this phone: `trustlist predict --known . --installed-itl CHECKSUM --offered-itl NEWEST-FOLDER/NODE-ITL.tlv \
             --model MODEL`. It says what can still work."
                .to_owned(),
        ];
        for (fallback, number) in self.fallbacks.iter().zip(0..) {
            let when = if number == 0 { "" } else { "If the phone still refuses: " };
            told.push(format!("{when}{}", fallback_text(*fallback)));
        }
        if self.fallbacks.is_empty() {
            told.push(
                "No command on the servers is known to be harmless at this point. Open a case."
                    .to_owned(),
            );
        }
        told.push(format!(
            "If none of these works, delete the lists on that phone. {DELETE_LISTS}"
        ));
        told
    }

    fn show_ctl(&self, purpose: Purpose) -> Instruction {
        let signer = match (purpose == Purpose::LocalKeyGate, self.cluster.release().ctl_signer()) {
            (true, _) | (false, ListSigner::CallManager) => {
                format!("signed by the CallManager certificate of {}", self.publisher())
            }
            (false, ListSigner::ItlRecovery) => "signed by ITLRecovery".to_owned(),
            (false, ListSigner::Token) => "signed by an eToken of this cluster".to_owned(),
        };
        Instruction {
            title: "GATE: the CTL holds the new certificates".to_owned(),
            place: format!("CLI of {}", self.tftp_nodes()),
            commands: vec!["show ctl".to_owned()],
            prints: vec![
                "The CTL file was verified successfully.".to_owned(),
                signer,
                "CCM+TFTP and CAPF records with the serial numbers of the certificates as they are now".to_owned(),
            ],
            if_not: format!(
                "Reset no phone, restart no CallManager. {} A node that still shows the old file has a replication or SFTP \
                     problem: mend that first.",
                self.fallback_sentences()
            ),
            ..Instruction::default()
        }
    }

    fn show_itl(&self, purpose: Purpose) -> Instruction {
        let release = self.cluster.release();
        let signer = match (purpose == Purpose::LocalKeyGate, release.itl_signer()) {
            (true, _) => format!("signed by the CallManager certificate of {}", self.publisher()),
            (false, ListSigner::ItlRecovery) => "signed by ITLRecovery".to_owned(),
            (false, _) => "signed by the CallManager certificate of the same node".to_owned(),
        };
        Instruction {
            title: "GATE: every TFTP node serves the new ITL".to_owned(),
            place: format!("CLI of {}", self.tftp_nodes()),
            commands: vec!["show itl".to_owned()],
            prints: vec![
                "The ITL file was verified successfully.".to_owned(),
                signer,
                "a TVS record for every node, and the serial numbers of the certificates as they are now".to_owned(),
            ],
            if_not: format!("Reset no phone. {} Look again after two minutes.", self.fallback_sentences()),
            ..Instruction::default()
        }
    }

    fn fallback_sentences(&self) -> String {
        match self.fallbacks {
            [] => "Stop here and open a case.".to_owned(),
            some => {
                some.iter().map(|fallback| fallback_text(*fallback)).collect::<Vec<_>>().join(" ")
            }
        }
    }

    fn lean(&self, place: usize) -> Instruction {
        let lean = self.plan.leans.get(place);
        let code = lean.map_or("", |lean| lean.assumption.code());
        let rule = lean.map_or("", |lean| lean.assumption.rule());
        Instruction {
            title: format!("GATE: an open question, {code} ({rule})"),
            place: "one phone of each model".to_owned(),
            commands: vec![
                format!("trustlist explain {code}"),
                "try this round with phones in a lab, or with one phone".to_owned(),
            ],
            prints: vec!["the phone accepts what it is served".to_owned()],
            if_not: "Stop before the next step: the plan is safe only if phones accept here."
                .to_owned(),
            ..Instruction::default()
        }
    }
}

/// What is done, for a person.
const fn fallback_text(fallback: Fallback) -> &'static str {
    match fallback {
        Fallback::Again => "Repeat the step.",
        Fallback::CtlLocalkey => {
            "Where it refuses the CTL: run `utils ctl reset localkey` on the publisher and reset the phone. When it has taken the CTL, \
             run `utils ctl update CTLFile` and reset it again."
        }
        Fallback::CtlLocalkeyAgain => {
            "Run `utils ctl reset localkey` on the publisher once more, and reset the phone."
        }
        Fallback::CtlUpdate => {
            "Where it refuses the CTL: run `utils ctl update CTLFile` on the publisher once more, restart TFTP, and reset the phone."
        }
        Fallback::ItlLocalkey => {
            "Run `utils itl reset localkey` on the publisher, and reset the phone. When it has taken the list, restart TFTP on all \
             nodes, and reset it again."
        }
        Fallback::ItlLocalkeyAgain => {
            "Run `utils itl reset localkey` on the publisher once more, and reset the phone. Do not restart TFTP: that signs the ITL \
             with the usual key again."
        }
        Fallback::RestartAndReset => {
            "Restart TVS on all nodes, then TFTP on all nodes, and reset the phone. If it takes the list, reset the others."
        }
        Fallback::RestartTftp => "Restart TFTP on the node that shows the old list.",
        Fallback::SignCtlAgain => "Run `utils ctl reset localkey` on the publisher once more.",
        Fallback::SignItlAgain => {
            "Run `utils itl reset localkey` on the publisher once more. Do not restart TFTP: that signs the ITL with the usual key again."
        }
        Fallback::WriteCtlAgain => "Run `utils ctl update CTLFile` on the publisher once more.",
    }
}

/// How lists are deleted by hand, by model family, and in bulk.
pub(super) const DELETE_LISTS: &str = "78xx and 88xx: Settings > Admin settings > Reset settings > Security settings. 79xx: Settings > \
     Security Configuration, unlock with **#, then Trust List > ITL File (and CTL File) > Erase. 69xx, 89xx and 99xx: Settings > \
     Administrator settings > Reset settings > Security settings. 98xx and RoomOS: a factory reset. CUCM has no command that does \
     it in bulk: tools that press the keys for you need web access to the phone and a user that controls it, so set both up before \
     the change.";

fn backup() -> Instruction {
    Instruction {
        title: "Back up: a restore of an older backup would lock the phones".to_owned(),
        place: PUBLISHER_CLI.to_owned(),
        commands: vec![
            "utils disaster_recovery device list   (shows DEVICE)".to_owned(),
            "utils disaster_recovery show_backupfeatures DEVICE   (shows FEATURES)".to_owned(),
            "utils disaster_recovery backup network FEATURES DEVICE".to_owned(),
            "utils disaster_recovery history backup".to_owned(),
        ],
        prints: vec!["SUCCESS, with a date after the last change".to_owned()],
        if_not: "Repeat it, and mark every older backup as not to be restored.".to_owned(),
        ..Instruction::default()
    }
}

fn interaction(value: &str, verb: &str, remark: &str) -> Instruction {
    Instruction {
        title: format!("{verb} Phone Interaction on Certificate Update ({remark})"),
        place: "Cisco Unified CM Administration".to_owned(),
        commands: vec!["System > Enterprise Parameters > Phone Interaction on Certificate Update".to_owned()],
        prints: vec![format!("the page shows {value}")],
        if_not:
            "The plan is safe either way; with automatic resets phones reset on their own at each renewal, and a window takes \
                 longer."
                .to_owned(),
        ..Instruction::default()
    }
}

fn offline() -> Instruction {
    Instruction {
        title: "GATE: bring off-line phones back, or write down that their lists may have to be deleted".to_owned(),
        place: "Cisco Unified CM Administration".to_owned(),
        commands: vec!["Device > Phone > Find, Status is Unregistered".to_owned()],
        prints: vec!["only phones that are known to stay away".to_owned()],
        if_not:
            "A phone that misses two rounds can come back with anchors that no longer exist. Bring it on-line first, or accept \
                 that somebody has to delete its lists."
                .to_owned(),
        ..Instruction::default()
    }
}

fn lsc_gate() -> Instruction {
    Instruction {
        title: "GATE: every LSC is new".to_owned(),
        place: "Cisco Unified CM Administration".to_owned(),
        commands: vec!["Device > Phone > Find, LSC Status and LSC Issued By".to_owned()],
        prints: vec!["every phone with an LSC: issued by the new CAPF certificate".to_owned()],
        if_not: "Leave out every step that deletes a CAPF certificate, and finish the plan without them.".to_owned(),
        ..Instruction::default()
    }
}

fn trust_stores() -> Instruction {
    Instruction {
        title: "GATE: the old certificates are gone on every node".to_owned(),
        place: "CLI of every node".to_owned(),
        commands: vec!["show cert list trust".to_owned()],
        prints: vec!["no certificate with an old serial number".to_owned()],
        if_not:
            "Collect the certificate logs of every node and let `trustlist deletion audit` say which node brought it back; then \
                 repeat the deletion with change notification stopped everywhere."
                .to_owned(),
        ..Instruction::default()
    }
}

fn pages() -> Instruction {
    Instruction {
        title: "GATE: the administration pages answer with the new certificate".to_owned(),
        place: "CLI of every node, and a browser".to_owned(),
        commands: vec!["utils service list".to_owned(), "https://NODE/ccmadmin: look at the certificate".to_owned()],
        prints: vec![
            "Cisco Tomcat[STARTED]".to_owned(),
            "the new serial number; with SSO: new metadata given to the IdP".to_owned(),
        ],
        if_not: "Wait until 15 minutes have passed, then restart Tomcat once more. Phones do not depend on it.".to_owned(),
        ..Instruction::default()
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The name of a service in `utils service list`.
const fn long_name(service: Service) -> &'static str {
    match service {
        Service::CallManager => "Cisco CallManager",
        Service::Capf => "Cisco Certificate Authority Proxy Function",
        Service::Ccn => "Cisco Certificate Change Notification",
        Service::CtiManager => "Cisco CTIManager",
        Service::Drf | Service::DrfLocal => "Cisco DRF Local",
        Service::DrfMaster => "Cisco DRF Master",
        Service::HaProxy => "Cisco HAProxy",
        Service::PresenceEngine => "Cisco Presence Engine",
        Service::SipProxy => "Cisco SIP Proxy",
        Service::Tftp => "Cisco Tftp",
        Service::Tomcat => "Cisco Tomcat",
        Service::Tvs => "Cisco Trust Verification Service",
        Service::XcpRouter => "Cisco XCP Router",
    }
}
