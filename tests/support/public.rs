//! The public types, listed from the sources.

use std::path::Path;

/// The types that a module exports: by `pub use`, or written there. Traits are no types.
pub(crate) fn exported(module: &str) -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(format!("{module}.rs"));
    let text = std::fs::read_to_string(source).unwrap();
    let used = text
        .split("\npub use ")
        .skip(1)
        .filter_map(|rest| rest.split_once(';'))
        .map(|(used, _)| used.to_owned());
    let written = text.lines().filter_map(|line| {
        let name = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))?;
        Some(name.to_owned())
    });
    let written = written.map(|line| {
        line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
    });
    let words = used.flat_map(|used| {
        used.split(|c: char| !c.is_alphanumeric() && c != '_')
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    let is_type = |word: &String| {
        word.starts_with(char::is_uppercase)
            && word.contains(char::is_lowercase)
            && !TRAITS.contains(&word.as_str())
    };
    words
        .chain(written)
        .filter(is_type)
        .filter(|name| !(name == "Signer" && module == "wire/write"))
        .map(|name| format!("{}::{name}", module.replace('/', "::")))
        .collect()
}

/// Every module with types of its own.
pub(crate) const MODULES: &[&str] = &[
    "cert",
    "code",
    "console",
    "diff",
    "facts",
    "fleet",
    "lint",
    "phone",
    "question",
    "report",
    "report/fleet",
    "report/list",
    "verify",
    "wire",
    "wire/write",
];

const TRAITS: &[&str] =
    &["LooseSignatures", "ReleaseRules", "Member", "OwnConfig", "SignatureVerifier", "Signatures"];
