//! The texts of the repository.

use std::path::Path;

/// A file that is text.
#[derive(Debug)]
pub(crate) struct Text {
    /// From the root of the repository.
    pub(crate) name: String,
    pub(crate) text: String,
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text, in order; folders of builds, of git and of fuzzing are left out.
pub(crate) fn texts() -> Vec<Text> {
    let mut texts = Vec::new();
    collect(root(), &mut texts);
    texts.sort_by(|one, other| one.name.cmp(&other.name));
    texts
}

fn collect(folder: &Path, texts: &mut Vec<Text>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            if ![
                "target",
                "dist",
                ".git",
                "fuzz/target",
                "fuzz/corpus",
                "fuzz/artifacts",
                "fuzz/coverage",
            ]
            .contains(&name.as_str())
            {
                collect(&path, texts);
            }
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            texts.push(Text { name, text });
        }
    }
}
