//! Bulk actions on the people selected in the list, their outcome, and undo.
//!
//! Invariant: an ordinary form around the list; the checkboxes are in its rows. The outcome stays on the screen.

use crate::{
    call::{Call, page_resource},
    lang,
    live::beside,
    problem::AppError,
    ui::delivery::handed,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{Kind, Submit},
        changing::{dynamic, text},
        form::{Form, hidden},
        row_selection::RowSelection,
        select::Select,
        toast::{Toast, Undo, refusals, undo_field},
    },
    visitor::use_visitor,
};
use contract::{
    accounts::{CAUGHT, Delivery},
    bulk::Outcome,
};
use domain::id::PersonId;
use leptos::prelude::*;

/// What can be granted in bulk.
#[server(name = ReadBulkChoices, endpoint = "people/bulk-choices", protocol = crate::call::Wire)]
pub async fn choices() -> Result<Vec<(String, String)>, AppError> {
    let ctx = expect_context::<services::Ctx>();
    Ok(services::bulk::choices(&ctx, &crate::request::actor()).await?)
}

/// Applies an action to the selected people.
#[server(endpoint = "people/bulk", protocol = crate::call::Wire)]
pub async fn bulk(
    #[server(default)] people: Vec<PersonId>,
    #[server(default)] action: String,
) -> Result<Outcome, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    Ok(services::bulk::act(&ctx, &crate::request::actor(), &people, &action, t).await?)
}

/// Name of the list's checkboxes.
pub const BOXES: &str = "people[]";

/// The form around the list, if permitted; otherwise the bare list.
#[component]
pub fn Chosen(
    may: bool,
    /// The call. Created where the list is, which is rebuilt while the outcome stays.
    act: Call<Bulk>,
    selection: RowSelection,
    /// Whether the list is empty.
    #[prop(into)]
    none: Signal<bool>,
    /// The list, with a checkbox in each row.
    children: Children,
) -> impl IntoView {
    if !may {
        return children().into_any();
    }
    let t = lang::current();
    let answers = act.value();
    Effect::new(move |_| {
        if answers.with(|answer| matches!(answer, Some(Ok(_)))) {
            selection.clear();
        }
    });
    view! {
        <div on:change=move |_| selection.hear()>
            <Form action=act>
                {children()}
                <section class="card bulk" aria-label=t.bulk_title() hidden=none>
                    <p class="t" role="status">{text(move || t.bulk_chosen(selection.count()))}</p>
                    <QualificationActions/>
                    <div class="btn-row"><Submit label=t.bulk_do() busy=act.pending()/></div>
                </section>
            </Form>
        </div>
    }
    .into_any()
}

/// The outcome; stays until the next action.
#[component]
pub fn Came(act: Call<Bulk>) -> impl IntoView {
    let done = answered(act);
    view! { <div role="status">{dynamic(move || done.get().map(|outcome| view! { <OutcomeMessage outcome/> }))}</div> }
}

/// The undo button, if possible.
#[component]
pub fn Back(act: Call<Bulk>) -> impl IntoView {
    let (t, done) = (lang::current(), answered(act));
    let back = |done: &Outcome| done.action.undone_by().filter(|_| !done.back.is_empty());
    let message =
        Signal::derive(move || done.get().filter(|done| back(done).is_some()).map(|done| t.bulk_done(&done)));
    let undo: Undo = Box::new(move || {
        let done = done.get_untracked()?;
        let action = back(&done)?.to_code();
        Some(
            view! {
                <Form action=act>
                    {hidden("action", &action)}
                    {done.back.iter().enumerate().map(|(at, person)| view! {
                        {hidden(&format!("people[{at}]"), &person)}
                    }).collect_view()}
                    {undo_field()}
                    <Submit label=t.undo() kind=Kind::Ghost busy=act.pending()/>
                </Form>
            }
            .into_any(),
        )
    });
    view! { <Toast message undo refused=vec![refusals(act)]/> }
}

