//! Commands in Slack: signed, answered once, and showing no more than the pages; and links between people and accounts.

use super::{
    connected,
    stand_in::{SECRET, command, signature},
    unconnected,
};
use crate::lab::{
    LASER, LATHE, Lab, ada,
    bookings::set,
    operations::{fields, run},
};
use contract::{
    doors::ReadPresence,
    form::Fields,
    slack::{LinkSlack, ReadSlackAccount, SlackAccount},
};
use domain::{
    actor::{Actor, Channel},
    time::MINUTE,
};
use services::{
    boards, machines,
    slack::{CommandOutcome, Signed, SlackError, receive},
};
use std::time::Duration;

fn timestamp(lab: &Lab) -> String {
    (lab.now().0 / 1_000).to_string()
}

async fn sent(lab: &Lab, timestamp: &str, signature: &str, body: &str) -> CommandOutcome {
    receive(&lab.ctx, Signed { timestamp, signature }, body.as_bytes()).await.unwrap()
}

/// Both machines have been heard of, and settings are read again.
async fn reopened(lab: Lab) -> Lab {
    for board in [LASER, LATHE] {
        boards::heard(&lab.ctx, board);
    }
    let lab = lab.reopen().await;
    super::reach(&lab);
    lab
}

/// The answer to a command, a second after the last one.
async fn asks(lab: &Lab, user: &str, text: &str) -> String {
    lab.pass(Duration::from_secs(1));
    let (timestamp, body) = (timestamp(lab), command(user, text));
    match sent(lab, &timestamp, &signature(SECRET, &timestamp, &body), &body).await {
        CommandOutcome::Answered(answer) => {
            let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
            assert_eq!(answer["response_type"], "ephemeral", "only the asker sees it");
            answer["text"].as_str().unwrap().to_owned()
        }
        other => panic!("{other:?}"),
    }
}

/// Links the account of `person` as two steps do: asked for in Slack, confirmed on the page.
async fn link(lab: &Lab, person: i64, user: &str) -> Result<(), SlackError> {
    let token = offered(lab, user).await;
    run(&lab.ctx, &lab.signed_in(person).await, LinkSlack {}, fields(&[("link", &token)])).await
}

/// The token of the link that Slack shows.
async fn offered(lab: &Lab, user: &str) -> String {
    let answer = asks(lab, user, "link").await;
    let token = answer.split("?link=").nth(1).and_then(|rest| rest.split('|').next());
    assert!(answer.starts_with("<https://attic.example/me/slack?link="), "{answer}");
    token.unwrap().to_owned()
}

async fn account(lab: &Lab, person: i64, token: &str) -> SlackAccount {
    run(&lab.ctx, &lab.signed_in(person).await, ReadSlackAccount {}, fields(&[("link", token)])).await.unwrap()
}

#[tokio::test]
async fn command_is_answered_once_and_only_with_a_valid_signature_of_now() {
    let (lab, _) = connected().await;
    let (now, body) = (timestamp(&lab), command("U0NORA", "free"));
    let good = signature(SECRET, &now, &body);
    assert_eq!(sent(&lab, &now, "", &body).await, CommandOutcome::Refused);
    assert_eq!(sent(&lab, "", &good, &body).await, CommandOutcome::Refused);
    assert_eq!(
        sent(&lab, &now, &signature("another-secret-0123", &now, &body), &body).await,
        CommandOutcome::Refused
    );
    assert_eq!(sent(&lab, &now, &good, &format!("{body}&text=who")).await, CommandOutcome::Refused);
    let old = (lab.now().0 / 1_000 - 301).to_string();
    assert_eq!(sent(&lab, &old, &signature(SECRET, &old, &body), &body).await, CommandOutcome::Refused);
    assert!(matches!(sent(&lab, &now, &good, &body).await, CommandOutcome::Answered(_)));
    for _ in 0..2 {
        assert_eq!(sent(&lab, &now, &good, &body).await, CommandOutcome::Refused, "a replay");
        lab.pass(MINUTE * 2);
    }
    // The same words in upper-case digits of the same sum are the same command.
    let (now, body) = (timestamp(&lab), command("U0NORA", "who"));
    let good = signature(SECRET, &now, &body);
    assert!(matches!(sent(&lab, &now, &good, &body).await, CommandOutcome::Answered(_)));
    let upper = format!("v0={}", good[3..].to_uppercase());
    assert_eq!(sent(&lab, &now, &upper, &body).await, CommandOutcome::Refused);
    // A replay after a restart is one as well.
    let lab = lab.reopen().await;
    assert_eq!(sent(&lab, &now, &good, &body).await, CommandOutcome::Refused);
    lab.pass(MINUTE * 20);
    asks(&lab, "U0NORA", "free").await;
    assert_eq!(lab.number("SELECT count(*) FROM slack_request").await, 1, "old ones are forgotten");
}

