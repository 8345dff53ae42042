//! Notes of managers about people: visibility, versions, and erasure.

use crate::lab::{Lab, seconds};
use domain::{actor::Forbidden, id::PersonId, inbox::UNDO, problem::Kind};
use services::error::ServiceError;
use services::{
    notes::{self, NotesError},
    people, privacy,
};
use text::Lang;

const ADA: PersonId = PersonId(1);

/// The lab with two managers, Ken (11) and Sofia (12).
async fn managed() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (11, 'active', 0), (12, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (11, 'Ken'), (12, 'Sofia')",
    )
    .await;
    lab.grant(11, 1, "owner").await;
    lab.grant(12, 1, "owner").await;
    lab
}

#[tokio::test]
async fn only_managers_read_notes_except_about_themselves() {
    let lab = managed().await;
    let (ken, sofia) = (lab.signed_in(11).await, lab.signed_in(12).await);
    notes::write(&lab.ctx, &ken, ADA, " Owes 5 € <b>\r\n\u{202E}since May ").await.unwrap();
    let read = people::page(&lab.ctx, &sofia, ADA).await.unwrap().notes.unwrap();
    assert_eq!((read[0].body.as_str(), read[0].by.as_deref()), ("Owes 5 € <b>\nsince May", Some("Ken")));
    for other in [1, 2] {
        let actor = lab.signed_in(other).await;
        if other == 1 {
            assert_eq!(people::page(&lab.ctx, &actor, ADA).await.unwrap().notes, None);
        }
        assert!(matches!(notes::write(&lab.ctx, &actor, ADA, "x").await, Err(NotesError::Forbidden(_))));
        assert!(matches!(notes::delete(&lab.ctx, &actor, read[0].id, 1).await, Err(NotesError::Forbidden(_))));
    }
    notes::write(&lab.ctx, &sofia, PersonId(11), "about a manager").await.unwrap();
    assert_eq!(people::page(&lab.ctx, &ken, PersonId(11)).await.unwrap().notes, None, "about themselves");
    let of_ken = notes::of(&lab.ctx, &sofia, PersonId(11)).await.unwrap();
    let own = of_ken[0].id;
    assert_eq!(notes::one(&lab.ctx, &sofia, own).await.unwrap().body, "about a manager");
    assert!(matches!(notes::of(&lab.ctx, &ken, PersonId(11)).await, Err(NotesError::Forbidden(_))));
    assert!(matches!(notes::one(&lab.ctx, &ken, own).await, Err(NotesError::Unknown)));
    // An outdated version would be answered with the text.
    assert!(matches!(notes::rewrite(&lab.ctx, &ken, own, "x", 0).await, Err(NotesError::Unknown)));
    assert!(matches!(notes::delete(&lab.ctx, &ken, own, 1).await, Err(NotesError::Unknown)));
    let to_oneself = notes::write(&lab.ctx, &ken, PersonId(11), "Is a fine manager.").await;
    assert!(matches!(to_oneself, Err(NotesError::Forbidden(Forbidden::NotAllowed))), "{to_oneself:?}");
    assert_eq!(notes::of(&lab.ctx, &sofia, PersonId(11)).await.unwrap().len(), 1);
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%Owes%'").await, 0);
}

// A14
#[tokio::test]
async fn stale_note_edit_or_deletion_is_refused() {
    let lab = managed().await;
    let (ken, sofia) = (lab.signed_in(11).await, lab.signed_in(12).await);
    let note = notes::write(&lab.ctx, &ken, ADA, "first").await.unwrap();
    notes::rewrite(&lab.ctx, &sofia, note, "second", 1).await.unwrap();
    let late = notes::rewrite(&lab.ctx, &ken, note, "third", 1).await.unwrap_err().problem(Lang::En);
    assert_eq!((late.code.as_str(), late.kind), ("version.stale", Kind::Conflict));
    let read = people::page(&lab.ctx, &ken, ADA).await.unwrap().notes.unwrap();
    assert_eq!((read[0].body.as_str(), read[0].version, read[0].edited.is_some()), ("second", 2, true));
    let late = notes::delete(&lab.ctx, &ken, note, 1).await.unwrap_err().problem(Lang::En);
    assert_eq!((late.code.as_str(), late.saved.unwrap().value("note")), ("version.stale", "second"));
    assert_eq!(lab.text("SELECT body FROM remark").await, "second");
    notes::delete(&lab.ctx, &ken, note, 2).await.unwrap();
    assert!(matches!(notes::delete(&lab.ctx, &ken, note, 2).await, Err(NotesError::Unknown)), "a second time");
    assert_eq!(lab.number("SELECT count(*) FROM remark").await, 0);
}

