//! Slack: one app for the space, which posts notices to channels, sends people theirs, and answers commands.
//!
//! **Invariants.** Token and secret are stored as they are and never shown again. A channel gets no notice about one person and no
//! name. A command shows no more than the same person sees on the page; without a linked account that is what the public may see.
//! An account is linked only by a person who is signed in, with a link that Slack showed to that account.
//!
//! Not here: connections, which [`crate::outgoing`] makes, and the queue of messages (`store::deliveries`).
//!
//! [`api`] asks Slack, [`sending`] empties the queue, [`signature`] and [`commands`] take what Slack sends, [`caller`] knows who asks, [`answers`] writes what a
//! command answers, and [`links`] connects people with their accounts.

mod answers;
mod api;
mod caller;
mod commands;
mod links;
mod sending;
mod signature;

pub use commands::{CommandOutcome, is_certificate_check, receive};
pub use sending::{run, send_due};
pub use signature::Signed;

use crate::{Ctx, change::Job, queues::Rests, serve::bind, sessions::is_in_person, shared::Shared};
use api::Refusal;
use contract::{
    form::Faults,
    slack::{
        CommandCount, ConnectSlack, DisconnectSlack, LinkSlack, NewSlackApp, ReadSlack, ReadSlackAccount,
        SetSlackRule, SlackRuleForm, SlackRuleView, SlackTestForm, SlackView, TestSlackRule, UnlinkSlack,
        WorkspaceView,
    },
};
use domain::{
    actor::{Actor, Forbidden, Permission, Target},
    audit::Subject,
    connections::{self, Connection},
    live::ChangeEvent,
    slack::{Command, SlackTrouble, is_posted, posted_kinds},
    time::{DAY, MINUTE, Millis},
};
use macros::ServiceError;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::{
    Done, SqliteConnection, StoreError, Unaudited,
    deliveries::channels,
    slack::{self as rows, AppRow, NewApp},
};
use tokio::sync::Notify;

/// The address at which Slack is asked, unless the configuration names another.
pub const API: &str = "https://slack.com";
/// Where this server takes commands.
pub const COMMANDS: &str = "/hooks/slack/commands";
/// The list of channels is read again when it is older than this.
const LISTED: Duration = MINUTE.saturating_mul(10);
/// Days of which the page counts messages.
const COUNTED: u32 = 30;

/// Why a request about Slack is refused.
#[derive(Debug, Clone, ServiceError)]
pub enum SlackError {
    #[problem("slack.unconnected", Conflict, slack_unconnected)]
    Unconnected,
    #[problem("slack.no-channel", Conflict, slack_no_channel)]
    NoChannel,
    /// A notice about one person.
    #[problem("slack.not-posted", Conflict, slack_not_posted)]
    NotPosted,
    #[problem("slack.unlinked", Conflict, slack_unlinked)]
    Unlinked,
    /// The link is used, or too old.
    #[problem("slack.offer-over", Conflict, slack_offer_over)]
    OfferOver,
    /// The account is another person's.
    #[problem("slack.account-taken", Conflict, slack_account_taken)]
    AccountTaken,
    #[problem("slack.token", Conflict, slack_remedy(SlackTrouble::Token))]
    Token,
    #[problem("slack.scope", Conflict, slack_remedy(SlackTrouble::Scope))]
    Scope,
    #[problem("slack.channel", Conflict, slack_remedy(SlackTrouble::Channel))]
    Channel,
    #[problem("slack.not-in-channel", Conflict, slack_remedy(SlackTrouble::NotInChannel))]
    NotInChannel,
    #[problem("slack.archived", Conflict, slack_remedy(SlackTrouble::Archived))]
    Archived,
    #[problem("slack.rate-limited", Conflict, slack_remedy(SlackTrouble::RateLimited))]
    RateLimited,
    #[problem("slack.no-answer", Conflict, slack_remedy(SlackTrouble::NoAnswer))]
    NoAnswer,
    #[problem("slack.refused", Conflict, slack_remedy(SlackTrouble::Refused))]
    Refused,
    #[problem("slack.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for SlackError {
    fn from(refusal: Refusal) -> Self {
        match refusal.trouble {
            SlackTrouble::Token => Self::Token,
            SlackTrouble::Scope => Self::Scope,
            SlackTrouble::Channel => Self::Channel,
            SlackTrouble::NotInChannel => Self::NotInChannel,
            SlackTrouble::Archived => Self::Archived,
            SlackTrouble::RateLimited => Self::RateLimited,
            SlackTrouble::NoAnswer | SlackTrouble::Unavailable | SlackTrouble::Unclear => Self::NoAnswer,
            SlackTrouble::Person | SlackTrouble::Refused => Self::Refused,
        }
    }
}

