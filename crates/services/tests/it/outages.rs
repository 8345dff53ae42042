//! Outages: holders of bookings on a blocked machine are notified once, rebook, and hear when it works again.

use crate::lab::{LASER_ID, Lab, NOON, bookings::span, rooms};
use contract::outages::Answer;
use domain::{
    actor::Actor,
    bookings::{BookingAction, Resource, State},
    id::{BookingId, MachineId},
    jobs::Job,
    notices::{Instead, Kind, Notice},
    occupations::Span,
    problems::Severity,
    time::{DAY, HOUR, MINUTE},
};
use services::{
    bookings::{self, Ask, BookingsError, Decide},
    equipment, jobs, outages,
    problems::{self, ReportProblem},
    waiting,
};

const LASER: Resource = Resource::Machine(LASER_ID);
const SECOND: Resource = Resource::Machine(MachineId(9));

/// The lab with a second laser, and Carl (4), Dana (5), Eve (6) and Finn (7), who may use both, and Ken (11), who
/// manages. It is Friday, 15 January 2027, 08:00, and clocks show UTC.
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

async fn booked(lab: &Lab, person: i64, resource: Resource, span: Span) -> BookingId {
    let actor = lab.signed_in(person).await;
    bookings::ask(&lab.ctx, &actor, Ok(Ask { resource, span, group: None, importance: None })).await.unwrap().0
}

async fn rebook(lab: &Lab, actor: &Actor, id: BookingId, span: Span) -> Result<State, BookingsError> {
    let seen = bookings::one(&lab.ctx, actor, id).await.unwrap().version;
    bookings::rebook(&lab.ctx, actor, id, seen, Ok(Ask { resource: SECOND, span, group: None, importance: None }))
        .await
}

/// Their notices.
async fn notices_of(lab: &Lab, person: i64) -> Vec<Notice> {
    let mut conn = lab.raw().await;
    let bodies: Vec<String> = sqlx::query_scalar("SELECT body FROM notice WHERE person_id = ? ORDER BY id")
        .bind(person)
        .fetch_all(&mut conn)
        .await
        .unwrap();
    bodies.iter().map(|body| serde_json::from_str(body).unwrap()).collect()
}

async fn kinds(lab: &Lab, person: i64) -> Vec<Kind> {
    notices_of(lab, person).await.iter().map(Notice::kind).collect()
}

// A8
#[tokio::test]
async fn outage_notifies_holders_once_with_alternatives_and_one_wins_each() {
    let lab = open().await;
    let (ken, carl, dana, eve) =
        (lab.signed_in(11).await, lab.signed_in(4).await, lab.signed_in(5).await, lab.signed_in(6).await);
    let first = booked(&lab, 4, LASER, span(120, 60)).await;
    let second = booked(&lab, 5, LASER, span(180, 60)).await;
    let third = booked(&lab, 6, LASER, span(240, 60)).await;
    booked(&lab, 7, SECOND, span(180, 60)).await;
    let far = booked(&lab, 7, LASER, span(3 * 1_440, 60)).await;
    let report = ReportProblem::read(Some(Severity::Unsafe), "smoke");
    let report = problems::report(&lab.ctx, &lab.signed_in(1).await, LASER_ID, report).await.unwrap();
    for _ in 0..3 {
        jobs::run(&lab.ctx, Job::Bookings).await;
    }
    let instead = async |person| match notices_of(&lab, person).await.as_slice() {
        [Notice::Outage { instead, booking, .. }] => (*instead, *booking),
        other => panic!("{other:?}"),
    };
    assert_eq!(instead(4).await, (Instead::SameTime, first));
    assert_eq!(instead(5).await, (Instead::OtherTime, second), "Finn has the other laser then");
    assert_eq!(instead(6).await, (Instead::SameTime, third));
    assert!(notices_of(&lab, 7).await.is_empty(), "in three days it may work again");

    let seen = bookings::opened(&lab.ctx, &carl, first).await.unwrap().outage.unwrap();
    assert_eq!((seen.since.at, seen.instead[0].resource, seen.instead[0].same_time), (NOON, SECOND, true));
    let others = bookings::opened(&lab.ctx, &ken, first).await.unwrap();
    assert_eq!(others.outage.unwrap().instead, seen.instead, "a moderator chooses for a holder who does not");
    let third_party = bookings::opened(&lab.ctx, &dana, first).await.unwrap();
    assert_eq!(third_party.outage, None, "and nobody else");
    let visible = outages::instead(&lab.ctx, &carl, first).await.unwrap();
    assert!(visible[0].same_time && visible[0].resource == SECOND && visible[0].starts.at == span(120, 60).starts);
    assert_eq!(rebook(&lab, &carl, first, span(120, 60)).await.unwrap(), State::Approved);
    let row = bookings::one(&lab.ctx, &carl, first).await.unwrap();
    assert_eq!((row.resource, row.sequence, row.version), (SECOND, 1, 2));
    let stale = bookings::rebook(
        &lab.ctx,
        &carl,
        first,
        1,
        Ok(Ask { resource: LASER, span: span(120, 60), group: None, importance: None }),
    )
    .await;
    assert!(matches!(stale, Err(BookingsError::Stale(_))), "{stale:?}");
    let foreign = bookings::rebook(
        &lab.ctx,
        &dana,
        first,
        2,
        Ok(Ask { resource: LASER, span: span(120, 60), group: None, importance: None }),
    )
    .await;
    assert!(matches!(foreign, Err(BookingsError::Unknown)), "{foreign:?}");
    assert_eq!(lab.number("SELECT count(*) FROM occupation WHERE machine_id = 1 AND booking_id = 1").await, 0);

    // Dana and Eve want the same hour of the other laser.
    let mut racing = tokio::task::JoinSet::new();
    for (who, id) in [(dana.clone(), second), (eve.clone(), third)] {
        let ctx = lab.ctx.clone();
        let to = Ask { resource: SECOND, span: span(240, 60), group: None, importance: None };
        racing.spawn(async move { bookings::rebook(&ctx, &who, id, 1, Ok(to)).await });
    }
    let (won, lost): (Vec<_>, Vec<_>) = racing.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 1));
    assert!(
        matches!(&lost[0], Err(BookingsError::Refused(why)) if why.refusals[0].code() == "booking.taken"),
        "{lost:?}"
    );
    let moved = lab.number("SELECT count(*) FROM booking WHERE machine_id = 9 AND state = 'approved'").await;
    assert_eq!(moved, 3, "Finn, Carl and one of them");

    // Holders who kept theirs hear once that it works again.
    problems::resolve(&lab.ctx, &ken, report, 1, "a new fan").await.unwrap();
    let mut back = Vec::new();
    for person in [4, 5, 6, 7] {
        back.extend(kinds(&lab, person).await.into_iter().filter(|kind| *kind == Kind::BookingBack));
    }
    assert_eq!(back.len(), 1, "one of Dana and Eve");
    assert_eq!(bookings::one(&lab.ctx, &ken, far).await.unwrap().state, State::Approved);
}

