//! Unsubscribe links in mails: anyone who has the mail may use them, without signing in.
//!
//! Invariant: a link names the person and the subject, and is signed; it can do nothing else and works more than
//! once. Opening it changes nothing.
//!
//! Only a POST unsubscribes, because mail programs and scanners open every link.

use super::signatures::{is_signed, sign};
use crate::Ctx;
use contract::notices::Unwanted;
use domain::{
    actor::{self, Actor, Forbidden, Permission, Target},
    deliveries::{Channel, Times},
    id::PersonId,
    notices::Kind,
};
use macros::ServiceError;
use store::{Done, StoreError, Unaudited, deliveries as rows};

/// The code of the daily mail, in place of a kind.
const DIGEST: &str = "daily";

/// Why nothing was switched off.
#[derive(Debug, Clone, ServiceError)]
pub enum UnsubscribeError {
    /// The link was not made here, or only a part of it arrived.
    #[problem("unsubscribe.unknown", NotFound, unsubscribe_unknown)]
    Unknown,
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

/// An unsubscribe link, unvalidated.
#[derive(Debug, Clone)]
pub struct Link {
    pub person: PersonId,
    /// The code of a kind, or `daily`.
    pub what: String,
    pub sign: String,
}

/// The query of the link by which `person` unsubscribes from `what`.
pub(super) fn link(key: &[u8; 32], person: PersonId, what: Unwanted) -> String {
    let name = code_of(what);
    let sign = sign(key, &statement(person, name));
    format!("?who={person}&what={name}&sign={sign}")
}

const fn code_of(what: Unwanted) -> &'static str {
    match what {
        Unwanted::Digest => DIGEST,
        Unwanted::Kind(kind) => kind.as_str(),
    }
}

fn statement(person: PersonId, name: &str) -> String {
    format!("unsubscribe {person} {name}")
}

/// The kind that `link` would switch off.
pub async fn find(ctx: &Ctx, link: &Link) -> Result<Unwanted, UnsubscribeError> {
    Actor::anybody(false, actor::Channel::Web).require(Permission::Enter, Target::NONE)?;
    let key = rows::known_key(&mut *ctx.store().read().await?).await?.ok_or(UnsubscribeError::Unknown)?;
    if !is_signed(&key, &statement(link.person, &link.what), &link.sign) {
        return Err(UnsubscribeError::Unknown);
    }
    match link.what.as_str() {
        DIGEST => Ok(Unwanted::Digest),
        name => {
            Kind::parse(name).filter(|kind| !kind.is_locked()).map(Unwanted::Kind).ok_or(UnsubscribeError::Unknown)
        }
    }
}

/// Switches off the kind named by `link`; repeating it changes nothing.
pub async fn follow(ctx: &Ctx, link: &Link) -> Result<Unwanted, UnsubscribeError> {
    let what = find(ctx, link).await?;
    let (person, now) = (link.person, ctx.now());
    ctx.store()
        .write(async move |tx| {
            // Erased people get no mail and leave no trace.
            rows::address(tx.conn(), person).await?.ok_or(UnsubscribeError::Unknown)?;
            match what {
                Unwanted::Kind(kind) => rows::switch(tx, person, kind, Channel::Mail, Some(false)).await?,
                Unwanted::Digest => {
                    let times = rows::times(tx.conn(), person).await?.unwrap_or_default();
                    rows::set_times(tx, person, Times { digest: None, ..times }, now).await?;
                }
            }
            Ok::<_, UnsubscribeError>(Done::unaudited(what, Unaudited::OwnNotices))
        })
        .await
}
