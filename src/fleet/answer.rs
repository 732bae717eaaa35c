//! The answer for one phone, small enough to hand out a million times.

use crate::code::FindingCode;
use crate::phone::{
    Decisive, JudgedFile, Judgement, Lean, Outcome, Prediction, Remedies, Remedy, Verdict,
};
use crate::text::words;

/// The answer for a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Answer {
    /// The verdict of its worst file.
    pub verdict: Verdict,
    /// Where a `depends` leans; towards a refusal as soon as one file does.
    pub leans: Option<Lean>,
    /// The offered CTL.
    pub ctl: Outcome,
    /// The offered ITL.
    pub itl: Outcome,
    /// The offered configuration; `None` if none was to be judged.
    pub config: Option<Outcome>,
    /// The finding or condition that decided.
    pub reason: Option<Reason>,
    /// True if a file is refused, or may be by what is missing.
    pub may_refuse: bool,
    /// How urgently the phone needs manual work.
    pub hands: Hands,
    /// The first remedy of a refusal; `None` if nothing is refused, or nothing was asked.
    pub advice: Option<Advice>,
}

/// The first remedy for phones that refuse a file: the gentlest one, without the servers and
/// certificates that it names for one phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Advice {
    /// Find out which server sent the file: it is not signed with the key of the signer that it
    /// names.
    FindServer,
    /// Reset the phone once more.
    ResetAgain,
    /// Sign with SHA-1 again.
    UseSha1,
    /// Make the ITL smaller.
    ShrinkItl,
    /// `utils itl reset localkey`.
    ItlResetLocalkey,
    /// Check whose certificate the phone knows: if it is the publisher's, `utils itl reset localkey`.
    ItlResetLocalkeyIfPublisher,
    /// Restart TFTP.
    RestartTftp,
    /// `utils ctl reset localkey`.
    CtlResetLocalkey,
    /// `utils ctl update CTLFile`.
    CtlUpdate,
    /// Allow TLS 1.0 for the time of the change.
    LowerTlsMinimum,
    /// Make TVS answer again.
    StartTvs,
    /// Give TVS its old certificate back.
    RestoreTvs,
    /// Import the signer's certificate.
    ImportSigner,
    /// Mend TVS, and let it know the signer.
    MendTvsAndImport,
    /// Delete the lists on the phone.
    DeleteLists,
}

impl Advice {
    /// Every value.
    pub const ALL: &'static [Self] = &[
        Self::FindServer,
        Self::ResetAgain,
        Self::UseSha1,
        Self::ShrinkItl,
        Self::ItlResetLocalkey,
        Self::ItlResetLocalkeyIfPublisher,
        Self::RestartTftp,
        Self::CtlResetLocalkey,
        Self::CtlUpdate,
        Self::LowerTlsMinimum,
        Self::StartTvs,
        Self::RestoreTvs,
        Self::ImportSigner,
        Self::MendTvsAndImport,
        Self::DeleteLists,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FindServer => "find-server",
            Self::ResetAgain => "reset-again",
            Self::UseSha1 => "use-sha1",
            Self::ShrinkItl => "shrink-itl",
            Self::ItlResetLocalkey => "itl-reset-localkey",
            Self::ItlResetLocalkeyIfPublisher => "itl-reset-localkey-if-publisher",
            Self::RestartTftp => "restart-tftp",
            Self::CtlResetLocalkey => "ctl-reset-localkey",
            Self::CtlUpdate => "ctl-update",
            Self::LowerTlsMinimum => "lower-tls-minimum",
            Self::StartTvs => "start-tvs",
            Self::RestoreTvs => "restore-tvs",
            Self::ImportSigner => "import-signer",
            Self::MendTvsAndImport => "mend-tvs-and-import",
            Self::DeleteLists => "delete-lists",
        }
    }

    fn of(remedy: &Remedy) -> Self {
        match remedy {
            Remedy::CtlResetLocalkey { .. } => Self::CtlResetLocalkey,
            Remedy::CtlUpdate { .. } => Self::CtlUpdate,
            Remedy::DeleteListsOnPhone => Self::DeleteLists,
            Remedy::ImportSigner { .. } => Self::ImportSigner,
            Remedy::ItlResetLocalkey { .. } => Self::ItlResetLocalkey,
            Remedy::ItlResetLocalkeyIfPublisher { .. } => Self::ItlResetLocalkeyIfPublisher,
            Remedy::LowerTlsMinimum => Self::LowerTlsMinimum,
            Remedy::ResetAgain => Self::ResetAgain,
            Remedy::ResetAfterTftpRestart { .. } => Self::RestartTftp,
            Remedy::RestoreTvsCertificate { .. } => Self::RestoreTvs,
            Remedy::ShrinkItl => Self::ShrinkItl,
            Remedy::StartTvs { .. } => Self::StartTvs,
            Remedy::Together { .. } => Self::MendTvsAndImport,
            Remedy::UseSha1 => Self::UseSha1,
        }
    }
}

/// The file on which a verdict rests, and why: of several files, the first in the order of the boot
/// (a refused CTL is the cause of what follows).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Reason {
    /// The file.
    pub file: JudgedFile,
    /// The finding or condition that decided.
    pub code: Decisive,
}

/// The urgency of work on a phone. Later variants are more urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Hands {
    /// No work is needed.
    None,
    /// A fact is missing, and the phone probably accepts the files.
    ProbablyTaken,
    /// A fact is missing, and neither answer is more probable.
    Open,
    /// A fact is missing, and the phone probably refuses a file.
    ProbablyRefused,
    /// It refuses a file, and a command on the servers helps: they offer another file, or TVS confirms its signer.
    FromServer,
    /// It refuses a file, and the advice is to delete its lists on the phone.
    ByHand,
}

