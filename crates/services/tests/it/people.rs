//! People through the services: searching, and the effects of status changes.

use crate::lab::{LASER, Lab, ada};
use contract::{people::InviteOutcome, qualifications::HeldState};
use domain::{
    access::Decision,
    actor::{Actor, Rank},
    cards::CardState,
    id::{PersonId, TypeId},
    people::{Cursor, PAGE, PersonStatus, RoleGroup, Step, StepRefusal},
    problem::Kind,
    time::{DAY, MINUTE},
};
use services::error::ServiceError;
use services::{
    access::check,
    people::{self, PeopleError, Query},
    qualifications::type_page,
};
use text::Lang;

const ADA: PersonId = PersonId(1);

/// The lab, with Eve who administers (10), Ken who manages (11), Finn who administers too (14) and Ann who applied
/// (15).
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

// A8
#[tokio::test]
async fn suspended_person_loses_access_at_once_and_returns_unchanged() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    lab.starts(LASER, &ada()).await;
    people::suspend(&lab.ctx, &ken, ADA).await.unwrap();
    assert!(!lets_in(&lab).await);
    assert_eq!(lab.number("SELECT count(*) FROM session WHERE person_id = 1").await, 0);
    assert_eq!(lab.number("SELECT count(*) FROM machine_request WHERE cause = 'suspended'").await, 1);
    assert_eq!(lab.text("SELECT action FROM audit WHERE subject = 'person:1'").await, "person.suspended");
    let again = people::suspend(&lab.ctx, &ken, ADA).await.unwrap_err().problem(Lang::En);
    assert_eq!(
        (again.code.as_str(), again.detail.as_str()),
        ("person.wrong-status", "They are already suspended.")
    );
    lab.stops(LASER, &ada(), 0).await;
    people::readmit(&lab.ctx, &ken, ADA).await.unwrap();
    assert!(lets_in(&lab).await);
    people::leave(&lab.ctx, &ken, ADA).await.unwrap();
    assert!(!lets_in(&lab).await);
    for answer in [people::suspend(&lab.ctx, &ken, ADA).await, people::admit(&lab.ctx, &ken, ADA).await] {
        let message = answer.unwrap_err().problem(Lang::En);
        assert_eq!(
            (message.code.as_str(), message.detail.as_str()),
            ("person.wrong-status", "They have left. Reinstate them first.")
        );
    }
    let applicant = people::suspend(&lab.ctx, &ken, PersonId(15)).await.unwrap_err().problem(Lang::En);
    assert_eq!(applicant.detail, "Approve their application first.");
    assert_eq!(lab.number("SELECT left_at IS NOT NULL FROM person WHERE id = 1").await, 1);
}

#[tokio::test]
async fn applicant_is_admitted_once() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    people::admit(&lab.ctx, &ken, PersonId(15)).await.unwrap();
    let page = people::page(&lab.ctx, &ken, PersonId(15)).await.unwrap();
    assert_eq!((page.head.status, page.head.rank), (PersonStatus::Active, Rank::Member));
    let again = people::admit(&lab.ctx, &ken, PersonId(15)).await;
    assert!(matches!(again, Err(PeopleError::SoAlready(Step::Admit))), "{again:?}");
    assert_eq!(lab.number("SELECT count(*) FROM qualification WHERE person_id = 15").await, 1);
}

