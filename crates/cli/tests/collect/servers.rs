//! Servers on loopback, on free ports: each says what a test has it say, to every connection, until
//! the test ends.
#![allow(unreachable_pub)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The answer of a server of files.
#[derive(Clone)]
pub enum Reply {
    /// A file, as a server sends it.
    File(Vec<u8>),
    /// Status line and headers, without a body.
    Status(&'static str),
    /// A file with another length in the header.
    Length(Vec<u8>, usize),
    /// The file, then the connection ends; no length is sent.
    Unsaid(Vec<u8>),
    /// Zeros without end.
    Endless,
    /// Nothing; the connection stays open.
    Hang,
    /// No HTTP at all.
    Garbage,
}

/// A server, by its address; and every request that came.
pub struct Server {
    pub address: String,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Server {
    /// The requests of clients, one entry for each connection.
    pub fn seen(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(answer: impl Fn(TcpStream) -> Vec<u8> + Send + Sync + 'static) -> Server {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let seen: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let (kept, answer) = (seen.clone(), Arc::new(answer));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (kept, answer) = (kept.clone(), answer.clone());
            thread::spawn(move || {
                let request = answer(stream);
                kept.lock().unwrap().push(request);
            });
        }
    });
    Server { address, seen }
}

/// A TFTP node over HTTP: what it replies for a path such as `/ITLFile.tlv`.
pub fn files(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Server {
    serve(move |mut stream| {
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
        let wanted = lines.next().unwrap_or_default();
        let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
        let path = wanted.split(' ').nth(1).unwrap_or_default();
        let _ = send(&mut stream, reply(path));
        format!("{wanted}\n{}", head.join("\n")).into_bytes()
    })
}

fn send(stream: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
    let head = |length: usize| {
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")
    };
    match reply {
        Reply::File(body) => stream.write_all(&[head(body.len()).as_bytes(), &body].concat()),
        Reply::Length(body, length) => stream.write_all(&[head(length).as_bytes(), &body].concat()),
        Reply::Status(status) => {
            write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
        Reply::Unsaid(body) => {
            stream.write_all(&[b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", &body[..]].concat())
        }
        Reply::Garbage => stream.write_all(b"\x00\x01\x02 no protocol that anybody knows\r\n\r\n"),
        Reply::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            loop {
                stream.write_all(&[0; 1 << 12])?;
            }
        }
        Reply::Hang => {
            thread::sleep(HANGING);
            Ok(())
        }
    }
}

/// A TVS server: what it answers to a hello of this version, as 0x0301 to 0x0304; `None` is an
/// alert that refuses it.
pub fn tvs(answer: impl Fn(u16) -> Option<Vec<u8>> + Send + Sync + 'static) -> Server {
    tvs_with(move |hello| answer(version(hello)))
}

/// The same, by the hello itself.
pub fn tvs_with(answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync + 'static) -> Server {
    serve(move |mut stream| {
        let mut hello = record(&mut stream);
        let alert = || vec![21, 3, 1, 0, 2, 2, 70];
        let _ = stream.write_all(&answer(&hello).unwrap_or_else(alert));
        // Bytes after the hello would be too much.
        let _ = stream.read_to_end(&mut hello);
        hello
    })
}

/// A TVS server that takes these versions, as 0x0301 to 0x0303, and presents this certificate, in
/// DER.
pub fn presenting(versions: &'static [u16], der: Vec<u8>) -> Server {
    tvs(move |offered| versions.contains(&offered).then(|| hello_and_certificate(offered, &der)))
}

/// A name of two servers: with TLS 1.2 it presents the first certificate, with older versions the
/// other one.
pub fn presenting_two(first: Vec<u8>, other: Vec<u8>) -> Server {
    tvs(move |offered| {
        let der = if offered == 0x0303 { &first } else { &other };
        (offered < 0x0304).then(|| hello_and_certificate(offered, der))
    })
}

/// ServerHello (RFC 5246 section 7.4.1.3), Certificate (7.4.2) and ServerHelloDone (7.4.5), in one
/// record.
fn hello_and_certificate(version: u16, der: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8], of: usize| bytes.len().to_be_bytes()[8 - of..].to_vec();
    let message = |kind: u8, body: &[u8]| [&[kind][..], &length(body, 3), body].concat();
    // Version, random, no session, a suite of RSA, no compression.
    let hello = [&version.to_be_bytes()[..], &[7; 32], &[0], &[0, 0x2f], &[0]].concat();
    let one = [&length(der, 3)[..], der].concat();
    let chain = [&length(&one, 3)[..], &one].concat();
    let messages = [message(2, &hello), message(11, &chain), message(14, &[])].concat();
    [&[22][..], &version.to_be_bytes(), &length(&messages, 2), &messages].concat()
}

/// A server that accepts connections and says nothing.
pub fn silent() -> Server {
    serve(|mut stream| {
        let hello = record(&mut stream);
        thread::sleep(HANGING);
        hello
    })
}

/// An address without a listener.
pub fn nobody() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().to_string()
}

fn record(stream: &mut TcpStream) -> Vec<u8> {
    let mut header = [0; 5];
    if stream.read_exact(&mut header).is_err() {
        return Vec::new();
    }
    let mut body = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
    let _ = stream.read_exact(&mut body);
    [&header[..], &body].concat()
}

/// The version that a hello offers: that of its extension (number 43) for TLS 1.3.
fn version(hello: &[u8]) -> u16 {
    if hello.windows(7).any(|window| window == [0, 43, 0, 3, 2, 3, 4]) {
        return 0x0304;
    }
    u16::from_be_bytes([hello[9], hello[10]])
}

/// Longer than any test lasts.
const HANGING: Duration = Duration::from_secs(600);
