//! External calendars: occupied time, collisions, and unreadable files.

use crate::lab::{
    LASER_ID, Lab, NOON,
    bookings::notices_of,
    closures,
    operations::{self, run},
    rooms::{self, hall},
};
use contract::{
    external_calendars::{
        AddExternalCalendar, ExternalCalendarView, ExternalCalendars, FetchExternalCalendar,
        ListExternalCalendars, RemoveExternalCalendar, RenameExternalCalendar,
    },
    form::{Fault, Fields},
};
use domain::{
    actor::Actor,
    bookings::{BookingAction, Cause, Refusal, Resource},
    external_calendars::{EVERY, Failure, PAUSE, Skipped, WHOLE},
    id::{BookingId, ExternalCalendarId, RoomId},
    jobs::Job,
    live::ChangeEvent,
    names::Unnamed,
    notices::Kind,
    occupations::Span,
    outgoing::InvalidAddress,
    time::{DAY, HOUR, MINUTE, Millis},
    zone::to_rfc3339,
};
use services::{
    bookings::{self, Ask, BookingsError, DayQuery, Decide},
    external_calendars::{Answer, ExternalCalendarsError, Fetcher, Question, arrange},
    jobs, notices,
};
use std::{
    future::{Future, ready},
    pin::Pin,
    sync::{Arc, Mutex},
};
use text::Lang;

const LASER: Resource = Resource::Machine(LASER_ID);
const HALL: Resource = Resource::Room(RoomId(1));
const ADDRESS: &str = "https://uni.example/rooms/b12.ics?key=hunter2";

/// An external server with scripted answers.
#[derive(Default)]
struct CalendarHost {
    file: Mutex<Option<Result<String, Failure>>>,
    requests: Mutex<Vec<Question>>,
}

impl CalendarHost {
    fn has(&self, events: &[Span]) {
        let at = |at: Millis| to_rfc3339(at).unwrap().replace(['-', ':'], "");
        let event = |span: &Span| {
            format!(
                "BEGIN:VEVENT\r\nSUMMARY:Thesis of Zoe\r\nDTSTART:{}\r\nDTEND:{}\r\nEND:VEVENT\r\n",
                at(span.starts),
                at(span.ends)
            )
        };
        self.says(&events.iter().map(event).collect::<String>());
    }

    fn says(&self, events: &str) {
        *self.file.lock().unwrap() = Some(Ok(format!("BEGIN:VCALENDAR\r\n{events}END:VCALENDAR\r\n")));
    }

    fn sends(&self, text: &str) {
        *self.file.lock().unwrap() = Some(Ok(text.to_owned()));
    }

    fn fails(&self, failure: Failure) {
        *self.file.lock().unwrap() = Some(Err(failure));
    }

    /// As it was.
    fn is_unchanged(&self) {
        *self.file.lock().unwrap() = None;
    }

    fn request_count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

impl Fetcher for CalendarHost {
    fn permits(&self, _: &str) -> bool {
        false
    }

    fn fetch(&self, question: Question) -> Pin<Box<dyn Future<Output = Result<Answer, Failure>> + Send + '_>> {
        self.requests.lock().unwrap().push(question);
        let answer = match self.file.lock().unwrap().clone() {
            None => Ok(Answer::Unchanged),
            Some(Err(failure)) => Err(failure),
            Some(Ok(text)) => {
                Ok(Answer::File { body: text.into_bytes(), etag: Some("\"1\"".into()), last_modified: None })
            }
        };
        Box::pin(ready(answer))
    }
}

/// The lab with a hall that contains the laser, Carl (4), a member who may use lasers, Olga (6), who owns the
/// type, and Ken (11), a manager. It is Friday, 15 January 2027, 08:00 in UTC.
async fn open() -> (Lab, Arc<CalendarHost>) {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0), (6, 'active', 0), (11, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (4, 'Carl'), (6, 'Olga'), (11, 'Ken');
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
    let host = Arc::new(CalendarHost::default());
    arrange(&lab.ctx, host.clone());
    (lab, host)
}

fn span(hours: u32, minutes: u32) -> Span {
    let starts = NOON.after(HOUR * hours);
    Span { starts, ends: starts.after(MINUTE * minutes) }
}

fn new(resource: Resource) -> Fields {
    operations::fields(&[("resource", &resource.to_string()), ("name", "Timetable"), ("address", ADDRESS)])
}

