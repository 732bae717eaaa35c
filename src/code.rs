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
        /// No SAST of the installed CTL occurs in the offered one (P-REC-5).
        AnchorsReplaced = "anchors-replaced",
        /// The installed ITL is blank and lets any list in (P-BLANK-2).
        BlankList = "blank-list",
        /// The configuration is encrypted for the phone's own key (P-CFG-4).
        ConfigEncrypted = "config-encrypted",
        /// The CTL was reduced when the cluster left mixed mode; its silence refuses no ITL (P-BLANK-3).
        CtlReduced = "ctl-reduced",
        /// The phone cannot check signatures with this digest (P-ALG-2).
        DigestUnsupported = "digest-unsupported",
        /// The server has no such file (P-EMPTY-1).
        FileNotFound = "file-not-found",
        /// The first list is taken on faith (P-FIRST-1, P-FIRST-2).
        FirstUse = "first-use",
        /// The device never asks for an ITL (P-BOOT-3).
        ItlNeverAsked = "itl-never-asked",
        /// The ITL is larger than phones load (P-ALG-7).
        ItlOversize = "itl-oversize",
        /// The signer's key is longer than the phone can use (P-ALG-4).
        KeyTooLong = "key-too-long",
        /// The signer is known as CCM+TFTP or TFTP, not as SAST (P-ITL-3).
        MatchedByTftpRole = "matched-by-tftp-role",
        /// The list holds more than two SAST records (P-SIG-6).
        MoreThanTwoSast = "more-than-two-sast",
        /// The offered list was made before the installed one (P-TIME-2).
        OlderList = "older-list",
        /// The signer comes from a certificate authority that also issued a known certificate; that does not help
        /// (P-SIG-4).
        SameCa = "same-ca",
        /// The bytes already installed (P-SAME-1).
        SameFile = "same-file",
        /// A certificate with the signer's subject is known, with another serial number (P-SIG-1).
        SameNameNewSerial = "same-name-new-serial",
        /// The signature is not that of the key that the phone has to believe (P-SIG-2).
        SignatureBroken = "signature-broken",
        /// The phone asks for a signed configuration and none is served (P-BOOT-4).
        SignedConfigMissing = "signed-config-missing",
        /// The signer's certificate has expired at the date of the judgement (P-TIME-1).
        SignerExpired = "signer-expired",
        /// The file names a known signer and is signed with another key (P-SIG-2).
        SignerImpersonated = "signer-impersonated",
        /// A record of the CTL vouches for the signer (P-CTL-1, P-ITL-1, P-CFG-1).
        SignerInCtl = "signer-in-ctl",
        /// A record of the ITL vouches for the signer (P-CTL-2, P-ITL-2, P-CFG-1).
        SignerInItl = "signer-in-itl",
        /// The key that the phone holds for the signer is no RSA key (P-SIG-5).
        SignerKeyNotRsa = "signer-key-not-rsa",
        /// The signer's certificate is not valid yet at the date of the judgement (P-TIME-1).
        SignerNotYetValid = "signer-not-yet-valid",
        /// Issuer and serial number are known, but with another subject (P-SIG-1).
        SignerSubjectDiffers = "signer-subject-differs",
        /// The signer is in no list of the phone, and no TVS server that it trusts vouches for it.
        SignerUnknown = "signer-unknown",
        /// A TVS server presents a certificate that no TVS record of the ITL names (P-TVS-2).
        TvsCertificateChanged = "tvs-certificate-changed",
        /// A TVS server does not know the signer (P-TVS-4).
        TvsDoesNotKnow = "tvs-does-not-know",
        /// A TVS server presents a certificate with the issuer and serial number of a TVS record, but not its bytes
        /// (P-TVS-2).
        TvsImpersonated = "tvs-impersonated",
        /// The device speaks TLS 1.0 only; a server that refuses it is no TVS server for it (P-TVS-11).
        TvsNeedsTls10 = "tvs-needs-tls10",
        /// The phone's ITL holds no TVS record (P-TVS-2).
        TvsNoRecord = "tvs-no-record",
        /// The device has no Security By Default and asks neither ITL nor TVS (P-TVS-8).
        TvsNotOnDevice = "tvs-not-on-device",
        /// A TVS server does not answer (P-TVS-3).
        TvsUnreachable = "tvs-unreachable",
        /// A trusted TVS server vouches for the signer (P-TVS-4).
        TvsVouches = "tvs-vouches",
        /// No list of the phone asks for signed configurations (P-BOOT-4).
        UnsignedAsked = "unsigned-asked",
    }
}

