//! Bookings of another system, brought in as a table after a look at what it would make.
//!
//! Not here: what else is done about bookings ([`super::bookings`]).

use super::{
    Body, Caller, Query, Refusal,
    answer::One,
    operation::{Operation, Tag},
};
use domain::tokens::Scope;
use serde::Deserialize;
use services::bookings;
use utoipa::ToSchema;
use views::bookings::BookingsImport;

/// The largest table of bookings, in bytes.
const IMPORT: usize = 1_000_000;

/// What was booked elsewhere.
pub(super) fn operation() -> Operation {
    Operation::post("/api/v1/bookings/import", "importBookings", import)
        .about(
            Tag::Bookings,
            "Bring in bookings from a table",
            "Answers what a table would make, which lines are here already and which are left out and why; with `dry_run=false` it \
             makes that. What overlaps anything is left out; the rules of how long, how soon and how many are not asked. 1,000 lines \
             at most.",
        )
        .needs(Scope::BookingsWrite)
}

/// Whether anything is made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HowToImportBookings {
    /// Nothing is: true where it is left out.
    #[schema(example = true)]
    dry_run: Option<bool>,
}

/// Bookings of another system.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingsTable {
    /// CSV with the headings `resource`, `person`, `start` and `end`.
    #[schema(example = "resource,person,start,end\nmachine:7,ada@example.org,2099-06-30 14:00,2099-06-30 16:00")]
    table: String,
}

async fn import(
    caller: Caller,
    Query(how): Query<HowToImportBookings>,
    Body(new): Body<BookingsTable, IMPORT>,
) -> Result<One<BookingsImport>, Refusal> {
    let Caller { ctx, actor, lang } = caller;
    Ok(One(bookings::import(&ctx, &actor, &new.table, how.dry_run.unwrap_or(true), lang).await?))
}
