//! Circles of modules: none may exist inside a crate.
//!
//! The modules of one folder are compared, each with everything inside it: a noun may be one file or a folder, and so may
//! a part of it. The root file counts only for what it defines itself; what it re-exports belongs to its module. Imports
//! are read from the text: `use`, and paths in code, also in macros. A method that one module adds to the type of another
//! is not seen.
//!
//! Invariant: code of tests does not count, because it may look at everything. Not here: arrows between crates
//! ([`crate::edges`]), and a noun's own file, which may use its parts and be used by them.

mod tokens;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tokens::{Token, tokens};

/// The sources of a crate: path below `src` → text.
pub type Sources = BTreeMap<String, String>;

/// A module's path from the crate's root, which is empty.
type ModulePath = Vec<String>;

/// A module of the crate: a file, or a block in one.
#[derive(Default)]
struct Module {
    /// Names brought in by `use`, with their paths as written.
    names: BTreeMap<String, Vec<String>>,
    /// Paths in its code, with their places.
    paths: Vec<(Vec<String>, Place)>,
}

/// Where a path is written: file and line.
type Place = (String, usize);

/// Module → modules it imports, with the place of the first import.
type Graph = BTreeMap<String, BTreeMap<String, Place>>;

/// The node of what the root file defines itself.
const ROOT: &str = "the root";

/// The circles in the crate with these sources, which are in `folder`.
pub fn faults(name: &str, folder: &str, sources: &Sources) -> Vec<String> {
    let modules = Crate::read(sources);
    modules.parents().into_iter().flat_map(|parent| faults_of(&modules.graph(parent), name, folder)).collect()
}

fn faults_of(graph: &Graph, name: &str, folder: &str) -> Vec<String> {
    let fault = |circle: Vec<String>| {
        let arrows: Vec<_> = circle.windows(2).map(|pair| arrow(graph, folder, &pair[0], &pair[1])).collect();
        format!("{name}: modules import each other in a circle: {}{}", circle[0], arrows.concat())
    };
    circles(graph).into_iter().map(fault).collect()
}

fn arrow(graph: &Graph, folder: &str, from: &str, to: &str) -> String {
    let (file, line) = &graph[from][to];
    format!(" → {to} ({folder}/{file}:{line})")
}

/// The shortest circle of each group of modules that reach each other, from a module back to itself.
fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let mut found = Vec::<Vec<String>>::new();
    let mut done = BTreeSet::new();
    for start in graph.keys() {
        if done.contains(start) {
            continue;
        }
        let group: BTreeSet<_> = graph
            .keys()
            .filter(|it| path(graph, start, it).is_some() && path(graph, it, start).is_some())
            .collect();
        found.extend(group.iter().filter_map(|it| path(graph, it, it)).min_by_key(Vec::len));
        done.extend(group);
    }
    found
}

/// The shortest path of at least one import.
fn path(graph: &Graph, from: &str, to: &str) -> Option<Vec<String>> {
    let mut queue = VecDeque::from([vec![from.to_owned()]]);
    let mut seen = BTreeSet::new();
    while let Some(path) = queue.pop_front() {
        for next in graph.get(path.last()?).into_iter().flat_map(BTreeMap::keys) {
            let longer: Vec<_> = path.iter().chain([next]).cloned().collect();
            if next == to {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                queue.push_back(longer);
            }
        }
    }
    None
}

struct Crate(BTreeMap<ModulePath, Module>);

impl Crate {
    fn read(sources: &Sources) -> Self {
        let mut modules = Self(BTreeMap::new());
        let root = ["lib.rs", "main.rs"].into_iter().find(|it| sources.contains_key(*it));
        if let Some(root) = root {
            modules.read_file(sources, root, Vec::new());
        }
        modules
    }

    fn read_file(&mut self, sources: &Sources, file: &str, module: ModulePath) {
        let Some(text) = sources.get(file) else { return };
        let tokens = tokens(text);
        let mut reader = FileReader { file, tokens: &tokens, at: 0, modules: self, declared: Vec::new() };
        reader.read_module(&module);
        for child in reader.declared {
            let path = child.join("/");
            for file in [format!("{path}.rs"), format!("{path}/mod.rs")] {
                self.read_file(sources, &file, child.clone());
            }
        }
    }

    /// The modules that have modules in them.
    fn parents(&self) -> BTreeSet<&[String]> {
        self.0.keys().filter_map(|module| Some(module.split_last()?.1)).collect()
    }

