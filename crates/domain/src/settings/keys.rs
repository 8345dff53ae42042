//! The metadata of each setting: valid values, scopes, group, and who may change it.
//!
//! Invariant: a value accepted here is accepted by [`Settings::resolve`] and returned unchanged by
//! [`Settings::value`].

use super::{AUDIT_KEPT_LEAST, Invention, Key, Scope, Settings, ShownNames};
use crate::{
    booking_policy::SERIES_AHEAD,
    dues::MOST_GRACE,
    event_policy::{Aim, Windows},
    machines::AuthorisationMode,
    space_profile::{Position, contact, web_address},
    string_enum::string_enum,
};

string_enum! {
    /// Groups on the page of settings.
    Group {
        Space = "space",
        Access = "access",
        Boards = "boards",
        /// Visibility of names and machines.
        Seen = "seen",
        /// What the space publishes about itself.
        Published = "published",
        Lapse = "lapse",
        Accounts = "accounts",
        Bookings = "bookings",
        /// Training events.
        Training = "training",
        /// Retention.
        Kept = "kept",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fits {
    /// One of these strings.
    Word(&'static [&'static str]),
    /// A whole number between two, both included.
    Number(u16, u16),
    /// At most this many characters.
    Text(usize),
    /// The IANA name of a time zone.
    Zone,
    /// Parts of the day.
    Windows,
    /// An e-mail address, or nothing.
    Email,
    /// A web address, or nothing.
    Web,
    /// Latitude and longitude, or nothing.
    Position,
}

/// Limit of characters of a display's second line; boards scroll longer texts.
pub const DISPLAY: usize = 64;

impl Key {
    #[must_use]
    pub const fn fits(self) -> Fits {
        match self {
            Self::SpaceName | Self::SpaceAddress => Fits::Text(200),
            Self::Zone => Fits::Zone,
            Self::Language => Fits::Word(&["en", "it"]),
            Self::Invented => Fits::Word(&["begun", "yes", "department"]),
            Self::Authorisation => Fits::Word(&["open", "qualified", "supervised"]),
            Self::Simultaneous => Fits::Number(1, 99),
            Self::Grace | Self::AutoStop => Fits::Number(0, u16::MAX),
            Self::Display => Fits::Text(DISPLAY),
            Self::PeoplePresent => Fits::Number(0, 9),
            Self::SpaceContact => Fits::Email,
            Self::SpaceWebsite | Self::SpaceLogo => Fits::Web,
            Self::SpacePosition => Fits::Position,
            Self::PublicStatus
            | Self::PublicPeople
            | Self::SignUp
            | Self::ClaimAtOnce
            | Self::RemoteStart
            | Self::GroupsBookOnly
            | Self::SecondFactor
            | Self::Passwords
            | Self::BookingOwnSeries
            | Self::BookingOverlap => Fits::Word(&["yes", "no"]),
            Self::ShownNames => Fits::Word(&["nobody", "first-name", "name"]),
            Self::LapseUnused | Self::LapseNeverUsed => Fits::Number(0, 3_650),
            Self::AuditKept => Fits::Number(AUDIT_KEPT_LEAST, 3_650),
            Self::DuesGrace => Fits::Number(0, MOST_GRACE),
            Self::DuesStripe | Self::DuesGoCardless => Fits::Text(400),
            Self::MaintenanceWarn => Fits::Number(50, 100),
            Self::BookingMode => Fits::Word(&["automatic", "moderated"]),
            Self::BookingNeed => Fits::Word(&["free", "respect", "required"]),
            Self::BookingGrid => Fits::Word(&["5", "10", "15", "30", "60"]),
            Self::BookingLeast | Self::BookingMost => Fits::Number(5, 1_440),
            Self::BookingLead | Self::BookingFreeUntil => Fits::Number(0, 10_080),
            Self::BookingHorizon => Fits::Number(0, 365),
            Self::BookingSeries => Fits::Number(1, SERIES_AHEAD),
            Self::BookingBefore | Self::BookingAfter => Fits::Number(0, 240),
            Self::BookingOpen | Self::BookingGroupOpen => Fits::Number(0, 99),
            Self::BookingWeekly | Self::BookingGroupWeekly => Fits::Number(0, 168),
            Self::EventRequests => Fits::Number(1, 20),
            Self::EventAnswerDays => Fits::Number(1, 30),
            Self::EventNoShows => Fits::Number(0, 20),
            Self::EventWindows => Fits::Windows,
            Self::EventUsePlaces | Self::EventTrainPlaces | Self::EventOwnPlaces | Self::EventMaintainPlaces => {
                Fits::Number(0, 200)
            }
            Self::EventUseMinutes
            | Self::EventTrainMinutes
            | Self::EventOwnMinutes
            | Self::EventMaintainMinutes => Fits::Number(15, 1_440),
        }
    }

    /// The stored form of `input`, if valid. Whether a time zone exists is checked by code that has the table.
    #[must_use]
    pub fn value(self, input: &str) -> Option<String> {
        let input = input.trim();
        match self.fits() {
            Fits::Word(words) => words.contains(&input).then(|| input.to_owned()),
            Fits::Number(least, most) => {
                let number = input.parse().ok().filter(|number| (least..=most).contains(number))?;
                Some(number.to_string())
            }
            Fits::Text(_) if self == Self::SpaceName => crate::names::name(input).ok(),
            Fits::Text(most) => {
                let text = crate::names::remark(input).replace('\n', " ");
                (text.chars().count() <= most).then_some(text)
            }
            Fits::Zone => (!input.is_empty()).then(|| input.to_owned()),
            Fits::Windows => Windows::parse(input).ok().map(|windows| windows.to_string()),
            Fits::Email => contact(input),
            Fits::Web => web_address(input),
            Fits::Position if input.is_empty() => Some(String::new()),
            Fits::Position => Position::parse(input).map(|position| position.to_string()),
        }
    }

    /// Whether it may be set below the space.
    #[must_use]
    pub const fn varies(self) -> bool {
        matches!(
            self,
            Self::Authorisation
                | Self::RemoteStart
                | Self::GroupsBookOnly
                | Self::Grace
                | Self::AutoStop
                | Self::Display
                | Self::PeoplePresent
                | Self::ShownNames
                | Self::LapseUnused
                | Self::LapseNeverUsed
        ) || matches!(self.group(), Group::Bookings)
    }

    /// Whether it may be set at `scope`. Lapsing concerns qualifications on types only.
    #[must_use]
    pub const fn reaches(self, scope: Scope) -> bool {
        match scope {
            Scope::Space => !matches!(self, Self::Invented),
            Scope::Type => self.varies(),
            Scope::Machine => self.varies() && !matches!(self, Self::LapseUnused | Self::LapseNeverUsed),
        }
    }

    /// Whether it is about the system, and so for administrators alone.
    #[must_use]
    pub const fn is_of_system(self) -> bool {
        matches!(
            self,
            Self::SpaceName
                | Self::Zone
                | Self::Language
                | Self::Invented
                | Self::SecondFactor
                | Self::Passwords
                | Self::SignUp
                | Self::PublicStatus
                | Self::AuditKept
        ) || matches!(self.group(), Group::Published)
    }

    /// Whether it affects access or the end of qualifications, so that changes are previewed.
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(self, Self::Authorisation | Self::PeoplePresent | Self::LapseUnused | Self::LapseNeverUsed)
    }

    /// Whether a change can be previewed.
    #[must_use]
    pub const fn is_foreseen(self) -> bool {
        self.decides()
            || matches!(
                self,
                Self::Simultaneous
                    | Self::Grace
                    | Self::AutoStop
                    | Self::ShownNames
                    | Self::PublicStatus
                    | Self::SecondFactor
                    | Self::Passwords
                    | Self::LapseUnused
                    | Self::LapseNeverUsed
                    | Self::AuditKept
                    | Self::Zone
            )
    }

    #[must_use]
    pub const fn group(self) -> Group {
        match self {
            Self::SpaceName | Self::Zone | Self::Language | Self::Invented => Group::Space,
            Self::Authorisation
            | Self::Simultaneous
            | Self::RemoteStart
            | Self::GroupsBookOnly
            | Self::PeoplePresent
            | Self::ClaimAtOnce => Group::Access,
            Self::Grace | Self::AutoStop | Self::Display | Self::MaintenanceWarn => Group::Boards,
            Self::PublicStatus | Self::ShownNames => Group::Seen,
            Self::SpaceContact
            | Self::SpaceWebsite
            | Self::SpaceLogo
            | Self::SpaceAddress
            | Self::SpacePosition
            | Self::PublicPeople => Group::Published,
            Self::LapseUnused | Self::LapseNeverUsed => Group::Lapse,
            Self::SignUp
            | Self::SecondFactor
            | Self::Passwords
            | Self::DuesGrace
            | Self::DuesStripe
            | Self::DuesGoCardless => Group::Accounts,
            Self::AuditKept => Group::Kept,
            Self::BookingMode
            | Self::BookingNeed
            | Self::BookingLeast
            | Self::BookingMost
            | Self::BookingGrid
            | Self::BookingLead
            | Self::BookingHorizon
            | Self::BookingSeries
            | Self::BookingOwnSeries
            | Self::BookingBefore
            | Self::BookingAfter
            | Self::BookingOpen
            | Self::BookingWeekly
            | Self::BookingGroupOpen
            | Self::BookingGroupWeekly
            | Self::BookingOverlap
            | Self::BookingFreeUntil => Group::Bookings,
            Self::EventRequests
            | Self::EventAnswerDays
            | Self::EventNoShows
            | Self::EventWindows
            | Self::EventUsePlaces
            | Self::EventTrainPlaces
            | Self::EventOwnPlaces
            | Self::EventMaintainPlaces
            | Self::EventUseMinutes
            | Self::EventTrainMinutes
            | Self::EventOwnMinutes
            | Self::EventMaintainMinutes => Group::Training,
        }
    }
}

