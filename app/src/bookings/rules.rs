//! The booking rules of one place: as sentences, with their origin, and a trial of who could book what.
//!
//! Invariant: a trial is part of the address, with the unsaved rule if there is one; opening it books nothing and
//! notifies nobody. Not here: the form of a rule ([`super::edit_rule`]).

use super::{
    api, clocks,
    edit_rule::{self, EditRule, Edited},
    short_day,
};
use crate::{
    call::{Call, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    problem::AppError,
    settings::api::Say,
    ui::{
        button::{Kind, Submit},
        changing::dynamic,
        form::{Ask, Field, hidden},
        icon::Icon,
        preview::trying_out,
        saved::Saved,
        select::Select,
        versions::{VERSION, Versioned, Versions},
    },
};
use contract::{
    bookings::{Level, Rules, TrialResult},
    settings::SettingRow,
};
use domain::{
    bookings::{LATE, RulesAt},
    live::Noun,
    problem::Problem,
    settings::{At, Group, Key, Scope},
};
use leptos::{ev::SubmitEvent, prelude::*};
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};
use text::{Lang, time};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

/// Markers in a sentence: before a value set here, before an inherited one, and behind either. Private-use
/// characters, which nobody types.
const OWN: char = '\u{e000}';
const INHERITED: char = '\u{e001}';
const END: char = '\u{e002}';

/// The trial, read from the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct DryRunForm {
    /// Whether there is a trial.
    is_submitted: bool,
    who: String,
    what: String,
    day: String,
    from: String,
    to: String,
}

impl DryRunForm {
    /// Its fields in the address; empty without a trial.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let Self { is_submitted, who, what, day, from, to } = self;
        let all = [("who", who), ("what", what), ("day", day), ("start", from), ("end", to)];
        all.into_iter().filter(|_| *is_submitted).map(|(name, value)| (name, value.clone())).collect()
    }
}

