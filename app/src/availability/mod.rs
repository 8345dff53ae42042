//! Availability: when a trainer offers checkouts, and which slots members get.
//!
//! Invariant: the slots shown are those that members are offered, from the same function. The selected week, day
//! and rule are in the address, so that everything works without script. Not here: other people's availability.

pub mod api;
mod drawn;
mod edit_form;
mod grid;

use crate::{
    call::{Call, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind, Submit},
        changing::{dynamic, remount},
        empty::Empty,
        form::{Field, Form, Summary, completed_count, hidden, was_submitted},
        icon::Icon,
    },
};
use api::{AddAway, RemoveAway, RemoveRule, SaveRule};
use contract::availability::{Availability, AwayView, OwnSlot, RuleView};
use domain::{
    hours::{DAY_MINUTES, clock},
    id::RuleId,
    live::Noun,
    time::Date,
};
use drawn::{Drawn, Sketch};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use text::{Lang, time};

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
    let source = move || (live.version(Noun::Checkouts), live.version(Noun::Bookings), changes());
    let answers = page_resource(source, |_| api::mine());
    live_page(lang::current().availability_title(), 4, answers, move |all| view! { <Page all calls/> }.into_any())
}

/// The Monday of the week of `date`.
fn monday(date: Date) -> Date {
    Date::from_days(date.days() - i64::from(date.weekday()))
}

/// Address of this page in the week of `monday`, with the query `rest`.
fn address(monday_shown: Date, today: Date, rest: &str) -> String {
    let week = (monday_shown != monday(today)).then(|| format!("week={monday_shown}"));
    let query = week.into_iter().chain((!rest.is_empty()).then(|| rest.to_owned())).collect::<Vec<_>>().join("&");
    if query.is_empty() { "/availability".to_owned() } else { format!("/availability?{query}") }
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(all: RwSignal<Availability>, calls: Calls) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let date = move |name: &'static str| query.with(|query| query.get_str(name).and_then(Date::from_iso));
    // A day that no calendar has is not this week.
    let is_impossible = Memo::new(move |_| {
        let is_none = |text: &str| !text.is_empty() && Date::from_iso(text).is_none();
        query.with(|query| ["week", "day"].into_iter().filter_map(|name| query.get_str(name)).any(is_none))
    });
    let requested = move || query.with(|query| query.get_str("rule").and_then(|id| id.parse().ok()).map(RuleId));
    let edited = Memo::new(move |_| {
        let requested = requested()?;
        all.with(|all| all.rules.iter().find(|rule| rule.id == requested).cloned())
    });
    let today = Memo::new(move |_| all.with(|all| all.today));
    // One of the weeks in which members get slots.
    let week = Memo::new(move |_| {
        let (first, last) = all.with(|all| (monday(all.today).days(), monday(all.until).days()));
        let requested = date("week").map_or(first, |week| monday(week).days());
        Date::from_days(requested.clamp(first, last))
    });
    let day = Memo::new(move |_| date("day").filter(|day| day.days() >= today.get().days()));
    // A drawn rule is in the address.
    let new = Memo::new(move |_| {
        query.with(|query| Drawn::from_query(|name| query.get(name))).filter(|_| day.get().is_some())
    });
    let (sketch, saved) = (Sketch::new(), completed_count(calls.save));
    Effect::new(move |_| {
        edited.track();
        saved.track();
        sketch.drawn.set(new.get());
    });
    let back = Signal::derive(move || address(week.get(), today.get(), ""));
    view! {
        <a class="crumb" href="/checkouts"><Icon name="chevron-left"/>{t.checkouts_title()}</a>
        <header class="page-head">
            <h1>{t.availability_title()}</h1>
            <p class="sub only-narrow">{t.availability_sub()}</p>
            {dynamic(move || Some(weeks(t, week.get(), today.get(), all.with(|all| all.until))))}
            {dynamic(move || is_impossible.get().then(|| view! {
                <p class="why" role="status"><Icon name="info"/><span>{t.refused_address()}</span></p>
            }))}
            <drawn::Once sketch/>
        </header>
        <Summary action=calls.remove/>
        <div class="avail-cols">
            <div class="cluster">
                <div class="only-wide cluster">
                    {dynamic(move || Some(all.with(|all| grid::week(all, week.get(), edited.get().map(|rule| rule.id), sketch, calls))))}
                    <p class="keys">
                        <span>{t.availability_draw_hint()}</span>
                        <span><kbd>"↑"</kbd><kbd>"↓"</kbd>{t.availability_key_move()}</span>
                        <span><kbd>"Shift ↑↓"</kbd>{t.availability_key_resize()}</span>
                        <span><kbd>"Del"</kbd>{t.availability_key_remove()}</span>
                    </p>
                </div>
                {dynamic(move || all.with(|all| all.rules.is_empty()).then(|| view! {
                    <div class="card"><Empty icon="clock"><h2>{t.availability_none()}</h2><p>{t.availability_none_next()}</p></Empty></div>
                }))}
                {dynamic(move || all.with(|all| Some(view! {
                    {list(t, all, week.get(), edited.get().map(|rule| rule.id), calls)}
                    {exceptions(t, all, week.get(), edited.get().map(|rule| rule.id), calls)}
                })))}
                <AddAway calls/>
            </div>
            <div class="cluster">
                {remount(move || {
                    let (edited, day, new) = (edited.get(), day.get(), new.get());
                    Some(view! { <edit_form::Sheet edited day new week=week.get_untracked() all calls sketch/> })
                })}
                <Preview all/>
            </div>
        </div>
        <drawn::SaveBar sketch edited all back calls/>
    }
}

