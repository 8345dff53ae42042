//! Series: what can be had, one confirmation, and changes of one, the following or all dates. A9, A14.

mod edges;
mod limits;

use crate::lab::{
    Lab,
    bookings::{action, booked, notices_of, set},
    operations::{fields, run},
};
use contract::{
    closures::Close,
    feeds::CreateCalendar,
    groups::{AddGroup, AddGroupMember, ArchiveGroup},
    rooms::AddRoom,
    series::{
        AddSeries, ChangeSeries, EndSeries, EndTerm, ListSeries, PlanSeries, PreviewSeries, PreviewSeriesChange,
        ReadSeries, ReadSeriesPage, SeriesAdded, SeriesDetail, SkipSeriesDate,
    },
};
use domain::{
    actor::Actor,
    bookings::{BookingAction, Resource, State},
    id::{GroupId, PersonId, RoomId, SeriesId},
    notices::Kind,
    occupations::Span,
    problem::Problem,
    time::{DAY, Date, HOUR, Millis},
};
use services::{
    bookings::{self, Ask},
    error::ServiceError,
    series::SeriesError,
};
use text::Lang;

/// A room, another of the same size, and the group of Ada, its admin, and Bob.
struct Term {
    lab: Lab,
    ken: Actor,
    ada: Actor,
    bob: Actor,
    room: RoomId,
    other: RoomId,
    group: GroupId,
}

async fn open() -> Term {
    let lab = crate::lab::bookings::open().await;
    lab.sql("UPDATE profile SET email = 'ada@private.example' WHERE person_id = 1").await;
    // By the clocks of Rome, and as long as an evening.
    set(&lab, "space.zone", "Europe/Rome").await;
    let lab = lab.reopen().await;
    let ken = lab.signed_in(11).await;
    let add = async |name: &str| {
        let new = fields(&[("name", name), ("capacity", "20"), ("floor", "1")]);
        run(&lab.ctx, &ken, AddRoom {}, new).await.unwrap().room
    };
    let (room, other) = (add("A-102").await, add("A-103").await);
    let new = fields(&[("name", "Bookbinders"), ("department", ""), ("admin", "ada@private.example")]);
    let group = run(&lab.ctx, &ken, AddGroup {}, new).await.unwrap().group;
    let member = fields(&[("person", "2"), ("role", "member")]);
    run(&lab.ctx, &ken, AddGroupMember { group }, member).await.unwrap();
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    Term { lab, ken, ada, bob, room, other, group }
}

impl Term {
    /// Tuesdays 18:00 to 20:00, from 19 January to 23 March 2027: ten dates.
    fn tuesdays<'a>(&self, more: &[(&'a str, &'a str)]) -> contract::form::Fields {
        let (resource, group) = (format!("room:{}", self.room), self.group.to_string());
        let mut all = vec![
            ("resource", resource.as_str()),
            ("group", group.as_str()),
            ("weekday", "tuesday"),
            ("from", "18:00"),
            ("to", "20:00"),
            ("first", "2027-01-19"),
            ("last", "2027-03-23"),
        ];
        for (name, value) in more {
            all.retain(|(known, _)| known != name || name.contains('['));
            all.push((name, value));
        }
        fields(&all)
    }

    async fn add(&self, more: &[(&str, &str)]) -> Result<SeriesAdded, SeriesError> {
        run(&self.lab.ctx, &self.ada, AddSeries {}, self.tuesdays(more)).await
    }

    async fn change(&self, series: SeriesId, sent: &[(&str, &str)]) -> Result<SeriesAdded, SeriesError> {
        let version = self.detail(series).await.series.version;
        run(&self.lab.ctx, &self.ada, ChangeSeries { id: series, version }, fields(sent)).await
    }

    async fn detail(&self, series: SeriesId) -> SeriesDetail {
        run(&self.lab.ctx, &self.ken, ReadSeries { id: series }, fields(&[])).await.unwrap()
    }

    /// What each date is, by day and month: `19.1 18:00`, with `-` where it is skipped and `!` where it is lost.
    async fn dates(&self, series: SeriesId) -> Vec<String> {
        let detail = self.detail(series).await;
        let shown = detail.occurrences.iter().map(|one| {
            let (date, wall) = (one.date, one.starts.wall());
            let mark = if one.skipped {
                "-"
            } else if one.lost {
                "!"
            } else {
                ""
            };
            format!("{}.{} {:02}:{:02}{mark}", date.day, date.month, wall.hour, wall.minute)
        });
        shown.collect()
    }

    async fn holding(&self) -> i64 {
        self.lab.number("SELECT count(*) FROM occupation WHERE room_id IS NOT NULL").await
    }
}

