//! `trustlist.plan-recovery/1`, and the same as text.

use super::Plain;
use super::book::RESTORE;
use super::gates::DELETE_LISTS;
use super::plan::NO_PHONES;
use super::shape::{self, Word};
use crate::cluster::{Cert, Mode, PhoneId, Policy, RecoveryCommand};
use crate::plan::{Anchor, FoundRemedy, LockedPhones, PlanRemedy, Recovery, RemedyStep};
use crate::release::{ListSigner, Release, ReleaseRules as _};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Write;
use trustlist::json::Value;
use trustlist::phone::JudgedFile;
use trustlist::report::fleet::rows::text_cell;

/// The schema of the answer.
pub const PLAN_RECOVERY_SCHEMA: &str = "trustlist.plan-recovery/1";

/// The answer as JSON.
pub fn plan_recovery_json(recovery: &Recovery) -> Value {
    Value::of(&RecoveryAnswer {
        schema: PLAN_RECOVERY_SCHEMA,
        policies: shape::words(&recovery.policies),
        locked: recovery.groups.iter().map(|group| GroupAnswer::of(recovery, group)).collect(),
        undecided: recovery
            .undecided
            .iter()
            .map(|&phone| recovery.cluster.phone_name(phone))
            .collect(),
    })
}

/// Which recovery commands can still work for locked phones (P-16).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PlanRecovery"))]
pub(super) struct RecoveryAnswer<'a> {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = PLAN_RECOVERY_SCHEMA)))]
    schema: &'static str,
    /// The policies that were run.
    policies: Vec<Word<Policy>>,
    /// Locked phones in groups: the same facts hold for all phones of a group.
    locked: Vec<GroupAnswer<'a>>,
    /// Phones for which a fact is missing: does a CTL have to name the TFTP server?
    undecided: Vec<&'a str>,
}

/// Phones that are locked alike.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Locked"))]
struct GroupAnswer<'a> {
    /// The phones, in inventory order.
    phones: Vec<&'a str>,
    /// The policies that lock them.
    locked_under: Vec<Word<Policy>>,
    /// The file that they refuse; `null` if they are served nothing.
    refuses: Option<RefusedAnswer>,
    /// The signers that they trust and the TVS servers that they ask.
    anchors: Vec<AnchorAnswer>,
    /// The lightest remedy that helps under every policy that locks them.
    sure: Option<Word<PlanRemedy>>,
    /// Every remedy that works under some policy, from the lightest.
    remedies: Vec<RemedyAnswer<'a>>,
    /// The remedies of this version and mode that help these phones under no policy.
    useless: Vec<Word<PlanRemedy>>,
}

/// A file that is refused.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RefusedFile"))]
struct RefusedAnswer {
    /// Which.
    file: Word<JudgedFile>,
    /// Whose signature it bears: a label UNIT@NODE#N.
    signer: String,
}

/// A certificate that a phone trusts.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "HeldAnchor"))]
struct AnchorAnswer {
    /// Where it holds it.
    #[serde(rename = "in")]
    place: Word<Anchor>,
    /// Which certificate: a label UNIT@NODE#N.
    certificate: String,
}

/// A remedy.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "WorkingRemedy"))]
struct RemedyAnswer<'a> {
    /// Which.
    remedy: Word<PlanRemedy>,
    /// The policies that it helps under.
    works_under: Vec<Word<Policy>>,
    /// The steps: after the last one the phones hold the served lists.
    steps: Vec<String>,
    /// Phones that are well now and refuse files after these steps.
    harms: Vec<&'a str>,
}

