//! Qualifications: a person's, with their origin; the types the reader may grant; and the people of a type.
//!
//! Invariant: the service decides who may change what; the pages offer what it listed.

pub mod actions;
pub mod api;
pub mod kind;
pub mod standing;

use crate::{
    call::{PageResource, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::glossary::Glossary,
    ui::{changing::dynamic, empty::Empty, list::LinkItem},
};
use contract::qualifications::{MyType, Named};
use domain::{
    live::Noun,
    qualifications::{BuiltIn, Subject},
};
use leptos::prelude::*;

use text::Lang;

/// Name of a type or a machine: `Laser cutter`, `only Laser 2`.
#[must_use]
pub fn label(t: Lang, on: &Named) -> String {
    match on.subject {
        Subject::Type(_) => t.type_name(on.built_in, &on.name),
        Subject::Machine(_) => t.action_only_machine(&on.name),
    }
}
#[derive(Debug)]
struct PageContext(PageResource<Vec<MyType>>);

impl PageContext {
    fn load() -> Self {
        let live = use_live();
        Self(page_resource(move || live.version(Noun::Person), |_| api::types()))
    }
}

/// The page at `/types`.
pub fn types_page() -> AnyView {
    let types = PageContext::load().0;
    live_page(lang::current().types_heading(), 4, types, |types| view! { <Mine types/> }.into_any())
}

/// The list without requests, so that tests can render it.
#[component]
fn Mine(types: RwSignal<Vec<MyType>>) -> impl IntoView {
    let t = lang::current();
    view! {
        <header class="page-head"><h1>{t.types_heading()}</h1><p class="sub">{t.types_lead()}</p></header>
        {dynamic(move || Some(types.with(|types| if types.is_empty() {
            view! {
                <div class="card"><Empty icon="graduation-cap"><h2>{t.types_none()}</h2><p>{t.types_none_next()}</p></Empty></div>
            }.into_any()
        } else {
            view! { <ul class="list" data-dense="">{types.iter().map(|one| row(t, one)).collect_view()}</ul> }.into_any()
        })))}
        <Glossary words=|t| vec![t.glossary_trainer(), t.glossary_grant(), t.glossary_ban()]/>
    }
}

fn row(t: Lang, one: &MyType) -> impl IntoView + use<> {
    let icon = match one.on.built_in {
        Some(BuiltIn::Space) => "users-round",
        Some(BuiltIn::System) => "shield-check",
        None => "wrench",
    };
    let mut second = vec![t.types_users(one.users)];
    second.extend((one.trainers > 0).then(|| t.types_trainers(one.trainers)));
    second.extend((one.banned > 0).then(|| t.types_banned(one.banned)));
    view! {
        <LinkItem href=format!("/types/{}", one.on.kind) icon title=label(t, &one.on) second=second.join(" · ")/>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use domain::id::TypeId;

    #[test]
    fn type_shows_people_counts() {
        let named = |id, name: &str, built_in| Named {
            subject: Subject::Type(TypeId(id)),
            kind: TypeId(id),
            name: name.into(),
            built_in,
        };
        let mine = |on, users, trainers, banned| MyType { on, relation: None, users, trainers, banned };
        let types = vec![
            mine(named(1, "Space", Some(BuiltIn::Space)), 40, 0, 0),
            mine(named(3, "Laser cutter", None), 1, 2, 1),
        ];
        let html = html(visitor(Lang::En), "/types", move || view! { <Mine types=RwSignal::new(types.clone())/> });
        let content = words(&html);
        assert!(content.contains("The workshop40 people"), "{content}");
        assert!(content.contains("Laser cutter1 person · 2 trainers · 1 banned"), "{content}");
        assert!(html.contains(r#"href="/types/3""#), "{html}");
    }
}
