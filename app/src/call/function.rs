//! The server function of each operation that the contract declares: `Function<PlaceHold>`.
//!
//! Invariant: [`ServerFn`] is implemented once, for all of them, as `#[server]` would write it for each. The fields stay as
//! the browser sent them until the service has checked the permission. Not here: operations that are declared by
//! `#[server]`, until their noun has a table.

use super::{Wire, accepts_ours, codec, exchange};
use crate::problem::AppError;
use contract::operation::{Id, Operation, written};
use http::Method;
use leptos::{
    prelude::*,
    server_fn::{
        ContentType, Protocol, ServerFn,
        client::{Client, browser::BrowserClient},
        codec::{Json, PostUrl},
        error::FromServerFnError,
        request::{ClientReq, Req},
        response::TryRes,
        server::Server,
    },
};
use std::{fmt, future::Future, marker::PhantomData};

/// On the server an operation can be called if a service is bound to it; in the browser, if the contract declares it.
#[cfg(feature = "ssr")]
pub use services::Serve as Callable;

#[cfg(not(feature = "ssr"))]
pub use contract::operation::Operation as Callable;

#[cfg(feature = "ssr")]
pub use registered::{is_read, register};

/// A call of an operation: its ids and fields as a form sends them, `person=7&reason=unpaid`.
pub struct Function<O> {
    fields: String,
    operation: PhantomData<fn() -> O>,
}

impl<O> Function<O> {
    const fn of(fields: String) -> Self {
        Self { fields, operation: PhantomData }
    }
}

impl<O> fmt::Debug for Function<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").finish_non_exhaustive()
    }
}

impl<O: Callable> ServerFn for Function<O> {
    const PATH: &'static str = O::URL;
    type Client = BrowserClient;
    #[cfg(feature = "ssr")]
    type Server = leptos::server_fn::axum::AxumServerFnBackend;
    #[cfg(not(feature = "ssr"))]
    type Server = leptos::server_fn::mock::BrowserMockServer;
    type Protocol = Wire;
    type Output = O::Answer;
    type Error = AppError;
    type InputStreamError = AppError;
    type OutputStreamError = AppError;

    #[cfg(feature = "ssr")]
    async fn run_body(self) -> Result<O::Answer, AppError> {
        let (ctx, lang) = (expect_context::<services::Ctx>(), crate::lang::current());
        let sent = contract::form::Fields::urlencoded(&self.fields);
        let operation = O::read_ids(&sent).ok_or_else(codec::outdated)?;
        let then = O::ABOUT.then.map(|address| filled(address, &operation.write_ids()));
        let mut answer = services::serve(&ctx, &crate::request::actor(), operation, &sent, lang).await?;
        if let Some(contract::form::Link(link)) = O::link(&mut answer) {
            link.insert_str(0, &crate::cookies::origin());
        }
        if let Some(address) = then {
            leptos_axum::redirect(&address);
        }
        Ok(answer)
    }

    /// Unreachable: the body runs on the server.
    #[cfg(not(feature = "ssr"))]
    async fn run_body(self) -> Result<O::Answer, AppError> {
        Err(codec::outdated())
    }
}

/// An address with ids in it, as `/draws/{draw}`: `draw=7` makes it `/draws/7`.
#[cfg(feature = "ssr")]
fn filled(address: &str, ids: &str) -> String {
    let ids = ids.split('&').filter_map(|pair| pair.split_once('='));
    ids.fold(address.to_owned(), |address, (name, id)| address.replace(&format!("{{{name}}}"), id))
}

/// Loads the answer of an operation without a form: the server runs it, the browser asks the server.
pub fn load<O: Callable>(operation: &O) -> impl Future<Output = Result<O::Answer, AppError>> + Send + use<O> {
    load_with(operation, &[])
}

/// The same with fields of its form.
pub fn load_with<O: Callable>(
    operation: &O,
    fields: &[(&str, &dyn Id)],
) -> impl Future<Output = Result<O::Answer, AppError>> + Send + use<O> {
    load_query(operation, &written(fields))
}

/// The same with the fields in the query of an address: that is, of a form with GET.
pub fn load_query<O: Callable>(
    operation: &O,
    query: &str,
) -> impl Future<Output = Result<O::Answer, AppError>> + Send + use<O> {
    const { assert!(!O::URL.is_empty(), "only programs have this operation") }
    let ids = operation.write_ids();
    let call = Function::<O>::of([ids.as_str(), query.trim_start_matches('?')].join("&"));
    #[cfg(feature = "ssr")]
    return call.run_body();
    #[cfg(not(feature = "ssr"))]
    return call.run_on_client();
}

impl<O, C, S> Protocol<Function<O>, O::Answer, C, S, AppError> for Wire
where
    O: Operation,
    C: Client<AppError>,
    S: Server<AppError>,
{
    const METHOD: Method = Method::POST;

    async fn run_server<F, Fut>(request: S::Request, function: F) -> Result<S::Response, AppError>
    where
        F: Fn(Function<O>) -> Fut + Send,
        Fut: Future<Output = Result<O::Answer, AppError>> + Send,
    {
        let is_compact = accepts_ours(&request)?;
        let input = Function::of(request.try_into_string().await?);
        let output = function(input).await?;
        if is_compact {
            return S::Response::try_from_bytes(codec::CONTENT_TYPE, codec::encode(&output)?.into());
        }
        let json = serde_json::to_string(&output)
            .map_err(|error| AppError::from_server_fn_error(ServerFnErrorErr::Serialization(error.to_string())))?;
        S::Response::try_from_string(Json::CONTENT_TYPE, json)
    }

    fn run_client(path: &str, input: Function<O>) -> impl Future<Output = Result<O::Answer, AppError>> + Send {
        let accepted = codec::accepted();
        let request = C::Request::try_new_post(path, PostUrl::CONTENT_TYPE, &accepted, input.fields);
        let answer = request.map(exchange::<C>);
        async move { codec::decode(&answer?.await?) }
    }
}

#[cfg(feature = "ssr")]
mod registered {
    use super::{Callable, Function};
    use contract::for_each_noun;
    use leptos::server_fn::axum::register_explicit;
    use std::{collections::BTreeSet, sync::LazyLock};

    /// A list of operations: `(A, (B, ()))`.
    trait Rows {
        fn register(reads: &mut BTreeSet<&'static str>);
    }

    impl Rows for () {
        fn register(_: &mut BTreeSet<&'static str>) {}
    }

    impl<O: Callable, Rest: Rows> Rows for (O, Rest) {
        fn register(reads: &mut BTreeSet<&'static str>) {
            if !O::URL.is_empty() {
                register_explicit::<Function<O>>();
                if O::ABOUT.reads {
                    reads.insert(O::URL);
                }
            }
            Rest::register(reads);
        }
    }

    /// Addresses of the functions that only read.
    static READS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
        let mut reads = BTreeSet::new();
        macro_rules! register {
            ($operations:ty) => {
                <$operations as Rows>::register(&mut reads)
            };
        }
        for_each_noun!(register);
        reads
    });

    /// Registers the server function of every operation. `#[server]` does that by itself, but not for generic types.
    pub fn register() {
        LazyLock::force(&READS);
    }

    /// Whether the function at this address changes nothing.
    #[must_use]
    pub fn is_read(address: &str) -> bool {
        READS.contains(address)
    }
}
