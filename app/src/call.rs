//! Calls to the server: posted forms, and data that pages load ([`load`]).
//!
//! Invariant: compiled once where possible. A [`Call`] knows its function by its type, but everything between the
//! button and the answer is the same code for all: an action of each function's own type would be ten kilobytes
//! for every form. So fields stay as the browser wrote them, and answers stay bytes until they are read. Not here:
//! checking arguments, which the server does.
//!
//! A page that answers its own form keeps its scroll position (`stay_in_place`).

mod function;
mod page_resource;
pub(crate) mod refusal;

pub use function::{Callable, Function, load, load_query, load_with};
#[cfg(feature = "ssr")]
pub use function::{is_read, register};
pub(crate) use page_resource::{Answered, Source};
pub use page_resource::{PageResource, page_resource};

use crate::{codec, problem::AppError};
use http::Method;
use leptos::{
    prelude::*,
    server_fn::{
        Bytes, ContentType, Http, Protocol, ServerFn,
        client::Client,
        codec::{FromReq, IntoReq, Json, PostUrl},
        error::FromServerFnError,
        redirect::call_redirect_hook,
        request::{ClientReq, Req},
        response::{ClientRes, TryRes},
        server::Server,
    },
};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde::{Serialize, de::DeserializeOwned};
use std::{cell::RefCell, fmt, future::Future, marker::PhantomData, ops::Deref, pin::Pin};

/// A server function that a form may post to.
pub trait Posted:
    ServerFn<Error = AppError, InputStreamError = AppError, OutputStreamError = AppError> + 'static
{
}

impl<F> Posted for F where
    F: ServerFn<Error = AppError, InputStreamError = AppError, OutputStreamError = AppError> + 'static
{
}

/// A submitted form.
#[derive(Debug, Clone)]
pub struct Sent {
    pub path: &'static str,
    /// The fields, `a=1&b=2`.
    pub fields: String,
}

/// What comes back, as [`codec`] reads it.
pub type Reply = Result<Bytes, AppError>;

/// Calls of the server function `F` by a form: their number, whether one is pending, the answer.
pub struct Call<F> {
    action: Action<Sent, Reply>,
    function: PhantomData<fn() -> F>,
}

impl<F: Posted> Call<F> {
    /// A call without submissions.
    #[must_use]
    pub fn new() -> Self {
        Self { action: posting::<F::Client>(), function: PhantomData }
    }
}

impl<F: Posted> Default for Call<F> {
    fn default() -> Self {
        Self::new()
    }
}

impl<F> Clone for Call<F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F> Copy for Call<F> {}

impl<F> fmt::Debug for Call<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}

impl<F> Deref for Call<F> {
    type Target = Action<Sent, Reply>;

    fn deref(&self) -> &Self::Target {
        &self.action
    }
}

/// All functions share one client, and so one of these.
fn posting<C: Client<AppError> + 'static>() -> Action<Sent, Reply> {
    Action::new(|sent: &Sent| post::<C>(sent.clone()))
}

/// A pending submission that resolves to its answer.
pub(crate) type Posting = Pin<Box<dyn Future<Output = Reply> + Send>>;

/// Sends a form of `F` and returns its answer; an action dispatched twice would keep only the later one.
pub(crate) fn send<F: Posted>(sent: Sent) -> Posting {
    Box::pin(post::<F::Client>(sent))
}

async fn post<C: Client<AppError>>(Sent { path, fields }: Sent) -> Reply {
    let request = C::Request::try_new_post(path, PostUrl::CONTENT_TYPE, &codec::accepted(), fields)?;
    exchange::<C>(request).await
}

/// Sends a request and returns the answer. Boxed, so that callers do not contain it.
fn exchange<C: Client<AppError>>(request: C::Request) -> Posting {
    Box::pin(async move {
        let answer = C::send(request).await?;
        if (400..=599).contains(&answer.status()) {
            return Err(AppError::de(answer.try_into_bytes().await?));
        }
        let redirected = answer.has_redirect().then(|| answer.location());
        let bytes = answer.try_into_bytes().await?;
        if let Some(page) = redirected {
            arrive(&page);
        }
        Ok(bytes)
    })
}

/// Navigates to an address.
type Go = Box<dyn Fn(&str)>;

thread_local! {
    /// Navigates within the open page and keeps its scroll position.
    static STAY: RefCell<Option<Go>> = const { RefCell::new(None) };
}

/// Keeps the scroll position of pages that answer their own form, because the answer appears beside its button. In
/// the browser only, inside the router.
pub(crate) fn stay_in_place() {
    Effect::new(|_| {
        let go = use_navigate();
        let stay = move |address: &str| {
            let (go, address) = (go.clone(), address.to_owned());
            let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
            // One frame later, everything that waits for the answer has it.
            request_animation_frame(move || go(&address, options));
        };
        STAY.with_borrow_mut(|place| *place = Some(Box::new(stay)));
    });
}

/// Navigates to where an answer leads.
fn arrive(address: &str) {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let is_here = window().location().pathname().is_ok_and(|here| here == path);
    STAY.with_borrow(|stay| match stay {
        Some(stay) if is_here => stay(address),
        _ => call_redirect_hook(address),
    });
}

/// Whether the client accepts [`codec`]. Refuses a page of another build, which cannot read it.
fn accepts_ours(request: &impl Req<AppError>) -> Result<bool, AppError> {
    let accepted = request.accepts().filter(|accepted| accepted.contains(codec::CONTENT_TYPE));
    let Some(accepted) = accepted else { return Ok(false) };
    let is_readable = use_context::<codec::Build>().is_none_or(|ours| codec::is_readable(&accepted, &ours));
    if is_readable { Ok(true) } else { Err(codec::outdated()) }
}

/// The wire format of server functions: arguments as form fields, answers by [`codec`]. Clients that do not accept
/// it get JSON.
#[derive(Debug)]
pub struct Wire;

impl<I, O, C, S> Protocol<I, O, C, S, AppError> for Wire
where
    I: Serialize + DeserializeOwned + Send + 'static,
    O: Serialize + DeserializeOwned + Send + 'static,
    C: Client<AppError>,
    S: Server<AppError>,
{
    const METHOD: Method = Method::POST;

    async fn run_server<F, Fut>(request: S::Request, function: F) -> Result<S::Response, AppError>
    where
        F: Fn(I) -> Fut + Send,
        Fut: Future<Output = Result<O, AppError>> + Send,
    {
        if !accepts_ours(&request)? {
            return <Http<PostUrl, Json> as Protocol<I, O, C, S, AppError>>::run_server(request, function).await;
        }
        let input = <I as FromReq<PostUrl, S::Request, AppError>>::from_req(request).await?;
        let output = function(input).await?;
        S::Response::try_from_bytes(codec::CONTENT_TYPE, codec::encode(&output)?.into())
    }

    fn run_client(path: &str, input: I) -> impl Future<Output = Result<O, AppError>> + Send {
        let request = <I as IntoReq<PostUrl, C::Request, AppError>>::into_req(input, path, &codec::accepted());
        let answer = request.map(exchange::<C>);
        async move { codec::decode(&answer?.await?) }
    }
}