/// The actions, with the grantable qualifications, which are loaded separately.
#[component]
fn QualificationActions() -> impl IntoView {
    let t = lang::current();
    let types = page_resource(|| (), |()| choices());
    view! {
        <Transition fallback=|| ()>
            {beside(types, Box::new(move |types| {
                let types = types.get_untracked().unwrap_or_default();
                let steps = [
                    (String::new(), t.access_choose().to_owned()),
                    ("suspend".to_owned(), t.step_suspend().to_owned()),
                    ("readmit".to_owned(), t.step_readmit().to_owned()),
                    ("invite".to_owned(), t.bulk_invite().to_owned()),
                ];
                let grants = types.into_iter().map(|(code, name)| (code, t.bulk_grant(&name)));
                let options = steps.into_iter().chain(grants).collect();
                view! { <Select name="action" label=t.bulk_what() options chosen=Signal::stored(String::new())/> }.into_any()
            }))}
        </Transition>
    }
}

#[component]
fn OutcomeMessage(outcome: Outcome) -> impl IntoView {
    let t = lang::current();
    let (tone, icon) =
        if outcome.refused.is_empty() { (Tone::Go, "circle-check") } else { (Tone::Warn, "triangle-alert") };
    let (title, site) = (t.bulk_done(&outcome), use_visitor().public_url);
    view! {
        <Banner tone icon title>
            {(!outcome.invited.is_empty()).then(|| view! {
                <ul>{outcome.invited.into_iter().map(|(name, delivery)| {
                    let (message, link) = match delivery {
                        Delivery::Mailed => (t.invited_mailed(), None),
                        Delivery::Caught => (t.invited_caught(), Some(CAUGHT.to_owned())),
                        Delivery::ByHand { link } => (t.invited_by_hand(), Some(handed(site.as_deref(), link))),
                    };
                    let link = link.map(|link| view! { " "<a class="link handed" href=link.clone() rel="external">{link.clone()}</a> });
                    view! { <li>{name}": "{message}{link}</li> }
                }).collect_view()}</ul>
            })}
            {(!outcome.refused.is_empty()).then(|| view! {
                <p>{t.bulk_refused()}</p>
                <ul>{outcome.refused.into_iter().map(|(_, name, why)| view! { <li>{name}": "{why}</li> }).collect_view()}</ul>
            })}
        </Banner>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, sent, visitor, words};
    use domain::bulk::BulkAction;
    use text::Lang;

    #[test]
    fn bulk_outcome_shows_count_and_refusal_reasons() {
        let html = html(visitor(Lang::En), "/people", || {
            let outcome = Outcome {
                action: BulkAction::Suspend,
                on: None,
                done: vec![PersonId(1), PersonId(2)],
                back: vec![],
                invited: vec![],
                refused: vec![(PersonId(10), "Eve".into(), "Their role is higher than yours.".into())],
            };
            view! { <OutcomeMessage outcome/> }
        });
        let content = words(&html);
        assert!(
            content.contains("2 people suspended.") && content.contains("Eve: Their role is higher"),
            "{content}"
        );
    }

    #[test]
    fn bulk_invitations_are_listed_without_undo() {
        use crate::visitor::{Answer, Visitor};
        use contract::accounts::Delivery::{ByHand, Mailed};
        let outcome = Outcome {
            action: BulkAction::Invite,
            on: None,
            done: vec![PersonId(1), PersonId(2)],
            back: vec![],
            invited: vec![("Ada".into(), Mailed), ("<Bob>".into(), ByHand { link: "/link/x".into() })],
            refused: vec![(PersonId(10), "Eve".into(), "Has chosen a password already.".into())],
        };
        let answer = Some(Answer { function: "/api/people/bulk".into(), text: sent(&outcome) });
        let public_url = Some("https://lab.example".into());
        let html = html(Visitor { answer, public_url, ..visitor(Lang::En) }, "/people", || {
            let act = Call::<Bulk>::new();
            view! { <Came act/><Back act/> }
        });
        let content = words(&html);
        assert!(
            content.contains("2 people invited.") && content.contains("Ada: Invited; the e-mail"),
            "{content}"
        );
        assert!(html.contains(r#"href="https://lab.example/link/x""#) && !html.contains("<Bob>"), "{html}");
        assert!(!html.contains("<form"), "no way back: {html}");
    }
}
