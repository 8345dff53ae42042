//! A person's documents, on their page: signed, missing, and the tick for a paper.

use super::{
    Status,
    done::{Tick, Withdraw},
};
use crate::{
    call::{Call, PageResource, load, page_resource},
    lang,
    live::use_live,
    live_page::loaded,
    people::person::{Crumb, Tab, with_tabs},
    ui::{
        button::{Kind as Press, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Form, Summary, hidden},
        icon::Icon,
    },
};
use contract::documents::{PersonDocument, PersonDocuments, PersonDocumentsPage, ReadPersonDocuments};
use domain::{documents::DocumentKind, id::PersonId, live::Noun, time::Moment};
use leptos::prelude::*;
use text::{Lang, time};

/// The page at `/people/:id/documents`.
pub fn person_documents_page(person: PersonId) -> AnyView {
    let (live, tick, withdraw) = (use_live(), Call::<Tick>::new(), Call::<Withdraw>::new());
    let source = move || {
        ((live.version(Noun::Documents), live.person(person)), tick.version().get(), withdraw.version().get())
    };
    let page: PageResource<PersonDocumentsPage> =
        page_resource(source, move |_| load(&ReadPersonDocuments { person }));
    view! {
        <Crumb/>
        {loaded(4, page, move |page| view! { <Page page tick withdraw/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<PersonDocumentsPage>, tick: Call<Tick>, withdraw: Call<Withdraw>) -> impl IntoView {
    let t = lang::current();
    let head = Memo::new(move |_| page.with(|page| page.head.clone()));
    let inside = dynamic(move || {
        let PersonDocuments { documents, now, person, may_change } = page.with(|page| page.documents.clone());
        Some(if documents.is_empty() {
            view! { <div class="card"><Empty icon="scroll-text"><h2>{t.documents_own_none()}</h2></Empty></div> }
                .into_any()
        } else {
            let rows = documents.into_iter().map(|one| row(t, one, (person, now, may_change), tick, withdraw));
            let list = view! { <ul class="list">{rows.collect_view()}</ul> };
            view! { <Summary action=tick/><Summary action=withdraw/>{list} }.into_any()
        })
    });
    with_tabs(head, Tab::Documents, inside.into_any())
}

fn row(
    t: Lang,
    one: PersonDocument,
    (person, now, may_change): (PersonId, Moment, bool),
    tick: Call<Tick>,
    withdraw: Call<Withdraw>,
) -> AnyView {
    let PersonDocument { document, title, kind, edition, signed, until, to_sign, gap, on_name } = one;
    let mut about = vec![on_name.unwrap_or_else(|| t.document_everywhere().to_owned())];
    about.extend(edition.map(|edition| t.document_version(&edition.to_string())));
    about.push(Status { gap, to_sign, signed, until }.words(t, kind, now));
    let href = match edition {
        Some(edition) => format!("/documents/{document}?edition={edition}"),
        None => format!("/documents/{document}"),
    };
    let icon = if to_sign.is_some() { "triangle-alert" } else { "circle-check" };
    let ticks = may_change && kind == DocumentKind::Paper && to_sign.is_some();
    let ends = may_change && signed.is_some() && gap.is_none();
    let about_title = title.clone();
    view! {
        <li>
            <div class="item">
                <span class="tile"><Icon name=icon/></span>
                <span class="lines"><a class="t link" href=href>{title.clone()}</a><span class="s">{time::sentence(&about.join(" · "))}</span></span>
                <div class="acts">
                    {ticks.then(|| view! {
                        <Form action=tick beside=true>
                            {hidden("id", &document)}
                            {hidden("people", &person)}
                            <Submit label=t.document_tick() about=about_title.clone() kind=Press::Primary busy=tick.pending()/>
                        </Form>
                    })}
                    {ends.then(|| view! {
                        <Form action=withdraw beside=true>
                            {hidden("id", &document)}
                            {hidden("people", &person)}
                            <Submit label=if kind == DocumentKind::Paper { t.document_untick() } else { t.document_withdraw() }
                                about=title kind=Press::Quiet busy=withdraw.pending()/>
                        </Form>
                    })}
                </div>
            </div>
        </li>
    }
    .into_any()
}
