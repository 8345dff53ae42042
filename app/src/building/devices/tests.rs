//! What managers see of devices, and what their forms preserve.

use super::*;
use crate::{
    testing::{NOW, ago, html, sent, visitor, words},
    visitor::{Answer, Echo, Visitor},
};
use domain::{
    id::{BuildingDeviceId, MachineId, MeterId},
    problem::{Kind, Problem},
};

fn device(heard: Option<Moment>, silent: bool) -> BuildingDeviceView {
    BuildingDeviceView {
        id: BuildingDeviceId(4),
        version: 2,
        name: "Plug of the bandsaw".into(),
        dialect: Dialect::Tasmota,
        topic: "plug-bandsaw".into(),
        machine: Some(MachineId(1)),
        machine_name: Some("Bandsaw".into()),
        room: None,
        room_name: None,
        user: "d-k3v7q".into(),
        heard,
        silent,
    }
}

fn list(devices: Vec<BuildingDeviceView>) -> BuildingDevices {
    let meter = MeterView {
        id: MeterId(9),
        version: 1,
        device: BuildingDeviceId(4),
        device_name: "Plug of the bandsaw".into(),
        machine: Some(MachineId(1)),
        machine_name: Some("Bandsaw".into()),
        name: "Bandsaw".into(),
        measure: Measure::Power,
        unit: Unit::KilowattHours,
        device_unit: Unit::WattHours,
        subtopic: String::new(),
        path: String::new(),
        switch: 0,
        total: false,
        low: None,
        high: Some(Amount(8_000)),
        value: Some(Amount(381_701)),
        read: Some(ago(3)),
        beyond: None,
    };
    BuildingDevices {
        now: NOW,
        meters: if devices.is_empty() { vec![] } else { vec![meter] },
        devices,
        machines: vec![(MachineId(1), "Bandsaw".into())],
        rooms: vec![],
        broker: Some(Broker { host: Some("192.168.1.20".into()), port: 1_884, inside: true, only_here: false }),
        may_change: true,
    }
}

fn render(visitor: Visitor, list: BuildingDevices) -> String {
    at(visitor, "/building/devices", list)
}

fn html_at(address: &'static str, list: BuildingDevices) -> String {
    at(visitor(Lang::En), address, list)
}

fn at(visitor: Visitor, address: &'static str, list: BuildingDevices) -> String {
    html(visitor, address, move || {
        let list = RwSignal::new(list);
        view! { <Page list calls=Calls::new()/> }
    })
}

