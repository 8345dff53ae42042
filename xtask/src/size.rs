//! Compressed sizes against the budget.
//!
//! Invariant: what is counted is the file that a browser gets, brotli as it ships. Fonts are listed but not counted:
//! the page is readable and usable before they arrive.

use crate::{
    bundle::Split,
    files,
    meta::Workspace,
    page,
    site::{self, Assets},
};
use anyhow::{Context, Result, bail, ensure};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{Read, Write as _},
    net::TcpStream,
    path::Path,
    time::Duration,
};

/// First load, HTML included: bytes.
const FIRST_LOAD: u64 = 300_000;
/// What the first load should be; over it nothing fails.
const FIRST_LOAD_AIM: u64 = 220_000;
/// All chunks of one lazy page: bytes.
const LAZY_PAGE: u64 = 60_000;
/// Pages that are over it, with what each may weigh at most: they may shrink and not grow, and nothing may join them.
/// What they share with few others lies in files of its own, or the first load would be over its budget.
const OVER: [(&str, u64); 6] = [
    ("machine_page", 86_500),
    ("overview", 91_500),
    ("qualified", 81_500),
    ("history_page", 68_500),
    ("person_account", 64_000),
    ("edit_machine", 63_000),
];
/// The program with the page inside: bytes.
const BINARY: u64 = 50_000_000;
/// What the program should be; over it nothing fails.
const BINARY_AIM: u64 = 30_000_000;

/// Builds the release page if need be and prints the table; an error over the budget.
pub fn report(workspace: &Workspace, server: Option<&str>) -> Result<()> {
    page::build(workspace, page::Profile::Release)?;
    let assets = site::assets(workspace)?;
    let html = server.map(html).transpose()?;
    let (table, fits) = Sizes::of(&transferred(workspace, &assets)?, &assets, html).table();
    println!("{table}");
    ensure!(fits, "the page is over its budget");
    Ok(())
}

/// File → bytes on the wire, for every file of the page.
fn transferred(workspace: &Workspace, assets: &Assets) -> Result<BTreeMap<String, u64>> {
    let folder = workspace.site().join(&assets.dir);
    let mut sizes = BTreeMap::new();
    for path in files::below(&folder)? {
        let name = files::name(&folder, &path);
        let bytes = path.metadata()?.len();
        // In order of names a compressed file follows the plain one, and replaces it.
        match name.rsplit_once('.') {
            Some((plain, "br")) => sizes.insert(plain.to_owned(), bytes),
            Some((_, "gz")) => None,
            _ => sizes.insert(name, bytes),
        };
    }
    Ok(sizes)
}

/// Bytes by when they are loaded.
struct Sizes {
    first: Vec<(String, u64)>,
    fonts: Vec<(String, u64)>,
    lazy: Vec<Lazy>,
}

/// A lazy page.
struct Lazy {
    name: String,
    bytes: u64,
    /// Files it is made of, each fetched by itself.
    requests: usize,
}

impl Sizes {
    fn of(sizes: &BTreeMap<String, u64>, assets: &Assets, html: Option<u64>) -> Self {
        let ends = |name: &str, end: &str| name.ends_with(end);
        let pick = |wanted: &dyn Fn(&str) -> bool| -> Vec<(String, u64)> {
            sizes.iter().filter(|(name, _)| wanted(name)).map(|(name, bytes)| (name.clone(), *bytes)).collect()
        };
        let mut first = pick(&|it| ends(it, ".css") || ends(it, ".js") || it == assets.wasm);
        first.extend(html.map(|bytes| ("HTML".to_owned(), bytes)));
        let chunks = |names: &[String]| names.iter().filter_map(|it| sizes.get(&format!("{it}.wasm"))).sum();
        let lazy = readable(&assets.split)
            .map(|(name, names)| Lazy { name, bytes: chunks(names), requests: names.len() })
            .collect();
        Self { first, fonts: pick(&|it| ends(it, ".woff2")), lazy }
    }

