//! The ledger through the services: permissions, effects, and lapses.

use crate::lab::{LASER, Lab, NOON, ada, bob, seconds};
use contract::qualifications::ChangedBy;
use domain::{
    access::Decision,
    actor::{Actor, Channel},
    id::{MachineId, PersonId, TypeId},
    people::PersonStatus,
    problem::Kind,
    qualifications::{Cause, EntryKind, Relation, SPACE, SYSTEM, Subject, change::Refusal},
    time::DAY,
};
use services::error::ServiceError;
use services::{
    access::check,
    notes,
    qualifications::{self, Change, QualificationsError},
};
use text::Lang;

const ON_LASER: Subject = Subject::Type(TypeId(3));
const ADA: PersonId = PersonId(1);
const BOB: PersonId = PersonId(2);

/// The lab, with Eve who administers (10), Ken who manages (11), Tom who trains on lasers (12), Oda who owns them
/// (13) and Finn, another administrator (14).
async fn staffed() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES
             (10, 'active', 0), (11, 'active', 0), (12, 'active', 0), (13, 'active', 0), (14, 'active', 0), (15, 'applicant', 0);
         INSERT INTO profile (person_id, name) VALUES
             (10, 'Eve'), (11, 'Ken'), (12, 'Tom'), (13, 'Oda'), (14, 'Finn'), (15, 'Ann');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at) VALUES
             (10, 1, 'user', 'granted', 0, 'setup', 0), (10, 2, 'owner', 'granted', 0, 'setup', 0),
             (14, 1, 'user', 'granted', 0, 'setup', 0), (14, 2, 'owner', 'granted', 0, 'setup', 0),
             (11, 1, 'owner', 'granted', 0, 'setup', 0), (12, 1, 'user', 'granted', 0, 'setup', 0),
             (12, 3, 'trainer', 'granted', 0, 'setup', 0), (13, 1, 'user', 'granted', 0, 'setup', 0),
             (13, 3, 'owner', 'granted', 0, 'setup', 0)",
    )
    .await;
    lab
}

fn user(person: PersonId) -> Change {
    Change::now(person, ON_LASER, Relation::User)
}

fn because(change: Change) -> Change {
    Change { remark: Some("left the laser burning".into()), ..change }
}

async fn lets_in(lab: &Lab, card: &domain::cards::CardUid) -> bool {
    matches!(check(&lab.ctx, LASER, card).await.unwrap().decision, Decision::Allow { .. })
}

fn refusals<T: std::fmt::Debug>(answer: Result<T, QualificationsError>) -> Vec<Refusal> {
    match answer {
        Err(QualificationsError::Refused(refusals)) => refusals,
        other => panic!("{other:?}"),
    }
}

// A10
#[tokio::test]
async fn grant_by_trainer_applies_at_next_swipe() {
    let lab = staffed().await;
    let tom = lab.signed_in(12).await;
    assert!(!lets_in(&lab, &bob()).await);
    qualifications::grant(&lab.ctx, &tom, user(BOB)).await.unwrap();
    assert!(lets_in(&lab, &bob()).await);
    let standing = qualifications::mine(&lab.ctx, &lab.signed_in(2).await).await.unwrap();
    let laser = standing.held.iter().find(|held| held.on.subject == ON_LASER).unwrap();
    assert_eq!((laser.cause, &laser.by), (Cause::Trainer, &ChangedBy::Name("Tom".into())));
    assert_eq!(laser.since.at, NOON);
    assert_eq!(lab.text("SELECT action FROM audit ORDER BY seq DESC LIMIT 1").await, "qualification.granted");
    assert_eq!(lab.text("SELECT subject FROM audit ORDER BY seq DESC LIMIT 1").await, "person:2");
    qualifications::revoke(&lab.ctx, &tom, user(BOB)).await.unwrap();
    assert!(!lets_in(&lab, &bob()).await);
    assert_eq!(refusals(qualifications::revoke(&lab.ctx, &tom, user(BOB)).await), [Refusal::NotSo], "twice");
}

