//! Packs the page's code into one file per area.
//!
//! The splitter makes a module for every set of areas that share code: hundreds, most of them tiny. Here, the modules
//! of one area are packed into one file, and those that most areas need into another that all of them load. Invariant:
//! a browser instantiates each module once, whichever files contain it. Not here: how the page is split, which is the
//! splitter's part.
//!
//! One chunk per page was tried first: 54 pages made 105 files, 3 to 18 requests per page and a first load of 300 KB,
//! because the build tool had to move shared code into the main module.

use crate::bundle::{LOADER, Split};
use anyhow::{Context, Result, ensure};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs, iter,
    path::Path,
};

/// The file of modules shared by at least three fifths of the areas. With less in it, people who go from area to area
/// load more twice; with more, those who open one load code of others.
const COMMON: &str = "common";

/// Further shared files, for areas that people open one after the other: name, areas, and how many of them must share a
/// module. A module goes into the first that accepts it.
const SHARED: [(&str, &[&str], usize); 2] =
    [("times", &["booking", "own_bookings"], 2), ("managing", &["inbox", "inventory", "person"], 2)];

/// The loader of an area.
const SCRIPT: &str = include_str!("areas.js");

/// The name of the sections of a file, also in `areas.js`.
const SECTION: &str = "m";

/// The sections of a module in the order of the wasm format: types, imports, functions, tables, memories, tags,
/// globals, exports, start, elements, number of data segments, code, data.
const PARTS: [u8; 13] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/// Packs the modules in `stage` by area, and writes the loader. `modules` lists the modules of each area's split
/// points; returns the files of each.
pub fn pack(stage: &Path, modules: &Split) -> Result<Split> {
    let mut users = BTreeMap::<&str, usize>::new();
    for module in modules.values().flatten() {
        *users.entry(module).or_default() += 1;
    }
    let numbers: BTreeMap<&str, u16> = users.keys().copied().zip(0..).collect();
    let common = |module: &str| users.get(module).is_some_and(|users| users * 5 >= modules.len() * 3);
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
            Ok((numbers[module], parts(&bytes)?))
        };
        let modules: Vec<_> = modules.iter().map(read).collect::<Result<_>>()?;
        // The splitter's own names begin otherwise.
        fs::write(stage.join(file).with_extension("wasm"), packed(&modules)?)?;
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

/// The header of a module.
const MAGIC: &[u8] = b"\0asm\x01\0\0\0";

/// The sections of a module with their headers, by index in [`PARTS`]; empty if missing.
type Parts = [Vec<u8>; PARTS.len()];

/// Packs modules into a file: first a list of 16-bit words, with the id of each module, by which the loader recognises
/// one from another file, and a bit for each section present, lowest first; then the first section of all modules, the
/// second, and so on. Grouped, because like data compresses better.
fn packed(modules: &[(u16, Parts)]) -> Result<Vec<u8>> {
    let has = |parts: &Parts| parts.iter().rev().fold(0u16, |has, part| has << 1 | u16::from(!part.is_empty()));
    let list = modules.iter().flat_map(|(number, parts)| [*number, has(parts)]);
    let mut file = MAGIC.to_vec();
    section(&mut file, &list.flat_map(u16::to_le_bytes).collect::<Vec<_>>())?;
    for part in 0..PARTS.len() {
        section(&mut file, &modules.iter().flat_map(|(_, parts)| &parts[part]).copied().collect::<Vec<_>>())?;
    }
    Ok(file)
}

/// Appends a custom section.
fn section(out: &mut Vec<u8>, content: &[u8]) -> Result<()> {
    out.push(CUSTOM);
    leb(out, u32::try_from(1 + SECTION.len() + content.len())?);
    leb(out, u32::try_from(SECTION.len())?);
    out.extend_from_slice(SECTION.as_bytes());
    out.extend_from_slice(content);
    Ok(())
}

/// The id of sections that a browser does not run: names, producers, features.
const CUSTOM: u8 = 0;

/// The sections of `module`, without custom ones.
fn parts(module: &[u8]) -> Result<Parts> {
    let mut parts = Parts::default();
    let mut at = MAGIC.len();
    while at < module.len() {
        let (length, begins) = number(module, at + 1)?;
        let ends = begins + length;
        let whole = module.get(at..ends).context("a module that ends too early")?;
        if whole[0] != CUSTOM {
            let part = PARTS.iter().position(|it| *it == whole[0]).context("a section that wasm did not have")?;
            parts[part] = whole.to_vec();
        }
        at = ends;
    }
    Ok(parts)
}

/// Reads the LEB128 number at `at`, and where it ends.
fn number(bytes: &[u8], at: usize) -> Result<(usize, usize)> {
    let mut value = 0;
    for (index, byte) in bytes.iter().enumerate().skip(at).take(5) {
        value |= usize::from(byte & 0x7f) << (7 * (index - at));
        if byte & 0x80 == 0 {
            return Ok((value, index + 1));
        }
    }
    anyhow::bail!("a number without an end")
}

