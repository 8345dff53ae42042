//! Mail deliveries: counts, waiting and failed ones, and retries.
//!
//! Not here: the content of a mail. Managers see only its recipient and kind.

use super::api::{self, RetryDeliveries};
use crate::{
    call::{Call, PageResource, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{ButtonLink, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Form, hidden},
        table::{Cell, always, cell, instant, sorted, spare, table},
        toast::{Toast, Undo, refusals},
    },
};
use contract::accounts::CAUGHT;
use contract::deliveries::{ChannelCounts, Deliveries, DeliveryView, Which};
use domain::{deliveries::State, id::DeliveryId, live::Noun, time::Moment};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;

/// The page at `/deliveries`.
pub fn deliveries_page() -> AnyView {
    let (live, query, retry) = (use_live(), use_query_map(), Call::<RetryDeliveries>::new());
    let requested = Memo::new(move |_| {
        query.with(|query| {
            let which = match query.get_str("show") {
                Some("failed") => Which::Failed,
                Some("sent") => Which::Sent,
                Some("dropped") => Which::Dropped,
                _ => Which::Open,
            };
            (which, query.get_str("after").and_then(|id| id.parse().ok().map(DeliveryId)))
        })
    });
    let answers: PageResource<Deliveries> = page_resource(
        move || (live.version(Noun::Deliveries), retry.version().get(), requested.get()),
        |(_, _, (which, after))| api::deliveries(which, after),
    );
    live_page(lang::current().deliveries_title(), 6, answers, move |page| view! { <Page page retry/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<Deliveries>, retry: Call<RetryDeliveries>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let which = Memo::new(move |_| page.with(|page| page.which));
    let failed = Memo::new(move |_| page.with(|page| page.counts.iter().any(|one| one.failed > 0)));
    let can_send = Memo::new(move |_| page.with(|page| page.can_send));
    let caught = Memo::new(move |_| page.with(|page| page.caught));
    let counts = Memo::new(move |_| page.with(|page| page.counts.clone()));
    let retried = answered(retry);
    let message = Signal::derive(move || retried.get().map(|count| t.deliveries_retried(count)));
    let undo: Undo = Box::new(|| None);
    view! {
        <header class="page-head">
            <h1 tabindex="-1">{t.deliveries_title()}</h1>
            <p class="sub">{t.deliveries_lead()}</p>
            <div class="push btn-row">
                {dynamic(move || failed.get().then(|| view! {
                    <Form action=retry><Submit label=t.deliveries_retry_all() busy=retry.pending()/></Form>
                }))}
            </div>
        </header>
        {dynamic(move || (!can_send.get()).then(|| view! {
            <Banner tone=Tone::Info icon="mail" title=t.deliveries_no_mail().to_owned()><p>{t.deliveries_no_mail_next()}</p></Banner>
        }))}
        {dynamic(move || caught.get().then(|| view! {
            <Banner tone=Tone::Info icon="mail" title=t.deliveries_caught().to_owned()>
                <a class="link" href=CAUGHT rel="external">{t.deliveries_caught_read()}</a>
            </Banner>
        }))}
        {dynamic(move || Some(counts.get().into_iter().map(|one| numbers(one, t)).collect_view()))}
        <nav class="segmented" aria-label=t.deliveries_title()>
            {tab("/deliveries", t.deliveries_open(), Which::Open, which)}
            {tab("/deliveries?show=failed", t.deliveries_failed(), Which::Failed, which)}
            {tab("/deliveries?show=sent", t.deliveries_sent(), Which::Sent, which)}
            {tab("/deliveries?show=dropped", t.deliveries_dropped(), Which::Dropped, which)}
        </nav>
        {dynamic(move || Some(list(page.get(), retry)))}
        <Toast message undo refused=vec![refusals(retry)]/>
    }
}

fn tab(href: &'static str, name: &'static str, which: Which, visible: Memo<Which>) -> AnyView {
    let current = Signal::derive(move || (visible.get() == which).then_some("page"));
    view! { <a href=href aria-current=current>{name}</a> }.into_any()
}

fn numbers(counts: ChannelCounts, t: Lang) -> AnyView {
    let ChannelCounts { queued, gathered, failed, sent, .. } = counts;
    let facts = [
        (t.deliveries_waiting(), queued),
        (t.deliveries_daily(), gathered),
        (t.deliveries_failed(), failed),
        (t.deliveries_sent_today(), sent),
    ];
    view! {
        <dl class="card numbers">
            {facts.map(|(name, count)| view! { <div><dt>{name}</dt><dd>{count}</dd></div> }).collect_view()}
        </dl>
    }
    .into_any()
}

fn list(page: Deliveries, retry: Call<RetryDeliveries>) -> AnyView {
    let t = lang::current();
    let Deliveries { now, which, rows, next, .. } = page;
    if rows.is_empty() {
        let (title, next) = match which {
            Which::Open => (t.deliveries_none_open(), t.deliveries_none_open_next()),
            Which::Failed | Which::Sent | Which::Dropped => (t.deliveries_none(), t.deliveries_none_next()),
        };
        return view! { <div class="card"><Empty icon="circle-check"><h2>{title}</h2><p>{next}</p></Empty></div> }
            .into_any();
    }
    let show = match which {
        Which::Open => "/deliveries?",
        Which::Failed => "/deliveries?show=failed&",
        Which::Sent => "/deliveries?show=sent&",
        Which::Dropped => "/deliveries?show=dropped&",
    };
    let rows = rows.into_iter().map(|one| row(one, now, retry)).collect();
    let columns = vec![
        always(t.people_name()),
        spare(t.deliveries_kind(), 3),
        always(t.boards_state()),
        spare(t.deliveries_why(), 2),
        spare(t.deliveries_when(), 2),
    ];
    view! {
        {table("deliveries", t.deliveries_title(), columns, rows)}
        <div class="btn-row">
            {next.map(|next| view! { <ButtonLink href=format!("{show}after={next}") label=t.notices_older() icon="chevron-right"/> })}
        </div>
    }
    .into_any()
}

fn row(one: DeliveryView, now: Moment, retry: Call<RetryDeliveries>) -> Vec<Cell> {
    let t = lang::current();
    let DeliveryView {
        id, state, person, name, kind, told: notice, due, attempts, trouble, reason, settled, ..
    } = one;
    let name = name.unwrap_or_else(|| t.deliveries_erased().to_owned());
    let kind = kind.map_or_else(|| t.deliveries_other(), |kind| t.notice_kind(kind));
    let why = trouble.filter(|_| state != State::Sent).map(|trouble| t.delivery_trouble(trouble));
    let why = why.or_else(|| reason.map(|reason| t.delivery_reason(reason)));
    let tries = (attempts > 0).then(|| t.deliveries_attempts(attempts));
    let next = due.map(|due| t.deliveries_next(&t.brief(due, now)));
    let about = [why.map(ToOwned::to_owned), tries, next].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let tone = match state {
        State::Failed => Some("bad"),
        State::Queued if trouble.is_some() => Some("warn"),
        State::Sent => Some("go"),
        State::Queued | State::Gathered | State::Dropped => None,
    };
    let (label, at) = (t.deliveries_retry_for(&name), settled.unwrap_or(notice));
    let called = name.clone();
    vec![
        sorted(view! { <a class="name" href=format!("/people/{person}")>{name}</a> }, called),
        cell(kind.to_owned()),
        cell(view! {
            <span class="badge" data-tone=tone>{t.delivery_state(state)}</span>
            {(state == State::Failed).then(|| view! {
                <Form action=retry>
                    {hidden("id", &id)}
                    <button class="btn" data-kind="ghost" aria-label=label>{t.deliveries_retry()}</button>
                </Form>
            })}
        })
        .csv(t.delivery_state(state)),
        cell(about),
        instant(at, t.brief(at, now)),
    ]
}
