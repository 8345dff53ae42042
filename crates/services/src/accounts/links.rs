//! Single-use links: invitation, forgotten password and sign-in; and applications to join.

use super::{
    AccountsError, NotInvited, Opened, Origin, ValidationError,
    guard::{Guard, Whose},
    methods, password, proof,
};
use crate::{Ctx, directory::tells, mail, notices, sessions, token::Token};
use contract::accounts::{Delivery, LinkView};
use domain::{
    accounts::{self, Purpose, sign_in_methods::SignInMethods},
    actor::{Actor, Channel, Forbidden, Permission, Rank, Target, Who},
    id::PersonId,
    live::ChangeEvent,
    notices::Notice,
    people::PersonStatus,
    qualifications::Cause,
    time::Millis,
};
use serde_json::json;
use std::net::IpAddr;
use store::{
    Done, StoreError, WriteTx,
    accounts::{credentials, of_person, set_language, set_password},
    audit::{self, AuditEntry},
    known_devices,
    links::{self, Link, NewLink},
    people::{self, NewPerson},
    profiles,
    qualifications::{self, NewEntry},
};
use text::Lang;

/// A person to invite.
#[derive(Debug, Clone)]
pub struct Invite {
    pub name: String,
    pub email: String,
    /// The language of their mails.
    pub lang: Lang,
}

/// Creates a member and a link to choose a password.
pub async fn invite(ctx: &Ctx, actor: &Actor, invite: Invite) -> Result<(PersonId, Delivery), AccountsError> {
    actor.require(Permission::Admit, Target::NONE)?;
    let (name, email) = (accounts::name(&invite.name), accounts::email(&invite.email));
    let (Some(name), Some(email)) = (name.clone(), email.clone()) else {
        let faults =
            [name.is_none().then_some(ValidationError::Name), email.is_none().then_some(ValidationError::Email)];
        return Err(AccountsError::Invalid(faults.into_iter().flatten().collect()));
    };
    let (token, hash) = ctx.rng().new_token();
    let letter = mail::Letter::new(ctx, Purpose::Invite, invite.lang, &name, &email, &token);
    let invited = ctx.change::<_, AccountsError, _>(actor, Permission::Admit, Target::NONE, async move |job| {
        let administers = job.actor.known().is_none_or(|known| known.rank() >= Rank::Manager);
        let cause = if administers { Cause::Administrator } else { Cause::Trainer };
        let new = NewPerson { status: PersonStatus::Active, name, email: Some(email), created_at: job.now };
        if tells(&job.actor)
            && let Some(email) = &new.email
            && let Some((_, name)) = profiles::holder(job.tx.conn(), email).await?
        {
            return Err(AccountsError::Invalid(vec![ValidationError::EmailTakenBy(name)]));
        }
        let person = people::add(job.tx, &new).await.map_err(taken)?;
        set_language(job.tx, person, invite.lang.tag()).await?;
        let by = job.by().await?;
        qualifications::add(job.tx, &NewEntry::membership(person, cause, by, job.now)).await?;
        keep(job.tx, hash, Purpose::Invite, Some(person), job.now).await?;
        job.tx.after_commit(ChangeEvent::Person(person));
        job.audited(person, "account.invited", person, &json!({})).await
    });
    let person = invited.await?;
    Ok((person, letter.deliver(ctx).await))
}

/// Creates a link for `person` to choose a new or first password. Fails for people of a higher rank, because the
/// link may pass through the caller's hands. Who admitted a person may hand over that person's first link only.
/// `lang` is the language of the request, for a person who has chosen none.
pub async fn help_in(ctx: &Ctx, actor: &Actor, person: PersonId, lang: Lang) -> Result<Delivery, AccountsError> {
    let letter = way_in(ctx, actor, person, lang, false).await?;
    Ok(letter.deliver(ctx).await)
}

/// Invites `person` again, a member with an address who never chose a password. By the rules of [`help_in`];
/// people with a password request a reset themselves.
pub async fn invite_again(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    lang: Lang,
) -> Result<Delivery, AccountsError> {
    let letter = way_in(ctx, actor, person, lang, true).await?;
    Ok(letter.deliver(ctx).await)
}

