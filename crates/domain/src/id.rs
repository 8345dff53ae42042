//! Ids, as newtypes over SQLite's integer.
//!
//! Invariant: no signature takes a bare integer for an id, so a person cannot be passed as a machine. Not here:
//! card uids, which are secrets and have their own type in [`crate::cards`].

/// Declares newtypes over `i64` that are column types as well.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+

        /// The number of the id that `value` is, if it is one.
        #[must_use]
        pub fn number_in(value: &dyn std::any::Any) -> Option<i64> {
            $(if let Some(id) = value.downcast_ref::<$name>() {
                return Some(id.0);
            })+
            None
        }
    };
}

ids! {
    /// A person: a member, or a former one.
    PersonId,
    /// The name under which append-only rows refer to a person; retention cuts the tie.
    AliasId,
    /// Free text stored separately from append-only rows, so that it can be deleted.
    RemarkId,
    CardId,
    /// An unclaimed card seen at a machine.
    UnknownCardId,
    /// A claim of an unassigned card.
    ClaimId,
    /// A type of equipment, which people are qualified on.
    TypeId,
    /// One device. Not its number on the wire: that is [`crate::boards::MachineNumber`].
    MachineId,
    PlaceId,
    /// A board on a machine, identified by its serial number.
    BoardId,
    /// A login of one board at the built-in broker.
    BoardLoginId,
    /// A message of a board about a use.
    FactId,
    /// A use of a machine by a person.
    UseId,
    /// One entry of the qualification ledger.
    EntryId,
    /// A block of a machine.
    BlockId,
    /// A problem reported on a machine.
    ReportId,
    /// A rule by which a trainer offers slots.
    RuleId,
    /// Days of a trainer's absence.
    AwayId,
    /// A checkout: requested, agreed, or on the spot.
    AppointmentId,
    /// A member's request for another checkout time.
    TimeRequestId,
    /// A saved version of a type's checkout list.
    CheckoutListId,
    /// A step of such a list.
    CheckoutStepId,
    /// A room that can be booked.
    RoomId,
    /// A plan of a floor.
    FloorPlanId,
    /// A group of people who book together.
    GroupId,
    /// An invitation to a group.
    GroupInvitationId,
    /// A rule about a group of a directory or an identity provider.
    GroupRuleId,
    /// A booking of a machine or a room.
    BookingId,
    /// A series of bookings by one rule.
    SeriesId,
    /// A closure of a machine or a room.
    ClosureId,
    /// An entry in a waiting list.
    WaitingId,
    /// A notice to a person.
    NoticeId,
    /// A delivery of a notice.
    DeliveryId,
    /// An address to which events are sent.
    WebhookId,
    /// A session of a person on a device.
    SessionId,
    TokenId,
    PasskeyId,
    /// An address at which a calendar reads bookings and checkouts.
    FeedId,
    /// An external calendar that occupies a machine or a room.
    ExternalCalendarId,
    DisplayId,
    /// A request for help at a machine.
    HelpId,
    /// A device of a person that notices are pushed to.
    PushSubscriptionId,
    /// A server of others that vouches for people.
    IdentityProviderId,
    /// An account at a provider, linked to a person.
    IdentityLinkId,
    /// A hold on a person.
    HoldId,
    /// A command to a payment processor.
    DuesCommandId,
    /// A difference between the records of dues here and at a payment processor.
    DuesDifferenceId,
    /// Something a board was asked to do.
    RequestId,
    /// One decision at a board.
    AttemptId,
    /// Something that managers noted about a person.
    NoteId,
    /// Something that has to be done to a machine again and again.
    PlanId,
    /// Something that was done to a machine.
    InterventionId,
    /// A stored firmware image.
    FirmwareId,
    /// Sending firmware to a board.
    FirmwareJobId,
    /// Something that managers tell everybody, or the qualified of a type.
    AnnouncementId,
    /// A document that people sign or hand in before they use machines.
    DocumentId,
    /// A video with its questions that people are trained by.
    ModuleId,
    /// A published edition of a module.
    EditionId,
    /// A module that a type or a machine requires.
    RequirementId,
    /// A question of a quiz.
    QuestionId,
    /// An answer that a question offers.
    AnswerId,
    /// A try of a quiz by a person.
    QuizId,
    /// A draw of scarce rooms.
    DrawId,
    /// A wish of a group or a person in a draw.
    WishId,
    /// A request for training.
    TrainingRequestId,
    /// A training event.
    TrainingEventId,
    /// An event to one person: an invitation, a place, or an entry on its waiting list.
    EventPlaceId,
    /// A device of the building that speaks MQTT.
    BuildingDeviceId,
    /// An output of such a device that Toolgate turns on and off.
    ActuatorId,
    /// A rule by which one is on.
    ActuatorRuleId,
    /// A time for which a person turned one on.
    ActuatorWishId,
    /// A meter of such a device.
    MeterId,
    /// A run of a machine while nobody was swiped in.
    UnswipedRunId,
    /// A stay of a person in the building.
    VisitId,
    /// A swipe at a door that opened it.
    OpeningId,
}
