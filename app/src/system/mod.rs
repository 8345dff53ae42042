//! The system page: versions, sizes, counts, backups, and the recent log; for administrators.
//!
//! Invariant: a copy is downloaded by an ordinary form and audited. Not here: restoring one, which needs a stopped
//! server.

pub mod api;

use crate::{
    call::page_resource,
    clock::use_clock,
    lang,
    live_page::live_page,
    ui::{button::Submit, changing::dynamic, facts::Facts},
};
use contract::system::{Ended, JobRun, Line, SystemPage};
use domain::time::Moment;
use leptos::prelude::*;

use text::{Lang, time};

/// The page at `/system`.
pub fn system_page() -> AnyView {
    let page = page_resource(|| (), |()| api::read());
    live_page(lang::current().system_title(), 6, page, move |page| view! { <Page page/> }.into_any())
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<SystemPage>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let facts = move |of: fn(&SystemPage, Lang) -> Vec<(&'static str, String)>| {
        dynamic(move || {
            let facts = page.with(|page| of(page, t));
            Some(view! { <Facts facts/> })
        })
    };
    view! {
        <header class="page-head"><h1>{t.system_title()}</h1><p class="sub">{t.system_lead()}</p></header>
        <section class="card" aria-labelledby="program">
            <div class="card-head"><h2 id="program">{t.system_program()}</h2></div>
            {facts(program)}
            <p><a class="link" href="/licences.txt" rel="external">{t.system_licences()}</a></p>
        </section>
        {dynamic(move || {
            let SystemPage { now, gaps, .. } = page.get();
            (!gaps.is_empty()).then(|| view! {
                <section class="card" aria-labelledby="gaps">
                    <div class="card-head"><h2 id="gaps">{t.system_gaps()}</h2></div>
                    <p class="muted">{t.system_gaps_lead()}</p>
                    <ul>{gaps.into_iter().map(|gap| view! { <li>{t.system_gap(gap, now)}</li> }).collect_view()}</ul>
                </section>
            })
        })}
        <section class="card" aria-labelledby="database">
            <div class="card-head"><h2 id="database">{t.system_database()}</h2></div>
            {facts(database)}
        </section>
        <section class="card" aria-labelledby="copies">
            <div class="card-head"><h2 id="copies">{t.system_copies()}</h2></div>
            {facts(copies)}
            <p class="muted">{with_code(t.system_backup_how())}</p>
            // An ordinary form, so that the browser downloads the response.
            <form class="form" method="post" action="/system/copy">
                <p id="copy-ask">{t.system_copy_ask()}</p>
                <div class="btn-row"><Submit label=t.system_copy()/></div>
            </form>
        </section>
        <section class="group" aria-labelledby="jobs">
            <h2 class="group-head" id="jobs">{t.system_jobs()}</h2>
            <div class="table-wrap"><table class="table">
                <caption class="visually-hidden">{t.system_jobs()}</caption>
                <thead><tr>
                    <th scope="col">{t.system_job_name()}</th>
                    <th scope="col">{t.system_job_every()}</th>
                    <th scope="col">{t.system_job_last()}</th>
                    <th scope="col">{t.system_job_result()}</th>
                </tr></thead>
                <tbody>{dynamic(move || {
                    let SystemPage { now, jobs, .. } = page.get();
                    Some(jobs.into_iter().map(|run| job(run, t, now)).collect_view())
                })}</tbody>
            </table></div>
        </section>
        <section class="group" aria-labelledby="log">
            <h2 class="group-head" id="log">{t.system_log()}</h2>
            <p class="muted">{t.system_log_lead()}</p>
            {dynamic(move || {
                let SystemPage { now, log, .. } = page.get();
                Some(if log.is_empty() {
                    view! { <p class="muted">{t.system_log_none()}</p> }.into_any()
                } else {
                    view! {
                        <div class="table-wrap"><table class="table">
                            <caption class="visually-hidden">{t.system_log()}</caption>
                            <thead><tr>
                                <th scope="col">{t.system_what()}</th>
                                <th scope="col">{t.system_when()}</th>
                            </tr></thead>
                            <tbody>{log.into_iter().map(|line| row(line, t, now)).collect_view()}</tbody>
                        </table></div>
                    }.into_any()
                })
            })}
        </section>
    }
}

fn program(page: &SystemPage, t: Lang) -> Vec<(&'static str, String)> {
    let up = page.now.at.since(page.since.at);
    vec![
        (t.system_version(), page.version.clone()),
        (t.system_sqlite(), page.sqlite.clone()),
        (t.system_schema(), page.schema.to_string()),
        (t.system_since(), t.system_for(&t.exact(page.since, page.now), &t.length(up))),
    ]
}

fn database(page: &SystemPage, t: Lang) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        (t.system_size(), t.bytes(page.bytes)),
        (t.system_free(), t.bytes(page.free)),
        (t.system_log_size(), t.bytes(page.log_bytes)),
    ];
    facts.extend(page.counts.iter().map(|&(what, many)| (t.system_count(what), t.thousands(many))));
    facts
}

