//! Merges the splitter's modules that one file loads into one module.
//!
//! The splitter makes a module for every set of areas that share code: 325 of them on the page of a machine, and a
//! browser takes half a millisecond to instantiate each, on a phone two. Merged, they are two.
//!
//! Invariant: all modules use the same memory, table and stack pointer, export nothing, and add functions, entries of
//! the table, and data. A function may come again with another file and replace its like in the table. Data may not: it
//! may have changed. So data stays outside the module, beside the number of the module it belongs to, and the loader
//! (`areas.js`) writes it once. Not here: which modules are in which file.

use anyhow::{Result, anyhow, bail, ensure};
use std::collections::HashMap;
use wasm_encoder::{
    CodeSection, CustomSection, ElementSection, FunctionSection, ImportSection, Module, TypeSection,
    reencode::{Error, Reencode},
};
use wasmparser::{DataKind, FuncType, Import, Imports, Operator, Parser, Payload, TypeRef, ValType};

/// Custom sections of a merged module, also in `areas.js`: for each piece of data the number of its module, its address
/// and its length; and all data.
const SECTIONS: [&str; 4] = ["m", "a", "l", "d"];

/// Merges the modules, given with their numbers.
pub fn merge<'a>(modules: impl IntoIterator<Item = (u16, &'a [u8])>) -> Result<Vec<u8>> {
    let mut merged = MergedModule::default();
    for (number, module) in modules {
        merged.add(number, module)?;
    }
    merged.finish()
}

#[derive(Default)]
struct MergedModule {
    types: Vec<FuncType>,
    indexes: HashMap<FuncType, u32>,
    /// Module, name and type of each import: at most one of each kind, so each has index 0.
    imports: Vec<(String, String, wasm_encoder::EntityType)>,
    functions: FunctionSection,
    elements: ElementSection,
    code: CodeSection,
    /// Number of its module, address and bytes of each piece.
    data: Vec<(u16, u32, Vec<u8>)>,
}

/// Indexes of one module in the merged one.
#[derive(Default)]
struct Indexes {
    types: Vec<u32>,
    /// Number of functions before it.
    functions: u32,
}

