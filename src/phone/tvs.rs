//! The Trust Verification Service: the servers that the phone asks, those that it believes, and
//! their common answer (P-TVS).

use super::draft::{Branches, Draft};
use super::held::{BootContext, Lists};
use super::{
    CachedSigner, Evidence, KnownCertificate, Lean, Rule, SecurityByDefault, TlsVersion, Tvs,
    TvsClient, TvsServer, Via,
};
use crate::code::{ConditionCode, FindingCode};
use crate::facts::{CertificateFacts, Form, Identity, SameCertificate};
use crate::wire::Role;
use alloc::sync::Arc;

/// The common answer of TVS about a signer.
pub(super) struct Answer<'a> {
    pub(super) verdict: Verdict,
    /// The certificate that a TVS server, or the phone's cache, returned.
    pub(super) certificate: Option<&'a Arc<CertificateFacts>>,
    /// The server that answered yes.
    pub(super) server: Option<&'a Arc<str>>,
    pub(super) via: Via,
    /// True if every usable server answers yes, whatever doubts remain.
    all_yes: bool,
    doubts: Doubts<'a>,
}

/// Yes, no, or open doubts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    No,
    Open,
    Yes,
}

/// At most one question of each kind. The fixed size avoids an allocation.
type Doubts<'a> = [Option<TvsDoubt<'a>>; 5];

#[derive(Clone, Copy)]
struct TvsDoubt<'a> {
    code: ConditionCode,
    rule: Rule,
    leans: Option<Lean>,
    server: Option<&'a Arc<str>>,
}

impl<'a> Answer<'a> {
    fn plain(verdict: Verdict) -> Self {
        Self {
            verdict,
            certificate: None,
            server: None,
            via: Via::Tvs,
            all_yes: false,
            doubts: [None; 5],
        }
    }

    fn open(
        code: ConditionCode,
        rule: Rule,
        leans: Option<Lean>,
        server: Option<&'a Arc<str>>,
    ) -> Self {
        let mut answer = Self::plain(Verdict::Open);
        answer.ask(TvsDoubt { code, rule, leans, server });
        answer
    }

    fn ask(&mut self, doubt: TvsDoubt<'a>) {
        self.verdict = Verdict::Open;
        if let Some(free) = self.doubts.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(doubt);
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
    pub(super) fn open_in(&self, sides: Branches, draft: &mut Draft) {
        for doubt in self.doubts.iter().flatten() {
            let evidence = Evidence { server: doubt.server.cloned(), ..Evidence::default() };
            draft.open_between(doubt.code, doubt.rule, doubt.leans, sides, evidence);
        }
    }

    /// Adds an uncertain voucher to the draft and returns its key.
    pub(super) fn note(&self, draft: &mut Draft) -> Option<&'a CertificateFacts> {
        let certificate = self.certificate?;
        draft.vouched_by(self.via);
        Some(certificate)
    }

    /// Adds a yes to the draft and returns its key.
    pub(super) fn grant_in(&self, rule: Rule, draft: &mut Draft) -> Option<&'a CertificateFacts> {
        let evidence = Evidence {
            server: self.server.cloned(),
            certificate: self.certificate.cloned(),
            ..Evidence::default()
        };
        draft.grant(FindingCode::TvsVouches, rule, Some(self.via), evidence);
        self.certificate.map(|certificate| &**certificate)
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
        draft.inform(FindingCode::TvsNotOnDevice, Rule::Tvs8, Evidence::default());
        return Answer::plain(Verdict::No);
    }
    if !lists.itl.has(&[Role::Tvs]) {
        return without_record(lists, draft);
    }
    let tls = Tls::of(context);
    if tls == Tls::TooOld {
        draft.inform(FindingCode::TvsNeedsTls10, Rule::Tvs11, Evidence::default());
        return Answer::plain(Verdict::No);
    }
    let mut answer = match context.tvs {
        Tvs::Unknown => Answer::open(ConditionCode::TvsUnknown, Rule::Tvs4, None, None),
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
    match tls {
        Tls::Open(leans) if answer.verdict != Verdict::No => answer.ask(TvsDoubt {
            code: ConditionCode::TvsTlsOpen,
            rule: Rule::Tvs11,
            leans,
            server: None,
        }),
        _ => {}
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
        return Answer::open(ConditionCode::ListIncomplete, Rule::Tvs2, None, None);
    }
    draft.inform(
        FindingCode::TvsNoRecord,
        Rule::Tvs2,
        Evidence { list: lists.itl.list.map(|_| lists.itl.list_ref()), ..Evidence::default() },
    );
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
    let (code, rule) = match status {
        Status::Unreachable if !described => (FindingCode::TvsUnreachable, Rule::Tvs1),
        Status::Unreachable => (FindingCode::TvsUnreachable, Rule::Tvs3),
        Status::Changed => (FindingCode::TvsCertificateChanged, Rule::Tvs2),
        Status::Impersonated => (FindingCode::TvsImpersonated, Rule::Tvs2),
        Status::No => (FindingCode::TvsDoesNotKnow, Rule::Tvs4),
        Status::Unknown | Status::RoleMissing(_) | Status::RolesUnknown(_) | Status::Yes(..) => {
            return;
        }
    };
    draft.inform(code, rule, Evidence { server: Some(server.clone()), ..Evidence::default() });
}