// A10
#[tokio::test]
async fn ban_denies_until_lifted_and_regranted() {
    let lab = staffed().await;
    let (tom, oda) = (lab.signed_in(12).await, lab.signed_in(13).await);
    assert!(lets_in(&lab, &ada()).await);
    assert_eq!(refusals(qualifications::ban(&lab.ctx, &tom, because(user(ADA))).await), [Refusal::TakesOwner]);
    let silent = qualifications::ban(&lab.ctx, &oda, user(ADA)).await;
    assert!(matches!(silent, Err(QualificationsError::RemarkMissing)));
    qualifications::ban(&lab.ctx, &oda, because(user(ADA))).await.unwrap();
    assert!(!lets_in(&lab, &ada()).await);
    let mine = qualifications::mine(&lab.ctx, &lab.signed_in(1).await).await.unwrap();
    assert_eq!(mine.bans[0].remark.as_deref(), Some("left the laser burning"));
    assert!(mine.held.iter().all(|held| held.on.subject != ON_LASER));
    assert_eq!(
        lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%burning%'").await,
        0,
        "A6: no free text"
    );
    qualifications::unban(&lab.ctx, &oda, user(ADA)).await.unwrap();
    assert!(!lets_in(&lab, &ada()).await, "a ban ends the standing");
    qualifications::grant(&lab.ctx, &tom, user(ADA)).await.unwrap();
    assert!(lets_in(&lab, &ada()).await);
    let message: Vec<_> = qualifications::mine(&lab.ctx, &lab.signed_in(1).await)
        .await
        .unwrap()
        .history
        .into_iter()
        .filter(|message| message.on.subject == ON_LASER)
        .map(|message| message.kind)
        .collect();
    assert_eq!(message, [EntryKind::Granted, EntryKind::Unbanned, EntryKind::Banned, EntryKind::Granted]);
    lab.sql("DELETE FROM remark").await;
    let erased = qualifications::mine(&lab.ctx, &lab.signed_in(1).await).await.unwrap();
    assert!(erased.history.iter().all(|message| message.remark.is_none()), "the words can go, the entry stays");
    notes::write(&lab.ctx, &lab.signed_in(11).await, BOB, "about somebody else").await.unwrap();
    let named = "SELECT count(*) FROM remark r JOIN qualification q ON q.remark_id = r.id";
    assert_eq!(lab.number(named).await, 0, "no words get the number of what went");
    lab.sql(
        "INSERT INTO remark (id, about_person, body, written_at) SELECT max(remark_id), 2, 'x', 0 FROM qualification",
    )
    .await;
    let erased = qualifications::mine(&lab.ctx, &lab.signed_in(1).await).await.unwrap();
    assert!(
        erased.history.iter().all(|message| message.remark.is_none()),
        "and if they had it, they are not theirs"
    );
}

// A8
#[tokio::test]
async fn ban_stops_machine_and_lost_role_signs_out() {
    let lab = staffed().await;
    lab.starts(LASER, &ada()).await;
    lab.sql(
        "INSERT INTO session (id, hash, person_id, created_at, seen_at, expires_at, device) VALUES
             (1, zeroblob(32), 1, 0, 0, 1, 'x'), (11, randomblob(32), 11, 0, 0, 1, 'x')",
    )
    .await;
    qualifications::ban(&lab.ctx, &lab.signed_in(13).await, because(user(ADA))).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM machine_request WHERE cause = 'banned'").await, 1);
    assert_eq!(lab.number("SELECT count(*) FROM session WHERE person_id = 1").await, 1, "still a member");
    let manager = Change::now(PersonId(11), SPACE, Relation::Owner);
    let eve = lab.signed_in(10).await;
    qualifications::revoke(&lab.ctx, &eve, manager).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM session WHERE person_id = 11").await, 0, "was a manager");
}

