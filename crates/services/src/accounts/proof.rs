//! Recent proof of identity, which changes of the ways in need.
//!
//! Invariant: a proof belongs to one session and lasts minutes. Where a second factor protects an account, the
//! session must have passed one, so a stolen password alone changes nothing.

use super::{AccountsError, known, methods, own_password};
use crate::{Ctx, accounts::Origin};
use domain::{
    accounts::sign_in_methods::{MissingProof, Proofs, SignInMethods},
    actor::{Actor, Permission, Rank, Target, rank},
    id::SessionId,
    people::PersonStatus,
    qualifications::Ledger,
    time::Millis,
};
use store::{Done, SqliteConnection, StoreError, Unaudited, WriteTx, sessions};

/// Records in a job that the person of `session` has just proved who they are.
pub(crate) async fn record(tx: &mut WriteTx, session: SessionId, now: Millis) -> Result<(), StoreError> {
    sessions::prove(tx, session, now).await
}

/// Whether passkeys are the second factor of a person of this standing: their role asks for one, and they have some.
pub(crate) fn passkeys_protect(
    ctx: &Ctx,
    methods: SignInMethods,
    (status, ledger): (PersonStatus, &Ledger),
    now: Millis,
) -> bool {
    let role_asks = ctx.space().settings.second_factor && rank(status, ledger, now) >= Rank::Manager;
    role_asks && methods.passkeys > 0
}

/// What the session of `actor` lacks for a change of the ways in.
pub(crate) async fn missing(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    actor: &Actor,
    now: Millis,
) -> Result<Option<MissingProof>, AccountsError> {
    let me = known(actor)?;
    // Programs have no session that could prove anything.
    let Some(found) = sessions::proofs(conn, me.session, me.id, now).await? else {
        return Ok(Some(MissingProof::Recent));
    };
    let methods = methods::of(ctx, conn, me.id).await?;
    let proofs = Proofs {
        proved: found.proved,
        second_factor: found.second_factor,
        protected: found.has_authenticator || passkeys_protect(ctx, methods, (me.status, &me.ledger), now),
    };
    Ok(proofs.allow_change(methods, now).err())
}

/// Fails if the session of `actor` lacks what a change of the ways in needs. Call it inside the job of the change.
pub(crate) async fn require(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    actor: &Actor,
    now: Millis,
) -> Result<(), AccountsError> {
    match missing(ctx, conn, actor, now).await? {
        None => Ok(()),
        Some(MissingProof::Recent) => Err(AccountsError::ProofNeeded),
        Some(MissingProof::SecondFactor) => Err(AccountsError::SecondFactorFirst),
    }
}

/// Proves who the caller is by their password; good for changes in the next minutes.
pub async fn prove_by_password(
    ctx: &Ctx,
    actor: &Actor,
    from: impl Into<Origin>,
    password: &str,
) -> Result<(), AccountsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let (person, session) = known(actor).map(|me| (me.id, me.session))?;
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let works = methods::of(ctx, &mut snapshot, person).await?.password_works();
    drop(snapshot);
    if !works {
        return Err(AccountsError::WrongPassword);
    }
    own_password::show_password(ctx, actor, from, password).await?;
    let proved = ctx.store().write::<_, AccountsError, _>(async move |tx| {
        record(tx, session, now).await?;
        Ok(Done::unaudited((), Unaudited::SessionSliding))
    });
    proved.await
}
