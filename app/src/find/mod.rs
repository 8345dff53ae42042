//! Search for machines, people, pages and actions by part of their name. Ctrl or ⌘ and K opens the palette over
//! any page; this page is the same without script.
//!
//! Invariant: the search text is in the address and works without script; arrow keys only move among the links.
//! Page and palette are chunks of their own: the first load of every page contains only the shortcut.

pub mod api;
mod dialog;
mod keys;
mod palette;

use crate::{
    call::page_resource,
    lang,
    live_page::loaded,
    sign_in_redirect,
    ui::{button::Submit, changing::dynamic, empty::Empty, form::Ask, icon::Icon, nav::places_to_manage},
    visitor::{Theme, Visitor, use_visitor},
};
use contract::find::{Found, Suggestion};
use domain::actor::Rank;
use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    html,
    prelude::*,
    task::spawn_local,
};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use text::Lang;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The page at `/find`.
pub fn find_page() -> AnyView {
    let t = lang::current();
    let query = use_query_map();
    let asked_for = query.with_untracked(|query| query.get_str("q").unwrap_or_default().to_owned());
    let name = RwSignal::new(asked_for);
    let answers = page_resource(move || name.get(), api::find);
    view! {
        <Title text=t.find_title()/>
        <header class="page-head"><h1>{t.find_title()}</h1><p class="sub">{t.find_next()}</p></header>
        <Bar name/>
        {loaded(4, answers, move |found| view! { <Hits found name/> }.into_any())}
    }
    .into_any()
}

/// The field. It searches on input, and as an ordinary form without script.
#[component]
fn Bar(name: RwSignal<String>) -> impl IntoView {
    let t = lang::current();
    let field = NodeRef::<html::Input>::new();
    // Visitors who come by the shortcut want to type.
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            request_animation_frame(move || drop(field.focus()));
        }
    });
    view! {
        <search class="finder">
            <Ask page="/find" problem=None>
                <div class="field">
                    <label for="q">{t.find_what()}</label>
                    <input class="input" id="q" name="q" type="search" autocomplete="off" node_ref=field value=name.get_untracked()
                        on:input=move |event| name.set(event_target_value(&event)) on:keydown=move_among/>
                </div>
                <div class="btn-row"><Submit label=t.people_find()/></div>
            </Ask>
        </search>
    }
}

/// The arrows go from the field to the links and among them.
fn move_among(event: KeyboardEvent) {
    let down = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let Ok(links) = document().query_selector_all("#hits .item") else { return };
    let links: Vec<HtmlElement> = (0..links.length()).filter_map(|at| links.item(at)?.dyn_into().ok()).collect();
    let focused = document().active_element();
    let at =
        links.iter().position(|link| focused.as_ref().is_some_and(|focused| link.is_same_node(Some(focused))));
    let to = match (at, down) {
        (None, true) => Some(0),
        (None, false) => links.len().checked_sub(1),
        (Some(at), true) => Some((at + 1).min(links.len() - 1)),
        (Some(at), false) => at.checked_sub(1),
    };
    event.prevent_default();
    match to.and_then(|to| links.get(to)) {
        // Fails only on a detached element, here and below.
        Some(link) => drop(link.focus()),
        None => drop(
            document()
                .get_element_by_id("q")
                .and_then(|field| field.dyn_into::<HtmlElement>().ok())
                .map(|field| field.focus()),
        ),
    }
}

/// A search result.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hit {
    to: To,
    icon: &'static str,
    name: String,
}

/// What selecting a result does.
#[derive(Debug, Clone, PartialEq, Eq)]
enum To {
    Page(String),
    /// The theme of this device from the next document on.
    Theme(Theme),
}

/// Results of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    title: &'static str,
    id: &'static str,
    hits: Vec<Hit>,
}

