//! People through the services' doors: finding them, and what happens when somebody comes, goes or is kept out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod lab;

use domain::{
    access::Decision,
    actor::{Actor, Rank},
    cards::CardState,
    id::{PersonId, TypeId},
    people::{PAGE, PersonStatus, Step, StepRefusal},
    problem::Kind,
};
use lab::{LASER, Lab, ada};
use services::{
    access::check,
    people::{self, PeopleError, Query},
    qualifications::type_page,
};
use text::Lang;

const ADA: PersonId = PersonId(1);

/// The lab, with Eve who administers (10), Ken who manages (11), Finn who administers too (14) and Ann who applied (15).
async fn staffed() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES
             (10, 'active', 0), (11, 'active', 0), (14, 'active', 0), (15, 'applicant', 0);
         INSERT INTO profile (person_id, name, email) VALUES
             (10, 'Eve', 'eve@example.org'), (11, 'Ken', NULL), (14, 'Finn', NULL), (15, 'Ann', 'ann@example.org');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (10, 1, 'user', 'granted', 0, 'setup', 0), (10, 2, 'owner', 'granted', 0, 'setup', 0),
             (14, 1, 'user', 'granted', 0, 'setup', 0), (14, 2, 'owner', 'granted', 0, 'setup', 0),
             (11, 1, 'owner', 'granted', 0, 'setup', 0);
         INSERT INTO session (hash, person_id, created_at, seen_at, expires_at, device) VALUES
             (randomblob(32), 1, 0, 0, 1, 'x'), (randomblob(32), 1, 0, 0, 1, 'y')",
    )
    .await;
    lab
}

fn refusals<T: std::fmt::Debug>(answer: Result<T, PeopleError>) -> Vec<StepRefusal> {
    match answer {
        Err(PeopleError::Refused(refusals)) => refusals,
        other => panic!("{other:?}"),
    }
}

async fn lets_in(lab: &Lab) -> bool {
    matches!(check(&lab.ctx, LASER, &ada()).await.unwrap().decision, Decision::Allow { .. })
}

#[tokio::test]
async fn a8_who_is_suspended_is_out_everywhere_at_once_and_comes_back_whole() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    lab.starts(LASER, &ada()).await;
    people::suspend(&lab.ctx, &ken, ADA).await.unwrap();
    assert!(!lets_in(&lab).await);
    assert_eq!(lab.number("SELECT count(*) FROM session WHERE person_id = 1").await, 0);
    assert_eq!(lab.number("SELECT count(*) FROM machine_request WHERE cause = 'suspended'").await, 1);
    assert_eq!(lab.text("SELECT action FROM audit WHERE subject = 'person:1'").await, "person.suspended");
    assert_eq!(refusals(people::suspend(&lab.ctx, &ken, ADA).await), [StepRefusal::WrongStatus]);
    lab.stops(LASER, &ada(), 0).await;
    people::readmit(&lab.ctx, &ken, ADA).await.unwrap();
    assert!(lets_in(&lab).await);
    people::leave(&lab.ctx, &ken, ADA).await.unwrap();
    assert!(!lets_in(&lab).await);
    assert_eq!(lab.number("SELECT left_at IS NOT NULL FROM person WHERE id = 1").await, 1);
}

#[tokio::test]
async fn an_applicant_becomes_a_member_once() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    people::admit(&lab.ctx, &ken, PersonId(15)).await.unwrap();
    let page = people::page(&lab.ctx, &ken, PersonId(15)).await.unwrap();
    assert_eq!((page.status, page.rank), (PersonStatus::Active, Rank::Member));
    assert_eq!(refusals(people::admit(&lab.ctx, &ken, PersonId(15)).await), [StepRefusal::WrongStatus]);
    assert_eq!(lab.number("SELECT count(*) FROM qualification WHERE person_id = 15").await, 1);
}

