//! Waiting lists: offers of freed time, their duration, and protection from others.

use crate::lab::{
    LASER_ID, Lab, NOON,
    bookings::{booked, notices_of, span, tick},
    closures, rooms,
};
use domain::{
    actor::Actor,
    bookings::{BookingAction, Resource, State as Booked},
    id::{BookingId, MachineId, PersonId, WaitingId},
    notices::Kind,
    occupations::Span,
    time::{MINUTE, Millis},
    waiting::State,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use services::{
    bookings::{self, Ask, BookingsError, Decide},
    notices, people,
    waiting::{self, WaitingError},
};

const LASER: Resource = Resource::Machine(LASER_ID);
const PEOPLE: [i64; 5] = [1, 4, 5, 6, 7];
const OTHER: Resource = Resource::Machine(MachineId(9));

/// The lab with a second laser, and Carl (4), Dana (5), Eve (6) and Finn (7), who may use both as Ada does, and
/// Ken (11), who manages. It is Friday, 15 January 2027, 08:00, and clocks show UTC.
async fn open() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at)
             VALUES (4, 'active', 0), (5, 'active', 0), (6, 'active', 0), (7, 'active', 0), (11, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (4, 'Carl'), (5, 'Dana'), (6, 'Eve'), (7, 'Finn'), (11, 'Ken');
         INSERT INTO machine (id, number, type_id, name) VALUES (9, 19, 3, 'Second laser');
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             SELECT p.id, t.id, 'user', 'granted', 0, 'setup', 0 FROM person p, equipment_type t
              WHERE p.id IN (4, 5, 6, 7, 11) AND t.id IN (1, 3);
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (11, 1, 'owner', 'granted', 0, 'setup', 0)",
    )
    .await;
    lab.reopen().await
}

async fn joined(lab: &Lab, actor: &Actor, span: Span) -> WaitingId {
    waiting::join(&lab.ctx, actor, Ok(Ask { resource: LASER, span, group: None, importance: None })).await.unwrap()
}

async fn cancel(lab: &Lab, actor: &Actor, id: BookingId) {
    bookings::decide(&lab.ctx, actor, id, Decide::read(Some(BookingAction::Cancel), "")).await.unwrap();
}

/// The states of all who ever waited, in their order.
async fn states(lab: &Lab) -> Vec<State> {
    let mut conn = lab.raw().await;
    let states: Vec<String> =
        sqlx::query_scalar("SELECT state FROM waiting ORDER BY id").fetch_all(&mut conn).await.unwrap();
    states.iter().map(|state| State::parse(state).unwrap()).collect()
}

