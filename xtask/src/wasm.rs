//! The compiler for the browser's half.
//!
//! Invariant: an ordinary toolchain with rustup's target is preferred. If rustup cannot download, Debian's compiler
//! replaces it, with a standard library built here once per compiler version.

use crate::{apt, process, steps};
use anyhow::{Context, Result, bail};
use std::{
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

/// The target of the browser's half.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// rustup's name for Debian's compiler.
const LINKED: &str = "debian";
/// Debian's current compiler: its plain `rustc` is too old.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"];
/// The prefix of those packages.
const PREFIX: &str = "/usr";
/// The standard library's sources, below a toolchain's libraries: the release page is built with them.
const SOURCES: &str = "src/rust/library/std";
/// Records the compiler that built the standard library beside it.
const STAMP: &str = "toolgate-std-built-by";

/// A compiler that can build for the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    /// rustup's name for it; `None` is the default.
    name: Option<&'static str>,
    /// Its version, with commit and host.
    pub version: String,
    sysroot: PathBuf,
}

impl Toolchain {
    fn of(name: Option<&'static str>) -> Option<Self> {
        let rustc = || program(name, "rustc");
        let version = process::read(rustc().arg("-vV")).ok()?;
        let sysroot = process::read(rustc().args(["--print", "sysroot"])).ok()?.into();
        Some(Self { name, version, sysroot })
    }

    /// A call of its cargo.
    pub fn cargo(&self) -> Command {
        program(self.name, "cargo")
    }

    /// The folder that its programs are in, below `bin`.
    pub fn sysroot(&self) -> &Path {
        &self.sysroot
    }

    fn rustlib(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib")
    }

    fn host(&self) -> Option<&str> {
        self.version.lines().find_map(|it| it.strip_prefix("host: "))
    }

    fn linker(&self) -> Option<PathBuf> {
        Some(self.rustlib().join(self.host()?).join("bin/rust-lld"))
    }

    /// Whether its standard library for the browser is there and matches.
    fn ready(&self) -> bool {
        let target = self.rustlib().join(TARGET);
        let built = fs::read_to_string(target.join(STAMP));
        let fits = match &built {
            Ok(by) => *by == self.version && self.linker().is_some_and(|it| it.exists()),
            // Not ours, so rustup's, which comes with its compiler.
            Err(_) => self.name.is_none(),
        };
        fits && holds_std(&target.join("lib")) && self.rustlib().join(SOURCES).exists()
    }
}

/// Builds the standard library with the page: for size, and without panic messages, which nobody reads on a phone. A
/// panic stops the module, as before. The flags join those of `.cargo/config.toml`.
pub fn with_own_std(cargo: &mut Command) {
    cargo.env("RUSTC_BOOTSTRAP", "1");
    cargo.args(["-Z", "build-std=std,panic_abort", "-Z", "build-std-features=optimize_for_size"]);
    cargo.args([
        "--config",
        r#"build.rustflags = ["-Zunstable-options", "-Cpanic=immediate-abort", "-Cembed-bitcode=yes"]"#,
    ]);
}

fn program(name: Option<&str>, program: &str) -> Command {
    let Some(name) = name else { return process::clean_command(program) };
    let mut command = process::clean_command("rustup");
    command.args(["run", name, program]);
    // Set by the cargo that started us, for its own compiler.
    for variable in ["RUSTC", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
        command.env_remove(variable);
    }
    command
}

