//! Instructions for a step: the place, the commands, the expected output, and the way on if it is
//! missing.

use super::Plain;
use crate::cluster::{Cluster, Mode, NodeId, Nodes, Operation, PhoneId, Phones};
use crate::plan::{Fallback, PlannedStep, Purpose, SafePlan};
use crate::release::{ListSigner, Release, ReleaseRules as _, Service, Unit};
use trustlist::report::{capital, counted};

/// A step for human hands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instruction {
    /// The action.
    pub title: String,
    /// Where the commands are given.
    pub place: String,
    /// The commands, one a line; a menu path if there is no command.
    pub commands: Vec<String>,
    /// The expected output.
    pub prints: Vec<String>,
    /// The way on if the expected output is missing.
    pub if_not: String,
    /// The nodes on which it is done one after the other; empty if there is one place.
    pub nodes: Vec<String>,
    /// The value to write down for each node besides the time.
    pub note: &'static str,
    /// The steps that bring back phones that fail here, a sentence each. Empty if phones cannot
    /// fail.
    pub recovery: Vec<String>,
}

/// The instruction for a step of a plan.
pub fn instruction(plan: &SafePlan, step: &PlannedStep) -> Instruction {
    let mut steps = plan.rounds.iter().flat_map(|round| &round.steps);
    let number = steps.position(|known| std::ptr::eq(known, step));
    Writer {
        plan,
        cluster: &plan.cluster,
        fallbacks: &step.fallbacks,
        number: number.map(|place| place.saturating_add(1)),
    }
    .write(&step.operation, step.purpose)
}

/// The look at the cluster before a window after the first.
pub(super) fn short_check(plan: &SafePlan) -> Instruction {
    Writer { plan, cluster: &plan.cluster, fallbacks: &[], number: None }.short_check()
}

pub(super) struct Writer<'a> {
    pub(super) plan: &'a SafePlan,
    pub(super) cluster: &'a Cluster,
    /// The actions that the simulator finds harmless when the step fails.
    pub(super) fallbacks: &'a [Fallback],
    /// The number of the step in the plan; empty if it is not a step of the plan.
    number: Option<usize>,
}

