//! The certificate and the TLS versions of a TVS server (P-TVS-1, P-TVS-11), read from the start of
//! handshakes that are never finished. Servers of CUCM 8 speak versions that no current TLS library
//! speaks; reading two messages needs none.

use super::network::{Target, plain};
use crate::limits::MAX_HANDSHAKE;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};
use tls_parser::{
    TlsMessage, TlsMessageHandshake, parse_tls_message_alert, parse_tls_message_handshake,
};
use trustlist::cert::Certificate;
use trustlist::facts::Serial;
use trustlist::phone::TlsVersion;

/// The behaviour of a TVS server.
#[derive(Debug)]
pub(super) struct Presented {
    pub(super) state: State,
    pub(super) tries: Vec<(TlsVersion, Try)>,
}

/// The result of all versions together.
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

/// The result of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Try {
    Accepted,
    Refused(String),
    /// The answer is not clear.
    Unclear(String),
}

/// Asks a server for each version.
pub(super) fn present(target: &Target, timeout: Duration) -> Presented {
    let mut tries = Vec::new();
    let (mut certificate, mut other): (Option<Vec<u8>>, _) = (None, None);
    // TLS 1.2 comes first, which most servers speak: without any answer the rest is not tried.
    for version in [TlsVersion::V1_2, TlsVersion::V1_0, TlsVersion::V1_1, TlsVersion::V1_3] {
        let mut answer = ask(target, version, Keys::Rsa, timeout);
        if matches!(answer, Answer::Refused(Alert::NoSuite, _)) {
            answer = ask(target, version, Keys::EllipticCurve, timeout);
        }
        match answer {
            Answer::Hello(found) => {
                tries.push((version, Try::Accepted));
                if certificate.is_some() && found.is_some() && found != certificate {
                    other = found;
                } else {
                    certificate = certificate.or(found);
                }
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
        (Some(first), _) if other.is_some() => State::Failed(two_servers(&first, other.as_deref())),
        (Some(der), _) => match Certificate::parse(&der) {
            Ok(_) => State::Certificate(der),
            Err(error) => State::Failed(format!("its certificate cannot be read: {error}")),
        },
        (None, [TlsVersion::V1_3]) => State::Tls13Only,
        (None, []) => State::Failed(no_version(&tries)),
        (None, _) => State::Failed("it answers TLS, but presents no certificate".to_owned()),
    };
    Presented { state, tries }
}

/// Says that one name gave two certificates: which one a phone meets is not known.
fn two_servers(first: &[u8], other: Option<&[u8]>) -> String {
    let serial = |der: &[u8]| match Certificate::parse(der) {
        Ok(certificate) => Serial::from_bytes(certificate.serial()).to_string(),
        Err(_) => "unreadable".to_owned(),
    };
    format!(
        "it presents two certificates (serial {} and serial {}): is this the name of two servers? Ask each of them by its own name",
        serial(first),
        serial(other.unwrap_or_default())
    )
}

fn no_version(tries: &[(TlsVersion, Try)]) -> String {
    let why = tries.iter().find_map(|(_, tried)| match tried {
        Try::Refused(why) | Try::Unclear(why) => Some(why.as_str()),
        Try::Accepted => None,
    });
    format!("no TLS version is accepted: {}", why.unwrap_or("no answer"))
}

/// The answer of a server to one hello.
#[derive(Debug)]
enum Answer {
    /// It accepts the version; with the first certificate, if it presents one.
    Hello(Option<Vec<u8>>),
    Refused(Alert, String),
    /// Something that is no TLS, or a version that was not offered.
    Unclear(String),
    /// The connection is open, and no answer comes.
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

/// A stream of bytes that waits no longer than it is told.
trait Timed: Read {
    fn wait_at_most(&self, left: Duration) -> io::Result<()>;
}

impl Timed for TcpStream {
    fn wait_at_most(&self, left: Duration) -> io::Result<()> {
        self.set_read_timeout(Some(left))
    }
}

/// Bytes that are all there: a recorded answer.
impl Timed for &[u8] {
    fn wait_at_most(&self, _: Duration) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the certificate of a recorded answer to the hello of `version`, if the server accepts
/// the version and presents one.
pub(crate) fn certificate_of(mut answer: &[u8], version: TlsVersion) -> Option<Vec<u8>> {
    match read_answer(&mut answer, version, Instant::now() + RECORDED) {
        Answer::Hello(certificate) => certificate,
        _ => None,
    }
}

/// Reads records until the certificate came, or what ends the handshake.
fn read_answer(stream: &mut impl Timed, version: TlsVersion, end: Instant) -> Answer {
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
            // TLS 1.3 encrypts everything after the hello.
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
fn record(stream: &mut impl Timed, end: Instant) -> Result<(u8, Vec<u8>), Ended> {
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
fn fill(stream: &mut impl Timed, mut room: &mut [u8], end: Instant) -> Result<(), Ended> {
    while !room.is_empty() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || stream.wait_at_most(left).is_err() {
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
/// A recorded answer is there at once.
const RECORDED: Duration = Duration::from_secs(60);
/// The longest record: 2^14 bytes, and what encryption may add.
const MAX_RECORD: u16 = (1 << 14) + (1 << 11);
/// Addresses of one name that are tried.
const MAX_ADDRESSES: usize = 8;

/// The key type that a hello asks for: phones of every age accept RSA, which is asked for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keys {
    Rsa,
    EllipticCurve,
}

/// Returns one record with a ClientHello that offers this version and no other.
pub(super) fn client_hello(version: TlsVersion, keys: Keys) -> Vec<u8> {
    let legacy = match version {
        TlsVersion::V1_0 => 0x0301_u16,
        TlsVersion::V1_1 => 0x0302,
        // TLS 1.3 names itself in an extension (RFC 8446 section 4.1.2).
        _ => 0x0303,
    };
    let suites: &[u16] = match (version, keys) {
        (TlsVersion::V1_3, _) => &SUITES_1_3,
        (TlsVersion::V1_2, Keys::Rsa) => &SUITES_RSA,
        (TlsVersion::V1_2, Keys::EllipticCurve) => &SUITES_EC,
        // Suites with SHA-256 came with TLS 1.2.
        (_, Keys::Rsa) => SUITES_RSA.split_at(OF_TLS_1_2).1,
        (_, Keys::EllipticCurve) => SUITES_EC.split_at(OF_TLS_1_2).1,
    };
    let mut body = legacy.to_be_bytes().to_vec();
    body.extend_from_slice(RANDOM);
    // No session is resumed.
    body.push(0);
    with_length(&mut body, 2, |suites_of| {
        suites.iter().for_each(|suite| suites_of.extend(suite.to_be_bytes()))
    });
    // No compression.
    body.extend([1, 0]);
    with_length(&mut body, 2, |extensions| extend(extensions, version, keys));
    let mut record = vec![HANDSHAKE];
    // Old servers refuse records of a version that they do not know, whatever is in them (RFC 5246
    // appendix E.1).
    record.extend(0x0301_u16.to_be_bytes());
    with_length(&mut record, 2, |record| {
        record.push(CLIENT_HELLO);
        with_length(record, 3, |message| message.extend(body));
    });
    record
}

fn extend(extensions: &mut Vec<u8>, version: TlsVersion, keys: Keys) {
    // supported_groups: x25519 (for TLS 1.3), secp256r1, secp384r1, secp521r1.
    let groups: &[u16] = if version == TlsVersion::V1_3 {
        &[0x001d, 0x0017, 0x0018]
    } else {
        &[0x0017, 0x0018, 0x0019]
    };
    extension(extensions, 10, |data| {
        with_length(data, 2, |data| {
            groups.iter().for_each(|group| data.extend(group.to_be_bytes()))
        })
    });
    // ec_point_formats: uncompressed.
    extension(extensions, 11, |data| data.extend([1, 0]));
    if version >= TlsVersion::V1_2 {
        let schemes: &[u16] = match (version, keys) {
            (TlsVersion::V1_3, _) => {
                &[0x0804, 0x0805, 0x0806, 0x0403, 0x0503, 0x0603, 0x0401, 0x0501, 0x0601]
            }
            (_, Keys::Rsa) => &[0x0401, 0x0501, 0x0601, 0x0804, 0x0805, 0x0806, 0x0201],
            (_, Keys::EllipticCurve) => &[0x0403, 0x0503, 0x0603, 0x0203],
        };
        extension(extensions, 13, |data| {
            with_length(data, 2, |data| {
                schemes.iter().for_each(|scheme| data.extend(scheme.to_be_bytes()))
            });
        });
    }
    if version == TlsVersion::V1_3 {
        // supported_versions: 1.3 alone.
        extension(extensions, 43, |data| data.extend([2, 3, 4]));
        // psk_key_exchange_modes: psk_dhe_ke.
        extension(extensions, 45, |data| data.extend([1, 1]));
        // key_share: the base point of x25519. It is the public value of a private one that
        // everybody knows, and is not used.
        extension(extensions, 51, |data| {
            with_length(data, 2, |shares| {
                shares.extend(0x001d_u16.to_be_bytes());
                with_length(shares, 2, |share| {
                    share.push(9);
                    share.extend([0; 31]);
                });
            });
        });
    }
}

fn extension(extensions: &mut Vec<u8>, kind: u16, fill: impl FnOnce(&mut Vec<u8>)) {
    extensions.extend(kind.to_be_bytes());
    with_length(extensions, 2, fill);
}

/// Appends the bytes that `fill` writes, after their length in `bytes` bytes.
fn with_length(out: &mut Vec<u8>, bytes: usize, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut inner = Vec::new();
    fill(&mut inner);
    let length = u32::try_from(inner.len()).unwrap_or(u32::MAX).to_be_bytes();
    out.extend(length.iter().skip(length.len().saturating_sub(bytes)));
    out.extend(inner);
}

/// The type of the first message of a handshake.
const CLIENT_HELLO: u8 = 1;
/// As no key is made of it, it need not be random.
const RANDOM: &[u8; 32] = b"trustlist reads the certificate.";
/// How many of the suites below need TLS 1.2.
const OF_TLS_1_2: usize = 6;
/// Suites with a certificate of RSA: those of 1.2, then ECDHE, DHE and RSA with AES, then what the
/// oldest servers have.
const SUITES_RSA: [u16; 15] = [
    0xc02f, 0xc030, 0x009c, 0x009d, 0x003c, 0x003d, 0xc013, 0xc014, 0x0033, 0x0039, 0x002f, 0x0035,
    0x000a, 0x0005, 0x0004,
];
/// Suites with a certificate of an elliptic curve.
const SUITES_EC: [u16; 9] =
    [0xc02b, 0xc02c, 0xc023, 0xc024, 0xcca9, 0xc0ac, 0xc009, 0xc00a, 0xc008];
/// Those of TLS 1.3.
const SUITES_1_3: [u16; 3] = [0x1301, 0x1302, 0x1303];

#[cfg(test)]
mod tests {
    use super::*;
    use tls_parser::{TlsMessage, TlsMessageHandshake, TlsVersion as Wire, parse_tls_plaintext};

    /// A reader of another origin finds what was meant.
    #[test]
    fn every_hello_reads() {
        let versions = [
            (TlsVersion::V1_0, Wire::Tls10, 9),
            (TlsVersion::V1_1, Wire::Tls11, 9),
            (TlsVersion::V1_2, Wire::Tls12, 15),
            (TlsVersion::V1_3, Wire::Tls12, 3),
        ];
        for (version, wire, suites) in versions {
            let bytes = client_hello(version, Keys::Rsa);
            let (rest, record) = parse_tls_plaintext(&bytes).unwrap();
            let [TlsMessage::Handshake(TlsMessageHandshake::ClientHello(hello))] = &record.msg[..]
            else {
                panic!()
            };
            assert!(rest.is_empty() && record.hdr.version == Wire::Tls10);
            assert_eq!(
                (hello.version, hello.ciphers.len(), hello.session_id),
                (wire, suites, None)
            );
            let (rest, extensions) =
                tls_parser::parse_tls_client_hello_extensions(hello.ext.unwrap()).unwrap();
            assert!(rest.is_empty());
            let of_1_3 = format!("{extensions:?}").contains("SupportedVersions");
            assert_eq!(of_1_3, version == TlsVersion::V1_3, "{extensions:?}");
        }
        let ec = client_hello(TlsVersion::V1_0, Keys::EllipticCurve);
        assert_ne!(ec, client_hello(TlsVersion::V1_0, Keys::Rsa));
    }
}
