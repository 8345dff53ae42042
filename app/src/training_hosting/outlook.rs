//! What comes of the form of an event: who is invited, and what does not fit.
//!
//! Not here: who is next, and which times are taken: the server computes both.

use super::{count, minutes};
use crate::ui::{avatar::Avatar, icon::Icon};
use contract::training_events::{EventFormPage, NextInvited};
use domain::hours::DAY_MINUTES;
use leptos::prelude::*;
use text::{Lang, time};

/// Names of people whom the time does not suit, at most.
const NAMED: usize = 3;

/// The line-up and the checks.
pub(super) fn aside(t: Lang, form: &EventFormPage) -> AnyView {
    view! { {line_up(t, form)}{checks(t, form)} }.into_any()
}

fn line_up(t: Lang, form: &EventFormPage) -> AnyView {
    let invited = count(form.line.iter().filter(|one| one.invited).count());
    let (title, next) = if form.queue == 0 {
        (t.hosting_invites_none().to_owned(), t.hosting_invites_none_next())
    } else {
        (t.hosting_invites(invited, &form.queue.to_string()), t.hosting_order())
    };
    let rows = form.line.iter().map(|one| row(t, one));
    let rows = rows.collect_view();
    view! {
        <section class="card cluster" aria-labelledby="line-up">
            <h2 id="line-up">{title}</h2>
            <p class="muted">{next}</p>
            <ol class="line-up">{rows}</ol>
        </section>
    }
    .into_any()
}

fn row(t: Lang, one: &NextInvited) -> AnyView {
    let second = match (one.invited, one.suits) {
        (false, _) => t.hosting_next_in_line().to_owned(),
        (true, false) => t.hosting_not_then().to_owned(),
        (true, true) => t.hosting_since(&t.short_day(one.asked.wall().date)),
    };
    view! {
        <li data-next=(!one.invited).then_some("")>
            <Avatar name=one.name.clone() size="sm"/><span>{one.name.clone()}</span><span class="small muted">{second}</span>
        </li>
    }
    .into_any()
}

/// A check: icon and words, and whether it fits.
fn checks(t: Lang, form: &EventFormPage) -> AnyView {
    let conflicts = form.lanes.iter().filter_map(|lane| {
        let (starts, ends) = lane.conflict?;
        Some((false, t.hosting_taken(&lane.name, &time::clocks(starts, ends))))
    });
    let mut checks: Vec<_> = conflicts.collect();
    if checks.is_empty() {
        let names: Vec<_> = form.lanes.iter().map(|lane| lane.name.as_str()).collect();
        checks.push((true, t.hosting_free(&names.join(", "))));
    }
    checks.push(opening(t, form));
    let unsuited = form.line.iter().filter(|one| one.invited && !one.suits).take(NAMED);
    checks.extend(unsuited.map(|one| (false, t.hosting_cannot(&one.name))));
    let rows = checks.into_iter().map(|(fits, message)| {
        let icon = if fits { "check" } else { "triangle-alert" };
        view! { <li data-warn=(!fits).then_some("")><Icon name=icon/><span>{message}</span></li> }
    });
    view! { <ul class="checks" role="list" aria-label=t.hosting_checks()>{rows.collect_view()}</ul> }.into_any()
}

fn opening(t: Lang, form: &EventFormPage) -> (bool, String) {
    let Some(until) = form.open_until else { return (false, t.hosting_closed().to_owned()) };
    let wall = until.wall();
    // Midnight, or later, is the end of the day.
    let closes =
        if wall.date == form.draft.day { u16::from(wall.hour) * 60 + u16::from(wall.minute) } else { DAY_MINUTES };
    let at = time::clock(until);
    if closes < minutes(form).1 { (false, t.hosting_closes(&at)) } else { (true, t.hosting_open_until(&at)) }
}