async fn add(lab: &Lab, actor: &Actor, resource: Resource) -> ExternalCalendarId {
    run(&lab.ctx, actor, AddExternalCalendar {}, new(resource)).await.unwrap().id
}

async fn rename(
    lab: &Lab,
    actor: &Actor,
    id: ExternalCalendarId,
    name: &str,
) -> Result<(), ExternalCalendarsError> {
    run(&lab.ctx, actor, RenameExternalCalendar { id, version: 1 }, operations::fields(&[("name", name)])).await
}

async fn remove(lab: &Lab, actor: &Actor, id: ExternalCalendarId) -> Result<(), ExternalCalendarsError> {
    run(&lab.ctx, actor, RemoveExternalCalendar { id }, Fields::default()).await
}

async fn read_now(lab: &Lab, actor: &Actor, id: ExternalCalendarId) -> Result<(), ExternalCalendarsError> {
    run(&lab.ctx, actor, FetchExternalCalendar { id }, Fields::default()).await
}

async fn list(lab: &Lab, actor: &Actor) -> Result<ExternalCalendars, ExternalCalendarsError> {
    run(&lab.ctx, actor, ListExternalCalendars {}, Fields::default()).await
}

async fn only(lab: &Lab, actor: &Actor) -> ExternalCalendarView {
    list(lab, actor).await.unwrap().calendars.remove(0)
}

/// An hour later all calendars are read.
async fn next(lab: &Lab) {
    lab.pass(EVERY);
    jobs::run(&lab.ctx, Job::ExternalCalendars).await;
}

async fn book(lab: &Lab, actor: &Actor, resource: Resource, span: Span) -> Result<BookingId, BookingsError> {
    bookings::ask(&lab.ctx, actor, Ok(Ask { resource, span, group: None, importance: None }))
        .await
        .map(|(id, _)| id)
}

/// The spans occupied by the calendar, in order.
async fn taken(lab: &Lab) -> Vec<(i64, i64)> {
    let mut conn = lab.raw().await;
    let rows = sqlx::query_as::<_, (i64, i64)>(
        "SELECT o.starts_at, o.ends_at FROM occupation o JOIN closure c ON c.id = o.closure_id
          WHERE c.kind = 'external' AND o.machine_id = 1 ORDER BY 1",
    );
    let hours = |at: i64| (at - NOON.0) / 3_600_000;
    rows.fetch_all(&mut conn).await.unwrap().into_iter().map(|(from, to)| (hours(from), hours(to))).collect()
}

#[tokio::test]
async fn event_occupies_time_until_removed() {
    let (lab, host) = open().await;
    let (ken, carl) = (lab.signed_in(11).await, lab.signed_in(4).await);
    host.has(&[span(24, 60), span(28, 60)]);
    add(&lab, &ken, LASER).await;
    let refused = book(&lab, &carl, LASER, span(24, 30)).await.unwrap_err();
    let BookingsError::Refused(refused) = refused else { panic!("{refused:?}") };
    assert!(matches!(refused.refusals[..], [Refusal::Taken(taken)] if taken.by == Cause::External), "{refused:?}");
    // One moved, one gone.
    host.has(&[span(30, 60)]);
    next(&lab).await;
    assert_eq!(taken(&lab).await, [(30, 31)]);
    book(&lab, &carl, LASER, span(24, 30)).await.unwrap();
    let one = only(&lab, &ken).await;
    assert_eq!((one.taken, one.collision_count, one.failure), (1, 0, None));
    assert_eq!(lab.number("SELECT count(*) FROM closure").await, 1, "what never began leaves no row");
    // Its content is stored nowhere, and its address only in its own column.
    for text in ["Thesis", "hunter2"] {
        let found = lab.text("SELECT group_concat(detail || subject || action) FROM audit").await;
        assert!(!found.contains(text), "{found}");
    }
}

#[tokio::test]
async fn room_event_also_occupies_machines() {
    let (lab, host) = open().await;
    let (ken, carl) = (lab.signed_in(11).await, lab.signed_in(4).await);
    host.has(&[span(24, 60)]);
    let id = add(&lab, &ken, HALL).await;
    for resource in [HALL, LASER] {
        assert!(
            matches!(book(&lab, &carl, resource, span(24, 30)).await, Err(BookingsError::Refused(_))),
            "{resource}"
        );
    }
    remove(&lab, &ken, id).await.unwrap();
    book(&lab, &carl, LASER, span(24, 30)).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM external_calendar WHERE address IS NOT NULL").await, 0);
    assert!(list(&lab, &ken).await.unwrap().calendars.is_empty());
    assert!(matches!(remove(&lab, &ken, id).await, Err(ExternalCalendarsError::Unknown)));
    next(&lab).await;
    assert_eq!(host.request_count(), 1, "nobody reads it any more");
}

