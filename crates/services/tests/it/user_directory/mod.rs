//! The user directory: signing in with it, and syncs that follow who comes and leaves.

mod house;
mod sign_in;

use self::house::{BIND_PASSWORD, Member, connect, dry_run, form, member};
use crate::lab::{
    Lab,
    bookings::notices_of,
    operations::{fields, run},
};
use contract::{
    form::{Fault, Faults, Fields},
    group_mapping::{AddGroupRule, ListGroupRules, RemoveGroupRule},
    user_directory::{
        ApplyDirectorySync, DirectoryPreview, DirectorySynced, DisconnectDirectory, ReadDirectory,
        ReadDirectoryPage, SaveDirectory, TestDirectory, UnlinkFromDirectory,
    },
};
use domain::{
    actor::Actor,
    id::PersonId,
    jobs::Job,
    notices::Kind,
    people::Step,
    time::{HOUR, MINUTE},
    user_directory::{
        InvalidSetting, Trouble,
        sync::{Effect, Skip},
    },
};
use services::{
    error::ServiceError,
    group_mapping::GroupMappingError,
    jobs,
    people::{self, PeopleError},
    privacy,
    user_directory::UserDirectoryError,
};
use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Instant,
};
use text::Lang;

/// The lab with Bob, a manager, and a directory.
async fn open() -> (Lab, Arc<house::House>, Actor) {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    let house = connect(&lab, &[]).await;
    let bob = lab.signed_in(2).await;
    (lab, house, bob)
}

async fn rule(lab: &Lab, external: &str, gives: &str) -> Result<(), GroupMappingError> {
    let form = fields(&[("source", "directory"), ("external", external), ("gives", gives)]);
    run(&lab.ctx, &lab.signed_in(2).await, AddGroupRule {}, form).await.map(drop)
}

async fn apply(lab: &Lab, actor: &Actor) -> Result<DirectorySynced, UserDirectoryError> {
    let preview = dry_run(lab, actor).await;
    run(&lab.ctx, actor, ApplyDirectorySync {}, fields(&[("digest", &preview.digest)])).await
}

/// Saves the settings again, with other values of some fields.
async fn save(lab: &Lab, other: &[(&'static str, &'static str)]) {
    let mut form = form();
    form.retain(|(name, _)| other.iter().all(|(field, _)| field != name));
    form.extend_from_slice(other);
    let version = lab.number("SELECT version FROM user_directory").await;
    run(&lab.ctx, &lab.administrator().await, SaveDirectory { version }, fields(&form)).await.unwrap();
}

/// A timed sync, an hour after the last.
async fn sync(lab: &Lab) {
    lab.pass(HOUR);
    tick(lab).await;
}

async fn tick(lab: &Lab) {
    jobs::run(&lab.ctx, Job::UserDirectory).await;
}

fn names_of(preview: &DirectoryPreview, effect: Effect) -> Vec<String> {
    let parts = preview.parts.iter().filter(|part| part.effect == effect);
    parts.flat_map(|part| part.names.clone()).collect()
}

fn people(numbers: std::ops::RangeInclusive<u32>) -> Vec<Member> {
    numbers.map(|number| member(number, &format!("Pupil {number:05}"), &[])).collect()
}

async fn active(lab: &Lab) -> i64 {
    lab.number(
        "SELECT count(*) FROM directory_person d JOIN person p ON p.id = d.person_id WHERE p.status = 'active'",
    )
    .await
}

