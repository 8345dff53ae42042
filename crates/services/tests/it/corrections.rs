//! Corrections of uses by caretakers of the machine.

use crate::lab;
use crate::lab::{LASER, LASER_ID, Lab, ada, card, seconds};
use contract::{
    history::{Filter, Use, What, Who},
    requests::Remote,
};
use domain::{
    actor::Forbidden,
    history::Group,
    id::{PersonId, UseId},
    live::ChangeEvent,
    time::Millis,
    uses::{Action, Ending, InvalidCorrection},
};
use services::{
    corrections::{self, CorrectUse, CorrectionError, ValidationError},
    history, machines, people, privacy,
    requests::{self, RequestsError},
};

/// The lab with Ken (11), who manages, Olga (12), who owns the lasers, and Theo (13), who owns the lathes. Clocks
/// show UTC.
async fn cared_for() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (11, 'active', 0), (12, 'active', 0), (13, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (11, 'Ken'), (12, 'Olga'), (13, 'Theo');
         INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC')",
    )
    .await;
    for (person, kind, relation) in
        [(11, 1, "owner"), (12, 1, "user"), (12, 3, "owner"), (13, 1, "user"), (13, 4, "owner")]
    {
        lab.grant(person, kind, relation).await;
    }
    lab.reopen().await
}

/// Ada from 08:00:00 to 10:00:00 on 15 January 2027; it is 10:10 by then.
async fn forgot(lab: &Lab) -> UseId {
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(7_200));
    lab.stops(LASER, &ada(), 7_200).await;
    lab.pass(seconds(600));
    UseId(lab.number("SELECT max(id) FROM use_session").await)
}

fn form(end: &str, who: &str) -> CorrectUse {
    CorrectUse::from_form(end.into(), who, false, "forgot to log off".into())
}

fn none(reason: &str) -> CorrectUse {
    CorrectUse { void: true, reason: reason.into(), who: Some(Some(PersonId(1))), ..CorrectUse::default() }
}

async fn correct(lab: &Lab, person: i64, id: UseId, input: CorrectUse) -> Result<(), CorrectionError> {
    let who = lab.signed_in(person).await;
    let seen = match corrections::one(&lab.ctx, &who, id).await {
        Ok(one) => one.version,
        Err(why) => return Err(why),
    };
    corrections::correct(&lab.ctx, &who, id, seen, &input).await.map(drop)
}

fn errors(refused: &CorrectionError) -> Vec<ValidationError> {
    match refused {
        CorrectionError::Invalid(errors, _) => errors.clone(),
        other => panic!("{other:?}"),
    }
}

/// The last uses of Ada and Bob in Ken's list of people.
async fn last_uses(lab: &Lab) -> [Option<Millis>; 2] {
    let query = people::Query::default();
    let list = people::list(&lab.ctx, &lab.signed_in(11).await, &query, None).await.unwrap();
    [1, 2].map(|id| {
        let one = list.people.iter().find(|one| one.id == PersonId(id)).unwrap();
        one.last_use.map(|moment| moment.at)
    })
}

#[tokio::test]
async fn last_use_follows_corrected_person() {
    let lab = cared_for().await;
    let id = forgot(&lab).await;
    let began = Millis(lab.number("SELECT max(started_at) FROM use_session").await);
    assert_eq!(last_uses(&lab).await, [Some(began), None]);
    correct(&lab, 12, id, form("2027-01-15T10:00", "2")).await.unwrap();
    assert_eq!(last_uses(&lab).await, [None, Some(began)]);
    correct(&lab, 12, id, none("it was a test")).await.unwrap();
    assert_eq!(last_uses(&lab).await, [None, None], "it was none");
}

async fn uses(lab: &Lab, person: i64) -> Vec<Use> {
    let filter = Filter { kind: Group::Uses.as_str().into(), ..Filter::default() };
    let page = history::page(&lab.ctx, &lab.signed_in(person).await, LASER_ID, &filter, None, None).await.unwrap();
    page.lines
        .into_iter()
        .filter_map(|line| if let What::Used(one) = line.what { Some(one) } else { None })
        .collect()
}

