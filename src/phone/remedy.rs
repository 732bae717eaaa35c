//! What the administrator can do now: only what can still work with the anchors that this phone holds. Each remedy is
//! tried out by `predict`; what does not make the phone take the file is not told.

use super::held::{ANCHOR, SIGNS_CONFIGS, nameless};
use super::world::{World, teach, tvs_record};
use super::{
    JudgedFile, ListOffer, Offer, Outcome, Phone, Prediction, Rule, SecurityByDefault, TlsVersion,
    Tvs, TvsClient, after_state,
};
use crate::code::FindingCode;
use crate::facts::{
    CertificateFacts, Completeness, FileId, Form, Identity, ListFacts, RecordFacts, RecordIndex,
    Signatures,
};
use crate::wire::{DigestAlgorithm, Role};
use alloc::{sync::Arc, vec::Vec};

/// Something to do that makes the phone take a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// `utils ctl reset localkey` on the publisher, then a reset: the CTL is signed by the CallManager, which the phone
    /// knows (P-REC-3).
    CtlResetLocalkey {
        /// The certificate that would sign.
        signer: Arc<CertificateFacts>,
    },
    /// A new CTL before the phone boots again (`utils ctl update CTLFile`; with eTokens, the CTL client): it then names
    /// the certificates in use, and a signer that the phone knows (P-CTL-5, P-CTL-8).
    CtlUpdate {
        /// The certificate that would sign.
        signer: Arc<CertificateFacts>,
    },
    /// Delete the lists on the phone by hand; it then starts on faith (P-FIRST-1).
    DeleteListsOnPhone,
    /// Import the signer's certificate (Phone-SAST-trust, CallManager-trust), so that TVS knows it with this role
    /// (P-TVS-4, P-TVS-5).
    ImportSigner {
        /// The signer.
        certificate: Arc<CertificateFacts>,
        /// The role that is needed.
        role: Role,
    },
    /// `utils itl reset localkey` on the publisher, then a reset: the ITL is signed by the key that does not sign it
    /// normally, which the phone knows (P-REC-2).
    ItlResetLocalkey {
        /// The certificate that would sign.
        signer: Arc<CertificateFacts>,
    },
    /// Allow TLS 1.0 for the time of the change (`set tls min-version 1.0`), so that the phone's TVS client can ask (P-TVS-11).
    LowerTlsMinimum,
    /// Reset the phone once more: the second boot takes what the first did not.
    ResetAgain,
    /// Restart TFTP, so that it builds and signs the ITL as usual, then reset the phone: it knows that signer.
    ResetAfterTftpRestart {
        /// The certificate that would sign.
        signer: Arc<CertificateFacts>,
    },
    /// Give the server back the TVS certificate that the phone's ITL names (from a backup), then reset (P-TVS-2).
    RestoreTvsCertificate {
        /// The server.
        server: Arc<str>,
        /// The certificate.
        certificate: Arc<CertificateFacts>,
    },
    /// Remove certificates from the trust stores until the ITL is small enough, restart TFTP, then reset (P-ALG-7).
    ShrinkItl,
    /// Make TVS on this server answer again, then reset (P-TVS-3).
    StartTvs {
        /// The server.
        server: Arc<str>,
    },
    /// Two of the others together: neither is known to help alone.
    Together {
        /// What makes the phone trust a TVS server again.
        first: Arc<Remedy>,
        /// What that server has to know besides.
        second: Arc<Remedy>,
    },
    /// Sign files with SHA-1 again (TFTP File Signature Algorithm), restart TFTP, then reset (P-ALG-1).
    UseSha1,
}

impl Remedy {
    /// Checks if the phone then takes the very files that it is offered now, not ones that are made anew.
    fn keeps_files(&self) -> bool {
        match self {
            Self::DeleteListsOnPhone
            | Self::ImportSigner { .. }
            | Self::LowerTlsMinimum
            | Self::ResetAgain
            | Self::RestoreTvsCertificate { .. }
            | Self::StartTvs { .. } => true,
            Self::Together { first, second } => first.keeps_files() && second.keeps_files(),
            Self::CtlResetLocalkey { .. }
            | Self::CtlUpdate { .. }
            | Self::ItlResetLocalkey { .. }
            | Self::ResetAfterTftpRestart { .. }
            | Self::ShrinkItl
            | Self::UseSha1 => false,
        }
    }