#[tokio::test]
async fn invalid_change_reports_field() {
    let lab = staffed().await;
    let oda = lab.signed_in(13).await;
    let past = Change { from: Some(NOON.before(DAY)), ..user(BOB) };
    assert_eq!(refusals(qualifications::grant(&lab.ctx, &oda, past).await), [Refusal::Backdated]);
    let backwards = Change { until: Some(NOON), ..user(BOB) };
    let refused = qualifications::grant(&lab.ctx, &oda, backwards).await.unwrap_err().problem(Lang::En);
    assert_eq!((refused.kind, refused.at("until")), (Kind::Invalid, Some("Choose a day from today on.")));
    let applicant = qualifications::grant(&lab.ctx, &oda, user(PersonId(15))).await;
    assert_eq!(refusals(applicant), [Refusal::Applicant]);
    let nobody = qualifications::grant(&lab.ctx, &oda, user(PersonId(999))).await;
    assert!(matches!(nobody, Err(QualificationsError::UnknownPerson)));
    let long = Change { remark: Some("x".repeat(1_001)), ..user(BOB) };
    assert!(matches!(qualifications::grant(&lab.ctx, &oda, long).await, Err(QualificationsError::RemarkTooLong)));
    let nothing = Change::now(BOB, Subject::Type(TypeId(99)), Relation::User);
    let eve = lab.signed_in(10).await;
    assert!(matches!(
        qualifications::grant(&lab.ctx, &eve, nothing).await,
        Err(QualificationsError::UnknownEquipment)
    ));
    lab.sql("UPDATE equipment_type SET archived_at = 1 WHERE id = 3").await;
    let on_machine = Change::now(BOB, Subject::Machine(MachineId(1)), Relation::User);
    for change in [user(BOB), on_machine] {
        assert_eq!(refusals(qualifications::grant(&lab.ctx, &oda, change).await), [Refusal::Archived]);
    }
    for (input, good) in
        [("2026-02-30", false), ("tomorrow", false), ("2101-01-01", false), ("", true), (" 2099-12-31 ", true)]
    {
        assert_eq!(qualifications::until_day(&lab.ctx, input).is_ok(), good, "{input}");
    }
    let none = qualifications::until_day(&lab.ctx, "2026-02-30").unwrap_err().problem(Lang::En);
    assert_eq!(none.at("until"), Some("That day does not exist."));
    assert_eq!(
        lab.number("SELECT count(*) FROM qualification WHERE recorded_at > 0").await,
        0,
        "nothing was written"
    );
}

// A7
#[tokio::test]
async fn members_and_strangers_cannot_read_or_write_ledger() {
    let lab = staffed().await;
    let bob = lab.signed_in(2).await;
    for subject in [ON_LASER, SPACE, SYSTEM, Subject::Type(TypeId(99)), Subject::Machine(MachineId(99))] {
        let change = Change::now(ADA, subject, Relation::User);
        let answer = qualifications::grant(&lab.ctx, &bob, change.clone()).await;
        assert!(matches!(answer, Err(QualificationsError::Forbidden(_))), "{subject:?}: {answer:?}");
        let stranger = Actor::anybody(true, Channel::Web);
        let answer = qualifications::grant(&lab.ctx, &stranger, change).await.unwrap_err().problem(Lang::En);
        assert_eq!(answer.kind, Kind::SignIn);
    }
    for other in [ADA, PersonId(999)] {
        let answer = qualifications::of_person(&lab.ctx, &bob, other).await;
        assert!(matches!(answer, Err(QualificationsError::UnknownPerson)), "as if they did not exist");
    }
    assert!(qualifications::my_types(&lab.ctx, &bob).await.is_err());
    assert!(qualifications::type_page(&lab.ctx, &bob, TypeId(3), "", None).await.is_err());
    let tom = lab.signed_in(12).await;
    assert!(
        qualifications::of_person(&lab.ctx, &tom, ADA).await.is_err(),
        "trainers see their type, not the person"
    );
}

#[tokio::test]
async fn inactive_role_is_asked_for_second_factor() {
    let lab = staffed().await;
    let mut eve = lab.signed_in(10).await;
    if let domain::actor::Who::Person(known) = &mut eve.who {
        known.roles_asleep = true;
    }
    let auditor = Change::now(BOB, SYSTEM, Relation::User);
    for change in [auditor, user(BOB)] {
        let answer = qualifications::grant(&lab.ctx, &eve, change).await.unwrap_err().problem(Lang::En);
        assert_eq!(answer.code, "actor.second-factor");
    }
    assert!(qualifications::my_types(&lab.ctx, &eve).await.is_err());
}

