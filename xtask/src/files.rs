//! Files: listing, hashing, writing only what changed.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

/// Every file below `root`, which may be a file itself, in a fixed order; nothing if it does not exist. Without npm
/// packages, which their lock file represents.
pub fn below(root: &Path) -> Result<Vec<PathBuf>> {
    if root.is_file() {
        return Ok(vec![root.to_path_buf()]);
    }
    let mut found = Vec::new();
    if root.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(root)?.collect::<Result<_, _>>()?;
        entries.retain(|it| it.file_name() != "node_modules");
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            found.extend(below(&entry.path())?);
        }
    }
    Ok(found)
}

/// SHA-256 in hex over names and contents, in the order given.
pub fn digest<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut sha = Sha256::new();
    for (name, content) in files {
        // Lengths first: "ab" + "c" must differ from "a" + "bc".
        for part in [name.as_bytes(), content] {
            sha.update(part.len().to_le_bytes());
            sha.update(part);
        }
    }
    sha.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Writes the file unless it has this content already, so that builds depending on it stay fresh.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|it| it == content) {
        return Ok(());
    }
    let visible = || path.display().to_string();
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(visible)?;
    }
    fs::write(path, content).with_context(visible)
}

/// Makes an empty folder at `path`, replacing what was there.
pub fn empty(path: &Path) -> Result<()> {
    if path.exists() {
        fs::remove_dir_all(path).with_context(|| path.display().to_string())?;
    }
    fs::create_dir_all(path).with_context(|| path.display().to_string())
}

/// The name relative to `root`, with forward slashes.
pub fn name(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.iter().map(|it| it.to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_differs_by_name_content_and_boundary() {
        let of = |files: &[(&'static str, &'static [u8])]| digest(files.iter().copied());
        let all = [of(&[("a", b"bc")]), of(&[("ab", b"c")]), of(&[("a", b"bd")]), of(&[("a", b"b"), ("c", b"")])];
        for (index, one) in all.iter().enumerate() {
            assert_eq!(one.len(), 64);
            assert!(!all[..index].contains(one));
        }
        assert_eq!(all[0], of(&[("a", b"bc")]));
    }

    #[test]
    fn listing_is_recursive_sorted_and_skips_packages() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["b/2", "a", "b/1", "b/node_modules/x/index.js"] {
            write(&folder.path().join(file), b"x").unwrap();
        }
        let names: Vec<_> = below(folder.path()).unwrap().iter().map(|it| name(folder.path(), it)).collect();
        assert_eq!(names, ["a", "b/1", "b/2"]);
        assert_eq!(below(&folder.path().join("none")).unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn writing_equal_content_leaves_the_file_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        write(&path, b"1").unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH;
        fs::File::options().append(true).open(&path).unwrap().set_modified(old).unwrap();
        write(&path, b"1").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), old);
        write(&path, b"2").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"2");
    }
}
