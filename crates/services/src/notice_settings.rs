//! Notification settings: kinds switched on and off, times, and the address.
//!
//! Invariant: people choose for themselves alone, and safety cannot be switched off. Not here: the
//! effect on a delivery (`domain::deliveries`).

use crate::{Ctx, mail, notices::oneself, serve::bind};
use contract::{
    form::Faults,
    notice_settings::{
        ChooseNotices, FollowedMachineView, KindChoiceView, KindFilter, NoticeSettingsBody, NoticeSettingsForm,
        NoticeSettingsView, QuietHours, ReadNoticeSettings, SaveNoticeSettings, Tick, TimesParams, TrustAddress,
    },
};
use domain::{
    actor::{Actor, Forbidden, Target},
    deliveries::{Channel, Hour, Times},
    hours::TimeOfDay,
    id::TypeId,
    live::ChangeEvent,
    notices::{Audience, Kind},
};
use macros::ServiceError;
use store::{Done, StoreError, Unaudited, deliveries as rows, notices, push, slack};

/// Why nothing is shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum NoticeSettingsError {
    #[problem("notice-settings.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    /// They are not signed in.
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error NoticeSettingsError;
    ReadNoticeSettings {}, may OwnAccount => page;
    ChooseNotices {} with form, may OwnAccount => choose;
    SaveNoticeSettings {} with form, may OwnAccount => save;
    TrustAddress {}, may OwnAccount => trust_address;
}

/// Kinds that can reach `actor` with their current standing.
fn reaching(actor: &Actor) -> Vec<Kind> {
    // Trainers and owners are responsible for what their ledger names.
    let named = actor.known().into_iter().flat_map(|known| &known.ledger.0).map(|entry| {
        let (kind, machine) = entry.subject.sides();
        Target::equipment(kind.unwrap_or(TypeId(0)), machine)
    });
    let about: Vec<_> = [Target::NONE].into_iter().chain(named).collect();
    let reaches = |kind: &Kind| match kind.audience() {
        Audience::Themselves | Audience::Followers | Audience::FollowersAnd(_) | Audience::Announced => true,
        Audience::Responsible(permission) => about.iter().any(|about| actor.may(permission, *about)),
    };
    Kind::ALL.iter().copied().filter(reaches).collect()
}

pub async fn page(ctx: &Ctx, actor: &Actor) -> Result<NoticeSettingsView, NoticeSettingsError> {
    let me = oneself(actor)?;
    let mut snapshot = ctx.store().snapshot().await?;
    let chosen = rows::switches(&mut snapshot, me).await?;
    let chosen = |kind, channel| chosen.iter().find(|one| (one.0, one.1) == (kind, channel)).map(|one| one.2);
    let has_slack = slack::link_of(&mut snapshot, me).await?.is_some();
    let choice = |kind: Kind| KindChoiceView {
        kind,
        urgency: kind.urgency(),
        app: kind.is_locked() || chosen(kind, Channel::App).unwrap_or(true),
        mail: kind.is_locked() || chosen(kind, Channel::Mail).unwrap_or(kind.is_mailed()),
        slack: has_slack
            .then(|| kind.is_locked() || chosen(kind, Channel::Slack).unwrap_or(kind.is_sent_to_slack())),
        push: kind.is_locked() || chosen(kind, Channel::Push).unwrap_or(kind.is_pushed()),
        locked: kind.is_locked(),
    };
    let sends_mail = mail::can_send(ctx);
    let address = rows::address(&mut snapshot, me).await?.filter(|_| sends_mail);
    let Times { digest, quiet } = rows::times(&mut snapshot, me).await?.unwrap_or_default();
    let quiet =
        quiet.and_then(|(from, to)| Some(QuietHours { from: TimeOfDay::new(from)?, to: TimeOfDay::new(to)? }));
    let pushes = !push::of_person(&mut snapshot, me).await?.is_empty();
    let followed = notices::followed(&mut snapshot, me).await?.into_iter();
    Ok(NoticeSettingsView {
        kinds: reaching(actor).into_iter().map(choice).collect(),
        digest_hour: digest.and_then(Hour::new),
        quiet,
        sends_mail,
        pushes,
        bounced: address.as_ref().is_some_and(|(_, bounced)| bounced.is_some()),
        address: address.map(|(email, _)| email),
        followed: followed.map(|(id, name)| FollowedMachineView { id, name }).collect(),
    })
}

/// Changes some of the caller's preferences.
pub async fn choose(
    ctx: &Ctx,
    actor: &Actor,
    NoticeSettingsBody { kinds, times }: NoticeSettingsBody,
) -> Result<NoticeSettingsView, NoticeSettingsError> {
    let times = times.map(|TimesParams { digest_hour, quiet }| to_times(digest_hour, quiet));
    change(ctx, actor, kinds, times).await?;
    page(ctx, actor).await
}

/// Saves the caller's preferences. Kinds that do not reach them are ignored.
async fn save(ctx: &Ctx, actor: &Actor, form: NoticeSettingsForm) -> Result<(), NoticeSettingsError> {
    let NoticeSettingsForm { shown, pushes, on, digest, quiet_from, quiet_to } = form;
    let is_on = |channel, kind| on.contains(&Tick { channel, kind });
    let unlocked = reaching(actor).into_iter().filter(|kind| shown.contains(kind) && !kind.is_locked());
    let kinds = unlocked.map(|kind| {
        let on = |channel| is_on(channel, kind);
        KindFilter {
            kind,
            app: on(Channel::App),
            mail: on(Channel::Mail),
            push: pushes.then(|| on(Channel::Push)),
            slack: Some(on(Channel::Slack)),
        }
    });
    let quiet = quiet_from.zip(quiet_to).map(|(from, to)| QuietHours { from, to });
    change(ctx, actor, kinds.collect(), Some(to_times(digest, quiet))).await
}

fn to_times(digest: Option<Hour>, quiet: Option<QuietHours>) -> Times {
    let quiet = quiet.map(|QuietHours { from, to }| (from.minute(), to.minute()));
    Times { digest: digest.map(Hour::get), quiet }
}

async fn change(
    ctx: &Ctx,
    actor: &Actor,
    kinds: Vec<KindFilter>,
    times: Option<Times>,
) -> Result<(), NoticeSettingsError> {
    let (me, now) = (oneself(actor)?, ctx.now());
    ctx.store()
        .write(async move |tx| {
            // Without an account, the page has no switches for it.
            let has_slack = slack::link_of(tx.conn(), me).await?.is_some();
            for KindFilter { kind, app, mail, slack, push } in kinds {
                // Defaults are not stored, so that changed defaults apply.
                let (app, mail) = ((!app).then_some(false), (mail != kind.is_mailed()).then_some(mail));
                rows::switch(tx, me, kind, Channel::App, app).await?;
                rows::switch(tx, me, kind, Channel::Mail, mail).await?;
                if let Some(slack) = slack.filter(|_| has_slack) {
                    let slack = (slack != kind.is_sent_to_slack()).then_some(slack);
                    rows::switch(tx, me, kind, Channel::Slack, slack).await?;
                }
                if let Some(push) = push {
                    let push = (push != kind.is_pushed()).then_some(push);
                    rows::switch(tx, me, kind, Channel::Push, push).await?;
                }
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
