//! Recording a checkout without an appointment: member, type and result.

use super::api::{self, RecordCheckout};
use crate::{
    call::{Call, page_resource},
    lang,
    live_page::live_page,
    ui::{
        button::{Kind, Submit},
        changing::dynamic,
        form::{Field, Form},
        icon::Icon,
        segmented::{Segment, Segmented},
        select::Select,
        text_area::TextArea,
    },
};
use contract::checkouts::Day;
use domain::checkouts::{CheckoutAction, RETRY_DAYS};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;

/// The page at `/checkouts/new`.
pub fn record_page() -> AnyView {
    let record = Call::<RecordCheckout>::new();
    let answers = page_resource(|| (), |()| api::day("yes".to_owned()));
    live_page(lang::current().checkouts_spot(), 3, answers, move |day| view! { <Page day record/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(day: RwSignal<Day>, record: Call<RecordCheckout>) -> impl IntoView {
    let t = lang::current();
    let (kinds, names) = day.with_untracked(|day| (day.kinds.clone(), day.names.clone()));
    // Preselected on the day's page.
    let (person, kind) = use_query_map().with_untracked(|query| {
        let request = |name| query.get_str(name).and_then(|id| id.parse::<i64>().ok());
        (request("person"), request("kind"))
    });
    let person = day.with_untracked(|day| {
        let chosen = day.candidates.iter().find(|one| Some(one.person.0) == person);
        chosen.and_then(|one| one.person_name.clone()).unwrap_or_default()
    });
    let chosen = kinds.iter().find(|(id, _)| Some(id.0) == kind).or(kinds.first());
    let first = chosen.map(|(id, _)| id.to_string()).unwrap_or_default();
    let listed = day.with_untracked(|day| day.listed.clone());
    let kind = RwSignal::new(first.clone());
    let hear = move |event: leptos::ev::Event| {
        let list = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        if let Some(list) = list {
            kind.set(list.value());
        }
    };
    // If the type has a checklist, that decides the result.
    let has_list = Memo::new(move |_| kind.with(|kind| listed.iter().any(|id| id.to_string() == *kind)));
    let options = kinds.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    let segment = move |action: CheckoutAction| Segment {
        value: action.as_str(),
        name: t.checkout_action(action),
        icon: None,
    };
    // With its checklist, if the type has one.
    let begin = Segment { value: CheckoutAction::Accept.as_str(), name: t.checkout_begin(), icon: None };
    view! {
        <a class="crumb" href="/checkouts"><Icon name="chevron-left"/>{t.checkouts_title()}</a>
        <header class="page-head"><h1>{t.checkouts_spot()}</h1><p class="sub">{t.checkouts_spot_next()}</p></header>
        <section class="card">
            <Form action=record>
                <Field name="person" label=t.checkouts_person() hint=t.checkouts_person_hint() autocomplete="off" value=person suggestions=names/>
                <div on:change=hear><Select name="kind" label=t.checkouts_kind() options chosen=Signal::stored(first)/></div>
                {dynamic(move || {
                    let is_listed = has_list.get();
                    let pass = (!is_listed).then(|| segment(CheckoutAction::Pass));
                    let segments = [Some(begin), pass, Some(segment(CheckoutAction::Fail))].into_iter().flatten().collect();
                    Some(view! {
                        <Segmented name="action" legend=t.checkouts_result() segments chosen=CheckoutAction::Accept.as_str()/>
                        {is_listed.then(|| view! {
                            <p class="why"><Icon name="list-checks"/><span>{t.checkouts_spot_listed()}" "<a class="link" href=format!("/types/{}/checklist", kind.get_untracked())>{t.checkouts_spot_list()}</a></span></p>
                        })}
                    }.into_any())
                })}
                // Shown for that result (`style/page/checkouts.css`).
                <div class="after-fail">
                    <TextArea name="note" label=t.checkout_note_practise() value=String::new()/>
                    <Field name="retry_days" kind="number" label=t.checkout_retry_label() value=RETRY_DAYS.to_string()/>
                </div>
                <div class="btn-row"><Submit label=t.checkouts_record() kind=Kind::Primary busy=record.pending()/></div>
            </Form>
        </section>
    }
}
