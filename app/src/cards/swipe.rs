//! Assigning the next card tapped at a reader: at which machine, the time left, the outcome.
//!
//! Invariant: a board waits only while this is shown: leaving the page cancels it. Without script it ends by
//! itself after a minute.

use super::api::{self, CancelCard, ExpectCard, GiveUnknown};
use crate::{
    call::{Call, page_resource},
    cards::api::MarkCard,
    clock::use_clock,
    lang,
    live::{beside, use_live},
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::Submit,
        changing::{dynamic, text},
        form::{Form, hidden},
        icon::Icon,
        select::Select,
        toast::{Toast, Undo, refusals, undo_form},
    },
};
use contract::cards::{Outcome, Sorted, Swiping, Waiting};
use domain::{cards::CardAction, id::PersonId, live::Noun};
use leptos::{html, prelude::*, server_fn::ServerFn, task::spawn_local};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};
use text::time;
use web_sys::UrlSearchParams;

/// The calls, and the signal that reloads when the time is over.
#[derive(Clone, Copy)]
struct Calls {
    expect: Call<ExpectCard>,
    cancel: Call<CancelCard>,
    give: Call<GiveUnknown>,
    mark: Call<MarkCard>,
    over: RwSignal<u32>,
}

impl Calls {
    fn new() -> Self {
        Self {
            expect: Call::new(),
            cancel: Call::new(),
            give: Call::new(),
            mark: Call::new(),
            over: RwSignal::new(0),
        }
    }
}

/// The enrollment section, if permitted.
#[component]
pub fn Swipe(person: PersonId) -> impl IntoView {
    let (live, calls) = (use_live(), Calls::new());
    let changes = move || {
        let request = calls.expect.version().get() + calls.cancel.version().get() + calls.give.version().get();
        let request = request + calls.mark.version().get();
        (request, calls.over.get())
    };
    let answers = page_resource(
        move || (live.version(Noun::Person), live.version(Noun::Machine), changes()),
        move |_| api::swiping(person),
    );
    view! {
        <Transition fallback=|| ()>
            {beside(answers, Box::new(move |visible| {
                leave(person, visible);
                view! { <SwipeStatus person status=visible calls/> }.into_any()
            }))}
        </Transition>
        <Given calls/>
    }
}

/// The last assigned unknown card, with undo.
#[component]
fn Given(calls: Calls) -> impl IntoView {
    let (t, given) = (lang::current(), answered(calls.give));
    Effect::new(move |_| {
        calls.give.version().track();
        calls.mark.clear();
    });
    let is_back = Signal::derive(move || calls.mark.value().with(|marked| matches!(marked, Some(Ok(_)))));
    let message = Signal::derive(move || match given.get() {
        Some(Sorted::Given { ending, .. }) if is_back.get() => {
            Some(t.card_marked(CardAction::Retire, &t.card_called(&ending)))
        }
        Some(Sorted::Given { ending, name, .. }) => Some(t.unknown_given(&t.card_called(&ending), &name)),
        _ => None,
    });
    let undo: Undo = Box::new(move || match given.get_untracked() {
        Some(Sorted::Given { card, .. }) if !is_back.get_untracked() => {
            Some(undo_form(calls.mark, &[("card", &card), ("action", &CardAction::Retire.as_str())]))
        }
        _ => None,
    });
    view! { <Toast message undo refused=vec![refusals(calls.mark)]/> }
}

/// Cancels the board's waiting when the reader leaves the page. In the browser only.
fn leave(person: PersonId, visible: RwSignal<Option<Swiping>>) {
    let open = Arc::new(AtomicBool::new(false));
    let is_open = Arc::clone(&open);
    Effect::new(move |_| is_open.store(visible.with(|visible| waits(visible.as_ref()).is_some()), Relaxed));
    Effect::new(move |_| {
        let gone = Arc::clone(&open);
        let leaving = window_event_listener_untyped("pagehide", move |_| {
            if gone.swap(false, Relaxed)
                && let Ok(fields) = UrlSearchParams::new()
            {
                fields.append("person", &person.to_string());
                // If the browser sends no beacon, the minute passes.
                drop(window().navigator().send_beacon_with_opt_url_search_params(CancelCard::PATH, Some(&fields)));
            }
        });
        let open = Arc::clone(&open);
        on_cleanup(move || {
            leaving.remove();
            if open.swap(false, Relaxed) {
                spawn_local(async move { drop(api::cancel_card(person).await) });
            }
        });
    });
}

