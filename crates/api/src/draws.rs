//! Draws as files: the proof of a run, and the wishes as a table.
//!
//! Not here: everything else about draws, which is made from the rows of `contract::draws`.

use super::{
    Caller, Id, Refusal,
    answer::File,
    operation::{Operation, Tag},
};
use axum::body::Body;
use domain::{id::DrawId, tokens::Scope};
use services::draws::{self, DrawsError};

const CSV: &str = "text/csv";
const JSON: &str = "application/json";

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/draws/{id}/proof", "readDrawProof", proof)
            .about(
                Tag::Draws,
                "Get the proof of a draw",
                "Returns the draw file of a draw that has run: its secret, wishes, turns and outcomes, without names of \
                 people. `toolgate draw verify` recomputes the draw from it.",
            )
            .needs(Scope::BookingsRead)
            .gives(JSON)
            .errors::<DrawsError>(&["draw.unknown", "draw.no-proof"]),
        Operation::get("/api/v1/draws/{id}/wishes.csv", "exportWishes", wishes)
            .about(
                Tag::Draws,
                "Export the wishes of a draw",
                "Returns the wishes that the caller may see as CSV, after the run with what became of each.",
            )
            .needs(Scope::BookingsRead)
            .gives(CSV)
            .errors::<DrawsError>(&["draw.unknown"]),
    ]
}

async fn proof(caller: Caller, Id(id): Id) -> Result<File, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    Ok(File(JSON, Body::from(draws::proof(&ctx, &actor, DrawId(id)).await?)))
}

async fn wishes(caller: Caller, Id(id): Id) -> Result<File, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    Ok(File("text/csv; charset=utf-8", Body::from(draws::table(&ctx, &actor, DrawId(id)).await?)))
}
