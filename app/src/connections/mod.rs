//! Connections to other systems: a card for each kind with what goes through it and whether it works; kinds without a connection
//! are offered.
//!
//! Invariant: how a connection does is a shape and words, so it can be read in black and white. Not here: the pages on which
//! connections are made.

use crate::{
    call::{PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Kind as Press},
        changing::dynamic,
        empty::Empty,
        icon::Icon,
    },
};
use contract::connections::{ConnectionView, ConnectionsView, ReadConnections};
use domain::{
    connections::{Kind, State},
    live::Noun,
    time::Moment,
};
use leptos::prelude::*;
use text::Lang;

/// Names on a card, at most; more are counted.
const NAMES: usize = 3;

/// The page at `/connections`.
pub fn connections_page() -> AnyView {
    let live = use_live();
    let versions = move || [Noun::Connections, Noun::Deliveries, Noun::Space].map(|noun| live.version(noun));
    let page: PageResource<ConnectionsView> = page_resource(versions, |_| load(&ReadConnections {}));
    live_page(lang::current().connections_title(), 6, page, move |page| view! { <Page page/> }.into_any())
}

/// The way back from the page of one kind of connection.
pub fn crumb() -> AnyView {
    view! { <a class="crumb" href="/connections"><Icon name="chevron-left"/>{lang::current().connections_title()}</a> }
        .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<ConnectionsView>) -> impl IntoView {
    let clock = use_clock();
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    dynamic(move || Some(page.with(|page| whole(lang::current(), page))))
}

/// The connections of one kind.
struct Card<'a> {
    kind: Kind,
    each: Vec<&'a ConnectionView>,
    state: State,
}

/// The cards, in the order of the connections.
fn cards(page: &ConnectionsView) -> Vec<Card<'_>> {
    page.connections.chunk_by(|one, next| one.kind == next.kind).filter_map(card).collect()
}

fn card(each: &[ConnectionView]) -> Option<Card<'_>> {
    let states: Vec<_> = each.iter().map(|one| one.state).collect();
    Some(Card { kind: each.first()?.kind, each: each.iter().collect(), state: State::of_all(&states)? })
}

/// Whether it fails, or a part of it.
const fn fails(state: State) -> bool {
    matches!(state, State::Failing | State::Partial)
}

fn whole(t: Lang, page: &ConnectionsView) -> AnyView {
    let cards = cards(page);
    let failing: Vec<_> = cards.iter().filter(|card| fails(card.state)).collect();
    let count = t.connections_count(u32::try_from(page.connections.len()).unwrap_or(u32::MAX));
    let bad = page.connections.iter().filter(|one| fails(one.state)).count();
    let sum = match u32::try_from(bad) {
        Ok(0) => count,
        bad => format!("{count}, {}", t.connections_failing(bad.unwrap_or(u32::MAX))),
    };
    let is_empty = cards.is_empty() && page.not_connected.is_empty();
    let nothing = is_empty.then(|| {
        view! {
            <div class="card"><Empty icon="plug">
                <h2>{t.connections_none_yet()}</h2>
                <p>{t.connections_none_yet_next()}</p>
                <ButtonLink href=Kind::Mail.page() label=t.connection_offer(Kind::Mail).to_owned() kind=Press::Primary/>
            </Empty></div>
        }
    });
    view! {
        <header class="page-head"><h1>{t.connections_title()}</h1><p class="sub">{sum}</p></header>
        {(!failing.is_empty()).then(|| failures(t, &failing))}
        {nothing}
        <ul class="conns" role="list">
            {cards.iter().map(|card| connected(t, card, page.now)).collect_view()}
            {page.not_connected.iter().map(|&kind| offered(t, kind)).collect_view()}
        </ul>
    }
    .into_any()
}

