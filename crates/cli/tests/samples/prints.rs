//! The published prints and console logs, read in place.

use super::{Named, dump, sample};
use std::sync::Arc;
use trustlist::console::{
    self, PhoneEventKind, Presence, Print, PrintedRecord, SignatureWord, Value, Verified,
};
use trustlist::facts::{Completeness, FileId, Files, ListKind};
use trustlist::phone::{
    Device, InstalledLists, ListOffer, Offer, Outcome, Phone, SecurityByDefault, Tvs, predict,
};
use trustlist::verify::RustCrypto;
use trustlist::wire::{Role, TrustList};

pub(crate) const TESTS: &[Named] = &[
    ("prints::published_prints_add_up", published_prints_add_up),
    ("prints::the_vendor_print_agrees_with_its_file", the_vendor_print_agrees_with_its_file),
    ("prints::phone_logs_are_read", phone_logs_are_read),
    ("prints::the_vendor_print_leaves_the_answer_open", the_vendor_print_leaves_the_answer_open),
    ("prints::a_missing_ctl_is_no_error", a_missing_ctl_is_no_error),
    ("prints::prints_of_prints_say_the_same", prints_of_prints_say_the_same),
];

/// The two published prints: every record, with lengths that add up to the file.
fn published_prints_add_up() {
    let expected = [
        ("show-ctl-10.0-etoken.txt", 5, "3cf927000000afa2da45"),
        ("show-ctl-10.5-tokenless.txt", 4, "70caf64e090751b9df22f49f754fc5bb"),
    ];
    for (name, records, serial) in expected {
        let prints = console::parse(&dump(name));
        assert_eq!(prints.len(), 1, "{name}");
        let print = &prints[0];
        assert_eq!(print.records.len(), records, "{name}");
        for record in &print.records {
            assert_eq!(
                record.added(),
                record.length().map(u64::from),
                "{name}, record {}",
                record.index.0
            );
        }
        assert_eq!(print.file_added(), print.size, "{name}");
        assert_eq!(print.completeness(), Completeness::Whole, "{name}");
        assert_eq!(print.signer_serial().unwrap().to_string(), serial, "{name}");
        assert!(matches!(print.verified, Verified::Yes(_)), "{name}");
        let facts = print.facts(FileId::symbol(0));
        let signer = facts.find(facts.signer.as_ref().unwrap(), &[Role::Sast]).unwrap();
        assert_eq!(signer.index.0, 1, "{name}");
    }
}

/// The print of an old tool agrees with the file it was made of, on everything that it prints.
fn the_vendor_print_agrees_with_its_file() {
    let bytes = sample("cucm-ctl-2015.tlv");
    let ours = Print::from_list(&TrustList::parse(&bytes).unwrap(), SignatureWord::Good).unwrap();
    let theirs = console::parse(&dump("vendor-tool-print-of-cucm-ctl-2015.txt"));
    assert_eq!(theirs.len(), 1);
    let theirs = &theirs[0];
    assert_eq!(
        (theirs.kind, theirs.version, theirs.header_length),
        (ours.kind, ours.version, ours.header_length)
    );
    assert_eq!(bytes_of(theirs.row(12)), bytes_of(ours.row(12)));
    assert_eq!(theirs.header_added(), ours.header_added());
    assert_eq!(theirs.records.len(), ours.records.len());
    for (theirs, ours) in theirs.records.iter().zip(&ours.records) {
        assert_eq!(
            (theirs.index, theirs.role(), theirs.server(), theirs.subject()),
            (ours.index, ours.role(), ours.server(), ours.subject())
        );
        assert_eq!(theirs.added(), theirs.length().map(u64::from), "record {}", theirs.index.0);
        let lengths = |record: &PrintedRecord| {
            record.rows.iter().map(|row| (row.tag, row.length)).collect::<Vec<_>>()
        };
        assert_eq!(lengths(theirs), lengths(ours), "record {}", theirs.index.0);
        assert_eq!(theirs.identity(), None);
    }
    // A value that it lacks is missing, not guessed.
    let facts = theirs.facts(FileId::symbol(0));
    assert_eq!((facts.signer, facts.size, facts.completeness), (None, None, Completeness::Partial));
    assert_eq!(
        theirs.records.iter().map(|record| record.checked).collect::<Vec<_>>(),
        [Some(true), None, None, None, Some(false), None]
    );
}

