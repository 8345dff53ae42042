//! Slack: what is posted and to whom, whatever Slack answers; and what a command shows, to whom.

mod commands;
mod lanes;
mod stand_in;

use self::stand_in::{Mood, Reply, SECRET, StandIn, TOKEN};
use crate::lab::{
    LASER_ID, Lab,
    bookings::{notices_of, set},
    operations::{fields, run},
};
use contract::{
    announcements::WriteAnnouncement,
    form::{Fault, Faults, Fields},
    help::AskForHelp,
    notice_settings::{KindFilter, NoticeSettingsBody},
    slack::{
        ConnectSlack, DisconnectSlack, ReadSlack, SetSlackRule, SlackRuleView, SlackView, TestSlackRule,
        UnlinkSlack,
    },
};
use domain::{
    actor::{Actor, Forbidden},
    connections::{State, Trouble},
    help::OPEN_FOR,
    notices::Kind,
    outgoing::Failure,
    slack::SlackTrouble,
    time::{DAY, HOUR, MINUTE},
};
use services::{
    notice_settings::choose,
    outbox::SendOutcome,
    outgoing::{Request, Response, Transport},
    problems,
    slack::{Addresses, SlackError, arrange, connections, send_due},
};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

const KEN: i64 = 2;
const ADA: i64 = 1;

/// Requests reach the stand-in in memory.
pub struct Reaches(pub Arc<Mutex<StandIn>>);

impl Transport for Reaches {
    fn permits(&self, _: &str) -> bool {
        false
    }

    fn send(&self, request: Request) -> Pin<Box<dyn Future<Output = Result<Response, Failure>> + Send + '_>> {
        Box::pin(async move {
            assert_eq!(request.address.host(), "slack.com");
            assert!(
                request.address.is_secure() && !request.address.expose().contains("xoxb"),
                "a token in an address"
            );
            let authorization = request.headers.iter().find(|(name, _)| *name == "authorization");
            let authorization = authorization.map(|(_, value)| value.as_str()).unwrap_or_default();
            let path = request.address.target();
            let (status, headers, body): Reply =
                self.0.lock().unwrap().answer(&path, authorization, &request.body);
            let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            Ok(Response { status, headers, body: body.into_bytes() })
        })
    }
}

/// The lab with a stand-in for Slack, not connected, and Bob, who manages. Clocks show UTC.
async fn unconnected() -> (Lab, Arc<Mutex<StandIn>>) {
    let lab = Lab::open().await;
    lab.grant(KEN, 1, "owner").await;
    set(&lab, "space.zone", "UTC").await;
    let lab = lab.reopen().await;
    let house = reach(&lab);
    (lab, house)
}

/// Arranges a stand-in for `lab`.
fn reach(lab: &Lab) -> Arc<Mutex<StandIn>> {
    let house = Arc::new(Mutex::new(StandIn::default()));
    services::outgoing::arrange(&lab.ctx, Arc::new(Reaches(Arc::clone(&house))));
    arrange(&lab.ctx, Addresses { site: Some("https://attic.example".into()), ..Addresses::default() });
    house
}

/// The same, connected.
async fn connected() -> (Lab, Arc<Mutex<StandIn>>) {
    let (lab, house) = unconnected().await;
    connect(&lab, TOKEN).await.unwrap();
    (lab, house)
}

async fn connect(lab: &Lab, token: &str) -> Result<(), SlackError> {
    let form = fields(&[("token", token), ("secret", SECRET)]);
    run(&lab.ctx, &lab.administrator().await, ConnectSlack {}, form).await
}

async fn view(lab: &Lab) -> SlackView {
    run(&lab.ctx, &lab.signed_in(KEN).await, ReadSlack {}, Fields::default()).await.unwrap()
}

async fn rule(lab: &Lab, kind: Kind) -> SlackRuleView {
    view(lab).await.rules.into_iter().find(|rule| rule.kind == kind).unwrap()
}

async fn route(lab: &Lab, kind: Kind, channel: &str) -> Result<(), SlackError> {
    let form = fields(&[("kind", kind.as_str()), ("channel", channel)]);
    run(&lab.ctx, &lab.signed_in(KEN).await, SetSlackRule {}, form).await
}

