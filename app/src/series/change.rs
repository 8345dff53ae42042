//! Changing the time of a series: the new time, which dates, and what cannot be had then.
//!
//! Invariant: the request is in the address, and the server computes the preview. Not here: which dates a change concerns.

use super::dates::Mark;
use super::{
    dates::{clash, clock},
    new::mark,
};
use crate::{
    call::{Call, Function, PageResource, load_query, page_resource},
    clock::use_clock,
    lang,
    live_page::live_page,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::{dynamic, remount, text},
        form::{Ask, Form, Summary, hidden},
        icon::Icon,
        versions::VERSION,
    },
};
use contract::series::{self, PlanSeriesChange, SeriesAdded, SeriesChangePlan, SeriesPreview};
use domain::{id::SeriesId, series::Scope, time::Date};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use text::Lang;

type ChangeSeries = Function<series::ChangeSeries>;

/// The page at `/series/{id}/change`.
pub fn change_series_page(series: SeriesId) -> AnyView {
    let (change, search) = (Call::<ChangeSeries>::new(), use_location().search);
    let plan: PageResource<SeriesChangePlan> = page_resource(
        move || (search.get(), change.version().get()),
        move |(search, _)| load_query(&PlanSeriesChange { id: series }, &search),
    );
    live_page(lang::current().series_change_time(), 5, plan, move |plan| view! { <Page plan change/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(plan: RwSignal<SeriesChangePlan>, change: Call<ChangeSeries>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(plan.with(|plan| plan.now)));
    let done = answered(change);
    view! {
        {dynamic(move || Some(plan.with(|plan| head(t, plan))))}
        <div role="status">{dynamic(move || done.get().map(|done| changed(t, &done)))}</div>
        <Summary action=change/>
        {remount(move || done.with(Option::is_none).then(|| plan.with(|plan| asking(t, plan))))}
        {remount(move || {
            let preview = done.with(Option::is_none).then(|| plan.with(|plan| plan.preview.clone())).flatten()?;
            Some(plan.with(|plan| confirm(t, plan, &preview, change)))
        })}
    }
}

/// The result, with the way to it: later dates may be a series of their own now.
fn changed(t: Lang, done: &SeriesAdded) -> AnyView {
    let href = format!("/series/{}", done.series);
    view! {
        <Banner tone=Tone::Go icon="check" title=t.series_change_done(done.booked)>
            <a class="link" href=href>{t.series_show()}</a>
        </Banner>
    }
    .into_any()
}

fn head(t: Lang, plan: &SeriesChangePlan) -> AnyView {
    let series = &plan.detail.series;
    view! {
        <header class="cluster">
            <div><a class="crumb" href=format!("/series/{}", series.id)><Icon name="chevron-left"/>{series.name.clone()}</a></div>
            <h1>{t.series_change_time()}</h1>
        </header>
    }
    .into_any()
}

fn asking(t: Lang, plan: &SeriesChangePlan) -> AnyView {
    let series = &plan.detail.series;
    let one = plan.detail.occurrences.iter().find(|one| one.date == plan.date);
    let before = one.map(|one| {
        format!("{}, {}", t.short_date(one.starts.wall().date), super::dates::span(one.starts, one.ends))
    });
    let options = plan.reach.iter().map(|(scope, dates)| option(t, plan, *scope, dates)).collect_view();
    let (page, date) = (format!("/series/{}/change", series.id), hidden("date", &plan.date));
    let (from, to) = (clock(plan.from), clock(plan.to));
    let faults: Vec<_> = plan.problem.iter().map(|problem| {
        view! { <p class="form-summary" role="alert"><Icon name="octagon-alert"/><span>{problem.detail.clone()}</span></p> }
    }).collect();
    view! {
        <Ask page problem=None>
            {date}
            <section class="card swap-card">
                <p class="swap"><del>{before}</del></p>
                <div class="from-to">
                    <div class="field"><label for="from">{t.series_from_time()}</label>
                        <input class="input" id="from" name="from" type="time" value=from/></div>
                    <div class="field"><label for="to">{t.series_to_time()}</label>
                        <input class="input" id="to" name="to" type="time" value=to/></div>
                </div>
            </section>
            <fieldset class="scopes">
                <legend class="label-lg">{t.series_which()}</legend>
                {options}
            </fieldset>
            {faults}
            <div class="btn-row"><Submit label=t.series_preview() kind=Press::Quiet/></div>
        </Ask>
    }
    .into_any()
}

fn option(t: Lang, plan: &SeriesChangePlan, scope: Scope, reached: &[Date]) -> AnyView {
    let number = count(reached.len());
    let (label, text) = match scope {
        Scope::This => (t.series_only(&t.short_date(plan.date)), t.series_changes(number)),
        Scope::Following => (t.series_following().to_owned(), t.series_changes(number)),
        Scope::All => (t.series_all().to_owned(), t.series_changes_all(number)),
    };
    let text = if reached.is_empty() { t.series_change_none().to_owned() } else { text };
    let dates = plan.detail.occurrences.iter().filter(|one| !one.skipped).map(|one| {
        let mark = match one {
            one if reached.contains(&one.date) && one.lost => Some("no"),
            one if reached.contains(&one.date) => Some("on"),
            one if one.ends.at <= plan.now.at => Some("past"),
            _ => None,
        };
        view! { <span data-k=mark>{one.date.day}</span> }
    });
    view! {
        <label class="option">
            <input type="radio" name="scope" value=scope.as_str() checked=plan.scope == scope/>
            <b>{label}</b><span class="d">{text}</span>
            <span class="reach" aria-hidden="true">{dates.collect_view()}</span>
        </label>
    }
    .into_any()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What cannot be had, the effect, and the button: one form.
fn confirm(t: Lang, plan: &SeriesChangePlan, preview: &SeriesPreview, change: Call<ChangeSeries>) -> AnyView {
    let series = &plan.detail.series;
    let time = format!("{}–{}", clock(plan.from), clock(plan.to));
    let clashing: Vec<_> = preview.dates.iter().filter(|date| !date.free).collect();
    let left_out = clashing.iter().filter(|date| mark(date) == Mark::LeftOut).map(|date| date.date);
    let skipped = RwSignal::new(left_out.collect::<Vec<_>>());
    let all = count(preview.dates.len());
    let booked = move || all - count(skipped.with(Vec::len)).min(all);
    let list = (!clashing.is_empty()).then(|| {
        let title = t.series_cannot_at(&clashing.len().to_string(), &all.to_string(), &clock(plan.from));
        let rows = clashing.iter().map(|date| clash(t, date, Some(skipped)));
        view! {
            <section class="cluster" aria-labelledby="clashes">
                <h2 id="clashes">{title}</h2>
                <ol class="clashes">{rows.collect_view()}</ol>
            </section>
        }
    });
    let told = (plan.members > 0)
        .then(|| view! { <li><Icon name="bell"/><span>{t.series_told(plan.members)}</span></li> });
    let sum = move || t.series_change_to(&t.series_dates(booked()), &time);
    let fields = view! {
        {hidden("id", &series.id)}{hidden(VERSION, &series.version)}{hidden("scope", &plan.scope.as_str())}
        {hidden("date", &plan.date)}{hidden("from", &plan.from)}{hidden("to", &plan.to)}{hidden("free", &preview.free)}
    };
    let may_book = preview.booked > 0;
    view! {
        <Form action=change beside=true>
            {fields}
            {list}
            <ul class="checks">{told}<li><Icon name="check"/><span>{t.series_kept()}</span></li></ul>
            {may_book.then(|| view! {
                <div class="dock" data-row>
                    <p class="sum"><b>{text(sum)}</b></p>
                    {dynamic(move || {
                        let label = t.series_change_do(booked());
                        Some(view! { <button class="btn" data-kind="primary" data-size="lg" type="submit" aria-busy=move || change.pending().get().then_some("true")><Icon name="check"/>{label}</button> })
                    })}
                </div>
            })}
        </Form>
    }
    .into_any()
}
