//! The setup checklist: steps follow the data, and can be dismissed.

use crate::lab::{
    LASER, LASER_ID, Lab, ada, bob, card,
    entrance::{catch, caught},
};
use contract::accounts::Delivery;
use domain::{
    actor::{Actor, Forbidden},
    checklist::{Progress, Step},
    id::{PersonId, TypeId, UnknownCardId},
};
use services::{
    access::check,
    cards::CardsError,
    checklist::{self, ChecklistError, LetUse},
    machines,
    qualifications::QualificationsError,
};
use text::Lang;

#[tokio::test]
async fn steps_follow_facts_and_disappear_when_done() {
    let lab = Lab::open().await;
    lab.grant(1, 2, "owner").await;
    let eve = lab.signed_in(1).await;
    let next = async |lab: &Lab| checklist::read(&lab.ctx, &eve).await.unwrap().and_then(|list| list.next());
    assert_eq!(next(&lab).await, Some(Step::Places));
    let bob = lab.signed_in(2).await;
    let on_now = async |actor: &Actor| machines::floor(&lab.ctx, actor).await.unwrap().set_up;
    assert_eq!(on_now(&eve).await, Some(Progress { done: 3, next: Step::Places }), "on Now too");
    assert_eq!((on_now(&bob).await, on_now(&Actor::TOOLGATE).await.is_some()), (None, true));
    assert_eq!(machines::wall(&lab.ctx, &eve).await.unwrap().set_up, None, "not on the wall");
    lab.sql("INSERT INTO place (id, name) VALUES (1, 'Hall')").await;
    assert_eq!(next(&lab).await, Some(Step::Card), "nobody tapped yet");
    check(&lab.ctx, LASER, &card("00000b0b")).await.unwrap();
    let lab = lab.reopen().await;
    let eve = lab.signed_in(1).await;
    let refused = checklist::read(&lab.ctx, &eve).await.unwrap();
    assert_eq!(
        refused.and_then(|list| list.next()),
        Some(Step::Swipe),
        "a refused card is known, but no first use"
    );
    check(&lab.ctx, LASER, &ada()).await.unwrap();
    let lab = lab.reopen().await;
    assert_eq!(checklist::read(&lab.ctx, &eve).await.unwrap(), None, "all are done");
    assert!(checklist::read(&lab.ctx, &lab.signed_in(2).await).await.unwrap().is_none());
}

#[tokio::test]
async fn dismissed_checklist_stays_hidden_until_restored() {
    let lab = Lab::open().await;
    lab.grant(1, 2, "owner").await;
    let eve = lab.signed_in(1).await;
    assert!(checklist::dismiss(&lab.ctx, &lab.signed_in(2).await, true).await.is_err());
    for _ in 0..2 {
        checklist::dismiss(&lab.ctx, &eve, true).await.unwrap();
    }
    assert_eq!(checklist::read(&lab.ctx, &eve).await.unwrap(), None);
    assert_eq!(machines::floor(&lab.ctx, &eve).await.unwrap().set_up, None);
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'setup.steps-dismissed'").await, 1, "once");
    checklist::dismiss(&lab.ctx, &eve, false).await.unwrap();
    assert!(checklist::read(&lab.ctx, &eve).await.unwrap().is_some());
}

const UNKNOWN: &str = "c0ffee07";

/// A place, and Eve, an administrator; an unassigned card was tapped.
async fn tapped() -> (Lab, Actor) {
    let lab = Lab::open().await;
    lab.grant(1, 2, "owner").await;
    lab.sql("INSERT INTO place (id, name) VALUES (1, 'Hall')").await;
    check(&lab.ctx, LASER, &card(UNKNOWN)).await.unwrap();
    let lab = lab.reopen().await;
    let eve = lab.signed_in(1).await;
    (lab, eve)
}

#[tokio::test]
async fn tapped_card_is_offered_to_newest_member_and_granted_together() {
    let (lab, eve) = tapped().await;
    lab.sql("INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (2, 0, 1)").await;
    let page = checklist::first_start(&lab.ctx, &eve).await.unwrap();
    assert_eq!(page.steps.next(), Some(Step::Card), "an unknown card is not yet anybody's");
    let machine = page.machine.unwrap();
    assert_eq!((machine.name.as_str(), machine.number, machine.heard), ("Lathe", Some(12), true), "the newest");
    assert_eq!((page.person, page.people.len()), (Some(PersonId(2)), 2), "Bob, and nobody who is suspended");
    let [tapped] = page.cards.as_slice() else { panic!("{:?}", page.cards) };
    assert_eq!((tapped.ending.as_str(), page.number), ("ee07", 1));

    let request = LetUse { person: PersonId(2), kind: TypeId(4), card: Some(tapped.id) };
    checklist::let_use(&lab.ctx, &eve, request).await.unwrap();
    let page = checklist::first_start(&lab.ctx, &eve).await.unwrap();
    assert_eq!((page.steps.next(), page.cards.len()), (Some(Step::Swipe), 0), "tapped, assigned and granted");
    let granted = "SELECT count(*) FROM qualification WHERE person_id = 2 AND type_id = 4 AND relation = 'user'";
    assert_eq!(lab.number(granted).await, 1);
    let recorded = "SELECT count(*) FROM audit WHERE subject = 'person:2'
                     AND action IN ('card.given', 'qualification.granted')";
    assert_eq!(lab.number(recorded).await, 2);
    assert!(check(&lab.ctx, crate::lab::LATHE, &card(UNKNOWN)).await.unwrap().decision.is_yes());
    let lab = lab.reopen().await;
    let page = checklist::first_start(&lab.ctx, &lab.signed_in(1).await).await.unwrap();
    assert_eq!(page.steps.next(), None);
    assert_eq!(page.accepted, Some(("Bob".to_owned(), "Lathe".to_owned())));
}

