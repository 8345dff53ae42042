//! The inbox first: what waits for whoever runs the space, decided in place, by hand or by keyboard; then where the rest
//! is.
//!
//! Invariant: each row is an ordinary link with ordinary forms; the keys only press them. Who may decide nothing sees no
//! row. Deliberately absent: where items come from (`services::inbox`).

pub mod api;
pub mod checklist;
mod checkouts;
pub mod glossary;
mod keys;

use crate::{
    call::{Asked, Call, asked},
    clock::use_clock,
    lang,
    live::use_live,
    ui::{
        answered::later,
        button::{Kind, Submit},
        changing::{part, text},
        empty::Empty,
        form::Form,
        icon::Icon,
        page::loaded,
        toast::{Toast, WayBack, refusals, taking_back},
    },
};
use api::{AnswerCheckouts, Decide, TakeBack};
use domain::{
    inbox::{Matter, Verdict},
    live::Noun,
    time::Moment,
};
use leptos::prelude::*;
use leptos_meta::Title;
use views::inbox::{Inbox, Item};

use text::Lang;

/// The calls of the page.
#[derive(Clone, Copy)]
struct Calls {
    decide: Call<Decide>,
    take_back: Call<TakeBack>,
    answer: Call<AnswerCheckouts>,
}

impl Calls {
    fn new() -> Self {
        Self { decide: Call::new(), take_back: Call::new(), answer: Call::new() }
    }
}

/// What the page asks for.
fn load(calls: Calls) -> Asked<Inbox> {
    let live = use_live();
    let nouns = [Noun::Person, Noun::Space, Noun::Machine, Noun::Checkouts];
    let heard = move || nouns.map(|noun| live.version(noun));
    let changes =
        move || calls.decide.version().get() + calls.take_back.version().get() + calls.answer.version().get();
    asked(move || (heard(), changes()), |_| api::inbox())
}

/// The page at `/manage`.
pub fn manage_page() -> AnyView {
    let calls = Calls::new();
    let answers = load(calls);
    view! {
        <Title text=lang::current().nav_inbox()/>
        {loaded(6, answers, move |inbox| view! { <Page inbox calls/> }.into_any())}
        <checklist::Steps/>
        <glossary::Glossary words=words/>
        <checkouts::Came answer=calls.answer/>
        <Done decide=calls.decide take_back=calls.take_back/>
    }
    .into_any()
}

/// What is met here first.
fn words(t: Lang) -> Vec<&'static str> {
    vec![t.glossary_applicant(), t.glossary_card(), t.glossary_hold()]
}

/// The page itself: no request, so that a test can render it.
#[component]
fn Page(inbox: RwSignal<Inbox>, calls: Calls) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(inbox.with(|inbox| inbox.now)));
    let items = Memo::new(move |_| inbox.with(|inbox| inbox.items.clone()));
    let current = keys::listen(items);
    let count = move || items.with(|items| u32::try_from(items.len()).unwrap_or(u32::MAX));
    view! {
        <header class="page-head">
            <h1 tabindex="-1">{t.nav_inbox()}</h1>
            <p class="sub push" role="status">{text(move || t.inbox_sum(count()))}</p>
        </header>
        {part(move || {
            let (items, now) = (items.get(), inbox.with_untracked(|inbox| inbox.now));
            Some(if items.is_empty() {
                view! {
                    <div class="card"><Empty icon="circle-check"><h2>{t.inbox_empty()}</h2><p>{t.inbox_empty_next()}</p></Empty></div>
                }.into_any()
            } else {
                Matter::ALL.iter().map(|&matter| {
                    let rows: Vec<_> = items.iter().filter(|item| item.matter == matter).cloned().collect();
                    (!rows.is_empty()).then(|| view! { <Group matter rows now calls current/> })
                }).collect_view().into_any()
            })
        })}
        <p class="keys only-wide" role="group" aria-label=t.inbox_keys()>
            <span><kbd>"J"</kbd><kbd>"K"</kbd>{t.inbox_key_move()}</span>
            <span><kbd>"A"</kbd>{t.inbox_approve()}</span>
            <span><kbd>"R"</kbd>{t.inbox_reject()}</span>
            <span><kbd>"S"</kbd>{t.inbox_see()}</span>
            <span><kbd>"Z"</kbd>{t.inbox_key_undo()}</span>
        </p>
        <p class="only-narrow"><a class="link" href="/me#manage">{t.nav_all()}</a></p>
    }
}

/// What waits of one kind.
#[component]
fn Group(
    matter: Matter,
    rows: Vec<Item>,
    now: Moment,
    calls: Calls,
    /// The row that the keys are on.
    current: Signal<Option<(Matter, i64)>>,
) -> impl IntoView {
    let t = lang::current();
    let (id, count) = (matter.word(), rows.len());
    view! {
        <section class="group" aria-labelledby=id>
            <h2 class="group-head" id=id>{t.inbox_matter(matter)}<span class="n">{count}</span></h2>
            {if matter == Matter::Checkout {
                view! { <checkouts::Requests rows now answer=calls.answer current/> }.into_any()
            } else {
                view! {
                    <ul class="list">{rows.into_iter().map(|item| view! { <Row item now calls current/> }).collect_view()}</ul>
                }.into_any()
            }}
        </section>
    }
}

