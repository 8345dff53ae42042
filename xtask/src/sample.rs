//! Tests the tools that make the page on a small one, `xtask/sample`: compiled for development and as shipped, split,
//! bound, with and without the optimiser, merged, and run in Node.js.
//!
//! A new version of the compiler, the splitter, the binder or the optimiser fails here, without the real page and whichever
//! profile it breaks.

use crate::{
    areas, bundle,
    meta::Workspace,
    page::{self, Profile},
    process, wasm,
};
use std::{fs, path::Path, process::Command};
use wasmparser::{Imports, Parser, Payload};

const NAME: &str = "sample";

const AREAS: [&str; 3] = ["first_1", "second_2", "third_3"];

/// Loads the page from a folder and prints the answers of its areas.
const RUN: &str = include_str!("sample.mjs");

/// What its areas answer to the calls of [`RUN`].
const ANSWERS: &str = "[11211,33355,22336,11213]";

/// What the splitter writes into every module of an area, or into none.
#[derive(Debug, PartialEq, Eq)]
struct Peculiarities {
    empty_exports: bool,
    canary: bool,
}

/// Makes the page and runs it; returns what its modules looked like before they were merged.
fn run(profile: Profile, optimised: bool) -> Peculiarities {
    let workspace = Workspace::load().unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Not installed here: the tests run side by side, and two installations would be in each other's way.
    let toolchain = wasm::find().expect("no compiler for the browser: run `cargo xtask setup`");
    // A copy, because the splitter writes beside it, and the tests of one profile share the original.
    let wasm = folder.path().join("linked.wasm");
    fs::copy(page::compile(&workspace, &toolchain, NAME, profile).unwrap(), &wasm).unwrap();
    let stage = folder.path().join("stage");
    fs::create_dir(&stage).unwrap();
    let modules = bundle::split_and_bind(&fs::read(&wasm).unwrap(), &wasm, &stage, NAME, "").unwrap();
    for areas in [AREAS.as_slice(), &AREAS[..1], &AREAS[1..2], &AREAS[2..], &AREAS[..2], &AREAS[1..]] {
        assert!(is_shared(&modules, areas), "no module of exactly {areas:?}: {modules:?}");
    }
    if optimised {
        bundle::optimise(&stage, &workspace.end2end(), NAME).unwrap();
    }
    let peculiarities = peculiarities(&stage, &modules);
    let split = areas::pack(&stage, &modules).unwrap();
    assert_eq!(split["first_1"], ["common", "first"]);
    // Or its scripts would not be modules for Node.js.
    fs::write(folder.path().join("package.json"), r#"{"type":"module"}"#).unwrap();
    let mut node = Command::new("node");
    let answers = process::read(node.args(["--input-type=module", "--eval", RUN]).arg(&stage)).unwrap();
    assert_eq!(answers, ANSWERS, "{profile:?}, optimised: {optimised}");
    peculiarities
}

/// Whether there is a module of exactly these areas.
fn is_shared(modules: &bundle::Split, areas: &[&str]) -> bool {
    let needs = |area: &str, module: &String| modules[area].contains(module);
    modules.values().flatten().any(|module| AREAS.iter().all(|area| needs(area, module) == areas.contains(area)))
}

/// All modules of areas have the same.
fn peculiarities(stage: &Path, modules: &bundle::Split) -> Peculiarities {
    let mut all = modules.values().flatten().map(|module| {
        let bytes = fs::read(stage.join(module).with_extension("wasm")).unwrap();
        let mut found = Peculiarities { empty_exports: false, canary: false };
        for payload in Parser::new(0).parse_all(&bytes) {
            match payload.unwrap() {
                Payload::ExportSection(exports) => {
                    assert_eq!(exports.count(), 0, "{module} exports something");
                    found.empty_exports = true;
                }
                Payload::ImportSection(imports) => {
                    let names = imports.into_iter().map(|it| match it.unwrap() {
                        Imports::Single(_, import) => import.name.to_owned(),
                        other => panic!("{module} has grouped imports: {other:?}"),
                    });
                    found.canary = names.last().is_some_and(|it| it.starts_with("__canary_"));
                }
                _ => {}
            }
        }
        found
    });
    let first = all.next().unwrap();
    assert!(all.all(|it| it == first), "modules differ in what the splitter writes into them");
    first
}

#[test]
fn development_page_runs_as_the_splitter_writes_it() {
    assert_eq!(run(Profile::Dev, false), Peculiarities { empty_exports: true, canary: true });
}

#[test]
fn development_page_runs_optimised() {
    assert_eq!(run(Profile::Dev, true), Peculiarities { empty_exports: false, canary: false });
}

#[test]
fn release_page_runs_as_the_splitter_writes_it() {
    assert_eq!(run(Profile::Release, false), Peculiarities { empty_exports: true, canary: false });
}

#[test]
fn release_page_runs_optimised() {
    assert_eq!(run(Profile::Release, true), Peculiarities { empty_exports: false, canary: false });
}

#[test]
fn sample_is_split_by_the_version_that_leptos_has() {
    let workspace = Workspace::load().unwrap();
    let lock = fs::read_to_string(workspace.root.join("Cargo.lock")).unwrap();
    for package in ["wasm_split_helpers", "wasm_split_macros", "wasm-bindgen"] {
        let versions = lock.matches(&format!("name = \"{package}\"\n")).count();
        assert_eq!(versions, 1, "{package}: the pinned version in `xtask/sample/Cargo.toml` is not the page's");
    }
}