async fn hours(lab: &Lab) -> i64 {
    lab.number("SELECT used_ms / 1000 FROM machine_total WHERE machine_id = 1").await
}

#[tokio::test]
async fn corrected_end_changes_use_and_hours_and_keeps_both_in_history() {
    let lab = cared_for().await;
    let id = forgot(&lab).await;
    let (_, _, mut coming) = lab.ctx.live().subscribe("");
    correct(&lab, 12, id, form("2027-01-15T08:30", "1")).await.unwrap();
    assert_eq!(coming.recv().await.unwrap().hint, Some(ChangeEvent::Machine(LASER_ID)), "open pages look again");
    assert_eq!(hours(&lab).await, 1_800);
    let [one] = &uses(&lab, 11).await[..] else { panic!() };
    assert_eq!((one.end.unwrap().at.since(one.start.at), one.ending), (seconds(1_800), Some(Ending::Manager)));
    let [message] = &one.corrections[..] else { panic!("{one:?}") };
    assert_eq!((message.by.as_deref(), message.reason.as_deref()), (Some("Olga"), Some("forgot to log off")));
    assert_eq!(
        (message.end_before.unwrap().at.since(one.start.at), message.other_person),
        (seconds(7_200), false)
    );
    assert_eq!(uses(&lab, 2).await[0].corrections, [], "members read how it was, and not what was said about it");
    // An undo is another correction.
    correct(&lab, 11, id, form("2027-01-15T10:00:00", "1")).await.unwrap();
    let [one] = &uses(&lab, 12).await[..] else { panic!() };
    assert_eq!((one.ending, one.corrections.len(), hours(&lab).await), (Some(Ending::LoggedOut), 2, 7_200));
    let facts = "SELECT group_concat(detail) FROM audit WHERE action = 'use.corrected'";
    assert_eq!(lab.text(facts).await, r#"{"changed":"end","use":1},{"changed":"end","use":1}"#);
}

#[tokio::test]
async fn corrected_person_moves_use_and_both_see_reason() {
    let lab = cared_for().await;
    let id = forgot(&lab).await;
    correct(&lab, 12, id, form("2027-01-15T10:00:00", "2")).await.unwrap();
    let [one] = &uses(&lab, 11).await[..] else { panic!() };
    assert_eq!(
        (&one.who, one.ending),
        (&Who::Person { id: Some(PersonId(2)), name: "Bob".into() }, Some(Ending::LoggedOut))
    );
    assert_eq!((one.corrections[0].who_before.as_deref(), hours(&lab).await), (Some("Ada"), 7_200));
    for (person, theirs) in [(1, false), (2, true)] {
        let page = people::uses(&lab.ctx, &lab.signed_in(person).await, PersonId(person), None).await.unwrap();
        let [row] = &page.uses[..] else { panic!("{page:?}") };
        assert_eq!(
            (row.theirs, row.corrections[0].reason.as_deref()),
            (theirs, Some("forgot to log off")),
            "{person}"
        );
        let page = people::page(&lab.ctx, &lab.signed_in(11).await, PersonId(person)).await.unwrap();
        assert_eq!((page.uses, page.used), if theirs { (1, 7_200_000) } else { (0, 0) }, "{person}");
    }
    // And unknown after all.
    correct(&lab, 12, id, form("2027-01-15T10:00:00", "")).await.unwrap();
    assert_eq!(uses(&lab, 12).await[0].who, Who::Hidden);
}

#[tokio::test]
async fn use_of_unknown_card_can_be_assigned() {
    let lab = cared_for().await;
    lab.starts(LASER, &card("0badcafe")).await;
    lab.pass(seconds(60));
    lab.stops(LASER, &card("0badcafe"), 60).await;
    let id = UseId(1);
    assert_eq!(uses(&lab, 12).await[0].who, Who::UnknownCard);
    correct(&lab, 12, id, form("2027-01-15T08:01:00", "2")).await.unwrap();
    assert_eq!(uses(&lab, 12).await[0].who, Who::Person { id: None, name: "Bob".into() });
    // A replay is identified by its card.
    lab.says(LASER, &card("0badcafe"), Action::Start, 0, true).await.unwrap();
    lab.says(LASER, &card("0badcafe"), Action::Stop, 60, true).await.unwrap();
    assert_eq!((uses(&lab, 12).await.len(), hours(&lab).await), (1, 60));
}

#[tokio::test]
async fn voided_use_counts_nothing_despite_replays() {
    let lab = cared_for().await;
    let id = forgot(&lab).await;
    correct(&lab, 12, id, none("only the cleaning")).await.unwrap();
    assert_eq!(hours(&lab).await, 0);
    lab.says(LASER, &ada(), Action::Start, 0, true).await.unwrap();
    lab.says(LASER, &ada(), Action::Stop, 7_200, true).await.unwrap();
    let [one] = &uses(&lab, 12).await[..] else { panic!() };
    assert!(one.void && hours(&lab).await == 0);
    let page = people::page(&lab.ctx, &lab.signed_in(11).await, PersonId(1)).await.unwrap();
    assert_eq!((page.uses, page.used), (0, 0));
    assert_eq!(machines::page(&lab.ctx, &lab.signed_in(2).await, LASER_ID).await.unwrap().uses, []);
    correct(&lab, 12, id, form("2027-01-15T10:00:00", "1")).await.unwrap();
    assert_eq!(hours(&lab).await, 7_200, "it was one after all");
}

#[tokio::test]
async fn running_use_is_ended_by_correction_and_not_reopened_by_board() {
    let lab = cared_for().await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(3_600));
    let id = UseId(1);
    assert_eq!(
        errors(&correct(&lab, 12, id, form("2027-01-15T08:10", "2")).await.unwrap_err()),
        [ValidationError::Running]
    );
    assert_eq!(errors(&correct(&lab, 12, id, none("x")).await.unwrap_err()), [ValidationError::Running]);
    correct(&lab, 12, id, form("2027-01-15T08:10", "1")).await.unwrap();
    let [one] = &uses(&lab, 12).await[..] else { panic!() };
    assert_eq!((one.ending, hours(&lab).await), (Some(Ending::Manager), 600));
    assert_eq!(one.corrections[0].end_before, None);
    lab.says(LASER, &ada(), Action::Extend, 3_600, false).await.unwrap();
    lab.stops(LASER, &ada(), 3_600).await;
    assert_eq!((uses(&lab, 12).await.len(), hours(&lab).await), (1, 600));
}

