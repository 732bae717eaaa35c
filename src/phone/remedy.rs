//! Remedies for a refused or undecided file: only those that can still work with the lists on this
//! phone. `predict` tries each one; a remedy after which the phone does not accept the file is left
//! out.

use super::held::{ANCHOR, SIGNS_CONFIGS, nameless};
use super::what_if::{WhatIf, teach, tvs_record};
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

/// An action after which the phone accepts a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Remedy {
    /// `utils ctl reset localkey` on the publisher, then a reset: the CTL is signed with the
    /// CallManager key, which the phone knows (P-REC-3).
    CtlResetLocalkey {
        /// The certificate that would sign.
        signer: Arc<CertificateFacts>,
    },
    /// A new CTL before the phone boots again (`utils ctl update CTLFile`; with eTokens, the CTL
    /// client). It names the certificates in use, and its signer is known to the phone (P-CTL-5,
    /// P-CTL-8).
    CtlUpdate {
        /// The certificate that would sign.
        signer: Arc<CertificateFacts>,
    },
    /// Deletion of the lists on the phone by hand. It then accepts the first lists that it gets
    /// (P-FIRST-1).
    DeleteListsOnPhone,
    /// Import of the signer's certificate (Phone-SAST-trust, CallManager-trust), so that TVS knows
    /// it in this role (P-TVS-4, P-TVS-5).
    ImportSigner {
        /// The signer.
        certificate: Arc<CertificateFacts>,
        /// The required role.
        role: Role,
    },
    /// `utils itl reset localkey` on the publisher, then a reset: the ITL is signed with the key of
    /// the publisher that does not normally sign it, and the phone knows that key (P-REC-2).
    ItlResetLocalkey {
        /// The certificate that would sign.
        signer: Arc<CertificateFacts>,
    },
    /// The same, if this certificate is the publisher's: the lists do not say whose it is, and with
    /// the key of another node the command never signs (P-ITL-8). Not known to help.
    ItlResetLocalkeyIfPublisher {
        /// The certificate that signs if it is the publisher's.
        signer: Arc<CertificateFacts>,
    },
    /// TLS 1.0 for the time of the change (`set tls min-version 1.0`), so that the phone's TVS
    /// client can connect (P-TVS-11).
    LowerTlsMinimum,
    /// A second reset: the phone then accepts the file that it refused at the first.
    ResetAgain,
    /// A restart of TFTP, which builds and signs the ITL in the usual way, then a reset: the phone
    /// knows that signer.
    ResetAfterTftpRestart {
        /// The certificate that would sign.
        signer: Arc<CertificateFacts>,
    },
    /// The TVS certificate that the phone's ITL names, restored on the server from a backup, then a
    /// reset (P-TVS-2).
    RestoreTvsCertificate {
        /// The server that gets it.
        server: Arc<str>,
        /// The certificate of the TVS record.
        certificate: Arc<CertificateFacts>,
    },
    /// Deletion of certificates from the trust stores until the ITL is small enough, a restart of
    /// TFTP, then a reset (P-ALG-7).
    ShrinkItl,
    /// A repair of TVS on this server, then a reset (P-TVS-3).
    StartTvs {
        /// The server that does not answer.
        server: Arc<str>,
    },
    /// Two remedies together; neither is known to help alone.
    Together {
        /// The remedy after which the phone trusts a TVS server again.
        first: Arc<Remedy>,
        /// The remedy that makes that server know the signer.
        second: Arc<Remedy>,
    },
    /// SHA-1 signatures (TFTP File Signature Algorithm), a restart of TFTP, then a reset (P-ALG-1).
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
            | Self::ItlResetLocalkeyIfPublisher { .. }
            | Self::ResetAfterTftpRestart { .. }
            | Self::ShrinkItl
            | Self::UseSha1 => false,
        }
    }

    /// Returns the rule that says why it helps.
    pub const fn rule(&self) -> Rule {
        match self {
            Self::CtlResetLocalkey { .. } => Rule::Rec3,
            Self::CtlUpdate { .. } | Self::ResetAfterTftpRestart { .. } => Rule::Ctl8,
            Self::DeleteListsOnPhone => Rule::First1,
            Self::ImportSigner { .. } | Self::Together { .. } => Rule::Tvs4,
            Self::ItlResetLocalkey { .. } | Self::ItlResetLocalkeyIfPublisher { .. } => Rule::Rec2,
            Self::LowerTlsMinimum => Rule::Tvs11,
            Self::ResetAgain => Rule::Ctl2,
            Self::RestoreTvsCertificate { .. } => Rule::Tvs2,
            Self::ShrinkItl => Rule::Alg7,
            Self::StartTvs { .. } => Rule::Tvs3,
            Self::UseSha1 => Rule::Alg1,
        }
    }
}

