//! Imports of past trainings: who, type, relation, date and trainer.

use super::{apply, run, staffed};
use crate::lab::Lab;
use domain::{
    actor::Actor,
    imports::{Column, LineAction, LineError},
};
use services::imports::{ImportsError, keep};
use text::Lang;

const LIST: &str = "who,type,relation,date,trainer\n\
    bob@example.org,Laser cutter,user,2025-05-03,Tess Tally\n\
    ada,lathe,trainer,2025-06-01,tess@example.org\n";

/// The lab with Ada, Bob, Eve and Ken, who manages, and Tess (6), who trained them.
async fn taught() -> (Lab, Actor) {
    let lab = staffed().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (6, 'active', 0);
         INSERT INTO profile (person_id, name, email) VALUES (6, 'Tess Tally', 'tess@example.org');",
    )
    .await;
    let ken = lab.signed_in(11).await;
    (lab, ken)
}

const ENTRIES: &str = "SELECT group_concat(q.person_id || ' ' || q.type_id || ' ' || q.relation || ' ' ||
        date(q.effective_from / 1000, 'unixepoch', '+12 hours') || ' ' || q.cause || ' ' || a.person_id, '; ' ORDER BY q.id)
   FROM qualification q JOIN alias a ON a.id = q.by_alias WHERE q.cause = 'import'";

#[tokio::test]
async fn past_trainings_are_previewed_and_imported_once() {
    let (lab, ken) = taught().await;
    let before = lab.number("SELECT count(*) FROM qualification").await;
    let token = keep(&lab.ctx, &ken, LIST.as_bytes()).await.unwrap();
    let dry = run(&lab, &ken, &token).await;
    assert_eq!((dry.sum.grants, dry.sum.faulty, dry.sum.added), (2, 0, 0), "{:?}", dry.shown);
    let shown: Vec<_> =
        dry.shown.iter().flat_map(|line| &line.actions).map(|one| Lang::En.import_action(one)).collect();
    assert_eq!(
        shown,
        [
            "Laser cutter: may use, from 2025-05-03, trained by Tess Tally",
            "Lathe: trainer, from 2025-06-01, trained by Tess Tally"
        ],
    );
    assert_eq!(lab.number("SELECT count(*) FROM qualification").await, before, "looking changes nothing");
    let done = apply(&lab.ctx, &ken, &token).await.unwrap();
    assert_eq!(done, dry.sum, "as the preview says");
    let written = "2 3 user 2025-05-03 import 6; 1 4 trainer 2025-06-01 import 6";
    assert_eq!(lab.text(ENTRIES).await, written);

    let again = keep(&lab.ctx, &ken, LIST.as_bytes()).await.unwrap();
    let dry = run(&lab, &ken, &again).await;
    assert_eq!((dry.sum.grants, dry.sum.unchanged, dry.sum.noted), (0, 2, 0), "{:?}", dry.shown);
    assert!(matches!(apply(&lab.ctx, &ken, &again).await, Err(ImportsError::Nothing)));
    assert_eq!(lab.text(ENTRIES).await, written);
}

#[tokio::test]
async fn invalid_training_lines_are_refused_with_line_and_field() {
    let (lab, ken) = taught().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (20, 'active', 0), (21, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (20, 'Max'), (21, 'Max')",
    )
    .await;
    let list = "who,type,relation,date,trainer\n\
        new@example.org,Lathe,user,2025-05-03,\n\
        Max,Lathe,user,2025-05-03,\n\
        Bob,Loom,user,2025-05-03,\n\
        Bob,Lathe,king,2025-05-03,\n\
        Bob,Lathe,maintenance,2025-05-03,\n\
        Bob,Lathe,user,2027-02-01,\n\
        Bob,Lathe,user,2025-05-03,Nina\n\
        Bob,Lathe,user,2025-05-03,bob@example.org\n\
        Bob,,user,2025-05-03,\n\
        Bob,Laser cutter,user,2025-05-03,Tess Tally\n\
        Bob,Laser cutter,user,2025-05-03,Ken\n";
    let token = keep(&lab.ctx, &ken, list.as_bytes()).await.unwrap();
    let dry = run(&lab, &ken, &token).await;
    let faults: Vec<_> = dry.shown.iter().map(|line| (line.number, line.faults.clone())).collect();
    let named = |fault: fn(Column, String) -> LineError, column, name: &str| vec![fault(column, name.to_owned())];
    let expected = [
        (2, named(LineError::Person, Column::Who, "new@example.org")),
        (3, named(LineError::People, Column::Who, "Max")),
        (4, vec![LineError::Type("Loom".into())]),
        (5, vec![LineError::Relation]),
        (6, vec![LineError::Maintenance]),
        (7, vec![LineError::Future(Column::From)]),
        (8, named(LineError::Person, Column::Trainer, "Nina")),
        (9, vec![LineError::OwnTrainer]),
        (10, vec![LineError::NoType]),
        (12, vec![LineError::Otherwise(Column::Trainer, 11)]),
        (11, vec![]),
    ];
    assert_eq!(faults, expected);
    assert_eq!(
        Lang::En.import_fault(&LineError::Person(Column::Trainer, "Nina".into())),
        "Trainer: nobody here has the name or e-mail Nina."
    );
    let done = apply(&lab.ctx, &ken, &token).await.unwrap();
    assert_eq!((done.grants, done.added, done.faulty), (1, 0, 10));
    assert_eq!(lab.text(ENTRIES).await, "2 3 user 2025-05-03 import 6");
}

#[tokio::test]
async fn training_that_importer_may_not_grant_or_that_was_revoked_is_not_written() {
    let (lab, ken) = taught().await;
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
              VALUES (6, 3, 'user', 'granted', 0, 'setup', 0), (6, 3, 'user', 'revoked', 1, 'trainer', 1)",
    )
    .await;
    let list = "who,type,date\nken,Lathe,2025-05-03\ntess@example.org,Laser cutter,2025-05-03\n";
    let token = keep(&lab.ctx, &ken, list.as_bytes()).await.unwrap();
    let dry = run(&lab, &ken, &token).await;
    let own = dry.shown.iter().find(|line| line.number == 2).unwrap();
    assert_eq!(own.faults, [LineError::NotYours("Lathe".into())], "nobody grants themselves");
    assert_eq!((dry.sum.noted, dry.sum.grants), (1, 0));
    assert!(dry.shown.iter().all(|line| !line.actions.iter().any(|one| matches!(one, LineAction::Grant { .. }))));
}
