//! Health checks for monitoring: `/healthz` for liveness, `/readyz` for readiness.

use super::Shared;
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use services::health;

pub async fn live() -> &'static str {
    "ok"
}

/// `GET /readyz`: 200, or 503 with what is missing.
pub async fn ready(State(shared): State<Shared>) -> Response {
    let health = health::check(&shared.0.ctx).await;
    let status = if health.ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({ "database": health.database, "disk": health.disk, "broker": health.broker });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
