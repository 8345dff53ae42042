//! Creating or editing a plan, with a preview of the board's display.
//!
//! Invariant: the form carries the version it was filled in from.

use super::api::{self, AddPlan, ArchivePlan, SavePlan};
use crate::{
    address::number,
    call::{Call, PageResource, Posted, page_resource},
    equipment::fields::DisplayForm,
    lang,
    live::use_live,
    live_page::loaded,
    ui::{
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::dynamic,
        choices::Choices,
        form::{Field, Form, hidden},
        icon::Icon,
        lcd::Lcd,
        select::Select,
        versions::{News, VERSION, Versioned, Versions, began, begun_from},
    },
};
use contract::maintenance::PlanSheet;
use domain::{
    id::{MachineId, PlanId},
    live::Noun,
    maintenance::Doer,
};
use leptos::prelude::*;
use leptos_meta::Title;
use text::Lang;
fn load(machine: MachineId, plan: Option<PlanId>) -> PageResource<PlanSheet> {
    let live = use_live();
    page_resource(
        move || (live.version(Noun::Machine), live.version(Noun::Person)),
        move |_| api::plan(machine, plan),
    )
}

/// The page at `/machines/:id/plans/:plan`, and at `/machines/:id/plans/new`.
pub fn plan_page(machine: MachineId) -> AnyView {
    let answers = load(machine, number("plan").map(PlanId));
    view! {
        <Title text=lang::current().maintenance_title()/>
        {loaded(4, answers, move |visible: RwSignal<PlanSheet>| {
                // The address decides between new and existing; a started form stays.
                let id = Memo::new(move |_| visible.with(|edit_form| edit_form.id));
                dynamic(move || {
                    Some(match id.get() {
                        None => view! { <New edit_form=visible.get_untracked()/> }.into_any(),
                        Some(_) => view! { <Edit edit_form=visible/> }.into_any(),
                    })
                })
                .into_any()
            })}
    }
    .into_any()
}

/// The page of a new plan.
#[component]
fn New(edit_form: PlanSheet) -> impl IntoView {
    let (t, add) = (lang::current(), Call::<AddPlan>::new());
    view! {
        {head(&edit_form, t.plan_new())}
        <EditForm edit_form action=add typing=RwSignal::new(false)/>
    }
}

fn head(edit_form: &PlanSheet, title: &'static str) -> AnyView {
    let back = format!("/machines/{}/maintenance", edit_form.machine);
    view! {
        <a class="crumb" href=back><Icon name="chevron-left"/>{lang::current().maintenance_of(&edit_form.machine_name)}</a>
        <header class="page-head"><h1>{title}</h1></header>
    }
    .into_any()
}

/// The page of an existing plan, without requests, so that tests can render it.
#[component]
fn Edit(edit_form: RwSignal<PlanSheet>) -> impl IntoView {
    let (t, save, archive) = (lang::current(), Call::<SavePlan>::new(), Call::<ArchivePlan>::new());
    let newest = Memo::new(move |_| {
        edit_form.with(|edit_form| (edit_form.id.map_or(0, |id| id.0), edit_form.saved.version))
    });
    let (begun, typing) = begun_from(newest);
    let away =
        Memo::new(move |_| edit_form.with(|edit_form| edit_form.archived.map(|at| t.day(at, edit_form.now))));
    let page = Signal::derive(move || {
        edit_form.with(|edit_form| {
            let plan = edit_form.id.map_or(0, |id| id.0);
            format!("/machines/{}/plans/{plan}", edit_form.machine)
        })
    });
    view! {
        {untrack(|| edit_form.with(|edit_form| head(edit_form, t.plan_edit())))}
        {dynamic(move || away.get().map(|when| view! {
            <Banner tone=Tone::Warn icon="info" title=t.equipment_archived(&when)>{t.plan_is_away()}</Banner>
        }))}
        <Versions action=save fields=fields(t)/>
        <News newest begun typing page/>
        {dynamic(move || {
            begun.track();
            Some(view! { <EditForm edit_form=edit_form.get_untracked() action=save typing/> })
        })}
        <section class="card" aria-labelledby="more">
            <div class="card-head"><h2 id="more">{t.equipment_more()}</h2></div>
            {dynamic(move || {
                let (machine, id, back) = edit_form.with(|edit_form| {
                    (edit_form.machine.to_string(), edit_form.id.unwrap_or(PlanId(0)).to_string(), edit_form.archived.is_some())
                });
                let (label, kind) =
                    if back { (t.plan_restore(), Press::Quiet) } else { (t.plan_archive(), Press::Danger) };
                let about = edit_form.with_untracked(|edit_form| edit_form.saved.value("words").to_owned());
                Some(view! {
                    <Form action=archive>
                        {hidden("id", &id)}
                        {hidden("machine", &machine)}
                        {hidden("back", &if back { "yes" } else { "" })}
                        <div class="btn-row"><Submit label about kind busy=archive.pending()/></div>
                    </Form>
                })
            })}
        </section>
    }
}