/// The remedies for each file. Empty if the phone accepts the file, or if no remedy is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Remedies {
    /// Remedies for the CTL.
    pub ctl: Vec<Remedy>,
    /// Remedies for the ITL.
    pub itl: Vec<Remedy>,
    /// Remedies for the configuration.
    pub config: Vec<Remedy>,
}

impl Remedies {
    /// Returns the remedies for this file.
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

/// Returns the remedies that can still work for this phone, the gentlest first. `prediction` is the
/// one to improve. It runs `predict` a bounded number of times and is not for the hot path.
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
    let mut what_if = WhatIf::new(phone, offer, tvs, signatures);
    // If Security By Default is not known, the answer leans like a device that has it: only
    // remedies for that one are tried.
    if what_if.phone.device.security_by_default == SecurityByDefault::Unknown {
        what_if.phone.device.security_by_default = SecurityByDefault::Yes;
    }
    reset_again(&what_if, &mut trials);
    other_files(&what_if, &mut trials);
    let unsure = signed_by_another_key(&what_if, &mut trials);
    rebuilt_for_config(&what_if, &mut trials);
    updated_ctl(&what_if, &mut trials);
    lower_tls_minimum(&what_if, &mut trials);
    // What may help comes after the commands that help.
    for (remedy, signed) in &unsure {
        trials.run(remedy, signed);
    }
    tvs_remedies(&what_if, &mut trials);
    // The TVS servers of another cluster usually do not know the signer, so deletion of the lists
    // comes before pairs of remedies.
    if share_no_certificate(&what_if) {
        delete_lists(&what_if, &mut trials);
    }
    tvs_pairs(&what_if, &mut trials);
    delete_lists(&what_if, &mut trials);
    trials.found
}

fn delete_lists(what_if: &WhatIf<'_>, trials: &mut Trials<'_>) {
    let mut bare = what_if.clone();
    bare.delete_lists();
    trials.run(&Remedy::DeleteListsOnPhone, &bare);
}

/// Checks if the phone comes from another cluster: no certificate of an offered list is in a list
/// on the phone.
fn share_no_certificate(what_if: &WhatIf<'_>) -> bool {
    let held: Vec<&Identity> =
        identities([what_if.phone.ctl(), what_if.phone.itl()].into_iter().flatten()).collect();
    let mut offered = identities(
        [what_if.list(JudgedFile::Ctl), what_if.list(JudgedFile::Itl)].into_iter().flatten(),
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

/// Remedies that passed their trial.
struct Trials<'a> {
    now: &'a Prediction,
    found: Remedies,
}

impl Trials<'_> {
    fn trouble(&self, file: JudgedFile) -> bool {
        outcome(self.now, file)
            .is_some_and(|outcome| matches!(outcome, Outcome::Depends | Outcome::Reject))
    }

    /// Records a remedy for every file that the phone accepts after it, unless another file gets
    /// worse.
    fn run(&mut self, remedy: &Remedy, what_if: &WhatIf<'_>) -> bool {
        self.note(remedy, &what_if.predict())
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
        judgement.findings().iter().any(|finding| proof.contains(&finding.code()))
    })
}

fn outcome(prediction: &Prediction, file: JudgedFile) -> Option<Outcome> {
    match file {
        JudgedFile::Config => prediction.config.as_ref().map(super::Judgement::outcome),
        JudgedFile::Ctl => Some(prediction.ctl.outcome()),
        JudgedFile::Itl => Some(prediction.itl.outcome()),
    }
}

/// Returns the order of outcomes: refused, undecided, any other.
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

