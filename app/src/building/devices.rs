//! The register of devices of the building, with their logins and their meters.
//!
//! **Invariants.** A password is shown once, in the answer to its creation. One form of fields is open at a time, the one that the
//! address names, so that every label belongs to one field. Not here: what devices measure.

use super::tabs;
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answered::answered,
        button::{Kind as Press, Submit},
        changing::dynamic,
        choices::Choices,
        form::{Field, Form, hidden},
        register::{Issued, NewEntry, NoEntries},
        saved::Saved,
        select::Select,
        versions::VERSION,
    },
};
use contract::{
    building_devices::{
        AddBuildingDevice, BuildingDeviceView, BuildingDevices, DeviceLogin, ListBuildingDevices,
        RemoveBuildingDevice, RenewDeviceLogin, SaveBuildingDevice,
    },
    meters::{AddMeter, MeterView, RemoveMeter, SaveMeter},
};
use domain::{
    building_devices::Dialect,
    live::Noun,
    meters::{Measure, Unit},
    time::Moment,
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use text::Lang;

#[derive(Debug, Clone, Copy)]
struct Calls {
    add: Call<Function<AddBuildingDevice>>,
    save: Call<Function<SaveBuildingDevice>>,
    login: Call<Function<RenewDeviceLogin>>,
    remove: Call<Function<RemoveBuildingDevice>>,
    add_meter: Call<Function<AddMeter>>,
    save_meter: Call<Function<SaveMeter>>,
    remove_meter: Call<Function<RemoveMeter>>,
}

impl Calls {
    fn new() -> Self {
        Self {
            add: Call::new(),
            save: Call::new(),
            login: Call::new(),
            remove: Call::new(),
            add_meter: Call::new(),
            save_meter: Call::new(),
            remove_meter: Call::new(),
        }
    }

    fn versions(self) -> usize {
        let Self { add, save, login, remove, add_meter, save_meter, remove_meter } = self;
        let devices = add.version().get() + save.version().get() + login.version().get() + remove.version().get();
        devices + add_meter.version().get() + save_meter.version().get() + remove_meter.version().get()
    }
}

/// The page at `/building/devices`.
pub fn devices_page() -> AnyView {
    let (calls, live) = (Calls::new(), use_live());
    let list: PageResource<BuildingDevices> =
        page_resource(move || (live.version(Noun::Building), calls.versions()), |_| load(&ListBuildingDevices {}));
    live_page(lang::current().building_devices_title(), 4, list, move |list| {
        view! { <Page list calls/> }.into_any()
    })
}

/// The form that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    New,
    Device(i64),
    /// A new meter of this device.
    NewMeter(i64),
    Meter(i64),
}

impl Open {
    /// As the address says.
    fn named(query: &ParamsMap) -> Self {
        let id = |name: &str| query.get_str(name).and_then(|id| id.parse().ok());
        let other = id("device").map(Self::Device).or_else(|| id("add-meter").map(Self::NewMeter));
        other.or_else(|| id("meter").map(Self::Meter)).unwrap_or(Self::New)
    }

    fn address(self) -> String {
        match self {
            Self::New => "/building/devices".to_owned(),
            Self::Device(id) => format!("/building/devices?device={id}"),
            Self::NewMeter(id) => format!("/building/devices?add-meter={id}"),
            Self::Meter(id) => format!("/building/devices?meter={id}"),
        }
    }
}