async fn test(lab: &Lab, kind: Kind) -> Result<(), SlackError> {
    let form = fields(&[("kind", kind.as_str())]);
    run(&lab.ctx, &lab.signed_in(KEN).await, TestSlackRule {}, form).await
}

/// Sends what is due, until nothing is.
async fn send(lab: &Lab) {
    let stop = CancellationToken::new();
    for _ in 0..20 {
        if let SendOutcome::Idle(_) = send_due(&lab.ctx, &stop).await.unwrap() {
            return;
        }
    }
    panic!("it never ends");
}

fn messages(house: &Mutex<StandIn>) -> Vec<(String, String)> {
    std::mem::take(&mut house.lock().unwrap().messages)
}

fn channels(house: &Mutex<StandIn>) -> Vec<String> {
    messages(house).into_iter().map(|(channel, _)| channel).collect()
}

/// How often something was to be posted. Channels may be listed at any time.
fn attempts(house: &Mutex<StandIn>) -> usize {
    requests_to(house, "chat.postMessage")
}

/// How often a token was checked.
fn checks(house: &Mutex<StandIn>) -> usize {
    requests_to(house, "auth.test")
}

fn requests_to(house: &Mutex<StandIn>, method: &str) -> usize {
    house.lock().unwrap().asked.iter().filter(|asked| *asked == method).count()
}

fn set_mood(house: &Mutex<StandIn>, mood: Mood) {
    house.lock().unwrap().mood = mood;
}

/// Bob blocks the laser.
async fn block(lab: &Lab) {
    problems::block(&lab.ctx, &lab.signed_in(KEN).await, LASER_ID, "The belt broke", true).await.unwrap();
}

/// Bob announces something to everybody, or to those who are qualified on a type.
async fn announce(lab: &Lab, title: &str, to: &str) {
    let form = fields(&[("title", title), ("text", "Come"), ("to", to), ("from", ""), ("until", "")]);
    run(&lab.ctx, &lab.signed_in(KEN).await, WriteAnnouncement {}, form).await.unwrap();
}

#[tokio::test]
async fn app_is_connected_by_administrators_and_its_secrets_are_shown_to_nobody() {
    let (lab, house) = unconnected().await;
    assert_eq!(view(&lab).await.workspace, None);
    let manager = lab.signed_in(KEN).await;
    let form = fields(&[("token", TOKEN), ("secret", SECRET)]);
    let refused = run(&lab.ctx, &manager, ConnectSlack {}, form).await;
    assert!(matches!(refused, Err(SlackError::Forbidden(Forbidden::NotAllowed))), "{refused:?}");
    assert!(matches!(connect(&lab, "xoxb-another-token").await, Err(SlackError::Token)));
    assert_eq!(lab.number("SELECT count(*) FROM slack_app").await, 0, "a refused token is not stored");
    connect(&lab, TOKEN).await.unwrap();
    let shown = view(&lab).await;
    assert_eq!(shown.workspace.as_ref().unwrap().name, "Talvera");
    assert!(!shown.may_connect, "a manager");
    let json = serde_json::to_string(&shown).unwrap();
    let audit = lab.text("SELECT group_concat(action || detail) FROM audit").await;
    assert!(audit.contains("slack.connected"), "{audit}");
    for secret in [TOKEN, SECRET, "xoxb"] {
        assert!(!json.contains(secret) && !audit.contains(secret), "{secret} in {json} or {audit}");
    }
    // Fields that are none are refused at the field, before Slack is asked.
    let before = checks(&house);
    let form = fields(&[("token", "xoxp-a-user"), ("secret", "?")]);
    let invalid = run(&lab.ctx, &lab.administrator().await, ConnectSlack {}, form).await.unwrap_err();
    let SlackError::Invalid(Faults(faults)) = invalid else { panic!("{invalid:?}") };
    assert_eq!(faults, [("token".into(), Fault::SlackToken), ("secret".into(), Fault::SlackSecret)]);
    assert_eq!(checks(&house), before);
}

