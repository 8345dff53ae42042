//! The form of a training event, new or changed.
//!
//! Invariants: what the rest depends on is in the address, so lanes, checks and the line-up work without script; with script
//! the address follows the input, and the form stays as it is. A live update discards no input. Not here: the fields
//! ([`super::fields`]), and what comes of them ([`super::outlook`]).

use super::{Announce, Change, count, fields, outlook};
use crate::{
    call::{Call, PageResource, load_query, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{Kind, Submit},
        changing::{RemountFor, dynamic},
        empty::Empty,
        form::{Form, hidden},
        preview,
        versions::{News, Of, VERSION, Versions, began, begun_from},
    },
};
use contract::training_events::{EventFormPage, ReadEventForm};
use domain::{id::TrainingEventId, live::Noun};
use leptos::{ev::Event, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use text::Lang;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlSelectElement};

/// Fields that lanes, checks, the line-up or usual values depend on.
const FOLLOWED: [&str; 7] = ["kind", "aim", "host", "day", "from", "to", fields::RESOURCES];

#[derive(Debug, Clone, Copy)]
pub(super) struct Calls {
    announce: Call<Announce>,
    change: Call<Change>,
}

/// The page at `/events/new`.
pub fn new_event_page() -> AnyView {
    page(None)
}

/// The page at `/events/{id}/edit`.
pub fn edit_event_page(event: TrainingEventId) -> AnyView {
    page(Some(event))
}

