//! How many notices are unread, in the navigation of every page.

use super::api;
use crate::{
    call::asked,
    lang,
    live::{beside, use_live},
    ui::changing::part,
};
use domain::{id::PersonId, live::Noun};
use leptos::prelude::*;

/// Counts are shown up to here.
const MOST: u32 = 99;

/// The count of `me`, live; nothing where nothing is unread.
pub(crate) fn unread(PersonId(me): PersonId) -> AnyView {
    let live = use_live();
    let answers =
        asked(move || live.about(Noun::Notices, me) + live.version(Noun::Announcements), |_| api::count());
    view! { <Transition>{beside(answers, Box::new(|count| part(move || shown(count.get()?)).into_any()))}</Transition> }
        .into_any()
}

fn shown(count: u32) -> Option<AnyView> {
    let said = lang::current().notices_count(count);
    let digits = if count > MOST { format!("{MOST}+") } else { count.to_string() };
    (count > 0).then(|| {
        view! { <span class="count" aria-hidden="true">{digits}</span><span class="visually-hidden">", "{said}</span> }
            .into_any()
    })
}
