//! Notification settings: kinds switched on and off, times, and the address.
//!
//! Invariant: people choose for themselves alone, and safety cannot be switched off. Not here: the
//! effect on a delivery (`domain::deliveries`).

use crate::{Ctx, mail, notices::oneself};
use contract::notices::{Address, NoticeSettings, Switch};
use domain::{
    actor::{Actor, Forbidden, Target},
    deliveries::{Channel, Times},
    hours,
    live::ChangeEvent,
    notices::{Audience, Kind},
};
use macros::{FieldError, ServiceError};
use store::{Done, StoreError, Unaudited, deliveries as rows, notices};

/// A choice of notice preferences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChooseNotices {
    /// Changed kinds; others stay unchanged.
    pub switches: Vec<Switch>,
    /// Mail times; `None` leaves them unchanged.
    pub times: Option<Times>,
}

#[derive(Debug, Clone, PartialEq, Eq, FieldError)]
pub enum ValidationError {
    /// No hour of the day.
    #[field("digest", notice_settings_hour_form)]
    Hour,
    /// No time of the day.
    #[field(_0, notice_settings_minute_form)]
    Minute(&'static str),
    /// Quiet hours that only begin, or only end, or last no time at all.
    #[field("quiet_to", notice_settings_quiet_form)]
    Quiet,
    #[field("switches", notice_settings_kind_form(_0))]
    Kind(String),
    /// Safety is switched off.
    #[field("switches", notice_settings_locked_form(lang.notice_kind(*_0)))]
    Locked(Kind),
}

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum NoticeSettingsError {
    /// Fields do not fit.
    #[problem("notice-settings.invalid", Invalid, each)]
    Invalid(Vec<ValidationError>),
    /// They are not signed in.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl ChooseNotices {
    /// Parses the fields of the page: which of `visible` are `on` as `app:machine.blocked`, the hour of the daily
    /// mail, and quiet hours as `22:00`; empty for none. Or returns all errors.
    pub fn read(
        visible: &[Kind],
        on: &[String],
        digest: &str,
        quiet_from: &str,
        quiet_to: &str,
    ) -> Result<Self, Vec<ValidationError>> {
        let is_on = |channel: Channel, kind: Kind| on.contains(&format!("{}:{}", channel.as_str(), kind.as_str()));
        let unlocked = visible.iter().filter(|kind| !kind.is_locked());
        let switches = unlocked
            .map(|&kind| Switch { kind, app: is_on(Channel::App, kind), mail: is_on(Channel::Mail, kind) })
            .collect();
        let digest = match digest.trim() {
            "" => Ok(None),
            hour => hour.parse().ok().filter(|hour| *hour < 24).map(Some).ok_or(ValidationError::Hour),
        };
        match (digest, quiet(quiet_from, quiet_to, ["quiet_from", "quiet_to"])) {
            (Ok(digest), Ok(quiet)) => Ok(Self { switches, times: Some(Times { digest, quiet }) }),
            (digest, quiet) => Err(digest.err().into_iter().chain(quiet.err().into_iter().flatten()).collect()),
        }
    }
}

/// Parses quiet hours from two times like `22:00`; empty for none. Errors name `fields`.
pub fn quiet(from: &str, to: &str, fields: [&'static str; 2]) -> Result<Option<(u16, u16)>, Vec<ValidationError>> {
    match (minute(from, fields[0]), minute(to, fields[1])) {
        (Ok(Some(from)), Ok(Some(to))) if from != to => Ok(Some((from, to))),
        (Ok(None), Ok(None)) => Ok(None),
        (Ok(_), Ok(_)) => Err(vec![ValidationError::Quiet]),
        (from, to) => Err([from.err(), to.err()].into_iter().flatten().collect()),
    }
}

/// The minute of the day in `22:00`; `None` if empty.
fn minute(input: &str, field: &'static str) -> Result<Option<u16>, ValidationError> {
    if input.trim().is_empty() {
        return Ok(None);
    }
    let read = hours::minute(input).filter(|minute| *minute < hours::DAY_MINUTES);
    read.map(Some).ok_or(ValidationError::Minute(field))
}

/// Kinds that can reach `actor` with their current standing.
#[must_use]
pub fn reaching(actor: &Actor) -> Vec<Kind> {
    let reaches = |kind: &Kind| match kind.audience() {
        Audience::Themselves | Audience::Followers | Audience::FollowersAnd(_) | Audience::Announced => true,
        Audience::Responsible(permission) => actor.may(permission, Target::NONE),
    };
    Kind::ALL.iter().copied().filter(reaches).collect()
}

pub async fn page(ctx: &Ctx, actor: &Actor) -> Result<NoticeSettings, NoticeSettingsError> {
    let me = oneself(actor)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let chosen = rows::switches(&mut snapshot, me).await?;
    let chosen = |kind, channel| chosen.iter().find(|one| (one.0, one.1) == (kind, channel)).map(|one| one.2);
    let switch = |kind: Kind| Switch {
        kind,
        app: kind.is_locked() || chosen(kind, Channel::App).unwrap_or(true),
        mail: kind.is_locked() || chosen(kind, Channel::Mail).unwrap_or(kind.is_mailed()),
    };
    let address = match rows::address(&mut snapshot, me).await? {
        _ if !mail::can_send(ctx) => Address::NoMail,
        None => Address::Unknown,
        Some((email, None)) => Address::Good(email),
        Some((email, Some(_))) => Address::Bounced(email),
    };
    Ok(NoticeSettings {
        switches: reaching(actor).into_iter().map(switch).collect(),
        times: rows::times(&mut snapshot, me).await?.unwrap_or_default(),
        address,
        followed: notices::followed(&mut snapshot, me).await?,
    })
}

/// Saves the caller's preferences.
pub async fn choose(
    ctx: &Ctx,
    actor: &Actor,
    new: Result<ChooseNotices, Vec<ValidationError>>,
) -> Result<(), NoticeSettingsError> {
    let (me, now) = (oneself(actor)?, ctx.now());
    let ChooseNotices { switches, times } = new.map_err(NoticeSettingsError::Invalid)?;
    let locked: Vec<_> = switches
        .iter()
        .filter(|one| one.kind.is_locked() && !(one.app && one.mail))
        .map(|one| ValidationError::Locked(one.kind))
        .collect();
    if !locked.is_empty() {
        return Err(NoticeSettingsError::Invalid(locked));
    }
    ctx.store()
        .write(async move |tx| {
            for Switch { kind, app, mail } in switches {
                // Defaults are not stored, so that changed defaults apply.
                let (app, mail) = ((!app).then_some(false), (mail != kind.is_mailed()).then_some(mail));
                rows::switch(tx, me, kind, Channel::App, app).await?;
                rows::switch(tx, me, kind, Channel::Mail, mail).await?;
            }
            if let Some(times) = times {
                let stored = rows::times(tx.conn(), me).await?.unwrap_or_default();
                if stored != times {
                    rows::set_times(tx, me, times, now).await?;
                }
            }
            tx.after_commit(ChangeEvent::Notices(me));
            Ok(Done::unaudited((), Unaudited::OwnNotices))
        })
        .await
}

/// Resumes mails to the caller's address after bounces.
pub async fn trust_address(ctx: &Ctx, actor: &Actor) -> Result<(), NoticeSettingsError> {
    let me = oneself(actor)?;
    ctx.store()
        .write(async move |tx| {
            let bounced = rows::trust_again(tx, me).await?;
            tx.after_commit(ChangeEvent::Notices(me));
            let reason = if bounced { Unaudited::OwnNotices } else { Unaudited::NothingChanged };
            Ok(Done::unaudited((), reason))
        })
        .await
}
