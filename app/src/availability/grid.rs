//! A trainer's week as a grid: a tinted field is a rule, a card in it a slot, the tint between two cards the
//! buffer.
//!
//! Invariant: the grid shows the same as the lists beside it; a phone has only the lists. Positions are quarter
//! hours in attributes, because the page's policy forbids inline styles.

use super::{
    Calls, address, clock_of,
    drawn::{Drawn, End, Sketch},
    hours,
};
use crate::{
    lang,
    ui::{changing::dynamic, strip::Legend},
};
use contract::availability::{Availability, OwnSlot, RuleView};
use domain::{
    checkouts::State,
    id::RuleId,
    time::{Date, Moment},
};
use leptos::{ev::PointerEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use text::{Lang, time};

/// Minutes of a grid line.
const QUARTER: u16 = 15;
/// Hours that are always shown.
const DAY: (u16, u16) = (9, 21);

/// The displayed hours: those of every rule and slot, rounded to whole ones.
fn shown_hours(all: &Availability) -> (u16, u16) {
    let rules = all.rules.iter().map(|rule| (rule.from, rule.to));
    let booked = all.booked.iter().map(|one| (minute(one.starts), end(one.starts, one.ends)));
    let (first, last) = rules
        .chain(booked)
        .fold((DAY.0 * 60, DAY.1 * 60), |(first, last), (from, to)| (first.min(from), last.max(to)));
    (first / 60, last.div_ceil(60).min(24))
}

fn minute(at: Moment) -> u16 {
    let wall = at.wall();
    u16::from(wall.hour) * 60 + u16::from(wall.minute)
}

/// The minute of the day at which something ends, on the day of `starts`; midnight if it continues.
fn end(starts: Moment, ends: Moment) -> u16 {
    if ends.wall().date == starts.wall().date { minute(ends) } else { 24 * 60 }
}

/// The grid lines between which a block lies, counted from the hour `first`.
fn lines(from: u16, to: u16, first: u16) -> (String, String) {
    let begin = from.saturating_sub(first * 60) / QUARTER;
    let end = to.saturating_sub(first * 60).div_ceil(QUARTER).max(begin + 1);
    (begin.to_string(), end.to_string())
}

/// The week that begins on `monday`.
pub(super) fn week(
    all: &Availability,
    monday: Date,
    edited: Option<RuleId>,
    sketch: Sketch,
    calls: Calls,
) -> AnyView {
    let t = lang::current();
    let (first, last) = shown_hours(all);
    let days: Vec<Date> = (0..7).map(|day| Date::from_days(monday.days() + day)).collect();
    let heads = days.iter().map(|&date| {
        let name = t.weekdays().get(usize::from(date.weekday())).copied().unwrap_or_default();
        let name: String = name.chars().take(3).collect();
        let is_today = (date == all.today).then_some("");
        // The name begins with the visible text, so that voice control can address it.
        let label = format!("{name} {}, {}", date.day, t.availability_add_on(&t.weekday_date(date, all.today)));
        let (day, past) = (date.day.to_string(), date.days() < all.today.days());
        if past {
            view! { <div class="h">{name}<b>{day}</b></div> }.into_any()
        } else {
            let href = address(monday, all.today, &format!("day={date}"));
            view! { <a class="h" href=href aria-label=label data-today=is_today>{name}" "<b>{day}</b></a> }
                .into_any()
        }
    });
    let visible = GridFrame { monday, hours: (first, last), edited, sketch, calls };
    let columns = days.iter().map(|&date| column(t, all, date, &visible));
    let short = all.slots.iter().any(|slot| end(slot.starts, slot.ends) < minute(slot.starts) + 2 * QUARTER);
    view! {
        <div class="avail" data-short=short.then_some("") role="group" aria-label=t.availability_week()>
            <div class="h"></div>{heads.collect_view()}
            <ol class="hours" aria-hidden="true">{(first..last).map(|hour| view! { <li>{hour}</li> }).collect_view()}</ol>
            {columns.collect_view()}
        </div>
        <Legend words=vec![
            ("rule", t.availability_legend_rule()),
            ("once", t.availability_legend_once()),
            ("appointment", t.availability_legend_taken()),
            ("asked", t.availability_legend_asked()),
            ("lost", t.availability_legend_lost()),
        ]/>
    }
    .into_any()
}

fn holds_on(rule: &RuleView, date: Date) -> bool {
    match (rule.weekday, rule.date) {
        (_, Some(only)) => only == date,
        (Some(weekday), None) => {
            weekday == date.weekday()
                && rule.first.is_none_or(|first| first.days() <= date.days())
                && rule.last.is_none_or(|last| date.days() <= last.days())
        }
        (None, None) => false,
    }
}

/// What the columns of a week have in common.
struct GridFrame {
    monday: Date,
    hours: (u16, u16),
    edited: Option<RuleId>,
    sketch: Sketch,
    calls: Calls,
}

/// The unsaved drawing on `date`, and the handles of the edited rule.
fn drawn_on(t: Lang, rule: Option<RuleView>, date: Date, hours: (u16, u16), sketch: Sketch) -> AnyView {
    let stored = rule.as_ref().and_then(Drawn::of);
    let ghost = dynamic(move || {
        let drawn = sketch.drawn.get().filter(|drawn| drawn.on.holds_on(date) && Some(*drawn) != stored)?;
        let (a, b) = lines(drawn.times.from, drawn.times.to, hours.0);
        let message = t.availability_count(drawn.count());
        Some(view! { <li class="cell drawn" data-a=a data-b=b><div class="rule" data-new="">{drawn.hours()}<span>{message}</span></div></li> }.into_any())
    });
    let grips = dynamic(move || {
        let now = sketch.drawn.get().or(stored).filter(|_| stored.is_some())?;
        let (a, b) = lines(now.times.from, now.times.to, hours.0);
        let grip = |end: End, key: &'static str| {
            let pull = move |event: PointerEvent| sketch.pull(&event, end, now, hours);
            view! {
                <li class="grip" data-end=key data-a=a.clone() data-b=b.clone() aria-hidden="true" on:pointerdown=pull on:pointermove=pull></li>
            }
        };
        Some(view! { {grip(End::Top, "top")}{grip(End::Bottom, "bottom")} }.into_any())
    });
    view! { {ghost}{grips} }.into_any()
}

