//! A snapshot of a cluster: the files collected from each server, the time, and the failures. Times
//! are reported, never decisive.

use serde::{Deserialize, Serialize};
use trustlist::phone::TlsVersion;

/// The schema of a snapshot.
pub(crate) const SNAPSHOT_SCHEMA: &str = "trustlist.snapshot/1";

/// `snapshot.json` of a folder that `trustlist collect` makes (spec/CONTRACT.md section 6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Snapshot"))]
pub(crate) struct Snapshot {
    /// The name and version of this form.
    #[cfg_attr(test, schemars(extend("const" = SNAPSHOT_SCHEMA)))]
    pub(crate) schema: String,
    /// The version of the program that collected.
    pub(crate) made_by: String,
    /// When it began, by the clock of the machine that collected.
    #[cfg_attr(test, schemars(with = "super::schema::Date"))]
    pub(crate) begun: String,
    /// When it ended.
    #[cfg_attr(test, schemars(with = "super::schema::Date"))]
    pub(crate) ended: String,
    /// The TFTP nodes, in the order of the command line.
    pub(crate) tftp: Vec<TftpNode>,
    /// The TVS servers, in the order of the command line.
    pub(crate) tvs: Vec<TvsNode>,
    /// Pasted text that holds no list: what TVS stores hold, the minimum TLS version.
    pub(crate) pastes: Vec<KeptFile>,
    /// The lowest TLS version that any TVS server accepts; `null` if no server showed it.
    pub(crate) tls_minimum: Option<String>,
    /// Failures, one line each. An empty list means that everything was collected.
    pub(crate) errors: Vec<String>,
}

/// The files that one TFTP node served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TftpNode"))]
pub(crate) struct TftpNode {
    /// The name of the node.
    pub(crate) node: String,
    /// Where it was asked, as HOST:PORT; `null` where files were given instead.
    pub(crate) address: Option<String>,
    /// Every file that was asked for.
    pub(crate) files: Vec<ServedFile>,
}

/// One file of a TFTP node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ServedFile"))]
pub(crate) struct ServedFile {
    /// The name that a phone asks for.
    pub(crate) name: String,
    /// The outcome.
    pub(crate) outcome: FileOutcome,
    /// When the answer came.
    #[cfg_attr(test, schemars(with = "super::schema::Date"))]
    pub(crate) at: String,
    /// The file, if it was found.
    #[serde(default)]
    pub(crate) file: Option<KeptFile>,
    /// Why there is none, or what is odd about it.
    #[serde(default)]
    pub(crate) error: Option<String>,
}

/// The outcome of a request for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "FileOutcome"))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FileOutcome {
    /// The server sent it, and it reads as what it should be.
    Found,
    /// The server has no such file.
    NotFound,
    /// The server sent something of zero bytes.
    Empty,
    /// Nothing usable came.
    Failed,
}

/// A file in the folder of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "KeptFile"))]
pub(crate) struct KeptFile {
    /// Where it is, from the folder of the snapshot; parts are separated by `/`.
    pub(crate) path: String,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The SHA-256 of its bytes.
    #[cfg_attr(test, schemars(with = "super::schema::Hex"))]
    pub sha256: String,
}

/// The answers of one TVS server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TvsNode"))]
pub(crate) struct TvsNode {
    /// The name of the server.
    pub(crate) server: String,
    /// Where it was asked, as HOST:PORT; `null` where its certificate was given instead.
    pub(crate) address: Option<String>,
    /// The outcome.
    pub(crate) outcome: TvsOutcome,
    /// When the answer came.
    #[cfg_attr(test, schemars(with = "super::schema::Date"))]
    pub(crate) at: String,
    /// The certificate that it presents, in DER or PEM.
    #[serde(default)]
    pub(crate) certificate: Option<KeptFile>,
    /// The subject of that certificate.
    #[serde(default)]
    pub(crate) subject: Option<String>,
    /// Its serial number.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Option<super::schema::Hex>"))]
    pub(crate) serial: Option<String>,
    /// The TLS versions that were tried.
    pub(crate) tls: Vec<TlsTry>,
    /// Why there is no certificate.
    #[serde(default)]
    pub(crate) error: Option<String>,
}

/// The outcome of a request to a TVS server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TvsOutcome"))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TvsOutcome {
    /// It presented a certificate.
    Presents,
    /// It speaks TLS 1.3 alone, which shows the certificate only to who finishes the handshake.
    Tls13Only,
    /// Nothing accepts connections there.
    Down,
    /// It accepts connections, but nothing usable came.
    Failed,
}

/// One TLS version that a server was offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TlsTry"))]
pub(crate) struct TlsTry {
    /// The version: 1.0, 1.1, 1.2 or 1.3.
    pub(crate) version: String,
    /// True if the server accepts it; `null` if its answer does not show it.
    pub(crate) accepted: Option<bool>,
    /// The server's answer, if it did not accept it.
    #[serde(default)]
    pub(crate) answer: Option<String>,
}

impl Snapshot {
    /// Returns whether the files of a snapshot stay in its folder: a snapshot may come from
    /// elsewhere.
    pub(crate) fn stays_inside(&self) -> bool {
        self.kept().all(|file| {
            let odd = |part: &str| {
                part.is_empty() || part == "." || part == ".." || part.contains(['\\', ':', '\0'])
            };
            !file.path.split('/').any(odd)
        })
    }

    /// Returns a TLS version that there is not.
    pub(crate) fn odd_version(&self) -> Option<&str> {
        let tried = self.tvs.iter().flat_map(|server| &server.tls);
        let tried = tried.map(|tried| tried.version.as_str());
        let versions = self.tls_minimum.as_deref().into_iter().chain(tried);
        versions.into_iter().find(|version| TlsVersion::from_word(version).is_none())
    }

    /// Returns the lists and certificates that the snapshot holds.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &KeptFile> {
        let served = self
            .tftp
            .iter()
            .flat_map(|node| node.files.iter().filter_map(|served| served.file.as_ref()));
        served
            .chain(self.tvs.iter().filter_map(|server| server.certificate.as_ref()))
            .chain(&self.pastes)
    }
}
