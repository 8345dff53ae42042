//! From the code that a browser brings back to a verified person at a provider.
//!
//! **Invariants.** The library checks the statement: signature by a key of the provider, issuer, audience, nonce and time. What the
//! details (userinfo) say counts only for the same subject. A key that is not known makes us look once more, at most once a minute.
//! An e-mail address counts only if the provider has verified it. A list of groups that was cut is none, and never a shorter one.
//! Nothing that arrives can make us panic.

use super::discovery::{self, ALGORITHMS, Http, HttpError, Metadata};
use crate::{Ctx, foreign_json, outgoing::Method};
use data_encoding::BASE64URL_NOPAD;
use domain::{
    accounts,
    identity_providers::{Failure, GROUPS, LEEWAY, SUBJECT, SignInPurpose},
    names,
    time::Millis,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AuthType, AuthenticationContextClass, AuthorizationCode,
    ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, TokenResponse,
    core::{
        CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreTokenResponse,
    },
};
use serde_json::Value;
use std::time::{Duration, SystemTime};
use store::identity_providers::ProviderRow;

/// The longest name of a group that is read.
const GROUP: usize = 200;

/// The client of a provider. A macro, because its type says which addresses are set.
macro_rules! client {
    ($row:expr, $metadata:expr, $redirect:expr) => {{
        let id = ClientId::new($row.description.client_id.clone());
        let secret = $row.client_secret.clone().map(ClientSecret::new);
        let redirect = RedirectUrl::new($redirect.to_owned()).map_err(|_| Failure::Endpoint)?;
        CoreClient::from_provider_metadata($metadata.clone(), id, secret)
            .set_redirect_uri(redirect)
            .set_auth_type(auth_type($metadata))
    }};
}

/// How our secret is sent: as the provider says, and else in a header.
fn auth_type(metadata: &Metadata) -> AuthType {
    let known = metadata.token_endpoint_auth_methods_supported();
    let has = |method: CoreClientAuthMethod| known.is_some_and(|known| known.contains(&method));
    let in_body = has(CoreClientAuthMethod::ClientSecretPost) && !has(CoreClientAuthMethod::ClientSecretBasic);
    if in_body { AuthType::RequestBody } else { AuthType::BasicAuth }
}

/// Secrets of one sign-in.
pub(super) struct Secrets<'a> {
    pub state: &'a str,
    pub nonce: &'a str,
    /// The verifier of PKCE.
    pub verifier: &'a str,
}

/// The address at the provider where a person signs in; once more if it proves something, whether the provider knows them or not.
pub(super) fn address(
    row: &ProviderRow,
    metadata: &Metadata,
    redirect: &str,
    secrets: &Secrets<'_>,
    purpose: SignInPurpose,
    classes: &[String],
) -> Result<String, Failure> {
    let client = client!(row, metadata, redirect);
    let challenge =
        PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(secrets.verifier.to_owned()));
    let (state, nonce) = (CsrfToken::new(secrets.state.to_owned()), Nonce::new(secrets.nonce.to_owned()));
    let mut request = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
        .set_pkce_challenge(challenge);
    for scope in row.description.scopes.split(' ').filter(|scope| !scope.is_empty()) {
        request = request.add_scope(Scope::new(scope.to_owned()));
    }
    for class in classes {
        request = request.add_auth_context_value(AuthenticationContextClass::new(class.clone()));
    }
    if purpose == SignInPurpose::Prove {
        // A provider that does not know `prompt` has to say at least when it was (OpenID Connect Core, 3.1.2.1).
        request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO);
    }
    Ok(request.url().0.to_string())
}

/// A person at a provider, verified. It has no `Debug`: it holds personal data and a token.
#[derive(Clone)]
pub(super) struct Identity {
    pub subject: String,
    pub name: Option<String>,
    /// Only if the provider has verified it; in lower case.
    pub email: Option<String>,
    /// The address that it states and has not verified: its own, or as the name of the account.
    pub claimed: Option<String>,
    /// How the provider calls the account.
    pub called: Option<String>,
    /// All their groups; `None` if the provider does not say, or not all of them.
    pub groups: Option<Vec<String>>,
    /// The class of the authentication (`acr`).
    pub class: Option<String>,
    /// Its methods (`amr`).
    pub methods: Vec<String>,
    /// When they signed in there (`auth_time`), if the provider says it.
    pub authenticated: Option<Millis>,
    /// The statement as it came, for signing out.
    pub id_token: String,
}

