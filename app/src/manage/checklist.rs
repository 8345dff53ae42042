//! The set-up checklist, for administrators, until it is done or dismissed.

use super::api::{DismissSteps, checklist};
use crate::{
    call::{Call, page_resource},
    lang,
    live::{beside, use_live},
    set_up::steps::page_of,
    ui::{
        button::{Kind, Submit},
        changing::dynamic,
        form::{Form, hidden},
        icon::Icon,
    },
};
use domain::{checklist::Checklist, live::Noun};
use leptos::prelude::*;

/// The steps, if any are left. Outside the main content, so a refusal here leaves the page alone.
#[component]
pub fn Steps() -> impl IntoView {
    let (live, dismiss) = (use_live(), Call::<DismissSteps>::new());
    let heard = move || (live.version(Noun::Machine), live.version(Noun::Person), live.version(Noun::Space));
    let answers = page_resource(move || (heard(), dismiss.version().get()), |_| checklist());
    view! {
        <Transition fallback=|| ()>
            {beside(answers, Box::new(move |visible| {
                dynamic(move || visible.get().flatten().map(|list| view! { <List list dismiss/> })).into_any()
            }))}
        </Transition>
    }
}

#[component]
fn List(list: Checklist, dismiss: Call<DismissSteps>) -> impl IntoView {
    let t = lang::current();
    let (next, done) = (list.next(), list.done());
    view! {
        <section class="card" aria-labelledby="set-up">
            <div class="card-head"><h2 id="set-up">{t.checklist_title()}</h2><span class="n muted push">{t.checklist_done(done)}</span></div>
            <ol class="list steps">
                {list.steps.into_iter().map(|(step, is_done)| {
                    let (name, why) = (t.checklist_step(step), t.checklist_why(step));
                    let (icon, message) = if is_done { ("circle-check", t.checklist_step_done()) } else { ("plus", t.checklist_step_open()) };
                    view! {
                        <li><a class="item" href=page_of(step) aria-current=(next == Some(step)).then_some("step")>
                            <span class="tile"><Icon name=icon/></span>
                            <span class="lines"><span class="t">{name}</span><span class="s">{why}</span></span>
                            <span class="tail">{message}</span>
                        </a></li>
                    }
                }).collect_view()}
            </ol>
            <Form action=dismiss>
                {hidden("away", &"yes")}
                <div class="btn-row"><Submit label=t.checklist_dismiss() kind=Kind::Ghost busy=dismiss.pending()/></div>
            </Form>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use domain::checklist::Step;
    use text::Lang;

    #[test]
    fn set_up_checklist_marks_next_step_and_links_each() {
        let html = html(visitor(Lang::En), "/manage", || {
            let steps = Step::ALL.iter().map(|&step| (step, step < Step::People)).collect();
            view! { <List list=Checklist { steps } dismiss=Call::new()/> }
        });
        assert!(words(&html).contains("2 of 6 steps done"), "{html}");
        assert!(
            html.contains(r#"href="/start?step=people""#) && html.matches(r#"aria-current="step""#).count() == 1,
            "{html}"
        );
        assert!(html.contains(r#"action="?/manage/dismiss-steps""#), "{html}");
    }
}
