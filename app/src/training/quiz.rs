//! A quiz: one question at a time, then the result.
//!
//! Invariant: every step is a form, so it works without script. Right answers are shown only after passing.

use super::{
    Beads,
    api::{self, AnswerQuestion, BeginQuiz},
    next::{Next, next_step},
    order::Order,
};
use crate::{
    call::{Call, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::loaded,
    ui::{
        answer::Answer,
        button::{ButtonLink, Kind, Submit},
        changing::{dynamic, remount},
        form::{Form, hidden, use_form},
        icon::Icon,
    },
};
use contract::training::{Explained, PathView, Question, Quiz, Quizzing};
use domain::{
    id::{ModuleId, QuizId},
    live::Noun,
    training::quiz::{QuestionKind, TRIES},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use text::Lang;

/// The page at `/learn/:id/quiz`.
pub fn quiz_page(module: ModuleId) -> AnyView {
    let (query, live) = (use_query_map(), use_live());
    let (begin, answer) = (Call::<BeginQuiz>::new(), Call::<AnswerQuestion>::new());
    let at = move || query.with(|query| query.get_str("n").and_then(|at| at.parse().ok()));
    let answers = page_resource(
        move || (at(), begin.version().get() + answer.version().get(), live.version(Noun::Person)),
        move |(at, ..)| api::quiz(module, at),
    );
    loaded(3, answers, move |quiz| view! { <Page quiz begin answer/> }.into_any())
}

/// Link back to the video.
fn to_video(module: ModuleId) -> AnyView {
    view! {
        <a class="crumb" href=format!("/learn/{module}")><Icon name="chevron-left"/>{lang::current().quiz_back()}</a>
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(quiz: RwSignal<Quiz>, begin: Call<BeginQuiz>, answer: Call<AnswerQuestion>) -> impl IntoView {
    let t = lang::current();
    let title = quiz.with_untracked(|quiz| t.quiz_of(&quiz.title));
    // Events of the video, whose last second is reported when its page is left, must not reset the selection.
    let quizzing = Memo::new(move |_| quiz.with(|quiz| quiz.quizzing.clone()));
    view! {
        <Title text=title/>
        {remount(move || Some(match quizzing.get() {
            Quizzing::Before => view! { <Before quiz=quiz.get() begin/> }.into_any(),
            Quizzing::Asking { quiz: id, at, answered, question } => {
                let (module, title) = quiz.with_untracked(|quiz| (quiz.module, quiz.title.clone()));
                view! { <Asking module title id at answered question answer/> }.into_any()
            }
            Quizzing::Over { passed, right, asked, explained } => {
                view! { <Over quiz=quiz.get() passed right asked explained begin/> }.into_any()
            }
        }))}
    }
}

/// No quiz has been started.
#[component]
fn Before(quiz: Quiz, begin: Call<BeginQuiz>) -> impl IntoView {
    let t = lang::current();
    let Quiz { module, title, percent, threshold, state, .. } = quiz;
    view! {
        {to_video(module)}
        <header class="page-head"><h1>{t.quiz_of(&title)}</h1></header>
        <section class="card">
            <p>{t.quiz_needed(&state.needed.to_string(), &state.asked.to_string())}</p>
            <p class="muted">{tries_left(t, state.tries_left)}</p>
            {if state.open {
                view! { <Begin module label=t.quiz_start() begin/> }.into_any()
            } else {
                view! {
                    <p>{t.quiz_closed()}" "{t.learn_percent_of(&percent.to_string(), &threshold.to_string())}</p>
                    <div class="btn-row"><ButtonLink href=format!("/learn/{module}") label=t.learn_watch().to_owned() kind=Kind::Primary icon="play"/></div>
                }.into_any()
            }}
        </section>
    }
}

#[component]
fn Begin(module: ModuleId, label: &'static str, begin: Call<BeginQuiz>) -> impl IntoView {
    view! {
        <Form action=begin>
            {hidden("module", &module)}
            <div class="btn-row"><Submit label kind=Kind::Primary busy=begin.pending()/></div>
        </Form>
    }
}

/// One question.
#[component]
fn Asking(
    module: ModuleId,
    title: String,
    id: QuizId,
    at: u32,
    answered: Vec<bool>,
    question: Question,
    answer: Call<AnswerQuestion>,
) -> impl IntoView {
    let t = lang::current();
    let count = u32::try_from(answered.len()).unwrap_or(u32::MAX);
    let all_others = answered.iter().zip(0..).all(|(done, n)| *done || n == at);
    let steps = answered.iter().zip(0_u32..).map(|(done, n)| {
        let number = (n + 1).to_string();
        let message = if *done { t.quiz_step_done(&number) } else { t.quiz_step(&number) };
        view! {
            <li data-done=(*done && n != at).then_some("") aria-current=(n == at).then_some("step")><span class="visually-hidden">{message}</span></li>
        }
    });
    let how = how(t, question.kind);
    let next = if at + 1 < count { at + 1 } else { 0 };
    let label = if all_others { t.quiz_hand_in() } else { t.quiz_next() };
    view! {
        <header class="quiz-head">
            <div class="quiz-top">
                <a class="btn" data-icon data-kind="ghost" href=format!("/learn/{module}") aria-label=t.quiz_leave()><Icon name="chevron-left"/></a>
                <h1>{t.quiz_of(&title)}</h1><b class="push">{t.quiz_number(&(at + 1).to_string(), &count.to_string())}</b>
            </div>
            <ol class="quiz-bar" aria-label=t.quiz_questions()>{steps.collect_view()}</ol>
        </header>
        <Form action=answer>
            {hidden("module", &module)}
            {hidden("quiz", &id)}
            {hidden("question", &question.id)}
            {hidden("next", &next)}
            {hidden("last", &if all_others { "yes" } else { "" })}
            <Answers question how/>
            <p class="small muted">{t.quiz_kept()}</p>
            <div class="quiz-dock">
                {(at > 0).then(|| view! { <ButtonLink href=format!("/learn/{module}/quiz?n={}", at - 1) label=t.quiz_previous().to_owned()/> })}
                <Submit label kind=Kind::Primary busy=answer.pending()/>
            </div>
        </Form>
    }
}

/// The answers to select, or to put in order.
#[component]
fn Answers(question: Question, how: &'static str) -> impl IntoView {
    let form = use_form();
    let message = Signal::derive(move || form.as_ref()?.message("answers"));
    view! {
        <fieldset class="question" aria-describedby="answers-problem" aria-invalid=Signal::derive(move || message.with(Option::is_some).then_some("true"))>
            {wording(question, how)}
            <p class="error" id="answers-problem">
                {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
            </p>
        </fieldset>
    }
}

/// How to answer a question.
fn how(t: Lang, kind: QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Single => t.quiz_single(),
        QuestionKind::Multiple => t.quiz_multiple(),
        QuestionKind::Order => t.quiz_order(),
    }
}

/// A question as it will be asked, for its author, without inputs.
pub(super) fn preview(question: Question) -> AnyView {
    let how = how(lang::current(), question.kind);
    view! { <fieldset class="question" disabled>{wording(question, how)}</fieldset> }.into_any()
}

fn wording(question: Question, how: &'static str) -> AnyView {
    let t = lang::current();
    let Question { kind, ask, picture, answers, given, .. } = question;
    let is_order = kind == QuestionKind::Order;
    let visible = match kind {
        QuestionKind::Order => view! { <Order answers given/> }.into_any(),
        QuestionKind::Single | QuestionKind::Multiple => {
            let kind = if kind == QuestionKind::Single { "radio" } else { "checkbox" };
            let checkboxes = answers.into_iter().map(|(id, words)| {
                let chosen = given.contains(&id);
                view! { <label class="tick"><input type=kind name="answers[]" value=id.to_string() checked=chosen/><span>{words}</span></label> }
            });
            checkboxes.collect_view().into_any()
        }
    };
    view! {
        <legend>{ask}</legend>
        <p class="how" data-order=is_order.then_some("")>{how}</p>
        {is_order.then(|| view! { <p class="how scripted">{t.quiz_order_drag()}</p> })}
        {picture.map(|src| view! { <img class="asked" src=src alt=t.question_picture() decoding="async"/> })}
        {visible}
    }
    .into_any()
}

/// The result.
#[component]
fn Over(
    quiz: Quiz,
    passed: bool,
    right: u32,
    asked: u32,
    explained: Vec<Explained>,
    begin: Call<BeginQuiz>,
) -> impl IntoView {
    let t = lang::current();
    let (module, state) = (quiz.module, quiz.state);
    let (right, needed, asked) =
        (right.to_string(), domain::training::quiz::needed(asked).to_string(), asked.to_string());
    let sentence = if passed { t.quiz_passed() } else { t.quiz_failed() }.to_owned();
    let title = t.quiz_of(&quiz.title);
    let wrong = u32::try_from(explained.iter().filter(|one| !one.is_right).count()).unwrap_or(u32::MAX);
    view! {
        {to_video(module)}
        <header class="page-head"><h1>{title}</h1></header>
        <Answer label=t.quiz_result() status=None yes=passed sentence more=passed.then(|| onwards(quiz.path.as_ref())).into_any()>
            <p>{t.quiz_right(&right, &asked, &needed)}</p>
        </Answer>
        {if passed {
            let path = quiz.path.filter(|path| path.path.left() > 0);
            view! {
                {path.map(|path| view! { <section class="card"><Beads path/></section> })}
                <section class="group" aria-labelledby="explained">
                    <h2 class="group-head" id="explained">{t.quiz_answers()}<span class="n">{t.quiz_wrong(wrong)}</span></h2>
                    <ul class="list explain">{explained.into_iter().map(|one| view! { <Why one/> }).collect_view()}</ul>
                </section>
            }.into_any()
        } else {
            view! {
                <section class="card">
                    <p>{t.quiz_failed_next()}</p>
                    <p class="muted">{tries_left(t, state.tries_left)}</p>
                    <div class="btn-row"><ButtonLink href=format!("/learn/{module}") label=t.quiz_look_again(&quiz.title) kind=Kind::Ghost icon="play"/></div>
                    {(state.tries_left > 0).then(|| view! { <Begin module label=t.quiz_again() begin/> })}
                </section>
            }.into_any()
        }}
    }
}

/// After passing: the next step of its path.
fn onwards(path: Option<&PathView>) -> AnyView {
    let (t, now) = (lang::current(), use_clock().now_once());
    let next = path.and_then(|path| next_step(t, path, now));
    let next = next.unwrap_or_else(|| Next::to("/learn".to_owned(), t.quiz_onwards()));
    let icon = if next.href == "/learn" { "graduation-cap" } else { next.icon() };
    let kind = if next.is_state { Kind::Quiet } else { Kind::Primary };
    view! { <div class="btn-row"><ButtonLink href=next.href label=next.label kind icon/></div> }.into_any()
}

/// An answer with its explanation.
#[component]
fn Why(one: Explained) -> impl IntoView {
    let t = lang::current();
    let Explained { ask, is_right, given, right, why } = one;
    view! {
        <li data-wrong=(!is_right).then_some("")>
            <Icon name=if is_right { "check" } else { "octagon-alert" }/>
            <div>
                <p class="t">{ask}</p>
                <p class="a">{if is_right { given } else { t.quiz_you(&given) }}{right.map(|right| view! { " "<b>{t.quiz_would_be(&right)}</b> })}</p>
                {(!why.is_empty()).then(|| view! { <p class="s">{why}</p> })}
            </div>
        </li>
    }
}

/// Tries left today, and when there will be more.
fn tries_left(t: Lang, left: u32) -> String {
    if left == 0 { t.quiz_no_tries(&TRIES.to_string()) } else { t.quiz_tries(left) }
}