/// Exchanges `code` for a verified person.
pub(super) async fn identify(
    ctx: &Ctx,
    row: &ProviderRow,
    redirect: &str,
    code: String,
    secrets: &Secrets<'_>,
    now: Millis,
) -> Result<Identity, Failure> {
    let metadata = discovery::metadata(ctx, row).await?;
    let tokens = exchange(ctx, row, &metadata, redirect, code, secrets.verifier).await?;
    let id_token = tokens.id_token().ok_or(Failure::Statement)?;
    let nonce = Nonce::new(secrets.nonce.to_owned());
    let metadata = match verify(row, &metadata, redirect, &tokens, id_token, &nonce, now) {
        Ok(()) => metadata,
        Err(VerificationError::Key) => {
            let again = discovery::metadata_again(ctx, row).await?.ok_or(Failure::Statement)?;
            verify(row, &again, redirect, &tokens, id_token, &nonce, now).map_err(|_| Failure::Statement)?;
            again
        }
        Err(VerificationError::Statement) => return Err(Failure::Statement),
    };
    let raw = id_token.to_string();
    let stated = payload(&raw).ok_or(Failure::Statement)?;
    let subject = stated.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
    if subject.is_empty() || subject.chars().count() > SUBJECT || subject.chars().any(char::is_control) {
        return Err(Failure::Statement);
    }
    let details = details(ctx, &metadata, tokens.access_token(), &subject).await?;
    Ok(read(&stated, &details, &row.description.groups_claim, subject, raw))
}

async fn exchange(
    ctx: &Ctx,
    row: &ProviderRow,
    metadata: &Metadata,
    redirect: &str,
    code: String,
    verifier: &str,
) -> Result<CoreTokenResponse, Failure> {
    let client = client!(row, metadata, redirect);
    let request = client.exchange_code(AuthorizationCode::new(code)).map_err(|_| Failure::Endpoint)?;
    let request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()));
    request.request_async(&Http(ctx.clone())).await.map_err(|error| match error {
        RequestTokenError::Request(HttpError(failure)) => failure,
        RequestTokenError::ServerResponse(response) => match response.error().as_ref() {
            "invalid_client" | "unauthorized_client" => Failure::Client,
            _ => Failure::Statement,
        },
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => Failure::Unclear,
    })
}

/// Why a statement is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum VerificationError {
    /// By a key that is not known: there may be a new one.
    Key,
    Statement,
}

/// Checks the statement, and that the access token belongs to it.
fn verify(
    row: &ProviderRow,
    metadata: &Metadata,
    redirect: &str,
    tokens: &CoreTokenResponse,
    id_token: &CoreIdToken,
    nonce: &Nonce,
    now: Millis,
) -> Result<(), VerificationError> {
    let build = || -> Result<_, Failure> { Ok(client!(row, metadata, redirect)) };
    let client = build().map_err(|_| VerificationError::Statement)?;
    // The library compares it with the expiry alone.
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis(now.before(LEEWAY).0.max(0).unsigned_abs());
    let verifier = client.id_token_verifier().set_allowed_algs(ALGORITHMS).set_time_fn(move || at.into());
    let claims = id_token.claims(&verifier, nonce).map_err(|error| match error {
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_),
        ) => VerificationError::Key,
        _ => VerificationError::Statement,
    })?;
    if claims.authorized_party().is_some_and(|party| party.as_str() != row.description.client_id) {
        return Err(VerificationError::Statement);
    }
    if let Some(expected) = claims.access_token_hash() {
        let (algorithm, key) = (id_token.signing_alg(), id_token.signing_key(&verifier));
        let (Ok(algorithm), Ok(key)) = (algorithm, key) else { return Err(VerificationError::Statement) };
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
        if actual.ok().as_ref() != Some(expected) {
            return Err(VerificationError::Statement);
        }
    }
    Ok(())
}

/// The content of a statement that was verified.
fn payload(raw: &str) -> Option<Value> {
    let body = raw.split('.').nth(1)?;
    serde_json::from_slice(&BASE64URL_NOPAD.decode(body.as_bytes()).ok()?).ok()
}