#[tokio::test]
async fn command_of_another_workspace_or_without_its_fields_is_refused() {
    let (lab, _) = connected().await;
    let now = timestamp(&lab);
    let other = command("U0NORA", "free").replace("T0TALVERA", "T0OTHER");
    assert_eq!(sent(&lab, &now, &signature(SECRET, &now, &other), &other).await, CommandOutcome::Refused);
    for odd in ["", "team_id=T0TALVERA", "user_id=&team_id=T0TALVERA", "%%%=%ff&user_id=U%00", "{\"json\":1}"] {
        assert_eq!(
            sent(&lab, &now, &signature(SECRET, &now, odd), odd).await,
            CommandOutcome::Unreadable,
            "{odd}"
        );
    }
    let (none, _) = unconnected().await;
    let body = command("U0NORA", "free");
    assert_eq!(sent(&none, &now, &signature(SECRET, &now, &body), &body).await, CommandOutcome::NotSetUp);
}

#[tokio::test]
async fn unlinked_account_sees_as_much_as_the_public() {
    let (lab, _) = connected().await;
    set(&lab, "people.shown", "name").await;
    set(&lab, "space.public-status", "yes").await;
    let lab = reopened(lab).await;
    lab.starts(LASER, &ada()).await;
    let answer = asks(&lab, "U0STRANGER", "laser").await;
    assert_eq!(answer, "*<https://attic.example/machines/1|Laser>:* in use", "neither a name nor a decision");
    let free = asks(&lab, "U0STRANGER", "free").await;
    assert!(free.contains("Lathe") && !free.contains("Laser") && !free.contains("can use"), "{free}");
    let who = asks(&lab, "U0STRANGER", "who").await;
    assert!(who.starts_with("Only members see this."), "the number is not published: {who}");
    set(&lab, "space.public-people", "yes").await;
    let lab = lab.reopen().await;
    super::reach(&lab);
    let who = asks(&lab, "U0STRANGER", "who").await;
    assert!(who.starts_with("1 person is in.") && !who.contains("Ada"), "{who}");
    set(&lab, "space.public-status", "no").await;
    let lab = lab.reopen().await;
    super::reach(&lab);
    for text in ["free", "laser", "who"] {
        let answer = asks(&lab, "U0STRANGER", text).await;
        assert!(answer.starts_with("Only members see this."), "{text}: {answer}");
    }
    assert!(asks(&lab, "U0STRANGER", "help").await.contains("`/tool link`"));
}

#[tokio::test]
async fn linked_person_reads_the_decision_that_the_page_shows() {
    let (lab, _) = connected().await;
    let lab = reopened(lab).await;
    link(&lab, 1, "U0ADA").await.unwrap();
    link(&lab, 2, "U0BOB").await.unwrap();
    for (person, user) in [(1, "U0ADA"), (2, "U0BOB")] {
        let actor = lab.signed_in(person).await;
        let floor = machines::floor(&lab.ctx, &Actor { channel: Channel::Api, ..actor }).await.unwrap();
        for machine in floor.places.iter().flat_map(|place| &place.machines) {
            let answer = asks(&lab, user, &machine.name).await;
            assert_eq!(answer.contains("you can use it now"), machine.usable && machine.is_free(), "{answer}");
        }
    }
    assert!(asks(&lab, "U0ADA", "LASER").await.contains("you can use it now"));
    assert!(asks(&lab, "U0BOB", "laser").await.contains("missing"), "what he lacks");
    lab.starts(LASER, &ada()).await;
    assert!(asks(&lab, "U0ADA", "laser").await.contains("in use by you"));
    assert!(!asks(&lab, "U0ADA", "free").await.contains("Laser"));
    assert_eq!(
        asks(&lab, "U0ADA", "<!channel>").await,
        "No machine is called “&lt;!channel&gt;”. Try /tool free."
    );
}

#[tokio::test]
async fn names_of_those_inside_are_shown_as_on_the_page() {
    let (lab, _) = connected().await;
    link(&lab, 1, "U0ADA").await.unwrap();
    link(&lab, 2, "U0BOB").await.unwrap();
    lab.sql(
        "INSERT INTO visit (person_id, entered_at, last_at, guests) VALUES (1, 1799999000000, 1799999000000, 2)",
    )
    .await;
    for (person, user) in [(1, "U0ADA"), (2, "U0BOB")] {
        let actor = lab.signed_in(person).await;
        let page = run(&lab.ctx, &actor, ReadPresence {}, Fields::default()).await.unwrap();
        let names = page.visits.unwrap_or_default();
        let answer = asks(&lab, user, "who").await;
        assert!(answer.starts_with("1 person is in. 2 guests are with them."), "{answer}");
        assert_eq!(answer.contains("Ada"), names.iter().any(|visit| visit.name.is_some()), "{user}: {answer}");
    }
}