#[tokio::test]
async fn lasting_block_notifies_two_days_before_each_booking() {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    booked(&lab, 4, LASER, span(3 * 1_440, 60)).await;
    let block = problems::block(&lab.ctx, &ken, LASER_ID, "belt", false).await.unwrap();
    jobs::run(&lab.ctx, Job::Bookings).await;
    assert!(kinds(&lab, 4).await.is_empty());
    lab.pass(DAY + MINUTE);
    jobs::run(&lab.ctx, Job::Bookings).await;
    jobs::run(&lab.ctx, Job::Bookings).await;
    assert_eq!(kinds(&lab, 4).await, [Kind::BookingOutage]);
    // A new booking of a blocked machine is notified as well.
    booked(&lab, 5, LASER, span(1_440 + 120, 60)).await;
    jobs::run(&lab.ctx, Job::Bookings).await;
    assert_eq!(kinds(&lab, 5).await, [Kind::BookingOutage]);
    problems::lift(&lab.ctx, &ken, block).await.unwrap();
    assert_eq!(kinds(&lab, 4).await, [Kind::BookingOutage, Kind::BookingBack]);
    // The next block is another matter.
    problems::block(&lab.ctx, &ken, LASER_ID, "again", false).await.unwrap();
    assert_eq!(kinds(&lab, 4).await.len(), 3);
}

#[tokio::test]
async fn blocked_machine_is_not_offered_to_waiting_until_it_works() {
    let lab = open().await;
    let (ken, carl, dana) = (lab.signed_in(11).await, lab.signed_in(4).await, lab.signed_in(5).await);
    let id = booked(&lab, 4, LASER, span(240, 60)).await;
    waiting::join(
        &lab.ctx,
        &dana,
        Ok(Ask { resource: LASER, span: span(240, 60), group: None, importance: None }),
    )
    .await
    .unwrap();
    let block = problems::block(&lab.ctx, &ken, LASER_ID, "belt", true).await.unwrap();
    rebook(&lab, &carl, id, span(240, 60)).await.unwrap();
    let offered = "SELECT count(*) FROM waiting WHERE state = 'offered'";
    jobs::run(&lab.ctx, Job::Bookings).await;
    assert_eq!(lab.number(offered).await, 0);
    lab.pass(HOUR);
    problems::lift(&lab.ctx, &ken, block).await.unwrap();
    jobs::run(&lab.ctx, Job::Bookings).await;
    assert_eq!(lab.number(offered).await, 1);
}

#[tokio::test]
async fn running_booking_gets_no_alternative() {
    let lab = open().await;
    let (ken, carl) = (lab.signed_in(11).await, lab.signed_in(4).await);
    let id = booked(&lab, 4, LASER, span(15, 60)).await;
    bookings::decide(&lab.ctx, &carl, id, Decide::read(Some(BookingAction::CheckIn), "")).await.unwrap();
    problems::block(&lab.ctx, &ken, LASER_ID, "belt", true).await.unwrap();
    assert!(outages::instead(&lab.ctx, &carl, id).await.unwrap().is_empty());
    let reported = notices_of(&lab, 4).await;
    assert!(matches!(reported[..], [Notice::Outage { instead: Instead::Nothing, .. }]), "{reported:?}");
}

