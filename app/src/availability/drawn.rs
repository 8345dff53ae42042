//! A rule while it is drawn: on the week by mouse, by arrow keys, or in the form's fields.
//!
//! Invariant: a drawn rule is written into its form, and a new one is in the address, so there is one way to save
//! and the form's other fields are preserved. Not here: whether the rule is valid; the server checks that on save.

use super::{Calls, clock_of};
use crate::{
    call::Sent,
    lang,
    ui::{button::ButtonLink, changing::dynamic, pointed::minute_at},
};
use contract::availability::{Availability, RuleView};
use domain::{
    availability::Times,
    hours::{DAY_MINUTES, minute},
    time::Date,
};
use leptos::{
    ev::{self, KeyboardEvent, PointerEvent},
    prelude::*,
    server_fn::ServerFn,
};
use text::{Lang, time};
use wasm_bindgen::JsCast;
use web_sys::{Element, FormData, HtmlFormElement, HtmlInputElement};

/// Selector of the rule's form.
const FORM: &str = "#rule-form form";
/// Drawing snaps to quarters of an hour.
const QUARTER: u16 = 15;

/// Day of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    /// Monday is 0.
    Every(u8),
    Date(Date),
}

impl On {
    pub fn holds_on(self, date: Date) -> bool {
        match self {
            Self::Every(weekday) => weekday == date.weekday(),
            Self::Date(only) => only == date,
        }
    }
}

/// A rule as it is currently drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Drawn {
    pub on: On,
    pub times: Times,
}

/// Which end is being resized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Top,
    Bottom,
}

impl Drawn {
    /// `None` if the times are invalid.
    pub fn new(on: On, (from, to): (u16, u16), length: u16, buffer: u16) -> Option<Self> {
        Some(Self { on, times: Times::new(from, to, length, buffer).ok()? })
    }

    pub fn of(rule: &RuleView) -> Option<Self> {
        let on = rule.date.map(On::Date).or_else(|| rule.weekday.map(On::Every))?;
        Self::new(on, (rule.from, rule.to), rule.length, rule.buffer)
    }

    /// With one end at this minute, and room for at least one slot.
    pub fn pulled(mut self, end: End, at: u16) -> Self {
        let (at, Times { from, to, length, .. }) = (rounded(at), self.times);
        match end {
            End::Top => self.times.from = at.min(to.saturating_sub(length)),
            End::Bottom => self.times.to = at.max(from + length).min(DAY_MINUTES),
        }
        self
    }

    /// Moved by a quarter of an hour, or resized at its end.
    fn stepped(mut self, later: bool, resize: bool) -> Self {
        let Times { from, to, .. } = self.times;
        let step = |minute: u16| if later { minute + QUARTER } else { minute.saturating_sub(QUARTER) };
        if resize {
            return self.pulled(End::Bottom, step(to));
        }
        if (later && to + QUARTER <= DAY_MINUTES) || (!later && from >= QUARTER) {
            (self.times.from, self.times.to) = (step(from), step(to));
        }
        self
    }

    pub fn hours(self) -> String {
        format!("{}–{}", clock_of(self.times.from), clock_of(self.times.to))
    }

    pub fn count(self) -> u32 {
        u32::try_from(self.times.starts().count()).unwrap_or(u32::MAX)
    }

    /// Reads the rule from `form`.
    fn read(form: &HtmlFormElement) -> Option<Self> {
        let data = FormData::new_with_form(form).ok()?;
        let get = |name| data.get(name).as_string().unwrap_or_default();
        let on = match get("weekday").parse() {
            Ok(weekday) => On::Every(weekday),
            Err(_) => On::Date(Date::from_iso(&get("date"))?),
        };
        let end = minute(&get("to")).map(|to| if to == 0 { DAY_MINUTES } else { to });
        let buffer = get("buffer").parse().unwrap_or(0);
        Self::new(on, (minute(&get("from"))?, end?), get("length").parse().ok()?, buffer)
    }

    fn write(self, form: &HtmlFormElement) {
        for (name, minute) in [("from", self.times.from), ("to", self.times.to)] {
            let field = form.query_selector(&format!("[name={name}]")).ok().flatten();
            if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
                field.set_value(&clock_of(minute));
            }
        }
    }

    /// Reads a new rule from the address: `day=2026-11-30&from=17:00&to=19:00`, for that date only with `once`.
    pub fn from_query(get: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let day = Date::from_iso(&get("day")?)?;
        let (from, to) = (minute(&get("from")?)?, minute(&get("to")?)?);
        let on = if get("once").is_some() { On::Date(day) } else { On::Every(day.weekday()) };
        Self::new(on, (from, if to == 0 { DAY_MINUTES } else { to }), domain::availability::LENGTH, 0)
    }

    fn name(self, t: Lang, today: Date) -> String {
        let day = match self.on {
            On::Every(weekday) => {
                t.availability_every(t.weekdays().get(usize::from(weekday)).copied().unwrap_or_default())
            }
            On::Date(date) => time::capitalised(&t.weekday_date(date, today)),
        };
        format!("{day}, {}", self.hours())
    }
}

