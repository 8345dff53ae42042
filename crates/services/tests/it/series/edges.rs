//! Series at their edges: who answers for which dates, and what a change may not take.

use super::*;
use contract::groups::{ReadGroupPage, RestoreGroup};
use domain::id::BookingId;
use services::bookings::{
    self,
    hand_over::{accept, offer},
};

/// The calendar `show` as a file, without folded lines.
async fn file(term: &Term, actor: &Actor, show: &str) -> String {
    let made = run(&term.lab.ctx, actor, CreateCalendar {}, fields(&[("show", show)])).await.unwrap();
    let secret = made.link.0.rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
    services::feeds::read(&term.lab.ctx, &secret).await.unwrap().unwrap().replace("\r\n ", "")
}

fn sequence(file: &str) -> i64 {
    file.lines().find_map(|line| line.strip_prefix("SEQUENCE:")).unwrap().parse().unwrap()
}

async fn version(term: &Term, id: BookingId) -> i64 {
    bookings::one(&term.lab.ctx, &term.ken, id).await.unwrap().version
}

#[tokio::test]
async fn moderator_of_some_dates_answers_for_those_alone() {
    let term = open().await;
    set(&term.lab, "booking.mode", "moderated").await;
    let elsewhere = "2027-01-26 room:1 2027-01-26 18:00-20:00";
    let sent = [("resource", "machine:1"), ("choices[2027-01-26]", elsewhere)];
    let series = term.add(&sent).await.unwrap().series;
    for moderator in [6, 11] {
        let asked = notices_of(&term.lab, moderator).await.into_iter().filter(|kind| *kind == Kind::BookingAsked);
        assert_eq!(asked.count(), 1, "{moderator}: Olga for the lasers, Ken for the room");
    }
    let olga = term.lab.signed_in(6).await;
    let first = term.detail(series).await.occurrences[0].booking.unwrap();
    action(&term.lab, &olga, first, BookingAction::Approve).await.unwrap();
    let waiting = "SELECT group_concat(room_id) FROM booking WHERE state = 'pending'";
    assert_eq!(term.lab.text(waiting).await, "1", "the owner of the lasers does not answer for the room");
}

#[tokio::test]
async fn date_handed_over_leaves_the_series_of_its_giver() {
    let term = open().await;
    let carl = term.lab.signed_in(4).await;
    let of_ada = term.tuesdays(&[("group", ""), ("person", "1")]);
    let series = run(&term.lab.ctx, &term.ken, AddSeries {}, of_ada).await.unwrap().series;
    let date = term.detail(series).await.occurrences[1].booking.unwrap();
    offer(&term.lab.ctx, &term.ada, date, version(&term, date).await, "carl@private.example").await.unwrap();
    accept(&term.lab.ctx, &carl, date, version(&term, date).await).await.unwrap();
    assert_eq!(term.dates(series).await[1], "26.1 18:00-");
    let later = [("scope", "all"), ("date", "2027-01-19"), ("from", "19:00"), ("to", "21:00")];
    let version = term.detail(series).await.series.version;
    run(&term.lab.ctx, &term.ken, ChangeSeries { id: series, version }, fields(&later)).await.unwrap();
    let his = bookings::one(&term.lab.ctx, &carl, date).await.unwrap();
    assert_eq!((his.person, his.starts.wall().hour), (Some(PersonId(4)), 18), "it does not move with the others");
    assert!(his.mine && his.series.is_none());
}

