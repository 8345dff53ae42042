//! Edits floor plans: their pictures and sizes, and where rooms and machines are, by dragging or by typed numbers.
//!
//! Invariant: the typed numbers are the form; dragging and arrow keys only change them, so that it works without script.

use super::{draw, floors, plan_with_id};
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        form::{Field, Form, hidden, use_form},
        icon::Icon,
        picture::PictureForm,
        register::NewEntry,
        saved::Saved,
        versions::{VERSION, Versioned, Versions, began},
    },
};
use contract::floor_plans::{self, DrawnPlan, DrawnThing, EditFloorPlans, PlanPage, ThingState};
use domain::{
    bookings::Resource,
    floor_plans::{Area, LEAST, Length},
    live::Noun,
    pictures::Subject,
};
use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    prelude::*,
};
use leptos_router::hooks::use_query_map;
use text::Lang;
use wasm_bindgen::JsCast;
use web_sys::Element;

type Add = Function<floor_plans::AddFloorPlan>;
type Save = Function<floor_plans::SaveFloorPlan>;
type Delete = Function<floor_plans::DeleteFloorPlan>;
type Place = Function<floor_plans::PlaceOnPlan>;
type TakeOff = Function<floor_plans::TakeOffPlan>;

/// The side of a thing that is not placed yet, in centimetres.
const USUAL: u32 = 200;
/// How far an arrow key moves, in centimetres.
const STEP: i64 = 10;

#[derive(Debug, Clone, Copy)]
struct Calls {
    add: Call<Add>,
    save: Call<Save>,
    delete: Call<Delete>,
    place: Call<Place>,
    take_off: Call<TakeOff>,
}

impl Calls {
    fn new() -> Self {
        Self {
            add: Call::new(),
            save: Call::new(),
            delete: Call::new(),
            place: Call::new(),
            take_off: Call::new(),
        }
    }

    /// Number of submissions.
    fn sent(self) -> usize {
        let Self { add, save, delete, place, take_off } = self;
        let of_plans = add.version().get() + save.version().get() + delete.version().get();
        of_plans + place.version().get() + take_off.version().get()
    }
}

/// The page at `/plan/edit`.
pub fn edit_page() -> AnyView {
    let (calls, live) = (Calls::new(), use_live());
    let versions = move || (live.version(Noun::Bookings) + live.version(Noun::Space), calls.sent());
    let page: PageResource<PlanPage> = page_resource(versions, |_| load(&EditFloorPlans {}));
    live_page(lang::current().floor_plan_edit(), 6, page, move |page| view! { <Page page calls/> }.into_any())
}

/// The moved thing: a thing of the plan, or one that is to be placed.
#[derive(Debug, Clone, PartialEq)]
struct Chosen {
    thing: DrawnThing,
    is_placed: bool,
}

fn choose(page: &PlanPage, plan: &DrawnPlan, resource: Option<Resource>) -> Option<Chosen> {
    let resource = resource?;
    if let Some(thing) = plan.things.iter().find(|thing| thing.resource == resource) {
        return Some(Chosen { thing: thing.clone(), is_placed: true });
    }
    let (_, name) = page.unplaced.iter().find(|(other, _)| *other == resource)?;
    let (width, height) = (USUAL.min(plan.width), USUAL.min(plan.height));
    let area = Area { x: (plan.width - width) / 2, y: (plan.height - height) / 2, width, height };
    let thing = DrawnThing { resource, name: name.clone(), area, state: ThingState::Free(None), capacity: None };
    Some(Chosen { thing, is_placed: false })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<PlanPage>, calls: Calls) -> impl IntoView {
    let (t, query, id) = (lang::current(), use_query_map(), super::chosen());
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let item = Memo::new(move |_| query.with(|query| query.get_str("item").and_then(Resource::parse)));
    let plan = Memo::new(move |_| page.with(|page| plan_with_id(&page.plans, id.get()).cloned()));
    let chosen = Memo::new(move |_| {
        plan.with(|plan| page.with(|page| plan.as_ref().and_then(|plan| choose(page, plan, item.get()))))
    });
    let fields = vec![
        Versioned::plain("name", t.floor_plan_name()),
        Versioned::plain("width", t.floor_plan_width()),
        Versioned::plain("height", t.floor_plan_height()),
    ];
    view! {
        {dynamic(move || Some(page.with(|page| head(t, page, id.get()))))}
        <Saved visible=saved message=t.floor_plan_saved()/>
        <Versions action=calls.save fields/>
        {dynamic(move || plan.get().map(|plan| view! { <Editor page plan chosen=chosen.get() calls/> }.into_any()))}
        <NewEntry title=t.floor_plan_new()>
            <Form action=calls.add afresh=true suffix="new">
                {sizes(t, "", "", "")}
                <div class="btn-row"><Submit label=t.floor_plan_add() busy=calls.add.pending()/></div>
            </Form>
        </NewEntry>
    }
}

