//! The reader's training: where to continue, paths, and all other modules.
//!
//! Invariant: progress comes from the server only. Not here: right answers of a quiz before it is passed.

pub mod api;
pub mod edit;
pub mod edit_api;
mod exchange;
pub mod next;
mod order;
mod player;
pub mod quiz;
#[cfg(feature = "ssr")]
pub(crate) mod together;
pub mod watch;

use crate::{
    call::page_resource,
    clock::use_clock,
    lang,
    live::use_live,
    live_page::{live_page, loaded},
    ui::{
        button::{ButtonLink, Kind},
        changing::dynamic,
        empty::Empty,
        icon::Icon,
        list::whole,
    },
};
use contract::training::{Candidate, CatalogueLine, GoOn, Learn, ModuleLine, PathView, Stage};
use domain::{
    id::{ModuleId, TypeId},
    live::Noun,
    qualifications::Subject,
    training::{
        clock as minutes,
        path::{Progress, Step, Task},
    },
};
use leptos::prelude::*;
use next::{line, next_of};
use std::time::Duration;
use text::{Lang, time};

/// The page at `/learn`.
pub fn learn_page() -> AnyView {
    let live = use_live();
    let source = move || {
        let checkouts = live.version(Noun::Checkouts) + live.version(Noun::TrainingEvents);
        (live.version(Noun::Person), checkouts, live.version(Noun::Space))
    };
    let answers = page_resource(source, |_| api::learn());
    live_page(lang::current().learn_title(), 4, answers, |learn| view! { <Page learn/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(learn: RwSignal<Learn>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(learn.with(|learn| learn.now)));
    view! {
        <header class="page-head"><h1>{t.learn_title()}</h1></header>
        {dynamic(move || learn.with(|learn| learn.go_on.clone()).map(|go_on| view! { <Onwards go_on/> }))}
        {dynamic(move || Some({
            let (paths, others) = learn.with(|learn| (learn.paths.clone(), learn.others.clone()));
            let catalogue = learn.with(|learn| learn.catalogue.clone());
            // Without a started video, the first path shows where to continue.
            let leads = learn.with(|learn| learn.go_on.is_none());
            let together = learn.with(|learn| learn.together.clone());
            if paths.is_empty() && others.is_empty() && catalogue.is_empty() && together.is_empty() {
                view! {
                    <div class="card"><Empty icon="graduation-cap"><h2>{t.learn_none()}</h2><p>{t.learn_none_next()}</p></Empty></div>
                }.into_any()
            } else {
                view! {
                    {(!paths.is_empty()).then(|| view! {
                        <section class="group" aria-labelledby="paths">
                            <h2 class="group-head" id="paths">{t.learn_paths()}</h2>
                            <div class="tight">{paths.into_iter().zip(0..).map(|(path, at)| view! { <TypeRequirements path leads=leads && at == 0/> }).collect_view()}</div>
                        </section>
                    })}
                    {(!together.is_empty()).then(|| view! { <div class="upcoming" inner_html=together></div> })}
                    {(!catalogue.is_empty()).then(|| view! {
                        <section class="group" aria-labelledby="catalogue">
                            <h2 class="group-head" id="catalogue">{t.learn_catalogue()}</h2>
                            <ul class="list">{catalogue.into_iter().map(|line| view! { <Learnable line/> }).collect_view()}</ul>
                        </section>
                    })}
                    {(!others.is_empty()).then(|| view! {
                        <section class="group" aria-labelledby="others">
                            <h2 class="group-head" id="others">{t.learn_others()}</h2>
                            <ul class="list">{others.into_iter().map(|line| view! { <Line line/> }).collect_view()}</ul>
                        </section>
                    })}
                }.into_any()
            }
        }))}
    }
}

/// Where to continue.
#[component]
fn Onwards(go_on: GoOn) -> impl IntoView {
    let t = lang::current();
    let GoOn { module, title, path, percent, place, left } = go_on;
    view! {
        <section class="card go-on" aria-labelledby="go-on">
            <p class="eyebrow">{t.learn_go_on(&minutes(place))}</p>
            <h2 id="go-on">{title}</h2>
            {(!path.is_empty()).then(|| view! { <p class="muted">{path}</p> })}
            <Bar percent/>
            <div class="btn-row">
                <ButtonLink href=format!("/learn/{module}") label=t.learn_watch_left(&minutes(left)) kind=Kind::Primary icon="play"/>
            </div>
        </section>
    }
}

/// The watched share, as a bar with its figure.
#[component]
fn Bar(percent: u8) -> impl IntoView {
    let message = lang::current().learn_percent(&percent.to_string());
    view! {
        <p class="watched-bar">
            <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                <rect class="all" width="100" height="8" rx="4"/><rect class="seen" width=percent.to_string() height="8" rx="4"/>
            </svg>
            <span class="small muted">{message}</span>
        </p>
    }
}

/// One path: its steps as beads, and the next step.
#[component]
fn TypeRequirements(
    path: PathView,
    /// Whether its next step is the page's primary button.
    leads: bool,
) -> impl IntoView {
    let t = lang::current();
    let left = u32::try_from(path.path.left()).unwrap_or(u32::MAX);
    let name = match path.on {
        Subject::Machine(machine) => {
            view! { <a href=format!("/machines/{machine}")>{path.name.clone()}</a> }.into_any()
        }
        Subject::Type(_) => path.name.clone().into_any(),
    };
    let badge = badge(t, &path);
    view! {
        <article class="card way">
            <div class="card-head"><h3>{name}</h3><span class="badge push" data-tone=(left == 0).then_some("go")>{badge}</span></div>
            <Beads path=path.clone()/>
            <Next path leads/>
        </article>
    }
}

/// Progress on a path. A person who passed the checkout before finishing the training may not use anything yet.
fn badge(t: Lang, path: &PathView) -> String {
    match (path.qualified, path.path.left()) {
        (true, 0) => t.learn_qualified().to_owned(),
        (true, _) => t.learn_training_missing().to_owned(),
        (false, left) => t.learn_steps_left(u32::try_from(left).unwrap_or(u32::MAX)),
    }
}

/// The steps of a path in one line, with text for screen readers.
#[component]
pub fn Beads(path: PathView) -> impl IntoView {
    let t = lang::current();
    let label = t.learn_path_to(&path.name);
    let steps = path.path.steps.clone().into_iter().map(|step| {
        let icon = match (step.progress, step.task) {
            (Progress::Done, _) => "check",
            (_, Task::Watch(_)) => "play",
            (_, Task::Quiz(_)) => "list-checks",
            (_, Task::Checkout) => "handshake",
        };
        let (key, how) = match step.progress {
            Progress::Done => ("done", t.learn_step_done()),
            Progress::Now => ("now", t.learn_step_now()),
            Progress::Later => ("later", t.learn_step_later()),
        };
        let message = format!("{}, {how}", step_name(t, step, &path.stages));
        let href = match step.task {
            Task::Watch(module) => Some(format!("/learn/{module}")),
            Task::Quiz(module) => Some(format!("/learn/{module}/quiz")),
            Task::Checkout => (step.progress == Progress::Now).then(|| format!("/checkouts/types/{}", path.kind)),
        };
        let dot =
            view! { <span class="dot"><Icon name=icon/></span><span class="visually-hidden">{message}</span> };
        let inner = match href {
            Some(href) => view! { <a href=href>{dot}</a> }.into_any(),
            None => dot.into_any(),
        };
        view! { <li data-step=key>{inner}</li> }
    });
    view! { <ol class="beads" aria-label=label>{steps.collect_view()}</ol> }
}

fn step_name(t: Lang, step: Step, stages: &[Stage]) -> String {
    let title = |module: ModuleId| {
        stages.iter().find(|stage| stage.module == module).map_or_else(String::new, |stage| stage.title.clone())
    };
    match step.task {
        Task::Watch(module) => t.learn_step_video(&title(module)),
        Task::Quiz(module) => t.learn_step_quiz(&title(module)),
        Task::Checkout => t.learn_step_checkout().to_owned(),
    }
}

/// The next step of a path, with its link.
#[component]
fn Next(path: PathView, leads: bool) -> impl IntoView {
    let (t, now) = (lang::current(), use_clock().now_once());
    let retraining = path
        .stages
        .iter()
        .find_map(|stage| stage.redo_by.map(|by| t.learn_redo_by(&stage.title, &t.day(by, now))));
    let step = path.path.steps.iter().find(|step| step.progress == Progress::Now).copied();
    let next = step.map(|step| {
        let (line, next) = (line(t, step, &path, now), next_of(t, step.task, &path, now));
        let (icon, is_state, button) = (next.icon(), next.is_state, next.label.clone());
        // A requested checkout needs no further text.
        let (label, second) = if is_state {
            let with = path.appointment.as_ref().and_then(|agreed| agreed.with.as_deref());
            (next.label, with.map(|trainer| t.checkout_with(trainer)).unwrap_or_default())
        } else if step.task == Task::Checkout {
            (next.label, line.second)
        } else {
            (line.title, line.second)
        };
        let second = (!second.is_empty()).then(|| format!(" · {second}"));
        let button = (leads && !is_state).then(|| {
            let href = next.href.clone();
            view! { <div class="btn-row"><ButtonLink href label=button kind=Kind::Primary icon/></div> }
        });
        view! { <p class="small">{t.learn_next()}" "<a class="link" href=next.href>{label}</a>{second}</p>{button} }
    });
    view! {
        {next}
        {retraining.map(|retraining| view! { <p class="small muted">{retraining}</p> })}
    }
}

/// A type that the reader could learn: how much it is, and where it begins.
#[component]
fn Learnable(line: CatalogueLine) -> impl IntoView {
    let t = lang::current();
    let CatalogueLine { name, machine, videos, quizzes, length, .. } = line;
    let mut second: Vec<String> = Vec::new();
    second.extend((videos > 0).then(|| t.learn_videos(videos)));
    second.extend((length > 0).then(|| t.length(Duration::from_millis(length.into()))));
    second.extend((quizzes > 0).then(|| t.learn_quizzes(quizzes)));
    second.push(time::lowered(t.learn_step_checkout()));
    view! {
        <li><a class="item" href=format!("/machines/{machine}")>
            <span class="tile"><Icon name="graduation-cap"/></span>
            <span class="lines"><span class="t" title=whole(&name)>{name.clone()}</span><span class="s">{second.join(" · ")}</span></span>
            <span class="tail"><Icon name="chevron-right"/></span>
        </a></li>
    }
}

/// A module that nothing requires.
#[component]
fn Line(line: ModuleLine) -> impl IntoView {
    let t = lang::current();
    let ModuleLine { id, title, length, percent, quiz } = line;
    let mut second = vec![minutes(length)];
    if percent > 0 {
        second.push(t.learn_percent(&percent.to_string()));
    }
    second.extend(quiz.map(|passed| if passed { t.learn_quiz_passed() } else { t.learn_with_quiz() }.to_owned()));
    view! {
        <li><a class="item" href=format!("/learn/{id}")>
            <span class="tile"><Icon name="play"/></span>
            <span class="lines"><span class="t">{title}</span><span class="s">{second.join(" · ")}</span></span>
            <Icon name="chevron-right"/>
        </a></li>
    }
}

/// Candidates of a type, on its page; empty if there are none.
#[must_use]
pub fn candidates_of(kind: TypeId) -> AnyView {
    let live = use_live();
    // A trainer without access to people follows candidates through checkout events.
    let source = move || (live.version(Noun::Person), live.version(Noun::Checkouts), live.version(Noun::Space));
    let answers = page_resource(source, move |_| api::candidates(kind));
    loaded(1, answers, |all: RwSignal<Vec<Candidate>>| {
        let t = lang::current();
        dynamic(move || {
            let all = all.get();
            (!all.is_empty()).then(|| view! {
                <section class="group" aria-labelledby="candidates">
                    <h2 class="group-head" id="candidates">{t.candidates()}<span class="n">{all.len()}</span></h2>
                    <ul class="list">{all.into_iter().map(|one| view! { <OnTheWay one/> }).collect_view()}</ul>
                </section>
            })
        })
        .into_any()
    })
}

#[component]
fn OnTheWay(one: Candidate) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    let Candidate { name, completed, required, percent, quizzes_left, seen, .. } = one;
    let name = name.unwrap_or_else(|| t.access_somebody().to_owned());
    let mut second = vec![t.learn_percent(&percent.to_string())];
    second.extend((quizzes_left > 0).then(|| t.candidate_quizzes(quizzes_left)));
    second.push(t.exact(seen, clock.now()));
    let is_ready = completed >= required;
    view! {
        <li><div class="item">
            <span class="lines"><span class="t">{name}</span><span class="s">{second.join(" · ")}</span></span>
            {is_ready.then(|| view! { <span class="badge" data-tone="go">{t.candidate_ready()}</span> })}
        </div></li>
    }
}
