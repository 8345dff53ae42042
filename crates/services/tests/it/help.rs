//! Help at a machine: who is notified, who sees a request, and how it ends.

use crate::lab::{
    LASER_ID, LATHE, Lab, bob,
    operations::{fields, run},
};
use contract::{
    form::{Fault, Fields},
    help::{AnswerHelp, AskForHelp, HelpRequestView, ListHelpAtMachine, ListHelpRequests, ResolveHelp},
    notices::Which,
};
use domain::{
    actor::Actor,
    help::{HelpState, OPEN_FOR, TEXT},
    id::{HelpId, MachineId},
    inbox::Matter,
    jobs::Job,
    notices::Kind,
    time::{DAY, MINUTE},
};
use services::{
    help::HelpError,
    inbox::{self, InboxError},
    jobs, notices, retention,
};
use text::Lang;

/// Bob trains on lasers, Dan owns them, Ken manages; Ada and Cleo are members.
async fn workshop() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0), (5, 'active', 0), (6, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (4, 'Dan'), (5, 'Ken'), (6, 'Cleo');
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 4, 'access.mode', 'open')",
    )
    .await;
    for person in [4, 5, 6] {
        lab.grant(person, 1, "user").await;
    }
    lab.grant(2, 3, "trainer").await;
    lab.grant(4, 3, "owner").await;
    lab.grant(5, 1, "owner").await;
    lab
}

async fn ask(lab: &Lab, who: &Actor, text: &str) -> Result<HelpRequestView, HelpError> {
    run(&lab.ctx, who, AskForHelp { machine: LASER_ID }, fields(&[("text", text)])).await
}

async fn answer(lab: &Lab, who: &Actor, id: HelpId, text: &str) -> Result<HelpRequestView, HelpError> {
    run(&lab.ctx, who, AnswerHelp { id }, fields(&[("text", text)])).await
}

async fn resolve(lab: &Lab, who: &Actor, id: HelpId) -> Result<HelpRequestView, HelpError> {
    run(&lab.ctx, who, ResolveHelp { id }, Fields::default()).await
}

async fn seen_by(lab: &Lab, person: i64) -> Vec<HelpRequestView> {
    let actor = lab.signed_in(person).await;
    let here = run(&lab.ctx, &actor, ListHelpAtMachine { machine: LASER_ID }, Fields::default()).await.unwrap();
    let all = run(&lab.ctx, &actor, ListHelpRequests {}, Fields::default()).await.unwrap();
    assert_eq!(here.requests, all.requests, "it is the only machine with requests");
    assert_eq!(here.may_ask, !here.requests.iter().any(|request| request.mine));
    here.requests
}

/// Who has a notice about help, and of which kind.
async fn notified(lab: &Lab) -> String {
    lab.text(
        "SELECT coalesce(group_concat(person_id || ' ' || kind, ', '), '') FROM
                (SELECT person_id, kind FROM notice WHERE kind LIKE 'help.%' ORDER BY id)",
    )
    .await
}

/// What the newest notice of a person says to do.
async fn next_step(lab: &Lab, person: i64) -> String {
    let theirs = notices::list(&lab.ctx, &lab.signed_in(person).await, Which::Unread, None).await.unwrap();
    let text = Lang::En.notice(theirs.notices[0].told.as_ref().unwrap(), theirs.now);
    assert_eq!(text.title, "Ada needs help at Laser");
    text.next
}

#[tokio::test]
async fn trainer_at_another_machine_is_notified_before_absent_owner() {
    let lab = workshop().await;
    lab.starts(LATHE, &bob()).await;
    let asked = ask(&lab, &lab.signed_in(1).await, " The head stops ").await.unwrap();
    assert_eq!((asked.inside, asked.notified, asked.state), (true, 1, HelpState::Open));
    assert_eq!((asked.text.as_deref(), asked.mine, asked.may_answer), (Some("The head stops"), true, false));
    assert_eq!(notified(&lab).await, "2 help.asked");
    let theirs = notices::list(&lab.ctx, &lab.signed_in(2).await, Which::Unread, None).await.unwrap();
    let view = theirs.notices[0].told.as_ref().unwrap();
    let text = Lang::En.notice(view, theirs.now);
    assert_eq!(text.title, "Ada needs help at Laser");
    assert_eq!(text.next, "Go there if you can, or answer on the machine’s page. Note: “The head stops”");
    assert_eq!(view.notice.link(), "/machines/1/help");
    assert_eq!(view.notice.kind(), Kind::HelpAsked);
}

