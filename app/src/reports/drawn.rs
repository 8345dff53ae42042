//! The charts of a report, as SVG: each is drawn from the figures in the table below it.
//!
//! Not here: hidden values, which do not arrive.
//!
//! The server draws the SVG, so the page contains no drawing code; only a person's own hours are drawn in the
//! browser too (`app/src/ui/chart.rs`).

use super::{
    chart::{CLOSED, Drawn, FEW, percent, short_weekday},
    figures::length,
};
use contract::reports::UseReport;
use domain::{
    reports::{Cell, FunnelStep},
    time::{Date, MINUTE},
};
use leptos::prelude::*;
use text::Lang;

/// Machines in the chart, at most; the table has all.
const MACHINES: usize = 10;
/// Letters of a machine's name in the chart.
const LETTERS: usize = 17;

/// Draws every chart of a report.
#[must_use]
pub fn drawn(t: Lang, view: UseReport) -> Drawn {
    let report = &view.report;
    let label = |heading: &str, sub: &str| format!("{heading}: {sub}. {}", t.reports_in_table());
    let busy = format!("{}. {}", t.reports_busy(), busiest(t, &report.cells));
    let maps = [Orientation::Wide, Orientation::Upright]
        .map(|orientation| map(t, &report.cells, report.hours, orientation, busy.clone()));
    let machines: Vec<_> = report.machines.iter().zip(&view.machine_names).take(MACHINES).collect();
    let machines = machines.into_iter().map(|((_, minutes), name)| {
        let hours = minutes.map(|minutes| (minutes, t.hours(MINUTE * minutes)));
        (shortened(name), hours)
    });
    let share = |share: Option<u8>| share.map(|share| (share.into(), t.percent(&share.to_string())));
    let lead = report.lead.iter().map(|(step, of)| (t.reports_lead_word(*step).to_owned(), share(*of)));
    let waited = report.waited.iter().map(|(step, of)| (t.reports_waited_word(*step).to_owned(), share(*of)));
    Drawn {
        busy: format!("{}{}", hatching(), maps.concat()),
        machines: bars(
            &label(t.reports_machines(), t.reports_measure_word(view.measure)),
            126,
            &machines.collect::<Vec<_>>(),
        ),
        rate: line(t, &label(t.reports_rate(), t.reports_rate_sub()), &report.weeks),
        lead: bars(&label(t.reports_lead(), t.reports_lead_sub()), 84, &lead.collect::<Vec<_>>()),
        waited: bars(&label(t.reports_waited(), t.reports_waited_sub()), 84, &waited.collect::<Vec<_>>()),
        training: if report.training.is_empty() {
            String::new()
        } else {
            funnel(t, &label(t.reports_training(), t.reports_training_sub()), &report.training)
        },
        view,
    }
}

/// A name cut to the available letters.
fn shortened(name: &str) -> String {
    if name.chars().count() <= LETTERS {
        return name.to_owned();
    }
    let stored: String = name.chars().take(LETTERS - 1).collect();
    format!("{}…", stored.trim_end())
}

/// The busiest hour as a sentence.
fn busiest(t: Lang, cells: &[Vec<Cell>]) -> String {
    let all = (0_u8..)
        .zip(cells)
        .flat_map(|(day, cells)| (0_u8..).zip(cells).map(move |(hour, cell)| (day, hour, cell)));
    let shares = all.filter_map(
        |(day, hour, cell)| if let Cell::Share(share) = cell { Some((day, hour, *share)) } else { None },
    );
    let fullest = shares.max_by_key(|(day, hour, share)| (*share, std::cmp::Reverse((*day, *hour))));
    fullest.map_or_else(
        || t.reports_in_table().to_owned(),
        |(day, hour, share)| t.reports_busiest(t.weekday(day), &format!("{hour:02}:00"), &share.to_string()),
    )
}

/// The hatch pattern of hidden values, for every chart of the document.
fn hatching() -> String {
    view! {
        <svg class="sprite" width="0" height="0" aria-hidden="true">
            <defs>
                <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <path class="hatch-line" d="M0 0V6"/>
                </pattern>
            </defs>
        </svg>
    }
    .to_html()
}

/// A step of the scale, 0 to 5, and the colour of text on it.
const fn heat(share: u8) -> (&'static str, &'static str) {
    match share {
        0..10 => ("0", "in-lo"),
        10..25 => ("1", "in-lo"),
        25..45 => ("2", "in-lo"),
        45..60 => ("3", "strong"),
        60..80 => ("4", "in-hi"),
        _ => ("5", "in-hi"),
    }
}

/// A rectangle of the heat map, in its units.
#[derive(Debug, Clone, Copy)]
struct Place {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

impl Place {
    fn label(self, class: &'static str, name: String) -> AnyView {
        let (x, y) = (self.x + self.width / 2, self.y + self.height / 2 + 4);
        view! { <text x=x.to_string() y=y.to_string() text-anchor="middle" class=class>{name}</text> }.into_any()
    }