#[tokio::test]
async fn trainer_sees_own_type_with_allowed_actions() {
    let lab = staffed().await;
    let tom = lab.signed_in(12).await;
    let types = qualifications::my_types(&lab.ctx, &tom).await.unwrap();
    assert_eq!(types.len(), 1);
    assert_eq!((types[0].users, types[0].trainers, types[0].banned), (3, 1, 0), "Ada, Tom, Oda, not Zoe");
    let page = qualifications::type_page(&lab.ctx, &tom, TypeId(3), "", Some(ADA)).await.unwrap();
    let names: Vec<_> = page.people.iter().filter_map(|one| one.name.as_deref()).collect();
    assert_eq!(names, ["Ada", "Oda", "Tom", "Zoe"]);
    let actions = page.chosen.unwrap().standing.actions;
    assert_eq!(actions.revoke.iter().map(|(on, _)| on.subject).collect::<Vec<_>>(), [ON_LASER]);
    assert!(actions.ban.is_empty() && actions.unban.is_empty());
    let found = qualifications::type_page(&lab.ctx, &tom, TypeId(3), "bo", None).await.unwrap().found;
    assert_eq!(found, [(BOB, "Bob".to_owned())]);
    for (search, expected) in [("bo", vec![]), ("od", vec!["Oda"])] {
        let page = qualifications::type_page(&lab.ctx, &tom, TypeId(3), search, None).await.unwrap();
        let matching: Vec<_> = page.matching.iter().filter_map(|one| one.name.as_deref()).collect();
        assert_eq!(matching, expected);
        assert_eq!(page.people.len(), 4, "a search leaves the list as it is");
    }
    let managed = qualifications::my_types(&lab.ctx, &lab.signed_in(11).await).await.unwrap();
    let kinds: Vec<_> = managed.iter().map(|one| one.on.kind.0).collect();
    assert_eq!(kinds, [1, 3, 4], "every type but the system");
}

#[tokio::test]
async fn offered_ledger_actions_succeed_and_others_fail() {
    for writer in [10, 11, 12, 13] {
        let lab = staffed().await;
        let actor = lab.signed_in(writer).await;
        let target = PersonId(14);
        let page = qualifications::type_page(&lab.ctx, &actor, TypeId(3), "", Some(target)).await.unwrap();
        let offered = page.chosen.unwrap().standing.actions.grant;
        for subject in [ON_LASER, Subject::Machine(MachineId(1))] {
            for &relation in Relation::ALL {
                let listed = offered.iter().any(|(on, offer)| on.subject == subject && *offer == relation);
                let done = qualifications::grant(&lab.ctx, &actor, Change::now(target, subject, relation)).await;
                assert_eq!(done.is_ok(), listed, "{writer} {subject:?} {relation:?}: {done:?}");
            }
        }
    }
}

// A18
#[tokio::test(flavor = "multi_thread")]
async fn mutual_demotion_leaves_one_administrator() {
    for _ in 0..20 {
        let lab = staffed().await;
        let (eve, finn) = (lab.signed_in(10).await, lab.signed_in(14).await);
        let demote = |actor: Actor, person| {
            let ctx = lab.ctx.clone();
            tokio::spawn(async move {
                qualifications::revoke(&ctx, &actor, Change::now(PersonId(person), SYSTEM, Relation::Owner)).await
            })
        };
        let (one, other) = (demote(eve, 14), demote(finn, 10));
        let (one, other) = (one.await.unwrap(), other.await.unwrap());
        assert_eq!(one.is_ok(), other.is_err(), "{one:?} {other:?}");
        let left = lab.number(
            "SELECT sum(kind = 'granted') - sum(kind = 'revoked') FROM qualification WHERE type_id = 2 AND relation = 'owner'",
        );
        assert_eq!(left.await, 1);
    }
}

// A18
#[tokio::test]
async fn last_administrator_survives_every_entry() {
    let lab = staffed().await;
    let (eve, finn) = (lab.signed_in(10).await, lab.signed_in(14).await);
    let of = |person| Change::now(PersonId(person), SYSTEM, Relation::Owner);
    qualifications::revoke(&lab.ctx, &eve, of(14)).await.unwrap();
    let oneself = refusals(qualifications::revoke(&lab.ctx, &eve, of(10)).await);
    assert_eq!(oneself, [Refusal::Oneself, Refusal::LastAdministrator]);
    let stale = refusals(qualifications::revoke(&lab.ctx, &finn, of(10)).await);
    assert!(
        stale.contains(&Refusal::TakesAdministrator),
        "Finn is none any more, whatever his page says: {stale:?}"
    );
    let toolgate = Actor::TOOLGATE;
    for answer in [
        qualifications::revoke(&lab.ctx, &toolgate, of(10)).await,
        qualifications::ban(&lab.ctx, &toolgate, because(of(10))).await,
        qualifications::grant(&lab.ctx, &toolgate, Change { until: Some(NOON.after(DAY)), ..of(10) }).await,
    ] {
        assert_eq!(refusals(answer), [Refusal::LastAdministrator]);
    }
}

