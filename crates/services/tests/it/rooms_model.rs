//! Machines moved in and out of rooms while people book both: sequential commands against a model, concurrent ones against
//! invariants. Nothing ever has two holders.

// A1, A2 and A24 for rooms and what is in them.

use crate::lab::{
    Lab, NOON,
    bookings::{four_lasers, set},
    rooms,
};
use domain::{
    actor::Actor,
    bookings::{BookingAction, Resource},
    id::{BookingId, MachineId, RoomId},
    occupations::Span,
    time::MINUTE,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use services::{
    Ctx,
    bookings::{self, Ask, BookingsError, Decide},
    rooms::RoomsError,
};

const PEOPLE: [i64; 4] = [1, 4, 5, 6];
const MACHINES: [i64; 4] = [1, 9, 20, 21];
const ROOMS: [i64; 2] = [1, 2];

#[derive(Debug, Clone)]
enum Command {
    /// Which of the people and of the resources, machines first; from which half hour on, for how many.
    Ask(usize, usize, u32, u32),
    Cancel(usize),
    /// The machines of a room are these, a bit for each.
    Furnish(usize, u8),
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        5 => (0..PEOPLE.len(), 0..6_usize, 0_u32..16, 1_u32..5).prop_map(|(a, b, c, d)| Command::Ask(a, b, c, d)),
        2 => (0_usize..40).prop_map(Command::Cancel),
        3 => (0..ROOMS.len(), 0_u8..16).prop_map(|(room, machines)| Command::Furnish(room, machines)),
    ]
}

fn resource(which: usize) -> Resource {
    let room = || Resource::Room(RoomId(ROOMS[which - MACHINES.len()]));
    MACHINES.get(which).map_or_else(room, |&machine| Resource::Machine(MachineId(machine)))
}

fn span(from: u32, halves: u32) -> Span {
    let starts = NOON.after(MINUTE * 30 * (from + 2));
    Span { starts, ends: starts.after(MINUTE * 30 * halves) }
}

/// The machines of a set.
fn machines(set: u8) -> Vec<i64> {
    (0_u8..).zip(MACHINES).filter(|(at, _)| set & (1 << at) != 0).map(|(_, machine)| machine).collect()
}

/// Four people who may use four lasers and have no quotas, and two empty rooms.
async fn open() -> Lab {
    let lab = four_lasers().await;
    for (key, value) in [("booking.open", "50"), ("booking.weekly", "0")] {
        set(&lab, key, value).await;
    }
    let lab = lab.reopen().await;
    let ken = lab.signed_in(11).await;
    for room in ROOMS {
        rooms::add(&lab.ctx, &ken, rooms::named(&room_name(room), &[])).await.unwrap();
    }
    lab
}

fn room_name(room: i64) -> String {
    format!("Room {room}")
}

async fn furnish(ctx: &Ctx, ken: &Actor, room: i64, version: i64, inside: &[i64]) -> Result<(), RoomsError> {
    let inside: Vec<_> = inside.iter().map(|&machine| MachineId(machine)).collect();
    rooms::save(ctx, ken, RoomId(room), version, rooms::named(&room_name(room), &inside)).await
}

#[derive(Debug)]
struct Booked {
    id: BookingId,
    who: usize,
    what: Resource,
    span: Span,
}

#[derive(Debug, Default)]
struct Model {
    /// Bookings that take time.
    all: Vec<Booked>,
    /// The room of each machine.
    rooms: std::collections::BTreeMap<i64, i64>,
}

impl Model {
    /// Whether the two take the same thing.
    fn meet(&self, one: Resource, other: Resource) -> bool {
        match (one, other) {
            (Resource::Machine(machine), Resource::Room(room))
            | (Resource::Room(room), Resource::Machine(machine)) => self.rooms.get(&machine.0) == Some(&room.0),
            (one, other) => one == other,
        }
    }

    fn is_free(&self, who: usize, what: Resource, span: Span) -> bool {
        let is_in_the_way =
            |other: &Booked| other.span.overlaps(span) && (other.who == who || self.meet(other.what, what));
        !self.all.iter().any(is_in_the_way)
    }

    /// Whether `machine` can be put into `room`: nobody has it while the room is booked.
    fn fits(&self, machine: i64, room: i64) -> bool {
        let of = |what: Resource| self.all.iter().filter(move |one| one.what == what);
        let machine = Resource::Machine(MachineId(machine));
        of(Resource::Room(RoomId(room))).all(|room| !of(machine).any(|own| own.span.overlaps(room.span)))
    }
}

