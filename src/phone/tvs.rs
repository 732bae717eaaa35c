//! The Trust Verification Service: the servers that the phone asks, those that it believes, and
//! their common answer (P-TVS).

use super::draft::{Branches, Draft};
use super::held::{BootContext, Lists};
use super::{
    CachedSigner, ConditionKind, FindingKind, IncompleteList, KnownCertificate, Lean, Rule,
    SecurityByDefault, TlsVersion, Tvs, TvsClient, TvsServer, TvsVoucher, Via,
};
use crate::facts::{CertificateFacts, Form, Identity, SameCertificate};
use crate::wire::Role;
use alloc::sync::Arc;

/// The common answer of TVS about a signer.
pub(super) struct Answer<'a> {
    pub(super) verdict: Verdict<'a>,
    /// The certificate that a TVS server, or the phone's cache, returned.
    pub(super) certificate: Option<&'a Arc<CertificateFacts>>,
    /// The server that answered yes.
    pub(super) server: Option<&'a Arc<str>>,
    pub(super) via: Via,
    /// True if every usable server answers yes, whatever doubts remain.
    all_yes: bool,
    doubts: Doubts,
}

/// Yes, no, or open doubts.
#[derive(Clone, Copy)]
pub(super) enum Verdict<'a> {
    No,
    Open,
    Yes(ServerVoucher<'a>),
}

/// A server that knows the signer, and the certificate that it returned.
#[derive(Clone, Copy)]
pub(super) struct ServerVoucher<'a> {
    server: &'a Arc<str>,
    certificate: &'a Arc<CertificateFacts>,
}

impl<'a> ServerVoucher<'a> {
    /// Adds a yes to the draft and returns its key.
    pub(super) fn grant_in(self, rule: Rule, draft: &mut Draft) -> Option<&'a CertificateFacts> {
        let Self { server, certificate } = self;
        let voucher = TvsVoucher { server: server.clone(), certificate: certificate.clone() };
        draft.grant(FindingKind::TvsVouches(voucher), rule, Some(Via::Tvs));
        Some(certificate)
    }
}

/// At most one question of each kind. The fixed size avoids an allocation.
type Doubts = [Option<TvsDoubt>; 5];

struct TvsDoubt {
    kind: ConditionKind,
    rule: Rule,
    leans: Option<Lean>,
}

impl<'a> Answer<'a> {
    fn plain(verdict: Verdict<'a>) -> Self {
        Self {
            verdict,
            certificate: None,
            server: None,
            via: Via::Tvs,
            all_yes: false,
            doubts: [const { None }; 5],
        }
    }

    fn open(kind: ConditionKind, rule: Rule, leans: Option<Lean>) -> Self {
        let mut answer = Self::plain(Verdict::Open);
        answer.ask(kind, rule, leans);
        answer
    }

    fn ask(&mut self, kind: ConditionKind, rule: Rule, leans: Option<Lean>) {
        self.verdict = Verdict::Open;
        if let Some(free) = self.doubts.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(TvsDoubt { kind, rule, leans });
        }
    }

    /// Returns the lean of the open doubts: reject if one leans there, accept if all do.
    fn leans(&self) -> Option<Lean> {
        let leans = || self.doubts.iter().flatten().map(|doubt| doubt.leans);
        if leans().any(|lean| lean == Some(Lean::Reject)) {
            return Some(Lean::Reject);
        }
        leans().all(|lean| lean == Some(Lean::Accept)).then_some(Lean::Accept)
    }

    /// Adds the open doubts to the draft.
    pub(super) fn open_in(self, sides: Branches, draft: &mut Draft) {
        for TvsDoubt { kind, rule, leans } in self.doubts.into_iter().flatten() {
            draft.open_between(kind, rule, leans, sides);
        }
    }

    /// Adds an uncertain voucher to the draft and returns its key.
    pub(super) fn note(&self, draft: &mut Draft) -> Option<&'a CertificateFacts> {
        let certificate = self.certificate?;
        draft.vouched_by(self.via);
        Some(certificate)
    }
}

