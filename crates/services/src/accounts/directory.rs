//! Signing in with a password of the user directory, and linking such an account to one's own.
//!
//! **Invariants.** Guesses count against the input and against the entry it means, so that spellings of a name give no more of
//! them. A directory that does not answer is reported as such, whatever was typed. Not here: how the directory is asked
//! ([`crate::user_directory`]).

use super::{
    AccountsError, Opened, Origin,
    guard::{Attempt, Guess, Try, Whose},
    known, proof as recent,
};
use crate::{
    Ctx, sessions,
    user_directory::{self, AdmittedPerson},
};
use domain::{
    accounts::sign_in_methods::MethodChange,
    actor::{Actor, Channel, Permission, Target},
    live::ChangeEvent,
    notices::Notice,
    people::PersonStatus,
    user_directory::Trouble,
};
use serde_json::json;
use store::{Done, accounts::of_person, audit::AuditEntry, known_devices, people};

/// The input, and its author.
pub(super) struct Request<'a> {
    pub origin: &'a Origin,
    pub device: &'a str,
    pub login: &'a str,
    pub password: &'a str,
    /// An account here has this address and a password, which was another.
    pub is_local: bool,
}

/// Signs in through the directory, after the password did not fit an account here. `attempt` fails unless it is forgiven.
pub(super) async fn sign_in(
    ctx: &Ctx,
    attempt: Attempt<'_>,
    tried: Try,
    request: Request<'_>,
) -> Result<Opened, AccountsError> {
    let now = ctx.now();
    let proof = Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let Some(gate) = user_directory::gate(ctx).await? else { return Err(AccountsError::Refused) };
    let mut visitor = match gate.find(ctx, tried.place, request.login).await {
        Ok(visitor) => visitor,
        Err(trouble) => return Err(failed(attempt, &request, trouble)),
    };
    // The same person in another spelling.
    let of_entry = match &visitor {
        Some(visitor) => {
            let tried = Try { whose: Whose::Entry(visitor.key().0), ..tried };
            Some(Attempt::begin(ctx, tried).await?)
        }
        None => None,
    };
    match gate.proves(ctx, (tried.place, request.login), visitor.as_mut(), request.password).await {
        Ok(true) => {}
        Ok(false) => return Err(AccountsError::Refused),
        Err(trouble) => {
            forgive(of_entry);
            return Err(failed(attempt, &request, trouble));
        }
    }
    attempt.forgive();
    forgive(of_entry);
    let visitor = visitor.ok_or(AccountsError::Refused)?;
    let (token, hash) = ctx.rng().new_token();
    let (known, known_hash) = request.origin.known_as(ctx);
    let (device, policy) = (request.device.to_owned(), gate.policy());
    let opened = ctx.store().write(async move |tx| {
        let person = match user_directory::admit(tx, &visitor, policy, now).await? {
            AdmittedPerson::Person(person) => person,
            AdmittedPerson::EmailTaken => return Err(AccountsError::LinkFirst),
            AdmittedPerson::Nameless => return Err(AccountsError::Refused),
        };
        let holder = of_person(tx.conn(), person).await?.filter(|holder| holder.status != PersonStatus::Left);
        let holder = holder.ok_or(AccountsError::Refused)?;
        let second_factor = holder.second_factor.is_some();
        let session = sessions::open(tx, hash, person, &device, now, None).await?;
        recent::record(tx, session, now).await?;
        // Without the second factor the sign-in is incomplete.
        if !second_factor {
            known_devices::remember(tx, person, &known_hash, now).await?;
        }
        let by = people::alias(tx, person, now).await?;
        let detail = json!({ "session": session, "directory": true });
        let entry = AuditEntry::new(&proof, Some(by), now, "account.signed-in", person, &detail);
        Ok(Done::audited(second_factor, entry))
    });
    let second_factor = opened.await?;
    Ok(Opened { token, device: (!second_factor).then_some(known), second_factor })
}

fn forgive(attempt: Option<Attempt<'_>>) {
    if let Some(attempt) = attempt {
        attempt.forgive();
    }
}

/// The directory did not say whether they are theirs. A guess at the password of an account here stays one.
fn failed(attempt: Attempt<'_>, request: &Request<'_>, trouble: Trouble) -> AccountsError {
    tracing::warn!(trouble = trouble.as_str(), "the directory could not be asked about a sign-in");
    if request.is_local {
        drop(attempt);
    } else {
        attempt.forgive();
    }
    trouble_of(trouble)
}

/// The problem of a person whom the directory could not be asked about.
const fn trouble_of(trouble: Trouble) -> AccountsError {
    if trouble.is_silence() { AccountsError::DirectoryDown } else { AccountsError::DirectoryUnclear }
}

/// Links the caller to their account of the directory. Its password proves that it is theirs, and a recent proof that the account
/// here is.
pub async fn link_directory(
    ctx: &Ctx,
    actor: &Actor,
    from: impl Into<Origin>,
    login: &str,
    password: &str,
) -> Result<(), AccountsError> {
    let origin = from.into();
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let person = known(actor)?.id;
    // Before the directory is asked: without a proof nobody tries passwords there.
    recent::require(ctx, &mut *ctx.store().snapshot().await?, actor, ctx.now()).await?;
    let gate = user_directory::gate(ctx).await?.ok_or(AccountsError::NoDirectory)?;
    let tried = Try::for_person(ctx, &origin, person, Guess::SignIn).await?;
    let attempt = Attempt::begin(ctx, tried).await?;
    let mut found = match gate.find(ctx, tried.place, login).await {
        Ok(found) => found,
        Err(trouble) => {
            attempt.forgive();
            return Err(trouble_of(trouble));
        }
    };
    let of_entry = match &found {
        Some(visitor) => Some(Attempt::begin(ctx, Try { whose: Whose::Entry(visitor.key().0), ..tried }).await?),
        None => None,
    };
    match gate.proves(ctx, (tried.place, login), found.as_mut(), password).await {
        Ok(true) => {}
        Ok(false) => return Err(AccountsError::DirectoryRefused),
        Err(trouble) => {
            attempt.forgive();
            forgive(of_entry);
            return Err(trouble_of(trouble));
        }
    }
    attempt.forgive();
    forgive(of_entry);
    let visitor = found.ok_or(AccountsError::DirectoryRefused)?;
    let (policy, again) = (gate.policy(), ctx.clone());
    ctx.change(actor, Permission::OwnAccount, Target::NONE, async move |job| {
        recent::require(&again, job.tx.conn(), &job.actor, job.now).await?;
        if !user_directory::link_account(job.tx, &visitor, person, job.now).await? {
            return Err(AccountsError::LinkedAlready);
        }
        user_directory::admit(job.tx, &visitor, policy, job.now).await?;
        job.tx.after_commit(ChangeEvent::Person(person));
        job.notify(person, Notice::SignInMethodChanged { change: MethodChange::DirectoryLinked, at: job.now })
            .await?;
        job.audited((), "directory.person-linked", person, &json!({})).await
    })
    .await
}