#[tokio::test]
async fn freed_time_is_offered_to_first_for_fifteen_minutes_then_next() {
    let lab = open().await;
    let (carl, dana, eve, finn) =
        (lab.signed_in(4).await, lab.signed_in(5).await, lab.signed_in(6).await, lab.signed_in(7).await);
    let id = booked(&lab, &carl, LASER, span(120, 60)).await;
    for who in [&dana, &eve, &finn] {
        joined(&lab, who, span(120, 60)).await;
    }
    let position = async |who| waiting::list(&lab.ctx, who).await.unwrap()[0].position;
    assert_eq!((position(&dana).await, position(&finn).await), (1, 3));
    cancel(&lab, &carl, id).await;
    assert_eq!(states(&lab).await, [State::Offered, State::Waiting, State::Waiting]);
    let offer = waiting::list(&lab.ctx, &dana).await.unwrap().remove(0);
    assert_eq!(offer.until.unwrap().at, NOON.after(MINUTE * 15));
    let stolen = bookings::ask(
        &lab.ctx,
        &finn,
        Ok(Ask { resource: LASER, span: span(150, 60), group: None, importance: None }),
    )
    .await;
    assert!(matches!(stolen, Err(BookingsError::Refused(_))), "it is held: {stolen:?}");
    let early = waiting::take(&lab.ctx, &eve, WaitingId(2)).await;
    assert!(matches!(early, Err(WaitingError::NotOffered)), "{early:?}");
    let others = waiting::take(&lab.ctx, &eve, WaitingId(1)).await;
    assert!(matches!(others, Err(WaitingError::Unknown)), "{others:?}");
    lab.pass(MINUTE * 15);
    let late = waiting::take(&lab.ctx, &dana, WaitingId(1)).await;
    assert!(matches!(late, Err(WaitingError::Over)), "{late:?}");
    tick(&lab).await;
    assert_eq!(states(&lab).await, [State::Lapsed, State::Offered, State::Waiting]);
    waiting::decline(&lab.ctx, &eve, WaitingId(2)).await.unwrap();
    assert_eq!(states(&lab).await, [State::Lapsed, State::Declined, State::Offered]);
    let (booking, is) = waiting::take(&lab.ctx, &finn, WaitingId(3)).await.unwrap();
    assert_eq!(is, Booked::Approved);
    let row = bookings::one(&lab.ctx, &finn, booking).await.unwrap();
    assert_eq!((row.mine, row.starts.at), (true, span(120, 60).starts));
    assert_eq!(states(&lab).await, [State::Lapsed, State::Declined, State::Taken]);
    let again = waiting::take(&lab.ctx, &finn, WaitingId(3)).await;
    assert!(matches!(again, Err(WaitingError::Over)), "{again:?}");
    assert_eq!(notices_of(&lab, 5).await, [Kind::BookingOffered, Kind::OfferLapsed]);
    assert_eq!(
        (notices_of(&lab, 6).await, notices_of(&lab, 7).await),
        (vec![Kind::BookingOffered], vec![Kind::BookingOffered])
    );
    assert_eq!(lab.number("SELECT count(*) FROM occupation WHERE waiting_id IS NOT NULL").await, 0);
}

#[tokio::test]
async fn only_taken_and_bookable_time_can_be_waited_for() {
    let lab = open().await;
    let (bob, carl, dana) = (lab.signed_in(2).await, lab.signed_in(4).await, lab.signed_in(5).await);
    let join = async |who: &Actor, span| {
        waiting::join(&lab.ctx, who, Ok(Ask { resource: LASER, span, group: None, importance: None })).await
    };
    assert!(matches!(join(&dana, span(120, 60)).await, Err(WaitingError::Free)));
    booked(&lab, &carl, LASER, span(120, 120)).await;
    let off = join(&dana, span(127, 60)).await;
    assert!(matches!(off, Err(WaitingError::Booking(BookingsError::Refused(_)))), "off the grid: {off:?}");
    let bob = join(&bob, span(120, 60)).await;
    assert!(matches!(bob, Err(WaitingError::Booking(BookingsError::Refused(_)))), "not qualified: {bob:?}");
    let own = join(&carl, span(120, 60)).await;
    assert!(matches!(own, Err(WaitingError::Booking(_))), "one's own: {own:?}");
    let id = join(&dana, span(120, 60)).await.unwrap();
    assert!(matches!(join(&dana, span(150, 60)).await, Err(WaitingError::Twice)));
    join(&dana, span(180, 60)).await.unwrap();
    waiting::leave(&lab.ctx, &dana, id).await.unwrap();
    assert!(matches!(waiting::leave(&lab.ctx, &dana, id).await, Err(WaitingError::Over)));
    assert!(matches!(waiting::leave(&lab.ctx, &carl, id).await, Err(WaitingError::Unknown)));
    for n in 0..3 {
        booked(&lab, &lab.signed_in(6).await, LASER, span(360 + 60 * n, 60)).await;
        join(&dana, span(360 + 60 * n, 60)).await.unwrap();
    }
    join(&dana, span(120, 30)).await.unwrap();
    assert!(matches!(join(&dana, span(150, 30)).await, Err(WaitingError::TooMany)));
}

