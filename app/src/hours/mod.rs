//! Opening hours: the week of the space, a type or a machine, and exceptions.
//!
//! Invariant: a range over midnight is one range, in the field of the day on which it begins. A preview is in the
//! address; live updates never rebuild a form in use.

pub mod api;

use crate::{
    call::{Call, PageResource, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    settings::Where,
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, first},
        form::{Field, Form, hidden},
        icon::Icon,
        preview::{PreviewStatus, TRY, TryOut, trying_out},
        saved::Saved,
        versions::{News, VERSION, Versioned, Versions, began, begun_from},
    },
};
use api::{SaveDay, SaveWeek};
use contract::{
    hours::{HoursPage, OneDay},
    previews::Preview,
};
use domain::{
    live::Noun,
    settings::{At, Scope},
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, params::ParamsMap};

#[derive(Debug, Clone, Copy)]
struct Calls {
    week: Call<SaveWeek>,
    day: Call<SaveDay>,
}
#[derive(Debug)]
struct PageContext {
    page: PageResource<HoursPage>,
    calls: Calls,
}

impl PageContext {
    fn load() -> Self {
        let (query, live) = (use_query_map(), use_live());
        let calls = Calls { week: Call::new(), day: Call::new() };
        let at = move || query.with(|query| query.get_str("at").unwrap_or_default().to_owned());
        let changes = move || calls.week.version().get() + calls.day.version().get();
        let page = page_resource(
            move || (at(), query.with(preview_fields), live.version(Noun::Space), changes()),
            |(at, fields, ..)| api::page(at, fields),
        );
        Self { page, calls }
    }
}

