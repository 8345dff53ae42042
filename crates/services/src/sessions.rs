//! Sessions: who a request comes from.
//!
//! **Invariants.** A session is valid only while its person has not left, it has not expired, and, where they have
//! an authenticator, its code was entered or a passkey was used. Standing is reloaded at every request, so a change
//! takes effect at the next one. Not here: cookies.

use crate::{Ctx, token::Token};
use domain::{
    accounts::{SESSION_IDLE, SESSION_LONGEST, SESSION_SLIDES},
    actor::{Actor, Channel, Forbidden, Principal, Rank, Who, rank},
    id::{PersonId, SessionId},
    live::ChangeEvent,
    people::PersonStatus,
    qualifications::{Ledger, Relation},
    time::{DAY, Millis},
};
use std::time::Duration;
use store::{
    Done, StoreError, Unaudited, WriteTx,
    sessions::{self, NewSession, Session},
};
use text::Lang;

/// How long a device is known after signing in: as long as browsers keep a cookie.
const KNOWN: Duration = DAY.saturating_mul(400);

/// The holder of a token.
#[derive(Debug, Clone)]
pub enum Recognised {
    /// Invalid or expired.
    Nobody,
    /// A second factor is required before the session is valid.
    Pending,
    Somebody(Box<Somebody>),
}

#[derive(Debug, Clone)]
pub struct Somebody {
    /// The actor for use cases.
    pub actor: Actor,
    /// Their name; empty once their profile is erased.
    pub name: String,
    /// Their rank, with all roles active.
    pub rank: Rank,
    pub auditor: bool,
    /// They are trainer or owner of something, or may induct members.
    pub trains: bool,
    /// Their roles sleep until they have and show a second factor.
    pub asleep: bool,
    /// The language they chose, if they did.
    pub language: Option<Lang>,
}

/// The person identified by `token` on this channel. The use is recorded at intervals, which extends the session.
pub async fn recognise(ctx: &Ctx, token: &Token, channel: Channel) -> Recognised {
    let now = ctx.now();
    let Some(hash) = token.hash() else { return Recognised::Nobody };
    let found = async { sessions::find(&mut *ctx.store().read().await?, &hash, now).await };
    let session = match found.await {
        Ok(Some(session)) if session.status != PersonStatus::Left => session,
        Ok(_) => return Recognised::Nobody,
        Err(error) => {
            tracing::error!(%error, "a session could not be looked up");
            return Recognised::Nobody;
        }
    };
    if session.has_authenticator && session.second_factor.is_none() {
        return Recognised::Pending;
    }
    slide(ctx, &session, now).await;
    let holder = Holder {
        person: session.person,
        session: session.id,
        status: session.status,
        name: session.name,
        language: session.language,
        has_second_factor: session.has_authenticator || session.has_passkey,
        second_factor: session.second_factor,
        ledger: session.ledger,
    };
    Recognised::Somebody(Box::new(stands(ctx, holder, channel, now)))
}

/// The holder of a session or a token, as loaded.
pub(crate) struct Holder {
    pub person: PersonId,
    pub session: SessionId,
    pub status: PersonStatus,
    pub name: String,
    pub language: Option<String>,
    /// They have an authenticator or a passkey.
    pub has_second_factor: bool,
    pub second_factor: Option<Millis>,
    pub ledger: Ledger,
}

/// The actor for a session holder on this channel at `now`.
pub(crate) fn stands(ctx: &Ctx, holder: Holder, channel: Channel, now: Millis) -> Somebody {
    let high = rank(holder.status, &holder.ledger, now) >= Rank::Manager;
    // A removed authenticator or passkey is no second factor any more.
    let visible = holder.has_second_factor && holder.second_factor.is_some();
    let known = Principal {
        id: holder.person,
        session: holder.session,
        status: holder.status,
        ledger: holder.ledger,
        at: now,
        roles_asleep: high && !visible && ctx.space().settings.second_factor,
        public: ctx.space().settings.public_status,
    };
    Somebody {
        name: holder.name,
        rank: known.rank(),
        auditor: known.is_auditor(),
        trains: trains(&known),
        asleep: known.roles_asleep,
        language: holder.language.as_deref().and_then(Lang::from_tag),
        actor: Actor { who: Who::Person(Box::new(known)), channel },
    }
}

/// Whether they have something to say about other people's qualifications.
pub(crate) fn trains(known: &Principal) -> bool {
    let mut more = known.ledger.0.iter().filter(|entry| entry.relation != Relation::User);
    known.rank() >= Rank::Member
        && more.any(|entry| known.ledger.holds(entry.relation, &[entry.subject], known.at))
}

