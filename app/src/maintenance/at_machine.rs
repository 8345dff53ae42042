//! The maintenance of one machine: plans with their progress, logging interventions, and past ones.

use super::{
    api::{self, RegisterMaintenance},
    progress_text,
};
use crate::{
    call::{Call, PageResource, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        choices::Choices,
        form::{Form, hidden, was_submitted},
        icon::Icon,
        picture::choose,
        saved::Saved,
        text_area::TextArea,
    },
};
use contract::maintenance::{AtMachine, Counted, Intervention, Plan};
use domain::{
    actor::Channel,
    id::{InterventionId, MachineId},
    live::Noun,
    maintenance::Urgency,
    pictures::PHOTO_THERE,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
fn load(machine: MachineId, register: Call<RegisterMaintenance>) -> PageResource<AtMachine> {
    let live = use_live();
    let heard = move || (live.about(Noun::Machine, machine.0), live.version(Noun::Person));
    page_resource(move || (heard(), register.version().get()), move |_| api::at_machine(machine))
}

/// The page at `/machines/:id/maintenance`.
pub fn maintenance_page(machine: MachineId) -> AnyView {
    let register = Call::new();
    let answers = load(machine, register);
    live_page(lang::current().maintenance_title(), 4, answers, move |at| view! { <Page at register/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(at: RwSignal<AtMachine>, register: Call<RegisterMaintenance>) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(at.with(|at| at.now)));
    let machine = Memo::new(move |_| at.with(|at| (at.machine, at.name.clone())));
    let registered = Memo::new(move |_| query.with(|query| query.get_str("registered").is_some()));
    let may_register = Memo::new(move |_| at.with(|at| at.may_register));
    // Whose photo is uploaded or removed. An open form survives live updates.
    let shot = Memo::new(move |_| {
        let id = query.with(|query| query.get_str("photo")?.parse().ok().map(InterventionId))?;
        at.with(|at| {
            let one = at.done.iter().find(|one| one.id == id && at.may_register)?;
            Some((id, called(one), one.photo.is_some()))
        })
    });
    let may_plan = Memo::new(move |_| at.with(|at| at.may_plan));
    let id = move || machine.with(|(id, _)| *id);
    view! {
        {dynamic(move || {
            let (id, name) = machine.get();
            Some(view! {
                <a class="crumb" href=format!("/machines/{id}")><Icon name="chevron-left"/>{name.clone()}</a>
                <header class="page-head"><h1>{t.maintenance_of(&name)}</h1></header>
            })
        })}
        <Saved visible=registered message=t.maintenance_registered()/>
        <section class="card" aria-labelledby="plans">
            <div class="card-head"><h2 id="plans">{t.maintenance_plans()}</h2></div>
            {dynamic(move || Some(at.with(plans)))}
            <div class="btn-row">
                {dynamic(move || may_plan.get().then(|| view! {
                    <ButtonLink href=format!("/machines/{}/plans/new", id()) label=t.plan_new().to_owned() icon="plus"/>
                }))}
                <ButtonLink href="/maintenance" label=t.maintenance_all().to_owned() kind=Kind::Ghost/>
            </div>
        </section>
        {dynamic(move || may_register.get().then(|| view! { <Register at register/> }))}
        <section class="card" aria-labelledby="record">
            <div class="card-head"><h2 id="record">{t.maintenance_record()}</h2></div>
            {dynamic(move || shot.get().map(|(one, words, is_there)| photo_form(one, &words, is_there, id())))}
            {dynamic(move || Some(at.with(record)))}
        </section>
    }
}

fn plans(at: &AtMachine) -> AnyView {
    let t = lang::current();
    let now = at.now;
    let edit = |plan: &Plan, id: MachineId| {
        plan.may_change.then(|| {
            let href = format!("/machines/{id}/plans/{}", plan.id);
            let named = format!("{}: {}", t.plan_edit(), plan.words);
            view! { <div class="acts"><a class="btn" href=href aria-label=named>{t.equipment_edit()}</a></div> }
        })
    };
    let rows: Vec<_> = at
        .plans
        .iter()
        .map(|one| {
            view! { <li><div class="item">{progress_text(one, now, None)}{edit(&one.plan, at.machine)}</div></li> }
                .into_any()
        })
        .collect();
    let list = if rows.is_empty() {
        view! { <p class="muted">{t.maintenance_no_plans()}" "{t.maintenance_no_plans_next()}</p> }.into_any()
    } else {
        view! { <ul class="list" aria-label=t.maintenance_plans()>{rows}</ul> }.into_any()
    };
    let away: Vec<_> = at
        .away
        .iter()
        .map(|plan| {
            let words = plan.words.clone();
            view! { <li><div class="item"><span class="lines">{words}</span>{edit(plan, at.machine)}</div></li> }
        })
        .collect();
    let away = (!away.is_empty()).then(|| {
        view! {
            <details class="uses"><summary>{t.maintenance_away()}<Icon name="chevron-right"/></summary>
                <ul class="list">{away}</ul></details>
        }
    });
    view! { {list}{away} }.into_any()
}

/// The form that logs an intervention. It survives live updates.
#[component]
fn Register(at: RwSignal<AtMachine>, register: Call<RegisterMaintenance>) -> impl IntoView {
    let t = lang::current();
    let (machine, plans) = at.with_untracked(|at| (at.machine, at.plans.clone()));
    let is_due = |one: &&Counted| one.progress.urgency == Urgency::Due;
    let chosen: Vec<_> = plans.iter().filter(is_due).map(|one| one.plan.id.to_string()).collect();
    let options: Vec<_> = plans.into_iter().map(|one| (one.plan.id.to_string(), one.plan.words)).collect();
    let open = !chosen.is_empty() || was_submitted(RegisterMaintenance::PATH);
    view! {
        <section class="card" aria-labelledby="registering">
            <div class="card-head"><h2 id="registering">{t.maintenance_registering()}</h2></div>
            <details class="deed" open=open>
                <summary>{t.maintenance_register()}"…"</summary>
                <p class="small muted">{t.maintenance_registering_next()}</p>
                <Form action=register>
                    {hidden("machine", &machine)}
                    {(!options.is_empty()).then(|| view! {
                        <Choices name="plans[]" error="plans" legend=t.maintenance_which() options chosen/>
                    })}
                    <TextArea name="note" label=t.maintenance_note() value=String::new() hint=t.maintenance_note_hint()/>
                    <div class="btn-row"><Submit label=t.maintenance_register() kind=Kind::Primary busy=register.pending()/></div>
                </Form>
            </details>
        </section>
    }
}

fn record(at: &AtMachine) -> AnyView {
    let t = lang::current();
    if at.done.is_empty() {
        return view! { <p class="muted">{t.maintenance_record_none()}</p> }.into_any();
    }
    let rows: Vec<_> = at.done.iter().map(|one| done(one, at)).collect();
    view! { <ul class="list" aria-label=t.maintenance_record()>{rows}</ul> }.into_any()
}

fn called(one: &Intervention) -> String {
    one.words.clone().unwrap_or_else(|| lang::current().maintenance_something().to_owned())
}

fn done(one: &Intervention, at: &AtMachine) -> AnyView {
    let t = lang::current();
    let words = called(one);
    let mut about = vec![t.brief(one.at, at.now)];
    about.extend(one.by.clone());
    about.push(t.maintenance_at_hours(&(one.used / 3_600_000).to_string()));
    about.extend(match one.door {
        Channel::Board => Some(t.audit_door_board().to_owned()),
        Channel::Import => Some(t.audit_door_import().to_owned()),
        Channel::Web | Channel::Api | Channel::Command => None,
    });
    about.extend(one.replay.then(|| t.maintenance_later().to_owned()));
    let note = one.note.clone().map(|note| view! { <span class="words">{note}</span> });
    let photo = one.photo.map(|added| {
        view! {
            <a class="shot" href=one.photo_src(added, false) rel="external">
                <img class="photo" src=one.photo_src(added, true) alt=t.intervention_photo(&words) width="96" height="96"
                    loading="lazy" decoding="async"/>
            </a>
        }
    });
    let other = at.may_register.then(|| {
        let href = format!("/machines/{}/maintenance?photo={}#photo", at.machine, one.id);
        let label = if one.photo.is_some() { t.intervention_photo_remove() } else { t.intervention_photo_add() };
        view! { <a class="link" href=href aria-label=format!("{label}: {words}")>{label}</a> }
    });
    view! {
        <li><div class="item">
            <span class="tile"><Icon name="wrench"/></span>
            <span class="lines"><span class="t">{words}</span>{note}<span class="s">{about.join(" · ")}</span>{photo}{other}</span>
        </div></li>
    }
    .into_any()
}

/// The form that uploads or removes a photo. It posts to a route of its own, because it carries a file.
fn photo_form(one: InterventionId, words: &str, is_there: bool, machine: MachineId) -> AnyView {
    let t = lang::current();
    let (fields, label, kind) = if is_there {
        let came_too_late = use_query_map().with_untracked(|query| query.get_str("picture") == Some(PHOTO_THERE));
        let fields = view! {
            {came_too_late.then(|| view! {
                <p class="error" role="alert"><Icon name="octagon-alert"/><span>{t.intervention_photo_there()}</span></p>
            })}
            {hidden("remove", &"yes")}
            <p class="small muted">{t.intervention_photo_remove_next()}</p>
        };
        (fields.into_any(), t.intervention_photo_remove(), Some("danger"))
    } else {
        (choose(Some("environment")), t.problem_photo_send(), None)
    };
    view! {
        <form class="form" id="photo" method="post" action=format!("/pictures/intervention/{one}") enctype="multipart/form-data">
            {hidden("back", &format!("/machines/{machine}/maintenance"))}
            <h3>{t.intervention_photo(words)}</h3>
            {fields}
            <div class="btn-row"><button class="btn" data-kind=kind>{label}</button></div>
        </form>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
pub(super) mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::{
        id::PlanId,
        maintenance::{Doer, Every, Progress},
        qualifications::Subject,
    };
    use text::Lang;

    /// A plan with this progress.
    pub(in crate::maintenance) fn counted(id: i64, permille: u32, urgency: Urgency) -> Counted {
        Counted {
            plan: Plan {
                id: PlanId(id),
                of: Subject::Machine(MachineId(1)),
                words: format!("Clean lens {id}"),
                every: Every { hours: Some(100), days: None },
                manual: Some("https://example.org/lens".into()),
                doer: Doer::Trainer,
                blocking: true,
                display: String::new(),
                archived: None,
                version: 1,
                may_change: false,
            },
            since: ago(60 * 24),
            progress: Progress { permille, urgency, used: 36_000 * i64::from(permille) * 10, left: Some(0) },
            due: None,
            expected: None,
        }
    }

    fn page(plans: Vec<Counted>, done: Vec<Intervention>, may_register: bool, address: &'static str) -> String {
        let at = AtMachine {
            now: NOW,
            machine: MachineId(1),
            name: "Laser 1".into(),
            plans,
            away: Vec::new(),
            done,
            may_register,
            may_plan: may_register,
        };
        html(visitor(Lang::En), address, move || {
            view! { <Page at=RwSignal::new(at) register=Call::new()/> }
        })
    }

    #[test]
    fn plans_show_urgency_and_due_ones_are_selected() {
        let plans = vec![counted(4, 1_000, Urgency::Due), counted(5, 950, Urgency::Soon)];
        let html = page(plans, Vec::new(), true, "/machines/1/maintenance");
        let content = words(&html);
        assert!(content.contains("due · every 100 h of use") && content.contains("due soon"), "{content}");
        assert!(
            html.contains(r#"<progress max="1000" value="950" aria-label="Clean lens 5: 95% used up""#),
            "{html}"
        );
        assert!(html.contains(r#"value="4" checked"#) && !html.contains(r#"value="5" checked"#), "{html}");
        assert!(content.contains("blocks the machine"), "{content}");
    }

    #[test]
    fn member_sees_maintenance_without_form() {
        let html = page(vec![counted(4, 100, Urgency::Fine)], Vec::new(), false, "/machines/1/maintenance");
        assert!(!html.contains("<form") && !html.contains("/plans/new"), "{html}");
        assert!(html.contains(r#"href="https://example.org/lens""#), "{html}");
    }

    #[test]
    fn photo_form_appears_without_photo_and_shows_upload_error() {
        let done = |photo| Intervention {
            id: InterventionId(9),
            plan: None,
            words: Some("Oil".into()),
            at: ago(5),
            by: None,
            note: None,
            photo,
            used: 0,
            door: Channel::Web,
            replay: false,
        };
        let address = "/machines/1/maintenance?photo=9&picture=picture.heavy";
        let html = page(Vec::new(), vec![done(None)], true, address);
        assert!(
            html.contains(r#"action="/pictures/intervention/9""#) && words(&html).contains("over 20 MB"),
            "{html}"
        );
        assert!(words(&html).contains("Photo: Oil"), "{html}");
        let html = page(Vec::new(), vec![done(Some(7))], true, address);
        assert!(html.contains(r#"name="remove""#) && !html.contains(r#"type="file""#), "{html}");
        assert!(html.contains(r#"src="/pictures/intervention/9?small&amp;v=7""#), "{html}");
        assert!(!words(&html).contains("a photo already"), "{html}");
        let second = "/machines/1/maintenance?photo=9&picture=intervention.photo-there";
        let html = page(Vec::new(), vec![done(Some(7))], true, second);
        assert!(words(&html).contains("It has a photo already. Remove that first."), "{html}");
    }

    #[test]
    fn intervention_shows_note_and_hours() {
        let done = Intervention {
            id: InterventionId(9),
            plan: None,
            words: None,
            at: ago(5),
            by: Some("Tim".into()),
            note: Some("<new belt>".into()),
            photo: None,
            used: 7_200_000,
            door: Channel::Board,
            replay: true,
        };
        let html = page(Vec::new(), vec![done], true, "/machines/1/maintenance?registered");
        let content = words(&html);
        assert!(
            content.contains("Something else") && content.contains("Tim") && content.contains("at 2 h of use"),
            "{content}"
        );
        assert!(html.contains("&lt;new belt&gt;") && content.contains("reported later by the board"), "{html}");
        assert!(content.contains("Logged."), "{content}");
        assert!(html.contains("/machines/1/maintenance?photo=9#photo"), "{html}");
    }
}
