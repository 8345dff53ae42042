//! Dates of a series as the pages show them: a line for each month, and the choices for a date that cannot be had.

use crate::{
    lang,
    ui::{form::hidden, icon::Icon},
};
use contract::series::{PreviewDate, SeriesAlternative};
use domain::{
    hours::TimeOfDay,
    time::{Date, Moment},
};
use leptos::prelude::*;
use text::{Lang, time};

/// `18:00`.
pub fn clock(time: TimeOfDay) -> String {
    time.to_string()
}

/// The weekdays of a weekly rule; others are too long for a line.
pub fn rule_in_words(t: Lang, rule: &str) -> String {
    let Some((days, weeks)) = weekdays(rule) else { return t.series_own_rule().to_owned() };
    let days = days.into_iter().map(|day| t.weekday(day)).collect::<Vec<_>>().join(", ");
    if weeks == "1" { days } else { t.series_every_weeks(&days, weeks) }
}

/// Whether it has words, and need not be shown as it is stored.
pub fn has_words(rule: &str) -> bool {
    weekdays(rule).is_some()
}

/// The days and the interval of `FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH`; `None` of any other rule.
fn weekdays(rule: &str) -> Option<(Vec<u8>, &str)> {
    const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let (mut days, mut weeks) = (None, "1");
    for part in rule.split(';') {
        match part.split_once('=')? {
            ("FREQ", "WEEKLY") | ("UNTIL" | "COUNT" | "WKST", _) => {}
            ("INTERVAL", interval) => weeks = interval,
            ("BYDAY", list) => {
                let numbers = list.split(',').map(|day| DAYS.iter().position(|known| *known == day));
                let numbers = numbers.collect::<Option<Vec<_>>>()?;
                days = Some(numbers.into_iter().filter_map(|day| u8::try_from(day).ok()).collect());
            }
            _ => return None,
        }
    }
    days.map(|days| (days, weeks))
}

/// What becomes of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    AsAsked,
    Changed,
    LeftOut,
    Excepted,
    Lost,
    Past,
    Next,
}

impl Mark {
    const fn code(self) -> Option<&'static str> {
        match self {
            Self::AsAsked => None,
            Self::Changed => Some("moved"),
            Self::LeftOut => Some("out"),
            Self::Excepted => Some("except"),
            Self::Lost => Some("no"),
            Self::Past => Some("past"),
            Self::Next => Some("next"),
        }
    }

    const fn label(self, t: Lang) -> &'static str {
        match self {
            Self::AsAsked => t.series_as_asked(),
            Self::Changed => t.series_date_changed(),
            Self::LeftOut => t.series_left_out(),
            Self::Excepted => t.series_excepted(),
            Self::Lost => t.series_lost(),
            Self::Past => t.series_past(),
            Self::Next => t.series_next(),
        }
    }

    const fn swatch(self) -> &'static str {
        match self {
            Self::AsAsked => "t-ok",
            Self::Changed => "t-moved",
            Self::LeftOut => "t-out",
            Self::Excepted => "t-except",
            Self::Lost => "t-no",
            Self::Past => "t-past",
            Self::Next => "t-next",
        }
    }
}

/// All dates by month, each with what becomes of it, and a legend.
pub fn term(t: Lang, dates: &[(Date, Mark)], legend: &[Mark]) -> AnyView {
    let months = dates.chunk_by(|(one, _), (next, _)| (one.year, one.month) == (next.year, next.month));
    let months = months.map(|month| {
        let name: String =
            month.first().map_or_else(String::new, |(date, _)| t.month(date.month).chars().take(3).collect());
        let days = month.iter().map(|(date, mark)| {
            let label = (*mark != Mark::AsAsked).then(|| {
                view! { <span class="visually-hidden">{format!(", {}", mark.label(t))}</span> }
            });
            let arrow = (*mark == Mark::Changed).then(|| view! { <span aria-hidden="true">"→"</span> });
            view! { <li><span class="on" data-k=mark.code()>{arrow}{date.day}{label}</span></li> }
        });
        view! { <li><b>{name}</b><ul>{days.collect_view()}</ul></li> }
    });
    let legend = legend.iter().map(|mark| view! { <li><i class=mark.swatch()></i>{mark.label(t)}</li> });
    view! {
        <ol class="term" aria-label=t.series_by_month()>{months.collect_view()}</ol>
        <ul class="legend">{legend.collect_view()}</ul>
    }
    .into_any()
}