/// One of them: a link to it, and what may be said.
#[component]
fn Row(item: Item, now: Moment, calls: Calls, current: Signal<Option<(Matter, i64)>>) -> impl IntoView {
    let t = lang::current();
    let (matter, id, page) = (item.matter, item.id, item.page());
    let name = item.name.clone().unwrap_or_else(|| t.person_former(&id.to_string()));
    let name = t.inbox_called(matter, &name);
    let about = t.inbox_about(&item, &t.exact(item.at, now));
    let icon = icon(matter);
    let key = format!("{}-{id}", matter.word());
    view! {
        <li class="inbox-row" data-item=key aria-current=Signal::derive(move || (current.get() == Some((matter, id))).then_some("true"))>
            <div class="item">
                <span class="tile"><Icon name=icon/></span>
                <span class="lines"><a class="t" href=page>{name.clone()}</a><span class="s">{about}</span></span>
                {(!item.verdicts.is_empty()).then(|| view! {
                    <div class="acts">
                        {item.verdicts.into_iter().map(|verdict| view! { <Says matter id verdict name=name.clone() decide=calls.decide/> }).collect_view()}
                    </div>
                })}
            </div>
        </li>
    }
}

const fn icon(matter: Matter) -> &'static str {
    match matter {
        Matter::Applicant => "user-plus",
        Matter::Checkout => "circle-check",
        Matter::Claim | Matter::Card => "id-card",
        Matter::Problem => "triangle-alert",
        Matter::Maintenance => "wrench",
        Matter::Unauthorised => "octagon-alert",
        Matter::Hold => "hand",
        Matter::Qualification => "graduation-cap",
    }
}

/// A form with one button.
#[component]
pub(crate) fn Says(
    matter: Matter,
    id: i64,
    verdict: Verdict,
    name: String,
    decide: Call<Decide>,
) -> impl IntoView {
    let kind = if verdict == Verdict::Approve { Kind::Primary } else { Kind::Quiet };
    view! {
        <Form action=decide>
            <input type="hidden" name="matter" value=matter.word()/>
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="verdict" value=verdict.word()/>
            <Submit label=lang::current().inbox_verdict(matter, verdict) about=name kind busy=decide.pending()/>
        </Form>
    }
}

/// What was decided last, and the way back.
#[component]
pub(crate) fn Done(decide: Call<Decide>, take_back: Call<TakeBack>) -> impl IntoView {
    let t = lang::current();
    let last = later(decide, take_back);
    let said = Signal::derive(move || {
        last.get().map(|one| t.inbox_said(one.matter, one.verdict, &t.inbox_called(one.matter, &one.name)))
    });
    let undo: WayBack = Box::new(move || {
        let one = last.get_untracked()?;
        one.verdict?;
        Some(
            view! {
                <Form action=take_back>
                    <input type="hidden" name="matter" value=one.matter.word()/>
                    <input type="hidden" name="id" value=one.id.to_string()/>
                    {taking_back()}
                    <Submit label=t.undo() kind=Kind::Ghost busy=take_back.pending()/>
                </Form>
            }
            .into_any(),
        )
    });
    view! { <Toast said undo refused=vec![refusals(take_back)]/> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::id::PersonId;
    use views::inbox::Detail;

    fn shown(lang: Lang, items: Vec<Item>) -> String {
        html(visitor(lang), "/manage", move || {
            let inbox = RwSignal::new(Inbox { now: NOW, items });
            view! { <Page inbox calls=Calls::new()/> }
        })
    }

    fn applicant() -> Item {
        Item {
            matter: Matter::Applicant,
            id: 15,
            person: Some(PersonId(15)),
            name: Some("Ann".into()),
            detail: Detail::Applied,
            at: ago(60),
            verdicts: vec![Verdict::Approve, Verdict::Reject],
        }
    }

    #[test]
    fn each_row_leads_to_what_it_is_about_and_is_decided_in_place() {
        let card = Item {
            matter: Matter::Card,
            id: 4,
            person: None,
            name: Some("3f".into()),
            detail: Detail::Seen { machine: "Laser".into() },
            verdicts: vec![Verdict::Reject],
            ..applicant()
        };
        let html = shown(Lang::En, vec![applicant(), card]);
        let said = words(&html);
        assert!(said.contains("Applications1") && said.contains("Card ending 3fSeen at Laser"), "{said}");
        assert!(
            html.contains(r#"href="/people/15""#) && html.contains(r#"href="/unknown-cards?card=4""#),
            "{html}"
        );
        assert_eq!(html.matches(r#"action="?/manage/decide""#).count(), 3, "{html}");
        assert!(html.contains(r#"aria-label="Decline: Ann""#), "{html}");
    }

    #[test]
    fn the_list_of_keys_has_a_role_that_may_be_named() {
        let html = shown(Lang::En, vec![]);
        let keys = html.split('<').find(|tag| tag.starts_with("p ") && tag.contains("keys only-wide")).unwrap();
        assert!(keys.contains("aria-label=") && keys.contains(r#"role="group""#), "{keys}");
    }

    #[test]
    fn an_empty_inbox_says_what_comes_here() {
        assert!(words(&shown(Lang::It, vec![])).contains("compaiono qui."));
    }
}
