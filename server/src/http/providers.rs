//! The way to an identity provider and back, and signing out there.
//!
//! **Invariants.** A sign-in begins by POST. The browser leaves by a page that sends it on, and not by a redirect of the form: policies
//! about forms hold for redirects too, and a provider may redirect further. What a provider sends back is in no log and no page.
//! Not here: what a sign-in needs (`services::identity_providers`), and the pages of those who are not in (`app`).

use super::{Shared, headers::cookie, local, pages::see_other, plain};
use app::{cookies::Cookies, request::Client, sign_in_redirect, visitor::Visitor};
use axum::{
    Extension, Form,
    extract::{
        Path, Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use domain::{
    accounts::{SESSION_LONGEST, local_path},
    actor::Actor,
    id::IdentityProviderId,
    identity_providers::{LASTS, Refusal, SignInPurpose},
};
use serde::Deserialize;
use services::{
    accounts::AccountsError,
    error::ServiceError,
    identity_providers::{self as providers, Begin, BeginError, Return, SignInOutcome, SignInRefusal},
    token::Token,
};
use text::markup::escaped;

const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";
/// The page of those who are not in.
const ARRIVAL: &str = "/sign-in/provider";
/// Where people see and change how they sign in.
const SECURITY: &str = "/me/security";
/// The longest lifetime that browsers allow, in seconds.
const LONGEST: u32 = 400 * 24 * 3600;

/// The form of a button on the sign-in page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Sent {
    to: String,
}

/// What a provider sends back in the address. It has no `Debug`: it holds secrets.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Sender {
    state: String,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

fn cookies(shared: &Shared) -> Cookies {
    Cookies { secure: shared.0.secure_cookies }
}

fn token(headers: &HeaderMap, name: &str) -> Option<Token> {
    cookie(headers, name).filter(|value| !value.is_empty()).map(Token::presented)
}

/// The address of this site, as providers and programs know it: the configured one, or that of this request; empty if it names none.
pub(super) fn site(shared: &Shared, uri: &Uri, headers: &HeaderMap) -> String {
    let scheme = if shared.0.https { "https" } else { "http" };
    let reached = || local::addressed(uri, headers).map(|host| format!("{scheme}://{host}")).unwrap_or_default();
    shared.0.public_url.clone().unwrap_or_else(reached)
}

fn keep(answer: &mut Response, cookies: Cookies, name: &str, value: &str, age: u32) {
    if let Ok(header) = HeaderValue::from_str(&cookies.header(name, value, age)) {
        answer.headers_mut().append(header::SET_COOKIE, header);
    }
}

fn seconds(length: std::time::Duration) -> u32 {
    u32::try_from(length.as_secs()).unwrap_or(u32::MAX)
}

/// `POST /sign-in/provider/{id}/start`: to the provider, to sign in.
pub async fn start(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let Form(Sent { to }) = form.unwrap_or_default();
    let way = Way { destination: to, purpose: SignInPurpose::SignIn };
    begin(&shared, (&actor, &visitor), (&id, way), &uri, &headers).await
}

/// `POST /sign-in/provider/{id}/connect`: to the provider, to link an account there to the caller.
pub async fn connect(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let way = Way { destination: SECURITY.to_owned(), purpose: SignInPurpose::Link };
    begin(&shared, (&actor, &visitor), (&id, way), &uri, &headers).await
}

/// `POST /sign-in/provider/{id}/prove`: to the provider, to sign in there once more before a change.
pub async fn prove(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let Form(Sent { to }) = form.unwrap_or_default();
    let way = Way { destination: to, purpose: SignInPurpose::Prove };
    begin(&shared, (&actor, &visitor), (&id, way), &uri, &headers).await
}

/// What a person goes to a provider for.
struct Way {
    destination: String,
    purpose: SignInPurpose,
}

async fn begin(
    shared: &Shared,
    (actor, visitor): (&Actor, &Visitor),
    (id, way): (&str, Way),
    uri: &Uri,
    headers: &HeaderMap,
) -> Response {
    // An id that is no number belongs to no provider.
    let provider = IdentityProviderId(id.parse().unwrap_or_default());
    let cookies = cookies(shared);
    let site = site(shared, uri, headers);
    let request = Begin {
        provider,
        browser: token(headers, cookies.sign_in()),
        site: &site,
        destination: &way.destination,
        purpose: way.purpose,
    };
    match providers::begin(&shared.0.ctx, actor, request).await {
        Ok(begun) => {
            let t = visitor.lang;
            let (title, next) = (t.provider_leaving(&begun.provider), t.provider_leaving_next());
            let mut answer = leave(shared, visitor, &begun.address, &title, next);
            keep(&mut answer, cookies, cookies.sign_in(), begun.browser.expose(), seconds(LASTS));
            answer
        }
        Err(BeginError::Refused(refused)) => refuse(refused),
        Err(BeginError::Accounts(error)) => see_other(&match error {
            AccountsError::Forbidden(_) => sign_in_redirect::to("/sign-in", SECURITY),
            AccountsError::SecondFactorFirst => sign_in_redirect::to("/second-factor", SECURITY),
            AccountsError::ProofNeeded => sign_in_redirect::to("/me/security/prove", SECURITY),
            _ => return refuse(SignInRefusal { why: Refusal::Unreachable, provider: Some(provider) }),
        }),
    }
}

/// A page that sends the browser on to `address`, with a link for one that is not sent.
fn leave(shared: &Shared, visitor: &Visitor, address: &str, title: &str, next: &str) -> Response {
    let t = visitor.lang;
    let body = format!(
        "<main class=\"sign\" id=\"main\"><header class=\"hello\"><h1>{title}</h1><p>{next}</p></header>\
         <a class=\"btn\" data-kind=\"primary\" rel=\"noreferrer\" href=\"{address}\">{go}</a></main>",
        title = escaped(title),
        next = escaped(next),
        address = escaped(address),
        go = escaped(t.provider_continue()),
    );
    let body = plain::area_style(shared) + &body;
    let html = plain::document(shared, t, Some(visitor.theme), title, &body);
    let head = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    let mut answer = (StatusCode::OK, head, Html(html)).into_response();
    if let Ok(on) = HeaderValue::from_str(&format!("0;url={address}")) {
        answer.headers_mut().insert(header::REFRESH, on);
    }
    answer
}

/// To the page that says why a person is not in, and what they can do.
fn refuse(refused: SignInRefusal) -> Response {
    let provider = refused.provider.map(|id| format!("&provider={id}")).unwrap_or_default();
    see_other(&format!("{ARRIVAL}?why={}{provider}", refused.why.as_str()))
}

/// `GET /sign-in/provider/callback`: back from the provider.
pub async fn callback(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    query: Result<Query<Sender>, QueryRejection>,
) -> Response {
    let Query(Sender { state, code, error, iss }) = query.unwrap_or_default();
    let cookies = cookies(&shared);
    let visitor = providers::Visitor {
        actor: &actor,
        origin: client.origin(),
        device: client.device.clone(),
        browser: token(&headers, cookies.sign_in()),
    };
    let back = Return { state, code, error, issuer: iss };
    match providers::finish(&shared.0.ctx, visitor, back).await {
        Ok(SignInOutcome::SignedIn { opened, to }) => {
            let to = local_path(&to).unwrap_or("/");
            let to = if opened.second_factor { sign_in_redirect::to("/second-factor", to) } else { to.to_owned() };
            let mut answer = see_other(&to);
            keep(&mut answer, cookies, cookies.session(), opened.token.expose(), seconds(SESSION_LONGEST));
            if let Some(device) = &opened.device {
                keep(&mut answer, cookies, cookies.device(), device.expose(), LONGEST);
            }
            answer
        }
        Ok(SignInOutcome::Proved { to }) => see_other(local_path(&to).unwrap_or(SECURITY)),
        Ok(SignInOutcome::Linked) => see_other(&format!("{SECURITY}?done=linked")),
        Ok(SignInOutcome::Arrived(arrival)) => {
            let mut answer = see_other(ARRIVAL);
            keep(&mut answer, cookies, cookies.arrival(), arrival.expose(), seconds(LASTS));
            answer
        }
        Err(refused) => refuse(refused),
    }
}

/// `POST /sign-in/provider/sign-out`: signs out here, and at the provider.
pub async fn sign_out(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let cookies = cookies(&shared);
    let (arrival, site) = (token(&headers, cookies.arrival()), site(&shared, &uri, &headers));
    let left = providers::sign_out(&shared.0.ctx, &actor, arrival.as_ref(), &site).await;
    let mut answer = match left {
        Ok(Some(there)) => {
            let t = visitor.lang;
            let title = t.provider_leaving(&there.provider);
            leave(&shared, &visitor, &there.address, &title, t.provider_leaving_out())
        }
        Ok(None) => see_other(providers::SIGNED_OUT),
        Err(error) => {
            tracing::warn!(code = error.problem(visitor.lang).code, "a sign-out failed");
            return refuse(SignInRefusal { why: Refusal::Unreachable, provider: None });
        }
    };
    keep(&mut answer, cookies, cookies.session(), "", 0);
    keep(&mut answer, cookies, cookies.arrival(), "", 0);
    answer
}