/// Refuses programs, for what only a person does: they have a token and no session.
pub(crate) fn is_in_person(actor: &Actor) -> Result<(), Forbidden> {
    let me = actor.known().ok_or(Forbidden::SignIn)?;
    if me.session.0 == 0 { Err(Forbidden::NotAllowed) } else { Ok(()) }
}

async fn slide(ctx: &Ctx, session: &Session, now: Millis) {
    if now.since(session.seen) < SESSION_SLIDES {
        return;
    }
    let (id, expires) = (session.id, lasts(session.created, now));
    let slid = ctx.store().write::<_, StoreError, _>(async move |tx| {
        sessions::slide(tx, id, now, expires).await?;
        Ok(Done::unaudited((), Unaudited::SessionSliding))
    });
    if let Err(error) = slid.await {
        tracing::warn!(%error, "the use of a session could not be written down");
    }
}

/// Calls `note` to record the use of a secret if the last record is older than `every`.
pub(crate) async fn note_use(
    ctx: &Ctx,
    (seen, every, now): (Option<Millis>, Duration, Millis),
    note: impl AsyncFnOnce(&mut WriteTx) -> Result<(), StoreError> + Send + 'static,
) -> Result<(), StoreError> {
    if !is_stale(seen, every, now) {
        return Ok(());
    }
    let noted = ctx.store().write(async move |tx| {
        note(tx).await?;
        Ok(Done::unaudited((), Unaudited::SessionSliding))
    });
    noted.await
}

fn is_stale(seen: Option<Millis>, every: Duration, now: Millis) -> bool {
    // A clock that was set back must not write with every use.
    seen.is_none_or(|seen| !seen.near(now, every))
}

/// Until when a session of `created` lasts that is used at `now`.
fn lasts(created: Millis, now: Millis) -> Millis {
    now.after(SESSION_IDLE).min(created.after(SESSION_LONGEST))
}

/// Opens a session for `person` within a job.
pub(crate) async fn open(
    tx: &mut WriteTx,
    hash: [u8; 32],
    person: PersonId,
    device: &str,
    now: Millis,
    second_factor: Option<Millis>,
) -> Result<SessionId, StoreError> {
    let device = device.chars().take(60).collect();
    let expires = lasts(now, now);
    sessions::open(tx, &NewSession { hash, person, created: now, expires, second_factor, device }).await
}

/// Ends the sessions of `person` except `except`, and all their tokens, within a job; returns the number of
/// sessions. Open pages are notified.
pub(crate) async fn end_all(
    tx: &mut WriteTx,
    person: PersonId,
    except: Option<SessionId>,
) -> Result<u64, StoreError> {
    let ended = sessions::end_all(tx, person, except).await?;
    store::tokens::end_all(tx, person).await?;
    tx.after_commit(ChangeEvent::Person(person));
    Ok(ended)
}

/// Deletes expired sessions, tokens, links and known devices; returns how many.
pub async fn forget_run_out(ctx: &Ctx) -> Result<u64, StoreError> {
    let now = ctx.now();
    let forgotten = ctx.store().write::<_, StoreError, _>(async move |tx| {
        let gone = sessions::forget_run_out(tx, now).await? + store::links::forget_run_out(tx, now).await?;
        let gone = gone + store::tokens::forget_run_out(tx, now).await?;
        let gone = gone + store::identity_providers::visits::forget_run_out(tx, now).await?;
        let gone = gone + store::passkeys::forget_run_out(tx, now).await?;
        let gone = gone + store::known_devices::forget(tx, now.before(KNOWN)).await?;
        Ok(Done::unaudited(gone, Unaudited::RunOut))
    });
    forgotten.await
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::{HOUR, MINUTE};

    #[test]
    fn token_use_is_recorded_periodically() {
        let (now, every) = (Millis(1_800_000_000_000), MINUTE * 5);
        assert!(is_stale(None, every, now));
        let near = [now.before(MINUTE), now.after(MINUTE)];
        assert!(near.iter().all(|seen| !is_stale(Some(*seen), every, now)));
        assert!(is_stale(Some(now.before(every + MINUTE)), every, now));
    }

    #[test]
    fn session_slides_and_ends_after_thirty_days() {
        let begin = Millis(1_000);
        assert_eq!(lasts(begin, begin), begin.after(DAY * 7));
        assert_eq!(lasts(begin, begin.after(DAY * 6)), begin.after(DAY * 13));
        assert_eq!(lasts(begin, begin.after(DAY * 29 + HOUR)), begin.after(DAY * 30));
    }
}
