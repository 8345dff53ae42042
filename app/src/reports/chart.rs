//! Charts as SVG: each is drawn from the figures that stand in the table below it.
//!
//! Invariant: a figure stands in or beside every mark, and what is not shown is hatched and says so; no chart needs colour.

use domain::{reports::Cell, time::Date};
use leptos::prelude::*;
use text::{Lang, time};

/// What stands for too few people.
pub const FEW: &str = "<5";
/// The same for hours at which it is closed.
pub const CLOSED: &str = "–";

/// Three letters of a weekday.
pub fn short_weekday(t: Lang, day: u8) -> String {
    time::capitalised(&t.weekday(day).chars().take(3).collect::<String>())
}

/// The ground of what is not shown, for every chart of the document.
pub fn hatching() -> AnyView {
    view! {
        <svg class="sprite" width="0" height="0" aria-hidden="true">
            <defs>
                <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <path class="hatch-line" d="M0 0V6"/>
                </pattern>
            </defs>
        </svg>
    }
    .into_any()
}

/// A step of the scale, 0 to 5, and how words on it look.
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

/// A rectangle of the map, in its units.
#[derive(Debug, Clone, Copy)]
struct Place {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

impl Place {
    fn word(self, class: &'static str, word: String) -> AnyView {
        let (x, y) = (self.x + self.width / 2, self.y + self.height / 2 + 4);
        view! { <text x=x.to_string() y=y.to_string() text-anchor="middle" class=class>{word}</text> }.into_any()
    }

    fn hidden(self, word: String) -> AnyView {
        let Self { x, y, width, height } = self;
        view! {
            <rect x=x.to_string() y=y.to_string() width=width.to_string() height=height.to_string() rx="4" class="hide" fill="url(#hatch)"/>
            {self.word("", word)}
        }
        .into_any()
    }

    fn shown(self, share: u8) -> AnyView {
        let Self { x, y, width, height } = self;
        let (step, class) = heat(share);
        view! {
            <rect x=x.to_string() y=y.to_string() width=width.to_string() height=height.to_string() rx="4" data-heat=step/>
            {self.word(class, share.to_string())}
        }
        .into_any()
    }
}

/// The hours of the week: days below each other where there is room, and beside each other on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Hours go to the right.
    Wide,
    /// Hours go down.
    Upright,
}

/// The map of the hours of the week.
pub fn map(t: Lang, cells: &[Vec<Cell>], (first, behind): (u8, u8), lie: Lie, label: String) -> AnyView {
    let hours: u32 = u32::from(behind.saturating_sub(first)).max(1);
    // Edge, width and height of a cell, and the gap.
    let (left, top, step_x, step_y) = match lie {
        Lie::Wide => (36, 26, (504 / hours).max(20), 34),
        Lie::Upright => (28, 26, 44, 30),
    };
    let at = |day: u32, hour: u32, days: u32, many: u32| {
        let (column, row, wide, high) = match lie {
            Lie::Wide => (hour, day, many, days),
            Lie::Upright => (day, hour, days, many),
        };
        Place {
            x: left + column * step_x,
            y: top + row * step_y,
            width: wide * step_x - 2,
            height: high * step_y - 2,
        }
    };
    let (columns, rows) = if lie == Lie::Wide { (hours, 7) } else { (7, hours) };
    let (width, height) = (left + columns * step_x, top + rows * step_y);
    let hour_words = (0..hours).map(|hour| {
        let place = at(0, hour, 1, 1);
        let (x, y, anchor) = match lie {
            Lie::Wide => (place.x + place.width / 2, 16, "middle"),
            Lie::Upright => (22, place.y + place.height / 2 + 4, "end"),
        };
        view! { <text x=x.to_string() y=y.to_string() text-anchor=anchor>{u32::from(first) + hour}</text> }
    });
    let day_words = (0_u8..7).map(|day| {
        let place = at(day.into(), 0, 1, 1);
        let (x, y, anchor) = match lie {
            Lie::Wide => (30, place.y + place.height / 2 + 4, "end"),
            Lie::Upright => (place.x + place.width / 2, 16, "middle"),
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
                Cell::Closed => place.word("", CLOSED.to_owned()),
                Cell::Few => place.hidden(FEW.to_owned()),
                Cell::Share(share) => place.shown(*share),
            }
        });
        marks.collect_view().into_any()
    });
    let class = if lie == Lie::Wide { "chart only-roomy" } else { "chart only-slim" };
    view! {
        <svg class=class viewBox=format!("0 0 {width} {height}") role="img" aria-label=label>
            {hour_words.collect_view()}{day_words.collect_view()}{days.collect_view()}
        </svg>
    }
    .into_any()
}

/// The steps of a scale as bars, of 100.
pub fn bars(label: &str, steps: &[(&'static str, Option<u8>)]) -> AnyView {
    let most = steps.iter().filter_map(|(_, share)| *share).max().unwrap_or(0).max(1);
    let rows = (0_u32..).zip(steps).map(|(row, (word, share))| {
        let (y, line) = (3 + row * 27, 16 + row * 27);
        let ground = match share {
            Some(share) => {
                let width = u32::from(*share) * 190 / u32::from(most);
                view! {
                    <rect class="bar-bg" x="92" y=y.to_string() width="190" height="18" rx="4"/>
                    <rect class="bar-fill" x="92" y=y.to_string() width=width.to_string() height="18" rx="4"/>
                }
                .into_any()
            }
            None => view! { <rect class="hide" fill="url(#hatch)" x="92" y=y.to_string() width="190" height="18" rx="4"/> }.into_any(),
        };
        let said = share.map_or_else(|| FEW.to_owned(), |share| format!("{share} %"));
        view! {
            <text x="84" y=line.to_string() text-anchor="end" class="strong">{*word}</text>
            {ground}
            <text x="290" y=line.to_string()>{said}</text>
        }
    });
    let height = steps.len() * 27 + 4;
    view! {
        <svg class="chart" viewBox=format!("0 0 330 {height}") role="img" aria-label=label.to_owned()>{rows.collect_view()}</svg>
    }
    .into_any()
}

/// `6.8`, from thousandths.
pub fn percent(t: Lang, per_mille: u16) -> String {
    let point = if t == Lang::It { ',' } else { '.' };
    format!("{}{point}{}", per_mille / 10, per_mille % 10)
}

/// A rate by week, of 1,000: a line through the weeks that are shown, broken where one is not.
pub fn line(t: Lang, label: &str, weeks: &[(Date, Option<u16>)]) -> AnyView {
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
    // As many words as there is room for.
    let every = last.div_ceil(6);
    let marks = (0_u32..).zip(weeks).map(|(week, (date, rate))| {
        let at = x(week);
        let is_named = week % every == 0;
        let below = is_named.then(|| view! { <text class="tiny" x=at.to_string() y="150" text-anchor="middle">{t.short_day(*date)}</text> });
        let mark = if let Some(rate) = rate {
            let over = y(*rate);
            let said = is_named.then(|| {
                view! { <text class="halo strong" x=at.to_string() y=(over - 9).to_string() text-anchor="middle">{percent(t, *rate)}</text> }
            });
            view! { <circle class="pt" cx=at.to_string() cy=over.to_string() r="3.5"/>{said} }.into_any()
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
    .into_any()
}

/// A share as a bar that is beside its figure.
pub fn bar(share: u8) -> AnyView {
    view! {
        <svg class="chart ubar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bar-bg" width="100" height="10" rx="2"/>
            <rect class="bar-fill" width=share.to_string() height="10" rx="2"/>
        </svg>
    }
    .into_any()
}
