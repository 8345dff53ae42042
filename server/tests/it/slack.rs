//! Slack over HTTP: a stand-in that the server posts to, and signed commands that it takes.

use crate::{
    lab::{
        Lab, SOON,
        operations::{fields, run},
    },
    serving::status,
};
use contract::slack::{ConnectSlack, SetSlackRule, TestSlackRule};
use domain::actor::Actor;
use server::config::{Config, Options};
use services::slack::SlackError;
use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

#[path = "../../../crates/services/tests/it/slack/stand_in.rs"]
mod stand_in;

use stand_in::{Mood, SECRET, StandIn, TOKEN, command, signature};

type House = Arc<Mutex<StandIn>>;

/// Serves the stand-in; returns its address.
async fn serve(house: House) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let house = Arc::clone(&house);
            tokio::spawn(async move {
                let (head, body) = request(&mut stream).await;
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                let authorization = header(&head, "authorization");
                let (status, headers, answer) = house.lock().unwrap().answer(&path, &authorization, &body);
                let headers =
                    headers.iter().fold(String::new(), |all, (name, value)| all + name + ": " + value + "\r\n");
                let answer = format!(
                    "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                    answer.len()
                );
                drop(stream.write_all(answer.as_bytes()).await);
            });
        }
    });
    address
}

fn header(head: &str, name: &str) -> String {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let mut found = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned());
    found.next().unwrap_or_default()
}

async fn request(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut body = vec![0; header(&head, "content-length").parse().unwrap_or(0)];
    drop(stream.read_exact(&mut body).await);
    (head, body)
}

/// A server whose Slack is the stand-in, and Bob, who manages.
async fn open() -> (Lab, House) {
    let house: House = Arc::default();
    let api = serve(Arc::clone(&house)).await;
    let lab = Lab::with(Options {
        slack_api: Some(api),
        allow_host: Some(vec!["127.0.0.1".into()]),
        public_url: Some("https://attic.example".into()),
        ..Options::default()
    })
    .await;
    (lab, house)
}

async fn connect(lab: &Lab, token: &str) -> Result<(), SlackError> {
    let form = fields(&[("token", token), ("secret", SECRET)]);
    run(&lab.running().ctx, &Actor::TOOLGATE, ConnectSlack {}, form).await
}

async fn connected() -> (Lab, House) {
    let (lab, house) = open().await;
    connect(&lab, TOKEN).await.unwrap();
    (lab, house)
}

