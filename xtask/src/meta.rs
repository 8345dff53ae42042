//! Metadata of the workspace: its folders, its packages, and the table `[[workspace.metadata.leptos]]`.
//!
//! Invariant: names and folders of the page are read here and written nowhere else in xtask.

use crate::process;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The table, also read by cargo-leptos.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Leptos {
    pub output_name: String,
    pub bin_package: String,
    pub bin_target: String,
    pub lib_package: String,
    pub lib_profile_release: String,
    pub site_root: PathBuf,
    pub site_pkg_dir: String,
    pub style_file: PathBuf,
    pub assets_dir: PathBuf,
    pub end2end_dir: PathBuf,
}

/// A crate of ours.
#[derive(Debug)]
pub struct Package {
    pub name: String,
    pub folder: PathBuf,
    pub dependencies: Vec<Dependency>,
}

/// A dependency of a crate of ours.
#[derive(Debug, Deserialize)]
pub struct Dependency {
    pub name: String,
    pub optional: bool,
    /// `None` for a normal dependency, else `dev` or `build`.
    pub kind: Option<String>,
    /// Set for a crate of ours.
    pub path: Option<PathBuf>,
}

/// The workspace in cargo's metadata.
#[derive(Debug)]
pub struct Workspace {
    pub root: PathBuf,
    /// The target directory of the server's half.
    pub target: PathBuf,
    pub leptos: Leptos,
    pub packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Raw {
    workspace_root: PathBuf,
    target_directory: PathBuf,
    metadata: RawMetadata,
    packages: Vec<RawPackage>,
}

#[derive(Deserialize)]
struct RawMetadata {
    leptos: Vec<Leptos>,
}

#[derive(Deserialize)]
struct RawPackage {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

impl Workspace {
    pub fn load() -> Result<Self> {
        let json = process::output("cargo", &["metadata", "--no-deps", "--format-version", "1"])?;
        Self::parse(&json)
    }

    fn parse(json: &str) -> Result<Self> {
        let raw: Raw = serde_json::from_str(json).context("cargo metadata: unexpected answer")?;
        let leptos = raw.metadata.leptos.into_iter().next().context("no [[workspace.metadata.leptos]]")?;
        let packages = raw
            .packages
            .into_iter()
            .map(|it| {
                let folder = it.manifest_path.parent().unwrap_or(&it.manifest_path).to_path_buf();
                Package { name: it.name, folder, dependencies: it.dependencies }
            })
            .collect();
        Ok(Self { root: raw.workspace_root, target: raw.target_directory, leptos, packages })
    }

    /// A call of the host's cargo.
    pub fn cargo(&self, command: &str) -> Command {
        let mut cargo = process::clean_command("cargo");
        cargo.current_dir(&self.root).arg(command);
        cargo
    }

    /// The target directory of the browser's half. Its own, because in a shared one the two builds wait for each
    /// other's lock, and two compilers discard each other's work.
    pub fn wasm_target(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// The folder the server ships. Below the root even if `CARGO_TARGET_DIR` is elsewhere: the server embeds it by a
    /// path relative to its sources.
    pub fn site(&self) -> PathBuf {
        self.root.join(&self.leptos.site_root)
    }

    /// The folder of the browser tests and npm tools.
    pub fn end2end(&self) -> PathBuf {
        self.root.join(&self.leptos.end2end_dir)
    }

    /// The folder of the page's TypeScript and its npm tools.
    pub fn script(&self) -> PathBuf {
        self.root.join("frontend/page")
    }

    /// The built program; `profile` is cargo's folder name.
    pub fn binary(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join(&self.leptos.bin_target)
    }

    /// The crates of the server's half. Not the browser's entry point, whose features would be enabled in the same
    /// build; and not this tool with its sample, whose dependencies would have most others compiled twice.
    pub fn server_half(&self) -> impl Iterator<Item = &Package> {
        let tool = self.root.join(env!("CARGO_PKG_NAME"));
        self.packages.iter().filter(move |it| it.name != self.leptos.lib_package && !it.folder.starts_with(&tool))
    }

    /// Folders of `package` and of every crate of ours that it requires.
    pub fn closure(&self, package: &str) -> Vec<&Path> {
        let mut names = vec![package];
        let mut next = 0;
        while let Some(name) = names.get(next) {
            let found = self.packages.iter().find(|it| it.name == *name);
            for dependency in found.iter().flat_map(|it| &it.dependencies) {
                let needed = dependency.path.is_some() && !dependency.optional && dependency.kind.is_none();
                if needed && !names.contains(&dependency.name.as_str()) {
                    names.push(&dependency.name);
                }
            }
            next += 1;
        }
        self.packages.iter().filter(|it| names.contains(&it.name.as_str())).map(|it| it.folder.as_path()).collect()
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A workspace whose crates depend on each other as listed: `("app", &["domain"])`.
    pub fn workspace(crates: &[(&str, &[&str])]) -> Workspace {
        let packages: Vec<_> = crates
            .iter()
            .map(|(name, dependencies)| {
                let dependencies: Vec<_> = dependencies
                    .iter()
                    .map(|it| serde_json::json!({"name": it, "optional": false, "kind": null, "path": format!("/w/{it}")}))
                    .collect();
                serde_json::json!({
                    "name": name, "manifest_path": format!("/w/{name}/Cargo.toml"), "dependencies": dependencies,
                })
            })
            .collect();
        let leptos = serde_json::json!({
            "output-name": "toolgate", "bin-package": "server", "bin-target": "toolgate", "lib-package": "frontend",
            "lib-profile-release": "wasm-release", "site-root": "target/site", "site-pkg-dir": "pkg",
            "style-file": "style/main.css", "assets-dir": "public", "end2end-dir": "end2end", "reload-port": 3001,
        });
        let all = serde_json::json!({
            "workspace_root": "/w", "target_directory": "/cache/target", "metadata": {"leptos": [leptos]},
            "packages": packages,
        });
        Workspace::parse(&all.to_string()).unwrap()
    }

    #[test]
    fn page_builds_in_the_target_dir_and_ships_from_the_checkout() {
        let workspace = workspace(&[]);
        assert_eq!(workspace.wasm_target(), Path::new("/cache/target/wasm"));
        assert_eq!(workspace.site(), Path::new("/w/target/site"));
        assert_eq!(workspace.binary("release"), Path::new("/cache/target/release/toolgate"));
    }

    #[test]
    fn closure_omits_optional_server_dependencies() {
        let mut workspace = workspace(&[
            ("frontend", &["app"]),
            ("app", &["domain", "text", "services"]),
            ("text", &["domain"]),
            ("domain", &[]),
            ("services", &["store"]),
            ("store", &[]),
        ]);
        workspace.packages[1].dependencies[2].optional = true;
        let folders: Vec<_> = ["frontend", "app", "text", "domain"].map(|it| Path::new("/w").join(it)).to_vec();
        assert_eq!(workspace.closure("frontend"), folders);
    }

    #[test]
    fn server_half_omits_the_browser_entry_point() {
        let crates = ["app", "server", "xtask", "xtask/sample"].map(|it| (it, &[][..]));
        let workspace = workspace(&[&[("frontend", &["app"][..])], &crates[..]].concat());
        let names: Vec<_> = workspace.server_half().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["app", "server"]);
    }
}
