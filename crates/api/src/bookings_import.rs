//! Import of bookings from another system as a table, after a dry run.
//!
//! Not here: other actions on bookings ([`super::bookings`]).

use super::{
    Body, Caller, Query, Refusal,
    answer::One,
    operation::{Operation, Tag},
};
use contract::bookings::BookingsImport;
use domain::{actor::Permission, tokens::Scope};
use serde::Deserialize;
use services::{bookings, requirements::PathTarget};
use utoipa::ToSchema;

/// The largest table of bookings, in bytes.
const IMPORT: usize = 1_000_000;

/// The operation that imports bookings.
pub(super) fn operation() -> Operation {
    Operation::post("/api/v1/bookings/import", "importBookings", import)
        .may(&[(Permission::Moderate, PathTarget::Space)])
        .about(
            Tag::Bookings,
            "Import bookings from a table",
            "Previews an import: the bookings that would be created, the lines that already exist, and the lines that are \
             skipped with the reason. With `dry_run=false`, creates the bookings. Lines that overlap anything or \
             each other are skipped, whatever their order; people whose lines name each other's bookings exchange them; limits on duration, notice and number are not checked. At most 1,000 lines.",
        )
        .needs(Scope::BookingsWrite)
}

/// Options for importing bookings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HowToImportBookings {
    /// Whether to only preview the import; defaults to true.
    #[schema(example = true)]
    dry_run: Option<bool>,
}

/// Bookings from another system.
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
