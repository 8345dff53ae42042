//! What managers note about somebody: read by them alone, rewritten by version, gone with the person.

mod lab;

use domain::{id::PersonId, problem::Kind};
use lab::Lab;
use services::{
    notes::{self, NotesError},
    people,
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
async fn managers_alone_read_notes_and_not_those_about_themselves() {
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
        assert!(matches!(notes::delete(&lab.ctx, &actor, read[0].id).await, Err(NotesError::Forbidden(_))));
    }
    notes::write(&lab.ctx, &sofia, PersonId(11), "about a manager").await.unwrap();
    assert_eq!(people::page(&lab.ctx, &ken, PersonId(11)).await.unwrap().notes, None, "about themselves");
    let of_ken = notes::of(&lab.ctx, &sofia, PersonId(11)).await.unwrap();
    let own = of_ken[0].id;
    assert_eq!(notes::one(&lab.ctx, &sofia, own).await.unwrap().body, "about a manager");
    assert!(matches!(notes::of(&lab.ctx, &ken, PersonId(11)).await, Err(NotesError::Forbidden(_))));
    assert!(matches!(notes::one(&lab.ctx, &ken, own).await, Err(NotesError::Unknown)));
    // A version of long ago would be answered with the words.
    assert!(matches!(notes::rewrite(&lab.ctx, &ken, own, "x", 0).await, Err(NotesError::Unknown)));
    assert!(matches!(notes::delete(&lab.ctx, &ken, own).await, Err(NotesError::Unknown)));
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE detail LIKE '%Owes%'").await, 0);
}

#[tokio::test]
async fn a14_a_note_that_was_rewritten_meanwhile_is_not_written_over() {
    let lab = managed().await;
    let (ken, sofia) = (lab.signed_in(11).await, lab.signed_in(12).await);
    let note = notes::write(&lab.ctx, &ken, ADA, "first").await.unwrap();
    notes::rewrite(&lab.ctx, &sofia, note, "second", 1).await.unwrap();
    let late = notes::rewrite(&lab.ctx, &ken, note, "third", 1).await.unwrap_err().problem(Lang::En);
    assert_eq!((late.code.as_str(), late.kind), ("version.stale", Kind::Conflict));
    let read = people::page(&lab.ctx, &ken, ADA).await.unwrap().notes.unwrap();
    assert_eq!((read[0].body.as_str(), read[0].version, read[0].edited.is_some()), ("second", 2, true));
    notes::delete(&lab.ctx, &ken, note).await.unwrap();
    assert!(matches!(notes::delete(&lab.ctx, &ken, note).await, Err(NotesError::Unknown)), "a second time");
    assert_eq!(lab.number("SELECT count(*) FROM remark").await, 0);
}

#[tokio::test]
async fn nothing_and_too_much_are_told_at_the_field() {
    let lab = managed().await;
    let ken = lab.signed_in(11).await;
    for wrong in ["", " \u{200B}\n", &"ä".repeat(1_001)] {
        let refused = notes::write(&lab.ctx, &ken, ADA, wrong).await.unwrap_err().problem(Lang::It);
        assert!(refused.at("note").is_some(), "{refused:?}");
    }
    let nobody = notes::write(&lab.ctx, &ken, PersonId(999), "x").await;
    assert!(matches!(nobody, Err(NotesError::UnknownPerson)));
}