/// Rounds to a quarter of an hour.
fn rounded(minute: u16) -> u16 {
    ((minute + QUARTER / 2) / QUARTER * QUARTER).min(DAY_MINUTES)
}

/// State shared by the parts of the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sketch {
    pub drawn: RwSignal<Option<Drawn>>,
    /// Whether a new rule is for that date only.
    pub once: RwSignal<bool>,
    /// Day and minute where the pointer went down.
    pulled: StoredValue<Option<(Date, u16)>>,
}

impl Sketch {
    pub fn new() -> Self {
        Self { drawn: RwSignal::new(None), once: RwSignal::new(false), pulled: StoredValue::new(None) }
    }

    /// Reads the rule from the form.
    pub fn read(self) {
        self.drawn.set(form().as_ref().and_then(Drawn::read));
    }

    fn write(self, drawn: Drawn) {
        if let Some(form) = form() {
            drawn.write(&form);
        }
        self.drawn.set(Some(drawn));
    }

    /// Handles arrow keys on the edited rule, and the key that removes a rule.
    pub fn keys(self, event: &KeyboardEvent, rule: &RuleView, is_edited: bool, calls: Calls) {
        let later = match event.key().as_str() {
            "ArrowUp" => false,
            "ArrowDown" => true,
            "Delete" => {
                let fields = format!("rule={}", rule.id);
                calls.remove.dispatch(Sent { path: super::api::RemoveRule::PATH, fields });
                return;
            }
            _ => return,
        };
        let now = self.drawn.get_untracked().or_else(|| Drawn::of(rule));
        if let Some(now) = now.filter(|_| is_edited) {
            event.prevent_default();
            self.write(now.stepped(later, event.shift_key()));
        }
    }

    /// The pointer goes down on an empty part of a day.
    pub fn begin(self, event: &PointerEvent, date: Date, hours: (u16, u16)) {
        let is_empty = event.target().is_some() && event.target() == event.current_target();
        if !is_empty || event.button() != 0 || event.pointer_type() == "touch" {
            return;
        }
        let Some(column) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        drop(column.set_pointer_capture(event.pointer_id()));
        self.pulled.set_value(Some((date, minute_at(&column, event.client_y(), hours))));
    }

    pub fn draw(self, event: &PointerEvent, hours: (u16, u16)) {
        if let Some(drawn) = self.between(event, hours) {
            self.drawn.set(Some(drawn));
        }
    }

    /// The new rule and its date, when the pointer is released.
    pub fn end(self, event: &PointerEvent, hours: (u16, u16)) -> Option<(Date, Drawn)> {
        let drawn = self.between(event, hours);
        let (date, _) = self.pulled.try_update_value(Option::take).flatten()?;
        Some((date, drawn?))
    }

    pub fn abandon(self) {
        self.pulled.set_value(None);
        self.drawn.set(None);
    }

    fn between(self, event: &PointerEvent, hours: (u16, u16)) -> Option<Drawn> {
        let (date, began) = self.pulled.get_value()?;
        let column = event.current_target()?.dyn_into::<Element>().ok()?;
        let (a, b) = (rounded(began), rounded(minute_at(&column, event.client_y(), hours)));
        let on = if self.once.get_untracked() { On::Date(date) } else { On::Every(date.weekday()) };
        Drawn::new(on, (a.min(b), a.max(b)), domain::availability::LENGTH, 0)
    }

    /// Resizes the edited rule; written into the form when the pointer is released.
    pub fn pull(self, event: &PointerEvent, end: End, now: Drawn, hours: (u16, u16)) {
        let Some(grip) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        match event.type_().as_str() {
            "pointerdown" => {
                event.prevent_default();
                drop(grip.set_pointer_capture(event.pointer_id()));
            }
            "pointermove" if grip.has_pointer_capture(event.pointer_id()) => {
                if let Some(column) = grip.parent_element() {
                    self.write(now.pulled(end, minute_at(&column, event.client_y(), hours)));
                }
            }
            _ => {}
        }
    }
}

fn form() -> Option<HtmlFormElement> {
    document().query_selector(FORM).ok().flatten()?.dyn_into().ok()
}