#[tokio::test]
async fn owners_are_notified_when_no_helper_is_in() {
    let lab = workshop().await;
    let asked = ask(&lab, &lab.signed_in(1).await, "").await.unwrap();
    assert_eq!((asked.inside, asked.notified, asked.text.as_deref()), (false, 1, None));
    assert_eq!(notified(&lab).await, "4 help.asked", "at once");
    assert_eq!(next_step(&lab, 4).await, "No trainer or owner is there. You can answer on the machine’s page.");
    assert_eq!(
        Lang::En.help_state(&asked),
        "No trainer or owner is here. 1 person got a notice and may answer from elsewhere."
    );
    assert_eq!(lab.text("SELECT group_concat(action) FROM audit").await, "help.asked");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%Ada%'").await, 0);
}

#[tokio::test]
async fn visitor_checked_in_at_door_counts_as_inside() {
    let lab = workshop().await;
    lab.sql("INSERT INTO visit (person_id, entered_at, last_at) VALUES (4, 0, 0), (2, 0, 0), (5, 0, 0)").await;
    let asked = ask(&lab, &lab.signed_in(1).await, "").await.unwrap();
    assert_eq!((asked.inside, asked.notified), (true, 2));
    assert_eq!(notified(&lab).await, "2 help.asked, 4 help.asked", "the manager does not look after it");
}

#[tokio::test]
async fn answer_reaches_the_person_who_asked_and_second_helper_learns_who_was_first() {
    let lab = workshop().await;
    let (ada, bob, dan) = (lab.signed_in(1).await, lab.signed_in(2).await, lab.signed_in(4).await);
    let id = ask(&lab, &ada, "").await.unwrap().id;
    assert!(matches!(answer(&lab, &ada, id, "").await, Err(HelpError::Own | HelpError::Unknown)));
    lab.pass(MINUTE);
    let answered = answer(&lab, &bob, id, "Five minutes").await.unwrap();
    assert_eq!((answered.state, answered.helper.as_deref()), (HelpState::Answered, Some("Bob")));
    assert_eq!(notified(&lab).await, "4 help.asked, 1 help.answered");
    let second = answer(&lab, &dan, id, "").await;
    assert!(matches!(&second, Err(HelpError::Answered(Some(name))) if name == "Bob"), "{second:?}");
    let hers = seen_by(&lab, 1).await;
    assert_eq!((hers[0].answer.as_deref(), hers[0].may_answer), (Some("Five minutes"), false));
    assert_eq!(resolve(&lab, &ada, id).await.unwrap().state, HelpState::Resolved);
    assert!(matches!(resolve(&lab, &bob, id).await, Err(HelpError::Over)));
    assert!(seen_by(&lab, 1).await.is_empty());
    let actions = "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit ORDER BY seq)";
    assert_eq!(lab.text(actions).await, "help.asked help.answered help.resolved");
}

#[tokio::test]
async fn unanswered_request_reaches_those_at_home_after_five_minutes_and_managers_after_ten() {
    let lab = workshop().await;
    // Bob is inside by the doors, and at home.
    lab.sql("INSERT INTO visit (person_id, entered_at, last_at) VALUES (2, 0, 0)").await;
    let ada = lab.signed_in(1).await;
    ask(&lab, &ada, "").await.unwrap();
    let after = async |minutes: u32| {
        lab.pass(MINUTE * minutes);
        for _ in 0..2 {
            jobs::run(&lab.ctx, Job::Help).await;
        }
        let seen = seen_by(&lab, 1).await;
        (notified(&lab).await, seen[0].notified, seen[0].inside, seen[0].state)
    };
    let open = HelpState::Open;
    assert_eq!(after(4).await, ("2 help.asked".into(), 1, true, open));
    assert_eq!(after(1).await, ("2 help.asked, 4 help.asked".into(), 2, false, open));
    assert_eq!(after(5).await, ("2 help.asked, 4 help.asked, 5 help.asked".into(), 3, false, open));
    assert_eq!(after(30).await.1, 3, "once each");
    assert_eq!(next_step(&lab, 2).await, "Go there if you can, or answer on the machine’s page.");
    for person in [4, 5] {
        assert_eq!(
            next_step(&lab, person).await,
            "Nobody has answered yet. You can answer on the machine’s page."
        );
    }
    let hers = seen_by(&lab, 1).await;
    assert_eq!(Lang::En.help_state(&hers[0]), "Nobody has answered yet. 3 people have got a notice by now.");
    let actions = "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit ORDER BY seq)";
    assert_eq!(lab.text(actions).await, "help.asked help.passed-on help.passed-on");
}

/// Runs the timer so many minutes later; who has a notice then, how many were notified, and whether it was passed on.
async fn passed(lab: &Lab, minutes: u32) -> (String, u32, bool) {
    lab.pass(MINUTE * minutes);
    for _ in 0..2 {
        jobs::run(&lab.ctx, Job::Help).await;
    }
    let seen = seen_by(lab, 1).await;
    (notified(lab).await, seen[0].notified, seen[0].passed_on.is_some())
}

