//! The call for what is going on.

use crate::problem::AppError;
use leptos::prelude::*;
use views::machines::Floor;

/// Every machine by place.
#[server(name = ReadFloor, endpoint = "now/floor", protocol = crate::call::Wire)]
pub async fn floor() -> Result<Floor, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let actor = crate::request::actor();
    let floor = services::machines::floor(&ctx, &actor).await?;
    let told = services::announcements::showing(&ctx, &actor).await?;
    let news = crate::announcements::news::cards(crate::lang::current(), floor.now, told);
    Ok(Floor { news, ..floor })
}