/// A reference that a module of the splitter does not have.
#[derive(Debug)]
struct Foreign(&'static str);

impl Reencode for Indexes {
    type Error = Foreign;

    fn type_index(&mut self, index: u32) -> Result<u32, Error<Foreign>> {
        let known = usize::try_from(index).ok().and_then(|index| self.types.get(index));
        known.copied().ok_or(Error::UserError(Foreign("a type that is not there")))
    }

    fn function_index(&mut self, index: u32) -> Result<u32, Error<Foreign>> {
        Ok(self.functions + index)
    }

    fn global_index(&mut self, index: u32) -> Result<u32, Error<Foreign>> {
        // The stack pointer.
        if index == 0 { Ok(0) } else { Err(Error::UserError(Foreign("a second global"))) }
    }

    fn data_index(&mut self, _: u32) -> Result<u32, Error<Foreign>> {
        Err(Error::UserError(Foreign("passive data")))
    }
}

fn unreadable(error: &Error<Foreign>) -> anyhow::Error {
    match error {
        Error::UserError(Foreign(what)) => anyhow!("a module has {what}"),
        other => anyhow!("a module is not as the splitter writes them: {other:?}"),
    }
}

impl MergedModule {
    fn add(&mut self, number: u16, module: &[u8]) -> Result<()> {
        let mut indexes = Indexes { types: Vec::new(), functions: self.code.len() };
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(types) => {
                    for one in types.into_iter_err_on_gc_types() {
                        indexes.types.push(self.type_of(one?));
                    }
                }
                Payload::ImportSection(imports) => {
                    for import in imports {
                        match import? {
                            Imports::Single(_, import) => self.import(&import, &mut indexes)?,
                            _ => bail!("imports are not as the splitter writes them"),
                        }
                    }
                }
                Payload::FunctionSection(functions) => {
                    for one in functions {
                        let index = indexes.type_index(one?).map_err(|error| unreadable(&error))?;
                        self.functions.function(index);
                    }
                }
                Payload::ElementSection(section) => indexes
                    .parse_element_section(&mut self.elements, section)
                    .map_err(|error| unreadable(&error))?,
                Payload::CodeSectionEntry(body) => {
                    indexes.parse_function_body(&mut self.code, body).map_err(|error| unreadable(&error))?;
                }
                Payload::DataSection(section) => {
                    for piece in section {
                        let (address, bytes) = placed(&piece?)?;
                        self.data.push((number, address, bytes));
                    }
                }
                // As the splitter writes it, always there and always empty. The optimiser removes it.
                Payload::ExportSection(exports) if exports.count() == 0 => {}
                Payload::Version { .. }
                | Payload::CodeSectionStart { .. }
                | Payload::DataCountSection { .. }
                | Payload::CustomSection(_)
                | Payload::End(_) => {}
                other => bail!("a module has a section that the splitter does not write: {other:?}"),
            }
        }
        Ok(())
    }

    /// Index of a type; modules have most of them in common.
    fn type_of(&mut self, one: FuncType) -> u32 {
        let next = u32::try_from(self.types.len()).unwrap_or(u32::MAX);
        *self.indexes.entry(one).or_insert_with_key(|one| {
            self.types.push(one.clone());
            next
        })
    }

    fn import(&mut self, import: &Import<'_>, indexes: &mut Indexes) -> Result<()> {
        if is_canary(import) {
            return Ok(());
        }
        let kind = indexes.entity_type(import.ty).map_err(|error| unreadable(&error))?;
        let known = |it: &&(String, String, _)| (it.0.as_str(), it.1.as_str()) == (import.module, import.name);
        match self.imports.iter().find(known) {
            Some((.., as_known)) => ensure!(*as_known == kind, "{} is imported in two ways", import.name),
            None => self.imports.push((import.module.to_owned(), import.name.to_owned(), kind)),
        }
        let same = |it: &&(String, String, wasm_encoder::EntityType)| {
            std::mem::discriminant(&it.2) == std::mem::discriminant(&kind)
        };
        ensure!(self.imports.iter().filter(same).count() == 1, "{} is a second import of its kind", import.name);
        ensure!(!matches!(kind, wasm_encoder::EntityType::Function(_)), "{} is an imported function", import.name);
        Ok(())
    }

    fn finish(self) -> Result<Vec<u8>> {
        let Self { types, mut imports, functions, elements, code, mut data, .. } = self;
        // In one order, whatever module came first, so that the same code gives the same bytes.
        imports.sort_by(|one, other| one.1.cmp(&other.1));
        let mut module = Module::new();
        let mut section = TypeSection::new();
        for one in types {
            let one = Indexes::default().func_type(one).map_err(|error| unreadable(&error))?;
            section.ty().func_type(&one);
        }
        module.section(&section);
        let mut section = ImportSection::new();
        for (from, name, kind) in imports {
            section.import(&from, &name, kind);
        }
        module.section(&section);
        module.section(&functions).section(&elements).section(&code);
        data.sort_by_key(|piece| piece.1);
        let numbers = data.iter().flat_map(|piece| piece.0.to_le_bytes()).collect::<Vec<_>>();
        let addresses = data.iter().flat_map(|piece| piece.1.to_le_bytes()).collect();
        let lengths = data.iter().map(|piece| u32::try_from(piece.2.len())).collect::<Result<Vec<_>, _>>()?;
        let lengths = lengths.into_iter().flat_map(u32::to_le_bytes).collect();
        let bytes = data.into_iter().flat_map(|piece| piece.2).collect();
        for (name, content) in SECTIONS.into_iter().zip([numbers, addresses, lengths, bytes]) {
            module.section(&CustomSection { name: name.into(), data: content.into() });
        }
        Ok(module.finish())
    }
}

/// Whether this is the global by which a browser notices modules of two builds, written with debug assertions. No code
/// reads it, and here a build has a folder of its own. As the last import it moves no index.
fn is_canary(import: &Import<'_>) -> bool {
    let is_constant = matches!(import.ty, TypeRef::Global(it) if !it.mutable && it.content_type == ValType::I32);
    is_constant && import.name.starts_with("__canary_")
}

/// Address and bytes of a piece of data.
fn placed(piece: &wasmparser::Data<'_>) -> Result<(u32, Vec<u8>)> {
    let DataKind::Active { memory_index: 0, offset_expr } = &piece.kind else {
        bail!("a module has passive data");
    };
    Ok((fixed(offset_expr)?.cast_unsigned(), piece.data.to_vec()))
}