/// Asks TVS about `signer`, which needs one of the roles `need`, with the ITL that is on the phone
/// at that moment.
pub(super) fn ask<'a>(
    context: &BootContext<'a>,
    lists: &Lists<'a>,
    signer: &Identity,
    need: &[Role],
    draft: &mut Draft,
) -> Answer<'a> {
    if context.security_by_default == SecurityByDefault::No {
        draft.inform(FindingKind::TvsNotOnDevice, Rule::Tvs8);
        return Answer::plain(Verdict::No);
    }
    if !lists.itl.has(&[Role::Tvs]) {
        return without_record(lists, draft);
    }
    let tls = Tls::of(context);
    if tls == Tls::TooOld {
        draft.inform(FindingKind::TvsNeedsTls10, Rule::Tvs11);
        return Answer::plain(Verdict::No);
    }
    let mut answer = match context.tvs {
        Tvs::Unknown => Answer::open(ConditionKind::TvsUnknown, Rule::Tvs4, None),
        Tvs::Known(servers) => {
            let mut tally = Tally::default();
            for_each_server(context, servers, |name, server| {
                let status = server
                    .map_or(Status::Unreachable, |server| status(server, lists, signer, need));
                report(name, server.is_some(), status, draft);
                tally.count(name, status);
            });
            tally.answer()
        }
    };
    if let (Tls::Open(leans), Verdict::Open | Verdict::Yes(_)) = (tls, answer.verdict) {
        answer.ask(ConditionKind::TvsTlsOpen, Rule::Tvs11, leans);
    }
    remembered(context, answer, signer, need)
}

/// The common TLS versions of the phone's TVS client and the servers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tls {
    /// There is one.
    Common,
    /// It is not known or not settled if there is one.
    Open(Option<Lean>),
    /// The phone's versions are below the minimum of the cluster.
    TooOld,
}

impl Tls {
    /// Compares the TVS client with the minimum of the cluster (P-TVS-11).
    fn of(context: &BootContext<'_>) -> Self {
        match (context.phone.device.tvs_client, context.offer.tls_minimum) {
            (TvsClient::Legacy, Some(TlsVersion::V1_2 | TlsVersion::V1_3)) => Self::TooOld,
            (TvsClient::Legacy, Some(TlsVersion::V1_1)) => Self::Open(Some(Lean::Reject)),
            (TvsClient::Legacy, None) => Self::Open(Some(Lean::Accept)),
            (TvsClient::Usual, Some(TlsVersion::V1_3)) => Self::Open(None),
            (TvsClient::Legacy, Some(TlsVersion::V1_0))
            | (TvsClient::Modern | TvsClient::Usual, _) => Self::Common,
        }
    }
}

/// Answers for a phone without ITL or TVS record: it does not use TVS (P-TVS-2), unless the record
/// may be in the missing part of a paste.
fn without_record<'a>(lists: &Lists<'a>, draft: &mut Draft) -> Answer<'a> {
    if lists.itl.is_partial() {
        let itl = IncompleteList { list: None, signer: None };
        return Answer::open(ConditionKind::ListIncomplete(itl), Rule::Tvs2, None);
    }
    let itl = lists.itl.list.map(|_| lists.itl.list_ref());
    draft.inform(FindingKind::TvsNoRecord(itl), Rule::Tvs2);
    Answer::plain(Verdict::No)
}

/// Visits the servers in the order in which the phone asks them (P-TVS-1, P-TVS-3): its CallManager
/// group, or all servers if the group is not known. A server of the group without facts does not
/// answer.
fn for_each_server<'a>(
    context: &BootContext<'a>,
    servers: &'a [TvsServer],
    mut visit: impl FnMut(&'a Arc<str>, Option<&'a TvsServer>),
) {
    match &context.phone.cm_group {
        None => servers.iter().for_each(|server| visit(&server.server, Some(server))),
        Some(group) => {
            for name in group {
                visit(name, servers.iter().find(|server| server.server.eq_ignore_ascii_case(name)));
            }
        }
    }
}

/// The answer of one server.
#[derive(Clone, Copy)]
enum Status<'a> {
    Unreachable,
    /// It presents a certificate that no TVS record names.
    Changed,
    /// As `Changed`, but with the issuer and serial number of a TVS record.
    Impersonated,
    Unknown,
    No,
    RoleMissing(&'a Arc<CertificateFacts>),
    RolesUnknown(&'a Arc<CertificateFacts>),
    Yes(&'a Arc<CertificateFacts>, Proof),
}

/// The quality of the match with a TVS record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// The TVS record contains the certificate or its hash.
    Plain,
    /// The TVS record contains neither, or there is nothing to compare.
    Weak,
}

fn status<'a>(
    server: &'a TvsServer,
    lists: &Lists<'a>,
    signer: &Identity,
    need: &[Role],
) -> Status<'a> {
    if !server.reachable {
        return Status::Unreachable;
    }
    let Some(presented) = &server.presents else { return Status::Unknown };
    match believed(presented, lists) {
        Believed::Yes(proof) => knowledge(server.knows.as_deref(), signer, need, proof),
        Believed::Impersonated => Status::Impersonated,
        Believed::No if lists.itl.is_partial() => Status::Unknown,
        Believed::No => Status::Changed,
    }
}

