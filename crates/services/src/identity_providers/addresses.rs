//! Proof of an address that a provider does not vouch for: a code that is mailed to it.
//!
//! **Invariants.** The answer is the same for an address of a person here and any other. A code is stored as a hash, proves the one
//! address it went to, and works for a few tries; one that could not be mailed leaves the one before it valid. A proven address opens
//! no account: its person still proves who they are ([`super::arrivals`]).

use super::arrivals::current;
use crate::{
    Ctx,
    accounts::{
        AccountsError, ValidationError,
        guard::{Guard, Whose},
    },
    mail,
    token::Token,
};
use domain::{
    accounts,
    actor::{Actor, Channel, Permission, Target},
    identity_providers::{Arrival, CODE_TRIES, Standing, admit},
};
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use store::{
    Done, Unaudited,
    identity_providers::{
        links,
        visits::{self, ArrivalRow},
    },
};
use text::Lang;

/// Whether an arrival waits for the proof of an address.
fn is_unproven(arrived: &ArrivalRow) -> bool {
    arrived.refusal.is_none() && arrived.person.is_none() && arrived.email.is_none()
}

/// The hash of a code of the arrival with this hash.
fn hash_of(arrival: &[u8; 32], code: &str) -> [u8; 32] {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    Sha256::new().chain_update(arrival).chain_update(digits).finalize().into()
}

/// Mails a code to `email`, which proves that the mailbox belongs to the holder of `token`.
pub async fn send_code(
    ctx: &Ctx,
    from: IpAddr,
    token: &Token,
    email: &str,
    lang: Lang,
) -> Result<(), AccountsError> {
    let now = ctx.now();
    Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let hash = token.hash().ok_or(AccountsError::Gone)?;
    let email = accounts::email(email).ok_or(AccountsError::Invalid(vec![ValidationError::Email]))?;
    let found = visits::arrival(&mut *ctx.store().read().await?, &hash, now).await?;
    found.filter(is_unproven).ok_or(AccountsError::Gone)?;
    if !mail::can_send(ctx) {
        return Err(AccountsError::CodeNotSent);
    }
    Guard::of(ctx).ask_for_letter(ctx, from, Whose::email(&email)).await?;
    let number = u64::from_be_bytes(ctx.rng().bytes()) % 1_000_000;
    let code = format!("{number:06}");
    let (hashed, address) = (hash_of(&hash, &code), email.clone());
    let noted = ctx.store().write::<_, AccountsError, _>(async move |tx| {
        let (arrived, _) = current(tx, &hash, now).await?;
        if !is_unproven(&arrived) {
            return Err(AccountsError::Gone);
        }
        let before = visits::note_code(tx, &hash, &hashed, &address).await?;
        Ok(Done::unaudited(before, Unaudited::SignInPending))
    });
    let before = noted.await?;
    let mailing = ctx.clone();
    // In a separate task, so that an earlier code is valid again even if the caller disconnects.
    let mailed = ctx.spawn(async move {
        if mail::send_code(&mailing, lang, &email, &code).await {
            return Ok(());
        }
        let restored = mailing.store().write::<_, AccountsError, _>(async move |tx| {
            visits::restore_code(tx, &hash, &hashed, before).await?;
            Ok(Done::unaudited((), Unaudited::SignInPending))
        });
        restored.await?;
        Err(AccountsError::CodeNotSent)
    });
    mailed.await.unwrap_or(Err(AccountsError::CodeNotSent))
}

/// Proves the address to which the last code went by that code.
pub async fn confirm_address(ctx: &Ctx, token: &Token, code: &str) -> Result<(), AccountsError> {
    let now = ctx.now();
    Actor::anybody(false, Channel::Web).require(Permission::Enter, Target::NONE)?;
    let hash = token.hash().ok_or(AccountsError::Gone)?;
    let tried = hash_of(&hash, code);
    let proved = ctx.store().write::<_, AccountsError, _>(async move |tx| {
        let (arrived, row) = current(tx, &hash, now).await?;
        if !is_unproven(&arrived) {
            return Err(AccountsError::Gone);
        }
        let pending = visits::try_code(tx, &hash, CODE_TRIES).await?;
        let Some((_, address)) = pending.filter(|(code, _)| *code == tried) else {
            // The try counts, so this is no error of the job.
            return Ok(Done::unaudited(false, Unaudited::SignInPending));
        };
        let same_email = links::person_with(tx.conn(), &address).await?;
        let standing = Standing {
            linked: None,
            same_email: same_email.map(|(_, status)| status),
            is_proven: true,
            is_named: arrived.name.is_some(),
        };
        let refusal = match admit(row.description.admission, standing) {
            Arrival::Refuse(why) => Some(why),
            _ => None,
        };
        let person = same_email.map(|(person, _)| person).filter(|_| refusal.is_none());
        visits::prove_address(tx, &hash, &address, person, refusal).await?;
        Ok(Done::unaudited(true, Unaudited::SignInPending))
    });
    if proved.await? { Ok(()) } else { Err(AccountsError::WrongAddressCode) }
}
