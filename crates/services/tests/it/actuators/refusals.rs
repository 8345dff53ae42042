//! Refusals: temperatures above the cut-off of a device, rules that exist already, and hours that do not exist.

use super::*;
use contract::actuators::ReadRules;

#[tokio::test]
async fn target_above_the_reported_cut_off_is_refused() {
    let (lab, ken) = building().await;
    let warm = || heating(&[("warmest", "30")]);
    run(&lab.ctx, &ken, AddActuator {}, warm()).await.unwrap();
    rule(&lab, &ken, HALL, &[("kind", "hours"), ("target", "28")]).await;
    actuators::hear(&lab.ctx, HEATER, "state", device_state(|_| {}, 0).as_bytes());
    assert_eq!(due(&lab).await, [], "the device cuts itself off above 27");
    assert_eq!(page(&lab, &ken, HALL).await.leases[0].refused, ["cut-off"]);
    let refused = turn_on(&lab, &ken, HALL, &[("minutes", "60"), ("target", "28")]).await.unwrap_err();
    let ActuatorsError::Refused(reasons) = &refused else { panic!("{refused:?}") };
    assert_eq!(*reasons, [RefusedCommand::CutOff(Tenths(270))]);
    let detail = refused.problem(Lang::En).detail;
    assert!(detail.contains("above 27 °C. Enter at most that"), "{detail}");
    let sent = fields(&[("kind", "hours"), ("before", "10"), ("target", "28")]);
    let refused = run(&lab.ctx, &ken, AddRule { actuator: HALL }, sent).await.unwrap_err();
    assert!(refused.problem(Lang::En).at("target").unwrap().contains("above 27 °C"), "{refused:?}");
    for (field, form) in [("warmest", warm()), ("target", heating(&[("target", "28"), ("warmest", "30")]))] {
        let refused = run(&lab.ctx, &ken, SaveActuator { id: HALL, version: 1 }, form).await.unwrap_err();
        assert!(refused.problem(Lang::En).at(field).unwrap().contains("above 27 °C"), "{refused:?}");
    }
    turn_on(&lab, &ken, HALL, &[("minutes", "60"), ("target", "27")]).await.unwrap();
    assert_eq!(commands(&lab).await, [Command { target: Some(Tenths(270)), ..on(LONGEST) }]);
    lab.sql("UPDATE actuator SET target = 300").await;
    assert_eq!(page(&lab, &ken, HALL).await.refusals, [], "what the device allows is offered");
}

#[tokio::test]
async fn second_rule_of_the_same_kind_and_minutes_is_refused() {
    let (lab, ken) = actuators().await;
    let sent = [("kind", "hours"), ("before", "30")];
    rule(&lab, &ken, HALL, &sent).await;
    let warmer = [("kind", "hours"), ("before", "30"), ("target", "23")];
    for again in [sent.as_slice(), &warmer] {
        let refused = run(&lab.ctx, &ken, AddRule { actuator: HALL }, fields(again)).await.unwrap_err();
        assert!(refused.problem(Lang::En).at("kind").unwrap().contains("this rule already"), "{refused:?}");
    }
    rule(&lab, &ken, LIGHT, &sent).await;
    rule(&lab, &ken, HALL, &[("kind", "hours"), ("before", "30"), ("early", "10")]).await;
    rule(&lab, &ken, HALL, &[("kind", "bookings"), ("room", "3"), ("before", "30")]).await;
    rule(&lab, &ken, HALL, &[("kind", "bookings"), ("machine", "1"), ("before", "30")]).await;
    assert_eq!(lab.number("SELECT count(*) FROM actuator_rule").await, 5, "others differ in one thing");
}

#[tokio::test]
async fn rule_for_opening_hours_wants_nothing_while_there_are_none() {
    let (lab, ken) = actuators().await;
    lab.sql("DELETE FROM opening_hours").await;
    rule(&lab, &ken, LIGHT, &[("kind", "hours")]).await;
    assert_eq!(due(&lab).await, [], "without a week the space is always open, and the light stays off");
    let has_hours = async || run(&lab.ctx, &ken, ReadRules {}, fields(&[])).await.unwrap().has_hours;
    assert!(!has_hours().await);
    lab.sql(
        "INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min) VALUES ('space', 0, 4, 420, 1080)",
    )
    .await;
    assert!(has_hours().await);
    assert_eq!(due(&lab).await.len(), 1);
}
