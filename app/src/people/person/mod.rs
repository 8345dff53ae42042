//! A person's pages: overview and cards · qualifications · uses · history · account. Each is a page of its own
//! with its own address and chunk, below one head.
//!
//! Invariant: a person the caller may not see is answered like one who does not exist. Not here: a person's own
//! account (`me`).

pub mod account;
pub mod bookings;
mod edit;
pub mod membership;
mod notes;
pub mod overview;
pub mod standing;
pub mod timeline;
pub mod uses;

use super::{Standing, called};
use crate::{
    clock::use_clock,
    lang,
    live_page::following,
    ui::{avatar::Avatar, button::ButtonLink, changing::dynamic, icon::Icon, list::whole},
    visitor::use_visitor,
};
use contract::people::PersonHead;
use domain::{actor::Rank, people::PersonStatus, pictures::Subject};
use leptos::prelude::*;
use leptos_meta::Title;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    Overview,
    Standing,
    Bookings,
    Uses,
    Timeline,
    Account,
    Membership,
    Documents,
}

impl Tab {
    const ALL: [Self; 8] = [
        Self::Overview,
        Self::Standing,
        Self::Membership,
        Self::Documents,
        Self::Bookings,
        Self::Uses,
        Self::Timeline,
        Self::Account,
    ];

    const fn end(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Standing => "/qualifications",
            Self::Bookings => "/bookings",
            Self::Uses => "/uses",
            Self::Timeline => "/timeline",
            Self::Account => "/account",
            Self::Membership => "/membership",
            Self::Documents => "/documents",
        }
    }

    const fn label(self, t: text::Lang) -> &'static str {
        match self {
            Self::Overview => t.person_overview(),
            Self::Standing => t.person_qualifications(),
            Self::Bookings => t.bookings_title(),
            Self::Uses => t.person_used(),
            Self::Timeline => t.person_timeline(),
            Self::Account => t.person_account(),
            Self::Membership => t.dues_title(),
            Self::Documents => t.documents_title(),
        }
    }
}

/// The common part: link back, the person, the tabs.
pub(crate) fn with_tabs(head: Memo<PersonHead>, tab: Tab, inside: AnyView) -> AnyView {
    let t = lang::current();
    let clock = use_clock();
    Effect::new(move |_| clock.hear(head.with(|head| head.now)));
    let name = Memo::new(move |_| head.with(|head| called(t, head.name.clone(), head.id)));
    let id = head.with_untracked(|head| head.id);
    view! {
        <Title text=following(name)/>
        {dynamic(move || Some(view! { <Head head=head.get()/> }))}
        <nav class="tabs" aria-label=t.person_parts()>
            {Tab::ALL.into_iter().map(|one| view! {
                <a href=format!("/people/{id}{}", one.end()) aria-current=(one == tab).then_some("page")>{one.label(t)}</a>
            }).collect_view()}
        </nav>
        {inside}
    }
    .into_any()
}

/// Links between pages of a list, if there is more than one.
fn onward(what: &'static str, newest: Option<String>, older: Option<String>) -> Option<AnyView> {
    let t = lang::current();
    (newest.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="btn-row" aria-label=what>
                {newest.map(|href| view! { <ButtonLink href label=t.person_newest()/> })}
                {older.map(|href| view! { <ButtonLink href label=t.person_older() icon="chevron-right"/> })}
            </nav>
        }
        .into_any()
    })
}

/// Link to the list, or to the reader's own page without access to the list.
#[component]
pub(crate) fn Crumb() -> impl IntoView {
    let t = lang::current();
    let lists = use_visitor().who.is_some_and(|me| me.rank >= Rank::Manager || me.auditor);
    let (href, name) = if lists { ("/people", t.people_heading()) } else { ("/me", t.nav_me()) };
    view! { <a class="crumb" href=href><Icon name="chevron-left"/>{name}</a> }
}