/// An hour from this wall time in Rome, in winter.
fn span(day: &str, hour: u32) -> Span {
    let date = Date::from_iso(day).unwrap();
    let starts = Millis(date.days() * 86_400_000).after(HOUR * (hour - 1));
    Span { starts, ends: starts.after(HOUR) }
}

fn problem(error: &SeriesError) -> Problem {
    error.problem(Lang::En)
}

#[tokio::test]
async fn group_admin_books_all_dates_of_a_series_in_one_job() {
    let term = open().await;
    let added = term.add(&[]).await.unwrap();
    assert_eq!((added.booked, added.left_out), (10, 0));
    assert_eq!(term.holding().await, 10);
    let of_group = "SELECT count(*) FROM booking WHERE group_id = 1 AND series_id = 1 AND state = 'approved'";
    assert_eq!(term.lab.number(of_group).await, 10);
    let in_audit = "SELECT count(*) FROM audit WHERE action = 'series.made' AND subject = 'group:1'";
    assert_eq!(term.lab.number(in_audit).await, 1);
    assert!(notices_of(&term.lab, 2).await.contains(&Kind::SeriesChanged), "every member is notified once");
    let mine = run(&term.lab.ctx, &term.bob, ListSeries {}, fields(&[])).await.unwrap();
    assert_eq!(mine.series.iter().map(|one| (one.dates, one.coming)).collect::<Vec<_>>(), [(10, 10)]);
}

#[tokio::test]
async fn member_and_person_without_group_make_no_series() {
    let term = open().await;
    let by_member = run(&term.lab.ctx, &term.bob, AddSeries {}, term.tuesdays(&[])).await.unwrap_err();
    assert_eq!(problem(&by_member).code, "actor.not-allowed");
    let by_person = term.add(&[("group", "")]).await.unwrap_err();
    assert!(problem(&by_person).at("group").is_some());
    let own = run(&term.lab.ctx, &term.ken, AddSeries {}, term.tuesdays(&[("group", ""), ("person", "4")])).await;
    assert_eq!(own.unwrap().booked, 10, "a moderator books for a person");
    assert_eq!(term.lab.number("SELECT count(*) FROM booking WHERE person_id = 4").await, 10);
    let group = term.group;
    run(&term.lab.ctx, &term.ken, ArchiveGroup { id: group }, fields(&[])).await.unwrap();
    assert!(matches!(term.add(&[]).await, Err(SeriesError::UnknownGroup)));
}

#[tokio::test]
async fn preview_lists_taken_dates_with_reason_and_alternatives_and_books_nothing() {
    let term = open().await;
    booked(&term.lab, &term.lab.signed_in(4).await, Resource::Room(term.room), span("2027-01-26", 19)).await;
    let sent = || term.tuesdays(&[("exceptions[]", "2027-02-09"), ("exceptions[]", "2027-02-10")]);
    let preview = run(&term.lab.ctx, &term.ada, PreviewSeries {}, sent()).await.unwrap();
    assert_eq!((preview.free, preview.booked, preview.dates.len()), (8, 9, 10));
    assert_eq!(preview.unmatched, ["2027-02-10"]);
    let taken = &preview.dates[1];
    assert!(!taken.free && taken.reasons.len() == 1, "{taken:?}");
    let instead: Vec<_> = taken.instead.iter().map(|one| (one.name.as_str(), one.choice.as_str())).collect();
    let expected = [
        ("A-103", "2027-01-26 room:2 2027-01-26 18:00-20:00"),
        ("A-102", "2027-01-26 room:1 2027-01-26 17:00-19:00"),
    ];
    assert_eq!(instead, expected);
    assert_eq!(term.holding().await, 1);
    let chosen = [("choices[2027-01-26]", expected[0].1), ("free", "9")];
    let added = term.add(&chosen).await.unwrap();
    assert_eq!((added.booked, added.left_out), (10, 0));
    let elsewhere = "SELECT room_id FROM booking WHERE series_day IS NOT NULL AND room_id <> 1";
    assert_eq!(term.lab.number(elsewhere).await, term.other.0);
}

