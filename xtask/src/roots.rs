//! More for the main module to begin with, written into a module that the linker has left open for splitting.
//!
//! Invariant: whatever was there keeps its number and its place in its section; relocations still fit.

use crate::share::Node;
use anyhow::{Context, Result, bail, ensure};
use wasmparser::{Parser, Payload, TypeRef};

/// Begins the names of the exports added here: the shorter the better, they ship.
const NAME: &str = "~";

/// `raw` with `roots` in what the main module begins with: functions are exported, data is mentioned by one more
/// function, which is exported too and loses its body when the module is optimised.
pub fn rooted(raw: &[u8], roots: &[Node]) -> Result<Vec<u8>> {
    let (mut exported, mut relocations) = (Vec::new(), Vec::new());
    let mut body = vec![0];
    for root in roots {
        match root {
            Node::Function(index) => exported.push(*index),
            Node::Data(symbol) => {
                body.push(I32_CONST);
                relocations.push((body.len(), *symbol));
                body.extend([0x80, 0x80, 0x80, 0x80, 0, DROP]);
            }
        }
    }
    body.push(END);
    let (mut module, mut begins) = (raw[..8].to_vec(), 0);
    let mut sections = Reader { bytes: raw, at: 8 };
    while sections.at < raw.len() {
        let kind = sections.byte()?;
        let length = sections.number()? as usize;
        let payload = sections.take(length)?;
        let payload = match kind {
            FUNCTIONS => {
                let mut entry = Vec::new();
                leb(&mut entry, type_of_nothing(raw)?);
                let (count, more) = appended(payload, 0, 1, &entry)?;
                exported.push(imported(raw)? + count);
                more
            }
            EXPORTS => {
                let mut entries = Vec::new();
                for (number, function) in exported.iter().enumerate() {
                    let name = format!("{NAME}{number:x}");
                    leb(&mut entries, u32::try_from(name.len())?);
                    entries.extend_from_slice(name.as_bytes());
                    entries.push(0);
                    leb(&mut entries, *function);
                }
                appended(payload, 0, u32::try_from(exported.len())?, &entries)?.1
            }
            CODE => {
                let mut entry = Vec::new();
                leb(&mut entry, u32::try_from(body.len())?);
                begins = payload.len() + entry.len();
                entry.extend_from_slice(&body);
                let more = appended(payload, 0, 1, &entry)?.1;
                ensure!(more.len() == payload.len() + entry.len(), "the code moved, and its relocations did not");
                more
            }
            CUSTOM if payload[1..].starts_with(RELOCATIONS) => {
                let mut entries = Vec::new();
                for (at, symbol) in &relocations {
                    entries.push(MEMORY_ADDRESS);
                    leb(&mut entries, u32::try_from(begins + at)?);
                    leb(&mut entries, *symbol);
                    entries.push(0);
                }
                // After the name comes the section's number, which is less than 128.
                appended(payload, RELOCATIONS.len() + 2, u32::try_from(relocations.len())?, &entries)?.1
            }
            _ => payload.to_vec(),
        };
        module.push(kind);
        leb(&mut module, u32::try_from(payload.len())?);
        module.extend(payload);
    }
    Ok(module)
}

// Numbers of sections, instructions and a relocation, as the format of the module has them.
const CUSTOM: u8 = 0;
const FUNCTIONS: u8 = 3;
const EXPORTS: u8 = 7;
const CODE: u8 = 10;
const I32_CONST: u8 = 0x41;
const DROP: u8 = 0x1a;
const END: u8 = 0x0b;
const MEMORY_ADDRESS: u8 = 4;
/// Name of the section with the relocations of the code.
const RELOCATIONS: &[u8] = b"reloc.CODE";

/// The list in `payload` whose count stands at `at`, with `count` more `entries`; and how many it had.
fn appended(payload: &[u8], at: usize, count: u32, entries: &[u8]) -> Result<(u32, Vec<u8>)> {
    let mut reader = Reader { bytes: payload, at };
    let had = reader.number()?;
    let mut more = payload[..at].to_vec();
    leb(&mut more, had + count);
    more.extend_from_slice(&payload[reader.at..]);
    more.extend_from_slice(entries);
    Ok((had, more))
}

/// How many functions come before the first that `raw` defines.
pub fn imported(raw: &[u8]) -> Result<u32> {
    let mut functions = 0;
    for payload in Parser::new(0).parse_all(raw) {
        if let Payload::ImportSection(imports) = payload? {
            for import in imports.into_imports() {
                functions += u32::from(matches!(import?.ty, TypeRef::Func(_)));
            }
        }
    }
    Ok(functions)
}

/// The number of the type of a function without arguments and results.
fn type_of_nothing(raw: &[u8]) -> Result<u32> {
    for payload in Parser::new(0).parse_all(raw) {
        if let Payload::TypeSection(types) = payload? {
            for (number, of) in (0..).zip(types.into_iter_err_on_gc_types()) {
                let of = of?;
                if of.params().is_empty() && of.results().is_empty() {
                    return Ok(number);
                }
            }
        }
    }
    bail!("no function type without arguments and results")
}

/// Reads what wasm is made of.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.at).context("the module ends too early")?;
        self.at += 1;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u32> {
        let (mut number, mut shift) = (0_u32, 0);
        loop {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f).checked_shl(shift).context("a number with too many digits")?;
            if byte < 0x80 {
                return Ok(number);
            }
            shift += 7;
        }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at + length).context("the module ends too early")?;
        self.at += length;
        Ok(taken)
    }
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
    use wasmparser::{KnownCustom, RelocationType};

    /// A module with one function of nothing and a list of relocations of the code, which is empty.
    fn module() -> Vec<u8> {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let relocations = [&[10], RELOCATIONS, &[3, 0]].concat();
        let sections: [(u8, &[u8]); 5] = [
            (1, &[1, 0x60, 0, 0]),
            (FUNCTIONS, &[1, 0]),
            (EXPORTS, &[1, 1, b'a', 0, 0]),
            (CODE, &[1, 2, 0, END]),
            (CUSTOM, &relocations),
        ];
        for (kind, payload) in sections {
            module.extend([kind, u8::try_from(payload.len()).unwrap()]);
            module.extend_from_slice(payload);
        }
        module
    }

    #[test]
    fn functions_are_exported_and_data_is_mentioned_where_the_relocation_says() {
        let rooted = rooted(&module(), &[Node::Function(0), Node::Data(9)]).unwrap();
        let (mut names, mut code, mut relocated) = (Vec::new(), 0, Vec::new());
        for payload in Parser::new(0).parse_all(&rooted) {
            match payload.unwrap() {
                Payload::ExportSection(exports) => {
                    names.extend(exports.into_iter().map(|it| it.unwrap()).map(|it| (it.name, it.index)));
                }
                Payload::CodeSectionStart { range, .. } => code = range.start,
                Payload::CustomSection(custom) => {
                    let KnownCustom::Reloc(section) = custom.as_known() else { continue };
                    relocated.extend(section.entries().into_iter().map(Result::unwrap));
                }
                _ => {}
            }
        }
        assert_eq!(names, [("a", 0), ("~0", 0), ("~1", 1)]);
        let [relocation] = relocated.as_slice() else { panic!("{relocated:?}") };
        assert_eq!((relocation.ty, relocation.index), (RelocationType::MemoryAddrSleb, 9));
        let at = code + relocation.offset as usize;
        assert_eq!(rooted[at - 1..=at + 5], [I32_CONST, 0x80, 0x80, 0x80, 0x80, 0, DROP]);
    }
}