    /// Which module directly in `parent` imports which other.
    fn graph(&self, parent: &[String]) -> Graph {
        let mut graph = Graph::new();
        for (module, Module { paths, .. }) in &self.0 {
            let Some(from) = node(parent, module) else { continue };
            for (path, place) in paths {
                let passes = self.passes(module, path);
                for to in passes.iter().filter_map(|to| node(parent, to)).filter(|to| *to != from) {
                    graph.entry(to.clone()).or_default();
                    graph.entry(from.clone()).or_default().entry(to).or_insert_with(|| place.clone());
                }
            }
        }
        graph
    }

    /// The modules that a path written in `module` leads through by name: that of its item, and where that is a
    /// re-export, also the next.
    fn passes(&self, module: &[String], path: &[String]) -> Vec<ModulePath> {
        let mut found = Vec::new();
        let (mut module, mut path) = (module.to_vec(), path.to_vec());
        // No chain of re-exports is longer; a name imported as itself would have no end.
        for _ in 0..8 {
            let Some((at, rest)) = self.resolve(&module, &path) else { break };
            let reexport = rest.first().and_then(|name| self.0.get(&at)?.names.get(name));
            if !at.is_empty() || (!rest.is_empty() && reexport.is_none()) {
                found.push(at.clone());
            }
            let Some(reexport) = reexport else { break };
            path = reexport.iter().chain(&rest[1..]).cloned().collect();
            module = at;
        }
        found
    }

    /// The module of a path's item, and the rest of the path. `None` for another crate, or a name of the module itself.
    fn resolve(&self, module: &[String], path: &[String]) -> Option<(ModulePath, Vec<String>)> {
        let mut at = module.to_vec();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => (at, rest) = (Vec::new(), &rest[1..]),
            "self" => rest = &rest[1..],
            "super" => {
                while let Some(("super", more)) = rest.split_first().map(|(first, more)| (first.as_str(), more)) {
                    at.pop();
                    rest = more;
                }
            }
            child => {
                at.push(child.to_owned());
                rest = self.0.contains_key(&at).then(|| &rest[1..])?;
            }
        }
        while let Some((child, more)) = rest.split_first() {
            at.push(child.clone());
            if !self.0.contains_key(&at) {
                at.pop();
                break;
            }
            rest = more;
        }
        Some((at, rest.to_vec()))
    }
}

/// The module directly in `parent` that `module` is or is in.
fn node(parent: &[String], module: &[String]) -> Option<String> {
    match module.strip_prefix(parent)? {
        [] => parent.is_empty().then(|| ROOT.to_owned()),
        [child, ..] => Some(parent.iter().chain([child]).cloned().collect::<Vec<_>>().join("::")),
    }
}

/// Reads the modules and paths of one file.
struct FileReader<'a> {
    file: &'a str,
    tokens: &'a [Token],
    at: usize,
    modules: &'a mut Crate,
    /// Modules in files of their own.
    declared: Vec<ModulePath>,
}

