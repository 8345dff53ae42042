//! A form whose answer comes from a passkey: the browser is asked when it is sent.
//!
//! Invariant: without script it is sent empty, and the server answers that a script is needed. `frontend/page/src/passkeys.ts` asks the
//! browser, fills in the answer, and sends it the browser's way.

use super::{
    button::{Kind, Submit},
    form::Form,
};
use crate::{
    call::{Call, Posted},
    lang,
};
use leptos::prelude::*;

/// The form; `ceremony` is what the browser is asked for: `sign-in`, `confirm` or `add`.
#[component]
pub fn PasskeyForm<F: Posted>(
    action: Call<F>,
    ceremony: &'static str,
    label: &'static str,
    #[prop(optional)] kind: Kind,
    /// Further fields.
    children: Children,
) -> impl IntoView {
    let t = lang::current();
    view! {
        <div data-passkey=ceremony data-cancelled=t.passkey_cancelled() data-impossible=t.passkey_unanswered()
            data-known=t.passkey_known_here()>
            <Form action reload=true>
                {children()}
                // Empty ids: hidden fields have no label.
                <input type="hidden" name="ceremony"/>
                <input type="hidden" name="answer"/>
                <Submit label kind/>
            </Form>
        </div>
    }
}
