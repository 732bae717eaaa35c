//! A prediction with everything that its reports need.

use super::assumption::{Assumption, Taken, Wording};
use super::finding::About;
use super::words;
use crate::facts::{Identity, Name, Signatures};
use crate::phone::{
    self, Boot, ConfigOffer, Decisive, JudgedFile, Judgement, ListOffer, Offer, Phone, Prediction,
    Remedies, Rule, Tvs, Verdict, WouldChange,
};
use crate::report::{Plain, swapped_kinds};

/// The judgement of two boots, with what was assumed and what would change it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PredictionReport<'a> {
    /// The title of a case.
    pub title: Option<&'a str>,
    /// The phone before the boot.
    pub phone: &'a Phone,
    /// The offered files.
    pub offer: &'a Offer,
    /// Knowledge of TVS.
    pub tvs: &'a Tvs,
    /// The judgement.
    pub boot: Boot,
    /// The remedies.
    pub remedies: Remedies,
    /// The assumptions.
    pub assumed: Vec<Assumption>,
    /// How its sentences name what was left out.
    pub wording: Wording,
    /// The smallest facts that would turn a refusal or an open answer.
    pub would_change: Vec<WouldChange>,
}

impl<'a> PredictionReport<'a> {
    /// Judges an offer and gathers what its reports say.
    ///
    /// ```
    /// # #[cfg(feature = "rsa")] {
    /// use trustlist::phone::{Device, InstalledLists, Offer, Phone, Tvs};
    /// use trustlist::report::{PredictionReport, prediction_text};
    /// let files = trustlist::facts::Files::new(trustlist::RustCrypto);
    /// let phone = Phone::new(Device::of_model("8851")).with_installed(InstalledLists::NONE);
    /// let offer = Offer::new();
    /// let report = PredictionReport::new(&phone, &offer, &Tvs::Unknown, &files);
    /// assert!(report.assumed.is_empty() && prediction_text(&report).ends_with('\n'));
    /// # }
    /// ```
    pub fn new(
        phone: &'a Phone,
        offer: &'a Offer,
        tvs: &'a Tvs,
        signatures: &dyn Signatures,
    ) -> Self {
        let boot = phone::boot(phone, offer, tvs, signatures);
        Self {
            title: None,
            phone,
            offer,
            tvs,
            remedies: phone::remedies(phone, offer, tvs, signatures, &boot.first),
            boot,
            assumed: Vec::new(),
            wording: Wording::default(),
            would_change: phone::would_change(phone, offer, tvs, signatures),
        }
    }

    /// The same with assumptions to state first.
    #[must_use]
    pub fn with_assumptions(mut self, assumed: Vec<Assumption>) -> Self {
        self.assumed = assumed;
        self
    }

    /// The same with sentences in another wording.
    #[must_use]
    pub fn with_wording(mut self, wording: Wording) -> Self {
        self.wording = wording;
        self
    }

    /// The same under a title.
    #[must_use]
    pub fn with_title(mut self, title: Option<&'a str>) -> Self {
        self.title = title;
        self
    }

    /// Returns the answer in one word: the verdict on the worst file. It is never a firm yes if a
    /// paste lost something, if no file of the server was given, or if a list was given in the place
    /// of the other kind.
    ///
    /// ```
    /// # #[cfg(feature = "rsa")] {
    /// use trustlist::phone::{Device, InstalledLists, Offer, Phone, Tvs, Verdict};
    /// use trustlist::report::PredictionReport;
    /// let files = trustlist::facts::Files::new(trustlist::RustCrypto);
    /// let phone = Phone::new(Device::of_model("8851")).with_installed(InstalledLists::NONE);
    /// let offer = Offer::new();
    /// let report = PredictionReport::new(&phone, &offer, &Tvs::Unknown, &files);
    /// assert_eq!(report.verdict(), Verdict::Accept);
    /// # }
    /// ```
    pub fn verdict(&self) -> Verdict {
        verdict(&self.boot.first, &self.assumed, self.phone, self.offer)
    }

