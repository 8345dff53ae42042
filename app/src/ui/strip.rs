//! The day strip: one machine, one day, from left to right.
//!
//! SVG, because its geometry is numbers and the page's policy forbids inline styles. Invariant: the picture has a
//! text alternative, and the same is beside it as a list.

use super::changing::dynamic;
use leptos::prelude::*;

/// The width of the picture in its own units.
pub const WIDTH: u32 = 1000;
const HEIGHT: u32 = 40;
/// Minimum width of a block, so that it is visible on a phone.
const NARROWEST: u32 = 4;

/// Kind of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    Past,
    Used,
    Running,
    /// By another person.
    Booked,
    Mine,
}

impl Stretch {
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::Used => "used",
            Self::Running => "running",
            Self::Booked => "booked",
            Self::Mine => "mine",
        }
    }
}

/// One block, from start to end, in units of [`WIDTH`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub stretch: Stretch,
    pub from: u32,
    pub to: u32,
}

#[component]
pub fn Strip(
    /// Blocks, the ones in front last.
    #[prop(into)]
    blocks: Signal<Vec<Block>>,
    /// Position of now; `None` on another day.
    #[prop(into)]
    now: Signal<Option<u32>>,
    /// The hours below it, evenly spaced.
    ticks: Vec<u8>,
    #[prop(into)] label: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="strip">
            <svg class="track" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=label>
                {dynamic(move || Some(blocks.get().into_iter().map(|block| {
                    let width = (block.to.saturating_sub(block.from)).max(NARROWEST);
                    view! { <rect data-k=block.stretch.key() x=block.from y="0" width=width height=HEIGHT/> }
                }).collect_view()))}
                {dynamic(move || now.get().map(|now| view! {
                    <line class="now" x1=now x2=now y1="0" y2=HEIGHT vector-effect="non-scaling-stroke"/>
                }))}
            </svg>
            <div class="ticks" aria-hidden="true">
                {ticks.into_iter().map(|hour| view! { <span>{hour}</span> }).collect_view()}
            </div>
        </div>
    }
}

/// Legend of the colours.
#[component]
pub fn Legend(
    /// Value of `data-k` and its label.
    words: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    view! {
        <ul class="legend">
            {words.into_iter().map(|(key, name)| view! { <li><i data-k=key></i>{name}</li> }).collect_view()}
        </ul>
    }
}
