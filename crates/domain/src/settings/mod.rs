//! Settings: what a workshop may configure, per space, type or machine.
//!
//! Invariant: the nearest scope with a value wins – machine before type before space – and a value that does not
//! fit its key is ignored. Not here: what is set at start (`server`'s configuration).

mod at;
mod keys;

pub use at::At;
pub use keys::{DISPLAY, Fits, Group};

use crate::{
    booking_policy::{Mode, Need, Policy},
    dues::{GRACE as GRACE_OF_DUES, Plans, Processor},
    event_policy::{EventPolicy, Windows},
    machines::AuthorisationMode,
    maintenance::WARN,
    space_profile::{Position, SpaceProfile, contact, web_address},
    string_enum::string_enum,
};

string_enum! {
    /// The scope of a setting; a later one is nearer and wins.
    Scope {
        Space = "space",
        /// Every machine of a type.
        Type = "type",
        Machine = "machine",
    }
}

string_enum! {
    /// The key of a setting.
    Key {
        /// The name of the space; space only.
        SpaceName = "space.name",
        /// The IANA time zone; space only.
        Zone = "space.zone",
        /// The language of boards and wall displays, `en` or `it`; space only.
        Language = "space.language",
        /// Everything in this space is invented: `begun` or `yes`; written by the demo alone.
        Invented = "space.invented",
        /// Who may use a machine.
        Authorisation = "access.mode",
        /// Machines one person may run at the same time, 1 to 99; space only.
        Simultaneous = "access.simultaneous",
        /// Whether people who may use a machine may also start it remotely, `yes` or `no`.
        RemoteStart = "access.remote-start",
        /// Whether permitted groups bind bookings alone, and not use, `yes` or `no`.
        GroupsBookOnly = "access.groups-book-only",
        /// Minutes between log-out and power-off, 0 to 65,535.
        Grace = "board.grace",
        /// Minutes after which a board logs its user out, 0 to 65,535; 0 is never.
        AutoStop = "board.auto-stop",
        /// The text on the board's display below the machine's name.
        Display = "board.display",
        /// People who must be present to start, 0 to 9; 0 requires none.
        PeoplePresent = "access.people-present",
        /// Whether passers-by see machines and their states, `yes` or `no`; space only.
        PublicStatus = "space.public-status",
        /// The e-mail address that the space publishes; space only.
        SpaceContact = "space.contact",
        /// The address of the space's website; space only.
        SpaceWebsite = "space.website",
        /// The address of the space's logo; space only.
        SpaceLogo = "space.logo",
        /// The postal address that the space publishes; space only.
        SpaceAddress = "space.address",
        /// Latitude and longitude of the space, `45.43842, 10.99171`; space only.
        SpacePosition = "space.position",
        /// Whether the number of people inside is published, `yes` or `no`; space only.
        PublicPeople = "space.public-people",
        /// How much of a user's name members see.
        ShownNames = "people.shown",
        /// Whether one may apply on the sign-in page, `yes` or `no`; space only.
        SignUp = "accounts.sign-up",
        /// Whether a claimed card is assigned without approval, `yes` or `no`; space only.
        ClaimAtOnce = "cards.claim-at-once",
        /// Whether managers and administrators must show a second factor, `yes` or `no`; space only.
        SecondFactor = "accounts.second-factor",
        /// Whether people may sign in with passwords, `yes` or `no`; space only.
        Passwords = "accounts.passwords",
        /// Days without a use after which a qualification lapses, 0 to 3,650; 0 is never.
        LapseUnused = "qualifications.lapse-unused",
        /// Days after a grant in which a first use must fall, 0 to 3,650; 0 does not ask.
        LapseNeverUsed = "qualifications.lapse-never-used",
        /// Retention of the audit log in days, 90 to 3,650; space only.
        AuditKept = "audit.kept",
        /// Days from a known delay in which a member without payment is not held, 0 to 60; space only.
        DuesGrace = "dues.grace",
        /// Prices or products at Stripe that are dues, separated by commas; nothing: every subscription; space only.
        DuesStripe = "dues.stripe",
        /// Subscriptions at GoCardless that are dues, by name, separated by commas; nothing: every one; space only.
        DuesGoCardless = "dues.gocardless",
        /// Percent of the interval from which maintenance is due soon, 50 to 100; space only.
        MaintenanceWarn = "maintenance.warn",
        /// Whether a booking is approved at once, or by an owner of the type.
        BookingMode = "booking.mode",
        /// How bookings affect the use of a machine now.
        BookingNeed = "booking.need",
        /// The shortest booking, in minutes, 5 to 1,440.
        BookingLeast = "booking.least",
        /// The longest booking, in minutes, 5 to 1,440.
        BookingMost = "booking.most",
        /// Bookings begin and end on multiples of this many minutes.
        BookingGrid = "booking.grid",
        /// Minutes from now on which a booking may begin, 0 to 10,080.
        BookingLead = "booking.lead",
        /// Days after today on which one may still be, 0 to 365.
        BookingHorizon = "booking.horizon",
        /// Days after today on which a date of a new series may still be, 1 to 1,095.
        BookingSeries = "booking.series",
        /// Whether members may make series for themselves, `yes` or `no`; admins of groups and moderators always may.
        BookingOwnSeries = "booking.own-series",
        /// Buffer in minutes before a booking, 0 to 240.
        BookingBefore = "booking.before",
        /// Buffer in minutes after a booking, 0 to 240.
        BookingAfter = "booking.after",
        /// Bookings that one person may have ahead of them, 0 to 99; 0 does not ask.
        BookingOpen = "booking.open",
        /// Hours that one person may book in a week, 0 to 168; 0 does not ask.
        BookingWeekly = "booking.weekly",
        /// Bookings that one group may have ahead of it, 0 to 99; 0 does not ask.
        BookingGroupOpen = "booking.group-open",
        /// Hours that one group may book in a week, 0 to 168; 0 does not ask.
        BookingGroupWeekly = "booking.group-weekly",
        /// Whether one person may have two bookings at the same time, `yes` or `no`.
        BookingOverlap = "booking.overlap",
        /// Minutes before it begins until which calling off is not late, 0 to 10,080.
        BookingFreeUntil = "booking.free-until",
        /// Open requests for training of one person, 1 to 20; space only.
        EventRequests = "events.requests",
        /// Days in which an invitation to a training event is to be answered, 1 to 30; space only.
        EventAnswerDays = "events.answer-days",
        /// Missed training events after which a person may not ask again, 0 to 20; 0 never bars anybody; space only.
        EventNoShows = "events.no-shows",
        /// Parts of the day that people can prefer for training, `07:00–12:30, 13:00–18:00`; space only.
        EventWindows = "events.windows",
        /// Usual places of a training event for users, 0 to 200; 0: there are no such events; space only.
        EventUsePlaces = "events.user-places",
        /// Usual length of a training event for users, in minutes, 15 to 1,440; space only.
        EventUseMinutes = "events.user-minutes",
        /// Usual places of a training event for trainers, 0 to 200; 0: there are no such events; space only.
        EventTrainPlaces = "events.trainer-places",
        /// Usual length of a training event for trainers, in minutes, 15 to 1,440; space only.
        EventTrainMinutes = "events.trainer-minutes",
        /// Usual places of a training event for owners, 0 to 200; 0: there are no such events; space only.
        EventOwnPlaces = "events.owner-places",
        /// Usual length of a training event for owners, in minutes, 15 to 1,440; space only.
        EventOwnMinutes = "events.owner-minutes",
        /// Usual places of a training event for maintenance, 0 to 200; 0: there are no such events; space only.
        EventMaintainPlaces = "events.maintenance-places",
        /// Usual length of a training event for maintenance, in minutes, 15 to 1,440; space only.
        EventMaintainMinutes = "events.maintenance-minutes",
    }
}