#[tokio::test]
async fn series_of_an_archived_group_is_had_again_only_with_the_group() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    run(&term.lab.ctx, &term.ken, ArchiveGroup { id: term.group }, fields(&[])).await.unwrap();
    let again = [("scope", "all"), ("date", "2027-01-19"), ("from", "18:00"), ("to", "20:00")];
    let refused = term.change(series, &again).await;
    assert!(matches!(refused, Err(SeriesError::UnknownGroup)), "{refused:?}");
    assert_eq!(term.holding().await, 0);
    run(&term.lab.ctx, &term.ada, SkipSeriesDate { id: series }, fields(&[("date", "2027-02-02")])).await.unwrap();
    run(&term.lab.ctx, &term.ken, RestoreGroup { id: term.group }, fields(&[])).await.unwrap();
    assert_eq!(term.holding().await, 9, "with the group they come back, but for what was skipped since");
    assert_eq!(term.dates(series).await[..3], ["19.1 18:00", "26.1 18:00", "2.2 18:00-"]);
}

#[tokio::test]
async fn person_skips_dates_of_their_series_and_gives_it_no_other_times() {
    let term = open().await;
    let [carl, olga] = [term.lab.signed_in(4).await, term.lab.signed_in(6).await];
    let of_carl = term.tuesdays(&[("group", ""), ("person", "4")]);
    let series = run(&term.lab.ctx, &term.ken, AddSeries {}, of_carl).await.unwrap().series;
    let page = run(&term.lab.ctx, &carl, ReadSeriesPage { id: series }, fields(&[])).await.unwrap();
    assert!(page.may_change && !page.may_move);
    let elsewhere =
        [("scope", "all"), ("date", "2027-01-19"), ("from", "18:00"), ("to", "20:00"), ("resource", "room:2")];
    let change = ChangeSeries { id: series, version: page.detail.series.version };
    let refused = run(&term.lab.ctx, &carl, change, fields(&elsewhere)).await;
    assert!(matches!(refused, Err(SeriesError::GroupOnly)), "{refused:?}");
    run(&term.lab.ctx, &carl, SkipSeriesDate { id: series }, fields(&[("date", "2027-02-02")])).await.unwrap();
    // Olga owns the lasers, and no room.
    let choice = ("choices[2027-01-26]", "2027-01-26 room:2 2027-01-26 18:00-20:00");
    let sent = term.tuesdays(&[("group", ""), ("person", "5"), ("resource", "machine:1"), choice]);
    let refused = run(&term.lab.ctx, &olga, AddSeries {}, sent).await;
    assert!(matches!(refused, Err(SeriesError::GroupOnly)), "{refused:?}");
}

#[tokio::test]
async fn series_of_an_archived_room_is_still_shown() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    let archived = "UPDATE booking SET state = 'cancelled', decided_at = asked_at;
                    DELETE FROM occupation;
                    UPDATE room SET archived_at = 0 WHERE id = 1";
    term.lab.sql(archived).await;
    let page = run(&term.lab.ctx, &term.ada, ReadSeriesPage { id: series }, fields(&[])).await.unwrap();
    assert_eq!((page.lost, page.detail.series.lost), (None, 10), "nothing can be had instead");
}

#[tokio::test]
async fn feed_of_a_room_names_the_group_of_a_series_only_where_names_are_shown() {
    let term = open().await;
    term.add(&[]).await.unwrap();
    for (shown, is_named) in [("first-name", true), ("nobody", false)] {
        set(&term.lab, "people.shown", shown).await;
        let file = file(&term, &term.ken, "room:1").await;
        assert!(file.contains("UID:series-1@"), "{file}");
        assert_eq!(file.contains("Bookbinders"), is_named, "{shown}: {file}");
    }
}

#[tokio::test]
async fn series_that_waits_is_tentative_and_a_moved_date_raises_its_sequence() {
    let term = open().await;
    set(&term.lab, "booking.mode", "moderated").await;
    let series = term.add(&[]).await.unwrap().series;
    let before = file(&term, &term.ada, "mine").await;
    assert!(before.contains("STATUS:TENTATIVE"), "{before}");
    let first = term.detail(series).await.occurrences[0].booking.unwrap();
    action(&term.lab, &term.ken, first, BookingAction::Approve).await.unwrap();
    let approved = file(&term, &term.ada, "mine").await;
    assert!(approved.contains("STATUS:CONFIRMED") && sequence(&approved) > sequence(&before), "{approved}");
    let shorter_span = span("2027-01-19", 18);
    bookings::move_to(&term.lab.ctx, &term.ada, first, version(&term, first).await, Ok(shorter_span))
        .await
        .unwrap();
    let shorter = file(&term, &term.ada, "mine").await;
    assert!(sequence(&shorter) > sequence(&approved), "{shorter}");
    assert!(shorter.contains("DTEND;TZID=Europe/Rome:20270119T190000"), "{shorter}");
}

