//! A week of everything bookable: a bar for each day, and a text for its content.
//!
//! Invariant: the text says what the bar shows.

use super::{api, pages};
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
        status::{Glyph, Status, status_label},
    },
};
use contract::bookings::{Bar, DayCell, Entry, Week, WeekRow};
use domain::{
    bookings::{Cause, Resource},
    id::PersonId,
    live::Noun,
    time::Date,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use std::fmt::{self, Write};
use text::{Lang, markup::escaped, time};

/// Filters in the address; all without one.
const SHOWS: [&str; 2] = ["machines", "rooms"];

/// What the address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Filter {
    /// One of [`SHOWS`], or empty.
    show: String,
    floor: String,
    /// The number of the page; empty for the first.
    page: String,
    /// From a person's page, the days link to times for them.
    whom: Option<PersonId>,
}

impl Filter {
    fn from_query(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name| get(name).unwrap_or_default();
        let show = SHOWS.into_iter().find(|name| get("show").as_deref() == Some(*name)).unwrap_or_default();
        let whom = get("for").and_then(|id| id.parse().ok()).map(PersonId);
        Self { show: show.to_owned(), floor: text("floor"), page: text("page"), whom }
    }

    /// The address of the week of `date` with this filter.
    fn address(&self, date: Date) -> String {
        let (date, whom) = (date.to_string(), self.whom.map(|id| id.to_string()).unwrap_or_default());
        let pairs =
            [("week", &date), ("show", &self.show), ("floor", &self.floor), ("page", &self.page), ("for", &whom)];
        address("/bookings", pairs.into_iter().filter(|(_, value)| !value.is_empty()))
    }
}

