//! Holds and qualifications that end soon, in the inbox: nobody has to decide, but a person may be talked to before.

use crate::Ctx;
use contract::inbox::{Detail, Item};
use domain::{
    inbox::{Matter, SHOWN},
    time::{DAY, Millis},
};
use store::{
    SqliteConnection, StoreError, inbox,
    qualifications::{self, Equipment},
};

/// Days before their end at which holds are shown.
const HOLDS: u32 = 3;
/// Days before their end at which qualifications are shown.
const QUALIFICATIONS: u32 = 30;

/// Holds that end soon.
pub(super) async fn holds(ctx: &Ctx, conn: &mut SqliteConnection, now: Millis) -> Result<Vec<Item>, StoreError> {
    let holds = inbox::holds_ending(conn, now, now.after(DAY * HOLDS), SHOWN).await?.into_iter();
    Ok(holds
        .map(|hold| Item {
            matter: Matter::Hold,
            id: hold.id.0,
            person: Some(hold.person),
            name: hold.name,
            detail: Detail::HoldEnds { reason: hold.reason },
            at: ctx.moment(hold.until),
            verdicts: Vec::new(),
        })
        .collect())
}

/// Qualifications that end soon, except those that another grant outlasts.
pub(super) async fn grants(ctx: &Ctx, conn: &mut SqliteConnection, now: Millis) -> Result<Vec<Item>, StoreError> {
    let soon = now.after(DAY * QUALIFICATIONS);
    let people = inbox::with_ending_grants(conn, now, soon, SHOWN).await?;
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let things = qualifications::equipment(conn, None).await?;
    let mut items = Vec::new();
    for (person, name, ledger) in people {
        let about = |thing: &&Equipment| ledger.0.iter().any(|entry| entry.subject == thing.subject);
        for thing in things.iter().filter(|thing| !thing.archived && thing.built_in.is_none()).filter(about) {
            let on = [thing.subject];
            let Some(relation) = ledger.highest(&on, now) else { continue };
            let Some(until) = ledger.holds_until(relation, &on, now).filter(|&until| until < soon) else {
                continue;
            };
            items.push((
                until,
                Item {
                    matter: Matter::Qualification,
                    id: person.0,
                    person: Some(person),
                    name: name.clone(),
                    detail: Detail::Expires { on: thing.name.clone(), about: thing.subject, relation },
                    at: ctx.moment(until),
                    verdicts: Vec::new(),
                },
            ));
        }
    }
    items.sort_by_key(|(until, _)| *until);
    Ok(items.into_iter().map(|(_, item)| item).take(SHOWN.into()).collect())
}
