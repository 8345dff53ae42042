//! Holds on a person: active ones first on their page; the form to place one, and past ones.
//!
//! Invariant: outside the page's main content, so a refusal here leaves the page alone. Without permission nothing
//! is shown.

use crate::{
    call::{Call, Function, load, page_resource},
    lang,
    live::{beside, use_live},
    ui::{
        answered::later,
        button::{Kind, Submit},
        changing::{Key, dynamic, remount, rows},
        form::{Field, Form, completed_count, hidden, is_open},
        icon::Icon,
        select::Select,
        skeleton::SkeletonList,
        toast::{Toast, Undo, refusals, undo_form},
    },
};
use contract::holds::{self, HoldDone, HoldView, Holds as HoldsView, ListHolds};
use domain::{
    holds::HoldReason,
    id::{HoldId, PersonId},
    time::{MINUTE, Moment},
};
use leptos::{prelude::*, server_fn::ServerFn};
use text::time;

type PlaceHold = Function<holds::PlaceHold>;
type LiftHold = Function<holds::LiftHold>;

/// The holds on a person: loaded once, shown in two places of their page. Its parts make no requests, so that tests can
/// render them.
#[derive(Debug, Clone, Copy)]
pub struct Holds {
    person: PersonId,
    view: RwSignal<Option<HoldsView>>,
    place: Call<PlaceHold>,
    lift: Call<LiftHold>,
}

impl Holds {
    /// The page around them, once they are loaded.
    pub fn load(person: PersonId, page: Box<dyn FnOnce(Self) -> AnyView + Send>) -> AnyView {
        let live = use_live();
        let (place, lift) = (Call::new(), Call::new());
        let answers = page_resource(
            move || (live.person(person), place.version().get(), lift.version().get()),
            move |_| load(&ListHolds { person }),
        );
        view! {
            <Transition fallback=|| view! { <SkeletonList rows=4/> }>
                {beside(answers, Box::new(move |view| page(Self { person, view, place, lift })))}
            </Transition>
        }
        .into_any()
    }

    fn may_change(self) -> Memo<bool> {
        // Input must survive every other change.
        Memo::new(move |_| self.view.with(|view| view.as_ref().is_some_and(|view| view.may_change)))
    }
}

/// A banner for each active hold, with the button to lift it.
#[component]
pub fn InForce(holds: Holds) -> impl IntoView {
    let t = lang::current();
    let Holds { view: visible, lift, .. } = holds;
    let (may_change, in_force) = (holds.may_change(), Memo::new(move |_| some_of(visible, true)));
    rows(
        move || in_force.get(),
        key,
        move |hold| {
            let (id, reason) = (hold.id, t.holds_now(&time::lowered(t.hold_because(hold.reason))));
            view! {
                <section class="banner" data-tone="warn" aria-label=reason>
                    <Icon name="hand"/>
                    <div>
                        <p class="t">{reason.clone()}</p>
                        <p>{t.holds_now_next()}" "{when(&hold, visible)}</p>
                        {hold.remark.map(|remark| view! { <p>"“"{remark}"”"</p> })}
                    </div>
                    {dynamic(move || may_change.get().then(|| view! {
                        <Form action=lift>
                            {hidden("hold", &id)}
                            <Submit label=t.holds_lift() busy=lift.pending()/>
                        </Form>
                    }))}
                </section>
            }
        },
    )
}

/// The form to place a hold, with past ones.
#[component]
pub fn Card(holds: Holds) -> impl IntoView {
    let t = lang::current();
    let Holds { person, view: visible, place, .. } = holds;
    let (is_there, may_change) = (Memo::new(move |_| visible.with(Option::is_some)), holds.may_change());
    let in_force =
        Memo::new(move |_| visible.with(|visible| visible.iter().any(|it| it.holds.iter().any(|it| it.in_force))));
    let over = Memo::new(move |_| some_of(visible, false));
    let placed = completed_count(place);
    dynamic(move || {
        is_there.get().then(|| {
            view! {
                <section class="card" aria-labelledby="holds">
                    <div class="card-head"><h2 id="holds">{t.holds_title()}</h2></div>
                    {dynamic(move || (!in_force.get()).then(|| view! { <p class="muted">{t.holds_none()}" "{t.holds_none_next()}</p> }))}
                    <div class="deeds">
                        {remount(move || { placed.track(); may_change.get().then(|| view! { <Place person place/> }) })}
                        {dynamic(move || (!over.with(Vec::is_empty)).then(|| view! {
                            <details class="deed">
                                <summary>{t.holds_earlier()}</summary>
                                {rows(move || over.get(), key, move |hold| view! {
                                    <div class="hold">
                                        <p class="t">{t.hold_because(hold.reason)}</p>
                                        <p class="s">{when(&hold, visible)}</p>
                                        {hold.remark.map(|remark| view! { <p class="s">"“"{remark}"”"</p> })}
                                    </div>
                                })}
                            </details>
                        }))}
                    </div>
                </section>
            }
        })
    })
}

fn key(hold: &HoldView) -> Key {
    let HoldId(id) = hold.id;
    (id, hold.in_force.into())
}

fn some_of(view: RwSignal<Option<HoldsView>>, in_force: bool) -> Vec<HoldView> {
    view.with(|view| {
        let holds = view.iter().flat_map(|view| &view.holds);
        holds.filter(|hold| hold.in_force == in_force).cloned().collect()
    })
}