/// Tries a second boot, which can accept a CTL through the ITL of the first (`spec/PROPERTIES.md`).
/// If a list is undecided, the start of the second boot is not known.
fn reset_again(what_if: &WhatIf<'_>, trials: &mut Trials<'_>) {
    if [trials.now.ctl.outcome(), trials.now.itl.outcome()].contains(&Outcome::Depends) {
        return;
    }
    let phone = after_state(&what_if.phone, &what_if.offer, trials.now);
    let mut again = what_if.clone();
    again.phone = phone;
    trials.run(&Remedy::ResetAgain, &again);
}

/// Tries the same files with the digest and the size that every phone accepts.
fn other_files(what_if: &WhatIf<'_>, trials: &mut Trials<'_>) {
    let lists = [what_if.list(JudgedFile::Ctl), what_if.list(JudgedFile::Itl)];
    let digests = lists
        .into_iter()
        .flatten()
        .map(|list| list.digest)
        .chain(what_if.config().map(|config| config.digest));
    if digests.into_iter().any(|digest| digest != DigestAlgorithm::Sha1) {
        let mut plain = what_if.clone();
        plain.edit_list(JudgedFile::Ctl, |list| list.digest = DigestAlgorithm::Sha1);
        plain.edit_list(JudgedFile::Itl, |list| list.digest = DigestAlgorithm::Sha1);
        plain.edit_config(|config| config.digest = DigestAlgorithm::Sha1);
        trials.run(&Remedy::UseSha1, &plain);
    }
    if refused_for(trials.now, FindingCode::ItlOversize) {
        let mut smaller = what_if.clone();
        smaller.edit_list(JudgedFile::Itl, |list| list.size = Some(0));
        trials.run(&Remedy::ShrinkItl, &smaller);
    }
}

fn refused_for(prediction: &Prediction, code: FindingCode) -> bool {
    prediction.itl.findings().iter().any(|finding| finding.code() == code)
}

/// Tries the other SAST certificates of an offered list as signers: TFTP or `ctl update` uses the
/// normal one, `localkey` the other (P-REC-2, P-REC-3, P-ITL-8). An ITL can also be signed by the
/// other SAST certificate of the phone's CTL, which is the publisher's (C-65). Returns what helps
/// only if a certificate is the publisher's.
fn signed_by_another_key<'a>(
    what_if: &WhatIf<'a>,
    trials: &mut Trials<'_>,
) -> Vec<(Remedy, WhatIf<'a>)> {
    let mut unsure = Vec::new();
    for file in [JudgedFile::Itl, JudgedFile::Ctl] {
        let Some(list) = what_if.list(file) else { continue };
        let (installed, ctl) = if file == JudgedFile::Itl {
            (what_if.phone.itl(), what_if.phone.ctl())
        } else {
            (what_if.phone.ctl(), None)
        };
        let of_list = other_anchors(list, list).take(MAX_ANCHORS).map(|signer| (list, signer));
        // The CallManager key of the publisher, if it is still in use: a CTL on the phone may name an
        // eToken, or a certificate that was regenerated since.
        let is_in_use = |anchor: &CertificateFacts| {
            what_if.list(JudgedFile::Ctl).is_some_and(|current| {
                holds(current, anchor) && is_call_manager(current, &anchor.identity)
            })
        };
        let of_ctl = ctl.into_iter().flat_map(|ctl| {
            let anchors =
                other_anchors(ctl, list).filter(|anchor| !holds(list, anchor) && is_in_use(anchor));
            anchors.take(MAX_ANCHORS).map(move |signer| (ctl, signer))
        });
        for (source, signer) in of_list.chain(of_ctl) {
            let place = Place { file, offered: list, source, ctl: ctl.map(Arc::as_ref) };
            let Some(remedy) = place.command(installed.map(Arc::as_ref), signer) else { continue };
            let mut signed = what_if.clone();
            signed.sign(file, signer);
            if matches!(remedy, Remedy::ItlResetLocalkeyIfPublisher { .. }) {
                unsure.push((remedy, signed));
            } else {
                trials.run(&remedy, &signed);
            }
        }
    }
    unsure
}