// A18
#[tokio::test]
async fn administrators_are_protected_in_every_service() {
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

// A18
#[tokio::test(flavor = "multi_thread")]
async fn mutual_suspension_leaves_one_administrator() {
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

// A7
#[tokio::test]
async fn people_are_hidden_from_members() {
    let lab = staffed().await;
    let bob = lab.signed_in(2).await;
    assert!(matches!(people::list(&lab.ctx, &bob, &Query::default(), None).await, Err(PeopleError::Forbidden(_))));
    for other in [ADA, PersonId(999)] {
        assert!(matches!(people::page(&lab.ctx, &bob, other).await, Err(PeopleError::Unknown)));
    }
    assert!(people::page(&lab.ctx, &bob, PersonId(2)).await.is_ok(), "oneself");
    assert!(people::suspend(&lab.ctx, &bob, ADA).await.is_err());
}

// A6
#[tokio::test]
async fn page_shows_four_card_digits_except_to_auditors() {
    let lab = staffed().await;
    lab.grant(2, 2, "user").await;
    let seen = people::page(&lab.ctx, &lab.signed_in(11).await, ADA).await.unwrap();
    assert_eq!((seen.cards[0].ending.as_str(), seen.cards[0].state), ("ada1", CardState::Active));
    assert_eq!(seen.steps, [Step::Suspend, Step::Leave]);
    let audited = people::page(&lab.ctx, &lab.signed_in(2).await, ADA).await.unwrap();
    assert_eq!(audited.cards[0].ending, "");
    assert!(audited.steps.is_empty() && audited.notes.is_none());
    assert!(!audited.may_edit && !audited.may_help_in && !audited.may_export && !audited.cards[0].may_lose);
    let standing = people::standing(&lab.ctx, &lab.signed_in(2).await, ADA).await.unwrap().standing;
    assert!(standing.actions.grant.is_empty());
}

#[tokio::test]
async fn list_is_searched_and_paged() {
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
        after = page.next.as_deref().and_then(Cursor::read);
        assert_eq!(after.is_some(), page.next.is_some());
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
        let query = Query { search: search.into(), status, ..Query::default() };
        let page = people::list(&lab.ctx, &ken, &query, None).await.unwrap();
        assert_eq!(page.people.len(), found, "{search} {status:?}");
    }
    let refused = people::list(&lab.ctx, &lab.signed_in(15).await, &Query::default(), None).await.unwrap_err();
    assert_eq!(refused.problem(Lang::It).kind, Kind::Forbidden);
}

#[tokio::test]
async fn list_row_has_type_names_and_hours_of_thirty_days() {
    let lab = staffed().await;
    lab.sql("INSERT INTO equipment_type (id, name, risk) VALUES (5, 'Mill', 'low')").await;
    lab.grant(1, 4, "user").await;
    lab.grant(1, 5, "user").await;
    let ken = lab.signed_in(11).await;
    let row = async || {
        let query = Query { search: "ada".into(), ..Query::default() };
        people::list(&lab.ctx, &ken, &query, None).await.unwrap().people.remove(0)
    };
    assert!(!row().await.is_here, "nothing was used yet");
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE * 90);
    assert!(row().await.is_here, "the laser runs");
    lab.stops(LASER, &ada(), 90 * 60).await;
    let found = row().await;
    assert!(!found.is_here, "the laser stopped");
    assert_eq!((found.types, found.type_names), (3, vec!["Laser cutter".to_owned(), "Lathe".to_owned()]));
    assert_eq!(found.used, 90 * 60 * 1_000);
    lab.pass(DAY * 31);
    let later = row().await;
    assert_eq!(later.used, 0);
    assert!(later.last_use.is_some(), "the last use is known for longer");
}

#[tokio::test]
async fn overview_counts_bookings_of_thirty_days_and_started_training() {
    let lab = staffed().await;
    lab.sql(
        "WITH day(ms) AS (VALUES (86400000))
         INSERT INTO booking (machine_id, person_id, starts_at, ends_at, state, asked_at, checked_in_at)
             SELECT 1, 1, 1800000000000 - n * ms, 1800000000000 - n * ms + 1, state, 0, came FROM day,
                 (SELECT 2 AS n, 'completed' AS state, 1 AS came UNION ALL SELECT 3, 'no-show', NULL
                   UNION ALL SELECT 4, 'cancelled', NULL UNION ALL SELECT 40, 'no-show', NULL);
         INSERT INTO equipment_type (id, name, risk) VALUES (5, 'Mill', 'low'), (6, 'Saw', 'high');
         INSERT INTO training_module (id, title, position) VALUES (1, 'Focus', 1), (2, 'Fire', 2);
         INSERT INTO module_edition (id, module_id, edition, youtube, length_ms, has_quiz, published_at) VALUES
             (1, 1, 1, 'dQw4w9WgXcQ', 9000, 0, 0), (2, 2, 1, 'dQw4w9WgXcQ', 9000, 0, 0);
         INSERT INTO training_requirement (module_id, type_id, threshold) VALUES (1, 5, 90), (2, 6, 90);
         INSERT INTO training_progress (person_id, edition_id, percent, seen_at) VALUES (1, 1, 40, 1)",
    )
    .await;
    let seen = people::overview(&lab.ctx, &lab.signed_in(11).await, ADA).await.unwrap();
    assert_eq!(seen.attendance, (1, 1), "what was called off counts neither way");
    assert_eq!(seen.paths.iter().map(|path| path.name.as_str()).collect::<Vec<_>>(), ["Mill"]);
}

