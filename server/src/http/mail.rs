//! `GET /demo/mail`: caught mails, in development and in the demo only.
//!
//! Invariant: it is served only to this machine under a name of this machine. Through a name that another site has
//! pointed here, that site could read it.

use super::{Shared, local::Local};
use app::visitor::Visitor;
use axum::{
    Extension,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use services::mail::{self, Mail};
use std::fmt::Write;
use text::markup::escaped;

/// The caught mails, for requests from this machine; `None` for others, and if mails are not caught.
fn caught(shared: &Shared, is_local: bool) -> Option<Vec<Mail>> {
    mail::caught(&shared.0.ctx).filter(|_| is_local)
}

/// Style of the list; mails have their own.
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}\
article{border:1px solid #8884;border-radius:12px;padding:1rem;margin:1rem 0}h2{font-size:1.1rem;margin:0}\
p{margin:.25rem 0}pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:.875rem}";

/// Caught mails, newest first.
pub async fn page(
    State(shared): State<Shared>,
    Local(is_local): Local,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    let Some(mails) = caught(&shared, is_local) else {
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
    html_response(html)
}

/// One mail as a mail program shows it, counted from the newest.
pub async fn one(State(shared): State<Shared>, Local(is_local): Local, at: Option<Path<usize>>) -> Response {
    let mails = caught(&shared, is_local);
    let mail = mails.zip(at).and_then(|(mails, Path(at))| mails.into_iter().nth(at));
    match mail.and_then(|mail| mail.html) {
        Some(html) => html_response(html),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Blocks scripts and fetches of a mail.
fn html_response(html: String) -> Response {
    let quiet = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ];
    (quiet, Html(html)).into_response()
}