#[tokio::test]
async fn series_that_changed_since_its_preview_books_nothing() {
    let term = open().await;
    booked(&term.lab, &term.lab.signed_in(4).await, Resource::Room(term.room), span("2027-01-26", 18)).await;
    assert!(matches!(term.add(&[("free", "10")]).await, Err(SeriesError::Overtaken)));
    let late = [("choices[a]", "2027-01-26 room:1 2027-01-26 18:00-20:00")];
    assert!(matches!(term.add(&late).await, Err(SeriesError::Overtaken)), "the choice is taken, too");
    assert_eq!(term.holding().await, 1);
    assert_eq!(term.lab.number("SELECT count(*) FROM series").await, 0);
    // A series whose every date is taken.
    run(&term.lab.ctx, &term.ken, AddSeries {}, term.tuesdays(&[("group", ""), ("person", "4")])).await.unwrap();
    assert!(matches!(term.add(&[]).await, Err(SeriesError::NoneFree)));
}

#[tokio::test(flavor = "multi_thread")]
async fn identical_series_made_at_once_leave_one_holder_of_each_date() {
    let term = open().await;
    let of_another = fields(&[("name", "Weavers"), ("department", ""), ("admin", "ada@private.example")]);
    run(&term.lab.ctx, &term.ken, AddGroup {}, of_another).await.unwrap();
    let mut calls = tokio::task::JoinSet::new();
    for group in ["1", "2", "1", "2"] {
        let (ctx, sent) = (term.lab.ctx.clone(), term.tuesdays(&[("group", group), ("free", "10")]));
        let ada = term.lab.signed_in(1).await;
        calls.spawn(async move { run(&ctx, &ada, AddSeries {}, sent).await });
    }
    let answers = calls.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(
        answers.iter().all(|answer| matches!(answer, Ok(_) | Err(SeriesError::Overtaken | SeriesError::NoneFree)))
    );
    assert_eq!(term.holding().await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn series_is_booked_whole_while_others_book_beside_it() {
    let term = open().await;
    let (bob, mut beside) = (term.lab.signed_in(4).await, tokio::task::JoinSet::new());
    for hour in 8..14 {
        let (ctx, bob, room) = (term.lab.ctx.clone(), bob.clone(), Resource::Room(term.room));
        let one = Ask { resource: room, span: span("2027-01-26", hour), group: None, importance: None };
        beside.spawn(async move { bookings::ask(&ctx, &bob, Ok(one)).await.is_ok() });
    }
    let (ctx, ada, sent) = (term.lab.ctx.clone(), term.ada.clone(), term.tuesdays(&[]));
    let series = tokio::spawn(async move { run(&ctx, &ada, AddSeries {}, sent).await });
    assert!(beside.join_all().await.iter().any(|is_taken| *is_taken));
    assert_eq!(series.await.unwrap().unwrap().booked, 10, "planned again if it must be");
}

// A9.
#[tokio::test]
async fn seminar_keeps_its_time_when_the_clocks_change() {
    let term = open().await;
    let added = term.add(&[("first", "2027-10-05"), ("last", "2027-11-09")]).await.unwrap();
    assert_eq!(added.booked, 6);
    let dates = term.dates(added.series).await;
    assert_eq!(dates, ["5.10 18:00", "12.10 18:00", "19.10 18:00", "26.10 18:00", "2.11 18:00", "9.11 18:00"]);
    // 31 October is the night with 25 hours.
    let gap =
        "SELECT max(gap) FROM (SELECT starts_at - lag(starts_at) OVER (ORDER BY starts_at) AS gap FROM booking)";
    assert_eq!(term.lab.number(gap).await, 7 * 86_400_000 + 3_600_000);
}

#[tokio::test]
async fn invalid_rule_is_refused_at_its_field_with_a_remedy() {
    let term = open().await;
    for (rule, field) in [
        ("FREQ=SECONDLY", "rule"),
        ("FREQ=WEEKLY;BYDAY=МО", "rule"),
        ("FREQ=DAILY;COUNT=10000", "rule"),
        ("FREQ=WEEKLY;BYDAY=2TU", "rule"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20270401", "rule"),
        ("every Tuesday", "rule"),
        ("FREQ=DAILY", "last"),
    ] {
        let refused = term.add(&[("rule", rule), ("last", "2029-06-01")]).await.unwrap_err();
        assert!(problem(&refused).at(field).is_some(), "{rule}: {refused:?}");
    }
    let endless = term.add(&[("rule", "FREQ=WEEKLY"), ("last", "")]).await.unwrap_err();
    assert_eq!(problem(&endless).at("last"), Some("A series needs an end: choose a last date."));
    let backwards = term.add(&[("last", "2027-01-01")]).await.unwrap_err();
    assert!(problem(&backwards).at("last").is_some());
    let every_other = term.add(&[("rule", "freq=weekly;interval=2;byday=tu")]).await.unwrap();
    assert_eq!(every_other.booked, 5);
}

#[tokio::test]
async fn following_dates_get_another_time_and_a_series_of_their_own() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    let sent = [("scope", "following"), ("date", "2027-03-09"), ("from", "18:30"), ("to", "20:30")];
    let preview = run(&term.lab.ctx, &term.ada, PreviewSeriesChange { id: series }, fields(&sent)).await.unwrap();
    assert_eq!((preview.free, preview.dates.len()), (3, 3), "its own dates give way");
    let changed = term.change(series, &sent).await.unwrap();
    assert_ne!(changed.series, series);
    assert_eq!(term.dates(changed.series).await, ["9.3 18:30", "16.3 18:30", "23.3 18:30"]);
    assert_eq!(term.dates(series).await.len(), 7);
    assert_eq!(term.holding().await, 10);
    let all = [("scope", "all"), ("date", "2027-01-19"), ("from", "16:00"), ("to", "17:00")];
    let changed = term.change(series, &all).await.unwrap();
    assert_eq!((changed.series, changed.booked), (series, 7), "no earlier date stays, so it is the same series");
    assert_eq!(term.dates(series).await[0], "19.1 16:00");
}

#[tokio::test]
async fn one_date_moves_to_another_day_and_can_be_skipped_and_had_again() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    let thursday =
        [("scope", "this"), ("date", "2027-01-26"), ("day", "2027-01-28"), ("from", "18:00"), ("to", "20:00")];
    term.change(series, &thursday).await.unwrap();
    let moved = term.detail(series).await.occurrences[1].clone();
    assert!(moved.moved && moved.starts.wall().date.day == 28, "{moved:?}");
    let wrong =
        [("scope", "all"), ("date", "2027-01-26"), ("day", "2027-01-28"), ("from", "18:00"), ("to", "20:00")];
    assert!(problem(&term.change(series, &wrong).await.unwrap_err()).at("day").is_some());
    let skip = SkipSeriesDate { id: series };
    run(&term.lab.ctx, &term.ada, skip.clone(), fields(&[("date", "2027-02-02")])).await.unwrap();
    assert_eq!(term.dates(series).await[2], "2.2 18:00-");
    assert_eq!(term.holding().await, 9);
    let again = run(&term.lab.ctx, &term.ada, skip.clone(), fields(&[("date", "2027-02-02")])).await;
    assert!(matches!(again, Err(SeriesError::NoDate)));
    let none = run(&term.lab.ctx, &term.ada, skip, fields(&[("date", "2027-02-03")])).await;
    assert!(matches!(none, Err(SeriesError::NoDate)));
    let back = [("scope", "this"), ("date", "2027-02-02"), ("from", "18:00"), ("to", "20:00")];
    term.change(series, &back).await.unwrap();
    assert_eq!(term.dates(series).await[2], "2.2 18:00");
    // All dates change but the one that was moved to another day.
    let all = [("scope", "all"), ("date", "2027-01-19"), ("from", "17:00"), ("to", "19:00")];
    assert_eq!(term.change(series, &all).await.unwrap().booked, 9);
    assert_eq!(term.detail(series).await.occurrences[1].starts.wall().hour, 18);
}

#[tokio::test]
async fn change_of_an_older_version_is_refused_and_changes_nothing() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    let change = ChangeSeries { id: series, version: 1 };
    let sent = || fields(&[("scope", "all"), ("date", "2027-01-19"), ("from", "16:00"), ("to", "17:00")]);
    run(&term.lab.ctx, &term.ada, change.clone(), sent()).await.unwrap();
    let stale = run(&term.lab.ctx, &term.ada, change, sent()).await.unwrap_err();
    assert!(matches!(stale, SeriesError::Stale(_)), "{stale:?}");
    let by_bob = run(&term.lab.ctx, &term.bob, ChangeSeries { id: series, version: 2 }, sent()).await.unwrap_err();
    assert_eq!(problem(&by_bob).code, "actor.not-allowed");
    let dana = term.lab.signed_in(5).await;
    let unseen = run(&term.lab.ctx, &dana, ReadSeries { id: series }, fields(&[])).await;
    assert!(matches!(unseen, Err(SeriesError::Unknown)), "it is of a group that is not hers");
}

