//! A day as a column of hours: free time is blank, other blocks show the reason, and the selected time is moved by
//! finger, mouse or arrow keys.
//!
//! Invariant: positions are quarters of an hour from the first displayed hour, in attributes, because the page's
//! policy forbids inline styles. Not here: whether a time is free; the server checks that on booking.

use super::{
    choice::{Choice, address, holder},
    obstacle, obstacle_of_other,
};
use crate::{
    lang,
    ui::{changing::dynamic, icon::Icon},
};
use contract::bookings::{Block, BlockKind, DayView};
use domain::bookings::Obstacle;
use leptos::{
    ev::{KeyboardEvent, MouseEvent, PointerEvent},
    html,
    prelude::*,
};
use text::{Lang, time};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// First displayed minute of a day without a selection.
const MORNING: i32 = 8 * 60;

/// Which part of the selected time is dragged.
#[derive(Debug, Clone, Copy)]
enum Grip {
    /// The whole, held this many minutes from its start.
    Whole(i32),
    Start,
    End,
}

/// Limits of the selected time, in minutes.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    first: i32,
    last: i32,
    least: i32,
    most: i32,
    grid: i32,
}

impl Bounds {
    fn of(day: &DayView) -> Self {
        let (least, most, grid) = day.policy;
        Self {
            first: i32::from(day.hours.0) * 60,
            last: i32::from(day.hours.1) * 60,
            least: least.into(),
            most: most.into(),
            grid: i32::from(grid.max(1)),
        }
    }

    /// `choice` snapped to the grid, within the allowed lengths and the day.
    fn fit(self, choice: Choice) -> Choice {
        let round = |minute: i32| (minute + self.grid / 2).div_euclid(self.grid) * self.grid;
        let minutes = round(choice.minutes).clamp(self.least.min(self.most), self.most.max(self.least));
        let latest = (self.last - minutes).max(self.first);
        Choice { from: round(choice.from).clamp(self.first, latest), minutes }
    }

    /// `choice` after a key: by so many minutes later or longer, or unchanged where the day has no room for that. A time
    /// that goes on past midnight would otherwise jump back into the day.
    fn step(self, choice: Choice, by: i32, is_length: bool) -> Choice {
        if is_length {
            let minutes = self.fit(Choice { minutes: choice.minutes + by, ..choice }).minutes;
            let resized = Choice { minutes, ..choice };
            return if by < 0 || resized.to() <= self.last { resized } else { choice };
        }
        let moved = self.fit(Choice { from: choice.from + by, ..choice });
        if (moved.from - choice.from).signum() == by.signum() { moved } else { choice }
    }

    fn drag(self, choice: Choice, grip: Grip, at: i32) -> Choice {
        match grip {
            Grip::Whole(within) => self.fit(Choice { from: at - within, ..choice }),
            Grip::End => self.fit(Choice { minutes: at.min(self.last) - choice.from, ..choice }),
            Grip::Start => {
                let fitted = self.fit(Choice { from: at, minutes: choice.to() - at });
                // The end does not move.
                Choice { from: choice.to() - fitted.minutes, ..fitted }
            }
        }
    }
}

/// The list of the day, and its scrolling window.
#[derive(Clone, Copy)]
struct Drawn {
    window: NodeRef<html::Section>,
    list: NodeRef<html::Ul>,
}

impl Drawn {
    /// The minute of the day under the pointer.
    fn minute(self, bounds: Bounds, y: i32) -> Option<i32> {
        let list: Element = self.list.get_untracked()?.unchecked_into();
        let rect = list.get_bounding_client_rect();
        let part = (f64::from(y) - rect.top()) / rect.height().max(1.0);
        #[expect(clippy::cast_possible_truncation, reason = "a day has few minutes")]
        let minute = (part * f64::from(bounds.last - bounds.first)) as i32;
        Some(bounds.first + minute)
    }

    /// Distance of a minute from the top of the list.
    fn pixels(self, bounds: Bounds, minute: i32) -> Option<i32> {
        let list: Element = self.list.get_untracked()?.unchecked_into();
        Some(list.client_height() * (minute - bounds.first).max(0) / (bounds.last - bounds.first).max(1))
    }

