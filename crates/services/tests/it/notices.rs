//! Notices: recipients, actions on them, and hidden content.

use crate::lab::{Lab, holds};
use contract::notices::Which;
use domain::{
    id::{MachineId, PersonId, TypeId},
    live::ChangeEvent,
    notices::Kind,
    problems::Severity,
    qualifications::{Relation, Subject},
    time::DAY,
};
use services::{
    notices::{NoticesError, archive, follow, list, open, read, restore, unread_first},
    people,
    problems::{self, ReportProblem},
    qualifications::{self, Change},
};

const ADA: PersonId = PersonId(1);
const BOB: PersonId = PersonId(2);
const LASER: MachineId = MachineId(1);

/// The number of unread notices in the navigation.
async fn unread(ctx: &services::Ctx, actor: &domain::actor::Actor) -> Result<u32, services::inbox::InboxError> {
    services::inbox::count(ctx, actor).await.map(|[unread, _]| unread)
}

/// Bob manages the space.
async fn managed() -> Lab {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    lab
}

/// Kinds of the unarchived notices of `person`, newest first.
async fn notices_of(lab: &Lab, person: i64) -> Vec<Kind> {
    let page = list(&lab.ctx, &lab.signed_in(person).await, Which::All, None).await;
    page.into_iter()
        .flat_map(|page| page.notices)
        .filter_map(|one| one.told.map(|reported| reported.notice.kind()))
        .collect()
}

fn report(severity: Severity) -> Result<ReportProblem, Vec<problems::ValidationError>> {
    ReportProblem::read(Some(severity), "It rattles")
}

#[tokio::test]
async fn affected_person_is_notified_and_author_is_not() {
    let lab = managed().await;
    let bob = lab.signed_in(2).await;
    let placed = holds::place(&lab.ctx, &bob, ADA, holds::unpaid()).await.unwrap();
    holds::lift(&lab.ctx, &bob, placed).await.unwrap();
    let change = Change::now(ADA, Subject::Type(TypeId(3)), Relation::Trainer);
    qualifications::grant(&lab.ctx, &bob, change.clone()).await.unwrap();
    qualifications::revoke(&lab.ctx, &bob, change).await.unwrap();
    assert_eq!(notices_of(&lab, 1).await, [Kind::Revoked, Kind::Granted, Kind::HoldLifted, Kind::HoldPlaced]);
    people::suspend(&lab.ctx, &bob, ADA).await.unwrap();
    people::readmit(&lab.ctx, &bob, ADA).await.unwrap();
    let kinds = notices_of(&lab, 1).await;
    assert_eq!(kinds[..2], [Kind::StatusChanged, Kind::StatusChanged]);
    assert_eq!(notices_of(&lab, 2).await, [], "nobody is told of their own deeds");
}

#[tokio::test]
async fn problem_notifies_caretakers_or_managers_without_any() {
    let lab = managed().await;
    let ada = lab.signed_in(1).await;
    problems::report(&lab.ctx, &ada, LASER, report(Severity::Degraded)).await.unwrap();
    assert_eq!(notices_of(&lab, 2).await, [Kind::ProblemReported], "a manager, for the laser has no owner");
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0);
             INSERT INTO profile (person_id, name) VALUES (4, 'Eve')",
    )
    .await;
    lab.grant(4, 1, "user").await;
    lab.grant(4, 3, "owner").await;
    let second = problems::report(&lab.ctx, &ada, LASER, report(Severity::Note)).await.unwrap();
    assert_eq!(notices_of(&lab, 4).await, [Kind::ProblemReported]);
    assert_eq!(notices_of(&lab, 2).await.len(), 1, "whoever is nearer is told");
    let eve = lab.signed_in(4).await;
    problems::acknowledge(&lab.ctx, &eve, second, 1).await.unwrap();
    problems::resolve(&lab.ctx, &eve, second, 2, "Tightened").await.unwrap();
    assert_eq!(notices_of(&lab, 1).await, [Kind::ProblemResolved, Kind::ProblemAcknowledged]);
}

#[tokio::test]
async fn followers_are_notified_of_unsafe_blocked_and_free_machine() {
    let lab = managed().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    follow(&lab.ctx, &ada, LASER, true).await.unwrap();
    follow(&lab.ctx, &ada, LASER, true).await.unwrap();
    let block = problems::block(&lab.ctx, &bob, LASER, "Lens", false).await.unwrap();
    problems::lift(&lab.ctx, &bob, block).await.unwrap();
    let problem = problems::report(&lab.ctx, &bob, LASER, report(Severity::Unsafe)).await.unwrap();
    problems::resolve(&lab.ctx, &bob, problem, 1, "New lens").await.unwrap();
    let expected = [Kind::MachineFree, Kind::MachineUnsafe, Kind::MachineFree, Kind::MachineBlocked];
    assert_eq!(notices_of(&lab, 1).await, expected);
    follow(&lab.ctx, &ada, LASER, false).await.unwrap();
    problems::block(&lab.ctx, &bob, LASER, "Lens", false).await.unwrap();
    assert_eq!(notices_of(&lab, 1).await.len(), 4, "who follows no longer is told no more");
    let unknown = follow(&lab.ctx, &ada, MachineId(99), true).await;
    assert!(matches!(unknown, Err(NoticesError::UnknownMachine)), "{unknown:?}");
}

