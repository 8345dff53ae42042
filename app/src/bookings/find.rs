//! Finding free time: the nearest times of each machine that fits, and the soonest is chosen, so one tap more takes it.
//!
//! Invariant: a time that somebody else took while one looked stays in its place, struck, so that nothing moves under the finger.

use super::{
    Shape,
    api::{self, Book},
    clocks, leaves, length, length_of, remedy, short_day, when, when_word,
};
use crate::{
    call::{Call, asked},
    clock::use_clock,
    lang,
    live::use_live,
    ui::{
        button::{ButtonLink, Kind, Submit},
        changing::part,
        empty::Empty,
        form::{Form, hidden},
        icon::Icon,
        page::live_page,
    },
};
use domain::{bookings::When, live::Noun};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;
use views::bookings::{Bookable, Found, FoundResource, Time};
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;

/// The page at `/book`.
pub fn find_page() -> AnyView {
    let (query, live) = (use_query_map(), use_live());
    let word = move |name: &str| query.with(|query| query.get_str(name).unwrap_or_default().to_owned());
    // What a machine is called and does now is shown beside its times.
    let changed = move || live.version(Noun::Bookings) + live.version(Noun::Machine);
    let source = move || (["what", "minutes", "when", "q"].map(word), changed());
    let answers = asked(source, |([wanted, minutes, when, said], _)| api::find(wanted, minutes, when, said));
    let book = Call::<Book>::new();
    live_page(lang::current().book_find(), 4, answers, move |found| view! { <Page found book/> }.into_any())
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(found: RwSignal<Found>, book: Call<Book>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(found.with(|found| found.now)));
    // Another search is another list: nothing of the last one is struck in it.
    let search = Memo::new(move |_| found.with(|found| (found.wanted, found.minutes, found.when)));
    view! {
        <header class="page-head">
            <h1>{t.book_find()}</h1>
            <span class="push"><ButtonLink href="/book/mine" label=t.book_mine().to_owned() kind=Kind::Ghost icon="list-checks"/></span>
        </header>
        <Said/>
        <Asked found/>
        {part(move || {
            search.get();
            Some(view! { <Offered found book/> }.into_any())
        })}
    }
}

/// What is looked for, in words.
#[component]
fn Said() -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let said = Memo::new(move |_| query.with(|query| query.get_str("q").unwrap_or_default().to_owned()));
    view! {
        <form class="find-said" method="get" action="/book" role="search" aria-label=t.book_said()>
            <input class="input" name="q" type="search" autocomplete="off" enterkeyhint="search" aria-label=t.book_said()
                placeholder=t.book_said_example() value=said.get_untracked() prop:value=said/>
            <button class="btn"><Icon name="search"/>{t.book_search()}</button>
        </form>
    }
}

/// What is looked for: three lists. An ordinary form, sent by choosing where there is script.
#[component]
fn Asked(found: RwSignal<Found>) -> impl IntoView {
    let t = lang::current();
    let send = |event: leptos::ev::Event| {
        let list = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        if let Some(form) = list.and_then(|list| list.form()) {
            // As if the button had been pressed, so that the router hears of it.
            drop(form.request_submit());
        }
    };
    part(move || {
        let found = found.get();
        // Nothing to choose from.
        found.wanted?;
        let whats = found.choices.into_iter().map(|(wanted, name)| {
            view! { <option value=wanted.to_string() selected=found.wanted == Some(wanted)>{name}</option> }
        });
        let lengths = found.lengths.into_iter().map(|minutes| {
            view! { <option value=minutes.to_string() selected=found.minutes == minutes>{length(t, minutes.into())}</option> }
        });
        let whens = When::ALL.iter().map(|&when| {
            view! { <option value=when.word() selected=found.when == when>{when_word(t, when)}</option> }
        });
        Some(view! {
            <form class="parsed" method="get" action="/book" role="search" aria-label=t.book_find() on:change=send>
                <select class="input select" name="what" aria-label=t.book_what()>{whats.collect_view()}</select>
                <select class="input select" name="minutes" aria-label=t.book_length()>{lengths.collect_view()}</select>
                <select class="input select" name="when" aria-label=t.book_when()>{whens.collect_view()}</select>
                <button class="btn">{t.book_search()}</button>
            </form>
            {found.unheard.map(|words| view! { <p class="why" role="status"><Icon name="info"/><span>{t.book_unheard(&words)}</span></p> })}
        }.into_any())
    })
}

/// How a form names a time.
fn value(bookable: &Bookable, time: &Time) -> String {
    format!("{}@{}", bookable.resource, time.starts.at.0)
}

/// A machine or a room with what is free, and what was taken while one looked.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    one: FoundResource,
    shown: Vec<(Time, bool)>,
}

