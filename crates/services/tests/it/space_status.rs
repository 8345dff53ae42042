//! The status of the space as it shows it to everybody: opening hours, and meters of the whole building.

use crate::lab::{Lab, NOON};
use contract::space_status::{ReadSpaceStatus, SpaceStatusView};
use domain::{
    actor::{Actor, Channel, Forbidden},
    meters::Amount,
    time::{HOUR, MINUTE},
};
use services::{
    building_devices, meters,
    serve::{ServeError, serve},
    space_status::SpaceStatusError,
};
use text::Lang;

/// It is Friday, 08:00, and open from 7 to 18. The plug of the laser and a thermometer in its housing do not count for the building.
async fn open() -> Lab {
    let lab = Lab::open().await;
    lab.sql(
        "INSERT INTO setting (scope, scope_id, key, value) VALUES ('space', 0, 'space.zone', 'UTC');
         INSERT INTO opening_hours (scope, scope_id, weekday, from_min, to_min) VALUES ('space', 0, 4, 420, 1080);
         INSERT INTO room (id, name, capacity) VALUES (1, 'Hall', 40);
         INSERT INTO building_device (id, name, dialect, topic, machine_id, room_id, user, hash, login_at, added_at) VALUES
             (1, 'Plug', 'json', 'plug', 1, NULL, 'd-1', zeroblob(32), 0, 0),
             (2, 'Sensor', 'json', 'sensor', NULL, 1, 'd-2', zeroblob(32), 0, 0),
             (3, 'Main', 'json', 'main', NULL, NULL, 'd-3', zeroblob(32), 0, 0);
         INSERT INTO meter (id, device_id, name, measure, unit, path, total) VALUES
             (1, 1, 'Laser', 'power', 'kWh', 'e', 0), (2, 1, 'Housing', 'temperature', 'C', 't', 0),
             (3, 2, 'Hall', 'temperature', 'C', 't', 1), (4, 3, 'Main', 'power', 'kWh', 'e', 1);",
    )
    .await;
    let lab = lab.reopen().await;
    meters::load_routes(&lab.ctx).await.unwrap();
    lab
}

fn say(lab: &Lab, topic: &str, payload: &str) {
    assert!(building_devices::hear(&lab.ctx, topic, payload.as_bytes(), false), "{topic}");
}

async fn status(lab: &Lab) -> SpaceStatusView {
    serve(&lab.ctx, &Actor::TOOLGATE, ReadSpaceStatus {}, &contract::form::Fields::default(), Lang::En)
        .await
        .unwrap()
}

#[tokio::test]
async fn status_shows_opening_hours_and_meters_of_the_whole_building() {
    let lab = open().await;
    for (topic, payload) in [("plug", r#"{"e":5,"t":40}"#), ("sensor", r#"{"t":21.4}"#), ("main", r#"{"e":100}"#)]
    {
        say(&lab, topic, payload);
    }
    lab.pass(MINUTE * 6);
    say(&lab, "plug", r#"{"e":6,"t":41}"#);
    say(&lab, "main", r#"{"e":100.2}"#);
    let now = status(&lab).await;
    assert_eq!((now.open, now.people), (Some(true), None));
    let (since, until) = (now.since.unwrap().at, now.until.unwrap().at);
    assert_eq!((since, until), (NOON.before(HOUR), NOON.after(HOUR * 10)));
    let [hall] = now.temperatures.as_slice() else { panic!("{now:?}") };
    assert_eq!((hall.name.as_str(), hall.location.as_deref(), hall.value), ("Hall", Some("Hall"), Amount(21_400)));
    let [main] = now.power.as_slice() else { panic!("{now:?}") };
    assert_eq!((main.name.as_str(), main.value), ("Main", Amount(2_000_000)), "0.2 kWh in six minutes");
    lab.pass(HOUR * 10);
    let later = status(&lab).await;
    assert_eq!((later.open, later.since.unwrap().at), (Some(false), NOON.after(HOUR * 10)));
    assert!(later.temperatures.is_empty() && later.power.is_empty(), "old readings are not shown: {later:?}");
}

#[tokio::test]
async fn status_is_hidden_from_visitors_where_the_space_is_not_public() {
    let lab = open().await;
    let visitor = Actor::anybody(false, Channel::Api);
    let refused = serve(&lab.ctx, &visitor, ReadSpaceStatus {}, &contract::form::Fields::default(), Lang::En)
        .await
        .unwrap_err();
    assert!(matches!(refused, ServeError::Service(SpaceStatusError::Forbidden(Forbidden::SignIn))), "{refused:?}");
    let visitor = Actor::anybody(true, Channel::Api);
    assert!(
        serve(&lab.ctx, &visitor, ReadSpaceStatus {}, &contract::form::Fields::default(), Lang::En).await.is_ok()
    );
}
