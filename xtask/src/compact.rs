//! Compacts the optimised main module: short names to its script, and one segment for the table.
//!
//! The binder names every import with sixteen digits of a hash, in the module and again in its script, and those do not
//! compress. The optimiser leaves the table in thousands of segments, for the entries between them come with an area.
//! Together they were 12 KB of the first load. Invariant: nothing calls an entry of the table before the module that
//! brings it is loaded, so its value until then does not matter. Not here: the modules of areas
//! ([`crate::merge`]), which must leave the entries of other modules alone.

use crate::merge::fixed;
use anyhow::{Context, Result, bail, ensure};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};
use wasm_encoder::{
    ConstExpr, ElementSection, Elements, ExportSection, ImportSection, Module, RawSection,
    reencode::{Reencode, RoundtripReencoder},
};
use wasmparser::{ElementItems, ElementKind, Imports, Operator, Parser, Payload};

/// What an entry of the table holds until its module is loaded. Any function will do.
const FILLER: u32 = 0;

/// Returns the main module and its script in compact form. Both are called `name`.
pub fn compact(module: &[u8], script: &str, name: &str) -> Result<(Vec<u8>, String)> {
    let mut names = Names { script: format!("./{name}_bg.js"), ..Names::default() };
    let mut compacted = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                compacted.section(&names.imports(imports)?);
            }
            Payload::ExportSection(exports) => {
                compacted.section(&names.exports(exports)?);
            }
            Payload::ElementSection(elements) => {
                compacted.section(&one_segment(elements)?);
            }
            other => {
                if let Some((id, range)) = other.as_section() {
                    let data = module.get(range).context("a section outside the module")?;
                    compacted.section(&RawSection { id, data });
                }
            }
        }
    }
    Ok((compacted.finish(), names.replaced(script)?))
}

/// Names that are shortened.
#[derive(Default)]
struct Names {
    /// The module of the imports that the script provides.
    script: String,
    /// Long name → short name.
    short: HashMap<String, String>,
}

impl Names {
    /// The short name of `name`.
    fn short(&mut self, name: &str) -> &str {
        let next = self.short.len();
        self.short.entry(name.to_owned()).or_insert_with(|| format!("${next}"))
    }

    fn imports(&mut self, all: wasmparser::ImportSectionReader<'_>) -> Result<ImportSection> {
        let mut section = ImportSection::new();
        for imports in all {
            let Imports::Single(_, import) = imports? else {
                bail!("imports are not as the binder writes them");
            };
            let kind = RoundtripReencoder.entity_type(import.ty)?;
            let name = if import.module == self.script && hashed(import.name) {
                self.short(import.name)
            } else {
                import.name
            };
            section.import(import.module, name, kind);
        }
        Ok(section)
    }

    fn exports(&mut self, all: wasmparser::ExportSectionReader<'_>) -> Result<ExportSection> {
        let mut section = ExportSection::new();
        for export in all {
            let export = export?;
            let kind = RoundtripReencoder.export_kind(export.kind)?;
            let name = if mangled(export.name) { self.short(export.name) } else { export.name };
            section.export(name, kind, export.index);
        }
        Ok(section)
    }

    /// The script with the short names. An error if it has not all of them.
    fn replaced(&self, script: &str) -> Result<String> {
        let mut replaced = String::with_capacity(script.len());
        let mut missing = self.short.keys().map(String::as_str).collect::<HashSet<_>>();
        let mut rest = script;
        while let Some(start) = rest.find(in_name) {
            let (before, from) = rest.split_at(start);
            let (name, after) = from.split_at(from.find(|it| !in_name(it)).unwrap_or(from.len()));
            replaced.push_str(before);
            replaced.push_str(self.short.get(name).map_or(name, String::as_str));
            missing.remove(name);
            rest = after;
        }
        replaced.push_str(rest);
        ensure!(missing.is_empty(), "the script has no {missing:?}");
        Ok(replaced)
    }
}

/// Whether a character can stand in a name of the script.
const fn in_name(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '_' | '$')
}

/// Whether a name ends in the binder's hash.
fn hashed(name: &str) -> bool {
    name.rsplit_once('_')
        .is_some_and(|(_, hash)| hash.len() == 16 && hash.bytes().all(|it| it.is_ascii_hexdigit()))
}

/// Whether a name is a path in the compiler's encoding.
fn mangled(name: &str) -> bool {
    name.starts_with("_R")
}

