//! The call for what is going on.

use crate::problem::AppError;
use leptos::prelude::*;
use views::machines::Floor;

/// Every machine by place.
#[server(name = ReadFloor, endpoint = "now/floor", protocol = crate::call::Wire)]
pub async fn floor() -> Result<Floor, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::machines::floor(&ctx, &crate::request::actor()).await?)
}
