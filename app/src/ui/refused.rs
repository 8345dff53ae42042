//! A page whose main content was refused: the reason, and the next step.

use super::{
    button::{ButtonLink, Kind as Press},
    empty::Empty,
};
use crate::{lang, problem::set_page_status, sign_in_redirect};
use domain::{
    actor::{Grade, Permission, TABLE},
    problem::{Kind, Problem},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use text::Lang;

/// Permission required for the pages below an address.
const PAGES: [(&str, Permission); 33] = [
    ("/manage", Permission::SeePeople),
    ("/import/fabomatic", Permission::TakeOver),
    ("/import", Permission::Import),
    ("/export", Permission::Import),
    ("/problems", Permission::SeeProblems),
    ("/boards", Permission::SeeBoards),
    ("/unknown-cards", Permission::GiveCard),
    ("/settings", Permission::SeeSettings),
    ("/hours", Permission::SeeSettings),
    ("/retention", Permission::Retention),
    ("/system", Permission::System),
    ("/people", Permission::SeePeople),
    ("/machines", Permission::ChangeEquipment),
    ("/places", Permission::ChangeEquipment),
    ("/rooms", Permission::ChangeEquipment),
    ("/groups", Permission::JoinGroups),
    ("/series", Permission::SeeBookings),
    ("/draws", Permission::EnterDraws),
    ("/types/new", Permission::ChangeEquipment),
    ("/types", Permission::SeeQualified),
    ("/audit", Permission::ReadAudit),
    ("/displays", Permission::Displays),
    ("/slack", Permission::ManageSlack),
    ("/firmware", Permission::Firmware),
    ("/kiosk", Permission::SeeWall),
    ("/checkouts/types", Permission::AskForCheckout),
    ("/checkouts", Permission::CheckOut),
    ("/availability", Permission::CheckOut),
    ("/reports", Permission::SeeReports),
    ("/external-calendars", Permission::CareFor),
    ("/webhooks", Permission::Deliveries),
    ("/connections", Permission::SeeConnections),
    ("/closures", Permission::CareFor),
];

/// Shows the reason, and sets the page's status.
///
/// The resource does not set it, because it also runs for side panels, and a refused side panel must not turn the
/// page into a 404.
#[component]
pub fn Refused(problem: Problem) -> impl IntoView {
    set_page_status(problem.kind);
    let (t, location) = (lang::current(), use_location());
    let next = untrack(|| location.pathname.with(|path| next(&problem, path, t)));
    let icon = match problem.kind {
        Kind::NotFound => "search",
        Kind::SignIn | Kind::Forbidden => "lock",
        Kind::Unavailable => "wifi-off",
        _ => "octagon-alert",
    };
    let back = |page| untrack(|| sign_in_redirect::with_return_to(page, &location));
    let primary = Press::Primary;
    // A value in the address that cannot be meant.
    let is_of_the_address = problem.kind == Kind::Invalid && !problem.fields.is_empty();
    let title = if is_of_the_address { t.refused_address().to_owned() } else { problem.detail };
    let faults = problem.fields.iter().filter(|_| is_of_the_address).map(|(field, message)| {
        view! { <p>{format!("{field}: {message}")}</p> }
    });
    let faults = faults.collect_view();
    let step = match (problem.kind, problem.code.as_str()) {
        _ if is_of_the_address => {
            let href = location.pathname.get_untracked();
            view! { <ButtonLink href label=t.refused_address_step().to_owned() kind=primary icon="refresh-cw"/> }
        }
        (Kind::SignIn, _) => {
            view! { <ButtonLink href=back("/sign-in") label=t.nav_sign_in().to_owned() kind=primary icon="user-round"/> }
        }
        (_, SECOND_FACTOR) => {
            let href = back("/second-factor");
            view! { <ButtonLink href label=t.refused_second_factor().to_owned() kind=primary icon="lock"/> }
        }
        (_, SET_UP_GONE) => {
            view! { <ButtonLink href="/sign-in" label=t.nav_sign_in().to_owned() kind=primary icon="user-round"/> }
        }
        (_, LINK_GONE) => {
            view! { <ButtonLink href="/forgotten" label=t.link_gone_again().to_owned() kind=primary icon="mail"/> }
        }
        (Kind::Forbidden | Kind::NotFound, _) => {
            view! { <ButtonLink href="/" label=t.go_to_now().to_owned() kind=primary icon="activity"/> }
        }
        _ => {
            view! { <ButtonLink href="" label=t.try_again().to_owned() kind=primary icon="refresh-cw" reload=true/> }
        }
    };
    view! {
        <Title text=title.clone()/>
        <Empty icon>
            <h1>{title}</h1>
            {faults}
            {next.map(|next| view! { <p>{next}</p> })}
            {step}
        </Empty>
    }
}

/// Code for a role without its second factor.
const SECOND_FACTOR: &str = "actor.second-factor";
/// Code for a used, expired or unknown link.
const LINK_GONE: &str = "link.gone";
/// The same for the set-up link, which cannot be requested again.
pub const SET_UP_GONE: &str = "set-up.gone";

/// The remedy in one sentence.
fn next(problem: &Problem, path: &str, t: Lang) -> Option<String> {
    let message = match (problem.kind, problem.code.as_str()) {
        (_, "machine.unknown") => t.machine_unknown_next(),
        (_, "page.unknown") => t.page_unknown_next(),
        (_, LINK_GONE) => t.link_gone_next(),
        (_, SET_UP_GONE) => t.set_up_gone_next(),
        (_, SECOND_FACTOR) => t.refused_second_factor_next(),
        (Kind::SignIn, _) => t.refused_sign_in_next(),
        (Kind::Forbidden, _) => {
            let page = match path.strip_prefix("/machines/").and_then(|rest| rest.split_once('/')) {
                Some((_, "claim")) => Some(("", Permission::ClaimCard)),
                Some((_, "report" | "report/upload")) => Some(("", Permission::ReportProblem)),
                Some((_, "history")) => Some(("", Permission::SeeHistory)),
                _ => PAGES.into_iter().find(|(page, _)| path.starts_with(page)),
            };
            return Some(match page.map(|(_, permission)| roles(permission, t)) {
                Some(roles) => t.refused_for(&roles),
                None => t.refused_next().to_owned(),
            });
        }
        _ => return None,
    };
    Some(message.to_owned())
}

/// Permitted roles, from the table of permissions: `managers, auditors and administrators`.
fn roles(permission: Permission, t: Lang) -> String {
    let grades = TABLE.iter().find(|(listed, _)| *listed == permission).map_or(&[][..], |(_, grades)| grades);
    let mut words: Vec<_> = grades
        .iter()
        .filter_map(|grade| match grade {
            Grade::Member => Some(t.roles_members()),
            Grade::Trainer => Some(t.roles_trainers()),
            Grade::Owner => Some(t.roles_owners()),
            Grade::Inductor => Some(t.roles_inductors()),
            Grade::Manager => Some(t.roles_managers()),
            Grade::Auditor => Some(t.roles_auditors()),
            Grade::Administrator => Some(t.roles_administrators()),
            _ => None,
        })
        .collect();
    match (words.pop(), words.is_empty()) {
        (None, _) => String::new(),
        (Some(last), true) => last.to_owned(),
        (Some(last), false) => t.roles_and(&words.join(", "), last),
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};

    fn refused_at(address: &str, code: &str, kind: Kind, detail: &str) -> String {
        let problem = Problem::new(code, kind, detail);
        html(visitor(Lang::En), address, move || view! { <Refused problem/> })
    }

    fn refused(code: &str, kind: Kind, detail: &str) -> String {
        refused_at("/machines/99", code, kind, detail)
    }

    #[test]
    fn not_found_links_home() {
        let html = refused("machine.unknown", Kind::NotFound, "Machine not found");
        assert!(html.contains("<h1>Machine not found"), "{html}");
        assert!(html.contains(r#"href="/""#), "{html}");
        assert!(words(&html).contains("It may have been removed"), "{html}");
    }

    #[test]
    fn unavailable_offers_full_reload() {
        let html = refused("storage.unavailable", Kind::Unavailable, "Not now");
        assert!(html.contains(r#"href="" rel="external""#), "{html}");
    }

    #[test]
    fn impossible_day_in_address_is_named_with_its_field() {
        let problem = Problem::new("request.invalid", Kind::Invalid, "Please fix the fields below.");
        let problem = problem.field("week", "That day does not exist.");
        let html = html(visitor(Lang::En), "/bookings?week=2026-02-30", move || view! { <Refused problem/> });
        assert!(words(&html).contains("week: That day does not exist."), "{html}");
        assert!(html.contains(r#"href="/bookings""#), "{html}");
    }

    #[test]
    fn sign_in_refusal_links_back_to_page() {
        let html = refused_at("/people?search=ada", "actor.unknown", Kind::SignIn, "Please sign in first.");
        assert!(html.contains(r#"href="/sign-in?to=/people%3Fsearch%3Dada""#), "{html}");
    }

    #[test]
    fn missing_second_factor_links_to_challenge() {
        let html = refused_at("/audit", "actor.second-factor", Kind::Forbidden, "This needs your second factor.");
        assert!(html.contains(r#"href="/second-factor?to=/audit""#), "{html}");
    }

    #[test]
    fn forbidden_names_permitted_roles() {
        let html = refused_at("/people/7", "actor.not-allowed", Kind::Forbidden, "You don’t have access.");
        assert!(words(&html).contains("for managers, auditors and administrators."), "{html}");
        let html = refused_at("/me", "actor.not-allowed", Kind::Forbidden, "You don’t have access.");
        assert!(words(&html).contains("Ask a manager"), "{html}");
    }

    #[test]
    fn expired_link_explains_how_to_get_new_one() {
        let html = refused_at("/link/x", "link.gone", Kind::NotFound, "This link doesn’t work any more");
        assert!(html.contains(r#"href="/forgotten""#), "{html}");
        let html = refused_at("/set-up/x", "set-up.gone", Kind::NotFound, "This link doesn’t work any more");
        assert!(html.contains(r#"href="/sign-in""#) && words(&html).contains("restart Toolgate"), "{html}");
    }
}
