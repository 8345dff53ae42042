//! Pages, live events and health over HTTP.
//!
//! Invariant: everything long-lived ends on one [`CancellationToken`], or a graceful stop would wait for ever. Not
//! here: rules. A handler calls a service and renders the result.

mod answers;
mod bodies;
mod calendar;
mod copy;
mod data;
mod display;
mod events;
mod fabomatic;
mod firmware;
mod focus;
mod headers;
mod health;
mod hooks;
mod invitations;
mod labels;
mod lists;
mod live;
mod local;
mod mail;
mod metrics;
mod modules;
pub mod pace;
mod pages;
mod passkeys;
mod peer;
mod phone;
mod pictures;
mod plain;
mod providers;
mod rendering;
mod sent;
pub mod server;
mod site;
mod slack;
mod space;
mod unsubscribe;
mod videos;
mod visitor;
mod well_known;

use crate::{
    config::{Cidr, Config},
    mail::Smtp,
};
use app::{App, assets::Assets};
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRef, Request, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use leptos::prelude::LeptosOptions;
use leptos_axum::generate_route_list;
use services::{
    Ctx,
    publication::{FRAME, SPACEAPI},
};
use std::{any::Any, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use tower::Layer;
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{Predicate, SizeAbove},
    },
    csrf::CsrfLayer,
    limit::RequestBodyLimitLayer,
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
};

/// Forms carry text; files have their own routes.
const FORM_BYTES: usize = 1024 * 1024;
/// Time limit for the start of a response. Far longer than any takes; a stuck one must not hold its connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// Browser features that no page of ours uses. Photos are taken by the system's camera, through a file field.
const PERMISSIONS: &str =
    "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=(), serial=()";
/// A year, without subdomains, which may not be ours.
const HTTPS_ONLY: &str = "max-age=31536000";

/// State of every handler.
#[derive(Clone)]
pub struct Shared(Arc<Inner>);

struct Inner {
    ctx: Ctx,
    assets: Assets,
    options: LeptosOptions,
    public_url: Option<String>,
    trusted_proxies: Vec<Cidr>,
    secure_cookies: bool,
    stream_limits: live::StreamLimits,
    fanout: Arc<live::Fanout>,
    answers: answers::Answers,
    rendered: rendering::Pages,
    bodies: bodies::Budget,
    films: videos::Films,
    requests: metrics::Requests,
    /// Whether pages are reached by HTTPS, ours or a proxy's.
    https: bool,
    /// Contact for vulnerabilities, as an address for links.
    contact: Option<String>,
    stop: CancellationToken,
}

impl Shared {
    /// State of the router, and the task that passes events on to its streams until `stop`. Call it in a runtime.
    #[must_use]
    pub fn new(ctx: Ctx, config: &Config, stop: CancellationToken) -> Self {
        let https =
            config.tls.is_some() || config.public_url.as_deref().is_some_and(|url| url.starts_with("https:"));
        // Plain HTTP without further options is for trying it on this machine.
        let plain = config.insecure_cookies || (!https && config.listen.ip().is_loopback());
        let fanout = Arc::new(live::Fanout::default());
        tokio::spawn(Arc::clone(&fanout).run(ctx.clone(), stop.clone()));
        Self(Arc::new(Inner {
            ctx,
            assets: site::assets(),
            options: LeptosOptions::builder().output_name("toolgate").build(),
            public_url: config.public_url.clone(),
            trusted_proxies: config.trusted_proxies.clone(),
            secure_cookies: !plain,
            stream_limits: live::StreamLimits::default(),
            fanout,
            answers: answers::Answers::default(),
            rendered: rendering::Pages::default(),
            bodies: bodies::Budget::default(),
            films: videos::Films::default(),
            requests: metrics::Requests::default(),
            https,
            contact: config.smtp.as_ref().and_then(Smtp::contact),
            stop,
        }))
    }

    /// The same with the files of another build.
    #[cfg(test)]
    fn with_assets(mut self, assets: Assets) -> Self {
        Arc::get_mut(&mut self.0).unwrap().assets = assets;
        self
    }

