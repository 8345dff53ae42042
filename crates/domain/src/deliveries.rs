//! Deliveries: a notice on its way out of Toolgate – whether it is sent, when, and how often it is retried.
//!
//! A notice is in the app from the moment it is written. Whether it is also mailed is decided when it is due, so
//! preferences changed in the meantime count. **Invariant:** safety notices are sent at once to everybody
//! concerned; no preference stops them.
//!
//! Not here: instants (the caller asks the zone of the space for the next time of day), and SMTP.
//!
//! The sender of a notice or broadcast is stored with it. Of each kind, the first `SINGLE` that one person causes within
//! `WITHIN` for another, for a device or for a chat channel leave singly; the rest are collected in one message. Programs behind
//! webhooks count on every event, so they get all. Which messages are sent at the same time: [`lanes`].

pub mod lanes;

use crate::{
    notices::{Audience, Kind, Urgency},
    people::PersonStatus,
    string_enum::string_enum,
    time::{HOUR, Millis},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

string_enum! {
    /// A channel of delivery.
    Channel {
        App = "app",
        Mail = "mail",
        Webhook = "webhook",
        Slack = "slack",
        Push = "push",
    }
}

impl Channel {
    /// Whether people switch kinds of notices on and off in it.
    #[must_use]
    pub const fn has_switches(self) -> bool {
        matches!(self, Self::App | Self::Mail | Self::Push | Self::Slack)
    }
}

string_enum! {
    /// The state of a delivery.
    State {
        /// Waiting for its first or next attempt.
        Queued = "queued",
        /// It waits for the daily mail, or for others of its kind.
        Gathered = "gathered",
        Sent = "sent",
        /// All attempts failed, or the address does not exist.
        Failed = "failed",
        /// Dropped without sending.
        Dropped = "dropped",
    }
}

string_enum! {
    /// Why a delivery did not leave.
    Trouble {
        /// No server, or the connection broke.
        Unreachable = "unreachable",
        /// The mail server did not answer in time.
        Silent = "silent",
        /// Its certificate or encryption does not fit.
        Certificate = "certificate",
        /// The server rejects the login, or requires one.
        Login = "login",
        /// It asks to try again later.
        Later = "later",
        /// The server rejected the mail's content.
        Refused = "refused",
        /// The server does not know the address.
        Address = "address",
        /// The address is in a private network.
        Private = "private",
        /// The answer is longer than is read.
        TooLarge = "too-large",
    }
}

impl Trouble {
    /// Whether other mails would fail as well: the mail server is in trouble, not this mail.
    #[must_use]
    pub const fn is_of_the_server(self) -> bool {
        matches!(self, Self::Unreachable | Self::Silent | Self::Certificate | Self::Login)
    }
}

string_enum! {
    /// Why nothing was sent.
    Reason {
        /// No mail can be sent from here.
        NoMail = "no-mail",
        /// They have no address.
        NoAddress = "no-address",
        /// Mails to their address bounce.
        Bounced = "bounced",
        /// They switched it off.
        SwitchedOff = "switched-off",
        /// They have read it in the app.
        Read = "read",
        /// They are no longer a member.
        Left = "left",
        /// They may no longer see its subject.
        Hidden = "hidden",
        /// Its subject is over.
        Over = "over",
        /// It waited for too long while its target was paused.
        Expired = "expired",
        /// A manager dropped it.
        Discarded = "discarded",
    }
}

/// Default hour of the daily mail.
pub const DIGEST_HOUR: u8 = 8;
/// Minutes until the next attempt. The last pause is twelve hours, so a delivery is abandoned a day after the
/// first attempt.
pub const PAUSES: [u32; 7] = [1, 5, 15, 60, 180, 360, 720];

/// Limit of single messages of one kind that one person causes for another, or for a channel, within [`WITHIN`].
pub const SINGLE: u32 = 5;
/// The time in which they are counted.
pub const WITHIN: Duration = HOUR;
/// How long later ones are collected.
pub const COLLECTED: Duration = Duration::from_mins(1);

/// The messages of one kind that one person caused for another, or for a channel, within [`WITHIN`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentMails {
    pub count: u32,
    /// The time of the last of them.
    pub last: Millis,
}