/// Start, author and end: `Since 13:46, by Sofia Mair.`
fn when(hold: &HoldView, view: RwSignal<Option<HoldsView>>) -> String {
    let t = lang::current();
    let now = view.with_untracked(|view| view.as_ref().map_or(hold.placed, |view| view.now));
    let since = t.since(hold.placed, now);
    let since = hold.placed_by.as_ref().map_or_else(|| since.clone(), |name| t.holds_placed_by(&since, name));
    let until = hold.until.map(|until| t.until(until, now));
    let over = (!hold.in_force).then(|| if hold.lifted.is_some() { t.holds_lifted() } else { t.holds_ended() });
    let all = [Some(since), until, over.map(ToOwned::to_owned)].into_iter().flatten().collect::<Vec<_>>();
    time::sentence(&all.join(" · "))
}

/// The last change, with undo: a placed hold is lifted. A lifted one is placed again as a new hold, because the
/// record cannot be changed.
#[component]
pub fn Done(holds: Holds) -> impl IntoView {
    let t = lang::current();
    let Holds { person, view: visible, place, lift } = holds;
    let last = later(place, lift);
    let message = Signal::derive(move || {
        let message = last.get().map(|done| if done.lifted { t.holds_was_lifted() } else { t.holds_was_placed() });
        message.map(ToOwned::to_owned)
    });
    let undo: Undo = Box::new(move || {
        let HoldDone { hold, lifted } = last.get_untracked()?;
        if !lifted {
            return Some(undo_form(lift, &[("hold", &hold)]));
        }
        let hold =
            visible.with_untracked(|visible| visible.as_ref()?.holds.iter().find(|it| it.id == hold).cloned())?;
        let until = hold.until.map(last_day).unwrap_or_default();
        let remark = hold.remark.unwrap_or_default();
        let reason = hold.reason.as_str();
        Some(undo_form(
            place,
            &[("person", &person), ("reason", &reason), ("last_day", &until), ("remark", &remark)],
        ))
    });
    view! { <Toast message undo refused=vec![refusals(place), refusals(lift)]/> }
}

/// The last whole day before `until`, as a form value.
fn last_day(until: Moment) -> String {
    until.shifted_to(until.at.before(MINUTE)).wall().date.to_string()
}

/// The form to place a hold.
#[component]
fn Place(person: PersonId, place: Call<PlaceHold>) -> impl IntoView {
    let t = lang::current();
    let reasons = HoldReason::ALL
        .iter()
        .filter(|reason| reason.is_placed_by_people())
        .map(|&reason| (reason.as_str().to_owned(), t.hold_because(reason).to_owned()));
    let options = [(String::new(), t.access_choose().to_owned())].into_iter().chain(reasons).collect();
    view! {
        <details class="deed" open=is_open("hold", PlaceHold::PATH)>
            <summary>{t.holds_place()}</summary>
            <p class="small muted" id="deed-hold">{t.holds_place_why()}</p>
            <Form action=place>
                {hidden("person", &person)}
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
    use crate::testing::{NOW, ago, html, sent, visitor, words};
    use domain::id::HoldId;
    use text::Lang;

    fn hold(id: i64, in_force: bool) -> HoldView {
        HoldView {
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

    fn render(may_change: bool, holds: Vec<HoldView>) -> String {
        html(visitor(Lang::En), "/people/2", move || {
            let person = PersonId(2);
            let displayed = RwSignal::new(Some(HoldsView { person, now: NOW, holds, may_change }));
            let holds = Holds { person, view: displayed, place: Call::new(), lift: Call::new() };
            view! { <InForce holds/><Card holds/> }
        })
    }

    #[test]
    fn active_hold_comes_first_with_reason() {
        let html = render(true, vec![hold(1, true), hold(2, false)]);
        let words = words(&html.replace("</p>", " </p>"));
        assert!(
            words.contains("On hold: payment missing They can’t use any machine. Since 13:46, by Sofia Mair."),
            "{words}"
        );
        assert!(words.contains("Since 13:46, by Sofia Mair · lifted."), "{words}");
        assert_eq!(html.matches(r#"action="?/holds/lift""#).count(), 1, "{html}");
        assert!(html.contains(r#"action="?/holds/place""#), "{html}");
    }

    #[test]
    fn reader_without_permission_has_no_hold_buttons() {
        let html = render(false, Vec::new());
        assert!(!html.contains("<form") && html.contains("No hold."), "{html}");
    }

    #[test]
    fn lifted_hold_is_undone_by_placing_and_placed_hold_by_lifting() {
        use crate::visitor::{Answer, Visitor};
        let done = |function: &str, lifted| {
            let answer =
                Some(Answer { function: function.into(), text: sent(&HoldDone { hold: HoldId(2), lifted }) });
            html(Visitor { answer, ..visitor(Lang::En) }, "/people/2", || {
                // Until the end of Saturday.
                let until = Some(NOW.shifted_to(NOW.at.after(MINUTE * (2 * 24 * 60 + 584))));
                let holds = vec![HoldView { until, ..hold(2, false) }];
                let displayed =
                    RwSignal::new(Some(HoldsView { person: PersonId(2), now: NOW, holds, may_change: true }));
                let holds = Holds { person: PersonId(2), view: displayed, place: Call::new(), lift: Call::new() };
                view! { <Done holds/> }
            })
        };
        let lifted = done("/api/holds/lift", true);
        assert!(words(&lifted).contains("The hold is lifted.") && lifted.contains("?/holds/place"), "{lifted}");
        for field in [
            r#"name="reason" value="unpaid""#,
            r#"name="last_day" value="2026-11-21""#,
            r#"value="No fee since May""#,
        ] {
            assert!(lifted.contains(field), "{field} is not in {lifted}");
        }
        let placed = done("/api/holds/place", false);
        assert!(placed.contains("?/holds/lift") && placed.contains(r#"name="hold" value="2""#), "{placed}");
    }
}
