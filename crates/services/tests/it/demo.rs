//! The demo: plausible, complete, and never written into a used folder.

use crate::lab::Lab;
use domain::{access::Decision, actor::Actor, boards::MachineNumber, time::DAY};
use services::{
    access, boards, checkouts,
    demo::{self, DemoError, Extent, Open},
    machines,
};
use text::Lang;

#[tokio::test]
async fn demo_has_half_a_year_of_history() {
    let lab = Lab::empty().await;
    demo::furnish(&lab.ctx, Open::Daily, Extent::Workshop).await.unwrap();
    let floor = machines::floor(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!(floor.places.len(), 3);
    assert_eq!(floor.places.iter().map(|place| place.machines.len()).sum::<usize>(), 12);
    assert_eq!(lab.number("SELECT count(*) FROM person").await, 40);
    assert_eq!(lab.number("SELECT count(*) FROM equipment_type WHERE built_in IS NULL").await, 7);
    assert_eq!(lab.number("SELECT count(*) FROM visit WHERE left_at IS NULL").await, 7);
    assert_eq!(lab.number("SELECT count(*) FROM door").await, 3);
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

    let modules = "SELECT group_concat(title || ' ' || percent, ', ') FROM (
                       SELECT t.title, coalesce(g.percent, 0) AS percent FROM training_module t
                         JOIN training_requirement r ON r.module_id = t.id
                         JOIN module_edition e ON e.module_id = t.id AND e.published_at IS NOT NULL
                         LEFT JOIN training_progress g ON g.edition_id = e.id
                              AND g.person_id = (SELECT person_id FROM profile WHERE name = 'Sam Carter')
                        ORDER BY t.position)";
    let watched = "Clamping the work 0, Chips and dust 100, Stopping in time 100";
    assert_eq!(lab.text(modules).await, watched, "two of three films are behind the member");
    for film in std::fs::read_dir(lab.file().with_file_name("videos")).into_iter().flatten().flatten() {
        assert!(film.metadata().is_ok_and(|about| about.len() > 5_000), "{film:?}");
    }
    let visible = "SELECT count(*) FROM module_edition WHERE file_name IS NOT NULL AND captions LIKE 'WEBVTT%'";
    assert_eq!(lab.number(visible).await, 3);
    let marta = lab.signed_in(1).await;
    let Ok(day) = checkouts::day(&lab.ctx, &marta).await else { panic!("an owner checks out") };
    let asks = day.waiting.iter().find(|one| one.kind_name == "CNC mill").and_then(|one| one.evidence.as_ref());
    let message = asks.and_then(|evidence| Lang::En.checkout_trained(&evidence.modules));
    assert_eq!(message.as_deref(), Some("3 of 3 videos · quiz 100%"), "whoever asks for a mill has learnt");
    let ready = day.candidates.iter().filter(|one| one.missing.is_empty()).count();
    assert_eq!((ready, day.candidates.len()), (1, 4), "{:?}", day.candidates);

    for (uid, name, machines) in demo::cast().cards {
        for machine in machines.into_iter().filter(|machine| !matches!(machine.0, 7 | 9)) {
            let checked = access::check(&lab.ctx, machine, &uid).await.unwrap();
            if name == "Laura Fabbri" {
                let codes: Vec<_> = checked.decision.reasons().iter().map(|reason| reason.code()).collect();
                assert_eq!(codes, ["document.missing"], "the only one who has not signed the house rules");
                continue;
            }
            assert!(matches!(checked.decision, Decision::Allow { .. }), "{name} at {machine}: {checked:?}");
        }
    }

    let ruled = "SELECT count(*) FROM actuator a JOIN building_device d ON d.id = a.device_id
                 WHERE d.dialect = 'reference' AND a.id IN (SELECT actuator_id FROM actuator_rule)";
    let simulated = demo::actuators::simulated().count();
    assert_eq!(lab.number(ruled).await, i64::try_from(simulated).unwrap(), "each actuator follows something");

    let uses = lab.number("SELECT count(*) FROM use_session").await;
    demo::furnish(&lab.ctx, Open::Daily, Extent::Workshop).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM use_session").await, uses, "a second start changes nothing");
}