fn head(t: Lang, page: &PlanPage, id: Option<i64>) -> AnyView {
    let plan = plan_with_id(&page.plans, id);
    let live = plan.map(|plan| format!("/plan?plan={}", plan.id));
    view! {
        <a class="crumb" href="/plan"><Icon name="chevron-left"/>{t.floor_plan_title()}</a>
        <header class="page-head">
            <h1>{t.floor_plan_edit()}</h1>
            {floors("/plan/edit", &page.plans, plan)}
            {live.map(|href| view! { <span class="push"><ButtonLink href label=t.floor_plan_see_live().to_owned() icon="eye"/></span> })}
        </header>
    }
    .into_any()
}

/// Name, width and height. Call it inside a form.
fn sizes(t: Lang, name: &str, width: &str, height: &str) -> AnyView {
    view! {
        <Field name="name" label=t.floor_plan_name() hint=t.rooms_floor_hint() value=name.to_owned() autocomplete="off"/>
        <div class="two">
            <Field name="width" label=t.floor_plan_width() value=width.to_owned() autocomplete="off"/>
            <Field name="height" label=t.floor_plan_height() value=height.to_owned() autocomplete="off"/>
        </div>
    }
    .into_any()
}

/// The drawing of one plan with the chosen thing, and the forms beside it.
#[component]
fn Editor(
    page: RwSignal<PlanPage>,
    plan: DrawnPlan,
    #[prop(optional_no_strip)] chosen: Option<Chosen>,
    calls: Calls,
) -> impl IntoView {
    let t = lang::current();
    let id = plan.id;
    let nothing = Area { x: 0, y: 0, width: USUAL, height: USUAL };
    let area = RwSignal::new(chosen.as_ref().map_or(nothing, |chosen| chosen.thing.area));
    let drawing = drawing(t, &plan, chosen.as_ref(), area);
    let of_thing = chosen.map(|chosen| thing_forms(t, &plan, chosen, area, calls));
    let unplaced = move || page.with(|page| unplaced(t, &page.unplaced, id.0));
    let (width, height) = (Length(plan.width).to_string(), Length(plan.height).to_string());
    let fields = vec![
        ("name".to_owned(), plan.name.clone()),
        ("width".to_owned(), width.clone()),
        ("height".to_owned(), height.clone()),
    ];
    let (version, picture) = (plan.version, plan.picture);
    let (title, field, about, name) = (plan.name.clone(), plan.name.clone(), plan.name.clone(), plan.name);
    let back = format!("/plan/edit?plan={id}");
    view! {
        <div class="plan-edit">
            <div class="cluster">
                <div class="plan-wrap">{drawing}</div>
                <p class="small muted">{t.floor_plan_keys()}</p>
            </div>
            <div class="cluster">
                {of_thing}
                {dynamic(unplaced)}
            </div>
        </div>
        <section class="card" aria-labelledby="plan-size">
            <div class="card-head"><h2 id="plan-size">{title}</h2></div>
            <Form action=calls.save suffix="plan">
                {hidden("id", &id)}
                {hidden(VERSION, &version)}
                {began(&fields)}
                {sizes(t, &field, &width, &height)}
                <div class="btn-row"><Submit label=t.equipment_save() kind=Press::Primary busy=calls.save.pending()/></div>
            </Form>
            <Form action=calls.delete>
                {hidden("id", &id)}
                <div class="btn-row"><Submit label=t.floor_plan_delete() about=about kind=Press::Danger busy=calls.delete.pending()/></div>
            </Form>
        </section>
        <PictureForm subject=Subject::FloorPlan(id) name picture back/>
    }
}

