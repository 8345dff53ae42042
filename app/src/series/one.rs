//! One series: first a date that cannot be held, then the coming dates and the rule.
//!
//! Invariant: forms are there only for those who decide; the service checks it again. Not here: changing the time ([`super::change`]).

use super::dates::{Mark, choices, clock, has_words, minutes, rule_in_words, span, term};
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, remount},
        facts::Facts,
        form::{Field, Form, Summary, hidden},
        icon::Icon,
        versions::VERSION,
    },
};
use contract::series::{self, PreviewDate, ReadSeriesPage, SeriesOccurrence, SeriesPage};
use domain::{
    id::SeriesId,
    live::Noun,
    series::Scope,
    time::{Date, Moment},
};
use leptos::prelude::*;
use text::Lang;

type ChangeSeries = Function<series::ChangeSeries>;
type SkipDate = Function<series::SkipSeriesDate>;
type EndSeries = Function<series::EndSeries>;

#[derive(Debug, Clone, Copy)]
struct Calls {
    change: Call<ChangeSeries>,
    skip: Call<SkipDate>,
    end: Call<EndSeries>,
}

/// The page at `/series/{id}`.
pub fn series_page(series: SeriesId) -> AnyView {
    let calls = Calls { change: Call::new(), skip: Call::new(), end: Call::new() };
    let live = use_live();
    let sent = move || calls.change.version().get() + calls.skip.version().get() + calls.end.version().get();
    let page: PageResource<SeriesPage> = page_resource(
        move || (live.version(Noun::Bookings), sent()),
        move |_| load(&ReadSeriesPage { id: series }),
    );
    live_page(lang::current().series_title(), 6, page, move |page| view! { <Page page calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<SeriesPage>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let lost = Memo::new(move |_| page.with(|page| page.lost.clone()));
    view! {
        {dynamic(move || Some(page.with(|page| head(t, page))))}
        <Summary action=calls.change/>
        <Summary action=calls.skip/>
        <div class="pair-cols">
            <div>
                // Not `dynamic`: the choices are another date's.
                {remount(move || lost.get().map(|lost| page.with_untracked(|page| cannot_be_held(t, page, &lost, calls))))}
                {remount(move || Some(page.with(|page| to_come(t, page, calls))))}
            </div>
            <div>
                {dynamic(move || Some(page.with(|page| all_dates(t, page))))}
                {dynamic(move || Some(page.with(|page| rule(t, page))))}
                {dynamic(move || page.with(|page| page.may_change.then(|| onward(t, page, calls))))}
            </div>
        </div>
    }
}

fn head(t: Lang, page: &SeriesPage) -> AnyView {
    let series = &page.detail.series;
    let back = match (series.group, &series.owner) {
        (Some(group), Some(name)) => (format!("/groups/{group}"), name.clone()),
        _ => ("/series".to_owned(), t.series_title().to_owned()),
    };
    let time = format!("{}–{}", clock(series.from), clock(series.to));
    let title = t.series_head(&series.name, &rule_in_words(t, &series.rule), &time);
    let (first, last) = (t.short_day(series.first), t.short_day(series.last));
    let second = match &series.owner {
        Some(owner) => t.series_of(owner, &first, &last),
        None => t.series_of_nobody(&first, &last),
    };
    let change = (page.may_move && series.coming > 0).then(|| {
        view! { <ButtonLink href=format!("/series/{}/change", series.id) label=t.series_change().to_owned() kind=Press::Quiet/> }
    });
    view! {
        <div class="cluster">
            <div><a class="crumb" href=back.0><Icon name="chevron-left"/>{back.1}</a></div>
            <div class="series-head">
                <header class="machine-head"><h1>{title}</h1><p class="muted">{second}</p></header>
                <div class="btn-row">{change}</div>
            </div>
        </div>
    }
    .into_any()
}

/// The first date that cannot be held, with what could be had instead.
fn cannot_be_held(t: Lang, page: &SeriesPage, lost: &PreviewDate, calls: Calls) -> AnyView {
    let series = &page.detail.series;
    let title = match series.lost {
        0 | 1 => t.series_one_lost().to_owned(),
        many => t.series_many_lost(&many.to_string()),
    };
    let note = page.detail.occurrences.iter().find(|one| one.date == lost.date).and_then(|one| one.note.clone());
    let free = lost.free.then(|| t.series_free_again().to_owned());
    let because = note.into_iter().chain(lost.reasons.iter().cloned()).chain(free).collect::<Vec<_>>().join(" ");
    let (from, to) = (clock(series.from), clock(series.to));
    let change = view! {
        {hidden("id", &series.id)}{hidden(VERSION, &series.version)}{hidden("scope", &Scope::This.as_str())}
        {hidden("date", &lost.date)}{hidden("from", &from)}{hidden("to", &to)}
        {(!lost.free).then(|| choices(t, lost, None, t.series_cancel_it()))}
    };
    let skip = view! { {hidden("id", &series.id)}{hidden("date", &lost.date)} };
    let deed = match lost {
        PreviewDate { free: true, .. } => Some(t.series_have_again()),
        PreviewDate { instead, .. } => (!instead.is_empty()).then(|| t.series_move()),
    };
    view! {
        <section class="card cluster clash-card" aria-labelledby="ans">
            <div class="verdict-line">
                <h2 class="big" id="ans" tabindex="-1">{title}</h2>
                <p class="because"><b>{t.short_date(lost.date)}": "</b>{because}</p>
            </div>
            <div class="acts">
                {deed.map(|label| view! {
                    <Form action=calls.change beside=true>
                        {change}<Submit label kind=Press::Primary busy=calls.change.pending()/>
                    </Form>
                })}
                <Form action=calls.skip beside=true>
                    {skip}<Submit label=t.series_cancel_it() kind=Press::Quiet busy=calls.skip.pending()/>
                </Form>
            </div>
        </section>
    }
    .into_any()
}

fn is_to_come(one: &SeriesOccurrence, now: Moment) -> bool {
    !one.skipped
        && one.ends.at > now.at
        && (one.lost || one.state.is_some_and(domain::bookings::State::takes_time))
}

fn to_come(t: Lang, page: &SeriesPage, calls: Calls) -> AnyView {
    let coming: Vec<_> = page.detail.occurrences.iter().filter(|one| is_to_come(one, page.now)).collect();
    let next = coming.iter().find(|one| !one.lost).map(|one| one.date);
    let last = coming.last().map(|one| one.date);
    let rows = coming.iter().map(|one| row(t, page, one, next, last, calls));
    let number = t.series_to_come(&coming.len().to_string(), &page.detail.series.dates.to_string());
    view! {
        <section class="group" aria-labelledby="coming">
            <h2 class="group-head" id="coming">{t.series_to_come_title()}" "<span class="n">{number}</span></h2>
            <ol class="list occ">{rows.collect_view()}</ol>
        </section>
    }
    .into_any()
}

fn row(
    t: Lang,
    page: &SeriesPage,
    one: &SeriesOccurrence,
    next: Option<Date>,
    last: Option<Date>,
    calls: Calls,
) -> AnyView {
    let day = one.starts.wall().date;
    let month: String = t.month(day.month).chars().take(3).collect();
    let title = if one.lost { t.series_cannot_be_held().to_owned() } else { span(one.starts, one.ends) };
    let mut second = Vec::new();
    second.extend(one.elsewhere.clone());
    second.extend(one.note.clone());
    if one.moved {
        second.push(t.series_moved_this().to_owned());
    }
    if next == Some(one.date) {
        let days = day.days() - page.now.wall().date.days();
        second.push(format!("{}, {}", t.series_next(), t.in_days(days)));
    } else if last == Some(one.date) {
        second.push(t.series_last_date().to_owned());
    }
    let deed = page.may_change.then(|| {
        if one.lost && page.lost.is_some() {
            return view! { <a class="btn" data-size="sm" href="#ans">{t.series_solve()}</a> }.into_any();
        }
        let about = t.short_date(day);
        let ids = view! { {hidden("id", &page.detail.series.id)}{hidden("date", &one.date)} };
        view! {
            <Form action=calls.skip beside=true>
                {ids}<Submit label=t.series_skip() about kind=Press::Quiet busy=calls.skip.pending()/>
            </Form>
        }
        .into_any()
    });
    let booking = one.booking.filter(|_| !one.lost).map(|id| format!("/bookings/{id}"));
    let title = match booking.filter(|_| page.may_change) {
        Some(href) => view! { <a class="t" href=href>{title}</a> }.into_any(),
        None => view! { <p class="t">{title}</p> }.into_any(),
    };
    let (is_next, second) = (next == Some(one.date), second.join(" · "));
    view! {
        <li data-k=one.lost.then_some("no") aria-current=is_next.then_some("date")>
            <time datetime=day.to_string()>{month}<b>{day.day}</b></time>
            <div>{title}<p class="s">{second}</p></div>
            <div class="tail">{deed}</div>
        </li>
    }
    .into_any()
}

fn all_dates(t: Lang, page: &SeriesPage) -> AnyView {
    let now = page.now;
    let next = page.detail.occurrences.iter().find(|one| is_to_come(one, now) && !one.lost).map(|one| one.date);
    let marks: Vec<_> = page
        .detail
        .occurrences
        .iter()
        .map(|one| {
            let mark = match one {
                one if one.skipped => Mark::Excepted,
                one if one.lost => Mark::Lost,
                one if one.ends.at <= now.at => Mark::Past,
                one if next == Some(one.date) => Mark::Next,
                one if one.moved => Mark::Changed,
                _ => Mark::AsAsked,
            };
            (one.date, mark)
        })
        .collect();
    let legend: Vec<_> = [Mark::Past, Mark::Next, Mark::Changed, Mark::Lost, Mark::Excepted]
        .into_iter()
        .filter(|mark| marks.iter().any(|(_, known)| known == mark))
        .collect();
    let number = u32::try_from(marks.len()).unwrap_or(u32::MAX);
    view! {
        <section class="card cluster" aria-labelledby="all-dates">
            <h2 id="all-dates">{t.series_all_dates(number)}</h2>
            {term(t, &marks, &legend)}
        </section>
    }
    .into_any()
}

fn rule(t: Lang, page: &SeriesPage) -> AnyView {
    let series = &page.detail.series;
    let every = format!("{}, {}–{}", rule_in_words(t, &series.rule), clock(series.from), clock(series.to));
    let mut facts = vec![
        (t.series_every(), every),
        (t.series_last(), t.weekday_date(series.last, page.now.wall().date)),
        (t.series_fact_hours_label(), t.series_fact_hours(&minutes(page.weekly))),
    ];
    if !has_words(&series.rule) {
        facts.insert(1, (t.series_rule(), series.rule.clone()));
    }
    if let Some(by) = &page.by {
        facts.push((t.series_booked_by(), format!("{by}, {}", t.day(page.made, page.now))));
    }
    view! {
        <section class="card cluster" aria-labelledby="rule">
            <h2 id="rule">{t.series_rule_title()}</h2>
            <Facts facts/>
        </section>
    }
    .into_any()
}

/// Copying it, its calendar, and ending it early.
fn onward(t: Lang, page: &SeriesPage, calls: Calls) -> AnyView {
    let series = &page.detail.series;
    let first = Date::from_days(series.last.days() + 7);
    let last = Date::from_days(first.days() + series.last.days() - series.first.days());
    let group = series.group.map(|group| format!("&group={group}")).unwrap_or_default();
    let copy = format!(
        "/series/new?resource={}{group}&from={}&to={}&first={first}&last={last}",
        series.resource, series.from, series.to
    );
    let id = hidden("id", &series.id);
    view! {
        <ul class="list">
            <li><a class="item" href=copy>
                <span class="tile"><Icon name="repeat"/></span>
                <span class="lines"><span class="t">{t.series_copy()}</span><span class="s">{t.series_copy_next()}</span></span>
                <span class="tail"><Icon name="chevron-right"/></span>
            </a></li>
            <li><a class="item" href="/me/calendar">
                <span class="tile"><Icon name="calendar-days"/></span>
                <span class="lines"><span class="t">{t.series_feed()}</span><span class="s">{t.series_feed_next()}</span></span>
                <span class="tail"><Icon name="chevron-right"/></span>
            </a></li>
        </ul>
        <details class="deed">
            <summary>{t.series_end_early()}</summary>
            <p class="muted">{t.series_end_hint()}</p>
            <Form action=calls.end>
                {id}
                <Field name="last" kind="date" label=t.series_last()/>
                <div class="btn-row"><Submit label=t.series_end_early() kind=Press::Danger busy=calls.end.pending()/></div>
            </Form>
        </details>
    }
    .into_any()
}
