//! Kinds of fields that several documents have.

use super::json::{or_list, string, text};
use crate::cluster::{Mode, Policy};
use crate::report::shape::{Vocabulary, Word};
use core::fmt;
use core::marker::PhantomData;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use trustlist::facts::Timestamp;
use trustlist::phone::{Kept, Lean, Outcome, TlsVersion, Via};
use trustlist::release::Product;
use trustlist::wire::Role;

/// A name or label: a text that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(super) struct Name<'a>(pub(super) &'a str);

/// A text of any length: a whole log.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
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

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $read(deserializer, $expected, $meaning).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }
    )+};
}

texts! {
    /// A date.
    DateText(Timestamp), text, "a UTC date such as 2015-03-06T00:00:00Z", Timestamp::parse;
    /// The role of a certificate.
    RoleText(Role), text, "SAST, CCM, CCM+TFTP, TFTP, CAPF, SRST, APP-SERVER, TVS or role-N", Role::from_word;
    /// A version of TLS.
    TlsText(TlsVersion), string, "\"1.0\", \"1.1\", \"1.2\" or \"1.3\"", TlsVersion::from_word;
}

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "a name", |text| (!text.is_empty()).then_some(Self(text)))
    }
}

/// A value with a fixed word.
pub(super) trait Words: Copy + PartialEq {
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

impl<T: Words> Serialize for OneOf<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let word = T::words().into_iter().find(|(_, value)| *value == self.0);
        serializer.serialize_str(word.map_or("", |(word, _)| word))
    }
}

impl<'de, T: Words + Vocabulary> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordOf(PhantomData)).map(Self)
    }
}

struct WordOf<T>(PhantomData<T>);

impl<T: Words> Visitor<'_> for WordOf<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&or_list(T::words().into_iter().map(|(word, _)| word)))
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

all_words!(Kept, Lean, Outcome, Policy, Via);

/// Says the words of values, in the order of messages.
macro_rules! words {
    ($($type:ty { $($word:expr => $value:expr),+ $(,)? })+) => {$(
        impl $crate::case::field::Words for $type {
            fn words() -> Vec<(&'static str, Self)> {
                vec![$(($word, $value)),+]
            }
        }
    )+};
}
pub(super) use words;

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

words! {
    Mode { "mixed" => Self::Mixed, "non-secure" => Self::NonSecure }
    Product { "cucm" => Self::Cucm, "imp" => Self::Imp }
}

/// An object whose keys are names, in the order of the document.
#[derive(Clone, Debug)]
pub(super) struct Entries<'a, V>(pub(super) Vec<(&'a str, V)>);

impl<'de: 'a, 'a, V: Deserialize<'de>> Deserialize<'de> for Entries<'a, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesOf(PhantomData))
    }
}

impl<V: Serialize> Serialize for Entries<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
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
