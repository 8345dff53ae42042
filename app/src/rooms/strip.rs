//! A day of a room as a strip: when it is taken and free, with the present time, and the same in words.

use crate::bookings::obstacle;
use contract::bookings::{Block, BlockKind, DayView};
use domain::bookings::Obstacle;
use leptos::prelude::*;
use text::{Lang, time};

/// The kind of a block in the strip.
fn key(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Free => "free",
        BlockKind::Mine => "mine",
        BlockKind::Not(Obstacle::TooSoon) => "past",
        BlockKind::Not(Obstacle::Closed | Obstacle::TooFar) => "closed",
        BlockKind::Not(Obstacle::Maintenance | Obstacle::Closure | Obstacle::External) => "maint",
        BlockKind::Not(_) => "taken",
    }
}

/// Whether a block is other people's time, and so named in words.
const fn is_named(block: &Block) -> bool {
    !matches!(
        block.kind,
        BlockKind::Free
            | BlockKind::Not(Obstacle::TooSoon | Obstacle::Closed | Obstacle::TooFar | Obstacle::TooShort)
    )
}

/// `9–12 Robotics lab`, each with its details.
pub(super) fn in_words(t: Lang, day: &DayView) -> String {
    let named = day.blocks.iter().filter(|block| is_named(block)).map(|block| {
        let clocks = time::clocks(block.starts, block.ends);
        let what = match block.kind {
            BlockKind::Mine => t.bookings_yours(),
            BlockKind::Not(why) => obstacle(t, why),
            BlockKind::Free => "",
        };
        format!("{clocks} {}", block.who.as_deref().unwrap_or(what))
    });
    named.collect::<Vec<_>>().join(" · ")
}

/// The strip and its hours.
pub(super) fn strip(t: Lang, day: &DayView) -> AnyView {
    let (first, last) = (u32::from(day.hours.0) * 4, u32::from(day.hours.1) * 4);
    let width = last.saturating_sub(first).max(1);
    let place = |quarter: u8| u32::from(quarter).clamp(first, last) - first;
    let bars = day.blocks.iter().map(|block| {
        let (from, to) = (place(block.from), place(block.to));
        view! { <rect data-k=key(block.kind) x=from.to_string() width=to.saturating_sub(from).to_string() height="10"/> }
    });
    let wall = day.now.wall();
    let now = (wall.date == day.date).then(|| {
        let at = place(wall.hour * 4 + wall.minute / 15);
        view! { <rect class="now" x=at.to_string() width="0.4" height="10"/> }
    });
    let hours = (day.hours.0..=day.hours.1).step_by(2).map(|hour| {
        let at = (u32::from(hour) * 4).saturating_sub(first) * 1_000 / width;
        let anchor = match at {
            0 => "start",
            1_000.. => "end",
            _ => "middle",
        };
        view! { <text x=format!("{}.{}%", at / 10, at % 10) y="1em" text-anchor=anchor>{hour}</text> }
    });
    let label = in_words(t, day);
    let label = if label.is_empty() { t.room_nothing_today().to_owned() } else { label };
    view! {
        <div class="day-strip">
            <svg class="quarters" viewBox=format!("0 0 {width} 10") preserveAspectRatio="none" role="img" aria-label=label>{bars.collect_view()}{now}</svg>
            <svg class="q-ticks" aria-hidden="true">{hours.collect_view()}</svg>
        </div>
    }
    .into_any()
}