#[tokio::test]
async fn earlier_booking_stands_and_rest_of_event_is_occupied() {
    let (lab, host) = open().await;
    let (ken, carl) = (lab.signed_in(11).await, lab.signed_in(4).await);
    let booking = book(&lab, &carl, LASER, span(24, 60)).await.unwrap();
    let later = Span { starts: NOON.after(HOUR * 24 + MINUTE * 30), ends: NOON.after(HOUR * 26) };
    host.has(&[later, span(28, 60)]);
    add(&lab, &ken, HALL).await;
    let one = only(&lab, &ken).await;
    assert_eq!((one.taken, one.collision_count), (2, 1));
    // The machine around its booking, and its room all the time.
    assert_eq!(taken(&lab).await, [(25, 26), (28, 29)]);
    let room = "SELECT count(*) FROM occupation WHERE room_id = 1 AND starts_at = ";
    assert_eq!(lab.number(format!("{room}{}", later.starts.0).leak()).await, 1);
    let clash = &one.collisions[0];
    assert_eq!((clash.start.at, clash.end.at, clash.with), (later.starts, later.ends, Cause::Booking));
    assert_eq!((clash.with_start.at, clash.with_end.at), (span(24, 60).starts, span(24, 60).ends));
    assert_eq!(lab.text("SELECT state FROM booking").await, "approved");

    bookings::decide(&lab.ctx, &carl, booking, Decide::read(Some(BookingAction::Cancel), "")).await.unwrap();
    // Before anybody else.
    let late = Span { starts: later.starts, ends: later.starts.after(MINUTE * 30) };
    assert!(matches!(book(&lab, &carl, LASER, late).await, Err(BookingsError::Refused(_))));
    assert_eq!(taken(&lab).await, [(24, 26), (28, 29)]);
    // Its server reports no change, and there is nothing to do here.
    host.is_unchanged();
    next(&lab).await;
    let one = only(&lab, &ken).await;
    assert_eq!((one.taken, one.collision_count), (2, 0));
    assert_eq!(taken(&lab).await, [(24, 26), (28, 29)]);
}

#[tokio::test]
async fn closure_over_event_is_accepted_and_event_occupies_rest() {
    let (lab, host) = open().await;
    let ken = lab.signed_in(11).await;
    host.has(&[span(24, 10 * 60)]);
    add(&lab, &ken, HALL).await;
    assert_eq!(taken(&lab).await, [(24, 34)]);
    let close = |call_off| {
        let sent = closures::sent(LASER, span(26, 120), &[("maintenance", "yes"), ("call_off", call_off)]);
        closures::close(&lab.ctx, &ken, sent)
    };
    assert!(matches!(close("").await, Err(BookingsError::Refused(_))));
    close("yes").await.unwrap();
    assert_eq!(taken(&lab).await, [(24, 26), (28, 34)]);
    let one = only(&lab, &ken).await;
    assert_eq!((one.collision_count, one.collisions[0].with), (1, Cause::Maintenance));
    next(&lab).await;
    assert_eq!(taken(&lab).await, [(24, 26), (28, 34)], "and stays so");
}

