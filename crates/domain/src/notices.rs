//! Notices: events reach the people they concern, once.
//!
//! A notice holds ids and no names or sentences, so it reveals nothing that its reader may no longer see, and an
//! erased person is gone from it. **Invariant:** kind and [`Notice::subject`] say what it is about; together with
//! the recipient they are its key, so it is stored once however often it is raised.
//!
//! Not here: sentences (`text`), and the recipients (`services::notices`).

mod concerns;
mod consequences;
mod groups;
mod kinds;
mod links;
mod mails;
mod news;
mod standing;
mod subjects;

pub use groups::KindGroup;
pub use kinds::{Audience, Kind, Urgency};
pub use news::{
    BookingNews, CheckoutNews, DrawNews, DuesNews, EventNews, GroupNews, HandOverNews, Instead, SeriesNews,
    WaitingNews,
};
pub use standing::Fact;

use crate::{
    accounts::sign_in_methods::MethodChange,
    bookings::Resource,
    documents::DocumentKind,
    holds::HoldReason,
    id::{
        ActuatorId, AnnouncementId, AppointmentId, BlockId, BookingId, ClaimId, DocumentId, DrawId, DuesCommandId,
        EditionId, EntryId, ExternalCalendarId, GroupId, HelpId, HoldId, MachineId, MeterId, ModuleId, PlanId,
        ReportId, SeriesId, TimeRequestId, TrainingEventId, TypeId, UnswipedRunId, UseId, WaitingId, WebhookId,
    },
    jobs::Job,
    meters::Measure,
    people::PersonStatus,
    problems::Severity,
    qualifications::{Relation, Subject},
    time::{Date, Millis},
};
use serde::{Deserialize, Serialize};

