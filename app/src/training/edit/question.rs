//! One question of a quiz: its form, its picture and its answers.

use super::{Calls, kind};
use crate::{
    lang,
    training::quiz::preview,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        form::{Field, Form, hidden, use_form},
        icon::Icon,
        picture::choose,
        select::Select,
    },
};
use contract::training::{EditedQuestion, Question};
use domain::{
    id::{AnswerId, ModuleId},
    pictures::question_path,
    training::quiz::QuestionKind,
};
use leptos::prelude::*;

/// The form of a new question, or of a replacement.
#[component]
pub(super) fn Write(id: ModuleId, question: Option<EditedQuestion>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let options =
        QuestionKind::ALL.iter().map(|&one| (one.as_str().to_owned(), kind(t, one).to_owned())).collect();
    let chosen = question.as_ref().map_or(QuestionKind::Single, |question| question.kind).as_str().to_owned();
    let (ask, why) =
        question.as_ref().map_or_else(Default::default, |question| (question.ask.clone(), question.why.clone()));
    let instead = question.as_ref().map_or_else(String::new, |question| question.id.to_string());
    let answers = question.as_ref().map_or_else(Vec::new, |question| question.answers.clone());
    let pictured = question.as_ref().map(|question| picture_of(id, question));
    let label = if question.is_some() { t.question_change() } else { t.question_add() };
    view! {
        <div id="write">
            <Form action=calls.question>
                {hidden("module", &id)}
                {hidden("instead", &instead)}
                <Select name="kind" label=t.question_kind() options chosen=Signal::stored(chosen)/>
                <Field name="ask" label=t.question_label() value=ask/>
                <Answers answers/>
                <Field name="why" label=t.question_why_label() hint=t.question_why_hint() value=why/>
                <div class="btn-row">
                    <Submit label kind=Press::Primary busy=calls.question.pending()/>
                    {question.is_some().then(|| view! { <ButtonLink href=format!("/modules/{id}?tab=quiz") label=t.form_cancel().to_owned() kind=Press::Ghost/> })}
                </div>
            </Form>
            {pictured}
        </div>
    }
}

/// The picture of a question, its upload form, and a preview of the question. It posts to a route of its own,
/// because it carries a file.
fn picture_of(module: ModuleId, question: &EditedQuestion) -> AnyView {
    let (t, target) = (lang::current(), question_path(question.id));
    let back = format!("/modules/{module}");
    let there = question.picture.clone().map(|src| {
        let (target, back) = (target.clone(), back.clone());
        view! {
            <p><img class="asked" src=src alt=t.question_picture() decoding="async"/></p>
            <form class="form" method="post" action=target enctype="multipart/form-data">
                {hidden("back", &back)}
                {hidden("remove", &"yes")}
                <div class="btn-row"><button class="btn" data-kind="danger">{t.picture_remove()}</button></div>
            </form>
        }
    });
    view! {
        <div class="pictured">
            <h3>{t.question_picture()}</h3>
            {there}
            <form class="form" method="post" action=target enctype="multipart/form-data">
                {hidden("back", &back)}
                {choose(None)}
                <div class="btn-row"><button class="btn">{t.picture_send()}</button></div>
            </form>
            <details class="fold">
                <summary><Icon name="chevron-right"/>{t.question_preview()}</summary>
                {preview(as_requested(question))}
            </details>
        </div>
    }
    .into_any()
}

/// A question as it will be asked. Its answers have no ids here.
fn as_requested(question: &EditedQuestion) -> Question {
    let answers = (0..).map(AnswerId).zip(question.answers.iter().map(|(words, _)| words.clone()));
    Question {
        id: question.id,
        kind: question.kind,
        ask: question.ask.clone(),
        picture: question.picture.clone(),
        answers: answers.collect(),
        given: Vec::new(),
    }
}

/// The answers of a question, each with whether it is right.
#[component]
fn Answers(answers: Vec<(String, bool)>) -> impl IntoView {
    let t = lang::current();
    let form = use_form();
    let entered = form.as_ref().and_then(|form| form.ticked("answers[]"));
    let ticked = form.as_ref().and_then(|form| form.ticked("right[]"));
    let message = Signal::derive(move || form.as_ref()?.message("answers"));
    let rows = (0..domain::training::quiz::ANSWERS).map(|at| {
        let (words, right) = answers.get(at).cloned().unwrap_or_default();
        let words = entered.as_ref().map_or(words, |entered| entered.get(at).cloned().unwrap_or_default());
        let right = ticked.as_ref().map_or(right, |ticked| ticked.contains(&at.to_string()));
        let number = (at + 1).to_string();
        view! {
            <p class="answer-ed">
                <input type="checkbox" name="right[]" value=at.to_string() checked=right aria-label=t.question_is_right(&number)/>
                <input class="input" name="answers[]" value=words aria-label=t.question_answer(&number)/>
            </p>
        }
    });
    view! {
        <fieldset class="field" aria-describedby="answers-problem" aria-invalid=Signal::derive(move || message.with(Option::is_some).then_some("true"))>
            <legend class="label">{t.question_answers_label()}</legend>
            <p class="hint">{t.question_answers_hint()}</p>
            {rows.collect_view()}
            <p class="error" id="answers-problem">
                {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
            </p>
        </fieldset>
    }
}
