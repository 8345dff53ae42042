//! The ring of a lease, with a mark for each of its 15 minutes, and the sentence about the limit in the device.

use crate::{lang, ui::icon::Icon};
use leptos::prelude::*;

/// The marks of a lease.
const MARKS: u8 = 15;

/// The minutes left of a lease, as a ring and as a number.
#[component]
pub fn Ring(
    /// 0 to 15.
    minutes: u8,
    /// What screen readers say.
    label: String,
    /// Whether its device is heard; otherwise the ring is grey.
    heard: bool,
    #[prop(optional)] large: bool,
) -> impl IntoView {
    let minutes = minutes.min(MARKS);
    let marks = format!("{}0 20", "0.72 0.28 ".repeat(minutes.into()));
    view! {
        <span class="lease" data-status=if heard { "inuse" } else { "offline" } data-size=large.then_some("lg") role="img" aria-label=label>
            <svg viewBox="0 0 48 48" aria-hidden="true">
                <circle class="all" cx="24" cy="24" r="20" pathLength="15" stroke-dasharray="0.72 0.28"/>
                <circle class="left" cx="24" cy="24" r="20" pathLength="15" stroke-dasharray=marks/>
            </svg>
            <b aria-hidden="true">{minutes}</b>
        </span>
    }
}

/// The limit that lives in the device: never a control, because nothing here changes it.
pub(crate) fn failsafe(limit: Option<String>, more: String) -> AnyView {
    let t = lang::current();
    let first =
        limit.map_or_else(|| t.actuators_failsafe_power().to_owned(), |limit| t.actuators_failsafe(&limit));
    view! {
        <div class="failsafe" role="note"><Icon name="shield-check"/>
            <p><span class="t">{first}</span>" "<span class="s">{more}</span></p>
        </div>
    }
    .into_any()
}
