//! Closures: permissions, visibility, and refusals while one is in force.

use crate::lab::{
    LASER, LASER_ID, Lab, NOON,
    bookings::{booked, notices_of, open, span, tick},
    card, closures,
    operations::{fields, run},
    rooms,
};
use contract::{
    form::{Fault, Fields},
    rooms::ReadRooms,
};
use domain::{
    access::{Decision, Level, Reason},
    actor::{Actor, Channel},
    bookings::{Cause, NOTE, Resource},
    id::{ClosureId, PersonId, PlaceId, RoomId, TypeId},
    live::ChangeEvent,
    machines::MachineState,
    occupations::Span,
    time::{DAY, HOUR, MINUTE},
    zone::to_rfc3339,
};
use services::{
    access,
    bookings::{self, BookingsError, WeekFilter},
    checkouts,
    error::ServiceError as _,
    machines,
    rooms::RoomsError,
};

const LASER_RES: Resource = Resource::Machine(LASER_ID);
const HALL: Resource = Resource::Room(RoomId(1));
const ANYBODY: Actor = Actor::anybody(true, Channel::Web);

async fn close(lab: &Lab, actor: &Actor, resource: Resource, span: Span) -> ClosureId {
    closures::close(&lab.ctx, actor, closures::sent(resource, span, &[("note", "lens")])).await.unwrap()
}

/// Ken's room with the laser in it.
async fn hall(lab: &Lab, ken: &Actor) {
    let hall = rooms::hall(&[LASER_ID]);
    rooms::add(&lab.ctx, ken, hall).await.unwrap();
}

async fn listed(lab: &Lab, actor: &Actor, filter: &[(&str, &str)]) -> Vec<ClosureId> {
    let list = closures::list(&lab.ctx, actor, filter).await.unwrap();
    list.closures.iter().map(|one| one.id).collect()
}

async fn state(lab: &Lab) -> MachineState {
    machines::page(&lab.ctx, &ANYBODY, LASER_ID).await.unwrap().machine.state
}

async fn decision(lab: &Lab, uid: &str) -> Decision {
    access::check(&lab.ctx, LASER, &card(uid)).await.unwrap().decision
}

#[tokio::test]
async fn closures_are_listed_for_caretakers_until_thirty_days_after() {
    let lab = open().await;
    let (olga, ken, carl) = (lab.signed_in(6).await, lab.signed_in(11).await, lab.signed_in(4).await);
    hall(&lab, &ken).await;
    let laser = close(&lab, &olga, LASER_RES, span(120, 60)).await;
    let room = close(&lab, &ken, HALL, span(600, 60)).await;
    let lifted = close(&lab, &ken, HALL, span(800, 60)).await;
    closures::lift(&lab.ctx, &ken, lifted).await.unwrap();
    assert_eq!(listed(&lab, &ken, &[]).await, [room, laser], "by name: Hall, Laser");
    assert_eq!(listed(&lab, &olga, &[]).await, [laser], "rooms are the managers’");
    let seen = closures::list(&lab.ctx, &ken, &[]).await.unwrap();
    let one = &seen.closures[1];
    assert_eq!((one.name.as_str(), one.maintenance, one.note.as_str()), ("Laser", false, "lens"));
    assert_eq!((one.start.at, one.end.at), (span(120, 60).starts, span(120, 60).ends));
    assert!(seen.resources.contains(&(HALL, "Hall".into())));
    for nobody in [&carl, &ANYBODY] {
        let refused = closures::list(&lab.ctx, nobody, &[]).await;
        assert!(matches!(refused, Err(BookingsError::Forbidden(_))), "{refused:?}");
    }
    assert_eq!(listed(&lab, &ken, &[("resource", "room:1")]).await, [room]);
    let at = |minutes| to_rfc3339(span(minutes, 0).starts).unwrap();
    assert_eq!(listed(&lab, &ken, &[("to", &at(600))]).await, [laser], "what begins then begins too late");
    assert_eq!(listed(&lab, &ken, &[("from", &at(180))]).await, [room], "what ends then is over");
    lab.pass(DAY * 30 + HOUR * 3);
    assert_eq!(listed(&lab, &ken, &[]).await, [room]);
}