    /// Scrolls to an hour before the chosen slot, or to the morning.
    fn begin(self, bounds: Bounds, choice: Option<Choice>) {
        let top = choice.map_or(MORNING, |choice| choice.from - 60);
        if let (Some(window), Some(top)) = (self.window.get(), self.pixels(bounds, top)) {
            window.set_scroll_top(top);
        }
    }

    /// Scrolls to what the keys move.
    fn follow(self, bounds: Bounds, now: Choice) {
        let (top, bottom) = (self.pixels(bounds, now.from), self.pixels(bounds, now.to()));
        let (Some(window), Some(top), Some(bottom)) = (self.window.get_untracked(), top, bottom) else { return };
        if top < window.scroll_top() {
            window.set_scroll_top(top);
        } else if bottom > window.scroll_top() + window.client_height() {
            window.set_scroll_top(bottom - window.client_height());
        }
    }
}

#[component]
pub(super) fn Lane(day: Memo<DayView>, choice: RwSignal<Option<Choice>>) -> impl IntoView {
    let t = lang::current();
    let drawn = Drawn { window: NodeRef::new(), list: NodeRef::new() };
    let bounds = move || day.with_untracked(Bounds::of);
    let minute = move |y: i32| drawn.minute(bounds(), y);
    let held = StoredValue::new(None::<Grip>);
    let take = move |event: PointerEvent, grip: fn(Choice, i32) -> Grip| {
        let (Some(now), Some(at)) = (choice.get_untracked(), minute(event.client_y())) else { return };
        event.stop_propagation();
        event.prevent_default();
        if let Some(target) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
            drop(target.set_pointer_capture(event.pointer_id()));
        }
        held.set_value(Some(grip(now, at)));
    };
    let drag = move |event: PointerEvent| {
        if let (Some(grip), Some(now), Some(at)) =
            (held.get_value(), choice.get_untracked(), minute(event.client_y()))
        {
            let next = bounds().drag(now, grip, at);
            if next != now {
                choice.set(Some(next));
            }
        }
    };
    let release = move |_: PointerEvent| held.set_value(None);
    let keys = move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowUp" => -1,
            "ArrowDown" => 1,
            _ => return,
        };
        event.prevent_default();
        let bounds = bounds();
        let is_length = event.shift_key();
        choice.update(|choice| *choice = choice.map(|now| bounds.step(now, step * bounds.grid, is_length)));
        if let Some(now) = choice.get_untracked() {
            drawn.follow(bounds, now);
        }
    };
    let place = move |event: MouseEvent| {
        if let Some(at) = minute(event.client_y()) {
            event.prevent_default();
            let minutes = choice
                .get_untracked()
                .map_or_else(|| day.with_untracked(|day| day.minutes.into()), |now| now.minutes);
            choice.set(Some(bounds().fit(Choice { from: at - bounds().grid / 2, minutes })));
        }
    };
    let place = Callback::new(place);
    Effect::new(move |_| drawn.begin(bounds(), choice.get_untracked()));
    view! {
        // A scrollable section must be reachable by keyboard.
        <section class="day" aria-label=t.book_times_of_day() tabindex="0" node_ref=drawn.window>
            {dynamic(move || Some(day.with(|day| {
                let hours = (day.hours.0..day.hours.1).map(|hour| view! { <li>{format!("{hour:02}:00")}</li> });
                view! { <ul class="hours" aria-hidden="true">{hours.collect_view()}</ul> }.into_any()
            })))}
            <ul class="lane" role="list" node_ref=drawn.list data-b=Signal::derive(move || day.with(|day| day.hours.1.saturating_sub(day.hours.0).to_string()))>
                {dynamic(move || Some(day.with(|day| {
                    let visible = day.blocks.iter().filter_map(|block| slot(t, day, block, place, choice));
                    view! { {visible.collect_view()} {now_line(t, day)} }.into_any()
                })))}
                {dynamic(move || {
                    let now = choice.get()?;
                    let first = day.with(|day| i32::from(day.hours.0) * 60);
                    let quarter = |minute: i32| ((minute - first).max(0) / 15).to_string();
                    Some(view! {
                        <li class="slot" data-k="mine" data-a=quarter(now.from) data-b=quarter(now.to())
                            on:pointerdown=move |event| take(event, |now, at| Grip::Whole(at - now.from))
                            on:pointermove=drag on:pointerup=release on:pointercancel=release>
                            <button type="button" class="t" on:keydown=keys aria-describedby="drag">{now.clocks()}</button>
                            <span id="drag">{t.book_drag()}<span class="visually-hidden">" "{t.book_keys()}</span></span>
                            <span class="grip" data-end="top" on:pointerdown=move |event| take(event, |_, _| Grip::Start)></span>
                            <span class="grip" data-end="bottom" on:pointerdown=move |event| take(event, |_, _| Grip::End)></span>
                        </li>
                    }.into_any())
                })}
            </ul>
        </section>
    }
}

