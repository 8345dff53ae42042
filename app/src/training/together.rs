//! Training in groups, in words: the server writes them for *Learn* and for the next step of a path, so that neither page
//! carries their code.
//!
//! Not here: the events ([`crate::training_events`]), and the other steps of a path ([`super::next`]).

use crate::{training_events::line::places, ui::list::LinkItem};
use contract::{
    training::{Lead, PathView, Together},
    training_events::EventLine,
    training_requests::TrainingRequestView,
};
use domain::{time::Moment, training_events::PlaceState};
use leptos::prelude::*;
use text::Lang;

/// Puts the way in a group in words, where a path has one.
pub(crate) fn lead(t: Lang, path: &mut PathView, now: Moment) {
    path.lead = path.together.take().map(|together| in_group(t, &together, path, now));
}

/// The way in a group: the next event, or a request for one.
fn in_group(t: Lang, together: &Together, path: &PathView, now: Moment) -> Lead {
    let to = |href, label| Lead { href, label, is_state: false };
    let ask = format!("/training/ask/{}", path.kind);
    match together {
        Together::Event { id, starts, mine } => {
            let when = t.exact(*starts, now);
            let href = format!("/events/{id}");
            match mine {
                Some(PlaceState::Accepted) => Lead { href, label: t.attend_comes(&when), is_state: true },
                Some(PlaceState::Sent) => to(format!("{href}/invitation"), t.attend_answer_until(&when)),
                _ => to(href, t.attend_sign_up_for(&when)),
            }
        }
        Together::Ask => to(ask, t.attend_ask().to_owned()),
        Together::Asked => Lead { href: ask, label: t.attend_asked_for().to_owned(), is_state: true },
    }
}

/// The reader's requests for training, and the next events.
pub(crate) fn sections(t: Lang, events: &[EventLine], requests: &[TrainingRequestView], now: Moment) -> String {
    let waits = requests.iter().filter_map(|request| Some((request, request.position?)));
    let asked = waits.map(|(request, position)| {
        let second = t.attend_position(&t.attend_place(position));
        let href = format!("/training/ask/{}?aim={}", request.r#type, request.relation.as_str());
        view! { <LinkItem href icon="hand" title=request.type_name.clone() second/> }
    });
    let asked: Vec<_> = asked.collect();
    let row = |event: &EventLine| {
        let second = [Some(t.exact(event.starts, now)), event.place.clone(), Some(places(t, event, 0))];
        let second = second.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        view! { <LinkItem href=format!("/events/{}", event.id) icon="megaphone" title=event.title.clone() second/> }
    };
    let rows = events.iter().map(row).collect_view();
    let any = !events.is_empty() || !asked.is_empty();
    if !any {
        return String::new();
    }
    view! {
        {(!asked.is_empty()).then(|| view! {
            <section class="group" aria-labelledby="asked">
                <h2 class="group-head" id="asked">{t.attend_requests()}</h2>
                <ul class="list">{asked}</ul>
            </section>
        })}
        <section class="group" aria-labelledby="events">
            <h2 class="group-head" id="events">{t.attend_title()}</h2>
            <ul class="list">
                {rows}
                <LinkItem href="/events".to_owned() icon="calendar-days" title=t.attend_all() second=""/>
            </ul>
        </section>
    }
    .to_html()
}
