//! `/data/{person}` and `/data/{person}/{table}`: all personal data of a person, as files to download.
//!
//! Invariant: exporting another person's data is audited, so a cross-site link must not trigger it.

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
        // The byte order mark tells spreadsheets that the file is UTF-8.
        Ok(csv) => file("text/csv; charset=utf-8", &format!("{name}.csv"), format!("\u{FEFF}{csv}")),
        Err(error) => refused(&error, &visitor),
    }
}

/// Anything that is no number becomes 0, which matches no person.
fn id(person: &str) -> PersonId {
    PersonId(person.parse().unwrap_or(0))
}

/// Table names are our own, so they need no quoting.
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