/// What a pointer holds of the chosen thing: where it was taken, and its area then.
#[derive(Debug, Clone, Copy)]
struct Grip {
    from: (i32, i32),
    area: Area,
    is_corner: bool,
}

/// Centimetres per pixel of the drawing around `target`.
fn scale(target: &Element, width: u32) -> Option<f64> {
    let drawing = target.closest("svg.plan").ok().flatten()?;
    let pixels = drawing.get_bounding_client_rect().width();
    (pixels > 0.0).then(|| f64::from(width) / pixels)
}

#[expect(clippy::cast_possible_truncation, reason = "a screen has few pixels")]
fn centimetres(pixels: i32, scale: f64) -> i64 {
    (f64::from(pixels) * scale) as i64
}

/// `area` with another size, within the plan.
fn resized(area: Area, (dx, dy): (i64, i64), (width, height): (u32, u32)) -> Area {
    let side = |from: u32, length: u32, by: i64, most: u32| {
        let longest = i64::from(most.saturating_sub(from)).max(i64::from(LEAST));
        u32::try_from((i64::from(length) + by).clamp(i64::from(LEAST), longest)).unwrap_or(length)
    };
    Area { width: side(area.x, area.width, dx, width), height: side(area.y, area.height, dy, height), ..area }
}

fn drawing(t: Lang, plan: &DrawnPlan, chosen: Option<&Chosen>, area: RwSignal<Area>) -> AnyView {
    let is_chosen = |thing: &DrawnThing| chosen.is_some_and(|chosen| chosen.thing.resource == thing.resource);
    let rooms: Vec<&DrawnThing> = plan.things.iter().filter(|thing| thing.resource.room().is_some()).collect();
    let clashes = |thing: &DrawnThing| {
        let overlaps = |other: &&DrawnThing| other.resource != thing.resource && other.area.overlaps(thing.area);
        thing.resource.room().is_some() && rooms.iter().any(overlaps)
    };
    let others = plan.things.iter().filter(|thing| !is_chosen(thing)).map(|thing| {
        let href = format!("/plan/edit?plan={}&item={}", plan.id, thing.resource);
        let Area { x, y, width, height } = thing.area;
        // The group makes it a link of the drawing: another one is not drawn.
        view! {
            <g>
                <a href=href data-noscroll aria-label=thing.name.clone() data-clash=clashes(thing).then_some("")>
                    <svg x=x.to_string() y=y.to_string() width=width.to_string() height=height.to_string()>{draw::inside(plan, thing, None)}</svg>
                </a>
            </g>
        }
    });
    let others = others.collect_view();
    let held = StoredValue::new(None::<Grip>);
    let size = (plan.width, plan.height);
    let take = move |event: PointerEvent, is_corner: bool| {
        event.stop_propagation();
        event.prevent_default();
        if let Some(target) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
            drop(target.set_pointer_capture(event.pointer_id()));
        }
        let from = (event.client_x(), event.client_y());
        held.set_value(Some(Grip { from, area: area.get_untracked(), is_corner }));
    };
    let drag = move |event: PointerEvent| {
        let target = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        let (Some(grip), Some(scale)) = (held.get_value(), target.and_then(|target| scale(&target, size.0)))
        else {
            return;
        };
        let by = |to: i32, from: i32| centimetres(to - from, scale);
        let moved = (by(event.client_x(), grip.from.0), by(event.client_y(), grip.from.1));
        area.set(if grip.is_corner { resized(grip.area, moved, size) } else { grip.area.moved(moved, size) });
    };
    let release = move |_: PointerEvent| held.set_value(None);
    let press = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowLeft" => (-STEP, 0),
            "ArrowRight" => (STEP, 0),
            "ArrowUp" => (0, -STEP),
            "ArrowDown" => (0, STEP),
            _ => return,
        };
        event.prevent_default();
        area.update(|area| {
            *area = if event.shift_key() { resized(*area, by, size) } else { area.moved(by, size) }
        });
    };
    let line = draw::line(plan);
    let of_chosen = chosen.map(|chosen| {
        let name = chosen.thing.name.clone();
        let label = t.floor_plan_move(&name);
        let of_area = move |read: fn(Area) -> u32| Signal::derive(move || area.with(|area| read(*area)).to_string());
        view! {
            <g class="chosen" tabindex="0" role="button" aria-label=label on:keydown=press
                on:pointerdown=move |event| take(event, false) on:pointermove=drag on:pointerup=release>
                <rect x=of_area(|area| area.x) y=of_area(|area| area.y) width=of_area(|area| area.width) height=of_area(|area| area.height)/>
                <text class="lbl" x=of_area(|area| area.x + 5) y=Signal::derive(move || (area.with(|area| area.y) + line * 13 / 10).to_string())>{name}</text>
            </g>
            <rect class="grip" x=Signal::derive(move || area.with(|area| (area.x + area.width).saturating_sub(line)).to_string())
                y=Signal::derive(move || area.with(|area| (area.y + area.height).saturating_sub(line)).to_string()) width=line.to_string() height=line.to_string()
                on:pointerdown=move |event| take(event, true) on:pointermove=drag on:pointerup=release/>
        }
    });
    view! {
        <svg class="plan" data-edit="" viewBox=format!("0 0 {} {}", plan.width, plan.height) font-size=line.to_string() role="group" aria-label=plan.name.clone()>
            {draw::picture(plan)}{others}{of_chosen}
        </svg>
    }
    .into_any()
}