#[tokio::test]
async fn archived_machine_cancels_its_bookings() {
    let lab = open().await;
    let (ken, dana) = (lab.signed_in(11).await, lab.signed_in(5).await);
    let id = booked(&lab, 4, LASER, span(240, 60)).await;
    waiting::join(
        &lab.ctx,
        &dana,
        Ok(Ask { resource: LASER, span: span(240, 60), group: None, importance: None }),
    )
    .await
    .unwrap();
    equipment::archive(&lab.ctx, &ken, LASER_ID, true).await.unwrap();
    assert_eq!(bookings::one(&lab.ctx, &ken, id).await.unwrap().state, State::Cancelled);
    assert_eq!((kinds(&lab, 4).await, kinds(&lab, 5).await), (vec![Kind::BookingCancelled], Vec::new()));
    assert_eq!(lab.number("SELECT count(*) FROM occupation").await, 0);
    assert_eq!(lab.number("SELECT count(*) FROM waiting WHERE state = 'over'").await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'booking.displaced'").await, 1);
}

#[tokio::test]
async fn caretaker_sees_outcome_of_each_affected_booking() {
    let lab = open().await;
    let (ken, carl) = (lab.signed_in(11).await, lab.signed_in(4).await);
    let first = booked(&lab, 4, LASER, span(120, 60)).await;
    let second = booked(&lab, 5, LASER, span(180, 60)).await;
    let third = booked(&lab, 6, LASER, span(240, 60)).await;
    booked(&lab, 7, LASER, span(3 * 1_440, 60)).await;
    problems::block(&lab.ctx, &ken, LASER_ID, "Mirror loose", true).await.unwrap();
    let mine = async || {
        bookings::mine(&lab.ctx, &carl).await.unwrap().bookings.iter().map(|one| one.out).collect::<Vec<_>>()
    };
    assert_eq!(mine().await, [true], "among their own too");
    rebook(&lab, &carl, first, span(120, 60)).await.unwrap();
    assert_eq!(mine().await, [false]);
    let call_off = bookings::Decide::read(Some(BookingAction::Cancel), "");
    bookings::decide(&lab.ctx, &lab.signed_in(5).await, second, call_off).await.unwrap();
    let page = outages::page(&lab.ctx, &ken, LASER_ID).await.unwrap();
    let reported: Vec<_> = page.affected.iter().map(|one| (one.booking, one.answer.clone())).collect();
    assert!(
        matches!(&reported[0], (id, Answer::Rebooked { to, .. }) if *id == first && to == "Second laser"),
        "{reported:?}"
    );
    assert!(matches!(reported[1], (id, Answer::CalledOff { .. }) if id == second), "{reported:?}");
    assert_eq!(reported[2], (third, Answer::Open));
    assert_eq!((page.later, page.block.and_then(|block| block.because).as_deref()), (1, Some("Mirror loose")));
    // A moderator moves it for them.
    rebook(&lab, &ken, third, span(300, 60)).await.unwrap();
    assert!(kinds(&lab, 6).await.contains(&Kind::BookingMoved));
    let refused = outages::page(&lab.ctx, &carl, LASER_ID).await;
    assert!(matches!(refused, Err(BookingsError::Forbidden(_))), "{refused:?}");
}

#[tokio::test]
async fn room_holder_is_notified_of_machine_outage() {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    let new = rooms::hall(&[LASER_ID]);
    let hall = Resource::Room(rooms::add(&lab.ctx, &ken, new).await.unwrap());
    let soon = booked(&lab, 4, hall, span(120, 60)).await;
    let later = booked(&lab, 5, hall, span(2 * 1_440 + 30, 60)).await;
    let block = problems::block(&lab.ctx, &ken, LASER_ID, "belt", true).await.unwrap();
    jobs::run(&lab.ctx, Job::Bookings).await;
    let heard = notices_of(&lab, 4).await;
    assert!(
        matches!(heard[..], [Notice::Outage { booking, instead: Instead::Nothing, .. }] if booking == soon),
        "{heard:?}"
    );
    let page = async || outages::page(&lab.ctx, &ken, LASER_ID).await.unwrap();
    assert_eq!((page().await.affected[0].answer.clone(), page().await.later), (Answer::Open, 1));
    lab.pass(HOUR);
    jobs::run(&lab.ctx, Job::Bookings).await;
    assert_eq!(page().await.affected[1].booking, later, "two days before");
    problems::lift(&lab.ctx, &ken, block).await.unwrap();
    assert_eq!(kinds(&lab, 4).await, [Kind::BookingOutage, Kind::BookingBack]);
}
