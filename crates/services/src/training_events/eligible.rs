//! Who may come to an event, and who may hold one.
//!
//! Invariant: one function judges a person's standing, for a request, a sign-up, an invitation, and when the standing
//! changes.

use crate::notices::as_actor;
use domain::{
    actor::{Actor, Permission, Principal, Rank, Target, rank},
    id::{PersonId, TypeId},
    people::PersonStatus,
    qualifications::{
        Ledger, Relation, Subject,
        change::{Authority, Matter, Writer},
    },
    time::Millis,
    training_events::Aim,
};
use store::{SqliteConnection, StoreError, equipment, notices, people};

/// Why a person is not trained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ineligible {
    /// They are no member: suspended, or left.
    NoMember,
    Banned,
    /// They may do that already.
    Qualified,
    /// These types are required first.
    Requires(Vec<String>),
}

/// The types and what they require.
pub(crate) struct Kinds {
    kinds: Vec<(TypeId, String)>,
    required: Vec<(TypeId, TypeId)>,
}

impl Kinds {
    pub async fn load(conn: &mut SqliteConnection) -> Result<Self, StoreError> {
        Ok(Self { kinds: equipment::types(conn).await?, required: equipment::requirements(conn).await? })
    }

    /// The name of a type that is in use.
    pub fn name(&self, kind: TypeId) -> Option<&str> {
        self.kinds.iter().find(|(id, _)| *id == kind).map(|(_, name)| name.as_str())
    }

    /// All types in use, by name.
    pub fn all(&self) -> &[(TypeId, String)] {
        &self.kinds
    }

    /// Whether a person may be trained for `aim` on `kind`, by their standing at `at`.
    pub fn admits(
        &self,
        (status, ledger): (PersonStatus, &Ledger),
        (kind, aim): (TypeId, Aim),
        at: Millis,
    ) -> Result<(), Ineligible> {
        let holds = |relations: &[Relation], kind| {
            relations.iter().any(|&relation| ledger.holds(relation, &[Subject::Type(kind)], at))
        };
        let any = [Relation::User, Relation::Trainer, Relation::Owner];
        if rank(status, ledger, at) < Rank::Member {
            return Err(Ineligible::NoMember);
        }
        if ledger.ban(Subject::Type(kind), at).is_some() {
            return Err(Ineligible::Banned);
        }
        let is_qualified = match aim {
            Aim::Use => holds(&any, kind),
            Aim::Train => holds(&[Relation::Trainer, Relation::Owner], kind),
            Aim::Own => holds(&[Relation::Owner], kind),
            // The ledger has no entry for that.
            Aim::Maintain => false,
        };
        if is_qualified {
            return Err(Ineligible::Qualified);
        }
        let mut missing: Vec<TypeId> = match aim {
            Aim::Use => {
                self.required.iter().filter(|(of, _)| *of == kind).map(|(_, required)| *required).collect()
            }
            // They use it themselves before they teach it or look after it.
            Aim::Train | Aim::Own | Aim::Maintain => vec![kind],
        };
        missing.retain(|required| !holds(&any, *required));
        let names: Vec<_> = missing.into_iter().filter_map(|kind| self.name(kind).map(str::to_owned)).collect();
        if names.is_empty() { Ok(()) } else { Err(Ineligible::Requires(names)) }
    }
}

/// Whether `person` may be trained for `aim` on `kind`.
pub(crate) async fn admitted(
    conn: &mut SqliteConnection,
    kinds: &Kinds,
    person: PersonId,
    what: (TypeId, Aim),
    at: Millis,
) -> Result<Result<(), Ineligible>, StoreError> {
    let standing = people::standing(conn, person).await?;
    Ok(standing.map_or(Err(Ineligible::NoMember), |(status, ledger)| kinds.admits((status, &ledger), what, at)))
}

/// The authority that writing the results of an event takes, and so what its host needs.
pub(crate) const fn takes(aim: Aim) -> Authority {
    match aim {
        Aim::Use | Aim::Maintain => Authority::Trainer,
        Aim::Train => Authority::Owner,
        Aim::Own => Authority::Administrator,
    }
}

/// Whether `person` may hold events for `aim` on `kind`.
pub(crate) async fn may_host(
    conn: &mut SqliteConnection,
    person: PersonId,
    (kind, aim): (TypeId, Aim),
    at: Millis,
) -> Result<bool, StoreError> {
    let Some((status, ledger)) = people::standing(conn, person).await? else { return Ok(false) };
    Ok(as_actor(person, status, ledger, at).known().is_some_and(|known| may(known, kind, aim)))
}

/// Whether this person may hold events for `aim` on `kind`.
pub(crate) fn may(known: &Principal, kind: TypeId, aim: Aim) -> bool {
    let matter = Matter { kind, machine: None, machines: &[], archived: false };
    known.rank() >= Rank::Member && Writer::Person(known).authority(matter) >= takes(aim)
}

/// Whether the actor may announce, change and cancel events for `aim` on `kind`, and write their results.
pub(crate) fn may_hold(actor: &Actor, kind: TypeId, aim: Aim) -> bool {
    actor.may(Permission::HoldEvents, Target::equipment(kind, None))
        && actor.known().is_some_and(|known| may(known, kind, aim))
}

/// People who may hold events for `aim` on `kind`, by name.
pub(crate) async fn hosts(
    conn: &mut SqliteConnection,
    kind: TypeId,
    aim: Aim,
    at: Millis,
) -> Result<Vec<(PersonId, String)>, StoreError> {
    let able = notices::candidates(conn, Some(kind), None).await?.into_iter().filter(|(id, ledger)| {
        as_actor(*id, PersonStatus::Active, ledger.clone(), at).known().is_some_and(|known| may(known, kind, aim))
    });
    let able: Vec<PersonId> = able.map(|(id, _)| id).collect();
    people::names(conn, &able).await
}
