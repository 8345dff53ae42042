//! The last requests to payment processors, on the page of payments.

use crate::ui::icon::Icon;
use contract::dues::{Payments, TryView};
use leptos::prelude::*;
use text::{Lang, time};

/// The last requests, while a processor does not answer.
pub fn requests(t: Lang, page: &Payments) -> AnyView {
    let next = page.processors.iter().find_map(|one| one.next).map(|at| t.payments_tries_next(&time::clock(at)));
    let rows = page.tries.iter().map(|one| {
        let TryView { at, request, status, took, .. } = *one;
        let (data, words) = match status {
            Some(status) if (200..300).contains(&status) => (None, status.to_string()),
            Some(status) => (Some("bad"), status.to_string()),
            None => (Some("none"), t.payments_no_answer().to_owned()),
        };
        let icon = data.map(|_| view! { <Icon name="octagon-alert"/> });
        let tenths = took / 100;
        view! {
            <tr>
                <td>{time::clock(at)}</td>
                <td>{t.dues_request(request)}</td>
                <td><span class="code" data-code=data>{icon}{words}</span></td>
                <td data-p="2">{format!("{}.{} s", tenths / 10, tenths % 10)}</td>
            </tr>
        }
    });
    view! {
        <section class="group" aria-labelledby="tries">
            <h2 class="group-head" id="tries">{t.payments_tries_title()}<span class="n">{next}</span></h2>
            <div class="table-wrap"><table class="table">
                <caption class="visually-hidden">{t.payments_tries_title()}</caption>
                <thead><tr>
                    <th scope="col">{t.payments_at()}</th><th scope="col">{t.payments_request()}</th>
                    <th scope="col">{t.payments_reply()}</th><th scope="col" data-p="2">{t.payments_took()}</th>
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table></div>
        </section>
    }
    .into_any()
}