/// Writes `value` as LEB128.
fn leb(out: &mut Vec<u8>, mut value: u32) {
    while value > 0x7f {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmparser::{Parser, Payload};

    /// A module with one empty type section and a custom section as long as `name`.
    fn module(name: &str) -> Vec<u8> {
        let mut module = MAGIC.to_vec();
        module.extend([1, 1, 0]);
        section(&mut module, name.as_bytes()).unwrap();
        module
    }

    /// Ids and sections of the modules in a file, as `areas.js` reads them.
    fn read(file: &Path) -> Vec<(u16, Vec<u8>)> {
        let bytes = fs::read(file).unwrap();
        let custom = |payload| if let Payload::CustomSection(custom) = payload { Some(custom) } else { None };
        let sections = Parser::new(0).parse_all(&bytes).filter_map(|payload| custom(payload.unwrap()));
        let mut sections = sections.map(|section| {
            assert_eq!(section.name(), SECTION);
            section.data().to_vec()
        });
        let list = sections.next().unwrap();
        let words: Vec<_> = list.as_chunks().0.iter().map(|name| u16::from_le_bytes(*name)).collect();
        let mut columns: Vec<_> = sections.collect();
        let modules = words.chunks(2).map(|module| {
            let has = (0..).zip(&mut columns).filter(|(part, _)| module[1] >> part & 1 == 1);
            let parts = has.flat_map(|(_, column)| {
                let (length, begins) = number(column, 1).unwrap();
                column.drain(..begins + length).collect::<Vec<_>>()
            });
            (module[0], parts.collect())
        });
        modules.collect()
    }

    #[test]
    fn widely_shared_chunks_go_to_the_common_file() {
        let folder = tempfile::tempdir().unwrap();
        let stage = folder.path();
        for name in ["chunk_1", "chunk_2", "split_a_1", "split_b_2", "split_c_3"] {
            fs::write(stage.join(name).with_extension("wasm"), module(&"n".repeat(200))).unwrap();
        }
        fs::write(stage.join(LOADER), "function getSharedImports() {\nreturn sharedImports;\n}\nrest").unwrap();
        let needs = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let modules = Split::from([
            ("a_1".into(), needs(&["chunk_1", "chunk_2", "split_a_1"])),
            ("b_2".into(), needs(&["chunk_1", "split_b_2"])),
            ("c_3".into(), needs(&["chunk_1", "split_c_3"])),
            ("d_4".into(), needs(&[])),
            ("e_5".into(), needs(&["chunk_2"])),
        ]);
        let split = pack(stage, &modules).unwrap();
        assert_eq!(split["a_1"], ["common", "a"]);
        let types = vec![1, 1, 0];
        assert_eq!(read(&stage.join("common.wasm")), [(0, types.clone())]);
        assert_eq!(read(&stage.join("a.wasm")), [(1, types.clone()), (2, types.clone())]);
        assert_eq!(read(&stage.join("b.wasm")), [(3, types.clone())]);
        assert_eq!(read(&stage.join("e.wasm")), [(1, types)]);
        assert!(!stage.join("chunk_1.wasm").exists());
        let script = fs::read_to_string(stage.join(LOADER)).unwrap();
        assert!(script.contains(r#"export const __wasm_split_load_b_2 = area("common", "b");"#), "{script}");
        assert!(!script.contains("rest"), "{script}");
    }

    #[test]
    fn chunks_shared_by_related_areas_get_a_file_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let stage = folder.path();
        for name in ["chunk_1", "split_a_1", "split_b_2", "split_c_3"] {
            fs::write(stage.join(name).with_extension("wasm"), module(&"n".repeat(200))).unwrap();
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
        let types = vec![1, 1, 0];
        assert_eq!(read(&stage.join("times.wasm")), [(0, types.clone())]);
        assert_eq!(read(&stage.join("wall.wasm")), [(0, types.clone()), (3, types)]);
    }

    #[test]
    fn truncated_module_is_an_error() {
        let whole = module("names");
        assert!(parts(&whole[..whole.len() - 1]).is_err());
        assert!(parts(&[MAGIC, &[1, 0x80]].concat()).is_err());
    }

    #[test]
    fn packed_sections_are_grouped_and_unpack_in_wasm_order() {
        // In the order of the wasm format, which is not that of the section ids.
        let one: Vec<u8> = [MAGIC, &[1, 1, 0], &[12, 1, 0], &[10, 1, 0], &[11, 1, 0]].concat();
        let other: Vec<u8> = [MAGIC, &[1, 4, 1, 0x60, 0, 0], &[11, 1, 0]].concat();
        let file = packed(&[(3, parts(&one).unwrap()), (9, parts(&other).unwrap())]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wasm");
        fs::write(&path, &file).unwrap();
        assert_eq!(read(&path), [(3, one[8..].to_vec()), (9, other[8..].to_vec())]);
        let beside = [1, 1, 0, 1, 4, 1, 0x60, 0, 0];
        assert!(file.windows(beside.len()).any(|it| it == beside));
    }
}