/// The page at `/hours`.
pub fn hours_page() -> AnyView {
    let PageContext { page, calls } = PageContext::load();
    live_page(lang::current().hours_title(), 7, page, move |page| view! { <Page page calls/> }.into_any())
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const WEEK: &str = "week";
const DAY: &str = "day";
/// Query fields of a day's preview.
const OF_DAY: [&str; 2] = ["date", "hours"];

/// The preview in the address: which form, and its fields.
fn preview_fields(query: &ParamsMap) -> Vec<String> {
    let fields: &[&str] = match query.get_str(TRY) {
        Some(WEEK) => &DAYS,
        Some(DAY) => &OF_DAY,
        _ => return Vec::new(),
    };
    let words = [TRY].into_iter().chain(fields.iter().copied());
    words.map(|name| query.get_str(name).unwrap_or_default().to_owned()).collect()
}

/// Initial values of a form that was previewed before the page was loaded, and the version it was filled in from.
/// Once: a form that is built again shows the saved values.
fn begins(query: &ParamsMap, which: &str) -> Begins {
    let version = query.get_str(VERSION).and_then(|version| version.parse().ok());
    let fields = preview_fields(query);
    let mine = fields.first().is_some_and(|form| form == which);
    StoredValue::new(version.filter(|_| mine).map(|version| (fields, version)))
}

type Begins = StoredValue<Option<(Vec<String>, i64)>>;

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<HoursPage>, calls: Calls) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let places = Memo::new(move |_| page.with(|page| (page.at, page.places.clone())));
    let may_change = Memo::new(move |_| page.with(|page| page.may_change));
    let edited = Memo::new(move |_| {
        let date = query.with(|query| query.get_str(DAY).map(ToOwned::to_owned))?;
        page.with(|page| page.days.iter().find(|day| day.date == date).cloned())
    });
    let place = Memo::new(move |_| {
        page.with(|page| {
            let (scope, id) = page.at.columns();
            id * 4 + scope as i64
        })
    });
    let newest = Memo::new(move |_| (place.get(), page.with(|page| page.saved.version)));
    let (begun, typing) = begun_from(newest);
    // A day without an exception comes first.
    let newest_day = Memo::new(move |_| {
        let day = edited.with(|day| day.as_ref().map(|day| (day.day.at.0 / 60_000, day.version)));
        let (day, version) = day.unwrap_or_default();
        (place.get() + day * 4_000_000, version)
    });
    let (begun_day, typing_day) = begun_from(newest_day);
    let (week_begins, day_begins) = query.with_untracked(|query| (begins(query, WEEK), begins(query, DAY)));
    let reported = move |which: &'static str| {
        Memo::new(move |_| {
            let is_it = query.with(|query| query.get_str(TRY) == Some(which));
            page.with(|page| page.preview.clone().filter(|_| is_it))
        })
    };
    let (week_preview, day_preview) = (reported(WEEK), reported(DAY));
    let here = Signal::derive(move || page.with(|page| format!("/hours?at={}", page.at)));
    let this_day = Signal::derive(move || {
        let day = edited.with(|day| day.as_ref().map(|day| format!("&{DAY}={}", day.date)));
        here.get() + &day.unwrap_or_default()
    });
    let of_week = DAYS.into_iter().zip(t.weekdays()).map(|(name, label)| Versioned::plain(name, label)).collect();
    let of_day = vec![Versioned::plain("date", t.hours_day()), Versioned::plain("hours", t.hours_hours())];
    view! {
        <header class="page-head"><h1>{t.hours_title()}</h1><p class="sub">{t.hours_sub()}</p></header>
        <Saved visible=saved message=t.equipment_saved()/>
        {dynamic(move || { let (at, places) = places.get(); Some(view! { <Where page="/hours" at places/> }) })}
        <Versions action=calls.week fields=of_week/>
        <Versions action=calls.day fields=of_day/>
        <News newest begun typing page=here/>
        {dynamic(move || {
            begun.track();
            // Permissions may change while the page is open.
            may_change.track();
            let page = page.get_untracked();
            Some(view! { <Week page begins=week_begins preview=week_preview calls typing/> })
        })}
        <section class="group" aria-labelledby="days">
            <h2 class="group-head" id="days">{t.hours_days()}</h2>
            <p class="small muted">{t.hours_closures()}" "<a class="link" href="/closures">{t.closures_title()}</a>"."</p>
            {dynamic(move || Some(page.with(|page| if page.days.is_empty() && page.far_days.is_empty() {
                view! { <p class="card muted">{t.hours_days_none()}</p> }.into_any()
            } else {
                let (at, now, may) = (page.at, page.now, page.may_change);
                let lines = move |day, hours: &str, of: &'static str| {
                    let hours = if hours.is_empty() { t.hours_closed() } else { hours };
                    let message = [hours, of].into_iter().filter(|message| !message.is_empty()).collect::<Vec<_>>().join(" · ");
                    view! {
                        <span class="tile"><Icon name="clock"/></span>
                        <span class="lines"><span class="t">{t.date(day, now)}</span><span class="s">{message}</span></span>
                    }
                    .into_any()
                };
                view! {
                    <ul class="list">{page.far_days.iter().map(|far| {
                        let of = if far.of == Scope::Type { t.hours_day_of_type() } else { t.hours_day_of_space() };
                        view! { <li><div class="item">{lines(far.day, &far.hours, of)}</div></li> }.into_any()
                    }).chain(page.days.iter().map(|day| {
                        let lines = lines(day.day, &day.hours, "");
                        if may {
                            view! { <li><a class="item" href=format!("/hours?at={at}&day={}", day.date)>{lines}<span class="tail"><Icon name="chevron-right"/></span></a></li> }.into_any()
                        } else {
                            view! { <li><div class="item">{lines}</div></li> }.into_any()
                        }
                    })).collect_view()}</ul>
                }.into_any()
            })))}
        </section>
        {dynamic(move || may_change.get().then(|| view! {
            <News newest=newest_day begun=begun_day typing=typing_day page=this_day/>
        }))}
        {dynamic(move || may_change.get().then(|| {
            begun_day.track();
            let (at, now) = page.with_untracked(|page| (page.at, page.now));
            let edited = edited.get_untracked();
            let name = edited.as_ref().map(|day| t.date(day.day, now));
            view! { <Day at edited name begins=day_begins preview=day_preview calls typing=typing_day/> }
        }))}
    }
}

