//! Bulk changes of machines: select, preview, apply.
//!
//! Invariant: each selected machine carries the displayed version, only ticked fields change, and the outcome for
//! each machine is previewed: the selection is in the address, and the preview asks for one confirmation.

use super::{
    api::{BULK, ChangeMany},
    fields::named,
};
use crate::{
    call::Call,
    lang,
    ui::{
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Ask, Field, Form, hidden, use_form},
        icon::Icon,
        list::whole,
        select::Select,
    },
};
use contract::equipment::{Inventory, MachineOutcome, MachineRow};
use domain::settings::{Fits, Key};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use text::Lang;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

/// The previewed change, read from the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PreviewParams {
    pub(super) machines: Vec<String>,
    pub(super) change: Vec<String>,
    /// Values in the order of [`BULK`]; empty without a preview.
    pub(super) to: Vec<String>,
}

impl PreviewParams {
    pub(super) fn read(query: &ParamsMap) -> Self {
        if query.get_str("try").is_none() {
            return Self::default();
        }
        let all = |name| query.get_all(name).unwrap_or_default();
        let to = BULK.map(|field| query.get_str(field).unwrap_or_default().to_owned());
        Self { machines: all("machines[]"), change: all("change[]"), to: to.to_vec() }
    }

    fn value(&self, field: &str) -> String {
        let at = BULK.iter().position(|known| *known == field);
        at.and_then(|at| self.to.get(at)).cloned().unwrap_or_default()
    }
}

/// The machines to select and the fields to change: one form, which only previews.
#[component]
pub(super) fn Chosen(inventory: Inventory, params: PreviewParams, typing: RwSignal<bool>) -> impl IntoView {
    let t = lang::current();
    let Inventory { machines, types, places, preview: answer, .. } = inventory;
    let problem = answer.and_then(|answer| answer.problem);
    let open = !params.to.is_empty();
    let mut stands = vec![(String::new(), t.equipment_no_place().to_owned())];
    stands.extend(named(places));
    let types: Vec<_> = types.into_iter().filter(|one| !one.archived).map(|one| (one.id, one.name)).collect();
    let kinds = named(types);
    let words = |key: Key| {
        let elsewhere = [(String::new(), t.equipment_bulk_elsewhere().to_owned())];
        let Fits::Word(words) = key.fits() else { return elsewhere.to_vec() };
        let words = words.iter().map(|&code| (code.to_owned(), t.setting_value(key, code)));
        elsewhere.into_iter().chain(words).collect()
    };
    let fields = [
        ("place", t.equipment_place(), Some(stands)),
        ("kind", t.equipment_type(), Some(kinds)),
        ("mode", t.setting_mode(), Some(words(Key::Authorisation))),
        ("present", t.setting_present(), None),
        ("shown", t.setting_shown(), Some(words(Key::ShownNames))),
        ("auto_stop", t.setting_auto_stop(), None),
        ("grace", t.setting_grace(), None),
        ("display", t.setting_display(), None),
    ];
    let picked =
        params.machines.iter().filter_map(|one| one.split_once(':')).map(|(id, _)| id.to_owned()).collect();
    let hear = move |event: leptos::ev::Event| {
        typing.set(true);
        tick(&event);
    };
    view! {
        <div on:input=hear>
            <Ask page="/machines" problem>
                {hidden("try", &"many")}
                <Rows machines picked/>
                <details class="card many" open=open>
                    <summary>{t.equipment_bulk()}</summary>
                    <div class="form">
                        <p class="muted">{t.equipment_bulk_lead()}</p>
                        <Message field="change"/>
                        {fields.into_iter().map(|(name, label, options)| {
                            let (value, ticked) = (params.value(name), params.change.iter().any(|one| one == name));
                            view! { <Maybe name label options value ticked/> }
                        }).collect_view()}
                        <div class="btn-row"><Submit label=t.would_see()/></div>
                    </div>
                </details>
            </Ask>
        </div>
    }
}

/// Ticks a field's checkbox when it is edited.
fn tick(event: &leptos::ev::Event) {
    let name = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|field| field.get_attribute("name"))
        .filter(|name| BULK.contains(&name.as_str()));
    let Some(name) = name else { return };
    let box_of_it = document().query_selector(&format!("[name='change[]'][value='{name}']"));
    if let Ok(Some(Ok(tick))) = box_of_it.map(|found| found.map(JsCast::dyn_into::<HtmlInputElement>)) {
        tick.set_checked(true);
    }
}