fn copies(page: &SystemPage, t: Lang) -> Vec<(&'static str, String)> {
    let never = || t.system_never().to_owned();
    let backup = page.backup.as_ref().map_or_else(never, |backup| {
        t.system_backup_said(&t.exact(backup.at, page.now), &t.bytes(backup.bytes), &backup.to)
    });
    let taken = page.taken.as_ref().map_or_else(never, |taken| {
        t.system_taken_said(&t.exact(taken.at, page.now), taken.by.as_deref().unwrap_or(t.audit_former()))
    });
    vec![(t.system_backup(), backup), (t.system_taken(), taken)]
}

fn row(line: Line, t: Lang, now: Moment) -> impl IntoView {
    view! {
        <tr>
            <td><strong>{t.system_weight(line.weight)}</strong>" "<span lang="en">{line.says}</span></td>
            <td class="muted"><time datetime=time::iso(line.at)>{t.exact(line.at, now)}</time></td>
        </tr>
    }
}

fn job(JobRun { job, last }: JobRun, t: Lang, now: Moment) -> impl IntoView {
    let when = last.map_or_else(
        || t.system_job_not_yet().to_owned(),
        |(at, _)| format!("{}, {}", t.brief(at, now), time::clock(at)),
    );
    let result = last.map(|(_, ended)| t.system_ended(ended)).unwrap_or_default();
    let failed = last.is_some_and(|(_, ended)| ended == Ended::Failed);
    view! {
        <tr>
            <td>{t.system_job(job)}</td>
            <td class="muted">{t.system_interval(job.every())}</td>
            <td class="muted">{when}</td>
            <td>{if failed { view! { <strong>{result}</strong> }.into_any() } else { result.into_any() }}</td>
        </tr>
    }
}

/// Text in backticks becomes a command.
fn with_code(words: &'static str) -> AnyView {
    let parts = words
        .split('`')
        .enumerate()
        .map(|(at, part)| if at % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() });
    parts.collect_view().into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::system::{Backup, Download};
    use domain::{
        down_time::{Cause, Gap},
        jobs::Job,
        system::{Count, Weight},
    };

    fn page() -> SystemPage {
        SystemPage {
            now: NOW,
            since: ago(90),
            version: "0.1.0".into(),
            sqlite: "3.50.1".into(),
            schema: 202_611_210_810,
            bytes: 3_250_000,
            free: 4_096,
            log_bytes: 0,
            counts: vec![(Count::Uses, 10_000)],
            backup: None,
            taken: None,
            jobs: Vec::new(),
            gaps: Vec::new(),
            log: Vec::new(),
        }
    }

    #[test]
    fn clock_jump_shows_both_times() {
        let gap = Gap { cause: Cause::Skipped, starts: ago(80), ends: ago(20) };
        let page = SystemPage { gaps: vec![gap], ..page() };
        let html = html(visitor(Lang::En), "/system", move || view! { <Page page=RwSignal::new(page)/> });
        assert!(words(&html).contains("The clock jumped forward from"), "{html}");
    }

    #[test]
    fn jobs_show_their_last_result() {
        let run = |job, last: Option<Ended>| JobRun { job, last: last.map(|ended| (ago(2), ended)) };
        let jobs = vec![
            run(Job::SilentBoards, Some(Ended::Idle)),
            run(Job::Lapses, Some(Ended::Done(1_200))),
            run(Job::Retention, Some(Ended::Failed)),
            run(Job::DeletedNotes, None),
        ];
        let page = SystemPage { jobs, ..page() };
        let html = html(visitor(Lang::En), "/system", move || view! { <Page page=RwSignal::new(page)/> });
        let content = words(&html.replace("</td>", " </td>"));
        for row in [
            "Detect silent boards 5 s today, 14:14 Nothing due",
            "Record expired qualifications 1 h today, 14:14 1,200 done",
            "Delete expired data 1 h today, 14:14 Failed, will retry",
            "Purge deleted notes 5 s Not yet",
        ] {
            assert!(content.contains(row), "{row}: {content}");
        }
    }

    #[test]
    fn system_page_shows_versions_size_and_missing_backup() {
        let html = html(visitor(Lang::En), "/system", || view! { <Page page=RwSignal::new(page())/> });
        let content = words(&html);
        for name in
            ["3.50.1", "202611210810", "for 1 h 30", "3.2 MB", "10,000", "Never", "No lines since the start"]
        {
            assert!(content.contains(name), "{name}: {content}");
        }
        assert!(html.contains(r#"method="post" action="/system/copy""#), "{html}");
        assert!(html.contains("<code>toolgate restore") && !html.contains('`'), "{html}");
    }

    #[test]
    fn system_page_shows_last_download_and_log() {
        let backup = Backup { at: ago(60), to: "/mnt/disk/one.sqlite".into(), bytes: 1_000_000 };
        let says = "no connection <b>".to_owned();
        let page = SystemPage {
            backup: Some(backup),
            taken: Some(Download { at: ago(30), by: Some("Ada".into()) }),
            log: vec![Line { at: ago(1), weight: Weight::Warning, says }],
            ..page()
        };
        let html = html(visitor(Lang::It), "/system", move || view! { <Page page=RwSignal::new(page)/> });
        let content = words(&html);
        assert!(content.contains("1,0 MB, in /mnt/disk/one.sqlite") && content.contains("da Ada"), "{content}");
        assert!(content.contains("Avviso") && html.contains("no connection &lt;b&gt;"), "{html}");
    }
}
