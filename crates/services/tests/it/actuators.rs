//! Actuators: what leases follow from hours, bookings, machines and people; limits, answers and tests of the fallback.

mod refusals;

use crate::lab::{
    LASER, Lab, NOON, ada,
    bookings::{self, notices_of},
    operations::{fields, run},
};
use contract::{
    actuators::{
        ActuatorPage, AddActuator, AddRule, ListActuators, ReadActuatorPage, ReadRules, RemoveActuator,
        SaveActuator, StartTest, StopTest, TurnAllOff, TurnOff, TurnOn,
    },
    building_devices::SaveBuildingDevice,
    form::Fields,
};
use domain::{
    actor::Actor,
    actuators::{ActuatorState, TestOutcome, Why},
    bookings::Resource,
    id::{ActuatorId, BuildingDeviceId, PersonId, RoomId},
    jobs::Job,
    leases::{self, Command, Device, HardLimits, LONGEST, Load, Order, RefusedCommand, Tenths},
    notices::Kind,
    time::{DAY, HOUR, MINUTE, Millis},
};
use services::{
    actuators::{self, ActuatorsError},
    building_devices::BuildingDevicesError,
    error::ServiceError,
    jobs, metrics, people, retention,
};
use std::time::Duration;
use text::Lang;

const HEATER: BuildingDeviceId = BuildingDeviceId(1);
const HALL: ActuatorId = ActuatorId(1);
const LIGHT: ActuatorId = ActuatorId(2);
const SECOND: Duration = Duration::from_secs(1);

/// The lab with a reference heater and a Shelly plug. It is Friday, 08:00, and the space is open from 7 to 18.
async fn building() -> (Lab, Actor) {
    let lab = bookings::open().await;
    lab.sql(
        "INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min) VALUES ('space', 0, 4, 420, 1080);
         INSERT INTO building_device (id, name, dialect, topic, user, hash, login_at, added_at) VALUES
             (1, 'Heater', 'reference', 'heat/hall', 'd-1', zeroblob(32), 0, 0),
             (2, 'Plug', 'shelly', 'plug', 'd-2', zeroblob(32), 0, 0);
         INSERT INTO room (id, name, capacity) VALUES (3, 'Studio B', 8)",
    )
    .await;
    let ken = lab.signed_in(11).await;
    (lab, ken)
}

/// The form of the heater, with some of its fields changed.
fn heating(changed: &[(&str, &str)]) -> Fields {
    let form = [
        ("device", "1"),
        ("output", "1"),
        ("name", "Heating, hall"),
        ("load", "heat"),
        ("allowed", "members"),
        ("target", "21"),
        ("warmest", "25"),
        ("daily", "14"),
    ];
    let value = |(name, value)| {
        let other = changed.iter().find(|(changed, _)| *changed == name);
        (name, other.map_or(value, |(_, value)| *value))
    };
    fields(&form.map(value))
}

fn light(allowed: &str) -> Fields {
    fields(&[
        ("device", "2"),
        ("output", "0"),
        ("name", "Light, hall"),
        ("load", "light"),
        ("allowed", allowed),
        ("daily", "24"),
    ])
}

/// The lab with both actuators and no rule.
async fn actuators() -> (Lab, Actor) {
    let (lab, ken) = building().await;
    run(&lab.ctx, &ken, AddActuator {}, heating(&[])).await.unwrap();
    run(&lab.ctx, &ken, AddActuator {}, light("managers")).await.unwrap();
    (lab, ken)
}

async fn rule(lab: &Lab, ken: &Actor, actuator: ActuatorId, sent: &[(&str, &str)]) {
    run(&lab.ctx, ken, AddRule { actuator }, fields(sent)).await.unwrap();
}

async fn due(lab: &Lab) -> Vec<Order> {
    actuators::due(&lab.ctx).await.unwrap().iter().filter_map(|lease| lease.message(&lab.ctx)).collect()
}

