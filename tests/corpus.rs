//! Every file of the corpus gets an answer that its manifest allows (`spec/CONTRACT.md` section 5);
//! one test a file.

mod common;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use std::path::Path;
use trustlist::cert::Certificate;
use trustlist::verify::{self, OwnSignature, SignatureOutcome, SignatureVerifier};
use trustlist::wire::{self, File, ParseError, ParseErrorKind};

fn main() {
    let arguments = Arguments::from_args();
    libtest_mimic::run(&arguments, trials()).exit()
}

fn trials() -> Vec<Trial> {
    let folder = common::testdata("corpus");
    let manifest = std::fs::read(folder.join("manifest.json")).expect("the manifest is there");
    let manifest: Value = serde_json::from_slice(&manifest).expect("the manifest is JSON");
    let entries = manifest["files"].as_array().expect("the manifest lists files").clone();
    entries
        .into_iter()
        .map(|entry| {
            let name = entry["file"].as_str().unwrap_or_default().to_owned();
            let folder = folder.clone();
            Trial::test(name, move || check(&folder, &entry).map_err(Failed::from))
        })
        .collect()
}

fn check(folder: &Path, entry: &Value) -> Result<(), String> {
    let bytes = std::fs::read(folder.join(entry["file"].as_str().unwrap_or_default()))
        .map_err(|error| error.to_string())?;
    let mut answers = Vec::new();
    for verifier in verifiers() {
        let answer = answer(&bytes, &signer(folder, entry)?, &*verifier);
        allowed("kind", entry, answer.kind)?;
        allowed("parse", entry, answer.parse)?;
        allowed("signature", entry, answer.signature)?;
        answers.push(answer.signature);
        if let Some(error) = answer.error {
            if error.offset() > bytes.len().saturating_sub(1) {
                return Err(format!("offset {} is outside {} bytes", error.offset(), bytes.len()));
            }
            if error.to_string().contains('\n') {
                return Err("an error is one line".into());
            }
        }
        if let Some(records) =
            entry["records"].as_u64().filter(|_| answer.parse == "ok" && answer.kind == "list")
        {
            if answer.records != records {
                return Err(format!("{} records, expected {records}", answer.records));
            }
        }
    }
    answers.dedup();
    if answers.len() == 1 { Ok(()) } else { Err(format!("the providers disagree: {answers:?}")) }
}

struct Answer {
    kind: &'static str,
    parse: &'static str,
    signature: &'static str,
    records: u64,
    error: Option<ParseError>,
}

fn answer(bytes: &[u8], signer: &[u8], verifier: &dyn SignatureVerifier) -> Answer {
    let failed = |kind, error: ParseError| Answer {
        kind,
        parse: "error",
        signature: "n/a",
        records: 0,
        error: Some(error),
    };
    match wire::parse(bytes) {
        Err(error) if matches!(error.kind(), ParseErrorKind::NotThisFormat(_)) => {
            failed("not-this-format", error)
        }
        // A header that is broken does not say whether it is a list's.
        Err(error) => failed("list", error),
        Ok(File::List(list)) => match verify::check_own_signature(&list, verifier) {
            Ok(found) => Answer {
                kind: "list",
                parse: "ok",
                signature: own_word(found.outcome),
                records: list.records().count() as u64,
                error: None,
            },
            Err(error) => failed("list", error),
        },
        Ok(File::Signed(file)) => {
            let outcome = Certificate::parse(signer).map_or("unverifiable", |signer| {
                word(verify::verify_file_with_certificate(&file, &signer, verifier).outcome)
            });
            Answer { kind: "signed-file", parse: "ok", signature: outcome, records: 0, error: None }
        }
    }
}

fn word(outcome: SignatureOutcome) -> &'static str {
    match outcome {
        SignatureOutcome::Valid => "valid",
        SignatureOutcome::Invalid(_) => "invalid",
        SignatureOutcome::NotVerifiable(_) => "unverifiable",
        other => panic!("{other:?}"),
    }
}

fn own_word(outcome: OwnSignature) -> &'static str {
    match outcome {
        OwnSignature::Consistent => "valid",
        OwnSignature::Invalid(_) => "invalid",
        OwnSignature::NotVerifiable(_) => "unverifiable",
    }
}

fn allowed(what: &str, entry: &Value, found: &str) -> Result<(), String> {
    let fine = match &entry[what] {
        Value::String(word) => word == found,
        Value::Array(words) => words.iter().any(|word| word == found),
        _ => false,
    };
    if fine { Ok(()) } else { Err(format!("{what}: {found}, allowed {}", entry[what])) }
}

fn signer(folder: &Path, entry: &Value) -> Result<Vec<u8>, String> {
    let Some(name) = entry["verify_with"].as_str() else { return Ok(Vec::new()) };
    let pem = std::fs::read(folder.join(name)).map_err(|error| error.to_string())?;
    let (_, der) = der::pem::decode_vec(&pem).map_err(|error| error.to_string())?;
    Ok(der)
}

fn verifiers() -> Vec<Box<dyn SignatureVerifier>> {
    vec![
        #[cfg(feature = "rsa")]
        Box::new(verify::RustCrypto),
        #[cfg(feature = "aws-lc-rs")]
        Box::new(verify::AwsLc),
    ]
}