#[tokio::test]
async fn long_event_occupies_free_time_and_notifies_conflicts_once() {
    let (lab, host) = open().await;
    let (ken, carl) = (lab.signed_in(11).await, lab.signed_in(4).await);
    for at in [26, 30] {
        book(&lab, &carl, LASER, span(at, 60)).await.unwrap();
    }
    lab.sql("INSERT INTO closure (id, machine_id, kind, starts_at, ends_at, made_at) VALUES (900, 1, 'maintenance', 1, 2, 0)").await;
    let maintained = span(32, 120);
    let made = format!(
        "INSERT INTO occupation (machine_id, starts_at, ends_at, closure_id) VALUES (1, {}, {}, 900)",
        maintained.starts.0, maintained.ends.0
    );
    lab.sql(made.leak()).await;
    host.has(&[span(24, 10 * 60)]);
    add(&lab, &ken, LASER).await;
    let expected = [(24, 26), (27, 30), (31, 32)];
    assert_eq!(taken(&lab).await, expected);
    let one = only(&lab, &ken).await;
    let causes: Vec<_> = one.collisions.iter().map(|clash| clash.with).collect();
    assert_eq!((one.collision_count, causes), (3, vec![Cause::Booking, Cause::Booking, Cause::Maintenance]));
    assert_eq!(notices_of(&lab, 4).await, [Kind::BookingClash; 2]);
    assert_eq!(notices_of(&lab, 6).await, [Kind::CalendarClash], "the owner of the type is nearest to it");
    for _ in 0..3 {
        next(&lab).await;
    }
    assert_eq!(taken(&lab).await, expected);
    assert_eq!((notices_of(&lab, 4).await.len(), notices_of(&lab, 6).await.len()), (2, 1));
    // Time that became free without a cancellation is occupied at the next reading.
    lab.sql("DELETE FROM occupation WHERE closure_id = 900").await;
    next(&lab).await;
    assert_eq!(taken(&lab).await, [(24, 26), (27, 30), (31, 34)]);
}

#[tokio::test]
async fn time_awaited_by_event_is_not_offered() {
    let (lab, host) = open().await;
    let (ken, carl) = (lab.signed_in(11).await, lab.signed_in(4).await);
    let booking = book(&lab, &carl, LASER, span(26, 60)).await.unwrap();
    notices::follow(&lab.ctx, &ken, LASER_ID, true).await.unwrap();
    host.has(&[span(24, 10 * 60)]);
    let id = add(&lab, &ken, LASER).await;
    bookings::decide(&lab.ctx, &carl, booking, Decide::read(Some(BookingAction::Cancel), "")).await.unwrap();
    assert_eq!(taken(&lab).await, [(24, 34)]);
    assert!(!notices_of(&lab, 11).await.contains(&Kind::TimeFreed));
    remove(&lab, &ken, id).await.unwrap();
    assert_eq!(taken(&lab).await, []);
}

#[tokio::test]
async fn skipped_events_are_listed_for_caretakers_and_removed_with_calendar() {
    let (lab, host) = open().await;
    let (ken, olga, carl) = (lab.signed_in(11).await, lab.signed_in(6).await, lab.signed_in(4).await);
    let lost = |title: &str| {
        format!(
            "BEGIN:VEVENT\r\nSUMMARY:{title}\r\nDTSTART;TZID=Atlantis:20270117T080000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
        )
    };
    host.says(&lost("Thesis of Zoe"));
    let id = add(&lab, &olga, LASER).await;
    let one = only(&lab, &ken).await;
    let [left_out] = &one.left_out[..] else { panic!("{:?}", one.left_out) };
    assert_eq!((left_out.title.as_str(), left_out.reason), ("Thesis of Zoe", Skipped::Zone));
    assert_eq!(notices_of(&lab, 6).await, [Kind::CalendarLeftOut]);
    // Where the machine is looked at.
    let query =
        DayQuery { resource: LASER, date: None, minutes: None, at: None, moving: None, whom: None, group: None };
    for (who, named) in [(&ken, 1), (&olga, 1), (&carl, 0)] {
        let day = bookings::day(&lab.ctx, who, Lang::En, Some(query.clone())).await.unwrap();
        assert_eq!(day.left_out.len(), named);
    }
    next(&lab).await;
    assert_eq!(notices_of(&lab, 6).await.len(), 1, "nothing new");
    host.says(&(lost("Thesis of Zoe") + &lost("Statics")));
    next(&lab).await;
    assert_eq!(notices_of(&lab, 6).await.len(), 2);
    host.says(&(lost("Thesis of Zoe") + &lost("Algebra")));
    next(&lab).await;
    assert_eq!(notices_of(&lab, 6).await.len(), 3, "another one, though as many");
    host.says(&lost("Algebra"));
    next(&lab).await;
    assert_eq!(notices_of(&lab, 6).await.len(), 3, "one less");
    remove(&lab, &ken, id).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM external_calendar WHERE left_out <> '[]'").await, 0);
    let found = lab.text("SELECT group_concat(detail || subject || action) FROM audit").await;
    assert!(!found.contains("Zoe"), "{found}");
}

