//! Proof by a person who is not signed in that they are one person here: for linking an account elsewhere to them.
//!
//! **Invariants.** A password is enough only where no second factor protects the account: a code is always part of the proof of
//! a person who has an authenticator, and a person whose passkeys are their second factor signs in first. Failures count like those of
//! a sign-in. All of it is checked again in the job that uses the proof, because it may be changed or used up meanwhile.

use super::{
    AccountsError, Origin,
    guard::{Attempt, Guess, Try},
    methods,
    own_password::check_own,
    proof::passkeys_protect,
    second_factor::recovery_hash,
    totp,
};
use crate::Ctx;
use domain::{id::PersonId, time::Millis};
use store::{
    SqliteConnection, WriteTx,
    accounts::{self, of_person},
    qualifications,
};

/// A password that was right, and a code that is checked when it is used up.
pub(crate) struct AccountProof {
    ctx: Ctx,
    person: PersonId,
    /// The stored hash.
    password: String,
    code: Option<(Option<i64>, [u8; 32])>,
}

/// The attempt with the code; it counts as failed unless the code was right.
#[must_use]
pub(crate) struct CodeAttempt<'a>(Option<Attempt<'a>>);

/// Whether `person` can prove by a password, and a code, that they are one person here.
pub(crate) async fn is_possible(
    ctx: &Ctx,
    conn: &mut SqliteConnection,
    person: PersonId,
) -> Result<bool, AccountsError> {
    let methods = methods::of(ctx, conn, person).await?;
    let holder = of_person(conn, person).await?.ok_or(AccountsError::Gone)?;
    let ledger = qualifications::of_person(conn, person).await?;
    let needs_passkey =
        holder.second_factor.is_none() && passkeys_protect(ctx, methods, (holder.status, &ledger), ctx.now());
    Ok(methods.password_works() && !needs_passkey)
}

/// Checks the password of `person`, and reads their code if they have an authenticator.
pub(crate) async fn show<'a>(
    ctx: &'a Ctx,
    origin: &Origin,
    person: PersonId,
    (password, code): (&str, &str),
) -> Result<(AccountProof, CodeAttempt<'a>), AccountsError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let works = methods::of(ctx, &mut snapshot, person).await?.password_works();
    let holder = of_person(&mut snapshot, person).await?.ok_or(AccountsError::Gone)?;
    let authenticator = accounts::totp(&mut snapshot, person).await?;
    drop(snapshot);
    let stored = holder.password.filter(|_| works).ok_or(AccountsError::WrongPassword)?;
    check_own(ctx, origin, person, password, Some(stored.clone())).await?;
    let authenticator = authenticator.filter(|found| found.confirmed.is_some());
    let (code, attempt) = match authenticator {
        Some(authenticator) => {
            let tried = Try::for_person(ctx, origin, person, Guess::Code).await?;
            let attempt = Attempt::begin(ctx, tried).await?;
            let step = totp::step_of(&authenticator.secret, code, now);
            (Some((step, recovery_hash(code))), Some(attempt))
        }
        None => (None, None),
    };
    Ok((AccountProof { ctx: ctx.clone(), person, password: stored, code }, CodeAttempt(attempt)))
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
        if !is_possible(&self.ctx, tx.conn(), self.person).await? {
            return Err(AccountsError::SecondFactorFirst);
        }
        let is_right = match &self.code {
            // One who has set up an authenticator meanwhile has not shown it.
            None => holder.second_factor.is_none(),
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
