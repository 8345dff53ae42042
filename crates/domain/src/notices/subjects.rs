//! The subject of each notice: the part of its key that says about which thing it is.
//!
//! Invariant: two notices of a kind about one thing have the same subject, so that it is stored once. Not here: its kind, and
//! its recipients.

use super::{BookingNews, EventNews, Notice};
use crate::settings::Key;

impl Notice {
    /// Its subject, as part of the key by which it is stored once.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Granted { entry, .. }
            | Self::Revoked { entry, .. }
            | Self::Banned { entry, .. }
            | Self::Unbanned { entry, .. } => format!("entry:{entry}"),
            Self::Expiring { on, relation, until } => {
                format!("{on} {} {}", relation.as_str(), until.0)
            }
            Self::HoldPlaced { hold, .. } | Self::HoldLifted { hold } => format!("hold:{hold}"),
            Self::StatusChanged { to, at } => format!("{} at:{}", to.as_str(), at.0),
            Self::SecondFactorChanged { on, at } => format!("on:{on} at:{}", at.0),
            Self::PasswordChanged { at }
            | Self::CardGiven { at }
            | Self::AddressBounced { at }
            | Self::SlackPaused { at } => format!("at:{}", at.0),
            Self::SignInMethodChanged { change, at } => format!("change:{} at:{}", change.as_str(), at.0),
            Self::CardClaimed { claim } | Self::ClaimRefused { claim } => format!("claim:{claim}"),
            Self::Reported { report, .. } | Self::Acknowledged { report, .. } | Self::Resolved { report, .. } => {
                format!("problem:{report}")
            }
            Self::Blocked { block, .. } | Self::Free { block, .. } => format!("block:{block}"),
            Self::MaintenanceDue { plan, machine, since } => format!("plan:{plan} machine:{machine} {}", since.0),
            Self::HelpAsked { help, .. } | Self::HelpAnswered { help, .. } => format!("help:{help}"),
            Self::UseCorrected { session, at, .. } => format!("use:{session} {}", at.0),
            Self::Checkout { news, appointment, sequence, .. } => {
                format!("appointment:{appointment} {} {sequence}", news.as_str())
            }
            Self::CheckoutWanted { wish, .. } => format!("wish:{wish}"),
            // Once told of the time, they were told, whatever happened to the booking.
            Self::Booking {
                news: news @ (BookingNews::Tomorrow | BookingNews::Overlapped),
                booking,
                starts,
                ..
            } => {
                format!("booking:{booking} {} {}", news.as_str(), starts.0)
            }
            Self::Booking { news, booking, starts, sequence, .. } => {
                format!("booking:{booking} {} {} {sequence}", news.as_str(), starts.0)
            }
            Self::HandOver { news, booking, offered, .. } => {
                format!("booking:{booking} {} {}", news.as_str(), offered.0)
            }
            Self::Outage { block, booking, .. } | Self::OutageOver { block, booking, .. } => {
                format!("block:{block} booking:{booking}")
            }
            Self::Waiting { news, waiting, .. } => format!("waiting:{waiting} {}", news.as_str()),
            Self::TimeFreed { machine, starts, ends, at } => {
                format!("machine:{machine} {}-{} at:{}", starts.0, ends.0, at.0)
            }
            Self::CalendarClash { calendar, at, .. } | Self::CalendarLeftOut { calendar, at, .. } => {
                format!("calendar:{calendar} at:{}", at.0)
            }
            Self::Dues { news, paid_until, last_day } => {
                format!("dues:{paid_until} {} {last_day}", news.as_str())
            }
            Self::DuesCommandFailed { command } => format!("dues-command:{command}"),
            Self::WebhookPaused { webhook, at, .. } => format!("webhook:{webhook} at:{}", at.0),
            Self::DirectorySync { waits: true, at } => format!("directory:waits {}", at.0),
            Self::DirectorySync { waits: false, at } => format!("directory:failed {}", at.0),
            Self::JobFailed { job, day } => format!("job:{} {day}", job.as_str()),
            Self::ActuatorSilent { actuator, at } | Self::ActuatorFailed { actuator, at, .. } => {
                format!("actuator:{actuator} {}", at.0)
            }
            Self::MeterBeyond { meter, day, .. } => format!("meter:{meter} {day}"),
            Self::Unswiped { run, .. } => format!("run:{run}"),
            Self::BookingsStayFree => Key::BookingNeed.as_str().to_owned(),
            Self::Announced { announcement } => format!("announcement:{announcement}"),
            Self::Group { news, group, at } => format!("group:{group} {} {}", news.as_str(), at.0),
            Self::GroupRestored { group, at, .. } => format!("group:{group} restored {}", at.0),
            Self::Series { news, series, at, .. } => format!("series:{series} {} {}", news.as_str(), at.0),
            Self::Draw { news, draw } => format!("draw:{draw} {}", news.as_str()),
            Self::Event {
                news: news @ (EventNews::Tomorrow | EventNews::Soon), event, starts, sequence, ..
            } => {
                format!("event:{event} {} {sequence} {}", news.as_str(), starts.0)
            }
            Self::Event { news, event, sequence, at, .. } if news.is_repeated() => {
                format!("event:{event} {} {sequence} {}", news.as_str(), at.0)
            }
            Self::Event { news, event, sequence, .. } => format!("event:{event} {} {sequence}", news.as_str()),
            Self::DocumentToSign { document, edition, withdrawn: None, .. } => {
                format!("document:{document} {edition}")
            }
            Self::DocumentToSign { document, edition, withdrawn: Some(at), .. } => {
                format!("document:{document} {edition} at:{}", at.0)
            }
            Self::DocumentLapsing { document, until } => format!("document:{document} until:{}", until.0),
            Self::TrainingAgain { edition, ahead: None, .. } => format!("edition:{edition}"),
            Self::TrainingAgain { edition, ahead: Some(days), .. } => format!("edition:{edition} {days}"),
        }
    }
}
