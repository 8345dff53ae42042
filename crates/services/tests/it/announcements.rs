//! Announcements: visibility, and one notification each.

use crate::lab::{
    Lab, NOON,
    operations::{self, run},
};
use contract::{
    announcements::{
        AnnouncementView, Announcements, EditAnnouncements, ListAnnouncements, MoveAnnouncement, ReadAnnouncement,
        SaveAnnouncement, WriteAnnouncement,
    },
    equipment::Shelved,
    form::{Fault, Fields},
    notices::Which,
    system::Ended,
};
use domain::{
    actor::Actor,
    announcements::{InvalidPeriod, InvalidText, State},
    id::{AnnouncementId, PersonId},
    jobs::Job,
    live::ChangeEvent,
    names::Unnamed,
    time::{HOUR, MINUTE},
};
use services::{
    announcements::{AnnouncementsError, Draft, preview},
    notices,
};
use text::Lang;

/// Bob manages the space, and Eve is a manager too.
async fn managed() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0), (5, 'applicant', 0);
             INSERT INTO profile (person_id, name) VALUES (4, 'Eve'), (5, 'Guest')",
    )
    .await;
    lab.grant(2, 1, "owner").await;
    lab.grant(4, 1, "owner").await;
    lab
}

fn form(title: &str, to: &str) -> Draft {
    Draft { title: title.into(), text: "Come **all**".into(), to: to.into(), ..Draft::default() }
}

/// What a page sends.
fn fields(form: &Draft) -> Fields {
    let Draft { title, text, to, from, until } = form;
    operations::fields(&[("title", title), ("text", text), ("to", to), ("from", from), ("until", until)])
}

async fn write(lab: &Lab, actor: &Actor, form: &Draft) -> Result<AnnouncementId, AnnouncementsError> {
    run(&lab.ctx, actor, WriteAnnouncement {}, fields(form)).await.map(|written| written.id)
}

async fn save(
    lab: &Lab,
    actor: &Actor,
    id: AnnouncementId,
    version: i64,
    form: &Draft,
) -> Result<(), AnnouncementsError> {
    run(&lab.ctx, actor, SaveAnnouncement { id, version }, fields(form)).await
}

async fn withdraw(
    lab: &Lab,
    actor: &Actor,
    id: AnnouncementId,
    away: bool,
) -> Result<Shelved, AnnouncementsError> {
    run(&lab.ctx, actor, MoveAnnouncement { id }, operations::fields(&[("back", if away { "" } else { "yes" })]))
        .await
}

async fn list(lab: &Lab, actor: &Actor) -> Result<Announcements, AnnouncementsError> {
    run(&lab.ctx, actor, EditAnnouncements {}, Fields::default()).await
}

async fn read_all(lab: &Lab, actor: &Actor, state: State) -> Result<Vec<AnnouncementView>, AnnouncementsError> {
    let all =
        run(&lab.ctx, actor, ListAnnouncements {}, Fields::query(&format!("state={}", state.as_str()))).await;
    all.map(|all| all.announcements)
}

async fn read(lab: &Lab, actor: &Actor, id: AnnouncementId) -> Result<AnnouncementView, AnnouncementsError> {
    run(&lab.ctx, actor, ReadAnnouncement { id }, Fields::default()).await
}

/// `hours` after the beginning of the test, as programs write it.
fn after(hours: u32) -> String {
    domain::zone::to_rfc3339(NOON.after(HOUR * hours)).unwrap()
}

async fn by(lab: &Lab, person: i64, input: &Draft) -> AnnouncementId {
    write(lab, &lab.signed_in(person).await, input).await.unwrap()
}

/// Titles on *Now* for `person`.
async fn on_now(lab: &Lab, person: i64) -> Vec<String> {
    let visible = services::announcements::showing(&lab.ctx, &lab.signed_in(person).await).await.unwrap();
    visible.into_iter().map(|one| one.title).collect()
}

async fn on_wall(lab: &Lab, person: i64) -> Vec<String> {
    let visible = services::announcements::on_wall(&lab.ctx, &lab.signed_in(person).await).await.unwrap();
    visible.into_iter().map(|one| one.title).collect()
}

/// The announcement notices of `person`, as they read now.
async fn notices_of(lab: &Lab, person: i64) -> Vec<(String, String)> {
    let page = notices::list(&lab.ctx, &lab.signed_in(person).await, Which::All, None).await.unwrap();
    let (now, notices) = (page.now, page.notices);
    let message = notices.into_iter().map(|one| match one.told {
        Some(reported) => Lang::En.notice(&reported, now),
        None => Lang::En.hidden_notice(),
    });
    message.map(|message| (message.title, message.next)).collect()
}

