//! Webhooks: the list with how each does, the form for a new one, and one with its log ([`one`]).
//!
//! Invariant: a secret is shown once, in the answer to its creation, and is in no address. Of the address of a webhook pages get the
//! host alone.

pub mod events;
pub mod log;
pub mod one;

use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    connections::crumb,
    lang,
    live::use_live,
    live_page::{live_page, loaded},
    ui::{
        answered::answered,
        button::{ButtonLink, Kind as Press, Submit},
        changing::dynamic,
        form::{Field, Form},
        icon::Icon,
        register::{Entries, Issued, NoEntries, is_done},
        saved::Saved,
    },
};
use contract::webhooks::{self, ListWebhooks, SigningSecret, WebhookAdded, WebhookView, Webhooks};
use domain::{live::Noun, time::Moment};
use events::Events;
use leptos::prelude::*;
use leptos_meta::Title;
use text::Lang;

type Add = Function<webhooks::AddWebhook>;

/// The page at `/webhooks`.
pub fn webhooks_page() -> AnyView {
    let live = use_live();
    let list: PageResource<Webhooks> =
        page_resource(move || live.version(Noun::Deliveries), |_| load(&ListWebhooks {}));
    live_page(lang::current().webhooks_title(), 3, list, move |list| view! { <Page list/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(list: RwSignal<Webhooks>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(list.with(|list| list.now)));
    let none = NoEntries { icon: "network", heading: t.webhooks_none(), next: t.webhooks_none_next() };
    let rows = Box::new(move || {
        let Webhooks { webhooks, now } = list.get();
        webhooks.into_iter().map(|one| row(t, one, now)).collect()
    });
    view! {
        {crumb()}
        <header class="page-head">
            <h1>{t.webhooks_title()}</h1>
            <div class="push btn-row">
                <ButtonLink href="/webhooks/new" label=t.webhook_new().to_owned() kind=Press::Primary icon="plus"/>
            </div>
            <p class="sub">{t.webhooks_sub()}</p>
        </header>
        <Saved visible=is_done() message=t.webhooks_removed()/>
        <Entries id="webhooks" title=t.webhooks_list() none rows/>
    }
}

fn row(t: Lang, one: WebhookView, now: Moment) -> AnyView {
    let second = [Some(one.host.clone()), (one.waiting > 0).then(|| t.webhook_waiting(one.waiting))];
    let second = second.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <li>
            <a class="item" href=format!("/webhooks/{}", one.id)>
                <span class="tile"><Icon name="network"/></span>
                <span class="lines"><span class="t">{one.name.clone()}</span><span class="s">{second}</span></span>
                {health(t, &one, now)}
            </a>
        </li>
    }
    .into_any()
}

/// How a webhook does, in one line.
fn health(t: Lang, one: &WebhookView, now: Moment) -> AnyView {
    let (data, icon, words) = if let Some(since) = one.paused {
        ("off", "circle-dashed", t.webhook_paused_since(&t.brief(since, now)))
    } else if let Some(since) = one.failing_since {
        ("bad", "octagon-alert", t.webhook_failing_since(&t.brief(since, now)))
    } else if let Some(at) = one.succeeded {
        ("ok", "circle-check", t.webhook_last(&t.brief(at, now)))
    } else {
        ("off", "clock", t.webhook_untried().to_owned())
    };
    view! { <span class="health" data-health=data><Icon name=icon/><span>{words}</span></span> }.into_any()
}

/// The page at `/webhooks/new`.
pub fn new_webhook_page() -> AnyView {
    // Loaded so that only those who may add one get the form.
    let list: PageResource<Webhooks> = page_resource(|| (), |()| load(&ListWebhooks {}));
    view! {
        <Title text=lang::current().webhook_new()/>
        <a class="crumb" href="/webhooks"><Icon name="chevron-left"/>{lang::current().webhooks_title()}</a>
        {loaded(2, list, |_| view! { <New/> }.into_any())}
    }
    .into_any()
}

/// The form, or the secret once it was sent.
#[component]
fn New() -> impl IntoView {
    let (t, add) = (lang::current(), Call::<Add>::new());
    let added = answered(add);
    view! {
        <header class="page-head"><h1>{t.webhook_new()}</h1></header>
        <div role="status">{dynamic(move || added.get().map(|added| view! { <Added added/> }))}</div>
        {dynamic(move || added.with(Option::is_none).then(|| view! {
            <section class="card webhook-form" aria-label=t.webhook_new()>
                <Form action=add>
                    <div class="two-fields">
                        <Field name="name" label=t.webhook_name() hint=t.webhook_name_hint() autocomplete="off"/>
                        <Field name="address" kind="url" label=t.webhook_address() hint=t.webhook_address_hint() autocomplete="off"/>
                    </div>
                    <Events chosen=Vec::new()/>
                    <div class="btn-row"><Submit label=t.webhook_add() kind=Press::Primary busy=add.pending()/></div>
                </Form>
            </section>
        }))}
    }
}

/// A new webhook with its secret.
#[component]
fn Added(added: WebhookAdded) -> impl IntoView {
    let t = lang::current();
    let WebhookAdded { id, name: _, host, secret } = added;
    view! {
        {issued(t, &host, secret)}
        <div class="btn-row">
            <ButtonLink href=format!("/webhooks/{id}") label=t.webhook_open().to_owned() kind=Press::Primary/>
        </div>
    }
}

/// A secret, to be copied now.
fn issued(t: Lang, host: &str, SigningSecret(secret): SigningSecret) -> AnyView {
    let fields = vec![("secret", t.webhook_secret(), secret)];
    let next = t.webhook_secret_next(host);
    view! {
        <Issued icon="lock" title=t.webhook_secret_title().to_owned() next=t.webhook_secret_once() fields>
            <p class="small">{next}</p>
        </Issued>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
pub(crate) mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, sent, visitor, words},
        visitor::{Answer, Visitor},
    };
    use domain::{
        deliveries::Trouble,
        id::WebhookId,
        notices::Kind,
        webhooks::{EventGroup, PauseReason},
    };

    pub fn webhook() -> WebhookView {
        WebhookView {
            id: WebhookId(3),
            version: 2,
            name: "City door log".into(),
            host: "doors.talvera.example".into(),
            events: vec![Kind::MachineBlocked],
            added: ago(60 * 24 * 40),
            by: Some("Elisa Moser".into()),
            paused: None,
            paused_why: None,
            secret_end: "pL0v".into(),
            secret_made: ago(58),
            old_secret_until: None,
            succeeded: Some(ago(78)),
            failed: None,
            failing_since: None,
            status: Some(204),
            trouble: None,
            waiting: 0,
            oldest: None,
            arrived: 412,
            arrived_at_once: 409,
        }
    }

    fn render(lang: Lang, webhooks: Vec<WebhookView>) -> String {
        html(visitor(lang), "/webhooks", move || {
            let list = RwSignal::new(Webhooks { now: NOW, webhooks });
            view! { <Page list/> }
        })
    }

    #[test]
    fn list_shows_how_each_does() {
        let failing = WebhookView {
            id: WebhookId(4),
            name: "Sheet".into(),
            failing_since: Some(ago(56)),
            trouble: Some(Trouble::Login),
            status: Some(401),
            waiting: 3,
            ..webhook()
        };
        let paused = WebhookView { paused: Some(ago(9)), paused_why: Some(PauseReason::Manager), ..webhook() };
        let html = render(Lang::En, vec![webhook(), failing, paused]);
        let words = words(&html);
        for part in ["City door log", "Last event", "Sheet", "3 events waiting", "Failing since", "Paused since"] {
            assert!(words.contains(part), "{part} in {words}");
        }
        assert!(html.contains(r#"href="/webhooks/4""#) && html.contains(r#"data-health="bad""#), "{html}");
        assert!(crate::testing::words(&render(Lang::It, vec![])).contains("Ancora nessun webhook"));
    }

    #[test]
    fn form_has_every_event_in_its_group() {
        let html = html(visitor(Lang::En), "/webhooks/new", || view! { <New/> });
        let count = Kind::ALL.iter().filter(|kind| kind.is_broadcast()).count();
        assert_eq!(html.matches(r#"name="events[]""#).count(), count);
        let words = words(&html);
        for group in EventGroup::ALL {
            assert!(words.contains(Lang::En.webhook_group(group)), "{group:?}");
        }
    }

    #[test]
    fn secret_is_shown_once_without_script() {
        let added = WebhookAdded {
            id: WebhookId(3),
            name: "City door log".into(),
            host: "doors.talvera.example".into(),
            secret: SigningSecret("whsec_x".into()),
        };
        let answer = Some(Answer { function: "/api/webhooks/add".into(), text: sent(&added) });
        let html = html(Visitor { answer, ..visitor(Lang::En) }, "/webhooks/new", || view! { <New/> });
        assert!(html.contains(r#"value="whsec_x""#) && !html.contains(r#"name="address""#), "{html}");
        assert!(words(&html).contains("Enter it at doors.talvera.example"), "{html}");
    }
}