/// The week set at this place, or the inherited one.
#[component]
fn Week(
    page: HoursPage,
    begins: Begins,
    preview: Memo<Option<Preview>>,
    calls: Calls,
    typing: RwSignal<bool>,
) -> impl IntoView {
    let (t, try_out) = (lang::current(), trying_out("/hours", WEEK));
    let HoursPage { at, saved, own, from, holds, may_change, .. } = page;
    let message = match (own, from) {
        (true, _) => t.hours_own(),
        (false, None) => t.hours_always(),
        (false, Some(Scope::Type)) => t.hours_of_type(),
        (false, Some(Scope::Space | Scope::Machine)) => t.hours_of_space(),
    };
    let days = DAYS.into_iter().zip(t.weekdays()).zip(holds);
    if !may_change {
        let facts = days.map(|((_, label), hours)| {
            (label, if hours.is_empty() { t.hours_closed().to_owned() } else { hours })
        });
        let facts = facts.collect();
        return view! {
            <section class="card" aria-labelledby="week">
                <div class="card-head"><h2 id="week">{t.hours_week()}</h2></div>
                <p class="muted">{message}</p>
                <crate::ui::facts::Facts facts/>
            </section>
        }
        .into_any();
    }
    let (saved_version, fields) = (saved.version, saved.fields.clone());
    let (input, version) = begun_with(begins, saved_version);
    let days: Vec<_> = days
        .zip((1..).map(|field| input.get(field).cloned()))
        .map(|((field, holds), input)| (field, input.unwrap_or(holds)))
        .collect();
    view! {
        <section class="card" aria-labelledby="week" on:input=move |_| typing.set(true) on:change=move |event| try_out(&event)>
            <div class="card-head"><h2 id="week">{t.hours_week()}</h2></div>
            <Banner tone=Tone::Info icon="info" title=message.to_owned()>{t.hours_hint()}</Banner>
            <Form action=calls.week reload=true>
                {hidden("at", &at)}
                {hidden(VERSION, &version)}
                {began(&fields)}
                {days.into_iter().map(|((name, label), hours)| view! { <Field name label value=hours autocomplete="off"/> }).collect_view()}
                <div class="btn-row">
                    <Submit label=t.hours_save() kind=Press::Primary busy=calls.week.pending()/>
                    <button class="btn scripted" type="button" data-copy-first="">{t.hours_copy()}</button>
                    <TryOut page="/hours" which=WEEK/>
                </div>
                <PreviewStatus preview/>
            </Form>
            {own.then(|| view! {
                <Form action=calls.week reload=true beside=true>
                    {hidden("at", &at)}
                    {hidden(VERSION, &saved_version)}
                    <div class="btn-row"><Submit label=t.hours_clear() busy=calls.week.pending()/></div>
                </Form>
            })}
        </section>
    }
    .into_any()
}

/// Initial values and version of a form; marks it as started.
fn begun_with(begins: Begins, saved: i64) -> (Vec<String>, i64) {
    first(begins).unwrap_or_else(|| (Vec::new(), saved))
}