#[tokio::test]
async fn series_ended_in_the_past_shows_its_past_dates() {
    let term = open().await;
    let series = term.add(&[("first", "2027-01-18")]).await.unwrap().series;
    term.lab.pass(14 * DAY);
    let ada = term.lab.signed_in(1).await;
    let before_all = fields(&[("last", "2027-01-18")]);
    run(&term.lab.ctx, &ada, EndSeries { id: series }, before_all).await.unwrap();
    assert_eq!(term.dates(series).await, ["19.1 18:00", "26.1 18:00"]);
    // One that has not begun keeps its first date, as an exception.
    let sent = [("first", "2027-02-01"), ("last", "2027-03-02"), ("from", "10:00"), ("to", "11:00")];
    let series = run(&term.lab.ctx, &ada, AddSeries {}, term.tuesdays(&sent)).await.unwrap().series;
    run(&term.lab.ctx, &ada, EndSeries { id: series }, fields(&[("last", "2027-02-01")])).await.unwrap();
    assert_eq!(term.dates(series).await, ["2.2 10:00-"]);
}

#[tokio::test]
async fn dates_of_a_series_leave_a_group_its_single_bookings() {
    let term = open().await;
    set(&term.lab, "booking.group-open", "2").await;
    term.add(&[]).await.unwrap();
    let ask = |hour| bookings::Ask {
        resource: Resource::Room(term.other),
        span: span("2027-01-18", hour),
        group: Some(term.group),
        importance: None,
    };
    for hour in [10, 12] {
        bookings::ask(&term.lab.ctx, &term.ada, Ok(ask(hour))).await.unwrap();
    }
    let third = bookings::ask(&term.lab.ctx, &term.ada, Ok(ask(14))).await.unwrap_err();
    assert_eq!(third.problem(Lang::En).code, "booking.refused", "two at once, beside ten dates");
}

#[tokio::test]
async fn series_that_ends_when_it_begins_is_refused_at_its_end() {
    let term = open().await;
    let refused = term.add(&[("to", "18:00")]).await.unwrap_err();
    assert!(problem(&refused).at("to").is_some(), "{refused:?}");
}

#[tokio::test]
async fn page_of_a_group_has_the_notices_about_its_series() {
    let term = open().await;
    term.add(&[]).await.unwrap();
    let page = run(&term.lab.ctx, &term.bob, ReadGroupPage { id: term.group }, fields(&[])).await.unwrap();
    let kinds: Vec<_> = page.notices.iter().filter_map(|one| Some(one.told.as_ref()?.notice.kind())).collect();
    assert!(kinds.contains(&Kind::SeriesChanged), "{kinds:?}");
}