    fn hidden(self, name: String) -> AnyView {
        let Self { x, y, width, height } = self;
        view! {
            <rect x=x.to_string() y=y.to_string() width=width.to_string() height=height.to_string() rx="4" class="hide" fill="url(#hatch)"/>
            {self.label("", name)}
        }
        .into_any()
    }

    fn bar(self, share: u8) -> AnyView {
        let Self { x, y, width, height } = self;
        let (step, class) = heat(share);
        view! {
            <rect x=x.to_string() y=y.to_string() width=width.to_string() height=height.to_string() rx="4" data-heat=step/>
            {self.label(class, share.to_string())}
        }
        .into_any()
    }
}

/// Orientation of the heat map: days as rows on wide screens, as columns on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Orientation {
    /// Hours from left to right.
    Wide,
    /// Hours from top to bottom.
    Upright,
}

/// The heat map of the hours of the week.
fn map(
    t: Lang,
    cells: &[Vec<Cell>],
    (first, behind): (u8, u8),
    orientation: Orientation,
    label: String,
) -> String {
    let hours: u32 = u32::from(behind.saturating_sub(first)).max(1);
    // Edges, width and height of a cell, and the gap.
    let (left, top, step_x, step_y) = match orientation {
        Orientation::Wide => (36, 26, (504 / hours).max(20), 34),
        Orientation::Upright => (28, 26, 44, 30),
    };
    let at = |day: u32, hour: u32, days: u32, many: u32| {
        let (column, row, wide, high) = match orientation {
            Orientation::Wide => (hour, day, many, days),
            Orientation::Upright => (day, hour, days, many),
        };
        Place {
            x: left + column * step_x,
            y: top + row * step_y,
            width: wide * step_x - 2,
            height: high * step_y - 2,
        }
    };
    let (columns, rows) = if orientation == Orientation::Wide { (hours, 7) } else { (7, hours) };
    let (width, height) = (left + columns * step_x, top + rows * step_y);
    let hour_words = (0..hours).map(|hour| {
        let place = at(0, hour, 1, 1);
        let (x, y, anchor) = match orientation {
            Orientation::Wide => (place.x + place.width / 2, 16, "middle"),
            Orientation::Upright => (22, place.y + place.height / 2 + 4, "end"),
        };
        view! { <text x=x.to_string() y=y.to_string() text-anchor=anchor>{u32::from(first) + hour}</text> }
    });
    let day_words = (0_u8..7).map(|day| {
        let place = at(day.into(), 0, 1, 1);
        let (x, y, anchor) = match orientation {
            Orientation::Wide => (30, place.y + place.height / 2 + 4, "end"),
            Orientation::Upright => (place.x + place.width / 2, 16, "middle"),
        };
        view! { <text x=x.to_string() y=y.to_string() text-anchor=anchor class="strong">{short_weekday(t, day)}</text> }
    });
    let days = (0_u32..7).zip(cells).map(|(day, cells)| {
        let open = (0..hours).zip(cells.iter().skip(first.into()));
        if open.clone().all(|(_, cell)| *cell == Cell::Closed) {
            return at(day, 0, 1, hours).hidden(t.reports_closed().to_owned());
        }
        let marks = open.map(|(hour, cell)| {
            let place = at(day, hour, 1, 1);
            match cell {
                Cell::Closed => place.label("", CLOSED.to_owned()),
                Cell::Few => place.hidden(FEW.to_owned()),
                Cell::Share(share) => place.bar(*share),
            }
        });
        marks.collect_view().into_any()
    });
    let class = if orientation == Orientation::Wide { "chart only-roomy" } else { "chart only-slim" };
    view! {
        <svg class=class viewBox=format!("0 0 {width} {height}") role="img" aria-label=label>
            {hour_words.collect_view()}{day_words.collect_view()}{days.collect_view()}
        </svg>
    }
    .to_html()
}

/// A bar for each, with its figure behind it; labels end at `left`, the longest bar is the maximum.
fn bars(label: &str, left: u32, steps: &[(String, Option<(u32, String)>)]) -> String {
    let most = steps.iter().filter_map(|(_, of)| of.as_ref().map(|(length, _)| *length)).max().unwrap_or(0).max(1);
    let rows = (0_u32..).zip(steps).map(|(row, (name, of))| bar(3 + row * 27, left, most, name, of.as_ref()));
    let height = steps.len() * 27 + 4;
    view! {
        <svg class="chart" viewBox=format!("0 0 330 {height}") role="img" aria-label=label.to_owned()>{rows.collect_view()}</svg>
    }
    .to_html()
}

