//! A person's stored data: how much of what, and the files to download. One page for oneself, and one for
//! managers.

use super::{api, erase::EraseOwnCard};
use crate::{
    address::number,
    call::page_resource,
    lang,
    live_page::loaded,
    ui::{
        button::{Kind, Submit},
        icon::Icon,
    },
    visitor::use_visitor,
};
use contract::privacy::Holdings;
use domain::id::PersonId;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page at `/people/:id/data`, and at `/me/data` for the reader.
pub fn data_page() -> AnyView {
    let person = number("id").map(PersonId);
    let page = page_resource(|| (), move |()| api::holdings(person));
    view! {
        {loaded(6, page, |page| view! { <Page page=page.get_untracked()/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: Holdings) -> impl IntoView {
    let t = lang::current();
    let id = page.person;
    let is_own = use_visitor().who.is_some_and(|me| me.id == id);
    let name = page.name.unwrap_or_else(|| t.person_former(&id.to_string()));
    let (title, lead) = if is_own {
        (t.data_title().to_owned(), t.data_lead())
    } else {
        (t.data_title_of(&name), t.data_lead_of())
    };
    let (back, code) = if is_own {
        ("/me".to_owned(), t.nav_me().to_owned())
    } else {
        (format!("/people/{id}/account"), name.clone())
    };
    view! {
        <Title text=title.clone()/>
        <a class="crumb" href=back><Icon name="chevron-left"/>{code}</a>
        <header class="page-head"><h1>{title}</h1><p class="sub">{lead}</p></header>
        <div class="btn-row">
            // An ordinary form, so that the browser downloads the response; a cross-site link cannot export
            // anything.
            <form class="form" method="post" action=format!("/data/{id}")>
                <Submit label=t.data_all() kind=Kind::Primary/>
            </form>
        </div>
        <section class="group" aria-labelledby="tables">
            <h2 class="group-head" id="tables">{t.data_tables()}</h2>
            <ul class="list">
                {page.tables.into_iter().map(|row| {
                    let what = t.data_table(&row.table);
                    view! {
                        <li><div class="item">
                            <span class="tile"><Icon name="scroll-text"/></span>
                            <span class="lines"><span class="t">{what}</span><span class="s">{t.data_rows(row.rows)}</span></span>
                            <form class="form" method="post" action=format!("/data/{id}/{}.csv", row.table)>
                                <Submit label=t.data_csv() about=what/>
                            </form>
                        </div></li>
                    }
                }).collect_view()}
            </ul>
        </section>
        {(page.may_erase && is_own).then(|| view! {
            <EraseOwnCard password=page.asks_password refusals=page.erase_refusals/>
        })}
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, html, visitor, words},
        visitor::{Me, Visitor},
    };
    use contract::privacy::StoredTable;
    use domain::{actor::Rank, people::StepRefusal};
    use text::Lang;

    fn render(own: bool, refusals: Vec<StepRefusal>) -> String {
        let id = PersonId(if own { 7 } else { 8 });
        let who = Me { id, name: "Ada".into(), rank: Rank::Member, asleep: false, auditor: false, trains: false };
        let page = Holdings {
            now: NOW,
            person: PersonId(7),
            name: Some("Ada".into()),
            tables: vec![StoredTable { table: "card".into(), rows: 2 }],
            may_erase: true,
            erase_refusals: refusals,
            asks_password: true,
        };
        html(Visitor { who: Some(who), ..visitor(Lang::En) }, "/me/data", move || view! { <Page page/> })
    }

    #[test]
    fn own_data_can_be_exported_and_account_deleted() {
        let html = render(true, vec![]);
        assert!(html.contains(r#"name="current_password""#) && html.contains("/me/erase"), "{html}");
        assert!(words(&html).contains("Cards2 rows") && html.contains("/data/7/card.csv"), "{html}");
        assert!(words(&html).contains("Delete my account"), "{html}");
    }

    #[test]
    fn suspended_person_is_referred_to_administrator() {
        let html = render(true, vec![StepRefusal::KeptOut]);
        assert!(words(&html).contains("Ask an administrator") && !html.contains("/me/erase"), "{html}");
    }

    #[test]
    fn data_of_another_person_has_no_erase_form() {
        let html = render(false, vec![]);
        assert!(words(&html).contains("Data of Ada") && !html.contains("/me/erase"), "{html}");
    }
}
