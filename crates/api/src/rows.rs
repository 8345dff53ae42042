//! Operations that the contract declares: how their requests are read and their answers written.
//!
//! Invariant: they stand in the same list as those with a handler of their own, so every request passes the same checks
//! (`admission`), and the document and the permission test contain them.

use super::{
    Caller, Refusal,
    admission::Origin,
    answer::{self, Made, One, Versioned},
    input::{self, Seen},
    nowhere,
    operation::{Answer, Operation, Shape},
    paging::{Page, Which},
};
use axum::{
    extract::{FromRequestParts, RawPathParams, Request},
    http::{Method, request::Parts},
    response::{IntoResponse, Response},
};
use contract::{
    form::{Fields, Form, Link},
    operation::{self as row, Creation, HasVersion, List},
    schema::HasSchema,
};
use domain::{actor::Actor, problem::Problem};
use services::{Ctx, Serve, error::ServiceError, serve};
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
    let form = <O::Form as Form>::NAME.filter(|_| !about.reads);
    let form = form.map(|name| Shape::made(name, <O::Form as Form>::schemas));
    let operation = Operation::described(about, verb(method), path, form, move |request, ctx| {
        Box::pin(async move { run::<O>(request, ctx).await.unwrap_or_else(IntoResponse::into_response) })
    });
    let operation = operation.bound(admit::<O>);
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

/// Whether the actor may do it to what the path names. An id that is none stands for something that does not exist.
fn admit<O: Serve>(actor: &Actor, ids: &[String], lang: Lang) -> Result<(), Problem> {
    let number = |id: &String| id.parse::<i64>().map_or(0, |id| id.max(0)).to_string();
    let named = |values: Vec<String>| {
        let ids = O::ABOUT.ids.iter().map(|name| (*name).to_owned()).zip(values);
        O::read_ids(&Fields::pairs(ids.chain([("version".to_owned(), "0".to_owned())])))
    };
    let Some(operation) = named(ids.to_vec()).or_else(|| named(ids.iter().map(number).collect())) else {
        return Ok(());
    };
    services::admit(actor, &operation).map(drop).map_err(|why| why.problem(lang))
}

async fn run<O: Serve>(request: Request, ctx: Ctx) -> Result<Response, Refusal>
where
    O::Reply: Reply<O>,
{
    let (mut parts, body) = request.into_parts();
    let caller = Caller::of(&ctx, &parts);
    let ids = ids::<O>(&mut parts, &ctx).await?;
    let operation = O::read_ids(&ids).ok_or_else(|| Refusal(nowhere(caller.lang)))?;
    let query = <O::Reply as Reply<O>>::query(&caller, &parts)?;
    let sent = match <O::Form as Form>::NAME {
        None => Fields::default(),
        Some(_) if O::ABOUT.reads => filters(&parts),
        Some(_) => Fields::json(input::object(&parts, body, input::BODY).await?),
    };
    let mut answer = serve(&ctx, &caller.actor, operation, &sent, caller.lang).await?;
    if let Some(Link(link)) = O::link(&mut answer)
        && let Some(Origin(origin)) = parts.extensions.get()
    {
        link.insert_str(0, origin);
    }
    <O::Reply as Reply<O>>::respond(answer, query, caller.lang)
}

/// The ids in the path under the names that the operation gives them, and the version that it is sent. Anything but a
/// positive integer is not found.
async fn ids<O: row::Operation>(parts: &mut Parts, ctx: &Ctx) -> Result<Fields, Refusal> {
    let lang = input::language(&parts.extensions);
    let unknown = || Refusal(nowhere(lang));
    let path = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| unknown())?;
    let values: Vec<String> = path.iter().map(|(_, value)| value.to_owned()).collect();
    if values.iter().any(|value| value.parse::<i64>().is_ok_and(|id| id <= 0)) {
        return Err(unknown());
    }
    let version = if O::HAS_VERSION {
        let Seen(version) = Seen::from_request_parts(parts, ctx).await?;
        Some(("version".to_owned(), version.to_string()))
    } else {
        None
    };
    let ids = O::ABOUT.ids.iter().map(|name| (*name).to_owned()).zip(values);
    Ok(Fields::pairs(ids.chain(version)))
}

/// The fields of a query, without those of paging.
fn filters(parts: &Parts) -> Fields {
    let (_, others) = split(parts);
    Fields::query(&others)
}

/// The query's fields of paging, and the others.
fn split(parts: &Parts) -> (String, String) {
    let query = parts.uri.query().unwrap_or_default().split('&');
    let (paging, others): (Vec<_>, Vec<_>) =
        query.partition(|pair| matches!(pair.split('=').next(), Some("after" | "limit")));
    (paging.join("&"), others.join("&"))
}

/// The query of a list: its filters, if it has any, and those of paging.
fn query<O: List>() -> Shape {
    let paging = Shape::of::<Which>();
    let Some(name) = <O::Form as Form>::NAME else { return paging };
    Shape::made(name, move || {
        let mut schemas = <O::Form as Form>::schemas();
        if let (Some(schema), Some((_, filters))) = (paging.schema(), schemas.first_mut())
            && let (Some(paging), Some(all)) =
                (schema["properties"].as_object(), filters["properties"].as_object_mut())
        {
            all.extend(paging.clone());
        }
        schemas
    })
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

    fn respond(mut answer: O::Answer, (): (), _: Lang) -> Result<Response, Refusal> {
        let link = O::link(&mut answer).map(|Link(link)| link.clone());
        let invitation = O::invitation(&answer);
        Ok(Made { link, invitation, ..Made::plain(O::id(&answer)) }.into_response())
    }
}

impl<O: List> Reply<O> for row::Pages {
    /// The position after which the page begins, and its size.
    type Query = (Option<String>, usize);

    fn describe(operation: Operation) -> Operation {
        let items = Shape::described::<O::Item>();
        operation.answered(Answer::Page(items)).queried(query::<O>())
    }

    fn query(caller: &Caller, parts: &Parts) -> Result<Self::Query, Refusal> {
        let which: Which = match <O::Form as Form>::NAME {
            None => input::query(parts)?,
            Some(_) => input::pairs(parts, &split(parts).0)?,
        };
        caller.place(O::ABOUT.id, which.after.as_deref(), which.limit)
    }

    fn respond(answer: O::Answer, (after, limit): Self::Query, lang: Lang) -> Result<Response, Refusal> {
        let items = O::items(answer);
        Ok(Page::of_all(O::ABOUT.id, items, after.as_deref(), limit, lang, O::place)?.into_response())
    }
}
