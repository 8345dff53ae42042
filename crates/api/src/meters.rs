//! What a meter measured, as a file.
//!
//! Not here: everything else about meters, which is made from the rows of `contract::meters`.

use super::{
    Caller, Id, Query, Refusal,
    answer::Table,
    document::CSV,
    operation::{Operation, Tag},
    words,
};
use domain::{actor::Permission, id::MeterId, tokens::Scope};
use serde::Deserialize;
use services::{
    meters::{self, MetersError},
    requirements::PathTarget,
};
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/meters/{id}/readings.csv", "exportReadings", readings)
            .may(&[(Permission::SeeBuilding, PathTarget::Space)])
            .about(
                Tag::Building,
                "Export what a meter measured",
                "Returns the readings of a meter as CSV: a day by quarters of an hour, a week or a month by days, or a year by \
                 months, in kilowatt-hours, cubic metres, degrees Celsius or people.",
            )
            .needs(Scope::MachinesRead)
            .gives(CSV)
            .errors::<MetersError>(&["meter.unknown", "meter.invalid"]),
    ]
}

/// The period of the file. Without one, today.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReadingsParams {
    #[schema(schema_with = words::period)]
    period: Option<String>,
    /// A day of the period.
    #[schema(format = Date, example = "2026-11-16")]
    date: Option<String>,
}

async fn readings(caller: Caller, Id(id): Id, Query(asked): Query<ReadingsParams>) -> Result<Table, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let ReadingsParams { period, date } = asked;
    let table = meters::table(&ctx, &actor, MeterId(id), period.as_deref(), date.as_deref()).await?;
    Ok(Table::new(format!("meter-{id}"), table))
}
