//! A training event as a row of a list: its date, what it is about, and what it is to the reader.
//!
//! Invariant: the words of the row are the same on every page. Not here: the lists.

use crate::{lang, ui::list::whole};
use contract::training_events::EventLine;
use domain::training_events::{EventState, PlaceState};
use leptos::prelude::*;
use text::{Lang, time};

/// A row of `<ol class="list occ events">`.
#[component]
pub fn EventRow(
    line: EventLine,
    /// People on its waiting list.
    #[prop(optional)]
    waiting: u16,
    /// Its state, unless it is still going to take place.
    #[prop(optional_no_strip)]
    state: Option<EventState>,
) -> impl IntoView {
    let t = lang::current();
    let day = line.starts.wall().date;
    let short = |name: &str| name.chars().take(3).collect::<String>();
    let weekday = time::capitalised(&short(t.weekday(day.weekday())));
    let clocks = format!("{weekday} {}", time::clocks(line.starts, line.ends));
    let second = [Some(clocks), line.place.clone()].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let tail = match state {
        Some(EventState::Cancelled) => t.attend_cancelled().to_owned(),
        Some(EventState::Completed) => t.attend_completed().to_owned(),
        Some(EventState::Announced) | None => places(t, &line, waiting),
    };
    let is_mine = line.mine.is_some_and(PlaceState::holds) && state.is_none();
    view! {
        <li aria-current=is_mine.then_some("true")>
            <time datetime=time::iso(line.starts)>{short(t.month(day.month))}<b>{day.day}</b></time>
            <div><a class="t" href=format!("/events/{}", line.id) title=whole(&line.title)>{line.title.clone()}</a><p class="s">{second}</p></div>
            <span class="tail">{tail}</span>
        </li>
    }
}

/// `2 places left`, `Full, 3 waiting`, or what it is to the reader.
pub fn places(t: Lang, line: &EventLine, waiting: u16) -> String {
    match line.mine {
        Some(PlaceState::Accepted) => t.attend_signed_up().to_owned(),
        Some(PlaceState::Sent) => t.attend_held().to_owned(),
        Some(PlaceState::Waiting) => t.attend_on_list().to_owned(),
        Some(PlaceState::Declined | PlaceState::Expired | PlaceState::Cancelled) | None => {
            match (line.capacity.saturating_sub(line.held), waiting) {
                (0, 0) => t.attend_full().to_owned(),
                (0, waiting) => t.attend_full_waiting(waiting.into()),
                (left, _) => t.attend_places_left(left.into()),
            }
        }
    }
}
