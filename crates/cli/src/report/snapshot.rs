//! A snapshot of a cluster: what was collected from which server, when, and what could not be. Times are told, never decisive.

use serde::{Deserialize, Serialize};

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
    /// The TFTP nodes, in the order in which they were named.
    pub(crate) tftp: Vec<TftpNode>,
    /// The TVS servers, in the order in which they were named.
    pub(crate) tvs: Vec<TvsNode>,
    /// Pasted text that holds no list: what TVS stores hold, the minimum TLS version.
    pub(crate) pastes: Vec<KeptFile>,
    /// The lowest TLS version that any TVS server accepts; `null` where no server told it.
    pub(crate) tls_minimum: Option<String>,
    /// What went wrong, one line each. An empty list says that everything was collected.
    pub(crate) errors: Vec<String>,
}

/// What one TFTP node served.
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
    /// What came of it.
    pub(crate) outcome: FileOutcome,
    /// When the answer came.
    #[cfg_attr(test, schemars(with = "super::schema::Date"))]
    pub(crate) at: String,
    /// The file, where it was found.
    #[serde(default)]
    pub(crate) file: Option<KeptFile>,
    /// Why there is none, or what is odd about it.
    #[serde(default)]
    pub(crate) error: Option<String>,
}

/// What came of asking for a file.
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

/// What one TVS server did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "TvsNode"))]
pub(crate) struct TvsNode {
    /// The name of the server.
    pub(crate) server: String,
    /// Where it was asked, as HOST:PORT; `null` where its certificate was given instead.
    pub(crate) address: Option<String>,
    /// What came of it.
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

/// What came of asking a TVS server.
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
    /// Whether the server takes it; `null` where its answer does not tell.
    pub(crate) accepted: Option<bool>,
    /// What the server answered, where it did not take it.
    #[serde(default)]
    pub(crate) answer: Option<String>,
}

impl Snapshot {
    /// Returns whether the files of a snapshot stay in its folder: a snapshot may come from elsewhere.
    pub(crate) fn stays_inside(&self) -> bool {
        self.kept().all(|file| {
            let odd = |part: &str| {
                part.is_empty() || part == "." || part == ".." || part.contains(['\\', ':', '\0'])
            };
            !file.path.split('/').any(odd)
        })
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
