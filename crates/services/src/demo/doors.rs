//! Sign-in links for visitors of the demo: an administrator, a trainer and a member.

use crate::{
    Ctx,
    accounts::{AccountsError, sign_in_link},
    token::Token,
};
use domain::{
    actor::{Actor, Rank, rank},
    id::PersonId,
    people::PersonStatus,
    qualifications::{Relation, SYSTEM},
};
use store::{accounts, qualifications};

/// One of those whose place a visitor can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guest {
    Administrator,
    /// Trains others on something.
    Trainer,
    Member,
}

/// A one-time sign-in link for each of them.
pub async fn doors(ctx: &Ctx) -> Result<Vec<(Guest, Token)>, AccountsError> {
    let mut found: Vec<(Guest, PersonId)> = Vec::new();
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    for person in accounts::active(&mut snapshot).await? {
        let ledger = qualifications::of_person(&mut snapshot, person).await?;
        let trains = |held: &domain::qualifications::Entry| {
            held.relation == Relation::Trainer && ledger.holds(Relation::Trainer, &[held.subject], now)
        };
        let guest = match rank(PersonStatus::Active, &ledger, now) {
            Rank::Administrator => Guest::Administrator,
            // An auditor; none of the three.
            Rank::Member if ledger.holds(Relation::User, &[SYSTEM], now) => continue,
            Rank::Member if ledger.0.iter().any(trains) => Guest::Trainer,
            Rank::Member => Guest::Member,
            Rank::Guest | Rank::Inductor | Rank::Manager => continue,
        };
        if found.iter().all(|(other, _)| *other != guest) {
            found.push((guest, person));
        }
    }
    drop(snapshot);
    let mut doors = Vec::new();
    for (guest, person) in found {
        doors.push((guest, sign_in_link(ctx, &Actor::TOOLGATE, person).await?));
    }
    Ok(doors)
}
