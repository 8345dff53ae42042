//! The main navigation: a bar under the thumb, a rail at the side where there is room; the same markup.
//!
//! Invariant: only pages that exist and that this person may open are in it. On a phone what is for managing stands on the
//! page of oneself, one tap away, so that the bar stays a bar.

use super::icon::{Icon, Mark};
use crate::{
    lang, sign_in_redirect,
    visitor::{Me, Visitor, use_visitor},
};
use domain::{actor::Rank, id::PersonId};
use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::hooks::use_location;
use text::Lang;

/// A page for who has others to care for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub href: &'static str,
    pub icon: &'static str,
    pub name: &'static str,
    pub second: &'static str,
}

/// What this visitor may manage, in the order of the navigation.
#[must_use]
pub fn places_to_manage(t: Lang) -> Vec<Place> {
    use_visitor().who.map_or_else(Vec::new, |me| managed(&me, t))
}

fn managed(me: &Me, t: Lang) -> Vec<Place> {
    let manager = me.rank >= Rank::Manager;
    let inbox = Place { href: "/manage", icon: "inbox", name: t.nav_inbox(), second: t.nav_inbox_next() };
    let people = Place { href: "/people", icon: "users-round", name: t.nav_people(), second: t.nav_people_next() };
    let checkouts = Place {
        href: "/checkouts",
        icon: "circle-check",
        name: t.checkouts_title(),
        second: t.nav_checkouts_next(),
    };
    let bookings =
        Place { href: "/bookings", icon: "calendar-days", name: t.bookings_title(), second: t.bookings_next() };
    let reports =
        Place { href: "/reports", icon: "chart-column", name: t.reports_title(), second: t.reports_next() };
    let types = Place { href: "/types", icon: "graduation-cap", name: t.nav_types(), second: t.nav_types_next() };
    let modules =
        Place { href: "/modules", icon: "list-checks", name: t.modules_title(), second: t.modules_next() };
    let machines =
        Place { href: "/machines", icon: "wrench", name: t.equipment_title(), second: t.equipment_next() };
    let unknown =
        Place { href: "/unknown-cards", icon: "id-card", name: t.unknown_cards(), second: t.unknown_cards_next() };
    let problems =
        Place { href: "/problems", icon: "triangle-alert", name: t.problems_title(), second: t.problems_next() };
    let boards = Place { href: "/boards", icon: "activity", name: t.boards_title(), second: t.boards_next() };
    let announcements = Place {
        href: "/announcements",
        icon: "megaphone",
        name: t.announcements_title(),
        second: t.announcements_next(),
    };
    let hours = Place { href: "/hours", icon: "clock", name: t.hours_title(), second: t.hours_next() };
    let external = Place {
        href: "/external-calendars",
        icon: "calendar-days",
        name: t.external_title(),
        second: t.nav_external_next(),
    };
    let settings = Place {
        href: "/settings",
        icon: "sliders-horizontal",
        name: t.settings_title(),
        second: t.settings_next(),
    };
    let import = Place { href: "/import", icon: "user-plus", name: t.import_title(), second: t.import_next_to() };
    let export = Place { href: "/export", icon: "download", name: t.export_title(), second: t.export_next_to() };
    let audit = Place { href: "/audit", icon: "scroll-text", name: t.nav_audit(), second: t.nav_audit_next() };
    let displays =
        Place { href: "/displays", icon: "monitor", name: t.nav_displays(), second: t.nav_displays_next() };
    let deliveries =
        Place { href: "/deliveries", icon: "mail", name: t.deliveries_title(), second: t.nav_deliveries_next() };
    let retention =
        Place { href: "/retention", icon: "refresh-cw", name: t.nav_retention(), second: t.nav_retention_next() };
    let system = Place { href: "/system", icon: "laptop", name: t.nav_system(), second: t.nav_system_next() };
    let firmware =
        Place { href: "/firmware", icon: "download", name: t.firmware_title(), second: t.nav_firmware_next() };
    [
        (me.rank >= Rank::Inductor || me.auditor, inbox),
        (manager || me.auditor, people),
        (manager || me.trains, checkouts),
        (manager || me.trains, bookings),
        (manager || me.trains, types),
        (manager, modules),
        (manager, machines),
        (manager || me.trains || me.auditor, problems),
        (manager, unknown),
        (manager || me.auditor, boards),
        (manager || me.auditor, reports),
        (manager, announcements),
        (manager, hours),
        (manager, external),
        (manager, deliveries),
        (manager || me.auditor, settings),
        (me.rank == Rank::Administrator || me.auditor, audit),
        (manager, displays),
        (manager, firmware),
        (me.rank == Rank::Administrator, retention),
        (me.rank == Rank::Administrator, system),
        (manager, import),
        (manager, export),
    ]
    .into_iter()
    .filter_map(|(may, place)| may.then_some(place))
    .collect()
}

