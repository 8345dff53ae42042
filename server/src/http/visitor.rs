//! Who sends this request: decided once, before any handler, and put into the request.

use super::Shared;
use app::visitor::{Theme, Visitor};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use domain::actor::{Actor, Door};
use text::Lang;

/// What a space is called until somebody gives it a name.
const UNNAMED: &str = "Toolgate";

/// Middleware: cookies or `Accept-Language` → language and theme, and what every page shows.
pub async fn know(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let visitor = recognise(&shared, request.headers());
    let public = shared.0.ctx.space().settings.public_status;
    request.extensions_mut().insert(Actor::anybody(public, Door::Web));
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

fn recognise(shared: &Shared, headers: &HeaderMap) -> Visitor {
    let ctx = &shared.0.ctx;
    let space = ctx.space();
    let spoken =
        || headers.get(header::ACCEPT_LANGUAGE).and_then(|value| Lang::from_accept_language(value.to_str().ok()?));
    Visitor {
        lang: cookie(headers, "lang").and_then(Lang::from_tag).or_else(spoken).unwrap_or(space.language),
        theme: cookie(headers, "theme").and_then(Theme::from_key).unwrap_or_default(),
        echo: None,
        // Before anything is read for the page: what changes meanwhile is told again rather than lost.
        live_after: ctx.live().cursor(),
        build: shared.build().to_owned(),
        now: ctx.moment_now(),
        // Somebody who has just begun has not named it yet.
        space: if space.name.is_empty() { UNNAMED.into() } else { space.name.clone() },
        public_url: shared.0.public_url.clone(),
    }
}

/// The value of one cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value))
}