bind! {
    error SlackError;
    ReadSlack {}, may ManageSlack => page;
    ConnectSlack {} with form, may ConnectSlack => connect;
    DisconnectSlack {}, may ConnectSlack, in job => disconnect;
    SetSlackRule {} with form, may ManageSlack => set_rule;
    TestSlackRule {} with form, may ManageSlack => test;
    UnlinkSlack {}, may OwnAccount, in job => links::unlink;
    ReadSlackAccount {} with form, may OwnAccount => links::account;
    LinkSlack {} with form, may OwnAccount, when is_in_person => links::link;
}

/// Where Slack and this server are reached.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// Slack's, without a trailing slash.
    pub api: String,
    /// The public address of this server, if it has one.
    pub site: Option<String>,
}

impl Default for Addresses {
    fn default() -> Self {
        Self { api: API.to_owned(), site: None }
    }
}

/// Sets where Slack and this server are reached.
pub fn arrange(ctx: &Ctx, addresses: Addresses) {
    *ctx.memory::<Memory>().addresses.lock() = Arc::new(addresses);
}

#[derive(Default)]
struct Memory {
    addresses: Shared<Arc<Addresses>>,
    channels: Shared<ChannelList>,
    woken: Notify,
}

/// The channels that were listed, and when.
#[derive(Default)]
struct ChannelList {
    names: Vec<String>,
    at: Option<Millis>,
}

fn addresses(ctx: &Ctx) -> Arc<Addresses> {
    Arc::clone(&ctx.memory::<Memory>().addresses.lock())
}

/// The client for the connected app; `None` without one.
macro_rules! client {
    ($ctx:expr, $token:ident, $addresses:ident) => {
        $crate::slack::api::Client { ctx: $ctx, base: &$addresses.api, token: &$token }
    };
}

use client;

/// How Slack does, for the page of connections.
pub async fn connections(
    _: &Ctx,
    conn: &mut SqliteConnection,
    now: Millis,
) -> Result<Vec<Connection>, StoreError> {
    let Some(app) = rows::app(conn).await? else { return Ok(Vec::new()) };
    let rules = rows::rules(conn, now).await?;
    let failing = rules.iter().filter_map(|rule| rule.failing_since.zip(rule.trouble.map(of_connection)));
    let failing = failing.min_by_key(|(since, _)| *since);
    let state = match connections::State::of(app.succeeded, app.failed) {
        _ if app.paused.is_some() => connections::State::Failing,
        connections::State::Working if failing.is_some() => connections::State::Partial,
        state => state,
    };
    let own = app.failed.zip(app.trouble.map(of_connection));
    // Slack works, and a channel there does not: that is what there is to know.
    let last_failure = if state == connections::State::Partial { failing } else { own };
    let queued = rows::waiting(conn).await?;
    let (name, link) = (Some(app.team_name), connections::Kind::Slack.page().to_owned());
    Ok(vec![Connection { name, state, last_success: app.succeeded, last_failure, queued, link }])
}

const fn of_connection(trouble: SlackTrouble) -> connections::Trouble {
    use connections::Trouble;
    match trouble {
        SlackTrouble::NoAnswer => Trouble::Unreachable,
        SlackTrouble::Unavailable | SlackTrouble::RateLimited => Trouble::Unavailable,
        SlackTrouble::Token | SlackTrouble::Scope => Trouble::Denied,
        SlackTrouble::Channel | SlackTrouble::Archived | SlackTrouble::Person => Trouble::Missing,
        SlackTrouble::NotInChannel | SlackTrouble::Refused => Trouble::Refused,
        SlackTrouble::Unclear => Trouble::Unclear,
    }
}

