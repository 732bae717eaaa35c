//! One file of a TFTP node over HTTP (P-BOOT-2), bounded in time and size.

use super::target::Target;
use crate::limits::MAX_SERVED;
use std::io::{self, Read};
use std::time::Duration;
use ureq::Agent;

/// Asks TFTP nodes.
#[derive(Clone, Debug)]
pub(super) struct Client {
    agent: Agent,
    timeout: Duration,
}

/// Why no file came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server has no such file.
    NotFound,
    /// Nothing accepts connections: asking for further files is in vain.
    Unreachable(String),
    /// Anything else, in one line.
    Other(String),
}

impl Client {
    /// Makes a client that follows no redirect and takes no proxy from the environment.
    pub(super) fn new(timeout: Duration, proxy: Option<&str>) -> Result<Self, String> {
        let proxy = match proxy {
            Some(proxy) => {
                Some(ureq::Proxy::new(proxy).map_err(|error| format!("--proxy {proxy}: {error}"))?)
            }
            None => None,
        };
        let config = Agent::config_builder()
            .proxy(proxy)
            // A redirect is told, never followed: what is not on the command line is not contacted.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_global(Some(timeout))
            .max_response_header_size(MAX_HEADERS)
            .max_idle_connections(0)
            .user_agent("trustlist");
        Ok(Self { agent: config.build().into(), timeout })
    }

    /// Fetches one file, whole.
    pub(super) fn fetch(&self, target: &Target, name: &str) -> Result<Vec<u8>, Fault> {
        let url = format!("http://{}/{name}", target.address());
        let mut answer = self.agent.get(&url).call().map_err(|error| self.fault(&error))?;
        match answer.status().as_u16() {
            200 => {}
            404 => return Err(Fault::NotFound),
            status @ 300..=399 => {
                let to = answer
                    .headers()
                    .get("location")
                    .map(|to| String::from_utf8_lossy(to.as_bytes()).into_owned());
                let to = to.map(|to| format!(" to {to}")).unwrap_or_default();
                return Err(Fault::Other(format!(
                    "a redirect{to} (HTTP {status}), which is not followed"
                )));
            }
            status => return Err(Fault::Other(format!("HTTP status {status}"))),
        }
        let said = answer.body().content_length();
        if let Some(length) = said.filter(|&length| length > MAX_SERVED) {
            return Err(Fault::Other(format!("the server announces {length} bytes, {TOO_LONG}")));
        }
        let mut bytes = Vec::new();
        let mut body = answer.body_mut().as_reader().take(MAX_SERVED + 1);
        let read = body.read_to_end(&mut bytes);
        let came = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if came > MAX_SERVED {
            return Err(Fault::Other(format!("the transfer does not end, {TOO_LONG}")));
        }
        match (read, said) {
            (Ok(_), Some(said)) if came != said => Err(cut(came, Some(said))),
            (Ok(_), _) => Ok(bytes),
            (Err(error), said) => Err(match error.downcast::<ureq::Error>() {
                Ok(error @ ureq::Error::Timeout(_)) => self.fault(&error),
                Err(error) if error.kind() == io::ErrorKind::TimedOut => Fault::Other(self.slow()),
                _ => cut(came, said),
            }),
        }
    }

    fn fault(&self, error: &ureq::Error) -> Fault {
        match error {
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => {
                Fault::Unreachable(self.slow())
            }
            ureq::Error::Timeout(_) => Fault::Other(self.slow()),
            ureq::Error::HostNotFound => Fault::Unreachable("the name is not known".to_owned()),
            ureq::Error::Io(error) if is_about_connecting(error) => {
                Fault::Unreachable(plain(error))
            }
            ureq::Error::ConnectionFailed => Fault::Unreachable("the connection failed".to_owned()),
            ureq::Error::Io(error) => Fault::Other(plain(error)),
            other => Fault::Other(format!("no answer in HTTP: {other}")),
        }
    }

    fn slow(&self) -> String {
        format!("no whole answer within {} s (--timeout)", self.timeout.as_secs())
    }
}

fn cut(came: u64, said: Option<u64>) -> Fault {
    Fault::Other(match said {
        Some(said) => format!("the transfer ended after {came} of {said} bytes"),
        None => format!("the transfer broke off after {came} bytes"),
    })
}

/// Whether a connection was not made at all.
fn is_about_connecting(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable};
    matches!(
        error.kind(),
        AddrNotAvailable | ConnectionRefused | HostUnreachable | NetworkUnreachable
    ) || is_unknown(error)
}

/// Whether a name leads to no address. The standard library has no kind for it.
fn is_unknown(error: &io::Error) -> bool {
    error.to_string().starts_with("failed to lookup address")
}

/// The error without the number of the system.
pub(super) fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The longest header of an answer.
const MAX_HEADERS: usize = 16 << 10;
const TOO_LONG: &str = "expected at most 2 MiB (cli::limits::MAX_SERVED)";
