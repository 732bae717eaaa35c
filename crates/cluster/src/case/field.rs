//! Kinds of fields that several documents have.

use super::json::{or_list, string, text};
use crate::cluster::{CtlStart, ItlStart, LscStart, Mode, Policy};
use crate::release::{Product, RecoveryScope};
use crate::report::shape::Word;
use core::fmt;
use core::marker::PhantomData;
use core::net::IpAddr;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use trustlist::facts::Timestamp;
use trustlist::phone::{Kept, Lean, Outcome, TlsVersion, Via};
use trustlist::wire::{DigestAlgorithm, Role};

/// A name or label: a text that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name<'a>(pub(super) &'a str);

/// A text of any length: a whole log.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename = "LongText")]
pub(super) struct LongText<'a>(#[serde(borrow)] pub(super) &'a str);

/// A field that is not looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ignored;

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// Forms of text: how each is read, and for what it is asked.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident($value:ty), $read:ident, $expected:literal, $meaning:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) struct $name(pub(super) $value);

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $read(deserializer, $expected, $meaning).map(Self)
            }
        }
    )+};
}

pub(super) use texts;

texts! {
    /// An address.
    AddressText(IpAddr), text, "an IP address", |text| text.parse().ok();
    /// A date.
    DateText(Timestamp), text, "a UTC date such as 2015-03-06T00:00:00Z", Timestamp::parse;
    /// The digest of a signature.
    DigestText(DigestAlgorithm), text, "sha1, sha256 or sha512", DigestAlgorithm::from_word;
    /// The role of a certificate.
    RoleText(Role), text, "SAST, CCM, CCM+TFTP, TFTP, CAPF, SRST, APP-SERVER, TVS or role-N", Role::from_word;
    /// A version of TLS.
    TlsText(TlsVersion), string, "\"1.0\", \"1.1\", \"1.2\" or \"1.3\"", TlsVersion::from_word;
}

/// The label of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label<'a>(pub(super) &'a str);

impl<'de: 'a, 'a> Deserialize<'de> for Label<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let meaning = |text: &'de str| (!text.is_empty()).then_some(Self(text));
        text(deserializer, "the label of a certificate", meaning)
    }
}

/// Reads a field for which `null` and nothing differ: nothing is `None`.
pub(super) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "a name", |text| (!text.is_empty()).then_some(Self(text)))
    }
}

/// A value with a fixed word.
pub(super) trait Words: Copy {
    /// The value of `null`, if that is one.
    const NULL: Option<Self> = None;

    /// Every word and its value.
    fn words() -> Vec<(&'static str, Self)>;
}

/// A value as its word, where no answer has the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OneOf<T>(pub(super) T);

impl<'de, T: Words> Deserialize<'de> for OneOf<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordOf(PhantomData)).map(Self)
    }
}

impl<'de, T: Words> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordOf(PhantomData)).map(Self)
    }
}

/// A word, or `null` among the words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct OrNull<T>(pub(super) Option<T>);

impl<'de, T: Words> Deserialize<'de> for OrNull<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordOf(PhantomData))
    }
}

impl<T: Words> Words for OrNull<T> {
    const NULL: Option<Self> = Some(Self(None));

    fn words() -> Vec<(&'static str, Self)> {
        T::words().into_iter().map(|(word, value)| (word, Self(Some(value)))).collect()
    }
}

struct WordOf<T>(PhantomData<T>);

impl<T: Words> Visitor<'_> for WordOf<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let null = T::NULL.map(|_| "null");
        f.write_str(&or_list(T::words().into_iter().map(|(word, _)| word).chain(null)))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<T, E> {
        T::NULL.ok_or_else(|| E::invalid_type(serde::de::Unexpected::Unit, &self))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        let known = T::words().into_iter().find(|(word, _)| *word == text);
        let wrong = || E::invalid_value(serde::de::Unexpected::Str(text), &self);
        known.map(|(_, value)| value).ok_or_else(wrong)
    }
}

macro_rules! all_words {
    ($($type:ty),+ $(,)?) => {$(
        impl Words for $type {
            fn words() -> Vec<(&'static str, Self)> {
                Self::ALL.iter().map(|&value| (value.as_str(), value)).collect()
            }
        }
    )+};
}

all_words!(
    CtlStart,
    ItlStart,
    Kept,
    Lean,
    LscStart,
    Mode,
    Outcome,
    Policy,
    Product,
    RecoveryScope,
    Via,
);

/// Says the words of values, in the order of messages.
macro_rules! value_words {
    ($($type:ty { $($word:expr => $value:expr),+ $(,)? })+) => {$(
        impl $crate::case::field::Words for $type {
            fn words() -> Vec<(&'static str, Self)> {
                vec![$(($word, $value)),+]
            }
        }
    )+};
}
pub(super) use value_words;

/// Declares the name and version of a form.
macro_rules! forms {
    ($($name:ident = $word:expr;)+) => {$(
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub(super) struct $name;

        impl $crate::case::field::Words for $name {
            fn words() -> Vec<(&'static str, Self)> {
                vec![($word, Self)]
            }
        }
    )+};
}
pub(super) use forms;

/// An object whose keys are names, in the order of the document.
#[derive(Clone, Debug)]
pub(super) struct Entries<'a, V>(pub(super) Vec<(&'a str, V)>);

impl<V> Default for Entries<'_, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de: 'a, 'a, V: Deserialize<'de>> Deserialize<'de> for Entries<'a, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesOf(PhantomData))
    }
}

struct EntriesOf<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for EntriesOf<V> {
    type Value = Entries<'de, V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}