#[tokio::test]
async fn overview_shows_expired_grants_and_newest_events() {
    let lab = staffed().await;
    // 259,200,000 ms are three days.
    lab.sql(
        "INSERT INTO equipment_type (id, name, risk) VALUES (5, 'Mill', 'low'), (6, 'Saw', 'high');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at) VALUES
             (1, 4, 'user', 'granted', 0, 1800000000000 - 259200000, 'trainer', 0),
             (1, 5, 'user', 'granted', 0, 1800000000000 + 259200000, 'trainer', 0),
             (1, 6, 'user', 'banned', 0, NULL, 'trainer', 0)",
    )
    .await;
    lab.starts(LASER, &ada()).await;
    lab.pass(MINUTE);
    lab.stops(LASER, &ada(), 60).await;
    let ken = lab.signed_in(11).await;
    let seen = people::overview(&lab.ctx, &ken, ADA).await.unwrap();
    let lines: Vec<_> = seen
        .held
        .iter()
        .filter(|line| line.held.on.built_in.is_none())
        .map(|line| (line.held.on.name.as_str(), line.state, line.may_grant, line.may_take))
        .collect();
    assert_eq!(
        lines,
        [
            ("Saw", HeldState::Banned, false, true),
            ("Laser cutter", HeldState::InForce, false, true),
            ("Mill", HeldState::Ending, true, true),
            ("Lathe", HeldState::Expired, true, false),
        ]
    );
    assert_eq!(seen.uses.len(), 1);
    people::suspend(&lab.ctx, &ken, ADA).await.unwrap();
    let after = people::overview(&lab.ctx, &ken, ADA).await.unwrap();
    assert_eq!(after.entries.first().map(|entry| entry.action.as_str()), Some("person.suspended"));
    let bob = lab.signed_in(2).await;
    assert!(matches!(people::overview(&lab.ctx, &bob, ADA).await, Err(PeopleError::Unknown)));
    let own = people::overview(&lab.ctx, &bob, PersonId(2)).await.unwrap();
    assert!(own.held.iter().all(|line| !line.may_grant && !line.may_take), "nobody grants themselves");
}

#[tokio::test]
async fn inductor_sees_and_admits_applicants() {
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

#[tokio::test]
async fn cursor_survives_removal_of_its_person() {
    let lab = staffed().await;
    lab.sql(
        "WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 219)
         INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 219)
         INSERT INTO profile (person_id, name) SELECT i, 'Member ' || i FROM n",
    )
    .await;
    let ken = lab.signed_in(11).await;
    let query = Query { search: "member".into(), ..Query::default() };
    let first = people::list(&lab.ctx, &ken, &query, None).await.unwrap();
    let after = Cursor::read(first.next.as_deref().unwrap()).unwrap();
    let second = |after| people::list(&lab.ctx, &ken, &query, Some(after));
    let expected = second(after.clone()).await.unwrap().people;
    assert_eq!((first.people.len(), expected.len()), (PAGE, PAGE));
    assert_eq!(first.found, Some(120), "on all pages together");
    lab.sql("DELETE FROM profile WHERE person_id = 149").await;
    assert_eq!(after.id, PersonId(149));
    assert_eq!(second(after).await.unwrap().people, expected, "erased meanwhile");
    let unknown = Cursor { called: Some("member 1".into()), id: PersonId(999_999) };
    assert_eq!(second(unknown).await.unwrap().people[0].id, PersonId(100), "never there");
}

#[tokio::test]
async fn list_is_sorted_by_collation() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    lab.sql("UPDATE profile SET name = 'Émile', folded = 'emile' || char(10) WHERE person_id = 14").await;
    let page = people::list(&lab.ctx, &ken, &Query::default(), None).await.unwrap();
    let names: Vec<_> = page.people.iter().filter_map(|one| one.name.as_deref()).collect();
    let place = |name: &str| names.iter().position(|one| *one == name).unwrap();
    assert!(place("Bob") < place("Émile") && place("Émile") < place("Eve"), "{names:?}");
}

