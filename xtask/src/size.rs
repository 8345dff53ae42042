//! Compressed sizes against the budget.
//!
//! Invariant: counted are the bytes a browser loads, with brotli as shipped. Fonts are listed but not counted: the page
//! is readable and usable before they arrive.

use crate::{
    areas, files,
    meta::Workspace,
    page,
    site::{self, Assets},
};
use anyhow::{Context, Result, bail, ensure};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io::{Read, Write as _},
    net::TcpStream,
    path::Path,
    time::Duration,
};

/// First load, HTML included: bytes.
const FIRST_LOAD: u64 = 240_000;
/// All files of one area: bytes.
const AREA: u64 = 110_000;
/// The aim for an area; exceeding it does not fail.
const AREA_AIM: u64 = 80_000;
/// Each style sheet of areas with their own, in bytes. Which areas of the journeys below have one is checked by a test of the app.
const AREA_STYLE: u64 = 15_000;
/// Journeys: the first load, the areas after it, their budget in bytes, and who makes it.
const JOURNEYS: [(&str, &[&str], u64, Audience); 3] = [
    ("member: now, machine, report", &["at_machine"], 330_000, Audience::Members),
    ("trainer: now, machine, person", &["at_machine", "person"], 408_000, Audience::Staff),
    ("manager: inbox, person, machines", &["inbox", "person", "inventory"], 450_000, Audience::Staff),
];

/// Who makes a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    /// They may be here for the first time, so exceeding the budget fails.
    Members,
    /// They come back with most of it cached, so their budget is an aim. Their pages have the house sheet.
    Staff,
}

/// The program with the page inside, in bytes. Exceeding it does not fail: a user's build ends with a working program.
const BINARY: u64 = 50_000_000;

/// Builds the release page if necessary and prints the table; an error over the budget.
pub fn report(workspace: &Workspace, server: Option<&str>) -> Result<()> {
    page::build(workspace, page::Profile::Release)?;
    let assets = site::assets(workspace)?;
    let html = server.map(html).transpose()?;
    let known: BTreeSet<_> = assets.split.keys().map(|it| areas::readable(it)).collect();
    for (name, areas, ..) in JOURNEYS {
        let unknown = areas.iter().find(|it| !known.contains(**it));
        ensure!(unknown.is_none(), "{name}: there is no area {}", unknown.unwrap_or(&""));
    }
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
        sizes.insert(name.strip_suffix(".br").unwrap_or(&name).to_owned(), bytes);
    }
    Ok(sizes)
}

/// Bytes by when they are loaded.
struct Sizes {
    first: Vec<(String, u64)>,
    /// The style sheets of areas with their own, and the scripts of tables, photos and the list for an evacuation.
    later: Vec<(String, u64)>,
    /// The sheet of the pages of staff.
    house: u64,
    fonts: Vec<(String, u64)>,
    areas: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Sizes {
    fn of(sizes: &BTreeMap<String, u64>, assets: &Assets, html: Option<u64>) -> Self {
        let ends = |name: &str, end: &str| name.ends_with(end);
        let pick = |requested: &dyn Fn(&str) -> bool| -> Vec<(String, u64)> {
            sizes.iter().filter(|(name, _)| requested(name)).map(|(name, bytes)| (name.clone(), *bytes)).collect()
        };
        let beside = [page::TABLES, page::PHOTOS, page::ROSTER, page::PUSH, page::PASSKEYS];
        let mut first =
            pick(&|it| it == assets.css || (ends(it, ".js") && !beside.contains(&it)) || it == assets.wasm);
        first.extend(html.map(|bytes| ("HTML".to_owned(), bytes)));
        // A missing file never fits.
        let file = |name: &String| (name.clone(), sizes.get(&format!("{name}.wasm")).copied().unwrap_or(AREA + 1));
        let areas = assets
            .split
            .iter()
            .map(|(area, files)| (areas::readable(area), files.iter().map(file).collect()))
            .collect();
        let later = pick(&|it| it == assets.area_css || it == assets.house_css || beside.contains(&it));
        let house = sizes.get(&assets.house_css).copied().unwrap_or(AREA_STYLE + 1);
        Self { first, later, house, fonts: pick(&|it| ends(it, ".woff2")), areas }
    }

    /// Bytes loaded when these areas are opened one after the other, with the first load and the sheet of their pages.
    fn journey(&self, areas: &[&str], audience: Audience) -> u64 {
        let files: BTreeMap<_, _> = areas.iter().filter_map(|it| self.areas.get(*it)).flatten().collect();
        let sheet = if audience == Audience::Staff { self.house } else { 0 };
        self.first.iter().map(|it| it.1).sum::<u64>() + files.into_values().sum::<u64>() + sheet
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
        line("sum", sum, &verdict(sum, FIRST_LOAD));
        for (name, bytes) in &self.fonts {
            line(name, *bytes, "  not counted");
        }
        for (name, bytes) in &self.later {
            line(name, *bytes, &format!("{}, with the first page that has it", verdict(*bytes, AREA_STYLE)));
            fits &= *bytes <= AREA_STYLE;
        }
        for (area, files) in &self.areas {
            let bytes = files.values().sum();
            let rest =
                format!("{} (aim {}), requests: {}", verdict(bytes, AREA), kilobytes(AREA_AIM), files.len());
            line(&format!("area: {area}"), bytes, &rest);
            fits &= bytes <= AREA;
        }
        for (name, areas, bound, audience) in JOURNEYS {
            let (bytes, fails) = (self.journey(areas, audience), audience == Audience::Members);
            line(name, bytes, &format!("{}{}", verdict(bytes, bound), if fails { "" } else { " (aim)" }));
            fits &= bytes <= bound || !fails;
        }
        (table.trim_end().to_owned(), fits)
    }
}

fn kilobytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1000, bytes % 1000 / 100)
}