#[tokio::test]
async fn dry_run_names_everybody_and_changes_nothing_until_it_is_applied() {
    let (lab, house, bob) = open().await;
    lab.sql("INSERT INTO person_group (id, name, created_at) VALUES (5, 'Product Design 2', 0)").await;
    lab.sql("UPDATE profile SET email = 'u1@uni.example' WHERE person_id = 1").await;
    rule(&lab, "PD2-2026", "group:5").await.unwrap();
    rule(&lab, "lathe-course", "user:4").await.unwrap();
    house.has(vec![
        member(1, "Ada", &["pd2-2026"]),
        member(7, "Emre Demir", &["pd2-2026", "lathe-course"]),
        member(8, "Lena Plank", &[]),
    ]);
    let before = lab.number("SELECT count(*) FROM person").await;
    let preview = dry_run(&lab, &bob).await;
    assert_eq!(names_of(&preview, Effect::Join), ["Emre Demir", "Lena Plank"]);
    assert_eq!(names_of(&preview, Effect::Link), ["Ada (u1)"]);
    assert_eq!(names_of(&preview, Effect::JoinGroup), ["Ada", "Emre Demir"]);
    assert_eq!(names_of(&preview, Effect::Qualify), ["Emre Demir"]);
    assert_eq!((preview.people, preview.changes, preview.needs_confirmation), (3, 6, false));
    assert_eq!(lab.number("SELECT count(*) FROM person").await, before);
    let form = fields(&[("digest", &preview.digest)]);
    let applied = run(&lab.ctx, &bob, ApplyDirectorySync {}, form.clone()).await.unwrap();
    assert_eq!(applied.changes, 6);
    assert_eq!(active(&lab).await, 3);
    let members = "SELECT group_concat(name, ', ' ORDER BY name) FROM group_member JOIN profile USING (person_id)";
    assert_eq!(lab.text(members).await, "Ada, Emre Demir");
    let granted =
        "SELECT name || ' ' || cause FROM qualification JOIN profile USING (person_id) WHERE type_id = 4";
    assert_eq!(lab.text(granted).await, "Emre Demir group-rule");
    assert_eq!(notices_of(&lab, 1).await, [Kind::SignInMethodChanged, Kind::GroupChanged]);
    assert_eq!(
        lab.number("SELECT count(*) FROM notice WHERE person_id > 90").await,
        0,
        "new people are not notified"
    );
    let again = run(&lab.ctx, &bob, ApplyDirectorySync {}, form).await;
    assert!(matches!(again, Err(UserDirectoryError::NoDryRun)), "{again:?}");
    assert!(matches!(apply(&lab, &bob).await, Err(UserDirectoryError::Nothing)));
}

#[tokio::test]
async fn applying_fails_if_people_changed_since_or_the_dry_run_is_old() {
    let (lab, house, bob) = open().await;
    house.has(people(1..=2));
    let preview = dry_run(&lab, &bob).await;
    let form = fields(&[("digest", &preview.digest)]);
    lab.sql("UPDATE profile SET email = 'u1@uni.example' WHERE person_id = 1").await;
    let changed = run(&lab.ctx, &bob, ApplyDirectorySync {}, form).await;
    assert!(matches!(changed, Err(UserDirectoryError::Changed)), "{changed:?}");
    let preview = dry_run(&lab, &bob).await;
    lab.pass(MINUTE * 31);
    let old = run(&lab.ctx, &bob, ApplyDirectorySync {}, fields(&[("digest", &preview.digest)])).await;
    assert!(matches!(old, Err(UserDirectoryError::NoDryRun)), "{old:?}");
}

#[tokio::test]
async fn dry_run_of_another_connection_is_not_applied() {
    let (lab, house, bob) = open().await;
    house.has(people(1..=2));
    let preview = dry_run(&lab, &bob).await;
    let form = fields(&[("digest", &preview.digest)]);
    save(&lab, &[("base", "ou=staff,dc=uni")]).await;
    let page = run(&lab.ctx, &bob, ReadDirectoryPage {}, Fields::default()).await.unwrap();
    assert_eq!(page.preview, None);
    let refused = run(&lab.ctx, &bob, ApplyDirectorySync {}, form.clone()).await;
    assert!(matches!(refused, Err(UserDirectoryError::Changed)), "{refused:?}");
    // The next directory has the version of the first.
    let administrator = lab.administrator().await;
    run(&lab.ctx, &administrator, DisconnectDirectory {}, Fields::default()).await.unwrap();
    connect(&lab, &[]).await.has(people(1..=2));
    dry_run(&lab, &bob).await;
    run(&lab.ctx, &administrator, DisconnectDirectory {}, Fields::default()).await.unwrap();
    connect(&lab, &[]).await;
    let refused = run(&lab.ctx, &bob, ApplyDirectorySync {}, form).await;
    assert!(matches!(refused, Err(UserDirectoryError::NoDryRun)), "{refused:?}");
    assert_eq!(active(&lab).await, 0);
}