    /// The rule by which it helps.
    pub const fn rule(&self) -> Rule {
        match self {
            Self::CtlResetLocalkey { .. } => Rule::Rec3,
            Self::CtlUpdate { .. } | Self::ResetAfterTftpRestart { .. } => Rule::Ctl8,
            Self::DeleteListsOnPhone => Rule::First1,
            Self::ImportSigner { .. } | Self::Together { .. } => Rule::Tvs4,
            Self::ItlResetLocalkey { .. } => Rule::Rec2,
            Self::LowerTlsMinimum => Rule::Tvs11,
            Self::ResetAgain => Rule::Ctl2,
            Self::RestoreTvsCertificate { .. } => Rule::Tvs2,
            Self::ShrinkItl => Rule::Alg7,
            Self::StartTvs { .. } => Rule::Tvs3,
            Self::UseSha1 => Rule::Alg1,
        }
    }
}

/// What can be done about each file; empty where the phone takes the file, or where nothing can.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remedies {
    /// About the CTL.
    pub ctl: Vec<Remedy>,
    /// About the ITL.
    pub itl: Vec<Remedy>,
    /// About the configuration.
    pub config: Vec<Remedy>,
}

impl Remedies {
    /// What can be done about this file.
    pub fn of(&self, file: JudgedFile) -> &[Remedy] {
        match file {
            JudgedFile::Config => &self.config,
            JudgedFile::Ctl => &self.ctl,
            JudgedFile::Itl => &self.itl,
        }
    }

    fn holds(&self, remedy: &Remedy) -> bool {
        [&self.ctl, &self.itl, &self.config].into_iter().any(|remedies| remedies.contains(remedy))
    }
}

/// The remedies that can still work for this phone, the gentlest first. `prediction` is the one to be mended. Runs
/// `predict` a bounded number of times; not for the hot path.
pub fn remedies(
    phone: &Phone,
    offer: &Offer,
    tvs: &Tvs,
    signatures: &dyn Signatures,
    prediction: &Prediction,
) -> Remedies {
    let mut trials = Trials { now: prediction, found: Remedies::default() };
    if !trials.trouble(JudgedFile::Ctl)
        && !trials.trouble(JudgedFile::Itl)
        && !trials.trouble(JudgedFile::Config)
    {
        return trials.found;
    }
    let mut world = World::new(phone, offer, tvs, signatures);
    // Where it is not known, the answer leans like that of the device that has it; what helps that one is told.
    if world.phone.device.security_by_default == SecurityByDefault::Unknown {
        world.phone.device.security_by_default = SecurityByDefault::Yes;
    }
    reset_again(&world, &mut trials);
    other_files(&world, &mut trials);
    signed_by_another_key(&world, &mut trials);
    rebuilt_for_config(&world, &mut trials);
    updated_ctl(&world, &mut trials);
    lower_tls_minimum(&world, &mut trials);
    tvs_remedies(&world, &mut trials);
    // The TVS of another cluster has no reason to know the signer: there the lists are deleted sooner than two things are done.
    if share_no_certificate(&world) {
        delete_lists(&world, &mut trials);
    }
    tvs_pairs(&world, &mut trials);
    delete_lists(&world, &mut trials);
    trials.found
}

fn delete_lists(world: &World<'_>, trials: &mut Trials<'_>) {
    let mut bare = world.clone();
    bare.delete_lists();
    trials.run(&Remedy::DeleteListsOnPhone, &bare);
}

/// Returns whether the phone comes from another cluster: no certificate of an offered list is in a list that it holds.
fn share_no_certificate(world: &World<'_>) -> bool {
    let held: Vec<&Identity> =
        identities([&world.phone.ctl, &world.phone.itl].into_iter().flatten()).collect();
    let mut offered = identities(
        [world.list(JudgedFile::Ctl), world.list(JudgedFile::Itl)].into_iter().flatten(),
    )
    .peekable();
    !held.is_empty()
        && offered.peek().is_some()
        && !offered.any(|identity| held.contains(&identity))
}

fn identities<'a>(
    lists: impl Iterator<Item = &'a Arc<ListFacts>>,
) -> impl Iterator<Item = &'a Identity> {
    lists
        .flat_map(|list| &list.records)
        .filter_map(|record| record.certificate.as_ref())
        .map(|known| &known.identity)
}

/// Remedies that have passed their trial.
struct Trials<'a> {
    now: &'a Prediction,
    found: Remedies,
}

