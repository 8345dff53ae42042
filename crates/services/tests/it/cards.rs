//! Cards through the services: given by hand, by enrollment and from unknown ones; lost, found, retired.

use crate::lab::{LASER, LASER_ID, LATHE, Lab, ada, card, seconds};
use contract::cards::{Outcome, Sorted, Waiting};
use domain::{
    access::Decision,
    actor::Actor,
    audit::AuditActor,
    cards::{CardAction, CardState},
    id::{CardId, MachineId, PersonId, UnknownCardId},
    problem::Kind,
};
use services::error::ServiceError;
use services::{
    access::check,
    cards::{self, CardsError, Whom},
    people, privacy,
};
use text::Lang;

const ADA: PersonId = PersonId(1);
const BOB: PersonId = PersonId(2);

/// The lab, with Ken who manages (11) and a board that answers at the laser.
async fn staffed() -> (Lab, Actor) {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (11, 'active', 0);
         INSERT INTO profile (person_id, name, email) VALUES (11, 'Ken', 'ken@example.org');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (11, 1, 'user', 'granted', 0, 'setup', 0), (11, 1, 'owner', 'granted', 0, 'setup', 0);
         INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000000000, 1)",
    )
    .await;
    let ken = lab.signed_in(11).await;
    (lab, ken)
}

async fn lets_in(lab: &Lab, uid: &domain::cards::CardUid) -> bool {
    matches!(check(&lab.ctx, LASER, uid).await.unwrap().decision, Decision::Allow { .. })
}

async fn waiting(lab: &Lab, ken: &Actor, person: PersonId) -> Option<Waiting> {
    cards::swiping(&lab.ctx, ken, person).await.unwrap().waiting
}

/// Writes the notes of boards so far.
async fn noted(lab: Lab) -> Lab {
    lab.reopen().await
}