// A23
#[tokio::test]
async fn calendar_is_read_hourly_and_at_once_after_pause() {
    let (lab, host) = open().await;
    let ken = lab.signed_in(11).await;
    host.has(&[span(24, 60)]);
    let id = add(&lab, &ken, LASER).await;
    for (passed, request) in
        [(MINUTE * 30, 1), (MINUTE * 25, 1), (MINUTE * 5, 2), (MINUTE * 5, 2), (HOUR * 9, 3), (MINUTE, 3)]
    {
        lab.pass(passed);
        jobs::run(&lab.ctx, Job::ExternalCalendars).await;
        assert_eq!(host.request_count(), request, "{passed:?}");
    }
    read_now(&lab, &ken, id).await.unwrap();
    let again = read_now(&lab, &ken, id).await;
    assert!(matches!(again, Err(ExternalCalendarsError::JustRead(_))), "{again:?}");
    lab.pass(PAUSE + MINUTE);
    read_now(&lab, &ken, id).await.unwrap();
    assert_eq!(host.request_count(), 5);
    lab.sql("UPDATE machine SET archived_at = 5 WHERE id = 1").await;
    next(&lab).await;
    assert_eq!(host.request_count(), 5, "nobody can book it");
}

#[tokio::test]
async fn unmodified_response_keeps_events_and_full_read_is_daily() {
    let (lab, host) = open().await;
    let ken = lab.signed_in(11).await;
    host.says("BEGIN:VEVENT\r\nDTSTART:20270104T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n");
    add(&lab, &ken, LASER).await;
    assert_eq!(only(&lab, &ken).await.taken, 90);
    host.is_unchanged();
    next(&lab).await;
    let one = only(&lab, &ken).await;
    assert_eq!((one.failure, one.taken, one.read.map(|at| at.at)), (None, 90, Some(lab.now())));
    let etags =
        |host: &CalendarHost| host.requests.lock().unwrap().iter().map(|one| one.etag.clone()).collect::<Vec<_>>();
    assert_eq!(etags(&host), [None, Some("\"1\"".to_owned())]);
    lab.pass(WHOLE);
    host.says("BEGIN:VEVENT\r\nDTSTART:20270104T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\n");
    next(&lab).await;
    assert_eq!(etags(&host).last(), Some(&None), "nobody asks whether it is unchanged");
    let last = lab.number("SELECT max(ends_at) FROM closure").await;
    assert!(last > NOON.after(DAY * 90).0, "a day further");
}

#[tokio::test]
async fn unreadable_calendar_changes_nothing_and_shows_reason() {
    let (lab, host) = open().await;
    let ken = lab.signed_in(11).await;
    host.has(&[span(48, 60)]);
    add(&lab, &ken, LASER).await;
    let mut since = None;
    for failure in [Failure::Unreachable, Failure::Missing, Failure::NotCalendar] {
        match failure {
            Failure::NotCalendar => host.sends("<html>Please sign in</html>"),
            failure => host.fails(failure),
        }
        next(&lab).await;
        let one = only(&lab, &ken).await;
        let (why, at) = one.failure.zip(one.failing_since).unwrap();
        let first = *since.get_or_insert(at);
        assert_eq!((why, at, one.taken), (failure, first, 1));
        assert_eq!(one.read.map(|at| at.at), Some(NOON));
    }
    assert_eq!(taken(&lab).await, [(48, 49)]);
    host.says("BEGIN:VEVENT\r\nDTSTART;TZID=Atlantis:20270117T080000\r\nDURATION:PT1H\r\nEND:VEVENT\r\n");
    next(&lab).await;
    let one = only(&lab, &ken).await;
    assert_eq!((one.failure, one.taken, one.skipped), (None, 0, 1));
}

// A9
#[tokio::test]
async fn weekly_event_keeps_wall_clock_across_dst() {
    let (lab, host) = open().await;
    let ken = lab.signed_in(11).await;
    // 28 March 2027 is a change.
    host.says("BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Rome:20270321T100000\r\nDURATION:PT2H\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nEND:VEVENT\r\n");
    add(&lab, &ken, LASER).await;
    let starts = lab.text("SELECT group_concat(strftime('%d %H', starts_at / 1000, 'unixepoch'), ', ') FROM (SELECT * FROM closure ORDER BY starts_at)").await;
    assert_eq!(starts, "21 09, 28 08, 04 08");
}

