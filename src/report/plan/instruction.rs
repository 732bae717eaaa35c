//! What an administrator does for a step: where, with which command, what it must print, and what to do if it does not.

use crate::cluster::{Cluster, Mode, NodeId, Nodes, Operation, PhoneId, Phones};
use crate::console::preflight::Item;
use crate::plan::{Check, Purpose, SafePlan};
use crate::release::{ListSigner, Service, Unit};
use crate::report::Plain;

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
}

/// The instruction for an operation of a plan.
pub fn instruction(plan: &SafePlan, operation: &Operation, purpose: Purpose) -> Instruction {
    Writer { plan, cluster: &plan.cluster }.write(operation, purpose)
}

struct Writer<'a> {
    plan: &'a SafePlan,
    cluster: &'a Cluster,
}

const PUBLISHER_CLI: &str = "CLI of the publisher";

impl Writer<'_> {
    fn write(&self, operation: &Operation, purpose: Purpose) -> Instruction {
        match operation {
            Operation::Check { what } => self.check(what, purpose),
            Operation::Regen { unit, nodes } => self.regen(*unit, nodes),
            Operation::Restart { service, nodes } => self.service("restart", *service, nodes, "STARTED"),
            Operation::Start { service, nodes } => self.service("start", *service, nodes, "STARTED"),
            Operation::Stop { service, nodes } => self.stop(*service, nodes, purpose),
            Operation::ResetPhones { phones } => self.reset(phones, purpose),
            Operation::CtlUpdate => self.ctl_update(),
            Operation::CtlResetLocalkey => self.ctl_reset(),
            Operation::ItlResetLocalkey => self.itl_reset(),
            Operation::DeleteTrust { unit, cert, nodes } => self.delete(unit.as_str(), &self.cluster.label(*cert), nodes),
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
            Nodes::All => self.cluster.nodes().map(|(node, _)| node).filter(|&node| has(node)).collect(),
            Nodes::These(nodes) => nodes.iter().copied().filter(|&node| has(node)).collect(),
        }
    }

    fn is_mixed(&self) -> bool {
        self.cluster.mode() == Mode::Mixed
    }

    fn regen(&self, unit: Unit, nodes: &Nodes) -> Instruction {
        let nodes = self.nodes(nodes, |node| self.cluster.has_unit(node, unit));
        let turn = if nodes.len() > 1 { ", one after the other" } else { "" };
        let place = format!("CLI of {}{turn}", self.names(nodes));
        if unit == Unit::Authz {
            return Instruction {
                title: "Renew the OAuth signing key (authz)".to_owned(),
                place: PUBLISHER_CLI.to_owned(),
                commands: vec!["set key regen authz signing".to_owned(), "show key authz signing".to_owned()],
                prints: vec!["another checksum than before".to_owned()],
                if_not:
                    "Nothing has changed. Repeat once, then stop and open a case; Jabber users have to sign in again after it."
                        .to_owned(),
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
            commands: vec![format!("set cert regen {unit}"), format!("show cert own {unit}/{unit}.pem")],
            prints: vec![
                format!("Successfully Regenerated Certificate for {unit}."),
                "a serial number other than the one written down before".to_owned(),
            ],
            if_not: if_not.to_owned(),
        }
    }

    fn service(&self, verb: &str, service: Service, nodes: &Nodes, state: &str) -> Instruction {
        let runs = |node: NodeId| self.cluster.runs_service(node, service);
        let nodes = self.nodes(nodes, runs);
        let turn = match service {
            Service::CallManager | Service::CtiManager if nodes.len() > 1 => {
                ", one after the other: wait for the phones before the next"
            }
            _ if nodes.len() > 1 => ", one after the other",
            _ => "",
        };
        let long = long_name(service);
        let if_not = match service {
            Service::Tvs => {
                "Do not reset any phone: without TVS nobody vouches for the new list. Start it again; if it stays down, stop here \
                 and open a case. Phones that are not touched stay as they are."
            }
            Service::Tftp => {
                "Start it again. Do not reset phones while a TFTP node serves an old list: the check of the ITL comes next."
            }
            Service::CallManager => {
                "Go on to no other node while phones of this one are not registered elsewhere. Start it again."
            }
            Service::Tomcat => "Wait 15 minutes and look again: Tomcat takes 10 to 15. Then restart it once more.",
            Service::Ccn => "Start it again: without it certificates are no longer spread between the nodes.",
            _ => "Start it again, and look at `utils service list` after two minutes.",
        };
        Instruction {
            title: format!("{} {service}", capital(verb)),
            place: format!("CLI of {}{turn}", self.names(nodes)),
            commands: vec![format!("utils service {verb} {long}")],
            prints: vec![format!("{long}[{state}]")],
            if_not: if_not.to_owned(),
        }
    }

    fn stop(&self, service: Service, nodes: &Nodes, purpose: Purpose) -> Instruction {
        let mut stop = self.service("stop", service, nodes, "STOPPED");
        stop.place = stop.place.replace(", one after the other", "");
        if purpose == Purpose::SilentTftp {
            stop.title = "Stop TFTP, so that no phone meets the new certificate before the CTL holds it".to_owned();
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
                let mut commands = vec!["Bulk Administration > Phones > Reset/Restart Phones > Query or Custom File:".to_owned()];
                commands.extend(self.phone_lines(phones));
                (format!("Reset batch {number} of {of}: {} phones", phones.len()), commands)
            }
            (Phones::These(phones), _) => ("Reset phones".to_owned(), self.phone_lines(phones)),
            (Phones::All, _) => {
                let count = self.cluster.phones().iter().filter(|phone| phone.online).count();
                let menu = "System > Enterprise Parameters > Reset > Reset (or each Device Pool > Reset)".to_owned();
                (format!("Reset all phones ({count} on-line in the inventory)"), vec![menu])
            }
        };
        Instruction {
            title,
            place: "Cisco Unified CM Administration".to_owned(),
            commands,
            prints: vec!["phones unregister and come back (RTMT > Device > Device Summary)".to_owned()],
            if_not: "Phones that do not reset are looked at with the gate below; do not renew anything meanwhile.".to_owned(),
        }
    }

    fn phone_lines(&self, phones: &[PhoneId]) -> Vec<String> {
        let names: Vec<String> = phones.iter().map(|&phone| Plain(self.cluster.phone_name(phone)).to_string()).collect();
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
            if_not: "Reset no phone that is served by a node that is missing. Start TFTP there and repeat the command."
                .to_owned(),
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
        }
    }

    fn check(&self, what: &str, purpose: Purpose) -> Instruction {
        match purpose {
            Purpose::Backup => backup(),
            Purpose::PhoneInteractionManual => interaction("Manual", "Set", "write the old value down"),
            Purpose::PhoneInteractionRestored => interaction("the old value", "Restore", "as written down before"),
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
        let mut commands: Vec<String> = Item::ALL.iter().filter_map(|item| item.command()).map(str::to_owned).collect();
        let mut seen = std::collections::BTreeSet::new();
        commands.retain(|command| seen.insert(command.clone()));
        commands.push("show cert list trust".to_owned());
        commands.push("trustlist preflight PASTED-OUTPUT…   (on your own computer)".to_owned());
        Instruction {
            title:
                "GATE: preflight. Paste every output into files, and write down the serial number of every certificate that will \
                    be renewed, and the number of registered phones"
                    .to_owned(),
            place: format!(
                "CLI of the publisher ({}); show itl and show ctl on every TFTP node ({}) too",
                self.publisher(),
                self.tftp_nodes()
            ),
            commands,
            prints: vec!["no line with `block`".to_owned(), "replication (2) on every node; last backup SUCCESS".to_owned()],
            if_not: "Stop. Nothing has been changed yet, and what blocks now would be blamed on the change.".to_owned(),
        }
    }

    fn phones_gate(&self) -> Instruction {
        let mut prints = vec![
            "the number of registered phones written down at the beginning".to_owned(),
            "no phone with `Trust List Update Failed` among its status messages (look at one of each model and site)".to_owned(),
        ];
        let mut commands = vec!["show risdb query phone".to_owned(), "RTMT > Device > Device Summary".to_owned()];
        if self.cluster.release().services_reload_themselves() {
            commands.push("Device > Phone > Find, column ITL File Status".to_owned());
            prints.push("ITL File Status: Match, none Mismatch".to_owned());
        }
        Instruction {
            title: "GATE: every phone is registered and took the new list".to_owned(),
            place: "CLI of the publisher, RTMT".to_owned(),
            commands,
            prints,
            if_not: self.recovery(),
        }
    }

    /// What to do where a gate fails, with what this version has.
    fn recovery(&self) -> String {
        let release = self.cluster.release();
        let mut text =
            "Renew nothing more. Restart TVS on all nodes, then TFTP, and reset one phone that fails; if it takes the list, \
                        reset the others."
                .to_owned();
        if release.has_itl_reset_localkey() {
            text.push_str(
                " If not: `utils itl reset localkey` on the publisher, reset the same phone; when it has taken the list, \
                           restart TFTP and reset it again.",
            );
        }
        if self.is_mixed() && release.has_ctl_reset_localkey() {
            text.push_str(" Where it refuses the CTL: `utils ctl reset localkey`, reset, `utils ctl update CTLFile`, reset.");
        } else if self.is_mixed() {
            text.push_str(" Where it refuses the CTL: `utils ctl update CTLFile` once more, restart TFTP, reset.");
        }
        text.push_str(
            " `trustlist plan recover` says which of these can work for which phone. What none of them helps needs its \
                       lists deleted on the phone.",
        );
        text
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
            if_not:
                "Reset no phone, restart no CallManager. Repeat the command that writes the CTL; a node that still shows the old \
                     file has a replication or SFTP problem, which comes first."
                    .to_owned(),
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
            if_not: "Reset no phone. Restart TFTP on the node that shows the old list, and look again after two minutes."
                .to_owned(),
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
            if_not: "Stop before the next step: the plan is safe only if phones accept here.".to_owned(),
        }
    }
}

fn backup() -> Instruction {
    Instruction {
        title: "Back up: a restore of an older backup would lock the phones".to_owned(),
        place: PUBLISHER_CLI.to_owned(),
        commands: vec![
            "utils disaster_recovery backup network FEATURES DEVICE".to_owned(),
            "utils disaster_recovery history backup".to_owned(),
        ],
        prints: vec!["SUCCESS, with a date after the last change".to_owned()],
        if_not: "Repeat it, and mark every older backup as not to be restored.".to_owned(),
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
    }
}

fn lsc_gate() -> Instruction {
    Instruction {
        title: "GATE: every LSC is new".to_owned(),
        place: "Cisco Unified CM Administration".to_owned(),
        commands: vec!["Device > Phone > Find, LSC Status and LSC Issued By".to_owned()],
        prints: vec!["every phone with an LSC: issued by the new CAPF certificate".to_owned()],
        if_not: "Leave out every step that deletes a CAPF certificate, and finish the plan without them.".to_owned(),
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