impl RecentMails {
    /// Until when the next is held back, to be sent in one message with all until then; `None`: it is sent singly.
    /// **Invariant:** nobody gets more than [`SINGLE`] such messages and one more in any hour.
    #[must_use]
    pub fn held_until(self) -> Option<Millis> {
        match self.count {
            ..SINGLE => None,
            SINGLE => Some(self.last.after(COLLECTED)),
            _ => Some(self.last.after(WITHIN)),
        }
    }
}

/// How a delivery leaves whose sender may have caused more of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    Single,
    /// In one message with those of its kind and sender that wait beside it.
    Together,
    /// It waits for others until then.
    Held(Millis),
}

/// How a delivery leaves at `now` after `recent` ones of its kind and sender; `gathered`: it has waited for others.
#[must_use]
pub fn grouping(recent: Option<RecentMails>, gathered: bool, now: Millis) -> Grouping {
    match recent.and_then(RecentMails::held_until) {
        Some(until) if until > now => Grouping::Held(until),
        None if !gathered => Grouping::Single,
        // Those that were held leave together, even if single ones would be allowed by now.
        _ => Grouping::Together,
    }
}

/// A full hour of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hour(u8);

impl Hour {
    /// `None` beyond 23.
    #[must_use]
    pub const fn new(hour: u8) -> Option<Self> {
        if hour < 24 { Some(Self(hour)) } else { None }
    }

    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// A person's mail times, by the clock of the space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// The hour of the daily mail; `None`: no daily mail.
    pub digest: Option<u8>,
    /// Quiet hours in minutes of the day, across midnight if the end is before the start; `None`: none.
    pub quiet: Option<(u16, u16)>,
}

impl Default for Times {
    fn default() -> Self {
        // Mails arrive at night only for those who chose that.
        Self { digest: Some(DIGEST_HOUR), quiet: None }
    }
}

impl Times {
    /// When quiet hours end, if `minute` of the day is within them.
    #[must_use]
    pub fn quiet_until(self, minute: u16) -> Option<u16> {
        let (from, to) = self.quiet?;
        let quiet = if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to };
        quiet.then_some(to)
    }
}

/// The state of a person's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    Unknown,
    /// Mails can be sent there.
    Good,
    /// Mails to it bounce.
    Bounced,
}

/// The recipient, as far as it matters for sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipient {
    pub status: PersonStatus,
    /// The state of their address.
    pub address: Address,
    /// Whether they want this kind by mail.
    pub wants: bool,
    /// Whether they have read it in the app.
    pub read: bool,
    pub times: Times,
}

/// The next step of a due delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It leaves now, in a mail of its own.
    Send,
    /// It waits for the daily mail at this hour.
    Gather(u8),
    /// It waits until the clocks show this minute of the day.
    Wait(u16),
    /// It does not leave.
    Drop(Reason),
}

/// The next step of a delivery of `kind` due at `minute` of the day.
#[must_use]
pub fn step(kind: Kind, to: Recipient, minute: u16) -> Step {
    let urgency = kind.urgency();
    let concerns_leaver = kind.audience() == Audience::Themselves && urgency == Urgency::Safety;
    if to.status == PersonStatus::Left && !concerns_leaver {
        return Step::Drop(Reason::Left);
    }
    match to.address {
        Address::Unknown => return Step::Drop(Reason::NoAddress),
        Address::Bounced => return Step::Drop(Reason::Bounced),
        Address::Good => {}
    }
    if urgency == Urgency::Safety {
        return Step::Send;
    }
    if !to.wants {
        return Step::Drop(Reason::SwitchedOff);
    }
    if to.read {
        return Step::Drop(Reason::Read);
    }
    match (urgency, to.times.digest) {
        (Urgency::Info, None) => Step::Drop(Reason::SwitchedOff),
        (Urgency::Info, Some(hour)) => Step::Gather(hour),
        (Urgency::Action | Urgency::Safety, _) => to.times.quiet_until(minute).map_or(Step::Send, Step::Wait),
    }
}

