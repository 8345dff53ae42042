//! Lists: `POST /import/upload` takes a file in, `POST /export/…` gives one out, as a CSV or as a workbook.
//!
//! Invariant: a file that is not taken, and a list that cannot be meant, lead back to the page they were asked for on, with the
//! code of why and what was typed. Deliberately absent: what is in a list.

use super::{
    Shared,
    sent::{AROUND, Sent, pass_by},
};
use app::visitor::Visitor;
use axum::{
    Extension,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, post},
};
use domain::{
    actor::Actor,
    imports::BYTES,
    people::PersonStatus,
    problem::{Kind, Problem},
};
use services::imports::{self, Happened, ImportsError, Typed, What, Whose};
use std::convert::Infallible;
use tokio::task::spawn_blocking;

/// How much may be sent here.
const LIMIT: usize = BYTES + AROUND;
/// How much may be typed to say what is meant.
const WORDS: usize = 8 * 1024;

/// Takes a file in, and leads to what it would do.
pub async fn upload(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    if imports::may_bring(&actor).is_err() {
        pass_by(request, LIMIT).await;
        // The page says itself that one has to sign in, or may not.
        return see_other("/import");
    }
    let sent = Sent::read(request, LIMIT).await;
    if sent.is_too_much {
        return see_other("/import?refused=import.too-large");
    }
    let file = sent.part("file").map_or(&[][..], |file| &file[..]);
    match imports::keep(&shared.0.ctx, &actor, file) {
        Ok(token) => see_other(&format!("/import?file={token}")),
        Err(error) => match error.problem(visitor.lang) {
            problem if problem.kind == Kind::Invalid => see_other(&format!("/import?refused={}", problem.code)),
            _ => see_other("/import"),
        },
    }
}

fn see_other(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// As what a list is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Workbook,
}

impl Form {
    const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Workbook => "xlsx",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Workbook => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// Gives out who is here.
pub fn people() -> [MethodRouter<Shared>; 2] {
    both(What::People)
}

/// Gives out who has which card.
pub fn cards() -> [MethodRouter<Shared>; 2] {
    both(What::Cards)
}

/// Gives out who may use what.
pub fn qualifications() -> [MethodRouter<Shared>; 2] {
    both(What::Qualifications)
}

fn both(what: What) -> [MethodRouter<Shared>; 2] {
    [Form::Csv, Form::Workbook]
        .map(|form| post(move |state, actor, visitor, request| give(state, actor, visitor, request, (what, form))))
}

/// Gives out who used what.
pub fn uses() -> [MethodRouter<Shared>; 2] {
    happened(Happened::Uses)
}

/// Gives out what was done to what.
pub fn interventions() -> [MethodRouter<Shared>; 2] {
    happened(Happened::Interventions)
}

fn happened(what: Happened) -> [MethodRouter<Shared>; 2] {
    [Form::Csv, Form::Workbook].map(|form| {
        post(move |state, actor, visitor, request| give_history(state, actor, visitor, request, (what, form)))
    })
}

async fn give_history(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
    (what, form): (Happened, Form),
) -> Response {
    if let Err(error) = imports::may_bring(&actor) {
        return refused(&error.problem(visitor.lang));
    }
    let Ok(sent) = to_bytes(request.into_body(), WORDS).await else {
        return see_other("/export?refused=machine.long,person.long");
    };
    let words: Vec<(String, String)> = form_urlencoded::parse(&sent).into_owned().collect();
    let word = |name: &str| {
        words.iter().find(|(field, _)| field == name).map(|(_, word)| word.clone()).unwrap_or_default()
    };
    let typed = Typed { from: word("from"), to: word("to"), machine: word("machine"), person: word("person") };
    let body = async {
        let history = imports::history(&shared.0.ctx, &actor, what, &typed).await?;
        match form {
            Form::Workbook => Ok::<_, ImportsError>(Body::from(history.workbook().await?)),
            Form::Csv => Ok(Body::from_stream(futures::stream::try_unfold(history, |mut history| async move {
                Ok::<_, ImportsError>(history.piece().await?.map(|piece| (piece, history)))
            }))),
        }
    };
    let why = match body.await {
        Ok(body) => return kept(body, what.file(), form),
        Err(ImportsError::Unfit(unfit)) => {
            unfit.iter().map(|unfit| format!("{}.{}", unfit.field(), unfit.word())).collect::<Vec<_>>().join(",")
        }
        Err(ImportsError::Long) => "too-long".to_owned(),
        Err(error) => return refused(&error.problem(visitor.lang)),
    };
    let mut back = form_urlencoded::Serializer::for_suffix("/export?".to_owned(), "/export?".len());
    see_other(&back.append_pair("refused", &why).extend_pairs(&words).finish())
}

async fn give(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
    (what, form): (What, Form),
) -> Response {
    if let Err(error) = imports::may_bring(&actor) {
        return refused(&error.problem(visitor.lang));
    }
    let Ok(sent) = to_bytes(request.into_body(), WORDS).await else { return see_other("/export") };
    let word = |name: &str| form_urlencoded::parse(&sent).find(|(field, _)| field == name).map(|(_, word)| word);
    let status = word("status").unwrap_or_default();
    let whose =
        Whose { status: PersonStatus::from_word(&status), on: word("on").unwrap_or_default().into_owned() };
    if whose.status.is_none() && !status.is_empty() {
        // Not more than was asked for.
        return see_other("/export?refused=status.choice");
    }
    let list = match imports::export(&shared.0.ctx, &actor, what, &whose).await {
        Ok(list) => list,
        Err(error) => return refused(&error.problem(visitor.lang)),
    };
    let body = match form {
        Form::Csv => Body::from_stream(futures::stream::iter(list.map(Ok::<_, Infallible>))),
        Form::Workbook => match spawn_blocking(|| list.workbook()).await {
            Ok(Ok(workbook)) => Body::from(workbook),
            Ok(Err(error)) => return refused(&error.problem(visitor.lang)),
            Err(_panic) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        },
    };
    kept(body, what.file(), form)
}

fn refused(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    (status, problem.detail.clone()).into_response()
}

/// A file that a browser keeps.
fn kept(body: Body, name: &str, form: Form) -> Response {
    let kept_as = format!("attachment; filename=\"{name}.{}\"", form.ending());
    let headings = [
        (header::CONTENT_TYPE, form.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, kept_as),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headings, body).into_response()
}