/// The commands that the heater gets now.
async fn commands(lab: &Lab) -> Vec<Command> {
    let orders = due(lab).await;
    let own = orders.iter().filter(|order| order.topic == "heat/hall/lease");
    own.map(|order| leases::read(order.payload.as_bytes()).unwrap().1).collect()
}

async fn page(lab: &Lab, actor: &Actor, id: ActuatorId) -> ActuatorPage {
    run(&lab.ctx, actor, ReadActuatorPage { id }, fields(&[])).await.unwrap()
}

fn on(length: Duration) -> Command {
    Command { on: true, target: Some(Tenths(210)), length }
}

async fn turn_on(lab: &Lab, actor: &Actor, id: ActuatorId, sent: &[(&str, &str)]) -> Result<(), ActuatorsError> {
    run(&lab.ctx, actor, TurnOn { id }, fields(sent)).await
}

#[tokio::test]
async fn late_lease_is_sent_with_the_rest_of_it_and_never_after_the_broker_is_lost() {
    let (lab, ken) = actuators().await;
    rule(&lab, &ken, HALL, &[("kind", "hours"), ("before", "30"), ("early", "30")]).await;
    let granted = actuators::due(&lab.ctx).await.unwrap();
    let [lease] = granted.as_slice() else { panic!("{granted:?}") };
    let sent = || lease.message(&lab.ctx).map(|order| leases::read(order.payload.as_bytes()).unwrap().1);
    assert_eq!(sent(), Some(on(LONGEST)));
    lab.pass(MINUTE * 4);
    assert_eq!(sent(), Some(on(MINUTE * 11)), "it ends when the log says");
    services::boards::broker_lost(&lab.ctx);
    assert_eq!(sent(), None, "nothing waits for the next connection");
    services::boards::broker_found(&lab.ctx);
    lab.pass(MINUTE * 11);
    assert_eq!(sent(), None, "nothing is left of it");
}

#[tokio::test]
async fn opening_hours_renew_leases_until_half_an_hour_before_closing() {
    let (lab, ken) = actuators().await;
    assert_eq!(due(&lab).await, [], "nothing wants it");
    rule(&lab, &ken, HALL, &[("kind", "hours"), ("before", "30"), ("early", "30")]).await;
    assert_eq!(commands(&lab).await, [on(LONGEST)]);
    lab.pass(MINUTE * 9);
    assert_eq!(due(&lab).await, [], "six minutes are left");
    lab.pass(MINUTE);
    assert_eq!(commands(&lab).await, [on(LONGEST)], "and now five");
    let seen = page(&lab, &ken, HALL).await;
    assert_eq!((seen.actuator.state, seen.actuator.why), (ActuatorState::On, Some(Why::Hours)));
    assert_eq!(seen.actuator.until.unwrap().at, NOON.after(HOUR * 9 + MINUTE * 30));
    assert_eq!((seen.wanted.as_slice(), seen.sent_today), ([((26, 70), Why::Hours)].as_slice(), 2));
    // To ten minutes before the end.
    lab.pass(HOUR * 9 + MINUTE * 10);
    assert_eq!(commands(&lab).await, [on(MINUTE * 10)], "not longer than it is wanted");
    lab.pass(MINUTE * 6);
    assert_eq!(due(&lab).await, [], "its end does not move");
    lab.pass(MINUTE * 4);
    assert_eq!(due(&lab).await, [], "its lease is over");
    assert_eq!(page(&lab, &ken, HALL).await.actuator.state, ActuatorState::Off);
}

#[tokio::test]
async fn booked_room_is_warm_from_half_an_hour_before() {
    let (lab, ken) = actuators().await;
    rule(&lab, &ken, HALL, &[("kind", "bookings"), ("room", "3"), ("before", "30"), ("target", "19")]).await;
    let booked = bookings::booked(&lab, &ken, Resource::Room(RoomId(3)), bookings::span(120, 60)).await;
    assert!(booked.0 > 0);
    lab.pass(MINUTE * 89);
    assert_eq!(commands(&lab).await, []);
    let seen = page(&lab, &ken, HALL).await.actuator;
    assert_eq!(seen.next.unwrap().at, NOON.after(MINUTE * 90));
    lab.pass(MINUTE);
    let warm = Command { target: Some(Tenths(190)), ..on(LONGEST) };
    assert_eq!(commands(&lab).await, [warm]);
    assert_eq!(page(&lab, &ken, HALL).await.actuator.why, Some(Why::Booking));
}

