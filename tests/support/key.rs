//! The pool of test keys in `testdata/keys`.

use rsa::pkcs8::{DecodePrivateKey as _, Document};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use trustlist::verify::RsaSigner;

/// One private key of the pool.
pub(crate) struct Key {
    /// Its name: `rsa2048-01`.
    pub(crate) name: String,
    /// Signs lists.
    pub(crate) signer: RsaSigner,
    /// Signs certificates.
    pub(crate) private: rsa::PrivateKey,
}

/// The pool's folder, from any crate of the workspace.
fn folder() -> PathBuf {
    let of_crate = Path::new(env!("CARGO_MANIFEST_DIR"));
    of_crate
        .ancestors()
        .map(|folder| folder.join("testdata/keys"))
        .find(|folder| folder.is_dir())
        .unwrap()
}

/// The key of this name, read once.
pub(crate) fn key(name: &str) -> &'static Key {
    static POOL: OnceLock<Mutex<BTreeMap<String, &'static Key>>> = OnceLock::new();
    let mut pool = POOL.get_or_init(Mutex::default).lock().unwrap();
    if let Some(key) = pool.get(name) {
        return key;
    }
    let der = pem(&format!("{name}.pem"));
    let key: &'static Key = Box::leak(Box::new(Key {
        name: name.to_owned(),
        signer: RsaSigner::from_pkcs8_der(der.as_bytes()).unwrap(),
        private: rsa::PrivateKey::from_pkcs8_der(der.as_bytes()).unwrap(),
    }));
    pool.insert(name.to_owned(), key);
    key
}

/// A public elliptic curve key of the pool, `SubjectPublicKeyInfo` DER.
pub(crate) fn public_key(name: &str) -> Vec<u8> {
    pem(&format!("{name}-public.pem")).as_bytes().to_vec()
}

fn pem(file: &str) -> Document {
    read_pem(&folder().join(file))
}

/// The DER in a PEM file.
pub(crate) fn read_pem(path: &Path) -> Document {
    let text =
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Document::from_pem(&text).unwrap().1
}
