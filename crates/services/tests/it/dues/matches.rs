//! Customers whom nobody is linked to: found by address, shown, and linked at once.

use super::*;
use contract::dues::{LinkMatches, ListDuesDifferences};

#[tokio::test]
async fn customers_with_addresses_of_members_are_shown_and_then_linked() {
    let (lab, stripe) = open().await;
    let bob = lab.signed_in(2).await;
    lab.sql("UPDATE profile SET email = 'bob@private.example' WHERE person_id = 2").await;
    stripe.has_address(CUSTOMER, " Ada@Private.example");
    // Two customers have Bob's address, and nobody has the last one.
    for customer in ["cus_bob1", "cus_bob2", "cus_none"] {
        stripe.has(customer, "active", month(&lab, 0));
        let address = if customer == "cus_none" { "none@private.example" } else { "bob@private.example" };
        stripe.has_address(customer, address);
    }
    run(&lab.ctx, &bob, CheckProcessors {}, Fields::default()).await.unwrap();
    let found = payments(&lab).await.differences;
    let found: Vec<_> = found.iter().map(|one| (one.reference.as_str(), one.matched)).collect();
    assert_eq!(
        found,
        [("cus_ada1", Some(ADA)), ("cus_bob1", Some(BOB)), ("cus_bob2", Some(BOB)), ("cus_none", None)]
    );
    assert_eq!(lab.number("SELECT count(*) FROM dues").await, 0, "so far nothing is changed");
    run(&lab.ctx, &bob, LinkMatches {}, Fields::default()).await.unwrap();
    assert_eq!(lab.text("SELECT group_concat(reference) FROM dues").await, "cus_ada1", "the only certain one");
    tick(&lab).await;
    let dues = read(&lab).await.dues.unwrap();
    assert_eq!((dues.status, dues.paid_until.to_string().as_str()), (DuesStatus::Current, "2027-01-31"));
    assert_eq!(payments(&lab).await.differences.len(), 3);
}

#[tokio::test]
async fn manager_is_not_linked_by_own_act() {
    let (lab, stripe) = open().await;
    stripe.forgets(CUSTOMER);
    let bob = lab.signed_in(2).await;
    lab.sql("UPDATE profile SET email = 'bob@private.example' WHERE person_id = 2").await;
    stripe.has("cus_bob1", "active", month(&lab, 0));
    stripe.has_address("cus_bob1", "bob@private.example");
    run(&lab.ctx, &bob, CheckProcessors {}, Fields::default()).await.unwrap();
    let done = run(&lab.ctx, &bob, LinkMatches {}, Fields::default()).await.unwrap();
    assert_eq!((done.linked, done.left, lab.number("SELECT count(*) FROM dues").await), (0, 0, 0));
    let page = payments(&lab).await;
    assert_eq!((page.differences[0].matched, page.matches), (Some(BOB), 0), "shown, and not in the number");
}

#[tokio::test]
async fn address_that_changed_since_the_comparison_links_nobody() {
    let (lab, stripe) = open().await;
    stripe.forgets(CUSTOMER);
    let bob = lab.signed_in(2).await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (1000, 'active', 0), (1001, 'active', 0), (1002, 'active', 0);
         INSERT INTO profile (person_id, name, email) VALUES
             (1000, 'Mover', 'old@private.example'), (1001, 'Stayer', 'stays@private.example'),
             (1002, 'Twice', 'twice@private.example');",
    )
    .await;
    for (customer, address) in
        [("cus_old", "old"), ("cus_stays", "stays"), ("cus_twice1", "twice"), ("cus_twice2", "twice")]
    {
        stripe.has(customer, "active", month(&lab, 0));
        stripe.has_address(customer, &format!("{address}@private.example"));
    }
    run(&lab.ctx, &bob, CheckProcessors {}, Fields::default()).await.unwrap();
    assert_eq!(payments(&lab).await.matches, 2);
    // The address goes over to a new member.
    lab.sql(
        "UPDATE profile SET email = 'new@private.example' WHERE person_id = 1000;
         INSERT INTO person (id, status, created_at) VALUES (1003, 'active', 0);
         INSERT INTO profile (person_id, name, email) VALUES (1003, 'Heir', 'old@private.example');",
    )
    .await;
    let page = payments(&lab).await;
    let of_old = page.differences.iter().find(|one| one.reference.as_str() == "cus_old").unwrap();
    assert_eq!((of_old.matched, page.matches), (None, 1));
    let single = LinkDues { person: PersonId(1000) };
    let refused = run(&lab.ctx, &bob, single, fields(&[("reference", "cus_old"), ("matched", "yes")])).await;
    assert!(matches!(refused, Err(DuesError::NoMatch)), "{refused:?}");
    let done = run(&lab.ctx, &bob, LinkMatches {}, Fields::default()).await.unwrap();
    assert_eq!((done.linked, done.left), (1, 2), "left are the mover, and who has the address of two customers");
    let links = "SELECT group_concat(person_id || ' ' || reference) FROM dues";
    assert_eq!(lab.text(links).await, "1001 cus_stays");
    // The next comparison finds the new member.
    run(&lab.ctx, &bob, CheckProcessors {}, Fields::default()).await.unwrap();
    let done = run(&lab.ctx, &bob, LinkMatches {}, Fields::default()).await.unwrap();
    assert_eq!((done.linked, done.left), (1, 1));
    assert_eq!(lab.text("SELECT reference FROM dues WHERE person_id = 1003").await, "cus_old");
}

