//! Operations that the contract declares: how their requests are read and their answers written.
//!
//! Invariant: they stand in the same list as those with a handler of their own, so every request passes the same checks
//! (`admission`), and the document and the permission test contain them.

use super::{
    Caller, Refusal,
    answer::{self, Made, One, Versioned},
    input, nowhere,
    operation::{Answer, Operation, Shape},
    paging::{Page, Which},
};
use axum::{
    body::Body,
    extract::{FromRequestParts, RawPathParams, Request},
    http::{Method, request::Parts},
    response::{IntoResponse, Response},
};
use contract::{
    form::{Fields, Form},
    operation::{self as row, Creation, HasVersion, List},
    schema::HasSchema,
};
use services::{Ctx, Serve, serve};
use text::Lang;

/// A list of operations: `(A, (B, ()))`.
pub trait Rows {
    fn add(operations: &mut Vec<Operation>);
}

impl Rows for () {
    fn add(_: &mut Vec<Operation>) {}
}

impl<O: Serve, Rest: Rows> Rows for (O, Rest)
where
    O::Reply: Reply<O>,
{
    fn add(operations: &mut Vec<Operation>) {
        operations.extend(operation::<O>());
        Rest::add(operations);
    }
}

/// The operations of a noun that programs have.
#[must_use]
pub fn operations<R: Rows>() -> Vec<Operation> {
    let mut operations = Vec::new();
    R::add(&mut operations);
    operations
}

fn operation<O: Serve>() -> Option<Operation>
where
    O::Reply: Reply<O>,
{
    let about = O::ABOUT;
    let (method, path) = about.route?;
    let form = <O::Form as Form>::NAME.map(|name| Shape::made(name, <O::Form as Form>::schemas));
    let operation = Operation::described(about, verb(method), path, form, move |request, ctx| {
        Box::pin(async move { run::<O>(request, ctx).await.unwrap_or_else(IntoResponse::into_response) })
    });
    Some(<O::Reply as Reply<O>>::describe(operation).errors::<O::Error>(about.errors))
}

const fn verb(method: row::Method) -> Method {
    match method {
        row::Method::Get => Method::GET,
        row::Method::Post => Method::POST,
        row::Method::Put => Method::PUT,
        row::Method::Patch => Method::PATCH,
        row::Method::Delete => Method::DELETE,
    }
}

async fn run<O: Serve>(request: Request, ctx: Ctx) -> Result<Response, Refusal>
where
    O::Reply: Reply<O>,
{
    let (mut parts, body) = request.into_parts();
    let caller = Caller::of(&ctx, &parts);
    let ids = ids(&mut parts, &O::ABOUT).await?;
    let operation = O::read_ids(&ids).ok_or_else(|| Refusal(nowhere(caller.lang)))?;
    let query = <O::Reply as Reply<O>>::query(&caller, &parts)?;
    let has_form = <O::Form as Form>::NAME.is_some();
    let sent = if has_form { sent(&parts, body).await? } else { Fields::default() };
    let answer = serve(&ctx, &caller.actor, operation, &sent, caller.lang).await?;
    <O::Reply as Reply<O>>::respond(answer, query, caller.lang)
}

/// The ids in the path under the names that the operation gives them. Anything but a positive integer is not found.
async fn ids(parts: &mut Parts, about: &row::Description) -> Result<Fields, Refusal> {
    let lang = input::language(&parts.extensions);
    let unknown = || Refusal(nowhere(lang));
    let path = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| unknown())?;
    let values: Vec<String> = path.iter().map(|(_, value)| value.to_owned()).collect();
    if values.iter().any(|value| value.parse::<i64>().is_ok_and(|id| id <= 0)) {
        return Err(unknown());
    }
    Ok(Fields::pairs(about.ids.iter().map(|name| (*name).to_owned()).zip(values)))
}

async fn sent(parts: &Parts, body: Body) -> Result<Fields, Refusal> {
    Ok(Fields::json(input::object(parts, body, input::BODY).await?))
}

/// How programs get the answer of `O`.
pub trait Reply<O: row::Operation> {
    /// The parameters of its query.
    type Query: Send;

    fn describe(operation: Operation) -> Operation;
    fn query(caller: &Caller, parts: &Parts) -> Result<Self::Query, Refusal>;
    fn respond(answer: O::Answer, query: Self::Query, lang: Lang) -> Result<Response, Refusal>;
}

impl<O: row::Operation> Reply<O> for row::Nothing {
    type Query = ();

    fn describe(operation: Operation) -> Operation {
        operation
    }

    fn query(_: &Caller, _: &Parts) -> Result<(), Refusal> {
        Ok(())
    }

    fn respond(_: O::Answer, (): (), _: Lang) -> Result<Response, Refusal> {
        Ok(answer::done())
    }
}

impl<O: row::Operation<Answer: HasSchema>> Reply<O> for row::One {
    type Query = ();

    fn describe(operation: Operation) -> Operation {
        operation.answered(Answer::One(Shape::described::<O::Answer>()))
    }

    fn query(_: &Caller, _: &Parts) -> Result<(), Refusal> {
        Ok(())
    }

    fn respond(answer: O::Answer, (): (), _: Lang) -> Result<Response, Refusal> {
        Ok(One(answer).into_response())
    }
}

impl<O: row::Operation<Answer: HasSchema + HasVersion>> Reply<O> for row::WithVersion {
    type Query = ();

    fn describe(operation: Operation) -> Operation {
        <row::One as Reply<O>>::describe(operation)
    }

    fn query(_: &Caller, _: &Parts) -> Result<(), Refusal> {
        Ok(())
    }

    fn respond(answer: O::Answer, (): (), _: Lang) -> Result<Response, Refusal> {
        let version = answer.version();
        Ok(Versioned(answer, version).into_response())
    }
}

impl<O: Creation> Reply<O> for row::Made {
    type Query = ();

    fn describe(operation: Operation) -> Operation {
        let place = O::ABOUT.place.unwrap_or(row::Place::Here);
        operation.makes(place)
    }

    fn query(_: &Caller, _: &Parts) -> Result<(), Refusal> {
        Ok(())
    }

    fn respond(answer: O::Answer, (): (), _: Lang) -> Result<Response, Refusal> {
        Ok(Made::plain(O::id(&answer)).into_response())
    }
}

impl<O: List> Reply<O> for row::Pages {
    /// The position after which the page begins, and its size.
    type Query = (Option<String>, usize);

    fn describe(operation: Operation) -> Operation {
        let items = Shape::described::<O::Item>();
        operation.answered(Answer::Page(items)).queried(Shape::of::<Which>())
    }

    fn query(caller: &Caller, parts: &Parts) -> Result<Self::Query, Refusal> {
        let which: Which = input::query(parts)?;
        caller.place(O::ABOUT.id, which.after.as_deref(), which.limit)
    }

    fn respond(answer: O::Answer, (after, limit): Self::Query, lang: Lang) -> Result<Response, Refusal> {
        let items = O::items(answer);
        Ok(Page::of_all(O::ABOUT.id, items, after.as_deref(), limit, lang, O::place)?.into_response())
    }
}
