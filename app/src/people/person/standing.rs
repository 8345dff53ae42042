//! A person's qualifications: holds first, then qualifications and their history.

use super::{Crumb, Tab, with_tabs};
use crate::{
    call::{PageResource, page_resource},
    holds::{self, Holds, InForce},
    lang,
    live::use_live,
    live_page::loaded,
    people::api,
    qualifications::{
        actions::{Acts, DeedForms, any},
        standing::{Bans, HeldTable, History},
    },
    ui::glossary::Glossary,
    ui::{button::ButtonLink, changing::dynamic, empty::Empty},
};
use contract::people::StandingPage;
use domain::{id::PersonId, live::Noun};
use leptos::prelude::*;
#[derive(Debug)]
struct PageContext {
    page: PageResource<StandingPage>,
    acts: Acts,
}

impl PageContext {
    fn load(person: PersonId) -> Self {
        let (live, acts) = (use_live(), Acts::new());
        let page =
            page_resource(move || (live.version(Noun::Person), acts.version()), move |_| api::standing(person));
        Self { page, acts }
    }
}

/// The page at `/people/:id/qualifications`.
pub fn qualified_page(person: PersonId) -> AnyView {
    let PageContext { page, acts } = PageContext::load(person);
    view! {
        <Crumb/>
        {loaded(4, page, move |page| {
                let person = page.with_untracked(|page| page.head.id);
                Holds::load(person, Box::new(move |holds| {
                    let in_force = view! { <InForce holds/> }.into_any();
                    let holds = view! { <holds::Card holds/><holds::Done holds/> }.into_any();
                    view! { <Page page acts in_force holds/> }.into_any()
                }))
            })}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(
    page: RwSignal<StandingPage>,
    acts: Acts,
    /// Active holds, loaded separately.
    in_force: AnyView,
    /// The form to place a hold.
    holds: AnyView,
) -> impl IntoView {
    let t = lang::current();
    let id = page.with_untracked(|page| page.head.id);
    // Each part follows only its own data: an unchanged answer must not reset input.
    let head = Memo::new(move |_| page.with(|page| page.head.clone()));
    let bans = Memo::new(move |_| page.with(|page| page.standing.bans.clone()));
    let held = Memo::new(move |_| page.with(|page| page.standing.held.clone()));
    let history = Memo::new(move |_| page.with(|page| page.standing.history.clone()));
    let actions = Memo::new(move |_| page.with(|page| page.standing.actions.clone()));
    let may_grant = Memo::new(move |_| actions.with(|actions| !actions.grant.is_empty()));
    let inside = view! {
        <Glossary words=|t| vec![t.glossary_hold(), t.glossary_ban(), t.glossary_grant(), t.glossary_trainer()]/>
        {in_force}
        {dynamic(move || Some(view! { <Bans bans=bans.get()/> }))}
        <div class="cols">
            <div class="col">
                <section class="group" aria-labelledby="standing">
                    <h2 class="group-head" id="standing">{t.standing_heading()}</h2>
                    {dynamic(move || {
                        let held = held.get();
                        Some(if held.is_empty() {
                            view! {
                                <div class="card"><Empty icon="shield-check">
                                    <h3>{t.standing_none()}</h3><p>{t.standing_none_next()}</p>
                                    {may_grant.get().then(|| view! { <ButtonLink href="#deed-grant" label=t.standing_grant_first().to_owned()/> })}
                                </Empty></div>
                            }.into_any()
                        } else {
                            view! { <HeldTable held/> }.into_any()
                        })
                    })}
                    {dynamic(move || Some(actions.get()).filter(any).map(|actions| view! {
                        <div class="card"><DeedForms person=id actions acts back=None/></div>
                    }))}
                </section>
                {holds}
            </div>
            <section class="group" aria-labelledby="history">
                <h2 class="group-head" id="history">{t.standing_history()}</h2>
                {dynamic(move || {
                    let history = history.get();
                    Some(if history.is_empty() {
                        view! { <p class="muted">{t.standing_history_none()}</p> }.into_any()
                    } else {
                        view! { <div class="card"><History history/></div> }.into_any()
                    })
                })}
            </section>
        </div>
    };
    with_tabs(head, Tab::Standing, inside.into_any())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        people::person::tests::head,
        testing::{NOW, html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use contract::qualifications::{Named, QualificationActions, Standing as Stands};
    use domain::{
        id::TypeId,
        problem::{Kind, Problem},
        qualifications::{Relation, Subject},
    };
    use text::Lang;

    fn somebody() -> StandingPage {
        let laser = Named {
            subject: Subject::Type(TypeId(3)),
            kind: TypeId(3),
            name: "Laser cutter".into(),
            built_in: None,
        };
        let actions =
            QualificationActions { grant: vec![(laser, Relation::User)], ..QualificationActions::default() };
        StandingPage {
            head: head(),
            standing: Stands { now: NOW, held: vec![], bans: vec![], history: vec![], actions },
        }
    }

    fn seen_by(visitor: Visitor, page: StandingPage) -> String {
        html(visitor, "/people/7/qualifications", move || {
            view! { <Page page=RwSignal::new(page) acts=Acts::new() in_force=().into_any() holds=().into_any()/> }
        })
    }

    #[test]
    fn only_permitted_qualification_actions_are_offered() {
        let html = seen_by(visitor(Lang::En), somebody());
        assert!(html.contains(r#"value="type:3/user" selected"#), "the only choice is chosen: {html}");
        assert!(!html.contains("/qualifications/ban"), "what may not be done is not offered: {html}");
    }

    #[test]
    fn address_opens_form_with_named_choice() {
        let named = |id, name: &str| Named {
            subject: Subject::Type(TypeId(id)),
            kind: TypeId(id),
            name: name.into(),
            built_in: None,
        };
        let both = vec![(named(3, "Laser cutter"), Relation::User), (named(4, "Lathe"), Relation::User)];
        let mut page = somebody();
        page.standing.actions =
            QualificationActions { grant: both.clone(), revoke: both, ..QualificationActions::default() };
        let address = "/people/7/qualifications?open=revoke&on=type:4/user";
        let html = html(visitor(Lang::En), address, move || {
            view! { <Page page=RwSignal::new(page) acts=Acts::new() in_force=().into_any() holds=().into_any()/> }
        });
        assert_eq!(html.matches("<details open").count(), 1, "{html}");
        assert_eq!(html.matches(r#"value="type:4/user" selected"#).count(), 1, "{html}");
    }

    #[test]
    fn auditor_sees_qualifications_without_forms() {
        let mut page = somebody();
        page.standing.actions = QualificationActions::default();
        assert!(!seen_by(visitor(Lang::It), page).contains("<form"));
    }

    // A24
    #[test]
    fn refused_grant_form_is_open_with_input() {
        let problem = Problem::new("qualification.ends-too-early", Kind::Invalid, "Please fix the fields below.")
            .field("grant_until", "Choose a day from today on.");
        let values =
            vec![("grant_until".into(), "2020-01-01".into()), ("grant_note".into(), "for the fair".into())];
        let echo = Some(Echo { function: "/api/qualifications/grant".into(), values, problem });
        let html = seen_by(Visitor { echo, ..visitor(Lang::En) }, somebody());
        assert_eq!(html.matches("<details open").count(), 1, "{html}");
        assert!(html.contains(r#"value="for the fair""#) && html.contains(r#"value="2020-01-01""#), "{html}");
        assert!(words(&html).contains("Choose a day from today on."), "{html}");
    }
}
