//! What a page shows when its main content was refused: why, and the next step.

use super::{
    button::{ButtonLink, Kind as Press},
    empty::Empty,
};
use crate::{lang, problem::set_page_status};
use domain::problem::{Kind, Problem};
use leptos::prelude::*;
use leptos_meta::Title;

/// Says why, and gives the page its true status.
///
/// Not the resource sets the status: it also runs for what is beside the main content, and a refused side panel must
/// not turn the page into a 404.
#[component]
pub fn Refused(
    /// The refusal.
    problem: Problem,
) -> impl IntoView {
    set_page_status(problem.kind);
    let t = lang::current();
    let next = match problem.code.as_str() {
        "machine.unknown" => Some(t.machine_unknown_next()),
        "page.unknown" => Some(t.page_unknown_next()),
        _ => None,
    };
    let icon = match problem.kind {
        Kind::NotFound => "search",
        Kind::SignIn | Kind::Forbidden => "lock",
        Kind::Unavailable => "wifi-off",
        Kind::Invalid | Kind::Conflict | Kind::TooMany => "octagon-alert",
    };
    let again = matches!(problem.kind, Kind::Unavailable | Kind::TooMany | Kind::Conflict | Kind::Invalid);
    let step = if again {
        view! { <ButtonLink href="" label=t.try_again() kind=Press::Primary icon="refresh-cw" reload=true/> }
    } else {
        view! { <ButtonLink href="/" label=t.go_to_now() kind=Press::Primary icon="activity"/> }
    };
    view! {
        <Title text=problem.detail.clone()/>
        <Empty icon>
            <h1>{problem.detail}</h1>
            {next.map(|next| view! { <p>{next}</p> })}
            {step}
        </Empty>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use text::Lang;

    fn refused(code: &str, kind: Kind, detail: &str) -> String {
        let problem = Problem::new(code, kind, detail);
        html(visitor(Lang::En), "/machines/99", move || view! { <Refused problem/> })
    }

    #[test]
    fn what_does_not_exist_leads_back() {
        let html = refused("machine.unknown", Kind::NotFound, "There is no such machine");
        assert!(html.contains("<h1>There is no such machine"), "{html}");
        assert!(html.contains(r#"href="/""#), "{html}");
        assert!(words(&html).contains("It may have been removed"), "{html}");
    }

    #[test]
    fn what_may_pass_can_be_tried_again_with_a_new_document() {
        let html = refused("storage.unavailable", Kind::Unavailable, "Not now");
        assert!(html.contains(r#"href="" rel="external""#), "{html}");
    }
}
