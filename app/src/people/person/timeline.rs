//! Audited changes of a person, as text, newest first.

use super::{Crumb, Tab, onward, with_tabs};
use crate::{
    audit::row::{AuditRow, Row},
    call::page_resource,
    lang,
    live::use_live,
    live_page::loaded,
    people::api,
    ui::{changing::dynamic, empty::Empty},
};
use contract::people::TimelinePage;
use domain::{
    id::PersonId,
    time::{Date, Moment},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The page at `/people/:id/timeline`.
pub fn timeline_page(person: PersonId) -> AnyView {
    let (live, query) = (use_live(), use_query_map());
    let before = Memo::new(move |_| query.with(|query| query.get_str("before")?.parse::<i64>().ok()));
    let page = page_resource(
        move || (before.get(), live.person(person)),
        move |(before, _)| api::timeline(person, before),
    );
    view! {
        <Crumb/>
        {loaded(8, page, move |page| view! { <Page page before/> }.into_any())}
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<TimelinePage<AuditRow>>, before: Memo<Option<i64>>) -> impl IntoView {
    let t = lang::current();
    let head = Memo::new(move |_| page.with(|page| page.head.clone()));
    let id = head.with_untracked(|head| head.id);
    let inside = view! {
        <section class="audit" aria-labelledby="timeline">
            <h2 id="timeline" class="visually-hidden">{t.person_timeline()}</h2>
            {dynamic(move || {
                let TimelinePage { head, entries, .. } = page.get();
                let now = head.now;
                Some(if entries.is_empty() {
                    view! {
                        <div class="card"><Empty icon="scroll-text">
                            <h3>{t.person_timeline_none()}</h3><p>{t.person_timeline_none_next()}</p>
                        </Empty></div>
                    }.into_any()
                } else {
                    days(entries).into_iter().map(|(at, entries)| view! {
                        <section class="group">
                            <h3 class="group-head">{t.date(at, now)}</h3>
                            <ol class="list">{entries.into_iter().map(|entry| view! { <Row entry/> }).collect_view()}</ol>
                        </section>
                    }).collect_view().into_any()
                })
            })}
            {dynamic(move || {
                let older = page.with(|page| page.older).map(|seq| format!("/people/{id}/timeline?before={seq}"));
                let newest = before.get().map(|_| format!("/people/{id}/timeline"));
                onward(t.person_timeline(), newest, older)
            })}
        </section>
    };
    with_tabs(head, Tab::Timeline, inside.into_any())
}

/// Entries by day, in order.
fn days(entries: Vec<AuditRow>) -> Vec<(Moment, Vec<AuditRow>)> {
    let mut days: Vec<(Date, Moment, Vec<AuditRow>)> = Vec::new();
    for entry in entries {
        let date = entry.at.wall().date;
        match days.last_mut() {
            Some((day, _, entries)) if *day == date => entries.push(entry),
            _ => days.push((date, entry.at, vec![entry])),
        }
    }
    days.into_iter().map(|(_, at, entries)| (at, entries)).collect()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        people::person::tests::head,
        testing::{NOW, ago, html, visitor, words},
    };
    use contract::audit::Entry;
    use domain::{actor::Channel, audit::AuditActor, id::PersonId};
    use text::Lang;

    #[test]
    fn timeline_entries_have_text_without_codes() {
        let entry = Entry {
            seq: 12,
            at: ago(5),
            by: AuditActor::Person { id: PersonId(1), name: "Sofia Mair".into() },
            door: Channel::Web,
            action: "person.suspended".into(),
            subject: "person:7".into(),
            subject_name: Some("Tomás Herrera".into()),
            detail: vec![],
        };
        let page =
            TimelinePage { head: head(), entries: vec![AuditRow::of(entry, Lang::En, NOW)], older: Some(12) };
        let html = html(visitor(Lang::En), "/people/7/timeline", move || {
            view! { <Page page=RwSignal::new(page) before=Memo::new(|_| None)/> }
        });
        assert!(words(&html).contains("Sofia Mair suspended a person"), "{html}");
        assert!(html.contains("/people/7/timeline?before=12"), "{html}");
        assert!(!html.contains("<code>"), "no codes: {html}");
    }
}
