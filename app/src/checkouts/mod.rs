//! Checkouts: a member chooses a slot, a trainer has their day, and both see one appointment.
//!
//! Invariant: the server's answer alone decides which actions an appointment offers. Not here: when trainers offer
//! slots ([`crate::availability`]).

pub mod api;
mod checklist;
mod day;
mod evidence;
mod list;
mod one;
mod record;
mod slots;
mod undo;

pub use day::checkouts_page;
pub use list::list_page;
pub use one::checkout_page;
pub use record::record_page;
pub use slots::slots_page;

use crate::{
    call::Call,
    lang,
    ui::{
        button::{Kind, Submit},
        form::{Field, Form, hidden},
        icon::Icon,
        text_area::TextArea,
    },
};
use api::DecideCheckout;
use contract::checkouts::Appointment;
use domain::{
    checkouts::{CheckoutAction, RETRY_DAYS, State},
    time::Moment,
};
use leptos::prelude::*;
use text::{Lang, time};

/// State of an appointment: an icon and a word, the same everywhere.
#[component]
fn StateWord(state: State) -> impl IntoView {
    let icon = match state {
        State::Pending => "clock",
        State::Accepted | State::Passed => "circle-check",
        State::Failed => "refresh-cw",
        State::Rejected | State::Cancelled | State::NoShow => "octagon-alert",
    };
    view! { <span class="appt-state" data-state=state.as_str()><Icon name=icon/>{lang::current().checkout_state(state)}</span> }
}

/// `Tue 24 Nov, 18:30–19:00`.
fn when(t: Lang, one: &Appointment, now: Moment) -> String {
    span(t, one.starts, one.ends, now)
}

fn span(t: Lang, starts: Moment, ends: Moment, now: Moment) -> String {
    time::capitalised(&format!("{}–{}", t.exact(starts, now), time::clock(ends)))
}

/// A name, or that the person is gone.
fn called(name: Option<&String>) -> String {
    name.cloned().unwrap_or_else(|| lang::current().checkouts_former().to_owned())
}

/// A button for one action without input.
#[component]
fn Act(
    id: String,
    action: CheckoutAction,
    kind: Kind,
    decide: Call<DecideCheckout>,
    about: String,
) -> impl IntoView {
    view! {
        <Form action=decide beside=true>
            {hidden("id", &id)}
            {hidden("action", &action.as_str())}
            <Submit label=lang::current().checkout_action(action) about kind busy=decide.pending()/>
        </Form>
    }
}

/// An action with a reason, collapsed behind its name.
#[component]
fn Explained(id: String, action: CheckoutAction, decide: Call<DecideCheckout>, open: bool) -> impl IntoView {
    let t = lang::current();
    let fails = action == CheckoutAction::Fail;
    let label = if fails { t.checkout_note_practise() } else { t.checkout_note_why() };
    view! {
        <details class="deed" open=open>
            <summary>{t.checkout_action(action)}</summary>
            <Form action=decide beside=true>
                {hidden("id", &id)}
                {hidden("action", &action.as_str())}
                <TextArea name="note" label value=String::new()/>
                {fails.then(|| view! {
                    <Field name="retry_days" kind="number" label=t.checkout_retry_label() value=RETRY_DAYS.to_string()/>
                })}
                <div class="btn-row"><Submit label=t.checkout_action(action) busy=decide.pending()/></div>
            </Form>
        </details>
    }
}
