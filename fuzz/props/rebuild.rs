//! A file once more, made by the builder from its fields and its own signature.

use trustlist::wire::write::{Layout, ListBuilder, RecordBuilder, SignError, SignedFileBuilder, Signer, SignerInfo};
use trustlist::wire::{self, DigestAlgorithm, File, Header, Record};

/// What the builder makes of the fields holds the same fields, and made again it has the same bytes. Where the file is as one
/// of the layouts writes it, they are the file's own.
pub fn is_the_same(file: &File<'_>, data: &[u8]) {
    let Some(first) = rebuilt(file, data, Layout::Cucm) else { return };
    let again = wire::parse(&first).expect("what the builder writes can be read");
    same_fields(file, &again);
    assert_eq!(rebuilt(&again, &first, Layout::Cucm), Some(first.clone()));
}

/// Whether one of the layouts gives the same bytes back.
pub fn is_reproduced(data: &[u8]) -> bool {
    let Ok(file) = wire::parse(data) else { return false };
    [Layout::Cucm, Layout::Certutils].into_iter().any(|layout| rebuilt(&file, data, layout).is_some_and(|made| made == data))
}

fn same_fields(file: &File<'_>, again: &File<'_>) {
    let (one, two) = (file.header(), again.header());
    assert_eq!((one.version(), one.digest(), one.serial()), (two.version(), two.digest(), two.serial()));
    assert_eq!((name(one.issuer()), one.signature()), (name(two.issuer()), two.signature()));
    assert_eq!((one.file_name().map(name), one.timestamp()), (two.file_name().map(name), two.timestamp()));
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
    let value = |tag: u8, value| if [2, 3, 5].contains(&tag) { name(value) } else { value }.to_vec();
    let tags = record.tags().filter(|tag| tag.tag != 1 && !(tag.tag == 12 && record.certificate_hash().is_none()));
    let mut fields: Vec<_> = tags.map(|tag| (tag.tag, value(tag.tag, tag.value))).collect();
    fields.sort_by_key(|(tag, _)| *tag);
    fields
}

/// `None` where the builder cannot write these fields (a name with a NUL inside, a hash without an algorithm, too long).
fn rebuilt(file: &File<'_>, data: &[u8], layout: Layout) -> Option<Vec<u8>> {
    let header = file.header();
    let signer = SignerInfo::new(name(header.signer_name().unwrap_or_default()), name(header.issuer()), header.serial());
    let signature = Replay(header.signature());
    match file {
        File::List(list) => {
            let mut builder = with_header(Builder::List(ListBuilder::new(layout, signer)), header, data).list();
            for record in list.records() {
                builder = builder.record(rebuilt_record(&record.ok()?)?);
            }
            builder.sign(&signature).ok()
        }
        File::Signed(signed) => {
            let builder = with_header(Builder::Signed(SignedFileBuilder::new(layout, signer)), header, data).signed();
            builder.sign(signed.payload(), &signature).ok()
        }
    }
}

/// The two builders have the same setters and no trait in common.
enum Builder {
    List(ListBuilder),
    Signed(SignedFileBuilder),
}

macro_rules! each {
    ($builder:expr, $method:ident($($argument:expr),*)) => {
        match $builder {
            Builder::List(builder) => Builder::List(builder.$method($($argument),*)),
            Builder::Signed(builder) => Builder::Signed(builder.$method($($argument),*)),
        }
    };
}

impl Builder {
    fn list(self) -> ListBuilder {
        if let Self::List(builder) = self { builder } else { unreachable!() }
    }

    fn signed(self) -> SignedFileBuilder {
        if let Self::Signed(builder) = self { builder } else { unreachable!() }
    }
}

fn with_header(builder: Builder, header: &Header<'_>, data: &[u8]) -> Builder {
    let mut builder = each!(builder, version(header.version().major, header.version().minor));
    builder = each!(builder, signer_version(header.signer_version().map(|version| (version.major, version.minor))));
    builder = each!(builder, digest(header.digest()));
    if let Some(code) = header.modulus_code() {
        builder = each!(builder, modulus_code(code));
    }
    if let Some(file_name) = header.file_name() {
        builder = each!(builder, file_name(name(file_name)));
    }
    if let Some(timestamp) = header.timestamp() {
        builder = each!(builder, timestamp(timestamp));
    }
    for tag in 16..=27 {
        if let Some(range) = header.tag_range(tag) {
            builder = each!(builder, extra(tag, &data[range][3..]));
        }
    }
    for unknown in header.unknown() {
        builder = each!(builder, extra(unknown.tag, unknown.value));
    }
    builder
}

fn rebuilt_record(record: &Record<'_>) -> Option<RecordBuilder> {
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
            10 => builder.address(record.address()?),
            11 => builder.certificate_hash(DigestAlgorithm::from_code(record.hash_algorithm()?), tag.value),
            1 | 4 | 12 => builder,
            other => builder.extra(other, tag.value),
        };
    }
    Some(builder)
}

/// A name as the builder takes it: without its final NUL.
fn name(value: &[u8]) -> &[u8] {
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