#[tokio::test]
async fn exhausted_quota_is_reported_instead_of_conflict() {
    let lab = open().await;
    let (carl, dana) = (lab.signed_in(4).await, lab.signed_in(5).await);
    for n in 0..3 {
        booked(&lab, &dana, OTHER, span(360 + 60 * n, 60)).await;
    }
    booked(&lab, &carl, LASER, span(120, 60)).await;
    let refused = waiting::join(
        &lab.ctx,
        &dana,
        Ok(Ask { resource: LASER, span: span(120, 60), group: None, importance: None }),
    )
    .await;
    let Err(WaitingError::Booking(BookingsError::Refused(why))) = refused else { panic!("{refused:?}") };
    let codes: Vec<_> = why.refusals.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(codes, ["booking.too-many"]);
}

#[tokio::test]
async fn person_unable_to_take_whole_time_is_skipped_and_keeps_position() {
    let lab = open().await;
    let (carl, dana, eve) = (lab.signed_in(4).await, lab.signed_in(5).await, lab.signed_in(6).await);
    let (first, second) =
        (booked(&lab, &carl, LASER, span(120, 60)).await, booked(&lab, &carl, LASER, span(180, 60)).await);
    joined(&lab, &dana, span(120, 120)).await;
    joined(&lab, &eve, span(120, 60)).await;
    // Dana wants both hours, and has three bookings of her own by then.
    cancel(&lab, &carl, first).await;
    assert_eq!(states(&lab).await, [State::Waiting, State::Offered]);
    waiting::decline(&lab.ctx, &eve, WaitingId(2)).await.unwrap();
    for n in 0..3 {
        let ask = Ask { resource: OTHER, span: span(300 + 60 * n, 60), group: None, importance: None };
        bookings::ask(&lab.ctx, &dana, Ok(ask)).await.unwrap();
    }
    cancel(&lab, &carl, second).await;
    assert_eq!(states(&lab).await, [State::Waiting, State::Declined], "she has as many as one may");
    bookings::decide(&lab.ctx, &dana, BookingId(3), Decide::read(Some(BookingAction::Cancel), "")).await.unwrap();
    tick(&lab).await;
    assert_eq!(states(&lab).await, [State::Offered, State::Declined], "the clock finds it");
}

#[tokio::test]
async fn offers_that_run_out_together_go_to_who_waits_longest_for_all_of_it() {
    let lab = open().await;
    let (ada, carl, dana) = (lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(5).await);
    let (eve, finn) = (lab.signed_in(6).await, lab.signed_in(7).await);
    let (first, second) =
        (booked(&lab, &carl, LASER, span(120, 60)).await, booked(&lab, &carl, LASER, span(180, 60)).await);
    joined(&lab, &ada, span(120, 60)).await;
    joined(&lab, &finn, span(180, 60)).await;
    joined(&lab, &dana, span(120, 120)).await;
    joined(&lab, &eve, span(120, 60)).await;
    cancel(&lab, &carl, first).await;
    cancel(&lab, &carl, second).await;
    assert_eq!(states(&lab).await, [State::Offered, State::Offered, State::Waiting, State::Waiting]);
    lab.pass(MINUTE * 15);
    tick(&lab).await;
    assert_eq!(states(&lab).await, [State::Lapsed, State::Lapsed, State::Offered, State::Waiting]);
}