async fn page(ctx: &Ctx, actor: &Actor) -> Result<SlackView, SlackError> {
    let now = ctx.now();
    let mut snapshot = ctx.store().snapshot().await?;
    let app = rows::app(&mut snapshot).await?;
    let stored = rows::rules(&mut snapshot, now.before(DAY * COUNTED)).await?;
    let linked = rows::linked(&mut snapshot).await?;
    let uses = rows::uses(&mut snapshot).await?;
    let waiting = rows::waiting(&mut snapshot).await?;
    drop(snapshot);
    let moment = |at: Option<Millis>| at.map(|at| ctx.moment(at));
    let rules = posted_kinds().map(|kind| {
        let rule = stored.iter().find(|rule| rule.kind == kind);
        SlackRuleView {
            kind,
            channel: rule.map(|rule| rule.channel.clone()),
            sent: rule.map_or(0, |rule| rule.sent),
            waiting: rule.map_or(0, |rule| rule.waiting),
            failing_since: moment(rule.and_then(|rule| rule.failing_since)),
            trouble: rule.and_then(|rule| rule.trouble),
        }
    });
    let rules = rules.collect();
    let commands = [Command::Free, Command::Machines, Command::Who].map(|command| CommandCount {
        command,
        uses: uses.iter().find(|one| one.0 == command).map_or(0, |one| one.1),
    });
    if app.is_some() {
        list_channels(ctx, now);
    }
    let names = ctx.memory::<Memory>().channels.lock().names.clone();
    Ok(SlackView {
        now: ctx.moment(now),
        workspace: app.map(|app| to_view(ctx, app, waiting)),
        rules,
        channels: names,
        linked,
        commands: commands.to_vec(),
        commands_url: addresses(ctx).site.as_ref().map(|site| format!("{site}{COMMANDS}")),
        may_connect: actor.may(Permission::ConnectSlack, Target::NONE),
    })
}

fn to_view(ctx: &Ctx, app: AppRow, waiting: u32) -> WorkspaceView {
    let moment = |at: Option<Millis>| at.map(|at| ctx.moment(at));
    WorkspaceView {
        name: app.team_name,
        since: ctx.moment(app.connected),
        by: app.by,
        last_success: moment(app.succeeded),
        last_failure: moment(app.failed),
        trouble: app.trouble,
        paused: moment(app.paused),
        waiting,
    }
}

/// Lists the channels again, if the list is old. No page waits for that.
fn list_channels(ctx: &Ctx, now: Millis) {
    let mut listed = ctx.memory::<Memory>().channels.lock();
    if listed.at.is_some_and(|at| at.near(now, LISTED)) {
        return;
    }
    listed.at = Some(now);
    drop(listed);
    let background = ctx.clone();
    drop(ctx.spawn(async move {
        let ctx = &background;
        let token = async { rows::token(&mut *ctx.store().read().await?).await };
        let Ok(Some(token)) = token.await else { return };
        let addresses = addresses(ctx);
        if let Ok(names) = client!(ctx, token, addresses).channels().await {
            ctx.memory::<Memory>().channels.lock().names = names;
        }
    }));
}

/// Connects an app, once Slack says whose token it is.
async fn connect(ctx: &Ctx, actor: &Actor, new: NewSlackApp) -> Result<(), SlackError> {
    actor.require(Permission::ConnectSlack, Target::NONE)?;
    let NewSlackApp { token, secret } = new;
    let addresses = addresses(ctx);
    let workspace = client!(ctx, token, addresses).workspace().await?;
    ctx.change::<_, SlackError, _>(actor, Permission::ConnectSlack, Target::NONE, async move |job| {
        let (by, at) = (job.by().await?, job.now);
        let new = NewApp { token, secret, team: workspace.id, team_name: workspace.name, by, at };
        let unlinked = rows::connect(job.tx, &new).await?;
        rows::hasten(job.tx, at).await?;
        job.tx.after_commit(ChangeEvent::Deliveries);
        job.audited((), "slack.connected", Subject::Space, &json!({ "unlinked": unlinked })).await
    })
    .await?;
    Rests::of(ctx).end(domain::deliveries::Channel::Slack, None);
    let memory = ctx.memory::<Memory>();
    *memory.channels.lock() = ChannelList::default();
    memory.woken.notify_one();
    list_channels(ctx, ctx.now());
    Ok(())
}

