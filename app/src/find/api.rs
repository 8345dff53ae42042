//! Server function for search.

use crate::problem::AppError;
use contract::find::Found;
use leptos::prelude::*;

/// Everything whose name contains the word.
#[server(name = ReadFound, endpoint = "find/all", protocol = crate::call::Wire)]
pub async fn find(#[server(default)] name: String) -> Result<Found, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::find::find(&ctx, &crate::request::actor(), &name).await?)
}
