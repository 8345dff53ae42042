//! What people see and change of their own account.

use super::{AccountsError, Opened, Origin, known, own_password::check_own, password, proof};
use crate::{Ctx, document_scopes, meters, notices, sessions};
use contract::accounts::{Account, SecondFactor, SessionView};
use domain::{
    actor::{Actor, Permission, Rank, Target, rank},
    id::SessionId,
    live::ChangeEvent,
    notices::Notice,
    occupations::Span,
    people::hours::{by_week, mondays},
    time::Date,
};
use serde_json::json;
use store::{
    Done, Unaudited,
    accounts::{of_person, set_password},
    audit, links, people,
};
use text::Lang;

pub async fn account(ctx: &Ctx, actor: &Actor) -> Result<Account, AccountsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let me = known(actor)?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let holder = of_person(&mut snapshot, me.id).await?.ok_or(AccountsError::Unknown)?;
    let sessions = store::sessions::of_person(&mut snapshot, me.id, now).await?;
    let sessions = sessions.into_iter().map(|session| SessionView {
        here: session.id == me.session,
        id: session.id,
        device: session.device,
        created: ctx.moment(session.created),
        seen: ctx.moment(session.seen),
    });
    let rank = rank(me.status, &me.ledger, now);
    let requested = ctx.space().settings.second_factor && rank >= Rank::Manager;
    let second_factor = match holder.second_factor {
        Some(since) => SecondFactor::On {
            since: ctx.moment(since),
            codes_left: holder.codes_left.try_into().unwrap_or(u8::MAX),
        },
        // A passkey is one too.
        None if requested && holder.passkeys == 0 => SecondFactor::Required,
        None => SecondFactor::Off,
    };
    let mondays = mondays(ctx.today());
    let starts: Vec<_> = mondays.iter().map(|&monday| ctx.space().zone.start_of(monday)).collect();
    let spans = people::spans(&mut snapshot, me.id, starts.first().copied().unwrap_or(now)).await?;
    let hours = by_week(&spans, &starts, now);
    let first = ctx.space().zone.start_of(Date { day: 1, ..ctx.today() });
    let month = by_week(&spans, &[first], now).into_iter().sum();
    let energy = meters::own_energy(&mut snapshot, me.id, Span { starts: first, ends: now }).await?;
    let picture = people::one(&mut snapshot, me.id, now).await?.and_then(|person| person.picture);
    Ok(Account {
        picture: picture.map(|at| at.0),
        name: holder.name.unwrap_or_default(),
        email: holder.email,
        sessions: sessions.collect(),
        second_factor,
        passkeys: holder.passkeys.try_into().unwrap_or(u32::MAX),
        password_set: holder.password.and(holder.password_set).map(|at| ctx.moment(at)),
        passwords_off: !ctx.space().settings.passwords,
        status: me.status,
        rank,
        asleep: me.roles_asleep,
        to_sign: document_scopes::count_unsigned(&mut snapshot, me.id, now).await?,
        has_dues: store::dues::one(&mut snapshot, me.id).await?.is_some(),
        has_slack: store::slack::app(&mut snapshot).await?.is_some(),
        has_directory: store::user_directory::settings(&mut snapshot)
            .await?
            .is_some_and(|row| row.policy.signs_in),
        hours: mondays.into_iter().zip(hours).collect(),
        month,
        energy,
    })
}

