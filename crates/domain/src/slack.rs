//! Slack: what may be posted to a channel, what people ask in a command, and what Slack's refusals mean.
//!
//! **Invariants.** A notice about one person is never posted to a channel. A token that Slack refuses pauses everything; a channel
//! that it refuses concerns that channel alone. Tokens and secrets have no `Debug`.
//!
//! Not here: requests and signatures (`services::slack`).

use crate::{
    notices::Kind,
    string_enum::string_enum,
    time::{MINUTE, Millis},
};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// How far the time of a command may be from now, as Slack's own library has it.
pub const TOLERANCE: Duration = Duration::from_mins(5);
/// How long the link that connects a person with their Slack account works.
pub const LINK_LIFE: Duration = Duration::from_mins(10);
/// Characters of a bot token, a signing secret, and of what else Slack calls something by.
pub const TOKEN: usize = 255;
pub const SECRET: usize = 64;
pub const CHANNEL: usize = 80;
pub const NAME: usize = 120;

/// Whether a command that was signed at `at`, in seconds, arrives in time.
#[must_use]
pub fn is_fresh(at: i64, now: Millis) -> bool {
    at.abs_diff(now.0.div_euclid(1_000)) <= TOLERANCE.as_secs()
}

/// The token of a bot. Without `Debug` of its content.
#[derive(Clone, PartialEq, Eq)]
pub struct BotToken(String);

impl BotToken {
    /// `None` if it is none: bot tokens begin with `xoxb-`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let rest = text.strip_prefix("xoxb-")?;
        let fits = text.len() <= TOKEN && rest.len() >= 8;
        (fits && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
            .then(|| Self(text.to_owned()))
    }

    /// For the header of a request, and for storage.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BotToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BotToken(…)")
    }
}

/// The secret with which Slack signs commands. Without `Debug` of its content.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(String);

impl SigningSecret {
    /// `None` if it is none: letters and digits, usually 32.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = (16..=SECRET).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        fits.then(|| Self(text.to_owned()))
    }

    /// For checking a signature, and for storage.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

/// The name of a channel without its `#`, or its id, as Slack accepts both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelName(String);

impl ChannelName {
    /// `None` if Slack allows no such name. Its names are in lower case; ids are not.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('#').unwrap_or(text).trim();
        let is_id = text.len() >= 9
            && text.starts_with(['C', 'G'])
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let name = if is_id { text.to_owned() } else { text.to_lowercase() };
        let fits = (1..=CHANNEL).contains(&name.chars().count())
            && name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'));
        fits.then_some(Self(name))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

string_enum! {
    /// Why Slack rejected a request.
    SlackTrouble {
        /// No answer in time, or no connection.
        NoAnswer = "no-answer",
        /// Slack has a fault of its own.
        Unavailable = "unavailable",
        /// It asks to wait.
        RateLimited = "rate-limited",
        /// The token is wrong, revoked or expired.
        Token = "token",
        /// The app lacks a permission.
        Scope = "scope",
        /// There is no such channel, or the app cannot see it.
        Channel = "channel",
        /// The app is not in the channel.
        NotInChannel = "not-in-channel",
        /// The channel is archived.
        Archived = "archived",
        /// The person left Slack, or takes no messages.
        Person = "person",
        /// Something else that it does not accept.
        Refused = "refused",
        /// An answer that cannot be read.
        Unclear = "unclear",
    }
}

impl SlackTrouble {
    /// What an error code of Slack means.
    #[must_use]
    pub fn of_code(code: &str) -> Self {
        match code {
            "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired"
            | "org_login_required" | "ekm_access_denied" => Self::Token,
            "missing_scope" | "not_allowed_token_type" | "no_permission" | "access_denied" => Self::Scope,
            "channel_not_found" => Self::Channel,
            "not_in_channel" | "restricted_action" | "restricted_action_read_only_channel" => Self::NotInChannel,
            "is_archived" => Self::Archived,
            "user_not_found"
            | "user_disabled"
            | "user_not_visible"
            | "cannot_dm_bot"
            | "messages_tab_disabled" => Self::Person,
            "ratelimited" | "rate_limited" => Self::RateLimited,
            "internal_error" | "fatal_error" | "service_unavailable" | "request_timeout" | "team_added_to_org" => {
                Self::Unavailable
            }
            _ => Self::Refused,
        }
    }

