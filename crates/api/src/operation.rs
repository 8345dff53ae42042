//! An operation of the API: path, requirements, response and handler.
//!
//! Invariant: router, document and permission test are generated from the same list, so that nothing is served that is
//! not described. Not here: the handlers, which are with each noun.

use super::{
    Body, Caller, Id, Query, Refusal, Seen, Served, Word, admission,
    answer::{File, Made, One, Table, Versioned},
    input::{self, FromHere, IfVersion, OptionalBody},
    paging::Page,
    refusal::in_language,
};
use axum::{
    Extension,
    extract::{FromRef, FromRequestParts, RawPathParams, Request, State},
    handler::Handler,
    http::{HeaderMap, Method, request::Parts},
    response::Response,
    routing::{MethodFilter, MethodRouter},
};
use contract::{operation::Description, schema::HasSchema};
pub use contract::{
    operation::{Place, Tag},
    schema::Schemas,
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    problem::Problem,
    tokens::Scope,
};
use serde_json::Value;
use services::{
    Ctx,
    error::ServiceError,
    requirements::{self, PathTarget, Requirement},
};
use std::{
    collections::BTreeSet,
    future::Future,
    pin::Pin,
    sync::{Arc, LazyLock},
};
use text::Lang;
use utoipa::ToSchema;

/// The common prefix of all paths.
pub const ROOT: &str = "/api/v1";

/// What everybody may do where the space is open to visitors.
const PUBLIC: [Requirement; 1] = [Requirement { any: &[(Permission::SeeFloor, PathTarget::Space)], hidden: None }];

/// Stands for the status of a code that an error does not have; a test checks that there is none.
const UNKNOWN: u16 = 0;

/// The handler of an operation.
pub type Call = Arc<dyn Fn(Request, Ctx) -> Answering + Send + Sync>;

/// A request under way.
type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A type as named in the `OpenAPI` document, with all schemas that it refers to.
#[derive(Debug, Clone)]
pub struct Shape {
    /// The schema's name.
    pub name: String,
    /// Built on first use: a request needs one of them, and a starting server none.
    made: Arc<LazyLock<Schemas, Box<dyn FnOnce() -> Schemas + Send>>>,
}

impl Shape {
    /// The shape of a type.
    #[must_use]
    pub fn of<T: ToSchema>() -> Self {
        Self::made(&T::name(), schemas::<T> as fn() -> Schemas)
    }

    /// The shape of a type of the contract.
    #[must_use]
    pub fn described<T: HasSchema>() -> Self {
        let name =
            T::schema()["$ref"].as_str().and_then(|it| it.rsplit('/').next()).unwrap_or_default().to_owned();
        Self::made(&name, || {
            let mut schemas = Schemas::new();
            T::collect(&mut schemas);
            schemas
        })
    }

    /// The shape called `name`, with the schemas that `schemas` builds.
    #[must_use]
    pub fn made(name: &str, schemas: impl FnOnce() -> Schemas + Send + 'static) -> Self {
        let make: Box<dyn FnOnce() -> Schemas + Send> = Box::new(schemas);
        Self { name: name.to_owned(), made: Arc::new(LazyLock::new(make)) }
    }

    /// The schema and all schemas that it refers to.
    #[must_use]
    pub fn schemas(&self) -> &Schemas {
        &self.made
    }

    /// The schema.
    #[must_use]
    pub fn schema(&self) -> Option<&Value> {
        self.schemas().iter().find(|(name, _)| *name == self.name).map(|(_, schema)| schema)
    }
}

/// The schemas of `T` and all types that it refers to, without duplicates.
fn schemas<T: ToSchema>() -> Schemas {
    let mut found = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut found);
    let mut known = BTreeSet::new();
    found.retain(|(name, _)| known.insert(name.clone()));
    found.into_iter().map(|(name, schema)| (name, serde_json::to_value(schema).unwrap_or_default())).collect()
}

/// The response to a successful request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// No content: 204.
    Nothing,
    /// A single object: 200.
    One(Shape),
    /// A page of objects with the cursor of the next page: 200.
    Page(Shape),
    /// The id and address of the created object: 201.
    Made(Place),
    /// A file of this kind: 200.
    File(&'static str),
}

/// How an optional `If-Match` is handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// It is ignored.
    Unread,
    /// It is checked.
    Read,
}

/// Whether a body is required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Requests without one are refused.
    Required,
    /// It can be omitted.
    Optional,
}

/// What an operation requires of its caller.
#[derive(Clone)]
pub(super) enum Requires {
    /// All of these; an account, if there are none.
    Listed(Vec<Requirement>),
    /// What the service that is bound to it requires, with the ids in the path.
    Bound(fn(&Actor, &[String], Lang) -> Result<(), Problem>),
}