#[tokio::test]
async fn who_leaves_is_suspended_and_only_a_sync_lets_them_back() {
    let (lab, house, bob) = open().await;
    house.has(people(1..=9));
    tick(&lab).await;
    assert_eq!(active(&lab).await, 9);
    let of = |number: u32| format!("SELECT person_id FROM directory_person WHERE login = 'u{number}'");
    let id_of = async |number: u32| {
        let mut conn = lab.raw().await;
        let id: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(of(number))).fetch_one(&mut conn).await.unwrap();
        PersonId(id)
    };
    let (leaver, held) = (id_of(1).await, id_of(2).await);
    people::suspend(&lab.ctx, &bob, held).await.unwrap();
    house.has(people(2..=9));
    lab.pass(HOUR);
    tick(&lab).await;
    assert_eq!(active(&lab).await, 7);
    assert_eq!(notices_of(&lab, leaver.0).await, [Kind::StatusChanged]);
    let refused = people::readmit(&lab.ctx, &bob, leaver).await;
    assert!(matches!(&refused, Err(PeopleError::LeftDirectory(login)) if login == "u1"), "{refused:?}");
    // They are back; the other one was suspended by a manager.
    house.has(people(1..=9));
    lab.pass(HOUR);
    tick(&lab).await;
    assert_eq!(active(&lab).await, 8);
    people::readmit(&lab.ctx, &bob, held).await.unwrap();
    // Who is unlinked is nobody's business there any more.
    house.has(people(2..=9));
    lab.pass(HOUR);
    tick(&lab).await;
    run(&lab.ctx, &bob, UnlinkFromDirectory { person: leaver }, Fields::default()).await.unwrap();
    people::readmit(&lab.ctx, &bob, leaver).await.unwrap();
    lab.pass(HOUR);
    tick(&lab).await;
    assert_eq!(lab.number("SELECT count(*) FROM person WHERE status = 'suspended'").await, 1, "Zoe, as before");
}

#[tokio::test]
async fn manager_suspends_whom_a_sync_suspended_and_no_sync_lets_them_back() {
    let (lab, house, bob) = open().await;
    house.has(people(1..=3));
    tick(&lab).await;
    let leaver = PersonId(lab.number("SELECT person_id FROM directory_person WHERE login = 'u1'").await);
    house.has(people(2..=3));
    sync(&lab).await;
    let steps = async || people::page(&lab.ctx, &bob, leaver).await.unwrap().steps;
    assert!(steps().await.contains(&Step::Suspend));
    people::suspend(&lab.ctx, &bob, leaver).await.unwrap();
    assert!(!steps().await.contains(&Step::Suspend));
    assert_eq!(notices_of(&lab, leaver.0).await, [Kind::StatusChanged], "once");
    let again = people::suspend(&lab.ctx, &bob, leaver).await;
    assert!(matches!(again, Err(PeopleError::SoAlready(Step::Suspend))), "{again:?}");
    house.has(people(1..=3));
    sync(&lab).await;
    assert_eq!(active(&lab).await, 2);
    people::readmit(&lab.ctx, &bob, leaver).await.unwrap();
    assert_eq!(active(&lab).await, 3);
}

#[tokio::test]
async fn sync_that_would_suspend_too_many_waits_for_a_manager() {
    let (lab, house, bob) = open().await;
    house.has(people(1..=40));
    tick(&lab).await;
    for left in [people(1..=31), Vec::new()] {
        house.has(left);
        lab.pass(HOUR);
        tick(&lab).await;
        assert_eq!(active(&lab).await, 40, "nobody was touched");
    }
    assert_eq!(notices_of(&lab, 2).await, [Kind::DirectorySync], "once");
    let page = run(&lab.ctx, &bob, ReadDirectoryPage {}, Fields::default()).await.unwrap();
    assert!(page.directory.waits && page.runs[0].waits, "{page:?}");
    house.has(people(1..=31));
    assert!(dry_run(&lab, &bob).await.needs_confirmation);
    assert_eq!(apply(&lab, &bob).await.unwrap().changes, 9);
    assert_eq!(active(&lab).await, 31);
}