#[tokio::test]
async fn people_are_found_by_role_and_card_ending() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let found = async |search: &str, role| {
        let query = Query { search: search.into(), role, ..Query::default() };
        let page = people::list(&lab.ctx, &ken, &query, None).await.unwrap();
        page.people.into_iter().map(|one| one.id.0).collect::<Vec<_>>()
    };
    assert_eq!(found("", Some(RoleGroup::Manager)).await, [11]);
    assert_eq!(found("", Some(RoleGroup::Administrator)).await, [10, 14]);
    assert_eq!(found("", Some(RoleGroup::Auditor)).await, [] as [i64; 0]);
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (14, 2, 'owner', 'revoked', 1, 'administrator', 1)",
    )
    .await;
    assert_eq!(found("", Some(RoleGroup::Administrator)).await, [10], "who was one is none");
    assert_eq!((found("A1", None).await, found("ada1", None).await), (vec![1], vec![1,]));
    assert_eq!(found("0000ada1", None).await, [] as [i64; 0], "a whole number is not searched for");
    let auditor = {
        lab.grant(2, 2, "user").await;
        lab.signed_in(2).await
    };
    let query = Query { search: "a1".into(), ..Query::default() };
    assert!(people::list(&lab.ctx, &auditor, &query, None).await.unwrap().people.is_empty(), "nor for auditors");
}

#[tokio::test]
async fn search_finds_folded_names() {
    let lab = staffed().await;
    // As a version left them that did not fold names.
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (30, 'active', 0), (31, 'suspended', 0);
         INSERT INTO profile (person_id, name, email) VALUES
             (30, 'Élodie Weber', 'elo@example.org'), (31, 'ZOË Weber', 'zoë@example.org')",
    )
    .await;
    let lab = lab.reopen().await;
    let ken = lab.signed_in(11).await;
    let input = |name: &str| people::PersonForm { name: name.into(), ..people::PersonForm::default() };
    let jonas = people::add(&lab.ctx, &ken, input("Jonas Weber")).await.unwrap();
    let found = async |search: &str, status| {
        let query = Query { search: search.into(), status, ..Query::default() };
        let page = people::list(&lab.ctx, &ken, &query, None).await.unwrap();
        (page.people.into_iter().map(|one| one.id.0).collect::<Vec<_>>(), page.found)
    };
    for (search, expected) in [
        ("élodie", vec![30]),
        ("ELODIE", vec![30]),
        ("weber  e\u{301}lo", vec![30]),
        ("Weber Jonas", vec![jonas.0]),
        ("zoe@EXAMPLE", vec![31]),
        ("ZOË@example.org", vec![31]),
        ("weber", vec![30, jonas.0, 31]),
        ("weber bob", vec![]),
    ] {
        let sum = u32::try_from(expected.len()).unwrap();
        assert_eq!(found(search, None).await, (expected, Some(sum)), "{search}");
    }
    assert_eq!(found("weber", Some(PersonStatus::Suspended)).await, (vec![31], Some(1)));
    assert_eq!(found("", None).await.1, None, "nothing was searched");
    let version = people::page(&lab.ctx, &ken, jonas).await.unwrap().version;
    people::edit(&lab.ctx, &ken, jonas, input("Jürgen Groß"), version).await.unwrap();
    assert_eq!((found("GROSS jurgen", None).await.0, found("jonas", None).await.0), (vec![jonas.0], vec![]));
    let query = Query { search: "ken".into(), role: Some(RoleGroup::Manager), ..Query::default() };
    assert_eq!(people::list(&lab.ctx, &ken, &query, None).await.unwrap().found, Some(1));

    let on_type = async |search: &str| {
        let page = type_page(&lab.ctx, &ken, TypeId(3), search, None).await.unwrap();
        page.found.into_iter().map(|(id, _)| id.0).collect::<Vec<_>>()
    };
    assert_eq!((on_type("weber elo").await, on_type("example").await), (vec![30], vec![]), "names alone");
    let message = services::find::find(&lab.ctx, &ken, "groß").await.unwrap().people;
    assert_eq!(message, [(jonas, "Jürgen Groß".to_owned())]);
}

#[tokio::test]
async fn search_command_is_suggested_to_permitted_callers_only() {
    use contract::find::Suggestion;
    let lab = staffed().await;
    let (ken, ada) = (lab.signed_in(11).await, lab.signed_in(1).await);
    let suggested =
        async |actor: &Actor, input: &str| services::find::find(&lab.ctx, actor, input).await.unwrap().suggestions;
    let holds = suggested(&ken, "hold ada").await;
    assert!(matches!(holds.as_slice(), [Suggestion::Hold(PersonId(1), _)]), "{holds:?}");
    assert_eq!(suggested(&ada, "hold ken").await, []);
    assert_eq!(suggested(&ken, "hold ken").await, [], "nobody holds themselves");
    assert_eq!(suggested(&ada, "prenota laser 18:00").await, [Suggestion::Book("laser 18:00".into())]);
    assert_eq!(suggested(&ada, "dark").await, [Suggestion::Theme { dark: true }]);
}

