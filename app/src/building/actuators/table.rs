//! All actuators: as a table for those who manage the building, and as lists of those that are on, off and silent.
//!
//! Not here: the pages around them.

use super::{href, icon, is_on, lease::Ring, minutes_left, temperature, until, wanted_by};
use crate::{
    call::{Call, Function},
    lang,
    ui::{
        button::{ButtonLink, Kind as Press, Submit},
        empty::Empty,
        form::{Form, Summary, hidden},
        icon::Icon,
        status::{Glyph, Status},
    },
};
use contract::actuators::{ActuatorView, Actuators, TurnAllOff, TurnOff};
use domain::{actuators::ActuatorState, leases::LONGEST, time::Moment};
use leptos::prelude::*;
use text::{Lang, time};

/// What the buttons of a table and a list call.
#[derive(Debug, Clone, Copy)]
pub struct SwitchCalls {
    pub off: Call<Function<TurnOff>>,
    pub all_off: Call<Function<TurnAllOff>>,
}

impl SwitchCalls {
    #[must_use]
    pub fn new() -> Self {
        Self { off: Call::new(), all_off: Call::new() }
    }

    /// The number of submissions, to load the list again.
    #[must_use]
    pub fn sent(self) -> usize {
        self.off.version().get() + self.all_off.version().get()
    }
}

impl Default for SwitchCalls {
    fn default() -> Self {
        Self::new()
    }
}

