//! A whole boot: CTL, then ITL, then configuration, each judged with what the one before left on the phone
//! (P-BOOT-1). An open question is followed on both sides.

use super::draft::Draft;
use super::held::{Lists, Scene, Slot};
use super::{
    After, Condition, Confidence, ConfigOffer, Decisive, Evidence, IfSo, Installed, Judgement,
    Kept, Lean, ListOffer, Offer, Outcome, Phone, Prediction, Rule, SecurityByDefault, Tvs, Weight,
    config, ctl, itl,
};
use crate::code::{ConditionCode, FindingCode};
use crate::facts::{ListFacts, Signatures};
use alloc::{sync::Arc, vec, vec::Vec};

/// Two boots in a row with the same offer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Boot {
    /// The first.
    pub first: Prediction,
    /// The same offer judged once more, from the state after the first.
    pub again: Prediction,
}

/// Will this phone take these files?
///
/// Works on facts alone: no bytes are read and no clock is asked. `signatures` answers whether a file is signed by the
/// key that the phone holds for its signer. A file that the phone refuses is no error, it is a [`Judgement`] with the
/// outcome `reject`; where a fact is missing or the sources disagree the outcome is `depends`.
///
/// ```
/// use trustlist::facts::{CertificateFacts, FileId, NotChecked, SignatureAnswer, Signatures};
/// use trustlist::phone::{ConfigOffer, Device, Installed, Offer, Outcome, Phone, Tvs, Via, predict};
///
/// struct Nobody;
/// impl Signatures for Nobody {
///     fn signed_by(&self, _: &FileId, _: &CertificateFacts) -> SignatureAnswer {
///         SignatureAnswer::NotChecked(NotChecked::TextOnly)
///     }
/// }
/// let device = Device::of_model("CP-7975G");
/// let phone = Phone::new(device).with_installed(Installed::Given);
/// let offer = Offer::new().with_config(ConfigOffer::NotServed);
///
/// // A phone without lists on a server without lists asks for the plain configuration.
/// let config = predict(&phone, &offer, &Tvs::Unknown, &Nobody).config.unwrap();
/// assert_eq!((config.outcome(), config.via()), (Outcome::Accept, Some(Via::Unsigned)));
///
/// // Where nobody says what the phone holds, nothing is answered.
/// let forgotten = phone.with_installed(Installed::NotGiven);
/// let config = predict(&forgotten, &offer, &Tvs::Unknown, &Nobody).config.unwrap();
/// assert_eq!(config.outcome(), Outcome::Depends);
/// ```
pub fn predict(phone: &Phone, offer: &Offer, tvs: &Tvs, signatures: &dyn Signatures) -> Prediction {
    if !phone.device.loads_lists {
        return without_lists(offer);
    }
    if phone.installed == Installed::NotGiven {
        return not_given(phone, offer, tvs, signatures);
    }
    let judge =
        |security_by_default| judge(&Scene { phone, security_by_default, offer, tvs, signatures });
    match phone.device.security_by_default {
        SecurityByDefault::Unknown => {
            either(judge(SecurityByDefault::Yes), judge(SecurityByDefault::No))
        }
        known => judge(known),
    }
}

/// Judges the files of a device whose Security By Default is known, or taken as one of the two.
fn judge(scene: &Scene<'_>) -> Prediction {
    let held = scene.installed();
    let ctl = ctl::judge(scene, &held);
    let sides = ctl_sides(&ctl, scene.offer, held.ctl);
    let Later { itl, itl_kept, config } = after_ctl(scene, &held, &ctl, &sides);
    let after = After { ctl: sides.chosen().kept, itl: as_on_phone(itl_kept, scene) };
    let confidence = confidence([Some(&ctl), Some(&itl), config.as_ref()]);
    Prediction { ctl, itl, config, after, confidence }
}