#[tokio::test]
async fn new_settings_suspend_nobody_before_a_confirmed_or_harmless_sync() {
    let (lab, house, bob) = open().await;
    house.has(people(1..=6));
    tick(&lab).await;
    save(&lab, &[("every", "30"), ("most", "10")]).await;
    house.has(people(2..=6));
    sync(&lab).await;
    assert_eq!(active(&lab).await, 5, "the same people are found");
    // Every key is another one.
    save(&lab, &[("unique_id", "uid")]).await;
    sync(&lab).await;
    assert_eq!(active(&lab).await, 5, "nobody was touched");
    assert_eq!(notices_of(&lab, 2).await, [Kind::DirectorySync]);
    let page = run(&lab.ctx, &bob, ReadDirectoryPage {}, Fields::default()).await.unwrap();
    assert!(page.directory.waits && !page.is_confirmed, "{page:?}");
    // It was a mistake: the next sync finds everybody.
    save(&lab, &[]).await;
    sync(&lab).await;
    house.has(people(3..=6));
    sync(&lab).await;
    assert_eq!(active(&lab).await, 4, "a sync without losses confirmed the settings");
    save(&lab, &[("people_filter", "(|(uid={login}))")]).await;
    save(&lab, &[]).await;
    house.has(people(4..=6));
    assert!(dry_run(&lab, &bob).await.needs_confirmation);
    apply(&lab, &bob).await.unwrap();
    house.has(people(5..=6));
    sync(&lab).await;
    assert_eq!(active(&lab).await, 2, "a manager confirmed the settings");
}

#[tokio::test]
async fn new_settings_remove_nobody_from_groups_before_a_manager_applied_a_sync() {
    let (lab, house, bob) = open().await;
    lab.sql("INSERT INTO person_group (id, name, created_at) VALUES (5, 'Class', 0)").await;
    rule(&lab, "class", "group:5").await.unwrap();
    house.has(vec![member(1, "Emre", &["class"]), member(2, "Lena", &[])]);
    tick(&lab).await;
    let members = "SELECT count(*) FROM group_member WHERE group_id = 5";
    save(&lab, &[("groups", "none")]).await;
    sync(&lab).await;
    assert_eq!(lab.number(members).await, 1);
    apply(&lab, &bob).await.unwrap();
    assert_eq!(lab.number(members).await, 0);
}

#[tokio::test]
async fn administrator_is_not_suspended() {
    let (lab, house, bob) = open().await;
    house.has(people(1..=1));
    tick(&lab).await;
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             SELECT person_id, 2, 'owner', 'granted', 0, 'setup', 0 FROM directory_person",
    )
    .await;
    house.has(people(2..=2));
    let preview = dry_run(&lab, &bob).await;
    assert_eq!(names_of(&preview, Effect::Suspend), Vec::<String>::new());
    assert_eq!(preview.skipped[0].reason, Skip::Administrator);
    apply(&lab, &bob).await.unwrap();
    assert_eq!(active(&lab).await, 2);
}

#[tokio::test]
async fn rules_follow_the_groups_and_respect_which_people_here_decide() {
    let (lab, house, bob) = open().await;
    lab.sql("INSERT INTO person_group (id, name, created_at) VALUES (5, 'Class', 0)").await;
    rule(&lab, "class", "group:5").await.unwrap();
    rule(&lab, "lathe", "user:4").await.unwrap();
    house.has(vec![member(1, "Emre", &["class", "lathe"]), member(2, "Lena", &["class"])]);
    tick(&lab).await;
    let members = "SELECT count(*) FROM group_member WHERE group_id = 5";
    assert_eq!(lab.number(members).await, 2);
    // A trainer takes the qualification away: no sync gives it again while they stay in the group.
    let emre = PersonId(lab.number("SELECT person_id FROM directory_person WHERE login = 'u1'").await);
    let change = services::qualifications::Change::now(
        emre,
        domain::qualifications::Subject::Type(domain::id::TypeId(4)),
        domain::qualifications::Relation::User,
    );
    services::qualifications::revoke(&lab.ctx, &bob, change).await.unwrap();
    lab.pass(HOUR);
    tick(&lab).await;
    let last = "SELECT kind FROM qualification WHERE type_id = 4 AND cause = 'group-rule' OR (type_id = 4 AND kind = 'revoked') ORDER BY id DESC LIMIT 1";
    assert_eq!(lab.text(last).await, "revoked");
    // They leave both groups, and get into one anew.
    house.has(vec![member(1, "Emre", &[]), member(2, "Lena", &["class"])]);
    lab.pass(HOUR);
    tick(&lab).await;
    assert_eq!(lab.number(members).await, 1);
    house.has(vec![member(1, "Emre", &["lathe"]), member(2, "Lena", &["class"])]);
    lab.pass(HOUR);
    tick(&lab).await;
    assert_eq!(lab.text(last).await, "granted");
    // A rule that is gone takes away what it gave.
    let rules = run(&lab.ctx, &bob, ListGroupRules {}, fields(&[("source", "directory")])).await.unwrap().rules;
    for rule in rules {
        run(&lab.ctx, &bob, RemoveGroupRule { id: rule.id }, Fields::default()).await.unwrap();
    }
    lab.pass(HOUR);
    tick(&lab).await;
    assert_eq!((lab.number(members).await, lab.text(last).await.as_str()), (0, "revoked"));
}

