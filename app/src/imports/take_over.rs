//! The page at `/import/fabomatic`: a Fab-O-Matic database is uploaded, previewed and imported.
//!
//! Invariant: the file is uploaded by an ordinary form; everything works without script.

use super::{
    api::{self, TakeOver},
    refused_below,
};
use crate::{
    call::{Call, PageResource, page_resource},
    lang,
    live_page::loaded,
    ui::{
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Form, hidden},
        icon::Icon,
        refused::Refused as Closed,
    },
};
use contract::imports::Upload;
use domain::{
    actor::Rank,
    imports::fabomatic::{BYTES, Part, Refused, Report},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use text::time;
fn load(file: Memo<String>, take: Call<TakeOver>) -> PageResource<Upload> {
    page_resource(move || (file.get(), take.version().get()), |(file, _)| api::upload(file))
}

pub fn take_over_page() -> AnyView {
    if let Some(problem) = refused_below(Rank::Administrator) {
        return view! { <Closed problem/> }.into_any();
    }
    let query = use_query_map();
    let code = move |name| query.with(|query| query.get_str(name).unwrap_or_default().to_owned());
    let file = Memo::new(move |_| code("file"));
    let take = Call::<TakeOver>::new();
    let t = lang::current();
    view! {
        <Title text=t.fabomatic_title()/>
        <a class="crumb" href="/import"><Icon name="chevron-left"/>{t.import_title()}</a>
        <header class="page-head"><h1>{t.fabomatic_title()}</h1><p class="sub">{t.fabomatic_sub()}</p></header>
        {if file.with_untracked(String::is_empty) {
            view! { <Bring why=Refused::parse(&code("refused"))/> }.into_any()
        } else {
            let answers = load(file, take);
            view! {
                {loaded(8, answers, move |upload| view! { <Preview upload file take/> }.into_any())}
                <p><a class="link" href="/import/fabomatic" rel="external">{t.fabomatic_another_file()}</a></p>
            }.into_any()
        }}
    }
    .into_any()
}

/// The upload form.
#[component]
fn Bring(
    /// Why the last file was refused.
    why: Option<Refused>,
) -> impl IntoView {
    let t = lang::current();
    let hint = t.fabomatic_file_hint(&(BYTES / 1_000_000).to_string());
    view! {
        <section class="card" aria-labelledby="file-head">
            <div class="card-head"><h2 id="file-head">{t.fabomatic_file()}</h2></div>
            // An ordinary form, because it uploads a file to a route of its own.
            <form class="form" method="post" action="/import/fabomatic/upload" enctype="multipart/form-data">
                <div role="alert">{why.map(|why| view! {
                    <p class="form-summary"><Icon name="octagon-alert"/><span>{t.fabomatic_refused(why)}</span></p>
                })}</div>
                <div class="field">
                    <label for="file">{t.import_file()}</label>
                    <input class="input" id="file" type="file" name="file" required aria-describedby="file-hint"/>
                    <p class="hint" id="file-hint">{hint}</p>
                </div>
                <div class="btn-row"><Submit label=t.import_send() about=t.fabomatic_file() kind=Press::Primary/></div>
            </form>
        </section>
    }
}

/// Preview or report, without requests, so that tests can render it.
#[component]
fn Preview(upload: RwSignal<Upload>, file: Memo<String>, take: Call<TakeOver>) -> impl IntoView {
    let t = lang::current();
    let taken = Memo::new(move |_| upload.with(|upload| upload.taken));
    let news = Memo::new(move |_| upload.with(|upload| (upload.is_news, upload.until)));
    let digest = Memo::new(move |_| upload.with(|upload| upload.digest.clone()));
    let report = Memo::new(move |_| upload.with(|upload| upload.report.clone()));
    view! {
        <div role="status">
            {dynamic(move || taken.get().map(|when| view! {
                <Banner tone=Tone::Go icon="circle-check" title=t.fabomatic_done(&time::clock(when))>{t.fabomatic_invite()}</Banner>
            }))}
        </div>
        <section class="group" aria-labelledby="would">
            <h2 class="group-head" id="would">
                {move || if taken.get().is_some() { t.fabomatic_became() } else { t.fabomatic_would() }}
            </h2>
            {dynamic(move || {
                let (is_news, until) = news.get();
                taken.get().is_none().then(|| if is_news {
                    view! { <Applying until=time::clock(until) digest file take/> }.into_any()
                } else {
                    view! { <p>{t.fabomatic_nothing()}</p> }.into_any()
                })
            })}
            {dynamic(move || Some(report_view(&report.get())))}
        </section>
    }
}

/// The form that imports it.
#[component]
fn Applying(until: String, digest: Memo<String>, file: Memo<String>, take: Call<TakeOver>) -> impl IntoView {
    let t = lang::current();
    view! {
        <div class="card">
            <p>{t.fabomatic_take_lead()}</p>
            <Form action=take>
                {hidden("file", &file.get_untracked())}
                // Imports exactly the displayed preview, or nothing.
                <input type="hidden" name="digest" value=Signal::derive(move || digest.get())/>
                <div class="btn-row">
                    <Submit label=t.fabomatic_take() kind=Press::Primary busy=take.pending()/>
                    <span class="small muted">{t.fabomatic_until(&until)}</span>
                </div>
            </Form>
        </div>
    }
}

/// The report by sections.
fn report_view(report: &Report) -> AnyView {
    let t = lang::current();
    let parts = Part::ALL.iter().filter_map(|&part| {
        let lines: Vec<_> = report.lines().iter().filter(|line| line.kind.part() == part).collect();
        let rows = lines.iter().map(|line| {
            let message = format!("{} {}", line.count, t.fabomatic_line(line));
            view! { <li><div class="item"><span class="lines"><span class="words">{message}</span></span></div></li> }
        });
        let id = format!("part-{}", part.as_str());
        (!lines.is_empty()).then(|| {
            view! {
                <h3 class="group-head" id=id.clone()>{t.fabomatic_part(part)}</h3>
                <ul class="list" aria-labelledby=id.clone()>{rows.collect_view()}</ul>
            }
        })
    });
    parts.collect_view().into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, html, visitor, words};
    use serde_json::json;
    use text::Lang;

    fn report() -> Result<Report, serde_json::Error> {
        serde_json::from_value(json!([
            { "kind": "people", "count": 4, "named": [] },
            { "kind": "plans-hours", "count": 2, "named": ["Oil the rails"] }
        ]))
    }

    fn render(report: Report, taken: bool, is_news: bool) -> String {
        html(visitor(Lang::En), "/import/fabomatic?file=x", move || {
            let taken = taken.then_some(NOW);
            let upload = Upload { until: NOW, report, is_news, taken, digest: "as-shown".into() };
            let file = Memo::new(|_| "x".to_owned());
            view! { <Preview upload=RwSignal::new(upload) file take=Call::new()/> }
        })
    }

    #[test]
    fn take_over_preview_lists_imported_and_skipped_rows() {
        let html = render(report().unwrap(), false, true);
        let content = words(&html);
        assert!(content.contains("Imported4 people"), "{content}");
        assert!(content.contains("Skipped2 maintenance plans due after no hours"), "{content}");
        assert!(content.contains("Oil the rails, 1 more"), "{content}");
        assert!(html.contains(r#"name="digest" value="as-shown""#), "{html}");
    }

    #[test]
    fn finished_or_empty_take_over_is_not_offered() {
        let done = render(report().unwrap(), true, false);
        assert!(!done.contains("imports/take-over") && words(&done).contains("Imported at 14:16"), "{done}");
        let nothing = render(report().unwrap(), false, false);
        assert!(!nothing.contains("imports/take-over"), "{nothing}");
        assert!(words(&nothing).contains("Nothing new to import."), "{nothing}");
    }

    #[test]
    fn refused_database_shows_reason() {
        let html = html(visitor(Lang::En), "/import/fabomatic", || view! { <Bring why=Some(Refused::Newer)/> });
        assert!(words(&html).contains("Install a later version of Toolgate."), "{html}");
        assert!(words(&html).contains("up to 64 MB"), "{html}");
    }
}