#[tokio::test]
async fn impossible_correction_reports_field() {
    let lab = cared_for().await;
    let first = forgot(&lab).await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(60));
    let refused = async |input: CorrectUse| errors(&correct(&lab, 12, first, input).await.unwrap_err());
    assert_eq!(
        refused(form("2027-01-15T08:00", "1")).await,
        [ValidationError::End(InvalidCorrection::BeforeStart)]
    );
    let next = domain::time::Millis(lab::NOON.0 + 7_800_000);
    assert_eq!(
        refused(form("2027-01-15T10:10:01", "1")).await,
        [ValidationError::End(InvalidCorrection::Overlaps(next))]
    );
    assert_eq!(refused(form("2027-01-15T10:12", "1")).await, [ValidationError::End(InvalidCorrection::Future)]);
    assert_eq!(refused(form("soon", "99")).await, [ValidationError::NoTime, ValidationError::Person]);
    assert_eq!(refused(form("2027-01-15T09:00", "x")).await, [ValidationError::Person]);
    assert_eq!(
        refused(CorrectUse { reason: " ".into(), ..form("2027-01-15T09:00", "1") }).await,
        [ValidationError::NoReason]
    );
    assert_eq!(refused(form("2027-01-15T10:00:00", "1")).await, [ValidationError::Unchanged]);
    assert_eq!(lab.number("SELECT count(*) FROM use_correction").await, 0);
    assert_eq!(
        correct(&lab, 12, first, form("2027-01-15T10:10:00", "1")).await.map_err(|why| why.to_string()),
        Ok(())
    );
}

