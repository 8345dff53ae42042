//! Handing bookings over: offered by one, accepted by the other, within the rules.

use crate::lab::{
    LASER_ID, Lab,
    bookings::{booked, notices_of, open, span},
    holds,
};
use domain::{
    actor::Actor,
    bookings::{BookingAction, HandOver, Resource, State},
    id::{BookingId, MachineId, PersonId, RoomId},
    notices::Kind,
    time::{HOUR, MINUTE},
};
use services::bookings::{
    self, Ask, BookingsError, Decide, HandOverError,
    hand_over::{accept, decline, offer, withdraw},
};

const LASER: Resource = Resource::Machine(LASER_ID);

async fn version(lab: &Lab, id: BookingId) -> i64 {
    bookings::one(&lab.ctx, &lab.signed_in(11).await, id).await.unwrap().version
}

async fn offered(lab: &Lab, actor: &Actor, id: BookingId, to: &str) -> Result<(), BookingsError> {
    offer(&lab.ctx, actor, id, version(lab, id).await, to).await
}

async fn taken(lab: &Lab, actor: &Actor, id: BookingId) -> Result<State, BookingsError> {
    accept(&lab.ctx, actor, id, version(lab, id).await).await
}

/// Holder, state, and whose time it occupies.
async fn holder(lab: &Lab, id: BookingId) -> (i64, State, i64) {
    let one = bookings::one(&lab.ctx, &lab.signed_in(11).await, id).await.unwrap();
    let occupied = "SELECT sum(person_id) FROM occupation WHERE booking_id = 1 AND person_id IS NOT NULL";
    (one.person.unwrap().0, one.state, lab.number(occupied).await)
}

#[tokio::test]
async fn offered_booking_is_accepted_with_its_time() {
    let lab = open().await;
    let (ada, carl, dana) = (lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(5).await);
    let id = booked(&lab, &ada, LASER, span(180, 60)).await;
    offered(&lab, &ada, id, " carl@PRIVATE.example ").await.unwrap();
    assert_eq!(notices_of(&lab, 4).await, [Kind::HandOverOffered]);
    let seen = bookings::one(&lab.ctx, &ada, id).await.unwrap();
    assert_eq!((seen.offered_to.as_deref(), seen.hand_over), (Some("Carl Blu"), vec![HandOver::Withdraw]));
    let seen = bookings::one(&lab.ctx, &carl, id).await.unwrap();
    assert_eq!(seen.hand_over, [HandOver::Accept, HandOver::Decline]);
    assert_eq!((seen.person_name.as_deref(), seen.offered_to), (Some("Ada"), None));
    assert_eq!(bookings::one(&lab.ctx, &dana, id).await.unwrap().hand_over, []);
    assert_eq!(holder(&lab, id).await, (1, State::Approved, 1), "hers until he takes it");

    let not_his = taken(&lab, &dana, id).await;
    assert!(matches!(not_his, Err(BookingsError::Unknown)), "{not_his:?}");
    let stale = accept(&lab.ctx, &carl, id, 1).await;
    assert!(matches!(stale, Err(BookingsError::Stale(_))), "A14: {stale:?}");
    assert_eq!(taken(&lab, &carl, id).await.unwrap(), State::Approved);
    assert_eq!(holder(&lab, id).await, (4, State::Approved, 4), "the time goes along");
    assert_eq!(notices_of(&lab, 1).await, [Kind::HandOverAccepted]);
    assert_eq!(notices_of(&lab, 4).await, [Kind::HandOverOffered, Kind::HandOverAccepted]);
    let again = taken(&lab, &carl, id).await;
    assert!(matches!(again, Err(BookingsError::Unknown)), "there is no offer any more: {again:?}");
    let hers = offered(&lab, &ada, id, "Dana").await;
    assert!(matches!(hers, Err(BookingsError::Unknown)), "not hers any more: {hers:?}");
    booked(&lab, &ada, LASER, span(240, 30)).await;
    let actions = lab.text("SELECT group_concat(action, ' ') FROM (SELECT action FROM audit WHERE action LIKE 'booking.%' ORDER BY seq)");
    assert_eq!(actions.await, "booking.asked booking.offered booking.handed-over booking.asked");
}