impl Trials<'_> {
    fn trouble(&self, file: JudgedFile) -> bool {
        outcome(self.now, file)
            .is_some_and(|outcome| matches!(outcome, Outcome::Depends | Outcome::Reject))
    }

    /// Notes the remedy for every troubled file that the phone takes in this world, unless another file ends worse.
    fn run(&mut self, remedy: &Remedy, world: &World<'_>) -> bool {
        self.note(remedy, &world.predict())
    }

    fn note(&mut self, remedy: &Remedy, then: &Prediction) -> bool {
        let files = [JudgedFile::Ctl, JudgedFile::Itl, JudgedFile::Config];
        if files
            .into_iter()
            .any(|file| outcome(then, file).map(rank) < outcome(self.now, file).map(rank))
        {
            return false;
        }
        let mut helped = false;
        for file in files {
            let taken = outcome(then, file).is_some_and(is_taken);
            // What is not signed by the key of the signer that it names has to be replaced, not accepted.
            if remedy.keeps_files() && is_forged(self.now, file) {
                continue;
            }
            if taken && self.trouble(file) {
                helped = true;
                let list = match file {
                    JudgedFile::Config => &mut self.found.config,
                    JudgedFile::Ctl => &mut self.found.ctl,
                    JudgedFile::Itl => &mut self.found.itl,
                };
                if !list.contains(remedy) {
                    list.push(remedy.clone());
                }
            }
        }
        helped
    }
}

/// Checks if the signature proves that another key signed the file, or that it was changed afterwards.
fn is_forged(prediction: &Prediction, file: JudgedFile) -> bool {
    let judgement = match file {
        JudgedFile::Config => prediction.config.as_ref(),
        JudgedFile::Ctl => Some(&prediction.ctl),
        JudgedFile::Itl => Some(&prediction.itl),
    };
    let proof = [FindingCode::SignatureBroken, FindingCode::SignerImpersonated];
    judgement.is_some_and(|judgement| {
        judgement.findings().iter().any(|finding| proof.contains(&finding.code))
    })
}

fn outcome(prediction: &Prediction, file: JudgedFile) -> Option<Outcome> {
    match file {
        JudgedFile::Config => prediction.config.as_ref().map(super::Judgement::outcome),
        JudgedFile::Ctl => Some(prediction.ctl.outcome()),
        JudgedFile::Itl => Some(prediction.itl.outcome()),
    }
}

/// How good an outcome is: refused, undecided, anything else.
fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Reject => 0,
        Outcome::Depends => 1,
        _ => 2,
    }
}

fn is_taken(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Accept | Outcome::InstallFirst | Outcome::Unchanged)
}

/// A second boot can take a CTL through the ITL that came in meanwhile (`spec/PROPERTIES.md`). Where a list is
/// undecided, what the second boot would start from is not known.
fn reset_again(world: &World<'_>, trials: &mut Trials<'_>) {
    if [trials.now.ctl.outcome(), trials.now.itl.outcome()].contains(&Outcome::Depends) {
        return;
    }
    let phone = after_state(&world.phone, &world.offer, trials.now);
    let mut again = world.clone();
    again.phone = phone;
    trials.run(&Remedy::ResetAgain, &again);
}

/// The same files with the digest or the size that every phone takes.
fn other_files(world: &World<'_>, trials: &mut Trials<'_>) {
    let lists = [world.list(JudgedFile::Ctl), world.list(JudgedFile::Itl)];
    let digests = lists
        .into_iter()
        .flatten()
        .map(|list| list.digest)
        .chain(world.config().map(|config| config.digest));
    if digests.into_iter().any(|digest| digest != DigestAlgorithm::Sha1) {
        let mut plain = world.clone();
        plain.edit_list(JudgedFile::Ctl, |list| list.digest = DigestAlgorithm::Sha1);
        plain.edit_list(JudgedFile::Itl, |list| list.digest = DigestAlgorithm::Sha1);
        plain.edit_config(|config| config.digest = DigestAlgorithm::Sha1);
        trials.run(&Remedy::UseSha1, &plain);
    }
    if refused_for(trials.now, FindingCode::ItlOversize) {
        let mut smaller = world.clone();
        smaller.edit_list(JudgedFile::Itl, |list| list.size = Some(0));
        trials.run(&Remedy::ShrinkItl, &smaller);
    }
}

fn refused_for(prediction: &Prediction, code: FindingCode) -> bool {
    prediction.itl.findings().iter().any(|finding| finding.code == code)
}

/// The other SAST of an offered list: TFTP or `ctl update` signs with the usual one, `localkey` with the other
/// (P-REC-2, P-REC-3, P-ITL-8).
fn signed_by_another_key(world: &World<'_>, trials: &mut Trials<'_>) {
    for file in [JudgedFile::Itl, JudgedFile::Ctl] {
        let Some(list) = world.list(file) else { continue };
        let installed = if file == JudgedFile::Itl { &world.phone.itl } else { &world.phone.ctl };
        for signer in other_anchors(list).take(MAX_ANCHORS) {
            let mut signed = world.clone();
            signed.sign(file, signer);
            if let Some(command) = command(file, list, installed.as_deref(), signer) {
                trials.run(&command, &signed);
            }
        }
    }
}

