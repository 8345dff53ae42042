//! A card's page: its holder, whether it works, and its history.

use super::{
    api,
    marked::{Marked, Marks},
};
use crate::{
    call::{Call, PageResource, page_resource},
    cards::api::MarkCard,
    clock::use_clock,
    lang,
    live::use_live,
    live_page::loaded,
    ui::{changing::dynamic, icon::Icon},
};
use contract::cards::{CardEvent, CardPage};
use domain::{audit::AuditActor, id::CardId, live::Noun};
use leptos::prelude::*;
use leptos_meta::Title;
use text::{Lang, time};

fn load(card: CardId, mark: Call<MarkCard>) -> PageResource<CardPage> {
    let live = use_live();
    page_resource(move || (live.version(Noun::Person), mark.version().get()), move |_| api::card(card))
}

/// The page at `/cards/:id`.
pub fn card_page(card: CardId) -> AnyView {
    let mark = Call::<MarkCard>::new();
    let answers = load(card, mark);
    view! {
        {loaded(3, answers, move |page| view! { <Page page mark/> }.into_any())}
        <Marked mark/>
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<CardPage>, mark: Call<MarkCard>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    dynamic(move || {
        let page = page.get();
        let name = page.name.clone().unwrap_or_else(|| t.person_former(&page.person.to_string()));
        let called = t.card_called(&page.ending);
        let summary = format!("{}, {}", t.card_state(page.state), t.card_given(&t.brief(page.given, page.now)));
        let now = page.now;
        Some(view! {
            <Title text=called.clone()/>
            <a class="crumb" href=format!("/people/{}#cards", page.person)><Icon name="chevron-left"/>{name.clone()}</a>
            <header class="page-head"><h1>{called.clone()}</h1><p class="sub">{t.card_of(&name)}": "{summary}</p></header>
            {(!page.actions.is_empty()).then(|| view! {
                <section class="card" aria-labelledby="actions">
                    <div class="card-head"><h2 id="actions">{t.card_actions()}</h2></div>
                    <div class="item"><Marks card=page.id name=called actions=page.actions mark/></div>
                </section>
            })}
            <section class="card" aria-labelledby="history">
                <div class="card-head"><h2 id="history">{t.card_history()}</h2></div>
                {page.history.is_empty().then(|| view! { <p class="muted">{t.card_history_none()}</p> })}
                <ol class="log">
                    {page.history.into_iter().map(|event| {
                        let when = t.exact(event.at, now);
                        view! {
                            <li>
                                <span class="dot"><Icon name="scroll-text"/></span>
                                <p>{event_text(t, &event)}</p>
                                <time datetime=time::iso(event.at)>{when}</time>
                            </li>
                        }
                    }).collect_view()}
                </ol>
            </section>
        })
    })
}

/// `Sofia Mair reported a card lost`.
fn event_text(t: Lang, event: &CardEvent) -> String {
    let who = match &event.by {
        AuditActor::Person { name, .. } => name,
        AuditActor::Former => t.audit_former(),
        AuditActor::Board => t.audit_board(),
        AuditActor::Stranger => t.audit_stranger(),
        AuditActor::Toolgate => t.audit_toolgate(),
    };
    format!("{who} {}", t.audit_action(&event.action).unwrap_or(&event.action))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::{
        cards::{CardAction, CardState},
        id::PersonId,
    };

    fn render(lang: Lang, actions: Vec<CardAction>) -> String {
        html(visitor(lang), "/cards/5", move || {
            let by = AuditActor::Person { id: PersonId(2), name: "Sofia".into() };
            let page = CardPage {
                now: NOW,
                id: CardId(5),
                person: PersonId(7),
                name: Some("Tomás".into()),
                ending: "0f".into(),
                state: CardState::Lost,
                given: ago(60),
                actions,
                history: vec![CardEvent { at: ago(5), by, action: "card.lost".into() }],
            };
            view! { <Page page=RwSignal::new(page) mark=Call::new()/> }
        })
    }

    #[test]
    fn card_history_has_text_and_permitted_actions() {
        let html = render(Lang::En, vec![CardAction::Find, CardAction::Retire]);
        let content = words(&html);
        assert!(content.contains("Sofia reported a card lost"), "{content}");
        assert!(html.contains(r#"name="action" value="find""#) && html.contains(r#"value="retire""#), "{html}");
        assert!(words(&render(Lang::It, vec![])).contains("Sofia ha segnalato una tessera persa"));
        assert!(!render(Lang::En, vec![]).contains("<form"), "who may say nothing has no button");
    }
}