    /// Whether it passes by itself.
    #[must_use]
    pub const fn is_passing(self) -> bool {
        matches!(self, Self::NoAnswer | Self::Unavailable | Self::RateLimited | Self::Unclear)
    }

    /// Whether nothing can be sent until an administrator acts.
    #[must_use]
    pub const fn pauses(self) -> bool {
        matches!(self, Self::Token)
    }

    /// Whether other messages to the same channel would fail as well.
    #[must_use]
    pub const fn is_of_the_channel(self) -> bool {
        matches!(self, Self::Scope | Self::Channel | Self::NotInChannel | Self::Archived)
    }
}

/// Whether notices of `kind` may be posted to a channel: those about the space, unless they are about Slack itself.
#[must_use]
pub const fn is_posted(kind: Kind) -> bool {
    kind.is_broadcast() && !matches!(kind, Kind::SlackPaused)
}

/// The kinds that may be posted, in order.
pub fn posted_kinds() -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(|kind| is_posted(*kind))
}

/// What a command asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The machines that are free.
    Free,
    /// The machines whose name or type has this in it.
    Machines(String),
    /// Who is in.
    Who,
    /// A link that connects the Slack account.
    Link,
    Help,
}

string_enum! {
    /// A command, as it is counted.
    Command {
        Free = "free",
        Machines = "machines",
        Who = "who",
        Link = "link",
        Help = "help",
    }
}

/// Characters of a name that is looked for.
const SEARCH: usize = 60;

impl Question {
    /// Reads the words behind `/tool`, in any language.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        match words.as_str() {
            "" | "help" | "aiuto" | "?" => Self::Help,
            "free" | "libere" | "liberi" | "libero" => Self::Free,
            "who" | "chi" => Self::Who,
            "link" | "collega" => Self::Link,
            name => Self::Machines(name.chars().take(SEARCH).collect()),
        }
    }

    #[must_use]
    pub const fn command(&self) -> Command {
        match self {
            Self::Free => Command::Free,
            Self::Machines(_) => Command::Machines,
            Self::Who => Command::Who,
            Self::Link => Command::Link,
            Self::Help => Command::Help,
        }
    }
}

/// The pause after the failed attempt number `attempts`, unless Slack named one; `None` if it was the last.
#[must_use]
pub fn pause(attempts: u32, asked: Option<Duration>, chance: u8) -> Option<Duration> {
    let usual = crate::deliveries::pause(attempts, chance)?;
    Some(asked.map_or(usual, |asked| asked.clamp(Duration::from_secs(1), MINUTE * 60)))
}