/// The times as radios, and the button that takes the chosen one.
#[component]
fn Offered(found: RwSignal<Found>, book: Call<Book>) -> impl IntoView {
    let t = lang::current();
    let chosen = RwSignal::new(None::<String>);
    // What was there when one began to look.
    let seen = StoredValue::new(found.with_untracked(|found| found.resources.clone()));
    let rows = Memo::new(move |_| {
        found.with(|found| {
            seen.with_value(|seen| {
                let of = |before: &FoundResource| {
                    let now =
                        found.resources.iter().find(|one| one.bookable.resource == before.bookable.resource)?;
                    let mut shown: Vec<(Time, bool)> = now.times.iter().map(|time| (*time, false)).collect();
                    // One that only gave way to another at nearly the same time is still free.
                    let is_offered = |time: &Time| {
                        let overlaps = |one: &Time| one.starts.at < time.ends.at && time.starts.at < one.ends.at;
                        now.times.iter().any(overlaps)
                    };
                    let gone =
                        before.times.iter().filter(|time| time.starts.at > found.now.at && !is_offered(time));
                    shown.extend(gone.map(|time| (*time, true)));
                    shown.sort_by_key(|(time, _)| time.starts.at);
                    Some(Row { one: now.clone(), shown })
                };
                seen.iter().filter_map(of).collect::<Vec<_>>()
            })
        })
    });
    let offered = move || {
        rows.with(|rows| {
            let all: Vec<_> = rows
                .iter()
                .flat_map(|row| row.one.times.iter().map(|time| (row.one.bookable.clone(), *time)))
                .collect();
            all
        })
    };
    // The one that was chosen, while it is there; otherwise the soonest.
    let current = Memo::new(move |_| {
        let (wanted, all) = (chosen.get(), offered());
        let named = all.iter().find(|(bookable, time)| Some(value(bookable, time)) == wanted);
        named.or_else(|| all.iter().min_by_key(|(_, time)| time.starts.at)).cloned()
    });
    let count = Memo::new(move |_| u32::try_from(offered().len()).unwrap_or(u32::MAX));
    view! {
        <Form action=book>
            {hidden("minutes", &found.with_untracked(|found| found.minutes.to_string()))}
            {part(move || Some(nothing_or_title(t, count.get(), rows.with(|rows| (rows.is_empty(), !rows.is_empty() && rows.iter().all(|row| row.one.why.is_some()))))))}
            {part(move || Some({
                let now = found.with(|found| found.now);
                rows.get().into_iter().map(|row| resource(t, row, now, current, chosen)).collect_view().into_any()
            }))}
            {part(move || (count.get() > 0).then(|| view! { <Dock found book current/> }.into_any()))}
        </Form>
    }
}

fn nothing_or_title(t: Lang, count: u32, (is_bare, is_said): (bool, bool)) -> AnyView {
    if is_said {
        // Why stands at each of them.
        return view! { <h2 class="title-lite">{t.book_none()}</h2> }.into_any();
    }
    if count > 0 {
        return view! { <div role="status"><h2 class="title-lite">{t.book_free_times(count)}</h2></div> }
            .into_any();
    }
    let (title, next) = if is_bare {
        (t.book_nothing_to(), t.book_nothing_to_next())
    } else {
        (t.book_none(), t.book_none_next())
    };
    view! {
        <div class="card"><Empty icon="clock"><h2>{title}</h2><p>{next}</p></Empty></div>
    }
    .into_any()
}

fn resource(
    t: Lang,
    row: Row,
    now: domain::time::Moment,
    current: Memo<Option<(Bookable, Time)>>,
    chosen: RwSignal<Option<String>>,
) -> AnyView {
    let Row { one: FoundResource { bookable, times: _, why }, shown } = row;
    let about = super::about(t, &bookable);
    let is_bare = shown.is_empty() && why.is_none();
    let times = shown.into_iter().map(|(time, gone)| {
        let (day, clocks, named) = (short_day(t, time.starts, now), clocks(time), value(&bookable, &time));
        if gone {
            return view! { <li><span class="gone"><span class="s">{t.checkout_just_taken()}</span><b>{clocks}</b></span></li> }.into_any();
        }
        let this = named.clone();
        let checked = Signal::derive(move || {
            current.with(|current| current.as_ref().is_some_and(|(bookable, time)| value(bookable, time) == this))
        });
        let choose = named.clone();
        view! {
            <li><label>
                <input type="radio" name="choice" value=named checked=checked.get_untracked() prop:checked=checked
                    on:change=move |_| chosen.set(Some(choose.clone()))/>
                <span class="s">{day}</span><b>{clocks}</b>
            </label></li>
        }
        .into_any()
    });
    let times = times.collect_view();
    let href = format!("/book/{}", bookable.resource);
    let why = why.map(|(code, why)| (remedy(t, bookable.resource, &code), why));
    let (name, label) = (bookable.name.clone(), bookable.name.clone());
    view! {
        <section class="res" aria-label=label>
            <div class="head">
                <Shape bookable/>
                <div><h3>{name.clone()}</h3><p class="s">{about}</p></div>
                <a class="btn" data-kind="ghost" href=href>{t.book_more()}<span class="visually-hidden">": "{name}</span><Icon name="chevron-right"/></a>
            </div>
            <ul class="times" role="list">{times}</ul>
            {why.map(|(remedy, why)| view! {
                <p class="why"><Icon name="info"/><span>{why}" "{remedy.map(|(href, word)| view! { <a class="link" href=href>{word}</a> })}</span></p>
            })}
            {is_bare.then(|| view! { <p class="why"><Icon name="info"/><span>{t.book_none_here()}</span></p> })}
        </section>
    }
    .into_any()
}

/// What is chosen in words, and the button.
#[component]
fn Dock(found: RwSignal<Found>, book: Call<Book>, current: Memo<Option<(Bookable, Time)>>) -> impl IntoView {
    let t = lang::current();
    let label = Memo::new(move |_| {
        current.with(|current| current.as_ref().is_some_and(|(bookable, _)| bookable.moderated))
    });
    view! {
        <div class="dock">
            <p class="sum" role="status">{part(move || {
                let (bookable, time) = current.get()?;
                let (now, quota) = found.with(|found| (found.now, found.quota));
                let minutes = u32::try_from(length_of(time).as_secs() / 60).unwrap_or(0);
                let left = leaves(t, quota, minutes).map(|left| format!(", {left}")).unwrap_or_default();
                Some(view! { <b>{when(t, time, now)}</b><span>{bookable.name}{left}</span> }.into_any())
            })}</p>
            {part(move || Some(view! {
                <Submit label=if label.get() { t.book_ask() } else { t.book_it() } kind=Kind::Primary busy=book.pending()/>
            }.into_any()))}
        </div>
    }
}
