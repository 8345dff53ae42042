//! The rules of bookings at one place: in sentences, where each comes from, and who could book what by them.
//!
//! Invariant: what is tried stands in the address, and nothing is booked by looking at it. Deliberately absent: saying another
//! rule, which is [`crate::settings`].

use super::{api, clocks, short_day};
use crate::{
    call::asked,
    clock::use_clock,
    lang,
    live::use_live,
    problem::AppError,
    settings::{self, Where},
    ui::{
        button::{Kind, Submit},
        changing::part,
        form::{Ask, Field},
        icon::Icon,
        page::live_page,
        select::Select,
    },
};
use domain::{
    live::Noun,
    problem::Problem,
    settings::{At, Group, Key},
    time::MINUTE,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};
use text::Lang;
use views::{
    bookings::Tried,
    settings::{SettingRow, SettingsPage},
};

/// What is tried, as it stands in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Typed {
    /// Whether anything is tried.
    asked: bool,
    who: String,
    what: String,
    day: String,
    from: String,
    to: String,
}

/// The page at `/bookings/rules`.
pub fn rules_page() -> AnyView {
    let (query, live) = (use_query_map(), use_live());
    let word = move |name: &str| query.with(|query| query.get_str(name).unwrap_or_default().to_owned());
    let typed = Memo::new(move |_| Typed {
        asked: query.with(|query| query.get_str("what").is_some()),
        who: word("who"),
        what: word("what"),
        day: word("day"),
        from: word("start"),
        to: word("end"),
    });
    // One answer of both: two that are awaited one within the other may come to the browser in either order.
    let answers = asked(
        move || (word("at"), typed.get(), live.version(Noun::Bookings), live.version(Noun::Space)),
        |(at, Typed { asked, who, what, day, from, to }, ..)| async move {
            let page = settings::api::page(at, String::new(), None, String::new()).await?;
            let (tried, problem) = match api::try_out(asked, who, what, day, from, to).await {
                Ok(tried) => (tried, None),
                Err(AppError(problem)) => (None, Some(problem)),
            };
            Ok(Shown { page, tried, problem })
        },
    );
    live_page(lang::current().rules_title(), 6, answers, move |shown| {
        let page = Signal::derive(move || shown.with(|shown| shown.page.clone()));
        let tried = Signal::derive(move || shown.with(|shown| shown.tried.clone()));
        let problem = Memo::new(move |_| shown.with(|shown| shown.problem.clone()));
        let try_box = part(move || Some(view! { <TryBox page typed tried problem=problem.get()/> }));
        view! { <Page page>{try_box}</Page> }.into_any()
    })
}

/// The rules, and what was tried by them or why it could not be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Shown {
    page: SettingsPage,
    tried: Option<Tried>,
    problem: Option<Problem>,
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(page: Signal<SettingsPage>, children: Children) -> impl IntoView {
    let t = lang::current();
    let shown = move || {
        page.with(|page| {
            let rows: Vec<_> =
                page.rows.iter().filter(|row| row.key.group() == Group::Bookings).cloned().collect();
            let lines = rows.iter().map(|row| line(t, page.at, row)).collect_view();
            let summary = summary(t, &rows);
            view! {
                <Where page="/bookings/rules" at=page.at places=page.places.clone()/>
                <section class="card"><p class="rules-summary">{summary}</p></section>
                <div class="table-wrap"><table class="table">
                    <thead><tr><th>{t.rules_rule()}</th><th>{t.rules_value()}</th><th>{t.rules_from()}</th><th></th></tr></thead>
                    <tbody>{lines}</tbody>
                </table></div>
            }
            .into_any()
        })
    };
    view! {
        <a class="crumb" href="/bookings"><Icon name="chevron-left"/>{t.bookings_title()}</a>
        <header class="page-head"><h1>{t.rules_title()}</h1><p class="sub">{t.rules_sub()}</p></header>
        <div class="rules-cols">
            <div class="stack">{shown}</div>
            {children()}
        </div>
    }
}

