//! Searches for free time in words: resources, times, lengths, and unknown words.

use super::{found, open};
use crate::lab::{
    LASER_ID,
    bookings::{booked, span},
};
use contract::bookings::Found;
use domain::{
    bookings::{Resource, ResourceFilter, When},
    id::{RoomId, TypeId},
};
use services::bookings::{self, Search};
use text::Lang;

#[tokio::test]
async fn search_text_is_parsed_and_explicit_choices_take_precedence() {
    let lab = open().await;
    let ada_in = lab.signed_in(1).await;
    let message = |message: &str| Search { message: message.to_owned(), ..Search::default() };
    let find = async |search| bookings::find(&lab.ctx, &ada_in, Lang::En, search).await.unwrap();
    let name_of = |found: &Found| {
        let chosen = found.choices.iter().find(|(expected, _)| Some(*expected) == found.wanted);
        chosen.map(|(_, name)| name.clone())
    };
    let lathe = find(message("lathe tomorrow, 1.5 h")).await;
    assert_eq!((lathe.minutes, lathe.when, lathe.unheard.as_deref()), (90, When::Tomorrow.into(), None));
    assert!(lathe.is_understood() && lathe.lengths.contains(&90), "{lathe:?}");
    assert!(name_of(&lathe).is_some_and(|name| name.to_lowercase().contains("lathe")), "{lathe:?}");
    let nothing = find(message("flux capacitor, today")).await;
    assert_eq!((nothing.unheard.as_deref(), nothing.when), (Some("flux capacitor"), When::Today.into()));
    assert!(!nothing.is_understood() && nothing.wanted.is_none() && nothing.resources.is_empty(), "{nothing:?}");
    assert!(!nothing.choices.is_empty(), "the lists are still there");
    let typo = find(message("lathe tomorow 2 h")).await;
    assert!(!typo.is_understood() && typo.unheard.is_none() && !typo.resources.is_empty(), "{typo:?}");
    let terms: Vec<_> = typo.terms.iter().map(|term| (term.words.as_str(), term.rest.as_str())).collect();
    assert_eq!(terms, [("lathe", "tomorow 2 h"), ("tomorow", "lathe 2 h"), ("2 h", "lathe tomorow")]);
    let both =
        find(Search { wanted: Some(ResourceFilter::Type(TypeId(3))), minutes: Some(60), ..message("lathe 2 h") })
            .await;
    assert_eq!((both.wanted, both.minutes), (Some(ResourceFilter::Type(TypeId(3))), 60));
}

#[tokio::test]
async fn anything_means_every_bookable_resource() {
    let lab = open().await;
    let ada_in = lab.signed_in(1).await;
    lab.sql("INSERT INTO room (id, name, capacity) VALUES (1, 'Hall', 8)").await;
    let find = async |message: &str| {
        let search = Search { message: message.to_owned(), ..Search::default() };
        bookings::find(&lab.ctx, &ada_in, Lang::En, search).await.unwrap()
    };
    let names = |found: &Found| {
        let mut names: Vec<_> = found.resources.iter().map(|one| one.bookable.name.clone()).collect();
        names.sort();
        names
    };
    for message in ["something free tomorrow, 1 h", "qualcosa di libero domani, 1 h"] {
        let anything = find(message).await;
        assert_eq!((anything.wanted, anything.is_understood()), (Some(ResourceFilter::Any), true), "{message}");
        assert_eq!(names(&anything), ["Hall", "Laser"], "no lathe, which she may not use: {message}");
        assert!(
            anything.barred.is_none() && anything.resources.iter().all(|one| !one.times.is_empty()),
            "{message}"
        );
    }
    booked(&lab, &lab.signed_in(4).await, Resource::Machine(LASER_ID), span(60, 60)).await;
    assert_eq!(names(&find("something today at 9, 1 h").await), ["Hall"], "the laser is Carl’s then");
}