impl FileReader<'_> {
    /// The token `ahead`; empty after the end.
    fn peek(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |it| it.0.as_str())
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |it| it.1)
    }

    /// Reads `module` until its closing brace, or the end of the file.
    fn read_module(&mut self, module: &[String]) {
        self.modules.0.entry(module.to_vec()).or_default();
        let mut depth = 0_usize;
        while self.at < self.tokens.len() {
            match self.peek(0) {
                "#" if self.is_for_tests() => self.skip_item(),
                "#" if self.peek(1) == "[" => self.skip_attribute(),
                "mod" if is_name(self.peek(1)) && self.peek(2) == ";" => {
                    self.declared.push(child(module, self.peek(1)));
                    self.at += 3;
                }
                "mod" if is_name(self.peek(1)) && self.peek(2) == "{" => {
                    let inner = child(module, self.peek(1));
                    self.at += 3;
                    self.read_module(&inner);
                }
                // `use<'a>` names the lifetimes that a type captures.
                "use" if self.peek(1) != "<" => {
                    self.at += 1;
                    self.read_use(module, &[]);
                }
                // A visibility.
                "pub" if self.peek(1) == "(" => self.skip_group(1),
                "{" => (depth, self.at) = (depth + 1, self.at + 1),
                "}" if depth == 0 => {
                    self.at += 1;
                    return;
                }
                "}" => (depth, self.at) = (depth - 1, self.at + 1),
                it if is_name(it) => self.read_path(module),
                _ => self.at += 1,
            }
        }
    }

    /// Reads a path in code, such as `crate::holds::place`.
    fn read_path(&mut self, module: &[String]) {
        let is_absolute = self.at > 0 && self.tokens[self.at - 1].0 == "::";
        let line = self.line();
        let mut path = vec![self.peek(0).to_owned()];
        self.at += 1;
        while self.peek(0) == "::" && is_name(self.peek(1)) {
            path.push(self.peek(1).to_owned());
            self.at += 2;
        }
        if path.len() > 1 && !is_absolute {
            self.add(module, path, line);
        }
    }

    /// Reads the tree of a `use` below `prefix`.
    fn read_use(&mut self, module: &[String], prefix: &[String]) {
        let mut path = prefix.to_vec();
        let line = self.line();
        loop {
            match self.peek(0) {
                "{" => {
                    self.at += 1;
                    while !matches!(self.peek(0), "}" | "") {
                        self.read_use(module, &path);
                    }
                    self.at += 1;
                    path.clear();
                }
                "as" => {
                    let name = self.peek(1).to_owned();
                    self.at += 2;
                    self.import(module, &name, &path, line);
                    path.clear();
                }
                "," | ";" | "}" | "" => {
                    if let Some(name) = path.last().cloned() {
                        self.import(module, &name, &path, line);
                    }
                    // The brace is the end of the list around this.
                    self.at += usize::from(self.peek(0) != "}");
                    return;
                }
                // The module itself, or everything in it.
                "self" if !path.is_empty() => self.at += 1,
                it if is_name(it) => {
                    path.push(it.to_owned());
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }

    fn import(&mut self, module: &[String], name: &str, path: &[String], line: usize) {
        if path.is_empty() {
            return;
        }
        if let Some(module) = self.modules.0.get_mut(module) {
            module.names.insert(name.to_owned(), path.to_vec());
        }
        self.add(module, path.to_vec(), line);
    }

    fn add(&mut self, module: &[String], path: Vec<String>, line: usize) {
        let place = (self.file.to_owned(), line);
        self.modules.0.entry(module.to_vec()).or_default().paths.push((path, place));
    }

    /// Whether an attribute begins here that keeps its item to tests.
    fn is_for_tests(&self) -> bool {
        if self.peek(1) != "[" || self.peek(2) != "cfg" {
            return false;
        }
        // No attribute is longer than the rest of the file.
        let rest = (3..).take(self.tokens.len()).map(|ahead| self.peek(ahead));
        let attribute: Vec<_> = rest.take_while(|it| !matches!(*it, "]" | "")).collect();
        attribute.contains(&"test") && !attribute.contains(&"not")
    }

    fn skip_attribute(&mut self) {
        self.skip_group(1);
    }

    /// Skips to the end of the group that opens `ahead`.
    fn skip_group(&mut self, ahead: usize) {
        self.at += ahead;
        let mut depth = 0_usize;
        while self.at < self.tokens.len() {
            match self.peek(0) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return;
            }
        }
    }

    /// Skips an item, a field or a statement with its attributes.
    fn skip_item(&mut self) {
        while self.peek(0) == "#" {
            self.skip_attribute();
        }
        let (mut by_semicolon, mut by_brace) = (false, false);
        while self.at < self.tokens.len() {
            match self.peek(0) {
                "use" | "const" | "static" | "let" | "type" if !by_brace => by_semicolon = true,
                "fn" | "mod" | "struct" | "enum" | "trait" | "impl" | "macro_rules" => {
                    (by_semicolon, by_brace) = (false, true);
                }
                ";" => {
                    self.at += 1;
                    return;
                }
                "," if !by_semicolon && !by_brace => {
                    self.at += 1;
                    return;
                }
                "}" => return,
                "{" if !by_semicolon => return self.skip_group(0),
                "(" | "[" | "{" => {
                    self.skip_group(0);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }
}

fn child(module: &[String], name: &str) -> ModulePath {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

fn is_name(token: &str) -> bool {
    token.starts_with(|it: char| it.is_alphabetic() || it == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The circles of a crate with these files.
    fn circles_in(files: &[(&str, &str)]) -> Vec<String> {
        let sources = files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
        faults("lab", "lab/src", &sources)
    }

    /// The modules that the module `a` with this text imports.
    fn imports(text: &str) -> Vec<String> {
        let files =
            [("lib.rs", "mod a; mod b; mod c; pub use b::Shared;"), ("a.rs", text), ("b.rs", ""), ("c.rs", "")];
        let sources = files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
        let graph = Crate::read(&sources).graph(&[]);
        graph.get("a").into_iter().flat_map(BTreeMap::keys).cloned().collect()
    }

    #[test]
    fn shortest_circle_is_named_with_file_and_line_of_each_import() {
        let files = [
            ("lib.rs", "pub mod a; mod b; mod c; mod d;"),
            ("a.rs", "use crate::b;"),
            ("b/mod.rs", "mod inner;"),
            ("b/inner.rs", "//! Text.\nuse crate::{c::X, d};"),
            ("c.rs", "use crate::a::Y;"),
            ("d.rs", "fn f() {\n\n    crate::b::g();\n}"),
        ];
        let circle = "lab: modules import each other in a circle: \
            b → d (lab/src/b/inner.rs:2) → b (lab/src/d.rs:3)";
        assert_eq!(circles_in(&files), [circle]);
    }

    #[test]
    fn two_separate_circles_are_both_reported() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c; mod d;"),
            ("a.rs", "use super::b;"),
            ("b.rs", "use crate::{a, c};"),
            ("c.rs", "use crate::d;"),
            ("d.rs", "use crate::c;"),
        ];
        assert_eq!(circles_in(&files).len(), 2);
    }

    #[test]
    fn arrows_in_one_direction_and_between_a_noun_and_its_parts_pass() {
        let files = [
            ("main.rs", "mod a; mod b; fn main() { a::run(); }"),
            ("a/mod.rs", "mod one; mod two; pub use one::run; use crate::b; pub struct A;"),
            ("a/one.rs", "use super::{A, two};"),
            ("a/two.rs", "use super::A;"),
            ("b.rs", ""),
        ];
        assert_eq!(circles_in(&files), [""; 0]);
    }

    #[test]
    fn parts_of_a_noun_in_a_circle_are_reported() {
        let files = [
            ("lib.rs", "mod a;"),
            ("a/mod.rs", "mod one; mod two;"),
            ("a/one.rs", "use super::two;"),
            ("a/two.rs", "use super::one;"),
        ];
        let expected = "lab: modules import each other in a circle: \
                        a::one → a::two (lab/src/a/one.rs:1) → a::one (lab/src/a/two.rs:1)";
        assert_eq!(circles_in(&files), [expected]);
    }

    #[test]
    fn root_counts_for_its_own_items_and_not_for_its_re_exports() {
        let own = [("lib.rs", "mod a; pub fn run() { a::f(); }"), ("a.rs", "fn g() { crate::run(); }")];
        assert_eq!(circles_in(&own).len(), 1);
        let passed_on = [("lib.rs", "mod a; mod b; pub use b::B;"), ("a.rs", "use crate::B;"), ("b.rs", "")];
        assert_eq!(circles_in(&passed_on), [""; 0]);
        assert_eq!(imports("use crate::Shared;"), ["b"]);
    }

    #[test]
    fn every_form_of_import_is_read() {
        for text in [
            "use crate::{b::{self, X as Y}};",
            "pub(crate) use super::b::*;",
            "fn f() -> crate::b::X { loop {} }",
            "mod inner { use super::super::b; }",
            "view! { <super::b::Page name=\"x\"/> }",
            "macro_rules! m { () => { $crate::b::f() } }",
            "#[cfg(not(test))]\nuse crate::b;",
            "fn f<'a>(x: &'a str) -> impl Fn() + use<'a> { crate::b::f(x, '\"', '\\'') }",
            "for x in crate::b::all() {}",
        ] {
            assert_eq!(imports(text), ["b"], "{text}");
        }
        assert_eq!(imports("use crate::{b::X,\n    c::Y};"), ["b", "c"]);
    }

    #[test]
    fn code_of_tests_comments_texts_and_other_crates_do_not_count() {
        for text in [
            "#[cfg(test)]\nmod tests { use crate::b; fn f() { if x {} } }",
            "#[cfg(all(test, feature = \"ssr\"))]\nuse crate::{b, c};",
            "#[cfg(test)]\n#[rustfmt::skip]\nfn f(a: A, b: B) { crate::b::f(); }",
            "#[cfg(test)]\nconst X: [T; 2] = [T { a: crate::b::A }, crate::c::B];",
            "//! [`crate::b`]\n/* crate::b /* nested */ crate::c */",
            "const X: &str = \"use crate::b;\"; const Y: &str = r#\"a \" crate::b::c\"#;",
            "use other::b; use ::b::X; fn f() { ::b::f(); X::b::f(); }",
            "pub(in crate::b) fn f() {}",
        ] {
            assert_eq!(imports(text), [""; 0], "{text}");
        }
        let files = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "#[cfg(test)]\nmod tests;\nuse crate::b;"),
            ("a/tests.rs", ""),
            ("b.rs", "#[cfg(test)]\nmod tests;"),
            ("b/tests.rs", "use crate::a;"),
        ];
        assert_eq!(circles_in(&files), [""; 0]);
    }

    #[test]
    fn code_after_a_skipped_test_item_counts() {
        for text in [
            "#[cfg(test)]\nuse crate::c;\nuse crate::b;",
            "#[cfg(test)]\nmod tests { fn f() {} }\nuse crate::b;",
            "struct S {\n    #[cfg(test)]\n    x: crate::c::X,\n    y: crate::b::Y,\n}",
        ] {
            assert_eq!(imports(text), ["b"], "{text}");
        }
    }
}