/// A number of the chosen area: typed, and changed by dragging.
#[component]
fn Side(
    name: &'static str,
    label: &'static str,
    area: RwSignal<Area>,
    get: fn(Area) -> u32,
    set: fn(&mut Area, u32),
) -> impl IntoView {
    let form = use_form();
    let input = form.as_ref().and_then(|form| form.input(name));
    let initial = input.unwrap_or_else(|| area.with_untracked(|area| Length(get(*area)).to_string()));
    let message = Signal::derive(move || form.as_ref()?.message(name));
    // What is typed stays as it is typed, until it is dragged.
    let typed = RwSignal::new(None::<String>);
    Effect::new(move |before: Option<Area>| {
        let now = area.get();
        let is_dragged = before.is_some_and(|before| get(before) != get(now))
            && typed.with_untracked(|typed| typed.as_deref().and_then(Length::parse)) != Some(Length(get(now)));
        if is_dragged {
            typed.set(Some(Length(get(now)).to_string()));
        }
        now
    });
    let value = initial.clone();
    let problem = format!("{name}-problem");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input class="input" id=name name=name inputmode="decimal" autocomplete="off" value=initial
                prop:value=move || typed.get().unwrap_or_else(|| value.clone())
                aria-invalid=Signal::derive(move || message.with(Option::is_some).then_some("true")) aria-describedby=problem.clone()
                on:input=move |event| {
                    let text = event_target_value(&event);
                    if let Some(Length(length)) = Length::parse(&text) {
                        typed.set(Some(text));
                        area.update(|area| set(area, length));
                    } else {
                        typed.set(Some(text));
                    }
                }/>
            <p class="error" id=problem>{dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}</p>
        </div>
    }
}

