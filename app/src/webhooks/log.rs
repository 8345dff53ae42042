//! The delivery log of a webhook: requests with their answers, and the chosen request in full.

use crate::{
    call::{Call, Function},
    lang,
    ui::{
        button::Submit,
        empty::Empty,
        form::{Form, Summary, hidden},
        icon::Icon,
    },
};
use contract::webhooks::{SendWebhookDelivery, SentRequest, WebhookDelivery, WebhookPage, WebhookView};
use domain::{
    deliveries::{PAUSES, State},
    time::Moment,
};
use leptos::prelude::*;
use text::{Lang, time};

/// Attempts before a delivery is given up.
const TRIES: usize = PAUSES.len() + 1;

pub type SendAgain = Function<SendWebhookDelivery>;

#[component]
pub fn Log(page: WebhookPage, send: Call<SendAgain>) -> impl IntoView {
    let t = lang::current();
    let WebhookPage { now, webhook, deliveries, more, sent } = page;
    let is_paused = webhook.paused.is_some() && webhook.waiting > 0;
    let (title, how) = if is_paused {
        (t.webhook_waiting(webhook.waiting), t.webhook_deliveries_waiting())
    } else {
        (t.webhook_deliveries().to_owned(), t.webhook_deliveries_kept())
    };
    let chosen = sent.map(|sent| sent.delivery);
    let none = deliveries.is_empty();
    let rows = deliveries.into_iter().map(|one| {
        let is_chosen = chosen == Some(one.id);
        row(t, &webhook, one, is_chosen, now, send)
    });
    let inside = if none {
        view! { <div class="card"><Empty icon="inbox"><h3>{t.webhook_deliveries_none()}</h3><p>{t.webhook_deliveries_none_next()}</p></Empty></div> }
            .into_any()
    } else {
        view! {
            <div class="table-wrap">
                <table class="table sent-table webhook-log">
                    <caption class="visually-hidden">{t.webhook_deliveries()}</caption>
                    <thead><tr>
                        <th scope="col">{t.webhook_at()}</th>
                        <th scope="col">{t.webhook_event()}</th>
                        <th scope="col">{t.webhook_answer()}</th>
                        <th scope="col" data-p="3">{t.webhook_took()}</th>
                        <th scope="col"><span class="visually-hidden">{t.table_actions()}</span></th>
                    </tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="group" aria-labelledby="deliveries">
            <h2 class="group-head" id="deliveries">{title}<span class="n">{how}</span></h2>
            <Summary action=send/>
            {inside}
            {more.then(|| view! { <p class="why"><Icon name="info"/><span>{t.webhook_deliveries_more()}</span></p> })}
        </section>
    }
}

fn row(
    t: Lang,
    webhook: &WebhookView,
    one: WebhookDelivery,
    is_chosen: bool,
    now: Moment,
    send: Call<SendAgain>,
) -> AnyView {
    let code = one.kind.map_or("?", |kind| kind.as_str());
    let href = format!("/webhooks/{}?delivery={}", webhook.id, one.id);
    let took = one.took.map(|took| t.webhook_took_seconds(&seconds(took)));
    let (id, delivery, may_send) = (webhook.id, one.id, webhook.paused.is_none());
    view! {
        <tr aria-current=is_chosen.then_some("true")>
            <td><time datetime=time::iso(one.told)>{at(t, one.told, now)}</time></td>
            <td>
                <a class="name" href=href data-noscroll>{code}</a>
                <span class="s">{one.about.clone().or_else(|| one.kind.map(|kind| t.broadcast_kind(kind).to_owned()))}</span>
            </td>
            <td>{answer(t, &one, now)}</td>
            <td data-p="3">{took}</td>
            <td>{may_send.then(|| view! {
                <Form action=send beside=true>
                    {hidden("id", &id)}{hidden("delivery", &delivery)}
                    <Submit label=t.webhook_send_again() about=code.to_owned() busy=send.pending()/>
                </Form>
            })}</td>
        </tr>
    }
    .into_any()
}

/// The last answer, and what follows.
fn answer(t: Lang, one: &WebhookDelivery, now: Moment) -> AnyView {
    let status = match (one.status, one.trouble) {
        (Some(status), None) => view! { <span class="code">{status}</span> }.into_any(),
        (Some(status), Some(_)) => {
            view! { <span class="code" data-code="bad"><Icon name="octagon-alert"/>{status}</span> }.into_any()
        }
        (None, Some(_)) => {
            view! { <span class="code" data-code="none"><Icon name="circle-dashed"/>{t.webhook_no_answer()}</span> }.into_any()
        }
        (None, None) => view! { <span class="muted">{t.webhook_waits()}</span> }.into_any(),
    };
    let next = match one.state {
        State::Queued | State::Gathered if one.attempts > 0 => {
            one.next.map(|next| t.webhook_try(one.attempts, &TRIES.to_string(), &at(t, next, now)))
        }
        State::Sent => (one.attempts > 1).then(|| t.webhook_at_try(one.attempts)),
        State::Failed => Some(t.delivery_state(State::Failed).to_owned()),
        State::Dropped => one.reason.map(|reason| t.delivery_reason(reason).to_owned()),
        State::Queued | State::Gathered => None,
    };
    view! { {status}<span class="s">{next}</span> }.into_any()
}

/// The request as it went over the line.
pub fn sent(t: Lang, one: &SentRequest, webhook: &WebhookView, deliveries: &[WebhookDelivery]) -> AnyView {
    let time = one.timestamp.map(|at| at.to_string()).unwrap_or_default();
    let signatures = vec!["v1,…"; usize::try_from(one.signatures).unwrap_or(1)].join(" ");
    let head = format!(
        "POST {}/…\nwebhook-id: {}\nwebhook-timestamp: {time}\nwebhook-signature: {signatures}",
        webhook.host, one.id
    );
    let answered = deliveries.iter().find(|delivery| delivery.id == one.delivery).and_then(|delivery| {
        let trouble = delivery.trouble?;
        let quoted = delivery.answer.as_ref().map(|answer| format!(" “{answer}”"));
        Some(format!("{}{}", t.webhook_trouble(trouble, delivery.status), quoted.unwrap_or_default()))
    });
    view! {
        <section class="card stack" aria-labelledby="sent">
            <div class="card-head"><h2 id="sent">{t.webhook_sent()}</h2></div>
            <pre class="wire" tabindex="0"><span>{head}</span>{format!("\n\n{}", one.body)}</pre>
            {answered.map(|words| view! { <p class="health" data-health="bad"><Icon name="octagon-alert"/><span>{words}</span></p> })}
        </section>
    }
    .into_any()
}

/// Milliseconds as seconds with one decimal.
pub fn seconds(took: u32) -> String {
    let tenths = took.div_ceil(100);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// `14:11`, or with its day if that is another.
pub fn at(t: Lang, moment: Moment, now: Moment) -> String {
    if moment.wall().date == now.wall().date { time::clock(moment) } else { t.brief(moment, now) }
}