#[tokio::test]
async fn connecting_fails_with_the_reason_that_slack_has() {
    let (lab, house) = unconnected().await;
    for (mood, expected) in [
        (Mood::Refusing("missing_scope"), "slack.scope"),
        (Mood::Refusing("account_inactive"), "slack.token"),
        (Mood::Busy(9), "slack.rate-limited"),
        (Mood::Down, "slack.no-answer"),
        (Mood::Captive, "slack.no-answer"),
        (Mood::Refusing("something_new"), "slack.refused"),
    ] {
        set_mood(&house, mood);
        let refused = connect(&lab, TOKEN).await.unwrap_err();
        let problem = services::error::ServiceError::problem(&refused, text::Lang::En);
        assert_eq!(problem.code, expected, "{mood:?}");
        assert!(problem.detail.ends_with('.') && !problem.detail.contains("xoxb"), "{}", problem.detail);
    }
    assert_eq!(lab.number("SELECT count(*) FROM slack_app").await, 0);
}

#[tokio::test]
async fn blocked_machine_is_posted_once_though_nobody_follows_it() {
    let (lab, house) = connected().await;
    route(&lab, Kind::MachineBlocked, "#Machines").await.unwrap();
    block(&lab).await;
    send(&lab).await;
    send(&lab).await;
    let posted = messages(&house);
    assert_eq!(posted.len(), 1, "{posted:?}");
    let (channel, text) = &posted[0];
    assert_eq!(channel, "#machines");
    assert_eq!(text, "*Laser is out of service*\n<https://attic.example/machines/1|Open>");
    assert_eq!(rule(&lab, Kind::MachineBlocked).await.sent, 1);
    assert_eq!(lab.number("SELECT count(*) FROM notice WHERE kind = 'machine.blocked'").await, 0);
}

#[tokio::test]
async fn message_is_in_the_language_of_the_space_and_typed_text_is_no_markup() {
    let (lab, house) = connected().await;
    set(&lab, "space.language", "it").await;
    lab.sql("UPDATE machine SET name = '<!channel> & <https://evil.example|Laser>' WHERE id = 1").await;
    let lab = lab.reopen().await;
    services::outgoing::arrange(&lab.ctx, Arc::new(Reaches(Arc::clone(&house))));
    route(&lab, Kind::MachineBlocked, "machines").await.unwrap();
    block(&lab).await;
    send(&lab).await;
    let text = &messages(&house)[0].1;
    assert_eq!(
        text, "*&lt;!channel&gt; &amp; &lt;https://evil.example|Laser&gt; è fuori servizio*",
        "no site, no link"
    );
}

#[tokio::test]
async fn removed_rule_leaves_its_count_to_no_other() {
    let (lab, _) = connected().await;
    route(&lab, Kind::Announced, "general").await.unwrap();
    announce(&lab, "Open day", "").await;
    send(&lab).await;
    assert_eq!(rule(&lab, Kind::Announced).await.sent, 1);
    route(&lab, Kind::Announced, "").await.unwrap();
    route(&lab, Kind::MachineBlocked, "general").await.unwrap();
    assert_eq!(rule(&lab, Kind::MachineBlocked).await.sent, 0);
}

#[tokio::test]
async fn announcement_for_some_members_is_not_posted() {
    let (lab, house) = connected().await;
    route(&lab, Kind::Announced, "general").await.unwrap();
    announce(&lab, "Laser course", "3").await;
    send(&lab).await;
    assert_eq!(messages(&house), []);
    announce(&lab, "Open day", "").await;
    send(&lab).await;
    let posted = messages(&house);
    assert!(posted.len() == 1 && posted[0].1.starts_with("*Open day*"), "{posted:?}");
}

#[tokio::test]
async fn notice_about_one_person_has_no_channel() {
    let (lab, _) = connected().await;
    for kind in [Kind::DuesLate, Kind::HoldPlaced, Kind::BookingRejected, Kind::SlackPaused] {
        assert!(matches!(route(&lab, kind, "general").await, Err(SlackError::NotPosted)), "{kind:?}");
    }
    let member = lab.signed_in(ADA).await;
    let form = fields(&[("kind", "machine.blocked"), ("channel", "general")]);
    let refused = run(&lab.ctx, &member, SetSlackRule {}, form).await;
    assert!(matches!(refused, Err(SlackError::Forbidden(_))), "{refused:?}");
    let bad = route(&lab, Kind::MachineBlocked, "two words").await.unwrap_err();
    let SlackError::Invalid(Faults(faults)) = bad else { panic!("{bad:?}") };
    assert_eq!(faults, [("channel".into(), Fault::SlackChannel)]);
}

