//! The promises of Cargo.toml: the compiler it needs, the crates a library user compiles, their
//! licences, and the files of the package.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

#[test]
fn the_rust_version_is_the_highest_of_the_dependencies() {
    let tree = Tree::of(&["--all-features"]);
    let own = version(tree.root()["rust_version"].as_str().unwrap());
    let needed = tree
        .built()
        .into_iter()
        .filter_map(|package| Some((version(package["rust_version"].as_str()?), name(package))));
    let highest = needed.filter(|&(_, name)| name != "trustlist").max().unwrap();
    assert_eq!(own, highest.0, "{} needs it", highest.1);
}

#[test]
fn a_library_user_compiles_no_crate_for_command_lines() {
    assert_eq!(for_command_lines(&Tree::of(&["--all-features"])), BTreeSet::new());
}

/// The drawing of DESIGN.md: "one ──> other ──> third".
#[test]
fn the_drawing_of_the_crates_is_that_of_cargo() {
    let design = include_str!("../DESIGN.md");
    let (_, drawing) = design.split_once("## Crates\n\n```text\n").unwrap();
    let (drawing, _) = drawing.split_once("```").unwrap();
    let mut drawn = BTreeSet::new();
    for line in drawing.lines() {
        let crates: Vec<&str> = line.split("──>").map(str::trim).collect();
        // Whoever uses a crate may use what that one uses.
        for (at, user) in crates.iter().enumerate() {
            drawn.extend(crates[at + 1..].iter().map(|used| (user.to_string(), used.to_string())));
        }
    }
    let metadata = cargo(&["metadata", "--format-version", "1", "--no-deps", "--offline"]).unwrap();
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let mut real = BTreeSet::new();
    for package in metadata["packages"].as_array().unwrap() {
        let used = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|used| used["path"].is_string() && used["kind"].is_null());
        real.extend(used.map(|used| (name(package).to_owned(), name(used).to_owned())));
    }
    assert!(real.len() >= 4, "{real:?}");
    assert_eq!(real, drawn);
}

#[test]
fn without_features_only_parsers_and_hashes_are_compiled() {
    let arguments = [
        "tree",
        "-p",
        "trustlist",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--no-default-features",
        "--offline",
    ];
    let tree = cargo(&arguments).unwrap();
    let crates: BTreeSet<&str> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let heavy = ["rsa", "aws-lc-sys", "serde_json", "clap"]
        .into_iter()
        .filter(|heavy| crates.contains(heavy));
    assert_eq!(heavy.collect::<Vec<_>>(), [""; 0]);
    assert!(crates.contains("der") && crates.len() <= 25, "{} crates", crates.len());
}

#[test]
fn every_licence_is_permissive() {
    for package in Tree::of(&["--all-features"]).all() {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(is_permissive(licence), "{}: {licence}", name(package));
    }
}

#[test]
fn licence_expressions_are_read() {
    for good in [
        "MIT",
        "MIT/Apache-2.0",
        "MIT OR GPL-3.0-only",
        "(MIT OR GPL-2.0) AND Zlib",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_permissive(good), "{good}");
    }
    for bad in [
        "",
        "none",
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "(MIT AND LGPL-2.1) OR MPL-2.0",
        "MIT OR",
    ] {
        assert!(!is_permissive(bad), "{bad}");
    }
}

#[test]
fn the_package_holds_sources_and_papers_and_stays_small() {
    let arguments =
        ["package", "-p", "trustlist", "--list", "--allow-dirty", "--offline", "--quiet"];
    let list = cargo(&arguments).unwrap_or_else(|error| panic!("{error}"));
    let files: BTreeSet<&str> = list.lines().collect();
    for wanted in [
        "Cargo.toml",
        "src/lib.rs",
        "schema/prediction-1.json",
        "README.md",
        "CHANGELOG.md",
        "LICENSE-MIT",
        "testdata/cluster/before/ITLFile.tlv",
    ] {
        assert!(files.contains(wanted), "{wanted} is not packaged");
    }
    let unwanted = files.iter().filter(|file| {
        ["testdata/keys/", "tests/", "fuzz/", "crates/", ".ci/"]
            .iter()
            .any(|folder| file.starts_with(folder))
    });
    assert_eq!(unwanted.count(), 0, "{list}");
    let target = concat!(env!("CARGO_TARGET_TMPDIR"), "/package");
    cargo(&[
        "package",
        "-p",
        "trustlist",
        "--no-verify",
        "--allow-dirty",
        "--offline",
        "--quiet",
        "--target-dir",
        target,
    ])
    .unwrap();
    let bytes = std::fs::metadata(format!(
        "{target}/package/trustlist-{}.crate",
        env!("CARGO_PKG_VERSION")
    ))
    .unwrap()
    .len();
    assert!((50_000..1_000_000).contains(&bytes), "{bytes} bytes");
}

