//! Ceremonies: what a browser is asked, and whether its answer is right.
//!
//! **Invariants.** A ceremony is answered once, within minutes, for the purpose and by the session that began it. Whatever
//! comes of it, it is used up; that of a visitor, who has no session, only by a right answer. Pages embedded in another site get no
//! passkey. Authenticators verify their user, attest nothing, and sign with ES256: the library offers RSA too, whose implementation is
//! a release candidate, and cannot verify EdDSA.

use super::{PasskeysError, site};
use crate::{Ctx, token::Token};
use domain::{
    id::{PersonId, SessionId},
    time::Millis,
};
use serde_json::{Value, json};
use std::time::Duration;
use store::{
    WriteTx,
    passkeys::{self, StoredPasskey},
};
use webauthn_rs::prelude::{
    COSEAlgorithm, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Uuid, Webauthn, WebauthnError,
};

/// How long a browser has to answer.
pub(super) const LASTS: Duration = Duration::from_mins(5);
/// Ceremonies of sessions under way at most.
const MOST: i64 = 20_000;
/// More bytes than an answer can need.
const BYTES: usize = 32_768;

/// What a browser is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Comes back with the answer.
    pub ceremony: Token,
    /// The options of `navigator.credentials`, binary values in base64url.
    pub options: Value,
}

/// Who is asked, and for what.
pub(super) struct Beginning {
    pub purpose: &'static str,
    pub person: PersonId,
    pub session: SessionId,
    /// What the answer is checked against.
    pub state: Value,
}

/// Stores a ceremony under the hash of its token.
pub(super) async fn begin(
    tx: &mut WriteTx,
    hash: [u8; 32],
    beginning: Beginning,
    now: Millis,
) -> Result<(), PasskeysError> {
    let Beginning { purpose, person, session, state } = beginning;
    let ceremony =
        passkeys::Ceremony { hash, purpose, person, session, state: state.to_string(), expires: now.after(LASTS) };
    if passkeys::begin(tx, &ceremony, now, MOST).await? { Ok(()) } else { Err(PasskeysError::Busy) }
}

/// The options and state of adding a passkey for a person who is known as `handle`, and has these already.
pub(super) fn creation(
    rp: &Webauthn,
    handle: &[u8],
    (account, name): (&str, &str),
    existing: &[String],
) -> Result<(Value, Value), PasskeysError> {
    let handle = Uuid::from_slice(handle).map_err(|_| PasskeysError::Refused)?;
    let known = existing.iter().filter_map(|key| serde_json::from_str::<Passkey>(key).ok());
    let known = known.map(|key| key.cred_id().clone()).collect();
    let (options, state) = rp
        .start_passkey_registration(handle, account, name, Some(known))
        .map_err(|_| PasskeysError::Impossible)?;
    let mut options = json!(options)["publicKey"].take();
    // The library discourages keys that are kept on the device; others cannot be used without typing a name.
    options["authenticatorSelection"]["residentKey"] = json!("required");
    options["authenticatorSelection"]["requireResidentKey"] = json!(true);
    options["pubKeyCredParams"] = json!([{ "type": "public-key", "alg": COSEAlgorithm::ES256 as i32 }]);
    Ok((options, json!(state)))
}

/// The options and state of a sign-in by anyone with a passkey.
pub(super) fn request_any(rp: &Webauthn) -> Result<(Value, Value), PasskeysError> {
    let (options, state) = rp.start_discoverable_authentication().map_err(|_| PasskeysError::Impossible)?;
    Ok((json!(options)["publicKey"].take(), json!(state)))
}

/// The options and state of a confirmation by one of these passkeys.
pub(super) fn request_of(rp: &Webauthn, keys: &[String]) -> Result<(Value, Value), PasskeysError> {
    let keys: Vec<Passkey> = keys.iter().filter_map(|key| serde_json::from_str(key).ok()).collect();
    let (options, state) = rp.start_passkey_authentication(&keys).map_err(|_| PasskeysError::Impossible)?;
    // The answer is checked against the key as it is then, with its newest counter.
    let mut state = json!(state);
    state["ast"]["credentials"] = json!([]);
    Ok((json!(options)["publicKey"].take(), state))
}

/// Refuses answers that are missing or too long.
const fn check_length(answer: &str) -> Result<(), PasskeysError> {
    match answer.len() {
        0 => Err(PasskeysError::Unanswered),
        1..=BYTES => Ok(()),
        _ => Err(PasskeysError::Refused),
    }
}

