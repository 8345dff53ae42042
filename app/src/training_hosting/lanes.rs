//! The day of an event in lanes: its machines, its rooms and its host, each with its taken times and the chosen one.
//!
//! Invariant: each lane says the same in words. Not here: which times are taken.

use contract::training_events::EventLane;
use domain::hours::clock;
use leptos::prelude::*;
use text::Lang;

/// The hours that every day shows.
const HOURS: (u16, u16) = (8, 22);

/// The lanes with the chosen minutes of the day.
pub(super) fn lanes(t: Lang, all: &[EventLane], chosen: (u16, u16)) -> AnyView {
    let spans = || all.iter().flat_map(|lane| &lane.taken).chain([&chosen]);
    let first = spans().map(|(from, _)| from / 60).min().unwrap_or(HOURS.0).min(HOURS.0);
    let last = spans().map(|(_, to)| to.div_ceil(60)).max().unwrap_or(HOURS.1).max(HOURS.1);
    let width = (last - first) * 60;
    let rows = all.iter().map(|lane| row(t, lane, chosen, (first * 60, width)));
    let rows = rows.collect_view();
    // Each at its place of the day, in per cent; the first and the last stay inside.
    let hours = (first..=last).step_by(2).map(|hour| {
        let at = u32::from(hour - first) * 60_000 / u32::from(width.max(1));
        let anchor = match at {
            0 => "start",
            1_000.. => "end",
            _ => "middle",
        };
        view! { <text x=format!("{}.{}%", at / 10, at % 10) y="1em" text-anchor=anchor>{hour}</text> }
    });
    view! {
        <div class="lanes">
            {rows}
            <svg class="q-ticks" aria-hidden="true">{hours.collect_view()}</svg>
        </div>
    }
    .into_any()
}

fn row(t: Lang, lane: &EventLane, chosen: (u16, u16), (first, width): (u16, u16)) -> AnyView {
    let bar = |key: &'static str, (from, to): (u16, u16)| {
        let (x, width) = (from.saturating_sub(first).to_string(), to.saturating_sub(from).to_string());
        view! { <rect data-k=key x=x width=width height="10"/> }
    };
    let clocks = |(from, to): (u16, u16)| format!("{}–{}", clock(from), clock(to));
    let taken: Vec<_> = lane.taken.iter().copied().map(clocks).collect();
    let message = match taken.as_slice() {
        [] => t.hosting_lane_free(&lane.name, &clocks(chosen)),
        taken => t.hosting_lane(&lane.name, &taken.join(", "), &clocks(chosen)),
    };
    let key = if lane.conflict.is_some() { "clash" } else { "mine" };
    let bars: Vec<_> = lane.taken.iter().map(|span| bar("taken", *span)).chain([bar(key, chosen)]).collect();
    view! {
        <span class="l"><b>{lane.name.clone()}</b></span>
        <svg class="quarters" viewBox=format!("0 0 {width} 10") preserveAspectRatio="none" role="img" aria-label=message>{bars}</svg>
    }
    .into_any()
}
