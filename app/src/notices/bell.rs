//! Counts of unread notices and of waiting decisions, in the navigation of every page.

use super::api;
use crate::{
    call::page_resource,
    lang,
    live::{beside, use_live},
    ui::changing::dynamic,
    visitor::Me,
};
use domain::{actor::Rank, live::Noun};
use leptos::prelude::*;

/// Larger counts are shown as `99+`.
const MOST: u32 = 99;

/// The live counts of `me`: of notices, and of the inbox for the rail and for the bar; empty for zero.
pub(crate) fn counts(me: &Me) -> [AnyView; 3] {
    let (live, id) = (use_live(), me.id.0);
    let decides = me.rank >= Rank::Inductor || me.trains;
    let waits = move || {
        let nouns = [Noun::Person, Noun::Space, Noun::Machine, Noun::Checkouts, Noun::Bookings, Noun::Groups];
        if decides { nouns.map(|noun| live.version(noun)).into_iter().sum() } else { 0 }
    };
    let answers = page_resource(
        move || {
            live.about(Noun::Notices, id)
                + live.version(Noun::Announcements)
                + live.version(Noun::Documents)
                + waits()
        },
        |_| api::count(),
    );
    [0, 1, 1].map(|which| {
        view! { <Transition>{beside(answers, Box::new(move |counts| dynamic(move || badge(counts.get()?, which)).into_any()))}</Transition> }
            .into_any()
    })
}

fn badge(counts: [u32; 2], which: usize) -> Option<AnyView> {
    let (t, count) = (lang::current(), counts[which]);
    let message = if which == 0 { t.notices_count(count) } else { t.inbox_sum(count) };
    let digits = if count > MOST { format!("{MOST}+") } else { count.to_string() };
    (count > 0).then(|| {
        view! { <span class="count" aria-hidden="true">{digits}</span><span class="visually-hidden">", "{message}</span> }
            .into_any()
    })
}