#[tokio::test]
async fn another_room_alone_leaves_a_moved_date_its_hours_and_new_hours_leave_it_too() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    let earlier = [("scope", "this"), ("date", "2027-01-26"), ("from", "15:00"), ("to", "17:00")];
    term.change(series, &earlier).await.unwrap();
    let elsewhere =
        [("scope", "all"), ("date", "2027-01-19"), ("resource", "room:2"), ("from", "18:00"), ("to", "20:00")];
    let changed = term.change(series, &elsewhere).await.unwrap();
    assert_eq!((changed.series, changed.booked, changed.left_out), (series, 10, 0));
    assert_eq!(term.dates(series).await[..3], ["19.1 18:00", "26.1 15:00", "2.2 18:00"]);
    assert_eq!(term.lab.number("SELECT count(*) FROM occupation WHERE room_id = 2").await, 10);
    let sooner = [("scope", "all"), ("date", "2027-01-19"), ("from", "17:00"), ("to", "19:00")];
    assert_eq!(term.change(series, &sooner).await.unwrap().booked, 9);
    assert_eq!(term.dates(series).await[..3], ["19.1 17:00", "26.1 15:00", "2.2 17:00"]);
    // From the moved date on, with that date.
    let later = [("scope", "following"), ("date", "2027-01-26"), ("from", "18:30"), ("to", "20:30")];
    let changed = term.change(series, &later).await.unwrap();
    assert_eq!((changed.booked, term.dates(series).await), (9, vec!["19.1 17:00".to_owned()]));
    assert_eq!(term.dates(changed.series).await[..2], ["26.1 18:30", "2.2 18:30"]);
}

#[tokio::test]
async fn change_named_by_a_date_with_hours_of_its_own_changes_it_and_no_other_exception() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    for (date, day, from, to) in [
        ("2027-01-26", "2027-01-26", "15:00", "17:00"),
        ("2027-02-02", "2027-02-02", "16:00", "18:00"),
        ("2027-02-09", "2027-02-11", "18:00", "20:00"),
    ] {
        let moved = [("scope", "this"), ("date", date), ("day", day), ("from", from), ("to", to)];
        term.change(series, &moved).await.unwrap();
    }
    let later = [("scope", "all"), ("date", "2027-01-26"), ("from", "19:00"), ("to", "21:00")];
    let preview = run(&term.lab.ctx, &term.ada, PreviewSeriesChange { id: series }, fields(&later)).await.unwrap();
    assert_eq!(preview.dates.len(), 8);
    assert_eq!(term.change(series, &later).await.unwrap().booked, 8);
    assert_eq!(term.dates(series).await[..4], ["19.1 19:00", "26.1 19:00", "2.2 16:00", "9.2 18:00"]);
    // One that was moved to another day gets the hours on that day.
    let sooner = [("scope", "all"), ("date", "2027-02-09"), ("from", "17:00"), ("to", "19:00")];
    assert_eq!(term.change(series, &sooner).await.unwrap().booked, 9);
    assert_eq!(term.dates(series).await[..4], ["19.1 17:00", "26.1 17:00", "2.2 16:00", "9.2 17:00"]);
    assert_eq!(term.detail(series).await.occurrences[3].starts.wall().date.day, 11);
    // The place alone leaves the hours of the named date, too.
    let elsewhere =
        [("scope", "all"), ("date", "2027-02-02"), ("resource", "room:2"), ("from", "17:00"), ("to", "19:00")];
    assert_eq!(term.change(series, &elsewhere).await.unwrap().booked, 9);
    assert_eq!(term.dates(series).await[..4], ["19.1 17:00", "26.1 17:00", "2.2 16:00", "9.2 17:00"]);
    assert_eq!(term.lab.number("SELECT count(*) FROM occupation WHERE room_id = 2").await, 9);
}

#[tokio::test]
async fn new_hours_reach_every_date_if_none_is_at_the_hours_of_the_rule() {
    let term = open().await;
    let sent = [("first", "2027-01-19"), ("last", "2027-01-19")];
    let series = term.add(&sent).await.unwrap().series;
    let moved = [("scope", "this"), ("date", "2027-01-19"), ("from", "15:00"), ("to", "17:00")];
    term.change(series, &moved).await.unwrap();
    let all = [("scope", "all"), ("date", "2027-01-19"), ("from", "16:00"), ("to", "18:00")];
    assert_eq!(term.change(series, &all).await.unwrap().booked, 1);
    assert_eq!(term.dates(series).await, ["19.1 16:00"]);
}