/// Joins what is found with and without Security By Default. It leans like the device that has it, as most do (P-TVS-8).
fn either(with: Prediction, without: Prediction) -> Prediction {
    let ctl = by_ability(with.ctl, &without.ctl);
    let itl = by_ability(with.itl, &without.itl);
    let config = with.config.zip(without.config).map(|(with, without)| by_ability(with, &without));
    let confidence = confidence([Some(&ctl), Some(&itl), config.as_ref()]);
    Prediction { ctl, itl, config, after: with.after, confidence }
}

/// The same outcome on both sides is the outcome, else it depends. A file that the server does not have is not offered,
/// whether or not the device would have asked for it.
fn by_ability(with: Judgement, without: &Judgement) -> Judgement {
    let (if_yes, if_no) = (with.outcome(), without.outcome());
    if if_yes == if_no || if_yes == Outcome::NotOffered {
        return with;
    }
    let (code, rule, leans) = (ConditionCode::SecurityByDefaultUnknown, Rule::Tvs8, lean_of(&with));
    let (if_yes, if_no) = (IfSo::Outcome(if_yes), IfSo::Outcome(if_no));
    undecided(with, |open| {
        open.push(Condition { code, rule, if_yes, if_no, leans, evidence: Evidence::default() });
    })
}

/// This judgement, left open. What is found on one side only decides nothing by itself.
fn undecided(mut chosen: Judgement, edit: impl FnOnce(&mut Vec<Condition>)) -> Judgement {
    chosen.findings.iter_mut().for_each(|finding| finding.weight = Weight::Informs);
    edit(&mut chosen.conditions);
    Judgement::derive(chosen.findings, chosen.conditions, chosen.via)
}

/// Judges an offer, and the same offer once more from the state after the first boot.
pub fn boot(phone: &Phone, offer: &Offer, tvs: &Tvs, signatures: &dyn Signatures) -> Boot {
    let first = predict(phone, offer, tvs, signatures);
    let again = predict(&after_state(phone, offer, &first), offer, tvs, signatures);
    Boot { first, again }
}

/// The phone after the boot: the lists it then holds. Everything else is as before.
pub fn after_state(phone: &Phone, offer: &Offer, prediction: &Prediction) -> Phone {
    let ctl = list_after(prediction.after.ctl, &phone.ctl, &offer.ctl);
    let itl = list_after(prediction.after.itl, &phone.itl, &offer.itl);
    Phone { ctl, itl, ..phone.clone() }
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

/// A device that never asks for an ITL holds none; where none is offered, what was said to be on it stays.
fn as_on_phone(kept: Kept, scene: &Scene<'_>) -> Kept {
    let untouched = scene.offer.itl == ListOffer::NotFound && scene.phone.itl.is_some();
    if kept == Kept::None && untouched { Kept::Installed } else { kept }
}

/// Where an open question leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    No,
    Yes,
}

/// What a slot holds on either side of an open question; the same on both where nothing is open.
struct Sides<'a> {
    yes: Slot<'a>,
    no: Slot<'a>,
    /// A third end: yes, and then the list stays on the phone instead of being dropped (P-ITL-5).
    stays: Option<Slot<'a>>,
    leaning: Option<Side>,
}

impl<'a> Sides<'a> {
    fn settled(slot: Slot<'a>) -> Self {
        Self { yes: slot, no: slot, stays: None, leaning: None }
    }

    fn agree(&self) -> bool {
        self.yes.kept == self.no.kept
    }

    /// An open file is taken as it leans, as refused without lean.
    fn chosen(&self) -> Slot<'a> {
        if self.leaning == Some(Side::Yes) { self.yes } else { self.no }
    }
}

fn leaning(judgement: &Judgement) -> Option<Side> {
    judgement.leans().map(|lean| if lean == Lean::Accept { Side::Yes } else { Side::No })
}

fn offered(offer: &ListOffer) -> Option<Slot<'_>> {
    match offer {
        ListOffer::List(list) => Some(Slot::new(Some(list), Kept::Offered)),
        ListOffer::Empty | ListOffer::NotFound => None,
    }
}

