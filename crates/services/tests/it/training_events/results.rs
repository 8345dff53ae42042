//! Results: all at once, with the ledger, undone by their author, and what a missed event means.

use super::{members, requested, states};
use crate::lab::{
    Lab,
    bookings::notices_of,
    events::{accept, announced, begins, open, page, place, places, sign_up, tick},
    operations::{fields, run},
};
use contract::{
    training_events::{AddWalkIn, ListEventPlaces, ReadResultsPage, ResultsWritten, UndoResults, WriteResults},
    training_requests::{AskForTraining, LiftTrainingBar},
};
use domain::{
    actor::Actor,
    id::{PersonId, TrainingEventId},
    notices::Kind,
    time::{DAY, HOUR, MINUTE},
    training_events::{Outcome, PlaceState},
};
use services::{
    training_events::TrainingEventsError as EventError, training_requests::TrainingRequestsError as RequestError,
};

/// Writes these results: person and outcome.
async fn write(
    lab: &Lab,
    host: &Actor,
    event: TrainingEventId,
    results: &[(&Actor, &str)],
) -> Result<ResultsWritten, EventError> {
    let mut sent = Vec::new();
    for (who, outcome) in results {
        sent.push((format!("results[={}]", place(lab, who, event).await), (*outcome).to_owned()));
        sent.push((format!("notes[={}]", place(lab, who, event).await), "Threading".to_owned()));
    }
    let sent: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    run(&lab.ctx, host, WriteResults { id: event }, fields(&sent)).await
}

/// Whether a person may use the lathe.
async fn may(lab: &Lab, person: i64) -> bool {
    let sql = "SELECT count(*) FROM qualification WHERE person_id = ? AND type_id = 4 AND kind = 'granted'";
    let mut conn = lab.raw().await;
    let granted: i64 = sqlx::query_scalar(sql).bind(person).fetch_one(&mut conn).await.unwrap();
    let revoked: i64 =
        sqlx::query_scalar("SELECT count(*) FROM qualification WHERE person_id = ? AND kind = 'revoked'")
            .bind(person)
            .fetch_one(&mut conn)
            .await
            .unwrap();
    granted > revoked
}

#[tokio::test]
async fn passed_people_may_use_the_machine_at_once() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let event = announced(&lab, &tess, &[("capacity", "3")]).await.unwrap().event;
    for member in &who[..3] {
        sign_up(&lab, member, event).await.unwrap();
    }
    let all = [(&who[0], "passed"), (&who[1], "failed"), (&who[2], "no-show")];
    let early = write(&lab, &tess, event, &all).await;
    assert!(matches!(early, Err(EventError::Early)), "{early:?}");
    lab.set_forward(begins().since(lab.now()));
    let open_ones = write(&lab, &tess, event, &all[..2]).await;
    assert!(
        matches!(&open_ones, Err(EventError::Incomplete(open)) if matches!(&open[..], [(_, name)] if name == "Member 22")),
        "{open_ones:?}"
    );
    let stranger = fields(&[("results[=99]", "passed")]);
    let stranger = run(&lab.ctx, &tess, WriteResults { id: event }, stranger).await;
    assert!(matches!(stranger, Err(EventError::UnknownPlace)), "{stranger:?}");
    let member = write(&lab, &who[0], event, &all).await;
    assert!(matches!(member, Err(EventError::Forbidden(_))), "{member:?}");
    let done = write(&lab, &tess, event, &all).await.unwrap();
    assert_eq!((done.passed, done.failed, done.missed), (1, 1, 1));
    assert!(may(&lab, 20).await && !may(&lab, 21).await && !may(&lab, 22).await);
    assert_eq!(
        lab.text("SELECT cause FROM qualification WHERE person_id = 20 AND type_id = 4").await,
        "training-event"
    );
    assert_eq!(notices_of(&lab, 21).await, [], "not as long as it can be undone");
    lab.pass(MINUTE * 10);
    tick(&lab).await;
    tick(&lab).await;
    assert_eq!(notices_of(&lab, 21).await, [Kind::EventResult]);
    let seen = page(&lab, &who[1], event).await;
    assert_eq!((seen.outcome, seen.practise.as_deref()), (Some(Outcome::Failed), Some("Threading")));
    let twice = write(&lab, &tess, event, &[]).await;
    assert!(matches!(twice, Err(EventError::Completed)), "in another tab: {twice:?}");
}

