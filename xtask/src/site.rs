//! The folder the server ships.
//!
//! Invariant: all files of a page are in one folder named after its content, so every address is immutable and areas of
//! two builds never mix. `assets.json` names the folder and is written last.

use crate::{
    bundle::{LOADER, Split},
    files, licences,
    meta::Workspace,
};
use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What the server must know about the page.
#[derive(Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Assets {
    /// Folder of everything below, relative to the site: `pkg/0123456789abcdef`.
    pub dir: String,
    pub js: String,
    pub wasm: String,
    /// The first load's style sheet.
    pub css: String,
    /// The style sheets of areas with their own.
    pub area_css: String,
    pub house_css: String,
    /// Area → its files, without `.wasm`.
    pub split: Split,
    pub split_js: String,
}

const ASSETS: &str = "assets.json";

const WORKER: &str = "worker.js";

/// Extensions worth compressing. Fonts and pictures are compressed already.
const COMPRESSIBLE: [&str; 9] = ["css", "html", "ico", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// A built page, before it is laid out.
pub struct Page<'a> {
    /// Folder of the modules and scripts.
    pub stage: &'a Path,
    pub style: &'a str,
    pub area_style: &'a str,
    pub house_style: &'a str,
    /// The service worker's script.
    pub worker: &'a str,
    /// The licences document.
    pub licences: &'a str,
    pub split: &'a Split,
    /// Whether a smaller `.br` replaces its file.
    pub compressed: bool,
}

/// File name below the site → content.
type Files = BTreeMap<String, Vec<u8>>;

/// Writes the page and the public files, and nothing else, into the site folder; returns the page's folder.
pub fn lay_out(workspace: &Workspace, page: &Page) -> Result<String> {
    let (name, site) = (&workspace.leptos.output_name, workspace.site());
    let mut bundle = read(page.stage)?;
    let [css, area_css, house_css] = ["", "-areas", "-house"].map(|sheet| format!("{name}{sheet}.css"));
    bundle.insert(css.clone(), page.style.as_bytes().to_vec());
    bundle.insert(area_css.clone(), page.area_style.as_bytes().to_vec());
    bundle.insert(house_css.clone(), page.house_style.as_bytes().to_vec());
    if let Some(style) = workspace.root.join(&workspace.leptos.style_file).parent() {
        bundle.extend(
            read(&style.join("fonts"))?.into_iter().map(|(file, content)| (format!("fonts/{file}"), content)),
        );
    }
    let assets = Assets {
        dir: format!("{}/{}", workspace.leptos.site_pkg_dir, folder(&bundle)),
        js: format!("{name}.js"),
        wasm: format!("{name}_bg.wasm"),
        css,
        area_css,
        house_css,
        split: page.split.clone(),
        split_js: LOADER.to_owned(),
    };
    let mut all = read(&workspace.root.join(&workspace.leptos.assets_dir))?;
    all.extend(bundle.into_iter().map(|(file, content)| (format!("{}/{file}", assets.dir), content)));
    // At the root, because a worker controls only what is below it; with the same name in every build, or browsers would keep two.
    all.insert(WORKER.to_owned(), page.worker.as_bytes().to_vec());
    all.insert(licences::FILE.to_owned(), page.licences.as_bytes().to_vec());
    if page.compressed {
        // In one encoding only, which the server converts: each further one would enlarge the program.
        all = all.into_par_iter().map(|(file, content)| smaller(file, content)).collect::<Result<_>>()?;
    }
    for (file, content) in &all {
        files::write(&site.join(file), content)?;
    }
    let json = serde_json::to_vec_pretty(&assets)?;
    let fresh = site.join("assets.json.new");
    fs::write(&fresh, json)?;
    fs::rename(&fresh, site.join(ASSETS))?;
    prune(&site, &all)?;
    Ok(assets.dir)
}

/// Reads `assets.json`.
pub fn assets(workspace: &Workspace) -> Result<Assets> {
    let path = workspace.site().join(ASSETS);
    let json = fs::read(&path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&json).with_context(|| path.display().to_string())
}

/// Whether the page in `assets.json` is complete.
pub fn complete(workspace: &Workspace) -> bool {
    assets(workspace).is_ok_and(|it| {
        let folder = workspace.site().join(it.dir);
        folder.join(&it.wasm).exists() || folder.join(it.wasm + ".br").exists()
    })
}

/// Sixteen hex digits that differ when anything in the page differs.
fn folder(bundle: &Files) -> String {
    let mut digest = files::digest(bundle.iter().map(|(name, content)| (name.as_str(), content.as_slice())));
    digest.truncate(16);
    digest
}

fn read(folder: &Path) -> Result<Files> {
    let read = |path: PathBuf| Ok((files::name(folder, &path), fs::read(&path)?));
    files::below(folder)?.into_iter().map(read).collect()
}