#[tokio::test]
async fn running_machine_keeps_extraction_on_and_stops_it_with_the_machine() {
    let (lab, ken) = actuators().await;
    rule(&lab, &ken, LIGHT, &[("kind", "machine"), ("machine", "1"), ("after", "5")]).await;
    lab.starts(LASER, &ada()).await;
    let sent = due(&lab).await;
    assert_eq!(sent[0].topic, "plug/rpc");
    assert!(
        sent[0].payload.contains(r#""on":true"#) && sent[0].payload.contains(r#""toggle_after":900"#),
        "{sent:?}"
    );
    assert_eq!(page(&lab, &ken, LIGHT).await.actuator.interlock.as_deref(), Some("Laser"));
    let refused = run(&lab.ctx, &ken, TurnOff { id: LIGHT }, fields(&[])).await.unwrap_err();
    assert!(refused.problem(Lang::En).detail.contains("Laser is running"), "{refused:?}");
    run(&lab.ctx, &ken, TurnAllOff {}, fields(&[])).await.unwrap();
    assert_eq!(due(&lab).await, [], "it stays on");
    lab.pass(MINUTE);
    lab.stops(LASER, &ada(), 60).await;
    assert_eq!(due(&lab).await, [], "for another five minutes");
    lab.pass(MINUTE * 5);
    let sent = due(&lab).await;
    assert!(sent.len() == 1 && sent[0].payload.contains(r#""on":false"#), "{sent:?}");
}

#[tokio::test]
async fn person_turns_on_and_off_where_managers_allow_it() {
    let (lab, ken) = actuators().await;
    let bob = lab.signed_in(2).await;
    let refused = turn_on(&lab, &bob, LIGHT, &[("minutes", "60")]).await.unwrap_err();
    assert!(matches!(refused, ActuatorsError::ManagersOnly), "{refused:?}");
    turn_on(&lab, &bob, HALL, &[("minutes", "120"), ("target", "19.5")]).await.unwrap();
    assert_eq!(commands(&lab).await, [Command { target: Some(Tenths(195)), ..on(LONGEST) }]);
    let own = page(&lab, &bob, HALL).await.actuator;
    assert!(own.own && own.wanted_by.as_deref() == Some("Bob"));
    let others = page(&lab, &lab.signed_in(1).await, HALL).await.actuator;
    assert_eq!((others.why, others.wanted_by), (Some(Why::Person), None), "members do not see who");
    assert_eq!(page(&lab, &ken, HALL).await.actuator.wanted_by.as_deref(), Some("Bob"));
    run(&lab.ctx, &bob, TurnOff { id: HALL }, fields(&[])).await.unwrap();
    let off = commands(&lab).await;
    assert!(off.len() == 1 && !off[0].on);
    assert_eq!(due(&lab).await, []);
    let entries = lab.text("SELECT group_concat(action) FROM audit WHERE action LIKE 'actuator.turned%'").await;
    assert_eq!(entries, "actuator.turned-on,actuator.turned-off");
}

#[tokio::test]
async fn wishes_end_with_the_membership_of_the_person() {
    for leaves in [false, true] {
        let (lab, ken) = actuators().await;
        let bob = lab.signed_in(2).await;
        turn_on(&lab, &bob, HALL, &[("minutes", "120")]).await.unwrap();
        assert_eq!(commands(&lab).await, [on(LONGEST)]);
        if leaves {
            people::leave(&lab.ctx, &ken, PersonId(2)).await.unwrap();
        } else {
            people::suspend(&lab.ctx, &ken, PersonId(2)).await.unwrap();
        }
        let off = commands(&lab).await;
        assert!(off.len() == 1 && !off[0].on, "{off:?}");
        lab.pass(MINUTE * 20);
        assert_eq!(due(&lab).await, []);
        assert_eq!(page(&lab, &ken, HALL).await.actuator.why, None);
    }
}

#[tokio::test]
async fn turned_off_by_hand_stays_off_until_the_next_opening() {
    let (lab, ken) = actuators().await;
    rule(&lab, &ken, HALL, &[("kind", "hours")]).await;
    assert_eq!(commands(&lab).await.len(), 1);
    run(&lab.ctx, &ken, TurnAllOff {}, fields(&[])).await.unwrap();
    assert!(!commands(&lab).await[0].on);
    lab.pass(HOUR);
    assert_eq!(due(&lab).await, []);
    let seen = page(&lab, &ken, HALL).await.actuator;
    assert_eq!((seen.state, seen.off_until.unwrap().at), (ActuatorState::Off, NOON.after(HOUR * 10)));
    assert_eq!(seen.next.unwrap().at, NOON.after(HOUR * (24 * 7 - 1)), "on Friday in a week, at seven");
}

#[tokio::test]
async fn commands_beyond_limits_are_refused_with_all_reasons() {
    let (lab, ken) = actuators().await;
    let hot = device_state(|device| device.temperature(Tenths(255), Millis(0)), 0);
    actuators::hear(&lab.ctx, HEATER, "state", hot.as_bytes());
    due(&lab).await;
    let refused = turn_on(&lab, &ken, HALL, &[("minutes", "60"), ("target", "28")]).await.unwrap_err();
    let ActuatorsError::Refused(reasons) = &refused else { panic!("{refused:?}") };
    let all = [
        RefusedCommand::TooWarm(Tenths(250)),
        RefusedCommand::CutOff(Tenths(270)),
        RefusedCommand::Hot(Tenths(255)),
    ];
    assert_eq!(*reasons, all);
    let detail = refused.problem(Lang::En).detail;
    assert!(detail.contains("Enter at most 25 °C") && detail.contains("Open a window"), "{detail}");
    assert_eq!(page(&lab, &ken, HALL).await.refusals, [RefusedCommand::Hot(Tenths(255))]);
    rule(&lab, &ken, HALL, &[("kind", "hours")]).await;
    assert_eq!(due(&lab).await, [], "rules obey the same limits");
    let seen = page(&lab, &ken, HALL).await;
    assert_eq!((seen.refused_today, seen.leases[0].refused.as_slice()), (1, ["hot".to_owned()].as_slice()));
    lab.pass(MINUTE);
    due(&lab).await;
    assert_eq!(page(&lab, &ken, HALL).await.refused_today, 1, "and are not on record each time");
    let leases = metrics::read(&lab.ctx, &Actor::TOOLGATE).await.unwrap().building.leases;
    let counted: Vec<_> = leases.refused.into_iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(counted, [("hot", 1)]);
}

#[tokio::test]
async fn daily_limit_ends_leases_until_midnight() {
    let (lab, ken) = building().await;
    let short = heating(&[("daily", "1")]);
    run(&lab.ctx, &ken, AddActuator {}, short).await.unwrap();
    rule(&lab, &ken, HALL, &[("kind", "hours")]).await;
    let mut minutes = 0;
    for _ in 0..240 {
        due(&lab).await;
        let state = page(&lab, &ken, HALL).await.actuator.state;
        minutes += u32::from(state == ActuatorState::On);
        lab.pass(MINUTE);
    }
    assert!((50..=60).contains(&minutes), "{minutes} minutes");
    assert_eq!(page(&lab, &ken, HALL).await.refusals, [RefusedCommand::Daily(60)]);
}

#[tokio::test]
async fn only_devices_with_a_hard_limit_heat() {
    let (lab, ken) = building().await;
    let plug = heating(&[("device", "2")]);
    let refused = run(&lab.ctx, &ken, AddActuator {}, plug).await.unwrap_err();
    let problem = refused.problem(Lang::En);
    assert!(problem.at("load").unwrap().contains("reference device"), "{problem:?}");
    let warm = heating(&[("target", "26")]);
    let refused = run(&lab.ctx, &ken, AddActuator {}, warm).await.unwrap_err();
    assert!(refused.problem(Lang::En).at("target").is_some());
}

#[tokio::test]
async fn device_with_an_actuator_keeps_its_dialect() {
    let (lab, ken) = actuators().await;
    let save = async |dialect: &str| {
        let form = fields(&[("name", "Heater"), ("dialect", dialect), ("topic", "heat/hall")]);
        run(&lab.ctx, &ken, SaveBuildingDevice { id: HEATER, version: 1 }, form).await
    };
    for dialect in ["tasmota", "shelly", "json"] {
        let refused = save(dialect).await.unwrap_err();
        assert!(matches!(refused, BuildingDevicesError::HasActuators), "{dialect}: {refused:?}");
    }
    run(&lab.ctx, &ken, RemoveActuator { id: HALL }, fields(&[])).await.unwrap();
    save("tasmota").await.unwrap();
}

#[tokio::test]
async fn output_is_numbered_as_its_device_counts_and_has_one_actuator() {
    let (lab, ken) = actuators().await;
    let fault = async |form: Fields| {
        let refused = run(&lab.ctx, &ken, AddActuator {}, form).await.unwrap_err();
        refused.problem(Lang::En).at("output").unwrap().to_owned()
    };
    for (output, message) in [("0", "Another actuator"), ("", "Another actuator"), ("32", "31")] {
        let refused = fault(heating(&[("device", "2"), ("output", output), ("load", "light")])).await;
        assert!(refused.contains(message), "{output} of a Shelly: {refused}");
    }
    let second = fault(heating(&[("output", "2")])).await;
    assert!(second.contains("one output"), "{second}");
    // Its own output is free for itself, and that of an archived actuator for all.
    run(&lab.ctx, &ken, SaveActuator { id: HALL, version: 1 }, heating(&[("name", "Heating")])).await.unwrap();
    run(&lab.ctx, &ken, RemoveActuator { id: LIGHT }, fields(&[])).await.unwrap();
    run(&lab.ctx, &ken, AddActuator {}, light("managers")).await.unwrap();
    let fan = heating(&[("device", "2"), ("output", "31"), ("name", "Fan"), ("load", "power")]);
    let fan = run(&lab.ctx, &ken, AddActuator {}, fan).await.unwrap().actuator;
    let shown = async || {
        let all = run(&lab.ctx, &ken, ReadRules {}, fields(&[])).await.unwrap().actuators;
        all.into_iter().find(|one| one.id == fan).unwrap().saved.value("output").to_owned()
    };
    assert_eq!(shown().await, "31", "switch:31 of a Shelly");
    lab.sql("UPDATE building_device SET dialect = 'tasmota' WHERE id = 2").await;
    assert_eq!(shown().await, "32", "POWER32 of a Tasmota");
}

#[tokio::test]
async fn stale_form_is_refused_and_removed_actuator_gets_no_lease() {
    let (lab, ken) = actuators().await;
    let later = heating(&[("name", "Heating, big hall")]);
    run(&lab.ctx, &ken, SaveActuator { id: HALL, version: 1 }, later).await.unwrap();
    let stale = run(&lab.ctx, &ken, SaveActuator { id: HALL, version: 1 }, heating(&[])).await.unwrap_err();
    assert!(matches!(stale, ActuatorsError::Stale(_)), "{stale:?}");
    rule(&lab, &ken, HALL, &[("kind", "hours")]).await;
    run(&lab.ctx, &ken, RemoveActuator { id: HALL }, fields(&[])).await.unwrap();
    assert_eq!(due(&lab).await, []);
    let left = run(&lab.ctx, &ken, ListActuators {}, fields(&[])).await.unwrap().actuators;
    assert_eq!(left.iter().map(|one| one.id).collect::<Vec<_>>(), [LIGHT]);
}

#[tokio::test]
async fn nothing_is_sent_or_on_record_without_a_broker() {
    let (lab, ken) = actuators().await;
    rule(&lab, &ken, HALL, &[("kind", "hours")]).await;
    services::boards::broker_lost(&lab.ctx);
    assert_eq!(due(&lab).await, []);
    assert_eq!(lab.number("SELECT count(*) FROM lease").await, 0);
    services::boards::broker_found(&lab.ctx);
    assert_eq!(commands(&lab).await.len(), 1);
}

/// The state that a reference device publishes after `happens`, with the number of the command that it took.
fn device_state(happens: impl FnOnce(&mut Device), id: u32) -> String {
    let limits = HardLimits {
        above: Tenths(270),
        back_at: Tenths(250),
        frost: Tenths(50),
        daily: Duration::from_hours(16),
    };
    let mut device = Device::new(Load::Heat, limits);
    device.connection(true);
    device.temperature(Tenths(194), Millis(0));
    happens(&mut device);
    device.state(id, Millis(0))
}

/// Lets the heater take the last command and report.
async fn answers(lab: &Lab, order: &Order) {
    let (id, command) = leases::read(order.payload.as_bytes()).unwrap();
    let state = device_state(|device| device.command(command, Millis(0)), id);
    actuators::hear(&lab.ctx, HEATER, "state", state.as_bytes());
    due(lab).await;
}

#[tokio::test]
async fn answers_and_hard_limits_of_the_device_are_on_record() {
    let (lab, ken) = actuators().await;
    rule(&lab, &ken, HALL, &[("kind", "hours")]).await;
    let sent = due(&lab).await;
    lab.pass(SECOND);
    answers(&lab, &sent[0]).await;
    let seen = page(&lab, &ken, HALL).await;
    assert_eq!((seen.leases[0].answer, seen.leases[0].answered_after), (Some(true), Some(1_000)));
    assert_eq!(seen.actuator.temperature, Some(Tenths(194)));
    let limits = seen.limits.unwrap();
    assert_eq!((limits.above, limits.frost, limits.day), (Tenths(270), Tenths(50), 57_600));
    // A device that restarted has no lease, and gets another one.
    lab.pass(MINUTE);
    let lost = device_state(|_| {}, 0);
    actuators::hear(&lab.ctx, HEATER, "state", lost.as_bytes());
    let again = due(&lab).await;
    assert_eq!(again.len(), 1, "{again:?}");
}

#[tokio::test]
async fn answer_to_a_deleted_lease_is_not_on_record() {
    let (lab, ken) = actuators().await;
    turn_on(&lab, &ken, HALL, &[("minutes", "60")]).await.unwrap();
    let sent = due(&lab).await;
    lab.pass(DAY * 32);
    retention::run(&lab.ctx, &Actor::TOOLGATE).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM lease").await, 0);
    answers(&lab, &sent[0]).await;
    assert_eq!(lab.number("SELECT count(*) FROM lease_answer").await, 0);
    assert_eq!(page(&lab, &ken, HALL).await.actuator.temperature, Some(Tenths(194)), "its report counts");
}

#[tokio::test]
async fn actuator_of_a_running_machine_is_not_tested() {
    let (lab, ken) = actuators().await;
    rule(&lab, &ken, LIGHT, &[("kind", "machine"), ("machine", "1")]).await;
    lab.starts(LASER, &ada()).await;
    assert_eq!(due(&lab).await.len(), 1);
    let refused = run(&lab.ctx, &ken, StartTest { id: LIGHT }, fields(&[])).await.unwrap_err();
    assert!(matches!(&refused, ActuatorsError::Interlocked(machine) if machine == "Laser"), "{refused:?}");
    assert_eq!(lab.number("SELECT count(*) FROM actuator_test").await, 0);
    // Without the machine, a person wants it.
    lab.pass(MINUTE);
    lab.stops(LASER, &ada(), 60).await;
    turn_on(&lab, &ken, LIGHT, &[("minutes", "60")]).await.unwrap();
    run(&lab.ctx, &ken, StartTest { id: LIGHT }, fields(&[])).await.unwrap();
}

#[tokio::test]
async fn test_of_the_fallback_sends_nothing_and_sees_it_turn_off() {
    let (lab, ken) = actuators().await;
    let refused = run(&lab.ctx, &ken, StartTest { id: HALL }, fields(&[])).await.unwrap_err();
    assert!(matches!(refused, ActuatorsError::NotOn), "{refused:?}");
    rule(&lab, &ken, HALL, &[("kind", "hours")]).await;
    let sent = due(&lab).await;
    answers(&lab, &sent[0]).await;
    run(&lab.ctx, &ken, StartTest { id: HALL }, fields(&[])).await.unwrap();
    let refused = turn_on(&lab, &ken, HALL, &[("minutes", "60")]).await.unwrap_err();
    assert!(matches!(refused, ActuatorsError::Testing), "{refused:?}");
    lab.pass(MINUTE * 14);
    assert_eq!(due(&lab).await, [], "silent");
    assert_eq!(page(&lab, &ken, HALL).await.actuator.state, ActuatorState::Test);
    lab.pass(MINUTE);
    let (id, _) = leases::read(sent[0].payload.as_bytes()).unwrap();
    actuators::hear(&lab.ctx, HEATER, "state", device_state(|_| {}, id).as_bytes());
    due(&lab).await;
    jobs::run(&lab.ctx, Job::Actuators).await;
    let seen = page(&lab, &ken, HALL).await;
    let test = seen.last_test.unwrap();
    assert_eq!((test.outcome, test.off.unwrap().1), (Some(TestOutcome::Off), 900));
    assert_eq!(test.by.as_deref(), Some("Ken"));
    assert_eq!(commands(&lab).await.len(), 1, "leases again");
}

#[tokio::test]
async fn device_that_was_off_before_its_lease_ended_proves_nothing() {
    // Off during the test, or off when it began.
    for turns_off_early in [true, false] {
        let (lab, ken) = actuators().await;
        rule(&lab, &ken, HALL, &[("kind", "hours")]).await;
        let sent = due(&lab).await;
        let (id, _) = leases::read(sent[0].payload.as_bytes()).unwrap();
        let off = device_state(|_| {}, id);
        if turns_off_early {
            answers(&lab, &sent[0]).await;
        } else {
            actuators::hear(&lab.ctx, HEATER, "state", off.as_bytes());
            due(&lab).await;
        }
        run(&lab.ctx, &ken, StartTest { id: HALL }, fields(&[])).await.unwrap();
        lab.pass(MINUTE * 10);
        if turns_off_early {
            actuators::hear(&lab.ctx, HEATER, "state", off.as_bytes());
            due(&lab).await;
        }
        lab.pass(MINUTE * 5);
        actuators::hear(&lab.ctx, HEATER, "state", off.as_bytes());
        due(&lab).await;
        jobs::run(&lab.ctx, Job::Actuators).await;
        let test = page(&lab, &ken, HALL).await.last_test.unwrap();
        assert_eq!(test.outcome, Some(TestOutcome::Inconclusive), "off early: {turns_off_early}");
    }
}

#[tokio::test]
async fn device_that_stays_on_after_its_lease_is_reported_to_managers() {
    let (lab, ken) = actuators().await;
    rule(&lab, &ken, HALL, &[("kind", "hours")]).await;
    let sent = due(&lab).await;
    answers(&lab, &sent[0]).await;
    run(&lab.ctx, &ken, StartTest { id: HALL }, fields(&[])).await.unwrap();
    lab.pass(LONGEST + SECOND);
    // A relay that stuck: it still says to be on.
    let stuck = device_state(|_| {}, 1).replace(r#""on":false"#, r#""on":true"#);
    actuators::hear(&lab.ctx, HEATER, "state", stuck.as_bytes());
    due(&lab).await;
    lab.pass(MINUTE);
    jobs::run(&lab.ctx, Job::Actuators).await;
    assert_eq!(page(&lab, &ken, HALL).await.last_test.unwrap().outcome, Some(TestOutcome::StillOn));
    assert!(notices_of(&lab, 11).await.contains(&Kind::ActuatorFailed));
}

#[tokio::test]
async fn stopped_test_sends_leases_again() {
    let (lab, ken) = actuators().await;
    rule(&lab, &ken, HALL, &[("kind", "hours")]).await;
    due(&lab).await;
    run(&lab.ctx, &ken, StartTest { id: HALL }, fields(&[])).await.unwrap();
    lab.pass(MINUTE * 12);
    assert_eq!(due(&lab).await, []);
    run(&lab.ctx, &ken, StopTest { id: HALL }, fields(&[])).await.unwrap();
    assert_eq!(commands(&lab).await, [on(LONGEST)]);
    let refused = run(&lab.ctx, &ken, StopTest { id: HALL }, fields(&[])).await.unwrap_err();
    assert!(matches!(refused, ActuatorsError::NotTesting), "{refused:?}");
}

#[tokio::test]
async fn machine_that_starts_ends_the_test_and_gets_its_lease() {
    let (lab, ken) = actuators().await;
    rule(&lab, &ken, LIGHT, &[("kind", "machine"), ("machine", "1")]).await;
    turn_on(&lab, &ken, LIGHT, &[("minutes", "60")]).await.unwrap();
    assert_eq!(due(&lab).await.len(), 1);
    run(&lab.ctx, &ken, StartTest { id: LIGHT }, fields(&[])).await.unwrap();
    lab.pass(MINUTE * 11);
    assert_eq!(due(&lab).await, [], "the test runs");
    lab.starts(LASER, &ada()).await;
    let sent = due(&lab).await;
    assert!(sent.len() == 1 && sent[0].payload.contains(r#""on":true"#), "{sent:?}");
    let seen = page(&lab, &ken, LIGHT).await;
    assert_eq!(seen.last_test.unwrap().outcome, Some(TestOutcome::Stopped));
    assert_eq!(seen.actuator.interlock.as_deref(), Some("Laser"));
    assert_eq!(lab.number("SELECT count(*) FROM audit WHERE action = 'actuator.tested'").await, 1);
}

#[tokio::test]
async fn turned_off_by_hand_ends_the_test_and_is_sent() {
    for all in [false, true] {
        let (lab, ken) = actuators().await;
        turn_on(&lab, &ken, HALL, &[("minutes", "60")]).await.unwrap();
        assert_eq!(commands(&lab).await, [on(LONGEST)]);
        run(&lab.ctx, &ken, StartTest { id: HALL }, fields(&[])).await.unwrap();
        if all {
            run(&lab.ctx, &ken, TurnAllOff {}, fields(&[])).await.unwrap();
        } else {
            run(&lab.ctx, &ken, TurnOff { id: HALL }, fields(&[])).await.unwrap();
        }
        let off = commands(&lab).await;
        assert!(off.len() == 1 && !off[0].on, "{off:?}");
        assert_eq!(page(&lab, &ken, HALL).await.last_test.unwrap().outcome, Some(TestOutcome::Stopped));
    }
}

#[tokio::test]
async fn silent_device_that_was_on_is_noticed_once() {
    let (lab, ken) = actuators().await;
    rule(&lab, &ken, HALL, &[("kind", "hours")]).await;
    due(&lab).await;
    lab.sql("UPDATE building_device SET heard_at = 1800000000000 WHERE id = 1").await;
    jobs::run(&lab.ctx, Job::Actuators).await;
    assert!(!notices_of(&lab, 11).await.contains(&Kind::ActuatorSilent));
    lab.pass(MINUTE * 14);
    for _ in 0..2 {
        jobs::run(&lab.ctx, Job::Actuators).await;
    }
    let silent = notices_of(&lab, 11).await.into_iter().filter(|kind| *kind == Kind::ActuatorSilent).count();
    assert_eq!(silent, 1);
    assert_eq!(page(&lab, &ken, HALL).await.actuator.state, ActuatorState::Silent);
}
