//! Timed jobs: which there are, and how often each runs.
//!
//! Invariant: a job asks what is due now, so it does not matter how often or how late it runs. Not here: what jobs
//! do, which is with their nouns, and the timers.

use crate::string_enum::string_enum;
use std::time::Duration;

string_enum! {
    Job {
        /// Ends uses whose board fell silent, and those that run into the booking of another person.
        AbandonedUses = "abandoned-uses",
        /// Notices boards that fell silent.
        SilentBoards = "silent-boards",
        /// Notifies pages of machines whose maintenance became due.
        DueMaintenance = "due-maintenance",
        /// Forgets notes that can no longer be restored.
        DeletedNotes = "deleted-notes",
        /// Forgets the idempotency keys of old requests.
        IdempotencyKeys = "idempotency-keys",
        /// Writes down qualifications that ran out.
        Lapses = "lapses",
        /// Notifies people of due dates.
        Reminders = "reminders",
        /// Sends reminders of checkouts, and cancels unanswered ones.
        Appointments = "appointments",
        /// Invites people to training events, ends unanswered invitations, cancels events with too few people, and
        /// sends reminders.
        TrainingEvents = "training-events",
        /// Releases unattended bookings, expires requests, and sends reminders.
        Bookings = "bookings",
        /// Opens and closes draws: notifies people, and publishes the hash of the wishes.
        Draws = "draws",
        /// Publishes announcements and notifies people of them; hides those that end.
        Announcements = "announcements",
        /// Reads external calendars, each once an hour.
        ExternalCalendars = "external-calendars",
        /// Ends tests of actuators, and notices those that fell silent.
        Actuators = "actuators",
        /// Stores what meters of the building measured.
        Meters = "meters",
        /// Ends visits of people who left without a swipe.
        Visits = "visits",
        /// Passes requests for help on that nobody answers.
        Help = "help",
        /// Asks payment processors for the standing of members, sends commands to them, and compares records at night.
        Dues = "dues",
        /// Compares people with the directory.
        UserDirectory = "user-directory",
        /// Cleans up expired data, once a day.
        Retention = "retention",
    }
}

impl Job {
    /// How often it runs. A silent board is to be noticed within 5 s of its 90, a deleted note cleared within 5 s
    /// of its minute; a directory is read every minute if its settings say so; for jobs by day an hour early or late does not
    /// matter.
    #[must_use]
    pub const fn every(self) -> Duration {
        match self {
            Self::AbandonedUses | Self::SilentBoards | Self::DeletedNotes | Self::Actuators => {
                Duration::from_secs(5)
            }
            // Paid dues are to lift a hold within a minute.
            Self::Dues => Duration::from_secs(15),
            Self::DueMaintenance
            | Self::Announcements
            | Self::Appointments
            | Self::TrainingEvents
            | Self::Bookings
            | Self::Draws
            | Self::Meters
            | Self::UserDirectory
            | Self::Visits
            | Self::Help => Duration::from_mins(1),
            Self::Reminders | Self::ExternalCalendars => Duration::from_mins(5),
            Self::IdempotencyKeys | Self::Lapses | Self::Retention => Duration::from_hours(1),
        }
    }
}
