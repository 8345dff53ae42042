//! Checkout requests in the inbox: accepted one by one in their rows, or several at once; declined with one reason
//! for all selected.
//!
//! Invariant: one ordinary form around the list. The outcome stays on the screen, with the requests that were
//! refused.

use super::{api::AnswerCheckouts, keys::Place, row, words::Line};
use crate::{
    call::Call,
    lang,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::Kind,
        changing::{dynamic, text},
        form::{Form, completed_count, hidden},
        row_selection::RowSelection,
        text_area::TextArea,
    },
};
use contract::inbox::Answered;
use domain::inbox::Verdict;
use leptos::{prelude::*, server_fn::ServerFn};

/// Name of the list's checkboxes.
const BOXES: &str = "ids[]";

/// The list, and the answers for all selected requests.
#[component]
pub(super) fn Requests(
    rows: Vec<Line>,
    show: String,
    answer: Call<AnswerCheckouts>,
    selected: Memo<Option<Place>>,
) -> impl IntoView {
    let t = lang::current();
    let selection = RowSelection::of(AnswerCheckouts::PATH, BOXES);
    let done = completed_count(answer);
    Effect::new(move |before: Option<usize>| {
        let count = done.get();
        if before.is_some_and(|before| before < count) {
            selection.clear();
        }
        count
    });
    let rows = rows.into_iter().map(|line| {
        let value = line.id.to_string();
        let ticked = selection.has(&value);
        let pick = view! {
            <label class="pick"><input type="checkbox" name=BOXES value=value.clone() checked=ticked aria-label=t.inbox_checkouts_choose(&line.name)/></label>
        };
        let accept = view! { <Says name="only" value label=t.checkout_accept() about=line.name.clone() kind=Kind::Quiet answer/> };
        let acts = view! { {accept}{super::decline(&line, &show)} };
        row(line, &show, selected, pick.into_any(), acts.into_any())
    });
    let rows = rows.collect_view();
    view! {
        <div on:change=move |_| selection.hear()>
            <Form action=answer>
                // Enter on a checkbox presses the first button, so that one does nothing.
                <button hidden disabled></button>
                <ul class="list">{rows}</ul>
                <section class="card bulk" aria-label=t.inbox_checkouts()>
                    <p class="t" role="status">{text(move || t.inbox_checkouts_chosen(selection.count()))}</p>
                    <TextArea name="note" label=t.checkout_note_why() value=String::new() hint=t.inbox_checkouts_why_hint()/>
                    <div class="btn-row">
                        <Says name="verdict" value=Verdict::Approve.as_str().to_owned() label=t.inbox_checkouts_accept() kind=Kind::Quiet answer/>
                        <Says name="verdict" value=Verdict::Reject.as_str().to_owned() label=t.inbox_checkouts_reject() kind=Kind::Quiet answer/>
                    </div>
                </section>
            </Form>
        </div>
    }
}

/// Accepts one request, beside the list, or declines it with the reason below the button.
pub(super) fn answers(line: &Line, answer: Call<AnswerCheckouts>, declines: Memo<bool>) -> AnyView {
    let (t, id, about) = (lang::current(), line.id.to_string(), line.name.clone());
    let (only, named) = (id.clone(), about.clone());
    let no = t.inbox_reject();
    let opens: Signal<bool> = declines.into();
    view! {
        <Form action=answer beside=true>
            <Says name="only" value=only label=t.checkout_accept() about=named kind=Kind::Primary answer/>
        </Form>
        <details class="declining" id="decline" open=opens>
            <summary class="btn">{no}</summary>
            <Form action=answer beside=true>
                {hidden(BOXES, &id)}
                <TextArea name="note" id="why-not" label=t.checkout_note_why() value=String::new()/>
                <div class="btn-row"><Says name="verdict" value=Verdict::Reject.as_str().to_owned() label=no about kind=Kind::Quiet answer/></div>
            </Form>
        </details>
    }
    .into_any()
}