#[tokio::test]
async fn date_that_is_closed_later_is_lost_until_it_is_solved() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    let room = format!("room:{}", term.room);
    let closing = fields(&[
        ("resource", room.as_str()),
        ("start", "2027-02-02T17:00"),
        ("end", "2027-02-02T19:00"),
        ("maintenance", "yes"),
        ("note", "The heating is repaired"),
        ("call_off", "yes"),
    ]);
    run(&term.lab.ctx, &term.ken, Close {}, closing).await.unwrap();
    assert_eq!(term.dates(series).await[2], "2.2 18:00!");
    let why = term.detail(series).await.occurrences[2].note.clone();
    assert_eq!(why.as_deref(), Some("The heating is repaired"));
    let told = "SELECT count(*) FROM notice WHERE kind = 'booking.cancelled' AND person_id IN (1, 2)";
    assert_eq!(term.lab.number(told).await, 2, "every member of the group");
    let page = run(&term.lab.ctx, &term.ada, ReadSeriesPage { id: series }, fields(&[])).await.unwrap();
    let lost = page.lost.unwrap();
    assert_eq!((lost.date.to_string().as_str(), lost.instead.len()), ("2027-02-02", 2));
    assert_eq!(page.detail.series.lost, 1);
    let choice = lost.instead[0].choice.as_str();
    let solved =
        [("scope", "this"), ("date", "2027-02-02"), ("from", "18:00"), ("to", "20:00"), ("choices[a]", choice)];
    term.change(series, &solved).await.unwrap();
    let solved = term.detail(series).await.occurrences[2].clone();
    assert_eq!((solved.lost, solved.elsewhere.as_deref()), (false, Some("A-103")));
}