/// The form of an existing or a new plan.
#[component]
fn EditForm<F: Posted>(edit_form: PlanSheet, action: Call<F>, typing: RwSignal<bool>) -> impl IntoView {
    let t = lang::current();
    let PlanSheet { id, machine, machine_name, type_name, saved, may_type, .. } = edit_form;
    let value = |field: &str| saved.value(field).to_owned();
    let (version, began) = (saved.version.to_string(), began(&saved.fields));
    let (words, hours, days) = (value("words"), value("hours"), value("days"));
    let (manual, doer, display) = (value("manual"), value("doer"), value("display"));
    let blocking = if value("blocking") == "yes" { vec!["yes".to_owned()] } else { Vec::new() };
    // Its first line is the machine's name; the second is entered in one of two fields.
    let input = DisplayForm::new(&words, &saved);
    let lower = Signal::derive(move || {
        let display = input.display.get();
        if display.trim().is_empty() { input.name.get() } else { display }
    });
    let upper = Signal::stored(machine_name.clone());
    let hear = move |event: leptos::ev::Event| {
        typing.set(true);
        input.hear(&event, Some("words"));
    };
    let of = id.is_none().then(|| {
        let mut of = vec![("machine".to_owned(), t.plan_of_machine(&machine_name))];
        of.extend(may_type.then(|| ("type".to_owned(), t.plan_of_type(&type_name))));
        of
    });
    view! {
        <section class="card" aria-label=t.plan_edit() on:input=hear>
            <Form action reload=true>
                {hidden("machine", &machine)}
                {id.map(|id| view! {
                    {hidden("id", &id)}
                    {hidden(VERSION, &version)}
                    {began}
                })}
                {of.map(|options| view! { <Select name="of" label=t.plan_of() options chosen="machine".to_owned()/> })}
                <Field name="words" label=t.plan_words() hint=t.plan_words_hint() value=words/>
                <Field name="hours" label=t.plan_hours() hint=t.plan_hours_hint() value=hours/>
                <Field name="days" label=t.plan_days() hint=t.plan_days_hint() value=days/>
                <Field name="manual" label=t.plan_manual() hint=t.equipment_manual_hint() value=manual/>
                <Select name="doer" label=t.plan_doer() options=doers(t) chosen=doer/>
                <Choices name="blocking" error="blocking" legend=t.plan_blocking() options=waits(t) chosen=blocking/>
                <Field name="display" label=t.plan_display() hint=t.plan_display_hint() value=display/>
                <Lcd upper lower/>
                <div class="btn-row"><Submit label=t.plan_save() kind=Press::Primary busy=action.pending()/></div>
            </Form>
        </section>
    }
}

fn doers(t: Lang) -> Vec<(String, String)> {
    Doer::ALL.iter().map(|&doer| (doer.as_str().to_owned(), t.doer(doer).to_owned())).collect()
}

fn waits(t: Lang) -> Vec<(String, String)> {
    vec![("yes".to_owned(), t.plan_blocking_yes().to_owned())]
}

/// Fields to choose from after a conflict.
fn fields(t: Lang) -> Vec<Versioned> {
    let words = |name, label, words| Versioned { name, label, words };
    vec![
        Versioned::plain("words", t.plan_words()),
        Versioned::plain("hours", t.plan_hours()),
        Versioned::plain("days", t.plan_days()),
        Versioned::plain("manual", t.plan_manual()),
        words("doer", t.plan_doer(), doers(t)),
        words("blocking", t.plan_blocking(), waits(t)),
        Versioned::plain("display", t.plan_display()),
    ]
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use domain::versions::Saved;

    fn edit_form(may_type: bool) -> PlanSheet {
        PlanSheet {
            now: NOW,
            id: None,
            saved: Saved::new(0, vec![("words", "Clean the lens".into()), ("doer", "owner".into())]),
            machine: MachineId(1),
            machine_name: "Laser 1".into(),
            type_name: "Laser".into(),
            of_type: false,
            may_type,
            archived: None,
        }
    }

    fn new(may_type: bool) -> String {
        html(visitor(Lang::En), "/machines/1/plans/new", move || view! { <New edit_form=edit_form(may_type)/> })
    }

    #[test]
    fn display_text_defaults_to_the_task() {
        let html = new(true);
        assert!(html.contains("Laser 1 / Clean the lens") || words(&html).contains("Clean the lens"), "{html}");
        assert!(html.contains(r#"value="owner" selected"#) && html.contains("/maintenance/add"), "{html}");
    }

    #[test]
    fn type_wide_plan_is_offered_only_to_type_owners() {
        assert!(new(true).contains(r#"value="type""#));
        assert!(!new(false).contains(r#"value="type""#));
    }
}