    /// The table, and whether everything fits.
    fn table(&self) -> (String, bool) {
        let mut table = String::from("first load, brotli                               KB\n");
        let mut line = |name: &str, bytes: u64, rest: &str| {
            let _ = writeln!(table, "  {name:<42} {:>8}{rest}", kilobytes(bytes));
        };
        let sum = self.first.iter().map(|it| it.1).sum();
        let mut fits = sum <= FIRST_LOAD;
        for (name, bytes) in &self.first {
            line(name, *bytes, "");
        }
        line("sum", sum, &format!("{} (aim {})", verdict(sum, FIRST_LOAD), kilobytes(FIRST_LOAD_AIM)));
        for (name, bytes) in &self.fonts {
            line(name, *bytes, "  not counted");
        }
        for Lazy { name, bytes, requests } in &self.lazy {
            let bound = OVER.iter().find(|(over, _)| over == name).map_or(LAZY_PAGE, |(_, bound)| *bound);
            let known =
                if bound > LAZY_PAGE { format!(" (budget {})", kilobytes(LAZY_PAGE)) } else { String::new() };
            let rest = format!("{}{known}, requests: {requests}", verdict(*bytes, bound));
            line(&format!("lazy: {name}"), *bytes, &rest);
            fits &= *bytes <= bound;
        }
        (table.trim_end().to_owned(), fits)
    }
}

/// Lazy pages by the name of their function: the splitter puts the function between its own prefix and a hash.
fn readable(split: &Split) -> impl Iterator<Item = (String, &Vec<String>)> {
    split.iter().map(|(key, chunks)| {
        let name = key.trim_start_matches('_');
        let name = name.rsplit_once('_').filter(|(_, hash)| hash.len() >= 16).map_or(name, |(name, _)| name);
        (name.trim_end_matches("_view").to_owned(), chunks)
    })
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1000, bytes % 1000 / 100)
}

/// Where `bytes` stands to its budget, in KB.
fn verdict(bytes: u64, budget: u64) -> String {
    let word = if bytes <= budget { "ok" } else { "OVER" };
    format!("  of {}  {word}", kilobytes(budget))
}

/// Holds the program against its budget.
pub fn binary(path: &Path) -> Result<()> {
    let bytes = path.metadata().with_context(|| path.display().to_string())?.len();
    let (size, verdict) = (kilobytes(bytes), verdict(bytes, BINARY));
    println!("{}: {size} KB{verdict} (aim {})", path.display(), kilobytes(BINARY_AIM));
    ensure!(bytes <= BINARY, "the program is over its budget");
    Ok(())
}

/// Asks a running server for its first page and compresses that as a browser would get it.
fn html(url: &str) -> Result<u64> {
    let address = url.strip_prefix("http://").context("the server's address begins with http://")?;
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let mut stream = TcpStream::connect(host).with_context(|| url.to_owned())?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    // HTTP/1.0: an answer in one piece, ended by the end of the connection.
    write!(stream, "GET /{path} HTTP/1.0\r\nHost: {host}\r\nAccept: text/html\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let Some(end) = answer.windows(4).position(|it| it == b"\r\n\r\n") else { bail!("{url}: no HTTP answer") };
    let status = String::from_utf8_lossy(&answer[..end]).lines().next().unwrap_or_default().to_owned();
    ensure!(status.contains(" 200 "), "{url}: {status}");
    Ok(site::brotli(&answer[end + 4..])?.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assets() -> Assets {
        Assets {
            dir: "pkg/0".into(),
            js: "toolgate.js".into(),
            wasm: "toolgate_bg.wasm".into(),
            css: "toolgate.css".into(),
            split: Split::from([("kiosk".into(), vec!["chunk_0".into(), "split_kiosk".into()])]),
            split_js: "__wasm_split.js".into(),
        }
    }

    fn sizes(main: u64, kiosk: u64) -> Sizes {
        let files = [
            ("toolgate.css", 5_000),
            ("toolgate.js", 8_000),
            ("__wasm_split.js", 1_000),
            ("toolgate_bg.wasm", main),
            ("chunk_0.wasm", 20_000),
            ("split_kiosk.wasm", kiosk),
            ("fonts/text.woff2", 900_000),
        ];
        let files = files.map(|(name, bytes)| (name.to_owned(), bytes)).into();
        Sizes::of(&files, &assets(), Some(6_000))
    }

    #[test]
    fn first_load_is_html_style_scripts_and_the_main_module_up_to_the_last_byte() {
        let (table, fits) = sizes(280_000, 1_000).table();
        assert!(fits && table.contains("300.0  of 300.0  ok"), "{table}");
        assert!(!sizes(280_001, 1_000).table().1);
    }

    #[test]
    fn a_lazy_page_is_all_its_chunks_together() {
        let (table, fits) = sizes(100_000, 40_000).table();
        assert!(fits && table.contains("60.0  of 60.0  ok"), "{table}");
        let (table, fits) = sizes(100_000, 40_001).table();
        assert!(!fits && table.contains("OVER"), "{table}");
    }
}
