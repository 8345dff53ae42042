//! Metrics: permissions, the Prometheus format, and whether the numbers follow events.

use crate::lab::{Lab, SOON};
use crate::roles::Space;
use app::App;
use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use domain::tokens::{Scope, join};
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;
use server::{config::Options, http::routes};
use sha2::{Digest, Sha256};
use sqlx::Connection;
use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// 32 bytes of 7, as in a token.
const TOKEN: &str = "Bearer tg_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";

type Labels = BTreeMap<String, String>;

/// One scrape, by name and labels.
struct Scrape(BTreeMap<(String, Labels), f64>);

impl Scrape {
    /// Parses the text format as strictly as Prometheus and `promtool check metrics` together.
    fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line has an end");
        let (mut samples, mut families, mut current) = (BTreeMap::new(), BTreeSet::new(), None);
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, words) = help.split_once(' ').unwrap();
                let kind = lines.next().unwrap().strip_prefix(&format!("# TYPE {name} ")).unwrap();
                assert!(is_name(name) && name.starts_with("toolgate_") && words.ends_with('.'), "{line}");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{name} is a {kind}");
                assert_eq!(name.ends_with("_total"), kind == "counter", "{name} is a {kind}");
                assert_eq!(refused_word(name), None, "{name}");
                assert!(families.insert(name.to_owned()), "{name} comes twice");
                current = Some((name, kind));
                continue;
            }
            let (family, kind) = current.expect("samples stand behind HELP and TYPE");
            let (name, labels, value) = sample(line);
            let suffixes: &[&str] = if kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
            let is_of_family = name.strip_prefix(family).is_some_and(|suffix| suffixes.contains(&suffix));
            assert!(is_of_family && (kind == "gauge" || value >= 0.0), "{line} among those of {family}");
            let has_bound = labels.contains_key("le") || labels.contains_key("quantile");
            assert!(!has_bound || kind == "histogram", "{line} has a label of histograms and summaries");
            assert!(samples.insert((name, labels), value).is_none(), "{line} comes twice");
        }
        let scrape = Self(samples);
        for family in families {
            scrape.histogram(&family);
        }
        scrape
    }

    /// Checks that buckets grow up to the count, and that there is a sum.
    fn histogram(&self, family: &str) {
        let (bucket, sum, count) =
            (format!("{family}_bucket"), format!("{family}_sum"), format!("{family}_count"));
        let mut buckets: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
        for ((_, labels), &value) in self.0.iter().filter(|((name, _), _)| *name == bucket) {
            let mut labels = labels.clone();
            let le = labels.remove("le").expect("a bucket has its bound");
            buckets.entry(labels).or_default().push((le.replace("+Inf", "inf").parse().unwrap(), value));
        }
        let counts = self.0.keys().filter(|(name, _)| *name == count).count();
        assert_eq!(counts, buckets.len(), "{family}");
        for (labels, mut buckets) in buckets {
            buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(buckets.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1), "{family} {labels:?}: {buckets:?}");
            let last = buckets.last().unwrap();
            assert!(
                last.0.is_infinite() && last.1.total_cmp(&self.0[&(count.clone(), labels.clone())]).is_eq(),
                "{family}"
            );
            assert!(self.0.contains_key(&(sum.clone(), labels)), "{family}");
        }
    }

    /// Zero if nothing was counted.
    fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.0.get(&(name.to_owned(), labels)).copied().unwrap_or_default()
    }
}

/// Base units of Prometheus.
const BASE: [&str; 10] =
    ["amperes", "bytes", "celsius", "grams", "joules", "kelvin", "meters", "metres", "seconds", "volts"];

/// Units that are to be converted to base units.
const OTHER_UNITS: [&str; 14] = [
    "bits",
    "calories",
    "days",
    "fahrenheit",
    "hours",
    "inches",
    "kelvins",
    "miles",
    "minutes",
    "ounces",
    "pounds",
    "rankine",
    "weeks",
    "yards",
];

/// Prefixes of units, which are left out by converting.
const PREFIXES: [&str; 18] = [
    "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega", "mibi", "giga",
    "gibi", "tera", "tebi", "peta", "pebi",
];

/// Abbreviated units, kinds of metrics, and the ends that histograms and summaries add.
const NEVER: [&str; 21] = [
    "s",
    "ms",
    "us",
    "ns",
    "sec",
    "b",
    "kb",
    "mb",
    "gb",
    "tb",
    "pb",
    "m",
    "h",
    "d",
    "counter",
    "gauge",
    "histogram",
    "summary",
    "bucket",
    "count",
    "sum",
];

