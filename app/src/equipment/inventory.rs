//! The machines and types that somebody cares for, and many machines changed at once.
//!
//! Invariant: what is chosen goes along with the version that is on the screen. A chunk of its own.

use super::{
    api::{self, ChangeMany},
    fields::named,
};
use crate::{
    call::{Asked, Call, asked},
    lang,
    live::{followed, use_live},
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::part,
        empty::Empty,
        form::{Field, Form, use_form},
        icon::Icon,
        list::{LinkItem, whole},
        saved::Saved,
        select::Select,
        skeleton::SkeletonList,
    },
};
use domain::{
    equipment::{Inventory, MachineRow, TypeRow},
    live::Noun,
    machines::Risk,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_query_map, lazy_route};
use text::Lang;

/// The page at `/machines`.
#[derive(Debug)]
pub struct Machines;

/// What the page asks for. Made in the page's own chunk: whatever `data` does would lie in the first load of every page.
#[derive(Debug)]
struct Loaded {
    inventory: Asked<Inventory>,
    change: Call<ChangeMany>,
}

impl Loaded {
    fn load() -> Self {
        let (live, change) = (use_live(), Call::<ChangeMany>::new());
        let source = move || (live.version(Noun::Machine), live.version(Noun::Space), change.version().get());
        Self { inventory: asked(source, |_| api::inventory()), change }
    }
}

#[lazy_route]
impl LazyRoute for Machines {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let Machines = this;
        let Loaded { inventory, change } = Loaded::load();
        view! {
            <Title text=lang::current().equipment_title()/>
            <Transition fallback=|| view! { <SkeletonList rows=8/> }>
                {followed(inventory, Box::new(move |inventory| view! { <Page inventory change/> }.into_any()))}
            </Transition>
        }
        .into_any()
    }
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(inventory: RwSignal<Inventory>, change: Call<ChangeMany>) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let may_add = Memo::new(move |_| inventory.with(|all| all.may_add));
    let changed = Memo::new(move |_| query.with(|query| query.get_str("changed").is_some()));
    view! {
        <header class="page-head"><h1>{t.equipment_title()}</h1><p class="sub">{t.equipment_sub()}</p></header>
        <div class="btn-row">
            {part(move || may_add.get().then(|| view! {
                <ButtonLink href="/machines/new" label=t.equipment_add().to_owned() kind=Press::Primary icon="plus"/>
                <ButtonLink href="/types/new" label=t.equipment_type_add().to_owned()/>
                <ButtonLink href="/places" label=t.places_title().to_owned()/>
            }))}
            <ButtonLink href="/machines/labels" label=t.labels_title().to_owned()/>
        </div>
        <Saved shown=changed said=t.equipment_bulk_done()/>
        {part(move || Some(if inventory.with(|all| all.machines.is_empty()) {
            view! {
                <div class="card"><Empty icon="wrench"><h2>{t.equipment_none()}</h2><p>{t.equipment_none_next()}</p></Empty></div>
            }.into_any()
        } else {
            view! { <Chosen inventory=inventory.get() change/> }.into_any()
        }))}
        <section class="group" aria-labelledby="types">
            <h2 class="group-head" id="types">{t.equipment_types()}</h2>
            {part(move || {
                let types = inventory.with(|all| all.types.clone());
                Some(if types.is_empty() {
                    view! { <p class="card muted">{t.equipment_types_none()}</p> }.into_any()
                } else {
                    view! { <ul class="list">{types.into_iter().map(|one| kind(t, one)).collect_view()}</ul> }.into_any()
                })
            })}
        </section>
    }
}

fn kind(t: Lang, one: TypeRow) -> impl IntoView {
    let risk = match one.risk {
        Risk::Low => t.equipment_risk_low(),
        Risk::Medium => t.equipment_risk_medium(),
        Risk::High => t.equipment_risk_high(),
    };
    let mut second = vec![t.equipment_type_machines(one.machines), risk.to_owned()];
    second.extend(one.archived.then(|| t.equipment_away().to_owned()));
    view! { <LinkItem href=format!("/types/{}/edit", one.id) icon="wrench" title=one.name second=second.join(" · ")/> }
}