#[tokio::test]
async fn request_without_helpers_inside_reaches_owners_then_trainers_then_managers() {
    let lab = workshop().await;
    ask(&lab, &lab.signed_in(1).await, "").await.unwrap();
    assert_eq!(passed(&lab, 4).await, ("4 help.asked".into(), 1, false), "the owner has it since the beginning");
    assert_eq!(passed(&lab, 1).await, ("4 help.asked, 2 help.asked".into(), 2, true));
    let hers = seen_by(&lab, 1).await;
    assert_eq!(hers[0].passed_on.map(|at| at.at), Some(lab.now()));
    assert_eq!(
        passed(&lab, 4).await,
        ("4 help.asked, 2 help.asked".into(), 2, true),
        "managers wait for their turn"
    );
    assert_eq!(passed(&lab, 1).await, ("4 help.asked, 2 help.asked, 5 help.asked".into(), 3, true));
    assert_eq!(passed(&lab, 30).await.1, 3, "once each");
}

#[tokio::test]
async fn administrator_who_trains_on_the_type_is_notified_beside_its_owner() {
    let lab = workshop().await;
    // The one administrator made the type, and nobody manages.
    lab.sql("UPDATE person SET status = 'suspended' WHERE id IN (2, 5)").await;
    lab.grant(6, 2, "owner").await;
    lab.grant(6, 3, "trainer").await;
    ask(&lab, &lab.signed_in(1).await, "").await.unwrap();
    assert_eq!(passed(&lab, 4).await, ("4 help.asked".into(), 1, false));
    assert_eq!(passed(&lab, 1).await, ("4 help.asked, 6 help.asked".into(), 2, true));
    assert_eq!(passed(&lab, 20).await.1, 2, "once each");
}

#[tokio::test]
async fn request_that_all_who_know_the_machine_have_reaches_managers_and_administrators_after_five_minutes() {
    let lab = workshop().await;
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 2").await;
    lab.grant(6, 2, "owner").await;
    ask(&lab, &lab.signed_in(1).await, "").await.unwrap();
    assert_eq!(passed(&lab, 4).await, ("4 help.asked".into(), 1, false));
    assert_eq!(passed(&lab, 1).await, ("4 help.asked, 5 help.asked, 6 help.asked".into(), 3, true));
    assert_eq!(passed(&lab, 20).await.1, 3, "once each");
}

#[tokio::test]
async fn answered_or_resolved_request_is_not_passed_on() {
    let lab = workshop().await;
    let (ada, cleo, dan) = (lab.signed_in(1).await, lab.signed_in(6).await, lab.signed_in(4).await);
    let answered = ask(&lab, &ada, "").await.unwrap().id;
    let resolved = ask(&lab, &cleo, "").await.unwrap().id;
    answer(&lab, &dan, answered, "").await.unwrap();
    resolve(&lab, &cleo, resolved).await.unwrap();
    lab.pass(MINUTE * 30);
    jobs::run(&lab.ctx, Job::Help).await;
    assert_eq!(notified(&lab).await, "4 help.asked, 4 help.asked, 1 help.answered");
}

#[tokio::test]
async fn owner_who_asks_at_own_machine_cannot_answer() {
    let lab = workshop().await;
    let dan = lab.signed_in(4).await;
    let asked = ask(&lab, &dan, "").await.unwrap();
    assert_eq!(notified(&lab).await, "2 help.asked", "the trainer, as nobody else owns it");
    assert!(matches!(answer(&lab, &dan, asked.id, "").await, Err(HelpError::Own)));
}

#[tokio::test]
async fn request_is_hidden_from_other_members() {
    let lab = workshop().await;
    let id = ask(&lab, &lab.signed_in(1).await, "secret").await.unwrap().id;
    let cleo = lab.signed_in(6).await;
    assert!(seen_by(&lab, 6).await.is_empty());
    for message in [answer(&lab, &cleo, id, "").await, resolve(&lab, &cleo, id).await] {
        assert!(matches!(message, Err(HelpError::Unknown)), "{message:?}");
    }
    for helper in [2, 4, 5] {
        let visible = seen_by(&lab, helper).await;
        assert_eq!((visible[0].asked_by.as_deref(), visible[0].may_answer), (Some("Ada"), true), "{helper}");
    }
}

#[tokio::test]
async fn person_has_one_open_request_at_a_machine_and_may_ask_again_afterwards() {
    let lab = workshop().await;
    let ada = lab.signed_in(1).await;
    let id = ask(&lab, &ada, "").await.unwrap().id;
    assert!(matches!(ask(&lab, &ada, "").await, Err(HelpError::Open)));
    resolve(&lab, &ada, id).await.unwrap();
    lab.pass(MINUTE * 10);
    let again = ask(&lab, &ada, "").await.unwrap();
    lab.pass(OPEN_FOR);
    assert!(seen_by(&lab, 1).await.is_empty(), "it expired");
    assert!(matches!(answer(&lab, &lab.signed_in(2).await, again.id, "").await, Err(HelpError::Over)));
    ask(&lab, &ada, "").await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM help_request").await, 3);
}

