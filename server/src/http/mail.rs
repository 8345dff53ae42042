//! `GET /mail`: the mails that stayed on this machine, for who develops or looks around. Nowhere else is there such a
//! page.
//!
//! Invariant: it is shown to this machine under a name of this machine. A name that another site has pointed here would let
//! that site read it.

use super::{Shared, peer::Peer};
use app::visitor::Visitor;
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header, uri::Authority},
    response::{Html, IntoResponse, Response},
};
use services::mail;
use std::{fmt::Write, net::IpAddr};

/// The caught mails, the newest first; to this machine alone.
pub async fn page(
    State(shared): State<Shared>,
    peer: Option<Extension<Peer>>,
    Extension(visitor): Extension<Visitor>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let here = peer.is_some_and(|Extension(Peer(address))| address.is_loopback()) && is_local(&uri, &headers);
    let Some(mails) = mail::caught(&shared.0.ctx).filter(|_| here) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let t = visitor.lang;
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title></head><body><h1>{title}</h1>",
        t.tag(),
        title = t.mail_caught(),
    );
    if mails.is_empty() {
        // Writing to a string cannot fail, here and below.
        let _ = write!(html, "<p>{}</p>", t.mail_none());
    }
    for mail in mails {
        let _ = write!(html, "<h2>{}</h2><p>{}</p><pre>", escaped(&mail.subject), escaped(&mail.to));
        for line in mail.body.lines() {
            let line = escaped(line);
            let _ = if line.starts_with("http://") || line.starts_with("https://") {
                writeln!(html, "<a href=\"{line}\">{line}</a>")
            } else {
                writeln!(html, "{line}")
            };
        }
        html.push_str("</pre>");
    }
    html.push_str("</body></html>");
    let quiet = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    (quiet, Html(html)).into_response()
}

/// Whether the request was addressed to a name or an address of this machine alone.
fn is_local(uri: &Uri, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    // HTTP/2 says it in the address.
    let Some(host) = uri.authority().cloned().or(host) else { return false };
    let name = host.host().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_local() {
        let local = |host: &'static str| {
            is_local(&Uri::from_static("/mail"), &HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]))
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
        assert!(!is_local(&Uri::from_static("/mail"), &HeaderMap::new()), "nothing is said");
        let two = Uri::from_static("http://attic.example/mail");
        assert!(!is_local(&two, &HeaderMap::from_iter([(header::HOST, "localhost".parse().unwrap())])));
    }
}
