//! The form of a wish: a room, a time of every week, and how much it matters.
//!
//! Invariant: day, begin and end are ordinary fields, which work without script and by keyboard; the week shows the same and can
//! be drawn in with a mouse. The page does not follow live changes, so that no input is lost.

use super::one::name_of;
use crate::{
    call::{Call, Function, PageResource, load_with, page_resource},
    lang,
    live_page::live_page,
    ui::{
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Field, Form, hidden, use_form},
        icon::Icon,
        pointed::minute_at,
        select::Select,
        versions::{VERSION, Versioned, Versions, began},
    },
};
use contract::draws::{self, ReadWishPage, WishPage, WishView};
use domain::{
    draws::WEEK,
    hours::clock,
    id::{DrawId, GroupId, WishId},
};
use leptos::{ev::PointerEvent, prelude::*};
use leptos_router::hooks::use_query_map;
use text::{Lang, time};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};

type Add = Function<draws::AddWish>;
type Save = Function<draws::SaveWish>;

const DAY: u32 = 86_400;
const MINUTE: u32 = 60;
/// The grid of the drawn week, in minutes.
const QUARTER: u32 = 15;

#[derive(Debug, Clone, Copy)]
struct Calls {
    add: Call<Add>,
    save: Call<Save>,
}

/// The page at `/draws/{id}/wish`.
pub fn wish_page(draw: DrawId) -> AnyView {
    let (calls, query) = (Calls { add: Call::new(), save: Call::new() }, use_query_map());
    let number = move |name: &str| query.with(|query| query.get_str(name).and_then(|id| id.parse::<i64>().ok()));
    let subject = Memo::new(move |_| (number("wish"), number("for")));
    let page: PageResource<WishPage> = page_resource(
        move || (calls.save.version().get(), subject.get()),
        move |(_, (wish, group))| {
            let (wish, group) = (wish.map(WishId), group.map(GroupId));
            let mut fields: Vec<(&str, &dyn contract::operation::Id)> = Vec::new();
            if let Some(wish) = &wish {
                fields.push(("wish", wish));
            }
            if let Some(group) = &group {
                fields.push(("group", group));
            }
            load_with(&ReadWishPage { draw }, &fields)
        },
    );
    live_page(lang::current().draw_add_wish(), 5, page, move |page| view! { <Page page calls/> }.into_any())
}

/// The time in the form, in seconds of the week; `until` is later than `from`, also beyond the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Drawn {
    from: u32,
    until: u32,
}

impl Drawn {
    /// From the fields of the form, if they name a time.
    fn new(day: &str, from: &str, until: &str) -> Option<Self> {
        let day: u32 = day.parse().ok().filter(|day| *day < 7)?;
        let second = |text: &str| domain::hours::TimeOfDay::parse(text).map(|at| u32::from(at.minute()) * MINUTE);
        let (from, until) = (second(from)?, second(until)?);
        let next = if until <= from { DAY } else { 0 };
        Some(Self { from: day * DAY + from, until: day * DAY + until + next })
    }

    fn read() -> Option<Self> {
        let value = |id: &str| {
            let element = document().get_element_by_id(id)?;
            let input = element.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value);
            input.or_else(|| element.dyn_ref::<HtmlSelectElement>().map(HtmlSelectElement::value))
        };
        Self::new(&value("day")?, &value("from")?, &value("until")?)
    }

    /// Writes it into the fields of the form.
    fn write(self) {
        let set = |id: &str, value: &str| {
            let Some(element) = document().get_element_by_id(id) else { return };
            if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
                input.set_value(value);
            } else if let Some(select) = element.dyn_ref::<HtmlSelectElement>() {
                select.set_value(value);
            }
        };
        set("day", &(self.from / DAY % 7).to_string());
        set("from", &clock_of(self.from));
        set("until", &clock_of(self.until));
    }
}

fn clock_of(second: u32) -> String {
    clock(u16::try_from(second % DAY / MINUTE).unwrap_or_default())
}

/// What the parts of the form share.
#[derive(Debug, Clone, Copy)]
struct Sketch {
    drawn: RwSignal<Option<Drawn>>,
    importance: RwSignal<u16>,
    /// Day and minute where the pointer went down.
    pulled: StoredValue<Option<(u32, u16)>>,
}

impl Sketch {
    fn begin(self, event: &PointerEvent, day: u32, hours: (u16, u16)) {
        if event.button() != 0 || event.pointer_type() == "touch" {
            return;
        }
        let Some(column) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        drop(column.set_pointer_capture(event.pointer_id()));
        self.pulled.set_value(Some((day, minute_at(&column, event.client_y(), hours))));
    }

