//! Messages of phones: status messages on the screen and on their web page, console logs (P-MSG), and TVS traces of the server.
//!
//! Messages are a history. The newest about a list counts; an older one is marked.

use super::Line;
use super::clean::Clean;
use super::glyph::{Glyph, glyphs_of, slice, spaced, word_at};
use super::history::{History, Superseded};
use crate::facts::ListKind;
use alloc::{string::String, vec::Vec};

/// One thing that a phone said about a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct PhoneEvent {
    /// The meaning.
    pub kind: PhoneEventKind,
    /// The file that it is about, if it says so.
    pub file: Option<PhoneFile>,
    /// The words.
    pub text: String,
    /// Its line.
    pub line: Line,
    /// Whether a later message of the phone replaces it.
    pub superseded: bool,
}

/// A file that a phone loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum PhoneFile {
    /// Its configuration.
    Config,
    /// The CTL.
    Ctl,
    /// The ITL.
    Itl,
}

/// The meaning of a message for a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum PhoneEventKind {
    /// The signature was right.
    Authenticated,
    /// The configuration could not be found.
    ConfigNotFound,
    /// CTL and ITL were erased on the phone (P-MSG).
    Erased,
    /// A list was asked for; which one.
    Fetched(ListKind),
    /// Neither list was installed and the first one was taken on faith (P-FIRST-1).
    LeapOfFaith,
    /// The TFTP server is in no record of the CTL (P-BOOT-5).
    NotAuthorized,
    /// The file could not be found: normal for a CTL outside mixed mode (P-EMPTY-1).
    NotFound(ListKind),
    /// The phone holds no such list (P-EMPTY-3).
    NotInstalled,
    /// A list or the configuration was refused (P-CFG-2).
    Refused,
    /// A list was taken.
    Taken,
    /// TVS is asked about a certificate (P-TVS-3).
    TvsAsked,
    /// TVS does not know the certificate.
    TvsUnknown,
    /// The phone cannot use TVS: no record for it in its lists (P-TVS-2).
    TvsUnusable,
    /// TVS knows the certificate.
    TvsVouched,
    /// Header version or padding are new to the phone: a warning only (P-SIG-3).
    VersionWarning,
}

/// Returns the messages about lists in a paste of a phone's messages or console log, in order; empty without any.
///
/// A log of a refused list was never published (`spec/PHONE-RULES.md`): words of a refusal are those of the screen and
/// of the firmware.
///
/// ```
/// use trustlist::console::{PhoneEventKind, phone_events};
/// let events = phone_events("11:02:13a Trust List Update Failed\n11:09:40a Trust List Updated");
/// assert_eq!(events[0].kind, PhoneEventKind::Refused);
/// assert_eq!(events[0].text, "Trust List Update Failed");
/// assert!(events[0].superseded && !events[1].superseded);
/// // A negation is no success.
/// assert_eq!(phone_events("No CTL installed")[0].kind, PhoneEventKind::NotInstalled);
/// ```
pub fn phone_events(text: &str) -> Vec<PhoneEvent> {
    let clean = Clean::new(text);
    let glyphs = glyphs_of(&clean);
    let said = events(&glyphs);
    let superseded = History::of(&clean, &glyphs, &said).superseded();
    let mut events: Vec<PhoneEvent> = said.into_iter().map(|said| said.event).collect();
    for (event, superseded) in events.iter_mut().zip(superseded) {
        event.superseded = matches!(superseded, Superseded::Yes | Superseded::Untimed);
    }
    events
}

/// An event, and if it is among the characters of the paste.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// The event.
    pub event: PhoneEvent,
    /// The number of its first character.
    pub start: usize,
    /// The number of the character after it.
    pub end: usize,
}

/// The events of a cleaned paste, in its order, before any of them is known to be older than another.
pub(crate) fn events(glyphs: &[Glyph]) -> Vec<Said> {
    let mut found: Vec<Said> = Vec::new();
    let mut at = 0;
    while let Some(glyph) = glyphs.get(at) {
        let next = match event_at(glyphs, at) {
            Some(event) => {
                let text = spaced(slice(glyphs, at, event.end));
                let Found { kind, file, end } = event;
                let event = PhoneEvent { kind, file, text, line: glyph.line, superseded: false };
                found.push(Said { event, start: at, end });
                end
            }
            None => at,
        };
        at = next.max(at.saturating_add(1));
    }
    in_context(&mut found);
    found
}

