//! The history of a machine: one paged timeline, filtered by the reader's permissions.

use crate::lab::{LASER, LASER_ID, Lab, ada, bob, card, seconds};
use contract::history::{Filter, Page, What, Who};
use domain::{
    actor::{Actor, Channel, Forbidden},
    history::{Group, Kind, Place},
    id::{MachineId, PersonId, PlanId},
    problems::Severity,
    uses::{Action, Ending},
};
use services::{
    history::{self, HistoryError, InvalidFilter},
    maintenance::{self, RegisterDone},
    problems::{self, ReportProblem},
};

/// The lab with Ken (11), who manages, Olga (12), who owns the lasers, and Tim (13), who trains on them, after a
/// morning at the laser: Ada for a minute, a card that nobody knows, a problem that was resolved, two things that
/// were done at once, a use reported later, a change, and Ada who is on it again.
async fn morning() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (11, 'active', 0), (12, 'active', 0), (13, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (11, 'Ken'), (12, 'Olga'), (13, 'Tim');
         INSERT INTO maintenance_plan (id, type_id, machine_id, words, every_days, doer, blocking, begun_at) VALUES
             (1, NULL, 1, 'Oil', 30, 'trainer', 0, 0), (2, 3, NULL, 'Belt', 30, 'trainer', 0, 0);",
    )
    .await;
    for (person, kind, relation) in
        [(11, 1, "owner"), (12, 1, "user"), (12, 3, "owner"), (13, 1, "user"), (13, 3, "trainer")]
    {
        lab.grant(person, kind, relation).await;
    }
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(60));
    lab.stops(LASER, &ada(), 60).await;
    lab.pass(seconds(60));
    lab.starts(LASER, &card("0badcafe")).await;
    lab.pass(seconds(60));
    lab.starts(LASER, &bob()).await;
    lab.pass(seconds(60));
    lab.stops(LASER, &ada(), 60).await;
    lab.pass(seconds(60));
    let input = ReportProblem::read(Some(Severity::Unsafe), "sparks");
    let report = problems::report(&lab.ctx, &lab.signed_in(2).await, LASER_ID, input).await.unwrap();
    lab.pass(seconds(60));
    let olga = lab.signed_in(12).await;
    let version = problems::one(&lab.ctx, &olga, report).await.unwrap().version;
    problems::resolve(&lab.ctx, &olga, report, version, "new lens").await.unwrap();
    lab.pass(seconds(60));
    let done = RegisterDone::read(Ok(vec![PlanId(1), PlanId(2)]), "new belt");
    maintenance::register(&lab.ctx, &lab.signed_in(13).await, LASER_ID, done).await.unwrap();
    lab.pass(seconds(600));
    lab.says(LASER, &ada(), Action::Stop, 120, true).await.unwrap();
    lab.sql(
        "INSERT INTO audit (seq, at, door, action, subject, detail, hash) VALUES
             (1000, 1800000900000, 'web', 'machine.changed', 'machine:1', '{\"changed\":\"name\"}', zeroblob(32)),
             (1001, 1800000900000, 'web', 'setting.changed', 'type:3', '{}', zeroblob(32)),
             (1002, 1800000900000, 'web', 'machine.changed', 'machine:2', '{}', zeroblob(32))",
    )
    .await;
    lab.pass(seconds(60));
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(60));
    lab
}

async fn read(lab: &Lab, person: i64, filter: &Filter) -> Page {
    history::page(&lab.ctx, &lab.signed_in(person).await, LASER_ID, filter, None, None).await.unwrap()
}

fn of(group: Group) -> Filter {
    Filter { kind: group.as_str().into(), ..Filter::default() }
}

fn kinds(page: &Page) -> Vec<Kind> {
    page.lines.iter().map(|line| line.what.kind()).collect()
}

fn person(name: &str, id: Option<i64>) -> Who {
    Who::Person { id: id.map(PersonId), name: name.into() }
}