#[tokio::test]
async fn invalid_closure_reports_all_fields_or_conflicts() {
    let lab = open().await;
    let (olga, carl) = (lab.signed_in(6).await, lab.signed_in(4).await);
    let close = async |sent: &[(&str, &str)]| closures::close(&lab.ctx, &olga, fields(sent)).await;
    let faults = async |sent: &[(&str, &str)]| match close(sent).await {
        Err(BookingsError::InvalidForm(faults)) => faults.0,
        other => panic!("{other:?}"),
    };
    let at = |field: &str, fault| (field.to_owned(), fault);
    let all = [
        at("resource", Fault::Resource),
        at("start", Fault::DateAndTime),
        at("end", Fault::DateAndTime),
        at("note", Fault::RemarkTooLong(NOTE)),
    ];
    assert_eq!(faults(&[("note", &"x".repeat(501))]).await, all);
    let (laser, maintenance) = (("resource", "machine:1"), ("maintenance", "yes"));
    let (begins, ends) = (("start", "2027-01-15T10:00"), ("end", "2027-01-15T10:00"));
    assert_eq!(faults(&[laser, begins, ends]).await, [at("end", Fault::Order)]);
    for beyond in ["-1", "-9223372036854775808", "32503680000000"] {
        assert_eq!(faults(&[laser, ("start", beyond), ends]).await, [at("start", Fault::DateAndTime)], "{beyond}");
    }
    let exact = span(60, 150).starts.0.to_string();
    for start in ["2027-01-15T09:00", &exact] {
        let id = close(&[laser, maintenance, ("start", start), ("end", "2027-01-15T11:30")]).await.unwrap();
        let made = closures::lift(&lab.ctx, &olga, id).await.unwrap();
        assert_eq!(
            (Span { starts: made.start.at, ends: made.end.at }, made.kind()),
            (span(60, 150), Cause::Maintenance)
        );
    }
    booked(&lab, &carl, LASER_RES, span(120, 60)).await;
    let refused = close(&[laser, maintenance, ("start", &exact), ("end", "2027-01-15T11:30")]).await;
    let Err(BookingsError::Refused(why)) = refused else { panic!("{refused:?}") };
    assert!(
        matches!(why.refusals[..], [domain::bookings::Refusal::Taken(taken)] if taken.span == span(120, 60)),
        "{why:?}"
    );
}

#[tokio::test]
async fn closed_machine_or_room_shows_it_and_admits_caretakers_only() {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    lab.sql("INSERT INTO card (id, person_id, uid, state, given_at) VALUES (6, 6, '000001ca', 'active', 0)").await;
    lab.grant(6, 3, "user").await;
    hall(&lab, &ken).await;
    for (resource, now) in [(LASER_RES, NOON), (HALL, NOON.after(HOUR))] {
        let closure =
            close(&lab, &ken, resource, Span { starts: now.after(HOUR), ends: now.after(HOUR * 3) }).await;
        assert_eq!(state(&lab).await, MachineState::Unmanaged, "an hour before");
        let starts = Decision::Allow { level: Level::User, until: Some(now.after(HOUR)) };
        assert_eq!(decision(&lab, "0000ada1").await, starts);
        lab.pass(HOUR);
        let visible = state(&lab).await;
        assert!(
            matches!(visible, MachineState::Closed { until } if until.at == now.after(HOUR * 3)),
            "{visible:?}"
        );
        let closed = Decision::Deny(vec![Reason::Closed { opens: Some(now.after(HOUR * 3)) }]);
        assert_eq!(decision(&lab, "0000ada1").await, closed, "{resource}");
        let owner = Decision::Allow { level: Level::Staff, until: None };
        assert_eq!(decision(&lab, "000001ca").await, owner, "whoever looks after it gets in");
        closures::lift(&lab.ctx, &ken, closure).await.unwrap();
        assert_eq!(state(&lab).await, MachineState::Unmanaged, "lifted");
        assert!(decision(&lab, "0000ada1").await.is_yes());
    }
}