/// A console log names the file when it is asked for, and TVS the outcome of one of its two caches after the other.
fn in_context(events: &mut Vec<Said>) {
    let mut fetched = None;
    for event in events.iter_mut().map(|said| &mut said.event) {
        match event.kind {
            PhoneEventKind::Fetched(_) => fetched = event.file,
            PhoneEventKind::Authenticated | PhoneEventKind::Refused | PhoneEventKind::Taken
                if is_of_a_log(&event.text) =>
            {
                event.file = event.file.or(fetched);
            }
            _ => {}
        }
    }
    // TVS looks into two caches: the second may have what the first does not.
    let mut vouched = false;
    let mut keep: Vec<bool> = Vec::with_capacity(events.len());
    for event in events.iter().rev().map(|said| &said.event) {
        match event.kind {
            PhoneEventKind::TvsAsked => vouched = false,
            PhoneEventKind::TvsVouched => vouched = true,
            _ => {}
        }
        keep.push(event.kind != PhoneEventKind::TvsUnknown || !vouched);
    }
    let mut keep = keep.into_iter().rev();
    events.retain(|_| keep.next().unwrap_or(true));
}

fn is_of_a_log(text: &str) -> bool {
    ["TL ", "Hashes", "Updating", "File sign"].iter().any(|word| text.starts_with(word))
}

/// An event, and the first character after it.
struct Found {
    kind: PhoneEventKind,
    file: Option<PhoneFile>,
    end: usize,
}

fn event_at(glyphs: &[Glyph], at: usize) -> Option<Found> {
    let glyph = glyphs.get(at)?;
    if !FIRST_LETTERS.contains(&glyph.c.to_ascii_lowercase()) || !begins_word(glyphs, at) {
        return None;
    }
    let phrase = PHRASES.iter().find_map(|&(phrase, kind, file)| {
        Some(Found { kind, file, end: word_at(glyphs, at, phrase)? })
    });
    phrase.or_else(|| message_at(glyphs, at)).or_else(|| file_at(glyphs, at))
}

/// The letters that events begin with.
const FIRST_LETTERS: &[char] = &['/', '*', 'a', 'c', 'e', 'f', 'h', 'i', 'n', 's', 't', 'u'];

/// Whether a word begins here: `TL file updated` is none in `CTL file Updated`, which the server says.
fn begins_word(glyphs: &[Glyph], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|before| glyphs.get(before)) else { return true };
    glyphs.get(at).is_some_and(|glyph| {
        !glyph.gap.is_none() || !before.c.is_alphanumeric() || !glyph.c.is_alphanumeric()
    })
}

/// A message of the screen: a subject and what became of it (P-MSG). `No … installed` and `… not installed` are negations.
fn message_at(glyphs: &[Glyph], at: usize) -> Option<Found> {
    let negated = word_at(glyphs, at, "No");
    let (start, negation) = negated.map_or((at, false), |end| (end, true));
    let (file, behind) = SUBJECTS
        .iter()
        .find_map(|&(subject, file)| Some((file, word_at(glyphs, start, subject)?)))?;
    let outcome = |words: &[(&str, PhoneEventKind)]| {
        let mut known = words.iter();
        known.find_map(|&(word, kind)| {
            Some(Found { kind, file, end: word_at(glyphs, behind, word)? })
        })
    };
    if negation {
        return outcome(&[("installed", PhoneEventKind::NotInstalled)]);
    }
    if after_negation(glyphs, at) {
        return None;
    }
    outcome(OUTCOMES).filter(|found| !goes_on(glyphs, found.end))
}

/// Whether a sentence goes on in the same line: "The ITL installed on the phone …" is no message.
fn goes_on(glyphs: &[Glyph], end: usize) -> bool {
    let same_line =
        glyphs.get(end).is_some_and(|glyph| !glyph.gap.is_none() && glyph.gap.breaks == 0);
    let word: String = slice(glyphs, end, end.saturating_add(6))
        .iter()
        .enumerate()
        .take_while(|(index, glyph)| *index == 0 || glyph.gap.is_none())
        .map(|(_, glyph)| glyph.c)
        .collect();
    same_line
        && ["on", "by", "from", "in", "is", "was", "does", "and", "or", "but", "to", "with", "has"]
            .contains(&word.as_str())
}