#[tokio::test]
async fn archived_channel_holds_no_other_and_is_sent_once_it_is_replaced() {
    let (lab, house) = connected().await;
    route(&lab, Kind::MachineBlocked, "wood-team").await.unwrap();
    route(&lab, Kind::Announced, "general").await.unwrap();
    block(&lab).await;
    announce(&lab, "Open day", "").await;
    send(&lab).await;
    assert_eq!(channels(&house), ["#general"]);
    let failing = rule(&lab, Kind::MachineBlocked).await;
    assert_eq!((failing.trouble, failing.waiting, failing.sent), (Some(SlackTrouble::Archived), 1, 0));
    assert!(failing.failing_since.is_some() && rule(&lab, Kind::Announced).await.trouble.is_none());
    let mut conn = lab.raw().await;
    let state = connections(&lab.ctx, &mut conn, lab.now()).await.unwrap();
    assert_eq!((state[0].state, state[0].queued), (State::Partial, 1));
    assert_eq!(state[0].last_failure.unwrap().1, Trouble::Missing);
    // Tried again with pauses, not at once.
    let before = attempts(&house);
    send(&lab).await;
    assert_eq!(attempts(&house), before);
    assert!(matches!(test(&lab, Kind::MachineBlocked).await, Err(SlackError::Archived)));
    route(&lab, Kind::MachineBlocked, "machines").await.unwrap();
    send(&lab).await;
    assert_eq!(channels(&house), ["#machines"]);
    let well = rule(&lab, Kind::MachineBlocked).await;
    assert_eq!((well.trouble, well.waiting, well.sent), (None, 0, 1));
}

#[tokio::test]
async fn messages_of_a_channel_keep_their_order() {
    let (lab, house) = connected().await;
    route(&lab, Kind::MachineBlocked, "secret").await.unwrap();
    route(&lab, Kind::Announced, "secret").await.unwrap();
    announce(&lab, "First", "").await;
    announce(&lab, "Second", "").await;
    send(&lab).await;
    assert_eq!(channels(&house), [] as [&str; 0]);
    assert_eq!(attempts(&house), 1, "the second waits for the first");
    house.lock().unwrap().channels.insert("secret", None);
    lab.pass(MINUTE * 2);
    send(&lab).await;
    let texts: Vec<_> = messages(&house).into_iter().map(|(_, text)| text).collect();
    assert!(texts[0].contains("First") && texts[1].contains("Second"), "{texts:?}");
}

#[tokio::test]
async fn refused_token_pauses_everything_and_notifies_managers_once() {
    let (lab, house) = connected().await;
    route(&lab, Kind::MachineBlocked, "machines").await.unwrap();
    route(&lab, Kind::Announced, "general").await.unwrap();
    house.lock().unwrap().token = "revoked".into();
    block(&lab).await;
    announce(&lab, "Open day", "").await;
    send(&lab).await;
    lab.pass(HOUR);
    announce(&lab, "Another", "").await;
    send(&lab).await;
    assert!(attempts(&house) <= 2, "asked once by each channel at most");
    let paused = notices_of(&lab, KEN).await.into_iter().filter(|kind| *kind == Kind::SlackPaused).count();
    assert_eq!(paused, 1);
    let workspace = view(&lab).await.workspace.unwrap();
    assert_eq!((workspace.trouble, workspace.waiting), (Some(SlackTrouble::Token), 3));
    assert!(workspace.paused.is_some());
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'slack.paused'").await, 1);
    // A new token sends what waited.
    house.lock().unwrap().token = "xoxb-renewed-token".into();
    connect(&lab, "xoxb-renewed-token").await.unwrap();
    send(&lab).await;
    let mut sent = channels(&house);
    sent.sort();
    assert_eq!(sent, ["#general", "#general", "#machines"]);
    assert_eq!(view(&lab).await.workspace.unwrap().paused, None);
}

#[tokio::test]
async fn slack_that_asks_to_wait_is_left_alone_as_long() {
    let (lab, house) = connected().await;
    route(&lab, Kind::Announced, "general").await.unwrap();
    announce(&lab, "First", "").await;
    announce(&lab, "Second", "").await;
    set_mood(&house, Mood::Busy(90));
    send(&lab).await;
    assert_eq!(attempts(&house), 1, "nothing more is asked");
    set_mood(&house, Mood::Well);
    lab.pass(Duration::from_secs(80));
    send(&lab).await;
    assert_eq!(attempts(&house), 1);
    lab.pass(Duration::from_secs(11));
    send(&lab).await;
    assert_eq!(channels(&house), ["#general", "#general"]);
}

