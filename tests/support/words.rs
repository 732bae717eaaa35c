//! The vocabularies of the library in the schemas of every crate: the name and the description of each.

use super::super::lib::code::{ConditionCode, ConsoleCode, FindingCode, Level, LintCode};
use super::super::lib::facts::NotChecked;
use super::super::lib::fleet;
use super::super::lib::phone::{
    ConditionalOutcome, Confidence, Decisive, JudgedFile, Kept, Lean, ListRef, Message, Outcome,
    Rule, Verdict, Via, Weight,
};
use super::Vocabulary;

/// The words of every value.
macro_rules! vocabularies {
    ($($about:literal $type:ty, $name:literal, $all:expr;)+) => {$(
        impl Vocabulary for $type {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = $about;

            fn all() -> Vec<&'static str> {
                $all
            }
        }
    )+};
}

/// The words of an enum that lists its values.
macro_rules! words {
    ($type:ty) => {
        <$type>::ALL.iter().map(|value| value.as_str()).collect()
    };
}

vocabularies! {
    "The code of a question on which an answer depends; `trustlist explain CODE` prints its page."
        ConditionCode, "ConditionCode", words!(ConditionCode);
    "What a phone finds while it judges a file; `trustlist explain CODE` prints its page." FindingCode, "FindingCode", words!(FindingCode);
    "What is odd about a pasted print." ConsoleCode, "PrintCode", words!(ConsoleCode);
    "What `lint` finds in one list." LintCode, "LintCode", words!(LintCode);
    "How sure the weakest rule behind an answer is (spec/PHONE-RULES.md)." Confidence, "Confidence", words!(Confidence);
    "What a phone holds afterwards." Kept, "Kept", words!(Kept);
    "Where the evidence leans when the answer is open." Lean, "Lean", words!(Lean);
    "Which list." ListRef, "ListRef", words!(ListRef);
    "What the phone shows, in its own words (P-MSG)." Message, "Message", words!(Message);
    "What becomes of one offered file (spec/CONTRACT.md section 2)." Outcome, "Outcome", words!(Outcome);
    "A rule of spec/PHONE-RULES.md." Rule, "PhoneRule", Rule::ALL.iter().map(|rule| rule.id()).collect();
    "What vouched for the signer (spec/CONTRACT.md section 3)." Via, "Via", words!(Via);
    "Whether a finding speaks for the file, against it, or neither." Weight, "Weight", words!(Weight);
    "What becomes of a phone." Verdict, "FleetAnswer", words!(Verdict);
    "What is done first about phones that refuse a file." fleet::Advice, "Advice", words!(fleet::Advice);
    "What a phone needs before it trusts the cluster again." fleet::Hands, "Hands", words!(fleet::Hands);
    "How much a finding weighs." Level, "Level", [Level::Note, Level::Warning, Level::Error].map(Level::as_str).into();
    "A file that a phone judges." JudgedFile, "JudgedFile", words!(JudgedFile);
    "Why nobody could check a signature." NotChecked, "NotChecked", words!(NotChecked);
    "The code of a finding or of a condition; `trustlist explain CODE` prints its page."
        Decisive, "Code", [FindingCode::all(), ConditionCode::all()].concat();
    "An outcome; or the list is taken, then dropped again (P-ITL-6)."
        ConditionalOutcome, "ConditionalOutcome", [Outcome::all(), vec![ConditionalOutcome::Dropped.as_str()]].concat();
}