/// The CTL after step 1.
fn ctl_sides<'a>(judgement: &Judgement, offer: &'a Offer, installed: Slot<'a>) -> Sides<'a> {
    match (judgement.outcome(), offered(&offer.ctl)) {
        (Outcome::Accept | Outcome::InstallFirst, Some(new)) => Sides::settled(new),
        (Outcome::Depends, Some(new)) => {
            Sides { yes: new, no: installed, stays: None, leaning: leaning(judgement) }
        }
        _ => Sides::settled(installed),
    }
}

/// The ITL after step 2. A question may have the ITL dropped on one side: after it was taken though the CTL does not
/// know its signer, or while it was unchanged (P-ITL-6).
fn itl_sides<'a>(judgement: &Judgement, offer: &'a Offer, installed: Slot<'a>) -> Sides<'a> {
    let dropped = |side: fn(&Condition) -> IfSo| {
        judgement.conditions().iter().any(|condition| side(condition) == IfSo::Dropped)
    };
    match (judgement.outcome(), offered(&offer.itl)) {
        (Outcome::Accept | Outcome::InstallFirst, Some(new)) => Sides::settled(new),
        (Outcome::Depends, Some(_)) if dropped(|condition| condition.if_no) => {
            Sides { yes: installed, no: Slot::DROPPED, stays: None, leaning: leaning(judgement) }
        }
        // The observed end state is the one without an ITL (CSCuz38655), whatever happened on the way.
        (Outcome::Depends, Some(new)) if dropped(|condition| condition.if_yes) => {
            Sides { yes: Slot::DROPPED, no: installed, stays: Some(new), leaning: Some(Side::Yes) }
        }
        (Outcome::Depends, Some(new)) => {
            Sides { yes: new, no: installed, stays: None, leaning: leaning(judgement) }
        }
        _ => Sides::settled(installed),
    }
}

/// What becomes of the files after the CTL.
struct Later {
    itl: Judgement,
    itl_kept: Kept,
    config: Option<Judgement>,
}

fn after_ctl(scene: &Scene<'_>, held: &Lists<'_>, ctl: &Judgement, sides: &Sides<'_>) -> Later {
    if sides.agree() {
        return with_ctl(scene, held, sides.yes);
    }
    let (yes, no) = (with_ctl(scene, held, sides.yes), with_ctl(scene, held, sides.no));
    let question = Question { code: ConditionCode::CtlUndecided, of: ctl, leaning: sides.leaning };
    let agree = yes.itl.outcome() == no.itl.outcome();
    let chosen = if sides.leaning == Some(Side::Yes) { yes.itl_kept } else { no.itl_kept };
    let itl_kept = if agree || sides.leaning.is_some() { chosen } else { held.itl.kept };
    let config = yes.config.zip(no.config).map(|(yes, no)| question.follow(yes, no));
    Later { itl: question.follow(yes.itl, no.itl), itl_kept, config }
}

/// ITL and configuration with this CTL on the phone.
fn with_ctl(scene: &Scene<'_>, held: &Lists<'_>, ctl: Slot<'_>) -> Later {
    let lists = Lists { ctl, itl: held.itl };
    let itl = itl::judge(scene, &lists, held.none());
    let sides = itl_sides(&itl, scene.offer, held.itl);
    let judge = |itl| config::judge(scene, &Lists { ctl, itl });
    let question = Question { code: ConditionCode::ItlUndecided, of: &itl, leaning: sides.leaning };
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

/// An open question about an earlier file, as seen by a later one.
struct Question<'a> {
    code: ConditionCode,
    /// The judgement of the earlier file.
    of: &'a Judgement,
    leaning: Option<Side>,
}