/// What fails, and what that means.
fn failures(t: Lang, failing: &[&Card<'_>]) -> AnyView {
    let names: Vec<_> = failing.iter().map(|card| t.connection_kind(card.kind)).collect();
    // Messages to a paused one go out when somebody resumes it.
    let queued: u32 =
        failing.iter().flat_map(|card| &card.each).filter(|one| fails(one.state)).map(|one| one.queued).sum();
    let next = if queued == 0 { t.connections_fail_next().to_owned() } else { t.connections_kept(queued) };
    view! {
        <Banner tone=Tone::Bad icon="octagon-alert" title=t.connections_fail_title(&names.join(", "))>
            <p>{next}</p>
        </Banner>
    }
    .into_any()
}

fn connected(t: Lang, card: &Card<'_>, now: Moment) -> AnyView {
    let [one] = card.each.as_slice() else { return several(t, card, now) };
    let name = one.name.clone().map(|name| view! { <p class="sub">{name}</p> });
    view! {
        <li class="conn">
            {mark(card.kind)}
            <div><h2><a href=one.link.clone()>{t.connection_kind(card.kind)}</a></h2>{name}</div>
            <p class="does">{does(t, one)}</p>
            {health(card.state, with_queue(t, card, single(t, one, now)))}
        </li>
    }
    .into_any()
}

/// What a connection does: what uses it, if that is known.
fn does(t: Lang, one: &ConnectionView) -> String {
    if one.amounts.is_empty() {
        return t.connection_use(one.kind).to_owned();
    }
    let amounts = one.amounts.iter().map(|amount| t.connection_amount(amount.what, amount.count));
    amounts.collect::<Vec<_>>().join(", ")
}

/// A card of several connections, with their names.
fn several(t: Lang, card: &Card<'_>, now: Moment) -> AnyView {
    let mut names: Vec<_> = card.each.iter().filter_map(|one| one.name.clone()).take(NAMES).collect();
    if card.each.len() > names.len() {
        names.push(format!("+{}", card.each.len() - names.len()));
    }
    let fails = || card.each.iter().filter(|one| one.state == State::Failing);
    let words = match u32::try_from(fails().count()) {
        Ok(0) => {
            let last = card.each.iter().filter_map(|one| one.last_success).max_by_key(|last| last.at);
            works(t, card.kind, card.state, last, now)
        }
        count => {
            let since = fails().filter_map(|one| one.last_failure).min_by_key(|since| since.at);
            let count = t.connections_some_fail(count.unwrap_or(u32::MAX), &card.each.len().to_string());
            since.map_or(count.clone(), |since| format!("{count} {}", t.since(since, now)))
        }
    };
    view! {
        <li class="conn">
            {mark(card.kind)}
            <div><h2><a href=card.kind.page()>{t.connection_kind(card.kind)}</a></h2>
                <p class="sub">{t.connection_use(card.kind)}</p></div>
            <p class="does">{names.join(", ")}</p>
            {health(card.state, with_queue(t, card, words))}
        </li>
    }
    .into_any()
}

/// How one connection does.
fn single(t: Lang, one: &ConnectionView, now: Moment) -> String {
    match (one.state, one.last_failure, one.trouble) {
        (State::Failing | State::Partial, Some(since), Some(trouble)) => t.connection_failure(trouble, since, now),
        _ => works(t, one.kind, one.state, one.last_success, now),
    }
}

/// How connections do of which none fails.
fn works(t: Lang, kind: Kind, state: State, last: Option<Moment>, now: Moment) -> String {
    match (state, last) {
        (State::Paused, _) => t.connections_paused().to_owned(),
        (State::Untried, _) => t.connections_untried().to_owned(),
        (_, Some(last)) if kind == Kind::SpaceApi => t.connections_read(&t.recent(last, now)),
        (_, Some(last)) => t.connections_worked(&t.recent(last, now)),
        (_, None) => t.connections_works().to_owned(),
    }
}

/// The same with the number of messages that wait.
fn with_queue(t: Lang, card: &Card<'_>, words: String) -> String {
    match card.each.iter().map(|one| one.queued).sum() {
        0 => words,
        queued => format!("{words} · {}", t.connections_waiting(queued)),
    }
}

/// A kind without a connection.
fn offered(t: Lang, kind: Kind) -> AnyView {
    view! {
        <li class="conn" data-off="">
            {mark(kind)}
            <div><h2><a href=kind.page()>{t.connection_offer(kind)}</a></h2><p class="sub">{t.connection_kind(kind)}</p></div>
            <p class="does">{t.connection_use(kind)}</p>
            <p class="health" data-health="off"><Icon name="circle-dashed"/><span>{t.connections_none()}</span></p>
        </li>
    }
    .into_any()
}

/// One line of shape and words.
fn health(state: State, words: String) -> AnyView {
    let (key, icon) = match state {
        State::Failing => ("bad", "octagon-alert"),
        State::Partial => ("warn", "triangle-alert"),
        State::Paused => ("off", "hand"),
        State::Untried => ("off", "clock"),
        State::Working => ("ok", "circle-check"),
    };
    view! { <p class="health" data-health=key><Icon name=icon/><span>{words}</span></p> }.into_any()
}

/// The sign of a kind.
fn mark(kind: Kind) -> AnyView {
    let name = match kind {
        Kind::Mail => "mail",
        Kind::Push => "bell",
        Kind::Slack => "megaphone",
        Kind::Webhooks => "link",
        Kind::SpaceApi => "activity",
        Kind::Calendars => "calendar-clock",
        Kind::Payments => "ticket",
        Kind::Directory => "users-round",
        Kind::SignIn => "log-out",
        Kind::Broker => "cpu",
    };
    view! { <span class="tile"><Icon name/></span> }.into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::connections::ConnectionAmount;
    use domain::connections::{Counted, Trouble};

    fn one(kind: Kind, name: &str, state: State) -> ConnectionView {
        let is_bad = state == State::Failing;
        ConnectionView {
            kind,
            name: (!name.is_empty()).then(|| name.to_owned()),
            state,
            last_success: (state != State::Untried).then(|| ago(200)),
            last_failure: is_bad.then(|| ago(64)),
            trouble: is_bad.then_some(Trouble::Unreachable),
            queued: if is_bad { 6 } else { 0 },
            amounts: vec![],
            link: kind.page().to_owned(),
        }
    }

    fn render(lang: Lang, connections: Vec<ConnectionView>, not_connected: Vec<Kind>) -> String {
        html(visitor(lang), "/connections", move || {
            let page = RwSignal::new(ConnectionsView { now: NOW, connections, not_connected });
            view! { <Page page/> }
        })
    }

    #[test]
    fn card_shows_use_and_health() {
        let amounts = [(Counted::Kinds, 6), (Counted::Channels, 1)]
            .map(|(what, count)| ConnectionAmount { what, count })
            .to_vec();
        let all = vec![
            one(Kind::Mail, "talvera.example", State::Failing),
            ConnectionView { amounts, ..one(Kind::Slack, "Talvera", State::Working) },
            one(Kind::SpaceApi, "/spaceapi.json", State::Working),
            one(Kind::Broker, "", State::Untried),
        ];
        let html = render(Lang::En, all, vec![Kind::Payments]);
        let text = words(&html);
        for part in [
            "4 connected, 1 of them fails",
            "6 kinds of notices, 1 channel",
            "Trouble with E-mail",
            "6 messages are waiting",
            "talvera.example",
            "Can’t be reached, since 13:12 · 6 waiting",
            "Last read today, 10:56",
            "Not used yet",
            "Connect payments",
            "Not connected",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        for part in
            [r#"href="/deliveries""#, r#"data-health="bad""#, r#"data-health="ok""#, r#"href="/people/payments""#]
        {
            assert!(html.contains(part), "{part} is not in {html}");
        }
    }

    #[test]
    fn several_connections_of_one_kind_are_one_card() {
        let names = ["Timetable B12", "Library", "Hall", "Yard"];
        let mut all: Vec<_> = names.iter().map(|name| one(Kind::Calendars, name, State::Working)).collect();
        all[1] = one(Kind::Calendars, "Library", State::Failing);
        let html = render(Lang::En, all, vec![]);
        let text = words(&html);
        for part in ["4 connected", "1 of 4 fails since 13:12", "Timetable B12, Library, Hall, +1"] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert_eq!(html.matches(r#"class="conn""#).count(), 1, "{html}");
        assert!(html.contains(r#"data-health="warn""#), "{html}");
    }

    #[test]
    fn nothing_connected_offers_every_kind() {
        let text = words(&render(Lang::It, vec![], vec![Kind::Mail, Kind::Payments]));
        for part in ["0 collegati", "Configura l’e-mail", "Collega i pagamenti", "Non collegato"] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        let text = words(&render(Lang::En, vec![], vec![]));
        assert!(text.contains("Nothing is connected yet"), "{text}");
    }
}