#[tokio::test]
async fn closure_ends_when_booking_begins() {
    let lab = open().await;
    let (olga, carl) = (lab.signed_in(6).await, lab.signed_in(4).await);
    close(&lab, &olga, LASER_RES, span(0, 60)).await;
    booked(&lab, &carl, LASER_RES, span(60, 60)).await;
    lab.pass(MINUTE * 55);
    let visible = state(&lab).await;
    assert!(matches!(visible, MachineState::Closed { until } if until.at == span(60, 0).starts), "{visible:?}");
    lab.pass(MINUTE * 5);
    let page = machines::page(&lab.ctx, &ANYBODY, LASER_ID).await.unwrap().machine;
    assert_eq!(page.state, MachineState::Unmanaged);
    assert!(page.reserved.is_some(), "{page:?}");
}

#[tokio::test]
async fn pages_are_notified_when_closure_is_made_begins_and_ends() {
    let lab = open().await;
    let ken = lab.signed_in(11).await;
    hall(&lab, &ken).await;
    tick(&lab).await;
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    close(&lab, &ken, HALL, span(60, 60)).await;
    let mut made = Vec::new();
    while !made.contains(&ChangeEvent::Machine(LASER_ID)) {
        made.extend(coming.recv().await.unwrap().hint);
    }
    assert!(made.contains(&ChangeEvent::Bookings), "{made:?}");
    let mut hears = || {
        let mut heard = Vec::new();
        while let Ok(news) = coming.try_recv() {
            heard.extend(news.hint);
        }
        (heard.contains(&ChangeEvent::Bookings), heard.contains(&ChangeEvent::Machine(LASER_ID)))
    };
    for (minutes, heard, when) in
        [(59, false, "before"), (1, true, "it begins"), (1, false, "it runs"), (59, true, "it ends")]
    {
        lab.pass(MINUTE * minutes);
        tick(&lab).await;
        assert_eq!(hears(), (heard, heard), "{when}");
    }
}

#[tokio::test]
async fn room_shows_place_and_machines_and_is_chosen_by_name() {
    let lab = open().await;
    let (ken, carl) = (lab.signed_in(11).await, lab.signed_in(4).await);
    lab.sql("INSERT INTO place (id, name, position) VALUES (7, 'Wood shop', 1)").await;
    let input = |floor: &str, place: &str, machines: &str| {
        fields(&[
            ("name", "Hall"),
            ("capacity", " 12 "),
            ("floor", floor),
            ("place", place),
            ("machines[]", machines),
        ])
    };
    for (place, machines, fault) in [("attic", "saw", Fault::Choice), ("99", "1,99", Fault::Machines)] {
        let wrong = rooms::add(&lab.ctx, &ken, input("", place, machines)).await;
        let Err(RoomsError::Invalid(wrong)) = wrong else { panic!("{wrong:?}") };
        assert_eq!(wrong.0, [("place".to_owned(), Fault::Choice), ("machines".to_owned(), fault)]);
    }
    let room = rooms::add(&lab.ctx, &ken, input("First floor", "7", "1")).await.unwrap();
    let page = run(&lab.ctx, &ken, ReadRooms {}, Fields::default()).await.unwrap();
    let view = &page.rooms[0];
    assert_eq!(
        (view.location.as_str(), &view.machines[..]),
        ("Wood shop · First floor", &["Laser".to_owned()][..])
    );
    assert_eq!((view.saved.value("place"), view.saved.value("machines[]")), ("7", "1"));
    assert_eq!(page.places, [(PlaceId(7), "Wood shop".to_owned())]);
    assert!(run(&lab.ctx, &carl, ReadRooms {}, Fields::default()).await.is_err());
    let week = bookings::week(&lab.ctx, &carl, WeekFilter::default()).await.unwrap();
    let rows = week.groups.iter().flat_map(|group| &group.rows);
    let places: Vec<_> = rows.map(|row| (row.bookable.resource, row.bookable.place.as_deref())).collect();
    assert!(places.contains(&(HALL, Some("Wood shop · First floor"))), "{places:?}");
    let stale = rooms::save(&lab.ctx, &ken, room, 0, input("", "", "")).await;
    let Err(RoomsError::Stale(saved)) = stale else { panic!("{stale:?}") };
    assert_eq!((saved.value("place"), saved.value("machines[]")), ("7", "1"), "A14: all of it is chosen from");
    let gone = rooms::archive(&lab.ctx, &ken, room).await.unwrap();
    assert_eq!((gone.id, gone.name.as_str(), gone.away), (room.0, "Hall", true));
}

