//! Lists: `POST /import/upload` receives a file, `POST /export/…` returns one, as CSV or workbook.
//!
//! Invariant: a refused file or filter redirects back to its page with an error code and the input. Not here: the
//! content of a list.

use super::{
    Shared,
    pages::see_other,
    sent::{AROUND, Sent, pass_by, plain},
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
use services::error::ServiceError;
use services::{
    audit::InvalidFilter,
    imports::{self, Book, Happened, HistoryForm, ImportsError, What, Whose},
};
use std::convert::Infallible;

/// Maximum size of the request.
const LIMIT: usize = BYTES + AROUND;
/// Maximum size of the filter fields.
const WORDS: usize = 8 * 1024;

/// Receives a file and redirects to its preview.
pub async fn upload(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
) -> Response {
    if imports::may_bring(&actor).is_err() {
        pass_by(request, LIMIT).await;
        // The page itself asks for a sign-in or refuses.
        return see_other("/import");
    }
    let sent = match Sent::read(&shared, &actor, request, LIMIT, "file").await {
        Ok(sent) => sent,
        Err(error) => return plain(&error.problem(visitor.lang)),
    };
    if sent.is_too_much {
        return see_other("/import?refused=import.too-large");
    }
    let file = match sent.file.into_bytes().await {
        Ok(file) => file,
        Err(error) => return plain(&error.problem(visitor.lang)),
    };
    match imports::keep(&shared.0.ctx, &actor, &file).await {
        Ok(token) => see_other(&format!("/import?file={token}")),
        Err(error) => match error.problem(visitor.lang) {
            problem if problem.kind == Kind::Invalid => see_other(&format!("/import?refused={}", problem.code)),
            problem if problem.kind == Kind::Unavailable => plain(&problem),
            _ => see_other("/import"),
        },
    }
}

/// File format of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Workbook,
}

impl Form {
    const fn extension(self) -> &'static str {
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

/// Exports people.
pub fn people() -> [MethodRouter<Shared>; 2] {
    both(What::People)
}

/// Exports cards.
pub fn cards() -> [MethodRouter<Shared>; 2] {
    both(What::Cards)
}

/// Exports groups and their members.
pub fn groups() -> [MethodRouter<Shared>; 2] {
    both(What::Groups)
}

/// Exports qualifications.
pub fn qualifications() -> [MethodRouter<Shared>; 2] {
    both(What::Qualifications)
}

fn both(what: What) -> [MethodRouter<Shared>; 2] {
    [Form::Csv, Form::Workbook]
        .map(|form| post(move |state, actor, visitor, request| give(state, actor, visitor, request, (what, form))))
}

/// Exports uses.
pub fn uses() -> [MethodRouter<Shared>; 2] {
    happened(Happened::Uses)
}

/// Exports maintenance interventions.
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
    let Some(requested) = ListParams::read(request).await else { return back("machine.long,person.long", &[]) };
    let [from, to, machine, person] =
        ["from", "to", "machine", "person"].map(|name| requested.field(name).to_owned());
    let unauthorised = !requested.field("unauthorised").is_empty();
    let input = HistoryForm { from, to, machine, person, unauthorised };
    let body = async {
        let history = imports::history(&shared.0.ctx, &actor, what, &input).await?;
        match form {
            Form::Workbook => Ok::<_, ImportsError>(pieces(history.workbook().await?)),
            Form::Csv => Ok(Body::from_stream(futures::stream::try_unfold(history, |mut history| async move {
                Ok::<_, ImportsError>(history.piece().await?.map(|piece| (piece, history)))
            }))),
        }
    };
    let why = match body.await {
        Ok(body) => return upload_response(body, what.file(), form),
        Err(ImportsError::Invalid(invalid)) => named(&invalid),
        Err(ImportsError::Long) => "too-long".to_owned(),
        Err(error) => return refused(&error.problem(visitor.lang)),
    };
    back(&why, &requested.0)
}

async fn give(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    request: Request,
    (what, form): (What, Form),
) -> Response {
    let Some(requested) = ListParams::read(request).await else { return back("on.long", &[]) };
    let status = requested.field("status");
    let whose = Whose { status: PersonStatus::parse(status), on: requested.field("on").to_owned() };
    if whose.status.is_none() && !status.is_empty() {
        // An unknown filter must not return more than was asked for.
        return back("status.choice", &requested.0);
    }
    let body = async {
        let list = imports::export(&shared.0.ctx, &actor, what, &whose).await?;
        match form {
            Form::Workbook => Ok::<_, ImportsError>(pieces(list.workbook().await?)),
            Form::Csv => Ok(Body::from_stream(futures::stream::iter(list.map(Ok::<_, Infallible>)))),
        }
    };
    match body.await {
        Ok(body) => upload_response(body, what.file(), form),
        Err(ImportsError::Invalid(invalid)) => back(&named(&invalid), &requested.0),
        Err(error) => refused(&error.problem(visitor.lang)),
    }
}

/// The invalid fields, for the address of the page.
fn named(invalid: &[InvalidFilter]) -> String {
    invalid.iter().map(|invalid| format!("{}.{}", invalid.field(), invalid.as_str())).collect::<Vec<_>>().join(",")
}

/// The filter form: fields and their values.
struct ListParams(Vec<(String, String)>);

impl ListParams {
    /// `None` for a body that is too long.
    async fn read(request: Request) -> Option<Self> {
        let sent = to_bytes(request.into_body(), WORDS).await.ok()?;
        Some(Self(form_urlencoded::parse(&sent).into_owned().collect()))
    }

    fn field(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, text)| text)
    }
}

/// Redirects back to the page with the error code and the input.
fn back(why: &str, input: &[(String, String)]) -> Response {
    let mut back = form_urlencoded::Serializer::for_suffix("/export?".to_owned(), "/export?".len());
    see_other(&back.append_pair("refused", why).extend_pairs(input).finish())
}

/// A workbook, streamed from the disk.
fn pieces(book: Book) -> Body {
    Body::from_stream(futures::stream::try_unfold(book, Book::piece))
}

fn refused(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    (status, problem.detail.clone()).into_response()
}

/// A file download.
fn upload_response(body: Body, name: &str, form: Form) -> Response {
    let kept_as = format!("attachment; filename=\"{name}.{}\"", form.extension());
    let headings = [
        (header::CONTENT_TYPE, form.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, kept_as),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headings, body).into_response()
}
