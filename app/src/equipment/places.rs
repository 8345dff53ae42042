//! Places of machines: added, renamed, ordered, archived and restored.

use super::fields::UndoArchive;
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    lang,
    live::use_live,
    live_page::loaded,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Field, Form, hidden, was_submitted},
        icon::Icon,
        list::whole,
        register::NewEntry,
        select::Select,
        versions::{VERSION, Versioned, Versions, began},
    },
};
use contract::places::{self, ListPlaces, Places, StoredPlace};
use domain::live::Noun;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

type AddPlace = Function<places::AddPlace>;
type SavePlace = Function<places::SavePlace>;
type ArchivePlace = Function<places::ArchivePlace>;
type RestorePlace = Function<places::UndoArchivePlace>;

#[derive(Debug, Clone, Copy)]
struct Calls {
    add: Call<AddPlace>,
    save: Call<SavePlace>,
    archive: Call<ArchivePlace>,
    restore: Call<RestorePlace>,
}

impl Calls {
    fn new() -> Self {
        Self { add: Call::new(), save: Call::new(), archive: Call::new(), restore: Call::new() }
    }

    /// Number of submissions.
    fn sent(self) -> usize {
        let Self { add, save, archive, restore } = self;
        add.version().get() + save.version().get() + archive.version().get() + restore.version().get()
    }
}

#[derive(Debug)]
struct PageContext {
    places: PageResource<Places>,
    calls: Calls,
}

impl PageContext {
    fn load() -> Self {
        let live = use_live();
        let calls = Calls::new();
        let places = page_resource(move || (live.version(Noun::Space), calls.sent()), |_| load(&ListPlaces {}));
        Self { places, calls }
    }
}