fn holds_std(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return false };
    entries.flatten().any(|it| {
        let name = it.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

/// The compiler to use, if there is one.
pub fn find() -> Option<Toolchain> {
    [None, Some(LINKED)].into_iter().filter_map(Toolchain::of).find(Toolchain::ready)
}

/// Makes sure that [`find`] succeeds.
pub fn ensure() -> Result<()> {
    if find().is_some() || (process::find(&["rustup"]).is_some() && from_rustup()) {
        return Ok(());
    }
    if process::find(&["rustup"]).is_none() || !apt::present() {
        bail!(
            "no compiler for {TARGET}. With rustup: `rustup target add {TARGET}` and `rustup component add rust-src`; otherwise install both with this system's package manager"
        );
    }
    eprintln!("rustup cannot download here; Debian's compiler takes its place");
    from_debian()
}

fn from_rustup() -> bool {
    let add = |what: [&str; 3]| {
        steps::timed(&format!("rustup {}", what.join(" ")), 10, || {
            // Read, not shown: where it cannot download it ends in a page of backtrace.
            process::read(Command::new("rustup").args(what))
        })
    };
    [["target", "add", TARGET], ["component", "add", "rust-src"]].into_iter().all(|what| add(what).is_ok())
        && find().is_some()
}

fn from_debian() -> Result<()> {
    let debian = Path::new(PREFIX);
    let programs = ["bin/rustc", "bin/cargo", "bin/cargo-clippy"];
    if !programs.iter().all(|it| debian.join(it).exists()) || !debian.join("lib/rustlib").join(SOURCES).exists() {
        apt::install(&PACKAGES, 60)?;
    }
    if Toolchain::of(Some(LINKED)).is_none() {
        process::run(Command::new("rustup").args(["toolchain", "link", LINKED, PREFIX]))?;
    }
    let compiler = Toolchain::of(Some(LINKED)).context("Debian's compiler does not start")?;
    let linker = compiler.linker().context("Debian's compiler does not name its host")?;
    if !linker.exists() {
        let own = Toolchain::of(None).and_then(|it| it.linker()).filter(|it| it.exists());
        let own =
            own.context("this toolchain has no rust-lld; install one with `rustup toolchain install stable`")?;
        let folder = linker.parent().context("rust-lld")?;
        fs::create_dir_all(folder).and_then(|()| symlink(own, &linker)).with_context(|| as_root(folder))?;
    }
    steps::timed(&format!("standard library for {TARGET}"), 40, || standard_library(&compiler))?;
    find().map(drop).context("the standard library was built, but the compiler does not find it")
}

fn as_root(folder: &Path) -> String {
    format!("cannot write {}; run `cargo xtask setup` once as root", folder.display())
}

/// Builds std from its sources and puts it where the compiler looks for it.
fn standard_library(compiler: &Toolchain) -> Result<()> {
    // Outside the checkout, whose `.cargo/config.toml` is not meant for this.
    let scratch = env::temp_dir().join(format!("toolgate-std-{}", std::process::id()));
    fs::create_dir_all(scratch.join("src"))?;
    fs::write(scratch.join("src/lib.rs"), "")?;
    fs::write(
        scratch.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nedition = \"2024\"\n[profile.release]\nopt-level = \"s\"\n[workspace]\n",
    )?;
    let mut cargo = compiler.cargo();
    cargo.current_dir(&scratch).args(["build", "--release", "--target", TARGET, "--target-dir", "target"]);
    cargo.args(["-Z", "build-std=std,panic_abort", "-Z", "build-std-features=optimize_for_size"]);
    // Bitcode, or the page's link-time optimisation fails ("failed to get bitcode from object file for LTO").
    cargo
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    process::run(&mut cargo)?;

    let target = compiler.rustlib().join(TARGET);
    let lib = target.join("lib");
    // Two versions side by side make the compiler refuse both.
    if lib.exists() {
        fs::remove_dir_all(&lib).with_context(|| as_root(&lib))?;
    }
    fs::create_dir_all(&lib).with_context(|| as_root(&lib))?;
    for entry in fs::read_dir(scratch.join("target").join(TARGET).join("release/deps"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        let library = path.extension().is_some_and(|it| it == "rlib");
        if library && !name.to_string_lossy().starts_with("libempty-") {
            fs::copy(&path, lib.join(name)).with_context(|| as_root(&lib))?;
        }
    }
    fs::remove_dir_all(&scratch)?;
    // Last, so that an interrupted copy does not count as complete.
    fs::write(target.join(STAMP), &compiler.version).with_context(|| as_root(&target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toolchain(sysroot: &Path, name: Option<&'static str>) -> Toolchain {
        Toolchain { name, version: "rustc 1.96.0\nhost: x86_64-unknown-linux-gnu".into(), sysroot: sysroot.into() }
    }

    fn put(sysroot: &Path, file: &str, content: &str) {
        let path = sysroot.join("lib/rustlib").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    #[test]
    fn rustup_standard_library_is_used_with_its_sources() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!toolchain(folder.path(), None).ready());
        put(folder.path(), &format!("{TARGET}/lib/libstd-1a2b.rlib"), "");
        assert!(!toolchain(folder.path(), None).ready(), "the release page builds it from its sources");
        put(folder.path(), &format!("{SOURCES}/src/lib.rs"), "");
        assert!(toolchain(folder.path(), None).ready());
    }

    #[test]
    fn locally_built_standard_library_must_match_the_compiler() {
        let folder = tempfile::tempdir().unwrap();
        let linked = toolchain(folder.path(), Some(LINKED));
        put(folder.path(), &format!("{TARGET}/lib/libstd-1a2b.rlib"), "");
        put(folder.path(), "x86_64-unknown-linux-gnu/bin/rust-lld", "");
        put(folder.path(), &format!("{SOURCES}/src/lib.rs"), "");
        assert!(!linked.ready(), "nothing says who built it");
        put(folder.path(), &format!("{TARGET}/{STAMP}"), "rustc 1.95.0");
        assert!(!linked.ready(), "built by an older one");
        put(folder.path(), &format!("{TARGET}/{STAMP}"), &linked.version);
        assert!(linked.ready());
    }
}
