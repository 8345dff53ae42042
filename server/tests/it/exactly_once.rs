//! Exactly once: the simulated board lives through random outages, duplicated, late and lost messages, and
//! restarts of itself, the broker and the server. [`World::compare`] defines what the history must equal.
//!
//! Nothing waits: time is a number. Deterministic; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` select other stories.
//!
//! Left out, because no server can handle it: duplicated answers. They carry no id, so a board takes the second
//! for the answer to its next query, and forgets that message.

#![expect(
    clippy::unwrap_used,
    clippy::await_holding_refcell_ref,
    reason = "in helpers; clippy knows only the test functions themselves. One story at a time, on one thread"
)]

use crate::stories::{CARDS, Event, NOON, Seen, Server, Story, World, stories, uid};
use domain::{
    access::Level,
    boards::MachineNumber,
    cards::CardUid,
    id::{CardId, UseId},
    time::Millis,
    uses::{
        Action, CardHolder, Change, Correction, ENOUGH, Ending, Fact, Polls, Session, Situation, TOLERANCE,
        hours_gained, project,
    },
};
use fabomatic::{
    Query, Reply, Topics,
    reply::{CheckMachineReply, CheckUserReply},
};
use proptest::{
    prop_assert, prop_assert_eq,
    test_runner::{Config, RngSeed, TestCaseError, TestRunner},
};
use services::{Ctx, clock::Clock};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    cell::{Cell, RefCell},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::runtime::{Builder, Runtime};

fn runner(cases: u32) -> TestRunner {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(21);
    }
    if config.cases == 256 {
        config.cases = cases;
    }
    TestRunner::new(config)
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Who changes sessions besides the board.
#[derive(Default)]
enum Hand {
    #[default]
    Nobody,
    /// Ends sessions that look over just before the board reports them again.
    Timer,
    /// Corrects the last use before every n-th message of the board.
    Manager(usize),
}

/// The domain alone: the sessions of one machine, stored as the store does.
#[derive(Default)]
struct Ledger {
    sessions: Vec<Session>,
    hours: i64,
    ids: i64,
    words: usize,
    hand: Hand,
    polls: Polls,
}

impl Ledger {
    /// Corrects or ends the last use without the board.
    fn lay_hand_on(&mut self, at: Millis) {
        self.words += 1;
        let Some(last) = self.sessions.iter_mut().max_by_key(|one| one.id) else { return };
        let after = match self.hand {
            Hand::Timer => last.abandoned(Some(at), Duration::from_hours(12), at),
            // Nobody corrects faster than a duplicate arrives, or knows a replayed start before its stop.
            Hand::Manager(every) if self.words.is_multiple_of(every) && !last.provisional => {
                let end = last.end.map_or(at, |(end, _)| end);
                let half = Correction::End(last.start.after(end.since(last.start) / 2));
                let correction =
                    if last.end.is_some() && self.words.is_multiple_of(2) { Correction::Void } else { half };
                let is_fresh = last.start.near(at, TOLERANCE);
                last.correct(correction, None, at).ok().filter(|_| !is_fresh)
            }
            Hand::Nobody | Hand::Manager(_) => None,
        };
        if let Some(after) = after {
            self.hours += hours_gained(Some(last), &Change::Set(after));
            *last = after;
        }
    }

    /// The board polls: a use it does not report any more is over.
    fn poll(&mut self, at: Millis) {
        let Some(since) = self.polls.polled(at) else { return };
        let Some(open) = self.sessions.iter_mut().find(|one| one.end.is_none()) else { return };
        if !self.polls.may_settle(since, open.start) {
            let after = open.lost();
            self.hours += hours_gained(Some(open), &Change::Set(after));
            *open = after;
        }
    }

