//! Pages of those who hold training events: who waits for what ([`demand`]), the form of an event ([`form`]), and its
//! results ([`results`]).
//!
//! Not here: the pages of those who take part, and which times suit whom, which the server computes.

pub mod demand;
mod detail;
mod fields;
pub mod form;
mod lanes;
mod outlook;
mod person;
pub mod results;
pub mod written;

use crate::{
    call::Function,
    ui::{changing::dynamic, form::use_form, icon::Icon},
};
use contract::training_events::{self, EventFormPage};
use domain::{
    hours::DAY_MINUTES,
    id::TypeId,
    time::{DAY, MINUTE, Moment},
    training_events::{Aim, DemandFilter},
};
use leptos::prelude::*;
use text::{Lang, time};

type Announce = Function<training_events::AnnounceEvents>;
type Change = Function<training_events::ChangeEvent>;

/// The selected queue.
type Queue = (TypeId, Aim);

/// From here on it is counted in weeks.
const WEEKS_FROM: u32 = 14;

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// `6 people, 2 h`: the usual size of an event.
fn usual(t: Lang, places: u16, minutes: u16) -> String {
    format!("{}, {}", t.hosting_people(places.into()), t.length(MINUTE * u32::from(minutes)))
}

/// `10 days`, `4 weeks`: how long a person has waited.
fn waited(t: Lang, since: Moment, now: Moment) -> String {
    match days_since(since, now) {
        days @ 0..WEEKS_FROM => t.hosting_days(days),
        days => t.hosting_weeks(days / 7),
    }
}

fn days_since(since: Moment, now: Moment) -> u32 {
    u32::try_from(now.at.since(since.at).as_secs() / DAY.as_secs()).unwrap_or(u32::MAX)
}

/// The address of a queue.
fn queue_address(kind: TypeId, aim: Aim, show: Option<DemandFilter>) -> String {
    let show = show.map_or_else(String::new, |show| format!("&show={}", show.as_str()));
    format!("/training/demand?kind={kind}&aim={}{show}", aim.as_str())
}

/// The message at a field that is not one of the building blocks.
fn fault(name: &'static str) -> AnyView {
    let form = use_form();
    let message = Signal::derive(move || form.as_ref()?.message(name));
    view! {
        <p class="error" id=format!("{name}-problem")>
            {dynamic(move || message.get().map(|message| view! { <Icon name="octagon-alert"/><span>{message}</span> }))}
        </p>
    }
    .into_any()
}

/// `18:30–20:30` of the draft, also over midnight.
fn minutes(form: &EventFormPage) -> (u16, u16) {
    let (from, to) = (form.draft.from.minute(), form.draft.to.minute());
    (from, if from < to { to } else { DAY_MINUTES })
}

/// The deadline as its field shows it.
fn wall(moment: Moment) -> String {
    format!("{}T{}", moment.wall().date, time::clock(moment))
}