#[tokio::test]
async fn repeated_requests_are_rate_limited() {
    let lab = workshop().await;
    let ada = lab.signed_in(1).await;
    let mut last = None;
    for _ in 0..7 {
        last = Some(ask(&lab, &ada, "").await);
    }
    assert!(matches!(last, Some(Err(HelpError::TooOften(seconds))) if seconds > 0), "{last:?}");
    assert_eq!(lab.number("SELECT count(*) FROM help_request").await, 1);
}

#[tokio::test]
async fn invalid_request_is_refused_with_field() {
    let lab = workshop().await;
    let ada = lab.signed_in(1).await;
    let Err(HelpError::Invalid(faults)) = ask(&lab, &ada, &"è".repeat(TEXT + 1)).await else { panic!() };
    let faults: Vec<_> = faults.iter().map(|(field, fault)| (field.as_str(), *fault)).collect();
    assert_eq!(faults, [("text", Fault::RemarkTooLong(TEXT))]);
    let unknown = run(&lab.ctx, &ada, AskForHelp { machine: MachineId(99) }, Fields::default()).await;
    assert!(matches!(unknown, Err(HelpError::UnknownMachine)), "{unknown:?}");
    lab.sql("UPDATE machine SET archived_at = 1 WHERE id = 1").await;
    assert!(matches!(ask(&lab, &ada, "").await, Err(HelpError::UnknownMachine)));
    assert_eq!(lab.number("SELECT count(*) FROM help_request").await, 0);
}

#[tokio::test]
async fn open_request_is_in_inbox_of_managers() {
    let lab = workshop().await;
    let (ada, ken) = (lab.signed_in(1).await, lab.signed_in(5).await);
    let before = inbox::count(&lab.ctx, &ken).await.unwrap()[1];
    let id = ask(&lab, &ada, "The head stops").await.unwrap().id;
    assert_eq!(inbox::count(&lab.ctx, &ken).await.unwrap()[1], before + 1);
    let items = inbox::waiting(&lab.ctx, &ken).await.unwrap().items;
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].id, items[0].page().as_str()), (id.0, "/machines/1/help"));
    resolve(&lab, &ken, id).await.unwrap();
    assert_eq!(inbox::count(&lab.ctx, &ken).await.unwrap()[1], before);
    assert!(inbox::waiting(&lab.ctx, &ken).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn open_request_is_in_inbox_of_trainers_and_owners_of_its_machine_only() {
    let lab = workshop().await;
    // Eve owns the laser alone, Finn trains on lathes.
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (7, 'active', 0), (8, 'active', 0);
         INSERT INTO qualification (person_id, type_id, machine_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (7, 1, NULL, 'user', 'granted', 0, 'setup', 0), (7, NULL, 1, 'owner', 'granted', 0, 'setup', 0),
             (8, 1, NULL, 'user', 'granted', 0, 'setup', 0), (8, 4, NULL, 'trainer', 'granted', 0, 'setup', 0)",
    )
    .await;
    let id = ask(&lab, &lab.signed_in(1).await, "The head stops").await.unwrap().id;
    for (person, listed) in [(2, vec![id.0]), (4, vec![id.0]), (7, vec![id.0]), (8, vec![])] {
        let items = inbox::waiting(&lab.ctx, &lab.signed_in(person).await).await.unwrap().items;
        let requests: Vec<_> =
            items.iter().filter(|item| item.matter == Matter::Help).map(|item| item.id).collect();
        assert_eq!(requests, listed, "person {person}");
    }
    let member = inbox::waiting(&lab.ctx, &lab.signed_in(6).await).await;
    assert!(matches!(member, Err(InboxError::Forbidden(_))), "{member:?}");
}

#[tokio::test]
async fn names_and_text_are_gone_after_thirty_days() {
    let lab = workshop().await;
    let id = ask(&lab, &lab.signed_in(1).await, "The head stops").await.unwrap().id;
    answer(&lab, &lab.signed_in(2).await, id, "Five minutes").await.unwrap();
    let named = "SELECT count(*) FROM help_request WHERE person_id IS NOT NULL AND helper_id IS NOT NULL";
    lab.pass(DAY * 29);
    retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!((lab.number(named).await, lab.number("SELECT count(*) FROM remark").await), (1, 2));
    lab.pass(DAY * 2);
    retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!((lab.number(named).await, lab.number("SELECT count(*) FROM remark").await), (0, 0));
    assert_eq!(lab.number("SELECT count(*) FROM help_request WHERE answered_at IS NOT NULL").await, 1, "it stays");
}
