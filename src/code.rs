//! Every stable code word of this crate, one enum for each family.
//!
//! A word never changes its meaning and is in one family only: `trustlist explain CODE` prints its
//! page. `crates/cluster/tests/codes.rs` compares codes, pages and cases.

use crate::text::words;

/// A code word and its page (Markdown).
pub type Page = (&'static str, &'static str);

/// Declares a family of code words: the enum, `ALL`, `as_str`, `Display`, and the pages, which are
/// the Markdown files named by the words in the folder `explain` beside it. A word may be followed
/// by its rule and its level.
#[doc(hidden)]
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$variant_meta])* $variant,)+ }

        impl $name {
            /// Every code of the family.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the stable word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Every code with its page (Markdown).
            pub const PAGES: &'static [$crate::code::Page] =
                &[$(($word, include_str!(concat!("explain/", $word, ".md")))),+];
        }

        $crate::vocabulary!($name);
    };
    ($(#[$meta:meta])* $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal ($rule:literal, $level:ident),)+
    }) => {
        $crate::codes! { $(#[$meta])* $name { $($(#[$variant_meta])* $variant = $word,)+ } }

        impl $name {
            /// The number of the rule in `spec/`.
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$variant => $rule),+ }
            }

            /// How much it weighs.
            pub const fn level(self) -> $crate::code::Level {
                match self { $(Self::$variant => $crate::code::Level::$level),+ }
            }
        }
    };
}

codes! {
    /// A finding of a phone about an offered file.
    FindingCode {
        /// No SAST of the installed CTL occurs in the offered one (P-REC-5).
        AnchorsReplaced = "anchors-replaced",
        /// The installed ITL is blank: the phone accepts any list (P-BLANK-2).
        BlankList = "blank-list",
        /// The configuration is encrypted for the phone's own key (P-CFG-4).
        ConfigEncrypted = "config-encrypted",
        /// The CTL was reduced when the cluster left mixed mode. It refuses no ITL (P-BLANK-3).
        CtlReduced = "ctl-reduced",
        /// The phone cannot check signatures with this digest (P-ALG-2).
        DigestUnsupported = "digest-unsupported",
        /// The server has no such file (P-EMPTY-1).
        FileNotFound = "file-not-found",
        /// The phone has no list and accepts the first one (P-FIRST-1, P-FIRST-2).
        FirstUse = "first-use",
        /// The device loads no trust lists: it has none and asks for none (P-BOOT-3).
        HoldsNoLists = "holds-no-lists",
        /// The device never asks for an ITL (P-BOOT-3).
        ItlNeverAsked = "itl-never-asked",
        /// The ITL is larger than phones can load (P-ALG-7).
        ItlOversize = "itl-oversize",
        /// The signer's key is longer than the phone can use (P-ALG-4).
        KeyTooLong = "key-too-long",
        /// The signer is known as CCM+TFTP or TFTP, not as SAST (P-ITL-3).
        MatchedByTftpRole = "matched-by-tftp-role",
        /// The list has more than two SAST records (P-SIG-6).
        MoreThanTwoSast = "more-than-two-sast",
        /// The offered list was made before the installed one (P-TIME-2).
        OlderList = "older-list",
        /// The signer's certificate comes from a certificate authority that also issued a known
        /// one. The phone does not use chains, so this does not help (P-SIG-4).
        SameCa = "same-ca",
        /// The offered file has the same bytes as the installed one (P-SAME-1).
        SameFile = "same-file",
        /// A certificate with the signer's subject is known, with another serial number (P-SIG-1).
        SameNameNewSerial = "same-name-new-serial",
        /// The signature does not verify under the key that the phone has for the signer (P-SIG-2).
        SignatureBroken = "signature-broken",
        /// The phone asks for a signed configuration and the server has none (P-BOOT-4).
        SignedConfigMissing = "signed-config-missing",
        /// The signer's certificate has expired at the date of the prediction (P-TIME-1).
        SignerExpired = "signer-expired",
        /// The file names a known signer but is signed with another key (P-SIG-2).
        SignerImpersonated = "signer-impersonated",
        /// A record of the CTL vouches for the signer (P-CTL-1, P-ITL-1, P-CFG-1).
        SignerInCtl = "signer-in-ctl",
        /// A record of the ITL vouches for the signer (P-CTL-2, P-ITL-2, P-CFG-1).
        SignerInItl = "signer-in-itl",
        /// The key that the phone has for the signer is not an RSA key (P-SIG-5).
        SignerKeyNotRsa = "signer-key-not-rsa",
        /// The signer's certificate is not yet valid at the date of the prediction (P-TIME-1).
        SignerNotYetValid = "signer-not-yet-valid",
        /// Issuer and serial number are those of a known certificate, the subject is not (P-SIG-1).
        SignerSubjectDiffers = "signer-subject-differs",
        /// The signer is in no list on the phone, and no TVS server that the phone trusts knows
        /// it.
        SignerUnknown = "signer-unknown",
        /// A TVS server presents a certificate that no TVS record of the ITL names (P-TVS-2).
        TvsCertificateChanged = "tvs-certificate-changed",
        /// A TVS server does not know the signer (P-TVS-4).
        TvsDoesNotKnow = "tvs-does-not-know",
        /// A TVS server presents a certificate with the issuer and serial number of a TVS record,
        /// but with other bytes (P-TVS-2).
        TvsImpersonated = "tvs-impersonated",
        /// The TLS versions of the device are below the minimum of the cluster, which TVS follows
        /// (P-TVS-11).
        TvsNeedsTls10 = "tvs-needs-tls10",
        /// The phone's ITL has no TVS record (P-TVS-2).
        TvsNoRecord = "tvs-no-record",
        /// The device has no Security By Default and uses neither an ITL nor TVS (P-TVS-8).
        TvsNotOnDevice = "tvs-not-on-device",
        /// A TVS server does not answer (P-TVS-3).
        TvsUnreachable = "tvs-unreachable",
        /// A TVS server that the phone trusts knows the signer (P-TVS-4).
        TvsVouches = "tvs-vouches",
        /// No list on the phone makes it ask for signed configurations (P-BOOT-4).
        UnsignedAsked = "unsigned-asked",
        /// The file has zero bytes and the phone has no list: it continues as if the file were
        /// missing (P-EMPTY-4).
        ZeroBytes = "zero-bytes",
    }
}

