//! Who may receive live events, and for how long.
//!
//! Invariant: an event reaches only those who may know of its subject, and no longer than they have access: an
//! open stream checks [`still_allowed`] when [`affects`] asks for it, and from time to time.

use crate::Ctx;
use domain::{
    actor::{Actor, Permission, Target, Who},
    id::PersonId,
    live::ChangeEvent,
};
use store::{StoreError, displays, sessions};

/// Whether `actor` may watch at all.
#[must_use]
pub fn may_subscribe(actor: &Actor) -> bool {
    actor.may(Permission::SeeFloor, Target::NONE)
}

/// Whether `actor` may receive `hint`: events about a person go to that person and to those who may see people,
/// those about notices to their reader only.
#[must_use]
pub fn may_receive(actor: &Actor, hint: ChangeEvent) -> bool {
    match hint {
        ChangeEvent::Machine(_) | ChangeEvent::Space | ChangeEvent::Announcements => true,
        ChangeEvent::Notices(_) => actor.person() == addressee(hint),
        // The wall shows events later today.
        ChangeEvent::Bookings | ChangeEvent::Checkouts if actor.may(Permission::SeeWall, Target::NONE) => true,
        ChangeEvent::Bookings => actor.may(Permission::SeeBookings, Target::NONE),
        ChangeEvent::Draws => actor.may(Permission::EnterDraws, Target::NONE),
        ChangeEvent::TrainingEvents => actor.may(Permission::AttendEvents, Target::NONE),
        ChangeEvent::Documents => actor.may(Permission::SignDocuments, Target::NONE),
        ChangeEvent::Building => actor.may(Permission::SeeBuilding, Target::NONE),
        ChangeEvent::Connections => actor.may(Permission::SeeConnections, Target::NONE),
        ChangeEvent::Groups => actor.may(Permission::JoinGroups, Target::NONE),
        ChangeEvent::Checkouts => actor.may(Permission::AskForCheckout, Target::NONE),
        ChangeEvent::Deliveries => actor.may(Permission::Deliveries, Target::NONE),
        ChangeEvent::Person(person) => {
            actor.person() == Some(person) || actor.may(Permission::SeePeople, Target::NONE)
        }
    }
}

/// The one person whom `hint` is for; `None` if it is for others too.
#[must_use]
pub const fn addressee(hint: ChangeEvent) -> Option<PersonId> {
    match hint {
        ChangeEvent::Notices(person) => Some(person),
        ChangeEvent::Machine(_)
        | ChangeEvent::Space
        | ChangeEvent::Person(_)
        | ChangeEvent::Deliveries
        | ChangeEvent::Announcements
        | ChangeEvent::Checkouts
        | ChangeEvent::Bookings
        | ChangeEvent::Groups
        | ChangeEvent::Draws
        | ChangeEvent::TrainingEvents
        | ChangeEvent::Building
        | ChangeEvent::Connections
        | ChangeEvent::Documents => None,
    }
}

/// Whether `hint` may change what `actor` has access to.
#[must_use]
pub fn affects(actor: &Actor, hint: ChangeEvent) -> bool {
    match hint {
        ChangeEvent::Machine(_)
        | ChangeEvent::Notices(_)
        | ChangeEvent::Deliveries
        | ChangeEvent::Announcements
        | ChangeEvent::Checkouts
        | ChangeEvent::Bookings
        | ChangeEvent::Groups
        | ChangeEvent::Draws
        | ChangeEvent::TrainingEvents
        | ChangeEvent::Building
        | ChangeEvent::Connections
        | ChangeEvent::Documents => false,
        ChangeEvent::Space => actor.known().is_none(),
        ChangeEvent::Person(person) => actor.person() == Some(person),
    }
}

/// Whether `actor` still has the same access.
pub async fn still_allowed(ctx: &Ctx, actor: &Actor) -> Result<bool, StoreError> {
    match &actor.who {
        Who::Anybody { public } => Ok(*public && ctx.space().settings.public_status),
        Who::Display(screen) => displays::is_let_in(&mut *ctx.store().read().await?, *screen).await,
        Who::Person(known) => {
            let now = ctx.now();
            sessions::lasts(&mut *ctx.store().read().await?, known.session, known.id, now).await
        }
        Who::Board(_) | Who::Toolgate => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        actor::{Channel, Principal},
        displays::Screen,
        id::{DisplayId, EntryId, MachineId, SessionId},
        people::PersonStatus,
        qualifications::{Entry, EntryKind, Ledger, Relation, SPACE},
        time::Millis,
    };

    fn person(relation: Relation) -> Actor {
        let (id, subject, kind) = (EntryId(1), SPACE, EntryKind::Granted);
        let ledger = Ledger(vec![Entry { id, subject, relation, kind, from: Millis(0), until: None }]);
        let known = Principal {
            id: PersonId(7),
            session: SessionId(1),
            status: PersonStatus::Active,
            ledger,
            at: Millis(1),
            roles_asleep: false,
            public: true,
        };
        Actor { who: Who::Person(Box::new(known)), channel: Channel::Web }
    }

    #[test]
    fn person_event_reaches_that_person_and_people_managers() {
        let (own, other) = (ChangeEvent::Person(PersonId(7)), ChangeEvent::Person(PersonId(8)));
        let display =
            Actor { who: Who::Display(Screen { display: DisplayId(1), opening: 1 }), channel: Channel::Web };
        let (member, manager) = (person(Relation::User), person(Relation::Owner));
        assert!(may_receive(&member, own) && !may_receive(&member, other));
        assert!(may_receive(&manager, own) && may_receive(&manager, other));
        assert!(may_receive(&member, ChangeEvent::Notices(PersonId(7))));
        assert!(!may_receive(&manager, ChangeEvent::Notices(PersonId(8))), "a notice is for its reader alone");
        for actor in [&display, &Actor::anybody(true, Channel::Web)] {
            assert!(
                !may_receive(actor, own)
                    && may_receive(actor, ChangeEvent::Machine(MachineId(1)))
                    && may_receive(actor, ChangeEvent::Space)
            );
        }
        assert!(
            may_receive(&display, ChangeEvent::Bookings) && may_receive(&display, ChangeEvent::Checkouts),
            "the day on the wall"
        );
    }

    #[test]
    fn access_changes_trigger_stream_recheck() {
        let display =
            Actor { who: Who::Display(Screen { display: DisplayId(1), opening: 1 }), channel: Channel::Web };
        let member = person(Relation::User);
        assert!(
            affects(&member, ChangeEvent::Person(PersonId(7)))
                && !affects(&member, ChangeEvent::Person(PersonId(8)))
        );
        assert!(!affects(&member, ChangeEvent::Space) && !affects(&member, ChangeEvent::Machine(MachineId(1))));
        assert!(
            affects(&display, ChangeEvent::Space)
                && affects(&Actor::anybody(true, Channel::Web), ChangeEvent::Space)
        );
    }
}
