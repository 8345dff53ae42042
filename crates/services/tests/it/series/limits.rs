//! How far ahead a series reaches, its hours of the week, and the single bookings that it leaves.

use super::*;

fn at_last(error: &SeriesError) -> String {
    problem(error).at("last").map(ToString::to_string).unwrap_or_default()
}

#[tokio::test]
async fn series_beyond_its_horizon_is_refused_at_the_last_date() {
    let term = open().await;
    // Today is 15 January 2027.
    set(&term.lab, "booking.series", "60").await;
    let message = at_last(&term.add(&[]).await.unwrap_err());
    assert!(message.contains("16 March") && message.contains("60 days"), "{message}");
    assert!(message.contains("Choose an earlier last date"), "{message}");
    let preview = run(&term.lab.ctx, &term.ada, PreviewSeries {}, term.tuesdays(&[])).await.unwrap_err();
    assert_eq!(at_last(&preview), message);
    let moderator = term.tuesdays(&[("group", ""), ("person", "4")]);
    let moderator = run(&term.lab.ctx, &term.ken, AddSeries {}, moderator).await.unwrap_err();
    assert_eq!(at_last(&moderator), message, "as for single bookings, on whomever's behalf");
    assert_eq!(term.holding().await, 0);
    let added = term.add(&[("last", "2027-03-16")]).await.unwrap();
    assert_eq!((added.booked, added.left_out), (9, 0), "the last day of the horizon is one of them");
    // No date is moved beyond it either.
    let before = term.dates(added.series).await;
    let choice = ("choices[2027-01-26]", "2027-01-26 room:1 2028-03-07 18:00-20:00");
    for moved in [
        vec![("scope", "this"), ("date", "2027-01-19"), ("day", "2028-03-07"), ("from", "18:00"), ("to", "20:00")],
        vec![("scope", "all"), ("date", "2027-01-19"), ("from", "18:00"), ("to", "20:00"), choice],
    ] {
        let refused = term.change(added.series, &moved).await;
        assert!(refused.is_err(), "{moved:?}: {refused:?}");
        assert_eq!(term.dates(added.series).await, before);
    }
    // Its dates can still be changed when the horizon is shorter.
    set(&term.lab, "booking.series", "7").await;
    let moved = [("scope", "all"), ("date", "2027-01-19"), ("from", "17:00"), ("to", "19:00")];
    assert_eq!(term.change(added.series, &moved).await.unwrap().booked, 9);
    let one = term.add(&[("last", "2027-01-19"), ("from", "10:00"), ("to", "11:00")]).await.unwrap();
    assert_eq!(one.booked, 1);
}

#[tokio::test]
async fn room_may_have_a_horizon_of_its_own() {
    let term = open().await;
    set(&term.lab, "booking.series", "60").await;
    term.lab.sql("UPDATE room SET series = 30 WHERE id = 1; UPDATE room SET series = 90 WHERE id = 2").await;
    let message = at_last(&term.add(&[("resource", "room:1")]).await.unwrap_err());
    assert!(message.contains("14 February") && message.contains("30 days"), "{message}");
    assert!(term.add(&[("resource", "room:2")]).await.is_ok());
}

#[tokio::test]
async fn excepted_date_beyond_the_horizon_refuses_nothing() {
    let term = open().await;
    set(&term.lab, "booking.series", "60").await;
    let added = term.add(&[("exceptions[]", "2027-03-23")]).await.unwrap();
    assert_eq!(added.booked, 9);
}

#[tokio::test]
async fn dates_of_series_count_towards_the_hours_of_the_week() {
    let term = open().await;
    set(&term.lab, "booking.group-weekly", "3").await;
    set(&term.lab, "booking.weekly", "3").await;
    term.add(&[]).await.unwrap();
    // Two hours each week are taken; another two are too many, one is not.
    let second = [("resource", "room:2"), ("weekday", "thursday"), ("first", "2027-01-21")];
    let preview = run(&term.lab.ctx, &term.ada, PreviewSeries {}, term.tuesdays(&second)).await.unwrap();
    assert_eq!((preview.free, preview.limit), (0, Some(180)));
    assert!(preview.dates[0].reasons.iter().any(|reason| reason.contains("week")), "{:?}", preview.dates[0]);
    assert!(matches!(term.add(&second).await, Err(SeriesError::NoneFree)));
    let mut shorter = second.to_vec();
    shorter.push(("to", "19:00"));
    assert_eq!(term.add(&shorter).await.unwrap().booked, 9);
    // Of a person, booked by a moderator.
    let own = |room: &'static str, weekday: &'static str| {
        [
            ("group", ""),
            ("person", "4"),
            ("resource", room),
            ("weekday", weekday),
            ("from", "10:00"),
            ("to", "12:00"),
        ]
    };
    run(&term.lab.ctx, &term.ken, AddSeries {}, term.tuesdays(&own("room:1", "wednesday"))).await.unwrap();
    let again = run(&term.lab.ctx, &term.ken, AddSeries {}, term.tuesdays(&own("room:2", "friday"))).await;
    assert!(matches!(again, Err(SeriesError::NoneFree)), "{again:?}");
}

#[tokio::test]
async fn series_of_a_member_counts_towards_weekly_hours_and_leaves_open_bookings() {
    let term = open().await;
    for (key, value) in [("booking.own-series", "yes"), ("booking.open", "1"), ("booking.weekly", "3")] {
        set(&term.lab, key, value).await;
    }
    let carl = term.lab.signed_in(4).await;
    let added = run(&term.lab.ctx, &carl, AddSeries {}, term.tuesdays(&[("group", "")])).await.unwrap();
    assert_eq!(added.booked, 10);
    let ask = async |day: &'static str| {
        let (resource, span) = (Resource::Room(term.other), span(day, 10));
        bookings::ask(&term.lab.ctx, &carl, Ok(Ask { resource, span, group: None, importance: None })).await
    };
    ask("2027-01-20").await.unwrap();
    let second = ask("2027-01-25").await;
    let Err(bookings::BookingsError::Refused(second)) = second else { panic!("{second:?}") };
    let codes: Vec<_> = second.refusals.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(codes, ["booking.too-many"], "one beside the ten dates");
    let another = [("group", ""), ("resource", "room:2"), ("weekday", "thursday"), ("first", "2027-01-21")];
    let refused = run(&term.lab.ctx, &carl, AddSeries {}, term.tuesdays(&another)).await;
    assert!(matches!(refused, Err(SeriesError::NoneFree)), "four hours a week: {refused:?}");
}
