//! The log of leases: commands sent and refused, for what, and the answers of the device.

use crate::{
    lang,
    ui::{
        icon::Icon,
        status::{Glyph, Status},
    },
};
use contract::actuators::{ActuatorPage, LeaseView};
use leptos::prelude::*;
use text::{Lang, time};

/// The newest leases as a table.
pub(super) fn log(page: &ActuatorPage) -> AnyView {
    let t = lang::current();
    let count = t.actuator_leases_today(&page.sent_today.to_string(), &page.refused_today.to_string());
    let last_of_test =
        page.test.as_ref().and(page.leases.iter().find(|lease| lease.on && lease.refused.is_empty()));
    let last_of_test = last_of_test.map(|lease| lease.id);
    let rows = page.leases.iter().map(|lease| row(t, lease, page, Some(lease.id) == last_of_test)).collect_view();
    let body = if page.leases.is_empty() {
        view! { <p class="muted">{t.actuator_no_leases()}</p> }.into_any()
    } else {
        view! {
            <div class="table-wrap"><table class="table sent-table">
                <caption class="visually-hidden">{t.actuator_leases()}</caption>
                <thead><tr>
                    <th scope="col">{t.actuator_from_to()}</th>
                    <th scope="col">{t.actuator_order()}</th>
                    <th scope="col" data-p="2">{t.actuator_by()}</th>
                    <th scope="col">{t.actuator_answer()}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        }
        .into_any()
    };
    view! {
        <section class="group" aria-labelledby="leases">
            <h2 class="group-head" id="leases">{t.actuator_leases()}" "<span class="n">{count}</span></h2>
            {body}
        </section>
    }
    .into_any()
}

fn row(t: Lang, lease: &LeaseView, page: &ActuatorPage, is_last_of_test: bool) -> AnyView {
    let was_sent = lease.refused.is_empty() && lease.on;
    let when = if was_sent { time::clocks(lease.sent, lease.ends) } else { time::clock(lease.sent) };
    let order = match (lease.on, lease.target) {
        (false, _) => t.actuator_order_off().to_owned(),
        (true, Some(target)) => t.actuator_order_on_at(&t.degrees(target)),
        (true, None) => t.actuator_order_on().to_owned(),
    };
    let by = lease.by.clone().or_else(|| lease.why.map(|why| t.actuator_why(why).to_owned()));
    view! {
        <tr>
            <td class="num">{when}</td>
            <td>{order}</td>
            <td data-p="2">{by.unwrap_or_else(|| "–".to_owned())}</td>
            <td>{answer(t, lease, page, is_last_of_test)}</td>
        </tr>
    }
    .into_any()
}

/// What became of it.
fn answer(t: Lang, lease: &LeaseView, page: &ActuatorPage, is_last_of_test: bool) -> AnyView {
    if !lease.refused.is_empty() {
        let why = lease.refused.iter().map(|code| t.refused_briefly(code)).collect::<Vec<_>>().join(", ");
        return view! { <span class="code" data-code="bad"><Icon name="ban"/>{t.actuator_not_sent(&why)}</span> }
            .into_any();
    }
    if is_last_of_test {
        return view! { <span class="code" data-code="wait"><Icon name="hourglass"/>{t.actuator_last_of_test()}</span> }
            .into_any();
    }
    let is_over = lease.ends.at <= page.now.at;
    if let Some(off) = lease.off.filter(|off| lease.on && off.at >= lease.ends.at) {
        let text = t.actuator_ran_out(&time::clock(off));
        return view! { <span class="code" data-code="none"><Glyph status=Status::Offline/>{text}</span> }
            .into_any();
    }
    match (lease.answer, lease.answered_after) {
        (Some(on), after) => {
            let word = if on { t.actuator_order_on() } else { t.actuator_order_off() };
            let after = after.map(|after| t.answered_after(after));
            view! { <span class="code">{word}</span>" "<span class="muted small">{after}</span> }.into_any()
        }
        (None, _) if is_over && lease.on => {
            view! { <span class="code" data-code="none"><Glyph status=Status::Offline/>{t.actuator_no_answer()}</span> }
                .into_any()
        }
        (None, _) => view! { <span class="muted">{t.actuator_waiting()}</span> }.into_any(),
    }
}
