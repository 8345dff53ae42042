//! Who sent a request, and from where, for server functions. Server only.
//!
//! Invariant: the server puts the [`Actor`] into the request before anything runs; a request without one is
//! treated as anonymous in a space that shows nothing.

use crate::problem::AppError;
use domain::actor::{Actor, Channel, Permission};
use leptos::prelude::use_context;
use services::{accounts::Origin, error::ServiceError, token::Token};
use std::net::{IpAddr, Ipv4Addr};

/// Where a request comes from. The server puts it into every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub address: IpAddr,
    /// Name of the device in the list of sessions: "Firefox on Linux".
    pub device: String,
    /// The session token, even if it does not count yet or any more.
    pub session: Option<Token>,
    /// The token of a device that has signed in before.
    pub known_as: Option<Token>,
}

impl Client {
    /// Where failed attempts from here are counted.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin { address: self.address, device: self.known_as.clone() }
    }
}

/// Address of this site for a phone in the workshop, without a trailing slash: the configured one, or the address
/// of this request. `None` if that is a name of the server's own machine. The server puts it into every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site(pub Option<String>);

/// Address of this site, for QR codes.
#[must_use]
pub(crate) fn site() -> Option<String> {
    use_context::<http::request::Parts>().and_then(|parts| parts.extensions.get::<Site>()?.0.clone())
}

/// The actor of this request.
#[must_use]
pub(crate) fn actor() -> Actor {
    use_context::<http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<Actor>().cloned())
        .unwrap_or(Actor::anybody(false, Channel::Web))
}

/// Where this request comes from. Requests without a source share one limit.
#[must_use]
pub(crate) fn client() -> Client {
    use_context::<http::request::Parts>().and_then(|parts| parts.extensions.get::<Client>().cloned()).unwrap_or(
        Client { address: Ipv4Addr::UNSPECIFIED.into(), device: String::new(), session: None, known_as: None },
    )
}

/// The answer to input that cannot be read: `problem` for who may do one of `any` on something, otherwise that they may not. Without the
/// permission nobody learns what a form has.
pub(crate) fn unreadable(any: &[Permission], problem: impl Into<AppError>) -> AppError {
    let caller = actor();
    let mut refused = None;
    for &permission in any {
        match caller.require_anywhere(permission) {
            Ok(_) => return problem.into(),
            Err(why) => refused = refused.or(Some(why)),
        }
    }
    refused.map_or_else(|| problem.into(), |why| AppError(why.problem(crate::lang::current())))
}