#[component]
pub fn Bar(
    /// What a click on the way to what can be found does, for whom.
    find: fn(&MouseEvent, Visitor),
    /// How much somebody has not read yet.
    unread: fn(PersonId) -> AnyView,
) -> impl IntoView {
    let t = lang::current();
    let visitor = use_visitor();
    let asker = visitor.clone();
    let location = use_location();
    let path = location.pathname;
    let wall = visitor.who.as_ref().is_some_and(|me| me.rank >= Rank::Member || me.auditor);
    let manage = places_to_manage(t);
    // Who has nothing to decide finds their places on the page of oneself.
    let hrefs: Vec<_> = manage.iter().map(|place| place.href).collect();
    let managing = move || path.with(|path| hrefs.iter().any(|href| is_at_or_below(href, path)));
    let narrow = if manage.iter().any(|place| place.href == "/manage") { "/manage" } else { "/me#manage" };
    let bell = visitor.who.as_ref().map(|me| me.id).map(|id| {
        let current = move || path.with(|path| is_at_or_below("/notices", path));
        view! {
            <a href="/notices" aria-current=Signal::derive(move || current().then_some("page"))>
                <Icon name="bell"/><span>{t.notices_title()}</span>{unread(id)}
            </a>
        }
    });
    let learns = visitor.who.as_ref().is_some_and(|me| me.rank >= Rank::Member);
    let book = learns.then(|| view! { <Entry href="/book" icon="calendar-days" name=t.book_title()/> });
    let learn = learns.then(|| view! { <Entry href="/learn" icon="graduation-cap" name=t.nav_learn()/> });
    let me = if visitor.who.is_some() {
        view! { <Entry href="/me" icon="user-round" name=t.nav_me()/> }.into_any()
    } else {
        let href = Signal::derive(move || sign_in_redirect::with_return_to("/sign-in", &location));
        view! {
            <Entry href="/me" icon="languages" name=t.nav_me()/>
            <a href=href><Icon name="user-round"/><span>{t.nav_sign_in()}</span></a>
        }
        .into_any()
    };
    view! {
        <nav class="bar" aria-label=t.shell_main()>
            <a class="brand only-wide" href="/"><Mark/><span>{visitor.space}</span></a>
            <a href="/" aria-current=Signal::derive(move || path.with(|path| is_now(path)).then_some("page"))>
                <Icon name="activity"/><span>{t.nav_now()}</span>
            </a>
            {book}
            {learn}
            {bell}
            {me}
            <a href="/find" class:only-wide=learns on:click=move |event| find(&event, asker.clone())>
                <Icon name="search"/><span>{t.find_title()}</span><kbd class="push only-wide">"Ctrl K"</kbd>
            </a>
            {wall.then(|| view! { <a class="only-wide" href="/kiosk"><Icon name="monitor"/><span>{t.nav_kiosk()}</span></a> })}
            {(!manage.is_empty()).then(|| view! {
                <a class="only-narrow" href=narrow aria-current=Signal::derive(move || managing().then_some("true"))><Icon name="users-round"/><span>{t.nav_manage()}</span></a>
                <p class="only-wide bar-group" id="manage-group">{t.nav_manage()}</p>
                <ul class="only-wide" role="list" aria-labelledby="manage-group">
                    {manage.into_iter().map(|place| view! {
                        <li><Entry href=place.href icon=place.icon name=place.name/></li>
                    }).collect_view()}
                </ul>
            })}
        </nav>
    }
}

/// A machine's page belongs to Now, where it is reached from.
fn is_now(path: &str) -> bool {
    let machine = path.strip_prefix("/machines/").is_some_and(|id| id.bytes().all(|digit| digit.is_ascii_digit()));
    path == "/" || machine
}

/// Whether `path` is that of the page, or of one below it.
fn is_at_or_below(href: &str, path: &str) -> bool {
    !is_now(path) && path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A page, and those below it.
#[component]
fn Entry(href: &'static str, icon: &'static str, name: &'static str) -> impl IntoView {
    let path = use_location().pathname;
    let current = move || path.with(|path| is_at_or_below(href, path));
    view! {
        <a href=href aria-current=Signal::derive(move || current().then_some("page"))>
            <Icon name=icon/><span>{name}</span>
        </a>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor};

    fn bar(who: Option<Me>, address: &str) -> String {
        html(
            Visitor { who, ..visitor(Lang::En) },
            address,
            || view! { <Bar find=|_, _| () unread=|_| ().into_any()/> },
        )
    }

    fn me(rank: Rank) -> Me {
        Me { id: PersonId(1), name: "Ada".into(), rank, asleep: false, auditor: false, trains: false }
    }

    #[test]
    fn a_stranger_is_led_in_and_back_to_where_they_are() {
        let html = bar(None, "/machines/7?tab=2");
        assert!(html.contains(r#"href="/sign-in?to=/machines/7%3Ftab%3D2""#), "{html}");
        assert!(!html.contains("/people") && !html.contains("/kiosk"), "{html}");
    }

    #[test]
    fn everybody_is_led_to_what_they_may_open_and_to_nothing_else() {
        let hrefs = |me: &Me| managed(me, Lang::En).iter().map(|place| place.href).collect::<Vec<_>>();
        assert_eq!(hrefs(&me(Rank::Member)), Vec::<&str>::new());
        assert_eq!(
            hrefs(&Me { trains: true, ..me(Rank::Member) }),
            ["/checkouts", "/bookings", "/types", "/problems"]
        );
        let auditor = hrefs(&Me { auditor: true, ..me(Rank::Member) });
        assert_eq!(auditor, ["/manage", "/people", "/problems", "/boards", "/reports", "/settings", "/audit"]);
        let manager = [
            "/manage",
            "/people",
            "/checkouts",
            "/bookings",
            "/types",
            "/modules",
            "/machines",
            "/problems",
            "/unknown-cards",
            "/boards",
            "/reports",
            "/announcements",
            "/hours",
            "/external-calendars",
            "/deliveries",
            "/settings",
            "/displays",
            "/firmware",
            "/import",
            "/export",
        ];
        assert_eq!(hrefs(&me(Rank::Manager)), manager);
        let seen = hrefs(&me(Rank::Administrator));
        let more = ["/audit", "/retention", "/system"];
        assert!(manager.iter().chain(&more).all(|page| seen.contains(page)), "{seen:?}");
    }

    #[test]
    fn the_page_one_is_on_is_marked_with_those_below_it() {
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
