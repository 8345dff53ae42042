//! External calendars: which machines or rooms their events occupy, how the last reading went, and conflicts.
//!
//! Invariant: an address is shown only here, to people who look after the resource, because it may contain a
//! secret. Not here: what events are about, which is not stored; left-out events have a title.

use crate::{
    bookings::left_out::lines,
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Field, Form, hidden},
        icon::Icon,
        register::{NewEntry, NoEntries},
        saved::Saved,
        select::Select,
        versions::VERSION,
    },
};
use contract::external_calendars::{
    AddExternalCalendar, CollisionView, ExternalCalendarView, ExternalCalendars, FetchExternalCalendar,
    ListExternalCalendars, RemoveExternalCalendar, RenameExternalCalendar, SecretAddress,
};
use domain::{live::Noun, time::Moment};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;

#[derive(Debug, Clone, Copy)]
struct Calls {
    add: Call<Function<AddExternalCalendar>>,
    rename: Call<Function<RenameExternalCalendar>>,
    fetch: Call<Function<FetchExternalCalendar>>,
    remove: Call<Function<RemoveExternalCalendar>>,
}

impl Calls {
    fn new() -> Self {
        Self { add: Call::new(), rename: Call::new(), fetch: Call::new(), remove: Call::new() }
    }

    fn versions(self) -> usize {
        let Self { add, rename, fetch, remove } = self;
        add.version().get() + rename.version().get() + fetch.version().get() + remove.version().get()
    }
}

