//! What the pages of registers share: things that people create by a short form, see in a list and revoke, such as
//! tokens, displays, calendar feeds and board logins.
//!
//! Invariant: a secret is shown once, in the answer to its creation. Not here: which things there are, and what may
//! be done with them.

use super::{
    banner::{Banner, Tone},
    button::{Kind, Submit},
    changing::dynamic,
    empty::Empty,
    form::{Form, hidden},
    icon::Icon,
    list::whole,
};
use crate::call::{Call, Posted};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::fmt::Display;

/// Whether the address says that something was just done here, as after a form without script.
#[must_use]
pub fn is_done() -> Memo<bool> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get_str("done").is_some()))
}

/// What to show in place of an empty list.
#[derive(Debug, Clone, Copy)]
pub struct NoEntries {
    pub icon: &'static str,
    pub heading: &'static str,
    pub next: &'static str,
}

impl NoEntries {
    pub fn card(self) -> AnyView {
        let Self { icon, heading, next } = self;
        view! { <div class="card"><Empty icon><h3>{heading}</h3><p>{next}</p></Empty></div> }.into_any()
    }
}

/// The list under its heading, with a row for each entry. `id` is that of the heading.
#[component]
pub fn Entries(
    id: &'static str,
    title: &'static str,
    none: NoEntries,
    rows: Box<dyn Fn() -> Vec<AnyView> + Send + Sync>,
    /// Class of the list.
    #[prop(default = "list")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <section class="group" aria-labelledby=id>
            <h2 class="group-head" id=id>{title}</h2>
            {dynamic(move || {
                let rows = rows();
                Some(if rows.is_empty() { none.card() } else { view! { <ul class=class>{rows}</ul> }.into_any() })
            })}
        </section>
    }
}

/// A row with the name of an entry, further lines and its buttons.
pub fn entry(icon: &'static str, name: String, lines: Vec<String>, actions: AnyView) -> AnyView {
    view! {
        <li>
            <div class="item">
                <span class="tile"><Icon name=icon/></span>
                <span class="lines">
                    <span class="t" title=whole(&name)>{name.clone()}</span>
                    {lines.into_iter().map(|line| view! { <span class="s">{line}</span> }).collect_view()}
                </span>
                <div class="acts">{actions}</div>
            </div>
        </li>
    }
    .into_any()
}

/// A button of a row that does one thing with the entry of this id.
pub fn row_action<F: Posted>(
    action: Call<F>,
    id: &impl Display,
    label: &'static str,
    about: String,
    kind: Kind,
) -> AnyView {
    let id = hidden("id", id);
    view! {
        <Form action>
            {id}
            <Submit label about kind busy=action.pending()/>
        </Form>
    }
    .into_any()
}

/// The card with the form for a new entry.
#[component]
pub fn NewEntry(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="new">
            <div class="card-head"><h2 id="new">{title}</h2></div>
            {children()}
        </section>
    }
}

/// A secret just issued, to be copied now: it is not shown again.
#[component]
pub fn Issued(
    icon: &'static str,
    title: String,
    next: &'static str,
    /// Id, label and value of each field.
    fields: Vec<(&'static str, &'static str, String)>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let label = title.clone();
    view! {
        <section class="issued" aria-label=label>
            <Banner tone=Tone::Go icon title>{next}</Banner>
            {fields.into_iter().map(|(id, label, value)| view! {
                <div class="field">
                    <label for=id>{label}</label>
                    <input class="input" id=id readonly value=value autocomplete="off" spellcheck="false"/>
                </div>
            }).collect_view()}
            {children.map(|children| children())}
        </section>
    }
}
