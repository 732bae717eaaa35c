//! `trustlist verify`.

use super::Verifier;
use super::input::{self, Input};
use super::output::{Answer, Output, Status, settled};
use std::path::{Path, PathBuf};
use trustlist::cert::Certificate;
use trustlist::report::list::{self, ListReport};
use trustlist::verify::{self, Verification};
use trustlist::wire::{self, File, ParseError, SignedFile, TrustList};

/// Check the signature of a list or a signed file
///
/// Without --with or --signer a list is checked against its own signer record. That proves that the
/// file is consistent, not that it is of your cluster.
#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// Lists and signed files [default: standard input]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Check against the records of this list, which is known to be yours
    #[arg(long, value_name = "LIST.tlv", conflicts_with = "signer")]
    with: Option<PathBuf>,
    /// Check against this certificate (PEM or DER), which is known to be yours
    #[arg(long, value_name = "CERT.pem")]
    signer: Option<PathBuf>,
    /// Print JSON (trustlist.list/1)
    #[arg(long)]
    json: bool,
}

/// The key that files are checked against.
enum Against {
    Certificate(Vec<u8>),
    List(PathBuf, Vec<u8>),
    Nothing,
}

impl Verify {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let answered = self
            .against(input)
            .and_then(|against| Ok((against, input::or_all_piped(&self.files)?)))
            .map(|(against, files)| {
                output.each(&files, self.json, |path| check(input, path, &against))
            });
        settled(answered, self.json, output)
    }

    fn against(&self, input: &Input) -> Result<Against, String> {
        if let Some(path) = &self.signer {
            return input.certificate(path).map(Against::Certificate);
        }
        let Some(path) = &self.with else { return Ok(Against::Nothing) };
        let bytes = input.read(path)?;
        let list = TrustList::parse(&bytes)
            .map_err(|error| list::parse_error(&input::name(path), &error))?;
        input.limits.list_size(&input::name(path), &File::List(list))?;
        Ok(Against::List(path.clone(), bytes))
    }
}

fn check(input: &Input, path: &Path, against: &Against) -> Result<Vec<Answer>, String> {
    let bytes = input.read(path)?;
    let name = input::name(path);
    let broken = |error: ParseError| list::parse_error(&name, &error);
    let file = wire::parse(&bytes).map_err(broken)?;
    input.limits.list_size(&name, &file)?;
    let report = match file {
        File::List(list) => check_list(&name, &list, against)?,
        File::Signed(file) => ListReport::of_signed_file(&file, check_file(&file, against)?),
    };
    let status = match report.signature_outcome() {
        "valid" => Status::Fine,
        "invalid" => Status::Negative,
        _ => Status::Undecided,
    };
    Ok(vec![Answer::new(&report, format!("{name}: {}\n", sentence(&report)), status)])
}

/// A list by its own signer record; by what was given from outside, unless that is this very list.
fn check_list(name: &str, list: &TrustList<'_>, against: &Against) -> Result<ListReport, String> {
    let broken = |error: ParseError| list::parse_error(name, &error);
    let own = verify::check_own_signature(list, &Verifier).map_err(broken)?;
    let verification = match against {
        Against::Nothing => None,
        Against::List(_, bytes) if bytes == list.as_bytes() => None,
        Against::List(path, bytes) => {
            let broken = |error: ParseError| list::parse_error(&input::name(path), &error);
            let with = TrustList::parse(bytes).map_err(broken)?;
            Some(verify::verify_list_with_list(list, &with, &Verifier).map_err(broken)?)
        }
        Against::Certificate(der) => {
            let certificate = Certificate::parse(der).map_err(|error| error.to_string())?;
            Some(verify::verify_list_with_certificate(list, &certificate, &Verifier))
        }
    };
    match verification {
        None => ListReport::of_list(list, own),
        Some(verification) => ListReport::of_list_with(list, own, verification),
    }
    .map_err(broken)
}

fn check_file(file: &SignedFile<'_>, against: &Against) -> Result<Option<Verification>, String> {
    match against {
        Against::Nothing => Ok(None),
        Against::List(path, bytes) => {
            let broken = |error: ParseError| list::parse_error(&input::name(path), &error);
            let list = TrustList::parse(bytes).map_err(broken)?;
            verify::verify_file_with_list(file, &list, &Verifier).map_err(broken).map(Some)
        }
        Against::Certificate(der) => {
            let certificate = Certificate::parse(der).map_err(|error| error.to_string())?;
            Ok(Some(verify::verify_file_with_certificate(file, &certificate, &Verifier)))
        }
    }
}

fn sentence(report: &ListReport) -> String {
    let (signature, by) = (report.signature_sentence(), report.signed_by());
    if !report.is_self_consistent() {
        return format!("signature {signature} ({by})");
    }
    let sha1 = report.signer_sha1().map_or(String::new(), |sha1| format!(", SHA-1 {sha1}"));
    format!(
        "{signature} ({by}{sha1}). To check that your cluster signed it, give --signer CERT.pem or --with LIST.tlv"
    )
}
