//! Members listed to a trainer as ready for a checkout, or nearly.

use super::*;
use contract::checkouts::Candidate;

/// The lab as [`offered`], whose lasers require two films, the second with a quiz. Carl (4) did both; Dan (6)
/// watched one of them, and all of the other but for its quiz; Eva (7) half of one; Fay (8) did both and is
/// banned; Gil (9) is no member; Ada (1) is qualified.
async fn taught() -> Lab {
    let lab = offered().await;
    lab.sql(
        "INSERT INTO person (id, status, created_at) VALUES (6, 'active', 0), (7, 'active', 0), (8, 'active', 0), (9, 'active', 0);
         INSERT INTO profile (person_id, name) VALUES (6, 'Dan'), (7, 'Eva'), (8, 'Fay'), (9, 'Gil');
         INSERT INTO training_module (id, title, position) VALUES (1, 'Focus', 1), (2, 'Fire', 2);
         INSERT INTO module_edition (id, module_id, edition, youtube, length_ms, has_quiz, published_at) VALUES
             (1, 1, 1, 'dQw4w9WgXcQ', 9000, 0, 0), (2, 2, 1, 'dQw4w9WgXcQ', 9000, 1, 0);
         INSERT INTO quiz_question (id, module_id, position, kind, ask) VALUES (1, 2, 1, 'single', 'What burns?');
         INSERT INTO training_requirement (module_id, type_id, threshold) VALUES (1, 3, 90), (2, 3, 90);
         INSERT INTO training_progress (person_id, edition_id, percent, seen_at, passed_at) VALUES
             (4, 1, 100, 1, NULL), (4, 2, 95, 2, 2), (6, 1, 90, 1, NULL), (6, 2, 100, 9, NULL), (7, 1, 50, 3, NULL),
             (8, 1, 100, 1, NULL), (8, 2, 100, 1, 1), (9, 1, 100, 1, NULL), (9, 2, 100, 1, 1), (1, 1, 100, 1, NULL), (2, 1, 100, 1, NULL)",
    )
    .await;
    for person in [6, 7, 8] {
        lab.grant(person, 1, "user").await;
    }
    lab.sql(
        "INSERT INTO qualification (person_id, type_id, relation, kind, effective_from, cause, recorded_at)
             VALUES (8, 3, 'user', 'banned', 0, 'setup', 0)",
    )
    .await;
    lab
}

async fn seen(lab: &Lab, actor: &Actor) -> Vec<Candidate> {
    checkouts::day(&lab.ctx, actor).await.unwrap().candidates
}

fn told_of(all: &[Candidate]) -> Vec<(i64, String)> {
    all.iter().map(|one| (one.person.0, one.missing.join(", "))).collect()
}

#[tokio::test]
async fn ready_candidates_precede_nearly_ready_with_missing_parts() {
    let lab = taught().await;
    let uid = card("00000ca1");
    lab.starts(LASER, &uid).await;
    lab.pass(MINUTE * 30);
    lab.stops(LASER, &uid, 1800).await;
    let bob = lab.signed_in(2).await;
    let all = seen(&lab, &bob).await;
    assert_eq!(
        told_of(&all),
        [(4, String::new()), (6, "Fire".to_owned())],
        "who has hardly begun is not nearly there"
    );
    let (carl, dan) = (&all[0], &all[1]);
    assert_eq!((carl.kind_name.as_str(), carl.used_minutes, dan.used_minutes), ("Laser cutter", 30, 0));
    let quizzes: Vec<_> = all.iter().map(|one| one.modules[1].quiz.unwrap().passed).collect();
    assert_eq!(quizzes, [true, false]);
    assert!(dan.modules.iter().all(|module| module.watched));
    assert_eq!(Lang::En.checkout_trained(&dan.modules).as_deref(), Some("2 of 2 videos · no quiz yet"));
}

#[tokio::test]
async fn candidates_exclude_appointed_and_other_trainers_types() {
    let lab = taught().await;
    let (carl, ken) = (lab.signed_in(4).await, lab.signed_in(11).await);
    assert_eq!(told_of(&seen(&lab, &ken).await).len(), 2, "a manager sees those of all types");
    let id = request_checkout(&lab, &carl, BOB, 17 * 60).await;
    let bob = lab.signed_in(2).await;
    assert_eq!(told_of(&seen(&lab, &bob).await), [(6, "Fire".to_owned())], "he stands among the requests");
    decided(&lab, &bob, id, CheckoutAction::Reject).await.unwrap();
    assert_eq!(seen(&lab, &bob).await.len(), 2);
    lab.grant(7, 4, "trainer").await;
    assert_eq!(seen(&lab, &lab.signed_in(7).await).await, [], "of lathes, which require nothing");
    // The type's prerequisites are missing too.
    lab.sql("INSERT INTO type_requirement (type_id, requires_id) VALUES (3, 4)").await;
    assert_eq!(seen(&lab, &bob).await, []);
}
