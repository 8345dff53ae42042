//! What a provider says about itself: its addresses and keys, read from its discovery document.
//!
//! Invariants: nothing is asked but by TLS or on this machine, and no redirect is followed, because codes and secrets would go with
//! it. Documents are cached for an hour, and failures for seconds, so that sign-ins do not ask a provider at will.

use crate::{
    Ctx, foreign_json,
    outgoing::{self, Limits, Method, Request},
    shared::Shared,
};
use domain::{
    id::IdentityProviderId,
    identity_providers::{Failure, METADATA_LASTS, may_be_asked, may_read_again},
    outgoing::Address,
    time::Millis,
};
use openidconnect::{
    AsyncHttpClient, DiscoveryError, HttpRequest, HttpResponse, JsonWebKey, JsonWebKeySet,
    ProviderMetadataWithLogout,
    core::{CoreJsonWebKey, CoreJsonWebKeyType, CoreJsonWebKeyUse, CoreJwsSigningAlgorithm},
    http,
};
use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc, time::Duration};
use store::identity_providers::ProviderRow;

/// Addresses and keys of a provider.
pub(super) type Metadata = ProviderMetadataWithLogout;

/// The algorithms by which signatures are accepted.
pub(super) const ALGORITHMS: [CoreJwsSigningAlgorithm; 2] =
    [CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, CoreJwsSigningAlgorithm::EcdsaP256Sha256];

/// A document with many keys is no larger.
const LIMITS: Limits = Limits { whole: Duration::from_secs(10), bytes: 256 * 1024, cuts: false };
/// How long a failure is answered without asking again.
const FAILURE_LASTS: Duration = Duration::from_secs(10);

/// Why a provider cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub failure: Failure,
    /// The issuer by which it calls itself, if that is another one.
    pub issuer: Option<String>,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self { failure, issuer: None }
    }
}

/// Why a request got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request failed")]
pub(super) struct HttpError(pub Failure);

const fn failed(why: domain::outgoing::Failure) -> Failure {
    use domain::outgoing::Failure as Why;
    match why {
        Why::Private => Failure::Private,
        Why::Unreachable => Failure::Unreachable,
        Why::Certificate => Failure::Certificate,
        Why::Slow => Failure::Slow,
        Why::TooLarge | Why::BrokenOff => Failure::Unclear,
    }
}

/// The client that the library asks.
pub(super) struct Http(pub Ctx);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let header = |name: &'static str| Some((name, parts.headers.get(name)?.to_str().ok()?.to_owned()));
            let method = if parts.method == http::Method::POST { Method::Post } else { Method::Get };
            let headers = ["accept", "content-type", "authorization"].into_iter().filter_map(header).collect();
            let response =
                send(&self.0, method, &parts.uri.to_string(), headers, body).await.map_err(HttpError)?;
            let head = http::Response::builder().status(response.status);
            let head = response.headers.iter().fold(head, |head, (name, value)| head.header(name, value));
            head.body(response.body).map_err(|_| HttpError(Failure::Unclear))
        })
    }
}

/// Sends a request to an address that a provider named.
pub(super) async fn send(
    ctx: &Ctx,
    method: Method,
    address: &str,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
) -> Result<outgoing::Response, Failure> {
    let address = permitted(ctx, address)?;
    let request = Request { method, address, headers, body, limits: LIMITS };
    outgoing::send(ctx, request).await.map_err(failed)
}

/// The address, if it may be asked.
pub(super) fn permitted(ctx: &Ctx, address: &str) -> Result<Address, Failure> {
    let address = Address::parse(address).map_err(|_| Failure::Endpoint)?;
    if !may_be_asked(&address) {
        return Err(Failure::Endpoint);
    }
    address.permitted(&|host| outgoing::permits(ctx, host)).map_err(|_| Failure::Private)
}

#[derive(Default)]
struct Memory {
    known: Shared<HashMap<IdentityProviderId, CachedMetadata>>,
    /// When metadata was last read because of an unknown key, by the steady clock.
    rereads: Shared<HashMap<IdentityProviderId, Millis>>,
}

#[derive(Clone)]
struct CachedMetadata {
    found: Result<Arc<Metadata>, Failure>,
    /// It announces that it names itself when it sends a browser back.
    names_itself: bool,
    /// By the steady clock.
    read: Millis,
}

/// The metadata of a provider, read again if it is not fresh.
pub(super) async fn metadata(ctx: &Ctx, row: &ProviderRow) -> Result<Arc<Metadata>, Failure> {
    let known = ctx.memory::<Memory>().known.lock().get(&row.id).cloned();
    if let Some(CachedMetadata { found, read, .. }) = known {
        let lasts = if found.is_ok() { METADATA_LASTS } else { FAILURE_LASTS };
        if read.near(ctx.steady(), lasts) {
            return found;
        }
    }
    read(ctx, row).await.map_err(|trouble| trouble.failure)
}

