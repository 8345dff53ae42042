//! `GET /mail`: the mails that stayed on this machine, for who develops or looks around. Nowhere else is there such a
//! page.
//!
//! Invariant: it is shown to this machine under a name of this machine. A name that another site has pointed here would let
//! that site read it.

use super::{Shared, local::Local};
use app::visitor::Visitor;
use axum::{
    Extension,
    extract::State,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use services::mail;
use std::fmt::Write;

/// The caught mails, the newest first; to this machine alone.
pub async fn page(
    State(shared): State<Shared>,
    Local(is_local): Local,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    let Some(mails) = mail::caught(&shared.0.ctx).filter(|_| is_local) else {
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

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