/// The results, with the pages this visitor may open and the actions they may take whose names contain the search
/// text. No group is empty.
fn groups(t: Lang, found: Found, code: &str) -> Vec<Group> {
    let code = code.trim().to_lowercase();
    let called = |name: &str| name.to_lowercase().contains(&code);
    let hit = |href: &str, icon, name: &str| Hit { to: To::Page(href.to_owned()), icon, name: name.to_owned() };
    let machines = found.machines.into_iter().map(|(id, name)| hit(&format!("/machines/{id}"), "wrench", &name));
    let people = found.people.into_iter().map(|(id, name)| hit(&format!("/people/{id}"), "user-round", &name));
    let always = [("/", "activity", t.nav_now()), ("/me", "user-round", t.nav_me())];
    let member = use_visitor().who.is_some_and(|me| me.rank >= Rank::Member || me.auditor);
    let places = places_to_manage(t);
    let is_there = places.iter().any(|place| place.href == "/maintenance");
    let works = (member && !is_there).then(|| ("/maintenance", "repeat", t.maintenance_all()));
    let places = places.into_iter().map(|place| (place.href, place.icon, place.name));
    let fits = |(href, icon, name): (&str, &'static str, &str)| called(name).then(|| hit(href, icon, name));
    let pages = always.into_iter().chain(works).chain(places).filter_map(fits);
    let suggested = found.suggestions.into_iter().map(|one| suggested(t, one));
    let actions = suggested.chain(actions(t).into_iter().filter_map(fits));
    [
        Group { title: t.find_machines(), id: "machines", hits: machines.collect() },
        Group { title: t.people_heading(), id: "people", hits: people.collect() },
        Group { title: t.find_pages(), id: "pages", hits: pages.collect() },
        Group { title: t.find_actions(), id: "actions", hits: actions.collect() },
    ]
    .into_iter()
    .filter(|group| !group.hits.is_empty())
    .collect()
}

/// The result for a suggested action.
fn suggested(t: Lang, suggestion: Suggestion) -> Hit {
    match suggestion {
        Suggestion::Hold(person, name) => Hit {
            to: To::Page(format!("/people/{person}/qualifications?open=hold#deed-hold")),
            icon: "hand",
            name: format!("{}: {name}", t.holds_place()),
        },
        Suggestion::Book(what) => Hit {
            to: To::Page(sign_in_redirect::query("/book", [("q", &what)])),
            icon: "calendar-days",
            name: format!("{}: {what}", t.book_title()),
        },
        Suggestion::Theme { dark } => {
            let (theme, icon, code) = if dark {
                (Theme::Dark, "moon", t.me_theme_dark())
            } else {
                (Theme::Light, "sun", t.me_theme_light())
            };
            Hit { to: To::Theme(theme), icon, name: format!("{}: {code}", t.me_theme()) }
        }
    }
}

/// The actions of this visitor, with their addresses.
fn actions(t: Lang) -> Vec<(&'static str, &'static str, &'static str)> {
    let Some(me) = use_visitor().who else { return Vec::new() };
    let manager = me.rank >= Rank::Manager;
    [
        (me.rank >= Rank::Inductor, ("/people/invite", "user-plus", t.find_invite())),
        (manager, ("/machines/new", "plus", t.equipment_add())),
        (manager, ("/types/new", "plus", t.equipment_type_add())),
        (manager, ("/places", "plus", t.places_add())),
        (manager, ("/machines/labels", "scroll-text", t.find_labels())),
        (true, ("/me/password", "lock", t.find_password())),
        (true, ("/me/second-factor", "shield-check", t.find_factor())),
        (true, ("/me/sessions", "laptop", t.find_devices())),
        (true, ("/me/calendar", "calendar-days", t.feeds_link())),
        (true, ("/me/tokens", "lock", t.tokens_programs())),
    ]
    .into_iter()
    .filter_map(|(may, action)| may.then_some(action))
    .collect()
}

/// The results, without requests, so that tests can render them.
#[component]
fn Hits(found: RwSignal<Found>, name: RwSignal<String>) -> impl IntoView {
    let t = lang::current();
    view! {
        <div id="hits" class="hits" on:keydown=move_among>
            {dynamic(move || {
                let groups = groups(t, found.get(), &name.get());
                let count: usize = groups.iter().map(|group| group.hits.len()).sum();
                Some(view! {
                    <p class="visually-hidden" role="status">{t.find_found(u32::try_from(count).unwrap_or(u32::MAX))}</p>
                    {(count == 0).then(|| view! {
                        <div class="card"><Empty icon="search"><h2>{t.find_none()}</h2><p>{t.find_none_next()}</p></Empty></div>
                    })}
                    {groups.into_iter().map(list).collect_view()}
                })
            })}
        </div>
    }
}

fn list(Group { title, id, hits }: Group) -> AnyView {
    view! {
        <section class="group" aria-labelledby=id>
            <h2 class="group-head" id=id>{title}</h2>
            <ul class="list">
                {hits.into_iter().map(hit).collect_view()}
            </ul>
        </section>
    }
    .into_any()
}

fn hit(Hit { to, icon, name }: Hit) -> AnyView {
    let lines = view! {
        <span class="tile"><Icon name=icon/></span>
        <span class="lines"><span class="t">{name}</span></span>
    };
    match to {
        To::Page(href) => view! {
            <li><a class="item" href=href>{lines}<span class="tail"><Icon name="chevron-right"/></span></a></li>
        }
        .into_any(),
        // A native submit, because the palette lies over pages it does not belong to.
        To::Theme(theme) => view! {
            <li><form method="post" action="?/me/prefer">
                <input type="hidden" name="lang" value=use_visitor().lang.tag()/>
                <input type="hidden" name="theme" value=theme.key()/>
                <button class="item">{lines}</button>
            </form></li>
        }
        .into_any(),
    }
}

/// On every page Ctrl or ⌘ and K opens the palette, and `?` the sheet of shortcuts; the same keys close them. In
/// the browser only.
pub fn key_opens() {
    Effect::new(move |_| {
        let visitor = use_visitor();
        let pressed = window_event_listener(leptos::ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                if !event.repeat() {
                    spawn_local(palette::open_palette(visitor.clone(), false));
                }
            } else if event.key() == "?" && !is_typing() {
                spawn_local(palette::open_palette(visitor.clone(), true));
            }
        });
        on_cleanup(move || pressed.remove());
    });
}

