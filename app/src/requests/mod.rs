//! Remote start and stop: the button on the machine's page, and its state.
//!
//! Invariant: shown only to people who may stop the current use, or start it now. Outside the page's main content:
//! a refusal is shown here and leaves the page alone.

pub mod api;

use crate::{
    call::{Call, page_resource},
    lang,
    live::{beside, use_live},
    ui::{
        button::{Kind, Submit},
        changing::dynamic,
        form::{Form, hidden},
    },
    visitor::use_visitor,
};
use api::AskBoard;
use contract::requests::Remote;
use domain::{id::MachineId, live::Noun};
use leptos::{prelude::*, server_fn::ServerFn};

/// The button, if permitted.
#[component]
pub fn RemoteButton(machine: MachineId) -> impl IntoView {
    let (live, ask) = (use_live(), Call::<AskBoard>::new());
    let offers = page_resource(
        // Whether it may be started depends on who is on other machines too.
        move || (live.version(Noun::Machine), live.version(Noun::Person), ask.version().get()),
        move |_| api::remote(machine),
    );
    view! {
        <Transition fallback=|| ()>
            {beside(offers, Box::new(move |newest| {
                let visible = Signal::derive(move || newest.get().flatten());
                view! { <Offer machine ask remote=visible/> }.into_any()
            }))}
        </Transition>
    }
}

/// The form without requests, so that tests can render it.
#[component]
fn Offer(machine: MachineId, ask: Call<AskBoard>, remote: Signal<Option<Remote>>) -> impl IntoView {
    let t = lang::current();
    // A refusal is shown even if nothing is left to do by then.
    let echoed = use_visitor().echo.is_some_and(|echo| echo.function == AskBoard::PATH);
    let refused = Memo::new(move |_| ask.value().with(|value| value.as_ref().map_or(echoed, Result::is_err)));
    dynamic(move || {
        let offer = remote.get();
        (offer.is_some() || refused.get()).then(|| {
            let mut start = false;
            let button = offer.map(|offer| {
                let (label, name) = match offer {
                    Remote::Stop => (t.stop_machine(), t.stop_machine_why()),
                    Remote::Stopping => ("", t.stop_under_way()),
                    Remote::StopWhenItAsks => (t.stop_again(), t.stop_when_it_asks()),
                    Remote::Start => (t.start_machine(), t.start_machine_why()),
                    Remote::Starting => ("", t.start_under_way()),
                    Remote::NotStarted => (t.start_machine(), t.start_not()),
                    Remote::WentAway => ("", t.start_went_away()),
                    Remote::WentSilent => ("", t.start_went_silent()),
                    Remote::DidNot => ("", t.start_did_not()),
                };
                start = matches!(offer, Remote::Start | Remote::NotStarted);
                let kind = if start { Kind::Quiet } else { Kind::Danger };
                view! {
                    <div class="btn-row">
                        {(!label.is_empty()).then(|| view! {
                            <Submit label kind busy=Signal::derive(move || ask.pending().get())/>
                        })}
                        <p class="small muted" role="status">{name}</p>
                    </div>
                }
            });
            view! {
                <Form action=ask>
                    {hidden("machine", &machine)}
                    {hidden("start", &start)}
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

    fn render(visitor: Visitor, offer: Option<Remote>) -> String {
        html(visitor, "/machines/1", move || {
            let (ask, visible) = (Call::<AskBoard>::new(), Signal::stored(offer));
            view! { <Offer machine=MachineId(1) ask remote=visible/> }
        })
    }

    #[test]
    fn stop_button_is_shown_only_if_permitted() {
        let html = render(visitor(Lang::En), Some(Remote::Stop));
        assert!(
            html.contains(r#"action="?/machines/ask-board""#) && html.contains(r#"name="machine" value="1""#),
            "{html}"
        );
        assert!(words(&html).contains("Stop machine"), "{html}");
        assert!(html.contains(r#"name="start" value="false""#), "{html}");
        assert!(!render(visitor(Lang::En), None).contains("<form"), "nothing to do, or not theirs");
    }

    #[test]
    fn start_button_is_hidden_once_pressed() {
        for (offer, message) in
            [(Remote::Start, "as if you had tapped your card"), (Remote::NotStarted, "It didn’t start")]
        {
            let html = render(visitor(Lang::En), Some(offer));
            assert!(html.contains(r#"name="start" value="true""#), "{html}");
            assert!(words(&html).contains("Start machine") && words(&html).contains(message), "{html}");
        }
        for (offer, message) in [
            (Remote::WentAway, "nothing was started"),
            (Remote::WentSilent, "Check whether the machine started"),
            (Remote::DidNot, "can’t be started remotely any more"),
        ] {
            let html = render(visitor(Lang::En), Some(offer));
            assert!(!html.contains("<button") && words(&html).contains(message), "{html}");
        }
        let html = render(visitor(Lang::It), Some(Remote::Starting));
        assert!(!html.contains("<button") && words(&html).contains("Avvio inviato"), "{html}");
    }

    #[test]
    fn sent_stop_is_not_offered_again() {
        let html = render(visitor(Lang::It), Some(Remote::Stopping));
        assert!(!html.contains("<button") && words(&html).contains("Disconnessione inviata"), "{html}");
        let html = render(visitor(Lang::En), Some(Remote::StopWhenItAsks));
        assert!(words(&html).contains("Send again") && words(&html).contains("the next time it asks"), "{html}");
    }

    #[test]
    fn refused_stop_is_shown_on_idle_machine() {
        let problem = Problem::new("machine.idle", Refusal::Conflict, Lang::En.stop_idle());
        let echo = Some(Echo { function: AskBoard::PATH.into(), values: Vec::new(), problem });
        let html = render(Visitor { echo, ..visitor(Lang::En) }, None);
        assert!(words(&html).contains("It is no longer in use") && !html.contains("<button"), "{html}");
    }
}