fn page(event: Option<TrainingEventId>) -> AnyView {
    let (t, live, search) = (lang::current(), use_live(), use_location().search);
    let calls = Calls { announce: Call::new(), change: Call::new() };
    let form: PageResource<EventFormPage> = page_resource(
        move || (search.get(), live.version(Noun::TrainingEvents), live.version(Noun::Bookings)),
        move |(search, ..)| {
            let event = event.map_or_else(String::new, |event| format!("event={event}&"));
            load_query(&ReadEventForm {}, &format!("{event}{}", search.trim_start_matches('?')))
        },
    );
    let title = if event.is_some() { t.hosting_edit() } else { t.hosting_new() };
    live_page(title, 8, form, move |form| view! { <Page form calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(form: RwSignal<EventFormPage>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(form.with(|form| form.now)));
    let event = form.with_untracked(|form| form.event.map(|(event, _)| event));
    if form.with_untracked(|form| form.types.is_empty()) {
        return view! {
            <header class="page-head"><h1>{t.hosting_new()}</h1></header>
            <div class="card"><Empty icon="graduation-cap"><h2>{t.hosting_no_types()}</h2><p>{t.hosting_no_types_next()}</p></Empty></div>
        }
        .into_any();
    }
    let newest =
        Memo::new(move |_| form.with(|form| form.event.map_or((0, 0), |(event, version)| (event.0, version))));
    let (begun, typing) = begun_from(newest);
    let address = event.map_or_else(|| "/events/new".to_owned(), |event| format!("/events/{event}/edit"));
    let (news, action) = (address.clone(), address.clone());
    let change = following(address);
    let inside = move || {
        match event {
        Some(event) => view! { <Form action=calls.change>{hidden("id", &event)}{original(form, begun)}{inside(t, form, action.clone(), calls)}</Form> }.into_any(),
        None => view! { <Form action=calls.announce>{inside(t, form, action.clone(), calls)}</Form> }.into_any(),
    }
    };
    view! {
        {dynamic(move || Some(form.with(|form| head(t, form))))}
        {event.map(|_| view! {
            <Versions action=calls.change fields=form.with_untracked(|form| fields::versioned(t, form))/>
            <News newest begun typing page=news/>
        })}
        <div class="hosting" on:change=change on:input=move |_| typing.set(true)>{inside()}</div>
    }
    .into_any()
}

/// Leads to the address with the input, once a field changes that others depend on.
fn following(page: String) -> impl Fn(Event) {
    let go = use_navigate();
    move |event: Event| {
        let changed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(name) = changed.and_then(|field| field.get_attribute("name")) else { return };
        if !FOLLOWED.contains(&name.as_str()) {
            return;
        }
        if let Some(fields) = preview::fields(&event) {
            // Another type has other machines.
            let is_left = |field: &&str| name != "kind" || !field.starts_with("resources");
            let fields: Vec<_> = fields.split('&').filter(is_left).collect();
            // Replaces the last one, so that the back button leaves the page.
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            go(&format!("{page}?{}", fields.join("&")), options);
        }
    }
}

/// The version, and the values that the form was filled in with.
fn original(form: RwSignal<EventFormPage>, begun: Memo<Of>) -> AnyView {
    type Values = (Of, Vec<(String, String)>);
    // The draft follows the input afterwards.
    let values = Memo::new(move |before: Option<&Values>| {
        let of = begun.get();
        match before {
            Some(before) if before.0 == of => before.clone(),
            _ => (of, form.with_untracked(|form| fields::values(&form.draft))),
        }
    });
    view! {
        {dynamic(move || Some(values.with(|((_, version), values)| view! { {hidden(VERSION, version)}{began(values)} })))}
    }
    .into_any()
}

/// The title, and for a new event the templates.
fn head(t: Lang, form: &EventFormPage) -> AnyView {
    let (title, back) = match form.event {
        Some((event, _)) => (t.hosting_edit(), format!("/events/{event}")),
        None => (t.hosting_new(), "/training/demand".to_owned()),
    };
    let templates = (form.event.is_none() && !form.templates.is_empty()).then(|| templates(t, form));
    view! {
        <header class="page-head">
            <h1>{title}</h1>{templates}
            <span class="push btn-row"><a class="btn" data-kind="ghost" href=back>{t.hosting_discard()}</a></span>
        </header>
    }
    .into_any()
}

/// Earlier events. Choosing one loads a new form, because the input was about another event.
fn templates(t: Lang, form: &EventFormPage) -> AnyView {
    let like = fields::like();
    let options = form.templates.iter().map(|(event, title)| {
        let value = event.to_string();
        let is_chosen = like.as_ref() == Some(&value);
        view! { <option value=value selected=is_chosen>{t.hosting_from_title(title)}</option> }
    });
    let options = options.collect_view();
    let send = |event: Event| {
        let list = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        if let Some(form) = list.and_then(|list| list.form()) {
            // Fails only on a detached form.
            drop(form.request_submit());
        }
    };
    view! {
        <form class="find-lists" method="get" action="/events/new" on:change=send>
            <select class="input select" name="like" aria-label=t.hosting_like()>
                <option value="" selected=like.is_none()>{t.hosting_blank()}</option>{options}
            </select>
            <button class="btn">{t.hosting_show()}</button>
        </form>
    }
    .into_any()
}

/// Everything in the form. Call it inside of one: only there do fields get the submitted input and its errors.
fn inside(t: Lang, form: RwSignal<EventFormPage>, action: String, calls: Calls) -> AnyView {
    let fresh = RemountFor::new();
    view! {
        <div class="avail-cols">
            <div class="cluster">
                {dynamic(move || Some(form.with(|form| fields::cards(t, form, fresh))))}
            </div>
            <aside class="cluster" aria-label=t.hosting_what_happens()>
                {dynamic(move || Some(form.with(|form| outlook::aside(t, form))))}
            </aside>
        </div>
        <div class="savebar">
            {dynamic(move || Some(form.with(|form| save(t, form, calls))))}
            // After the save button, so that Enter saves. With script the address follows by itself.
            <span class="find-lists"><button class="btn" formmethod="get" formaction=action>{t.hosting_refresh()}</button></span>
            {dynamic(move || form.with(|form| reserved(t, form)))}
        </div>
    }
    .into_any()
}

fn save(t: Lang, form: &EventFormPage, calls: Calls) -> AnyView {
    let invited = count(form.line.iter().filter(|one| one.invited).count());
    let (label, busy) = match (form.event, invited) {
        (Some(_), _) => (t.hosting_save().to_owned(), calls.change.pending()),
        (None, 0) => (t.hosting_announce().to_owned(), calls.announce.pending()),
        (None, _) => (t.hosting_announce_invite(invited), calls.announce.pending()),
    };
    view! { <Submit label kind=Kind::Primary busy/> }.into_any()
}

/// The machines and rooms that the event reserves.
fn reserved(t: Lang, form: &EventFormPage) -> Option<AnyView> {
    let draft = &form.draft;
    let names = form.resources.iter().filter(|(resource, _)| draft.resources.contains(resource));
    let names: Vec<_> = names.map(|(_, name)| name.as_str()).collect();
    let time = format!("{}, {}–{}", t.short_date(draft.day), draft.from, draft.to);
    (!names.is_empty())
        .then(|| view! { <span class="muted">{t.hosting_reserves(&names.join(", "), &time)}</span> }.into_any())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::training_events::{EventDraft, EventLane, NextInvited};
    use domain::{
        bookings::Resource,
        hours::TimeOfDay,
        id::{MachineId, ModuleId, PersonId, RoomId, TypeId},
        time::Date,
        training_events::Aim,
    };

    fn form(event: Option<TrainingEventId>) -> EventFormPage {
        let (saw, shop) = (Resource::Machine(MachineId(7)), Resource::Room(RoomId(3)));
        let time = |text: &str| TimeOfDay::parse(text).unwrap_or_default();
        let lane = |resource, name: &str, taken| EventLane { resource, name: name.into(), taken, conflict: None };
        let next = |name: &str, suits, invited| NextInvited { name: name.into(), asked: ago(60), suits, invited };
        EventFormPage {
            now: NOW,
            event: event.map(|event| (event, 4)),
            draft: EventDraft {
                kind: TypeId(3),
                aim: Aim::Use,
                title: "Panel saw, first steps".into(),
                host: PersonId(7),
                day: Date { year: 2026, month: 11, day: 26 },
                from: time("18:30"),
                to: time("20:30"),
                resources: vec![saw],
                capacity: 6,
                minimum: 3,
                deadline: NOW,
                fee: String::new(),
                bring: String::new(),
                about: "Cuts.".into(),
                modules: vec![ModuleId(5)],
                public: true,
            },
            types: vec![(TypeId(3), "Panel saw".into()), (TypeId(4), "Bandsaw".into())],
            aims: vec![(Aim::Use, 6, 120), (Aim::Train, 2, 150)],
            hosts: vec![(PersonId(7), "Giulia Ferraro".into())],
            resources: vec![(saw, "Saw 1".into()), (shop, "Wood shop".into())],
            modules: vec![(ModuleId(5), "Panel saw, safely".into(), true)],
            templates: vec![(TrainingEventId(8), "First steps".into())],
            lanes: vec![lane(Some(saw), "Saw 1", vec![(870, 960)]), lane(None, "Giulia Ferraro", vec![])],
            line: vec![
                next("Deniz Aydın", true, true),
                next("Yuki Tanaka", false, true),
                next("Anna Thaler", true, false),
            ],
            queue: 3,
            open_until: None,
        }
    }

    fn render(address: &str, form: EventFormPage) -> String {
        let calls = || Calls { announce: Call::new(), change: Call::new() };
        html(visitor(Lang::En), address, move || view! { <Page form=RwSignal::new(form) calls=calls()/> })
    }

    #[test]
    fn new_event_shows_line_up_lanes_and_checks() {
        let html = render("/events/new", form(None));
        let content = words(&html);
        assert!(content.contains("Invites 2 of 3") && content.contains("Announce and invite 2"), "{content}");
        assert!(content.contains("Yuki Tanaka can’t come at that time"), "{content}");
        assert!(
            content.contains("Use it6 people, 2 h") && content.contains("The workshop is closed then"),
            "{content}"
        );
        assert!(html.contains(r#"aria-label="Saw 1: taken 14:30–16:00; chosen 18:30–20:30""#), "{html}");
        assert!(html.contains("/events/add") && html.contains(r#"formaction="/events/new""#), "{html}");
        assert!(html.contains(r#"name="deadline" value="2026-11-19T14:16""#), "{html}");
    }

    #[test]
    fn typed_title_survives_reload_and_proposed_one_does_not() {
        let typed = render("/events/new?title=My%20saw&was-title=Saw", form(None));
        assert!(typed.contains(r#"name="title" value="My saw""#), "{typed}");
        let proposed = render("/events/new?title=Saw&was-title=Saw", form(None));
        assert!(proposed.contains(r#"name="title" value="Panel saw, first steps""#), "{proposed}");
    }

    #[test]
    fn changed_event_is_saved_with_its_version() {
        let html = render("/events/9/edit", form(Some(TrainingEventId(9))));
        assert!(html.contains("/events/save") && html.contains(r#"name="version" value="4""#), "{html}");
        assert!(html.contains(r#"name="began:capacity" value="6""#) && !html.contains(r#"name="rule""#), "{html}");
    }
}
