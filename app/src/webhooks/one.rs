//! One webhook: what waits and why, its log, the request as it was sent, and what can be done with it.
//!
//! Invariant: the chosen delivery is in the address and works without script.

use super::{
    events::Events,
    health, issued,
    log::{Log, SendAgain, seconds, sent},
};
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::{following, loaded},
    ui::{
        answer::managers_answer,
        answered::answered,
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::dynamic,
        facts::Facts,
        form::{Field, Form, Summary, completed_count, hidden, is_open},
        icon::Icon,
        versions::{VERSION, Versioned, Versions},
    },
};
use contract::webhooks::{self, OpenWebhook, TestAnswer, WebhookPage, WebhookSecret, WebhookView};
use domain::{
    id::{DeliveryId, WebhookId},
    live::Noun,
    time::Moment,
    webhooks::{KEPT, PauseReason},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use text::Lang;

type Change = Function<webhooks::ChangeWebhook>;
type Pause = Function<webhooks::PauseWebhook>;
type Resume = Function<webhooks::ResumeWebhook>;
type Rotate = Function<webhooks::RotateWebhookSecret>;
type Test = Function<webhooks::TestWebhook>;
type Retry = Function<webhooks::RetryWebhook>;
type Remove = Function<webhooks::RemoveWebhook>;

/// The calls of this page.
#[derive(Debug, Clone, Copy)]
struct Calls {
    change: Call<Change>,
    pause: Call<Pause>,
    resume: Call<Resume>,
    rotate: Call<Rotate>,
    test: Call<Test>,
    retry: Call<Retry>,
    remove: Call<Remove>,
    send: Call<SendAgain>,
}

impl Calls {
    fn new() -> Self {
        Self {
            change: Call::new(),
            pause: Call::new(),
            resume: Call::new(),
            rotate: Call::new(),
            test: Call::new(),
            retry: Call::new(),
            remove: Call::new(),
            send: Call::new(),
        }
    }

    fn version(self) -> usize {
        let Self { change, pause, resume, rotate, test, retry, send, .. } = self;
        change.version().get()
            + pause.version().get()
            + resume.version().get()
            + rotate.version().get()
            + test.version().get()
            + retry.version().get()
            + send.version().get()
    }
}

/// The page at `/webhooks/:id`.
pub fn webhook_page(id: WebhookId) -> AnyView {
    let (live, query, calls) = (use_live(), use_query_map(), Calls::new());
    let chosen = Memo::new(move |_| {
        query.with(|query| {
            query.get_str("delivery").and_then(|id| id.parse().ok()).map_or(DeliveryId(0), DeliveryId)
        })
    });
    let page: PageResource<WebhookPage> = page_resource(
        move || (live.version(Noun::Deliveries), calls.version(), chosen.get()),
        move |(_, _, delivery)| load(&OpenWebhook { id, delivery }),
    );
    view! {
        <a class="crumb" href="/webhooks"><Icon name="chevron-left"/>{lang::current().webhooks_title()}</a>
        {loaded(4, page, move |page| view! { <Page page calls/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<WebhookPage>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let name = Memo::new(move |_| page.with(|page| page.webhook.name.clone()));
    let host = Memo::new(move |_| page.with(|page| page.webhook.host.clone()));
    let (rotated, tested) = (answered(calls.rotate), answered(calls.test));
    view! {
        <Title text=following(name)/>
        {dynamic(move || Some(head(t, &page.get(), calls)))}
        <Summary action=calls.test/>
        <div role="status">
            {dynamic(move || rotated.get().map(|WebhookSecret { secret, .. }| issued(t, &host.get(), secret)))}
            {dynamic(move || tested.get().map(|answer| test_answer(t, &answer)))}
        </div>
        {dynamic(move || Some(answer(t, &page.get(), calls)))}
        <div class="aside-cols">
            <div class="col">{dynamic(move || Some(view! { <Log page=page.get() send=calls.send/> }))}</div>
            <div class="col">
                {dynamic(move || page.with(|page| page.sent.clone().map(|one| sent(t, &one, &page.webhook, &page.deliveries))))}
                {dynamic(move || page.with(|page| Some(endpoint(t, &page.webhook, page.now))))}
                <Settings page calls/>
            </div>
        </div>
    }
}

fn head(t: Lang, page: &WebhookPage, calls: Calls) -> AnyView {
    let one = &page.webhook;
    let id = one.id;
    view! {
        <header class="page-head">
            <h1>{one.name.clone()}</h1>
            {health(t, one, page.now)}
            <div class="push btn-row">
                <Form action=calls.test beside=true>
                    {hidden("id", &id)}
                    <Submit label=t.webhook_send_test() busy=calls.test.pending()/>
                </Form>
                {one.paused.is_none().then(|| view! {
                    <Form action=calls.pause>
                        {hidden("id", &id)}
                        <Submit label=t.webhook_pause() busy=calls.pause.pending()/>
                    </Form>
                })}
            </div>
        </header>
    }
    .into_any()
}

/// How a test went.
fn test_answer(t: Lang, answer: &TestAnswer) -> AnyView {
    let took = t.webhook_took_seconds(&seconds(answer.took));
    let status = answer.status;
    match answer.trouble {
        None => view! {
            <Banner tone=Tone::Go icon="circle-check" title=t.webhook_test_arrived(&took)>
                {status.map(|status| view! { <span class="code">{status}</span> })}
            </Banner>
        }
        .into_any(),
        Some(trouble) => {
            let why = t.webhook_trouble(trouble, answer.status);
            let quoted = answer.answer.clone().map(|answer| view! { <p class="small">"“"{answer}"”"</p> });
            view! {
                <Banner tone=Tone::Bad icon="octagon-alert" title=t.webhook_test_failed().to_owned()>
                    <p>{why}</p>{quoted}
                </Banner>
            }
            .into_any()
        }
    }
}

/// The largest thing: what waits, and why.
fn answer(t: Lang, page: &WebhookPage, calls: Calls) -> AnyView {
    let (one, now) = (&page.webhook, page.now);
    let id = one.id;
    if one.paused.is_some() {
        return paused(t, one, now, calls);
    }
    let (sentence, because) = if one.waiting > 0 || one.failing_since.is_some() {
        let why = one.trouble.map(|trouble| t.webhook_trouble(trouble, one.status)).unwrap_or_default();
        let waits =
            if one.waiting > 0 { t.webhook_waiting(one.waiting) } else { t.webhook_kept_none().to_owned() };
        (waits, why)
    } else if one.arrived > 0 {
        (t.webhook_all_arrived().to_owned(), t.webhook_arrived(one.arrived, &one.arrived_at_once.to_string()))
    } else {
        (t.webhook_nothing_yet().to_owned(), t.webhook_nothing_yet_next().to_owned())
    };
    let label = t.webhook_try_now(one.waiting);
    let more = (one.waiting > 0).then(|| {
        view! {
            <div class="btn-row">
                <Form action=calls.retry>
                    {hidden("id", &id)}
                    <Submit label kind=Press::Primary busy=calls.retry.pending()/>
                </Form>
            </div>
        }
    });
    managers_answer(t.webhook_deliveries(), sentence, because.into_any(), more.map(IntoAny::into_any))
}

fn paused(t: Lang, one: &WebhookView, now: Moment, calls: Calls) -> AnyView {
    let id = one.id;
    let (sentence, kept) = if one.waiting == 0 {
        (t.webhook_kept_none().to_owned(), t.webhook_kept_none_next().to_owned())
    } else {
        let from =
            one.oldest.map(|oldest| t.webhook_kept_from(&t.brief(oldest.shifted_to(oldest.at.after(KEPT)), now)));
        let next = from
            .map_or_else(|| t.webhook_kept_next().to_owned(), |from| format!("{}: {from}", t.webhook_kept_next()));
        (t.webhook_kept(one.waiting), format!("{next}."))
    };
    let because = match one.paused_why {
        Some(PauseReason::Failing) => format!("{} {kept}", t.webhook_gave_up()),
        Some(PauseReason::Gone) => format!("{} {kept}", t.webhook_gone()),
        Some(PauseReason::Manager) | None => kept,
    };
    let label =
        if one.waiting == 0 { t.webhook_resume().to_owned() } else { t.webhook_resume_and_send(one.waiting) };
    let more = view! {
        <div class="btn-row">
            {(one.waiting > 0).then(|| view! {
                <Form action=calls.resume beside=true>
                    {hidden("id", &id)}{hidden("discard", &"yes")}
                    <Submit label=t.webhook_drop_and_resume() busy=calls.resume.pending()/>
                </Form>
            })}
            <Form action=calls.resume>
                {hidden("id", &id)}
                <Submit label kind=Press::Primary busy=calls.resume.pending()/>
            </Form>
        </div>
    };
    managers_answer(t.webhook_deliveries(), sentence, because.into_any(), Some(more.into_any()))
}

fn endpoint(t: Lang, one: &WebhookView, now: Moment) -> AnyView {
    let codes = one.events.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    let mut facts = vec![
        (t.webhook_address(), format!("{}/…", one.host)),
        (t.webhook_events(), codes),
        (t.webhook_secret(), t.webhook_secret_ends(&one.secret_end, &t.brief(one.secret_made, now))),
    ];
    facts.extend(
        one.old_secret_until.map(|until| (t.webhook_old_secret(), t.webhook_old_until(&t.exact(until, now)))),
    );
    let added = t.day(one.added, now);
    let by = one.by.as_ref().map_or_else(|| added.clone(), |by| format!("{by}, {added}"));
    facts.push((t.webhook_added(), by));
    view! {
        <section class="card stack" aria-labelledby="endpoint">
            <div class="card-head"><h2 id="endpoint">{t.webhook_endpoint()}</h2></div>
            <Facts facts/>
        </section>
    }
    .into_any()
}

/// Rare actions: change it, replace its secret, remove it.
#[component]
fn Settings(page: RwSignal<WebhookPage>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let id = page.with_untracked(|page| page.webhook.id);
    let done = completed_count(calls.change);
    // Another version replaces the form once it was saved, never while it is filled in.
    let form = move || {
        done.get();
        let WebhookView { version, name, events, .. } = page.with_untracked(|page| page.webhook.clone());
        view! {
            <Form action=calls.change>
                {hidden("id", &id)}
                {hidden(VERSION, &version)}
                <Field name="name" label=t.webhook_name() value=name autocomplete="off"/>
                <Field name="address" kind="url" label=t.webhook_address() hint=t.webhook_address_stays() autocomplete="off"/>
                <Events chosen=events/>
                <div class="btn-row"><Submit label=t.webhook_save() kind=Press::Primary busy=calls.change.pending()/></div>
            </Form>
        }
    };
    let fields = vec![Versioned::plain("name", t.webhook_name()), Versioned::plain("events", t.webhook_events())];
    view! {
        <section class="card stack" aria-label=t.webhook_change()>
            <details class="deed" open=is_open("change", Change::PATH)>
                <summary>{t.webhook_change()}</summary>
                <Versions action=calls.change fields/>
                {dynamic(move || Some(form()))}
            </details>
            <details class="deed" open=is_open("secret", Rotate::PATH)>
                <summary>{t.webhook_rotate()}</summary>
                <p>{t.webhook_rotate_next()}</p>
                <Form action=calls.rotate>
                    {hidden("id", &id)}
                    <div class="btn-row"><Submit label=t.webhook_rotate_confirm() busy=calls.rotate.pending()/></div>
                </Form>
            </details>
            <details class="deed">
                <summary>{t.webhook_remove()}</summary>
                <p>{t.webhook_remove_next()}</p>
                <Form action=calls.remove>
                    {hidden("id", &id)}
                    <div class="btn-row"><Submit label=t.webhook_remove_confirm() kind=Press::Danger busy=calls.remove.pending()/></div>
                </Form>
            </details>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, sent, visitor, words},
        visitor::{Answer as Answered, Visitor},
        webhooks::tests::webhook,
    };
    use contract::webhooks::{SentRequest, WebhookDelivery};
    use domain::{
        deliveries::{State, Trouble},
        notices::Kind,
    };

    fn delivery() -> WebhookDelivery {
        WebhookDelivery {
            id: DeliveryId(8),
            kind: Some(Kind::MachineBlocked),
            about: Some("Laser cutter".into()),
            told: ago(5),
            state: State::Queued,
            attempts: 3,
            next: Some(NOW),
            settled: None,
            reason: None,
            tried: Some(ago(4)),
            took: Some(203),
            status: Some(401),
            trouble: Some(Trouble::Login),
            answer: Some("signature mismatch".into()),
        }
    }

    fn page(webhook: WebhookView) -> WebhookPage {
        let sent = SentRequest {
            delivery: DeliveryId(8),
            id: "msg_1".into(),
            timestamp: Some(1_795_094_260),
            body: r#"{"type":"machine.blocked"}"#.into(),
            signatures: 2,
        };
        WebhookPage { now: NOW, webhook, deliveries: vec![delivery()], more: false, sent: Some(sent) }
    }

    fn render(visitor: Visitor, page: WebhookPage) -> String {
        html(visitor, "/webhooks/3", move || {
            let page = RwSignal::new(page);
            view! { <Page page calls=Calls::new()/> }
        })
    }

    #[test]
    fn failing_webhook_shows_likely_cause_and_the_request() {
        let failing = WebhookView {
            waiting: 3,
            failing_since: Some(ago(56)),
            status: Some(401),
            trouble: Some(Trouble::Login),
            ..webhook()
        };
        let html = render(visitor(Lang::En), page(failing));
        let words = words(&html);
        for part in [
            "3 events waiting",
            "Their server answers 401: it does not accept our signature.",
            "try 3 of 8",
            "Laser cutter",
            "0.3 s",
            "webhook-signature: v1,… v1,…",
            "“signature mismatch”",
            "Try all 3 now",
            "ends …pL0v",
        ] {
            assert!(words.contains(part), "{part} in {words}");
        }
        assert!(
            html.contains(r#"name="version" value="2""#) && html.contains(r#"name="delivery" value="8""#),
            "{html}"
        );
        assert!(html.contains(r#"aria-current="true""#), "the request shown is marked: {html}");
    }

    #[test]
    fn paused_webhook_shows_its_queue_and_when_it_ends() {
        let paused = WebhookView {
            paused: Some(ago(60)),
            paused_why: Some(PauseReason::Failing),
            waiting: 128,
            oldest: Some(ago(60 * 24 * 2)),
            ..webhook()
        };
        let html = render(visitor(Lang::En), page(paused));
        let words = words(&html);
        for part in [
            "128 events are kept",
            "because nothing arrived for three days",
            "Resume and send 128",
            "Drop them, resume",
        ] {
            assert!(words.contains(part), "{part} in {words}");
        }
        assert!(!words.contains("Send again") && !words.contains("Pause "), "{words}");
    }

    #[test]
    fn webhook_that_answered_410_shows_why_it_is_paused() {
        let gone = WebhookView { paused: Some(ago(5)), paused_why: Some(PauseReason::Gone), ..webhook() };
        let words = words(&render(visitor(Lang::En), page(gone)));
        assert!(words.contains("because its server answered 410: it wants no more events."), "{words}");
    }

    #[test]
    fn test_shows_whether_it_arrived_without_script() {
        let answer = TestAnswer { status: Some(302), trouble: Some(Trouble::Refused), took: 90, answer: None };
        let answer = Some(Answered { function: "/api/webhooks/test".into(), text: sent(&answer) });
        let html = render(Visitor { answer, ..visitor(Lang::En) }, page(webhook()));
        let words = words(&html);
        assert!(
            words.contains("The test did not arrive") && words.contains("sends us to another address"),
            "{words}"
        );
        assert!(
            words.contains("Everything arrived") && words.contains("412 events in 30 days, 409 at the first try."),
            "{words}"
        );
    }

    #[test]
    fn duration_is_in_tenths_of_a_second() {
        assert_eq!([0, 1, 100, 203, 9_999].map(seconds), ["0.0", "0.1", "0.1", "0.3", "10.0"]);
    }
}
