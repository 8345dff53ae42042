//! Leases over a real broker, to simulated failsafe devices with logins of their own.

use crate::lab::{Lab, SOON};
use domain::leases::{Load, Tenths};
use server::config::{BrokerAddress, Login, Secret};
use sim::actuator::{ActuatorConfig, SimActuator};
use std::time::Duration;

/// A heater and a light, turned on by hand until 2100. The password of both devices is `pw`.
const BUILDING: &str = "
    INSERT INTO building_device (id, name, dialect, topic, user, hash, login_at, added_at) VALUES
        (1, 'Heater', 'reference', 'heat/hall', 'd-heat', x'30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4', 0, 0),
        (2, 'Light', 'reference', 'light/hall', 'd-light', x'30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4', 0, 0);
    INSERT INTO actuator (id, device_id, name, load, allowed, target, warmest, daily) VALUES
        (1, 1, 'Heating, hall', 'heat', 'members', 210, 250, 1440), (2, 2, 'Light, hall', 'light', 'members', NULL, 0, 1440);
    INSERT INTO actuator_wish (actuator_id, starts_at, ends_at) VALUES (1, 0, 4102444800000), (2, 0, 4102444800000);";

/// A server with these actuators.
async fn building() -> Lab {
    let mut lab = Lab::start().await;
    lab.stop().await;
    lab.sql(BUILDING).await;
    lab.start_again().await;
    lab
}

fn device(lab: &Lab, user: &str, topic: &str, load: Load) -> ActuatorConfig {
    let login = Login { user: user.to_owned(), password: Secret::new("pw".to_owned()) };
    let address = BrokerAddress { login: Some(login), ..BrokerAddress::plain("127.0.0.1", lab.port()) };
    ActuatorConfig::new(address, topic, load)
}

#[tokio::test]
async fn heat_is_off_once_the_broker_is_gone() {
    let mut lab = building().await;
    let heater = SimActuator::connect(device(&lab, "d-heat", "heat/hall", Load::Heat));
    heater.until(SOON * 3, |state| state.on).await.expect("the server sends a lease, again if the first was lost");
    lab.stop().await;
    heater.until(SOON, |state| !state.online && !state.on).await.expect("off without a broker");
}

#[tokio::test]
async fn lease_ends_by_the_clock_of_the_device_and_its_limit_counts_whatever_is_sent() {
    let lab = building().await;
    // Its quarter of an hour passes in three seconds.
    let light = device(&lab, "d-light", "light/hall", Load::Light);
    let light = SimActuator::connect(ActuatorConfig { pace: 300, ..light });
    light.until(SOON * 3, |state| state.on).await.expect("the server sends a lease");
    light.until(Duration::from_secs(10), |state| !state.on && state.online).await.expect("off by itself");
    let heater = SimActuator::connect(device(&lab, "d-heat", "heat/hall", Load::Heat));
    heater.until(SOON * 3, |state| state.on).await.expect("the server sends a lease");
    heater.set_room(Tenths(275));
    let hot = heater.until(SOON, |state| state.tripped).await.expect("it cuts itself off");
    assert!(!hot.on);
}