impl Question<'_> {
    /// The same outcome on both sides is the outcome; else it depends, leaning like the side to which the earlier file
    /// leans.
    fn follow(&self, yes: Judgement, no: Judgement) -> Judgement {
        let sides = (IfSo::Outcome(yes.outcome()), IfSo::Outcome(no.outcome()));
        let agree = sides.0 == sides.1;
        let chosen = if self.leaning == Some(Side::Yes) { yes } else { no };
        if agree {
            return chosen;
        }
        let leans = self.leaning.and_then(|_| lean_of(&chosen));
        let evidence = Evidence::default();
        let condition = Condition {
            code: self.code,
            rule: self.rule(),
            if_yes: sides.0,
            if_no: sides.1,
            leans,
            evidence,
        };
        undecided(chosen, |open| {
            if self.leaning.is_none() {
                open.clear();
            }
            open.insert(0, condition);
        })
    }

    /// The three ends of P-ITL-5: refused, taken and kept, taken and dropped. The same outcome in each is the outcome; else it
    /// depends, leaning like the dropped end, the one that was observed.
    fn follow_three(
        &self,
        refused: &Judgement,
        stays: &Judgement,
        dropped: Judgement,
    ) -> Judgement {
        let [if_refused, if_stays, if_dropped] =
            [refused, stays, &dropped].map(|end| IfSo::Outcome(end.outcome()));
        let leans = lean_of(&dropped);
        let between = |code, rule, if_no| {
            let evidence = Evidence::default();
            (if_stays != if_no).then_some(Condition {
                code,
                rule,
                if_yes: if_stays,
                if_no,
                leans,
                evidence,
            })
        };
        let taken = between(self.code, self.rule(), if_refused);
        let kept = between(ConditionCode::ItlTakenThenDropped, Rule::Itl6, if_dropped);
        if taken.is_none() && kept.is_none() {
            return dropped;
        }
        undecided(dropped, |open| drop(open.splice(0..0, taken.into_iter().chain(kept))))
    }

    fn rule(&self) -> Rule {
        let decisive = self
            .of
            .conditions()
            .iter()
            .find(|condition| Some(Decisive::Condition(condition.code)) == self.of.decisive());
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

/// A phone of which nobody said what it holds: nothing is judged as if it held nothing.
fn not_given(phone: &Phone, offer: &Offer, tvs: &Tvs, signatures: &dyn Signatures) -> Prediction {
    let fresh = Phone { installed: Installed::Given, ctl: None, itl: None, ..phone.clone() };
    let if_fresh = predict(&fresh, offer, tvs, signatures);
    let open = |judgement: &Judgement| {
        let condition = Condition {
            code: ConditionCode::InstalledListsNotGiven,
            rule: Rule::First1,
            if_yes: IfSo::Outcome(judgement.outcome()),
            if_no: IfSo::Outcome(Outcome::Depends),
            leans: None,
            evidence: Evidence::default(),
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

/// A device that loads no list and no signed file: nothing that is offered concerns it (P-BOOT-3).
fn without_lists(offer: &Offer) -> Prediction {
    let judgement = || {
        let mut draft = Draft::default();
        draft.inform(FindingCode::HoldsNoLists, Rule::Boot3, Evidence::default());
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

/// That of the weakest rule by which something was decided or left open.
fn confidence(judgements: [Option<&Judgement>; 3]) -> Confidence {
    let mut weakest = Confidence::Documented;
    for judgement in judgements.into_iter().flatten() {
        let settles = |code| {
            matches!(
                code,
                FindingCode::FileNotFound | FindingCode::ItlNeverAsked | FindingCode::ZeroBytes
            )
        };
        let deciding = judgement
            .findings()
            .iter()
            .filter(|finding| finding.weight != Weight::Informs || settles(finding.code));
        let rules = deciding
            .map(|finding| finding.rule)
            .chain(judgement.conditions().iter().map(|condition| condition.rule));
        weakest = rules.map(Rule::confidence).fold(weakest, Confidence::min);
    }
    weakest
}
