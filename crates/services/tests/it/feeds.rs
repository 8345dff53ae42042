//! Calendar feeds: permissions, content as read by a third-party parser, and their end.

use crate::lab::{
    LASER_ID, Lab, NOON, closures,
    operations::{fields, run},
    seconds,
};
use contract::{
    feeds::{CalendarMade, CreateCalendar, Feeds, ListCalendars, RevokeCalendar},
    form::Fields,
};
use domain::{
    actor::{Actor, Forbidden},
    bookings::{BookingAction, Resource},
    feeds::{Feed, MOST},
    id::{BookingId, FeedId, MachineId, PersonId, RoomId},
    occupations::Span,
    time::{DAY, HOUR, MINUTE},
};
use services::{
    bookings::{self, Ask, Decide},
    feeds::{self, FeedsError},
    mail::{self, Carrier, Catcher, Post},
    people,
};
use std::{process::Command, sync::Arc};

const LASER: Resource = Resource::Machine(LASER_ID);
const HALL: Resource = Resource::Room(RoomId(1));
const PLACE: &str = "Città, secondo piano; in fondo";

/// The lab with Carl (4), a member who may use the lasers, Olga (6), who owns the type, and Ken (11), who manages.
/// It is Friday, 15 January 2027, 08:00.
async fn open() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0), (6, 'active', 0), (11, 'active', 0);
         INSERT INTO profile (person_id, name, email) VALUES (4, 'Carl \"Loop\" Ø', 'carl@private.example'),
             (6, 'Olga', 'olga@private.example'), (11, 'Ken', 'ken@private.example');
         INSERT INTO place (name) VALUES ('Città, secondo piano; in fondo');
         UPDATE machine SET place_id = (SELECT max(id) FROM place);
         INSERT INTO room (id, name, capacity) VALUES (1, 'Hall', 20);
         INSERT INTO room_machine (machine_id, room_id) VALUES (1, 1);
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'Europe/Rome')",
    )
    .await;
    for (person, kind, relation) in [
        (4, 1, "user"),
        (4, 3, "user"),
        (6, 1, "user"),
        (6, 3, "owner"),
        (11, 1, "user"),
        (11, 1, "owner"),
        (11, 3, "user"),
    ] {
        lab.grant(person, kind, relation).await;
    }
    let lab = lab.reopen().await;
    let post = Post {
        carrier: Carrier::Catcher(Arc::<Catcher>::default()),
        site: Some("https://attic.example:8443".into()),
        sender: Some("hello@attic.example".into()),
    };
    mail::arrange(&lab.ctx, post);
    lab
}

fn span(hours: u32, minutes: u32) -> Span {
    let starts = NOON.after(HOUR * hours);
    Span { starts, ends: starts.after(MINUTE * minutes) }
}

async fn booked(lab: &Lab, actor: &Actor, resource: Resource, span: Span) -> BookingId {
    bookings::ask(&lab.ctx, actor, Ok(Ask { resource, span, group: None, importance: None })).await.unwrap().0
}

async fn cancelled(lab: &Lab, actor: &Actor, id: BookingId) {
    bookings::decide(&lab.ctx, actor, id, Decide::read(Some(BookingAction::Cancel), "")).await.unwrap();
}

async fn make(lab: &Lab, actor: &Actor, feed: Feed) -> Result<CalendarMade, FeedsError> {
    run(&lab.ctx, actor, CreateCalendar {}, fields(&[("show", &feed.to_string())])).await
}

async fn list(lab: &Lab, actor: &Actor) -> Result<Feeds, FeedsError> {
    run(&lab.ctx, actor, ListCalendars {}, Fields::default()).await
}

async fn revoke(lab: &Lab, actor: &Actor, id: FeedId) -> Result<(), FeedsError> {
    run(&lab.ctx, actor, RevokeCalendar { id }, Fields::default()).await
}

/// A new feed: its id, and the secret in its address.
async fn made(lab: &Lab, actor: &Actor, feed: Feed) -> (FeedId, String) {
    let made = make(lab, actor, feed).await.unwrap();
    let secret = made.link.0.strip_prefix("/calendar/").and_then(|rest| rest.strip_suffix(".ics")).unwrap();
    (made.id, secret.to_owned())
}