fn pair(title: &str, next: &str) -> (String, String) {
    (title.into(), next.into())
}

/// Runs the timer; returns how many began or ended.
async fn run_due(lab: &Lab) -> u64 {
    match services::jobs::run(&lab.ctx, Job::Announcements).await {
        Ended::Done(count) => count,
        Ended::Idle => 0,
        Ended::Failed => panic!("the job failed"),
    }
}

#[tokio::test]
async fn announcement_to_everybody_appears_on_pages_and_wall_and_notifies_members() {
    let lab = managed().await;
    by(&lab, 2, &form("Open day", "")).await;
    for person in [1, 2, 4] {
        assert_eq!(on_now(&lab, person).await, ["Open day"], "{person}");
    }
    assert_eq!(on_wall(&lab, 1).await, ["Open day"]);
    let told_all = [pair("Open day", "To everyone.")];
    assert_eq!(notices_of(&lab, 1).await, told_all);
    assert_eq!(notices_of(&lab, 4).await, told_all, "another manager is a member like any other");
    assert_eq!(notices_of(&lab, 2).await, [], "its writer knows");
    let reached = lab.number("SELECT count(*) FROM notice WHERE person_id IN (3, 5)").await;
    assert_eq!(reached, 0, "neither the suspended nor applicants are told");
}

#[tokio::test]
async fn announcement_to_qualified_reaches_them_and_managers_but_not_wall() {
    let lab = managed().await;
    by(&lab, 2, &form("New lens", "3")).await;
    assert_eq!(on_now(&lab, 1).await, ["New lens"], "Ada is qualified on lasers");
    assert_eq!(on_now(&lab, 4).await, ["New lens"], "managers see all");
    assert_eq!(on_wall(&lab, 1).await, Vec::<String>::new());
    assert_eq!(notices_of(&lab, 1).await, [pair("New lens", "To everyone qualified on Laser cutter.")]);
    assert_eq!(notices_of(&lab, 4).await, [], "Eve is not qualified on lasers");
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (6, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (6, 'Kim');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (6, 1, 'user', 'granted', 0, 'setup', 0)",
    )
    .await;
    assert_eq!(on_now(&lab, 6).await, Vec::<String>::new());
    lab.grant(6, 3, "trainer").await;
    assert_eq!(on_now(&lab, 6).await, ["New lens"], "a trainer is qualified");
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (1, 3, 'user', 'revoked', 1, 'trainer', 1)",
    )
    .await;
    assert_eq!(on_now(&lab, 1).await, Vec::<String>::new());
    assert_eq!(notices_of(&lab, 1).await[0].0, "You can no longer see this", "nor what she was told");
}

#[tokio::test]
async fn planned_announcement_follows_clock_and_notifies_once() {
    let lab = managed().await;
    by(&lab, 2, &Draft { from: after(1), until: after(2), ..form("Open day", "") }).await;
    assert_eq!((on_now(&lab, 1).await, run_due(&lab).await), (vec![], 0));
    assert_eq!(notices_of(&lab, 1).await, []);
    lab.pass(HOUR);
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    let runs = tokio::join!(run_due(&lab), run_due(&lab), run_due(&lab), run_due(&lab));
    let sum = runs.0 + runs.1 + runs.2 + runs.3;
    assert!(sum >= 1, "{runs:?}");
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Announcements), "open pages look");
    assert_eq!(lab.number("SELECT count(*) FROM notice WHERE kind = 'announcement.published'").await, 2);
    assert_eq!(notices_of(&lab, 1).await, [pair("Open day", "To everyone.")]);
    assert_eq!(on_now(&lab, 1).await, ["Open day"]);
    lab.pass(MINUTE * 59);
    assert_eq!(run_due(&lab).await, 0, "nothing changes in between");
    lab.pass(MINUTE);
    assert_eq!(on_now(&lab, 1).await, Vec::<String>::new(), "its end is exclusive");
    assert_eq!((run_due(&lab).await, run_due(&lab).await), (1, 0), "open pages are told that it ended, once");
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Announcements));
    assert_eq!(notices_of(&lab, 1).await, [pair("Open day", "To everyone.")], "what was said stays said");
}

#[tokio::test]
async fn announcement_expired_during_downtime_notifies_nobody() {
    let lab = managed().await;
    by(&lab, 2, &Draft { from: after(1), until: after(2), ..form("Open day", "") }).await;
    lab.pass(HOUR * 5);
    assert_eq!((run_due(&lab).await, run_due(&lab).await), (1, 0));
    assert_eq!(notices_of(&lab, 1).await, []);
}