/// The word of a name for which `promtool check metrics` refuses it.
fn refused_word(name: &str) -> Option<&str> {
    let is_prefixed = |word: &str| {
        let unit = PREFIXES.iter().find_map(|prefix| word.strip_prefix(prefix));
        unit.is_some_and(|unit| BASE.contains(&unit) || OTHER_UNITS.contains(&unit))
    };
    name.split('_').find(|word| NEVER.contains(word) || OTHER_UNITS.contains(word) || is_prefixed(word))
}

#[test]
fn every_metric_name_passes_the_rules_of_promtool() {
    let sources = [include_str!("../../src/http/metrics.rs"), include_str!("../../src/http/metrics/building.rs")];
    let texts = sources.iter().flat_map(|source| source.split('"'));
    let names: BTreeSet<&str> = texts.filter(|text| text.starts_with("toolgate_")).collect();
    assert!(names.len() > 30, "also those without samples: {names:?}");
    for name in names {
        assert!(is_name(name), "{name}");
        assert_eq!(refused_word(name), None, "{name}");
    }
    for (name, word) in [
        ("toolgate_meter_energy_kilowatt_hours_total", "hours"),
        ("toolgate_picture_kilobytes", "kilobytes"),
        ("toolgate_answer_ms", "ms"),
        ("toolgate_queue_gauge", "gauge"),
        ("toolgate_use_count", "count"),
    ] {
        assert_eq!(refused_word(name), Some(word), "{name}");
    }
}

fn is_name(name: &str) -> bool {
    let text = |c: char| c.is_ascii_lowercase() || c == '_';
    name.starts_with(text) && name.chars().all(|c| text(c) || c.is_ascii_digit()) && !name.contains("__")
}

/// `name{label="value",…} 1`
fn sample(line: &str) -> (String, Labels, f64) {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let value = value.parse().unwrap_or_else(|_| panic!("{line}"));
    let (name, labels) = match series.split_once('{') {
        Some((name, rest)) => (name, rest.strip_suffix('}').unwrap()),
        None => (series, ""),
    };
    assert!(is_name(name), "{line}");
    let mut read = Labels::new();
    for pair in labels.split_terminator("\",") {
        let (label, value) = pair.split_once("=\"").unwrap_or_else(|| panic!("{line}"));
        let value = value.trim_end_matches('"');
        assert!(is_name(label) && !value.is_empty() && !value.contains(['"', '\\']), "{line}");
        assert!(read.insert(label.to_owned(), value.to_owned()).is_none(), "{line}");
    }
    (name.to_owned(), read, value)
}