#[tokio::test]
async fn a18_administrators_are_kept_by_every_door() {
    let lab = staffed().await;
    let (eve, ken) = (lab.signed_in(10).await, lab.signed_in(11).await);
    assert_eq!(refusals(people::suspend(&lab.ctx, &ken, PersonId(14)).await), [StepRefusal::Outranked]);
    people::suspend(&lab.ctx, &eve, PersonId(14)).await.unwrap();
    assert_eq!(refusals(people::readmit(&lab.ctx, &ken, PersonId(14)).await), [StepRefusal::Outranked]);
    let oneself = refusals(people::leave(&lab.ctx, &eve, PersonId(10)).await);
    assert_eq!(oneself, [StepRefusal::Oneself, StepRefusal::LastAdministrator]);
    for answer in [
        people::suspend(&lab.ctx, &Actor::TOOLGATE, PersonId(10)).await,
        people::leave(&lab.ctx, &Actor::TOOLGATE, PersonId(10)).await,
    ] {
        assert_eq!(refusals(answer), [StepRefusal::LastAdministrator]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a18_two_administrators_who_suspend_each_other_at_once_leave_one() {
    for _ in 0..20 {
        let lab = staffed().await;
        let (eve, finn) = (lab.signed_in(10).await, lab.signed_in(14).await);
        let suspend = |actor: Actor, person| {
            let ctx = lab.ctx.clone();
            tokio::spawn(async move { people::suspend(&ctx, &actor, PersonId(person)).await })
        };
        let (one, other) = (suspend(eve, 14), suspend(finn, 10));
        let (one, other) = (one.await.unwrap(), other.await.unwrap());
        assert_eq!(one.is_ok(), other.is_err(), "{one:?} {other:?}");
        let active = lab.number("SELECT count(*) FROM person WHERE id IN (10, 14) AND status = 'active'").await;
        assert_eq!(active, 1);
    }
}

#[tokio::test]
async fn a7_others_do_not_exist_for_members() {
    let lab = staffed().await;
    let bob = lab.signed_in(2).await;
    assert!(matches!(people::list(&lab.ctx, &bob, &Query::default(), None).await, Err(PeopleError::Forbidden(_))));
    for other in [ADA, PersonId(999)] {
        assert!(matches!(people::page(&lab.ctx, &bob, other).await, Err(PeopleError::Unknown)));
    }
    assert!(people::page(&lab.ctx, &bob, PersonId(2)).await.is_ok(), "oneself");
    assert!(people::suspend(&lab.ctx, &bob, ADA).await.is_err());
}

#[tokio::test]
async fn a6_a_page_tells_two_digits_of_a_card_and_not_to_auditors() {
    let lab = staffed().await;
    lab.grant(2, 2, "user").await;
    let seen = people::page(&lab.ctx, &lab.signed_in(11).await, ADA).await.unwrap();
    assert_eq!((seen.cards[0].ending.as_str(), seen.cards[0].state), ("a1", CardState::Active));
    assert_eq!(seen.steps, [Step::Suspend, Step::Leave]);
    let audited = people::page(&lab.ctx, &lab.signed_in(2).await, ADA).await.unwrap();
    assert_eq!(audited.cards[0].ending, "");
    assert!(audited.steps.is_empty() && audited.standing.deeds.grant.is_empty());
    assert!(!audited.may_hold && !audited.may_help_in && !audited.cards[0].may_lose);
}

#[tokio::test]
async fn the_list_is_found_through_and_turned_page_by_page() {
    let lab = staffed().await;
    lab.sql(
        "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 219)
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 217)
         INSERT INTO profile (person_id, name) SELECT i, 'Member ' || (i / 3) FROM n",
    )
    .await;
    let ken = lab.signed_in(11).await;
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = people::list(&lab.ctx, &ken, &Query::default(), after).await.unwrap();
        assert!(page.people.len() <= PAGE);
        seen.extend(page.people.into_iter().map(|person| person.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 127);
    assert_eq!(&seen[125..], [PersonId(218), PersonId(219)], "whoever has no name comes last");
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 127, "nobody twice");
    for (search, status, found) in [
        ("eve@", None, 1),
        ("EVE", None, 1),
        ("100%", None, 0),
        ("_", None, 0),
        ("", Some(PersonStatus::Applicant), 1),
        ("ann", Some(PersonStatus::Active), 0),
    ] {
        let query = Query { search: search.into(), status };
        let page = people::list(&lab.ctx, &ken, &query, None).await.unwrap();
        assert_eq!(page.people.len(), found, "{search} {status:?}");
    }
    let refused = people::list(&lab.ctx, &lab.signed_in(15).await, &Query::default(), None).await.unwrap_err();
    assert_eq!(refused.problem(Lang::It).kind, Kind::Forbidden);
}

#[tokio::test]
async fn an_inductor_finds_who_waits_and_admits_them_in_their_own_name() {
    let lab = staffed().await;
    lab.grant(2, 1, "trainer").await;
    let bob = lab.signed_in(2).await;
    let waiting = async || type_page(&lab.ctx, &bob, TypeId(1), "", None).await.unwrap().applicants.unwrap();
    let names: Vec<_> = waiting().await.into_iter().map(|one| (one.person, one.name)).collect();
    assert_eq!(names, [(PersonId(15), Some("Ann".to_owned()))]);
    people::admit(&lab.ctx, &bob, PersonId(15)).await.unwrap();
    assert_eq!(lab.text("SELECT cause FROM qualification WHERE person_id = 15").await, "trainer");
    assert!(waiting().await.is_empty());
}