/// The devices of the building, for those who manage it.
#[must_use]
pub fn devices_table(all: &Actuators, calls: SwitchCalls) -> AnyView {
    let t = lang::current();
    if all.actuators.is_empty() {
        return nothing(t, all.may_manage);
    }
    let rows = all.actuators.iter().map(|one| row(t, one, all.now, calls)).collect_view();
    view! {
        <Summary action=calls.off/>
        <div class="table-wrap"><table class="table dev-table">
            <caption class="visually-hidden">{t.actuators_devices()}</caption>
            <thead><tr>
                <th scope="col">{t.actuators_device()}</th>
                <th scope="col">{t.actuators_is()}</th>
                <th scope="col" data-p="2">{t.actuators_for()}</th>
                <th scope="col" data-p="2">{t.actuators_lease()}</th>
                <th scope="col"><span class="visually-hidden">{t.table_actions()}</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}

fn nothing(t: Lang, may_manage: bool) -> AnyView {
    let next = if may_manage { t.actuators_none_next() } else { t.actuators_none_member() };
    view! {
        <div class="card"><Empty icon="plug"><h2>{t.actuators_none()}</h2><p>{next}</p>
            {may_manage.then(|| view! { <ButtonLink href="/building/rules" label=t.actuator_rules_of_building().to_owned()/> })}
        </Empty></div>
    }
    .into_any()
}

/// Whether it is on, as shape and word; off is plain text.
fn state(t: Lang, one: &ActuatorView) -> AnyView {
    let (status, label) = match one.state {
        ActuatorState::On => (Status::InUse, t.actuators_on().to_owned()),
        ActuatorState::Test => (Status::Maintenance, t.actuators_testing().to_owned()),
        ActuatorState::Silent => (Status::Offline, t.actuators_silent().to_owned()),
        ActuatorState::Off => match one.next {
            Some(next) => (Status::Reserved, time::clock(next)),
            None => return view! { <span class="muted">{t.actuators_off()}</span> }.into_any(),
        },
    };
    view! { <span class="status" data-status=status.key() data-size="sm"><Glyph status/>{label}</span> }.into_any()
}

/// What it is on for and until when; or since when nothing was heard.
fn for_what(t: Lang, one: &ActuatorView) -> AnyView {
    let dash = || view! { <span class="muted">"–"</span> }.into_any();
    let lines = |first: String, second: String| view! { {first}<span class="s">{second}</span> }.into_any();
    if one.state == ActuatorState::Silent {
        return match (one.heard, off_by(one)) {
            (Some(heard), Some(off)) => lines(t.actuators_since(&time::clock(heard)), t.actuators_off_by(&off)),
            (Some(heard), None) => {
                view! { <span class="muted">{t.actuators_since(&time::clock(heard))}</span> }.into_any()
            }
            (None, _) => dash(),
        };
    }
    if let Some(who) = wanted_by(t, one) {
        return lines(who, until(t, one));
    }
    match (one.off_until, one.next_why) {
        (Some(off), _) => {
            view! { <span class="muted">{t.actuators_off_until(&time::clock(off))}</span> }.into_any()
        }
        (None, Some(why)) => view! { {t.actuator_why(why)} }.into_any(),
        (None, None) => dash(),
    }
}

/// By when a silent device is off, as a time: the end of its lease, or that of the longest one that it can have had.
fn off_by(one: &ActuatorView) -> Option<String> {
    let heard = one.heard?;
    let ends = one.lease_ends.unwrap_or_else(|| heard.shifted_to(heard.at.after(LONGEST)));
    Some(time::clock(ends))
}

/// The ring of its lease, if it has one or is silent.
pub(super) fn ring(t: Lang, one: &ActuatorView, now: Moment, large: bool) -> Option<AnyView> {
    let heard = one.state != ActuatorState::Silent;
    let minutes = minutes_left(one, now).filter(|_| is_on(one) || !heard);
    if heard && minutes.is_none() {
        return None;
    }
    let label = match minutes {
        Some(minutes) => t.actuators_lease_left(&minutes.to_string()),
        None => t.actuators_lease_over(&off_by(one).unwrap_or_default()),
    };
    Some(view! { <Ring minutes=minutes.unwrap_or(0) label heard large/> }.into_any())
}

fn row(t: Lang, one: &ActuatorView, now: Moment, calls: SwitchCalls) -> AnyView {
    let lease = ring(t, one, now, false).unwrap_or_else(|| view! { <span class="muted">"–"</span> }.into_any());
    view! {
        <tr>
            <td><a class="name" href=href(one)>{one.name.clone()}</a></td>
            <td>{state(t, one)}</td>
            <td data-p="2">{for_what(t, one)}</td>
            <td data-p="2">{lease}</td>
            <td>{action(t, one, calls)}</td>
        </tr>
    }
    .into_any()
}

/// The button of a row: on, off, or its log. Off is refused with its reason while a machine needs it.
fn action(t: Lang, one: &ActuatorView, calls: SwitchCalls) -> AnyView {
    if one.state == ActuatorState::Silent {
        return view! { <ButtonLink href=href(one) label=t.actuators_log().to_owned()/> }.into_any();
    }
    if !one.may_switch {
        return view! { <span class="may" data-no=""><Icon name="lock"/>{t.actuator_manager_only()}</span> }
            .into_any();
    }
    if let Some(machine) = &one.interlock {
        let reason = format!("interlock-{}", one.id);
        let described = reason.clone();
        return view! {
            <button class="btn" type="button" aria-disabled="true" aria-describedby=described>{t.actuators_turn_off()}
                <span class="visually-hidden">{format!(": {}", one.name)}</span></button>
            <p class="why" id=reason><Icon name="link"/><span>{t.actuators_interlock(machine)}</span></p>
        }
        .into_any();
    }
    if one.why.is_some() || is_on(one) {
        let (id, about) = (hidden("id", &one.id), one.name.clone());
        return view! {
            <Form action=calls.off beside=true>
                {id}
                <Submit label=t.actuators_turn_off() about busy=calls.off.pending()/>
            </Form>
        }
        .into_any();
    }
    let page = format!("{}?open=turn-on", href(one));
    view! { <a class="btn" href=page rel="external">{t.actuators_turn_on()}<span class="visually-hidden">{format!(": {}", one.name)}</span></a> }
        .into_any()
}

/// Actuators that are on, with the minutes left of each lease.
#[must_use]
pub fn on_list(all: &Actuators) -> Option<AnyView> {
    let t = lang::current();
    let rows: Vec<_> = all.actuators.iter().filter(|one| is_on(one)).map(|one| on_row(t, one, all.now)).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="group" aria-labelledby="on-now">
                <h2 class="group-head" id="on-now">{t.actuators_on_now()}" "<span class="n">{t.actuators_on_now_hint()}</span></h2>
                <ul class="list">{rows}</ul>
            </section>
        }
        .into_any()
    })
}

