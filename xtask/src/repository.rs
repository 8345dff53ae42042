//! The repository's own rules, on every file git knows or would add.
//!
//! Invariant: no reminders, no file too long to hold in one's head, no path in `ARCHITECTURE.md` that does not exist,
//! no private words ([`names`], [`wording`]).

use crate::{meta::Workspace, names, process, wording};
use anyhow::{Result, ensure};
use std::{fs, path::Path, process::Command};

/// Maximum lines of a Rust file.
const LONGEST: usize = 600;

/// Extensions of hand-written files, other than prose.
const SOURCES: [&str; 9] = ["css", "html", "js", "json", "rs", "sh", "sql", "toml", "ts"];

/// Reminders to oneself; split in two, or this file would break its own rule.
const REMINDERS: [&str; 5] =
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("todo", "!("), concat!("dbg", "!(")];

/// Checks all rules and reports all faults.
pub fn check(workspace: &Workspace) -> Result<()> {
    let mut git = Command::new("git");
    git.current_dir(&workspace.root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listing = process::read(&mut git)?;
    let files: Vec<_> = listing.split('\0').filter(|it| !it.is_empty()).collect();
    let mut faults = Vec::new();
    for name in &files {
        if name.split('/').any(|it| it == ".sqlx") {
            faults.push(format!("{name}: statements are checked against migrations/, without stored answers"));
        }
        // A file that is deleted but not yet committed has nothing to check.
        if let Ok(text) = fs::read_to_string(workspace.root.join(name)) {
            faults.extend(source_faults(name, &text));
            faults.extend(untried_example(name, &text));
        }
    }
    if let Ok(text) = fs::read_to_string(workspace.root.join("ARCHITECTURE.md")) {
        let missing = named_paths(&text, &files).into_iter().filter(|it| !exists(&files, it));
        faults.extend(missing.map(|it| format!("ARCHITECTURE.md names `{it}`, which does not exist")));
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

fn source_faults(name: &str, text: &str) -> Vec<String> {
    let extension = Path::new(name).extension().and_then(|it| it.to_str());
    if !extension.is_some_and(|it| SOURCES.contains(&it)) && !name.starts_with(".ci/") {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let found = REMINDERS.iter().filter(|it| holds_word(line, it));
        faults.extend(found.map(|it| format!("{name}:{number}: {it}")));
    }
    if extension == Some("rs") {
        faults.extend(names::faults(name, text));
        faults.extend(wording::faults(name, text));
    }
    let lines = text.lines().count();
    if extension == Some("rs") && lines > LONGEST {
        faults.push(format!("{name}: {lines} lines; split it at {LONGEST} by a part of its noun"));
    }
    faults
}

/// An example in the documentation of a crate: no run compiles them, for reading all crates once more takes a minute.
fn untried_example(name: &str, text: &str) -> Option<String> {
    let example = |line: &str| ["///", "//!"].iter().any(|it| line.trim_start().starts_with(&format!("{it} ```")));
    let is_rust = Path::new(name).extension().is_some_and(|it| it == "rs");
    let (number, _) = (1..).zip(text.lines()).find(|(_, line)| example(line)).filter(|_| is_rust)?;
    Some(format!("{name}:{number}: an example that is not tested; make it a test"))
}

/// Whether `word` stands in `line` by itself, not as a part of a longer word.
pub fn holds_word(line: &str, name: &str) -> bool {
    let part = |it: char| it.is_alphanumeric() || it == '_';
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(part);
        let after = name.ends_with(part) && line[at + name.len()..].chars().next().is_some_and(part);
        !before && !after
    })
}

/// Code spans that look like a path of this repository: they begin with a folder of the root, or end like a file.
/// `{a,b}` stands for both.
fn named_paths(markdown: &str, files: &[&str]) -> Vec<String> {
    let mut paths = Vec::new();
    let mut fenced = false;
    for line in markdown.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let code = line.split('`').skip(1).step_by(2).filter(|_| !fenced);
        for name in code.flat_map(str::split_whitespace) {
            let plain = |it: char| it.is_alphanumeric() || "_-./{},".contains(it);
            if name.chars().all(plain) {
                paths.extend(expanded(name).into_iter().filter(|it| is_path(it, files)));
            }
        }
    }
    paths
}

