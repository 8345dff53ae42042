//! Meters of the building: added, changed, removed, and what they measured.
//!
//! Not here: devices ([`crate::building_devices`]), and how amounts are divided among quarters of an hour (`domain::meters`).

mod figures;
mod hearing;
mod own;
mod storing;

pub(crate) use figures::last_readings;
pub use figures::{LastReading, table};
use hearing::Source;
pub(crate) use hearing::last_heard;
pub use hearing::{hear, load_routes};
pub(crate) use own::own_energy;
pub(crate) use storing::run_due;

use crate::{Ctx, change::Job, error, serve::bind};
use contract::{
    form::{Fault, Faults},
    meters::{
        AddMeter, ListMeters, MeterAdded, MeterForm, MeterList, MeterView, ReadBuilding, ReadMeter, ReadMeterPage,
        ReadReadings, RemoveMeter, SaveMeter, SettleRun,
    },
};
use domain::{
    actor::{Actor, Forbidden},
    building_devices::{Dialect, Topic},
    id::{BuildingDeviceId, MeterId, UnswipedRunId},
    live::ChangeEvent,
    meters::{Amount, Measure},
    versions::Saved,
};
use macros::ServiceError;
use serde_json::json;
use store::{
    Done, StoreError, building_devices,
    meters::{self as rows, MeterFields, MeterRow},
};