fn on_row(t: Lang, one: &ActuatorView, now: Moment) -> AnyView {
    let second = match wanted_by(t, one) {
        Some(who) => format!("{}, {}", time::capitalised(&who), until(t, one)),
        None => t.actuators_testing().to_owned(),
    };
    view! {
        <li><a class="item" href=href(one)>
            <span class="tile" data-on=""><Icon name=icon(one.load)/></span>
            <span class="lines"><span class="t">{one.name.clone()}</span><span class="s">{second}</span></span>
            <span class="tail">{ring(t, one, now, false)}</span>
        </a></li>
    }
    .into_any()
}

/// Actuators that are off, and those that need a look.
#[must_use]
pub fn off_list(all: &Actuators) -> AnyView {
    let t = lang::current();
    if all.actuators.is_empty() {
        return nothing(t, all.may_manage);
    }
    let off: Vec<_> = all.actuators.iter().filter(|one| one.state == ActuatorState::Off).collect();
    let silent: Vec<_> = all.actuators.iter().filter(|one| one.state == ActuatorState::Silent).collect();
    let count = t.actuators_count(u32::try_from(off.len()).unwrap_or(u32::MAX));
    let off_rows = off.iter().map(|one| off_row(t, one)).collect_view();
    let silent_rows = silent.iter().map(|one| silent_row(t, one, all.now)).collect_view();
    let silent_count = silent.len();
    view! {
        {(!off.is_empty()).then(|| view! {
            <section class="group" aria-labelledby="off-now">
                <h2 class="group-head" id="off-now">{t.actuators_off()}" "<span class="n">{count}</span></h2>
                <ul class="list">{off_rows}</ul>
            </section>
        })}
        {(silent_count > 0).then(|| view! {
            <section class="group" aria-labelledby="look">
                <h2 class="group-head" id="look">{t.actuators_look()}" "<span class="n">{silent_count}</span></h2>
                <ul class="list">{silent_rows}</ul>
            </section>
        })}
    }
    .into_any()
}

fn off_row(t: Lang, one: &ActuatorView) -> AnyView {
    let degrees = temperature(one).map(|read| t.degrees(read));
    let next = one.next.map(|next| t.actuator_off_next(&time::clock(next)));
    let off = one.off_until.map(|until| t.actuators_off_until(&time::clock(until)));
    let second: Vec<_> = degrees.into_iter().chain(off.or(next)).collect();
    let second = if second.is_empty() { t.actuators_off().to_owned() } else { second.join(" · ") };
    let tail = if one.may_switch {
        let page = format!("{}?open=turn-on", href(one));
        view! { <a class="btn" href=page rel="external">{t.actuators_turn_on()}<span class="visually-hidden">{format!(": {}", one.name)}</span></a> }
            .into_any()
    } else {
        view! { <span class="may" data-no=""><Icon name="lock"/>{t.actuator_manager_only()}</span> }.into_any()
    };
    view! {
        <li><div class="item">
            <span class="tile"><Icon name=icon(one.load)/></span>
            <span class="lines"><a class="t" href=href(one)>{one.name.clone()}</a><span class="s">{second}</span></span>
            <span class="tail">{tail}</span>
        </div></li>
    }
    .into_any()
}

fn silent_row(t: Lang, one: &ActuatorView, now: Moment) -> AnyView {
    let second = match (one.heard, off_by(one)) {
        (Some(heard), Some(off)) => t.actuators_no_word(&time::clock(heard), &off),
        _ => t.actuators_never_heard().to_owned(),
    };
    view! {
        <li><a class="item" href=href(one)>
            <span class="tile" data-status="offline"><Glyph status=Status::Offline/></span>
            <span class="lines"><span class="t">{one.name.clone()}</span><span class="s">{second}</span></span>
            <span class="tail">{ring(t, one, now, false)}</span>
        </a></li>
    }
    .into_any()
}

/// The button that turns everything off, behind a sheet that says what stays on.
#[must_use]
pub fn all_off(calls: SwitchCalls) -> AnyView {
    let t = lang::current();
    view! {
        <button class="btn" type="button" popovertarget="all-off"><Icon name="power-off"/>{t.actuators_all_off()}</button>
        <div class="sheet" popover="auto" id="all-off" role="dialog" aria-labelledby="all-off-title">
            <h2 id="all-off-title">{t.actuators_all_off_sure()}</h2>
            <p>{t.actuators_all_off_next()}</p>
            <Form action=calls.all_off>
                <div class="pair">
                    <button class="btn" type="button" popovertarget="all-off" popovertargetaction="hide">{t.actuator_sheet_back()}</button>
                    <Submit label=t.actuators_all_off_do() kind=Press::Primary busy=calls.all_off.pending()/>
                </div>
            </Form>
        </div>
    }
    .into_any()
}

