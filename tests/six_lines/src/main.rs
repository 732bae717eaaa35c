//! The first answer takes two imports and six lines. What is beneath them is written so that it
//! compiles with every version that only adds words and fields.

use trustlist::{Question, Verdict};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [old, new] =
        [1, 2].map(|at| std::env::args().nth(at).unwrap_or_default()).map(std::fs::read);
    let answer = Question::new().installed_itl(old?)?.offered_itl(new?)?.model("8851").predict();
    println!("{answer}");
    grown(&answer)?;
    std::process::exit(match answer.verdict() {
        Verdict::Accept => 0,
        Verdict::Reject => 1,
        Verdict::Depends => 3,
    })
}

/// Words are matched with an arm for those that are to come, inputs are made without naming all of
/// their fields.
fn grown(answer: &trustlist::question::Predicted) -> Result<(), trustlist::UnknownWord> {
    use trustlist::phone::{Device, Offer, Phone, Prediction};
    use trustlist::{Outcome, wire::Role};
    let Prediction { itl, .. } = answer.prediction();
    match itl.outcome() {
        Outcome::Accept | Outcome::Unchanged => {}
        other => println!("other: {other:>14}"),
    }
    match "CCM+TFTP".parse()? {
        Role::CcmTftp | Role::Tftp => {}
        role => println!("{role}"),
    }
    let (phone, offer) = (Phone::new(Device::of_model("8851")), Offer::new());
    assert!(phone.with_cm_group(None).tvs_cache.is_empty() && offer.at.is_none());
    Ok(())
}
