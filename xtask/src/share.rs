//! Which code of lazy pages goes into the main module after all.
//!
//! The splitter makes a chunk for each set of lazy pages that share code: a hundred files for one page, each fetched
//! and compressed by itself. Here what many pages share, or what is not worth a file, gets an export; the splitter keeps
//! what is exported in the main module, and all that it needs. Invariant: exports are added, and nothing is changed, so
//! a mistake in here costs bytes and never changes what the page does.

use crate::roots::{imported, rooted};
use anyhow::{Context, Result, ensure};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::Range,
};
use wasmparser::{
    ExternalKind, KnownCustom, Linking, Parser, Payload, RelocationEntry, RelocationType, SymbolInfo,
};

/// Shared by this many pages, code belongs to the main module.
const MANY: u32 = 14;
/// Bytes, before they are optimised, under which code that pages share is not worth a file: for each page that shares it,
/// for what few pages need weighs on all the others.
const SMALL: usize = 440;

/// In the names of the exports of lazy functions.
const LAZY: &str = "__wasm_split_00";

/// A function or a piece of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// By its index.
    Function(u32),
    /// By the number of its symbol.
    Data(u32),
}

/// Which lazy pages need it: a bit for each.
type Pages = u64;

/// What calls and points to what in a module.
#[derive(Default)]
struct Graph {
    needs: HashMap<Node, Vec<Node>>,
    /// Bytes of each function.
    sizes: HashMap<Node, usize>,
    /// What the main module begins with.
    main: Vec<Node>,
    lazy: Vec<Node>,
}

/// The module `raw` with an export for whatever its lazy pages share and the main module should hold.
pub fn into_main(raw: &[u8]) -> Result<Vec<u8>> {
    let graph = Graph::read(raw)?;
    ensure!(graph.lazy.len() <= Pages::BITS as usize, "more lazy pages than there are bits for");
    rooted(raw, &graph.moved())
}