/// A notice to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The recipient was given a qualification.
    Granted {
        /// The entry of the ledger.
        entry: EntryId,
        on: Subject,
        relation: Relation,
        /// Until when, if it ends by itself.
        until: Option<Millis>,
    },
    /// It was taken away.
    Revoked {
        /// The entry of the ledger.
        entry: EntryId,
        on: Subject,
        relation: Relation,
    },
    /// The recipient was banned.
    Banned {
        /// The entry of the ledger.
        entry: EntryId,
        on: Subject,
        /// Until when, if it ends by itself.
        until: Option<Millis>,
    },
    /// The ban was lifted.
    Unbanned {
        /// The entry of the ledger.
        entry: EntryId,
        on: Subject,
    },
    /// A qualification of the recipient ends soon.
    Expiring {
        on: Subject,
        relation: Relation,
        /// When, exclusive.
        until: Millis,
    },
    /// The recipient was put on hold.
    HoldPlaced {
        hold: HoldId,
        reason: HoldReason,
        /// Until when, if it ends by itself.
        until: Option<Millis>,
    },
    /// The hold was lifted.
    HoldLifted {
        hold: HoldId,
    },
    /// The recipient's status changed.
    StatusChanged {
        to: PersonStatus,
        at: Millis,
    },
    /// The password of the recipient was changed or set.
    PasswordChanged {
        at: Millis,
    },
    /// The second factor of the recipient was set up or taken off.
    SecondFactorChanged {
        /// Whether there is one now.
        on: bool,
        at: Millis,
    },
    /// A way in of the recipient changed.
    SignInMethodChanged {
        change: MethodChange,
        at: Millis,
    },
    /// Mails to the recipient bounce.
    AddressBounced {
        at: Millis,
    },
    /// A card was claimed.
    CardClaimed {
        claim: ClaimId,
    },
    /// The recipient was given a card.
    CardGiven {
        at: Millis,
    },
    /// Their claim was refused.
    ClaimRefused {
        claim: ClaimId,
    },
    /// A problem was reported.
    Reported {
        report: ReportId,
        machine: MachineId,
        /// Its severity. An unsafe machine has a kind of its own.
        severity: Severity,
    },
    /// The problem that the recipient reported was acknowledged.
    Acknowledged {
        report: ReportId,
        machine: MachineId,
    },
    /// The problem that the recipient reported was resolved.
    Resolved {
        report: ReportId,
        machine: MachineId,
    },
    /// A machine was blocked.
    Blocked {
        block: BlockId,
        machine: MachineId,
    },
    /// The block was lifted.
    Free {
        block: BlockId,
        machine: MachineId,
    },
    MaintenanceDue {
        plan: PlanId,
        machine: MachineId,
        /// Start of the interval; one notice per interval.
        since: Millis,
    },
    /// A person asks for help at a machine.
    HelpAsked {
        help: HelpId,
        machine: MachineId,
        /// When the request expires.
        until: Millis,
        /// The recipient was in the space when it was asked.
        inside: bool,
        /// It reached them because nobody had answered.
        passed_on: bool,
    },
    /// A helper answered the request of the recipient.
    HelpAnswered {
        help: HelpId,
        machine: MachineId,
        /// When the request expires.
        until: Millis,
    },
    /// A use of the recipient was corrected by another person.
    UseCorrected {
        session: UseId,
        machine: MachineId,
        /// When it was corrected.
        at: Millis,
    },
    /// There is news about a checkout, for its member or its trainer.
    Checkout {
        news: CheckoutNews,
        appointment: AppointmentId,
        on: TypeId,
        starts: Millis,
        /// How often it was moved before; one notice per move.
        sequence: i64,
    },
    /// No time that trainers offer suits a member, and they ask for one.
    CheckoutWanted {
        wish: TimeRequestId,
        on: TypeId,
    },
    /// There is news about a booking, for its holder or those who moderate it.
    Booking {
        news: BookingNews,
        booking: BookingId,
        resource: Resource,
        starts: Millis,
        /// How often it was moved before, so that a move back to an earlier time is notified again.
        sequence: i64,
    },
    /// A booking changes hands.
    HandOver {
        news: HandOverNews,
        booking: BookingId,
        resource: Resource,
        starts: Millis,
        /// When it was offered: a declined one can be offered again.
        offered: Millis,
    },
    /// A machine that the recipient has booked is out of service.
    Outage {
        block: BlockId,
        machine: MachineId,
        booking: BookingId,
        starts: Millis,
        instead: Instead,
    },
    /// It works again, and the booking stands.
    OutageOver {
        /// Which block was lifted.
        block: BlockId,
        machine: MachineId,
        booking: BookingId,
        starts: Millis,
    },
    /// There is news about a time that the recipient waits for.
    Waiting {
        news: WaitingNews,
        /// Their place on the list.
        waiting: WaitingId,
        resource: Resource,
        starts: Millis,
        /// Until when it is, or was, held for them.
        until: Millis,
    },
    /// A time of a machine became free.
    TimeFreed {
        machine: MachineId,
        starts: Millis,
        ends: Millis,
        /// When it became free, which may happen repeatedly.
        at: Millis,
    },
    /// Events of an external calendar overlap promised time.
    CalendarClash {
        calendar: ExternalCalendarId,
        resource: Resource,
        /// When the first overlapped booking begins.
        starts: Millis,
        /// When it was read.
        at: Millis,
    },
    /// Events of an external calendar that the recipient added were left out.
    CalendarLeftOut {
        calendar: ExternalCalendarId,
        resource: Resource,
        /// When it was read.
        at: Millis,
    },
    /// A job of the program failed.
    JobFailed {
        job: Job,
        /// The local day; one notice per day.
        day: Date,
    },
    /// A device of an actuator that was to be on fell silent.
    ActuatorSilent {
        actuator: ActuatorId,
        at: Millis,
    },
    /// A device of an actuator refused a command, or stayed on after its lease.
    ActuatorFailed {
        actuator: ActuatorId,
        at: Millis,
        stays_on: bool,
    },
    /// A meter of the building is outside its limits.
    MeterBeyond {
        meter: MeterId,
        measure: Measure,
        /// The local day; one notice per meter and day.
        day: Date,
    },
    /// A machine drew power while nobody was swiped in.
    Unswiped {
        run: UnswipedRunId,
        machine: MachineId,
    },
    /// Slack refuses the token of the space.
    SlackPaused {
        at: Millis,
    },
    /// Bookings still have no effect at machines here, unlike in new spaces.
    BookingsStayFree,
    Announced {
        announcement: AnnouncementId,
    },
    /// There is news about a group.
    Group {
        news: GroupNews,
        group: GroupId,
        /// When, because it can happen again.
        at: Millis,
    },
    /// A group of the recipient was restored without some of its bookings.
    GroupRestored {
        group: GroupId,
        /// The number of bookings that could not come back.
        lost: u32,
        /// When, because it can happen again.
        at: Millis,
    },
    /// There is news about a series of the recipient or of their group.
    Series {
        news: SeriesNews,
        series: SeriesId,
        resource: Resource,
        /// When, because it can happen again.
        at: Millis,
    },
    /// There is news about a draw.
    Draw {
        news: DrawNews,
        draw: DrawId,
    },
    /// There is news about a training event, for the people at it or its host.
    Event {
        news: EventNews,
        event: TrainingEventId,
        on: TypeId,
        starts: Millis,
        /// How often it was changed before; one notice per change.
        sequence: i64,
        /// When it happened to the recipient: a second invitation is news again.
        at: Millis,
    },
    /// There is news about the dues of the recipient.
    Dues {
        news: DuesNews,
        /// The last paid day.
        paid_until: Date,
        /// The last day without a hold.
        last_day: Date,
    },
    /// A webhook is paused, because nothing arrived there for days.
    WebhookPaused {
        webhook: WebhookId,
        at: Millis,
        /// Its server wants nothing more.
        #[serde(default)]
        is_gone: bool,
    },
    /// A command to a payment processor was refused, or given up.
    DuesCommandFailed {
        command: DuesCommandId,
    },
    /// The directory cannot be read, or a sync would suspend so many that it waits for a manager.
    DirectorySync {
        waits: bool,
        /// Since when; one notice each time.
        at: Millis,
    },
    /// A module that the recipient completed must be completed again.
    TrainingAgain {
        module: ModuleId,
        edition: EditionId,
        /// By when, exclusive.
        by: Millis,
        /// A reminder this many days before.
        ahead: Option<u8>,
    },
    /// A document is to be signed, or handed in.
    DocumentToSign {
        document: DocumentId,
        kind: DocumentKind,
        edition: u32,
        /// When machines begin to ask for it.
        by: Millis,
        /// When a signature of it was withdrawn, because that can happen again.
        withdrawn: Option<Millis>,
    },
    /// A signature of the recipient ends soon.
    DocumentLapsing {
        document: DocumentId,
        until: Millis,
    },
}

