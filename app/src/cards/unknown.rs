//! Unknown cards: where each was last seen; assigned to a person, or dismissed.

use super::api::{self, ApproveClaim, GiveUnknown, PutAside, RefuseClaim};
use crate::{
    call::{Call, PageResource, page_resource},
    cards::api::MarkCard,
    clock::use_clock,
    lang,
    live::use_live,
    live_page::loaded,
    ui::glossary::Glossary,
    ui::{
        answered::answered,
        button::{ButtonLink, Kind, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Field, Form, hidden},
        icon::Icon,
        table::{Cell, actions, always, cell, instant, named, spare, table},
        toast::{Toast, Undo, refusals, undo_form},
    },
};
use contract::cards::{OpenClaim, Sorted, UnknownCard, UnknownCards};
use domain::{
    cards::CardAction,
    id::{ClaimId, UnknownCardId},
    live::Noun,
    time::Moment,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

#[derive(Clone, Copy)]
struct Calls {
    give: Call<GiveUnknown>,
    aside: Call<PutAside>,
    mark: Call<MarkCard>,
    approve: Call<ApproveClaim>,
    refuse: Call<RefuseClaim>,
}

impl Calls {
    fn new() -> Self {
        Self {
            give: Call::new(),
            aside: Call::new(),
            mark: Call::new(),
            approve: Call::new(),
            refuse: Call::new(),
        }
    }
}
fn load(calls: Calls) -> PageResource<UnknownCards> {
    let live = use_live();
    let decided = move || calls.approve.version().get() + calls.refuse.version().get();
    let sorted = move || calls.give.version().get() + calls.aside.version().get();
    let changes = move || sorted() + decided() + calls.mark.version().get();
    let heard = move || (live.version(Noun::Machine), live.version(Noun::Person), live.version(Noun::Space));
    page_resource(move || (heard(), changes()), |_| api::unknown())
}

/// The page at `/unknown-cards`.
pub fn unknown_page() -> AnyView {
    let calls = Calls::new();
    let answers = load(calls);
    view! {
        <Title text=lang::current().unknown_cards()/>
        {loaded(3, answers, move |page| view! { <Page page calls/> }.into_any())}
        <Glossary words=|t| vec![t.glossary_unknown(), t.glossary_card(), t.glossary_board(), t.glossary_expected()]/>
        <Done calls/>
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(page: RwSignal<UnknownCards>, calls: Calls) -> impl IntoView {
    let (t, clock, query) = (lang::current(), use_clock(), use_query_map());
    Effect::new(move |_| clock.hear(page.with(|page| page.now)));
    // The address opens one card's form, so that it works without script.
    let open = Memo::new(move |_| query.with(|query| query.get_str("card")?.parse().ok().map(UnknownCardId)));
    let cards = Memo::new(move |_| page.with(|page| page.cards.clone()));
    let claims = Memo::new(move |_| page.with(|page| page.claims.clone()));
    let assigned =
        Memo::new(move |_| cards.with(|cards| cards.iter().find(|card| Some(card.id) == open.get()).cloned()));
    let refusing = Memo::new(move |_| query.with(|query| query.get_str("claim")?.parse().ok().map(ClaimId)));
    view! {
        <header class="page-head"><h1>{t.unknown_cards()}</h1><p class="sub">{t.unknown_cards_sub()}</p></header>
        {dynamic(move || {
            let (claims, now) = (claims.get(), page.with_untracked(|page| page.now));
            let open = refusing.get();
            (!claims.is_empty()).then(|| {
                let rows = claims.into_iter().map(|claim| {
                    let is_open = open == Some(claim.id);
                    view! { <li><Claimed claim now is_open calls/></li> }
                });
                view! {
                    <section class="group" aria-labelledby="claims">
                        <h2 class="group-head" id="claims">{t.claims_title()}</h2>
                        <ul class="list">{rows.collect_view()}</ul>
                    </section>
                }
            })
        })}
        {dynamic(move || assigned.get().map(|card| {
            let names = page.with_untracked(|page| page.names.clone());
            view! { <Assigning card names calls/> }
        }))}
        {dynamic(move || {
            let (cards, now) = (cards.get(), page.with_untracked(|page| page.now));
            Some(if cards.is_empty() {
                view! {
                    <div class="card"><Empty icon="id-card"><h2>{t.unknown_none()}</h2><p>{t.unknown_none_next()}</p></Empty></div>
                }.into_any()
            } else {
                let columns = vec![
                    always(t.table_card()),
                    spare(t.boards_machine(), 2),
                    spare(t.table_last_seen(), 2),
                    spare(t.table_taps(), 3),
                    actions(),
                ];
                table("unknown-cards", t.unknown_cards(), columns, cards.into_iter().map(|card| row(card, now, calls)).collect())
            })
        })}
    }
}

fn row(card: UnknownCard, now: Moment, calls: Calls) -> Vec<Cell> {
    let t = lang::current();
    let name = t.card_ending(&card.ending);
    let when = t.recent(card.seen, now);
    let seen = t.unknown_seen(card.times, &card.machine_name, &when);
    let (aside, code) = if card.ignored { ("no", t.unknown_take_up()) } else { ("yes", t.unknown_aside()) };
    let (title, about) = (name.clone(), name.clone());
    let label = format!("{}: {name}", t.unknown_give());
    vec![
        named(
            view! {
                <b>{title}</b>{card.ignored.then(|| view! { " "<span class="badge">{t.unknown_is_aside()}</span> })}
                <span class="brief">{seen}</span>
            }
            .into_any(),
            name,
        ),
        cell(card.machine_name),
        instant(card.seen, when),
        cell(card.times.to_string()),
        cell(view! {
            <div class="acts">
                <a class="btn" href=format!("/unknown-cards?card={}#assigning", card.id) aria-label=label>{t.unknown_give()}</a>
                <Form action=calls.aside>
                    {hidden("card", &card.id)}
                    {hidden("aside", &aside)}
                    <Submit label=code about kind=Kind::Ghost busy=calls.aside.pending()/>
                </Form>
            </div>
        }),
    ]
}

/// Assigning a card: to a known or a new person.
#[component]
fn Assigning(card: UnknownCard, names: Vec<String>, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let name = t.card_ending(&card.ending);
    let (to_whom, new) = (name.clone(), name.clone());
    view! {
        <section class="card" id="assigning" aria-labelledby="assigning-head">
            <div class="card-head"><h2 id="assigning-head">{name}</h2></div>
            <Form action=calls.give>
                {hidden("card", &card.id)}
                <Field name="to" label=t.unknown_to() hint=t.unknown_to_hint() autocomplete="off" suggestions=names/>
                <div class="btn-row">
                    <Submit label=t.unknown_give() about=to_whom kind=Kind::Primary busy=calls.give.pending()/>
                    <ButtonLink href="/unknown-cards" label=t.form_cancel().to_owned() kind=Kind::Ghost/>
                </div>
            </Form>
            <details class="deed">
                <summary>{t.unknown_new()}</summary>
                <Form action=calls.give>
                    {hidden("card", &card.id)}
                    {hidden("new", &"yes")}
                    <Field name="name" label=t.unknown_new_name() autocomplete="off"/>
                    <div class="btn-row"><Submit label=t.unknown_new_add() about=new busy=calls.give.pending()/></div>
                </Form>
            </details>
        </section>
    }
}

/// A claim of a card.
#[component]
fn Claimed(claim: OpenClaim, now: Moment, is_open: bool, calls: Calls) -> impl IntoView {
    let t = lang::current();
    let OpenClaim { id, person, name, machine, claimed, rivals } = claim;
    let name = name.unwrap_or_else(|| t.person_former(&person.to_string()));
    let about = t.claim_at(&machine, &t.brief(claimed, now));
    let (whose, named) = (name.clone(), name.clone());
    let (form, link) = if is_open {
        let hint = t.claim_refuse_hint(&name);
        let about = name.clone();
        let form = view! {
            <div class="wide">
                <Form action=calls.refuse>
                    {hidden("claim", &id)}
                    <Field name="reason" label=t.claim_refuse_why() hint autocomplete="off"/>
                    <div class="btn-row"><Submit label=t.claim_refuse() about kind=Kind::Danger busy=calls.refuse.pending()/></div>
                </Form>
            </div>
        };
        (Some(form), None)
    } else {
        let label = format!("{}: {name}", t.claim_refuse());
        let href = format!("/unknown-cards?claim={id}");
        (None, Some(view! { <a class="btn" href=href aria-label=label>{t.claim_refuse()}</a> }))
    };
    view! {
        <div class="item">
            <span class="tile"><Icon name="id-card"/></span>
            <span class="lines">
                <a class="t" href=format!("/people/{person}")>{whose}</a>
                <span class="s">{about}{rivals.then(|| format!(" · {}", t.claim_rivals()))}</span>
            </span>
            <div class="acts">
                <Form action=calls.approve>
                    {hidden("claim", &id)}
                    <Submit label=t.claim_approve() about=named kind=Kind::Primary busy=calls.approve.pending()/>
                </Form>
                {link}
            </div>
            {form}
        </div>
    }
}

/// The last action, with undo.
#[component]
fn Done(calls: Calls) -> impl IntoView {
    let t = lang::current();
    let (given, sorted, marked) = (answered(calls.give), answered(calls.aside), answered(calls.mark));
    let approved = answered(calls.approve);
    let first = Signal::derive(move || given.get().filter(|_| marked.with(Option::is_none)));
    let message = Signal::derive(move || match (first.get(), sorted.get(), marked.get()) {
        (Some(Sorted::Given { ending, name, .. }), ..) => Some(t.unknown_given(&t.card_called(&ending), &name)),
        (_, _, Some(marked)) => Some(t.card_marked(marked.action, &t.card_called(&marked.ending))),
        (_, Some(Sorted::Ignored { ending, aside, .. }), _) => {
            let card = t.card_called(&ending);
            Some(if aside { t.unknown_put_aside(&card) } else { t.unknown_taken_up(&card) })
        }
        _ => approved.get().map(|name| t.claim_approved(&name)),
    });
    let undo: Undo = Box::new(move || match (first.get_untracked(), sorted.get_untracked()) {
        (Some(Sorted::Given { card, .. }), _) => {
            Some(undo_form(calls.mark, &[("card", &card), ("action", &CardAction::Retire.as_str())]))
        }
        (_, Some(Sorted::Ignored { card, aside, .. })) => {
            Some(undo_form(calls.aside, &[("card", &card), ("aside", &if aside { "no" } else { "yes" })]))
        }
        _ => None,
    });
    view! { <Toast message undo refused=vec![refusals(calls.mark), refusals(calls.aside)]/> }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::id::{MachineId, PersonId};
    use text::Lang;

    fn page(address: &'static str, cards: Vec<UnknownCard>) -> String {
        html(visitor(Lang::En), address, move || {
            let names = vec!["Ada".to_owned()];
            let page = RwSignal::new(UnknownCards { now: NOW, cards, names, claims: vec![] });
            view! { <Page page calls=Calls::new()/> }
        })
    }

    fn card(id: i64, ignored: bool) -> UnknownCard {
        UnknownCard {
            id: UnknownCardId(id),
            ending: "3f".into(),
            machine: MachineId(1),
            machine_name: "Laser 1".into(),
            seen: ago(25),
            times: 2,
            ignored,
        }
    }

    #[test]
    fn unknown_cards_show_last_machine_and_address_opens_one_form() {
        let html = page("/unknown-cards?card=4", vec![card(4, false), card(5, true)]);
        let content = words(&html);
        assert!(content.contains("Card ending 3f") && content.contains("2 times, last at Laser 1"), "{content}");
        assert!(html.contains(r#"data-csv="Card ending 3f""#), "{html}");
        let forms = html.matches(r#"action="?card=4&amp;/cards/give-unknown""#).count();
        assert_eq!(forms, 2, "to somebody known, and to somebody new: {html}");
        assert!(html.contains(r#"name="new" value="yes""#) && html.contains(r#"name="name""#), "{html}");
        assert!(html.contains(r#"<option value="Ada""#) && content.contains("ignored"), "{html}");
    }

    #[test]
    fn claim_is_approved_in_row_and_decline_form_opens_by_address() {
        let claim = |id, rivals| OpenClaim {
            id: ClaimId(id),
            person: PersonId(7),
            name: Some("Tomás".into()),
            machine: "Laser 1".into(),
            claimed: ago(2),
            rivals,
        };
        let html = html(visitor(Lang::En), "/unknown-cards?claim=4", move || {
            let (cards, names, claims) = (vec![], vec![], vec![claim(4, true), claim(5, false)]);
            let page = RwSignal::new(UnknownCards { now: NOW, cards, names, claims });
            view! { <Page page calls=Calls::new()/> }
        });
        assert_eq!(html.matches("/cards/approve-claim\"").count(), 2, "{html}");
        assert_eq!(html.matches("/cards/refuse-claim\"").count(), 1, "{html}");
        let content = words(&html);
        assert!(content.contains("others claim it too") && content.contains("Tomás reads it"), "{content}");
    }

    #[test]
    fn empty_unknown_cards_explain_tapping() {
        assert!(words(&page("/unknown-cards", vec![])).contains("Tap a new card on any reader"));
    }
}