// A14
#[tokio::test]
async fn stale_person_edit_is_refused() {
    let lab = staffed().await;
    let (ken, eve) = (lab.signed_in(11).await, lab.signed_in(10).await);
    let input = |name: &str, phone: &str| people::PersonForm {
        name: name.into(),
        email: "ada@example.org".into(),
        phone: phone.into(),
        language: "it".into(),
    };
    let version = people::page(&lab.ctx, &ken, ADA).await.unwrap().version;
    people::edit(&lab.ctx, &ken, ADA, input("Ada King", ""), version).await.unwrap();
    let late = people::edit(&lab.ctx, &eve, ADA, input("Ada", "+39 0471 1"), version).await.unwrap_err();
    assert_eq!(
        (late.problem(Lang::En).code.as_str(), late.problem(Lang::En).kind),
        ("version.stale", Kind::Conflict)
    );
    let saved = late.problem(Lang::En).saved.unwrap();
    assert_eq!((saved.value("name"), saved.by.as_deref()), ("Ada King", Some("Ken")), "both versions are shown");
    let page = people::page(&lab.ctx, &eve, ADA).await.unwrap();
    assert_eq!((page.head.name.as_deref(), page.phone), (Some("Ada King"), None), "nothing is written over");
    people::edit(&lab.ctx, &eve, ADA, input("Ada King", "+39 0471 1"), page.version).await.unwrap();
    let entries = people::timeline(&lab.ctx, &ken, ADA, None).await.unwrap().entries;
    assert_eq!(entries.len(), 2);
    assert!(!format!("{entries:?}").contains("0471"), "what was typed is in no record");
    services::notes::write(&lab.ctx, &ken, ADA, "late with her fee").await.unwrap();
    let me = lab.signed_in(1).await;
    assert_eq!(people::timeline(&lab.ctx, &ken, ADA, None).await.unwrap().entries.len(), 3);
    assert_eq!(
        people::timeline(&lab.ctx, &me, ADA, None).await.unwrap().entries.len(),
        2,
        "that is no matter of hers"
    );
    let taken = people::PersonForm {
        name: "Bob".into(),
        email: "ADA@example.org".into(),
        ..people::PersonForm::default()
    };
    let taken = people::edit(&lab.ctx, &ken, PersonId(2), taken, 1).await.unwrap_err().problem(Lang::En);
    assert!(taken.at("email").unwrap().contains("Ada King"), "managers are told whose it is: {taken:?}");
}

#[tokio::test]
async fn email_is_changed_only_by_those_who_may_help_in() {
    let lab = staffed().await;
    let (ken, eve, me) = (lab.signed_in(11).await, lab.signed_in(10).await, lab.signed_in(1).await);
    let input = |email: &str| people::PersonForm {
        name: "Eve".into(),
        email: email.into(),
        ..people::PersonForm::default()
    };
    let taken_over = people::edit(&lab.ctx, &ken, PersonId(10), input("ken@example.org"), 1).await;
    assert!(matches!(taken_over, Err(PeopleError::Outranked)), "{taken_over:?}");
    let own = people::PersonForm { name: "Ada".into(), phone: "0471 55".into(), ..people::PersonForm::default() };
    people::edit(&lab.ctx, &me, ADA, own.clone(), 1).await.unwrap();
    let own = people::PersonForm { email: "new@example.org".into(), ..own };
    let readdressed = people::edit(&lab.ctx, &me, ADA, own, 2).await;
    assert!(matches!(readdressed, Err(PeopleError::Outranked)), "members ask a manager: {readdressed:?}");
    let other = people::edit(&lab.ctx, &me, PersonId(2), input(""), 1).await;
    assert!(matches!(other, Err(PeopleError::Unknown)));
    people::edit(&lab.ctx, &eve, PersonId(10), input("eve2@example.org"), 1).await.unwrap();
    let empty = people::edit(&lab.ctx, &ken, ADA, people::PersonForm::default(), 2).await.unwrap_err();
    assert!(empty.problem(Lang::It).at("name").is_some());
}