#[tokio::test]
async fn one_of_two_customers_with_an_address_is_linked_by_a_manager() {
    let (lab, stripe) = open().await;
    let bob = lab.signed_in(2).await;
    for customer in [CUSTOMER, "cus_ada2"] {
        stripe.has(customer, "active", month(&lab, 0));
        stripe.has_address(customer, "ada@private.example");
    }
    run(&lab.ctx, &bob, CheckProcessors {}, Fields::default()).await.unwrap();
    assert_eq!(payments(&lab).await.matches, 0);
    let chosen = fields(&[("reference", "cus_ada2"), ("matched", "yes")]);
    run(&lab.ctx, &bob, LinkDues { person: ADA }, chosen).await.unwrap();
    assert_eq!(lab.text("SELECT group_concat(reference) FROM dues").await, "cus_ada2");
}

#[tokio::test]
async fn hundreds_of_customers_are_compared_and_linked_in_one_act() {
    let (lab, stripe) = open().await;
    let bob = lab.signed_in(2).await;
    lab.sql(
        "WITH RECURSIVE n (i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 1619)
             INSERT INTO person (id, status, created_at) SELECT i, 'active', 0 FROM n;
         INSERT INTO profile (person_id, name, email)
             SELECT id, 'Member ' || id, 'member' || id || '@private.example' FROM person WHERE id >= 1000;",
    )
    .await;
    for member in 1_000..1_620 {
        let customer = format!("cus_m{member}");
        stripe.has(&customer, "active", month(&lab, 0));
        stripe.has_address(&customer, &format!("member{member}@private.example"));
    }
    run(&lab.ctx, &bob, CheckProcessors {}, Fields::default()).await.unwrap();
    let page = payments(&lab).await;
    // Ada's customer, who has no address, is the last one.
    assert_eq!((page.differences.len(), page.differences_left, page.matches), (200, 421, 620));
    let all = run(&lab.ctx, &bob, ListDuesDifferences {}, Fields::default()).await.unwrap();
    assert_eq!((all.differences.len(), all.differences_left), (621, 0));
    let done = run(&lab.ctx, &bob, LinkMatches {}, Fields::default()).await.unwrap();
    assert_eq!((done.linked, done.left), (620, 0));
    assert_eq!(lab.number("SELECT count(*) FROM dues WHERE reference = 'cus_m' || person_id").await, 620);
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'dues.linked'").await, 620);
    assert_eq!(payments(&lab).await.differences.len(), 1);
    let asked = async || lab.number("SELECT count(*) FROM dues WHERE answered_at IS NOT NULL").await;
    tick(&lab).await;
    assert_eq!(asked().await, 100, "a part in each run");
    tick(&lab).await;
    assert_eq!(asked().await, 200);
}

#[tokio::test]
async fn list_of_customers_that_breaks_off_is_shown() {
    let (lab, stripe) = open().await;
    let bob = lab.signed_in(2).await;
    stripe.has_address(CUSTOMER, "ada@private.example");
    let found = async |cut: Option<u16>| {
        stripe.cuts_customers(cut);
        run(&lab.ctx, &bob, CheckProcessors {}, Fields::default()).await.unwrap();
        let page = payments(&lab).await;
        (page.processors[0].unread, page.matches, page.is_comparing)
    };
    assert_eq!(found(Some(503)).await, (Some(Trouble::Unavailable), 1, false), "with those read before");
    assert_eq!(found(Some(0)).await, (Some(Trouble::Unclear), 1, false));
    assert_eq!(found(None).await, (None, 1, false));
}
