//! Every stable code word of this crate, one enum a family.
//!
//! A word never changes its meaning and is never used twice, in whatever family: `trustlist explain CODE` prints its
//! page. `crates/cluster/tests/codes.rs` holds codes, pages and cases together.

use crate::text::vocabulary;

/// Declares a family of code words: the enum, `ALL`, `as_str` and `Display`.
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

            /// The stable word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        $crate::vocabulary!($name);
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
        /// The device is no phone that loads trust lists: it holds none and asks for none (P-BOOT-3).
        HoldsNoLists = "holds-no-lists",
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
        /// The TLS versions of the device are below the minimum of the cluster, which TVS follows (P-TVS-11).
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
        /// A file of zero bytes on a phone without lists: it goes on as if the file were missing (P-EMPTY-4).
        ZeroBytes = "zero-bytes",
    }
}

codes! {
    /// A question on which a prediction depends.
    ConditionCode {
        /// Does the phone still find a TVS server for a CTL in which no old anchor is left? (P-REC-5)
        AnchorsReplacedTvsOpen = "anchors-replaced-tvs-open",
        /// Is the installed ITL the blank one of the rollback parameter, or a list of certutils? (P-BLANK-2)
        BlankListUnproven = "blank-list-unproven",
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
        /// Does an ITL that the phone takes although its CTL does not know the signer stay on the phone? (P-ITL-5, P-ITL-6)
        ItlTakenThenDropped = "itl-taken-then-dropped",
        /// The answer hangs on whether the ITL is taken.
        ItlUndecided = "itl-undecided",
        /// Does this device take a signer's key of more than 2048 bits? (P-ALG-4)
        KeyLimitUnknown = "key-limit-unknown",
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
        /// Does the phone's TVS client speak a TLS version that the cluster allows? (P-TVS-11)
        TvsTlsOpen = "tvs-tls-open",
        /// Nothing is known about TVS.
        TvsUnknown = "tvs-unknown",
        /// Does the unchanged ITL stay, though the CTL does not know its signer? (P-ITL-6)
        UnchangedItlNotInCtl = "unchanged-itl-not-in-ctl",
        /// Does the phone take a list with this name in its header? (P-SIG-7)
        UnusualFileName = "unusual-file-name",
    }
}

/// How much a finding about a list or a plan weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Something relies on luck.
    Warning,
    /// Something is wrong, or will be.
    Error,
}

impl Level {
    /// Every level, the mildest first.
    pub const ALL: &'static [Self] = &[Self::Note, Self::Warning, Self::Error];

    /// `note`, `warning` or `error`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

vocabulary!(Level);

codes! {
    /// What `lint` finds in one list.
    LintCode {
        /// Records hold only the hash of a certificate, or not even that: their dates were not judged.
        CertificateDatesUnknown = "certificate-dates-unknown",
        /// A certificate of the list has expired.
        CertificateExpired = "certificate-expired",
        /// A certificate of the list expires soon.
        CertificateExpiring = "certificate-expiring",
        /// A certificate of the list is not yet valid.
        CertificateNotYetValid = "certificate-not-yet-valid",
        /// What stands in tag 9 does not read as a certificate.
        CertificateUnreadable = "certificate-unreadable",
        /// The list holds more than 39 different certificates.
        CertificatesOver39 = "certificates-over-39",
        /// Two records name the same certificate and hold different ones.
        ConflictingRecords = "conflicting-records",
        /// A container of the header states a length that its children do not have.
        ContainerLength = "container-length",
        /// The list is signed with SHA-1.
        DigestSha1 = "digest-sha1",
        /// The host name of a record is not in its certificate.
        DnsNameDiffers = "dns-name-differs",
        /// Two records say the same.
        DuplicateRecord = "duplicate-record",
        /// A record names a server and a role, but no certificate.
        EmptiedRecord = "emptied-record",
        /// The name inside the file is not the one that phones expect.
        FileNameUnusual = "file-name-unusual",
        /// A key that is shorter than 2048 bits.
        KeyShort = "key-short",
        /// A signer's key that no phone can use.
        KeyUnusable = "key-unusable",
        /// No TFTP, CCM+TFTP and TVS record: phones that hold it accept anything.
        ListBlank = "list-blank",
        /// A CTL without a TFTP or CCM+TFTP record that names a certificate.
        ListReduced = "list-reduced",
        /// No ITLRecovery record with which the list could be replaced in an emergency.
        NoRecoveryAnchor = "no-recovery-anchor",
        /// No TVS record: phones that hold the list cannot ask.
        NoTvsRecord = "no-tvs-record",
        /// Padding that is longer than needed or not of the usual byte.
        PaddingUnusual = "padding-unusual",
        /// The record's hash is not that of the certificate in it.
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
        /// More than two SAST records.
        SastOverTwo = "sast-over-two",
        /// The header's signer is in no record.
        SignerNotInList = "signer-not-in-list",
        /// The header's signer is in the list, but not as SAST.
        SignerNotSast = "signer-not-sast",
        /// The signature is not right under the signer's own key.
        SignatureWrong = "signature-wrong",
        /// Nobody can tell whether the signature is right.
        SignatureUnverifiable = "signature-unverifiable",
        /// The file is larger than phones load.
        SizeOverLimit = "size-over-limit",
        /// The file is nearly larger than phones load.
        SizeNearLimit = "size-near-limit",
        /// A role without a name.
        UnknownRole = "unknown-role",
        /// A tag without a name.
        UnknownTag = "unknown-tag",
        /// A certificate whose validity is not what CUCM gives in that role.
        ValidityUnusual = "validity-unusual",
        /// A header version that is not 1.2.
        VersionUnusual = "version-unusual",
    }
}

codes! {
    /// What is odd about a pasted print.
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
        /// Blanks of a name were lost in the paste.
        PrintNameUnsure = "print-name-unsure",
        /// The server says that its own check of the signature failed.
        PrintNotVerified = "print-not-verified",
        /// The server has no such list.
        PrintNoList = "print-no-list",
    }
}
