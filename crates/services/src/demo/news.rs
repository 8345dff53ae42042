//! Announcements by managers of the invented workshop.

use domain::{
    announcements::{Audience, Lasting},
    id::{PersonId, TypeId},
    time::{DAY, Millis},
};
use store::{
    StoreError, WriteTx,
    announcements::{self, NewAnnouncement},
    people,
};

const OPEN_EVENING: &str = "Bring what is broken, **Friday from 18:00** in the electronics lab.\n\n- Tools and spare parts are there\n- Visitors are welcome";
const LENS: &str = "From now on focus at **7 mm** instead of 6. The gauge hangs at the machine.";

/// A visible announcement known to everybody, and a planned one.
pub(super) async fn announce(
    tx: &mut WriteTx,
    manager: PersonId,
    laser: TypeId,
    now: Millis,
) -> Result<(), StoreError> {
    let by = Some(people::alias(tx, manager, now).await?);
    let open = NewAnnouncement {
        title: "Open repair evening".into(),
        text: OPEN_EVENING.into(),
        audience: Audience::Everybody,
        lasting: Lasting::stored(now.before(DAY), Some(now.after(DAY * 5))),
    };
    let id = announcements::add(tx, &open, now.before(DAY), by).await?;
    announcements::begun(tx, id, now.before(DAY)).await?;
    let lens = NewAnnouncement {
        title: "New lens in the laser cutters".into(),
        text: LENS.into(),
        audience: Audience::Qualified(laser),
        lasting: Lasting::stored(now.after(DAY * 2), None),
    };
    announcements::add(tx, &lens, now, by).await?;
    Ok(())
}
