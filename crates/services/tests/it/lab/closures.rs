//! Closures, as a page changes them.

use super::operations::{fields, run};
use contract::{
    closures::{Close, Closure, Closures, LiftClosure, ListClosures},
    form::Fields,
};
use domain::{actor::Actor, bookings::Resource, id::ClosureId, occupations::Span};
use services::{Ctx, bookings::BookingsError};

/// The form of a closure for maintenance, which bookings prevent.
pub fn maintenance(resource: Resource, span: Span, note: &str) -> Fields {
    sent(resource, span, &[("maintenance", "yes"), ("note", note)])
}

/// The form of a closure with these fields.
pub fn sent(resource: Resource, span: Span, others: &[(&str, &str)]) -> Fields {
    let (resource, start, end) = (resource.to_string(), span.starts.0.to_string(), span.ends.0.to_string());
    let mut sent = vec![("resource", resource.as_str()), ("start", start.as_str()), ("end", end.as_str())];
    sent.extend(others);
    fields(&sent)
}

pub async fn close(ctx: &Ctx, actor: &Actor, new: Fields) -> Result<ClosureId, BookingsError> {
    run(ctx, actor, Close {}, new).await.map(|added| added.closure)
}

pub async fn lift(ctx: &Ctx, actor: &Actor, id: ClosureId) -> Result<Closure, BookingsError> {
    run(ctx, actor, LiftClosure { id }, Fields::default()).await
}

pub async fn list(ctx: &Ctx, actor: &Actor, filter: &[(&str, &str)]) -> Result<Closures, BookingsError> {
    run(ctx, actor, ListClosures {}, fields(filter)).await
}