/// One operation.
#[derive(Clone)]
pub struct Operation {
    /// The HTTP method.
    pub method: Method,
    /// The path.
    pub path: &'static str,
    /// The operation id.
    pub id: &'static str,
    /// The group.
    pub tag: Tag,
    /// A short summary.
    pub summary: &'static str,
    /// A longer description.
    pub description: &'static str,
    /// The scope that a token needs; `None` accepts any token.
    pub scope: Option<Scope>,
    /// Whether it works without authentication where the space is open to visitors.
    pub open: bool,
    /// The query parameters, as an object.
    pub query: Option<Shape>,
    /// The JSON body.
    pub body: Option<Shape>,
    /// Whether the body is required.
    pub presence: Presence,
    /// The media types of a body that is not JSON.
    pub file: &'static [&'static str],
    /// The response.
    pub answer: Answer,
    /// Whether the resource has a version, sent as `ETag` and required as `If-Match`.
    pub versioned: bool,
    /// Whether an optional `If-Match` is checked.
    pub if_match: IfMatch,
    /// Whether it takes an idempotency key although it returns no content.
    pub once: bool,
    /// What the caller must be allowed before anything of the request is read.
    requires: Requires,
    /// Codes of problems specific to this operation, with their status.
    pub problems: Vec<(u16, &'static str)>,
    call: Call,
}