// A10
#[tokio::test]
async fn lapse_covers_future_entries_and_grant_restores() {
    let lab = staffed().await;
    let tom = lab.signed_in(12).await;
    let week = Change { until: Some(NOON.after(DAY * 7)), ..user(BOB) };
    qualifications::grant(&lab.ctx, &tom, week).await.unwrap();
    assert_eq!(qualifications::lapse(&lab.ctx).await.unwrap(), 0);
    lab.pass(DAY * 14);
    assert!(!lets_in(&lab, &bob()).await, "over at its date, job or no job");
    assert_eq!(qualifications::lapse(&lab.ctx).await.unwrap(), 1, "A23: a week late");
    assert_eq!(qualifications::lapse(&lab.ctx).await.unwrap(), 0, "A23: once");
    let lapse = "SELECT effective_from FROM qualification WHERE cause = 'expiry'";
    assert_eq!(lab.number(lapse).await, NOON.after(DAY * 7).0);
    assert_eq!(lab.text("SELECT action FROM audit ORDER BY seq DESC LIMIT 1").await, "qualification.lapsed");
    qualifications::grant(&lab.ctx, &lab.signed_in(12).await, user(BOB)).await.unwrap();
    assert!(lets_in(&lab, &bob()).await);
}

#[tokio::test]
async fn disuse_lapses_after_set_days_counting_every_use() {
    let lab = staffed().await;
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 3, 'qualifications.lapse-unused', '30'),
             ('type', 3, 'qualifications.lapse-never-used', '90')",
    )
    .await;
    qualifications::grant(&lab.ctx, &lab.signed_in(12).await, user(BOB)).await.unwrap();
    lab.starts(LASER, &bob()).await;
    lab.pass(DAY);
    lab.stops(LASER, &bob(), 80_000).await;
    // Ada and Zoe were granted in 1970 and never came: they go at once. Tom and Oda do not use it, they teach and
    // mend.
    assert_eq!(qualifications::lapse(&lab.ctx).await.unwrap(), 2);
    lab.pass(DAY * 29);
    assert_eq!(qualifications::lapse(&lab.ctx).await.unwrap(), 0);
    lab.pass(DAY);
    assert_eq!(qualifications::lapse(&lab.ctx).await.unwrap(), 1);
    assert_eq!(lab.number("SELECT count(*) FROM qualification WHERE cause = 'expiry' AND type_id <> 3").await, 0);
}

const SESSION_OF_KEN: &str = "INSERT INTO session (hash, person_id, created_at, seen_at, expires_at, device)
     VALUES (randomblob(32), 11, 0, 0, 9999999999999, 'x')";

// A8
#[tokio::test]
async fn expired_role_signs_out_like_revoked_one() {
    let lab = staffed().await;
    let eve = lab.signed_in(10).await;
    let terms = [(SPACE, Relation::Owner), (SYSTEM, Relation::User), (ON_LASER, Relation::User)];
    for (day, (subject, relation)) in (1..).zip(terms) {
        let until = Some(NOON.after(DAY * day));
        let change = Change { until, ..Change::now(PersonId(11), subject, relation) };
        qualifications::grant(&lab.ctx, &eve, change).await.unwrap();
        lab.sql(SESSION_OF_KEN).await;
        lab.pass(DAY);
        assert_eq!(qualifications::lapse(&lab.ctx).await.unwrap(), 1);
        let sessions = lab.number("SELECT count(*) FROM session WHERE person_id = 11").await;
        assert_eq!(sessions, i64::from(subject == ON_LASER), "{subject}");
    }
}

