//! A person's account: name and contact, picture, membership, sign-in help, and erasure.

use super::{Crumb, Tab, edit::Edit, with_tabs};
use crate::{
    call::{Call, PageResource, page_resource},
    lang,
    link::api::HelpIn,
    live::use_live,
    live_page::loaded,
    people::{
        api::{self, EditPerson, TakeOffSecondFactor, TakeStep},
        called,
        help::Help,
        steps::Steps,
    },
    privacy::erase::EraseCard,
    ui::{changing::dynamic, list::LinkItem, picture::PictureForm},
};
use contract::people::PersonPage;
use domain::{id::PersonId, live::Noun, pictures::Subject};
use leptos::prelude::*;

/// The calls of the page, and how often they were made.
#[derive(Debug, Clone, Copy)]
struct Calls {
    edit: Call<EditPerson>,
    take: Call<TakeStep>,
    help: Call<HelpIn>,
    take_off: Call<TakeOffSecondFactor>,
}

impl Calls {
    fn new() -> Self {
        Self { edit: Call::new(), take: Call::new(), help: Call::new(), take_off: Call::new() }
    }

    fn version(self) -> usize {
        self.edit.version().get() + self.take.version().get() + self.take_off.version().get()
    }
}
#[derive(Debug)]
struct PageContext {
    page: PageResource<PersonPage>,
    calls: Calls,
}

impl PageContext {
    fn load(person: PersonId) -> Self {
        let (live, calls) = (use_live(), Calls::new());
        let page =
            page_resource(move || (live.version(Noun::Person), calls.version()), move |_| api::person(person));
        Self { page, calls }
    }
}

/// The page at `/people/:id/account`.
pub fn person_account_page(person: PersonId) -> AnyView {
    let PageContext { page, calls } = PageContext::load(person);
    view! {
        <Crumb/>
        {loaded(4, page, move |page| view! { <Page page calls/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<PersonPage>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let head = Memo::new(move |_| page.with(|page| page.head.clone()));
    let id = head.with_untracked(|head| head.id);
    let name = Memo::new(move |_| head.with(|head| called(t, head.name.clone(), head.id)));
    // Each part follows only its own data: an unchanged answer must not reset input.
    let may_edit = Memo::new(move |_| page.with(|page| (page.may_edit, page.may_readdress)));
    let picture = Memo::new(move |_| page.with(|page| page.head.picture));
    let steps = Memo::new(move |_| page.with(|page| (page.steps.clone(), page.refusals.clone())));
    let membership =
        Memo::new(move |_| steps.with(|(steps, refusals)| !(steps.is_empty() && refusals.is_empty())));
    let may_help_in = Memo::new(move |_| page.with(|page| page.may_help_in));
    let factor = Memo::new(move |_| page.with(|page| page.may_take_off_second_factor));
    let may_export = Memo::new(move |_| page.with(|page| page.may_export));
    let erase = Memo::new(move |_| page.with(|page| page.may_erase.then(|| page.erase_refusals.clone())));
    let inside = view! {
        <div class="cols">
            <div class="col">
                {dynamic(move || may_edit.get().0.then(|| view! { <Edit page readdress=may_edit.get().1 call=calls.edit/> }))}
                {dynamic(move || {
                    let (steps, refusals) = steps.get();
                    membership.get().then(|| view! {
                        <section class="card" aria-labelledby="membership">
                            <div class="card-head"><h2 id="membership">{t.person_standing()}</h2></div>
                            <Steps person=id name=name.get_untracked() steps refusals take=calls.take/>
                        </section>
                    })
                })}
                {dynamic(move || may_help_in.get().then(|| view! {
                    <Help person=id factor help=calls.help take_off=calls.take_off/>
                }))}
            </div>
            <div class="col">
                {dynamic(move || may_edit.get().0.then(|| view! {
                    <PictureForm subject=Subject::Person(id) name=name.get_untracked() picture=picture.get()
                        back=format!("/people/{id}/account")/>
                }))}
                {dynamic(move || may_export.get().then(|| view! {
                    <ul class="list">
                        <LinkItem href=format!("/people/{id}/data") icon="scroll-text" title=t.person_data() second=t.person_data_next()/>
                    </ul>
                }))}
                {dynamic(move || erase.get().map(|refusals| view! {
                    <EraseCard person=id name=name.get_untracked() refusals/>
                }))}
            </div>
        </div>
    };
    with_tabs(head, Tab::Account, inside.into_any())
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        people::person::overview::tests::somebody,
        testing::{html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use domain::{
        people::StepRefusal,
        problem::{Kind, Problem},
    };
    use text::Lang;

    fn seen_by(visitor: Visitor, page: PersonPage) -> String {
        html(visitor, "/people/7/account", move || view! { <Page page=RwSignal::new(page) calls=Calls::new()/> })
    }

    #[test]
    fn account_actions_are_offered_with_the_persons_name() {
        let html = seen_by(visitor(Lang::En), PersonPage { may_erase: true, ..somebody() });
        let content = words(&html);
        for line in
            ["Suspend: Tomás Herrera", "Send sign-in link", "Erase Tomás Herrera for ever", "Choose a picture"]
        {
            assert!(content.contains(line), "{line} is not in {content}");
        }
        assert!(html.contains(r#"name="version" value="3""#), "{html}");
    }

    // A18
    #[test]
    fn erase_refusal_replaces_the_button() {
        let refusals = vec![StepRefusal::LastAdministrator];
        let html =
            seen_by(visitor(Lang::En), PersonPage { may_erase: true, erase_refusals: refusals, ..somebody() });
        assert!(words(&html).contains("last administrator") && !html.contains("/people/erase"), "{html}");
    }

    #[test]
    fn turning_off_second_factor_needs_an_active_one() {
        let offered = |may| {
            let html = seen_by(visitor(Lang::En), PersonPage { may_take_off_second_factor: may, ..somebody() });
            html.contains("/people/take-off-second-factor") && words(&html).contains("Turn off second factor")
        };
        assert!(offered(true) && !offered(false));
    }

    #[test]
    fn locked_email_is_shown_without_input() {
        let html = seen_by(visitor(Lang::En), PersonPage { may_readdress: false, ..somebody() });
        assert!(
            html.contains(r#"name="email" value="tomas@example.org""#) && !html.contains(r#"type="email""#),
            "{html}"
        );
    }

    // A24
    #[test]
    fn refused_edit_preserves_input_with_field_error() {
        let problem = Problem::new("form.invalid", Kind::Invalid, "Please fix the fields below.")
            .field("phone", "Enter a telephone number");
        let values = vec![("name".into(), "Tom".into()), ("phone".into(), "call me".into())];
        let echo = Some(Echo { function: "/api/people/edit".into(), values, problem });
        let html = seen_by(Visitor { echo, ..visitor(Lang::En) }, somebody());
        assert!(html.contains(r#"value="call me""#) && html.contains(r#"value="Tom""#), "{html}");
        assert!(words(&html).contains("Enter a telephone number"), "{html}");
    }

    #[test]
    fn auditor_sees_account_without_forms() {
        let page =
            PersonPage { steps: vec![], may_edit: false, may_help_in: false, may_export: false, ..somebody() };
        assert!(!seen_by(visitor(Lang::It), page).contains("<form"));
    }
}
