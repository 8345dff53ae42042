//! One day of a machine or a room: free times, taken ones with the reason, and the selected time.
//!
//! Invariant: the list of times and the block on the day are one selection, so people who cannot drag have the
//! same choice.

use super::{
    Shape,
    api::{self, Book, JoinWaiting, MoveBooking, OnPage},
    brief,
    choice::{Choice, address, holder, minute},
    clocks, for_whom,
    lane::Lane,
    leaves, left_out, length, length_of, onward, remedy, used,
    waiting::Join,
    when,
};
use crate::{
    call::{Call, Posted, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    training::next::Next,
    ui::{
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Ask, Field, Form, hidden},
        icon::Icon,
    },
};
use contract::bookings::{Chosen, DayView, ForWhom, Time, WeekDay};
use domain::{
    bookings::Resource,
    id::BookingId,
    live::Noun,
    problem::Problem,
    time::{Date, MINUTE, Millis, Moment},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use text::{Lang, time};
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;

/// The page at `/book/:id`, where the id is `machine:7` or `room:2`.
pub fn day_page() -> AnyView {
    let (params, query, live) = (use_params_map(), use_query_map(), use_live());
    let resource = move || params.with(|params| params.get_str("what").unwrap_or_default().to_owned());
    let code = move |name: &str| query.with(|query| query.get_str(name).unwrap_or_default().to_owned());
    let source = move || {
        let at = Millis::parse(&code("at"));
        let moving = code("move").parse().ok().map(BookingId);
        let changed = live.version(Noun::Bookings) + live.version(Noun::Machine);
        (resource(), code("day"), code("minutes"), (at, moving, code("for"), code("group")), changed)
    };
    let answers = page_resource(source, |(resource, date, minutes, (at, moving, whom, group), _)| {
        api::day(resource, date, minutes, at, moving, whom, group)
    });
    let (book, moved) = (Call::<Book>::new(), Call::<MoveBooking>::new());
    let join = Call::<JoinWaiting>::new();
    live_page(lang::current().book_title(), 6, answers, move |on: RwSignal<OnPage<DayView>>| {
        let day = Memo::new(move |_| on.with(|on| on.times.clone()));
        let next = Memo::new(move |_| on.with(|on| on.next.clone()));
        view! { <Page day next book moved join/> }.into_any()
    })
}

/// Milliseconds around a clock change in which times show their offset.
const NIGHT: u64 = 3 * 3_600_000;

/// Times beyond which a list is too long to read.
const LONG: usize = 40;

/// The page without requests, so that tests can render it.
#[component]
fn Page(
    day: Memo<DayView>,
    next: Memo<Option<Next>>,
    book: Call<Book>,
    moved: Call<MoveBooking>,
    join: Call<JoinWaiting>,
) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(day.with(|day| day.now)));
    // Another requested day, length or time resets the selection; a live update of the same day does not.
    let request = Memo::new(move |_| {
        day.with(|day| {
            let at = day.chosen.as_ref().filter(|chosen| !chosen.refusals.is_empty()).map(|chosen| chosen.time);
            let moving = day.moving.as_ref().map(|booking| booking.id);
            let whom = day.for_whom.as_ref();
            let holder = whom.and_then(|whom| whom.holder.clone());
            let is_for_nobody = whom.is_some_and(|whom| whom.unknown.is_some());
            (day.bookable.resource, day.date, day.minutes, at, moving, holder, day.group, is_for_nobody)
        })
    });
    view! {
        {dynamic(move || Some(head(t, &day.get())))}
        <Groups day/>
        <Whom day/>
        {dynamic(move || day.with(|day| left_out::banner(t, &day.left_out, day.now.wall().date)))}
        {dynamic(move || {
            let (.., is_for_nobody) = request.get();
            // Otherwise it would be booked for the reader.
            (!is_for_nobody).then(|| untrack(|| view! { <Choosing day next book moved join/> }.into_any()))
        })}
        {dynamic(move || {
            let href = format!("/me/calendar?show={}", day.with(|day| day.bookable.resource));
            Some(view! { <p class="small"><a class="link" href=href>{t.feeds_resource()}</a></p> })
        })}
    }
}