/// Words for the list of a message, the longer ones first. `None` is both lists, or either.
const SUBJECTS: &[(&str, Option<PhoneFile>)] = &[
    ("TrustList", None),
    ("CTLandITL", None),
    ("CTLorITL", None),
    ("CTL", Some(PhoneFile::Ctl)),
    ("ITL", Some(PhoneFile::Itl)),
];

const OUTCOMES: &[(&str, PhoneEventKind)] = &[
    ("updatefailed,verificationfailure", PhoneEventKind::Refused),
    ("updatefailed", PhoneEventKind::Refused),
    ("updated", PhoneEventKind::Taken),
    ("installed", PhoneEventKind::Taken),
    ("notinstalled", PhoneEventKind::NotInstalled),
];

/// Whether the word before says that it did not happen.
fn after_negation(glyphs: &[Glyph], at: usize) -> bool {
    let ends = |word: &&str| {
        let start = at.checked_sub(word.len());
        start.is_some_and(|start| {
            word_at(glyphs, start, word) == Some(at) && begins_word(glyphs, start)
        })
    };
    ["no", "not", "never", "neither", "nor", "without"].iter().any(ends)
}

/// A message that names a file: `File Not Found <CTLFile.tlv>`, `ITLSEP….tlv not found in …`, `invalid file SEP….cnf.xml.sgn, …` (P-CFG-2).
/// Firmware and the like are no files of these (P-CFG-2).
fn file_at(glyphs: &[Glyph], at: usize) -> Option<Found> {
    if let Some(end) = word_at(glyphs, at, "FileNotFound") {
        let (file, end) = file_name(glyphs, after_marks(glyphs, end))?;
        return Some(not_found(file, after_marks(glyphs, end).min(end.saturating_add(1))));
    }
    if let Some(end) = word_at(glyphs, at, "invalidfile") {
        let (file, end) = file_name(glyphs, after_marks(glyphs, end))?;
        let end = after_marks(glyphs, end);
        let end = ["authenticatedfail", "authenticationfail"]
            .iter()
            .find_map(|word| word_at(glyphs, end, word))?;
        return Some(Found {
            kind: PhoneEventKind::Refused,
            file: Some(file),
            end: reason(glyphs, end),
        });
    }
    for word in ["FileAuthError", "FileAuthFail", "AuthFail"] {
        if let Some(end) = word_at(glyphs, at, word) {
            let (file, end) = file_name(glyphs, after_marks(glyphs, end))?;
            return Some(Found { kind: PhoneEventKind::Refused, file: Some(file), end });
        }
    }
    for word in ["srcFile=", "src=", "tlRequestFile:Request"] {
        if let Some(end) = word_at(glyphs, at, word) {
            return fetched(file_name(glyphs, end)?);
        }
    }
    if let Some(end) = word_at(glyphs, at, "/tmp/") {
        return fetched(file_name(glyphs, end)?);
    }
    let (file, end) = file_name(glyphs, at)?;
    Some(not_found(file, word_at(glyphs, after_marks(glyphs, end), "notfound")?))
}

fn fetched((file, end): (PhoneFile, usize)) -> Option<Found> {
    let kind = match file {
        PhoneFile::Config => return None,
        PhoneFile::Ctl => ListKind::Ctl,
        PhoneFile::Itl => ListKind::Itl,
    };
    Some(Found { kind: PhoneEventKind::Fetched(kind), file: Some(file), end })
}

fn not_found(file: PhoneFile, end: usize) -> Found {
    let kind = match file {
        PhoneFile::Config => PhoneEventKind::ConfigNotFound,
        PhoneFile::Ctl => PhoneEventKind::NotFound(ListKind::Ctl),
        PhoneFile::Itl => PhoneEventKind::NotFound(ListKind::Itl),
    };
    Found { kind, file: Some(file), end }
}

/// `. Reason:14.` belongs to the message.
fn reason(glyphs: &[Glyph], end: usize) -> usize {
    let behind = ["ed.Reason:", "ure.Reason:", ".Reason:", "Reason:"]
        .iter()
        .find_map(|word| word_at(glyphs, end, word));
    behind.map_or(end, |from| {
        let digits =
            glyphs.iter().skip(from).take(4).take_while(|glyph| glyph.c.is_ascii_digit()).count();
        from.saturating_add(digits)
    })
}

