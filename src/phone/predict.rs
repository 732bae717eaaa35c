//! A whole boot: CTL, then ITL, then configuration, each judged with the lists that the step before
//! left on the phone (P-BOOT-1). An open question is followed on both sides.

use super::draft::Draft;
use super::held::{BootContext, Kind, Lists, Slot};
use super::{
    After, Condition, ConditionKind, ConditionalOutcome, Confidence, ConfigOffer, Decisive,
    FindingKind, InstalledLists, Judgement, Kept, Lean, ListOffer, Offer, Outcome, Phone,
    Prediction, Rule, SecurityByDefault, Tvs, Weight, config, ctl, itl,
};
use crate::facts::{ListFacts, Signatures};
use alloc::{sync::Arc, vec, vec::Vec};

/// Two boots in a row with the same offer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Boot {
    /// The first boot.
    pub first: Prediction,
    /// The second boot, from the state after the first.
    pub again: Prediction,
}

/// Predicts if a phone accepts the offered files.
///
/// It uses facts alone: it reads no bytes and no clock. `signatures` answers if a file is signed
/// with the key that the phone has for its signer. A file that the phone refuses is not an error
/// but a [`Judgement`] with the outcome `reject`. If a fact is missing or the sources disagree, the
/// outcome is `depends`.
///
/// ```
/// use trustlist::facts::{CertificateFacts, FileId, NotChecked, SignatureAnswer, Signatures};
/// use trustlist::phone::{
///     ConfigOffer, Device, InstalledLists, Offer, Outcome, Phone, Tvs, Via, predict,
/// };
///
/// struct NotChecking;
/// impl Signatures for NotChecking {
///     fn signed_by(&self, _: &FileId, _: &CertificateFacts) -> SignatureAnswer {
///         SignatureAnswer::NotChecked(NotChecked::TextOnly)
///     }
/// }
/// let device = Device::of_model("CP-7975G");
/// let phone = Phone::new(device).with_installed(InstalledLists::NONE);
/// let offer = Offer::new().with_config(ConfigOffer::NotServed);
///
/// // A phone without lists accepts the plain configuration of a server without lists.
/// let config = predict(&phone, &offer, &Tvs::Unknown, &NotChecking).config.unwrap();
/// assert_eq!((config.outcome(), config.via()), (Outcome::Accept, Some(Via::Unsigned)));
///
/// // If the lists on the phone were not given, the outcome is open.
/// let forgotten = phone.with_installed(InstalledLists::Unknown);
/// let config = predict(&forgotten, &offer, &Tvs::Unknown, &NotChecking).config.unwrap();
/// assert_eq!(config.outcome(), Outcome::Depends);
/// ```
pub fn predict(phone: &Phone, offer: &Offer, tvs: &Tvs, signatures: &dyn Signatures) -> Prediction {
    if !phone.device.loads_lists {
        return without_lists(offer);
    }
    if phone.installed == InstalledLists::Unknown {
        return not_given(phone, offer, tvs, signatures);
    }
    let judge = |security_by_default| {
        judge(&BootContext { phone, security_by_default, offer, tvs, signatures })
    };
    match phone.device.security_by_default {
        SecurityByDefault::Unknown => {
            either(judge(SecurityByDefault::Yes), judge(SecurityByDefault::No))
        }
        known => judge(known),
    }
}

/// Predicts the boot of a device whose Security By Default is known or assumed.
fn judge(context: &BootContext<'_>) -> Prediction {
    let held = context.installed();
    let ctl = ctl::judge(context, &held);
    let sides = ctl_sides(&ctl, context.offer, held.ctl);
    let Later { itl, itl_kept, config } = after_ctl(context, &held, &ctl, &sides);
    let after = After { ctl: sides.chosen().kept, itl: as_on_phone(itl_kept, context) };
    let confidence = confidence([Some(&ctl), Some(&itl), config.as_ref()]);
    Prediction { ctl, itl, config, after, confidence }
}

/// Joins the predictions with and without Security By Default. It leans like the device that has
/// it, as most devices do (P-TVS-8).
fn either(with: Prediction, without: Prediction) -> Prediction {
    let ctl = by_ability(with.ctl, &without.ctl);
    let itl = by_ability(with.itl, &without.itl);
    let config = with.config.zip(without.config).map(|(with, without)| by_ability(with, &without));
    let confidence = confidence([Some(&ctl), Some(&itl), config.as_ref()]);
    Prediction { ctl, itl, config, after: with.after, confidence }
}

