//! The fields of a training event in three cards: what, when and where, places.
//!
//! Invariant: a value that was typed wins over the draft's, unless it is what an earlier draft proposed. Not here: the form
//! around them ([`super::form`]).

use super::{fault, lanes::lanes, minutes, usual, wall};
use crate::ui::{
    changing::RemountFor,
    choices::Choices,
    form::{Field, hidden, use_form},
    icon::Icon,
    select::Select,
    text_area::TextArea,
    versions::Versioned,
};
use contract::training_events::{EventDraft, EventFormPage};
use domain::training_events::Aim;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;

/// Name of the field of machines and rooms.
pub(super) const RESOURCES: &str = "resources[]";
/// Name of the field of modules.
const MODULES: &str = "modules[]";
/// Begins the name of a field that has what a draft proposed.
const WAS: &str = "was-";

/// The values of a field in the address.
fn in_address(name: &str) -> Option<String> {
    use_query_map().with_untracked(|query| query.get_str(name).map(str::to_owned))
}

/// The event that the form was filled in from.
pub(super) fn like() -> Option<String> {
    in_address("like").filter(|like| !like.is_empty())
}

/// The input from before the form was loaded again; otherwise the draft.
fn typed(name: &str, draft: &str) -> String {
    in_address(name).unwrap_or_else(|| draft.to_owned())
}

/// The same for a field whose proposal depends on other fields.
fn unless_proposed(name: &str, draft: &str) -> String {
    let was = in_address(&format!("{WAS}{name}"));
    in_address(name).filter(|typed| was.as_ref() != Some(typed)).unwrap_or_else(|| draft.to_owned())
}

/// The fields with their values, as the form sends them.
pub(super) fn values(draft: &EventDraft) -> Vec<(String, String)> {
    let one = |name: &str, value: String| (name.to_owned(), value);
    let mut values = vec![
        one("kind", draft.kind.to_string()),
        one("aim", draft.aim.as_str().to_owned()),
        one("title", draft.title.clone()),
        one("host", draft.host.to_string()),
        one("day", draft.day.to_string()),
        one("from", draft.from.to_string()),
        one("to", draft.to.to_string()),
        one("capacity", draft.capacity.to_string()),
        one("minimum", draft.minimum.to_string()),
        one("deadline", wall(draft.deadline)),
        one("fee", draft.fee.clone()),
        one("bring", draft.bring.clone()),
        one("about", draft.about.clone()),
        one("public", if draft.public { "yes" } else { "" }.to_owned()),
    ];
    values.extend(draft.resources.iter().map(|resource| one(RESOURCES, resource.to_string())));
    values.extend(draft.modules.iter().map(|module| one(MODULES, module.to_string())));
    values
}

fn resources(form: &EventFormPage) -> Vec<(String, String)> {
    form.resources.iter().map(|(resource, name)| (resource.to_string(), name.clone())).collect()
}

fn modules(t: Lang, form: &EventFormPage) -> Vec<(String, String)> {
    let label = |title: &str, is_required| if is_required { t.hosting_required(title) } else { title.to_owned() };
    form.modules.iter().map(|(module, title, required)| (module.to_string(), label(title, *required))).collect()
}

