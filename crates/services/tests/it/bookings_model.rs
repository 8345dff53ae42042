//! Random commands of several people: sequential ones against a model, and concurrent ones against invariants.

use crate::lab::{Lab, NOON, bookings::four_lasers, rooms};
use domain::{
    actor::Actor,
    bookings::{BookingAction, Resource, State},
    id::{BookingId, MachineId, RoomId},
    jobs::Job,
    occupations::Span,
    time::{HOUR, MINUTE, Millis, millis},
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use services::{
    bookings::{self, Ask, BookingsError, Decide},
    jobs,
};
use sqlx::Row;

const PEOPLE: [i64; 4] = [1, 4, 5, 6];
/// Two lasers by themselves, and a hall with two more.
const RESOURCES: [Resource; 5] = [
    Resource::Machine(MachineId(1)),
    Resource::Machine(MachineId(9)),
    Resource::Machine(MachineId(20)),
    Resource::Machine(MachineId(21)),
    Resource::Room(RoomId(1)),
];
const HALL: [i64; 2] = [20, 21];

#[derive(Debug, Clone)]
enum Command {
    /// Which of the people, of the resources, from how many quarters of an hour on, for how many.
    Ask(usize, usize, i64, i64),
    /// Which of those that there are, by how many quarters later, for how many more.
    Move(usize, i64, i64),
    Do(usize, BookingAction),
    /// Minutes.
    Pass(u32),
}

fn command() -> impl Strategy<Value = Command> {
    let action =
        prop::sample::select(vec![BookingAction::Cancel, BookingAction::CheckIn, BookingAction::Complete]);
    prop_oneof![
        6 => (0..PEOPLE.len(), 0..RESOURCES.len(), -2_i64..60, 1_i64..18).prop_map(|(a, b, c, d)| Command::Ask(a, b, c, d)),
        3 => (0_usize..40, -6_i64..7, -4_i64..5).prop_map(|(a, b, c)| Command::Move(a, b, c)),
        3 => (0_usize..40, action).prop_map(|(a, b)| Command::Do(a, b)),
        2 => (1_u32..90).prop_map(Command::Pass),
    ]
}

/// The lab with four people who may use four lasers, two of them in a hall. Clocks show UTC.
async fn open() -> Lab {
    let lab = four_lasers().await;
    let lab = lab.reopen().await;
    let ken = lab.signed_in(11).await;
    let hall = rooms::hall(&HALL.map(MachineId));
    rooms::add(&lab.ctx, &ken, hall).await.unwrap();
    lab
}

#[derive(Debug, Clone)]
struct Booked {
    id: BookingId,
    who: usize,
    what: Resource,
    span: Span,
    state: State,
}

/// The parts of a resource: the hall is itself and its contents.
fn parts(what: Resource) -> Vec<i64> {
    match what {
        Resource::Machine(machine) => vec![machine.0],
        Resource::Room(_) => HALL.to_vec(),
    }
}

#[derive(Debug)]
struct Model {
    now: Millis,
    all: Vec<Booked>,
    /// No-shows since the last hold.
    missed: [u32; 4],
    held: [bool; 4],
}

impl Model {
    fn week(at: Millis) -> i64 {
        (at.0.div_euclid(86_400_000) + 3).div_euclid(7)
    }

    fn may_have(&self, who: usize, what: Resource, span: Span, instead: Option<&Booked>) -> bool {
        let others = || self.all.iter().filter(|other| instead.is_none_or(|one| one.id != other.id));
        let holding = || others().filter(|other| other.state.takes_time());
        let length = (span.ends.0 - span.starts.0) / millis(MINUTE);
        let counts = |state: State| state.takes_time() || matches!(state, State::Completed | State::NoShow);
        let quarters = |span: Span| {
            let n = (span.ends.0 - span.starts.0) / 900_000;
            (0..n).map(move |n| Model::week(Millis(span.starts.0 + n * 900_000)))
        };
        let booked = |week| {
            let own = others().filter(|other| other.who == who && counts(other.state));
            own.flat_map(|other| quarters(other.span)).filter(|of| *of == week).count()
        };
        let is_fitting =
            (15..=240).contains(&length) && span.starts.0 % 900_000 == 0 && span.ends.0 % 900_000 == 0;
        let in_time = match instead {
            Some(one) if one.span.starts == span.starts => span.ends >= self.now,
            _ => span.starts >= self.now,
        };
        let is_free = holding().all(|other| {
            let meets = parts(other.what).iter().any(|part| parts(what).contains(part));
            !(other.span.overlaps(span) && (meets || other.who == who))
        });
        let open = holding().filter(|other| other.who == who && self.now < other.span.ends).count();
        let weeks =
            quarters(span).all(|week| booked(week) + quarters(span).filter(|of| *of == week).count() <= 32);
        is_fitting && in_time && is_free && weeks && !self.held[who] && (instead.is_some() || open < 3)
    }

    /// Applies transitions by time.
    fn tick(&mut self) {
        for one in &mut self.all {
            let gone = one.span.starts.after(MINUTE * 15).min(one.span.ends);
            if one.state == State::Approved && gone <= self.now {
                one.state = State::NoShow;
                self.missed[one.who] += 1;
                if self.missed[one.who] >= 3 {
                    (self.missed[one.who], self.held[one.who]) = (0, true);
                }
            } else if one.state == State::CheckedIn && one.span.ends <= self.now {
                one.state = State::Completed;
            }
        }
    }
}

async fn step(lab: &Lab, actors: &[Actor], model: &mut Model, command: Command) {
    match command {
        Command::Ask(who, what, from, quarters) => {
            let quarter = model.now.0.div_euclid(900_000) + 1 + from;
            let span = Span { starts: Millis(quarter * 900_000), ends: Millis((quarter + quarters) * 900_000) };
            let ask = Ask { resource: RESOURCES[what], span, group: None, importance: None };
            let got = bookings::ask(&lab.ctx, &actors[who], Ok(ask)).await;
            let expected = model.may_have(who, RESOURCES[what], span, None);
            assert_eq!(got.is_ok(), expected, "{ask:?} {got:?} {model:#?}");
            if let Ok((id, state)) = got {
                model.all.push(Booked { id, who, what: RESOURCES[what], span, state });
            }
        }
        Command::Move(which, later, longer) => {
            let n = model.all.len();
            let Some(one) = model.all.get(which % n.max(1)).cloned() else { return };
            let actor = &actors[one.who];
            let by = |at: Millis, quarters: i64| Millis(at.0 + quarters * 900_000);
            let span = Span { starts: by(one.span.starts, later), ends: by(one.span.ends, later + longer) };
            let version = bookings::one(&lab.ctx, actor, one.id).await.unwrap().version;
            let got = bookings::move_to(&lab.ctx, actor, one.id, version, Ok(span)).await;
            let is_time = match one.state {
                State::Approved => model.now < one.span.starts,
                State::CheckedIn => model.now < one.span.ends && later == 0,
                _ => false,
            };
            let expected = is_time && model.may_have(one.who, one.what, span, Some(&one));
            assert_eq!(got.is_ok(), expected, "{one:?} → {span:?} {got:?} {model:#?}");
            if got.is_ok() {
                model.all[which % n].span = span;
            }
        }
        Command::Do(which, action) => {
            let n = model.all.len();
            let Some(one) = model.all.get(which % n.max(1)).cloned() else { return };
            let got = bookings::decide(&lab.ctx, &actors[one.who], one.id, Decide::read(Some(action), "")).await;
            let early = one.span.starts.before(MINUTE * 15) <= model.now && model.now < one.span.ends;
            let expected = match (one.state, action) {
                (State::Approved, BookingAction::CheckIn) => early,
                (State::Approved, BookingAction::Cancel) | (State::CheckedIn, BookingAction::Complete) => {
                    model.now < one.span.ends
                }
                _ => false,
            };
            assert_eq!(got.is_ok(), expected, "{one:?} {action:?} {got:?}");
            if let Ok(state) = got {
                model.all[which % n].state = state;
            }
        }
        Command::Pass(minutes) => {
            lab.pass(MINUTE * minutes);
            model.now = model.now.after(MINUTE * minutes);
            jobs::run(&lab.ctx, Job::Bookings).await;
            model.tick();
        }
    }
}

/// Checks that no bookings overlap, and that no quota is exceeded.
async fn is_sound(lab: &Lab) {
    let overlapping = "SELECT count(*) FROM occupation a JOIN occupation b ON a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
          AND (a.machine_id = b.machine_id OR a.room_id = b.room_id OR a.person_id = b.person_id)";
    assert_eq!(lab.number(overlapping).await, 0);
    let wrong = "SELECT count(*) FROM booking b WHERE (b.state IN ('pending', 'approved', 'checked-in'))
          <> EXISTS (SELECT 1 FROM occupation o WHERE o.booking_id = b.id)";
    assert_eq!(lab.number(wrong).await, 0, "what holds takes time, and nothing else");
    let mut conn = lab.raw().await;
    let rows = sqlx::query(
        "SELECT person_id, count(*) AS n, sum(ends_at - starts_at) AS long FROM booking
          WHERE state IN ('pending', 'approved', 'checked-in') GROUP BY person_id, (starts_at / 86400000 + 3) / 7",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    for row in rows {
        assert!(row.get::<i64, _>("n") <= 3 && row.get::<i64, _>("long") <= millis(HOUR * 8));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sequential_commands_match_model() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..12 {
        let lab = open().await;
        let mut actors = Vec::new();
        for person in PEOPLE {
            actors.push(lab.signed_in(person).await);
        }
        let mut model = Model { now: NOON, all: Vec::new(), missed: [0; 4], held: [false; 4] };
        let commands = prop::collection::vec(command(), 80).new_tree(&mut runner).unwrap().current();
        for command in commands {
            step(&lab, &actors, &mut model, command).await;
        }
        is_sound(&lab).await;
        let ken = lab.signed_in(11).await;
        for one in &model.all {
            assert_eq!(bookings::one(&lab.ctx, &ken, one.id).await.unwrap().state, one.state, "{one:?}");
        }
        assert!(model.all.len() > 5, "{model:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_commands_never_overlap_or_exceed_quota() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..4 {
        let lab = open().await;
        let commands = prop::collection::vec(command(), 150).new_tree(&mut runner).unwrap().current();
        let mut doing = tokio::task::JoinSet::new();
        for (n, command) in commands.into_iter().enumerate() {
            let (ctx, actor) = (lab.ctx.clone(), lab.signed_in(PEOPLE[n % 4]).await);
            doing.spawn(async move {
                let some = |which: usize| BookingId(i64::try_from(which).unwrap() + 1);
                match command {
                    Command::Ask(_, what, from, quarters) => {
                        let starts = NOON.after(MINUTE * 15 * u32::try_from(from.max(0)).unwrap());
                        let span = Span { starts, ends: Millis(starts.0 + quarters * 900_000) };
                        let ask = Ask { resource: RESOURCES[what], span, group: None, importance: None };
                        bookings::ask(&ctx, &actor, Ok(ask)).await.map(|_| ())
                    }
                    Command::Move(which, later, _) => {
                        let starts = Millis(NOON.0 + (later + 8) * 900_000);
                        let span = Span { starts, ends: starts.after(HOUR) };
                        bookings::move_to(&ctx, &actor, some(which), 1, Ok(span)).await.map(|_| ())
                    }
                    Command::Do(which, action) => {
                        bookings::decide(&ctx, &actor, some(which), Decide::read(Some(action), ""))
                            .await
                            .map(|_| ())
                    }
                    Command::Pass(_) => {
                        jobs::run(&ctx, Job::Bookings).await;
                        Ok(())
                    }
                }
            });
        }
        for done in doing.join_all().await {
            assert!(!matches!(done, Err(BookingsError::Store(_))), "{done:?}");
        }
        is_sound(&lab).await;
        assert!(lab.number("SELECT count(*) FROM booking").await > 4);
    }
}