/// The dependency tree of a set of features, for this machine.
struct Tree {
    packages: BTreeMap<String, Value>,
    /// Package, dependency, and what for.
    edges: Vec<(String, String, Need)>,
    root: String,
}

impl Tree {
    fn of(features: &[&str]) -> Self {
        let about = cargo(&["-vV"]).unwrap();
        let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
        let arguments = [
            &["metadata", "--format-version", "1", "--locked", "--filter-platform", host],
            features,
        ]
        .concat();
        // The packages that the build needed are present; all others in the lock file are fetched.
        let text = cargo(&[&arguments[..], &["--offline"]].concat()).or_else(|_| cargo(&arguments));
        let document: Value =
            serde_json::from_str(&text.unwrap_or_else(|error| panic!("{error}"))).unwrap();
        let packages = document["packages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|package| (string(&package["id"]), package.clone()));
        let mut edges = Vec::new();
        for node in document["resolve"]["nodes"].as_array().unwrap() {
            for dependency in node["deps"].as_array().unwrap() {
                let needs = dependency["dep_kinds"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|kind| Need::of(&kind["kind"]));
                edges.push((string(&node["id"]), string(&dependency["pkg"]), needs.min().unwrap()));
            }
        }
        Self { packages: packages.collect(), edges, root: string(&document["resolve"]["root"]) }
    }

    fn root(&self) -> &Value {
        &self.packages[&self.root]
    }

    /// The packages compiled for a user: the crate and its dependencies, without those of tests.
    fn built(&self) -> Vec<&Value> {
        self.reached(Need::Build)
    }

    /// The crate, and what it needs for this or something more important.
    fn reached(&self, need: Need) -> Vec<&Value> {
        let (mut reached, mut open) = (BTreeSet::new(), vec![&self.root]);
        while let Some(package) = open.pop() {
            if reached.insert(package) {
                open.extend(
                    self.edges
                        .iter()
                        .filter(|(from, _, what)| from == package && *what <= need)
                        .map(|(_, to, _)| to),
                );
            }
        }
        reached.into_iter().map(|package| &self.packages[package]).collect()
    }

    /// And those of tests.
    fn all(&self) -> impl Iterator<Item = &Value> {
        self.packages.values()
    }
}

/// The kinds of a dependency, the most important first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    Run,
    Build,
    Test,
}

impl Need {
    fn of(kind: &Value) -> Self {
        match kind.as_str() {
            None => Self::Run,
            Some("build") => Self::Build,
            Some(_) => Self::Test,
        }
    }
}

fn for_command_lines(tree: &Tree) -> BTreeSet<&str> {
    let is_one = |package: &&Value| {
        let categories = package["categories"].as_array().unwrap();
        name(package) != "trustlist"
            && categories.iter().any(|category| category == "command-line-interface")
    };
    tree.reached(Need::Run).into_iter().filter(is_one).map(name).collect()
}

fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn version(text: &str) -> (u32, u32) {
    let mut numbers = text.split('.').map(|number| number.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap_or(0))
}

fn cargo(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(arguments)
        .output()
        .unwrap();
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).unwrap()),
        false => Err(format!(
            "cargo {}: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

/// Returns true if an SPDX expression can be met with permissive licences alone.
fn is_permissive(expression: &str) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace(" or ", " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    matches!(either(&words), Some((true, [])))
}

/// `a OR b`: the answer, and the words after it.
fn either<'a, 'b>(words: &'a [&'b str]) -> Option<(bool, &'a [&'b str])> {
    let (first, rest) = both(words)?;
    match rest.split_first() {
        Some((&"OR", rest)) => either(rest).map(|(second, rest)| (first || second, rest)),
        _ => Some((first, rest)),
    }
}

/// `a AND b` binds closer than OR.
fn both<'a, 'b>(words: &'a [&'b str]) -> Option<(bool, &'a [&'b str])> {
    let (first, rest) = one(words)?;
    match rest.split_first() {
        Some((&"AND", rest)) => both(rest).map(|(second, rest)| (first && second, rest)),
        _ => Some((first, rest)),
    }
}

fn one<'a, 'b>(words: &'a [&'b str]) -> Option<(bool, &'a [&'b str])> {
    match words {
        ["(", rest @ ..] => match either(rest)? {
            (answer, [")", rest @ ..]) => Some((answer, rest)),
            _ => None,
        },
        [licence, "WITH", exception, rest @ ..] => {
            Some((PERMISSIVE.contains(licence) && *exception == "LLVM-exception", rest))
        }
        [licence, rest @ ..] => Some((PERMISSIVE.contains(licence), rest)),
        [] => None,
    }
}

const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];
