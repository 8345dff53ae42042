//! The second factor: an authenticator app, and ten printed codes in case the phone is lost.

use super::{
    AccountsError, Opened, Origin,
    guard::{Attempt, Guess, Try},
    known, methods,
    own_password::check_own,
    proof, totp,
};
use crate::{Ctx, notices, sessions, token::Token};
use contract::accounts::TotpOffer;
use data_encoding::BASE32_NOPAD;
use domain::{
    accounts::{may_help, sign_in_methods::MethodChange},
    actor::{Actor, Channel, Permission, Target},
    id::PersonId,
    notices::Notice,
    people::PersonStatus,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{
    Done,
    accounts::{self, of_person},
    audit::{self, AuditEntry},
    known_devices, people, qualifications,
};

/// Recovery codes per person.
const CODES: usize = 10;

/// Verifies the second factor for the session of `token`: a code of the authenticator or a recovery code, each
/// usable once. The session is then valid, under another token.
pub async fn show_second_factor(
    ctx: &Ctx,
    token: &Token,
    from: impl Into<Origin>,
    code: &str,
) -> Result<Opened, AccountsError> {
    let (now, origin) = (ctx.now(), from.into());
    let proof = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let signed_out = AccountsError::Forbidden(domain::actor::Forbidden::SignIn);
    let hash = token.hash().ok_or(signed_out.clone())?;
    let mut snapshot = ctx.store().snapshot().await?;
    let session = store::sessions::find(&mut snapshot, &hash, now).await?;
    let session = session.filter(|session| session.status != PersonStatus::Left).ok_or(signed_out)?;
    let authenticator = accounts::totp(&mut snapshot, session.person).await?;
    drop(snapshot);
    let authenticator =
        authenticator.filter(|found| found.confirmed.is_some()).ok_or(AccountsError::SecondFactor)?;
    let tried = Try::for_person(ctx, &origin, session.person, Guess::Code).await?;
    let attempt = Attempt::begin(ctx, tried).await?;
    let step = totp::step_of(&authenticator.secret, code, now);
    let (recovery, (token, hash)) = (recovery_hash(code), ctx.rng().new_token());
    let (known, known_hash) = origin.known_as(ctx);
    let view = ctx.store().write(async move |tx| {
        let person = session.person;
        let action = match step {
            Some(step) if accounts::take_step(tx, person, step).await? => "account.second-factor-shown",
            None if accounts::take_recovery_code(tx, person, &recovery, now).await? => {
                "account.recovery-code-used"
            }
            Some(_) | None => return Err(AccountsError::WrongCode),
        };
        if !store::sessions::renew(tx, session.id, &hash, Some(now)).await? {
            return Err(AccountsError::Forbidden(domain::actor::Forbidden::SignIn));
        }
        known_devices::remember(tx, person, &known_hash, now).await?;
        let by = people::alias(tx, person, now).await?;
        let detail = json!({ "session": session.id });
        Ok(Done::audited((), AuditEntry::new(&proof, Some(by), now, action, person, &detail)))
    });
    let view = view.await;
    // Only a wrong code is a failed guess: a disk that is full is not.
    if !matches!(view, Err(AccountsError::WrongCode)) {
        attempt.forgive();
    }
    view?;
    Ok(Opened { token, device: Some(known), second_factor: false })
}

/// Begins to set up an authenticator for the caller; it takes effect with its first code.
pub async fn begin_totp(ctx: &Ctx, actor: &Actor) -> Result<TotpOffer, AccountsError> {
    let proof = actor.require(Permission::OwnAccount, Target::NONE)?;
    let person = known(actor)?.id;
    let now = ctx.now();
    // As many bits as the hash of the codes.
    let secret: [u8; 20] = ctx.rng().bytes();
    let begun = ctx.store().write(async move |tx| {
        let holder = of_person(tx.conn(), person).await?.ok_or(AccountsError::Unknown)?;
        if !accounts::begin_totp(tx, person, &secret).await? {
            return Err(AccountsError::SecondFactor);
        }
        let action = "account.second-factor-begun";
        let entry = audit::entry(tx, &proof, now, action, person, &json!({})).await?;
        Ok(Done::audited(holder, entry))
    });
    let holder = begun.await?;
    let account = holder.email.or(holder.name).unwrap_or_default();
    let space = ctx.space();
    let issuer = if space.name.is_empty() { "Toolgate" } else { &space.name };
    totp::offer(&secret, issuer, &account).ok_or(AccountsError::Busy)
}

/// Activates the caller's authenticator with its first code; returns the recovery codes, which cannot be read
/// again. Other sessions are valid again once they show the second factor.
pub async fn confirm_totp(
    ctx: &Ctx,
    actor: &Actor,
    from: impl Into<Origin>,
    code: &str,
) -> Result<Vec<String>, AccountsError> {
    let proof = actor.require(Permission::OwnAccount, Target::NONE)?;
    let (person, session) = known(actor).map(|me| (me.id, me.session))?;
    let now = ctx.now();
    let offered = accounts::totp(&mut *ctx.store().read().await?, person).await?;
    let offered = offered.filter(|offered| offered.confirmed.is_none()).ok_or(AccountsError::SecondFactor)?;
    let tried = Try::for_person(ctx, &from.into(), person, Guess::Code).await?;
    let attempt = Attempt::begin(ctx, tried).await?;
    let step = totp::step_of(&offered.secret, code, now).ok_or(AccountsError::WrongCode)?;
    attempt.forgive();
    let codes: Vec<String> = (0..CODES).map(|_| recovery_code(ctx)).collect();
    let hashes: Vec<[u8; 32]> = codes.iter().map(|code| recovery_hash(code)).collect();
    let confirmed = ctx.store().write(async move |tx| {
        if !accounts::confirm_totp(tx, person, &offered.secret, step, now).await? {
            return Err(AccountsError::SecondFactor);
        }
        accounts::set_recovery_codes(tx, person, &hashes).await?;
        store::sessions::show_second_factor(tx, session, now).await?;
        tx.after_commit(domain::live::ChangeEvent::Person(person));
        notices::notify(tx, &proof, person, Notice::SecondFactorChanged { on: true, at: now }, now).await?;
        let entry = audit::entry(tx, &proof, now, "account.second-factor-on", person, &json!({})).await?;
        Ok(Done::audited((), entry))
    });
    confirmed.await?;
    Ok(codes)
}

/// Removes the caller's authenticator, after checking their password, or another recent proof if they have none that
/// works.
pub async fn remove_totp(
    ctx: &Ctx,
    actor: &Actor,
    from: impl Into<Origin>,
    password: &str,
) -> Result<(), AccountsError> {
    let proof = actor.require(Permission::OwnAccount, Target::NONE)?;
    let person = known(actor)?.id;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let holder = of_person(&mut snapshot, person).await?.ok_or(AccountsError::Unknown)?;
    if methods::of(ctx, &mut snapshot, person).await?.password_works() {
        drop(snapshot);
        check_own(ctx, &from.into(), person, password, holder.password).await?;
    } else {
        proof::require(ctx, &mut snapshot, actor, now).await?;
        drop(snapshot);
    }
    let removed = ctx.store().write(async move |tx| {
        if !accounts::remove_totp(tx, person).await? {
            return Err(AccountsError::SecondFactor);
        }
        tx.after_commit(domain::live::ChangeEvent::Person(person));
        notices::notify(tx, &proof, person, Notice::SecondFactorChanged { on: false, at: now }, now).await?;
        let entry = audit::entry(tx, &proof, now, "account.second-factor-off", person, &json!({})).await?;
        Ok(Done::audited((), entry))
    });
    removed.await
}

/// Takes authenticator and passkeys off `person`, who lost the devices with them. Their sessions end; a link lets them back
/// in.
pub async fn take_off_second_factor(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<(), AccountsError> {
    ctx.change(actor, Permission::HelpIn, Target::person(person), async move |job| {
        of_person(job.tx.conn(), person).await?.ok_or(AccountsError::Unknown)?;
        let ledger = qualifications::of_person(job.tx.conn(), person).await?;
        if job.actor.known().is_some_and(|helper| !may_help(helper, person, &ledger)) {
            return Err(AccountsError::Outranked);
        }
        let had_authenticator = accounts::remove_totp(job.tx, person).await?;
        let passkeys = store::passkeys::remove_all(job.tx, person).await?;
        if !had_authenticator && passkeys == 0 {
            return Err(AccountsError::NoSecondFactor);
        }
        sessions::end_all(job.tx, person, None).await?;
        if had_authenticator {
            job.notify(person, Notice::SecondFactorChanged { on: false, at: job.now }).await?;
        }
        if passkeys > 0 {
            let change = MethodChange::PasskeyRemoved;
            job.notify(person, Notice::SignInMethodChanged { change, at: job.now }).await?;
        }
        let action = "account.second-factor-taken-off";
        job.audited((), action, person, &json!({})).await
    })
    .await
}

/// `ABCD-EFGH-IJKL-MNOP`: 80 bits in letters that are not mistaken for one another.
fn recovery_code(ctx: &Ctx) -> String {
    let letters = BASE32_NOPAD.encode(&ctx.rng().bytes::<10>());
    let groups: Vec<&str> = letters.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join("-")
}

/// The stored hash of a recovery code, in any spelling.
pub(super) fn recovery_hash(input: &str) -> [u8; 32] {
    let letters = input.chars().filter(char::is_ascii_alphanumeric).take(64);
    Sha256::digest(letters.collect::<String>().to_ascii_uppercase()).into()
}
