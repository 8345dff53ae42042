//! The caller's notice settings.

use super::{
    Body, Caller, Refusal,
    answer::One,
    operation::{Operation, Tag},
    words,
};
use contract::notices::{Address, Switch};
use domain::{
    deliveries::Times,
    hours::clock,
    notices::{Kind, Urgency},
    tokens::Scope,
};
use serde::{Deserialize, Serialize};
use services::notice_settings::{self, ChooseNotices, NoticeSettingsError, ValidationError};
use utoipa::ToSchema;

/// The operations of this module.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/api/v1/notice-settings", "readNoticeSettings", read)
            .about(
                Tag::Me,
                "Get notice settings",
                "Returns the caller's choice of app and mail for every kind of notice that they can receive, and when they \
                 receive mail.",
            )
            .needs(Scope::NoticesRead),
        Operation::patch("/api/v1/notice-settings", "chooseNotices", choose)
            .about(
                Tag::Me,
                "Update notice settings",
                "Changes the given kinds and times; others are unchanged. Safety notices cannot be switched off.",
            )
            .needs(Scope::NoticesWrite)
            .errors::<NoticeSettingsError>(&["notice-settings.invalid"]),
    ]
}

/// The caller's notice settings.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeSettings {
    /// Every kind of notice that the caller can receive.
    kinds: Vec<KindChoice>,
    /// The hour of the daily mail, in the space's time zone; null if off.
    #[schema(minimum = 0, maximum = 23, example = 8)]
    digest_hour: Option<u8>,
    /// The caller's quiet hours; null if off.
    quiet: Option<QuietHours>,
    /// The address that mail is sent to, if it is known and mail can be sent.
    #[schema(example = "ada@example.org")]
    address: Option<String>,
    /// Whether mail to it bounces, so that nothing is sent there.
    bounced: bool,
}

/// The channels of a kind of notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindChoice {
    #[schema(schema_with = words::kind_of_notice)]
    kind: Kind,
    #[schema(schema_with = words::urgency_of_notice)]
    urgency: Urgency,
    /// Whether the app shows it as unread.
    app: bool,
    /// Whether it is mailed.
    mail: bool,
    /// Whether it cannot be switched off.
    locked: bool,
}

/// A time range of the day, past midnight if it ends before it begins.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// The start, for example 22:00.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "22:00")]
    from: String,
    /// The end, for example 07:00.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "07:00")]
    to: String,
}

/// Changes to notice settings.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeSettingsBody {
    /// The kinds to change.
    kinds: Vec<KindFilter>,
    /// Replaces all mail times.
    times: Option<TimesParams>,
}

/// A change to a kind of notice.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KindFilter {
    #[schema(schema_with = words::kind_of_notice)]
    kind: String,
    /// Whether the app shows it as unread.
    app: bool,
    /// Whether it is mailed.
    mail: bool,
}

/// When the caller receives mail.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TimesParams {
    /// The hour of the daily mail; null or omitted for off.
    #[schema(minimum = 0, maximum = 23, example = 8)]
    digest_hour: Option<u8>,
    /// The quiet hours; null or omitted for off.
    quiet: Option<QuietHours>,
}

impl NoticeSettingsBody {
    fn command(self) -> Result<ChooseNotices, Vec<ValidationError>> {
        let mut wrong = Vec::new();
        let mut switches = Vec::new();
        for KindFilter { kind, app, mail } in self.kinds {
            match Kind::parse(&kind) {
                Some(kind) => switches.push(Switch { kind, app, mail }),
                None => wrong.push(ValidationError::Kind(kind)),
            }
        }
        let times = self.times.map(|TimesParams { digest_hour: digest, quiet }| {
            if digest.is_some_and(|hour| hour > 23) {
                wrong.push(ValidationError::Hour);
            }
            let quiet = quiet.and_then(|QuietHours { from, to }| {
                let read = notice_settings::quiet(&from, &to, ["times.quiet.from", "times.quiet.to"]);
                read.unwrap_or_else(|errors| {
                    wrong.extend(errors);
                    None
                })
            });
            Times { digest, quiet }
        });
        if wrong.is_empty() { Ok(ChooseNotices { switches, times }) } else { Err(wrong) }
    }
}

async fn read(caller: Caller) -> Result<One<NoticeSettings>, Refusal> {
    let Caller { ctx, actor, .. } = caller;
    let page = notice_settings::page(&ctx, &actor).await?;
    let (address, bounced) = match page.address {
        Address::NoMail | Address::Unknown => (None, false),
        Address::Good(email) => (Some(email), false),
        Address::Bounced(email) => (Some(email), true),
    };
    let choice = |Switch { kind, app, mail }: Switch| KindChoice {
        kind,
        urgency: kind.urgency(),
        app,
        mail,
        locked: kind.is_locked(),
    };
    Ok(One(NoticeSettings {
        kinds: page.switches.into_iter().map(choice).collect(),
        digest_hour: page.times.digest,
        quiet: page.times.quiet.map(|(from, to)| QuietHours { from: clock(from), to: clock(to) }),
        address,
        bounced,
    }))
}

async fn choose(
    caller: Caller,
    Body(requested): Body<NoticeSettingsBody>,
) -> Result<One<NoticeSettings>, Refusal> {
    notice_settings::choose(&caller.ctx, &caller.actor, requested.command()).await?;
    read(caller).await
}
