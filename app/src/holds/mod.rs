//! Holds on somebody: what is in force first, the form to place one, and what was. Part of their page.
//!
//! Invariant: beside the page's main content, so what is refused here leaves the page alone. Who may not see the holds
//! sees nothing of them.

pub mod api;

use crate::{
    lang,
    live::use_live,
    problem::AppError,
    ui::{
        button::{Kind, Submit},
        changing::part,
        form::{Field, Form, came_back},
        icon::Icon,
        select::Select,
    },
};
use api::{LiftHold, PlaceHold};
use domain::{
    holds::{HoldReason, HoldShown, Holds as Shown},
    id::PersonId,
    live::Noun,
};
use leptos::{prelude::*, server_fn::ServerFn};
use text::time;

/// The holds on `person`.
#[component]
pub fn Holds(
    /// On whom.
    person: PersonId,
) -> impl IntoView {
    let live = use_live();
    let (place, lift) = (ServerAction::<PlaceHold>::new(), ServerAction::<LiftHold>::new());
    let answers = Resource::new_blocking(
        move || (live.version(Noun::Person), place.version().get(), lift.version().get()),
        move |_| api::of(person),
    );
    view! {
        <Transition fallback=|| ()>
            {untrack(|| Suspend::new(async move {
                let shown = RwSignal::new(answers.await.ok());
                Effect::new(move |_| {
                    // A fetch that fails leaves what is there.
                    if let Some(Ok::<_, AppError>(newer)) = answers.get()
                        && shown.with_untracked(|shown| shown.as_ref() != Some(&newer))
                    {
                        shown.set(Some(newer));
                    }
                });
                view! { <Listed person shown place lift/> }
            }))}
        </Transition>
    }
}

/// The card: no request, so that a test can render it.
#[component]
fn Listed(
    person: PersonId,
    shown: RwSignal<Option<Shown>>,
    place: ServerAction<PlaceHold>,
    lift: ServerAction<LiftHold>,
) -> impl IntoView {
    let t = lang::current();
    let is_there = Memo::new(move |_| shown.with(Option::is_some));
    // What is being typed must survive every other change.
    let may_change = Memo::new(move |_| shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.may_change)));
    let in_force = Memo::new(move |_| some_of(shown, true));
    let over = Memo::new(move |_| some_of(shown, false));
    part(move || {
        is_there.get().then(|| {
            view! {
                <section class="card holds" aria-labelledby="holds">
                    <div class="card-head"><h2 id="holds">{t.holds_title()}</h2></div>
                    {part(move || in_force.with(Vec::is_empty).then(|| view! { <p class="muted">{t.holds_none()}</p> }))}
                    <For each=move || in_force.get() key=|hold| (hold.id, hold.in_force) children=move |hold| {
                        let id = hold.id;
                        view! {
                            <div class="hold">
                                <Said hold shown/>
                                {part(move || may_change.get().then(|| view! {
                                    <Form action=lift>
                                        <input type="hidden" name="hold" value=id.to_string()/>
                                        <div class="btn-row"><Submit label=t.holds_lift() busy=lift.pending()/></div>
                                    </Form>
                                }))}
                            </div>
                        }
                    }/>
                    {part(move || may_change.get().then(|| view! { <Place person place/> }))}
                    {part(move || (!over.with(Vec::is_empty)).then(|| view! {
                        <details class="uses">
                            <summary>{t.holds_earlier()}<Icon name="chevron-right"/></summary>
                            <For each=move || over.get() key=|hold| (hold.id, hold.in_force) children=move |hold| view! {
                                <div class="hold"><Said hold shown/></div>
                            }/>
                        </details>
                    }))}
                </section>
            }
        })
    })
}

fn some_of(shown: RwSignal<Option<Shown>>, in_force: bool) -> Vec<HoldShown> {
    shown.with(|shown| {
        let holds = shown.iter().flat_map(|shown| &shown.holds);
        holds.filter(|hold| hold.in_force == in_force).cloned().collect()
    })
}