impl Writer<'_> {
    fn write(&self, operation: &Operation, purpose: Purpose) -> Instruction {
        match operation {
            Operation::Check { what } => self.check(what, purpose),
            Operation::Regen { unit, nodes } => {
                self.with_own_resets(*unit, self.regen(*unit, nodes))
            }
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

    pub(super) fn name(&self, node: NodeId) -> String {
        Plain(&self.cluster.node_spec(node).name).to_string()
    }

    pub(super) fn publisher(&self) -> String {
        self.name(self.cluster.publisher())
    }

    fn names(&self, nodes: impl IntoIterator<Item = NodeId>) -> String {
        nodes.into_iter().map(|node| self.name(node)).collect::<Vec<_>>().join(", ")
    }

    /// Returns the place of a command on the publisher, with its name.
    pub(super) fn publisher_cli(&self) -> String {
        format!("CLI of the publisher ({})", self.publisher())
    }

    /// Returns the place of a command on every TFTP node, and the nodes if there are several.
    pub(super) fn on_tftp_nodes(&self) -> (String, Vec<String>) {
        let serves = |node: &NodeId| self.cluster.runs_service(*node, Service::Tftp);
        let nodes = self.cluster.nodes().map(|(node, _)| node).filter(serves).collect();
        self.places(nodes, ", one after the other")
    }

    /// The certificates that the plan regenerates and `show cert own` prints, each once.
    pub(super) fn regenerated(&self) -> Vec<Unit> {
        let mut units = Vec::new();
        for step in self.plan.rounds.iter().flat_map(|round| &round.steps) {
            match step.operation {
                Operation::Regen { unit, .. } if unit != Unit::Authz && !units.contains(&unit) => {
                    units.push(unit);
                }
                _ => {}
            }
        }
        units
    }

    pub(super) fn nodes_with(&self, unit: Unit) -> String {
        self.names(self.nodes(&Nodes::All, |node| self.cluster.has_unit(node, unit)))
    }

    pub(super) fn tftp_nodes(&self) -> String {
        self.tftp_names().join(", ")
    }

    /// Returns the names of the nodes that serve lists.
    pub(super) fn tftp_names(&self) -> Vec<String> {
        let nodes = self.cluster.nodes().map(|(node, _)| node);
        let serve = nodes.filter(|&node| self.cluster.runs_service(node, Service::Tftp));
        serve.map(|node| self.name(node)).collect()
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

    pub(super) fn is_mixed(&self) -> bool {
        self.cluster.mode() == Mode::Mixed
    }

    fn regen(&self, unit: Unit, nodes: &Nodes) -> Instruction {
        let nodes = self.nodes(nodes, |node| self.cluster.has_unit(node, unit));
        let (place, nodes) = self.places(nodes, ", one after the other");
        if unit == Unit::Authz {
            return Instruction {
                title: "Regenerate the OAuth signing key (authz)".to_owned(),
                place: self.publisher_cli(),
                commands: vec!["set key regen authz signing".to_owned(), "show key authz signing".to_owned()],
                prints: vec!["another checksum than before".to_owned()],
                if_not:
                    "Nothing has changed. Repeat once, then stop and open a case. After this step Jabber users have to sign in again."
                        .to_owned(),
                ..Instruction::default()
            };
        }
        let if_not = match unit {
            Unit::CallManager | Unit::Capf | Unit::ItlRecovery | Unit::Tvs if nodes.is_empty() => {
                "The node keeps its old certificate; that is no danger. Do the other steps of this round all the same, and repeat the whole \
                 round later."
            }
            Unit::CallManager | Unit::Capf | Unit::ItlRecovery | Unit::Tvs => {
                "A node on which the command fails keeps its old certificate; that is no danger. Finish this round with the other nodes, and \
                 repeat the whole round for this node later."
            }
            _ => "A node on which the command fails keeps its old certificate. Repeat once.",
        };
        Instruction {
            title: format!("Regenerate the {unit} certificate"),
            place,
            commands: vec![
                format!("set cert regen {unit}"),
                "# CUCM always warns that a CA-signed certificate would be overwritten, and asks: Proceed with regeneration (yes|no)?"
                    .to_owned(),
                "# Answer yes. But if preflight reported ca-signed-certificate for it, answer no: it needs a signing request (CSR) instead."
                    .to_owned(),
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

    /// Says that phones may reset by themselves after this regeneration (P-14): from 14 on the plan
    /// has switched that off.
    fn with_own_resets(&self, unit: Unit, mut step: Instruction) -> Instruction {
        if unit.resets_phones() && self.cluster.release() < Release::first(14, 0) {
            let warning = "# Phones may reset by themselves from now on: their calls end, and for them the next gate comes too late.";
            step.commands.insert(0, warning.to_owned());
        }
        step
    }

    /// The place of a step that is done on these nodes, and the nodes if they are several.
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
        let long = service.long_name();
        let name = match service {
            Service::Ccn => "Certificate Change Notification",
            service => service.as_str(),
        };
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
                "Wait 15 minutes and check again: Tomcat needs 10 to 15 minutes. Then restart it once more."
            }
            Service::Ccn => "Start it again: without it the nodes do not exchange certificates.",
            _ => "Start it again, and check `utils service list` after two minutes.",
        };
        Instruction {
            title: format!("{} {}", capital(verb), name),
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
                "Stop TFTP, so that no phone gets the new certificate before it is in the CTL"
                    .to_owned();
            stop.if_not =
                "Do not go on: while one TFTP node serves, a phone that resets by itself can lose its ITL. Phones keep \
                           working without TFTP, but they cannot boot. To go back, start TFTP again."
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
                let count = counted(phones.len(), "phone");
                (format!("Reset batch {number} of {of}: {count}"), commands)
            }
            (Phones::These(phones), _) => ("Reset phones".to_owned(), self.phone_lines(phones)),
            (Phones::All, _) => {
                let count = self.cluster.phones().iter().filter(|phone| phone.online).count();
                let menu =
                    "System > Enterprise Parameters > Reset > Reset (or each Device Pool > Reset)"
                        .to_owned();
                (format!("Reset all phones ({count} online in the inventory)"), vec![menu])
            }
        };
        Instruction {
            title,
            place: "Cisco Unified CM Administration".to_owned(),
            commands,
            prints: vec!["phones unregister and come back (RTMT > Device > Device Summary)".to_owned()],
            if_not: "The gate that follows finds phones that did not reset. Do not regenerate anything before it.".to_owned(),
            ..Instruction::default()
        }
    }

    /// A few names, or the first and the last of many and the place of the whole list.
    fn phone_lines(&self, phones: &[PhoneId]) -> Vec<String> {
        let name = |phone: &PhoneId| Plain(self.cluster.phone_name(*phone)).to_string();
        let guesses = if self.plan.request.guesses.is_empty() { "" } else { " --accept-guesses" };
        match (phones, self.number) {
            ([first, .., last], Some(step)) if phones.len() > NAMED => vec![
                format!(
                    "{}, from {} to {} in the order of the cluster file",
                    counted(phones.len(), "phone"),
                    name(first),
                    name(last)
                ),
                format!("# All names: \"scope\" of entry {step} of \"plan\" in the answer of"),
                format!(
                    "# trustlist plan generate {}{guesses} --json cluster.json",
                    self.options()
                ),
            ],
            _ => {
                let names: Vec<String> = phones.iter().map(name).collect();
                names.chunks(6).map(|line| line.join(" ")).collect()
            }
        }
    }

    fn ctl_update(&self) -> Instruction {
        let token = self.cluster.release().ctl_signer() == ListSigner::Token;
        let (place, commands) = if token {
            (
                "PC with the CTL client and an eToken that signed the CTL".to_owned(),
                vec!["CTL client > Update CTL File > Finish".to_owned()],
            )
        } else {
            let commands = vec!["utils ctl update CTLFile".to_owned(), RESTARTS_COME.to_owned()];
            (self.publisher_cli(), commands)
        };
        let title = if self.cluster.leaves_tokens() {
            "Update the CTL: without eTokens from now on"
        } else {
            "Update the CTL"
        };
        Instruction {
            title: title.to_owned(),
            place,
            commands,
            prints: vec!["CTL file Updated".to_owned()],
            if_not: "Do not restart CallManager, do not reset any phone, and do not start TFTP where it was stopped. Check replication (`utils \
                     dbreplication runtimestate`) and, from 12.0 on, the licence (registered, export-controlled). Then repeat \
                     the command."
                .to_owned(),
            ..Instruction::default()
        }
    }

    fn ctl_reset(&self) -> Instruction {
        Instruction {
            title: "Sign the CTL with the publisher's CallManager key for the time of the change".to_owned(),
            place: self.publisher_cli(),
            commands: vec!["utils ctl reset localkey".to_owned(), RESTARTS_COME.to_owned()],
            prints: vec!["CTL file Updated (or another text: the gate that follows decides)".to_owned()],
            if_not:
                "Do not reset any phone. Check replication (`utils dbreplication runtimestate`) and repeat the command: without it \
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
            place: self.publisher_cli(),
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
        let certificate = label.split('#').next().unwrap_or(label);
        let certificate = match certificate.split_once('@') {
            Some((unit, node)) => format!("{unit} certificate of {node}"),
            None => certificate.to_owned(),
        };
        let certificate = Plain(&certificate);
        let (place, nodes) = self.places(nodes, ", one after the other");
        Instruction {
            title: format!("Delete the old {certificate} from {unit}"),
            place,
            nodes,
            commands: vec![
                format!("show cert list trust   (shows the names in {unit}; look for the {certificate})"),
                format!("show cert trust {unit}/NAME.pem   (NAME: the one with the serial number that was written down before)"),
                format!("set cert delete {unit} NAME.pem"),
                "show cert list trust".to_owned(),
            ],
            prints: vec!["NAME.pem is no longer listed; the new certificate still is".to_owned()],
            if_not:
                "Compare serial numbers again, and only these: the new certificate has the same subject. A copy that stays does \
                     no harm."
                    .to_owned(),
            ..Instruction::default()
        }
    }

    fn lsc(&self, phones: &Phones) -> Instruction {
        let (count, names) = match phones {
            Phones::All => (self.cluster.phones().len(), Vec::new()),
            Phones::These(phones) => (phones.len(), self.phone_lines(phones)),
        };
        let mut commands = vec![
            "Bulk Administration > Phones > Update Phones > Certificate Operation: Install/Upgrade, then reset".to_owned(),
            "# A phone with an old LSC drops when the old CAPF certificate is deleted: `trustlist explain B-7`".to_owned(),
        ];
        commands.extend(names);
        Instruction {
            title: format!("Give {} a new LSC: the old CAPF certificate issued theirs", counted(count, "phone")),
            place: "Cisco Unified CM Administration".to_owned(),
            commands,
            prints: vec!["Device > Phone, find by LSC Status: Upgrade Success for each".to_owned()],
            if_not:
                "Do not delete the old CAPF certificate: phones with an old LSC would lose their registration. Leave out every \
                     step that deletes a CAPF certificate."
                    .to_owned(),
            ..Instruction::default()
        }
    }

    fn wait(&self, minutes: u64) -> Instruction {
        if minutes >= 30 {
            return Instruction {
                title: format!(
                    "Wait {minutes} minutes: the half-hourly certificate sync runs in this time"
                ),
                place: "CLI of every node".to_owned(),
                commands: vec!["utils service list page".to_owned()],
                prints: vec![
                    "Cisco Certificate Change Notification is on every node in the state of the step before"
                        .to_owned(),
                ],
                if_not: "Do the step before once more on that node, and wait again.".to_owned(),
                ..Instruction::default()
            };
        }
        Instruction {
            title: format!("Wait {minutes} minutes for the phones"),
            place: self.publisher_cli(),
            commands: vec!["show risdb query phone".to_owned()],
            prints: vec!["the number of registered phones no longer rises".to_owned()],
            if_not: "Wait another 10 minutes. The gate comes next.".to_owned(),
            ..Instruction::default()
        }
    }
}

/// CUCM asks, and then names services to restart: before the phones have the new CTL a restart of CallManager may drop them (I-2).
const RESTARTS_COME: &str = "# If CUCM asks, answer y. If it then tells you to restart services, do not do it now: later steps restart them. A \
CallManager with a new certificate is restarted only after the phones were reset and accepted the new CTL.";

/// How many phones are named one by one.
const NAMED: usize = 24;
