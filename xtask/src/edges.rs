//! Dependencies between crates: the arrows of `ARCHITECTURE.md`, and crates that must not reach the browser; and circles
//! of modules inside a crate, which must not exist.
//!
//! Invariant: an arrow that is not listed here does not exist. A new one needs a reason in `ARCHITECTURE.md`.

use crate::{circles, files, meta::Workspace, process, wasm::TARGET};
use anyhow::{Result, ensure};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

/// The allowed arrows.
const ALLOWED: [(&str, &[&str]); 16] = [
    ("domain", &[]),
    ("contract", &["domain", "macros"]),
    ("text", &["contract", "domain"]),
    ("fabomatic", &["domain"]),
    ("takeover", &["domain"]),
    ("recurrence", &["domain"]),
    ("sim", &["domain", "fabomatic"]),
    ("store", &["contract", "domain", "takeover"]),
    ("macros", &[]),
    ("services", &["contract", "domain", "macros", "recurrence", "store", "takeover", "text"]),
    ("api", &["contract", "domain", "services", "text"]),
    ("app", &["contract", "domain", "fabomatic", "services", "text"]),
    ("frontend", &["app"]),
    ("server", &["api", "app", "contract", "domain", "fabomatic", "services", "sim", "text"]),
    ("xtask", &[]),
    ("sample", &[]),
];

/// Arrows of the server's half only.
const OPTIONAL: [(&str, &str); 1] = [("app", "services")];

/// Crates the browser must never load.
const NOT_IN_THE_BROWSER: [&str; 17] = [
    "axum",
    "chrono-tz",
    "hyper",
    "leptos_axum",
    "libsqlite3-sys",
    "mqtt5-protocol",
    "recurrence",
    "rrule",
    "rumqttc",
    "rustls",
    "services",
    "sim",
    "socket2",
    "sqlx",
    "store",
    "takeover",
    "tokio",
];

/// Crates with a clock, randomness, network or disk.
const NOT_IN_THE_DOMAIN: [&str; 12] = [
    "axum",
    "getrandom",
    "hyper",
    "libsqlite3-sys",
    "mio",
    "mqtt5-protocol",
    "rand",
    "rumqttc",
    "rustls",
    "socket2",
    "sqlx",
    "tokio",
];

/// Crates whose modules must not import each other in a circle.
const UNTIED: [&str; 6] = ["app", "domain", "recurrence", "server", "services", "store"];

/// Runs all checks and reports all faults.
pub fn check(workspace: &Workspace) -> Result<()> {
    let mut faults = arrows(workspace);
    faults.extend(tied(workspace)?);
    let page = tree(workspace, &["--package", &workspace.leptos.lib_package, "--target", TARGET])?;
    faults.extend(intruders("the browser's half", &page, &NOT_IN_THE_BROWSER));
    faults.extend(halves(&page));
    // With its table of time zones, without its column types, which only name sqlx's traits.
    let domain = tree(workspace, &["--package", "domain", "--features", "zone"])?;
    faults.extend(intruders("domain", &domain, &NOT_IN_THE_DOMAIN));
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

/// Crate → its features, for everything compiled.
type Tree = BTreeMap<String, BTreeSet<String>>;

fn tree(workspace: &Workspace, selection: &[&str]) -> Result<Tree> {
    let mut cargo = workspace.cargo("tree");
    cargo.args(["--edges", "normal", "--prefix", "none", "--format", "{p}|{f}"]);
    Ok(parse(&process::read(cargo.args(selection))?))
}

/// Lines of `name v1.2.3 (where)|feature,feature`, each crate as often as it is depended upon.
fn parse(lines: &str) -> Tree {
    let mut tree = Tree::new();
    for (package, features) in lines.lines().filter_map(|it| it.split_once('|')) {
        let name = package.split_whitespace().next().unwrap_or_default().to_owned();
        let features = features.trim_end_matches("(*)").split(',').map(|it| it.trim().to_owned());
        tree.entry(name).or_default().extend(features.filter(|it| !it.is_empty()));
    }
    tree
}

fn arrows(workspace: &Workspace) -> Vec<String> {
    let mut faults = Vec::new();
    for package in &workspace.packages {
        let name = package.name.as_str();
        let Some((_, allowed)) = ALLOWED.iter().find(|it| it.0 == name) else {
            faults.push(format!("{name} is a new room: ARCHITECTURE.md and xtask/src/edges.rs must know it"));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|it| it.path.is_some()) {
            let to = dependency.name.as_str();
            // A crate may test itself through its own features.
            if to != name && !allowed.contains(&to) {
                faults.push(format!("{name} → {to} must not exist"));
            }
            if OPTIONAL.contains(&(name, to)) && !dependency.optional {
                faults.push(format!("{name} → {to} must be optional: the browser's half has no such crate"));
            }
        }
    }
    faults
}

/// Circles of modules inside the crates.
fn tied(workspace: &Workspace) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for package in workspace.packages.iter().filter(|it| UNTIED.contains(&it.name.as_str())) {
        let folder = package.folder.join("src");
        let mut sources = circles::Sources::new();
        for file in files::below(&folder)?.into_iter().filter(|it| it.extension().is_some_and(|it| it == "rs")) {
            sources.insert(files::name(&folder, &file), fs::read_to_string(&file)?);
        }
        faults.extend(circles::faults(&package.name, &files::name(&workspace.root, &folder), &sources));
    }
    Ok(faults)
}