#[tokio::test]
async fn timeline_is_sorted_newest_first_with_running_use_on_top() {
    let lab = morning().await;
    let page = read(&lab, 12, &Filter::default()).await;
    let (changed, ran, maintained) = (Kind::Changed, Kind::Used, Kind::Maintained);
    let ended = [Kind::Resolved, Kind::Freed, Kind::Reported, Kind::Blocked, ran, ran, ran];
    assert_eq!(kinds(&page), [&[ran, ran, changed, changed, maintained, maintained][..], &ended].concat());
    let uses: Vec<_> = page
        .lines
        .iter()
        .filter_map(|line| if let What::Used(one) = &line.what { Some(one) } else { None })
        .collect();
    let [runs, told_later, bobs, unknown, first] = uses.as_slice() else { panic!("{uses:?}") };
    assert_eq!((&runs.who, runs.end, runs.ending), (&person("Ada", None), None, None));
    assert!(told_later.approximate && !first.approximate);
    assert_eq!(
        (&bobs.who, bobs.unauthorised, bobs.other_card),
        (&person("Bob", None), true, true),
        "and Ada's card ended it"
    );
    assert_eq!(
        (&unknown.who, unknown.unauthorised, unknown.ending),
        (&Who::UnknownCard, true, Some(Ending::Superseded))
    );
    assert!(!first.unauthorised);
    let Some(What::Reported { words, by, .. }) =
        page.lines.iter().map(|line| line.what.clone()).find(|what| what.kind() == Kind::Reported)
    else {
        panic!("{page:?}")
    };
    assert_eq!((words.as_deref(), by), (Some("sparks"), person("Bob", None)));
    assert_eq!(read(&lab, 11, &Filter::default()).await.lines[0].what.kind(), ran, "managers read the same");
    let What::Used(one) = &read(&lab, 11, &of(Group::Uses)).await.lines[0].what else { panic!() };
    assert_eq!(one.who, person("Ada", Some(1)), "and are led to people");
}

#[tokio::test]
async fn paging_returns_every_line_once_despite_insertions() {
    let lab = morning().await;
    let olga = lab.signed_in(12).await;
    let whole = read(&lab, 12, &Filter::default()).await;
    for limit in 1..=whole.lines.len() {
        let (mut walked, mut after) = (Vec::new(), None);
        for _ in 0..=whole.lines.len() {
            let page =
                history::page(&lab.ctx, &olga, LASER_ID, &Filter::default(), after, Some(limit)).await.unwrap();
            assert!(page.lines.len() <= limit);
            walked.extend(page.lines);
            after = page.older.as_deref().and_then(Place::read);
            if after.is_none() {
                break;
            }
        }
        assert_eq!(walked, whole.lines, "{limit} at a time");
    }
    let first = history::page(&lab.ctx, &olga, LASER_ID, &Filter::default(), None, Some(3)).await.unwrap();
    lab.stops(LASER, &ada(), 60).await;
    let after = first.older.as_deref().and_then(Place::read);
    let second = history::page(&lab.ctx, &olga, LASER_ID, &Filter::default(), after, None).await.unwrap();
    assert_eq!(second.lines, whole.lines[3..], "the end of what ran stands in front of it");
}

#[tokio::test]
async fn members_see_names_by_setting_and_no_changes() {
    let lab = morning().await;
    let users = |page: &Page| {
        let used = page
            .lines
            .iter()
            .filter_map(|line| if let What::Used(one) = &line.what { Some(one.clone()) } else { None });
        used.collect::<Vec<_>>()
    };
    let page = read(&lab, 2, &Filter::default()).await;
    assert!(!kinds(&page).contains(&Kind::Changed) && !page.groups.contains(&Group::Changes));
    assert!(users(&page).iter().all(|one| one.who == Who::Hidden && !one.unauthorised && !one.other_card));
    let hidden = |what: &What| match what {
        What::Reported { by, words, .. } => *by == Who::Hidden && words.as_deref() == Some("sparks"),
        What::Maintained { task, note, by, .. } => task.is_some() && note.is_none() && *by == Who::Hidden,
        What::Resolved { by, .. } | What::Blocked { by, .. } | What::Freed { by } => *by == Who::Hidden,
        What::Used(_) | What::Changed(_) => true,
    };
    assert!(page.lines.iter().all(|line| hidden(&line.what)), "{page:?}");
    assert_eq!(read(&lab, 2, &of(Group::Changes)).await.lines, []);
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'people.shown', 'nobody'),
             ('machine', 1, 'people.shown', 'first-name');
         UPDATE profile SET name = 'Ada Lovelace' WHERE person_id = 1",
    )
    .await;
    let [runs, .., unknown, first] = &users(&read(&lab, 2, &Filter::default()).await)[..] else { panic!() };
    assert_eq!((&runs.who, &unknown.who, &first.who), (&person("Ada", None), &Who::Hidden, &person("Ada", None)));

    let stranger = Actor::anybody(true, Channel::Web);
    let refused = history::page(&lab.ctx, &stranger, LASER_ID, &Filter::default(), None, None).await.unwrap_err();
    assert!(matches!(refused, HistoryError::Forbidden(Forbidden::SignIn)), "{refused:?}");
    let none =
        history::page(&lab.ctx, &lab.signed_in(2).await, MachineId(99), &Filter::default(), None, None).await;
    assert!(matches!(none, Err(HistoryError::Unknown)), "{none:?}");
}