/// Changes the caller's password, after checking the current one, or another recent proof if there is none. Ends every
/// other session; this one continues under a new token.
pub async fn change_password(
    ctx: &Ctx,
    actor: &Actor,
    from: impl Into<Origin>,
    old: &str,
    new: &str,
) -> Result<Opened, AccountsError> {
    let proof = actor.require(Permission::OwnAccount, Target::NONE)?;
    let (person, session) = known(actor).map(|me| (me.id, me.session))?;
    let (now, origin) = (ctx.now(), from.into());
    if !ctx.space().settings.passwords {
        return Err(AccountsError::PasswordsOff);
    }
    let mut snapshot = ctx.store().snapshot().await?;
    let holder = of_person(&mut snapshot, person).await?.ok_or(AccountsError::Unknown)?;
    if holder.password.is_none() {
        proof::require(ctx, &mut snapshot, actor, now).await?;
    }
    drop(snapshot);
    check_own(ctx, &origin, person, old, holder.password.clone()).await?;
    let names = [holder.name, holder.email, Some(ctx.space().name.clone())];
    let hash = password::prepare(ctx, origin.address, new, names.into_iter().flatten().collect()).await?;
    let hash = hash.map_err(|fault| AccountsError::Invalid(vec![fault]))?;
    let (token, token_hash) = ctx.rng().new_token();
    let stored = holder.password;
    let changed = ctx.store().write(async move |tx| {
        let holder = of_person(tx.conn(), person).await?.ok_or(AccountsError::Unknown)?;
        if holder.password != stored {
            return Err(AccountsError::WrongPassword);
        }
        set_password(tx, person, &hash, now).await?;
        links::forget(tx, Some(person)).await?;
        let ended = sessions::end_all(tx, person, Some(session)).await?;
        if !store::sessions::renew(tx, session, &token_hash, None).await? {
            return Err(AccountsError::Forbidden(domain::actor::Forbidden::SignIn));
        }
        notices::notify(tx, &proof, person, Notice::PasswordChanged { at: now }, now).await?;
        let detail = json!({ "ended": ended });
        let entry = audit::entry(tx, &proof, now, "account.password-changed", person, &detail).await?;
        Ok(Done::audited((), entry))
    });
    changed.await?;
    Ok(Opened { token, device: None, second_factor: false })
}

/// Ends the session that asks.
pub async fn sign_out(ctx: &Ctx, actor: &Actor) -> Result<(), AccountsError> {
    let session = known(actor)?.session;
    match end_session(ctx, actor, session).await {
        // Already ended.
        Err(AccountsError::Unknown) => Ok(()),
        other => other,
    }
}

/// Ends one of the caller's sessions.
pub async fn end_session(ctx: &Ctx, actor: &Actor, session: SessionId) -> Result<(), AccountsError> {
    let proof = actor.require(Permission::OwnAccount, Target::NONE)?;
    let person = known(actor)?.id;
    let now = ctx.now();
    let ended = ctx.store().write(async move |tx| {
        if !store::sessions::end(tx, person, session).await? {
            return Err(AccountsError::Unknown);
        }
        tx.after_commit(ChangeEvent::Person(person));
        let detail = json!({ "session": session });
        let entry = audit::entry(tx, &proof, now, "account.signed-out", person, &detail).await?;
        Ok(Done::audited((), entry))
    });
    ended.await
}

/// Ends all of the caller's sessions, including this one.
pub async fn sign_out_everywhere(ctx: &Ctx, actor: &Actor) -> Result<(), AccountsError> {
    let proof = actor.require(Permission::OwnAccount, Target::NONE)?;
    let person = known(actor)?.id;
    let now = ctx.now();
    let ended = ctx.store().write(async move |tx| {
        let ended = sessions::end_all(tx, person, None).await?;
        if ended == 0 {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        let detail = json!({ "ended": ended });
        let entry = audit::entry(tx, &proof, now, "account.signed-out-everywhere", person, &detail).await?;
        Ok::<_, AccountsError>(Done::audited((), entry))
    });
    ended.await
}

/// Stores the caller's language, for mails and for devices without a choice.
pub async fn set_language(ctx: &Ctx, actor: &Actor, language: Lang) -> Result<(), AccountsError> {
    let proof = actor.require(Permission::OwnAccount, Target::NONE)?;
    let person = known(actor)?.id;
    let now = ctx.now();
    let set = ctx.store().write(async move |tx| {
        store::accounts::set_language(tx, person, language.tag()).await?;
        let detail = json!({ "language": language.tag() });
        let entry = audit::entry(tx, &proof, now, "account.language", person, &detail).await?;
        Ok::<_, AccountsError>(Done::audited((), entry))
    });
    set.await
}
