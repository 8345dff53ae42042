//! Where a request comes from.
//!
//! Invariant: forwarding headers are believed only from a configured proxy; otherwise any client could claim any
//! address.

use super::{Shared, calendar};
use crate::config::Cidr;
use api::admission::Peer;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use domain::accounts::Purpose;
use std::net::{IpAddr, SocketAddr};

/// Middleware: puts the [`Peer`] into the request.
pub async fn know(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    if let Some(connected) = connected {
        let peer = Peer(client(connected, request.headers(), &shared.0.trusted_proxies));
        tracing::debug!(http.method = %request.method(), http.path = speakable(request.uri().path()), peer = %peer.0, "request");
        request.extensions_mut().insert(peer);
    }
    next.run(request).await
}

/// The path without secrets: links end in a token.
fn speakable(path: &str) -> &str {
    let links = [Purpose::SetUp, Purpose::SignIn, Purpose::Screen, Purpose::Invite].map(Purpose::page);
    links.into_iter().chain([calendar::PATH]).find(|page| path.starts_with(page)).unwrap_or(path)
}

/// The last address in the chain that is not a trusted proxy's.
fn client(connected: IpAddr, headers: &HeaderMap, trusted: &[Cidr]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(connected) {
        return connected;
    }
    let lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    let chain: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut farthest = connected;
    for hop in chain.into_iter().rev() {
        // An entry that is no address cannot be trusted.
        let Ok(address) = hop.parse::<IpAddr>() else { break };
        farthest = address;
        if !is_trusted(address) {
            break;
        }
    }
    farthest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(connected: &str, forwarded: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        client(connected.parse().unwrap(), &headers, &["10.0.0.0/8".parse().unwrap()]).to_string()
    }

    #[test]
    fn link_tokens_are_masked_in_the_log() {
        assert_eq!(speakable("/set-up/abc"), "/set-up/");
        assert_eq!(speakable("/link/abc"), "/link/");
        assert_eq!(speakable("/enter/abc"), "/enter/");
        assert_eq!(speakable("/calendar/abc.ics"), "/calendar/");
        assert_eq!(speakable("/machines/7"), "/machines/7");
    }

    #[test]
    fn forwarded_header_counts_only_from_trusted_proxy() {
        assert_eq!(seen("203.0.113.5", "198.51.100.7"), "203.0.113.5", "anybody can send a header");
        assert_eq!(seen("10.0.0.1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", "1.2.3.4, 198.51.100.7, 10.0.0.2"), "198.51.100.7", "the client's own claim");
        assert_eq!(seen("10.0.0.1", "unknown"), "10.0.0.1");
    }
}