impl Answer {
    /// The answer that a prediction amounts to. What can be done about a refusal is not asked: see
    /// [`remedies`](crate::phone::remedies) and [`Answer::with`].
    pub fn of(prediction: &Prediction) -> Self {
        let files = files(prediction);
        let verdict = prediction.verdict();
        let leans = if verdict == Verdict::Depends { leans(&files) } else { None };
        let hands = match (verdict, leans) {
            (Verdict::Accept, _) => Hands::None,
            (Verdict::Depends, Some(Lean::Accept)) => Hands::ProbablyTaken,
            (Verdict::Depends, Some(Lean::Reject)) => Hands::ProbablyRefused,
            (Verdict::Depends, None) => Hands::Open,
            (Verdict::Reject, _) => Hands::FromServer,
        };
        Self {
            verdict,
            leans,
            ctl: prediction.ctl.outcome(),
            itl: prediction.itl.outcome(),
            config: prediction.config.as_ref().map(Judgement::outcome),
            reason: reason(&files),
            may_refuse: prediction.may_refuse(),
            hands,
            advice: None,
        }
    }

    /// Returns the answer for a phone whose CallManager group is not known: this one, for all TVS
    /// servers together, and undecided if it is worse in one of the groups that the phone may be in.
    #[must_use]
    pub fn of_any_group(mut self, others: impl Iterator<Item = Self>) -> Self {
        let worst = others.max_by_key(|other| (other.verdict, other.hands));
        let Some(other) = worst.filter(|other| other.verdict > self.verdict) else { return self };
        let open = |one: Outcome, two: Outcome| if one == two { one } else { Outcome::Depends };
        self.ctl = open(self.ctl, other.ctl);
        self.itl = open(self.itl, other.itl);
        self.config = self.config.zip(other.config).map(|(one, two)| open(one, two));
        (self.verdict, self.leans, self.hands) = (Verdict::Depends, None, Hands::Open);
        (self.reason, self.may_refuse, self.advice) = (other.reason, true, None);
        self
    }

    /// The same, with what can still be done about a refusal.
    #[must_use]
    pub fn with(mut self, remedies: &Remedies) -> Self {
        if self.verdict != Verdict::Reject {
            return self;
        }
        // Without a remedy the file itself is wrong, or missing: deletion does not help either.
        let lost = |(file, outcome): (JudgedFile, Outcome)| {
            let remedies = remedies.of(file);
            outcome == Outcome::Reject
                && !remedies.is_empty()
                && remedies.iter().all(|remedy| *remedy == Remedy::DeleteListsOnPhone)
        };
        let impersonated = Decisive::Finding(FindingCode::SignerImpersonated);
        if self.reason.is_some_and(|reason| reason.code == impersonated) {
            self.advice = Some(Advice::FindServer);
        } else if self.outcomes().any(lost) {
            self.advice = Some(Advice::DeleteLists);
        } else {
            let reason = self.reason.map(|reason| remedies.of(reason.file));
            self.advice = reason.and_then(|remedies| remedies.first()).map(Advice::of);
        }
        if self.advice == Some(Advice::DeleteLists) {
            self.hands = Hands::ByHand;
        }
        self
    }

    /// The files with their outcomes, in the order of the boot.
    pub fn outcomes(&self) -> impl Iterator<Item = (JudgedFile, Outcome)> {
        let config = self.config.map(|config| (JudgedFile::Config, config));
        [(JudgedFile::Ctl, self.ctl), (JudgedFile::Itl, self.itl)].into_iter().chain(config)
    }
}

type Files<'a> = [Option<(JudgedFile, &'a Judgement)>; 3];

fn files(prediction: &Prediction) -> Files<'_> {
    let config = prediction.config.as_ref().map(|config| (JudgedFile::Config, config));
    [Some((JudgedFile::Ctl, &prediction.ctl)), Some((JudgedFile::Itl, &prediction.itl)), config]
}

/// Towards acceptance only where every open file leans there.
fn leans(files: &Files<'_>) -> Option<Lean> {
    let open = || {
        files
            .iter()
            .flatten()
            .filter(|(_, file)| file.outcome() == Outcome::Depends)
            .map(|(_, file)| file.leans())
    };
    if open().any(|lean| lean == Some(Lean::Reject)) {
        return Some(Lean::Reject);
    }
    open().all(|lean| lean == Some(Lean::Accept)).then_some(Lean::Accept)
}

/// Of files that end alike, the first in the order of the boot.
fn reason(files: &Files<'_>) -> Option<Reason> {
    let mut told: Option<(u8, JudgedFile, &Judgement)> = None;
    for &(file, judgement) in files.iter().flatten() {
        let weight = weight(judgement.outcome());
        if told.is_none_or(|(best, ..)| weight > best) {
            told = Some((weight, file, judgement));
        }
    }
    let (_, file, judgement) = told?;
    judgement.decisive().map(|code| Reason { file, code })
}

/// Returns the rank of an outcome: the highest says most about a phone.
const fn weight(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Reject => 6,
        Outcome::Depends => 5,
        Outcome::InstallFirst => 4,
        Outcome::Accept => 3,
        Outcome::Unchanged => 2,
        Outcome::NotApplicable => 1,
        Outcome::NotOffered => 0,
    }
}

words!(Hands {
    ByHand = "by-hand",
    FromServer = "from-server",
    ProbablyRefused = "probably-refused",
    Open = "open",
    ProbablyTaken = "probably-taken",
    None = "none",
});

impl Reason {
    /// The stable word of the code.
    pub const fn code(self) -> &'static str {
        self.code.as_str()
    }
}