#[tokio::test]
async fn stated_hours_narrow_search() {
    let lab = open().await;
    let ada_in = lab.signed_in(1).await;
    let clocks = async |words: &str| {
        let search = Search {
            wanted: Some(ResourceFilter::Type(TypeId(3))),
            message: words.to_owned(),
            ..Search::default()
        };
        let found = bookings::find(&lab.ctx, &ada_in, Lang::En, search).await.unwrap();
        let walls = found.resources[0].times.iter().map(|time| (time.starts.wall(), time.ends.wall()));
        walls.map(|(starts, ends)| (starts.date.day, starts.hour, ends.hour)).collect::<Vec<_>>()
    };
    assert_eq!(clocks("tomorrow 18–20").await, [(16, 18, 20)], "as long as the two hours are apart");
    assert_eq!(clocks("tomorrow 18–20 1 h").await, [(16, 18, 19), (16, 19, 20)]);
    assert_eq!(clocks("tomorrow at 9, 1 h").await, [(16, 9, 10)]);
    assert!(clocks("after 17, 1 h").await.iter().all(|(_, starts, _)| *starts >= 17));
    let days: Vec<_> = clocks("this week 1 h").await.iter().map(|(day, ..)| *day).collect();
    assert_eq!(days, [15, 16, 17], "up to Sunday");
    assert_eq!(clocks("saturday morning 1 h").await.first(), Some(&(16, 6, 7)));
}

#[tokio::test]
async fn bare_hour_is_searched_within_opening_hours() {
    let lab = open().await;
    let ada_in = lab.signed_in(1).await;
    let first = async |search: Search| {
        let found = bookings::find(&lab.ctx, &ada_in, Lang::En, search).await.unwrap();
        found.resources[0].times.first().map(|time| time.starts.wall().hour)
    };
    let laser = |words: &str| Search {
        wanted: Some(ResourceFilter::Type(TypeId(3))),
        message: words.to_owned(),
        ..Search::default()
    };
    let message = |words: &str| Search { message: words.to_owned(), ..Search::default() };
    assert_eq!(first(laser("tomorrow after 6, 1 h")).await, Some(18), "after work, where it never closes");
    assert_eq!(first(laser("tomorrow afternoon after 3, 1 h")).await, Some(15));
    assert_eq!(first(laser("domani sera dopo le 8, 1 ora")).await, Some(20));
    // The space is open in the evening, and the laser from five to noon.
    lab.sql(
        "INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min)
             SELECT 'space', 0, value, 1020, 1380 FROM json_each('[0,1,2,3,4,5,6]');
         INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min)
             SELECT 'type', 3, value, 300, 720 FROM json_each('[0,1,2,3,4,5,6]')",
    )
    .await;
    assert_eq!(first(laser("tomorrow after 6, 1 h")).await, Some(6), "of the type that is chosen");
    assert_eq!(first(message("laser tomorrow at 6, 1 h")).await, Some(6), "of the one that is named");
    lab.sql("DELETE FROM opening_hours WHERE scope = 'type'").await;
    assert_eq!(first(laser("tomorrow at 8, 1 h")).await, Some(20));
    assert_eq!(first(laser("tomorrow at 8 am, 1 h")).await, None);
}

#[tokio::test]
async fn way_to_permission_is_shown_only_for_named_resources() {
    let lab = open().await;
    let carl = lab.signed_in(4).await;
    lab.sql("INSERT INTO hold (person_id, reason, placed_at) VALUES (4, 'unpaid', 0)").await;
    let find = async |search| bookings::find(&lab.ctx, &carl, Lang::En, search).await.unwrap();
    let message = |message: &str| Search { message: message.to_owned(), ..Search::default() };
    for search in [
        message("anything tomorrow"),
        message(""),
        message("tomorrow 2 h"),
        Search { wanted: Some(ResourceFilter::Any), ..Search::default() },
    ] {
        let found = find(search.clone()).await;
        assert_eq!(found.barred, None, "{search:?}");
        assert!(found.resources.iter().all(|one| one.times.is_empty()), "{search:?}");
    }
    for search in [
        message("lathe tomorrow"),
        Search { wanted: Some(ResourceFilter::Type(TypeId(3))), ..message("tomorrow") },
    ] {
        let found = find(search.clone()).await;
        assert_eq!(found.barred, found.resources[0].bookable.resource.machine(), "{search:?}");
        assert!(found.barred.is_some(), "{search:?}");
    }
}

#[tokio::test]
async fn time_blocked_by_own_booking_is_listed_as_not_shown() {
    let lab = open().await;
    let ada_in = lab.signed_in(1).await;
    lab.sql("INSERT INTO room (id, name, capacity) VALUES (1, 'Hall', 8)").await;
    booked(&lab, &ada_in, Resource::Room(RoomId(1)), span(60, 60)).await;
    let today = found(&lab, &ada_in, 60, When::Today).await;
    let left_out: Vec<_> = today.not_shown.iter().map(|(time, names)| (time.starts.at, names.len())).collect();
    assert_eq!(left_out, [(span(60, 60).starts, today.resources.len())], "{today:?}");
}