/// All entries of the table in one segment.
fn one_segment(segments: wasmparser::ElementSectionReader<'_>) -> Result<ElementSection> {
    let mut entries = Vec::<Option<u32>>::new();
    for segment in segments {
        let segment = segment?;
        let ElementKind::Active { table_index: None | Some(0), offset_expr } = &segment.kind else {
            bail!("a segment of the table is not placed when the module starts");
        };
        let start = usize::try_from(fixed(offset_expr)?)?;
        let functions = match segment.items {
            ElementItems::Functions(all) => all.into_iter().map(|it| Ok(Some(it?))).collect::<Result<Vec<_>>>()?,
            ElementItems::Expressions(_, all) => {
                all.into_iter().map(|it| function(&it?)).collect::<Result<_>>()?
            }
        };
        let end = start + functions.len();
        if entries.len() < end {
            entries.resize(end, None);
        }
        for (entry, function) in entries.iter_mut().skip(start).zip(functions) {
            *entry = function.or(*entry);
        }
    }
    let first = entries.iter().position(Option::is_some).unwrap_or(entries.len());
    let functions = entries.iter().skip(first).map(|it| it.unwrap_or(FILLER)).collect::<Vec<_>>();
    ensure!(!functions.is_empty(), "the table is empty");
    let mut section = ElementSection::new();
    let offset = ConstExpr::i32_const(i32::try_from(first)?);
    section.active(None, &offset, Elements::Functions(Cow::Owned(functions)));
    Ok(section)
}

/// The function of an entry; none if it comes with an area.
fn function(entry: &wasmparser::ConstExpr<'_>) -> Result<Option<u32>> {
    match entry.get_operators_reader().read()? {
        Operator::RefFunc { function_index } => Ok(Some(function_index)),
        Operator::RefNull { .. } => Ok(None),
        other => bail!("an entry of the table is {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        CodeSection, EntityType, ExportKind, Function, FunctionSection, HeapType, RefType, TableSection,
        TableType, TypeSection,
    };

    const IMPORT: &str = "__wbg_now_463ac581d2fc7ea3";
    const EXPORT: &str = "_RINvNtCs1_4core3mem4drop";

    /// Functions 0 and 1 in entries 2 and 5 of the table, and an import and exports as the binder names them.
    fn bound() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("./page_bg.js", IMPORT, EntityType::Function(0));
        imports.import("./loader.js", IMPORT, EntityType::Function(0));
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 8,
            maximum: None,
            shared: false,
        });
        let mut exports = ExportSection::new();
        exports.export(EXPORT, ExportKind::Func, 2).export("hydrate", ExportKind::Func, 2);
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(2), Elements::Functions([1].as_slice().into()));
        let gap = [ConstExpr::ref_null(HeapType::FUNC), ConstExpr::ref_func(2)];
        let gap = Elements::Expressions(RefType::FUNCREF, gap.as_slice().into());
        elements.active(Some(0), &ConstExpr::i32_const(4), gap);
        let mut code = CodeSection::new();
        let mut body = Function::new([]);
        body.instructions().call(0).end();
        code.function(&body);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&tables).section(&exports);
        module.section(&elements).section(&code);
        module.finish()
    }

    #[test]
    fn names_of_the_binder_are_short_in_module_and_script() {
        let script = format!("import0 = {{ {IMPORT}: () => wasm.{EXPORT}() }}; wasm.hydrate(); {IMPORT}9");
        let (module, script) = compact(&bound(), &script, "page").unwrap();
        wasmparser::validate(&module).unwrap();
        assert_eq!(script, format!("import0 = {{ $0: () => wasm.$1() }}; wasm.hydrate(); {IMPORT}9"));
        let (mut imports, mut exports) = (vec![], vec![]);
        for payload in Parser::new(0).parse_all(&module) {
            match payload.unwrap() {
                Payload::ImportSection(all) => imports.extend(all.into_imports().map(|it| it.unwrap().name)),
                Payload::ExportSection(all) => exports.extend(all.into_iter().map(|it| it.unwrap().name)),
                _ => {}
            }
        }
        assert_eq!(imports, ["$0", IMPORT], "another script knows the other only by its name");
        assert_eq!(exports, ["$1", "hydrate"]);
    }

    #[test]
    fn table_is_one_segment_that_keeps_every_entry() {
        let (module, _) = compact(&bound(), &format!("{IMPORT} {EXPORT}"), "page").unwrap();
        let mut segments = vec![];
        for payload in Parser::new(0).parse_all(&module) {
            if let Payload::ElementSection(all) = payload.unwrap() {
                segments.extend(all.into_iter().map(|it| {
                    let it = it.unwrap();
                    let ElementKind::Active { offset_expr, .. } = &it.kind else {
                        unreachable!("placed at the start")
                    };
                    let offset = offset_expr.get_operators_reader().read().unwrap();
                    let ElementItems::Functions(all) = it.items else { unreachable!("functions were written") };
                    (format!("{offset:?}"), all.into_iter().map(Result::unwrap).collect::<Vec<_>>())
                }));
            }
        }
        assert_eq!(segments, [("I32Const { value: 2 }".to_owned(), vec![1, FILLER, FILLER, 2])]);
    }

    #[test]
    fn script_without_a_name_of_the_module_is_refused() {
        let refused = compact(&bound(), IMPORT, "page").unwrap_err().to_string();
        assert!(refused.contains(EXPORT) && !refused.contains(IMPORT), "{refused}");
    }

    #[test]
    fn module_that_is_cut_off_is_refused() {
        let whole = bound();
        assert!(compact(whole.get(..whole.len() - 1).unwrap(), &format!("{IMPORT} {EXPORT}"), "page").is_err());
    }
}