codes! {
    /// A question on which a prediction depends.
    ConditionCode {
        /// Does the phone still find a TVS server for a CTL in which no old anchor is left? (P-REC-5)
        AnchorsReplacedTvsOpen = "anchors-replaced-tvs-open",
        /// Does a signer with role SAST do for a configuration? (P-CFG-6)
        ConfigSignerSastOnly = "config-signer-sast-only",
        /// Does the phone look past a CTL that does not know the signer of the ITL? (P-ITL-5)
        CtlDecidesItl = "ctl-decides-itl",
        /// Does a reduced CTL beside a blank or missing ITL let a foreign CTL in? (P-BLANK-3)
        CtlOverReducedCtl = "ctl-over-reduced-ctl",
        /// The answer hangs on whether the CTL is taken.
        CtlUndecided = "ctl-undecided",
        /// Does this device check signatures with this digest? (P-ALG-2)
        DigestSupportUnknown = "digest-support-unknown",
        /// What does the phone make of a file of zero bytes? (P-EMPTY-4)
        EmptyFile = "empty-file",
        /// Does a phone in FIPS mode take a signer key below 2048 bits? (P-ALG-5)
        FipsKeySize = "fips-key-size",
        /// Does a phone with an ITL take its first CTL on faith? (P-FIRST-4)
        FirstCtlOverItl = "first-ctl-over-itl",
        /// Is the first ITL taken on faith beside a first CTL that does not know its signer? (P-FIRST-3)
        FirstItlNotInCtl = "first-itl-not-in-ctl",
        /// What is on the phone?
        InstalledListsNotGiven = "installed-lists-not-given",
        /// The answer hangs on whether the ITL is taken.
        ItlUndecided = "itl-undecided",
        /// How long is the signer's key? (P-ALG-4, P-ALG-5)
        KeySizeUnknown = "key-size-unknown",
        /// Does a record that was not printed answer the question?
        ListIncomplete = "list-incomplete",
        /// Does a CTL left over from mixed mode let this ITL in? (P-BLANK-3)
        ReducedCtlLeft = "reduced-ctl-left",
        /// Does this device ask TVS? (P-TVS-8)
        SecurityByDefaultUnknown = "security-by-default-unknown",
        /// Is the signature of a list taken on faith checked at all? (P-FIRST-5)
        SignatureBrokenOnFaith = "signature-broken-on-faith",
        /// Is the signature right? Nobody could check it.
        SignatureNotChecked = "signature-not-checked",
        /// Who signed the list? Its print does not say.
        SignerNotStated = "signer-not-stated",
        /// Does a signer known as CCM+TFTP or TFTP only do for a CTL? (P-CTL-1)
        SignerTftpRoleOnly = "signer-tftp-role-only",
        /// Does the phone use a TFTP server whose address is not in its CTL? (P-BOOT-5)
        TftpAddressNotInCtl = "tftp-address-not-in-ctl",
        /// What would this TVS server present and answer?
        TvsAnswerUnknown = "tvs-answer-unknown",
        /// Does the phone still use an answer of TVS that it remembers? (P-TVS-6)
        TvsCached = "tvs-cached",
        /// Does the phone believe a TVS server whose record holds neither certificate nor hash? (P-TVS-2)
        TvsRecordUnproven = "tvs-record-unproven",
        /// Does TVS have to know the signer as SAST? (P-TVS-5)
        TvsRoleMissing = "tvs-role-missing",
        /// With which roles does TVS know the signer? (P-TVS-5)
        TvsRolesUnknown = "tvs-roles-unknown",
        /// Which of the TVS servers that disagree does the phone believe? (P-TVS-3)
        TvsServersDisagree = "tvs-servers-disagree",
        /// Does the phone go on to the next TVS server after one with an unknown certificate? (P-TVS-3)
        TvsSkipsChangedServer = "tvs-skips-changed-server",
        /// Nothing is known about TVS.
        TvsUnknown = "tvs-unknown",
        /// Does the unchanged ITL stay, though the CTL does not know its signer? (P-ITL-6)
        UnchangedItlNotInCtl = "unchanged-itl-not-in-ctl",
        /// Does the phone take a list with this name in its header? (P-SIG-7)
        UnusualFileName = "unusual-file-name",
    }
}
