//! Problems by week, drawn on the server: a chart, and the same as a table.
//!
//! Invariant: resolved ones are hatched and every bar has its number, so colour is not needed.

use domain::problems::Week;
use leptos::prelude::*;
use text::Lang;

/// Width of a week in the chart, and of a bar.
const STEP: u32 = 28;
const BAR: u32 = 12;
/// Position of the baseline, and height of the highest bar.
const GROUND: u32 = 150;
const HIGHEST: u32 = 110;

/// Draws chart and table; empty if nothing was reported or resolved, and nothing is open.
pub(super) fn drawn(t: Lang, weeks: &[Week]) -> String {
    let most = weeks.iter().map(|week| week.reported.max(week.resolved)).max().unwrap_or(0);
    if most == 0 && weeks.iter().all(|week| week.open == 0) {
        return String::new();
    }
    let sum = |of: fn(&Week) -> u32| weeks.iter().map(of).sum::<u32>().to_string();
    let label = t.problems_weeks_label(&sum(|week| week.reported), &sum(|week| week.resolved));
    let width = 8 + STEP * u32::try_from(weeks.len()).unwrap_or(0);
    let bars = (0_u32..).zip(weeks).map(|(at, week)| {
        let left = 8 + at * STEP;
        // Every other week has room for its date; this one has it.
        let is_named = (weeks.len() - at as usize) % 2 == 1;
        let day = is_named.then(|| {
            view! { <text class="tiny" x=(left + BAR + 1).to_string() y="166" text-anchor="middle">{t.short_day(week.monday)}</text> }
        });
        view! {
            {bar(left, week.reported, most, "bar-fill", None)}
            {bar(left + BAR + 2, week.resolved, most, "hide", Some("url(#hatch)"))}
            {day}
        }
    });
    let rows = weeks.iter().map(|week| {
        view! {
            <tr>
                <th scope="row">{t.short_day(week.monday)}</th>
                <td data-num="">{week.reported}</td><td data-num="">{week.resolved}</td><td data-num="">{week.open}</td>
            </tr>
        }
    });
    view! {
        <section class="card report queue-weeks" aria-labelledby="weeks">
            <div class="card-head"><h2 id="weeks">{t.problems_weeks()}</h2></div>
            <div>
                <svg class="chart" viewBox=format!("0 0 {width} 200") role="img" aria-label=label>
                    <defs>
                        <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                            <path class="hatch-line" d="M0 0V6"/>
                        </pattern>
                    </defs>
                    <line class="grid" x1="4" x2=width.to_string() y1=GROUND.to_string() y2=GROUND.to_string()/>
                    {bars.collect_view()}
                    <rect class="bar-fill" x="8" y="184" width="14" height="12" rx="2"/>
                    <text x="28" y="195">{t.problems_week_reported()}</text>
                    <rect class="hide" fill="url(#hatch)" x="118" y="184" width="14" height="12" rx="2"/>
                    <text x="138" y="195">{t.problems_week_resolved()}</text>
                </svg>
            </div>
            <div class="table-wrap">
                <table class="table use-table">
                    <caption class="visually-hidden">{t.problems_weeks()}</caption>
                    <thead><tr>
                        <th scope="col">{t.problems_week()}</th>
                        <th scope="col" data-num="">{t.problems_week_reported()}</th>
                        <th scope="col" data-num="">{t.problems_week_resolved()}</th>
                        <th scope="col" data-num="">{t.problems_week_open()}</th>
                    </tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .to_html()
}

/// A bar with its number above; empty for zero.
fn bar(left: u32, count: u32, most: u32, class: &'static str, fill: Option<&'static str>) -> AnyView {
    if count == 0 {
        return ().into_any();
    }
    let height = (count * HIGHEST / most.max(1)).max(2);
    let (top, middle) = (GROUND - height, left + BAR / 2);
    view! {
        <rect class=class fill=fill x=left.to_string() y=top.to_string() width=BAR.to_string() height=height.to_string() rx="3"/>
        <text class="strong tiny" x=middle.to_string() y=(top - 5).to_string() text-anchor="middle">{count}</text>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::words;
    use domain::time::Date;

    fn week(day: u8, reported: u32, resolved: u32, open: u32) -> Week {
        Week { monday: Date { year: 2026, month: 11, day }, reported, resolved, open }
    }

    #[test]
    fn problem_chart_has_figures_and_table_of_open_problems() {
        let html = drawn(Lang::En, &[week(9, 4, 2, 3), week(16, 0, 1, 2)]);
        let content = words(&html);
        assert!(content.contains("9 Nov423") && content.contains("16 Nov012"), "{content}");
        assert!(html.contains("4 reported, 3 resolved"), "{html}");
        // Two hatched bars and the legend; none where nothing happened.
        assert_eq!(html.matches("url(#hatch)").count(), 3, "{html}");
        assert_eq!(html.matches("class=\"bar-fill\"").count(), 2, "{html}");
        assert!(!html.contains("style="), "the content policy forbids styles in the document: {html}");
        assert_eq!(html.matches("<tr>").count(), 3, "{html}");
    }

    #[test]
    fn italian_chart_has_no_english_and_empty_chart_is_omitted() {
        let content = words(&drawn(Lang::It, &[week(9, 1, 0, 1)]));
        assert!(content.contains("Problemi per settimana") && content.contains("Aperti alla fine"), "{content}");
        assert!(!content.contains("Reported") && !content.contains("Open"), "{content}");
        assert_eq!(drawn(Lang::En, &[week(9, 0, 0, 0), week(16, 0, 0, 0)]), "");
    }
}
