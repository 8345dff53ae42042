//! The rules of the building: which actuators there are, and what turns each on.
//!
//! Not here: devices and their logins.

use super::icon;
use crate::{
    building::tabs,
    call::{Call, Function, PageResource, load, page_resource},
    equipment::fields::named,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Field, Form, hidden, was_submitted},
        icon::Icon,
        register::{NewEntry, row_action},
        saved::Saved,
        select::Select,
        versions::{VERSION, Versioned, Versions, began},
    },
};
use contract::actuators::{
    ActuatorRow, ActuatorRules, AddActuator, AddRule, ReadRules, RemoveActuator, RemoveRule, RuleView,
    SaveActuator,
};
use domain::{
    actuators::{Allowed, RuleKind},
    leases::Load,
    live::Noun,
    versions,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use text::Lang;

/// Where devices are added.
const DEVICES: &str = "/building/devices";

#[derive(Debug, Clone, Copy)]
struct Calls {
    add: Call<Function<AddActuator>>,
    save: Call<Function<SaveActuator>>,
    remove: Call<Function<RemoveActuator>>,
    add_rule: Call<Function<AddRule>>,
    remove_rule: Call<Function<RemoveRule>>,
}

impl Calls {
    fn new() -> Self {
        Self {
            add: Call::new(),
            save: Call::new(),
            remove: Call::new(),
            add_rule: Call::new(),
            remove_rule: Call::new(),
        }
    }

    /// Number of submissions.
    fn sent(self) -> usize {
        let Self { add, save, remove, add_rule, remove_rule } = self;
        let changes = add.version().get() + save.version().get() + remove.version().get();
        changes + add_rule.version().get() + remove_rule.version().get()
    }
}

/// The page at `/building/rules`.
pub fn rules_page() -> AnyView {
    let (calls, live) = (Calls::new(), use_live());
    let source = move || (live.version(Noun::Building), calls.sent());
    let all: PageResource<ActuatorRules> = page_resource(source, |_| load(&ReadRules {}));
    live_page(lang::current().actuator_rules_of_building(), 4, all, move |all| {
        view! { <Page all calls/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(all: RwSignal<ActuatorRules>, calls: Calls) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let edited = Memo::new(move |_| {
        let id: Option<i64> = query.with(|query| query.get_str("edit").and_then(|id| id.parse().ok()));
        all.with(|all| all.actuators.iter().find(|one| Some(one.id.0) == id).cloned())
    });
    let choice = all.with_untracked(|all| {
        vec![
            Versioned::plain("name", t.actuator_rules_name()),
            Versioned { name: "device", label: t.actuator_rules_device(), words: named(all.devices.clone()) },
            Versioned::plain("output", t.actuator_rules_output()),
            Versioned { name: "load", label: t.actuator_rules_load(), words: loads(t) },
            Versioned { name: "allowed", label: t.actuator_rules_allowed(), words: allowed(t) },
            Versioned::plain("target", t.actuator_rules_usual()),
            Versioned::plain("warmest", t.actuator_rules_warmest()),
            Versioned::plain("daily", t.actuator_rules_daily()),
        ]
    });
    view! {
        <header class="page-head"><h1>{t.building_title()}</h1>{tabs(t, "/building/rules", true)}</header>
        <p class="muted">{t.actuator_rules_of_building_sub()}</p>
        <Saved visible=saved message=t.actuator_rules_saved()/>
        <Versions action=calls.save fields=choice/>
        {dynamic(move || edited.get().map(|row| edit(t, row, all, calls)))}
        {dynamic(move || Some(all.with(|all| list(t, all, calls))))}
        {dynamic(move || edited.with(Option::is_none).then(|| add(t, all, calls)))}
    }
}

fn loads(t: Lang) -> Vec<(String, String)> {
    Load::ALL.iter().map(|load| (load.as_str().to_owned(), t.load_name(*load).to_owned())).collect()
}

fn allowed(t: Lang) -> Vec<(String, String)> {
    Allowed::ALL.iter().map(|who| (who.as_str().to_owned(), t.allowed_name(*who).to_owned())).collect()
}

/// A rule in words: what it follows, and how much before and after.
pub(super) fn in_words(t: Lang, rule: &RuleView) -> String {
    let about = rule.about.clone().unwrap_or_default();
    let follows = match rule.kind {
        RuleKind::Hours => t.actuator_rules_hours().to_owned(),
        RuleKind::Bookings => t.actuator_rules_bookings(&about),
        RuleKind::Machine => t.actuator_rules_machine(&about),
    };
    let given =
        |minutes: u16, words: fn(Lang, &str) -> String| (minutes > 0).then(|| words(t, &minutes.to_string()));
    let before = given(rule.before, Lang::actuator_rules_before);
    let early = given(rule.early, Lang::actuator_rules_early);
    let after = given(rule.after, Lang::actuator_rules_after);
    let target = rule.target.map(|target| t.degrees(target));
    std::iter::once(follows).chain(before).chain(early).chain(after).chain(target).collect::<Vec<_>>().join(", ")
}

fn list(t: Lang, all: &ActuatorRules, calls: Calls) -> AnyView {
    if all.actuators.is_empty() {
        let no_device = all.devices.is_empty();
        let next = if no_device { t.actuator_rules_no_device() } else { t.actuator_rules_none_next() };
        return view! {
            <div class="card"><Empty icon="plug"><h2>{t.actuators_none()}</h2><p>{next}</p>
                {no_device.then(|| view! { <ButtonLink href=DEVICES label=t.building_add().to_owned() kind=Press::Primary icon="plus"/> })}
            </Empty></div>
        }
        .into_any();
    }
    let cards = all.actuators.iter().map(|one| {
        let rules = one.rules.iter().map(|rule| {
            let words = in_words(t, rule);
            let remove = row_action(calls.remove_rule, &rule.id, t.actuator_rules_remove(), words.clone(), Press::Ghost);
            let no_hours = (rule.kind == RuleKind::Hours && !all.has_hours).then(|| {
                view! { <span class="s">{t.actuator_rules_no_hours()}" "<a class="link" href="/hours">{t.actuator_rules_set_hours()}</a></span> }
            });
            view! { <li><div class="item"><span class="lines"><span class="t">{words}</span>{no_hours}</span><div class="tail">{remove}</div></div></li> }
        });
        let rules = rules.collect_view();
        let none = one.rules.is_empty().then(|| view! { <p class="muted">{t.actuator_rules_none()}</p> });
        let title = format!("actuator-{}", one.id);
        let labelled = title.clone();
        let (edit, page) = (format!("/building/rules?edit={}", one.id), format!("/building/actuators/{}", one.id));
        view! {
            <section class="card rules-of" aria-labelledby=labelled>
                <div class="card-head"><h2 id=title><a href=page>{one.name.clone()}</a></h2>
                    <span class="tile"><Icon name=icon(one.load)/></span></div>
                {none}
                <ul class="list">{rules}</ul>
                <div class="btn-row"><ButtonLink href=edit label=t.actuator_edit_rules().to_owned() icon="pencil"/></div>
            </section>
        }
    });
    view! { <div class="cluster">{cards.collect_view()}</div> }.into_any()
}

/// The fields of an actuator. Call it inside a form.
fn fields(t: Lang, saved: &versions::Saved, all: RwSignal<ActuatorRules>) -> AnyView {
    let value = |field: &str| saved.value(field).to_owned();
    let chosen = |field: &str, default: &str| {
        let value = saved.value(field);
        Signal::stored(if value.is_empty() { default.to_owned() } else { value.to_owned() })
    };
    let devices = all.with_untracked(|all| named(all.devices.clone()));
    let or = |field: &str, default: &str| {
        Some(value(field)).filter(|value| !value.is_empty()).unwrap_or_else(|| default.to_owned())
    };
    view! {
        <Field name="name" label=t.actuator_rules_name() hint=t.actuator_rules_name_hint() value=value("name") autocomplete="off"/>
        <Select name="device" label=t.actuator_rules_device() options=devices chosen=chosen("device", "")/>
        <Field name="output" label=t.actuator_rules_output() hint=t.actuator_rules_output_hint() value=value("output") autocomplete="off"/>
        <Select name="load" label=t.actuator_rules_load() options=loads(t) chosen=chosen("load", Load::Light.as_str())/>
        <Select name="allowed" label=t.actuator_rules_allowed() options=allowed(t) chosen=chosen("allowed", Allowed::Members.as_str())/>
        <Field name="target" label=t.actuator_rules_usual() value=value("target") autocomplete="off"/>
        <Field name="warmest" label=t.actuator_rules_warmest() hint=t.actuator_rules_warmest_hint() value=value("warmest") autocomplete="off"/>
        <Field name="daily" label=t.actuator_rules_daily() value=or("daily", "14") autocomplete="off"/>
    }
    .into_any()
}

fn add(t: Lang, all: RwSignal<ActuatorRules>, calls: Calls) -> AnyView {
    let (no_device, is_first) = all.with_untracked(|all| (all.devices.is_empty(), all.actuators.is_empty()));
    if no_device {
        // Without any actuator, the empty list says so.
        return (!is_first)
            .then(|| view! {
                <p class="why"><Icon name="info"/><span>{t.actuator_rules_no_device()}" "<a class="link" href=DEVICES>{t.building_add()}</a></span></p>
            })
            .into_any();
    }
    view! {
        <NewEntry title=t.actuator_rules_new_actuator()>
            <Form action=calls.add afresh=true>
                {fields(t, &versions::Saved::default(), all)}
                <div class="btn-row"><Submit label=t.actuator_rules_new_actuator() kind=Press::Primary busy=calls.add.pending()/></div>
            </Form>
        </NewEntry>
    }
    .into_any()
}

/// Edits one actuator, adds a rule to it, or removes it.
fn edit(t: Lang, row: ActuatorRow, all: RwSignal<ActuatorRules>, calls: Calls) -> AnyView {
    let ActuatorRow { id, saved, name, load, .. } = row;
    let is_heat = load == Load::Heat;
    let about = name.clone();
    view! {
        <section class="card" aria-labelledby="new-rule">
            <div class="card-head"><h2 id="new-rule">{format!("{}: {name}", t.actuator_rules_add())}</h2></div>
            <Form action=calls.add_rule afresh=true>
                {hidden("actuator", &id)}
                {rule_fields(t, all, is_heat)}
                <div class="btn-row"><Submit label=t.actuator_rules_add() kind=Press::Primary busy=calls.add_rule.pending()/></div>
            </Form>
        </section>
        <section class="card" aria-labelledby="edit">
            <div class="card-head"><h2 id="edit">{t.actuator_rules_edit(&name)}</h2></div>
            <Form action=calls.save>
                {hidden("id", &id)}
                {hidden(VERSION, &saved.version)}
                {began(&saved.fields)}
                {fields(t, &saved, all)}
                <div class="btn-row">
                    <Submit label=t.actuator_rules_save() busy=calls.save.pending()/>
                    <ButtonLink href="/building/rules" label=t.version_drop().to_owned()/>
                </div>
            </Form>
            <details class="deed" open=was_submitted(Function::<RemoveActuator>::PATH)>
                <summary>{t.actuator_rules_remove_actuator()}</summary>
                <p>{t.actuator_rules_remove_next()}</p>
                {row_action(calls.remove, &id, t.actuator_rules_remove(), about, Press::Danger)}
            </details>
        </section>
    }
    .into_any()
}

fn rule_fields(t: Lang, all: RwSignal<ActuatorRules>, is_heat: bool) -> AnyView {
    let kinds =
        RuleKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), t.rule_kind_name(*kind).to_owned())).collect();
    let nothing = || std::iter::once((String::new(), t.actuator_rules_no_room().to_owned()));
    let (rooms, machines) = all.with_untracked(|all| (named(all.rooms.clone()), named(all.machines.clone())));
    let target = is_heat.then(|| {
        view! { <Field name="target" label=t.actuator_rules_target_label() hint=t.actuator_rules_target_hint() autocomplete="off"/> }
    });
    view! {
        <Select name="kind" label=t.actuator_rules_kind() options=kinds chosen=Signal::stored(RuleKind::Hours.as_str().to_owned())/>
        <Select name="room" label=t.actuator_rules_room() options=nothing().chain(rooms).collect() chosen=Signal::stored(String::new())/>
        <Select name="machine" label=t.actuator_rules_of_machine() options=nothing().chain(machines).collect() chosen=Signal::stored(String::new())/>
        <Field name="before" label=t.actuator_rules_before_label() value="0" autocomplete="off"/>
        <Field name="early" label=t.actuator_rules_early_label() value="0" autocomplete="off"/>
        <Field name="after" label=t.actuator_rules_after_label() value="0" autocomplete="off"/>
        {target}
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use domain::id::{ActuatorId, ActuatorRuleId, BuildingDeviceId, MachineId, RoomId};

    fn rule(id: i64, kind: RuleKind, about: Option<&str>) -> RuleView {
        let about = about.map(str::to_owned);
        RuleView { id: ActuatorRuleId(id), kind, about, before: 30, early: 0, after: 0, target: None }
    }

    fn all(rules: Vec<RuleView>) -> ActuatorRules {
        let saved = versions::Saved::new(2, vec![("name", "Heating, studio B".into()), ("load", "heat".into())]);
        let row =
            ActuatorRow { id: ActuatorId(3), name: "Heating, studio B".into(), load: Load::Heat, saved, rules };
        ActuatorRules {
            actuators: vec![row],
            devices: vec![(BuildingDeviceId(1), "Heater".into())],
            rooms: vec![(RoomId(2), "Studio B".into())],
            machines: vec![(MachineId(5), "Laser cutter".into())],
            has_hours: true,
        }
    }

    fn page(lang: Lang, address: &str, all: ActuatorRules) -> String {
        html(visitor(lang), address, move || {
            let all = RwSignal::new(all);
            view! { <Page all calls=Calls::new()/> }
        })
    }

    #[test]
    fn rules_read_as_sentences_in_both_languages() {
        let rules = || vec![rule(1, RuleKind::Bookings, Some("Studio B")), rule(2, RuleKind::Hours, None)];
        let english = words(&page(Lang::En, "/building/rules", all(rules())));
        assert!(english.contains("Bookings of Studio B, from 30 min before"), "{english}");
        let italian = words(&page(Lang::It, "/building/rules", all(rules())));
        assert!(italian.contains("Orari di apertura, da 30 min prima"), "{italian}");
        let none = words(&page(Lang::En, "/building/rules", all(Vec::new())));
        assert!(none.contains("No rule: on only by hand."), "{none}");
    }

    #[test]
    fn space_without_actuators_leads_to_the_step_that_comes_next() {
        let fresh =
            ActuatorRules { actuators: vec![], devices: vec![], rooms: vec![], machines: vec![], has_hours: true };
        let first = page(Lang::En, "/building/rules", fresh.clone());
        let (card, content) = (r#"href="/building/devices""#, words(&first));
        let before = page(Lang::En, "/building/rules", all(Vec::new())).matches(card).count();
        assert_eq!(first.matches(card).count(), before + 1, "beside the tab: {first}");
        assert_eq!(content.matches("first:").count(), 1, "one sentence, once: {content}");
        assert!(!content.contains("under Rules"), "this is that page: {content}");
        let devices = vec![(BuildingDeviceId(1), "Heater".into())];
        let second = page(Lang::En, "/building/rules", ActuatorRules { devices, ..fresh });
        let content = words(&second);
        assert!(content.contains("Add the first actuator below."), "{content}");
        assert!(second.contains(r#"name="output""#), "its form is there: {second}");
        assert!(content.contains("from 0 on a Shelly (switch:0)"), "{content}");
    }

    #[test]
    fn rule_for_opening_hours_leads_to_them_while_there_are_none() {
        let rules = || vec![rule(1, RuleKind::Bookings, Some("Studio B")), rule(2, RuleKind::Hours, None)];
        let without = page(Lang::En, "/building/rules", ActuatorRules { has_hours: false, ..all(rules()) });
        assert_eq!(without.matches(r#"href="/hours""#).count(), 1, "{without}");
        assert!(words(&without).contains("No opening hours yet"), "{without}");
        let with = page(Lang::En, "/building/rules", all(rules()));
        assert!(!words(&with).contains("No opening hours yet"), "{with}");
    }

    #[test]
    fn edited_actuator_has_its_version_and_a_form_for_rules() {
        let html = page(Lang::En, "/building/rules?edit=3", all(Vec::new()));
        for part in
            [r#"name="version" value="2""#, r#"name="actuator" value="3""#, r#"name="target""#, "Laser cutter"]
        {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(!html.contains("?/actuators/add&quot;"), "the form for another one is not shown");
    }
}