/// The rules as somebody would say them.
fn summary(t: Lang, rows: &[SettingRow]) -> String {
    let word = |key| rows.iter().find(|row| row.key == key).map(|row| row.value.as_str()).unwrap_or_default();
    let number = |key| word(key).parse::<u32>().unwrap_or(0);
    let length = |key| t.length(MINUTE * number(key));
    let pause = number(Key::BookingBefore) + number(Key::BookingAfter);
    let answered = if word(Key::BookingMode) == "moderated" { t.rules_moderated() } else { t.rules_automatic() };
    let need = match word(Key::BookingNeed) {
        "required" => t.rules_required(),
        "respect" => t.rules_respect(),
        _ => t.rules_free(),
    };
    let some = |key, said: &dyn Fn(&str) -> String| (number(key) > 0).then(|| said(word(key)));
    let sentences = [
        Some(t.rules_length(&length(Key::BookingLeast), &length(Key::BookingMost), word(Key::BookingHorizon))),
        Some(answered.to_owned()),
        some(Key::BookingOpen, &|most| t.rules_open(most)),
        some(Key::BookingWeekly, &|most| t.rules_weekly(most)),
        (pause > 0).then(|| t.rules_pause(&t.length(MINUTE * pause))),
        (number(Key::BookingFreeUntil) > 0).then(|| t.rules_cancel(&length(Key::BookingFreeUntil))),
        Some(t.rules_release().to_owned()),
        Some(need.to_owned()),
    ];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// One rule: what holds, where it comes from, and the way to another.
fn line(t: Lang, at: At, row: &SettingRow) -> AnyView {
    let key = row.key;
    let value = match key {
        Key::BookingLeast
        | Key::BookingMost
        | Key::BookingGrid
        | Key::BookingLead
        | Key::BookingBefore
        | Key::BookingAfter
        | Key::BookingFreeUntil => match row.value.parse::<u32>() {
            Ok(minutes) => super::length(t, minutes),
            Err(_) => row.value.clone(),
        },
        _ => t.setting_value(key, &row.value),
    };
    let href = row.may_change.then(|| format!("/settings?at={at}&key={}", key.word()));
    let own = row.own.is_some();
    view! {
        <tr>
            <th scope="row">{t.setting_name(key)}</th>
            <td>{if own { view! { <b>{value}</b> }.into_any() } else { value.into_any() }}</td>
            <td class="muted">{t.setting_from(row.from)}</td>
            <td>{href.map(|href| view! {
                <a class="link" href=href>{t.rules_change()}<span class="visually-hidden">": "{t.setting_name(key)}</span></a>
            })}</td>
        </tr>
    }
    .into_any()
}

/// Who could book what, and why not.
#[component]
fn TryBox(
    page: Signal<SettingsPage>,
    typed: Memo<Typed>,
    tried: Signal<Option<Tried>>,
    #[prop(optional_no_strip)] problem: Option<Problem>,
) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    let (at, places) = page.with_untracked(|page| (page.at, page.places.clone()));
    let machines = places.into_iter().filter(|(at, _)| matches!(at, At::Machine(_)));
    let options: Vec<_> = machines.map(|(at, name)| (at.to_string(), name)).collect();
    let typed = typed.get_untracked();
    let or = |typed: String, usual: String| if typed.is_empty() { usual } else { typed };
    let first = options.first().map(|(at, _)| at.clone()).unwrap_or_default();
    let here = if matches!(at, At::Machine(_)) { at.to_string() } else { first };
    let what = or(typed.what, here);
    let day = or(typed.day, clock.now_once().wall().date.to_string());
    let (from, to) = (or(typed.from, "18:00".to_owned()), or(typed.to, "20:00".to_owned()));
    view! {
        <section class="card" aria-labelledby="try">
            <div class="card-head"><h2 id="try">{t.rules_try()}</h2></div>
            <p class="small muted">{t.rules_try_next()}</p>
            <Ask page="/bookings/rules" problem>
                <input type="hidden" name="at" value=at.to_string()/>
                <Field name="who" label=t.rules_who() hint=t.checkouts_person_hint() value=typed.who autocomplete="off"/>
                <Select name="what" label=t.rules_what() options chosen=Signal::stored(what)/>
                <Field name="day" label=t.rules_day() kind="date" value=day/>
                <div class="two">
                    <Field name="start" label=t.rules_start() kind="time" value=from/>
                    <Field name="end" label=t.rules_end() kind="time" value=to/>
                </div>
                <div class="btn-row"><Submit label=t.rules_ask() kind=Kind::Primary/></div>
            </Ask>
            <div role="status">{move || tried.get().map(|tried| verdict(t, tried))}</div>
        </section>
    }
}

fn verdict(t: Lang, tried: Tried) -> AnyView {
    let against = tried.checks.iter().filter(|check| !check.fits).count();
    let fits = against == 0;
    let against = u32::try_from(against).ok().filter(|_| !fits).map(|count| t.rules_against(count));
    let when = format!("{}, {}", short_day(t, tried.time.starts, tried.now), clocks(tried.time));
    let nearest: Vec<_> = tried
        .instead
        .iter()
        .map(|time| format!("{}, {}", short_day(t, time.starts, tried.now), clocks(*time)))
        .collect();
    let checks = tried.checks.into_iter().map(|check| {
        let icon = if check.fits { "circle-check" } else { "octagon-alert" };
        view! { <li data-warn=(!check.fits).then_some("")><Icon name=icon/><span>{check.said}</span></li> }
    });
    view! {
        <div class="verdict" data-fits=fits.then_some("")>
            <p class="big">{if fits { t.rules_yes() } else { t.rules_no() }}</p>
            {against.map(|against| view! { <p>{against}</p> })}
            <p class="small muted">{tried.person}" · "{tried.name}" · "{when}</p>
        </div>
        <ul class="checks" role="list">{checks.collect_view()}</ul>
        {(!nearest.is_empty()).then(|| view! {
            <p class="why"><Icon name="info"/><span>{t.rules_nearest(&nearest.join("; "))}</span></p>
        })}
    }
    .into_any()
}
