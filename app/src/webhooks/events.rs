//! The events of a webhook in its form: a checkbox each, in groups.

use crate::{
    lang,
    ui::{changing::dynamic, form::use_form, icon::Icon},
};
use domain::{notices::Kind, webhooks::EventGroup};
use leptos::prelude::*;

/// The field of each tick, and that of the error message.
const NAME: &str = "events[]";
const FIELD: &str = "events";

#[component]
pub fn Events(chosen: Vec<Kind>) -> impl IntoView {
    let (t, form) = (lang::current(), use_form());
    let ticked = form.as_ref().and_then(|form| form.ticked(NAME));
    let is_ticked = move |kind: Kind| match &ticked {
        Some(ticked) => ticked.iter().any(|code| code == kind.as_str()),
        None => chosen.contains(&kind),
    };
    let message = Signal::derive(move || form.as_ref()?.message(FIELD));
    let groups = EventGroup::ALL.map(|group| {
        let kinds = group.kinds().map(|kind| {
            let checked = is_ticked(kind);
            view! {
                <label class="tick">
                    <input type="checkbox" name=NAME value=kind.as_str() checked=checked/>
                    <span>{t.broadcast_kind(kind)}<code>{kind.as_str()}</code></span>
                </label>
            }
        });
        view! { <fieldset><legend>{t.webhook_group(group)}</legend>{kinds.collect_view()}</fieldset> }
    });
    view! {
        <fieldset class="field" aria-describedby="events-problem"
            aria-invalid=Signal::derive(move || message.with(Option::is_some).then_some("true"))>
            <legend class="label">{t.webhook_events()}</legend>
            <p class="hint">{t.webhook_events_hint()}</p>
            <div class="event-groups">{groups.into_iter().collect_view()}</div>
            <p class="error" id="events-problem">
                {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
            </p>
        </fieldset>
    }
}