/// Posts a command; returns the status and the body of the answer.
async fn post(lab: &Lab, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(lab.running().http).await.unwrap();
    let headers = headers.iter().fold(String::new(), |all, (name, value)| all + name + ": " + value + "\r\n");
    let head = format!(
        "POST /hooks/slack/commands HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // Of a body that is too large the rest is not read.
    drop(stream.write_all(body.as_bytes()).await);
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    (status(&answer), body)
}

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn now(lab: &Lab) -> String {
    (lab.running().ctx.moment_now().at.0 / 1_000).to_string()
}

async fn ask(lab: &Lab, at: &str, body: &str) -> (u16, String) {
    let signature = signature(SECRET, at, body);
    post(lab, &[FORM, ("X-Slack-Request-Timestamp", at), ("X-Slack-Signature", &signature)], body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn notice_reaches_the_channel_over_http() {
    let (lab, house) = connected().await;
    let ctx = &lab.running().ctx;
    let rule = fields(&[("kind", "machine.blocked"), ("channel", "machines")]);
    run(ctx, &Actor::TOOLGATE, SetSlackRule {}, rule).await.unwrap();
    services::problems::block(ctx, &Actor::TOOLGATE, domain::id::MachineId(1), "Belt", true).await.unwrap();
    let sent = "SELECT count(*) FROM delivery WHERE channel = 'slack' AND state = 'sent'";
    let waiting = async { while lab.number(sent).await < 1 {} };
    tokio::time::timeout(SOON, waiting).await.unwrap();
    let messages = house.lock().unwrap().messages.clone();
    assert_eq!(
        messages,
        [(
            "#machines".to_owned(),
            "*Laser is out of service*\n<https://attic.example/machines/1|Open>".to_owned()
        )]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_slack_are_notified_apart() {
    let (lab, house) = open().await;
    assert!(matches!(connect(&lab, "xoxb-wrong-token").await, Err(SlackError::Token)));
    house.lock().unwrap().mood = Mood::Captive;
    assert!(matches!(connect(&lab, TOKEN).await, Err(SlackError::NoAnswer)));
    house.lock().unwrap().mood = Mood::Well;
    connect(&lab, TOKEN).await.unwrap();
    let ctx = &lab.running().ctx;
    let test = async || run(ctx, &Actor::TOOLGATE, TestSlackRule {}, fields(&[("kind", "machine.blocked")])).await;
    for (channel, is_expected) in [
        ("nowhere", (|error| matches!(error, SlackError::Channel)) as fn(&SlackError) -> bool),
        ("secret", |error| matches!(error, SlackError::NotInChannel)),
        ("wood-team", |error| matches!(error, SlackError::Archived)),
    ] {
        let rule = fields(&[("kind", "machine.blocked"), ("channel", channel)]);
        run(ctx, &Actor::TOOLGATE, SetSlackRule {}, rule).await.unwrap();
        let refused = test().await.unwrap_err();
        assert!(is_expected(&refused), "{channel}: {refused:?}");
    }
    house.lock().unwrap().mood = Mood::Busy(30);
    assert!(matches!(test().await, Err(SlackError::RateLimited)));
}

#[tokio::test(flavor = "multi_thread")]
async fn command_is_answered_in_slack() {
    let (lab, _) = connected().await;
    let (status, answer) = ask(&lab, &now(&lab), &command("U0NORA", "help")).await;
    assert!(status == 200 && answer.contains("/tool free") && answer.contains("ephemeral"), "{status} {answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn unsigned_old_repeated_and_odd_commands_are_refused() {
    let (lab, _) = connected().await;
    let (at, body) = (now(&lab), command("U0NORA", "free"));
    let good = signature(SECRET, &at, &body);
    let signed = [FORM, ("X-Slack-Request-Timestamp", at.as_str()), ("X-Slack-Signature", good.as_str())];
    assert_eq!(post(&lab, &[FORM], &body).await, (401, String::new()), "no headers");
    assert_eq!(post(&lab, &signed[..2], &body).await.0, 401, "no signature");
    assert_eq!(post(&lab, &signed, &format!("{body}&x=1")).await.0, 401, "another body");
    let old = (at.parse::<i64>().unwrap() - 400).to_string();
    assert_eq!(ask(&lab, &old, &body).await.0, 401, "too old");
    let json = [("Content-Type", "application/json"), signed[1], signed[2]];
    assert_eq!(post(&lab, &json, &body).await.0, 415, "another type");
    assert_eq!(post(&lab, &signed, &body).await.0, 200);
    assert_eq!(post(&lab, &signed, &body).await.0, 401, "a replay");
    assert_eq!(ask(&lab, &at, "no=command").await.0, 400);
    let large = format!("{body}&pad={}", "x".repeat(100 * 1024));
    assert_eq!(ask(&lab, &at, &large).await.0, 413);
    assert_eq!(lab.number("SELECT coalesce(sum(uses), 0) FROM slack_command").await, 1, "one was answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn certificate_check_of_slack_is_answered_200_and_changes_nothing() {
    let (lab, _) = connected().await;
    assert_eq!(post(&lab, &[FORM], "token=gIkuvaNzQIHg97ATvDxqgjtO&ssl_check=1").await, (200, String::new()));
    assert_eq!(post(&lab, &[FORM], "token=gIkuvaNzQIHg97ATvDxqgjtO&ssl_check=0").await.0, 401);
    assert_eq!(lab.number("SELECT coalesce(sum(uses), 0) FROM slack_command").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn server_without_slack_takes_no_commands() {
    let (lab, _) = open().await;
    assert_eq!(ask(&lab, &now(&lab), &command("U0NORA", "free")).await, (404, String::new()));
}

#[test]
fn address_of_slack_is_https_or_on_this_machine() {
    let load = |api: &str| {
        let options = Options { data: Some("/nowhere".into()), slack_api: Some(api.into()), ..Options::default() };
        Config::load(options).map(|config| config.slack_api)
    };
    assert_eq!(load("https://slack.example/").unwrap(), "https://slack.example");
    assert_eq!(load("http://127.0.0.1:9").unwrap(), "http://127.0.0.1:9");
    for wrong in ["http://slack.com", "http://10.0.0.1", "slack.com", "ftp://127.0.0.1"] {
        assert!(load(wrong).is_err(), "{wrong}");
    }
}
