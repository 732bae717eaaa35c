//! What phones say: status messages on the screen, and the console log (P-MSG).

use super::Line;
use super::glyph::{Glyph, glyphs, slice, spaced, word_at};
use crate::facts::ListKind;
use alloc::{string::String, vec::Vec};

/// Messages of a list that was refused or lost, without blanks; the longer ones first.
pub const FAILURES: &[&str] = &[
    "TrustListUpdateFailed,verificationfailure",
    "TrustListUpdateFailed",
    "CTLandITLupdatefailed",
    "CTLupdatefailed",
    "ITLupdatefailed",
    "NoTrustListInstalled",
    "NoCTLorITLinstalled",
    "NoITLinstalled",
];

/// Messages of a list that was taken.
pub const SUCCESSES: &[&str] = &["TrustListUpdated", "CTLandITLinstalled", "CTLinstalled", "ITLinstalled"];

/// One thing that a phone said about a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneEvent {
    /// What it means.
    pub kind: PhoneEventKind,
    /// The words.
    pub text: String,
    /// Where they stand.
    pub line: Line,
}

/// What a phone's words mean for a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhoneEventKind {
    /// The signature was right.
    Authenticated,
    /// A list was asked for; which one.
    Fetched(ListKind),
    /// Neither list was installed and the first one was taken on faith (P-FIRST-1).
    LeapOfFaith,
    /// The file could not be found: normal for a CTL outside mixed mode (P-EMPTY-1).
    NotFound(ListKind),
    /// A list was refused, or the phone has none.
    Refused,
    /// A list was taken.
    Taken,
    /// The phone cannot use TVS: no record for it in its lists (P-TVS-2).
    TvsUnusable,
    /// Header version or padding are new to the phone: a warning only (P-SIG-3).
    VersionWarning,
}

/// What a paste of a phone's messages or console log says about lists, in its order; empty where it says nothing.
///
/// A log of a refused list was never published (`spec/PHONE-RULES.md`): words of a refusal are those of the screen and
/// of the firmware.
///
/// ```
/// use trustlist::console::{PhoneEventKind, phone_events};
/// let events = phone_events("11:02:13a Trust List Update Failed");
/// assert_eq!(events[0].kind, PhoneEventKind::Refused);
/// assert_eq!(events[0].text, "Trust List Update Failed");
/// ```
pub fn phone_events(text: &str) -> Vec<PhoneEvent> {
    let glyphs = glyphs(text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(glyph) = glyphs.get(at) {
        match event_at(&glyphs, at) {
            Some((kind, end)) => {
                found.push(PhoneEvent { kind, text: spaced(slice(&glyphs, at, end)), line: glyph.line });
                at = end.max(at.saturating_add(1));
            }
            None => at = at.saturating_add(1),
        }
    }
    found
}

fn event_at(glyphs: &[Glyph], at: usize) -> Option<(PhoneEventKind, usize)> {
    let words = |words: &[&str], kind| words.iter().find_map(|word| Some((kind, word_at(glyphs, at, word)?)));
    words(FAILURES, PhoneEventKind::Refused)
        .or_else(|| words(REFUSED, PhoneEventKind::Refused))
        .or_else(|| words(SUCCESSES, PhoneEventKind::Taken))
        .or_else(|| words(TAKEN, PhoneEventKind::Taken))
        .or_else(|| words(&["Hashesmatch...authenticationsuccessful"], PhoneEventKind::Authenticated))
        .or_else(|| words(&["UsingleapoffaithtoacceptTLfile"], PhoneEventKind::LeapOfFaith))
        .or_else(|| words(&["NotusingTVS"], PhoneEventKind::TvsUnusable))
        .or_else(|| words(&["hdrver"], PhoneEventKind::VersionWarning))
        .or_else(|| words(&["FileNotFound<CTL", "FileNotFound:CTL"], PhoneEventKind::NotFound(ListKind::Ctl)))
        .or_else(|| words(&["FileNotFound<ITL", "FileNotFound:ITL"], PhoneEventKind::NotFound(ListKind::Itl)))
        .or_else(|| words(&["src=CTL", "/tmp/CTLFile.tlv"], PhoneEventKind::Fetched(ListKind::Ctl)))
        .or_else(|| words(&["src=ITL", "/tmp/ITLFile.tlv"], PhoneEventKind::Fetched(ListKind::Itl)))
}

const REFUSED: &[&str] =
    &["Hashesdonotmatch", "Hashesdon'tmatch", "TLfileverificationfailed", "TLfileverifyfailed", "TLparsetotable:CTL_FAIL"];
const TAKEN: &[&str] = &["TLfileupdated", "UpdatingmasterTLtable"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn screen_messages_are_read_in_any_case() {
        let kinds = |text| phone_events(text).iter().map(|event| event.kind).collect::<Vec<_>>();
        assert_eq!(kinds("Trust List updated"), [PhoneEventKind::Taken]);
        assert_eq!(kinds("a TRUST LIST UPDATE FAILED, Verification Failure"), [PhoneEventKind::Refused]);
        assert_eq!(kinds("File Not Found <CTLFile.tlv>"), [PhoneEventKind::NotFound(ListKind::Ctl)]);
        assert_eq!(kinds("nothing of it"), []);
    }
}
