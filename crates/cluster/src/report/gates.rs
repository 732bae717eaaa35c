//! Instructions for the checks of a plan: preparations and gates.

use super::Plain;
use super::instruction::{Instruction, Writer};
use super::plan::advice;
use crate::cluster::{Cluster, LscStart, Mode, Operation, PhoneSecurity, PhoneSpec};
use crate::code::PlanLintCode;
use crate::plan::{Check, Fallback, Lean, OldTrust, Order, PlanNote, Purpose, Unneeded};
use crate::preflight::Item;
use crate::release::{ListSigner, Release, ReleaseRules as _, Unit};
use std::collections::BTreeMap;
use trustlist::code::ConditionCode;
use trustlist::explain;
use trustlist::phone::{Family, SecurityByDefault, TvsClient};
use trustlist::report::counted;

impl Writer<'_> {
    pub(super) fn check(&self, what: &str, purpose: Purpose) -> Instruction {
        match purpose {
            Purpose::AskFirst(number) => self.ask_first(number),
            Purpose::Backup => self.backup(),
            Purpose::Guess(place) => self.guess(place),
            Purpose::SaveLists => self.save_lists(),
            Purpose::PhoneInteractionManual => {
                interaction("Manual", "Set", "write the old value down")
            }
            Purpose::PhoneInteractionRestored => {
                interaction("the old value", "Restore", "as written down before")
            }
            Purpose::LscGate => lsc_gate(),
            Purpose::StoresGate => self.trust_stores(),
            Purpose::Offline => self.offline(),
            Purpose::Lean(place) => self.lean(place),
            Purpose::EncryptedLater => {
                let mut gate = self.phones_gate();
                gate.title =
                    "GATE: every phone accepted the new CTL and ITL; encrypted phones with a single server may not be registered yet"
                        .to_owned();
                gate.prints = vec![
                    "all phones are registered, except encrypted phones whose group has one server: they come back after the restart of \
                     CallManager that follows"
                        .to_owned(),
                    "no phone with `Trust List Update Failed` among its status messages (look at one of each model and site)".to_owned(),
                ];
                gate
            }
            Purpose::FirstBatch => {
                let mut gate = self.phones_gate();
                gate.title = "GATE: the phones of the first batch accepted the list".to_owned();
                gate.commands.insert(0, "# Wait 10 minutes for the phones first.".to_owned());
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

    fn backup(&self) -> Instruction {
        Instruction {
            title: "Back up: a restore of an older backup would lock the phones".to_owned(),
            place: self.publisher_cli(),
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

    fn preflight(&self) -> Instruction {
        let mut commands: Vec<String> =
            Item::ALL.iter().filter_map(|item| item.command()).map(str::to_owned).collect();
        let mut seen = std::collections::BTreeSet::new();
        commands.retain(|command| seen.insert(command.clone()));
        commands.push("show cert list trust".to_owned());
        // `show cert list own` prints no serial numbers.
        let units = self.regenerated();
        for unit in &units {
            let everywhere =
                self.cluster.nodes().all(|(node, _)| self.cluster.has_unit(node, *unit));
            let only = if everywhere {
                String::new()
            } else {
                format!("   (only on {})", self.nodes_with(*unit))
            };
            commands.push(format!("show cert own {unit}/{unit}.pem{only}"));
        }
        // The licence is a matter of mixed mode from 12.0 on.
        let licence = self.is_mixed() && self.cluster.release() >= Release::first(12, 0);
        let asked = || Item::ALL.iter().filter(|item| licence || **item != Item::Licence);
        let by_hand = || asked().filter_map(|item| Some((item.as_str(), item.look_at()?)));
        let ids: Vec<&str> = by_hand().map(|(id, _)| id).collect();
        let files = self.pastes();
        let mode = if self.is_mixed() { "mixed" } else { "non-secure" };
        commands.push(
            "# On your own computer, with the output of each node in a file with its name:"
                .to_owned(),
        );
        commands.push(format!("trustlist preflight --mode {mode} {files}"));
        commands
            .push(format!("trustlist preflight --mode {mode} --confirm {} {files}", ids.join(",")));
        let mut prints = vec![
            "first run: no row with BLOCK, and `unknown` only for what has no command".to_owned(),
            "each row with WARN is understood and written down".to_owned(),
        ];
        let seen = |item: &Item| match item {
            Item::Lsc => self.known_to_plan(),
            Item::Phones => ": no `Trust List Update Failed`, no Mismatch".to_owned(),
            _ => String::new(),
        };
        let by_hand = asked().filter_map(|item| {
            Some(format!("{}, by hand: {}{}", item.as_str(), item.look_at()?, seen(item)))
        });
        prints.extend(by_hand);
        prints.push(
            "second run, when all of these are seen: the first line begins with READY".to_owned(),
        );
        Instruction {
            title:
                "GATE: preflight. Paste every output into files. Write down the serial number of every certificate that will be \
                 regenerated (on each node that has it), and the number of registered phones"
                    .to_owned(),
            place: format!(
                "CLI of the publisher ({}); show itl and show ctl on every TFTP node ({}); utils service list and show cert own on every node",
                self.publisher(),
                self.tftp_nodes()
            ),
            commands,
            prints,
            if_not: "Fix the problem first. Nothing has been changed.".to_owned(),
            nodes: self.cluster.nodes().map(|(node, _)| self.name(node)).collect(),
            note: "serial numbers",
            ..Instruction::default()
        }
    }

    /// The phones with a certificate or encryption that the plan was made for: if there are others, it is not proved for them.
    fn known_to_plan(&self) -> String {
        let phones = || self.cluster.phones().iter();
        let encrypted = phones().filter(|phone| phone.security == PhoneSecurity::Encrypted).count();
        let lsc = phones().filter(|phone| phone.lsc == LscStart::Current).count();
        let renewed = self
            .place_of(|step| matches!(step.operation, Operation::LscUpdate { .. }))
            .map_or_else(String::new, |step| format!(" (step {step} gives these a new one)"));
        format!(
            ". This plan knows {} with Encrypted or Authenticated and {} with an LSC{renewed}; if there are more, name them in \
             the cluster file and make the plan again",
            counted(encrypted, "phone"),
            counted(lsc, "phone")
        )
    }

    fn guess(&self, place: usize) -> Instruction {
        let guesses = &self.plan.request.guesses;
        let guess = guesses.get(place).map_or(String::new(), |guess| Plain(guess).to_string());
        Instruction {
            title: format!("GATE: guess {} of {}: {guess}", place.saturating_add(1), guesses.len()),
            place: "your own computer".to_owned(),
            commands: vec![
                "# Find out if this is so, as the guess says, and write it down.".to_owned(),
                "# Or add the output that answers it to the file of the node, and make the plan again:".to_owned(),
                format!("trustlist plan init {} --phones phones.csv > cluster.json", self.pastes()),
                format!("trustlist plan generate {} cluster.json > plan.txt", self.options()),
            ],
            prints: vec!["the fact, written down here: ____   checked by: ____".to_owned()],
            if_not: "Stop. The guess is wrong, so this plan is not proved for your cluster. Generate the plan again without the guess."
                .to_owned(),
            ..Instruction::default()
        }
    }

    /// The pastes of every node, each in a file with its name.
    fn pastes(&self) -> String {
        let names = self.cluster.nodes().map(|(node, _)| self.name(node));
        names.map(|name| format!("{name}={name}.txt")).collect::<Vec<_>>().join(" ")
    }

    /// The options of `trustlist plan generate` that ask for this plan.
    pub(super) fn options(&self) -> String {
        let request = &self.plan.request;
        let units: Vec<&str> = request.renew.iter().map(|unit| unit.as_str()).collect();
        let mut options = format!("--renew {}", units.join(","));
        if request.old_trust == OldTrust::Delete {
            options.push_str(" --delete-old-trust");
        }
        if request.order == Order::Guide {
            options.push_str(" --order guide");
        }
        if request.unneeded == Unneeded::Skip {
            options.push_str(" --skip-unneeded");
        }
        if let Some(minutes) = request.window {
            options.push_str(&format!(" --window {minutes}m"));
        }
        if let Some(phones) = request.batch {
            options.push_str(&format!(" --batch {phones}"));
        }
        options
    }

    /// The command that saves what TFTP and TVS serve now in a new folder.
    fn collect(&self, folder: &str) -> String {
        format!(
            "trustlist collect --tftp {} --tvs {} --out {folder}",
            self.tftp_names().join(","),
            self.tvs_servers().join(",")
        )
    }

    /// The servers that phones ask: those that a CallManager group can have.
    fn tvs_servers(&self) -> Vec<String> {
        let servers = self.cluster.nodes().filter(|(_, spec)| spec.callmanager);
        servers.map(|(node, _)| self.name(node)).collect()
    }

    /// The CallManager groups of the phones, each once.
    fn groups(&self) -> Vec<String> {
        let mut groups: Vec<String> = Vec::new();
        for phone in self.cluster.phones() {
            let names: Vec<String> = phone.cm_group.iter().map(|&node| self.name(node)).collect();
            let group = names.join(",");
            if !group.is_empty() && !groups.contains(&group) {
                groups.push(group);
            }
        }
        groups
    }

    fn save_lists(&self) -> Instruction {
        let lists = if self.is_mixed() { "an ITL and a CTL" } else { "an ITL" };
        let shown =
            if self.is_mixed() { "`show itl` and `show ctl` print" } else { "`show itl` prints" };
        let mut commands = vec![self.collect("before")];
        for node in self.tftp_names() {
            let ctl =
                if self.is_mixed() { format!(" before/{node}/CTLFile.tlv") } else { String::new() };
            commands.push(format!("trustlist show before/{node}/ITLFile.tlv{ctl}"));
        }
        Instruction {
            title:
                "Save the lists of every TFTP node: after the change no server has them any more"
                    .to_owned(),
            place: "your own computer, in the folder of this change".to_owned(),
            commands,
            prints: vec![
                format!("{lists} of each TFTP node, and a certificate of each TVS server"),
                format!("for each list the MD5 that {shown} on that node"),
            ],
            if_not: format!(
                "Stop. Without these files it cannot be found out later which lists are on a phone. If a name is not found, write \
                 NAME=ADDRESS in its place, here and in every later step. {}",
                self.port_closed()
            ),
            ..Instruction::default()
        }
    }

    fn ask_first(&self, number: usize) -> Instruction {
        let now = format!("round-{number}");
        let before = if number > 1 {
            format!("round-{}", number.saturating_sub(1))
        } else {
            "before".to_owned()
        };
        // A phone whose group the inventory does not name is asked about in each of them.
        let groups: String =
            self.groups().iter().map(|group| format!(" --cm-group {group}")).collect();
        let (tls, told) = self.tls_minimum();
        let mut commands = vec![
            self.collect(&now),
            "# phones.csv is an export of all phones: Bulk Administration, or Device > Phone"
                .to_owned(),
        ];
        commands.extend(told);
        commands.push(format!(
            "trustlist check {before} {now} --inventory phones.csv{groups} --tvs-knows {now}{tls}"
        ));
        Instruction {
            title:
                "GATE: ask if the phones will accept the lists that TFTP serves now. A phone that was not reset since has lost nothing"
                    .to_owned(),
            place: "your own computer, in the folder of this change".to_owned(),
            commands,
            prints: vec![
                "the first word of the answer is YES".to_owned(),
                format!(
                    "TVS knows the signer, which --tvs-knows assumes: on {}, `show cert list trust` names the certificate that signed the ITL, \
                     and `show cert trust Phone-SAST-trust/NAME.pem` shows the serial number that `show itl` prints for it (SERIALNUMBER). Compare \
                     the number: the old and the new certificate have one name",
                    self.tvs_servers().join(", ")
                ),
            ],
            if_not: format!(
                "Do not reset any phone. If it shows UNDECIDED, give the missing facts that it names. If it shows NO, do what it names under \
                 \"What to do\", delete the folder {now}, and ask again. If port 6970 is closed, make the folder {now} {}. With pastes the \
                 answer is UNDECIDED (signature-not-checked), never YES: go on only if this is the one missing fact, `show itl` prints \
                 \"verified successfully\" on every TFTP node, and one phone of each model, reset before the others, accepts the lists. A phone \
                 that is not reset keeps working.",
                self.place_of(|step| step.purpose == Purpose::SaveLists)
                    .map_or_else(String::new, |step| format!("as step {step} tells, with this name"))
            ),
            ..Instruction::default()
        }
    }

    /// Without port 6970 the files themselves are better than pastes, which have no signature.
    fn port_closed(&self) -> String {
        let (lists, shown) = if self.is_mixed() {
            (
                "`file get tftp ITLFile.tlv` and `file get tftp CTLFile.tlv`",
                "`show itl` and `show ctl`",
            )
        } else {
            ("`file get tftp ITLFile.tlv`", "`show itl`")
        };
        format!(
            "If port 6970 is closed, run {lists} on each TFTP node (CUCM sends the file to an SFTP server), put the files into \
             before-files/NODE/ and `show cert own TVS/TVS.pem` of each TVS server into before-files/NODE-TVS.pem, and run `trustlist collect \
             --from-folder before-files --out before`. If there is no SFTP server, paste {shown} of each node into NODE.txt, and run `trustlist \
             collect --paste NODE=NODE.txt --out before` with a --paste for each node. A paste has no signature: the gates then show \
             UNDECIDED (signature-not-checked), never YES, and `trustlist show` reads before/NODE/1-paste.txt."
        )
    }

    /// Returns the option of `trustlist check` with the minimum TLS version, and a line that says
    /// where it is found: legacy phones use TVS or do not by it (P-TVS-11), and a snapshot of files
    /// does not say it.
    fn tls_minimum(&self) -> (String, Option<String>) {
        if let Some(minimum) = self.cluster.tls_minimum {
            return (format!(" --tls-minimum {}", minimum.as_str()), None);
        }
        if !self.cluster.phones().iter().any(is_legacy) {
            return (String::new(), None);
        }
        let gate = self.place_of(|step| match step.purpose {
            Purpose::Lean(place) => self.plan.leans.get(place).is_some_and(is_tls),
            _ => false,
        });
        let place = match gate {
            Some(step) => format!("as written down in step {step}"),
            None => "as `show tls min-version` prints it on the TVS servers".to_owned(),
        };
        let told = format!("# MINIMUM is the minimum TLS version, {place}: 1.0, 1.1, 1.2 or 1.3");
        (" --tls-minimum MINIMUM".to_owned(), Some(told))
    }

    /// Returns the number of the first step of this kind.
    pub(super) fn place_of(
        &self,
        wanted: impl Fn(&crate::plan::PlannedStep) -> bool,
    ) -> Option<usize> {
        let mut steps = self.plan.rounds.iter().flat_map(|round| &round.steps);
        steps.position(wanted).map(|place| place.saturating_add(1))
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
            let offline = self.cluster.phones().iter().filter(|phone| !phone.online).count();
            let except = match offline {
                0 => String::new(),
                count => format!(
                    ". The {} known to be offline may show something else",
                    counted(count, "phone")
                ),
            };
            prints.push(format!("ITL File Status: Match, none Mismatch{except}"));
        }
        Instruction {
            title: "GATE: every phone is registered and accepted the new list".to_owned(),
            place: format!("{}, and RTMT", self.publisher_cli()),
            commands,
            prints,
            if_not: "Do not regenerate anything more, and do not reset any other phone.".to_owned(),
            recovery: self.recovery(),
            ..Instruction::default()
        }
    }

    /// Returns the steps that bring back phones that fail at a gate: those that the simulator finds
    /// harmless at this moment.
    fn recovery(&self) -> Vec<String> {
        let (checksums, ctl) = if self.is_mixed() {
            (
                "checksums of the CTL and of the ITL",
                " --installed-ctl CHECKSUM --offered-ctl NEWEST/NODE/CTLFile.tlv",
            )
        } else {
            ("checksum of the ITL", "")
        };
        let mut told = vec![
            format!(
                "Read the {checksums} on the screen of one phone that fails (78xx, 88xx: Settings > Admin settings > Security \
                 setup > Trust list; 79xx: Settings > Security Configuration > Trust List)."
            ),
            format!(
                "Ask for this phone, in the folder of this change: `trustlist predict --known . --installed-itl CHECKSUM \
                 --offered-itl NEWEST/NODE/ITLFile.tlv{ctl} --model MODEL {}`. NEWEST is the folder of the last `collect`, NODE the TFTP node of \
                 the phone{}. The answer names what can still help this phone.",
                self.tvs_options(),
                self.tvs_words()
            ),
        ];
        for (fallback, number) in self.fallbacks.iter().zip(0..) {
            let text = fallback_text(self.cluster.release(), *fallback);
            let mut letters = text.chars();
            let small = letters.next().map(|first| first.to_ascii_lowercase());
            told.push(match (number, small) {
                (0, _) | (_, None | Some('i')) => text.to_owned(),
                (_, Some(small)) => {
                    format!("If the phone still refuses, {small}{}", letters.as_str())
                }
            });
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

    /// Returns the options of `trustlist predict` about TVS: the snapshot has its certificates.
    fn tvs_options(&self) -> String {
        let mut options = match self.groups().as_slice() {
            [group] => {
                let servers = group.split(',');
                let tvs = servers.map(|server| format!(" --tvs {server}=NEWEST/{server}/TVS.pem"));
                format!("--cm-group {group}{}", tvs.collect::<String>())
            }
            _ => "--cm-group SERVER,SERVER --tvs SERVER=NEWEST/SERVER/TVS.pem".to_owned(),
        };
        options.push_str(" --tvs-knows NEWEST");
        options.push_str(&self.tls_minimum().0);
        options
    }

    /// Returns the meaning of the words in [`Self::tvs_options`].
    fn tvs_words(&self) -> String {
        let mut words = String::new();
        if self.groups().len() != 1 {
            words.push_str(", SERVER each server of its CallManager group (--tvs once for each)");
        }
        if let (_, Some(told)) = self.tls_minimum() {
            words.push_str(&told.replacen("# ", ", ", 1));
        }
        words
    }

    fn show_ctl(&self, purpose: Purpose) -> Instruction {
        let signer = match (purpose == Purpose::LocalKeyGate, self.cluster.release().ctl_signer()) {
            (true, _) | (false, ListSigner::CallManager) => {
                format!("signed by the CallManager certificate of {}", self.publisher())
            }
            (false, ListSigner::ItlRecovery) => "signed by ITLRecovery".to_owned(),
            (false, ListSigner::Token) => "signed by an eToken of this cluster".to_owned(),
        };
        let (place, nodes) = self.on_tftp_nodes();
        Instruction {
            title: "GATE: every TFTP node has the CTL with the new certificates".to_owned(),
            place,
            nodes,
            commands: vec!["show ctl".to_owned()],
            prints: vec![
                "The CTL file was verified successfully.".to_owned(),
                signer,
                "CCM+TFTP and CAPF records with the serial numbers that `show cert own` prints now"
                    .to_owned(),
            ],
            if_not: format!(
                "Do not reset any phone, and do not restart CallManager. {} A node that still shows the old file has a replication or SFTP \
                     problem: fix that first.",
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
        let (place, nodes) = self.on_tftp_nodes();
        Instruction {
            title: "GATE: every TFTP node serves the new ITL".to_owned(),
            place,
            nodes,
            commands: vec!["show itl".to_owned()],
            prints: vec![
                "The ITL file was verified successfully.".to_owned(),
                signer,
                format!("a TVS record for each of these nodes: {}", self.nodes_with(Unit::Tvs)),
                "the serial numbers that `show cert own` prints now".to_owned(),
            ],
            if_not: format!(
                "Do not reset any phone. {} Check again after two minutes.",
                self.fallback_sentences()
            ),
            ..Instruction::default()
        }
    }

    fn fallback_sentences(&self) -> String {
        match self.fallbacks {
            [] => "Stop here and open a case.".to_owned(),
            some => some
                .iter()
                .map(|fallback| fallback_text(self.cluster.release(), *fallback))
                .collect::<Vec<_>>()
                .join(" "),
        }
    }

    fn trust_stores(&self) -> Instruction {
        let names: Vec<String> = self.cluster.nodes().map(|(node, _)| self.name(node)).collect();
        let logs: String = names.iter().map(|name| format!(" --logs {name}=logs/{name}")).collect();
        Instruction {
            title: "GATE: the old certificates are gone on every node".to_owned(),
            place: "CLI of every node".to_owned(),
            commands: vec!["show cert list trust".to_owned()],
            prints: vec![
                "no name that was deleted; where a name is there again, `show cert trust STORE/NAME.pem` shows another serial number \
                 than the old one"
                    .to_owned(),
            ],
            if_not: format!(
                "Copy the system log and the certMgmt and certCN logs of each node (RTMT: Trace & Log Central) to logs/NODE. Run `trustlist \
                 deletion audit --collected-until TIME{logs}` (TIME: when the logs were copied, as 2026-01-31T02:00:00): it shows the node that \
                 brought the certificate back. Then repeat the deletion with Certificate Change Notification stopped on every node."
            ),
            nodes: if names.len() > 1 { names } else { Vec::new() },
            ..Instruction::default()
        }
    }

    fn lean(&self, place: usize) -> Instruction {
        let lean = self.plan.leans.get(place);
        let code = lean.map_or("", |lean| lean.assumption.code());
        let rule = lean.map_or("", |lean| lean.assumption.rule());
        if code == ConditionCode::SecurityByDefaultUnknown.as_str() {
            return self.models_gate(format!("GATE: a missing fact, {code} ({rule})"));
        }
        if self.cluster.tls_minimum.is_none() && lean.is_some_and(is_tls) {
            return self.tls_gate(rule);
        }
        let fact = explain::page(code).and_then(explain::summary).unwrap_or_default();
        Instruction {
            title: format!("GATE: a missing fact: {fact} ({code}, {rule})"),
            place: "your own computer, then a lab".to_owned(),
            commands: vec![
                format!("trustlist explain {code}"),
                "# A phone that has the lists of now accepts them always: this proves nothing. Regenerate in a lab, or find the fact."
                    .to_owned(),
            ],
            prints: vec![
                "the fact, written down here: ____   checked by: ____".to_owned(),
                "with it, a phone of each model accepts the new lists".to_owned(),
            ],
            if_not:
                "Stop before the next step: the plan is safe only if phones accept these lists."
                    .to_owned(),
            ..Instruction::default()
        }
    }

    /// The minimum TLS version, with the command that shows it and what each answer means
    /// (P-TVS-11).
    fn tls_gate(&self, rule: &str) -> Instruction {
        let servers = self.tvs_servers();
        Instruction {
            title: format!(
                "GATE: a missing fact: the minimum TLS version of every TVS server ({rule})"
            ),
            place: format!("CLI of {}", servers.join(", ")),
            commands: vec!["show tls min-version".to_owned()],
            prints: vec![
                "1.0 on every server: these phones can ask TVS about the new signer. Go on"
                    .to_owned(),
                format!(
                    "1.1, 1.2 or 1.3 on any server: these phones cannot, and this plan would lock them: {}. Stop",
                    self.by_model(is_legacy)
                ),
            ],
            if_not: format!(
                "If a server shows 1.1 or more, do not begin. Write \"tls_minimum\": \"1.2\" (the number that is shown) into \"cluster\" of the \
                 cluster file, and make the plan again. {}",
                way_out_of_tls(self.cluster)
            ),
            nodes: servers,
            note: "minimum",
            ..Instruction::default()
        }
    }

    /// The models of which Security By Default is not known, and where it can be looked up
    /// (P-TVS-8).
    fn models_gate(&self, title: String) -> Instruction {
        let named = self.by_model(|phone| phone.security_by_default == SecurityByDefault::Unknown);
        Instruction {
            title,
            place: "Cisco Unified Reporting".to_owned(),
            commands: vec![
                "System Reports > Unified CM Phone Feature List > feature Security By Default"
                    .to_owned(),
            ],
            prints: vec![format!("these models are in the report: {named}")],
            if_not: "Write a column security_by_default into the inventory: yes for the models of the report, no for the others. Make \
                     the cluster file and the plan again."
                .to_owned(),
            ..Instruction::default()
        }
    }

    /// Returns the models of these phones, with the number of each.
    fn by_model(&self, wanted: impl Fn(&PhoneSpec) -> bool) -> String {
        let mut models: BTreeMap<&str, usize> = BTreeMap::new();
        for phone in self.cluster.phones().iter().filter(|phone| wanted(phone)) {
            *models.entry(phone.model.as_deref().unwrap_or("no model")).or_default() += 1;
        }
        let named = models
            .iter()
            .map(|(model, phones)| format!("{} ({})", Plain(model), counted(*phones, "phone")));
        named.collect::<Vec<_>>().join(", ")
    }

    /// The phones that are offline, with what brings them back after the last step.
    fn offline(&self) -> Instruction {
        let is_lost = self.plan.notes.iter().any(|note| matches!(note, PlanNote::Offline(_)));
        let (title, if_not) = if is_lost {
            (
                "GATE: bring offline phones back, or write down that their lists may have to be deleted",
                "A phone that misses two rounds may know no certificate that still exists when it comes back. Bring it online first, or \
                 accept that its lists must be deleted on the phone.",
            )
        } else {
            (
                "GATE: bring offline phones back, or write them down",
                "A phone that is offline and not in the cluster file is not in the proof of this plan. Bring it online, or name it in the \
                 cluster file and make the plan again.",
            )
        };
        let mut prints = vec!["only phones that are known to stay offline".to_owned()];
        prints.extend(super::book::offline_notes(self.plan));
        Instruction {
            title: title.to_owned(),
            place: "Cisco Unified CM Administration".to_owned(),
            commands: vec!["Device > Phone > Find, Status is Unregistered".to_owned()],
            prints,
            if_not: if_not.to_owned(),
            ..Instruction::default()
        }
    }

    /// Looks at the cluster before a window on another night.
    pub(super) fn short_check(&self) -> Instruction {
        let ctl = if self.is_mixed() { " and `show ctl`" } else { "" };
        let mut commands = vec![
            "utils dbreplication runtimestate".to_owned(),
            "utils service list   (on every node)".to_owned(),
            format!("show itl   (on {})", self.tftp_nodes()),
        ];
        if self.is_mixed() {
            commands.push(format!("show ctl   (on {})", self.tftp_nodes()));
        }
        commands.push("utils disaster_recovery history backup".to_owned());
        commands.push("show risdb query phone".to_owned());
        Instruction {
            title: "GATE: the short check: other work may have been done since the last window".to_owned(),
            place: format!("{}, and every node", self.publisher_cli()),
            commands,
            prints: vec![
                "every node replicates: (2) Setup Completed".to_owned(),
                format!(
                    "Cisco Trust Verification Service[STARTED] on {}; Cisco Tftp[STARTED] on {}; Cisco Certificate Change \
                     Notification[STARTED] on every node",
                    self.tvs_servers().join(", "),
                    self.tftp_nodes()
                ),
                format!(
                    "`show itl`{ctl}: verified successfully, with the serial numbers of the end of the last window"
                ),
                "a backup with SUCCESS, made after the last window: do not restore an older one".to_owned(),
                "the number of registered phones is that of the beginning; written down here: ____".to_owned(),
            ],
            if_not:
                "Do not begin this window. Phones that are not reset stay as they are. Fix the problem first. If only the backup is missing, \
                 back up now, as the last step of this book tells."
                    .to_owned(),
            ..Instruction::default()
        }
    }
}

/// Checks if a phone cannot ask TVS if the minimum TLS version is above 1.0 (P-TVS-11).
fn is_legacy(phone: &PhoneSpec) -> bool {
    let family = phone.model.as_deref().and_then(Family::of_model);
    family.is_some_and(|family| family.tvs_client == TvsClient::Legacy)
        && phone.security_by_default != SecurityByDefault::No
}

/// Checks if the minimum TLS version answers the question.
fn is_tls(lean: &Lean) -> bool {
    lean.assumption.code() == ConditionCode::TvsTlsOpen.as_str()
}

/// Returns the ways out if legacy phones cannot ask TVS (L-27). In mixed mode before 12.0 the
/// rollback parameter costs the phones their ITL (B-10).
pub(super) fn way_out_of_tls(cluster: &Cluster) -> String {
    let release = cluster.release();
    if cluster.mode() == Mode::Mixed && release < Release::first(12, 0) {
        return "The way out: set the minimum to TLS 1.0 for the time of the change, write \"tls_minimum\": \"1.0\" into \"cluster\" of the \
                cluster file, and make the plan again. An import of the signer into a trust store does not help these phones."
            .to_owned();
    }
    format!(
        "The way out: {}. For the second, write \"tls_minimum\": \"1.0\" into \"cluster\" of the cluster file and make the plan again; while the \
         rollback parameter is on, no plan can be generated.",
        advice(PlanLintCode::LegacyPhonesAndTls, release)
    )
}

/// Returns the sentence for an administrator.
fn fallback_text(release: Release, fallback: Fallback) -> &'static str {
    // `utils ctl` is of 10.0 and later (P-VER).
    let by_client = release.ctl_signer() == ListSigner::Token;
    match fallback {
        Fallback::CtlUpdate if by_client => {
            "If the phone still refuses, and it is the CTL: update the CTL with the CTL client once more, restart TFTP, and reset the phone."
        }
        Fallback::WriteCtlAgain if by_client => "Update the CTL with the CTL client once more.",
        Fallback::Again => "Repeat the step.",
        Fallback::CtlLocalkey => {
            "If the phone still refuses, and it is the CTL: run `utils ctl reset localkey` on the publisher and reset the phone. When the phone has accepted the \
             CTL, run `utils ctl update CTLFile` on the publisher and reset the phone again."
        }
        Fallback::CtlLocalkeyAgain => {
            "Run `utils ctl reset localkey` on the publisher once more, and reset the phone."
        }
        Fallback::CtlUpdate => {
            "If the phone still refuses, and it is the CTL: run `utils ctl update CTLFile` on the publisher once more, restart TFTP, and reset the phone."
        }
        Fallback::ItlLocalkey => {
            "Run `utils itl reset localkey` on the publisher, and reset the phone. When the phone has accepted the list, restart TFTP on all \
             nodes, and reset the phone again."
        }
        Fallback::ItlLocalkeyAgain => {
            "Run `utils itl reset localkey` on the publisher once more, and reset the phone. Do not restart TFTP: that signs the ITL \
             with the usual key again."
        }
        Fallback::RestartAndReset => {
            "Restart TVS on all nodes, then TFTP on all nodes, and reset the phone. If the phone accepts the list, reset the others."
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

fn interaction(value: &str, verb: &str, remark: &str) -> Instruction {
    Instruction {
        title: format!("{verb} the enterprise parameter Phone Interaction on Certificate Update ({remark})"),
        place: "Cisco Unified CM Administration".to_owned(),
        commands: vec![
            "System > Enterprise Parameters > Phone Interaction on Certificate Update".to_owned(),
            format!("choose {value}, then Save"),
        ],
        prints: vec![format!("the page shows {value}")],
        if_not:
            "The plan is safe either way. With automatic resets the phones reset by themselves at each regeneration, and a window needs \
                 longer."
                .to_owned(),
        ..Instruction::default()
    }
}

fn lsc_gate() -> Instruction {
    Instruction {
        title: "GATE: every LSC is new".to_owned(),
        place: "Cisco Unified CM Administration".to_owned(),
        commands: vec!["Device > Phone > Find, LSC Status and LSC Issued By".to_owned()],
        prints: vec![
            "every phone with an LSC: issued by the new CAPF certificate".to_owned(),
            "these phones are registered again".to_owned(),
        ],
        if_not: "Repeat the update for these phones: they keep working with the old LSC as long as no CAPF certificate is deleted. If some \
                 phones stay without a new LSC, go on with the plan, and leave out every step that deletes a CAPF certificate."
            .to_owned(),
        ..Instruction::default()
    }
}

fn pages() -> Instruction {
    Instruction {
        title: "GATE: the administration pages answer with the new certificate".to_owned(),
        place: "CLI of every node, and a browser".to_owned(),
        commands: vec!["utils service list".to_owned(), "https://NODE/ccmadmin: look at the certificate in the browser".to_owned()],
        prints: vec![
            "Cisco Tomcat[STARTED]".to_owned(),
            "the new serial number; with SSO: new metadata given to the IdP".to_owned(),
        ],
        if_not: "Wait until 15 minutes have passed, then restart Tomcat once more. Phones do not need it.".to_owned(),
        ..Instruction::default()
    }
}
