//! Bookings with concurrent changes, or changes between the page and the job.

use super::*;

// A2
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_approve_reject_and_request_have_one_winner() {
    let lab = open().await;
    set(&lab, "booking.mode", "moderated").await;
    let (carl, dana, olga, ken) =
        (lab.signed_in(4).await, lab.signed_in(5).await, lab.signed_in(6).await, lab.signed_in(11).await);
    let (mut approved, mut rejected) = (0, 0);
    for round in 0..24 {
        let time = span(60 + round * 30, 30);
        let (id, _) = ask(&lab, &carl, LASER_RES, time).await.unwrap();
        let decide = |actor: &Actor, action| {
            let (ctx, actor) = (lab.ctx.clone(), actor.clone());
            tokio::spawn(async move { bookings::decide(&ctx, &actor, id, Decide::read(Some(action), "No")).await })
        };
        let (yes, no) = (decide(&olga, BookingAction::Approve), decide(&ken, BookingAction::Reject));
        let (ctx, other) = (lab.ctx.clone(), dana.clone());
        let asking = tokio::spawn(async move {
            bookings::ask(&ctx, &other, Ok(Ask { resource: LASER_RES, span: time, group: None, importance: None }))
                .await
        });
        let (yes, no, request) = (yes.await.unwrap(), no.await.unwrap(), asking.await.unwrap());
        let late = if yes.is_ok() { &no } else { &yes };
        assert!(yes.is_ok() != no.is_ok() && matches!(late, Err(BookingsError::Decided(_))), "{yes:?} {no:?}");
        assert!(no.is_ok() || request.is_err(), "what was approved is Carl's: {request:?}");
        (approved, rejected) = (approved + i64::from(yes.is_ok()), rejected + i64::from(no.is_ok()));
        let held = lab.number("SELECT count(*) FROM occupation WHERE machine_id = 1").await;
        assert_eq!(held, i64::from(yes.is_ok()) + i64::from(request.is_ok()));
        for (who, id) in [(&carl, yes.map(|_| id)), (&dana, request.map(|(id, _)| id))] {
            if let Ok(id) = id {
                action(&lab, who, id, BookingAction::Cancel).await.unwrap();
            }
        }
    }
    assert_eq!(approved + rejected, 24);
    assert_eq!(lab.number("SELECT count(*) FROM booking WHERE state = 'rejected'").await, rejected);
}

#[tokio::test]
async fn machine_archived_after_request_cannot_be_booked() {
    let lab = open().await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    equipment::archive(&lab.ctx, &ken, LASER_ID, true).await.unwrap();
    let gone = ask(&lab, &carl, LASER_RES, span(60, 60)).await;
    assert!(matches!(gone, Err(BookingsError::UnknownResource)), "{gone:?}");
    assert_eq!(lab.number("SELECT count(*) FROM booking").await, 0);
}

#[tokio::test]
async fn person_suspended_after_request_cannot_book() {
    let lab = open().await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    people::suspend(&lab.ctx, &ken, PersonId(4)).await.unwrap();
    for resource in [LASER_RES, HALL] {
        let late = ask(&lab, &carl, resource, span(60, 60)).await;
        assert!(matches!(late, Err(BookingsError::Forbidden(_))), "as they stood when they asked: {late:?}");
    }
    assert_eq!(lab.number("SELECT count(*) FROM booking").await, 0);
}

#[tokio::test]
async fn rejection_requires_reason() {
    let lab = open().await;
    set(&lab, "booking.mode", "moderated").await;
    let (carl, olga) = (lab.signed_in(4).await, lab.signed_in(6).await);
    let id = booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    for silence in ["", " \n "] {
        let declined =
            bookings::decide(&lab.ctx, &olga, id, Decide::read(Some(BookingAction::Reject), silence)).await;
        let Err(BookingsError::Invalid(faults)) = declined else { panic!("{declined:?}") };
        assert_eq!(faults, [DecideError::NoNote.into()]);
    }
    assert_eq!(state(&lab, id).await, State::Pending);
    assert_eq!(action(&lab, &olga, id, BookingAction::Reject).await.unwrap(), State::Rejected);
}

// The day of an exception is the day of the space, however far its clocks are from Greenwich.
#[tokio::test]
async fn closed_day_cannot_be_booked_in_any_zone() {
    for name in ["Pacific/Honolulu", "UTC", "Pacific/Kiritimati"] {
        let zone: Zone = name.parse().unwrap();
        let lab = open().await;
        set(&lab, "space.zone", name).await;
        let lab = lab.reopen().await;
        let (carl, mut conn) = (lab.signed_in(4).await, lab.raw().await);
        let today = zone.moment(NOON).wall().date.days();
        sqlx::query("INSERT INTO opening_exception (scope, scope_id, day) VALUES ('space', 0, ?)")
            .bind(today + 2)
            .execute(&mut conn)
            .await
            .unwrap();
        for (day, minute) in [(1, 1_380), (2, 0), (2, 720), (2, 1_380), (3, 0)] {
            let starts = zone.instant(Date::from_days(today + day), minute);
            let request = ask(&lab, &carl, LASER_RES, Span { starts, ends: starts.after(HOUR) }).await;
            match request {
                Ok((id, _)) if day != 2 => drop(action(&lab, &carl, id, BookingAction::Cancel).await.unwrap()),
                request => assert_eq!((day, codes(request)), (2, vec!["booking.closed"]), "{name} {minute}"),
            }
        }
    }
}

#[tokio::test]
async fn room_occupation_is_announced_for_its_machines() {
    let lab = open().await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    let new = rooms::hall(&[LASER_ID]);
    rooms::add(&lab.ctx, &ken, new).await.unwrap();
    let mut coming = lab.ctx.live().subscribe("").2;
    let mut blocked = None;
    // The events before the next one about another machine.
    let mut heard = async || {
        match blocked.take() {
            Some(block) => problems::lift(&lab.ctx, &ken, block).await.unwrap(),
            None => blocked = Some(problems::block(&lab.ctx, &ken, MachineId(2), "belt", false).await.unwrap()),
        }
        let mut heard = Vec::new();
        loop {
            match coming.recv().await.unwrap().hint {
                Some(ChangeEvent::Machine(MachineId(2))) => return heard,
                hint => heard.extend(hint),
            }
        }
    };
    let machine = ChangeEvent::Machine(LASER_ID);
    let id = booked(&lab, &carl, HALL, span(60, 60)).await;
    assert!(heard().await.contains(&machine), "booked");
    action(&lab, &carl, id, BookingAction::Cancel).await.unwrap();
    assert!(heard().await.contains(&machine), "called off");
    for resource in [LASER_RES, HALL] {
        let close = closures::sent(resource, span(300, 60), &[]);
        let closure = closures::close(&lab.ctx, &ken, close).await.unwrap();
        assert!(heard().await.contains(&machine), "{resource} closed");
        closures::lift(&lab.ctx, &ken, closure).await.unwrap();
        assert!(heard().await.contains(&machine), "{resource} opened");
    }
}