/// The result of comparing a server's certificate with the TVS records.
enum Believed {
    Impersonated,
    No,
    Yes(Proof),
}

/// P-TVS-2: compares the whole certificate or its hash; the best match of the TVS records counts.
fn believed(presented: &CertificateFacts, lists: &Lists<'_>) -> Believed {
    let records = lists
        .itl
        .list
        .into_iter()
        .flat_map(|list| &list.records)
        .filter(|record| record.role == Role::Tvs);
    let mut best = Believed::No;
    for record in records {
        let Some(certificate) = &record.certificate else { continue };
        match (certificate.same_as(presented), record.form) {
            (SameCertificate::Yes, Form::Certificate | Form::Hash) => {
                return Believed::Yes(Proof::Plain);
            }
            (SameCertificate::Yes | SameCertificate::Unproven, _) => {
                best = Believed::Yes(Proof::Weak)
            }
            (SameCertificate::Impersonated, _) if matches!(best, Believed::No) => {
                best = Believed::Impersonated
            }
            (SameCertificate::Impersonated | SameCertificate::No, _) => {}
        }
    }
    best
}

/// P-TVS-4, P-TVS-5: checks if the server knows the signer, in one of the roles.
fn knowledge<'a>(
    knows: Option<&'a [KnownCertificate]>,
    signer: &Identity,
    need: &[Role],
    proof: Proof,
) -> Status<'a> {
    let Some(knows) = knows else { return Status::Unknown };
    let mut status = Status::No;
    for known in knows.iter().filter(|known| known.certificate.identity == *signer) {
        match &known.roles {
            Some(roles) if roles.contains_any(need) => {
                return Status::Yes(&known.certificate, proof);
            }
            Some(_) if matches!(status, Status::No) => {
                status = Status::RoleMissing(&known.certificate)
            }
            Some(_) => {}
            None => status = Status::RolesUnknown(&known.certificate),
        }
    }
    status
}

/// Reports what the phone meets at a server; a server that only the group names is asked because of
/// P-TVS-1.
fn report<'a>(server: &'a Arc<str>, described: bool, status: Status<'a>, draft: &mut Draft) {
    let (kind, rule): (fn(Arc<str>) -> FindingKind, _) = match status {
        Status::Unreachable if !described => (FindingKind::TvsUnreachable, Rule::Tvs1),
        Status::Unreachable => (FindingKind::TvsUnreachable, Rule::Tvs3),
        Status::Changed => (FindingKind::TvsCertificateChanged, Rule::Tvs2),
        Status::Impersonated => (FindingKind::TvsImpersonated, Rule::Tvs2),
        Status::No => (FindingKind::TvsDoesNotKnow, Rule::Tvs4),
        Status::Unknown | Status::RoleMissing(_) | Status::RolesUnknown(_) | Status::Yes(..) => {
            return;
        }
    };
    draft.inform(kind(server.clone()), rule);
}

/// A summary of all servers, as the table of the decision procedure needs it.
#[derive(Default)]
struct Tally<'a> {
    yes: Option<ServerVoucher<'a>>,
    /// True after a yes through a TVS record with certificate or hash.
    plain_yes: bool,
    no: bool,
    /// True if the first usable server answered yes.
    first_is_yes: bool,
    unknown: Option<&'a Arc<str>>,
    roles_unknown: Option<ServerVoucher<'a>>,
    role_missing: Option<ServerVoucher<'a>>,
    /// The first server with an unknown certificate.
    changed: Option<&'a Arc<str>>,
    changed_before_yes: Option<&'a Arc<str>>,
}