    fn record(&mut self, at: Millis, card: &CardUid, action: Action, duration: Duration, replay: bool) -> Reply {
        self.lay_hand_on(at);
        self.polls.reported(action, at);
        let place = CARDS.iter().position(|one| *one == card.as_str()).unwrap();
        let bearer = CardHolder::Card(CardId(i64::try_from(place).unwrap()));
        let mut closed: Vec<_> = self.sessions.iter().copied().filter(|one| one.end.is_some()).collect();
        closed.sort_by_key(|one| std::cmp::Reverse((one.end.unwrap().0, one.id)));
        closed.truncate(ENOUGH.into());
        let open = self.sessions.iter().copied().find(|one| one.end.is_none());
        let situation = Situation { open, closed, ..Situation::default() };
        for change in project(&situation, &Fact { action, bearer, duration, replay, at }).unwrap() {
            let id = match change {
                Change::Add(_) => None,
                Change::Set(one) | Change::Remove(one) => one.id,
            };
            let before = self.sessions.iter().position(|one| id.is_some() && one.id == id);
            self.hours += hours_gained(before.map(|at| &self.sessions[at]), &change);
            match (before, change) {
                (Some(at), Change::Set(one)) => {
                    let before = std::mem::replace(&mut self.sessions[at], one);
                    let was_cut =
                        before.end.is_some_and(|(_, ending)| ending == Ending::Lost) && one.end != before.end;
                    assert!(
                        !was_cut || matches!(self.hand, Hand::Timer),
                        "a use that ran was ended: {before:?} {one:?}"
                    );
                    let fixed = before.corrected.is_none() || (before.start, before.end) == (one.start, one.end);
                    assert!(fixed, "what was corrected changed: {before:?} {one:?}");
                }
                (Some(at), Change::Remove(_)) => drop(self.sessions.remove(at)),
                (None, Change::Add(one)) => {
                    self.ids += 1;
                    self.sessions.push(Session { id: Some(UseId(self.ids)), ..one });
                }
                (_, change) => panic!("{change:?} of a session that is not there"),
            }
        }
        Reply::ok()
    }

    fn history(&self) -> Vec<Seen> {
        let mut sessions = self.sessions.clone();
        sessions.sort_by_key(|one| (one.start, one.end.map(|(end, _)| end), one.id));
        let seen = |one: Session| {
            let CardHolder::Card(CardId(card)) = one.bearer else { panic!("everybody is known") };
            Seen { card: uid(card.try_into().unwrap()), start: one.start, end: one.end.map(|(end, _)| end) }
        };
        sessions.into_iter().map(seen).collect()
    }
}

impl Server for Ledger {
    async fn hear(&mut self, at: Millis, query: Query) -> Option<Reply> {
        Some(match query {
            Query::CheckMachine => {
                self.poll(at);
                self.sessions.iter_mut().for_each(|one| one.settled = true);
                Reply::CheckMachine(CheckMachineReply {
                    request_ok: true,
                    is_valid: true,
                    maintenance: false,
                    allowed: true,
                    name: "Laser".into(),
                    logoff: 0,
                    kind: 1,
                    grace: 1,
                    description: String::new(),
                })
            }
            Query::CheckUser { .. } => {
                self.sessions.iter_mut().for_each(|one| one.settled = true);
                Reply::CheckUser(CheckUserReply::allowed("Somebody", Level::User))
            }
            Query::StartUse { uid, replay } => self.record(at, &uid, Action::Start, Duration::ZERO, replay),
            Query::InUse { uid, duration } => self.record(at, &uid, Action::Extend, duration, false),
            Query::StopUse { uid, duration, replay } => self.record(at, &uid, Action::Stop, duration, replay),
            Query::Alive { .. } => {
                self.polls.introduced(at);
                return None;
            }
            Query::Maintenance { .. } | Query::SyncCache => return None,
        })
    }

    async fn begin(&mut self) {
        self.polls = Polls::default();
    }
}

fn a_story_in_the_domain(story: Story) -> Result<(), TestCaseError> {
    let world = futures::executor::block_on(World::live(Ledger::default(), story));
    world.compare(&world.server.history(), world.server.hours).map_err(TestCaseError::fail)
}

