//! The page at `/export`: a form for each list, for taking one out leaves a record.

use super::refused;
use crate::{
    lang,
    ui::{button::Submit, icon::Icon, refused::Refused},
    visitor::use_visitor,
};
use domain::actor::Rank;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};

/// The page.
#[derive(Debug)]
pub struct Export;

#[lazy_route]
impl LazyRoute for Export {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let Export = this;
        match refused() {
            Some(problem) => view! { <Refused problem/> }.into_any(),
            None => view! { <Lists/> }.into_any(),
        }
    }
}

#[component]
fn Lists() -> impl IntoView {
    let t = lang::current();
    let administers = use_visitor().who.is_some_and(|me| me.rank == Rank::Administrator);
    let lists = [
        ("people.csv", t.export_people(), true),
        ("qualifications.csv", t.export_qualifications(), true),
        ("cards.csv", t.export_cards(), administers),
    ];
    view! {
        <Title text=t.export_title()/>
        <a class="crumb" href="/people"><Icon name="chevron-left"/>{t.people_heading()}</a>
        <header class="page-head"><h1>{t.export_title()}</h1><p class="sub">{t.export_sub()}</p></header>
        <ul class="list">
            {lists.into_iter().filter(|(.., may)| *may).map(|(file, second, _)| view! {
                <li><div class="item">
                    <span class="tile"><Icon name="scroll-text"/></span>
                    <span class="lines"><span class="t">{file}</span><span class="s">{second}</span></span>
                    // An ordinary form: the browser keeps what comes.
                    <form class="form" method="post" action=format!("/export/{file}")><Submit label=t.export_take(file)/></form>
                </div></li>
            }).collect_view()}
        </ul>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, visitor},
        visitor::{Me, Visitor},
    };
    use domain::id::PersonId;
    use text::Lang;

    #[test]
    fn the_numbers_of_cards_are_for_administrators() {
        let shown = |rank| {
            let me =
                Me { id: PersonId(1), name: "Ada".into(), rank, asleep: false, auditor: false, trains: false };
            html(Visitor { who: Some(me), ..visitor(Lang::En) }, "/export", || view! { <Lists/> })
        };
        assert!(shown(Rank::Administrator).contains(r#"action="/export/cards.csv""#));
        let manager = shown(Rank::Manager);
        assert!(!manager.contains("cards.csv") && manager.contains("people.csv"), "{manager}");
    }
}