/// The current enrollment, if any.
fn waits(visible: Option<&Swiping>) -> Option<&Waiting> {
    visible?.waiting.as_ref().filter(|waiting| waiting.outcome == Outcome::Open)
}

/// The form, the waiting state or the outcome: without requests, so that tests can render it.
#[component]
fn SwipeStatus(person: PersonId, status: RwSignal<Option<Swiping>>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let waiting = Memo::new(move |_| status.with(|status| waits(status.as_ref()).cloned()));
    let outcome = Memo::new(move |_| {
        status.with(|status| status.as_ref()?.waiting.clone().filter(|waiting| waiting.outcome != Outcome::Open))
    });
    let boards = Memo::new(move |_| status.with(|status| status.as_ref().map(|status| status.boards.clone())));
    let recent = Memo::new(move |_| {
        status.with(|status| status.as_ref().map(|status| status.recent.clone()).unwrap_or_default())
    });
    view! {
        <h3>{t.card_swipe()}</h3>
        <div role="status">
            {dynamic(move || outcome.get().map(|waiting| view! { <OutcomeMessage person outcome=waiting.outcome/> }))}
            {dynamic(move || waiting.get().map(|waiting| view! { <Now waiting status over=calls.over/> }))}
        </div>
        {dynamic(move || Some(match (waiting.get().is_some(), boards.get()?) {
            (true, _) => view! {
                <Form action=calls.cancel>
                    {hidden("person", &person)}
                    <div class="btn-row">
                        <Submit label=t.card_swipe_cancel() busy=calls.cancel.pending()/>
                        <noscript><a class="btn" href=format!("/people/{person}?open=card#cards")>{t.card_swipe_look()}</a></noscript>
                    </div>
                </Form>
            }.into_any(),
            (false, boards) if boards.is_empty() => view! { <p class="muted">{t.card_swipe_none()}</p> }.into_any(),
            (false, boards) => view! {
                <p class="small muted">{t.card_swipe_lead()}</p>
                <Form action=calls.expect>
                    {hidden("person", &person)}
                    <Select name="machine" label=t.card_swipe_where() chosen=Signal::stored(String::new())
                        options=boards.into_iter().map(|(id, name)| (id.to_string(), name)).collect()/>
                    <div class="btn-row"><Submit label=t.card_swipe_begin() busy=calls.expect.pending()/></div>
                </Form>
            }.into_any(),
        }))}
        {dynamic(move || {
            let recent = recent.get();
            (!recent.is_empty()).then(|| {
                let now = use_clock().now_once();
                view! {
                    <h3>{t.card_recent()}</h3>
                    <ul class="list">
                        {recent.into_iter().map(|card| {
                            let name = t.card_ending(&card.ending);
                            view! {
                                <li><div class="item">
                                    <span class="tile"><Icon name="id-card"/></span>
                                    <span class="lines">
                                        <span class="t">{name.clone()}</span>
                                        <span class="s">{t.unknown_seen(card.times, &card.machine_name, &t.recent(card.seen, now))}</span>
                                    </span>
                                    <Form action=calls.give>
                                        {hidden("card", &card.id)}
                                        {hidden("person", &person)}
                                        <Submit label=t.card_give_this() about=name busy=calls.give.pending()/>
                                    </Form>
                                </div></li>
                            }
                        }).collect_view()}
                    </ul>
                }
            })
        })}
    }
}

/// The outcome of the last enrollment.
#[component]
fn OutcomeMessage(person: PersonId, outcome: Outcome) -> impl IntoView {
    let t = lang::current();
    let (tone, icon, title) = match outcome {
        Outcome::Given { ending, .. } => (Tone::Go, "circle-check", t.card_swipe_given(&t.card_called(&ending))),
        Outcome::Assigned { person: whose, .. } if whose == person => {
            (Tone::Warn, "info", t.card_swipe_theirs().to_owned())
        }
        Outcome::Assigned { person, name } => {
            let name = name.unwrap_or_else(|| t.person_former(&person.to_string()));
            (Tone::Warn, "octagon-alert", t.card_swipe_taken(&name))
        }
        Outcome::Open | Outcome::Failed => (Tone::Bad, "octagon-alert", t.card_swipe_failed().to_owned()),
    };
    view! { <Banner tone icon title>""</Banner> }
}