#[tokio::test]
async fn suspended_and_former_members_see_no_more_than_the_public() {
    let (lab, _) = connected().await;
    set(&lab, "space.public-status", "no").await;
    let lab = lab.reopen().await;
    super::reach(&lab);
    link(&lab, 1, "U0ADA").await.unwrap();
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 1").await;
    assert_eq!(asks(&lab, "U0ADA", "laser").await, "You can’t see this.");
    lab.sql("UPDATE person SET status = 'left' WHERE id = 1").await;
    assert!(asks(&lab, "U0ADA", "laser").await.starts_with("Only members see this."));
}

#[tokio::test]
async fn manager_without_a_second_factor_is_a_member_in_slack() {
    let (lab, _) = connected().await;
    set(&lab, "accounts.second-factor", "yes").await;
    let lab = lab.reopen().await;
    super::reach(&lab);
    link(&lab, 2, "U0BOB").await.unwrap();
    lab.sql(
        "INSERT INTO visit (person_id, entered_at, last_at, guests) VALUES (1, 1799999000000, 1799999000000, 0)",
    )
    .await;
    assert!(!asks(&lab, "U0BOB", "who").await.contains("Ada"), "his role asks for a second factor");
}

#[tokio::test]
async fn account_is_linked_once_by_the_link_that_slack_showed() {
    let (lab, _) = connected().await;
    let token = offered(&lab, "U0NORA").await;
    let shown = account(&lab, 1, &token).await;
    assert_eq!((shown.offered.as_deref(), shown.linked, shown.is_over), (Some("nora.k"), None, false));
    assert_eq!(lab.number("SELECT count(*) FROM slack_link").await, 0, "opening the page links nothing");
    let form = || fields(&[("link", &token)]);
    run(&lab.ctx, &lab.signed_in(1).await, LinkSlack {}, form()).await.unwrap();
    assert_eq!(account(&lab, 1, "").await.linked.unwrap().0, "nora.k");
    let again = run(&lab.ctx, &lab.signed_in(2).await, LinkSlack {}, form()).await;
    assert!(matches!(again, Err(SlackError::OfferOver)), "{again:?}");
    assert!(account(&lab, 2, &token).await.is_over);
    assert!(asks(&lab, "U0NORA", "link").await.contains("You are linked to Ada"));
    assert_eq!(
        lab.text("SELECT group_concat(action) FROM audit WHERE action LIKE 'slack.linked'").await,
        "slack.linked"
    );
    // Neither the token nor the account is in the log.
    let audit = lab.text("SELECT group_concat(detail) FROM audit").await;
    assert!(!audit.contains("U0NORA") && !audit.contains(&token), "{audit}");
}

#[tokio::test]
async fn old_forged_and_replaced_links_link_nothing() {
    let (lab, _) = connected().await;
    let ada = lab.signed_in(1).await;
    let replaced = offered(&lab, "U0NORA").await;
    let token = offered(&lab, "U0NORA").await;
    for wrong in [replaced.as_str(), "", "x", &"A".repeat(43), &"A".repeat(100_000)] {
        let refused = run(&lab.ctx, &ada, LinkSlack {}, fields(&[("link", wrong)])).await;
        assert!(matches!(refused, Err(SlackError::OfferOver)), "{refused:?}");
    }
    lab.pass(MINUTE * 10);
    let refused = run(&lab.ctx, &ada, LinkSlack {}, fields(&[("link", &token)])).await;
    assert!(matches!(refused, Err(SlackError::OfferOver)), "{refused:?}");
    // A program does not link the account of its owner.
    let token = offered(&lab, "U0NORA").await;
    let mut program = ada.clone();
    if let domain::actor::Who::Person(known) = &mut program.who {
        known.session = domain::id::SessionId(0);
    }
    let refused = run(&lab.ctx, &program, LinkSlack {}, fields(&[("link", &token)])).await;
    assert!(matches!(refused, Err(SlackError::Forbidden(_))), "{refused:?}");
}

#[tokio::test]
async fn account_of_another_person_is_not_taken() {
    let (lab, _) = connected().await;
    let first = offered(&lab, "U0NORA").await;
    run(&lab.ctx, &lab.signed_in(1).await, LinkSlack {}, fields(&[("link", &first)])).await.unwrap();
    // An offer that was made before.
    lab.sql(
        "INSERT INTO slack_link_offer (hash, slack_user, name, expires_at)
             SELECT hash, 'U0NORA', 'nora.k', 9e15 FROM (SELECT x'66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925' AS hash)",
    )
    .await;
    // The hash of 32 zero bytes.
    let refused = run(&lab.ctx, &lab.signed_in(2).await, LinkSlack {}, fields(&[("link", &"A".repeat(43))])).await;
    assert!(matches!(refused, Err(SlackError::AccountTaken)), "{refused:?}");
}
