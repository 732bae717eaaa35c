//! Gives the shared library its SONAME: programs that were linked with one 0.N run with every later 0.N.x.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
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
}