#[tokio::test]
async fn results_are_undone_by_their_author_for_ten_minutes() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    requested(&lab, &who[0]).await.unwrap();
    let event = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    accept(&lab, &who[0], event).await.unwrap();
    lab.set_forward(begins().since(lab.now()) + HOUR);
    let nothing = run(&lab.ctx, &tess, UndoResults { id: event }, fields(&[])).await;
    assert!(matches!(nothing, Err(EventError::NoResults)), "{nothing:?}");
    write(&lab, &tess, event, &[(&who[0], "passed")]).await.unwrap();
    assert_eq!(lab.text("SELECT state FROM training_request").await, "fulfilled");
    let ken = lab.signed_in(11).await;
    let other = run(&lab.ctx, &ken, UndoResults { id: event }, fields(&[])).await;
    assert!(matches!(other, Err(EventError::OtherResults)), "{other:?}");
    lab.pass(MINUTE * 10);
    run(&lab.ctx, &tess, UndoResults { id: event }, fields(&[])).await.unwrap();
    assert!(!may(&lab, 20).await);
    assert_eq!(lab.text("SELECT state FROM training_request").await, "open");
    assert_eq!(places(&lab).await, states(&[(20, "accepted")]));
    write(&lab, &tess, event, &[(&who[0], "passed")]).await.unwrap();
    lab.pass(MINUTE * 10 + MINUTE);
    let late = run(&lab.ctx, &tess, UndoResults { id: event }, fields(&[])).await;
    assert!(matches!(late, Err(EventError::UndoLate)), "{late:?}");
}

#[tokio::test]
async fn second_missed_event_bars_requests_until_a_manager_lifts_it() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let ken = lab.signed_in(11).await;
    for day in ["2027-01-26", "2027-02-02"] {
        requested(&lab, &who[0]).await.unwrap();
        let event = announced(&lab, &tess, &[("day", day), ("capacity", "1")]).await.unwrap().event;
        accept(&lab, &who[0], event).await.unwrap();
        lab.set_forward(page(&lab, &tess, event).await.event.ends.at.since(lab.now()));
        write(&lab, &tess, event, &[(&who[0], "no-show")]).await.unwrap();
        let results = run(&lab.ctx, &tess, ReadResultsPage { id: event }, fields(&[])).await.unwrap();
        assert_eq!(results.people[0].missed, if day == "2027-01-26" { 1 } else { 2 });
        // Invited again once the results cannot be undone.
        lab.pass(MINUTE * 11);
    }
    let barred = requested(&lab, &who[0]).await;
    assert!(matches!(barred, Err(RequestError::Barred(2))), "{barred:?}");
    let person = PersonId(20);
    let self_service = run(&lab.ctx, &who[0], LiftTrainingBar { person }, fields(&[])).await;
    assert!(matches!(self_service, Err(RequestError::Forbidden(_))), "{self_service:?}");
    run(&lab.ctx, &ken, LiftTrainingBar { person }, fields(&[])).await.unwrap();
    requested(&lab, &who[0]).await.unwrap();
}

#[tokio::test]
async fn places_are_listed_with_their_ids_for_hosts_only() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let event = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    for member in &who[..2] {
        sign_up(&lab, member, event).await.unwrap();
    }
    let listed = async |who: &Actor| run(&lab.ctx, who, ListEventPlaces { id: event }, fields(&[])).await;
    let found = listed(&tess).await.unwrap().places;
    let of = |person: i64| found.iter().find(|one| one.person == PersonId(person)).unwrap();
    assert_eq!((found.len(), of(20).state, of(21).state), (2, PlaceState::Accepted, PlaceState::Waiting));
    assert_eq!(of(20).name, "Member 20");
    let member = listed(&who[0]).await;
    assert!(matches!(member, Err(EventError::Forbidden(_))), "not for those who come: {member:?}");
    lab.set_forward(begins().since(lab.now()));
    let result = format!("results[={}]", of(20).place);
    let result = fields(&[(result.as_str(), "passed")]);
    let done = run(&lab.ctx, &tess, WriteResults { id: event }, result).await.unwrap();
    assert_eq!((done.passed, done.failed, done.missed), (1, 0, 0), "by the ids of the list");
}

