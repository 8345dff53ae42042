//! The card of an event for those who hold it: who comes, the way to its results, and cancelling it.
//!
//! Not here: the form of an event, and writing its results.

use super::{at, calls::Calls};
use crate::ui::{
    avatar::Avatar,
    button::{ButtonLink, Kind as Press, Submit},
    form::{Form, hidden, was_submitted},
    text_area::TextArea,
};
use contract::training_events::{self, EventPage, EventPerson};
use domain::{
    id::TrainingEventId,
    training_events::{EventState, PlaceState},
};
use leptos::{prelude::*, server_fn::ServerFn};
use text::Lang;

type Cancel = crate::call::Function<training_events::CancelEvent>;

/// Whether the reader can cancel it.
pub fn is_cancellable(page: &EventPage) -> bool {
    page.may_hold && is_coming(page)
}

fn is_coming(page: &EventPage) -> bool {
    page.event.state == EventState::Announced && page.event.starts.at > page.now.at
}

/// Who comes, and what the host does about it.
pub fn card(t: Lang, page: &EventPage) -> AnyView {
    let id = page.event.id;
    let people = page.people.iter().map(|person| row(t, person));
    let people = if page.people.is_empty() {
        view! { <p class="muted">{t.attend_people_none()}</p> }.into_any()
    } else {
        view! { <ul class="list members">{people.collect_view()}</ul> }.into_any()
    };
    let results = if page.results_open {
        Some((t.attend_write_results(), Press::Primary))
    } else {
        (page.event.state == EventState::Completed).then(|| (t.attend_results(), Press::Quiet))
    };
    let results = results.map(|(label, kind)| {
        view! { <ButtonLink href=format!("/events/{id}/results") label=label.to_owned() kind icon="list-checks"/> }
    });
    let edit = is_coming(page).then(|| {
        view! { <ButtonLink href=format!("/events/{id}/edit") label=t.attend_edit().to_owned() icon="pencil"/> }
    });
    view! {
        <section class="group" aria-labelledby="host">
            <h2 class="group-head" id="host">{t.attend_for_host()}" "<span class="n">{page.people.len()}</span></h2>
            {people}
            <div class="btn-row">{results}{edit}</div>
        </section>
    }
    .into_any()
}

fn row(t: Lang, person: &EventPerson) -> AnyView {
    let state = match (person.outcome, person.state) {
        (Some(outcome), _) => t.attend_outcome(outcome).to_owned(),
        (None, _) if person.walk_in => t.attend_walk_in().to_owned(),
        (None, state) => t.attend_state(state).to_owned(),
    };
    let counts = [
        (person.modules > 0).then(|| t.attend_person_modules(person.modules)),
        (person.tries > 0).then(|| t.attend_person_tries(person.tries)),
        (person.missed > 0).then(|| t.attend_person_missed(person.missed)),
    ];
    let counts = counts.into_iter().flatten();
    let is_asked = person.outcome.is_none() && person.state == PlaceState::Sent;
    let until = is_asked.then(|| t.attend_person_until(&at(t, person.at)));
    let second = until.into_iter().chain(counts).chain(person.note.clone()).collect::<Vec<_>>().join(" · ");
    let name = person.name.clone();
    view! {
        <li>
            <Avatar name=name.clone() size="md"/>
            <div><a class="t" href=format!("/people/{}", person.person)>{name}</a><p class="s">{second}</p></div>
            <div class="tail"><span class="role">{state}</span></div>
        </li>
    }
    .into_any()
}

/// The form that cancels it, with its reason.
pub fn cancel(t: Lang, id: TrainingEventId, calls: Calls) -> AnyView {
    view! {
        <details class="deed" open=was_submitted(Cancel::PATH)>
            <summary>{t.attend_cancel()}</summary>
            <p class="muted">{t.attend_cancel_next()}</p>
            <Form action=calls.cancel>
                {hidden("id", &id)}
                <TextArea name="note" label=t.attend_cancel_reason() value=String::new() hint=t.attend_cancel_hint()/>
                <div class="btn-row"><Submit label=t.attend_cancel() kind=Press::Danger busy=calls.cancel.pending()/></div>
            </Form>
        </details>
    }
    .into_any()
}