async fn text(lab: &Lab, secret: &str) -> Option<String> {
    feeds::read(&lab.ctx, secret).await.unwrap()
}

/// What a third-party parser (`python3-icalendar`) finds: `say` of each entry, line by line.
fn entries(text: &str, say: &str) -> Vec<String> {
    let program = format!(
        "import icalendar, sys\nc = icalendar.Calendar.from_ical(sys.argv[1])\nassert not c.errors\n\
         for e in c.walk('VEVENT'):\n    assert not e.errors\n    print({say})"
    );
    let output = Command::new("/usr/bin/python3").args(["-c", &program, text]).output().unwrap();
    assert!(output.status.success(), "python3-icalendar: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn booking_keeps_uid_from_request_to_cancellation() {
    let lab = open().await;
    let carl = lab.signed_in(4).await;
    let (_, secret) = made(&lab, &carl, Feed::Mine).await;
    let id = booked(&lab, &carl, LASER, span(24, 60)).await;
    let name = lab.text("SELECT word FROM calendar_name").await;
    booked(&lab, &lab.signed_in(11).await, LASER, span(30, 60)).await;
    let read = text(&lab, &secret).await.unwrap();
    let all = "e['UID'], e['SEQUENCE'], e['STATUS'], e['DTSTART'].dt.isoformat(), e['DTEND'].dt.isoformat()";
    assert_eq!(
        entries(&read, all),
        [format!("booking-{id}@{name} 0 CONFIRMED 2027-01-16T08:00:00+00:00 2027-01-16T09:00:00+00:00")],
        "Ken's is not his"
    );
    assert_eq!(entries(&read, "e['LOCATION']"), [PLACE]);
    assert_eq!(entries(&read, "e['URL']"), [format!("https://attic.example:8443/bookings/{id}")]);
    assert_eq!(text(&lab, &secret).await.as_deref(), Some(read.as_str()), "the same bytes while nothing changes");

    let version = bookings::one(&lab.ctx, &carl, id).await.unwrap().version;
    bookings::move_to(&lab.ctx, &carl, id, version, Ok(span(26, 60))).await.unwrap();
    let moved = text(&lab, &secret).await.unwrap();
    let some = "e['UID'], e['SEQUENCE'], e['STATUS'], e['TRANSP'], e['DTSTART'].dt.hour";
    assert_eq!(entries(&moved, some), [format!("booking-{id}@{name} 1 CONFIRMED OPAQUE 10")]);
    cancelled(&lab, &carl, id).await;
    let gone = text(&lab, &secret).await.unwrap();
    assert_eq!(entries(&gone, some), [format!("booking-{id}@{name} 2 CANCELLED TRANSPARENT 10")]);
    lab.pass(DAY * 32);
    let old = text(&lab, &secret).await.unwrap();
    assert_eq!(entries(&old, some), Vec::<String>::new(), "thirty days back");
    assert!(old.contains("BEGIN:VTIMEZONE"), "a calendar without any component is none: {old}");
}

#[tokio::test]
async fn entry_keeps_uid_across_site_change_and_restart() {
    let lab = open().await;
    let carl = lab.signed_in(4).await;
    let (_, secret) = made(&lab, &carl, Feed::Mine).await;
    booked(&lab, &carl, LASER, span(24, 60)).await;
    let uids = async |lab: &Lab| entries(&text(lab, &secret).await.unwrap(), "e['UID']");
    let before = uids(&lab).await;
    for site in [None, Some("https://workshop.example"), Some("http://10.0.0.7:3000")] {
        mail::arrange(&lab.ctx, Post { site: site.map(Into::into), ..Post::default() });
        assert_eq!(uids(&lab).await, before, "{site:?}");
    }
    let lab = lab.reopen().await;
    assert_eq!(uids(&lab).await, before);
    assert_ne!(before, ["booking-1@"], "it has a name");
    let other = Lab::empty().await.text("SELECT word FROM calendar_name").await;
    assert!(!before[0].ends_with(&other), "of another workshop");
}

#[tokio::test]
async fn machine_feed_names_people_according_to_setting() {
    let lab = open().await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    booked(&lab, &carl, LASER, span(24, 60)).await;
    booked(&lab, &ken, HALL, span(28, 60)).await;
    let off = booked(&lab, &carl, LASER, span(32, 60)).await;
    cancelled(&lab, &carl, off).await;
    let close = closures::maintenance(LASER, span(36, 60), "The lens");
    let closure = closures::close(&lab.ctx, &ken, close).await.unwrap();
    let (_, secret) = made(&lab, &ken, Feed::Resource(LASER)).await;
    let what = "e['SUMMARY'], e['STATUS']";
    for (visible, first, hall) in [
        ("nobody", "Booked CONFIRMED", "Booked CONFIRMED"),
        ("first-name", "Booked: Carl CONFIRMED", "Booked: Ken CONFIRMED"),
        ("name", "Booked: Carl \"Loop\" Ø CONFIRMED", "Booked: Ken CONFIRMED"),
    ] {
        let mut conn = lab.raw().await;
        sqlx::query(
            "INSERT OR REPLACE INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'people.shown', ?)",
        )
        .bind(visible)
        .execute(&mut conn)
        .await
        .unwrap();
        let read = text(&lab, &secret).await.unwrap();
        assert_eq!(entries(&read, what), [first, hall, "Booked CANCELLED", "Maintenance CONFIRMED"], "{visible}");
        assert!(!read.contains("private.example"), "A6: nobody's address in {read}");
    }
    closures::lift(&lab.ctx, &ken, closure).await.unwrap();
    let read = text(&lab, &secret).await.unwrap();
    let name = lab.text("SELECT word FROM calendar_name").await;
    let lifted = format!("closure-1@{name} 1 CANCELLED");
    assert_eq!(entries(&read, "e['UID'], e['SEQUENCE'], e['STATUS']")[3], lifted);
}

#[tokio::test]
async fn trainer_feed_lists_own_checkouts() {
    let lab = open().await;
    lab.sql(
        "INSERT INTO appointment (person_id, trainer_id, type_id, machine_id, starts_at, ends_at, state, asked_at, decided_at)
             VALUES (4, 6, 3, 1, 1800090000000, 1800091800000, 'accepted', 5, 9),
                    (4, 11, 3, 1, 1800100000000, 1800101800000, 'cancelled', 5, 9)",
    )
    .await;
    let (olga, carl, ken) = (lab.signed_in(6).await, lab.signed_in(4).await, lab.signed_in(11).await);
    let held = Feed::Trainer(PersonId(6));
    for reader in [&olga, &ken] {
        let (_, secret) = made(&lab, reader, held).await;
        let read = text(&lab, &secret).await.unwrap();
        let what = "e['UID'], e['STATUS'], e['DESCRIPTION']";
        let name = lab.text("SELECT word FROM calendar_name").await;
        assert_eq!(entries(&read, what), [format!("appointment-1@{name} CONFIRMED With Carl \"Loop\" Ø")]);
    }
    let (_, secret) = made(&lab, &carl, Feed::Mine).await;
    let read = text(&lab, &secret).await.unwrap();
    assert_eq!(entries(&read, "e['STATUS'], e['DESCRIPTION']"), ["CONFIRMED With Olga", "CANCELLED With Ken"]);
    let (_, secret) = made(&lab, &carl, Feed::Resource(LASER)).await;
    let read = text(&lab, &secret).await.unwrap();
    assert_eq!(entries(&read, "e['SUMMARY'], e['STATUS']"), ["Checkout CONFIRMED", "Checkout CANCELLED"]);
    assert!(!read.contains("Carl") && !read.contains("Olga"), "{read}");
    for (who, feed) in [(&carl, held), (&ken, Feed::Trainer(PersonId(4))), (&ken, Feed::Trainer(PersonId(99)))] {
        let refused = make(&lab, who, feed).await;
        assert!(matches!(refused, Err(FeedsError::Unknown)), "{feed}: {refused:?}");
    }
}

// A17
#[tokio::test]
async fn feed_ends_with_owner_permission() {
    let lab = open().await;
    let (carl, ken, olga) = (lab.signed_in(4).await, lab.signed_in(11).await, lab.signed_in(6).await);
    let (mine, of_mine) = made(&lab, &carl, Feed::Mine).await;
    let (_, of_laser) = made(&lab, &carl, Feed::Resource(LASER)).await;
    let (_, of_lathe) = made(&lab, &carl, Feed::Resource(Resource::Machine(MachineId(2)))).await;
    let (_, of_olga) = made(&lab, &ken, Feed::Trainer(PersonId(6))).await;
    let there = async |secret: &str| text(&lab, secret).await.is_some();
    assert!(there(&of_mine).await && there(&of_laser).await && there(&of_lathe).await && there(&of_olga).await);
    for forged in ["", "x", "../../etc/passwd", &of_mine[1..], &"A".repeat(43), &of_mine.to_lowercase()] {
        assert!(!there(forged).await, "{forged}");
    }
    lab.sql("UPDATE machine SET archived_at = 1 WHERE id = 2").await;
    assert!(!there(&of_lathe).await, "put away");
    people::suspend(&lab.ctx, &ken, PersonId(4)).await.unwrap();
    assert!(!there(&of_mine).await && !there(&of_laser).await, "suspended");
    people::readmit(&lab.ctx, &ken, PersonId(4)).await.unwrap();
    assert!(there(&of_mine).await, "and back");
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 6").await;
    assert!(!there(&of_olga).await, "a trainer who is not there");
    lab.sql("UPDATE person SET status = 'active' WHERE id = 6").await;
    assert!(there(&of_olga).await);
    let member = domain::qualifications::Subject::Type(domain::id::TypeId(1));
    let relation = domain::qualifications::Relation::User;
    let change = services::qualifications::Change::now(PersonId(4), member, relation);
    services::qualifications::revoke(&lab.ctx, &ken, change).await.unwrap();
    assert!(!there(&of_laser).await && !there(&of_mine).await, "no member any more");
    let others = revoke(&lab, &olga, mine).await;
    assert!(matches!(others, Err(FeedsError::Unknown)), "somebody else's: {others:?}");
    revoke(&lab, &carl, mine).await.unwrap();
    assert!(!there(&of_mine).await, "revoked");
    assert!(matches!(revoke(&lab, &carl, mine).await, Err(FeedsError::Unknown)));
}

#[tokio::test]
async fn feed_secret_is_shown_once_and_never_stored() {
    let lab = open().await;
    let carl = lab.signed_in(4).await;
    let (id, secret) = made(&lab, &carl, Feed::Mine).await;
    assert_eq!(secret.len(), 43, "256 bits");
    let view = list(&lab, &carl).await.unwrap();
    assert!((view.books, view.trainer) == (true, None) && view.resources.iter().any(|(one, _)| *one == LASER));
    assert_eq!(view.feeds.iter().map(|feed| (feed.id, feed.read)).collect::<Vec<_>>(), [(id, None)]);
    text(&lab, &secret).await.unwrap();
    let read = async || list(&lab, &carl).await.unwrap().feeds[0].read.unwrap().at;
    let first = read().await;
    lab.pass(seconds(30));
    text(&lab, &secret).await.unwrap();
    assert_eq!(read().await, first, "written down once a minute");
    lab.pass(seconds(31));
    text(&lab, &secret).await.unwrap();
    assert_eq!(read().await, first.after(seconds(61)));
    let stored = "SELECT group_concat(detail) || (SELECT group_concat(hex(hash)) FROM calendar_feed) FROM audit WHERE action LIKE 'calendar.%'";
    let stored = lab.text(stored).await;
    assert!(!stored.contains(&secret) && stored.contains("mine"), "{stored}");
    for _ in 1..MOST {
        made(&lab, &carl, Feed::Mine).await;
    }
    assert!(matches!(make(&lab, &carl, Feed::Mine).await, Err(FeedsError::TooMany)));
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 11").await;
    let ken = lab.signed_in(11).await;
    let none = make(&lab, &ken, Feed::Mine).await;
    assert!(matches!(none, Err(FeedsError::Forbidden(Forbidden::NotAllowed))), "{none:?}");
}
