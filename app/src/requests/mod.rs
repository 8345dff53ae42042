//! Ending a use from afar: the button on the machine's page, and what has become of it.
//!
//! Invariant: shown to whoever may stop what runs there now, and to nobody else. Beside the page's main content: what
//! is refused here says so in its own place and leaves the page alone.

pub mod api;

use crate::{
    call::{Call, asked},
    lang,
    live::{beside, use_live},
    ui::{
        button::{Kind, Submit},
        changing::part,
        form::Form,
    },
    visitor::use_visitor,
};
use api::StopMachine;
use domain::{id::MachineId, live::Noun, requests::Stop};
use leptos::{prelude::*, server_fn::ServerFn};

/// “Stop it”, for whoever may.
#[component]
pub fn StopButton(
    /// What is running.
    machine: MachineId,
) -> impl IntoView {
    let (live, stop) = (use_live(), Call::<StopMachine>::new());
    let offers = asked(
        move || (live.version(Noun::Machine), live.version(Noun::Person), stop.version().get()),
        move |_| api::stoppable(machine),
    );
    view! {
        <Transition fallback=|| ()>
            {beside(offers, Box::new(move |newest| {
                let shown = Signal::derive(move || newest.get().flatten());
                view! { <Offer machine stop shown/> }.into_any()
            }))}
        </Transition>
    }
}

/// The form: no request, so that a test can render it.
#[component]
fn Offer(machine: MachineId, stop: Call<StopMachine>, shown: Signal<Option<Stop>>) -> impl IntoView {
    let t = lang::current();
    // A refusal is told also when by then there is nothing left to stop.
    let echoed = use_visitor().echo.is_some_and(|echo| echo.function == StopMachine::PATH);
    let refused = Memo::new(move |_| stop.value().with(|value| value.as_ref().map_or(echoed, Result::is_err)));
    part(move || {
        let offer = shown.get();
        (offer.is_some() || refused.get()).then(|| {
            let button = offer.map(|offer| {
                let label = if offer == Stop::WhenItAsks { t.stop_again() } else { t.stop_machine() };
                let word = match offer {
                    Stop::Offered => t.stop_machine_why(),
                    Stop::UnderWay => t.stop_under_way(),
                    Stop::WhenItAsks => t.stop_when_it_asks(),
                };
                view! {
                    <div class="btn-row">
                        {(offer != Stop::UnderWay).then(|| view! {
                            <Submit label kind=Kind::Danger busy=Signal::derive(move || stop.pending().get())/>
                        })}
                        <p class="small muted" role="status">{word}</p>
                    </div>
                }
            });
            view! {
                <Form action=stop>
                    <input type="hidden" name="machine" value=machine.to_string()/>
                    {button}
                </Form>
            }
        })
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use domain::problem::{Kind as Refusal, Problem};
    use text::Lang;

    fn shown(visitor: Visitor, offer: Option<Stop>) -> String {
        html(visitor, "/machines/1", move || {
            let (stop, shown) = (Call::<StopMachine>::new(), Signal::stored(offer));
            view! { <Offer machine=MachineId(1) stop shown/> }
        })
    }

    #[test]
    fn whoever_may_gets_a_button_and_nobody_else() {
        let html = shown(visitor(Lang::En), Some(Stop::Offered));
        assert!(
            html.contains(r#"action="?/machines/stop""#) && html.contains(r#"name="machine" value="1""#),
            "{html}"
        );
        assert!(words(&html).contains("Stop it"), "{html}");
        assert!(!shown(visitor(Lang::En), None).contains("<form"), "nothing to stop, or not theirs");
    }

    #[test]
    fn a_board_that_is_told_is_not_told_again() {
        let html = shown(visitor(Lang::It), Some(Stop::UnderWay));
        assert!(!html.contains("<button") && words(&html).contains("è stato chiesto di uscire"), "{html}");
        let html = shown(visitor(Lang::En), Some(Stop::WhenItAsks));
        assert!(words(&html).contains("Ask again") && words(&html).contains("As soon as it asks"), "{html}");
    }

    #[test]
    fn a_refusal_is_told_though_there_is_nothing_left_to_stop() {
        let problem = Problem::new("machine.idle", Refusal::Conflict, Lang::En.stop_idle());
        let echo = Some(Echo { function: StopMachine::PATH.into(), values: Vec::new(), problem });
        let html = shown(Visitor { echo, ..visitor(Lang::En) }, None);
        assert!(words(&html).contains("Nobody is on it any more") && !html.contains("<button"), "{html}");
    }
}
