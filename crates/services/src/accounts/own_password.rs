//! A signed-in person's password, checked again.
//!
//! Invariant: guesses count as at sign-in. Not here: how passwords are compared ([`super::password`]).

use super::{
    AccountsError, Origin,
    guard::{Attempt, Guess, Try},
    known, password,
};
use crate::Ctx;
use domain::{
    actor::{Actor, Permission, Target},
    id::PersonId,
};
use store::accounts::of_person;

/// Checks the caller's password; passes if they have none.
pub(crate) async fn show_password(
    ctx: &Ctx,
    actor: &Actor,
    from: impl Into<Origin>,
    password: &str,
) -> Result<(), AccountsError> {
    actor.require(Permission::OwnAccount, Target::NONE)?;
    let person = known(actor)?.id;
    let holder = of_person(&mut *ctx.store().read().await?, person).await?.ok_or(AccountsError::Unknown)?;
    check_own(ctx, &from.into(), person, password, holder.password).await
}

/// Whether the password is that of `person`, who is signed in; passes if they have none.
pub(super) async fn check_own(
    ctx: &Ctx,
    origin: &Origin,
    person: PersonId,
    password: &str,
    stored: Option<String>,
) -> Result<(), AccountsError> {
    if stored.is_none() {
        return Ok(());
    }
    let tried = Try::for_person(ctx, origin, person, Guess::Password).await?;
    let (attempt, turn) = Attempt::in_turn(ctx, tried).await?;
    match password::check(turn, password, stored).await {
        Ok(false) => Err(AccountsError::WrongPassword),
        Ok(true) => {
            attempt.forgive();
            Ok(())
        }
        Err(error) => {
            attempt.forgive();
            Err(error)
        }
    }
}