/// A summary of all servers, as the table of the decision procedure needs it.
#[derive(Default)]
struct Tally<'a> {
    yes: Option<(&'a Arc<str>, &'a Arc<CertificateFacts>)>,
    /// True after a yes through a TVS record with certificate or hash.
    plain_yes: bool,
    no: bool,
    /// True if the first usable server answered yes.
    first_is_yes: bool,
    unknown: Option<&'a Arc<str>>,
    roles_unknown: Option<(&'a Arc<str>, &'a Arc<CertificateFacts>)>,
    role_missing: Option<(&'a Arc<str>, &'a Arc<CertificateFacts>)>,
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
                self.role_missing = self.role_missing.or(Some((server, certificate)))
            }
            Status::RolesUnknown(certificate) => {
                self.roles_unknown = self.roles_unknown.or(Some((server, certificate)))
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
                    self.yes = Some((server, certificate));
                }
                self.plain_yes |= proof == Proof::Plain;
            }
        }
    }

    /// Applies the rows of the decision procedure from the top.
    fn answer(self) -> Answer<'a> {
        let open = |code, rule, leans, server| Answer::open(code, rule, leans, Some(server));
        let mixed = self.yes.filter(|_| self.no);
        let mut answer = if let Some((server, _)) = mixed {
            let leans = self.first_is_yes.then_some(Lean::Accept);
            open(ConditionCode::TvsServersDisagree, Rule::Tvs3, leans, server)
        } else if let Some(server) = self.unknown {
            open(ConditionCode::TvsAnswerUnknown, Rule::Tvs4, None, server)
        } else if let Some((server, _)) = self.roles_unknown {
            open(ConditionCode::TvsRolesUnknown, Rule::Tvs5, Some(Lean::Accept), server)
        } else if let Some((server, _)) = self.role_missing {
            open(ConditionCode::TvsRoleMissing, Rule::Tvs5, None, server)
        } else if self.yes.is_some() {
            self.all_yes()
        } else {
            Answer::plain(Verdict::No)
        };
        let vouching = self.yes.or(self.roles_unknown).or(self.role_missing);
        answer.server = vouching.map(|(server, _)| server);
        answer.certificate = vouching.map(|(_, certificate)| certificate);
        answer
    }

    /// Answers if all usable servers say yes: certain, unless one of two doubts remains (P-TVS-2,
    /// P-TVS-3).
    fn all_yes(&self) -> Answer<'a> {
        let mut answer = Answer { all_yes: true, ..Answer::plain(Verdict::Yes) };
        let leans = Some(Lean::Accept);
        if let Some(server) = self.changed_before_yes {
            answer.ask(TvsDoubt {
                code: ConditionCode::TvsSkipsChangedServer,
                rule: Rule::Tvs3,
                leans,
                server: Some(server),
            });
        }
        if !self.plain_yes {
            let server = self.yes.map(|(server, _)| server);
            answer.ask(TvsDoubt {
                code: ConditionCode::TvsRecordUnproven,
                rule: Rule::Tvs2,
                leans,
                server,
            });
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
    let leans_now = (answer.verdict == Verdict::Open).then(|| answer.leans()).flatten();
    let leans = if sure { Some(Lean::Accept) } else { leans_now };
    let mut remembered = Answer::open(ConditionCode::TvsCached, Rule::Tvs6, leans, answer.server);
    remembered.certificate = answer.certificate.or(Some(&cached.certificate));
    remembered.via = Via::TvsCache;
    remembered
}

/// P-TVS-6: the lifetime of a cached answer.
const CACHE_HOURS: u32 = 24;