/// Joins two judgements: an equal outcome stays, different ones are open. A file that the server
/// does not have is not offered, whatever the device asks for.
fn by_ability(with: Judgement, without: &Judgement) -> Judgement {
    let (if_yes, if_no) = (with.outcome(), without.outcome());
    if if_yes == if_no || if_yes == Outcome::NotOffered {
        return with;
    }
    let kind = ConditionKind::SecurityByDefaultUnknown;
    let (rule, leans) = (Rule::Tvs8, lean_of(&with));
    let (if_yes, if_no) = (ConditionalOutcome::Outcome(if_yes), ConditionalOutcome::Outcome(if_no));
    undecided(with, |open| {
        open.push(Condition { kind, rule, if_yes, if_no, leans });
    })
}

/// Returns the judgement with other conditions. Its findings hold on one side only, so they no
/// longer decide.
fn undecided(mut chosen: Judgement, edit: impl FnOnce(&mut Vec<Condition>)) -> Judgement {
    chosen.findings.iter_mut().for_each(|finding| finding.weight = Weight::Informs);
    edit(&mut chosen.conditions);
    Judgement::derive(chosen.findings, chosen.conditions, chosen.via)
}

/// Predicts a boot, and a second boot with the same offer from the state after the first.
pub fn boot(phone: &Phone, offer: &Offer, tvs: &Tvs, signatures: &dyn Signatures) -> Boot {
    let first = predict(phone, offer, tvs, signatures);
    let again = predict(&after_state(phone, offer, &first), offer, tvs, signatures);
    Boot { first, again }
}

/// Returns the phone after the boot: with the lists that are then on it.
pub fn after_state(phone: &Phone, offer: &Offer, prediction: &Prediction) -> Phone {
    let installed = phone.installed.known().map_or(InstalledLists::Unknown, |lists| {
        let ctl = list_after(prediction.after.ctl, &lists.ctl, &offer.ctl);
        let itl = list_after(prediction.after.itl, &lists.itl, &offer.itl);
        InstalledLists::of(ctl, itl)
    });
    Phone { installed, ..phone.clone() }
}

fn list_after(
    kept: Kept,
    installed: &Option<Arc<ListFacts>>,
    offer: &ListOffer,
) -> Option<Arc<ListFacts>> {
    match (kept, offer) {
        (Kept::Installed, _) => installed.clone(),
        (Kept::Offered, ListOffer::List(list)) => Some(list.clone()),
        (Kept::Offered | Kept::Dropped | Kept::None, _) => None,
    }
}

/// Corrects the ITL of a device that never asks for one. If none is offered, the ITL that the
/// caller gave stays.
fn as_on_phone(kept: Kept, context: &BootContext<'_>) -> Kept {
    let untouched = context.offer.itl == ListOffer::NotFound && context.phone.itl().is_some();
    if kept == Kept::None && untouched { Kept::Installed } else { kept }
}

/// The answer to an open question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    No,
    Yes,
}

/// The slot after each answer to an open question; the same slot if nothing is open.
struct ListAlternatives<'a> {
    yes: Slot<'a>,
    no: Slot<'a>,
    /// A third end after a yes: the list stays on the phone instead of being dropped (P-ITL-5).
    stays: Option<Slot<'a>>,
    leaning: Option<Side>,
}

impl<'a> ListAlternatives<'a> {
    fn settled(slot: Slot<'a>) -> Self {
        Self { yes: slot, no: slot, stays: None, leaning: None }
    }

    fn agree(&self) -> bool {
        self.yes.kept == self.no.kept
    }

    /// Returns the probable slot: the lean of an open file, or the refusal without a lean.
    fn chosen(&self) -> Slot<'a> {
        if self.leaning == Some(Side::Yes) { self.yes } else { self.no }
    }
}

fn leaning(judgement: &Judgement) -> Option<Side> {
    judgement.leans().map(|lean| if lean == Lean::Accept { Side::Yes } else { Side::No })
}

fn offered(kind: Kind, offer: &ListOffer) -> Option<Slot<'_>> {
    match offer {
        ListOffer::List(list) => Some(Slot::new(kind, Some(list), Kept::Offered)),
        ListOffer::Empty | ListOffer::NotFound => None,
    }
}

/// Returns the CTL after step 1.
fn ctl_sides<'a>(
    judgement: &Judgement,
    offer: &'a Offer,
    installed: Slot<'a>,
) -> ListAlternatives<'a> {
    match (judgement.outcome(), offered(Kind::Ctl, &offer.ctl)) {
        (Outcome::Accept | Outcome::InstallFirst, Some(new)) => ListAlternatives::settled(new),
        (Outcome::Depends, Some(new)) => {
            ListAlternatives { yes: new, no: installed, stays: None, leaning: leaning(judgement) }
        }
        _ => ListAlternatives::settled(installed),
    }
}

