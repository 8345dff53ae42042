//! A new series: one sentence, what can be had of it, and one confirmation.
//!
//! Invariant: the sentence is in the address, so the preview works without script and can be sent to others. Not here: which dates
//! are free, and the nearest alternatives.

use super::dates::{Mark, clash, clock, exceptions, minutes, term};
use crate::{
    bookings::importance,
    call::{Call, Function, PageResource, load_query, page_resource},
    clock::use_clock,
    lang,
    live_page::live_page,
    ui::{
        button::{Kind as Press, Submit},
        changing::{dynamic, text},
        form::{Ask, Form, hidden},
        icon::Icon,
    },
};
use contract::series::{self, PlanSeries, PreviewDate, SeriesFields, SeriesPlan, SeriesPreview};
use domain::{
    series::{DATES, RULE, Weekday},
    time::Date,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use text::Lang;

type AddSeries = Function<series::AddSeries>;

/// The page at `/series/new?resource=room:3`.
pub fn new_series_page() -> AnyView {
    let (add, search) = (Call::<AddSeries>::new(), use_location().search);
    let plan: PageResource<SeriesPlan> = page_resource(
        move || (search.get(), add.version().get()),
        |(search, _)| load_query(&PlanSeries {}, &search),
    );
    live_page(lang::current().series_title(), 6, plan, move |plan| view! { <Page plan add/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(plan: RwSignal<SeriesPlan>, add: Call<AddSeries>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(plan.with(|plan| plan.now)));
    view! {
        {dynamic(move || Some(plan.with(|plan| head(t, plan))))}
        <div class="ask-tell">
            {dynamic(move || Some(plan.with(|plan| asking(t, plan))))}
            {dynamic(move || plan.with(|plan| plan.preview.as_ref().map(|preview| answer(t, preview))))}
            {dynamic(move || plan.with(|plan| plan.preview.as_ref().map(|preview| all_dates(t, plan, preview))))}
            {dynamic(move || plan.with(|plan| plan.preview.as_ref().map(|preview| confirm(t, plan, preview, add))))}
        </div>
    }
}

fn head(t: Lang, plan: &SeriesPlan) -> AnyView {
    let back = match &plan.group {
        Some((id, name)) => (format!("/groups/{id}"), name.clone()),
        None => ("/series".to_owned(), t.series_title().to_owned()),
    };
    let title = if plan.resource.is_some() { t.series_new(&plan.name) } else { t.series_new_one().to_owned() };
    view! {
        <header class="cluster">
            <div><a class="crumb" href=back.0><Icon name="chevron-left"/>{back.1}</a></div>
            <h1>{title}</h1>
        </header>
    }
    .into_any()
}

/// The sentence, as a form with GET.
fn asking(t: Lang, plan: &SeriesPlan) -> AnyView {
    let asked = plan.asked.clone();
    let SeriesFields { weekday, rule, from, to, first, last, exceptions: excepted } = asked;
    let days = Weekday::ALL.iter().map(|day| {
        view! { <option value=day.as_str() selected=*day == weekday>{t.weekday(day.number())}</option> }
    });
    let days = days.collect_view();
    let removed = excepted.iter().map(|date| {
        let href = without(plan, *date);
        let label = t.series_exception_remove(&t.short_day(*date));
        view! { <span class="not">{t.short_day(*date)}<a class="btn" data-icon href=href aria-label=label><span aria-hidden="true">"×"</span></a></span>" " }
    });
    let (removed, kept) = (removed.collect_view(), exceptions(&excepted));
    let (problem, place) = (plan.problem.clone(), place(t, plan));
    let faults: Vec<_> = plan
        .problem
        .iter()
        .flat_map(|problem| problem.fields.iter())
        .map(|(_, message)| {
            view! { <p class="error"><Icon name="octagon-alert"/><span>{message.clone()}</span></p> }
        })
        .collect();
    let whose = owner(t, plan);
    let with_rule = !rule.is_empty();
    view! {
        <div class="card a-ask">
            <Ask page="/series/new" problem>
                {kept}
                {place}
                <p class="sentence">
                    {t.series_every()}" "
                    <span class="part"><label class="visually-hidden" for="weekday">{t.series_weekday_label()}</label>
                        <select class="input select" id="weekday" name="weekday">{days}</select></span>" "
                    {part("from", "time", t.series_from_time(), clock(from))}" "{t.series_to()}" "
                    {part("to", "time", t.series_to_time(), clock(to))}", "{t.series_from()}" "
                    {part("first", "date", t.series_first(), first.to_string())}" "{t.series_until()}" "
                    {part("last", "date", t.series_last(), last.to_string())}", "{t.series_except()}" "
                    {removed}
                    {part("except", "date", t.series_exception(), String::new())}
                </p>
                {whose}
                {faults}
                <details class="rule-fold" open=with_rule>
                    <summary>{t.series_rule_fold()}</summary>
                    <div class="field">
                        <label for="rule">{t.series_rule()}</label>
                        <input class="input rrule" id="rule" name="rule" value=rule maxlength=RULE.to_string() aria-describedby="rule-hint"/>
                        <p class="hint" id="rule-hint">{t.series_rule_hint(&DATES.to_string())}</p>
                    </div>
                </details>
                <div class="btn-row"><Submit label=t.series_preview() kind=Press::Quiet/></div>
            </Ask>
        </div>
    }
    .into_any()
}

fn part(name: &'static str, kind: &'static str, label: &'static str, value: String) -> AnyView {
    view! {
        <span class="part"><label class="visually-hidden" for=name>{label}</label>
            <input class="input" id=name type=kind name=name value=value/></span>
    }
    .into_any()
}

/// Where: a machine or a room.
fn place(t: Lang, plan: &SeriesPlan) -> AnyView {
    let none = plan
        .resource
        .is_none()
        .then(|| view! { <option value="" selected=true>{t.series_choose_place()}</option> });
    let options = plan.resources.iter().map(|(resource, name)| {
        view! { <option value=resource.to_string() selected=plan.resource == Some(*resource)>{name.clone()}</option> }
    });
    view! {
        <div class="field">
            <label for="resource">{t.series_place()}</label>
            <select class="input select" id="resource" name="resource">{none}{options.collect_view()}</select>
        </div>
    }
    .into_any()
}

/// For whom: one of the groups, or the reader.
fn owner(t: Lang, plan: &SeriesPlan) -> Option<AnyView> {
    let chosen = plan.group.as_ref().map(|(id, _)| *id);
    if plan.groups.is_empty() {
        return None;
    }
    let own =
        plan.may_be_own.then(|| view! { <option value="" selected=chosen.is_none()>{t.series_for_me()}</option> });
    let groups = plan.groups.iter().map(|(id, name)| {
        view! { <option value=id.to_string() selected=chosen == Some(*id)>{name.clone()}</option> }
    });
    Some(
        view! {
            <div class="field">
                <label for="group">{t.series_for()}</label>
                <select class="input select" id="group" name="group">{own}{groups.collect_view()}</select>
            </div>
        }
        .into_any(),
    )
}

/// The address without one exception.
fn without(plan: &SeriesPlan, date: Date) -> String {
    let SeriesFields { weekday, rule, from, to, first, last, exceptions } = &plan.asked;
    let group = plan.group.as_ref().map(|(id, _)| format!("&group={id}")).unwrap_or_default();
    let rest: Vec<_> =
        exceptions.iter().filter(|one| **one != date).map(|one| format!("&exceptions[]={one}")).collect();
    let rest = rest.concat();
    let rule = urlencoded(rule);
    let resource = plan.resource.map(|resource| resource.to_string()).unwrap_or_default();
    let day = weekday.as_str();
    format!(
        "/series/new?resource={resource}{group}&weekday={day}&from={from}&to={to}&first={first}&last={last}&rule={rule}{rest}"
    )
}

/// A rule has no characters but these that an address would read otherwise.
fn urlencoded(rule: &str) -> String {
    rule.replace('%', "%25").replace('&', "%26").replace('+', "%2B").replace('#', "%23").replace(';', "%3B")
}

fn answer(t: Lang, preview: &SeriesPreview) -> AnyView {
    let all = count(preview.dates.iter().filter(|date| !date.excepted).count());
    let lost = all - preview.free.min(all);
    let title = match (preview.free, lost) {
        (_, 0) => t.series_all_free(all),
        (0, _) => t.series_none_free().to_owned(),
        (free, _) => t.series_some_free(&free.to_string(), &all.to_string()),
    };
    let because = (lost > 0).then(|| view! { <p class="because">{t.series_clashes(lost)}</p> });
    view! { <div class="verdict-line a-say" role="status"><h2 class="big" id="ans" tabindex="-1">{title}</h2>{because}</div> }
        .into_any()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What becomes of a date of a preview.
pub fn mark(date: &PreviewDate) -> Mark {
    match (date.excepted, date.free, date.instead.iter().any(|one| one.chosen)) {
        (true, ..) => Mark::Excepted,
        (_, true, _) => Mark::AsAsked,
        (_, _, true) => Mark::Changed,
        _ => Mark::LeftOut,
    }
}

fn all_dates(t: Lang, plan: &SeriesPlan, preview: &SeriesPreview) -> AnyView {
    let dates: Vec<_> = preview.dates.iter().map(|date| (date.date, mark(date))).collect();
    let clocks = preview.clocks.map(|at| {
        let text = t.series_clocks(&clock(plan.asked.from), &t.short_date(at.wall().date));
        view! { <p class="why"><Icon name="clock"/><span>{text}</span></p> }
    });
    let unmatched = (!preview.unmatched.is_empty()).then(|| {
        let dates =
            preview.unmatched.iter().filter_map(|date| Date::from_iso(date)).map(|date| t.short_date(date));
        let text = t.series_unmatched(&dates.collect::<Vec<_>>().join(", "));
        view! { <p class="why"><Icon name="info"/><span>{text}</span></p> }
    });
    let legend = [Mark::AsAsked, Mark::Changed, Mark::LeftOut, Mark::Excepted];
    view! {
        <section class="a-term" aria-labelledby="all-dates">
            <h2 class="visually-hidden" id="all-dates">{t.series_all_dates(count(preview.dates.len()))}</h2>
            <div class="card cluster">{term(t, &dates, &legend)}{clocks}{unmatched}</div>
        </section>
    }
    .into_any()
}

/// The dates that cannot be had, and the button: one form.
fn confirm(t: Lang, plan: &SeriesPlan, preview: &SeriesPreview, add: Call<AddSeries>) -> AnyView {
    let clashing: Vec<_> = preview.dates.iter().filter(|date| !date.free && !date.excepted).collect();
    let left_out = clashing.iter().filter(|date| !date.instead.iter().any(|one| one.chosen)).map(|date| date.date);
    let skipped = RwSignal::new(left_out.collect::<Vec<_>>());
    let (free, clashes) = (preview.free, count(clashing.len()));
    let booked = move || free + clashes - count(skipped.with(Vec::len)).min(clashes);
    let hours = match preview.limit {
        Some(limit) => t.series_hours_of(&minutes(preview.weekly), &minutes(limit)),
        None => t.series_hours(&minutes(preview.weekly)),
    };
    let list = (!clashing.is_empty()).then(|| {
        let rows = clashing.iter().map(|date| clash(t, date, Some(skipped)));
        view! { <ol class="clashes" aria-label=t.series_cannot_be_had()>{rows.collect_view()}</ol> }
    });
    let SeriesFields { weekday, rule, from, to, first, last, exceptions: excepted } = plan.asked.clone();
    let group = plan.group.as_ref().map(|(id, _)| hidden("group", id));
    let resource = plan.resource.map(|resource| hidden("resource", &resource));
    let time = format!("{} {}", t.weekday(weekday.number()), clock(from));
    let sum = move || t.series_sum(&t.series_dates(booked()), &time);
    let parts = move || {
        let out = count(skipped.with(Vec::len)).min(clashes);
        t.series_sum_parts(&free.to_string(), &(clashes - out).to_string(), &out.to_string())
    };
    let fields = view! {
        {resource}{group}
        {hidden("weekday", &weekday.as_str())}{hidden("rule", &rule)}{hidden("from", &from)}{hidden("to", &to)}
        {hidden("first", &first)}{hidden("last", &last)}{exceptions(&excepted)}{hidden("free", &free)}
    };
    let rates = plan.rates.then(|| importance(t));
    let allowed = (preview.booked > 0).then(|| view! {
        <div class="dock" data-row>
            <p class="sum"><b>{text(sum)}</b><span>{text(parts)}</span></p>
            {dynamic(move || {
                let label = t.series_book(booked());
                Some(view! { <button class="btn" data-kind="primary" data-size="lg" type="submit" aria-busy=move || add.pending().get().then_some("true")><Icon name="check"/>{label}</button> })
            })}
        </div>
    });
    view! {
        <section class="a-fix">
            <Form action=add>
                {fields}
                {list}
                {rates}
                <ul class="checks"><li><Icon name="clock"/><span>{hours}</span></li></ul>
                {allowed}
            </Form>
        </section>
    }
    .into_any()
}