/// A block of the day; nothing outside the displayed hours.
fn slot(
    t: Lang,
    day: &DayView,
    block: &Block,
    place: Callback<MouseEvent>,
    choice: RwSignal<Option<Choice>>,
) -> Option<AnyView> {
    let (first, last) = (day.hours.0.saturating_mul(4), day.hours.1.saturating_mul(4));
    let (from, to) = (block.from.max(first), block.to.min(last));
    if to <= from {
        return None;
    }
    let (a, b) = ((from - first).to_string(), (to - first).to_string());
    // A day ends at 24:00.
    let ends =
        Some(time::clock(block.ends)).filter(|clock| clock != "00:00").unwrap_or_else(|| "24:00".to_owned());
    let clocks = format!("{}–{ends}", time::clock(block.starts));
    let (k, icon) = match block.kind {
        BlockKind::Free => {
            let href = address(day, day.date, day.minutes, Some(block.starts.at));
            // Its label is placed where the selected time does not cover it.
            let begins = Memo::new(move |_| free_from((from, to), choice.get()));
            let a = Signal::derive(move || begins.get().saturating_sub(first).to_string());
            let is_covered = Signal::derive(move || begins.get() >= to);
            return Some(view! {
                <li><a class="slot-free" href=href data-a=a data-b=b hidden=is_covered on:click=move |event| place.run(event)>
                    <Icon name="plus"/>{t.book_free(&clocks)}
                </a></li>
            }.into_any());
        }
        BlockKind::Mine => ("booked-mine", "circle-check"),
        BlockKind::Not(Obstacle::Booking | Obstacle::Checkout | Obstacle::Event) => ("taken", "user-round"),
        BlockKind::Not(Obstacle::Maintenance) => ("maint", "wrench"),
        BlockKind::Not(Obstacle::TooSoon) => ("past", "clock"),
        BlockKind::Not(Obstacle::Closed | Obstacle::Closure | Obstacle::External | Obstacle::TooFar) => {
            ("closed", "lock")
        }
        BlockKind::Not(
            Obstacle::Elsewhere
            | Obstacle::Lapsed
            | Obstacle::Quota
            | Obstacle::TooShort
            | Obstacle::MayNot
            | Obstacle::GroupsOnly
            | Obstacle::NotBookable
            | Obstacle::TooMany,
        ) => ("past", "info"),
    };
    let what = match (&block.who, block.kind) {
        (_, BlockKind::Mine) => t.book_yours().to_owned(),
        (Some(who), _) => who.clone(),
        (None, BlockKind::Not(why)) if holder(day).is_some() => obstacle_of_other(t, why).to_owned(),
        (None, BlockKind::Not(why)) => obstacle(t, why).to_owned(),
        (None, BlockKind::Free) => String::new(),
    };
    let message = format!("{what}, {clocks}");
    let body = match block.booking {
        Some(booking) => {
            view! { <a class="t" href=format!("/bookings/{booking}")><Icon name=icon/>{message}</a> }.into_any()
        }
        None if block.kind == BlockKind::Not(Obstacle::Booking) && day.moving.is_none() => {
            let minutes = block.ends.at.since(block.starts.at).as_secs() / 60;
            let href = format!("/book/{}?at={}&minutes={minutes}#join", day.bookable.resource, block.starts.at.0);
            view! {
                <a class="t" href=href><Icon name=icon/>{message}<span class="visually-hidden">": "{t.waiting_join()}</span></a>
            }.into_any()
        }
        None => view! { <span class="t"><Icon name=icon/>{message}</span> }.into_any(),
    };
    // Past blocks need no details.
    let body = if k == "past" && block.kind == BlockKind::Not(Obstacle::TooSoon) {
        view! { <span class="visually-hidden">{explicit_past(t)}</span> }.into_any()
    } else {
        body
    };
    Some(view! { <li class="slot" data-k=k data-a=a data-b=b>{body}</li> }.into_any())
}