#[tokio::test]
async fn change_of_all_after_exceptions_leaves_no_empty_series() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    run(&term.lab.ctx, &term.ada, SkipSeriesDate { id: series }, fields(&[("date", "2027-01-19")])).await.unwrap();
    let thursday =
        [("scope", "this"), ("date", "2027-01-26"), ("day", "2027-01-28"), ("from", "18:00"), ("to", "20:00")];
    term.change(series, &thursday).await.unwrap();
    let all = [("scope", "all"), ("date", "2027-02-02"), ("from", "17:00"), ("to", "19:00")];
    let changed = term.change(series, &all).await.unwrap();
    assert_eq!((changed.series, changed.booked), (series, 8));
    assert_eq!(term.lab.number("SELECT count(*) FROM series").await, 1);
    assert_eq!(term.dates(series).await[..3], ["19.1 17:00-", "26.1 18:00", "2.2 17:00"]);
    // Also if the skipped date is over.
    term.lab.pass(7 * DAY);
    let ada = term.lab.signed_in(1).await;
    let version = term.detail(series).await.series.version;
    let again = fields(&[("scope", "all"), ("date", "2027-02-02"), ("from", "16:00"), ("to", "18:00")]);
    let changed = run(&term.lab.ctx, &ada, ChangeSeries { id: series, version }, again).await.unwrap();
    assert_eq!((changed.series, term.lab.number("SELECT count(*) FROM series").await), (series, 1));
}

#[tokio::test]
async fn dates_of_a_series_are_as_important_as_it_states_where_the_room_asks() {
    let term = open().await;
    term.lab.sql("UPDATE room SET importance = 1 WHERE id = 1").await;
    let series = term.add(&[("importance", "5")]).await.unwrap().series;
    let rated = "SELECT count(*) FROM booking WHERE importance = 5 AND state = 'approved'";
    assert_eq!(term.lab.number(rated).await, 10);
    run(&term.lab.ctx, &term.ada, SkipSeriesDate { id: series }, fields(&[("date", "2027-02-02")])).await.unwrap();
    let back = [("scope", "this"), ("date", "2027-02-02"), ("from", "18:00"), ("to", "20:00")];
    term.change(series, &back).await.unwrap();
    assert_eq!(term.lab.number(rated).await, 10, "one that is had again, too");
    let refused = term.add(&[("importance", "6")]).await.unwrap_err();
    assert!(problem(&refused).at("importance").is_some(), "{refused:?}");
    // A room that does not ask has none.
    term.add(&[("resource", "room:2"), ("importance", "4"), ("from", "10:00"), ("to", "11:00")]).await.unwrap();
    assert_eq!(term.lab.number("SELECT count(*) FROM booking WHERE importance = 4").await, 0);
    let sent = fields(&[("resource", "room:1")]);
    assert!(run(&term.lab.ctx, &term.ada, PlanSeries {}, sent).await.unwrap().rates);
}

#[tokio::test]
async fn member_makes_a_series_for_themselves_where_the_rules_allow_it() {
    let term = open().await;
    let carl = term.lab.signed_in(4).await;
    let sent = || term.tuesdays(&[("group", "")]);
    let refused = run(&term.lab.ctx, &carl, AddSeries {}, sent()).await;
    assert!(matches!(refused, Err(SeriesError::GroupOnly)), "{refused:?}");
    assert!(!run(&term.lab.ctx, &carl, ListSeries {}, fields(&[])).await.unwrap().may_add);
    set(&term.lab, "booking.own-series", "yes").await;
    let added = run(&term.lab.ctx, &carl, AddSeries {}, sent()).await.unwrap();
    assert_eq!(term.lab.number("SELECT count(*) FROM booking WHERE person_id = 4 AND group_id IS NULL").await, 10);
    let page = run(&term.lab.ctx, &carl, ReadSeriesPage { id: added.series }, fields(&[])).await.unwrap();
    assert!(page.may_change && page.may_move);
    assert!(run(&term.lab.ctx, &carl, ListSeries {}, fields(&[])).await.unwrap().may_add);
    let version = page.detail.series.version;
    let later = fields(&[("scope", "all"), ("date", "2027-01-19"), ("from", "19:00"), ("to", "21:00")]);
    run(&term.lab.ctx, &carl, ChangeSeries { id: added.series, version }, later).await.unwrap();
    assert_eq!(term.dates(added.series).await[0], "19.1 19:00");
    // Not for others.
    let for_dana = term.tuesdays(&[("group", ""), ("person", "5"), ("from", "10:00"), ("to", "11:00")]);
    let refused = run(&term.lab.ctx, &carl, AddSeries {}, for_dana).await;
    assert!(matches!(refused, Err(SeriesError::GroupOnly)), "{refused:?}");
}