// A8
#[tokio::test]
async fn lost_card_is_denied_until_found() {
    let (lab, _) = staffed().await;
    let me = lab.signed_in(1).await;
    lab.starts(LASER, &ada()).await;
    let lost = cards::mark(&lab.ctx, &me, CardId(1), CardAction::Lose).await.unwrap();
    assert_eq!(lost.undo, Some(CardAction::Find));
    let again = cards::mark(&lab.ctx, &me, CardId(1), CardAction::Lose).await.unwrap();
    assert_eq!(again.undo, Some(CardAction::Find), "said twice, taken back once");
    assert!(!lets_in(&lab, &ada()).await);
    assert_eq!(lab.number("SELECT count(*) FROM machine_request WHERE cause = 'card'").await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'card.lost'").await, 1, "once");
    lab.stops(LASER, &ada(), 0).await;
    cards::mark(&lab.ctx, &me, CardId(1), CardAction::Find).await.unwrap();
    assert!(lets_in(&lab, &ada()).await);
}

// A7
#[tokio::test]
async fn foreign_cards_are_hidden_and_only_card_managers_retire() {
    let (lab, ken) = staffed().await;
    let (me, other) = (lab.signed_in(1).await, lab.signed_in(2).await);
    for unknown in [CardId(1), CardId(999)] {
        let marked = cards::mark(&lab.ctx, &other, unknown, CardAction::Lose).await;
        assert!(matches!(marked, Err(CardsError::UnknownCard)), "{unknown:?}");
        assert!(matches!(cards::page(&lab.ctx, &other, unknown).await, Err(CardsError::UnknownCard)));
    }
    let own = cards::page(&lab.ctx, &me, CardId(1)).await.unwrap();
    assert_eq!((own.actions, own.ending.as_str()), (vec![CardAction::Lose], "ada1"));
    assert!(matches!(
        cards::mark(&lab.ctx, &me, CardId(1), CardAction::Retire).await,
        Err(CardsError::Forbidden(_))
    ));
    assert_eq!(lab.text("SELECT state FROM card WHERE id = 1").await, "active");
    cards::mark(&lab.ctx, &ken, CardId(1), CardAction::Retire).await.unwrap();
    assert!(
        cards::mark(&lab.ctx, &me, CardId(1), CardAction::Lose).await.is_err(),
        "out of service it is not theirs to speak of"
    );
}

#[tokio::test]
async fn retired_card_can_be_given_to_other_person_and_not_restored() {
    let (lab, ken) = staffed().await;
    let taken = cards::give(&lab.ctx, &ken, BOB, "0000ADA1").await.unwrap_err().problem(Lang::En);
    assert_eq!(taken.kind, Kind::Conflict);
    assert!(taken.at("uid").unwrap().starts_with("Ada has"), "{taken:?}");
    let lost = cards::mark(&lab.ctx, &ken, CardId(1), CardAction::Lose).await.unwrap();
    assert!(cards::give(&lab.ctx, &ken, BOB, "0000ada1").await.is_err(), "a lost card is somebody's");
    let retired = cards::mark(&lab.ctx, &ken, CardId(1), CardAction::Retire).await.unwrap();
    assert_eq!(
        (lost.undo, retired.undo),
        (Some(CardAction::Find), Some(CardAction::Lose)),
        "what was lost comes back lost"
    );
    let found = cards::mark(&lab.ctx, &ken, CardId(1), CardAction::Find).await;
    assert!(matches!(found, Err(CardsError::Changed(CardState::Retired))), "{found:?}");
    cards::give(&lab.ctx, &ken, BOB, "A1:AD:00:00").await.unwrap();
    let restored = cards::mark(&lab.ctx, &ken, CardId(1), CardAction::Restore).await;
    let why = restored.unwrap_err().problem(Lang::En);
    assert!(why.detail.starts_with("Bob has"), "{why:?}");
    let page = cards::page(&lab.ctx, &ken, CardId(1)).await.unwrap();
    let message: Vec<_> = page.history.iter().map(|event| event.action.as_str()).collect();
    assert_eq!(message, ["card.retired", "card.lost"]);
    assert!(matches!(&page.history[0].by, AuditActor::Person { name, .. } if name == "Ken"));
}

#[tokio::test]
async fn enrollment_assigns_next_card_and_denies_that_swipe() {
    let (lab, ken) = staffed().await;
    let fresh = card("c0ffee01");
    cards::expect(&lab.ctx, &ken, ADA, LASER_ID).await.unwrap();
    assert_eq!(waiting(&lab, &ken, ADA).await.unwrap().outcome, Outcome::Open);
    assert!(!matches!(check(&lab.ctx, LATHE, &fresh).await.unwrap().decision, Decision::Allow { .. }));
    assert_eq!(
        waiting(&lab, &ken, ADA).await.unwrap().outcome,
        Outcome::Open,
        "another machine waits for nothing"
    );
    let first = check(&lab.ctx, LASER, &fresh).await.unwrap();
    assert!(matches!(first.decision, Decision::Deny(_)), "Ada may use the laser, but not with this swipe");
    assert_eq!(first.name.as_deref(), Some("Ada"));
    assert!(
        matches!(waiting(&lab, &ken, ADA).await.unwrap().outcome, Outcome::Given { ending, .. } if ending == "ee01")
    );
    assert!(lets_in(&lab, &fresh).await, "the next swipe is an ordinary one");
    let by = "SELECT count(*) FROM audit a JOIN alias l ON l.id = a.alias WHERE a.action = 'card.given' AND l.person_id = 11";
    assert_eq!(lab.number(by).await, 1, "in the name of whoever asked for it");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%c0ffee01%'").await, 0, "a6");
}

#[tokio::test]
async fn enrollment_keeps_assigned_card_with_its_owner_and_denies_it() {
    let (lab, ken) = staffed().await;
    cards::expect(&lab.ctx, &ken, BOB, LASER_ID).await.unwrap();
    assert!(!lets_in(&lab, &ada()).await, "Ada's card was held up instead");
    let outcome = waiting(&lab, &ken, BOB).await.unwrap().outcome;
    assert_eq!(outcome, Outcome::Assigned { person: ADA, name: Some("Ada".into()) });
    assert!(lets_in(&lab, &ada()).await);
    assert_eq!(lab.number("SELECT count(*) FROM card WHERE person_id = 2 AND given_at > 0").await, 0);
}

#[tokio::test]
async fn enrollment_waits_one_minute_for_one_card_unless_cancelled() {
    let (lab, ken) = staffed().await;
    cards::expect(&lab.ctx, &ken, BOB, LASER_ID).await.unwrap();
    let busy = cards::expect(&lab.ctx, &ken, ADA, LASER_ID).await.unwrap_err().problem(Lang::It);
    assert_eq!((busy.kind, busy.at("machine").is_some()), (Kind::Conflict, true));
    cards::cancel(&lab.ctx, &ken, BOB).await.unwrap();
    assert_eq!(waiting(&lab, &ken, BOB).await, None);
    cards::expect(&lab.ctx, &ken, ADA, LASER_ID).await.unwrap();
    lab.pass(seconds(60));
    assert_eq!(waiting(&lab, &ken, ADA).await, None);
    assert!(!lets_in(&lab, &card("c0ffee02")).await);
    assert_eq!(lab.number("SELECT count(*) FROM card WHERE uid = 'c0ffee02'").await, 0, "too late");
    for nowhere in [MachineId(2), MachineId(99)] {
        let refused = cards::expect(&lab.ctx, &ken, ADA, nowhere).await;
        assert!(matches!(refused, Err(CardsError::NoBoard)), "{nowhere:?}");
    }
    assert!(cards::expect(&lab.ctx, &lab.signed_in(2).await, BOB, LASER_ID).await.is_err(), "not for members");
}

#[tokio::test]
async fn unknown_card_is_listed_once_and_given_or_dismissed() {
    let (lab, ken) = staffed().await;
    for _ in 0..2 {
        check(&lab.ctx, LASER, &card("c0ffee03")).await.unwrap();
    }
    lab.pass(seconds(1));
    check(&lab.ctx, LATHE, &card("c0ffee03")).await.unwrap();
    check(&lab.ctx, LASER, &card("c0ffee04")).await.unwrap();
    let lab = noted(lab).await;
    let listed = cards::unknown(&lab.ctx, &ken).await.unwrap().cards;
    let notices: Vec<_> =
        listed.iter().map(|one| (one.ending.as_str(), one.machine_name.as_str(), one.times)).collect();
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert!(notices.contains(&("ee03", "Lathe", 3)) && notices.contains(&("ee04", "Laser", 1)), "{notices:?}");
    let which = |ending: &str| listed.iter().find(|one| one.ending == ending).unwrap().id;

    cards::put_aside(&lab.ctx, &ken, which("ee04"), true).await.unwrap();
    let after = cards::unknown(&lab.ctx, &ken).await.unwrap().cards;
    assert!(after[1].ignored && after[1].ending == "ee04", "at the end: {after:?}");
    cards::put_aside(&lab.ctx, &ken, which("ee04"), false).await.unwrap();

    lab.sql(
        "UPDATE profile SET name = 'Jo\u{308}rg', email = 'jörg@example.org', folded = NULL WHERE person_id = 1",
    )
    .await;
    let lab = noted(lab).await;
    for (input, field) in [("nobody", true), ("", true), ("zoë", true)] {
        let refused = cards::give_unknown(&lab.ctx, &ken, which("ee03"), Whom::Uid(input.into())).await;
        assert_eq!(refused.unwrap_err().problem(Lang::En).at("to").is_some(), field, "{input}");
    }
    let given = cards::give_unknown(&lab.ctx, &ken, which("ee03"), Whom::Uid(" bob ".into())).await.unwrap();
    assert!(matches!(&given, Sorted::Given { person: BOB, name, .. } if name == "Bob"), "{given:?}");
    assert_eq!(cards::unknown(&lab.ctx, &ken).await.unwrap().cards.len(), 1, "it is somebody's");
    let Sorted::Given { card, .. } = given else { panic!() };
    cards::mark(&lab.ctx, &ken, card, CardAction::Retire).await.unwrap();
    assert_eq!(cards::unknown(&lab.ctx, &ken).await.unwrap().cards.len(), 2, "undone, it is nobody's again");
    for input in ["JÖRG", "jo\u{308}rg", "Jörg@EXAMPLE.org"] {
        let given = cards::give_unknown(&lab.ctx, &ken, which("ee03"), Whom::Uid(input.into())).await;
        let Ok(Sorted::Given { card, person: ADA, .. }) = given else { panic!("{input}: {given:?}") };
        cards::mark(&lab.ctx, &ken, card, CardAction::Retire).await.unwrap();
    }
    let gone = cards::give_unknown(&lab.ctx, &ken, UnknownCardId(999), Whom::Person(BOB)).await;
    assert!(matches!(gone, Err(CardsError::UnknownCard)));
    assert!(cards::unknown(&lab.ctx, &lab.signed_in(1).await).await.is_err(), "not for members");
}

// A19
#[tokio::test]
async fn erased_person_gets_no_card() {
    let (lab, ken) = staffed().await;
    check(&lab.ctx, LATHE, &card("c0ffee03")).await.unwrap();
    let lab = noted(lab).await;
    let unclaimed = cards::unknown(&lab.ctx, &ken).await.unwrap().cards[0].id;
    cards::expect(&lab.ctx, &ken, BOB, LASER_ID).await.unwrap();
    cards::give(&lab.ctx, &ken, BOB, "c0ffee07").await.unwrap();
    let theirs = CardId(lab.number("SELECT max(id) FROM card WHERE person_id = 2").await);
    privacy::erase(&lab.ctx, &Actor::TOOLGATE, BOB).await.unwrap();
    assert_eq!(waiting(&lab, &ken, BOB).await, None, "no board waits for their card any more");
    let by_hand = cards::give(&lab.ctx, &ken, BOB, "c0ffee05").await.unwrap_err().problem(Lang::En);
    assert_eq!((by_hand.code.as_str(), by_hand.kind), ("person.erased", Kind::Conflict));
    assert!(by_hand.detail.contains("a new person"), "what to do instead: {}", by_hand.detail);
    let from_the_list = cards::give_unknown(&lab.ctx, &ken, unclaimed, Whom::Person(BOB)).await;
    assert!(matches!(from_the_list, Err(CardsError::Erased)), "{from_the_list:?}");
    check(&lab.ctx, LASER, &card("c0ffee06")).await.unwrap();
    assert_eq!(waiting(&lab, &ken, BOB).await, None);
    for action in [CardAction::Restore, CardAction::Lose] {
        let message = cards::mark(&lab.ctx, &ken, theirs, action).await;
        assert!(
            matches!(message, Err(CardsError::Erased | CardsError::Changed(CardState::Retired))),
            "{action:?}: {message:?}"
        );
    }
    assert!(cards::page(&lab.ctx, &ken, theirs).await.unwrap().actions.is_empty());
    assert_eq!(lab.number("SELECT count(*) FROM card WHERE person_id = 2 AND state <> 'retired'").await, 0);
    let waited_for = cards::expect(&lab.ctx, &ken, BOB, LASER_ID).await;
    assert!(matches!(waited_for, Err(CardsError::Erased)), "{waited_for:?}");
    assert_eq!(lab.number("SELECT count(*) FROM card WHERE person_id = 2 AND uid IS NOT NULL").await, 0);
}

#[tokio::test]
async fn card_of_former_member_cannot_be_restored() {
    let (lab, ken) = staffed().await;
    let theirs = CardId(lab.number("SELECT id FROM card WHERE person_id = 2").await);
    people::leave(&lab.ctx, &ken, BOB).await.unwrap();
    for message in ["they hand it back", "said twice"] {
        let retired = cards::mark(&lab.ctx, &ken, theirs, CardAction::Retire).await.unwrap();
        assert_eq!(retired.undo, None, "{message}, and there is no way back");
    }
    let restored = cards::mark(&lab.ctx, &ken, theirs, CardAction::Restore).await.unwrap_err().problem(Lang::En);
    assert_eq!((restored.code.as_str(), restored.kind), ("person.left", Kind::Conflict));
    assert!(!cards::page(&lab.ctx, &ken, theirs).await.unwrap().actions.contains(&CardAction::Restore));
    let given = cards::give(&lab.ctx, &ken, BOB, "c0ffee07").await;
    assert!(matches!(given, Err(CardsError::Left)), "{given:?}");
    assert!(!people::page(&lab.ctx, &ken, BOB).await.unwrap().may_give_card);
    people::readmit(&lab.ctx, &ken, BOB).await.unwrap();
    cards::mark(&lab.ctx, &ken, theirs, CardAction::Restore).await.unwrap();
}
