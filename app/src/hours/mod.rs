//! Opening hours: the week of the space, a type or a machine, and the days that differ from it.
//!
//! Invariant: a range over midnight is one range, in the field of the day on which it begins. A chunk of its own.

pub mod api;

use crate::{
    call::{Asked, Call, asked},
    lang,
    live::{followed, use_live},
    settings::Where,
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Kind as Press, Submit},
        changing::part,
        form::{Field, Form},
        icon::Icon,
        saved::Saved,
        skeleton::SkeletonList,
        versions::{VERSION, Versioned, Versions, begun_from},
    },
};
use api::{SaveDay, SaveWeek};
use domain::{
    hours::{HoursPage, OneDay},
    live::Noun,
    settings::{At, Scope},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_query_map, lazy_route};

/// The page at `/hours`.
#[derive(Debug)]
pub struct Hours;

#[derive(Debug, Clone, Copy)]
struct Calls {
    week: Call<SaveWeek>,
    day: Call<SaveDay>,
}

/// What the page asks for. Made in the page's own chunk: whatever `data` does would lie in the first load of every page.
#[derive(Debug)]
struct Loaded {
    page: Asked<HoursPage>,
    calls: Calls,
}

impl Loaded {
    fn load() -> Self {
        let (query, live) = (use_query_map(), use_live());
        let calls = Calls { week: Call::new(), day: Call::new() };
        let at = move || query.with(|query| query.get_str("at").unwrap_or_default().to_owned());
        let changes = move || calls.week.version().get() + calls.day.version().get();
        let page = asked(move || (at(), live.version(Noun::Space), changes()), |(at, ..)| api::page(at));
        Self { page, calls }
    }
}

#[lazy_route]
impl LazyRoute for Hours {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let Hours = this;
        let Loaded { page, calls } = Loaded::load();
        view! {
            <Title text=lang::current().hours_title()/>
            <Transition fallback=|| view! { <SkeletonList rows=7/> }>
                {followed(page, Box::new(move |page| view! { <Page page calls/> }.into_any()))}
            </Transition>
        }
        .into_any()
    }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(page: RwSignal<HoursPage>, calls: Calls) -> impl IntoView {
    let (t, query) = (lang::current(), use_query_map());
    let saved = Memo::new(move |_| query.with(|query| query.get_str("saved").is_some()));
    let places = Memo::new(move |_| page.with(|page| (page.at, page.places.clone())));
    let may_change = Memo::new(move |_| page.with(|page| page.may_change));
    let edited = Memo::new(move |_| {
        let date = query.with(|query| query.get_str("day").map(ToOwned::to_owned))?;
        page.with(|page| page.days.iter().find(|day| day.date == date).cloned())
    });
    let newest = Memo::new(move |_| {
        page.with(|page| {
            let (scope, id) = page.at.columns();
            (id * 4 + scope as i64, page.saved.version)
        })
    });
    let (begun, typing) = begun_from(newest);
    let of_week = DAYS.into_iter().zip(t.weekdays()).map(|(name, label)| Versioned::plain(name, label)).collect();
    let of_day = vec![Versioned::plain("date", t.hours_day()), Versioned::plain("hours", t.hours_hours())];
    view! {
        <header class="page-head"><h1>{t.hours_title()}</h1><p class="sub">{t.hours_sub()}</p></header>
        <Saved shown=saved said=t.equipment_saved()/>
        {part(move || { let (at, places) = places.get(); Some(view! { <Where page="/hours" at places/> }) })}
        <Versions action=calls.week fields=of_week/>
        <Versions action=calls.day fields=of_day/>
        {part(move || {
            begun.track();
            let page = page.get_untracked();
            Some(view! { <Week page calls typing/> })
        })}
        <section class="group" aria-labelledby="days">
            <h2 class="group-head" id="days">{t.hours_days()}</h2>
            {part(move || Some(page.with(|page| if page.days.is_empty() {
                view! { <p class="card muted">{t.hours_days_none()}</p> }.into_any()
            } else {
                let (at, now, may) = (page.at, page.now, page.may_change);
                view! {
                    <ul class="list">{page.days.iter().map(|day| {
                        let name = t.date(day.day, now);
                        let hours = if day.hours.is_empty() { t.hours_closed().to_owned() } else { day.hours.clone() };
                        let lines = view! {
                            <span class="tile"><Icon name="clock"/></span>
                            <span class="lines"><span class="t">{name}</span><span class="s">{hours}</span></span>
                        };
                        if may {
                            view! { <li><a class="item" href=format!("/hours?at={at}&day={}", day.date)>{lines}<span class="tail"><Icon name="chevron-right"/></span></a></li> }.into_any()
                        } else {
                            view! { <li><div class="item">{lines}</div></li> }.into_any()
                        }
                    }).collect_view()}</ul>
                }.into_any()
            })))}
        </section>
        {part(move || may_change.get().then(|| {
            let (at, now) = page.with(|page| (page.at, page.now));
            let name = edited.get().map(|day| t.date(day.day, now));
            view! { <Day at edited=edited.get() name calls/> }
        }))}
    }
}

