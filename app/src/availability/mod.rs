//! Availability: when a trainer offers times for checkouts, and which times members get by it.
//!
//! Invariant: the times shown are the ones that members are offered, from the same function. Deliberately absent: other people's
//! availability.

pub mod api;

use crate::{
    call::{Call, asked},
    lang,
    live::use_live,
    ui::{
        button::{ButtonLink, Kind, Submit},
        changing::part,
        choices::Choices,
        empty::Empty,
        form::{Field, Form, Summary},
        icon::Icon,
        page::live_page,
        select::Select,
        versions::VERSION,
    },
};
use api::{AddAway, RemoveAway, RemoveRule, SaveRule};
use domain::{
    availability::{LENGTH, LENGTHS},
    hours::{DAY_MINUTES, clock},
    id::RuleId,
    live::Noun,
    time::Date,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::{Lang, time};
use views::availability::{Availability, AwayShown, OwnSlot, RuleShown};

#[derive(Debug, Clone, Copy)]
struct Calls {
    save: Call<SaveRule>,
    remove: Call<RemoveRule>,
    away: Call<AddAway>,
    back: Call<RemoveAway>,
}

/// The page at `/availability`.
pub fn availability_page() -> AnyView {
    let live = use_live();
    let calls = Calls { save: Call::new(), remove: Call::new(), away: Call::new(), back: Call::new() };
    let changes = move || {
        calls.save.version().get()
            + calls.remove.version().get()
            + calls.away.version().get()
            + calls.back.version().get()
    };
    let answers = asked(move || (live.version(Noun::Checkouts), changes()), |_| api::mine());
    live_page(lang::current().availability_title(), 4, answers, move |all| view! { <Page all calls/> }.into_any())
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(all: RwSignal<Availability>, calls: Calls) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let wanted = move || query.with(|query| query.get_str("rule").and_then(|id| id.parse().ok()).map(RuleId));
    let edited = Memo::new(move |_| {
        let wanted = wanted()?;
        all.with(|all| all.rules.iter().find(|rule| rule.id == wanted).cloned())
    });
    let today = all.with_untracked(|all| all.today);
    view! {
        <a class="crumb" href="/checkouts"><Icon name="chevron-left"/>{t.checkouts_title()}</a>
        <header class="page-head"><h1>{t.availability_title()}</h1><p class="sub">{t.availability_sub()}</p></header>
        <Summary action=calls.remove/>
        {part(move || Some({
            let rules = all.with(|all| all.rules.clone());
            if rules.is_empty() {
                view! {
                    <div class="card"><Empty icon="clock"><h2>{t.availability_none()}</h2><p>{t.availability_none_next()}</p></Empty></div>
                }.into_any()
            } else {
                let (dates, weekly): (Vec<_>, Vec<_>) = rules.into_iter().partition(|rule| rule.date.is_some());
                view! {
                    {list("weekly", t.availability_rules(), weekly, today, calls)}
                    {list("dates", t.availability_dates(), dates, today, calls)}
                }.into_any()
            }
        }))}
        {part(move || {
            let edited = edited.get();
            Some(view! { <Sheet edited all calls/> })
        })}
        <Days all calls/>
        <Preview all/>
    }
}

fn list(
    id: &'static str,
    title: &'static str,
    rules: Vec<RuleShown>,
    today: Date,
    calls: Calls,
) -> Option<AnyView> {
    (!rules.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby=id>
                <h2 class="group-head" id=id>{title}<span class="n">{rules.len()}</span></h2>
                <ul class="list">{rules.into_iter().map(|rule| row(rule, today, calls)).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// `17:00–19:00`.
fn hours(rule: &RuleShown) -> String {
    let to = if rule.to == DAY_MINUTES { 0 } else { rule.to };
    format!("{}–{}", clock(rule.from), clock(to))
}

fn day(t: Lang, rule: &RuleShown, today: Date) -> String {
    match (rule.weekday, rule.date) {
        (_, Some(date)) => time::capitalised(&t.weekday_date(date, today)),
        (Some(weekday), None) => t.weekdays().get(usize::from(weekday)).copied().unwrap_or_default().to_owned(),
        (None, None) => String::new(),
    }
}

fn row(rule: RuleShown, today: Date, calls: Calls) -> AnyView {
    let t = lang::current();
    let title = format!("{}, {}", day(t, &rule, today), hours(&rule));
    let kinds = rule.kinds.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
    let kinds = if kinds.is_empty() { t.availability_for_all().to_owned() } else { kinds };
    let mut second = vec![t.availability_makes(u32::from(rule.slots), rule.length)];
    second.extend((rule.buffer > 0).then(|| t.availability_buffered(rule.buffer)));
    second.push(kinds);
    second.extend(
        rule.first.filter(|first| *first > today).map(|day| t.availability_since(&t.weekday_date(day, today))),
    );
    second.extend(rule.last.map(|day| t.availability_until(&t.weekday_date(day, today))));
    view! {
        <li><div class="item">
            <span class="tile"><Icon name="clock"/></span>
            <span class="lines">
                <a class="t" href=format!("/availability?rule={}", rule.id)>{title.clone()}</a>
                <span class="s">{second.join(" · ")}</span>
            </span>
            <div class="acts">
                <Form action=calls.remove beside=true>
                    <input type="hidden" name="rule" value=rule.id.to_string()/>
                    <Submit label=t.availability_remove() about=title kind=Kind::Danger busy=calls.remove.pending()/>
                </Form>
            </div>
        </div></li>
    }
    .into_any()
}

/// The form of a rule: of one that is there, or of a new one.
#[component]
fn Sheet(edited: Option<RuleShown>, all: RwSignal<Availability>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let rule = edited.as_ref();
    let text = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    let weekday =
        rule.map_or_else(|| "0".to_owned(), |rule| rule.weekday.map(|day| day.to_string()).unwrap_or_default());
    let (from, to) = rule.map_or_else(
        || ("17:00".to_owned(), "19:00".to_owned()),
        |rule| (clock(rule.from), clock(if rule.to == DAY_MINUTES { 0 } else { rule.to })),
    );
    let length = rule.map_or(LENGTH, |rule| rule.length).to_string();
    let buffer = rule.map_or(0, |rule| rule.buffer).to_string();
    let (date, first, last) =
        rule.map_or_else(Default::default, |rule| (text(rule.date), text(rule.first), text(rule.last)));
    let days = (0..7).zip(t.weekdays()).map(|(day, name): (u8, _)| (day.to_string(), name.to_owned()));
    let days = days.chain([(String::new(), t.availability_one_date().to_owned())]).collect();
    let lengths = LENGTHS.iter().map(|length| (length.to_string(), length.to_string())).collect();
    let kinds =
        all.with_untracked(|all| all.kinds.iter().map(|(id, name)| (id.to_string(), name.clone())).collect());
    let chosen = rule.map(|rule| rule.kinds.iter().map(|(id, _)| id.to_string()).collect()).unwrap_or_default();
    let title = match rule {
        Some(rule) => format!("{}, {}", day(t, rule, all.with_untracked(|all| all.today)), hours(rule)),
        None => t.availability_add().to_owned(),
    };
    let label = if rule.is_some() { t.availability_save() } else { t.availability_add() };
    let named = rule.map(|rule| {
        view! {
            <input type="hidden" name="rule" value=rule.id.to_string()/>
            <input type="hidden" name=VERSION value=rule.version.to_string()/>
        }
    });
    view! {
        <section class="card" aria-labelledby="sheet">
            <div class="card-head"><h2 id="sheet">{title}</h2></div>
            <Form action=calls.save>
                {named}
                <div class="two">
                    <Select name="weekday" label=t.availability_day() options=days chosen=Signal::stored(weekday)/>
                    <Field name="date" kind="date" label=t.availability_the_date() hint=t.availability_the_date_hint() value=date/>
                    <Field name="from" kind="time" label=t.availability_from() value=from/>
                    <Field name="to" kind="time" label=t.availability_to() value=to/>
                    <Select name="length" label=t.availability_length_label() options=lengths chosen=Signal::stored(length)/>
                    <Field name="buffer" kind="number" label=t.availability_buffer_label() value=buffer/>
                    <Field name="first" kind="date" label=t.availability_first() value=first/>
                    <Field name="last" kind="date" label=t.availability_last_label() hint=t.availability_last_hint() value=last/>
                </div>
                <Choices name="kinds[]" error="kinds" legend=t.availability_for() options=kinds chosen/>
                <div class="btn-row">
                    <Submit label kind=Kind::Primary busy=calls.save.pending()/>
                    {edited.is_some().then(|| view! {
                        <ButtonLink href="/availability" label=t.form_cancel().to_owned() kind=Kind::Ghost/>
                    })}
                </div>
            </Form>
        </section>
    }
}

/// Days away: what is said, and the form for more.
#[component]
fn Days(all: RwSignal<Availability>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    view! {
        <section class="card" aria-labelledby="away">
            <div class="card-head"><h2 id="away">{t.availability_away()}</h2></div>
            {part(move || Some(all.with(|all| {
                if all.away.is_empty() {
                    return view! { <p class="muted">{t.availability_away_none()}</p> }.into_any();
                }
                let today = all.today;
                let rows = all.away.iter().map(|away| away_row(t, away, today, calls));
                view! { <ul class="list">{rows.collect_view()}</ul> }.into_any()
            })))}
            <details class="deed">
                <summary>{t.availability_away_add()}</summary>
                <Form action=calls.away afresh=true>
                    <div class="two">
                        <Field name="away_first" kind="date" label=t.availability_first()/>
                        <Field name="away_last" kind="date" label=t.availability_last_label()/>
                    </div>
                    <div class="btn-row"><Submit label=t.availability_away_add() busy=calls.away.pending()/></div>
                </Form>
            </details>
        </section>
    }
}

fn away_row(t: Lang, away: &AwayShown, today: Date, calls: Calls) -> AnyView {
    let name = |date| t.weekday_date(date, today);
    let days = if away.first == away.last {
        name(away.first)
    } else {
        format!("{} – {}", name(away.first), name(away.last))
    };
    let (days, id) = (time::capitalised(&days), away.id.to_string());
    view! {
        <li><div class="item">
            <span class="tile"><Icon name="moon"/></span>
            <span class="lines"><span class="t">{days.clone()}</span></span>
            <div class="acts">
                <Form action=calls.back beside=true>
                    <input type="hidden" name="away" value=id/>
                    <Submit label=t.availability_remove() about=days kind=Kind::Ghost busy=calls.back.pending()/>
                </Form>
            </div>
        </div></li>
    }
    .into_any()
}

/// The times that members get, day by day.
#[component]
fn Preview(all: RwSignal<Availability>) -> impl IntoView {
    let t = lang::current();
    part(move || {
        let (slots, today) = all.with(|all| (all.slots.clone(), all.today));
        (!slots.is_empty()).then(|| {
            let taken = slots.iter().filter(|slot| slot.taken).count();
            let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let mut days: Vec<(Date, Vec<OwnSlot>)> = Vec::new();
            for slot in &slots {
                let date = slot.starts.wall().date;
                match days.last_mut() {
                    Some((day, slots)) if *day == date => slots.push(slot.clone()),
                    _ => days.push((date, vec![slot.clone()])),
                }
            }
            let days = days.into_iter().map(|(date, slots)| view! {
                <dt>{time::capitalised(&t.weekday_date(date, today))}</dt>
                <dd>{slots.into_iter().map(|slot| {
                    let clock = time::clock(slot.starts);
                    if slot.taken { view! { <del>{clock}</del>" " }.into_any() } else { view! { <span>{clock}</span>" " }.into_any() }
                }).collect_view()}</dd>
            });
            view! {
                <section class="card" aria-labelledby="preview">
                    <div class="card-head"><h2 id="preview">{t.availability_preview()}</h2>
                        <span class="push small muted">{format!("{} · {}", t.availability_count(count(slots.len())), t.availability_taken(count(taken)))}</span></div>
                    <dl class="preview-days">{days.collect_view()}</dl>
                </section>
            }
        })
    })
}
