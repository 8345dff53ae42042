//! The same deed for everybody who is chosen in the list, what came of it, and the way back.
//!
//! Invariant: an ordinary form around the list; the boxes are in its rows. What came of it stays on the screen.

use crate::{
    call::{Call, asked},
    lang,
    problem::AppError,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{Kind, Submit},
        changing::{part, text},
        form::Form,
        select::Select,
        toast::{Toast, WayBack},
    },
};
use domain::{bulk::Outcome, id::PersonId};
use leptos::prelude::*;

/// What can be granted to many.
#[server(name = ReadBulkChoices, endpoint = "people/bulk-choices")]
pub async fn choices() -> Result<Vec<(String, String)>, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    services::bulk::choices(&ctx, &crate::asker::actor()).await.map_err(|error| error.problem(t).into())
}

/// Does something to everybody who was chosen.
#[server(endpoint = "people/bulk")]
pub async fn bulk(
    /// Whom.
    #[server(default)]
    people: Vec<PersonId>,
    /// What, as its word.
    #[server(default)]
    deed: String,
) -> Result<Outcome, AppError> {
    let (ctx, t) = (expect_context::<services::Ctx>(), crate::lang::current());
    let done = services::bulk::act(&ctx, &crate::asker::actor(), &people, &deed, t).await;
    done.map_err(|error| error.problem(t).into())
}

/// The form around the list, for whoever may; the bare list for everybody else.
#[component]
pub fn Chosen(
    /// Whether the asker may.
    may: bool,
    /// The list, with a box in each row.
    children: Children,
) -> impl IntoView {
    if !may {
        return children().into_any();
    }
    let t = lang::current();
    let act = Call::<Bulk>::new();
    let (done, count) = (answered(act), RwSignal::new(0_u32));
    // Effects run in the browser only: without script nobody counts.
    Effect::new(move |_| {
        act.version().track();
        count.set(chosen());
    });
    let said =
        Signal::derive(move || done.get().filter(|done| !done.done.is_empty()).map(|done| t.bulk_done(&done)));
    let undo: WayBack = Box::new(move || {
        let done: Outcome = done.get_untracked()?;
        Some(
            view! {
                <Form action=act>
                    <input type="hidden" name="deed" value=done.deed.undone_by().word()/>
                    {done.done.iter().enumerate().map(|(at, person)| view! {
                        <input type="hidden" name=format!("people[{at}]") value=person.to_string()/>
                    }).collect_view()}
                    <Submit label=t.undo() kind=Kind::Ghost busy=act.pending()/>
                </Form>
            }
            .into_any(),
        )
    });
    view! {
        <div role="status">{part(move || done.get().map(|outcome| view! { <Told outcome/> }))}</div>
        <div on:change=move |_| count.set(chosen())>
            <Form action=act>
                {children()}
                <section class="card bulk" aria-label=t.bulk_title()>
                    <p class="t" role="status">{text(move || t.bulk_chosen(count.get()))}</p>
                    <Deeds/>
                    <div class="btn-row"><Submit label=t.bulk_do() busy=act.pending()/></div>
                </section>
            </Form>
        </div>
        <Toast said undo/>
    }
    .into_any()
}

/// How many boxes are ticked.
fn chosen() -> u32 {
    document().query_selector_all(".table.people input:checked").map_or(0, |boxes| boxes.length())
}

/// What can be done, with what can be granted, which is asked for by itself.
#[component]
fn Deeds() -> impl IntoView {
    let t = lang::current();
    let types = asked(|| (), |()| choices());
    view! {
        <Transition fallback=|| ()>
            {untrack(|| Suspend::new(async move {
                let types = types.await.unwrap_or_default();
                let steps = [
                    (String::new(), t.access_choose().to_owned()),
                    ("suspend".to_owned(), t.step_suspend().to_owned()),
                    ("readmit".to_owned(), t.step_readmit().to_owned()),
                ];
                let grants = types.into_iter().map(|(word, name)| (word, t.bulk_grant(&name)));
                let options = steps.into_iter().chain(grants).collect();
                view! { <Select name="deed" label=t.bulk_what() options chosen=Signal::stored(String::new())/> }
            }))}
        </Transition>
    }
}

/// What came of it: stays until something else is done.
#[component]
fn Told(outcome: Outcome) -> impl IntoView {
    let t = lang::current();
    let (tone, icon) =
        if outcome.refused.is_empty() { (Tone::Go, "circle-check") } else { (Tone::Warn, "triangle-alert") };
    let title = t.bulk_done(&outcome);
    view! {
        <Banner tone icon title>
            {(!outcome.refused.is_empty()).then(|| view! {
                <p>{t.bulk_refused()}</p>
                <ul>{outcome.refused.into_iter().map(|(name, why)| view! { <li>{name}": "{why}</li> }).collect_view()}</ul>
            })}
        </Banner>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{html, visitor, words};
    use domain::bulk::Deed;
    use text::Lang;

    #[test]
    fn what_came_of_it_is_counted_and_every_refusal_has_its_reason() {
        let html = html(visitor(Lang::En), "/people", || {
            let outcome = Outcome {
                deed: Deed::Suspend,
                on: None,
                done: vec![PersonId(1), PersonId(2)],
                refused: vec![("Eve".into(), "They rank higher than you.".into())],
            };
            view! { <Told outcome/> }
        });
        let said = words(&html);
        assert!(said.contains("2 people suspended.") && said.contains("Eve: They rank higher"), "{said}");
    }
}
