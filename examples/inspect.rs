//! Prints the contents of a trust list with their places: `cargo run --example inspect [FILE…]`.

use std::path::Path;
use trustlist::wire::{self, File, ParseError};

fn main() -> std::io::Result<()> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let own = [
        "cluster/before/ITLFile.tlv",
        "certutils/SEP001122334455.cnf.xml.sgn",
        "bad/third-record-length.tlv",
    ];
    let paths = match given.is_empty() {
        true => own.iter().map(|name| testdata.join(name)).collect(),
        false => given.iter().map(|name| Path::new(name).to_owned()).collect::<Vec<_>>(),
    };
    for path in paths {
        println!("{}", path.display());
        // A broken file is no reason to stop: the error says what, where, and what was expected.
        if let Err(error) = inspect(&std::fs::read(&path)?) {
            println!("  not readable: {error} (offset {})", error.offset());
        }
    }
    Ok(())
}

/// Prints header and records. Nothing is copied: all views borrow `bytes`.
fn inspect(bytes: &[u8]) -> Result<(), ParseError> {
    let file = wire::parse(bytes)?;
    let header = file.header();
    println!(
        "  version {}, {} bytes of header, digest {}",
        header.version(),
        header.length(),
        header.digest()
    );
    println!("  signed by {} with serial {}", header.signer().issuer, header.signer().serial);
    match file {
        File::List(list) => {
            for record in list.records() {
                let record = record?;
                let server = String::from_utf8_lossy(record.dns_name().unwrap_or_default());
                let (role, server) = (record.role().to_string(), server.trim_end_matches('\0'));
                println!("  {:>2} {role:<9} {server:<12} at {:?}", record.index(), record.range());
            }
        }
        File::Signed(signed) => println!("  {} bytes of payload", signed.payload().len()),
    }
    Ok(())
}
