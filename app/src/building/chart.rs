//! The chart of a meter: a bar for each hour, day or month, with a dash at the usual value.
//!
//! Invariant: every bar has its figure in the table below. Lengths are units of the view box, whole numbers so that both halves
//! render the same.

use contract::meters::Bar;
use domain::meters::{Amount, Measure, Period};
use leptos::prelude::*;
use text::Lang;

const WIDTH: i64 = 534;
const HEIGHT: i64 = 248;
/// Left of the bars, for the scale.
const LEFT: i64 = 34;
/// Above the bars.
const TOP: i64 = 20;
/// The bottom of the scale.
const FLOOR: i64 = 224;

/// What a part of the period is called below its bar: `14`, `Mon`, `21`, `Mar`.
pub fn label(t: Lang, period: Period, bar: &Bar) -> String {
    let wall = bar.at.wall();
    match period {
        Period::Day => wall.hour.to_string(),
        Period::Week => t.weekday(wall.date.weekday()).chars().take(3).collect(),
        Period::Month => wall.date.day.to_string(),
        Period::Year => t.month(wall.date.month).chars().take(3).collect(),
    }
}

/// The next round number at or above: 1, 2 or 5 and zeros.
fn rounded_up(thousandths: i64) -> i64 {
    let mut step = 1;
    loop {
        for factor in [1, 2, 5] {
            if step * factor >= thousandths {
                return step * factor;
            }
        }
        step *= 10;
    }
}

/// The values at the bottom and at the top: round numbers beyond all values, or zero where none is on that side. Bars stand on zero
/// or hang from it. A side that is used has room for its mark.
fn scale(values: impl Iterator<Item = i64> + Clone) -> (i64, i64) {
    let (least, most) = (values.clone().min().unwrap_or_default(), values.max().unwrap_or_default());
    let bottom = if least < 0 { -rounded_up((-least).max(most / 10)) } else { 0 };
    let top = if most > 0 || bottom == 0 { rounded_up(most.max(-least / 10).max(1)) } else { 0 };
    (bottom, top)
}

/// The height of `value` in the view box.
const fn height_of(value: i64, (bottom, top): (i64, i64)) -> i64 {
    FLOOR - (FLOOR - TOP) * (value - bottom) / (top - bottom)
}

/// The chart. Without readings there is none.
pub fn chart(
    t: Lang,
    title: &str,
    (measure, period): (Measure, Period),
    bars: &[Bar],
    limit: Option<Amount>,
) -> AnyView {
    let values = bars.iter().flat_map(|bar| [bar.value, bar.usual]).flatten().map(|value| value.0);
    let scale = scale(values.chain(limit.filter(|_| period == Period::Day).map(|limit| limit.0)));
    let count = i64::try_from(bars.len()).unwrap_or(1).max(1);
    let y = |value: i64| height_of(value, scale);
    let slot = (WIDTH - LEFT) / count;
    let wide = (slot - 4).max(2);
    let marked = match scale {
        (0, top) => [0, top / 2, top],
        (bottom, 0) => [bottom, bottom / 2, 0],
        (bottom, top) => [bottom, 0, top],
    };
    let lines = marked.map(|value| {
        let at = y(value);
        view! {
            <line class="grid" x1=LEFT.to_string() x2=WIDTH.to_string() y1=at.to_string() y2=at.to_string()/>
            <text x=(LEFT - 6).to_string() y=(at + 4).to_string() text-anchor="end">{t.number(Amount(value))}</text>
        }
    });
    // Every second hour and every fifth day fit.
    let every = match period {
        Period::Day => 2,
        Period::Month => 5,
        Period::Week | Period::Year => 1,
    };
    let marks = (0_i64..).zip(bars).map(|(at, bar)| {
        let x = LEFT + slot * at + 2;
        let filled = bar.value.map(|value| {
            let (from, to) = (y(value.0.max(0)), y(value.0.min(0)));
            let over = limit.is_some_and(|limit| period == Period::Day && value > limit);
            view! {
                <rect class="bar-fill" data-odd=over.then_some("") x=x.to_string() y=from.to_string() width=wide.to_string()
                    height=(to - from).to_string() rx="3"/>
            }
        });
        let usual = bar.usual.map(|usual| {
            let at = y(usual.0).to_string();
            view! { <line class="usual" x1=x.to_string() x2=(x + wide).to_string() y1=at.clone() y2=at/> }
        });
        let name = (at % every == 0).then(|| {
            view! {
                <text class="tiny" x=(x + wide / 2).to_string() y=(FLOOR + 18).to_string() text-anchor="middle">
                    {label(t, period, bar)}
                </text>
            }
        });
        view! { {filled}{usual}{name} }
    });
    let limit = limit.filter(|_| period == Period::Day).map(|limit| {
        let at = y(limit.0);
        view! {
            <line class="goal" x1=LEFT.to_string() x2=WIDTH.to_string() y1=at.to_string() y2=at.to_string()/>
            <text class="tiny" x=(LEFT + 4).to_string() y=(at - 5).to_string()>{t.meters_limit(&t.amount(measure, limit))}</text>
        }
    });
    let title = title.to_owned();
    view! {
        <svg class="chart" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=title>
            {lines.collect_view()}{marks.collect_view()}{limit}
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scale_ends_at_a_round_number_above_the_largest_bar() {
        for (most, top) in [(1, 1), (3, 5), (6_400, 10_000), (8_000, 10_000), (20_000, 20_000), (20_001, 50_000)] {
            assert_eq!(rounded_up(most), top, "{most}");
        }
    }

    #[test]
    fn scale_reaches_from_the_lowest_value_below_zero_to_the_highest() {
        let scale = |values: &[i64]| scale(values.iter().copied());
        assert_eq!(scale(&[3_000, 8_000]), (0, 10_000));
        assert_eq!(scale(&[-4_200, 8_000]), (-5_000, 10_000));
        assert_eq!(scale(&[-4_200, -1_000]), (-5_000, 0));
        assert_eq!(scale(&[-100, 10_000]), (-1_000, 10_000), "both marks have room");
        assert_eq!((scale(&[]), scale(&[0])), ((0, 1), (0, 1)));
    }

    #[test]
    fn bar_below_zero_is_as_long_as_one_above() {
        let length = |value: i64| {
            let scale = (-10_000, 10_000);
            height_of(value.min(0), scale) - height_of(value.max(0), scale)
        };
        assert_eq!((length(-5_000), length(5_000)), (51, 51));
        assert_eq!((height_of(-10_000, (-10_000, 0)), height_of(0, (-10_000, 0))), (FLOOR, TOP));
    }
}
