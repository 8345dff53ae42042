//! Claims of unassigned cards: conditions, approval, and outcomes.

use crate::lab::{LASER, LASER_ID, LATHE, Lab, card, seconds};
use contract::cards::Sorted;
use domain::{
    access::Decision,
    actor::{Actor, Channel, Forbidden},
    cards::{
        CardState,
        claims::{CLAIMABLE, CLAIMS, ClaimOutcome, ENOUGH, REASON, Unclaimable},
    },
    id::{ClaimId, MachineId, PersonId, UnknownCardId},
    inbox::{Matter, UNDO, Verdict},
    live::ChangeEvent,
    problem::Kind,
};
use services::error::ServiceError;
use services::{
    access::check,
    cards::{self, CardsError, ClaimsError, Whom},
    inbox, machines,
};
use text::Lang;

const ADA: PersonId = PersonId(1);
const BOB: PersonId = PersonId(2);
const LATHE_ID: MachineId = MachineId(2);

/// The lab with Ken (11), a manager; an unassigned card was just held to the laser.
async fn held_up() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (11, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (11, 'Ken')",
    )
    .await;
    for relation in ["user", "owner"] {
        lab.grant(11, 1, relation).await;
    }
    holds_up(lab, "c0ffee03").await
}

/// A card is held to the laser.
async fn holds_up(lab: Lab, uid: &str) -> Lab {
    check(&lab.ctx, LASER, &card(uid)).await.unwrap();
    lab.reopen().await
}

/// The card that was held up last, as `person` is offered it.
async fn offered(lab: &Lab, person: i64) -> UnknownCardId {
    cards::at_reader(&lab.ctx, &lab.signed_in(person).await, LASER_ID).await.unwrap().cards[0].card
}

async fn claims(lab: &Lab, person: i64) -> Result<(ClaimId, ClaimOutcome), ClaimsError> {
    let which = offered(lab, person).await;
    cards::claim(&lab.ctx, &lab.signed_in(person).await, LASER_ID, which).await
}

async fn became(lab: &Lab, person: i64) -> (ClaimOutcome, Option<String>) {
    let mine = cards::mine(&lab.ctx, &lab.signed_in(person).await).await.unwrap();
    (mine[0].outcome, mine[0].reason.clone())
}

async fn lets_in(lab: &Lab, uid: &str) -> bool {
    matches!(check(&lab.ctx, LASER, &card(uid)).await.unwrap().decision, Decision::Allow { .. })
}