string_enum! {
    /// How much of a user's name members see.
    ShownNames {
        Nobody = "nobody",
        /// The first word of the name.
        FirstName = "first-name",
        Name = "name",
    }
}

impl ShownNames {
    /// The visible part of `name`.
    #[must_use]
    pub fn of(self, name: &str) -> Option<String> {
        match self {
            Self::Nobody => None,
            Self::FirstName => name.split_whitespace().next().map(ToOwned::to_owned),
            Self::Name => Some(name.to_owned()),
        }
    }
}

string_enum! {
    /// Whether the data of a space is generated.
    Invention {
        /// It was begun and not finished.
        Begun = "begun",
        Whole = "yes",
        /// Whole, with a department's term and its members.
        Department = "department",
    }
}

/// One row of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub scope: Scope,
    pub key: Key,
    /// The value, as typed.
    pub value: String,
}

/// Default number of machines one person may run at the same time.
pub const SIMULTANEOUS: u8 = 3;
/// Default minutes between log-out and power-off: the firmware's own value.
pub const GRACE: u16 = 1;
/// Default minutes after which a board logs its user out: twelve hours.
pub const AUTO_STOP: u16 = 720;
/// Default retention of the audit log in days.
pub const AUDIT_KEPT: u16 = 365;
/// Minimum: questions may still come up a season later.
pub const AUDIT_KEPT_LEAST: u16 = 90;