/// A field, and the checkbox that includes it.
#[component]
fn Maybe(
    name: &'static str,
    label: &'static str,
    /// Options, unless it is a text field.
    #[prop(optional_no_strip)]
    options: Option<Vec<(String, String)>>,
    value: String,
    ticked: bool,
) -> impl IntoView {
    let code = lang::current().equipment_bulk_change();
    view! {
        <div class="maybe">
            <label class="tick">
                <input type="checkbox" name="change[]" value=name checked=ticked aria-label=format!("{code}: {label}")/>
                <span aria-hidden="true">{code}</span>
            </label>
            {match options {
                Some(options) => view! { <Select name label options chosen=value/> }.into_any(),
                None => view! { <Field name label value/> }.into_any(),
            }}
        </div>
    }
}

/// An error about a group of fields.
#[component]
fn Message(field: &'static str) -> impl IntoView {
    let form = use_form();
    let message = Signal::derive(move || form.as_ref()?.message(field));
    view! {
        <p class="error" role="alert">
            {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
        </p>
    }
}

/// The outcome for each machine, and the button that applies it.
#[component]
pub(super) fn Confirm(
    outcomes: Vec<MachineOutcome>,
    params: PreviewParams,
    change: Call<ChangeMany>,
) -> impl IntoView {
    let t = lang::current();
    let is_idle = outcomes.iter().all(|outcome| outcome.changes.is_empty());
    view! {
        <section class="card" aria-labelledby="fates">
            <div class="card-head"><h2 id="fates">{t.equipment_bulk_outcomes()}</h2></div>
            <Form action=change>
                {params.change.iter().map(|field| view! {
                    {hidden("change[]", &field)}
                    {hidden(field, &params.value(field))}
                }).collect_view()}
                <Message field="machines"/>
                <ul class="fates">{outcomes.into_iter().map(|outcome| decided(t, outcome)).collect_view()}</ul>
                {(!is_idle).then(|| view! {
                    <div class="btn-row"><Submit label=t.equipment_bulk_do() kind=Press::Primary busy=change.pending()/></div>
                })}
            </Form>
        </section>
    }
}

/// One machine: selected if it would change, may change and was not changed meanwhile.
fn decided(t: Lang, outcome: MachineOutcome) -> impl IntoView {
    let MachineOutcome { id, version, name, meanwhile, stays, mut changes } = outcome;
    let ticked = !meanwhile && !stays && !changes.is_empty();
    let wrong = [meanwhile.then(|| t.equipment_bulk_meanwhile()), stays.then(|| t.equipment_bulk_stays())];
    if changes.is_empty() {
        changes.push(t.equipment_bulk_same().to_owned());
    }
    let label = t.equipment_choose(&name);
    view! {
        <li>
            <label class="tick">
                <input type="checkbox" name="machines[]" value=format!("{id}:{version}") checked=ticked aria-label=label/>
                <span>{name}</span>
            </label>
            {wrong.into_iter().flatten().map(|why| view! { <p class="error"><Icon name="octagon-alert"/><span>{why}</span></p> }).collect_view()}
            {changes.into_iter().map(|line| view! { <p class="s">{line}</p> }).collect_view()}
        </li>
    }
}

/// The table, with a checkbox per row.
#[component]
fn Rows(
    machines: Vec<MachineRow>,
    /// Ids of previously selected machines.
    picked: Vec<String>,
) -> impl IntoView {
    let t = lang::current();
    view! {
        <Message field="machines"/>
        <div class="table-wrap">
            <table class="table machines">
                <caption class="visually-hidden">{t.equipment_machines()}</caption>
                <thead><tr>
                    <th scope="col">{t.equipment_name()}</th>
                    <th scope="col" data-p="2">{t.equipment_number()}</th>
                    <th scope="col" data-p="2">{t.equipment_type()}</th>
                    <th scope="col" data-p="3">{t.equipment_place()}</th>
                </tr></thead>
                <tbody>{machines.into_iter().map(|one| {
                    let seen = format!("{}:{}", one.id, one.version);
                    let is_ticked = picked.contains(&one.id.to_string());
                    let label = t.equipment_choose(&one.name);
                    view! {
                        <tr>
                            <td><span class="choose">
                                <label class="tick">
                                    <input type="checkbox" name="machines[]" value=seen checked=is_ticked aria-label=label/>
                                </label>
                                <a class="name" href=format!("/machines/{}/edit", one.id)>
                                    <span class="cut-off" title=whole(&one.name)>{one.name.clone()}</span>
                                </a>
                                {one.archived.then(|| view! { <span class="badge">{t.equipment_away()}</span> })}
                            </span></td>
                            <td class="muted" data-p="2">{one.number.map_or_else(|| "–".to_owned(), |number| number.to_string())}</td>
                            <td class="muted" data-p="2">{one.kind}</td>
                            <td class="muted" data-p="3">{one.place.map_or_else(|| "–".to_owned(), |(_, name)| name)}</td>
                        </tr>
                    }
                }).collect_view()}</tbody>
            </table>
        </div>
    }
}