/// The end of quotes and brackets around a file's name.
fn after_marks(glyphs: &[Glyph], at: usize) -> usize {
    let marks = glyphs.iter().skip(at).take(3).take_while(|glyph| MARKS.contains(&glyph.c)).count();
    at.saturating_add(marks)
}

const MARKS: &[char] =
    &['<', '>', ':', ',', '\'', '"', '(', ')', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}'];

/// The file of a name, and where the name ends: `CTLFile.tlv`, `ITLSEP001122334455.tlv`, `SEP001122334455.cnf.xml.sgn`.
fn file_name(glyphs: &[Glyph], at: usize) -> Option<(PhoneFile, usize)> {
    let (file, head, rest) = [
        (PhoneFile::Ctl, "CTL", ".tlv"),
        (PhoneFile::Itl, "ITL", ".tlv"),
        (PhoneFile::Config, "SEP", ".cnf.xml"),
    ]
    .into_iter()
    .find(|(_, head, _)| word_at(glyphs, at, head).is_some())?;
    let start = at.saturating_add(head.len());
    let letters = glyphs
        .iter()
        .skip(start)
        .take(LONGEST_NAME)
        .take_while(|glyph| glyph.c.is_ascii_alphanumeric())
        .count();
    let end = word_at(glyphs, start.saturating_add(letters), rest)?;
    let signed = [".enc.sgn", ".sgn", ".enc"].iter().find_map(|more| word_at(glyphs, end, more));
    Some((file, signed.unwrap_or(end)))
}

/// `SEP001122334455` or `File`, with room.
const LONGEST_NAME: usize = 24;

