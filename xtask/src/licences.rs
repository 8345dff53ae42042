//! `/licences.txt`: the licence texts of everything in the program and the page.
//!
//! Invariant: every crate linked into either half is listed with its licence, its source and the texts in its package;
//! a crate without a text fails the build. The same dependencies make the same bytes, without paths of this machine.
//! Fonts and icons, which are no crates, are at the beginning of `public/licences.txt`.

use crate::{files, meta::Workspace, process, wasm};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// Where the file is, in the folder of public files and on the site.
pub const FILE: &str = "licences.txt";

/// The program's targets.
const SERVER_TARGETS: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];
/// Tools that write code of their own into the page's script.
const WRITERS: [&str; 2] = ["wasm-bindgen-cli-support", "wasm_split_cli_support"];
/// Folders of a package that are never linked.
const NOT_LINKED: [&str; 4] = ["/benches/", "/examples/", "/target/", "/tests/"];
/// Prefixes of the names of licence files, in lower case.
const NAMES: [&str; 7] = ["copying", "copyright", "licence", "license", "notice", "unlicence", "unlicense"];
/// Extensions of files with such names that contain code.
const CODE: [&str; 6] = ["c", "h", "json", "py", "rs", "toml"];

/// A package of cargo.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    repository: Option<String>,
    authors: Vec<String>,
    manifest_path: PathBuf,
    /// `None`: it is ours.
    source: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// The licence of a crate.
struct Licensed {
    package: Package,
    /// As in the package.
    texts: Vec<String>,
}

/// Texts for crates without their own.
struct Standard {
    mit: String,
    apache: String,
    mozilla: &'static str,
}

/// Files beside the page's sources that affect the document.
pub fn sources(workspace: &Workspace) -> Vec<PathBuf> {
    let manifests = workspace.packages.iter().map(|package| package.folder.join("Cargo.toml"));
    manifests.chain(["LICENSE-MIT", "LICENSE-APACHE"].map(|file| workspace.root.join(file))).collect()
}

/// The whole file.
pub fn write(workspace: &Workspace) -> Result<String> {
    let read = |path: &Path| fs::read_to_string(path).with_context(|| path.display().to_string());
    let own = read(&workspace.root.join(&workspace.leptos.assets_dir).join(FILE))?;
    let standard = Standard {
        mit: read(&workspace.root.join("LICENSE-MIT"))?,
        apache: read(&workspace.root.join("LICENSE-APACHE"))?,
        mozilla: include_str!("licences/MPL-2.0.txt"),
    };
    let crates = linked(workspace)?.into_iter().map(|package| {
        let texts = texts(&package)?;
        Ok(Licensed { package, texts })
    });
    let crates = with_missing(crates.collect::<Result<_>>()?, &standard)?;
    Ok(document(&own, &crates, &standard))
}

/// Every foreign crate linked into one of the halves, or that writes into the page.
fn linked(workspace: &Workspace) -> Result<BTreeSet<Package>> {
    let mut metadata = workspace.cargo("metadata");
    metadata.args(["--format-version", "1", "--filter-platform", wasm::TARGET]);
    let mut names = tree(workspace, &workspace.leptos.lib_package, wasm::TARGET)?;
    for target in SERVER_TARGETS {
        metadata.args(["--filter-platform", target]);
        names.extend(tree(workspace, &workspace.leptos.bin_package, target)?);
    }
    let metadata: Metadata = serde_json::from_str(&process::read(&mut metadata)?).context("cargo metadata")?;
    let is_linked = |package: &Package| {
        names.contains(&format!("{} v{}", package.name, package.version)) || WRITERS.contains(&&*package.name)
    };
    Ok(metadata.packages.into_iter().filter(|package| package.source.is_some() && is_linked(package)).collect())
}

/// `name v1.2.3` of everything linked into `package`.
fn tree(workspace: &Workspace, package: &str, target: &str) -> Result<BTreeSet<String>> {
    let mut tree = workspace.cargo("tree");
    tree.args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]);
    let lines = process::read(tree.args(["--package", package, "--target", target]))?;
    Ok(lines.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect())
}