#[tokio::test]
async fn added_person_is_member_without_account() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let input = people::PersonForm {
        name: "مريم 🦊 <b>".into(),
        phone: "0471 12".into(),
        ..people::PersonForm::default()
    };
    let id = people::add(&lab.ctx, &ken, input).await.unwrap();
    let page = people::page(&lab.ctx, &ken, id).await.unwrap();
    assert_eq!((page.head.name.as_deref(), page.head.rank), (Some("مريم 🦊 <b>"), Rank::Member));
    assert_eq!(lab.number("SELECT count(*) FROM link").await, 0);
    let bob = lab.signed_in(2).await;
    let refused =
        people::add(&lab.ctx, &bob, people::PersonForm { name: "X".into(), ..people::PersonForm::default() })
            .await;
    assert!(matches!(refused, Err(PeopleError::Forbidden(_))));
}

#[tokio::test]
async fn invited_lines_report_outcome_each() {
    let lab = staffed().await;
    let ken = lab.signed_in(11).await;
    let pasted =
        "Nora Kofler <nora@example.org>\nno address\n\nnora@example.org\neve@example.org\nlea.m@example.org";
    let notices = services::accounts::invite_many(&lab.ctx, &ken, pasted, Lang::En).await.unwrap();
    let outcomes: Vec<_> = notices.iter().map(|one| (one.line, &one.outcome)).collect();
    assert!(matches!(outcomes[0], (1, InviteOutcome::ByHand { .. })), "{outcomes:?}");
    assert_eq!(outcomes[1], (2, &InviteOutcome::NoAddress));
    assert_eq!(outcomes[2], (4, &InviteOutcome::Again));
    assert_eq!(outcomes[3], (5, &InviteOutcome::Duplicate { who: Some((PersonId(10), "Eve".into())) }));
    assert!(matches!(outcomes[4], (6, InviteOutcome::ByHand { .. })), "{outcomes:?}");
    assert_eq!(
        lab.number("SELECT count(*) FROM link WHERE purpose = 'invite'").await,
        2,
        "nothing for the faulty"
    );
    assert_eq!(lab.text("SELECT name FROM profile WHERE email = 'lea.m@example.org'").await, "New member");
    lab.grant(2, 1, "trainer").await;
    let bob = lab.signed_in(2).await;
    let notices = services::accounts::invite_many(&lab.ctx, &bob, "eve@example.org", Lang::En).await.unwrap();
    assert_eq!(notices[0].outcome, InviteOutcome::Duplicate { who: None }, "whose it is, managers alone are told");
    let many = "x@example.org\n".repeat(201);
    for wrong in ["", " \n ", &many] {
        let refused = services::accounts::invite_many(&lab.ctx, &ken, wrong, Lang::En).await.unwrap_err();
        assert!(refused.problem(Lang::En).at("addresses").is_some());
    }
}

#[tokio::test]
async fn own_uses_are_paged() {
    let lab = staffed().await;
    lab.sql(
        "INSERT INTO alias (id, person_id, month) VALUES (900, 1, 202611);
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70)
         INSERT INTO use_session (machine_id, alias_id, card_id, started_at, last_sign_at, ended_at, ending, source,
                approximate, provisional, other_card, twin_start, twin_stop, authorised)
         SELECT 1, 900, 1, i * 1000, i * 1000, i * 1000 + 500, 'logged-out', 'live', 0, 0, 0, 0, 0, 1 FROM n",
    )
    .await;
    let me = lab.signed_in(1).await;
    let first = people::uses(&lab.ctx, &me, ADA, None).await.unwrap();
    let second = people::uses(&lab.ctx, &me, ADA, first.older).await.unwrap();
    assert_eq!((first.uses.len(), second.uses.len(), second.older), (50, 20, None));
    assert!(first.uses.last().unwrap().start > second.uses[0].start);
    let gone = people::uses(&lab.ctx, &me, ADA, Some(domain::id::UseId(9_999))).await.unwrap();
    assert_eq!(gone.uses, first.uses, "behind a use that is not there: from the beginning");
    assert!(matches!(people::uses(&lab.ctx, &me, PersonId(2), None).await, Err(PeopleError::Unknown)));
    assert!(matches!(people::timeline(&lab.ctx, &me, PersonId(2), None).await, Err(PeopleError::Unknown)));
}