/// Selects whether it is for the reader or for a group, if there is a choice. An ordinary form, sent on change with script.
#[component]
fn Groups(day: Memo<DayView>) -> impl IntoView {
    let t = lang::current();
    let send = |event: leptos::ev::Event| {
        let list = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        if let Some(form) = list.and_then(|list| list.form()) {
            // As if the button had been pressed, so that the router notices it.
            drop(form.request_submit());
        }
    };
    dynamic(move || {
        let (page, date, minutes, group, groups) = day.with(|day| {
            let page = format!("/book/{}", day.bookable.resource);
            (page, day.date.to_string(), day.minutes.to_string(), day.group, day.groups.clone())
        });
        let is_asked = day.with(|day| day.moving.is_none() && holder(day).is_none());
        let whom = for_whom(t, group, groups).filter(|_| is_asked)?;
        Some(
            view! {
                <form class="parsed find-lists" method="get" action=page on:change=send>
                    {hidden("day", &date)}
                    {hidden("minutes", &minutes)}
                    {whom}
                    <button class="btn">{t.book_for_show()}</button>
                </form>
            }
            .into_any(),
        )
    })
}

/// Selects the person it is booked for, if the reader may book for others. An ordinary form, which shows the times
/// available to that person.
#[component]
fn Whom(day: Memo<DayView>) -> impl IntoView {
    let t = lang::current();
    let whom = Memo::new(move |_| day.with(|day| day.for_whom.clone()));
    dynamic(move || {
        let ForWhom { holder, unknown, names } = whom.get()?;
        let (page, date, minutes) = day.with_untracked(|day| {
            (format!("/book/{}", day.bookable.resource), day.date.to_string(), day.minutes.to_string())
        });
        if let Some((_, name)) = holder {
            let own = format!("{page}?day={date}&minutes={minutes}");
            return Some(view! {
                <p class="why"><Icon name="user-round"/><span>{t.book_for_said(&name)}" "<a class="link" href=own>{t.book_for_clear()}</a></span></p>
            }.into_any());
        }
        let is_wrong = unknown.is_some();
        let problem = is_wrong.then(|| {
            Problem::new("booking.invalid", domain::problem::Kind::Invalid, t.booking_for_form())
                .field("for", t.booking_for_form())
        });
        let value = unknown.unwrap_or_default();
        Some(view! {
            <details class="deed" id="book-for" open=is_wrong>
                <summary>{t.book_for_other()}</summary>
                <Ask page problem>
                    {hidden("day", &date)}
                    {hidden("minutes", &minutes)}
                    <Field name="for" label=t.book_for() hint=t.book_for_hint() value autocomplete="off" suggestions=names/>
                    <div class="btn-row"><Submit label=t.book_for_show()/></div>
                </Ask>
            </details>
        }.into_any())
    })
}

fn head(t: Lang, day: &DayView) -> AnyView {
    let bookable = day.bookable.clone();
    let about = super::about(t, &bookable);
    let what = match bookable.resource {
        Resource::Machine(_) => {
            format!("/machines/{}", bookable.resource.machine().map(|it| it.to_string()).unwrap_or_default())
        }
        Resource::Room(_) => "/book?what=rooms".to_owned(),
    };
    let days = day.week.iter().map(|one| week_day(t, day, one));
    let lengths = day.lengths.iter().map(|&minutes| {
        let href = address(day, day.date, minutes, None);
        view! { <a href=href aria-current=(minutes == day.minutes).then_some("true")>{length(t, minutes.into())}</a> }
    });
    let monday = day.week.first().map_or(day.date, |first| first.date).days();
    let links = [(-7, "chevron-left", t.book_week_before()), (7, "chevron-right", t.book_week_after())];
    let links = links.map(|(days, icon, label)| {
        let href = address(day, Date::from_days(monday + days), day.minutes, None);
        view! { <a class="btn" data-icon="" data-kind="ghost" href=href aria-label=label><Icon name=icon/></a> }
    });
    let [before, after] = links;
    let title = if day.moving.is_some() { t.book_move_title() } else { t.book_title() };
    let lengths = lengths.collect_view();
    view! {
        <header class="page-head">
            <h1>{title}</h1>
            <span class="push"><ButtonLink href="/book" label=t.book_find().to_owned() kind=Kind::Ghost icon="search"/></span>
        </header>
        {day.moving.as_ref().map(|moving| {
            let was = Time { starts: moving.starts, ends: moving.ends };
            let was = when(t, was, day.now);
            let message = match moving.group_name.as_ref().or(moving.person_name.as_ref()) {
                Some(name) if !moving.mine || moving.group.is_some() => t.book_moving_theirs(&was, name),
                _ => t.book_moving(&was),
            };
            view! { <p class="why"><Icon name="info"/><span>{message}</span></p> }
        })}
        <a class="resource" href=what>
            <Shape bookable=bookable.clone()/>
            <span><span class="t">{bookable.name}</span><span class="s">{about}</span></span>
            <Icon name="chevron-right"/>
        </a>
        {(!day.left.is_empty()).then(|| {
            let left = t.book_left(&day.left.join(", "));
            view! { <p class="why"><Icon name="info"/><span>{left}</span></p> }
        })}
        <div class="days-row">{before}<nav class="days" aria-label=t.book_day()>{days.collect_view()}</nav>{after}</div>
        <div class="segmented" role="group" aria-label=t.book_length()>{lengths}</div>
    }
    .into_any()
}

