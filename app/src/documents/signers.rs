//! Who signed a document and who has to, with the papers of several people at once.
//!
//! Invariant: those who have to are first, in one form, so that it works without script.

use super::{
    Status,
    done::{Done, Tick, Withdraw},
};
use crate::{
    call::{Call, PageResource, load, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::live_page,
    ui::{
        button::{Kind as Press, Submit},
        changing::{dynamic, rows},
        empty::Empty,
        form::{Form, Summary, hidden},
        icon::Icon,
        table::{actions, always, cell, named, sorted, spare, table},
    },
};
use contract::documents::{ListSigners, Signers};
use domain::{
    documents::{DocumentKind, Gap},
    id::DocumentId,
    live::Noun,
};
use leptos::prelude::*;
use text::{Lang, time};

/// The page at `/documents/:id/people`.
pub fn signers_page(id: DocumentId) -> AnyView {
    let (live, tick, withdraw) = (use_live(), Call::<Tick>::new(), Call::<Withdraw>::new());
    let source = move || {
        (
            (live.version(Noun::Documents), live.version(Noun::Person)),
            tick.version().get(),
            withdraw.version().get(),
        )
    };
    let page: PageResource<Signers> = page_resource(source, move |_| load(&ListSigners { id }));
    let t = lang::current();
    view! {
        <a class="crumb" href="/documents"><Icon name="chevron-left"/>{t.documents_title()}</a>
        {live_page(t.document_who(), 6, page, move |page| view! {
            <Page page tick withdraw/><Done document=id tick withdraw/>
        }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<Signers>, tick: Call<Tick>, withdraw: Call<Withdraw>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    let ticks = Memo::new(move |_| page.with(|page| page.may_change && page.kind == DocumentKind::Paper));
    let is_anybody_missing = Memo::new(move |_| page.with(|page| page.people.iter().any(|one| one.missing)));
    view! {
        {dynamic(move || Some(page.with(|page| head(t, page))))}
        {dynamic(move || is_anybody_missing.get().then(|| missing(t, page, ticks.get(), tick)))}
        {dynamic(move || Some(page.with(|page| signed(t, page, withdraw))))}
    }
}

fn head(t: Lang, page: &Signers) -> AnyView {
    let missing = page.people.iter().filter(|one| one.missing).count();
    let [signed, missing] =
        [page.people.len() - missing, missing].map(|count| u32::try_from(count).unwrap_or(u32::MAX));
    let sub = format!("{} · {}", t.document_count_signed(signed), t.document_count_missing(missing));
    let (file, name) =
        (format!("/api/v1/documents/{}/signatures.csv", page.document), format!("document-{}.csv", page.document));
    let none = page.people.is_empty().then(|| {
        view! {
            <div class="card"><Empty icon="users-round"><h2>{t.document_who_none()}</h2><p>{t.document_who_none_next()}</p></Empty></div>
        }
    });
    view! {
        <header class="page-head">
            <h1>{page.title.clone()}</h1>
            <div class="push btn-row">
                <a class="btn" data-kind="ghost" href=file rel="external" download=name><Icon name="download"/>{t.document_export()}</a>
            </div>
            <p class="sub">{sub}</p>
        </header>
        {none}
    }
    .into_any()
}

/// Those who have to sign; with a tick each where they hand in a paper.
fn missing(t: Lang, page: RwSignal<Signers>, ticks: bool, tick: Call<Tick>) -> AnyView {
    let document = page.with_untracked(|page| page.document);
    let people = move || {
        page.with(|page| {
            let missing = page.people.iter().filter(|one| one.missing).cloned();
            missing.map(|one| (one, page.kind, page.now)).collect::<Vec<_>>()
        })
    };
    // By person: a tick must not move to another row when somebody signs meanwhile.
    let list = rows(
        people,
        |(one, ..)| (one.person.0, one.gap.map_or(0, |gap| gap as i64 + 1)),
        move |(one, kind, now)| {
            let to_sign = Some(now).filter(|_| one.gap.is_some());
            let status = Status { gap: one.gap, to_sign, signed: one.signed, until: one.until };
            let second = time::sentence(&status.words(t, kind, now));
            let lines = view! {
                <span class="lines"><a class="t link" href=format!("/people/{}/documents", one.person)>{one.name.clone()}</a><span class="s">{second}</span></span>
            };
            let pick = ticks.then(|| view! {
                <input type="checkbox" name="people" value=one.person.to_string() aria-label=t.document_choose(&one.name)/>
            });
            view! { <li><div class="item">{pick}{lines}</div></li> }
        },
    );
    let list = view! { <ul class="list">{list}</ul> };
    let content = if ticks {
        view! {
            <Form action=tick>
                {hidden("id", &document)}
                {list}
                <div class="btn-row"><Submit label=t.document_tick() kind=Press::Primary busy=tick.pending()/></div>
            </Form>
        }
        .into_any()
    } else {
        list.into_any()
    };
    view! {
        <section class="group" aria-labelledby="missing">
            <h2 class="group-head" id="missing">{time::capitalised(t.document_gap(Gap::Missing))}</h2>
            {content}
        </section>
    }
    .into_any()
}

/// Those who signed, with the way to withdraw.
fn signed(t: Lang, page: &Signers, withdraw: Call<Withdraw>) -> AnyView {
    let Signers { now, document, kind, people, may_change, .. } = page;
    let (now, document, kind, may_change) = (*now, *document, *kind, *may_change);
    let mut columns = vec![always(t.document_person()), always(t.document_when()), spare(t.document_status(), 2)];
    if may_change {
        columns.push(actions());
    }
    let rows = people.iter().filter(|one| !one.missing).cloned().map(|one| {
        let href = format!("/people/{}/documents", one.person);
        let about = one.differs.as_ref().map(|name| t.document_wrote(name));
        let version = one.edition.map(|edition| t.document_version(&edition.to_string()));
        let mut cells = vec![
            named(view! { <a class="link" href=href>{one.name.clone()}</a> }.into_any(), one.name.clone()),
            sorted(
                one.signed.map(|at| t.signed_when(at, now)),
                one.signed.map(|at| at.at.0.to_string()).unwrap_or_default(),
            ),
            cell(
                version
                    .into_iter()
                    .chain(about)
                    .chain(one.until.map(|until| t.document_until(&t.until(until, now))))
                    .collect::<Vec<_>>()
                    .join(" · "),
            ),
        ];
        if may_change {
            let label = if kind == DocumentKind::Paper { t.document_untick() } else { t.document_withdraw() };
            cells.push(cell(view! {
                <Form action=withdraw beside=true>
                    {hidden("id", &document)}
                    {hidden("people", &one.person)}
                    <Submit label about=one.name.clone() kind=Press::Quiet busy=withdraw.pending()/>
                </Form>
            }));
        }
        cells
    });
    let rows: Vec<_> = rows.collect();
    let section = (!rows.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="signed">
                <h2 class="group-head" id="signed">{t.document_when()}</h2>
                <Summary action=withdraw/>
                {table("document-signers", t.document_who(), columns, rows)}
            </section>
        }
    });
    section.into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use contract::documents::SignerView;
    use domain::{documents::DocumentState, id::PersonId};

    fn signer(id: i64, name: &str, missing: bool) -> SignerView {
        SignerView {
            person: PersonId(id),
            name: name.into(),
            edition: (!missing).then_some(2),
            signed: (!missing).then(|| ago(60 * 24)),
            differs: (id == 8).then(|| "Mickey".into()),
            until: None,
            missing,
            gap: missing.then_some(Gap::Missing),
        }
    }

    fn render(kind: DocumentKind, may_change: bool) -> String {
        let people = vec![signer(7, "Ada <i>", true), signer(8, "Bob", false)];
        let state = DocumentState::InForce;
        let title = "Waiver".into();
        let page = Signers { now: NOW, document: DocumentId(4), title, kind, state, people, may_change };
        html(visitor(Lang::En), "/documents/4/people", move || {
            view! { <Page page=RwSignal::new(page) tick=Call::new() withdraw=Call::new()/> }
        })
    }

    #[test]
    fn papers_are_ticked_for_several_people_at_once() {
        let html = render(DocumentKind::Paper, true);
        assert!(html.contains(r#"name="people" value="7""#) && html.contains("Ada &lt;i&gt;"), "{html}");
        assert!(html.contains(r#"action="?/documents/tick""#), "{html}");
        let words = words(&html);
        assert!(words.contains("1 signed · 1 missing") && words.contains("wrote “Mickey”"), "{words}");
        assert!(html.contains(r#"href="/api/v1/documents/4/signatures.csv""#), "{html}");
    }

    #[test]
    fn text_is_not_ticked_for_others_and_auditor_changes_nothing() {
        let text = render(DocumentKind::Text, true);
        assert!(!text.contains("/documents/tick") && text.contains("?/documents/withdraw"), "{text}");
        assert!(!render(DocumentKind::Paper, false).contains("<form"));
    }
}