/// A button with its own value.
#[component]
fn Says(
    name: &'static str,
    value: String,
    label: &'static str,
    #[prop(optional, into)] about: Option<String>,
    kind: Kind,
    answer: Call<AnswerCheckouts>,
) -> impl IntoView {
    let named = about.map(|about| format!("{label}: {about}"));
    view! {
        <button class="btn" name=name value=value data-kind=kind.key() aria-label=named
            aria-busy=Signal::derive(move || answer.pending().get().then_some("true"))>{label}</button>
    }
}

/// The outcome; stays until the next action.
#[component]
pub(super) fn Came(answer: Call<AnswerCheckouts>) -> impl IntoView {
    let done = answered(answer);
    view! { <div role="status">{dynamic(move || done.get().map(|answered| view! { <OutcomeMessage answered/> }))}</div> }
}

#[component]
fn OutcomeMessage(answered: Answered) -> impl IntoView {
    let t = lang::current();
    let Answered { verdict, done, refused } = answered;
    let (tone, icon) =
        if refused.is_empty() { (Tone::Go, "circle-check") } else { (Tone::Warn, "triangle-alert") };
    let count = u32::try_from(done.len()).unwrap_or(u32::MAX);
    let title = if verdict == Verdict::Approve {
        t.inbox_checkouts_accepted(count)
    } else {
        t.inbox_checkouts_rejected(count)
    };
    view! {
        <Banner tone icon title>
            {(count > 0).then(|| view! { <p>{t.inbox_checkouts_final()}</p> })}
            {(!refused.is_empty()).then(|| view! {
                <p>{t.inbox_checkouts_refused()}</p>
                <ul>{refused.into_iter().map(|(_, name, why)| view! { <li>{name}": "{why}</li> }).collect_view()}</ul>
            })}
        </Banner>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::{
        checkouts::{Evidence, ModuleEvidence, QuizEvidence},
        inbox::{Detail, Item, TrainerDay},
    };
    use domain::{
        id::{AppointmentId, PersonId},
        inbox::Matter,
    };
    use text::Lang;

    #[test]
    fn checkout_request_shows_evidence_and_is_accepted_in_row() {
        let quiz = Some(QuizEvidence { passed: true, best: Some(92), tries: 1 });
        let modules = vec![ModuleEvidence { title: "Safety".into(), percent: 100, watched: true, quiz }];
        let (trainer, last_used) = (Some("Jonas".into()), Some(ago(60)));
        let evidence = Some(Evidence { modules, used_minutes: 90, since_minutes: Some(0), last_used, failed: 1 });
        let item = Item {
            matter: Matter::Checkout,
            id: 7,
            person: Some(PersonId(15)),
            name: Some("Nora".into()),
            detail: Detail::AsksForCheckout { on: "Lathe".into(), trainer, evidence, day: TrainerDay::default() },
            at: ago(60),
            verdicts: vec![Verdict::Approve, Verdict::Reject],
        };
        let html = html(visitor(Lang::En), "/manage", move || {
            let rows = vec![Line::of(item, NOW, Lang::En)];
            view! { <Requests rows show=String::new() answer=Call::new() selected=Memo::new(|_| None)/> }
        });
        let content = words(&html);
        let evidence = "With Jonas · 1 of 1 video · quiz 92% · 1 h 30 of practice · none since the last try";
        assert!(content.contains(evidence), "{content}");
        assert!(
            html.contains(r#"href="/manage?item=checkout-7""#) && html.contains(r#"name="only" value="7""#),
            "{html}"
        );
        assert!(html.contains(r#"aria-label="Accept: Nora""#), "{html}");
    }

    #[test]
    fn bulk_answer_names_each_refused_request_with_reason() {
        let html = html(visitor(Lang::En), "/manage", || {
            let refused = vec![(AppointmentId(9), "Nora".into(), "Bob decided before you: Accepted.".into())];
            let answered = Answered { verdict: Verdict::Reject, done: vec![AppointmentId(7)], refused };
            view! { <OutcomeMessage answered/> }
        });
        let content = words(&html);
        assert!(content.contains("can’t be undone"), "{content}");
        assert!(
            content.contains("1 request declined.") && content.contains("Nora: Bob decided before you"),
            "{content}"
        );
    }
}
