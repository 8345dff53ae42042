//! Pages: rendered on GET; on POST one server function runs first and the same page answers.
//!
//! Invariant: a page that is posted to (`/me?/me/prefer`) either redirects (303, so that a reload cannot repeat
//! it) or is rendered again with all input and the problem at its field, under its true status.

use super::{FORM_BYTES, Shared, focus};
use app::{
    address::page_query,
    codec,
    cookies::Cookies,
    problem::AppError,
    shell, sign_in_redirect,
    visitor::{Answer, Echo, Visitor},
};
use axum::{
    Router,
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, header, request::Parts, uri::PathAndQuery},
    response::{IntoResponse, Response},
    routing::post,
};
use domain::{
    actor::Actor,
    problem::{Kind, Problem},
};
use futures::StreamExt;
use leptos::{
    nonce::use_nonce,
    prelude::*,
    server_fn::error::{FromServerFnError, SERVER_FN_ERROR_HEADER},
};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, handle_server_fns_with_context};
use tower::ServiceExt;

/// Fields that are never sent back into a page.
const SECRETS: [&str; 6] = ["password", "current_password", "code", "token", "ceremony", "answer"];

/// GET and POST of every page, and the server functions for WASM (Leptos adds their routes by itself). A POST to one
/// of `uploads` has a handler of its own, because it has a file.
pub(super) fn router(shared: &Shared, routes: Vec<AxumRouteListing>, uploads: &[&str]) -> Router<Shared> {
    let paths =
        routes.iter().map(|route| route.path().to_owned()).filter(|path| !uploads.contains(&path.as_str()));
    let paths: Vec<String> = paths.collect();
    let read = Router::new().leptos_routes_with_context(shared, routes, context(shared), document(shared));
    let pages: Router = read.clone().with_state(shared.clone());
    paths.into_iter().fold(read, |router, path| {
        let pages = pages.clone();
        router.route(&path, post(move |state, request| submit(state, pages, request)))
    })
}

/// Fallback: the application's own not-found page.
pub(super) async fn unknown(shared: &Shared, request: Request) -> Response {
    let render = leptos_axum::render_app_async_with_context(context(shared), document(shared));
    render(request).await.into_response()
}

/// The application's page for a refusal whose origin page is unknown, under its true status.
pub(super) async fn refused(shared: &Shared, parts: Parts, problem: Problem) -> Response {
    let function = parts.uri.path().to_owned();
    again(shared, parts, Echo { function, values: Vec::new(), problem }).await
}

