//! Decisions that are sent only after their undo time, because they notify a person or free a time at once.
//!
//! Invariants: a form without script sends at once. Each decision has its own undo time, which pauses with its
//! toast, and the newest is undone first. Undone and refused decisions come back with their input. Navigating
//! away, switching the tab and closing it send what waits; then the answer is not seen. A decision refused at that
//! moment, because another person decided before or the reader is signed out, or lost without a connection, leaves the
//! request waiting in the list. Not here: undoing a sent decision, which is a function of its own
//! ([`super::toast`]).

use super::{
    changing::dynamic,
    form::{FormState, fields, target},
    icon::Icon,
    toast::{Refusals, STANDS, Toast, Undo},
};
use crate::{
    call::{self, Call, Posted, Posting, Reply, Sent},
    lang,
    problem::AppError,
};
use leptos::{context::Provider, ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use std::{fmt, sync::Arc};
use web_sys::UrlSearchParams;

/// A submission within this time of another, in milliseconds, is the second click of a double click: its target
/// moved there meanwhile.
const DOUBLE: f64 = 400.0;

#[derive(Debug, Clone, PartialEq)]
struct Decision {
    /// Its subject and version.
    about: (i64, i64),
    /// The person's name.
    name: String,
    /// Text of the toast.
    message: String,
    fields: String,
}

/// Something that can be undone.
#[derive(Debug, Clone, PartialEq)]
struct Undoable {
    /// Sent after the undo time; `None` if it is done already.
    decision: Option<Decision>,
    message: String,
    /// Deadline on the queue's clock.
    until: u32,
}

/// What can be undone, the newest last.
#[derive(Debug, Clone, Default)]
struct Queue {
    /// Seconds for which the toast's timer ran.
    clock: u32,
    waiting: Vec<Undoable>,
}

impl Queue {
    fn put(&mut self, decision: Decision) {
        // The later of two decisions about one thing replaces the earlier.
        self.waiting.retain(|one| one.decision.as_ref().is_none_or(|held| held.about.0 != decision.about.0));
        let message = decision.message.clone();
        self.waiting.push(Undoable { decision: Some(decision), message, until: self.clock + u32::from(STANDS) });
    }

    /// An immediate action replaces the previous one.
    fn put_done(&mut self, done: Option<Done>) {
        self.waiting.retain(|one| one.decision.is_some());
        if let Some(Done { message, has_undo }) = done {
            let one = Undoable { decision: None, message, until: self.clock + u32::from(STANDS) };
            // What cannot be undone must not cover what can.
            let at = if has_undo { self.waiting.len() } else { 0 };
            self.waiting.insert(at, one);
        }
    }

    /// Advances by a second. Returns the decisions to send, and whether anything changed.
    fn tick(&mut self) -> (bool, Vec<Decision>) {
        self.clock += 1;
        let over: Vec<_> = self.waiting.extract_if(.., |one| one.until <= self.clock).collect();
        (!over.is_empty(), over.into_iter().filter_map(|one| one.decision).collect())
    }

    fn has(&self, about: (i64, i64)) -> bool {
        self.waiting.iter().any(|one| one.decision.as_ref().is_some_and(|held| held.about == about))
    }
}

/// A decision that came back: undone, refused, or sent without hearing the answer.
#[derive(Debug, Clone)]
struct Returned {
    decision: Decision,
    /// Why it was refused.
    why: Option<String>,
}

/// A finished action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub message: String,
    pub has_undo: bool,
}

/// Immediate actions of the same page, undone by a form.
pub struct DoneAtOnce {
    pub last: Signal<Option<Done>>,
    pub undo: Undo,
    pub refused: Vec<Refusals>,
}

impl fmt::Debug for DoneAtOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DoneAtOnce").finish_non_exhaustive()
    }
}

