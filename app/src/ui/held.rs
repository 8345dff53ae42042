//! A decision that is sent only when the seconds to undo it are over: for what tells somebody, or gives a time away, at once.
//!
//! Invariants: a form without script sends at once. What is held is never lost: the next decision, another page and the end of this
//! one send it. Deliberately absent: undoing what was sent, which is a function of its own ([`super::toast`]).

use super::{
    form::{FormState, fields, target},
    toast::{Toast, WayBack},
};
use crate::{
    call::{Call, Posted, Reply, Sent},
    lang,
};
use leptos::{context::Provider, ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_location;
use std::{fmt, time::Duration};
use web_sys::UrlSearchParams;

/// How long it is held: as long as its toast stands.
const HELD: Duration = Duration::from_secs(8);

/// A decision that waits.
#[derive(Debug, Clone, PartialEq)]
struct Waiting {
    /// What it is about.
    key: i64,
    said: String,
    fields: String,
}

/// Decisions about things with a key, of which one waits at most.
#[derive(Clone, Copy)]
pub struct Held {
    action: Action<Sent, Reply>,
    path: &'static str,
    waiting: RwSignal<Option<Waiting>>,
    /// What was sent last, until it is refused.
    sent: RwSignal<Option<Waiting>>,
    /// What was refused, or could not be sent.
    refused: RwSignal<Option<Waiting>>,
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Held {
    /// For the calls of one function; in the component whose end sends what waits.
    #[must_use]
    pub fn new<F: Posted>(call: Call<F>) -> Self {
        let nothing = || RwSignal::new(None);
        let (waiting, sent, refused) = (nothing(), nothing(), nothing());
        let held = Self { action: *call, path: F::PATH, waiting, sent, refused };
        // Effects run in the browser only.
        Effect::new(move |_| {
            if held.waiting.with(Option::is_some)
                && let Ok(timer) = set_timeout_with_handle(move || held.send(), HELD)
            {
                on_cleanup(move || timer.clear());
            }
        });
        let answer = held.action.value();
        Effect::new(move |_| {
            if answer.with(|answer| matches!(answer, Some(Err(_)))) {
                held.refused.set(held.sent.try_update(Option::take).flatten());
            }
        });
        Effect::new(move |_| {
            let leaving = window_event_listener_untyped("pagehide", move |_| held.leave());
            on_cleanup(move || leaving.remove());
        });
        on_cleanup(move || held.leave());
        held
    }

    /// Whether the thing with this key is decided as far as its reader knows.
    #[must_use]
    pub fn hides(self, key: i64) -> bool {
        let is_it = |one: &Option<Waiting>| one.as_ref().is_some_and(|one| one.key == key);
        self.sent.with(is_it) || self.waiting.with(is_it)
    }

    /// What was typed into `field` of a decision about `key` that was refused.
    #[must_use]
    pub fn typed(self, key: i64, field: &str) -> Option<String> {
        let refused = self.refused.get_untracked().filter(|one| one.key == key)?;
        UrlSearchParams::new_with_str(&refused.fields).ok()?.get(field)
    }

    fn put(self, waiting: Waiting) {
        self.send();
        self.waiting.set(Some(waiting));
    }

    fn send(self) {
        if let Some(waiting) = self.waiting.try_update(Option::take).flatten() {
            let fields = waiting.fields.clone();
            self.sent.set(Some(waiting));
            self.action.dispatch(Sent { path: self.path, fields });
        }
    }

    /// Nobody waits for the answer any more.
    fn leave(self) {
        if let Some(Waiting { fields, .. }) = self.waiting.try_update(Option::take).flatten()
            && let Ok(fields) = UrlSearchParams::new_with_str(&fields)
        {
            // Fails only where a browser has no room for it.
            drop(window().navigator().send_beacon_with_opt_url_search_params(self.path, Some(&fields)));
        }
    }
}

/// A form whose decision is held. One that lacks the field that it `needs` is sent at once, to be told so.
#[component]
pub fn HeldForm(
    held: Held,
    key: i64,
    /// What the toast says.
    said: String,
    #[prop(optional)] needs: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let search = use_location().search.get_untracked();
    let submit = move |event: SubmitEvent| {
        let Some(fields) = fields(&event) else { return };
        event.prevent_default();
        let is_empty = |needed: &str| {
            fields.split('&').any(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                name == needed && value.trim_matches('+').is_empty()
            })
        };
        // What cannot be sent says so while its form is there.
        if needs.is_some_and(is_empty) || !window().navigator().on_line() {
            held.action.dispatch(Sent { path: held.path, fields });
        } else {
            held.put(Waiting { key, said: said.clone(), fields });
        }
    };
    view! {
        <form class="form" method="post" action=target(&search, held.path) on:submit=submit>
            <Provider value=FormState::echoed(held.path)>{children()}</Provider>
        </form>
    }
}

/// What was decided, and the way back.
#[component]
pub fn HeldToast(held: Held) -> impl IntoView {
    let t = lang::current();
    let said = Signal::derive(move || held.waiting.with(|one| one.as_ref().map(|one| one.said.clone())));
    let undo: WayBack = Box::new(move || {
        let undo = move |_: leptos::ev::MouseEvent| held.waiting.set(None);
        Some(
            view! { <button class="btn" type="button" data-kind="ghost" on:click=undo>{t.undo()}</button> }
                .into_any(),
        )
    });
    view! { <Toast said undo refused=Vec::new()/> }
}