impl<'a> GroupAnswer<'a> {
    fn of(recovery: &'a Recovery, group: &LockedPhones) -> Self {
        let label = |cert| recovery.cluster.label(cert);
        let anchor = |&(place, cert): &(Anchor, Cert)| AnchorAnswer {
            place: Word(place),
            certificate: label(cert),
        };
        let remedy = |found: &FoundRemedy| RemedyAnswer {
            remedy: Word(found.remedy),
            works_under: shape::words(&found.works_under),
            steps: steps(recovery, found),
            harms: found.harms.iter().map(|&phone| recovery.cluster.phone_name(phone)).collect(),
        };
        Self {
            phones: group.phones.iter().map(|&phone| recovery.cluster.phone_name(phone)).collect(),
            locked_under: shape::words(&group.locked_under),
            refuses: group
                .refuses
                .map(|(file, signer)| RefusedAnswer { file: Word(file), signer: label(signer) }),
            anchors: group.anchors.iter().map(anchor).collect(),
            sure: group.sure().map(Word),
            remedies: group.remedies.iter().map(remedy).collect(),
            useless: shape::words(&group.useless),
        }
    }
}

fn words(policies: &[Policy]) -> Vec<&'static str> {
    policies.iter().map(|policy| policy.as_str()).collect()
}

/// The answer as text.
pub fn plan_recovery_text(recovery: &Recovery) -> String {
    let mut text = String::new();
    if !recovery.undecided.is_empty() {
        let _ = writeln!(
            text,
            "{}: undecided. The CallManager certificate is one for all nodes, so the CTL names the publisher only. Missing: does the \
             phone take files from a TFTP server that its CTL does not name? Reset one phone: it must register \
             [tftp-address-not-in-ctl]",
            names(recovery, &recovery.undecided)
        );
    }
    if recovery.cluster.phones().is_empty() {
        let _ = writeln!(text, "{NO_PHONES}");
    } else if recovery.groups.is_empty() {
        let _ = writeln!(
            text,
            "no phone is locked under policy {}",
            words(&recovery.policies).join(", ")
        );
    }
    for group in &recovery.groups {
        group_text(recovery, group, &mut text);
    }
    text
}

fn group_text(recovery: &Recovery, group: &LockedPhones, text: &mut String) {
    let label = |cert| certificate(recovery, cert);
    let release = recovery.cluster.release();
    let (refuse, their, them) = match group.phones.len() {
        1 => ("it refuses", "its", "it"),
        _ => ("they refuse", "their", "them"),
    };
    let _ = writeln!(
        text,
        "{}: locked under policy {}",
        names(recovery, &group.phones),
        words(&group.locked_under).join(", ")
    );
    if let Some((file, signer)) = group.refuses {
        let _ = writeln!(
            text,
            "  {refuse} the {} signed by {}",
            file.as_str().to_uppercase(),
            label(signer)
        );
    }
    for (anchor, word) in
        [(Anchor::Ctl, "CTL lets"), (Anchor::Itl, "ITL lets"), (Anchor::Tvs, "TVS records let")]
    {
        let held: Vec<String> = group
            .anchors
            .iter()
            .filter(|(of, _)| *of == anchor)
            .map(|(_, cert)| label(*cert))
            .collect();
        let _ = writeln!(
            text,
            "  {their} {word} {them} trust: {}",
            if held.is_empty() { "nothing".to_owned() } else { held.join(", ") }
        );
    }
    for found in &group.remedies {
        let certainty = if group.is_always(found) {
            "helps under every policy".to_owned()
        } else {
            format!("helps only under policy {}", words(&found.works_under).join(", "))
        };
        let _ = writeln!(text, "  {}: {certainty}", command(release, found.remedy));
        if !found.harms.is_empty() {
            let _ = writeln!(
                text,
                "    but {} {} well now and {} files after it",
                names(recovery, &found.harms),
                if found.harms.len() == 1 { "is" } else { "are" },
                if found.harms.len() == 1 { "refuses" } else { "refuse" },
            );
        }
        for step in steps(recovery, found) {
            let _ = writeln!(text, "    - {step}");
        }
    }
    if !group.useless.is_empty() {
        let useless: Vec<&str> =
            group.useless.iter().map(|&remedy| command(release, remedy)).collect();
        let _ = writeln!(text, "  does not help here: {}", useless.join(", "));
    }
    if group.itl_too_large {
        let _ = writeln!(
            text,
            "  the ITL is too large for phones: remove certificates until it is small enough, restart Cisco Tftp on all nodes, reset \
             the phones"
        );
    } else if group.remedies.is_empty() {
        let _ = writeln!(text, "  nothing that was tried helps. Put the old keys back. {RESTORE}");
    }
}

