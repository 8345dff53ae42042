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
    let shown = floor.next.as_ref().map(|next| next.id);
    let coming = services::coming::coming(&ctx, &actor, shown).await?;
    let coming = super::coming::sections(t, floor.now, coming, floor.checkout.take());
    Ok(Floor { news, coming, ..floor })
}