/// Reads it again because of an unknown key; `None` if an unknown key has caused that within the last minute.
pub(super) async fn metadata_again(ctx: &Ctx, row: &ProviderRow) -> Result<Option<Arc<Metadata>>, Failure> {
    let now = ctx.steady();
    {
        // Other readings do not count: a key may be replaced just after one.
        let mut rereads = ctx.memory::<Memory>().rereads.lock();
        if rereads.get(&row.id).is_some_and(|&last| !may_read_again(last, now)) {
            return Ok(None);
        }
        rereads.insert(row.id, now);
    }
    read(ctx, row).await.map(Some).map_err(|trouble| trouble.failure)
}

/// Forgets what is known about a provider.
pub(super) fn forget(ctx: &Ctx, id: IdentityProviderId) {
    ctx.memory::<Memory>().known.lock().remove(&id);
}

/// Reads it now.
pub(super) async fn read(ctx: &Ctx, row: &ProviderRow) -> Result<Arc<Metadata>, Trouble> {
    let found = discover(ctx, &row.description.issuer).await;
    let names_itself = found.as_ref().is_ok_and(|(_, names_itself)| *names_itself);
    let found = found.map(|(metadata, _)| Arc::new(metadata));
    let known = found.clone().map_err(|trouble| trouble.failure);
    let known = CachedMetadata { found: known, names_itself, read: ctx.steady() };
    ctx.memory::<Memory>().known.lock().insert(row.id, known);
    found
}

/// Whether a provider announces that it names itself when it sends a browser back (RFC 9207, 3).
pub(super) async fn names_itself(ctx: &Ctx, row: &ProviderRow) -> Result<bool, Failure> {
    metadata(ctx, row).await?;
    Ok(ctx.memory::<Memory>().known.lock().get(&row.id).is_some_and(|known| known.names_itself))
}

/// Its metadata, and whether it names itself when it sends a browser back.
async fn discover(ctx: &Ctx, issuer: &str) -> Result<(Metadata, bool), Trouble> {
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let accept = vec![("accept", "application/json".to_owned())];
    let response = send(ctx, Method::Get, &address, accept, Vec::new()).await?;
    match response.status {
        200 => {}
        // A redirect leads to a document of someone else.
        300..=399 | 404 | 410 => return Err(Failure::Missing.into()),
        _ => return Err(Failure::Unavailable.into()),
    }
    let metadata: Metadata = serde_json::from_slice(&response.body).map_err(|_| Failure::Unclear)?;
    // The library does not know it.
    let document = foreign_json::read(&response.body).ok_or(Failure::Unclear)?;
    let names_itself = document.get("authorization_response_iss_parameter_supported");
    let names_itself = names_itself.is_some_and(|value| value.as_bool() == Some(true));
    if metadata.issuer().as_str() != issuer {
        let told = metadata.issuer().as_str().chars().take(domain::identity_providers::ISSUER).collect();
        return Err(Trouble { failure: Failure::OtherIssuer, issuer: Some(told) });
    }
    let token = metadata.token_endpoint().map(|url| url.as_str().to_owned()).ok_or(Failure::Endpoint)?;
    let userinfo = metadata.userinfo_endpoint().map(|url| url.as_str().to_owned());
    for asked in [Some(token), userinfo, Some(metadata.jwks_uri().as_str().to_owned())].into_iter().flatten() {
        permitted(ctx, &asked)?;
    }
    // The browser goes there, so only its form matters.
    let visited = Address::parse(metadata.authorization_endpoint().as_str()).map_err(|_| Failure::Endpoint)?;
    if !may_be_asked(&visited) {
        return Err(Failure::Endpoint.into());
    }
    let algorithms = metadata.id_token_signing_alg_values_supported();
    if !algorithms.iter().any(|algorithm| ALGORITHMS.contains(algorithm)) {
        return Err(Failure::Algorithm.into());
    }
    let keys = JsonWebKeySet::<CoreJsonWebKey>::fetch_async(metadata.jwks_uri(), &Http(ctx.clone())).await;
    let keys = keys.map_err(|error| match error {
        DiscoveryError::Request(HttpError(failure)) => failure,
        _ => Failure::Keys,
    })?;
    if !keys.keys().iter().any(is_usable) {
        return Err(Failure::Keys.into());
    }
    Ok((metadata.set_jwks(keys), names_itself))
}

/// Whether signatures of the accepted algorithms can be checked with this key.
fn is_usable(key: &CoreJsonWebKey) -> bool {
    let is_kind = matches!(key.key_type(), CoreJsonWebKeyType::RSA | CoreJsonWebKeyType::EllipticCurve);
    is_kind && key.key_use().is_none_or(|used| *used == CoreJsonWebKeyUse::Signature)
}

/// The scopes in `asked` that a provider does not list, if it lists any.
pub(super) fn unknown_scopes(metadata: &Metadata, asked: &str) -> Vec<String> {
    let Some(known) = metadata.scopes_supported() else { return Vec::new() };
    let is_unknown = |scope: &&str| !known.iter().any(|one| one.as_str() == *scope);
    asked.split(' ').filter(|scope| !scope.is_empty()).filter(is_unknown).map(str::to_owned).collect()
}
