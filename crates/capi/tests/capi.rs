//! The C interface by its sources: the places of unsafe code, and a reason at each. What it does
//! is tested from C: `.ci/capi`.

use std::path::{Path, PathBuf};

#[test]
fn unsafe_code_is_allowed_in_one_place_only() {
    let allowed: Vec<_> =
        sources().into_iter().filter(|(_, text)| text.contains("allow(unsafe_code")).collect();
    assert_eq!(allowed.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["lib.rs"]);
}

#[test]
fn there_is_one_unsafe_block_and_each_in_tests_is_explained_too() {
    let mut outside_tests = Vec::new();
    for (path, text) in sources() {
        let (mut tests, mut before) = (false, Vec::new());
        for line in text.lines() {
            tests |= line == "#[cfg(test)]";
            let code = line.split("//").next().unwrap();
            if code.contains("unsafe {")
                || code.contains("unsafe fn")
                || code.contains("unsafe impl")
            {
                assert!(
                    before.iter().rev().take(3).any(|line: &&str| line.contains("// SAFETY: ")),
                    "{path}: {line}"
                );
                outside_tests.extend((!tests).then(|| path.clone()));
            }
            before.push(line);
        }
    }
    assert_eq!(outside_tests, ["ffi.rs"]);
}

#[test]
fn the_versions_are_those_of_the_crate() {
    let header = read("include/trustlist.h");
    for (part, version) in [
        ("MAJOR", env!("CARGO_PKG_VERSION_MAJOR")),
        ("MINOR", env!("CARGO_PKG_VERSION_MINOR")),
        ("PATCH", env!("CARGO_PKG_VERSION_PATCH")),
    ] {
        assert!(
            header.contains(&format!("#define TRUSTLIST_VERSION_{part} {version}\n")),
            "{part} is not {version}"
        );
    }
    let metadata = format!("name = \"trustlist\"\nversion = \"{}\"\n", env!("CARGO_PKG_VERSION"));
    assert!(read("Cargo.toml").contains(&metadata), "cargo-c's metadata is of another version");
}

#[test]
fn each_function_of_the_header_is_called_from_c() {
    let header = read("include/trustlist.h");
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = header
        .match_indices("trustlist_")
        .filter_map(|(at, _)| header[at..].split_once(|c| !is_word(c)).map(|(word, _)| (at, word)));
    let functions: Vec<&str> = words
        .filter(|(at, word)| header[at + word.len()..].starts_with('('))
        .map(|(_, word)| word)
        .collect();
    assert!(functions.len() > 70, "{functions:?}");
    let programs = ["files", "records", "verify", "questions", "predictions"]
        .map(|name| read(&format!("tests/c/{name}.c")))
        .concat();
    let words: Vec<&str> = programs.split(|c| !is_word(c)).collect();
    let missing: Vec<_> = functions.iter().filter(|function| !words.contains(function)).collect();
    assert!(missing.is_empty(), "not called in tests/c: {missing:?}");
}

/// Every source under src, by its path there.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut found) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().display().to_string();
                found.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(found.len() >= 10, "only {} sources found", found.len());
    found
}

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}
