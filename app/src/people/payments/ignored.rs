//! Subscriptions of members that are no dues, on the page of payments.

use crate::{people::called, ui::icon::Icon};
use contract::dues::{IgnoredView, Payments};
use leptos::prelude::*;
use text::Lang;

/// Subscriptions that are no dues.
pub(super) fn ignored(t: Lang, page: &Payments) -> AnyView {
    let rows = page.ignored.iter().cloned().map(|one| {
        let IgnoredView { person, name, processor, plan } = one;
        view! {
            <li>
                <Icon name="info"/>
                <span>
                    <a href=format!("/people/{person}/membership")>{called(t, name, person)}</a>
                    <span class="s">{format!("{}: {plan}", processor.name())}</span>
                </span>
            </li>
        }
    });
    view! {
        <section class="group" aria-labelledby="ignored">
            <h2 class="group-head" id="ignored">{t.payments_ignored()}<span class="n">{page.ignored.len()}</span></h2>
            <div class="card"><ol class="commands">{rows.collect_view()}</ol></div>
            <p class="why"><Icon name="info"/><span>{t.payments_ignored_why()}</span></p>
        </section>
    }
    .into_any()
}
