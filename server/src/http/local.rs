//! Detects requests from this machine itself, which alone may see some pages.
//!
//! Invariant: the request came from this machine without a proxy between, and was addressed to a name of this
//! machine. Through a name that another site has pointed here, that site could read it, and a proxy sends the
//! requests of others.

use super::Shared;
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, Uri, header, request::Parts, uri::Authority},
};
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

/// Headers by which a proxy is recognised.
const FORWARDED: [&str; 7] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
];

/// Whether the request comes from this machine itself.
pub struct Local(pub bool);

impl FromRequestParts<Shared> for Local {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Infallible> {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        let is_proxy = |address: IpAddr| shared.0.trusted_proxies.iter().any(|proxies| proxies.contains(address));
        let is_forwarded = FORWARDED.iter().any(|name| parts.headers.contains_key(*name));
        let is_here = connected.is_some_and(|address| address.is_loopback() && !is_proxy(address));
        Ok(Self(is_here && !is_forwarded && names_this_machine(&parts.uri, &parts.headers)))
    }
}

/// Whether the request was addressed to a name or an address of this machine only.
fn names_this_machine(uri: &Uri, headers: &HeaderMap) -> bool {
    addressed(uri, headers).is_some_and(|host| is_this_machine(&host))
}

/// The host and port the request was addressed to.
pub(super) fn addressed(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    // HTTP/2 has it in the URI.
    uri.authority().cloned().or(host)
}

/// Whether the name or address means the machine itself, wherever it is used.
pub(super) fn is_this_machine(host: &Authority) -> bool {
    let name = host.host().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_other_than_loopback_is_not_local() {
        let local = |host: &'static str| {
            names_this_machine(
                &Uri::from_static("/demo/mail"),
                &HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]),
            )
        };
        for host in [
            "localhost",
            "localhost:3000",
            "LOCALHOST.",
            "demo.localhost:80",
            "127.0.0.1:3000",
            "127.8.0.1",
            "[::1]:3000",
        ] {
            assert!(local(host), "{host}");
        }
        for host in [
            "attic.example",
            "attic.example:3000",
            "localhost.attic.example",
            "127.0.0.1.nip.io",
            "192.168.1.7",
            "notlocalhost",
            "",
        ] {
            assert!(!local(host), "{host}");
        }
        assert!(!names_this_machine(&Uri::from_static("/demo/mail"), &HeaderMap::new()), "nothing is said");
        let two = Uri::from_static("http://attic.example/mail");
        assert!(!names_this_machine(&two, &HeaderMap::from_iter([(header::HOST, "localhost".parse().unwrap())])));
    }
}
