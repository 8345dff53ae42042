//! Signing in with address and password, or with a name and password of the user directory.

use super::{
    AccountsError, Opened, Origin, directory,
    guard::{Attempt, Try},
    methods, password, proof,
};
use crate::{Ctx, sessions};
use domain::{
    accounts,
    actor::{Actor, Channel, Permission, Target},
    people::PersonStatus,
};
use serde_json::json;
use store::{Done, accounts::credentials, audit::AuditEntry, known_devices, people};

/// Signs in, or fails with one answer for any mismatch of address and password. Former members cannot sign in;
/// suspended ones can, to see why.
pub async fn sign_in(
    ctx: &Ctx,
    from: impl Into<Origin>,
    device: &str,
    login: &str,
    password: &str,
) -> Result<Opened, AccountsError> {
    let (now, origin) = (ctx.now(), from.into());
    let proof = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    // An invalid address is tried like a valid one without an account.
    let email = accounts::email(login).unwrap_or_else(|| login.trim().to_lowercase());
    let tried = Try::for_email(ctx, &origin, &email).await?;
    let (attempt, turn) = Attempt::in_turn(ctx, tried).await?;
    let found = credentials(&mut *ctx.store().read().await?, &email).await?;
    let found = found.filter(|found| found.status != PersonStatus::Left);
    let mut stored = found.as_ref().and_then(|found| found.password.clone());
    // A password that is switched off is a wrong one.
    if let Some(found) = &found
        && !methods::of(ctx, &mut *ctx.store().read().await?, found.person).await?.password_works()
    {
        stored = None;
    }
    match password::check(turn, password, stored.clone()).await {
        // Later failures are not wrong guesses.
        Ok(true) => attempt.forgive(),
        Ok(false) => {
            let is_local = stored.is_some();
            let request = directory::Request { origin: &origin, device, login, password, is_local };
            return directory::sign_in(ctx, attempt, tried, request).await;
        }
        Err(error) => {
            attempt.forgive();
            return Err(error);
        }
    }
    let (token, hash) = ctx.rng().new_token();
    let (known, known_hash) = origin.known_as(ctx);
    let device = device.to_owned();
    let opened = ctx.store().write(async move |tx| {
        // Hashing took a while: the password may have been changed meanwhile, which ended all other sessions.
        let found = credentials(tx.conn(), &email).await?;
        let found = found.filter(|found| found.password == stored && found.status != PersonStatus::Left);
        let found = found.ok_or(AccountsError::Refused)?;
        let session = sessions::open(tx, hash, found.person, &device, now, None).await?;
        proof::record(tx, session, now).await?;
        // Without the second factor the sign-in is incomplete.
        if !found.second_factor {
            known_devices::remember(tx, found.person, &known_hash, now).await?;
        }
        let by = people::alias(tx, found.person, now).await?;
        let detail = json!({ "session": session });
        let entry = AuditEntry::new(&proof, Some(by), now, "account.signed-in", found.person, &detail);
        Ok::<_, AccountsError>(Done::audited(found.second_factor, entry))
    });
    let second_factor = opened.await?;
    Ok(Opened { token, device: (!second_factor).then_some(known), second_factor })
}
