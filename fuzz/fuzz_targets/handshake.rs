#![no_main]

use trustlist::cert::Certificate;
use trustlist::phone::TlsVersion;

// A server that answers anything: no version makes the reader panic or wait, and a certificate that it
// returns was in the answer.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    for version in [TlsVersion::V1_0, TlsVersion::V1_1, TlsVersion::V1_2, TlsVersion::V1_3] {
        let Some(der) = trustlist_cli::fuzzing::certificate_of(data, version) else { continue };
        assert_ne!(version, TlsVersion::V1_3, "its certificate is encrypted");
        assert!(der.len() <= data.len());
        let _ = Certificate::parse(&der);
    }
});
