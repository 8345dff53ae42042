//! Notice settings: the kinds of notices that people get in the app, by mail and on their devices, and when.

#[cfg(feature = "server")]
use crate::form::Fault;
use domain::{
    deliveries::{Channel, Hour},
    hours::TimeOfDay,
    id::MachineId,
    notices::{Kind, Urgency},
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Me;

    /// Get notice settings
    ///
    /// Returns the caller's choice of app, mail and push for every kind of notice that they can receive, and when they receive
    /// mail.
    GET "notice-settings" => ReadNoticeSettings() -> NoticeSettingsView, page "notices/settings", scope NoticesRead;

    /// Update notice settings
    ///
    /// Changes the given kinds and times; others are unchanged. Safety notices cannot be switched off.
    PATCH "notice-settings" => ChooseNotices(form: NoticeSettingsBody) -> NoticeSettingsView,
        scope NoticesWrite, gives, errors ["notice-settings.invalid"];

    /// Saves everything on the page of the settings.
    CHANGE => SaveNoticeSettings(form: NoticeSettingsForm) -> (),
        page "notices/choose", then "/notices/settings?saved";

    /// Resumes mails to the caller's address after bounces.
    CHANGE => TrustAddress() -> (), page "notices/trust-address", then "/notices/settings";
}

/// Changes to notice settings.
#[derive(Debug, Clone, Form)]
pub struct NoticeSettingsBody {
    /// The kinds to change.
    pub kinds: Vec<KindFilter>,
    /// Replaces all mail times.
    pub times: Option<TimesParams>,
}

/// A change to a kind of notice.
#[derive(Debug, Clone, PartialEq, Eq, Form)]
#[form(part, check = is_unlocked)]
pub struct KindFilter {
    /// The kind of notice.
    pub kind: Kind,
    /// Whether the app shows it as unread.
    pub app: bool,
    /// Whether it is mailed.
    pub mail: bool,
    /// Whether it is sent as a direct message in Slack, to those who linked their account; unchanged if omitted.
    pub slack: Option<bool>,
    /// Whether it is pushed to the caller's devices; unchanged if omitted.
    pub push: Option<bool>,
}

#[cfg(feature = "server")]
fn is_unlocked(filter: &KindFilter) -> Result<(), (&'static str, Fault)> {
    let is_off = !(filter.app && filter.mail && filter.push.unwrap_or(true) && filter.slack.unwrap_or(true));
    if filter.kind.is_locked() && is_off { Err(("kind", Fault::Locked(filter.kind))) } else { Ok(()) }
}

/// When the caller receives mail.
#[derive(Debug, Clone, Form)]
#[form(part)]
pub struct TimesParams {
    /// The hour of the daily mail; null or omitted for off.
    #[field(example = 8)]
    pub digest_hour: Option<Hour>,
    /// The quiet hours; null or omitted for off.
    pub quiet: Option<QuietHours>,
}

/// A time range of the day, past midnight if it ends before it begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Form)]
#[form(part, check = takes_time)]
pub struct QuietHours {
    /// The start, for example 22:00.
    #[field(example = "22:00")]
    pub from: TimeOfDay,
    /// The end, for example 07:00.
    #[field(example = "07:00")]
    pub to: TimeOfDay,
}

#[cfg(feature = "server")]
fn takes_time(quiet: &QuietHours) -> Result<(), (&'static str, Fault)> {
    if quiet.from == quiet.to { Err(("to", Fault::QuietHours)) } else { Ok(()) }
}

/// All settings, as their page sends them.
#[derive(Debug, Clone, Form)]
#[form(check = has_both_or_neither)]
pub struct NoticeSettingsForm {
    /// The kinds on the page; others are unchanged.
    pub shown: Vec<Kind>,
    /// Whether the page has ticks for push; otherwise that is unchanged.
    pub pushes: bool,
    /// The ticked ones, as `mail:machine.blocked`.
    pub on: Vec<Tick>,
    /// The hour of the daily mail.
    pub digest: Option<Hour>,
    /// When quiet hours begin.
    pub quiet_from: Option<TimeOfDay>,
    /// When they end.
    pub quiet_to: Option<TimeOfDay>,
}

/// A kind that is on in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tick {
    pub channel: Channel,
    pub kind: Kind,
}

#[cfg(feature = "server")]
fn has_both_or_neither(form: &NoticeSettingsForm) -> Result<(), (&'static str, Fault)> {
    // Neither differs from itself.
    let is_valid = (form.quiet_from.is_some() == form.quiet_to.is_some())
        && (form.quiet_from.is_none() || form.quiet_from != form.quiet_to);
    if is_valid { Ok(()) } else { Err(("quiet_to", Fault::QuietHours)) }
}

/// The caller's notice settings.
#[view]
pub struct NoticeSettingsView {
    /// Every kind of notice that the caller can receive.
    pub kinds: Vec<KindChoiceView>,
    /// The hour of the daily mail, in the space's time zone; null if off.
    #[field(example = 8)]
    pub digest_hour: Option<Hour>,
    /// The caller's quiet hours; null if off.
    pub quiet: Option<QuietHours>,
    /// Whether this workshop sends mail.
    pub sends_mail: bool,
    /// The address that mail is sent to, if it is known and mail can be sent.
    #[field(example = "ada@example.org")]
    pub address: Option<String>,
    /// Whether the caller has devices that notices are pushed to.
    pub pushes: bool,
    /// Whether mail to it bounces, so that nothing is sent there.
    pub bounced: bool,
    /// The machines that the caller follows, by name.
    pub followed: Vec<FollowedMachineView>,
}

/// The channels of a kind of notice.
#[view]
#[expect(clippy::struct_excessive_bools, reason = "each is a box of its own on the page")]
#[derive(Copy)]
pub struct KindChoiceView {
    /// The kind of notice.
    pub kind: Kind,
    /// The urgency.
    pub urgency: Urgency,
    /// Whether the app shows it as unread.
    pub app: bool,
    /// Whether it is mailed.
    pub mail: bool,
    /// Whether it is sent as a direct message in Slack; null without a linked account.
    pub slack: Option<bool>,
    /// Whether it is pushed to the caller's devices.
    pub push: bool,
    /// Whether it cannot be switched off.
    pub locked: bool,
}

/// A machine that the caller follows.
#[view]
pub struct FollowedMachineView {
    /// Its id.
    #[field(example = 7)]
    pub id: MachineId,
    /// Its name.
    #[field(example = "Laser 1")]
    pub name: String,
}
