//! Swipes beside those who try to delay them: the bounds of what an attack may do to a board and to the memory.
//!
//! Each attack runs as long as its swipes are counted, from this process, which takes a part of the machine too. What the server
//! takes of it is counted, because an attack that achieves nothing shows nothing. Not here: other servers that answer slowly,
//! endlessly or with traps, directories among them, which are in `tests/it/hostile_servers.rs`; and sign-ins at a provider, which
//! need one that answers (`tests/it/identity_providers.rs`).

use crate::{
    Size, asks,
    floods::{self, boards, certified, flood, garbage, handshakes, unfinished, unread},
    lab::{Broker, Lab},
    load::{self, Figures},
    report::{Attack, Report},
    tally::Tally,
};
use domain::time::{DAY, Date, millis};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::task::JoinSet;

/// Memory that the server may take more than before, in megabytes.
const MEMORY: f64 = 150.0;
/// The same while nobody reads its responses, and only for those.
const UNREAD: f64 = 100.0;

/// Sockets of a stranger.
const SOCKETS: usize = 2;
/// Connections whose responses nobody reads.
const CONNECTIONS: usize = 100;
/// Guesses of passwords at the same time.
const GUESSES: usize = 130;
/// Unfinished messages at the payment hook, and the networks that they come from.
const UNFINISHED: (u8, u8) = (75, 9);
/// Requests of a manager at the same time.
const AT_ONCE: usize = 16;
/// Lists of people that a manager brings at the same time: the most that are taken.
const LISTS: usize = 4;
/// Connections to the broker at the same time.
const BOARDS: usize = 8;
/// Dates of each plan.
const DATES: i64 = 120;

/// Passkeys are possible at this address, and there is an account at a payment processor, which is never asked.
const OPTIONS: [&str; 6] = [
    "--public-url",
    "http://localhost:3000",
    "--gocardless-token",
    "sandbox_bench",
    "--gocardless-webhook-secret",
    "bench",
];

/// Plays all attacks.
pub async fn measure(report: &mut Report, size: Size) {
    eprintln!("Toolgate under attack …");
    let lab = Lab::open_with(Broker::Inside, 1_000, &OPTIONS).await;
    let days = furnish(&lab).await;
    let mut stage = Stage { before: lab.memory(), lab: &lab, lasts: size.attacks, report: &mut *report };
    stage.quiet().await;
    stage.strangers().await;
    stage.people(&days).await;
    drop(lab);
    eprintln!("Toolgate under attack, with TLS …");
    let folder = tempfile::tempdir().unwrap();
    let (files, connector) = certified(folder.path());
    let [certificate, key] = files.each_ref().map(|file| file.to_str().unwrap());
    let options = ["--tls-cert", certificate, "--tls-key", key, "--mqtts-listen", "127.0.0.1:0"];
    let lab = Lab::open_with(Broker::Inside, 1_000, &options).await;
    let mut stage = Stage { before: lab.memory(), lab: &lab, lasts: size.attacks, report };
    let (at, tally) = (lab.mqtts(), Tally::default());
    let attack = (0..BOARDS).map(|_| handshakes(at, tally.clone(), connector.clone())).collect();
    stage.play(("TLS handshakes with the broker", "handshakes"), &tally, attack).await;
}

/// The first and the last day of plans.
type Days = (String, String);

struct Stage<'a> {
    report: &'a mut Report,
    lab: &'a Lab,
    /// Memory before all attacks, in megabytes.
    before: f64,
    lasts: Duration,
}

