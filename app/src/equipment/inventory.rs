//! The machines and types that the reader looks after, and bulk changes of machines.
//!
//! Invariant: the selection survives live updates.

use super::{
    api::{self, ChangeMany},
    many::{Chosen, Confirm, PreviewParams},
};
use crate::{
    call::{Call, PageResource, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::glossary::Glossary,
    ui::{
        button::{ButtonLink, Kind as Press},
        changing::dynamic,
        empty::Empty,
        list::LinkItem,
        saved::Saved,
        versions::{News, begun_from},
    },
};
use contract::equipment::{Inventory, TypeRow};
use domain::{live::Noun, machines::Risk};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;
#[derive(Debug)]
struct PageContext {
    inventory: PageResource<Inventory>,
    change: Call<ChangeMany>,
}

impl PageContext {
    fn load() -> Self {
        let (live, change) = (use_live(), Call::<ChangeMany>::new());
        let query = use_query_map();
        let source = move || {
            let versions = (live.version(Noun::Machine), live.version(Noun::Space), change.version().get());
            (query.with(PreviewParams::read), versions)
        };
        let inventory = page_resource(source, |(PreviewParams { machines, change, to }, _)| {
            api::inventory(machines, change, to)
        });
        Self { inventory, change }
    }
}

/// The page at `/machines`.
pub fn machines_page() -> AnyView {
    let PageContext { inventory, change } = PageContext::load();
    live_page(lang::current().equipment_title(), 8, inventory, move |inventory| {
        view! { <Page inventory change/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(inventory: RwSignal<Inventory>, change: Call<ChangeMany>) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let may_add = Memo::new(move |_| inventory.with(|all| all.may_add));
    let changed = Memo::new(move |_| query.with(|query| query.get_str("changed").is_some()));
    // Any change increases one of these.
    let newest = Memo::new(move |_| {
        inventory.with(|all| {
            let there = all.machines.len() + all.types.len() + all.places.len();
            let versions: i64 = all.machines.iter().map(|one| one.version).sum();
            (0, versions + i64::try_from(there).unwrap_or(0))
        })
    });
    let (begun, typing) = begun_from(newest);
    let outcomes = Memo::new(move |_| {
        inventory.with(|all| all.preview.as_ref().map(|preview| preview.outcomes.clone()).unwrap_or_default())
    });
    view! {
        <header class="page-head"><h1>{t.equipment_title()}</h1><p class="sub">{t.equipment_sub()}</p></header>
        <div class="btn-row">
            {dynamic(move || may_add.get().then(|| view! {
                <ButtonLink href="/machines/new" label=t.equipment_add().to_owned() kind=Press::Primary icon="plus"/>
                <ButtonLink href="/types/new" label=t.equipment_type_add().to_owned()/>
                <ButtonLink href="/places" label=t.places_title().to_owned()/>
            }))}
            <ButtonLink href="/machines/labels" label=t.labels_title().to_owned()/>
        </div>
        <Glossary words=|t| vec![t.glossary_board(), t.glossary_unmanaged()]/>
        <Saved visible=changed message=t.equipment_bulk_done()/>
        {dynamic(move || (!outcomes.with(Vec::is_empty)).then(|| view! {
            <Confirm outcomes=outcomes.get() params=query.with_untracked(PreviewParams::read) change/>
        }))}
        <News newest begun typing page="/machines".to_owned()/>
        {dynamic(move || {
            begun.track();
            Some(if inventory.with_untracked(|all| all.machines.is_empty()) {
            view! { <NoMachines may_add=may_add.get()/> }.into_any()
        } else {
            view! { <Chosen inventory=inventory.get_untracked() params=query.with_untracked(PreviewParams::read) typing/> }.into_any()
        })})}
        <section class="group" aria-labelledby="types">
            <h2 class="group-head" id="types">{t.equipment_types()}</h2>
            {dynamic(move || {
                let types = inventory.with(|all| all.types.clone());
                Some(if types.is_empty() {
                    view! {
                        <div class="card"><Empty icon="graduation-cap">
                            <h3>{t.equipment_types_none()}</h3>
                            <p>{t.equipment_types_none_next()}</p>
                            {may_add.get().then(|| view! { <ButtonLink href="/types/new" label=t.equipment_type_add() icon="plus"/> })}
                        </Empty></div>
                    }.into_any()
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

/// Empty state.
#[component]
fn NoMachines(may_add: bool) -> impl IntoView {
    let t = lang::current();
    let next = if may_add { t.equipment_none_next() } else { t.equipment_none_ask() };
    view! {
        <div class="card"><Empty icon="wrench">
            <h2>{t.equipment_none()}</h2>
            <p>{next}</p>
            {may_add.then(|| view! { <ButtonLink href="/machines/new" label=t.equipment_add() icon="plus"/> })}
        </Empty></div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use contract::equipment::{BulkPreview, MachineOutcome, MachineRow};
    use domain::{
        id::{MachineId, TypeId},
        problem::{Kind, Problem},
    };

    fn inventory(machines: Vec<MachineRow>, may_add: bool) -> Inventory {
        let saw = TypeRow { id: TypeId(4), name: "Saw".into(), risk: Risk::High, machines: 2, archived: true };
        Inventory { machines, types: vec![saw], places: vec![], may_add, preview: None }
    }

    fn saw(version: i64) -> MachineRow {
        MachineRow {
            id: MachineId(7),
            version,
            name: "Band <saw>".into(),
            number: Some(12),
            kind: "Saw".into(),
            place: None,
            archived: true,
        }
    }

    fn render(inventory: Inventory) -> String {
        shown_at("/machines", inventory)
    }

    fn shown_at(address: &str, inventory: Inventory) -> String {
        html(visitor(Lang::En), address, move || {
            view! { <Page inventory=RwSignal::new(inventory) change=Call::new()/> }
        })
    }

    #[test]
    fn inventory_rows_are_selectable_with_version() {
        let html = render(inventory(vec![saw(4)], true));
        assert!(html.contains(r#"name="machines[]" value="7:4""#), "{html}");
        assert!(html.contains(r#"aria-label="Select Band &lt;saw&gt;""#), "{html}");
        assert!(words(&html).contains("Saw2 machines · High: life-changing injury · Archived"), "{html}");
    }

    #[test]
    fn bulk_preview_lists_outcomes_and_deselects_changed_machines() {
        let outcome = |id, meanwhile, changes: &[&str]| MachineOutcome {
            id: MachineId(id),
            version: 5,
            name: format!("Saw {id}"),
            meanwhile,
            stays: id == 10,
            changes: changes.iter().map(|&line| line.to_owned()).collect(),
        };
        let outcomes = vec![
            outcome(7, false, &["Grace: 1 → <7>"]),
            outcome(8, true, &["Grace: 2 → 7"]),
            outcome(9, false, &[]),
            outcome(10, false, &["Type: Saw → Lathe"]),
        ];
        let preview = Some(BulkPreview { outcomes, problem: None });
        let address = "/machines?try=many&machines[]=7:5&machines[]=8:4&change[]=grace&grace=7&place=3";
        let html = shown_at(address, Inventory { preview, ..inventory(vec![saw(5)], true) });
        assert!(html.contains(r#"name="machines[]" value="7:5" checked"#), "{html}");
        for (seen, why) in [("8:5", "changed since"), ("9:5", "so already"), ("10:5", "in use")] {
            assert!(html.contains(&format!(r#"value="{seen}""#)), "{seen} in {html}");
            assert!(!html.contains(&format!(r#"value="{seen}" checked"#)), "{why}: {html}");
        }
        assert!(html.contains(r#"type="hidden" name="grace" value="7""#), "{html}");
        assert!(!html.contains(r#"type="hidden" name="place""#), "nobody chose that: {html}");
        assert!(html.contains("1 → &lt;7&gt;") && words(&html).contains("No change."), "{html}");
        assert!(words(&html).contains("It was changed since you selected it."), "{html}");
        assert_eq!(words(&html).matches("It is in use, so").count(), 1, "{html}");
        assert!(words(&html).contains("Change selected"), "{html}");
        let preview = Some(BulkPreview { outcomes: vec![outcome(9, false, &[])], problem: None });
        let idle = shown_at(address, Inventory { preview, ..inventory(vec![saw(5)], true) });
        assert!(!words(&idle).contains("Change selected"), "nothing to do, no button: {idle}");
    }

    #[test]
    fn invalid_bulk_change_shows_field_error_and_preserves_input() {
        let problem = Problem::new("equipment.invalid", Kind::Invalid, "Look again.").field("grace", "A number.");
        let preview = Some(BulkPreview { outcomes: vec![], problem: Some(problem) });
        let address = "/machines?try=many&machines[]=7:4&change[]=grace&grace=soon&shown=name";
        let html = shown_at(address, Inventory { preview, ..inventory(vec![saw(4)], true) });
        assert!(words(&html).contains("A number.") && html.contains(r#"name="grace" value="soon""#), "{html}");
        assert!(html.contains(r#"name="machines[]" value="7:4" checked"#), "{html}");
        assert!(html.contains(r#"name="change[]" value="grace" checked"#), "{html}");
        assert!(html.contains(r#"<option value="name" selected"#), "{html}");
        assert!(!html.contains("change-many"), "there is nothing to have done: {html}");
    }

    #[test]
    fn add_machine_needs_permission_and_empty_inventory_explains_start() {
        assert!(!render(inventory(vec![], false)).contains("/machines/new"));
        assert!(words(&render(inventory(vec![], true))).contains("a name and a type are enough"));
    }
}