/// The page at the address of `parts` with the input and the refusal, under its true status.
pub(super) async fn again(shared: &Shared, mut parts: Parts, echo: Echo) -> Response {
    let status = StatusCode::from_u16(echo.problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let function = echo.function.clone();
    if let Some(visitor) = parts.extensions.get_mut::<Visitor>() {
        visitor.echo = Some(echo);
    }
    parts.method = Method::GET;
    let page = without_nonce_in_links(unknown(shared, Request::from_parts(parts, Body::empty())).await).await;
    let mut page = focused(page, &function).await;
    *page.status_mut() = status;
    page
}

/// Layer over everything: Leptos answers every failed server function with 500; the true status is in its
/// [`Problem`](domain::problem::Problem).
pub(super) async fn true_status(answer: Response) -> Response {
    if !answer.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let body = to_bytes(body, FORM_BYTES).await.unwrap_or_default();
    let AppError(problem) = AppError::de(body.clone());
    parts.status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    if let Some(seconds) = problem.retry_after {
        parts.headers.insert(header::RETRY_AFTER, seconds.into());
    }
    Response::from_parts(parts, Body::from(body))
}

/// Layer over pages: moves the nonce that the renderer misplaces in the preload links of lazy modules. It must
/// appear only in `nonce`, where scripts and extensions of other sites cannot read it.
pub(super) async fn without_nonce_in_links(page: Response) -> Response {
    let policy = page.headers().get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    let nonce = policy.and_then(|policy| Some(policy.split_once("'nonce-")?.1.split_once('\'')?.0.to_owned()));
    let Some(nonce) = nonce else { return page };
    let (mut parts, body) = page.into_parts();
    let mut pieces = body.into_data_stream();
    // The head arrives in one piece.
    let Some(Ok(mut first)) = pieces.next().await else { return Response::from_parts(parts, Body::empty()) };
    if let Ok(html) = str::from_utf8(&first) {
        let html = html.replace(&format!("crossorigin=\"{nonce}\""), "crossorigin=\"anonymous\"");
        first = Bytes::from(html);
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    let first = futures::stream::once(async move { Ok(first) });
    Response::from_parts(parts, Body::from_stream(first.chain(pieces)))
}

/// Layer over texts, outside of their compression: reads one to its end. What renders a page and what compresses it live as long as
/// their stream, take up to a hundred times its memory, and must not wait for a client that reads nothing.
pub(super) async fn whole(answer: Response) -> Response {
    let kind = answer.headers().get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default();
    if kind != b"text/html" && !kind.ends_with(b"json") {
        return answer;
    }
    let (parts, body) = answer.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(body) => Response::from_parts(parts, Body::from(body)),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn document(shared: &Shared) -> impl Fn() -> AnyView + Clone + Send + Sync + 'static + use<> {
    let assets = shared.0.assets.clone();
    move || shell(assets.clone()).into_any()
}

/// The context of components and server functions.
fn context(shared: &Shared) -> impl Fn() + Clone + Send + Sync + 'static + use<> {
    let ctx = shared.0.ctx.clone();
    let cookies = Cookies { secure: shared.0.secure_cookies };
    let build = codec::Build(shared.build().to_owned());
    move || {
        provide_context(ctx.clone());
        provide_context(build.clone());
        provide_context(cookies);
        provide_context(app::reference::Document(&api::DOCUMENT));
        let policy = use_nonce().map(|nonce| {
            format!(
                "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
                 frame-src https://www.youtube-nocookie.com; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
            )
        });
        if let (Some(Ok(policy)), Some(response)) =
            (policy.map(|policy| HeaderValue::from_str(&policy)), use_context::<ResponseOptions>())
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            // The page shows the present and what this person may see, so it is not cached: at a shared computer,
            // going back after a sign-out must not show it.
            let known = use_context::<Parts>().is_some_and(|parts| {
                parts.extensions.get::<Actor>().is_some_and(|actor| actor.person().is_some())
            });
            let stored = if known { "no-store" } else { "private, no-cache" };
            response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static(stored));
        }
    }
}

