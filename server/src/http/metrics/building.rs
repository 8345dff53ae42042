//! The families of the building and of dues: meters by id, devices, leases, members by status of their dues.
//!
//! Not here: where the numbers come from (`services::metrics`).

use super::{counter, gauge, number, total};
use domain::{meters::Measure, time::Millis};
use prometheus::proto::MetricFamily;
use services::{meters::LastReading, metrics::BuildingFigures};

/// Joules of a kilowatt-hour: Prometheus asks for base units.
const JOULES: f64 = 3_600_000.0;

/// All of them.
pub(super) fn families(figures: &BuildingFigures) -> Vec<MetricFamily> {
    let ids: Vec<String> = figures.meters.iter().map(|one| one.meter.0.to_string()).collect();
    let meters: Vec<(&str, &LastReading)> = ids.iter().map(String::as_str).zip(&figures.meters).collect();
    [readings(&meters, figures.now), devices_and_leases(figures), dues(figures)].concat()
}

/// The last reading of each meter, in its own family by what it measures, and its age.
fn readings(meters: &[(&str, &LastReading)], now: Millis) -> Vec<MetricFamily> {
    let scaled = |measure: Measure, factor: f64| {
        let those = meters.iter().filter(move |(_, one)| one.measure == measure);
        those.map(move |(id, one)| (vec![("meter", *id)], units(one.value, measure, factor)))
    };
    let of = |measure| scaled(measure, 1.0);
    let joules = |measure| scaled(measure, JOULES);
    let watts = meters.iter().filter_map(|(id, one)| Some((vec![("meter", *id)], float(one.watts?))));
    let ages = meters.iter().map(|(id, one)| {
        (vec![("measure", one.measure.as_str()), ("meter", *id)], now.since(one.at).as_secs_f64())
    });
    vec![
        gauge(
            "toolgate_meter_power_watts",
            "Mean power between the last two readings of a meter of energy, for 15 minutes after the last.",
            watts,
        ),
        total(
            "toolgate_meter_energy_joules_total",
            "Electric energy as the meter counts it; a device that is reset begins at 0 again. A kilowatt-hour is 3,600,000.",
            joules(Measure::Power),
        ),
        total(
            "toolgate_meter_heat_joules_total",
            "Energy for heating as the meter counts it; a device that is reset begins at 0 again.",
            joules(Measure::Heat),
        ),
        total(
            "toolgate_meter_water_cubic_metres_total",
            "Water as the meter counts it; a device that is reset begins at 0 again.",
            of(Measure::Water),
        ),
        gauge("toolgate_meter_temperature_celsius", "The last temperature read.", of(Measure::Temperature)),
        gauge("toolgate_meter_occupancy_people", "The last number of people counted.", of(Measure::Occupancy)),
        gauge("toolgate_meter_reading_age_seconds", "Time since the last reading of a meter.", ages),
    ]
}

fn devices_and_leases(figures: &BuildingFigures) -> Vec<MetricFamily> {
    let [heard, silent] = figures.devices;
    let devices = [("heard", heard), ("silent", silent)];
    let leases = figures.leases.in_force.iter();
    let refused = figures.leases.refused.iter().map(|(reason, count)| (vec![("reason", *reason)], *count));
    vec![
        gauge(
            "toolgate_building_devices",
            "Devices of the building, by whether they were heard of lately.",
            devices.map(|(state, count)| (vec![("state", state)], number(count))),
        ),
        gauge(
            "toolgate_leases_in_force",
            "Actuators that a lease has on, by what they switch.",
            leases.map(|(load, count)| (vec![("load", load.as_str())], number(*count))),
        ),
        counter("toolgate_leases_refused_total", "Leases that limits refused, by the first reason.", refused),
    ]
}

fn dues(figures: &BuildingFigures) -> Vec<MetricFamily> {
    let members =
        figures.dues.iter().map(|(status, count)| (vec![("status", status.as_str())], f64::from(*count)));
    let commands = figures.commands.iter();
    vec![
        gauge("toolgate_dues_members", "People with dues, by the status of these.", members),
        gauge(
            "toolgate_dues_commands_waiting",
            "Commands to payment processors that are not settled.",
            commands.map(|(processor, count)| (vec![("processor", processor.as_str())], f64::from(*count))),
        ),
    ]
}

/// Base units as the unit that people read, times `factor`.
fn units(base: i64, measure: Measure, factor: f64) -> f64 {
    float(base) * factor / float(measure.scale())
}

#[expect(clippy::cast_precision_loss, reason = "a meter shows less than 2^53 base units")]
const fn float(value: i64) -> f64 {
    value as f64
}
