//! A file once more, made by the builder from its fields and its own signature. `tests/write.rs`
//! uses it too.
#![allow(dead_code, unreachable_pub)]

use trustlist::wire::write::{
    Layout, ListBuilder, RecordBuilder, SignError, SignedFileBuilder, Signer, SignerInfo,
};
use trustlist::wire::{self, DigestAlgorithm, File, Header, ParseError, Record};

/// Checks that the file made from the fields holds the same fields, and made again has the same
/// bytes. Where the file is as one of the layouts writes it, they are the file's own.
pub fn is_the_same(file: &File<'_>, data: &[u8]) {
    let Ok(first) = rebuilt(data, Layout::Cucm) else { return };
    same_fields(file, &wire::parse(&first).expect("what the builder writes can be read"));
    assert_eq!(rebuilt(&first, Layout::Cucm).as_ref(), Ok(&first));
}

/// Returns true if one of the layouts gives the same bytes back.
pub fn is_reproduced(data: &[u8]) -> bool {
    [Layout::Cucm, Layout::Certutils]
        .into_iter()
        .any(|layout| rebuilt(data, layout).is_ok_and(|made| made == data))
}

fn same_fields(file: &File<'_>, again: &File<'_>) {
    let (one, two) = (file.header(), again.header());
    assert_eq!(
        (one.version(), one.digest(), one.serial()),
        (two.version(), two.digest(), two.serial())
    );
    assert_eq!((name(one.issuer()), one.signature()), (name(two.issuer()), two.signature()));
    assert_eq!(
        (one.file_name().map(name), one.timestamp()),
        (two.file_name().map(name), two.timestamp())
    );
    match (file, again) {
        (File::List(one), File::List(two)) => {
            let (one, two) = (one.records().map(Result::unwrap), two.records().map(Result::unwrap));
            assert!(one.map(|record| fields(&record)).eq(two.map(|record| fields(&record))));
        }
        (File::Signed(one), File::Signed(two)) => assert_eq!(one.payload(), two.payload()),
        _ => panic!("a list became a signed file, or the other way round"),
    }
}

/// The tags of a record in order, names without their NUL.
fn fields(record: &Record<'_>) -> Vec<(u8, Vec<u8>)> {
    let value =
        |tag: u8, value| if [2, 3, 5].contains(&tag) { name(value) } else { value }.to_vec();
    let tags = record
        .tags()
        .filter(|tag| tag.tag != 1 && !(tag.tag == 12 && record.certificate_hash().is_none()));
    let mut fields: Vec<_> = tags.map(|tag| (tag.tag, value(tag.tag, tag.value))).collect();
    fields.sort_by_key(|(tag, _)| *tag);
    fields
}

/// Applies every header field that is not the signer's to a builder; a macro, because the builders
/// share no trait.
macro_rules! with_header {
    ($builder:expr, $header:expr, $bytes:expr) => {{
        let header: &Header<'_> = $header;
        let mut builder = $builder
            .version(header.version().major, header.version().minor)
            .signer_version(header.signer_version().map(|version| (version.major, version.minor)))
            .digest(header.digest());
        if let Some(code) = header.modulus_code() {
            builder = builder.modulus_code(code);
        }
        if let Some(file_name) = header.file_name() {
            builder = builder.file_name(name(file_name));
        }
        if let Some(timestamp) = header.timestamp() {
            builder = builder.timestamp(timestamp);
        }
        let encryption =
            (16..=27).filter_map(|tag| Some((tag, &$bytes[header.tag_range(tag)?][3..])));
        let unknown = header.unknown().map(|unknown| (unknown.tag, unknown.value));
        encryption.chain(unknown).fold(builder, |builder, (tag, value)| builder.extra(tag, value))
    }};
}

/// The file once more, made from its fields and its own signature.
///
/// # Errors
/// Fields that the builder cannot write: a name with a NUL inside, a hash without an algorithm, too
/// long.
pub fn rebuilt(bytes: &[u8], layout: Layout) -> Result<Vec<u8>, String> {
    let file = wire::parse(bytes).map_err(|error| error.to_string())?;
    let header = *file.header();
    let signer = SignerInfo::new(
        name(header.signer_name().unwrap_or_default()),
        name(header.issuer()),
        header.serial(),
    );
    let signature = Replay(header.signature());
    match file {
        File::List(list) => {
            let record = |record: Result<Record<'_>, ParseError>| {
                rebuilt_record(&record.map_err(|error| error.to_string())?)
            };
            let records: Result<Vec<_>, _> = list.records().map(record).collect();
            with_header!(ListBuilder::new(layout, signer), &header, bytes)
                .records(records?)
                .sign(&signature)
        }
        File::Signed(file) => with_header!(SignedFileBuilder::new(layout, signer), &header, bytes)
            .sign(file.payload(), &signature),
    }
    .map_err(|error| error.to_string())
}

fn rebuilt_record(record: &Record<'_>) -> Result<RecordBuilder, String> {
    let mut builder = RecordBuilder::new(record.role());
    for tag in record.tags() {
        builder = match tag.tag {
            2 => builder.server(name(tag.value)),
            3 => builder.subject(name(tag.value)),
            5 => builder.issuer(name(tag.value)),
            6 => builder.serial(tag.value),
            7 => builder.public_key(tag.value),
            8 => builder.certificate_signature(tag.value),
            9 => builder.certificate(tag.value),
            10 => builder.address(record.address().expect("an address of 4 or 16 bytes")),
            11 => {
                let algorithm = record.hash_algorithm().ok_or("a hash without an algorithm")?;
                builder.certificate_hash(DigestAlgorithm::from_code(algorithm), tag.value)
            }
            1 | 4 | 12 => builder,
            other => builder.extra(other, tag.value),
        };
    }
    Ok(builder)
}

/// A name as the builder takes it: without its final NUL.
pub fn name(value: &[u8]) -> &[u8] {
    value.strip_suffix(&[0]).unwrap_or(value)
}

/// Answers with a signature that was made before.
struct Replay<'a>(&'a [u8]);

impl Signer for Replay<'_> {
    fn key_len(&self) -> usize {
        self.0.len()
    }

    fn sign(&self, _: DigestAlgorithm, _: &[&[u8]]) -> Result<Vec<u8>, SignError> {
        Ok(self.0.to_vec())
    }
}