/// `text` as Slack shows it: its three control characters are escaped, so that a name is never a mention or a link.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn command_is_fresh_for_five_minutes_either_way() {
        let now = Millis(1_531_420_618_400);
        let at = 1_531_420_618;
        assert!(is_fresh(at, now) && is_fresh(at - 300, now) && is_fresh(at + 300, now));
        assert!(!is_fresh(at - 301, now) && !is_fresh(at + 301, now));
        assert!(!is_fresh(i64::MAX, now) && !is_fresh(i64::MIN, now) && !is_fresh(0, now));
    }

    #[test]
    fn only_tokens_of_bots_are_tokens() {
        assert!(BotToken::parse(" xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy ").is_some());
        for wrong in [
            "",
            "xoxp-1765-1987-pdFZKV",
            "xoxb-",
            "xoxb-123 456 789",
            "xoxb-<script>alert",
            "Bearer xoxb-12345678",
        ] {
            assert!(BotToken::parse(wrong).is_none(), "{wrong}");
        }
        assert!(BotToken::parse(&format!("xoxb-{}", "a".repeat(300))).is_none());
        let token = BotToken::parse("xoxb-secret-secret").unwrap();
        assert_eq!(format!("{token:?}"), "BotToken(…)");
        assert!(SigningSecret::parse("8f742231b10e8888abcd99yyyzzz85a5").is_some());
        assert!(
            SigningSecret::parse("short").is_none()
                && SigningSecret::parse("8f742231b10e8888 abcd99yyyzzz85a5").is_none()
        );
    }

    #[test]
    fn channel_is_a_name_or_an_id() {
        let name = |text| ChannelName::parse(text).map(|name| name.as_str().to_owned());
        assert_eq!(name(" #Machines ").as_deref(), Some("machines"));
        assert_eq!(name("C024BE91L").as_deref(), Some("C024BE91L"));
        assert_eq!(name("officina-città_2").as_deref(), Some("officina-città_2"));
        for wrong in ["", "#", "two words", "a.b", "<!channel>", "#general,#random"] {
            assert_eq!(name(wrong), None, "{wrong}");
        }
        assert_eq!(name(&"a".repeat(81)), None);
    }

    #[test]
    fn no_notice_about_one_person_is_posted() {
        let posted: Vec<_> = posted_kinds().collect();
        for private in
            [Kind::DuesLate, Kind::HoldPlaced, Kind::Banned, Kind::PasswordChanged, Kind::BookingRejected]
        {
            assert!(!posted.contains(&private), "{private:?}");
        }
        for shared in
            [Kind::MachineBlocked, Kind::MachineFree, Kind::ProblemReported, Kind::BookingAsked, Kind::Announced]
        {
            assert!(posted.contains(&shared), "{shared:?}");
        }
    }

    #[test]
    fn question_is_read_in_both_languages() {
        assert_eq!(Question::parse("  FREE "), Question::Free);
        assert_eq!(Question::parse("libere"), Question::Free);
        assert_eq!(Question::parse("chi"), Question::Who);
        assert_eq!(Question::parse(""), Question::Help);
        assert_eq!(Question::parse("link"), Question::Link);
        assert_eq!(Question::parse("Laser  cutter 1"), Question::Machines("laser cutter 1".into()));
    }

    #[test]
    fn slack_names_the_pause_within_an_hour() {
        assert_eq!(pause(1, Some(Duration::from_secs(30)), 0), Some(Duration::from_secs(30)));
        assert_eq!(pause(1, Some(Duration::from_hours(90)), 0), Some(MINUTE * 60));
        assert_eq!(pause(1, None, 0), crate::deliveries::pause(1, 0));
        assert_eq!(pause(99, Some(Duration::from_secs(1)), 0), None, "it was the last");
    }

    #[test]
    fn only_a_refused_token_pauses_everything() {
        let pausing: Vec<_> = SlackTrouble::ALL.iter().copied().filter(|trouble| trouble.pauses()).collect();
        assert_eq!(pausing, [SlackTrouble::Token]);
        assert_eq!(SlackTrouble::of_code("invalid_auth"), SlackTrouble::Token);
        assert_eq!(SlackTrouble::of_code("not_in_channel"), SlackTrouble::NotInChannel);
        assert_eq!(SlackTrouble::of_code("something new"), SlackTrouble::Refused);
        assert!(SlackTrouble::ALL.iter().all(|trouble| !(trouble.is_passing() && trouble.is_of_the_channel())));
    }

    proptest! {
        #[test]
        fn escaped_text_has_no_control_character(text in ".{0,80}") {
            let safe = escaped(&text);
            prop_assert!(!safe.contains(['<', '>']));
            prop_assert_eq!(safe.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"), text);
        }

        #[test]
        fn any_text_is_a_question(text in "\\PC{0,200}") {
            if let Question::Machines(name) = Question::parse(&text) {
                prop_assert!(!name.is_empty() && name.chars().count() <= SEARCH);
            }
        }
    }
}