/// A link that opens a form, or nothing while that is open.
fn opens(form: Open, open: Open, label: &'static str, about: &str) -> AnyView {
    let about = about.to_owned();
    (form != open)
        .then(|| view! { <a class="btn" href=form.address()>{label}<span class="visually-hidden">": "{about}</span></a> })
        .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(list: RwSignal<BuildingDevices>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(list.with(|list| list.now)));
    let open = Memo::new(move |_| query.with(Open::named));
    let is_saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let (made, renewed) = (answered(calls.add), answered(calls.login));
    let none = NoEntries { icon: "cpu", heading: t.building_none(), next: t.building_none_next() };
    let may_change = list.with_untracked(|list| list.may_change);
    view! {
        <header class="page-head"><h1>{t.building_title()}</h1>{tabs(t, "/building/devices", may_change)}</header>
        <p class="muted">{t.devices_lead()}</p>
        <Saved visible=is_saved message=t.devices_saved()/>
        <div role="status">
            {dynamic(move || renewed.get().map(|login| view! { <Login login/> }))}
            {dynamic(move || made.get().map(|login| view! { <Login login/> }))}
        </div>
        <section class="group" aria-labelledby="devices">
            <h2 class="group-head" id="devices">{t.building_devices_title()}</h2>
            {dynamic(move || Some(list.with(|list| {
                if list.devices.is_empty() {
                    none.card()
                } else {
                    list.devices.iter().map(|device| one(t, list, device, calls, open.get())).collect_view().into_any()
                }
            })))}
        </section>
        {dynamic(move || (may_change && open.get() == Open::New).then(|| view! {
            <NewEntry title=t.building_add()>
                <Form action=calls.add afresh=true>
                    {list.with_untracked(|list| fields(t, list, None))}
                    <div class="btn-row"><Submit label=t.devices_add() kind=Press::Primary busy=calls.add.pending()/></div>
                </Form>
            </NewEntry>
        }))}
    }
}

/// The login of a device, shown once.
#[component]
fn Login(login: DeviceLogin) -> impl IntoView {
    let t = lang::current();
    let DeviceLogin { name, topic, user, password, .. } = login;
    let fields = vec![
        ("user", t.devices_user(), user),
        ("password", t.devices_password(), password),
        ("issued-topic", t.devices_topic(), topic),
    ];
    view! { <Issued icon="cpu" title=t.devices_login_title(&name) next=t.devices_login_next() fields/> }
}

/// The fields of a device.
fn fields(t: Lang, list: &BuildingDevices, device: Option<&BuildingDeviceView>) -> AnyView {
    let dialects = Dialect::ALL.iter().map(|one| (one.as_str().to_owned(), t.dialect(*one).to_owned())).collect();
    let dialect = device.map_or(Dialect::Tasmota, |device| device.dialect);
    let nothing = || (String::new(), t.devices_no_machine().to_owned());
    let machines = list.machines.iter().map(|(id, name)| (id.to_string(), name.clone()));
    let rooms = list.rooms.iter().map(|(id, name)| (id.to_string(), name.clone()));
    let machine = device.and_then(|device| device.machine).map(|id| id.to_string()).unwrap_or_default();
    let room = device.and_then(|device| device.room).map(|id| id.to_string()).unwrap_or_default();
    let (name, topic) = device.map_or_else(Default::default, |device| (device.name.clone(), device.topic.clone()));
    view! {
        <Field name="name" label=t.devices_name() value=name autocomplete="off"/>
        <Select name="dialect" label=t.devices_dialect() options=dialects chosen=Signal::stored(dialect.as_str().to_owned())/>
        <Field name="topic" label=t.devices_topic() hint=t.devices_topic_hint() value=topic autocomplete="off"/>
        <Select name="machine" label=t.devices_machine() options=std::iter::once(nothing()).chain(machines).collect() chosen=Signal::stored(machine)/>
        <Select name="room" label=t.devices_room() options=std::iter::once(nothing()).chain(rooms).collect() chosen=Signal::stored(room)/>
    }
    .into_any()
}

