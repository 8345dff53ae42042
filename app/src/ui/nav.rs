//! The main navigation: a bar at the bottom of a phone, a rail at the side of wide screens; the same markup.
//!
//! Invariant: it contains only existing pages that the reader may open. On a phone management pages are on the
//! account page, one tap away, so that the bar stays short.

use super::icon::{Icon, Mark};
use crate::{
    lang, sign_in_redirect,
    visitor::{Me, Visitor, use_visitor},
};
use domain::actor::Rank;
use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::hooks::use_location;
use text::Lang;

/// A management page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub group: Group,
    pub href: &'static str,
    pub icon: &'static str,
    pub name: &'static str,
}

/// Groups of management pages, in the order of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Run,
    People,
    Machines,
    SetUp,
}

impl Group {
    pub const ALL: [Self; 4] = [Self::Run, Self::People, Self::Machines, Self::SetUp];

    #[must_use]
    pub const fn name(self, t: Lang) -> &'static str {
        match self {
            Self::Run => t.nav_run(),
            Self::People => t.nav_people(),
            Self::Machines => t.nav_machines(),
            Self::SetUp => t.nav_set_up(),
        }
    }
}

/// Roles a page is for, as bits.
const INDUCTOR: u8 = 1;
const TRAINER: u8 = 2;
const AUDITOR: u8 = 4;
const MANAGER: u8 = 8;
const ADMINISTRATOR: u8 = 16;

/// A page's name in both languages: as data, because functions would be a kilobyte of every page.
macro_rules! named {
    ($name:ident) => {
        [Lang::En.$name(), Lang::It.$name()]
    };
}

/// All management pages.
static PAGES: [(Group, u8, &str, &str, [&str; Lang::ALL.len()]); 32] = {
    use Group::{Machines, People, Run, SetUp};
    [
        (Run, INDUCTOR | TRAINER | AUDITOR, "/manage", "inbox", named!(nav_inbox)),
        (Run, MANAGER | TRAINER, "/checkouts", "circle-check", named!(checkouts_title)),
        (Run, MANAGER | TRAINER, "/bookings", "calendar-check", named!(bookings_title)),
        (Run, MANAGER, "/series", "calendar-days", named!(series_title)),
        (Run, MANAGER, "/closures", "lock", named!(closures_title)),
        (Run, MANAGER, "/draws", "ticket", named!(draws_title)),
        (Run, MANAGER | TRAINER | AUDITOR, "/problems", "triangle-alert", named!(problems_title)),
        (Run, MANAGER | TRAINER | AUDITOR, "/maintenance", "repeat", named!(nav_maintenance)),
        (Run, MANAGER, "/announcements", "megaphone", named!(announcements_title)),
        (Run, MANAGER | AUDITOR, "/reports", "chart-column", named!(reports_title)),
        (People, MANAGER | AUDITOR, "/people", "users-round", named!(nav_people)),
        (People, MANAGER, "/groups", "network", named!(groups_title)),
        (People, MANAGER | TRAINER, "/types", "shield-check", named!(nav_types)),
        (People, MANAGER, "/modules", "book-open", named!(modules_title)),
        (People, MANAGER | AUDITOR, "/documents", "scroll-text", named!(documents_title)),
        (People, MANAGER, "/unknown-cards", "id-card", named!(unknown_cards)),
        (Machines, MANAGER, "/machines", "wrench", named!(equipment_title)),
        (Machines, MANAGER, "/rooms", "door-open", named!(rooms_title)),
        (Machines, MANAGER | AUDITOR, "/boards", "cpu", named!(boards_title)),
        (Machines, MANAGER, "/firmware", "file-code", named!(firmware_title)),
        (Machines, MANAGER | AUDITOR, "/building", "building-2", named!(nav_building)),
        (Machines, MANAGER, "/displays", "monitor", named!(nav_displays)),
        (SetUp, MANAGER, "/hours", "clock", named!(hours_title)),
        (SetUp, MANAGER, "/external-calendars", "calendar-clock", named!(external_title)),
        (SetUp, MANAGER | AUDITOR, "/settings", "sliders-horizontal", named!(settings_title)),
        (SetUp, MANAGER, "/connections", "plug", named!(connections_title)),
        (SetUp, MANAGER, "/deliveries", "mail", named!(deliveries_title)),
        (SetUp, ADMINISTRATOR | AUDITOR, "/audit", "scroll-text", named!(nav_audit)),
        (SetUp, ADMINISTRATOR, "/retention", "archive", named!(nav_retention)),
        (SetUp, ADMINISTRATOR, "/system", "laptop", named!(nav_system)),
        (SetUp, MANAGER, "/import", "user-plus", named!(import_title)),
        (SetUp, MANAGER, "/export", "download", named!(export_title)),
    ]
};