codes! {
    /// A missing fact that makes a prediction UNDECIDED, worded as a question.
    ConditionCode {
        /// Can the phone still use TVS for a CTL without any old SAST certificate? (P-REC-5)
        AnchorsReplacedTvsOpen = "anchors-replaced-tvs-open",
        /// Is the installed ITL the blank one of the rollback parameter, or a list of certutils? (P-BLANK-2)
        BlankListUnproven = "blank-list-unproven",
        /// May a certificate with role SAST sign a configuration? (P-CFG-6)
        ConfigSignerSastOnly = "config-signer-sast-only",
        /// Does the phone use its ITL and TVS when its CTL does not know the signer of the ITL?
        /// (P-ITL-5)
        CtlDecidesItl = "ctl-decides-itl",
        /// Does a phone with a reduced CTL and a blank or missing ITL accept the CTL of another
        /// cluster? (P-BLANK-3)
        CtlOverReducedCtl = "ctl-over-reduced-ctl",
        /// Is the CTL accepted?
        CtlUndecided = "ctl-undecided",
        /// Does this device check signatures with this digest? (P-ALG-2)
        DigestSupportUnknown = "digest-support-unknown",
        /// How does the phone treat a file of zero bytes? (P-EMPTY-4)
        EmptyFile = "empty-file",
        /// Does a phone in FIPS mode accept a signer key below 2048 bits? (P-ALG-5)
        FipsKeySize = "fips-key-size",
        /// Does a phone with an ITL accept its first CTL without a known signer? (P-FIRST-4)
        FirstCtlOverItl = "first-ctl-over-itl",
        /// Is the first ITL accepted with a first CTL that does not know its signer? (P-FIRST-3)
        FirstItlNotInCtl = "first-itl-not-in-ctl",
        /// Which lists are on the phone?
        InstalledListsNotGiven = "installed-lists-not-given",
        /// Does the phone keep an ITL that it accepts although its CTL does not know the signer?
        /// (P-ITL-5, P-ITL-6)
        ItlTakenThenDropped = "itl-taken-then-dropped",
        /// Is the ITL accepted?
        ItlUndecided = "itl-undecided",
        /// Does this device accept a signer key of more than 2048 bits? (P-ALG-4)
        KeyLimitUnknown = "key-limit-unknown",
        /// How long is the signer's key? (P-ALG-4, P-ALG-5)
        KeySizeUnknown = "key-size-unknown",
        /// Is the record in the part of the list that is missing from the paste?
        ListIncomplete = "list-incomplete",
        /// Does a phone with a CTL that remains from mixed mode accept this ITL? (P-BLANK-3)
        ReducedCtlLeft = "reduced-ctl-left",
        /// Does this device ask TVS? (P-TVS-8)
        SecurityByDefaultUnknown = "security-by-default-unknown",
        /// Is the signature of a first list checked at all? (P-FIRST-5)
        SignatureBrokenOnFaith = "signature-broken-on-faith",
        /// Is the signature right? It could not be checked.
        SignatureNotChecked = "signature-not-checked",
        /// Which certificate signed the list? The paste does not name it.
        SignerNotStated = "signer-not-stated",
        /// May a certificate with role CCM+TFTP or TFTP only sign a CTL? (P-CTL-1)
        SignerTftpRoleOnly = "signer-tftp-role-only",
        /// Does the phone use a TFTP server whose address is not in its CTL? (P-BOOT-5)
        TftpAddressNotInCtl = "tftp-address-not-in-ctl",
        /// Which certificate does this TVS server present, and which signers does it know?
        TvsAnswerUnknown = "tvs-answer-unknown",
        /// Does the phone still use an answer of TVS in its cache? (P-TVS-6)
        TvsCached = "tvs-cached",
        /// Does the phone trust a TVS server whose record has neither certificate nor hash? (P-TVS-2)
        TvsRecordUnproven = "tvs-record-unproven",
        /// Must TVS know the signer as SAST? (P-TVS-5)
        TvsRoleMissing = "tvs-role-missing",
        /// With which roles does TVS know the signer? (P-TVS-5)
        TvsRolesUnknown = "tvs-roles-unknown",
        /// Which of two TVS servers with different answers does the phone ask? (P-TVS-3)
        TvsServersDisagree = "tvs-servers-disagree",
        /// Does the phone ask the next TVS server after one with an unknown certificate? (P-TVS-3)
        TvsSkipsChangedServer = "tvs-skips-changed-server",
        /// Does the phone's TVS client speak a TLS version that the cluster allows? (P-TVS-11)
        TvsTlsOpen = "tvs-tls-open",
        /// Nothing is known about TVS.
        TvsUnknown = "tvs-unknown",
        /// Does the phone keep an unchanged ITL when its CTL does not know the signer? (P-ITL-6)
        UnchangedItlNotInCtl = "unchanged-itl-not-in-ctl",
        /// Does the phone accept a list with this name in its header? (P-SIG-7)
        UnusualFileName = "unusual-file-name",
    }
}