// A21
#[test]
fn random_failures_leave_exactly_the_true_sessions() {
    runner(4_000).run(&stories(false), a_story_in_the_domain).unwrap();
}

// A21
/// What the protocol does not carry stays rare: see `domain::uses`.
#[test]
fn two_equal_uses_are_hardly_ever_taken_for_one() {
    let (uses, merged) = (Cell::new(0), Cell::new(0));
    let live = |story: Story| {
        let world = futures::executor::block_on(World::live(Ledger::default(), story));
        let (known, is_merged) = world.merged(&world.server.history());
        uses.set(uses.get() + known);
        merged.set(merged.get() + usize::from(is_merged));
        Ok(())
    };
    runner(4_000).run(&stories(false), live).unwrap();
    assert!(merged.get() * 10_000 <= uses.get(), "{} of {}", merged.get(), uses.get());
}

// A23
#[test]
fn clock_change_shifts_times_but_not_durations() {
    runner(2_000).run(&stories(true), a_story_in_the_domain).unwrap();
}

// A20
/// A use presumed over while the board is offline continues as the same use.
#[test]
fn uses_closed_by_timer_match_the_true_sessions() {
    let live = |story: Story| {
        let server = Ledger { hand: Hand::Timer, ..Ledger::default() };
        let world = futures::executor::block_on(World::live(server, story));
        world.compare(&world.server.history(), world.server.hours).map_err(TestCaseError::fail)
    };
    runner(4_000).run(&stories(false), live).unwrap();
}

// A21
/// After a correction, further messages of the board create and remove no uses. Without power cuts, because nobody
/// knows whether a use that was cut off and the next one of the same card are one.
#[test]
fn corrected_uses_keep_their_number() {
    let live = |hand: Hand, story: &Story| {
        let server = Ledger { hand, ..Ledger::default() };
        futures::executor::block_on(World::live(server, story.clone())).server
    };
    let cards = |ledger: &Ledger| ledger.sessions.iter().map(|one| (one.id, one.bearer)).collect::<Vec<_>>();
    let compare = |(mut story, every): (Story, usize)| {
        story.steps.retain(|(_, event)| !matches!(event, Event::PowerCut(_) | Event::CutEarly { .. }));
        let left_alone = live(Hand::Nobody, &story);
        let corrected = live(Hand::Manager(every), &story);
        prop_assert_eq!(
            cards(&left_alone),
            cards(&corrected),
            "{:#?}\n{:#?}",
            left_alone.sessions,
            corrected.sessions
        );
        let mut times: Vec<_> = corrected.sessions.iter().filter(|one| !one.is_void()).collect();
        times.sort_by_key(|one| (one.start, one.end.map(|(end, _)| end), one.id));
        for pair in times.windows(2) {
            prop_assert!(pair[0].end.is_some_and(|(end, _)| end <= pair[1].start), "an overlap: {:#?}", times);
        }
        let sum: i64 = corrected.sessions.iter().filter_map(Session::length).map(domain::time::millis).sum();
        prop_assert_eq!(corrected.hours, sum);
        Ok(())
    };
    runner(4_000).run(&(stories(false), 1..6_usize), compare).unwrap();
}

/// The clock of a story.
struct StoryClock(AtomicI64);

impl Clock for StoryClock {
    fn now(&self) -> Millis {
        Millis(self.0.load(Relaxed))
    }

    fn steady(&self) -> Duration {
        Duration::from_millis(self.0.load(Relaxed).unsigned_abs())
    }
}

/// A space with a machine for each story.
struct Space {
    dir: tempfile::TempDir,
    clock: Arc<StoryClock>,
    ctx: Option<Ctx>,
    stories: u16,
}

