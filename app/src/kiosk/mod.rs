//! The wall display: everything at a glance, from five metres.
//!
//! Invariant: a display that is not live says so and loses its colours; it never needs a hand to recover. Without
//! permission, it explains how a screen gets its link. Not here: navigation.

pub mod api;
mod layout;
pub mod sign;
#[cfg(feature = "ssr")]
mod today;

use crate::{
    call::{PageResource, page_resource},
    clock::use_clock,
    lang,
    live::{beside, followed_or, use_live},
    machine::state::{self, StateLine, machine_of},
    now::{Show, count, number},
    problem::set_page_status,
    qr::Qr,
    ui::{
        button::{ButtonLink, Kind as Press},
        changing::dynamic,
        icon::{Icon, Mark},
        refused::Refused,
        status::{Glyph, Status},
    },
    visitor::use_visitor,
};
use contract::machines::Floor;
use domain::{
    id::MachineId,
    live::Noun,
    problem::{Kind, Problem},
    time::{MINUTE, Moment},
};
use layout::{Slice, pages, roomy};
use leptos::prelude::*;
use leptos_meta::{Stylesheet, Title};
use leptos_router::hooks::use_query_map;
use serde::de::DeserializeOwned;
use std::time::Duration;
use text::time;

/// How long a page of the display stays.
const TURN: Duration = Duration::from_secs(12);
/// Delay before the display reloads for a newer build; servers of different builds must not make it flicker.
const RELOAD: Duration = Duration::from_secs(5);
/// How often the display reloads its data even without events, in milliseconds: nobody is there to reload it, and
/// the time zone's offset may have changed overnight.
const ASK_AGAIN: i64 = 300_000;

/// Its own style sheet: nothing else is shown so large, so other pages do without it.
const STYLE: &str = "/kiosk.css";

/// The page at `/kiosk`.
pub fn kiosk_page() -> AnyView {
    let (live, clock) = (use_live(), use_clock());
    let round = Memo::new(move |_| clock.now().at.0.div_euclid(ASK_AGAIN));
    let source = move || {
        (
            live.version(Noun::Machine),
            live.version(Noun::Space) + live.version(Noun::Announcements),
            live.version(Noun::Bookings) + live.version(Noun::Checkouts),
            round.get(),
        )
    };
    let floor: PageResource<Floor> = page_resource(source, |_| api::wall());
    let content: Content<Floor> = |floor, code| view! { <Wall floor children=code/> }.into_any();
    screen(lang::current().kiosk_title(), floor, content, |qr| view! { <Code qr/> }.into_any())
}

/// The content of a screen, from its newest answer and with the code for phones.
type Content<T> = fn(RwSignal<T>, Children) -> AnyView;

/// A page for a screen: its content with the view `code` of the code for phones, or how a screen gets its link.
fn screen<T>(
    title: &'static str,
    answers: PageResource<T>,
    content: Content<T>,
    code: fn(Qr) -> AnyView,
) -> AnyView
where
    T: Clone + PartialEq + DeserializeOwned + Send + Sync + 'static,
{
    let qr: PageResource<Option<Qr>> = page_resource(|| (), |()| api::qr());
    reload_for_newer_build();
    let code = move || beside(qr, Box::new(move |qr| dynamic(move || qr.get().flatten().map(code)).into_any()));
    view! {
        <Stylesheet id="kiosk-style" href=STYLE/>
        <Title text=title/>
        <Transition>
            {followed_or(
                answers,
                Box::new(move |newest| content(newest, Box::new(code))),
                Box::new(locked),
            )}
        </Transition>
    }
    .into_any()
}

/// Reloads the page once the server is of a newer build, since nobody is there to do it.
fn reload_for_newer_build() {
    let live = use_live();
    Effect::new(move |_| {
        if live.new_build() {
            // Fails only without a window.
            set_timeout(|| drop(window().location().reload()), RELOAD);
        }
    });
}

/// Shown without permission, on a page that has no use for the style sheet of screens otherwise.
#[component]
pub fn Locked(problem: Problem) -> impl IntoView {
    view! {
        <Stylesheet id="kiosk-style" href=STYLE/>
        {locked(problem)}
    }
}

/// How a screen gets its link.
fn locked(problem: Problem) -> AnyView {
    let t = lang::current();
    if !matches!(problem.kind, Kind::SignIn | Kind::Forbidden) {
        return view! { <main id="main"><Refused problem/></main> }.into_any();
    }
    set_page_status(problem.kind);
    view! {
        <main class="kiosk-locked" id="main">
            <a class="brand" href="/"><Mark/><span>{use_visitor().space}</span></a>
            <span class="tile"><Icon name="monitor"/></span>
            <h1>{t.kiosk_locked()}</h1>
            <p>{t.kiosk_locked_next()}</p>
            <div class="btn-row">
                {(problem.kind == Kind::SignIn).then(|| view! {
                    <ButtonLink href="/sign-in?to=/kiosk" label=t.kiosk_sign_in() kind=Press::Primary reload=true/>
                })}
                <ButtonLink href="/displays" label=t.kiosk_displays() icon="monitor" reload=true/>
                <ButtonLink href="/" label=t.go_to_now() icon="activity" reload=true/>
            </div>
        </main>
    }
    .into_any()
}

