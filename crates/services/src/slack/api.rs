//! What Slack is asked, and what its answers mean.
//!
//! **Invariants.** The token travels in a header, never in an address, and is in no log and no error. An answer may be anything: it is
//! read without panic, and at most [`PAGES`] pages of a list. Not here: the connection ([`crate::outgoing`]).

use crate::{
    Ctx, foreign_json,
    outgoing::{self, Limits, Method, Request, Response},
};
use domain::{
    outgoing::{Address, Failure},
    slack::{BotToken, SlackTrouble},
    time::Millis,
};
use serde_json::Value;
use std::time::Duration;
use url::form_urlencoded::Serializer;

/// Bytes of an answer: a page of channels is the longest.
const BYTES: usize = 1024 * 1024;
/// Time limit of a request.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pages of a list that are read.
const PAGES: usize = 5;
/// Channels on one page.
const PAGE: &str = "200";

/// Why Slack did not do what it was asked, and how long it asks to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub trouble: SlackTrouble,
    pub wait: Option<Duration>,
}

impl From<SlackTrouble> for Refusal {
    fn from(trouble: SlackTrouble) -> Self {
        Self { trouble, wait: None }
    }
}

/// A workspace, as Slack names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Workspace {
    pub id: String,
    pub name: String,
}

/// Slack, asked with one token.
pub(super) struct Client<'a> {
    pub ctx: &'a Ctx,
    /// The address of Slack, without a trailing slash.
    pub base: &'a str,
    pub token: &'a BotToken,
}

