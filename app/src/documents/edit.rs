//! A document for its editors: its fields, the preview of the saved text, publishing, and its versions.
//!
//! Invariant: a form carries the version it was filled in from. Publishing takes the saved text, never what is in the form.

use super::{manage::On, state_badge};
use crate::{
    call::{Call, Function, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{ButtonLink, Kind as Press, Submit},
        changing::{dynamic, remount},
        form::{Field, Form, completed_count, hidden},
        icon::Icon,
        text_area::TextArea,
        versions::{News, VERSION, Versioned, Versions, began, begun_from},
    },
};
use contract::documents::{self, DocumentEditor, EditDocument, EditionView};
use domain::{id::DocumentId, live::Noun, settings::At, time::Moment};
use leptos::prelude::*;
use text::{Lang, time};

type Save = Function<documents::SaveDocument>;
type Publish = Function<documents::PublishDocument>;

/// The page at `/documents/:id/edit`.
pub fn edit_document_page(id: DocumentId) -> AnyView {
    let (live, save, publish) = (use_live(), Call::<Save>::new(), Call::<Publish>::new());
    let source = move || (live.version(Noun::Documents), save.version().get(), publish.version().get());
    let page: PageResource<DocumentEditor> = page_resource(source, move |_| load(&EditDocument { id }));
    let t = lang::current();
    view! {
        <a class="crumb" href="/documents"><Icon name="chevron-left"/>{t.documents_title()}</a>
        {live_page(t.document_edit(), 6, page, move |page| view! { <Page page save publish/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<DocumentEditor>, save: Call<Save>, publish: Call<Publish>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let (id, subjects) = page.with_untracked(|page| (page.document.id, page.subjects.clone()));
    let newest = Memo::new(move |_| page.with(|page| (page.document.id.0, page.saved.version)));
    let (begun, typing) = begun_from(newest);
    let mut options = vec![("space".to_owned(), t.document_everywhere().to_owned())];
    options.extend(subjects.clone());
    let choice = vec![
        Versioned::plain("title", t.document_title()),
        Versioned { name: "on", label: t.document_on(), words: options },
        Versioned::plain("lapse", t.document_lapse()),
        Versioned::plain("text", t.document_text()),
    ];
    let published = answered(publish);
    view! {
        <header class="page-head">
            {dynamic(move || Some(page.with(|page| view! {
                <h1>{page.document.title.clone()}</h1>
                <p class="sub">{state_badge(t, page.document.state)}" "{t.document_kind(page.document.kind)}</p>
            })))}
            <div class="push btn-row">
                <ButtonLink href=format!("/documents/{id}/people") label=t.document_who().to_owned() kind=Press::Ghost icon="users-round"/>
            </div>
        </header>
        <div role="status">{dynamic(move || published.get().map(|done| view! {
            <Banner tone=Tone::Go icon="circle-check" title=t.document_was_published(&done.edition.to_string())>
                {t.document_publish_counts(done.to_sign)}
            </Banner>
        }))}</div>
        <Versions action=save fields=choice/>
        <News newest begun typing page=format!("/documents/{id}/edit")/>
        <section class="card" aria-labelledby="edit" on:input=move |_| typing.set(true)>
            <div class="card-head"><h2 id="edit">{t.document_text()}</h2></div>
            {dynamic(move || {
                begun.track();
                let subjects = subjects.clone();
                Some(untrack(move || view! { <Sheet page save subjects/> }))
            })}
        </section>
        {dynamic(move || Some(page.with(|page| preview(t, &page.html))))}
        <PublishCard page publish/>
        {dynamic(move || Some(page.with(|page| versions(t, page.document.id, &page.document.editions, page.now))))}
    }
}

/// The fields.
#[component]
fn Sheet(page: RwSignal<DocumentEditor>, save: Call<Save>, subjects: Vec<(String, String)>) -> impl IntoView {
    let t = lang::current();
    let (id, saved) = page.with_untracked(|page| (page.document.id, page.saved.clone()));
    let value = |field: &str| saved.value(field).to_owned();
    let (title, on, lapse, text) = (value("title"), value("on"), value("lapse"), value("text"));
    view! {
        <Form action=save>
            {hidden("id", &id)}
            {hidden(VERSION, &saved.version)}
            {began(&saved.fields)}
            <Field name="title" label=t.document_title() value=title/>
            <On subjects chosen=on/>
            <Field name="lapse" label=t.document_lapse() kind="number" hint=t.document_lapse_hint() value=lapse/>
            <TextArea name="text" label=t.document_text() hint=t.document_text_hint() value=text/>
            <div class="btn-row"><Submit label=t.document_save() kind=Press::Primary busy=save.pending()/></div>
        </Form>
    }
}

fn preview(t: Lang, html: &str) -> Option<AnyView> {
    (!html.is_empty()).then(|| {
        view! {
            <details class="card deed">
                <summary>{t.document_preview()}</summary>
                <div class="prose" inner_html=html.to_owned()></div>
            </details>
        }
        .into_any()
    })
}

/// Publishing the saved text, with how many people it concerns.
#[component]
fn PublishCard(page: RwSignal<DocumentEditor>, publish: Call<Publish>) -> impl IntoView {
    let t = lang::current();
    let id = page.with_untracked(|page| page.document.id);
    let is_first = Memo::new(move |_| page.with(|page| page.document.editions.is_empty()));
    let done = completed_count(publish);
    view! {
        <section class="card" aria-labelledby="publish">
            <div class="card-head"><h2 id="publish">{t.document_publish()}</h2></div>
            <p class="small muted">{t.document_publish_sub()}</p>
            {dynamic(move || Some(page.with(|page| {
                let minor = (!is_first.get()).then(|| t.document_publish_counts_minor(page.document.to_sign_minor));
                let unchanged = (!page.is_changed).then(|| view! { <p class="small muted">{t.document_unchanged()}</p> });
                let everywhere = (page.document.on == At::Space.to_string())
                    .then(|| view! { <p class="small muted">{t.document_not_at_doors()}</p> });
                view! { <p>{t.document_publish_counts(page.document.to_sign)}" "{minor}</p>{everywhere}{unchanged} }
            })))}
            {remount(move || {
                done.track();
                Some(view! {
                    <Form action=publish>
                        {hidden("id", &id)}
                        <input type="hidden" name="version" value=Signal::derive(move || page.with(|page| page.document.version.to_string()))/>
                        <Field name="from" kind="date" label=t.document_from() hint=t.document_from_hint()/>
                        {dynamic(move || (!is_first.get()).then(|| view! {
                            <label class="tick"><input type="checkbox" name="minor" value="yes"/><span>{t.document_minor()}</span></label>
                        }))}
                        <div class="btn-row"><Submit label=t.document_publish() busy=publish.pending()/></div>
                    </Form>
                })
            })}
        </section>
    }
}

/// The published versions, newest first.
fn versions(t: Lang, id: DocumentId, editions: &[EditionView], now: Moment) -> AnyView {
    let rows = editions.iter().map(|one| {
        let mut about = vec![t.document_published_on(&t.day(one.published, now))];
        about.extend(one.by.as_ref().map(|by| t.announcement_by(by)));
        about.push(if one.sign_again { t.document_again() } else { t.document_is_minor() }.to_owned());
        about.extend((one.from.at > now.at).then(|| t.document_counts_from(&t.date(one.from, now))));
        let href = format!("/documents/{id}?edition={}", one.edition);
        view! {
            <li><a class="item" href=href>
                <span class="tile"><Icon name="scroll-text"/></span>
                <span class="lines">
                    <span class="t">{t.document_version(&one.edition.to_string())}</span>
                    <span class="s">{time::sentence(&about.join(" · "))}</span>
                </span>
                <span class="tail"><Icon name="chevron-right"/></span>
            </a></li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="group" aria-labelledby="versions">
            <h2 class="group-head" id="versions">{t.document_versions()}</h2>
            {if editions.is_empty() {
                view! { <p class="muted">{t.document_versions_none()}</p> }.into_any()
            } else {
                view! { <ul class="list">{rows}</ul> }.into_any()
            }}
        </section>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::documents::DocumentDetails;
    use domain::{
        documents::{DocumentKind, DocumentState},
        versions::Saved,
    };

    fn editor(editions: Vec<EditionView>) -> DocumentEditor {
        let document = DocumentDetails {
            id: DocumentId(4),
            version: 3,
            title: "House rules".into(),
            kind: DocumentKind::Text,
            on: "space".into(),
            lapse: None,
            state: DocumentState::InForce,
            draft: "Clean **up**.".into(),
            editions,
            to_sign: 42,
            to_sign_minor: 1,
        };
        let fields =
            vec![("title", "House rules".into()), ("on", "space".into()), ("text", "Clean **up**.".into())];
        DocumentEditor {
            now: NOW,
            document,
            saved: Saved::new(3, fields),
            html: "<p>Clean <strong>up</strong>.</p>".into(),
            is_changed: true,
            subjects: vec![],
        }
    }

    fn render(page: DocumentEditor) -> String {
        html(visitor(Lang::En), "/documents/4/edit", move || {
            view! { <Page page=RwSignal::new(page) save=Call::new() publish=Call::new()/> }
        })
    }

    #[test]
    fn publishing_names_how_many_people_have_to_sign() {
        let first = EditionView {
            edition: 1,
            html: String::new(),
            published: ago(60 * 24),
            by: Some("Marta".into()),
            sign_again: true,
            from: ago(60),
        };
        let html = render(editor(vec![first]));
        let words = words(&html);
        assert!(words.contains("42 people have to sign it. If the change is minor, 1 person."), "{words}");
        assert!(words.contains("Published yesterday · by Marta · to be signed again"), "{words}");
        assert!(html.contains(r#"name="minor""#) && html.contains(r#"href="/documents/4?edition=1""#), "{html}");
        assert_eq!(html.matches(r#"name="version" value="3""#).count(), 2, "{html}");
    }

    #[test]
    fn document_of_the_space_is_published_with_a_word_on_doors() {
        let names_doors = |page| words(&render(page)).contains("Doors don’t ask for it");
        assert!(names_doors(editor(vec![])));
        let mut of_type = editor(vec![]);
        of_type.document.on = "type:3".into();
        assert!(!names_doors(of_type));
    }

    #[test]
    fn first_version_is_never_minor() {
        let html = render(editor(vec![]));
        assert!(!html.contains(r#"name="minor""#) && words(&html).contains("Nothing is published yet."), "{html}");
    }
}