/// The page at `/places`.
pub fn places_page() -> AnyView {
    let PageContext { places, calls } = PageContext::load();
    view! {
        <Title text=lang::current().places_title()/>
        {loaded(4, places, move |places| view! { <Page places calls/> }.into_any())}
        <UndoArchive archive=calls.archive restore=calls.restore/>
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(places: RwSignal<Places>, calls: Calls) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    // One at a time is edited: a form for each would duplicate ids.
    let edited = Memo::new(move |_| {
        let id: Option<i64> = query.with(|query| query.get_str("edit").and_then(|id| id.parse().ok()));
        places.with(|all| all.places.iter().find(|one| Some(one.id.0) == id).cloned())
    });
    let fields =
        vec![Versioned::plain("name", t.equipment_name()), Versioned::plain("position", t.places_position())];
    view! {
        <a class="crumb" href="/machines"><Icon name="chevron-left"/>{t.equipment_title()}</a>
        <header class="page-head"><h1>{t.places_title()}</h1><p class="sub">{t.places_sub()}</p></header>
        <Versions action=calls.save fields/>
        {dynamic(move || edited.get().map(|place| {
            let others = places.with_untracked(|all| all.places.iter().filter(|one| one.id != place.id && !one.archived).cloned().collect());
            view! { <Edit place others calls/> }
        }))}
        {dynamic(move || Some(if places.with(|all| all.places.is_empty()) {
            view! {
                <div class="card"><Empty icon="building-2"><h2>{t.places_none()}</h2><p>{t.places_none_next()}</p></Empty></div>
            }.into_any()
        } else {
            view! {
                <ul class="list" aria-label=t.places_title()>{places.get().places.into_iter().map(|place| view! { <Row place/> }).collect_view()}</ul>
            }.into_any()
        }))}
        {dynamic(move || edited.with(Option::is_none).then(|| view! {
            <NewEntry title=t.places_add()>
                <Form action=calls.add afresh=true>
                    <Field name="name" label=t.equipment_name()/>
                    <div class="btn-row"><Submit label=t.places_add() kind=Press::Primary busy=calls.add.pending()/></div>
                </Form>
            </NewEntry>
        }))}
    }
}

#[component]
fn Row(place: StoredPlace) -> impl IntoView {
    let t = lang::current();
    let name = place.name;
    let mut second = vec![t.equipment_type_machines(place.machines)];
    second.extend(place.archived.then(|| t.equipment_away().to_owned()));
    view! {
        <li>
            <a class="item" href=format!("/places?edit={}", place.id)>
                <span class="tile"><Icon name="building-2"/></span>
                <span class="lines"><span class="t" title=whole(&name)>{name.clone()}</span><span class="s">{second.join(" · ")}</span></span>
                <span class="tail"><Icon name="chevron-right"/></span>
            </a>
        </li>
    }
}

/// Edits, archives or restores one place.
#[component]
fn Edit(place: StoredPlace, others: Vec<StoredPlace>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let saved = place.saved();
    let StoredPlace { id, name, position, archived, machines, .. } = place;
    let about = name.clone();
    let mut to =
        vec![(String::new(), t.places_choose().to_owned()), ("nowhere".to_owned(), t.places_nowhere().to_owned())];
    to.extend(others.into_iter().map(|one| (one.id.to_string(), one.name)));
    let label = if archived { t.equipment_restore() } else { t.equipment_archive() };
    view! {
        <section class="card" aria-labelledby="edit">
            <div class="card-head"><h2 id="edit">{t.places_edit(&about)}</h2></div>
            <Form action=calls.save>
                {hidden("id", &id)}
                {hidden(VERSION, &saved.version)}
                {began(&saved.fields)}
                <Field name="name" label=t.equipment_name() value=name/>
                <Field name="position" label=t.places_position() hint=t.places_position_hint() value=position.to_string()/>
                <div class="btn-row">
                    <Submit label=t.equipment_save() kind=Press::Primary busy=calls.save.pending()/>
                    <ButtonLink href="/places" label=t.version_drop().to_owned()/>
                </div>
            </Form>
            <details class="deed" open=was_submitted(ArchivePlace::PATH) || was_submitted(RestorePlace::PATH)>
                <summary>{label}</summary>
                {if archived {
                    view! {
                        <Form action=calls.restore>
                            {hidden("id", &id)}
                            <div class="btn-row"><Submit label about kind=Press::Quiet busy=calls.restore.pending()/></div>
                        </Form>
                    }.into_any()
                } else {
                    view! {
                        <Form action=calls.archive>
                            {hidden("id", &id)}
                            {(machines > 0).then(|| view! {
                                <Select name="to" label=t.places_where_to() options=to chosen=String::new()/>
                            })}
                            <div class="btn-row"><Submit label about kind=Press::Danger busy=calls.archive.pending()/></div>
                        </Form>
                    }.into_any()
                }}
            </details>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use domain::id::PlaceId;
    use text::Lang;

    fn place(id: i64, name: &str, machines: u32) -> StoredPlace {
        StoredPlace { id: PlaceId(id), version: 2, name: name.into(), position: id, machines, archived: false }
    }

    fn render(address: &'static str) -> String {
        html(visitor(Lang::En), address, || {
            let places = RwSignal::new(Places { places: vec![place(1, "Wood shop", 3), place(2, "Attic", 0)] });
            view! { <Page places calls=Calls::new()/> }
        })
    }

    #[test]
    fn location_list_and_links_have_accessible_names() {
        let html = render("/places");
        assert!(html.contains(r#"<ul aria-label="Locations" class="list">"#), "{html}");
        let link =
            html.split(r#"<a href="/places?edit=1""#).nth(1).and_then(|rest| rest.split("</a>").next()).unwrap();
        assert!(!link.contains("aria-label") && words(link).contains("Wood shop"), "{link}");
    }

    #[test]
    fn archiving_location_with_machines_asks_for_destination() {
        let html = render("/places?edit=1");
        assert!(html.contains(r#"name="version" value="2""#) && html.contains(r#"name="to""#), "{html}");
        assert!(words(&html).contains("No location") && html.contains(r#"<option value="2""#), "{html}");
        assert!(!render("/places?edit=2").contains(r#"name="to""#), "nothing stands there");
        assert!(!render("/places").contains(r#"name="version""#));
    }
}