async fn way_in(
    ctx: &Ctx,
    actor: &Actor,
    person: PersonId,
    lang: Lang,
    invites: bool,
) -> Result<mail::Letter, AccountsError> {
    let (permission, on) = match actor.require(Permission::HelpIn, Target::person(person)) {
        Ok(_) => (Permission::HelpIn, Target::person(person)),
        Err(why) => match actor.require(Permission::Admit, Target::NONE) {
            Ok(_) => (Permission::Admit, Target::NONE),
            Err(Forbidden::NotAllowed) => return Err(why.into()),
            Err(other) => return Err(other.into()),
        },
    };
    let (token, hash) = ctx.rng().new_token();
    let again = ctx.clone();
    let helped = ctx.change::<_, AccountsError, _>(actor, permission, on, async move |job| {
        let holder = of_person(job.tx.conn(), person).await?.filter(|holder| holder.status != PersonStatus::Left);
        let methods = methods::of(&again, job.tx.conn(), person).await?;
        if permission == Permission::Admit {
            // Unknown if admitted by another person.
            let new = holder
                .as_ref()
                .is_some_and(|holder| holder.status == PersonStatus::Active && methods.count() == 0);
            if !new || qualifications::let_in_by(job.tx.conn(), person).await? != job.proof.by() {
                return Err(Forbidden::NotAllowed.into());
            }
        }
        let holder = holder.ok_or(AccountsError::Unknown)?;
        let ledger = qualifications::of_person(job.tx.conn(), person).await?;
        if job.actor.known().is_some_and(|helper| !accounts::may_help(helper, person, &ledger)) {
            return Err(AccountsError::Outranked);
        }
        let why_not = match &holder {
            _ if !invites => None,
            holder if holder.status != PersonStatus::Active => Some(NotInvited::NoMember),
            _ if methods.count() > 0 => Some(NotInvited::HasPassword),
            holder if holder.email.is_none() => Some(NotInvited::NoAddress),
            _ => None,
        };
        if let Some(why_not) = why_not {
            return Err(AccountsError::NotInvited(why_not));
        }
        let purpose = if methods.count() > 0 { Purpose::Reset } else { Purpose::Invite };
        keep(job.tx, hash, purpose, Some(person), job.now).await?;
        let detail = json!({ "purpose": purpose });
        let action = if invites { "account.invited" } else { "account.helped-in" };
        job.audited((holder, purpose), action, person, &detail).await
    });
    let (holder, purpose) = helped.await?;
    let lang = holder.language.as_deref().and_then(Lang::from_tag).unwrap_or(lang);
    let (name, email) = (holder.name.unwrap_or_default(), holder.email.unwrap_or_default());
    Ok(mail::Letter::new(ctx, purpose, lang, &name, &email, &token))
}

/// Sends a link to a person who forgot their password. The answer and its timing are the same whether or not the
/// address is known: the work is done afterwards. `lang` is the language of the request, for a person who has
/// chosen none.
pub async fn forgotten(ctx: &Ctx, from: IpAddr, email: &str, lang: Lang) -> Result<(), AccountsError> {
    let now = ctx.now();
    Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let email = accounts::email(email).ok_or(AccountsError::Invalid(vec![ValidationError::Email]))?;
    Guard::of(ctx).ask_for_letter(ctx, from, Whose::email(&email)).await?;
    let again = ctx.clone();
    ctx.spawn(async move {
        if let Err(error) = send_reset(&again, email, lang, now).await {
            tracing::warn!(%error, "a link for a new password could not be made");
        }
    });
    Ok(())
}

async fn send_reset(ctx: &Ctx, email: String, lang: Lang, now: Millis) -> Result<(), AccountsError> {
    let proof = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let found = credentials(&mut *ctx.store().read().await?, &email).await?;
    let found = found.filter(|found| found.status != PersonStatus::Left);
    let methods = match &found {
        Some(found) => methods::of(ctx, &mut *ctx.store().read().await?, found.person).await?,
        None => SignInMethods::default(),
    };
    let found = found.filter(|_| methods.may_ask_for_link());
    let Some(person) = found.map(|found| found.person).filter(|_| mail::can_send(ctx)) else { return Ok(()) };
    let (token, hash) = ctx.rng().new_token();
    let made = ctx.store().write(async move |tx| {
        let holder = of_person(tx.conn(), person).await?.ok_or(AccountsError::Unknown)?;
        keep(tx, hash, Purpose::Reset, Some(person), now).await?;
        let entry = AuditEntry::new(&proof, None, now, "account.reset-asked", person, &json!({}));
        Ok::<_, AccountsError>(Done::audited(holder, entry))
    });
    let holder = made.await?;
    let lang = holder.language.as_deref().and_then(Lang::from_tag).unwrap_or(lang);
    let name = holder.name.unwrap_or_default();
    // Not handed over in person here; a failure was logged.
    drop(mail::Letter::new(ctx, Purpose::Reset, lang, &name, &email, &token).deliver(ctx).await);
    Ok(())
}

