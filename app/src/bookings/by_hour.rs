//! The rooms of a day in pages, one row each, and the week of the chosen one; also for print.
//!
//! Invariant: places are quarters of an hour from the first hour shown, in attributes. A room that is opened from the list
//! keeps its page in the address; without a page it is alone. Not here: everything bookable in one week ([`super::week`]).

use super::{
    api, pages,
    week::{key, span_of, what},
};
use crate::{
    call::page_resource,
    lang,
    live::use_live,
    live_page::live_page,
    sign_in_redirect::query as address,
    ui::{
        button::{ButtonLink, Kind},
        changing::dynamic,
        empty::Empty,
        icon::Icon,
    },
};
use contract::{
    bookings::Entry,
    rooms::{RoomDay, RoomWeek, RoomsByHour},
};
use domain::{
    bookings::Resource,
    live::Noun,
    time::{Date, Moment},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::fmt::{self, Write};
use text::{Lang, markup::escaped, time};
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;

/// Numbers of people to choose from.
const SIZES: [u16; 5] = [5, 10, 20, 30, 50];

/// The filters in the address, in the order of the server function's arguments.
const FILTERS: [&str; 8] = ["day", "floor", "people", "equipment", "group", "free", "room", "page"];

/// The values of [`FILTERS`].
type Filter = [String; 8];

/// The page at `/bookings/rooms`.
pub fn by_hour_page() -> AnyView {
    let (query, live) = (use_query_map(), use_live());
    let filter: Memo<Filter> = Memo::new(move |_| {
        FILTERS.map(|name| query.with(|query| query.get_str(name).unwrap_or_default().to_owned()))
    });
    let changed = move || live.version(Noun::Bookings) + live.version(Noun::Machine);
    let answers = page_resource(
        move || (filter.get(), changed()),
        |([day, floor, people, equipment, group, free, room, page], _)| {
            api::rooms_by_hour(day, floor, people, equipment, group, free, room, page)
        },
    );
    live_page(lang::current().by_hour_title(), 8, answers, move |all| view! { <Page all filter/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(all: RwSignal<RoomsByHour>, filter: Memo<Filter>) -> impl IntoView {
    let t = lang::current();
    dynamic(move || Some(all.with(|all| body(t, all, &filter.get()))))
}

/// The address with these filters set to other values.
fn with(filter: &Filter, changed: &[(&str, &str)]) -> String {
    let mut filter = filter.clone();
    for (known, value) in FILTERS.iter().zip(&mut filter) {
        if let Some((_, new)) = changed.iter().find(|(name, _)| name == known) {
            (*new).clone_into(value);
        }
    }
    address("/bookings/rooms", FILTERS.into_iter().zip(&filter).filter(|(_, value)| !value.is_empty()))
}

fn body(t: Lang, all: &RoomsByHour, filter: &Filter) -> AnyView {
    let today = all.now.wall().date;
    let day = t.weekday_date(all.date, today);
    let to = |days: i64| with(filter, &[("day", Date::from_days(all.date.days() + days).to_string().as_str())]);
    let table = if all.rooms.is_empty() {
        view! {
            <div class="card"><Empty icon="door-open"><h2>{t.by_hour_none()}</h2><p>{t.by_hour_none_next()}</p>
                <ButtonLink href="/bookings/rooms" label=t.by_hour_all().to_owned()/></Empty></div>
        }
        .into_any()
    } else {
        rooms(t, all, filter, &day)
    };
    view! {
        <header class="page-head">
            <h1>{t.by_hour_title()}</h1>
            <p class="sub">{time::capitalised(&day)}</p>
            <span class="btn-row noprint">
                <a class="btn" data-icon="" href=to(-1) aria-label=t.by_hour_day_before()><Icon name="chevron-left"/></a>
                <a class="btn" href=with(filter, &[("day", "")])>{t.room_today()}</a>
                <a class="btn" data-icon="" href=to(1) aria-label=t.by_hour_day_after()><Icon name="chevron-right"/></a>
            </span>
            <span class="push btn-row noprint">
                <ButtonLink href="/plan" label=t.floor_plan_title().to_owned() kind=Kind::Ghost icon="building-2"/>
                {all.may_change.then(|| view! { <ButtonLink href="/rooms" label=t.rooms_title().to_owned() kind=Kind::Ghost icon="pen-line"/> })}
                <ButtonLink href="/book?what=rooms" label=t.book_title().to_owned() kind=Kind::Primary icon="plus"/>
            </span>
        </header>
        {if all.alone {
            view! { <div class="btn-row noprint"><ButtonLink href=with(filter, &[("room", "")]) label=t.by_hour_all().to_owned()/></div> }.into_any()
        } else {
            filters(t, all, filter)
        }}
        {table}
        {pages::links(t, all.pages, |page| with(filter, &[("page", page.to_string().as_str())]))}
        {all.week.as_ref().map(|week| of_week(t, all, week))}
    }
    .into_any()
}

/// The filters: an ordinary form, submitted on change with script.
fn filters(t: Lang, all: &RoomsByHour, filter: &Filter) -> AnyView {
    let send = |event: leptos::ev::Event| {
        let list = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        if let Some(form) = list.and_then(|list| list.form()) {
            drop(form.request_submit());
        }
    };
    let list = |name: &'static str, label: &'static str, any: &'static str, options: Vec<(String, String)>| {
        let chosen = FILTERS.iter().zip(filter).find(|(known, _)| **known == name).map(|(_, value)| value.clone());
        let options = options.into_iter().map(|(value, label)| {
            let selected = chosen.as_ref() == Some(&value);
            view! { <option value=value selected=selected>{label}</option> }
        });
        let options = options.collect_view();
        view! { <select class="input select" name=name aria-label=label><option value="">{any}</option>{options}</select> }
    };
    let same = |names: &[String]| names.iter().map(|name| (name.clone(), name.clone())).collect::<Vec<_>>();
    let sizes = SIZES.map(|size| (size.to_string(), t.by_hour_or_more(&size.to_string()))).to_vec();
    let groups = all.groups.iter().map(|(id, name)| (id.to_string(), name.clone())).collect::<Vec<_>>();
    let hidden = ["day", "free", "room"].map(|name| {
        let value = FILTERS.iter().zip(filter).find(|(known, _)| **known == name).map(|(_, value)| value.clone());
        let value = value.filter(|value| !value.is_empty());
        value.map(|value| crate::ui::form::hidden(name, &value))
    });
    // A chosen room stays beside the list.
    let first = filter.get(6).is_some_and(|room| !room.is_empty()).then_some("1");
    let is_free = filter.get(5).is_some_and(|free| free == "yes");
    let free = if is_free { "" } else { "yes" };
    let free = with(filter, &[("free", free), ("page", first.unwrap_or_default())]);
    let floors =
        (!all.floors.is_empty()).then(|| list("floor", t.rooms_floor(), t.by_hour_floors(), same(&all.floors)));
    let equipment = (!all.equipment.is_empty())
        .then(|| list("equipment", t.rooms_equipment(), t.book_any_equipment(), same(&all.equipment)));
    let groups = (!groups.is_empty()).then(|| list("group", t.by_hour_group(), t.by_hour_groups(), groups));
    let legend = [
        ("mine", t.bookings_yours()),
        ("pending", t.bookings_waits()),
        ("course", t.bookings_checkout()),
        ("maint", t.bookings_maintenance()),
        ("part", t.by_hour_partly_key()),
    ];
    view! {
        <div class="hour-tools noprint">
            <form class="parsed" method="get" action="/bookings/rooms" role="search" aria-label=t.by_hour_title() on:change=send>
                {hidden.into_iter().collect_view()}
                {first.map(|page| crate::ui::form::hidden("page", &page))}
                {floors}
                {list("people", t.rooms_capacity(), t.book_any_size(), sizes)}
                {equipment}
                {groups}
                <button class="btn">{t.by_hour_show()}</button>
            </form>
            <a class="chip" href=free data-noscroll aria-current=is_free.then_some("true")>{t.by_hour_free(&all.free_now.to_string())}</a>
            <ul class="legend push" aria-label=t.bookings_legend()>{legend.map(|(k, label)| view! { <li><i data-k=k></i>{label}</li> }).collect_view()}</ul>
        </div>
    }
    .into_any()
}

/// The quarters that are shown, from first to last.
fn quarters(all: &RoomsByHour) -> (u8, u8) {
    let (first, last) = (all.hours.0 * 4, all.hours.1 * 4);
    (first, last.max(first + 4))
}

/// A place from the first quarter shown on; `None` outside.
fn place((first, last): (u8, u8), from: u8, to: u8) -> Option<(u8, u8)> {
    let (from, to) = (from.clamp(first, last), to.clamp(first, last));
    (from < to).then(|| (from - first, to - first))
}

/// The present time, if it is shown.
fn now(html: &mut String, (first, last): (u8, u8), now: Moment) -> fmt::Result {
    let wall = now.wall();
    let quarter = wall.hour * 4 + wall.minute / 15;
    if first <= quarter && quarter < last {
        write!(html, "<li class=\"q-now\" data-a=\"{}\" aria-hidden=\"true\"></li>", quarter - first)?;
    }
    Ok(())
}

/// A stretch of a day with `inside` in it.
fn stretch(html: &mut String, key: &str, (from, to): (u8, u8), inside: &str) -> fmt::Result {
    write!(html, "<li data-k=\"{key}\" data-a=\"{from}\" data-b=\"{to}\" class=\"q-blk\">{inside}</li>")
}

/// Built as a string, like the cells of a week: a page has some hundred of them.
fn blocks(html: &mut String, t: Lang, hours: (u8, u8), entries: &[Entry]) -> fmt::Result {
    for entry in entries {
        let Some(place) = place(hours, entry.from, entry.to) else { continue };
        let who = entry.who.as_deref().filter(|_| !entry.mine).unwrap_or_else(|| what(t, entry));
        let words = format!("<b>{}</b><span class=\"w\">{}</span>", escaped(who), entry.clocks);
        let inside = match entry.booking {
            Some(booking) => format!("<a href=\"/bookings/{booking}\">{words}</a>"),
            None => format!("<span>{words}</span>"),
        };
        stretch(html, key(entry), place, &inside)?;
    }
    Ok(())
}

/// The day of a room.
fn day_of(t: Lang, all: &RoomsByHour, room: &RoomDay) -> Result<String, fmt::Error> {
    let (mut html, hours) = (String::new(), quarters(all));
    blocks(&mut html, t, hours, &room.entries)?;
    for (from, to, taken) in &room.partly {
        if let Some(place) = place(hours, *from, *to) {
            let label = t.by_hour_partly(&taken.to_string(), &room.machines.to_string());
            stretch(&mut html, "part", place, &format!("<span>{label}</span>"))?;
        }
    }
    if all.now.wall().date == all.date {
        now(&mut html, hours, all.now)?;
    }
    Ok(html)
}

fn rooms(t: Lang, all: &RoomsByHour, filter: &Filter, day: &str) -> AnyView {
    let hours = quarters(all);
    let is_today = all.now.wall().date == all.date;
    let current = all.week.as_ref().map(|week| week.id);
    let axis = (all.hours.0..all.hours.0.max(hours.1 / 4)).map(|hour| {
        let is_now = is_today && all.now.wall().hour == hour;
        view! { <span data-now=is_now.then_some("")>{hour}</span> }
    });
    let axis = axis.collect_view();
    let rows = all.rooms.iter().map(|room| {
        // Writing into a string cannot fail.
        let blocks = day_of(t, all, room).unwrap_or_default();
        let is_current = current == Some(room.id);
        let (id, page) = (room.id.to_string(), all.pages.page.to_string());
        let page = if all.alone { "" } else { page.as_str() };
        let href = with(filter, &[("room", id.as_str()), ("page", page)]);
        view! {
            <div class="rr" data-current=is_current.then_some("")>
                <div class="rh"><a href=href data-noscroll aria-current=is_current.then_some("true")>{room.name.clone()}</a><span class="s">{about(t, room)}</span></div>
                <ul class="quarters" role="list" inner_html=blocks></ul>
            </div>
        }
    });
    let count = t.by_hour_shown(&all.rooms.len().to_string(), &all.all.to_string());
    view! {
        <div>
            <h2 id="by-hour" class="visually-hidden">{t.by_hour_label(day)}</h2>
            <div class="rooms" tabindex="0" role="region" aria-labelledby="by-hour" data-b=(hours.1 - hours.0).to_string()>
                <div class="rr"><div class="rh"><span class="s">{count}</span></div><div class="axis" aria-hidden="true">{axis}</div></div>
                {rows.collect_view()}
            </div>
        </div>
    }
    .into_any()
}

/// `16 people · Beamer, sink`, `2 machines inside`.
fn about(t: Lang, room: &RoomDay) -> String {
    let mut all = vec![t.rooms_people(room.capacity.into())];
    all.extend((!room.equipment.is_empty()).then(|| room.equipment.join(", ")));
    all.extend((room.machines > 0).then(|| t.by_hour_machines(room.machines)));
    all.extend(room.closed.then(|| t.rooms_closed_tag().to_owned()));
    all.join(" · ")
}

fn of_week(t: Lang, all: &RoomsByHour, week: &RoomWeek) -> AnyView {
    let hours = quarters(all);
    let today = all.now.wall().date;
    let days = week.days.iter().map(|(date, open, entries)| {
        let short: String = t.weekday(date.weekday()).chars().take(3).collect();
        let label = format!("{} {}", time::capitalised(&short), date.day);
        let is_today = *date == today;
        let label = if is_today { format!("{label}, {}", t.today()) } else { label };
        let href = format!("/book/{}?day={date}", Resource::Room(week.id));
        let mut html = String::new();
        // Writing into a string cannot fail, here and below.
        if !open && entries.is_empty() {
            let inside = format!("<span>{}</span>", t.by_hour_closed_day());
            let _ = stretch(&mut html, "closed", (0, hours.1 - hours.0), &inside);
        }
        let _ = blocks(&mut html, t, hours, entries);
        if is_today {
            let _ = now(&mut html, hours, all.now);
        }
        view! {
            <div class="rr">
                <div class="rh"><a href=href>{label}</a></div>
                <ul class="quarters" role="list" inner_html=html></ul>
            </div>
        }
    });
    let days = days.collect_view();
    let (first, last) = (week.days.first().map(|(date, ..)| *date), week.days.last().map(|(date, ..)| *date));
    let span = first.zip(last).map(|(first, last)| span_of(t, first, last)).unwrap_or_default();
    let title = t.by_hour_week(&week.name, &span);
    view! {
        <div>
            <div class="hour-head"><h2 id="room-week" class="title-lite">{title}</h2>
                <span class="push noprint"><ButtonLink href=format!("/rooms/{}", week.id) label=t.room_title().to_owned() kind=Kind::Ghost icon="door-open"/></span></div>
            <div class="rooms" data-dense="" tabindex="0" role="region" aria-labelledby="room-week" data-b=(hours.1 - hours.0).to_string()>{days}</div>
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use domain::{
        bookings::Cause,
        id::{BookingId, GroupId, RoomId},
        paging::PageRange,
    };

    fn entry(from: u8, to: u8, who: &str, booking: Option<i64>) -> Entry {
        Entry {
            from,
            to,
            cause: Cause::Booking,
            clocks: "9–12".into(),
            who: Some(who.into()),
            booking: booking.map(BookingId),
            mine: false,
            waits: false,
        }
    }

    fn by_hour() -> RoomsByHour {
        let room = RoomDay {
            id: RoomId(2),
            name: "Studio B".into(),
            capacity: 12,
            floor: "First floor".into(),
            equipment: vec!["Beamer".into()],
            machines: 2,
            closed: true,
            free_now: false,
            entries: vec![entry(36, 48, "Ada", Some(7)), entry(0, 20, "Night", None)],
            partly: vec![(60, 68, 1)],
        };
        let monday = NOW.wall().date.days() - i64::from(NOW.wall().date.weekday());
        let days = (monday..monday + 7).map(|day| {
            let entries = if day == monday { vec![entry(40, 44, "Bo", None)] } else { Vec::new() };
            (Date::from_days(day), day < monday + 6, entries)
        });
        RoomsByHour {
            now: NOW,
            date: NOW.wall().date,
            hours: (8, 22),
            rooms: vec![room],
            pages: PageRange::new(1, 1),
            alone: false,
            all: 11,
            free_now: 5,
            floors: vec!["First floor".into()],
            equipment: vec!["Beamer".into()],
            groups: vec![(GroupId(1), "Choir".into())],
            week: Some(RoomWeek { id: RoomId(2), name: "Studio B".into(), days: days.collect() }),
            may_change: false,
        }
    }

    fn page(all: RoomsByHour, filter: Filter) -> String {
        html(visitor(Lang::En), "/bookings/rooms", move || {
            let filter = Memo::new(move |_| filter.clone());
            view! { <Page all=RwSignal::new(all) filter/> }
        })
    }

    #[test]
    fn rooms_are_drawn_by_hour_with_the_week_of_the_chosen_one() {
        let html = page(by_hour(), Filter::default());
        let content = words(&html);
        assert!(content.contains("1 of 11 rooms") && content.contains("Free now 5"), "{content}");
        assert!(
            html.contains(r#"data-k="taken" data-a="4" data-b="16" class="q-blk"><a href="/bookings/7"><b>Ada"#),
            "{html}"
        );
        assert!(!content.contains("Night"), "before the first hour: {content}");
        assert!(html.contains(r#"data-k="part" data-a="28" data-b="36" class="q-blk"><span>1 of 2"#), "{html}");
        assert!(content.contains("12 people · Beamer · 2 machines inside · Closed to new bookings"), "{content}");
        assert!(content.contains("Bo9–12") && html.contains(r#"data-k="closed""#), "a closed Sunday: {content}");
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn filter_stays_in_every_link() {
        let mut filter = Filter::default();
        filter[1] = "First floor".into();
        filter[5] = "yes".into();
        let html = page(by_hour(), filter);
        assert!(html.contains("/bookings/rooms?floor=First%20floor&amp;free=yes&amp;room=2&amp;page=1"), "{html}");
        assert!(html.contains(r#"<option value="First floor" selected"#), "{html}");
        let none = page(RoomsByHour { rooms: Vec::new(), week: None, ..by_hour() }, Filter::default());
        assert!(words(&none).contains("No room matches"), "{none}");
    }
    #[test]
    fn other_pages_are_links_and_a_room_stays_on_its_page() {
        let mut filter = Filter::default();
        filter[6] = "2".into();
        filter[7] = "2".into();
        let html = page(RoomsByHour { pages: PageRange::new(120, 2), ..by_hour() }, filter);
        for link in [
            r#"href="/bookings/rooms?room=2&amp;page=1""#,
            r#"href="/bookings/rooms?room=2&amp;page=3""#,
            r#"href="/bookings/rooms?free=yes&amp;room=2&amp;page=1""#,
        ] {
            assert!(html.contains(link), "{link} in {html}");
        }
        assert!(words(&html).contains("51–100 of 120"), "{html}");
        assert!(html.contains(r#"name="page" value="1""#), "a filter begins with the first page: {html}");
    }

    #[test]
    fn room_alone_has_no_filters_and_leads_to_all() {
        let mut filter = Filter::default();
        filter[0] = "2026-11-20".into();
        filter[6] = "2".into();
        let html = page(RoomsByHour { alone: true, ..by_hour() }, filter);
        assert!(html.contains(r#"href="/bookings/rooms?day=2026-11-20""#), "{html}");
        assert!(!html.contains("<select") && words(&html).contains("Show all rooms"), "{html}");
        assert!(html.contains(r#"href="/bookings/rooms?day=2026-11-20&amp;room=2" data-noscroll"#), "{html}");
    }

    #[test]
    fn names_are_escaped() {
        let mut all = by_hour();
        all.rooms[0].entries = vec![entry(36, 48, "<i>Eve", None)];
        let html = page(all, Filter::default());
        assert!(html.contains("<b>&lt;i&gt;Eve</b>") && !html.contains("<i>Eve"), "{html}");
    }
}
