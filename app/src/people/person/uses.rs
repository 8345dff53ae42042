//! A person's uses in pages, and the link to boards' decisions about them.

use super::{Crumb, Tab, onward, with_tabs};
use crate::{
    call::page_resource,
    history::corrected,
    lang,
    live::use_live,
    live_page::loaded,
    people::api,
    ui::{
        changing::dynamic,
        empty::Empty,
        list::LinkItem,
        table::{Cell, always, instant, named, sorted, table},
    },
};
use contract::people::{UseRow, UsesPage};
use domain::{
    id::{PersonId, UseId},
    live::Noun,
    time::Moment,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use text::Lang;

/// The page at `/people/:id/uses`.
pub fn uses_page(person: PersonId) -> AnyView {
    let (live, query) = (use_live(), use_query_map());
    let after = Memo::new(move |_| query.with(|query| query.get_str("after")?.parse().ok()).map(UseId));
    let page = page_resource(
        move || (after.get(), live.person(person), live.version(Noun::Machine)),
        move |(after, ..)| api::uses(person, after),
    );
    view! {
        <Crumb/>
        {loaded(6, page, move |page| view! { <Page page after/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<UsesPage>, after: Memo<Option<UseId>>) -> impl IntoView {
    let t = lang::current();
    let head = Memo::new(move |_| page.with(|page| page.head.clone()));
    let id = head.with_untracked(|head| head.id);
    let inside = view! {
        <section class="group" aria-labelledby="uses">
            <h2 class="group-head" id="uses">{t.person_used()}</h2>
            {dynamic(move || {
                let UsesPage { head, uses, .. } = page.get();
                Some(if uses.is_empty() {
                    view! {
                        <div class="card"><Empty icon="activity">
                            <h3>{t.person_uses_none()}</h3><p>{t.person_uses_none_next()}</p>
                        </Empty></div>
                    }.into_any()
                } else {
                    let columns = vec![always(t.boards_machine()), always(t.uses_start()), always(t.uses_length())];
                    let rows = uses.into_iter().map(|one| row(one, t, head.now)).collect();
                    table("uses", t.person_used(), columns, rows)
                })
            })}
            {dynamic(move || {
                let older = page.with(|page| page.older).map(|older| format!("/people/{id}/uses?after={older}"));
                let newest = after.get().map(|_| format!("/people/{id}/uses"));
                onward(t.person_used(), newest, older)
            })}
            <p class="small muted">{t.person_uses_kept()}</p>
        </section>
        <ul class="list">
            <LinkItem href=format!("/people/{id}/decisions") icon="scroll-text" title=t.access_attempts() second=t.access_attempts_second()/>
        </ul>
    };
    with_tabs(head, Tab::Uses, inside.into_any())
}

fn row(one: UseRow, t: Lang, now: Moment) -> Vec<Cell> {
    let lasted = one.end.map(|end| end.at.since(one.start.at));
    let long = match lasted {
        Some(_) if !one.theirs => t.person_use_not_theirs().to_owned(),
        Some(_) if one.void => t.history_void().to_owned(),
        Some(lasted) => t.hours(lasted),
        None => t.person_use_runs().to_owned(),
    };
    let mut when = vec![t.exact(one.start, now)];
    when.extend(one.approximate.then(|| t.person_use_about().to_owned()));
    let name = one.machine_name.clone();
    let corrections = (!one.corrections.is_empty()).then(|| {
        let message = one
            .corrections
            .iter()
            .map(|message| view! { <p class="small muted">{corrected(message, t, now)}</p> });
        view! { <details><summary>{t.person_use_corrected()}</summary>{message.collect_view()}</details> }
    });
    vec![
        named(
            view! { <a class="name" href=format!("/machines/{}", one.machine)>{one.machine_name}</a>{corrections} }.into_any(),
            name,
        ),
        instant(one.start, when.join(" · ")),
        sorted(long, lasted.map_or_else(String::new, |lasted| lasted.as_millis().to_string())),
    ]
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        people::person::tests::head,
        testing::{ago, html, visitor, words},
    };
    use domain::id::MachineId;

    #[test]
    fn uses_show_duration_and_link_next_page() {
        let one = |id, end| UseRow {
            id: UseId(id),
            machine: MachineId(1),
            machine_name: "Laser 1".into(),
            start: ago(150),
            end,
            approximate: false,
            theirs: true,
            void: false,
            corrections: Vec::new(),
        };
        let uses = vec![one(9, None), one(8, Some(ago(30)))];
        let page = UsesPage { head: head(), uses, older: Some(UseId(8)) };
        let html = html(visitor(Lang::En), "/people/7/uses", move || {
            view! { <Page page=RwSignal::new(page) after=Memo::new(|_| None)/> }
        });
        let content = words(&html);
        assert!(content.contains("in progress") && content.contains("2.0 h"), "{content}");
        assert!(html.contains("/people/7/uses?after=8") && html.contains("/people/7/decisions"), "{html}");
    }
}