/// What the provider says about the person beyond its statement; nothing if it has no address for that.
async fn details(ctx: &Ctx, metadata: &Metadata, access: &AccessToken, subject: &str) -> Result<Value, Failure> {
    let Some(address) = metadata.userinfo_endpoint() else { return Ok(Value::Null) };
    // It becomes a header.
    let token = access.secret();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Failure::Unclear);
    }
    let headers = vec![("accept", "application/json".to_owned()), ("authorization", format!("Bearer {token}"))];
    let response = discovery::send(ctx, Method::Get, address.as_str(), headers, Vec::new()).await?;
    if response.status != 200 {
        return Err(Failure::Unavailable);
    }
    let details = foreign_json::read(&response.body).ok_or(Failure::Unclear)?;
    // Details of somebody else would give them this person's address and groups (OpenID Connect Core, 5.3.2).
    if details.get("sub").and_then(Value::as_str) != Some(subject) {
        return Err(Failure::Statement);
    }
    Ok(details)
}

fn read(stated: &Value, details: &Value, groups_claim: &str, subject: String, id_token: String) -> Identity {
    let claim = |name: &str| details.get(name).or_else(|| stated.get(name));
    let text = |name: &str| claim(name).and_then(Value::as_str);
    let name = |name: &str| text(name).and_then(|name| names::name(name).ok());
    // Some providers send an address as the name.
    let public = |name: &str| text(name).and_then(names::public_name);
    let full = || {
        let parts = [public("given_name"), public("family_name")].into_iter().flatten().collect::<Vec<_>>();
        names::name(&parts.join(" ")).ok()
    };
    // Some send it as text.
    let is_verified = |value: &Value| value.as_bool() == Some(true) || value.as_str() == Some("true");
    let email = text("email").and_then(accounts::email);
    // The other document may speak of another address.
    let is_about_it = |document: &&Value| document.get("email").is_none_or(|other| Some(other) == claim("email"));
    let verified = [details, stated].into_iter().filter(is_about_it).find_map(|it| it.get("email_verified"));
    let verified = verified.is_some_and(is_verified);
    let claimed =
        || ["email", "preferred_username", "upn"].into_iter().find_map(|name| accounts::email(text(name)?));
    let called = name("preferred_username").or_else(|| email.clone()).or_else(|| name("name"));
    Identity {
        name: public("name").or_else(full).or_else(|| public("preferred_username")),
        claimed: claimed().filter(|_| email.is_none() || !verified),
        email: email.filter(|_| verified),
        called,
        groups: groups(stated, details, groups_claim),
        // How somebody signed in is in the signed statement alone.
        class: stated.get("acr").and_then(Value::as_str).map(str::to_owned),
        methods: strings(stated.get("amr")),
        authenticated: stated.get("auth_time").and_then(Value::as_f64).map(instant),
        subject,
        id_token,
    }
}

/// The instant of a date in seconds, which may be a fraction (RFC 7519, 2). One out of range is long ago or far ahead.
#[expect(clippy::cast_possible_truncation, reason = "a cast from a float saturates")]
fn instant(seconds: f64) -> Millis {
    Millis((seconds * 1_000.0) as i64)
}

/// The groups in a claim, which may be within others: `realm_access.roles`. `None` without it, and if it does not list all of them:
/// there are too many for us, or the provider says that they are elsewhere (OpenID Connect Core, 5.6.2).
fn groups(stated: &Value, details: &Value, name: &str) -> Option<Vec<String>> {
    if name.is_empty() {
        return None;
    }
    let is_elsewhere = |claims: &Value| claims.get("_claim_names").is_some_and(|names| names.get(name).is_some());
    if is_elsewhere(stated) || is_elsewhere(details) {
        return None;
    }
    let within = |claims| name.split('.').try_fold(claims, |value: &Value, part| value.get(part));
    let find = |claims| Value::get(claims, name).or_else(|| within(claims));
    let found = find(details).or_else(|| find(stated))?;
    if !found.is_string() && !found.is_array() {
        return None;
    }
    let mut groups = strings(Some(found));
    groups.retain(|group| !group.is_empty() && group.chars().count() <= GROUP);
    (groups.len() <= GROUPS).then_some(groups)
}

