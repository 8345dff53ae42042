//! Requests for help in the inbox of those who may answer them. Not here: the answer ([`crate::help`]).

use crate::{Ctx, help::about};
use contract::inbox::{Detail, Item};
use domain::{
    actor::{Actor, Permission, Target},
    id::TypeId,
    inbox::{Matter, SHOWN},
    time::Millis,
};
use store::{SqliteConnection, StoreError, help};

/// Whether `actor` may answer requests at some machine: as a trainer or owner, of what their ledger names.
pub(super) fn may_answer_any(actor: &Actor) -> bool {
    let named = actor.known().into_iter().flat_map(|known| &known.ledger.0).map(|entry| {
        let (kind, machine) = entry.subject.sides();
        Target::equipment(kind.unwrap_or(TypeId(0)), machine)
    });
    [Target::NONE].into_iter().chain(named).any(|about| actor.may(Permission::AnswerHelp, about))
}

/// Open requests that `actor` may answer.
pub(super) async fn find(
    ctx: &Ctx,
    actor: &Actor,
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<Item>, StoreError> {
    let open = help::open(conn, None, now).await?;
    let answerable = open.into_iter().filter(|row| actor.may(Permission::AnswerHelp, about(row)));
    let items = answerable.take(SHOWN.into()).map(|row| Item {
        matter: Matter::Help,
        id: row.id.0,
        person: None,
        name: Some(row.machine_name),
        detail: Detail::NeedsHelp {
            machine: row.machine,
            words: row.text,
            by: row.person_name,
            helper: row.helper_name,
        },
        at: ctx.moment(row.asked),
        verdicts: Vec::new(),
    });
    Ok(items.collect())
}
