//! The page of an unsubscribe link.
//!
//! Invariant: viewing changes nothing, because mail programs open every link; no sign-in is needed. One-click
//! unsubscribes post to this address (`server/src/http/unsubscribe.rs`).

use super::api::{self, Unsubscribe};
use crate::{
    call::{Call, page_resource},
    lang,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        form::{Form, hidden},
    },
};
use contract::notices::Unwanted;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Parameters of the address.
#[derive(Clone, PartialEq, Eq)]
struct Address {
    who: i64,
    what: String,
    sign: String,
    done: bool,
}

/// The page at `/unsubscribe`.
pub fn unsubscribe_page() -> AnyView {
    let query = use_query_map();
    let address = Memo::new(move |_| {
        query.with(|query| {
            let text = |name| query.get_str(name).unwrap_or_default().to_owned();
            let who = query.get_str("who").and_then(|id| id.parse().ok()).unwrap_or_default();
            Address { who, what: text("what"), sign: text("sign"), done: query.get_str("done").is_some() }
        })
    });
    let answers = page_resource(move || address.get(), |of| api::not_requested(of.who, of.what, of.sign));
    let call = Call::<Unsubscribe>::new();
    live_page(lang::current().mail_unsubscribe(), 2, answers, move |page| {
        view! { <Page not_requested=page address call/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(not_requested: RwSignal<Unwanted>, address: Memo<Address>, call: Call<Unsubscribe>) -> impl IntoView {
    let t = lang::current();
    dynamic(move || {
        let Address { who, what, sign, done } = address.get();
        let message = match not_requested.get() {
            Unwanted::Kind(kind) => t.unsubscribe_kind(t.notice_kind(kind)),
            Unwanted::Digest => t.unsubscribe_digest().to_owned(),
        };
        Some(if done {
            view! {
                <header class="page-head"><h1 tabindex="-1">{t.unsubscribe_done()}</h1></header>
                <section class="card">
                    <p role="status">{t.unsubscribe_done_next()}</p>
                    <div class="btn-row">
                        <ButtonLink href="/notices/settings" label=t.notice_settings_title() kind=Press::Primary/>
                    </div>
                </section>
            }
            .into_any()
        } else {
            view! {
                <header class="page-head"><h1 tabindex="-1">{t.unsubscribe_title()}</h1></header>
                <section class="card">
                    <p>{message}</p>
                    <Form action=call>
                        {hidden("who", &who)}
                        {hidden("what", &what)}
                        {hidden("sign", &sign)}
                        <div class="btn-row">
                            <Submit label=t.unsubscribe_button() kind=Press::Primary busy=call.pending()/>
                            <ButtonLink href="/notices/settings" label=t.notice_settings_title()/>
                        </div>
                    </Form>
                </section>
            }
            .into_any()
        })
    })
}