#[tokio::test]
async fn rule_by_whole_name_gives_and_one_without_a_group_is_named() {
    let (lab, house, bob) = open().await;
    lab.sql("INSERT INTO person_group (id, name, created_at) VALUES (5, 'Class', 0)").await;
    rule(&lab, "CN=class, OU=Groups, DC=uni", "group:5").await.unwrap();
    rule(&lab, "lazer", "user:4").await.unwrap();
    let twice = rule(&lab, "cn=class,ou=groups,dc=uni", "group:5").await;
    assert!(matches!(twice, Err(GroupMappingError::Taken)), "{twice:?}");
    let page = async || run(&lab.ctx, &bob, ReadDirectoryPage {}, Fields::default()).await.unwrap();
    assert!(page().await.unmatched.is_empty(), "it was not read yet");
    house.has(vec![member(1, "Emre", &["class", "laser"])]);
    let preview = dry_run(&lab, &bob).await;
    assert_eq!(
        (names_of(&preview, Effect::JoinGroup), preview.unmatched),
        (vec!["Emre".into()], vec!["lazer".into()])
    );
    // The last reading answers for new rules as well.
    rule(&lab, "laser", "user:4").await.unwrap();
    rule(&lab, "wood", "user:4").await.unwrap();
    let shown = page().await;
    let unmatched = shown.rules.iter().filter(|rule| shown.unmatched.contains(&rule.id));
    assert_eq!(unmatched.map(|rule| rule.external.as_str()).collect::<Vec<_>>(), ["lazer", "wood"]);
}

#[tokio::test]
async fn part_on_another_server_suspends_nobody_and_takes_no_group() {
    let (lab, house, bob) = open().await;
    lab.sql("INSERT INTO person_group (id, name, created_at) VALUES (5, 'Class', 0)").await;
    rule(&lab, "class", "group:5").await.unwrap();
    house.has(vec![member(1, "Emre", &["class"]), member(2, "Lena", &["class"])]);
    tick(&lab).await;
    let members = "SELECT count(*) FROM group_member JOIN profile USING (person_id) WHERE name = 'Emre'";
    house.is_partial.store(true, Relaxed);
    house.has(vec![member(1, "Emre", &[]), member(3, "Li", &["class"])]);
    let preview = dry_run(&lab, &bob).await;
    assert_eq!(
        (preview.skipped[0].reason, &preview.skipped[0].names),
        (Skip::Elsewhere, &vec!["Lena".to_owned()])
    );
    assert_eq!(names_of(&preview, Effect::Suspend), Vec::<String>::new());
    sync(&lab).await;
    assert_eq!((active(&lab).await, lab.number(members).await), (3, 1), "Li came, and Lena and the group stay");
    // The whole directory is here again.
    house.is_partial.store(false, Relaxed);
    sync(&lab).await;
    assert_eq!((active(&lab).await, lab.number(members).await), (2, 0));
}

#[tokio::test]
async fn rule_removed_during_a_sync_gives_nothing_more() {
    let (lab, house, _) = open().await;
    lab.sql("INSERT INTO person_group (id, name, created_at) VALUES (5, 'Class', 0)").await;
    rule(&lab, "class", "group:5").await.unwrap();
    house.has((1..=250).map(|n| member(n, &format!("Pupil {n:05}"), &["class"])).collect());
    // It goes while the first job gives.
    lab.sql("CREATE TRIGGER rule_goes AFTER INSERT ON rule_grant BEGIN DELETE FROM group_rule; END").await;
    tick(&lab).await;
    assert_eq!(active(&lab).await, 250);
    assert_eq!(lab.number("SELECT count(*) FROM group_member").await, 200, "those of the first job");
}