#[tokio::test]
async fn calendar_has_a_series_as_one_event_with_its_exceptions_and_moved_dates() {
    let term = open().await;
    let series = term.add(&[("exceptions[]", "2027-02-09")]).await.unwrap().series;
    let later = [("scope", "this"), ("date", "2027-01-26"), ("from", "18:30"), ("to", "20:30")];
    term.change(series, &later).await.unwrap();
    let made = run(&term.lab.ctx, &term.bob, CreateCalendar {}, fields(&[("show", "mine")])).await.unwrap();
    let secret = made.link.0.rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
    let file = services::feeds::read(&term.lab.ctx, &secret).await.unwrap().unwrap().replace("\r\n ", "");
    for line in [
        "BEGIN:VTIMEZONE",
        "UID:series-1@",
        "DTSTART;TZID=Europe/Rome:20270119T180000",
        "RRULE:FREQ=WEEKLY;",
        "EXDATE;TZID=Europe/Rome:20270209T180000",
        "RECURRENCE-ID;TZID=Europe/Rome:20270126T180000",
        "DTSTART;TZID=Europe/Rome:20270126T183000",
    ] {
        assert!(file.lines().any(|known| known.starts_with(line)), "{line}: {file}");
    }
    assert_eq!(file.matches("BEGIN:VEVENT").count(), 2, "{file}");
}

#[tokio::test]
async fn date_cancelled_as_a_booking_counts_as_skipped() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    let first = term.detail(series).await.occurrences[0].booking.unwrap();
    action(&term.lab, &term.ada, first, BookingAction::Cancel).await.unwrap();
    assert_eq!(term.dates(series).await[0], "19.1 18:00-");
}