impl Client<'_> {
    /// Whose token it is.
    pub async fn workspace(&self) -> Result<Workspace, Refusal> {
        let answer = self.ask("auth.test", &[]).await?;
        let text =
            |name: &str| answer.get(name).and_then(Value::as_str).map(short).filter(|text| !text.is_empty());
        let id = text("team_id").ok_or(SlackTrouble::Unclear)?;
        Ok(Workspace { name: text("team").unwrap_or_else(|| id.clone()), id })
    }

    /// The names of the channels that the app sees, in order.
    pub async fn channels(&self) -> Result<Vec<String>, Refusal> {
        let (mut names, mut cursor) = (Vec::new(), String::new());
        for _ in 0..PAGES {
            let fields =
                [("exclude_archived", "true"), ("types", "public_channel"), ("limit", PAGE), ("cursor", &cursor)];
            let answer = self.ask("conversations.list", &fields).await?;
            let listed = answer.get("channels").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            names.extend(listed.iter().filter_map(|one| one.get("name")?.as_str()).map(short));
            let next = answer.pointer("/response_metadata/next_cursor").and_then(Value::as_str);
            next.unwrap_or_default().clone_into(&mut cursor);
            if cursor.is_empty() {
                break;
            }
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Posts `text` to a channel, by its name or id.
    pub async fn post(&self, channel: &str, text: &str) -> Result<(), Refusal> {
        let is_id = channel.starts_with(['C', 'G', 'D']) && channel.bytes().all(|byte| !byte.is_ascii_lowercase());
        let channel = if is_id { channel.to_owned() } else { format!("#{channel}") };
        let fields = [
            ("channel", channel.as_str()),
            ("text", text),
            ("unfurl_links", "false"),
            ("unfurl_media", "false"),
            ("link_names", "false"),
        ];
        self.ask("chat.postMessage", &fields).await.map(drop)
    }

    /// Sends `text` to a person.
    pub async fn send_direct(&self, user: &str, text: &str) -> Result<(), Refusal> {
        let opened = self.ask("conversations.open", &[("users", user)]).await?;
        let channel = opened.pointer("/channel/id").and_then(Value::as_str).ok_or(SlackTrouble::Unclear)?;
        self.post(channel, text).await
    }

    async fn ask(&self, method: &str, fields: &[(&str, &str)]) -> Result<Value, Refusal> {
        let address =
            Address::parse(&format!("{}/api/{method}", self.base)).map_err(|_| SlackTrouble::NoAnswer)?;
        let body = Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes();
        let headers = vec![
            ("authorization", format!("Bearer {}", self.token.expose())),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let limits = Limits { whole: PATIENCE, bytes: BYTES, cuts: false };
        let request = Request { method: Method::Post, address, headers, body, limits };
        let answer = match outgoing::send(self.ctx, request).await {
            Ok(response) => read(&response, self.ctx.now()),
            Err(Failure::TooLarge | Failure::BrokenOff) => Err(SlackTrouble::Unclear.into()),
            Err(Failure::Private | Failure::Unreachable | Failure::Certificate | Failure::Slow) => {
                Err(SlackTrouble::NoAnswer.into())
            }
        };
        if let Err(Refusal { trouble, .. }) = &answer {
            // Neither the channel nor the text.
            tracing::warn!(method, trouble = trouble.as_str(), "Slack did not do what it was asked");
        }
        answer
    }
}

/// At most the first characters of a name that Slack gave.
fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(domain::slack::NAME).collect()
}

/// What a response means. Slack answers 200 also to what it refuses.
fn read(response: &Response, now: Millis) -> Result<Value, Refusal> {
    let wait = || response.retry_after(now);
    match response.status {
        429 => return Err(Refusal { trouble: SlackTrouble::RateLimited, wait: wait() }),
        500.. => return Err(SlackTrouble::Unavailable.into()),
        200..300 => {}
        _ => return Err(SlackTrouble::Unclear.into()),
    }
    let answer = foreign_json::read(&response.body).ok_or(SlackTrouble::Unclear)?;
    match answer.get("ok").and_then(Value::as_bool) {
        Some(true) => Ok(answer),
        Some(false) => {
            let code = answer.get("error").and_then(Value::as_str).unwrap_or_default();
            Err(Refusal { trouble: SlackTrouble::of_code(code), wait: wait() })
        }
        None => Err(SlackTrouble::Unclear.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);

    fn answer(status: u16, body: &str) -> Response {
        Response { status, headers: vec![("retry-after".into(), "30".into())], body: body.as_bytes().to_vec() }
    }

    fn trouble(status: u16, body: &str) -> SlackTrouble {
        read(&answer(status, body), NOW).unwrap_err().trouble
    }

    #[test]
    fn refusals_are_read_from_answers_of_status_200() {
        assert!(read(&answer(200, r#"{"ok":true}"#), NOW).is_ok());
        assert_eq!(trouble(200, r#"{"ok":false,"error":"invalid_auth"}"#), SlackTrouble::Token);
        assert_eq!(trouble(200, r#"{"ok":false,"error":"channel_not_found"}"#), SlackTrouble::Channel);
        assert_eq!(trouble(200, r#"{"ok":false,"error":"not_in_channel"}"#), SlackTrouble::NotInChannel);
        assert_eq!(trouble(200, r#"{"ok":false,"error":"ratelimited"}"#), SlackTrouble::RateLimited);
        assert_eq!(trouble(200, r#"{"ok":false}"#), SlackTrouble::Refused);
        assert_eq!(trouble(200, "<html>a hotel’s network</html>"), SlackTrouble::Unclear);
        assert_eq!(trouble(200, "[]"), SlackTrouble::Unclear);
        assert_eq!(trouble(302, ""), SlackTrouble::Unclear, "a redirect is not followed");
        assert_eq!(trouble(503, ""), SlackTrouble::Unavailable);
    }

    #[test]
    fn time_to_wait_is_read_from_its_header() {
        let refused = read(&answer(429, ""), NOW).unwrap_err();
        assert_eq!(refused, Refusal { trouble: SlackTrouble::RateLimited, wait: Some(Duration::from_secs(30)) });
        let odd = Response { headers: vec![("retry-after".into(), "soon".into())], ..answer(429, "") };
        assert_eq!(read(&odd, NOW).unwrap_err().wait, None);
    }
}