/// One exception: added, changed, or removed.
#[component]
fn Day(
    at: At,
    edited: Option<OneDay>,
    name: Option<String>,
    begins: Begins,
    preview: Memo<Option<Preview>>,
    calls: Calls,
    typing: RwSignal<bool>,
) -> impl IntoView {
    let (t, try_out) = (lang::current(), trying_out("/hours", DAY));
    let title = name.map_or_else(|| t.hours_day_add().to_owned(), |name| t.hours_day_edit(&name));
    let is_there = edited.is_some();
    let (of, message, saved_version) = edited.map(|day| (day.date, day.hours, day.version)).unwrap_or_default();
    let (input, version) = begun_with(begins, saved_version);
    let named = is_there.then(|| of.clone());
    let [date, hours] = match input.as_slice() {
        [_, date, hours] => [date.clone(), hours.clone()],
        _ => [of.clone(), message],
    };
    view! {
        <section class="card" aria-labelledby="day" on:input=move |_| typing.set(true) on:change=move |event| try_out(&event)>
            <div class="card-head"><h2 id="day">{title}</h2></div>
            <Form action=calls.day reload=true>
                {hidden("at", &at)}
                {hidden(VERSION, &version)}
                {named.map(|of| hidden(DAY, &of))}
                <Field name="date" kind="date" label=t.hours_day() value=date/>
                <Field name="hours" label=t.hours_hours() hint=t.hours_day_hint() value=hours autocomplete="off"/>
                <div class="btn-row">
                    <Submit label=t.hours_day_save() busy=calls.day.pending()/>
                    <TryOut page="/hours" which=DAY/>
                </div>
                <PreviewStatus preview/>
            </Form>
            {is_there.then(|| view! {
                <Form action=calls.day reload=true beside=true>
                    {hidden("at", &at)}
                    {hidden(VERSION, &saved_version)}
                    {hidden("date", &of)}
                    {hidden("usual", &"yes")}
                    <div class="btn-row">
                        <Submit label=t.hours_day_clear() busy=calls.day.pending()/>
                        <ButtonLink href=format!("/hours?at={at}") label=t.version_drop().to_owned()/>
                    </div>
                </Form>
            })}
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use contract::hours::FarDay;
    use domain::versions::Saved;
    use text::Lang;

    fn page(own: bool, may_change: bool) -> HoursPage {
        let day = OneDay { day: NOW, date: "2026-12-24".into(), hours: String::new(), version: 3 };
        HoursPage {
            now: NOW,
            at: At::Space,
            places: vec![(At::Space, String::new())],
            saved: Saved::new(2, vec![]),
            own,
            from: own.then_some(Scope::Space),
            holds: std::array::from_fn(|day| if day == 4 { "20:00–02:00".into() } else { String::new() }),
            days: vec![day],
            far_days: vec![],
            preview: None,
            may_change,
        }
    }

    fn render(address: &'static str, page: HoursPage) -> String {
        html(visitor(Lang::En), address, move || {
            let calls = Calls { week: Call::new(), day: Call::new() };
            view! { <Page page=RwSignal::new(page) calls/> }
        })
    }

    #[test]
    fn range_over_midnight_is_one_field_and_day_has_its_version() {
        let html = render("/hours?day=2026-12-24", page(true, true));
        assert!(html.contains(r#"name="fri" value="20:00–02:00""#), "{html}");
        assert!(html.contains(r#"name="date" value="2026-12-24""#) && html.contains(r#"value="3""#), "{html}");
        assert!(words(&html).contains("Remove exception"), "{html}");
    }

    #[test]
    fn previewed_hours_stay_in_form_with_original_version() {
        let preview = Some(Preview { fits: true, bites: true, lines: vec!["It would close at once.".into()] });
        let address = "/hours?at=space&version=1&mon=8-9&fri=&try=week";
        let html = render(address, HoursPage { preview: preview.clone(), ..page(true, true) });
        assert!(html.contains(r#"name="mon" value="8-9""#) && html.contains("name=\"fri\" value=\"\""), "{html}");
        assert!(html.contains(r#"name="version" value="1""#), "not over what was saved meanwhile: {html}");
        assert_eq!(words(&html).matches("It would close at once.").count(), 1, "{html}");
        let address = "/hours?at=space&version=0&date=2026-12-31&hours=8-12&try=day";
        let html = render(address, HoursPage { preview, ..page(true, true) });
        assert!(html.contains(r#"name="date" value="2026-12-31""#), "{html}");
        assert!(html.contains(r#"name="hours" value="8-12""#), "{html}");
        assert!(html.contains(r#"name="fri" value="20:00–02:00""#), "the week is as it holds: {html}");
    }

    #[test]
    fn inherited_exception_is_shown_read_only() {
        let far = |of| FarDay { day: NOW, hours: String::new(), of };
        let far_days = vec![far(Scope::Space), far(Scope::Type)];
        let html = render("/hours", HoursPage { days: vec![], far_days, ..page(true, true) });
        let content = words(&html);
        assert!(
            content.contains("Closed · set for the workshop") && content.contains("Closed · set for its type"),
            "{content}"
        );
        assert!(!content.contains("No exceptions yet") && !html.contains("&amp;day="), "{html}");
    }

    #[test]
    fn reader_without_permission_sees_hours_without_form() {
        let html = render("/hours", page(false, false));
        assert!(!html.contains("/hours/save") && words(&html).contains("Friday20:00–02:00"), "{html}");
        assert!(words(&html).contains("No hours set"), "{html}");
    }
}