/// Nothing is taken twice, and a booked room takes all that is in it and nothing else.
async fn is_sound(lab: &Lab) {
    let overlapping = "SELECT count(*) FROM occupation a JOIN occupation b ON a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
          AND (a.machine_id = b.machine_id OR a.room_id = b.room_id OR a.person_id = b.person_id)";
    assert_eq!(lab.number(overlapping).await, 0);
    let left_out = "SELECT count(*) FROM booking b JOIN room_machine r ON r.room_id = b.room_id
          WHERE b.state IN ('pending', 'approved', 'checked-in')
            AND NOT EXISTS (SELECT 1 FROM occupation o WHERE o.booking_id = b.id AND o.machine_id = r.machine_id)";
    assert_eq!(lab.number(left_out).await, 0, "a machine in a booked room is free");
    let too_much = "SELECT count(*) FROM occupation o JOIN booking b ON b.id = o.booking_id
          WHERE o.machine_id IS NOT NULL AND o.machine_id IS NOT b.machine_id
            AND NOT EXISTS (SELECT 1 FROM room_machine r WHERE r.room_id = b.room_id AND r.machine_id = o.machine_id)";
    assert_eq!(lab.number(too_much).await, 0, "a machine outside is taken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn machines_moved_between_rooms_in_sequence_match_model() {
    let mut runner = TestRunner::deterministic();
    let (mut refused, mut furnished) = (0, 0);
    for _ in 0..8 {
        let lab = open().await;
        let ken = lab.signed_in(11).await;
        let mut actors = Vec::new();
        for person in PEOPLE {
            actors.push(lab.signed_in(person).await);
        }
        let (mut model, mut versions) = (Model::default(), [1; ROOMS.len()]);
        let commands = prop::collection::vec(command(), 90).new_tree(&mut runner).unwrap().current();
        for command in commands {
            match command {
                Command::Ask(who, which, from, halves) => {
                    let (what, span) = (resource(which), span(from, halves));
                    let ask = Ask { resource: what, span, group: None, importance: None };
                    let got = bookings::ask(&lab.ctx, &actors[who], Ok(ask)).await;
                    assert_eq!(got.is_ok(), model.is_free(who, what, span), "{ask:?} {got:?} {model:#?}");
                    if let Ok((id, _)) = got {
                        model.all.push(Booked { id, who, what, span });
                    }
                }
                Command::Cancel(which) => {
                    let n = model.all.len();
                    if n > 0 {
                        let one = model.all.swap_remove(which % n);
                        let cancel = Decide::read(Some(BookingAction::Cancel), "");
                        bookings::decide(&lab.ctx, &actors[one.who], one.id, cancel).await.unwrap();
                    }
                }
                Command::Furnish(which, set) => {
                    let (room, inside) = (ROOMS[which], machines(set));
                    let is_in = |machine: i64| model.rooms.get(&machine) == Some(&room);
                    let fits = inside.iter().all(|&machine| is_in(machine) || model.fits(machine, room));
                    let got = furnish(&lab.ctx, &ken, room, versions[which], &inside).await;
                    assert_eq!(got.is_ok(), fits, "{room} {inside:?} {got:?} {model:#?}");
                    if got.is_ok() {
                        model.rooms.retain(|machine, its| *its != room && !inside.contains(machine));
                        model.rooms.extend(inside.into_iter().map(|machine| (machine, room)));
                        versions[which] += 1;
                        furnished += 1;
                    } else {
                        assert!(matches!(got, Err(RoomsError::MachineTaken)), "{got:?}");
                        refused += 1;
                    }
                }
            }
        }
        is_sound(&lab).await;
    }
    assert!(refused > 10 && furnished > 30, "{refused} refused, {furnished} furnished");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn machines_moved_between_rooms_at_once_never_have_two_holders() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..4 {
        let lab = open().await;
        let ken = lab.signed_in(11).await;
        let commands = prop::collection::vec(command(), 150).new_tree(&mut runner).unwrap().current();
        let mut doing = tokio::task::JoinSet::new();
        for (n, command) in commands.into_iter().enumerate() {
            let (ctx, ken, actor) = (lab.ctx.clone(), ken.clone(), lab.signed_in(PEOPLE[n % 4]).await);
            doing.spawn(async move {
                match command {
                    Command::Ask(_, which, from, halves) => {
                        let ask = Ask {
                            resource: resource(which),
                            span: span(from, halves),
                            group: None,
                            importance: None,
                        };
                        let got = bookings::ask(&ctx, &actor, Ok(ask)).await;
                        assert!(!matches!(got, Err(BookingsError::Store(_))), "{got:?}");
                    }
                    Command::Cancel(which) => {
                        let id = BookingId(i64::try_from(which).unwrap() + 1);
                        let cancel = Decide::read(Some(BookingAction::Cancel), "");
                        let got = bookings::decide(&ctx, &actor, id, cancel).await;
                        assert!(!matches!(got, Err(BookingsError::Store(_))), "{got:?}");
                    }
                    Command::Furnish(which, set) => {
                        // Whoever saves has read it before, and tries again if another was first.
                        for version in 1..40 {
                            match furnish(&ctx, &ken, ROOMS[which], version, &machines(set)).await {
                                Err(RoomsError::Stale(_)) => {}
                                Ok(()) | Err(RoomsError::MachineTaken) => break,
                                Err(why) => panic!("{why:?}"),
                            }
                        }
                    }
                }
            });
        }
        doing.join_all().await;
        is_sound(&lab).await;
        assert!(lab.number("SELECT count(*) FROM booking").await > 4);
        assert!(lab.number("SELECT max(version) FROM room").await > 3);
    }
}