#[tokio::test]
async fn links_issued_before_promotion_are_invalid() {
    let lab = staffed().await;
    let eve = lab.signed_in(10).await;
    let tomorrow = Some(NOON.after(DAY));
    for (subject, relation, from, left) in [
        (ON_LASER, Relation::Owner, None, 1),
        (SPACE, Relation::Trainer, None, 0),
        (SYSTEM, Relation::User, None, 0),
        (SPACE, Relation::Owner, tomorrow, 0),
    ] {
        lab.sql(
            "DELETE FROM link; INSERT INTO link (hash, purpose, person_id, created_at, expires_at)
                 VALUES (randomblob(32), 'reset', 1, 0, 9999999999999)",
        )
        .await;
        let change = Change { from, ..Change::now(ADA, subject, relation) };
        qualifications::grant(&lab.ctx, &eve, change).await.unwrap();
        assert_eq!(lab.number("SELECT count(*) FROM link").await, left, "{subject} {relation:?}");
    }
}

#[tokio::test]
async fn type_ban_does_not_remove_machine_owner() {
    let lab = staffed().await;
    let on_machine = Subject::Machine(MachineId(1));
    let eve = lab.signed_in(10).await;
    qualifications::grant(&lab.ctx, &eve, Change::now(BOB, on_machine, Relation::Owner)).await.unwrap();
    for writer in [11, 13] {
        let actor = lab.signed_in(writer).await;
        let ban = qualifications::ban(&lab.ctx, &actor, because(user(BOB))).await;
        assert_eq!(refusals(ban), [Refusal::TakesAdministrator]);
        let page = qualifications::type_page(&lab.ctx, &actor, TypeId(3), "", Some(BOB)).await.unwrap();
        let offered = page.chosen.unwrap().standing.actions.ban;
        assert!(offered.is_empty(), "what is refused is not offered: {offered:?}");
    }
    qualifications::ban(&lab.ctx, &eve, because(user(BOB))).await.unwrap();
}

#[tokio::test]
async fn administrators_are_visible_to_auditors_and_long_search_finds_nobody() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let system = qualifications::type_page(&lab.ctx, &ken, TypeId(2), "", None).await;
    assert!(matches!(system, Err(QualificationsError::UnknownEquipment)), "{system:?}");
    let eve = lab.signed_in(10).await;
    assert_eq!(qualifications::type_page(&lab.ctx, &eve, TypeId(2), "", None).await.unwrap().people.len(), 2);
    let long = "x".repeat(60_000);
    assert!(qualifications::type_page(&lab.ctx, &ken, TypeId(3), &long, None).await.unwrap().found.is_empty());
}

/// Compares the counts of each type with its list; returns how many are above zero.
async fn counted_as_listed(lab: &Lab, when: &str) -> u32 {
    let ken = lab.signed_in(11).await;
    let types = qualifications::my_types(&lab.ctx, &ken).await.unwrap();
    let mut kinds_of_people = 0;
    for mine in types.iter().filter(|mine| mine.on.built_in.is_none()) {
        let page = qualifications::type_page(&lab.ctx, &ken, mine.on.kind, "", None).await.unwrap();
        let count = |is: &dyn Fn(&contract::qualifications::Qualified) -> bool| {
            let members = page.people.iter().filter(|one| one.status == PersonStatus::Active);
            u32::try_from(members.filter(|one| is(one)).count()).unwrap()
        };
        assert_eq!(usize::try_from(page.total).unwrap(), page.people.len(), "all of them are on the page");
        let listed = (
            count(&|one| one.relation.is_some()),
            count(&|one| one.relation == Some(Relation::Trainer)),
            count(&|one| one.banned),
        );
        assert_eq!((mine.users, mine.trainers, mine.banned), listed, "{when}: {}", mine.on.name);
        kinds_of_people += u32::from(listed.0 > 0) + u32::from(listed.1 > 0) + u32::from(listed.2 > 0);
    }
    kinds_of_people
}

