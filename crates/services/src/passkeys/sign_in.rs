//! Signing in by a passkey, and confirming who one is: as the second factor, or before a sensitive change.
//!
//! Invariant: a passkey whose user was verified counts as both factors, so the session that it opens has passed the second.

use super::{
    Counts, PasskeysError,
    ceremony::{self, LASTS, Offer},
    possible, site,
};
use crate::{
    Ctx,
    accounts::{Opened, Origin, proof},
    notices, sealed, sessions,
    token::Token,
};
use contract::passkeys::Factors;
use domain::{
    accounts::sign_in_methods::MethodChange,
    actor::{Actor, Channel, Forbidden, Permission, Proof, Target},
    notices::Notice,
    people::PersonStatus,
    time::Millis,
};
use serde_json::json;
use store::{
    Done, Unaudited, WriteTx,
    audit::AuditEntry,
    known_devices,
    passkeys::{self, StoredPasskey},
    people,
};

/// What the state of a sign-in is sealed for.
const SIGN_IN: &str = "passkey sign-in";

/// A job's answer after which the ceremony is used up, though nothing was changed.
fn refused<T>(why: PasskeysError) -> Done<Result<T, PasskeysError>> {
    Done::unaudited(Err(why), Unaudited::PasskeyAsked)
}

/// Begins a sign-in. The browser carries what its answer is checked against, so that however many begin, nobody is refused.
pub fn begin_sign_in(ctx: &Ctx) -> Result<Offer, PasskeysError> {
    Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let rp = site::relying_party(ctx)?;
    let (options, state) = ceremony::request_any(&rp)?;
    let ceremony = sealed::seal(ctx, SIGN_IN, state.to_string().as_bytes(), LASTS).ok_or(PasskeysError::Busy)?;
    Ok(Offer { ceremony, options })
}

/// Signs in by a passkey. Former members cannot sign in; suspended ones can, to see why.
pub async fn sign_in(
    ctx: &Ctx,
    from: impl Into<Origin>,
    device: &str,
    ceremony: &Token,
    answer: &str,
) -> Result<Opened, PasskeysError> {
    let (now, origin) = (ctx.now(), from.into());
    let proof = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let (rp, token, hash) = ceremony::prepare(ctx)?;
    let answer = ceremony::read_assertion(answer)?;
    let begun = sealed::open(ctx, SIGN_IN, ceremony).ok_or(PasskeysError::Over)?;
    let state = String::from_utf8(begun.value.clone()).map_err(|_| PasskeysError::Over)?;
    let (known, known_hash) = origin.known_as(ctx);
    let (device, again) = (device.to_owned(), ctx.clone());
    let opened = ctx.store().write(async move |tx| {
        let found = ceremony::find(tx, &answer).await?.filter(|found| found.status != PersonStatus::Left);
        let Some(found) = found else { return Ok(refused(PasskeysError::Refused)) };
        let credential = match ceremony::verify(&rp, &state, &answer, &found.credential) {
            Ok(credential) => credential,
            Err(PasskeysError::Copied) => return copied(tx, &proof, &found, now).await,
            Err(why) => return Ok(refused(why)),
        };
        if !sealed::spend(&again, &begun) {
            return Ok(refused(PasskeysError::Over));
        }
        passkeys::note_use(tx, found.id, &credential, now).await?;
        let session = sessions::open(tx, hash, found.person, &device, now, Some(now)).await?;
        proof::record(tx, session, now).await?;
        known_devices::remember(tx, found.person, &known_hash, now).await?;
        let by = people::alias(tx, found.person, now).await?;
        let detail = json!({ "session": session, "passkey": found.id });
        let entry = AuditEntry::new(&proof, Some(by), now, "account.signed-in", found.person, &detail);
        Ok::<_, PasskeysError>(Done::audited(Ok(()), entry))
    });
    let opened = opened.await.and_then(|opened| opened);
    Counts::note(ctx, &opened);
    opened?;
    Ok(Opened { token, device: Some(known), second_factor: false })
}

/// A counter went back, so there are two authenticators with the same key: its person is notified.
async fn copied<T>(
    tx: &mut WriteTx,
    proof: &Proof,
    found: &StoredPasskey,
    now: Millis,
) -> Result<Done<Result<T, PasskeysError>>, PasskeysError> {
    let notice = Notice::SignInMethodChanged { change: MethodChange::PasskeyRefused, at: now };
    notices::notify(tx, proof, found.person, notice, now).await?;
    let detail = json!({ "passkey": found.id });
    let by = people::alias(tx, found.person, now).await?;
    let entry = AuditEntry::new(proof, Some(by), now, "account.passkey-refused", found.person, &detail);
    Ok(Done::audited(Err(PasskeysError::Copied), entry))
}