/// A console log and the words on a phone's screen: what was taken, and which list it was.
fn phone_logs_are_read() {
    let events = |name: &str| console::phone_events(&dump(name));
    let kinds = |name: &str| events(name).iter().map(|event| event.kind).collect::<Vec<_>>();
    let itl = kinds("phone-log-7821-itl-accepted.txt");
    assert_eq!(itl.first(), Some(&PhoneEventKind::Fetched(ListKind::Itl)));
    assert!(
        itl.contains(&PhoneEventKind::Authenticated)
            && itl.contains(&PhoneEventKind::VersionWarning)
    );
    assert_eq!(itl.last(), Some(&PhoneEventKind::Taken));
    let both = kinds("phone-log-8861-ctl-itl-accepted.txt");
    assert!(
        both.contains(&PhoneEventKind::Taken)
            && both.contains(&PhoneEventKind::Fetched(ListKind::Itl))
    );
    assert_eq!(both.iter().filter(|&&kind| kind == PhoneEventKind::Authenticated).count(), 2);
    assert!(!both.contains(&PhoneEventKind::Refused) && !itl.contains(&PhoneEventKind::Refused));
    let json = trustlist::report::console::phone_json(&events("phone-log-7821-itl-accepted.txt"));
    assert_eq!(
        (&json["events"][0]["event"], &json["events"][0]["list"], &json["events"][0]["line"]),
        (&"fetched".into(), &"itl".into(), &1.into())
    );
}

/// The print of an old tool has no serial numbers: on either side the answer depends on them.
fn the_vendor_print_leaves_the_answer_open() {
    let vendor = dump("vendor-tool-print-of-cucm-ctl-2015.txt");
    let mut files = Files::new(RustCrypto);
    let file = files.list(sample("cucm-ctl-2015.tlv")).unwrap();
    let print = console::list(&vendor, None).unwrap();
    let paste = Arc::new(print.facts(print.file(&mut files)));
    for (installed, offered) in [(&paste, &file), (&file, &paste)] {
        let phone =
            Phone::new(Device::of_model("7975").with_security_by_default(SecurityByDefault::Yes))
                .with_installed(InstalledLists::of(Some(Arc::clone(installed)), None));
        let offer = Offer::new().with_ctl(ListOffer::List(Arc::clone(offered)));
        let judgement = predict(&phone, &offer, &Tvs::Unknown, &files).ctl;
        assert_eq!(judgement.outcome(), Outcome::Depends, "{:?}", judgement.decisive());
    }
}

/// A cluster without a CTL says so; that is no error.
fn a_missing_ctl_is_no_error() {
    let prints = console::parse(&dump("show-ctl-no-file.txt"));
    assert_eq!(prints.len(), 1);
    assert!(matches!(prints[0].presence, Presence::NotFound(_)));
    assert_eq!(prints[0].verified, Verified::NotSaid);
}

/// A print, printed and read again, says the same.
fn prints_of_prints_say_the_same() {
    for name in ["show-ctl-10.0-etoken.txt", "show-ctl-10.5-tokenless.txt"] {
        for print in console::parse(&dump(name)) {
            let again = console::parse(&print.to_string());
            assert_eq!(again.len(), 1, "{name}");
            assert_eq!(again[0].facts(FileId::symbol(0)), print.facts(FileId::symbol(0)), "{name}");
        }
    }
}

fn bytes_of(row: Option<&console::Row>) -> Option<&[u8]> {
    match &row?.value {
        Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}
