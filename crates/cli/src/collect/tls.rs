//! The certificate and the TLS versions of a TVS server (P-TVS-1, P-TVS-11), read from the start of handshakes that are never
//! finished. Servers of CUCM 8 speak what no TLS library of today speaks; reading two messages needs none.

mod hello;

use super::http::plain;
use super::target::Target;
use crate::limits::MAX_HANDSHAKE;
use hello::{Keys, client_hello};
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};
use tls_parser::{
    TlsMessage, TlsMessageHandshake, parse_tls_message_alert, parse_tls_message_handshake,
};
use trustlist::cert::Certificate;
use trustlist::phone::TlsVersion;

/// What a TVS server did.
#[derive(Debug)]
pub(super) struct Presented {
    pub(super) state: State,
    pub(super) tries: Vec<(TlsVersion, Try)>,
}

/// What came of all of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The certificate, in DER.
    Certificate(Vec<u8>),
    /// It takes TLS 1.3 and nothing older: there the certificate is encrypted.
    Tls13Only,
    /// Nothing accepts connections.
    Down(String),
    Failed(String),
}

/// What came of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Try {
    Accepted,
    Refused(String),
    /// The answer does not tell.
    Unclear(String),
}

/// Asks a server for each version.
pub(super) fn present(target: &Target, timeout: Duration) -> Presented {
    let mut tries = Vec::new();
    let mut certificate = None;
    // What most servers speak comes first: where nothing at all is answered, the rest is not tried.
    for version in [TlsVersion::V1_2, TlsVersion::V1_0, TlsVersion::V1_1, TlsVersion::V1_3] {
        let mut answer = ask(target, version, Keys::Rsa, timeout);
        if matches!(answer, Answer::Refused(Alert::NoSuite, _)) {
            answer = ask(target, version, Keys::EllipticCurve, timeout);
        }
        match answer {
            Answer::Hello(found) => {
                tries.push((version, Try::Accepted));
                certificate = certificate.or(found);
            }
            Answer::Refused(_, why) => tries.push((version, Try::Refused(why))),
            Answer::Unclear(why) => tries.push((version, Try::Unclear(why))),
            Answer::Silent(why) if tries.is_empty() => {
                return Presented { state: State::Failed(why), tries };
            }
            Answer::Silent(why) => tries.push((version, Try::Unclear(why))),
            Answer::Down(why) if tries.is_empty() => {
                return Presented { state: State::Down(why), tries };
            }
            Answer::Down(why) => tries.push((version, Try::Unclear(why))),
        }
    }
    tries.sort_by_key(|(version, _)| *version);
    let accepted: Vec<TlsVersion> = tries
        .iter()
        .filter(|(_, tried)| *tried == Try::Accepted)
        .map(|(version, _)| *version)
        .collect();
    let state = match (certificate, &accepted[..]) {
        (Some(der), _) => match Certificate::parse(&der) {
            Ok(_) => State::Certificate(der),
            Err(error) => State::Failed(format!("what it presents is no certificate: {error}")),
        },
        (None, [TlsVersion::V1_3]) => State::Tls13Only,
        (None, []) => State::Failed(no_version(&tries)),
        (None, _) => State::Failed("it answers TLS, but presents no certificate".to_owned()),
    };
    Presented { state, tries }
}

fn no_version(tries: &[(TlsVersion, Try)]) -> String {
    let why = tries.iter().find_map(|(_, tried)| match tried {
        Try::Refused(why) | Try::Unclear(why) => Some(why.as_str()),
        Try::Accepted => None,
    });
    format!("no TLS version is accepted: {}", why.unwrap_or("no answer"))
}