fn other_anchors(list: &ListFacts) -> impl Iterator<Item = &Arc<CertificateFacts>> {
    let anchors = list
        .records
        .iter()
        .filter(|record| record.role == Role::Sast)
        .filter_map(|record| record.certificate.as_ref());
    anchors.filter(|anchor| list.signer.as_ref() != Some(&anchor.identity))
}

/// The command after which this certificate signs. It is the usual signer when the installed list was signed by one of
/// its kind: a CallManager before 12.0, the recovery key from then on. A CTL is never signed by the recovery key of a
/// release where CallManager is the usual signer (P-CTL-5, P-REC-3).
fn command(
    file: JudgedFile,
    offered: &ListFacts,
    installed: Option<&ListFacts>,
    signer: &Arc<CertificateFacts>,
) -> Option<Remedy> {
    let kind_now = installed.and_then(|list| Some(is_call_manager(list, list.signer.as_ref()?)));
    let call_manager = is_call_manager(offered, &signer.identity);
    let signer = signer.clone();
    match (file, kind_now == Some(call_manager)) {
        (JudgedFile::Ctl, true) => Some(Remedy::CtlUpdate { signer }),
        (JudgedFile::Ctl, false) => call_manager.then_some(Remedy::CtlResetLocalkey { signer }),
        (_, true) => Some(Remedy::ResetAfterTftpRestart { signer }),
        (_, false) => Some(Remedy::ItlResetLocalkey { signer }),
    }
}

/// A CallManager stands in a list as SAST and as CCM+TFTP or TFTP, the recovery key as SAST only (P-ITL-2).
fn is_call_manager(list: &ListFacts, certificate: &Identity) -> bool {
    list.find(certificate, SIGNS_CONFIGS).is_some()
}

/// The phone refuses only the configuration: after a TFTP restart the ITL names the certificate that signs it.
fn rebuilt_for_config(world: &World<'_>, trials: &mut Trials<'_>) {
    let (Some(config), Some(itl)) = (world.config(), &world.phone.itl) else { return };
    if !is_taken(trials.now.itl.outcome()) || itl.find(&config.signer, SIGNS_CONFIGS).is_some() {
        return;
    }
    let current = Arc::new(nameless(&config.signer, &config.signer_subject));
    let by_call_manager = itl.signer.as_ref().is_some_and(|signer| is_call_manager(itl, signer));
    let usual = itl
        .signer
        .as_ref()
        .and_then(|signer| itl.find(signer, ANCHOR))
        .and_then(|record| record.certificate.clone());
    let Some(signer) = (if by_call_manager { Some(current.clone()) } else { usual }) else {
        return;
    };
    let mut rebuilt = world.clone();
    rebuilt.offer.itl = ListOffer::List(Arc::new(with_record(itl, Role::CcmTftp, &current)));
    rebuilt.sign(JudgedFile::Itl, &signer);
    trials.run(&Remedy::ResetAfterTftpRestart { signer }, &rebuilt);
}

/// The CTL does not know the signer of the ITL: `ctl update` makes one that does, if the phone takes it.
fn updated_ctl(world: &World<'_>, trials: &mut Trials<'_>) {
    let (Some(ctl), Some(itl)) = (&world.phone.ctl, world.list(JudgedFile::Itl)) else { return };
    let Some(signer) = itl.signer.as_ref().and_then(|signer| itl.find(signer, ANCHOR)) else {
        return;
    };
    let Some(signer) = &signer.certificate else { return };
    if !trials.trouble(JudgedFile::Itl) || ctl.find(&signer.identity, ANCHOR).is_some() {
        return;
    }
    let mut updated = world.clone();
    let fresh = ListFacts { file: SPARE, records: itl.records.clone(), ..(**ctl).clone() };
    updated.offer.ctl = ListOffer::List(Arc::new(fresh));
    updated.sign(JudgedFile::Ctl, signer);
    trials.run(&Remedy::CtlUpdate { signer: signer.clone() }, &updated);
}