/// Returns the SAST certificates of a list that did not sign the offered one.
fn other_anchors<'a>(
    list: &'a ListFacts,
    offered: &'a ListFacts,
) -> impl Iterator<Item = &'a Arc<CertificateFacts>> {
    let anchors = list
        .records
        .iter()
        .filter(|record| record.role == Role::Sast)
        .filter_map(|record| record.certificate.as_ref());
    anchors.filter(|anchor| offered.signer.as_ref() != Some(&anchor.identity))
}

fn holds(list: &ListFacts, anchor: &CertificateFacts) -> bool {
    list.find(&anchor.identity, ANCHOR).is_some()
}

/// The place of a certificate that may sign a file.
struct Place<'a> {
    file: JudgedFile,
    /// The list that is signed.
    offered: &'a ListFacts,
    /// The list that names the certificate.
    source: &'a ListFacts,
    /// The CTL on the phone.
    ctl: Option<&'a ListFacts>,
}

impl Place<'_> {
    /// Returns the command after which this certificate signs. It is the normal signer if a
    /// certificate of the same kind signed the installed list: CallManager before 12.0, the recovery
    /// key from then on. The recovery key never signs a CTL in a release with CallManager as the
    /// normal signer (P-CTL-5, P-REC-3).
    fn command(
        &self,
        installed: Option<&ListFacts>,
        signer: &Arc<CertificateFacts>,
    ) -> Option<Remedy> {
        let kind_now =
            installed.and_then(|list| Some(is_call_manager(list, list.signer.as_ref()?)));
        let call_manager = is_call_manager(self.source, &signer.identity);
        let usual = kind_now == Some(call_manager);
        let signer = signer.clone();
        match self.file {
            JudgedFile::Ctl if usual => Some(Remedy::CtlUpdate { signer }),
            JudgedFile::Ctl => call_manager.then_some(Remedy::CtlResetLocalkey { signer }),
            // A TFTP server makes its ITL of what its own list names.
            _ if usual => core::ptr::eq(self.source, self.offered)
                .then_some(Remedy::ResetAfterTftpRestart { signer }),
            _ => match self.is_publishers(&signer, call_manager) {
                Some(true) => Some(Remedy::ItlResetLocalkey { signer }),
                Some(false) => None,
                None => Some(Remedy::ItlResetLocalkeyIfPublisher { signer }),
            },
        }
    }

    /// Checks if a certificate is the publisher's; `None` if the lists do not say. `utils itl reset
    /// localkey` copies the ITL of the publisher, signed with a key of the publisher, to every TFTP
    /// server (P-REC-2).
    fn is_publishers(&self, signer: &CertificateFacts, call_manager: bool) -> Option<bool> {
        // C-65: the anchors of a tokenless CTL are the publisher's.
        if self.ctl.is_some_and(|ctl| holds(ctl, signer)) {
            return Some(true);
        }
        if call_manager { self.is_of_publisher(signer) } else { self.is_of_cluster(signer) }
    }

    /// A CallManager certificate, from 12.0: the recovery certificate names the publisher (12.5).
    fn is_of_publisher(&self, signer: &CertificateFacts) -> Option<bool> {
        let own = host(self.offered, signer)?;
        let mut publishers = self.recovery().filter_map(|recovery| host(self.offered, recovery));
        let publisher = publishers.next()?;
        if publishers.any(|other| same_host(other, publisher) != Some(true)) {
            return None;
        }
        match same_host(own, publisher)? {
            true => Some(true),
            // A certificate with the name of no server is older than a new host name (P-REC-6), and
            // one certificate of all servers has a name of its own (P-CTL-9).
            false => {
                let servers = |host| {
                    let mut servers = self.offered.records.iter().map(|record| &*record.server);
                    servers.any(|server| same_host(server, host) == Some(true))
                };
                let multi_server = signer
                    .subject
                    .common_name()
                    .is_some_and(|name| short(name).to_ascii_lowercase().ends_with("-ms"));
                (servers(publisher) && !multi_server).then_some(false)
            }
        }
    }

    /// A recovery certificate, before 12.0, where each node may have its own: it is the one of the
    /// cluster if it is in the list of another node, or if there is one node.
    fn is_of_cluster(&self, recovery: &CertificateFacts) -> Option<bool> {
        let owner = host(self.offered, recovery)?;
        let mut others = self.offered.records.iter().filter(|record| {
            SIGNS_CONFIGS.contains(&record.role)
                && record.certificate.as_ref().is_none_or(|it| it.identity != recovery.identity)
        });
        let of_another = others.any(|record| same_host(&record.server, owner) == Some(false));
        let mut servers = self.offered.records.iter().filter(|record| record.role == Role::Tvs);
        let one_node = servers.clone().next().is_some()
            && servers.all(|record| same_host(&record.server, owner) == Some(true));
        (of_another || one_node).then_some(true)
    }

    /// Returns the recovery certificates of the offered list (P-ITL-2).
    fn recovery(&self) -> impl Iterator<Item = &CertificateFacts> {
        let anchors = self.offered.records.iter().filter(|record| record.role == Role::Sast);
        let certificates = anchors.filter_map(|record| record.certificate.as_deref());
        certificates.filter(|anchor| !is_call_manager(self.offered, &anchor.identity))
    }
}

