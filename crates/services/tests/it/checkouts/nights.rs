//! Times at the edges: both nights of clock changes, and the end of the three weeks.

use super::*;

/// The lab as [`offered`] in Rome, `days` later, where Bob offers only `rules`.
async fn in_rome(days: u32, rules: &'static str) -> Lab {
    let lab = offered().await;
    lab.sql("UPDATE setting SET value = 'Europe/Rome' WHERE key = 'space.zone'; DELETE FROM availability_rule")
        .await;
    lab.sql(rules).await;
    lab.pass(DAY * days);
    lab.reopen().await
}

/// Midnight UTC `days` after 15 January 2027.
fn midnight(days: u32) -> Millis {
    NOON.before(HOUR * 8).after(DAY * days)
}

async fn on(lab: &Lab, actor: &Actor, day: &str) -> Vec<String> {
    let all = free(lab, actor).await;
    all.iter().filter_map(|slot| slot.strip_prefix(day)).map(|slot| slot.trim().to_owned()).collect()
}

/// Sundays, from one to five in the night.
const NIGHTLY: &str = "INSERT INTO availability_rule (person_id, weekday, from_min, to_min, length, buffer) VALUES (2, 6, 60, 300, 60, 0)";
/// From two to three.
const LOST: &str = "INSERT INTO availability_rule (person_id, weekday, from_min, to_min, length, buffer) VALUES (2, 6, 120, 180, 30, 0)";

// A9
#[tokio::test]
async fn skipped_hour_is_neither_offered_nor_accepted() {
    let lab = in_rome(69, NIGHTLY).await;
    let carl = lab.signed_in(4).await;
    assert_eq!(on(&lab, &carl, "2027-03-28").await, ["01:00 Bob", "03:00 Bob", "04:00 Bob"]);
    assert_eq!(on(&lab, &carl, "2027-04-04").await, ["01:00 Bob", "02:00 Bob", "03:00 Bob", "04:00 Bob"]);

    let lab = in_rome(69, LOST).await;
    let carl = lab.signed_in(4).await;
    assert_eq!(on(&lab, &carl, "2027-03-28").await, [""; 0]);
    // Half past two was either half past one or half past three.
    for starts in [midnight(72).after(MINUTE * 30), midnight(72).after(MINUTE * 90)] {
        let refused = checkouts::ask(&lab.ctx, &carl, ask(BOB, starts)).await;
        assert!(matches!(refused, Err(CheckoutsError::Conflict(taken)) if taken.obstacle.is_none()));
    }
    assert_eq!(on(&lab, &carl, "2027-04-04").await, ["02:00 Bob", "02:30 Bob"]);
}

// A9
#[tokio::test]
async fn repeated_hour_is_offered_once() {
    let lab = in_rome(286, LOST).await;
    let carl = lab.signed_in(4).await;
    assert_eq!(on(&lab, &carl, "2027-10-31").await, ["02:00 Bob", "02:30 Bob"]);
    let half_past_two = midnight(289).after(MINUTE * 30);
    let second = checkouts::ask(&lab.ctx, &carl, ask(BOB, half_past_two.after(HOUR))).await;
    assert!(matches!(second, Err(CheckoutsError::Conflict(taken)) if taken.obstacle.is_none()));
    let id = checkouts::ask(&lab.ctx, &carl, ask(BOB, half_past_two)).await.unwrap();
    let view = checkouts::one(&lab.ctx, &carl, id).await.unwrap();
    assert_eq!(view.ends.at.since(view.starts.at), MINUTE * 30);
}

#[tokio::test]
async fn last_day_of_horizon_is_offered_and_next_is_not() {
    let lab = offered().await;
    lab.sql(
        "INSERT INTO availability_rule (person_id, weekday, from_min, to_min, length, buffer) VALUES
             (2, 4, 1380, 1440, 60, 0), (2, 5, 0, 60, 60, 0)",
    )
    .await;
    let carl = lab.signed_in(4).await;
    let last = midnight(21).after(HOUR * 23);
    let late = checkouts::ask(&lab.ctx, &carl, ask(BOB, last.after(HOUR))).await;
    assert!(matches!(late, Err(CheckoutsError::Conflict(taken)) if taken.obstacle.is_none()));
    assert!(free(&lab, &carl).await.last().unwrap().starts_with("2027-02-05 23:00"));
    checkouts::ask(&lab.ctx, &carl, ask(BOB, last)).await.unwrap();
}