/// Held decisions about things with an id and a version.
#[derive(Clone, Copy)]
pub struct Held {
    action: Action<Sent, Reply>,
    path: &'static str,
    send: fn(Sent) -> Posting,
    queue: RwSignal<Queue>,
    /// Sent and not refused.
    sent: RwSignal<Vec<(i64, i64)>>,
    returned: RwSignal<Vec<Returned>>,
    /// Number of answers.
    answers: RwSignal<usize>,
    /// Time of the last submission.
    submitted: StoredValue<f64>,
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Held {
    /// For the calls of one function; in the component whose cleanup sends what waits. Its page has a
    /// [`HeldToast`], whose timer drives this.
    #[must_use]
    pub fn new<F: Posted>(call: Call<F>) -> Self {
        let held = Self {
            action: *call,
            path: F::PATH,
            send: call::send::<F>,
            queue: RwSignal::default(),
            sent: RwSignal::default(),
            returned: RwSignal::default(),
            answers: RwSignal::new(0),
            submitted: StoredValue::new(f64::NEG_INFINITY),
        };
        // Effects run in the browser only.
        Effect::new(move |_| {
            // Phones end background pages without notice.
            for event in ["pagehide", "visibilitychange"] {
                let leaving = window_event_listener_untyped(event, move |event| {
                    if event.type_() == "pagehide" || document().hidden() {
                        held.leave(false);
                    }
                });
                on_cleanup(move || leaving.remove());
            }
        });
        on_cleanup(move || held.leave(true));
        held
    }

    /// Whether this version of the thing is decided as far as the reader knows.
    #[must_use]
    pub fn hides(self, about: (i64, i64)) -> bool {
        let is_sent = self.sent.with(|sent| sent.contains(&about));
        self.queue.with(|queue| queue.has(about)) || is_sent
    }

    /// Number of answers.
    #[must_use]
    pub fn version(self) -> usize {
        self.answers.get()
    }

    /// The input of `field` in a returned decision about `id`.
    #[must_use]
    pub fn input(self, id: i64, field: &str) -> Option<String> {
        let fields = self.returned.with_untracked(|all| {
            all.iter().find(|one| one.decision.about.0 == id).map(|one| one.decision.fields.clone())
        });
        UrlSearchParams::new_with_str(&fields?).ok()?.get(field)
    }

    fn put(self, decision: Decision) {
        self.returned.update(|all| {
            all.retain(|one| one.decision.about.0 != decision.about.0);
            // A reader who goes on has seen the other messages.
            for one in all {
                one.why = None;
            }
        });
        self.queue.update(|queue| queue.put(decision));
    }

    fn undo(self) {
        // Deciding again at once is intended.
        self.submitted.set_value(f64::NEG_INFINITY);
        if let Some(Undoable { decision: Some(decision), .. }) =
            self.queue.try_update(|queue| queue.waiting.pop()).flatten()
        {
            self.give_back(decision, None);
        }
    }

    fn give_back(self, decision: Decision, why: Option<String>) {
        // The page may be gone.
        let _: Option<()> = self.returned.try_update(|all| all.push(Returned { decision, why }));
    }

    fn tick(self) {
        let mut over = Vec::new();
        self.queue.maybe_update(|queue| {
            let (changed, decisions) = queue.tick();
            over = decisions;
            changed
        });
        for decision in over {
            self.sent.update(|sent| sent.push(decision.about));
            let answer = (self.send)(Sent { path: self.path, fields: decision.fields.clone() });
            spawn_local(async move {
                if let Err(AppError(problem)) = answer.await {
                    let _: Option<()> = self.sent.try_update(|sent| sent.retain(|about| *about != decision.about));
                    self.give_back(decision, Some(problem.detail));
                }
                let _: Option<()> = self.answers.try_update(|answers| *answers += 1);
            });
        }
    }

    /// Sends what waits without awaiting the answers.
    fn leave(self, is_page_gone: bool) {
        let take =
            |queue: &mut Queue| queue.waiting.extract_if(.., |one| one.decision.is_some()).collect::<Vec<_>>();
        // The page's signals may be half disposed.
        let waiting =
            if is_page_gone { self.queue.try_update_untracked(take) } else { self.queue.try_update(take) };
        for decision in waiting.into_iter().flatten().filter_map(|one| one.decision) {
            if let Ok(fields) = UrlSearchParams::new_with_str(&decision.fields) {
                // Fails only if the browser has no room for it.
                drop(window().navigator().send_beacon_with_opt_url_search_params(self.path, Some(&fields)));
            }
            if !is_page_gone {
                // For a reader who returns: the list says whether it was done.
                self.give_back(decision, None);
            }
        }
    }
}

/// A form whose decision is held. Without the field that it `needs` it is sent at once, to get the error.
#[component]
pub fn HeldForm(
    held: Held,
    /// Its subject and version.
    about: (i64, i64),
    /// The person's name, first in a refusal.
    name: String,
    /// Text of the toast.
    message: String,
    #[prop(optional)] needs: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let search = use_location().search.get_untracked();
    let submit = move |event: SubmitEvent| {
        let Some(fields) = fields(&event) else { return };
        event.prevent_default();
        let (before, now) = (held.submitted.get_value(), event.time_stamp());
        held.submitted.set_value(now);
        // A form with text in it was not submitted by a stray click.
        if needs.is_none() && is_double(before, now) {
            return;
        }
        // An incomplete form reports it while it is open.
        if needs.is_some_and(|needed| is_empty(&fields, needed)) || !window().navigator().on_line() {
            held.action.dispatch(Sent { path: held.path, fields });
        } else {
            held.put(Decision { about, name: name.clone(), message: message.clone(), fields });
        }
    };
    view! {
        <form class="form" method="post" action=target(&search, held.path) on:submit=submit>
            <Provider value=FormState::echoed(held.path)>{children()}</Provider>
        </form>
    }
}

/// Whether a submission is the second click of a double click; a third is one, too.
fn is_double(before: f64, now: f64) -> bool {
    now - before < DOUBLE
}

/// Whether the field `needed` is blank.
fn is_empty(fields: &str, needed: &str) -> bool {
    fields.split('&').any(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        name == needed && value.trim_matches('+').is_empty()
    })
}

