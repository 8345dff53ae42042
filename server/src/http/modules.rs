//! `GET /modules/export.json`: training modules and requirements as a file for another workshop.
//!
//! Not here: its content and permissions; the service checks them.

use super::Shared;
use app::visitor::Visitor;
use axum::{
    Extension, Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::actor::Actor;
use services::{error::ServiceError, training};

pub async fn export(
    State(shared): State<Shared>,
    Extension(actor): Extension<Actor>,
    Extension(visitor): Extension<Visitor>,
) -> Response {
    match training::export(shared.ctx(), &actor).await {
        Ok(document) => {
            let headers = [
                (header::CONTENT_DISPOSITION, "attachment; filename=\"training.json\""),
                (header::CACHE_CONTROL, "private, no-store"),
            ];
            (headers, Json(document)).into_response()
        }
        Err(error) => {
            let problem = error.problem(visitor.lang);
            let status = StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            (status, problem.detail).into_response()
        }
    }
}
