//! From the compiler's module to what a browser loads: split, bind, optimise.
//!
//! Invariant: also a quick page is split. Whole, a page with lazy routes does not start (`Failed to resolve module
//! specifier "__wasm_split_placeholder__"`).

use crate::{files, npm, process, share};
use anyhow::{Context, Result, anyhow, ensure};
use rayon::prelude::*;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use wasm_bindgen_cli_support::Bindgen;

/// Lazy page → the chunks it is made of, without `.wasm`.
pub type Split = BTreeMap<String, Vec<String>>;

/// The loader of the chunks; leptos has this name built in.
pub const LOADER: &str = "__wasm_split.______________________.js";

/// How the loader gets a chunk. Its own way lets go at the first failed answer, and a page that lets go is dead.
const CHUNKS: &str = include_str!("chunks.js");

/// What rustc emits and every browser of the last years reads. Not `--all-features`: that uses proposals no browser
/// has yet ("Invalid import kind 126, enable with --wasm-compact-imports").
const OPTIMISE: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Moves every lazy page of the module `raw`, read from `wasm`, into chunks in `stage`, and writes the main module
/// with its JavaScript, and that of `page`, beside them.
pub fn split_and_bind(raw: &[u8], wasm: &Path, stage: &Path, name: &str, page: &str) -> Result<Split> {
    let main = wasm.with_file_name("main.wasm");
    let script = format!("./{name}.js");
    let loader = format!("./{LOADER}");
    let raw = share::into_main(raw)?;
    let mut options = wasm_split_cli_support::Options::new(&raw);
    options.output_dir = stage;
    options.main_out_path = &main;
    options.main_module = &script;
    options.link_name = &loader;
    let done =
        wasm_split_cli_support::transform(options).map_err(|error| anyhow!("cannot split the page: {error:?}"))?;

    hold_on(&stage.join(LOADER))?;

    let mut bindgen = Bindgen::new();
    bindgen.input_path(&main).out_name(name).web(true)?.typescript(false).demangle(false);
    bindgen.keep_lld_exports(true).remove_name_section(true).remove_producers_section(true);
    bindgen.generate(stage)?;
    // In the one script that every page loads anyway: a file of its own would be one more to wait for.
    append(&stage.join(&script), page)?;
    Ok(done.prefetch_map.into_iter().collect())
}

/// Writes `rest` at the end of a script.
fn append(file: &Path, rest: &str) -> Result<()> {
    let script = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    fs::write(file, format!("{script};{rest}\n"))?;
    Ok(())
}

/// Has the loader get its chunks by [`CHUNKS`].
fn hold_on(loader: &Path) -> Result<()> {
    let script = fs::read_to_string(loader).with_context(|| loader.display().to_string())?;
    let fetches = script.replace("fetch(new URL(", "chunk(new URL(");
    ensure!(fetches != script, "the loader of chunks is written otherwise than it was; see xtask/src/chunks.js");
    fs::write(loader, format!("{CHUNKS}{fetches}"))?;
    Ok(())
}

/// Shrinks the main module and every chunk in place.
pub fn optimise(stage: &Path, end2end: &Path) -> Result<()> {
    let tool = npm::program(end2end, "wasm-opt");
    modules(stage)?.par_iter().try_for_each(|module| {
        let smaller = module.with_extension("optimised");
        // Its warnings are about names of functions, which go.
        process::read(Command::new(&tool).args(OPTIMISE).arg(module).arg("-o").arg(&smaller))?;
        fs::rename(&smaller, module).with_context(|| module.display().to_string())
    })
}

fn modules(stage: &Path) -> Result<Vec<PathBuf>> {
    let mut all = files::below(stage)?;
    all.retain(|it| it.extension().is_some_and(|it| it == "wasm"));
    Ok(all)
}
