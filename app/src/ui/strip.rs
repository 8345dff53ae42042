//! The day strip: one machine, one day, from left to right.
//!
//! Drawn as SVG, because its geometry is numbers and the page's policy forbids inline styles. Invariant: the picture
//! has a text of its own, and the same is beside it as a list.

use super::changing::part;
use leptos::prelude::*;

/// The width of the picture in its own units.
pub const WIDTH: u32 = 1000;
const HEIGHT: u32 = 40;
/// Whatever happened is at least this wide, or nobody would see it on a phone.
const NARROWEST: u32 = 4;

/// What a stretch of the day was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    Past,
    Used,
    Running,
    /// By somebody else.
    Booked,
    Mine,
}

impl Stretch {
    /// Value of `data-k`.
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

/// One stretch: where it begins and ends, of [`WIDTH`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub stretch: Stretch,
    pub from: u32,
    pub to: u32,
}

#[component]
pub fn Strip(
    /// Stretches, the ones in front last.
    #[prop(into)]
    blocks: Signal<Vec<Block>>,
    /// Where now is; `None` on another day.
    #[prop(into)]
    now: Signal<Option<u32>>,
    /// The hours under it, evenly spaced.
    ticks: Vec<u8>,
    #[prop(into)] label: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="strip">
            <svg class="track" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=label>
                {part(move || Some(blocks.get().into_iter().map(|block| {
                    let width = (block.to.saturating_sub(block.from)).max(NARROWEST);
                    view! { <rect data-k=block.stretch.key() x=block.from y="0" width=width height=HEIGHT/> }
                }).collect_view()))}
                {part(move || now.get().map(|now| view! {
                    <line class="now" x1=now x2=now y1="0" y2=HEIGHT vector-effect="non-scaling-stroke"/>
                }))}
            </svg>
            <div class="ticks" aria-hidden="true">
                {ticks.into_iter().map(|hour| view! { <span>{hour}</span> }).collect_view()}
            </div>
        </div>
    }
}

/// What the colours mean.
#[component]
pub fn Legend(
    /// Value of `data-k` and word.
    words: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    view! {
        <ul class="legend">
            {words.into_iter().map(|(key, name)| view! { <li><i data-k=key></i>{name}</li> }).collect_view()}
        </ul>
    }
}