/// The licences in a package, by file name, including those of bundled code.
fn texts(package: &Package) -> Result<Vec<String>> {
    let folder = package.manifest_path.parent().unwrap_or(&package.manifest_path);
    let mut texts = Vec::new();
    for path in files::below(folder)? {
        let name = format!("/{}", files::name(folder, &path));
        if is_licence(&name) {
            let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
            texts.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(texts)
}

/// Whether the file of this name, in its package, is a licence.
fn is_licence(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default().to_lowercase();
    let extension = Path::new(&file).extension().and_then(|it| it.to_str()).unwrap_or_default();
    NAMES.iter().any(|begin| file.starts_with(begin))
        && !CODE.contains(&extension)
        && !NOT_LINKED.iter().any(|folder| name.contains(folder))
}

/// Gives crates without a text that of another crate of their repository, or the standard one of their licence.
fn with_missing(mut crates: Vec<Licensed>, standard: &Standard) -> Result<Vec<Licensed>> {
    let known: BTreeMap<String, Vec<String>> = crates
        .iter()
        .filter(|one| !one.texts.is_empty())
        .filter_map(|one| Some((one.package.repository.clone()?, one.texts.clone())))
        .collect();
    for Licensed { package, texts } in crates.iter_mut().filter(|one| one.texts.is_empty()) {
        let sibling = package.repository.as_ref().and_then(|repository| known.get(repository));
        *texts = match sibling {
            Some(sibling) => sibling.clone(),
            None => standard.of(package)?,
        };
    }
    Ok(crates)
}

impl Standard {
    fn of(&self, package: &Package) -> Result<Vec<String>> {
        let licence = package.license.as_deref().unwrap_or_default();
        let offered: Vec<_> = licence.split([' ', '/', '(', ')']).collect();
        if offered.contains(&"MIT") {
            let authors: Vec<_> =
                package.authors.iter().map(|author| author.split(" <").next().unwrap_or_default()).collect();
            let authors =
                if authors.is_empty() { format!("the authors of {}", package.name) } else { authors.join(", ") };
            return Ok(vec![self.mit_of(&authors)]);
        }
        if offered.contains(&"Apache-2.0") {
            return Ok(vec![self.apache.clone()]);
        }
        if offered.contains(&"MPL-2.0") {
            return Ok(vec![self.mozilla.to_owned()]);
        }
        bail!("{} {} ({licence}) has no text of its licence", package.name, package.version)
    }

    /// The MIT licence by these authors.
    fn mit_of(&self, authors: &str) -> String {
        let lines = self.mit.lines().map(|line| {
            if line.starts_with("Copyright") { format!("Copyright (c) {authors}") } else { line.to_owned() }
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// The document: the content of `own`, the crates, and each of their texts once.
fn document(own: &str, crates: &[Licensed], standard: &Standard) -> String {
    let mut texts = Texts::default();
    let mut list = String::new();
    for Licensed { package, texts: own } in crates {
        let Package { name, version, license, repository, .. } = package;
        let numbers: BTreeSet<_> = own.iter().map(|text| texts.number(text)).collect();
        let numbers: Vec<_> = numbers.iter().map(usize::to_string).collect();
        let licence = license.as_deref().unwrap_or("see its text");
        let _ = writeln!(list, "{name} {version} – {licence} – texts {}", numbers.join(", "));
        if let Some(repository) = repository {
            let _ = writeln!(list, "    {repository}");
        }
        if licence.contains("MPL-2.0") {
            let _ = writeln!(
                list,
                "    Under the Mozilla Public License 2.0. It is used unchanged; its source code is version {version} at that address."
            );
        }
    }
    let rust = [standard.mit_of("The Rust Project contributors"), standard.apache.clone()];
    let [mit, apache] = rust.map(|text| texts.number(&text));
    let mut document = format!(
        "{}\n\n== Rust crates\n\nLinked into the program and into its pages. The texts follow below, each once.\n\n{list}\n\
         The Rust standard library – MIT OR Apache-2.0 – texts {mit}, {apache}\n    https://github.com/rust-lang/rust\n\
         SQLite – public domain\n    https://www.sqlite.org/copyright.html\n",
        own.trim_end()
    );
    for (number, text) in (1..).zip(&texts.all) {
        let _ = write!(document, "\n== Text {number}\n\n{text}\n");
    }
    document
}

/// Distinct texts: those that differ in white space alone are one.
#[derive(Default)]
struct Texts {
    all: Vec<String>,
    numbers: BTreeMap<String, usize>,
}

impl Texts {
    /// The number of this text, from 1.
    fn number(&mut self, text: &str) -> usize {
        let plain = text.trim_start_matches('\u{feff}').split_whitespace().collect::<Vec<_>>().join(" ");
        let Self { all, numbers } = self;
        *numbers.entry(plain).or_insert_with(|| {
            let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim_end);
            all.push(lines.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned());
            all.len()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, license: &str, repository: &str) -> Package {
        Package {
            name: name.into(),
            version: "1.2.3".into(),
            license: Some(license.into()),
            repository: Some(repository.into()),
            authors: vec!["Ada <ada@example.org>".into()],
            manifest_path: format!("/home/ada/{name}/Cargo.toml").into(),
            source: Some("registry".into()),
        }
    }

    fn standard() -> Standard {
        Standard {
            mit: "MIT License\n\nCopyright (c) 2026 us\n\nPermission".into(),
            apache: "Apache License".into(),
            mozilla: "Mozilla Public License",
        }
    }

    #[test]
    fn crate_without_text_gets_its_repositorys_or_the_standard_one() {
        let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let crates = vec![
            Licensed { package: package("a", "BSD-3-Clause", "x"), texts: texts(&["BSD of a"]) },
            Licensed { package: package("b", "BSD-3-Clause", "x"), texts: Vec::new() },
            Licensed { package: package("c", "Zlib OR MIT", "y"), texts: Vec::new() },
            Licensed { package: package("d", "Apache-2.0", "z"), texts: Vec::new() },
            Licensed { package: package("f", "MPL-2.0", "z"), texts: Vec::new() },
        ];
        let found = with_missing(crates, &standard()).unwrap();
        let found: Vec<_> = found.iter().map(|one| one.texts[0].as_str()).collect();
        assert_eq!(
            found,
            [
                "BSD of a",
                "BSD of a",
                "MIT License\n\nCopyright (c) Ada\n\nPermission",
                "Apache License",
                "Mozilla Public License"
            ]
        );
        let alone = vec![Licensed { package: package("e", "BSD-3-Clause", "w"), texts: Vec::new() }];
        let error = with_missing(alone, &standard()).err().unwrap().to_string();
        assert!(error.contains("e 1.2.3") && !error.contains("/home"), "{error}");
    }

    #[test]
    fn document_lists_every_crate_and_each_text_once() {
        let mpl = Licensed {
            package: package("video", "MPL-2.0", "https://example.org/video"),
            texts: vec!["MPL".into()],
        };
        let texts = vec!["One\r\n  text. \r\n".into(), "Other".into()];
        let one = Licensed { package: package("one", "MIT", "https://example.org/one"), texts };
        let two = Licensed {
            package: package("two", "MIT", "https://example.org/two"),
            texts: vec!["One text.".into()],
        };
        let document = document("Fonts\n", &[mpl, one, two], &standard());
        assert!(document.starts_with("Fonts\n\n== Rust crates\n"), "{document}");
        for line in [
            "video 1.2.3 – MPL-2.0 – texts 1\n    https://example.org/video\n    Under the Mozilla Public License 2.0.",
            "one 1.2.3 – MIT – texts 2, 3\n",
            "two 1.2.3 – MIT – texts 2\n",
            "\n== Text 2\n\nOne\n  text.\n\n== Text 3\n",
            "The Rust standard library – MIT OR Apache-2.0 – texts 4, 5\n",
        ] {
            assert!(document.contains(line), "{line:?} in {document}");
        }
        assert!(!document.contains("/home") && !document.contains('\r'), "{document}");
    }

    #[test]
    fn every_linked_crate_has_a_licence_text() {
        let workspace = Workspace::load().unwrap();
        let document = write(&workspace).unwrap();
        let crates = document.lines().filter(|line| line.contains(" – texts ")).count();
        assert!(crates > 300, "{crates}");
        for name in ["leptos ", "libsqlite3-sys ", "ring ", "wasm-bindgen "] {
            assert!(document.lines().any(|line| line.starts_with(name)), "{name}");
        }
        assert!(!document.contains(&*workspace.root.to_string_lossy()) && !document.contains("/registry/src/"));
    }

    #[test]
    fn licence_files_are_recognised_by_name() {
        for file in
            ["/LICENSE", "/LICENSE-MIT", "/license.md", "/COPYING", "/NOTICE.txt", "/third_party/fiat/LICENSE"]
        {
            assert!(is_licence(file), "{file}");
        }
        for file in ["/src/license.rs", "/Cargo.toml", "/tests/LICENSE", "/README.md", "/src/licenses/mod.rs"] {
            assert!(!is_licence(file), "{file}");
        }
    }
}
