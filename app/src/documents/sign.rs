//! A document as its signer reads it: the text, and below it name, tick and *Sign*, or the signature.
//!
//! Invariant: the form names the edition whose text is on the page. The text follows no live event, or a person would sign what
//! they have not read; a refusal loads the newer one. Not here: pages of managers.

use crate::{
    call::{Call, Function, PageResource, load_with, page_resource},
    clock::use_clock,
    lang,
    live_page::loaded,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{Kind as Press, Submit},
        changing::dynamic,
        form::{Field, Form, hidden, use_form},
        icon::Icon,
    },
};
use contract::{
    documents::{self, DocumentText, ShowDocument},
    operation::Id,
};
use domain::{documents::DocumentKind, id::DocumentId};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use text::time;

type Sign = Function<documents::SignDocument>;

/// The page at `/documents/:id`; `?edition=` shows an earlier one.
pub fn document_page(id: DocumentId) -> AnyView {
    let (sign, query) = (Call::<Sign>::new(), use_query_map());
    let edition = Memo::new(move |_| {
        query.with(|query| query.get_str("edition").and_then(|edition| edition.parse::<i64>().ok()))
    });
    let page: PageResource<DocumentText> = page_resource(
        move || (sign.version().get(), edition.get()),
        move |(_, edition)| {
            let edition: Vec<_> = edition.iter().map(|edition| ("edition", edition as &dyn Id)).collect();
            load_with(&ShowDocument { id }, &edition)
        },
    );
    view! {
        <a class="crumb" href="/me/documents"><Icon name="chevron-left"/>{lang::current().documents_title()}</a>
        {loaded(6, page, move |page| view! { <Page page sign/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<DocumentText>, sign: Call<Sign>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let title = page.with_untracked(|page| page.title.clone());
    let may_sign = Memo::new(move |_| page.with(|page| page.may_sign));
    view! {
        <Title text=title/>
        {dynamic(move || Some(page.with(text)))}
        {dynamic(move || Some(page.with(standing)))}
        <Answer page sign/>
        {dynamic(move || may_sign.get().then(|| {
            let id = page.with_untracked(|page| page.document);
            view! {
                <section class="card" aria-labelledby="sign">
                    <div class="card-head"><h2 id="sign">{t.document_sign()}</h2></div>
                    <Form action=sign>
                        {hidden("id", &id)}
                        <input type="hidden" name="version" value=Signal::derive(move || page.with(|page| page.edition.to_string()))/>
                        <Field name="name" label=t.document_name() hint=t.document_name_hint() autocomplete="name"/>
                        <Agreement/>
                        <div class="btn-row"><Submit label=t.document_sign() kind=Press::Primary busy=sign.pending()/></div>
                    </Form>
                </section>
            }
        }))}
    }
}

/// Title, version and text.
fn text(page: &DocumentText) -> impl IntoView + use<> {
    let t = lang::current();
    let now = page.now;
    let mut about =
        vec![t.document_version(&page.edition.to_string()), t.document_published_on(&t.day(page.published, now))];
    about.extend((page.from.at > now.at).then(|| t.document_counts_from(&t.date(page.from, now))));
    let (earlier, newest) =
        (t.document_earlier(&page.edition.to_string()), format!("/documents/{}", page.document));
    let replaced = (page.edition != page.newest).then(move || {
        view! {
            <Banner tone=Tone::Info icon="info" title=earlier>
                <a class="link" href=newest>{t.document_newest()}</a>
            </Banner>
        }
    });
    view! {
        <header class="page-head"><h1>{page.title.clone()}</h1><p class="sub">{about.join(" · ")}</p></header>
        {replaced}
        <section class="card"><div class="prose" inner_html=page.html.clone()></div></section>
    }
}

/// What there is of the reader's own, and what is asked of them.
fn standing(page: &DocumentText) -> impl IntoView + use<> {
    let t = lang::current();
    let now = page.now;
    let signed = page.signed.map(|at| {
        let when = t.signed_when(at, now);
        let sentence = match &page.signed_as {
            Some(name) => t.document_signed_as(name, &when),
            None => t.document_handed_in(&when),
        };
        let until = page.until.map(|until| time::sentence(&t.document_until(&t.until(until, now))));
        view! { <Banner tone=Tone::Go icon="circle-check" title=sentence>{until}</Banner> }
    });
    let asked = match page.kind {
        _ if page.archived => Some((Tone::Info, t.document_asks_nobody(), "")),
        DocumentKind::Paper if page.signed.is_none() => {
            Some((Tone::Warn, t.document_paper_now(), t.document_paper_next()))
        }
        DocumentKind::Text if page.gap.is_some() => Some((Tone::Warn, t.document_asks_now(), t.way_sign())),
        DocumentKind::Text | DocumentKind::Paper => None,
    };
    let asked = asked.map(|(tone, title, next)| {
        view! { <Banner tone icon="scroll-text" title=title.to_owned()>{next}</Banner> }
    });
    view! { {signed}{asked} }
}

/// The answer to the signature: a word of thanks, or that the name is another.
#[component]
fn Answer(page: RwSignal<DocumentText>, sign: Call<Sign>) -> impl IntoView {
    let (t, done) = (lang::current(), answered(sign));
    view! {
        <div role="status">{dynamic(move || done.get().map(|done| {
            let next = done.differs.then(|| t.document_differs(&page.with(|page| page.own_name.clone())));
            let tone = if done.differs { Tone::Warn } else { Tone::Go };
            view! { <Banner tone icon="circle-check" title=t.document_signed().to_owned()>{next}</Banner> }
        }))}</div>
    }
}

/// The tick, with its message.
#[component]
fn Agreement() -> impl IntoView {
    let (t, form) = (lang::current(), use_form());
    let ticked = form.as_ref().is_some_and(|form| form.input("agreed").is_some());
    let message = Signal::derive(move || form.as_ref()?.message("agreed"));
    view! {
        <div class="field">
            <label class="tick">
                <input type="checkbox" name="agreed" value="yes" checked=ticked aria-describedby="agreed-problem"
                    aria-invalid=Signal::derive(move || message.with(Option::is_some).then_some("true"))/>
                <span>{t.document_agree()}</span>
            </label>
            <p class="error" id="agreed-problem">
                {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
            </p>
        </div>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, sent, visitor, words},
        visitor::{Answer as Answered, Visitor},
    };
    use contract::documents::Signing;
    use domain::documents::Gap;
    use text::Lang;

    fn unsigned() -> DocumentText {
        DocumentText {
            document: DocumentId(4),
            title: "House <b>rules".into(),
            kind: DocumentKind::Text,
            edition: 2,
            newest: 2,
            html: "<p>Clean <strong>up</strong>.</p>".into(),
            published: ago(60 * 24),
            from: ago(60),
            archived: false,
            gap: Some(Gap::Outdated),
            may_sign: true,
            signed_as: None,
            signed: None,
            until: None,
            own_name: "Ada Lovelace".into(),
            now: NOW,
        }
    }

    fn render(visitor: Visitor, page: DocumentText) -> String {
        html(visitor, "/documents/4", move || view! { <Page page=RwSignal::new(page) sign=Call::new()/> })
    }

    #[test]
    fn unsigned_text_has_form_for_its_version() {
        let html = render(visitor(Lang::En), unsigned());
        assert!(html.contains("<strong>up</strong>") && html.contains("House &lt;b&gt;rules"), "{html}");
        assert!(html.contains(r#"name="version" value="2""#) && html.contains(r#"name="agreed""#), "{html}");
        assert!(html.contains(r#"action="?/documents/sign""#), "{html}");
        let words = words(&html);
        assert!(words.contains("Version 2 · published yesterday"), "{words}");
        assert!(words.contains("Machines ask for your signature"), "{words}");
    }

    #[test]
    fn signed_text_shows_signature_instead_of_form() {
        let signed = DocumentText {
            gap: None,
            may_sign: false,
            signed_as: Some("Ada Lovelace".into()),
            signed: Some(ago(5)),
            ..unsigned()
        };
        let html = render(visitor(Lang::En), signed);
        assert!(words(&html).contains("Signed as Ada Lovelace, today, 14:11"), "{html}");
        assert!(!html.contains("<form"), "{html}");
    }

    #[test]
    fn other_name_is_shown_after_signing_without_script() {
        let text = sent(&Signing { edition: 2, differs: true });
        let answer = Some(Answered { function: "/api/documents/sign".into(), text });
        let html = render(Visitor { answer, ..visitor(Lang::En) }, DocumentText { may_sign: false, ..unsigned() });
        assert!(words(&html).contains("Your profile says Ada Lovelace."), "{html}");
    }

    #[test]
    fn paper_is_handed_in_and_earlier_version_leads_to_newest() {
        let paper = DocumentText { kind: DocumentKind::Paper, may_sign: false, edition: 1, ..unsigned() };
        let html = render(visitor(Lang::En), paper);
        let words = words(&html);
        assert!(words.contains("Hand it to a manager") && words.contains("This is version 1"), "{words}");
        assert!(html.contains(r#"href="/documents/4""#) && !html.contains("<form"), "{html}");
    }
}