#[component]
fn Head(head: PersonHead) -> impl IntoView {
    let (t, now) = (lang::current(), use_clock().now_once());
    let name = called(t, head.name, head.id);
    let mut about = vec![t.person_since(&t.month_and_year(head.since))];
    about.extend(match head.erased {
        Some(erased) => Some(t.erased_on(&t.date(erased, now))),
        None => head.left.map(|left| t.person_left(&t.date(left, now))),
    });
    about.extend(head.email);
    let long = whole(&name).map(|_| "");
    // Each opens its form through the address.
    let id = head.id;
    let books = head.may_manage && head.status == PersonStatus::Active;
    let book = books.then(|| {
        view! { <ButtonLink href=format!("/bookings?for={id}") label=t.book_for_link().to_owned() icon="clock"/> }
    });
    let actions = [
        (head.may_manage, "/qualifications?open=grant#deed-grant", "shield-check", t.action_grant()),
        (head.may_manage, "/qualifications?open=hold#deed-hold", "hand", t.holds_place()),
        (head.may_help_in, "/account#help", "mail", t.people_help_in()),
    ];
    let actions = actions.into_iter().filter(|(may, ..)| *may).map(|(_, end, icon, label)| {
        view! { <ButtonLink href=format!("/people/{id}{end}") label=label.to_owned() icon/> }
    });
    let picture = head.picture.map(|added| Subject::Person(head.id).src(added, false));
    view! {
        <header class="person-head">
            <Avatar name=name.clone() picture/>
            <div class="who">
                <h1 data-long=long>{name}</h1>
                <p class="marks">
                    <Standing status=head.status on_hold=head.on_hold/>
                    {t.rank(head.rank).map(|rank| view! { " "<span class="badge" data-tone="info">{rank}</span> })}
                </p>
                <p class="muted">{about.join(" · ")}</p>
            </div>
            <div class="btn-row">{actions.collect_view()}{book}</div>
        </header>
    }
}

#[cfg(all(test, feature = "ssr"))]
pub(super) mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::id::PersonId;
    use text::Lang;

    pub fn head() -> PersonHead {
        PersonHead {
            now: NOW,
            id: PersonId(7),
            name: Some("Tomás Herrera".into()),
            email: Some("tomas@example.org".into()),
            status: PersonStatus::Active,
            rank: Rank::Member,
            on_hold: false,
            since: ago(60 * 24 * 40),
            left: None,
            erased: None,
            may_manage: true,
            may_help_in: true,
            picture: None,
        }
    }

    fn render(head: PersonHead) -> String {
        html(visitor(Lang::En), "/people/7", move || {
            with_tabs(Memo::new(move |_| head.clone()), Tab::Uses, ().into_any())
        })
    }

    #[test]
    fn person_tabs_have_addresses_and_current_is_marked() {
        let html = render(head());
        for end in ["", "/qualifications", "/timeline", "/account"] {
            assert!(html.contains(&format!(r#"href="/people/7{end}""#)), "{end} in {html}");
        }
        assert!(html.contains(r#"href="/people/7/uses" aria-current="page""#), "{html}");
        assert_eq!(html.matches("aria-current").count(), 1, "{html}");
    }

    #[test]
    fn erased_person_has_no_name_and_picture_is_versioned() {
        let gone =
            PersonHead { name: None, email: None, status: PersonStatus::Left, erased: Some(ago(5)), ..head() };
        assert!(words(&render(gone)).contains("Former member 7"));
        let seen = render(PersonHead { picture: Some(44), ..head() });
        assert!(seen.contains(r#"src="/pictures/person/7?v=44""#), "{seen}");
    }

    #[test]
    fn header_actions_link_to_open_forms_if_permitted() {
        let html = render(head());
        assert!(html.contains(r#"href="/people/7/qualifications?open=hold#deed-hold""#), "{html}");
        assert!(html.contains(r#"href="/people/7/account#help""#), "{html}");
        let read = render(PersonHead { may_manage: false, may_help_in: false, ..head() });
        assert!(!read.contains("open=") && !read.contains("#help"), "{read}");
    }
}