/// Whether a field has the focus. The other rules for page shortcuts are in [`crate::ui::keys`], which no first
/// load contains.
fn is_typing() -> bool {
    document().active_element().is_some_and(|at| at.matches("input, textarea, select").unwrap_or(false))
}

/// A click on the link to [`Find`] opens the palette too, unless it opens a tab or a window.
pub fn clicked(event: &MouseEvent, visitor: Visitor) {
    let elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.button() == 0 && !elsewhere {
        event.prevent_default();
        spawn_local(palette::open_palette(visitor, false));
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, visitor, words},
        visitor::{Me, Visitor},
    };
    use domain::{
        actor::Rank,
        id::{MachineId, PersonId},
    };

    fn render(rank: Rank, name: &'static str, found: Found) -> String {
        let me = Me { id: PersonId(1), name: "Ada".into(), rank, asleep: false, auditor: false, trains: false };
        html(Visitor { who: Some(me), ..visitor(Lang::En) }, "/find", move || {
            view! { <Hits found=RwSignal::new(found) name=RwSignal::new(name.to_owned())/> }
        })
    }

    #[test]
    fn search_results_link_to_items_and_permitted_pages() {
        let found = Found {
            machines: vec![(MachineId(1), "Laser".into())],
            people: vec![(PersonId(7), "Tomás".into())],
            ..Found::default()
        };
        let html = render(Rank::Manager, "peo", found);
        assert!(html.contains(r#"href="/machines/1""#) && html.contains(r#"href="/people/7""#), "{html}");
        assert!(html.contains(r#"href="/people""#) && !html.contains(r#"href="/me""#), "{html}");
        let member = render(Rank::Member, "peo", Found::default());
        let works = |rank| render(rank, "coming", Found::default()).contains(r#"href="/maintenance""#);
        assert!(works(Rank::Member) && !works(Rank::Guest));
        assert!(html.contains(r#"href="/people/invite""#), "what can be done there: {html}");
        assert!(words(&member).contains("No results") && !member.contains(r#"href="/people""#), "{member}");
    }

    #[test]
    fn verb_in_search_suggests_the_action() {
        let suggestions = vec![
            Suggestion::Hold(PersonId(7), "Sam".into()),
            Suggestion::Book("laser & 18:00".into()),
            Suggestion::Theme { dark: true },
        ];
        let html = render(Rank::Manager, "hold sam", Found { suggestions, ..Found::default() });
        assert!(html.contains(r#"href="/people/7/qualifications?open=hold#deed-hold""#), "{html}");
        assert!(html.contains(r#"href="/book?q=laser%20%26%2018%3A00""#), "{html}");
        assert!(
            html.contains(r#"action="?/me/prefer""#) && html.contains(r#"name="theme" value="dark""#),
            "{html}"
        );
        assert!(html.contains(r#"name="lang" value="en""#) && words(&html).contains("Dark"), "{html}");
    }
}