/// The reader's management pages, in order.
#[must_use]
pub fn places_to_manage(t: Lang) -> Vec<Place> {
    use_visitor().who.map_or_else(Vec::new, |me| managed(&me, t))
}

fn managed(me: &Me, t: Lang) -> Vec<Place> {
    let is = |role: u8, is: bool| if is { role } else { 0 };
    let roles = is(INDUCTOR, me.rank >= Rank::Inductor)
        | is(MANAGER, me.rank >= Rank::Manager)
        | is(ADMINISTRATOR, me.rank == Rank::Administrator)
        | is(TRAINER, me.trains)
        | is(AUDITOR, me.auditor);
    PAGES
        .iter()
        .filter(|(_, whose, ..)| whose & roles != 0)
        .map(|&(group, _, href, icon, names)| Place { group, href, icon, name: names[t as usize] })
        .collect()
}

#[component]
pub fn Bar(
    /// Handler of a click on the search link.
    find: fn(&MouseEvent, Visitor),
    /// Counts of unread notices, and of the inbox, for the rail and for the bar.
    counts: fn(&Me) -> [AnyView; 3],
) -> impl IntoView {
    let t = lang::current();
    let visitor = use_visitor();
    let caller = visitor.clone();
    let location = use_location();
    let path = location.pathname;
    let manage = places_to_manage(t);
    let me = visitor.who.as_ref();
    let learns = me.is_some_and(|me| me.rank >= Rank::Member);
    // Managers find it on the page of the displays.
    let wall = me.is_some_and(|me| (me.rank >= Rank::Member || me.auditor) && me.rank < Rank::Manager);
    let own = if me.is_some() { "user-round" } else { "languages" };
    let [unread, mut rail, bar] = me.map(counts).map_or([None, None, None], |counts| counts.map(Some));
    let first = [
        Some(Link::to("/", "activity", t.nav_now())),
        learns.then(|| Link::to("/book", "calendar-days", t.book_title())),
        learns.then(|| Link::to("/learn", "graduation-cap", t.nav_learn())),
        me.map(|_| Link { tail: unread, ..Link::to("/notices", "bell", t.notices_title()) }),
        Some(Link::to("/me", own, t.nav_me())),
    ];
    let sign_in = me.is_none().then(|| {
        let href = Signal::derive(move || sign_in_redirect::with_return_to("/sign-in", &location));
        view! { <a href=href><Icon name="user-round"/><span>{t.nav_sign_in()}</span></a> }.into_any()
    });
    let then = [
        wall.then(|| Link { class: Some("only-wide"), ..Link::to("/kiosk", "monitor", t.nav_kiosk()) }),
        (!manage.is_empty()).then(|| Link {
            class: Some("only-narrow"),
            is_for_managing: true,
            tail: bar,
            ..Link::to("/manage", "users-round", t.nav_manage())
        }),
    ];
    let mut is_first = true;
    let groups = groups(&manage).map(move |(group, places)| {
        let link = |place: &Place| Link {
            tail: if place.href == "/manage" { rail.take() } else { None },
            ..Link::to(place.href, place.icon, place.name)
        };
        let links = links(places.iter().map(link).collect());
        let is_open =
            is_first || places.iter().any(|place| path.with_untracked(|path| is_at_or_below(place.href, path)));
        is_first = false;
        view! {
            <details class="only-wide bar-group" open=is_open>
                <summary>{group.name(t)}<Icon name="chevron-right"/></summary>
                <div>{links}</div>
            </details>
        }
    });
    // The group of the current page opens. Opened groups stay open.
    Effect::new(move |_| {
        path.track();
        // One frame later the link is marked.
        request_animation_frame(|| {
            if let Ok(Some(group)) = document().query_selector(".bar-group:has([aria-current])") {
                // Fails only for an invalid attribute name.
                drop(group.set_attribute("open", ""));
            }
        });
    });
    view! {
        <nav class="bar" aria-label=t.shell_main()>
            <a class="brand only-wide" href="/"><Mark/><span>{visitor.space}</span></a>
            {links(first.into_iter().flatten().collect())}
            {sign_in}
            <a href="/find" class=learns.then_some("only-wide") on:click=move |event| find(&event, caller.clone())>
                <Icon name="search"/><span>{t.find_title()}</span><kbd class="push only-wide">"Ctrl K"</kbd>
            </a>
            {links(then.into_iter().flatten().collect())}
            {groups.collect_view()}
        </nav>
    }
}

