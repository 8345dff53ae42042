//! Requests to servers that people name: webhooks, chat, push services, sign-in providers.
//!
//! Invariant: the transport contacts no private network unless the server's configuration names the host, and follows no redirect; a
//! redirect is a response like any other. Not here: the connection (`server`), and external calendars, whose reading stops in other
//! places.

use crate::{Ctx, shared::Shared};
use domain::{
    outgoing::{Address, Failure, retry_after},
    time::Millis,
};
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

/// The methods that are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Delete,
}

/// How long and how large a response may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the connection to the last byte.
    pub whole: Duration,
    /// Of the body.
    pub bytes: usize,
    /// Whether a longer, slower or truncated body is cut instead of being a failure, because the status alone decides.
    pub cuts: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { whole: Duration::from_secs(10), bytes: 64 * 1024, cuts: false }
    }
}

/// A request. It has no `Debug`: headers and body may hold secrets.
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    pub address: Address,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    pub limits: Limits,
}

/// A response, of any status.
#[derive(Clone)]
pub struct Response {
    pub status: u16,
    /// Names are in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    /// The first value of the header `name`, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    /// How long the server asks to wait from `now`.
    pub fn retry_after(&self, now: Millis) -> Option<Duration> {
        self.header("retry-after").and_then(|value| retry_after(value, now))
    }
}

/// Carries requests.
pub trait Transport: Send + Sync + 'static {
    /// Whether `host` is contacted even in a private network.
    fn permits(&self, host: &str) -> bool;

    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send + '_>>;
}

/// Sets what carries requests.
pub fn arrange(ctx: &Ctx, transport: Arc<dyn Transport>) {
    *ctx.memory::<Memory>().transport.lock() = Some(transport);
}

#[derive(Default)]
struct Memory {
    transport: Shared<Option<Arc<dyn Transport>>>,
}

/// Whether `host`, as in an address, is one of `hosts`.
#[must_use]
pub fn is_one_of(hosts: &[String], host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    hosts.iter().any(|one| one.eq_ignore_ascii_case(host))
}

/// Whether `host` is contacted even in a private network.
pub fn permits(ctx: &Ctx, host: &str) -> bool {
    transport(ctx).is_some_and(|transport| transport.permits(host))
}

/// Sends `request`.
pub async fn send(ctx: &Ctx, request: Request) -> Result<Response, Failure> {
    match transport(ctx) {
        Some(transport) => transport.send(request).await,
        None => Err(Failure::Unreachable),
    }
}

fn transport(ctx: &Ctx) -> Option<Arc<dyn Transport>> {
    ctx.memory::<Memory>().transport.lock().clone()
}
