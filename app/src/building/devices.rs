//! The register of devices of the building, with their logins and their meters.
//!
//! **Invariants.** A password is shown once, in the answer to its creation. One form of fields is open at a time, the one that the
//! address names, so that every label belongs to one field. Not here: what devices measure.

use super::tabs;
use crate::{
    call::{Call, Function, PageResource, Posted, load, page_resource},
    clock::use_clock,
    equipment::fields::named,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answered::answered,
        button::{Kind as Press, Submit},
        changing::dynamic,
        choices::Choices,
        form::{Field, Form, hidden, was_submitted},
        register::{Issued, NewEntry, NoEntries, row_action},
        saved::Saved,
        select::Select,
        versions::{VERSION, Versioned, Versions, began},
    },
};
use contract::{
    boards::Broker,
    building_devices::{
        AddBuildingDevice, BuildingDeviceView, BuildingDevices, DeviceLogin, ListBuildingDevices,
        RemoveBuildingDevice, RenewDeviceLogin, SaveBuildingDevice,
    },
    meters::{AddMeter, MeterView, RemoveMeter, SaveMeter},
};
use domain::{
    building_devices::Dialect,
    live::Noun,
    meters::{Amount, Measure, Unit},
    time::Moment,
    versions,
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use std::fmt::Display;
use text::Lang;

/// The field that says whether a meter counts for the whole building.
const TOTAL: &str = "total";

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
    let broker = StoredValue::new(list.with_untracked(|list| list.broker.clone()));
    let of_device = list.with_untracked(|list| device_choice(t, list));
    let metered = Memo::new(move |_| list.with(|list| edited_meter(list, open.get())));
    view! {
        <header class="page-head"><h1>{t.building_title()}</h1>{tabs(t, "/building/devices", may_change)}</header>
        <p class="muted">{t.devices_lead()}</p>
        <Saved visible=is_saved message=t.devices_saved()/>
        <Versions action=calls.save fields=of_device/>
        {dynamic(move || metered.get().map(|dialect| view! { <Versions action=calls.save_meter fields=meter_choice(t, dialect)/> }))}
        <div role="status">
            {dynamic(move || renewed.get().map(|login| view! { <Login login broker=broker.get_value()/> }))}
            {dynamic(move || made.get().map(|login| view! { <Login login broker=broker.get_value()/> }))}
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
                    {list.with_untracked(|list| fields(t, list, &versions::Saved::default()))}
                    <div class="btn-row"><Submit label=t.devices_add() kind=Press::Primary busy=calls.add.pending()/></div>
                </Form>
            </NewEntry>
        }))}
    }
}

/// The login of a device, shown once, with all that its MQTT settings ask for.
#[component]
fn Login(login: DeviceLogin, broker: Option<Broker>) -> impl IntoView {
    let t = lang::current();
    let DeviceLogin { name, topic, user, password, .. } = login;
    let only_here = broker.as_ref().is_some_and(|broker| broker.only_here);
    let address = broker.map(|Broker { host, port, .. }| {
        let host = host.unwrap_or_else(|| t.connect_this_server().to_owned());
        [("server", t.connect_server(), host), ("port", t.connect_port(), port.to_string())]
    });
    let login = [
        ("user", t.devices_user(), user),
        ("password", t.devices_password(), password),
        ("issued-topic", t.devices_topic(), topic),
    ];
    let fields = address.into_iter().flatten().chain(login).collect();
    view! {
        <Issued icon="cpu" title=t.devices_login_title(&name) next=t.devices_login_next() fields>
            {only_here.then(|| view! { <p class="muted">{t.devices_only_here()}</p> })}
        </Issued>
    }
}

/// The values of a device, as its form sends them.
fn device_values(device: &BuildingDeviceView) -> versions::Saved {
    let id = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
    versions::Saved::new(
        device.version,
        vec![
            ("name", device.name.clone()),
            ("dialect", device.dialect.as_str().to_owned()),
            ("topic", device.topic.clone()),
            ("machine", id(device.machine.map(|id| id.0))),
            ("room", id(device.room.map(|id| id.0))),
        ],
    )
}

fn dialects(t: Lang) -> Vec<(String, String)> {
    Dialect::ALL.iter().map(|one| (one.as_str().to_owned(), t.dialect(*one).to_owned())).collect()
}

/// The fields of a device to choose from, when someone else has saved it meanwhile.
fn device_choice(t: Lang, list: &BuildingDevices) -> Vec<Versioned> {
    vec![
        Versioned::plain("name", t.devices_name()),
        Versioned { name: "dialect", label: t.devices_dialect(), words: dialects(t) },
        Versioned::plain("topic", t.devices_topic()),
        Versioned { name: "machine", label: t.devices_machine(), words: named(list.machines.clone()) },
        Versioned { name: "room", label: t.devices_room(), words: named(list.rooms.clone()) },
    ]
}

