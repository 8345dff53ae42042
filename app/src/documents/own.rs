//! The reader's own documents: to sign, and signed.

use super::Status;
use crate::{
    call::{PageResource, load, page_resource},
    lang,
    live::use_live,
    live_page::live_page,
    ui::{changing::dynamic, empty::Empty, icon::Icon, list::LinkItem},
    visitor::use_visitor,
};
use contract::documents::{ListPersonDocuments, PersonDocument, PersonDocuments};
use domain::{id::PersonId, live::Noun, time::Moment};
use leptos::prelude::*;
use text::time;

/// The page at `/me/documents`.
pub fn own_documents_page() -> AnyView {
    let live = use_live();
    // Without a person the server asks to sign in.
    let person = use_visitor().who.map_or(PersonId(0), |me| me.id);
    let page: PageResource<PersonDocuments> = page_resource(
        move || (live.version(Noun::Documents), live.version(Noun::Person)),
        move |_| load(&ListPersonDocuments { person }),
    );
    let t = lang::current();
    view! {
        <a class="crumb" href="/me"><Icon name="chevron-left"/>{t.nav_me()}</a>
        {live_page(t.documents_title(), 3, page, |page| view! { <Page page/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<PersonDocuments>) -> impl IntoView {
    let t = lang::current();
    view! {
        <header class="page-head"><h1>{t.documents_title()}</h1></header>
        {dynamic(move || {
            let PersonDocuments { documents, now, .. } = page.get();
            Some(if documents.is_empty() {
                view! { <div class="card"><Empty icon="scroll-text"><h2>{t.documents_own_none()}</h2></Empty></div> }.into_any()
            } else {
                let (first, rest): (Vec<_>, Vec<_>) = documents.into_iter().partition(|one| one.to_sign.is_some());
                let rows = first.into_iter().chain(rest).map(|one| row(one, now));
                view! { <ul class="list">{rows.collect_view()}</ul> }.into_any()
            })
        })}
    }
}

fn row(one: PersonDocument, now: Moment) -> AnyView {
    let t = lang::current();
    let PersonDocument { document, title, kind, edition, signed, until, to_sign, gap, .. } = one;
    let icon = if to_sign.is_some() { "triangle-alert" } else { "circle-check" };
    let second = time::sentence(&Status { gap, to_sign, signed, until }.words(t, kind, now));
    // What was signed stays readable, also when a newer version is there.
    let href = match edition.filter(|_| to_sign.is_none()) {
        Some(edition) => format!("/documents/{document}?edition={edition}"),
        None => format!("/documents/{document}"),
    };
    view! { <LinkItem href icon title second/> }.into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::{
        documents::{DocumentKind, Gap},
        id::DocumentId,
    };
    use text::Lang;

    fn document(id: i64, title: &str, signed: bool) -> PersonDocument {
        PersonDocument {
            document: DocumentId(id),
            title: title.into(),
            kind: DocumentKind::Text,
            on_name: None,
            edition: signed.then_some(3),
            signed: signed.then(|| ago(60 * 24)),
            until: None,
            to_sign: (!signed).then_some(NOW),
            gap: (!signed).then_some(Gap::Missing),
        }
    }

    #[test]
    fn documents_to_sign_come_first() {
        let documents = vec![document(1, "House rules", true), document(2, "Waiver", false)];
        let page = PersonDocuments { now: NOW, person: PersonId(7), documents, may_change: false };
        let html = html(visitor(Lang::En), "/me/documents", move || view! { <Page page=RwSignal::new(page)/> });
        let words = words(&html);
        assert!(words.find("WaiverMissing") < words.find("House rulesSigned yesterday"), "{words}");
        assert!(
            html.contains(r#"href="/documents/1?edition=3""#) && html.contains(r#"href="/documents/2""#),
            "{html}"
        );
    }
}