    pub(crate) fn ctx(&self) -> &Ctx {
        &self.0.ctx
    }

    /// Names the build in pages and streams: a page of another build is asked to reload.
    fn build(&self) -> &str {
        if self.0.assets.dir.is_empty() { env!("CARGO_PKG_VERSION") } else { &self.0.assets.dir }
    }
}

impl FromRef<Shared> for LeptosOptions {
    fn from_ref(shared: &Shared) -> Self {
        shared.0.options.clone()
    }
}

impl FromRef<Shared> for Ctx {
    fn from_ref(shared: &Shared) -> Self {
        shared.0.ctx.clone()
    }
}

/// Every route that is neither a page nor a server function. The router is built from this list, and the
/// permission matrix tests it, so that none is forgotten.
#[must_use]
pub fn routes() -> Vec<(&'static str, MethodRouter<Shared>)> {
    let ([people_csv, people_xlsx], [cards_csv, cards_xlsx]) = (lists::people(), lists::cards());
    let ([qualifications_csv, qualifications_xlsx], [groups_csv, groups_xlsx]) =
        (lists::qualifications(), lists::groups());
    let ([uses_csv, uses_xlsx], [interventions_csv, interventions_xlsx]) = (lists::uses(), lists::interventions());
    let others: [(&str, MethodRouter<Shared>); 54] = [
        ("/data/{person}", post(data::everything)),
        ("/data/{person}/{table}", post(data::table)),
        ("/pictures/{kind}/{id}", pictures::routes()),
        (pictures::REPORT, post(pictures::report).layer(DefaultBodyLimit::disable())),
        ("/machines/labels.pdf", get(labels::pdf)),
        ("/import/upload", post(lists::upload).layer(DefaultBodyLimit::disable())),
        ("/import/fabomatic/upload", post(fabomatic::upload).layer(DefaultBodyLimit::disable())),
        ("/videos/{edition}", get(videos::show)),
        ("/videos/{edition}/captions", get(videos::captions)),
        ("/modules/export.json", get(modules::export)),
        ("/modules/{id}/upload", post(videos::upload).layer(DefaultBodyLimit::disable())),
        ("/modules/{id}/captions/upload", post(videos::upload_captions).layer(DefaultBodyLimit::disable())),
        ("/firmware/upload", post(firmware::upload).layer(DefaultBodyLimit::disable())),
        ("/export/people.csv", people_csv),
        ("/export/people.xlsx", people_xlsx),
        ("/export/cards.csv", cards_csv),
        ("/export/cards.xlsx", cards_xlsx),
        ("/export/qualifications.csv", qualifications_csv),
        ("/export/qualifications.xlsx", qualifications_xlsx),
        ("/export/groups.csv", groups_csv),
        ("/export/groups.xlsx", groups_xlsx),
        ("/export/uses.csv", uses_csv),
        ("/export/uses.xlsx", uses_xlsx),
        ("/export/interventions.csv", interventions_csv),
        ("/export/interventions.xlsx", interventions_xlsx),
        ("/system/copy", post(copy::give)),
        ("/passkeys/add", post(passkeys::add)),
        ("/passkeys/sign-in", post(passkeys::sign_in)),
        ("/passkeys/confirm", post(passkeys::confirm)),
        ("/live", get(live::stream)),
        ("/demo/mail", get(mail::page)),
        ("/demo/mail/{at}", get(mail::one)),
        ("/calendar/{file}", get(calendar::read)),
        ("/events.ics", get(events::all)),
        ("/events.json", get(events::list)),
        ("/events/embed", get(events::embed)),
        (SPACEAPI, get(space::document).options(space::preflight)),
        (FRAME, get(space::embed)),
        ("/events/{id}/answer", get(invitations::show).post(invitations::take)),
        ("/unsubscribe/one-click", get(unsubscribe::ask).post(unsubscribe::one_click)),
        (hooks::PATH, post(hooks::payments)),
        (slack::PATH, get(slack::check).post(slack::commands)),
        ("/sign-in/provider/{id}/start", post(providers::start)),
        ("/sign-in/provider/{id}/connect", post(providers::connect)),
        ("/sign-in/provider/{id}/prove", post(providers::prove)),
        (services::identity_providers::CALLBACK, get(providers::callback)),
        ("/sign-in/provider/sign-out", post(providers::sign_out)),
        (metrics::PATH, get(metrics::page)),
        ("/.well-known/change-password", get(well_known::change_password)),
        ("/.well-known/security.txt", get(well_known::security)),
        ("/manifest.webmanifest", get(phone::manifest)),
        ("/offline", get(phone::offline)),
        ("/healthz", get(health::live)),
        ("/readyz", get(health::ready)),
    ];
    api::routes().into_iter().chain(others).collect()
}

