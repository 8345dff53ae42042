//! Meters of the building: from the bytes of their messages to figures, limits and runs without a swipe.

use crate::lab::{LASER, Lab, NOON, ada};
use contract::{
    boards::Broker,
    building_devices::{
        AddBuildingDevice, DeviceLogin, ListBuildingDevices, RemoveBuildingDevice, RenewDeviceLogin,
        SaveBuildingDevice,
    },
    form::{Fault, Fields},
    meters::{AddMeter, ListMeters, MeterAdded, ReadBuilding, ReadMeterPage, ReadReadings, SaveMeter, SettleRun},
};
use domain::{
    actor::Actor,
    building_devices::Dialect,
    id::MeterId,
    jobs::Job,
    meters::{Amount, Period, Unit},
    time::{DAY, HOUR, MINUTE},
};
use services::{
    accounts,
    boards::{self, Meeting},
    building_devices::{self, DeviceComes},
    jobs, meters,
    serve::{ServeError, serve},
};
use text::Lang;

/// The fields of a form of a page.
fn form(fields: &str) -> Fields {
    let pairs = fields.split('&').filter_map(|pair| pair.split_once('='));
    Fields::pairs(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

/// A lab with Ken, who manages it.
async fn managed() -> (Lab, Actor) {
    let lab = Lab::open().await;
    lab.grant(2, 1, "owner").await;
    let ken = lab.signed_in(2).await;
    (lab, ken)
}

async fn device(lab: &Lab, ken: &Actor, fields: &str) -> DeviceLogin {
    let made = serve(&lab.ctx, ken, AddBuildingDevice {}, &form(fields), Lang::En).await.unwrap();
    meters::load_routes(&lab.ctx).await.unwrap();
    made
}

async fn meter(lab: &Lab, ken: &Actor, fields: &str) -> MeterId {
    let MeterAdded { meter } = serve(&lab.ctx, ken, AddMeter {}, &form(fields), Lang::En).await.unwrap();
    meters::load_routes(&lab.ctx).await.unwrap();
    meter
}

/// A Tasmota says what it has counted, in kWh.
fn tasmota(lab: &Lab, topic: &str, total: f64) -> bool {
    let payload = format!(r#"{{"Time":"2026-11-26T12:00:00","ENERGY":{{"Total":{total},"Power":0}}}}"#);
    building_devices::hear(&lab.ctx, &format!("tele/{topic}/SENSOR"), payload.as_bytes(), false)
}

async fn store(lab: &Lab) {
    jobs::run(&lab.ctx, Job::Meters).await;
}

#[tokio::test]
async fn plug_measures_kilowatt_hours_and_a_shelly_watt_hours_with_equal_results() {
    let (lab, ken) = managed().await;
    let plug = device(&lab, &ken, "name=Plug&dialect=tasmota&topic=plug-1").await;
    let shelly = device(&lab, &ken, "name=Shelly&dialect=shelly&topic=shelly1").await;
    let one = meter(&lab, &ken, &format!("device={}&name=One&measure=power&device_unit=kWh", plug.id)).await;
    let two =
        meter(&lab, &ken, &format!("device={}&name=Two&measure=power&device_unit=Wh&switch=0", shelly.id)).await;
    for minute in 0..60 {
        assert!(tasmota(&lab, "plug-1", 100.0 + f64::from(minute) * 0.01));
        let payload = format!(r#"{{"id":0,"aenergy":{{"total":{}}}}}"#, 100_000 + minute * 10);
        assert!(building_devices::hear(&lab.ctx, "shelly1/status/switch:0", payload.as_bytes(), false));
        lab.pass(MINUTE);
        if minute % 7 == 0 {
            store(&lab).await;
        }
    }
    store(&lab).await;
    for id in [one, two] {
        let found = serve(&lab.ctx, &ken, ReadReadings { id }, &form("period=day"), Lang::En).await;
        let sum: i64 = found.unwrap().readings.iter().map(|part| part.value.0).sum();
        assert_eq!(sum, 590, "59 intervals of 10 Wh");
    }
    let listed = serve(&lab.ctx, &ken, ListMeters {}, &Fields::default(), Lang::En).await.unwrap();
    let units: Vec<_> = listed.meters.iter().map(|meter| (meter.value, meter.unit, meter.device_unit)).collect();
    let value = Some(Amount(100_590));
    assert_eq!(
        units,
        [(value, Unit::KilowattHours, Unit::KilowattHours), (value, Unit::KilowattHours, Unit::WattHours)],
        "the unit is that of the value, whatever the device sends"
    );
    assert!(!tasmota(&lab, "plug-2", 1.0), "no device has that topic");
}

#[tokio::test]
async fn restart_of_counter_or_process_counts_nothing_twice() {
    let (lab, ken) = managed().await;
    let plug = device(&lab, &ken, "name=Plug&dialect=tasmota&topic=plug-1").await;
    let id =
        meter(&lab, &ken, &format!("device={}&name=One&measure=power&device_unit=kWh&total=yes", plug.id)).await;
    for total in [5.0, 5.5, 6.0] {
        tasmota(&lab, "plug-1", total);
        lab.pass(MINUTE * 10);
    }
    store(&lab).await;
    let lab = lab.reopen().await;
    meters::load_routes(&lab.ctx).await.unwrap();
    // The counter went on while the process was gone, and then the plug was reset.
    for total in [7.0, 7.0, 0.25, 0.5] {
        tasmota(&lab, "plug-1", total);
        lab.pass(MINUTE * 10);
    }
    store(&lab).await;
    let ken = lab.signed_in(2).await;
    let found = serve(&lab.ctx, &ken, ReadReadings { id }, &form("period=month"), Lang::En).await.unwrap();
    let sum: i64 = found.readings.iter().map(|part| part.value.0).sum();
    assert_eq!(sum, 2_500, "2 kWh until the reset and 0.5 since");
    let days = "SELECT (SELECT sum(amount) FROM meter_day) = (SELECT sum(amount) FROM meter_quarter)";
    assert_eq!(lab.number(days).await, 1, "days and quarters agree");
}

#[tokio::test]
async fn corrected_unit_begins_a_new_count() {
    let (lab, ken) = managed().await;
    let sensor = device(&lab, &ken, "name=Rail&dialect=json&topic=modbus/rail").await;
    let fields = format!("device={}&name=Rail&measure=power&path=total", sensor.id);
    let id = meter(&lab, &ken, &format!("{fields}&device_unit=Wh")).await;
    let counts = async |totals: [u32; 2]| {
        for total in totals {
            assert!(building_devices::hear(
                &lab.ctx,
                "modbus/rail",
                format!(r#"{{"total":{total}}}"#).as_bytes(),
                false
            ));
            lab.pass(MINUTE);
        }
        store(&lab).await;
    };
    counts([381, 382]).await;
    let saved = form(&format!("{fields}&device_unit=kWh"));
    serve(&lab.ctx, &ken, SaveMeter { id, version: 1 }, &saved, Lang::En).await.unwrap();
    assert_eq!(lab.number("SELECT count(*) FROM meter WHERE read_at IS NULL AND value IS NULL").await, 1);
    meters::load_routes(&lab.ctx).await.unwrap();
    counts([382, 383]).await;
    assert_eq!(lab.number("SELECT sum(amount) FROM meter_quarter").await, 1_000 + 1_000_000, "1 Wh and 1 kWh");
}

#[tokio::test]
async fn unit_that_a_plug_does_not_use_leaves_its_count() {
    let (lab, ken) = managed().await;
    let plug = device(&lab, &ken, "name=Plug&dialect=tasmota&topic=plug-1").await;
    let fields = format!("device={}&name=One&measure=power", plug.id);
    let id = meter(&lab, &ken, &format!("{fields}&device_unit=kWh")).await;
    tasmota(&lab, "plug-1", 5.0);
    store(&lab).await;
    serve(&lab.ctx, &ken, SaveMeter { id, version: 1 }, &form(&format!("{fields}&device_unit=Wh")), Lang::En)
        .await
        .unwrap();
    assert_eq!(lab.number("SELECT value FROM meter").await, 5_000_000, "it is read as before");
    meters::load_routes(&lab.ctx).await.unwrap();
    lab.pass(MINUTE);
    tasmota(&lab, "plug-1", 5.5);
    store(&lab).await;
    assert_eq!(lab.number("SELECT sum(amount) FROM meter_quarter").await, 500_000);
}

#[tokio::test]
async fn other_dialect_of_a_device_begins_a_new_count() {
    let (lab, ken) = managed().await;
    let sensor = device(&lab, &ken, "name=Rail&dialect=json&topic=modbus/rail").await;
    meter(&lab, &ken, &format!("device={}&name=Rail&measure=power&device_unit=kWh&path=total", sensor.id)).await;
    let hear = |topic: &str, total: u32| {
        assert!(building_devices::hear(&lab.ctx, topic, format!(r#"{{"total":{total}}}"#).as_bytes(), false));
        lab.pass(MINUTE);
    };
    hear("modbus/rail", 5);
    store(&lab).await;
    // This one is not stored yet when the device is changed.
    hear("modbus/rail", 5);
    let saved = form("name=Rail&dialect=reference&topic=modbus/rail");
    serve(&lab.ctx, &ken, SaveBuildingDevice { id: sensor.id, version: 1 }, &saved, Lang::En).await.unwrap();
    let unread = "SELECT count(*) FROM meter WHERE read_at IS NULL AND value IS NULL";
    assert_eq!(lab.number(unread).await, 1);
    meters::load_routes(&lab.ctx).await.unwrap();
    store(&lab).await;
    assert_eq!(lab.number(unread).await, 1, "the last reading in the old dialect is not stored");
    hear("modbus/rail/state", 700);
    hear("modbus/rail/state", 701);
    store(&lab).await;
    assert_eq!(lab.number("SELECT sum(amount) FROM meter_quarter").await, 1_000_000);
}

#[tokio::test]
async fn failed_write_loses_no_reading() {
    let (lab, ken) = managed().await;
    let plug = device(&lab, &ken, "name=Plug&dialect=tasmota&topic=plug-1").await;
    meter(&lab, &ken, &format!("device={}&name=One&measure=power&device_unit=kWh", plug.id)).await;
    tasmota(&lab, "plug-1", 1.0);
    lab.pass(MINUTE);
    tasmota(&lab, "plug-1", 2.0);
    lab.sql("CREATE TRIGGER full BEFORE INSERT ON meter_quarter BEGIN SELECT RAISE(ABORT, 'full'); END").await;
    store(&lab).await;
    lab.pass(MINUTE);
    tasmota(&lab, "plug-1", 3.0);
    lab.sql("DROP TRIGGER full").await;
    store(&lab).await;
    assert_eq!(lab.number("SELECT sum(amount) FROM meter_quarter").await, 2_000_000);
}

#[tokio::test]
async fn meter_beyond_its_limit_notifies_managers_once_a_day() {
    let (lab, ken) = managed().await;
    let sensor = device(&lab, &ken, "name=Hall&dialect=json&topic=zigbee/hall").await;
    let fields = format!(
        "device={}&name=Hall&measure=temperature&device_unit=C&path=t&low=5&high=27,5&total=yes",
        sensor.id
    );
    meter(&lab, &ken, &fields).await;
    for (degrees, beyond) in [("21.4", false), ("27.6", true), ("28", true), ("20", false), ("29", true)] {
        let payload = format!(r#"{{"t":{degrees}}}"#);
        assert!(building_devices::hear(&lab.ctx, "zigbee/hall", payload.as_bytes(), false));
        store(&lab).await;
        lab.pass(MINUTE);
        let all = serve(&lab.ctx, &ken, ListMeters {}, &Fields::default(), Lang::En).await.unwrap().meters;
        assert_eq!(all[0].beyond.is_some(), beyond, "{degrees}");
    }
    let notices = "SELECT count(*) FROM notice WHERE kind = 'meter.beyond' AND person_id = 2";
    assert_eq!(lab.number(notices).await, 1);
    let page = serve(&lab.ctx, &ken, ReadBuilding {}, &Fields::default(), Lang::En).await.unwrap();
    assert_eq!((page.figures[0].value, page.figures[0].beyond), (Some(Amount(29_000)), true));
}

#[tokio::test]
async fn machine_running_without_a_swipe_is_reported_once_and_settled() {
    let (lab, ken) = managed().await;
    let plug = device(&lab, &ken, "name=Plug&dialect=tasmota&topic=plug-1&machine=1").await;
    meter(&lab, &ken, &format!("device={}&name=Laser&measure=power&device_unit=kWh", plug.id)).await;
    let (mut total, mut notices) = (10.0, Vec::new());
    for minute in 0..30 {
        total += if (5..25).contains(&minute) { 0.02 } else { 0.0 };
        tasmota(&lab, "plug-1", total);
        store(&lab).await;
        notices.push(lab.number("SELECT count(*) FROM notice WHERE kind = 'machine.unswiped'").await);
        lab.pass(MINUTE);
    }
    assert_eq!((notices[8], notices[9], notices[29]), (0, 1, 1), "after five minutes, once: {notices:?}");
    let page = serve(&lab.ctx, &ken, ReadMeterPage {}, &Fields::default(), Lang::En).await.unwrap();
    let run = page.runs.first().unwrap();
    assert_eq!((run.minutes, run.energy, run.ended.is_some()), (20, Amount(400), true), "{run:?}");
    assert_eq!(page.machines[0].energy, Amount(400));
    serve(&lab.ctx, &ken, SettleRun { id: run.id }, &Fields::default(), Lang::En).await.unwrap();
    let page = serve(&lab.ctx, &ken, ReadMeterPage {}, &Fields::default(), Lang::En).await.unwrap();
    assert!(page.runs.is_empty());
}

#[tokio::test]
async fn machine_running_with_a_swipe_is_not_reported() {
    let (lab, ken) = managed().await;
    let plug = device(&lab, &ken, "name=Plug&dialect=tasmota&topic=plug-1&machine=1").await;
    meter(&lab, &ken, &format!("device={}&name=Laser&measure=power&device_unit=kWh", plug.id)).await;
    lab.sql(
        "INSERT INTO use_session (id, machine_id, card_id, started_at, last_sign_at, source, approximate, provisional, other_card,
                                  twin_start, twin_stop, authorised)
             VALUES (1, 1, 1, 1799999000000, 1799999000000, 'live', 0, 0, 0, 0, 0, 1)",
    )
    .await;
    for minute in 0..20 {
        tasmota(&lab, "plug-1", f64::from(minute) * 0.02);
        store(&lab).await;
        lab.pass(MINUTE);
    }
    assert_eq!(lab.number("SELECT count(*) FROM unswiped_run").await, 0);
}

#[tokio::test]
async fn energy_of_ones_own_uses_is_known_where_a_plug_measures() {
    let (lab, _) = managed().await;
    lab.sql(
        "INSERT INTO building_device (id, name, dialect, topic, machine_id, user, hash, login_at, added_at)
             VALUES (1, 'Plug', 'tasmota', 'plug-1', 1, 'd-1', zeroblob(32), 0, 0);
         INSERT INTO meter (id, device_id, name, measure, unit) VALUES (1, 1, 'Laser', 'power', 'kWh');",
    )
    .await;
    meters::load_routes(&lab.ctx).await.unwrap();
    lab.starts(LASER, &ada()).await;
    tasmota(&lab, "plug-1", 100.0);
    for step in 1..=12_u32 {
        lab.pass(MINUTE * 5);
        tasmota(&lab, "plug-1", 100.0 + f64::from(step) * 0.1);
        if step == 6 {
            lab.stops(LASER, &ada(), 1_800).await;
        }
    }
    store(&lab).await;
    let [ada, bob] = [lab.signed_in(1).await, lab.signed_in(2).await];
    let own = accounts::account(&lab.ctx, &ada).await.unwrap();
    assert_eq!(
        (own.month, own.energy),
        (30 * 60_000, Some(Amount(600))),
        "half of the hour that the plug measured"
    );
    let others = accounts::account(&lab.ctx, &bob).await.unwrap();
    assert_eq!((others.month, others.energy), (0, None));
    // In another month there is nothing.
    lab.pass(DAY * 20);
    let later = accounts::account(&lab.ctx, &lab.signed_in(1).await).await.unwrap();
    assert_eq!((later.month, later.energy), (0, None));
}

#[tokio::test]
async fn login_opens_the_topics_of_its_device_until_it_is_renewed_or_removed() {
    let (lab, ken) = managed().await;
    let made = device(&lab, &ken, "name=Plug&dialect=tasmota&topic=plug-1").await;
    let comes = async |user: &str, password: &str| {
        building_devices::recognise(&lab.ctx, user, password.as_bytes()).await.unwrap()
    };
    let DeviceComes::With(pass, dialect, topic) = comes(&made.user, &made.password).await else { panic!() };
    assert_eq!((pass.device, dialect, topic.as_str()), (made.id, Dialect::Tasmota, "plug-1"));
    assert_eq!(comes(&made.user, "wrong").await, DeviceComes::Refused);
    assert_eq!(comes("m11-abc", &made.password).await, DeviceComes::Stranger);
    let hash = lab.number("SELECT count(*) FROM building_device WHERE length(hash) = 32").await;
    assert_eq!(hash, 1);
    let renewed =
        serve(&lab.ctx, &ken, RenewDeviceLogin { id: made.id }, &Fields::default(), Lang::En).await.unwrap();
    assert_eq!(comes(&made.user, &made.password).await, DeviceComes::Refused);
    assert!(!building_devices::opening(&lab.ctx).await.unwrap().iter().any(|(open, ..)| *open == pass));
    serve(&lab.ctx, &ken, RemoveBuildingDevice { id: made.id }, &Fields::default(), Lang::En).await.unwrap();
    assert_eq!(comes(&made.user, &renewed.password).await, DeviceComes::Refused, "no board either");
}

#[tokio::test]
async fn wrong_fields_are_named_and_overlapping_topics_are_refused() {
    let (lab, ken) = managed().await;
    let plug = device(&lab, &ken, "name=Plug&dialect=shelly&topic=hall/plug").await;
    let faults = async |fields: &str| {
        let refused = serve(&lab.ctx, &ken, AddBuildingDevice {}, &form(fields), Lang::En).await;
        match refused {
            Err(ServeError::Service(building_devices::BuildingDevicesError::Invalid(faults))) => faults.0,
            other => panic!("{other:?}"),
        }
    };
    let taken = faults("name=Two&dialect=json&topic=hall&machine=999&room=5").await;
    let names: Vec<_> = taken.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["topic", "machine", "room"]);
    assert_eq!(taken[0].1, Fault::TopicTaken);
    for topic in ["cmnd/plug-3", "tele", "machine/11", "stats/toolgate"] {
        let reserved = faults(&format!("name=Two&dialect=json&topic={topic}")).await;
        assert_eq!(reserved, [("topic".to_owned(), Fault::TopicReserved)], "{topic}");
    }
    let fields = format!("device={}&name=X&measure=heat&device_unit=C&low=5&high=5", plug.id);
    let refused = serve(&lab.ctx, &ken, AddMeter {}, &form(&fields), Lang::En).await;
    let Err(ServeError::Service(meters::MetersError::Invalid(faults))) = refused else { panic!("{refused:?}") };
    let names: Vec<_> = faults.iter().map(|(name, fault)| (name.as_str(), *fault)).collect();
    assert_eq!(names, [("device_unit", Fault::Unit), ("path", Fault::NoPath), ("high", Fault::Limits)]);
    let stale = "name=X&dialect=shelly&topic=hall/plug";
    let stale =
        serve(&lab.ctx, &ken, SaveBuildingDevice { id: plug.id, version: 7 }, &form(stale), Lang::En).await;
    assert!(
        matches!(stale, Err(ServeError::Service(building_devices::BuildingDevicesError::Stale(_)))),
        "{stale:?}"
    );
    let fields = format!("device={}&name=Hall&measure=power&device_unit=Wh&total=yes&high=8,125", plug.id);
    let id = meter(&lab, &ken, &fields).await;
    let stale = serve(&lab.ctx, &ken, SaveMeter { id, version: 7 }, &form(&fields), Lang::En).await;
    let Err(ServeError::Service(meters::MetersError::Stale(saved))) = stale else { panic!("{stale:?}") };
    let values = ["name", "device_unit", "total", "high"].map(|name| saved.value(name));
    assert_eq!(values, ["Hall", "Wh", "yes", "8.125"], "as the form sends them");
}

#[tokio::test]
async fn address_of_the_broker_is_shown_to_those_who_add_devices() {
    let (lab, ken) = managed().await;
    let listed = async |actor: &Actor| {
        serve(&lab.ctx, actor, ListBuildingDevices {}, &Fields::default(), Lang::En).await.unwrap().broker
    };
    assert_eq!(listed(&ken).await, None, "not configured");
    let broker = Broker { host: Some("broker.lan".into()), port: 1_884, inside: true, only_here: false };
    boards::arrange(&lab.ctx, Meeting { broker: broker.clone(), topics: "machine/+".into() });
    assert_eq!(listed(&ken).await, Some(broker));
    let member = lab.signed_in(1).await;
    assert_eq!(listed(&member).await, None);
}

#[tokio::test]
async fn silent_device_is_shown_until_it_is_heard_again() {
    let (lab, ken) = managed().await;
    device(&lab, &ken, "name=Plug&dialect=tasmota&topic=plug-1").await;
    let silent = async || {
        let list = serve(&lab.ctx, &ken, ListBuildingDevices {}, &Fields::default(), Lang::En).await.unwrap();
        list.devices[0].silent
    };
    assert!(silent().await, "never heard");
    tasmota(&lab, "plug-1", 1.0);
    assert!(!silent().await);
    assert!(building_devices::hear(&lab.ctx, "tele/plug-1/LWT", b"Offline", true));
    assert!(silent().await, "its last will counts even if retained");
    tasmota(&lab, "plug-1", 1.0);
    assert!(!silent().await);
    store(&lab).await;
    lab.pass(HOUR);
    assert!(silent().await);
}

#[tokio::test]
async fn retained_presence_after_a_restart_leaves_a_device_heard() {
    let (lab, ken) = managed().await;
    device(&lab, &ken, "name=Plug&dialect=tasmota&topic=plug-1").await;
    tasmota(&lab, "plug-1", 1.0);
    store(&lab).await;
    let lab = lab.reopen().await;
    meters::load_routes(&lab.ctx).await.unwrap();
    lab.pass(MINUTE);
    assert!(building_devices::hear(&lab.ctx, "tele/plug-1/LWT", b"Online", true));
    let list = serve(&lab.ctx, &ken, ListBuildingDevices {}, &Fields::default(), Lang::En).await.unwrap();
    let plug = &list.devices[0];
    assert!(!plug.silent, "it was heard a minute ago: {:?}", plug.heard);
    assert_eq!(plug.heard.unwrap().at, NOON);
}

#[tokio::test]
async fn usual_is_the_mean_of_the_same_weekday_since_the_day_after_the_first() {
    let (lab, ken) = managed().await;
    let plug = device(&lab, &ken, "name=Plug&dialect=tasmota&topic=plug-1").await;
    let id =
        meter(&lab, &ken, &format!("device={}&name=Power&measure=power&device_unit=kWh&total=yes", plug.id)).await;
    let mut total = 0.0;
    tasmota(&lab, "plug-1", total);
    for week in 0..5 {
        lab.pass(MINUTE * 10);
        total += f64::from(week + 1);
        tasmota(&lab, "plug-1", total);
        store(&lab).await;
        if week < 4 {
            // A long silence is counted where it ends, so the plug is heard just before.
            lab.pass(DAY * 6 + HOUR * 23 + MINUTE * 40);
            tasmota(&lab, "plug-1", total);
            lab.pass(MINUTE * 10);
        }
    }
    store(&lab).await;
    let page = serve(&lab.ctx, &ken, ReadMeterPage {}, &form("period=day"), Lang::En).await.unwrap();
    assert_eq!((page.period, page.drawn), (Period::Day, Some(id)));
    let figure = &page.figures[0];
    assert_eq!((figure.value, figure.usual), (Some(Amount(5_000)), Some(Amount(3_000))), "2, 3 and 4: {figure:?}");
    assert_eq!(page.bars.iter().filter_map(|bar| bar.value).map(|value| value.0).sum::<i64>(), 5_000);
    assert_eq!(page.bars.len(), 24);
    for period in ["week", "month", "year"] {
        let fields = format!("period={period}");
        let page = serve(&lab.ctx, &ken, ReadMeterPage {}, &form(&fields), Lang::En).await.unwrap();
        let sum: i64 = page.bars.iter().filter_map(|bar| bar.value).map(|value| value.0).sum();
        assert_eq!(Some(Amount(sum)), page.figures[0].value, "{period}");
    }
}

#[tokio::test]
async fn month_with_gaps_doubles_and_restart_adds_up_to_true_consumption() {
    const STEPS: i64 = 30 * 96;
    let (lab, ken) = managed().await;
    let plug = device(&lab, &ken, "name=Plug&dialect=tasmota&topic=plug-1").await;
    meter(&lab, &ken, &format!("device={}&name=One&measure=power&device_unit=kWh", plug.id)).await;
    // In Wh. From noon of the 20th day to noon of the 22nd nothing is heard, while the counter goes on.
    let (mut total, mut used) = (250_000_i64, 0);
    tasmota(&lab, "plug-1", 250.0);
    for step in 1..=STEPS {
        lab.pass(MINUTE * 15);
        let more = 10 + step % 7 * 20;
        // A power cut on the 12th day resets the counter.
        total = if step == 1_152 { 0 } else { total } + more;
        used += more;
        if !(1_920..2_112).contains(&step) {
            let shown = f64::from(i32::try_from(total).unwrap()) / 1_000.0;
            tasmota(&lab, "plug-1", shown);
            if step % 5 == 0 {
                tasmota(&lab, "plug-1", shown);
            }
        }
        if step % 96 == 0 {
            store(&lab).await;
        }
    }
    for sums in ["SELECT sum(amount) FROM meter_quarter", "SELECT sum(amount) FROM meter_day"] {
        assert_eq!(lab.number(sums).await, used * 1_000, "{sums}, in mWh");
    }
    assert_eq!(
        lab.number("SELECT count(*) FROM meter_day").await,
        30,
        "of 31 dates the one in the gap has no figure"
    );
}