/// The display without requests, so that tests can render it.
#[component]
fn Wall(floor: RwSignal<Floor>, children: Children) -> impl IntoView {
    let (t, clock, live) = (lang::current(), use_clock(), use_live());
    Effect::new(move |_| clock.hear(floor.with(|floor| floor.now)));
    let lost = Memo::new(move |_| floor.with(|floor| floor.broker_lost));
    let stale = Memo::new(move |_| live.stale_since());
    let layout = Memo::new(move |_| floor.with(|floor| pages(&floor.places)));
    let turning = turning(Memo::new(move |_| layout.with(Vec::len)));
    view! {
        <main class="kiosk" id="main" data-stale=move || stale.get().is_some() || lost.get().is_some()>
            <header>
                // On a phone the display is a page among others; this link leads back.
                <a class="brand" href="/"><Mark/><h1>{use_visitor().space}</h1></a>
                <p class="sub">{move || floor.with(|floor| {
                    t.now_free_of(number(count(floor, Show::Free)), number(count(floor, Show::All)))
                })}</p>
                <Dots turning/>
                <p class="sub date">{move || { let now = clock.now(); t.date(now, now) }}</p>
                <p class="clock">
                    <time datetime=move || time::iso(clock.now())>{move || time::clock(clock.now())}</time>
                </p>
            </header>
            <StaleBar stale lost/>
            {move || floor.with(|floor| count(floor, Show::All) == 0).then(|| view! {
                <div class="nothing"><h2>{t.now_nothing()}</h2><p>{t.kiosk_nothing_next()}</p></div>
            })}
            {move || layout.get().into_iter().enumerate().map(|(at, columns)| {
                let roomy = roomy(&columns);
                view! {
                    <div class="places" data-roomy=roomy hidden=move || turning.page.get() != at>
                        {columns.into_iter().map(|column| view! {
                            <div class="kcol">
                                {column.into_iter().map(|slice| view! { <Place floor slice/> }).collect_view()}
                            </div>
                        }).collect_view()}
                    </div>
                }
            }).collect_view()}
            <div class="kside">
                {move || {
                    let html = floor.with(|floor| floor.news.clone());
                    (!html.is_empty()).then(|| view! { <div class="notes" inner_html=html></div> })
                }}
                {move || {
                    let requirements = floor.with(|floor| floor.requirements.clone());
                    (!requirements.is_empty()).then(|| view! {
                        <section class="place told ways" aria-labelledby="ways">
                            <h2 id="ways">{t.kiosk_ways()}</h2>
                            <dl>{requirements.into_iter().map(|way| view! {
                                <div><dt class="t">{way.kind}</dt><dd class="s">{t.kiosk_way(way.videos, way.quizzes)}</dd></div>
                            }).collect_view()}</dl>
                        </section>
                    })
                }}
                {children()}
            </div>
        </main>
    }
}

/// Says since when the display is not live, or the boards are not connected.
#[component]
fn StaleBar(stale: Memo<Option<Moment>>, lost: Memo<Option<Moment>>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    view! {
        <div class="stale-place" role="status">
            {move || match (stale.get(), lost.get()) {
                (Some(since), _) => {
                    let age = move || match clock.now().at.since(since.at) {
                        moment if moment < MINUTE => t.kiosk_stale_new().to_owned(),
                        age => t.kiosk_stale_age(&t.length(age)),
                    };
                    let message = t.kiosk_stale(&t.since(since, clock.now_once()));
                    view! { <p class="stalebar"><Icon name="wifi-off"/>{message}" "<span>{age}</span></p> }.into_any()
                }
                (None, Some(since)) => view! {
                    <p class="stalebar">
                        <Icon name="wifi-off"/>{t.broker_lost(&t.since(since, clock.now_once()))}" "
                        <span>{t.broker_lost_next()}</span>
                    </p>
                }.into_any(),
                (None, None) => ().into_any(),
            }}
        </div>
    }
}

/// Which page of the display is shown.
#[derive(Debug, Clone, Copy)]
struct Turning {
    pages: Memo<usize>,
    page: Signal<usize>,
    /// Whether turning is paused: a page was chosen, or less motion is wanted.
    held: Signal<bool>,
}