fn intruders(whose: &str, tree: &Tree, forbidden: &[&str]) -> Vec<String> {
    let found = tree.keys().filter(|it| forbidden.contains(&it.as_str()));
    found.map(|it| format!("{whose} must not reach {it} (find out why with `cargo tree --invert {it}`)")).collect()
}

/// The browser's half is `hydrate` and nothing of `ssr`: both at once compile and break the page.
fn halves(page: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, features) in page {
        if features.contains("ssr") {
            faults.push(format!("{name} has the feature `ssr` in the browser's half"));
        }
    }
    for name in ["app", "leptos"] {
        if !page.get(name).is_some_and(|it| it.contains("hydrate")) {
            faults.push(format!("{name} lacks the feature `hydrate` in the browser's half"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::tests::workspace;

    #[test]
    fn forbidden_arrows_are_refused() {
        for (from, to) in [
            ("server", "store"),
            ("app", "store"),
            ("services", "app"),
            ("services", "fabomatic"),
            ("sim", "services"),
            ("app", "takeover"),
            ("app", "recurrence"),
            ("recurrence", "contract"),
            ("domain", "text"),
            ("domain", "contract"),
        ] {
            let faults = arrows(&workspace(&[(from, &[to])]));
            assert_eq!(faults, [format!("{from} → {to} must not exist")]);
        }
        assert_eq!(arrows(&workspace(&[("server", &["services", "domain"]), ("services", &["store"])])), [""; 0]);
    }

    #[test]
    fn app_may_depend_on_services_only_optionally() {
        let mut lab = workspace(&[("app", &["services"])]);
        assert_eq!(arrows(&lab).len(), 1);
        lab.packages[0].dependencies[0].optional = true;
        assert_eq!(arrows(&lab), [""; 0]);
    }

    #[test]
    fn unlisted_crate_is_reported() {
        assert_eq!(arrows(&workspace(&[("helpers", &[])])).len(), 1);
    }

    #[test]
    fn server_crate_or_feature_in_the_browser_is_reported() {
        let good =
            "frontend v0.1.0 (/w)|\napp v0.1.0 (/w)|hydrate\nleptos v0.8.23|default,hydrate\nserde v1.0.0|std (*)";
        assert_eq!(halves(&parse(good)), [""; 0]);
        assert_eq!(intruders("", &parse(good), &NOT_IN_THE_BROWSER), [""; 0]);
        let bad = parse(&format!("{good}\nleptos v0.8.23|hydrate,ssr\nsqlx v0.9.0|"));
        assert_eq!(halves(&bad).len(), 1);
        assert_eq!(intruders("", &bad, &NOT_IN_THE_BROWSER).len(), 1);
        assert_eq!(halves(&parse("app v0.1.0|\nleptos v0.8.23|csr")).len(), 2);
    }
}