/// The fields, for the choice between two versions.
pub(super) fn versioned(t: Lang, form: &EventFormPage) -> Vec<Versioned> {
    let aims = Aim::ALL.iter().map(|aim| (aim.as_str().to_owned(), t.hosting_aim(*aim).to_owned())).collect();
    let types = form.types.iter().map(|(kind, name)| (kind.to_string(), name.clone())).collect();
    let hosts = form.hosts.iter().map(|(host, name)| (host.to_string(), name.clone())).collect();
    let public = vec![("yes".to_owned(), t.hosting_public().to_owned())];
    vec![
        Versioned { name: "kind", label: t.hosting_equipment(), words: types },
        Versioned { name: "aim", label: t.hosting_learn(), words: aims },
        Versioned::plain("title", t.hosting_event_title()),
        Versioned { name: "host", label: t.hosting_host(), words: hosts },
        Versioned::plain("day", t.hosting_day()),
        Versioned::plain("from", t.hosting_from()),
        Versioned::plain("to", t.hosting_to_time()),
        Versioned { name: RESOURCES, label: t.hosting_resources(), words: resources(form) },
        Versioned::plain("capacity", t.hosting_places()),
        Versioned::plain("minimum", t.hosting_minimum()),
        Versioned::plain("deadline", t.hosting_deadline()),
        Versioned::plain("fee", t.hosting_fee()),
        Versioned::plain("bring", t.hosting_bring()),
        Versioned::plain("about", t.hosting_about()),
        Versioned { name: MODULES, label: t.hosting_modules(), words: modules(t, form) },
        Versioned { name: "public", label: t.hosting_public(), words: public },
    ]
}

/// All fields. `fresh` keeps ticks from moving to the machines of another type.
pub(super) fn cards(t: Lang, form: &EventFormPage, fresh: RemountFor) -> AnyView {
    let key = (form.draft.kind.0, 0);
    view! {
        {what(t, form)}
        {fresh.draw(key, view! { {when(t, form)}{places(t, form)} }.into_any())}
    }
    .into_any()
}

fn card(id: &'static str, title: &'static str, content: AnyView) -> AnyView {
    view! {
        <section class="card" aria-labelledby=id>
            <div class="card-head"><h2 id=id>{title}</h2></div>
            <div class="cluster">{content}</div>
        </section>
    }
    .into_any()
}

fn what(t: Lang, form: &EventFormPage) -> AnyView {
    let draft = &form.draft;
    let types = form.types.iter().map(|(kind, name)| (kind.to_string(), name.clone())).collect();
    let hosts = form.hosts.iter().map(|(host, name)| (host.to_string(), name.clone())).collect();
    let (kind, host) = (Signal::stored(draft.kind.to_string()), Signal::stored(draft.host.to_string()));
    let entered = use_form().and_then(|form| form.input("aim"));
    let chosen = entered.as_deref().and_then(Aim::parse).unwrap_or(draft.aim);
    let aims = form.aims.iter().map(|&(aim, places, length)| {
        view! {
            <label><input type="radio" name="aim" value=aim.as_str() checked=aim == chosen/>
                <span>{t.hosting_aim(aim)}<small>{usual(t, places, length)}</small></span></label>
        }
    });
    let aims = aims.collect_view();
    let (title, like) = (unless_proposed("title", &draft.title), like().map(|like| hidden("like", &like)));
    let content = view! {
        {like}{hidden("was-title", &draft.title)}{hidden("was-kind", &draft.kind)}
        <div class="two">
            <Select name="kind" label=t.hosting_equipment() options=types chosen=kind/>
            <Field name="title" label=t.hosting_event_title() value=title autocomplete="off"/>
            <Select name="host" label=t.hosting_host() options=hosts chosen=host/>
        </div>
        <fieldset class="field" role="radiogroup" aria-describedby="aim-problem">
            <legend class="label">{t.hosting_learn()}</legend>
            <div class="segmented aims">{aims}</div>
            {fault("aim")}
        </fieldset>
    };
    card("what", t.hosting_what(), content.into_any())
}

fn when(t: Lang, form: &EventFormPage) -> AnyView {
    let draft = &form.draft;
    let chosen = draft.resources.iter().map(ToString::to_string).collect();
    let (day, from, to) = (draft.day.to_string(), draft.from.to_string(), draft.to.to_string());
    let repeat = form.event.is_none().then(|| repeat(t));
    let hint = form.event.map(|_| {
        view! { <p class="why"><Icon name="info"/><span>{t.hosting_asked_again()}</span></p> }
    });
    let content = view! {
        <div class="two">
            <Field name="day" kind="date" label=t.hosting_day() value=day/>
            <Field name="from" kind="time" label=t.hosting_from() value=from/>
            <Field name="to" kind="time" label=t.hosting_to_time() value=to/>
        </div>
        {lanes(t, &form.lanes, minutes(form))}
        <div class="rule-form"><Choices name=RESOURCES error="resources" legend=t.hosting_resources() options=resources(form) chosen/></div>
        {repeat}{hint}
    };
    card("when", t.hosting_when(), content.into_any())
}