impl Space {
    async fn open() -> Self {
        let clock = Arc::new(StoryClock(AtomicI64::new(NOON.0)));
        let mut space = Self { dir: tempfile::tempdir().unwrap(), clock, ctx: None, stories: 0 };
        space.begin().await;
        let mut conn = space.connect().await;
        sqlx::raw_sql(
            "INSERT INTO person (id, status, created_at) VALUES (1, 'active', 0);
             INSERT INTO profile (person_id, name) VALUES (1, 'Ada Lovelace');
             INSERT INTO card (id, person_id, uid, state, given_at) VALUES
                 (1, 1, '0000ada1', 'active', 0), (2, 1, '00000b0b', 'active', 0),
                 (3, 1, '0000c1e0', 'active', 0), (4, 1, '0000d0d0', 'active', 0);
             INSERT INTO equipment_type (id, name, risk) VALUES (3, 'Laser cutter', 'medium');
             INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
                 (1, 1, 'user', 'granted', 0, 'setup', 0), (1, 3, 'user', 'granted', 0, 'trainer', 0);
             WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 10000)
             INSERT INTO machine (id, number, type_id, name) SELECT n, n, 3, 'Laser ' || n FROM n;",
        )
        .execute(&mut conn)
        .await
        .unwrap();
        conn.close().await.unwrap();
        space
    }

    async fn connect(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file()).connect().await.unwrap()
    }

    fn file(&self) -> std::path::PathBuf {
        self.dir.path().join("space.sqlite")
    }

    async fn begin(&mut self) {
        if let Some(ctx) = self.ctx.take() {
            ctx.close().await;
        }
        let config = services::Config { clock: self.clock.clone(), ..services::Config::new(self.file()) };
        self.ctx = Some(services::open(config).await.unwrap());
    }

    async fn history(&self, machine: u16) -> (Vec<Seen>, i64) {
        let mut conn = self.connect().await;
        let rows: Vec<(String, i64, Option<i64>)> = sqlx::query_as(
            "SELECT c.uid, u.started_at, u.ended_at FROM use_session u JOIN card c ON c.id = u.card_id
              WHERE u.machine_id = ? ORDER BY u.started_at, ifnull(u.ended_at, 9e18), u.id",
        )
        .bind(machine)
        .fetch_all(&mut conn)
        .await
        .unwrap();
        let hours = sqlx::query_scalar("SELECT ifnull(sum(used_ms), 0) FROM machine_total WHERE machine_id = ?");
        let hours = hours.bind(machine).fetch_one(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        let seen = |(card, start, end): (String, i64, Option<i64>)| Seen {
            card: CardUid::from_board(&card).unwrap(),
            start: Millis(start),
            end: end.map(Millis),
        };
        (rows.into_iter().map(seen).collect(), hours)
    }
}

/// The server without its wire: one machine of the space.
struct Toolgate<'a> {
    space: &'a RefCell<Space>,
    machine: u16,
}

impl Server for Toolgate<'_> {
    async fn hear(&mut self, at: Millis, query: Query) -> Option<Reply> {
        let space = self.space.borrow();
        space.clock.0.store(at.0, Relaxed);
        let ctx = space.ctx.as_ref().unwrap();
        server::mqtt::dispatch::dispatch(ctx, &Topics::default(), MachineNumber(self.machine), query).await
    }

    async fn begin(&mut self) {
        self.space.borrow_mut().begin().await;
    }
}

// A20
// A21
/// The same with the services, the store and its file, reopened at every server start.
#[test]
fn stored_history_matches_the_true_sessions() {
    let runtime = runtime();
    let space = RefCell::new(runtime.block_on(Space::open()));
    let live = |story: Story| {
        space.borrow_mut().stories += 1;
        let machine = space.borrow().stories;
        runtime.block_on(async {
            let world = World::live(Toolgate { space: &space, machine }, story).await;
            let (history, hours) = space.borrow().history(machine).await;
            world.compare(&history, hours).map_err(TestCaseError::fail)
        })
    };
    runner(120).run(&stories(true), live).unwrap();
    let ctx = space.borrow_mut().ctx.take().unwrap();
    runtime.block_on(ctx.close());
}
