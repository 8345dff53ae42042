//! The invented workshop: believable, whole, and never poured over a real one.

mod lab;

use domain::{access::Decision, actor::Actor, boards::MachineNumber};
use lab::Lab;
use services::{
    access, boards,
    demo::{self, DemoError},
    machines,
};

#[tokio::test]
async fn the_demo_is_a_workshop_with_half_a_year_behind_it() {
    let lab = Lab::empty().await;
    demo::furnish(&lab.ctx).await.unwrap();
    let floor = machines::floor(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!(floor.places.len(), 3);
    assert_eq!(floor.places.iter().map(|place| place.machines.len()).sum::<usize>(), 12);
    assert_eq!(lab.number("SELECT count(*) FROM person").await, 40);
    assert_eq!(lab.number("SELECT count(*) FROM equipment_type WHERE built_in IS NULL").await, 6);
    assert!(lab.number("SELECT count(*) FROM use_session").await > 3_000);
    let days = lab.number("SELECT (max(ended_at) - min(started_at)) / 86400000 FROM use_session").await;
    assert!((180..=183).contains(&days), "{days}");
    let difference =
        "SELECT (SELECT sum(used_ms) FROM machine_total) - sum(ended_at - started_at) FROM use_session";
    assert_eq!(lab.number(difference).await, 0, "every hour is counted once");
    let beside = "SELECT (SELECT count(*) FROM intervention) || ' ' || (SELECT group_concat(state, ' ') FROM problem_report)";
    assert_eq!(lab.text(beside).await, "4 resolved acknowledged open");
    let in_order = "SELECT count(*) FROM intervention i JOIN use_session u ON u.id = i.after_use
                     WHERE u.ended_at <= i.at AND i.used_ms > 0";
    assert_eq!(lab.number(in_order).await, 4, "each when nobody was on the machine");
    let due = async |board| boards::settings(&lab.ctx, MachineNumber(board)).await.unwrap().maintenance;
    assert!(due(7).await && !due(1).await && !due(5).await, "one machine waits for maintenance");

    let counted = "SELECT count(*) FROM maintenance_since s JOIN machine_total t ON t.machine_id = s.machine_id
                    WHERE t.used_ms - s.used_ms = (SELECT coalesce(sum(ended_at - max(started_at, s.at)), 0) FROM use_session u
                                                    WHERE u.machine_id = s.machine_id AND u.ended_at > s.at)";
    assert_eq!(lab.number("SELECT count(*) FROM maintenance_since").await, lab.number(counted).await);
    let since = "SELECT count(*) FROM maintenance_since s JOIN machine_total t ON t.machine_id = s.machine_id
                  WHERE t.used_ms > s.used_ms";
    assert!(lab.number(since).await > 4, "what was used since a plan was last done counts");
    let unsaid = "SELECT count(*) FROM machine_signal s WHERE NOT EXISTS (SELECT 1 FROM board b WHERE b.machine_id = s.machine_id)";
    assert_eq!(lab.number(unsaid).await, 0, "every board that was heard has said what it is");

    let lately = "SELECT count(DISTINCT starts_at / 86400000) FROM booking
                   WHERE starts_at BETWEEN 1800000000000 - 6 * 86400000 AND 1800000000000 + 8 * 86400000";
    assert!(lab.number(lately).await >= 10, "somebody has something booked nearly every day of a fortnight");
    let states = lab.text("SELECT group_concat(DISTINCT state) FROM booking").await;
    for state in ["pending", "approved", "completed", "rejected", "cancelled", "no-show"] {
        assert!(states.contains(state), "{state} is not in {states}");
    }

    for (uid, name, machines) in demo::cast().cards {
        for machine in machines.into_iter().filter(|machine| !matches!(machine.0, 7 | 9)) {
            let checked = access::check(&lab.ctx, machine, &uid).await.unwrap();
            assert!(matches!(checked.decision, Decision::Allow { .. }), "{name} at {machine}: {checked:?}");
        }
    }

    let uses = lab.number("SELECT count(*) FROM use_session").await;
    demo::furnish(&lab.ctx).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM use_session").await, uses, "a second start changes nothing");
}

#[tokio::test]
async fn a_demo_that_was_broken_off_says_so() {
    let lab = Lab::empty().await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.invented', 'begun')")
        .await;
    assert!(matches!(demo::furnish(&lab.ctx).await, Err(DemoError::Unfinished)));
}

#[tokio::test]
async fn a_folder_that_somebody_lives_in_is_refused() {
    let lab = Lab::open().await;
    assert!(matches!(demo::furnish(&lab.ctx).await, Err(DemoError::Inhabited)));
    assert_eq!(lab.number("SELECT count(*) FROM person").await, 3);

    let begun = Lab::empty().await;
    begun.sql("INSERT INTO place (name) VALUES ('Attic')").await;
    assert!(matches!(demo::furnish(&begun.ctx).await, Err(DemoError::Inhabited)), "one place is enough");
}
