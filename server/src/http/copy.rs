//! `POST /system/copy`: downloads a copy of the database, for administrators.
//!
//! Invariant: it is streamed in pieces, however large it is. Not here: making it.

use super::Shared;
use app::visitor::Visitor;
use axum::{
    Extension,
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::actor::Actor;
use services::error::ServiceError;
use services::system;
use std::{fs::File, io};
use tokio::io::AsyncReadExt;

/// Bytes read at once.
const PIECE: usize = 1 << 16;

pub async fn give(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    let copy = match system::copy(&shared.0.ctx, &actor).await {
        Ok(copy) => copy,
        Err(error) => {
            let problem = error.problem(visitor.lang);
            let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            return (status, problem.detail).into_response();
        }
    };
    let mut headings = vec![
        (header::CONTENT_TYPE, "application/vnd.sqlite3".to_owned()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"toolgate.sqlite\"".to_owned()),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    // The length tells clients when a download was cut off.
    headings.extend(copy.metadata().map(|about| (header::CONTENT_LENGTH, about.len().to_string())));
    let answer =
        headings.into_iter().fold(Response::builder(), |answer, (name, value)| answer.header(name, value));
    answer
        .body(Body::from_stream(pieces(copy)))
        .unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
}

fn pieces(copy: File) -> impl futures::Stream<Item = io::Result<Vec<u8>>> {
    futures::stream::try_unfold(tokio::fs::File::from_std(copy), async |mut copy| {
        let mut piece = Vec::with_capacity(PIECE);
        let read = (&mut copy).take(PIECE as u64).read_to_end(&mut piece).await?;
        Ok((read > 0).then_some((piece, copy)))
    })
}