/// What the person of the session of `token` can show as the second factor. A code for strangers, whose sign-in is over.
pub async fn factors(ctx: &Ctx, token: &Token) -> Result<Factors, PasskeysError> {
    let now = ctx.now();
    Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let session = match token.hash() {
        Some(hash) => store::sessions::find(&mut *ctx.store().read().await?, &hash, now).await?,
        None => None,
    };
    Ok(match session {
        Some(session) => {
            Factors { code: session.has_authenticator, passkey: session.has_passkey && possible(ctx) }
        }
        None => Factors { code: true, passkey: false },
    })
}

/// Begins a confirmation by the person of the session of `token`, who may not have passed the second factor yet.
pub async fn begin_confirmation(ctx: &Ctx, token: &Token) -> Result<Offer, PasskeysError> {
    let now = ctx.now();
    Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let (rp, ceremony, hash) = ceremony::prepare(ctx)?;
    let session = token.hash().ok_or(Forbidden::SignIn)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let session = store::sessions::find(&mut snapshot, &session, now).await?;
    let session = session.filter(|session| session.status != PersonStatus::Left).ok_or(Forbidden::SignIn)?;
    let keys = passkeys::of_person(&mut snapshot, session.person).await?;
    drop(snapshot);
    if keys.is_empty() {
        return Err(PasskeysError::None);
    }
    let keys: Vec<_> = keys.into_iter().map(|key| key.credential).collect();
    let (options, state) = ceremony::request_of(&rp, &keys)?;
    let begun = ctx.store().write(async move |tx| {
        let (person, session) = (session.person, session.id);
        ceremony::begin(tx, hash, ceremony::Beginning { purpose: "confirm", person, session, state }, now).await?;
        Ok::<_, PasskeysError>(Done::unaudited((), Unaudited::PasskeyAsked))
    });
    begun.await?;
    Ok(Offer { ceremony, options })
}

/// Confirms by a passkey who the person of the session of `token` is. The session has passed the second factor from then
/// on, under another token, and has a recent proof.
pub async fn confirm(
    ctx: &Ctx,
    token: &Token,
    from: impl Into<Origin>,
    ceremony: &Token,
    answer: &str,
) -> Result<Opened, PasskeysError> {
    let (now, origin) = (ctx.now(), from.into());
    let proof = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let (rp, fresh, hash) = ceremony::prepare(ctx)?;
    let session = token.hash().ok_or(Forbidden::SignIn)?;
    let answer = ceremony::read_assertion(answer)?;
    let begun = ceremony.hash().ok_or(PasskeysError::Over)?;
    let (known, known_hash) = origin.known_as(ctx);
    let confirmed = ctx.store().write(async move |tx| {
        let session = store::sessions::find(tx.conn(), &session, now).await?;
        let session = session.filter(|session| session.status != PersonStatus::Left).ok_or(Forbidden::SignIn)?;
        let ceremony = passkeys::take(tx, &begun, "confirm", now).await?;
        let Some(ceremony) = ceremony.filter(|ceremony| ceremony.session == session.id) else {
            return Ok(refused(PasskeysError::Over));
        };
        let found = ceremony::find(tx, &answer).await?.filter(|found| found.person == session.person);
        let Some(found) = found else { return Ok(refused(PasskeysError::Refused)) };
        let credential = match ceremony::verify(&rp, &ceremony.state, &answer, &found.credential) {
            Ok(credential) => credential,
            Err(PasskeysError::Copied) => return copied(tx, &proof, &found, now).await,
            Err(why) => return Ok(refused(why)),
        };
        passkeys::note_use(tx, found.id, &credential, now).await?;
        if !store::sessions::renew(tx, session.id, &hash, Some(now)).await? {
            return Err(Forbidden::SignIn.into());
        }
        proof::record(tx, session.id, now).await?;
        known_devices::remember(tx, found.person, &known_hash, now).await?;
        let by = people::alias(tx, found.person, now).await?;
        let detail = json!({ "session": session.id, "passkey": found.id });
        let action = "account.second-factor-shown";
        Ok(Done::audited(Ok(()), AuditEntry::new(&proof, Some(by), now, action, found.person, &detail)))
    });
    let confirmed = confirmed.await.and_then(|confirmed| confirmed);
    Counts::note(ctx, &confirmed);
    confirmed?;
    Ok(Opened { token: fresh, device: Some(known), second_factor: false })
}
