//! Twelve thousand phones at once: the number that accepts the new ITL, and the phones to repair by hand.
//! `cargo run --example fleet`
//!
//! Phones that have the same lists, are of the same model and ask the same servers are predicted once, so the source may be as
//! long as it likes; here it is made up, in a program it is a database or a file.

use std::{error::Error, fs, path::Path, sync::Arc};
use trustlist::Verdict;
use trustlist::facts::Files;
use trustlist::fleet::{First, Fleet, Labels, Member, Summary};
use trustlist::phone::{Device, InstalledLists, ListOffer, Offer, Phone, Tvs, TvsServer};
use trustlist::verify::RustCrypto;
use trustlist::wire::Role;

/// A phone with what the report calls it.
struct Row {
    name: String,
    model: &'static str,
    phone: Phone,
}

impl Member for Row {
    fn phone(&self) -> &Phone {
        &self.phone
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut files = Files::new(RustCrypto);
    let mut list = |name: &str| -> Result<_, Box<dyn Error>> {
        Ok(files.list(fs::read(testdata.join(name))?)?)
    };
    let before = list("recovery/before/ITLFile.tlv")?;
    let undone = list("cluster/after-both/ITLFile.tlv")?;
    let new = list("recovery/localkey/ITLFile.tlv")?;

    // TVS as the phones know it: each server presents the certificate of its record. What it knows was not asked.
    let tvs_records = before.records.iter().filter(|record| record.role == Role::Tvs);
    let tvs = Tvs::Known(
        tvs_records
            .map(|record| {
                TvsServer::new(record.server.clone()).with_presents(record.certificate.clone())
            })
            .collect(),
    );
    let offer = Offer::new().with_itl(ListOffer::List(new));

    let phones = (0..12_000).map(|number| {
        let model = if number % 3 == 0 { "7965" } else { "8851" };
        // Every hundredth accepted the lists of a change that was undone since; the lists of every thousandth are unknown.
        let installed = match number {
            n if n % 1000 == 7 => InstalledLists::Unknown,
            n if n % 100 == 0 => InstalledLists::of(None, Some(undone.clone())),
            _ => InstalledLists::of(None, Some(before.clone())),
        };
        let cm_group = Some(vec![Arc::from("ccm1"), Arc::from("ccm2")]);
        let phone =
            Phone::new(Device::of_model(model)).with_cm_group(cm_group).with_installed(installed);
        Row { name: format!("SEP{number:012X}"), model, phone }
    });

    let fleet = Fleet::new(&offer, &tvs, &files);
    let (mut summary, mut first) = (Summary::default(), First::new(3));
    for (row, answer) in fleet.judge_all(phones) {
        summary.add(Labels { model: Some(row.model), group: None }, &answer, 1);
        first.note(answer.hands, || (row.name, answer));
    }
    println!("{:?}", summary.total);
    for (model, counts) in &summary.models {
        println!("  {}: {counts:?}", model.as_deref().unwrap_or("no model"));
    }
    println!("Look first at:");
    for (name, answer) in first.into_most_urgent() {
        println!(
            "  {name}: {:?}, because of {:?}",
            answer.verdict,
            answer.reason.map(|reason| reason.code)
        );
    }
    // Refused and undecided phones are counted apart; neither hides in "accept".
    assert_eq!(
        (summary.total.reject, summary.total.depends, summary.total.accept),
        (120, 12, 11_868)
    );
    assert_eq!(summary.worst(), Some(Verdict::Reject));
    Ok(())
}
