//! Bookings: conflicts, decisions, and transitions by time and card.

mod down_time;
mod meanwhile;
mod presence;
mod recorded;

use crate::lab::{
    LASER, LASER_ID, Lab, NOON, ada,
    bookings::{action, booked, notices_of, open, set, span, state, tick},
    closures, holds,
    operations::run,
    rooms,
};
use contract::{
    form::{Fault, Fields},
    rooms::ListRooms,
};
use domain::{
    actor::Actor,
    bookings::{BookingAction, Cause, Obstacle, Refusal, Resource, State},
    id::{BookingId, HoldId, MachineId, PersonId, RoomId, TypeId},
    live::ChangeEvent,
    notices::Kind,
    occupations::Span,
    time::{DAY, Date, HOUR, MINUTE, Millis},
    zone::Zone,
};
use services::{
    bookings::{self, Ask, BookingsError, Decide, DecideError, Refused, Which},
    checkouts, equipment, people, problems, qualifications,
    rooms::RoomsError,
};

const LASER_RES: Resource = Resource::Machine(LASER_ID);
const LATHE: Resource = Resource::Machine(MachineId(2));
const HALL: Resource = Resource::Room(RoomId(1));

async fn ask(
    lab: &Lab,
    actor: &Actor,
    resource: Resource,
    span: Span,
) -> Result<(BookingId, State), BookingsError> {
    bookings::ask(&lab.ctx, actor, Ok(Ask { resource, span, group: None, importance: None })).await
}