fn week_day(t: Lang, day: &DayView, one: &WeekDay) -> AnyView {
    let date = one.date;
    let short: String = t.weekday(date.weekday()).chars().take(3).collect();
    let is_over = date < day.now.wall().date;
    let closed = if is_over { t.book_day_over() } else { t.book_day_closed() };
    let message = one.full.map_or_else(|| closed.to_owned(), |full| t.book_day_full(&full.to_string()));
    // Past days are no links.
    let href = (!is_over).then(|| address(day, date, day.minutes, None));
    let full = one.full;
    view! {
        <a href=href aria-current=(date == day.date).then_some("date") data-closed=full.is_none().then_some("")>
            {time::capitalised(&short)}<b>{date.day.to_string()}</b>
            <span class="visually-hidden">{t.month(date.month)}", "{message}</span>
            <svg class="meter" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                {full.map(|full| view! { <rect width=full.to_string() height="10"/> })}
            </svg>
        </a>
    }
    .into_any()
}

/// The day with the selection, and the button below it.
#[component]
fn Choosing(
    day: Memo<DayView>,
    next: Memo<Option<Next>>,
    book: Call<Book>,
    moved: Call<MoveBooking>,
    join: Call<JoinWaiting>,
) -> impl IntoView {
    let t = lang::current();
    let first = day.with_untracked(|day| day.chosen.clone());
    let refused = first.clone().filter(|chosen| !chosen.refusals.is_empty());
    let choice = RwSignal::new(first.map(|chosen| Choice::of(chosen.time)));
    let moving = day.with_untracked(|day| day.moving.clone());
    let resource = day.with_untracked(|day| day.bookable.resource);
    let waited = refused.as_ref().filter(|chosen| chosen.can_wait).map(|chosen| {
        let minutes = u32::try_from(length_of(chosen.time).as_secs() / 60).unwrap_or(0);
        (format!("{resource}@{}", chosen.time.starts.at.0), minutes)
    });
    let fields = move || {
        view! {
            <input type="hidden" name="minutes" value=Signal::derive(move || {
                choice.get().map(|choice| choice.minutes.to_string()).unwrap_or_default()
            })/>
            {match refused.clone() {
                Some(refused) => view! { <Refused day refused/> }.into_any(),
                None => view! { <Free day choice next/> }.into_any(),
            }}
        }
    };
    if let Some(moving) = moving {
        view! {
            <Form action=moved>
                {hidden("id", &moving.id)}
                {hidden("version", &moving.version)}
                {fields()}
                <Dock day choice next call=moved label=t.book_move()/>
            </Form>
        }
        .into_any()
    } else {
        let (is_moderated, rates) = day.with_untracked(|day| (day.bookable.moderated, day.bookable.importance));
        let label = if is_moderated { t.book_ask() } else { t.book_it() };
        let wait = waited.map(|(choice, minutes)| view! { <Join choice minutes join/> });
        let whom = day.with_untracked(|day| holder(day).map(|(id, _)| hidden("person", id)));
        let group = day.with_untracked(|day| day.group.map(|group| hidden("group", &group)));
        view! { <Form action=book>{whom}{group}{fields()}{rates.then(|| super::importance(t))}<Dock day choice next call=book label/></Form> {wait} }
            .into_any()
    }
}

