//! Slack of the invented workshop: an app with channels, linked people, and a stand-in that answers in Slack's place.
//!
//! Invariant: nothing of the demo reaches Slack, because its token is invented and requests to Slack's host are answered here.

use super::{Built, cast};
use crate::outgoing::{Request, Response, Transport};
use domain::{
    notices::Kind,
    outgoing::Failure,
    slack::{BotToken, ChannelName, Command, SigningSecret, SlackTrouble},
    time::{DAY, MINUTE, Millis},
};
use serde_json::{Value, json};
use std::{future::Future, pin::Pin, sync::Arc};
use store::{
    StoreError, WriteTx, people,
    slack::{self, NewApp, OfferRow},
};
use url::form_urlencoded;

/// The host whose requests are answered here.
const HOST: &str = "slack.com";
/// An archived channel, so that the page shows what that looks like.
const ARCHIVED: &str = "wood-team";
const CHANNELS: [&str; 4] = ["general", "machines", "managers", ARCHIVED];
/// Which notice goes where.
const RULES: [(Kind, &str); 6] = [
    (Kind::MachineBlocked, "machines"),
    (Kind::MachineFree, "machines"),
    (Kind::ProblemReported, "machines"),
    (Kind::BookingAsked, ARCHIVED),
    (Kind::ActuatorFailed, "managers"),
    (Kind::Announced, "general"),
];
/// How often commands were used.
const USES: [(Command, u32); 2] = [(Command::Free, 21), (Command::Who, 9)];
/// People who have linked their account.
const LINKED: usize = 8;

/// Connects the invented app.
pub(super) async fn connect(tx: &mut WriteTx, built: &Built, now: Millis) -> Result<(), StoreError> {
    let (Some(token), Some(secret)) =
        (BotToken::parse("xoxb-demo-of-toolgate"), SigningSecret::parse("demo0demo0demo0demo0"))
    else {
        return Ok(());
    };
    let by = Some(people::alias(tx, built.people[cast::ADMINISTRATOR].0, now).await?);
    let new =
        NewApp { token, secret, team: "T0DEMO".into(), team_name: "Talvera".into(), by, at: now.before(DAY * 90) };
    slack::connect(tx, &new).await?;
    for (kind, channel) in RULES {
        slack::set_rule(tx, kind, ChannelName::parse(channel).as_ref()).await?;
    }
    slack::posted(tx, ARCHIVED, Some(SlackTrouble::Archived), now.before(DAY * 4)).await?;
    slack::succeeded(tx, now.before(MINUTE * 5)).await?;
    for (command, uses) in USES {
        for _ in 0..uses {
            slack::count_use(tx, command).await?;
        }
    }
    for (number, (name, (person, _))) in cast::NAMES.iter().zip(&built.people).take(LINKED).enumerate() {
        let name = name.split_whitespace().next().unwrap_or_default().to_lowercase();
        let account = OfferRow { slack_user: format!("U0DEMO{number}"), name };
        slack::link(tx, *person, &account, now.before(DAY * 60)).await?;
    }
    Ok(())
}

/// Answers in Slack's place; other requests go on.
pub fn in_place_of_slack(inner: Arc<dyn Transport>) -> Arc<dyn Transport> {
    Arc::new(InventedSlack { inner })
}

struct InventedSlack {
    inner: Arc<dyn Transport>,
}

impl Transport for InventedSlack {
    fn permits(&self, host: &str) -> bool {
        self.inner.permits(host)
    }

    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send + '_>> {
        if request.address.host() != HOST {
            return self.inner.send(request);
        }
        let body = answer(&request.address.target(), &request.body).to_string().into_bytes();
        Box::pin(async move { Ok(Response { status: 200, headers: Vec::new(), body }) })
    }
}

fn answer(path: &str, body: &[u8]) -> Value {
    let channel = form_urlencoded::parse(body).find(|(name, _)| name == "channel");
    let is_archived = channel.is_some_and(|(_, channel)| channel.trim_start_matches('#') == ARCHIVED);
    match path {
        "/api/chat.postMessage" if is_archived => json!({ "ok": false, "error": "is_archived" }),
        "/api/conversations.list" => {
            let listed: Vec<_> =
                CHANNELS.iter().filter(|name| **name != ARCHIVED).map(|name| json!({ "name": name })).collect();
            json!({ "ok": true, "channels": listed })
        }
        "/api/conversations.open" => json!({ "ok": true, "channel": { "id": "D0DEMO" } }),
        _ => json!({ "ok": true, "team": "Talvera", "team_id": "T0DEMO" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_in_refuses_the_archived_channel_alone() {
        let post =
            |channel: &str| answer("/api/chat.postMessage", format!("text=x&channel=%23{channel}").as_bytes());
        assert_eq!(post(ARCHIVED)["error"], "is_archived");
        assert_eq!(post("machines")["ok"], true);
        let listed = answer("/api/conversations.list", b"");
        assert_eq!(listed["channels"].as_array().unwrap().len(), CHANNELS.len() - 1);
    }

    #[test]
    fn only_kinds_that_are_posted_have_rules() {
        assert!(RULES.iter().all(|(kind, _)| domain::slack::is_posted(*kind)));
    }
}
