//! `/data/{person}` and `/data/{person}/{table}`: all that is kept of somebody, as a file. Files and not pages: they are
//! taken along.
//!
//! Invariant: who takes out what is kept of somebody else stands in the record, so no link from elsewhere does it for them.

use super::Shared;
use app::visitor::Visitor;
use axum::{
    Extension,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{actor::Actor, id::PersonId};
use services::error::ServiceError;
use services::privacy::{self, PrivacyError};

/// `POST /data/{person}`: everything as JSON.
pub async fn everything(
    State(shared): State<Shared>,
    Path(person): Path<String>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    match privacy::export(&shared.0.ctx, &actor, id(&person)).await {
        Ok(all) => file("application/json", "toolgate.json", format!("{all:#}")),
        Err(error) => refused(&error, &visitor),
    }
}

/// `POST /data/{person}/{table}`: one table as CSV.
pub async fn table(
    State(shared): State<Shared>,
    Path((person, table)): Path<(String, String)>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    let name = table.trim_end_matches(".csv");
    match privacy::table(&shared.0.ctx, &actor, id(&person), name).await {
        // The mark tells a spreadsheet that letters are UTF-8.
        Ok(csv) => file("text/csv; charset=utf-8", &format!("{name}.csv"), format!("\u{FEFF}{csv}")),
        Err(error) => refused(&error, &visitor),
    }
}

/// What is not a number names nobody, and neither does 0.
fn id(person: &str) -> PersonId {
    PersonId(person.parse().unwrap_or(0))
}

/// Names of tables are words of ours: nothing in them has to be quoted.
fn file(kind: &'static str, name: &str, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, body).into_response()
}

fn refused(error: &PrivacyError, visitor: &Visitor) -> Response {
    let problem = error.problem(visitor.lang);
    let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    (status, problem.detail).into_response()
}