#[tokio::test]
async fn rule_gives_no_role_nothing_unknown_and_nothing_twice() {
    let (lab, _, _) = open().await;
    for (gives, is_expected) in [
        ("user:1", (|error| matches!(error, GroupMappingError::Role)) as fn(&GroupMappingError) -> bool),
        ("owner:2", |error| matches!(error, GroupMappingError::Role)),
        ("user:99", |error| matches!(error, GroupMappingError::UnknownTarget)),
        ("group:99", |error| matches!(error, GroupMappingError::UnknownTarget)),
        ("x", |error| matches!(error, GroupMappingError::Invalid(_))),
    ] {
        let error = rule(&lab, "it-admins", gives).await.unwrap_err();
        assert!(is_expected(&error), "{gives}: {error:?}");
    }
    rule(&lab, "Laser Course", "user:3").await.unwrap();
    rule(&lab, "laser course", "trainer:3").await.unwrap();
    let twice = rule(&lab, " laser  COURSE ", "user:3").await;
    assert!(matches!(twice, Err(GroupMappingError::Taken)), "{twice:?}");
}

#[tokio::test]
async fn directory_that_fails_changes_nobody_and_managers_hear_of_it_once() {
    for trouble in [Trouble::Unreachable, Trouble::NoAnswer, Trouble::Certificate, Trouble::SizeLimit] {
        let (lab, house, bob) = open().await;
        house.has(people(1..=3));
        tick(&lab).await;
        house.fails(Some(trouble));
        for _ in 0..5 {
            lab.pass(HOUR);
            tick(&lab).await;
        }
        assert_eq!(active(&lab).await, 3);
        assert_eq!(notices_of(&lab, 2).await, [Kind::DirectorySync]);
        let page = run(&lab.ctx, &bob, ReadDirectoryPage {}, Fields::default()).await.unwrap();
        assert_eq!(page.directory.trouble, Some(trouble));
        assert!(page.directory.failing_since.is_some() && page.directory.synced.is_some());
        let administrator = lab.administrator().await;
        let test = run(&lab.ctx, &administrator, TestDirectory {}, Fields::default()).await.unwrap();
        assert_eq!(test.trouble, Some(trouble));
        let mut conn = lab.raw().await;
        let connections = services::user_directory::connections(&lab.ctx, &mut conn, lab.now()).await.unwrap();
        assert_eq!(connections[0].state, domain::connections::State::Failing);
        house.fails(None);
        lab.pass(HOUR);
        tick(&lab).await;
        let view = run(&lab.ctx, &bob, ReadDirectory {}, Fields::default()).await.unwrap();
        assert_eq!(view.trouble, None);
    }
}

#[tokio::test]
async fn bind_password_is_in_no_answer_and_goes_to_no_other_server() {
    let (lab, _, bob) = open().await;
    let page = run(&lab.ctx, &bob, ReadDirectoryPage {}, Fields::default()).await.unwrap();
    let sent = serde_json::to_string(&page).unwrap();
    assert!(!sent.contains(BIND_PASSWORD) && !format!("{page:?}").contains(BIND_PASSWORD));
    assert_eq!(
        lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%owls%' OR detail LIKE '%cn=reader%'").await,
        0
    );
    let administrator = lab.administrator().await;
    let save = async |version, other: &[(&'static str, &'static str)]| {
        let mut form = form();
        form.retain(|(name, _)| *name != "bind_password" && other.iter().all(|(field, _)| field != name));
        form.extend(other.iter().copied().filter(|(_, value)| !value.is_empty()));
        run(&lab.ctx, &administrator, SaveDirectory { version }, fields(&form)).await
    };
    for other in [("address", "ldaps://evil.example"), ("bind_dn", "cn=other,dc=uni")] {
        let refused = save(1, &[other]).await;
        let expected = Faults::one("bind_password", Fault::Directory(InvalidSetting::Password));
        assert!(
            matches!(&refused, Err(UserDirectoryError::Invalid(faults)) if *faults == expected),
            "{refused:?}"
        );
    }
    save(1, &[("every", "0"), ("signs_in", "")]).await.unwrap();
    assert_eq!(lab.text("SELECT bind_password FROM user_directory").await, BIND_PASSWORD, "it stays");
    assert!(matches!(save(1, &[]).await, Err(UserDirectoryError::Stale(_))));
    run(&lab.ctx, &administrator, DisconnectDirectory {}, Fields::default()).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM user_directory").await, 0);
}