/// Turns the pages automatically unless one was chosen (`?page=2`) or the device asks for less motion.
fn turning(pages: Memo<usize>) -> Turning {
    let query = use_query_map();
    let chosen = Memo::new(move |_| query.with(|query| query.get_str("page").and_then(|page| page.parse().ok())));
    let turned = RwSignal::new(0_usize);
    let calm = RwSignal::new(false);
    let held = Signal::derive(move || chosen.get().is_some() || calm.get());
    Effect::new(move |_| {
        let reduced = window().match_media("(prefers-reduced-motion: reduce)");
        calm.set(reduced.ok().flatten().is_some_and(|reduced| reduced.matches()));
    });
    Effect::new(move |_| {
        if held.get() || pages.get() < 2 {
            return;
        }
        if let Ok(timer) = set_interval_with_handle(move || turned.update(|turned| *turned += 1), TURN) {
            on_cleanup(move || timer.clear());
        }
    });
    let page = Signal::derive(move || {
        let last = pages.get().max(1) - 1;
        match chosen.get() {
            Some(page) => usize::max(page, 1).min(last + 1) - 1,
            None => turned.get() % (last + 1),
        }
    });
    Turning { pages, page, held }
}

/// The pages as links, so that each can be chosen, also without script.
#[component]
fn Dots(turning: Turning) -> impl IntoView {
    let t = lang::current();
    let Turning { pages, page, held } = turning;
    move || {
        let all = pages.get();
        (all > 1).then(|| {
            view! {
                <nav class="dots" aria-label=t.kiosk_pages()>
                    {(0..all).map(|at| view! {
                        <a href=format!("/kiosk?page={}", at + 1) aria-label=t.kiosk_page(number(at + 1), number(all))
                            aria-current=move || (page.get() == at).then_some("page")>{at + 1}</a>
                    }).collect_view()}
                    {move || held.get().then(|| view! {
                        <a href="/kiosk" aria-label=t.kiosk_rotate()><Icon name="play"/></a>
                    })}
                </nav>
            }
        })
    }
}