/// One hold in words: why, since when and by whom, until when, and what was written.
#[component]
fn Said(hold: HoldShown, shown: RwSignal<Option<Shown>>) -> impl IntoView {
    let t = lang::current();
    let now = shown.with_untracked(|shown| shown.as_ref().map_or(hold.placed, |shown| shown.now));
    let since = t.since(hold.placed, now);
    let since = hold.placed_by.as_ref().map_or_else(|| since.clone(), |name| t.holds_placed_by(&since, name));
    let until = hold.until.map(|until| t.until(until, now));
    let over = (!hold.in_force).then(|| if hold.lifted.is_some() { t.holds_lifted() } else { t.holds_ended() });
    let second = [Some(since), until, over.map(ToOwned::to_owned)].into_iter().flatten().collect::<Vec<_>>();
    view! {
        <p class="t">{t.hold_because(hold.reason)}</p>
        <p class="s">{time::sentence(&second.join(" · "))}</p>
        {hold.remark.map(|remark| view! { <p class="s">{remark}</p> })}
    }
}

/// The form that places one.
#[component]
fn Place(person: PersonId, place: ServerAction<PlaceHold>) -> impl IntoView {
    let t = lang::current();
    let reasons =
        HoldReason::ALL.iter().map(|&reason| (reason.word().to_owned(), t.hold_because(reason).to_owned()));
    let options = [(String::new(), t.access_choose().to_owned())].into_iter().chain(reasons).collect();
    view! {
        <details class="uses" open=came_back(PlaceHold::PATH)>
            <summary>{t.holds_place()}<Icon name="chevron-right"/></summary>
            <p class="small muted">{t.holds_place_why()}</p>
            <Form action=place>
                <input type="hidden" name="person" value=person.to_string()/>
                <Select name="reason" label=t.holds_reason() options chosen=Signal::stored(String::new())/>
                <Field name="last_day" label=t.holds_until() kind="date" hint=t.holds_until_hint()/>
                <Field name="remark" label=t.holds_remark() hint=t.holds_remark_hint()/>
                <div class="btn-row"><Submit label=t.holds_place() kind=Kind::Danger busy=place.pending()/></div>
            </Form>
        </details>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::id::HoldId;
    use text::Lang;

    fn hold(id: i64, in_force: bool) -> HoldShown {
        HoldShown {
            id: HoldId(id),
            reason: HoldReason::Unpaid,
            remark: Some("No fee since May".into()),
            placed: ago(30),
            placed_by: Some("Sofia Mair".into()),
            until: None,
            lifted: (!in_force).then_some(NOW),
            lifted_by: None,
            in_force,
        }
    }

    fn shown(may_change: bool, holds: Vec<HoldShown>) -> String {
        html(visitor(Lang::En), "/people/2", move || {
            let shown = RwSignal::new(Some(Shown { person: PersonId(2), now: NOW, holds, may_change }));
            let (place, lift) = (ServerAction::<PlaceHold>::new(), ServerAction::<LiftHold>::new());
            view! { <Listed person=PersonId(2) shown place lift/> }
        })
    }

    #[test]
    fn what_is_in_force_comes_first_with_its_words() {
        let html = shown(true, vec![hold(1, true), hold(2, false)]);
        let words = words(&html.replace("</p>", " </p>"));
        assert!(words.contains("A payment is missing Since 13:46, by Sofia Mair. No fee since May"), "{words}");
        assert!(words.contains("Since 13:46, by Sofia Mair · lifted."), "{words}");
        assert_eq!(html.matches(r#"action="?/holds/lift""#).count(), 1, "{html}");
        assert!(html.contains(r#"action="?/holds/place""#), "{html}");
    }

    #[test]
    fn who_may_not_change_them_has_no_button() {
        let html = shown(false, Vec::new());
        assert!(!html.contains("<form") && html.contains("No hold is in force."), "{html}");
    }
}