impl Settings {
    /// The effective value of `key`, as it would be set.
    #[must_use]
    pub fn value(&self, key: Key) -> String {
        let yes_or_no = |yes| if yes { "yes" } else { "no" }.to_owned();
        let places = |aim| self.events.course(aim).places.to_string();
        let minutes = |aim| self.events.course(aim).minutes.to_string();
        match key {
            Key::SpaceName => self.space_name.clone(),
            Key::Zone => self.zone.clone(),
            Key::Language => self.language.clone(),
            Key::Invented => self.invented.map_or("", Invention::as_str).to_owned(),
            Key::Authorisation => AuthorisationMode::as_str(self.authorisation).to_owned(),
            Key::Simultaneous => self.simultaneous.to_string(),
            Key::RemoteStart => yes_or_no(self.remote_start),
            Key::GroupsBookOnly => yes_or_no(self.groups_book_only),
            Key::Grace => self.grace.to_string(),
            Key::AutoStop => self.auto_stop.to_string(),
            Key::Display => self.display.clone(),
            Key::PeoplePresent => self.people_present.to_string(),
            Key::PublicStatus => yes_or_no(self.public_status),
            Key::SpaceContact => self.profile.contact.clone(),
            Key::SpaceWebsite => self.profile.website.clone(),
            Key::SpaceLogo => self.profile.logo.clone(),
            Key::SpaceAddress => self.profile.address.clone(),
            Key::SpacePosition => self.profile.position.map(|position| position.to_string()).unwrap_or_default(),
            Key::PublicPeople => yes_or_no(self.profile.counts_people),
            Key::ShownNames => ShownNames::as_str(self.shown_names).to_owned(),
            Key::SignUp => yes_or_no(self.sign_up),
            Key::ClaimAtOnce => yes_or_no(self.claim_at_once),
            Key::SecondFactor => yes_or_no(self.second_factor),
            Key::Passwords => yes_or_no(self.passwords),
            Key::LapseUnused => self.lapse_unused.to_string(),
            Key::LapseNeverUsed => self.lapse_never_used.to_string(),
            Key::AuditKept => self.audit_kept.to_string(),
            Key::DuesGrace => self.dues_grace.to_string(),
            Key::DuesStripe => self.dues_stripe.clone(),
            Key::DuesGoCardless => self.dues_gocardless.clone(),
            Key::MaintenanceWarn => self.maintenance_warn.to_string(),
            Key::BookingMode => self.booking.mode.as_str().to_owned(),
            Key::BookingNeed => self.booking.need.as_str().to_owned(),
            Key::BookingLeast => self.booking.least.to_string(),
            Key::BookingMost => self.booking.most.to_string(),
            Key::BookingGrid => self.booking.grid.to_string(),
            Key::BookingLead => self.booking.lead.to_string(),
            Key::BookingHorizon => self.booking.horizon.to_string(),
            Key::BookingSeries => self.booking.series.to_string(),
            Key::BookingOwnSeries => yes_or_no(self.booking.own_series),
            Key::BookingBefore => self.booking.before.to_string(),
            Key::BookingAfter => self.booking.after.to_string(),
            Key::BookingOpen => self.booking.open.to_string(),
            Key::BookingWeekly => self.booking.weekly.to_string(),
            Key::BookingGroupOpen => self.booking.group_open.to_string(),
            Key::BookingGroupWeekly => self.booking.group_weekly.to_string(),
            Key::BookingOverlap => yes_or_no(self.booking.overlap),
            Key::BookingFreeUntil => self.booking.free_until.to_string(),
            Key::EventRequests => self.events.requests.to_string(),
            Key::EventAnswerDays => self.events.answer_days.to_string(),
            Key::EventNoShows => self.events.no_shows.to_string(),
            Key::EventWindows => self.events.windows.to_string(),
            Key::EventUsePlaces => places(Aim::Use),
            Key::EventUseMinutes => minutes(Aim::Use),
            Key::EventTrainPlaces => places(Aim::Train),
            Key::EventTrainMinutes => minutes(Aim::Train),
            Key::EventOwnPlaces => places(Aim::Own),
            Key::EventOwnMinutes => minutes(Aim::Own),
            Key::EventMaintainPlaces => places(Aim::Maintain),
            Key::EventMaintainMinutes => minutes(Aim::Maintain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Setting;

    fn told_back(key: Key, value: &str) -> String {
        let value = value.to_owned();
        Settings::resolve(vec![Setting { scope: Scope::Space, key, value }]).value(key)
    }

    #[test]
    fn accepted_values_match_resolved_values_and_bounds() {
        for &key in Key::ALL {
            let fitting: Vec<String> = match key.fits() {
                Fits::Word(words) => words.iter().map(|&text| text.to_owned()).collect(),
                Fits::Number(least, most) => vec![least.to_string(), most.to_string()],
                Fits::Text(_) => vec!["Talvera".into(), "عربى".into(), "👩\u{200D}🔧 <b>".into()],
                Fits::Zone => vec!["Europe/Rome".into()],
                Fits::Windows => vec![String::new(), "07:00–12:30, 13:00–18:00".into()],
                Fits::Email => vec![String::new(), "lab@lab.example".into()],
                Fits::Web => vec![String::new(), "https://lab.example/logo.png".into()],
                Fits::Position => vec![String::new(), "45.43842, -10.9".into()],
            };
            for value in fitting {
                assert_eq!(key.value(&format!(" {value} ")).as_deref(), Some(&*value), "{key:?}");
                assert_eq!(told_back(key, &value), value, "{key:?}");
            }
            if let Fits::Number(_, most) = key.fits() {
                for wrong in
                    [(u32::from(most) + 1).to_string(), "-1".into(), "x".into(), "1.5".into(), String::new()]
                {
                    assert_eq!(key.value(&wrong), None, "{key:?} {wrong}");
                    assert_eq!(told_back(key, &wrong), Settings::default().value(key), "{key:?} {wrong}");
                }
            }
        }
        assert_eq!(Key::Display.value(&"x".repeat(DISPLAY + 1)), None);
        assert_eq!(Key::SpaceName.value("  "), None);
        for (key, wrong) in [
            (Key::SpaceContact, "lab"),
            (Key::SpaceWebsite, "lab.example"),
            (Key::SpaceLogo, "javascript:alert(1)"),
            (Key::SpacePosition, "91, 0"),
        ] {
            assert_eq!(key.value(wrong), None, "{key:?}");
            assert_eq!(told_back(key, wrong), "", "{key:?}: not published");
        }
        assert_eq!(Key::Authorisation.value("anybody"), None);
        assert_eq!(
            Key::EventWindows.value("13:00-18:00; 07:00-12:30").as_deref(),
            Some("07:00–12:30, 13:00–18:00")
        );
        for wrong in ["mornings", "12:00–07:00", "07:00–12:00, 11:00–13:00"] {
            assert_eq!(Key::EventWindows.value(wrong), None, "{wrong}");
            let usual = Settings::default().value(Key::EventWindows);
            assert_eq!(told_back(Key::EventWindows, wrong), usual, "{wrong}");
        }
    }

    #[test]
    fn space_wide_keys_cannot_be_set_on_narrower_scope() {
        for &key in Key::ALL {
            assert_eq!(key.reaches(Scope::Type), key.varies(), "{key:?}");
            assert!(!key.reaches(Scope::Machine) || key.varies(), "{key:?}");
        }
        assert!(!Key::Zone.reaches(Scope::Machine) && !Key::LapseUnused.reaches(Scope::Machine));
        assert!(!Key::Invented.reaches(Scope::Space), "the demo alone writes it");
    }
}
