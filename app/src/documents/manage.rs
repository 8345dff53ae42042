//! All documents, for those who run the space: who signed how many, and the form for a new one.

use super::state_badge;
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    equipment::fields::Undo,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{Kind as Press, Submit},
        form::{Field, Form, hidden},
        icon::Icon,
        register::{Entries, NewEntry, NoEntries, is_done},
        saved::Saved,
        select::Select,
        text_area::TextArea,
    },
};
use contract::{
    documents::{self, DocumentView, Documents, ListDocuments},
    equipment::Shelved,
};
use domain::{
    documents::{DocumentKind, DocumentState},
    live::Noun,
    time::Moment,
};
use leptos::prelude::*;
use text::Lang;

type Create = Function<documents::CreateDocument>;
type Move = Function<documents::MoveDocument>;

/// The page at `/documents`.
pub fn documents_page() -> AnyView {
    let (live, create, archive) = (use_live(), Call::<Create>::new(), Call::<Move>::new());
    let source = move || {
        (
            (live.version(Noun::Documents), live.version(Noun::Person)),
            create.version().get(),
            archive.version().get(),
        )
    };
    let list: PageResource<Documents> = page_resource(source, |_| load(&ListDocuments {}));
    live_page(lang::current().documents_title(), 3, list, move |list| {
        view! { <Page list create archive/><Undo action=archive message=archived_message/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(list: RwSignal<Documents>, create: Call<Create>, archive: Call<Move>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(list.with(|list| list.now)));
    let none = NoEntries { icon: "scroll-text", heading: t.documents_none(), next: t.documents_none_next() };
    let may_change = list.with_untracked(|list| list.may_change);
    let rows = Box::new(move || {
        let Documents { documents, now, may_change, .. } = list.get();
        documents.into_iter().map(|document| row(t, document, now, may_change, archive)).collect()
    });
    view! {
        <header class="page-head"><h1>{t.documents_title()}</h1><p class="sub">{t.documents_sub()}</p></header>
        <Saved visible=is_done() message=t.documents_created()/>
        <Entries id="documents" title=t.documents_title() none rows/>
        {may_change.then(|| view! {
            <NewEntry title=t.documents_new()>
                <Form action=create afresh=true>
                    <Field name="title" label=t.document_title()/>
                    <Kinds/>
                    <On subjects=list.with_untracked(|list| list.subjects.clone()) chosen="space".to_owned()/>
                    <Field name="lapse" label=t.document_lapse() kind="number" hint=t.document_lapse_hint()/>
                    <TextArea name="text" label=t.document_text() hint=t.document_text_hint() value=String::new()/>
                    <div class="btn-row"><Submit label=t.documents_create() kind=Press::Primary busy=create.pending()/></div>
                </Form>
            </NewEntry>
        })}
    }
}

#[component]
fn Kinds() -> impl IntoView {
    let t = lang::current();
    let options =
        DocumentKind::ALL.iter().map(|&kind| (kind.as_str().to_owned(), t.document_kind(kind).to_owned()));
    let chosen = Signal::stored(DocumentKind::Text.as_str().to_owned());
    view! { <Select name="kind" label=t.document_kind_label() options=options.collect() chosen/> }
}

/// What a document is asked for.
#[component]
pub(super) fn On(subjects: Vec<(String, String)>, chosen: String) -> impl IntoView {
    let t = lang::current();
    let mut options = vec![("space".to_owned(), t.document_everywhere().to_owned())];
    options.extend(subjects);
    // One that was archived since stays selected.
    if !options.iter().any(|(value, _)| *value == chosen) {
        options.push((chosen.clone(), chosen.clone()));
    }
    view! { <Select name="on" label=t.document_on() options chosen=Signal::stored(chosen)/> }
}

fn row(t: Lang, document: DocumentView, now: Moment, may_change: bool, archive: Call<Move>) -> AnyView {
    let DocumentView { id, title, kind, on_name, state, edition, published, lapse, signed, missing, .. } =
        document;
    let mut about = vec![on_name.unwrap_or_else(|| t.document_everywhere().to_owned())];
    about.push(t.document_kind(kind).to_owned());
    about.extend(edition.map(|edition| t.document_version(&edition.to_string())));
    about.extend(published.map(|at| t.document_published_on(&t.day(at, now))));
    about.extend(lapse.map(|days| t.document_lapses(days)));
    let counted = matches!(state, DocumentState::InForce | DocumentState::Announced);
    let counts = counted.then(|| {
        let missing_tone = if missing > 0 { "warn" } else { "go" };
        view! {
            <a class="link" href=format!("/documents/{id}/people")>
                <span>{t.document_count_signed(signed)}" · "<span data-tone=missing_tone>{t.document_count_missing(missing)}</span></span>
            </a>
        }
    });
    let away = state == DocumentState::Archived;
    let (label, press) =
        if away { (t.document_restore(), Press::Quiet) } else { (t.document_archive(), Press::Danger) };
    let href = if may_change { format!("/documents/{id}/edit") } else { format!("/documents/{id}/people") };
    view! {
        <li>
            <div class="item">
                <span class="tile"><Icon name="scroll-text"/></span>
                <span class="lines">
                    <span><a class="t link" href=href>{title.clone()}</a>" "{state_badge(t, state)}</span>
                    <span class="s">{about.join(" · ")}</span>
                    <span class="s">{counts}</span>
                </span>
                {may_change.then(|| view! {
                    <div class="acts">
                        {(!away).then(|| view! {
                            <a class="btn" href=format!("/documents/{id}/edit") aria-label=format!("{}: {title}", t.document_edit_short())>
                                <Icon name="pencil"/>{t.document_edit_short()}
                            </a>
                        })}
                        <Form action=archive>
                            {hidden("id", &id)}
                            {hidden("back", &if away { "yes" } else { "" })}
                            <Submit label about=title.clone() kind=press busy=archive.pending()/>
                        </Form>
                    </div>
                })}
            </div>
        </li>
    }
    .into_any()
}

/// Message after archiving or restoring.
fn archived_message(t: Lang, done: &Shelved) -> String {
    if done.away { t.document_gone(&done.name) } else { t.document_back(&done.name) }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::id::DocumentId;

    fn document(id: i64, title: &str, state: DocumentState) -> DocumentView {
        DocumentView {
            id: DocumentId(id),
            version: 1,
            title: title.into(),
            kind: DocumentKind::Text,
            on: "space".into(),
            on_name: None,
            state,
            edition: (state != DocumentState::Draft).then_some(2),
            published: (state != DocumentState::Draft).then(|| ago(60 * 24)),
            lapse: Some(365),
            signed: 41,
            missing: 1,
        }
    }

    fn render(may_change: bool) -> String {
        let documents = vec![
            document(1, "House <b>rules", DocumentState::InForce),
            document(2, "Waiver", DocumentState::Draft),
        ];
        let list =
            Documents { now: NOW, documents, subjects: vec![("type:3".into(), "Laser".into())], may_change };
        html(visitor(Lang::En), "/documents", move || {
            view! { <Page list=RwSignal::new(list) create=Call::new() archive=Call::new()/> }
        })
    }

    #[test]
    fn documents_list_counts_and_forms_for_managers() {
        let html = render(true);
        let words = words(&html);
        assert!(words.contains("41 signed · 1 missing") && words.contains("lapses after 365 days"), "{words}");
        assert!(words.contains("House &lt;b&gt;rules") && html.contains(r#"value="type:3""#), "{html}");
        assert_eq!(html.matches("/people\"").count(), 1, "a draft has no signers: {html}");
        assert!(html.contains(r#"action="?/documents/create""#), "{html}");
    }

    #[test]
    fn auditor_reads_without_forms() {
        let html = render(false);
        assert!(!html.contains("<form") && html.contains(r#"href="/documents/1/people""#), "{html}");
    }
}