impl Operation {
    fn new<H: Signature<T>, T: 'static>(method: Method, path: &'static str, id: &'static str, handler: H) -> Self {
        let mut operation =
            Self::plain(method, path, id, move |request, ctx| Box::pin(handler.clone().call(request, ctx)));
        H::describe(&mut operation);
        operation
    }

    fn plain(
        method: Method,
        path: &'static str,
        id: &'static str,
        call: impl Fn(Request, Ctx) -> Answering + Send + Sync + 'static,
    ) -> Self {
        Self {
            method,
            path,
            id,
            tag: Tag::Space,
            summary: "",
            description: "",
            scope: None,
            open: false,
            query: None,
            body: None,
            presence: Presence::Required,
            file: &[],
            answer: Answer::Nothing,
            versioned: false,
            if_match: IfMatch::Unread,
            once: false,
            requires: Requires::Listed(Vec::new()),
            problems: Vec::new(),
            call: Arc::new(move |request, ctx| {
                let lang = input::language(request.extensions());
                Box::pin(in_language(lang, call(request, ctx)))
            }),
        }
    }

    /// An operation that the contract declares; `form` is its body.
    pub(super) fn described(
        about: Description,
        method: Method,
        path: &'static str,
        form: Option<Shape>,
        call: impl Fn(Request, Ctx) -> Answering + Send + Sync + 'static,
    ) -> Self {
        let Description { id, tag, summary, description, scope, versioned, once, .. } = about;
        let operation = Self::plain(method, path, id, call);
        Self { tag, summary, description, scope, body: form, versioned, once, ..operation }
    }

    /// An operation that reads.
    pub fn get<H: Signature<T>, T: 'static>(path: &'static str, id: &'static str, handler: H) -> Self {
        Self::new(Method::GET, path, id, handler)
    }

    /// An operation that creates or executes something.
    pub fn post<H: Signature<T>, T: 'static>(path: &'static str, id: &'static str, handler: H) -> Self {
        Self::new(Method::POST, path, id, handler)
    }

    /// An operation that replaces something.
    pub fn put<H: Signature<T>, T: 'static>(path: &'static str, id: &'static str, handler: H) -> Self {
        Self::new(Method::PUT, path, id, handler)
    }

    /// An operation that updates the given fields.
    pub fn patch<H: Signature<T>, T: 'static>(path: &'static str, id: &'static str, handler: H) -> Self {
        Self::new(Method::PATCH, path, id, handler)
    }

    /// An operation that deletes something.
    pub fn delete<H: Signature<T>, T: 'static>(path: &'static str, id: &'static str, handler: H) -> Self {
        Self::new(Method::DELETE, path, id, handler)
    }

    /// Sets group, summary and description.
    #[must_use]
    pub fn about(self, tag: Tag, summary: &'static str, description: &'static str) -> Self {
        Self { tag, summary, description, ..self }
    }

    /// Sets the scope that a token needs.
    #[must_use]
    pub fn needs(self, scope: Scope) -> Self {
        Self { scope: Some(scope), ..self }
    }

    /// Allows requests without authentication where the space is open to visitors.
    #[must_use]
    pub fn for_everybody(self) -> Self {
        Self { open: true, ..self }
    }

    /// Accepts a file of one of these media types.
    #[must_use]
    pub fn takes(self, file: &'static [&'static str]) -> Self {
        Self { file, ..self }
    }

    /// Returns a file of this media type.
    #[must_use]
    pub fn gives(self, kind: &'static str) -> Self {
        Self { answer: Answer::File(kind), ..self }
    }

    /// Returns a single object, if the signature of the handler does not determine its type.
    #[must_use]
    pub fn one<A: ToSchema>(self) -> Self {
        Self { answer: Answer::One(Shape::of::<A>()), ..self }
    }

    /// Sets the response.
    pub(super) fn answered(self, answer: Answer) -> Self {
        Self { answer, ..self }
    }

    /// Sets the query parameters.
    pub(super) fn queried(self, query: Shape) -> Self {
        Self { query: Some(query), ..self }
    }

    /// Creates an object that can be read there.
    #[must_use]
    pub fn makes(self, place: Place) -> Self {
        Self { answer: Answer::Made(place), ..self }
    }

    /// Declares that the resource is versioned: reads return `ETag`, and writes require `If-Match`.
    #[must_use]
    pub fn versioned(self) -> Self {
        Self { versioned: true, ..self }
    }

    /// Accepts an idempotency key although it creates nothing with an address.
    #[must_use]
    pub fn once(self) -> Self {
        Self { once: true, ..self }
    }

    /// Whether it accepts an idempotency key.
    #[must_use]
    pub fn is_keyed(&self) -> bool {
        self.once || self.place().is_some()
    }

    /// Adds problems of `E`; their statuses come from the error.
    #[must_use]
    pub fn errors<E: ServiceError>(mut self, codes: &[&'static str]) -> Self {
        let known = E::codes();
        let status =
            |code| known.iter().find(|(_, known)| *known == code).map_or(UNKNOWN, |(kind, _)| kind.status());
        self.problems.extend(codes.iter().map(|&code| (status(code), code)));
        self
    }

    /// Adds problems that no service error has.
    #[must_use]
    pub fn problems(mut self, problems: &[(u16, &'static str)]) -> Self {
        self.problems.extend_from_slice(problems);
        self
    }

    /// Where the created object can be read, if the operation creates one.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        match self.answer {
            Answer::Made(place) => Some(place),
            Answer::Nothing | Answer::One(_) | Answer::Page(_) | Answer::File(_) => None,
        }
    }

    /// Requires one of these permissions. Of several such lists one of each.
    #[must_use]
    pub fn may(self, any: &'static [(Permission, PathTarget)]) -> Self {
        self.requires(any, None)
    }

    /// The same for a target that is hidden from callers without the permission: they get this problem.
    #[must_use]
    pub fn may_or_hidden(self, any: &'static [(Permission, PathTarget)], hidden: fn(Lang) -> Problem) -> Self {
        self.requires(any, Some(hidden))
    }

    fn requires(mut self, any: &'static [(Permission, PathTarget)], hidden: Option<fn(Lang) -> Problem>) -> Self {
        if let Requires::Listed(listed) = &mut self.requires {
            listed.push(Requirement { any, hidden });
        }
        self
    }

    /// Requires what the service requires that is bound to it.
    pub(super) fn bound(self, check: fn(&Actor, &[String], Lang) -> Result<(), Problem>) -> Self {
        Self { requires: Requires::Bound(check), ..self }
    }

    /// Refuses callers who may not do this, whatever they send.
    pub(super) async fn admit(&self, caller: &Caller, parts: &mut Parts) -> Result<(), Refusal> {
        let Caller { ctx, actor, lang } = caller;
        let path = RawPathParams::from_request_parts(parts, &()).await;
        let ids: Vec<_> = path.iter().flatten().map(|(_, value)| value.to_owned()).collect();
        let checked = match &self.requires {
            Requires::Bound(check) => check(actor, &ids, *lang),
            Requires::Listed(listed) if listed.is_empty() && self.open => {
                requirements::check(ctx, actor, &PUBLIC, None, *lang).await
            }
            // Displays get the answer of the service, which hides some things from them.
            Requires::Listed(listed) if listed.is_empty() => {
                match actor.require(Permission::OwnAccount, Target::NONE) {
                    Err(why @ Forbidden::SignIn) => Err(why.problem(*lang)),
                    Ok(_) | Err(Forbidden::SecondFactor | Forbidden::NotAllowed) => Ok(()),
                }
            }
            Requires::Listed(listed) => {
                let id = ids.first().and_then(|id| id.parse().ok());
                requirements::check(ctx, actor, listed, id, *lang).await
            }
        };
        checked.map_err(Refusal)
    }

    /// Whether it changes something.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.method != Method::GET
    }

    /// Whether its response has a tag derived from its bytes. The tag of a version is different: what is returned beside an
    /// editable object may change without its version.
    #[must_use]
    pub fn is_tagged(&self) -> bool {
        self.method == Method::GET && !self.versioned
    }

    /// The handler.
    pub(super) const fn call(&self) -> &Call {
        &self.call
    }

    /// Adds its route to the router.
    fn route<S: Served>(self, router: MethodRouter<S>) -> MethodRouter<S>
    where
        Ctx: FromRef<S>,
    {
        let Ok(filter) = MethodFilter::try_from(self.method.clone()) else { return router };
        let operation = Arc::new(self);
        router.on(filter, move |State(ctx): State<Ctx>, request: Request| {
            let operation = Arc::clone(&operation);
            async move { admission::pass(&operation, ctx, request).await }
        })
    }
}