#[tokio::test]
async fn withdrawn_announcement_disappears_and_marks_notices_until_restored() {
    let lab = managed().await;
    let eve = lab.signed_in(4).await;
    let id = by(&lab, 2, &form("Open day", "")).await;
    let done = withdraw(&lab, &eve, id, true).await.unwrap();
    assert_eq!((done.name.as_str(), done.away), ("Open day", true));
    withdraw(&lab, &eve, id, true).await.unwrap();
    assert_eq!((on_now(&lab, 1).await, on_wall(&lab, 1).await), (vec![], vec![]));
    assert_eq!(notices_of(&lab, 1).await[0].0, "You can no longer see this");
    let refused = save(&lab, &eve, id, 2, &form("Other", "")).await;
    assert!(matches!(refused, Err(AnnouncementsError::Withdrawn)), "{refused:?}");
    assert!(!withdraw(&lab, &eve, id, false).await.unwrap().away);
    assert_eq!(on_now(&lab, 1).await, ["Open day"]);
    assert_eq!(notices_of(&lab, 1).await, [pair("Open day", "To everyone.")], "told once");
    let recorded = "SELECT group_concat(action, ' ') FROM (SELECT action FROM audit WHERE subject = 'announcement:1' ORDER BY seq)";
    assert_eq!(
        lab.text(recorded).await,
        "announcement.written announcement.withdrawn announcement.restored",
        "twice is once"
    );
}

#[tokio::test]
async fn edited_announcement_shows_new_text_and_notifies_only_new_readers() {
    let lab = managed().await;
    let (bob, eve) = (lab.signed_in(2).await, lab.signed_in(4).await);
    let id = by(&lab, 2, &form("New lens", "3")).await;
    save(&lab, &eve, id, 1, &form("New lenses", "")).await.unwrap();
    assert_eq!(notices_of(&lab, 1).await, [pair("New lenses", "To everyone.")]);
    assert_eq!(
        (notices_of(&lab, 2).await, notices_of(&lab, 4).await),
        (vec![], vec![]),
        "neither writer nor editor is told"
    );
    let stale = save(&lab, &bob, id, 1, &form("Mine", "")).await;
    let Err(AnnouncementsError::Stale(saved)) = stale else { panic!("{stale:?}") };
    assert_eq!((saved.version, saved.value("title"), saved.by.as_deref()), (2, "New lenses", Some("Eve")));
    let later = Draft { from: after(3), ..form("New lenses", "") };
    save(&lab, &bob, id, 2, &later).await.unwrap();
    assert_eq!(on_now(&lab, 1).await, Vec::<String>::new(), "it was put off");
    lab.pass(HOUR * 3);
    assert_eq!(run_due(&lab).await, 1, "and begins anew");
    assert_eq!(notices_of(&lab, 1).await.len(), 1);
    assert_eq!(
        notices_of(&lab, 4).await,
        [pair("New lenses", "To everyone.")],
        "Eve is told by the clock, for she wrote nothing"
    );
}

