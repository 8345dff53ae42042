//! What differs from the processors, on the page of payments: who has another status there, and whose address a customer has.

use super::Calls;
use crate::{
    dues::parts::pay_state,
    people::called,
    ui::{
        banner::{Banner, Tone},
        button::{ButtonLink, Submit},
        form::{Form, Summary, hidden},
        icon::Icon,
    },
};
use contract::dues::{DifferenceView, MatchesLinked, Payments};
use domain::{dues::DuesStatus, time::Moment};
use leptos::prelude::*;
use text::Lang;

/// Whether the page shows anything about differences.
pub(super) fn has_differences(page: &Payments) -> bool {
    !page.differences.is_empty() || page.is_comparing || page.processors.iter().any(|one| one.unread.is_some())
}

/// The result of linking by address, once there is one.
pub(super) fn linked(t: Lang, done: &MatchesLinked) -> AnyView {
    let next = if done.left > 0 { t.payments_linked_left(done.left) } else { t.payments_linked_next().to_owned() };
    view! { <Banner tone=Tone::Go icon="check" title=t.payments_linked(done.linked)>{next}</Banner> }.into_any()
}

/// Matches above this number fold.
const MOST_OPEN: usize = 10;

/// Where a difference is on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It needs a decision: a person is linked, or several customers have one person's address.
    First { several: bool },
    /// The act that links all people by address settles it.
    Match,
    /// Nobody here is known to be the customer.
    Last,
}

/// The place of `one` among `all`.
fn place(one: &DifferenceView, all: &[DifferenceView]) -> Place {
    match (one.person, one.matched) {
        (Some(_), _) => Place::First { several: false },
        (None, None) => Place::Last,
        (None, matched) if all.iter().filter(|other| other.matched == matched).count() > 1 => {
            Place::First { several: true }
        }
        (None, Some(_)) => Place::Match,
    }
}

/// The differences, and the act that links all people by address.
pub(super) fn differences(t: Lang, page: &Payments, may_change: bool, calls: Calls) -> AnyView {
    let now = page.now;
    let names: Vec<_> = page.processors.iter().map(|one| one.processor.name()).collect();
    let rows_at = |is_here: fn(Place) -> bool| {
        let placed = page.differences.iter().map(|one| (one, place(one, &page.differences)));
        let rows: Vec<_> = placed
            .filter(|(_, place)| is_here(*place))
            .map(|(one, place)| difference(t, one.clone(), place, now, may_change, calls))
            .collect();
        let count = rows.len();
        ((count > 0).then(|| view! { <ul class="diffs">{rows}</ul> }), count)
    };
    let (first, _) = rows_at(|place| matches!(place, Place::First { .. }));
    let (last, _) = rows_at(|place| place == Place::Last);
    let (matches, count) = rows_at(|place| place == Place::Match);
    let matches = if count > MOST_OPEN {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        view! { <details class="deed"><summary>{t.payments_matches(count)}</summary>{matches}</details> }
            .into_any()
    } else {
        matches.into_any()
    };
    let link_all = (may_change && page.matches > 0).then(|| {
        let label = t.payments_link_all(page.matches);
        view! { <Form action=calls.link_all><Submit label busy=calls.link_all.pending()/></Form> }
    });
    let left = (page.differences_left > 0).then(|| t.payments_differences_left(page.differences_left));
    let comparing = page.is_comparing.then(|| t.payments_comparing().to_owned());
    let unread = page.processors.iter().filter_map(|one| {
        one.unread.map(|trouble| t.payments_unread(one.processor.name(), t.dues_trouble(trouble)))
    });
    let remarks = comparing.into_iter().chain(unread).chain(left);
    let remarks = remarks.map(|words| view! { <p class="why"><Icon name="info"/><span>{words}</span></p> });
    view! {
        <section class="group" aria-labelledby="differences">
            <h2 class="group-head" id="differences">
                {t.payments_differs(&names.join(", "))}<span class="n">{t.payments_differs_when()}</span>
            </h2>
            <Summary action=calls.take/>
            <Summary action=calls.link/>
            <Summary action=calls.link_all/>
            {first}
            {link_all}
            {matches}
            {last}
            {remarks.collect_view()}
        </section>
    }
    .into_any()
}

fn difference(t: Lang, one: DifferenceView, place: Place, now: Moment, may_change: bool, calls: Calls) -> AnyView {
    let DifferenceView { processor, reference, person, name, here, there, found, matched, matched_name, .. } = one;
    let state = |status: DuesStatus| pay_state(status, t.dues_status(status).to_owned());
    let here = here.map_or_else(|| view! { <span class="muted">{t.payments_nobody()}</span> }.into_any(), state);
    let is_known = there.is_some();
    let there =
        there.map_or_else(|| view! { <span class="muted">{t.payments_unknown_there()}</span> }.into_any(), state);
    let matched = matched.map(|id| (id, called(t, matched_name, id)));
    let (who, second) = match (person, &matched) {
        (Some(id), _) => (called(t, name, id), t.payments_since(&t.brief(found, now))),
        (None, Some((_, name))) if place == (Place::First { several: true }) => {
            (reference.as_str().to_owned(), t.payments_match_several(name))
        }
        (None, Some((_, name))) => (reference.as_str().to_owned(), t.payments_match(name)),
        (None, None) => (reference.as_str().to_owned(), t.payments_no_person().to_owned()),
    };
    let about = who.clone();
    let act = match (person, matched) {
        (Some(id), _) if is_known && may_change => view! {
            <Form action=calls.take beside=true>
                {hidden("person", &id)}
                <Submit label=t.payments_take(processor.name()) about busy=calls.take.pending()/>
            </Form>
        }
        .into_any(),
        (Some(id), _) => view! { <ButtonLink href=format!("/people/{id}/membership") label=t.payments_open_person().to_owned()/> }.into_any(),
        (None, Some((id, name))) if may_change => view! {
            <Form action=calls.link beside=true>
                {hidden("person", &id)}
                {hidden("reference", &reference.as_str())}
                {hidden("matched", &"yes")}
                <Submit label=t.payments_link(&name) about busy=calls.link.pending()/>
            </Form>
        }
        .into_any(),
        (None, _) => may_change.then(|| view! { <ButtonLink href="/people" label=t.payments_find_person().to_owned()/> }).into_any(),
    };
    view! {
        <li>
            <div class="who">{who}<span class="s">{second}</span></div>
            <div><span class="cap">{t.payments_here()}</span>{here}</div>
            <Icon name="repeat"/>
            <div><span class="cap">{processor.name()}</span>{there}</div>
            <div class="act">{act}</div>
        </li>
    }
    .into_any()
}
