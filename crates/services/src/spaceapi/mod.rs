//! SpaceAPI: the status of the space as directories of spaces and other sites read it, in version 15 of <https://spaceapi.io>.
//!
//! **Invariant.** It shows what a visitor may see: people only as a number, and only if that is published.
//!
//! Not here: the status itself ([`crate::space_status`]), whether it is on ([`crate::publication`]), the format (`document`), and HTTP.

#[cfg(test)]
mod checker;
mod document;

use crate::{
    Ctx,
    publication::{PublicationError, SPACEAPI, addresses},
    shared::Shared,
    space_status,
};
use document::{Facts, document};
use domain::{
    connections::{Connection, Kind, State},
    time::Millis,
};
use macros::ServiceError;
use serde_json::Value;
use store::StoreError;

/// Why there is no document.
#[derive(Debug, Clone, ServiceError)]
pub enum SpaceApiError {
    #[problem(transparent)]
    Unpublished(#[from] PublicationError),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

#[derive(Default)]
struct Memory {
    /// When it was last read since the start.
    read: Shared<Option<Millis>>,
}

/// The document, as JSON.
pub async fn read(ctx: &Ctx) -> Result<Value, SpaceApiError> {
    let addresses = addresses(ctx)?;
    let now = ctx.now();
    let (status, _) = space_status::read(ctx).await?;
    let space = ctx.space();
    let facts = Facts { space: &space, status: &status, now: ctx.moment(now), addresses: &addresses };
    let document = document(&facts);
    *ctx.memory::<Memory>().read.lock() = Some(now);
    Ok(document)
}

/// Whether it is on, and when it was last read.
pub(crate) fn connections(ctx: &Ctx) -> Vec<Connection> {
    if addresses(ctx).is_err() {
        return Vec::new();
    }
    let last_success = *ctx.memory::<Memory>().read.lock();
    vec![Connection {
        name: Some(SPACEAPI.to_owned()),
        state: State::of(last_success, None),
        last_success,
        last_failure: None,
        queued: 0,
        link: Kind::SpaceApi.page().to_owned(),
    }]
}
