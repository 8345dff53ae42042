//! The browser's half: compile, bundle, lay out as a site.
//!
//! Invariant: the site folder contains exactly one build. A stamp beside it records its sources and profile. Neither
//! profile serves where the other is wanted: a release page would hide that the development page cannot be built.

use crate::{
    areas, bundle, files, licences, lint,
    meta::Workspace,
    process, script,
    setup::{self, Need},
    site, steps, style,
    wasm::{self, TARGET, Toolchain},
};
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// How a page is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Dev,
    /// As shipped: optimised and compressed.
    Release,
}

impl Profile {
    /// From the flag of the same name.
    pub const fn from_release(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }

    /// How long the page takes to compile on two cores, the first time.
    const fn seconds(self) -> u32 {
        match self {
            Self::Dev => 280,
            Self::Release => 500,
        }
    }

    const fn needs(self) -> &'static [Need] {
        match self {
            Self::Dev => &[Need::Wasm, Need::Script],
            Self::Release => &[Need::Wasm, Need::Script, Need::Node],
        }
    }
}

/// Builds the site folder unless it is current; returns whether it changed.
pub fn build(workspace: &Workspace, profile: Profile) -> Result<bool> {
    let toolchain = setup::toolchain(workspace, profile.needs())?;
    let inputs = inputs(workspace, &toolchain)?;
    if there(workspace, &inputs, profile) {
        return Ok(false);
    }
    let compile = || compile(workspace, &toolchain, &workspace.leptos.lib_package, profile);
    let wasm = steps::timed("compile the page", profile.seconds(), compile)?;
    let stage = workspace.wasm_target().join(format!("stage-{}", profile.as_str()));
    let split = staged(workspace, &wasm, &stage, profile)?;
    let entry = workspace.root.join(&workspace.leptos.style_file);
    let style = style::bundle(&entry)?;
    let area_style = style::bundle(&entry.with_file_name(style::AREAS))?;
    let house_style = style::bundle(&entry.with_file_name(style::HOUSE))?;
    let compressed = profile == Profile::Release;
    let (worker, licences) = (script::worker(workspace)?, licences::write(workspace)?);
    let page = site::Page {
        stage: &stage,
        style: &style,
        area_style: &area_style,
        house_style: &house_style,
        worker: &worker,
        licences: &licences,
        split: &split,
        compressed,
    };
    // The site changes from here on; the old stamp must not outlive it.
    let stamp = stamp(workspace);
    if stamp.exists() {
        fs::remove_file(&stamp)?;
    }
    let folder = match profile {
        Profile::Dev => site::lay_out(workspace, &page)?,
        Profile::Release => steps::timed("compress", 8, || site::lay_out(workspace, &page))?,
    };
    fs::write(&stamp, content_of_stamp(&inputs, profile)).context("stamp of the page")?;
    eprintln!("page: {folder} ({})", profile.as_str());
    Ok(true)
}

/// Whether the site folder has a page of the present sources.
pub fn current(workspace: &Workspace, profile: Profile) -> Result<bool> {
    let toolchain = setup::toolchain(workspace, profile.needs())?;
    Ok(there(workspace, &inputs(workspace, &toolchain)?, profile))
}

fn there(workspace: &Workspace, inputs: &str, profile: Profile) -> bool {
    let stamp = fs::read_to_string(stamp(workspace));
    stamp.is_ok_and(|it| it == content_of_stamp(inputs, profile)) && site::complete(workspace)
}

fn stamp(workspace: &Workspace) -> PathBuf {
    workspace.site().with_extension("stamp")
}

fn content_of_stamp(inputs: &str, profile: Profile) -> String {
    format!("{} {inputs}", profile.as_str())
}

/// Files and folders that affect the page.
pub fn sources(workspace: &Workspace) -> Vec<PathBuf> {
    let Workspace { root, leptos, .. } = workspace;
    let mut sources: Vec<_> = workspace.closure(&leptos.lib_package).into_iter().map(Path::to_path_buf).collect();
    // All of the style folder, not only the entry that imports the rest.
    sources.extend(leptos.style_file.parent().map(|it| root.join(it)));
    sources.extend(
        [&leptos.assets_dir, Path::new("Cargo.toml"), Path::new(".cargo/config.toml")].map(|it| root.join(it)),
    );
    sources
}

fn inputs(workspace: &Workspace, toolchain: &Toolchain) -> Result<String> {
    let root = &workspace.root;
    let mut paths = sources(workspace);
    // Versions of dependencies and tools, and these steps themselves.
    let tools = ["Cargo.lock", "xtask"].map(|it| root.join(it));
    paths.extend(tools);
    paths.push(workspace.end2end().join("package-lock.json"));
    paths.extend(licences::sources(workspace));
    let mut contents = vec![("toolchain".to_owned(), toolchain.version.clone().into_bytes())];
    for path in paths {
        for file in files::below(&path)? {
            contents.push((files::name(root, &file), fs::read(&file)?));
        }
    }
    Ok(files::digest(contents.iter().map(|(name, content)| (name.as_str(), content.as_slice()))))
}