#[tokio::test]
async fn slack_that_is_down_gets_everything_once_it_is_back() {
    let (lab, house) = connected().await;
    route(&lab, Kind::Announced, "general").await.unwrap();
    announce(&lab, "First", "").await;
    set_mood(&house, Mood::Down);
    for _ in 0..4 {
        send(&lab).await;
        lab.pass(MINUTE * 20);
    }
    set_mood(&house, Mood::Well);
    lab.pass(HOUR);
    send(&lab).await;
    assert_eq!(channels(&house), ["#general"]);
    // A message that waited for a day is no news.
    announce(&lab, "Second", "").await;
    set_mood(&house, Mood::Down);
    send(&lab).await;
    lab.pass(DAY);
    set_mood(&house, Mood::Well);
    send(&lab).await;
    assert_eq!(channels(&house), [] as [&str; 0]);
    assert_eq!(lab.number("SELECT count(*) FROM delivery WHERE reason = 'expired'").await, 1);
}

#[tokio::test]
async fn disconnecting_forgets_secrets_and_drops_waiting_messages() {
    let (lab, house) = connected().await;
    lab.sql("INSERT INTO slack_link (person_id, slack_user, name, linked_at) VALUES (1, 'U0ADA', 'ada', 0)").await;
    route(&lab, Kind::Announced, "general").await.unwrap();
    announce(&lab, "Open day", "").await;
    run(&lab.ctx, &lab.administrator().await, DisconnectSlack {}, Fields::default()).await.unwrap();
    send(&lab).await;
    assert_eq!(messages(&house), []);
    let rest = "SELECT (SELECT count(*) FROM slack_app) + (SELECT count(*) FROM slack_link)
                     + (SELECT count(*) FROM delivery WHERE channel = 'slack' AND settled_at IS NULL)";
    assert_eq!(lab.number(rest).await, 0);
    assert_eq!(rule(&lab, Kind::Announced).await.channel.as_deref(), Some("general"), "for the next app");
    // What happens meanwhile is not queued for the next app either.
    announce(&lab, "Another", "").await;
    connect(&lab, TOKEN).await.unwrap();
    send(&lab).await;
    assert_eq!(messages(&house), []);
    let again = run(&lab.ctx, &lab.administrator().await, DisconnectSlack {}, Fields::default()).await;
    assert!(again.is_ok());
}

/// Links Ada's account, and switches a kind on in Slack.
async fn linked(lab: &Lab, kind: Option<Kind>) -> Actor {
    lab.sql("INSERT INTO slack_link (person_id, slack_user, name, linked_at) VALUES (1, 'U0ADA', 'ada', 0)").await;
    let ada = lab.signed_in(ADA).await;
    let kinds = kind
        .map(|kind| KindFilter { kind, app: true, mail: true, slack: Some(true), push: None })
        .into_iter()
        .collect();
    choose(&lab.ctx, &ada, NoticeSettingsBody { kinds, times: None }).await.unwrap();
    ada
}

#[tokio::test]
async fn person_gets_direct_messages_of_the_kinds_that_they_switched_on() {
    let (lab, house) = connected().await;
    let ada = linked(&lab, Some(Kind::Announced)).await;
    lab.sql("INSERT INTO follow (person_id, machine_id, since) VALUES (1, 1, 0)").await;
    block(&lab).await;
    announce(&lab, "Open day", "").await;
    send(&lab).await;
    let sent = messages(&house);
    assert_eq!(sent.len(), 1, "the block is not switched on: {sent:?}");
    assert!(sent[0].0.starts_with("D0") && sent[0].1.starts_with("*Open day*"), "{sent:?}");
    assert_eq!(
        lab.number("SELECT count(*) FROM delivery WHERE channel = 'slack' AND reason = 'switched-off'").await,
        1
    );
    // After they unlinked it, nothing is sent.
    announce(&lab, "Another", "").await;
    run(&lab.ctx, &ada, UnlinkSlack {}, Fields::default()).await.unwrap();
    send(&lab).await;
    assert_eq!(messages(&house), []);
    assert!(matches!(run(&lab.ctx, &ada, UnlinkSlack {}, Fields::default()).await, Err(SlackError::Unlinked)));
}

