//! The way to the server: what a form posts, and what a page asks ([`asked`]).
//!
//! Invariant: compiled once where possible. A [`Call`] knows the function it is for by its type, but all that happens
//! between the button and the answer is the same code for all of them: an action of each function's own type would be
//! ten kilobytes for every form. So the fields travel as the browser wrote them, and the answer stays JSON until somebody
//! reads it. Deliberately absent: arguments checked here; those that do not fit are the server's to explain.

mod asked;

pub(crate) use asked::{Answered, Source};
pub use asked::{Asked, asked};

use crate::problem::AppError;
use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
    server_fn::{
        ContentType, ServerFn,
        client::Client,
        codec::{JsonEncoding, PostUrl},
        error::FromServerFnError,
        redirect::call_redirect_hook,
        request::ClientReq,
        response::ClientRes,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt, marker::PhantomData, ops::Deref};

/// A server function that a form may post to.
pub trait Posted:
    ServerFn<Error = AppError, InputStreamError = AppError, OutputStreamError = AppError> + 'static
{
}

impl<F> Posted for F where
    F: ServerFn<Error = AppError, InputStreamError = AppError, OutputStreamError = AppError> + 'static
{
}

/// What a form sends.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Address of the function.
    pub path: &'static str,
    /// The fields, `a=1&b=2`.
    pub fields: String,
}

/// What comes back: JSON.
pub type Reply = Result<String, AppError>;

/// Calls of the server function `F` by a form: how often, whether one is under way, what came back.
pub struct Call<F> {
    action: Action<Sent, Reply>,
    function: PhantomData<fn() -> F>,
}

impl<F: Posted> Call<F> {
    /// Made before anything was sent.
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

/// There is one client for all functions, and so one of these.
fn posting<C: Client<AppError> + 'static>() -> Action<Sent, Reply> {
    Action::new(|sent: &Sent| post::<C>(sent.clone()))
}

async fn post<C: Client<AppError>>(Sent { path, fields }: Sent) -> Reply {
    let request = C::Request::try_new_post(path, PostUrl::CONTENT_TYPE, JsonEncoding::CONTENT_TYPE, fields)?;
    let answer = C::send(request).await?;
    if (400..=599).contains(&answer.status()) {
        return Err(AppError::de(answer.try_into_bytes().await?));
    }
    let redirected = answer.has_redirect().then(|| answer.location());
    let json = answer.try_into_string().await?;
    if let Some(page) = redirected {
        call_redirect_hook(&page);
    }
    Ok(json)
}

/// JSON that is read the way answers of server functions are: what reads a type is compiled for each kind of source.
#[derive(Debug)]
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Encoded = String;
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Encoded = str;
    type Error = serde_json::Error;

    fn decode(json: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(json.as_bytes())
    }
}
