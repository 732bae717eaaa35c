//! The parser of the crate and the naive one say the same of every file.

use super::naive::{NaiveBody, NaiveFile};
use trustlist::wire::{self, File, Role, TrustList};

pub fn differential(data: &[u8]) {
    let (ours, naive) = (wire::parse(data), NaiveFile::parse(data));
    let (file, naive) = match (ours, naive) {
        (Ok(file), Some(naive)) => (file, naive),
        (Err(_), None) => return,
        (Ok(_), None) => panic!("accepted, the naive parser refuses"),
        (Err(error), Some(_)) => panic!("refused ({error}), the naive parser accepts"),
    };
    let header = file.header();
    assert_eq!(usize::from(header.length()), naive.header_length);
    for tag in (1..=28).filter(|&tag| tag != 13) {
        assert_eq!(
            header.tag_range(tag),
            naive.tag(tag).map(|tag| tag.start..tag.end),
            "header tag {tag}"
        );
    }
    let unknown: Vec<_> = header.unknown().map(|tag| (tag.tag, tag.offset)).collect();
    let theirs = naive.header.iter().filter(|tag| tag.tag == 0 || tag.tag > 28);
    assert_eq!(unknown, theirs.map(|tag| (tag.tag, tag.start)).collect::<Vec<_>>());
    let signature = naive.tag(12).unwrap();
    assert_eq!(header.signature(), &data[signature.value..signature.end]);
    assert_eq!(
        file.signed_message().to_vec(),
        [&data[..signature.start], &data[signature.end..]].concat()
    );
    match (file, naive.body) {
        (File::List(list), NaiveBody::List(records, broken)) => {
            same_records(data, &list, &records, broken)
        }
        (File::Signed(signed), NaiveBody::Signed) => {
            assert_eq!(signed.payload(), &data[naive.header_length..])
        }
        (ours, _) => panic!("not the same kind: ours is {ours:?}"),
    }
}

fn same_records(
    data: &[u8],
    list: &TrustList<'_>,
    naive: &[super::naive::NaiveRecord],
    broken: bool,
) {
    let mut ours = list.records();
    for (index, theirs) in (1..).zip(naive) {
        let record =
            ours.next().expect("fewer records").expect("a record that the naive parser takes");
        assert_eq!(
            (record.index(), record.range(), record.role()),
            (index, theirs.start..theirs.end, Role::from_code(theirs.role))
        );
        let tags: Vec<_> = record.tags().map(|tag| (tag.tag, tag.offset, tag.value)).collect();
        let expected: Vec<_> =
            theirs.tags.iter().map(|tag| (tag.tag, tag.start, &data[tag.value..tag.end])).collect();
        assert_eq!(tags, expected, "record {index}");
        for tag in 1..=12 {
            let found = theirs.tags.iter().find(|found| found.tag == tag);
            assert_eq!(
                record.tag_range(tag),
                found.map(|tag| tag.start..tag.end),
                "record {index}, tag {tag}"
            );
        }
    }
    match ours.next() {
        None => assert!(!broken, "all records read, the naive parser refuses one"),
        Some(Ok(record)) => {
            panic!("record {} is one that the naive parser refuses", record.index())
        }
        Some(Err(error)) => assert!(broken, "{error}, but the naive parser is content"),
    }
    assert!(ours.next().is_none(), "records behind an error");
}
