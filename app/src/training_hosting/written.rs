//! The toast after results were written, with their undo for eight seconds. The form leads to the event's page, so the toast
//! is shown there.
//!
//! Invariant: it is shown once, and in the browser only; without script the event's page itself offers the undo as long as
//! it is possible. Not here: writing them ([`super::results`]).

use crate::{
    call::{Call, Function},
    lang,
    ui::{
        answered::answered,
        toast::{self, Toast, refusals, undo_form},
    },
};
use contract::training_events::{self, ResultsWritten};
use domain::id::TrainingEventId;
use leptos::prelude::*;
use std::cell::RefCell;

pub(super) type Write = Function<training_events::WriteResults>;
pub(super) type Undo = Function<training_events::UndoResults>;

thread_local! {
    /// The results that were just written.
    static LAST: RefCell<Option<(TrainingEventId, ResultsWritten)>> = const { RefCell::new(None) };
}

/// Stores the answer for the page that the form leads to.
pub(super) fn hand_over(event: TrainingEventId, write: Call<Write>) {
    let answer = answered(write);
    Effect::new(move |_| {
        if let Some(written) = answer.get() {
            LAST.set(Some((event, written)));
        }
    });
}

/// The results just written for an event, and their undo, on its page.
#[component]
pub fn WrittenToast(event: TrainingEventId) -> impl IntoView {
    let (t, undo) = (lang::current(), Call::<Undo>::new());
    let written = RwSignal::new(None::<ResultsWritten>);
    Effect::new(move |_| written.set(LAST.take().filter(|(of, _)| *of == event).map(|(_, written)| written)));
    let message = Signal::derive(move || {
        written
            .with(|written| written.as_ref().map(|done| t.hosting_outcomes(done.passed, done.failed, done.missed)))
    });
    let back: toast::Undo =
        Box::new(move || written.with_untracked(Option::is_some).then(|| undo_form(undo, &[("id", &event)])));
    view! { <Toast message undo=back refused=vec![refusals(undo)]/> }
}