/// Returns the ITL after step 2. On one side of a question the ITL may be dropped: after it was
/// accepted although the CTL does not know its signer, or while it was unchanged (P-ITL-6).
fn itl_sides<'a>(
    judgement: &Judgement,
    offer: &'a Offer,
    installed: Slot<'a>,
) -> ListAlternatives<'a> {
    let dropped = |side: fn(&Condition) -> ConditionalOutcome| {
        judgement
            .conditions()
            .iter()
            .any(|condition| side(condition) == ConditionalOutcome::Dropped)
    };
    match (judgement.outcome(), offered(Kind::Itl, &offer.itl)) {
        (Outcome::Accept | Outcome::InstallFirst, Some(new)) => ListAlternatives::settled(new),
        (Outcome::Depends, Some(_)) if dropped(|condition| condition.if_no) => ListAlternatives {
            yes: installed,
            no: Slot::DROPPED_ITL,
            stays: None,
            leaning: leaning(judgement),
        },
        // The observed end state has no ITL (CSCuz38655).
        (Outcome::Depends, Some(new)) if dropped(|condition| condition.if_yes) => {
            ListAlternatives {
                yes: Slot::DROPPED_ITL,
                no: installed,
                stays: Some(new),
                leaning: Some(Side::Yes),
            }
        }
        (Outcome::Depends, Some(new)) => {
            ListAlternatives { yes: new, no: installed, stays: None, leaning: leaning(judgement) }
        }
        _ => ListAlternatives::settled(installed),
    }
}

/// The judgements of the files after the CTL.
struct Later {
    itl: Judgement,
    itl_kept: Kept,
    config: Option<Judgement>,
}

fn after_ctl(
    context: &BootContext<'_>,
    held: &Lists<'_>,
    ctl: &Judgement,
    sides: &ListAlternatives<'_>,
) -> Later {
    if sides.agree() {
        return with_ctl(context, held, sides.yes);
    }
    let (yes, no) = (with_ctl(context, held, sides.yes), with_ctl(context, held, sides.no));
    let question =
        OpenQuestion { kind: ConditionKind::CtlUndecided, of: ctl, leaning: sides.leaning };
    let agree = yes.itl.outcome() == no.itl.outcome();
    let chosen = if sides.leaning == Some(Side::Yes) { yes.itl_kept } else { no.itl_kept };
    let itl_kept = if agree || sides.leaning.is_some() { chosen } else { held.itl.kept };
    let config = yes.config.zip(no.config).map(|(yes, no)| question.follow(yes, no));
    Later { itl: question.follow(yes.itl, no.itl), itl_kept, config }
}

/// Judges ITL and configuration with this CTL on the phone.
fn with_ctl(context: &BootContext<'_>, held: &Lists<'_>, ctl: Slot<'_>) -> Later {
    let lists = Lists { ctl, itl: held.itl };
    let itl = itl::judge(context, &lists, held.none());
    let sides = itl_sides(&itl, context.offer, held.itl);
    let judge = |itl| config::judge(context, &Lists { ctl, itl });
    let question =
        OpenQuestion { kind: ConditionKind::ItlUndecided, of: &itl, leaning: sides.leaning };
    let config = match sides.stays {
        None if sides.agree() => judge(sides.yes),
        None => judge(sides.yes).zip(judge(sides.no)).map(|(yes, no)| question.follow(yes, no)),
        Some(stays) => {
            let ends = judge(sides.no).zip(judge(stays)).zip(judge(sides.yes));
            ends.map(|((refused, stays), dropped)| question.follow_three(&refused, &stays, dropped))
        }
    };
    Later { itl_kept: sides.chosen().kept, itl, config }
}

/// An open question about an earlier file, followed in a later one.
struct OpenQuestion<'a> {
    kind: ConditionKind,
    /// The judgement of the earlier file.
    of: &'a Judgement,
    leaning: Option<Side>,
}