/// The current enrollment, with the seconds left.
#[component]
fn Now(waiting: Waiting, status: RwSignal<Option<Swiping>>, over: RwSignal<u32>) -> impl IntoView {
    let t = lang::current();
    let request = status.with_untracked(|status| status.as_ref().map_or(waiting.until, |status| status.now));
    let left = RwSignal::new(u32::try_from(waiting.until.at.since(request.at).as_secs()).unwrap_or(0));
    let counts = RwSignal::new(false);
    let here = NodeRef::<html::Span>::new();
    Effect::new(move |_| {
        counts.set(true);
        // In a collapsed section, the next card would be taken unnoticed.
        if let Some(folded) = here.get_untracked().and_then(|here| here.closest("details").ok().flatten()) {
            drop(folded.set_attribute("open", ""));
        }
        let second = move || {
            if left.get_untracked() == 0 {
                over.update(|over| *over += 1);
            } else {
                left.update(|left| *left -= 1);
            }
        };
        if let Ok(timer) = set_interval_with_handle(second, Duration::from_secs(1)) {
            on_cleanup(move || timer.clear());
        }
    });
    let title = t.card_swipe_now(&waiting.machine_name);
    let until = t.card_swipe_until(&time::clock(waiting.until));
    view! {
        <Banner tone=Tone::Info icon="info" title>
            // Announced once, with the end time; the seconds are only visual.
            <span class="visually-hidden" node_ref=here>{until.clone()}</span>
            <span aria-hidden="true">{text(move || {
                if counts.get() { t.card_swipe_left(left.get()) } else { until.clone() }
            })}</span>
        </Banner>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, html, sent, visitor, words},
        visitor::{Answer, Visitor},
    };
    use domain::id::{CardId, MachineId};
    use text::Lang;

    fn swiping(outcome: Option<Outcome>) -> String {
        html(visitor(Lang::En), "/people/7", move || {
            let waiting = outcome.map(|outcome| Waiting {
                machine: MachineId(1),
                machine_name: "Laser".into(),
                until: NOW,
                outcome,
            });
            let boards = vec![(MachineId(1), "Laser".to_owned())];
            let visible = RwSignal::new(Some(Swiping { now: NOW, boards, waiting, recent: Vec::new() }));
            view! { <SwipeStatus person=PersonId(7) status=visible calls=Calls::new()/> }
        })
    }

    #[test]
    fn enrollment_selects_machine_then_waits_with_cancel() {
        let first = swiping(None);
        assert!(
            first.contains(r#"action="?/cards/expect""#) && words(&first).contains("Wait for a card"),
            "{first}"
        );
        let waiting = swiping(Some(Outcome::Open));
        assert!(words(&waiting).contains("Tap the card on Laser now."), "{waiting}");
        assert!(waiting.contains(r#"action="?/cards/cancel""#) && !waiting.contains("/cards/expect"), "{waiting}");
    }

    #[test]
    fn assigned_unknown_card_shows_toast_with_undo() {
        let given =
            Sorted::Given { card: CardId(3), person: PersonId(7), name: "Ada".into(), ending: "0f".into() };
        let answer = Some(Answer { function: GiveUnknown::PATH.into(), text: sent(&given) });
        let html =
            html(Visitor { answer, ..visitor(Lang::En) }, "/people/7", || view! { <Given calls=Calls::new()/> });
        assert!(words(&html).contains("Ada"), "{html}");
        assert!(html.contains(r#"name="card" value="3""#) && html.contains(r#"value="retire""#), "{html}");
    }

    #[test]
    fn enrollment_outcome_is_shown_with_retry() {
        let given = swiping(Some(Outcome::Given { card: CardId(3), ending: "0f".into() }));
        assert!(words(&given).contains("Card ending 0f is theirs now."), "{given}");
        let other = Outcome::Assigned { person: PersonId(8), name: Some("Bob".into()) };
        let taken = swiping(Some(other));
        assert!(words(&taken).contains("That card is Bob’s. It stays theirs."), "{taken}");
        assert!(taken.contains("/cards/expect"), "another card can be held up: {taken}");
        let own = swiping(Some(Outcome::Assigned { person: PersonId(7), name: None }));
        assert!(words(&own).contains("They already have this card."), "{own}");
    }
}