#[tokio::test]
async fn every_freed_time_is_offered() {
    // Shortened, completed early, a no-show, declined by a moderator, its holder suspended, a closure lifted.
    for way in 1..7 {
        let lab = open().await;
        let (carl, dana, ken) = (lab.signed_in(4).await, lab.signed_in(5).await, lab.signed_in(11).await);
        let close = |span| closures::maintenance(LASER, span, "belt");
        if way == 4 {
            lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'booking.mode', 'moderated')").await;
        }
        let id = if way == 6 {
            let _: domain::id::ClosureId = closures::close(&lab.ctx, &ken, close(span(0, 240))).await.unwrap();
            BookingId(0)
        } else {
            booked(&lab, &carl, LASER, span(0, 240)).await
        };
        joined(&lab, &dana, span(180, 60)).await;
        let decide = async |who: &Actor, action| {
            bookings::decide(&lab.ctx, who, id, Decide::read(Some(action), "no")).await.unwrap();
        };
        match way {
            1 => {
                decide(&carl, BookingAction::CheckIn).await;
                bookings::move_to(&lab.ctx, &carl, id, 2, Ok(span(0, 180))).await.unwrap();
            }
            2 => {
                decide(&carl, BookingAction::CheckIn).await;
                decide(&carl, BookingAction::Complete).await;
            }
            3 => {
                lab.pass(MINUTE * 15);
                tick(&lab).await;
            }
            4 => decide(&ken, BookingAction::Reject).await,
            5 => people::suspend(&lab.ctx, &ken, PersonId(4)).await.unwrap(),
            _ => drop(closures::lift(&lab.ctx, &ken, domain::id::ClosureId(1)).await.unwrap()),
        }
        assert_eq!(states(&lab).await, [State::Offered], "way {way}");
    }
}

#[tokio::test]
async fn time_freed_by_move_is_offered() {
    let lab = open().await;
    let (carl, dana) = (lab.signed_in(4).await, lab.signed_in(5).await);
    let id = booked(&lab, &carl, LASER, span(60, 60)).await;
    joined(&lab, &dana, span(60, 60)).await;
    bookings::move_to(&lab.ctx, &carl, id, 1, Ok(span(120, 60))).await.unwrap();
    assert_eq!(states(&lab).await, [State::Offered]);
}

#[tokio::test]
async fn time_freed_by_no_show_notifies_waiting_and_following() {
    let lab = open().await;
    let (carl, dana, eve, finn) =
        (lab.signed_in(4).await, lab.signed_in(5).await, lab.signed_in(6).await, lab.signed_in(7).await);
    notices::follow(&lab.ctx, &eve, LASER_ID, true).await.unwrap();
    notices::follow(&lab.ctx, &carl, LASER_ID, true).await.unwrap();
    booked(&lab, &carl, LASER, span(60, 120)).await;
    joined(&lab, &dana, span(60, 60)).await;
    lab.pass(MINUTE * 75);
    tick(&lab).await;
    tick(&lab).await;
    assert_eq!(notices_of(&lab, 5).await, [Kind::TimeFreed], "it has begun, so it cannot be held for her");
    assert_eq!(notices_of(&lab, 6).await, [Kind::TimeFreed]);
    lab.pass(MINUTE * 45);
    tick(&lab).await;
    assert_eq!(states(&lab).await, [State::Over]);
    // Cancelled: followers are notified, except the author; and not while the time is held by an offer.
    let id = booked(&lab, &carl, LASER, span(240, 60)).await;
    cancel(&lab, &carl, id).await;
    assert_eq!(notices_of(&lab, 6).await, [Kind::TimeFreed; 2]);
    assert_eq!(
        notices_of(&lab, 4).await.iter().filter(|kind| **kind == Kind::TimeFreed).count(),
        1,
        "of the no-show"
    );
    let id = booked(&lab, &carl, LASER, span(360, 60)).await;
    joined(&lab, &finn, span(360, 60)).await;
    cancel(&lab, &carl, id).await;
    assert_eq!(notices_of(&lab, 6).await.len(), 2, "held for Finn");
    waiting::leave(&lab.ctx, &finn, WaitingId(2)).await.unwrap();
    assert_eq!(notices_of(&lab, 6).await.len(), 3);
}

#[tokio::test]
async fn suspended_person_leaves_waiting_lists() {
    let lab = open().await;
    let (carl, dana, eve, ken) =
        (lab.signed_in(4).await, lab.signed_in(5).await, lab.signed_in(6).await, lab.signed_in(11).await);
    let id = booked(&lab, &carl, LASER, span(120, 60)).await;
    joined(&lab, &dana, span(120, 60)).await;
    joined(&lab, &eve, span(120, 60)).await;
    cancel(&lab, &carl, id).await;
    people::suspend(&lab.ctx, &ken, PersonId(5)).await.unwrap();
    assert_eq!(states(&lab).await, [State::Over, State::Offered], "the next is offered it at once");
}

