//! The form of a rule: the selected one, or a new one on the selected day.

use super::{
    Calls, address, clock_of,
    drawn::{Drawn, On, Sketch},
    hours,
};
use crate::{
    lang,
    ui::{
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        choices::Choices,
        form::{Field, Form, hidden},
        segmented::{Segment, Segmented},
        select::Select,
        versions::VERSION,
    },
};
use contract::availability::{Availability, RuleView};
use domain::{
    availability::{LENGTH, Times},
    time::Date,
};
use leptos::prelude::*;

/// The offered lengths.
const LENGTHS: [&str; 4] = ["15", "30", "45", "60"];

/// Initial values of the form.
struct Filled {
    weekday: String,
    date: String,
    from: String,
    to: String,
    length: u16,
    buffer: String,
    first: String,
    last: String,
    kinds: Vec<String>,
}

impl Filled {
    fn of(rule: &RuleView) -> Self {
        let text = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
        Self {
            weekday: rule.weekday.map(|day| day.to_string()).unwrap_or_default(),
            date: text(rule.date),
            from: clock_of(rule.from),
            to: clock_of(rule.to),
            length: rule.length,
            buffer: rule.buffer.to_string(),
            first: text(rule.first),
            last: text(rule.last),
            kinds: rule.kinds.iter().map(|(id, _)| id.to_string()).collect(),
        }
    }

    /// A new rule: as drawn, or weekly on the weekday of `day`.
    fn new(day: Option<Date>, drawn: Option<Drawn>) -> Self {
        let (weekday, date) = match drawn.map(|drawn| drawn.on) {
            Some(On::Date(date)) => (String::new(), date.to_string()),
            Some(On::Every(weekday)) => (weekday.to_string(), String::new()),
            None => (day.map_or(0, Date::weekday).to_string(), String::new()),
        };
        let (from, to) = drawn.map_or((17 * 60, 19 * 60), |drawn| (drawn.times.from, drawn.times.to));
        Self {
            weekday,
            date,
            from: clock_of(from),
            to: clock_of(to),
            length: LENGTH,
            buffer: "0".to_owned(),
            first: String::new(),
            last: String::new(),
            kinds: Vec::new(),
        }
    }
}

/// Summary of a rule: how many slots, when the last one begins, and the time left over.
fn makes(drawn: Drawn) -> Option<String> {
    let t = lang::current();
    let Times { to, length, .. } = drawn.times;
    let last = drawn.times.starts().last()?;
    let left = to - last - length;
    let mut message = vec![
        format!("{}.", t.availability_makes(drawn.count(), length)),
        t.availability_last_one(&clock_of(last)),
    ];
    message.extend((left > 0).then(|| t.availability_unused(&left.to_string())));
    Some(message.join(" "))
}

#[component]
pub(super) fn Sheet(
    edited: Option<RuleView>,
    /// Day of a new rule.
    day: Option<Date>,
    /// A new rule that was drawn.
    new: Option<Drawn>,
    /// The displayed week.
    week: Date,
    all: RwSignal<Availability>,
    calls: Calls,
    sketch: Sketch,
) -> impl IntoView {
    let t = lang::current();
    let rule = edited.as_ref();
    let today = all.with_untracked(|all| all.today);
    let filled = rule.map_or_else(|| Filled::new(day, new), Filled::of);
    let days = (0..7).zip(t.weekdays()).map(|(day, name): (u8, _)| (day.to_string(), name.to_owned()));
    let days = days.chain([(String::new(), t.availability_one_date().to_owned())]).collect();
    let lengths = LENGTHS.map(|length| Segment { value: length, name: length, icon: None }).to_vec();
    let length = LENGTHS.into_iter().find(|length| *length == filled.length.to_string()).unwrap_or("30");
    let kinds =
        all.with_untracked(|all| all.kinds.iter().map(|(id, name)| (id.to_string(), name.clone())).collect());
    let title = match rule {
        Some(rule) => format!("{}, {}", super::day(t, rule, today), hours(rule)),
        None => t.availability_add().to_owned(),
    };
    let label = if rule.is_some() { t.availability_save() } else { t.availability_add() };
    let named = rule.map(|rule| {
        view! {
            {hidden("rule", &rule.id)}
            {hidden(VERSION, &rule.version)}
        }
    });
    let stored = rule.and_then(Drawn::of);
    let back = address(week, today, "");
    view! {
        <section class="card rule-form" aria-labelledby="sheet" id="rule-form" on:input=move |_| sketch.read()>
            <div class="card-head"><h2 id="sheet">{title}</h2></div>
            <Form action=calls.save>
                {named}
                <Select name="weekday" label=t.availability_day() options=days chosen=Signal::stored(filled.weekday)/>
                <Field name="date" kind="date" label=t.availability_the_date() hint=t.availability_the_date_hint() value=filled.date/>
                <div class="two">
                    <Field name="from" kind="time" label=t.availability_from() value=filled.from/>
                    <Field name="to" kind="time" label=t.availability_to() value=filled.to/>
                </div>
                <Segmented name="length" legend=t.availability_length_label() segments=lengths chosen=length/>
                <Field name="buffer" kind="number" label=t.availability_buffer_label() value=filled.buffer/>
                <div class="two">
                    <Field name="first" kind="date" label=t.availability_first() value=filled.first/>
                    <Field name="last" kind="date" label=t.availability_last_label() hint=t.availability_last_hint() value=filled.last/>
                </div>
                <Choices name="kinds[]" error="kinds" legend=t.availability_for() options=kinds chosen=filled.kinds/>
                {dynamic(move || sketch.drawn.get().or(stored).and_then(makes).map(|message| view! { <p class="small muted">{message}</p> }))}
                <div class="btn-row">
                    <Submit label kind=Kind::Primary busy=calls.save.pending()/>
                    {edited.is_some().then(|| view! {
                        <ButtonLink href=back label=t.form_cancel().to_owned() kind=Kind::Ghost/>
                    })}
                </div>
            </Form>
        </section>
    }
}