fn is_path(name: &str, files: &[&str]) -> bool {
    let Some((first, rest)) = name.split_once('/') else {
        return Path::new(name).extension().is_some_and(|it| SOURCES.iter().chain(&["md"]).any(|end| it == *end));
    };
    let folder = files.iter().any(|it| it.split_once('/').is_some_and(|(root, _)| root == first));
    let file = rest.rsplit('/').next().is_some_and(|it| it.contains('.'));
    folder || (file && !first.is_empty())
}

/// A path may begin at any of its folders: `domain/src/id.rs`, or a bare `Cargo.toml`.
fn exists(files: &[&str], path: &str) -> bool {
    let named = format!("/{}/", path.trim_end_matches('/'));
    files.iter().any(|it| format!("/{it}/").contains(&named))
}

fn expanded(name: &str) -> Vec<String> {
    let braces = name.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    let Some((before, (middle, after))) = braces else { return vec![name.to_owned()] };
    middle.split(',').flat_map(|it| expanded(&format!("{before}{it}{after}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untested_example_is_a_fault() {
        let text = "fine\n    /// ```compile_fail\n";
        assert!(
            untried_example("crates/a/src/b.rs", text).is_some_and(|it| it.starts_with("crates/a/src/b.rs:2: "))
        );
        assert_eq!(untried_example("crates/a/src/b.rs", "/// fine `a`"), None);
        assert_eq!(untried_example("README.md", text), None);
    }

    #[test]
    fn whole_word_reminder_is_found_with_its_line() {
        let [reminder, .., macro_call] = REMINDERS;
        let text = format!("fine\n// {reminder}: later\nlet x = {macro_call}y);");
        let expected = [format!("a.rs:2: {reminder}"), format!("a.rs:3: {macro_call}")];
        assert_eq!(source_faults("a.rs", &text), expected);
        assert_eq!(source_faults("a.rs", &format!("IL ME{reminder} my{macro_call})")), Vec::<String>::new());
        assert_eq!(source_faults("README.md", &text), Vec::<String>::new());
        assert_eq!(source_faults(".ci/run", &text).len(), 2);
    }

    #[test]
    fn rust_file_over_six_hundred_lines_is_a_fault() {
        assert_eq!(source_faults("a.rs", &"x\n".repeat(600)).len(), 0);
        assert_eq!(source_faults("a.rs", &"x\n".repeat(601)).len(), 1);
        assert_eq!(source_faults("a.css", &"x\n".repeat(601)).len(), 0);
    }

    #[test]
    fn path_like_names_are_checked() {
        let files = ["crates/domain/src/id.rs", "app/src/now/api.rs", "clippy.toml"];
        let text = "See `crates/{domain,store}` and `domain/src/id.rs`, `nowhere/x.rs`; not `/live`, `machine/7/reply`,
            `cargo xtask run`, `store/src/<noun>.rs`, `domain::id`, `and/or`.\n```\ncrates/none\n`crates/none`\n```\n`clippy.toml`, each noun's `api.rs`, `deny.toml`";
        let paths = named_paths(text, &files);
        assert_eq!(
            paths,
            [
                "crates/domain",
                "crates/store",
                "domain/src/id.rs",
                "nowhere/x.rs",
                "clippy.toml",
                "api.rs",
                "deny.toml"
            ]
        );
        let missing: Vec<_> = paths.iter().filter(|it| !exists(&files, it)).collect();
        assert_eq!(missing, ["crates/store", "nowhere/x.rs", "deny.toml"]);
    }
}
