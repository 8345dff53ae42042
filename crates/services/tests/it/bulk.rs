//! Bulk actions: performed where allowed, refused with reasons otherwise, and undone.

use crate::lab::{
    Lab,
    entrance::{self, ADA, catch, caught, token_of},
};
use contract::accounts::Delivery;
use domain::{actor::Actor, id::PersonId};
use services::{
    accounts,
    bulk::{BulkError, act},
};
use text::Lang;

#[tokio::test]
async fn bulk_action_applies_each_rule_and_can_be_undone() {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    let bob = lab.signed_in(2).await;
    let ids = [1, 2, 3, 1].map(PersonId);
    let done = act(&lab.ctx, &bob, &ids, "suspend", Lang::En).await.unwrap();
    assert_eq!(done.done, [PersonId(1)]);
    let refused: Vec<_> = done.refused.iter().map(|(_, name, _)| name.as_str()).collect();
    assert_eq!(refused, ["Bob", "Zoe"], "oneself, and who is suspended already: {done:?}");
    assert!(done.refused[0].2.contains("your own membership"), "{done:?}");
    assert_eq!(done.refused[1], (PersonId(3), "Zoe".to_owned(), "They are already suspended.".to_owned()));
    let back =
        act(&lab.ctx, &bob, &done.done, &done.action.undone_by().unwrap().to_code(), Lang::En).await.unwrap();
    assert_eq!(back.done, done.done);
    assert_eq!(lab.text("SELECT status FROM person WHERE id = 1").await, "active");

    let granted = act(&lab.ctx, &bob, &[PersonId(1)], "grant:type:4", Lang::En).await.unwrap();
    assert_eq!((granted.done.len(), granted.on.as_deref()), (1, Some("Lathe")));
    assert!(matches!(act(&lab.ctx, &bob, &[], "suspend", Lang::En).await, Err(BulkError::Nobody)));
    assert!(matches!(act(&lab.ctx, &bob, &ids, "erase", Lang::En).await, Err(BulkError::NoSuchDeed)));
    let many: Vec<_> = (1..=201).map(PersonId).collect();
    assert!(matches!(act(&lab.ctx, &bob, &many, "suspend", Lang::En).await, Err(BulkError::TooMany)));
    let ada = lab.signed_in(1).await;
    assert!(matches!(act(&lab.ctx, &ada, &ids, "suspend", Lang::En).await, Err(BulkError::Forbidden(_))));
}

#[tokio::test]
async fn bulk_undo_preserves_earlier_grants() {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0), (5, 'left', 0), (6, 'suspended', 0);
         INSERT INTO profile (person_id, name) VALUES (4, 'Cem'), (5, 'Dora'), (6, 'Emil');
         INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, until, cause, recorded_at)
             VALUES (4, 4, 'user', 'granted', 0, 9000000000000, 'setup', 0)",
    )
    .await;
    let bob = lab.signed_in(2).await;
    let ids = [1, 2, 4].map(PersonId);
    lab.grant(2, 4, "user").await;
    let granted = act(&lab.ctx, &bob, &ids, "grant:type:4", Lang::En).await.unwrap();
    assert_eq!(granted.refused, [(PersonId(2), "Bob".to_owned(), "Already qualified.".to_owned())]);
    assert_eq!(
        (granted.done, granted.back),
        (vec![PersonId(1), PersonId(4)], vec![PersonId(1)]),
        "Cem had it for a time"
    );
    let back = act(&lab.ctx, &bob, &[5, 6].map(PersonId), "readmit", Lang::En).await.unwrap();
    assert_eq!((back.done.len(), back.back), (2, vec![PersonId(6)]), "who had left was not suspended");
}

#[tokio::test]
async fn only_people_without_password_are_invited_again() {
    let lab = entrance::open().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (4, 'active', 0), (5, 'applicant', 0), (6, 'active', 0);
         INSERT INTO profile (person_id, name, email) VALUES
             (4, 'Cem', NULL), (5, 'Dora', 'dora@lab.example'), (6, 'Emil', 'emil@lab.example')",
    )
    .await;
    lab.grant(6, 2, "owner").await;
    lab.grant(2, 1, "owner").await;
    let bob = lab.signed_in(2).await;
    let ids = [1, 2, 3, 4, 5, 6].map(PersonId);
    let links = "SELECT count(*) FROM link";
    let before = lab.number(links).await;
    let notices = act(&lab.ctx, &bob, &ids, "invite", Lang::En).await.unwrap();
    assert!(notices.done.is_empty() && notices.invited.is_empty(), "{notices:?}");
    let refused: Vec<_> = notices.refused.iter().map(|(_, name, _)| name.as_str()).collect();
    assert_eq!(refused, ["Ada", "Bob", "Zoe", "Cem", "Dora", "Emil"], "{notices:?}");
    assert_eq!(lab.number(links).await, before, "nobody got a link");
    let why = |name: &str| notices.refused.iter().find(|(_, called, _)| called == name).unwrap().2.clone();
    assert!(
        why("Cem").contains("No e-mail address") && why("Dora").contains("Not an active member"),
        "{notices:?}"
    );
    assert_eq!(why("Zoe"), why("Dora"), "kept out");

    let ada = lab.signed_in(1).await;
    let notices = act(&lab.ctx, &ada, &ids, "invite", Lang::En).await.unwrap();
    assert_eq!(notices.done, [PersonId(2), PersonId(6)], "an administrator invites whom a manager may not");
    let [(name, Delivery::ByHand { link }), _] = notices.invited.as_slice() else { panic!("{notices:?}") };
    assert_eq!(name, "Bob");
    accounts::accept(&lab.ctx, entrance::here(9), "", &token_of(link), entrance::OTHER).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'account.invited'").await, 2);

    let catcher = catch(&lab);
    let notices = act(&lab.ctx, &ada, &ids, "invite", Lang::En).await.unwrap();
    assert_eq!(notices.invited, [("Emil".to_owned(), Delivery::Caught)], "Bob has chosen one meanwhile");
    assert_eq!(caught(&catcher, 1).await.to, "emil@lab.example");
    let nobody = accounts::invite_again(&lab.ctx, &lab.signed_in(3).await, ADA, Lang::En).await;
    assert!(nobody.is_err(), "{nobody:?}");
    assert!(accounts::invite_again(&lab.ctx, &Actor::TOOLGATE, PersonId(99), Lang::En).await.is_err());
}