/// Refused decisions with their names and reasons.
#[component]
pub fn HeldSummary(held: Held) -> impl IntoView {
    view! {
        <div role="alert">{dynamic(move || {
            let refused = held.returned.with(|all| {
                let message = all.iter().filter_map(|one| Some(format!("{}: {}", one.decision.name, one.why.as_ref()?)));
                message.collect::<Vec<_>>()
            });
            let lines = refused.into_iter().map(|message| {
                view! { <p class="form-summary"><Icon name="octagon-alert"/><span>{message}</span></p> }
            });
            Some(lines.collect_view())
        })}</div>
    }
}

/// The toast with undo: one for the page, also for immediate actions.
#[component]
pub fn HeldToast(held: Held, #[prop(optional)] beside: Option<DoneAtOnce>) -> impl IntoView {
    let t = lang::current();
    let (undo_done, refused) = match beside {
        Some(DoneAtOnce { last, undo, refused }) => {
            // The answer to a form without script is in the page.
            held.queue.update_untracked(|queue| queue.put_done(last.get_untracked()));
            Effect::new(move |is_first: Option<bool>| {
                let done = last.get();
                if is_first.is_some() {
                    held.queue.update(|queue| queue.put_done(done));
                }
                false
            });
            (Some(undo), refused)
        }
        None => (None, Vec::new()),
    };
    let message =
        Signal::derive(move || held.queue.with(|queue| queue.waiting.last().map(|one| one.message.clone())));
    let undo: Undo = Box::new(move || {
        let is_done =
            held.queue.with_untracked(|queue| queue.waiting.last().is_none_or(|one| one.decision.is_none()));
        if is_done {
            return undo_done.as_ref()?();
        }
        Some(
            view! { <button class="btn" type="button" data-kind="ghost" on:click=move |_| held.undo()>{t.undo()}</button> }
                .into_any(),
        )
    });
    view! { <Toast message undo refused tick=Arc::new(move || held.tick())/> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(id: i64, version: i64) -> Decision {
        Decision { about: (id, version), name: String::new(), message: format!("{id}"), fields: String::new() }
    }

    fn done(message: &str, has_undo: bool) -> Done {
        Done { message: message.to_owned(), has_undo }
    }

    fn messages(queue: &Queue) -> Vec<&str> {
        queue.waiting.iter().rev().map(|one| one.message.as_str()).collect()
    }

    #[test]
    fn queued_decisions_are_sent_when_their_own_time_ends() {
        let mut queue = Queue::default();
        queue.put(decision(1, 1));
        for _ in 0..5 {
            assert_eq!(queue.tick(), (false, vec![]));
        }
        queue.put(decision(2, 1));
        assert_eq!(messages(&queue), ["2", "1"], "the newest is undone first");
        assert_eq!((queue.tick(), queue.tick()), ((false, vec![]), (false, vec![])));
        assert_eq!(queue.tick(), (true, vec![decision(1, 1)]));
        let rest: Vec<_> = (0..5).map(|_| queue.tick().1.len()).collect();
        assert_eq!(rest, [0, 0, 0, 0, 1]);
    }

    #[test]
    fn later_decision_replaces_earlier_for_same_item() {
        let mut queue = Queue::default();
        queue.put(decision(1, 1));
        assert!(queue.has((1, 1)) && !queue.has((1, 2)), "moved meanwhile, it waits again");
        queue.put(decision(1, 2));
        assert_eq!((queue.waiting.len(), queue.has((1, 2))), (1, true));
    }

    #[test]
    fn immediate_action_shares_undo_order_and_sends_nothing() {
        let mut queue = Queue::default();
        queue.put_done(Some(done("admitted", true)));
        queue.put(decision(1, 1));
        assert_eq!(messages(&queue), ["1", "admitted"]);
        queue.put_done(Some(done("admitted too", true)));
        assert_eq!(messages(&queue), ["admitted too", "1"], "only the last of these can be taken back");
        queue.put_done(Some(done("taken back", false)));
        assert_eq!(messages(&queue), ["1", "taken back"], "the next to undo is in sight");
        let sent: Vec<_> = (0..8).flat_map(|_| queue.tick().1).collect();
        assert_eq!((sent, queue.waiting.len()), (vec![decision(1, 1)], 0));
    }

    #[test]
    fn click_within_400_ms_is_a_double_click() {
        assert!(!is_double(f64::NEG_INFINITY, 0.0), "the first");
        assert!(is_double(1_000.0, 1_399.0) && !is_double(1_000.0, 1_400.0));
    }

    #[test]
    fn blank_field_is_found_in_form_data() {
        assert!(is_empty("id=7&note=++&action=reject", "note") && is_empty("note=", "note"));
        assert!(!is_empty("id=7&note=+no+", "note"));
    }
}