/// Reads the answer of a browser that made a passkey.
pub(super) fn read_creation(answer: &str) -> Result<RegisterPublicKeyCredential, PasskeysError> {
    check_length(answer)?;
    serde_json::from_str(answer).map_err(|_| PasskeysError::Refused)
}

/// Reads the answer of a browser that used one.
pub(super) fn read_assertion(answer: &str) -> Result<PublicKeyCredential, PasskeysError> {
    check_length(answer)?;
    serde_json::from_str(answer).map_err(|_| PasskeysError::Refused)
}

/// Refuses answers of pages in a frame of another site (WebAuthn Level 3, §5.8.1). The library checks this for sign-ins
/// only, and reads no `topOrigin`.
fn check_embedding(client_data: &[u8]) -> Result<(), PasskeysError> {
    let data: Value = serde_json::from_slice(client_data).map_err(|_| PasskeysError::Refused)?;
    let is_cross_origin = data.get("crossOrigin").is_some_and(|value| *value != Value::Bool(false));
    if is_cross_origin || data.get("topOrigin").is_some() {
        return Err(PasskeysError::Refused);
    }
    Ok(())
}

/// A new passkey as it is stored.
pub(super) struct CreatedPasskey {
    pub credential_id: Vec<u8>,
    pub credential: String,
}

/// The passkey that `answer` creates.
pub(super) fn create(
    rp: &Webauthn,
    state: &str,
    answer: &RegisterPublicKeyCredential,
) -> Result<CreatedPasskey, PasskeysError> {
    check_embedding(&answer.response.client_data_json)?;
    let state: PasskeyRegistration = serde_json::from_str(state).map_err(|_| PasskeysError::Over)?;
    let key = rp.finish_passkey_registration(answer, &state).map_err(|error| refuse(&error))?;
    if *key.cred_algorithm() != COSEAlgorithm::ES256 {
        return Err(PasskeysError::Algorithm);
    }
    let credential = serde_json::to_string(&key).map_err(|_| PasskeysError::Refused)?;
    Ok(CreatedPasskey { credential_id: key.cred_id().as_slice().to_vec(), credential })
}

/// The passkey that gave `answer`, if it is the one that `find` loads: it belongs to whom the authenticator names.
pub(super) async fn find(
    tx: &mut WriteTx,
    answer: &PublicKeyCredential,
) -> Result<Option<StoredPasskey>, PasskeysError> {
    let found = passkeys::find(tx.conn(), answer.get_credential_id()).await?;
    Ok(found.filter(|found| answer.get_user_unique_id().is_none_or(|handle| handle == found.handle)))
}

/// Checks `answer` by the key; returns the key with its new counter.
pub(super) fn verify(
    rp: &Webauthn,
    state: &str,
    answer: &PublicKeyCredential,
    credential: &str,
) -> Result<String, PasskeysError> {
    check_embedding(&answer.response.client_data_json)?;
    let state: DiscoverableAuthentication = serde_json::from_str(state).map_err(|_| PasskeysError::Over)?;
    let mut key: Passkey = serde_json::from_str(credential).map_err(|_| PasskeysError::Refused)?;
    let result = rp.finish_discoverable_authentication_v2(answer, state, &key).map_err(|error| refuse(&error))?;
    key.update_credential(&result);
    serde_json::to_string(&key).map_err(|_| PasskeysError::Refused)
}

/// The reason in words of this module. Its own is only for the log: it says nothing about people.
fn refuse(error: &WebauthnError) -> PasskeysError {
    tracing::debug!(%error, "a passkey was refused");
    match error {
        WebauthnError::CredentialPossibleCompromise => PasskeysError::Copied,
        WebauthnError::InvalidRPOrigin | WebauthnError::InvalidRPIDHash => PasskeysError::OtherSite,
        WebauthnError::UserNotVerified => PasskeysError::Unverified,
        _ => PasskeysError::Refused,
    }
}

/// As [`site::relying_party`], and the token under which a ceremony begins.
pub(super) fn prepare(ctx: &Ctx) -> Result<(Webauthn, Token, [u8; 32]), PasskeysError> {
    let rp = site::relying_party(ctx)?;
    let (token, hash) = ctx.rng().new_token();
    Ok((rp, token, hash))
}