/// Returns the host of a certificate: `ITLRECOVERY_HOST` names it, else the server of its record.
fn host<'a>(list: &'a ListFacts, certificate: &'a CertificateFacts) -> Option<&'a str> {
    let name = certificate.subject.common_name().unwrap_or_default();
    let named = name
        .split_at_checked(RECOVERY_NAME.len())
        .filter(|(kind, host)| kind.eq_ignore_ascii_case(RECOVERY_NAME) && !host.is_empty());
    if let Some((_, host)) = named {
        return Some(host);
    }
    let records = list.records.iter().filter(|record| {
        record.certificate.as_ref().is_some_and(|it| it.identity == certificate.identity)
    });
    records.map(|record| &*record.server).find(|server| !server.is_empty())
}

/// Checks if two names are of one host; `None` for an address and a name. A name without a domain
/// is that of the same host in any domain.
fn same_host(one: &str, other: &str) -> Option<bool> {
    let is_address =
        |host: &str| host.contains(':') || host.bytes().all(|it| it.is_ascii_digit() || it == b'.');
    if one.is_empty() || other.is_empty() || is_address(one) != is_address(other) {
        return None;
    }
    let whole = is_address(one) || one.contains('.') && other.contains('.');
    let (one, other) = if whole { (one, other) } else { (short(one), short(other)) };
    Some(one.eq_ignore_ascii_case(other))
}

/// Returns a host name without its domain.
fn short(host: &str) -> &str {
    host.split('.').next().unwrap_or(host)
}

/// Checks if a certificate is a CallManager: it is in the list as SAST and as CCM+TFTP or TFTP, the
/// recovery key as SAST only (P-ITL-2).
fn is_call_manager(list: &ListFacts, certificate: &Identity) -> bool {
    list.find(certificate, SIGNS_CONFIGS).is_some()
}

/// Tries a TFTP restart for a phone that refuses only the configuration: the ITL then names the
/// certificate that signs it.
fn rebuilt_for_config(what_if: &WhatIf<'_>, trials: &mut Trials<'_>) {
    let (Some(config), Some(itl)) = (what_if.config(), what_if.phone.itl()) else { return };
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
    let mut rebuilt = what_if.clone();
    rebuilt.offer.itl = ListOffer::List(Arc::new(with_record(itl, Role::CcmTftp, &current)));
    rebuilt.sign(JudgedFile::Itl, &signer);
    trials.run(&Remedy::ResetAfterTftpRestart { signer }, &rebuilt);
}

/// Tries `ctl update` for a CTL that does not know the signer of the ITL.
fn updated_ctl(what_if: &WhatIf<'_>, trials: &mut Trials<'_>) {
    let (Some(ctl), Some(itl)) = (what_if.phone.ctl(), what_if.list(JudgedFile::Itl)) else {
        return;
    };
    let Some(signer) = itl.signer.as_ref().and_then(|signer| itl.find(signer, ANCHOR)) else {
        return;
    };
    let Some(signer) = &signer.certificate else { return };
    if !trials.trouble(JudgedFile::Itl) || ctl.find(&signer.identity, ANCHOR).is_some() {
        return;
    }
    let mut updated = what_if.clone();
    let fresh = ListFacts { file: SPARE, records: itl.records.clone(), ..(**ctl).clone() };
    updated.offer.ctl = ListOffer::List(Arc::new(fresh));
    updated.sign(JudgedFile::Ctl, signer);
    trials.run(&Remedy::CtlUpdate { signer: signer.clone() }, &updated);
}