#[tokio::test]
async fn deleted_note_can_be_restored_by_its_deleter_within_a_minute() {
    let lab = managed().await;
    let (ken, sofia) = (lab.signed_in(11).await, lab.signed_in(12).await);
    let note = notes::write(&lab.ctx, &ken, ADA, "first").await.unwrap();
    lab.pass(seconds(30));
    notes::rewrite(&lab.ctx, &sofia, note, "second", 1).await.unwrap();
    let was = notes::one(&lab.ctx, &ken, note).await.unwrap();
    lab.pass(seconds(30));
    notes::delete(&lab.ctx, &sofia, note, 2).await.unwrap();
    let not_his = notes::restore(&lab.ctx, &ken, ADA, note).await.unwrap_err();
    assert_eq!(not_his.problem(Lang::En).code, "note.too-late");
    notes::restore(&lab.ctx, &sofia, ADA, note).await.unwrap();
    assert_eq!(notes::one(&lab.ctx, &ken, note).await.unwrap(), was, "by whom and when it was written, too");
    assert!(matches!(notes::restore(&lab.ctx, &sofia, ADA, note).await, Err(NotesError::TooLate)), "once");
    assert_eq!(lab.number("SELECT count(*) FROM remark").await, 1);
    let notices = "SELECT group_concat(action || ' ' || subject, ', ') FROM audit WHERE action LIKE 'note.%ed'";
    let notices = lab.text(notices).await;
    assert!(notices.ends_with("note.deleted person:1, note.restored person:1"), "{notices}");

    notes::delete(&lab.ctx, &sofia, note, 2).await.unwrap();
    lab.pass(UNDO + seconds(1));
    assert!(matches!(notes::restore(&lab.ctx, &sofia, ADA, note).await, Err(NotesError::TooLate)), "too late");
}

#[tokio::test]
async fn id_of_deleted_note_is_not_reused() {
    let mut lab = managed().await;
    let (sofia, bob) = (lab.signed_in(12).await, PersonId(2));
    let mut given = Vec::new();
    for (person, words) in [(ADA, "about Ada"), (bob, "about Bob")] {
        let note = notes::write(&lab.ctx, &sofia, person, words).await.unwrap();
        notes::delete(&lab.ctx, &sofia, note, 1).await.unwrap();
        given.push(note);
    }
    notes::restore(&lab.ctx, &sofia, ADA, given[0]).await.unwrap();
    let newest = notes::write(&lab.ctx, &sofia, bob, "newest").await.unwrap();
    assert!(!given.contains(&newest), "{newest:?} {given:?}");
    // A page that still shows the deleted one cannot change another.
    let late = notes::rewrite(&lab.ctx, &sofia, given[1], "late", 1).await;
    assert!(matches!(late, Err(NotesError::Unknown)), "{late:?}");
    notes::restore(&lab.ctx, &sofia, bob, given[1]).await.unwrap();
    for (note, words) in [(given[0], "about Ada"), (given[1], "about Bob"), (newest, "newest")] {
        assert_eq!(notes::one(&lab.ctx, &sofia, note).await.unwrap().body, words, "each under its own number");
        notes::delete(&lab.ctx, &sofia, note, 1).await.unwrap();
    }
    lab = lab.reopen().await;
    let sofia = lab.signed_in(12).await;
    let after = notes::write(&lab.ctx, &sofia, ADA, "after a restart").await.unwrap();
    assert!(after > newest, "{after:?} {newest:?}");
}

#[tokio::test]
async fn deleted_notes_are_cleared_after_undo_time() {
    let lab = managed().await;
    let sofia = lab.signed_in(12).await;
    let note = notes::write(&lab.ctx, &sofia, ADA, "first").await.unwrap();
    notes::delete(&lab.ctx, &sofia, note, 1).await.unwrap();
    assert_eq!(notes::forget_deleted(&lab.ctx), 1, "it can be taken back still");
    lab.pass(UNDO + seconds(1));
    assert_eq!(notes::forget_deleted(&lab.ctx), 0);
}

#[tokio::test]
async fn notes_about_erased_person_cannot_be_restored() {
    let lab = managed().await;
    lab.grant(12, 2, "owner").await;
    let sofia = lab.signed_in(12).await;
    let note = notes::write(&lab.ctx, &sofia, ADA, "Ada Lovelace").await.unwrap();
    notes::delete(&lab.ctx, &sofia, note, 1).await.unwrap();
    privacy::erase(&lab.ctx, &sofia, ADA).await.unwrap();
    assert!(matches!(notes::restore(&lab.ctx, &sofia, ADA, note).await, Err(NotesError::TooLate)));
    assert_eq!(lab.number("SELECT count(*) FROM remark").await, 0);
}

#[tokio::test]
async fn empty_or_overlong_note_reports_field() {
    let lab = managed().await;
    let ken = lab.signed_in(11).await;
    for wrong in ["", " \u{200B}\n", &"ä".repeat(1_001)] {
        let refused = notes::write(&lab.ctx, &ken, ADA, wrong).await.unwrap_err().problem(Lang::It);
        assert!(refused.at("note").is_some(), "{refused:?}");
    }
    let nobody = notes::write(&lab.ctx, &ken, PersonId(999), "x").await;
    assert!(matches!(nobody, Err(NotesError::UnknownPerson)));
}