/// A page in the bar, marked while it or a page below it is open.
struct Link {
    href: &'static str,
    icon: &'static str,
    name: &'static str,
    class: Option<&'static str>,
    /// Marked on every management page.
    is_for_managing: bool,
    tail: Option<AnyView>,
}

impl Link {
    const fn to(href: &'static str, icon: &'static str, name: &'static str) -> Self {
        Self { href, icon, name, class: None, is_for_managing: false, tail: None }
    }
}

fn links(links: Vec<Link>) -> impl IntoView {
    links.into_iter().map(link).collect_view()
}

/// One function, and so one type, for all of them: each would be a kilobyte of every page.
fn link(Link { href, icon, name, class, is_for_managing, tail }: Link) -> impl IntoView {
    let path = use_location().pathname;
    let current = Signal::derive(move || {
        path.with(|path| {
            let is_here = if href == "/" { is_now(path) } else { is_at_or_below(href, path) };
            if is_for_managing {
                return PAGES.iter().any(|(_, _, href, ..)| is_at_or_below(href, path)).then_some("true");
            }
            is_here.then_some("page")
        })
    });
    view! { <a class=class href=href aria-current=current><Icon name=icon/><span>{name}</span>{tail}</a> }
}

/// The pages by group; no group is empty.
pub fn groups(places: &[Place]) -> impl Iterator<Item = (Group, &[Place])> {
    let of_one = places.chunk_by(|one, next| one.group == next.group);
    of_one.filter_map(|places| Some((places.first()?.group, places)))
}

/// A machine's page belongs to Now, where it is reached from.
fn is_now(path: &str) -> bool {
    let machine = path.strip_prefix("/machines/").is_some_and(|id| id.bytes().all(|digit| digit.is_ascii_digit()));
    path == "/" || machine
}