/// The machines to choose from, and what to change of those that were chosen: one form.
#[component]
fn Chosen(inventory: Inventory, change: Call<ChangeMany>) -> impl IntoView {
    let t = lang::current();
    let Inventory { machines, types, places, .. } = inventory;
    let whats = [
        ("place", t.equipment_place()),
        ("kind", t.equipment_type()),
        ("mode", t.setting_mode()),
        ("present", t.setting_present()),
        ("auto_stop", t.setting_auto_stop()),
        ("grace", t.setting_grace()),
        ("display", t.setting_display()),
    ];
    let whats = whats.map(|(value, word)| (value.to_owned(), word.to_owned())).to_vec();
    let mut stands = vec![(String::new(), t.equipment_no_place().to_owned())];
    stands.extend(named(places));
    let types: Vec<_> = types.into_iter().filter(|one| !one.archived).map(|one| (one.id, one.name)).collect();
    let kinds = named(types);
    let modes = [
        ("", t.version_nothing()),
        ("open", t.setting_mode_open()),
        ("qualified", t.setting_mode_qualified()),
        ("supervised", t.setting_mode_supervised()),
    ];
    let modes = modes.map(|(value, word)| (value.to_owned(), word.to_owned())).to_vec();
    view! {
        <Form action=change>
            <Rows machines/>
            <details class="card bulk" open=crate::ui::form::came_back("/api/equipment/change-many")>
                <summary>{t.equipment_bulk()}</summary>
                <div class="form">
                    <Select name="what" label=t.equipment_bulk_what() options=whats chosen="place".to_owned()/>
                    <Select name="place" label=t.equipment_place() options=stands chosen=String::new()/>
                    <Select name="kind" label=t.equipment_type() options=kinds chosen=String::new()/>
                    <Select name="mode" label=t.setting_mode() options=modes chosen=String::new()/>
                    <Field name="value" label=t.equipment_bulk_value() hint=t.equipment_bulk_value_hint()/>
                    <div class="btn-row"><Submit label=t.equipment_bulk() busy=change.pending()/></div>
                </div>
            </details>
        </Form>
    }
}

/// The table, a tick for each.
#[component]
fn Rows(machines: Vec<MachineRow>) -> impl IntoView {
    let (t, form) = (lang::current(), use_form());
    let ticked = form.as_ref().and_then(|form| form.ticked("machines[]")).unwrap_or_default();
    let message = Signal::derive(move || form.as_ref()?.message("machines"));
    view! {
        <p class="error" role="alert">
            {part(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
        </p>
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
                    let is_ticked = ticked.contains(&seen);
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
                            <td class="muted" data-p="3">{one.place.unwrap_or_else(|| "–".to_owned())}</td>
                        </tr>
                    }
                }).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use domain::id::{MachineId, TypeId};

    fn inventory(machines: Vec<MachineRow>, may_add: bool) -> Inventory {
        let saw = TypeRow { id: TypeId(4), name: "Saw".into(), risk: Risk::High, machines: 2, archived: true };
        Inventory { machines, types: vec![saw], places: vec![], may_add }
    }

    fn shown(inventory: Inventory) -> String {
        html(visitor(Lang::En), "/machines", move || {
            view! { <Page inventory=RwSignal::new(inventory) change=Call::new()/> }
        })
    }

    #[test]
    fn each_machine_can_be_chosen_with_the_version_that_is_shown() {
        let row = MachineRow {
            id: MachineId(7),
            version: 4,
            name: "Band <saw>".into(),
            number: Some(12),
            kind: "Saw".into(),
            place: None,
            archived: true,
        };
        let html = shown(inventory(vec![row], true));
        assert!(html.contains(r#"name="machines[]" value="7:4""#), "{html}");
        assert!(html.contains(r#"aria-label="Choose Band &lt;saw&gt;""#), "{html}");
        assert!(words(&html).contains("Saw2 machines · High: a life changed · Put away"), "{html}");
    }

    #[test]
    fn an_owner_adds_nothing_and_an_empty_workshop_says_how_to_begin() {
        assert!(!shown(inventory(vec![], false)).contains("/machines/new"));
        assert!(words(&shown(inventory(vec![], true))).contains("a name and a type are enough"));
    }
}