#[tokio::test]
async fn invalid_announcement_reports_all_fields() {
    let lab = managed().await;
    let bob = lab.signed_in(2).await;
    let faults = async |input: Draft| match write(&lab, &bob, &input).await {
        Err(AnnouncementsError::Invalid(faults)) => {
            faults.iter().map(|(field, fault)| (field.clone(), *fault)).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let wrong = Draft {
        title: " ".into(),
        text: "x".repeat(4_001),
        to: "laser".into(),
        from: "soon".into(),
        until: "later".into(),
    };
    assert_eq!(
        faults(wrong).await,
        [
            ("title".into(), Fault::Title(Unnamed::Empty)),
            ("text".into(), Fault::Text(InvalidText::Long)),
            ("to".into(), Fault::Audience),
            ("from".into(), Fault::DateAndTime),
            ("until".into(), Fault::DateAndTime)
        ]
    );
    assert_eq!(
        faults(Draft { title: "x".repeat(201), text: String::new(), ..form("", "") }).await,
        [("title".into(), Fault::Title(Unnamed::Long)), ("text".into(), Fault::Text(InvalidText::Empty))]
    );
    assert_eq!(
        faults(Draft { title: "a\u{7}".into(), ..form("", "") }).await,
        [("title".into(), Fault::Title(Unnamed::Control))]
    );
    for to in ["99", "1", "2", "-3"] {
        assert_eq!(faults(form("Open day", to)).await, [("to".into(), Fault::Audience)], "{to}");
    }
    assert_eq!(
        faults(Draft { until: "2027-01-15T07:59".into(), ..form("Open day", "") }).await,
        [("until".into(), Fault::Period(InvalidPeriod::Over))]
    );
    assert_eq!(
        faults(Draft { from: after(2), until: after(1), ..form("Open day", "") }).await,
        [("until".into(), Fault::Period(InvalidPeriod::Empty))]
    );
    let full = Draft { text: "x".repeat(4_000), ..form("Open day", "3") };
    assert!(write(&lab, &bob, &full).await.is_ok());
}

#[tokio::test]
async fn managers_write_and_list_and_members_read_their_announcements() {
    let lab = managed().await;
    let (ada, bob) = (lab.signed_in(1).await, lab.signed_in(2).await);
    let visible = by(&lab, 2, &form("Open day", "")).await;
    let planned = by(&lab, 2, &Draft { from: after(1), ..form("Later", "") }).await;
    let other = by(&lab, 2, &form("Lathes", "4")).await;
    assert!(write(&lab, &ada, &form("Mine", "")).await.is_err());
    assert!(save(&lab, &ada, visible, 1, &form("Mine", "")).await.is_err());
    assert!(
        withdraw(&lab, &ada, visible, true).await.is_err() && withdraw(&lab, &ada, visible, false).await.is_err()
    );
    assert!(list(&lab, &ada).await.is_err() && preview(&lab.ctx, &ada, form("x", ""), 0).await.is_err());
    assert!(read_all(&lab, &ada, State::Planned).await.is_err());
    let titles = async |actor, state| {
        let all = read_all(&lab, actor, state).await.unwrap();
        all.into_iter().map(|one| (one.title, one.by)).collect::<Vec<_>>()
    };
    assert_eq!(titles(&ada, State::Showing).await, [("Open day".to_owned(), None)], "no names for members");
    let bobs = |title: &str| (title.to_owned(), Some("Bob".to_owned()));
    assert_eq!(titles(&bob, State::Showing).await, [bobs("Lathes"), bobs("Open day")]);
    assert_eq!(titles(&bob, State::Planned).await, [bobs("Later")]);
    assert_eq!(read(&lab, &ada, visible).await.unwrap().html, "<p>Come <strong>all</strong></p>\n");
    for hidden in [planned, other, AnnouncementId(99)] {
        let found = read(&lab, &ada, hidden).await;
        assert!(matches!(found, Err(AnnouncementsError::Unknown)), "{found:?}");
    }
    let states: Vec<_> =
        list(&lab, &bob).await.unwrap().announcements.into_iter().map(|one| (one.id, one.state)).collect();
    assert_eq!(states, [(other, State::Showing), (visible, State::Showing), (planned, State::Planned)]);
    let drafted = preview(&lab.ctx, &bob, Draft { text: "# Hi <b>".into(), ..form("", "") }, 3).await.unwrap();
    assert_eq!((drafted.html.as_str(), drafted.fields.version), ("<h3>Hi &lt;b&gt;</h3>\n", 3));
    assert_eq!(drafted.readers, Some(2), "Ada and Eve: neither its writer nor who is suspended or an applicant");
    let lasers = preview(&lab.ctx, &bob, form("x", "3"), 0).await.unwrap();
    assert_eq!(lasers.readers, Some(1), "Ada is qualified on lasers");
    let nobody = preview(&lab.ctx, &bob, form("x", "moon"), 0).await.unwrap();
    assert_eq!(nobody.readers, None);
    let long = preview(&lab.ctx, &bob, Draft { text: "x".repeat(4_002), ..form("", "") }, 0).await.unwrap();
    assert_eq!((long.html.len(), long.fields.value("text").len()), ("<p></p>\n".len() + 4_000, 4_002));
}

#[tokio::test]
async fn ten_thousand_people_are_notified_in_one_commit() {
    let lab = managed().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at)
             WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 10099) SELECT i, 'active', 0 FROM n;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             SELECT id, 1, 'user', 'granted', 0, 'setup', 0 FROM person WHERE id >= 100;
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             SELECT id, 3, 'user', 'granted', 0, 'trainer', 0 FROM person WHERE id >= 5100;",
    )
    .await;
    by(&lab, 2, &form("Open day", "")).await;
    let reported = "SELECT count(*) FROM notice WHERE announcement_id = 1";
    assert_eq!(lab.number(reported).await, 10_002, "all of them, Ada and Eve");
    by(&lab, 2, &form("New lens", "3")).await;
    assert_eq!(lab.number("SELECT count(*) FROM notice WHERE announcement_id = 2").await, 5_001, "and Ada");
    let newest = "SELECT max(person_id) FROM notice WHERE announcement_id = 2 AND read_at IS NULL";
    assert_eq!(PersonId(lab.number(newest).await), PersonId(10_099));
}