#[tokio::test]
async fn due_dates_notify_once_each() {
    let lab = managed().await;
    lab.sql(
        "INSERT INTO maintenance_plan (id, type_id, words, every_days, doer, blocking, display, begun_at)
             VALUES (1, 3, 'Clean the lens', 7, 'trainer', 0, '', 1799000000000)",
    )
    .await;
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at)
             VALUES (1, 3, 'trainer', 'granted', 0, 1800400000000, 'trainer', 0)",
    )
    .await;
    for expected in [2, 0] {
        assert_eq!(remind(&lab).await, expected);
    }
    assert_eq!(notices_of(&lab, 1).await, [Kind::Expiring, Kind::MaintenanceDue]);
    lab.pass(DAY * 3);
    assert_eq!(remind(&lab).await, 0, "the same time is told once");
}

/// Runs the timer; returns the number of notices.
async fn remind(lab: &Lab) -> u64 {
    match services::jobs::run(&lab.ctx, domain::jobs::Job::Reminders).await {
        contract::system::Ended::Done(count) => count,
        contract::system::Ended::Idle => 0,
        contract::system::Ended::Failed => panic!("the reminders failed"),
    }
}

#[tokio::test]
async fn notice_is_read_archived_and_restored_by_its_reader_only() {
    let lab = managed().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let placed = holds::place(&lab.ctx, &bob, ADA, holds::unpaid()).await.unwrap();
    holds::lift(&lab.ctx, &bob, placed).await.unwrap();
    assert_eq!(unread(&lab.ctx, &ada).await.unwrap(), 2);
    let page = list(&lab.ctx, &ada, Which::Unread, None).await.unwrap();
    let (newest, oldest) = (page.notices[0].id, page.notices[1].id);
    for refused in [
        read(&lab.ctx, &bob, Some(newest)).await.err(),
        archive(&lab.ctx, &bob, Some(newest)).await.err(),
        open(&lab.ctx, &bob, newest).await.err(),
    ] {
        assert!(matches!(refused, Some(NoticesError::Unknown)), "{refused:?}");
    }
    assert_eq!(restore(&lab.ctx, &bob, vec![newest]).await.unwrap(), 0);
    assert_eq!(open(&lab.ctx, &ada, newest).await.unwrap(), "/me");
    assert_eq!(unread(&lab.ctx, &ada).await.unwrap(), 1);
    assert_eq!(archive(&lab.ctx, &ada, None).await.unwrap(), [newest]);
    assert_eq!(archive(&lab.ctx, &ada, Some(newest)).await.unwrap(), [], "twice is once");
    assert_eq!(archive(&lab.ctx, &ada, Some(oldest)).await.unwrap(), [oldest]);
    assert_eq!(list(&lab.ctx, &ada, Which::Archived, None).await.unwrap().notices.len(), 2);
    assert_eq!(restore(&lab.ctx, &ada, vec![newest, oldest]).await.unwrap(), 2);
    let all = unread_first(&lab.ctx, &ada, Which::All, None, 1).await.unwrap();
    assert_eq!((all.notices[0].id, all.next), (oldest, Some(oldest)), "what is unread comes first");
    let rest = unread_first(&lab.ctx, &ada, Which::All, Some((false, oldest)), 1).await.unwrap();
    assert_eq!((rest.notices[0].id, rest.next), (newest, None));
}

#[tokio::test]
async fn notice_hides_content_its_reader_may_no_longer_see() {
    let lab = managed().await;
    let ada = lab.signed_in(1).await;
    problems::report(&lab.ctx, &ada, LASER, report(Severity::Note)).await.unwrap();
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (2, 1, 'owner', 'revoked', 1, 'setup', 1), (2, 1, 'user', 'revoked', 1, 'setup', 1)",
    )
    .await;
    let page = list(&lab.ctx, &lab.signed_in(2).await, Which::All, None).await.unwrap();
    assert!(page.notices[0].told.is_none(), "Bob is no member any more: {page:?}");
    assert_eq!(open(&lab.ctx, &lab.signed_in(2).await, page.notices[0].id).await.unwrap(), "/notices?show=all");
}

#[tokio::test]
async fn notice_event_reaches_its_reader_only() {
    let lab = managed().await;
    let bob = lab.signed_in(2).await;
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    holds::place(&lab.ctx, &bob, ADA, holds::unpaid()).await.unwrap();
    let mut hints = Vec::new();
    while hints.len() < 2 {
        hints.extend(coming.recv().await.unwrap().hint);
    }
    assert!(
        hints.contains(&ChangeEvent::Notices(ADA)) && !hints.contains(&ChangeEvent::Notices(BOB)),
        "{hints:?}"
    );
}
