//! From the compiler's module to the files a browser loads: split, bind, optimise.
//!
//! Invariant: a development page is split too. Unsplit, a page with lazy areas does not start (`Failed to resolve
//! module specifier "__wasm_split_placeholder__"`).

use crate::{compact, files, process};
use anyhow::{Context, Result, anyhow};
use rayon::prelude::*;
use std::{
    cmp::Reverse,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use wasm_bindgen_cli_support::Bindgen;

/// Area, by the splitter's name → its files, without `.wasm`.
pub type Split = BTreeMap<String, Vec<String>>;

/// The script that loads areas; leptos has this name built in.
pub const LOADER: &str = "__wasm_split.______________________.js";

/// Shrinks the modules that it is given.
const OPTIMISE: &str = include_str!("optimise.mjs");

/// Splits the areas of the module `raw`, read from `wasm`, into modules in `stage`, and writes the main module with its
/// JavaScript and that of `page` beside them. Returns the modules of each area.
pub fn split_and_bind(raw: &[u8], wasm: &Path, stage: &Path, name: &str, page: &str) -> Result<Split> {
    let main = wasm.with_file_name("main.wasm");
    let script = format!("./{name}.js");
    let loader = format!("./{LOADER}");
    let mut options = wasm_split_cli_support::Options::new(raw);
    options.output_dir = stage;
    options.main_out_path = &main;
    options.main_module = &script;
    options.link_name = &loader;
    let done =
        wasm_split_cli_support::transform(options).map_err(|error| anyhow!("cannot split the page: {error:?}"))?;

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

/// Shrinks the modules in place, on two cores, and compacts the main module and its script, both called `name`.
pub fn optimise(stage: &Path, end2end: &Path, name: &str) -> Result<()> {
    let mut modules = modules(stage)?;
    modules.sort_by_key(|it| Reverse(it.metadata().map_or(0, |it| it.len())));
    let turns = [0, 1].map(|turn| modules.iter().skip(turn).step_by(2).collect::<Vec<_>>());
    turns.par_iter().try_for_each(|modules| {
        let mut node = Command::new("node");
        node.current_dir(end2end).args(["--input-type=module", "--eval", OPTIMISE]).args(modules);
        // Read, not shown: its warnings are about names of functions, which go.
        process::read(&mut node).map(drop)
    })?;
    let (main, script) = (stage.join(format!("{name}_bg.wasm")), stage.join(format!("{name}.js")));
    let bound = fs::read_to_string(&script).with_context(|| script.display().to_string())?;
    let (module, bound) =
        compact::compact(&fs::read(&main)?, &bound, name).context("cannot compact the main module")?;
    fs::write(main, module)?;
    fs::write(script, bound)?;
    Ok(())
}

fn modules(stage: &Path) -> Result<Vec<PathBuf>> {
    let mut all = files::below(stage)?;
    all.retain(|it| it.extension().is_some_and(|it| it == "wasm"));
    Ok(all)
}
