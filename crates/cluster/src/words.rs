//! Enums whose values have a word.

/// Declares an enum whose values have words: the enum, every value, the words in both directions, and its form in
/// JSON. In brackets are the name and the meaning of the words in the schemas, for those that answers hold.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident $([$schema:literal: $about:literal])? {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the stable word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Returns the value with this word.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == word)
            }
        }

        trustlist::vocabulary!($name);
        $(in_schemas! { $name [$schema: $about] })?
    };
}

/// Gives an enum whose values hold more than their words these words, and its form in JSON.
macro_rules! words_of {
    ($name:ident [$schema:literal: $about:literal] { $($pattern:pat => $word:literal,)+ }) => {
        impl $name {
            /// Returns the stable word.
            pub const fn as_str(self) -> &'static str {
                use $name::*;
                match self { $($pattern => $word),+ }
            }
        }

        in_schemas! { $name [$schema: $about] vec![$($word),+] }
    };
}

/// Writes enums with `as_str` as their words; the schemas list the words.
macro_rules! in_schemas {
    ($($name:ident [$schema:literal: $about:literal])+) => {
        $(in_schemas! { $name [$schema: $about] $name::ALL.iter().map(|value| value.as_str()).collect() })+
    };
    ($name:ident [$schema:literal: $about:literal] $all:expr) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(test)]
        impl crate::report::schema::Vocabulary for $name {
            const NAME: &'static str = $schema;
            const ABOUT: &'static str = $about;

            fn all() -> Vec<&'static str> {
                $all
            }
        }
    };
}
