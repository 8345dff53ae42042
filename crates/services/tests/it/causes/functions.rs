//! The service functions, read from the sources. Not here: what each of them has to tell.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The sources without their tests, by path below `src`.
pub(super) fn sources() -> BTreeMap<String, String> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![root()]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
                found.insert(path.strip_prefix(root()).unwrap().display().to_string(), code);
            }
        }
    }
    found
}

/// The module in the file at `path`: `cards::claims`.
fn module(path: &str) -> String {
    path.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::")
}

/// A service function.
pub(super) struct Function {
    pub(super) file: String,
    pub(super) body: String,
    /// It is the job of a change.
    pub(super) is_job: bool,
}

/// Those of them that are whole jobs.
fn jobs(source: &str) -> BTreeSet<&str> {
    let rest = source.split("in job").skip(1).filter_map(|rest| rest.trim_start().strip_prefix("=>"));
    rest.filter_map(|rest| rest.split(';').next()).map(str::trim).collect()
}

/// The functions in a file that are bound to operations of the contract: `LiftHold …, in job => lift;`.
fn bound(source: &str) -> BTreeSet<&str> {
    let bindings = source.split("\nbind! {").skip(1).filter_map(|rest| rest.split("\n}").next());
    let names =
        bindings.flat_map(|bindings| bindings.split("=>").skip(1).filter_map(|rest| rest.split(';').next()));
    names.map(str::trim).collect()
}

/// Functions that take the context and are visible outside their file, or are bound to an operation, by module path and
/// name.
pub(super) fn functions() -> BTreeMap<String, Function> {
    let mut found = BTreeMap::new();
    let sources = sources();
    for (file, source) in &sources {
        let (mut bound, mut jobs) = (bound(source), jobs(source));
        // A noun of several files binds functions of the others in its own: `=> create::add`.
        if let Some((folder, rest)) = file.rsplit_once('/')
            && let Some(parent) = [format!("{folder}/mod.rs"), format!("{folder}.rs")]
                .iter()
                .find_map(|parent| sources.get(parent))
                .filter(|_| rest != "mod.rs")
        {
            let inside = format!("{}::", rest.trim_end_matches(".rs"));
            bound.extend(self::bound(parent).into_iter().filter_map(|name| name.strip_prefix(inside.as_str())));
            jobs.extend(self::jobs(parent).into_iter().filter_map(|name| name.strip_prefix(inside.as_str())));
        }
        for start in ["pub async fn ", "pub(crate) async fn ", "pub(super) async fn ", "\nasync fn "] {
            for rest in source.split(start).skip(1) {
                let (signature, body) = rest.split_once("{\n").unwrap();
                let name: String = signature.chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect();
                let is_service =
                    start.starts_with("pub") && start != "pub(super) async fn " && signature.contains("ctx: &Ctx");
                if is_service || bound.contains(name.as_str()) {
                    let is_job = jobs.contains(name.as_str());
                    let body = body.split("\n}\n").next().unwrap().to_owned();
                    found.insert(
                        format!("{}::{name}", module(file)),
                        Function { file: file.clone(), body, is_job },
                    );
                }
            }
        }
    }
    found
}