#[tokio::test]
async fn maintainers_see_who_did_maintenance_at_its_own_time() {
    let lab = morning().await;
    // Imported, long before everything, by an unknown person and reported later by its board.
    lab.sql(
        "INSERT INTO intervention (machine_id, at, used_ms, door, replay) VALUES (1, 1000, 0, 'board', 1), (2, 1000, 0, 'web', 0)",
    )
    .await;
    let tims = read(&lab, 13, &of(Group::Maintenance)).await.lines.into_iter().map(|line| line.what);
    let by_plan = |task: &str| What::Maintained {
        task: Some(task.into()),
        note: Some("new belt".into()),
        later: false,
        imported: false,
        by: person("Tim", None),
    };
    let else_where = What::Maintained { task: None, note: None, later: true, imported: false, by: Who::Hidden };
    assert_eq!(tims.collect::<Vec<_>>(), [by_plan("Belt"), by_plan("Oil"), else_where.clone()]);
    let whole = read(&lab, 13, &Filter::default()).await;
    let reporter = whole.lines.iter().find_map(|line| match &line.what {
        What::Reported { by, .. } => Some(by),
        _ => None,
    });
    assert_eq!(reporter, Some(&Who::Hidden), "who reported a problem is for those who care for it");
    let all = read(&lab, 12, &Filter::default()).await;
    assert_eq!(all.lines.last().map(|line| &line.what), Some(&else_where), "it stands by when it was");
}

#[tokio::test]
async fn day_and_kind_filters_apply_and_invalid_ones_are_refused() {
    let lab = morning().await;
    assert_eq!(kinds(&read(&lab, 12, &of(Group::Blocks)).await), [Kind::Freed, Kind::Blocked]);
    assert_eq!(kinds(&read(&lab, 12, &of(Group::Problems)).await), [Kind::Resolved, Kind::Reported]);
    let day = |from: &str, to: &str| Filter { from: from.into(), to: to.into(), ..Filter::default() };
    // The morning was on 15 January 2027.
    let whole = read(&lab, 12, &Filter::default()).await.lines;
    assert_eq!(read(&lab, 12, &day("2027-01-15", "2027-01-15")).await.lines, whole);
    assert_eq!(read(&lab, 12, &day("2027-01-16", "")).await.lines, [], "what runs has not reached a day to come");
    assert_eq!(read(&lab, 12, &day("", "2027-01-14")).await.lines, []);
    let olga = lab.signed_in(12).await;
    let refused = history::page(&lab.ctx, &olga, LASER_ID, &day("soon", ""), None, None).await.unwrap_err();
    assert!(
        matches!(&refused, HistoryError::Filter(invalid) if *invalid == [InvalidFilter::Day("from")]),
        "{refused:?}"
    );
}

#[tokio::test]
async fn erased_or_old_user_is_shown_as_former() {
    let lab = morning().await;
    lab.sql("UPDATE alias SET person_id = NULL WHERE person_id = 1").await;
    let page = read(&lab, 12, &of(Group::Uses)).await;
    let What::Used(one) = &page.lines[0].what else { panic!() };
    assert_eq!(one.who, Who::Former);
}
