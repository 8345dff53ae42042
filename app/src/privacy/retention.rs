//! Retention periods, and past runs of the retention job.

use super::api::{self, ClearNow};
use crate::{
    call::{Call, page_resource},
    clock::use_clock,
    lang,
    live_page::live_page,
    ui::{
        banner::{Banner, Tone},
        button::Submit,
        changing::{dynamic, text},
        form::Form,
        preview::PreviewStatus,
    },
};
use contract::retention::{RetentionPage, Run};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::{Lang, time};

/// The page at `/retention`.
pub fn retention_page() -> AnyView {
    let clear = Call::<ClearNow>::new();
    let done = use_query_map().with_untracked(|query| query.get_str("done").is_some());
    let page = page_resource(move || clear.version().get(), |_| api::retention());
    live_page(lang::current().retention_title(), 6, page, move |page| view! { <Page page clear done/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<RetentionPage>, clear: Call<ClearNow>, done: bool) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let due = Memo::new(move |_| page.with(|page| Some(page.due.clone())));
    view! {
        <header class="page-head"><h1>{t.retention_title()}</h1><p class="sub">{t.retention_lead()}</p></header>
        <div role="status">
            {done.then(|| view! { <Banner tone=Tone::Go icon="circle-check" title=t.retention_done().to_owned()>""</Banner> })}
        </div>
        <section class="card" aria-labelledby="rules">
            <div class="card-head"><h2 id="rules">{t.retention_rules()}</h2></div>
            <ul>
                <li>{t.retention_names_rule()}</li>
                <li>{t.retention_decisions_rule()}</li>
                <li>{t.retention_cards_rule()}</li>
                <li>{t.retention_sign_ins_rule()}</li>
                <li>
                    {text(move || t.retention_record_rule(&page.with(|page| page.record_days).to_string()))}" "
                    <a href="/settings?at=space&key=audit.kept">{t.retention_record_set()}</a>
                </li>
            </ul>
            <PreviewStatus preview=due/>
            <Form action=clear><div class="btn-row"><Submit label=t.retention_now() busy=clear.pending()/></div></Form>
        </section>
        <section class="group" aria-labelledby="runs">
            <h2 class="group-head" id="runs">{t.retention_runs()}</h2>
            {dynamic(move || {
                let RetentionPage { now, runs, .. } = page.get();
                Some(if runs.is_empty() {
                    view! { <p class="muted">{t.retention_never()}</p> }.into_any()
                } else {
                    view! {
                        <div class="table-wrap"><table class="table">
                            <caption class="visually-hidden">{t.retention_runs()}</caption>
                            <thead><tr>
                                <th scope="col">{t.retention_when()}</th>
                                <th scope="col" data-p="3">{t.retention_by()}</th>
                                <th scope="col">{t.retention_names()}</th>
                                <th scope="col" data-p="2">{t.retention_entries()}</th>
                                <th scope="col">{t.retention_decisions()}</th>
                                <th scope="col" data-p="2">{t.retention_cards()}</th>
                                <th scope="col" data-p="2">{t.retention_sign_ins()}</th>
                            </tr></thead>
                            <tbody>{runs.into_iter().map(|run| row(run, t, now)).collect_view()}</tbody>
                        </table></div>
                    }.into_any()
                })
            })}
        </section>
    }
}

fn row(run: Run, t: Lang, now: domain::time::Moment) -> impl IntoView {
    let by = run.by.unwrap_or_else(|| t.audit_toolgate().to_owned());
    view! {
        <tr>
            <td><time datetime=time::iso(run.at)>{t.exact(run.at, now)}</time></td>
            <td class="muted" data-p="3">{by}</td>
            <td>{run.cleared.names}</td>
            <td data-p="2">{run.cleared.entries}</td>
            <td>{run.cleared.decisions}</td>
            <td data-p="2">{run.cleared.unknown_cards}</td>
            <td data-p="2">{run.cleared.sign_ins}</td>
        </tr>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::{previews::Preview, retention::Cleared};

    #[test]
    fn retention_page_shows_runs_and_due_deletions() {
        let cleared = Cleared { decisions: 12, unknown_cards: 3, sign_ins: 4, names: 7, entries: 5 };
        let lines = vec!["It would clear away 9 decisions.".to_owned()];
        let due = Preview { fits: true, bites: false, lines };
        let runs = vec![Run { at: ago(60), by: None, cleared }];
        let page = RetentionPage { now: NOW, record_days: 365, due, runs };
        let html = html(visitor(Lang::En), "/retention", move || {
            view! { <Page page=RwSignal::new(page) clear=Call::new() done=true/> }
        });
        assert!(words(&html).contains("Toolgate751234"), "{}", words(&html));
        assert!(words(&html).contains("365 days"), "{}", words(&html));
        assert!(words(&html).contains("Done."), "{html}");
        assert!(words(&html).contains("It would clear away 9 decisions."), "before it is done: {html}");
    }
}