/// The open rule, its form, and the current trial.
type Open = (Key, Edited, Vec<(&'static str, String)>);

/// The page at `/bookings/rules`.
pub fn rules_page() -> AnyView {
    let (query, live, say) = (use_query_map(), use_live(), Call::<Say>::new());
    let code = move |name: &str| query.with(|query| query.get_str(name).unwrap_or_default().to_owned());
    let input = Memo::new(move |_| DryRunForm {
        is_submitted: query.with(|query| query.get_str("what").is_some()),
        who: code("who"),
        what: code("what"),
        day: code("day"),
        from: code("start"),
        to: code("end"),
    });
    let some = move |name: &str| query.with(|query| query.get_str(name).map(ToOwned::to_owned));
    let edited = Memo::new(move |_| Edited {
        key: Key::parse(&code("key")).filter(|key| key.group() == Group::Bookings),
        value: some("value"),
        version: some(VERSION).and_then(|version| version.parse().ok()),
    });
    // The content of the open form, tried without being saved.
    let typing = RwSignal::new(None::<String>);
    let key = Memo::new(move |_| edited.with(|edited| edited.key));
    Effect::new(move |_| {
        key.track();
        typing.set(None);
    });
    let open = Memo::new(move |_| {
        let edited = edited.get();
        let input = typing.get().filter(|_| edited.key.is_some());
        Edited { value: input.or(edited.value), ..edited }
    });
    // One answer for both: two nested requests may reach the browser in either order.
    let answers = page_resource(
        move || {
            let unsaved = edited.with(Edited::unsaved);
            let news = (live.version(Noun::Bookings), live.version(Noun::Space), say.version().get());
            (code("at"), input.get(), unsaved, news)
        },
        |(at, DryRunForm { is_submitted, who, what, day, from, to }, unsaved, _)| async move {
            let rules = api::rules(at.clone()).await?;
            let unsaved = unsaved.map(|(key, value)| vec![at, key.as_str().to_owned(), value]).unwrap_or_default();
            let (dry_run, problem) = match api::try_out(is_submitted, who, what, day, from, to, unsaved).await {
                Ok(dry_run) => (dry_run, None),
                Err(AppError(problem)) => (None, Some(problem)),
            };
            Ok(RulesView { rules, dry_run, problem })
        },
    );
    live_page(lang::current().rules_title(), 6, answers, move |visible| {
        let rules = Memo::new(move |_| visible.with(|visible| visible.rules.clone()));
        let dry_run = Signal::derive(move || visible.with(|visible| visible.dry_run.clone()));
        let problem = Memo::new(move |_| visible.with(|visible| visible.problem.clone()));
        let at = Memo::new(move |_| rules.with(|rules| rules.at));
        let try_box = dynamic(move || {
            // For another place, another machine is offered first.
            at.track();
            Some(view! { <TryBox rules input edited=open dry_run problem=problem.get()/> })
        });
        view! { <Page rules input edited typing say>{try_box}</Page> }.into_any()
    })
}

/// The rules, and the result or the error of the trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct RulesView {
    rules: Rules,
    dry_run: Option<TrialResult>,
    problem: Option<Problem>,
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(
    rules: Memo<Rules>,
    input: Memo<DryRunForm>,
    edited: Memo<Edited>,
    /// The content of the open form.
    typing: RwSignal<Option<String>>,
    say: Call<Say>,
    children: Children,
) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let key = Memo::new(move |_| edited.with(|edited| edited.key));
    let hear = move |event: Event| {
        let field = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if field.is_some_and(|field| field.id() == "value") {
            typing.set(Some(event_target_value(&event)));
        }
    };
    let visible = dynamic(move || {
        // A form in use is not rebuilt by its own trial.
        let open = key.get().map(|key| {
            let edited = edited.get_untracked();
            let dry_run = input.with_untracked(DryRunForm::fields);
            (key, edited, dry_run)
        });
        Some(rules.with(|rules| {
            let notes = notes(t, rules).into_iter().map(|note| view! { <span>{marked(&note)}</span> }).collect_view();
            view! {
                {places(t, rules)}
                {tabs(t, rules)}
                <section class="rules-plain"><p>{marked(&summary(t, rules))}</p><p class="notes">{notes}</p></section>
                {table(t, rules, open, say)}
            }
            .into_any()
        }))
    });
    view! {
        <a class="crumb" href="/bookings"><Icon name="chevron-left"/>{t.bookings_title()}</a>
        <header class="page-head"><h1>{t.rules_title()}</h1><p class="sub">{t.rules_sub()}</p></header>
        <Saved visible=saved message=t.settings_saved()/>
        {dynamic(move || key.get().map(|key| {
            view! { <Versions action=say fields=vec![Versioned::plain("value", t.setting_name(key))]/> }
        }))}
        <div class="rules-cols">
            <div class="stack" on:input=hear>{visible}</div>
            {children()}
        </div>
    }
}

/// Name of a place; the space may have none.
fn called(t: Lang, at: RulesAt, name: &str) -> String {
    if name.is_empty() && at == RulesAt::Scope(At::Space) {
        t.rules_workshop().to_owned()
    } else {
        name.to_owned()
    }
}

/// Selects the place whose rules are shown.
fn places(t: Lang, rules: &Rules) -> AnyView {
    let options: Vec<_> = rules.places.iter().map(|(at, name)| (at.to_string(), called(t, *at, name))).collect();
    let chosen = rules.at.to_string();
    view! {
        <search class="card finder">
            <Ask page="/bookings/rules" problem=None>
                <Select name="at" label=t.settings_where() options chosen=chosen/>
                <div class="btn-row"><Submit label=t.settings_show()/></div>
            </Ask>
        </search>
    }
    .into_any()
}

/// From the space to the place, with the number of own values at each level.
fn tabs(t: Lang, rules: &Rules) -> AnyView {
    let links = rules.levels.iter().map(|level| {
        let own = level.rules.iter().filter(|(.., own)| *own).count();
        let is_counted = own > 0 && level.at.scope() != Some(Scope::Space);
        let count = is_counted.then(|| view! { " "<span class="n">{t.rules_own(&own.to_string())}</span> });
        view! {
            <a href=format!("/bookings/rules?at={}", level.at) aria-current=(level.at == rules.at).then_some("page")>
                {called(t, level.at, &level.name)}{count}
            </a>
        }
    });
    let links = links.collect_view();
    view! { <nav class="tabs" aria-label=t.rules_levels()>{links}</nav> }.into_any()
}

/// A sentence with highlighted values.
fn marked(message: &str) -> AnyView {
    let pieces = message.split(END).map(|piece| {
        let (plain, mark) = piece.find([OWN, INHERITED]).map_or((piece, ""), |at| piece.split_at(at));
        let own = mark.starts_with(OWN).then_some("");
        let mark = mark.trim_start_matches([OWN, INHERITED]).to_owned();
        let mark = (!mark.is_empty()).then(|| view! { <mark data-own=own>{mark}</mark> });
        view! { {plain.to_owned()}{mark} }
    });
    pieces.collect_view().into_any()
}

/// Whether own values are distinguished from inherited ones: not for the space, and rooms have none.
fn has_own(at: RulesAt) -> bool {
    !matches!(at, RulesAt::Scope(At::Space) | RulesAt::Room(_))
}

/// The rules as sentences.
fn summary(t: Lang, rules: &Rules) -> String {
    let row = |key: Key| rules.rows.iter().find(|row| row.key == key);
    let value = |key: Key| row(key).map(|row| row.value.as_str()).unwrap_or_default();
    let number = |key: Key| value(key).parse::<u32>().unwrap_or(0);
    let mark = |key: Key, message: &str| {
        let is_own = has_own(rules.at) && row(key).is_some_and(|row| row.own.is_some());
        format!("{}{message}{END}", if is_own { OWN } else { INHERITED })
    };
    let length = |key: Key| mark(key, &t.rule_length(number(key)));
    let is_room = matches!(rules.at, RulesAt::Room(_));
    let who = if is_room { t.rules_members() } else { t.rules_qualified() };
    let ahead = mark(Key::BookingHorizon, &t.rules_days(number(Key::BookingHorizon)));
    let answered = if value(Key::BookingMode) == "moderated" { t.rules_moderated() } else { t.rules_automatic() };
    let need = match value(Key::BookingNeed) {
        "required" => t.rules_required(),
        "respect" => t.rules_respect(),
        _ => t.rules_free(),
    };
    let open = mark(Key::BookingOpen, &t.rules_bookings(number(Key::BookingOpen)));
    let weekly = mark(Key::BookingWeekly, &t.rules_hours(number(Key::BookingWeekly)));
    let of_groups = [
        (
            Key::BookingGroupOpen,
            t.rules_group_open(&mark(Key::BookingGroupOpen, &t.rules_bookings(number(Key::BookingGroupOpen)))),
        ),
        (
            Key::BookingGroupWeekly,
            t.rules_group_weekly(&mark(Key::BookingGroupWeekly, &t.rules_hours(number(Key::BookingGroupWeekly)))),
        ),
    ];
    let of_groups: Vec<_> =
        of_groups.into_iter().filter(|(key, _)| number(*key) > 0).map(|(_, message)| message).collect();
    let some = |key: Key, message: String| (number(key) > 0).then_some(message);
    let sentences = [
        Some(t.rules_length(who, &length(Key::BookingLeast), &length(Key::BookingMost), &ahead)),
        some(
            Key::BookingSeries,
            t.rules_series(&mark(Key::BookingSeries, &t.rules_days(number(Key::BookingSeries)))),
        ),
        (value(Key::BookingOwnSeries) == "yes").then(|| mark(Key::BookingOwnSeries, t.rules_own_series())),
        Some(mark(Key::BookingMode, answered)),
        some(Key::BookingOpen, t.rules_open(&open)),
        some(Key::BookingWeekly, t.rules_weekly(&weekly)),
        (!of_groups.is_empty()).then(|| t.rules_of_groups(&of_groups.join(", "))),
        some(Key::BookingBefore, t.rules_before(&length(Key::BookingBefore))),
        some(Key::BookingAfter, t.rules_after(&length(Key::BookingAfter))),
        some(Key::BookingFreeUntil, t.rules_cancel(&length(Key::BookingFreeUntil))),
        Some(t.rules_release().to_owned()),
        (!is_room).then(|| mark(Key::BookingNeed, need)),
    ];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Notes: what underlining means, that a room follows the space, and which machines of a type differ.
fn notes(t: Lang, rules: &Rules) -> Vec<String> {
    let is_room = matches!(rules.at, RulesAt::Room(_));
    let has_own = has_own(rules.at) && rules.rows.iter().any(|row| row.own.is_some());
    let below = rules.levels.iter().skip_while(|level| level.at != rules.at).skip(1);
    let differ = below.filter_map(|level| {
        let own = level.rules.iter().filter(|(.., own)| *own);
        let own: Vec<_> =
            own.map(|(key, value, _)| format!("{} {}", t.setting_name(*key), t.rule_value(*key, value))).collect();
        let what = time::lowered(&own.join(", "));
        (!own.is_empty()).then(|| t.rules_differs(&level.name, &what))
    });
    let underlined = format!("{OWN}{}{END}", t.rules_underlined());
    let first = [is_room.then(|| t.rules_of_room().to_owned()), has_own.then(|| t.rules_here(&underlined))];
    first.into_iter().flatten().chain(differ).collect()
}

/// Each rule at each level, and the form of the one being edited.
fn table(t: Lang, rules: &Rules, mut open: Option<Open>, say: Call<Say>) -> AnyView {
    let here = |level: &Level| (level.at == rules.at).then_some("");
    let heads = rules.levels.iter().map(|level| {
        let reach = match level.at {
            RulesAt::Scope(At::Space) => t.rules_level_space(),
            RulesAt::Scope(At::Type(_)) => t.rules_level_type(),
            RulesAt::Scope(At::Machine(_)) => t.rules_level_machine(),
            RulesAt::Room(_) => t.rules_level_room(),
        };
        view! { <th scope="col" data-here=here(level)>{called(t, level.at, &level.name)}<small>{reach}</small></th> }
    });
    let heads = heads.collect_view();
    let columns = (rules.levels.len() + 1).to_string();
    let lines = rules.rows.iter().map(|row| {
        let may_open = row.may_change && rules.at.scope().is_some();
        let is_open = may_open && open.as_ref().is_some_and(|(key, ..)| *key == row.key);
        let form = open.take_if(|_| is_open).map(|(_, edited, dry_run)| {
            let (at, row, columns) = (rules.at, row.clone(), columns.clone());
            let id = edit_rule::place(row.key);
            view! { <tr id=id><td colspan=columns><EditRule at row edited dry_run say/></td></tr> }
        });
        view! { {line(t, rules, row)}{form} }
    });
    let lines = lines.collect_view();
    // Rules that cannot be set.
    let fixed = rules.levels.iter().map(|level| {
        let so = here(level).map(|_| view! { <small>{t.rules_fixed()}</small> });
        view! { <td data-here=here(level)><span class="inh">{t.length(LATE)}</span>{so}</td> }
    });
    let fixed = fixed.collect_view();
    view! {
        <div class="cascade-wrap" tabindex="0" role="region" aria-label=t.rules_by_level()>
            <table class="cascade">
                <caption class="visually-hidden">{t.rules_caption()}</caption>
                <thead><tr><th scope="col">{t.rules_rule()}</th>{heads}</tr></thead>
                <tbody>{lines}<tr><th scope="row">{t.rules_no_show()}</th>{fixed}</tr></tbody>
            </table>
        </div>
    }
    .into_any()
}

/// One rule: its value at each level, its origin and the link to change it.
fn line(t: Lang, rules: &Rules, row: &SettingRow) -> AnyView {
    let key = row.key;
    let cells = rules.levels.iter().map(|level| {
        let known = level.rules.iter().find(|(known, ..)| *known == key);
        let (value, own) = known.map(|(_, value, own)| (t.rule_value(key, value), *own)).unwrap_or_default();
        let is_here = level.at == rules.at;
        let is_inherited = !own && level.at != RulesAt::Scope(At::Space);
        let arrow = is_inherited.then(|| view! { <Icon name="chevron-right"/> });
        let inherited = is_inherited.then(|| view! { <span class="visually-hidden">", "{t.rules_inherited()}</span> });
        // Beside the other levels an arrow is enough; there is no room for more.
        let is_beside = (rules.levels.len() > 1).then_some("visually-hidden");
        let comes = is_here.then(|| view! { <small class=is_beside>{comes_from(t, row.from, rules.at)}</small> });
        let change = (is_here && row.may_change).then(|| {
            let name = key.as_str();
            let href = format!("/bookings/rules?at={}&key={name}#{}", rules.at.settings_at(), edit_rule::place(key));
            view! {
                <a class="link" id=edit_rule::change(key) href=href>{t.rules_change()}<span class="visually-hidden">": "{t.setting_name(key)}</span></a>
            }
        });
        view! {
            <td data-here=is_here.then_some("")>
                <div class="says"><span class=if own { "own" } else { "inh" }>{arrow}{value}{inherited}</span>{comes}{change}</div>
            </td>
        }
    });
    let cells = cells.collect_view();
    view! { <tr><th scope="row">{t.setting_name(key)}</th>{cells}</tr> }.into_any()
}

/// The origin of the value at `at`.
fn comes_from(t: Lang, from: Option<Scope>, at: RulesAt) -> &'static str {
    match (from, at) {
        (None, _) => t.rules_from_default(),
        (Some(Scope::Space), RulesAt::Scope(At::Space)) => t.rules_from_workshop(),
        (Some(Scope::Space), _) => t.rules_from_space(),
        (Some(Scope::Type), RulesAt::Scope(At::Type(_))) => t.rules_from_this_type(),
        (Some(Scope::Type), _) => t.rules_from_type(),
        (Some(Scope::Machine), _) => t.rules_from_machine(),
    }
}

/// The trial: who could book what, and why not.
#[component]
fn TryBox(
    rules: Memo<Rules>,
    input: Memo<DryRunForm>,
    edited: Memo<Edited>,
    dry_run: Signal<Option<TrialResult>>,
    #[prop(optional_no_strip)] problem: Option<Problem>,
) -> impl IntoView {
    let (t, clock, ask) = (lang::current(), use_clock(), trying_out("/bookings/rules", "who"));
    // In place, so that other input stays.
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        ask(&event);
    };
    // A machine or a room: the current one, or the first below the current place.
    let (at, options, here, names) = rules.with_untracked(|rules| {
        let places = rules.places.iter().filter(|(at, _)| at.resource().is_some());
        let options: Vec<_> = places.map(|(at, name)| (at.to_string(), name.clone())).collect();
        let here = rules.levels.iter().map(|level| level.at);
        let here = std::iter::once(rules.at).chain(here).find(|at| at.resource().is_some());
        (rules.at, options, here, rules.names.clone())
    });
    let again = Memo::new(move |_| {
        let message = |(key, value): (Key, String)| format!("&key={}&value={}", key.as_str(), encoded(&value));
        let unsaved = edited.with(Edited::unsaved).map(message).unwrap_or_default();
        let who = input.with(|input| format!("&what={}&who={}", input.what, encoded(&input.who)));
        format!("/bookings/rules?at={at}{unsaved}{who}")
    });
    // The unsaved rule is part of the trial.
    let unsaved = dynamic(move || {
        let Edited { key, value, version } = edited.get();
        let (key, version) = (key?.as_str(), version.map(|version| version.to_string()));
        Some(view! {
            {hidden("key", &key)}
            {value.map(|value| hidden("value", &value))}
            {hidden(VERSION, &version.unwrap_or_default())}
        })
    });
    let is_unsaved = dynamic(move || {
        edited.with(Edited::unsaved).map(|_| view! { <p class="small"><b>{t.rules_unsaved()}</b></p> })
    });
    let input = input.get_untracked();
    let or = |input: String, usual: String| if input.is_empty() { usual } else { input };
    let first = options.first().map(|(at, _)| at.clone()).unwrap_or_default();
    let what = or(input.what, here.map_or(first, |at| at.to_string()));
    let day = or(input.day, clock.now_once().wall().date.to_string());
    let (from, to) = (or(input.from, "18:00".to_owned()), or(input.to, "20:00".to_owned()));
    view! {
        <section class="card" aria-labelledby="try" on:submit=submit>
            <div class="card-head"><h2 id="try">{t.rules_try()}</h2></div>
            <p class="small muted">{t.rules_try_next()}</p>
            {is_unsaved}
            <Ask page="/bookings/rules" problem>
                {hidden("at", &at)}
                {unsaved}
                <Field name="who" label=t.rules_who() hint=t.checkouts_person_hint() value=input.who autocomplete="off" suggestions=names/>
                <Select name="what" label=t.rules_what() options chosen=Signal::stored(what)/>
                <Field name="day" label=t.rules_day() kind="date" value=day/>
                <div class="two">
                    <Field name="start" label=t.rules_start() kind="time" value=from/>
                    <Field name="end" label=t.rules_end() kind="time" value=to/>
                </div>
                <div class="btn-row"><Submit label=t.rules_ask() kind=Kind::Primary/></div>
            </Ask>
            <div role="status">{move || dry_run.get().map(|dry_run| verdict(t, &again.get(), dry_run))}</div>
        </section>
    }
}