/// Moves this date to the other room at its hours.
async fn to_other_room(term: &Term, series: SeriesId, date: &str) {
    let moved = [("scope", "this"), ("date", date), ("resource", "room:2"), ("from", "18:00"), ("to", "20:00")];
    term.change(series, &moved).await.unwrap();
}

#[tokio::test]
async fn named_date_in_another_room_keeps_its_room_and_gets_the_hours_of_the_others() {
    let term = open().await;
    let carl = term.lab.signed_in(4).await;
    let series = term.add(&[]).await.unwrap().series;
    for date in ["2027-01-26", "2027-02-02"] {
        to_other_room(&term, series, date).await;
    }
    // That the room of the others is taken does not matter to it.
    booked(&term.lab, &carl, Resource::Room(term.room), span("2027-01-26", 15)).await;
    let sooner = [("scope", "all"), ("date", "2027-01-26"), ("from", "15:00"), ("to", "17:00")];
    let preview =
        run(&term.lab.ctx, &term.ada, PreviewSeriesChange { id: series }, fields(&sooner)).await.unwrap();
    assert_eq!((preview.free, preview.dates.len()), (9, 9));
    let changed = term.change(series, &sooner).await.unwrap();
    assert_eq!((changed.series, changed.booked, changed.left_out), (series, 9, 0));
    assert_eq!(term.dates(series).await[..4], ["19.1 15:00", "26.1 15:00", "2.2 18:00", "9.2 15:00"]);
    let rooms: Vec<_> = term.detail(series).await.occurrences.into_iter().map(|one| one.elsewhere).collect();
    assert_eq!(rooms[..4], [None, Some("A-103".to_owned()), Some("A-103".to_owned()), None]);
    // A change that names a room is for it, too.
    let here =
        [("scope", "all"), ("date", "2027-01-26"), ("resource", "room:1"), ("from", "16:00"), ("to", "18:00")];
    assert_eq!(term.change(series, &here).await.unwrap().booked, 9);
    assert_eq!(term.lab.number("SELECT count(*) FROM occupation WHERE room_id = 2").await, 1);
}

#[tokio::test]
async fn named_date_whose_own_room_is_taken_has_its_reason_and_alternatives_for_that_room() {
    let term = open().await;
    let carl = term.lab.signed_in(4).await;
    let series = term.add(&[]).await.unwrap().series;
    to_other_room(&term, series, "2027-01-26").await;
    booked(&term.lab, &carl, Resource::Room(term.other), span("2027-01-26", 17)).await;
    let sooner = [("scope", "following"), ("date", "2027-01-26"), ("from", "17:00"), ("to", "19:00")];
    let preview =
        run(&term.lab.ctx, &term.ada, PreviewSeriesChange { id: series }, fields(&sooner)).await.unwrap();
    assert_eq!((preview.free, preview.dates.len()), (8, 9));
    let taken = &preview.dates[0];
    assert!(!taken.free && taken.reasons.len() == 1, "{taken:?}");
    let instead: Vec<_> = taken.instead.iter().map(|one| (one.name.as_str(), one.same_place)).collect();
    assert_eq!(instead[..2], [("A-102", false), ("A-103", true)]);
}

