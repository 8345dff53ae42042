//! Times on the page: recent ones as an age, with the exact time as tooltip.
//!
//! Invariant: the text follows the page's clock; only its text node changes.

use super::changing::text;
use crate::{clock::use_clock, lang};
use ::text::time;
use domain::time::Moment;
use leptos::prelude::*;

/// Duration since then: `42 min`.
#[component]
pub fn Elapsed(since: Moment) -> impl IntoView {
    let (clock, t) = (use_clock(), lang::current());
    view! {
        <time datetime=time::iso(since) title=t.exact(since, clock.now_once())>
            {text(move || t.length(clock.now().at.since(since.at)))}
        </time>
    }
}

/// `since 13:02`.
#[component]
pub fn Since(at: Moment) -> impl IntoView {
    let (clock, t) = (use_clock(), lang::current());
    view! {
        <time datetime=time::iso(at) title=t.exact(at, clock.now_once())>{text(move || t.since(at, clock.now()))}</time>
    }
}

/// `14:05`.
#[component]
pub fn TimeOfDay(at: Moment) -> impl IntoView {
    view! { <time datetime=time::iso(at)>{time::clock(at)}</time> }
}
