//! Every stable code word of this crate, one enum a family.
//!
//! A word never changes its meaning and is never used twice, in whatever family: `trustlist explain CODE` prints its
//! page. `tests/codes.rs` holds codes, pages and cases together.

/// Declares a family of code words: the enum, `ALL`, `as_str` and `Display`.
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            /// Every code of the family.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

codes! {
    /// What a phone finds while it judges a file.
    FindingCode {
        /// The signer is in no list of the phone, and no TVS server that it trusts vouches for it.
        SignerUnknown = "signer-unknown",
    }
}

codes! {
    /// A question on which a prediction depends.
    ConditionCode {
        /// Nothing is known about TVS.
        TvsUnknown = "tvs-unknown",
    }
}
