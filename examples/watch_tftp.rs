//! Fetches the lists that a TFTP server serves over HTTP, and predicts for phones that have any list it served before.
//!
//! `cargo run --features serde --example watch_tftp -- HOST[:PORT] FOLDER [updated]`: a node of the cluster (port 6970 if none
//! is given), and a folder for every list that phones may have; the first run only fills it. A new list does not replace the
//! old one: phones that refuse it, or that are offline, keep the old one. When all phones have the served list (they were
//! reset, and show its checksum), give `updated`: the older lists are deleted. Run it for every TFTP node, each with a folder
//! of its own: each has an ITL of its own. Without arguments it asks a server that it starts itself on loopback, with lists
//! of `testdata/`, and shows three faults: no such file, a body that ends early, a body without end.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};
use trustlist::{diff::diff, facts::Files, report::diff as report, verify::RustCrypto};

/// Phones accept lists of up to 64 KiB; a 7821 loads files of up to 2,048 KiB. A larger file is not a list.
const MAX_BYTES: u64 = 2 << 20;
/// The port of TFTP's files over HTTP, without TLS.
const PORT: u16 = 6970;
const NAMES: [&str; 2] = ["CTLFile.tlv", "ITLFile.tlv"];

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = env::args().skip(1).collect();
    match &given[..] {
        [] => own(),
        [host, folder, updated @ ..] if updated.is_empty() || updated == ["updated"] => {
            let host = if host.contains(':') { host.clone() } else { format!("{host}:{PORT}") };
            let phones = if updated.is_empty() { Phones::MayHaveAny } else { Phones::HaveServed };
            print!("{}", watch(&host, Path::new(folder), phones)?);
            Ok(())
        }
        _ => Err("expected HOST[:PORT] FOLDER [updated]".into()),
    }
}

/// The known facts about the phones.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phones {
    /// They may have any list that was served.
    MayHaveAny,
    /// They have the list that is served now: every phone was reset and accepted it.
    HaveServed,
}

/// Predicts for each list that phones may have if they accept the list that is served now. Then saves that list in the folder.
fn watch(host: &str, folder: &Path, phones: Phones) -> Result<String, Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let mut text = String::new();
    for name in NAMES {
        let mut files = Files::new(RustCrypto);
        let Some(served) = fetch(host, name)? else {
            writeln!(text, "{name}: not served. A phone keeps the list that it has.")?;
            continue;
        };
        // A file that is not a list is an error, and never replaces a saved list.
        let new = files.list(served.clone()).map_err(|error| format!("{name}: {error}"))?;
        let kept = kept(folder, name)?;
        let (same, old): (Vec<_>, Vec<_>) = kept.iter().partition(|(_, bytes)| *bytes == served);
        match (kept.is_empty(), old.is_empty(), phones) {
            (true, ..) => writeln!(text, "{name}: seen for the first time")?,
            (_, true, _) => writeln!(text, "{name}: as before, and no phone has another")?,
            (_, _, Phones::HaveServed) => {
                writeln!(text, "{name}: every phone has it; the older ones are deleted")?
            }
            (_, _, Phones::MayHaveAny) => {
                for (path, bytes) in &old {
                    let path = path.file_name().unwrap_or_default().display();
                    let change =
                        report::text(&diff(&files.list(bytes.clone())?, &new, &files), new.kind);
                    writeln!(text, "{name}, for phones that still have {path}:\n{change}")?;
                }
            }
        }
        // The new one is there before an old one goes.
        if same.is_empty() {
            let number = kept.iter().filter_map(|(path, _)| number(path)).max().unwrap_or(0) + 1;
            fs::write(folder.join(format!("{number:04}-{name}")), served)?;
        }
        if phones == Phones::HaveServed {
            old.iter().try_for_each(|(path, _)| fs::remove_file(path))?;
        }
    }
    Ok(text)
}

