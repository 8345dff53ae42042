//! A release binary holds the built page: when that changes, the binary does. A development binary reads the page from
//! its folder, also when it was compiled before there was a page.
//!
//! A release binary is linked with packed relocations where that works: linkers of before 2022 do not know them, and a C
//! library before glibc 2.36 starts no program that has them. So a small program is tried first.

#![expect(clippy::disallowed_methods, reason = "cargo speaks to build scripts through the environment")]

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A program that may be loaded anywhere adjusts its pointers when it starts. This notes most of them with one bit each
/// instead of 24 bytes.
const PACKED: &str = "-Wl,-z,pack-relative-relocs";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=../target/site/assets.json");
        pack_relocations()?;
    } else {
        // What embeds the page resolves the folder's path as it compiles, and finds nothing in one that came later.
        fs::create_dir_all("../target/site")?;
    }
    Ok(())
}

fn pack_relocations() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    let set = |name: &str| env::var(name).unwrap_or_default();
    // What is built for another machine can't be tried here.
    if set("CARGO_CFG_TARGET_OS") != "linux" || set("TARGET") != set("HOST") {
        return Ok(());
    }
    let source = PathBuf::from(set("OUT_DIR")).join("small.rs");
    fs::write(&source, "fn main() {}")?;
    if works(&source, PACKED) {
        println!("cargo::rustc-link-arg-bin=toolgate={PACKED}");
    } else {
        println!("cargo::warning=the program will be 3 MB larger: linking with `{PACKED}` does not work here");
    }
    Ok(())
}

/// Whether a program that is linked with `option` starts.
fn works(source: &Path, option: &str) -> bool {
    let program = source.with_extension("");
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    // They may name another linker.
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    rustc.args(flags.split('\u{1f}').filter(|flag| !flag.is_empty()));
    if let Ok(linker) = env::var("RUSTC_LINKER") {
        rustc.arg(format!("-Clinker={linker}"));
    }
    rustc.arg(format!("-Clink-arg={option}")).arg(source).arg("-o").arg(&program);
    let succeeds = |command: &mut Command| {
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    succeeds(&mut rustc) && succeeds(&mut Command::new(&program))
}