#[tokio::test]
async fn counts_match_type_page() {
    let lab = staffed().await;
    // All kinds of ledgers: on types and machines, bans before and after, ended and not begun.
    lab.sql(
        "INSERT INTO machine (id, number, type_id, name) VALUES (3, 13, 3, 'Second laser');
         CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 39) SELECT i FROM n;
         INSERT INTO person (id, status, created_at) SELECT 100 + i, 'active', 0 FROM n;
         INSERT INTO profile (person_id, name) SELECT 100 + i, 'Person ' || i FROM n;
         INSERT INTO qualification (person_id, type_id, machine_id, relation, kind, effective_from, until, cause, recorded_at)
         SELECT 100 + n.i, iif(x % 3, 3 + x % 2, NULL), iif(x % 3, NULL, 1 + x / 3 % 3),
                CASE x % 5 WHEN 0 THEN 'trainer' WHEN 1 THEN 'owner' ELSE 'user' END,
                CASE WHEN x % 11 = 0 THEN 'revoked' WHEN x % 11 = 1 THEN 'banned' WHEN x % 11 = 2 THEN 'unbanned' ELSE 'granted' END,
                CASE x % 13 WHEN 0 THEN 1900000000000 ELSE 1000 + x % 97 END,
                CASE x % 7 WHEN 0 THEN 1700000000000 WHEN 1 THEN 2000000000000 ELSE NULL END, 'import', 0
           FROM (SELECT n.i, (n.i * 7919 + m.i * 104729) % 1009 AS x FROM n, n m WHERE m.i < 5) n
          WHERE x % 13 <> 0 OR x % 7 <> 0;",
    )
    .await;
    let kinds_of_people = counted_as_listed(&lab, "at first").await;
    assert_eq!(kinds_of_people, 6, "on both types there are all of them");
}

#[tokio::test]
async fn counts_follow_entries_starting_and_ending() {
    const MESSAGE: &str =
        "INSERT INTO qualification (person_id, type_id, machine_id, relation, kind, effective_from, until, cause, recorded_at)
         SELECT 100 + x % 29, iif(x % 3, 3 + x % 2, NULL), iif(x % 3, NULL, 1 + x / 3 % 3),
                CASE x % 5 WHEN 0 THEN 'trainer' WHEN 1 THEN 'owner' ELSE 'user' END,
                CASE WHEN x % 11 = 0 THEN 'revoked' WHEN x % 11 = 1 THEN 'banned' WHEN x % 11 = 2 THEN 'unbanned' ELSE 'granted' END,
                1800000000000 + x % 31 * 1000, iif(x % 7 < 4, 1800000000000 + x % 31 * 1000 + 1000 + x % 13 * 1000, NULL),
                'import', 0
           FROM (SELECT ((SELECT max(id) FROM qualification) + n.value) * 7919 % 10007 AS x FROM json_each('[1,2,3,4,5]') n)";
    let lab = staffed().await;
    lab.sql(
        "INSERT INTO machine (id, number, type_id, name) VALUES (3, 13, 3, 'Second laser');
         CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 699) SELECT i FROM n;
         INSERT INTO person (id, status, created_at) SELECT 100 + i, 'active', 0 FROM n;
         INSERT INTO profile (person_id, name) SELECT 100 + i, 'Person ' || i FROM n WHERE i < 29",
    )
    .await;
    let tom = lab.signed_in(12).await;
    for round in 0..45 {
        match round {
            10 => lab.sql("UPDATE machine SET archived_at = 1 WHERE id = 3").await,
            14 => lab.sql("UPDATE machine SET archived_at = NULL WHERE id = 3").await,
            18 => lab.sql("UPDATE machine SET type_id = 4 WHERE id = 3").await,
            24 => lab.sql("UPDATE person SET status = 'left', left_at = 1 WHERE id % 3 = 0 AND id >= 100").await,
            28 => {
                lab.sql("UPDATE person SET status = 'active', left_at = NULL WHERE id % 2 = 0 AND id >= 100")
                    .await;
            }
            // Set back: changes between then and now have not happened.
            26 => lab.set_back(seconds(7)),
            // An older snapshot: it lacks the newest counted change.
            30 => {
                let older = "DROP TRIGGER qualification_no_delete;
                             DELETE FROM qualification WHERE id > (SELECT max(id) - 12 FROM qualification)";
                lab.sql(older).await;
            }
            22 => {
                let about_many =
                    "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
                     SELECT id, 4, 'user', iif(id % 5, 'revoked', 'granted'), 0, 'import', 0 FROM person WHERE id > 200";
                lab.sql(about_many).await;
            }
            _ => {}
        }
        if round < 35 {
            lab.sql(MESSAGE).await;
        }
        if round % 3 == 0 {
            // The owner of one type asks for that alone.
            assert_eq!(qualifications::my_types(&lab.ctx, &tom).await.unwrap().len(), 1);
        }
        counted_as_listed(&lab, &format!("round {round}")).await;
        lab.pass(seconds(1));
    }
}