/// The week that is said there, or another one that holds.
#[component]
fn Week(page: HoursPage, calls: Calls, typing: RwSignal<bool>) -> impl IntoView {
    let t = lang::current();
    let HoursPage { at, saved, own, from, holds, may_change, .. } = page;
    let said = match (own, from) {
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
                <p class="muted">{said}</p>
                <crate::ui::facts::Facts facts/>
            </section>
        }
        .into_any();
    }
    let days: Vec<_> = days.collect();
    let version = saved.version;
    view! {
        <section class="card" aria-labelledby="week" on:input=move |_| typing.set(true)>
            <div class="card-head"><h2 id="week">{t.hours_week()}</h2></div>
            <Banner tone=Tone::Info icon="info" title=said.to_owned()>{t.hours_hint()}</Banner>
            <Form action=calls.week reload=true>
                <input type="hidden" name="at" value=at.to_string()/>
                <input type="hidden" name=VERSION value=version.to_string()/>
                {days.into_iter().map(|((name, label), hours)| view! { <Field name label value=hours autocomplete="off"/> }).collect_view()}
                <div class="btn-row"><Submit label=t.hours_save() kind=Press::Primary busy=calls.week.pending()/></div>
            </Form>
            {own.then(|| view! {
                <Form action=calls.week reload=true>
                    <input type="hidden" name="at" value=at.to_string()/>
                    <input type="hidden" name=VERSION value=version.to_string()/>
                    <div class="btn-row"><Submit label=t.hours_clear() busy=calls.week.pending()/></div>
                </Form>
            })}
        </section>
    }
    .into_any()
}

/// One day that differs: added, changed, or like every week again.
#[component]
fn Day(at: At, edited: Option<OneDay>, name: Option<String>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let title = name.map_or_else(|| t.hours_day_add().to_owned(), |name| t.hours_day_edit(&name));
    let is_there = edited.is_some();
    let (date, hours, version) = edited.map(|day| (day.date, day.hours, day.version)).unwrap_or_default();
    let of = date.clone();
    view! {
        <section class="card" aria-labelledby="day">
            <div class="card-head"><h2 id="day">{title}</h2></div>
            <Form action=calls.day>
                <input type="hidden" name="at" value=at.to_string()/>
                <input type="hidden" name=VERSION value=version.to_string()/>
                <Field name="date" kind="date" label=t.hours_day() value=date/>
                <Field name="hours" label=t.hours_hours() hint=t.hours_day_hint() value=hours autocomplete="off"/>
                <div class="btn-row"><Submit label=t.hours_day_save() busy=calls.day.pending()/></div>
            </Form>
            {is_there.then(|| view! {
                <Form action=calls.day>
                    <input type="hidden" name="at" value=at.to_string()/>
                    <input type="hidden" name=VERSION value=version.to_string()/>
                    <input type="hidden" name="date" value=of/>
                    <input type="hidden" name="usual" value="yes"/>
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
            may_change,
        }
    }

    fn shown(address: &'static str, page: HoursPage) -> String {
        html(visitor(Lang::En), address, move || {
            let calls = Calls { week: Call::new(), day: Call::new() };
            view! { <Page page=RwSignal::new(page) calls/> }
        })
    }

    #[test]
    fn a_range_over_midnight_is_one_field_and_a_day_is_changed_with_its_own_version() {
        let html = shown("/hours?day=2026-12-24", page(true, true));
        assert!(html.contains(r#"name="fri" value="20:00–02:00""#), "{html}");
        assert!(html.contains(r#"name="date" value="2026-12-24""#) && html.contains(r#"value="3""#), "{html}");
        assert!(words(&html).contains("Like every week"), "{html}");
    }

    #[test]
    fn whoever_may_change_nothing_reads_the_week() {
        let html = shown("/hours", page(false, false));
        assert!(!html.contains("/hours/save") && words(&html).contains("Friday20:00–02:00"), "{html}");
        assert!(words(&html).contains("it is always open"), "{html}");
    }
}