/// Percent-encoded for an address.
fn encoded(text: &str) -> String {
    let one = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(one).collect()
}

/// Result of the trial; other times are tried by the address `again`.
fn verdict(t: Lang, again: &str, dry_run: TrialResult) -> AnyView {
    let against = dry_run.checks.iter().filter(|check| !check.fits).count();
    let fits = against == 0;
    let against = u32::try_from(against).ok().filter(|_| !fits).map(|count| t.rules_against(count));
    let when = format!("{}, {}", short_day(t, dry_run.time.starts, dry_run.now), clocks(dry_run.time));
    let nearest: Vec<_> = dry_run
        .instead
        .iter()
        .map(|span| {
            let message = format!("{}, {}", short_day(t, span.starts, dry_run.now), clocks(*span));
            let date = span.starts.wall().date;
            let (start, end) = (time::clock(span.starts), time::clock(span.ends));
            view! { <a class="link" href=format!("{again}&day={date}&start={start}&end={end}")>{message}</a> }
        })
        .collect();
    let checks = dry_run.checks.into_iter().map(|check| {
        let icon = if check.fits { "circle-check" } else { "octagon-alert" };
        view! { <li data-warn=(!check.fits).then_some("")><Icon name=icon/><span>{check.message}</span></li> }
    });
    view! {
        <div class="verdict" data-reveal="" data-fits=fits.then_some("")>
            <p class="big">{if fits { t.rules_yes() } else { t.rules_no() }}</p>
            {against.map(|against| view! { <p>{against}</p> })}
            <p class="small muted">{dry_run.person}" · "{dry_run.name}" · "{when}</p>
        </div>
        <ul class="checks" role="list">{checks.collect_view()}</ul>
        {(!nearest.is_empty()).then(|| view! {
            <p class="why"><Icon name="info"/><span class="nearest">{t.rules_nearest()}{nearest}</span></p>
        })}
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use domain::id::{RoomId, TypeId};

    const LASERS: RulesAt = RulesAt::Scope(At::Type(TypeId(3)));

    fn render(at: RulesAt, own: Option<&str>, edited: Edited) -> String {
        let level = |at: RulesAt, name: &str, value: &str, own: bool| Level {
            at,
            name: name.to_owned(),
            rules: vec![(Key::BookingWeekly, value.to_owned(), own)],
        };
        let value = own.unwrap_or("8");
        let row = SettingRow {
            key: Key::BookingWeekly,
            own: own.map(ToOwned::to_owned),
            value: value.to_owned(),
            from: Some(if own.is_some() { Scope::Type } else { Scope::Space }),
            default: "8".into(),
            version: 2,
            changed: None,
            may_change: true,
        };
        let space = level(RulesAt::Scope(At::Space), "Talvera Workshop", "8", true);
        let levels = vec![space, level(at, "Lasers", value, own.is_some())];
        let rules = Rules { at, places: vec![(at, "Lasers".into())], rows: vec![row], levels, names: Vec::new() };
        html(visitor(Lang::En), "/bookings/rules", move || {
            let (rules, input) = (Memo::new(move |_| rules.clone()), Memo::new(|_| DryRunForm::default()));
            let edited = Memo::new(move |_| edited.clone());
            view! { <Page rules input edited typing=RwSignal::new(None) say=Call::new()><p></p></Page> }
        })
    }

    #[test]
    fn rule_shows_value_with_unit_and_origin() {
        let html = render(LASERS, Some("6"), Edited::default());
        let content = words(&html);
        assert!(
            content.contains("6 hours") && content.contains("8 hours") && content.contains("Set for this type"),
            "{content}"
        );
        assert!(html.contains("<mark data-own") && !html.contains("<th></th>"), "{html}");
        assert!(html.contains("/bookings/rules?at=type:3&amp;key=booking.weekly"), "{html}");
        let inherited = words(&render(LASERS, None, Edited::default()));
        assert!(inherited.contains("From the workshop"), "{inherited}");
        let room = render(RulesAt::Room(RoomId(1)), None, Edited::default());
        assert!(words(&room).contains("A room follows the workshop’s rules."), "{room}");
        assert!(room.contains("/bookings/rules?at=space&amp;key=booking.weekly"), "{room}");
    }

    // A14
    #[test]
    fn rule_is_edited_in_place_with_its_version() {
        let edited = Edited { key: Some(Key::BookingWeekly), value: Some("4".to_owned()), version: Some(1) };
        assert_eq!(edited.unsaved(), Some((Key::BookingWeekly, "4".to_owned())));
        let html = render(LASERS, Some("6"), edited);
        assert!(html.contains(r#"name="version" value="1""#) && html.contains(r#"value="4""#), "{html}");
        assert!(words(&html).contains("Use the inherited value"), "{html}");
        let wrong = Edited { key: Some(Key::BookingWeekly), value: Some("900".to_owned()), version: None };
        assert_eq!(wrong.unsaved(), None);
        let refused = words(&render(LASERS, None, wrong));
        assert!(refused.contains("Enter a whole number from 0 to 168."), "{refused}");
        assert!(!refused.contains("Use the inherited value"), "nothing is said there: {refused}");
    }
}