    fn draw(self, event: &PointerEvent, hours: (u16, u16)) {
        let Some((day, began)) = self.pulled.get_value() else { return };
        let Some(column) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        let (a, b) = (rounded(began), rounded(minute_at(&column, event.client_y(), hours)));
        if a != b {
            let at = |minute: u32| day * DAY + minute * MINUTE;
            self.drawn.set(Some(Drawn { from: at(a.min(b)), until: at(a.max(b)) }));
        }
    }

    fn end(self) {
        if self.pulled.try_update_value(Option::take).flatten().is_some()
            && let Some(drawn) = self.drawn.get_untracked()
        {
            drawn.write();
        }
    }
}

/// To a quarter of an hour.
fn rounded(minute: u16) -> u32 {
    (u32::from(minute) + QUARTER / 2) / QUARTER * QUARTER
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<WishPage>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    // Untracked: a form is not replaced under the hand.
    let page = page.get_untracked();
    let value = |field: &str| page.saved.value(field).to_owned();
    let importance = value("importance").parse().unwrap_or(3);
    let drawn = Drawn::new(&value("day"), &value("from"), &value("until"));
    let sketch = Sketch {
        drawn: RwSignal::new(drawn),
        importance: RwSignal::new(importance),
        pulled: StoredValue::new(None),
    };
    let heading = if page.wish.is_some() {
        t.draw_edit_wish().to_owned()
    } else {
        let next = (page.wishes.len() + 1).min(page.draw.limit.into());
        t.draw_wish_new(&next.to_string(), &page.draw.limit.to_string())
    };
    let rooms: Vec<_> = page.draw.rooms.iter().map(|room| (room.id.to_string(), room.name.clone())).collect();
    let versioned = vec![
        Versioned { name: "room", label: t.draw_room(), words: rooms },
        Versioned { name: "day", label: t.draw_day(), words: days(t, &page) },
        Versioned::plain("from", t.draw_from()),
        Versioned::plain("until", t.draw_to()),
        Versioned::plain("importance", t.draw_matters()),
        Versioned::plain("note", t.draw_note()),
    ];
    let fields = fields(t, &page, sketch);
    let (draw, group) = (page.draw.id, page.entrant.group);
    let form = if let Some(wish) = page.wish {
        view! {
            <Form action=calls.save>
                {hidden("draw", &draw)}{hidden("wish", &wish)}{hidden(VERSION, &page.saved.version)}{began(&page.saved.fields)}
                {fields()}
                <div class="btn-row"><Submit label=t.draw_save_wish() kind=Press::Primary busy=calls.save.pending()/></div>
            </Form>
        }
        .into_any()
    } else if page.wishes.len() >= usize::from(page.draw.limit) {
        view! { <p class="muted">{t.draw_all_entered(&page.draw.limit.to_string())}</p> }.into_any()
    } else {
        let group = group.map(|group| hidden("group", &group));
        view! {
            <Form action=calls.add>
                {hidden("draw", &draw)}{group}
                {fields()}
                <div class="btn-row"><Submit label=t.draw_save_wish() kind=Press::Primary busy=calls.add.pending()/></div>
            </Form>
        }
        .into_any()
    };
    view! {
        <a class="crumb" href=format!("/draws/{draw}")><Icon name="chevron-left"/>{page.draw.name.clone()}</a>
        <div class="head-row"><h1 class="title-xl">{heading}</h1><span class="small muted">{t.draw_wish_for(&name_of(t, &page.entrant))}</span></div>
        <Versions action=calls.save fields=versioned/>
        <div class="wish-form">{form}</div>
    }
}

/// The days that are drawn, from Monday, as the form sends them: Sunday is 0.
fn days(t: Lang, page: &WishPage) -> Vec<(String, String)> {
    let days = page.draw.days.iter().filter_map(|day| u8::try_from(*day).ok());
    days.map(|day| (((day + 1) % 7).to_string(), time::capitalised(t.weekday(day)))).collect()
}

/// The fields, to be called inside the form.
fn fields(t: Lang, page: &WishPage, sketch: Sketch) -> impl FnOnce() -> AnyView + use<> {
    let page = page.clone();
    move || {
        let value = |field: &str| page.saved.value(field).to_owned();
        let days = days(t, &page);
        let day = Some(value("day")).filter(|day| !day.is_empty());
        let day = day.or_else(|| days.first().map(|(day, _)| day.clone())).unwrap_or_default();
        view! {
            {rooms(t, &page)}
            <section class="draw-stack" aria-labelledby="week" on:input=move |_| sketch.drawn.set(Drawn::read())>
                <h2 class="label-lg" id="week">{t.draw_every_week()}</h2>
                {week(t, &page, sketch)}
                <div class="day-from-to">
                    <Select name="day" label=t.draw_day() options=days chosen=Signal::stored(day)/>
                    <Field name="from" kind="time" label=t.draw_from() value=value("from")/>
                    <Field name="until" kind="time" label=t.draw_to() value=value("until")/>
                </div>
                <p class="why"><Icon name="info"/><span>{t.draw_dashed()}</span></p>
            </section>
            {importance(t, &page, sketch)}
            <Field name="note" label=t.draw_note() hint=t.draw_note_hint() value=value("note") autocomplete="off"/>
        }
        .into_any()
    }
}