/// This list with one record more, as a file of its own.
fn with_record(list: &ListFacts, role: Role, certificate: &Arc<CertificateFacts>) -> ListFacts {
    let mut list =
        ListFacts { file: SPARE, size: None, completeness: Completeness::Whole, ..list.clone() };
    let index =
        RecordIndex(u32::try_from(list.records.len()).unwrap_or(u32::MAX).saturating_add(1));
    let (server, certificate) = (Arc::from(""), Some(certificate.clone()));
    list.records.push(RecordFacts {
        index,
        role,
        server,
        address: None,
        form: Form::Certificate,
        certificate,
    });
    list
}

/// A phone whose TVS client speaks none of the TLS versions that the cluster allows, or perhaps none (P-TVS-11).
fn lower_tls_minimum(world: &World<'_>, trials: &mut Trials<'_>) {
    let legacy = world.phone.device.tvs_client == TvsClient::Legacy;
    if !legacy || world.offer.tls_minimum.is_none_or(|minimum| minimum == TlsVersion::V1_0) {
        return;
    }
    let mut lowered = world.clone();
    lowered.offer.tls_minimum = Some(TlsVersion::V1_0);
    trials.run(&Remedy::LowerTlsMinimum, &lowered);
}

/// Servers that present another certificate, or nothing; a TVS that does not know the signer.
fn tvs_remedies(world: &World<'_>, trials: &mut Trials<'_>) {
    for (remedy, restored) in restored_servers(world) {
        trials.run(&remedy, &restored);
    }
    if world.tvs == Tvs::Unknown {
        return;
    }
    for (certificate, role) in signers(world) {
        let mut taught = world.clone();
        taught.edit_servers(|server| teach(server, &certificate, &[role]));
        trials.run(&Remedy::ImportSigner { certificate, role }, &taught);
    }
}

/// A server that is trusted again and has to know a signer besides, where the first alone does not help.
fn tvs_pairs(world: &World<'_>, trials: &mut Trials<'_>) {
    for (remedy, restored) in restored_servers(world) {
        if trials.found.holds(&remedy) {
            continue;
        }
        for (certificate, role) in signers(world) {
            let mut taught = restored.clone();
            taught.edit_servers(|server| teach(server, &certificate, &[role]));
            let import = Remedy::ImportSigner { certificate, role };
            if !trials.found.holds(&import) {
                let (first, second) = (Arc::new(remedy.clone()), Arc::new(import));
                trials.run(&Remedy::Together { first, second }, &taught);
            }
        }
    }
}

/// Each server that does not answer, or presents another certificate, once more with the certificate of its TVS record.
fn restored_servers<'a>(world: &World<'a>) -> Vec<(Remedy, World<'a>)> {
    let mut restored = Vec::new();
    if world.tvs == Tvs::Unknown {
        return restored;
    }
    let mut servers = Vec::new();
    world.clone().edit_servers(|server| servers.push(server.clone()));
    for server in servers.iter().take(MAX_SERVERS) {
        let Some(certificate) = tvs_record(world.phone.itl.as_deref(), &server.server).cloned()
        else {
            continue;
        };
        let name = server.server.clone();
        let remedy = match (server.reachable, server.presents.as_ref() == Some(&certificate)) {
            // Where it is not known, there may be nothing to restore.
            (true, _) if server.presents.is_none() => continue,
            (true, true) => continue,
            (true, false) => {
                Remedy::RestoreTvsCertificate { server: name, certificate: certificate.clone() }
            }
            (false, _) => Remedy::StartTvs { server: name },
        };
        let mut trusted = world.clone();
        trusted.edit_servers(|entry| {
            if entry.server == server.server {
                entry.reachable = true;
                entry.presents = Some(certificate.clone());
            }
        });
        restored.push((remedy, trusted));
    }
    restored
}

/// The signers of the offered files, with the role that TVS has to know them by.
fn signers(world: &World<'_>) -> Vec<(Arc<CertificateFacts>, Role)> {
    let files = [
        (JudgedFile::Ctl, Role::Sast),
        (JudgedFile::Itl, Role::Sast),
        (JudgedFile::Config, Role::CcmTftp),
    ];
    let mut signers = Vec::new();
    for (file, role) in files {
        let Some((signer, subject)) = world.signer(file) else { continue };
        let certificate =
            world.certificate_of(signer).unwrap_or_else(|| Arc::new(nameless(signer, subject)));
        if !signers.contains(&(certificate.clone(), role)) {
            signers.push((certificate, role));
        }
    }
    signers
}

/// A file that is not among those of the caller.
const SPARE: FileId = FileId::symbol(u32::MAX);

/// Anchors of an offered list that are tried as signers.
const MAX_ANCHORS: usize = 4;

/// P-TVS-1: a CallManager group has up to three servers.
const MAX_SERVERS: usize = 3;
