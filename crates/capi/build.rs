//! Gives the shared library its SONAME: programs that were linked with one 0.N run with every later 0.N.x. Writes the version file for
//! CMake, which cargo-c installs.

use std::path::Path;

const VERSION_FILE: &str = "cmake/trustlist-config-version.cmake.in";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={VERSION_FILE}");
    let is_elf = std::env::var("CARGO_CFG_TARGET_OS")
        .is_ok_and(|os| ["linux", "freebsd", "netbsd", "openbsd"].contains(&os.as_str()));
    let version =
        |part: &str| std::env::var(format!("CARGO_PKG_VERSION_{part}")).unwrap_or_default();
    // cargo-c says it by itself.
    if is_elf && std::env::var_os("CARGO_FEATURE_CAPI").is_none() {
        println!(
            "cargo::rustc-cdylib-link-arg=-Wl,-soname,libtrustlist.so.{}.{}",
            version("MAJOR"),
            version("MINOR")
        );
    }
    if let Some(folder) = std::env::var_os("OUT_DIR") {
        let text = std::fs::read_to_string(VERSION_FILE).unwrap_or_default();
        let text = text.replace("@VERSION@", env!("CARGO_PKG_VERSION"));
        let written =
            std::fs::write(Path::new(&folder).join("trustlist-config-version.cmake"), text);
        written.expect("a build script may write to OUT_DIR");
    }
}