#[tokio::test]
async fn freed_room_is_offered_with_its_machines() {
    let lab = open().await;
    let (carl, dana, ken) = (lab.signed_in(4).await, lab.signed_in(5).await, lab.signed_in(11).await);
    let hall = rooms::hall(&[LASER_ID]);
    let hall = Resource::Room(rooms::add(&lab.ctx, &ken, hall).await.unwrap());
    let id = booked(&lab, &carl, LASER, span(120, 60)).await;
    waiting::join(&lab.ctx, &dana, Ok(Ask { resource: hall, span: span(120, 60), group: None, importance: None }))
        .await
        .unwrap();
    cancel(&lab, &carl, id).await;
    assert_eq!(states(&lab).await, [State::Offered]);
    let held = "SELECT count(*) FROM occupation WHERE waiting_id = 1";
    assert_eq!(lab.number(held).await, 3, "the room, its machine and she");
}

// Of many who take one offer twice, and others who book it, one gets it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_accepts_and_bookings_have_one_winner() {
    let lab = open().await;
    let (carl, dana) = (lab.signed_in(4).await, lab.signed_in(5).await);
    let id = booked(&lab, &carl, LASER, span(120, 60)).await;
    joined(&lab, &dana, span(120, 60)).await;
    cancel(&lab, &carl, id).await;
    let mut racing = tokio::task::JoinSet::new();
    for n in 0..24 {
        let (ctx, person) = (lab.ctx.clone(), [4, 5, 6, 7][n % 4]);
        let actor = lab.signed_in(person).await;
        racing.spawn(async move {
            if person == 5 {
                waiting::take(&ctx, &actor, WaitingId(1)).await.is_ok()
            } else {
                bookings::ask(
                    &ctx,
                    &actor,
                    Ok(Ask { resource: LASER, span: span(120, 60), group: None, importance: None }),
                )
                .await
                .is_ok()
            }
        });
    }
    assert_eq!(racing.join_all().await.into_iter().filter(|won| *won).count(), 1);
    assert_eq!(states(&lab).await, [State::Taken]);
}

#[derive(Debug, Clone)]
enum Command {
    /// Who, which laser, from how many quarters of an hour on, for how many.
    Book(usize, bool, u32, u32),
    Join(usize, bool, u32, u32),
    Cancel(usize),
    Take(usize),
    Leave(usize),
    Pass(u32),
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => (0_usize..5, any::<bool>(), 2_u32..14, 1_u32..6).prop_map(|(a, b, c, d)| Command::Book(a, b, c, d)),
        6 => (0_usize..5, any::<bool>(), 2_u32..14, 1_u32..6).prop_map(|(a, b, c, d)| Command::Join(a, b, c, d)),
        4 => (0_usize..30).prop_map(Command::Cancel),
        2 => (0_usize..30).prop_map(Command::Take),
        2 => (0_usize..30).prop_map(Command::Leave),
        2 => (1_u32..10).prop_map(Command::Pass),
    ]
}

/// One of the rows, and whose it is.
async fn some(lab: &Lab, rows: &'static str, n: usize) -> Option<(i64, i64)> {
    let mut conn = lab.raw().await;
    let all: Vec<(i64, i64)> = sqlx::query_as(rows).fetch_all(&mut conn).await.unwrap();
    all.get(n % all.len().max(1)).copied()
}