/// Whether a new drawn rule is weekly or for that date only.
#[component]
pub(super) fn Once(sketch: Sketch) -> impl IntoView {
    let t = lang::current();
    let choice = |once: bool, name: &'static str| {
        view! {
            <button type="button" aria-pressed=Signal::derive(move || if sketch.once.get() == once { "true" } else { "false" })
                on:click=move |_| sketch.once.set(once)>{name}</button>
        }
    };
    view! {
        <div class="segmented only-wide" role="group" aria-label=t.availability_draws()>
            {choice(false, t.availability_rules())}{choice(true, t.availability_once())}
        </div>
    }
}

/// Buttons to save or discard the drawn rule.
#[component]
pub(super) fn SaveBar(
    sketch: Sketch,
    edited: Memo<Option<RuleView>>,
    all: RwSignal<Availability>,
    /// Address of this page without the drawn rule.
    back: Signal<String>,
    calls: Calls,
) -> impl IntoView {
    let t = lang::current();
    let send = move || {
        if let Some(form) = form() {
            // As if its own button had been pressed.
            drop(form.request_submit());
        }
    };
    Effect::new(move |_| {
        let pressed = window_event_listener(ev::keydown, move |event| {
            let is_save = event.key() == "s" && (event.ctrl_key() || event.meta_key());
            if is_save && sketch.drawn.with_untracked(Option::is_some) {
                event.prevent_default();
                send();
            }
        });
        on_cleanup(move || pressed.remove());
    });
    let discard = move |_| {
        if let Some(form) = form() {
            form.reset();
        }
        sketch.drawn.set(None);
    };
    dynamic(move || {
        let drawn = sketch.drawn.get()?;
        let (today, changed) = (all.with(|all| all.today), edited.with(Option::is_some));
        let name = drawn.name(t, today);
        let message = if changed { t.availability_drawn_changed(&name) } else { t.availability_drawn_new(&name) };
        let times = t.availability_makes(drawn.count(), drawn.times.length);
        let stays = changed.then(|| t.availability_stays());
        Some(view! {
            <div class="savebar only-wide">
                <p role="status"><b>{message}</b>" "<span class="muted">{times}{stays.map(|stays| format!(". {stays}"))}</span></p>
                <span class="push"></span>
                <span on:click=discard><ButtonLink href=back.get() label=t.availability_discard().to_owned()/></span>
                <button type="button" class="btn" data-kind="primary" on:click=move |_| send() aria-disabled=Signal::derive(move || calls.save.pending().get().then_some("true"))>
                    {t.me_save()}<kbd aria-hidden="true">"Ctrl S"</kbd>
                </button>
            </div>
        }.into_any())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(from: u16, to: u16) -> Drawn {
        Drawn::new(On::Every(3), (from, to), 30, 15).unwrap()
    }

    #[test]
    fn resized_rule_snaps_to_quarters_and_holds_one_slot() {
        let thursday = drawn(810, 1_080);
        assert_eq!(thursday.pulled(End::Bottom, 1_128), drawn(810, 1_125));
        assert_eq!(thursday.pulled(End::Bottom, 100), drawn(810, 840), "one time is left");
        assert_eq!(thursday.pulled(End::Bottom, 1_600), drawn(810, 1_440), "midnight is the end");
        assert_eq!(thursday.pulled(End::Top, 862), drawn(855, 1_080));
        assert_eq!(thursday.pulled(End::Top, 1_400), drawn(1_050, 1_080), "one time is left");
    }

    #[test]
    fn arrow_keys_move_rule_by_quarters_within_the_day() {
        assert_eq!(drawn(810, 1_080).stepped(true, false), drawn(825, 1_095));
        assert_eq!(drawn(810, 1_080).stepped(false, true), drawn(810, 1_065));
        assert_eq!(drawn(0, 60).stepped(false, false), drawn(0, 60), "not before midnight");
        assert_eq!(drawn(1_380, 1_440).stepped(true, false), drawn(1_380, 1_440), "nor after it");
    }

    #[test]
    fn rule_from_address_needs_room_for_a_slot() {
        let request = |query: &[(&str, &str)]| {
            Drawn::from_query(|name| {
                query.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        let day = ("day", "2026-11-30");
        let monday = request(&[day, ("from", "17:00"), ("to", "19:00")]).unwrap();
        assert_eq!((monday.on, monday.count()), (On::Every(0), 4));
        let once = request(&[day, ("from", "17:00"), ("to", "00:00"), ("once", "")]).unwrap();
        assert_eq!(once.on, On::Date(Date { year: 2026, month: 11, day: 30 }));
        assert_eq!(once.times.to, DAY_MINUTES);
        for bad in [("17:00", "17:00"), ("19:00", "17:00"), ("17:00", "17:15"), ("25:00", "26:00"), ("", "")] {
            assert_eq!(request(&[day, ("from", bad.0), ("to", bad.1)]), None, "{bad:?}");
        }
    }
}
