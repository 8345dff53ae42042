//! Passkeys: added, renamed and removed by their owners, and the password removed that they replace.
//!
//! **Invariants.** A passkey is added or removed only by who has just proved who they are, and has passed the second factor
//! where one protects the account. The last way in stays. The owner is notified of every change. Not here: which proofs and ways
//! in count (`domain::accounts::sign_in_methods`), and the browser's part (`frontend/page/src/passkeys.ts`).

mod ceremony;
mod sign_in;
mod site;

pub use crate::passkey_site::possible;
pub use ceremony::Offer;
pub use sign_in::{begin_confirmation, begin_sign_in, confirm, factors, sign_in};

use crate::{
    Ctx,
    accounts::{self, AccountsError, methods, proof},
    change::Job,
    serve::bind,
    sessions,
    token::Token,
};
use contract::{
    form::{Fault, Faults},
    passkeys::{ListPasskeys, PasskeyName, PasskeyView, Passkeys, RemovePasskey, RemovePassword, RenamePasskey},
};
use domain::{
    accounts::sign_in_methods::{MethodChange, SignInMethod},
    actor::{Actor, Forbidden, Permission, Principal, Target},
    id::PasskeyId,
    live::ChangeEvent,
    names::Name,
    notices::Notice,
};
use macros::ServiceError;
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{
    Done, StoreError, Unaudited,
    accounts::{of_person, remove_password as forget_password},
    links,
    passkeys::{self, NewPasskey},
};

/// Passkeys of one person at most.
const MOST: usize = 20;

/// Why a passkey was not added, used or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum PasskeysError {
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// These fields do not fit.
    #[problem("passkey.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    /// The site has no address at which browsers make passkeys.
    #[problem("passkey.impossible", Conflict, passkey_impossible)]
    Impossible,
    /// The browser gave no answer: the form was sent without its script.
    #[problem("passkey.unanswered", Invalid, passkey_unanswered)]
    Unanswered,
    /// The answer came too late, or twice.
    #[problem("passkey.over", Conflict, passkey_over)]
    Over,
    /// Unknown, or the answer is wrong.
    #[problem("passkey.refused", Invalid, passkey_refused)]
    Refused,
    /// It was made or used on another site.
    #[problem("passkey.other-site", Invalid, passkey_other_site)]
    OtherSite,
    /// The authenticator did not verify its user.
    #[problem("passkey.unverified", Invalid, passkey_unverified)]
    Unverified,
    /// It signs in a way that is not accepted.
    #[problem("passkey.algorithm", Invalid, passkey_algorithm)]
    Algorithm,
    /// Its counter went back.
    #[problem("passkey.copied", Invalid, passkey_copied)]
    Copied,
    /// It was added before.
    #[problem("passkey.known", Conflict, passkey_known)]
    Known,
    /// They have as many as one may have.
    #[problem("passkey.too-many", Conflict, passkey_too_many(&MOST.to_string()))]
    TooMany,
    /// They have none.
    #[problem("passkey.none", Conflict, passkey_none)]
    None,
    #[problem("passkey.unknown", NotFound, passkey_unknown)]
    Unknown,
    /// Too many at once.
    #[problem("accounts.busy", Unavailable, accounts_busy, after = 5)]
    Busy,
    #[problem(transparent)]
    Accounts(#[from] AccountsError),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error PasskeysError;
    ListPasskeys {}, may OwnAccount => list;
    RenamePasskey { id } with form, may OwnAccount, in job => rename;
    RemovePasskey { id }, may OwnAccount => remove;
    RemovePassword {}, may OwnAccount => remove_password;
}

/// Uses of passkeys since the start.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    accepted: AtomicU64,
    refused: AtomicU64,
}