/// Returns the lists of this name that phones may have, the oldest first.
fn kept(folder: &Path, name: &str) -> std::io::Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.retain(|path| number(path).is_some() && path.to_string_lossy().ends_with(name));
    paths.sort();
    paths.into_iter().map(|path| fs::read(&path).map(|bytes| (path, bytes))).collect()
}

/// Returns the number of a saved list: `0001-ITLFile.tlv`.
fn number(path: &Path) -> Option<u32> {
    path.file_name()?.to_str()?.split_once('-')?.0.parse().ok()
}

/// Returns one file of the server, whole; `None` if it has no such file.
fn fetch(host: &str, name: &str) -> Result<Option<Vec<u8>>, ureq::Error> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(20)))
        .max_redirects(0)
        .proxy(None);
    let agent: ureq::Agent = config.build().into();
    match agent.get(format!("http://{host}/{name}")).call() {
        Err(ureq::Error::StatusCode(404)) => Ok(None),
        answer => answer?.body_mut().with_config().limit(MAX_BYTES).read_to_vec().map(Some),
    }
}

fn own() -> Result<(), Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("trustlist-watch-{}", std::process::id()));
    let itl = |name: &str| {
        fs::read(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("testdata/cluster")
                .join(name)
                .join("ITLFile.tlv"),
        )
    };
    let (before, after) = (itl("before")?, itl("after-both")?);

    println!(
        "Before the change:\n{}",
        watch(&serve(&before, before.len())?.to_string(), &folder, Phones::MayHaveAny)?
    );
    // No phone is known to have the new list, and some may refuse it: the second run says the same again.
    for _ in 0..2 {
        let text = watch(&serve(&after, after.len())?.to_string(), &folder, Phones::MayHaveAny)?;
        println!("After it:\n{text}");
        assert!(
            text.contains("CTLFile.tlv: not served")
                && text.contains("still have 0001-ITLFile.tlv")
                && text.contains("signer")
        );
    }

    // A connection that breaks off, and a body over the limit: an error, and the saved lists stay as they were.
    for (body, length) in [(&after[..1000], after.len()), (&before[..0], usize::MAX)] {
        let error =
            watch(&serve(body, length)?.to_string(), &folder, Phones::HaveServed).unwrap_err();
        println!("Refused: {error}");
        let kept: Vec<Vec<u8>> =
            kept(&folder, "ITLFile.tlv")?.into_iter().map(|(_, bytes)| bytes).collect();
        assert_eq!(kept, [before.clone(), after.clone()]);
    }

    // The lists were deleted on the phones, which then accepted the new one.
    let text = watch(&serve(&after, after.len())?.to_string(), &folder, Phones::HaveServed)?;
    println!("When every phone has it:\n{text}");
    let text = watch(&serve(&after, after.len())?.to_string(), &folder, Phones::MayHaveAny)?;
    assert!(text.contains("ITLFile.tlv: as before, and no phone has another"));
    fs::remove_dir_all(folder)?;
    Ok(())
}

/// A server on loopback, on a free port: it answers once for each list, has no CTL, and says that its ITL is so long.
fn serve(itl: &[u8], length: usize) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let (address, itl) = (listener.local_addr()?, itl.to_vec());
    thread::spawn(move || -> std::io::Result<()> {
        for _ in NAMES {
            let (mut stream, _) = listener.accept()?;
            let mut lines = BufReader::new(stream.try_clone()?).lines();
            let wanted = lines.next().unwrap_or(Ok(String::new()))?;
            // The request ends with an empty line.
            lines.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).count();
            if wanted.contains("/ITLFile.tlv ") {
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                )?;
                stream.write_all(&itl)?;
                (itl.len()..length.min(4 << 20)).step_by(4096).try_for_each(|_| match length {
                    usize::MAX => stream.write_all(&[0; 4096]),
                    _ => Ok(()),
                })?;
            } else {
                write!(
                    stream,
                    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )?;
            }
        }
        Ok(())
    });
    Ok(address)
}