/// Whether `path` is that page or below it.
fn is_at_or_below(href: &str, path: &str) -> bool {
    !is_now(path) && path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor};
    use domain::id::PersonId;

    fn bar(who: Option<Me>, address: &str) -> String {
        html(
            Visitor { who, ..visitor(Lang::En) },
            address,
            || view! { <Bar find=|_, _| () counts=|_| ["3", "9", "9"].map(IntoAny::into_any)/> },
        )
    }

    fn me(rank: Rank) -> Me {
        Me { id: PersonId(1), name: "Ada".into(), rank, asleep: false, auditor: false, trains: false }
    }

    #[test]
    fn anonymous_nav_links_sign_in_with_return() {
        let html = bar(None, "/machines/7?tab=2");
        assert!(html.contains(r#"href="/sign-in?to=/machines/7%3Ftab%3D2""#), "{html}");
        assert!(!html.contains("/people") && !html.contains("/kiosk"), "{html}");
    }

    #[test]
    fn nav_lists_only_permitted_pages() {
        let hrefs = |me: &Me| managed(me, Lang::En).iter().map(|place| place.href).collect::<Vec<_>>();
        assert_eq!(hrefs(&me(Rank::Member)), Vec::<&str>::new());
        assert_eq!(
            hrefs(&Me { trains: true, ..me(Rank::Member) }),
            ["/manage", "/checkouts", "/bookings", "/problems", "/maintenance", "/types"]
        );
        let auditor = hrefs(&Me { auditor: true, ..me(Rank::Member) });
        assert_eq!(
            auditor,
            [
                "/manage",
                "/problems",
                "/maintenance",
                "/reports",
                "/people",
                "/documents",
                "/boards",
                "/building",
                "/settings",
                "/audit"
            ]
        );
        let manager = [
            "/manage",
            "/checkouts",
            "/bookings",
            "/series",
            "/closures",
            "/draws",
            "/problems",
            "/maintenance",
            "/announcements",
            "/reports",
            "/people",
            "/groups",
            "/types",
            "/modules",
            "/documents",
            "/unknown-cards",
            "/machines",
            "/rooms",
            "/boards",
            "/firmware",
            "/building",
            "/displays",
            "/hours",
            "/external-calendars",
            "/settings",
            "/connections",
            "/deliveries",
            "/import",
            "/export",
        ];
        assert_eq!(hrefs(&me(Rank::Manager)), manager);
        let seen = hrefs(&me(Rank::Administrator));
        let more = ["/audit", "/retention", "/system"];
        assert!(manager.iter().chain(&more).all(|page| seen.contains(page)), "{seen:?}");
    }

    #[test]
    fn badge_is_at_inbox_of_managers_and_trainers() {
        let counted = |me: Me| {
            let html = bar(Some(me), "/");
            let link = |href: &str| {
                let link = html.split("<a ").find(|link| link.contains(&format!(r#"href="{href}""#)));
                link.is_some_and(|link| link.contains("</span>9"))
            };
            ["/manage", "/bookings"].map(link)
        };
        // The bar's link to the inbox comes first.
        assert_eq!(counted(me(Rank::Manager)), [true, false]);
        assert_eq!(counted(Me { trains: true, ..me(Rank::Member) }), [true, false]);
    }

    #[test]
    fn first_and_current_nav_groups_are_open() {
        let open = |address| {
            let html = bar(Some(Me { auditor: true, ..me(Rank::Member) }), address);
            for name in ["Run", "People", "Machines", "Settings"] {
                assert!(html.contains(&format!("<summary>{name}<")), "{name}: {html}");
            }
            html.matches("<details open").count() + html.matches(r#"bar-group" open"#).count()
        };
        assert_eq!((open("/"), open("/manage"), open("/settings")), (1, 1, 2));
    }

    #[test]
    fn current_page_is_marked_for_its_subpages() {
        let html = bar(Some(me(Rank::Manager)), "/people/7");
        assert!(html.contains(r#"href="/people" aria-current="page""#), "{html}");
        assert_eq!(html.matches(r#"aria-current="page""#).count(), 1, "{html}");
        assert!(html.contains(r#"href="/manage" aria-current="true""#), "on a phone: {html}");
        assert!(bar(None, "/machines/7").contains(r#"href="/" aria-current="page""#));
        let edit = bar(Some(me(Rank::Manager)), "/machines/7/edit");
        assert!(edit.contains(r#"href="/machines" aria-current="page""#), "{edit}");
        assert_eq!(edit.matches(r#"aria-current="page""#).count(), 1, "{edit}");
    }
}