impl Counts {
    fn note(ctx: &Ctx, outcome: &Result<(), PasskeysError>) {
        let counts = ctx.memory::<Self>();
        let count = if outcome.is_ok() { &counts.accepted } else { &counts.refused };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// Accepted and refused ones.
    pub(crate) fn read(&self) -> (u64, u64) {
        (self.accepted.load(Ordering::Relaxed), self.refused.load(Ordering::Relaxed))
    }
}

fn known(actor: &Actor) -> Result<&Principal, PasskeysError> {
    actor.known().ok_or(PasskeysError::Forbidden(Forbidden::SignIn))
}

fn checked(name: &str) -> Result<Name, PasskeysError> {
    Ok(Name::new(name).map_err(|why| Faults::one("name", Fault::Name(why)))?)
}

/// The caller's passkeys and other ways in.
async fn list(ctx: &Ctx, actor: &Actor) -> Result<Passkeys, PasskeysError> {
    let me = known(actor)?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let passkeys = passkeys::of_person(&mut snapshot, me.id).await?;
    let methods = methods::of(ctx, &mut snapshot, me.id).await?;
    let holder = of_person(&mut snapshot, me.id).await?.ok_or(AccountsError::Unknown)?;
    let missing = proof::missing(ctx, &mut snapshot, actor, now).await?;
    let views = passkeys.into_iter().map(|passkey| PasskeyView {
        id: passkey.id,
        name: passkey.name,
        added: ctx.moment(passkey.created),
        used: passkey.used.map(|at| ctx.moment(at)),
    });
    Ok(Passkeys {
        now: ctx.moment(now),
        passkeys: views.collect(),
        methods,
        possible: possible(ctx),
        missing,
        password_set: holder.password.and(holder.password_set).map(|at| ctx.moment(at)),
    })
}

/// Begins to add a passkey for the caller. Its `name`, if one was typed, is checked now: refused afterwards, the device would keep
/// a passkey that nobody knows here.
pub async fn begin_adding(ctx: &Ctx, actor: &Actor, name: &str) -> Result<Offer, PasskeysError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    if !name.trim().is_empty() {
        checked(name)?;
    }
    let (person, session) = known(actor).map(|me| (me.id, me.session))?;
    let (rp, token, hash) = ceremony::prepare(ctx)?;
    let (fresh, again) = (ctx.rng().bytes::<16>(), ctx.clone());
    let options = ctx.begin::<_, PasskeysError, _>(actor, async move |begun| {
        let (tx, now) = (begun.tx, begun.now);
        begun.actor.require(Permission::OwnAccount, Target::NONE)?;
        proof::require(&again, tx.conn(), &begun.actor, now).await?;
        let existing = passkeys::of_person(tx.conn(), person).await?;
        if existing.len() >= MOST {
            return Err(PasskeysError::TooMany);
        }
        let holder = of_person(tx.conn(), person).await?.ok_or(AccountsError::Unknown)?;
        let name = holder.name.unwrap_or_default();
        let account = holder.email.unwrap_or_else(|| name.clone());
        let handle = passkeys::handle(tx, person, &fresh).await?;
        let existing: Vec<_> = existing.into_iter().map(|passkey| passkey.credential).collect();
        let (options, state) = ceremony::creation(&rp, &handle, (&account, &name), &existing)?;
        ceremony::begin(tx, hash, ceremony::Beginning { purpose: "add", person, session, state }, now).await?;
        Ok(Done::unaudited(options, Unaudited::PasskeyAsked))
    });
    Ok(Offer { options: options.await?, ceremony: token })
}

