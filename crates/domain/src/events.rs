//! Events: what happened in a change that other nouns react to.
//!
//! Invariant: an event says what happened, never what has to follow. Not here: the reactions, which are in
//! `services`, and the events that open pages hear of ([`crate::live`]).

use crate::{
    bookings::Resource,
    id::{BlockId, GroupId, MachineId, PersonId, RoomId, TypeId},
    occupations::Span,
    requests::Cause,
};

/// What happened in a change, after it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainEvent {
    /// A person may do less than before.
    StandingChanged {
        person: PersonId,
        cause: Cause,
    },
    /// A person was granted something, or a ban was lifted.
    QualificationGained {
        person: PersonId,
    },
    /// A person left, and their profile is about to be erased.
    PersonErased {
        person: PersonId,
    },
    /// A time of a machine or a room is free again.
    TimeFreed {
        resource: Resource,
        span: Span,
    },
    MachineBlocked {
        machine: MachineId,
        block: BlockId,
    },
    BlockLifted {
        machine: MachineId,
        block: BlockId,
    },
    MachineArchived {
        machine: MachineId,
    },
    TypeArchived {
        kind: TypeId,
    },
    RoomArchived {
        room: RoomId,
    },
    GroupArchived {
        group: GroupId,
    },
    /// Rooms, machines or types are permitted to other groups than before.
    PermissionsChanged,
    /// A person is an admin of a group from now on.
    GroupLed {
        group: GroupId,
        person: PersonId,
    },
    /// A person is no longer an admin or a member of a group.
    GroupLeft {
        group: GroupId,
        person: PersonId,
    },
}
