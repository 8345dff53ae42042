//! The sheet that turns an actuator on: until when first, then how warm. Refused, it says all reasons.

use crate::{
    call::{Call, Function},
    lang,
    ui::{
        button::{Kind as Press, Submit},
        form::{Form, hidden, is_open, use_form},
        icon::Icon,
    },
};
use contract::actuators::{ActuatorPage, TimeChoice, TurnOn};
use domain::leases::{Load, RefusedCommand, Tenths};
use leptos::{prelude::*, server_fn::ServerFn};
use text::{Lang, time};

/// How far the offered temperatures are apart.
const STEP: i32 = 20;

/// The sheet with its button, or, where the address asks for it, open in the page.
pub(super) fn turn_on(page: &ActuatorPage, call: Call<Function<TurnOn>>, label: &'static str) -> AnyView {
    let t = lang::current();
    let content = content(t, page, call);
    if is_open("turn-on", Function::<TurnOn>::PATH) {
        return view! { <section class="card turn-on" aria-labelledby="turn-on-title" id="turn-on" data-reveal="">{content}</section> }
            .into_any();
    }
    view! {
        <button class="btn" type="button" popovertarget="turn-on"><Icon name="power"/>{label}</button>
        <div class="sheet turn-on" popover="auto" id="turn-on" role="dialog" aria-labelledby="turn-on-title">{content}</div>
    }
    .into_any()
}

fn content(t: Lang, page: &ActuatorPage, call: Call<Function<TurnOn>>) -> AnyView {
    let name = page.actuator.name.clone();
    if !page.refusals.is_empty() {
        return refused(t, &name, &page.refusals);
    }
    let read = super::temperature(&page.actuator)
        .map(|read| view! { <p class="muted">{t.actuator_reads(&t.degrees(read))}</p> });
    let id = page.actuator.id;
    let (times, page) = (page.times.clone(), page.clone());
    view! {
        <h2 id="turn-on-title">{name}</h2>
        {read}
        <Form action=call>
            {hidden("id", &id)}
            <Times times/>
            {(page.actuator.load == Load::Heat).then(|| view! { <Temperatures page/> })}
            <p class="why"><Icon name="clock"/><span>{t.actuator_sheet_takes()}</span></p>
            <div class="pair">
                <button class="btn" type="button" popovertarget="turn-on" popovertargetaction="hide">{t.actuator_sheet_back()}</button>
                <Submit label=t.actuators_turn_on() kind=Press::Primary busy=call.pending()/>
            </div>
        </Form>
    }
    .into_any()
}

fn refused(t: Lang, name: &str, reasons: &[RefusedCommand]) -> AnyView {
    let rows = reasons.iter().map(|reason| {
        let icon = match reason {
            RefusedCommand::Hot(_)
            | RefusedCommand::TooWarm(_)
            | RefusedCommand::CutOff(_)
            | RefusedCommand::Target => "thermometer",
            RefusedCommand::Daily(_) | RefusedCommand::Length => "clock",
        };
        view! { <li><Icon name=icon/><p>{t.actuator_refused(*reason)}</p></li> }
    });
    view! {
        <h2 id="turn-on-title">{t.actuator_sheet_not(name)}</h2>
        <ul class="against">{rows.collect_view()}</ul>
        <button class="btn" type="button" popovertarget="turn-on" popovertargetaction="hide">{t.actuator_sheet_back()}</button>
    }
    .into_any()
}

/// Until when, as one choice of several; the first is chosen.
#[component]
fn Times(times: Vec<(u16, domain::time::Moment, TimeChoice)>) -> impl IntoView {
    let t = lang::current();
    let chosen = use_form().and_then(|form| form.input("minutes")).and_then(|minutes| minutes.parse().ok());
    let chosen: u16 = chosen.or_else(|| times.first().map(|(minutes, ..)| *minutes)).unwrap_or_default();
    let options = times.into_iter().map(|(minutes, at, choice)| {
        let title = match choice {
            TimeChoice::Hours(hours) => t.actuator_sheet_for(hours.into()),
            TimeChoice::Closing => t.actuator_sheet_closing().to_owned(),
        };
        let until = t.actuator_sheet_until(&time::clock(at));
        view! {
            <label class="option"><input type="radio" name="minutes" value=minutes.to_string() checked=minutes == chosen/>
                <span><b>{title}</b></span><span class="d">{until}</span></label>
        }
    });
    view! {
        <fieldset class="field"><legend class="visually-hidden">{t.actuator_sheet_how_long()}</legend>{options.collect_view()}</fieldset>
    }
}

/// The temperatures to choose from: the usual one, one below and one above it, and the one in force, within the limit.
fn offered(usual: Tenths, in_force: Tenths, limit: Tenths) -> Vec<Tenths> {
    // If the device cuts itself off below the usual one, its limit takes that place.
    let usual = usual.min(limit).0;
    let mut all = vec![Tenths(usual - STEP), Tenths(usual), Tenths(usual + STEP), in_force];
    all.retain(|one| *one <= limit && Tenths::ASKED.contains(&one.0));
    all.sort_unstable();
    all.dedup();
    all
}

#[component]
fn Temperatures(page: ActuatorPage) -> impl IntoView {
    let t = lang::current();
    let usual = page.usual.unwrap_or(Tenths(200));
    let in_force = page.actuator.target.unwrap_or(usual);
    let warmest = page.warmest.unwrap_or(usual);
    let limit = page.limits.map_or(warmest, |limits| limits.above.min(warmest));
    let chosen =
        use_form().and_then(|form| form.input("target")).unwrap_or_else(|| in_force.min(limit).to_string());
    let options = offered(usual, in_force.min(limit), limit).into_iter().map(|one| {
        let value = one.to_string();
        let is_chosen = value == chosen;
        view! { <label><input type="radio" name="target" value=value checked=is_chosen/>{t.degrees(one)}</label> }
    });
    view! {
        <fieldset class="field"><legend class="label">{t.actuator_sheet_target()}</legend>
            <div class="segmented">{options.collect_view()}</div></fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offered_temperatures_stay_within_the_limit() {
        let offered = |usual, in_force, limit| offered(Tenths(usual), Tenths(in_force), Tenths(limit));
        assert_eq!(offered(210, 210, 250), [Tenths(190), Tenths(210), Tenths(230)]);
        assert_eq!(offered(240, 240, 250), [Tenths(220), Tenths(240)]);
        assert_eq!(offered(60, 60, 250), [Tenths(60), Tenths(80)]);
        assert_eq!(offered(300, 300, 270), [Tenths(250), Tenths(270)], "the device cuts itself off at 27");
    }

    #[test]
    fn offered_temperatures_stay_around_the_usual_one() {
        let around = [190, 210, 230].map(Tenths);
        for in_force in [50, 210, 350] {
            let offered = offered(Tenths(210), Tenths(in_force), Tenths(350));
            assert!(around.iter().all(|one| offered.contains(one)), "{offered:?}");
            assert!(offered.contains(&Tenths(in_force)), "{offered:?}");
        }
    }
}
