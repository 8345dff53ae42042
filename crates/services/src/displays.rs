//! Wall displays: their links, made, listed and taken back; and which display a token stands for.

use crate::{Ctx, again::again, refusal, token::Token};
use domain::{
    actor::{About, Actor, Door, Forbidden, Permission, Who},
    displays::{Display, Displays, NAME, Opening},
    id::DisplayId,
    live::Hint,
    problem::{Kind, Problem},
    time::Millis,
};
use std::time::Duration;
use store::{Done, StoreError, Unaudited, audit, displays, people};
use text::Lang;

/// That a display asked is written down again when the last time is this old.
const STALE: Duration = Duration::from_mins(5);

/// Why a display was not made, listed or taken back.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DisplaysError {
    /// Not for this actor.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// It needs a name.
    #[error("a display without a name")]
    Nameless,
    /// The name is longer than [`NAME`] characters.
    #[error("the name of a display is too long")]
    LongName,
    /// There is none, or none in force.
    #[error("there is no such display")]
    Unknown,
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DisplaysError {
    /// For the reader.
    #[must_use]
    pub fn problem(&self, lang: Lang) -> Problem {
        let name = |code, message| Problem::new(code, Kind::Invalid, lang.form_fix()).field("name", message);
        match self {
            Self::Forbidden(why) => refusal::forbidden(*why, lang),
            Self::Nameless => name("display.nameless", lang.display_name_missing()),
            Self::LongName => name("display.name-too-long", lang.display_name_long()),
            Self::Unknown => Problem::new("display.unknown", Kind::NotFound, lang.display_unknown()),
            Self::Store(error) => refusal::storage(error, lang),
        }
    }
}

/// A display that was made; its token is not to be had again.
#[derive(Debug, Clone)]
pub struct Made {
    /// Which.
    pub id: DisplayId,
    /// What it is called.
    pub name: String,
    /// What its screen shows to be let in.
    pub token: Token,
}

/// Makes a display.
pub async fn make(ctx: &Ctx, actor: &Actor, name: &str) -> Result<Made, DisplaysError> {
    actor.require(Permission::Displays, About::NOTHING)?;
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err(DisplaysError::Nameless);
    }
    if name.chars().count() > NAME {
        return Err(DisplaysError::LongName);
    }
    let (now, token) = (ctx.now(), ctx.dice().token());
    let hash = token.hash().ok_or(DisplaysError::Unknown)?;
    let actor = actor.clone();
    ctx.store()
        .write(async move |tx| {
            let (_, proof) = again::<DisplaysError>(tx, &actor, Permission::Displays, About::NOTHING, now).await?;
            let by = people::alias_of(tx, &proof, now).await?;
            let id = displays::add(tx, &name, &hash, by, now).await?;
            let detail = serde_json::json!({});
            let entry = audit::entry(tx, &proof, now, "display.made", format!("display:{id}"), &detail).await?;
            Ok(Done::audited(Made { id, name, token }, entry))
        })
        .await
}

/// The displays in force.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Displays, DisplaysError> {
    actor.require(Permission::Displays, About::NOTHING)?;
    let now = ctx.now();
    let found = displays::in_force(&mut *ctx.store().read().await?).await?;
    let displays = found.into_iter().map(|display| Display {
        id: display.id,
        name: display.name,
        made: ctx.moment(display.made),
        by: display.by,
        seen: display.seen.map(|at| ctx.moment(at)),
    });
    Ok(Displays { now: ctx.moment(now), displays: displays.collect() })
}

/// Where a screen is let in with `token`: path and query on this site.
#[must_use]
pub fn path(token: &Token) -> String {
    // In the query and not in the path, which is written into logs.
    format!("/display?token={}", token.expose())
}

/// Takes a display's token back: its screen shows nothing any more, at once.
pub async fn revoke(ctx: &Ctx, actor: &Actor, id: DisplayId) -> Result<(), DisplaysError> {
    actor.require(Permission::Displays, About::NOTHING)?;
    let now = ctx.now();
    let actor = actor.clone();
    ctx.store()
        .write(async move |tx| {
            let (_, proof) = again::<DisplaysError>(tx, &actor, Permission::Displays, About::NOTHING, now).await?;
            if !displays::revoke(tx, id, now).await? {
                return Err(DisplaysError::Unknown);
            }
            let detail = serde_json::json!({});
            let entry = audit::entry(tx, &proof, now, "display.revoked", format!("display:{id}"), &detail).await?;
            // Whoever watches asks again, and so does the stream of that display.
            tx.after_commit(Hint::Space);
            Ok(Done::audited((), entry))
        })
        .await
}

/// The display that `token` stands for, if it is in force. That it asked is noted now and then.
pub async fn recognise(ctx: &Ctx, token: &Token, door: Door) -> Result<Option<Actor>, StoreError> {
    let Some(hash) = token.hash() else { return Ok(None) };
    let found = displays::by_hash(&mut *ctx.store().read().await?, &hash).await?;
    let Some((id, seen)) = found else { return Ok(None) };
    let now = ctx.now();
    if is_stale(seen, now) {
        ctx.store()
            .write::<_, StoreError, _>(async move |tx| {
                displays::seen(tx, id, now).await?;
                Ok(Done::unaudited((), Unaudited::SignOfLife))
            })
            .await?;
    }
    Ok(Some(Actor { who: Who::Display(id), door }))
}

fn is_stale(seen: Option<Millis>, now: Millis) -> bool {
    // A clock that was set back must not write with every request.
    seen.is_none_or(|seen| !seen.near(now, STALE))
}

/// What a demo calls its display.
const DEMO: &str = "Demo";

/// The way to a display of the demo. Those of earlier starts that nobody opened are taken back.
pub async fn for_demo(ctx: &Ctx) -> Result<Opening, DisplaysError> {
    let actor = Actor::TOOLGATE;
    for unopened in list(ctx, &actor).await?.displays {
        if unopened.name == DEMO && unopened.seen.is_none() {
            revoke(ctx, &actor, unopened.id).await?;
        }
    }
    let made = make(ctx, &actor, DEMO).await?;
    Ok(Opening { name: made.name.clone(), path: path(&made.token) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::MINUTE;

    #[test]
    fn that_a_display_asked_is_written_down_now_and_then() {
        let now = Millis(1_800_000_000_000);
        assert!(is_stale(None, now));
        assert!(!is_stale(Some(now.before(MINUTE)), now) && !is_stale(Some(now.after(MINUTE)), now));
        assert!(is_stale(Some(now.before(STALE + MINUTE)), now));
    }
}