/// A remedy as the command that is given.
pub(super) fn command(release: Release, remedy: PlanRemedy) -> &'static str {
    match remedy {
        // `utils ctl` is of 10.0 and later (P-VER).
        PlanRemedy::Command(RecoveryCommand::CtlUpdate)
            if release.ctl_signer() == ListSigner::Token =>
        {
            "an update of the CTL with the CTL client"
        }
        PlanRemedy::Command(RecoveryCommand::CtlResetLocalkey) => "`utils ctl reset localkey`",
        PlanRemedy::Command(RecoveryCommand::CtlUpdate) => "`utils ctl update CTLFile`",
        PlanRemedy::Command(RecoveryCommand::ItlResetLocalkey) => "`utils itl reset localkey`",
        PlanRemedy::DeleteLists => "deleting the lists on the phone",
        PlanRemedy::Restarts => "restarts of TVS and TFTP, and a reset",
    }
}

/// `the CallManager certificate of ccm1`, with its generation if it is not the first.
fn certificate(recovery: &Recovery, cert: Cert) -> String {
    let label = Plain(recovery.cluster.label(cert)).to_string();
    let Some((unit, rest)) = label.split_once('@') else { return label };
    let (node, generation) = rest.split_once('#').unwrap_or((rest, "1"));
    match generation {
        "1" => format!("the first {unit} certificate of {node}"),
        number => format!(
            "the {unit} certificate of {node}, regenerated {} times",
            number.parse::<u32>().map_or(0, |n| n.saturating_sub(1))
        ),
    }
    .replace("regenerated 1 times", "regenerated once")
}

/// The phones that are locked, with what is done about each, as CSV: those of one CallManager group
/// together, so that a site gets its own list.
pub fn plan_recovery_csv(recovery: &Recovery) -> String {
    let mut rows: Vec<[String; 4]> = Vec::new();
    for group in &recovery.groups {
        let sure = group.sure().or_else(|| group.remedies.first().map(|found| found.remedy));
        for &phone in &group.phones {
            let Some(spec) = recovery.cluster.phones().get(phone.index()) else { continue };
            let nodes =
                spec.cm_group.iter().map(|&node| recovery.cluster.node_spec(node).name.to_string());
            let under = words(&group.locked_under).join(" ");
            rows.push([
                nodes.collect::<Vec<_>>().join(" "),
                spec.name.to_string(),
                under,
                match sure {
                    Some(remedy) => in_a_cell(recovery.cluster.release(), remedy, group),
                    None => "nothing that was tried helps".to_owned(),
                },
            ]);
        }
    }
    rows.sort();
    let mut text = "cm_group,device,locked_under,what_to_do\n".to_owned();
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| cell_of(cell)).collect();
        let _ = writeln!(text, "{}", cells.join(","));
    }
    text
}

