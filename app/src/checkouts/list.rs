//! The checklist of a type, edited as an outline, with a preview of what a trainer will see.
//!
//! Invariant: the preview uses the same parser as saving.

use super::api::{self, SaveCheckoutList};
use crate::{
    call::{Call, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{Kind, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Form, hidden},
        icon::Icon,
        saved::Saved,
        text_area::TextArea,
    },
};
use contract::checkout_steps::ListEdited;
use domain::{
    checkout_steps::{Step, outline},
    id::TypeId,
    live::Noun,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

/// The page at `/types/:id/checklist`.
pub fn list_page(kind: TypeId) -> AnyView {
    let (live, save) = (use_live(), Call::<SaveCheckoutList>::new());
    let source = move || (live.version(Noun::Checkouts), save.version().get());
    let answers = page_resource(source, move |_| api::list(kind));
    live_page(lang::current().checkout_list_title(), 4, answers, move |list| {
        view! { <Page list save/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(list: RwSignal<ListEdited>, save: Call<SaveCheckoutList>) -> impl IntoView {
    let t = lang::current();
    let (kind, name) = list.with_untracked(|list| (list.kind, list.kind_name.clone()));
    let query = use_query_map();
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let input = RwSignal::new(list.with_untracked(|list| list.text.clone()));
    let hear = move |event: leptos::ev::Event| {
        if let Some(area) = event.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok()) {
            input.set(area.value());
        }
    };
    view! {
        <a class="crumb" href=format!("/types/{kind}")><Icon name="chevron-left"/>{name}</a>
        <header class="page-head"><h1>{t.checkout_list_title()}</h1><p class="sub">{t.checkout_list_sub()}</p></header>
        <Saved visible=saved message=t.checkout_list_saved()/>
        <div class="ed-cols">
            <section class="card outline" aria-label=t.checkout_list_text() on:input=hear>
                <Form action=save reload=true>
                    {hidden("kind", &kind)}
                    // The version it was filled in from, so that a concurrent save is not overwritten.
                    {hidden("version", &list.with_untracked(|list| list.version.to_string()))}
                    <TextArea name="text" label=t.checkout_list_text() value=list.with_untracked(|list| list.text.clone()) hint=t.checkout_list_hint()/>
                    <div class="btn-row"><Submit label=t.checkout_list_save() kind=Kind::Primary busy=save.pending()/></div>
                </Form>
                {dynamic(move || list.with(|list| (list.open > 0).then(|| view! { <p class="small muted">{t.checkout_list_begun(list.open)}</p> })))}
            </section>
            <section class="group" aria-labelledby="preview">
                <h2 class="group-head" id="preview">{t.checkout_list_preview()}</h2>
                {dynamic(move || Some(match input.with(|input| outline(input)) {
                    Ok(steps) if steps.is_empty() => view! {
                        <div class="card"><Empty icon="list-checks"><h3>{t.checkout_list_none()}</h3><p>{t.checkout_list_none_next()}</p></Empty></div>
                    }.into_any(),
                    Ok(steps) => preview(steps),
                    Err(fault) => view! { <p class="form-summary"><Icon name="octagon-alert"/><span>{t.checkout_list_fault(fault)}</span></p> }.into_any(),
                }))}
            </section>
        </div>
    }
}

/// The steps below their headings, without checkboxes.
fn preview(steps: Vec<Step>) -> AnyView {
    let t = lang::current();
    let mut section = String::new();
    let lines = steps.into_iter().map(|step| {
        let head = (step.section != section).then(|| step.section.clone());
        section.clone_from(&step.section);
        view! {
            {head.map(|head| view! { <li class="head"><h3>{head}</h3></li> })}
            <li><span class="ring"></span><div>
                <p class="t">{step.body}</p>
                {step.required.then(|| view! { <p class="s">{t.checkout_required()}</p> })}
            </div></li>
        }
    });
    let lines = lines.collect_view();
    view! { <ul class="list said">{lines}</ul> }.into_any()
}