async fn submit(State(shared): State<Shared>, pages: Router, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some((function, page)) = target(&parts.uri) else { return StatusCode::METHOD_NOT_ALLOWED.into_response() };
    let Ok(body) = to_bytes(body, FORM_BYTES).await else { return too_large(pages, parts, page, &function).await };

    let mut inner = Request::new(Body::from(body.clone()));
    *inner.method_mut() = Method::POST;
    *inner.uri_mut() = function.clone();
    *inner.headers_mut() = parts.headers.clone();
    *inner.extensions_mut() = parts.extensions.clone();
    // So the function answers as it does to a script: with our codec and a location instead of a redirect.
    inner.headers_mut().insert(header::ACCEPT, HeaderValue::from_static(codec::CONTENT_TYPE));
    let answer = true_status(handle_server_fns_with_context(context(&shared), inner).await.into_response()).await;
    let status = answer.status();
    let retry_after = answer.headers().get(header::RETRY_AFTER).cloned();
    if status.is_success() {
        return match move_on(&answer, &page) {
            Some(moved) => moved,
            None => show_once(pages, parts, page, function.path(), answer).await,
        };
    }
    let AppError(problem) = AppError::de(to_bytes(answer.into_body(), FORM_BYTES).await.unwrap_or_default());
    if problem.kind == Kind::SignIn {
        return see_other(&sign_in_redirect::to("/sign-in", &page.to_string()));
    }
    let values = form_values(&body).filter(|(name, _)| !SECRETS.contains(&name.as_str())).collect();
    if let Some(visitor) = parts.extensions.get_mut::<Visitor>() {
        visitor.echo = Some(Echo { function: function.path().to_owned(), values, problem });
    }
    let mut again = focused(render(pages, parts, page).await, function.path()).await;
    if again.status().is_success() {
        *again.status_mut() = status;
    }
    if let Some(seconds) = retry_after {
        again.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    again
}

/// The page with the focus at the first invalid field of the form for `function`.
async fn focused(page: Response, function: &str) -> Response {
    let (mut parts, body) = page.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let html = String::from_utf8_lossy(&body).into_owned();
    parts.headers.remove(header::CONTENT_LENGTH);
    let function = function.trim_start_matches("/api");
    Response::from_parts(parts, Body::from(focus::at_first_marked(html, function)))
}

/// The form was too long: the page again, with a message.
async fn too_large(pages: Router, mut parts: Parts, page: Uri, function: &Uri) -> Response {
    if let Some(visitor) = parts.extensions.get_mut::<Visitor>() {
        let problem = Problem::new("request.too-large", Kind::Invalid, visitor.lang.request_too_large());
        visitor.echo = Some(Echo { function: function.path().to_owned(), values: Vec::new(), problem });
    }
    let mut again = render(pages, parts, page).await;
    *again.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    again
}

/// `/me?tab=2&/me/prefer` → (`/api/me/prefer`, `/me?tab=2`).
pub(super) fn target(uri: &Uri) -> Option<(Uri, Uri)> {
    let query = uri.query()?;
    let name = query.split('&').find(|pair| pair.starts_with('/'))?.trim_end_matches('=');
    let rest = page_query(query);
    let page = if rest.is_empty() { uri.path().to_owned() } else { format!("{}?{rest}", uri.path()) };
    Some((format!("/api{name}").parse().ok()?, Uri::from(page.parse::<PathAndQuery>().ok()?)))
}

/// 303 to where the function sent the person, or back to the page, with its cookies. `None` if it redirects
/// nowhere and has something to show.
fn move_on(answer: &Response, page: &Uri) -> Option<Response> {
    let here = page.to_string();
    let sent = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    // A function without a result answers with no byte, one with an empty result with one byte.
    let mute = answer.body().size_hint().exact().is_some_and(|bytes| bytes <= 1);
    let mut response = see_other(sent.or(mute.then_some(&here))?);
    for cookie in answer.headers().get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    Some(response)
}

/// The page with the function's answer, such as a key or a link. A reload asks before it repeats it.
async fn show_once(pages: Router, mut parts: Parts, page: Uri, function: &str, answer: Response) -> Response {
    let body = to_bytes(answer.into_body(), FORM_BYTES).await.unwrap_or_default();
    if let Some(visitor) = parts.extensions.get_mut::<Visitor>() {
        visitor.answer = Some(Answer { function: function.to_owned(), text: codec::to_text(&body) });
    }
    let mut html = render(pages, parts, page).await;
    html.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    html
}

/// A redirect that is followed by GET.
pub(super) fn see_other(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

async fn render(pages: Router, mut parts: Parts, page: Uri) -> Response {
    parts.method = Method::GET;
    parts.uri = page;
    let Ok(response) = pages.oneshot(Request::from_parts(parts, Body::empty())).await;
    response
}

fn form_values(body: &[u8]) -> impl Iterator<Item = (String, String)> {
    form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Options};
    use app::assets::Assets;
    use std::collections::HashMap;
    use tokio_util::sync::CancellationToken;

    /// A page with the files of a build, which tests have none of.
    #[tokio::test]
    async fn nonce_appears_only_in_nonce_attributes() {
        let folder = tempfile::tempdir().unwrap();
        let ctx = services::open(services::Config::new(folder.path().join("toolgate.sqlite"))).await.unwrap();
        let config = Config::load(Options { data: Some(folder.path().into()), ..Options::default() }).unwrap();
        let assets = Assets {
            dir: "pkg/0a1b".into(),
            js: "toolgate.js".into(),
            wasm: "toolgate_bg.wasm".into(),
            css: "toolgate.css".into(),
            area_css: "toolgate-areas.css".into(),
            house_css: "toolgate-house.css".into(),
            split: HashMap::new(),
            split_js: "split.js".into(),
        };
        let shared = Shared::new(ctx.clone(), &config, CancellationToken::new()).with_assets(assets);
        let answer =
            super::super::router(shared).oneshot(Request::get("/api").body(Body::empty()).unwrap()).await.unwrap();
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        let nonce = policy.split_once("'nonce-").unwrap().1.split_once('\'').unwrap().0;
        let html = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let html = String::from_utf8(html.to_vec()).unwrap();
        let link = r#"<link crossorigin="anonymous" href="/pkg/0a1b/split.js" rel="modulepreload">"#;
        assert!(html.contains(link), "{}", &html[..2_000]);
        let own = html.matches(&format!("nonce=\"{nonce}\"")).count();
        assert!(own > 0 && html.matches(nonce).count() == own, "a nonce is elsewhere");
        ctx.close().await;
    }
}
