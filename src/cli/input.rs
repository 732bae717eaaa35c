//! Files and standard input, read whole and within a limit.

use super::limits::{self, MAX_CERTIFICATES, MAX_FILE_SIZE, advice, scaled};
use crate::case::Scenario;
use crate::cert::Certificate;
use crate::report::Plain;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// Reads a file, or standard input for `-`. The error is one line that names the file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    let fail = |error: &dyn std::fmt::Display| Err(format!("{}: {error}", name(path)));
    if path.as_os_str() == "-" {
        return match read_within(io::stdin().lock(), 0) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => fail(&TooLarge),
            Err(error) => fail(&error),
        };
    }
    let (file, size) = match open(path) {
        Ok(found) => found,
        Err(error) => return fail(&error),
    };
    match read_within(file, size) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => fail(&TooLarge),
        Err(error) => fail(&error),
    }
}

/// Reads a text.
pub(super) fn text(path: &Path) -> Result<String, String> {
    String::from_utf8(read(path)?)
        .map_err(|error| format!("{}: byte 0x{:04x}: expected text in UTF-8", name(path), error.utf8_error().valid_up_to()))
}

/// Reads a scenario.
pub(super) fn scenario(path: &Path) -> Result<Scenario, String> {
    let text = text(path)?;
    let scenario = Scenario::parse_within(&text, &limits::json());
    let mut scenario = scenario.map_err(|error| limits::case_error(&name(path), &error))?;
    if let Some(cluster) = Arc::get_mut(&mut scenario.cluster) {
        cluster.limits = limits::run();
    }
    Ok(scenario)
}

/// The name of an input for messages.
pub(super) fn name(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".into() } else { Plain(path.display()).to_string() }
}

/// Reads a certificate in PEM or DER: the first one of a bundle.
pub(super) fn certificate(path: &Path) -> Result<Vec<u8>, String> {
    certificates(path)?.into_iter().next().ok_or_else(|| format!("{}: expected a certificate in PEM or DER", name(path)))
}

/// Reads every certificate of a file: one in DER, or a bundle in PEM with whatever text around.
pub(super) fn certificates(path: &Path) -> Result<Vec<Vec<u8>>, String> {
    certificates_of(&read(path)?).map_err(|why| format!("{}: {why}", name(path)))
}

fn certificates_of(bytes: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    let mut ders = Vec::new();
    let mut rest = bytes;
    while let Some((block, behind)) = pem_block(rest) {
        let (label, der) = der::pem::decode_vec(block).map_err(|error| format!("expected a PEM certificate: {error}"))?;
        if label != "CERTIFICATE" {
            return Err(format!("expected a certificate, found PEM of a {}", Plain(label)));
        }
        if ders.len() >= MAX_CERTIFICATES {
            return Err(format!("more than {MAX_CERTIFICATES} certificates (cli::limits::MAX_CERTIFICATES)"));
        }
        ders.push(der);
        rest = behind;
    }
    if ders.is_empty() {
        ders.push(bytes.to_vec());
    }
    match ders.iter().find_map(|der| Certificate::parse(der).err()) {
        Some(error) => Err(format!("expected a certificate in PEM or DER: {error}")),
        None => Ok(ders),
    }
}

/// The first PEM block, and what stands behind it: people paste text around.
fn pem_block(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = find(bytes, b"-----BEGIN ")?;
    let block = bytes.get(start..)?;
    let end = find(block, b"-----END ")?;
    let close = find(block.get(end + 9..)?, b"-----")?;
    block.split_at_checked(end + 9 + close + 5)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Opens a file; with its size, as far as it has one.
fn open(path: &Path) -> io::Result<(File, usize)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::Error::other("a directory, expected a file"));
    }
    if metadata.len() > scaled(MAX_FILE_SIZE) {
        return Err(io::Error::other(TooLarge.to_string()));
    }
    Ok((file, usize::try_from(metadata.len()).unwrap_or(0)))
}

/// `None` where there is more than the limit: a file that grows, or a stream without end.
fn read_within(source: impl Read, size: usize) -> io::Result<Option<Vec<u8>>> {
    // One byte more than there should be: the end is then seen without growing.
    let mut bytes = Vec::with_capacity(size.saturating_add(1));
    let most = scaled(MAX_FILE_SIZE);
    source.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

struct TooLarge;

impl std::fmt::Display for TooLarge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "larger than {} MiB (cli::limits::MAX_FILE_SIZE); {}", scaled(MAX_FILE_SIZE) >> 20, advice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_around_a_pem_block_is_skipped() {
        let pem = b"admin:show cert\n-----BEGIN X-----\nAA==\n-----END X-----\nadmin:";
        assert_eq!(pem_block(pem), Some((&pem[16..pem.len() - 7], &pem[pem.len() - 7..])));
        assert_eq!(pem_block(b"-----BEGIN X-----\nAA=="), None);
    }

    #[test]
    fn the_limit_is_exact() {
        assert!(read_within(io::repeat(0).take(MAX_FILE_SIZE), 0).unwrap().is_some());
        assert!(read_within(io::repeat(0).take(MAX_FILE_SIZE + 1), 0).unwrap().is_none());
    }
}