#[tokio::test]
async fn only_caretakers_manage_calendars_and_see_addresses() {
    let (lab, host) = open().await;
    let (ken, olga, carl) = (lab.signed_in(11).await, lab.signed_in(6).await, lab.signed_in(4).await);
    host.has(&[]);
    let lasers = add(&lab, &olga, LASER).await;
    let hall = add(&lab, &ken, HALL).await;
    let seen = |all: ExternalCalendars| all.calendars.iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(seen(list(&lab, &ken).await.unwrap()), [lasers, hall]);
    assert_eq!(seen(list(&lab, &olga).await.unwrap()), [lasers], "rooms are the managers’");
    for who in [&carl, &lab.signed_in(2).await] {
        assert!(matches!(list(&lab, who).await, Err(ExternalCalendarsError::Forbidden(_))));
        for refused in [
            run(&lab.ctx, who, AddExternalCalendar {}, new(LASER)).await.map(|_| ()),
            rename(&lab, who, lasers, "Mine").await,
            read_now(&lab, who, lasers).await,
            remove(&lab, who, lasers).await,
        ] {
            assert!(matches!(refused, Err(ExternalCalendarsError::Forbidden(_))), "{refused:?}");
        }
    }
    assert!(matches!(remove(&lab, &olga, hall).await, Err(ExternalCalendarsError::Forbidden(_))));
    rename(&lab, &olga, lasers, "Courses").await.unwrap();
    let stale = rename(&lab, &ken, lasers, "Course").await;
    assert!(matches!(stale, Err(ExternalCalendarsError::Stale(_))), "{stale:?}");
    let [resource, name, address, private] = [
        ("resource", Fault::Resource),
        ("name", Fault::Name(Unnamed::Empty)),
        ("address", Fault::CalendarAddress(InvalidAddress::Form)),
        ("address", Fault::CalendarAddress(InvalidAddress::Private)),
    ];
    for (fields, expected) in [
        ([("resource", "tree"), ("name", ""), ("address", "uni.example")], vec![resource, name, address]),
        // Whether a host may be asked is up to the server.
        ([("resource", "room:1"), ("name", "x"), ("address", "http://169.254.169.254/x")], vec![private]),
    ] {
        let wrong = run(&lab.ctx, &ken, AddExternalCalendar {}, operations::fields(&fields)).await;
        let Err(ExternalCalendarsError::Invalid(faults)) = wrong else { panic!("{wrong:?}") };
        let faults: Vec<_> = faults.iter().map(|(field, fault)| (field.as_str(), *fault)).collect();
        assert_eq!(faults, expected);
    }
}

#[tokio::test]
async fn machine_added_to_room_is_occupied_with_it() {
    let (lab, host) = open().await;
    let ken = lab.signed_in(11).await;
    host.has(&[span(24, 60)]);
    add(&lab, &ken, HALL).await;
    rooms::save(&lab.ctx, &ken, RoomId(1), 1, hall(&[])).await.unwrap();
    assert_eq!(taken(&lab).await, []);
    rooms::save(&lab.ctx, &ken, RoomId(1), 2, hall(&[LASER_ID])).await.unwrap();
    assert_eq!(taken(&lab).await, [(24, 25)]);
    host.has(&[]);
    next(&lab).await;
    assert_eq!(taken(&lab).await, []);
}

#[tokio::test]
async fn removed_event_notifies_followers_and_pages() {
    let (lab, host) = open().await;
    let (ken, carl) = (lab.signed_in(11).await, lab.signed_in(4).await);
    notices::follow(&lab.ctx, &carl, LASER_ID, true).await.unwrap();
    let mut coming = lab.ctx.live().subscribe("").2;
    let mut heard = async || {
        loop {
            if coming.recv().await.unwrap().hint == Some(ChangeEvent::Machine(LASER_ID)) {
                break;
            }
        }
    };
    host.has(&[span(24, 60), span(28, 60)]);
    let id = add(&lab, &ken, LASER).await;
    heard().await;
    host.has(&[span(28, 60)]);
    next(&lab).await;
    heard().await;
    assert_eq!(notices_of(&lab, 4).await, [Kind::TimeFreed]);
    remove(&lab, &ken, id).await.unwrap();
    heard().await;
    assert_eq!(notices_of(&lab, 4).await, [Kind::TimeFreed; 2]);
}