/// The day to choose from, and the same as a list.
#[component]
fn Free(day: Memo<DayView>, choice: RwSignal<Option<Choice>>, next: Memo<Option<Next>>) -> impl IntoView {
    let t = lang::current();
    let picked = StoredValue::new(day.with_untracked(|day| day.chosen.as_ref().map(|chosen| chosen.time.starts)));
    let pick = move |event: leptos::ev::Event| {
        let list = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        let starts = day.with_untracked(|day| {
            let requested = list.map(|list| list.value())?;
            day.starts.iter().copied().find(|starts| instant(day, *starts) == requested)
        });
        if starts.is_some() {
            picked.set_value(starts);
            choice.set(starts.map(|starts| day.with_untracked(|day| Choice::of(time_at(starts, day.minutes)))));
        }
    };
    let is_none = Memo::new(move |_| choice.get().is_none() && day.with(|day| day.starts.is_empty()));
    view! {
        // The reason, before the day it concerns.
        {dynamic(move || is_none.get().then(|| day.with(|day| nothing(t, day, next.get()))))}
        <Lane day choice/>
        {dynamic(move || (!is_none.get()).then(|| day.with(|day| {
            let now = choice.get();
            let at = now.and_then(|now| starting(&day.starts, now, picked.get_value()));
            // A long list has half hours only: the arrow keys on the day move by its whole grid.
            let is_long = day.starts.len() > LONG;
            let listed = day.starts.iter().filter(|starts| {
                !is_long || starts.wall().minute % 30 == 0 || at == Some(**starts) || is_of_night(day, **starts)
            });
            let mut options: Vec<_> = listed.map(|starts| {
                let one = Choice::of(time_at(*starts, day.minutes));
                let message = if is_of_night(day, *starts) { format!("{} {}", one.clocks(), time::offset(*starts)) } else { one.clocks() };
                (instant(day, *starts), now == Some(one) && at == Some(*starts), message)
            }).collect();
            if let Some(own) = now.filter(|_| !options.iter().any(|(_, is_now, _)| *is_now)) {
                let named = at.map_or_else(|| format!("{}@{}", day.bookable.resource, own.wall(day.date)), |at| instant(day, at));
                options.insert(0, (named, true, own.clocks()));
            }
            let options = options.into_iter().map(|(value, is_now, message)| view! { <option value=value selected=is_now>{message}</option> });
            view! {
                <div class="field times-list">
                    <label for="choice">{t.book_start()}</label>
                    <select class="input select" id="choice" name="choice" on:change=pick>{options.collect_view()}</select>
                </div>
                <p class="why"><Icon name="info"/><span>{known(t, day)}</span></p>
            }.into_any()
        })))}
    }
}

fn time_at(starts: Moment, minutes: u16) -> Time {
    Time { starts, ends: starts.shifted_to(starts.at.after(MINUTE * u32::from(minutes))) }
}

/// Form value of a free time.
fn instant(day: &DayView, starts: Moment) -> String {
    format!("{}@{}", day.bookable.resource, starts.at.0)
}

/// Whether it is near a clock change on that day, when the same local time may occur twice.
fn is_of_night(day: &DayView, starts: Moment) -> bool {
    let changes = |other: &Moment| other.offset != starts.offset && other.at.0.abs_diff(starts.at.0) <= NIGHT;
    day.starts.iter().any(changes) || day.blocks.iter().any(|block| changes(&block.starts) || changes(&block.ends))
}

/// The instant of the selection: for a local time that occurs twice the `picked` one, else the first free one.
fn starting(starts: &[Moment], choice: Choice, picked: Option<Moment>) -> Option<Moment> {
    let begins = |at: &Moment| minute(*at) == choice.from;
    picked.filter(begins).or_else(|| starts.iter().copied().find(begins))
}

/// Notes: hours left this week, and until when cancelling is free.
fn known(t: Lang, day: &DayView) -> String {
    let cancel = t.book_cancel_free(&length(t, day.free_until.into()));
    used(t, day.quota).map_or(cancel.clone(), |used| format!("{used} {cancel}"))
}

fn nothing(t: Lang, day: &DayView, next: Option<Next>) -> AnyView {
    let (why, resource) = (day.why.clone(), day.bookable.resource);
    let (code, message) = why.unwrap_or_else(|| (String::new(), t.book_none_next().to_owned()));
    let way = remedy(t, resource, &code);
    view! {
        <div class="card"><Empty icon="clock">
            <h2>{if code == "booking.may-not" { t.book_not_yet() } else { t.book_none_day() }}</h2>
            <p>{message}</p>
            <div class="btn-row">{next.map(onward)}{match way {
                Some((href, name)) => view! { <ButtonLink href label=name.to_owned()/> }.into_any(),
                None => view! { <ButtonLink href=format!("/book?what={resource}") label=t.book_find().to_owned() icon="search"/> }.into_any(),
            }}</div>
        </Empty></div>
    }
    .into_any()
}

