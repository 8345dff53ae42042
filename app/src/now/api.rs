//! Server function for *Now*.

use crate::problem::AppError;
use contract::machines::Floor;
use leptos::prelude::*;

/// Every machine by place, with what the reader is missing as text.
#[server(name = ReadFloor, endpoint = "now/floor", protocol = crate::call::Wire)]
pub async fn floor() -> Result<Floor, AppError> {
    let ctx = expect_context::<services::Ctx>();
    let actor = crate::request::actor();
    let (t, mut floor) = (crate::lang::current(), services::machines::floor(&ctx, &actor).await?);
    for machine in floor.places.iter_mut().flat_map(|place| &mut place.machines) {
        machine.lock = t.lacks(&std::mem::take(&mut machine.lacks));
    }
    let reported = services::announcements::showing(&ctx, &actor).await?;
    let news = crate::announcements::news::cards(t, floor.now, reported);
    Ok(Floor { news, ..floor })
}
