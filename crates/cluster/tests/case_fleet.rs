//! The fleet answers every case of predictions as `predict` does.

#[path = "../../../tests/common/mod.rs"]
mod common;

use trustlist::Verdict;
use trustlist::fleet::Fleet;
use trustlist::phone::predict;
use trustlist_cluster::case::PredictCase;

#[test]
fn cases_in_symbols_are_answered_as_predict_does() {
    let mut count = 0;
    for entry in std::fs::read_dir(common::testdata("cases/predict")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let case = PredictCase::parse(&text).unwrap();
        let prediction = predict(&case.phone, &case.offer, &case.tvs, &case.signatures);
        let fleet = Fleet::new(&case.offer, &case.tvs, &case.signatures);
        let phones = [&case.phone; 3];
        for (_, answer) in fleet.judge_all(phones) {
            assert_eq!(
                (answer.ctl, answer.itl),
                (prediction.ctl.outcome(), prediction.itl.outcome()),
                "{}",
                path.display()
            );
            assert_eq!(
                answer.config,
                prediction.config.as_ref().map(|config| config.outcome()),
                "{}",
                path.display()
            );
            let worst = answer.outcomes().map(|(_, outcome)| Verdict::of(outcome)).max();
            assert_eq!(Some(answer.verdict), worst, "{}", path.display());
        }
        count += 1;
    }
    println!("{count} cases");
    assert!(count > 100);
}
