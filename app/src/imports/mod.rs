//! Lists: imported at `/import`, previewed, applied; exported at `/export`. A whole Fab-O-Matic at
//! `/import/fabomatic`.
//!
//! Invariant: files are uploaded by ordinary forms; everything works without script. Card numbers are never shown.

pub mod api;
pub mod bookings;
mod dry_run;
pub mod export;
pub mod take_over;

use crate::{
    call::{Call, PageResource, page_resource},
    lang,
    live_page::loaded,
    ui::{
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Form, use_form},
        icon::Icon,
        list::LinkItem,
        refused::Refused,
    },
    visitor::use_visitor,
};
use api::{Apply, Paste, SayColumns};
use contract::imports::DryRun;
use domain::{
    actor::Rank,
    problem::{Kind, Problem},
};
use dry_run::Preview;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The file, and which of its lines are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct At {
    file: String,
    page: u32,
    only_faulty: bool,
}

/// Calls about a stored file.
#[derive(Clone, Copy)]
struct Calls {
    columns: Call<SayColumns>,
    apply: Call<Apply>,
}
fn load(at: Memo<At>, calls: Calls) -> PageResource<DryRun> {
    let changes = move || calls.columns.version().get() + calls.apply.version().get();
    page_resource(move || (at.get(), changes()), |(at, _)| api::dry_run(at.file, at.page, at.only_faulty))
}

/// The refusal for readers below `rank`; the forms alone would refuse them too late.
fn refused_below(rank: Rank) -> Option<Problem> {
    let t = lang::current();
    match use_visitor().who {
        None => Some(Problem::new("actor.unknown", Kind::SignIn, t.forbidden_sign_in())),
        Some(me) if me.asleep => {
            Some(Problem::new("actor.second-factor", Kind::Forbidden, t.forbidden_second_factor()))
        }
        Some(me) if me.rank < rank => Some(Problem::new("actor.not-allowed", Kind::Forbidden, t.forbidden())),
        Some(_) => None,
    }
}

/// The page at `/import`.
pub fn import_page() -> AnyView {
    if let Some(problem) = refused_below(Rank::Manager) {
        return view! { <Refused problem/> }.into_any();
    }
    let query = use_query_map();
    let code = move |name| query.with(|query| query.get_str(name).unwrap_or_default().to_owned());
    let at = Memo::new(move |_| At {
        file: code("file"),
        page: code("page").parse().unwrap_or(1),
        only_faulty: code("show") == "faulty",
    });
    let calls = Calls { columns: Call::new(), apply: Call::new() };
    let t = lang::current();
    view! {
        <Title text=t.import_title()/>
        <a class="crumb" href="/people"><Icon name="chevron-left"/>{t.people_heading()}</a>
        <header class="page-head"><h1>{t.import_title()}</h1><p class="sub">{t.import_sub()}</p></header>
        {if at.with_untracked(|at| at.file.is_empty()) {
            let why = code("refused");
            view! { <Bring why/> }.into_any()
        } else {
            let answers = load(at, calls);
            view! {
                {loaded(8, answers, move |run| view! { <Preview run at calls/> }.into_any())}
                <p><a class="link" href="/import" rel="external">{t.import_another()}</a></p>
            }.into_any()
        }}
    }
    .into_any()
}

/// The upload and paste forms.
#[component]
fn Bring(
    /// Error code of the last file.
    why: String,
) -> impl IntoView {
    let t = lang::current();
    let paste = Call::<Paste>::new();
    let why = t.import_refused(&why);
    let administers = use_visitor().who.is_some_and(|me| me.rank == Rank::Administrator);
    view! {
        <section class="card" aria-labelledby="file-head">
            <div class="card-head"><h2 id="file-head">{t.import_file()}</h2></div>
            // An ordinary form, because it uploads a file to a route of its own.
            <form class="form" method="post" action="/import/upload" enctype="multipart/form-data">
                <div role="alert">{why.map(|why| view! {
                    <p class="form-summary"><Icon name="octagon-alert"/><span>{why}</span></p>
                })}</div>
                <div class="field">
                    <label for="file">{t.import_file()}</label>
                    <input class="input" id="file" type="file" name="file" required accept=".csv,.txt,.tsv,text/csv,text/plain" aria-describedby="file-hint"/>
                    <p class="hint" id="file-hint">{t.import_file_hint()}</p>
                </div>
                <div class="btn-row"><Submit label=t.import_send() about=t.import_file() kind=Press::Primary/></div>
            </form>
        </section>
        <section class="card" aria-labelledby="paste-head">
            <div class="card-head"><h2 id="paste-head">{t.import_paste()}</h2></div>
            <Form action=paste>
                <Lines/>
                <div class="btn-row"><Submit label=t.import_send() about=t.import_paste() busy=paste.pending()/></div>
            </Form>
        </section>
        <p class="muted">{t.import_columns_help()}</p>
        <ul class="list">
            <LinkItem href="/import/bookings".to_owned() icon="calendar-days" title=t.bookings_import_title() second=t.bookings_import_next()/>
        </ul>
        {administers.then(|| view! {
            <ul class="list">
                <LinkItem href="/import/fabomatic".to_owned() icon="download" title=t.fabomatic_title() second=t.fabomatic_next()/>
            </ul>
        })}
    }
}

/// The text area to paste into.
#[component]
fn Lines() -> impl IntoView {
    let (t, form) = (lang::current(), use_form());
    let input = form.as_ref().and_then(|form| form.input("list")).unwrap_or_default();
    let message = Signal::derive(move || form.as_ref()?.message("list"));
    view! {
        // It may contain card numbers.
        <div class="field" data-fleeting="">
            <label for="list">{t.import_lines()}</label>
            <textarea class="input lines-typed" id="list" name="list" rows="8" spellcheck="false" aria-describedby="list-hint list-problem"
                aria-invalid=Signal::derive(move || message.with(Option::is_some).then_some("true"))>{input}</textarea>
            <p class="hint" id="list-hint">{t.import_paste_hint()}</p>
            <p class="error" id="list-problem">
                {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
            </p>
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{html, visitor, words},
        visitor::{Echo, Visitor},
    };
    use text::Lang;

    #[test]
    fn refused_list_shows_reason_and_preserves_pasted_text() {
        let problem = Problem::new("import.empty", Kind::Invalid, "There is no line below the heading.")
            .field("list", "There is no line below the heading.");
        let values = vec![("list".to_owned(), "name,email".to_owned())];
        let echo = Some(Echo { function: "/api/imports/paste".into(), values, problem });
        let html = html(Visitor { echo, ..visitor(Lang::En) }, "/import", || {
            view! { <Bring why="import.not-text".to_owned()/> }
        });
        assert!(words(&html).contains("Save the sheet as CSV UTF-8"), "{html}");
        assert!(html.contains(r#"enctype="multipart/form-data""#), "{html}");
        assert!(html.contains(">name,email</textarea>") && html.contains(r#"aria-invalid="true""#), "A24: {html}");
    }
}