/// All obstacles of the requested time, and the nearest free times.
#[component]
fn Refused(day: Memo<DayView>, refused: Chosen) -> impl IntoView {
    let t = lang::current();
    let (bookable, now) = day.with_untracked(|day| (day.bookable.clone(), day.now));
    let request = format!("{}, {}", brief(t, refused.time.starts.wall().date), clocks(refused.time));
    let name = bookable.name.clone();
    let resource = bookable.resource;
    let reasons = refused.refusals.into_iter().map(|(code, message)| {
        let icon = match code.as_str() {
            "booking.taken" | "booking.elsewhere" => "user-round",
            "booking.may-not" | "booking.lapses" => "graduation-cap",
            "booking.closed" => "lock",
            _ => "clock",
        };
        let way = remedy(t, resource, &code);
        view! {
            <li><Icon name=icon/><div><p class="t">{message}</p>{way.map(|(href, term)| view! { <a class="link" href=href>{term}</a> })}</div></li>
        }
    });
    let is_bare = refused.instead.is_empty();
    let is_barred = day.with_untracked(|day| day.barred.is_some());
    let title = if is_barred { t.book_not_yet() } else { t.book_not_free() };
    let instead = refused.instead.into_iter().enumerate().map(|(at, time)| {
        let minutes = u32::try_from(time.ends.at.since(time.starts.at).as_secs() / 60).unwrap_or(0);
        view! {
            <label class="option">
                <input type="radio" name="choice" value=format!("{resource}@{}", time.starts.at.0) checked=at == 0/>
                <b>{when(t, time, now)}</b><span class="d">{bookable.name.clone()}" · "{length(t, minutes)}</span>
            </label>
        }
    });
    let instead = instead.collect_view();
    view! {
        <section class="answer" data-answer="no" aria-labelledby="no">
            <div class="say"><h2 class="big" id="no">{title}</h2><p class="because">{name}", "<b>{request}</b></p></div>
            <ul class="reasons" aria-label=t.book_why_not()>{reasons.collect_view()}</ul>
        </section>
        {(!is_bare).then(|| view! {
            <fieldset class="instead"><legend class="title-lite">{t.book_nearest()}</legend>{instead}</fieldset>
        })}
    }
}