/// A handler's argument or result that contributes to the description.
pub trait Part {
    /// Adds it to `operation`.
    fn describe(operation: &mut Operation);
}

/// A handler whose signature describes its operation: parameters, body and response.
pub trait Signature<T>: Handler<T, Ctx> {
    /// Adds it to `operation`.
    fn describe(operation: &mut Operation);
}

macro_rules! signature {
    ($($argument:ident),+) => {
        impl<F, Answer, Made, Via, $($argument),+> Signature<(Via, $($argument,)+)> for F
        where
            F: Handler<(Via, $($argument,)+), Ctx> + FnOnce($($argument),+) -> Answer,
            Answer: Future<Output = Result<Made, Refusal>>,
            Made: Part,
            $($argument: Part),+
        {
            fn describe(operation: &mut Operation) {
                $($argument::describe(operation);)+
                Made::describe(operation);
            }
        }
    };
}

signature!(A);
signature!(A, B);
signature!(A, B, C);
signature!(A, B, C, D);
signature!(A, B, C, D, E);

/// Items that are excluded from the `OpenAPI` document.
macro_rules! undescribed {
    ($($part:ty),+) => { $(impl Part for $part { fn describe(_: &mut Operation) {} })+ };
}

undescribed!(Caller, FromHere, Id, Word, Seen, Request, HeaderMap, Response, Made, File, Table);

impl Part for IfVersion {
    fn describe(operation: &mut Operation) {
        operation.if_match = IfMatch::Read;
    }
}

impl<T> Part for Extension<T> {
    fn describe(_: &mut Operation) {}
}

impl<T: ToSchema> Part for Query<T> {
    fn describe(operation: &mut Operation) {
        operation.query = Some(Shape::of::<T>());
    }
}

impl<T: ToSchema, const MOST: usize> Part for Body<T, MOST> {
    fn describe(operation: &mut Operation) {
        operation.body = Some(Shape::of::<T>());
    }
}

impl<T: ToSchema> Part for OptionalBody<T> {
    fn describe(operation: &mut Operation) {
        operation.body = Some(Shape::of::<T>());
        operation.presence = Presence::Optional;
    }
}

impl<T: ToSchema> Part for One<T> {
    fn describe(operation: &mut Operation) {
        operation.answer = Answer::One(Shape::of::<T>());
    }
}

impl<T: ToSchema> Part for Versioned<T> {
    fn describe(operation: &mut Operation) {
        One::<T>::describe(operation);
    }
}

impl<T: ToSchema> Part for Page<T> {
    fn describe(operation: &mut Operation) {
        operation.answer = Answer::Page(Shape::of::<T>());
    }
}

/// The routes of `operations` by path, in their order.
pub fn routes<S: Served>(operations: Vec<Operation>) -> Vec<(&'static str, MethodRouter<S>)>
where
    Ctx: FromRef<S>,
{
    let mut routes: Vec<(&'static str, MethodRouter<S>)> = Vec::new();
    for operation in operations {
        let path = operation.path;
        match routes.iter_mut().find(|(known, _)| *known == path) {
            Some((_, there)) => *there = operation.route(std::mem::take(there)),
            None => routes.push((path, operation.route(MethodRouter::new().fallback(super::wrong_method)))),
        }
    }
    routes
}

#[cfg(test)]
mod tests {
    use super::UNKNOWN;

    #[test]
    fn described_error_codes_exist_in_the_operations_errors() {
        for operation in crate::operations() {
            let unknown: Vec<_> = operation.problems.iter().filter(|(status, _)| *status == UNKNOWN).collect();
            assert!(unknown.is_empty(), "{}: its errors have no {unknown:?}", operation.id);
        }
    }
}