/// The displayed week, with links to the others. Only a wide page has room for a week.
fn weeks(t: Lang, date: Date, today: Date, until: Date) -> AnyView {
    let step = |days: i64| Date::from_days(date.days() + days);
    let arrow = |to: Date, label: &'static str, icon: &'static str, is_there: bool| {
        if is_there {
            view! { <a class="btn" data-icon="" href=address(to, today, "") aria-label=label title=label><Icon name=icon/></a> }
                .into_any()
        } else {
            view! { <span class="btn" data-icon="" aria-disabled="true"><Icon name=icon/></span> }.into_any()
        }
    };
    view! {
        <nav class="push btn-row only-wide" aria-label=t.availability_week()>
            <span class="sub">{t.short_dates(date, step(6))}</span>
            {arrow(step(-7), t.availability_previous(), "chevron-left", date.days() > today.days())}
            <ButtonLink href="/availability" label=t.availability_this_week().to_owned()/>
            {arrow(step(7), t.availability_next(), "chevron-right", step(7).days() <= until.days())}
        </nav>
    }
    .into_any()
}

fn list(t: Lang, all: &Availability, week: Date, edited: Option<RuleId>, calls: Calls) -> Option<AnyView> {
    let rules: Vec<_> = all.rules.iter().filter(|rule| rule.date.is_none()).collect();
    (!rules.is_empty()).then(|| {
        let count = rules.len();
        let rows = rules.into_iter().map(|rule| row(t, rule, all.today, week, edited, calls));
        view! {
            <section class="group" aria-labelledby="weekly">
                <h2 class="group-head" id="weekly">{t.availability_rules()}<span class="n" aria-hidden="true">{count}</span></h2>
                <ul class="list">{rows.collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// Exceptions on single days: extra times, and days away.
fn exceptions(t: Lang, all: &Availability, week: Date, edited: Option<RuleId>, calls: Calls) -> AnyView {
    let extra =
        all.rules.iter().filter_map(|rule| Some((rule.date?, row(t, rule, all.today, week, edited, calls))));
    let away = all.away.iter().map(|away| (away.first, away_row(t, away, all.today, calls)));
    let mut rows: Vec<(Date, AnyView)> = extra.chain(away).collect();
    rows.sort_by_key(|(date, _)| *date);
    let count = rows.len();
    let rows: Vec<AnyView> = rows.into_iter().map(|(_, row)| row).collect();
    view! {
        <section class="group" aria-labelledby="exceptions">
            <h2 class="group-head" id="exceptions">{t.availability_exceptions()}<span class="n" aria-hidden="true">{count}</span></h2>
            {if rows.is_empty() {
                view! { <p class="muted">{t.availability_away_none()}</p> }.into_any()
            } else {
                view! { <ul class="list">{rows}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}

/// `17:00`, and `00:00` for the end of the day.
fn clock_of(minute: u16) -> String {
    clock(if minute == DAY_MINUTES { 0 } else { minute })
}

/// `17:00–19:00`.
fn hours(rule: &RuleView) -> String {
    format!("{}–{}", clock_of(rule.from), clock_of(rule.to))
}

fn day(t: Lang, rule: &RuleView, today: Date) -> String {
    match (rule.weekday, rule.date) {
        (_, Some(date)) => time::capitalised(&t.weekday_date(date, today)),
        (Some(weekday), None) => t.weekdays().get(usize::from(weekday)).copied().unwrap_or_default().to_owned(),
        (None, None) => String::new(),
    }
}

fn row(t: Lang, rule: &RuleView, today: Date, week: Date, edited: Option<RuleId>, calls: Calls) -> AnyView {
    let title = format!("{}, {}", day(t, rule, today), hours(rule));
    let kinds = rule.kinds.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
    let kinds = if kinds.is_empty() { t.availability_for_all().to_owned() } else { kinds };
    let mut second = vec![t.availability_makes(u32::from(rule.slots), rule.length)];
    second.extend(rule.date.map(|_| t.availability_extra().to_owned()));
    second.extend((rule.buffer > 0).then(|| t.availability_buffered(rule.buffer)));
    second.push(kinds);
    second.extend(
        rule.first.filter(|first| *first > today).map(|day| t.availability_since(&t.weekday_date(day, today))),
    );
    second.extend(rule.last.map(|day| t.availability_until(&t.weekday_date(day, today))));
    let (id, current) = (rule.id.to_string(), (edited == Some(rule.id)).then_some("true"));
    let href = address(week, today, &format!("rule={id}"));
    view! {
        <li aria-current=current><div class="item">
            <span class="tile"><Icon name="clock"/></span>
            <span class="lines">
                <a class="t" href=href>{title.clone()}</a>
                <span class="s">{second.join(" · ")}</span>
            </span>
            <div class="acts">
                <Form action=calls.remove beside=true>
                    {hidden("rule", &id)}
                    <Submit label=t.availability_remove() about=title kind=Kind::Ghost busy=calls.remove.pending()/>
                </Form>
            </div>
        </div></li>
    }
    .into_any()
}

/// The form for days away.
#[component]
fn AddAway(calls: Calls) -> impl IntoView {
    let t = lang::current();
    view! {
        <section class="card" aria-label=t.availability_away()>
            <details class="deed" open=was_submitted(api::AddAway::PATH)>
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

fn away_row(t: Lang, away: &AwayView, today: Date, calls: Calls) -> AnyView {
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
            <span class="lines"><span class="t">{days.clone()}</span><span class="s">{t.availability_away_short()}</span></span>
            <div class="acts">
                <Form action=calls.back beside=true>
                    {hidden("away", &id)}
                    <Submit label=t.availability_remove() about=days kind=Kind::Ghost busy=calls.back.pending()/>
                </Form>
            </div>
        </div></li>
    }
    .into_any()
}

/// The slots that members get, day by day.
#[component]
fn Preview(all: RwSignal<Availability>) -> impl IntoView {
    let t = lang::current();
    dynamic(move || {
        let slots = all.with(|all| all.slots.clone());
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
            let days = days.into_iter().map(|(date, slots)| {
                let all_taken = slots.iter().all(|slot| slot.taken || slot.closed);
                let times = slots.into_iter().map(|slot| {
                    let clock = time::clock(slot.starts);
                    if slot.taken || slot.closed { view! { <del>{clock}</del>" " }.into_any() } else { view! { <span>{clock}</span>" " }.into_any() }
                });
                view! {
                    <li><b>{t.short_date(date)}</b><span>
                        {times.collect_view()}
                        {all_taken.then(|| view! { <span class="s">{t.availability_none_left()}</span> })}
                    </span></li>
                }
            });
            view! {
                <section class="card" aria-labelledby="preview">
                    <div class="card-head"><h2 id="preview">{t.availability_preview()}</h2>
                        <span class="push small muted">{format!("{} · {}", t.availability_count(count(slots.len())), t.availability_taken(count(taken)))}</span></div>
                    <ul class="preview-days" role="list">{days.collect_view()}</ul>
                </section>
            }
        })
    })
}
