//! A second parser, written from the format's description alone: plain offsets, one pass,
//! everything copied. It shares no code with the crate, and is as slow and as simple as it can be.

/// The content of a file; positions are offsets in the file.
pub struct NaiveFile {
    pub header_length: usize,
    /// Tag, its start, the start of its value, its end.
    pub header: Vec<NaiveTag>,
    pub body: NaiveBody,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NaiveTag {
    pub tag: u8,
    pub start: usize,
    pub value: usize,
    pub end: usize,
}

pub enum NaiveBody {
    /// The records, and whether what follows the last one is broken.
    List(Vec<NaiveRecord>, bool),
    Signed,
}

pub struct NaiveRecord {
    pub start: usize,
    pub end: usize,
    pub role: u16,
    /// All tags, the length included.
    pub tags: Vec<NaiveTag>,
}

impl NaiveFile {
    /// `None` where the header is broken.
    pub fn parse(file: &[u8]) -> Option<Self> {
        if file.len() < 10 || file[0..3] != [1, 0, 2] || file[5..8] != [2, 0, 2] {
            return None;
        }
        let header_length = number(file, 8);
        if header_length < 10 || header_length > file.len() {
            return None;
        }
        let mut header = vec![
            NaiveTag { tag: 1, start: 0, value: 3, end: 5 },
            NaiveTag { tag: 2, start: 5, value: 8, end: 10 },
        ];
        let mut at = 10;
        while at < header_length && file[at] != 13 {
            let container = [3, 7, 9, 16, 17, 21].contains(&file[at]);
            let tag = tag(file, at, header_length, container)?;
            at = tag.end;
            header.push(tag);
        }
        let sizes = [(1, 2), (2, 2), (8, 1), (10, 1), (11, 1), (15, 4), (28, 2)];
        for (index, tag) in header.iter().enumerate() {
            let again = header[..index].iter().any(|before| before.tag == tag.tag);
            let named = (1..=28).contains(&tag.tag);
            let wrong =
                sizes.iter().any(|&(sized, size)| sized == tag.tag && size != tag.end - tag.value);
            if again && named || wrong {
                return None;
            }
        }
        if [5, 6, 8, 12].iter().any(|mandatory| !header.iter().any(|tag| tag.tag == *mandatory)) {
            return None;
        }
        let body = if is_list(file, &header, header_length) {
            records(file, header_length)
        } else {
            NaiveBody::Signed
        };
        Some(Self { header_length, header, body })
    }

    pub fn tag(&self, tag: u8) -> Option<NaiveTag> {
        self.header.iter().find(|found| found.tag == tag).copied()
    }
}

fn number(bytes: &[u8], at: usize) -> usize {
    usize::from(bytes[at]) * 256 + usize::from(bytes[at + 1])
}

/// The tag at `at`, which must end before `limit`. The children of a container follow in line.
fn tag(file: &[u8], at: usize, limit: usize, container: bool) -> Option<NaiveTag> {
    if at + 3 > limit {
        return None;
    }
    let length = if container { 0 } else { number(file, at + 1) };
    let end = at + 3 + length;
    (end <= limit).then_some(NaiveTag { tag: file[at], start: at, value: at + 3, end })
}

fn is_list(file: &[u8], header: &[NaiveTag], header_length: usize) -> bool {
    let name = header
        .iter()
        .find(|tag| tag.tag == 14)
        .map(|tag| file[tag.value..tag.end].to_ascii_lowercase());
    let name = name
        .map(|name| if name.last() == Some(&0) { name[..name.len() - 1].to_vec() } else { name });
    if let Some(name) = name {
        if name.ends_with(b".tlv") {
            return true;
        }
        let signed: [&[u8]; 7] =
            [b".sgn", b".sha512", b".loads", b".sbn", b".sbin", b".zz", b".sebn"];
        if signed.iter().any(|suffix| name.ends_with(suffix)) {
            return false;
        }
    }
    file[header_length..].starts_with(&[1, 0, 2])
}

fn records(file: &[u8], start: usize) -> NaiveBody {
    let mut records = Vec::new();
    let mut at = start;
    while at < file.len() {
        match record(file, at) {
            Some(record) if records.len() < MOST_RECORDS => {
                at = record.end;
                records.push(record);
            }
            _ => return NaiveBody::List(records, true),
        }
    }
    NaiveBody::List(records, false)
}

fn record(file: &[u8], start: usize) -> Option<NaiveRecord> {
    if start + 5 > file.len() || file[start..start + 3] != [1, 0, 2] {
        return None;
    }
    let length = number(file, start + 3);
    let end = start + length;
    if length < 5 || end > file.len() {
        return None;
    }
    let mut tags = Vec::new();
    let mut at = start;
    while at < end {
        let tag = tag(file, at, end, false)?;
        at = tag.end;
        tags.push(tag);
    }
    for (index, tag) in tags.iter().enumerate() {
        let size = tag.end - tag.value;
        let again =
            tags[..index].iter().any(|before| before.tag == tag.tag) && (1..=12).contains(&tag.tag);
        let right = match tag.tag {
            1 | 4 => size == 2,
            10 => size == 4 || size == 16,
            12 => size == 1,
            _ => true,
        };
        if again || !right {
            return None;
        }
    }
    let find = |wanted| tags.iter().find(|tag| tag.tag == wanted);
    if let (Some(hash), Some(algorithm)) = (find(11), find(12)) {
        let size = hash.end - hash.value;
        if [(1, 20), (2, 32), (3, 64)].contains(&(file[algorithm.value], size))
            || file[algorithm.value] > 3
            || file[algorithm.value] == 0
        {
        } else {
            return None;
        }
    }
    let role = number(file, find(4)?.value) as u16;
    Some(NaiveRecord { start, end, role, tags })
}

/// The limit of the parser that it is compared with.
const MOST_RECORDS: usize = trustlist::wire::MAX_RECORDS as usize;