/// Returns this list with one more record, as a file of its own.
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

/// Tries TLS 1.0 for a phone whose TVS client is too old for the cluster's minimum (P-TVS-11).
fn lower_tls_minimum(what_if: &WhatIf<'_>, trials: &mut Trials<'_>) {
    let legacy = what_if.phone.device.tvs_client == TvsClient::Legacy;
    if !legacy || what_if.offer.tls_minimum.is_none_or(|minimum| minimum == TlsVersion::V1_0) {
        return;
    }
    let mut lowered = what_if.clone();
    lowered.offer.tls_minimum = Some(TlsVersion::V1_0);
    trials.run(&Remedy::LowerTlsMinimum, &lowered);
}

/// Tries to repair servers that do not answer or present another certificate, and to import the
/// signer.
fn tvs_remedies(what_if: &WhatIf<'_>, trials: &mut Trials<'_>) {
    for (remedy, restored) in restored_servers(what_if) {
        trials.run(&remedy, &restored);
    }
    if what_if.tvs == Tvs::Unknown {
        return;
    }
    for (certificate, role) in signers(what_if) {
        let mut taught = what_if.clone();
        taught.edit_servers(|server| teach(server, &certificate, &[role]));
        trials.run(&Remedy::ImportSigner { certificate, role }, &taught);
    }
}

/// Tries a repaired server together with an import of the signer, if the repair alone does not
/// help.
fn tvs_pairs(what_if: &WhatIf<'_>, trials: &mut Trials<'_>) {
    for (remedy, restored) in restored_servers(what_if) {
        if trials.found.holds(&remedy) {
            continue;
        }
        for (certificate, role) in signers(what_if) {
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

/// Returns a trial for each server that does not answer or presents another certificate, with the
/// certificate of its TVS record.
fn restored_servers<'a>(what_if: &WhatIf<'a>) -> Vec<(Remedy, WhatIf<'a>)> {
    let mut restored = Vec::new();
    if what_if.tvs == Tvs::Unknown {
        return restored;
    }
    let mut servers = Vec::new();
    what_if.clone().edit_servers(|server| servers.push(server.clone()));
    for server in servers.iter().take(MAX_SERVERS) {
        let Some(certificate) =
            tvs_record(what_if.phone.itl().map(Arc::as_ref), &server.server).cloned()
        else {
            continue;
        };
        let name = server.server.clone();
        let remedy = match (server.reachable, server.presents.as_ref() == Some(&certificate)) {
            // If its certificate is not known, the server may need no repair.
            (true, _) if server.presents.is_none() => continue,
            (true, true) => continue,
            (true, false) => {
                Remedy::RestoreTvsCertificate { server: name, certificate: certificate.clone() }
            }
            (false, _) => Remedy::StartTvs { server: name },
        };
        let mut trusted = what_if.clone();
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

/// Returns the signers of the offered files, with the role that TVS must have for them.
fn signers(what_if: &WhatIf<'_>) -> Vec<(Arc<CertificateFacts>, Role)> {
    let files = [
        (JudgedFile::Ctl, Role::Sast),
        (JudgedFile::Itl, Role::Sast),
        (JudgedFile::Config, Role::CcmTftp),
    ];
    let mut signers = Vec::new();
    for (file, role) in files {
        let Some((signer, subject)) = what_if.signer(file) else { continue };
        let certificate =
            what_if.certificate_of(signer).unwrap_or_else(|| Arc::new(nameless(signer, subject)));
        if !signers.contains(&(certificate.clone(), role)) {
            signers.push((certificate, role));
        }
    }
    signers
}

/// The id of a file that the caller does not have.
const SPARE: FileId = FileId::symbol(u32::MAX);

/// The name of a recovery certificate begins with this; its host follows.
const RECOVERY_NAME: &str = "ITLRECOVERY_";

/// The number of SAST certificates of an offered list that are tried as signers.
const MAX_ANCHORS: usize = 4;

/// P-TVS-1: a CallManager group has up to three servers.
const MAX_SERVERS: usize = 3;
