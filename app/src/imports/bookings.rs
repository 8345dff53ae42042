//! Bookings of another system: a table is pasted, previewed and imported.
//!
//! Invariant: the previewed table is the imported one, because the second form sends it again.

use super::{api::ImportBookings, refused_below};
use crate::{
    call::Call,
    lang,
    ui::{
        answered::answered,
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Form, hidden},
        icon::Icon,
        refused::Refused,
        text_area::TextArea,
    },
};
use contract::bookings::BookingsImport;
use domain::actor::Rank;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/import/bookings`.
pub fn import_bookings_page() -> AnyView {
    if let Some(problem) = refused_below(Rank::Manager) {
        return view! { <Refused problem/> }.into_any();
    }
    let t = lang::current();
    view! {
        <Title text=t.bookings_import_title()/>
        <a class="crumb" href="/import"><Icon name="chevron-left"/>{t.import_title()}</a>
        <header class="page-head"><h1>{t.bookings_import_title()}</h1><p class="sub">{t.bookings_import_next()}</p></header>
        <Page import=Call::new()/>
    }
    .into_any()
}

#[component]
fn Page(import: Call<ImportBookings>) -> impl IntoView {
    let t = lang::current();
    let last = answered(import);
    view! {
        <section class="card">
            <Form action=import>
                <TextArea name="table" label=t.bookings_import_table() hint=t.bookings_import_hint() value=String::new()/>
                <div class="btn-row"><Submit label=t.bookings_import_check() busy=import.pending()/></div>
            </Form>
            <div role="status">{dynamic(move || last.get().map(|(outcome, _)| view! { <OutcomeMessage outcome/> }))}</div>
            {dynamic(move || {
                let (outcome, table) = last.get()?;
                (!outcome.done && outcome.bookings > 0).then(|| view! {
                    <Form action=import beside=true>
                        {hidden("table", &table)}
                        {hidden("make", &"yes")}
                        <div class="btn-row"><Submit label=t.bookings_import_apply(outcome.bookings) kind=Press::Primary busy=import.pending()/></div>
                    </Form>
                })
            })}
        </section>
    }
}

/// Result of a table.
#[component]
fn OutcomeMessage(outcome: BookingsImport) -> impl IntoView {
    let t = lang::current();
    let BookingsImport { done, bookings, kept: stored, left, problem } = outcome;
    let count = u32::try_from(left.len()).unwrap_or(u32::MAX);
    let head = match problem {
        Some(problem) => problem,
        None if done => t.bookings_import_done(bookings),
        None => t.bookings_import_would(bookings),
    };
    let lines = left.into_iter().map(|line| {
        view! { <li><b>{t.bookings_import_line(&line.line.to_string())}</b>" "{line.message}</li> }
    });
    view! {
        <p><b>{head}</b></p>
        {(stored > 0).then(|| view! { <p>{t.bookings_import_kept(stored)}</p> })}
        {(count > 0).then(|| view! { <p>{t.bookings_import_left(count)}</p> })}
        <ul class="rows">{lines.collect_view()}</ul>
    }
}
