//! Personal tokens: created, listed and revoked by their owners; and authenticating a program by its token.
//!
//! **Invariants.** A token is stored as its hash. It is valid only while its owner is active, and ends whenever
//! their sessions end: on suspension, on leaving, with a changed password, with a lost role. It grants its owner's
//! permissions, reloaded at every request, cut down to its scopes. Not here: tokens made by tokens.

use crate::{
    Ctx,
    change::Job,
    serve::bind,
    sessions::{self, Holder, Somebody, note_use},
    token::Token,
};
use contract::{
    form::Faults,
    tokens::{ListTokens, MakeToken, NewToken, RevokeToken, TokenMade, TokenView, Tokens},
};
use domain::{
    actor::{Actor, Channel, Forbidden, Permission, Target},
    id::{SessionId, TokenId},
    live::ChangeEvent,
    people::PersonStatus,
    problem::{Kind, Problem},
    tokens::{MOST, PREFIX, SEEN_EVERY, Scope, join, split},
};
use macros::ServiceError;
use serde_json::json;
use store::{Done, StoreError, audit, tokens};
use text::Lang;

/// Why no token was made, shown or revoked.
#[derive(Debug, Clone, ServiceError)]
pub enum TokensError {
    /// Not for this actor.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    /// These fields do not fit.
    #[problem("token.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    /// They have as many as one may have.
    #[problem("token.too-many", Conflict, token_too_many(&MOST.to_string()))]
    TooMany,
    #[problem("token.unknown", NotFound, token_unknown)]
    Unknown,
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error TokensError;
    ListTokens {}, may OwnAccount => list;
    MakeToken {} with form, may OwnAccount, when is_in_person => make;
    RevokeToken { id }, may OwnAccount, in job => revoke;
}

/// Creates a token for the caller. It is shown only now.
async fn make(ctx: &Ctx, actor: &Actor, new: NewToken) -> Result<TokenMade, TokensError> {
    let proof = actor.require(Permission::OwnAccount, Target::NONE)?;
    let me = in_person(actor)?;
    let (person, session) = (me.id, me.session);
    let NewToken { name, scopes, lifetime } = new;
    let name = String::from(name);
    let (now, (token, hash)) = (ctx.now(), ctx.rng().new_token());
    let token = format!("{PREFIX}{}", token.expose());
    let made = ctx.store().write(async move |tx| {
        // The caller's current standing: a suspension may have ended their session meanwhile.
        let second_factor = store::sessions::sessions_of(tx.conn(), session, person, now).await?;
        let second_factor = second_factor.ok_or(Forbidden::SignIn)?;
        if tokens::of_person(tx.conn(), person, now).await?.len() >= MOST {
            return Err(TokensError::TooMany);
        }
        let (stored, expires) = (join(scopes.as_slice()), lifetime.end(now));
        let new = tokens::NewToken {
            hash,
            person,
            name: name.clone(),
            scopes: stored,
            created: now,
            expires,
            second_factor,
        };
        let id = tokens::add(tx, &new).await?;
        tx.after_commit(ChangeEvent::Person(person));
        let detail = json!({ "token": id, "until": expires });
        let entry = audit::entry(tx, &proof, now, "account.token-made", person, &detail).await?;
        Ok(Done::audited(TokenMade { name, token }, entry))
    });
    made.await
}

/// The caller's tokens.
async fn list(ctx: &Ctx, actor: &Actor) -> Result<Tokens, TokensError> {
    let person = actor.person().ok_or(Forbidden::SignIn)?;
    let now = ctx.now();
    let listed = tokens::of_person(&mut *ctx.store().read().await?, person, now).await?;
    let tokens = listed.into_iter().map(|token| TokenView {
        id: token.id,
        name: token.name,
        scopes: split(&token.scopes),
        made: ctx.moment(token.created),
        until: token.expires.map(|at| ctx.moment(at)),
        seen: token.seen.map(|at| ctx.moment(at)),
    });
    Ok(Tokens { now: ctx.moment(now), tokens: tokens.collect() })
}

/// Revokes a token of the caller at once.
async fn revoke(job: &mut Job<'_>, id: TokenId) -> Result<Done<()>, TokensError> {
    let person = job.actor.person().ok_or(Forbidden::SignIn)?;
    if !tokens::end(job.tx, person, id).await? {
        return Err(TokensError::Unknown);
    }
    job.tx.after_commit(ChangeEvent::Person(person));
    job.audited((), "account.token-revoked", person, &json!({ "token": id })).await
}

#[derive(Debug, Clone)]
pub struct Program {
    pub somebody: Somebody,
    pub scopes: Vec<Scope>,
}

/// The holder of a token; `None` if invalid. Its use is recorded at intervals.
pub async fn recognise(ctx: &Ctx, brought: &str) -> Result<Option<Program>, StoreError> {
    let now = ctx.now();
    let Some(hash) = brought.strip_prefix(PREFIX).and_then(|secret| Token::presented(secret).hash()) else {
        return Ok(None);
    };
    let found = tokens::find(&mut *ctx.store().read().await?, &hash, now).await?;
    let Some(found) = found.filter(|found| found.status == PersonStatus::Active) else { return Ok(None) };
    // Created before its owner had an authenticator, and would bypass it.
    if found.has_authenticator && found.second_factor.is_none() {
        return Ok(None);
    }
    note_use(ctx, (found.seen, SEEN_EVERY, now), async move |tx| tokens::seen(tx, found.id, now).await).await?;
    let scopes = split(&found.scopes);
    let holder = Holder {
        person: found.person,
        session: NO_SESSION,
        status: found.status,
        name: found.name,
        language: found.language,
        has_second_factor: found.has_authenticator || found.has_passkey,
        second_factor: found.second_factor,
        ledger: found.ledger,
    };
    Ok(Some(Program { somebody: sessions::stands(ctx, holder, Channel::Api, now), scopes }))
}

/// Whether `scopes` include `scope`. Sessions have all scopes.
pub fn require(scopes: Option<&[Scope]>, scope: Option<Scope>, lang: Lang) -> Result<(), Problem> {
    match (scopes, scope) {
        (Some(scopes), Some(scope)) if !scopes.contains(&scope) => {
            Err(Problem::new("token.scope", Kind::Forbidden, lang.token_scope(scope.as_str())))
        }
        _ => Ok(()),
    }
}

/// The problem for an invalid or expired token.
pub fn refused(lang: Lang) -> Problem {
    Problem::new("token.refused", Kind::SignIn, lang.token_refused())
}

/// The session id of programs. Real ids begin at one.
const NO_SESSION: SessionId = SessionId(0);

/// Refuses programs, and people who are no members.
fn is_in_person(actor: &Actor) -> Result<(), Forbidden> {
    in_person(actor).map(drop)
}

/// A person who signed in themselves, and is a member.
fn in_person(actor: &Actor) -> Result<&domain::actor::Principal, Forbidden> {
    let me = actor.known().ok_or(Forbidden::SignIn)?;
    let own = me.session != NO_SESSION && me.status == PersonStatus::Active;
    own.then_some(me).ok_or(Forbidden::NotAllowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_allows_only_its_own_operations() {
        let may = |has: &[Scope], needs| require(Some(has), needs, Lang::En).is_ok();
        for &scope in Scope::ALL {
            assert!(may(&[scope], Some(scope)) && may(&[], None));
            let others: Vec<_> = Scope::ALL.iter().copied().filter(|&other| other != scope).collect();
            assert!(!may(&others, Some(scope)), "{scope:?}");
            assert!(require(None, Some(scope), Lang::En).is_ok(), "a session has them all");
        }
    }
}