fn why(refused: Result<(ClaimId, ClaimOutcome), ClaimsError>) -> Unclaimable {
    match refused {
        Err(ClaimsError::Unclaimable(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn claimed_card_works_after_manager_approval() {
    let lab = held_up().await;
    let ken = lab.signed_in(11).await;
    assert!(machines::page(&lab.ctx, &lab.signed_in(1).await, LASER_ID).await.unwrap().claimable);
    let stranger = machines::page(&lab.ctx, &Actor::anybody(true, Channel::Web), LASER_ID).await.unwrap();
    assert!(!stranger.claimable, "only to members");
    assert!(!machines::page(&lab.ctx, &ken, LATHE_ID).await.unwrap().claimable, "not where nothing was held up");
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    let (claim, now) = claims(&lab, 1).await.unwrap();
    assert_eq!((now, became(&lab, 1).await), (ClaimOutcome::Waits, (ClaimOutcome::Waits, None)));
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Person(ADA)), "the inbox looks again");
    assert!(!lets_in(&lab, "c0ffee03").await, "nobody has said yes");
    let waits = inbox::waiting(&lab.ctx, &ken).await.unwrap().items;
    let item = waits.iter().find(|item| item.matter == Matter::Claim).unwrap();
    assert_eq!((item.id, item.name.as_deref()), (claim.0, Some("Ada")));
    assert_eq!(item.page(), format!("/unknown-cards?claim={claim}"));
    inbox::decide(&lab.ctx, &ken, Matter::Claim, claim.0, Verdict::Approve).await.unwrap();
    assert!(lets_in(&lab, "c0ffee03").await);
    assert_eq!(became(&lab, 1).await, (ClaimOutcome::Approved, None));
    let twice = cards::approve(&lab.ctx, &ken, claim).await;
    assert!(matches!(twice, Err(ClaimsError::Decided)), "{twice:?}");
    let entries =
        lab.text("SELECT group_concat(action || ' ' || subject) FROM audit WHERE action LIKE 'card.%'").await;
    assert_eq!(entries, "card.claimed person:1,card.given person:1");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%c0ffee%'").await, 0, "a6");
}

#[tokio::test]
async fn refused_claim_shows_reason_to_claimant() {
    let lab = held_up().await;
    let (ken, bob) = (lab.signed_in(11).await, lab.signed_in(2).await);
    let (claim, _) = claims(&lab, 2).await.unwrap();
    for (reason, reported) in [
        ("  ", Lang::En.claim_no_reason().to_owned()),
        (&*"x".repeat(REASON + 1), Lang::En.claim_reason_long("500")),
    ] {
        let problem = cards::refuse(&lab.ctx, &ken, claim, reason).await.unwrap_err().problem(Lang::En);
        assert_eq!(problem.at("reason"), Some(&*reported));
    }
    let own = cards::refuse(&lab.ctx, &bob, claim, "mine").await;
    assert!(matches!(own, Err(ClaimsError::Forbidden(Forbidden::NotAllowed))), "{own:?}");
    cards::refuse(&lab.ctx, &ken, claim, "the key of the cupboard").await.unwrap();
    assert_eq!(became(&lab, 2).await, (ClaimOutcome::Refused, Some("the key of the cupboard".into())));
    let late = cards::approve(&lab.ctx, &ken, claim).await;
    assert!(matches!(late, Err(ClaimsError::Decided)), "{late:?}");
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%cupboard%'").await, 0);
    let others = cards::one_claim(&lab.ctx, &lab.signed_in(1).await, claim).await;
    assert!(matches!(others, Err(ClaimsError::Unknown)), "a7: {others:?}");
    claims(&lab, 2).await.expect("a refused claim can be made again while the card is fresh");
}

#[tokio::test]
async fn rival_claims_admit_one() {
    let lab = held_up().await;
    let ken = lab.signed_in(11).await;
    let ((hers, _), (his, _)) = (claims(&lab, 1).await.unwrap(), claims(&lab, 2).await.unwrap());
    assert_eq!(why(claims(&lab, 1).await), Unclaimable::Waits, "said once");
    let open = cards::open_claims(&lab.ctx, &ken).await.unwrap();
    assert!(open.len() == 2 && open.iter().all(|claim| claim.rivals), "{open:?}");
    let both = tokio::join!(cards::approve(&lab.ctx, &ken, hers), cards::approve(&lab.ctx, &ken, his));
    assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
    let held = lab.number("SELECT count(*) FROM card WHERE uid = 'c0ffee03'").await;
    assert_eq!(held, 1);
    let ends = [became(&lab, 1).await.0, became(&lab, 2).await.0];
    assert!(ends.contains(&ClaimOutcome::Approved) && ends.contains(&ClaimOutcome::Lapsed), "{ends:?}");
    assert_eq!(cards::open_claims(&lab.ctx, &ken).await.unwrap(), vec![], "what lapsed waits no more");
}

#[tokio::test]
async fn card_given_meanwhile_settles_claim() {
    let lab = held_up().await;
    let ken = lab.signed_in(11).await;
    let which = offered(&lab, 1).await;
    claims(&lab, 1).await.unwrap();
    cards::give_unknown(&lab.ctx, &ken, which, Whom::Person(ADA)).await.unwrap();
    assert_eq!(became(&lab, 1).await.0, ClaimOutcome::Approved);
    let bob = lab.signed_in(2).await;
    let at = cards::at_reader(&lab.ctx, &bob, LASER_ID).await.unwrap();
    assert_eq!(at.cards, vec![]);
    assert_eq!(why(cards::claim(&lab.ctx, &bob, LASER_ID, which).await), Unclaimable::Assigned);
    let me = lab.signed_in(1).await;
    assert_eq!(why(cards::claim(&lab.ctx, &me, LASER_ID, which).await), Unclaimable::Theirs);
}

#[tokio::test]
async fn claim_is_refused_late_elsewhere_or_without_permission() {
    let lab = held_up().await;
    let which = offered(&lab, 1).await;
    let (ada, zoe) = (lab.signed_in(1).await, lab.signed_in(3).await);
    let elsewhere = cards::claim(&lab.ctx, &ada, LATHE_ID, which).await;
    assert!(matches!(elsewhere, Err(ClaimsError::UnknownCard)), "{elsewhere:?}");
    let invented = cards::claim(&lab.ctx, &ada, LASER_ID, UnknownCardId(999)).await;
    assert!(matches!(invented, Err(ClaimsError::UnknownCard)), "{invented:?}");
    let suspended = cards::claim(&lab.ctx, &zoe, LASER_ID, which).await;
    assert!(matches!(suspended, Err(ClaimsError::Forbidden(Forbidden::NotAllowed))), "{suspended:?}");
    // Suspended between the request and its turn.
    lab.sql("UPDATE person SET status = 'suspended' WHERE id = 1").await;
    let meanwhile = cards::claim(&lab.ctx, &ada, LASER_ID, which).await;
    assert!(matches!(meanwhile, Err(ClaimsError::Forbidden(Forbidden::NotAllowed))), "{meanwhile:?}");
    lab.pass(CLAIMABLE + seconds(1));
    let bob = lab.signed_in(2).await;
    assert_eq!(cards::at_reader(&lab.ctx, &bob, LASER_ID).await.unwrap().cards, vec![]);
    assert_eq!(why(cards::claim(&lab.ctx, &bob, LASER_ID, which).await), Unclaimable::TooLate);
    assert!(!machines::page(&lab.ctx, &bob, LASER_ID).await.unwrap().claimable);
    let nowhere = cards::at_reader(&lab.ctx, &bob, MachineId(99)).await;
    assert!(matches!(nowhere, Err(ClaimsError::UnknownMachine)), "{nowhere:?}");
}

#[tokio::test]
async fn claim_is_refused_at_card_limit_and_rate_limited() {
    let lab = held_up().await;
    lab.sql(
        "INSERT INTO card (person_id, uid, state, given_at) VALUES (1, '00000001', 'active', 0), (1, '00000002', 'active', 0),
            (1, '00000003', 'active', 0), (1, '00000004', 'active', 0), (1, '00000005', 'lost', 0)",
    )
    .await;
    assert_eq!(
        lab.number("SELECT count(*) FROM card WHERE person_id = 1 AND state = 'active'").await,
        i64::from(ENOUGH)
    );
    assert_eq!(why(claims(&lab, 1).await), Unclaimable::Enough);
    let me = lab.signed_in(1).await;
    let mut last = None;
    for _ in 0..CLAIMS.burst {
        last = cards::claim(&lab.ctx, &me, LASER_ID, UnknownCardId(999)).await.err();
    }
    let problem = last.unwrap().problem(Lang::En);
    assert_eq!((problem.kind, problem.code.as_str()), (Kind::TooMany, "rate.exceeded"));
    claims(&lab, 2).await.expect("somebody else does not wait");
    lab.pass(CLAIMS.every);
    assert_eq!(why(claims(&lab, 1).await), Unclaimable::Enough, "and they not for ever");
}

#[tokio::test]
async fn claim_is_approved_at_once_where_allowed() {
    let lab = held_up().await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'cards.claim-at-once', 'yes')")
        .await;
    let lab = lab.reopen().await;
    let (_, became) = claims(&lab, 1).await.unwrap();
    assert_eq!(became, ClaimOutcome::Approved);
    assert!(lets_in(&lab, "c0ffee03").await);
    assert_eq!(
        lab.text("SELECT group_concat(action) FROM audit WHERE action LIKE 'card.%'").await,
        "card.claimed-at-once"
    );
}

#[tokio::test]
async fn approval_can_be_undone_by_its_author_within_a_minute() {
    let lab = held_up().await;
    let ken = lab.signed_in(11).await;
    let (claim, _) = claims(&lab, 1).await.unwrap();
    cards::approve(&lab.ctx, &ken, claim).await.unwrap();
    inbox::take_back(&lab.ctx, &ken, Matter::Claim, claim.0).await.unwrap();
    assert!(!lets_in(&lab, "c0ffee03").await);
    assert_eq!(became(&lab, 1).await.0, ClaimOutcome::Waits);
    cards::approve(&lab.ctx, &ken, claim).await.expect("it waits again");
    lab.pass(UNDO + seconds(1));
    let late = inbox::take_back(&lab.ctx, &ken, Matter::Claim, claim.0).await.unwrap_err().problem(Lang::En);
    assert_eq!(late.code, "inbox.too-late");
    assert!(lets_in(&lab, "c0ffee03").await);
}

#[tokio::test]
async fn claim_is_deleted_with_card_or_claimant() {
    let lab = held_up().await;
    claims(&lab, 1).await.unwrap();
    claims(&lab, 2).await.unwrap();
    services::privacy::erase(&lab.ctx, &Actor::TOOLGATE, BOB).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM card_claim WHERE person_id = 2").await, 0);
    lab.sql("PRAGMA foreign_keys = ON; DELETE FROM unknown_card").await;
    assert_eq!(lab.number("SELECT count(*) FROM card_claim").await, 0);
}

#[tokio::test]
async fn new_member_is_added_with_unassigned_card_or_not_at_all() {
    let lab = held_up().await;
    let ken = lab.signed_in(11).await;
    let which = offered(&lab, 1).await;
    let nameless = cards::give_unknown(&lab.ctx, &ken, which, Whom::New("  ".into())).await.unwrap_err();
    assert!(nameless.problem(Lang::En).at("name").is_some(), "{nameless:?}");
    let given = cards::give_unknown(&lab.ctx, &ken, which, Whom::New(" Eve ".into())).await.unwrap();
    let Sorted::Given { card, person, name, ending } = given else { panic!("{given:?}") };
    assert_eq!((name.as_str(), ending.as_str()), ("Eve", "ee03"));
    let html = cards::page(&lab.ctx, &ken, card).await.unwrap();
    assert_eq!((html.person, html.state), (person, CardState::Active));
    let standing = check(&lab.ctx, LATHE, &card_of_eve()).await.unwrap();
    assert!(standing.known, "they are a member with a card: {standing:?}");
    let again = cards::give_unknown(&lab.ctx, &ken, which, Whom::New("Finn".into())).await;
    assert!(matches!(again, Err(CardsError::Assigned(_))), "{again:?}");
    assert_eq!(lab.number("SELECT count(*) FROM profile WHERE name = 'Finn'").await, 0, "both or neither");
    let entries =
        lab.text("SELECT group_concat(action) FROM audit WHERE action IN ('person.added', 'card.given')").await;
    assert!(entries.contains("person.added") && entries.contains("card.given"), "{entries}");
}

fn card_of_eve() -> domain::cards::CardUid {
    card("c0ffee03")
}
