//! Facts that `plan init`, `preflight`, `simulate` and `deletion audit` must not take from the wrong
//! source, or assume without a word: a small cluster, the exact command and its answer.
#[path = "../../../tests/common/mod.rs"]
mod common;

use common::show_itl;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The folder of one test; commands run there.
struct Desk(PathBuf);

impl Desk {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plan_facts").join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        let desk = Self(path);
        files.iter().for_each(|(name, text)| desk.write(name, text));
        desk
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    fn run(&self, words: &str) -> Answer {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trustlist"));
        let Output { status, stdout, stderr } =
            command.current_dir(&self.0).args(words.split_whitespace()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Answer { status: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }
}

#[derive(Debug)]
struct Answer {
    status: i32,
    out: String,
    err: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The guesses of the cluster document, which are the warnings too.
    fn guesses(&self) -> Vec<String> {
        let guesses: Vec<String> = serde_json::from_value(self.json()["note"].clone()).unwrap();
        let told = guesses.iter().map(|guess| format!("warning: {guess}\n"));
        assert_eq!(self.err, told.collect::<String>());
        guesses
    }

    fn guess(&self, beginning: &str) -> String {
        let guesses = self.guesses();
        let mut found = guesses.iter().filter(|guess| guess.starts_with(beginning));
        let guess = found.next().unwrap_or_else(|| panic!("no {beginning:?} in {guesses:#?}"));
        assert_eq!(found.next(), None);
        guess.clone()
    }

    fn one_line(&self) -> String {
        self.out.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn services(off: &[&str]) -> String {
    let names = [
        "Cisco CallManager",
        "Cisco Certificate Change Notification",
        "Cisco Tftp",
        "Cisco Trust Verification Service",
    ];
    let state = |name: &&str| match off.contains(name) {
        true => format!("{name}[STOPPED]  Service Not Activated\n"),
        false => format!("{name}[STARTED]\n"),
    };
    let states: String = names.iter().map(state).collect();
    format!(
        "admin:utils service list\nRequesting service status, please wait...\n{states}Primary Node =false\n"
    )
}

const PUBLISHER: &[(&str, &str)] = &[
    ("hq", "System Administrator Security Token"),
    ("hq", "CCM+TFTP"),
    ("hq", "CAPF"),
    ("files", "TVS"),
    ("hq", "TVS"),
];
const FILES: &[(&str, &str)] = &[("files", "CCM+TFTP"), ("files", "TVS"), ("hq", "TVS")];

/// Finding 1: the service list of a node for TFTP alone stands before its own ITL, in which the record
/// is CCM+TFTP.
#[test]
fn the_service_list_decides_if_callmanager_is_activated() {
    let paste = format!("{}\n{}", services(&["Cisco CallManager"]), show_itl(FILES));
    let desk = Desk::new("services", &[("hq.txt", &show_itl(PUBLISHER)), ("files.txt", &paste)]);
    let answer = desk.run("plan init hq.txt files.txt --version 12.5");
    assert_eq!(answer.status, 0, "{answer:?}");
    let nodes = answer.json()["cluster"]["nodes"].clone();
    let files = nodes.as_array().unwrap().iter().find(|node| node["name"] == "files").unwrap();
    assert_eq!((&files["callmanager"], &files["tftp"]), (&false.into(), &true.into()));
    assert_eq!(
        answer.guess("files: CallManager"),
        "files: CallManager: the inputs disagree: activated (CCM+TFTP in the ITL, files.txt line 10), not activated (files.txt line 3). \
         ASSUMED: not activated. To check it, paste `utils service list` and `show itl` of this node again"
    );
    // Sources that agree are no guess, and a list alone decides too.
    desk.write("files.txt", &services(&["Cisco CallManager"]));
    let answer = desk.run("plan init hq.txt files.txt --version 12.5");
    assert!(!answer.guesses().iter().any(|guess| guess.contains("disagree")), "{answer:?}");
}

/// Finding 1: CUCM allows three members.
#[test]
fn a_group_of_more_than_three_members_is_told() {
    let nodes = ["n1", "n2", "n3", "n4"];
    let mut records = vec![("n1", "CCM+TFTP"), ("n1", "CAPF")];
    records.extend(nodes.map(|node| (node, "TVS")));
    let desk = Desk::new(
        "groups",
        &[
            ("n1.txt", &show_itl(&records)),
            ("n2.txt", &services(&[])),
            ("n3.txt", &services(&[])),
            ("n4.txt", &services(&[])),
            ("guess.csv", "device\nSEP001122334455\n"),
            ("given.csv", "device,cm_group\nSEP001122334455,n1;n2;n3;n4\n"),
            ("fits.csv", "device,cm_group\nSEP001122334455,n1;n2;n3\n"),
        ],
    );
    let init = "plan init n1.txt n2.txt n3.txt n4.txt --version 12.5 --phones";
    assert_eq!(
        desk.run(&format!("{init} guess.csv")).guess("the group of"),
        "the group of phones without a CallManager group: 4 members, but CUCM allows 3. This guess cannot be true: name the group in the \
         inventory, or give --pool-group"
    );
    assert_eq!(
        desk.run(&format!("{init} given.csv")).guess("CallManager group"),
        "CallManager group n1, n2, n3, n4: 4 members, but CUCM allows 3. ASSUMED: each of them is a member. Correct the inventory or \
         --pool-group"
    );
    let fits = desk.run(&format!("{init} fits.csv"));
    assert!(!fits.guesses().iter().any(|guess| guess.contains("allows 3")), "{fits:?}");
}

fn parameter(name: &str, value: &str) -> String {
    format!("paramname           paramvalue\n=================== ==========\n{name} {value}\n")
}

/// Finding 2: a cluster in mixed mode is not ready for a plan without one.
#[test]
fn a_mode_that_disagrees_with_the_pastes_is_undecided() {
    let desk = Desk::new("mode", &[("mode.txt", &parameter("ClusterSecurityMode", "1"))]);
    let answer = desk.run("preflight mode.txt --mode non-secure --confirm F-3,F-4,F-9,F-13,F-15");
    assert_eq!(answer.status, 3, "{answer:?}");
    assert!(
        answer.one_line().contains(
            "unknown F-2 cluster security mode: the pastes disagree with the mode that was given. Give the mode of the cluster, or paste new \
             output (values non-secure (given), mixed (mode.txt line 3)) [fact-disputed]"
        ),
        "{answer:?}"
    );
    let agrees = desk.run("preflight mode.txt --mode mixed");
    assert!(!agrees.out.contains("fact-disputed"), "{agrees:?}");
}

/// Finding 3: the minimum TLS version is read, given, or a guess that says for which phones.
#[test]
fn the_minimum_tls_version_is_asked_for() {
    let desk = Desk::new(
        "tls",
        &[
            ("hq.txt", &show_itl(PUBLISHER)),
            (
                "tls.txt",
                "admin:show tls min-version\nConfigured TLS minimum version: 1.2\n\nadmin:",
            ),
            ("other.txt", "admin:show tls min-version\nThe minimum TLS version is TLSv1.0.\n"),
            (
                "phones.csv",
                "device,model\nSEP001122334451,Cisco 7962\nSEP001122334452,Cisco 7962\nSEP001122334453,Cisco 8945\n\
                 SEP001122334454,Cisco 8851\nSEP001122334455,Cisco 7940\n",
            ),
        ],
    );
    let init = "plan init hq.txt --version 12.5 --phones phones.csv";
    let answer = desk.run(init);
    assert_eq!(answer.json()["cluster"]["tls_minimum"], Value::Null);
    assert_eq!(
        answer.guess("minimum TLS"),
        "minimum TLS version: ASSUMED: low enough for 3 phones to ask TVS (2 of Cisco 7962, 1 of Cisco 8945). From 1.2 on they cannot. To \
         check it, paste `show tls min-version` of each node that runs TVS, or give --tls-minimum"
    );
    for (words, minimum) in [("--tls-minimum 1.1", "1.1"), ("tls.txt", "1.2"), ("other.txt", "1.0")]
    {
        let answer = desk.run(&format!("{init} {words}"));
        assert_eq!(answer.json()["cluster"]["tls_minimum"], minimum, "{answer:?}");
        assert!(!answer.guesses().iter().any(|guess| guess.contains("TLS")), "{answer:?}");
    }
    // Nodes may differ before 15SU2: the highest counts, and is told.
    let answer = desk.run(&format!("{init} tls.txt other.txt"));
    assert_eq!(answer.json()["cluster"]["tls_minimum"], "1.2");
    assert_eq!(
        answer.guess("minimum TLS"),
        "minimum TLS version: the inputs disagree: 1.0 (other.txt line 2), 1.2 (tls.txt line 2). ASSUMED: the last of these, on every node. \
         Before 15SU2 each node has its own. To check it, paste `show tls min-version` of each node that runs TVS, and give only the new \
         output"
    );
    assert_eq!(desk.run(&format!("{init} --tls-minimum 2")).status, 2);
    let read = desk.run("preflight tls.txt");
    assert!(read.one_line().contains("(1.2) [tls-minimum-read] tls.txt line 2"), "{read:?}");
    desk.write("tls.txt", "admin:show tls min-version\nNo valid command entered\n");
    let unread = desk.run("preflight tls.txt");
    assert!(unread.one_line().contains("[output-unread] tls.txt line 2"), "{unread:?}");
}

fn itl_with_recovery(node: &str, owner: &str) -> String {
    let name = format!("CN=ITLRECOVERY_{owner}");
    let length = name.len();
    format!(
        "admin:show itl\nLength of ITL file: 3000\n\n\tParse ITL File\n\t----------------\n\n\tITL Record #:1\n\
         2       DNSNAME         4       {node}\n4       FUNCTION        2       CCM+TFTP\n5       ISSUERNAME      5       CN={node}\n\
         6       SERIALNUMBER    2       1A:2B\n\n\tITL Record #:2\n2       DNSNAME         4       {node}\n\
         3       SUBJECTNAME     {length}      {name}\n4       FUNCTION        2       System Administrator Security Token\n\
         5       ISSUERNAME      {length}      {name}\n6       SERIALNUMBER    2       3C:4D\n\n\tITL Record #:3\n\
         2       DNSNAME         4       hq\n4       FUNCTION        2       TVS\n\n\tITL Record #:4\n2       DNSNAME         4       br\n\
         4       FUNCTION        2       TVS\n\nThe ITL file was verified successfully.\n"
    )
}

/// Finding 4: lists of 11.5 whose recovery certificate is that of the publisher: `utils itl reset
/// localkey` helps the phones of every node, as `check` says of these lists.
#[test]
fn the_recovery_certificate_of_the_lists_is_that_of_the_cluster() {
    let desk = Desk::new(
        "recovery",
        &[
            ("hq.txt", &itl_with_recovery("hq", "hq")),
            ("br.txt", &itl_with_recovery("br", "hq")),
            ("own.txt", &itl_with_recovery("br", "br")),
            ("phones.csv", "device,tftp_servers,cm_group\nSEP001122334455,br,hq;br\n"),
            (
                "plan.txt",
                "regen CallManager all\nregen TVS all\nrestart TVS all\nrestart TFTP all\nreset_phones all\n",
            ),
        ],
    );
    let init = "--version 11.5 --publisher hq --phones phones.csv";
    let simulated = |document: &str| {
        desk.write("cluster.json", document);
        desk.run("simulate cluster.json --plan plan.txt --policy B").one_line()
    };
    let whole = desk.run(&format!("plan init hq.txt br.txt {init}"));
    assert_eq!(whole.json()["cluster"]["itlrecovery_scope"], "cluster", "{whole:?}");
    let told = simulated(&whole.out);
    assert!(told.contains("`utils itl reset localkey` first"), "{told}");
    // Lists with a certificate of each node: a phone of br does not know that of the publisher.
    let own = desk.run(&format!("plan init hq.txt own.txt {init}"));
    assert_eq!(own.json()["cluster"]["itlrecovery_scope"], Value::Null);
    assert!(!own.guesses().iter().any(|guess| guess.contains("ITLRecovery")), "{own:?}");
    let told = simulated(&own.out);
    assert!(told.contains("only deleting the lists on the phone helps"), "{told}");
    // Lists that do not show it leave it open.
    desk.write("br.txt", &show_itl(&[("br", "CCM+TFTP"), ("br", "TVS"), ("hq", "TVS")]));
    let open = desk.run(&format!("plan init hq.txt br.txt {init}"));
    assert_eq!(
        open.guess("ITLRecovery"),
        "ITLRecovery: ASSUMED: each TFTP node has its own certificate. To check it, paste `show itl` of every TFTP node: if all of them name \
         one ITLRECOVERY certificate, `utils itl reset localkey` helps more phones"
    );
}

/// Findings 5 and 6: a guess names what is missing, and no column that was read.
#[test]
fn a_guess_about_phones_names_what_is_missing() {
    let desk = Desk::new(
        "phones",
        &[
            ("hq.txt", &show_itl(PUBLISHER)),
            ("files.txt", &services(&["Cisco Tftp"])),
            (
                "phones.csv",
                "Device Name,Device Security Profile,ITL File Status,CTL File Status\nSEP001122334451,Standard SIP Encrypted,Match,\n\
                 SEP001122334452,Standard SIP Non-Secure,Mismatch,Match\n",
            ),
        ],
    );
    let init = "plan init hq.txt files.txt --version 14 --mode mixed --phones phones.csv";
    let answer = desk.run(init);
    assert_eq!(
        answer.guess("2 phones: ASSUMED: no LSC"),
        "2 phones: ASSUMED: no LSC. How they talk to CallManager is known. To check it, export the column LSC Status, or add the column lsc \
         (none or current)"
    );
    assert_eq!(
        answer.guess("1 phone: ASSUMED: the current CTL"),
        "1 phone: ASSUMED: the current CTL is on the phone. Nothing in the inventory says it. To check it, compare the checksum on the \
         screen of one phone of each model and site with that of `show ctl`, and add a column ctl with the word current, none or stale"
    );
    assert_eq!(
        answer.guess("1 phone: ITL File Status"),
        "1 phone: ITL File Status is Mismatch. ASSUMED: a list that this cluster cannot replace (foreign). A phone that was not reset since \
         the last change has Mismatch too. To check it, reset one phone of each model and site and export the column again, or compare the \
         checksum on its screen with that of `show itl`, then write current or foreign into the column itl"
    );
    let phones = answer.json()["cluster"]["phones"].clone();
    assert_eq!(
        (&phones[0]["security"], &phones[1]["itl"]),
        (&"encrypted".into(), &"foreign".into())
    );
    assert!(!answer.err.contains("export the column ITL File Status"), "{answer:?}");
    assert_eq!(
        answer.guess("2 phones: ASSUMED: every TFTP"),
        "2 phones: ASSUMED: every TFTP node serves them. To check it, give --tftp NODE,NODE for all of them, or add a column tftp_servers \
         to the inventory"
    );
    let answer = desk.run(&format!("{init} --tftp hq"));
    assert_eq!(answer.json()["cluster"]["phones"][0]["tftp_servers"], serde_json::json!(["hq"]));
    assert!(!answer.err.contains("every TFTP"), "{answer:?}");
    let unknown = desk.run(&format!("{init} --tftp nowhere"));
    assert!(unknown.status == 2 && unknown.err.contains("found \"nowhere\""), "{unknown:?}");
}

const REPLICATION: &str = "admin:utils dbreplication runtimestate\nCluster Detailed View from hq (2 Servers):\n\n\
                                           PING      DB/RPC/   REPL.    Replication    REPLICATION SETUP\n\
SERVER-NAME              IP ADDRESS        (msec)    DbMon?    QUEUE    Group ID       (RTMT) & Details\n\
-----------              ----------        ------    -------   -----    -----------    ------------------\n\
hq                       192.0.2.11        0.016     Y/Y/Y     0        (g_2)          (2) Setup Completed\n\
br                       192.0.2.12        0.163     Y/Y/Y     0        (g_3)          (2) Setup Completed\n";

/// Finding 8: the output that was pasted after a repair counts, the node of a warning is named, and so
/// is a file of no node.
#[test]
fn the_later_output_of_a_command_counts() {
    let bad = REPLICATION.replace("(g_3)          (2)", "(g_3)          (0)");
    let stopped = services(&[]).replace("Notification[STARTED]", "Notification[STOPPED]");
    let certificates =
        "admin:show cert list own\nCallManager/CallManager.pem: Certificate Signed by EXAMPLE-CA\n";
    let both = format!("{bad}{stopped}{REPLICATION}{}{certificates}admin:", services(&[]));
    let desk = Desk::new("later", &[("hq.txt", &both), ("c.txt", &services(&["Cisco Tftp"]))]);
    let answer = desk.run("preflight hq.txt c.txt --json");
    let checks = answer.json()["checks"].as_array().unwrap().clone();
    let of = |id: &str| -> Vec<Value> {
        checks
            .iter()
            .filter(|check| (id == "F-7" || check["node"] != Value::Null) && check["check"] == id)
            .cloned()
            .collect()
    };
    let [replication] = &of("F-7")[..] else { panic!("{answer:?}") };
    assert_eq!(
        (&replication["code"], &replication["facts"]["superseded"]),
        (&"replication-good".into(), &serde_json::json!(["line 7"]))
    );
    let [services] = &of("F-10")[..] else { panic!("{answer:?}") };
    assert_eq!((&services["code"], &services["node"]), (&"services-read".into(), &"hq".into()));
    let [certificates] = &of("F-11")[..] else { panic!("{answer:?}") };
    assert_eq!(certificates["node"], "hq");
    let text = desk.run("preflight hq.txt c.txt").one_line();
    assert!(text.contains("WARN F-11 hq: a CA signed a certificate"), "{text}");
    assert!(
        text.contains("an older output of the same command in this file does not count: line 7"),
        "{text}"
    );
    assert!(text.contains("of no known node: c.txt; give NODE=FILE"), "{text}");
    // A file that no node is known of may hold the lists of two nodes: both count.
    desk.write("two.txt", &format!("{stopped}{}", self::services(&[])));
    let text = desk.run("preflight two.txt").one_line();
    assert!(text.contains("BLOCK F-10"), "{text}");
}

/// Finding 9: one certificate of a node, whatever the number of its outputs.
#[test]
fn each_certificate_of_a_node_is_compared_once() {
    let own =
        |serial: &str| format!("admin:show cert own CallManager\n  Serial Number: {serial}\n");
    let itl = itl_with_recovery("hq", "hq");
    let desk = Desk::new("own", &[("hq.txt", &format!("{itl}{}{}", own("9F:9F"), own("1A:2B")))]);
    let answer = desk.run("preflight hq.txt");
    assert!(!answer.out.contains("itl-serial-differs"), "{answer:?}");
    desk.write("hq.txt", &format!("{itl}{}", own("9F:9F").repeat(2_000)));
    let answer = desk.run("preflight hq.txt");
    assert_eq!(answer.out.matches("[itl-serial-differs]").count(), 1, "{answer:?}");
    // Two files: which of them is the newer one is not known.
    desk.write("hq.txt", &format!("{itl}{}", own("1A:2B")));
    desk.write("new.txt", &own("9F:9F"));
    let answer = desk.run("preflight hq.txt hq=new.txt");
    let told = answer.one_line();
    assert!(
        told.contains("unknown F-6 hq: `show cert own`: the pastes disagree.")
            && told.contains("[fact-disputed]"),
        "{told}"
    );
    assert!(!told.contains("itl-serial-differs"), "{told}");
}

/// Finding 10: a file of device pools may be of the whole cluster.
#[test]
fn a_file_of_pools_may_name_pools_without_phones() {
    let desk = Desk::new(
        "pools",
        &[
            ("hq.txt", &show_itl(PUBLISHER)),
            ("pools.csv", "DP_HQ,hq\nDP_Lab,hq\n"),
            ("phones.csv", "device,device_pool\nSEP001122334455,DP_HQ\n"),
        ],
    );
    let init = "plan init hq.txt --version 12.5 --phones phones.csv --pool-group";
    let answer = desk.run(&format!("{init} pools.csv"));
    assert_eq!(answer.status, 0, "{answer:?}");
    assert!(
        answer.err.starts_with(
            "warning: --pool-group: no phone of phones.csv is in the device pool dp_lab of the file\n"
        ),
        "{answer:?}"
    );
    assert_eq!(answer.json()["cluster"]["phones"][0]["cm_group"], serde_json::json!(["hq"]));
    let typed = desk.run(&format!("{init} DP_Lab=hq"));
    assert_eq!(
        (typed.status, typed.err.as_str()),
        (
            2,
            "error: --pool-group DP_Lab: phones.csv: no phone of it is in this device pool. Pools: DP_HQ (1)\n"
        )
    );
}

/// Finding 12: the first line names the missing fact, and how many phones it decides about.
#[test]
fn a_yes_that_hangs_on_a_fact_names_it() {
    let desk = Desk::new(
        "yes",
        &[(
            "cluster.json",
            r#"{ "schema": "trustlist.simulate/1", "cluster": { "version": "11.5", "mode": "non-secure",
                "nodes": [ { "name": "hq", "publisher": true, "product": "cucm", "tftp": true, "callmanager": true } ],
                "phones": [ { "name": "SEP1", "tftp_servers": ["hq"], "cm_group": ["hq"], "model": "7962" },
                            { "name": "SEP2", "tftp_servers": ["hq"], "cm_group": ["hq"], "model": "8851" } ] },
                "plan": [ { "op": "regen", "cert": "CallManager", "node": "hq" }, { "op": "restart", "service": "TFTP", "node": "hq" },
                          { "op": "reset_phones", "scope": "all" } ] }"#,
        )],
    );
    let answer = desk.run("simulate cluster.json --policy B");
    assert_eq!(answer.status, 3, "{answer:?}");
    assert!(
        answer.one_line().contains(
            "UNDECIDED: YES only if the minimum TLS version (`show tls min-version`) lets these phones ask TVS [tvs-tls-open], else 1 phone is locked or not registered: \
             no phone is locked and every online phone is registered at the end, under policy B."
        ),
        "{answer:?}"
    );
    let text = std::fs::read_to_string(desk.0.join("cluster.json")).unwrap();
    desk.write("cluster.json", &text.replace("\"11.5\"", "\"11.5\", \"tls_minimum\": \"1.0\""));
    let answer = desk.run("simulate cluster.json --policy B");
    assert!(answer.one_line().contains("YES: no phone is locked"), "{answer:?}");
}

/// Finding 7: a mistyped name is told with the names that the logs have.
#[test]
fn a_certificate_that_no_log_names_is_told() {
    let desk = Desk::new(
        "audit",
        &[
            (
                "inventory.json",
                r#"{ "clusterwide_delete": true, "collected_until": "2026-07-06T04:30:00", "clock_skew_seconds": 60,
                     "nodes": [ { "name": "n1", "product": "cucm" } ] }"#,
            ),
            (
                "messages",
                "Jul  6 03:12:05 n1 user 6 ilog_impl: emitted platform-event (--no-wait \
                 platform-event-clusterwide-certificate-delete HOSTNAME=n1 UNIT=tomcat-trust Type=certs-trust NAME=old.pem)\n",
            ),
        ],
    );
    for (unit, name) in [("tomcat-trust", "nosuch.pem"), ("CallManager-trust", "old.pem")] {
        let answer = desk.run(&format!(
            "deletion audit inventory.json --logs n1=messages --unit {unit} --name {name}"
        ));
        assert_eq!(
            answer.err,
            format!(
                "warning: no log names {name} in {unit}: if the name or the store is mistyped, this answer is about no certificate. They \
                 have deletions of: old.pem in tomcat-trust.\n"
            )
        );
    }
    let right = desk
        .run("deletion audit inventory.json --logs n1=messages --unit tomcat-trust --name old.pem");
    assert_eq!(right.err, "");
}