/// Requests over a connection of its own; returns status and body.
async fn get(lab: &Lab, path: &str) -> (u16, String) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    let mut stream = TcpStream::connect(lab.running().http).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    timeout(SOON, stream.read_to_end(&mut heard)).await.unwrap().unwrap();
    let heard = String::from_utf8_lossy(&heard).into_owned();
    let (first, body) = heard.split_once("\r\n\r\n").unwrap();
    (first.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

async fn scrape(lab: &Lab) -> Scrape {
    let (status, text) = get(lab, "/metrics").await;
    assert_eq!(status, 200, "{text}");
    Scrape::read(&text)
}

#[tokio::test]
async fn counters_follow_events() {
    let lab = Lab::start().await;
    let mut board = lab.board(11).await;
    let before = scrape(&lab).await;
    board.say("machine/11", "not json");
    board.ask(11, r#"{"action":"checkuser","uid":"0000ada1"}"#).await;
    board.ask(11, r#"{"action":"checkuser","uid":"00000b0b"}"#).await;
    board.ask(11, r#"{"action":"startuse","uid":"0000ada1"}"#).await;
    let during = scrape(&lab).await;
    board.ask(11, r#"{"action":"stopuse","uid":"0000ada1","duration":1}"#).await;
    for path in ["/machines/1", "/machines/2", "/nothing/here"] {
        get(&lab, path).await;
    }
    let mut live = TcpStream::connect(lab.running().http).await.unwrap();
    live.write_all(b"GET /live HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut heard = Vec::new();
    while !String::from_utf8_lossy(&heard).contains("data: resync\n") {
        assert!(timeout(SOON, live.read_buf(&mut heard)).await.unwrap().unwrap() > 0);
    }
    let after = scrape(&lab).await;

    let message = |message, outcome| [("message", message), ("outcome", outcome)];
    let decision = |outcome, reason| [("outcome", outcome), ("reason", reason)];
    let answered = |kind, status| [("kind", kind), ("method", "GET"), ("status", status)];
    let machines = [("route", "/machines")];
    let grew = |name: &str, labels: &[(&str, &str)]| after.value(name, labels) - before.value(name, labels);
    for (name, labels, more) in [
        ("toolgate_board_messages_total", &message("checkuser", "accepted")[..], 2.0),
        ("toolgate_board_messages_total", &message("startuse", "accepted"), 1.0),
        ("toolgate_board_messages_total", &message("stopuse", "accepted"), 1.0),
        ("toolgate_board_messages_total", &message("stopuse", "refused"), 0.0),
        ("toolgate_board_messages_rejected_total", &[("reason", "not-json")], 1.0),
        ("toolgate_access_decisions_total", &decision("allowed", "none"), 1.0),
        ("toolgate_access_decisions_total", &decision("denied", "qualification.missing"), 1.0),
        ("toolgate_uses_started_total", &[], 1.0),
        ("toolgate_uses_ended_total", &[("ending", "logged-out")], 1.0),
        ("toolgate_http_route_requests_total", &machines, 2.0),
        ("toolgate_http_request_duration_seconds_count", &[("kind", "page")], 4.0),
        ("toolgate_http_requests_total", &answered("page", "200"), 4.0),
        ("toolgate_http_requests_total", &answered("other", "404"), 1.0),
        ("toolgate_http_requests_total", &answered("live", "200"), 1.0),
        ("toolgate_http_route_requests_total", &[("route", "/metrics")], 2.0),
        ("toolgate_live_streams", &[("viewer", "anonymous")], 1.0),
        ("toolgate_live_resyncs_total", &[("reason", "reconnect")], 1.0),
    ] {
        assert!((grew(name, labels) - more).abs() < 0.1, "{name} {labels:?} grew by {}", grew(name, labels));
    }
    for name in ["toolgate_db_writer_jobs_total", "toolgate_db_writer_commits_total", "toolgate_live_hints_total"]
    {
        assert!(grew(name, &[]) > 0.0, "{name}");
    }
    let running = [&before, &during, &after].map(|scrape| scrape.value("toolgate_uses_running", &[]) > 0.5);
    assert_eq!(running, [false, true, false]);
    assert!(after.value("toolgate_build_info", &[("version", env!("CARGO_PKG_VERSION"))]) > 0.5);
    assert!(grew("toolgate_http_route_seconds_total", &machines) > 0.0);
    let unfinished = after.value("toolgate_http_answers_under_way", &[]);
    assert!(unfinished < 0.5, "neither a stream nor what asks for the numbers is one: {unfinished}");
    assert!(after.value("toolgate_broker_connected", &[]) > 0.5);
    assert!(after.value("toolgate_start_time_seconds", &[]) > 1.6e9);
    let paths = after.0.keys().filter_map(|(_, labels)| labels.get("route"));
    assert!(paths.clone().all(|route| !route.contains("machines/1") && !route.contains("nothing")));
}

#[tokio::test]
async fn metric_labels_stay_bounded_after_requesting_every_route() {
    let space = Space::open('a', Some(9)).await;
    space.reset().await;
    let pages = generate_route_list(App).into_iter().map(|page| page.path().to_owned());
    let functions = server_fn_paths().map(|(path, _)| path.to_owned());
    let others = routes().into_iter().map(|(path, _)| path.to_owned());
    let all: Vec<_> = pages.chain(functions).chain(others).filter(|path| !path.contains("/live")).collect();
    assert!(all.len() > 400, "{}", all.len());
    for path in all {
        let parts: Vec<_> =
            path.split('/').map(|part| if part.starts_with('{') { "nobody" } else { part }).collect();
        for method in ["DELETE", "PATCH", "OPTIONS", "BREW"] {
            let request = Request::builder().method(method).uri(parts.join("/")).body(Body::empty()).unwrap();
            space.send(request).await;
        }
    }
    let (_, text) = ask(&space, "127.0.0.1", "localhost", &[]).await;
    Scrape::read(&text);
    assert!(text.len() < 96 * 1024, "{} bytes", text.len());
}

#[tokio::test]
async fn abandoned_use_is_counted_as_lost() {
    let lab = Lab::start().await;
    let mut board = lab.board(11).await;
    board.ask(11, r#"{"action":"startuse","uid":"0000ada1"}"#).await;
    board.ask(11, r#"{"action":"stopuse","uid":"00000000","duration":0}"#).await;
    let after = scrape(&lab).await;
    let ended = |ending| after.value("toolgate_uses_ended_total", &[("ending", ending)]);
    let figures = [ended("lost"), ended("logged-out"), after.value("toolgate_uses_running", &[])];
    assert_eq!(figures.map(|figure| figure > 0.5), [true, false, false], "{figures:?}");
}

/// A plug, a heat meter, a water meter, a thermometer that was last read an hour ago, and a meter without a reading; a light that a
/// lease has on, a heater that is off; and dues of two people with a command about each.
const BUILDING: &str = "
    INSERT INTO building_device (id, name, dialect, topic, user, hash, login_at, added_at, heard_at, is_offline) VALUES
        (1, 'Plug', 'json', 'plug', 'd-1', zeroblob(32), 0, 0, unixepoch() * 1000, 0),
        (2, 'Cellar', 'json', 'cellar', 'd-2', zeroblob(32), 0, 0, 0, 0),
        (3, 'Ada''s office', 'reference', 'office', 'd-3', zeroblob(32), 0, 0, unixepoch() * 1000, 1);
    INSERT INTO meter (id, device_id, name, measure, unit, value, read_at) VALUES
        (1, 1, 'Plug', 'power', 'kWh', 381701000, unixepoch() * 1000), (2, 2, 'Boiler', 'heat', 'kWh', 2500000, unixepoch() * 1000),
        (3, 2, 'Water', 'water', 'l', 12345678, unixepoch() * 1000),
        (4, 3, 'Ada''s office', 'temperature', 'C', -1500, (unixepoch() - 3600) * 1000),
        (5, 1, 'New', 'occupancy', 'people', NULL, NULL);
    INSERT INTO actuator (id, device_id, output, name, load, allowed, target, warmest, daily, lease_on, lease_sent, lease_ends) VALUES
        (1, 3, 0, 'Heating', 'heat', 'members', 210, 250, 1440, NULL, NULL, NULL),
        (2, 3, 1, 'Light', 'light', 'members', NULL, 0, 1440, 1, unixepoch() * 1000, 4102444800000);
    INSERT INTO actuator_wish (actuator_id, starts_at, ends_at) VALUES (2, 0, 4102444800000);
    INSERT INTO dues (person_id, processor, reference, status, since_at, paid_until, linked_at) VALUES
        (1, 'stripe', 'cus_1', 'overdue', 0, 0, 0), (2, 'stripe', 'cus_2', 'current', 0, 0, 0);
    INSERT INTO dues_command (person_id, processor, kind, key, queued_at, next_at) VALUES
        (1, 'stripe', 'add', 'key-1', 0, 4102444800000), (2, 'stripe', 'remove', 'key-2', 0, 4102444800000);";

#[tokio::test]
async fn building_and_dues_are_in_the_metrics_without_names() {
    let mut lab = Lab::start().await;
    lab.stop().await;
    lab.sql(BUILDING).await;
    lab.start_again().await;
    let (_, text) = get(&lab, "/metrics").await;
    let scrape = Scrape::read(&text);
    let meter = |id| [("meter", id)];
    for (name, labels, value) in [
        ("toolgate_meter_energy_joules_total", &meter("1")[..], 1_374_123_600.0),
        ("toolgate_meter_heat_joules_total", &meter("2"), 9_000_000.0),
        ("toolgate_meter_water_cubic_metres_total", &meter("3"), 12.345_678),
        ("toolgate_meter_temperature_celsius", &meter("4"), -1.5),
        ("toolgate_building_devices", &[("state", "heard")], 1.0),
        ("toolgate_building_devices", &[("state", "silent")], 2.0),
        ("toolgate_leases_in_force", &[("load", "light")], 1.0),
        ("toolgate_leases_in_force", &[("load", "heat")], 0.0),
        ("toolgate_dues_members", &[("status", "overdue")], 1.0),
        ("toolgate_dues_members", &[("status", "current")], 1.0),
        ("toolgate_dues_members", &[("status", "ended")], 0.0),
        ("toolgate_dues_commands_waiting", &[("processor", "stripe")], 2.0),
        ("toolgate_dues_commands_waiting", &[("processor", "gocardless")], 0.0),
    ] {
        assert!((scrape.value(name, labels) - value).abs() < 1e-9, "{name} {labels:?}: {text}");
    }
    let age = scrape.value("toolgate_meter_reading_age_seconds", &[("measure", "temperature"), ("meter", "4")]);
    assert!((3_600.0..7_200.0).contains(&age), "{age}");
    // A meter that was never read has no value, and one reading gives no power.
    assert!(!text.contains(r#"meter="5""#) && !text.contains("toolgate_meter_power_watts"), "{text}");
    assert!(!text.contains("Ada") && !text.contains("cus_"), "{text}");
}

/// Requests from the address `from` to `host`.
async fn ask(space: &Space, from: &str, host: &str, headers: &[(&str, &str)]) -> (StatusCode, String) {
    let mut request = Request::get("/metrics").header(header::HOST, host);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(from.parse().unwrap(), 4711)));
    let answer = space.send(request).await;
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, String::from_utf8(body.to_vec()).unwrap())
}

/// Sets the space's only token, of its person, with `scopes`.
async fn only_token(space: &Space, scopes: &[Scope]) {
    let mut conn = space.raw().await;
    sqlx::raw_sql("DELETE FROM api_token").execute(&mut conn).await.unwrap();
    sqlx::query("INSERT INTO api_token (hash, person_id, name, scopes, created_at) VALUES (?, ?, 'test', ?, 0)")
        .bind(Sha256::digest([7; 32]).as_slice())
        .bind(space.person().unwrap())
        .bind(join(scopes))
        .execute(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
}

#[tokio::test]
async fn metrics_without_token_are_readable_only_from_loopback() {
    let space = Space::open('a', Some(9)).await;
    space.reset().await;
    for (from, host) in [("127.0.0.1", "localhost:3000"), ("::1", "[::1]:3000"), ("127.0.0.1", "127.0.0.1")] {
        let (status, text) = ask(&space, from, host, &[]).await;
        assert_eq!(status, StatusCode::OK, "{from} at {host}: {text}");
        Scrape::read(&text);
    }
    let through = |name| [(name, "192.0.2.7")];
    for (from, host, headers) in [
        ("192.0.2.7", "localhost", &[][..]),
        ("127.0.0.1", "attic.example", &[]),
        ("127.0.0.1", "localhost", &through("x-forwarded-for")),
        ("127.0.0.1", "localhost", &through("x-real-ip")),
        ("127.0.0.1", "localhost", &through("forwarded")),
    ] {
        let (status, text) = ask(&space, from, host, headers).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{from} at {host} with {headers:?}: {text}");
        assert!(text.contains("metrics:read"), "the way in is said: {text}");
    }
    let post = Request::post("/metrics").body(Body::empty()).unwrap();
    assert_eq!(space.send(post).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn request_from_trusted_proxy_address_needs_a_token() {
    let proxied = Options { trusted_proxy: Some(vec!["127.0.0.1/32".into()]), ..Options::default() };
    let lab = Lab::with(proxied).await;
    assert_eq!(get(&lab, "/metrics").await.0, 401);
}

#[tokio::test]
async fn metrics_token_needs_scope_and_permitted_owner() {
    let mut space = Space::open('a', Some(9)).await;
    space.reset().await;
    space.cookie = None;
    let sent = [("authorization", TOKEN)];
    let others: Vec<_> = Scope::ALL.iter().copied().filter(|scope| *scope != Scope::MetricsRead).collect();
    only_token(&space, &others).await;
    let (status, text) = ask(&space, "192.0.2.7", "attic.example", &sent).await;
    assert!(status == StatusCode::FORBIDDEN && text.contains("token.scope"), "{status} {text}");
    assert_eq!(ask(&space, "127.0.0.1", "localhost", &sent).await.0, status, "nor from the server itself");
    only_token(&space, &[Scope::MetricsRead]).await;
    let (status, text) = ask(&space, "192.0.2.7", "attic.example", &sent).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    Scrape::read(&text);
    let mut conn = space.raw().await;
    sqlx::raw_sql("DELETE FROM api_token").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let (status, text) = ask(&space, "192.0.2.7", "attic.example", &sent).await;
    assert!(status == StatusCode::UNAUTHORIZED && text.contains("token.refused"), "{status} {text}");

    for (role, person) in [('g', 7), ('u', 8), ('m', 3)] {
        let mut space = Space::open(role, Some(person)).await;
        space.reset().await;
        space.cookie = None;
        only_token(&space, &[Scope::MetricsRead]).await;
        let (status, text) = ask(&space, "192.0.2.7", "attic.example", &sent).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{role} does not run the system: {text}");
    }
}
