//! Whether a member can ask for a checkout: their ledger, their training, and their failed attempts.
//!
//! Invariant: one function judges the ledger, both for a new request and for an appointment when the ledger
//! changes.

use super::{CheckoutsError, rows};
use crate::training;
use domain::{
    actor::Forbidden,
    id::{PersonId, TypeId},
    qualifications::{Ledger, Relation, Subject},
    time::Millis,
    zone::Zone,
};
use store::{SqliteConnection, StoreError, equipment, people};

/// Whether this ledger allows use of `kind` at `at` in any relation.
pub(super) fn holds(ledger: &Ledger, kind: TypeId, at: Millis) -> bool {
    let on = [Subject::Type(kind)];
    [Relation::User, Relation::Trainer, Relation::Owner].iter().any(|&relation| ledger.holds(relation, &on, at))
}

/// The types and their requirements.
pub(super) struct Types {
    kinds: Vec<(TypeId, String)>,
    required: Vec<(TypeId, TypeId)>,
}

impl Types {
    pub(super) async fn load(conn: &mut SqliteConnection) -> Result<Self, StoreError> {
        Ok(Self { kinds: equipment::types(conn).await?, required: equipment::requirements(conn).await? })
    }

    pub(super) fn has(&self, kind: TypeId) -> bool {
        self.kinds.iter().any(|(id, _)| *id == kind)
    }

    /// Whether the ledger allows a checkout on `kind` at `at`.
    pub(super) fn allow(&self, ledger: &Ledger, kind: TypeId, at: Millis) -> Result<(), CheckoutsError> {
        if ledger.ban(Subject::Type(kind), at).is_some() {
            return Err(CheckoutsError::Banned);
        }
        if holds(ledger, kind, at) {
            return Err(CheckoutsError::Qualified);
        }
        let missing = self.required.iter().filter(|(of, required)| *of == kind && !holds(ledger, *required, at));
        let name = |required| self.kinds.iter().find(|(id, _)| *id == required).map(|(_, name)| name.clone());
        let missing: Vec<_> = missing.filter_map(|(_, required)| name(*required)).collect();
        if missing.is_empty() { Ok(()) } else { Err(CheckoutsError::Requires(missing)) }
    }
}

/// Whether `person` can ask for a checkout on `kind` at all.
pub(super) async fn ready(
    conn: &mut SqliteConnection,
    person: PersonId,
    kind: TypeId,
    zone: Zone,
    now: Millis,
) -> Result<(), CheckoutsError> {
    let types = Types::load(conn).await?;
    if !types.has(kind) {
        return Err(CheckoutsError::UnknownType);
    }
    let them = people::one(conn, person, now).await?.ok_or(Forbidden::SignIn)?;
    types.allow(&them.ledger, kind, now)?;
    let modules = training::ready_for_checkout(conn, person, kind, now).await?.len();
    if modules > 0 {
        return Err(CheckoutsError::Training(modules.try_into().unwrap_or(u32::MAX)));
    }
    match rows::retry(conn, person, kind).await? {
        Some(at) if now < at => Err(CheckoutsError::Retry(zone.moment(at), zone.moment(now))),
        _ => Ok(()),
    }
}
