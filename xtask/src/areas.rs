//! One file for each area of the app.
//!
//! The splitter makes a module for every set of areas that share code: hundreds, most of them tiny. Here what one area
//! needs is packed into one file, a module of the modules, and what most areas need into one more that all of them load.
//! Invariant: a browser instantiates each module once, whichever files it came in. Deliberately absent: how the page is
//! split, which is the splitter's.

use crate::bundle::{LOADER, Split};
use anyhow::{Context, Result, ensure};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
};

/// The file of what is shared by at least three fifths of the areas. Less in it, and people who go from area to area load more twice;
/// more, and those who open one load what others need.
const COMMON: &str = "common";

/// How the page loads an area.
const SCRIPT: &str = include_str!("areas.js");

/// The name of a packed module's section; `areas.js` has it too.
const SECTION: &str = "m";

/// Packs the modules in `stage` by area, and writes the script that loads them. `modules` says which ones the split
/// points of each area need; answers which files.
pub fn pack(stage: &Path, modules: &Split) -> Result<Split> {
    let mut users = BTreeMap::<&str, usize>::new();
    for module in modules.values().flatten() {
        *users.entry(module).or_default() += 1;
    }
    let numbers: BTreeMap<&str, u16> = users.keys().copied().zip(0..).collect();
    let shared = |module: &str| users.get(module).is_some_and(|users| users * 5 >= modules.len() * 3);
    let mut files = BTreeMap::from([(COMMON.to_owned(), BTreeSet::<&str>::new())]);
    let mut split = Split::new();
    for (area, needed) in modules {
        // Also of an area whose code the compiler found to be another's.
        files.entry(readable(area)).or_default();
        for module in needed {
            let file = if shared(module) { COMMON.to_owned() } else { readable(area) };
            files.entry(file).or_default().insert(module);
        }
        split.insert(area.clone(), vec![COMMON.to_owned(), readable(area)]);
    }
    for (file, modules) in &files {
        let mut packed = MAGIC.to_vec();
        for module in modules {
            let path = stage.join(module).with_extension("wasm");
            let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
            section(&mut packed, numbers[module], &bare(&bytes)?)?;
        }
        // The splitter's own names begin otherwise.
        fs::write(stage.join(file).with_extension("wasm"), packed)?;
    }
    for module in users.keys() {
        fs::remove_file(stage.join(module).with_extension("wasm"))?;
    }
    let path = stage.join(LOADER);
    fs::write(&path, loader(&fs::read_to_string(&path)?, &split)?)?;
    Ok(split)
}

/// The name that the source gives an area: the splitter puts a number behind it.
pub fn readable(area: &str) -> String {
    area.rsplit_once('_').map_or(area, |(name, _)| name).to_owned()
}

/// The script: what modules share as the splitter wrote it, then ours, then the functions that the main module calls.
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

/// How every module begins.
const MAGIC: &[u8] = b"\0asm\x01\0\0\0";

/// Appends a section with `module` and its number, which is how one recognises what another file brought already.
fn section(out: &mut Vec<u8>, number: u16, module: &[u8]) -> Result<()> {
    let length = 1 + SECTION.len() + 2 + module.len();
    out.push(CUSTOM);
    leb(out, u32::try_from(length)?);
    leb(out, u32::try_from(SECTION.len())?);
    out.extend_from_slice(SECTION.as_bytes());
    out.extend_from_slice(&number.to_le_bytes());
    out.extend_from_slice(module);
    Ok(())
}

/// The number of sections that a browser does not run: names, producers, features.
const CUSTOM: u8 = 0;

/// `module` without its custom sections.
fn bare(module: &[u8]) -> Result<Vec<u8>> {
    let mut bare = MAGIC.to_vec();
    let mut at = MAGIC.len();
    while at < module.len() {
        let (length, begins) = number(module, at + 1)?;
        let ends = begins + length;
        let whole = module.get(at..ends).context("a module that ends too early")?;
        if whole[0] != CUSTOM {
            bare.extend_from_slice(whole);
        }
        at = ends;
    }
    Ok(bare)
}

/// The number that `bytes` have at `at`, and where it ends.
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

/// Writes `value` as wasm does.
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
        section(&mut module, 0, name.as_bytes()).unwrap();
        module
    }

    /// Number and bytes of the modules in a file.
    fn packed(file: &Path) -> Vec<(u16, Vec<u8>)> {
        let bytes = fs::read(file).unwrap();
        let custom = |payload| if let Payload::CustomSection(custom) = payload { Some(custom) } else { None };
        let sections = Parser::new(0).parse_all(&bytes).filter_map(|payload| custom(payload.unwrap()));
        sections
            .map(|section| {
                assert_eq!(section.name(), SECTION);
                let (number, module) = section.data().split_at(2);
                (u16::from_le_bytes([number[0], number[1]]), module.to_vec())
            })
            .collect()
    }

    #[test]
    fn an_area_is_one_file_and_what_half_of_them_share_another() {
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
        let bare = [MAGIC, &[1, 1, 0]].concat();
        assert_eq!(packed(&stage.join("common.wasm")), [(0, bare.clone())]);
        assert_eq!(packed(&stage.join("a.wasm")), [(1, bare.clone()), (2, bare.clone())]);
        assert_eq!(packed(&stage.join("b.wasm")), [(3, bare.clone())]);
        assert_eq!(packed(&stage.join("e.wasm")), [(1, bare)]);
        assert!(!stage.join("chunk_1.wasm").exists());
        let script = fs::read_to_string(stage.join(LOADER)).unwrap();
        assert!(script.contains(r#"export const __wasm_split_load_b_2 = area("common", "b");"#), "{script}");
        assert!(!script.contains("rest"), "{script}");
    }

    #[test]
    fn a_module_that_was_cut_off_is_an_error() {
        let whole = module("names");
        assert!(bare(&whole[..whole.len() - 1]).is_err());
        assert!(bare(&[MAGIC, &[1, 0x80]].concat()).is_err());
    }
}
