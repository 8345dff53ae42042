//! A member's evidence before a checkout, in cells: videos, quiz, practice.
//!
//! Invariant: a cell shows by an icon and by text whether it is enough. Not here: what a type requires; the
//! server's answer says so.

use crate::{lang, ui::icon::Icon};
use contract::checkouts::{Evidence, ModuleEvidence, QuizEvidence};
use domain::time::Moment;
use leptos::prelude::*;
use std::time::Duration;

/// Text of a cell, and whether it is enough.
type Cell = (String, bool);

fn videos(modules: &[ModuleEvidence]) -> Option<Cell> {
    let watched = modules.iter().filter(|module| module.watched).count();
    let all = modules.len();
    (all > 0).then(|| (lang::current().requests_of(&watched.to_string(), &all.to_string()), watched == all))
}

/// The weakest quiz, because a trainer asks about it.
fn quiz(modules: &[ModuleEvidence]) -> Option<Cell> {
    let t = lang::current();
    let quizzes: Vec<QuizEvidence> = modules.iter().filter_map(|module| module.quiz).collect();
    let passed = quizzes.iter().all(|quiz| quiz.passed);
    let weakest = quizzes.iter().map(|quiz| quiz.best).min()?;
    Some(match weakest {
        Some(best) => (t.checkouts_score(&best.to_string()), passed),
        // Passed without a try, for example with an earlier edition.
        None if passed => (t.checkout_passed().to_owned(), true),
        None => (t.checkouts_none_taken().to_owned(), false),
    })
}

fn practice(minutes: u32) -> Cell {
    let t = lang::current();
    match minutes {
        0 => (t.checkouts_no_practice().to_owned(), false),
        minutes => (t.length(Duration::from_secs(u64::from(minutes) * 60)), true),
    }
}

fn proof(cell: Option<Cell>) -> AnyView {
    match cell {
        None => view! { <span class="proof" data-open>"–"</span> }.into_any(),
        Some((words, is_enough)) => {
            let icon = if is_enough { "check" } else { "clock" };
            view! { <span class="proof" data-open=(!is_enough).then_some("")><Icon name=icon/><span>{words}</span></span> }.into_any()
        }
    }
}

pub(super) fn videos_cell(modules: &[ModuleEvidence]) -> AnyView {
    proof(videos(modules))
}

pub(super) fn quiz_cell(modules: &[ModuleEvidence]) -> AnyView {
    proof(quiz(modules))
}

/// Under a column heading.
pub(super) fn practice_cell(minutes: u32) -> AnyView {
    proof(Some((lang::current().length(Duration::from_secs(u64::from(minutes) * 60)), minutes > 0)))
}

/// All three in one line, each with its name for screen readers.
pub(super) fn cells(evidence: &Evidence) -> AnyView {
    let t = lang::current();
    let cells = [
        (t.checkouts_col_videos(), videos(&evidence.modules)),
        (t.checkouts_col_quiz(), quiz(&evidence.modules)),
        (t.checkouts_col_practice(), Some(practice(evidence.used_minutes))),
    ];
    let visible = cells.into_iter().filter(|(_, cell)| cell.is_some()).map(|(name, cell)| {
        view! { <li title=name><span class="visually-hidden">{name}" "</span>{proof(cell)}</li> }
    });
    view! { <ul class="cells" role="list">{visible.collect_view()}</ul> }.into_any()
}

/// The same as figures, with details: each module if there are several, and the last use.
pub(super) fn figures(evidence: &Evidence, now: Moment) -> AnyView {
    let t = lang::current();
    let tries: u32 = evidence.modules.iter().filter_map(|module| module.quiz).map(|quiz| quiz.tries).sum();
    let (videos, quiz) = (videos(&evidence.modules), quiz(&evidence.modules));
    let watched =
        videos.as_ref().filter(|(_, is_enough)| *is_enough).map(|_| t.checkouts_all_watched().to_owned());
    let beside_quiz = (tries > 0).then(|| t.checkouts_quiz_tries(tries));
    let last = evidence.last_used.map(|last| t.since(last, now));
    let figures = [
        ("play", t.checkouts_col_videos(), videos, watched),
        ("list-checks", t.checkouts_col_quiz(), quiz, beside_quiz),
        ("clock", t.checkouts_col_practice(), Some(practice(evidence.used_minutes)), last),
    ];
    let visible = figures.into_iter().map(|(icon, name, cell, beside)| {
        let (words, is_enough) = cell.unwrap_or_else(|| (t.checkouts_no_quiz().to_owned(), true));
        view! {
            <div data-short=(!is_enough).then_some("")>
                <dt><Icon name=icon/>{name}</dt>
                <dd>{words}{beside.map(|beside| view! { <small>{beside}</small> })}</dd>
            </div>
        }
    });
    let modules = (evidence.modules.len() > 1).then(|| {
        let lines = evidence.modules.iter().map(|module| {
            let is_done = module.watched && module.quiz.is_none_or(|quiz| quiz.passed);
            let icon = if is_done { "circle-check" } else { "clock" };
            let message = format!("{} · {}", module.title, t.checkout_module(module));
            view! { <li class="s proof"><Icon name=icon/><span>{message}</span></li> }
        });
        view! { <ul class="proofs" role="list">{lines.collect_view()}</ul> }
    });
    let since = evidence.since_minutes.map(|_| t.checkout_practice(evidence));
    let tries = (evidence.failed > 0).then(|| t.checkouts_tries(evidence.failed));
    let facts: Vec<String> = [since, tries].into_iter().flatten().collect();
    let facts = (!facts.is_empty())
        .then(|| view! { <p class="s proof"><Icon name="clock"/><span>{facts.join(" · ")}</span></p> });
    view! { <dl class="evidence">{visible.collect_view()}</dl>{modules}{facts} }.into_any()
}