/// A list of texts, or a single one.
fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn identity(stated: &Value, details: &Value, claim: &str) -> Identity {
        read(stated, details, claim, "s-1".into(), "raw".into())
    }

    #[test]
    fn unverified_address_is_not_read() {
        let with = |verified: Value| {
            identity(&Value::Null, &json!({ "email": "Ada@Example.org", "email_verified": verified }), "").email
        };
        assert_eq!(with(json!(true)).as_deref(), Some("ada@example.org"));
        assert_eq!(with(json!("true")).as_deref(), Some("ada@example.org"));
        for no in [json!(false), json!("false"), json!(1), Value::Null] {
            assert_eq!(with(no.clone()), None, "{no}");
        }
        assert_eq!(identity(&Value::Null, &json!({ "email": "ada@example.org" }), "").email, None);
    }

    #[test]
    fn address_that_is_not_verified_is_only_claimed() {
        let of = |details: Value| {
            let read = identity(&Value::Null, &details, "");
            (read.email, read.claimed)
        };
        let address = Some("ada@example.org".to_owned());
        assert_eq!(of(json!({ "email": "Ada@example.org" })), (None, address.clone()));
        assert_eq!(
            of(json!({ "preferred_username": "ada@example.org", "email_verified": true })),
            (None, address.clone())
        );
        assert_eq!(of(json!({ "email": "ada@example.org", "email_verified": true })), (address, None));
        assert_eq!(of(json!({ "preferred_username": "ada" })), (None, None));
        let stated = json!({ "email": "ada@example.org", "email_verified": true });
        let other = identity(&stated, &json!({ "email": "bob@example.org" }), "");
        assert_eq!(
            (other.email, other.claimed.as_deref()),
            (None, Some("bob@example.org")),
            "another one is proven"
        );
    }

    #[test]
    fn groups_are_read_from_either_place_and_from_within() {
        let stated = json!({ "groups": ["a", 7, ""], "realm_access": { "roles": "one" } });
        let of = |details: Value, claim: &str| identity(&stated, &details, claim).groups;
        let some = |group: &str| Some(vec![group.to_owned()]);
        assert_eq!(of(Value::Null, "groups"), some("a"));
        assert_eq!(of(json!({ "groups": ["b"] }), "groups"), some("b"));
        assert_eq!(of(json!({ "groups": [] }), "groups"), Some(vec![]));
        assert_eq!(of(Value::Null, "realm_access.roles"), some("one"));
        assert_eq!((of(Value::Null, ""), of(Value::Null, "other")), (None, None));
    }

    #[test]
    fn list_of_groups_that_is_cut_or_elsewhere_is_none() {
        let many = |number: usize| json!({ "groups": (0..number).map(|n| n.to_string()).collect::<Vec<_>>() });
        let of = |stated: Value, details: Value| identity(&stated, &details, "groups").groups;
        assert_eq!(of(many(GROUPS), Value::Null).map(|groups| groups.len()), Some(GROUPS));
        assert_eq!(of(many(GROUPS + 1), Value::Null), None);
        assert_eq!(of(many(1), many(GROUPS + 1)), None, "the shorter list may be a part of the longer");
        let elsewhere = json!({ "_claim_names": { "groups": "src1" }, "_claim_sources": { "src1": {} } });
        assert_eq!(of(elsewhere.clone(), Value::Null), None);
        assert_eq!(of(elsewhere, many(1)), None);
        assert_eq!(of(json!({ "groups": null }), Value::Null), None);
    }

    #[test]
    fn class_and_methods_are_read_from_the_signed_statement_alone() {
        let details = json!({ "acr": "gold", "amr": ["mfa"] });
        let read = identity(&json!({ "acr": "silver", "amr": ["pwd"] }), &details, "");
        assert_eq!((read.class.as_deref(), read.methods), (Some("silver"), vec!["pwd".to_owned()]));
        assert_eq!(identity(&Value::Null, &details, "").class, None);
    }

    #[test]
    fn time_of_the_sign_in_is_read_from_the_signed_statement_alone() {
        let of = |stated: Value| identity(&stated, &json!({ "auth_time": 7 }), "").authenticated;
        assert_eq!(of(json!({ "auth_time": 1_800_000_000 })), Some(Millis(1_800_000_000_000)));
        assert_eq!(of(json!({ "auth_time": 1.5 })), Some(Millis(1_500)));
        assert_eq!(of(json!({ "auth_time": 1e300 })), Some(Millis(i64::MAX)));
        for none in [json!({}), json!({ "auth_time": null }), json!({ "auth_time": "1800000000" })] {
            assert_eq!(of(none.clone()), None, "{none}");
        }
    }

    #[test]
    fn names_are_cleaned_and_composed() {
        let named = |details: Value| identity(&Value::Null, &details, "").name;
        assert_eq!(named(json!({ "name": " Emre\u{202E}  Demir " })).as_deref(), Some("Emre Demir"));
        let parts = json!({ "given_name": "Emre", "family_name": "Demir" });
        assert_eq!(named(parts).as_deref(), Some("Emre Demir"));
        assert_eq!(named(json!({ "name": "" })), None);
    }
}
