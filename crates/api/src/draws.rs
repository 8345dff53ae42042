//! Draws as files: the proof of a run, and the wishes as a table.
//!
//! Not here: everything else about draws, which is made from the rows of `contract::draws`.

use super::{
    Caller, Id, Refusal,
    answer::{File, Table},
    operation::{Operation, Tag},
};
use axum::body::Body;
use domain::{id::DrawId, tokens::Scope};
use services::draws::{self, DrawsError};
use utoipa::ToSchema;

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
            .one::<DrawProof>()
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

/// The draw file of a draw that has run.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the bytes that are stored")]
pub struct DrawProof {
    /// Always `toolgate-draw`.
    #[schema(example = "toolgate-draw")]
    format: String,
    /// The version of the algorithm and of this file.
    #[schema(example = 1)]
    version: u32,
    /// The draw's id.
    #[schema(example = 7)]
    draw: i64,
    /// SHA-256 of the secret, published with the draw.
    #[schema(example = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925")]
    commitment: String,
    /// The secret, in hexadecimal digits.
    #[schema(example = "0000000000000000000000000000000000000000000000000000000000000000")]
    secret: String,
    /// The wishes, by id.
    wishes: Vec<ProofWish>,
    /// SHA-256 of the wishes, published when the draw closed.
    #[schema(example = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925")]
    wishes_hash: String,
    /// The wishes that could not be won, whatever the order.
    obstacles: Vec<ProofObstacle>,
    /// The seed that follows from the secret and the wishes.
    #[schema(example = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925")]
    seed: String,
    /// The turns of all rounds, in order.
    turns: Vec<ProofTurn>,
    /// What became of each wish, by its id.
    outcomes: Vec<ProofOutcome>,
}

/// A wish in a draw file.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the bytes that are stored")]
pub struct ProofWish {
    /// The wish's id.
    #[schema(example = 12)]
    id: i64,
    /// The group, or the person's alias: `group:3` or `alias:7`.
    #[schema(example = "group:3")]
    entrant: String,
    /// The machine or room: `machine:7` or `room:3`.
    #[schema(example = "room:3")]
    resource: String,
    /// When it begins, in seconds from Sunday 00:00.
    #[schema(example = 64_800)]
    from: u32,
    /// When it ends, in seconds from Sunday 00:00. Before `from` if the wish passes Saturday midnight.
    #[schema(example = 72_000)]
    until: u32,
    /// The importance, from 1 to 5.
    #[schema(example = 3)]
    importance: u32,
    /// The order among the entrant's wishes of the same importance.
    #[schema(example = 0)]
    order: u32,
}

/// A wish that could not be won.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the bytes that are stored")]
pub struct ProofObstacle {
    /// The wish's id.
    #[schema(example = 12)]
    wish: i64,
    /// Why: `archived`, `not-bookable`, `closed`, `occupied` or `not-permitted`.
    #[schema(example = "closed")]
    reason: String,
}

/// One turn of a draw.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the bytes that are stored")]
pub struct ProofTurn {
    /// The round, from 1.
    #[schema(example = 1)]
    round: u32,
    /// The turn in its round, from 1.
    #[schema(example = 2)]
    turn: u32,
    /// The group, or the person's alias: `group:3` or `alias:7`.
    #[schema(example = "group:3")]
    entrant: String,
    /// The wish that won; null if earlier turns took the rest.
    #[schema(example = 12)]
    won: Option<i64>,
}

/// What became of a wish.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the bytes that are stored")]
pub struct ProofOutcome {
    /// The wish's id.
    #[schema(example = 12)]
    wish: i64,
    /// `won`, `taken`, or the obstacle.
    #[schema(example = "won")]
    result: String,
    /// With `won`: the round.
    #[schema(example = 1)]
    round: Option<u32>,
    /// With `won`: the turn.
    #[schema(example = 2)]
    turn: Option<u32>,
    /// With `taken`: the wish that won.
    #[schema(example = 9)]
    by: Option<i64>,
}

async fn proof(caller: Caller, Id(id): Id) -> Result<File, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    Ok(File(JSON, Body::from(draws::proof(&ctx, &actor, DrawId(id)).await?)))
}

async fn wishes(caller: Caller, Id(id): Id) -> Result<Table, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    Ok(Table::new(format!("draw-{id}"), draws::table(&ctx, &actor, DrawId(id)).await?))
}