fn column(t: Lang, all: &Availability, date: Date, frame: &GridFrame) -> AnyView {
    let &GridFrame { monday, hours: (first, last), edited, sketch, calls } = frame;
    let name = time::capitalised(&t.weekday_date(date, all.today));
    let is_away = all.away.iter().any(|away| (away.first.days()..=away.last.days()).contains(&date.days()));
    let is_closed = all.closed.contains(&date);
    let rules = all.rules.iter().filter(|rule| holds_on(rule, date)).map(|rule| {
        let (a, b) = lines(rule.from, rule.to, first);
        if is_away || is_closed {
            let why = if is_away { t.availability_away_short() } else { t.availability_closed() };
            return view! { <li class="cell" data-a=a data-b=b><div class="rule" data-off=""><b>{hours(rule)}</b>{why}</div></li> }
                .into_any();
        }
        let href = address(monday, all.today, &format!("rule={}", rule.id));
        let label = format!("{}, {}", hours(rule), t.availability_makes(u32::from(rule.slots), rule.length));
        let is_edited = edited == Some(rule.id);
        let (current, once, rule) = (is_edited.then_some("true"), rule.date.is_some().then_some(""), rule.clone());
        view! {
            <li class="cell" data-a=a data-b=b>
                <a class="rule" href=href aria-label=label aria-current=current data-once=once
                    on:keydown=move |event| sketch.keys(&event, &rule, is_edited, calls)></a>
            </li>
        }
        .into_any()
    });
    let booked = all.booked.iter().filter(|one| one.starts.wall().date == date).map(|one| {
        let (a, b) = lines(minute(one.starts), end(one.starts, one.ends), first);
        let first_name = one.name.as_deref().and_then(|name| name.split_whitespace().next()).unwrap_or_default();
        let message = format!("{} {first_name}", time::clock(one.starts));
        let key = if one.state == State::Pending { "asked" } else { "appointment" };
        // No link: it would be smaller than a finger, inside the link to the rule. The day has one.
        view! { <li class="made" data-a=a data-b=b data-k=key>{message}</li> }
    });
    let slots = all.slots.iter().filter(|slot| slot.starts.wall().date == date && !is_booked(all, slot));
    let slots = slots.map(|slot| {
        let (a, b) = lines(minute(slot.starts), end(slot.starts, slot.ends), first);
        let at = time::clock(slot.starts);
        if slot.taken || slot.closed {
            let why = if slot.closed { t.availability_closed() } else { t.availability_busy() };
            view! { <li class="made" data-a=a data-b=b data-k="lost"><s>{at}</s>" "{time::lowered(why)}</li> }
                .into_any()
        } else {
            view! { <li class="made" data-a=a data-b=b>{at}</li> }.into_any()
        }
    });
    let (today, can_draw) = (all.today, date.days() >= all.today.days() && !is_closed && !is_away);
    let of_edited = all.rules.iter().find(|rule| edited == Some(rule.id) && holds_on(rule, date)).cloned();
    let drawn = can_draw.then(|| drawn_on(t, of_edited, date, (first, last), sketch));
    let begin = move |event: PointerEvent| {
        if can_draw {
            sketch.begin(&event, date, (first, last));
        }
    };
    let go = use_navigate();
    let end = move |event: PointerEvent| {
        if let Some((date, drawn)) = sketch.end(&event, (first, last)) {
            let (from, to) = (clock_of(drawn.times.from), clock_of(drawn.times.to));
            let once = if sketch.once.get_untracked() { "&once" } else { "" };
            let rest = format!("day={date}&from={from}&to={to}{once}");
            go(
                &address(monday, today, &rest),
                NavigateOptions { scroll: false, replace: true, ..Default::default() },
            );
        }
    };
    view! {
        <ul class="d" aria-label=name data-closed=is_closed.then_some("")
            on:pointerdown=begin
            on:pointermove=move |event| sketch.draw(&event, (first, last))
            on:pointerup=end on:pointercancel=move |_| sketch.abandon()>
            {rules.collect_view()}{slots.collect_view()}{booked.collect_view()}{drawn}
        </ul>
    }
    .into_any()
}