/// Compiles `package` for the browser; returns the raw module.
pub fn compile(workspace: &Workspace, toolchain: &Toolchain, package: &str, profile: Profile) -> Result<PathBuf> {
    let (name, folder) = match profile {
        Profile::Dev => ("dev", "debug"),
        Profile::Release => {
            let release = workspace.leptos.lib_profile_release.as_str();
            (release, release)
        }
    };
    let mut cargo = toolchain.cargo();
    cargo.current_dir(&workspace.root).args(["rustc", "--package", package, "--lib", "--target", TARGET]);
    cargo.args(["--profile", name]).arg("--target-dir").arg(workspace.wasm_target());
    // Which takes a minute: the sample of the tests does without.
    if profile == Profile::Release && package == workspace.leptos.lib_package {
        wasm::with_own_std(&mut cargo);
    }
    // In a run of all checks. The development page, which comes later, has nothing that this one has not.
    if profile == Profile::Release && lint::is_compiling() {
        lint::compiling_by(&mut cargo, toolchain.sysroot())?;
    }
    // For the last crate only; as RUSTFLAGS this would rebuild every dependency. The splitter reads relocations.
    cargo.args(["--", "-Clink-args=--emit-relocs"]);
    process::run(&mut cargo)?;
    let file = format!("{}.wasm", package.replace('-', "_"));
    Ok(workspace.wasm_target().join(TARGET).join(folder).join(file))
}

/// Bundles `wasm` into `stage` unless that was done with the same module; returns the files of each area.
fn staged(workspace: &Workspace, wasm: &Path, stage: &Path, profile: Profile) -> Result<bundle::Split> {
    let raw = fs::read(wasm).with_context(|| wasm.display().to_string())?;
    // A cold cargo cache and a changed tool bring other bundles from the same module.
    let tools = fs::read(workspace.end2end().join("package-lock.json")).unwrap_or_default();
    let (script, tables) = (script::build(workspace)?, script::tables(workspace)?);
    let (photos, roster) = (script::photos(workspace)?, script::roster(workspace)?);
    let push = script::push(workspace)?;
    let passkeys = script::passkeys(workspace)?;
    let digest = files::digest([
        ("module", raw.as_slice()),
        ("tools", tools.as_slice()),
        ("script", script.as_bytes()),
        ("tables", tables.as_bytes()),
        ("photos", photos.as_bytes()),
        ("roster", roster.as_bytes()),
        ("push", push.as_bytes()),
        ("passkeys", passkeys.as_bytes()),
        ("code", CODE),
        ("optimiser", OPTIMISE),
        ("areas", AREAS),
        ("loader", LOADER),
        ("merging", MERGE),
        ("compacting", COMPACT),
    ]);
    let stamp = stage.with_extension("json");
    let known =
        fs::read_to_string(&stamp).ok().and_then(|it| serde_json::from_str::<(String, bundle::Split)>(&it).ok());
    if let Some((of, split)) = known
        && of == digest
        && stage.exists()
    {
        return Ok(split);
    }
    files::empty(stage)?;
    let name = &workspace.leptos.output_name;
    let modules =
        steps::timed("split and bind the page", 1, || bundle::split_and_bind(&raw, wasm, stage, name, &script))?;
    fs::write(stage.join(TABLES), tables)?;
    fs::write(stage.join(PHOTOS), photos)?;
    fs::write(stage.join(ROSTER), roster)?;
    fs::write(stage.join(PUSH), push)?;
    fs::write(stage.join(PASSKEYS), passkeys)?;
    if profile == Profile::Release {
        steps::timed("optimise the page", 60, || bundle::optimise(stage, &workspace.end2end(), name))?;
    }
    let split = areas::pack(stage, &modules)?;
    fs::write(&stamp, serde_json::to_string(&(&digest, &split))?)?;
    Ok(split)
}

/// The script of tables, beside the page's.
pub const TABLES: &str = "tables.js";
/// The script of photos, beside it too.
pub const PHOTOS: &str = "photos.js";
/// The script of the list for an evacuation, too.
pub const ROSTER: &str = "roster.js";
/// The script that turns on notifications, too.
pub const PUSH: &str = "push.js";
/// The script of passkeys, too.
pub const PASSKEYS: &str = "passkeys.js";

/// Source of the bundling: a change repeats it.
const CODE: &[u8] = include_bytes!("bundle.rs");
const OPTIMISE: &[u8] = include_bytes!("optimise.mjs");
const AREAS: &[u8] = include_bytes!("areas.rs");
const LOADER: &[u8] = include_bytes!("areas.js");
const MERGE: &[u8] = include_bytes!("merge.rs");
const COMPACT: &[u8] = include_bytes!("compact.rs");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_of_another_profile_or_of_other_sources_is_not_current() {
        let current = content_of_stamp("abc", Profile::Dev);
        assert_ne!(content_of_stamp("abc", Profile::Release), current);
        assert_ne!(content_of_stamp("abd", Profile::Dev), current);
    }
}