impl Stage<'_> {
    /// Nobody attacks.
    async fn quiet(&mut self) {
        let (swipes, peak) = self.swipes().await;
        let megabytes = peak - self.before;
        self.report.attack(Attack { name: "nobody", swipes, megabytes, most: MEMORY, accepted: None });
    }

    /// An attack whose memory counts from before all of them. Its `name`, and the `unit` of what the server took.
    async fn play(&mut self, what: (&'static str, &'static str), tally: &Tally, attack: JoinSet<()>) {
        self.play_within(what, (self.before, MEMORY), tally, attack).await;
    }

    /// An attack that may take `most` more than the memory `before`.
    async fn play_within(
        &mut self,
        (name, unit): (&'static str, &'static str),
        (before, most): (f64, f64),
        tally: &Tally,
        attack: JoinSet<()>,
    ) {
        let (swipes, peak) = self.swipes().await;
        drop(attack);
        let accepted = Some((tally.counts(), unit));
        self.report.attack(Attack { name, swipes, megabytes: peak - before, most, accepted });
    }

    /// The swipes of one board, and the most memory meanwhile.
    async fn swipes(&self) -> (Figures, f64) {
        let mut peak = self.lab.memory();
        let watch = || peak = peak.max(self.lab.memory());
        let figures = load::during(self.lab.broker.port, 1, &crate::check_user(), self.lasts, watch).await;
        (figures, peak.max(self.lab.memory()))
    }

    /// What needs no account.
    async fn strangers(&mut self) {
        let http = self.lab.address();
        for (name, bytes) in floods::of_pages() {
            let tally = Tally::default();
            let attack = (0..SOCKETS).map(|_| flood(http, tally.clone(), bytes.clone())).collect();
            self.play((name, "bytes"), &tally, attack).await;
        }
        let tally = Tally::default();
        let bound = (self.lab.memory(), UNREAD);
        let attack = (0..CONNECTIONS).map(|_| unread(http, tally.clone())).collect();
        self.play_within(("3,200 unread responses of HTTP/2", "connections"), bound, &tally, attack).await;

        let tally = Tally::default();
        let attack = asks::crowd(http, &tally, (GUESSES, 422), asks::guess);
        self.play(("130 guesses of passwords at once", "answered guesses"), &tally, attack).await;

        let tally = Tally::default();
        let attack = asks::crowd(http, &tally, (AT_ONCE, 200), asks::passkey);
        self.play(("begun sign-ins by passkey", "begun sign-ins"), &tally, attack).await;

        let tally = Tally::default();
        let (messages, networks) = UNFINISHED;
        let from = |n: u8| Ipv4Addr::new(127, 0, 0, 2 + n % networks);
        let attack = (0..messages).map(|n| unfinished(http, tally.clone(), from(n))).collect();
        self.play(("75 unfinished messages at the payment hook, from 9 networks", "bytes"), &tally, attack).await;

        let mqtt = SocketAddr::from((Ipv4Addr::LOCALHOST, self.lab.broker.port));
        let tally = Tally::default();
        let attack = (0..BOARDS).map(|_| garbage(mqtt, tally.clone())).collect();
        self.play(("garbage at the broker", "connections"), &tally, attack).await;

        let tally = Tally::default();
        let attack = (0..BOARDS).map(|number| boards(mqtt, tally.clone(), number)).collect();
        self.play(("connections to the broker", "connections"), &tally, attack).await;
    }

    /// What one member may do, a manager.
    async fn people(&mut self, days: &Days) {
        let http = self.lab.address();
        let (first, last) = days;
        let page = format!(
            "/series/new?resource=machine:1&rule=FREQ%3DDAILY&from=10:00&to=11:00&first={first}&last={last}"
        );
        let tally = Tally::default();
        let attack = asks::crowd(http, &tally, (AT_ONCE, 200), move |_| asks::preview(&page));
        self.play(("16 plans of 120 taken dates at once", "plans"), &tally, attack).await;

        let (tally, ends) = (Tally::default(), days.clone());
        let attack = asks::crowd(http, &tally, (AT_ONCE, 201), move |n| asks::series(n, &ends));
        self.play(("16 series of 120 dates made at once", "series"), &tally, attack).await;

        let questions = [
            ("16 trials of a draw of 4,500 wishes at once", "trials", asks::trial as Question),
            ("the week of all machines and rooms, 16 at once", "weeks", asks::week),
            ("16 searches at once", "searches", asks::search),
            ("16 reports of a year at once", "reports", asks::report),
        ];
        for (name, unit, question) in questions {
            let tally = Tally::default();
            let attack = asks::crowd(http, &tally, (AT_ONCE, 200), question);
            self.play((name, unit), &tally, attack).await;
        }

        let (tally, people) = (Tally::default(), asks::list());
        let attack = asks::crowd(http, &tally, (LISTS, 200), move |_| people.clone());
        self.play(("previews of a list of 10,000 people, 4 at once", "previews"), &tally, attack).await;

        let (tally, table) = (Tally::default(), asks::table(first));
        let attack = asks::crowd(http, &tally, (AT_ONCE, 200), move |_| table.clone());
        self.play(("16 previews of a table of 1,000 bookings at once", "previews"), &tally, attack).await;
    }
}

