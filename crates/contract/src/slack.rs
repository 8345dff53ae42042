//! Slack: the app of the space, which notices it posts where, and a person's account there.
//!
//! Invariant: no answer has a token or a secret in it. Not here: what a command in Slack answers, which is text (`services::slack`).

use domain::{
    notices::Kind,
    slack::{BotToken, ChannelName, Command, SigningSecret, SlackTrouble},
    time::Moment,
};
use macros::{Form, operations, view};
use serde::{Deserialize, Serialize};

operations! {
    tag Space;

    /// Get Slack
    ///
    /// Returns the workspace that is connected, the kinds of notices that can be posted with their channels, and how often commands
    /// were used. Tokens and secrets are never returned.
    GET "slack" => ReadSlack() -> SlackView, page "slack/read", scope SpaceRead;

    /// Connect Slack
    ///
    /// Checks the bot token at Slack and stores it with the signing secret, in place of an earlier one. Neither can be retrieved
    /// later. Messages that wait are sent.
    POST "slack/connect" => ConnectSlack(form: NewSlackApp) -> (),
        page "slack/connect", then "/slack?saved", scope SpaceWrite,
        errors ["slack.invalid", "slack.token", "slack.scope", "slack.rate-limited", "slack.no-answer", "slack.refused"];

    /// Disconnect Slack
    ///
    /// Deletes the token and the secret, drops what waits, and unlinks the accounts of people. The channels stay for the next app.
    POST "slack/disconnect" => DisconnectSlack() -> (),
        page "slack/disconnect", then "/slack?done=disconnected", scope SpaceWrite, errors ["slack.unconnected"];

    /// Choose the channel of a kind of notice
    ///
    /// Posts a kind of notice to a channel from now on; without a channel it is not posted any more.
    POST "slack/rules" => SetSlackRule(form: SlackRuleForm) -> (),
        page "slack/set-rule", scope SpaceWrite, errors ["slack.invalid", "slack.not-posted"];

    /// Send a test message
    ///
    /// Posts a test to the channel of a kind of notice, and answers when Slack took it. Messages that wait for the channel follow.
    POST "slack/test" => TestSlackRule(form: SlackTestForm) -> (),
        page "slack/test", then "/slack?done=tested", scope SpaceWrite, once,
        errors ["slack.unconnected", "slack.no-channel", "slack.token", "slack.scope", "slack.channel", "slack.not-in-channel",
            "slack.archived", "slack.rate-limited", "slack.no-answer", "slack.refused", "slack.invalid"];

    /// Unlink one's Slack account
    ///
    /// Ends direct messages, and commands in Slack show what the public may see.
    POST "slack/account/unlink" => UnlinkSlack() -> (),
        page "slack/unlink", then "/me/slack?done=unlinked", scope NoticesWrite, errors ["slack.unlinked"];

    /// The caller's account at Slack, and the offer to link one.
    READ => ReadSlackAccount(form: SlackOffer) -> SlackAccount, page "slack/account";

    /// Links the Slack account that asked for the link.
    CHANGE => LinkSlack(form: SlackOffer) -> (), page "slack/link", then "/me/slack?saved";
}

/// A Slack app. Its debug output hides both.
#[derive(Debug, Clone, Form)]
pub struct NewSlackApp {
    /// The bot token of the app, as Slack shows it under “OAuth & Permissions”.
    #[field(example = "xoxb-1234567890-example")]
    pub token: BotToken,
    /// The signing secret, as Slack shows it under “Basic Information”.
    #[field(example = "0123456789abcdef0123456789abcdef")]
    pub secret: SigningSecret,
}

/// The channel of a kind of notice.
#[derive(Debug, Clone, Form)]
pub struct SlackRuleForm {
    /// The kind of notice.
    #[field(example = "machine.blocked")]
    pub kind: Kind,
    /// The name or the id of the channel; null or omitted to post it no more.
    #[field(example = "machines")]
    pub channel: Option<ChannelName>,
}

/// A test message.
#[derive(Debug, Clone, Copy, Form)]
pub struct SlackTestForm {
    /// The kind of notice whose channel gets it.
    #[field(example = "machine.blocked")]
    pub kind: Kind,
}

/// The offer to link a Slack account.
#[derive(Clone, Form)]
pub struct SlackOffer {
    /// The token of the link that Slack showed.
    pub link: Option<OfferToken>,
}

impl std::fmt::Debug for SlackOffer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SlackOffer(…)")
    }
}

/// The token of an offer, unverified. Without `Debug` of its content.
#[derive(Clone, PartialEq, Eq)]
pub struct OfferToken(pub String);

/// How Slack does in this space.
#[view]
pub struct SlackView {
    /// The instant of this view.
    pub now: Moment,
    /// The connected workspace; null if there is none.
    pub workspace: Option<WorkspaceView>,
    /// Every kind of notice that can be posted.
    pub rules: Vec<SlackRuleView>,
    /// The channels that the app sees, as far as they were listed, by name.
    pub channels: Vec<String>,
    /// How many people have linked their account.
    #[field(example = 87)]
    pub linked: u32,
    /// How often each command was used.
    pub commands: Vec<CommandCount>,
    /// The address to which Slack sends commands; null if this server has no public address.
    #[field(example = "https://toolgate.example/hooks/slack/commands")]
    pub commands_url: Option<String>,
    /// Whether the caller may connect and disconnect.
    pub may_connect: bool,
}

/// The connected workspace.
#[view]
pub struct WorkspaceView {
    /// Its name.
    #[field(example = "Talvera")]
    pub name: String,
    /// When it was connected.
    pub since: Moment,
    /// Who connected it, while on record.
    pub by: Option<String>,
    /// When Slack last accepted a request.
    pub last_success: Option<Moment>,
    /// When it last did not.
    pub last_failure: Option<Moment>,
    /// Why it did not at that time.
    pub trouble: Option<SlackTrouble>,
    /// Since when nothing is sent, because the token is refused.
    pub paused: Option<Moment>,
    /// How many messages wait.
    #[field(example = 2)]
    pub waiting: u32,
}

/// A kind of notice that can be posted.
#[view]
pub struct SlackRuleView {
    /// The kind of notice.
    pub kind: Kind,
    /// Its channel; null if it is not posted.
    #[field(example = "machines")]
    pub channel: Option<String>,
    /// How many were posted in 30 days.
    #[field(example = 11)]
    pub sent: u32,
    /// How many wait.
    #[field(example = 0)]
    pub waiting: u32,
    /// Since when Slack refuses messages to this channel.
    pub failing_since: Option<Moment>,
    /// Why it does.
    pub trouble: Option<SlackTrouble>,
}

/// How often a command was used.
#[view]
#[derive(Copy)]
pub struct CommandCount {
    /// The command.
    pub command: Command,
    /// How often.
    #[field(example = 214)]
    pub uses: u32,
}

/// A person's account at Slack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlackAccount {
    pub now: Moment,
    /// The connected workspace; `None`: there is none.
    pub workspace: Option<String>,
    /// The name of the linked account, and since when.
    pub linked: Option<(String, Moment)>,
    /// The name of the account that a link offers.
    pub offered: Option<String>,
    /// A link was followed that does not work any more.
    pub is_over: bool,
}
