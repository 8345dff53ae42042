//! Who sent a request, and from where, for server functions. Server only.
//!
//! Invariant: the server put the [`Actor`] into the request before anything ran; a request without one is a passer-by's
//! where nothing is public.

use domain::actor::{Actor, Channel};
use leptos::prelude::use_context;
use services::{accounts::Origin, token::Token};
use std::net::{IpAddr, Ipv4Addr};

/// Where a request comes from. The server puts it into every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub address: IpAddr,
    /// What the device is called in the list of sessions: "Firefox on Linux".
    pub device: String,
    /// The session they brought, also one that does not count yet or any more.
    pub session: Option<Token>,
    /// By which the device is known that has signed in before.
    pub known_as: Option<Token>,
}

impl Client {
    /// Where guesses are counted that come from here.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin { address: self.address, device: self.known_as.clone() }
    }
}

/// Where this site is for a phone in the workshop, without a slash at the end: what was said of it, or the address that this request
/// came by. Unknown where that is a name of the server's own machine. The server puts it into every request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site(pub Option<String>);

/// Where this site is, for codes that are read with a phone.
#[must_use]
pub(crate) fn site() -> Option<String> {
    use_context::<http::request::Parts>().and_then(|parts| parts.extensions.get::<Site>()?.0.clone())
}

/// Whoever sent this request.
#[must_use]
pub(crate) fn actor() -> Actor {
    use_context::<http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<Actor>().cloned())
        .unwrap_or(Actor::anybody(false, Channel::Web))
}

/// Where this request comes from. Requests from nowhere share one limit.
#[must_use]
pub(crate) fn client() -> Client {
    use_context::<http::request::Parts>().and_then(|parts| parts.extensions.get::<Client>().cloned()).unwrap_or(
        Client { address: Ipv4Addr::UNSPECIFIED.into(), device: String::new(), session: None, known_as: None },
    )
}
