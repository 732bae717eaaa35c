//! Lists that are known by their checksum: a phone's screen shows nothing more of what it holds.

use super::GivenError;
use sha2::Digest;
use std::sync::Arc;

/// Lists that an installed list may be named from.
#[derive(Debug, Default)]
pub(super) struct Known(Vec<Arc<[u8]>>);

impl Known {
    pub(super) fn add(&mut self, bytes: Arc<[u8]>) {
        self.0.push(bytes);
    }

    /// Returns the list with this MD5, SHA-1 or SHA-256.
    ///
    /// # Errors
    /// When no list has it, or when lists with different bytes do: MD5 and SHA-1 collisions can be made on purpose.
    pub(super) fn find(&self, checksum: &[u8]) -> Result<Arc<[u8]>, GivenError> {
        let is_of = |bytes: &&Arc<[u8]>| match checksum.len() {
            16 => md5::Md5::digest(bytes)[..] == *checksum,
            20 => sha1::Sha1::digest(bytes)[..] == *checksum,
            _ => sha2::Sha256::digest(bytes)[..] == *checksum,
        };
        let mut found = self.0.iter().filter(is_of);
        let first = found.next().ok_or(GivenError::UnknownChecksum)?;
        match found.all(|other| other == first) {
            true => Ok(first.clone()),
            false => Err(GivenError::AmbiguousChecksum),
        }
    }
}

/// Returns the checksum that a text is: MD5, SHA-1 or SHA-256 in hexadecimal digits, with colons and white space between them.
pub fn checksum_of(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.bytes().filter(|byte| !matches!(byte, b':' | b' ' | b'\t' | b'\r' | b'\n')).collect();
    if !matches!(digits.len(), 32 | 40 | 64) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    digits.chunks_exact(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_is_read_as_screens_and_tools_write_it() {
        let md5 = "9E:10:7D:9D:37:2B:B6:82:6B:D8:1D:35:42:A4:19:D6";
        assert_eq!(checksum_of(md5).unwrap()[..3], [0x9e, 0x10, 0x7d]);
        assert_eq!(
            checksum_of(&md5.replace(':', " ")),
            checksum_of(&md5.to_lowercase().replace(':', ""))
        );
        assert_eq!(checksum_of(&format!("{md5}\r\n")), checksum_of(md5));
        for text in [
            "",
            "9e107d9d372bb6826bd81d3542a419",
            "9e107d9d372bb6826bd81d3542a419dg",
            "9e107d9d-372bb6826bd81d3542a419d6",
        ] {
            assert_eq!(checksum_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_list_is_found_by_each_of_its_checksums() {
        let mut known = Known::default();
        known.add(Arc::from(&b"one"[..]));
        known.add(Arc::from(&b"two"[..]));
        for checksum in [
            &md5::Md5::digest(b"two")[..],
            &sha1::Sha1::digest(b"two")[..],
            &sha2::Sha256::digest(b"two")[..],
        ] {
            assert_eq!(known.find(checksum).as_deref(), Ok(&b"two"[..]));
        }
        assert_eq!(known.find(&md5::Md5::digest(b"three")), Err(GivenError::UnknownChecksum));
    }
}