/// The settings that hold for one machine, or for the space.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting by itself")]
pub struct Settings {
    /// The name of the space; empty until set.
    pub space_name: String,
    /// The IANA name of the time zone.
    pub zone: String,
    /// The tag of the language of boards and wall displays.
    pub language: String,
    /// Whether everything in this space is invented.
    pub invented: Option<Invention>,
    /// Who may use it.
    pub authorisation: AuthorisationMode,
    /// Machines one person may run at the same time.
    pub simultaneous: u8,
    /// People who may use it may start it remotely.
    pub remote_start: bool,
    /// Others than the permitted groups may use it without a booking.
    pub groups_book_only: bool,
    /// Minutes between log-out and power-off.
    pub grace: u16,
    /// Minutes after which the board logs its user out; 0 is never.
    pub auto_stop: u16,
    /// Second line of the board's display; may be empty.
    pub display: String,
    /// People who must be present to start, including the user; 0 requires none.
    pub people_present: u8,
    /// Passers-by see machines and their states.
    pub public_status: bool,
    /// What the space publishes about itself.
    pub profile: SpaceProfile,
    /// How much of a user's name members see.
    pub shown_names: ShownNames,
    /// One may apply on the sign-in page.
    pub sign_up: bool,
    /// A claimed card is assigned without approval.
    pub claim_at_once: bool,
    /// Managers and administrators must show a second factor.
    pub second_factor: bool,
    /// People may sign in with passwords.
    pub passwords: bool,
    /// Days without a use after which a qualification lapses; 0 is never.
    pub lapse_unused: u16,
    /// Days after a grant in which a first use must fall; 0 does not ask.
    pub lapse_never_used: u16,
    /// Retention of the audit log in days.
    pub audit_kept: u16,
    /// Percent of the interval from which maintenance is due soon.
    pub maintenance_warn: u8,
    /// Days from a known delay in which a member without payment is not held.
    pub dues_grace: u16,
    /// Prices or products at Stripe that are dues; empty: every subscription.
    pub dues_stripe: String,
    /// Subscriptions at GoCardless that are dues; empty: every one.
    pub dues_gocardless: String,
    pub booking: Policy,
    pub events: EventPolicy,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            space_name: String::new(),
            zone: "UTC".into(),
            language: "en".into(),
            invented: None,
            authorisation: AuthorisationMode::Qualified,
            simultaneous: SIMULTANEOUS,
            remote_start: false,
            groups_book_only: false,
            grace: GRACE,
            auto_stop: AUTO_STOP,
            display: String::new(),
            people_present: 0,
            public_status: true,
            profile: SpaceProfile::default(),
            shown_names: ShownNames::Nobody,
            sign_up: false,
            claim_at_once: false,
            second_factor: false,
            passwords: true,
            lapse_unused: 0,
            lapse_never_used: 0,
            audit_kept: AUDIT_KEPT,
            maintenance_warn: WARN,
            dues_grace: GRACE_OF_DUES,
            dues_stripe: String::new(),
            dues_gocardless: String::new(),
            booking: Policy::default(),
            events: EventPolicy::default(),
        }
    }
}