/// Subjects with a calendar entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dated {
    Appointment(AppointmentId),
    Booking(BookingId),
    Event(TrainingEventId),
}

impl Notice {
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Granted { .. } => Kind::Granted,
            Self::Revoked { .. } => Kind::Revoked,
            Self::Banned { .. } => Kind::Banned,
            Self::Unbanned { .. } => Kind::Unbanned,
            Self::Expiring { .. } => Kind::Expiring,
            Self::HoldPlaced { .. } => Kind::HoldPlaced,
            Self::HoldLifted { .. } => Kind::HoldLifted,
            Self::StatusChanged { .. } => Kind::StatusChanged,
            Self::PasswordChanged { .. } => Kind::PasswordChanged,
            Self::SecondFactorChanged { .. } => Kind::SecondFactorChanged,
            Self::SignInMethodChanged { .. } => Kind::SignInMethodChanged,
            Self::AddressBounced { .. } => Kind::AddressBounced,
            Self::CardClaimed { .. } => Kind::CardClaimed,
            Self::CardGiven { .. } => Kind::CardGiven,
            Self::ClaimRefused { .. } => Kind::ClaimRefused,
            Self::Reported { severity: Severity::Unsafe, .. } => Kind::MachineUnsafe,
            Self::Reported { .. } => Kind::ProblemReported,
            Self::Acknowledged { .. } => Kind::ProblemAcknowledged,
            Self::Resolved { .. } => Kind::ProblemResolved,
            Self::Blocked { .. } => Kind::MachineBlocked,
            Self::Free { .. } => Kind::MachineFree,
            Self::MaintenanceDue { .. } => Kind::MaintenanceDue,
            Self::HelpAsked { .. } => Kind::HelpAsked,
            Self::HelpAnswered { .. } => Kind::HelpAnswered,
            Self::UseCorrected { .. } => Kind::UseCorrected,
            Self::Checkout { news, .. } => news.kind(),
            Self::CheckoutWanted { .. } => Kind::CheckoutWanted,
            Self::Booking { news, .. } => news.kind(),
            Self::HandOver { news, .. } => news.kind(),
            Self::Outage { .. } => Kind::BookingOutage,
            Self::OutageOver { .. } => Kind::BookingBack,
            Self::Waiting { news, .. } => news.kind(),
            Self::TimeFreed { .. } => Kind::TimeFreed,
            Self::CalendarClash { .. } => Kind::CalendarClash,
            Self::CalendarLeftOut { .. } => Kind::CalendarLeftOut,
            Self::JobFailed { .. } => Kind::JobFailed,
            Self::ActuatorSilent { .. } => Kind::ActuatorSilent,
            Self::ActuatorFailed { .. } => Kind::ActuatorFailed,
            Self::MeterBeyond { .. } => Kind::MeterBeyond,
            Self::Unswiped { .. } => Kind::MachineUnswiped,
            Self::SlackPaused { .. } => Kind::SlackPaused,
            Self::BookingsStayFree => Kind::SettingKept,
            Self::Announced { .. } => Kind::Announced,
            Self::Group { news, .. } => news.kind(),
            Self::GroupRestored { .. } => Kind::GroupChanged,
            Self::Series { .. } => Kind::SeriesChanged,
            Self::Draw { news, .. } => news.kind(),
            Self::Event { news, .. } => news.kind(),
            Self::Dues { news, .. } => news.kind(),
            Self::DuesCommandFailed { .. } => Kind::DuesCommandFailed,
            Self::WebhookPaused { .. } => Kind::WebhookPaused,
            Self::DirectorySync { .. } => Kind::DirectorySync,
            Self::TrainingAgain { .. } => Kind::TrainingAgain,
            Self::DocumentToSign { .. } => Kind::DocumentToSign,
            Self::DocumentLapsing { .. } => Kind::DocumentLapsing,
        }
    }

    /// Whether its reader is in the space and a person waits there, so that quiet hours do not hold it back.
    #[must_use]
    pub const fn is_awaited(&self) -> bool {
        matches!(self, Self::HelpAsked { inside: true, .. } | Self::HelpAnswered { .. })
    }

    /// When its subject begins.
    #[must_use]
    pub const fn starts(&self) -> Option<Millis> {
        match *self {
            Self::Checkout { starts, .. }
            | Self::Event { starts, .. }
            | Self::Booking { starts, .. }
            | Self::HandOver { starts, .. }
            | Self::Waiting { starts, .. }
            | Self::Outage { starts, .. }
            | Self::OutageOver { starts, .. }
            | Self::CalendarClash { starts, .. }
            | Self::TimeFreed { starts, .. } => Some(starts),
            _ => None,
        }
    }

    /// When its subject ends by itself.
    #[must_use]
    pub const fn until(&self) -> Option<Millis> {
        match *self {
            Self::Granted { until, .. } | Self::Banned { until, .. } | Self::HoldPlaced { until, .. } => until,
            Self::Expiring { until, .. }
            | Self::Waiting { until, .. }
            | Self::HelpAsked { until, .. }
            | Self::HelpAnswered { until, .. }
            | Self::DocumentLapsing { until, .. } => Some(until),
            Self::TrainingAgain { by, .. } | Self::DocumentToSign { by, .. } => Some(by),
            Self::TimeFreed { ends, .. } => Some(ends),
            _ => None,
        }
    }
}