#[tokio::test]
async fn last_date_in_another_room_gets_hours_with_the_dates_that_follow_it() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    to_other_room(&term, series, "2027-03-23").await;
    let later = [("scope", "following"), ("date", "2027-03-23"), ("from", "17:00"), ("to", "18:00")];
    let changed = term.change(series, &later).await.unwrap();
    assert_eq!((changed.booked, term.dates(changed.series).await), (1, vec!["23.3 17:00".to_owned()]));
    let last = term.detail(changed.series).await.occurrences.remove(0);
    assert_eq!(last.elsewhere.as_deref(), Some("A-103"));
}

#[tokio::test]
async fn change_named_by_a_date_that_the_series_has_not_is_refused_in_every_scope() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    for scope in ["this", "following", "all"] {
        let wednesday = [("scope", scope), ("date", "2027-01-20"), ("from", "17:00"), ("to", "19:00")];
        let refused = term.change(series, &wednesday).await;
        assert!(matches!(refused, Err(SeriesError::NoDate)), "{scope}: {refused:?}");
    }
    assert_eq!(term.dates(series).await[0], "19.1 18:00");
}

#[tokio::test]
async fn restored_series_waits_for_its_answer_again_and_its_moderators_are_asked_once() {
    let term = open().await;
    set(&term.lab, "booking.mode", "moderated").await;
    term.add(&[]).await.unwrap();
    run(&term.lab.ctx, &term.ada, ArchiveGroup { id: term.group }, fields(&[])).await.unwrap();
    run(&term.lab.ctx, &term.ada, RestoreGroup { id: term.group }, fields(&[])).await.unwrap();
    assert_eq!(term.lab.number("SELECT count(*) FROM booking WHERE state = 'pending'").await, 10);
    let asked = notices_of(&term.lab, 11).await.into_iter().filter(|kind| *kind == Kind::BookingAsked);
    assert_eq!(asked.count(), 2, "before and after");
}

#[tokio::test]
async fn date_of_a_restored_group_that_was_closed_meanwhile_has_the_reason_of_the_closure() {
    let term = open().await;
    let series = term.add(&[]).await.unwrap().series;
    run(&term.lab.ctx, &term.ken, ArchiveGroup { id: term.group }, fields(&[])).await.unwrap();
    let room = format!("room:{}", term.room);
    let closing = fields(&[
        ("resource", room.as_str()),
        ("start", "2027-02-02T17:00"),
        ("end", "2027-02-02T19:00"),
        ("maintenance", "yes"),
        ("note", "Painting"),
    ]);
    run(&term.lab.ctx, &term.ken, Close {}, closing).await.unwrap();
    let restored = run(&term.lab.ctx, &term.ken, RestoreGroup { id: term.group }, fields(&[])).await.unwrap();
    assert_eq!((restored.restored, restored.lost), (9, 1));
    assert_eq!(restored.lost_bookings[0].reason, "booking.taken");
    let closed = term.detail(series).await.occurrences.remove(2);
    assert_eq!((closed.lost, closed.note.as_deref()), (true, Some("Painting")));
}

#[tokio::test]
async fn admins_of_an_archived_group_get_one_notice_of_a_series_and_one_of_a_single_booking() {
    let term = open().await;
    term.add(&[]).await.unwrap();
    let single = span("2027-01-26", 10);
    let of_group =
        Ask { resource: Resource::Room(term.room), span: single, group: Some(term.group), importance: None };
    bookings::ask(&term.lab.ctx, &term.ada, Ok(of_group)).await.unwrap();
    let before = notices_of(&term.lab, 1).await.len();
    run(&term.lab.ctx, &term.ada, ArchiveGroup { id: term.group }, fields(&[])).await.unwrap();
    assert_eq!(notices_of(&term.lab, 1).await[before..], [Kind::BookingCancelled, Kind::SeriesChanged]);
    let ended = "SELECT count(*) FROM notice WHERE person_id = 1 AND subject LIKE 'series:1 ended %'";
    assert_eq!((term.lab.number(ended).await, term.holding().await), (1, 0));
}
