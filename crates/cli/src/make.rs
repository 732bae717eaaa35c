//! `trustlist build`, `trustlist sign` and `trustlist strip`: files that are written whole or not
//! at all.

use super::input::{self, Input};
use super::output::{self, Output, Status};
use super::replace::replace;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use trustlist::cert::Certificate;
use trustlist::report::list::parse_error;
use trustlist::verify::RsaSigner;
use trustlist::wire::write::{Layout, SignedFileBuilder};
use trustlist::wire::{DigestAlgorithm, SignedFile};
use trustlist_cluster::case::{self, Build};

/// Make a signed trust list from a specification in JSON (trustlist.build/1)
#[derive(Debug, clap::Args)]
pub(super) struct BuildList {
    /// The specification; paths in it are relative to its folder
    specification: PathBuf,
    /// The signer's private key (PEM, unencrypted)
    #[arg(long, value_name = "KEY.pem")]
    key: PathBuf,
    #[command(flatten)]
    target: Target,
}

/// Sign a file as a TFTP server does
#[derive(Debug, clap::Args)]
pub(super) struct Sign {
    /// The file to sign
    file: PathBuf,
    /// The signer's private key (PEM, unencrypted)
    #[arg(long, value_name = "KEY.pem")]
    key: PathBuf,
    /// The signer's certificate (PEM or DER)
    #[arg(long, value_name = "CERT.pem")]
    certificate: PathBuf,
    /// The digest of the signature: sha1, sha256 or sha512
    #[arg(long, default_value = "sha1", value_parser = digest)]
    digest: DigestAlgorithm,
    /// The name in the header [default: the file's own name and .sgn]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The time in the header, in seconds since 1970 [default: now]
    #[arg(long, value_name = "SECONDS")]
    timestamp: Option<u32>,
    /// Write as certutils does, not as CUCM
    #[arg(long)]
    certutils: bool,
    #[command(flatten)]
    target: Target,
}

/// Remove the signature header of a signed file
#[derive(Debug, clap::Args)]
pub(super) struct Strip {
    /// The signed file
    file: PathBuf,
    #[command(flatten)]
    target: Target,
}

/// Where the file goes.
#[derive(Debug, clap::Args)]
struct Target {
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl BuildList {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let answer = self.bytes(input).and_then(|(bytes, certificates)| {
            let named = certificates.iter().map(PathBuf::as_path);
            let inputs: Vec<&Path> = [self.specification.as_path(), self.key.as_path()]
                .into_iter()
                .chain(named)
                .collect();
            self.target.write(&bytes, &inputs, output)
        });
        output::settled(answer, false, output)
    }

    /// Returns the list, and the certificates that the specification names.
    fn bytes(&self, input: &Input) -> Result<(Vec<u8>, Vec<PathBuf>), String> {
        let named = |error: &dyn std::fmt::Display| {
            format!("{}: {error}", input::name(&self.specification))
        };
        let folder = self.specification.parent().unwrap_or(Path::new("")).to_owned();
        let text = input.text(&self.specification)?;
        let mut certificates = Vec::new();
        let build = Build::read_within(&text, &input.limits.json(), |path| {
            let path = folder.join(path);
            let certificate = input.certificate(&path);
            certificates.push(path);
            certificate
        });
        let build = build
            .map_err(|error| input.limits.case_error(&input::name(&self.specification), &error))?;
        let build = build.default_timestamp(now());
        let signer = signer(input, &self.key)?;
        let list = build.sign(&signer, signer.public_key()).map_err(|error| named(&error))?;
        Ok((list, certificates))
    }
}

impl Sign {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        output::settled(
            self.bytes(input).and_then(|bytes| self.target.write(&bytes, &self.inputs(), output)),
            false,
            output,
        )
    }

    fn inputs(&self) -> [&Path; 3] {
        [&self.file, &self.key, &self.certificate]
    }

    fn bytes(&self, input: &Input) -> Result<Vec<u8>, String> {
        let payload = input.read(&self.file)?;
        let der = input.certificate(&self.certificate)?;
        let certificate = Certificate::parse(&der)
            .map_err(|error| format!("{}: {error}", input::name(&self.certificate)))?;
        let signer = signer(input, &self.key)?;
        if certificate.public_key() != trustlist::cert::PublicKey::Rsa(signer.public_key()) {
            return Err(format!(
                "{}: expected the private key of {}, found another",
                input::name(&self.key),
                input::name(&self.certificate)
            ));
        }
        let layout = if self.certutils { Layout::Certutils } else { Layout::Cucm };
        let builder = SignedFileBuilder::new(layout, case::signer_info(&certificate, layout))
            .digest(self.digest)
            .file_name(self.inner_name())
            .timestamp(self.timestamp.unwrap_or_else(now));
        builder
            .sign(&payload, &signer)
            .map_err(|error| format!("{}: {error}", input::name(&self.file)))
    }

    fn inner_name(&self) -> String {
        let own = || {
            self.file
                .file_name()
                .map(|name| format!("{}.sgn", name.to_string_lossy()))
                .unwrap_or_default()
        };
        self.name.clone().unwrap_or_else(own)
    }
}

impl Strip {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        output::settled(
            self.payload(input)
                .and_then(|payload| self.target.write(&payload, &[&self.file], output)),
            false,
            output,
        )
    }

    fn payload(&self, input: &Input) -> Result<Vec<u8>, String> {
        let bytes = input.read(&self.file)?;
        let file = SignedFile::parse(&bytes)
            .map_err(|error| parse_error(&input::name(&self.file), &error))?;
        Ok(file.payload().to_vec())
    }
}

impl Target {
    fn write(&self, bytes: &[u8], inputs: &[&Path], output: &mut Output) -> Result<Status, String> {
        match &self.output {
            None => output.bytes(bytes),
            Some(path) => replace(path, bytes, inputs)?,
        }
        Ok(Status::Fine)
    }
}

fn signer(input: &Input, path: &Path) -> Result<RsaSigner, String> {
    RsaSigner::from_pem(&input.text(path)?)
        .map_err(|error| format!("{}: {error}", input::name(path)))
}

fn digest(word: &str) -> Result<DigestAlgorithm, String> {
    DigestAlgorithm::from_word(word).ok_or_else(|| "expected sha1, sha256 or sha512".into())
}

/// The header's timestamp is a u32; a clock outside 1970 to 2106 is taken as its nearer end.
fn now() -> u32 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| u32::try_from(since.as_secs()).unwrap_or(u32::MAX))
}