#[tokio::test]
async fn closure_lists_all_bookings_and_cancels_them_on_request() {
    let lab = open().await;
    let (carl, olga, ken) = (lab.signed_in(4).await, lab.signed_in(6).await, lab.signed_in(11).await);
    hall(&lab, &ken).await;
    let mut ids = Vec::new();
    for at in [60, 180] {
        ids.push(booked(&lab, &carl, LASER_RES, span(at, 60)).await);
    }
    ids.push(booked(&lab, &carl, HALL, span(300, 60)).await);
    let week = |call_off| {
        closures::sent(
            LASER_RES,
            span(90, 1_440),
            &[("maintenance", "yes"), ("note", "new belt"), ("call_off", call_off)],
        )
    };
    let refused = closures::close(&lab.ctx, &olga, week("")).await;
    let Err(BookingsError::Refused(why)) = &refused else { panic!("{refused:?}") };
    assert_eq!(why.refusals.len(), 3, "{why:?}");
    let message = refused.unwrap_err().problem(text::Lang::En).detail;
    for hour in ["09:00–10:00", "11:00–12:00", "13:00–14:00"] {
        assert!(message.contains(hour), "{hour} in {message}");
    }
    closures::close(&lab.ctx, &olga, week("yes")).await.unwrap();
    let mut states = Vec::new();
    for id in ids {
        states.push(bookings::one(&lab.ctx, &carl, id).await.unwrap().state);
    }
    let (cancelled, approved) = (domain::bookings::State::Cancelled, domain::bookings::State::Approved);
    assert_eq!(states, [cancelled, cancelled, approved], "whoever has the hall keeps it without the laser");
    assert_eq!(notices_of(&lab, 4).await, [domain::notices::Kind::BookingCancelled; 2]);
    booked(&lab, &carl, LASER_RES, span(60, 30)).await;
}

#[tokio::test]
async fn own_booking_that_a_closure_cancels_is_notified_to_who_closes() {
    let lab = open().await;
    lab.grant(11, 3, "user").await;
    let ken = lab.signed_in(11).await;
    booked(&lab, &ken, LASER_RES, span(180, 60)).await;
    let belt = [("maintenance", "yes"), ("note", "new belt"), ("call_off", "yes")];
    closures::close(&lab.ctx, &ken, closures::sent(LASER_RES, span(90, 1_440), &belt)).await.unwrap();
    assert_eq!(notices_of(&lab, 11).await, [domain::notices::Kind::BookingCancelled]);
}

#[tokio::test]
async fn closure_also_cancels_checkouts() {
    let lab = open().await;
    lab.grant(5, 3, "trainer").await;
    lab.sql("INSERT INTO availability_rule (person_id, day, from_min, to_min, length, buffer) VALUES (5, 20833, 540, 600, 60, 0)").await;
    let (bob, olga) = (lab.signed_in(2).await, lab.signed_in(6).await);
    let checkout = checkouts::Ask { kind: TypeId(3), trainer: PersonId(5), starts: Some(span(60, 60).starts) };
    checkouts::ask(&lab.ctx, &bob, checkout).await.unwrap();
    let lens =
        |call_off| closures::sent(LASER_RES, span(90, 240), &[("maintenance", "yes"), ("call_off", call_off)]);
    assert!(matches!(closures::close(&lab.ctx, &olga, lens("")).await, Err(BookingsError::Refused(_))));
    closures::close(&lab.ctx, &olga, lens("yes")).await.unwrap();
    assert_eq!(lab.text("SELECT state FROM appointment").await, "cancelled");
    assert_eq!(notices_of(&lab, 2).await, [domain::notices::Kind::CheckoutCancelled]);
    assert!(notices_of(&lab, 5).await.contains(&domain::notices::Kind::CheckoutCancelled), "and the trainer");
    assert_eq!(lab.number("SELECT count(*) FROM occupation WHERE appointment_id IS NOT NULL").await, 0);
}