/// Adds the passkey that the browser made, under `name`. The proof was checked when it was begun, by the same session, minutes
/// ago. Open links end: they are for people who cannot sign in.
pub async fn add(
    ctx: &Ctx,
    actor: &Actor,
    ceremony: &Token,
    answer: &str,
    name: &str,
) -> Result<PasskeyId, PasskeysError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let (person, session) = known(actor).map(|me| (me.id, me.session))?;
    let rp = site::relying_party(ctx)?;
    let name = checked(name)?;
    let answer = ceremony::read_creation(answer)?;
    let begun = ceremony.hash().ok_or(PasskeysError::Over)?;
    let added = ctx.change::<_, PasskeysError, _>(actor, Permission::OwnAccount, Target::NONE, async move |job| {
        let refused = |why| Ok(Done::unaudited(Err(why), Unaudited::PasskeyAsked));
        let ceremony = passkeys::take(job.tx, &begun, "add", job.now).await?;
        let Some(ceremony) = ceremony.filter(|ceremony| ceremony.session == session) else {
            return refused(PasskeysError::Over);
        };
        let created = match ceremony::create(&rp, &ceremony.state, &answer) {
            Ok(created) => created,
            Err(why) => return refused(why),
        };
        let (credential_id, credential) = (created.credential_id, created.credential);
        if passkeys::find(job.tx.conn(), &credential_id).await?.is_some() {
            return refused(PasskeysError::Known);
        }
        let new = NewPasskey { person, credential_id, credential, name: name.into(), created: job.now };
        let id = passkeys::add(job.tx, &new).await?;
        // Who made it has shown it.
        store::sessions::show_second_factor(job.tx, session, job.now).await?;
        proof::record(job.tx, session, job.now).await?;
        links::forget(job.tx, Some(person)).await?;
        job.tx.after_commit(ChangeEvent::Person(person));
        job.notify(person, Notice::SignInMethodChanged { change: MethodChange::PasskeyAdded, at: job.now })
            .await?;
        job.audited(Ok(id), "account.passkey-added", person, &json!({ "passkey": id })).await
    });
    added.await?
}

/// Renames a passkey of the caller.
async fn rename(job: &mut Job<'_>, id: PasskeyId, form: PasskeyName) -> Result<Done<()>, PasskeysError> {
    let person = known(&job.actor)?.id;
    if !passkeys::rename(job.tx, person, id, form.name.as_str()).await? {
        return Err(PasskeysError::Unknown);
    }
    job.tx.after_commit(ChangeEvent::Person(person));
    job.audited((), "account.passkey-renamed", person, &json!({ "passkey": id })).await
}

/// Removes a passkey of the caller. Their other sessions end, for its device may be in other hands.
async fn remove(ctx: &Ctx, actor: &Actor, id: PasskeyId) -> Result<(), PasskeysError> {
    let again = ctx.clone();
    ctx.change(actor, Permission::OwnAccount, Target::NONE, async move |job| {
        let (person, session) = known(&job.actor).map(|me| (me.id, me.session))?;
        proof::require(&again, job.tx.conn(), &job.actor, job.now).await?;
        let methods = methods::of(&again, job.tx.conn(), person).await?;
        if !passkeys::remove(job.tx, person, id).await? {
            return Err(PasskeysError::Unknown);
        }
        accounts::methods::check_removable(methods, SignInMethod::Passkey)?;
        links::forget(job.tx, Some(person)).await?;
        let ended = sessions::end_all(job.tx, person, Some(session)).await?;
        job.notify(person, Notice::SignInMethodChanged { change: MethodChange::PasskeyRemoved, at: job.now })
            .await?;
        let detail = json!({ "passkey": id, "ended": ended });
        job.audited((), "account.passkey-removed", person, &detail).await
    })
    .await
}

/// Removes the caller's password, if they have another way in.
async fn remove_password(ctx: &Ctx, actor: &Actor) -> Result<(), PasskeysError> {
    let again = ctx.clone();
    ctx.change(actor, Permission::OwnAccount, Target::NONE, async move |job| {
        let (person, session) = known(&job.actor).map(|me| (me.id, me.session))?;
        proof::require(&again, job.tx.conn(), &job.actor, job.now).await?;
        let methods = methods::of(&again, job.tx.conn(), person).await?;
        accounts::methods::check_removable(methods, SignInMethod::Password)?;
        forget_password(job.tx, person).await?;
        links::forget(job.tx, Some(person)).await?;
        let ended = sessions::end_all(job.tx, person, Some(session)).await?;
        job.notify(person, Notice::SignInMethodChanged { change: MethodChange::PasswordRemoved, at: job.now })
            .await?;
        job.audited((), "account.password-removed", person, &json!({ "ended": ended })).await
    })
    .await
}
