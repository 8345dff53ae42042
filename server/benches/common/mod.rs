//! The common end of all benchmarks: the machine, the date, and the table in `BENCHMARKS.md`. Those of other crates include this
//! file by its path.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

/// `BENCHMARKS.md` of the repository, in whose crates the benchmark may be at any depth.
fn report() -> PathBuf {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    folders.map(|folder| folder.join("BENCHMARKS.md")).find(|file| file.exists()).expect("BENCHMARKS.md")
}

/// Prints the table, and puts it between the marks of `name` unless the run was quick.
pub fn publish(name: &str, table: &str, quick: bool) {
    println!("{table}");
    if quick {
        println!("a quick run: not written to BENCHMARKS.md");
        return;
    }
    let (begin, end) = (format!("<!-- {name}: begin -->"), format!("<!-- {name}: end -->"));
    let file = report();
    let old = fs::read_to_string(&file).unwrap_or_default();
    let new = match (old.split_once(&begin), old.split_once(&end)) {
        (Some((before, _)), Some((_, after))) => format!("{before}{begin}\n{table}{end}{after}"),
        _ => format!("{old}\n{begin}\n{table}{end}\n"),
    };
    fs::write(file, new).expect("BENCHMARKS.md");
}

/// The date of a report.
#[expect(clippy::disallowed_methods, reason = "the date of a report")]
pub fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let days = i64::try_from(since.as_secs() / 86_400).unwrap_or(0);
    let date = domain::time::Date::from_days(days);
    format!("{}-{:02}-{:02}", date.year, date.month, date.day)
}

/// The machine it ran on.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let model = model.trim_start_matches(['\t', ' ', ':']);
    let kernel = Command::new("uname")
        .arg("-sr")
        .output()
        .map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!("{cores} cores, {model}, {}, load {load} at the end", kernel.unwrap_or_default())
}