#[test]
fn devices_show_when_they_were_heard_with_their_meters() {
    let html = render(visitor(Lang::En), list(vec![device(Some(ago(3)), false)]));
    let content = words(&html);
    for part in ["Heard", "Tasmota · plug-bandsaw · Bandsaw", "382 kWh", "Change", "Add meter"] {
        assert!(content.contains(part), "{part} in {content}");
    }
    let edited = html_at("/building/devices?device=4", list(vec![device(Some(ago(3)), false)]));
    assert!(edited.contains(r#"name="version" value="2""#), "{edited}");
    for html in [html, edited] {
        assert_eq!(html.matches(r#"id="name""#).count(), 1, "every label has one field: {html}");
    }
    let silent = words(&render(visitor(Lang::It), list(vec![device(Some(ago(40)), true)])));
    assert!(silent.contains("Tace dal"), "{silent}");
    assert!(words(&render(visitor(Lang::En), list(vec![]))).contains("No devices yet"));
}

/// The visitor whose form was refused without script.
fn refused(function: &str, values: &[(&str, &str)], problem: Problem) -> Visitor {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Visitor { echo: Some(Echo { function: function.into(), values, problem }), ..visitor(Lang::En) }
}

#[test]
fn refused_device_or_meter_preserves_input_and_marks_fields() {
    let problem = || Problem::new("x", Kind::Invalid, "Fix it.").field("name", "Which name?");
    let typed = [("name", "Typed name"), ("low", "7,5"), ("topic", "typed-topic")];
    for (function, address, second) in [
        ("/api/building-devices/save", "/building/devices?device=4", "typed-topic"),
        ("/api/building-devices/add", "/building/devices", "typed-topic"),
        ("/api/meters/save", "/building/devices?meter=9", "7,5"),
        ("/api/meters/add", "/building/devices?add-meter=4", "7,5"),
    ] {
        let html = at(refused(function, &typed, problem()), address, list(vec![device(Some(ago(3)), false)]));
        let second = format!(r#"value="{second}""#);
        for part in [r#"value="Typed name""#, second.as_str(), "Which name?", "Fix it."] {
            assert!(html.contains(part), "{address}: {part} in {html}");
        }
        assert_eq!(html.matches(r#"aria-invalid="true""#).count(), 1, "{address}: {html}");
    }
}

#[test]
fn device_saved_by_someone_else_meanwhile_shows_both_versions() {
    let saved = versions::Saved::new(3, vec![("name", "Saw".into()), ("dialect", "json".into())]);
    let problem = Problem::new("version.stale", Kind::Conflict, "Saved since.").over(saved);
    let values = [("id", "4"), ("version", "2"), ("name", "Bandsaw plug"), ("dialect", "shelly")];
    let who = refused("/api/building-devices/save", &values, problem);
    let html = at(who, "/building/devices?device=4", list(vec![device(Some(ago(3)), false)]));
    let content = words(&html);
    for part in ["Bandsaw plugYours", "SawSaved by someone else", "Shelly, generation 2 or laterYours"] {
        assert!(content.contains(part), "{part} in {content}");
    }
    assert!(html.contains(r#"name="version" value="3""#), "sent over the saved version: {html}");
}

#[test]
fn meter_saved_by_someone_else_meanwhile_shows_the_fields_of_its_device() {
    let saved = versions::Saved::new(
        2,
        vec![("name", "Bandsaw".into()), ("switch", "0".into()), ("total", "yes".into()), ("high", "8".into())],
    );
    let problem = Problem::new("version.stale", Kind::Conflict, "Saved since.").over(saved);
    let values = [("id", "9"), ("version", "1"), ("device", "4"), ("name", "Bandsaw"), ("high", "9,5")];
    let who = refused("/api/meters/save", &values, problem);
    let html = at(who, "/building/devices?meter=9", list(vec![device(Some(ago(3)), false)]));
    let content = words(&html);
    for part in ["9,5Yours", "8Saved by someone else", "Counts for the whole buildingSaved by someone else"] {
        assert!(content.contains(part), "{part} in {content}");
    }
    let shelly = BuildingDeviceView { dialect: Dialect::Shelly, ..device(None, true) };
    let form = words(&html_at("/building/devices?meter=9", list(vec![shelly])));
    assert!(form.contains("0 is switch:0"), "it counts from 0: {form}");
    assert!(!content.contains("Output"), "a Tasmota’s form does not have it: {content}");
}

#[test]
fn meter_form_begins_with_exact_limits_that_can_be_sent() {
    let mut page = list(vec![device(Some(ago(3)), false)]);
    for meter in &mut page.meters {
        (meter.low, meter.high) = (Some(Amount(8_125)), Some(Amount(41_250_500)));
    }
    let html = html_at("/building/devices?meter=9", page);
    for part in [r#"value="8.125""#, r#"value="41250.5""#, r#"name="began:high" value="41250.5""#] {
        assert!(html.contains(part), "{part} in {html}");
    }
}

#[test]
fn removal_and_new_password_ask_first_and_name_the_losses() {
    let devices = || list(vec![device(Some(ago(3)), false)]);
    let closed = html_at("/building/devices", devices());
    for (address, target, lost) in [
        ("/building/devices?device=4", "/building-devices/login", "cut off until it has the new one"),
        ("/building/devices?device=4", "/building-devices/remove", "its meters and actuators with their rules"),
        ("/building/devices?meter=9", "/meters/remove", "its limits send no more notices"),
    ] {
        assert!(!closed.contains(target), "{target} is no single click: {closed}");
        let html = html_at(address, devices());
        let mut deeds = html.split("<details").skip(1).filter_map(|deed| deed.split("</details>").next());
        let deed = deeds.find(|deed| deed.contains(target)).unwrap_or_default();
        assert!(deed.contains(lost) && !deed.contains(" open"), "{target}: {deed} in {html}");
    }
    let gone = Problem::new("building-device.unknown", Kind::NotFound, "It is gone.");
    let html =
        at(refused("/api/building-devices/remove", &[("id", "4")], gone), "/building/devices?device=4", devices());
    let is_open = |deed: &&str| deed.split('>').next().is_some_and(|tag| tag.contains("open"));
    let opened: Vec<_> = html.split("<details").skip(1).filter(is_open).collect();
    assert!(matches!(&opened[..], [deed] if deed.contains("It is gone.")), "{html}");
}

#[test]
fn login_of_a_new_device_is_shown_once_without_script() {
    let made = DeviceLogin {
        id: BuildingDeviceId(4),
        name: "Plug".into(),
        topic: "plug-3".into(),
        user: "d-k3v7q".into(),
        password: "j4mz7c2kq5wnx3th".into(),
    };
    let answer = Some(Answer { function: "/api/building-devices/add".into(), text: sent(&made) });
    let shown = |broker: Option<Broker>| {
        let answer = answer.clone();
        render(Visitor { answer, ..visitor(Lang::En) }, BuildingDevices { broker, ..list(vec![]) })
    };
    let known = list(vec![]).broker;
    let html = shown(known.clone());
    for part in ["j4mz7c2kq5wnx3th", "d-k3v7q", "192.168.1.20", "1884", "plug-3"] {
        assert!(html.contains(&format!(r#"value="{part}""#)), "{part} in {html}");
    }
    assert!(!html.contains("--mqtt-listen"), "{html}");
    let nameless = known.map(|broker| Broker { host: None, only_here: true, ..broker });
    let html = shown(nameless);
    assert!(html.contains("this server’s address") && html.contains("--mqtt-listen"), "{html}");
    assert!(shown(None).contains(r#"value="d-k3v7q""#), "a broker that is not known is left out");
}
