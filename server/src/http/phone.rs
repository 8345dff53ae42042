//! Toolgate as an installed app: the manifest with its name and icons, and the offline page.
//!
//! Invariant: both are public and identify no one, because a browser fetches the first without cookies and stores
//! the other. Not here: which pages are stored for offline use, and for how long
//! (`frontend/page/worker/worker.ts`).
//!
//! The service worker asks the network first. A stored page shows its age by the space's clock; any other page is
//! replaced by one that reopens it when the server answers. Browser tests run without the worker, except
//! `end2end/phone-app.spec.ts`.

use super::{Shared, plain};
use app::visitor::{Theme, Visitor};
use axum::{
    Extension, Json,
    extract::State,
    http::header,
    response::{Html, IntoResponse, Response},
};
use data_encoding::BASE64;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// Length of the short name below an icon.
const SHORT: usize = 12;

/// `GET /manifest.webmanifest` (<https://www.w3.org/TR/appmanifest/>).
pub async fn manifest(Extension(visitor): Extension<Visitor>) -> Response {
    let t = visitor.lang;
    let [light, _] = Theme::Light.papers();
    let short = if visitor.space.chars().count() <= SHORT { visitor.space.as_str() } else { "Toolgate" };
    let icon = |file: &str, size: &str, purpose: &str| json!({ "src": format!("/{file}"), "sizes": size, "type": "image/png", "purpose": purpose });
    let way = |name: &str, url: &str| json!({ "name": name, "url": url });
    let manifest = json!({
        "id": "/",
        "name": visitor.space,
        "short_name": short,
        "lang": t.tag(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": light,
        "theme_color": light,
        "icons": [
            icon("icon-192.png", "192x192", "any"),
            icon("icon-512.png", "512x512", "any"),
            icon("icon-maskable-512.png", "512x512", "maskable"),
        ],
        "shortcuts": [way(t.book_title(), "/book"), way(t.nav_learn(), "/learn"), way(t.notices_title(), "/notices")],
    });
    let head = [
        (header::CONTENT_TYPE, "application/manifest+json"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::VARY, "accept-language, cookie"),
    ];
    (head, Json(manifest)).into_response()
}

/// Reloads the current address when the server answers again, so that the wanted page opens. Does nothing at its
/// own address.
const OPEN_AGAIN: &str = "if(location.pathname!=='/offline'){const again=()=>location.reload();\
    const look=()=>document.hidden||fetch('/healthz',{cache:'no-store'}).then(answer=>answer.ok&&again(),()=>{});\
    addEventListener('online',again);addEventListener('visibilitychange',look);setInterval(look,5000)}";

/// Policy of the page; its only script is allowed by hash.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let sum = BASE64.encode(&Sha256::digest(OPEN_AGAIN));
    format!(
        "default-src 'none'; script-src 'sha256-{sum}'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; \
         frame-ancestors 'none'"
    )
});

/// `GET /offline`: explains the failure, links to stored pages, and waits for the server. Without the application,
/// because it is shown at the address of another page.
pub async fn offline(State(shared): State<Shared>, Extension(visitor): Extension<Visitor>) -> Response {
    let t = visitor.lang;
    let body = format!(
        "<div class=\"frame\"><main id=\"main\"><div class=\"card\"><div class=\"empty\">\
         <h1>{title}</h1><p>{next}</p><a class=\"btn\" href=\"/\">{now}</a></div></div></main></div>\
         <script>{OPEN_AGAIN}</script>",
        title = t.offline_title(),
        next = t.offline_next(),
        now = t.nav_now(),
    );
    let html = plain::document(&shared, t, Some(visitor.theme), t.offline_title(), &body);
    let head = [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_SECURITY_POLICY, POLICY.as_str())];
    (head, Html(html)).into_response()
}
