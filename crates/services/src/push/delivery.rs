//! Sends one push message, and says what became of it.
//!
//! Invariant: an address that a push service no longer knows is distinguished from one that fails for now. Not here: retries, which the
//! worker decides ([`super::worker`]).

use super::encryption::{NotEncrypted, ServerKey, encrypt};
use crate::{
    Ctx, mail,
    outgoing::{self, Limits, Method, Request},
};
use domain::{
    deliveries::Trouble,
    notices::Urgency,
    outgoing::Failure,
    push::{AuthSecret, Endpoint, MESSAGE, PublicKey, shortened},
    time::Millis,
};
use serde_json::json;
use std::time::Duration;
use store::{StoreError, push::SubscriptionRow};

/// Bytes of a title, a tag and a link, at most; the text has the rest.
const PART: usize = 800;

/// What a notification shows. Nothing in it is secret: a locked phone shows it.
pub(super) struct Message {
    pub title: String,
    pub body: String,
    /// The page that it opens, on this site.
    pub link: String,
    /// A later one with the same tag replaces it.
    pub tag: String,
    pub urgency: Urgency,
    /// Whether a person waits for its reader.
    pub is_awaited: bool,
    /// How long the push service keeps it, in seconds.
    pub kept: u64,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Sent,
    /// The push service does not know the subscription any more.
    Gone,
    /// It asks to wait so long, or to wait.
    Later(Option<Duration>),
    Again(Trouble),
    Failed(Trouble),
}

impl Outcome {
    pub(super) const fn trouble(self) -> Option<Trouble> {
        match self {
            Self::Sent => None,
            Self::Gone => Some(Trouble::Address),
            Self::Later(_) => Some(Trouble::Later),
            Self::Again(trouble) | Self::Failed(trouble) => Some(trouble),
        }
    }
}

/// The content as its reader's browser decrypts it.
fn payload(message: &Message) -> String {
    let part = |text: &str| shortened(text, PART);
    let (title, link, tag) = (part(&message.title), &message.link, part(&message.tag));
    let empty = json!({ "title": title, "body": "", "link": link, "tag": tag }).to_string();
    let body = shortened(&message.body, MESSAGE.saturating_sub(empty.len()));
    json!({ "title": title, "body": body, "link": link, "tag": tag }).to_string()
}

/// Sends `message` to a device. An error is one of the storage.
pub(super) async fn send(
    ctx: &Ctx,
    key: &ServerKey,
    to: &SubscriptionRow,
    message: &Message,
    now: Millis,
) -> Result<Outcome, StoreError> {
    let Ok(request) = request(ctx, key, to, message, now) else {
        return Ok(Outcome::Failed(Trouble::Refused));
    };
    let response = match outgoing::send(ctx, request).await {
        Ok(response) => response,
        Err(failure) => return Ok(of_failure(failure)),
    };
    let wait = response.retry_after(now);
    Ok(match response.status {
        200..=299 => Outcome::Sent,
        404 | 410 => Outcome::Gone,
        429 | 500..=599 => Outcome::Later(wait),
        // The key of this server is not that with which the browser subscribed.
        401 | 403 => Outcome::Failed(Trouble::Login),
        _ => Outcome::Failed(Trouble::Refused),
    })
}

const fn of_failure(failure: Failure) -> Outcome {
    match failure {
        Failure::Private => Outcome::Failed(Trouble::Private),
        Failure::Certificate => Outcome::Again(Trouble::Certificate),
        Failure::Slow => Outcome::Again(Trouble::Silent),
        Failure::TooLarge => Outcome::Again(Trouble::TooLarge),
        Failure::Unreachable | Failure::BrokenOff => Outcome::Again(Trouble::Unreachable),
    }
}

fn request(
    ctx: &Ctx,
    key: &ServerKey,
    to: &SubscriptionRow,
    message: &Message,
    now: Millis,
) -> Result<Request, NotEncrypted> {
    let endpoint = Endpoint::parse(&to.endpoint).map_err(|_| NotEncrypted)?;
    // A host that the administrator no longer names is not contacted any more.
    let endpoint = endpoint.permitted(&|host| super::permits(ctx, host)).map_err(|_| NotEncrypted)?;
    let site = mail::memory(ctx).post().site.clone().filter(|site| site.starts_with("https://"));
    let urgency = match (message.urgency, message.is_awaited) {
        (Urgency::Safety, _) | (_, true) => "high",
        (Urgency::Action, false) => "normal",
        (Urgency::Info, false) => "low",
    };
    Ok(Request {
        method: Method::Post,
        address: endpoint.address().clone(),
        headers: vec![
            ("authorization", key.authorization(&endpoint, site.as_deref(), now)?),
            ("content-encoding", "aes128gcm".to_owned()),
            ("content-type", "application/octet-stream".to_owned()),
            ("ttl", message.kept.to_string()),
            ("urgency", urgency.to_owned()),
        ],
        body: encrypt(&PublicKey(to.p256dh), &AuthSecret(to.auth), payload(message).as_bytes())?,
        limits: Limits::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_of_long_texts_fits_into_a_message() {
        let message = Message {
            title: "\u{1}\"è".repeat(5_000),
            body: "€\n".repeat(9_000),
            link: "/machines/7".into(),
            tag: "t".repeat(3_000),
            urgency: Urgency::Action,
            is_awaited: false,
            kept: 0,
        };
        let payload = payload(&message);
        assert!(payload.len() <= MESSAGE && payload.len() > MESSAGE - 8, "{}", payload.len());
        let read: serde_json::Value = serde_json::from_str(&payload).unwrap();
        assert!(read["body"].as_str().unwrap().ends_with('…') && read["link"] == "/machines/7");
    }
}
