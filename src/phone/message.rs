//! Messages on the phone's screen (P-MSG).

use super::{JudgedFile, Judgement, Outcome, Phone, Prediction};
use crate::code::FindingCode;
use crate::text::words;

/// A status message in the words of the phone (P-MSG, 88xx administration guide; other models use
/// other words for some).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Message {
    /// A first CTL and a first ITL at one boot.
    CtlAndItlInstalled,
    /// A first CTL.
    CtlInstalled,
    /// A CTL was refused.
    CtlUpdateFailed,
    /// The server has no CTL: normal in a non-secure cluster.
    FileNotFoundCtl,
    /// A first ITL.
    ItlInstalled,
    /// No list on the phone and none on the server.
    NoTrustListInstalled,
    /// An ITL was refused. Network failures show the same message, so it does not prove a bad
    /// signer.
    TrustListUpdateFailed,
    /// A list was replaced.
    TrustListUpdated,
}

words!(Message {
    CtlAndItlInstalled = "CTL and ITL installed",
    CtlInstalled = "CTL Installed",
    CtlUpdateFailed = "CTL update failed",
    FileNotFoundCtl = "File Not Found <CTLFile.tlv>",
    ItlInstalled = "ITL installed",
    NoTrustListInstalled = "No Trust List installed",
    TrustListUpdateFailed = "Trust List update failed",
    TrustListUpdated = "Trust List updated",
});

/// Returns the message about one file of this boot. `None` if the phone shows nothing (an unchanged
/// list, P-MSG), the sources name no message (configurations, P-CFG-2) or the outcome is open.
pub fn phone_shows(file: JudgedFile, phone: &Phone, prediction: &Prediction) -> Option<Message> {
    let (ctl, itl) = (&prediction.ctl, &prediction.itl);
    match file {
        JudgedFile::Config => None,
        JudgedFile::Ctl if not_found(ctl) => {
            let bare = phone.ctl().is_none() && phone.itl().is_none() && not_found(itl);
            Some(if bare { Message::NoTrustListInstalled } else { Message::FileNotFoundCtl })
        }
        JudgedFile::Ctl => list_message(
            ctl,
            phone.ctl().is_none(),
            is_new(itl, phone.itl().is_none()),
            Message::CtlInstalled,
        ),
        JudgedFile::Itl => list_message(
            itl,
            phone.itl().is_none(),
            is_new(ctl, phone.ctl().is_none()),
            Message::ItlInstalled,
        ),
    }
}

fn list_message(
    list: &Judgement,
    first: bool,
    other_is_first: bool,
    installed: Message,
) -> Option<Message> {
    let failed = if installed == Message::CtlInstalled {
        Message::CtlUpdateFailed
    } else {
        Message::TrustListUpdateFailed
    };
    match list.outcome() {
        Outcome::Accept | Outcome::InstallFirst if first && other_is_first => {
            Some(Message::CtlAndItlInstalled)
        }
        Outcome::Accept | Outcome::InstallFirst if first => Some(installed),
        Outcome::Accept | Outcome::InstallFirst => Some(Message::TrustListUpdated),
        Outcome::Reject => Some(failed),
        Outcome::Depends | Outcome::NotApplicable | Outcome::NotOffered | Outcome::Unchanged => {
            None
        }
    }
}

/// Checks if the phone gets its first list of this kind.
fn is_new(list: &Judgement, first: bool) -> bool {
    first && matches!(list.outcome(), Outcome::Accept | Outcome::InstallFirst)
}

fn not_found(list: &Judgement) -> bool {
    list.findings()
        .iter()
        .any(|finding| matches!(finding.code(), FindingCode::FileNotFound | FindingCode::ZeroBytes))
}
