//! The rules by name: id, statement, confidence and source of each (`spec/PHONE-RULES.md`).

use crate::phone::Confidence;
use core::fmt;

/// Declares [`Rule`] as one table.
macro_rules! rules {
    ($($id:literal $variant:ident $confidence:ident, $source:literal, $statement:literal;)+) => {
        /// A rule of `spec/PHONE-RULES.md` that decides or informs. Rules without effect on a
        /// prediction are left out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule { $(#[doc = concat!($id, ": ", $statement, ".")] $variant,)+ }

        impl Rule {
            /// Every rule, in the order of the ids.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the id, for example `P-ITL-2`.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),+ }
            }

            /// Returns the statement, in one line.
            pub const fn statement(self) -> &'static str {
                match self { $(Self::$variant => $statement),+ }
            }

            /// Returns the confidence; if a rule has several sources, the confidence of the
            /// strongest.
            pub const fn confidence(self) -> Confidence {
                match self { $(Self::$variant => Confidence::$confidence),+ }
            }

            /// Returns the title of its strongest source.
            pub const fn source(self) -> &'static str {
                match self { $(Self::$variant => $source),+ }
            }
        }
    };
}

rules! {
    "P-ALG-1" Alg1 Documented,
        "Encrypted configuration chapter 12.5",
        "Files are signed with SHA-1 unless TFTP File Signature Algorithm says otherwise";
    "P-ALG-2" Alg2 Documented,
        "Security Guide, phone security and CAPF chapters",
        "Phones of the 7900, 8900 and 9900 series check file signatures with SHA-1 only; 78xx and 88xx accept SHA-512 from load 11.5 on";
    "P-ALG-4" Alg4 Documented,
        "Security Guide 12.5SU3/14SU2, Certificates",
        "Signer keys of 3072 or 4096 bits are too long for some models";
    "P-ALG-5" Alg5 Inferred,
        "88xx administration guide, status messages and security problems",
        "A phone in FIPS mode probably refuses a signer key below 2048 bits";
    "P-ALG-7" Alg7 Documented,
        "Security Guide 12.5SU6 to 15, Default Security",
        "An ITL over 64 kB (more than 39 certificates) does not load";
    "P-BLANK-2" Blank2 Documented,
        "Security Guide 12.5SU6 to 15, Default Security",
        "A phone with a blank ITL accepts any new ITL and unsigned configurations";
    "P-BLANK-3" Blank3 Documented,
        "Migrate phones between secure clusters technote (10.5.2 to 11.0.1, logs)",
        "Leaving mixed mode empties the CTL's CCM+TFTP records but keeps its SAST; such a CTL vouches for its SAST and refuses no ITL";
    "P-BOOT-3" Boot3 Documented,
        "Preferred Architecture, security chapter",
        "Devices without Security By Default ask for no ITL";
    "P-BOOT-4" Boot4 Documented,
        "88xx administration guide, status messages and security problems",
        "A phone asks for a signed configuration when an installed list has a TFTP or CCM+TFTP record";
    "P-BOOT-5" Boot5 Documented,
        "88xx administration guide, status messages and security problems",
        "If the CTL has TFTP records, one of them must name the TFTP server";
    "P-CFG-1" Cfg1 Documented,
        "Preferred Architecture, security chapter",
        "A configuration is verified by a TFTP or CCM+TFTP record of the CTL, then of the ITL";
    "P-CFG-2" Cfg2 Documented,
        "88xx administration guide, status messages and security problems",
        "A phone refuses a configuration whose signer has no TFTP record, and keeps its last one";
    "P-CFG-3" Cfg3 Documented,
        "TFTP and proxy TFTP chapter",
        "A phone accepts a configuration of another cluster when TVS confirms that cluster's CallManager";
    "P-CFG-4" Cfg4 Documented,
        "Encrypted configuration chapter 12.5",
        "A phone verifies an encrypted configuration first, then decrypts it with its own key";
    "P-CFG-6" Cfg6 Documented,
        "Preferred Architecture, security chapter",
        "Sources disagree if a SAST certificate may sign a configuration";
    "P-CTL-1" Ctl1 Documented,
        "88xx administration guide, status messages and security problems",
        "The signer of a new CTL must be a SAST of the installed CTL";
    "P-CTL-2" Ctl2 Documented,
        "Migrate phones between secure clusters technote (10.5.2 to 11.0.1, logs)",
        "If the CTL does not know the signer of a new CTL, the SAST records of the installed ITL decide";
    "P-CTL-3" Ctl3 Documented,
        "Tokenless CTL technote (10.5.1, phone and TVS logs)",
        "If neither list knows the signer of a new CTL, TVS decides";
    "P-CTL-4" Ctl4 Documented,
        "Tokenless CTL technote (10.5.1, phone and TVS logs)",
        "A device without Security By Default uses its CTL only";
    "P-CTL-8" Ctl8 Documented,
        "Field notice FN70613 (CSCvv13565)",
        "The CTL changes only by `utils ctl update`; TFTP rebuilds the ITL by itself";
    "P-EMPTY-1" Empty1 Documented,
        "88xx administration guide, status messages and security problems",
        "A file that is not found is normal; the boot continues";
    "P-EMPTY-2" Empty2 Inferred,
        "Tokenless CTL technote (10.5.1, phone and TVS logs)",
        "A list that is not found does not delete the installed one";
    "P-EMPTY-4" Empty4 Documented,
        "Tokenless CTL technote (10.5.1, phone and TVS logs)",
        "A phone without lists treats a zero-byte file as missing; the behaviour of a phone with a list is not known";
    "P-FIRST-1" First1 Documented,
        "Preferred Architecture, security chapter",
        "A phone without any list accepts the first CTL and ITL without a known signer, once";
    "P-FIRST-2" First2 Documented,
        "Security Guide 12.5SU6 to 15, Default Security",
        "Without a CTL the first ITL is trusted";
    "P-FIRST-3" First3 Documented,
        "Security Guide 12.5SU6 to 15, Default Security",
        "With a CTL the phone checks the first ITL against it and accepts no unknown signer";
    "P-FIRST-4" First4 Inferred,
        "Secure to non-secure migration technote (8865)",
        "The first CTL of a phone with an ITL is checked against the ITL's SAST, then by TVS";
    "P-FIRST-5" First5 Inferred,
        "derived by this project",
        "It is not known if a phone checks the signature of a list that it accepts without a known signer";
    "P-ITL-1" Itl1 Documented,
        "Security Guide 12.5SU6 to 15, Default Security",
        "With a CTL on the phone, the CTL authenticates the ITL";
    "P-ITL-2" Itl2 Documented,
        "Security Guide 12.5SU6 to 15, Default Security",
        "Without a CTL, the installed ITL's own records decide about a new ITL";
    "P-ITL-3" Itl3 Documented,
        "Security By Default technotes (116232, 117598)",
        "A CCM+TFTP or TFTP certificate may sign an ITL; another source says SAST only";
    "P-ITL-4" Itl4 Documented,
        "Security Guide 12.5SU6 to 15, Default Security",
        "A phone asks TVS about a signer that is in no list";
    "P-ITL-5" Itl5 Documented,
        "Security Guide 12.5SU6 to 15, Default Security",
        "Sources disagree if ITL and TVS count when the CTL does not know the signer of an ITL";
    "P-ITL-6" Itl6 Observed,
        "Regeneration procedure (community document) with comments and bug texts",
        "The stored ITL is judged again against the CTL and may be dropped (CSCuz38655)";
    "P-REC-2" Rec2 Documented,
        "CLI reference, utils itl reset",
        "`utils itl reset localkey` signs the publisher's ITL with its other key until TFTP restarts";
    "P-REC-3" Rec3 Documented,
        "Security Guide 12.5SU6 to 15, Default Security",
        "`utils ctl reset localkey` signs the CTL with the CallManager key until the next `utils ctl update`";
    "P-REC-5" Rec5 Documented,
        "Field notice FN70613 (CSCvv13565)",
        "A phone accepts a CTL without an old SAST certificate only through TVS, while it still has its ITL";
    "P-SAME-1" Same1 Inferred,
        "Security Guide 12.5SU6 to 15, Default Security",
        "A phone keeps an unchanged file and does not check it again";
    "P-SIG-1" Sig1 Documented,
        "Tokenless CTL technote (10.5.1, phone and TVS logs)",
        "A phone looks the signer up by issuer and serial number: a regenerated certificate is a new, unknown one";
    "P-SIG-2" Sig2 Observed,
        "Migrate phones between secure clusters technote (10.5.2 to 11.0.1, logs)",
        "The signature must verify under the key that the phone has for the signer";
    "P-SIG-4" Sig4 Inferred,
        "Tokenless CTL technote (10.5.1, phone and TVS logs)",
        "Phones do not use certificate chains: a common certificate authority does not help";
    "P-SIG-5" Sig5 Documented,
        "usecallmanager.nz documentation and tools",
        "Elliptic-curve keys sign no lists";
    "P-SIG-6" Sig6 Documented,
        "usecallmanager.nz documentation and tools",
        "Lists are said to have at most two SAST records; CTLs with eTokens have more";
    "P-SIG-7" Sig7 Inferred,
        "usecallmanager.nz documentation and tools",
        "The header carries the generic name CTLFile.tlv or ITLFile.tlv";
    "P-TIME-1" Time1 Documented,
        "Regenerate certificates technote (2026)",
        "One document says that phones refuse expired signers; no evidence of a date check was found";
    "P-TIME-2" Time2 Observed,
        "Regeneration procedure (community document) with comments and bug texts",
        "Phones accept older lists: they do not check time stamps";
    "P-TVS-1" Tvs1 Documented,
        "Tokenless CTL technote (10.5.1, phone and TVS logs)",
        "TVS servers are the CallManager group of the phone's current configuration";
    "P-TVS-2" Tvs2 Documented,
        "Migrate phones between secure clusters technote (10.5.2 to 11.0.1, logs)",
        "A TVS server must present the certificate of a TVS record of the phone's ITL";
    "P-TVS-3" Tvs3 Documented,
        "Administration Guide 12.5SU3, post-change, IP/hostname and domain chapters",
        "TVS servers are asked in the order of the group; unreachable ones are skipped";
    "P-TVS-4" Tvs4 Observed,
        "Tokenless CTL technote (10.5.1, phone and TVS logs)",
        "TVS looks the signer up by serial number and issuer and answers with its roles";
    "P-TVS-5" Tvs5 Inferred,
        "derived by this project",
        "TVS must know the signer as SAST for a list, as CCM+TFTP or TFTP for a configuration";
    "P-TVS-6" Tvs6 Observed,
        "Migrate phones between secure clusters technote (10.5.2 to 11.0.1, logs)",
        "A phone keeps a positive answer of TVS for 24 hours; 79xx delete it when they check a CTL";
    "P-TVS-8" Tvs8 Documented,
        "Tokenless CTL technote (10.5.1, phone and TVS logs)",
        "Old devices and software clients do not use TVS";
    "P-TVS-11" Tvs11 Documented,
        "Security Guide 15 and SUs (April 2026), TLS minimum, port and restriction tables",
        "TVS follows the cluster's minimum TLS version; older phones cannot use it from minimum 1.2 on";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
