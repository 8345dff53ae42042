//! Wall displays: their links, created, shown once, revoked.
//!
//! Invariant: a link is shown once, in the answer to its creation, and is in no address.

pub mod api;

use crate::{
    call::{Call, PageResource, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    ui::{
        answered::answered,
        banner::{Banner, Tone},
        button::{ButtonLink, Kind as Press, Submit},
        changing::part,
        empty::Empty,
        form::{Field, Form, hidden},
        icon::Icon,
        list::whole,
        page::live_page,
    },
};
use api::{Make, Renew, Revoke};
use domain::{live::Noun, time::Moment};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use views::displays::{Display, Displays as List, Opening};
#[derive(Debug)]
struct PageContext {
    list: PageResource<List>,
    /// Grows when a display was created or revoked here.
    changes: RwSignal<usize>,
}

impl PageContext {
    fn load() -> Self {
        let live = use_live();
        let changes = RwSignal::new(0);
        let source = move || (live.version(Noun::Space), changes.get());
        Self { list: page_resource(source, |_| api::list()), changes }
    }
}

/// The page at `/displays`.
pub fn displays_page() -> AnyView {
    let PageContext { list, changes } = PageContext::load();
    let (make, revoke) = (Call::<Make>::new(), Call::<Revoke>::new());
    let renew = Call::<Renew>::new();
    Effect::new(move |_| changes.set(make.version().get() + revoke.version().get()));
    live_page(lang::current().displays_title(), 3, list, move |list| {
        view! { <Page list make renew revoke/> }.into_any()
    })
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(list: RwSignal<List>, make: Call<Make>, renew: Call<Renew>, revoke: Call<Revoke>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(list.with(|list| list.now)));
    let (made, renewed) = (answered(make), answered(renew));
    let query = use_query_map();
    let done = Memo::new(move |_| query.with(|query| query.get_str("done").is_some()));
    view! {
        <header class="page-head">
            <h1>{t.displays_title()}</h1>
            <span class="push"><ButtonLink href="/kiosk" label=t.nav_kiosk_open().to_owned() kind=Press::Ghost icon="monitor"/></span>
            <p class="sub">{t.displays_sub()}</p>
        </header>
        <p class="saved displays-said" role="status">
            {part(move || done.get().then(|| view! { <Icon name="circle-check"/>{t.displays_revoked()} }))}
        </p>
        <div class="displays-said" role="status">
            {part(move || renewed.get().map(|opening| view! { <Link opening/> }))}
            {part(move || made.get().map(|opening| view! { <Link opening/> }))}
        </div>
        <section class="group" aria-labelledby="displays">
            <h2 class="group-head" id="displays">{t.displays_list()}</h2>
            {part(move || {
                let List { displays, now } = list.get();
                Some(if displays.is_empty() {
                    view! {
                        <div class="card">
                            <Empty icon="monitor"><h3>{t.displays_none()}</h3><p>{t.displays_none_next()}</p></Empty>
                        </div>
                    }.into_any()
                } else {
                    view! {
                        <ul class="list displays">
                            {displays.into_iter().map(|display| view! { <Row display now renew revoke/> }).collect_view()}
                        </ul>
                    }.into_any()
                })
            })}
        </section>
        <section class="card" aria-labelledby="new">
            <div class="card-head"><h2 id="new">{t.displays_new()}</h2></div>
            <Form action=make afresh=true>
                <Field name="name" label=t.displays_name() hint=t.displays_name_hint()/>
                <div class="btn-row"><Submit label=t.displays_make() kind=Press::Primary busy=make.pending()/></div>
            </Form>
        </section>
    }
}

#[component]
fn Row(display: Display, now: Moment, renew: Call<Renew>, revoke: Call<Revoke>) -> impl IntoView {
    let t = lang::current();
    let Display { id, name, made, by, seen } = display;
    let (whole, visible, about) = (whole(&name), name.clone(), name.clone());
    let made = t.day(made, now);
    let made = by.map_or_else(|| t.displays_made(&made), |by| t.displays_made_by(&made, &by));
    let seen = seen.map_or_else(
        || t.displays_never_seen().to_owned(),
        |seen| t.displays_seen(&format!("{}, {}", t.day(seen, now), text::time::clock(seen))),
    );
    view! {
        <li>
            <div class="item">
                <span class="tile"><Icon name="monitor"/></span>
                <span class="lines"><span class="t" title=whole>{visible}</span><span class="s">{seen}" · "{made}</span></span>
                <div class="acts">
                    <Form action=renew>
                        {hidden("id", &id)}
                        <Submit label=t.displays_renew() about=name kind=Press::Quiet/>
                    </Form>
                    <Form action=revoke>
                        {hidden("id", &id)}
                        <Submit label=t.displays_revoke() about=about kind=Press::Danger/>
                    </Form>
                </div>
            </div>
        </li>
    }
}

/// The link of a new display; it is not shown again.
#[component]
fn Link(opening: Opening) -> impl IntoView {
    let t = lang::current();
    let Opening { name, path } = opening;
    view! {
        <section class="display-link" aria-label=t.displays_made_title(&name)>
            <Banner tone=Tone::Go icon="monitor" title=t.displays_made_title(&name)>{t.displays_made_next()}</Banner>
            <div class="field">
                <label for="link">{t.displays_link()}</label>
                <input class="input" id="link" readonly value=path.clone() autocomplete="off" spellcheck="false"/>
            </div>
            <div class="btn-row"><ButtonLink href=path label=t.displays_open() icon="monitor" reload=true/></div>
        </section>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::{
        testing::{NOW, ago, html, sent, visitor, words},
        visitor::{Answer, Visitor},
    };
    use domain::id::DisplayId;
    use text::Lang;

    fn display(id: i64, name: &str, seen: Option<Moment>) -> Display {
        Display { id: DisplayId(id), name: name.into(), made: ago(60 * 24), by: Some("Marta".into()), seen }
    }

    fn render(visitor: Visitor, displays: Vec<Display>) -> String {
        html(visitor, "/displays", move || {
            let list = RwSignal::new(List { now: NOW, displays });
            let (make, revoke) = (Call::<Make>::new(), Call::<Revoke>::new());
            let renew = Call::<Renew>::new();
            view! { <Page list make renew revoke/> }
        })
    }

    #[test]
    fn displays_show_last_seen_and_can_be_revoked() {
        let html =
            render(visitor(Lang::En), vec![display(3, "Entrance", Some(ago(4))), display(4, "Wood shop", None)]);
        let words = words(&html);
        assert!(words.contains("EntranceSeen today, 14:12 · created yesterday by Marta"), "{words}");
        assert!(words.contains("Not opened yet") && html.contains(r#"aria-label="Revoke: Wood shop""#), "{words}");
        assert!(
            html.contains(r#"action="?/displays/revoke""#) && html.contains(r#"name="id" value="4""#),
            "{html}"
        );
    }

    #[test]
    fn new_display_link_is_shown_once_without_script() {
        let made: views::displays::Opening =
            serde_json::from_str(r#"{"name":"Entrance","path":"https://toolgate.example/enter/x"}"#).unwrap();
        let answer = Some(Answer { function: "/api/displays/make".into(), text: sent(&made) });
        let html = render(Visitor { answer, ..visitor(Lang::It) }, vec![]);
        assert!(html.contains(r#"value="https://toolgate.example/enter/x""#), "{html}");
        assert!(words(&html).contains("Link per Entrance") && words(&html).contains("Ancora nessuno schermo"));
    }
}
