//! Help at a machine: one tap asks, helpers answer, either marks it as resolved.
//!
//! Invariant: input survives what happens meanwhile. A page of its own, so that machines' pages do not load it.

use crate::{
    call::{Call, Function, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{Kind, Submit},
        changing::dynamic,
        form::{Field, Form, Summary, hidden},
        icon::Icon,
    },
};
use contract::help::{self, HelpAtMachine, HelpRequestView, ListHelpAtMachine};
use domain::{help::HelpState, id::MachineId, live::Noun, time::Moment};
use leptos::prelude::*;

#[derive(Debug, Clone, Copy)]
struct Calls {
    ask: Call<Function<help::AskForHelp>>,
    answer: Call<Function<help::AnswerHelp>>,
    resolve: Call<Function<help::ResolveHelp>>,
}

impl Calls {
    fn new() -> Self {
        Self { ask: Call::new(), answer: Call::new(), resolve: Call::new() }
    }
}

/// The page of one machine's requests.
pub fn help_page(machine: MachineId) -> AnyView {
    let (live, calls) = (use_live(), Calls::new());
    let changes = move || calls.ask.version().get() + calls.answer.version().get() + calls.resolve.version().get();
    let answers = page_resource(
        move || (live.about(Noun::Machine, machine.0), changes()),
        move |_| load(&ListHelpAtMachine { machine }),
    );
    live_page(lang::current().help_title(), 1, answers, move |at_machine| {
        view! { <Page at_machine calls/> }.into_any()
    })
}

/// The page without requests to the server, so that tests can render it.
#[component]
fn Page(at_machine: RwSignal<HelpAtMachine>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    // Input must survive every other change.
    let may_ask = Memo::new(move |_| at_machine.with(|at| at.may_ask.then_some(at.machine)));
    let requests = Memo::new(move |_| at_machine.with(|at| (at.requests.clone(), at.now)));
    let machine = Memo::new(move |_| at_machine.with(|at| (at.machine, at.machine_name.clone())));
    view! {
        {dynamic(move || {
            let (id, name) = machine.get();
            Some(view! { <a class="crumb" href=format!("/machines/{id}")><Icon name="chevron-left"/>{name}</a> })
        })}
        <header class="page-head"><h1>{t.help_title()}</h1></header>
        <section class="card" id="help-requests" aria-label=t.help_title()>
            <Summary action=calls.resolve/>
            <div role="status">
                {dynamic(move || {
                    let (requests, now) = requests.get();
                    Some(requests.into_iter().map(|request| one(request, now, calls)).collect_view())
                })}
            </div>
            {dynamic(move || may_ask.get().map(|machine| view! {
                <Form action=calls.ask suffix="ask">
                    {hidden("machine", &machine)}
                    <Field name="text" label=t.help_text() hint=t.help_ask_next() autocomplete="off"/>
                    <div class="btn-row"><Submit label=t.help_ask() kind=Kind::Primary busy=calls.ask.pending()/></div>
                </Form>
            }))}
        </section>
    }
}

/// One open request, for the person who asked and for helpers.
fn one(request: HelpRequestView, now: Moment, calls: Calls) -> AnyView {
    let (t, clock, id) = (lang::current(), use_clock(), request.id);
    let since = t.since(request.asked, clock.now_once().max(now));
    let head = match &request.asked_by {
        _ if request.mine => t.help_waits_you(&since),
        Some(name) => t.help_waits(name, &since),
        None => t.help_waits(t.help_someone(), &since),
    };
    // Helpers who have not answered read who waits, and not how many were notified.
    let state = (request.mine || request.state == HelpState::Answered).then(|| t.help_state(&request));
    let answer = request.may_answer.then(|| view! {
        <Form action=calls.answer suffix=id.to_string()>
            {hidden("id", &id)}
            <Field name="text" label=t.help_answer_text() autocomplete="off"/>
            <div class="btn-row"><Submit label=t.help_on_my_way() kind=Kind::Primary busy=calls.answer.pending()/></div>
        </Form>
    });
    let text = request.text.clone().map(|text| view! { <p>"“"{text}"”"</p> });
    let about = request.asked_by.clone().unwrap_or_default();
    view! {
        <div class="form help-request">
            <div><p><b>{head}</b></p>{text}{state.map(|state| view! { <p class="small muted">{state}</p> })}</div>
            {answer}
            <Form action=calls.resolve beside=true>
                {hidden("id", &id)}
                <div class="btn-row"><Submit label=t.help_resolve() about kind=Kind::Quiet busy=calls.resolve.pending()/></div>
            </Form>
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::id::HelpId;
    use text::Lang;

    pub(super) fn request(mine: bool) -> HelpRequestView {
        HelpRequestView {
            id: HelpId(4),
            machine: MachineId(1),
            machine_name: "Laser 1".into(),
            state: HelpState::Open,
            text: Some("The head stops".into()),
            asked: ago(3),
            asked_by: Some("Ada".into()),
            mine,
            notified: 2,
            inside: true,
            passed_on: None,
            expires: NOW,
            answered: None,
            helper: None,
            answer: None,
            may_answer: !mine,
        }
    }

    fn render(requests: Vec<HelpRequestView>) -> String {
        html(visitor(Lang::En), "/machines/1/help", move || {
            let at = HelpAtMachine {
                now: NOW,
                machine: MachineId(1),
                machine_name: "Laser 1".into(),
                may_ask: !requests.iter().any(|request| request.mine),
                requests,
            };
            view! { <Page at_machine=RwSignal::new(at) calls=Calls::new()/> }
        })
    }

    #[test]
    fn member_asks_with_one_form() {
        let html = render(Vec::new());
        assert!(html.contains(r#"action="?/help/ask""#) && words(&html).contains("Ask for help"), "{html}");
        assert_eq!(html.matches("<form").count(), 1, "{html}");
    }

    #[test]
    fn person_who_asked_sees_who_was_notified_and_resolves() {
        let html = render(vec![request(true)]);
        assert!(words(&html).contains("2 people who can help are here"), "{html}");
        assert!(
            html.contains("?/help/resolve") && !html.contains("?/help/ask") && !html.contains("?/help/answer")
        );
        let away = HelpRequestView { inside: false, notified: 1, ..request(true) };
        assert!(words(&render(vec![away.clone()])).contains("No trainer or owner is here. 1 person got a notice"));
        let passed_on = HelpRequestView { passed_on: Some(ago(1)), notified: 2, ..away };
        assert!(words(&render(vec![passed_on])).contains("Nobody has answered yet. 2 people have got a notice"));
        let nobody = HelpRequestView { inside: false, notified: 0, ..request(true) };
        assert!(words(&render(vec![nobody])).contains("nobody got a notice"));
        let answered = HelpRequestView {
            state: HelpState::Answered,
            answered: Some(NOW),
            helper: Some("Bob".into()),
            may_answer: false,
            ..request(true)
        };
        assert!(words(&render(vec![answered.clone()])).contains("Bob is on the way."));
        let worded = HelpRequestView { answer: Some("Five minutes".into()), ..answered };
        assert!(words(&render(vec![worded])).contains("Bob: “Five minutes”"));
    }

    #[test]
    fn helper_reads_who_waits_and_answers() {
        let html = render(vec![request(false)]);
        let all = words(&html);
        assert!(all.contains("Ada asked for help") && all.contains("“The head stops”"), "{all}");
        assert!(html.contains("?/help/answer") && html.contains("?/help/resolve"), "{html}");
        assert!(!all.contains("got a notice."), "{all}");
    }
}