impl Settings {
    /// Resolves the values `message`, in any order.
    #[must_use]
    pub fn resolve(mut message: Vec<Setting>) -> Self {
        // Farther first, so that the nearer overwrites it.
        message.sort_by_key(|setting| setting.scope);
        let mut settings = Self::default();
        for Setting { key, value, .. } in message {
            let booking = &mut settings.booking;
            let events = &mut settings.events;
            let profile = &mut settings.profile;
            let [to_use, to_train, to_own, to_maintain] = &mut events.courses;
            match key {
                Key::SpaceName => settings.space_name = value,
                Key::Zone => settings.zone = value,
                Key::Language => settings.language = value,
                Key::Display => settings.display = value,
                Key::Invented => settings.invented = Invention::parse(&value),
                Key::Authorisation => put(&mut settings.authorisation, AuthorisationMode::parse(&value)),
                Key::Simultaneous => {
                    put(&mut settings.simultaneous, value.parse().ok().filter(|n| (1..=99).contains(n)));
                }
                Key::RemoteStart => put(&mut settings.remote_start, yes_or_no(&value)),
                Key::GroupsBookOnly => put(&mut settings.groups_book_only, yes_or_no(&value)),
                Key::Grace => put(&mut settings.grace, value.parse().ok()),
                Key::AutoStop => put(&mut settings.auto_stop, value.parse().ok()),
                Key::PeoplePresent => put(&mut settings.people_present, value.parse().ok().filter(|n| *n <= 9)),
                Key::PublicStatus => put(&mut settings.public_status, yes_or_no(&value)),
                Key::SpaceContact => put(&mut profile.contact, contact(&value)),
                Key::SpaceWebsite => put(&mut profile.website, web_address(&value)),
                Key::SpaceLogo => put(&mut profile.logo, web_address(&value)),
                Key::SpaceAddress => profile.address = value,
                Key::SpacePosition => profile.position = Position::parse(&value),
                Key::PublicPeople => put(&mut profile.counts_people, yes_or_no(&value)),
                Key::ShownNames => put(&mut settings.shown_names, ShownNames::parse(&value)),
                Key::SignUp => put(&mut settings.sign_up, yes_or_no(&value)),
                Key::ClaimAtOnce => put(&mut settings.claim_at_once, yes_or_no(&value)),
                Key::SecondFactor => put(&mut settings.second_factor, yes_or_no(&value)),
                Key::Passwords => put(&mut settings.passwords, yes_or_no(&value)),
                Key::LapseUnused => put(&mut settings.lapse_unused, days(&value)),
                Key::LapseNeverUsed => put(&mut settings.lapse_never_used, days(&value)),
                Key::AuditKept => put(&mut settings.audit_kept, days(&value).filter(|n| *n >= AUDIT_KEPT_LEAST)),
                Key::DuesGrace => put(&mut settings.dues_grace, fitting(key, &value)),
                Key::DuesStripe => settings.dues_stripe = value,
                Key::DuesGoCardless => settings.dues_gocardless = value,
                Key::MaintenanceWarn => {
                    put(&mut settings.maintenance_warn, value.parse().ok().filter(|n| (50..=100).contains(n)));
                }
                Key::BookingMode => put(&mut booking.mode, Mode::parse(&value)),
                Key::BookingNeed => put(&mut booking.need, Need::parse(&value)),
                Key::BookingLeast => put(&mut booking.least, fitting(key, &value)),
                Key::BookingMost => put(&mut booking.most, fitting(key, &value)),
                Key::BookingGrid => put(&mut booking.grid, fitting(key, &value)),
                Key::BookingLead => put(&mut booking.lead, fitting(key, &value)),
                Key::BookingHorizon => put(&mut booking.horizon, fitting(key, &value)),
                Key::BookingSeries => put(&mut booking.series, fitting(key, &value)),
                Key::BookingOwnSeries => put(&mut booking.own_series, yes_or_no(&value)),
                Key::BookingBefore => put(&mut booking.before, fitting(key, &value)),
                Key::BookingAfter => put(&mut booking.after, fitting(key, &value)),
                Key::BookingOpen => put(&mut booking.open, fitting(key, &value)),
                Key::BookingWeekly => put(&mut booking.weekly, fitting(key, &value)),
                Key::BookingGroupOpen => put(&mut booking.group_open, fitting(key, &value)),
                Key::BookingGroupWeekly => put(&mut booking.group_weekly, fitting(key, &value)),
                Key::BookingOverlap => put(&mut booking.overlap, yes_or_no(&value)),
                Key::BookingFreeUntil => put(&mut booking.free_until, fitting(key, &value)),
                Key::EventRequests => put(&mut events.requests, fitting(key, &value)),
                Key::EventAnswerDays => put(&mut events.answer_days, fitting(key, &value)),
                Key::EventNoShows => put(&mut events.no_shows, fitting(key, &value)),
                Key::EventWindows => put(&mut events.windows, Windows::parse(&value).ok()),
                Key::EventUsePlaces => put(&mut to_use.places, fitting(key, &value)),
                Key::EventUseMinutes => put(&mut to_use.minutes, fitting(key, &value)),
                Key::EventTrainPlaces => put(&mut to_train.places, fitting(key, &value)),
                Key::EventTrainMinutes => put(&mut to_train.minutes, fitting(key, &value)),
                Key::EventOwnPlaces => put(&mut to_own.places, fitting(key, &value)),
                Key::EventOwnMinutes => put(&mut to_own.minutes, fitting(key, &value)),
                Key::EventMaintainPlaces => put(&mut to_maintain.places, fitting(key, &value)),
                Key::EventMaintainMinutes => put(&mut to_maintain.minutes, fitting(key, &value)),
            }
        }
        settings
    }