#[tokio::test]
async fn interrupted_demo_is_reported() {
    let lab = Lab::empty().await;
    lab.sql("INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.invented', 'begun')")
        .await;
    assert!(matches!(demo::furnish(&lab.ctx, Open::Daily, Extent::Workshop).await, Err(DemoError::Unfinished)));
}

#[tokio::test]
async fn used_data_folder_is_refused() {
    let lab = Lab::open().await;
    assert!(matches!(demo::furnish(&lab.ctx, Open::Daily, Extent::Workshop).await, Err(DemoError::Inhabited)));
    assert_eq!(lab.number("SELECT count(*) FROM person").await, 3);

    let begun = Lab::empty().await;
    begun.sql("INSERT INTO place (name) VALUES ('Attic')").await;
    assert!(
        matches!(demo::furnish(&begun.ctx, Open::Daily, Extent::Workshop).await, Err(DemoError::Inhabited)),
        "one place is enough"
    );
}

#[tokio::test]
async fn demo_of_a_department_has_forty_rooms_and_sixty_groups_with_their_term() {
    let lab = Lab::empty().await;
    demo::furnish(&lab.ctx, Open::Daily, Extent::Department).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM room").await, 40);
    assert_eq!(lab.number("SELECT count(*) FROM dues").await, 214);
    assert_eq!(lab.number("SELECT count(DISTINCT name) FROM profile").await, 218);
    assert_eq!(lab.number("SELECT count(*) FROM person_group").await, 60);
    assert!(lab.number("SELECT count(*) FROM series WHERE draw_id IS NULL").await >= 25);
    let stages = "SELECT (SELECT count(*) FROM draw WHERE ran_at IS NOT NULL) || ' ' ||
                         (SELECT count(*) FROM draw WHERE closed_at IS NOT NULL AND ran_at IS NULL) || ' ' ||
                         (SELECT count(*) FROM draw WHERE closed_at IS NULL)";
    assert_eq!(lab.text(stages).await, "2 1 3", "run, closed, and open or planned");
    let large =
        "SELECT count(*) FROM draw_wish w JOIN draw d ON d.id = w.draw_id WHERE d.name = 'All rooms, this term'";
    assert_eq!(lab.number(large).await, 159, "three of each group that the department added");
    let won = "SELECT count(*) FROM draw_wish w JOIN draw d ON d.id = w.draw_id
                WHERE d.name = 'All rooms, this term' AND w.series_id IS NOT NULL";
    assert!(lab.number(won).await > 53, "more than one each");
    let moved = "SELECT count(*) FROM booking b JOIN series s ON s.id = b.series_id
                  WHERE s.draw_id IS NOT NULL AND b.ends_at - b.starts_at <> (s.to_minute - s.from_minute) * 60000";
    assert_eq!(lab.number(moved).await, 0);
    let by_utc = "SELECT count(*) FROM booking b JOIN series s ON s.id = b.series_id
                   WHERE s.draw_id IS NOT NULL AND b.starts_at / 60000 % 1440 = s.from_minute";
    assert_eq!(lab.number(by_utc).await, 0, "won times are by the clocks of Rome");

    demo::furnish(&lab.ctx, Open::Daily, Extent::Workshop).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM person").await, 218, "a second start changes nothing");
    let invented = lab.ctx.space().settings.invented.unwrap();
    assert_eq!(Extent::of(invented), Extent::Department, "so the invented processor knows its members");
}

#[tokio::test]
async fn demo_started_on_any_day_of_the_week_has_three_requests_to_answer() {
    for day in 0..7 {
        let lab = Lab::empty().await;
        lab.pass(DAY * day);
        demo::furnish(&lab.ctx, Open::Daily, Extent::Workshop).await.unwrap();
        let pending = lab.number("SELECT count(*) FROM booking WHERE state = 'pending'").await;
        assert!(pending >= 3, "{pending} on day {day}");
    }
}
