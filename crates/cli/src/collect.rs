//! `trustlist collect`: the one command that talks to servers. It contacts those of the command
//! line and no other.

mod folder;
mod gather;
mod given;
mod judge;
mod network;
mod phones;
mod text;
mod tls;

use super::input::{self, Input};
use super::output::{Output, Status, settled};
use super::signals::Interrupt;
use crate::report::snapshot::Snapshot;
use folder::Folder;
pub(super) use folder::SNAPSHOT_FILE;
use gather::{CTL, Gathered, ITL};
pub(super) use judge::{BROKEN, other_name, same_host};
use network::{Asked, Client, start, targets};
use std::path::PathBuf;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;
pub(super) use tls::certificate_of;
use trustlist::report::escaped::write_document;

/// Save what the servers of a cluster offer now, in a new folder: a snapshot
///
/// Fetches CTLFile.tlv and ITLFile.tlv of each TFTP node over HTTP, and the certificate and TLS
/// versions of each TVS server. Nothing else is contacted. If something is missing, the rest is
/// still collected (exit status 3). Nothing is ever overwritten.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "trustlist collect [OPTIONS] --out <DIR>",
    group = clap::ArgGroup::new("sources").required(true).multiple(true).args(["tftp", "tvs", "from_folder", "paste"]),
)]
pub(super) struct Collect {
    /// TFTP nodes, asked over HTTP on port 6970
    #[arg(long, value_name = "[NAME=]HOST[:PORT]", value_delimiter = ',')]
    tftp: Vec<String>,
    /// TVS servers, asked on port 2445; no handshake is finished and nothing secret is sent
    #[arg(long, value_name = "[NAME=]HOST[:PORT]", value_delimiter = ',')]
    tvs: Vec<String>,
    /// Phones whose own files are fetched too: names, or a file with a name in each line or the
    /// column device
    #[arg(long, value_name = "NAME,…|FILE", requires = "tftp")]
    phones: Option<String>,
    /// The folder to make; it must not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Take files that were saved by hand: lists, configurations, TVS certificates (NODE/FILE, or
    /// NODE-ITL.tlv, NODE-TVS.pem)
    #[arg(long, value_name = "DIR")]
    from_folder: Option<PathBuf>,
    /// Take pasted output: show itl, show ctl, show cert, show tls min-version; of a node, or of
    /// the one that it names
    #[arg(long, value_name = "[NODE=]FILE")]
    paste: Vec<String>,
    /// Seconds for each file and each handshake
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=300))]
    timeout: u64,
    /// Ask TFTP nodes through this HTTP proxy; the environment is ignored
    #[arg(long, value_name = "URL", requires = "tftp")]
    proxy: Option<String>,
    /// Print the snapshot's document (trustlist.snapshot/1)
    #[arg(long)]
    json: bool,
}

impl Collect {
    pub(super) fn run(self, input: &Input, output: &mut Output) -> Status {
        let answer = self.collect(input, output);
        settled(answer, self.json, output)
    }

    fn collect(&self, input: &Input, output: &mut Output) -> Result<Status, String> {
        let asked = self.asked(input)?;
        let client = Client::new(asked.timeout, self.proxy.as_deref())?;
        let given = given::read(input, self.from_folder.as_deref(), &self.paste)?;
        let interrupt = Interrupt::listen();
        let mut gathered = Gathered::begin(Folder::begin(&self.out)?);
        let (tftp, names) = (asked.tftp.clone(), asked.names.clone());
        gathered.expect(&tftp, &asked.tvs);
        let events = start(asked, &client)?;
        loop {
            if interrupt.is_pressed() {
                return Err(format!("{}: interrupted, nothing is written", input::name(&self.out)));
            }
            match events.recv_timeout(LOOK) {
                Ok(event) => gathered.take(event, &tftp, &names)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        given.into_snapshot(&mut gathered)?;
        gathered.end(&names);
        gathered.notes.drain(..).for_each(|note| output.warning(note));
        if gathered.is_empty() {
            gathered.snapshot.errors.iter().for_each(|error| output.error(error));
            return Err(format!(
                "{}: nothing was collected, nothing is written{}",
                input::name(&self.out),
                gathered.why_empty()
            ));
        }
        self.finish(gathered, &interrupt, output)
    }

    fn finish(
        &self,
        gathered: Gathered,
        interrupt: &Interrupt,
        output: &mut Output,
    ) -> Result<Status, String> {
        let Gathered { folder, snapshot, .. } = gathered;
        let mut document = Vec::new();
        write_document(&mut document, &snapshot).map_err(|error| error.to_string())?;
        document.push(b'\n');
        if interrupt.is_pressed() {
            return Err(format!("{}: interrupted, nothing is written", input::name(&self.out)));
        }
        folder.finish(&document)?;
        if self.json {
            output.json(&snapshot);
        } else {
            output.text(text::text(&input::name(&self.out), &snapshot));
        }
        Ok(status(&snapshot))
    }

    fn asked(&self, input: &Input) -> Result<Asked, String> {
        let mut names = vec![CTL.to_owned(), ITL.to_owned()];
        if let Some(phones) = &self.phones {
            names.extend(
                phones::phones(input, phones)?.iter().flat_map(|phone| phones::files_of(phone)),
            );
        }
        Ok(Asked {
            tftp: targets("--tftp", &self.tftp, TFTP_PORT)?,
            names,
            tvs: targets("--tvs", &self.tvs, TVS_PORT)?,
            timeout: Duration::from_secs(self.timeout),
        })
    }
}

/// Returns the path of a list, if a folder is a snapshot: the commands for files read that.
pub(super) fn list_in(folder: &std::path::Path) -> Option<String> {
    let document = folder.join(SNAPSHOT_FILE);
    let size = std::fs::metadata(&document).ok().filter(|found| found.is_file())?.len();
    let text = (size <= MAX_DOCUMENT).then(|| std::fs::read_to_string(&document).ok()).flatten()?;
    let snapshot: Snapshot = serde_json::from_str(&text).ok().filter(Snapshot::stays_inside)?;
    let kept = snapshot.kept().next()?;
    Some(input::name(&folder.join(&kept.path)))
}

fn status(snapshot: &Snapshot) -> Status {
    if snapshot.errors.is_empty() { Status::Fine } else { Status::Undecided }
}

/// Where TFTP serves its files over HTTP (P-BOOT-2), and where TVS listens (P-TVS-1).
const TFTP_PORT: u16 = 6970;
const TVS_PORT: u16 = 2445;
/// Bytes of the document of a snapshot from which a message takes the name of a list.
const MAX_DOCUMENT: u64 = 1 << 20;
/// How often it is looked whether to stop.
const LOOK: Duration = Duration::from_millis(50);