/// The fields of a device. Call it inside a form: only there do they get the submitted input and its errors.
fn fields(t: Lang, list: &BuildingDevices, saved: &versions::Saved) -> AnyView {
    let value = |field: &str| saved.value(field).to_owned();
    let dialect = match saved.value("dialect") {
        "" => Dialect::Tasmota.as_str().to_owned(),
        dialect => dialect.to_owned(),
    };
    let nothing = || std::iter::once((String::new(), t.devices_no_machine().to_owned()));
    let machines = nothing().chain(named(list.machines.clone())).collect();
    let rooms = nothing().chain(named(list.rooms.clone())).collect();
    view! {
        <Field name="name" label=t.devices_name() value=value("name") autocomplete="off"/>
        <Select name="dialect" label=t.devices_dialect() options=dialects(t) chosen=Signal::stored(dialect)/>
        <Field name="topic" label=t.devices_topic() hint=t.devices_topic_hint() value=value("topic") autocomplete="off"/>
        <Select name="machine" label=t.devices_machine() options=machines chosen=Signal::stored(value("machine"))/>
        <Select name="room" label=t.devices_room() options=rooms chosen=Signal::stored(value("room"))/>
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

/// A button that asks first: it is behind its title, below what follows. `words` are title, sentence and button.
fn deed<F: Posted>(call: Call<F>, id: &impl Display, words: [&'static str; 3], about: String) -> AnyView {
    let [title, next, label] = words;
    view! {
        <details class="deed" open=was_submitted(F::PATH)>
            <summary>{title}</summary>
            <p>{next}</p>
            {row_action(call, id, label, about, Press::Danger)}
        </details>
    }
    .into_any()
}

fn one(t: Lang, list: &BuildingDevices, device: &BuildingDeviceView, calls: Calls, open: Open) -> AnyView {
    let label = format!("device-{}", device.id);
    let (id, name) = (device.id, device.name.clone());
    let own = list.meters.iter().filter(|meter| meter.device == id);
    let meters: Vec<_> = own.map(|meter| meter_row(t, meter, list, calls, open)).collect();
    let (edit, add) = (Open::Device(id.0), Open::NewMeter(id.0));
    let form = if open == edit {
        let (choices, values, about) = (list.clone(), device_values(device), name.clone());
        view! {
            <Form action=calls.save>
                {hidden("id", &id)}{hidden(VERSION, &values.version)}{began(&values.fields)}
                {fields(t, &choices, &values)}
                <div class="btn-row"><Submit label=t.devices_save() about kind=Press::Primary busy=calls.save.pending()/></div>
            </Form>
            {deed(calls.login, &id, [t.devices_login(), t.devices_login_why(), t.devices_login()], name.clone())}
            {deed(calls.remove, &id, [t.devices_remove_device(), t.devices_remove_why(), t.devices_remove()], name.clone())}
        }
        .into_any()
    } else if open == add {
        let (dialect, about) = (device.dialect, name.clone());
        view! {
            <Form action=calls.add_meter>
                {hidden("device", &id)}
                {meter_fields(t, dialect, &new_meter(dialect))}
                <div class="btn-row"><Submit label=t.devices_add_meter() about kind=Press::Primary busy=calls.add_meter.pending()/></div>
            </Form>
        }
        .into_any()
    } else {
        ().into_any()
    };
    let actions = list.may_change.then(|| {
        view! {
            {form}
            <div class="btn-row">
                {opens(add, open, t.devices_add_meter(), &name)}
                {opens(edit, open, t.devices_edit(), &name)}
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
    let name = meter.name.clone();
    let edit = Open::Meter(meter.id.0);
    let forms = (list.may_change && open == edit).then(|| {
        let (about, removed) = (name.clone(), name.clone());
        let (id, device, values) = (meter.id, meter.device, meter_values(meter));
        let dialect = edited_meter(list, edit).unwrap_or(Dialect::Json);
        view! {
            <Form action=calls.save_meter>
                {hidden("id", &id)}{hidden(VERSION, &values.version)}{hidden("device", &device)}{began(&values.fields)}
                {meter_fields(t, dialect, &values)}
                <div class="btn-row"><Submit label=t.devices_save() about kind=Press::Primary busy=calls.save_meter.pending()/></div>
            </Form>
            {deed(calls.remove_meter, &id, [t.devices_remove_meter(), t.devices_remove_meter_why(), t.devices_remove()], removed)}
        }
    });
    let change = list.may_change.then(|| opens(edit, open, t.devices_edit(), &name));
    let href = format!("/building/meters?meter={}", meter.id);
    view! {
        <li class="stack"><a class="t" href=href>{name.clone()}</a><span class="s">{second}</span>{change}{forms}</li>
    }
    .into_any()
}

/// How the device of the meter speaks whose form is open, if it is that of a meter.
fn edited_meter(list: &BuildingDevices, open: Open) -> Option<Dialect> {
    let Open::Meter(id) = open else { return None };
    let meter = list.meters.iter().find(|meter| meter.id.0 == id)?;
    list.devices.iter().find(|device| device.id == meter.device).map(|device| device.dialect)
}

/// The values of a meter, as its form sends them.
fn meter_values(meter: &MeterView) -> versions::Saved {
    let limit = |limit: Option<Amount>| limit.map(|limit| f64::from(limit).to_string()).unwrap_or_default();
    versions::Saved::new(
        meter.version,
        vec![
            ("name", meter.name.clone()),
            ("measure", meter.measure.as_str().to_owned()),
            ("device_unit", meter.device_unit.as_str().to_owned()),
            ("subtopic", meter.subtopic.clone()),
            ("path", meter.path.clone()),
            ("switch", meter.switch.to_string()),
            (TOTAL, if meter.total { "yes".to_owned() } else { String::new() }),
            ("low", limit(meter.low)),
            ("high", limit(meter.high)),
        ],
    )
}

/// What a new meter of a device most likely is.
fn new_meter(dialect: Dialect) -> versions::Saved {
    let unit = match dialect {
        Dialect::Shelly => Unit::WattHours,
        Dialect::Reference => Unit::Celsius,
        Dialect::Tasmota | Dialect::Json => Unit::KilowattHours,
    };
    let measure = if dialect == Dialect::Reference { Measure::Temperature } else { Measure::Power };
    let values = [("measure", measure.as_str()), ("device_unit", unit.as_str()), ("switch", "0")];
    versions::Saved::new(0, values.map(|(name, value)| (name, value.to_owned())).to_vec())
}

fn measures(t: Lang) -> Vec<(String, String)> {
    Measure::ALL.iter().map(|one| (one.as_str().to_owned(), t.measure(*one).to_owned())).collect()
}

fn units(t: Lang) -> Vec<(String, String)> {
    Unit::ALL.iter().map(|one| (one.as_str().to_owned(), t.unit(*one).to_owned())).collect()
}

/// Whether meters of such a device have the field: a topic below that of the device, or a switch.
fn has(dialect: Dialect, field: &str) -> bool {
    match field {
        "subtopic" => matches!(dialect, Dialect::Json | Dialect::Shelly),
        "switch" => dialect == Dialect::Shelly,
        _ => true,
    }
}

/// The fields of a meter to choose from, when someone else has saved it meanwhile.
fn meter_choice(t: Lang, dialect: Dialect) -> Vec<Versioned> {
    let fields = vec![
        Versioned::plain("name", t.devices_name()),
        Versioned { name: "measure", label: t.devices_measure(), words: measures(t) },
        Versioned { name: "device_unit", label: t.devices_unit(), words: units(t) },
        Versioned::plain("subtopic", t.devices_subtopic()),
        Versioned::plain("switch", t.devices_switch()),
        Versioned::plain("path", t.devices_path()),
        Versioned { name: TOTAL, label: t.devices_total(), words: whole(t) },
        Versioned::plain("low", t.devices_low()),
        Versioned::plain("high", t.devices_high()),
    ];
    fields.into_iter().filter(|field| has(dialect, field.name)).collect()
}

/// The one tick of the field [`TOTAL`].
fn whole(t: Lang) -> Vec<(String, String)> {
    vec![("yes".to_owned(), t.devices_total().to_owned())]
}

/// The fields of a meter; those that a dialect does not have are left out. Call it inside a form.
fn meter_fields(t: Lang, dialect: Dialect, saved: &versions::Saved) -> AnyView {
    let value = |field: &str| saved.value(field).to_owned();
    let subtopic = has(dialect, "subtopic").then(|| {
        view! { <Field name="subtopic" label=t.devices_subtopic() value=value("subtopic") autocomplete="off"/> }
    });
    let switch = has(dialect, "switch").then(|| {
        view! { <Field name="switch" label=t.devices_switch() hint=t.devices_switch_hint() value=value("switch") autocomplete="off"/> }
    });
    view! {
        <Field name="name" label=t.devices_name() value=value("name") autocomplete="off"/>
        <Select name="measure" label=t.devices_measure() options=measures(t) chosen=Signal::stored(value("measure"))/>
        <Select name="device_unit" label=t.devices_unit() options=units(t) chosen=Signal::stored(value("device_unit"))/>
        {subtopic}{switch}
        <Field name="path" label=t.devices_path() hint=t.devices_path_hint() value=value("path") autocomplete="off"/>
        <Choices name=TOTAL error=TOTAL legend=t.devices_total() options=whole(t) chosen=vec![value(TOTAL)]/>
        <Field name="low" label=t.devices_low() value=value("low") autocomplete="off"/>
        <Field name="high" label=t.devices_high() hint=t.devices_high_hint() value=value("high") autocomplete="off"/>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests;