/// The forms that place the chosen thing and take it off.
fn thing_forms(t: Lang, plan: &DrawnPlan, chosen: Chosen, area: RwSignal<Area>, calls: Calls) -> AnyView {
    let Chosen { thing, is_placed } = chosen;
    let (id, resource, name) = (plan.id, thing.resource, thing.name);
    let off = is_placed.then(|| {
        let name = name.clone();
        view! {
            <Form action=calls.take_off>
                {hidden("plan", &id)}{hidden("resource", &resource)}
                <div class="btn-row"><Submit label=t.floor_plan_take_off() about=name kind=Press::Ghost busy=calls.take_off.pending()/></div>
            </Form>
        }
    });
    view! {
        <section class="card" aria-labelledby="thing">
            <div class="card-head"><h2 id="thing">{name}</h2></div>
            <Form action=calls.place>
                {hidden("plan", &id)}{hidden("resource", &resource)}
                <div class="two">
                    <Side name="x" label=t.floor_plan_x() area get=|area| area.x set=|area, x| area.x = x/>
                    <Side name="y" label=t.floor_plan_y() area get=|area| area.y set=|area, y| area.y = y/>
                    <Side name="width" label=t.floor_plan_width() area get=|area| area.width set=|area, width| area.width = width/>
                    <Side name="height" label=t.floor_plan_height() area get=|area| area.height set=|area, height| area.height = height/>
                </div>
                <div class="btn-row"><Submit label=t.floor_plan_place() kind=Press::Primary busy=calls.place.pending()/></div>
            </Form>
            {off}
        </section>
    }
    .into_any()
}

/// Rooms and machines on no plan.
fn unplaced(t: Lang, all: &[(Resource, String)], plan: i64) -> Option<AnyView> {
    let rows = all.iter().map(|(resource, name)| {
        let icon = if resource.room().is_some() { "door-open" } else { "wrench" };
        let href = format!("/plan/edit?plan={plan}&item={resource}");
        view! {
            <li><a class="item" href=href data-noscroll>
                <span class="tile"><Icon name=icon/></span>
                <span class="lines"><span class="t">{name.clone()}</span></span>
                <span class="tail"><Icon name="plus"/></span>
            </a></li>
        }
    });
    let rows = rows.collect_view();
    (!all.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="unplaced">
                <h2 class="group-head" id="unplaced">{t.floor_plan_unplaced()}" "<span class="n">{all.len()}</span></h2>
                <ul class="list">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};

    fn page(address: &str) -> String {
        html(visitor(Lang::En), address, || {
            view! { <Page page=RwSignal::new(super::super::tests::sample(true)) calls=Calls::new()/> }
        })
    }

    #[test]
    fn chosen_thing_is_placed_by_typed_metres() {
        let html = page("/plan/edit?plan=1&item=room:3");
        for part in [r#"name="x""#, r#"value="4.00""#, r#"name="width""#, r#"value="5.00""#, r#"class="chosen""#] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(
            html.contains(r#"name="resource" value="room:3""#) && words(&html).contains("Take off the plan"),
            "{html}"
        );
        assert_eq!(html.matches("data-clash").count(), 1, "Studio B and the hall share a metre: {html}");
    }

    #[test]
    fn thing_on_no_plan_begins_in_the_middle() {
        let html = page("/plan/edit?plan=1&item=room:9");
        assert!(html.contains(r#"value="10.10""#) && html.contains(r#"value="4.20""#), "{html}");
        assert!(!words(&html).contains("Take off the plan"), "{html}");
        assert!(page("/plan/edit").contains(r#"href="/plan/edit?plan=1&amp;item=room:9""#));
    }

    #[test]
    fn resized_area_stays_on_the_plan() {
        let area = Area { x: 400, y: 0, width: 100, height: 100 };
        assert_eq!(resized(area, (900, -500), (600, 300)), Area { width: 200, height: LEAST, ..area });
    }
}