/// The place of a piece of data or of a segment, which must be a constant.
pub fn fixed(offset: &wasmparser::ConstExpr<'_>) -> Result<i32> {
    match offset.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value),
        _ => bail!("a part of a module has no fixed place"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        ConstExpr, DataSection, Elements, EntityType, ExportKind, ExportSection, Function, GlobalType, MemoryType,
        RefType, TableType, ValType,
    };

    const MEMORY: MemoryType =
        MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None };
    const TABLE: TableType =
        TableType { element_type: RefType::FUNCREF, table64: false, minimum: 1, maximum: None, shared: false };
    const POINTER: GlobalType = GlobalType { val_type: ValType::I32, mutable: true, shared: false };

    fn imports(all: &[(&str, EntityType)]) -> ImportSection {
        let mut imports = ImportSection::new();
        for (name, kind) in all {
            imports.import("__wasm_split", name, *kind);
        }
        imports
    }

    /// A module with a function in `slot` of the table that takes `takes` and calls itself, and data at `address`.
    pub(crate) fn module(slot: i32, takes: ValType, address: i32, data: &[u8]) -> Vec<u8> {
        let mut module = Module::new();
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([takes], []);
        let mut functions = FunctionSection::new();
        functions.function(1);
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(slot), Elements::Functions([0].as_slice().into()));
        let mut code = CodeSection::new();
        let mut body = Function::new([]);
        body.instructions().global_get(0).drop().local_get(0).call(0).end();
        code.function(&body);
        let mut pieces = DataSection::new();
        pieces.active(0, &ConstExpr::i32_const(address), data.iter().copied());
        module.section(&types).section(&imports(&[
            ("memory", EntityType::Memory(MEMORY)),
            ("table", EntityType::Table(TABLE)),
            ("pointer", EntityType::Global(POINTER)),
        ]));
        module.section(&functions).section(&elements).section(&code).section(&pieces);
        module.finish()
    }

    /// The content of the custom sections, as `areas.js` reads them.
    fn sections(merged: &[u8]) -> Vec<(String, Vec<u8>)> {
        let custom = |payload| if let Payload::CustomSection(it) = payload { Some(it) } else { None };
        let all = Parser::new(0).parse_all(merged).filter_map(|payload| custom(payload.unwrap()));
        all.map(|it| (it.name().to_owned(), it.data().to_vec())).collect()
    }

    #[test]
    fn merged_module_is_valid_and_shares_types_and_imports() {
        let (one, other) = (module(1, ValType::I32, 64, b"one"), module(2, ValType::I64, 32, b"other"));
        let merged = merge([(3, one.as_slice()), (9, other.as_slice())]).unwrap();
        wasmparser::validate(&merged).unwrap();
        let (mut types, mut imports, mut calls, mut slots) = (0, 0, vec![], vec![]);
        for payload in Parser::new(0).parse_all(&merged) {
            match payload.unwrap() {
                Payload::TypeSection(it) => types = it.count(),
                Payload::ImportSection(it) => imports = it.count(),
                Payload::CodeSectionEntry(body) => {
                    let all = body.get_operators_reader().unwrap().into_iter();
                    calls.extend(all.filter_map(|it| {
                        if let Operator::Call { function_index } = it.unwrap() {
                            Some(function_index)
                        } else {
                            None
                        }
                    }));
                }
                Payload::ElementSection(it) => {
                    slots.extend(it.into_iter().map(|it| match it.unwrap().items {
                        wasmparser::ElementItems::Functions(it) => it.into_iter().next().unwrap().unwrap(),
                        wasmparser::ElementItems::Expressions(..) => unreachable!("functions were written"),
                    }));
                }
                _ => {}
            }
        }
        assert_eq!((types, imports), (3, 3));
        assert_eq!((calls, slots), (vec![0, 1], vec![0, 1]), "each function is its module's own");
    }

    #[test]
    fn data_stays_beside_the_number_of_its_module() {
        let (one, other) = (module(1, ValType::I32, 64, b"one"), module(2, ValType::I64, 32, b"other"));
        let merged = merge([(3, one.as_slice()), (9, other.as_slice())]).unwrap();
        let sections = sections(&merged);
        let content = |name: &str| sections.iter().find(|it| it.0 == name).unwrap().1.clone();
        assert_eq!(content("m"), [9, 0, 3, 0], "by address");
        assert_eq!(content("a"), [32, 0, 0, 0, 64, 0, 0, 0]);
        assert_eq!(content("l"), [5, 0, 0, 0, 3, 0, 0, 0]);
        assert_eq!(content("d"), b"otherone");
        let has_data = Parser::new(0).parse_all(&merged).any(|it| matches!(it.unwrap(), Payload::DataSection(_)));
        assert!(!has_data, "a second instance would begin with its own");
    }

    #[test]
    fn module_unlike_those_of_the_splitter_is_refused() {
        let whole = module(1, ValType::I32, 64, b"one");
        assert!(merge([(1, &whole[..whole.len() - 1])]).is_err());
        let mut exports = ExportSection::new();
        exports.export("f", ExportKind::Memory, 0);
        let mut exporting = Module::new();
        exporting.section(&imports(&[("memory", EntityType::Memory(MEMORY))])).section(&exports);
        assert!(merge([(1, exporting.finish().as_slice())]).is_err());
        let mut importing = Module::new();
        let two = [("memory", EntityType::Memory(MEMORY)), ("other", EntityType::Memory(MEMORY))];
        importing.section(&imports(&two));
        assert!(merge([(1, importing.finish().as_slice())]).is_err());
    }
}