async fn act(lab: &Lab, people: &[Actor], command: Command) {
    let ctx = &lab.ctx;
    let resource = |other| if other { OTHER } else { LASER };
    let quarters = |from: u32, n: u32| {
        let starts = Millis((lab.now().0.div_euclid(900_000) + i64::from(from)) * 900_000);
        Span { starts, ends: starts.after(MINUTE * 15 * n) }
    };
    let person = |id: i64| people[PEOPLE.iter().position(|known| *known == id).unwrap()].clone();
    match command {
        Command::Book(who, other, from, n) => {
            let ask = Ask { resource: resource(other), span: quarters(from, n), group: None, importance: None };
            drop(bookings::ask(ctx, &people[who], Ok(ask)).await);
        }
        Command::Join(who, other, from, n) => {
            let ask = Ask { resource: resource(other), span: quarters(from, n), group: None, importance: None };
            drop(waiting::join(ctx, &people[who], Ok(ask)).await);
        }
        Command::Cancel(n) => {
            if let Some((id, who)) =
                some(lab, "SELECT id, person_id FROM booking WHERE state = 'approved'", n).await
            {
                let cancel = Decide::read(Some(BookingAction::Cancel), "");
                drop(bookings::decide(ctx, &person(who), BookingId(id), cancel).await);
            }
        }
        Command::Take(n) => {
            if let Some((id, who)) =
                some(lab, "SELECT id, person_id FROM waiting WHERE state = 'offered'", n).await
            {
                drop(waiting::take(ctx, &person(who), WaitingId(id)).await);
            }
        }
        Command::Leave(n) => {
            if let Some((id, who)) =
                some(lab, "SELECT id, person_id FROM waiting WHERE settled_at IS NULL", n).await
            {
                drop(waiting::leave(ctx, &person(who), WaitingId(id)).await);
            }
        }
        Command::Pass(minutes) => {
            lab.pass(MINUTE * minutes);
            tick(lab).await;
        }
    }
}

/// Checks that no bookings overlap, that offers occupy their time, and that other entries do not.
async fn is_sound(lab: &Lab) {
    let overlapping = "SELECT count(*) FROM occupation a JOIN occupation b ON a.id < b.id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
          AND (a.machine_id = b.machine_id OR a.person_id = b.person_id)";
    let offers = "SELECT count(*) FROM waiting a JOIN waiting b ON a.id < b.id AND a.state = 'offered' AND b.state = 'offered'
          AND a.machine_id = b.machine_id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at";
    let untrue = "SELECT count(*) FROM waiting w WHERE (w.state = 'offered') <> EXISTS (SELECT 1 FROM occupation o WHERE o.waiting_id = w.id)";
    for (sql, message) in
        [(overlapping, "taken twice"), (offers, "offered twice"), (untrue, "held without an offer")]
    {
        assert_eq!(lab.number(sql).await, 0, "{message}");
    }
}

#[tokio::test]
async fn random_actions_never_double_offer_and_serve_first_in_line() {
    let mut runner = TestRunner::deterministic();
    let (mut offered, mut taken) = (0, 0);
    for _ in 0..8 {
        let lab = open().await;
        lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'booking.open', '0'), ('space', 0, 'booking.weekly', '0')").await;
        let lab = lab.reopen().await;
        let mut actors = Vec::new();
        for person in PEOPLE {
            actors.push(lab.signed_in(person).await);
        }
        let commands = prop::collection::vec(command(), 80).new_tree(&mut runner).unwrap().current();
        for command in commands {
            act(&lab, &actors, command).await;
            is_sound(&lab).await;
        }
        tick(&lab).await;
        is_sound(&lab).await;
        // Nobody waits for a time that is free for them.
        let idle = "SELECT count(*) FROM waiting w WHERE w.state = 'waiting' AND w.starts_at > ?
              AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.person_id = w.person_id)
              AND NOT EXISTS (SELECT 1 FROM occupation o WHERE (o.machine_id = w.machine_id OR o.person_id = w.person_id)
                                 AND o.starts_at < w.ends_at AND o.ends_at > w.starts_at)";
        let mut conn = lab.raw().await;
        let idle: i64 = sqlx::query_scalar(idle).bind(lab.now().0).fetch_one(&mut conn).await.unwrap();
        assert_eq!(idle, 0, "what is free is offered");
        offered += lab.number("SELECT count(*) FROM waiting WHERE offered_at IS NOT NULL").await;
        taken += lab.number("SELECT count(*) FROM waiting WHERE state = 'taken'").await;
    }
    assert!(offered > 20 && taken > 3, "{offered} offered, {taken} taken");
}