/// Further dates; none unless they are asked for.
fn repeat(t: Lang) -> AnyView {
    let options = [
        ("", t.hosting_once()),
        ("FREQ=WEEKLY", t.hosting_weekly()),
        ("FREQ=WEEKLY;INTERVAL=2", t.hosting_fortnightly()),
        ("FREQ=MONTHLY", t.hosting_monthly()),
    ];
    let options = options.map(|(rule, name)| (rule.to_owned(), name.to_owned())).to_vec();
    let input = use_form().and_then(|form| form.input("rule"));
    let is_open = !input.unwrap_or_else(|| typed("rule", "")).is_empty();
    view! {
        <details class="fold" open=is_open>
            <summary><Icon name="chevron-right"/>{t.hosting_repeat()}</summary>
            <div class="two">
                <Select name="rule" label=t.hosting_repeat() options chosen=Signal::stored(typed("rule", ""))/>
                <Field name="last" kind="date" label=t.hosting_last() value=typed("last", "")/>
            </div>
        </details>
    }
    .into_any()
}

fn places(t: Lang, form: &EventFormPage) -> AnyView {
    let draft = &form.draft;
    let (capacity, minimum) = (draft.capacity.to_string(), draft.minimum.to_string());
    let deadline = wall(draft.deadline);
    let was =
        [hidden("was-capacity", &capacity), hidden("was-minimum", &minimum), hidden("was-deadline", &deadline)];
    // An unticked box sends nothing, so another field tells whether the form was sent at all.
    let is_same_kind = in_address("was-kind") == Some(draft.kind.to_string());
    let chosen = if is_same_kind {
        use_query_map().with_untracked(|query| query.get_all(MODULES).unwrap_or_default())
    } else {
        draft.modules.iter().map(ToString::to_string).collect()
    };
    let public = match use_form().and_then(|form| form.ticked("public").map(|ticked| !ticked.is_empty())) {
        Some(entered) => entered,
        None if in_address("was-kind").is_some() => in_address("public").is_some(),
        None => draft.public,
    };
    let options = modules(t, form);
    let content = view! {
        {was.into_iter().collect_view()}
        <div class="two">
            <Field name="capacity" kind="number" label=t.hosting_places() value=unless_proposed("capacity", &capacity)/>
            <Field name="minimum" kind="number" label=t.hosting_minimum() value=unless_proposed("minimum", &minimum)/>
            <Field name="deadline" kind="datetime-local" label=t.hosting_deadline() hint=t.hosting_deadline_hint() value=unless_proposed("deadline", &deadline)/>
            <Field name="fee" label=t.hosting_fee() value=typed("fee", &draft.fee) autocomplete="off"/>
        </div>
        // So that unticking all is noticed.
        {hidden(MODULES, &"")}
        {(!options.is_empty()).then(|| view! { <Choices name=MODULES error="modules" legend=t.hosting_modules() options chosen/> })}
        <TextArea name="bring" label=t.hosting_bring() hint=t.hosting_bring_hint() value=typed("bring", &draft.bring)/>
        <TextArea name="about" label=t.hosting_about() value=typed("about", &draft.about)/>
        <label class="tick"><input type="checkbox" name="public" value="yes" checked=public/><span>{t.hosting_public()}</span></label>
        <p class="why"><Icon name="eye"/><span>{t.hosting_public_hint()}</span></p>
    };
    card("places", t.hosting_places(), content.into_any())
}