impl OpenQuestion<'_> {
    /// Joins the judgements of both sides: an equal outcome stays, different ones are open and lean
    /// like the side to which the earlier file leans.
    fn follow(&self, yes: Judgement, no: Judgement) -> Judgement {
        let sides =
            (ConditionalOutcome::Outcome(yes.outcome()), ConditionalOutcome::Outcome(no.outcome()));
        let agree = sides.0 == sides.1;
        let chosen = if self.leaning == Some(Side::Yes) { yes } else { no };
        if agree {
            return chosen;
        }
        let leans = self.leaning.and_then(|_| lean_of(&chosen));
        let condition = Condition {
            kind: self.kind.clone(),
            rule: self.rule(),
            if_yes: sides.0,
            if_no: sides.1,
            leans,
        };
        undecided(chosen, |open| {
            if self.leaning.is_none() {
                open.clear();
            }
            open.insert(0, condition);
        })
    }

    /// Joins the three ends of P-ITL-5: refused, accepted and kept, accepted and dropped. An equal
    /// outcome stays, different ones are open and lean like the dropped end, which was observed.
    fn follow_three(
        &self,
        refused: &Judgement,
        stays: &Judgement,
        dropped: Judgement,
    ) -> Judgement {
        let [if_refused, if_stays, if_dropped] =
            [refused, stays, &dropped].map(|end| ConditionalOutcome::Outcome(end.outcome()));
        let leans = lean_of(&dropped);
        let between = |kind, rule, if_no| {
            let condition = Condition { kind, rule, if_yes: if_stays, if_no, leans };
            (if_stays != if_no).then_some(condition)
        };
        let taken = between(self.kind.clone(), self.rule(), if_refused);
        let kept = between(ConditionKind::ItlTakenThenDropped, Rule::Itl6, if_dropped);
        if taken.is_none() && kept.is_none() {
            return dropped;
        }
        undecided(dropped, |open| drop(open.splice(0..0, taken.into_iter().chain(kept))))
    }

    fn rule(&self) -> Rule {
        let decisive =
            self.of.conditions().iter().find(|condition| {
                Some(Decisive::Condition(condition.code())) == self.of.decisive()
            });
        decisive.map_or(Rule::Sig1, |condition| condition.rule)
    }
}

fn lean_of(judgement: &Judgement) -> Option<Lean> {
    match judgement.outcome() {
        Outcome::Accept | Outcome::InstallFirst | Outcome::Unchanged => Some(Lean::Accept),
        Outcome::Reject => Some(Lean::Reject),
        Outcome::Depends => judgement.leans(),
        Outcome::NotApplicable | Outcome::NotOffered => None,
    }
}

/// Predicts for a phone whose lists were not given: every outcome is `depends`. It must not be
/// treated as factory-fresh.
fn not_given(phone: &Phone, offer: &Offer, tvs: &Tvs, signatures: &dyn Signatures) -> Prediction {
    let fresh = Phone { installed: InstalledLists::NONE, ..phone.clone() };
    let if_fresh = predict(&fresh, offer, tvs, signatures);
    let open = |judgement: &Judgement| {
        let condition = Condition {
            kind: ConditionKind::InstalledListsNotGiven,
            rule: Rule::First1,
            if_yes: ConditionalOutcome::Outcome(judgement.outcome()),
            if_no: ConditionalOutcome::Outcome(Outcome::Depends),
            leans: None,
        };
        Judgement::derive(Vec::new(), vec![condition], None)
    };
    let (ctl, itl, config) =
        (open(&if_fresh.ctl), open(&if_fresh.itl), if_fresh.config.as_ref().map(open));
    Prediction {
        ctl,
        itl,
        config,
        after: After { ctl: Kept::None, itl: Kept::None },
        confidence: Confidence::Inferred,
    }
}

/// Predicts for a device that loads no list and no signed file (P-BOOT-3).
fn without_lists(offer: &Offer) -> Prediction {
    let judgement = || {
        let mut draft = Draft::default();
        draft.inform(FindingKind::HoldsNoLists, Rule::Boot3);
        draft.finish()
    };
    let config = (offer.config != ConfigOffer::NotJudged).then(judgement);
    let after = After { ctl: Kept::None, itl: Kept::None };
    Prediction {
        ctl: judgement(),
        itl: judgement(),
        config,
        after,
        confidence: Rule::Boot3.confidence(),
    }
}

/// Returns the confidence of the weakest rule that decided any file or left it open.
fn confidence(judgements: [Option<&Judgement>; 3]) -> Confidence {
    let mut weakest = Confidence::Documented;
    for judgement in judgements.into_iter().flatten() {
        let settles = |kind: &FindingKind| {
            matches!(
                kind,
                FindingKind::FileNotFound | FindingKind::ItlNeverAsked | FindingKind::ZeroBytes
            )
        };
        let deciding = judgement
            .findings()
            .iter()
            .filter(|finding| finding.weight != Weight::Informs || settles(&finding.kind));
        let rules = deciding
            .map(|finding| finding.rule)
            .chain(judgement.conditions().iter().map(|condition| condition.rule));
        weakest = rules.map(Rule::confidence).fold(weakest, Confidence::min);
    }
    weakest
}