#[tokio::test]
async fn answer_to_a_moderated_series_is_for_all_of_its_dates() {
    let term = open().await;
    set(&term.lab, "booking.mode", "moderated").await;
    let series = term.add(&[]).await.unwrap().series;
    assert_eq!(term.lab.number("SELECT count(*) FROM booking WHERE state = 'pending'").await, 10);
    let asked = notices_of(&term.lab, 11).await.into_iter().filter(|kind| *kind == Kind::BookingAsked);
    assert_eq!(asked.count(), 1, "moderators are asked once");
    let third = term.detail(series).await.occurrences[2].booking.unwrap();
    action(&term.lab, &term.ken, third, BookingAction::Approve).await.unwrap();
    assert_eq!(term.lab.number("SELECT count(*) FROM booking WHERE state = 'approved'").await, 10);
}

#[tokio::test]
async fn series_ends_early_alone_and_with_its_term() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    let ended = run(&term.lab.ctx, &term.ada, EndSeries { id: series }, fields(&[("last", "2027-03-10")])).await;
    assert_eq!(ended.map(|ended| ended.dates).unwrap(), 2);
    assert_eq!(term.holding().await, 8);
    let by_ada = run(&term.lab.ctx, &term.ada, EndTerm {}, fields(&[("last", "2027-02-28")])).await.unwrap_err();
    assert_eq!(problem(&by_ada).code, "actor.not-allowed");
    let ended = run(&term.lab.ctx, &term.ken, EndTerm {}, fields(&[("last", "2027-02-28")])).await.unwrap();
    assert_eq!((ended.series, ended.dates), (1, 2));
    assert_eq!(term.dates(series).await.len(), 6);
    let ended = run(&term.lab.ctx, &term.ken, EndTerm {}, fields(&[("last", "2027-01-01")])).await.unwrap();
    assert_eq!((ended.series, term.holding().await), (0, 6), "a series of the next term is left alone");
    let before = fields(&[("last", "2027-01-01")]);
    let ended = run(&term.lab.ctx, &term.ada, EndSeries { id: series }, before).await.unwrap();
    assert_eq!((ended.dates, term.holding().await), (6, 0), "a series may end before it begins");
    assert_eq!(term.dates(series).await, ["19.1 18:00-"]);
}

#[tokio::test]
async fn group_without_its_last_admin_keeps_the_dates_of_its_series() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    services::people::leave(&term.lab.ctx, &term.ken, PersonId(1)).await.unwrap();
    assert_eq!(term.detail(series).await.series.coming, 10);
}

#[tokio::test]
async fn empty_form_offers_an_evening_and_invalid_one_shows_faults() {
    let term = open().await;
    let plan = run(&term.lab.ctx, &term.ada, PlanSeries {}, fields(&[])).await.unwrap();
    assert!(plan.resource.is_none() && plan.preview.is_none() && plan.resources.len() >= 2);
    let resource = format!("room:{}", term.room);
    let plan = run(&term.lab.ctx, &term.ada, PlanSeries {}, fields(&[("resource", &resource)])).await.unwrap();
    assert_eq!((plan.asked.first.to_string().as_str(), plan.asked.weekday.as_str()), ("2027-01-22", "friday"));
    assert_eq!(plan.preview.map(|preview| (preview.free, preview.dates.len())), Some((14, 14)));
    let sent = fields(&[("resource", &resource), ("rule", "FREQ=HOURLY")]);
    let plan = run(&term.lab.ctx, &term.ada, PlanSeries {}, sent).await.unwrap();
    assert!(plan.preview.is_none() && plan.problem.unwrap().at("rule").is_some());
}

#[tokio::test]
async fn past_dates_of_a_series_stay_when_all_change() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    term.lab.pass(14 * DAY);
    let ada = term.lab.signed_in(1).await;
    let version = term.detail(series).await.series.version;
    let sent = fields(&[("scope", "all"), ("date", "2027-01-19"), ("from", "16:00"), ("to", "17:00")]);
    let changed = run(&term.lab.ctx, &ada, ChangeSeries { id: series, version }, sent).await.unwrap();
    assert_eq!((changed.booked, term.dates(changed.series).await[0].as_str()), (8, "2.2 16:00"));
    assert_eq!(term.dates(series).await, ["19.1 18:00", "26.1 18:00"]);
    let of_past = "SELECT count(*) FROM booking WHERE series_id = 1";
    assert_eq!(term.lab.number(of_past).await, 2);
    assert_eq!(
        State::parse(&term.lab.text("SELECT state FROM booking WHERE id = 3").await),
        Some(State::Approved)
    );
}
