//! Prediction: no panic, an outcome that its findings carry, and what must not matter does not.

use super::question::{Answers, Question};
use trustlist::code::ConditionCode;
use trustlist::facts::SignatureAnswer;
use trustlist::phone::{
    Boot, Condition, ConfigOffer, JudgedFile, Judgement, Kept, ListOffer, Outcome, Phone,
    Prediction, SecurityByDefault, Tvs, Via, Weight, boot, phone_shows, predict as ask, remedies,
    would_change,
};

pub fn predict(data: &[u8]) {
    let question = Question::read(data);
    let Question { phone, offer, tvs, answers } = &question;
    let boot = boot(phone, offer, tvs, answers);
    assert_eq!(boot, self::boot_of(&question), "the same question, another answer");
    for prediction in [&boot.first, &boot.again] {
        judgements(prediction).for_each(is_carried_by_its_findings);
    }
    lists_afterwards(phone, &boot.first);
    nothing_broken_is_taken(&question);
    what_comes_later_does_not_matter(&question, &boot.first);
    for file in [JudgedFile::Ctl, JudgedFile::Itl, JudgedFile::Config] {
        let _ = phone_shows(file, phone, &boot.first);
    }
    let _ = (
        remedies(phone, offer, tvs, answers, &boot.first),
        would_change(phone, offer, tvs, answers),
    );
}

fn boot_of(question: &Question) -> Boot {
    boot(&question.phone, &question.offer, &question.tvs, &question.answers)
}

fn prediction_of(question: &Question) -> Prediction {
    ask(&question.phone, &question.offer, &question.tvs, &question.answers)
}

fn judgements(prediction: &Prediction) -> impl Iterator<Item = &Judgement> {
    [Some(&prediction.ctl), Some(&prediction.itl), prediction.config.as_ref()].into_iter().flatten()
}

/// Accept needs a grant and no refusal, depends a condition, reject a refusing finding.
fn is_carried_by_its_findings(judgement: &Judgement) {
    let has = |weight| judgement.findings().iter().any(|finding| finding.weight == weight);
    let outcome = judgement.outcome();
    assert_eq!(outcome == Outcome::Reject, has(Weight::Refuses), "{judgement:?}");
    assert_eq!(outcome == Outcome::Depends, !judgement.conditions().is_empty(), "{judgement:?}");
    if matches!(outcome, Outcome::Accept | Outcome::InstallFirst | Outcome::Unchanged) {
        assert!(has(Weight::Grants), "{judgement:?}");
    }
    assert!(judgement.decisive().is_some());
    assert!(judgement.leans().is_none() || outcome == Outcome::Depends, "{judgement:?}");
    let has_two_sides = |condition: &Condition| {
        condition.if_yes != condition.if_no || ALWAYS_OPEN.contains(&condition.code())
    };
    assert!(judgement.conditions().iter().all(has_two_sides), "{judgement:?}");
}

fn lists_afterwards(phone: &Phone, prediction: &Prediction) {
    let pairs = [
        (&prediction.ctl, prediction.after.ctl, phone.ctl().is_some()),
        (&prediction.itl, prediction.after.itl, phone.itl().is_some()),
    ];
    for (judgement, kept, had_one) in pairs {
        match judgement.outcome() {
            Outcome::Accept | Outcome::InstallFirst => assert_eq!(kept, Kept::Offered),
            Outcome::Depends => {}
            _ => assert_ne!(kept, Kept::Offered, "{judgement:?}"),
        }
        assert!(had_one || !matches!(kept, Kept::Installed | Kept::Dropped), "{kept:?}");
        // A device that asks for no such list ignores an installed one.
        let ignored =
            phone.device.security_by_default != SecurityByDefault::Yes || !phone.device.loads_lists;
        assert!(!had_one || kept != Kept::None || ignored, "{kept:?}");
    }
}

/// With no right signature in the world nothing new is taken, whatever was said of it before.
fn nothing_broken_is_taken(question: &Question) {
    let broken = Question { answers: Answers([SignatureAnswer::Broken; 8]), ..question.clone() };
    let prediction = prediction_of(&broken);
    for judgement in [&prediction.ctl, &prediction.itl] {
        assert!(
            !matches!(judgement.outcome(), Outcome::Accept | Outcome::InstallFirst),
            "{judgement:?}"
        );
    }
    if let Some(config) = &prediction.config {
        assert!(
            config.outcome() != Outcome::Accept || config.via() == Some(Via::Unsigned),
            "{config:?}"
        );
    }
}

/// The CTL is judged before the ITL, both before the configuration; TVS that knows nothing grants
/// nothing.
fn what_comes_later_does_not_matter(question: &Question, prediction: &Prediction) {
    let mut without_itl = question.clone();
    without_itl.offer.itl = ListOffer::NotFound;
    assert_eq!(prediction_of(&without_itl).ctl, prediction.ctl);
    let mut without_config = question.clone();
    without_config.offer.config = ConfigOffer::NotJudged;
    let found = prediction_of(&without_config);
    assert_eq!(
        (&found.ctl, &found.itl, found.after),
        (&prediction.ctl, &prediction.itl, prediction.after)
    );
    let mut without_tvs = question.clone();
    without_tvs.tvs = Tvs::Known(Vec::new());
    let found = prediction_of(&without_tvs);
    assert!(judgements(&found).all(|judgement| judgement.via() != Some(Via::Tvs)));
}

/// Undecided even if both alternatives give the same answer: an empty file (P-EMPTY-4), and a phone
/// with unknown lists.
const ALWAYS_OPEN: [ConditionCode; 2] =
    [ConditionCode::EmptyFile, ConditionCode::InstalledListsNotGiven];
