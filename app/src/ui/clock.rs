//! Instants on the page: near ones the short way, the exact one for whoever points at it.
//!
//! Invariant: what is shown follows the page's clock by itself; only the text node changes.

use super::changing::text;
use crate::{clock::use_clock, lang};
use ::text::time;
use domain::time::Moment;
use leptos::prelude::*;

/// How long it has been: `42 min`.
#[component]
pub fn Elapsed(since: Moment) -> impl IntoView {
    let (clock, t) = (use_clock(), lang::current());
    view! {
        <time datetime=time::iso(since) title=t.exact(since, clock.now_once())>
            {text(move || t.length(clock.now().at.since(since.at)))}
        </time>
    }
}

/// Since when: `since 13:02`.
#[component]
pub fn Since(at: Moment) -> impl IntoView {
    let (clock, t) = (use_clock(), lang::current());
    view! {
        <time datetime=time::iso(at) title=t.exact(at, clock.now_once())>{text(move || t.since(at, clock.now()))}</time>
    }
}

/// The time of day: `14:05`.
#[component]
pub fn TimeOfDay(at: Moment) -> impl IntoView {
    view! { <time datetime=time::iso(at)>{time::clock(at)}</time> }
}
