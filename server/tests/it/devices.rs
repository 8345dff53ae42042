//! Devices of the building at the built-in broker: a plug shaped like a Tasmota and one like a Shelly, over real connections.

use crate::lab::{self, Lab, Wire};
use contract::{
    building_devices::{AddBuildingDevice, DeviceLogin, RemoveBuildingDevice},
    form::Fields,
    meters::{AddMeter, ListMeters},
};
use domain::{actor::Actor, meters::Amount};
use rumqttc::{LastWill, QoS};
use services::serve::serve;
use text::Lang;

async fn device(lab: &Lab, fields: &str) -> DeviceLogin {
    let ctx = &lab.running().ctx;
    serve(ctx, &Actor::TOOLGATE, AddBuildingDevice {}, &Fields::query(fields), Lang::En).await.unwrap()
}

async fn meter(lab: &Lab, fields: &str) {
    let ctx = &lab.running().ctx;
    serve(ctx, &Actor::TOOLGATE, AddMeter {}, &Fields::query(fields), Lang::En).await.unwrap();
}

fn login(made: &DeviceLogin) -> (&str, &str) {
    (made.user.as_str(), made.password.as_str())
}

#[tokio::test]
async fn tasmota_and_shelly_are_heard_as_they_come() {
    let lab = Lab::start().await;
    let plug = device(&lab, "name=Plug&dialect=tasmota&topic=plug-1").await;
    meter(&lab, &format!("device={}&name=A&measure=power&device_unit=kWh", plug.id)).await;
    let shelly = device(&lab, "name=Shelly&dialect=shelly&topic=shelly1pm-a8").await;
    meter(&lab, &format!("device={}&name=B&measure=power&device_unit=Wh", shelly.id)).await;
    let mut tasmota = Wire::connect(lab.port(), "DVES_1", Some(login(&plug)), None).await.unwrap();
    let mut gen2 = Wire::connect(lab.port(), "shelly1pm-a8", Some(login(&shelly)), None).await.unwrap();
    let begin = tokio::time::Instant::now();
    // Toolgate subscribes shortly after a device was added; earlier messages are not heard.
    let heard = loop {
        tasmota
            .say("tele/plug-1/SENSOR", r#"{"Time":"2026-11-26T12:49:13","ENERGY":{"Total":381.701,"Power":0}}"#);
        gen2.say("shelly1pm-a8/status/switch:0", r#"{"id":0,"output":true,"aenergy":{"total":913.252}}"#);
        tasmota.flush().await;
        gen2.flush().await;
        let ctx = &lab.running().ctx;
        let list = serve(ctx, &Actor::TOOLGATE, ListMeters {}, &Fields::default(), Lang::En).await.unwrap().meters;
        if list.iter().all(|meter| meter.value.is_some()) {
            break list;
        }
        assert!(begin.elapsed() < lab::SOON, "{list:?}");
    };
    assert_eq!((heard[0].value, heard[1].value), (Some(Amount(381_701)), Some(Amount(913))));
}

#[tokio::test]
async fn device_reaches_no_topic_but_its_own() {
    let lab = Lab::start().await;
    let plug = device(&lab, "name=Plug&dialect=tasmota&topic=plug-1").await;
    let other = device(&lab, "name=Other&dialect=shelly&topic=shelly1").await;
    // The topic of boards was changed since it was added: a name that looks like one of theirs opens nothing of boards.
    let forger = device(&lab, "name=Forger&dialect=json&topic=forger").await;
    lab.sql("UPDATE building_device SET topic = 'machine/11' WHERE topic = 'forger'").await;
    let mut board = lab.board(11).await;
    let mut tasmota = Wire::connect(lab.port(), "DVES_1", Some(login(&plug)), None).await.unwrap();
    for allowed in ["cmnd/plug-1/#", "cmnd/plug-1/POWER"] {
        assert!(tasmota.subscribe(allowed).await, "{allowed}");
    }
    for refused in
        ["cmnd/tasmotas/#", "cmnd/#", "shelly1/rpc", "tele/plug-1/#", "machine/11/reply", "#", "stats/toolgate"]
    {
        assert!(!tasmota.subscribe(refused).await, "{refused}");
    }
    let mut shelly = Wire::connect(lab.port(), "shelly1", Some(login(&other)), None).await.unwrap();
    assert!(shelly.subscribe("shelly1/rpc").await && !shelly.subscribe("shelly1/#").await);
    tasmota.say("shelly1/rpc", "on");
    tasmota.say("machine/11/reply", "forged");
    tasmota.say("machine/11", r#"{"action":"startuse", "uid":"0000ada1"}"#);
    tasmota.flush().await;
    let mut json = Wire::connect(lab.port(), "json", Some(login(&forger)), None).await.unwrap();
    json.say("machine/11", r#"{"action":"startuse", "uid":"0000ada1"}"#);
    json.say("machine/11/reply", "forged");
    json.flush().await;
    assert_eq!(board.heard_before_answer(11).await, Vec::<String>::new());
    assert_eq!(lab.number("SELECT count(*) FROM use_session").await, 0);
    shelly.say("shelly1/online", "true");
    shelly.flush().await;
}

#[tokio::test]
async fn last_will_of_a_device_shows_it_silent_and_its_removal_disconnects_it() {
    let lab = Lab::start().await;
    let plug = device(&lab, "name=Plug&dialect=tasmota&topic=plug-1").await;
    let offline = || async { lab.number("SELECT count(*) FROM building_device WHERE is_offline = 1").await };
    let begin = tokio::time::Instant::now();
    // Toolgate subscribes shortly after the device was added.
    while offline().await == 0 {
        let will = LastWill::new("tele/plug-1/LWT", "Offline", QoS::AtMostOnce, true);
        drop(Wire::connect(lab.port(), "DVES_1", Some(login(&plug)), Some(will)).await.unwrap());
        services::jobs::run(&lab.running().ctx, domain::jobs::Job::Meters).await;
        assert!(begin.elapsed() < lab::SOON, "its last will was not heard");
    }
    let connected = Wire::connect(lab.port(), "DVES_1", Some(login(&plug)), None).await.unwrap();
    let ctx = &lab.running().ctx;
    serve(ctx, &Actor::TOOLGATE, RemoveBuildingDevice { id: plug.id }, &Fields::default(), Lang::En)
        .await
        .unwrap();
    connected.until_thrown_out().await;
    assert!(Wire::connect(lab.port(), "DVES_1", Some(login(&plug)), None).await.is_err());
}