impl<'a> Tally<'a> {
    fn count(&mut self, server: &'a Arc<str>, status: Status<'a>) {
        match status {
            Status::Unreachable => {}
            Status::Changed | Status::Impersonated => self.changed = self.changed.or(Some(server)),
            Status::Unknown => self.unknown = self.unknown.or(Some(server)),
            Status::No => self.no = true,
            Status::RoleMissing(certificate) => {
                self.role_missing =
                    self.role_missing.or(Some(ServerVoucher { server, certificate }))
            }
            Status::RolesUnknown(certificate) => {
                self.roles_unknown =
                    self.roles_unknown.or(Some(ServerVoucher { server, certificate }))
            }
            Status::Yes(certificate, proof) => {
                if self.yes.is_none() {
                    self.first_is_yes = !self.no
                        && self.unknown.is_none()
                        && self.roles_unknown.is_none()
                        && self.role_missing.is_none();
                    self.changed_before_yes = self.changed;
                }
                // The phone believes the first server; a match with certificate or hash is better
                // than a weak one.
                if self.yes.is_none() || (proof == Proof::Plain && !self.plain_yes) {
                    self.yes = Some(ServerVoucher { server, certificate });
                }
                self.plain_yes |= proof == Proof::Plain;
            }
        }
    }

    /// Applies the rows of the decision procedure from the top.
    fn answer(self) -> Answer<'a> {
        let mixed = self.yes.filter(|_| self.no);
        let mut answer = if let Some(yes) = mixed {
            let leans = self.first_is_yes.then_some(Lean::Accept);
            let kind = ConditionKind::TvsServersDisagree(yes.server.clone());
            Answer::open(kind, Rule::Tvs3, leans)
        } else if let Some(server) = self.unknown {
            Answer::open(ConditionKind::TvsAnswerUnknown(server.clone()), Rule::Tvs4, None)
        } else if let Some(known) = self.roles_unknown {
            let kind = ConditionKind::TvsRolesUnknown(known.server.clone());
            Answer::open(kind, Rule::Tvs5, Some(Lean::Accept))
        } else if let Some(known) = self.role_missing {
            Answer::open(ConditionKind::TvsRoleMissing(known.server.clone()), Rule::Tvs5, None)
        } else if let Some(yes) = self.yes {
            self.all_yes(yes)
        } else {
            Answer::plain(Verdict::No)
        };
        let voucher = self.yes.or(self.roles_unknown).or(self.role_missing);
        answer.server = voucher.map(|voucher| voucher.server);
        answer.certificate = voucher.map(|voucher| voucher.certificate);
        answer
    }

    /// Answers if all usable servers say yes: certain, unless one of two doubts remains (P-TVS-2,
    /// P-TVS-3).
    fn all_yes(&self, yes: ServerVoucher<'a>) -> Answer<'a> {
        let mut answer = Answer { all_yes: true, ..Answer::plain(Verdict::Yes(yes)) };
        let leans = Some(Lean::Accept);
        if let Some(server) = self.changed_before_yes {
            let kind = ConditionKind::TvsSkipsChangedServer(server.clone());
            answer.ask(kind, Rule::Tvs3, leans);
        }
        if !self.plain_yes {
            let kind = ConditionKind::TvsRecordUnproven(yes.server.clone());
            answer.ask(kind, Rule::Tvs2, leans);
        }
        answer
    }
}

/// P-TVS-6: uses a cached yes of the last 24 hours if TVS does not vouch now. Cache and TVS are
/// alternatives, so the better lean counts.
fn remembered<'a>(
    context: &BootContext<'a>,
    answer: Answer<'a>,
    signer: &Identity,
    need: &[Role],
) -> Answer<'a> {
    if answer.all_yes {
        return answer;
    }
    let fresh = |cached: &&CachedSigner| {
        cached.certificate.identity == *signer
            && cached.age_hours.is_none_or(|age| age <= CACHE_HOURS)
    };
    let Some(cached) = context.phone.tvs_cache.iter().find(fresh) else { return answer };
    let has_role = cached.roles.as_ref().is_none_or(|roles| roles.contains_any(need));
    let sure = has_role && !context.phone.device.flushes_tvs_cache;
    let is_open = matches!(answer.verdict, Verdict::Open);
    let leans_now = is_open.then(|| answer.leans()).flatten();
    let leans = if sure { Some(Lean::Accept) } else { leans_now };
    let kind = ConditionKind::TvsCached(answer.server.cloned());
    let mut remembered = Answer::open(kind, Rule::Tvs6, leans);
    remembered.certificate = answer.certificate.or(Some(&cached.certificate));
    remembered.via = Via::TvsCache;
    remembered
}

/// P-TVS-6: the lifetime of a cached answer.
const CACHE_HOURS: u32 = 24;