async fn disconnect(job: &mut Job<'_>) -> Result<Done<()>, SlackError> {
    if !rows::disconnect(job.tx).await? {
        return Err(SlackError::Unconnected);
    }
    rows::drop_waiting(job.tx, job.now).await?;
    job.tx.after_commit(ChangeEvent::Deliveries);
    job.audited((), "slack.disconnected", Subject::Space, &json!({})).await
}

async fn set_rule(ctx: &Ctx, actor: &Actor, form: SlackRuleForm) -> Result<(), SlackError> {
    ctx.change::<_, SlackError, _>(actor, Permission::ManageSlack, Target::NONE, async move |job| {
        let SlackRuleForm { kind, channel } = form;
        if !is_posted(kind) {
            return Err(SlackError::NotPosted);
        }
        let before = rows::rule_of(job.tx.conn(), kind).await?;
        if !rows::set_rule(job.tx, kind, channel.as_ref()).await? {
            return Ok(Done::unaudited((), Unaudited::NothingChanged));
        }
        if let Some((id, _)) = before {
            let target = (domain::deliveries::Channel::Slack, id);
            if channel.is_some() {
                channels::hasten(job.tx, target, job.now).await?;
            } else {
                let reason = domain::deliveries::Reason::Discarded;
                channels::drop_waiting(job.tx, target, None, reason, job.now).await?;
            }
        }
        job.tx.after_commit(ChangeEvent::Deliveries);
        // Names of channels are Slack's and may say more than this log should.
        let detail = json!({ "kind": kind, "on": channel.is_some() });
        job.audited((), "slack.rule-set", Subject::Space, &detail).await
    })
    .await?;
    Rests::of(ctx).end(domain::deliveries::Channel::Slack, None);
    Ok(())
}

/// Posts a test to the channel of a kind; what waits for that channel follows.
async fn test(ctx: &Ctx, actor: &Actor, form: SlackTestForm) -> Result<(), SlackError> {
    actor.require(Permission::ManageSlack, Target::NONE)?;
    let kind = form.kind;
    let (token, rule) = async {
        let mut snapshot = ctx.store().snapshot().await?;
        Ok::<_, StoreError>((rows::token(&mut snapshot).await?, rows::rule_of(&mut snapshot, kind).await?))
    }
    .await?;
    let token = token.ok_or(SlackError::Unconnected)?;
    let (rule, channel) = rule.ok_or(SlackError::NoChannel)?;
    let lang = ctx.space().language;
    let text = domain::slack::escaped(&lang.slack_post_test(lang.broadcast_kind(kind)));
    let addresses = addresses(ctx);
    let answer = client!(ctx, token, addresses).post(&channel, &text).await;
    let trouble = answer.err().map(|refusal| refusal.trouble);
    let tested = ctx
        .change(actor, Permission::ManageSlack, Target::NONE, async move |job| {
            sending::note(job.tx, Some(&channel), trouble, job.now, None).await?;
            if trouble.is_none() {
                channels::hasten(job.tx, (domain::deliveries::Channel::Slack, rule), job.now).await?;
            }
            job.tx.after_commit(ChangeEvent::Deliveries);
            job.audited((), "slack.tested", Subject::Space, &json!({ "kind": kind, "sent": trouble.is_none() }))
                .await
        })
        .await;
    if answer.is_ok() {
        Rests::of(ctx).end(domain::deliveries::Channel::Slack, Some(rule));
    }
    ctx.memory::<Memory>().woken.notify_one();
    match answer {
        Ok(()) => tested,
        Err(refusal) => tested.and(Err(refusal.into())),
    }
}
