//! Claiming a card that was just tapped at a machine, while it is recent.
//!
//! Invariant: cards are distinguished by the time of their tap.

use super::api::{self, ClaimCard};
use crate::{
    call::{Call, PageResource, page_resource},
    clock::use_clock,
    lang,
    live::use_live,
    live_page::loaded,
    ui::{
        answered::answered,
        button::{Kind, Submit},
        changing::dynamic,
        empty::Empty,
        form::{Form, hidden},
        icon::Icon,
        toast::{Toast, refusals},
    },
};
use contract::cards::{AtReader, Claimable, OwnClaim};
use domain::{cards::claims::ClaimOutcome, id::MachineId, live::Noun, time::Moment};
use leptos::prelude::*;
use leptos_meta::Title;
use text::time;
fn load(machine: MachineId, claim: Call<ClaimCard>) -> PageResource<AtReader> {
    let live = use_live();
    let heard = move || (live.version(Noun::Machine), live.version(Noun::Person), claim.version().get());
    page_resource(heard, move |_| api::at_reader(machine))
}

/// The page at `/machines/:id/claim`.
pub fn claim_page(machine: MachineId) -> AnyView {
    let (t, claim) = (lang::current(), Call::<ClaimCard>::new());
    let answers = load(machine, claim);
    let became = answered(claim);
    let message = Signal::derive(move || {
        became.get().map(|became| match became {
            ClaimOutcome::Approved => t.claim_given().to_owned(),
            _ => t.claim_said().to_owned(),
        })
    });
    view! {
        <Title text=t.claim_title()/>
        {loaded(2, answers, move |at| view! { <Page at claim/> }.into_any())}
        // A mistaken claim is handled by the people who assign cards, so there is no undo.
        <Toast message undo=Box::new(|| None) refused=vec![refusals(claim)]/>
    }
    .into_any()
}

/// The page without requests, so that tests can render it.
#[component]
fn Page(at: RwSignal<AtReader>, claim: Call<ClaimCard>) -> impl IntoView {
    let (t, clock) = (lang::current(), use_clock());
    Effect::new(move |_| clock.hear(at.with(|at| at.now)));
    let machine = Memo::new(move |_| at.with(|at| (at.machine, at.name.clone(), at.at_once)));
    let cards = Memo::new(move |_| at.with(|at| at.cards.clone()));
    let mine = Memo::new(move |_| at.with(|at| at.mine.clone()));
    view! {
        {dynamic(move || {
            let (id, name, at_once) = machine.get();
            let next = if at_once { t.claim_lead_at_once() } else { t.claim_lead_asks() };
            Some(view! {
                <a class="crumb" href=format!("/machines/{id}")><Icon name="chevron-left"/>{name.clone()}</a>
                <header class="page-head"><h1>{t.claim_title()}</h1><p class="sub">{t.claim_lead(&name)}" "{next}</p></header>
            })
        })}
        {dynamic(move || {
            let (cards, id) = (cards.get(), machine.with(|(id, ..)| *id));
            Some(if cards.is_empty() {
                view! {
                    <div class="card"><Empty icon="id-card"><h2>{t.claim_none()}</h2><p>{t.claim_none_next()}</p></Empty></div>
                }.into_any()
            } else {
                let rows = cards.into_iter().map(|card| view! { <li><Row card machine=id claim/></li> });
                view! { <ul class="list" aria-label=t.claim_title()>{rows.collect_view()}</ul> }.into_any()
            })
        })}
        {dynamic(move || own(mine.get(), at.with_untracked(|at| at.now)))}
    }
}

#[component]
fn Row(card: Claimable, machine: MachineId, claim: Call<ClaimCard>) -> impl IntoView {
    let t = lang::current();
    let name = t.claim_card_at(&time::clock_to_the_second(card.seen));
    let about = name.clone();
    let act = (!card.waits).then(|| {
        view! {
            <Form action=claim>
                {hidden("machine", &machine)}
                {hidden("card", &card.card)}
                <Submit label=t.claim_do() about kind=Kind::Primary busy=claim.pending()/>
            </Form>
        }
    });
    view! {
        <div class="item">
            <span class="tile"><Icon name="id-card"/></span>
            <span class="lines">
                <span class="t">{name}</span>
                {card.waits.then(|| view! { <span class="s">{t.claim_outcome_waits()}</span> })}
            </span>
            {act}
        </div>
    }
}

/// The reader's own claims with their outcome, if any.
pub(super) fn own(claims: Vec<OwnClaim>, now: Moment) -> Option<AnyView> {
    let t = lang::current();
    let rows = claims.iter().map(|claim| {
        let about = t.claim_at(&claim.machine, &t.brief(claim.claimed, now));
        let reason = claim.reason.clone().map(|reason| format!(": {reason}"));
        view! {
            <li>
                <div class="item">
                    <span class="tile"><Icon name="id-card"/></span>
                    <span class="lines"><span class="t">{about}</span><span class="s">{t.claim_outcome(claim.outcome)}{reason}</span></span>
                </div>
            </li>
        }
    });
    let rows = rows.collect_view();
    (!claims.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="claims">
                <h2 class="group-head" id="claims">{t.claims_mine()}</h2>
                <ul class="list">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, ago, html, visitor, words};
    use domain::id::{ClaimId, UnknownCardId};
    use text::Lang;

    fn page(cards: Vec<Claimable>, mine: Vec<OwnClaim>, at_once: bool) -> String {
        html(visitor(Lang::En), "/machines/7/claim", move || {
            let (machine, name) = (MachineId(7), "Laser <1>".to_owned());
            let at = RwSignal::new(AtReader { now: NOW, machine, name, at_once, cards, mine });
            view! { <Page at claim=Call::new()/> }
        })
    }

    #[test]
    fn claimable_cards_show_tap_time() {
        let card = |id, minutes, waits| Claimable { card: UnknownCardId(id), seen: ago(minutes), waits };
        let html = page(vec![card(4, 1, false), card(5, 2, true)], vec![], false);
        let content = words(&html);
        assert!(
            content.contains("Tapped at 14:15:00") && content.contains("Tapped at 14:14:00awaiting approval"),
            "{content}"
        );
        assert_eq!(
            html.matches(r#"action="?/cards/claim""#).count(),
            1,
            "what waits is not claimed twice: {html}"
        );
        assert!(
            html.contains(r#"name="card" value="4""#) && html.contains(r#"name="machine" value="7""#),
            "{html}"
        );
        assert!(content.contains("will review your claim before"), "{content}");
        assert!(words(&page(vec![], vec![], true)).contains("It’s yours right away"));
    }

    #[test]
    fn own_claim_shows_outcome_and_reason() {
        let mine = OwnClaim {
            id: ClaimId(1),
            machine: "Laser 1".into(),
            claimed: ago(60 * 24),
            outcome: ClaimOutcome::Refused,
            reason: Some("a bus <ticket>".into()),
        };
        let html = page(vec![], vec![mine], false);
        assert!(words(&html).contains("declined: a bus &lt;ticket&gt;"), "{html}");
        assert!(words(&html).contains("Tap yours on the reader now"), "an empty list teaches");
    }
}
