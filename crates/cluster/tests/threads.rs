//! No thread is started without a request for it. A program of its own with one test: nothing else
//! starts threads in it.

#[path = "../../../tests/common/mod.rs"]
mod common;

use std::cell::RefCell;
use std::collections::BTreeSet;
use trustlist::facts::Files;
use trustlist::fleet::{Fleet, Member};
use trustlist::phone::{Device, InstalledLists, ListOffer, Offer, Phone, Tvs};
use trustlist_cluster::case::Scenario;
use trustlist_cluster::cluster::{Assume, Policy, simulate};

/// The threads of this process, by number.
fn threads() -> BTreeSet<String> {
    std::fs::read_dir("/proc/self/task")
        .unwrap()
        .map(|task| task.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// A phone that looks around while it is judged.
struct Watching<'a> {
    phone: Phone,
    seen: &'a RefCell<BTreeSet<String>>,
}

impl Member for Watching<'_> {
    fn phone(&self) -> &Phone {
        self.seen.borrow_mut().extend(threads());
        &self.phone
    }
}

#[test]
fn judging_a_fleet_and_running_a_plan_start_no_thread() {
    let before = threads();
    let read = |name: &str| std::fs::read(common::testdata(name)).unwrap();
    let mut files = Files::new(trustlist::verify::RustCrypto);
    let itl = files.list(read("cluster/before/ITLFile.tlv")).unwrap();
    let offered =
        ListOffer::List(files.list(read("cluster/after-callmanager/ITLFile.tlv")).unwrap());
    let offer = Offer::new().with_itl(offered);
    let seen = RefCell::new(BTreeSet::new());
    let phones = (0..2_000).map(|number: u32| Watching {
        phone: Phone::new(Device::of_model(if number.is_multiple_of(2) { "8851" } else { "7975" }))
            .with_cm_group(Some(vec![format!("ccm{}", number % 50).into()]))
            .with_installed(InstalledLists::of(None, Some(itl.clone()))),
        seen: &seen,
    });
    let tvs = Tvs::Known(Vec::new());
    let fleet = Fleet::new(&offer, &tvs, &files);
    assert_eq!(fleet.judge_all(phones).count(), 2_000);
    assert!(!seen.borrow().is_empty(), "nobody looked");
    assert_eq!(*seen.borrow(), before, "while a fleet was judged");
    let scenario = String::from_utf8(read("cases/simulate/callmanager-and-tvs.json")).unwrap();
    let scenario = Scenario::parse(&scenario).unwrap();
    simulate(&scenario.cluster, &scenario.plan, Policy::ALL, Assume::Lean).unwrap();
    assert_eq!(threads(), before);
    // The look works: a thread that is started is seen.
    let (tell, told) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || told.recv());
    assert_eq!(threads().len(), before.len() + 1);
    drop(tell);
    assert!(thread.join().unwrap().is_err());
}
