//! The page that a notice leads to.
//!
//! Not here: the list of notices of a person, from which it is opened.

use super::{BookingNews, GroupNews, Notice};
use crate::holds::HoldReason;

impl Notice {
    /// The page it leads to.
    #[must_use]
    pub fn link(&self) -> String {
        match (self, self.machine()) {
            (Self::CardClaimed { .. }, _) => "/manage".to_owned(),
            (Self::JobFailed { .. }, _) => "/system".to_owned(),
            (Self::ActuatorSilent { actuator, .. } | Self::ActuatorFailed { actuator, .. }, _) => {
                format!("/building/actuators/{actuator}")
            }
            (Self::MeterBeyond { meter, .. }, _) => format!("/building/meters?meter={meter}"),
            (Self::Unswiped { .. }, _) => "/building/meters".to_owned(),
            (Self::SlackPaused { .. }, _) => "/slack".to_owned(),
            (Self::BookingsStayFree, _) => "/bookings/rules".to_owned(),
            (Self::Checkout { appointment, .. }, _) => format!("/checkouts/{appointment}"),
            (Self::Booking { news: BookingNews::Asked, .. }, _) => "/bookings/requests".to_owned(),
            (
                Self::Booking { booking, .. }
                | Self::HandOver { booking, .. }
                | Self::Outage { booking, .. }
                | Self::OutageOver { booking, .. },
                _,
            ) => {
                format!("/bookings/{booking}")
            }
            (Self::Waiting { .. }, _) => "/book/mine".to_owned(),
            (Self::TimeFreed { machine, starts, .. }, _) => format!("/book/machine:{machine}?at={}", starts.0),
            (Self::CalendarClash { .. } | Self::CalendarLeftOut { .. }, _) => "/external-calendars".to_owned(),
            (Self::CheckoutWanted { .. }, _) => "/checkouts".to_owned(),
            (Self::HoldPlaced { reason: HoldReason::Dues, .. } | Self::Dues { .. }, _) => "/membership".to_owned(),
            (Self::DuesCommandFailed { .. }, _) => "/people/payments".to_owned(),
            (Self::WebhookPaused { webhook, .. }, _) => format!("/webhooks/{webhook}"),
            (Self::DirectorySync { .. }, _) => "/directory".to_owned(),
            (Self::AddressBounced { .. }, _) => "/notices/settings".to_owned(),
            (Self::Announced { .. }, _) => "/".to_owned(),
            (Self::Group { news: GroupNews::Invited, group, .. }, _) => format!("/groups/{group}/join"),
            (Self::Group { group, .. } | Self::GroupRestored { group, .. }, _) => format!("/groups/{group}"),
            (Self::Series { series, .. }, _) => format!("/series/{series}"),
            (Self::Draw { draw, .. }, _) => format!("/draws/{draw}"),
            (Self::Event { news, event, .. }, _) => news.page(*event),
            (Self::DocumentToSign { document, .. } | Self::DocumentLapsing { document, .. }, _) => {
                format!("/documents/{document}")
            }
            (Self::TrainingAgain { module, .. }, _) => format!("/learn/{module}"),
            (Self::PasswordChanged { .. }, _) => "/me/password".to_owned(),
            (Self::SecondFactorChanged { .. }, _) => "/me/second-factor".to_owned(),
            (Self::SignInMethodChanged { .. }, _) => "/me/security".to_owned(),
            (Self::MaintenanceDue { machine, .. }, _) => format!("/machines/{machine}/maintenance"),
            (Self::UseCorrected { machine, .. }, _) => format!("/machines/{machine}/history"),
            (Self::HelpAsked { machine, .. } | Self::HelpAnswered { machine, .. }, _) => {
                format!("/machines/{machine}/help")
            }
            (_, Some(machine)) => format!("/machines/{machine}"),
            (_, None) => "/me".to_owned(),
        }
    }
}