/// The selection as text, and the button.
#[component]
fn Dock<F: Posted>(
    day: Memo<DayView>,
    choice: RwSignal<Option<Choice>>,
    next: Memo<Option<Next>>,
    call: Call<F>,
    label: &'static str,
) -> impl IntoView {
    let t = lang::current();
    let instead = day
        .with_untracked(|day| day.chosen.as_ref().filter(|it| !it.refusals.is_empty()).map(|it| it.instead.len()));
    dynamic(move || {
        if let Some(offered) = instead {
            return Some(view! {
                <div class="dock"><div class="btn-row">
                    {next.get().map(onward)}
                    {(offered > 0).then(|| view! { <Submit label=t.book_instead() kind=Kind::Primary busy=call.pending()/> })}
                    <ButtonLink href=day.with(|day| address(day, day.date, day.minutes, None)) label=t.book_other().to_owned()/>
                </div></div>
            }.into_any());
        }
        let choice = choice.get()?;
        let message = day.with(|day| {
            let minutes = u32::try_from(choice.minutes).unwrap_or(0);
            let left = leaves(t, day.quota, minutes).map(|left| format!(", {left}")).unwrap_or_default();
            let is_today = day.date == day.now.wall().date;
            let date = if is_today { time::capitalised(t.today()) } else { brief(t, day.date) };
            (format!("{date}, {}", choice.clocks()), format!("{}{left}", length(t, minutes)))
        });
        Some(
            view! {
                <div class="dock">
                    <p class="sum" role="status"><b>{message.0}</b><span>{message.1}</span></p>
                    <Submit label kind=Kind::Primary busy=call.pending()/>
                </div>
            }
            .into_any(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use contract::bookings::{Bookable, Quota};
    use domain::{
        id::{MachineId, PersonId},
        time::HOUR,
    };

    /// A day with a requested time on a machine that the reader may not use.
    fn barred() -> DayView {
        let bookable = Bookable {
            resource: Resource::Machine(MachineId(1)),
            name: "Laser".into(),
            place: None,
            state: None,
            moderated: false,
            importance: false,
        };
        let why = ("booking.may-not".to_owned(), "Not trained on lasers yet".to_owned());
        let chosen = Chosen {
            time: Time { starts: NOW, ends: NOW.shifted_to(NOW.at.after(HOUR)) },
            refusals: vec![why.clone()],
            instead: Vec::new(),
            can_wait: false,
        };
        DayView {
            now: NOW,
            bookable,
            date: NOW.wall().date,
            week: Vec::new(),
            minutes: 60,
            lengths: vec![60],
            policy: (30, 240, 15),
            free_until: 60,
            quota: Quota { minutes: 0, most: 0 },
            hours: (8, 22),
            blocks: Vec::new(),
            starts: Vec::new(),
            chosen: Some(chosen),
            why: Some(why),
            barred: Some(MachineId(1)),
            moving: None,
            left: Vec::new(),
            left_out: Vec::new(),
            for_whom: None,
            group: None,
            groups: Vec::new(),
        }
    }

    #[test]
    fn time_on_forbidden_machine_links_next_step() {
        let chosen = |day: DayView| {
            let next = Next::to("/learn/7".to_owned(), "Watch the video, 9 min");
            html(visitor(Lang::En), "/book/machine:1", move || {
                let day = Memo::new(move |_| day.clone());
                let next = Memo::new(move |_| Some(next.clone()));
                view! { <Page day next book=Call::new() moved=Call::new() join=Call::new()/> }
            })
        };
        for day in [barred(), DayView { chosen: None, ..barred() }] {
            let html = chosen(day);
            assert_eq!(html.matches(r#"data-kind="primary""#).count(), 1, "{html}");
            assert!(html.contains(r#"data-kind="primary" href="/learn/7""#), "{html}");
            assert!(words(&html).contains("You can’t book it yet"), "{html}");
            assert!(html.contains(r#"href="/machines/1""#), "all that is missing is there: {html}");
        }
    }

    #[test]
    fn day_for_unknown_person_offers_no_booking() {
        let page = |for_whom: ForWhom| {
            let day = DayView { for_whom: Some(for_whom), ..barred() };
            html(visitor(Lang::En), "/book/machine:1", move || {
                let (day, next) = (Memo::new(move |_| day.clone()), Memo::new(move |_| None));
                view! { <Page day next book=Call::new() moved=Call::new() join=Call::new()/> }
            })
        };
        let is_bookable = |html: &str| html.contains(r#"action="?/bookings/book""#);
        let wrong = page(ForWhom { unknown: Some("Giulia".into()), ..ForWhom::default() });
        assert!(
            !is_bookable(&wrong) && wrong.contains(r#"value="Giulia""#),
            "it would be for whoever looks: {wrong}"
        );
        assert!(is_bookable(&page(ForWhom::default())));
        let carl = page(ForWhom { holder: Some((PersonId(4), "Carl".into())), ..ForWhom::default() });
        assert!(is_bookable(&carl) && carl.contains(r#"name="person" value="4""#), "{carl}");
    }

    // A9
    #[test]
    fn repeated_local_time_books_the_picked_instant() {
        // 25 October 2026, 02:30 in Rome, before and after the clocks are set back.
        let first = Moment { at: Millis(1_792_888_200_000), offset: 120 };
        let second = Moment { at: Millis(1_792_891_800_000), offset: 60 };
        assert_eq!((minute(first), minute(second)), (150, 150));
        let at = |starts: &[Moment], from, picked| starting(starts, Choice { from, minutes: 60 }, picked);
        assert_eq!(at(&[first, second], 150, Some(second)), Some(second));
        assert_eq!(at(&[first, second], 150, None), Some(first));
        assert_eq!(at(&[second], 150, None), Some(second), "the first is taken");
        assert_eq!(at(&[first, second], 165, Some(second)), None, "it was dragged away");
        assert_eq!((time::offset(first), time::offset(second)), ("(UTC+2:00)".into(), "(UTC+1:00)".into()));
    }
}