#[tokio::test]
async fn walk_in_gets_a_result_beyond_the_places() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let event = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    sign_up(&lab, &who[0], event).await.unwrap();
    let add = async |name: &str| run(&lab.ctx, &tess, AddWalkIn { id: event }, fields(&[("person", name)])).await;
    let early = add("Member 21").await;
    assert!(matches!(early, Err(EventError::Early)), "{early:?}");
    lab.set_forward(begins().since(lab.now()));
    let unknown = add("Nobody").await;
    assert!(matches!(unknown, Err(EventError::Person)), "{unknown:?}");
    add("Member 21").await.unwrap();
    let row = page(&lab, &tess, event).await.event;
    assert_eq!((row.held, row.capacity), (1, 1));
    write(&lab, &tess, event, &[(&who[0], "passed"), (&who[1], "passed")]).await.unwrap();
    assert!(may(&lab, 21).await);
}

#[tokio::test]
async fn failed_person_is_invited_to_the_next_event_first() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    requested(&lab, &who[0]).await.unwrap();
    lab.pass(MINUTE);
    requested(&lab, &who[1]).await.unwrap();
    let event = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    accept(&lab, &who[0], event).await.unwrap();
    lab.set_forward(begins().since(lab.now()) + DAY);
    // Until the results are written, nobody at it is invited elsewhere.
    announced(&lab, &tess, &[("day", "2027-02-10"), ("capacity", "1")]).await.unwrap();
    assert_eq!(places(&lab).await, states(&[(20, "accepted"), (21, "sent")]));
    write(&lab, &tess, event, &[(&who[0], "failed")]).await.unwrap();
    announced(&lab, &tess, &[("day", "2027-02-11"), ("capacity", "1")]).await.unwrap();
    tick(&lab).await;
    assert_eq!(places(&lab).await, states(&[(20, "accepted"), (21, "sent")]), "it can still be undone");
    lab.pass(MINUTE * 10);
    tick(&lab).await;
    assert_eq!(places(&lab).await.last(), states(&[(20, "sent")]).last());
}

#[tokio::test]
async fn undone_no_show_leaves_no_notice_and_the_request_with_its_note() {
    let lab = open().await;
    let (tess, who) = (lab.signed_in(6).await, members(&lab).await);
    let event = announced(&lab, &tess, &[("capacity", "1")]).await.unwrap().event;
    sign_up(&lab, &who[0], event).await.unwrap();
    // Asked after signing up: the place answers no request yet.
    let sent = fields(&[("kind", "4"), ("aim", "user"), ("note", "I am left-handed")]);
    run(&lab.ctx, &who[0], AskForTraining {}, sent).await.unwrap();
    lab.set_forward(begins().since(lab.now()));
    write(&lab, &tess, event, &[(&who[0], "no-show")]).await.unwrap();
    run(&lab.ctx, &tess, UndoResults { id: event }, fields(&[])).await.unwrap();
    lab.pass(MINUTE * 11);
    tick(&lab).await;
    let request = "SELECT state || ': ' || body FROM training_request r JOIN remark ON remark.id = r.remark_id";
    assert_eq!(lab.text(request).await, "open: I am left-handed");
    assert_eq!(notices_of(&lab, 20).await, []);
    write(&lab, &tess, event, &[(&who[0], "no-show")]).await.unwrap();
    lab.pass(MINUTE * 11);
    tick(&lab).await;
    assert_eq!(notices_of(&lab, 20).await, [Kind::EventResult]);
    assert_eq!(lab.number("SELECT count(*) FROM remark WHERE body LIKE '%left-handed'").await, 0);
}
