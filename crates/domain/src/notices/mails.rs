//! What the mail of a notice needs besides its text: its calendar entry and its thread.
//!
//! Not here: whether it still applies when it is sent ([`super::standing`]).

use super::{BookingNews, CheckoutNews, Dated, EventNews, HandOverNews, Notice};

impl Notice {
    /// The calendar entry that its mail adds or removes.
    #[must_use]
    pub const fn in_calendar(&self) -> Option<Dated> {
        match *self {
            Self::Checkout { news: CheckoutNews::Failed | CheckoutNews::Missed | CheckoutNews::Overlapped, .. }
            // Results change no entry.
            | Self::Event { news: EventNews::NotYet | EventNews::Missed | EventNews::ResultsDue, .. }
            // Moderators do not attend, a missed booking is over, and overlapped ones stay in place.
            | Self::Booking {
                news:
                    BookingNews::Asked
                    | BookingNews::Released
                    | BookingNews::GivenBack
                    | BookingNews::Unused
                    | BookingNews::Occupied
                    | BookingNews::Overlapped,
                ..
            } => None,
            Self::Checkout { appointment, .. } => Some(Dated::Appointment(appointment)),
            // The former holder gets a cancellation.
            Self::HandOver { news: HandOverNews::Accepted | HandOverNews::Taken, booking, .. }
            | Self::Booking { booking, .. } => Some(Dated::Booking(booking)),
            Self::Event { event, .. } => Some(Dated::Event(event)),
            _ => None,
        }
    }

    /// The thread of its mail: the first part of [`subject`](Self::subject). `None` for single mails.
    #[must_use]
    pub fn thread(&self) -> Option<String> {
        let is_story = matches!(
            self,
            Self::HoldPlaced { .. }
                | Self::HoldLifted { .. }
                | Self::CardClaimed { .. }
                | Self::ClaimRefused { .. }
                | Self::Reported { .. }
                | Self::Acknowledged { .. }
                | Self::Resolved { .. }
                | Self::Blocked { .. }
                | Self::Free { .. }
                | Self::Checkout { .. }
                | Self::Event { .. }
                | Self::Booking { .. }
                | Self::HandOver { .. }
                | Self::Outage { .. }
                | Self::OutageOver { .. }
                | Self::Waiting { .. }
        );
        is_story.then(|| self.subject().split(' ').next().unwrap_or_default().to_owned())
    }
}
