//! Packs the page's code into one file per area.
//!
//! The splitter makes a module for every set of areas that share code: hundreds, most of them tiny. Here, the modules
//! of one area are merged into one file, and those that most areas need into another that all of them load. Invariant:
//! a browser places the data of each module once, whichever files contain it. Not here: how the page is split, which is
//! the splitter's part, and how modules are merged ([`crate::merge`]).
//!
//! One chunk per page was tried first: 54 pages made 105 files, 3 to 18 requests per page and a first load of 300 KB,
//! because the build tool had to move shared code into the main module.

use crate::{
    bundle::{LOADER, Split},
    merge,
};
use anyhow::{Context, Result, ensure};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs, iter,
    path::Path,
};

/// The file of modules shared by at least three quarters of the areas. With less in it, people who go from area to area
/// load more twice; with more, those who open one load code of others.
const COMMON: &str = "common";

/// Further shared files, for areas that people open one after the other: name, areas, and how many of them must share a
/// module. A module goes into the first that accepts it.
const SHARED: [(&str, &[&str], usize); 2] =
    [("times", &["booking", "own_bookings"], 2), ("managing", &["inbox", "inventory", "person"], 2)];

/// The loader of an area.
const SCRIPT: &str = include_str!("areas.js");

/// Packs the modules in `stage` by area, and writes the loader. `modules` lists the modules of each area's split
/// points; returns the files of each.
pub fn pack(stage: &Path, modules: &Split) -> Result<Split> {
    let mut users = BTreeMap::<&str, usize>::new();
    for module in modules.values().flatten() {
        *users.entry(module).or_default() += 1;
    }
    let numbers: BTreeMap<&str, u16> = users.keys().copied().zip(0..).collect();
    let common = |module: &str| users.get(module).is_some_and(|users| users * 4 >= modules.len() * 3);
    let needs = |area: &&&str, module: &str| {
        modules.iter().any(|(name, needed)| readable(name) == **area && needed.iter().any(|it| it == module))
    };
    let mut homes = BTreeMap::<&str, (&str, &[&str])>::new();
    for module in users.keys().filter(|it| !common(it)) {
        let takes = |(_, areas, least): &&(&str, &[&str], usize)| {
            areas.iter().filter(|area| needs(area, module)).count() >= *least
        };
        if let Some((name, areas, _)) = SHARED.iter().find(takes) {
            homes.insert(module, (name, areas));
        }
    }
    let mut files = BTreeMap::from([(COMMON.to_owned(), BTreeSet::<&str>::new())]);
    let mut split = Split::new();
    for (area, needed) in modules {
        let own = readable(area);
        // Also for an area whose code the compiler merged with another's.
        files.entry(own.clone()).or_default();
        let mut beside = BTreeSet::new();
        for module in needed {
            let home = homes.get(module.as_str()).filter(|(_, areas)| areas.contains(&own.as_str()));
            let file = match home {
                _ if common(module) => COMMON.to_owned(),
                Some((name, _)) => {
                    beside.insert((*name).to_owned());
                    (*name).to_owned()
                }
                None => own.clone(),
            };
            files.entry(file).or_default().insert(module);
        }
        let loads = iter::once(COMMON.to_owned()).chain(beside).chain([own]);
        split.insert(area.clone(), loads.collect());
    }
    for (file, modules) in &files {
        let read = |module: &&str| -> Result<_> {
            let path = stage.join(module).with_extension("wasm");
            let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
            Ok((numbers[module], bytes))
        };
        let modules: Vec<_> = modules.iter().map(read).collect::<Result<_>>()?;
        let merged = merge::merge(modules.iter().map(|(number, bytes)| (*number, bytes.as_slice())));
        let merged = merged.with_context(|| format!("cannot merge the modules of {file}"))?;
        // The splitter's own names begin otherwise.
        fs::write(stage.join(file).with_extension("wasm"), merged)?;
    }
    for module in users.keys() {
        fs::remove_file(stage.join(module).with_extension("wasm"))?;
    }
    let path = stage.join(LOADER);
    fs::write(&path, loader(&fs::read_to_string(&path)?, &split)?)?;
    Ok(split)
}

/// The area's name in the source, without the splitter's number.
pub fn readable(area: &str) -> String {
    area.rsplit_once('_').map_or(area, |(name, _)| name).to_owned()
}