/// The whole router; tests call it without a socket.
///
/// # Panics
///
/// If Leptos was given another executor before.
pub fn router(shared: Shared) -> Router {
    // First, because generating the list of routes would install Tokio's executor.
    assert!(rendering::install(), "pages would be rendered on several threads");
    app::call::register();
    let pages = pages::router(&shared, generate_route_list(App), &[pictures::REPORT])
        .fallback(get(site::file_or_page))
        .layer(middleware::map_response(pages::true_status))
        .layer(middleware::map_response(pages::without_nonce_in_links))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(middleware::map_response(pages::whole))
        .layer(middleware::from_fn_with_state(shared.clone(), rendering::in_turn))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE));
    let (programs, others): (Vec<_>, Vec<_>) =
        routes().into_iter().partition(|(path, _)| path.starts_with("/api/"));
    let others = others.into_iter().map(|(path, answer)| (path, answer.fallback(not_a_page)));
    let (sent, programs): (Vec<_>, Vec<_>) = programs
        .into_iter()
        .partition(|(path, _)| ["/picture", "/photo", "/firmware"].iter().any(|end| path.ends_with(end)));
    let for_programs = |routes| {
        gathered(routes)
            .layer(
                CompressionLayer::new()
                    .quality(CompressionLevel::Fastest)
                    .compress_when(SizeAbove::new(512).and(is_text)),
            )
            .layer(middleware::map_response(pages::whole))
            .layer(middleware::from_fn_with_state(shared.ctx().clone(), api::admission::paced))
            .layer(CatchPanicLayer::custom(|panic: Box<dyn Any + Send>| api::apologise(&*panic)))
    };
    // Upload forms check their size themselves, because an oversized one redirects back to its page.
    let (files, others): (Vec<_>, Vec<_>) =
        others.partition(|(path, _)| path.starts_with("/pictures/") || path.ends_with("/upload"));
    let texts = Router::new().merge(pages).merge(for_programs(programs)).merge(gathered(others));
    let all = Router::new()
        .merge(texts.layer(middleware::from_fn_with_state(shared.clone(), bodies::bound)))
        .merge(for_programs(sent).layer(RequestBodyLimitLayer::new(pictures::LIMIT)))
        .merge(gathered(files))
        .layer(middleware::from_fn_with_state(shared.clone(), pace::changes))
        .layer(middleware::from_fn(rendering::in_one_task))
        .layer(middleware::from_fn_with_state(shared.clone(), answers::bound))
        .layer(middleware::from_fn_with_state(shared.clone(), visitor::know))
        .layer(CsrfLayer::new())
        .layer(middleware::from_fn(explain))
        .layer(middleware::from_fn_with_state(shared.clone(), peer::know))
        .layer(constant(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(constant(header::REFERRER_POLICY, "same-origin"))
        .layer(constant(HeaderName::from_static("permissions-policy"), PERMISSIONS))
        .layer(constant(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(constant(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::STRICT_TRANSPORT_SECURITY,
            shared.0.https.then(|| HeaderValue::from_static(HTTPS_ONLY)),
        ))
        .layer(CatchPanicLayer::custom(|panic: Box<dyn Any + Send>| apologise(&*panic)))
        .layer(middleware::from_fn_with_state(shared.clone(), metrics::observe))
        .with_state(shared);
    // Around the router, not a layer of it: a router adds `Allow` behind its layers.
    Router::new().fallback_service(middleware::from_fn(tell_methods).layer(all))
}

/// Whether compressing an API response pays: pictures, PDFs, workbooks and firmware are compressed already. A
/// response with a version stays as it is, because a strong tag names exact bytes, and it is short.
fn is_text(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_stream = kind.starts_with(b"text/event-stream");
    let is_version = headers.get(header::ETAG).is_some_and(|tag| tag.as_bytes().starts_with(b"\""));
    let text = [&b"text/"[..], b"application/json", b"application/problem+json"];
    !is_stream && !is_version && text.iter().any(|text| kind.starts_with(text))
}

fn gathered(routes: Vec<(&'static str, MethodRouter<Shared>)>) -> Router<Shared> {
    routes.into_iter().fold(Router::new(), |router, (path, answer)| router.route(path, answer))
}

/// Upload routes have no page: a visit, for example from the browser's history, gets an explanation.
async fn not_a_page(State(shared): State<Shared>, request: Request) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return pages::unknown(&shared, request).await;
    }
    StatusCode::METHOD_NOT_ALLOWED.into_response()
}

fn constant(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Answers `OPTIONS` with the methods of the address.
async fn tell_methods(request: Request, next: Next) -> Response {
    let asks = request.method() == Method::OPTIONS;
    let mut answer = next.run(request).await;
    if !asks || answer.status() != StatusCode::METHOD_NOT_ALLOWED {
        return answer;
    }
    let allowed = answer.headers().get(header::ALLOW).and_then(|allowed| allowed.to_str().ok());
    let Some(Ok(allowed)) = allowed.map(|allowed| HeaderValue::from_str(&format!("{allowed},OPTIONS"))) else {
        return answer;
    };
    *answer.status_mut() = StatusCode::NO_CONTENT;
    *answer.body_mut() = Body::empty();
    let headers = answer.headers_mut();
    headers.insert(header::ALLOW, allowed);
    for about_the_body in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
        headers.remove(about_the_body);
    }
    answer
}

/// Adds a message to refusals of the layers. Pages are in the default language, because the visitor is not known
/// yet.
async fn explain(mut request: Request, next: Next) -> Response {
    if api::is_api(request.uri().path()) {
        let lang = api::accepted_language(&request);
        if request.headers().contains_key(header::AUTHORIZATION) {
            // Browsers do not add a token by themselves, and with one no cookie counts: there is nothing for
            // another site to abuse.
            request.headers_mut().remove(header::ORIGIN);
            request.headers_mut().remove(HeaderName::from_static("sec-fetch-site"));
        }
        return api::explain(next.run(request).await, lang);
    }
    let (answer, lang) = (next.run(request).await, text::Lang::default());
    let is_page =
        answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    match answer.status() {
        StatusCode::FORBIDDEN if !answer.headers().contains_key(header::CONTENT_TYPE) => {
            (StatusCode::FORBIDDEN, lang.request_cross_site()).into_response()
        }
        StatusCode::PAYLOAD_TOO_LARGE if !is_page => {
            (StatusCode::PAYLOAD_TOO_LARGE, lang.request_too_large()).into_response()
        }
        _ => answer,
    }
}

/// Last resort: a panic is logged and not shown to the reader.
fn apologise(panic: &(dyn Any + Send)) -> Response {
    api::log_panic(panic);
    (StatusCode::SERVICE_UNAVAILABLE, text::Lang::default().request_panicked()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_with_strong_etag_is_not_compressed() {
        let compressed = |tag: &'static str| {
            let headers = [(header::CONTENT_TYPE, "application/json"), (header::ETAG, tag)];
            let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
            is_text(StatusCode::OK, Version::HTTP_11, &HeaderMap::from_iter(headers), &Extensions::default())
        };
        assert!(compressed("W/\"kXw3vD0nTqS8\"") && !compressed("\"4\""), "a strong tag names one form");
    }
}