/// The n-th request of an attack.
type Question = fn(u64) -> Vec<u8>;

/// What the attacks of a member need: machine 1 is taken on each day of a plan, so that other machines and times are searched for;
/// rooms with bookings; a group that may have any number of them; and a draw that is closed. Returns the days of the plans.
async fn furnish(lab: &Lab) -> Days {
    let today = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap() / millis(DAY);
    let first = today + 7;
    lab.sql(format!(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES
             ('space', 0, 'space.zone', 'UTC'), ('space', 0, 'booking.group-open', '0'), ('space', 0, 'booking.group-weekly', '0');
         CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4499) SELECT i FROM n;
         INSERT INTO booking (id, machine_id, person_id, starts_at, ends_at, state, asked_at)
             SELECT 1 + i, 1, 2, ({first} + i) * 86400000 + 36000000, ({first} + i) * 86400000 + 39600000, 'approved', 0
               FROM n WHERE i <= {DATES};
         INSERT INTO room (id, name, capacity) SELECT 1 + i, 'Room ' || (1 + i), 20 FROM n WHERE i < 40;
         INSERT INTO booking (room_id, person_id, starts_at, ends_at, state, asked_at)
             SELECT room.id, 100 + (room.id + i * 31) % 900, at, at + 7200000, 'approved', 0
               FROM room, (SELECT i, ({today} + 1 + i / 4) * 86400000 + (6 + i % 4 * 3) * 3600000 AS at FROM n WHERE i < 52)
              ORDER BY at;
         INSERT INTO occupation (machine_id, room_id, starts_at, ends_at, booking_id)
             SELECT machine_id, room_id, starts_at, ends_at, id FROM booking ORDER BY starts_at;
         INSERT INTO person_group (id, name, created_at) VALUES (1, 'Bench', 0);
         INSERT INTO group_member (group_id, person_id, role, since) VALUES (1, 1, 'admin', 0);
         INSERT INTO draw (id, name, opens_at, closes_at, draws_at, first_day, last_day, entrants, wish_limit, days, from_min, to_min,
                 commitment, made_at, announced_at)
             VALUES (1, 'Term', 1, 2, ({today} + 30) * 86400000, {first}, {first} + 83, 'people', 20, 127, 0, 1440, randomblob(32), 0, 1);
         INSERT INTO draw_room (draw_id, room_id) SELECT 1, id FROM room;
         INSERT INTO draw_wish (draw_id, alias_id, entered_by, room_id, from_s, until_s, importance, place, made_at)
             SELECT 1, 1 + i % 300, 1 + i % 300, 1 + i * 7 % 40, i * 13 % 160 * 3600, i * 13 % 160 * 3600 + 7200, 1 + i / 300 % 5, i / 300, 0
               FROM n;"
    ))
    .await;
    let [from, to] = [first, first + DATES - 1].map(|day| Date::from_days(day).to_string());
    (from, to)
}
