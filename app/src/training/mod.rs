//! What somebody learns: where they go on, their ways, and every other module.
//!
//! Invariant: how far somebody is comes from the server alone. Deliberately absent: what is right in a quiz, before it was passed.

pub mod api;
pub mod edit;
pub mod edit_api;
mod exchange;
mod player;
pub mod quiz;
pub mod watch;

use crate::{
    call::asked,
    clock::use_clock,
    lang,
    live::use_live,
    ui::{
        button::{ButtonLink, Kind},
        changing::part,
        empty::Empty,
        icon::Icon,
        page::{live_page, loaded},
    },
};
use domain::{
    id::{MachineId, ModuleId, TypeId},
    live::Noun,
    qualifications::Subject,
    training::{
        clock as minutes,
        path::{Progress, Step, Task},
    },
};
use leptos::prelude::*;
use text::Lang;
use views::training::{Candidate, GoOn, Learn, ModuleLine, PathShown, Stage};

/// The page at `/learn`.
pub fn learn_page() -> AnyView {
    let live = use_live();
    let source = move || (live.version(Noun::Person), live.version(Noun::Checkouts), live.version(Noun::Space));
    let answers = asked(source, |_| api::learn());
    live_page(lang::current().learn_title(), 4, answers, |learn| view! { <Page learn/> }.into_any())
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(learn: RwSignal<Learn>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(learn.with(|learn| learn.now)));
    view! {
        <header class="page-head"><h1>{t.learn_title()}</h1></header>
        {part(move || learn.with(|learn| learn.go_on.clone()).map(|go_on| view! { <Onwards go_on/> }))}
        {part(move || Some({
            let (paths, others) = learn.with(|learn| (learn.paths.clone(), learn.others.clone()));
            if paths.is_empty() && others.is_empty() {
                view! {
                    <div class="card"><Empty icon="graduation-cap"><h2>{t.learn_none()}</h2><p>{t.learn_none_next()}</p></Empty></div>
                }.into_any()
            } else {
                view! {
                    {(!paths.is_empty()).then(|| view! {
                        <section class="group" aria-labelledby="paths">
                            <h2 class="group-head" id="paths">{t.learn_paths()}</h2>
                            <div class="tight">{paths.into_iter().map(|path| view! { <Way path/> }).collect_view()}</div>
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

/// Where somebody goes on.
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

/// How much was watched, as a bar with the figure beside it.
#[component]
fn Bar(percent: u8) -> impl IntoView {
    let said = lang::current().learn_percent(&percent.to_string());
    view! {
        <p class="watched-bar">
            <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                <rect class="all" width="100" height="8" rx="4"/><rect class="seen" width=percent.to_string() height="8" rx="4"/>
            </svg>
            <span class="small muted">{said}</span>
        </p>
    }
}

/// One way: its beads, and what comes next.
#[component]
fn Way(path: PathShown) -> impl IntoView {
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
            <Next path/>
        </article>
    }
}

/// How far somebody is on a way. Who was passed before the training was done may not use anything yet.
fn badge(t: Lang, path: &PathShown) -> String {
    match (path.qualified, path.path.left()) {
        (true, 0) => t.learn_qualified().to_owned(),
        (true, _) => t.learn_training_missing().to_owned(),
        (false, left) => t.learn_steps_left(u32::try_from(left).unwrap_or(u32::MAX)),
    }
}

/// The steps of a way in one line; each says what it is to who cannot see it.
#[component]
pub fn Beads(path: PathShown) -> impl IntoView {
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
        let said = format!("{}, {how}", step_name(t, step, &path.stages));
        let href = match step.task {
            Task::Watch(module) => Some(format!("/learn/{module}")),
            Task::Quiz(module) => Some(format!("/learn/{module}/quiz")),
            Task::Checkout => (step.progress == Progress::Now).then(|| format!("/checkouts/types/{}", path.kind)),
        };
        let dot = view! { <span class="dot"><Icon name=icon/></span><span class="visually-hidden">{said}</span> };
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

/// What comes next on a way, in words, with the link to it.
#[component]
fn Next(path: PathShown) -> impl IntoView {
    let t = lang::current();
    let now = path.path.steps.iter().find(|step| step.progress == Progress::Now).copied();
    let redo = path
        .stages
        .iter()
        .find_map(|stage| stage.redo_by.map(|by| t.learn_redo_by(&stage.title, &t.day(by, use_clock().now()))));
    let next = now.map(|step| {
        let name = step_name(t, step, &path.stages);
        match step.task {
            Task::Watch(module) => {
                let stage = path.stages.iter().find(|stage| stage.module == module);
                let far = stage.filter(|stage| stage.percent > 0).map(|stage| {
                    t.learn_percent_of(&stage.percent.to_string(), &stage.threshold.to_string())
                });
                view! { <a class="link" href=format!("/learn/{module}")>{name}</a>{far.map(|far| format!(" · {far}"))} }.into_any()
            }
            Task::Quiz(module) => {
                view! { <a class="link" href=format!("/learn/{module}/quiz")>{name}</a> }.into_any()
            }
            Task::Checkout => {
                let href = format!("/checkouts/types/{}", path.kind);
                let (word, said) = match &path.appointment {
                    Some(agreed) => {
                        let with = agreed.with.as_deref().map(|trainer| t.checkout_with(trainer));
                        let said = [with, Some(t.checkout_state(agreed.state).to_owned())];
                        let said = said.into_iter().flatten().collect::<Vec<_>>().join(" · ");
                        (t.learn_checkout_at(&t.exact(agreed.starts, use_clock().now())), said)
                    }
                    None => (t.checkout_book().to_owned(), t.learn_checkout_next().to_owned()),
                };
                view! { <a class="link" href=href>{word}</a>{format!(" · {said}")} }.into_any()
            }
        }
    });
    view! {
        {next.map(|next| view! { <p class="small">{t.learn_next()}" "{next}</p> })}
        {redo.map(|redo| view! { <p class="small muted">{redo}</p> })}
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

/// The way to a machine, on its page; nothing where it requires no training.
#[must_use]
pub fn path_to(machine: MachineId) -> AnyView {
    let live = use_live();
    let source = move || (live.version(Noun::Person), live.version(Noun::Checkouts), live.version(Noun::Space));
    let answers = asked(source, move |_| api::path(machine));
    loaded(1, answers, move |path: RwSignal<Option<PathShown>>| {
        part(move || {
            let path = path
                .get()
                .filter(|path| path.path.left() > 0 || path.stages.iter().any(|stage| stage.redo_by.is_some()))?;
            Some(view! {
                <section class="card way" aria-labelledby="way">
                    <div class="card-head"><h2 id="way">{lang::current().learn_path_here()}</h2></div>
                    <Beads path=path.clone()/>
                    <Next path/>
                </section>
            })
        })
        .into_any()
    })
}

/// Who is on the way to a type, on its page; nothing where nobody is.
#[must_use]
pub fn candidates_of(kind: TypeId) -> AnyView {
    let live = use_live();
    // A trainer who may not see people hears of their candidates as of checkouts.
    let source = move || (live.version(Noun::Person), live.version(Noun::Checkouts), live.version(Noun::Space));
    let answers = asked(source, move |_| api::candidates(kind));
    loaded(1, answers, |all: RwSignal<Vec<Candidate>>| {
        let t = lang::current();
        part(move || {
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

/// Somebody on the way.
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