/// The purpose and person of a link, before it is followed. This does not use it up.
pub async fn link(ctx: &Ctx, from: IpAddr, token: &Token) -> Result<LinkView, AccountsError> {
    Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let found = look_up(ctx, from, token, ctx.now()).await?;
    let passwords = ctx.space().settings.passwords;
    Ok(LinkView { purpose: found.purpose, name: found.name, email: found.email, passwords })
}

/// The link of `token`, if valid. An invalid one counts as a failure of the caller.
pub(crate) async fn look_up(ctx: &Ctx, from: IpAddr, token: &Token, now: Millis) -> Result<Link, AccountsError> {
    Guard::of(ctx).throttle_link(ctx, from).await?;
    let found = match token.hash() {
        Some(hash) => links::find(&mut *ctx.store().read().await?, &hash, now).await?,
        None => None,
    };
    if found.is_none() {
        Guard::of(ctx).looked_in_vain(ctx, from);
    }
    found.ok_or(AccountsError::Gone)
}

/// Sets a password by an invitation or a reset link, and signs in. This uses up the link and ends all other links
/// and sessions of that person.
pub async fn accept(
    ctx: &Ctx,
    from: impl Into<Origin>,
    device: &str,
    token: &Token,
    password: &str,
) -> Result<Opened, AccountsError> {
    let (now, origin) = (ctx.now(), from.into());
    let proof = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let found = look_up(ctx, origin.address, token, now).await?;
    let purpose = found.purpose;
    let (Purpose::Invite | Purpose::Reset, Some(person)) = (purpose, found.person) else {
        return Err(AccountsError::Gone);
    };
    if !ctx.space().settings.passwords {
        return Err(AccountsError::PasswordsOff);
    }
    let names = [found.name, found.email, Some(ctx.space().name.clone())];
    let stored = password::prepare(ctx, origin.address, password, names.into_iter().flatten().collect()).await?;
    let stored = stored.map_err(|fault| AccountsError::Invalid(vec![fault]))?;
    enter(ctx, token, person, (&origin, device), now, async move |tx, by, session| {
        set_password(tx, person, &stored, now).await?;
        // A first password replaces none: its owner has just chosen it.
        if purpose == Purpose::Reset {
            notices::notify(tx, &proof, person, Notice::PasswordChanged { at: now }, now).await?;
        }
        let detail = json!({ "purpose": purpose, "session": session });
        Ok(AuditEntry::new(&proof, Some(by), now, "account.password-chosen", person, &detail))
    })
    .await
}

/// Signs in by an invitation or a reset link where passwords are off, so that a passkey can be added. An authenticator
/// is asked for first, as at every sign-in.
pub async fn accept_without_password(
    ctx: &Ctx,
    from: impl Into<Origin>,
    device: &str,
    token: &Token,
) -> Result<Opened, AccountsError> {
    let (now, origin) = (ctx.now(), from.into());
    let proof = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let found = look_up(ctx, origin.address, token, now).await?;
    let purpose = found.purpose;
    let (Purpose::Invite | Purpose::Reset, Some(person)) = (purpose, found.person) else {
        return Err(AccountsError::Gone);
    };
    if ctx.space().settings.passwords {
        return Err(AccountsError::Gone);
    }
    enter(ctx, token, person, (&origin, device), now, async move |_tx, by, session| {
        let detail = json!({ "purpose": purpose, "session": session, "link": true });
        Ok(AuditEntry::new(&proof, Some(by), now, "account.signed-in", person, &detail))
    })
    .await
}

/// Follows a link to sign in, which works once.
pub async fn follow(
    ctx: &Ctx,
    from: impl Into<Origin>,
    device: &str,
    token: &Token,
) -> Result<Opened, AccountsError> {
    let (now, origin) = (ctx.now(), from.into());
    let proof = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let found = look_up(ctx, origin.address, token, now).await?;
    let (Purpose::SignIn, Some(person)) = (found.purpose, found.person) else {
        return Err(AccountsError::Gone);
    };
    enter(ctx, token, person, (&origin, device), now, async move |_tx, by, session| {
        let detail = json!({ "session": session, "link": true });
        Ok(AuditEntry::new(&proof, Some(by), now, "account.signed-in", person, &detail))
    })
    .await
}