/// One bar at the height `y`; one of `most` is as long as there is room.
fn bar(y: u32, left: u32, most: u32, name: &str, of: Option<&(u32, String)>) -> AnyView {
    let (line, at, wide) = (y + 13, left + 8, 274 - left);
    let rect = |class: &'static str, fill: Option<&'static str>, width: u32| {
        view! { <rect class=class fill=fill x=at.to_string() y=y.to_string() width=width.to_string() height="18" rx="4"/> }
    };
    let (ground, message) = match of {
        Some((length, message)) => {
            // In 64 bits: minutes of a year times units of the drawing.
            let width = u64::from(*length) * u64::from(wide) / u64::from(most);
            let fill = rect("bar-fill", None, u32::try_from(width).unwrap_or(wide));
            (view! { {rect("bar-bg", None, wide)}{fill} }.into_any(), message.clone())
        }
        None => (rect("hide", Some("url(#hatch)"), wide).into_any(), FEW.to_owned()),
    };
    view! {
        <text x=left.to_string() y=line.to_string() text-anchor="end" class="strong">{name.to_owned()}</text>
        {ground}
        <text x=(at + wide + 8).to_string() y=line.to_string()>{message}</text>
    }
    .into_any()
}

/// A bar for each step, and between two of them the time that passed.
fn funnel(t: Lang, label: &str, steps: &[FunnelStep]) -> String {
    const LEFT: u32 = 84;
    const STEP: u32 = 46;
    let most = steps.iter().filter_map(|step| step.requests).max().unwrap_or(0).max(1);
    let rows = (0_u32..).zip(steps).map(|(row, step)| {
        let of = step.requests.map(|requests| (requests, requests.to_string()));
        let since = step.since_previous.map(|minutes| {
            let (x, y) = ((LEFT + 8).to_string(), (row * STEP).saturating_sub(11).to_string());
            view! { <text class="tiny" x=x y=y>"↓ "{t.reports_training_after(&length(t, minutes))}</text> }
        });
        view! { {since}{bar(3 + row * STEP, LEFT, most, t.reports_training_word(step.step), of.as_ref())} }
    });
    let height = (steps.len() * 46).saturating_sub(21);
    view! {
        <svg class="chart" viewBox=format!("0 0 330 {height}") role="img" aria-label=label.to_owned()>{rows.collect_view()}</svg>
    }
    .to_html()
}

/// A weekly rate in thousandths: a line through the weeks, interrupted where one is hidden.
fn line(t: Lang, label: &str, weeks: &[(Date, Option<u16>)]) -> String {
    let most = weeks.iter().filter_map(|(_, rate)| *rate).max().unwrap_or(0).clamp(100, 1_000);
    let last = u32::try_from(weeks.len().saturating_sub(1)).unwrap_or(0).max(1);
    let x = |week: u32| 30 + week * 319 / last;
    let y = |rate: u16| 130 - u32::from(rate) * 105 / u32::from(most);
    let mut lines: Vec<Vec<String>> = vec![Vec::new()];
    for (week, (_, rate)) in (0_u32..).zip(weeks) {
        match (rate, lines.last_mut()) {
            (Some(rate), Some(line)) => line.push(format!("{},{}", x(week), y(*rate))),
            _ => lines.push(Vec::new()),
        }
    }
    let lines = lines
        .into_iter()
        .filter(|line| line.len() > 1)
        .map(|line| view! { <polyline class="line" points=line.join(" ")/> });
    // As many labels as fit.
    let every = last.div_ceil(6);
    let marks = (0_u32..).zip(weeks).map(|(week, (date, rate))| {
        let at = x(week);
        let is_named = week % every == 0;
        let below = is_named.then(|| view! { <text class="tiny" x=at.to_string() y="150" text-anchor="middle">{t.short_day(*date)}</text> });
        let mark = if let Some(rate) = rate {
            let over = y(*rate);
            let message = is_named.then(|| {
                view! { <text class="halo strong" x=at.to_string() y=(over - 9).to_string() text-anchor="middle">{percent(t, *rate)}</text> }
            });
            view! { <circle class="pt" cx=at.to_string() cy=over.to_string() r="3.5"/>{message} }.into_any()
        } else {
            let few = is_named.then(|| view! { <text class="tiny" x=at.to_string() y="124" text-anchor="middle">{FEW}</text> });
            view! { <rect class="hide" fill="url(#hatch)" x=(at - 4).to_string() y="126" width="8" height="8" rx="2"/>{few} }.into_any()
        };
        view! { {mark}{below} }
    });
    view! {
        <svg class="chart" viewBox="0 0 372 160" role="img" aria-label=label.to_owned()>
            <line class="grid" x1="20" x2="360" y1="130" y2="130"/>
            {lines.collect_view()}{marks.collect_view()}
        </svg>
    }
    .to_html()
}