/// `bytes` against its budget, in KB.
fn verdict(bytes: u64, budget: u64) -> String {
    let name = if bytes <= budget { "ok" } else { "OVER" };
    format!("  of {}  {name}", kilobytes(budget))
}

/// Prints the program's size and its budget.
pub fn print_binary(path: &Path) -> Result<()> {
    let bytes = path.metadata().with_context(|| path.display().to_string())?.len();
    println!("{}: {} KB{}", path.display(), kilobytes(bytes), verdict(bytes, BINARY));
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
    use crate::bundle::Split;

    fn assets() -> Assets {
        Assets {
            dir: "pkg/0".into(),
            js: "toolgate.js".into(),
            wasm: "toolgate_bg.wasm".into(),
            css: "toolgate.css".into(),
            area_css: "toolgate-areas.css".into(),
            house_css: "toolgate-house.css".into(),
            split: Split::from([("wall_1".into(), vec!["common".into(), "wall".into()])]),
            split_js: "__wasm_split.js".into(),
        }
    }

    fn sizes(main: u64, wall: u64) -> Sizes {
        sizes_with(main, wall, [9_000, 9_000])
    }

    fn sizes_with(main: u64, wall: u64, [areas, house]: [u64; 2]) -> Sizes {
        let files = [
            ("toolgate.css", 5_000),
            ("toolgate-areas.css", areas),
            ("toolgate-house.css", house),
            ("toolgate.js", 8_000),
            ("__wasm_split.js", 1_000),
            ("toolgate_bg.wasm", main),
            ("common.wasm", 10_000),
            ("wall.wasm", wall),
            ("fonts/text.woff2", 900_000),
        ];
        let files = files.map(|(name, bytes)| (name.to_owned(), bytes)).into();
        Sizes::of(&files, &assets(), Some(6_000))
    }

    #[test]
    fn first_load_over_budget_by_one_byte_fails() {
        let (table, fits) = sizes(220_000, 1_000).table();
        assert!(fits && table.contains("240.0  of 240.0  ok"), "{table}");
        assert!(!sizes(220_001, 1_000).table().1);
    }

    #[test]
    fn area_size_sums_its_files() {
        let (table, fits) = sizes(100_000, 100_000).table();
        assert!(fits && table.contains("110.0  of 110.0  ok (aim 80.0), requests: 2"), "{table}");
        let (table, fits) = sizes(100_000, 100_001).table();
        assert!(!fits && table.contains("OVER"), "{table}");
    }

    #[test]
    fn each_area_sheet_has_its_own_bound() {
        assert!(sizes_with(100_000, 1_000, [15_000, 15_000]).table().1);
        for over in [[15_001, 9_000], [9_000, 15_001]] {
            let (table, fits) = sizes_with(100_000, 1_000, over).table();
            assert!(!fits && table.contains("15.0  of 15.0  OVER"), "{table}");
        }
    }

    #[test]
    fn shared_files_count_once_in_a_journey() {
        let sizes = sizes(100_000, 1_000);
        let journey = |areas| sizes.journey(areas, Audience::Members);
        let first = journey(&[]);
        assert_eq!(first, 120_000);
        assert_eq!(journey(&["wall"]), first + 11_000);
        assert_eq!(journey(&["wall", "wall"]), first + 11_000);
        assert_eq!(sizes.journey(&["wall"], Audience::Staff), first + 20_000, "with the sheet of their pages");
    }
}