/// The quarter of the day from which a free block (`from`, `to`) isn't covered by the chosen slot.
fn free_from((from, to): (u8, u8), choice: Option<Choice>) -> u8 {
    let quarter = |minute: i32| u8::try_from(minute.max(0) / 15).unwrap_or(u8::MAX);
    match choice.map(|choice| (quarter(choice.from), quarter(choice.to() + 14))) {
        // One line of text is two quarters high.
        Some((starts, ends)) if starts < from.saturating_add(2) && from < ends => ends.min(to),
        _ => from,
    }
}

fn explicit_past(t: Lang) -> &'static str {
    obstacle(t, Obstacle::TooSoon)
}

fn now_line(t: Lang, day: &DayView) -> Option<AnyView> {
    let wall = day.now.wall();
    let is_shown = wall.date == day.date && (day.hours.0..day.hours.1).contains(&wall.hour);
    let quarter = (wall.hour.saturating_sub(day.hours.0)) * 4 + wall.minute / 15;
    let clock = time::clock(day.now);
    is_shown.then(|| {
        view! {
            <li class="now-line" data-a=quarter.to_string() data-t=clock.clone()><span class="visually-hidden">{t.book_now(&clock)}</span></li>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { first: 480, last: 1_320, least: 30, most: 240, grid: 15 };

    fn choice(from: i32, minutes: i32) -> Choice {
        Choice { from, minutes }
    }

    #[test]
    fn free_time_label_moves_below_covering_selection() {
        let from = |from, minutes| free_from((32, 68), Some(choice(from, minutes)));
        assert_eq!(free_from((32, 68), None), 32);
        assert_eq!(from(8 * 60, 60), 36, "it begins there");
        assert_eq!(from(8 * 60 + 15, 60), 37, "it covers their lower half");
        assert_eq!(from(10 * 60, 60), 32, "it lies below them");
        assert_eq!(from(7 * 60, 60), 32, "it ends above them");
        assert_eq!(from(8 * 60, 9 * 60), 68, "it covers all of it");
    }

    #[test]
    fn dragged_booking_snaps_to_grid_within_the_day() {
        let at = |grip, at| BOUNDS.drag(choice(600, 90), grip, at);
        assert_eq!(at(Grip::Whole(20), 671), choice(645, 90));
        assert_eq!(at(Grip::Whole(0), 0), choice(480, 90), "not before the first hour");
        assert_eq!(at(Grip::Whole(0), 2_000), choice(1_230, 90), "nor beyond the last");
        assert_eq!(at(Grip::End, 731), choice(600, 135));
        assert_eq!(at(Grip::End, 500), choice(600, 30), "no shorter than the shortest");
        assert_eq!(at(Grip::Start, 541), choice(540, 150), "the end stays where it is");
        assert_eq!(at(Grip::Start, 400), choice(450, 240), "no longer than the longest");
    }

    #[test]
    fn keys_move_and_extend_and_never_the_other_way() {
        let step = |from, minutes, by, is_length| BOUNDS.step(choice(from, minutes), by, is_length);
        assert_eq!(step(600, 90, 15, false), choice(615, 90));
        assert_eq!(step(600, 90, -15, true), choice(600, 75));
        assert_eq!(step(600, 30, -15, true), choice(600, 30), "no shorter than the shortest");
        assert_eq!(step(1_290, 60, 15, false), choice(1_290, 60), "past the last hour it stays");
        assert_eq!(step(1_290, 60, -15, false), choice(1_260, 60), "and comes back into the day");
        assert_eq!(step(1_290, 60, 15, true), choice(1_290, 60), "there it grows no longer");
        assert_eq!(step(1_290, 60, -15, true), choice(1_290, 45), "and shrinks where it is");
        assert_eq!(step(1_260, 60, 15, true), choice(1_260, 60), "the day has no room");
    }
}