#[tokio::test]
async fn unencrypted_address_is_refused_except_on_this_machine() {
    let (lab, ..) = open().await;
    let administrator = lab.administrator().await;
    for (address, is_taken) in [
        ("plain://10.0.0.7", false),
        ("ldap.uni.example", false),
        ("http://ldap.uni.example", false),
        ("plain://127.0.0.1:3389", true),
        ("ldap://ldap.uni.example", true),
    ] {
        let mut form = form();
        form.retain(|(name, _)| *name != "address");
        form.push(("address", address));
        let version = lab.number("SELECT version FROM user_directory").await;
        let saved = run(&lab.ctx, &administrator, SaveDirectory { version }, fields(&form)).await;
        assert_eq!(saved.is_ok(), is_taken, "{address}: {saved:?}");
    }
}

#[tokio::test]
async fn erased_person_does_not_return_with_the_next_sync() {
    let (lab, house, _) = open().await;
    house.has(people(1..=3));
    tick(&lab).await;
    let person = PersonId(lab.number("SELECT person_id FROM directory_person WHERE login = 'u1'").await);
    privacy::erase(&lab.ctx, &lab.administrator().await, person).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM directory_person WHERE login IS NULL").await, 1);
    let before = lab.number("SELECT count(*) FROM person").await;
    lab.pass(HOUR);
    tick(&lab).await;
    assert_eq!(lab.number("SELECT count(*) FROM person").await, before);
    assert_eq!(lab.number("SELECT count(*) FROM profile WHERE email = 'u1@uni.example'").await, 0);
}

#[tokio::test]
async fn sync_whose_second_job_fails_names_changes_made_and_is_continued() {
    let (lab, house, bob) = open().await;
    house.has(people(1..=700));
    lab.sql(
        "CREATE TRIGGER full BEFORE INSERT ON directory_person WHEN (SELECT count(*) FROM directory_person) >= 500
         BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    .await;
    let stopped = apply(&lab, &bob).await.unwrap_err();
    assert!(matches!(&stopped, UserDirectoryError::Interrupted { made: 500, planned: 700, .. }), "{stopped:?}");
    let problem = stopped.problem(Lang::En);
    assert_eq!(problem.code, "directory.interrupted");
    assert!(problem.detail.starts_with("500 of 700 changes were made"), "{problem:?}");
    assert_eq!(active(&lab).await, 500);
    lab.sql("DROP TRIGGER full").await;
    assert_eq!(apply(&lab, &bob).await.unwrap().changes, 200, "the rest");
    assert_eq!(active(&lab).await, 700);
}

#[tokio::test]
async fn ten_thousand_people_are_added_and_followed() {
    let (lab, house, _) = open().await;
    lab.sql("INSERT INTO person_group (id, name, created_at) VALUES (5, 'Class', 0)").await;
    rule(&lab, "class", "group:5").await.unwrap();
    rule(&lab, "class", "user:4").await.unwrap();
    let all: Vec<_> = (1..=10_000).map(|n| member(n, &format!("Pupil {n:05}"), &["class"])).collect();
    house.has(all.clone());
    let begun = Instant::now();
    tick(&lab).await;
    assert_eq!(active(&lab).await, 10_000);
    assert_eq!(lab.number("SELECT count(*) FROM group_member").await, 10_000);
    let first = begun.elapsed();
    // The next one finds nothing to do.
    lab.pass(HOUR);
    let begun = Instant::now();
    tick(&lab).await;
    assert_eq!(lab.number("SELECT changes FROM directory_run ORDER BY id DESC LIMIT 1").await, 0);
    println!("10,000 people: {first:?}, then {:?}", begun.elapsed());
}