/// Words of console logs and traces that name no list.
const PHRASES: &[(&str, PhoneEventKind, Option<PhoneFile>)] = &[
    ("ErasingCTLandITLfiles", PhoneEventKind::Erased, None),
    ("ErasingCTLandITLfile", PhoneEventKind::Erased, None),
    ("ErasingCTLfile", PhoneEventKind::Erased, Some(PhoneFile::Ctl)),
    ("ErasingITLfile", PhoneEventKind::Erased, Some(PhoneFile::Itl)),
    ("TFTPauthorizationfailure", PhoneEventKind::NotAuthorized, None),
    ("TFTPauthorizationfailed", PhoneEventKind::NotAuthorized, None),
    ("**noCTL,assumeTFTPNONSECURE", PhoneEventKind::NotInstalled, Some(PhoneFile::Ctl)),
    ("noCTL,assumeTFTPNONSECURE", PhoneEventKind::NotInstalled, Some(PhoneFile::Ctl)),
    ("**noCTL", PhoneEventKind::NotInstalled, Some(PhoneFile::Ctl)),
    ("Hashesmatch...authenticationsuccessful", PhoneEventKind::Authenticated, None),
    ("FilesignverifySUCCESS", PhoneEventKind::Authenticated, None),
    ("FilesignverifyFAIL", PhoneEventKind::Refused, None),
    ("Hashesdonotmatch", PhoneEventKind::Refused, None),
    ("Hashesdon'tmatch", PhoneEventKind::Refused, None),
    ("TLfileverificationfailed", PhoneEventKind::Refused, None),
    ("TLfileverifyfailed", PhoneEventKind::Refused, None),
    ("TLparsetotable:CTL_FAIL", PhoneEventKind::Refused, None),
    ("TLfileupdated", PhoneEventKind::Taken, None),
    ("UpdatingmasterTLtable", PhoneEventKind::Taken, None),
    ("UsingleapoffaithtoacceptTLfile", PhoneEventKind::LeapOfFaith, None),
    ("NotusingTVS", PhoneEventKind::TvsUnusable, None),
    ("hdrver", PhoneEventKind::VersionWarning, None),
    ("tvsHandleQueryCertReq:SerialNumberis:", PhoneEventKind::TvsAsked, None),
    ("TVSprocessrequest-SuccessfullysenttheTVSrequest", PhoneEventKind::TvsAsked, None),
    ("tvsReqFlushTvsCertCache:SentRequesttoTVSproxy", PhoneEventKind::TvsAsked, None),
    ("TVSaddedcerttoTVScache", PhoneEventKind::TvsVouched, None),
    ("Foundentry{rolecount:", PhoneEventKind::TvsVouched, None),
    ("Cannotfindthecertificateinthecache", PhoneEventKind::TvsUnknown, None),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(PhoneEventKind, Option<PhoneFile>)> {
        phone_events(text).iter().map(|event| (event.kind, event.file)).collect()
    }

    #[test]
    fn screen_messages_are_read_in_any_case() {
        assert_eq!(kinds("Trust List updated"), [(PhoneEventKind::Taken, None)]);
        assert_eq!(
            kinds("a TRUST LIST UPDATE FAILED, Verification Failure"),
            [(PhoneEventKind::Refused, None)]
        );
        assert_eq!(
            kinds("File Not Found <CTLFile.tlv>"),
            [(PhoneEventKind::NotFound(ListKind::Ctl), Some(PhoneFile::Ctl))]
        );
        assert_eq!(kinds("nothing of it"), []);
    }

    #[test]
    fn a_negation_is_no_success() {
        use PhoneEventKind::{NotInstalled, Taken};
        for (text, file) in [
            ("No CTL installed", Some(PhoneFile::Ctl)),
            ("10:58:01 no ITL Installed", Some(PhoneFile::Itl)),
            ("No Trust List Installed", None),
            ("No CTL or ITL installed", None),
            ("ITL not installed", Some(PhoneFile::Itl)),
            ("SECD: lookupCTL: ** no CTL, assume TFTP NONSECURE", Some(PhoneFile::Ctl)),
        ] {
            assert_eq!(kinds(text), [(NotInstalled, file)], "{text}");
        }
        assert_eq!(kinds("not CTL installed, never ITL installed"), []);
        assert_eq!(kinds("CTL file Updated\nPlease Restart the TFTP"), []);
        assert_eq!(kinds("CTL and ITL installed"), [(Taken, None)]);
        assert_eq!(kinds("The ITL installed on the phone is another one"), []);
    }

    #[test]
    fn messages_that_name_a_file_say_which() {
        use PhoneEventKind::{ConfigNotFound, NotFound, Refused};
        let refused = "invalid file SEP001122334455.cnf.xml.sgn, authenticated fail. Reason:14.";
        assert_eq!(kinds(refused), [(Refused, Some(PhoneFile::Config))]);
        assert_eq!(phone_events(refused)[0].text, refused.trim_end_matches('.'));
        assert_eq!(
            kinds("ITLSEP001122334455.tlv not found in 192.0.2.10"),
            [(NotFound(ListKind::Itl), Some(PhoneFile::Itl))]
        );
        assert_eq!(
            kinds("File Not Found: SEP001122334455.cnf.xml.sgn"),
            [(ConfigNotFound, Some(PhoneFile::Config))]
        );
        assert_eq!(
            kinds(
                "invalid file cmterm-8841.loads, authenticated fail. File Not Found <ringlist.xml>"
            ),
            []
        );
    }

    #[test]
    fn traces_of_tvs_say_what_it_knows() {
        use PhoneEventKind::{TvsAsked, TvsUnknown, TvsVouched};
        let asked = "23:00:22.052 | debug tvsHandleQueryCertReq : Serial Number is: 83E9\n";
        let missed = "23:00:22.052 | debug ERROR:CertificateDBCache::getCertificateInformation - Cannot find the certificate in the cache\n";
        let found = "23:00:22.052 | debug CertificateCTLCache::getCertificateInformation - Found entry {rolecount : 1}\n";
        let known = |text: &str| kinds(text).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
        assert_eq!(known(&[asked, missed, found].concat()), [TvsAsked, TvsVouched]);
        assert_eq!(
            known(&[asked, missed, missed, asked, found].concat()),
            [TvsAsked, TvsUnknown, TvsUnknown, TvsAsked, TvsVouched]
        );
    }

    #[test]
    fn a_log_names_the_list_when_it_is_asked_for() {
        let log = "[src=ITLSEP001122334455.tlv][dest=/tmp/ITLFile.tlv]\nSECUREAPP-updateFromFile: Updating master TL table\n";
        let found = kinds(log);
        assert_eq!(
            found.first(),
            Some(&(PhoneEventKind::Fetched(ListKind::Itl), Some(PhoneFile::Itl)))
        );
        assert_eq!(found.last(), Some(&(PhoneEventKind::Taken, Some(PhoneFile::Itl))));
    }
}
