//! The reader's calendar feeds: created, shown once, revoked.
//!
//! Invariant: an address is shown once, in the answer to its creation. Not here: the feed itself, which is no
//! page.

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::loaded,
    ui::{
        answered::answered,
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::Form,
        icon::Icon,
        register::{Entries, Issued, NewEntry, NoEntries, entry, is_done, row_action},
        saved::Saved,
        select::Select,
    },
};
use contract::{
    feeds::{self, Calendar, CalendarMade, Feeds, ListCalendars},
    form::Link,
};
use domain::{feeds::Feed, live::Noun, time::Moment};
use leptos::prelude::*;

type MakeFeed = Function<feeds::CreateCalendar>;
type RevokeFeed = Function<feeds::RevokeCalendar>;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use text::Lang;

/// The page at `/me/calendar`.
pub fn feeds_page() -> AnyView {
    let live = use_live();
    let (make, revoke) = (Call::<MakeFeed>::new(), Call::<RevokeFeed>::new());
    let source = move || (live.version(Noun::Person), make.version().get(), revoke.version().get());
    let list: PageResource<Feeds> = page_resource(source, |_| load(&ListCalendars {}));
    view! {
        <Title text=lang::current().feeds_title()/>
        <a class="crumb" href="/me"><Icon name="chevron-left"/>{lang::current().nav_me()}</a>
        {loaded(3, list, move |list| view! { <Page list make revoke/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(list: RwSignal<Feeds>, make: Call<MakeFeed>, revoke: Call<RevokeFeed>) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(list.with(|list| list.now)));
    let made = answered(make);
    // Preselected from the page of a machine or a room.
    let requested = query.with_untracked(|query| query.get_str("show").unwrap_or_default().to_owned());
    let options = list.with_untracked(|list| choices(t, list));
    let chosen = options.iter().find(|(name, _)| *name == requested).or(options.first());
    let chosen = Signal::stored(chosen.map(|(name, _)| name.clone()).unwrap_or_default());
    let any = !options.is_empty();
    let none = NoEntries { icon: "calendar-days", heading: t.feeds_none(), next: t.feeds_none_next() };
    let rows = Box::new(move || {
        let Feeds { feeds, now, .. } = list.get();
        feeds.into_iter().map(|feed| row(feed, now, revoke)).collect()
    });
    view! {
        <header class="page-head"><h1>{t.feeds_title()}</h1><p class="sub">{t.feeds_sub()}</p></header>
        <Saved visible=is_done() message=t.feeds_revoked()/>
        <div role="status">{dynamic(move || made.get().map(|made| view! { <Fresh made/> }))}</div>
        <Entries id="feeds" title=t.feeds_list() none rows/>
        {any.then(|| view! {
            <NewEntry title=t.feeds_new()>
                <Form action=make afresh=true>
                    <Select name="show" label=t.feeds_show() options chosen/>
                    <div class="btn-row"><Submit label=t.feeds_make() kind=Press::Primary busy=make.pending()/></div>
                </Form>
                <p class="small muted">{t.feeds_slow()}</p>
            </NewEntry>
        })}
    }
}

/// The available feeds, as form value and name.
fn choices(t: Lang, list: &Feeds) -> Vec<(String, String)> {
    let mine = list.books.then(|| (Feed::Mine.to_string(), t.feed_mine().to_owned()));
    let held = list.trainer.map(|feed| (feed.to_string(), t.feed_held().to_owned()));
    let resources = list.resources.iter().map(|(resource, name)| (resource.to_string(), name.clone()));
    mine.into_iter().chain(held).chain(resources).collect()
}

fn row(feed: Calendar, now: Moment, revoke: Call<RevokeFeed>) -> AnyView {
    let t = lang::current();
    let Calendar { id, show, name, made, read } = feed;
    let name = t.feed_name(show, name.as_deref());
    let read = read.map_or_else(
        || t.feeds_never_seen().to_owned(),
        |seen| t.feeds_seen(&format!("{}, {}", t.day(seen, now), text::time::clock(seen))),
    );
    let button = row_action(revoke, &id, t.feeds_revoke(), name.clone(), Press::Danger);
    entry("calendar-days", name, vec![format!("{}, {read}", t.feeds_made(&t.day(made, now)))], button)
}

/// A new address.
#[component]
fn Fresh(made: CalendarMade) -> impl IntoView {
    let t = lang::current();
    let CalendarMade { show, name, link: Link(address), .. } = made;
    let title = t.feeds_ready(&t.feed_name(show, name.as_deref()));
    // Calendar apps subscribe by this scheme.
    let app = address.split_once("://").map(|(_, rest)| format!("webcal://{rest}"));
    let fields = vec![("address", t.feeds_address(), address)];
    view! {
        <Issued icon="calendar-days" title next=t.feeds_ready_next() fields>
            <div class="btn-row">
                <button class="btn scripted" type="button" data-copy="address" data-copied=t.feeds_copied()>{t.feeds_copy()}</button>
                {app.map(|app| view! { <a class="btn" href=app rel="external">{t.feeds_open()}</a> })}
            </div>
            <p class="small muted">{t.feeds_how()}</p>
        </Issued>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, sent, visitor, words},
        visitor::{Answer, Visitor},
    };
    use domain::{
        bookings::Resource,
        id::{FeedId, MachineId, PersonId},
    };

    const LASER: Resource = Resource::Machine(MachineId(7));

    fn list(feeds: Vec<Calendar>) -> Feeds {
        let trainer = Some(Feed::Trainer(PersonId(1)));
        Feeds { now: NOW, feeds, books: true, trainer, resources: vec![(LASER, "Laser 1".into())] }
    }

    fn render(visitor: Visitor, feeds: Vec<Calendar>, query: &str) -> String {
        html(visitor, &format!("/me/calendar{query}"), move || {
            let list = RwSignal::new(list(feeds));
            let (make, revoke) = (Call::<MakeFeed>::new(), Call::<RevokeFeed>::new());
            view! { <Page list make revoke/> }
        })
    }

    #[test]
    fn feeds_show_content_and_can_be_revoked() {
        let name = Some("Laser 1".into());
        let feed =
            Calendar { id: FeedId(4), show: Feed::Resource(LASER), name, made: ago(60 * 24), read: Some(ago(4)) };
        let html = render(visitor(Lang::En), vec![feed], "?show=machine:7");
        assert!(words(&html).contains("Created yesterday, last read today, 14:12"), "{}", words(&html));
        assert!(html.contains(r#"aria-label="Revoke: Laser 1""#), "{html}");
        assert!(html.contains(r#"/feeds/revoke""#) && html.contains(r#"name="id" value="4""#), "{html}");
        for option in [r#"value="mine""#, r#"value="trainer:1""#, r#"value="machine:7" selected"#] {
            assert!(html.contains(option), "{option} in {html}");
        }
    }

    #[test]
    fn new_feed_address_is_shown_once_without_script() {
        let address = "https://attic.example/calendar/x.ics".to_owned();
        let made = CalendarMade { id: FeedId(1), show: Feed::Mine, name: None, link: Link(address) };
        let answer = Some(Answer { function: "/api/feeds/make".into(), text: sent(&made) });
        let html = render(Visitor { answer, ..visitor(Lang::It) }, vec![], "");
        assert!(html.contains(r#"value="https://attic.example/calendar/x.ics""#), "{html}");
        assert!(html.contains(r#"href="webcal://attic.example/calendar/x.ics""#), "{html}");
        assert!(
            words(&html).contains("Indirizzo del calendario per Le mie prenotazioni e prove"),
            "{}",
            words(&html)
        );
    }
}