/// A place, or the part of it in this column.
#[component]
fn Place(floor: RwSignal<Floor>, slice: Slice) -> impl IntoView {
    let t = lang::current();
    let name = if slice.name.is_empty() { t.now_elsewhere().to_owned() } else { slice.name };
    let name = if slice.continued { t.kiosk_continued(&name) } else { name };
    view! {
        <section class="place">
            <h2>{name}</h2>
            <ul role="list">
                {slice.machines.into_iter().map(|id| view! { <Machine floor id/> }).collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn Machine(floor: RwSignal<Floor>, id: MachineId) -> impl IntoView {
    let machine = machine_of(floor, id);
    let status = move || machine.with(|machine| machine.as_ref().and_then(state::status));
    view! {
        <li class="m" data-status=move || status().map(Status::key)>
            {move || match status() {
                Some(status) => view! { <Glyph status/> }.into_any(),
                None => view! { <Icon name="hand"/> }.into_any(),
            }}
            {move || machine.get().map(|machine| view! {
                <div>
                    <p class="t">{machine.name.clone()}</p>
                    <p class="s"><StateLine machine/></p>
                </div>
            })}
        </li>
    }
}

/// The QR code for phones.
#[component]
fn Code(qr: Qr) -> impl IntoView {
    let t = lang::current();
    let address = visible_address(&qr);
    view! {
        <aside class="qr" aria-label=t.kiosk_aside()>
            <Picture qr/>
            <b>{t.kiosk_on_your_phone()}</b>
            <span>{address}</span>
        </aside>
    }
}

/// The address of the code as people type it.
fn visible_address(qr: &Qr) -> String {
    qr.url.split("://").nth(1).unwrap_or(&qr.url).trim_end_matches('/').to_owned()
}

#[component]
fn Picture(qr: Qr) -> impl IntoView {
    view! {
        <svg viewBox=format!("0 0 {0} {0}", qr.side) role="img" aria-label=lang::current().kiosk_qr(&qr.url)
            shape-rendering="crispEdges">
            <path d=qr.path/>
        </svg>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, floor, html, machine, visitor, words};
    use contract::machines::TypeRequirements;
    use domain::{machines::MachineState, time::HOUR};
    use text::Lang;

    fn wall(lang: Lang, address: &str, floor: Floor, qr: Option<Qr>) -> String {
        html(visitor(lang), address, move || {
            view! { <Wall floor=RwSignal::new(floor)>{qr.map(|qr| view! { <Code qr/> })}</Wall> }
        })
    }

    fn crowded() -> Floor {
        let mut floor = floor();
        let machines = (10..55).map(|id| machine(id, "Bench", MachineState::Free { since: None }));
        floor.places[0].machines.extend(machines);
        floor
    }

    #[test]
    fn display_shows_machines_clock_and_date() {
        let html = wall(Lang::It, "/kiosk", floor(), None);
        let words = words(&html);
        for part in ["Talvera Workshop", "14:16", "giovedì 19 novembre", "Laser 1In uso · 42 min", "Nessun luogo"]
        {
            assert!(words.contains(part), "{part} in {words}");
        }
        assert!(!html.contains("data-stale"), "{html}");
        assert!(!html.contains("<nav"), "{html}");
    }

    #[test]
    fn machine_with_imminent_booking_is_reserved() {
        let mut floor = floor();
        floor.places[0].machines[1].reserved = Some((NOW, Some("Jonas".into())));
        let html = wall(Lang::En, "/kiosk", floor, None);
        assert!(words(&html).contains("Laser 2Reserved 14:16 · Jonas"), "{html}");
        assert!(html.contains(r#"data-status="reserved""#), "{html}");
    }

    #[test]
    fn closed_machine_shows_end() {
        let mut floor = floor();
        floor.places[0].machines[1].state = MachineState::Closed { until: NOW.shifted_to(NOW.at.after(HOUR * 4)) };
        let html = wall(Lang::It, "/kiosk", floor, None);
        assert!(words(&html).contains("Laser 2Chiusa fino alle 18:16"), "{html}");
        assert!(html.contains(r#"data-status="closed""#), "{html}");
    }

    #[test]
    fn display_without_broker_is_stale_with_notice() {
        let html = wall(Lang::En, "/kiosk", Floor { broker_lost: Some(ago(7)), ..floor() }, None);
        assert!(html.contains("data-stale"), "{html}");
        assert!(words(&html).contains("Boards not connected since 14:09"), "{html}");
    }

    #[test]
    fn crowded_display_has_selectable_pages() {
        let content = |address: &str| {
            let html = wall(Lang::En, address, crowded(), None);
            let pages = html.match_indices(r#"class="places">"#).map(|(at, _)| html[..at].ends_with(" hidden "));
            (pages.collect::<Vec<_>>(), html)
        };
        let (first, html) = content("/kiosk");
        assert_eq!(first, [false, true, true], "{html}");
        assert!(html.contains(r#"href="/kiosk?page=2" aria-label="Page 2 of 3""#), "{html}");
        assert_eq!(content("/kiosk?page=2").0, [true, false, true]);
        assert_eq!(content("/kiosk?page=99").0, [true, true, false]);
        assert_eq!(content("/kiosk?page=0").0, [false, true, true]);
    }

    #[test]
    fn locked_display_explains_how_to_get_a_link() {
        let locked = |address: &str, kind| {
            html(visitor(Lang::En), address, move || {
                view! { <Locked problem=Problem::new("actor.unknown", kind, "Please sign in first.")/> }
            })
        };
        let stranger = locked("/kiosk", Kind::SignIn);
        assert!(words(&stranger).contains("This screen has no link yet"), "{stranger}");
        assert!(stranger.contains(r#"href="/sign-in?to=/kiosk""#) && stranger.contains(r#"href="/displays""#));
        assert!(!locked("/kiosk", Kind::Forbidden).contains("/sign-in"));
    }

    #[test]
    fn announcements_and_paths_appear_beside_machines() {
        let way = |kind: &str, quizzes| TypeRequirements { kind: kind.into(), videos: 3, quizzes };
        let requirements = vec![way("Laser cutter", 1), way("Lathe", 0)];
        let html = wall(Lang::En, "/kiosk", Floor { requirements, ..floor() }, None);
        let content = words(&html);
        assert!(content.contains("Laser cutter3 videos · quiz · checkout"), "{content}");
        assert!(content.contains("Lathe3 videos · checkout"), "{content}");
        let html = wall(Lang::It, "/kiosk", Floor { news: "<p>Come</p>".into(), ..floor() }, None);
        assert!(html.contains("<p>Come</p>"), "{html}");
        assert!(!wall(Lang::It, "/kiosk", floor(), None).contains("place told"));
    }

    #[test]
    fn empty_display_explains_adding_machines() {
        let html = wall(Lang::En, "/kiosk", Floor { places: Vec::new(), ..floor() }, None);
        assert!(words(&html).contains("A manager adds machines under “Machines”"), "{html}");
        assert!(!words(&wall(Lang::En, "/kiosk", floor(), None)).contains("A manager adds"));
    }

    #[test]
    fn qr_code_appears_only_with_public_address() {
        let qr = Qr { url: "https://talvera.example/".into(), side: 33, path: "M4 4h7v1H4z".into() };
        let html = wall(Lang::En, "/kiosk", floor(), Some(qr));
        assert!(html.contains(r#"aria-label="QR code: https://talvera.example/""#), "{html}");
        assert!(words(&html).ends_with("talvera.example"), "{}", words(&html));
        assert!(!wall(Lang::En, "/kiosk", floor(), None).contains("<aside"));
    }
}