#[tokio::test]
async fn stale_correction_shows_saved_values() {
    let lab = cared_for().await;
    let id = forgot(&lab).await;
    let (olga, ken) = (lab.signed_in(12).await, lab.signed_in(11).await);
    let seen = corrections::one(&lab.ctx, &ken, id).await.unwrap().version;
    corrections::correct(&lab.ctx, &olga, id, seen, &form("2027-01-15T08:30", "2")).await.unwrap();
    let late = corrections::correct(&lab.ctx, &ken, id, seen, &form("2027-01-15T09:00", "1")).await.unwrap_err();
    let CorrectionError::Stale(saved) = late else { panic!("{late:?}") };
    assert_eq!(
        (saved.value("end"), saved.value("who"), saved.by.as_deref()),
        ("2027-01-15T08:30:00", "2", Some("Olga"))
    );
    corrections::correct(&lab.ctx, &ken, id, saved.version, &form("2027-01-15T09:00", "1")).await.unwrap();
    assert_eq!(hours(&lab).await, 3_600);
}

#[tokio::test]
async fn correction_requires_caretaker() {
    let lab = cared_for().await;
    let id = forgot(&lab).await;
    for person in [1, 2, 13] {
        let refused = correct(&lab, person, id, form("2027-01-15T08:30", "1")).await.unwrap_err();
        assert!(matches!(refused, CorrectionError::Forbidden(Forbidden::NotAllowed)), "{person}: {refused:?}");
    }
    let nothing = correct(&lab, 12, UseId(99), form("2027-01-15T08:30", "1")).await.unwrap_err();
    assert!(matches!(nothing, CorrectionError::Unknown), "{nothing:?}");
}

#[tokio::test]
async fn correction_survives_erasure_without_its_reason() {
    let lab = cared_for().await;
    let id = forgot(&lab).await;
    correct(&lab, 12, id, form("2027-01-15T08:30", "1")).await.unwrap();
    let stored = privacy::export(&lab.ctx, &lab.signed_in(1).await, PersonId(1)).await.unwrap();
    assert_eq!(stored["tables"]["use_correction"][0]["reason"], "forgot to log off");
    lab.sql("DELETE FROM remark").await;
    assert_eq!(uses(&lab, 12).await[0].corrections[0].reason, None);
}

#[tokio::test]
async fn remote_start_waits_for_board_after_manual_end() {
    let lab = cared_for().await;
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('type', 3, 'access.remote-start', 'yes');
         INSERT INTO machine_signal (machine_id, heard_at, online) VALUES (1, 1800000300000, 1)
             ON CONFLICT DO UPDATE SET heard_at = excluded.heard_at, online = 1",
    )
    .await;
    lab.grant(2, 3, "user").await;
    let bob = lab.signed_in(2).await;
    lab.starts(LASER, &ada()).await;
    lab.pass(seconds(300));
    let id = UseId(lab.number("SELECT max(id) FROM use_session").await);
    correct(&lab, 11, id, form("2027-01-15T08:03", "1")).await.unwrap();
    assert_eq!(requests::remote(&lab.ctx, &bob, LASER_ID).await.unwrap(), None, "somebody may be on it");
    let start = requests::start(&lab.ctx, &bob, LASER_ID).await;
    assert!(matches!(start, Err(RequestsError::InUse)), "{start:?}");
    lab.stops(LASER, &ada(), 300).await;
    assert_eq!(requests::remote(&lab.ctx, &bob, LASER_ID).await.unwrap(), Some(Remote::Start));
}
