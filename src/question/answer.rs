//! The answer: what happens to each file, why, and what was assumed.

use crate::phone::{
    Boot, JudgedFile, Judgement, Offer, Outcome, Phone, Prediction, Remedies, Tvs, Verdict,
    WouldChange,
};
use crate::report::prediction_notes_in;
use crate::report::{
    Assumption, PredictionReport, Taken, Wording, prediction_explained, prediction_text, verdict,
};
use core::fmt;

/// The answer to a [`Question`](super::Question). It owns all its data.
///
/// `Display` writes the short answer for a person: every assumption first, then what happens to each file, the reason, and what
/// to do. `Serialize` (feature `serde`) writes the document `trustlist.prediction/1` of `trustlist predict --json`.
#[derive(Clone, Debug)]
pub struct Predicted {
    phone: Phone,
    offer: Offer,
    tvs: Tvs,
    boot: Boot,
    remedies: Remedies,
    would_change: Vec<WouldChange>,
    assumed: Vec<Assumption>,
}

impl Predicted {
    /// Keeps what a report says, with the question that it is about.
    pub(super) fn new(
        (phone, offer, tvs): (Phone, Offer, Tvs),
        assumed: Vec<Assumption>,
        signatures: &dyn crate::facts::Signatures,
    ) -> Self {
        let PredictionReport { boot, remedies, would_change, .. } =
            PredictionReport::new(&phone, &offer, &tvs, signatures);
        Self { boot, remedies, would_change, assumed, phone, offer, tvs }
    }

    /// Returns the answer in one word: the verdict on the worst file. It is never a firm yes if a paste lost something, if no file of the
    /// server was given, or if a list was given in the place of the other kind ([`notes`](Self::notes) names it).
    ///
    /// ```
    /// # #[cfg(feature = "rsa")] {
    /// use trustlist::{Question, Verdict};
    /// let nothing = Question::new().factory_fresh().model("8851").predict();
    /// assert_eq!(nothing.verdict(), Verdict::Depends);
    /// assert!(nothing.to_string().starts_with("UNDECIDED: no ITL, CTL or configuration of the server was given."));
    /// # }
    /// ```
    pub fn verdict(&self) -> Verdict {
        verdict(&self.boot.first, &self.assumed, &self.phone, &self.offer)
    }

    /// Returns true if a paste lost something of a list: then what it lost is taken as missing.
    pub fn lost(&self) -> bool {
        self.is_assumed(&Taken::LostInPaste)
    }

    fn is_assumed(&self, taken: &Taken) -> bool {
        self.assumed.iter().any(|assumed| assumed.taken == *taken)
    }

    /// Returns the outcome of one file; `None` for a configuration that was not asked about.
    ///
    /// ```
    /// # #[cfg(feature = "rsa")] {
    /// use trustlist::Question;
    /// use trustlist::phone::{JudgedFile, Outcome};
    /// let answer = Question::new().factory_fresh().predict();
    /// assert_eq!(answer.outcome(JudgedFile::Itl), Some(Outcome::NotOffered));
    /// assert_eq!(answer.outcome(JudgedFile::Config), None);
    /// # }
    /// ```
    pub fn outcome(&self, file: JudgedFile) -> Option<Outcome> {
        self.judgement(file).map(Judgement::outcome)
    }

    /// Returns the judgement of one file: outcome, findings, conditions; `None` for a configuration that was not asked about.
    pub fn judgement(&self, file: JudgedFile) -> Option<&Judgement> {
        let prediction = self.prediction();
        match file {
            JudgedFile::Config => prediction.config.as_ref(),
            JudgedFile::Ctl => Some(&prediction.ctl),
            JudgedFile::Itl => Some(&prediction.itl),
        }
    }

    /// Returns the prediction as values.
    pub fn prediction(&self) -> &Prediction {
        &self.boot.first
    }

    /// Returns the prediction for the next boot with the same files.
    pub fn next_boot(&self) -> &Prediction {
        &self.boot.again
    }

    /// Returns what the administrator can do now.
    pub fn remedies(&self) -> &Remedies {
        &self.remedies
    }

    /// Returns the smallest facts that would turn a refusal or an undecided answer.
    pub fn would_change(&self) -> &[WouldChange] {
        &self.would_change
    }

    /// Returns what was not said and therefore assumed.
    pub fn assumptions(&self) -> &[Assumption] {
        &self.assumed
    }

    /// Returns what looks like a mistake in the question, one sentence each: an ITL given as the CTL, an offered list that is older
    /// than the installed one, and so on.
    pub fn notes(&self) -> impl Iterator<Item = String> + use<'_> {
        prediction_notes_in(Wording::Plain, &self.phone, &self.offer)
    }

    /// Returns the long answer for a person: what the phone asks for, compares and finds, by which rule, and what to do.
    pub fn explained(&self) -> String {
        prediction_explained(&self.report().with_wording(Wording::Plain))
    }

    /// Returns the answer as its reports take it, in the wording of the command line.
    pub fn report(&self) -> PredictionReport<'_> {
        PredictionReport {
            title: None,
            phone: &self.phone,
            offer: &self.offer,
            tvs: &self.tvs,
            boot: self.boot.clone(),
            remedies: self.remedies.clone(),
            assumed: self.assumed.clone(),
            wording: Wording::Options,
            would_change: self.would_change.clone(),
        }
    }

    /// Returns the answer as JSON: the bytes that `trustlist predict --json` prints, the line feed at the end included.
    #[cfg(feature = "serde")]
    pub fn to_json(&self) -> String {
        let mut json = Vec::new();
        // Writing to memory does not fail, and no value of the document can.
        let _ = crate::report::escaped::write_document(&mut json, self);
        json.push(b'\n');
        String::from_utf8_lossy(&json).into_owned()
    }
}

impl fmt::Display for Predicted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(prediction_text(&self.report().with_wording(Wording::Plain)).trim_end())
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Predicted {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        crate::report::prediction_json(&self.report()).serialize(serializer)
    }
}
