//! `trustlist verify`.

use super::output::{Answer, Output, Status, settled};
use super::{Verifier, input, limits};
use std::path::{Path, PathBuf};
use trustlist::cert::Certificate;
use trustlist::report::list::{self, ListReport};
use trustlist::verify::{self, Verification};
use trustlist::wire::{self, File, ParseError, SignedFile, TrustList};

#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// Lists, checked against their own signer record, and signed files; - reads standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Check signed files against the records of this list
    #[arg(long, value_name = "LIST.tlv", conflicts_with = "signer")]
    with: Option<PathBuf>,
    /// Check signed files against this certificate (PEM or DER)
    #[arg(long, value_name = "CERT.pem")]
    signer: Option<PathBuf>,
    /// Print JSON (trustlist.list/1)
    #[arg(long)]
    json: bool,
}

/// What signed files are checked against.
enum Against {
    Certificate(Vec<u8>),
    List(PathBuf, Vec<u8>),
    Nothing,
}

impl Verify {
    pub(super) fn run(self, output: &mut Output) -> Status {
        let answered = self.against().map(|against| output.each(&self.files, self.json, |path| check(path, &against)));
        settled(answered, self.json, output)
    }

    fn against(&self) -> Result<Against, String> {
        if let Some(path) = &self.signer {
            return input::certificate(path).map(Against::Certificate);
        }
        let Some(path) = &self.with else { return Ok(Against::Nothing) };
        let bytes = input::read(path)?;
        let list = TrustList::parse(&bytes).map_err(|error| list::parse_error(&input::name(path), &error))?;
        limits::list_size(&input::name(path), &File::List(list))?;
        Ok(Against::List(path.clone(), bytes))
    }
}

fn check(path: &Path, against: &Against) -> Result<Vec<Answer>, String> {
    let bytes = input::read(path)?;
    let name = input::name(path);
    let broken = |error: ParseError| list::parse_error(&name, &error);
    let file = wire::parse(&bytes).map_err(broken)?;
    limits::list_size(&name, &file)?;
    let unused = matches!(file, File::List(_)) && !matches!(against, Against::Nothing);
    let report = match file {
        File::List(list) => ListReport::of_list(&list, verify::verify_list(&list, &Verifier).map_err(broken)?).map_err(broken)?,
        File::Signed(file) => ListReport::of_signed_file(&file, check_file(&file, against)?),
    };
    let status = match report.signature.outcome {
        "valid" => Status::Fine,
        "invalid" => Status::Negative,
        _ => Status::Undecided,
    };
    let mut text = format!("{name}: {}\n", sentence(&report));
    if unused {
        text.push_str("     a list is checked against its own signer record: --with and --signer are for signed files\n");
    }
    Ok(vec![Answer::new(&report, text, status)])
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
    let signer = report.header.signer.as_deref().unwrap_or("an unnamed signer");
    let digest = report.header.digest.as_deref().unwrap_or("unknown digest");
    format!("signature {} ({digest}, by {})", report.signature.sentence(), trustlist::report::Plain(signer))
}
