//! Proof by a person who is not signed in that they are one person here: for linking an account elsewhere to them.
//!
//! Invariant: failures count like those of a sign-in. Password and code are checked again in the job that uses the proof, because
//! they may be changed or used up meanwhile.

use super::{
    AccountsError, Origin,
    guard::{Attempt, Guess, Try},
    methods,
    own_password::check_own,
    second_factor::recovery_hash,
    totp,
};
use crate::Ctx;
use domain::{id::PersonId, time::Millis};
use store::{
    WriteTx,
    accounts::{self, of_person},
};

/// A password that was right, and a code that is checked when it is used up.
pub(crate) struct AccountProof {
    person: PersonId,
    /// The stored hash.
    password: String,
    code: Option<(Option<i64>, [u8; 32])>,
}

/// The attempt with the code; it counts as failed unless the code was right.
#[must_use]
pub(crate) struct CodeAttempt<'a>(Option<Attempt<'a>>);

/// Checks the password of `person`. Their code is read if they have an authenticator and `asks_code`.
pub(crate) async fn show<'a>(
    ctx: &'a Ctx,
    origin: &Origin,
    person: PersonId,
    (password, code): (&str, &str),
    asks_code: bool,
) -> Result<(AccountProof, CodeAttempt<'a>), AccountsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let works = methods::of(ctx, &mut snapshot, person).await?.password_works();
    let holder = of_person(&mut snapshot, person).await?.ok_or(AccountsError::Gone)?;
    let authenticator = accounts::totp(&mut snapshot, person).await?;
    drop(snapshot);
    let stored = holder.password.filter(|_| works).ok_or(AccountsError::WrongPassword)?;
    check_own(ctx, origin, person, password, Some(stored.clone())).await?;
    let authenticator = authenticator.filter(|found| asks_code && found.confirmed.is_some());
    let (code, attempt) = match authenticator {
        Some(authenticator) => {
            let tried = Try::for_person(ctx, origin, person, Guess::Code).await?;
            let attempt = Attempt::begin(ctx, tried).await?;
            let step = totp::step_of(&authenticator.secret, code, now);
            (Some((step, recovery_hash(code))), Some(attempt))
        }
        None => (None, None),
    };
    Ok((AccountProof { person, password: stored, code }, CodeAttempt(attempt)))
}

impl AccountProof {
    /// Whether a code of the second factor is part of it.
    pub(crate) const fn has_code(&self) -> bool {
        self.code.is_some()
    }

    /// Checks the password again in a job, and uses up the code.
    pub(crate) async fn confirm(&self, tx: &mut WriteTx, now: Millis) -> Result<(), AccountsError> {
        let holder = of_person(tx.conn(), self.person).await?.ok_or(AccountsError::Gone)?;
        if holder.password.as_ref() != Some(&self.password) {
            return Err(AccountsError::WrongPassword);
        }
        let is_right = match &self.code {
            None => true,
            Some((Some(step), _)) => accounts::take_step(tx, self.person, *step).await?,
            Some((None, recovery)) => accounts::take_recovery_code(tx, self.person, recovery, now).await?,
        };
        if is_right { Ok(()) } else { Err(AccountsError::WrongCode) }
    }
}

impl CodeAttempt<'_> {
    /// Counts the attempt by the `result` of the job: only a wrong code is a failed guess.
    pub(crate) fn by<T>(self, result: Result<T, AccountsError>) -> Result<T, AccountsError> {
        if let Some(attempt) = self.0
            && !matches!(result, Err(AccountsError::WrongCode))
        {
            attempt.forgive();
        }
        result
    }
}