/// The severity of a finding about a list or a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// For information.
    Note,
    /// A risk: the result depends on facts outside the list or plan.
    Warning,
    /// A fault now or later.
    Error,
}

words!(Level {
    Note = "note",
    Warning = "warning",
    Error = "error",
});

codes! {
    /// A finding of `lint` about one list.
    LintCode {
        /// Some records have only the hash of a certificate, or no certificate: their dates were
        /// not checked.
        CertificateDatesUnknown = "certificate-dates-unknown",
        /// A certificate of the list has expired.
        CertificateExpired = "certificate-expired",
        /// A certificate of the list expires soon.
        CertificateExpiring = "certificate-expiring",
        /// A certificate of the list is not yet valid.
        CertificateNotYetValid = "certificate-not-yet-valid",
        /// The value of tag 9 is not a readable certificate.
        CertificateUnreadable = "certificate-unreadable",
        /// The list has more than 39 different certificates.
        CertificatesOver39 = "certificates-over-39",
        /// Two records name the same certificate and contain different ones.
        ConflictingRecords = "conflicting-records",
        /// A container of the header has a length that does not match its children.
        ContainerLength = "container-length",
        /// The list is signed with SHA-1.
        DigestSha1 = "digest-sha1",
        /// The host name of a record is not in its certificate.
        DnsNameDiffers = "dns-name-differs",
        /// Two records are equal.
        DuplicateRecord = "duplicate-record",
        /// A record names a server and a role, but no certificate.
        EmptiedRecord = "emptied-record",
        /// The name inside the file is not the name that phones expect.
        FileNameUnusual = "file-name-unusual",
        /// A key has fewer than 2048 bits.
        KeyShort = "key-short",
        /// No phone can use a signer's key.
        KeyUnusable = "key-unusable",
        /// The list has no TFTP, CCM+TFTP or TVS record: phones that have it accept any list.
        ListBlank = "list-blank",
        /// The CTL has no TFTP or CCM+TFTP record that names a certificate.
        ListReduced = "list-reduced",
        /// The list has no ITLRecovery record, which could sign a replacement in an emergency.
        NoRecoveryAnchor = "no-recovery-anchor",
        /// The list has no TVS record: phones that have it cannot use TVS.
        NoTvsRecord = "no-tvs-record",
        /// The padding is too long, or its bytes are not the usual one.
        PaddingUnusual = "padding-unusual",
        /// The record's hash is not the hash of the certificate in it.
        RecordHashDiffers = "record-hash-differs",
        /// Record and certificate name different issuers.
        RecordIssuerDiffers = "record-issuer-differs",
        /// Record and certificate hold different keys.
        RecordKeyDiffers = "record-key-differs",
        /// Record and certificate have different serial numbers.
        RecordSerialDiffers = "record-serial-differs",
        /// The record writes the certificate's serial number backwards, as for eTokens.
        RecordSerialReversed = "record-serial-reversed",
        /// Record and certificate have different signatures.
        RecordSignatureDiffers = "record-signature-differs",
        /// Record and certificate name different subjects.
        RecordSubjectDiffers = "record-subject-differs",
        /// The list has more than two SAST records.
        SastOverTwo = "sast-over-two",
        /// The header's signer is in no record.
        SignerNotInList = "signer-not-in-list",
        /// The header's signer is in the list, but not as SAST.
        SignerNotSast = "signer-not-sast",
        /// The signature does not verify under the signer's own key.
        SignatureWrong = "signature-wrong",
        /// The signature cannot be checked.
        SignatureUnverifiable = "signature-unverifiable",
        /// The file is larger than phones can load.
        SizeOverLimit = "size-over-limit",
        /// The file is almost larger than phones can load.
        SizeNearLimit = "size-near-limit",
        /// A role number has no name.
        UnknownRole = "unknown-role",
        /// A tag has no name.
        UnknownTag = "unknown-tag",
        /// The validity of a certificate is not the one that CUCM uses for this role.
        ValidityUnusual = "validity-unusual",
        /// The header version is not 1.2.
        VersionUnusual = "version-unusual",
    }
}

codes! {
    /// A finding about a paste.
    ConsoleCode {
        /// The rows of a record do not add up to its length.
        RecordLengthsDisagree = "record-lengths-disagree",
        /// The rows of the header do not add up to its length.
        HeaderLengthsDisagree = "header-lengths-disagree",
        /// Header and records do not add up to the length of the file.
        FileLengthDisagrees = "file-length-disagrees",
        /// The paste ends before the list does.
        PrintCut = "print-cut",
        /// Names, roles or serial numbers are missing or could not be read.
        PrintLacksValues = "print-lacks-values",
        /// The paste lost blanks of a name.
        PrintNameUnsure = "print-name-unsure",
        /// The server says that its own check of the signature failed.
        PrintNotVerified = "print-not-verified",
        /// The server has no such list.
        PrintNoList = "print-no-list",
    }
}