#[tokio::test]
async fn refused_grant_assigns_no_card() {
    let (lab, eve) = tapped().await;
    let page = checklist::first_start(&lab.ctx, &eve).await.unwrap();
    let card = page.cards.first().map(|card| card.id);
    let own = checklist::let_use(&lab.ctx, &eve, LetUse { person: PersonId(1), kind: TypeId(4), card }).await;
    assert!(
        matches!(own, Err(ChecklistError::Ledger(QualificationsError::Refused(_)))),
        "nobody qualifies themselves"
    );
    let role = checklist::let_use(&lab.ctx, &eve, LetUse { person: PersonId(2), kind: TypeId(2), card }).await;
    assert!(
        matches!(role, Err(ChecklistError::Ledger(QualificationsError::UnknownEquipment))),
        "roles are no types"
    );
    assert_eq!(lab.number("SELECT count(*) FROM card WHERE uid = 'c0ffee07'").await, 0);
    let gone = LetUse { person: PersonId(2), kind: TypeId(4), card: Some(UnknownCardId(99)) };
    let gone = checklist::let_use(&lab.ctx, &eve, gone).await;
    assert!(matches!(gone, Err(ChecklistError::Cards(CardsError::UnknownCard))));
    assert_eq!(lab.number("SELECT count(*) FROM qualification WHERE person_id = 2 AND type_id = 4").await, 0);
}

#[tokio::test]
async fn last_card_tap_selects_person_when_no_card_is_unknown() {
    let lab = Lab::open().await;
    lab.grant(1, 2, "owner").await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (9, 'active', 0);
             INSERT INTO profile (person_id, name) VALUES (9, 'Kim')",
    )
    .await;
    check(&lab.ctx, LASER, &bob()).await.unwrap();
    let lab = lab.reopen().await;
    let page = checklist::first_start(&lab.ctx, &lab.signed_in(1).await).await.unwrap();
    assert_eq!(page.person, Some(PersonId(2)), "not Kim, who is newer");
}

#[tokio::test]
async fn member_with_email_is_invited_and_without_is_added() {
    let lab = Lab::open().await;
    lab.grant(1, 2, "owner").await;
    let eve = lab.signed_in(1).await;
    let catcher = catch(&lab);
    let add = async |name: &str, email: &str| {
        checklist::add_member(&lab.ctx, &eve, name.to_owned(), email.to_owned(), Lang::En).await
    };
    let added = add(" Kim ", "").await.unwrap();
    assert_eq!((added.name.as_str(), added.delivery), ("Kim", None));
    let invited = add("Eva", "eva@lab.example").await.unwrap();
    assert_eq!(invited.delivery, Some(Delivery::Caught), "it is not said to be on its way");
    assert_eq!(caught(&catcher, 1).await.to, "eva@lab.example");
    assert!(matches!(add("", "").await, Err(ChecklistError::People(_))));
    assert!(matches!(add("Eva", "nonsense").await, Err(ChecklistError::Accounts(_))));
    let bob = lab.signed_in(2).await;
    let refused = checklist::first_start(&lab.ctx, &bob).await;
    assert!(matches!(refused, Err(ChecklistError::Forbidden(Forbidden::NotAllowed))));
}

#[tokio::test]
async fn machine_awaiting_board_shows_number_and_connection_help() {
    use contract::boards::Broker;
    use services::boards::{self, Meeting};
    let lab = Lab::open().await;
    lab.grant(1, 2, "owner").await;
    let eve = lab.signed_in(1).await;
    let awaited = async |lab: &Lab| machines::page(&lab.ctx, &eve, LASER_ID).await.unwrap().machine.awaited_board;
    assert_eq!(awaited(&lab).await, Some(11));
    let broker = Broker { host: None, port: 1_883, inside: true, only_here: false };
    boards::arrange(&lab.ctx, Meeting { broker: broker.clone(), topics: "machine/+".into() });
    let how = boards::how_to_connect(&lab.ctx, &eve, LASER_ID).await.unwrap();
    assert_eq!(
        (how.topic.as_str(), how.number, how.broker, how.heard),
        ("machine/11", Some(11), Some(broker), false)
    );
    let bob = lab.signed_in(2).await;
    assert!(boards::how_to_connect(&lab.ctx, &bob, LASER_ID).await.is_err(), "for who cares for the machine");
    lab.sql("INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 0, 0)").await;
    assert_eq!(awaited(&lab).await, None, "it is offline, and was there");
    assert!(boards::how_to_connect(&lab.ctx, &eve, LASER_ID).await.unwrap().heard);
    lab.sql("DELETE FROM machine_signal; UPDATE machine SET number = NULL WHERE id = 1").await;
    assert_eq!(awaited(&lab).await, None, "no board speaks for it");
}

#[tokio::test]
async fn empty_space_shows_strangers_whether_it_has_administrator() {
    let lab = Lab::empty().await;
    let stranger = Actor::anybody(true, domain::actor::Channel::Web);
    assert!(machines::floor(&lab.ctx, &stranger).await.unwrap().unowned);
    let ida = lab.administrator().await;
    assert!(!machines::floor(&lab.ctx, &stranger).await.unwrap().unowned);
    assert!(!machines::floor(&lab.ctx, &ida).await.unwrap().unowned);
}