/// The next step of a push message of `kind` due at `minute` of the day. There is no daily one: what its reader switched on is
/// pushed when it happens, outside quiet hours.
#[must_use]
pub fn push_step(kind: Kind, to: Recipient, minute: u16) -> Step {
    let quiet = to.times.quiet;
    let with_daily = Recipient { address: Address::Good, times: Times { digest: Some(DIGEST_HOUR), quiet }, ..to };
    match step(kind, with_daily, minute) {
        Step::Gather(_) => to.times.quiet_until(minute).map_or(Step::Send, Step::Wait),
        step => step,
    }
}

/// The pause after the failed attempt number `attempts`; `None` if it was the last. `chance` from 0 to 255 varies
/// it by up to a fifth, so that mails that failed together are not retried together.
#[must_use]
pub fn pause(attempts: u32, chance: u8) -> Option<Duration> {
    let at = usize::try_from(attempts.checked_sub(1)?).ok()?;
    let whole = Duration::from_mins(u64::from(*PAUSES.get(at)?));
    Some(whole * 4 / 5 + whole * 2 / 5 * u32::from(chance) / 255)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const READER: Recipient = Recipient {
        status: PersonStatus::Active,
        address: Address::Good,
        wants: true,
        read: false,
        times: Times { digest: Some(8), quiet: Some((22 * 60, 7 * 60)) },
    };
    const NOON: u16 = 12 * 60;

    #[test]
    fn informational_notice_waits_for_digest_and_actionable_for_morning() {
        assert_eq!(step(Kind::Granted, READER, NOON), Step::Gather(8));
        assert_eq!(step(Kind::ProblemReported, READER, NOON), Step::Send);
        assert_eq!(step(Kind::ProblemReported, READER, 23 * 60), Step::Wait(7 * 60));
        assert_eq!(step(Kind::MachineUnsafe, READER, 23 * 60), Step::Send);
        let no_digest = Recipient { times: Times { digest: None, quiet: None }, ..READER };
        assert_eq!(step(Kind::Granted, no_digest, NOON), Step::Drop(Reason::SwitchedOff));
        assert_eq!(step(Kind::ProblemReported, no_digest, 3 * 60), Step::Send);
    }

    #[test]
    fn push_message_waits_for_morning_and_never_for_a_daily_one() {
        let no_daily =
            Recipient { times: Times { digest: None, ..READER.times }, address: Address::Unknown, ..READER };
        for kind in [Kind::Granted, Kind::ProblemReported] {
            assert_eq!(push_step(kind, no_daily, NOON), Step::Send, "{kind:?}");
            assert_eq!(push_step(kind, no_daily, 23 * 60), Step::Wait(7 * 60), "{kind:?}");
            assert_eq!(push_step(kind, Recipient { read: true, ..no_daily }, NOON), Step::Drop(Reason::Read));
            let off = Recipient { wants: false, ..no_daily };
            assert_eq!(push_step(kind, off, NOON), Step::Drop(Reason::SwitchedOff));
        }
        let off = Recipient { wants: false, read: true, ..no_daily };
        assert_eq!(push_step(Kind::MachineUnsafe, off, 23 * 60), Step::Send);
    }

    #[test]
    fn former_member_receives_only_status_change() {
        let left = Recipient { status: PersonStatus::Left, ..READER };
        assert_eq!(step(Kind::StatusChanged, left, NOON), Step::Send);
        assert_eq!(step(Kind::MachineUnsafe, left, NOON), Step::Drop(Reason::Left));
        assert_eq!(step(Kind::Granted, left, NOON), Step::Drop(Reason::Left));
    }

    #[test]
    fn more_than_five_of_a_kind_are_batched_hourly() {
        let lately = |count| RecentMails { count, last: Millis(1_000) }.held_until();
        assert_eq!((1..=4).map(lately).collect::<Vec<_>>(), [None; 4]);
        assert_eq!(lately(5), Some(Millis(1_000).after(COLLECTED)));
        assert_eq!(lately(6), Some(Millis(1_000).after(WITHIN)));
        assert_eq!(lately(500), lately(6));
    }

    #[test]
    fn sixth_of_a_kind_waits_and_leaves_together() {
        let recent = |count| Some(RecentMails { count, last: Millis(1_000) });
        let (soon, later) = (Millis(1_000).after(COLLECTED), Millis(1_000).after(WITHIN));
        for (recent, gathered, now, expected) in [
            (None, false, Millis(1_000), Grouping::Single),
            (recent(4), false, Millis(1_000), Grouping::Single),
            (recent(5), false, Millis(1_000), Grouping::Held(soon)),
            (recent(5), true, soon, Grouping::Together),
            (recent(30), true, soon, Grouping::Held(later)),
            (recent(30), false, later, Grouping::Together),
            (None, true, later, Grouping::Together),
        ] {
            assert_eq!(grouping(recent, gathered, now), expected, "{recent:?} {gathered} {now:?}");
        }
    }

    #[test]
    fn quiet_hours_end_at_stated_minute() {
        let night = Times { digest: None, quiet: Some((22 * 60, 7 * 60)) };
        let nap = Times { digest: None, quiet: Some((13 * 60, 14 * 60)) };
        for (times, minute, expected) in [
            (night, 22 * 60 - 1, None),
            (night, 22 * 60, Some(7 * 60)),
            (night, 0, Some(7 * 60)),
            (night, 7 * 60 - 1, Some(7 * 60)),
            (night, 7 * 60, None),
            (nap, 13 * 60, Some(14 * 60)),
            (nap, 14 * 60, None),
            (Times { digest: None, quiet: Some((600, 600)) }, 600, None),
        ] {
            assert_eq!(times.quiet_until(minute), expected, "{times:?} at {minute}");
        }
    }

    #[test]
    fn delivery_is_abandoned_after_about_a_day() {
        let pauses: Vec<_> = (1..).map_while(|attempts| pause(attempts, 128)).collect();
        assert_eq!(pauses.len(), PAUSES.len());
        assert!(pauses.is_sorted(), "{pauses:?}");
        let hours = pauses.iter().sum::<Duration>().as_secs() / 3_600;
        assert!((20..=26).contains(&hours), "{hours}");
        assert_eq!(pause(0, 0), None, "nothing was tried");
    }

    proptest! {
        #[test]
        fn safety_notice_ignores_all_preferences(
            wants: bool, read: bool, digest in prop::option::of(0_u8..24), quiet in prop::option::of((0_u16..1440, 0_u16..1440)),
            minute in 0_u16..1440,
        ) {
            let to = Recipient { wants, read, times: Times { digest, quiet }, ..READER };
            for &kind in Kind::ALL.iter().filter(|kind| kind.urgency() == Urgency::Safety) {
                prop_assert_eq!(step(kind, to, minute), Step::Send);
            }
        }

        #[test]
        fn only_safety_notices_are_sent_in_quiet_hours(from in 0_u16..1440, to in 0_u16..1440, minute in 0_u16..1440) {
            let times = Times { digest: Some(8), quiet: Some((from, to)) };
            let quiet = times.quiet_until(minute);
            for &kind in Kind::ALL.iter().filter(|kind| kind.urgency() != Urgency::Safety) {
                let step = step(kind, Recipient { times, ..READER }, minute);
                prop_assert!(quiet.is_none() || step != Step::Send);
            }
            // Quiet hours are over at their end.
            if let Some(end) = quiet {
                prop_assert_eq!(times.quiet_until(end), None);
            }
        }

        #[test]
        fn retry_pauses_vary_by_at_most_a_fifth(attempts in 1_u32..=7, chance: u8) {
            let minutes = u64::from(PAUSES[attempts as usize - 1]);
            let seconds = pause(attempts, chance).unwrap().as_secs();
            prop_assert!((minutes * 48..=minutes * 72).contains(&seconds));
        }
    }
}