/// A date that cannot be had: why, and what instead. `skipped` counts the dates left out, if it is to be shown.
pub fn clash(t: Lang, date: &PreviewDate, skipped: Option<RwSignal<Vec<Date>>>) -> AnyView {
    let day = t.short_date(date.date);
    let reasons = date.reasons.iter().map(|reason| {
        view! { <p class="r"><Icon name="info"/><span>{reason.clone()}</span></p> }
    });
    let instead = choices(t, date, skipped, t.series_leave_out());
    view! {
        <li id=format!("d{}", date.date)>
            <h3>{day}</h3>
            {reasons.collect_view()}
            {instead}
        </li>
    }
    .into_any()
}

/// The alternatives to a date, the nearest chosen.
pub fn choices(
    t: Lang,
    date: &PreviewDate,
    skipped: Option<RwSignal<Vec<Date>>>,
    leave_out: &'static str,
) -> AnyView {
    let (day, name) = (date.date, format!("choices[{}]", date.date));
    if date.instead.is_empty() {
        return view! { <p class="muted">{leave_out}</p>{hidden_choice(&name, day)} }.into_any();
    }
    let chosen = date.instead.iter().any(|one| one.chosen);
    let change = move |is_skipped: bool| {
        if let Some(skipped) = skipped {
            skipped.update(|skipped| {
                skipped.retain(|known| *known != day);
                if is_skipped {
                    skipped.push(day);
                }
            });
        }
    };
    let options = date.instead.iter().map(|one| {
        let (main, second) = in_words(t, date, one);
        view! {
            <li><label>
                <input type="radio" name=name.clone() value=one.choice.clone() checked=one.chosen on:change=move |_| change(false)/>
                <b>{main}</b><span class="s">{second}</span>
            </label></li>
        }
    });
    let options = options.collect_view();
    view! {
        <fieldset>
            <legend class="visually-hidden">{t.series_instead_of(&t.short_date(day))}</legend>
            <ul class="times" role="list">
                {options}
                <li><label>
                    <input type="radio" name=name.clone() value=format!("{day} skip") checked=!chosen on:change=move |_| change(true)/>
                    <b>{leave_out}</b><span class="s"></span>
                </label></li>
            </ul>
        </fieldset>
    }
    .into_any()
}

fn hidden_choice(name: &str, day: Date) -> AnyView {
    let name = name.to_owned();
    view! { <input type="hidden" name=name value=format!("{day} skip")/> }.into_any()
}

/// What differs first: the place, the day or the time.
fn in_words(t: Lang, date: &PreviewDate, one: &SeriesAlternative) -> (String, String) {
    let same_time = one.starts == date.starts && one.ends == date.ends;
    let day = one.starts.wall().date;
    let times = span(one.starts, one.ends);
    match (one.same_place, same_time, day == date.starts.wall().date) {
        (false, true, _) => (one.name.clone(), t.series_same_time().to_owned()),
        (false, false, true) => (one.name.clone(), times),
        (false, false, false) => (one.name.clone(), format!("{}, {times}", t.short_date(day))),
        (true, _, true) => (times, one.name.clone()),
        (true, _, false) => (t.short_date(day), times),
    }
}

/// `18:00–20:00`.
pub fn span(starts: Moment, ends: Moment) -> String {
    format!("{}–{}", time::clock(starts), time::clock(ends))
}

/// A hidden field for each exception.
pub fn exceptions(dates: &[Date]) -> AnyView {
    dates.iter().map(|date| hidden("exceptions[]", date)).collect_view().into_any()
}

/// Minutes as a length.
pub fn minutes(minutes: u32) -> String {
    lang::current().length(domain::time::MINUTE * minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekly_rule_is_shown_as_its_days() {
        assert_eq!(rule_in_words(Lang::En, "FREQ=WEEKLY;BYDAY=TU,TH"), "Tuesday, Thursday");
        assert_eq!(rule_in_words(Lang::En, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"), "Tuesday, every 2 weeks");
        assert_eq!(rule_in_words(Lang::En, "FREQ=MONTHLY;BYDAY=1TU"), "by a rule of its own");
    }
}
