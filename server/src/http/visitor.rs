//! Determines once per request, before any handler, who sends it.

use super::{
    Shared, display,
    headers::{accepted_language, cookie},
    local, metrics, providers,
};
use crate::connections::Permit;
use api::{
    admission::{Bearer, Origin, Peer},
    is_api,
};
use app::{
    cookies::Cookies,
    request::{Client, Site},
    visitor::{Me, Theme, Visitor},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Uri, header},
    middleware::Next,
    response::Response,
};
use domain::{
    accounts::device,
    actor::{Actor, Channel, Who},
};
use services::{
    live_access,
    sessions::{self, Recognised, Somebody},
    token::Token,
    tokens::{self, Program},
};
use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};
use text::Lang;

/// Name of a space that has none yet.
const UNNAMED: &str = "Toolgate";

/// Middleware: cookies → actor and address, what every page shows, language and theme.
pub async fn know(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let path = request.uri().path();
    let channel = if is_api(path) || path == metrics::PATH { Channel::Api } else { Channel::Web };
    let cookies = Cookies { secure: shared.0.secure_cookies };
    let (bearer, program) = bearer(&shared, headers, channel).await;
    // With a token no cookie counts, or another site could have one used.
    let session = cookie(headers, cookies.session()).filter(|_| matches!(bearer, Bearer::None));
    let session = session.filter(|token| !token.is_empty()).map(Token::presented);
    // Public files need no session.
    let requested = session.as_ref().filter(|_| !request.uri().path().starts_with("/pkg/"));
    let recognised = match requested {
        Some(token) => sessions::recognise(&shared.0.ctx, token, channel).await,
        None => Recognised::Nobody,
    };
    let somebody = match recognised {
        Recognised::Somebody(somebody) => Some(*somebody),
        Recognised::Nobody | Recognised::Pending => program,
    };
    let mut visitor = visitor(&shared, headers, somebody.as_ref());
    if channel == Channel::Api {
        // A program states its language itself.
        visitor.lang = accepted_language(headers).unwrap_or(visitor.lang);
    }
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let from = request.extensions().get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
    let known_as = cookie(headers, cookies.device()).filter(|token| !token.is_empty()).map(Token::presented);
    let client = Client { address: from, device: device(agent), session, known_as };
    let actor = if let Some(somebody) = somebody {
        somebody.actor
    } else if channel == Channel::Api && !matches!(bearer, Bearer::None) {
        Actor::anybody(false, channel)
    } else {
        let public = shared.0.ctx.space().settings.public_status;
        display::recognise(&shared, headers).await.unwrap_or(Actor::anybody(public, channel))
    };
    if let (Some(identity), Some(permit)) = (identity(&actor), request.extensions().get::<Arc<Permit>>()) {
        permit.identify(&identity);
    }
    if !live_access::may_subscribe(&actor) {
        // An API response has no place in the event stream.
        visitor.live_after.clear();
    }
    let site = Site(site(&shared, request.uri(), request.headers()));
    let origin = Origin(providers::site(&shared, request.uri(), request.headers()));
    let extensions = request.extensions_mut();
    extensions.insert(site);
    extensions.insert(origin);
    extensions.insert(bearer);
    extensions.insert(actor);
    extensions.insert(client);
    // The API has no pages.
    let lang = visitor.lang;
    extensions.insert(lang);
    extensions.insert(visitor);
    in_language(next.run(request).await, lang)
}

/// Sets the language of a response, and the headers it depends on.
fn in_language(mut answer: Response, lang: Lang) -> Response {
    let headers = answer.headers_mut();
    let kind = headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let (is_page, is_refusal) = (kind.starts_with(b"text/html"), kind.starts_with(b"application/problem+json"));
    if is_page || is_refusal {
        // An address may have chosen another.
        headers.entry(header::CONTENT_LANGUAGE).or_insert(HeaderValue::from_static(lang.tag()));
        headers.append(
            header::VARY,
            HeaderValue::from_static(if is_page { "accept-language, cookie" } else { "accept-language" }),
        );
    }
    answer
}

/// The identity of the connection.
fn identity(actor: &Actor) -> Option<String> {
    match &actor.who {
        Who::Person(person) => Some(format!("person {}", person.id)),
        Who::Display(screen) => Some(format!("display {}", screen.display)),
        Who::Anybody { .. } | Who::Board(_) | Who::Toolgate => None,
    }
}

/// The token in `Authorization`, which only the API reads, and its owner.
async fn bearer(shared: &Shared, headers: &HeaderMap, channel: Channel) -> (Bearer, Option<Somebody>) {
    let Some(message) = headers.get(header::AUTHORIZATION).filter(|_| channel == Channel::Api) else {
        return (Bearer::None, None);
    };
    let (scheme, token) = message.to_str().unwrap_or_default().split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") {
        return (Bearer::Refused, None);
    }
    match tokens::recognise(&shared.0.ctx, token.trim()).await {
        Ok(Some(Program { somebody, scopes })) => (Bearer::Token { scopes }, Some(somebody)),
        Ok(None) => (Bearer::Refused, None),
        Err(error) => {
            tracing::error!(%error, "a token could not be looked up");
            (Bearer::Unavailable, None)
        }
    }
}

fn visitor(shared: &Shared, headers: &HeaderMap, somebody: Option<&Somebody>) -> Visitor {
    let ctx = &shared.0.ctx;
    let space = ctx.space();
    // Chosen on this device, then in the account, then by the browser.
    let lang =
        cookie(headers, "lang").and_then(Lang::from_tag).or(somebody.and_then(|somebody| somebody.language));
    Visitor {
        lang: lang.or_else(|| accepted_language(headers)).unwrap_or(space.language),
        theme: cookie(headers, "theme").and_then(Theme::from_key).unwrap_or_default(),
        who: somebody.and_then(|somebody| {
            Some(Me {
                id: somebody.actor.person()?,
                name: somebody.name.clone(),
                rank: somebody.rank,
                asleep: somebody.asleep,
                auditor: somebody.auditor,
                trains: somebody.trains,
            })
        }),
        echo: None,
        answer: None,
        // Before anything is loaded for the page, so that a change in between is sent again rather than lost.
        live_after: ctx.live().cursor(),
        build: shared.build().to_owned(),
        now: ctx.moment_now(),
        // During set-up the space may have no name yet.
        space: if space.name.is_empty() { UNNAMED.into() } else { space.name.clone() },
        public_url: shared.0.public_url.clone(),
    }
}

/// Address of this site for a phone in the workshop.
fn site(shared: &Shared, uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let reached = || {
        let scheme = if shared.0.https { "https" } else { "http" };
        local::addressed(uri, headers)
            .filter(|host| !local::is_this_machine(host))
            .map(|host| format!("{scheme}://{host}"))
    };
    shared.0.public_url.clone().or_else(reached)
}