/// Whether an appointment is shown instead of the slot.
fn is_booked(all: &Availability, slot: &OwnSlot) -> bool {
    all.booked.iter().any(|one| one.starts.at < slot.ends.at && slot.starts.at < one.ends.at)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::call::Call;
    use crate::testing::{html, visitor, words};
    use contract::availability::{AwayView, Booked};
    use domain::{
        id::{AppointmentId, PersonId, TypeId},
        time::Millis,
    };

    const fn date(day: u8) -> Date {
        Date { year: 2026, month: 11, day }
    }

    /// At this minute of that day of November 2026, in UTC.
    fn at(day: u8, minute: i64) -> Moment {
        Moment { at: Millis(date(day).days() * 86_400_000 + minute * 60_000), offset: 0 }
    }

    fn slot(day: u8, minute: i64) -> OwnSlot {
        OwnSlot { starts: at(day, minute), ends: at(day, minute + 30), taken: false, closed: false }
    }

    /// Tuesdays from five to seven; away on Wednesday, which has an extra hour; closed on Sunday.
    fn all() -> Availability {
        let rule = RuleView {
            id: RuleId(1),
            version: 1,
            weekday: Some(1),
            date: None,
            from: 1_020,
            to: 1_140,
            length: 30,
            buffer: 15,
            first: None,
            last: None,
            kinds: Vec::new(),
            slots: 3,
        };
        let extra = RuleView { id: RuleId(2), weekday: None, date: Some(date(25)), ..rule.clone() };
        let away = AwayView { id: domain::id::AwayId(1), first: date(25), last: date(25) };
        let booked = Booked {
            id: AppointmentId(7),
            starts: at(24, 1_065),
            ends: at(24, 1_095),
            name: Some("Nora Weiss".into()),
            state: State::Accepted,
        };
        Availability {
            now: at(23, 600),
            today: date(23),
            trainer: PersonId(2),
            rules: vec![rule, extra],
            away: vec![away],
            kinds: vec![(TypeId(3), "Laser".into())],
            slots: vec![slot(24, 1_020), OwnSlot { taken: true, ..slot(24, 1_065) }, slot(24, 1_110)],
            booked: vec![booked],
            closed: vec![date(29)],
            until: Date { year: 2026, month: 12, day: 14 },
        }
    }

    #[test]
    fn block_spans_its_quarter_hour_lines() {
        let lines = |from, to| lines(from, to, 9);
        assert_eq!(lines(540, 600), ("0".to_owned(), "4".to_owned()));
        assert_eq!(lines(1_020, 1_140), ("32".to_owned(), "40".to_owned()));
        assert_eq!(lines(1_025, 1_030), ("32".to_owned(), "33".to_owned()), "something is seen of a short one");
    }

    #[test]
    fn week_grid_places_rules_slots_and_appointments() {
        let page = html(visitor(Lang::En), "/availability", || {
            let calls = Calls { save: Call::new(), remove: Call::new(), away: Call::new(), back: Call::new() };
            week(&all(), date(23), Some(RuleId(1)), Sketch::new(), calls)
        });
        assert!(page.contains(r#"<li data-a="32" data-b="40" class="cell""#), "{page}");
        assert!(
            page.contains(r#"href="/availability?rule=1""#) && page.contains(r#"aria-current="true""#),
            "{page}"
        );
        assert!(
            page.contains(r#"<li data-a="35" data-b="37" data-k="appointment" class="made">17:45 Nora"#),
            "{page}"
        );
        assert_eq!(page.matches("17:45").count(), 1, "the appointment in the place of its time: {page}");
        assert!(words(&page).contains("17:00–19:00Away"), "{page}");
        assert!(page.contains(r#"data-closed="""#) && !page.contains("style="), "{page}");
    }
}