/// The page at `/bookings`.
pub fn week_page() -> AnyView {
    let (query, live) = (use_query_map(), use_live());
    let filter = Memo::new(move |_| query.with(|query| Filter::from_query(|name| query.get(name))));
    let day = move || query.with(|query| query.get_str("week").unwrap_or_default().to_owned());
    let asked = move || {
        let Filter { show, floor, page, .. } = filter.get();
        (day(), show, floor, page)
    };
    let source = move || (asked(), live.version(Noun::Bookings) + live.version(Noun::Machine));
    let answers = page_resource(source, |((date, show, floor, page), _)| api::week(date, show, floor, page));
    live_page(lang::current().bookings_title(), 8, answers, move |week| view! { <Page week filter/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(week: RwSignal<Week>, filter: Memo<Filter>) -> impl IntoView {
    let t = lang::current();
    dynamic(move || Some(week.with(|week| page_body(t, week, &filter.get()))))
}

/// Links to one choice of each, from the first page on.
fn chips(choices: Vec<(Filter, String, bool)>, monday: Date, label: &'static str) -> AnyView {
    let chips = choices.into_iter().map(|(filter, name, is_chosen)| {
        let href = Filter { page: String::new(), ..filter }.address(monday);
        view! { <a class="chip" href=href data-noscroll aria-current=is_chosen.then_some("true")>{name}</a> }
    });
    view! { <div class="chips" role="group" aria-label=label>{chips.collect_view()}</div> }.into_any()
}

fn page_body(t: Lang, week: &Week, filter: &Filter) -> AnyView {
    let today = week.now.wall().date;
    let (Some((first, _)), Some((last, _))) = (week.days.first().copied(), week.days.last().copied()) else {
        return ().into_any();
    };
    let whom = filter.whom;
    let to = |days: i64| filter.address(Date::from_days(first.days() + days));
    let shows = [("", t.now_show_all()), (SHOWS[0], t.equipment_title()), (SHOWS[1], t.rooms_title())];
    let shows = shows.map(|(code, label)| {
        (Filter { show: code.to_owned(), ..filter.clone() }, label.to_owned(), code == filter.show)
    });
    let all_floors = (String::new(), t.by_hour_floors().to_owned());
    let floors = week.floors.iter().map(|floor| (floor.clone(), floor.clone()));
    let floors = std::iter::once(all_floors).chain(floors).map(|(floor, label)| {
        let is_chosen = floor == filter.floor;
        (Filter { floor, ..filter.clone() }, label, is_chosen)
    });
    let floors = (!week.floors.is_empty()).then(|| chips(floors.collect(), first, t.rooms_floor()));
    let other_pages =
        pages::links(t, week.pages, |page| Filter { page: page.to_string(), ..filter.clone() }.address(first));
    let count = week.pages.all;
    let legend = [
        ("taken", t.bookings_booked()),
        ("mine", t.bookings_yours()),
        ("pending", t.bookings_waits()),
        ("course", t.bookings_checkout()),
        ("maint", t.bookings_maintenance()),
    ];
    let heads = week.days.iter().map(|(date, _)| {
        let short: String = t.weekday(date.weekday()).chars().take(3).collect();
        let name = format!("{} {}", time::capitalised(&short), date.day);
        let (from, to) = week.hours;
        view! {
            <div class="h" role="columnheader" data-today=(*date == today).then_some("")>
                <b>{name}{(*date == today).then(|| view! { <span class="visually-hidden">", "{t.today()}</span> })}</b>
                <span class="axis" aria-hidden="true"><span>{from}</span><span>{u8::midpoint(from, to)}</span><span>{to}</span></span>
            </div>
        }
    });
    let rows = week.groups.iter().map(|group| {
        let place = group.place.clone().unwrap_or_else(|| {
            let is_room = group.rows.first().is_some_and(|row| row.bookable.resource.room().is_some());
            if is_room { t.bookings_rooms().to_owned() } else { t.bookings_elsewhere().to_owned() }
        });
        let rows = group.rows.iter().map(|row| line(t, week, row, today, whom)).collect_view();
        view! { <div class="rowed" role="row"><div class="place" role="cell">{place}</div></div>{rows} }
    });
    let decides = week.decides;
    let table = if count == 0 {
        view! { <div class="card"><Empty icon="wrench"><h2>{t.book_nothing_to()}</h2><p>{t.book_nothing_to_next()}</p></Empty></div> }.into_any()
    } else {
        view! {
            <div class="week" role="table" aria-label=t.bookings_title() tabindex="0">
                <div class="rowed" role="row">
                    <div class="h" role="columnheader">{t.bookings_resources(count)}</div>
                    {heads.collect_view()}
                </div>
                {rows.collect_view()}
            </div>
        }
        .into_any()
    };
    view! {
        <header class="page-head">
            <h1>{t.bookings_title()}</h1>
            <p class="sub">{span_of(t, first, last)}</p>
            <span class="btn-row">
                <a class="btn" data-icon="" href=to(-7) aria-label=t.book_week_before()><Icon name="chevron-left"/></a>
                <a class="btn" href="/bookings">{t.bookings_this_week()}</a>
                <a class="btn" data-icon="" href=to(7) aria-label=t.book_week_after()><Icon name="chevron-right"/></a>
            </span>
            <span class="push btn-row">
                {decides.then(|| view! {
                    <ButtonLink href="/bookings/requests" label=t.requests_title().to_owned() kind=Kind::Ghost icon="inbox"/>
                    <ButtonLink href="/bookings/rules" label=t.rules_title().to_owned() kind=Kind::Ghost icon="sliders-horizontal"/>
                })}
                <ButtonLink href="/bookings/rooms" label=t.by_hour_title().to_owned() kind=Kind::Ghost icon="door-open"/>
                <ButtonLink href="/book" label=t.book_title().to_owned() kind=Kind::Primary icon="plus"/>
            </span>
        </header>
        {whom.map(|_| view! { <p class="why" role="status"><Icon name="info"/><span>{t.book_for_week()}</span></p> })}
        {chips(shows.into(), first, t.now_show())}
        {floors}
        <ul class="legend" aria-label=t.bookings_legend()>{legend.map(|(k, code)| view! { <li><i data-k=k></i>{code}</li> }).collect_view()}</ul>
        {table}
        {other_pages}
    }
    .into_any()
}

/// `16–22 November`, `30 November – 6 December`.
pub(super) fn span_of(t: Lang, first: Date, last: Date) -> String {
    if first.month == last.month {
        format!("{}–{} {}", first.day, last.day, t.month(last.month))
    } else {
        format!("{} {} – {} {}", first.day, t.month(first.month), last.day, t.month(last.month))
    }
}

fn line(t: Lang, week: &Week, row: &WeekRow, today: Date, whom: Option<PersonId>) -> AnyView {
    let bookable = row.bookable.clone();
    let status = bookable.state.as_ref().and_then(Status::of);
    let state = bookable.state.as_ref().map(|_| status_label(status, t));
    let resource = bookable.resource;
    let glyph = match status {
        Some(status) => view! { <Glyph status/> }.into_any(),
        None => view! { <Icon name=if resource.room().is_some() { "users-round" } else { "hand" }/> }.into_any(),
    };
    let about = state.map(str::to_owned).or(bookable.place);
    let mut cells = String::new();
    for ((date, open), taken) in week.days.iter().zip(&row.days) {
        let day = Day { date: *date, is_open: *open, is_today: *date == today, whom };
        // Writing into a string cannot fail.
        let _ = cell(&mut cells, t, week, resource, day, &bookable.name, taken);
    }
    let href = format!("/book/{resource}{}", whom.map(|id| format!("?for={id}")).unwrap_or_default());
    view! {
        <div class="rowed" role="row">
            <div class="r" role="rowheader">{glyph}<a href=href>{bookable.name}</a><span class="s">{about}</span></div>
            <div class="rowed" role="none" inner_html=cells></div>
        </div>
    }
    .into_any()
}

struct Day {
    date: Date,
    is_open: bool,
    is_today: bool,
    whom: Option<PersonId>,
}

/// Built as a string: a week of forty machines has some thousand elements, which take ten times as long when
/// created one by one, here and on a phone.
fn cell(
    html: &mut String,
    t: Lang,
    week: &Week,
    resource: Resource,
    Day { date, is_open, is_today, whom }: Day,
    name: &str,
    DayCell { bars, entries, more }: &DayCell,
) -> fmt::Result {
    let (first, last) = (u32::from(week.hours.0) * 4, u32::from(week.hours.1) * 4);
    let width = (last - first.min(last)).max(1);
    let place = |quarter: u8| u32::from(quarter).clamp(first, last) - first;
    let today = if is_today { " data-today" } else { "" };
    let closed = if !is_open && bars.is_empty() { " data-closed" } else { "" };
    let whom = whom.map(|id| format!("&for={id}")).unwrap_or_default();
    let (name, day) = (escaped(name), t.weekday_date(date, week.now.wall().date));
    write!(
        html,
        "<div class=\"d\" role=\"cell\"{today}{closed}><a href=\"/book/{resource}?day={date}{whom}\" aria-label=\"{name}, {day}\"></a>\
         <svg class=\"track\" viewBox=\"0 0 {width} 9\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
    )?;
    for bar in bars {
        let (from, to) = (place(bar.from), place(bar.to));
        let long = to.saturating_sub(from).max(1);
        write!(html, "<rect data-k=\"{}\" x=\"{from}\" width=\"{long}\" height=\"9\"/>", colour(*bar))?;
    }
    if is_today {
        let wall = week.now.wall();
        let at = place((wall.hour * 4 + wall.minute / 15).min(95));
        write!(html, "<rect class=\"now\" x=\"{at}\" width=\"0.6\" height=\"9\"/>")?;
    }
    html.push_str("</svg><ul>");
    for entry in entries {
        let who = entry.who.as_deref().filter(|_| !entry.mine).map(escaped);
        let message = who.as_deref().unwrap_or_else(|| what(t, entry));
        write!(html, "<li data-k=\"{}\">", key(entry))?;
        if let Some(booking) = entry.booking {
            write!(html, "<a href=\"/bookings/{booking}\"><b>{}</b> {message}</a></li>", entry.clocks)?;
        } else {
            write!(html, "<b>{}</b> {message}</li>", entry.clocks)?;
        }
    }
    if *more > 0 {
        write!(html, "<li>{}</li>", t.bookings_more(*more))?;
    }
    html.push_str("</ul></div>");
    Ok(())
}

/// The colour; the text says the same.
pub(super) fn key(entry: &Entry) -> &'static str {
    let Entry { from, to, cause, mine, waits, .. } = *entry;
    colour(Bar { from, to, cause, mine, waits })
}

fn colour(bar: Bar) -> &'static str {
    match bar.cause {
        _ if bar.mine => "mine",
        Cause::Booking if bar.waits => "pending",
        Cause::Booking => "taken",
        Cause::Checkout | Cause::Event => "course",
        Cause::Maintenance | Cause::Closure | Cause::External => "maint",
    }
}

pub(super) fn what(t: Lang, entry: &Entry) -> &'static str {
    match entry.cause {
        _ if entry.mine => t.bookings_yours(),
        Cause::Booking if entry.waits => t.bookings_waits(),
        Cause::Booking => t.bookings_booked(),
        Cause::Checkout => t.bookings_checkout(),
        Cause::Event => t.bookings_event(),
        Cause::Maintenance => t.bookings_maintenance(),
        Cause::Closure => t.book_closed(),
        Cause::External => t.book_external(),
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use contract::bookings::{Bookable, WeekGroup};
    use domain::{
        id::{BookingId, MachineId, RoomId},
        paging::PageRange,
    };

    /// The page at `address`, of a week with the first of the pages of 120 machines and rooms.
    fn page(address: &str, floors: &[&str], page: usize) -> String {
        let row = |resource, name: &str| {
            let bookable = Bookable {
                resource,
                name: name.into(),
                place: None,
                state: None,
                moderated: false,
                importance: false,
            };
            WeekRow { bookable, days: vec![DayCell::default(); 7] }
        };
        let group = |row| WeekGroup { place: None, rows: vec![row] };
        let groups = vec![
            group(row(Resource::Machine(MachineId(7)), "Laser 1")),
            group(row(Resource::Room(RoomId(2)), "Hall")),
        ];
        let monday = NOW.wall().date.days() - 3;
        let days = (monday..monday + 7).map(|day| (Date::from_days(day), true)).collect();
        let pages = PageRange::new(120, page);
        let floors = floors.iter().map(|floor| (*floor).to_owned()).collect();
        let week = Week { now: NOW, days, hours: (8, 22), groups, pages, floors, decides: true };
        html(visitor(Lang::En), address, move || {
            let query = use_query_map();
            let filter = Memo::new(move |_| query.with(|query| Filter::from_query(|name| query.get(name))));
            view! { <Page week=RwSignal::new(week) filter/> }
        })
    }

    #[test]
    fn resource_filter_in_address_persists_across_weeks() {
        let all = words(&page("/bookings", &[], 1));
        assert!(all.contains("Laser 1") && all.contains("Hall"), "{all}");
        let rooms = page("/bookings?show=rooms", &[], 1);
        assert!(rooms.contains(r#"href="/bookings?week=2026-11-23&amp;show=rooms""#), "{rooms}");
        assert!(
            rooms.contains(r#"href="/bookings?week=2026-11-16&amp;show=rooms" data-noscroll aria-current="true""#),
            "{rooms}"
        );
    }

    #[test]
    fn floors_and_pages_are_links_that_keep_the_filter() {
        let html = page("/bookings?show=rooms&floor=First%20floor&page=2", &["First floor", "Top"], 2);
        let rest = "&amp;show=rooms&amp;floor=First%20floor";
        for link in [
            format!(r#"href="/bookings?week=2026-11-23{rest}&amp;page=2""#),
            format!(r#"href="/bookings?week=2026-11-16{rest}&amp;page=1""#),
            format!(r#"href="/bookings?week=2026-11-16{rest}&amp;page=3""#),
            format!(r#"href="/bookings?week=2026-11-16{rest}" data-noscroll aria-current="true""#),
            r#"href="/bookings?week=2026-11-16&amp;show=rooms&amp;floor=Top""#.to_owned(),
            r#"href="/bookings?week=2026-11-16&amp;show=rooms" data-noscroll"#.to_owned(),
        ] {
            assert!(html.contains(&link), "{link} in {html}");
        }
        let content = words(&html);
        assert!(content.contains("51–100 of 120") && content.contains("120 machines and rooms"), "{content}");
    }

    #[test]
    fn day_cell_shows_holders_with_escaped_names() {
        let pages = PageRange::new(0, 1);
        let week =
            Week { now: NOW, days: vec![], hours: (8, 22), groups: vec![], pages, floors: vec![], decides: false };
        let of = |who: &str, mine| Entry {
            from: 36,
            to: 48,
            cause: Cause::Booking,
            clocks: "9–12".into(),
            who: Some(who.into()),
            booking: (who == "Bo").then_some(BookingId(9)),
            mine,
            waits: false,
        };
        let mut html = String::new();
        let day = Day { date: NOW.wall().date, is_open: true, is_today: true, whom: None };
        let entries = vec![of("<b>Eve", false), of("Ada", true), of("Bo", false)];
        let bars = vec![Bar { from: 36, to: 48, cause: Cause::Booking, mine: false, waits: false }];
        let taken = DayCell { bars, entries, more: 1 };
        cell(&mut html, Lang::En, &week, Resource::Machine(MachineId(7)), day, "\"><i>", &taken).unwrap();
        assert!(html.contains("<b>9–12</b> &lt;b&gt;Eve"), "{html}");
        assert!(html.contains(r#"<a href="/bookings/9"><b>9–12</b> Bo</a>"#), "who may open it does: {html}");
        assert!(!html.contains("<i>") && html.contains("data-today"), "{html}");
        assert!(html.contains(Lang::En.bookings_yours()) && !html.contains("Ada"), "{html}");
        assert!(html.contains(&Lang::En.bookings_more(1)), "{html}");
        assert!(html.contains(r#"<rect data-k="taken" x="4" width="12""#), "{html}");
    }
}