    /// Returns the signer of an offered file by the name and number in the file; empty without a file.
    pub(super) fn signer(&self, file: JudgedFile) -> String {
        let list = |offer: &'a ListOffer| match offer {
            ListOffer::List(list) => Some((list.signer.as_ref(), &list.signer_subject)),
            ListOffer::Empty | ListOffer::NotFound => None,
        };
        let named: Option<(Option<&Identity>, &Name)> = match file {
            JudgedFile::Ctl => list(&self.offer.ctl),
            JudgedFile::Itl => list(&self.offer.itl),
            JudgedFile::Config => match &self.offer.config {
                ConfigOffer::Config(config) => Some((Some(&config.signer), &config.signer_subject)),
                ConfigOffer::Empty | ConfigOffer::NotJudged | ConfigOffer::NotServed => None,
            },
        };
        match named {
            Some((Some(identity), subject)) => words::signer(identity, subject),
            Some((None, subject)) => Plain(subject.as_str()).to_string(),
            None => String::new(),
        }
    }
}

/// The verdict on the worst file, less firm where the question itself has a gap.
pub(crate) fn verdict(
    prediction: &Prediction,
    assumed: &[Assumption],
    phone: &Phone,
    offer: &Offer,
) -> Verdict {
    match prediction.verdict() {
        Verdict::Accept if Gap::of(assumed, phone, offer).is_some() => Verdict::Depends,
        verdict => verdict,
    }
}

/// A gap of the question that allows no firm yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// No file of the server was given.
    NothingOffered,
    /// A paste lost a part of a list.
    LostInPaste,
    /// A list was given in the place of the other kind.
    OtherKind,
    /// The CallManager group is not known, and decides.
    Group,
}

impl Gap {
    /// Returns the first gap of a question.
    pub(super) fn of(assumed: &[Assumption], phone: &Phone, offer: &Offer) -> Option<Self> {
        let is_assumed = |taken| assumed.iter().any(|assumption| assumption.taken == taken);
        if is_assumed(Taken::NothingOffered) {
            Some(Self::NothingOffered)
        } else if is_assumed(Taken::LostInPaste) {
            Some(Self::LostInPaste)
        } else if swapped_kinds(phone, offer).next().is_some() {
            Some(Self::OtherKind)
        } else {
            is_assumed(Taken::GroupDecides).then_some(Self::Group)
        }
    }
}

/// The files that a prediction judges, in the phone's order.
pub(super) fn files(prediction: &Prediction) -> impl Iterator<Item = (JudgedFile, &Judgement)> {
    let config = prediction.config.iter().map(|config| (JudgedFile::Config, config));
    [(JudgedFile::Ctl, &prediction.ctl), (JudgedFile::Itl, &prediction.itl)]
        .into_iter()
        .chain(config)
}

/// The rule of what decided.
pub(super) fn deciding_rule(judgement: &Judgement) -> Option<Rule> {
    match judgement.decisive()? {
        Decisive::Condition(code) => {
            judgement.conditions().iter().find(|condition| condition.code() == code).map(|c| c.rule)
        }
        Decisive::Finding(code) => {
            judgement.findings().iter().find(|finding| finding.code() == code).map(|f| f.rule)
        }
    }
}

/// Returns the deciding code.
pub(super) fn decisive_code(judgement: &Judgement) -> Option<&'static str> {
    Some(match judgement.decisive()? {
        Decisive::Condition(code) => code.as_str(),
        Decisive::Finding(code) => code.as_str(),
    })
}

/// Returns the deciding finding or condition as a sentence.
pub(super) fn reason(judgement: &Judgement, about: About<'_>) -> Option<String> {
    match judgement.decisive()? {
        Decisive::Condition(code) => {
            let condition =
                judgement.conditions().iter().find(|condition| condition.code() == code)?;
            Some(super::text::missing_fact(condition, about))
        }
        Decisive::Finding(code) => {
            let finding = judgement.findings().iter().find(|finding| finding.code() == code)?;
            Some(super::finding::sentence(finding, about))
        }
    }
}