    /// What members pay dues for at `processor`.
    #[must_use]
    pub fn dues_plans(&self, processor: Processor) -> Plans {
        Plans::parse(match processor {
            Processor::Stripe => &self.dues_stripe,
            Processor::GoCardless => &self.dues_gocardless,
        })
    }
}

impl Key {
    /// The processor whose dues the setting names.
    #[must_use]
    pub const fn dues_of(self) -> Option<Processor> {
        match self {
            Self::DuesStripe => Some(Processor::Stripe),
            Self::DuesGoCardless => Some(Processor::GoCardless),
            _ => None,
        }
    }
}

fn yes_or_no(value: &str) -> Option<bool> {
    match value {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn days(value: &str) -> Option<u16> {
    value.parse().ok().filter(|days| *days <= 3_650)
}

/// The number for `key`, within [`Key::fits`].
fn fitting(key: Key, value: &str) -> Option<u16> {
    key.value(value)?.parse().ok()
}

fn put<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(scope: Scope, key: Key, value: &str) -> Setting {
        Setting { scope, key, value: value.into() }
    }

    #[test]
    fn nearest_scope_wins_regardless_of_order() {
        let message = vec![
            set(Scope::Machine, Key::Grace, "5"),
            set(Scope::Space, Key::Grace, "2"),
            set(Scope::Type, Key::Authorisation, "open"),
            set(Scope::Type, Key::Grace, "3"),
        ];
        let settings = Settings::resolve(message);
        assert_eq!((settings.grace, settings.authorisation), (5, AuthorisationMode::Open));
        assert_eq!(settings.auto_stop, AUTO_STOP);
    }

    #[test]
    fn invalid_value_is_ignored() {
        for value in ["", "-1", "65536", "many"] {
            assert_eq!(Settings::resolve(vec![set(Scope::Space, Key::Grace, value)]).grace, GRACE, "{value}");
        }
        for value in ["0", "100"] {
            let settings = Settings::resolve(vec![set(Scope::Space, Key::Simultaneous, value)]);
            assert_eq!(settings.simultaneous, SIMULTANEOUS, "{value}");
        }
    }
}
