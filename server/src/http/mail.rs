//! `GET /demo/mail`: the mails that stayed on this machine, for who develops or looks around. Nowhere else is there such a
//! page.
//!
//! Invariant: it is shown to this machine under a name of this machine. A name that another site has pointed here would let
//! that site read it.

use super::{Shared, peer::Peer};
use app::visitor::Visitor;
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri, header, uri::Authority},
    response::{Html, IntoResponse, Response},
};
use services::mail::{self, Mail};
use std::{fmt::Write, net::IpAddr};

/// Whoever asks from this machine, and what stayed here; `None` for anybody else, and where nothing stays.
fn caught(shared: &Shared, peer: Option<Extension<Peer>>, uri: &Uri, headers: &HeaderMap) -> Option<Vec<Mail>> {
    let here = peer.is_some_and(|Extension(Peer(address))| address.is_loopback()) && is_local(uri, headers);
    mail::caught(&shared.0.ctx).filter(|_| here)
}

/// How it looks; mails bring their own.
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}\
article{border:1px solid #8884;border-radius:12px;padding:1rem;margin:1rem 0}h2{font-size:1.1rem;margin:0}\
p{margin:.25rem 0}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.875rem}";

/// The caught mails, the newest first.
pub async fn page(
    State(shared): State<Shared>,
    peer: Option<Extension<Peer>>,
    Extension(visitor): Extension<Visitor>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let Some(mails) = caught(&shared, peer, &uri, &headers) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let t = visitor.lang;
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>",
        t.tag(),
        title = t.mail_caught(),
    );
    if mails.is_empty() {
        // Writing to a string cannot fail, here and below.
        let _ = write!(html, "<p>{}</p>", t.mail_none());
    }
    for (at, mail) in mails.iter().enumerate() {
        let _ = write!(html, "<article><h2>{}</h2><p>{}</p>", escaped(&mail.subject), escaped(&mail.to));
        if mail.html.is_some() {
            let _ = write!(html, "<p><a href=\"/demo/mail/{at}\">{}</a></p>", t.mail_as_sent());
        }
        html.push_str("<pre>");
        for line in mail.body.lines() {
            let line = escaped(line);
            let _ = if line.starts_with("http://") || line.starts_with("https://") {
                writeln!(html, "<a href=\"{line}\">{line}</a>")
            } else {
                writeln!(html, "{line}")
            };
        }
        html.push_str("</pre></article>");
    }
    html.push_str("</main></body></html>");
    shown(html)
}

/// One of them as a program that reads mail shows it; counted from the newest.
pub async fn one(
    State(shared): State<Shared>,
    peer: Option<Extension<Peer>>,
    at: Option<Path<usize>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let mails = caught(&shared, peer, &uri, &headers);
    let mail = mails.zip(at).and_then(|(mails, Path(at))| mails.into_iter().nth(at));
    match mail.and_then(|mail| mail.html) {
        Some(html) => shown(html),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Nothing in a mail runs or is fetched.
fn shown(html: String) -> Response {
    let quiet = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
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
            is_local(
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
        assert!(!is_local(&Uri::from_static("/demo/mail"), &HeaderMap::new()), "nothing is said");
        let two = Uri::from_static("http://attic.example/demo/mail");
        assert!(!is_local(&two, &HeaderMap::from_iter([(header::HOST, "localhost".parse().unwrap())])));
    }
}