/// The page at `/external-calendars`.
pub fn external_calendars_page() -> AnyView {
    let (calls, live) = (Calls::new(), use_live());
    let list: PageResource<ExternalCalendars> = page_resource(
        move || (live.version(Noun::Bookings), calls.versions()),
        |_| load(&ListExternalCalendars {}),
    );
    live_page(lang::current().external_title(), 4, list, move |list| view! { <Page list calls/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(list: RwSignal<ExternalCalendars>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(list.with(|list| list.now)));
    let done =
        move |code: &'static str| Memo::new(move |_| query.with(|query| query.get_str("done") == Some(code)));
    let resources = list.with_untracked(|list| list.resources.clone());
    let options: Vec<_> = resources.into_iter().map(|(resource, name)| (resource.to_string(), name)).collect();
    let chosen = options.first().map(|(code, _)| code.clone()).unwrap_or_default();
    let any = !options.is_empty();
    let none = NoEntries { icon: "calendar-days", heading: t.external_none(), next: t.external_none_next() };
    view! {
        <header class="page-head"><h1>{t.external_title()}</h1><p class="sub">{t.external_sub()}</p></header>
        <Saved visible=done("added") message=t.external_added()/>
        <Saved visible=done("removed") message=t.external_removed()/>
        <section class="group" aria-labelledby="calendars">
            <h2 class="group-head" id="calendars">{t.external_list()}</h2>
            {dynamic(move || {
                let ExternalCalendars { calendars, now, .. } = list.get();
                Some(if calendars.is_empty() {
                    none.card()
                } else {
                    calendars.into_iter().map(|one| view! { <One one now calls/> }).collect_view().into_any()
                })
            })}
        </section>
        {any.then(|| view! {
            <NewEntry title=t.external_new()>
                <Form action=calls.add afresh=true>
                    <Field name="name" label=t.external_name() hint=t.external_name_hint() autocomplete="off"/>
                    <Field name="address" label=t.external_address() hint=t.external_address_hint() autocomplete="off"/>
                    <Select name="resource" label=t.external_resource() options chosen=Signal::stored(chosen)/>
                    <div class="btn-row"><Submit label=t.external_add() kind=Press::Primary busy=calls.add.pending()/></div>
                </Form>
                <p class="small muted">{t.external_hourly()}</p>
            </NewEntry>
        })}
    }
}

/// State of a calendar in one line.
fn state(t: Lang, one: &ExternalCalendarView, now: Moment) -> String {
    let read = one.read.map_or_else(|| t.external_never().to_owned(), |at| t.external_read(&t.brief(at, now)));
    let mut parts = vec![one.resource_name.clone(), read, t.external_taken(one.taken)];
    parts.extend((one.collision_count > 0).then(|| t.external_clashes(one.collision_count)));
    parts.join(" · ")
}

#[component]
fn One(one: ExternalCalendarView, now: Moment, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let state = state(t, &one, now);
    let failing = one.failure.zip(one.failing_since);
    let ExternalCalendarView { id, version, name, address, skipped_by_reason, left_out, collisions, .. } = one;
    let SecretAddress(address) = address;
    let label = format!("calendar-{id}");
    let labelled = label.clone();
    let (about, renamed, gone) = (name.clone(), name.clone(), name.clone());
    let failing = failing.map(|(why, since)| {
        let title = name.clone();
        let message = t.external_failing(t.external_failure(why), &t.brief(since, now));
        view! { <Banner tone=Tone::Warn icon="triangle-alert" title>{message}</Banner> }
    });
    let named = (!left_out.is_empty()).then(|| lines(t, &left_out, now.wall().date));
    let left_out = skipped_by_reason.into_iter().map(|skipped| {
        view! { <p class="small muted">{t.external_skipped(skipped.count)}": "{t.external_skip(skipped.reason)}</p> }
    });
    let left_out = left_out.collect_view();
    view! {
        <section class="card stack" aria-labelledby=labelled>
            <div class="card-head"><h3 id=label>{name}</h3></div>
            <p>{state}</p>
            <p class="small muted">{address}</p>
            {failing}
            {left_out}
            {named}
            {(!collisions.is_empty()).then(|| view! { <Collisions collisions now/> })}
            <div class="btn-row">
                <Form action=calls.fetch>
                    {hidden("id", &id)}
                    <Submit label=t.external_read_now() about busy=calls.fetch.pending()/>
                </Form>
            </div>
            <details class="deed">
                <summary>{t.external_rename()}<span class="visually-hidden">": "{renamed.clone()}</span></summary>
                <Form action=calls.rename suffix=id.to_string()>
                    {hidden("id", &id)}
                    {hidden(VERSION, &version)}
                    <Field name="name" label=t.external_name() value=renamed.clone() autocomplete="off"/>
                    <div class="btn-row"><Submit label=t.external_save() about=renamed busy=calls.rename.pending()/></div>
                </Form>
            </details>
            <details class="deed">
                <summary>{t.external_remove()}<span class="visually-hidden">": "{gone.clone()}</span></summary>
                <p>{t.external_remove_next()}</p>
                <Form action=calls.remove>
                    {hidden("id", &id)}
                    <div class="btn-row">
                        <Submit label=t.external_remove_confirm() about=gone kind=Press::Danger busy=calls.remove.pending()/>
                    </div>
                </Form>
            </details>
        </section>
    }
}

/// Conflicts of events.
#[component]
fn Collisions(collisions: Vec<CollisionView>, now: Moment) -> impl IntoView {
    let t = lang::current();
    let rows = collisions.into_iter().map(|one| {
        let event = t.booking_time(one.start, one.end, now);
        let with = t.booking_time(one.with_start, one.with_end, now);
        view! { <li><Icon name="triangle-alert"/>" "{t.external_clash(&event, t.external_with(one.with), &with)}</li> }
    });
    view! {
        <p class="small">{t.external_clashes_next()}</p>
        <ul role="list">{rows.collect_view()}</ul>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::external_calendars::{LeftOutEventView, SkippedEventsView};
    use domain::{
        bookings::{Cause, Resource},
        external_calendars::{Failure, Skipped},
        id::{ExternalCalendarId, RoomId},
        time::HOUR,
    };

    const HALL: Resource = Resource::Room(RoomId(2));

    fn calendar() -> ExternalCalendarView {
        ExternalCalendarView {
            id: ExternalCalendarId(4),
            version: 3,
            resource: HALL,
            resource_name: "Hall".into(),
            name: "Timetable".into(),
            address: SecretAddress("https://uni.example/b12.ics".into()),
            tried: Some(ago(12)),
            read: Some(ago(12)),
            failure: None,
            failing_since: None,
            taken: 9,
            skipped: 0,
            skipped_by_reason: vec![],
            left_out: vec![],
            collision_count: 0,
            collisions: vec![],
        }
    }

    fn render(lang: Lang, calendars: Vec<ExternalCalendarView>, query: &str) -> String {
        html(visitor(lang), &format!("/external-calendars{query}"), move || {
            let resources = vec![(HALL, "Hall".to_owned())];
            let list = RwSignal::new(ExternalCalendars { now: NOW, calendars, resources });
            view! { <Page list calls=Calls::new()/> }
        })
    }

    #[test]
    fn calendar_shows_last_read_and_blocked_slots() {
        let html = render(Lang::En, vec![calendar()], "?done=added");
        let content = words(&html);
        for part in ["Calendar added.", "Hall · Last read", "blocks 9 slots", "https://uni.example/b12.ics"] {
            assert!(content.contains(part), "{part} in {content}");
        }
        assert!(
            html.contains(r#"name="version" value="3""#) && html.contains(r#"value="room:2" selected"#),
            "{html}"
        );
    }

    #[test]
    fn fields_of_several_calendars_have_ids_of_their_own() {
        let other = ExternalCalendarView { id: ExternalCalendarId(5), ..calendar() };
        let html = render(Lang::En, vec![calendar(), other], "");
        for id in ["name", "name-4", "name-5", "name-problem", "name-4-problem", "name-5-problem"] {
            assert_eq!(html.matches(&format!(r#" id="{id}""#)).count(), 1, "{id} in {html}");
        }
        assert!(html.contains(r#"<label for="name-4""#), "{html}");
    }

    #[test]
    fn failing_calendar_shows_reason_and_conflicts() {
        let at = |hours: u32| NOW.shifted_to(NOW.at.after(HOUR * hours));
        let collision =
            CollisionView { start: at(1), end: at(3), with: Cause::Booking, with_start: at(2), with_end: at(4) };
        let one = ExternalCalendarView {
            failure: Some(Failure::Missing),
            failing_since: Some(ago(60 * 30)),
            skipped: 2,
            skipped_by_reason: vec![SkippedEventsView { reason: Skipped::Zone, count: 2 }],
            left_out: vec![LeftOutEventView { date: None, title: "Statics".into(), reason: Skipped::Zone }],
            collision_count: 1,
            collisions: vec![collision],
            ..calendar()
        };
        let content = words(&render(Lang::En, vec![one.clone()], ""));
        for part in [
            "nothing at this address",
            "readable since",
            "2 events left out",
            "No day: Statics – unknown time zone",
            "1 conflict",
            "overlaps a booking, ",
            "16:16–18:16",
        ] {
            assert!(content.contains(part), "{part} in {content}");
        }
        assert!(words(&render(Lang::It, vec![one], "")).contains("si sovrappone a una prenotazione"));
        assert!(words(&render(Lang::En, vec![], "")).contains("No external calendars yet"));
    }
}