/// Uses up the link of `token` and opens a session for `person`, in one job: of two concurrent callers one
/// succeeds.
async fn enter(
    ctx: &Ctx,
    token: &Token,
    person: PersonId,
    (origin, device): (&Origin, &str),
    now: Millis,
    also: impl AsyncFnOnce(&mut WriteTx, domain::id::AliasId, domain::id::SessionId) -> Result<AuditEntry, StoreError>
    + Send
    + 'static,
) -> Result<Opened, AccountsError> {
    let used = token.hash().ok_or(AccountsError::Gone)?;
    let (token, hash) = ctx.rng().new_token();
    let (known, known_hash) = origin.known_as(ctx);
    let device = device.to_owned();
    let entered = ctx.store().write(async move |tx| {
        let link = links::find(tx.conn(), &used, now).await?.ok_or(AccountsError::Gone)?;
        let holder = of_person(tx.conn(), person).await?.filter(|holder| holder.status != PersonStatus::Left);
        let holder = holder.ok_or(AccountsError::Gone)?;
        links::take(tx, &used, now).await?;
        if link.purpose != Purpose::SignIn {
            sessions::end_all(tx, person, None).await?;
            known_devices::forget_all(tx, person).await?;
        }
        let session = sessions::open(tx, hash, person, &device, now, None).await?;
        proof::record(tx, session, now).await?;
        let second_factor = holder.second_factor.is_some();
        if !second_factor {
            known_devices::remember(tx, person, &known_hash, now).await?;
        }
        let by = people::alias(tx, person, now).await?;
        let entry = also(tx, by, session).await?;
        Ok::<_, AccountsError>(Done::audited(second_factor, entry))
    });
    let second_factor = entered.await?;
    Ok(Opened { token, device: (!second_factor).then_some(known), second_factor })
}

/// A link with which `person` signs in once. Only the command line hands these out.
pub async fn sign_in_link(ctx: &Ctx, actor: &Actor, person: PersonId) -> Result<Token, AccountsError> {
    let proof = actor.require(Permission::HelpIn, Target::person(person))?;
    if actor.who != Who::Toolgate {
        return Err(Forbidden::NotAllowed.into());
    }
    let now = ctx.now();
    let (token, hash) = ctx.rng().new_token();
    let made = ctx.store().write(async move |tx| {
        keep(tx, hash, Purpose::SignIn, Some(person), now).await?;
        let entry = audit::entry(tx, &proof, now, "account.sign-in-link", person, &json!({})).await?;
        Ok::<_, AccountsError>(Done::audited((), entry))
    });
    made.await?;
    Ok(token)
}

/// Creates an applicant, who waits to be admitted. They have no password: a link sent to the address, or handed over on
/// admission, proves that it is theirs. The answer is the same if the address already belongs to an account, which is
/// not changed.
pub async fn apply(ctx: &Ctx, from: IpAddr, name: &str, email: &str) -> Result<(), AccountsError> {
    let now = ctx.now();
    let proof = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    if !ctx.space().settings.sign_up {
        return Err(AccountsError::NoSignUp);
    }
    Guard::of(ctx).apply(from, ctx.steady())?;
    let (input, typed_email) = (accounts::name(name), accounts::email(email));
    let (Some(name), Some(email)) = (input.clone(), typed_email.clone()) else {
        let faults = [
            input.is_none().then_some(ValidationError::Name),
            typed_email.is_none().then_some(ValidationError::Email),
        ];
        return Err(AccountsError::Invalid(faults.into_iter().flatten().collect()));
    };
    let applied = ctx.store().write(async move |tx| {
        let new = NewPerson { status: PersonStatus::Applicant, name, email: Some(email), created_at: now };
        let person = people::add(tx, &new).await.map_err(taken)?;
        tx.after_commit(ChangeEvent::Person(person));
        let by = people::alias(tx, person, now).await?;
        let entry = AuditEntry::new(&proof, Some(by), now, "account.applied", person, &json!({}));
        Ok(Done::audited((), entry))
    });
    match applied.await {
        Err(AccountsError::Invalid(faults)) if faults == [ValidationError::EmailTaken] => Ok(()),
        other => other,
    }
}

/// Stores a link for the lifetime of its purpose.
pub(crate) async fn keep(
    tx: &mut WriteTx,
    hash: [u8; 32],
    purpose: Purpose,
    person: Option<PersonId>,
    now: Millis,
) -> Result<(), StoreError> {
    let expires = now.after(purpose.lasts());
    links::make(tx, &NewLink { hash, purpose, person, display: None, created: now, expires }).await
}

/// Converts a unique-index error into [`AccountsError`] for a taken address.
pub(crate) fn taken(error: StoreError) -> AccountsError {
    match error {
        StoreError::Unique(_) => AccountsError::Invalid(vec![ValidationError::EmailTaken]),
        other => other.into(),
    }
}