/// A cell of CSV; what a spreadsheet would take for a formula is text.
fn cell_of(text: &str) -> String {
    let cell = text_cell(Cow::Owned(Plain(text).to_string().into_bytes()));
    let text = String::from_utf8_lossy(&cell).into_owned();
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn names(recovery: &Recovery, phones: &[PhoneId]) -> String {
    let name = |phone: &PhoneId| Plain(recovery.cluster.phone_name(*phone)).to_string();
    let shown: Vec<String> = phones.iter().take(8).map(name).collect();
    match phones.len().saturating_sub(8) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A remedy in one cell: what is done first comes first.
fn in_a_cell(release: Release, remedy: PlanRemedy, group: &LockedPhones) -> String {
    let found = group.remedies.iter().find(|found| found.remedy == remedy);
    match remedy {
        PlanRemedy::DeleteLists => {
            let first = found.and_then(|found| found.steps.first());
            match first {
                Some(RemedyStep::CtlUpdate) => {
                    "utils ctl update CTLFile, then delete the lists on the phone"
                }
                Some(RemedyStep::RestartTvs) => {
                    "restart TVS and TFTP, then delete the lists on the phone"
                }
                _ => "delete the lists on the phone",
            }
            .to_owned()
        }
        other => command(release, other).replace('`', ""),
    }
}

const RESET: &str = "reset one of the phones: it must accept the lists. Then reset the others; if they refuse the CTL at first, reset them twice";

/// Returns the steps of a remedy, as they were tried.
fn steps(recovery: &Recovery, found: &FoundRemedy) -> Vec<String> {
    use RemedyStep as Step;
    let itl_signer = match recovery.cluster.release().itl_reset_signer() {
        ListSigner::ItlRecovery => "ITLRecovery",
        _ => "CallManager",
    };
    let publisher =
        Plain(&recovery.cluster.node_spec(recovery.cluster.publisher()).name).to_string();
    let mut told = Vec::new();
    let mut before: &[Step] = &[];
    let mut rest = found.steps;
    while let Some((step, after)) = rest.split_first() {
        rest = after;
        match step {
            Step::CtlResetLocalkey => told.push(format!(
                "utils ctl reset localkey, on {publisher}; show ctl: signed by CallManager of the publisher"
            )),
            Step::CtlUpdate => {
                let keep = if after.contains(&Step::ItlResetLocalkey) { "; do not reset a phone before the next two steps" } else { "" };
                told.push(format!("{}{keep}", update_ctl(recovery, &publisher)));
            }
            Step::DeleteLists => {
                let both = if recovery.cluster.mode() == Mode::Mixed {
                    "CTL and ITL"
                } else {
                    "the ITL (and a CTL, if it has one)"
                };
                told.push(format!(
                    "delete {both} on the phone; it then accepts the first lists that it gets. {DELETE_LISTS}"
                ));
                told.push(format!("or put the old keys back. {RESTORE}"));
            }
            Step::ItlResetLocalkey => {
                told.push(format!(
                    "utils itl reset localkey, on {publisher}: one line \"Successfully transferred reset ITL\" for each TFTP node"
                ));
                told.push(format!("show itl: it must be signed by {itl_signer} of the publisher"));
            }
            Step::ResetPhones => told.push(RESET.to_owned()),
            Step::RestartTvs if after.first() == Some(&Step::RestartTftp) => {
                told.push(
                    "restart Cisco Trust Verification Service on all nodes, then Cisco Tftp on all nodes"
                        .to_owned(),
                );
                rest = after.split_first().map_or(after, |(_, rest)| rest);
            }
            Step::RestartTvs => {
                told.push("restart Cisco Trust Verification Service on all nodes".to_owned());
            }
            Step::RestartTftp if before.contains(&Step::ItlResetLocalkey) => {
                told.push("restart Cisco Tftp on all nodes: the usual signer comes back".to_owned());
            }
            Step::RestartTftp if after.first() == Some(&Step::ItlResetLocalkey) => {
                told.push("restart Cisco Tftp on all nodes; do not reset a phone before the next step".to_owned());
            }
            Step::RestartTftp => told.push("restart Cisco Tftp on all nodes".to_owned()),
        }
        before =
            found.steps.get(..found.steps.len().saturating_sub(rest.len())).unwrap_or_default();
    }
    told
}

/// The step that writes a new CTL: before 10.0 only the CTL client does (P-VER).
fn update_ctl(recovery: &Recovery, publisher: &str) -> String {
    if recovery.cluster.release().ctl_signer() == ListSigner::Token {
        return "CTL client > Update CTL File > Finish, with an eToken that signed the CTL: CTL file Updated"
            .to_owned();
    }
    format!("utils ctl update CTLFile, on {publisher}: CTL file Updated")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_run_by_a_spreadsheet() {
        for cell in ["=1+1", "+49", "-1", "@SUM(1)", "\u{ff1d}1+1", "\u{ff20}x"] {
            assert_eq!(cell_of(cell), format!("'{cell}"));
        }
        assert_eq!(cell_of("=a,\"b\""), "\"'=a,\"\"b\"\"\"");
        assert_eq!(cell_of("\t=1"), "\\t=1", "a control character is escaped");
        assert_eq!(cell_of("SEP1"), "SEP1");
    }
}