/// What turns on and off next, by time: at most `most`.
#[must_use]
pub fn coming(all: &Actuators, most: usize) -> Option<AnyView> {
    let t = lang::current();
    let ons = all.actuators.iter().filter_map(|one| {
        let next = one.next?;
        let why = one.next_why.map(|why| t.actuator_why(why).to_owned()).unwrap_or_default();
        Some((next, icon(one.load), t.actuators_next_on(&one.name), why))
    });
    let offs = all.actuators.iter().filter_map(|one| {
        Some((one.until?, icon(one.load), t.actuators_next_off(&one.name), wanted_by(t, one).unwrap_or_default()))
    });
    let mut rows: Vec<_> = ons.chain(offs).collect();
    rows.sort_by_key(|(at, ..)| at.at);
    rows.truncate(most);
    let now = all.now;
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(at, name, title, why)| {
            view! { <li><Icon name/><span>{title}<span class="s">{why}</span></span><time>{t.coming(at, now)}</time></li> }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="next">
                <div class="card-head"><h2 id="next">{t.actuators_next()}</h2></div>
                <ol class="chain">{rows}</ol>
            </section>
        }
        .into_any()
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::testing::{NOW, actuator, ago, html, later, visitor, words};
    use domain::{
        actuators::Why,
        leases::{Load, Tenths},
    };

    fn all() -> Actuators {
        let extraction = ActuatorView {
            why: Some(Why::Machine),
            wanted_by: Some("Laser cutter 1".into()),
            interlock: Some("Laser cutter 1".into()),
            lease_ends: Some(later(14)),
            ..actuator(1, "Extraction", ActuatorState::On)
        };
        let studio = ActuatorView {
            next: Some(later(194)),
            next_why: Some(Why::Booking),
            temperature: Some(Tenths(168)),
            load: Load::Heat,
            ..actuator(2, "Heating, studio B", ActuatorState::Off)
        };
        let light = ActuatorView {
            temperature: Some(Tenths(194)),
            load: Load::Light,
            ..actuator(4, "Light, hall", ActuatorState::Off)
        };
        let silent = ActuatorView {
            heard: Some(ago(18)),
            lease_ends: Some(ago(3)),
            ..actuator(3, "Heating, print room", ActuatorState::Silent)
        };
        Actuators { now: NOW, actuators: vec![extraction, studio, light, silent], may_manage: true }
    }

    fn render(view: impl FnOnce() -> AnyView + Send + 'static) -> String {
        html(visitor(Lang::En), "/building", view)
    }

    #[test]
    fn table_shows_reasons_to_be_on_and_interlocks() {
        let html = render(|| devices_table(&all(), SwitchCalls::new()));
        let text = words(&html);
        assert!(text.contains("Laser cutter 1while it runs"), "{text}");
        assert!(text.contains("Needed by Laser cutter 1. Stop that machine first."), "{text}");
        assert!(text.contains("17:30") && text.contains("since 13:58off by 14:13"), "{text}");
        assert!(
            html.contains(r#"aria-label="Lease: 14 min left""#) && html.contains("ran out at 14:13"),
            "{html}"
        );
        assert!(html.contains(r#"aria-disabled="true""#) && !html.contains("?/actuators/turn-off"), "{html}");
        let none = render(|| devices_table(&Actuators { actuators: Vec::new(), ..all() }, SwitchCalls::new()));
        assert!(words(&none).contains("No heating, light or power yet"));
    }

    #[test]
    fn lists_show_on_off_silent_and_next_actuators() {
        let text = words(&render(|| view! { {on_list(&all())}{off_list(&all())}{coming(&all(), 3)} }.into_any()));
        assert!(text.contains("Extraction") && text.contains("Laser cutter 1, while it runs"), "{text}");
        assert!(text.contains("16.8 °C · Off. On from 17:30"), "{text}");
        assert!(
            text.contains("Light, hallOff") && !text.contains("19.4 °C"),
            "no temperature beside a light: {text}"
        );
        assert!(text.contains("No word since 13:58. It turned itself off by 14:13"), "{text}");
        assert!(text.contains("Heating, studio B on"), "{text}");
    }
}