fn state(t: Lang, device: &BuildingDeviceView, now: Moment) -> String {
    let heard = match (device.heard, device.silent) {
        (None, _) => t.devices_never().to_owned(),
        (Some(at), true) => t.devices_silent_since(&t.since(at, now)),
        (Some(at), false) => t.devices_heard(&t.recent(at, now)),
    };
    let place = device.machine_name.clone().or_else(|| device.room_name.clone());
    let words = [Some(heard), Some(t.dialect(device.dialect).to_owned()), Some(device.topic.clone()), place];
    words.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn one(t: Lang, list: &BuildingDevices, device: &BuildingDeviceView, calls: Calls, open: Open) -> AnyView {
    let label = format!("device-{}", device.id);
    let (id, name, version) = (device.id, device.name.clone(), device.version);
    let own = list.meters.iter().filter(|meter| meter.device == id);
    let meters: Vec<_> = own.map(|meter| meter_row(t, meter, list, calls, open)).collect();
    let (edit, add) = (Open::Device(id.0), Open::NewMeter(id.0));
    let form = if open == edit {
        let (edited, saved) = (fields(t, list, Some(device)), name.clone());
        view! {
            <Form action=calls.save>
                {hidden("id", &id)}{hidden(VERSION, &version)}{edited}
                <div class="btn-row"><Submit label=t.devices_save() about=saved kind=Press::Primary busy=calls.save.pending()/></div>
            </Form>
        }
        .into_any()
    } else if open == add {
        let (new, added) = (meter_fields(t, device.dialect, None), name.clone());
        view! {
            <Form action=calls.add_meter>
                {hidden("device", &id)}{new}
                <div class="btn-row"><Submit label=t.devices_add_meter() about=added kind=Press::Primary busy=calls.add_meter.pending()/></div>
            </Form>
        }
        .into_any()
    } else {
        ().into_any()
    };
    let actions = list.may_change.then(|| {
        let (renewed, removed) = (name.clone(), name.clone());
        view! {
            {form}
            <div class="btn-row">
                {opens(add, open, t.devices_add_meter(), &name)}
                {opens(edit, open, t.devices_edit(), &name)}
                <Form action=calls.login>{hidden("id", &id)}<Submit label=t.devices_login() about=renewed busy=calls.login.pending()/></Form>
                <Form action=calls.remove>{hidden("id", &id)}<Submit label=t.devices_remove() about=removed kind=Press::Danger busy=calls.remove.pending()/></Form>
            </div>
        }
    });
    let labelled = label.clone();
    view! {
        <section class="card stack" aria-labelledby=labelled>
            <div class="card-head"><h3 id=label>{name.clone()}</h3></div>
            <p class="small muted">{state(t, device, list.now)}</p>
            {if meters.is_empty() {
                view! { <p class="small muted">{t.devices_no_meters()}</p> }.into_any()
            } else {
                view! { <ul class="list" role="list">{meters}</ul> }.into_any()
            }}
            {actions}
        </section>
    }
    .into_any()
}

fn meter_row(t: Lang, meter: &MeterView, list: &BuildingDevices, calls: Calls, open: Open) -> AnyView {
    let value = meter.value.map_or_else(|| "–".to_owned(), |value| t.amount(meter.measure, value));
    let when = meter.read.map(|read| t.building_read_at(&t.recent(read, list.now)));
    let second = [Some(t.measure(meter.measure).to_owned()), Some(value), when];
    let second = second.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let dialect = list.devices.iter().find(|device| device.id == meter.device).map(|device| device.dialect);
    let name = meter.name.clone();
    let edit = Open::Meter(meter.id.0);
    let forms = (list.may_change && open == edit).then(|| {
        let (saved, removed) = (name.clone(), name.clone());
        let (id, version, device) = (meter.id, meter.version, meter.device);
        let edited = meter_fields(t, dialect.unwrap_or(Dialect::Json), Some(meter));
        view! {
            <Form action=calls.save_meter>
                {hidden("id", &id)}{hidden(VERSION, &version)}{hidden("device", &device)}{edited}
                <div class="btn-row"><Submit label=t.devices_save() about=saved kind=Press::Primary busy=calls.save_meter.pending()/></div>
            </Form>
            <Form action=calls.remove_meter>
                {hidden("id", &id)}
                <div class="btn-row"><Submit label=t.devices_remove() about=removed kind=Press::Danger busy=calls.remove_meter.pending()/></div>
            </Form>
        }
    });
    let change = list.may_change.then(|| opens(edit, open, t.devices_edit(), &name));
    let href = format!("/building/meters?meter={}", meter.id);
    view! {
        <li class="stack"><a class="t" href=href>{name.clone()}</a><span class="s">{second}</span>{change}{forms}</li>
    }
    .into_any()
}

/// The fields of a meter; those that a dialect does not have are left out.
fn meter_fields(t: Lang, dialect: Dialect, meter: Option<&MeterView>) -> AnyView {
    let measures = Measure::ALL.iter().map(|one| (one.as_str().to_owned(), t.measure(*one).to_owned())).collect();
    let units = Unit::ALL.iter().map(|one| (one.as_str().to_owned(), t.unit(*one).to_owned())).collect();
    let unit = match dialect {
        Dialect::Shelly => Unit::WattHours,
        Dialect::Reference => Unit::Celsius,
        Dialect::Tasmota | Dialect::Json => Unit::KilowattHours,
    };
    let measure = if dialect == Dialect::Reference { Measure::Temperature } else { Measure::Power };
    let (measure, unit) = meter.map_or((measure, unit), |meter| (meter.measure, meter.device_unit));
    let text = |of: fn(&MeterView) -> String| meter.map(of).unwrap_or_default();
    let limit = |limit: Option<domain::meters::Amount>| limit.map(|limit| t.number(limit)).unwrap_or_default();
    let subtopic = matches!(dialect, Dialect::Json | Dialect::Shelly).then(|| {
        let value = text(|meter| meter.subtopic.clone());
        view! { <Field name="subtopic" label=t.devices_subtopic() value autocomplete="off"/> }
    });
    let switch = (dialect == Dialect::Shelly).then(|| {
        let value = meter.map_or_else(|| "0".to_owned(), |meter| meter.switch.to_string());
        view! { <Field name="switch" label=t.devices_switch() value autocomplete="off"/> }
    });
    let total = if meter.is_some_and(|meter| meter.total) { vec!["yes".to_owned()] } else { vec![] };
    let whole = vec![("yes".to_owned(), t.devices_total().to_owned())];
    view! {
        <Field name="name" label=t.devices_name() value=text(|meter| meter.name.clone()) autocomplete="off"/>
        <Select name="measure" label=t.devices_measure() options=measures chosen=Signal::stored(measure.as_str().to_owned())/>
        <Select name="device_unit" label=t.devices_unit() options=units chosen=Signal::stored(unit.as_str().to_owned())/>
        {subtopic}{switch}
        <Field name="path" label=t.devices_path() hint=t.devices_path_hint() value=text(|meter| meter.path.clone()) autocomplete="off"/>
        <Choices name="total" error="total" legend=t.devices_total() options=whole chosen=total/>
        <Field name="low" label=t.devices_low() value=limit(meter.and_then(|meter| meter.low)) autocomplete="off"/>
        <Field name="high" label=t.devices_high() hint=t.devices_high_hint() value=limit(meter.and_then(|meter| meter.high)) autocomplete="off"/>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, sent, visitor, words},
        visitor::{Answer, Visitor},
    };
    use domain::{
        id::{BuildingDeviceId, MachineId, MeterId},
        meters::Amount,
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
        for part in ["Heard", "Tasmota · plug-bandsaw · Bandsaw", "382 kWh", "New password", "Add meter"] {
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
        let html = render(Visitor { answer, ..visitor(Lang::En) }, list(vec![]));
        assert!(html.contains(r#"value="j4mz7c2kq5wnx3th""#) && html.contains(r#"value="d-k3v7q""#), "{html}");
    }
}