/// The loader: the shared imports as the splitter wrote them, our code, then the functions that the main module calls.
fn loader(written: &str, split: &Split) -> Result<String> {
    let end = "return sharedImports;\n}";
    let (shared, _) = written.split_once(end).context("the splitter's script is written otherwise than it was")?;
    ensure!(shared.contains("function getSharedImports()"), "the splitter's script lacks what modules share");
    let mut script = format!("{shared}{end}\n{SCRIPT}");
    for (area, files) in split {
        let files: Vec<_> = files.iter().map(|file| format!("\"{file}\"")).collect();
        writeln!(script, "export const __wasm_split_load_{area} = area({});", files.join(", "))?;
    }
    Ok(script)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{ConstExpr, DataSection, EntityType, ImportSection, MemoryType, Module};
    use wasmparser::{Parser, Payload};

    /// A module with data alone.
    fn module(address: i32) -> Vec<u8> {
        let memory =
            MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None };
        let (mut imports, mut data) = (ImportSection::new(), DataSection::new());
        imports.import("__wasm_split", "memory", EntityType::Memory(memory));
        data.active(0, &ConstExpr::i32_const(address), *b"data");
        let mut module = Module::new();
        module.section(&imports).section(&data);
        module.finish()
    }

    /// Numbers of the modules whose data is in a file.
    fn read(file: &Path) -> Vec<u16> {
        let bytes = fs::read(file).unwrap();
        let numbers = Parser::new(0).parse_all(&bytes).find_map(|payload| match payload.unwrap() {
            Payload::CustomSection(custom) if custom.name() == "m" => Some(custom.data().to_vec()),
            _ => None,
        });
        numbers.unwrap().as_chunks().0.iter().map(|number| u16::from_le_bytes(*number)).collect()
    }

    #[test]
    fn widely_shared_chunks_go_to_the_common_file() {
        let folder = tempfile::tempdir().unwrap();
        let stage = folder.path();
        for (address, name) in (0..).zip(["chunk_1", "chunk_2", "split_a_1", "split_b_2", "split_c_3"]) {
            fs::write(stage.join(name).with_extension("wasm"), module(8 * address)).unwrap();
        }
        fs::write(stage.join(LOADER), "function getSharedImports() {\nreturn sharedImports;\n}\nrest").unwrap();
        let needs = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let modules = Split::from([
            ("a_1".into(), needs(&["chunk_1", "chunk_2", "split_a_1"])),
            ("b_2".into(), needs(&["chunk_1", "split_b_2"])),
            ("c_3".into(), needs(&["chunk_1", "split_c_3"])),
            ("d_4".into(), needs(&["chunk_1"])),
            ("e_5".into(), needs(&["chunk_2"])),
        ]);
        let split = pack(stage, &modules).unwrap();
        assert_eq!(split["a_1"], ["common", "a"]);
        assert_eq!(read(&stage.join("common.wasm")), [0]);
        assert_eq!(read(&stage.join("a.wasm")), [1, 2]);
        assert_eq!(read(&stage.join("b.wasm")), [3]);
        assert_eq!(read(&stage.join("e.wasm")), [1]);
        assert!(!stage.join("chunk_1.wasm").exists());
        let script = fs::read_to_string(stage.join(LOADER)).unwrap();
        assert!(script.contains(r#"export const __wasm_split_load_b_2 = area("common", "b");"#), "{script}");
        assert!(!script.contains("rest"), "{script}");
    }

    #[test]
    fn chunks_shared_by_related_areas_get_a_file_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let stage = folder.path();
        for (address, name) in (0..).zip(["chunk_1", "split_a_1", "split_b_2", "split_c_3"]) {
            fs::write(stage.join(name).with_extension("wasm"), module(8 * address)).unwrap();
        }
        fs::write(stage.join(LOADER), "function getSharedImports() {\nreturn sharedImports;\n}\nrest").unwrap();
        let needs = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let modules = Split::from([
            ("booking_1".into(), needs(&["chunk_1", "split_a_1"])),
            ("own_bookings_2".into(), needs(&["chunk_1", "split_b_2"])),
            ("wall_3".into(), needs(&["chunk_1", "split_c_3"])),
            ("d_4".into(), needs(&[])),
            ("e_5".into(), needs(&[])),
            ("f_6".into(), needs(&[])),
        ]);
        let split = pack(stage, &modules).unwrap();
        assert_eq!(split["booking_1"], ["common", "times", "booking"]);
        assert_eq!(split["own_bookings_2"], ["common", "times", "own_bookings"]);
        assert_eq!(split["wall_3"], ["common", "wall"], "who is not among them has a copy of its own");
        assert_eq!(read(&stage.join("times.wasm")), [0]);
        assert_eq!(read(&stage.join("wall.wasm")), [0, 3]);
    }
}