fn refused(why: Result<impl std::fmt::Debug, BookingsError>) -> Box<Refused> {
    match why {
        Err(BookingsError::Refused(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

/// The code of each reason.
fn codes(why: Result<impl std::fmt::Debug, BookingsError>) -> Vec<&'static str> {
    refused(why).refusals.iter().map(|refusal| refusal.code()).collect()
}

// The whole way: book, hold a card to the reader, go on for longer, be done.
#[tokio::test]
async fn booking_is_checked_in_by_card_extended_and_completed() {
    let lab = open().await;
    let (ada_in, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    let (id, is) = ask(&lab, &ada_in, LASER_RES, span(60, 60)).await.unwrap();
    assert_eq!(is, State::Approved);
    let after = booked(&lab, &carl, LASER_RES, span(150, 30)).await;
    lab.pass(MINUTE * 50);
    lab.starts(LASER, &ada()).await;
    assert_eq!(state(&lab, id).await, State::CheckedIn, "ten minutes early is in time");
    lab.pass(MINUTE * 40);
    let version = bookings::one(&lab.ctx, &ada_in, id).await.unwrap().version;
    let longer = bookings::move_to(&lab.ctx, &ada_in, id, version, Ok(span(60, 105))).await;
    assert_eq!(codes(longer), ["booking.taken"], "Carl comes at half past ten");
    let state_now = bookings::move_to(&lab.ctx, &ada_in, id, version, Ok(span(60, 90))).await.unwrap();
    assert_eq!(state_now, State::CheckedIn);
    let stale = bookings::move_to(&lab.ctx, &ada_in, id, version, Ok(span(60, 75))).await;
    assert!(matches!(stale, Err(BookingsError::Stale(_))), "A14: {stale:?}");
    let begun = bookings::move_to(&lab.ctx, &ada_in, id, version + 1, Ok(span(75, 75))).await;
    assert!(matches!(begun, Err(BookingsError::NotNow)), "{begun:?}");
    lab.pass(HOUR);
    tick(&lab).await;
    assert_eq!((state(&lab, id).await, state(&lab, after).await), (State::Completed, State::Approved));
    assert_eq!(lab.number("SELECT count(*) FROM occupation WHERE booking_id = 1").await, 0);
}

// A1
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_concurrent_bookings_of_one_time_admit_one() {
    let lab = open().await;
    lab.sql(
        "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 149)
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             SELECT p.id, t.id, 'user', 'granted', 0, 'setup', 0 FROM person p, equipment_type t WHERE p.id >= 100 AND t.id IN (1, 3)",
    )
    .await;
    // Half of them press twice.
    let mut asking = tokio::task::JoinSet::new();
    for person in (100..125).chain(100..125) {
        let (ctx, actor) = (lab.ctx.clone(), lab.signed_in(person).await);
        let ask = Ask { resource: LASER_RES, span: span(60, 60), group: None, importance: None };
        asking.spawn(async move { bookings::ask(&ctx, &actor, Ok(ask)).await });
    }
    let (got, lost): (Vec<_>, Vec<_>) = asking.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((got.len(), lost.len()), (1, 49));
    for why in lost {
        let refused = refused(why);
        let taken = refused.refusals.iter().find_map(|refusal| match refusal {
            Refusal::Taken(taken) => Some(*taken),
            _ => None,
        });
        assert_eq!(
            taken.map(|taken| (taken.span, taken.by)),
            Some((span(60, 60), Cause::Booking)),
            "it names the time"
        );
        assert_eq!(refused.alternatives.len(), 3);
    }
    assert_eq!(lab.number("SELECT count(*) FROM booking").await, 1);
}

// A2, A3
#[tokio::test]
async fn pending_request_holds_time_until_first_decision() {
    let lab = open().await;
    set(&lab, "booking.mode", "moderated").await;
    let (carl, dana, olga, ken) =
        (lab.signed_in(4).await, lab.signed_in(5).await, lab.signed_in(6).await, lab.signed_in(11).await);
    let (id, is) = ask(&lab, &carl, LASER_RES, span(60, 60)).await.unwrap();
    assert_eq!((is, notices_of(&lab, 6).await), (State::Pending, vec![Kind::BookingAsked]));
    assert!(notices_of(&lab, 11).await.is_empty(), "the owner is nearer");
    assert_eq!(codes(ask(&lab, &dana, LASER_RES, span(90, 60)).await), ["booking.taken"]);
    assert!(
        matches!(action(&lab, &carl, id, BookingAction::Approve).await, Err(BookingsError::NotNow)),
        "not one's own"
    );
    assert!(matches!(action(&lab, &dana, id, BookingAction::Cancel).await, Err(BookingsError::Unknown)));
    assert_eq!(action(&lab, &olga, id, BookingAction::Approve).await.unwrap(), State::Approved);
    let second = action(&lab, &ken, id, BookingAction::Reject).await;
    let Err(BookingsError::Decided(decided)) = second else { panic!("{second:?}") };
    assert_eq!((decided.state, decided.by.as_deref()), (State::Approved, Some("Olga")));
    assert_eq!(notices_of(&lab, 4).await, [Kind::BookingApproved]);
    assert_eq!(codes(ask(&lab, &dana, LASER_RES, span(90, 60)).await), ["booking.taken"]);
    // A shorter time stays approved; another time is a new request.
    let moved = bookings::move_to(&lab.ctx, &carl, id, 2, Ok(span(60, 30))).await.unwrap();
    assert_eq!(moved, State::Approved);
    let moved = bookings::move_to(&lab.ctx, &carl, id, 3, Ok(span(240, 30))).await.unwrap();
    assert_eq!((moved, notices_of(&lab, 6).await.len()), (State::Pending, 2));
    let (own, is) = ask(&lab, &olga, LASER_RES, span(60, 60)).await.unwrap();
    assert_eq!(is, State::Approved, "an owner asks nobody");
    assert_eq!(action(&lab, &olga, id, BookingAction::Reject).await.unwrap(), State::Rejected);
    assert_eq!(action(&lab, &olga, own, BookingAction::Cancel).await.unwrap(), State::Cancelled);
    let note = bookings::one(&lab.ctx, &carl, id).await.unwrap().note;
    assert_eq!(note.as_deref(), Some("The lens is out"));
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 0);
}

// A4
#[tokio::test]
async fn overlapping_occupations_refuse_the_later_and_name_the_earlier() {
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Thing {
        Booking,
        Checkout,
        Closing(bool),
    }
    let things = [Thing::Booking, Thing::Checkout, Thing::Closing(true), Thing::Closing(false)];
    let when = span(60, 60);
    for first in things {
        for second in things {
            let lab = open().await;
            // Bob has a checkout at nine, for an hour; his rule would give it by hand.
            lab.sql("INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
                         VALUES (5, 3, 'trainer', 'granted', 0, 'setup', 0);
                     INSERT INTO availability_rule (person_id, day, from_min, to_min, length, buffer) VALUES (5, 20833, 540, 600, 60, 0);
                     INSERT INTO availability_rule (person_id, day, from_min, to_min, length, buffer) VALUES (6, 20833, 540, 600, 60, 0)").await;
            let (carl, olga, bob) = (lab.signed_in(4).await, lab.signed_in(6).await, lab.signed_in(2).await);
            let mut outcome = Vec::new();
            for (n, thing) in [first, second].into_iter().enumerate() {
                outcome.push(match thing {
                    Thing::Booking => {
                        let who = if n == 0 { &carl } else { &lab.signed_in(1).await };
                        ask(&lab, who, LASER_RES, when).await.map(|_| ()).map_err(|why| why.to_string())
                    }
                    Thing::Checkout => {
                        let (who, trainer) =
                            if n == 0 { (&bob, PersonId(5)) } else { (&lab.signed_in(11).await, PersonId(6)) };
                        let ask = checkouts::Ask { kind: TypeId(3), trainer, starts: Some(when.starts) };
                        checkouts::ask(&lab.ctx, who, ask).await.map(|_| ()).map_err(|why| why.to_string())
                    }
                    Thing::Closing(maintenance) => {
                        let kind = if maintenance { "yes" } else { "no" };
                        let close =
                            closures::sent(LASER_RES, when, &[("maintenance", kind), ("note", "new belt")]);
                        closures::close(&lab.ctx, &olga, close).await.map(|_| ()).map_err(|why| why.to_string())
                    }
                });
            }
            assert!(outcome[0].is_ok(), "{first:?}: {outcome:?}");
            assert!(outcome[1].is_err(), "{first:?} then {second:?}");
            let message = outcome[1].clone().unwrap_err();
            assert!(message == "Refused" || message == "Conflict", "{first:?} then {second:?}: {message}");
        }
    }
}

#[tokio::test]
async fn lifted_closure_releases_its_time() {
    let lab = open().await;
    let (olga, carl) = (lab.signed_in(6).await, lab.signed_in(4).await);
    let close = |span| closures::maintenance(LASER_RES, span, "new belt");
    for (invalid, why) in [
        (Span { starts: span(60, 60).ends, ..span(60, 60) }, Fault::Order),
        (Span { starts: Millis(0), ends: Millis(1) }, Fault::Over),
        (Span { ends: Millis(30_000_000_000_000), ..span(60, 60) }, Fault::TooFar(26)),
    ] {
        let refused = closures::close(&lab.ctx, &olga, close(invalid)).await;
        let Err(BookingsError::InvalidForm(faults)) = refused else { panic!("{refused:?}") };
        assert_eq!(faults.0, [("end".to_owned(), why)]);
    }
    let id = closures::close(&lab.ctx, &olga, close(span(60, 600))).await.unwrap();
    let why = refused(ask(&lab, &carl, LASER_RES, span(60, 60)).await);
    assert!(matches!(why.refusals[..], [Refusal::Taken(taken)] if taken.by == Cause::Maintenance), "{why:?}");
    assert!(matches!(closures::lift(&lab.ctx, &carl, id).await, Err(BookingsError::Forbidden(_))));
    closures::lift(&lab.ctx, &olga, id).await.unwrap();
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    assert!(matches!(closures::lift(&lab.ctx, &olga, id).await, Err(BookingsError::Unknown)), "once");
}

#[tokio::test]
async fn room_booking_includes_machines_and_machine_booking_excludes_room() {
    let lab = open().await;
    let (ken, carl, dana) = (lab.signed_in(11).await, lab.signed_in(4).await, lab.signed_in(5).await);
    let hall = |machines: &[i64]| rooms::hall(&machines.iter().map(|id| MachineId(*id)).collect::<Vec<_>>());
    let room = rooms::add(&lab.ctx, &ken, hall(&[1])).await.unwrap();
    assert_eq!(room, RoomId(1));
    assert!(matches!(rooms::add(&lab.ctx, &carl, hall(&[])).await, Err(RoomsError::Forbidden(_))));
    let all = booked(&lab, &carl, HALL, span(60, 60)).await;
    assert_eq!(codes(ask(&lab, &dana, LASER_RES, span(60, 60)).await), ["booking.taken"]);
    booked(&lab, &dana, LASER_RES, span(120, 60)).await;
    assert_eq!(
        codes(ask(&lab, &carl, HALL, span(120, 30)).await),
        ["booking.taken"],
        "one of its machines is gone"
    );
    // A machine joins the room: it must be free while the room is booked by a person who may use it.
    lab.grant(1, 4, "user").await;
    lab.grant(4, 4, "user").await;
    let ada_in = lab.signed_in(1).await;
    let lathe = booked(&lab, &ada_in, LATHE, span(90, 30)).await;
    let taken = rooms::save(&lab.ctx, &ken, room, 1, hall(&[1, 2])).await;
    assert!(matches!(taken, Err(RoomsError::MachineTaken)), "{taken:?}");
    action(&lab, &ada_in, lathe, BookingAction::Cancel).await.unwrap();
    rooms::save(&lab.ctx, &ken, room, 1, hall(&[1, 2])).await.unwrap();
    assert_eq!(codes(ask(&lab, &ada_in, LATHE, span(90, 30)).await), ["booking.taken"]);
    assert!(matches!(rooms::save(&lab.ctx, &ken, room, 1, hall(&[])).await, Err(RoomsError::Stale(_))));
    rooms::save(&lab.ctx, &ken, room, 2, hall(&[])).await.unwrap();
    booked(&lab, &ada_in, LATHE, span(90, 30)).await;
    assert!(matches!(rooms::archive(&lab.ctx, &ken, room).await, Err(RoomsError::Booked)));
    action(&lab, &carl, all, BookingAction::Cancel).await.unwrap();
    rooms::archive(&lab.ctx, &ken, room).await.unwrap();
    assert!(matches!(ask(&lab, &carl, HALL, span(60, 60)).await, Err(BookingsError::UnknownResource)));
    assert!(run(&lab.ctx, &carl, ListRooms {}, Fields::default()).await.unwrap().rooms.is_empty());
}

#[tokio::test]
async fn overlapping_bookings_of_one_person_are_refused_unless_allowed() {
    let lab = open().await;
    lab.grant(4, 4, "user").await;
    lab.grant(5, 3, "trainer").await;
    lab.sql("INSERT INTO availability_rule (person_id, day, from_min, to_min, length, buffer) VALUES (5, 20833, 540, 600, 60, 0)").await;
    let (carl, dana, bob) = (lab.signed_in(4).await, lab.signed_in(5).await, lab.signed_in(2).await);
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    assert_eq!(codes(ask(&lab, &carl, LATHE, span(90, 60)).await), ["booking.elsewhere"]);
    set(&lab, "booking.overlap", "yes").await;
    assert_eq!(
        codes(ask(&lab, &carl, LATHE, span(90, 60)).await),
        ["booking.elsewhere"],
        "the first was made for one alone"
    );
    booked(&lab, &carl, LATHE, span(120, 60)).await;
    booked(&lab, &carl, LASER_RES, span(120, 60)).await;
    // But never beside a checkout.
    lab.sql("INSERT INTO machine (id, number, type_id, name) VALUES (9, 19, 3, 'Second laser')").await;
    let checkout = checkouts::Ask { kind: TypeId(3), trainer: PersonId(5), starts: Some(span(60, 60).starts) };
    checkouts::ask(&lab.ctx, &bob, checkout).await.unwrap();
    assert_eq!(
        codes(ask(&lab, &dana, Resource::Machine(MachineId(9)), span(60, 60)).await).last(),
        Some(&"booking.taken")
    );
    lab.sql("INSERT INTO machine (id, number, type_id, name) VALUES (10, 20, 3, 'Third laser')").await;
    assert_eq!(
        codes(ask(&lab, &dana, Resource::Machine(MachineId(10)), span(60, 60)).await),
        ["booking.elsewhere"]
    );
}

#[tokio::test]
async fn multiple_refusals_include_quotas_and_permissions() {
    let lab = open().await;
    let (bob, carl) = (lab.signed_in(2).await, lab.signed_in(4).await);
    assert_eq!(
        codes(ask(&lab, &bob, LASER_RES, span(7, 10_000)).await),
        ["booking.off-grid", "booking.too-long", "booking.may-not", "booking.too-many-hours",]
    );
    for n in 0..2 {
        booked(&lab, &carl, LASER_RES, span(240 * n, 240)).await;
    }
    assert_eq!(codes(ask(&lab, &carl, LASER_RES, span(480, 15)).await), ["booking.too-many-hours"]);
    let week = 3 * 1_440;
    booked(&lab, &carl, LASER_RES, span(week, 60)).await;
    assert_eq!(codes(ask(&lab, &carl, LASER_RES, span(week + 60, 60)).await), ["booking.too-many"]);
    assert!(matches!(
        ask(&lab, &carl, Resource::Machine(MachineId(99)), span(0, 60)).await,
        Err(BookingsError::UnknownResource)
    ));
}

// A8
#[tokio::test]
async fn losing_permission_cancels_bookings_with_notice() {
    let lab = open().await;
    let (ken, carl, dana, olga) =
        (lab.signed_in(11).await, lab.signed_in(4).await, lab.signed_in(5).await, lab.signed_in(6).await);
    let (first, second) =
        (booked(&lab, &carl, LASER_RES, span(60, 60)).await, booked(&lab, &dana, LASER_RES, span(120, 60)).await);
    people::suspend(&lab.ctx, &ken, PersonId(4)).await.unwrap();
    assert_eq!((state(&lab, first).await, state(&lab, second).await), (State::Cancelled, State::Approved));
    assert_eq!(notices_of(&lab, 4).await.first(), Some(&Kind::BookingCancelled));
    let change = qualifications::Change {
        person: PersonId(5),
        subject: domain::qualifications::Subject::Type(TypeId(3)),
        relation: domain::qualifications::Relation::User,
        from: None,
        until: None,
        remark: None,
    };
    qualifications::revoke(&lab.ctx, &olga, change).await.unwrap();
    assert_eq!(state(&lab, second).await, State::Cancelled);
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 0);
    booked(&lab, &lab.signed_in(1).await, LASER_RES, span(60, 60)).await;
}

// A23
#[tokio::test]
async fn due_transitions_happen_once_however_late() {
    let lab = open().await;
    set(&lab, "booking.weekly", "0").await;
    let (ada_in, carl, dana) = (lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(5).await);
    let later = booked(&lab, &ada_in, LASER_RES, span(2 * 1_440, 60)).await;
    let missed = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let came = booked(&lab, &ada_in, LASER_RES, span(120, 60)).await;
    set(&lab, "booking.mode", "moderated").await;
    let pending = booked(&lab, &dana, LASER_RES, span(3 * 1_440, 60)).await;
    tick(&lab).await;
    assert!(notices_of(&lab, 1).await.is_empty() && notices_of(&lab, 4).await.is_empty());
    lab.pass(HOUR + MINUTE * 14);
    tick(&lab).await;
    assert_eq!(state(&lab, missed).await, State::Approved);
    lab.pass(MINUTE);
    tick(&lab).await;
    tick(&lab).await;
    assert_eq!(
        (state(&lab, missed).await, notices_of(&lab, 4).await),
        (State::NoShow, vec![Kind::BookingReleased])
    );
    set(&lab, "booking.mode", "automatic").await;
    booked(&lab, &dana, LASER_RES, span(75, 45)).await;
    // She began before her time and is on it still.
    lab.sql("INSERT INTO use_session (machine_id, card_id, started_at, last_sign_at, source, authorised, approximate, provisional, other_card, twin_start, twin_stop) VALUES (1, 1, 1800000000000, 1800000000000, 'live', 1, 0, 0, 0, 0, 0)").await;
    lab.pass(DAY * 2 + HOUR * 3);
    tick(&lab).await;
    assert_eq!(state(&lab, came).await, State::CheckedIn);
    tick(&lab).await;
    assert_eq!((state(&lab, came).await, state(&lab, pending).await), (State::Completed, State::Expired));
    assert_eq!(state(&lab, later).await, State::Completed, "she was there all the time");
    assert_eq!(notices_of(&lab, 1).await, [], "a reminder of what has begun makes no sense");
    assert_eq!(notices_of(&lab, 5).await, [Kind::BookingReleased, Kind::BookingExpired]);
    assert_eq!(lab.number("SELECT count(*) FROM occupation WHERE booking_id <> 1").await, 0);
}

#[tokio::test]
async fn holder_is_reminded_once_a_day_before() {
    let lab = open().await;
    let carl = lab.signed_in(4).await;
    booked(&lab, &carl, LASER_RES, span(2 * 1_440, 60)).await;
    lab.pass(DAY);
    for _ in 0..3 {
        tick(&lab).await;
        lab.pass(MINUTE);
    }
    assert_eq!(notices_of(&lab, 4).await, [Kind::BookingReminder]);
}

#[tokio::test]
async fn three_no_shows_place_hold_until_lifted_then_count_restarts() {
    let lab = open().await;
    set(&lab, "booking.weekly", "0").await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let miss = async |excused: bool| {
        let starts = lab.number("SELECT ifnull(max(ends_at), 1800000000000) FROM booking").await;
        let starts = Millis(starts);
        let id = booked(&lab, &carl, LASER_RES, Span { starts, ends: starts.after(HOUR) }).await;
        lab.pass(HOUR);
        tick(&lab).await;
        assert_eq!(state(&lab, id).await, State::NoShow);
        if excused {
            assert_eq!(action(&lab, &ken, id, BookingAction::Excuse).await.unwrap(), State::Released);
        }
    };
    for excused in [false, true, false] {
        miss(excused).await;
    }
    assert_eq!(lab.number("SELECT count(*) FROM hold").await, 0, "one does not count");
    miss(false).await;
    assert_eq!(lab.text("SELECT reason FROM hold").await, "no-shows");
    let starts = lab.number("SELECT max(ends_at) FROM booking").await;
    let next = Span { starts: Millis(starts), ends: Millis(starts).after(HOUR) };
    assert_eq!(codes(ask(&lab, &carl, LASER_RES, next).await), ["booking.may-not"]);
    holds::lift(&lab.ctx, &ken, HoldId(1)).await.unwrap();
    miss(false).await;
    assert_eq!(lab.number("SELECT count(*) FROM hold").await, 1, "what was settled is settled");
    assert!(notices_of(&lab, 4).await.contains(&Kind::HoldPlaced));
}

#[tokio::test]
async fn short_notice_cancellation_is_marked_late() {
    let lab = open().await;
    let (carl, olga) = (lab.signed_in(4).await, lab.signed_in(6).await);
    for (from, by_owner, late) in [(121, false, false), (180, false, false), (105, false, true), (90, true, false)]
    {
        let id = booked(&lab, &carl, LASER_RES, span(from / 15 * 15, 15)).await;
        action(&lab, if by_owner { &olga } else { &carl }, id, BookingAction::Cancel).await.unwrap();
        assert_eq!(bookings::one(&lab.ctx, &carl, id).await.unwrap().late, late, "{from}");
    }
    assert_eq!(notices_of(&lab, 4).await, [Kind::BookingCancelled], "the one that somebody else called off");
}

// A6
#[tokio::test]
async fn holder_name_visibility_follows_setting() {
    let lab = open().await;
    let (carl, dana, olga) = (lab.signed_in(4).await, lab.signed_in(5).await, lab.signed_in(6).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let seen = async |actor: &Actor| {
        let all = bookings::list(&lab.ctx, actor, Ok(Which::default())).await.unwrap();
        (all[0].person, all[0].person_name.clone())
    };
    let whole = (Some(PersonId(4)), Some("Carl Blu".to_owned()));
    assert_eq!(seen(&dana).await, (None, None));
    let by_person = Which { person: Some(PersonId(4)), ..Which::default() };
    assert!(bookings::list(&lab.ctx, &dana, Ok(by_person)).await.unwrap().is_empty(), "not by asking for each");
    assert_eq!((seen(&carl).await, seen(&olga).await), (whole.clone(), whole.clone()));
    set(&lab, "people.shown", "first-name").await;
    assert_eq!(seen(&dana).await, (Some(PersonId(4)), Some("Carl".to_owned())));
    let one = bookings::one(&lab.ctx, &dana, id).await.unwrap();
    assert!(!one.mine && one.actions.is_empty());
    assert_eq!(
        bookings::one(&lab.ctx, &carl, id).await.unwrap().actions,
        [BookingAction::Move, BookingAction::Cancel]
    );
}

#[tokio::test]
async fn availability_shows_free_time_and_obstacles_per_person() {
    let lab = open().await;
    let (carl, dana) = (lab.signed_in(4).await, lab.signed_in(5).await);
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let untrained = lab.signed_in(11).await;
    let of = async |actor: &Actor, resource, person| {
        let all = bookings::availability(&lab.ctx, actor, Ok((resource, span(0, 240), person))).await?;
        let minute = |at: Millis| at.since(NOON).as_secs() / 60;
        let pieces =
            all.pieces.iter().map(|piece| (minute(piece.starts.at), minute(piece.ends.at), piece.obstacle));
        Ok::<_, BookingsError>(pieces.collect::<Vec<_>>())
    };
    let around = |obstacle| vec![(0, 60, None), (60, 120, Some(obstacle)), (120, 240, None)];
    assert_eq!(of(&dana, LASER_RES, None).await.unwrap(), around(Obstacle::Booking));
    let never = Some(Obstacle::MayNot);
    let theirs = [(0, 60, never), (60, 120, Some(Obstacle::Booking)), (120, 240, never)];
    assert_eq!(of(&untrained, LASER_RES, None).await.unwrap(), theirs, "as booking refuses it");
    lab.grant(4, 4, "user").await;
    assert_eq!(of(&carl, LATHE, None).await.unwrap(), around(Obstacle::Elsewhere));
    let other = of(&dana, LATHE, Some(PersonId(4))).await;
    assert!(matches!(other, Err(BookingsError::UnknownPerson)), "{other:?}");
    assert_eq!(of(&lab.signed_in(11).await, LATHE, Some(PersonId(4))).await.unwrap(), around(Obstacle::Elsewhere));
}

#[tokio::test]
async fn board_respects_bookings_where_required() {
    let lab = open().await;
    let (carl, logoff) =
        (lab.signed_in(4).await, async || services::boards::settings(&lab.ctx, LASER).await.unwrap().auto_stop);
    let reasons = async || {
        let checked = services::access::check(&lab.ctx, LASER, &ada()).await.unwrap();
        checked.decision.reasons().iter().map(|reason| reason.code()).collect::<Vec<_>>()
    };
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    lab.pass(MINUTE * 55);
    assert_eq!(reasons().await, ["booking.others"], "where nothing is said");
    set(&lab, "booking.need", "free").await;
    assert!(reasons().await.is_empty(), "free");
    assert_eq!(logoff().await, 720);
    set(&lab, "booking.need", "respect").await;
    assert_eq!(reasons().await, ["booking.others"]);
    set(&lab, "booking.need", "required").await;
    assert_eq!(reasons().await, ["booking.others", "booking.needed"]);
    lab.set_back(MINUTE * 15);
    assert_eq!(reasons().await, ["booking.needed"]);
    set(&lab, "booking.need", "respect").await;
    assert!(reasons().await.is_empty());
    assert_eq!(logoff().await, 20, "until it begins");
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE * 5);
    assert_eq!(logoff().await, 20, "counted from when the use began");
    for (minutes, when) in [(15, "it begins"), (2, "it runs, and she is still on the machine")] {
        lab.pass(MINUTE * minutes);
        assert_eq!(logoff().await, 20, "{when}");
    }
    let own = lab.signed_in(1).await;
    booked(&lab, &own, LASER_RES, span(120, 60)).await;
    set(&lab, "booking.need", "required").await;
    lab.pass(HOUR + MINUTE * 8);
    assert!(reasons().await.is_empty(), "her own runs");
    assert_eq!(logoff().await, 720, "nobody comes after");
}

#[tokio::test]
async fn free_machine_auto_stop_ends_at_next_booking() {
    let lab = open().await;
    let (carl, dana) = (lab.signed_in(4).await, lab.signed_in(5).await);
    set(&lab, "booking.need", "respect").await;
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    let logoff = async || services::boards::settings(&lab.ctx, LASER).await.unwrap().auto_stop;
    lab.pass(MINUTE * 55);
    assert_eq!(logoff().await, 720, "only Carl gets in by now");
    lab.pass(MINUTE * 10);
    assert_eq!(logoff().await, 720, "he may come late");
    booked(&lab, &dana, LASER_RES, span(120, 60)).await;
    assert_eq!(logoff().await, 55, "Dana comes after him");
    action(&lab, &carl, id, BookingAction::CheckIn).await.unwrap();
    assert_eq!(logoff().await, 55, "he says that he is here");
    action(&lab, &carl, id, BookingAction::Complete).await.unwrap();
    assert_eq!(logoff().await, 55, "anybody, until she comes");
}
