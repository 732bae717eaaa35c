//! What whoever builds the library in relies on: it does without std, and its types go anywhere.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[test]
fn a_library_without_std_builds_and_nothing_brings_std_in() {
    let workspace = workspace();
    let built = cargo(&workspace, &["build"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    // With std there are two panic handlers: the same build must fail, and for this reason.
    let with_std = cargo(&workspace, &["build", "--features", "std"]);
    let why = String::from_utf8_lossy(&with_std.stderr);
    assert!(!with_std.status.success() && why.contains("panic_impl"), "{why}");
}

/// `tests/no_std` outside the parent's workspace, with the parent's versions.
fn workspace() -> PathBuf {
    let parent = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (from, to) = (parent.join("tests/no_std"), Path::new(env!("CARGO_TARGET_TMPDIR")).join("no_std"));
    std::fs::create_dir_all(to.join("src")).unwrap();
    std::fs::copy(from.join("src/lib.rs"), to.join("src/lib.rs")).unwrap();
    std::fs::copy(parent.join("Cargo.lock"), to.join("Cargo.lock")).unwrap();
    let manifest = std::fs::read_to_string(from.join("Cargo.toml")).unwrap();
    let path = format!("path = {:?}", parent.to_str().unwrap());
    assert!(manifest.contains("path = \"../..\""));
    std::fs::write(to.join("Cargo.toml"), manifest.replace("path = \"../..\"", &path)).unwrap();
    to
}

fn cargo(workspace: &Path, arguments: &[&str]) -> Output {
    let target = workspace.join("target");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(arguments).args(["--quiet", "--offline", "--target-dir"]).arg(target).current_dir(workspace);
    // A coverage or sanitizer run of the tests is not one of this build.
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(variable);
    }
    cargo.output().unwrap()
}

#[test]
fn every_type_goes_to_another_thread_and_is_shared() {
    fn sharable<T: Send + Sync + Unpin>() {}
    use trustlist::{cert, facts, phone, verify, wire};
    sharable::<wire::TrustList<'_>>();
    sharable::<wire::SignedFile<'_>>();
    sharable::<wire::File<'_>>();
    sharable::<wire::Header<'_>>();
    sharable::<wire::Record<'_>>();
    sharable::<wire::Records<'_>>();
    sharable::<wire::ParseError>();
    sharable::<wire::Identity>();
    sharable::<wire::write::ListBuilder>();
    sharable::<wire::write::SignedFileBuilder>();
    sharable::<wire::write::WriteError>();
    sharable::<cert::Certificate<'_>>();
    sharable::<verify::RsaKey<'_>>();
    sharable::<verify::Verification>();
    sharable::<facts::Files<NoKeys>>();
    sharable::<facts::ListFacts>();
    sharable::<facts::ConfigFacts>();
    sharable::<phone::Phone>();
    sharable::<phone::Offer>();
    sharable::<phone::Tvs>();
    sharable::<phone::Prediction>();
    sharable::<phone::Boot>();
    #[cfg(feature = "rsa")]
    {
        sharable::<verify::RustCrypto>();
        sharable::<verify::RsaSigner>();
        sharable::<facts::Files<verify::RustCrypto>>();
    }
    #[cfg(feature = "aws-lc-rs")]
    sharable::<verify::AwsLc>();
    #[cfg(feature = "serde")]
    {
        sharable::<trustlist::case::PredictCase>();
        sharable::<trustlist::case::CaseError>();
        sharable::<trustlist::report::PredictionReport<'_>>();
    }
}

#[test]
fn errors_are_errors_and_small() {
    fn error<T: std::error::Error + 'static>() {}
    use trustlist::{cert, verify, wire};
    error::<wire::ParseError>();
    error::<wire::write::WriteError>();
    error::<verify::KeyRefused>();
    error::<cert::CertificateError>();
    assert!(size_of::<wire::ParseError>() <= 48, "{}", size_of::<wire::ParseError>());
}

/// A provider that only stands in a type.
#[derive(Debug)]
struct NoKeys;

impl trustlist::verify::SignatureVerifier for NoKeys {
    fn supports(&self, _: trustlist::wire::DigestAlgorithm) -> bool {
        false
    }

    fn verify(&self, _: &trustlist::verify::RsaKey<'_>, _: trustlist::wire::DigestAlgorithm, _: [&[u8]; 2], _: &[u8]) -> bool {
        false
    }
}
