//! A stand-in for Slack: what its methods answer, to the right token.

#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing, reason = "each test program uses its part")]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::form_urlencoded;

/// The token that it accepts.
pub const TOKEN: &str = "xoxb-stand-in-1-secret";
/// The signing secret of the same app: the one of Slack's documentation.
pub const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
/// Its workspace.
pub const TEAM: &str = "T0TALVERA";

/// How it refuses for now, whatever it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// 429, with this many seconds in `Retry-After`.
    Busy(u32),
    /// 200 with `ok: false` and this code.
    Refusing(&'static str),
    /// 503.
    Down,
    /// 200 with a page of another server.
    Captive,
}

/// What it knows, and what it was asked.
pub struct StandIn {
    pub mood: Mood,
    pub token: String,
    /// Names, and why messages there are refused, if they are.
    pub channels: BTreeMap<&'static str, Option<&'static str>>,
    /// The methods that were asked, in order.
    pub asked: Vec<String>,
    /// Channel and text of each message that it took, in order.
    pub messages: Vec<(String, String)>,
}

impl Default for StandIn {
    fn default() -> Self {
        Self {
            mood: Mood::Well,
            token: TOKEN.to_owned(),
            channels: BTreeMap::from([
                ("general", None),
                ("machines", None),
                ("wood-team", Some("is_archived")),
                ("secret", Some("not_in_channel")),
            ]),
            asked: Vec::new(),
            messages: Vec::new(),
        }
    }
}

/// Status, headers and body.
pub type Reply = (u16, Vec<(&'static str, String)>, String);

impl StandIn {
    /// The answer to a request: its path, its `Authorization` and its body.
    pub fn answer(&mut self, path: &str, authorization: &str, body: &[u8]) -> Reply {
        let fields: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
        let Some(method) = path.strip_prefix("/api/") else { return (404, vec![], String::new()) };
        self.asked.push(method.to_owned());
        match self.mood {
            Mood::Busy(seconds) => return (429, vec![("retry-after", seconds.to_string())], String::new()),
            Mood::Down => return (503, vec![], "upstream".to_owned()),
            Mood::Captive => return (200, vec![], "<html>Welcome to the hotel</html>".to_owned()),
            Mood::Refusing(code) => return (200, vec![], json!({ "ok": false, "error": code }).to_string()),
            Mood::Well => {}
        }
        let is_known = authorization == format!("Bearer {}", self.token);
        let answer = if is_known { self.method(method, &fields) } else { refused("invalid_auth") };
        (200, vec![], answer.to_string())
    }

    fn method(&mut self, method: &str, fields: &BTreeMap<String, String>) -> Value {
        let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        match method {
            "auth.test" => {
                json!({ "ok": true, "url": "https://talvera.slack.com/", "team": "Talvera", "team_id": TEAM })
            }
            // Two pages, as Slack pages.
            "conversations.list" if field("cursor").is_empty() => json!({
                "ok": true, "channels": [{ "name": "machines" }, { "name": "general" }],
                "response_metadata": { "next_cursor": "dGVhbTpDMDYx" },
            }),
            "conversations.list" => {
                json!({ "ok": true, "channels": [{ "name": "secret" }], "response_metadata": { "next_cursor": "" } })
            }
            "conversations.open" if field("users") == "U0GONE" => refused("user_not_found"),
            "conversations.open" => {
                json!({ "ok": true, "channel": { "id": format!("D0{}", &field("users")[2..]) } })
            }
            "chat.postMessage" => self.post(field("channel"), field("text")),
            _ => refused("unknown_method"),
        }
    }

    fn post(&mut self, channel: &str, text: &str) -> Value {
        if text.is_empty() {
            return refused("no_text");
        }
        if let Some(name) = channel.strip_prefix('#') {
            match self.channels.get(name) {
                Some(None) => {}
                Some(Some(code)) => return refused(code),
                None => return refused("channel_not_found"),
            }
        }
        self.messages.push((channel.to_owned(), text.to_owned()));
        json!({ "ok": true, "ts": "1503435956.000247" })
    }
}

fn refused(code: &str) -> Value {
    json!({ "ok": false, "error": code })
}

/// HMAC-SHA-256 by its definition (RFC 2104), as any other program computes it.
pub fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    use sha2::{Digest, Sha256};
    let mut key = [0_u8; 64];
    key[..secret.len()].copy_from_slice(secret.as_bytes());
    let pad = |with: u8| key.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(format!("v0:{timestamp}:{body}")).finalize();
    let sum = Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize();
    format!("v0={}", data_encoding::HEXLOWER.encode(&sum))
}

/// A command as Slack sends it.
pub fn command(user: &str, text: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("token", "gIkuvaNzQIHg97ATvDxqgjtO"),
            ("team_id", TEAM),
            ("team_domain", "talvera"),
            ("channel_id", "C2147483705"),
            ("channel_name", "machines"),
            ("user_id", user),
            ("user_name", "nora.k"),
            ("command", "/tool"),
            ("text", text),
            ("response_url", "https://hooks.slack.com/commands/1234/5678"),
        ])
        .finish()
}
