//! Promises to programs that embed the library: it builds without std, and its types can be sent
//! and shared.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[test]
fn a_library_without_std_builds_and_nothing_brings_std_in() {
    let workspace = workspace("no_std", "src/lib.rs");
    let built = cargo(&workspace, &["build"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    // With std there are two panic handlers: the same library must be refused, and for this reason.
    let with_std = cargo(&workspace, &["check", "--features", "std"]);
    let why = String::from_utf8_lossy(&with_std.stderr);
    assert!(!with_std.status.success() && why.contains("panic_impl"), "{why}");
}

/// Features unify over a whole program: ours must not change what other crates do.
#[test]
fn other_users_of_rsa_and_serde_json_are_left_alone() {
    let ran = cargo(&workspace("beside", "src/main.rs"), &["run"]);
    let (said, why) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    let lines: Vec<&str> = said.lines().collect();
    assert!(ran.status.success() && lines.len() == 3, "{said}{why}");
    assert!(lines[0].starts_with("rsa::") && lines[0].ends_with("::RustCrypto"), "{}", lines[0]);
    assert_eq!(lines[1..], [r#"{"a":2,"z":1}"#, r#"{"z":1,"a":2}"#]);
}

#[test]
fn a_program_that_depends_on_the_library_alone_has_its_answer() {
    let workspace = workspace("six_lines", "src/main.rs");
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let ask = |old: &str, new: &str| {
        let [old, new] =
            [old, new].map(|name| testdata.join(name).join("ITLFile.tlv").display().to_string());
        let output = cargo(&workspace, &["run", "--", &old, &new]);
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (status, told, error) = ask("recovery/before", "recovery/after-callmanager");
    assert_eq!(status, Some(0), "{told}{error}");
    assert!(
        told.starts_with("YES: the phone accepts the ITL.\nAssumed: no CTL on the phone\n"),
        "{told}"
    );
    let (status, told, _) = ask("cluster/before", "cluster/after-callmanager");
    assert_eq!(status, Some(3), "{told}");
    assert!(
        told.contains(
            "UNDECIDED: one fact is missing, so it is not known if the phone accepts the ITL."
        ) && told.ends_with("other:        depends\n"),
        "{told}"
    );
}

/// A folder of `tests` outside the parent's workspace, with the parent's versions.
fn workspace(name: &str, source: &str) -> PathBuf {
    let parent = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (from, to) =
        (parent.join("tests").join(name), Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
    std::fs::create_dir_all(to.join("src")).unwrap();
    std::fs::copy(from.join(source), to.join(source)).unwrap();
    std::fs::copy(parent.join("Cargo.lock"), to.join("Cargo.lock")).unwrap();
    let manifest = std::fs::read_to_string(from.join("Cargo.toml")).unwrap();
    let path = format!("path = {:?}", parent.to_str().unwrap());
    assert!(manifest.contains("path = \"../..\""));
    std::fs::write(to.join("Cargo.toml"), manifest.replace("path = \"../..\"", &path)).unwrap();
    to
}

fn cargo(workspace: &Path, arguments: &[&str]) -> Output {
    let target = workspace.join("target");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(arguments)
        .args(["--quiet", "--offline", "--target-dir"])
        .arg(target)
        .current_dir(workspace);
    // A coverage or sanitizer run of the tests is not one of this build.
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(variable);
    }
    cargo.output().unwrap()
}

#[test]
fn errors_are_errors_and_small() {
    fn error<T: std::error::Error + 'static>() {}
    use trustlist::{cert, verify, wire};
    error::<wire::ParseError>();
    error::<wire::write::WriteError>();
    error::<verify::KeyRefused>();
    error::<cert::CertificateError>();
    assert!(size_of::<wire::ParseError>() <= 48, "{}", size_of::<wire::ParseError>());
}

/// Two users of the library in one process do not hear of each other: nothing outside the command
/// line is global. A constant table and an atomic counter for names of temporary files would be
/// harmless, but there is none either.
#[test]
fn there_is_no_global_state() {
    let mut found = Vec::new();
    for (path, text) in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        // Schemas are made in tests only: their modules are under `cfg(test)`.
        if ["/cli/", "/cli.rs", "/bin/", "/schema.rs"]
            .iter()
            .any(|of_the_process| path.contains(of_the_process))
        {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (line, number) in code.lines().zip(1..) {
            let words = line.split("//").next().unwrap_or_default();
            if is_global(words) {
                found.push(format!("{path}:{number}: {}", line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Checks if a line makes or reads global state: a `static` that can change, or the environment. A
/// cell in a struct is part of a value.
fn is_global(line: &str) -> bool {
    let is_static = line.trim_start().starts_with("static ") || line.contains(" static ");
    let can_change = ["Cell", "Lock", "Mutex", "Atomic"].iter().any(|cell| line.contains(cell));
    (is_static && can_change) || GLOBAL.iter().any(|global| line.contains(global))
}

const GLOBAL: &[&str] = &["static mut", "thread_local!", "lazy_static", "std::env::"];

/// Code that starts threads is compiled only with the feature that asks for them.
#[test]
fn threads_are_started_by_rayon_only() {
    let mut found = Vec::new();
    for (path, text) in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: String =
            code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let starts = ["std::thread", "thread::spawn", "thread::scope", "rayon::"]
            .iter()
            .any(|word| code.contains(word));
        if starts {
            found.push(path);
        }
    }
    assert!(found.iter().all(|path| path.ends_with("src/fleet/parallel.rs")), "{found:?}");
}

/// The lint that finds what the promised compiler does not have is on.
#[test]
fn the_compiler_that_is_promised_is_held_to() {
    let read = |name: &str| {
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
    };
    assert!(read("src/lib.rs").contains("clippy::incompatible_msrv"));
    assert!(read("Cargo.toml").contains("\nrust-version = "));
}

/// Every source below a folder, by its path.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(found.len() > 10);
    found
}