impl Graph {
    fn read(raw: &[u8]) -> Result<Self> {
        let mut graph = Self::default();
        let (mut bodies, mut data) = (Vec::new(), Vec::new());
        let (mut code, mut data_section) = (0, 0);
        let (mut symbols, mut relocations) = (Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(raw) {
            match payload? {
                Payload::ExportSection(exports) => {
                    for export in exports {
                        let export = export?;
                        let lazy = export.name.starts_with(LAZY);
                        if export.kind == ExternalKind::Func {
                            let list = if lazy { &mut graph.lazy } else { &mut graph.main };
                            list.push(Node::Function(export.index));
                        }
                    }
                }
                Payload::CodeSectionStart { range, .. } => code = range.start,
                Payload::CodeSectionEntry(body) => bodies.push(body.range()),
                Payload::DataSection(segments) => {
                    data_section = segments.range().start;
                    for segment in segments {
                        let segment = segment?;
                        data.push(segment.range.end - segment.data.len());
                    }
                }
                Payload::CustomSection(custom) => match custom.as_known() {
                    KnownCustom::Linking(linking) => {
                        for part in linking {
                            if let Linking::SymbolTable(table) = part? {
                                symbols = table.into_iter().collect::<Result<_, _>>()?;
                            }
                        }
                    }
                    KnownCustom::Reloc(section) => {
                        let of: Vec<_> = section.entries().into_iter().collect::<Result<_, _>>()?;
                        relocations.push((custom.name().to_owned(), of));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        let functions: Vec<_> = (imported(raw)?..).map(Node::Function).zip(bodies).collect();
        graph.sizes = functions.iter().map(|(node, body)| (*node, body.len())).collect();
        let pieces = pieces(&symbols, &data);
        for (name, entries) in &relocations {
            let (owners, base) = match name.as_str() {
                "reloc.CODE" => (&functions, code),
                "reloc.DATA" => (&pieces, data_section),
                _ => continue,
            };
            graph.relocate(entries, owners, base, &symbols)?;
        }
        Ok(graph)
    }

    /// Adds an edge for each relocation in a section that begins at `base`; `owners` are in order.
    fn relocate(
        &mut self,
        entries: &[RelocationEntry],
        owners: &[(Node, Range<usize>)],
        base: usize,
        symbols: &[SymbolInfo],
    ) -> Result<()> {
        for entry in entries {
            if entry.ty == RelocationType::TypeIndexLeb {
                continue;
            }
            let target = match symbols.get(entry.index as usize).context("a relocation without a symbol")? {
                SymbolInfo::Func { index, .. } => Node::Function(*index),
                SymbolInfo::Data { .. } => Node::Data(entry.index),
                _ => continue,
            };
            let at = base + entry.offset as usize;
            let before = owners.partition_point(|(_, range)| range.start <= at);
            if let Some((owner, range)) = before.checked_sub(1).map(|last| &owners[last])
                && range.contains(&at)
            {
                self.needs.entry(*owner).or_default().push(target);
            }
        }
        Ok(())
    }

    /// `from`, and all that it needs except what is in `without`.
    fn reach(&self, from: &[Node], without: &HashSet<Node>) -> HashSet<Node> {
        let mut reached: HashSet<_> = from.iter().copied().filter(|it| !without.contains(it)).collect();
        let mut open: Vec<_> = reached.iter().copied().collect();
        while let Some(node) = open.pop() {
            let needs = self.needs.get(&node).map(Vec::as_slice).unwrap_or_default();
            open.extend(needs.iter().copied().filter(|it| !without.contains(it) && reached.insert(*it)));
        }
        reached
    }

    fn bytes<'a>(&self, nodes: impl IntoIterator<Item = &'a Node>) -> usize {
        nodes.into_iter().filter_map(|it| self.sizes.get(it)).sum()
    }

    /// What the main module is to begin with, too.
    fn moved(&self) -> Vec<Node> {
        let mut main = self.reach(&self.main, &HashSet::new());
        let mut pages = HashMap::<Node, Pages>::new();
        for (bit, page) in self.lazy.iter().enumerate() {
            for node in self.reach(&[*page], &main) {
                *pages.entry(node).or_default() |= 1 << bit;
            }
        }
        let mut shared = BTreeMap::<_, Vec<Node>>::new();
        for (node, of) in pages {
            if of.count_ones() > 1 {
                // What most pages share comes first: the rest may need it.
                shared.entry((u32::MAX - of.count_ones(), of)).or_default().push(node);
            }
        }
        let mut exports = Vec::new();
        for ((_, of), mut nodes) in shared {
            nodes.sort_unstable();
            let all = self.reach(&nodes, &main);
            if of.count_ones() >= MANY || self.bytes(&all) < SMALL * of.count_ones() as usize {
                exports.extend(self.roots(&nodes, &main));
                main.extend(all);
            }
        }
        exports
    }

    /// Those among `nodes` from which all of them are reached.
    fn roots(&self, nodes: &[Node], main: &HashSet<Node>) -> Vec<Node> {
        let needed: HashSet<_> = nodes.iter().filter_map(|it| self.needs.get(it)).flatten().collect();
        let (inner, outer): (Vec<_>, Vec<_>) = nodes.iter().copied().partition(|it| needed.contains(it));
        let mut reached = main.clone();
        let mut roots = Vec::new();
        // Those that need each other in a circle come last; one of them stands for all.
        for node in outer.into_iter().chain(inner) {
            if !reached.contains(&node) {
                reached.extend(self.reach(&[node], &reached));
                roots.push(node);
            }
        }
        roots
    }
}

/// Data by its place in the file, in order.
fn pieces(symbols: &[SymbolInfo], segments: &[usize]) -> Vec<(Node, Range<usize>)> {
    let mut pieces: Vec<_> = (0..)
        .zip(symbols)
        .filter_map(|(index, symbol)| {
            let SymbolInfo::Data { symbol: Some(place), .. } = symbol else { return None };
            let start = segments.get(place.index as usize)? + place.offset as usize;
            Some((Node::Data(index), start..start + place.size as usize))
        })
        .collect();
    pieces.sort_unstable_by_key(|(_, range)| range.start);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGE: usize = SMALL * MANY as usize;

    fn function(index: u32) -> Node {
        Node::Function(index)
    }

    /// Pages are the functions from 100 on; each needs what stands beside it.
    fn graph(main: &[u32], pages: &[&[u32]], needs: &[(u32, Node)], sizes: &[(u32, usize)]) -> Graph {
        let mut graph = Graph { main: main.iter().copied().map(function).collect(), ..Graph::default() };
        for (page, of) in (100..).zip(pages) {
            graph.lazy.push(function(page));
            graph.needs.insert(function(page), of.iter().copied().map(function).collect());
        }
        for (from, to) in needs {
            graph.needs.entry(function(*from)).or_default().push(*to);
        }
        graph.sizes = sizes.iter().map(|(index, bytes)| (function(*index), *bytes)).collect();
        graph
    }

    #[test]
    fn what_many_pages_share_moves_however_large_it_is() {
        let pages = [&[1_u32] as &[u32]; MANY as usize];
        assert_eq!(graph(&[], &pages, &[], &[(1, LARGE)]).moved(), [function(1)]);
        assert_eq!(graph(&[], &pages[1..], &[], &[(1, LARGE)]).moved(), []);
    }

    #[test]
    fn what_two_pages_share_moves_only_where_all_it_needs_is_small() {
        let shared = [(1, function(2))];
        assert_eq!(graph(&[], &[&[1], &[1]], &shared, &[(1, 10), (2, 10)]).moved(), [function(1)]);
        assert_eq!(graph(&[], &[&[1], &[1]], &shared, &[(1, 10), (2, LARGE)]).moved(), []);
        assert_eq!(graph(&[2], &[&[1], &[1]], &shared, &[(1, 10), (2, LARGE)]).moved(), [function(1)]);
    }

    #[test]
    fn what_one_page_needs_stays_with_it() {
        assert_eq!(graph(&[], &[&[1], &[2]], &[], &[(1, 10), (2, 10)]).moved(), []);
    }

    #[test]
    fn a_circle_and_data_without_code_of_their_own_move_too() {
        let circle = [(1, function(2)), (2, function(1))];
        assert_eq!(graph(&[], &[&[1], &[2]], &circle, &[(1, 10), (2, 10)]).moved(), [function(1)]);
        let words = [(100, Node::Data(5)), (101, Node::Data(5))];
        assert_eq!(graph(&[], &[&[], &[]], &words, &[]).moved(), [Node::Data(5)]);
    }
}
