//! Parsing a list and walking every record allocates nothing.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use trustlist::wire::TrustList;

/// Counts what the current thread allocates.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    /// Bytes that were allocated and not given back.
    static KEPT: Cell<isize> = const { Cell::new(0) };
}

fn keep(bytes: isize) {
    KEPT.with(|kept| kept.set(kept.get() + bytes));
}

// SAFETY: every call is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        keep(layout.size() as isize);
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        keep(-(layout.size() as isize));
        // SAFETY: the caller's promise is the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    work();
    ALLOCATIONS.with(Cell::get) - before
}

/// Returns what `work` makes, and how many bytes of memory it takes.
fn kept<T>(work: impl FnOnce() -> T) -> (T, isize) {
    let before = KEPT.with(Cell::get);
    let made = work();
    (made, KEPT.with(Cell::get) - before)
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
    assert_eq!(kept(|| Box::new([0_u8; 100])).1, 100);
    assert_eq!(kept(|| drop(std::hint::black_box(vec![0_u8; 100]))).1, 0);
}

#[test]
fn parsing_and_walking_lists_of_both_layouts_allocates_nothing() {
    for (name, expected) in [("mixed/before/CTLFile.tlv", 6), ("certutils/ITLFile.tlv", 5)] {
        let bytes = std::fs::read(common::testdata(name)).unwrap();
        let mut records = 0;
        let count = allocations(|| {
            for record in TrustList::parse(&bytes).unwrap().records() {
                let record = record.unwrap();
                std::hint::black_box((
                    record.role(),
                    record.subject(),
                    record.certificate(),
                    record.address(),
                ));
                records += 1;
            }
        });
        assert_eq!((records, count), (expected, 0), "{name}");
    }
}

#[test]
fn parsing_and_walking_our_own_lists_allocates_nothing() {
    for entry in walk(&common::testdata("")) {
        let bytes = std::fs::read(&entry).unwrap();
        let count = allocations(|| {
            if let Ok(list) = TrustList::parse(&bytes) {
                for record in list.records() {
                    // Broken ones too: testdata has some.
                    let _ = std::hint::black_box(&record);
                }
            }
        });
        assert_eq!(count, 0, "{}", entry.display());
    }
}

/// Beside the bytes of the list, which its owner and its facts share.
#[cfg(all(feature = "std", feature = "rsa"))]
#[test]
fn facts_of_a_list_take_little_memory() {
    for name in [
        "cluster/before/ITLFile.tlv",
        "certutils/ITLFile.tlv",
        "forms/every-form.tlv",
        "forms/39-certificates.tlv",
    ] {
        let bytes: std::sync::Arc<[u8]> = std::fs::read(common::testdata(name)).unwrap().into();
        let mut files = trustlist::facts::Files::new(trustlist::verify::RustCrypto);
        let (facts, taken) = kept(|| files.list(bytes).unwrap());
        let most = 4096 + 300 * facts.records.len() as isize;
        assert!(taken <= most, "{name}: {taken} bytes, at most {most}");
        // Values that are made on first use are made once.
        let hashes = || facts.records.iter().filter_map(|record| record.certificate.as_ref());
        let hashed = || hashes().filter(|held| held.fingerprint().sha256.is_some()).count();
        let (first, _) = kept(hashed);
        let (again, more) = kept(hashed);
        assert_eq!((first, more), (again, 0), "{name}");
    }
}

#[cfg(all(feature = "std", feature = "rsa"))]
#[test]
fn a_phone_in_a_state_that_was_judged_allocates_nothing() {
    use trustlist::facts::Files;
    use trustlist::fleet::Fleet;
    use trustlist::phone::{Device, InstalledLists, ListOffer, Offer, Phone, Tvs};
    let read = |name| std::fs::read(common::testdata(name)).unwrap();
    let mut files = Files::new(trustlist::verify::RustCrypto);
    let before = files.list(read("cluster/before/ITLFile.tlv")).unwrap();
    let after = ListOffer::List(files.list(read("cluster/after-callmanager/ITLFile.tlv")).unwrap());
    let offer = Offer::new().with_itl(after);
    let phone = |model: &str| {
        Phone::new(Device::of_model(model))
            .with_cm_group(Some(vec!["ccm1".into(), "ccm2".into()]))
            .with_installed(InstalledLists::of(None, Some(before.clone())))
    };
    let phones: Vec<Phone> =
        ["8851", "7975"].iter().cycle().take(1_000).map(|model| phone(model)).collect();
    let tvs = Tvs::Known(Vec::new());
    let fleet = Fleet::new(&offer, &tvs, &files);
    let mut judge = fleet.judge_with_memory();
    let answers = [judge.judge(&phones[0]), judge.judge(&phones[1])];
    let count = allocations(|| {
        for (number, phone) in phones.iter().enumerate() {
            assert_eq!(judge.judge(phone), answers[number % 2]);
        }
    });
    assert_eq!(count, 0);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let (folders, files): (Vec<_>, Vec<_>) = entries.into_iter().partition(|path| path.is_dir());
    let lists = files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "tlv"));
    lists.chain(folders.iter().flat_map(|folder| walk(folder))).collect()
}

#[cfg(feature = "rsa")]
mod prediction {
    use super::{allocations, common};
    use trustlist::facts::{CertificateFacts, FileId, SignatureAnswer, Signatures};
    use trustlist::phone::{
        ConfigOffer, Device, InstalledLists, ListOffer, Offer, Phone, Tvs, predict,
    };

    /// Every signature is right: what is counted is the decision.
    struct Right;

    impl Signatures for Right {
        fn signed_by(&self, _: &FileId, _: &CertificateFacts) -> SignatureAnswer {
            SignatureAnswer::Valid
        }
    }

    #[test]
    fn a_prediction_allocates_its_findings_and_conditions_only() {
        let mut files = trustlist::facts::Files::new(trustlist::verify::RustCrypto);
        let mut list = |name| files.list(std::fs::read(common::testdata(name)).unwrap()).unwrap();
        let installed = list("cluster/before/ITLFile.tlv");
        let phone = Phone::new(Device::of_model("8851"))
            .with_installed(InstalledLists::of(None, Some(installed)));
        for name in [
            "cluster/before/ITLFile.tlv",
            "cluster/rollback/ITLFile.tlv",
            "cluster/after-both/ITLFile.tlv",
        ] {
            let offer = Offer::new()
                .with_itl(ListOffer::List(list(name)))
                .with_config(ConfigOffer::NotServed);
            for tvs in [Tvs::Unknown, Tvs::Known(Vec::new())] {
                let mut prediction = None;
                let count =
                    allocations(|| prediction = Some(predict(&phone, &offer, &tvs, &Right)));
                let prediction = prediction.unwrap();
                let judgements =
                    [Some(&prediction.ctl), Some(&prediction.itl), prediction.config.as_ref()];
                let lists = judgements.into_iter().flatten().map(|judgement| {
                    usize::from(!judgement.findings().is_empty())
                        + usize::from(!judgement.conditions().is_empty())
                });
                // An open ITL is followed on both sides, so the configuration is judged twice.
                let most = lists.sum::<usize>() + 2;
                assert!(count <= most, "{name}: {count} allocations, {most} lists");
            }
        }
    }
}
