//! Fetches the lists that a TFTP server serves over HTTP, and predicts for phones that hold the previous ones.
//!
//! `cargo run --features serde --example watch_tftp -- HOST[:PORT] FOLDER`: a node of the cluster (port 6970 where none is
//! given) and a folder that keeps what it served the last time; the first run only fills it. Run it for every TFTP node, each
//! with a folder of its own: each has an ITL of its own. Without arguments it asks a server that it starts itself on
//! loopback, with lists of `testdata/`, and shows what goes wrong: no such file, a body that ends early, one without end.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::{env, error::Error, fmt::Write as _, fs, path::Path, thread, time::Duration};
use trustlist::{diff::diff, facts::Files, report::diff as report, verify::RustCrypto};

/// Phones take lists up to 64 KiB; a 7821 loads files up to 2,048 KiB. Whatever is larger is no list.
const MAX_BYTES: u64 = 2 << 20;
/// Where TFTP serves its files over HTTP, without TLS.
const PORT: u16 = 6970;
const NAMES: [&str; 2] = ["CTLFile.tlv", "ITLFile.tlv"];

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = env::args().skip(1).collect();
    match &given[..] {
        [] => own(),
        [host, folder] => {
            let host = if host.contains(':') { host.clone() } else { format!("{host}:{PORT}") };
            print!("{}", watch(&host, Path::new(folder))?);
            Ok(())
        }
        _ => Err("expected HOST[:PORT] FOLDER".into()),
    }
}

/// What changed since the last time, and what phones make of it. The folder then holds what is served now.
fn watch(host: &str, folder: &Path) -> Result<String, Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let mut told = String::new();
    for name in NAMES {
        let (path, mut files) = (folder.join(name), Files::new(RustCrypto));
        let Some(served) = fetch(host, name)? else {
            writeln!(told, "{name}: not served. A phone goes on with the list that it holds.")?;
            continue;
        };
        // What does not read as a list is an error, and never replaces the one that is kept.
        let new = files.list(served.clone()).map_err(|error| format!("{name}: {error}"))?;
        match fs::read(&path).ok() {
            None => writeln!(told, "{name}: seen for the first time")?,
            Some(kept) if kept == served => writeln!(told, "{name}: as before")?,
            Some(kept) => writeln!(told, "{name}:\n{}", report::text(&diff(&files.list(kept)?, &new, &files), new.kind))?,
        }
        fs::write(path, served)?;
    }
    Ok(told)
}

/// One file of the server, whole; `None` where it has no such file.
fn fetch(host: &str, name: &str) -> Result<Option<Vec<u8>>, ureq::Error> {
    let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(20))).max_redirects(0).proxy(None);
    let agent: ureq::Agent = config.build().into();
    match agent.get(format!("http://{host}/{name}")).call() {
        Err(ureq::Error::StatusCode(404)) => Ok(None),
        answer => answer?.body_mut().with_config().limit(MAX_BYTES).read_to_vec().map(Some),
    }
}

fn own() -> Result<(), Box<dyn Error>> {
    let folder = env::temp_dir().join(format!("trustlist-watch-{}", std::process::id()));
    let itl =
        |name: &str| fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cluster").join(name).join("ITLFile.tlv"));
    let (before, after) = (itl("before")?, itl("after-callmanager")?);

    println!("Before the change:\n{}", watch(&serve(&before, before.len())?.to_string(), &folder)?);
    let told = watch(&serve(&after, after.len())?.to_string(), &folder)?;
    println!("After it:\n{told}");
    assert!(told.contains("CTLFile.tlv: not served") && told.contains("signer"));

    // A connection that breaks off, and a body over the limit: an error, and the list that is kept stays as it was.
    for (body, length) in [(&after[..1000], after.len()), (&before[..0], usize::MAX)] {
        let error = watch(&serve(body, length)?.to_string(), &folder).unwrap_err();
        println!("Refused: {error}");
        assert_eq!(fs::read(folder.join("ITLFile.tlv"))?, after);
    }
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
                write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")?;
                stream.write_all(&itl)?;
                (itl.len()..length.min(4 << 20)).step_by(4096).try_for_each(|_| match length {
                    usize::MAX => stream.write_all(&[0; 4096]),
                    _ => Ok(()),
                })?;
            } else {
                write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
            }
        }
        Ok(())
    });
    Ok(address)
}
