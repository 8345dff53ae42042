//! Finding free time: the nearest times of each matching machine, with the soonest preselected, so that one more
//! tap books it. Nothing is preselected while a search term is unknown.
//!
//! Invariant: a time taken by another person in the meantime stays in place, struck through, so that nothing moves
//! under the finger.

use super::{
    Shape,
    api::{self, Book, OnPage},
    clocks, for_whom, leaves, length, length_of, onward, remedy, short_day,
    taken::taken,
    when,
};
use crate::{
    call::{Call, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    sign_in_redirect::query,
    training::next::Next,
    ui::{
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Form, hidden},
        icon::Icon,
        list::LinkItem,
    },
};
use contract::bookings::{Bookable, Found, FoundResource, Lack, SearchTerm, Time};
use domain::{
    bookings::{Meaning, ResourceFilter, Timeframe, When},
    live::Noun,
    time::Date,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;

/// The page at `/book`.
pub fn find_page() -> AnyView {
    let (query, live) = (use_query_map(), use_live());
    let code = move |name: &str| query.with(|query| query.get_str(name).unwrap_or_default().to_owned());
    // Names and states of machines are shown beside their times.
    let changed = move || live.version(Noun::Bookings) + live.version(Noun::Machine);
    let equipment = move || query.with(|query| query.get_all("with").unwrap_or_default().join(","));
    let source = move || (["what", "minutes", "when", "people", "q", "group"].map(code), equipment(), changed());
    let answers = page_resource(source, |([requested, minutes, when, people, message, group], equipment, _)| {
        api::find(requested, minutes, when, people, equipment, message, group)
    });
    let book = Call::<Book>::new();
    live_page(lang::current().book_find(), 4, answers, move |on: RwSignal<OnPage<Found>>| {
        let found = Memo::new(move |_| on.with(|on| on.times.clone()));
        let next = Memo::new(move |_| on.with(|on| on.next.clone()));
        view! { <Page found next book/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(found: Memo<Found>, next: Memo<Option<Next>>, book: Call<Book>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(found.with(|found| found.now)));
    // A new search is a new list, without struck-through times of the last one.
    let search = Memo::new(move |_| {
        found.with(|found| {
            let needs = (found.people, found.equipment.clone());
            (found.wanted, found.minutes, found.when, needs, found.is_understood(), found.group)
        })
    });
    // The lists come first if nothing has the typed name.
    let is_offered = move || found.with_untracked(|found| found.wanted.is_some() || found.choices.is_empty());
    view! {
        <header class="page-head">
            <h1>{t.book_find()}</h1>
            <span class="push"><ButtonLink href="/book/mine" label=t.book_mine().to_owned() kind=Kind::Ghost icon="list-checks"/></span>
        </header>
        <SearchField/>
        <Terms found/>
        <SearchLists found/>
        {dynamic(move || {
            search.get();
            is_offered().then(|| view! { <Offered found next book/> }.into_any())
        })}
    }
}

#[component]
fn SearchField() -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let message = Memo::new(move |_| query.with(|query| query.get_str("q").unwrap_or_default().to_owned()));
    view! {
        <form class="find-said" method="get" action="/book" role="search" aria-label=t.book_said()>
            <input class="input" name="q" type="search" autocomplete="off" enterkeyhint="search" aria-label=t.book_said()
                placeholder=t.book_said_example() value=message.get_untracked() prop:value=message/>
            <button class="btn"><Icon name="search"/>{t.book_search()}</button>
        </form>
    }
}

/// Understood and unknown search terms, each with a link to the search without it.
#[component]
fn Terms(found: Memo<Found>) -> impl IntoView {
    let t = lang::current();
    dynamic(move || {
        let (terms, unheard, today) =
            found.with(|found| (found.terms.clone(), found.unheard.clone(), found.now.wall().date));
        if terms.is_empty() {
            return None;
        }
        let longest = found.with(too_long).map(|longest| t.book_longest(&length(t, longest.into())));
        let terms = terms.into_iter().map(|term| view! { <li>{chip(t, term, today)}</li> }).collect_view();
        Some(
            view! {
                <ul class="find-words" role="list" aria-label=t.book_understood()>{terms}</ul>
                {unheard.map(|words| t.book_unheard(&words)).into_iter().chain(longest).map(|message| view! {
                    <p class="why" role="status"><Icon name="info"/><span>{message}</span></p>
                }).collect_view()}
            }
            .into_any(),
        )
    })
}

/// The longest that can be booked, in minutes, if the search asks for more.
fn too_long(found: &Found) -> Option<u16> {
    let longest = *found.lengths.last()?;
    let is_longer =
        |term: &SearchTerm| matches!(term.meaning, Some(Meaning::Length(minutes)) if minutes > longest);
    found.terms.iter().any(is_longer).then_some(longest)
}

fn chip(t: Lang, term: SearchTerm, today: Date) -> AnyView {
    let SearchTerm { words, meaning, name, rest } = term;
    let href = query("/book", (!rest.is_empty()).then_some(("q", &rest)));
    let label = match meaning {
        None => view! { <del>{words}</del><span class="s">{t.book_not_understood()}</span> }.into_any(),
        Some(meaning) => label(t, meaning, name.unwrap_or(words), today).into_any(),
    };
    view! { <a class="chip" href=href><span class="visually-hidden">{t.book_remove_word()}" "</span>{label}<span aria-hidden="true">"×"</span></a> }
        .into_any()
}

fn label(t: Lang, meaning: Meaning, name: String, today: Date) -> String {
    match meaning {
        Meaning::Thing(ResourceFilter::Rooms) => t.bookings_rooms().to_owned(),
        Meaning::Thing(ResourceFilter::Any) => t.book_anything().to_owned(),
        Meaning::Days(days) => t.book_days(days, today),
        Meaning::Hours(hours) => t.book_window(hours),
        Meaning::DaysAndHours(days, hours) => {
            t.book_timeframe(Timeframe::Exact { days, hours: Some(hours) }, today)
        }
        Meaning::Length(minutes) => length(t, minutes.into()),
        Meaning::People(people) => t.rooms_people(people.into()),
        Meaning::Thing(_) | Meaning::Equipment(_) => name,
    }
}

/// Three selection lists. An ordinary form, submitted on change with script.
#[component]
fn SearchLists(found: Memo<Found>) -> impl IntoView {
    let t = lang::current();
    let send = |event: leptos::ev::Event| {
        let list = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        if let Some(form) = list.and_then(|list| list.form()) {
            // As if the button had been pressed, so that the router notices it.
            drop(form.request_submit());
        }
    };
    dynamic(move || {
        let found = found.get();
        if found.choices.is_empty() {
            return None;
        }
        let needs = needs(t, &found);
        let any = match found.wanted {
            None => Some((String::new(), t.book_pick_what())),
            Some(ResourceFilter::Rooms) => Some((ResourceFilter::Rooms.to_string(), t.bookings_rooms())),
            Some(ResourceFilter::Any) => Some((ResourceFilter::Any.to_string(), t.book_anything())),
            Some(ResourceFilter::Type(_) | ResourceFilter::One(_)) => None,
        };
        let any = any.map(|(value, name)| view! { <option value=value selected>{name}</option> });
        let whats = found.choices.into_iter().map(|(requested, name)| {
            view! { <option value=requested.to_string() selected=found.wanted == Some(requested)>{name}</option> }
        });
        let lengths = found.lengths.into_iter().map(|minutes| {
            view! { <option value=minutes.to_string() selected=found.minutes == minutes>{length(t, minutes.into())}</option> }
        });
        let whom = for_whom(t, found.group, found.groups);
        let today = found.now.wall().date;
        // Specific days come before the usual choices.
        let own = matches!(found.when, Timeframe::Exact { .. }).then_some(found.when);
        let whens = own.into_iter().chain(When::ALL.iter().map(|&when| when.into())).map(|when| {
            let code = t.book_timeframe(when, today);
            view! { <option value=when.to_string() selected=found.when == when>{code}</option> }
        });
        Some(view! {
            <form class="parsed find-lists" method="get" action="/book" role="search" aria-label=t.book_find() on:change=send>
                <select class="input select" name="what" aria-label=t.book_what()>{any}{whats.collect_view()}</select>
                <select class="input select" name="minutes" aria-label=t.book_length()>{lengths.collect_view()}</select>
                <select class="input select" name="when" aria-label=t.book_when()>{whens.collect_view()}</select>
                {whom}
                {needs}
                <button class="btn">{t.book_search()}</button>
            </form>
        }.into_any())
    })
}

/// Numbers of people to choose from.
const SIZES: [u16; 8] = [2, 4, 8, 12, 20, 30, 50, 100];

/// Lists for the size and equipment of rooms: one for each piece that is chosen, and one for another.
fn needs(t: Lang, found: &Found) -> Option<AnyView> {
    let is_of_rooms = match found.wanted {
        Some(ResourceFilter::Rooms | ResourceFilter::Any) => true,
        Some(ResourceFilter::One(one)) => one.room().is_some(),
        Some(ResourceFilter::Type(_)) | None => false,
    };
    if !is_of_rooms {
        return None;
    }
    let mut sizes: Vec<u16> = SIZES.into_iter().chain(found.people).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let sizes = sizes.into_iter().map(|size| {
        view! { <option value=size.to_string() selected=found.people == Some(size)>{t.rooms_people(size.into())}</option> }
    });
    let chosen = found.equipment.iter().map(Some).chain([None]);
    let lists = chosen.map(|chosen| {
        let rest =
            found.equipment_in_use.iter().filter(|name| Some(*name) == chosen || !found.equipment.contains(name));
        let options = rest.map(|name| {
            view! { <option value=name.clone() selected=Some(name) == chosen>{name.clone()}</option> }
        });
        let options = options.collect_view();
        view! {
            <select class="input select" name="with" aria-label=t.rooms_equipment()>
                <option value="">{t.book_any_equipment()}</option>{options}
            </select>
        }
    });
    let lists = (!found.equipment_in_use.is_empty()).then(|| lists.collect_view());
    Some(
        view! {
            <select class="input select" name="people" aria-label=t.rooms_capacity()>
                <option value="">{t.book_any_size()}</option>{sizes.collect_view()}
            </select>
            {lists}
        }
        .into_any(),
    )
}

/// Rooms that lack one thing only, and what it is.
fn nearly(t: Lang, found: &Found) -> Option<AnyView> {
    let rows = found.nearly.iter().map(|one| {
        let lacks = match &one.lacks {
            Lack::Capacity(people) => t.book_only_people((*people).into()),
            Lack::Equipment(name) => t.book_lacks(name),
        };
        view! { <LinkItem href=format!("/book/{}", one.resource) icon="users-round" title=one.name.clone() second=lacks/> }
    });
    let rows = rows.collect_view();
    (!found.nearly.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="nearly">
                <h2 class="group-head" id="nearly">{t.book_nearly()}</h2>
                <ul class="list">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

/// The size and equipment of a room, with the searched words marked.
fn has(t: Lang, one: &FoundResource, people: Option<u16>, searched: &[String]) -> Option<AnyView> {
    let capacity = one.capacity?;
    let item = |is_hit: bool, label: String| {
        let mark = is_hit.then(|| view! { <Icon name="check"/> });
        view! { <li data-hit=is_hit.then_some("")>{mark}{label}</li> }
    };
    // What was searched for comes first.
    let (hits, rest): (Vec<_>, Vec<_>) = one.equipment.iter().partition(|name| searched.contains(name));
    let hits = hits.into_iter().map(|name| item(true, name.clone()));
    let size = item(people.is_some(), t.rooms_people(capacity.into()));
    let rest = rest.into_iter().map(|name| item(false, name.clone()));
    Some(view! { <ul class="has">{hits.chain([size]).chain(rest).collect_view()}</ul> }.into_any())
}

/// Form value of a time.
fn value(bookable: &Bookable, time: &Time) -> String {
    format!("{}@{}", bookable.resource, time.starts.at.0)
}

/// A machine or a room with its free times, and those taken in the meantime.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    one: FoundResource,
    visible: Vec<(Time, bool)>,
}

/// The times as radio buttons, and the button that books the selected one.
#[component]
fn Offered(found: Memo<Found>, next: Memo<Option<Next>>, book: Call<Book>) -> impl IntoView {
    let t = lang::current();
    let chosen = RwSignal::new(None::<String>);
    // What was free when the page was opened.
    let seen = StoredValue::new(found.with_untracked(|found| found.resources.clone()));
    let rows = Memo::new(move |_| {
        found.with(|found| {
            seen.with_value(|seen| {
                let of = |before: &FoundResource| {
                    let now =
                        found.resources.iter().find(|one| one.bookable.resource == before.bookable.resource)?;
                    let mut visible: Vec<(Time, bool)> = now.times.iter().map(|time| (*time, false)).collect();
                    let taken = taken(&before.times, &now.times).filter(|time| time.starts.at > found.now.at);
                    visible.extend(taken.map(|time| (time, true)));
                    visible.sort_by_key(|(time, _)| time.starts.at);
                    Some(Row { one: now.clone(), visible })
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
    let is_understood = found.with_untracked(Found::is_understood);
    // The selected time while it is free: when it is taken, no other takes its place under the finger that books.
    // Until one is selected, the soonest, if every term was understood.
    let current = Memo::new(move |_| {
        let all = offered();
        let current = match chosen.get() {
            Some(requested) => all.iter().find(|(bookable, time)| value(bookable, time) == requested),
            None => all.iter().min_by_key(|(_, time)| time.starts.at).filter(|_| is_understood),
        };
        current.cloned()
    });
    let rates =
        Memo::new(move |_| current.with(|current| current.as_ref().is_some_and(|(chosen, _)| chosen.importance)));
    let count = Memo::new(move |_| u32::try_from(offered().len()).unwrap_or(u32::MAX));
    view! {
        <Form action=book>
            {hidden("minutes", &found.with_untracked(|found| found.minutes.to_string()))}
            {found.with_untracked(|found| found.group).map(|group| hidden("group", &group))}
            {dynamic(move || Some(nothing_or_title(t, count.get(), rows.with(|rows| (rows.is_empty(), !rows.is_empty() && rows.iter().all(|row| row.one.why.is_some()))))))}
            {dynamic(move || Some({
                let now = found.with(|found| found.now);
                let (people, searched) = found.with(|found| (found.people, found.equipment.clone()));
                let has = |row: &Row| has(t, &row.one, people, &searched);
                rows.get().into_iter().map(|row| { let has = has(&row); resource(t, row, has, (now, current), chosen) }).collect_view().into_any()
            }))}
            {dynamic(move || nearly(t, &found.get()))}
            {dynamic(move || not_shown(t, &found.get()))}
            {dynamic(move || rates.get().then(|| super::importance(t)))}
            {dynamic(move || {
                if count.get() > 0 {
                    return Some(view! { <Dock found book current/> }.into_any());
                }
                // The single primary action is the next step towards a time.
                next.get().map(|next| view! { <div class="dock">{onward(next)}</div> }.into_any())
            })}
        </Form>
    }
}

/// Why some free times are not shown.
fn not_shown(t: Lang, found: &Found) -> Option<AnyView> {
    let message = found.not_shown.iter().map(|(time, names)| {
        view! { <p class="why"><Icon name="info"/><span>{t.book_not_shown(&when(t, *time, found.now), &names.join(", "))}</span></p> }
    });
    (!found.not_shown.is_empty()).then(|| message.collect_view().into_any())
}

fn nothing_or_title(t: Lang, count: u32, (is_bare, is_term): (bool, bool)) -> AnyView {
    if is_term {
        // Each of them shows the reason.
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
    has: Option<AnyView>,
    (now, current): (domain::time::Moment, Memo<Option<(Bookable, Time)>>),
    chosen: RwSignal<Option<String>>,
) -> AnyView {
    let Row { one: FoundResource { bookable, why, .. }, visible } = row;
    let about = super::about(t, &bookable);
    let is_bare = visible.is_empty() && why.is_none();
    let times = visible.into_iter().map(|(time, gone)| {
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
                <input type="radio" name="choice" required value=named checked=checked.get_untracked() prop:checked=checked
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
            {has}
            <ul class="times" role="list">{times}</ul>
            {why.map(|(remedy, why)| view! {
                <p class="why"><Icon name="info"/><span>{why}" "{remedy.map(|(href, key)| view! { <a class="link" href=href>{key}</a> })}</span></p>
            })}
            {is_bare.then(|| view! { <p class="why"><Icon name="info"/><span>{t.book_none_here()}</span></p> })}
        </section>
    }
    .into_any()
}

/// The selection as text, and the button.
#[component]
fn Dock(found: Memo<Found>, book: Call<Book>, current: Memo<Option<(Bookable, Time)>>) -> impl IntoView {
    let t = lang::current();
    let label = Memo::new(move |_| {
        current.with(|current| current.as_ref().is_some_and(|(bookable, _)| bookable.moderated))
    });
    // Primary only if a time is selected.
    let is_chosen = Memo::new(move |_| current.with(Option::is_some));
    view! {
        <div class="dock">
            <p class="sum" role="status">{dynamic(move || {
                let Some((bookable, time)) = current.get() else {
                    return Some(view! { <b>{t.book_pick_time()}</b> }.into_any());
                };
                let (now, quota) = found.with(|found| (found.now, found.quota));
                let minutes = u32::try_from(length_of(time).as_secs() / 60).unwrap_or(0);
                let left = leaves(t, quota, minutes).map(|left| format!(", {left}")).unwrap_or_default();
                Some(view! { <b>{when(t, time, now)}</b><span>{bookable.name}{left}</span> }.into_any())
            })}</p>
            {dynamic(move || Some(view! {
                <Submit label=if label.get() { t.book_ask() } else { t.book_it() } kind=if is_chosen.get() { Kind::Primary } else { Kind::Quiet }
                    busy=book.pending()/>
            }.into_any()))}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use contract::bookings::{Nearly, Quota};
    use domain::{
        bookings::{Days, Resource},
        id::{MachineId, RoomId, TypeId},
    };

    fn term(words: &str, meaning: Option<Meaning>, rest: &str) -> SearchTerm {
        SearchTerm { words: words.into(), meaning, name: None, rest: rest.into() }
    }

    fn render(terms: Vec<SearchTerm>, unheard: Option<&str>) -> String {
        page(found(terms, unheard), None)
    }

    fn page(found: Found, next: Option<Next>) -> String {
        html(visitor(Lang::En), "/book", move || {
            let (found, next) = (Memo::new(move |_| found.clone()), Memo::new(move |_| next.clone()));
            view! { <Page found next book=Call::new()/> }
        })
    }

    fn found(terms: Vec<SearchTerm>, unheard: Option<&str>) -> Found {
        let bookable = Bookable {
            resource: Resource::Machine(MachineId(1)),
            name: "Laser".into(),
            place: None,
            state: None,
            moderated: false,
            importance: false,
        };
        let requested = ResourceFilter::Type(TypeId(3));
        let times = vec![Time { starts: NOW, ends: NOW }];
        Found {
            now: NOW,
            choices: vec![(requested, "Lasers".into())],
            wanted: unheard.is_none().then_some(requested),
            minutes: 60,
            lengths: vec![60],
            when: When::Soon.into(),
            terms,
            unheard: unheard.map(str::to_owned),
            resources: vec![FoundResource { bookable, capacity: None, equipment: Vec::new(), times, why: None }],
            people: None,
            equipment: Vec::new(),
            equipment_in_use: vec!["Beamer".into(), "Piano".into()],
            nearly: Vec::new(),
            not_shown: Vec::new(),
            barred: None,
            quota: Quota { minutes: 0, most: 0 },
            group: None,
            groups: Vec::new(),
        }
    }

    #[test]
    fn forbidden_machine_links_next_step_as_primary_button() {
        let mut locked = found(Vec::new(), None);
        for one in &mut locked.resources {
            one.times.clear();
            one.why = Some(("booking.may-not".to_owned(), "You aren’t qualified".to_owned()));
        }
        let next = Next::to("/learn/7".to_owned(), "Watch the video, 9 min");
        let html = page(locked.clone(), Some(next));
        assert_eq!(html.matches(r#"data-kind="primary""#).count(), 1, "{html}");
        assert!(html.contains(r#"href="/learn/7""#) && words(&html).contains("Watch the video, 9 min"), "{html}");
        let stuck = page(locked, None);
        assert!(!stuck.contains(r#"data-kind="primary""#) && stuck.contains(r#"href="/machines/1""#), "{stuck}");
    }

    #[test]
    fn time_is_preselected_only_if_every_term_is_understood() {
        let today = Meaning::Days(Days::one(NOW.wall().date));
        let understood = render(vec![term("oggi", Some(today), "")], None);
        assert!(understood.contains(r#"data-kind="primary""#) && understood.contains(" checked"), "{understood}");
        assert!(words(&understood).contains("Remove: Today"), "{}", words(&understood));
        let typo = render(vec![term("oggi", Some(today), "lasr"), term("lasr", None, "oggi & più")], None);
        assert!(!typo.contains(r#"data-kind="primary""#) && !typo.contains(" checked"), "{typo}");
        assert!(typo.contains("<del>lasr") && words(&typo).contains("Pick a time"), "{typo}");
        assert!(typo.contains(r#"href="/book?q=oggi%20%26%20pi%C3%B9""#), "{typo}");
        let nothing = render(vec![term("lasr", None, "")], Some("lasr"));
        assert!(words(&nothing).contains("No results for “lasr”"), "{nothing}");
        assert!(!nothing.contains("type=\"radio\"") && nothing.contains("Pick a machine or room"), "{nothing}");
    }

    #[test]
    fn room_in_search_marks_found_equipment_and_lists_missing() {
        let mut rooms = found(Vec::new(), None);
        rooms.wanted = Some(ResourceFilter::Rooms);
        (rooms.people, rooms.equipment) = (Some(20), vec!["Beamer".into()]);
        for one in &mut rooms.resources {
            one.bookable.resource = Resource::Room(RoomId(2));
            (one.capacity, one.equipment) = (Some(24), vec!["Beamer".into(), "Piano".into()]);
        }
        let lacks = Lack::Equipment("Beamer".into());
        rooms.nearly = vec![Nearly { resource: Resource::Room(RoomId(3)), name: "Loft".into(), lacks }];
        let html = page(rooms, None);
        assert_eq!(html.matches("<li data-hit").count(), 2, "size and beamer, but not the piano: {html}");
        assert!(words(&html).contains("LoftNo Beamer") && html.contains(r#"href="/book/room:3""#), "{html}");
        assert!(html.contains(r#"value="20" selected"#), "a size that is no usual one is chosen, too: {html}");
        assert_eq!(html.matches(r#"name="with""#).count(), 2, "one for the beamer, and one for more: {html}");
        let machines = page(found(Vec::new(), None), None);
        assert!(!machines.contains(r#"name="with""#) && !machines.contains(r#"name="people""#), "{machines}");
    }

    #[test]
    fn overlong_duration_is_shortened_with_a_notice() {
        let request = |minutes| render(vec![term("long", Some(Meaning::Length(minutes)), "")], None);
        assert!(words(&request(600)).contains("You can book 1 h at most at a time."), "{}", request(600));
        assert!(!request(60).contains("at most"), "{}", request(60));
    }
}