/// What a server makes of one hello.
#[derive(Debug)]
enum Answer {
    /// It takes the version; with the first certificate, where one is shown.
    Hello(Option<Vec<u8>>),
    Refused(Alert, String),
    /// Something that is no TLS, or a version that was not offered.
    Unclear(String),
    /// The connection stands, and nothing comes.
    Silent(String),
    /// There is no connection.
    Down(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Alert {
    /// No suite in common: perhaps its certificate is of the other kind.
    NoSuite,
    Other,
}

fn ask(target: &Target, version: TlsVersion, keys: Keys, timeout: Duration) -> Answer {
    let end = Instant::now() + timeout;
    let mut stream = match connect(target, timeout) {
        Ok(stream) => stream,
        Err(error) => return Answer::Down(plain(&error)),
    };
    let sent = stream
        .set_write_timeout(Some(timeout))
        .and_then(|()| stream.write_all(&client_hello(version, keys)));
    if let Err(error) = sent {
        return Answer::Unclear(format!("the connection ended: {}", plain(&error)));
    }
    let answer = read_answer(&mut stream, version, end);
    let _ = stream.shutdown(std::net::Shutdown::Both);
    answer
}

/// Connects to the first address that answers, all of them within the time.
fn connect(target: &Target, timeout: Duration) -> io::Result<TcpStream> {
    let end = Instant::now() + timeout;
    let mut failed = io::Error::other("the name has no address");
    for address in (target.host.as_str(), target.port).to_socket_addrs()?.take(MAX_ADDRESSES) {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

/// Reads records until the certificate came, or what ends the handshake.
fn read_answer(stream: &mut TcpStream, version: TlsVersion, end: Instant) -> Answer {
    let mut handshake = Vec::new();
    let mut hello = false;
    loop {
        let (kind, content) = match record(stream, end) {
            Ok(record) => record,
            Err(Ended::NoTls) => return Answer::Unclear("what it answers is no TLS".to_owned()),
            Err(Ended::Closed) if hello => return Answer::Hello(None),
            Err(Ended::Closed) => {
                return Answer::Refused(
                    Alert::Other,
                    "the server closed the connection".to_owned(),
                );
            }
            Err(Ended::Late) if hello => return Answer::Hello(None),
            Err(Ended::Late) => {
                return Answer::Silent(
                    "it accepts the connection and answers nothing (--timeout)".to_owned(),
                );
            }
        };
        match kind {
            ALERT => return alert(&content, hello),
            HANDSHAKE => handshake.extend(content),
            // Of TLS 1.3, where everything behind the hello is hidden.
            _ if hello => return Answer::Hello(None),
            _ => return Answer::Unclear("what it answers is no TLS".to_owned()),
        }
        if handshake.len() > MAX_HANDSHAKE {
            return Answer::Unclear(format!(
                "a handshake of more than {} KiB (cli::limits::MAX_HANDSHAKE)",
                MAX_HANDSHAKE >> 10
            ));
        }
        match messages(&handshake, version) {
            Messages::More { hello: seen } => hello |= seen,
            Messages::Answer(answer) => return answer,
        }
    }
}

enum Messages {
    /// Nothing is decided yet.
    More {
        hello: bool,
    },
    Answer(Answer),
}

/// Looks through the messages that came so far.
fn messages(handshake: &[u8], version: TlsVersion) -> Messages {
    let (mut rest, mut hello) = (handshake, false);
    loop {
        let (next, message) = match parse_tls_message_handshake(rest) {
            Ok(found) => found,
            Err(tls_parser::nom::Err::Incomplete(_)) => return Messages::More { hello },
            Err(_) if hello => return Messages::Answer(Answer::Hello(None)),
            Err(_) => {
                return Messages::Answer(Answer::Unclear(
                    "its ServerHello does not read".to_owned(),
                ));
            }
        };
        rest = next;
        match message {
            TlsMessage::Handshake(TlsMessageHandshake::ServerHello(said)) => {
                let chosen = chosen(said.version.0, said.ext);
                if chosen != Some(version) {
                    let name = chosen.map_or_else(
                        || format!("version 0x{:04x}", said.version.0),
                        |chosen| format!("TLS {chosen}"),
                    );
                    return Messages::Answer(Answer::Refused(
                        Alert::Other,
                        format!("the server answers with {name}"),
                    ));
                }
                if version == TlsVersion::V1_3 {
                    return Messages::Answer(Answer::Hello(None));
                }
                hello = true;
            }
            TlsMessage::Handshake(TlsMessageHandshake::Certificate(found)) if hello => {
                let first = found.cert_chain.first().map(|certificate| certificate.data.to_vec());
                return Messages::Answer(Answer::Hello(first));
            }
            // The certificate comes before the end of the server's part.
            TlsMessage::Handshake(TlsMessageHandshake::ServerDone(_)) => {
                return Messages::Answer(Answer::Hello(None));
            }
            _ => {}
        }
    }
}

/// The version of a ServerHello: TLS 1.3 is named in an extension.
fn chosen(legacy: u16, extensions: Option<&[u8]>) -> Option<TlsVersion> {
    let (_, extensions) =
        tls_parser::parse_tls_server_hello_extensions(extensions.unwrap_or_default())
            .unwrap_or_default();
    let is_13 = |extension: &tls_parser::TlsExtension<'_>| match extension {
        tls_parser::TlsExtension::SupportedVersions(versions) => {
            versions.iter().any(|version| version.0 == 0x0304)
        }
        _ => false,
    };
    match legacy {
        0x0301 => Some(TlsVersion::V1_0),
        0x0302 => Some(TlsVersion::V1_1),
        0x0303 if extensions.iter().any(is_13) => Some(TlsVersion::V1_3),
        0x0303 => Some(TlsVersion::V1_2),
        _ => None,
    }
}

fn alert(content: &[u8], hello: bool) -> Answer {
    let Ok((_, TlsMessage::Alert(alert))) = parse_tls_message_alert(content) else {
        return Answer::Unclear("an alert that does not read".to_owned());
    };
    if hello {
        return Answer::Hello(None);
    }
    let kind = if matches!(alert.code.0, HANDSHAKE_FAILURE | INSUFFICIENT_SECURITY) {
        Alert::NoSuite
    } else {
        Alert::Other
    };
    Answer::Refused(kind, format!("alert {}{}", alert.code.0, alert_name(alert.code.0)))
}

/// The alerts that a hello may get (RFC 8446 section 6.2), in words.
const fn alert_name(code: u8) -> &'static str {
    match code {
        HANDSHAKE_FAILURE => " (handshake failure)",
        70 => " (protocol version)",
        INSUFFICIENT_SECURITY => " (insufficient security)",
        80 => " (internal error)",
        _ => "",
    }
}

/// Why no record came.
enum Ended {
    Closed,
    Late,
    NoTls,
}

/// Reads one record: its content type and what it holds.
fn record(stream: &mut TcpStream, end: Instant) -> Result<(u8, Vec<u8>), Ended> {
    let mut header = [0; 5];
    fill(stream, &mut header, end)?;
    let [kind, major, _, high, low] = header;
    let length = u16::from_be_bytes([high, low]);
    if !(CHANGE_CIPHER..=APPLICATION).contains(&kind)
        || major != 3
        || length == 0
        || length > MAX_RECORD
    {
        return Err(Ended::NoTls);
    }
    let mut content = vec![0; usize::from(length)];
    fill(stream, &mut content, end)?;
    Ok((kind, content))
}

/// Reads as much as there is room for, all of it before the end of the time.
fn fill(stream: &mut TcpStream, mut room: &mut [u8], end: Instant) -> Result<(), Ended> {
    while !room.is_empty() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || stream.set_read_timeout(Some(left)).is_err() {
            return Err(Ended::Late);
        }
        match stream.read(room) {
            Ok(0) => return Err(Ended::Closed),
            Ok(read) => room = room.get_mut(read..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error)
                if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) =>
            {
                return Err(Ended::Late);
            }
            Err(_) => return Err(Ended::Closed),
        }
    }
    Ok(())
}

/// Content types (RFC 5246 section 6.2.1).
const CHANGE_CIPHER: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION: u8 = 23;
/// Alerts of a server that has no suite in common with the client (RFC 5246 section 7.2).
const HANDSHAKE_FAILURE: u8 = 40;
const INSUFFICIENT_SECURITY: u8 = 71;
/// The longest record: 2^14 bytes, and what encryption may add.
const MAX_RECORD: u16 = (1 << 14) + (1 << 11);
/// Addresses of one name that are tried.
const MAX_ADDRESSES: usize = 8;