/// Why a meter is not shown or changed.
#[derive(Debug, Clone, ServiceError)]
pub enum MetersError {
    #[problem("meter.unknown", NotFound, meter_unknown)]
    Unknown,
    #[problem("unswiped-run.unknown", NotFound, unswiped_run_unknown)]
    UnknownRun,
    /// A newer version was saved meanwhile.
    #[problem(transparent)]
    Stale(Box<Saved>),
    #[problem("meter.invalid", Invalid, each)]
    Invalid(#[from] Faults),
    #[problem(transparent)]
    Forbidden(#[from] Forbidden),
    #[problem(transparent)]
    Store(#[from] StoreError),
}

bind! {
    error MetersError;
    ListMeters {}, may SeeBuilding => list;
    AddMeter {} with form, may ManageBuilding, in job => add;
    ReadMeter { id }, may SeeBuilding => one;
    SaveMeter { id, version } with form, may ManageBuilding, in job => save;
    RemoveMeter { id }, may ManageBuilding, in job => remove;
    ReadReadings { id } with form, may SeeBuilding => figures::readings;
    ReadBuilding {}, may SeeBuilding => figures::building;
    ReadMeterPage {} with form, may SeeBuilding => figures::page;
    SettleRun { id }, may ManageBuilding, in job => settle;
}

async fn list(ctx: &Ctx, _: &Actor) -> Result<MeterList, MetersError> {
    let all = rows::list(&mut *ctx.store().read().await?).await?;
    Ok(MeterList { meters: all.into_iter().map(|row| to_view(ctx, row)).collect() })
}

async fn one(ctx: &Ctx, _: &Actor, id: MeterId) -> Result<MeterView, MetersError> {
    let all = rows::list(&mut *ctx.store().read().await?).await?;
    all.into_iter().find(|row| row.id == id).map(|row| to_view(ctx, row)).ok_or(MetersError::Unknown)
}

pub(crate) fn to_view(ctx: &Ctx, row: MeterRow) -> MeterView {
    let stored = row.read.zip(row.value);
    let latest = hearing::latest(ctx, row.id).or(stored);
    let amount = |base: i64| Amount::of(row.measure, base);
    MeterView {
        id: row.id,
        version: row.version,
        device: row.device,
        device_name: row.device_name,
        machine: row.machine,
        machine_name: row.machine_name,
        name: row.name,
        measure: row.measure,
        unit: row.measure.unit(),
        device_unit: row.unit,
        subtopic: row.subtopic,
        path: row.path,
        switch: u16::from(row.switch),
        total: row.is_total,
        low: row.low.map(amount),
        high: row.high.map(amount),
        value: latest.map(|(_, value)| amount(value)),
        read: latest.map(|(at, _)| ctx.moment(at)),
        beyond: row.beyond.map(|at| ctx.moment(at)),
    }
}

/// The device and the fields of a form, or all its faults.
async fn describe(job: &mut Job<'_>, form: MeterForm) -> Result<(BuildingDeviceId, MeterFields), MetersError> {
    let MeterForm { device, name, measure, device_unit, subtopic, path, switch, total, low, high } = form;
    let (subtopic, path) = (String::from(subtopic), String::from(path));
    let mut faults = Vec::new();
    let devices = building_devices::list(job.tx.conn()).await?;
    let dialect = devices.iter().find(|row| row.id == device).map(|row| row.dialect);
    if dialect.is_none() {
        faults.push(("device".to_owned(), Fault::Choice));
    }
    if !measure.takes(device_unit) {
        faults.push(("device_unit".to_owned(), Fault::Unit));
    }
    if !subtopic.is_empty() && Topic::parse(&subtopic).is_err() {
        let invalid = Topic::parse(&subtopic).err();
        faults.extend(invalid.map(|invalid| ("subtopic".to_owned(), Fault::Topic(invalid))));
    }
    // Plugs have a place for their energy; anything else is somewhere in the JSON, or the whole message.
    let knows = matches!(dialect, Some(Dialect::Tasmota | Dialect::Shelly)) && measure == Measure::Power;
    if path.is_empty() && !knows && dialect != Some(Dialect::Json) && dialect.is_some() {
        faults.push(("path".to_owned(), Fault::NoPath));
    }
    if low.zip(high).is_some_and(|(low, high)| low >= high) {
        faults.push(("high".to_owned(), Fault::Limits));
    }
    if !faults.is_empty() {
        return Err(Faults(faults).into());
    }
    let base = |amount: Option<Amount>| amount.map(|amount| amount.to_base(measure));
    let switch = switch.and_then(|switch| u8::try_from(switch.get()).ok()).unwrap_or_default();
    let (name, low, high) = (name.into(), base(low), base(high));
    Ok((
        device,
        MeterFields { name, measure, unit: device_unit, subtopic, path, switch, is_total: total, low, high },
    ))
}

async fn add(job: &mut Job<'_>, form: MeterForm) -> Result<Done<MeterAdded>, MetersError> {
    let (device, fields) = describe(job, form).await?;
    let meter = rows::add(job.tx, device, &fields).await?;
    job.tx.after_commit(ChangeEvent::Building);
    let detail = json!({ "device": device, "measure": fields.measure.as_str() });
    job.audited(MeterAdded { meter }, "meter.added", meter, &detail).await
}

/// A meter in use.
async fn known(job: &mut Job<'_>, id: MeterId) -> Result<MeterRow, MetersError> {
    let all = rows::list(job.tx.conn()).await?;
    all.into_iter().find(|row| row.id == id).ok_or(MetersError::Unknown)
}

async fn save(
    job: &mut Job<'_>,
    id: MeterId,
    seen: i64,
    form: Result<MeterForm, Faults>,
) -> Result<Done<()>, MetersError> {
    let row = known(job, id).await?;
    if !domain::versions::is_current(row.version, seen) {
        let signed = error::signed(job.tx.conn(), job.zone, id, saved(&row)).await?;
        return Err(MetersError::Stale(signed));
    }
    let (device, fields) = describe(job, form?).await?;
    if device != row.device {
        return Err(Faults::one("device", Fault::Choice).into());
    }
    rows::save(job.tx, id, &fields).await?;
    if Source::of(row.dialect, &row.fields()) != Source::of(row.dialect, &fields) {
        rows::forget_reading(job.tx, id).await?;
    }
    job.tx.after_commit(ChangeEvent::Building);
    job.audited((), "meter.changed", id, &json!({ "measure": fields.measure.as_str() })).await
}

/// Forgets the last readings of the meters of a device that are read differently in its new dialect.
pub(crate) async fn change_dialect(
    job: &mut Job<'_>,
    device: BuildingDeviceId,
    dialect: Dialect,
) -> Result<(), StoreError> {
    for row in rows::list(job.tx.conn()).await?.into_iter().filter(|row| row.device == device) {
        let fields = row.fields();
        if Source::of(row.dialect, &fields) != Source::of(dialect, &fields) {
            rows::forget_reading(job.tx, row.id).await?;
        }
    }
    Ok(())
}

/// The stored values, as the form sends them.
fn saved(row: &MeterRow) -> Saved {
    let amount = |base: Option<i64>| base.map(|base| f64::from(Amount::of(row.measure, base)).to_string());
    Saved::new(
        row.version,
        vec![
            ("name", row.name.clone()),
            ("measure", row.measure.as_str().to_owned()),
            ("device_unit", row.unit.as_str().to_owned()),
            ("subtopic", row.subtopic.clone()),
            ("path", row.path.clone()),
            ("switch", row.switch.to_string()),
            ("total", if row.is_total { "yes".to_owned() } else { String::new() }),
            ("low", amount(row.low).unwrap_or_default()),
            ("high", amount(row.high).unwrap_or_default()),
        ],
    )
}

async fn remove(job: &mut Job<'_>, id: MeterId) -> Result<Done<()>, MetersError> {
    known(job, id).await?;
    rows::archive(job.tx, id, job.now).await?;
    job.tx.after_commit(ChangeEvent::Building);
    job.audited((), "meter.removed", id, &json!({})).await
}

async fn settle(job: &mut Job<'_>, id: UnswipedRunId) -> Result<Done<()>, MetersError> {
    let Some(meter) = rows::settle_run(job.tx, id, job.now).await? else { return Err(MetersError::UnknownRun) };
    job.tx.after_commit(ChangeEvent::Building);
    job.audited((), "meter.run-settled", meter, &json!({ "run": id })).await
}