#[tokio::test]
async fn recipient_must_satisfy_rules_and_only_recipient_sees_refusals() {
    let lab = open().await;
    let (ada, carl, ken) = (lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(11).await);
    let id = booked(&lab, &ada, LASER, span(180, 60)).await;
    // Bob is not trained on lasers, Zoe is suspended, and it must not be revealed that Nobody does not exist.
    for unable in ["Bob", "Zoe", "Nobody"] {
        let refused = offered(&lab, &ada, id, unable).await;
        assert!(matches!(refused, Err(BookingsError::CannotTake)), "{unable}: {refused:?}");
    }
    for (to, why) in [("", HandOverError::Recipient), ("Ada", HandOverError::Oneself)] {
        let refused = offered(&lab, &ada, id, to).await;
        assert!(
            matches!(&refused, Err(BookingsError::Invalid(faults)) if *faults == [why.into()]),
            "{to}: {refused:?}"
        );
    }
    offered(&lab, &ada, id, "Carl Blu").await.unwrap();
    let elsewhere =
        Ask { resource: Resource::Machine(MachineId(2)), span: span(195, 60), group: None, importance: None };
    lab.grant(4, 4, "user").await;
    bookings::ask(&lab.ctx, &lab.signed_in(4).await, Ok(elsewhere)).await.unwrap();
    let reasons = |refused| match refused {
        Err(BookingsError::Refused(refused)) => {
            refused.refusals.iter().map(|refusal| refusal.code()).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(reasons(taken(&lab, &carl, id).await), ["booking.elsewhere"]);
    assert_eq!(holder(&lab, id).await, (1, State::Approved, 1), "nothing changed");
    holds::place(&lab.ctx, &ken, PersonId(4), holds::unpaid()).await.unwrap();
    assert_eq!(reasons(taken(&lab, &carl, id).await), ["booking.may-not", "booking.elsewhere"]);
}

#[tokio::test]
async fn offer_ends_on_decline_withdrawal_or_booking_change() {
    let lab = open().await;
    let (ada, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    let id = booked(&lab, &ada, LASER, span(180, 60)).await;
    offered(&lab, &ada, id, "Carl Blu").await.unwrap();
    let twice = offered(&lab, &ada, id, "Dana").await;
    assert!(matches!(twice, Err(BookingsError::NotNow)), "one at a time: {twice:?}");
    decline(&lab.ctx, &carl, id).await.unwrap();
    assert_eq!(notices_of(&lab, 1).await, [Kind::HandOverDeclined]);
    lab.pass(MINUTE);
    offered(&lab, &ada, id, "Carl Blu").await.unwrap();
    assert_eq!(notices_of(&lab, 4).await, [Kind::HandOverOffered; 2], "told again of another offer");
    withdraw(&lab.ctx, &ada, id).await.unwrap();
    assert!(matches!(taken(&lab, &carl, id).await, Err(BookingsError::Unknown)));
    offered(&lab, &ada, id, "Carl Blu").await.unwrap();
    bookings::move_to(&lab.ctx, &ada, id, version(&lab, id).await, Ok(span(240, 60))).await.unwrap();
    assert!(matches!(taken(&lab, &carl, id).await, Err(BookingsError::Unknown)), "another time is another offer");
    offered(&lab, &ada, id, "Carl Blu").await.unwrap();
    lab.pass(HOUR * 4);
    assert!(matches!(taken(&lab, &carl, id).await, Err(BookingsError::NotNow)), "it has begun");
    let ada = lab.signed_in(1).await;
    assert!(matches!(offered(&lab, &ada, id, "Dana").await, Err(BookingsError::NotNow)));
    bookings::decide(&lab.ctx, &ada, id, Decide::read(Some(BookingAction::Cancel), "")).await.unwrap();
}

#[tokio::test]
async fn moderated_booking_requires_approval_for_new_holder() {
    let lab = open().await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'booking.mode', 'moderated')")
        .await;
    let lab = lab.reopen().await;
    let (ada, carl, olga) = (lab.signed_in(1).await, lab.signed_in(4).await, lab.signed_in(6).await);
    let id = booked(&lab, &ada, LASER, span(180, 60)).await;
    let pending = offered(&lab, &ada, id, "Carl Blu").await;
    assert!(matches!(pending, Err(BookingsError::NotNow)), "a request is not hers to give: {pending:?}");
    bookings::decide(&lab.ctx, &olga, id, Decide::read(Some(BookingAction::Approve), "")).await.unwrap();
    offered(&lab, &ada, id, "Carl Blu").await.unwrap();
    lab.pass(MINUTE);
    assert_eq!(taken(&lab, &carl, id).await.unwrap(), State::Pending);
    assert_eq!(holder(&lab, id).await, (4, State::Pending, 4));
    let one = bookings::one(&lab.ctx, &olga, id).await.unwrap();
    assert_eq!((one.decided, one.decided_by, one.sequence), (None, None, 1), "what was decided was about Ada");
}

#[tokio::test]
async fn room_is_handed_over_with_machines_to_members_only() {
    let lab = open().await;
    lab.sql("INSERT INTO room (id, name, capacity) VALUES (1, 'Hall', 20); INSERT INTO room_machine (machine_id, room_id) VALUES (1, 1)").await;
    lab.sql("INSERT INTO person (id, status, created_at) VALUES (7, 'active', 0); INSERT INTO profile (person_id, name) VALUES (7, 'Guest')").await;
    let (ada, carl) = (lab.signed_in(1).await, lab.signed_in(4).await);
    let ask = Ask { resource: Resource::Room(RoomId(1)), span: span(180, 60), group: None, importance: None };
    let (id, _) = bookings::ask(&lab.ctx, &ada, Ok(ask)).await.unwrap();
    let refused = offered(&lab, &ada, id, "Guest").await;
    assert!(matches!(refused, Err(BookingsError::CannotTake)), "{refused:?}");
    offered(&lab, &ada, id, "Carl Blu").await.unwrap();
    taken(&lab, &carl, id).await.unwrap();
    let rows = "SELECT count(*) FROM occupation WHERE booking_id = 1 AND (room_id = 1 OR machine_id = 1 OR person_id = 4)";
    assert_eq!(lab.number(rows).await, 3);
}
