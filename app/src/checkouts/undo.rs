//! Undoing a pass: in a toast for a few seconds, and on the appointment as long as it is possible.
//!
//! Invariant: the server's answer alone decides whether it is.

use super::{
    api::{DecideCheckout, UndoPass},
    called,
};
use crate::{
    call::Call,
    lang,
    ui::{
        answered::later,
        button::{Kind, Submit},
        form::{Form, Summary, hidden},
        toast::{Toast, Undo, refusals, undo_field},
    },
};
use contract::checkouts::Appointment;
use domain::{checkouts::CheckoutAction, id::AppointmentId};
use leptos::prelude::*;
use text::time;

/// The toast after a pass or its undo.
#[component]
pub(super) fn Done(decide: Call<DecideCheckout>, undo: Call<UndoPass>) -> impl IntoView {
    let t = lang::current();
    let last = later(decide, undo);
    let message = Signal::derive(move || {
        let done = last.get()?;
        let name = called(done.person_name.as_ref());
        match done.action {
            None => Some(t.checkout_was_undone(&name)),
            Some(CheckoutAction::Pass) => Some(t.checkout_was_passed(&name, &done.kind_name)),
            Some(_) => None,
        }
    });
    let back: Undo = Box::new(move || {
        let done = last.get_untracked()?;
        done.action?;
        Some(form(done.appointment, t.undo(), None, Kind::Ghost, undo))
    });
    view! { <Toast message undo=back refused=vec![refusals(undo)]/> }
}

fn form(
    id: AppointmentId,
    label: &'static str,
    about: Option<String>,
    kind: Kind,
    undo: Call<UndoPass>,
) -> AnyView {
    let busy = undo.pending();
    let submit = match about {
        Some(about) => view! { <Submit label about kind busy/> }.into_any(),
        None => view! { <Submit label kind busy/> }.into_any(),
    };
    view! {
        <Form action=undo beside=true>
            {hidden("id", &id)}
            {undo_field()}
            {submit}
        </Form>
    }
    .into_any()
}

/// The undo button in the appointment's row, while possible.
pub(super) fn in_row(one: &Appointment, undo: Call<UndoPass>) -> Option<AnyView> {
    one.undo_until?;
    let name = called(one.person_name.as_ref());
    Some(form(one.id, lang::current().undo(), Some(name), Kind::Ghost, undo))
}

/// The undo button on the appointment's page, with its deadline.
pub(super) fn offered(one: &Appointment, undo: Call<UndoPass>) -> Option<AnyView> {
    let t = lang::current();
    let until = one.undo_until?;
    Some(
        view! {
            <Summary action=undo/>
            <p class="small muted">{t.checkout_undo_until(&time::clock(until), &called(one.person_name.as_ref()))}</p>
            <div class="btn-row">{form(one.id, t.checkout_undo(), None, Kind::Quiet, undo)}</div>
        }
        .into_any(),
    )
}