/// The compressed file, named with `.br`, if that is smaller.
fn smaller(file: String, content: Vec<u8>) -> Result<(String, Vec<u8>)> {
    let extension = Path::new(&file).extension().and_then(|it| it.to_str()).unwrap_or_default();
    if !COMPRESSIBLE.contains(&extension) {
        return Ok((file, content));
    }
    let compressed = brotli(&content)?;
    Ok(if compressed.len() < content.len() { (file + ".br", compressed) } else { (file, content) })
}

/// Brotli at its strongest.
pub fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let parameters =
        BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: content.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut out, &parameters)?;
    Ok(out)
}

/// Removes files of other builds and emptied folders.
fn prune(site: &Path, keep: &Files) -> Result<()> {
    for path in files::below(site)? {
        let name = files::name(site, &path);
        if name != ASSETS && !keep.contains_key(&name) {
            fs::remove_file(&path)?;
        }
    }
    let needed: BTreeSet<_> =
        keep.keys().filter_map(|it| Path::new(it).parent()).flat_map(Path::ancestors).collect();
    let mut folders = vec![site.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let relative = files::name(site, &path);
            if path.is_dir() && !needed.contains(Path::new(&relative)) {
                fs::remove_dir_all(&path)?;
            } else if path.is_dir() {
                folders.push(path);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta;

    fn lab() -> (tempfile::TempDir, Workspace, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let mut workspace = meta::tests::workspace(&[]);
        workspace.root = folder.path().to_path_buf();
        let stage = folder.path().join("stage");
        files::write(&stage.join("toolgate.js"), "import './x'; ".repeat(50).as_bytes()).unwrap();
        files::write(&stage.join("toolgate_bg.wasm"), &[0; 500]).unwrap();
        files::write(&folder.path().join("style/fonts/text.woff2"), b"font").unwrap();
        files::write(&folder.path().join("public/robots.txt"), b"User-agent: *").unwrap();
        (folder, workspace, stage)
    }

    fn names(workspace: &Workspace) -> Vec<String> {
        files::below(&workspace.site()).unwrap().iter().map(|it| files::name(&workspace.site(), it)).collect()
    }

    #[test]
    fn site_holds_one_build_named_by_content() {
        let (_folder, workspace, stage) = lab();
        let split = Split::from([("kiosk".to_owned(), vec!["split_kiosk".to_owned()])]);
        let page = |style| Page {
            stage: &stage,
            style,
            area_style: "i{}",
            house_style: "p{}",
            worker: "w",
            licences: "l",
            split: &split,
            compressed: false,
        };
        let first = lay_out(&workspace, &page("a{}")).unwrap();
        assert_eq!(first.len(), "pkg/".len() + 16);
        assert!(complete(&workspace));
        assert_eq!(lay_out(&workspace, &page("a{}")).unwrap(), first, "the same content has the same name");

        let second = lay_out(&workspace, &page("b{}")).unwrap();
        assert_ne!(second, first);
        let expected = [
            "fonts/text.woff2",
            "toolgate-areas.css",
            "toolgate-house.css",
            "toolgate.css",
            "toolgate.js",
            "toolgate_bg.wasm",
        ];
        let mut expected: Vec<_> = expected.iter().map(|it| format!("{second}/{it}")).collect();
        expected.insert(0, "assets.json".into());
        expected.insert(1, "licences.txt".into());
        expected.extend(["robots.txt".into(), "worker.js".into()]);
        assert_eq!(names(&workspace), expected);
        assert!(!workspace.site().join(first).exists());
        assert_eq!(assets(&workspace).unwrap().split, split);
    }

    #[test]
    fn release_files_are_compressed_when_smaller() {
        let (_folder, workspace, stage) = lab();
        let page = Page {
            stage: &stage,
            style: "a{}",
            area_style: "i{}",
            house_style: "p{}",
            worker: "w",
            licences: "l",
            split: &Split::new(),
            compressed: true,
        };
        let dir = lay_out(&workspace, &page).unwrap();
        let names = names(&workspace);
        for file in ["toolgate.js.br", "toolgate_bg.wasm.br"] {
            assert!(names.contains(&format!("{dir}/{file}")), "{file} in {names:?}");
        }
        assert!(!names.contains(&format!("{dir}/toolgate.js")), "the same twice: {names:?}");
        assert!(complete(&workspace));
        assert!(!names.iter().any(|it| it.contains("woff2.") || it.contains("robots.txt.")), "{names:?}");
        let packed = fs::read(workspace.site().join(format!("{dir}/toolgate.js.br"))).unwrap();
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut plain).unwrap();
        assert_eq!(plain, fs::read(stage.join("toolgate.js")).unwrap());
    }
}