fn rooms(t: Lang, page: &WishPage) -> AnyView {
    let form = use_form();
    let chosen =
        form.as_ref().and_then(|form| form.input("room")).unwrap_or_else(|| page.saved.value("room").to_owned());
    let is_any = page.draw.rooms.iter().any(|room| room.id.to_string() == chosen);
    let message = Signal::derive(move || form.as_ref()?.message("room"));
    let cards = page.draw.rooms.iter().enumerate().map(|(n, room)| {
        let checked = if is_any { room.id.to_string() == chosen } else { n == 0 };
        view! {
            <label>
                <input type="radio" name="room" value=room.id.to_string() checked=checked/>
                <b>{room.name.clone()}</b><span class="s">{t.draw_people_count(room.capacity.into())}</span>
            </label>
        }
    });
    view! {
        <fieldset class="field" role="radiogroup" aria-describedby="room-problem"
            aria-invalid=Signal::derive(move || message.with(Option::is_some).then_some("true"))>
            <legend class="label-lg">{t.draw_room()}</legend>
            <div class="room-pick">{cards.collect_view()}</div>
            {error("room-problem", message)}
        </fieldset>
    }
    .into_any()
}

fn error(id: &'static str, message: Signal<Option<String>>) -> AnyView {
    view! {
        <p class="error" id=id>
            {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
        </p>
    }
    .into_any()
}

fn importance(t: Lang, page: &WishPage, sketch: Sketch) -> AnyView {
    let form = use_form();
    let entered = form.as_ref().and_then(|form| form.input("importance")?.parse().ok());
    let now = entered.unwrap_or_else(|| sketch.importance.get_untracked());
    let message = Signal::derive(move || form.as_ref()?.message("importance"));
    let steps = (1..=5_u16).map(|step| {
        view! {
            <label>
                <input type="radio" name="importance" value=step checked=step == now on:change=move |_| sketch.importance.set(step)/>
                <span>{step}</span>
            </label>
        }
    });
    let others: Vec<u16> =
        page.wishes.iter().filter(|wish| Some(wish.id) != page.wish).map(|wish| wish.importance).collect();
    let rank = move || {
        let now = sketch.importance.get();
        let before = others.iter().filter(|other| **other >= now).count();
        t.draw_rank(&(before + 1).to_string(), &(others.len() + 1).to_string())
    };
    view! {
        <fieldset class="field" role="radiogroup" aria-describedby="importance-problem"
            aria-invalid=Signal::derive(move || message.with(Option::is_some).then_some("true"))>
            <legend class="label-lg">{t.draw_matters()}</legend>
            <div class="importance">{steps.collect_view()}</div>
            <p class="imp-ends"><span>{t.draw_nice()}</span><span>{t.draw_most()}</span></p>
            {error("importance-problem", message)}
            <p class="why"><Icon name="chart-column"/><span>{crate::ui::changing::text(rank)}</span></p>
        </fieldset>
    }
    .into_any()
}

/// The week that is drawn: the wish, the other ones, and when it is closed.
fn week(t: Lang, page: &WishPage, sketch: Sketch) -> AnyView {
    let hours = (page.draw.from / 60, page.draw.to.div_ceil(60));
    let days: Vec<u32> = page.draw.days.iter().map(|day| (u32::from(*day) + 1) % 7).collect();
    let heads = page.draw.days.iter().map(|day| {
        let name = t.weekday(u8::try_from(*day).unwrap_or_default());
        view! { <span class="h">{time::capitalised(&name.chars().take(2).collect::<String>())}</span> }
    });
    let marks = (hours.0..hours.1).step_by(2).map(|hour| view! { <li>{hour}</li> });
    let columns = days.iter().map(|day| column(t, page, *day, hours, sketch));
    view! {
        <div class="span" data-days=days.len().to_string() role="group" aria-label=t.draw_week_label()>
            <span class="h"></span>{heads.collect_view()}
            <ol class="hours" aria-hidden="true">{marks.collect_view()}</ol>
            {columns.collect_view()}
        </div>
    }
    .into_any()
}

/// Where `[from, until)` begins and ends on a day, in quarters from the first hour; `None` on another day.
fn lines(day: u32, (from, until): (u32, u32), hours: (u16, u16)) -> Option<(String, String)> {
    let (first, last) = (u32::from(hours.0) * 4, u32::from(hours.1) * 4);
    let quarter = |second: u32| (second.saturating_sub(day * DAY)).min(DAY) / (QUARTER * MINUTE);
    if until <= day * DAY || from >= (day + 1) * DAY {
        return None;
    }
    let (a, b) = (quarter(from).clamp(first, last), quarter(until).clamp(first, last));
    (a < b).then(|| ((a - first).to_string(), (b - first).to_string()))
}

fn column(t: Lang, page: &WishPage, day: u32, hours: (u16, u16), sketch: Sketch) -> AnyView {
    let block = move |span: (u32, u32), key: &'static str, text: String, hidden: &'static str| {
        let (a, b) = lines(day, span, hours)?;
        Some(
            view! { <li class="w" data-k=key data-a=a data-b=b><span>{text}</span><span class="visually-hidden">", "{hidden}</span></li> },
        )
    };
    let closed = page.closed.iter().filter_map(|span| block(*span, "closed", String::new(), t.draw_closed_then()));
    let others = page.wishes.iter().filter(|wish| Some(wish.id) != page.wish);
    let others = others.filter_map(|wish: &WishView| {
        block((wish.from, wish.until), "other", wish.room_name.clone(), t.draw_other_wish())
    });
    let own = move || {
        let Drawn { from, until } = sketch.drawn.get()?;
        // What passes Saturday midnight is shown up to there.
        let text = format!("{} {}", clock_of(from), clock_of(until));
        block((from, until.min(WEEK)), "wish", text, t.draw_this_wish())
    };
    let name = t.weekday(u8::try_from((day + 6) % 7).unwrap_or_default());
    view! {
        <ul class="d" aria-label=time::capitalised(name)
            on:pointerdown=move |event| sketch.begin(&event, day, hours)
            on:pointermove=move |event| sketch.draw(&event, hours)
            on:pointerup=move |_| sketch.end() on:pointercancel=move |_| sketch.end()>
            {closed.collect_view()}{others.collect_view()}{dynamic(own)}
        </ul>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        draws::{one::tests::wish_of, tests::draw},
        testing::{NOW, html, visitor, words},
    };
    use contract::draws::ActsFor;
    use domain::{draws::State, versions::Saved};

    fn page(wish_id: Option<WishId>, saved: Saved) -> WishPage {
        let entrant = ActsFor { group: Some(GroupId(2)), name: Some("Bookbinders".into()) };
        WishPage {
            now: NOW,
            draw: draw(State::Open),
            acts_for: vec![entrant.clone()],
            wish: wish_id,
            saved,
            entrant,
            wishes: vec![wish_of(17, 2, true)],
            closed: vec![(6 * DAY + 64_800, 7 * DAY)],
        }
    }

    fn render(page: WishPage) -> String {
        html(visitor(Lang::En), "/draws/7/wish", move || {
            let (page, calls) = (RwSignal::new(page), Calls { add: Call::new(), save: Call::new() });
            view! { <Page page calls/> }
        })
    }

    #[test]
    fn new_wish_shows_the_week_with_other_wishes_and_closed_times() {
        let html = render(page(None, Saved::default()));
        let content = words(&html);
        assert!(content.contains("Wish 2 of 5") && content.contains("for Bookbinders"), "{content}");
        assert!(html.contains(r#"name="group" value="2""#) && html.contains("?/draws/add-wish"), "{html}");
        // Tuesday from 18:00, which is ten hours after the first one shown.
        assert!(html.contains(r#"data-k="other" data-a="40" data-b="52""#), "{html}");
        assert!(html.contains(r#"data-k="closed" data-a="40" data-b="56""#), "{html}");
        assert_eq!(html.matches(r#"class="d""#).count(), 6, "Sunday is not drawn: {html}");
        assert!(content.contains("Your wish number 2 of 2"), "{content}");
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn changed_wish_has_its_values_and_version() {
        let fields = [("room", "2"), ("day", "4"), ("from", "16:30"), ("until", "19:30"), ("importance", "5")];
        let saved = Saved::new(3, fields.map(|(name, value)| (name, value.to_owned())).to_vec());
        let html = render(page(Some(WishId(17)), saved));
        for part in [
            r#"name="version" value="3""#,
            r#"value="16:30""#,
            "?/draws/save-wish",
            r#"data-k="wish" data-a="34" data-b="46""#,
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(!html.contains(r#"data-k="other""#), "itself is no other wish: {html}");
    }

    #[test]
    fn time_of_the_form_passes_midnight_and_is_none_while_incomplete() {
        let drawn = |from, until| Drawn { from, until };
        assert_eq!(Drawn::new("2", "18:00", "21:00"), Some(drawn(237_600, 248_400)));
        assert_eq!(Drawn::new("6", "22:00", "02:00"), Some(drawn(6 * DAY + 79_200, 7 * DAY + 7_200)));
        assert_eq!(Drawn::new("2", "", "21:00"), None);
        assert_eq!(rounded(67), 60);
        assert_eq!(rounded(68), 75);
    }
}