#[tokio::test]
async fn linked_helper_gets_requests_for_help_unless_switched_off() {
    let (lab, house) = connected().await;
    lab.grant(ADA, 3, "owner").await;
    let ada = linked(&lab, None).await;
    let ask = async |person| {
        let asks = AskForHelp { machine: LASER_ID };
        run(&lab.ctx, &lab.signed_in(person).await, asks, Fields::default()).await.unwrap();
        send(&lab).await;
    };
    ask(2).await;
    let sent = messages(&house);
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(sent[0].0.starts_with("D0") && sent[0].1.contains("needs help at Laser"), "{sent:?}");
    let off = KindFilter { kind: Kind::HelpAsked, app: true, mail: false, slack: Some(false), push: None };
    let settings = choose(&lab.ctx, &ada, NoticeSettingsBody { kinds: vec![off], times: None }).await.unwrap();
    let slack = |kind| settings.kinds.iter().find(|one| one.kind == kind).unwrap().slack;
    assert_eq!((slack(Kind::HelpAsked), slack(Kind::HelpAnswered)), (Some(false), Some(true)));
    lab.pass(OPEN_FOR);
    ask(2).await;
    assert_eq!(messages(&house), []);
}

#[tokio::test]
async fn account_that_left_slack_holds_nobody_else() {
    let (lab, house) = connected().await;
    linked(&lab, Some(Kind::Announced)).await;
    lab.sql("UPDATE slack_link SET slack_user = 'U0GONE'").await;
    route(&lab, Kind::Announced, "general").await.unwrap();
    announce(&lab, "Open day", "").await;
    send(&lab).await;
    assert_eq!(channels(&house), ["#general"]);
    assert_eq!(lab.number("SELECT count(*) FROM delivery WHERE channel = 'slack' AND state = 'failed'").await, 1);
    assert_eq!(view(&lab).await.workspace.unwrap().paused, None);
}

#[tokio::test]
async fn test_message_reports_each_refusal_and_clears_it() {
    let (lab, house) = connected().await;
    assert!(matches!(test(&lab, Kind::MachineBlocked).await, Err(SlackError::NoChannel)));
    for (channel, code) in
        [("wood-team", "slack.archived"), ("secret", "slack.not-in-channel"), ("nowhere", "slack.channel")]
    {
        route(&lab, Kind::MachineBlocked, channel).await.unwrap();
        let refused = test(&lab, Kind::MachineBlocked).await.unwrap_err();
        let problem = services::error::ServiceError::problem(&refused, text::Lang::En);
        assert_eq!(problem.code, code);
        assert!(rule(&lab, Kind::MachineBlocked).await.trouble.is_some(), "{channel}");
    }
    route(&lab, Kind::MachineBlocked, "machines").await.unwrap();
    test(&lab, Kind::MachineBlocked).await.unwrap();
    assert_eq!(rule(&lab, Kind::MachineBlocked).await.trouble, None);
    let sent = messages(&house);
    assert!(sent[0].1.starts_with("Test: notices"), "{sent:?}");
}

#[tokio::test]
async fn killed_process_sends_its_last_message_again() {
    let (lab, house) = connected().await;
    route(&lab, Kind::Announced, "general").await.unwrap();
    announce(&lab, "Open day", "").await;
    // As a process leaves it that is killed between the attempt and its result.
    lab.sql("UPDATE delivery SET attempts = 1, due_at = due_at + 3600000 WHERE channel = 'slack'").await;
    let lab = lab.reopen().await;
    services::outgoing::arrange(&lab.ctx, Arc::new(Reaches(Arc::clone(&house))));
    let stop = CancellationToken::new();
    let running = tokio::spawn(services::slack::run(lab.ctx.clone(), stop.clone()));
    for _ in 0..2_000 {
        if lab.number("SELECT count(*) FROM delivery WHERE state = 'sent' AND channel = 'slack'").await == 1 {
            break;
        }
        tokio::task::yield_now().await;
    }
    stop.cancel();
    running.await.unwrap();
    assert_eq!(channels(&house), ["#general"]);
}
